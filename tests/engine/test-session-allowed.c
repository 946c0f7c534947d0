/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invitations that need no question, and what brings the question back. */
#include "session-scenarios.h"
#include "session-standins.h"
#include "session-world.h"

#include "bk-test.h"

#define GO_A "invitation invited >invite accepted on-accepted() connected on-ready launch >connect"
#define GO_B "accepted NOTICE(automatic) >ringing >accept connected on-ready launch"
#define WAIT_A "invitation invited >invite"
#define WAIT_B "ASK >ringing"

static const Scenario table[] = {
  { "starts", FALSE, "b:allow a:invite", GO_A, GO_B },
  { "not-the-others", FALSE, "a:allow a:invite", WAIT_A, WAIT_B },
  { "locked", FALSE, "b:allow b:lock a:invite", WAIT_A, WAIT_B },
  { "unlocked", FALSE, "b:allow b:lock b:unlock a:invite", GO_A, GO_B },
  { "unlocked-too-late", FALSE, "b:allow b:lock a:invite b:unlock", WAIT_A, WAIT_B },
  { "busy", FALSE, "b:allow b:busy a:invite", WAIT_A, WAIT_B },
  { "no-page-is-opened", FALSE, "b:allow b:missing a:invite", WAIT_A, WAIT_B },
  { "program-missing", FALSE, "b:allow b:no-program a:invite", WAIT_A, WAIT_B },
  { "program-is-asked-first", TRUE, "b:allow b:handles a:invite", WAIT_A, "offer >ringing" },
  { "program-does-not-want-it", TRUE, "b:allow a:invite",
    "invitation invited >invite accepted on-accepted() connected on-ready hand-over launch >connect",
    "offer accepted NOTICE(automatic) >ringing >accept connected on-ready hand-over launch" },
  { "one-at-a-time", FALSE, "b:allow a:invite a:invite", GO_A " " WAIT_A, GO_B " " WAIT_B },
  { "one-after-the-other", FALSE, "b:allow a:invite a:exit0 a:invite",
    GO_A " terminated END(ended,) >end:ended " GO_A,
    GO_B " terminated END(ended,) " GO_B },
};

static void
run (gconstpointer data)
{
  const Scenario *scenario = data;
  g_autoptr (World) world = world_new (scenario->peers);

  g_test_message ("%s", scenario->script);
  world_run (world, scenario->script);
  g_assert_cmpstr (world->sides[0].log->str, ==, scenario->alice);
  g_assert_cmpstr (world->sides[1].log->str, ==, scenario->bob);
}

static void
test_automatic (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *bob = world_side (world, 'b');

  world_run (world, "b:allow a:invite");
  g_assert_true (bk_engine_session_get_automatic (bob->current));
  g_assert_false (bk_engine_session_get_asking (bob->current));
  world_run (world, "a:invite b:accept");
  g_assert_false (bk_engine_session_get_automatic (bob->current));
}

/* Who it is has to be the one who was allowed something: another key, or none where there was one, is another
 * person. */
static void
test_identity (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  world_run (world, "b:allow a:invite a:channel-direct b:channel-direct");
  g_assert_true (bk_engine_session_get_automatic (bob->current));
  world_run (world, "a:cancel a:invite a:channel-direct b:channel-direct a:cancel");
  g_assert_true (bk_engine_session_get_automatic (bob->current));
  g_assert_cmpint (bk_engine_session_get_identity (bob->current), ==, BECKON_IDENTITY_KNOWN);

  BkIdentity *known = g_steal_pointer (&alice->account->identity);
  world_run (world, "a:invite");
  g_assert_cmpint (bk_engine_session_get_identity (bob->current), ==, BECKON_IDENTITY_CHANGED);
  g_assert_true (bk_engine_session_get_asking (bob->current));
  world_run (world, "a:cancel");

  alice->account->identity = bk_identity_new ();
  world_run (world, "a:invite");
  g_assert_cmpint (bk_engine_session_get_identity (bob->current), ==, BECKON_IDENTITY_CHANGED);
  g_assert_true (bk_engine_session_get_asking (bob->current));
  world_run (world, "a:cancel");

  bk_identity_free (g_steal_pointer (&alice->account->identity));
  alice->account->identity = known;
  world_run (world, "a:invite");
  g_assert_true (bk_engine_session_get_automatic (bob->current));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *path = g_strconcat ("/session-allowed/", table[i].name, NULL);

      g_test_add_data_func (path, &table[i], run);
    }
  g_test_add_func ("/session-allowed/automatic", test_automatic);
  g_test_add_func ("/session-allowed/identity", test_identity);
  return g_test_run ();
}
