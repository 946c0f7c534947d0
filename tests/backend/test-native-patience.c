/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people ask for while the connection is away for a moment. */
#include "native-world.h"

#define CAROL "carol@localhost"
#define DAVE "dave@localhost"

/* ---- asking without waiting for the answer ---- */

static void
start_change (World *world, BkContactVerb verb, const char *who, GCancellable *cancellable, GAsyncResult **result)
{
  BkBackendContacts *contacts = BK_BACKEND_CONTACTS (world->alice->backend);

  BK_BACKEND_CONTACTS_GET_IFACE (contacts)->change_async (contacts, verb, who, NULL, cancellable, bk_test_store_result,
                                                         result);
}

static void
expect_change (World *world, GAsyncResult **result, int code)
{
  BkBackendContacts *contacts = BK_BACKEND_CONTACTS (world->alice->backend);
  g_autoptr (GError) error = NULL;
  gboolean done = BK_BACKEND_CONTACTS_GET_IFACE (contacts)->change_finish (contacts, bk_test_await (result), &error);

  g_assert_true (done == (code < 0));
  if (code >= 0)
    g_assert_error (error, BECKON_ERROR, code);
  else
    g_assert_no_error (error);
}

/* ---- the connection ---- */

static guint
cut (World *world)
{
  bk_raw_server_hang_up (world->server);
  return expect_waiting (world, BECKON_ERROR_DISCONNECTED)->retry_ms;
}

/* As far as the news. */
static void
return_to_news (World *world, guint retry_ms)
{
  advance (world, retry_ms);
  send_signed_in (world, greet (world));
  bk_recorder_wait_state (world->alice, BK_BACKEND_SYNCHRONIZING);
}

static void
end_news (World *world)
{
  bk_raw_server_send (world->server, "{\"type\":\"caught-up\",\"seq\":9}");
  bk_recorder_wait_state (world->alice, BK_BACKEND_ONLINE);
}

static void
come_back (World *world, guint retry_ms)
{
  return_to_news (world, retry_ms);
  end_news (world);
}

static void
send_ok (World *world, JsonObject *request)
{
  bk_raw_server_send (world->server, "{\"type\":\"ok\",\"id\":%" G_GINT64_FORMAT "}", id_of (request));
}

static void
send_relation (World *world, const char *who, const char *relation)
{
  bk_raw_server_send (world->server,
                      "{\"type\":\"contact\",\"seq\":8,\"who\":\"%s\",\"relation\":\"%s\",\"blocked\":false}", who,
                      relation);
}

static const char *
member (JsonObject *frame, const char *name)
{
  return json_object_get_string_member (frame, name);
}

/* Nothing but the sign-in has been said on this connection. */
static void
expect_silence (World *world)
{
  bk_test_drain ();
  g_assert_cmpuint (world->server->frames->len, ==, 1);
}

/* ---- what waits ---- */

static void
test_waits (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) first = NULL, second = NULL, third = NULL;

  go_online (world);
  guint retry_ms = cut (world);
  start_change (world, BK_CONTACT_ADD, BOB, NULL, &first);
  start_change (world, BK_CONTACT_BLOCK, CAROL, NULL, &second);
  return_to_news (world, retry_ms);
  start_change (world, BK_CONTACT_ADD, DAVE, NULL, &third);
  expect_silence (world);
  end_news (world);

  JsonObject *add = bk_raw_server_wait (world->server, "contact-add");
  g_assert_cmpstr (member (add, "who"), ==, BOB);
  JsonObject *block = bk_raw_server_wait (world->server, "contact-block");
  g_assert_cmpstr (member (block, "who"), ==, CAROL);
  JsonObject *last = bk_raw_server_wait (world->server, "contact-add");
  g_assert_cmpstr (member (last, "who"), ==, DAVE);
  send_ok (world, add);
  send_ok (world, block);
  send_error (world, last, "list-full");
  expect_change (world, &first, -1);
  expect_change (world, &second, -1);
  expect_change (world, &third, BECKON_ERROR_LIST_FULL);
}

