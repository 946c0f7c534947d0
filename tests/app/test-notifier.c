/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which notifications come of people, and when they go. */
#include "app-world.h"
#include "bk-test.h"

#define CAROL(relation, unread) \
  "('carol@b', 'Carol', uint32 " relation ", false, uint32 1, '', 'Let me in', uint32 " unread ", @a{sv} {})"
#define DORA "('dora@b', 'Dora', uint32 3, false, uint32 1, '', '', uint32 0, @a{sv} {})"
#define ZOE "('zoe@b', 'zoe@b', uint32 2, false, uint32 1, '', '', uint32 0, @a{sv} {})"
#define DORA_ASKS "+request-alice@b-dora@b: Dora would like to add you | It is me\n"
#define FROM_CAROL "+message-alice@b-carol@b: Carol | "
#define BUTTONS " [Reply app.open-conversation] [Mark as Read app.mark-read]\n"
#define SAID(id, outgoing, text, details) \
  "(int64 " id ", '{M" id "}', " outgoing ", '" text "', int64 7, uint32 2, '', @a{sv} {" details "})"
#define BY_CAROL SAID ("1", "false", "Good night", "")
#define BY_ALICE SAID ("2", "true", "Sleep well", "")
#define INVITATION SAID ("3", "false", "Carol invited you", "'session': <'{S3}'>")

static char *
take_told (AppWorld *world)
{
  return app_desktop_take (world->desktop, G_APPLICATION (world->app));
}

static void
assert_told (AppWorld *world, const char *expected)
{
  g_autofree char *told = take_told (world);

  g_assert_cmpstr (told, ==, expected);
}

/* @contacts: how the first of them are now, from @position on. */
static void
change (AppWorld *world, guint position, guint removed, const char *contacts)
{
  g_autofree char *args
    = g_strdup_printf ("(uint32 %u, uint32 %u, @a(ssubussua{sv}) [%s])", position, removed, contacts);

  stand_in_signal (world->service, APP_ACCOUNT, "Account1", "ContactsChanged", args);
  app_world_settle (world);
}

/* A conversation has been read by the notifier for the @count-th time. */
static void
wait_read (AppWorld *world, guint count)
{
  bk_test_wait_for_count (stand_in_count (world->service, "ListMessages"), count);
  app_world_settle (world);
}

static AppWorld *
start (const char *messages)
{
  AppWorld *world = app_world_new (FALSE);
  g_autofree char *answer = g_strdup_printf ("([%s],)", messages);

  assert_told (world, DORA_ASKS); /* without a window, the application was started because of what there is to tell */
  stand_in_answer (world->service, "ListMessages", answer);
  return world;
}

static void
test_message (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL ", " BY_ALICE);

  change (world, 1, 1, CAROL ("3", "1"));
  wait_read (world, 1);
  assert_told (world, FROM_CAROL "Good night" BUTTONS);
  change (world, 1, 1, CAROL ("3", "2"));
  wait_read (world, 2);
  assert_told (world, FROM_CAROL "Good night" BUTTONS); /* the same id: it takes the place of the first */
  change (world, 1, 1, CAROL ("3", "1"));
  assert_told (world, "");
  change (world, 1, 1, CAROL ("3", "0"));
  assert_told (world, "-message-alice@b-carol@b\n");
  g_assert_cmpuint (*stand_in_count (world->service, "ListMessages"), ==, 2);
}

/* Invitations have notifications of their own. */
static void
test_invitation (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL ", " INVITATION);

  change (world, 1, 1, CAROL ("3", "1"));
  wait_read (world, 1);
  assert_told (world, "");
}

static void
test_long (void)
{
  g_autofree char *letters = g_strnfill (401, 'x');
  g_autofree char *message = g_strdup_printf (SAID ("1", "false", "ä%s", ""), letters);
  g_autoptr (AppWorld) world = start (message);
  g_autofree char *told = g_strdup_printf (FROM_CAROL "ä%.399s…" BUTTONS, letters);

  change (world, 1, 1, CAROL ("3", "1"));
  wait_read (world, 1);
  assert_told (world, told);
}

/* Read on another device while the text was being fetched. */
static void
test_read_meanwhile (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  stand_in_answer (world->service, "GetConversation", "hold");
  change (world, 1, 1, CAROL ("3", "1"));
  change (world, 1, 1, CAROL ("3", "0"));
  assert_told (world, "-message-alice@b-carol@b\n");
  stand_in_release (world->service, "GetConversation", "(objectpath '" APP_CONVERSATION "',)");
  wait_read (world, 1);
  assert_told (world, "");
}

