/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far messages have come, and who is writing. */
#include "server-fixture.h"

#include "net-fixture.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define GUID_1 "{00000000-0000-4000-8000-000000000001}"
#define GUID_2 "{00000000-0000-4000-8000-000000000002}"
#define GUID_3 "{00000000-0000-4000-8000-000000000003}"
#define GUID_4 "{00000000-0000-4000-8000-000000000004}"

static BkFrame *
request_mark (const char *who, const char *guid, const char *mark, gboolean tell)
{
  BkFrame *frame = request_who (BK_FRAME_MARK_SET, "who", who);

  bk_frame_set_string (frame, "message", guid);
  bk_frame_set_string (frame, "mark", mark);
  bk_frame_set_bool (frame, "tell", tell);
  return frame;
}

static BkFrame *
request_typing (const char *to, gboolean typing)
{
  BkFrame *frame = request_who (BK_FRAME_TYPING_SET, "to", to);

  bk_frame_set_bool (frame, "typing", typing);
  return frame;
}

static gint64
expect_mark (Client *c, const char *who, const char *guid, const char *mark, gboolean outgoing)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_MARK);

  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, who);
  g_assert_cmpstr (bk_frame_get_string (frame, "message"), ==, guid);
  g_assert_cmpstr (bk_frame_get_string (frame, "mark"), ==, mark);
  g_assert_cmpint (bk_frame_get_int (frame, "outgoing"), ==, outgoing);
  return bk_frame_get_int (frame, "seq");
}

static void
expect_typing (Client *c, const char *who, gboolean typing)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_TYPING);

  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, who);
  g_assert_cmpint (bk_frame_get_int (frame, "typing"), ==, typing);
}

/* Alice has written three messages, and nothing is left to be heard of. */
static void
write_three (Client *alice, Client *bob)
{
  befriend (alice, bob);
  client_ok (alice, request_message (BOB, GUID_1, "one"));
  client_ok (alice, request_message (BOB, GUID_2, "two"));
  client_ok (alice, request_message (BOB, GUID_3, "three"));
  client_forget_pushes (alice);
  client_forget_pushes (bob);
}

static void
test_told (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  write_three (alice, bob);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  g_autoptr (Client) phone = sign_in (f, BOB);
  client_forget_pushes (alice);
  client_forget_pushes (bob);

  client_ok (bob, request_mark (ALICE, GUID_2, "delivered", TRUE));
  g_assert_cmpint (expect_mark (alice, BOB, GUID_2, "delivered", TRUE), ==,
                   expect_mark (laptop, BOB, GUID_2, "delivered", TRUE));
  client_quiet (bob);
  client_quiet (phone);

  /* The device that set it knows already. */
  client_ok (phone, request_mark (ALICE, GUID_3, "read", TRUE));
  expect_mark (alice, BOB, GUID_3, "read", TRUE);
  expect_mark (laptop, BOB, GUID_3, "read", TRUE);
  expect_mark (bob, ALICE, GUID_3, "read", FALSE);
  client_quiet (phone);
}

/* Nothing comes of a mark that says less than what is known, and nothing but `ok` of one that is repeated. */
static void
test_only_forward (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *guid;
    const char *mark;
    gboolean moves;
  } steps[] = {
    { GUID_2, "delivered", TRUE },  { GUID_2, "delivered", FALSE }, { GUID_1, "delivered", FALSE },
    { GUID_1, "read", TRUE },       { GUID_1, "read", FALSE },      { GUID_3, "read", TRUE },
    { GUID_3, "delivered", FALSE }, { GUID_2, "read", FALSE },
  };
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  write_three (alice, bob);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_test_message ("%s %s", steps[i].mark, steps[i].guid);
      client_ok (bob, request_mark (ALICE, steps[i].guid, steps[i].mark, TRUE));
      if (steps[i].moves)
        expect_mark (alice, BOB, steps[i].guid, steps[i].mark, TRUE);
      client_quiet (alice);
    }
}

