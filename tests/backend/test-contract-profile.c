/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every backend that has them promises about pictures, about notes on contacts, and about keeping an account. */
#include "contract-world.h"

#include "bk-picture.h"

#include <string.h>

#define NEW_PASSWORD "something else entirely"

/* ---- notes ---- */

static void
expect_note (BkRecorder *who, const char *alias, gboolean pinned, gboolean muted)
{
  const BkSeen *contact = bk_recorder_wait_relation (who, BOB, BECKON_RELATION_ACCEPTED);

  g_assert_cmpstr (contact->alias, ==, alias);
  g_assert_cmpint (contact->pinned, ==, pinned);
  g_assert_cmpint (contact->muted, ==, muted);
  g_assert_nonnull (contact->cursor);
}

static void
check_notes (BkRecorder *alice, BkRecorder *laptop, BkRecorder *bob)
{
  bk_recorder_forget (bob);
  g_assert_cmpint (bk_recorder_note (alice, CAROL, "Caro", FALSE, FALSE), ==, BECKON_ERROR_USER_NOT_FOUND);
  g_assert_cmpint (bk_recorder_note (alice, BOB, "Bobby", TRUE, FALSE), ==, -1);
  expect_note (alice, "Bobby", TRUE, FALSE);
  expect_note (laptop, "Bobby", TRUE, FALSE);
  g_assert_cmpint (bk_recorder_note (laptop, BOB, NULL, FALSE, TRUE), ==, -1);
  expect_note (alice, NULL, FALSE, TRUE);
  expect_note (laptop, NULL, FALSE, TRUE);

  /* Another change of the contact keeps them. */
  g_assert_cmpint (bk_recorder_rename (bob, "Robert"), ==, -1);
  expect_note (alice, NULL, FALSE, TRUE);
  expect_note (laptop, NULL, FALSE, TRUE);
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_CONTACT), ==, 0);
}

/* ---- pictures ---- */

static GBytes *
picture (const char *tail)
{
  static const char head[] = "\xFF\xD8\xFF\xC0\0\x0B\x08\0\x20\0\x20\x01\x01\x11";
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, (const guint8 *) head, sizeof head);
  g_byte_array_append (array, (const guint8 *) tail, (guint) strlen (tail));
  return g_byte_array_free_to_bytes (array);
}

static void
expect_avatar (BkRecorder *who, const char *avatar)
{
  const BkSeen *contact = bk_recorder_wait_relation (who, BOB, BECKON_RELATION_ACCEPTED);

  g_assert_cmpstr (contact->avatar, ==, avatar);
}

