/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invitations: who may say what when, who hears it, who wins. */
#include "server-fixture.h"

#include "bk-ids.h"
#include "bk-limits.h"

#include <string.h>

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"

/* Alice with two devices, Bob with two, contacts of each other; Carol is Alice's contact only. */
typedef struct
{
  Client *alice;
  Client *alice_2;
  Client *bob;
  Client *bob_2;
  Client *carol;
  char *session;
} Stage;

static void
stage_set_up (Fixture *f, Stage *s)
{
  s->alice = sign_up (f, ALICE);
  s->bob = sign_up (f, BOB);
  s->carol = sign_up (f, CAROL);
  befriend (s->alice, s->bob);
  befriend (s->alice, s->carol);
  s->alice_2 = sign_in (f, ALICE);
  s->bob_2 = sign_in (f, BOB);
  s->session = bk_guid_new ();
}

static void
stage_clear (Stage *s)
{
  g_clear_pointer (&s->alice, client_free);
  g_clear_pointer (&s->alice_2, client_free);
  g_clear_pointer (&s->bob, client_free);
  g_clear_pointer (&s->bob_2, client_free);
  g_clear_pointer (&s->carol, client_free);
  g_free (s->session);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stage, stage_clear)

static BkEnvelope *
envelope (BkEnvelopeKind kind, const char *session)
{
  BkEnvelope *e = bk_envelope_new (kind, session);

  if (kind == BK_ENVELOPE_INVITE)
    {
      e->app_guid = g_strdup ("{00000000-0000-4000-8000-0000000000AA}");
      e->app_name = g_strdup ("Pipe");
      e->ttl = BK_TIMEOUT_ANSWER_S;
    }
  if (kind == BK_ENVELOPE_ACCEPT || kind == BK_ENVELOPE_CONNECT)
    e->address = g_strdup ("192.0.2.1");
  if (kind == BK_ENVELOPE_CONTEXT)
    e->data = g_strdup ("some data");
  if (kind == BK_ENVELOPE_TRANSPORT)
    {
      e->generation = 1;
      e->ufrag = g_strdup ("abcd");
      e->pwd = g_strdup ("0123456789012345678901");
    }
  e->reason = BECKON_SESSION_RESULT_CANCELLED_REMOTE;
  return e;
}

static BkFrame *
say (Client *from, const char *session, BkEnvelopeKind kind)
{
  return request_session (strcmp (from->name, ALICE) == 0 ? BOB : ALICE, envelope (kind, session));
}

static void
expect_session (Client *c, BkEnvelopeKind kind, const char *from)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_SESSION);

  g_assert_cmpstr (bk_envelope_kind_to_nick (bk_frame_get_envelope (frame)->kind), ==, bk_envelope_kind_to_nick (kind));
  g_assert_cmpstr (bk_frame_get_string (frame, "from"), ==, from);
}

static void
expect_elsewhere (Client *c, const char *session, const char *result)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_SESSION_ELSEWHERE);

  g_assert_cmpstr (bk_frame_get_string (frame, "session"), ==, session);
  g_assert_cmpstr (bk_frame_get_string (frame, "result"), ==, result);
}

static void
all_quiet (Stage *s)
{
  Client *clients[] = { s->alice, s->alice_2, s->bob, s->bob_2, s->carol };

  for (gsize i = 0; i < G_N_ELEMENTS (clients); i++)
    if (clients[i] != NULL)
      client_quiet (clients[i]);
}

static void
invite (Stage *s)
{
  client_forget_pushes (s->alice);
  client_forget_pushes (s->bob);
  client_ok (s->alice, say (s->alice, s->session, BK_ENVELOPE_INVITE));
  expect_session (s->bob, BK_ENVELOPE_INVITE, ALICE);
  expect_session (s->bob_2, BK_ENVELOPE_INVITE, ALICE);
}

