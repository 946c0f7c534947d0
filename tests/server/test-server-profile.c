/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures and names, and what somebody has noted about a contact. */
#include "bk-limits.h"
#include "bk-picture.h"
#include "server-fixture.h"

#include <string.h>

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define PNG_HEAD "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10"

/* ---- notes ---- */

static BkFrame *
note (const char *who, const char *alias, gboolean pinned, gboolean muted)
{
  BkFrame *frame = request_who (BK_FRAME_CONTACT_SET, "who", who);

  bk_frame_set_string (frame, "alias", alias);
  bk_frame_set_bool (frame, "pinned", pinned);
  bk_frame_set_bool (frame, "muted", muted);
  return frame;
}

static void
expect_note (Client *c, const char *alias, gboolean pinned, gboolean muted)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_CONTACT);

  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, BOB);
  g_assert_cmpstr (bk_frame_get_string (frame, "alias"), ==, alias);
  g_assert_cmpint (bk_frame_get_int (frame, "pinned"), ==, pinned);
  g_assert_cmpint (bk_frame_get_int (frame, "muted"), ==, muted);
}

static void
test_notes (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) laptop = NULL;

  befriend (alice, bob);
  client_ok (alice, note (BOB, "Bobby", TRUE, FALSE));
  expect_note (alice, "Bobby", TRUE, FALSE);
  client_ok (alice, note (BOB, "Bobby", TRUE, FALSE)); /* so it is already */
  client_quiet (alice);

  /* They stay when other things of the contact change, and another device hears of them. */
  client_ok (alice, request_block (BOB, TRUE));
  expect_note (alice, "Bobby", TRUE, FALSE);
  client_forget_pushes (alice); /* bob seems to leave */
  client_ok (alice, request_block (BOB, FALSE));
  expect_note (alice, "Bobby", TRUE, FALSE);
  laptop = client_new (f);
  client_sign_in (laptop, ALICE, NULL, 0);
  expect_note (laptop, "Bobby", TRUE, FALSE);
  client_caught_up (laptop);
  client_forget_pushes (laptop);
  client_ok (alice, note (BOB, "", FALSE, TRUE));
  expect_note (laptop, NULL, FALSE, TRUE);

  /* Nobody else hears of them. */
  client_forget_pushes (bob);
  client_ok (alice, note (BOB, "Robert", FALSE, TRUE));
  client_quiet (bob);
}

static void
test_notes_about_strangers (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  client_error (alice, note (BOB, "Bobby", FALSE, FALSE), BECKON_ERROR_USER_NOT_FOUND);
  client_error (alice, note ("nobody@example.org", "Bobby", FALSE, FALSE), BECKON_ERROR_USER_NOT_FOUND);
  client_error (alice, note (ALICE, "Me", FALSE, FALSE), BECKON_ERROR_INVALID_ARGUMENT);

  /* Who goes takes them along. */
  befriend (alice, bob);
  client_ok (alice, note (BOB, "Bobby", TRUE, TRUE));
  client_ok (alice, request_who (BK_FRAME_CONTACT_REMOVE, "who", BOB));
  befriend (alice, bob);
  client_close (alice);
  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, ALICE, NULL, 0);
  expect_note (again, NULL, FALSE, FALSE);
}

/* ---- pictures ---- */

static GBytes *
picture (const char *tail)
{
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, (const guint8 *) PNG_HEAD, sizeof PNG_HEAD - 1);
  g_byte_array_append (array, (const guint8 *) tail, (guint) strlen (tail));
  return g_byte_array_free_to_bytes (array);
}

/* @image: NULL for none. */
static BkFrame *
set_avatar (GBytes *image)
{
  BkFrame *frame = request (BK_FRAME_AVATAR_SET);
  gsize size = 0;
  const guint8 *data = image != NULL ? g_bytes_get_data (image, &size) : NULL;
  g_autofree char *text = data != NULL ? g_base64_encode (data, size) : NULL;

  bk_frame_set_string (frame, "image", text);
  return frame;
}

static BkFrame *
get_avatar (const char *who, const char *avatar)
{
  BkFrame *frame = request_who (BK_FRAME_AVATAR_GET, "who", who);

  bk_frame_set_string (frame, "avatar", avatar);
  return frame;
}

static void
expect_avatar (Client *c, const char *who, const char *avatar)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_CONTACT);

  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, who);
  g_assert_cmpstr (bk_frame_get_string (frame, "avatar"), ==, avatar);
}

static void
expect_profile (Client *c, const char *display_name, const char *avatar)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_PROFILE);

  g_assert_cmpstr (bk_frame_get_string (frame, "display_name"), ==, display_name);
  g_assert_cmpstr (bk_frame_get_string (frame, "avatar"), ==, avatar);
}

