/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is shown of sessions that come in and go out: dialogs, notifications, windows for the waiting. */
#include "invite/bk-app-invitation-dialog.h"
#include "invite/bk-app-invitations.h"
#include "invite/bk-app-waiting-window.h"

#include "app-world.h"
#include "bk-test.h"

#define ASKING \
  "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Asking': <true>, 'UserName': <'Bob'>, " \
  "'User': <'bob@b'>, 'Application': <'" APP_BOARD "'>, 'ApplicationName': <'Board'>}"
#define OUTGOING \
  "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 1>, 'UserName': <'Bob'>, 'User': <'bob@b'>, " \
  "'Application': <'" APP_BOARD "'>, 'ApplicationName': <'Board'>, 'MySigninName': <'alice@b'>}"
#define OF_OTHER \
  "{'SessionID': <'{S2}'>, 'State': <uint32 2>, 'Flags': <uint32 1>, 'UserName': <'Bob'>, 'User': <'bob@b'>, " \
  "'Application': <'" APP_BOARD "'>, 'ApplicationName': <'Board'>, 'MySigninName': <'other@b'>}"
#define TO_ALICE \
  "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Asking': <true>, 'UserName': <'Bob'>, " \
  "'User': <'bob@b'>, 'Application': <'" APP_BOARD "'>, 'ApplicationName': <'Board'>, 'MySigninName': <'alice@b'>}"
#define INVITATION \
  "+invitation-{S1}: Bob invites you to Board | If you accept, it starts for both of you. [Accept app.accept] " \
  "[Decline app.decline] [Cancel app.cancel]\n"

static void
assert_told (AppWorld *world, const char *expected)
{
  g_autofree char *told = app_desktop_take (world->desktop, G_APPLICATION (world->app));

  g_assert_cmpstr (told, ==, expected);
}

/* Dora's request is told at the start and does not matter here. */
static AppWorld *
start (void)
{
  AppWorld *world = app_world_new (FALSE);
  g_autofree char *told = app_desktop_take (world->desktop, G_APPLICATION (world->app));

  return world;
}

static GtkWindow *
find_dialog (void)
{
  return app_world_find_window (BK_TYPE_APP_INVITATION_DIALOG);
}

static GtkWindow *
find_waiting (void)
{
  return app_world_find_window (BK_TYPE_APP_WAITING_WINDOW);
}

static void
answer (AppWorld *world, const char *verb)
{
  g_action_group_activate_action (G_ACTION_GROUP (world->app), verb, g_variant_new_string ("{S1}"));
  app_world_settle (world);
}

/* ---- what comes in ---- */

/* Dialog and notification come with the question and go with it; not twice, though the session tells more of itself. */
static void
test_question (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, ASKING);
  GtkWindow *dialog = find_dialog ();

  g_assert_nonnull (dialog);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (dialog)));
  g_assert_null (find_waiting ());
  assert_told (world, INVITATION);
  stand_in_set (world->service, path, "Session1", "{'Asking': <true>, 'State': <uint32 3>}");
  app_world_settle (world);
  assert_told (world, "-session-{S1}\n");
  g_assert_true (find_dialog () == dialog);
  stand_in_set (world->service, path, "Session1", "{'Asking': <false>}");
  app_world_settle (world);
  assert_told (world, "-invitation-{S1}\n-session-{S1}\n");
  g_assert_null (find_dialog ());
}

/* Closing the dialog answers nothing; the notification brings it back. */
static void
test_closed (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, ASKING);
  GtkWindow *dialog = find_dialog ();

  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  gtk_window_close (dialog);
  bk_test_drain ();
  g_assert_null (dialog);
  assert_told (world, INVITATION);
  stand_in_set (world->service, path, "Session1", "{'Ringing': <true>}");
  app_world_settle (world);
  g_assert_null (find_dialog ());
  answer (world, "show-invitation");
  g_assert_nonnull (find_dialog ());
  g_assert_cmpuint (*stand_in_count (world->service, "Accept"), ==, 0);
  g_assert_cmpuint (*stand_in_count (world->service, "Decline"), ==, 0);
  g_assert_cmpuint (*stand_in_count (world->service, "Cancel"), ==, 0);
  assert_told (world, "");
}