static void
test_whole_life (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  invite (&s);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_RINGING));
  expect_session (s.alice, BK_ENVELOPE_RINGING, BOB);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT));
  expect_session (s.alice, BK_ENVELOPE_ACCEPT, BOB);
  expect_elsewhere (s.bob_2, s.session, "accepted");
  client_ok (s.alice, say (s.alice, s.session, BK_ENVELOPE_CONNECT));
  expect_session (s.bob, BK_ENVELOPE_CONNECT, ALICE);
  client_ok (s.alice, say (s.alice, s.session, BK_ENVELOPE_TRANSPORT));
  expect_session (s.bob, BK_ENVELOPE_TRANSPORT, ALICE);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_TRANSPORT));
  expect_session (s.alice, BK_ENVELOPE_TRANSPORT, BOB);
  client_ok (s.alice, say (s.alice, s.session, BK_ENVELOPE_CONTEXT));
  expect_session (s.bob, BK_ENVELOPE_CONTEXT, ALICE);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_CONTEXT));
  expect_session (s.alice, BK_ENVELOPE_CONTEXT, BOB);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_END));
  expect_session (s.alice, BK_ENVELOPE_END, BOB);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_CONTEXT), BECKON_ERROR_EXPIRED);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_TRANSPORT), BECKON_ERROR_EXPIRED);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_END), BECKON_ERROR_EXPIRED);
  all_quiet (&s);
}

/* Both answers are on their way at once; the order in which they arrive decides, whichever device it favours. */
static void
answer_race (Fixture *f, BkEnvelopeKind first, const char *result, BkEnvelopeKind second, gboolean swapped)
{
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  invite (&s);
  Client *winner = swapped ? s.bob_2 : s.bob;
  Client *loser = swapped ? s.bob : s.bob_2;
  gint64 won = client_post (winner, say (winner, s.session, first));
  g_autoptr (BkFrame) ok = client_reply (winner, won);
  g_assert_cmpint (bk_frame_get_frame_type (ok), ==, BK_FRAME_OK);
  client_error (loser, say (loser, s.session, second), BECKON_ERROR_ANSWERED_ELSEWHERE);
  client_error (loser, say (loser, s.session, BK_ENVELOPE_RINGING), BECKON_ERROR_ANSWERED_ELSEWHERE);
  expect_elsewhere (loser, s.session, result);
  expect_session (s.alice, first, BOB);
  all_quiet (&s);
}

static void
test_first_answer_wins (Fixture *f, gconstpointer data)
{
  answer_race (f, BK_ENVELOPE_ACCEPT, "accepted", BK_ENVELOPE_ACCEPT, FALSE);
}

static void
test_first_answer_wins_swapped (Fixture *f, gconstpointer data)
{
  answer_race (f, BK_ENVELOPE_ACCEPT, "accepted", BK_ENVELOPE_DECLINE, TRUE);
}

static void
test_decline_wins (Fixture *f, gconstpointer data)
{
  answer_race (f, BK_ENVELOPE_DECLINE, "declined", BK_ENVELOPE_ACCEPT, FALSE);
}

/* Both at the very same moment: exactly one wins. */
static void
test_simultaneous (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  invite (&s);
  gint64 id = client_post (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT));
  gint64 id_2 = client_post (s.bob_2, say (s.bob_2, s.session, BK_ENVELOPE_ACCEPT));
  g_autoptr (BkFrame) reply = client_reply (s.bob, id);
  g_autoptr (BkFrame) reply_2 = client_reply (s.bob_2, id_2);
  gboolean first = bk_frame_get_frame_type (reply) == BK_FRAME_OK;
  g_assert_cmpint (bk_frame_get_frame_type (reply_2) == BK_FRAME_OK, !=, first);
  g_assert_cmpstr (bk_frame_get_string (first ? reply_2 : reply, "code"), ==, "answered-elsewhere");
  expect_elsewhere (first ? s.bob_2 : s.bob, s.session, "accepted");
  expect_session (s.alice, BK_ENVELOPE_ACCEPT, BOB);
  all_quiet (&s);
}

