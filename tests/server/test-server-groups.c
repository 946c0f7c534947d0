/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of contacts: kept for all devices of an account, and nobody else's business. */
#include "bk-ids.h"
#include "bk-limits.h"
#include "server-fixture.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define CHESS "{00000000-0000-4000-8000-000000000001}"
#define WORK "{00000000-0000-4000-8000-000000000002}"

static BkFrame *
named (BkFrameType type, const char *group, const char *name)
{
  BkFrame *frame = request (type);

  bk_frame_set_string (frame, "group", group);
  bk_frame_set_string (frame, "name", name);
  return frame;
}

static BkFrame *
create (const char *group, const char *name)
{
  return named (BK_FRAME_GROUP_CREATE, group, name);
}

static BkFrame *
removal (const char *group)
{
  return named (BK_FRAME_GROUP_REMOVE, group, NULL);
}

static BkFrame *
member (const char *group, const char *who, gboolean is_member)
{
  BkFrame *frame = request_who (BK_FRAME_GROUP_CONTACT, "who", who);

  bk_frame_set_string (frame, "group", group);
  bk_frame_set_bool (frame, "member", is_member);
  return frame;
}

static void
expect_group (Client *c, const char *group, const char *name)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_GROUP);

  g_assert_cmpstr (bk_frame_get_string (frame, "group"), ==, group);
  g_assert_cmpstr (bk_frame_get_string (frame, "name"), ==, name);
}

/* @groups: parted by spaces; NULL: none. */
static void
expect_contact (Client *c, const char *who, const char *groups)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_CONTACT);
  g_auto (GStrv) ids = bk_frame_dup_strings (frame, "groups");
  g_autofree char *joined = ids != NULL ? g_strjoinv (" ", ids) : NULL;

  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, who);
  g_assert_cmpstr (joined, ==, groups);
}

static void
test_life (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  client_forget_pushes (laptop);
  client_ok (alice, create (CHESS, "Chess"));
  expect_group (alice, CHESS, "Chess");
  expect_group (laptop, CHESS, "Chess");
  client_ok (laptop, create (WORK, "Work"));
  expect_group (alice, WORK, "Work");
  expect_group (laptop, WORK, "Work");

  client_ok (alice, member (CHESS, BOB, TRUE));
  expect_contact (alice, BOB, CHESS);
  expect_contact (laptop, BOB, CHESS);
  client_ok (laptop, member (WORK, BOB, TRUE));
  expect_contact (alice, BOB, CHESS " " WORK);
  client_ok (alice, named (BK_FRAME_GROUP_RENAME, CHESS, "Go"));
  expect_group (alice, CHESS, "Go");
  client_error (alice, removal (CHESS), BECKON_ERROR_GROUP_NOT_EMPTY);
  client_ok (alice, member (CHESS, BOB, FALSE));
  expect_contact (alice, BOB, WORK);
  client_ok (alice, removal (CHESS));
  expect_group (alice, CHESS, NULL);

  /* None of it is told to who is in them. */
  client_quiet (bob);
}

/* What is so already is done already: an answer may have been lost. */
static void
test_repeats (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  client_ok (alice, create (CHESS, "Chess"));
  client_ok (alice, member (CHESS, BOB, TRUE));
  client_forget_pushes (alice);
  client_ok (alice, create (CHESS, "Chess"));
  client_ok (alice, named (BK_FRAME_GROUP_RENAME, CHESS, "Chess"));
  client_ok (alice, member (CHESS, BOB, TRUE));
  client_quiet (alice);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autofree char *long_name = g_strnfill (BK_LIMIT_GROUP_NAME + 1, 'x');

  client_ok (alice, create (CHESS, "Chess"));
  client_forget_pushes (alice);
  client_error (alice, create (WORK, "CHESS"), BECKON_ERROR_GROUP_ALREADY_EXISTS);
  client_error (alice, create (CHESS, "Other"), BECKON_ERROR_GROUP_ALREADY_EXISTS);
  client_error (alice, create (WORK, ""), BECKON_ERROR_BAD_GROUP_NAME);
  client_error (alice, create (WORK, " Work"), BECKON_ERROR_BAD_GROUP_NAME);
  client_error (alice, create (WORK, long_name), BECKON_ERROR_PROTOCOL);
  client_error (alice, create ("chess", "Work"), BECKON_ERROR_PROTOCOL);
  client_error (alice, named (BK_FRAME_GROUP_RENAME, WORK, "Work"), BECKON_ERROR_GROUP_DOES_NOT_EXIST);
  client_error (alice, named (BK_FRAME_GROUP_RENAME, CHESS, "  "), BECKON_ERROR_BAD_GROUP_NAME);
  client_error (alice, removal (WORK), BECKON_ERROR_GROUP_DOES_NOT_EXIST);
  client_error (alice, member (WORK, BOB, TRUE), BECKON_ERROR_GROUP_DOES_NOT_EXIST);
  client_error (alice, member (CHESS, BOB, TRUE), BECKON_ERROR_USER_NOT_FOUND); /* a stranger */
  client_error (alice, member (CHESS, CAROL, TRUE), BECKON_ERROR_USER_NOT_FOUND);
  client_error (alice, member (CHESS, BOB, FALSE), BECKON_ERROR_USER_NOT_GROUP_MEMBER);
  client_quiet (alice);

  /* The groups of others are no groups. */
  client_error (bob, removal (CHESS), BECKON_ERROR_GROUP_DOES_NOT_EXIST);
  client_ok (bob, create (CHESS, "Chess"));
  expect_group (bob, CHESS, "Chess");
}