static void
expect_image (Client *c, const char *who, const char *avatar, GBytes *image)
{
  g_autoptr (BkFrame) reply = client_call (c, get_avatar (who, avatar));
  gsize size;

  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_OK);
  guint8 *data = g_base64_decode (bk_frame_get_string (reply, "image"), &size);
  g_autoptr (GBytes) got = g_bytes_new_take (data, size);
  g_assert_true (g_bytes_equal (got, image));
}

static void
test_pictures (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) image = picture ("one");
  g_autofree char *id = bk_picture_dup_id (image);
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) carol = sign_up (f, CAROL);

  befriend (alice, bob);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  client_forget_pushes (laptop);
  client_forget_pushes (bob);
  client_ok (alice, set_avatar (image));
  expect_avatar (bob, ALICE, id);
  expect_profile (laptop, "alice", id);
  client_quiet (alice);
  expect_image (bob, ALICE, id, image);
  expect_image (alice, ALICE, id, image);
  client_ok (alice, set_avatar (image)); /* so it is already */
  client_quiet (bob);

  /* It is there for who comes later, and for a device of the account. */
  g_autoptr (Client) desk = client_new (f);
  g_autoptr (BkFrame) reply = client_call (desk, request_sign_in (ALICE, "correct horse", NULL, NULL, 0));
  g_assert_cmpstr (bk_frame_get_string (reply, "avatar"), ==, id);
  client_ok (carol, request_who (BK_FRAME_CONTACT_ADD, "who", ALICE));
  client_forget_pushes (carol);
  client_error (carol, get_avatar (ALICE, id), BECKON_ERROR_NOT_FOUND);
  client_ok (alice, request_who (BK_FRAME_CONTACT_APPROVE, "who", CAROL));
  expect_avatar (carol, ALICE, id);

  client_ok (alice, set_avatar (NULL));
  expect_avatar (bob, ALICE, NULL);
  client_error (bob, get_avatar (ALICE, id), BECKON_ERROR_NOT_FOUND);
}

static void
test_new_name (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) image = picture ("one");
  g_autofree char *id = bk_picture_dup_id (image);
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  BkFrame *frame = request_who (BK_FRAME_PROFILE_SET, "display_name", "Alice A.");

  client_ok (alice, set_avatar (image));
  expect_profile (laptop, "alice", id);
  client_ok (alice, frame);
  expect_profile (laptop, "Alice A.", id);
  client_quiet (alice);
}

static void
expect_refused (Client *c, const char *text)
{
  client_error (c, request_who (BK_FRAME_AVATAR_SET, "image", text), BECKON_ERROR_INVALID_ARGUMENT);
}

static void
test_no_pictures (Fixture *f, gconstpointer data)
{
  g_autofree guint8 *large = g_malloc0 (BK_LIMIT_AVATAR + 1);
  g_autofree char *too_large = NULL;
  g_autofree char *no_id = g_strnfill (BK_LIMIT_AVATAR_ID, '0');
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  expect_refused (alice, "R0lGODlhAQABAAAAACw=");         /* another kind of file */
  expect_refused (alice, "iVBORw0KGgoAAAANSUhEUgAAEAAAABAA"); /* far too wide */
  expect_refused (alice, "iVBORw0KGgo*");
  expect_refused (alice, "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQAA"); /* cut off in the middle of three bytes */
  memcpy (large, PNG_HEAD, sizeof PNG_HEAD - 1);
  too_large = g_base64_encode (large, BK_LIMIT_AVATAR + 1);
  client_error (alice, request_who (BK_FRAME_AVATAR_SET, "image", too_large), BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_pointer (&too_large, g_free);
  too_large = g_base64_encode (large, BK_LIMIT_AVATAR);
  client_ok (alice, request_who (BK_FRAME_AVATAR_SET, "image", too_large));

  befriend (alice, bob);
  client_error (bob, get_avatar (ALICE, no_id), BECKON_ERROR_NOT_FOUND);
  client_error (bob, get_avatar ("nobody@example.org", no_id), BECKON_ERROR_NOT_FOUND);
}

static void
configure_slow (BkServerConfig *config)
{
  config->contact_adds = (BkServerRate){ 2, 10000 };
}

/* Each change is one for all who see it. */
static void
test_often (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) image = picture ("one");
  g_autoptr (Client) alice = sign_up (f, ALICE);

  client_ok (alice, set_avatar (image));
  client_ok (alice, set_avatar (NULL));
  client_error (alice, set_avatar (image), BECKON_ERROR_SERVER_TOO_BUSY);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/profile/notes", test_notes);
  SERVER_TEST ("/server/profile/notes-about-strangers", test_notes_about_strangers);
  SERVER_TEST ("/server/profile/pictures", test_pictures);
  SERVER_TEST ("/server/profile/new-name", test_new_name);
  SERVER_TEST ("/server/profile/no-pictures", test_no_pictures);
  g_test_add ("/server/profile/often", Fixture, configure_slow, fixture_set_up, test_often, fixture_tear_down);
  return g_test_run ();
}
