/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What those learn who are blocked, and how far strangers get. Carol blocks Bob and is there; David does not and is
 * away: whatever Bob does and is told must be the same for both, but for their names. */
#include "server-fixture.h"

#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-picture.h"

#include <string.h>

#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define DAVID "david@example.org"
#define PASSWORD "correct horse"
#define MESSAGE "{00000000-0000-4000-8000-0000000000%02X}"
#define SESSION "{00000000-0000-4000-8000-0000000001%02X}"
#define PNG_HEAD "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10"
#define DAY_MS (24 * 3600 * 1000)

/* ---- what somebody is told ---- */

/* Appends a frame without what differs each time. Of the test's own ids the last digit says which one it is. */
static void
write_down (GString *told, const BkFrame *frame)
{
  static GRegex *changing, *ids;
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  if (ids == NULL)
    ids = g_regex_new ("(8000-00000000)(0[01])[0-9A-F]([0-9A-F])", 0, 0, NULL);
  if (changing == NULL)
    changing = g_regex_new ("(\"(seq|id|time|device|token)\":)(\\d+|\"[^\"]*\")|(carol|david)(?=[@\"])", 0, 0, NULL);
  g_autofree char *plain = g_regex_replace (changing, text, (gssize) length, 0, "\\1", 0, NULL);
  g_autofree char *same = g_regex_replace (ids, plain, -1, 0, "\\1-\\2-\\3", 0, NULL);
  g_string_append_printf (told, "%s\n", same);
}

/* Everything that has come by itself up to now. */
static void
write_pushes (GString *told, Client *c)
{
  BkFrame *frame;

  client_error (c, request_who (BK_FRAME_CONTACT_APPROVE, "who", "nobody@example.org"), BECKON_ERROR_USER_NOT_FOUND);
  while ((frame = g_queue_pop_head (&c->pushes)) != NULL)
    {
      write_down (told, frame);
      bk_frame_free (frame);
    }
}

/* Takes @frame. */
static void
ask (GString *told, Client *c, BkFrame *frame)
{
  g_autoptr (BkFrame) reply = client_call (c, frame);

  write_down (told, reply);
  write_pushes (told, c);
}

/* ---- what Bob tries ---- */

static BkFrame *
request_text (const char *to, guint number)
{
  g_autofree char *guid = g_strdup_printf (MESSAGE, number);

  return request_message (to, guid, "Are you there?");
}

static BkFrame *
request_mark (const char *who, guint number, const char *mark)
{
  g_autofree char *guid = g_strdup_printf (MESSAGE, number);
  BkFrame *frame = request_who (BK_FRAME_MARK_SET, "who", who);

  bk_frame_set_string (frame, "message", guid);
  bk_frame_set_string (frame, "mark", mark);
  bk_frame_set_bool (frame, "tell", TRUE);
  return frame;
}

static BkFrame *
request_typing (const char *to)
{
  BkFrame *frame = request_who (BK_FRAME_TYPING_SET, "to", to);

  bk_frame_set_bool (frame, "typing", TRUE);
  return frame;
}

static BkFrame *
request_note (const char *who, const char *alias)
{
  BkFrame *frame = request_who (BK_FRAME_CONTACT_SET, "who", who);

  bk_frame_set_string (frame, "alias", alias);
  bk_frame_set_bool (frame, "pinned", TRUE);
  bk_frame_set_bool (frame, "muted", FALSE);
  return frame;
}

static BkFrame *
request_envelope (const char *to, guint number, BkEnvelopeKind kind)
{
  g_autofree char *session = g_strdup_printf (SESSION, number);
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
  return request_session (to, e);
}

static GBytes *
picture (const char *what)
{
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, (const guint8 *) PNG_HEAD, sizeof PNG_HEAD - 1);
  g_byte_array_append (array, (const guint8 *) what, (guint) strlen (what));
  return g_byte_array_free_to_bytes (array);
}