static void
test_roles (Fixture *f, gconstpointer data)
{
  static const BkEnvelopeKind both[]
    = { BK_ENVELOPE_TRANSPORT, BK_ENVELOPE_CONTEXT, BK_ENVELOPE_CANCEL, BK_ENVELOPE_END };
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  invite (&s);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_ACCEPT), BECKON_ERROR_NOT_INVITEE);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_DECLINE), BECKON_ERROR_NOT_INVITEE);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_CONNECT), BECKON_ERROR_SESSION_STATE_INVALID);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_CONTEXT), BECKON_ERROR_SESSION_STATE_INVALID);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_INVITE), BECKON_ERROR_SESSION_STATE_INVALID);
  /* How somebody can be reached before there is consent, and what is for the channel alone. */
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_TRANSPORT), BECKON_ERROR_SESSION_STATE_INVALID);
  client_error (s.bob, say (s.bob, s.session, BK_ENVELOPE_TRANSPORT), BECKON_ERROR_SESSION_STATE_INVALID);
  client_error (s.bob, say (s.bob, s.session, BK_ENVELOPE_HOSTING), BECKON_ERROR_SESSION_STATE_INVALID);
  client_error (s.bob, say (s.bob, s.session, BK_ENVELOPE_CONNECT), BECKON_ERROR_NOT_INVITER);
  client_error (s.alice_2, say (s.alice_2, s.session, BK_ENVELOPE_CANCEL), BECKON_ERROR_ACCESS_DENIED);
  client_error (s.carol, say (s.carol, s.session, BK_ENVELOPE_ACCEPT), BECKON_ERROR_NOT_FOUND);
  client_error (s.alice, request_session (CAROL, envelope (BK_ENVELOPE_CANCEL, s.session)), BECKON_ERROR_NOT_FOUND);

  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT));
  expect_session (s.alice, BK_ENVELOPE_ACCEPT, BOB);
  expect_elsewhere (s.bob_2, s.session, "accepted");
  for (gsize i = 0; i < G_N_ELEMENTS (both); i++)
    {
      client_error (s.alice_2, say (s.alice_2, s.session, both[i]), BECKON_ERROR_ACCESS_DENIED);
      client_error (s.bob_2, say (s.bob_2, s.session, both[i]), BECKON_ERROR_ACCESS_DENIED);
      client_error (s.carol, say (s.carol, s.session, both[i]), BECKON_ERROR_NOT_FOUND);
    }
  client_error (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT), BECKON_ERROR_SESSION_STATE_INVALID);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_HOSTING), BECKON_ERROR_SESSION_STATE_INVALID);
  client_error (s.bob, say (s.bob, s.session, BK_ENVELOPE_HOSTING), BECKON_ERROR_SESSION_STATE_INVALID);
  all_quiet (&s);
}

/* Offline, invisible and blocking give the very same answer. */
static void
test_cannot_be_reached (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };
  BkFrame *answers[3];

  stage_set_up (f, &s);
  client_close (s.bob_2);
  client_ok (s.bob, request_presence ("invisible", NULL));
  answers[0] = client_call (s.alice, say (s.alice, s.session, BK_ENVELOPE_INVITE));
  client_ok (s.bob, request_presence ("online", NULL));
  client_ok (s.bob, request_block (ALICE, TRUE));
  answers[1] = client_call (s.alice, say (s.alice, s.session, BK_ENVELOPE_INVITE));
  client_ok (s.bob, request_block (ALICE, FALSE));
  client_close (s.bob);
  client_forget_pushes (s.alice);
  answers[2] = client_call (s.alice, say (s.alice, s.session, BK_ENVELOPE_INVITE));
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_assert_cmpstr (bk_frame_get_string (answers[i], "code"), ==, "not-logged-on");
      g_assert_cmpstr (bk_frame_get_string (answers[i], "text"), ==, bk_frame_get_string (answers[0], "text"));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    bk_frame_free (answers[i]);

  client_error (s.alice, request_session (ALICE, envelope (BK_ENVELOPE_INVITE, s.session)), BECKON_ERROR_INVITED_SELF);
  client_error (s.carol, request_session (BOB, envelope (BK_ENVELOPE_INVITE, s.session)), BECKON_ERROR_NOT_FOUND);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_CANCEL), BECKON_ERROR_NOT_FOUND);
}