/* Every kind of thing that people ask for. */
static void
test_kinds (void)
{
  g_autoptr (World) world = world_new ();
  BkBackend *backend = world->alice->backend;
  g_autoptr (GBytes) image = g_bytes_new_static ("picture", 7);
  GAsyncResult *results[7] = { NULL };
  static const char *const types[]
    = { "profile-set", "group-create", "group-rename", "contact-set", "avatar-set", "password-set", "device-remove" };

  go_online (world);
  guint retry_ms = cut (world);
  BK_BACKEND_CONTACTS_GET_IFACE (backend)->set_display_name_async (BK_BACKEND_CONTACTS (backend), "Alice", NULL,
                                                                  bk_test_store_result, &results[0]);
  BK_BACKEND_GROUPS_GET_IFACE (backend)->create_async (BK_BACKEND_GROUPS (backend), "Friends", NULL,
                                                      bk_test_store_result, &results[1]);
  BK_BACKEND_GROUPS_GET_IFACE (backend)->change_async (BK_BACKEND_GROUPS (backend), BK_GROUP_RENAME, GUID, "Team", NULL,
                                                      bk_test_store_result, &results[2]);
  BK_BACKEND_ALIASES_GET_IFACE (backend)->set_async (BK_BACKEND_ALIASES (backend), BOB, "Bobby", TRUE, FALSE, NULL,
                                                    bk_test_store_result, &results[3]);
  BK_BACKEND_AVATARS_GET_IFACE (backend)->set_async (BK_BACKEND_AVATARS (backend), image, NULL, bk_test_store_result,
                                                    &results[4]);
  BK_BACKEND_KEEPING_GET_IFACE (backend)->change_password_async (BK_BACKEND_KEEPING (backend), "secret", "secret two",
                                                                NULL, bk_test_store_result, &results[5]);
  BK_BACKEND_KEEPING_GET_IFACE (backend)->remove_device_async (BK_BACKEND_KEEPING (backend), GUID, NULL,
                                                              bk_test_store_result, &results[6]);
  come_back (world, retry_ms);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      send_ok (world, bk_raw_server_wait (world->server, types[i]));
      g_autoptr (GAsyncResult) owned = g_object_ref (bk_test_await (&results[i]));
      g_assert_false (g_task_had_error (G_TASK (owned)));
      g_clear_object (&results[i]);
    }
}

static void
test_devices (void)
{
  g_autoptr (World) world = world_new ();
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (world->alice->backend);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  go_online (world);
  guint retry_ms = cut (world);
  BK_BACKEND_KEEPING_GET_IFACE (keeping)->list_devices_async (keeping, NULL, bk_test_store_result, &result);
  come_back (world, retry_ms);
  bk_raw_server_send (world->server,
                      "{\"type\":\"ok\",\"id\":%" G_GINT64_FORMAT
                      ",\"devices\":[\"" GUID "\"],\"names\":[\"Desk\"],\"seen\":[5]}",
                      id_of (bk_raw_server_wait (world->server, "devices")));
  g_autoptr (GPtrArray) devices
    = BK_BACKEND_KEEPING_GET_IFACE (keeping)->list_devices_finish (keeping, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (devices->len, ==, 1);
}

/* ---- what was sent, and not answered ---- */

static void
test_lost_answer (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) first = NULL, second = NULL, third = NULL;

  go_online (world);
  start_change (world, BK_CONTACT_ADD, BOB, NULL, &first);
  start_change (world, BK_CONTACT_REMOVE, CAROL, NULL, &second);
  start_change (world, BK_CONTACT_BLOCK, DAVE, NULL, &third);
  bk_raw_server_wait (world->server, "contact-add");
  bk_raw_server_wait (world->server, "contact-remove");
  bk_raw_server_wait (world->server, "contact-block");
  guint retry_ms = cut (world);
  come_back (world, retry_ms);
  JsonObject *add = bk_raw_server_wait (world->server, "contact-add");
  JsonObject *removal = bk_raw_server_wait (world->server, "contact-remove");
  JsonObject *block = bk_raw_server_wait (world->server, "contact-block");

  /* What the server had done before is no error. */
  send_error (world, add, "already-in-list");
  send_error (world, removal, "not-found");
  send_ok (world, block);
  expect_change (world, &first, -1);
  expect_change (world, &second, -1);
  expect_change (world, &third, -1);
}

