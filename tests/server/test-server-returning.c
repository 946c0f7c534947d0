/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invitations to those who are on their way back after a restart of the server. */
#include "server-fixture.h"

#include "bk-ids.h"
#include "bk-limits.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define RETURN_MS 10000

/* ---- envelopes ---- */

static BkFrame *
request_envelope (BkEnvelopeKind kind, const char *session)
{
  BkEnvelope *e = bk_envelope_new (kind, session);

  if (kind == BK_ENVELOPE_INVITE)
    {
      e->app_guid = g_strdup ("{00000000-0000-4000-8000-0000000000AA}");
      e->app_name = g_strdup ("Pipe");
      e->ttl = BK_TIMEOUT_ANSWER_S;
    }
  e->reason = BECKON_SESSION_RESULT_CANCELLED_REMOTE;
  return request_session (BOB, e);
}

static gint64
post_invite (Client *alice, const char *session)
{
  return client_post (alice, request_envelope (BK_ENVELOPE_INVITE, session));
}

static void
expect_ok (Client *c, gint64 id)
{
  g_autoptr (BkFrame) reply = client_reply (c, id);

  g_assert_cmpstr (bk_frame_type_to_nick (bk_frame_get_frame_type (reply)), ==, "ok");
}

static void
expect_refused (Client *c, gint64 id, BeckonError code)
{
  g_autoptr (BkFrame) reply = client_reply (c, id);

  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_ERROR);
  g_assert_cmpstr (bk_frame_get_string (reply, "code"), ==, beckon_error_to_nick (code));
}

/* Everything that the server had to say is there, and there is no answer to what waits. */
static void
expect_held (Client *c)
{
  client_forget_pushes (c);
  g_assert_cmpuint (c->replies.length, ==, 0);
}

typedef struct
{
  Client *client;
  guint n;
} Invitations;

static gboolean
has_invitations (gpointer data)
{
  Invitations *wanted = data;
  guint n = 0;

  for (GList *link = wanted->client->pushes.head; link != NULL; link = link->next)
    n += bk_frame_get_frame_type (link->data) == BK_FRAME_SESSION
         && bk_frame_get_envelope (link->data)->kind == BK_ENVELOPE_INVITE;
  return n == wanted->n;
}

/* Comes back, and takes all that waits. */
static Client *
come_back (Fixture *f, const char *name)
{
  Client *c = client_new (f);

  client_sign_in (c, name, NULL, 0);
  return c;
}

static void
expect_invitations (Client *c, guint n)
{
  Invitations wanted = { c, n };

  bk_test_wait_until (has_invitations, &wanted);
  /* And none that is still on its way. */
  client_error (c, request_who (BK_FRAME_CONTACT_APPROVE, "who", "nobody@example.org"), BECKON_ERROR_USER_NOT_FOUND);
  g_assert_true (has_invitations (&wanted));
}

/* ---- restarts ---- */

/* Alice and Bob are contacts and online, and the server starts again. Returns Alice, who is back. */
static Client *
restart_with_friends (Fixture *f, const char *status, gint64 away_ms)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  client_ok (bob, request_presence (status, NULL));
  fixture_stop (f);
  bk_fake_clock_advance (f->clock, away_ms);
  fixture_start (f);
  return sign_in (f, ALICE);
}

static void
test_comes_back (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = restart_with_friends (f, "busy", 2000);
  g_autofree char *session = bk_guid_new ();
  gint64 id = post_invite (alice, session);

  expect_held (alice);
  bk_fake_clock_advance (f->clock, RETURN_MS - 1);
  expect_held (alice);
  g_autoptr (Client) bob = come_back (f, BOB);
  expect_ok (alice, id);
  expect_invitations (bob, 1);

  /* From then on it is as always. */
  client_close (bob);
  client_wait_closed (bob);
  g_autofree char *other = bk_guid_new ();
  client_error (alice, request_envelope (BK_ENVELOPE_INVITE, other), BECKON_ERROR_NOT_LOGGED_ON);
}

static void
test_stays_away (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = restart_with_friends (f, "online", 2000);
  g_autofree char *session = bk_guid_new ();
  gint64 id = post_invite (alice, session);

  expect_held (alice);
  bk_fake_clock_advance (f->clock, RETURN_MS);
  expect_refused (alice, id, BECKON_ERROR_NOT_LOGGED_ON);
  client_error (alice, request_envelope (BK_ENVELOPE_INVITE, session), BECKON_ERROR_NOT_LOGGED_ON);
  g_autoptr (Client) bob = come_back (f, BOB);
  expect_invitations (bob, 0);
}

