/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The native backend against a server that does whatever a test wants: mostly what it should not. */
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-native-link.h"
#include "native-world.h"

#include <string.h>

static void
start_saying (World *world, GCancellable *cancellable, GAsyncResult **result)
{
  BK_BACKEND_MESSAGES_GET_IFACE (world->alice->backend)
    ->send_async (BK_BACKEND_MESSAGES (world->alice->backend), BOB, GUID, "Hello", cancellable, bk_test_store_result,
                  result);
}

static void
finish_saying (World *world, GAsyncResult **result, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  BK_BACKEND_MESSAGES_GET_IFACE (world->alice->backend)
    ->send_finish (BK_BACKEND_MESSAGES (world->alice->backend), bk_test_await (result), &error);
  g_assert_error (error, domain, code);
}

/* ---- what should happen ---- */

static void
test_flow (void)
{
  g_autoptr (World) world = world_new ();

  world->sign_in.cursor = "41";
  bk_recorder_sign_in (world->alice, &world->sign_in);
  JsonObject *request = greet (world);
  g_assert_cmpstr (json_object_get_string_member (request, "name"), ==, NAME);
  g_assert_cmpstr (json_object_get_string_member (request, "password"), ==, "secret");
  g_assert_false (json_object_has_member (request, "token"));
  g_assert_cmpint (json_object_get_int_member (request, "after"), ==, 41);
  g_assert_cmpstr (json_object_get_string_member (request, "status"), ==, "busy");
  g_assert_cmpstr (json_object_get_string_member (request, "personal_message"), ==, "Writing");

  send_signed_in (world, request);
  bk_raw_server_send (world->server, "{\"type\":\"from-the-future\",\"x\":[1,2]}");
  bk_raw_server_send (world->server, "{\"type\":\"message\",\"seq\":42,\"message\":\"" GUID
                                     "\",\"from\":\"" NAME "\",\"to\":\"" BOB "\",\"text\":\"mine\",\"time\":5}");
  bk_raw_server_send (world->server, "{\"type\":\"caught-up\",\"seq\":42}");
  bk_recorder_wait_state (world->alice, BK_BACKEND_ONLINE);
  g_assert_cmpstr (bk_recorder_wait (world->alice, BK_BACKEND_EVENT_CREDENTIALS)->token, ==, "token-1");
  g_assert_cmpstr (bk_recorder_wait (world->alice, BK_BACKEND_EVENT_PROFILE)->display_name, ==, "Alice");
  const BkSeen *own = bk_recorder_wait (world->alice, BK_BACKEND_EVENT_MESSAGE);
  g_assert_true (own->outgoing);
  g_assert_cmpstr (own->who, ==, BOB);
  g_assert_cmpstr (own->cursor, ==, "42");

  /* Online and idle there is one timer: the one that watches over the server. */
  g_assert_cmpuint (bk_fake_clock_pending (BK_FAKE_CLOCK (world->clock)), ==, 1);
}

static void
send_epoch (World *world, JsonObject *request, const char *members)
{
  bk_raw_server_send (world->server,
                      "{\"type\":\"signed-in\",\"id\":%" G_GINT64_FORMAT ",\"device\":\"" GUID
                      "\",\"token\":\"token-1\",\"display_name\":\"Alice\",\"time\":0,%s}",
                      id_of (request), members);
}

static void
expect_place (JsonObject *request, gint64 after, const char *epoch)
{
  g_assert_cmpint (json_object_get_int_member (request, "after"), ==, after);
  g_assert_cmpstr (json_object_get_string_member_with_default (request, "epoch", NULL), ==, epoch);
}

/* Numbers belong to an epoch. In a new one the old place is kept until all was told. */
static void
test_epochs (void)
{
  g_autoptr (World) world = world_new ();

  world->sign_in.cursor = "41";
  bk_recorder_sign_in (world->alice, &world->sign_in);
  JsonObject *request = greet (world);
  expect_place (request, 41, NULL);
  send_epoch (world, request, "\"epoch\":\"e1\"");
  bk_raw_server_send (world->server, "{\"type\":\"caught-up\",\"seq\":42}");
  g_assert_cmpstr (bk_recorder_wait (world->alice, BK_BACKEND_EVENT_CAUGHT_UP)->cursor, ==, "42@e1");
  bk_recorder_wait_state (world->alice, BK_BACKEND_ONLINE);

  for (int i = 0; i < 2; i++)
    {
      bk_raw_server_hang_up (world->server);
      bk_recorder_wait_state (world->alice, BK_BACKEND_WAITING);
      bk_recorder_nudge (world->alice);
      request = greet (world);
      expect_place (request, 42, "e1");
      send_epoch (world, request, "\"epoch\":\"e2\",\"again\":true");
      bk_recorder_wait (world->alice, BK_BACKEND_EVENT_AGAIN);
      bk_raw_server_send (world->server, "{\"type\":\"contact\",\"seq\":3,\"who\":\"" BOB
                                         "\",\"relation\":\"accepted\",\"blocked\":false}");
      g_assert_cmpstr (bk_recorder_wait (world->alice, BK_BACKEND_EVENT_CONTACT)->cursor, ==, NULL);
    }
  bk_raw_server_send (world->server, "{\"type\":\"caught-up\",\"seq\":9}");
  g_assert_cmpstr (bk_recorder_wait (world->alice, BK_BACKEND_EVENT_CAUGHT_UP)->cursor, ==, "9@e2");
  bk_recorder_wait_state (world->alice, BK_BACKEND_ONLINE);

  /* What was kept of it says the same. */
  bk_raw_server_hang_up (world->server);
  bk_recorder_wait_state (world->alice, BK_BACKEND_WAITING);
  world->sign_in.cursor = "9@e2";
  bk_recorder_sign_in (world->alice, &world->sign_in);
  expect_place (greet (world), 9, "e2");
}