static BkFrame *
request_picture (const char *who, const char *what)
{
  g_autoptr (GBytes) image = picture (what);
  g_autofree char *id = bk_picture_dup_id (image);
  BkFrame *frame = request_who (BK_FRAME_AVATAR_GET, "who", who);

  bk_frame_set_string (frame, "avatar", id);
  return frame;
}

static void
show_picture (Client *c, const char *what)
{
  g_autoptr (GBytes) image = picture (what);
  gsize size;
  const guint8 *data = g_bytes_get_data (image, &size);
  g_autofree char *text = g_base64_encode (data, size);

  client_ok (c, request_who (BK_FRAME_AVATAR_SET, "image", text));
}

/* Everything that goes to somebody, contact or stranger. @number: of the messages and sessions, from there on. */
static void
try_all (GString *told, Client *bob, const char *who, guint number)
{
  ask (told, bob, request_text (who, number));
  ask (told, bob, request_text (who, number + 1));
  ask (told, bob, request_text (who, number + 1)); /* the same once more */
  ask (told, bob, request_typing (who));
  ask (told, bob, request_mark (who, 1, "delivered"));
  ask (told, bob, request_mark (who, 1, "read"));
  ask (told, bob, request_mark (who, number, "read"));
  ask (told, bob, request_envelope (who, number, BK_ENVELOPE_INVITE));
  ask (told, bob, request_envelope (who, number, BK_ENVELOPE_CANCEL));
  ask (told, bob, request_envelope (who, number, BK_ENVELOPE_CONTEXT));
  ask (told, bob, request_picture (who, "before"));
  ask (told, bob, request_picture (who, "after"));
  ask (told, bob, request_note (who, "C or D"));
  ask (told, bob, request_who (BK_FRAME_CONTACT_APPROVE, "who", who));
  ask (told, bob, request_who (BK_FRAME_CONTACT_DECLINE, "who", who));
  ask (told, bob, request_who (BK_FRAME_CONTACT_ADD, "who", who));
}

/* A further device of Bob, and all that it is told about the one of the two. */
static void
come_anew (GString *told, Fixture *f, const char *who)
{
  g_autoptr (Client) bob = client_new (f);
  gboolean over = FALSE;

  client_sign_in (bob, BOB, NULL, 0);
  while (!over)
    {
      client_error (bob, request_who (BK_FRAME_CONTACT_APPROVE, "who", "nobody@example.org"),
                    BECKON_ERROR_USER_NOT_FOUND);
      for (BkFrame *frame; (frame = g_queue_pop_head (&bob->pushes)) != NULL; bk_frame_free (frame))
        {
          g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
          g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
          if (strstr (text, who) != NULL)
            write_down (told, frame);
          over = over || bk_frame_get_frame_type (frame) == BK_FRAME_CAUGHT_UP;
        }
    }
}

static void
expect_same (GString *carol, GString *david)
{
  g_assert_cmpuint (carol->len, >, 0);
  g_assert_cmpstr (carol->str, ==, david->str);
}

/* ---- contacts ---- */

/* Bob, and the two as his contacts; each has a name, a picture and has written to him. */
typedef struct
{
  Client *bob;
  Client *carol;
  Client *david;
} Stage;

static void
stage_set_up (Fixture *f, Stage *s)
{
  s->bob = sign_up (f, BOB);
  s->carol = sign_up (f, CAROL);
  s->david = sign_up (f, DAVID);
  Client *both[] = { s->carol, s->david };

  for (gsize i = 0; i < G_N_ELEMENTS (both); i++)
    {
      befriend (both[i], s->bob);
      client_ok (both[i], request_who (BK_FRAME_PROFILE_SET, "display_name", "C or D"));
      show_picture (both[i], "before");
      g_autoptr (BkFrame) reply = client_call (both[i], request_text (BOB, 1));
      g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_OK);
      client_forget_pushes (both[i]);
    }
  client_forget_pushes (s->bob);
}

