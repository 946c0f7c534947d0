/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every backend that has them promises about Lock and Key and about alerts. */
#include "contract-world.h"

#include <string.h>

static char *
compute_response (const char *key, const char *challenge, const char *license)
{
  g_autofree char *text = g_strconcat (challenge, "\n", license, NULL);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guint8 *) key, strlen (key), text, -1);
}

/* Returns the code of the error, -1 and *@grant if it was right. */
static int
respond (BkRecorder *who, const char *challenge, const char *license, const char *key, char **grant)
{
  g_autofree char *response = compute_response (key, challenge, license);

  return bk_recorder_respond (who, challenge, license, response, grant);
}

static char *
challenge (BkRecorder *who)
{
  char *word;

  g_assert_cmpint (bk_recorder_challenge (who, &word), ==, -1);
  return word;
}

static char *
unlock (BkRecorder *who, const char *license, const char *key)
{
  g_autofree char *word = challenge (who);
  char *grant;

  g_assert_cmpint (respond (who, word, license, key, &grant), ==, -1);
  return grant;
}

static int
invite_with (BkRecorder *who, const char *grant)
{
  g_autoptr (BkEnvelope) envelope = invitation (NULL);
  g_autofree char *uid = bk_guid_new ();

  return bk_recorder_envelope_with (who, BOB, uid, envelope, grant);
}

static void
test_unlock (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *second = device (world, ALICE);
  g_autofree char *key = NULL, *key2 = NULL;
  g_autofree char *license = operator_issue (world, &key);
  g_autofree char *one = NULL, *two = NULL, *three = NULL, *grant = NULL, *other = NULL;
  char *none;

  g_assert_true (bk_recorder_wait (alice, BK_BACKEND_EVENT_LOCK)->locked);
  one = challenge (alice);
  two = challenge (alice);
  g_assert_cmpstr (one, !=, two);

  /* The same answer to everything that is not right: wrong key, no such license, nobody's challenge. */
  g_assert_cmpint (respond (alice, one, license, "wrong", &none), ==, BECKON_ERROR_API_UNLOCK_FAILED);
  g_assert_cmpint (respond (alice, one, license, key, &none), ==, BECKON_ERROR_API_UNLOCK_FAILED);
  g_assert_cmpint (respond (second, two, license, key, &none), ==, BECKON_ERROR_API_UNLOCK_FAILED);
  g_assert_cmpint (respond (alice, "invented", license, key, &none), ==, BECKON_ERROR_API_UNLOCK_FAILED);
  three = challenge (alice);
  g_assert_cmpint (respond (alice, three, "BKNOBODY", key, &none), ==, BECKON_ERROR_API_UNLOCK_FAILED);

  g_assert_cmpint (respond (alice, two, license, key, &grant), ==, -1);
  g_assert_cmpint (respond (alice, two, license, key, &none), ==, BECKON_ERROR_API_UNLOCK_FAILED);
  other = unlock (alice, license, key);
  g_assert_cmpstr (grant, !=, other);
  bk_recorder_free (second);
  bk_recorder_free (alice);
}