/* Who keeps it to himself tells nobody but his own devices; what he tells later is told. */
static void
test_untold (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  write_three (alice, bob);
  g_autoptr (Client) phone = sign_in (f, BOB);
  client_forget_pushes (alice);
  client_ok (bob, request_mark (ALICE, GUID_2, "read", FALSE));
  expect_mark (phone, ALICE, GUID_2, "read", FALSE);
  client_ok (bob, request_mark (ALICE, GUID_2, "delivered", FALSE));
  client_quiet (phone);
  client_quiet (alice);
  client_ok (bob, request_mark (ALICE, GUID_2, "delivered", TRUE));
  expect_mark (alice, BOB, GUID_2, "delivered", TRUE);
  client_quiet (phone);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) carol = sign_up (f, CAROL);

  client_error (bob, request_mark (ALICE, GUID_1, "read", TRUE), BECKON_ERROR_NOT_FOUND);
  write_three (alice, bob);
  befriend (carol, bob);
  befriend (carol, alice);
  client_forget_pushes (alice);
  client_forget_pushes (bob);
  client_error (bob, request_mark (ALICE, GUID_4, "read", TRUE), BECKON_ERROR_NOT_FOUND);
  client_error (bob, request_mark ("nobody@example.org", GUID_1, "read", TRUE), BECKON_ERROR_NOT_FOUND);
  client_error (bob, request_mark (BOB, GUID_1, "read", TRUE), BECKON_ERROR_NOT_FOUND);
  /* Neither of one's own message, nor of one that went to somebody else. */
  client_error (alice, request_mark (BOB, GUID_1, "read", TRUE), BECKON_ERROR_NOT_FOUND);
  client_error (carol, request_mark (ALICE, GUID_1, "read", TRUE), BECKON_ERROR_NOT_FOUND);
  client_error (carol, request_typing ("nobody@example.org", TRUE), BECKON_ERROR_NOT_FOUND);
  client_error (carol, request_typing (CAROL, TRUE), BECKON_ERROR_NOT_FOUND);
  client_quiet (alice);
  client_quiet (bob);

  client_ok (alice, request_who (BK_FRAME_CONTACT_REMOVE, "who", BOB));
  client_error (bob, request_mark (ALICE, GUID_1, "read", TRUE), BECKON_ERROR_NOT_FOUND);
  client_error (bob, request_typing (ALICE, TRUE), BECKON_ERROR_NOT_FOUND);
}

/* Across a block nothing is told, and nothing shows that there is one. */
static void
test_block (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  write_three (alice, bob);
  g_autoptr (Client) phone = sign_in (f, BOB);
  client_ok (bob, request_block (ALICE, TRUE));
  client_forget_pushes (alice);
  client_forget_pushes (phone);
  client_ok (bob, request_mark (ALICE, GUID_1, "read", TRUE));
  expect_mark (phone, ALICE, GUID_1, "read", FALSE);
  client_ok (bob, request_typing (ALICE, TRUE));
  client_quiet (alice);
  client_ok (bob, request_block (ALICE, FALSE));
  client_ok (alice, request_block (BOB, TRUE));
  client_forget_pushes (alice);
  client_ok (bob, request_mark (ALICE, GUID_2, "read", TRUE));
  client_ok (bob, request_typing (ALICE, TRUE));
  client_quiet (alice);
}

/* A device that was away gets the last mark of each kind, in the order of all numbers; over a restart, too. */
static void
test_served_again (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  write_three (alice, bob);
  g_autoptr (BkFrame) before = client_call (alice, request_message (BOB, GUID_4, "four"));
  g_autoptr (BkFrame) echo = client_push (alice, BK_FRAME_MESSAGE);
  gint64 seen = bk_frame_get_int (echo, "seq");
  client_close (alice);
  client_ok (bob, request_mark (ALICE, GUID_1, "delivered", TRUE));
  client_ok (bob, request_mark (ALICE, GUID_4, "delivered", TRUE));
  client_ok (bob, request_mark (ALICE, GUID_1, "read", TRUE));
  client_ok (bob, request_mark (ALICE, GUID_2, "read", TRUE));
  client_ok (bob, request_message (ALICE, GUID_1, "mine"));
  fixture_stop (f);
  client_wait_closed (bob);
  fixture_start (f);

  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, ALICE, alice->device, seen);
  gint64 first = expect_mark (again, BOB, GUID_4, "delivered", TRUE);
  gint64 second = expect_mark (again, BOB, GUID_2, "read", TRUE);
  g_autoptr (BkFrame) message = client_push (again, BK_FRAME_MESSAGE);
  g_assert_cmpint (first, >, seen);
  g_assert_cmpint (second, >, first);
  g_assert_cmpint (bk_frame_get_int (message, "seq"), ==, second + 1);
  g_autoptr (BkFrame) caught_up = client_push (again, BK_FRAME_CAUGHT_UP);
  g_assert_cmpint (bk_frame_get_int (caught_up, "seq"), ==, second + 1);

  /* Another device of the reader starts with what is read. */
  g_autoptr (Client) phone = client_new (f);
  client_sign_in (phone, BOB, NULL, 0);
  guint n_marks = 0;
  for (gboolean done = FALSE; !done;)
    {
      bk_test_wait_for_count (&phone->pushes.length, 1);
      if (bk_frame_get_frame_type (phone->pushes.head->data) == BK_FRAME_MARK)
        n_marks += expect_mark (phone, ALICE, GUID_2, "read", FALSE) > 0;
      else
        {
          g_autoptr (BkFrame) frame = g_queue_pop_head (&phone->pushes);
          done = bk_frame_get_frame_type (frame) == BK_FRAME_CAUGHT_UP;
        }
    }
  g_assert_cmpuint (n_marks, ==, 1);
}

