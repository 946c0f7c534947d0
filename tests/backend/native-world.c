/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "native-world.h"

void
world_set_up (World *world, GTlsCertificate *certificate, GTlsDatabase *database)
{
  world->clock = BK_CLOCK (bk_fake_clock_new ());
  world->server = bk_raw_server_new (certificate);
  world->alice = bk_recorder_new (
    g_object_new (BK_TYPE_NATIVE_BACKEND, "clock", world->clock, "tls-database", database, NULL));
  world->sign_in = (BkSignIn){
    .sign_in_name = NAME,
    .server = world->server->address,
    .password = "secret",
    .status = BECKON_STATUS_BUSY,
    .personal_message = "Writing",
  };
}

World *
world_new (void)
{
  World *world = g_new0 (World, 1);

  world_set_up (world, NULL, NULL);
  return world;
}

gboolean
no_timers (gpointer clock)
{
  return bk_fake_clock_pending (clock) == 0;
}

void
world_free (World *world)
{
  bk_recorder_sign_out (world->alice, FALSE);
  bk_test_drain ();
  bk_raw_server_hang_up (world->server);
  /* Nothing may be left that would wake the machine. */
  bk_test_wait_until (no_timers, world->clock);
  bk_recorder_free (world->alice);
  bk_raw_server_free (world->server);
  g_assert_finalize_object (world->clock);
  g_free (world);
}

void
advance (World *world, guint milliseconds)
{
  bk_fake_clock_advance (BK_FAKE_CLOCK (world->clock), milliseconds);
}

gint64
id_of (JsonObject *frame)
{
  return json_object_get_int_member (frame, "id");
}

void
send_signed_in (World *world, JsonObject *request)
{
  bk_raw_server_send (world->server,
                      "{\"type\":\"signed-in\",\"id\":%" G_GINT64_FORMAT ",\"device\":\"" GUID
                      "\",\"token\":\"token-1\",\"display_name\":\"Alice\",\"time\":1}",
                      id_of (request));
}

void
send_error (World *world, JsonObject *request, const char *code)
{
  bk_raw_server_send (world->server, "{\"type\":\"error\",\"id\":%" G_GINT64_FORMAT ",\"code\":\"%s\",\"text\":\"No\"}",
                      id_of (request), code);
}

/* Comes as far as the request to sign in. Borrowed. */
JsonObject *
greet (World *world)
{
  bk_raw_server_wait_head (world->server);
  bk_raw_server_send (world->server, HELLO);
  return bk_raw_server_wait (world->server, "sign-in");
}

void
go_online (World *world)
{
  bk_recorder_sign_in (world->alice, &world->sign_in);
  send_signed_in (world, greet (world));
  bk_raw_server_send (world->server, "{\"type\":\"caught-up\",\"seq\":7}");
  bk_recorder_wait_state (world->alice, BK_BACKEND_ONLINE);
}

const BkSeen *
expect_waiting (World *world, BeckonError code)
{
  const BkSeen *seen = bk_recorder_wait_state (world->alice, BK_BACKEND_WAITING);

  g_assert_cmpint (seen->error, ==, (int) code);
  g_assert_cmpuint (seen->retry_ms, >, 0);
  return seen;
}

const BkSeen *
expect_offline (World *world, BeckonError code)
{
  const BkSeen *seen = bk_recorder_wait_state (world->alice, BK_BACKEND_OFFLINE);

  g_assert_cmpint (seen->error, ==, (int) code);
  return seen;
}