static void
test_silent (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  g_settings_set_boolean (bk_app_get_settings (world->app), "notify-messages", FALSE);
  change (world, 1, 1, CAROL ("3", "1"));
  change (world, 5, 0, ZOE);
  assert_told (world, "");
  g_assert_cmpuint (*stand_in_count (world->service, "GetConversation"), ==, 0);
  g_settings_reset (bk_app_get_settings (world->app), "notify-messages");
}

static void
test_request (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  change (world, 2, 1, DORA); /* accepted */
  assert_told (world, "-request-alice@b-dora@b\n");
  change (world, 5, 0, ZOE);
  assert_told (world, "+request-alice@b-zoe@b: zoe@b would like to add you | zoe@b\n");
  change (world, 1, 1, CAROL ("2", "0"));
  assert_told (world, "+request-alice@b-carol@b: Carol would like to add you | Let me in\n");
}

/* With a window, the contact list shows what was there before. */
static void
test_window_first (void)
{
  StandIn *service = app_service_new (FALSE);

  stand_in_answer (service, "ListAccounts", "hold");
  g_autoptr (AppWorld) world = app_world_launch (service);
  g_application_activate (G_APPLICATION (world->app));
  bk_test_wait_for_count (stand_in_count (service, "ListAccounts"), 1);
  stand_in_release (service, "ListAccounts", "([objectpath '" APP_ACCOUNT "'],)");
  app_world_wait (world);
  app_world_settle (world);
  assert_told (world, "");
  change (world, 5, 0, ZOE);
  assert_told (world, "+request-alice@b-zoe@b: zoe@b would like to add you | zoe@b\n");
}

/* What is being looked at needs no notification. */
static void
test_seen (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);
  BkAppWindow *window = bk_app_show_window (world->app);

  bk_app_window_open_conversation (window, "alice@b", "carol@b");
  app_screen_focus (GTK_WINDOW (window));
  wait_read (world, 1); /* by the window */
  change (world, 1, 1, CAROL ("3", "1"));
  assert_told (world, "");
  g_assert_cmpuint (*stand_in_count (world->service, "GetConversation"), ==, 1);
}

/* Somebody else reads the screen, too: how many there are, not what they say. */
static void
test_no_text (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  g_settings_set_boolean (bk_app_get_settings (world->app), "notify-text", FALSE);
  change (world, 1, 1, CAROL ("3", "1"));
  wait_read (world, 1);
  assert_told (world, FROM_CAROL "1 new message" BUTTONS);
  change (world, 1, 1, CAROL ("3", "3"));
  wait_read (world, 2);
  assert_told (world, FROM_CAROL "3 new messages" BUTTONS);
  change (world, 1, 1, CAROL ("2", "0"));
  assert_told (world, "-message-alice@b-carol@b\n+request-alice@b-carol@b: Carol would like to add you | carol@b\n");
  g_settings_reset (bk_app_get_settings (world->app), "notify-text");
}

static void
test_do_not_disturb (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  g_settings_set_boolean (bk_app_get_settings (world->app), "do-not-disturb", TRUE);
  change (world, 1, 1, CAROL ("3", "1"));
  assert_told (world, "");
  g_settings_reset (bk_app_get_settings (world->app), "do-not-disturb");
  change (world, 1, 1, CAROL ("3", "2"));
  wait_read (world, 1);
  assert_told (world, FROM_CAROL "Good night" BUTTONS);
  g_assert_cmpuint (*stand_in_count (world->service, "GetConversation"), ==, 1);
}

/* Who says that they are busy is left alone, whoever else has said so on another account. */
static void
test_busy (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  stand_in_set (world->service, APP_ACCOUNT, "Account1", "{'WantedStatus': <uint32 10>}");
  change (world, 1, 1, CAROL ("3", "1"));
  assert_told (world, "");
  stand_in_set (world->service, APP_ACCOUNT, "Account1", "{'WantedStatus': <uint32 50>}"); /* on the phone */
  change (world, 1, 1, CAROL ("3", "2"));
  assert_told (world, "");
  stand_in_set (world->service, APP_ACCOUNT, "Account1", "{'WantedStatus': <uint32 34>}"); /* away */
  change (world, 1, 1, CAROL ("3", "3"));
  wait_read (world, 1);
  assert_told (world, FROM_CAROL "Good night" BUTTONS);
}