static void
test_expired (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  invite (&s);
  bk_fake_clock_advance (f->clock, BK_TIMEOUT_ANSWER_S * 1000);
  client_error (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT), BECKON_ERROR_EXPIRED);
  client_error (s.bob, say (s.bob, s.session, BK_ENVELOPE_NOT_PRESENT), BECKON_ERROR_EXPIRED);
  g_autoptr (Client) phone = client_new (f);
  client_sign_in (phone, BOB, NULL, 0);
  g_autoptr (BkFrame) contact = client_push (phone, BK_FRAME_CONTACT);
  g_autoptr (BkFrame) caught_up = client_push (phone, BK_FRAME_CAUGHT_UP);
  all_quiet (&s);

  BkEnvelope *e = envelope (BK_ENVELOPE_INVITE, s.session);
  e->ttl = 0;
  client_error (s.alice, request_session (BOB, e), BECKON_ERROR_SESSION_STATE_INVALID);
  g_autofree char *other = bk_guid_new ();
  e = envelope (BK_ENVELOPE_INVITE, other);
  e->ttl = 0;
  client_error (s.alice, request_session (BOB, e), BECKON_ERROR_INVALID_ARGUMENT);
}

/* While one device installs the application, the invitation lives for half an hour, on all devices; that another one
 * rang in vain ends nothing. */
static void
test_installing (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };
  BkEnvelope *e;

  stage_set_up (f, &s);
  invite (&s);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_NOT_PRESENT));
  expect_session (s.alice, BK_ENVELOPE_NOT_PRESENT, BOB);
  bk_fake_clock_advance (f->clock, BK_TIMEOUT_ANSWER_S * 1000);
  e = envelope (BK_ENVELOPE_CANCEL, s.session);
  e->reason = BECKON_SESSION_RESULT_TIMEOUT;
  client_ok (s.bob_2, request_session (ALICE, e));
  all_quiet (&s);

  bk_fake_clock_advance (f->clock, (BK_TIMEOUT_INSTALL_S - BK_TIMEOUT_ANSWER_S - 10) * 1000);
  g_autoptr (Client) phone = client_new (f);
  client_sign_in (phone, BOB, NULL, 0);
  g_autoptr (BkFrame) contact = client_push (phone, BK_FRAME_CONTACT);
  g_autoptr (BkFrame) again = client_push (phone, BK_FRAME_SESSION);
  g_assert_cmpint (bk_frame_get_envelope (again)->kind, ==, BK_ENVELOPE_INVITE);
  g_assert_cmpuint (bk_frame_get_envelope (again)->ttl, ==, 10);
  client_forget_pushes (s.alice);

  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT));
  expect_session (s.alice, BK_ENVELOPE_ACCEPT, BOB);
  expect_elsewhere (s.bob_2, s.session, "accepted");
}

static void
test_cancel_while_ringing (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  invite (&s);
  client_ok (s.alice, say (s.alice, s.session, BK_ENVELOPE_CANCEL));
  expect_session (s.bob, BK_ENVELOPE_CANCEL, ALICE);
  expect_session (s.bob_2, BK_ENVELOPE_CANCEL, ALICE);
  client_error (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT), BECKON_ERROR_EXPIRED);
  all_quiet (&s);
}

/* The third choice of the dialog. */
static void
test_cancel_by_invitee (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  invite (&s);
  client_ok (s.bob_2, say (s.bob_2, s.session, BK_ENVELOPE_CANCEL));
  expect_session (s.alice, BK_ENVELOPE_CANCEL, BOB);
  expect_elsewhere (s.bob, s.session, "declined");
  client_error (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT), BECKON_ERROR_ANSWERED_ELSEWHERE);
  all_quiet (&s);
}

/* A frame that is sent again because its answer was lost is answered again, and causes nothing. */
static void
test_repeat (Fixture *f, gconstpointer data)
{
  static const char uid[] = "{00000000-0000-4000-8000-0000000000BB}";
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  client_forget_pushes (s.alice);
  client_forget_pushes (s.bob);
  for (int i = 0; i < 3; i++)
    {
      BkFrame *frame = say (s.alice, s.session, BK_ENVELOPE_INVITE);
      bk_frame_set_string (frame, "uid", uid);
      client_ok (s.alice, frame);
    }
  expect_session (s.bob, BK_ENVELOPE_INVITE, ALICE);
  expect_session (s.bob_2, BK_ENVELOPE_INVITE, ALICE);
  for (int i = 0; i < 2; i++)
    {
      BkFrame *frame = say (s.bob, s.session, BK_ENVELOPE_DECLINE);
      bk_frame_set_string (frame, "uid", uid); /* an id is its account's own */
      client_ok (s.bob, frame);
    }
  expect_session (s.alice, BK_ENVELOPE_DECLINE, BOB);
  expect_elsewhere (s.bob_2, s.session, "declined");
  all_quiet (&s);
}

