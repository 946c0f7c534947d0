/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two sides of a session whose programs do not know Beckon. */
#include "session-standins.h"
#include "session-world.h"

#include "bk-ids.h"
#include "bk-test.h"

#include <string.h>

static const char *const host_argv[] = { "gamed", "--at=%h:%p", "%m", NULL };
static const char *const join_argv[] = { "game", "%h:%p", "%n", NULL };
static const char *const unix_argv[] = { "screen", "%s", NULL };

#define HOSTED "launch(gamed|--at=127.77.0.1:40000|Me myself)"
#define JOINED_ALICE "launch(game|127.77.0.1:40000|Alice)"
#define JOINED_BOB "launch(game|127.77.0.1:40000|Bob)"

static void
register_hosted (Side *side, BkCarries carries)
{
  BkEngineApplication *application = side->registry->application;
  gboolean socket = carries == BK_CARRY_UNIX;

  application->flags = BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE;
  application->channel = BK_CHANNEL_REQUIRED;
  application->host_argv = socket ? unix_argv : host_argv;
  application->join_argv = socket ? unix_argv : join_argv;
  application->carries = carries;
}

static void
register_knowing (Side *side)
{
  BkEngineApplication *application = side->registry->application;

  application->flags = BECKON_SESSION_FLAGS_NONE;
  application->channel = BK_CHANNEL_OPTIONAL;
  application->host_argv = application->join_argv = NULL;
  application->carries = 0;
}

static World *
make_world (void)
{
  World *world = world_new_with_channels ();

  register_hosted (&world->sides[0], BK_CARRY_TCP);
  register_hosted (&world->sides[1], BK_CARRY_TCP);
  return world;
}

static void
forget (World *world)
{
  g_string_truncate (world->sides[0].log, 0);
  g_string_truncate (world->sides[1].log, 0);
}

/* Both have agreed and found each other. */
static void
connect_sides (World *world)
{
  world_run (world, "a:invite b:accept");
  g_assert_null (strstr (world->sides[0].log->str, "launch"));
  g_assert_null (strstr (world->sides[1].log->str, "launch"));
  forget (world);
  world_run (world, "a:channel-direct b:channel-direct");
}

static void
listen_now (Side *side, const char *error)
{
  fake_channel_finish_hosting (side_channel (side), error);
  world_settle (side->world);
}

static void
assert_log (Side *side, const char *expected)
{
  g_assert_cmpstr (side->log->str, ==, expected);
}

static const char *
result_of (Side *side)
{
  return bk_engine_session_get_result_text (side->current);
}

/* ---- both programs run ---- */

static void
test_inviter_hosts (void)
{
  g_autoptr (World) world = make_world ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  connect_sides (world);
  assert_log (alice, "on-ready " HOSTED);
  assert_log (bob, "on-ready");
  g_assert_cmpstr (bk_engine_session_get_host (alice->current), ==, ALICE);
  g_assert_cmpstr (bk_engine_session_get_host (bob->current), ==, ALICE);
  listen_now (alice, NULL);
  assert_log (alice, "on-ready " HOSTED " ~hosting");
  assert_log (bob, "on-ready " JOINED_ALICE);

  world_run (world, "b:context");
  g_assert_true (g_str_has_suffix (bob->log->str, "!not-valid-for-app-invite"));
}

static void
test_invitee_hosts (void)
{
  g_autoptr (World) world = make_world ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  alice->registry->application->invitee_hosts = bob->registry->application->invitee_hosts = TRUE;
  connect_sides (world);
  assert_log (alice, "on-ready");
  assert_log (bob, "on-ready " HOSTED);
  g_assert_cmpstr (bk_engine_session_get_host (alice->current), ==, BOB);
  listen_now (bob, NULL);
  assert_log (alice, "on-ready " JOINED_BOB);
}

/* The host may be quicker than the news that the channel is confirmed. */
static void
test_called_early (void)
{
  g_autoptr (World) world = make_world ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');
  g_autoptr (BkEnvelope) hosting = NULL;

  world_run (world, "a:invite b:accept a:channel-direct");
  hosting = bk_envelope_new (BK_ENVELOPE_HOSTING, alice->current->id);
  forget (world);
  bk_session_receive (bob->current, hosting);
  assert_log (bob, "");
  world_run (world, "b:channel-direct");
  assert_log (bob, "on-ready " JOINED_ALICE);
  bk_session_receive (bob->current, hosting); /* once */
  bk_session_receive (alice->current, hosting); /* not to who hosts */
  assert_log (bob, "on-ready " JOINED_ALICE);
  listen_now (alice, NULL);
}

static void
test_socket (void)
{
  g_autoptr (World) world = make_world ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  register_hosted (alice, BK_CARRY_UNIX);
  register_hosted (bob, BK_CARRY_UNIX);
  connect_sides (world);
  assert_log (alice, "on-ready launch(screen|/run/beckon/socket)");
  listen_now (alice, NULL);
  assert_log (bob, "on-ready launch(screen|/run/beckon/socket)");
}

