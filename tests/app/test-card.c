/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The card of a session: what it says and which buttons it has, in every state. */
#include "conversation/bk-app-session-card.h"

#include "app-world.h"
#include "beckon-values-private.h"
#include "bk-test.h"

#define BOB "('bob@b', 'Bob', uint32 3, false, uint32 2, '', '', uint32 0, @a{sv} {})"
#define ASKED_BOB "('bob@b', 'Bob', uint32 1, false, uint32 2, '', '', uint32 0, @a{sv} {})"
#define OFFLINE_BOB "('bob@b', 'Bob', uint32 3, false, uint32 1, '', '', uint32 0, @a{sv} {})"
#define UNKNOWN "{00000000-0000-4000-8000-000000000000}"
#define WEB ", 'ApplicationURL': <'https://example.org/'>"
#define MAIL ", 'ApplicationURL': <'mailto:bob@example.org'>"
#define PATH(path) ", 'ChannelPath': <uint32 " path ">"
#define HOST(name) ", 'MySigninName': <'alice@b'>, 'Host': <'" name "'>"
#define NAMED ", 'ApplicationName': <'Board'>"

typedef enum
{
  INVITEE,
  INVITER,
} Role;

static BeckonContact *
make_contact (const char *text)
{
  g_autoptr (GVariant) value = app_parse (text);

  return beckon_contact_new (value);
}

/* The entry about session @number. */
static GVariant *
make_entry (guint number, Role role, const char *application, BeckonSessionResult result)
{
  g_autofree char *text = g_strdup_printf (
    "(int64 1, '{S%u}', %s, 'Bob invited you to Board', int64 54300000000, uint32 1, '', {'session': <'{S%u}'>, "
    "'application': <'%s'>, 'application-name': <'Board'>, 'result': <uint32 %d>, 'result-text': <'Over for good'>})",
    number, role == INVITER ? "true" : "false", number, application, (int) result);

  return app_parse (text);
}

static BkAppSessionCard *
make_card (AppWorld *world, BeckonMessage *message, BeckonContact *contact)
{
  BkAppSessionCard *card = BK_APP_SESSION_CARD (g_object_ref_sink (bk_app_session_card_new ()));

  bk_app_session_card_set_message (card, message, contact, world->messenger);
  return card;
}

static const char *
get_state (BkAppSessionCard *card)
{
  return gtk_label_get_label (app_part (card, "state"));
}

static void
assert_card (BkAppSessionCard *card, const char *state, const char *buttons)
{
  static const char *const names[] = { "accept", "decline", "cancel", "page", "end", "details", "again" };
  g_autoptr (GString) visible = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (gtk_widget_get_visible (app_part (card, names[i])))
      g_string_append_printf (visible, "%s%s", visible->len > 0 ? " " : "", names[i]);
  g_assert_cmpstr (get_state (card), ==, state);
  g_assert_cmpstr (visible->str, ==, buttons);
  g_assert_true (gtk_widget_get_visible (app_part (card, "buttons")) == (*buttons != '\0'));
  g_assert_true (gtk_widget_has_css_class (app_part (card, "frame"), "asking")
                 == g_str_has_prefix (buttons, "accept"));
}