/* Of several accounts it is told which one is meant. */
static void
test_accounts (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  stand_in_add (world->service, STAND_IN_ROOT "/Account/2", "Account1", "{'SignInName': <'a@c'>, 'State': <'online'>}");
  stand_in_answer (world->service, "ListContacts", "(@a(ssubussua{sv}) [],)");
  stand_in_signal (world->service, STAND_IN_ROOT, "Messenger1", "AccountsChanged",
                   "(uint32 1, uint32 0, [objectpath '" STAND_IN_ROOT "/Account/2'])");
  app_world_wait_items (beckon_messenger_get_accounts (world->messenger), 2);
  change (world, 1, 1, CAROL ("3", "1"));
  wait_read (world, 1);
  assert_told (world, "+message-alice@b-carol@b: Carol (alice@b) | Good night" BUTTONS);
}

#define WROTE(name, unread, facts) \
  "('" name "@b', '" name "', uint32 3, false, uint32 1, '', '', uint32 " unread ", @a{sv} {" facts "})"

static void
test_muted (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  change (world, 1, 1, WROTE ("carol", "1", "'muted': <true>"));
  assert_told (world, "");
  change (world, 1, 1, WROTE ("carol", "2", ""));
  wait_read (world, 1);
  assert_told (world, "+message-alice@b-carol@b: carol | Good night" BUTTONS);
}

static void
set_state (AppWorld *world, const char *state)
{
  g_autofree char *properties = g_strdup_printf ("{'State': <'%s'>}", state);

  stand_in_set (world->service, APP_ACCOUNT, "Account1", properties);
  app_world_settle (world);
}

/* After an absence: one notification for many people, which goes when all of it has been read. */
static void
test_catch_up (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  set_state (world, "synchronizing");
  change (world, 0, 2, WROTE ("bob", "5", "") ", " WROTE ("carol", "4", ""));
  change (world, 3, 2, WROTE ("erin", "3", "") ", " WROTE ("frank", "9", "'muted': <true>"));
  assert_told (world, "");
  set_state (world, "online");
  assert_told (world, "+summary: 12 messages from 3 people\n");
  g_assert_cmpuint (*stand_in_count (world->service, "ListMessages"), ==, 0);
  change (world, 0, 2, WROTE ("bob", "0", "") ", " WROTE ("carol", "0", ""));
  assert_told (world, "-message-alice@b-bob@b\n-message-alice@b-carol@b\n");
  change (world, 3, 1, WROTE ("erin", "4", ""));
  wait_read (world, 1);
  assert_told (world, "+message-alice@b-erin@b: erin | Good night" BUTTONS);
  change (world, 3, 1, WROTE ("erin", "0", ""));
  assert_told (world, "-message-alice@b-erin@b\n-summary\n");
}

static void
test_catch_up_one (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  set_state (world, "synchronizing");
  change (world, 0, 2, WROTE ("bob", "5", "") ", " CAROL ("3", "4"));
  change (world, 0, 1, WROTE ("bob", "0", "")); /* read by another device */
  assert_told (world, "-message-alice@b-bob@b\n");
  set_state (world, "online");
  wait_read (world, 1);
  assert_told (world, FROM_CAROL "Good night" BUTTONS);
}

#define STRANGER(name) \
  "('" name "@b', '" name "', uint32 2, false, uint32 1, '', '', uint32 0, @a{sv} {})"

static void
test_many_requests (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  set_state (world, "synchronizing");
  change (world, 5, 0, STRANGER ("x") ", " STRANGER ("y") ", " STRANGER ("z"));
  set_state (world, "online");
  assert_told (world, "+requests: 3 people would like to add you\n");
  change (world, 5, 3, "");
  g_autofree char *told = take_told (world);
  g_assert_true (g_str_has_suffix (told, "@b\n-requests\n")); /* theirs, which come first, are in no order */
}

/* ---- what is done from the notification ---- */

static void
activate (AppWorld *world, const char *action, const char *target)
{
  g_action_group_activate_action (G_ACTION_GROUP (world->app), action, g_variant_new_parsed (target));
}

static void
test_mark_read (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL ", " BY_ALICE);

  activate (world, "mark-read", "('alice@b', 'carol@b')");
  bk_test_wait_for_count (stand_in_count (world->service, "MarkRead"), 1);
  g_assert_cmpstr (stand_in_last (world->service, "MarkRead"), ==, "(2,)");
  activate (world, "mark-read", "('nobody@b', 'carol@b')");
  app_world_settle (world);
  g_assert_cmpuint (*stand_in_count (world->service, "MarkRead"), ==, 1);
}