static void
test_session_gone (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, ASKING);

  assert_told (world, INVITATION);
  stand_in_signal (world->service, STAND_IN_ROOT, "Messenger1", "SessionsChanged", "(uint32 0, uint32 1, @ao [])");
  app_world_settle (world);
  assert_told (world, "-invitation-{S1}\n");
  g_assert_null (find_dialog ());
}

static void
test_silent (void)
{
  g_autoptr (AppWorld) world = start ();

  g_settings_set_boolean (bk_app_get_settings (world->app), "notify-invitations", FALSE);
  g_autofree char *path = app_world_add_session (world, 1, ASKING);
  assert_told (world, "");
  g_assert_nonnull (find_dialog ());
  g_settings_reset (bk_app_get_settings (world->app), "notify-invitations");
}

/* A program answers: nobody is asked. */
static void
test_not_asking (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path
    = app_world_add_session (world, 1, "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 2>}");

  assert_told (world, "");
  g_assert_null (find_dialog ());
  g_assert_null (find_waiting ());
  stand_in_set (world->service, path, "Session1",
                "{'Asking': <true>, 'UserName': <'Bob'>, 'ApplicationName': <'Board'>}");
  app_world_settle (world);
  assert_told (world, INVITATION); /* it hung or left: now the user is asked */
  g_assert_nonnull (find_dialog ());
}

static void
test_answers (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, ASKING);

  answer (world, "accept");
  g_assert_cmpuint (*stand_in_count (world->service, "Accept"), ==, 1);
  answer (world, "decline");
  g_assert_cmpuint (*stand_in_count (world->service, "Decline"), ==, 1);
  answer (world, "cancel");
  g_assert_cmpuint (*stand_in_count (world->service, "Cancel"), ==, 1);
  assert_told (world, INVITATION);
  stand_in_answer (world->service, "Accept", "!im.beckon.Error.SessionStateInvalid");
  answer (world, "accept");
  assert_told (world, "");
  g_assert_cmpstr (gtk_label_get_label (app_part (find_dialog (), "problem")), ==, "This invitation is over.");
  gtk_window_destroy (find_dialog ());
  answer (world, "accept");
  assert_told (world, "+session-{S1}: This invitation is over.\n"); /* where no dialog can say it */
}

/* A second press of the same button is the first one. */
static void
test_answer_twice (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, ASKING);

  stand_in_answer (world->service, "Accept", "hold");
  answer (world, "accept");
  answer (world, "accept");
  g_assert_cmpuint (*stand_in_count (world->service, "Accept"), ==, 1);
  stand_in_release (world->service, "Accept", "!im.beckon.Error.Disconnected");
  app_world_settle (world);
  answer (world, "accept");
  g_assert_cmpuint (*stand_in_count (world->service, "Accept"), ==, 2);
  stand_in_release (world->service, "Accept", NULL);
  app_world_settle (world);
}

/* A notification of yesterday is pressed. */
static void
test_answer_nothing (void)
{
  g_autoptr (AppWorld) world = start ();

  answer (world, "accept");
  assert_told (world, "+session: This invitation is over.\n");
  g_assert_cmpuint (*stand_in_count (world->service, "Accept"), ==, 0);
}

/* Who must not be disturbed is asked afterwards. */
static void
test_do_not_disturb (void)
{
  g_autoptr (AppWorld) world = start ();
  GSettings *settings = bk_app_get_settings (world->app);

  g_settings_set_boolean (settings, "do-not-disturb", TRUE);
  g_autofree char *path = app_world_add_session (world, 1, ASKING);
  assert_told (world, "");
  g_assert_null (find_dialog ());
  g_settings_reset (settings, "do-not-disturb");
  app_world_settle (world);
  assert_told (world, INVITATION);
  g_assert_nonnull (find_dialog ());
}