static const struct
{
  Role role;
  const char *session; /* properties; NULL: the service knows none */
  BeckonSessionResult result;
  const char *state;
  const char *buttons;
} rows[] = {
  { INVITER, "'State': <uint32 1>", 0, "", "" },
  { INVITER, "'State': <uint32 2>", 0, "Waiting for Bob…", "cancel" },
  { INVITER, "'State': <uint32 2>, 'Ringing': <true>", 0, "Waiting for Bob… Their device is ringing.", "cancel" },
  { INVITER, "'State': <uint32 2>, 'Installing': <true>" NAMED WEB, 0, "Bob is installing Board…", "cancel" },
  { INVITER, "'State': <uint32 2>, 'Asking': <true>", 0, "Waiting for Bob…", "cancel" },
  { INVITER, "'State': <uint32 3>", 0, "Connecting…", "cancel" },
  { INVITER, "'State': <uint32 4>", 0, "Running", "end details" },
  { INVITER, "'State': <uint32 4>" PATH ("1"), 0, "Running. Looking for a way to connect to Bob…", "end details" },
  { INVITER, "'State': <uint32 4>" PATH ("2"), 0, "Running. Direct connection, encrypted", "end details" },
  { INVITER, "'State': <uint32 4>" PATH ("3"), 0, "Running. Through a relay, encrypted", "end details" },
  { INVITER, "'State': <uint32 4>" PATH ("4"), 0, "Running. Connection lost, looking for another way…", "end details" },
  { INVITER, "'State': <uint32 4>" PATH ("5"), 0, "Running. No connection to Bob", "end details" },
  { INVITER, "'State': <uint32 4>" PATH ("9"), 0, "Running", "end details" },
  { INVITER, "'State': <uint32 4>" HOST ("alice@b"), 0, "Running\nHost: You", "end details" },
  { INVITER, "'State': <uint32 4>" PATH ("2") HOST ("bob@b"), 0, "Running. Direct connection, encrypted\nHost: Bob",
    "end details" },
  { INVITER, "'State': <uint32 5>", 0, "", "" },
  { INVITER, "'State': <uint32 6>", 0, "", "" },
  { INVITER, "'State': <uint32 7>, 'Result': <uint32 2>, 'ResultText': <'Declined'>", 0, "Declined", "again" },
  { INVITEE, "'State': <uint32 2>, 'Asking': <true>", 0, "Waiting for your answer", "accept decline cancel" },
  { INVITEE, "'State': <uint32 2>, 'Asking': <true>" WEB, 0, "Waiting for your answer", "accept decline cancel" },
  { INVITEE, "'State': <uint32 2>", 0, "A running program answers this invitation.", "cancel" },
  { INVITEE, "'State': <uint32 2>, 'Installing': <true>" NAMED WEB, 0,
    "Board is not installed here. It will start once it is installed.", "cancel page" },
  { INVITEE, "'State': <uint32 2>, 'Installing': <true>, 'Asking': <true>" MAIL, 0,
    "Unknown Application is not installed here. It will start once it is installed.", "cancel" },
  { INVITEE, "'State': <uint32 3>", 0, "Connecting…", "cancel" },
  { INVITEE, "'State': <uint32 4>", 0, "Running", "end details" },
  { INVITEE, "'State': <uint32 7>, 'Result': <uint32 8>, 'ResultText': <'Too late'>", 0, "Too late", "again" },
  { INVITEE, "'State': <uint32 7>, 'Result': <uint32 14>, 'ResultText': <'Ended'>, 'Log': <'/log'>", 0, "Ended",
    "details again" },
  { INVITEE, "'State': <uint32 2>, 'Asking': <true>, 'SafetyNumber': <'12345'>", 0, "Waiting for your answer",
    "accept decline cancel details" },
  { INVITEE, "'State': <uint32 7>, 'Result': <uint32 2>, 'ResultText': <'Declined'>, 'SafetyNumber': <'12345'>", 0,
    "Declined", "again" },
  /* The history knows how it ended, whatever the service still says or does not know any more. */
  { INVITEE, NULL, 14, "Over for good", "again" },
  { INVITER, NULL, 2, "Over for good", "again" },
  { INVITEE, "'State': <uint32 4>", 14, "Over for good", "details again" },
  { INVITEE, NULL, 0, "", "" },
};

static void
test_states (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autoptr (BeckonContact) bob = make_contact (BOB);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) entry = make_entry (i, rows[i].role, APP_BOARD, rows[i].result);
      g_autoptr (BeckonMessage) message = beckon_message_new (entry);
      g_autofree char *properties
        = g_strdup_printf ("{'SessionID': <'{S%u}'>, 'UserName': <'Bob'>, 'Flags': <uint32 %d>, %s}", i,
                           rows[i].role == INVITER ? 1 : 2, rows[i].session != NULL ? rows[i].session : "");
      g_autofree char *path = rows[i].session != NULL ? app_world_add_session (world, i, properties) : NULL;
      BkAppSessionCard *card = make_card (world, message, bob);

      g_test_message ("row %u", i);
      assert_card (card, rows[i].state, rows[i].buttons);
      g_assert_cmpstr (gtk_label_get_label (app_part (card, "title")), ==, "Bob invited you to Board");
      g_assert_cmpstr (gtk_label_get_label (app_part (card, "time")), !=, "");
      g_assert_finalize_object (card);
    }
}