/* The answer to a ping puts the timer off that watches over the server: at rest nothing wakes up but for the ping. */
static void
test_pong (void)
{
  g_autoptr (World) world = world_new ();
  BkFakeClock *clock = BK_FAKE_CLOCK (world->clock);

  bk_recorder_sign_in (world->alice, &world->sign_in);
  send_signed_in (world, greet (world));
  bk_raw_server_send (world->server, "{\"type\":\"caught-up\",\"seq\":1}");
  bk_recorder_wait_state (world->alice, BK_BACKEND_ONLINE);
  gint64 silence = bk_fake_clock_next (clock);
  advance (world, 20000);
  g_assert_cmpint (bk_fake_clock_next (clock), ==, silence - 20 * G_USEC_PER_SEC);
  bk_raw_server_send_frame (world->server, FIN_PONG, "", 0);
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"online\"}");
  bk_recorder_wait (world->alice, BK_BACKEND_EVENT_PRESENCE);
  g_assert_cmpint (bk_fake_clock_next (clock), ==, silence);
  g_assert_cmpuint (bk_fake_clock_pending (clock), ==, 1);
}

static void
test_presence (void)
{
  g_autoptr (World) world = world_new ();

  bk_recorder_sign_in (world->alice, &world->sign_in);
  bk_backend_set_presence (world->alice->backend, BECKON_STATUS_AWAY, NULL);
  JsonObject *request = greet (world);
  g_assert_cmpstr (json_object_get_string_member (request, "status"), ==, "away");
  g_assert_false (json_object_has_member (request, "personal_message"));

  /* Too late for the sign-in: said right after it. */
  bk_backend_set_presence (world->alice->backend, BECKON_STATUS_ON_THE_PHONE, "Call");
  send_signed_in (world, request);
  request = bk_raw_server_wait (world->server, "presence-set");
  g_assert_cmpstr (json_object_get_string_member (request, "status"), ==, "on-the-phone");
  g_assert_cmpstr (json_object_get_string_member (request, "personal_message"), ==, "Call");
}

static void
test_resume (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) result = NULL;

  go_online (world);
  start_saying (world, NULL, &result);
  bk_raw_server_wait (world->server, "message-send");
  bk_raw_server_hang_up (world->server);
  guint retry_ms = expect_waiting (world, BECKON_ERROR_DISCONNECTED)->retry_ms;
  finish_saying (world, &result, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpuint (retry_ms, <=, 1000);
  g_assert_cmpint (bk_recorder_say (world->alice, BOB, GUID, "Hello", NULL), ==, BECKON_ERROR_DISCONNECTED);

  advance (world, retry_ms);
  JsonObject *request = greet (world);
  g_assert_cmpint (json_object_get_int_member (request, "after"), ==, 7);
  g_assert_cmpstr (json_object_get_string_member (request, "token"), ==, "token-1");
  g_assert_cmpstr (json_object_get_string_member (request, "device"), ==, GUID);
  g_assert_false (json_object_has_member (request, "password"));
  g_assert_cmpuint (world->server->n_connections, ==, 2);
}

static void
test_token_refused (void)
{
  g_autoptr (World) world = world_new ();

  world->sign_in.token = "old";
  bk_recorder_sign_in (world->alice, &world->sign_in);
  JsonObject *request = greet (world);
  g_assert_cmpstr (json_object_get_string_member (request, "token"), ==, "old");
  send_error (world, request, "invalid-password");
  request = bk_raw_server_wait (world->server, "sign-in");
  g_assert_cmpstr (json_object_get_string_member (request, "password"), ==, "secret");
  send_error (world, request, "invalid-password");
  expect_offline (world, BECKON_ERROR_INVALID_PASSWORD);

  /* Without a password there is nothing left to try, and nothing is tried. */
  bk_raw_server_hang_up (world->server);
  world->sign_in.password = NULL;
  bk_recorder_sign_in (world->alice, &world->sign_in);
  send_error (world, greet (world), "invalid-password");
  expect_offline (world, BECKON_ERROR_INVALID_PASSWORD);
  bk_raw_server_hang_up (world->server);
  bk_test_wait_until (no_timers, world->clock);
  bk_recorder_nudge (world->alice);
  bk_test_drain ();
  g_assert_cmpuint (world->server->n_connections, ==, 2);
  g_assert_cmpint (bk_recorder_change (world->alice, BK_CONTACT_ADD, BOB, NULL), ==, BECKON_ERROR_NOT_LOGGED_ON);
}