static void
test_not_locked (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  char *none;

  befriend (alice, bob);
  g_assert_false (bk_recorder_wait (alice, BK_BACKEND_EVENT_LOCK)->locked);
  g_assert_cmpint (bk_recorder_challenge (alice, &none), ==, BECKON_ERROR_API_DISABLED);
  g_assert_cmpint (respond (alice, "c", "l", "k", &none), ==, BECKON_ERROR_API_DISABLED);
  g_assert_cmpint (invite_with (alice, "anything"), ==, -1);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

static void
come_back (World *world, BkRecorder *who, const char *name)
{
  BkSignIn sign_in = as (world, name);
  g_autofree char *cursor = g_strdup (who->cursor);
  g_autofree char *device_guid = g_strdup (who->device);
  g_autofree char *token = g_strdup (who->token);

  sign_in.cursor = cursor;
  sign_in.device = device_guid;
  sign_in.token = token;
  bk_recorder_forget (who);
  bk_recorder_sign_in (who, &sign_in);
  bk_recorder_wait_state (who, BK_BACKEND_ONLINE);
}

/* A grant is good on its connection, for invitations, until it is given back. The user's own need none. */
static void
test_grant (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *second = device (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  g_autoptr (BkEnvelope) envelope = invitation (NULL);
  g_autofree char *uid = bk_guid_new ();
  g_autofree char *key = NULL;
  g_autofree char *license = operator_issue (world, &key);
  g_autofree char *grant = unlock (alice, license, key);
  g_autofree char *again = NULL;

  befriend (alice, bob);
  g_assert_cmpint (bk_recorder_envelope_with (alice, BOB, uid, envelope, grant), ==, -1);
  g_assert_cmpint (invite_with (alice, NULL), ==, -1);
  g_assert_cmpint (invite_with (alice, "invented"), ==, BECKON_ERROR_API_LOCKED);
  g_assert_cmpint (invite_with (second, grant), ==, BECKON_ERROR_API_LOCKED);
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_SESSION), <=, 2);

  come_back (world, alice, ALICE);
  g_assert_true (bk_recorder_wait (alice, BK_BACKEND_EVENT_LOCK)->locked);
  g_assert_cmpint (invite_with (alice, grant), ==, BECKON_ERROR_API_LOCKED);
  /* What was taken before is not refused now: the reply may have been lost. */
  g_assert_cmpint (bk_recorder_envelope_with (alice, BOB, uid, envelope, grant), ==, -1);

  again = unlock (alice, license, key);
  g_assert_cmpint (invite_with (alice, again), ==, -1);
  bk_recorder_release (alice, again);
  g_assert_cmpint (invite_with (alice, again), ==, BECKON_ERROR_API_LOCKED);
  bk_recorder_free (second);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

static void
test_revoked (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  g_autofree char *key = NULL;
  g_autofree char *license = operator_issue (world, &key);
  g_autofree char *grant = unlock (alice, license, key);
  g_autofree char *word = challenge (alice);
  char *none;

  befriend (alice, bob);
  operator_revoke (world, license);
  g_assert_cmpstr (bk_recorder_wait (alice, BK_BACKEND_EVENT_LOCK_REVOKED)->grant, ==, grant);
  g_assert_cmpint (invite_with (alice, grant), ==, BECKON_ERROR_API_LOCKED);
  g_assert_cmpint (respond (alice, word, license, key, &none), ==, BECKON_ERROR_API_UNLOCK_FAILED);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

typedef struct
{
  BkRecorder *recorder;
  GAsyncResult *result;
  guint n_revoked; /* when the reply came */
} Reply;

static void
on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  Reply *reply = data;

  reply->n_revoked = bk_recorder_count (reply->recorder, BK_BACKEND_EVENT_LOCK_REVOKED);
  bk_test_store_result (source, result, &reply->result);
}

/* The one who answered is told so before the grant is over: "wrong" and "over" are not the same to a program. */
static void
respond_wrong (BkRecorder *who, const char *word, const char *license, const char *grant)
{
  BkBackendLock *backend = BK_BACKEND_LOCK (who->backend);
  BkBackendLockInterface *iface = BK_BACKEND_LOCK_GET_IFACE (backend);
  g_autofree char *response = compute_response ("wrong", word, license);
  g_autoptr (GError) error = NULL;
  Reply reply = { .recorder = who };

  iface->respond_async (backend, word, license, response, NULL, on_reply, &reply);
  g_assert_null (iface->respond_finish (backend, bk_test_await (&reply.result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_API_UNLOCK_FAILED);
  g_assert_cmpuint (reply.n_revoked, ==, 0);
  g_assert_cmpstr (bk_recorder_wait (who, BK_BACKEND_EVENT_LOCK_REVOKED)->grant, ==, grant);
  g_object_unref (reply.result);
}

static void
test_asked_again (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  g_autofree char *key = NULL;
  g_autofree char *license = operator_issue (world, &key);
  g_autofree char *grant = unlock (alice, license, key);
  g_autofree char *same = NULL;

  befriend (alice, bob);
  operator_ask (world, license);
  const BkSeen *asked = bk_recorder_wait (alice, BK_BACKEND_EVENT_LOCK_CHALLENGED);
  g_assert_cmpstr (asked->grant, ==, grant);
  g_assert_cmpint (invite_with (alice, grant), ==, -1);
  g_assert_cmpint (respond (alice, asked->challenge, license, key, &same), ==, -1);
  g_assert_cmpstr (same, ==, grant);
  g_assert_cmpint (invite_with (alice, grant), ==, -1);

  operator_ask (world, license);
  asked = bk_recorder_wait (alice, BK_BACKEND_EVENT_LOCK_CHALLENGED);
  respond_wrong (alice, asked->challenge, license, grant);
  g_assert_cmpint (invite_with (alice, grant), ==, BECKON_ERROR_API_LOCKED);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

/* ---- alerts ---- */

/* What has been asked of the network so far is done. */
static void
settle (BkRecorder *who)
{
  g_assert_cmpint (bk_recorder_rename (who, "Somebody"), ==, -1);
}

/* To one, to all, on each of their devices; who is away is told later, and each once. */
static void
test_alerts (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  BkRecorder *second = device (world, BOB);

  operator_alert (world, BOB, 3, "For Bob\nalone", "https://example.org/?a=1&b=2");
  const BkSeen *seen = bk_recorder_wait (bob, BK_BACKEND_EVENT_ALERT);
  g_assert_cmpstr (seen->text, ==, "For Bob\nalone");
  g_assert_cmpstr (seen->url, ==, "https://example.org/?a=1&b=2");
  g_assert_cmpuint (seen->site, ==, 3);
  g_assert_cmpint (seen->time, >, 0);
  g_assert_true (bk_guid_is_valid (seen->alert));
  g_assert_nonnull (seen->cursor);
  g_assert_cmpstr (bk_recorder_wait (second, BK_BACKEND_EVENT_ALERT)->alert, ==, seen->alert);

  bk_recorder_sign_out (bob, FALSE);
  bk_recorder_wait_state (bob, BK_BACKEND_OFFLINE);
  operator_alert (world, NULL, 0, "For all", NULL);
  seen = bk_recorder_wait (alice, BK_BACKEND_EVENT_ALERT);
  g_assert_cmpstr (seen->text, ==, "For all");
  g_assert_null (seen->url);
  g_assert_cmpuint (seen->site, ==, 0);
  bk_recorder_wait (second, BK_BACKEND_EVENT_ALERT);

  come_back (world, bob, BOB);
  g_assert_cmpstr (bk_recorder_wait (bob, BK_BACKEND_EVENT_ALERT)->text, ==, "For all");
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_ALERT), ==, 1);
  come_back (world, bob, BOB);
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_ALERT), ==, 0);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
  bk_recorder_free (second);
}