static void
test_too_many (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);

  for (guint i = 0; i < BK_LIMIT_GROUPS; i++)
    {
      g_autofree char *group = bk_guid_new ();
      g_autofree char *name = g_strdup_printf ("Group %u", i);
      client_ok (alice, create (i == 0 ? CHESS : group, name));
    }
  client_error (alice, create (WORK, "One more"), BECKON_ERROR_TOO_MANY_GROUPS);
  client_ok (alice, removal (CHESS));
  client_ok (alice, create (WORK, "One more"));
}

/* Who stops being a contact is in no group, whoever ended it; a block ends nothing. */
static void
test_contacts_that_go (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  client_ok (alice, create (CHESS, "Chess"));
  client_ok (alice, member (CHESS, BOB, TRUE));
  client_ok (alice, request_block (BOB, TRUE));
  client_ok (alice, request_block (BOB, FALSE));
  client_error (alice, removal (CHESS), BECKON_ERROR_GROUP_NOT_EMPTY);
  client_ok (bob, request_who (BK_FRAME_CONTACT_REMOVE, "who", ALICE));
  client_ok (alice, removal (CHESS));

  befriend (alice, bob);
  client_forget_pushes (alice);
  client_ok (alice, create (WORK, "Work"));
  client_ok (alice, member (WORK, BOB, TRUE));
  expect_group (alice, WORK, "Work");
  expect_contact (alice, BOB, WORK); /* and no other, of before */
}

/* A device that was away, one that is new, and a server that was restarted. */
static void
test_catching_up (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) phone = sign_in (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  client_ok (alice, create (CHESS, "Chess"));
  g_autoptr (BkFrame) known = client_push (phone, BK_FRAME_GROUP);
  gint64 seq = bk_frame_get_int (known, "seq");
  befriend (alice, bob);
  client_close (phone);
  client_ok (alice, create (WORK, "Work"));
  client_ok (alice, member (WORK, BOB, TRUE));
  client_ok (alice, named (BK_FRAME_GROUP_RENAME, WORK, "Shop"));
  client_ok (alice, removal (CHESS));
  client_close (alice);
  client_close (bob);
  fixture_stop (f);
  fixture_start (f);

  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, ALICE, phone->device, seq);
  expect_contact (again, BOB, WORK); /* before the group itself: that was changed later */
  expect_group (again, WORK, "Shop");
  expect_group (again, CHESS, NULL);
  client_caught_up (again);
  g_autoptr (Client) fresh = client_new (f);
  client_sign_in (fresh, ALICE, NULL, 0);
  expect_contact (fresh, BOB, WORK);
  expect_group (fresh, WORK, "Shop");
  client_caught_up (fresh);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/groups/life", test_life);
  SERVER_TEST ("/server/groups/repeats", test_repeats);
  SERVER_TEST ("/server/groups/refusals", test_refusals);
  SERVER_TEST ("/server/groups/too-many", test_too_many);
  SERVER_TEST ("/server/groups/contacts-that-go", test_contacts_that_go);
  SERVER_TEST ("/server/groups/catching-up", test_catching_up);
  return g_test_run ();
}