static void
test_back_off (void)
{
  g_autoptr (World) world = world_new ();
  guint ceiling = 1000;

  world->server->answer = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
  bk_recorder_sign_in (world->alice, &world->sign_in);
  for (guint i = 0; i < 14; i++)
    {
      guint retry_ms = expect_waiting (world, BECKON_ERROR_SERVER_UNAVAILABLE)->retry_ms;

      g_assert_cmpuint (retry_ms, <=, ceiling);
      g_assert_cmpuint (world->server->n_connections, ==, i + 1);
      bk_raw_server_hang_up (world->server);
      advance (world, retry_ms);
      ceiling = MIN (2 * ceiling, 300000);
    }
  expect_waiting (world, BECKON_ERROR_SERVER_UNAVAILABLE);
  guint before = world->server->n_connections;
  world->server->answer = NULL;
  bk_raw_server_hang_up (world->server);
  bk_recorder_nudge (world->alice);
  send_signed_in (world, greet (world));
  g_assert_cmpuint (world->server->n_connections, ==, before + 1);
  bk_raw_server_send (world->server, "{\"type\":\"caught-up\",\"seq\":7}");
  bk_recorder_wait_state (world->alice, BK_BACKEND_ONLINE);

  /* A minute online, with a sign of life now and then, and the waiting is short again. */
  for (guint i = 0; i < 4; i++)
    {
      advance (world, 16000);
      bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"online\"}");
      bk_recorder_wait_status (world->alice, BOB, BECKON_STATUS_ONLINE);
    }
  bk_raw_server_hang_up (world->server);
  g_assert_cmpuint (expect_waiting (world, BECKON_ERROR_DISCONNECTED)->retry_ms, <=, 1000);
}

static void
test_bye (void)
{
  g_autoptr (World) world = world_new ();

  go_online (world);
  bk_raw_server_send (world->server, "{\"type\":\"bye\",\"reason\":\"shutdown\",\"retry_ms\":5000}");
  const BkSeen *seen = expect_waiting (world, BECKON_ERROR_SERVER_UNAVAILABLE);
  g_assert_cmpuint (seen->retry_ms, ==, 5000);
  g_assert_true (seen->passing); /* the server asks for just that */
  bk_raw_server_hang_up (world->server);
  advance (world, 5000);
  send_signed_in (world, greet (world));
  bk_raw_server_send (world->server, "{\"type\":\"bye\",\"reason\":\"revoked\"}");
  expect_offline (world, BECKON_ERROR_ACCESS_DENIED);
}

/* A final good-bye: no way back by itself. */
static void
test_bye_final (void)
{
  static const struct
  {
    const char *reason;
    BeckonError error;
  } finals[] = {
    { "replaced", BECKON_ERROR_REMOTE_LOGIN },
    { "too-many-devices", BECKON_ERROR_LIMIT_EXCEEDED },
    { "disabled", BECKON_ERROR_ACCESS_DENIED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (finals); i++)
    {
      g_autoptr (World) world = world_new ();

      go_online (world);
      bk_raw_server_send (world->server, "{\"type\":\"bye\",\"reason\":\"%s\"}", finals[i].reason);
      expect_offline (world, finals[i].error);
    }
}

/* An account that is closed keeps its token: nothing is tried with the password, and it is good once it is opened. */
static void
test_closed (void)
{
  g_autoptr (World) world = world_new ();

  world->sign_in.token = "good";
  bk_recorder_sign_in (world->alice, &world->sign_in);
  send_error (world, greet (world), "access-denied");
  expect_offline (world, BECKON_ERROR_ACCESS_DENIED);
  bk_raw_server_hang_up (world->server);
  bk_recorder_sign_in (world->alice, &world->sign_in);
  JsonObject *request = greet (world);
  g_assert_cmpstr (json_object_get_string_member (request, "token"), ==, "good");
  send_signed_in (world, request);
  bk_raw_server_send (world->server, "{\"type\":\"caught-up\",\"seq\":1}");
  bk_recorder_wait_state (world->alice, BK_BACKEND_ONLINE);

  /* One that breaks comes back by its own time, and is shown. */
  bk_raw_server_hang_up (world->server);
  g_assert_false (bk_recorder_wait_state (world->alice, BK_BACKEND_WAITING)->passing);
}

static void
test_sign_out (void)
{
  g_autoptr (World) world = world_new ();

  go_online (world);
  bk_recorder_sign_out (world->alice, TRUE);
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"online\"}");
  g_assert_cmpint (bk_recorder_change (world->alice, BK_CONTACT_ADD, BOB, NULL), ==, BECKON_ERROR_NOT_LOGGED_ON);
  g_assert_cmpint (bk_recorder_wait_state (world->alice, BK_BACKEND_OFFLINE)->error, ==, -1);
  JsonObject *request = bk_raw_server_wait (world->server, "sign-out");
  g_assert_true (json_object_get_boolean_member (request, "forget"));
  g_assert_cmpuint (bk_recorder_count (world->alice, BK_BACKEND_EVENT_PRESENCE), ==, 0);
}