/* Whoever takes the name of an account that was removed starts anew. */
static void
test_removed_account (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  write_three (alice, bob);
  client_ok (bob, request_mark (ALICE, GUID_3, "read", TRUE));
  fixture_operate (f, bk_store_remove_account, ALICE);
  client_wait_closed (alice);
  g_autoptr (Client) phone = sign_in (f, BOB);

  g_autoptr (Client) again = sign_up (f, ALICE);
  befriend (again, bob);
  client_ok (again, request_message (BOB, GUID_1, "hello"));
  client_forget_pushes (again);
  client_ok (bob, request_mark (ALICE, GUID_1, "delivered", TRUE));
  expect_mark (again, BOB, GUID_1, "delivered", TRUE);
}

static void
test_typing (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  write_three (alice, bob);
  g_autoptr (Client) phone = sign_in (f, BOB);
  client_ok (alice, request_typing (BOB, TRUE));
  expect_typing (bob, ALICE, TRUE);
  expect_typing (phone, ALICE, TRUE);
  client_ok (alice, request_typing (BOB, FALSE));
  expect_typing (bob, ALICE, FALSE);
  expect_typing (phone, ALICE, FALSE);
  client_quiet (alice);

  /* It is not kept for who is away, and would show who is invisible. */
  client_close (phone);
  client_close (bob);
  client_forget_pushes (alice);
  client_ok (alice, request_typing (BOB, TRUE));
  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, BOB, bob->device, 0);
  client_caught_up (again);
  client_forget_pushes (again);
  client_ok (alice, request_presence ("invisible", NULL));
  client_forget_pushes (again);
  client_ok (alice, request_typing (BOB, TRUE));
  client_quiet (again);
}

static void
configure_slow (BkServerConfig *config)
{
  config->frames = (BkServerRate){ 40, 1000 };
}

/* It counts like any request. */
static void
test_limits (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  guint n_busy = 0;

  write_three (alice, bob);
  for (guint i = 0; i < 60; i++)
    {
      BkFrame *frame = i % 2 == 0 ? request_typing (BOB, TRUE) : request_mark (BOB, GUID_1, "read", TRUE);
      g_autoptr (BkFrame) reply = client_call (alice, frame);
      if (bk_frame_get_frame_type (reply) == BK_FRAME_ERROR)
        n_busy += g_str_equal (bk_frame_get_string (reply, "code"), "server-too-busy");
    }
  g_assert_cmpuint (n_busy, >=, 20);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/marks/told", test_told);
  SERVER_TEST ("/server/marks/only-forward", test_only_forward);
  SERVER_TEST ("/server/marks/untold", test_untold);
  SERVER_TEST ("/server/marks/refusals", test_refusals);
  SERVER_TEST ("/server/marks/block", test_block);
  SERVER_TEST ("/server/marks/served-again", test_served_again);
  SERVER_TEST ("/server/marks/removed-account", test_removed_account);
  SERVER_TEST ("/server/marks/typing", test_typing);
  g_test_add ("/server/marks/limits", Fixture, configure_slow, fixture_set_up, test_limits, fixture_tear_down);
  return g_test_run ();
}
