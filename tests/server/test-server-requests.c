/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests to become a contact, and how many of everything there may be. */
#include "server-fixture.h"

#include "bk-ids.h"
#include "bk-limits.h"

#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define GUID "{00000000-0000-4000-8000-0000000000%02X}"
#define DAY_MS (24 * 3600 * 1000)

static BkFrame *
request_invite (const char *to, guint number)
{
  g_autofree char *session = g_strdup_printf (GUID, number);
  BkEnvelope *e = bk_envelope_new (BK_ENVELOPE_INVITE, session);

  e->app_guid = g_strdup ("{00000000-0000-4000-8000-0000000000AA}");
  e->app_name = g_strdup ("Pipe");
  e->ttl = BK_TIMEOUT_ANSWER_S;
  return request_session (to, e);
}

static void
few (BkServerConfig *config)
{
  config->quota.contacts = 4;
  config->quota.groups = 2;
  config->quota.devices = 2;
  config->quota.sessions = 2;
  config->quota.requests_open = 3;
  config->quota.requests_waiting = 2;
  config->requests_per_day = 6;
}

static void
expect_contact (Client *c, const char *who, const char *relation, const char *message)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_CONTACT);

  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, who);
  g_assert_cmpstr (bk_frame_get_string (frame, "relation"), ==, relation);
  g_assert_cmpstr (bk_frame_get_string (frame, "message"), ==, message);
}

static Client *
new_asker (Fixture *f, guint number)
{
  g_autofree char *name = g_strdup_printf ("asker-%u@example.org", number);

  return sign_up (f, name);
}

static BkFrame *
request_contact (const char *who, const char *message)
{
  BkFrame *frame = request_who (BK_FRAME_CONTACT_ADD, "who", who);

  bk_frame_set_string (frame, "message", message);
  return frame;
}

/* The third request is kept and shown once there is room; the asker sees no difference. */
static void
test_requests_waiting (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) carol = sign_up (f, CAROL);
  g_autoptr (Client) one = new_asker (f, 1);
  g_autoptr (Client) two = new_asker (f, 2);
  g_autoptr (Client) three = new_asker (f, 3);
  Client *askers[] = { one, two, three };

  for (gsize i = 0; i < G_N_ELEMENTS (askers); i++)
    {
      client_ok (askers[i], request_contact (CAROL, "hello"));
      expect_contact (askers[i], CAROL, "asked", NULL);
    }
  expect_contact (carol, one->name, "asking", "hello");
  expect_contact (carol, two->name, "asking", "hello");
  client_quiet (carol);
  client_error (carol, request_who (BK_FRAME_CONTACT_APPROVE, "who", three->name), BECKON_ERROR_NOT_FOUND);
  client_ok (carol, request_who (BK_FRAME_CONTACT_DECLINE, "who", one->name));
  expect_contact (carol, one->name, "none", NULL);
  expect_contact (carol, three->name, "asking", "hello");
  client_ok (carol, request_who (BK_FRAME_CONTACT_APPROVE, "who", three->name));
  expect_contact (three, CAROL, "accepted", NULL);
  client_quiet (two);
}

/* Who has done much before is not behind those who are new: it is the order of the requests that counts. */
static void
test_requests_in_turn (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) carol = sign_up (f, CAROL);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) one = new_asker (f, 1);
  g_autoptr (Client) two = new_asker (f, 2);
  g_autoptr (Client) late = new_asker (f, 3);

  client_ok (one, request_contact (CAROL, "hello"));
  client_ok (two, request_contact (CAROL, "hello"));
  for (int i = 0; i < 2; i++)
    {
      client_ok (bob, request_contact (two->name, "hello"));
      client_ok (bob, request_who (BK_FRAME_CONTACT_REMOVE, "who", two->name));
    }
  client_ok (bob, request_contact (CAROL, "hello"));
  client_ok (late, request_contact (CAROL, "hello"));
  client_forget_pushes (carol);
  client_ok (carol, request_who (BK_FRAME_CONTACT_DECLINE, "who", one->name));
  expect_contact (carol, one->name, "none", NULL);
  expect_contact (carol, BOB, "asking", "hello");
}