/* ---- requests ---- */

static void
test_requests (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) cancelled = NULL, answered = NULL, refused = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  go_online (world);
  start_saying (world, cancellable, &cancelled);
  start_saying (world, NULL, &answered);
  start_saying (world, NULL, &refused);
  JsonObject *first = bk_raw_server_wait (world->server, "message-send");
  JsonObject *second = bk_raw_server_wait (world->server, "message-send");
  JsonObject *third = bk_raw_server_wait (world->server, "message-send");
  g_cancellable_cancel (cancellable);
  finish_saying (world, &cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  /* Replies in another order, to nobody, to who does not wait any more, twice. */
  bk_raw_server_send (world->server, "{\"type\":\"ok\",\"id\":999999}");
  send_error (world, third, "not-found");
  bk_raw_server_send (world->server, "{\"type\":\"ok\",\"id\":%" G_GINT64_FORMAT "}", id_of (first));
  bk_raw_server_send (world->server, "{\"type\":\"ok\",\"id\":%" G_GINT64_FORMAT ",\"time\":77}", id_of (second));
  bk_raw_server_send (world->server, "{\"type\":\"ok\",\"id\":%" G_GINT64_FORMAT ",\"time\":78}", id_of (second));
  finish_saying (world, &refused, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
  g_assert_cmpint (BK_BACKEND_MESSAGES_GET_IFACE (world->alice->backend)
                     ->send_finish (BK_BACKEND_MESSAGES (world->alice->backend), bk_test_await (&answered), NULL),
                   ==, 77);
  g_assert_cmpuint (bk_fake_clock_pending (BK_FAKE_CLOCK (world->clock)), ==, 1);
}

static void
test_request_timeout (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) result = NULL;

  go_online (world);
  start_saying (world, NULL, &result);
  bk_raw_server_wait (world->server, "message-send");
  advance (world, 29000);
  /* The server lives, but does not answer. */
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"online\"}");
  bk_recorder_wait_status (world->alice, BOB, BECKON_STATUS_ONLINE);
  advance (world, 1000);
  finish_saying (world, &result, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  expect_waiting (world, BECKON_ERROR_DISCONNECTED);
}

/* Asked in every turn of the main loop until the backend has heard that the server is gone: a question that comes
 * between the end of the stream and that word is refused, and nothing is written into what is closing. */