/* A device that was away gets what was meant for it, and a device that lost the race learns who won. */
static void
test_resume (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  invite (&s);
  client_quiet (s.bob_2);
  client_close (s.bob_2);
  client_forget_pushes (s.alice);
  client_close (s.alice);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT));
  client_quiet (s.alice_2);

  g_autoptr (Client) alice = client_new (f);
  client_sign_in (alice, ALICE, s.alice->device, 0);
  for (int i = 0; i < 2; i++)
    bk_frame_free (client_push (alice, BK_FRAME_CONTACT));
  expect_session (alice, BK_ENVELOPE_ACCEPT, BOB);
  client_caught_up (alice);
  g_autoptr (Client) bob = client_new (f);
  client_sign_in (bob, BOB, s.bob_2->device, 0);
  bk_frame_free (client_push (bob, BK_FRAME_CONTACT));
  expect_elsewhere (bob, s.session, "accepted"); /* and no invitation any more */
  client_caught_up (bob);

  /* Inviter and answering device have it; what is meant for them is for no other. */
  client_close (s.alice_2);
  client_close (s.bob);
  g_autoptr (Client) alice_2 = client_new (f);
  client_sign_in (alice_2, ALICE, s.alice_2->device, 0);
  for (int i = 0; i < 2; i++)
    bk_frame_free (client_push (alice_2, BK_FRAME_CONTACT));
  bk_frame_free (client_push (alice_2, BK_FRAME_CAUGHT_UP));
  g_autoptr (Client) bob_1 = client_new (f);
  client_sign_in (bob_1, BOB, s.bob->device, 0);
  bk_frame_free (client_push (bob_1, BK_FRAME_CONTACT));
  bk_frame_free (client_push (bob_1, BK_FRAME_CAUGHT_UP));
}

/* More of them than one job throws away. */
static void
test_many_expired (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *session = bk_guid_new ();
      client_ok (alice, say (alice, session, BK_ENVELOPE_INVITE));
    }
  bk_fake_clock_advance (f->clock, BK_TIMEOUT_ANSWER_S * 1000);
  g_autoptr (Client) phone = client_new (f);
  client_sign_in (phone, BOB, NULL, 0);
  bk_frame_free (client_push (phone, BK_FRAME_CONTACT));
  bk_frame_free (client_push (phone, BK_FRAME_CAUGHT_UP));
}

/* As many as may be open, no more; those that ran out do not count. */
static void
test_too_many (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  for (int i = 0; i < BK_LIMIT_SESSIONS; i++)
    {
      g_autofree char *session = bk_guid_new ();
      client_ok (alice, say (alice, session, BK_ENVELOPE_INVITE));
    }
  g_autofree char *last = bk_guid_new ();
  client_error (alice, say (alice, last, BK_ENVELOPE_INVITE), BECKON_ERROR_LIMIT_EXCEEDED);
  bk_fake_clock_advance (f->clock, BK_TIMEOUT_ANSWER_S * 1000);
  client_ok (alice, say (alice, last, BK_ENVELOPE_INVITE));
}

static void
test_context_quota (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };
  g_autofree char *text = g_strnfill (BK_LIMIT_CONTEXT_DATA, 'x');
  guint n = 0;

  stage_set_up (f, &s);
  invite (&s);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT));
  for (;; n++)
    {
      BkEnvelope *e = envelope (BK_ENVELOPE_CONTEXT, s.session);
      g_free (e->data);
      e->data = g_strdup (text);
      g_autoptr (BkFrame) reply = client_call (s.alice, request_session (BOB, e));
      bk_fake_clock_advance (f->clock, 20);
      if (bk_frame_get_frame_type (reply) == BK_FRAME_OK)
        continue;
      g_assert_cmpstr (bk_frame_get_string (reply, "code"), ==, "context-data-over-limit");
      break;
    }
  g_assert_cmpuint (n, ==, 2 * BK_LIMIT_CONTEXT_TOTAL / BK_LIMIT_CONTEXT_DATA);
}