/* Who was not seen before the restart is not expected: invisible is like offline. */
static void
test_unseen (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = restart_with_friends (f, "invisible", 2000);
  g_autofree char *session = bk_guid_new ();

  client_error (alice, request_envelope (BK_ENVELOPE_INVITE, session), BECKON_ERROR_NOT_LOGGED_ON);
}

/* Who comes back invisible looks like who does not come back. */
static void
test_back_unseen (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = restart_with_friends (f, "online", 2000);
  g_autofree char *session = bk_guid_new ();
  gint64 id = post_invite (alice, session);
  g_autoptr (Client) bob = client_new (f);
  BkFrame *sign_in = request_sign_in (BOB, "correct horse", NULL, NULL, 0);

  bk_frame_set_string (sign_in, "status", "invisible");
  g_autoptr (BkFrame) reply = client_call (bob, sign_in);
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  expect_held (alice);
  bk_fake_clock_advance (f->clock, RETURN_MS);
  expect_refused (alice, id, BECKON_ERROR_NOT_LOGGED_ON);
  expect_invitations (bob, 0);
}

static void
test_long_away (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = restart_with_friends (f, "online", 61000);
  g_autofree char *session = bk_guid_new ();

  client_error (alice, request_envelope (BK_ENVELOPE_INVITE, session), BECKON_ERROR_NOT_LOGGED_ON);
}

/* The next restart comes before he is back. */
static void
test_twice (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) before = restart_with_friends (f, "online", 2000);
  g_autofree char *session = bk_guid_new ();

  post_invite (before, session);
  expect_held (before);
  fixture_stop (f);
  client_wait_closed (before);
  fixture_start (f);
  g_autoptr (Client) alice = sign_in (f, ALICE);
  gint64 id = post_invite (alice, session);
  expect_held (alice);
  g_autoptr (Client) bob = come_back (f, BOB);
  expect_ok (alice, id);
  expect_invitations (bob, 1);
}

static void
test_withdrawn (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = restart_with_friends (f, "online", 2000);
  g_autofree char *session = bk_guid_new ();
  g_autofree char *other = bk_guid_new ();
  gint64 id = post_invite (alice, session);

  /* Of another one there is nothing to withdraw. */
  client_error (alice, request_envelope (BK_ENVELOPE_CANCEL, other), BECKON_ERROR_NOT_FOUND);
  expect_held (alice);
  client_ok (alice, request_envelope (BK_ENVELOPE_CANCEL, session));
  expect_refused (alice, id, BECKON_ERROR_EXPIRED);
  g_autoptr (Client) bob = come_back (f, BOB);
  expect_invitations (bob, 0);
}

/* Nobody waits for the answer any more: on the next connection it is asked for again. */
static void
test_inviter_leaves (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = restart_with_friends (f, "online", 2000);
  g_autofree char *session = bk_guid_new ();

  post_invite (alice, session);
  expect_held (alice);
  client_close (alice);
  client_wait_closed (alice);
  g_autoptr (Client) again = sign_in (f, ALICE);
  g_autoptr (Client) bob = come_back (f, BOB);
  expect_invitations (bob, 0);
  client_ok (again, request_envelope (BK_ENVELOPE_INVITE, session));
  expect_invitations (bob, 1);
}

static void
test_bound (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = restart_with_friends (f, "online", 2000);
  gint64 ids[8];

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *session = bk_guid_new ();
      ids[i] = post_invite (alice, session);
    }
  g_autofree char *more = bk_guid_new ();
  client_error (alice, request_envelope (BK_ENVELOPE_INVITE, more), BECKON_ERROR_NOT_LOGGED_ON);
  expect_held (alice);
  g_autoptr (Client) bob = come_back (f, BOB);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    expect_ok (alice, ids[i]);
  expect_invitations (bob, 8);
}

/* Who may not see him does not learn that he was there. */
static void
test_no_friend (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = restart_with_friends (f, "online", 2000);
  g_autoptr (Client) carol = sign_up (f, CAROL);
  g_autofree char *session = bk_guid_new ();

  client_error (carol, request_envelope (BK_ENVELOPE_INVITE, session), BECKON_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/returning/comes-back", test_comes_back);
  SERVER_TEST ("/server/returning/stays-away", test_stays_away);
  SERVER_TEST ("/server/returning/unseen", test_unseen);
  SERVER_TEST ("/server/returning/back-unseen", test_back_unseen);
  SERVER_TEST ("/server/returning/long-away", test_long_away);
  SERVER_TEST ("/server/returning/twice", test_twice);
  SERVER_TEST ("/server/returning/withdrawn", test_withdrawn);
  SERVER_TEST ("/server/returning/inviter-leaves", test_inviter_leaves);
  SERVER_TEST ("/server/returning/bound", test_bound);
  SERVER_TEST ("/server/returning/no-friend", test_no_friend);
  return g_test_run ();
}