static void
test_asked_while_it_ends (void)
{
  g_autoptr (World) world = world_new ();
  GAsyncResult *results[200] = { NULL };
  guint n_asked = 0;

  go_online (world);
  bk_recorder_forget (world->alice);
  bk_raw_server_hang_up (world->server);
  while (bk_recorder_count (world->alice, BK_BACKEND_EVENT_STATE) == 0)
    {
      if (n_asked < G_N_ELEMENTS (results))
        start_saying (world, NULL, &results[n_asked++]);
      g_main_context_iteration (NULL, TRUE);
    }
  expect_waiting (world, BECKON_ERROR_DISCONNECTED);
  for (guint i = 0; i < n_asked; i++)
    {
      finish_saying (world, &results[i], BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
      g_object_unref (results[i]);
    }
}

static void
test_too_many_requests (void)
{
  g_autoptr (World) world = world_new ();
  GAsyncResult *results[257] = { NULL };

  go_online (world);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    start_saying (world, NULL, &results[i]);
  finish_saying (world, &results[256], BECKON_ERROR, BECKON_ERROR_SERVER_TOO_BUSY);
  bk_raw_server_hang_up (world->server);
  for (guint i = 0; i < 256; i++)
    finish_saying (world, &results[i], BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    g_object_unref (results[i]);
}

static void
test_bad_arguments (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = g_strnfill (BK_LIMIT_REQUEST_TEXT + 1, 'x');

  go_online (world);
  g_assert_cmpint (bk_recorder_change (world->alice, BK_CONTACT_ADD, "Not A Name", NULL), ==,
                   BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (bk_recorder_change (world->alice, BK_CONTACT_ADD, BOB, text), ==, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (bk_recorder_change (world->alice, BK_CONTACT_ADD, BOB, "\xff"), ==, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (bk_recorder_say (world->alice, BOB, "x", "Hello", NULL), ==, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (bk_recorder_say (world->alice, BOB, GUID, "\x01", NULL), ==, BECKON_ERROR_INVALID_ARGUMENT);
}

/* ---- what should not happen ---- */

static void
test_bad_answer (gconstpointer data)
{
  g_autoptr (World) world = world_new ();

  world->server->answer = data;
  bk_recorder_sign_in (world->alice, &world->sign_in);
  expect_waiting (world, BECKON_ERROR_CONNECT);
  g_assert_cmpuint (world->server->n_connections, ==, 1);
}

static void
test_huge_head (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *filler = g_strnfill (20000, 'x');
  g_autofree char *answer = g_strconcat ("HTTP/1.1 101 Switching Protocols\r\nX: ", filler, NULL);

  world->server->answer = answer;
  bk_recorder_sign_in (world->alice, &world->sign_in);
  expect_waiting (world, BECKON_ERROR_CONNECT);
}

static void
test_silent (void)
{
  g_autoptr (World) world = world_new ();

  world->server->silent = TRUE;
  bk_recorder_sign_in (world->alice, &world->sign_in);
  bk_recorder_wait_state (world->alice, BK_BACKEND_CONNECTING);
  advance (world, 14999);
  bk_test_drain ();
  g_assert_cmpuint (bk_recorder_count (world->alice, BK_BACKEND_EVENT_STATE), ==, 2);
  advance (world, 1);
  expect_waiting (world, BECKON_ERROR_CONNECT);
}

static void
test_nobody_there (void)
{
  g_autoptr (World) world = world_new ();

  bk_raw_server_stop_listening (world->server);
  bk_recorder_sign_in (world->alice, &world->sign_in);
  expect_waiting (world, BECKON_ERROR_CONNECT);
}

/* A server that answers before we look again: all of it is read in one go, and is heard in the order in which it came. */
static void
test_in_one_read (void)
{
  g_autoptr (World) world = world_new ();

  bk_recorder_sign_in (world->alice, &world->sign_in);
  bk_raw_server_wait_head (world->server);
  bk_raw_server_send (world->server, HELLO);
  bk_raw_server_send (world->server, "{\"type\":\"signed-in\",\"id\":1,\"device\":\"" GUID
                                     "\",\"token\":\"token-1\",\"display_name\":\"Alice\",\"time\":1}");
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"online\"}");
  bk_raw_server_send (world->server, "{\"type\":\"caught-up\",\"seq\":7}");
  bk_recorder_wait (world->alice, BK_BACKEND_EVENT_PRESENCE);
  bk_recorder_wait_state (world->alice, BK_BACKEND_ONLINE);
}

static void
test_no_hello (void)
{
  g_autoptr (World) world = world_new ();

  bk_recorder_sign_in (world->alice, &world->sign_in);
  bk_raw_server_wait_head (world->server);
  bk_test_drain ();
  advance (world, 15000);
  guint retry_ms = expect_waiting (world, BECKON_ERROR_CONNECT)->retry_ms;

  bk_raw_server_hang_up (world->server);
  advance (world, retry_ms);
  bk_raw_server_wait_head (world->server);
  bk_raw_server_send (world->server, "{\"type\":\"caught-up\",\"seq\":1}");
  expect_waiting (world, BECKON_ERROR_PROTOCOL);
}

static void
test_wrong_version (void)
{
  g_autoptr (World) world = world_new ();

  bk_recorder_sign_in (world->alice, &world->sign_in);
  bk_raw_server_wait_head (world->server);
  bk_raw_server_send (world->server,
                      "{\"type\":\"hello\",\"version\":2,\"domain\":\"localhost\",\"registration\":\"open\"}");
  expect_offline (world, BECKON_ERROR_SERVER_VERSION);
}

static void
test_sign_in_timeout (void)
{
  g_autoptr (World) world = world_new ();

  bk_recorder_sign_in (world->alice, &world->sign_in);
  greet (world);
  bk_recorder_wait_state (world->alice, BK_BACKEND_SIGNING_IN);
  advance (world, 15000);
  expect_waiting (world, BECKON_ERROR_LOGON_TIMEOUT);
}

static void
test_too_early (void)
{
  g_autoptr (World) world = world_new ();

  bk_recorder_sign_in (world->alice, &world->sign_in);
  greet (world);
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"online\"}");
  expect_waiting (world, BECKON_ERROR_PROTOCOL);
  g_assert_cmpuint (bk_recorder_count (world->alice, BK_BACKEND_EVENT_PRESENCE), ==, 0);
}

typedef struct
{
  const char *name;
  guint8 first_byte;
  const char *text;
} Garbage;

static const Garbage garbage[] = {
  { "not-json", FIN_TEXT, "hello" },
  { "empty", FIN_TEXT, "" },
  { "array", FIN_TEXT, "[]" },
  { "no-type", FIN_TEXT, "{}" },
  { "twice", FIN_TEXT, "{\"type\":\"caught-up\",\"seq\":1,\"seq\":2}" },
  { "member-missing", FIN_TEXT, "{\"type\":\"caught-up\"}" },
  { "member-type", FIN_TEXT, "{\"type\":\"caught-up\",\"seq\":\"1\"}" },
  { "member-range", FIN_TEXT, "{\"type\":\"caught-up\",\"seq\":-1}" },
  { "request", FIN_TEXT, "{\"type\":\"message-send\",\"id\":1}" },
  { "second-hello", FIN_TEXT, HELLO },
  { "binary", FIN_BINARY, "{\"type\":\"caught-up\",\"seq\":1}" },
  { "not-utf8", FIN_TEXT, "{\"type\":\"\xff\"}" },
  { "lone-continuation", 0x80, "x" },
  { "reserved-bits", 0xF1, "{}" },
};

static void
test_garbage (gconstpointer data)
{
  const Garbage *bad = data;
  g_autoptr (World) world = world_new ();

  go_online (world);
  bk_raw_server_send_frame (world->server, bad->first_byte, bad->text, strlen (bad->text));
  /* Nothing that follows counts any more. */
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"online\"}");
  expect_waiting (world, BECKON_ERROR_PROTOCOL);
  g_assert_cmpuint (bk_recorder_count (world->alice, BK_BACKEND_EVENT_PRESENCE), ==, 0);
}

static void
test_nesting (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = g_strnfill (100000, '[');

  go_online (world);
  bk_raw_server_send_frame (world->server, FIN_TEXT, text, strlen (text));
  expect_waiting (world, BECKON_ERROR_PROTOCOL);
}

static void
test_long_message (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = g_strnfill (BK_LIMIT_FRAME + 1, ' ');

  go_online (world);
  bk_raw_server_send_frame (world->server, FIN_TEXT, text, strlen (text));
  expect_waiting (world, BECKON_ERROR_PROTOCOL);
}

/* Each fragment is allowed, and the message has no end. */
static void
test_endless_fragments (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = g_strnfill (60000, ' ');

  go_online (world);
  bk_raw_server_send_frame (world->server, FIRST_PART, text, strlen (text));
  bk_raw_server_send_frame (world->server, NEXT_PART, text, strlen (text));
  bk_test_drain ();
  g_assert_cmpint (((BkSeen *) world->alice->seen->pdata[world->alice->seen->len - 1])->state, ==, BK_BACKEND_ONLINE);
  bk_raw_server_send_frame (world->server, NEXT_PART, text, strlen (text));
  expect_waiting (world, BECKON_ERROR_PROTOCOL);
}

/* A message in fragments that is short enough is one like any other. */
static void
test_fragments (void)
{
  g_autoptr (World) world = world_new ();
  static const char one[] = "{\"type\":\"presence\",\"who\":";
  static const char two[] = "\"" BOB "\",\"status\":\"away\"}";

  go_online (world);
  bk_raw_server_send_frame (world->server, FIRST_PART, one, strlen (one));
  bk_raw_server_send_frame (world->server, 0x89, "ping", 4);
  bk_raw_server_send_frame (world->server, 0x80, two, strlen (two));
  bk_recorder_wait_status (world->alice, BOB, BECKON_STATUS_AWAY);
}

static void
test_dead_server (void)
{
  g_autoptr (World) world = world_new ();

  go_online (world);
  advance (world, 25000);
  bk_raw_server_send_frame (world->server, 0x8A, "", 0); /* an answer to a ping, and the last sign of life */
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"online\"}");
  bk_recorder_wait_status (world->alice, BOB, BECKON_STATUS_ONLINE);
  advance (world, 29000);
  g_assert_cmpint (bk_recorder_count (world->alice, BK_BACKEND_EVENT_STATE), ==, 5);
  advance (world, 1100);
  expect_waiting (world, BECKON_ERROR_DISCONNECTED);
}

/* After sleep a connection is not believed: it has a second to answer, and is made anew at once if it does not. */
static void
test_probe (void)
{
  g_autoptr (World) world = world_new ();

  go_online (world);
  bk_recorder_nudge (world->alice);
  bk_recorder_nudge (world->alice);
  bk_raw_server_wait (world->server, "presence-set");
  advance (world, 999);
  g_assert_cmpint (bk_recorder_count (world->alice, BK_BACKEND_EVENT_STATE), ==, 5);
  advance (world, 1);
  g_assert_cmpuint (expect_waiting (world, BECKON_ERROR_DISCONNECTED)->retry_ms, ==, 1);
  g_assert_cmpuint (world->server->frames->len, ==, 2);
  bk_raw_server_hang_up (world->server);
  advance (world, 1);
  send_signed_in (world, greet (world));
}

static void
answer_probe (World *world, guint after_ms)
{
  JsonObject *request = bk_raw_server_wait (world->server, "presence-set");

  advance (world, after_ms);
  bk_raw_server_send (world->server, "{\"type\":\"ok\",\"id\":%d}",
                      (int) json_object_get_int_member (request, "id"));
  bk_raw_server_send (world->server, "{\"type\":\"presence\",\"who\":\"" BOB "\",\"status\":\"online\"}");
  bk_recorder_wait_status (world->alice, BOB, BECKON_STATUS_ONLINE);
}

/* A connection that answered after the first of two changes may have died of the second one. */
static void
test_probe_again (void)
{
  g_autoptr (World) world = world_new ();

  go_online (world);
  bk_recorder_nudge (world->alice);
  answer_probe (world, 0);
  advance (world, 1000);
  bk_recorder_nudge (world->alice);
  bk_raw_server_wait (world->server, "presence-set");
  advance (world, 1000);
  expect_waiting (world, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpuint (world->server->frames->len, ==, 3);
}

/* Who is slow is given more time, and who has answered and dies later is no case for haste. */
static void
test_slow_probe (void)
{
  g_autoptr (World) world = world_new ();

  go_online (world);
  bk_recorder_nudge (world->alice);
  answer_probe (world, 700);
  advance (world, 2000);
  bk_recorder_nudge (world->alice);
  answer_probe (world, 2799);
  g_assert_cmpint (bk_recorder_count (world->alice, BK_BACKEND_EVENT_STATE), ==, 5);
  bk_raw_server_hang_up (world->server);
  g_assert_cmpuint (expect_waiting (world, BECKON_ERROR_DISCONNECTED)->retry_ms, >, 1);
}

/* An attempt that began before the machine slept, or on another network, is not waited for; one that has just begun is
 * not disturbed. */
static void
test_stale_attempt (void)
{
  g_autoptr (World) world = world_new ();

  bk_recorder_sign_in (world->alice, &world->sign_in);
  bk_raw_server_wait_head (world->server);
  advance (world, 999);
  bk_recorder_nudge (world->alice);
  bk_test_drain ();
  g_assert_cmpuint (world->server->n_connections, ==, 1);
  advance (world, 1);
  bk_raw_server_hang_up (world->server);
  bk_recorder_nudge (world->alice);
  send_signed_in (world, greet (world));
  g_assert_cmpuint (world->server->n_connections, ==, 2);
}

static gboolean
has_pinged (gpointer data)
{
  return ((BkRawServer *) data)->n_pings > 0;
}

static void
test_pings (void)
{
  World *world = g_new0 (World, 1);

  world_set_up (world, NULL, NULL);
  bk_recorder_free (world->alice);
  world->alice
    = bk_recorder_new (g_object_new (BK_TYPE_NATIVE_BACKEND, "clock", world->clock, "ping-seconds", 1, NULL));
  go_online (world);
  bk_test_wait_until (has_pinged, world->server);
  world_free (world);
}

/* An error that is addressed to no request says why the server hangs up. */
static void
test_last_words (void)
{
  g_autoptr (World) world = world_new ();

  go_online (world);
  bk_raw_server_send (world->server, "{\"type\":\"error\",\"code\":\"server-too-busy\",\"text\":\"Too much\"}");
  bk_raw_server_send_frame (world->server, 0x88, "\x03\xe8", 2);
  g_assert_cmpstr (expect_waiting (world, BECKON_ERROR_SERVER_TOO_BUSY)->reason, ==, "Too much");
}

static void
test_addresses (void)
{
  g_autoptr (World) world = world_new ();

  world->sign_in.server = "ws://example.org";
  bk_recorder_sign_in (world->alice, &world->sign_in);
  expect_offline (world, BECKON_ERROR_TLS_FAIL);
  world->sign_in.server = "gopher://example.org";
  bk_recorder_sign_in (world->alice, &world->sign_in);
  expect_offline (world, BECKON_ERROR_INVALID_SERVER_NAME);
  g_assert_cmpint (bk_recorder_register (world->alice, &world->sign_in, NULL), ==, BECKON_ERROR_INVALID_SERVER_NAME);
}

/* Given up at every stage: what runs ends, and nothing is reported afterwards. */
static void
test_given_up (void)
{
  for (guint stage = 0; stage < 4; stage++)
    {
      g_autoptr (World) world = world_new ();

      bk_recorder_sign_in (world->alice, &world->sign_in);
      if (stage > 0)
        bk_recorder_wait_state (world->alice, BK_BACKEND_FINDING);
      if (stage > 1)
        bk_raw_server_wait_head (world->server);
      if (stage > 2)
        greet (world);
      bk_recorder_sign_out (world->alice, FALSE);
      bk_recorder_wait_state (world->alice, BK_BACKEND_OFFLINE);
      guint n = world->alice->seen->len;
      bk_test_drain ();
      g_assert_cmpuint (world->alice->seen->len, ==, n);
    }
}

/* ---- encryption ---- */

static GTlsCertificate *
load_certificate (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "backend", "tls", name, NULL);
  GTlsCertificate *certificate = g_tls_certificate_new_from_file (path, &error);

  g_assert_no_error (error);
  return certificate;
}

static void
run_tls (const char *served, const char *trusted, const char *part_of_reason)
{
  g_autoptr (GTlsCertificate) certificate = load_certificate (served);
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (World) world = g_new0 (World, 1);
  g_autoptr (GError) error = NULL;

  if (trusted != NULL)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "backend", "tls", trusted, NULL);
      database = g_tls_file_database_new (path, &error);
      g_assert_no_error (error);
    }
  world_set_up (world, certificate, database);
  if (part_of_reason == NULL)
    {
      go_online (world);
      return;
    }
  bk_recorder_sign_in (world->alice, &world->sign_in);
  const char *reason = expect_waiting (world, BECKON_ERROR_INVALID_CERTIFICATE)->reason;
  g_assert_nonnull (strstr (reason, part_of_reason));
  g_assert_true (g_regex_match_simple ("\\.\n\nIssued to: CN=[^\n]+\nIssued by: CN=[^\n]+\nValid from 20\\d\\d-\\d\\d-\\d\\d "
                                       "until \\d+-\\d\\d-\\d\\d\nSHA-256: (\\w\\w:){31}\\w\\w$", reason, 0, 0));
  g_assert_null (world->server->head);
}

