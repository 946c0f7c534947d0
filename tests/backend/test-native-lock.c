/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lock and Key and alerts of the native backend, word for word. */
#include "bk-ids.h"
#include "bk-limits.h"
#include "native-world.h"

static void
reply (World *world, JsonObject *request, const char *members)
{
  bk_raw_server_send (world->server, "{\"type\":\"ok\",\"id\":%" G_GINT64_FORMAT "%s}", id_of (request), members);
}

static void
come_in (World *world, const char *lock)
{
  JsonObject *request = greet (world);

  bk_raw_server_send (world->server,
                      "{\"type\":\"signed-in\",\"id\":%" G_GINT64_FORMAT ",\"device\":\"" GUID
                      "\",\"token\":\"token-1\",\"display_name\":\"Alice\",\"time\":1%s}",
                      id_of (request), lock);
}

/* The connection breaks and is back; the server is asked to sign in. */
static void
break_and_return (World *world)
{
  bk_raw_server_hang_up (world->server);
  bk_recorder_wait_state (world->alice, BK_BACKEND_WAITING);
  bk_recorder_nudge (world->alice);
}

static const char *
string_of (JsonObject *frame, const char *name)
{
  return json_object_get_string_member (frame, name);
}

static void
set_sites (World *world, guint32 first, guint32 second)
{
  guint32 sites[] = { first, second };

  bk_recorder_set_sites (world->alice, sites, second != 0 ? 2 : first != 0 ? 1 : 0);
}

/* ---- Lock and Key ---- */

/* Once after each sign-in, when what is asked for then can be asked. */
static void
test_locked (void)
{
  const char *words[] = { ",\"lock\":true", ",\"lock\":false", "" };
  g_autoptr (World) world = world_new ();

  bk_recorder_sign_in (world->alice, &world->sign_in);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (i > 0)
        break_and_return (world);
      come_in (world, words[i]);
      g_assert_true (bk_recorder_wait (world->alice, BK_BACKEND_EVENT_LOCK)->locked == (i == 0));
      bk_recorder_wait_state (world->alice, BK_BACKEND_SYNCHRONIZING);
      g_assert_cmpuint (bk_recorder_count (world->alice, BK_BACKEND_EVENT_LOCK), ==, i + 1);
    }
}

typedef struct
{
  BkBackendLock *lock;
  GAsyncResult *result;
  gboolean responds;
} Question;

static Question *
ask (World *world, const char *challenge)
{
  Question *question = g_new0 (Question, 1);
  BkBackendLockInterface *iface = BK_BACKEND_LOCK_GET_IFACE (world->alice->backend);

  question->lock = BK_BACKEND_LOCK (world->alice->backend);
  question->responds = challenge != NULL;
  if (challenge != NULL)
    iface->respond_async (question->lock, challenge, "BK7Q", "5d0c", NULL, bk_test_store_result, &question->result);
  else
    iface->challenge_async (question->lock, NULL, bk_test_store_result, &question->result);
  return question;
}

/* @word NULL: it fails with @code. */
static void
expect (Question *question, const char *word, BeckonError code)
{
  BkBackendLockInterface *iface = BK_BACKEND_LOCK_GET_IFACE (question->lock);
  GAsyncResult *result = bk_test_await (&question->result);
  g_autoptr (GError) error = NULL;
  g_autofree char *got = question->responds ? iface->respond_finish (question->lock, result, &error)
                                            : iface->challenge_finish (question->lock, result, &error);

  g_assert_cmpstr (got, ==, word);
  if (word == NULL)
    g_assert_error (error, BECKON_ERROR, (int) code);
  g_object_unref (question->result);
  g_free (question);
}

/* What the server sent before has arrived when this returns. */
static void
hear (World *world, BeckonStatus status)
{
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"%s\"}",
                      beckon_status_to_nick (status));
  bk_recorder_wait_status (world->alice, BOB, status);
}

static void
send_busy (World *world, JsonObject *request, guint retry_ms)
{
  bk_raw_server_send (world->server,
                      "{\"type\":\"error\",\"id\":%" G_GINT64_FORMAT
                      ",\"code\":\"server-too-busy\",\"text\":\"Slowly\",\"retry_ms\":%u}",
                      id_of (request), retry_ms);
}