/* A key that is another one than before is told wherever it matters, and not in what is over. */
static void
test_warning (void)
{
  static const struct
  {
    const char *session;
    BeckonSessionResult result;
    const char *warning;
  } cases[] = {
    { "'Identity': <uint32 1>, 'SafetyNumber': <'12345'>", 0, "" },
    { "'Identity': <uint32 2>, 'SafetyNumber': <'12345'>", 0, "" },
    { "'Identity': <uint32 3>, 'SafetyNumber': <'12345'>", 0,
      "Bob has a different key than before. It may be a new device, or somebody else." },
    { "'Identity': <uint32 3>", 0, "Bob no longer has a key. It may be a device without one, or somebody else." },
    { "'Identity': <uint32 3>, 'SafetyNumber': <'12345'>", BECKON_SESSION_RESULT_ENDED, "" },
  };
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autoptr (BeckonContact) bob = make_contact (BOB);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) entry = make_entry (i, INVITEE, APP_BOARD, cases[i].result);
      g_autoptr (BeckonMessage) message = beckon_message_new (entry);
      g_autofree char *properties = g_strdup_printf (
        "{'SessionID': <'{S%u}'>, 'UserName': <'Bob'>, 'State': <uint32 2>, %s}", i, cases[i].session);
      g_autofree char *path = app_world_add_session (world, i, properties);
      BkAppSessionCard *card = make_card (world, message, bob);

      g_test_message ("case %u", i);
      g_assert_cmpstr (gtk_label_get_label (app_part (card, "warning")), ==, cases[i].warning);
      g_assert_true (gtk_widget_get_visible (app_part (card, "warning")) == (*cases[i].warning != '\0'));
      g_assert_finalize_object (card);
    }
}

/* @reason: why it is grey; NULL if it is not. */
static void
assert_again (BkAppSessionCard *card, const char *reason)
{
  GtkWidget *button = app_part (card, "again");

  g_assert_true (gtk_widget_get_sensitive (button) == (reason == NULL));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, reason);
}

/* Who is no contact any more, or what is not registered, is not invited again. */
static void
test_again (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autoptr (BeckonContact) bob = make_contact (BOB);
  g_autoptr (GVariant) update = app_parse (ASKED_BOB);
  g_autoptr (GVariant) online = app_parse (BOB);
  g_autoptr (GVariant) offline = app_parse (OFFLINE_BOB);
  g_autoptr (GVariant) missing = make_entry (3, INVITER, APP_CHESS, BECKON_SESSION_RESULT_ENDED);
  g_autoptr (BeckonMessage) third = beckon_message_new (missing);
  g_autoptr (GVariant) known = make_entry (1, INVITER, APP_BOARD, BECKON_SESSION_RESULT_ENDED);
  g_autoptr (GVariant) unknown = make_entry (2, INVITER, UNKNOWN, BECKON_SESSION_RESULT_ENDED);
  g_autoptr (BeckonMessage) message = beckon_message_new (known);
  g_autoptr (BeckonMessage) other = beckon_message_new (unknown);
  BkAppSessionCard *card = make_card (world, message, bob);
  g_autofree char *guid = NULL;

  assert_card (card, "Over for good", "again");
  g_variant_get (gtk_actionable_get_action_target_value (app_part (card, "again")), "s", &guid);
  g_assert_cmpstr (guid, ==, APP_BOARD);
  assert_again (card, NULL);
  beckon_contact_update (bob, offline, NULL);
  assert_card (card, "Over for good", "again");
  assert_again (card, "Bob is offline.");
  beckon_contact_update (bob, online, NULL);
  assert_again (card, NULL);
  beckon_contact_update (bob, update, NULL);
  assert_card (card, "Over for good", "");

  g_autoptr (BeckonContact) again = make_contact (BOB);
  bk_app_session_card_set_message (card, third, again, world->messenger);
  assert_again (card, "The program is missing.");
  bk_app_session_card_set_message (card, other, again, world->messenger);
  assert_card (card, "Over for good", "");
  stand_in_signal (world->service, STAND_IN_ROOT, "Registry1", "ApplicationsChanged",
                   "(uint32 0, uint32 0, [('" UNKNOWN "', 'Late', '', '', '', uint32 0, true, '', false)])");
  app_world_settle (world);
  assert_card (card, "Over for good", "again");
  g_assert_finalize_object (card);
}

