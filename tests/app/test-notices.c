/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notifications by org.freedesktop.Notifications: what such a desktop is told, and what it tells. */
#include "bk-app-private.h"
#include "invite/bk-app-invitation-dialog.h"

#include "app-world.h"
#include "bk-test.h"

#include <string.h>

#define ASKING \
  "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Asking': <true>, 'UserName': <'Bob'>, " \
  "'User': <'bob@b'>, 'Application': <'" APP_BOARD "'>, 'ApplicationName': <'Board'>}"
#define ALL "['actions', 'body', 'body-markup', 'inline-reply']"
#define PLAIN "['actions', 'body']"
#define LOUD " {urgency 0x01} {category 'im.received'} {sound-name 'message-new-instant'}\n"

/* Dora's request has been told, as number 1. */
static AppWorld *
start (const char *capabilities)
{
  AppWorld *world = app_world_launch_with_server (app_service_new (FALSE), capabilities);

  app_world_wait (world);
  g_autofree char *told = app_desktop_wait (world->desktop, "+1");
  g_assert_cmpstr (told, ==, "+1: Dora would like to add you | It is me [ default] {urgency 0x01}\n");
  return world;
}

static void
assert_told (AppWorld *world, const char *expected)
{
  g_autofree char *told = app_desktop_take (world->desktop, G_APPLICATION (world->app));

  g_assert_cmpstr (told, ==, expected);
}

static void
send (AppWorld *world, const char *id, const char *title, const char *body)
{
  bk_app_notices_send (world->app->notices, id, bk_app_notice_new (BK_APP_NOTICE_PLAIN, title, body));
}

static BkAppNotice *
make_message (const char *body)
{
  BkAppNotice *notice = bk_app_notice_new (BK_APP_NOTICE_MESSAGE, "Bob", body);

  bk_app_notice_set_press (notice, "app.open-conversation", g_variant_new ("(ss)", "alice@b", "bob@b"));
  bk_app_notice_add_button (notice, "Reply", "app.open-conversation", g_variant_new ("(ss)", "alice@b", "bob@b"));
  bk_app_notice_add_button (notice, "Read", "app.mark-read", g_variant_new ("(ss)", "alice@b", "bob@b"));
  bk_app_notice_set_reply (notice, "Reply", "app.reply", g_variant_new ("(ss)", "alice@b", "bob@b"));
  return notice;
}

/* Nobody writes markup to us: what looks like it is shown as it was written. */
static void
test_markup (void)
{
  g_autoptr (AppWorld) world = start (ALL);

  send (world, "a", "<b>Bob</b> & co", "<img src='file:///etc/passwd'/> & <a href='x'>");
  assert_told (world, "+2: <b>Bob</b> & co | &lt;img src=&apos;file:///etc/passwd&apos;/&gt; &amp; "
                      "&lt;a href=&apos;x&apos;&gt; {urgency 0x01}\n");
  app_desktop_restart (world->desktop, PLAIN);
  app_world_settle (world);
  send (world, "a", "Bob", "1 < 2 & 3");
  app_world_settle (world);
  assert_told (world, "+101: Bob | 1 < 2 & 3 {urgency 0x01}\n"); /* another desktop: nothing of it is replaced there */
}

/* One id is one notification, even where the desktop is slow; and what is withdrawn meanwhile goes. */
static void
test_order (void)
{
  g_autoptr (AppWorld) world = start (PLAIN);

  app_desktop_hold (world->desktop, TRUE);
  send (world, "a", "One", NULL);
  send (world, "a", "Two", NULL);
  send (world, "a", "Three", NULL);
  send (world, "b", "Other", NULL);
  assert_told (world, "+2: One |  {urgency 0x01}\n+3: Other |  {urgency 0x01}\n");
  bk_app_notices_withdraw (world->app->notices, "b");
  assert_told (world, "");
  app_desktop_hold (world->desktop, FALSE);
  app_world_settle (world);
  assert_told (world, "+2 again: Three |  {urgency 0x01}\n-3\n");
  bk_app_notices_withdraw (world->app->notices, "a");
  bk_app_notices_withdraw (world->app->notices, "a");
  assert_told (world, "-2\n");
}