/* The news show that it was done: nobody is asked twice. */
static void
test_done_before (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) first = NULL, second = NULL;

  go_online (world);
  start_change (world, BK_CONTACT_ADD, BOB, NULL, &first);
  start_change (world, BK_CONTACT_DECLINE, CAROL, NULL, &second);
  bk_raw_server_wait (world->server, "contact-add");
  bk_raw_server_wait (world->server, "contact-decline");
  send_relation (world, CAROL, "none");
  bk_recorder_wait_relation (world->alice, CAROL, BECKON_RELATION_NONE);
  guint retry_ms = cut (world);
  return_to_news (world, retry_ms);
  send_relation (world, BOB, "asked");
  end_news (world);
  expect_change (world, &first, -1);
  expect_change (world, &second, -1);
  expect_silence (world);
}

/* It may have been done, and somebody has changed it since: it is not done a second time. */
static void
test_unknown (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) result = NULL;

  go_online (world);
  start_change (world, BK_CONTACT_ADD, BOB, NULL, &result);
  bk_raw_server_wait (world->server, "contact-add");
  guint retry_ms = cut (world);
  return_to_news (world, retry_ms);
  send_relation (world, BOB, "none");
  end_news (world);
  expect_change (world, &result, BECKON_ERROR_DISCONNECTED);
  expect_silence (world);
}

/* What the server said before it was asked says nothing. */
static void
test_older_news (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) result = NULL;

  go_online (world);
  guint retry_ms = cut (world);
  start_change (world, BK_CONTACT_ADD, BOB, NULL, &result);
  return_to_news (world, retry_ms);
  send_relation (world, BOB, "none");
  end_news (world);
  bk_raw_server_wait (world->server, "contact-add");
  retry_ms = cut (world);
  come_back (world, retry_ms);
  send_ok (world, bk_raw_server_wait (world->server, "contact-add"));
  expect_change (world, &result, -1);
}

static void
test_password_once (void)
{
  g_autoptr (World) world = world_new ();
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (world->alice->backend);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  go_online (world);
  BK_BACKEND_KEEPING_GET_IFACE (keeping)->change_password_async (keeping, "secret", "secret two", NULL,
                                                                bk_test_store_result, &result);
  bk_raw_server_wait (world->server, "password-set");
  guint retry_ms = cut (world);
  BK_BACKEND_KEEPING_GET_IFACE (keeping)->finish (keeping, bk_test_await (&result), &error);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  come_back (world, retry_ms);
  expect_silence (world);
}

/* ---- what does not wait ---- */

static void
test_impatient (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) result = NULL;

  go_online (world);
  cut (world);
  bk_raw_server_stop_listening (world->server);
  start_change (world, BK_CONTACT_ADD, BOB, NULL, &result);
  advance (world, 19999);
  bk_test_drain ();
  g_assert_null (result);
  advance (world, 1);
  expect_change (world, &result, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpint (bk_recorder_change (world->alice, BK_CONTACT_ADD, CAROL, NULL), ==, BECKON_ERROR_DISCONNECTED);
}

/* A server that cuts again and again is not asked for ever. */
static void
test_again_and_again (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) result = NULL;

  go_online (world);
  start_change (world, BK_CONTACT_ADD, BOB, NULL, &result);
  for (guint i = 0; i < 2; i++)
    {
      bk_raw_server_wait (world->server, "contact-add");
      advance (world, 9000);
      bk_test_drain ();
      come_back (world, cut (world));
    }
  bk_raw_server_wait (world->server, "contact-add");
  advance (world, 2000);
  bk_test_drain ();
  cut (world);
  expect_change (world, &result, BECKON_ERROR_DISCONNECTED);
}