static void
test_fixed_port (void)
{
  g_autoptr (World) world = make_world ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  alice->registry->application->port = 6112;
  bob->registry->application->port = 6113;
  connect_sides (world);
  assert_log (alice, "on-ready launch(gamed|--at=127.77.0.1:6112|Me myself)");
  listen_now (alice, NULL);
  assert_log (bob, "on-ready launch(game|127.77.0.1:6113|Alice)");
}

/* A trial is both sides at once. */
static void
test_trial (void)
{
  g_autoptr (World) world = make_world ();
  Side *alice = world_side (world, 'a');
  g_autoptr (GError) error = NULL;
  BkEngineSession *one = NULL, *other = NULL;

  g_assert_true (bk_engine_sessions_try (alice->sessions, APP_GUID, &one, &other, &error));
  g_assert_no_error (error);
  world_run (world, "+1 +1 +1 +1"); /* a moment for each envelope */
  g_assert_cmpuint (alice->channels->made->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    fake_channel_confirm (alice->channels->made->pdata[i], BECKON_CHANNEL_PATH_DIRECT);
  world_settle (world);
  g_assert_nonnull (strstr (alice->log->str, "launch(gamed|"));
  g_assert_null (strstr (alice->log->str, "launch(game|"));
  fake_channel_finish_hosting (alice->channels->made->pdata[0], NULL);
  world_settle (world);
  g_assert_nonnull (strstr (alice->log->str, "launch(game|"));
}

/* ---- the end ---- */

static void
run_up (World *world)
{
  connect_sides (world);
  listen_now (world_side (world, 'a'), NULL);
  forget (world);
}

static void
test_host_ends (void)
{
  g_autoptr (World) world = make_world ();

  run_up (world);
  world_run (world, "a:exit0");
  g_assert_nonnull (strstr (world_side (world, 'a')->log->str, "END(ended,)"));
  g_assert_nonnull (strstr (world_side (world, 'b')->log->str, "stop"));
  g_assert_nonnull (strstr (world_side (world, 'b')->log->str, "END(ended,)"));
  g_assert_null (strstr (world_side (world, 'a')->log->str, "stop"));
}

static void
test_joiner_ends (void)
{
  g_autoptr (World) world = make_world ();

  run_up (world);
  world_run (world, "b:exit1");
  g_assert_nonnull (strstr (world_side (world, 'b')->log->str, "END(application-failed,)"));
  g_assert_nonnull (strstr (world_side (world, 'a')->log->str, "stop"));
  g_assert_cmpstr (result_of (world_side (world, 'a')), ==,
                   "Pipe ended with an error where Bob is. “It exited with code 1.”");
}

static void
test_cancelled (void)
{
  g_autoptr (World) world = make_world ();

  run_up (world);
  world_run (world, "b:cancel");
  g_assert_nonnull (strstr (world_side (world, 'a')->log->str, "stop"));
  g_assert_nonnull (strstr (world_side (world, 'b')->log->str, "stop"));
  /* Nobody would know that they are still there. */
  world_run (world, "+4999");
  g_assert_null (strstr (world_side (world, 'a')->log->str, "kill"));
  world_run (world, "+1");
  g_assert_nonnull (strstr (world_side (world, 'a')->log->str, "kill"));
  g_assert_nonnull (strstr (world_side (world, 'b')->log->str, "kill"));
}

/* Who made the session, a lobby for example, is not the program. */
static void
test_lobby (void)
{
  g_autoptr (World) world = make_world ();
  Side *alice = world_side (world, 'a');

  world_run (world, "a:own");
  connect_sides (world);
  assert_log (alice, "on-ready " HOSTED);
  listen_now (alice, NULL);
  world_run (world, "a:vanish +1000");
  g_assert_cmpint (alice->current->state, ==, BECKON_SESSION_STATE_CONNECTED);
}

/* ---- it does not come about ---- */

static void
assert_failed (World *world, const char *at_host, const char *at_joiner)
{
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  g_assert_nonnull (strstr (alice->log->str, "END(application-launch-failed,)"));
  g_assert_nonnull (strstr (bob->log->str, "END(application-launch-failed,)"));
  g_assert_null (strstr (bob->log->str, "launch("));
  g_assert_cmpstr (result_of (alice), ==, at_host);
  g_assert_cmpstr (result_of (bob), ==, at_joiner);
}

static void
test_never_listens (void)
{
  g_autoptr (World) world = make_world ();

  connect_sides (world);
  listen_now (world_side (world, 'a'), "It opened UDP port 5353, which is not carried.");
  assert_failed (world, "Pipe could not be started. It opened UDP port 5353, which is not carried.",
                 "Pipe could not be started where Alice is. “It opened UDP port 5353, which is not carried.”");
  g_assert_nonnull (strstr (world_side (world, 'a')->log->str, "stop"));
}

static void
test_ends_before_it_listens (void)
{
  g_autoptr (World) world = make_world ();

  connect_sides (world);
  world_run (world, "a:exit0");
  assert_failed (world, "Pipe could not be started. The program ended before the other side could join.",
                 "Pipe could not be started where Alice is. “The program ended before the other side could join.”");
}

static void
test_cannot_be_launched (void)
{
  g_autoptr (World) world = make_world ();

  world_run (world, "a:unlaunchable a:invite b:accept a:channel-direct");
  assert_failed (world, "Pipe could not be started. No such file.",
                 "Pipe could not be started where Alice is. “No such file.”");
}

/* The words of the other side are one line of text, or none. */
static void
test_hostile_words (void)
{
  g_autoptr (World) world = make_world ();
  Side *bob = world_side (world, 'b');
  g_autoptr (BkEnvelope) end = NULL;

  run_up (world);
  end = bk_envelope_new (BK_ENVELOPE_END, bob->current->id);
  end->reason = BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED;
  end->data = g_strdup ("Your password\nis needed");
  bk_session_receive (bob->current, end);
  g_assert_cmpstr (result_of (bob), ==, "Pipe could not be started where Alice is.");
}

static void
run_mismatch (World *world, const char *sentence)
{
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');
  g_autofree char *theirs = g_strdup_printf ("Pipe could not be started where Bob is. “%s”", sentence);
  g_autofree char *own = g_strdup_printf ("Pipe could not be started. %s", sentence);

  world_run (world, "a:invite b:accept");
  g_assert_nonnull (strstr (bob->log->str, "!failed"));
  g_assert_null (strstr (bob->log->str, ">accept"));
  g_assert_cmpstr (result_of (bob), ==, own);
  if (bk_engine_session_get_host (alice->current)[0] != '\0')
    g_assert_cmpstr (result_of (alice), ==, theirs);
  g_assert_cmpint (bk_engine_session_get_result (alice->current), ==, BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED);
}

#define MISMATCH(invited, here) \
  "The two sides have different registrations of this program. There: " invited ". Here: " here "."
#define INVITER_TCP "HostExec, Host=inviter, Transport=tcp"
#define KNOWS "Exec"

static void
test_mismatch (void)
{
  g_autoptr (World) carries = make_world ();
  g_autoptr (World) hosts = make_world ();
  g_autoptr (World) knowing = make_world ();
  g_autoptr (World) inviting = make_world ();

  register_hosted (world_side (carries, 'b'), BK_CARRY_TCP | BK_CARRY_UDP);
  run_mismatch (carries, MISMATCH (INVITER_TCP, "HostExec, Host=inviter, Transport=tcp+udp"));
  world_side (hosts, 'b')->registry->application->invitee_hosts = TRUE;
  run_mismatch (hosts, MISMATCH (INVITER_TCP, "HostExec, Host=invitee, Transport=tcp"));
  register_knowing (world_side (knowing, 'b'));
  run_mismatch (knowing, MISMATCH (INVITER_TCP, KNOWS));
  register_knowing (world_side (inviting, 'a'));
  run_mismatch (inviting, MISMATCH (KNOWS, INVITER_TCP));
}

/* The registration changed after the acceptance. */
static void
test_late_mismatch (void)
{
  g_autoptr (World) world = make_world ();

  world_run (world, "a:invite b:accept");
  register_hosted (world_side (world, 'b'), BK_CARRY_UDP);
  world_run (world, "a:channel-direct b:channel-direct");
  g_assert_nonnull (strstr (world_side (world, 'b')->log->str, "END(application-launch-failed,)"));
  g_assert_null (strstr (world_side (world, 'b')->log->str, "launch("));
  g_assert_nonnull (strstr (world_side (world, 'a')->log->str, "stop"));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/session-host/inviter-hosts", test_inviter_hosts);
  g_test_add_func ("/session-host/invitee-hosts", test_invitee_hosts);
  g_test_add_func ("/session-host/called-early", test_called_early);
  g_test_add_func ("/session-host/socket", test_socket);
  g_test_add_func ("/session-host/fixed-port", test_fixed_port);
  g_test_add_func ("/session-host/trial", test_trial);
  g_test_add_func ("/session-host/host-ends", test_host_ends);
  g_test_add_func ("/session-host/joiner-ends", test_joiner_ends);
  g_test_add_func ("/session-host/cancelled", test_cancelled);
  g_test_add_func ("/session-host/lobby", test_lobby);
  g_test_add_func ("/session-host/never-listens", test_never_listens);
  g_test_add_func ("/session-host/ends-before-it-listens", test_ends_before_it_listens);
  g_test_add_func ("/session-host/cannot-be-launched", test_cannot_be_launched);
  g_test_add_func ("/session-host/hostile-words", test_hostile_words);
  g_test_add_func ("/session-host/mismatch", test_mismatch);
  g_test_add_func ("/session-host/late-mismatch", test_late_mismatch);
  return g_test_run ();
}