static gboolean
is_running (gpointer card)
{
  return g_str_equal (get_state (card), "Running");
}

/* The card is there before the session can be read, follows it, and lets go of what it does not show any more. */
static void
test_life (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autoptr (BeckonContact) bob = make_contact (BOB);
  g_autoptr (GVariant) entry = make_entry (1, INVITEE, APP_BOARD, 0);
  g_autoptr (GVariant) over = make_entry (1, INVITEE, APP_BOARD, BECKON_SESSION_RESULT_ENDED);
  BeckonMessage *message = beckon_message_new (entry);
  BkAppSessionCard *card = make_card (world, message, bob);

  assert_card (card, "", "");
  g_autofree char *path = app_world_add_session (
    world, 1, "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Asking': <true>}");
  assert_card (card, "Waiting for your answer", "accept decline cancel");
  stand_in_set (world->service, path, "Session1", "{'State': <uint32 3>, 'Asking': <false>}");
  stand_in_set (world->service, path, "Session1", "{'State': <uint32 4>}");
  bk_test_wait_until (is_running, card);
  assert_card (card, "Running", "end details");
  stand_in_signal (world->service, STAND_IN_ROOT, "Messenger1", "SessionsChanged",
                   "(uint32 0, uint32 1, @ao [])");
  app_world_settle (world);
  assert_card (card, "", "");
  beckon_message_update (message, over);
  assert_card (card, "Over for good", "again");
  bk_app_session_card_set_message (card, NULL, NULL, NULL);
  g_assert_finalize_object (message);
  g_assert_finalize_object (card);
}

static int
top_of (gpointer card, const char *name)
{
  GtkAllocation place;

  gtk_widget_get_allocation (app_part (card, name), &place);
  return place.y;
}

/* Buttons that have no room in a row stand in the next one, in the same order; they are never cut off. */
static void
test_narrow (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autoptr (BeckonContact) bob = make_contact (BOB);
  g_autoptr (GVariant) entry = make_entry (0, INVITEE, APP_BOARD, BECKON_SESSION_RESULT_NONE);
  g_autoptr (BeckonMessage) message = beckon_message_new (entry);
  g_autoptr (BkAppSessionCard) card = make_card (world, message, bob);
  GtkWidget *buttons = app_part (card, "buttons");
  const char *const names[] = { "cancel", "decline", "accept", NULL };
  int widest = 0, all, narrow, wide;

  gtk_widget_set_visible (buttons, TRUE);
  for (int i = 0; names[i] != NULL; i++)
    {
      int width;
      gtk_widget_set_visible (app_part (card, names[i]), TRUE);
      gtk_widget_measure (app_part (card, names[i]), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
      widest = MAX (widest, width);
    }
  gtk_widget_measure (buttons, GTK_ORIENTATION_HORIZONTAL, -1, &narrow, &all, NULL, NULL);
  g_assert_cmpint (narrow, <=, widest);
  g_assert_cmpint (all, >, 2 * narrow);
  gtk_widget_measure (buttons, GTK_ORIENTATION_VERTICAL, all, &wide, NULL, NULL, NULL);
  gtk_widget_measure (buttons, GTK_ORIENTATION_VERTICAL, all - 1, &narrow, NULL, NULL, NULL);
  g_assert_cmpint (narrow, >, 2 * wide - 1);
  gtk_widget_allocate (buttons, all, wide, -1, NULL);
  g_assert_cmpint (top_of (card, "accept"), ==, top_of (card, "cancel"));
  gtk_widget_allocate (buttons, all - 1, narrow, -1, NULL);
  g_assert_cmpint (top_of (card, "decline"), ==, top_of (card, "cancel"));
  g_assert_cmpint (top_of (card, "accept"), >, top_of (card, "cancel"));
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add_func ("/app/card/states", test_states);
  g_test_add_func ("/app/card/warning", test_warning);
  g_test_add_func ("/app/card/again", test_again);
  g_test_add_func ("/app/card/life", test_life);
  g_test_add_func ("/app/card/narrow", test_narrow);
  return app_world_run ();
}