static void
stage_clear (Stage *s)
{
  g_clear_pointer (&s->bob, client_free);
  g_clear_pointer (&s->carol, client_free);
  g_clear_pointer (&s->david, client_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stage, stage_clear)

/* The one blocks, the other leaves. Bob sees the same of both. */
static void
block_and_leave (Stage *s)
{
  g_autoptr (GString) told_1 = g_string_new (NULL);
  g_autoptr (GString) told_2 = g_string_new (NULL);

  write_pushes (told_1, s->bob);
  g_string_truncate (told_1, 0);
  client_ok (s->carol, request_block (BOB, TRUE));
  write_pushes (told_1, s->bob);
  client_close (s->david);
  g_clear_pointer (&s->david, client_free);
  g_autoptr (BkFrame) gone = client_push (s->bob, BK_FRAME_PRESENCE);
  write_down (told_2, gone);
  write_pushes (told_2, s->bob);
  expect_same (told_1, told_2);
  client_forget_pushes (s->carol);
}

static void
test_blocked_contact (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };
  g_autoptr (GString) carol = g_string_new (NULL);
  g_autoptr (GString) david = g_string_new (NULL);

  stage_set_up (f, &s);
  block_and_leave (&s);
  try_all (carol, s.bob, CAROL, 0x10);
  try_all (david, s.bob, DAVID, 0x20);
  come_anew (carol, f, CAROL);
  come_anew (david, f, DAVID);
  ask (carol, s.bob, request_who (BK_FRAME_CONTACT_REMOVE, "who", CAROL));
  ask (david, s.bob, request_who (BK_FRAME_CONTACT_REMOVE, "who", DAVID));
  ask (carol, s.bob, request_who (BK_FRAME_CONTACT_ADD, "who", CAROL));
  ask (david, s.bob, request_who (BK_FRAME_CONTACT_ADD, "who", DAVID));
  ask (carol, s.bob, request_who (BK_FRAME_CONTACT_ADD, "who", CAROL));
  ask (david, s.bob, request_who (BK_FRAME_CONTACT_ADD, "who", DAVID));
  expect_same (carol, david);
  g_assert_nonnull (strstr (carol->str, "not-logged-on"));
  g_assert_nonnull (strstr (carol->str, "\"asked\""));

  /* Of all that Carol has heard that Bob removed her, no more. */
  g_autoptr (GString) heard = g_string_new (NULL);
  write_pushes (heard, s.carol);
  g_assert_null (strstr (heard->str, "Are you there?"));
  g_assert_null (strstr (heard->str, "typing"));
  g_assert_null (strstr (heard->str, "asking"));
  g_assert_null (strstr (heard->str, "Pipe"));
}