/* A thousand programs at once: few questions at a time, and those for which the server has no time come again. */
static void
test_busy_server (void)
{
  g_autoptr (World) world = world_new ();
  Question *questions[1000];

  go_online (world);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    questions[i] = ask (world, NULL);
  for (guint i = 0; i < 8; i++)
    send_busy (world, bk_raw_server_wait (world->server, "lock-challenge"), 10);
  hear (world, BECKON_STATUS_AWAY);
  advance (world, 999);
  bk_backend_set_presence (world->alice->backend, BECKON_STATUS_AWAY, NULL);
  reply (world, bk_raw_server_wait (world->server, "presence-set"), ""); /* and nothing else: nobody pesters it */
  advance (world, 1);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    reply (world, bk_raw_server_wait (world->server, "lock-challenge"), ",\"challenge\":\"c1f0\"");
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    expect (questions[i], "c1f0", 0);
}

/* The server wants to be left alone for longer than a program waits; what it is told by all means comes later. */
static void
test_busy_for_long (void)
{
  g_autoptr (World) world = world_new ();
  BkBackendLock *lock = BK_BACKEND_LOCK (world->alice->backend);

  go_online (world);
  Question *question = ask (world, NULL), *late;
  send_busy (world, bk_raw_server_wait (world->server, "lock-challenge"), 40000);
  expect (question, NULL, BECKON_ERROR_SERVER_TOO_BUSY);

  BK_BACKEND_LOCK_GET_IFACE (lock)->release (lock, "9f2c");
  send_busy (world, bk_raw_server_wait (world->server, "lock-release"), 31000);
  hear (world, BECKON_STATUS_AWAY);
  late = ask (world, NULL);
  advance (world, 29000);
  hear (world, BECKON_STATUS_IDLE);
  advance (world, 2000);
  JsonObject *release = bk_raw_server_wait (world->server, "lock-release");
  g_assert_cmpstr (string_of (release, "grant"), ==, "9f2c");
  reply (world, release, "");
  expect (late, NULL, BECKON_ERROR_SERVER_TOO_BUSY);
}

/* Who waits when the connection breaks is told so. */
static void
test_broken_while_waiting (void)
{
  g_autoptr (World) world = world_new ();
  Question *questions[20];

  go_online (world);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    questions[i] = ask (world, NULL);
  bk_raw_server_wait (world->server, "lock-challenge");
  bk_raw_server_hang_up (world->server);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    expect (questions[i], NULL, BECKON_ERROR_DISCONNECTED);
}

static void
test_unlock (void)
{
  g_autoptr (World) world = world_new ();
  JsonObject *frame;
  Question *question;

  expect (ask (world, NULL), NULL, BECKON_ERROR_NOT_LOGGED_ON);
  expect (ask (world, "c1"), NULL, BECKON_ERROR_NOT_LOGGED_ON);
  go_online (world);
  question = ask (world, NULL);
  reply (world, bk_raw_server_wait (world->server, "lock-challenge"), ",\"challenge\":\"c1f0\"");
  expect (question, "c1f0", 0);

  question = ask (world, "c1f0");
  frame = bk_raw_server_wait (world->server, "lock-respond");
  g_assert_cmpstr (string_of (frame, "challenge"), ==, "c1f0");
  g_assert_cmpstr (string_of (frame, "license"), ==, "BK7Q");
  g_assert_cmpstr (string_of (frame, "response"), ==, "5d0c");
  reply (world, frame, ",\"grant\":\"9f2c\"");
  expect (question, "9f2c", 0);

  question = ask (world, NULL);
  send_error (world, bk_raw_server_wait (world->server, "lock-challenge"), "api-disabled");
  expect (question, NULL, BECKON_ERROR_API_DISABLED);
  question = ask (world, "c2");
  send_error (world, bk_raw_server_wait (world->server, "lock-respond"), "api-unlock-failed");
  expect (question, NULL, BECKON_ERROR_API_UNLOCK_FAILED);

  /* A reply that lacks the word, and none at all. */
  question = ask (world, NULL);
  reply (world, bk_raw_server_wait (world->server, "lock-challenge"), ",\"grant\":\"9f2c\"");
  expect (question, NULL, BECKON_ERROR_PROTOCOL);
  question = ask (world, "c3");
  reply (world, bk_raw_server_wait (world->server, "lock-respond"), ",\"challenge\":\"c4\"");
  expect (question, NULL, BECKON_ERROR_PROTOCOL);
  question = ask (world, "c3");
  bk_raw_server_wait (world->server, "lock-respond");
  bk_raw_server_hang_up (world->server);
  expect (question, NULL, BECKON_ERROR_DISCONNECTED);
}