static void
test_buttons (void)
{
  g_autoptr (AppWorld) world = start (PLAIN);

  bk_app_notices_send (world->app->notices, "m", make_message ("Hello"));
  assert_told (world, "+2: Bob | Hello [ default] [Reply 0] [Read 1]" LOUD);
  app_world_settle (world);
  app_desktop_press (world->desktop, 2, "1");
  bk_test_wait_for_count (stand_in_count (world->service, "MarkRead"), 1);
  app_desktop_press (world->desktop, 2, "2"); /* there is none, nor these */
  app_desktop_press (world->desktop, 2, "app.quit");
  app_desktop_press (world->desktop, 9, "1");
  app_desktop_reply (world->desktop, 9, "Nothing");
  app_desktop_press (world->desktop, 2, "1");
  bk_test_wait_for_count (stand_in_count (world->service, "MarkRead"), 2);
  g_assert_cmpuint (*stand_in_count (world->service, "SendMessage"), ==, 0);
  g_assert_null (bk_app_get_window (world->app));
  app_desktop_press (world->desktop, 2, "default");
  bk_test_wait_for_count (stand_in_count (world->service, "MarkRead"), 2);
  while (bk_app_get_window (world->app) == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
is_inhibited (gpointer world)
{
  return bk_app_inhibited_get (((AppWorld *) world)->app->inhibited);
}

static gboolean
is_not_inhibited (gpointer world)
{
  return !is_inhibited (world);
}

/* Where the desktop keeps notifications back, no window of ours comes up instead; those are left to it. */
static void
test_inhibited (void)
{
  g_autoptr (AppWorld) world = start (PLAIN);

  app_desktop_inhibit (world->desktop, TRUE);
  bk_test_wait_until (is_inhibited, world);
  g_autofree char *path = app_world_add_session (world, 1, ASKING);
  g_autofree char *told = app_desktop_wait (world->desktop, "+2");
  g_assert_nonnull (strstr (told, "Bob invites you to Board"));
  g_assert_null (app_world_find_window (BK_TYPE_APP_INVITATION_DIALOG));
  app_desktop_inhibit (world->desktop, FALSE);
  bk_test_wait_until (is_not_inhibited, world);
  g_assert_nonnull (app_world_find_window (BK_TYPE_APP_INVITATION_DIALOG));

  /* Nor is it so where the next desktop does not say so. */
  app_desktop_inhibit (world->desktop, TRUE);
  bk_test_wait_until (is_inhibited, world);
  app_desktop_restart (world->desktop, PLAIN);
  bk_test_wait_until (is_not_inhibited, world);
}

static void
test_reply (void)
{
  g_autoptr (AppWorld) world = start (ALL);

  stand_in_answer (world->service, "SendMessage",
                   "((int64 9, '{M9}', true, 'Good morning', int64 9, uint32 0, '', @a{sv} {}),)");
  bk_app_notices_send (world->app->notices, "m", make_message ("Hello"));
  assert_told (world, "+2: Bob | Hello [ default] [Reply inline-reply] [Read 1]" LOUD);
  app_world_settle (world);
  app_desktop_reply (world->desktop, 2, "Good morning");
  bk_test_wait_for_count (stand_in_count (world->service, "SendMessage"), 1);
  g_assert_nonnull (strstr (stand_in_last (world->service, "SendMessage"), "'Good morning'"));
}

/* What the user has wiped away is no more to be replaced or withdrawn. */
static void
test_dismissed (void)
{
  g_autoptr (AppWorld) world = start (PLAIN);

  send (world, "a", "One", NULL);
  assert_told (world, "+2: One |  {urgency 0x01}\n");
  app_world_settle (world);
  app_desktop_dismiss (world->desktop, 2);
  app_desktop_dismiss (world->desktop, 1);
  app_world_settle (world);
  bk_app_notices_withdraw (world->app->notices, "a");
  send (world, "a", "Two", NULL);
  assert_told (world, "+3: Two |  {urgency 0x01}\n");
}

/* Nobody would hear the buttons of messages any more; what is only to be read stays. */
static void
test_left (void)
{
  AppWorld *world = start (PLAIN);
  AppDesktop *desktop = g_steal_pointer (&world->desktop);

  for (char id[] = "a"; *id < 'k'; ++*id)
    send (world, id, "Read me", NULL);
  bk_app_notices_send (world->app->notices, "m", make_message ("Hello"));
  g_autofree char *shown = app_desktop_wait (desktop, "+12: Bob");
  /* The application has heard of the number before it hears of the button. */
  app_desktop_press (desktop, 12, "1");
  bk_test_wait_for_count (stand_in_count (world->service, "MarkRead"), 1);
  app_world_settle (world);
  app_world_free (world);
  g_autofree char *told = app_desktop_wait (desktop, "-12\n");
  g_assert_true (g_str_has_prefix (told, "-12"));
  app_desktop_free (desktop);
}

static void
test_silent (void)
{
  g_autoptr (AppWorld) world = start (PLAIN);
  BkAppNotice *notice = bk_app_notice_new (BK_APP_NOTICE_INVITATION, "Bob", NULL);

  g_settings_set_boolean (bk_app_get_settings (world->app), "notify-sounds", FALSE);
  bk_app_notices_send (world->app->notices, "a", notice);
  assert_told (world, "+2: Bob |  {urgency 0x02} {category 'call.incoming'} {suppress-sound true}\n");
  g_settings_reset (bk_app_get_settings (world->app), "notify-sounds");
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add_func ("/app/notices/markup", test_markup);
  g_test_add_func ("/app/notices/order", test_order);
  g_test_add_func ("/app/notices/buttons", test_buttons);
  g_test_add_func ("/app/notices/inhibited", test_inhibited);
  g_test_add_func ("/app/notices/reply", test_reply);
  g_test_add_func ("/app/notices/dismissed", test_dismissed);
  g_test_add_func ("/app/notices/left", test_left);
  g_test_add_func ("/app/notices/silent", test_silent);
  return app_world_run ();
}