#define AT_ONCE 64u /* as many as a device may say without a pause */

/* All are on their way before the first is answered: what is brought to the disk together takes the time of one. */
static void
say_transports (Stage *s, guint n)
{
  gint64 ids[AT_ONCE];

  for (guint i = 0; i < n; i++)
    ids[i] = client_post (s->alice, say (s->alice, s->session, BK_ENVELOPE_TRANSPORT));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BkFrame) reply = client_reply (s->alice, ids[i]);
      g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_OK);
    }
}

/* Each side has its own number of them, and a device may not say them all at once. */
static void
test_transport_quota (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  invite (&s);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT));
  say_transports (&s, AT_ONCE);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_TRANSPORT), BECKON_ERROR_SERVER_TOO_BUSY);
  client_ok (s.alice, say (s.alice, s.session, BK_ENVELOPE_CONTEXT));
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_TRANSPORT));
  for (guint i = AT_ONCE; i < BK_LIMIT_TRANSPORTS; i += AT_ONCE)
    {
      guint n = MIN (AT_ONCE, BK_LIMIT_TRANSPORTS - i);
      bk_fake_clock_advance (f->clock, 50 * n);
      say_transports (&s, n);
    }
  bk_fake_clock_advance (f->clock, 50);
  client_error (s.alice, say (s.alice, s.session, BK_ENVELOPE_TRANSPORT), BECKON_ERROR_LIMIT_EXCEEDED);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_TRANSPORT));
  client_ok (s.alice, say (s.alice, s.session, BK_ENVELOPE_END));
}

/* A device that was away is not told how somebody could have been reached in a session that is over. */
static void
test_stale_transports (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  invite (&s);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_ACCEPT));
  client_forget_pushes (s.alice);
  client_close (s.alice);
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_TRANSPORT));
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_CONTEXT));
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_TRANSPORT));
  client_ok (s.bob, say (s.bob, s.session, BK_ENVELOPE_END));

  g_autoptr (Client) alice = client_new (f);
  client_sign_in (alice, ALICE, s.alice->device, 0);
  for (int i = 0; i < 2; i++)
    bk_frame_free (client_push (alice, BK_FRAME_CONTACT));
  expect_session (alice, BK_ENVELOPE_ACCEPT, BOB);
  expect_session (alice, BK_ENVELOPE_CONTEXT, BOB);
  expect_session (alice, BK_ENVELOPE_END, BOB);
  client_caught_up (alice);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/sessions/whole-life", test_whole_life);
  SERVER_TEST ("/server/sessions/first-answer-wins", test_first_answer_wins);
  SERVER_TEST ("/server/sessions/first-answer-wins-swapped", test_first_answer_wins_swapped);
  SERVER_TEST ("/server/sessions/decline-wins", test_decline_wins);
  SERVER_TEST ("/server/sessions/simultaneous", test_simultaneous);
  SERVER_TEST ("/server/sessions/roles", test_roles);
  SERVER_TEST ("/server/sessions/cannot-be-reached", test_cannot_be_reached);
  SERVER_TEST ("/server/sessions/expired", test_expired);
  SERVER_TEST ("/server/sessions/installing", test_installing);
  SERVER_TEST ("/server/sessions/cancel-while-ringing", test_cancel_while_ringing);
  SERVER_TEST ("/server/sessions/cancel-by-invitee", test_cancel_by_invitee);
  SERVER_TEST ("/server/sessions/repeat", test_repeat);
  SERVER_TEST ("/server/sessions/resume", test_resume);
  SERVER_TEST ("/server/sessions/many-expired", test_many_expired);
  SERVER_TEST ("/server/sessions/too-many", test_too_many);
  SERVER_TEST ("/server/sessions/context-quota", test_context_quota);
  SERVER_TEST ("/server/sessions/transport-quota", test_transport_quota);
  SERVER_TEST ("/server/sessions/stale-transports", test_stale_transports);
  return g_test_run ();
}