/* To ask somebody whose request has not been shown is to agree. */
static void
test_requests_meet (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) carol = sign_up (f, CAROL);
  g_autoptr (Client) one = new_asker (f, 1);
  g_autoptr (Client) two = new_asker (f, 2);
  g_autoptr (Client) three = new_asker (f, 3);

  client_ok (one, request_contact (CAROL, "hello"));
  client_ok (two, request_contact (CAROL, "hello"));
  client_ok (three, request_contact (CAROL, "hello"));
  expect_contact (three, CAROL, "asked", NULL);
  client_forget_pushes (carol);
  client_ok (carol, request_contact (three->name, "you?"));
  expect_contact (carol, three->name, "accepted", NULL);
  expect_contact (three, CAROL, "accepted", NULL);
}

/* That somebody's list is full is nothing for others: a block would show by it. */
static void
test_list_full (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) carol = sign_up (f, CAROL);
  g_autoptr (Client) bob = sign_up (f, BOB);

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (Client) other = new_asker (f, i);
      client_ok (carol, request_block (other->name, TRUE));
    }
  client_forget_pushes (carol);
  client_ok (bob, request_contact (CAROL, "hello"));
  expect_contact (bob, CAROL, "asked", NULL);
  client_quiet (carol);
  client_error (carol, request_contact (BOB, "hello"), BECKON_ERROR_LIST_FULL);
  client_ok (carol, request_block ("asker-2@example.org", FALSE));
  expect_contact (carol, "asker-2@example.org", "none", NULL);
  expect_contact (carol, BOB, "asking", "hello");
}

static void
test_requests_open (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) one = new_asker (f, 1);
  g_autoptr (Client) two = new_asker (f, 2);
  g_autoptr (Client) three = new_asker (f, 3);
  g_autoptr (Client) carol = sign_up (f, CAROL);

  client_ok (bob, request_contact (one->name, "hello"));
  client_ok (bob, request_contact (two->name, "hello"));
  client_ok (bob, request_contact (three->name, "hello"));
  client_error (bob, request_contact (CAROL, "hello"), BECKON_ERROR_LIMIT_EXCEEDED);
  client_quiet (carol);
  client_ok (two, request_who (BK_FRAME_CONTACT_APPROVE, "who", BOB));
  client_ok (bob, request_contact (CAROL, "hello"));
  expect_contact (carol, BOB, "asking", "hello");
}

/* Names that do not exist count, too: nobody finds out many that do. */
static void
test_requests_per_day (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) carol = sign_up (f, CAROL);

  for (int i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("nobody-%d@example.org", i);
      client_error (bob, request_contact (name, "hello"), BECKON_ERROR_USER_NOT_FOUND);
    }
  g_autoptr (BkFrame) reply = client_call (bob, request_contact (CAROL, "hello"));
  g_assert_cmpstr (bk_frame_get_string (reply, "code"), ==, "server-too-busy");
  g_assert_cmpint (bk_frame_get_int (reply, "retry_ms"), ==, DAY_MS / 6);
  client_quiet (carol);
}

static void
test_quotas (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) carol = sign_up (f, CAROL);

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *guid = g_strdup_printf (GUID, (guint) i);
      g_autofree char *name = g_strdup_printf ("Group %d", i);
      BkFrame *frame = request_who (BK_FRAME_GROUP_CREATE, "group", guid);
      bk_frame_set_string (frame, "name", name);
      if (i < 2)
        client_ok (bob, frame);
      else
        client_error (bob, frame, BECKON_ERROR_TOO_MANY_GROUPS);
    }
  befriend (bob, carol);
  client_ok (bob, request_invite (CAROL, 1));
  client_ok (bob, request_invite (CAROL, 2));
  client_error (bob, request_invite (CAROL, 3), BECKON_ERROR_LIMIT_EXCEEDED);
  g_autoptr (Client) second = sign_in (f, BOB);
  g_autoptr (Client) third = sign_in (f, BOB);
  g_autoptr (BkFrame) bye = client_push (bob, BK_FRAME_BYE);
  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "too-many-devices");
}

#define FEW_TEST(path, function) g_test_add (path, Fixture, few, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  FEW_TEST ("/server/requests/waiting", test_requests_waiting);
  FEW_TEST ("/server/requests/in-turn", test_requests_in_turn);
  FEW_TEST ("/server/requests/meet", test_requests_meet);
  FEW_TEST ("/server/requests/list-full", test_list_full);
  FEW_TEST ("/server/requests/open", test_requests_open);
  FEW_TEST ("/server/requests/per-day", test_requests_per_day);
  FEW_TEST ("/server/requests/quotas", test_quotas);
  return g_test_run ();
}