static void
test_bad_words (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *too_long = g_strnfill (BK_LIMIT_TOKEN + 1, 'x');
  const char *bad[] = { "", "two words", "\xff", too_long };
  char *word;

  go_online (world);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    for (guint place = 0; place < 3; place++)
      g_assert_cmpint (bk_recorder_respond (world->alice, place == 0 ? bad[i] : "c", place == 1 ? bad[i] : "l",
                                            place == 2 ? bad[i] : "r", &word),
                       ==, BECKON_ERROR_INVALID_ARGUMENT);
  bk_backend_set_presence (world->alice->backend, BECKON_STATUS_AWAY, NULL);
  bk_raw_server_wait (world->server, "presence-set"); /* nothing before it */
}

static void
test_grants (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (BkEnvelope) invite = bk_envelope_new (BK_ENVELOPE_INVITE, GUID);
  g_autoptr (GAsyncResult) with = NULL, without = NULL;
  BkBackendSessions *sessions = BK_BACKEND_SESSIONS (world->alice->backend);

  bk_recorder_release (world->alice, "9f2c"); /* there is nobody to tell */
  bk_recorder_sign_in (world->alice, &world->sign_in);
  JsonObject *request = greet (world);
  bk_recorder_wait_state (world->alice, BK_BACKEND_SIGNING_IN);
  bk_recorder_release (world->alice, "9f2c"); /* nor now */
  set_sites (world, 7, 0);
  send_signed_in (world, request);
  reply (world, bk_raw_server_wait (world->server, "alerts-enable"), "");
  bk_raw_server_send (world->server, "{\"type\":\"lock-challenged\",\"grant\":\"9f2c\",\"challenge\":\"77aa\"}");
  const BkSeen *seen = bk_recorder_wait (world->alice, BK_BACKEND_EVENT_LOCK_CHALLENGED);
  g_assert_cmpstr (seen->grant, ==, "9f2c");
  g_assert_cmpstr (seen->challenge, ==, "77aa");
  bk_raw_server_send (world->server, "{\"type\":\"lock-revoked\",\"grant\":\"9f2d\"}");
  g_assert_cmpstr (bk_recorder_wait (world->alice, BK_BACKEND_EVENT_LOCK_REVOKED)->grant, ==, "9f2d");

  invite->app_guid = g_strdup (GUID);
  invite->app_name = g_strdup ("Whiteboard");
  invite->ttl = 120;
  BK_BACKEND_SESSIONS_GET_IFACE (sessions)->send_async (sessions, BOB, GUID, invite, "9f2c", NULL,
                                                        bk_test_store_result, &with);
  g_assert_cmpstr (string_of (bk_raw_server_wait (world->server, "session-send"), "grant"), ==, "9f2c");
  BK_BACKEND_SESSIONS_GET_IFACE (sessions)->send_async (sessions, BOB, GUID, invite, NULL, NULL, bk_test_store_result,
                                                        &without);
  g_assert_false (json_object_has_member (bk_raw_server_wait (world->server, "session-send"), "grant"));

  bk_recorder_release (world->alice, "9f2c");
  JsonObject *frame = bk_raw_server_wait (world->server, "lock-release");
  g_assert_cmpstr (string_of (frame, "grant"), ==, "9f2c");
  send_error (world, frame, "not-found");
  bk_raw_server_hang_up (world->server);
  g_assert_false (BK_BACKEND_SESSIONS_GET_IFACE (sessions)->send_finish (sessions, bk_test_await (&with), NULL));
  g_assert_false (BK_BACKEND_SESSIONS_GET_IFACE (sessions)->send_finish (sessions, bk_test_await (&without), NULL));
}

/* ---- alerts ---- */

static void
test_alerts (void)
{
  g_autoptr (World) world = world_new ();

  go_online (world);
  bk_raw_server_send (world->server, "{\"type\":\"alert\",\"seq\":12,\"alert\":\"" GUID
                                     "\",\"site\":0,\"text\":\"Down on\\nSunday\",\"url\":\"https://example.org/\","
                                     "\"time\":1767225600000000}");
  const BkSeen *seen = bk_recorder_wait (world->alice, BK_BACKEND_EVENT_ALERT);
  g_assert_cmpstr (seen->cursor, ==, "12");
  g_assert_cmpstr (seen->alert, ==, GUID);
  g_assert_cmpuint (seen->site, ==, 0);
  g_assert_cmpstr (seen->text, ==, "Down on\nSunday");
  g_assert_cmpstr (seen->url, ==, "https://example.org/");
  g_assert_cmpint (seen->time, ==, G_GINT64_CONSTANT (1767225600000000));

  /* One that went to subscribers has no place in the stream. */
  bk_raw_server_send (world->server, "{\"type\":\"alert\",\"alert\":\"" GUID
                                     "\",\"site\":4294967295,\"text\":\"A new level\",\"time\":2}");
  seen = bk_recorder_wait (world->alice, BK_BACKEND_EVENT_ALERT);
  g_assert_cmpstr (seen->text, ==, "A new level");
  g_assert_cmpuint (seen->site, ==, G_MAXUINT32);
  g_assert_null (seen->cursor);
  g_assert_null (seen->url);
  break_and_return (world);
  g_assert_cmpint (json_object_get_int_member (greet (world), "after"), ==, 12);
}