/* The status says the same. */
static void
test_busy (void)
{
  g_autoptr (AppWorld) world = start ();

  stand_in_set (world->service, APP_ACCOUNT, "Account1", "{'WantedStatus': <uint32 10>}");
  g_autofree char *path = app_world_add_session (world, 1, TO_ALICE);
  assert_told (world, "");
  g_assert_null (find_dialog ());
  stand_in_set (world->service, APP_ACCOUNT, "Account1", "{'WantedStatus': <uint32 2>}");
  app_world_settle (world);
  assert_told (world, INVITATION);
  g_assert_nonnull (find_dialog ());
}

/* A desktop that is quiet keeps the notification for later; no window jumps at anybody. */
static void
test_quiet_desktop (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
    = g_settings_schema_source_lookup (source, "org.gnome.desktop.notifications", TRUE);

  if (schema == NULL)
    {
      g_test_skip ("the settings of GNOME are not installed");
      return;
    }
  g_autoptr (GSettings) desktop = g_settings_new ("org.gnome.desktop.notifications");
  g_autoptr (AppWorld) world = start ();
  g_settings_set_boolean (desktop, "show-banners", FALSE);
  g_autofree char *path = app_world_add_session (world, 1, ASKING);
  assert_told (world, INVITATION);
  g_assert_null (find_dialog ());
  g_settings_reset (desktop, "show-banners");
  app_world_settle (world);
  assert_told (world, ""); /* once */
  g_assert_nonnull (find_dialog ());
}

/* ---- files ---- */

#define FILE_FROM_BOB \
  "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Asking': <true>, 'UserName': <'Bob'>, " \
  "'User': <'bob@b'>, 'MySigninName': <'alice@b'>, 'ApplicationName': <'File'>, 'AppData': <'{\"name\":1}'>, " \
  "'Transfer': <{'name': <'<b>.png'>, 'size': <uint64 40000000>, 'path': <''>}>}"
#define FILE_TO_BOB \
  "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 1>, 'UserName': <'Bob'>, 'User': <'bob@b'>, " \
  "'MySigninName': <'alice@b'>, 'ApplicationName': <'File'>, 'Transfer': <{'name': <'a'>, 'size': <uint64 2>}>}"
#define NBSP "\u00a0"

/* Nobody starts anything, and nobody has to install it: it is a file. */
static void
test_file (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, FILE_FROM_BOB);
  GtkWindow *dialog = find_dialog ();

  g_assert_cmpstr (gtk_label_get_label (app_part (dialog, "heading")), ==, "Bob wants to send you a file");
  g_assert_cmpstr (gtk_label_get_label (app_part (dialog, "message")), ==, "<b>.png (40.0" NBSP "MB)");
  g_assert_false (gtk_widget_get_visible (app_part (dialog, "missing")));
  g_assert_false (gtk_widget_get_visible (app_part (dialog, "always")));
  assert_told (world, "+invitation-{S1}: Bob wants to send you a file | <b>.png (40.0" NBSP "MB) [Accept app.accept] "
                      "[Decline app.decline] [Cancel app.cancel]\n");
  stand_in_set (world->service, path, "Session1", "{'State': <uint32 4>, 'Asking': <false>}");
  app_world_settle (world);
  assert_told (world, "-invitation-{S1}\n");
  stand_in_set (world->service, path, "Session1", "{'State': <uint32 7>, 'Result': <uint32 14>}");
  stand_in_signal (world->service, path, "Session1", "Termination", "(uint32 14, '')");
  app_world_settle (world);
  assert_told (world, "+session-{S1}: File from Bob received | <b>.png (40.0" NBSP "MB) [Open app.open-file] "
                      "[Show in Folder app.show-file]\n");
}

/* Its card shows how far it is: no window waits for the answer as well. */
static void
test_file_sent (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, FILE_TO_BOB);

  g_assert_null (find_waiting ());
  stand_in_set (world->service, path, "Session1", "{'State': <uint32 7>, 'Result': <uint32 14>}");
  stand_in_signal (world->service, path, "Session1", "Termination", "(uint32 14, '')");
  app_world_settle (world);
  assert_told (world, "+session-{S1}: Bob has received your file | a (2 bytes)\n");
}