static void
test_tls (void)
{
  run_tls ("localhost.pem", "localhost.pem", NULL);
  run_tls ("localhost.pem", "other.pem", "trusts");
  run_tls ("localhost.pem", NULL, "trusts");
  run_tls ("other.pem", "other.pem", "another server");
}

static void
test_tls_without_tls (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *address = g_strdup_printf ("wss://127.0.0.1:%u", world->server->port);

  world->server->answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
  world->sign_in.server = address;
  bk_recorder_sign_in (world->alice, &world->sign_in);
  bk_recorder_wait_state (world->alice, BK_BACKEND_CONNECTING);
  bk_test_drain ();
  bk_raw_server_hang_up (world->server);
  expect_waiting (world, BECKON_ERROR_TLS_FAIL);
}

static void
add_tables (void)
{
  static const char *const answers[][2] = {
    { "redirect", "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\n\r\n" },
    { "not-found", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" },
    { "not-http", "220 mail.example.org\r\n\r\n" },
    { "not-our-key", "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *path = g_strconcat ("/native/answer/", answers[i][0], NULL);
      g_test_add_data_func (path, answers[i][1], test_bad_answer);
    }
  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_autofree char *path = g_strconcat ("/native/garbage/", garbage[i].name, NULL);
      g_test_add_data_func (path, &garbage[i], test_garbage);
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/native/flow", test_flow);
  g_test_add_func ("/native/epochs", test_epochs);
  g_test_add_func ("/native/closed", test_closed);
  g_test_add_func ("/native/pong", test_pong);
  g_test_add_func ("/native/presence", test_presence);
  g_test_add_func ("/native/resume", test_resume);
  g_test_add_func ("/native/token-refused", test_token_refused);
  g_test_add_func ("/native/back-off", test_back_off);
  g_test_add_func ("/native/bye", test_bye);
  g_test_add_func ("/native/bye-final", test_bye_final);
  g_test_add_func ("/native/sign-out", test_sign_out);
  g_test_add_func ("/native/requests", test_requests);
  g_test_add_func ("/native/request-timeout", test_request_timeout);
  g_test_add_func ("/native/asked-while-it-ends", test_asked_while_it_ends);
  g_test_add_func ("/native/too-many-requests", test_too_many_requests);
  g_test_add_func ("/native/bad-arguments", test_bad_arguments);
  g_test_add_func ("/native/huge-head", test_huge_head);
  g_test_add_func ("/native/silent", test_silent);
  g_test_add_func ("/native/nobody-there", test_nobody_there);
  g_test_add_func ("/native/in-one-read", test_in_one_read);
  g_test_add_func ("/native/no-hello", test_no_hello);
  g_test_add_func ("/native/wrong-version", test_wrong_version);
  g_test_add_func ("/native/sign-in-timeout", test_sign_in_timeout);
  g_test_add_func ("/native/too-early", test_too_early);
  g_test_add_func ("/native/nesting", test_nesting);
  g_test_add_func ("/native/long-message", test_long_message);
  g_test_add_func ("/native/endless-fragments", test_endless_fragments);
  g_test_add_func ("/native/fragments", test_fragments);
  g_test_add_func ("/native/dead-server", test_dead_server);
  g_test_add_func ("/native/probe", test_probe);
  g_test_add_func ("/native/probe-again", test_probe_again);
  g_test_add_func ("/native/slow-probe", test_slow_probe);
  g_test_add_func ("/native/stale-attempt", test_stale_attempt);
  g_test_add_func ("/native/pings", test_pings);
  g_test_add_func ("/native/last-words", test_last_words);
  g_test_add_func ("/native/addresses", test_addresses);
  g_test_add_func ("/native/given-up", test_given_up);
  g_test_add_func ("/native/tls", test_tls);
  g_test_add_func ("/native/tls-without-tls", test_tls_without_tls);
  add_tables ();
  return g_test_run ();
}