static void
test_never_in (void)
{
  g_autoptr (World) world = world_new ();

  bk_recorder_sign_in (world->alice, &world->sign_in);
  greet (world);
  bk_raw_server_hang_up (world->server);
  expect_waiting (world, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpint (bk_recorder_change (world->alice, BK_CONTACT_ADD, BOB, NULL), ==, BECKON_ERROR_DISCONNECTED);
}

static void
test_sign_out (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) sent = NULL, waiting = NULL;

  go_online (world);
  start_change (world, BK_CONTACT_ADD, BOB, NULL, &sent);
  bk_raw_server_wait (world->server, "contact-add");
  cut (world);
  start_change (world, BK_CONTACT_ADD, CAROL, NULL, &waiting);
  bk_recorder_sign_out (world->alice, FALSE);
  bk_recorder_wait_state (world->alice, BK_BACKEND_OFFLINE);
  expect_change (world, &sent, BECKON_ERROR_DISCONNECTED);
  expect_change (world, &waiting, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpint (bk_recorder_change (world->alice, BK_CONTACT_ADD, BOB, NULL), ==, BECKON_ERROR_NOT_LOGGED_ON);
}

/* Somebody else signs in with this program: nothing of it is for them. */
static void
test_other_account (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) sent = NULL;

  go_online (world);
  start_change (world, BK_CONTACT_ADD, BOB, NULL, &sent);
  bk_raw_server_wait (world->server, "contact-add");
  world->sign_in.sign_in_name = CAROL;
  bk_recorder_sign_in (world->alice, &world->sign_in);
  expect_change (world, &sent, BECKON_ERROR_DISCONNECTED);
  bk_raw_server_hang_up (world->server);
  send_signed_in (world, greet (world));
  bk_raw_server_send (world->server, "{\"type\":\"caught-up\",\"seq\":7}");
  bk_recorder_wait_state (world->alice, BK_BACKEND_ONLINE);
  expect_silence (world);
}

/* The server does not want us any more. */
static void
test_refused (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) result = NULL;

  go_online (world);
  guint retry_ms = cut (world);
  start_change (world, BK_CONTACT_ADD, BOB, NULL, &result);
  advance (world, retry_ms);
  send_error (world, greet (world), "access-denied");
  expect_offline (world, BECKON_ERROR_ACCESS_DENIED);
  expect_change (world, &result, BECKON_ERROR_DISCONNECTED);
}

static void
test_cancelled (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  BkBackendContacts *contacts = BK_BACKEND_CONTACTS (world->alice->backend);

  go_online (world);
  guint retry_ms = cut (world);
  start_change (world, BK_CONTACT_ADD, BOB, cancellable, &result);
  g_cancellable_cancel (cancellable);
  BK_BACKEND_CONTACTS_GET_IFACE (contacts)->change_finish (contacts, bk_test_await (&result), &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  come_back (world, retry_ms);
  expect_silence (world);
}

static void
test_many (void)
{
  g_autoptr (World) world = world_new ();
  GAsyncResult *results[64] = { NULL };

  go_online (world);
  guint retry_ms = cut (world);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    start_change (world, BK_CONTACT_BLOCK, BOB, NULL, &results[i]);
  g_assert_cmpint (bk_recorder_change (world->alice, BK_CONTACT_BLOCK, BOB, NULL), ==, BECKON_ERROR_DISCONNECTED);
  come_back (world, retry_ms);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      send_ok (world, bk_raw_server_wait (world->server, "contact-block"));
      expect_change (world, &results[i], -1);
      g_clear_object (&results[i]);
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/native/patience/waits", test_waits);
  g_test_add_func ("/native/patience/kinds", test_kinds);
  g_test_add_func ("/native/patience/devices", test_devices);
  g_test_add_func ("/native/patience/lost-answer", test_lost_answer);
  g_test_add_func ("/native/patience/done-before", test_done_before);
  g_test_add_func ("/native/patience/unknown", test_unknown);
  g_test_add_func ("/native/patience/older-news", test_older_news);
  g_test_add_func ("/native/patience/password-once", test_password_once);
  g_test_add_func ("/native/patience/impatient", test_impatient);
  g_test_add_func ("/native/patience/again-and-again", test_again_and_again);
  g_test_add_func ("/native/patience/never-in", test_never_in);
  g_test_add_func ("/native/patience/sign-out", test_sign_out);
  g_test_add_func ("/native/patience/other-account", test_other_account);
  g_test_add_func ("/native/patience/refused", test_refused);
  g_test_add_func ("/native/patience/cancelled", test_cancelled);
  g_test_add_func ("/native/patience/many", test_many);
  return g_test_run ();
}