static void
test_message (void)
{
  static const struct
  {
    const char *properties;
    const char *shown;
  } rows[] = {
    { "{'Message': <'Let us <b>draw</b>\\na house'>, 'AppData': <'for programs'>}", "“Let us <b>draw</b>\na house”" },
    { "{'Message': <''>, 'AppData': <'level 3'>}", "“level 3”" },
    { "{'AppData': <'\\u0001\\u0002'>}", "" },
  };
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, ASKING);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      stand_in_set (world->service, path, "Session1", rows[i].properties);
      app_world_settle (world);
      gtk_window_close (find_dialog ());
      bk_test_drain ();
      answer (world, "show-invitation");
      g_assert_cmpstr (gtk_label_get_label (app_part (find_dialog (), "message")), ==, rows[i].shown);
    }
}

/* ---- always ---- */

static GtkCheckButton *
find_always (void)
{
  return app_part (find_dialog (), "always");
}

/* Only somebody whose key is known, and only what is here. */
static void
test_always_offered (void)
{
  static const struct
  {
    const char *properties;
    gboolean offered;
  } rows[] = {
    { "'Identity': <uint32 0>, 'Application': <'" APP_BOARD "'>", FALSE },
    { "'Identity': <uint32 1>, 'Application': <'" APP_BOARD "'>", TRUE },
    { "'Identity': <uint32 2>, 'Application': <'" APP_BOARD "'>", TRUE },
    { "'Identity': <uint32 3>, 'Application': <'" APP_BOARD "'>", FALSE },
    { "'Identity': <uint32 2>, 'Application': <'" APP_CHESS "'>", FALSE },
  };
  g_autoptr (AppWorld) world = start ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *properties = g_strdup_printf (
        "{'SessionID': <'{S%u}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Asking': <true>, 'UserName': <'Bob'>, "
        "'User': <'bob@b'>, 'ApplicationName': <'Board'>, 'MySigninName': <'alice@b'>, %s}", i, rows[i].properties);
      g_autofree char *path = app_world_add_session (world, i + 1, properties);

      g_test_message ("row %u", i);
      g_assert_true (gtk_widget_get_visible (GTK_WIDGET (find_always ())) == rows[i].offered);
      g_assert_cmpstr (gtk_label_get_label (app_part (find_dialog (), "always_text")), ==,
                       "Always accept Board from Bob");
      stand_in_set (world->service, path, "Session1", "{'Asking': <false>}");
      app_world_settle (world);
    }
}

#define TRUSTED \
  "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Asking': <true>, 'UserName': <'Bob'>, " \
  "'User': <'bob@b'>, 'MySigninName': <'alice@b'>, 'Application': <'" APP_BOARD "'>, 'ApplicationName': <'Board'>, " \
  "'Identity': <uint32 2>}"

static void
test_always (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, TRUSTED);

  answer (world, "accept");
  g_assert_cmpuint (*stand_in_count (world->service, "SetAllowed"), ==, 0);
  g_assert_cmpuint (*stand_in_count (world->service, "Accept"), ==, 1);
  gtk_check_button_set_active (find_always (), TRUE);
  answer (world, "decline");
  g_assert_cmpuint (*stand_in_count (world->service, "SetAllowed"), ==, 0);
  stand_in_answer (world->service, "SetAllowed", "!im.beckon.Error.Storage");
  answer (world, "accept");
  g_assert_cmpuint (*stand_in_count (world->service, "Accept"), ==, 2);
  g_assert_cmpstr (stand_in_last (world->service, "SetAllowed"), ==, "('bob@b', '" APP_BOARD "', true)");
  assert_told (world, "+invitation-{S1}: Bob invites you to Board | If you accept, it starts for both of you. "
                      "[Accept app.accept] [Decline app.decline] [Cancel app.cancel]\n"
                      "+allowed: Nothing can be saved on this computer: the disk is full or cannot be written to.\n");
}