/* What was answered has been read. */
static void
test_reply (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  stand_in_answer (world->service, "SendMessage", "!im.beckon.Error.Disconnected");
  activate (world, "reply", "('alice@b', 'carol@b', ' \n')");
  app_world_settle (world);
  g_assert_cmpuint (*stand_in_count (world->service, "GetConversation"), ==, 0);
  activate (world, "reply", "('alice@b', 'carol@b', ' See you ')");
  bk_test_wait_for_count (stand_in_count (world->service, "MarkRead"), 1);
  bk_test_wait_for_count (stand_in_count (world->service, "SendMessage"), 1);
  g_assert_nonnull (strstr (stand_in_last (world->service, "SendMessage"), "'See you'"));
  app_world_settle (world);
  assert_told (world, "+reply: The connection was lost.\n");
}

/* All objects are new after the service was restarted, and nothing is news. */
static void
test_restart (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  stand_in_free (world->service);
  bk_test_wait_until (app_world_is_away, world);
  world->service = app_service_new (FALSE);
  g_action_group_activate_action (G_ACTION_GROUP (world->app), "retry", NULL);
  app_world_wait (world);
  app_world_settle (world);
  assert_told (world, "");
  change (world, 1, 1, CAROL ("2", "0"));
  assert_told (world, "+request-alice@b-carol@b: Carol would like to add you | Let me in\n");
}

#define ALERT(id, text, url) \
  "(uint32 7, '{A" id "}', '" text "', '" url "', int64 5, 'alice@b.example')"

static void
alert (AppWorld *world, const char *value)
{
  g_autofree char *args = g_strdup_printf ("(%s,)", value);

  stand_in_signal (world->service, STAND_IN_ROOT, "Messenger1", "AlertReceived", args);
  app_world_settle (world);
}

/* Plain text, whose page opens by a button of its own and by nothing else. */
static void
test_alert (void)
{
  g_autoptr (AppWorld) world = start (BY_CAROL);

  alert (world, ALERT ("1", "The server rests on <b>Sunday</b>.", ""));
  assert_told (world, "+alert-{A1}: Message from the operator of b.example | The server rests on <b>Sunday</b>.\n");
  bk_test_wait_for_count (stand_in_count (world->service, "DismissAlert"), 1);
  g_assert_cmpstr (stand_in_last (world->service, "DismissAlert"), ==, "('{A1}',)");
  alert (world, ALERT ("2", "News", "https://example.org/news"));
  assert_told (world, "+alert-{A2}: Message from the operator of b.example | News [Open Page app.open-alert-page]\n");
  bk_test_wait_for_count (stand_in_count (world->service, "DismissAlert"), 2);
}

/* What came while no window was there is told by the one that comes. */
static void
test_alert_before (void)
{
  StandIn *service = app_service_new (FALSE);

  stand_in_answer (service, "ListAlerts", "([" ALERT ("1", "Early", "") ", " ALERT ("2", "Late", "") "],)");
  g_autoptr (AppWorld) world = app_world_start (service);
  bk_test_wait_for_count (stand_in_count (service, "DismissAlert"), 2);
  g_autofree char *told = take_told (world);
  g_assert_nonnull (strstr (told, "+alert-{A1}: Message from the operator of b.example | Early\n"
                                  "+alert-{A2}: Message from the operator of b.example | Late\n"));
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add_func ("/app/notifier/message", test_message);
  g_test_add_func ("/app/notifier/invitation", test_invitation);
  g_test_add_func ("/app/notifier/long", test_long);
  g_test_add_func ("/app/notifier/read-meanwhile", test_read_meanwhile);
  g_test_add_func ("/app/notifier/silent", test_silent);
  g_test_add_func ("/app/notifier/request", test_request);
  g_test_add_func ("/app/notifier/window-first", test_window_first);
  g_test_add_func ("/app/notifier/seen", test_seen);
  g_test_add_func ("/app/notifier/no-text", test_no_text);
  g_test_add_func ("/app/notifier/do-not-disturb", test_do_not_disturb);
  g_test_add_func ("/app/notifier/busy", test_busy);
  g_test_add_func ("/app/notifier/accounts", test_accounts);
  g_test_add_func ("/app/notifier/muted", test_muted);
  g_test_add_func ("/app/notifier/catch-up", test_catch_up);
  g_test_add_func ("/app/notifier/catch-up-one", test_catch_up_one);
  g_test_add_func ("/app/notifier/many-requests", test_many_requests);
  g_test_add_func ("/app/notifier/mark-read", test_mark_read);
  g_test_add_func ("/app/notifier/reply", test_reply);
  g_test_add_func ("/app/notifier/restart", test_restart);
  g_test_add_func ("/app/notifier/alert", test_alert);
  g_test_add_func ("/app/notifier/alert-before", test_alert_before);
  return app_world_run ();
}
