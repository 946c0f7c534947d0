/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks every state × event × role. What is expected stands here in letters, written from the design and not from the
 * table, so that a slip in the table shows. With `--write FILE` the program prints the page of the documentation. */
#include "bk-lifecycle.h"
#include "bk-test.h"

#include <string.h>

/* One line an event; per state U(nknown) R(eady) I(nvitation) A(ccepted) C(onnected) X (cancelled) D(eclined)
 * T(erminated) where the event leads: the letter of the next state, `c` for cancelled → terminated, `d` for declined →
 * terminated, or what a method is told: `.` state invalid, `n` not ready, `e` not invitee, `v` not inviter. */
static const struct
{
  const char *event;
  const char *inviter;
  const char *invitee;
} expected[] = {
  /*                          URIACXDT    URIACXDT */
  { "create",                "R.......", "........" },
  { "configure",             "nRnnnnnn", "nnInnnnn" },
  { "pick",                  "nRnnnnnn", "vvvvvvvv" },
  { "pick-over",             ".R......", "........" },
  { "invite",                "nInnnnnn", "vvvvvvvv" },
  { "receive-invite",        "........", "I......." },
  { "send-refused",          "..TT....", "...T...." },
  { "remote-ringing",        "..I.....", "........" },
  { "accept",                "eeeeeeee", "..A....." },
  { "accept-missing",        "eeeeeeee", "..I....." },
  { "remote-not-present",    "..I.....", "........" },
  { "installed",             "........", "..A....." },
  { "decline",               "eeeeeeee", "..d....." },
  { "remote-decline",        "..d.....", "........" },
  { "remote-accept",         "..A.....", "........" },
  { "elsewhere",             "........", "..TT...." },
  { "answer-timeout",        "..T.....", "..T....." },
  { "supersede",             "..T.....", "..T....." },
  { "connect-acknowledged",  "...C....", "........" },
  { "remote-connect",        "........", "...C...." },
  { "connect-timeout",       "...T....", "...T...." },
  { "cancel",                "..ccc...", "..ccc..." },
  { "remote-cancel",         "..ccc...", "..ccc..." },
  { "send-context",          "....C...", "....C..." },
  { "remote-context",        "....C...", "....C..." },
  { "channel-confirmed",     "....C...", "....C..." },
  { "channel-lost",          "....C...", "....C..." },
  { "channel-failed",        "..T.T...", "..T.T..." },
  { "launch-failed",         "....T...", "..T.T..." },
  { "program-ended",         ".T..T...", "....T..." },
  { "remote-end",            "..TTT...", "..TTT..." },
  { "sign-out",              ".TTTT...", "..TTT..." },
  { "restart",               ".TTTT...", "..TTT..." },
  { "connection-lost",       ".RIAC...", "..IAC..." },
};
G_STATIC_ASSERT (G_N_ELEMENTS (expected) == BK_N_LIFE_EVENTS);

static char
letter_of (const BkLifeEdge *edge, const GError *error)
{
  static const char states[] = "URIACXDT";

  if (edge == NULL)
    {
      g_assert_true (error->domain == BECKON_ERROR);
      if (error->code == BECKON_ERROR_SESSION_NOT_READY)
        return 'n';
      if (error->code == BECKON_ERROR_NOT_INVITEE)
        return 'e';
      if (error->code == BECKON_ERROR_NOT_INVITER)
        return 'v';
      return error->code == BECKON_ERROR_SESSION_STATE_INVALID ? '.' : '?';
    }
  if (edge->via == BECKON_SESSION_STATE_UNKNOWN)
    return states[edge->to];
  if (edge->to != BECKON_SESSION_STATE_TERMINATED)
    return '?';
  return edge->via == BECKON_SESSION_STATE_CANCELLED ? 'c' : 'd';
}

static void
walk (BkLifeEvent event, BkRole role, const char *line)
{
  for (int state = 0; state < BECKON_N_SESSION_STATES; state++)
    {
      g_autoptr (GError) error = NULL;
      const BkLifeEdge *edge = bk_lifecycle_find (state, event, role, &error);

      g_test_message ("%s %s %s", beckon_session_state_to_nick (state), bk_life_event_to_nick (event),
                      role == BK_ROLE_INVITER ? "inviter" : "invitee");
      g_assert_true ((edge != NULL) != (error != NULL));
      g_assert_cmpint (letter_of (edge, error), ==, line[state]);
      if (edge != NULL)
        g_assert_cmpint (edge->from, ==, state);
    }
}

static void
test_every_pair (void)
{
  for (int event = 0; event < BK_N_LIFE_EVENTS; event++)
    {
      g_assert_cmpstr (bk_life_event_to_nick (event), ==, expected[event].event);
      g_assert_cmpuint (strlen (expected[event].inviter), ==, BECKON_N_SESSION_STATES);
      g_assert_cmpuint (strlen (expected[event].invitee), ==, BECKON_N_SESSION_STATES);
      walk (event, BK_ROLE_INVITER, expected[event].inviter);
      walk (event, BK_ROLE_INVITEE, expected[event].invitee);
    }
}

static void
test_table (void)
{
  guint n_edges;
  const BkLifeEdge *edges = bk_lifecycle_edges (&n_edges);

  for (guint i = 0; i < n_edges; i++)
    {
      g_assert_cmpint (edges[i].from, !=, BECKON_SESSION_STATE_TERMINATED);
      g_assert_cmpint (edges[i].from, !=, BECKON_SESSION_STATE_CANCELLED);
      g_assert_cmpint (edges[i].from, !=, BECKON_SESSION_STATE_DECLINED);
      g_assert_cmpuint (strlen (edges[i].effect), >, 0);
      for (guint j = 0; j < i; j++)
        if (edges[i].from == edges[j].from && edges[i].event == edges[j].event)
          g_assert_cmpuint (edges[i].roles & edges[j].roles, ==, 0);
    }
}

static void
test_nicks (void)
{
  g_assert_cmpstr (bk_life_event_to_nick (-1), ==, "unknown");
  g_assert_cmpstr (bk_life_event_to_nick (BK_N_LIFE_EVENTS), ==, "unknown");
}

static void
test_page (void)
{
  const char *root = g_getenv ("BECKON_SRCDIR");
  g_autofree char *path = g_build_filename (root, "data", "protocol", "session-life-cycle.md", NULL);
  g_autofree char *stored = NULL;
  g_autofree char *printed = bk_lifecycle_to_markdown ();
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &stored, NULL, &error);
  g_assert_no_error (error);
  if (!g_str_equal (stored, printed))
    g_test_message ("%s is old: run this program with --write %s", path, path);
  g_assert_true (g_str_equal (stored, printed));
}

static int
write_page (const char *path)
{
  g_autofree char *page = bk_lifecycle_to_markdown ();
  g_autoptr (GError) error = NULL;

  if (g_file_set_contents (path, page, -1, &error))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--write"))
    return write_page (argv[2]);
  bk_test_init (&argc, &argv);
  g_test_add_func ("/lifecycle/every-pair", test_every_pair);
  g_test_add_func ("/lifecycle/table", test_table);
  g_test_add_func ("/lifecycle/nicks", test_nicks);
  g_test_add_func ("/lifecycle/page", test_page);
  return g_test_run ();
}