/* What was started without a question is told, with a button to end it for as long as it runs. */
static void
test_automatic (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (
    world, 1, "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Automatic': <true>}");

  stand_in_signal (world->service, STAND_IN_ROOT, "Messenger1", "Notice",
                   "('automatic', 'Board starts with Bob.', objectpath '" STAND_IN_ROOT "/Session/1')");
  app_world_settle (world);
  assert_told (world, "+session-{S1}: Board starts with Bob. [End app.cancel]\n");
  stand_in_set (world->service, path, "Session1", "{'State': <uint32 3>}");
  stand_in_set (world->service, path, "Session1", "{'State': <uint32 4>}");
  app_world_settle (world);
  assert_told (world, "");
  stand_in_set (world->service, path, "Session1", "{'State': <uint32 7>, 'Result': <uint32 14>}");
  stand_in_signal (world->service, path, "Session1", "Termination", "(uint32 14, '')");
  app_world_settle (world);
  assert_told (world, "-session-{S1}\n");
}

/* ---- keys ---- */

/* Keys that come as it comes up do nothing, whatever they are; later ones do what they should. */
static void
test_keys (void)
{
  g_autoptr (AppWorld) world = start ();
  GSettings *settings = bk_app_get_settings (world->app);

  g_settings_set_uint (settings, "quiet-time", 60000);
  g_autofree char *path = app_world_add_session (world, 1, ASKING);
  app_screen_focus (find_dialog ());
  app_screen_press (find_dialog (), "Tab");
  app_screen_press (find_dialog (), "alt+a");
  app_screen_press (find_dialog (), "space");
  app_screen_press (find_dialog (), "Return");
  app_world_settle (world);
  g_assert_null (gtk_window_get_focus (find_dialog ()));
  g_assert_cmpuint (*stand_in_count (world->service, "Accept"), ==, 0);
  gtk_window_close (find_dialog ());
  bk_test_drain ();
  g_settings_set_uint (settings, "quiet-time", 1);
  answer (world, "show-invitation");
  app_screen_focus (find_dialog ());
  while (!GTK_IS_BUTTON (gtk_window_get_focus (find_dialog ())))
    app_screen_press (find_dialog (), "Tab");
  app_screen_press (find_dialog (), "Return");
  bk_test_wait_for_count (stand_in_count (world->service, "Accept"), 1);
  g_settings_reset (settings, "quiet-time");
}

static void
test_escape (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, ASKING);
  GtkWindow *dialog = find_dialog ();

  app_screen_focus (dialog);
  app_screen_press (dialog, "Escape");
  app_world_settle (world);
  g_assert_null (find_dialog ());
  g_assert_cmpuint (*stand_in_count (world->service, "Decline"), ==, 0);
  assert_told (world, INVITATION);
}

/* ---- what goes out ---- */

/* A program invited: nothing else would show it. */
static void
test_waiting (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, OUTGOING);
  GtkWindow *waiting = find_waiting ();
  GtkLabel *state = app_part (waiting, "state");

  assert_told (world, "");
  g_assert_cmpstr (gtk_label_get_label (state), ==, "Waiting for Bob…");
  stand_in_set (world->service, path, "Session1", "{'Ringing': <true>}");
  app_world_settle (world);
  g_assert_cmpstr (gtk_label_get_label (state), ==, "Waiting for Bob… Their device is ringing.");
  stand_in_set (world->service, path, "Session1", "{'State': <uint32 3>}");
  app_world_settle (world);
  g_assert_cmpstr (gtk_label_get_label (state), ==, "Connecting…");
  g_object_add_weak_pointer (G_OBJECT (waiting), (gpointer *) &waiting);
  stand_in_set (world->service, path, "Session1", "{'State': <uint32 4>}");
  app_world_settle (world);
  g_assert_null (waiting);
}