/* Whatever the blocker does, also what would be seen of anybody else. */
static void
test_blocker_acts (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };
  g_autoptr (GString) carol = g_string_new (NULL);
  g_autoptr (GString) david = g_string_new (NULL);

  stage_set_up (f, &s);
  g_autoptr (BkFrame) sent = client_call (s.bob, request_text (CAROL, 5));
  g_autoptr (BkFrame) sent_too = client_call (s.bob, request_text (DAVID, 0x15));
  block_and_leave (&s);
  client_forget_pushes (s.bob);
  client_ok (s.carol, request_presence ("busy", "look at me"));
  client_ok (s.carol, request_who (BK_FRAME_PROFILE_SET, "display_name", "Another name"));
  show_picture (s.carol, "after");
  client_ok (s.carol, request_mark (BOB, 5, "delivered"));
  client_ok (s.carol, request_mark (BOB, 5, "read"));
  client_ok (s.carol, request_typing (BOB));
  client_error (s.carol, request_text (BOB, 7), BECKON_ERROR_ACCESS_DENIED);
  client_error (s.carol, request_envelope (BOB, 7, BK_ENVELOPE_INVITE), BECKON_ERROR_ACCESS_DENIED);
  client_ok (s.carol, request_note (BOB, "that one"));
  g_autoptr (Client) carol_2 = sign_in (f, CAROL);
  client_ok (s.carol, request_who (BK_FRAME_DEVICE_REMOVE, "device", carol_2->device));
  client_quiet (s.bob);

  come_anew (carol, f, CAROL);
  come_anew (david, f, DAVID);
  ask (carol, s.bob, request_picture (CAROL, "before"));
  ask (david, s.bob, request_picture (DAVID, "before"));
  ask (carol, s.bob, request_picture (CAROL, "after"));
  ask (david, s.bob, request_picture (DAVID, "after"));
  ask (carol, s.bob, request_note (CAROL, "C or D")); /* has the row sent again */
  ask (david, s.bob, request_note (DAVID, "C or D"));
  g_assert_nonnull (strstr (carol->str, "C or D"));
  expect_same (carol, david);

  /* When it ends, all is as it would be. */
  client_ok (s.carol, request_block (BOB, FALSE));
  g_autoptr (BkFrame) contact = client_push (s.bob, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (contact, "display_name"), ==, "Another name");
  g_autoptr (BkFrame) presence = client_push (s.bob, BK_FRAME_PRESENCE);
  g_assert_cmpstr (bk_frame_get_string (presence, "personal_message"), ==, "look at me");
  client_error (s.bob, request_picture (CAROL, "before"), BECKON_ERROR_NOT_FOUND);
  g_autoptr (BkFrame) image = client_call (s.bob, request_picture (CAROL, "after"));
  g_assert_cmpint (bk_frame_get_frame_type (image), ==, BK_FRAME_OK);
}

/* ---- strangers ---- */

static void
test_blocked_stranger (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) carol = sign_up (f, CAROL);
  g_autoptr (Client) david = sign_up (f, DAVID);
  g_autoptr (GString) told_1 = g_string_new (NULL);
  g_autoptr (GString) told_2 = g_string_new (NULL);

  show_picture (carol, "before");
  show_picture (david, "before");
  client_ok (carol, request_block (BOB, TRUE));
  client_forget_pushes (carol);
  try_all (told_1, bob, CAROL, 0x10);
  try_all (told_2, bob, DAVID, 0x20);
  come_anew (told_1, f, CAROL);
  come_anew (told_2, f, DAVID);
  ask (told_1, bob, request_who (BK_FRAME_CONTACT_REMOVE, "who", CAROL));
  ask (told_2, bob, request_who (BK_FRAME_CONTACT_REMOVE, "who", DAVID));
  expect_same (told_1, told_2);
  client_quiet (carol);
}

/* Nothing of a stranger but a request comes through, and that shows nothing to the one who asks. */
static void
test_strangers (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) carol = sign_up (f, CAROL);

  client_error (bob, request_text (CAROL, 1), BECKON_ERROR_NOT_FOUND);
  client_error (bob, request_envelope (CAROL, 1, BK_ENVELOPE_INVITE), BECKON_ERROR_NOT_FOUND);
  client_error (bob, request_typing (CAROL), BECKON_ERROR_NOT_FOUND);
  client_quiet (carol);
  client_ok (bob, request_who (BK_FRAME_CONTACT_ADD, "who", CAROL));
  g_autoptr (BkFrame) asked = client_push (bob, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (asked, "relation"), ==, "asked");
  g_assert_null (bk_frame_get_string (asked, "display_name"));
  g_autoptr (BkFrame) asking = client_push (carol, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (asking, "relation"), ==, "asking");
  client_error (bob, request_text (CAROL, 1), BECKON_ERROR_NOT_FOUND);
  client_error (bob, request_envelope (CAROL, 1, BK_ENVELOPE_INVITE), BECKON_ERROR_NOT_FOUND);
  client_quiet (bob);
  client_quiet (carol);
}