/* @laptop is another device of bob's. */
static void
check_pictures (BkRecorder *alice, BkRecorder *bob, BkRecorder *laptop)
{
  g_autoptr (GBytes) image = picture ("one");
  g_autoptr (GBytes) none = g_bytes_new_static ("GIF89a", 6);
  g_autoptr (GBytes) got = NULL;
  g_autofree char *id = bk_picture_dup_id (image);
  GBytes *nothing;

  g_assert_cmpint (bk_recorder_set_avatar (bob, none), ==, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (bk_recorder_set_avatar (bob, image), ==, -1);
  expect_avatar (alice, id);
  const BkSeen *profile = bk_recorder_wait (laptop, BK_BACKEND_EVENT_PROFILE);
  g_assert_cmpstr (profile->avatar, ==, id);
  g_assert_cmpstr (profile->display_name, ==, "Robert");
  g_assert_cmpint (bk_recorder_get_avatar (alice, BOB, id, &got), ==, -1);
  g_assert_true (g_bytes_equal (got, image));
  g_clear_pointer (&got, g_bytes_unref);
  g_assert_cmpint (bk_recorder_get_avatar (bob, BOB, id, &got), ==, -1);
  g_assert_true (g_bytes_equal (got, image));
  g_assert_cmpint (bk_recorder_get_avatar (alice, BOB, "nonsense", &nothing), ==, BECKON_ERROR_NOT_FOUND);
  g_assert_cmpint (bk_recorder_get_avatar (alice, CAROL, id, &nothing), ==, BECKON_ERROR_NOT_FOUND);
}

static void
test_profile (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  BkRecorder *laptop = device (world, ALICE);
  GBytes *nothing;

  g_assert_cmpint (bk_recorder_note (alice, BOB, "Bobby", FALSE, FALSE), ==, BECKON_ERROR_USER_NOT_FOUND);
  befriend (alice, bob);
  bk_recorder_wait_relation (laptop, BOB, BECKON_RELATION_ACCEPTED);
  check_notes (alice, laptop, bob);
  bk_recorder_free (laptop);

  laptop = device (world, BOB);
  bk_recorder_wait (laptop, BK_BACKEND_EVENT_PROFILE);
  check_pictures (alice, bob, laptop);

  /* Who comes later finds it, until it is gone; it is nobody else's business. */
  BkRecorder *desk = device (world, BOB);
  g_autofree char *id = g_strdup (bk_recorder_wait (desk, BK_BACKEND_EVENT_PROFILE)->avatar);
  g_assert_nonnull (id);
  g_assert_cmpint (bk_recorder_change (alice, BK_CONTACT_REMOVE, BOB, NULL), ==, -1);
  bk_recorder_wait_relation (bob, ALICE, BECKON_RELATION_NONE);
  g_assert_cmpint (bk_recorder_get_avatar (alice, BOB, id, &nothing), ==, BECKON_ERROR_NOT_FOUND);
  g_assert_cmpint (bk_recorder_set_avatar (bob, NULL), ==, -1);
  g_assert_null (bk_recorder_wait (desk, BK_BACKEND_EVENT_PROFILE)->avatar);
  g_assert_cmpint (bk_recorder_get_avatar (bob, BOB, id, &nothing), ==, BECKON_ERROR_NOT_FOUND);
  bk_recorder_free (desk);
  bk_recorder_free (laptop);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

/* ---- the account ---- */

static void
expect_thrown_out (BkRecorder *who)
{
  g_assert_cmpint (bk_recorder_wait_state (who, BK_BACKEND_OFFLINE)->error, ==, BECKON_ERROR_ACCESS_DENIED);
}

/* Returns the code of the error. */
static int
try_sign_in (World *world, const char *password, const char *token)
{
  BkRecorder *again = stranger (world);
  BkSignIn sign_in = as (world, ALICE);

  sign_in.password = password;
  sign_in.token = token;
  bk_recorder_sign_in (again, &sign_in);
  int error = bk_recorder_wait_state (again, BK_BACKEND_OFFLINE)->error;
  bk_recorder_free (again);
  return error;
}

static void
expect_devices (BkRecorder *alice, guint n_expected)
{
  g_autoptr (GPtrArray) devices = bk_recorder_devices (alice);

  g_assert_cmpuint (devices->len, ==, n_expected);
  for (guint i = 0; i < devices->len; i++)
    {
      const BkBackendDevice *found = devices->pdata[i];
      g_assert_cmpint (ABS (found->seen - g_get_real_time ()), <, 600 * G_USEC_PER_SEC);
      g_assert_nonnull (found->name);
      g_assert_cmpint (found->self, ==, g_str_equal (found->id, alice->device));
    }
}

static void
test_devices (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *laptop = device (world, ALICE);
  BkRecorder *phone = device (world, ALICE);

  expect_devices (alice, 3);
  g_assert_cmpint (bk_recorder_remove_device (alice, alice->device), ==, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (bk_recorder_remove_device (alice, "nonsense"), ==, BECKON_ERROR_NOT_FOUND);
  g_assert_cmpint (bk_recorder_remove_device (alice, laptop->device), ==, -1);
  expect_thrown_out (laptop);
  g_assert_cmpint (bk_recorder_remove_device (alice, laptop->device), ==, BECKON_ERROR_NOT_FOUND);
  g_assert_cmpint (try_sign_in (world, NULL, laptop->token), ==, BECKON_ERROR_INVALID_PASSWORD);

  g_assert_cmpint (bk_recorder_change_password (alice, "guess", NEW_PASSWORD), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpint (bk_recorder_change_password (alice, PASSWORD, "short"), ==, BECKON_ERROR_INVALID_ARGUMENT);
  expect_devices (alice, 2);
  g_assert_cmpint (bk_recorder_change_password (alice, PASSWORD, NEW_PASSWORD), ==, -1);
  expect_thrown_out (phone);
  expect_devices (alice, 1);
  g_assert_cmpint (try_sign_in (world, PASSWORD, NULL), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpint (try_sign_in (world, NULL, phone->token), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpint (bk_recorder_change_password (alice, NEW_PASSWORD, PASSWORD), ==, -1);

  /* The device that did it stays, over a connection that is made anew. */
  BkSignIn sign_in = as (world, ALICE);
  g_autofree char *token = g_strdup (alice->token);
  g_autofree char *guid = g_strdup (alice->device);
  sign_in.password = NULL;
  sign_in.token = token;
  sign_in.device = guid;
  bk_recorder_sign_out (alice, FALSE);
  bk_recorder_wait_state (alice, BK_BACKEND_OFFLINE);
  bk_recorder_forget (alice);
  bk_recorder_sign_in (alice, &sign_in);
  bk_recorder_wait_state (alice, BK_BACKEND_ONLINE);
  bk_recorder_free (phone);
  bk_recorder_free (laptop);
  bk_recorder_free (alice);
}

static void
test_removed (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  BkRecorder *laptop = device (world, ALICE);
  g_autoptr (BkEnvelope) invite = invitation (NULL);

  befriend (alice, bob);
  g_assert_cmpint (send_envelope (alice, BOB, invite), ==, -1);
  bk_recorder_wait_kind (bob, BK_ENVELOPE_INVITE);
  g_assert_cmpint (bk_recorder_remove_account (alice, "guess"), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpint (bk_recorder_remove_account (alice, PASSWORD), ==, -1);
  expect_thrown_out (alice);
  expect_thrown_out (laptop);
  bk_recorder_wait_status (bob, ALICE, BECKON_STATUS_OFFLINE);
  g_assert_cmpint (bk_recorder_wait_kind (bob, BK_ENVELOPE_END)->envelope->reason, ==,
                   BECKON_SESSION_RESULT_SIGNED_OUT);
  bk_recorder_wait_relation (bob, ALICE, BECKON_RELATION_NONE);
  g_assert_cmpint (bk_recorder_change (bob, BK_CONTACT_ADD, ALICE, NULL), ==, BECKON_ERROR_USER_NOT_FOUND);
  bk_recorder_free (laptop);
  bk_recorder_free (alice);

  /* The name is free, and whoever takes it is a stranger. */
  alice = person (world, ALICE);
  g_assert_cmpuint (bk_recorder_count (alice, BK_BACKEND_EVENT_CONTACT), ==, 0);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  contract_add ("profile", FALSE, test_profile);
  contract_add ("devices", FALSE, test_devices);
  contract_add ("removed", FALSE, test_removed);
  return g_test_run ();
}