/* The window says how it ended, and nothing else does; what the user did needs no words. */
static void
test_waiting_ends (void)
{
  static const struct
  {
    const char *result;
    gboolean stays;
  } rows[] = { { "2", TRUE }, { "5", FALSE }, { "6", TRUE }, { "8", TRUE }, { "13", FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (AppWorld) world = start ();
      g_autofree char *path = app_world_add_session (world, 1, OUTGOING);
      g_autofree char *end = g_strdup_printf (
        "{'State': <uint32 7>, 'Result': <uint32 %s>, 'ResultText': <'How it ended'>}", rows[i].result);
      g_autofree char *signal = g_strdup_printf ("(uint32 %s, '')", rows[i].result);

      stand_in_set (world->service, path, "Session1", end);
      stand_in_signal (world->service, path, "Session1", "Termination", signal);
      app_world_settle (world);
      assert_told (world, "-session-{S1}\n");
      GtkWindow *waiting = find_waiting ();
      g_assert_true (rows[i].stays == (waiting != NULL));
      if (waiting == NULL)
        continue;
      g_assert_cmpstr (gtk_label_get_label (app_part (waiting, "state")), ==, "How it ended");
      g_assert_false (gtk_widget_get_visible (app_part (waiting, "cancel")));
      g_assert_true (gtk_widget_get_visible (app_part (waiting, "close")));
    }
}

static void
invite_from_conversation (AppWorld *world)
{
  bk_app_invitations_invite (world->app->invitations, world->account, "bob@b", APP_BOARD, NULL);
  app_world_settle (world);
}

/* From a conversation: there is a card. The next one, of a program, has its window again. */
static void
test_from_conversation (void)
{
  g_autoptr (AppWorld) world = start ();

  stand_in_answer (world->service, "InviteApp", "hold");
  invite_from_conversation (world);
  g_autofree char *path = app_world_add_session (world, 1, OUTGOING);
  g_assert_null (find_waiting ());
  stand_in_release (world->service, "InviteApp", "(objectpath '" STAND_IN_ROOT "/Session/1',)");
  app_world_settle (world);
  g_assert_null (find_waiting ());
  g_autofree char *second = app_world_add_session (world, 2, OUTGOING);
  g_assert_nonnull (find_waiting ());
  assert_told (world, "");
}

/* A program invites the same person to the same thing with another account: that is not the one that has the card. */
static void
test_two_accounts (void)
{
  g_autoptr (AppWorld) world = start ();

  stand_in_answer (world->service, "InviteApp", "hold");
  invite_from_conversation (world);
  g_autofree char *other = app_world_add_session (world, 1, OF_OTHER);
  GtkWindow *waiting = find_waiting ();
  g_assert_nonnull (waiting);
  gtk_window_destroy (waiting);
  g_autofree char *path = app_world_add_session (world, 2, OUTGOING);
  g_assert_null (find_waiting ());
  stand_in_release (world->service, "InviteApp", "(objectpath '" STAND_IN_ROOT "/Session/2',)");
  app_world_settle (world);
  g_assert_null (find_waiting ());
}

/* An invitation that came to nothing is told, and is not waited for any more. */
static void
test_refused (void)
{
  g_autoptr (AppWorld) world = start ();

  stand_in_answer (world->service, "InviteApp", "!im.beckon.Error.Disconnected");
  invite_from_conversation (world);
  assert_told (world, "+invite: The connection was lost.\n");
  g_autofree char *path = app_world_add_session (world, 1, OUTGOING);
  g_assert_nonnull (find_waiting ());
}

/* What goes out already when the application comes has been seen; a question is asked all the same. */
static void
test_old (void)
{
  StandIn *service = app_service_new (FALSE);

  stand_in_add (service, STAND_IN_ROOT "/Session/1", "Session1", OUTGOING);
  stand_in_add (service, STAND_IN_ROOT "/Session/2", "Session1", ASKING);
  stand_in_answer (service, "ListSessions",
                   "([objectpath '" STAND_IN_ROOT "/Session/1', '" STAND_IN_ROOT "/Session/2'],)");
  g_autoptr (AppWorld) world = app_world_start (service);
  g_assert_null (find_waiting ());
  g_assert_nonnull (find_dialog ());
  stand_in_set (world->service, STAND_IN_ROOT "/Session/1", "Session1", "{'Ringing': <true>}");
  app_world_settle (world);
  g_assert_null (find_waiting ());
}

/* ---- ends ---- */

/* Ends are told by a notification where nothing shows them: not what the user did, nor what goes as it should. */
static void
test_ends (void)
{
  static const guint news[2] = { /* bits of results: for the inviter, the invitee */
    1u << 1 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9 | 1u << 10 | 1u << 15 | 1u << 16
      | 1u << 17,
    1u << 1 | 1u << 3 | 1u << 4 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9 | 1u << 15 | 1u << 16 | 1u << 17,
  };

  for (guint role = 0; role < 2; role++)
    {
      g_autoptr (AppWorld) world = start ();

      for (guint result = 1; result < BECKON_N_SESSION_RESULTS; result++)
        {
          g_autofree char *running = g_strdup_printf (
            "{'SessionID': <'{S%u}'>, 'State': <uint32 4>, 'Flags': <uint32 %u>, 'User': <'bob@b'>}", result, role + 1);
          g_autofree char *path = app_world_add_session (world, result, running);
          g_autofree char *end = g_strdup_printf ("{'State': <uint32 7>, 'Result': <uint32 %u>, 'ResultText': <'R%u'>}",
                                                  result, result);
          g_autofree char *signal = g_strdup_printf ("(uint32 %u, '')", result);
          g_autofree char *told = g_strdup_printf ("+session-{S%u}: R%u\n", result, result);
          g_autofree char *withdrawn = g_strdup_printf ("-session-{S%u}\n", result);

          stand_in_set (world->service, path, "Session1", end);
          stand_in_signal (world->service, path, "Session1", "Termination", signal);
          app_world_settle (world);
          g_test_message ("role %u, result %u", role, result);
          assert_told (world, (news[role] & 1u << result) != 0 ? told : withdrawn);
        }
    }
}

/* ---- what is missing, what has come ---- */

static void
test_missing (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *path = app_world_add_session (world, 1, ASKING);

  assert_told (world, INVITATION);
  stand_in_signal (world->service, path, "Session1", "AppNotPresent", "('Board', 'https://example.org/')");
  app_world_settle (world);
  assert_told (world, "+session-{S1}: Board is not installed here. It will start once it is installed.\n");
  stand_in_signal (world->service, STAND_IN_ROOT, "Messenger1", "Notice",
                   "('installed', 'Board is there. Starting with Bob…', objectpath '" STAND_IN_ROOT "/Session/1')");
  app_world_settle (world);
  assert_told (world, "+session-{S1}: Board is there. Starting with Bob… [Cancel app.cancel]\n");
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add_func ("/app/invitations/question", test_question);
  g_test_add_func ("/app/invitations/closed", test_closed);
  g_test_add_func ("/app/invitations/session-gone", test_session_gone);
  g_test_add_func ("/app/invitations/silent", test_silent);
  g_test_add_func ("/app/invitations/not-asking", test_not_asking);
  g_test_add_func ("/app/invitations/answers", test_answers);
  g_test_add_func ("/app/invitations/answer-twice", test_answer_twice);
  g_test_add_func ("/app/invitations/answer-nothing", test_answer_nothing);
  g_test_add_func ("/app/invitations/do-not-disturb", test_do_not_disturb);
  g_test_add_func ("/app/invitations/busy", test_busy);
  g_test_add_func ("/app/invitations/quiet-desktop", test_quiet_desktop);
  g_test_add_func ("/app/invitations/file", test_file);
  g_test_add_func ("/app/invitations/file/sent", test_file_sent);
  g_test_add_func ("/app/invitations/message", test_message);
  g_test_add_func ("/app/invitations/always-offered", test_always_offered);
  g_test_add_func ("/app/invitations/always", test_always);
  g_test_add_func ("/app/invitations/automatic", test_automatic);
  g_test_add_func ("/app/invitations/keys", test_keys);
  g_test_add_func ("/app/invitations/escape", test_escape);
  g_test_add_func ("/app/invitations/waiting", test_waiting);
  g_test_add_func ("/app/invitations/waiting-ends", test_waiting_ends);
  g_test_add_func ("/app/invitations/from-conversation", test_from_conversation);
  g_test_add_func ("/app/invitations/two-accounts", test_two_accounts);
  g_test_add_func ("/app/invitations/refused", test_refused);
  g_test_add_func ("/app/invitations/old", test_old);
  g_test_add_func ("/app/invitations/ends", test_ends);
  g_test_add_func ("/app/invitations/missing", test_missing);
  return app_world_run ();
}