static void
set_sites (BkRecorder *who, guint32 first, guint32 second)
{
  guint32 sites[] = { first, second };

  bk_recorder_set_sites (who, sites, first == 0 ? 0 : second == 0 ? 1 : 2);
  settle (who);
}

static void
test_subscribers (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *second = device (world, ALICE);
  BkRecorder *bob = person (world, BOB);

  set_sites (alice, 7, G_MAXUINT32);
  set_sites (bob, 8, 0);
  operator_alert_subscribers (world, 7, "Seven");
  const BkSeen *seen = bk_recorder_wait (alice, BK_BACKEND_EVENT_ALERT);
  g_assert_cmpstr (seen->text, ==, "Seven");
  g_assert_cmpuint (seen->site, ==, 7);
  g_assert_null (seen->cursor);
  operator_alert_subscribers (world, G_MAXUINT32, "The last");
  g_assert_cmpuint (bk_recorder_wait (alice, BK_BACKEND_EVENT_ALERT)->site, ==, G_MAXUINT32);

  /* It goes on over a lost connection without being asked for, until it is taken back. */
  come_back (world, alice, ALICE);
  settle (alice);
  operator_alert_subscribers (world, 7, "Again");
  g_assert_cmpstr (bk_recorder_wait (alice, BK_BACKEND_EVENT_ALERT)->text, ==, "Again");
  set_sites (alice, 0, 0);
  operator_alert_subscribers (world, 7, "Unheard");
  operator_alert (world, NULL, 9, "The end", NULL);
  g_assert_cmpstr (bk_recorder_wait (alice, BK_BACKEND_EVENT_ALERT)->text, ==, "The end");
  g_assert_cmpstr (bk_recorder_wait (second, BK_BACKEND_EVENT_ALERT)->text, ==, "The end");
  g_assert_cmpstr (bk_recorder_wait (bob, BK_BACKEND_EVENT_ALERT)->text, ==, "The end");
  bk_recorder_free (alice);
  bk_recorder_free (second);
  bk_recorder_free (bob);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  contract_add ("unlock", TRUE, test_unlock);
  contract_add ("not-locked", FALSE, test_not_locked);
  contract_add ("grant", TRUE, test_grant);
  contract_add ("revoked", TRUE, test_revoked);
  contract_add ("asked-again", TRUE, test_asked_again);
  contract_add ("alerts", TRUE, test_alerts);
  contract_add ("subscribers", FALSE, test_subscribers);
  return g_test_run ();
}