static void
assert_sites (JsonObject *frame, const char *sites)
{
  JsonArray *array = json_object_get_array_member (frame, "sites");
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " ", json_array_get_int_element (array, i));
  g_assert_cmpstr (text->str, ==, sites);
}

static void
test_sites (void)
{
  g_autoptr (World) world = world_new ();
  JsonObject *frame;

  /* Before there is a connection, on each of them, and nothing where nothing is wanted. */
  set_sites (world, 7, G_MAXUINT32);
  bk_recorder_sign_in (world->alice, &world->sign_in);
  come_in (world, "");
  assert_sites (frame = bk_raw_server_wait (world->server, "alerts-enable"), "7 4294967295 ");
  reply (world, frame, "");
  break_and_return (world);
  come_in (world, "");
  assert_sites (frame = bk_raw_server_wait (world->server, "alerts-enable"), "7 4294967295 ");

  /* While the server is asked, only the newest waits. */
  set_sites (world, 1, 0);
  set_sites (world, 2, 0);
  set_sites (world, 3, 0);
  reply (world, frame, "");
  assert_sites (frame = bk_raw_server_wait (world->server, "alerts-enable"), "3 ");
  reply (world, frame, "");
  set_sites (world, 0, 0);
  assert_sites (frame = bk_raw_server_wait (world->server, "alerts-enable"), "");
  reply (world, frame, "");
  break_and_return (world);
  come_in (world, "");
  bk_recorder_wait (world->alice, BK_BACKEND_EVENT_LOCK);
  bk_backend_set_presence (world->alice->backend, BECKON_STATUS_AWAY, NULL);
  bk_raw_server_wait (world->server, "presence-set");
}

static void
test_sites_busy (void)
{
  g_autoptr (World) world = world_new ();
  JsonObject *frame;

  go_online (world);
  set_sites (world, 7, 0);
  frame = bk_raw_server_wait (world->server, "alerts-enable");
  bk_raw_server_send (world->server,
                      "{\"type\":\"error\",\"id\":%" G_GINT64_FORMAT
                      ",\"code\":\"server-too-busy\",\"text\":\"Slowly\",\"retry_ms\":5000}",
                      id_of (frame));
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"online\"}");
  bk_recorder_wait_status (world->alice, BOB, BECKON_STATUS_ONLINE);
  advance (world, 4999);
  set_sites (world, 8, 0);
  bk_backend_set_presence (world->alice->backend, BECKON_STATUS_AWAY, NULL);
  reply (world, bk_raw_server_wait (world->server, "presence-set"), "");
  advance (world, 1);
  assert_sites (frame = bk_raw_server_wait (world->server, "alerts-enable"), "8 ");
  send_error (world, frame, "invalid-argument");

  /* Refused for another reason it is not asked again, and what waits dies with the connection. */
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"away\"}");
  bk_recorder_wait_status (world->alice, BOB, BECKON_STATUS_AWAY);
  set_sites (world, 9, 0);
  send_error (world, bk_raw_server_wait (world->server, "alerts-enable"), "server-too-busy");
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"busy\"}");
  bk_recorder_wait_status (world->alice, BOB, BECKON_STATUS_BUSY);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/native-lock/locked", test_locked);
  g_test_add_func ("/native-lock/unlock", test_unlock);
  g_test_add_func ("/native-lock/busy-server", test_busy_server);
  g_test_add_func ("/native-lock/busy-for-long", test_busy_for_long);
  g_test_add_func ("/native-lock/broken-while-waiting", test_broken_while_waiting);
  g_test_add_func ("/native-lock/bad-words", test_bad_words);
  g_test_add_func ("/native-lock/grants", test_grants);
  g_test_add_func ("/native-lock/alerts", test_alerts);
  g_test_add_func ("/native-lock/sites", test_sites);
  g_test_add_func ("/native-lock/sites-busy", test_sites_busy);
  return g_test_run ();
}