/* ---- sessions across a block ---- */

static void
expect_session (Client *c, BkEnvelopeKind kind)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_SESSION);

  g_assert_cmpint (bk_frame_get_envelope (frame)->kind, ==, kind);
}

/* Bob has invited; Carol blocks him before she answers. It never rings where she comes later, nothing is said by
 * itself. */
static void
test_blocked_inviter (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  client_ok (s.bob, request_envelope (CAROL, 1, BK_ENVELOPE_INVITE));
  expect_session (s.carol, BK_ENVELOPE_INVITE);
  client_ok (s.carol, request_block (BOB, TRUE));
  client_forget_pushes (s.bob);
  g_autoptr (Client) carol_2 = client_new (f);
  client_sign_in (carol_2, CAROL, NULL, 0);
  g_autoptr (GString) told = g_string_new (NULL);
  while (strstr (told->str, "caught-up") == NULL)
    write_pushes (told, carol_2);
  g_assert_null (strstr (told->str, "Pipe"));
  client_error (s.carol, request_envelope (BOB, 1, BK_ENVELOPE_RINGING), BECKON_ERROR_ACCESS_DENIED);
  client_error (s.carol, request_envelope (BOB, 1, BK_ENVELOPE_NOT_PRESENT), BECKON_ERROR_ACCESS_DENIED);
  client_error (s.carol, request_envelope (BOB, 1, BK_ENVELOPE_ACCEPT), BECKON_ERROR_ACCESS_DENIED);
  client_quiet (s.bob);
  client_ok (s.carol, request_envelope (BOB, 1, BK_ENVELOPE_DECLINE)); /* that is said on purpose */
  expect_session (s.bob, BK_ENVELOPE_DECLINE);
}

/* Carol has invited and blocks Bob: he may answer and speak as to somebody who has just gone away. That it is over,
 * both can say. */
static void
test_blocked_invitee (Fixture *f, gconstpointer data)
{
  g_auto (Stage) s = { 0 };

  stage_set_up (f, &s);
  client_ok (s.carol, request_envelope (BOB, 1, BK_ENVELOPE_INVITE));
  expect_session (s.bob, BK_ENVELOPE_INVITE);
  client_ok (s.carol, request_block (BOB, TRUE));
  client_forget_pushes (s.carol);
  client_forget_pushes (s.bob);
  client_ok (s.bob, request_envelope (CAROL, 1, BK_ENVELOPE_RINGING));
  client_ok (s.bob, request_envelope (CAROL, 1, BK_ENVELOPE_ACCEPT));
  client_ok (s.bob, request_envelope (CAROL, 1, BK_ENVELOPE_TRANSPORT));
  client_ok (s.bob, request_envelope (CAROL, 1, BK_ENVELOPE_CONTEXT));
  client_quiet (s.carol);
  client_error (s.carol, request_envelope (BOB, 1, BK_ENVELOPE_CONNECT), BECKON_ERROR_ACCESS_DENIED);
  client_error (s.carol, request_envelope (BOB, 1, BK_ENVELOPE_CONTEXT), BECKON_ERROR_ACCESS_DENIED);
  client_quiet (s.bob);
  client_ok (s.bob, request_envelope (CAROL, 1, BK_ENVELOPE_END));
  expect_session (s.carol, BK_ENVELOPE_END);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/strangers/blocked-contact", test_blocked_contact);
  SERVER_TEST ("/server/strangers/blocker-acts", test_blocker_acts);
  SERVER_TEST ("/server/strangers/blocked-stranger", test_blocked_stranger);
  SERVER_TEST ("/server/strangers/strangers", test_strangers);
  SERVER_TEST ("/server/strangers/blocked-inviter", test_blocked_inviter);
  SERVER_TEST ("/server/strangers/blocked-invitee", test_blocked_invitee);
  return g_test_run ();
}
