/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server-fixture.h"

#include "bk-ids.h"

#include <sodium.h>
#include <string.h>

#define PASSWORD "correct horse"

/* ---- the server ---- */

void
fixture_start (Fixture *f)
{
  BkServerConfig *config = bk_server_config_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  config->database = g_strdup (f->database);
  config->domain = g_strdup ("example.org");
  config->listen = g_strdupv ((char *[]){ (char *) "127.0.0.1:0", NULL });
  config->password_ops = crypto_pwhash_OPSLIMIT_MIN;
  config->commit_rest_ms = 1;
  config->password_memory = crypto_pwhash_MEMLIMIT_MIN;
  config->registrations.burst = 100;
  if (f->configure != NULL)
    f->configure (config);
  g_assert_true (bk_server_config_complete (config, &error));
  f->server = bk_server_new (config, BK_CLOCK (f->clock));
  bk_server_start_async (f->server, bk_test_store_result, &result);
  bk_server_start_finish (f->server, bk_test_await (&result), &error);
  g_assert_no_error (error);
  f->port = bk_server_get_port (f->server, 0);
  g_assert_cmpuint (f->port, !=, 0);
}

void
fixture_stop (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_server_stop_async (f->server, bk_test_store_result, &result);
  bk_server_stop_finish (f->server, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_finalize_object (f->server);
  f->server = NULL;
}

void
fixture_set_up (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  f->dir = bk_test_dir_new ();
  f->database = g_build_filename (f->dir, "server.db", NULL);
  f->clock = bk_fake_clock_new ();
  f->soup = soup_session_new ();
  f->configure = (void (*) (BkServerConfig *)) data;
  fixture_start (f);
}

void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  if (f->server != NULL)
    fixture_stop (f);
  g_clear_object (&f->soup);
  bk_test_drain ();
  g_assert_cmpuint (bk_fake_clock_pending (f->clock), ==, 0);
  g_assert_finalize_object (f->clock);
  g_free (f->database);
  bk_test_dir_remove (f->dir);
}

static gpointer
run_beside (Fixture *f, BkSqliteKind kind, BkSqliteJob run, gpointer job, GDestroyNotify free_job)
{
  g_autoptr (BkSqlite) db = bk_sqlite_new (f->database, bk_store_migrations, bk_store_n_migrations);
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;

  bk_sqlite_open_async (db, NULL, bk_test_store_result, &opened);
  bk_sqlite_run_async (db, kind, run, job, free_job, NULL, bk_test_store_result, &done);
  g_assert_true (bk_sqlite_open_finish (db, bk_test_await (&opened), NULL));
  job = bk_sqlite_run_finish (db, bk_test_await (&done), &error);
  g_assert_no_error (error);
  bk_sqlite_close_async (db, bk_test_store_result, &closed);
  g_assert_true (bk_sqlite_close_finish (db, bk_test_await (&closed), NULL));
  return job;
}

char *
fixture_administer (Fixture *f, BkSqliteKind kind, BkSqliteJob run, BkStoreAdmin *job)
{
  job->now = bk_clock_real (BK_CLOCK (f->clock));
  job->list = g_string_new (NULL);
  job = run_beside (f, kind, run, job, bk_store_admin_free);

  char *list = g_strdup (job->list->str);
  bk_store_admin_free (job);
  return list;
}

static void
nudge (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  bk_server_operator_nudge (f->database, &error);
  g_assert_no_error (error);
}

void
fixture_operate (Fixture *f, BkSqliteJob run, const char *subject)
{
  BkStoreAdmin *job = g_new0 (BkStoreAdmin, 1);

  job->token = g_strdup (subject);
  g_free (fixture_administer (f, BK_SQLITE_WRITE, run, job));
  nudge (f);
}

void
fixture_alert (Fixture *f, BkStoreOperation operation, const char *to, gint64 site, const char *text)
{
  BkStoreAlert *job = g_new0 (BkStoreAlert, 1);

  job->now = bk_clock_real (BK_CLOCK (f->clock));
  job->operation = operation;
  job->to = g_strdup (to);
  job->site = site;
  job->text = g_strdup (text);
  job->url = g_strdup (site == 7 ? "https://example.org/news" : NULL);
  bk_store_alert_free (run_beside (f, BK_SQLITE_WRITE, bk_store_send_alert, job, bk_store_alert_free));
  nudge (f);
}

/* ---- clients ---- */

static void
on_message (SoupWebsocketConnection *ws, int type, GBytes *message, gpointer user_data)
{
  Client *c = user_data;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  BkFrame *frame = bk_frame_parse_from_server (text, length, &error);

  g_assert_no_error (error);
  g_queue_push_tail (bk_frame_get_class (frame) == BK_FRAME_REPLY ? &c->replies : &c->pushes, frame);
}

static void
on_closed (SoupWebsocketConnection *ws, gpointer user_data)
{
  ((Client *) user_data)->closed = TRUE;
}

Client *
client_connect (SoupSession *soup, guint16 port)
{
  static char *protocols[] = { (char *) BK_FRAME_SUBPROTOCOL, NULL };
  Client *c = g_new0 (Client, 1);
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u%s", port, BK_FRAME_PATH);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  c->soup = g_object_ref (soup);
  soup_session_websocket_connect_async (soup, message, NULL, protocols, G_PRIORITY_DEFAULT, NULL, bk_test_store_result,
                                        &result);
  c->ws = soup_session_websocket_connect_finish (soup, bk_test_await (&result), &error);
  g_assert_no_error (error);
  soup_websocket_connection_set_max_incoming_payload_size (c->ws, 1024 * 1024);
  g_signal_connect (c->ws, "message", G_CALLBACK (on_message), c);
  g_signal_connect (c->ws, "closed", G_CALLBACK (on_closed), c);
  return c;
}

Client *
client_new (Fixture *f)
{
  Client *c = client_connect (f->soup, f->port);
  g_autoptr (BkFrame) hello = client_push (c, BK_FRAME_HELLO);

  g_assert_cmpstr (bk_frame_get_string (hello, "domain"), ==, "example.org");
  g_assert_cmpint (bk_frame_get_int (hello, "version"), ==, BK_FRAME_VERSION);
  return c;
}

void
client_wait_closed (Client *c)
{
  bk_test_wait_for_flag (&c->closed);
}

void
client_close (Client *c)
{
  if (soup_websocket_connection_get_state (c->ws) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (c->ws, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  client_wait_closed (c);
}

void
client_free (Client *c)
{
  client_close (c);
  g_signal_handlers_disconnect_by_data (c->ws, c);
  g_object_unref (c->ws);
  g_object_unref (c->soup);
  g_queue_clear_full (&c->replies, (GDestroyNotify) bk_frame_free);
  g_queue_clear_full (&c->pushes, (GDestroyNotify) bk_frame_free);
  g_free (c->name);
  g_free (c->device);
  g_free (c->token);
  g_free (c);
}

void
client_send_text (Client *c, const char *text)
{
  soup_websocket_connection_send_text (c->ws, text);
}

/* The id is written into the text that a frame without one gives: frames are made before it is known. */
gint64
client_post (Client *c, BkFrame *frame)
{
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autofree char *body = g_strndup (text, length);
  g_autofree char *with_id = g_strdup_printf ("{\"id\":%" G_GINT64_FORMAT ",%s", ++c->last_id, body + 1);

  client_send_text (c, with_id);
  bk_frame_free (frame);
  return c->last_id;
}

static gboolean
has_reply (gpointer data)
{
  Client *c = data;

  return !g_queue_is_empty (&c->replies) || c->closed;
}

/* Replies may overtake each other. */
BkFrame *
client_reply (Client *c, gint64 id)
{
  for (;;)
    {
      for (GList *link = c->replies.head; link != NULL; link = link->next)
        if (bk_frame_get_id (link->data) == id)
          {
            BkFrame *frame = link->data;
            g_queue_delete_link (&c->replies, link);
            return frame;
          }
      guint length = c->replies.length;
      while (c->replies.length == length && !c->closed)
        if (length == 0)
          bk_test_wait_until (has_reply, c);
        else
          g_main_context_iteration (NULL, TRUE);
      g_assert_false (c->closed && c->replies.length == length);
    }
}

BkFrame *
client_call (Client *c, BkFrame *frame)
{
  return client_reply (c, client_post (c, frame));
}

void
client_ok (Client *c, BkFrame *frame)
{
  g_autoptr (BkFrame) reply = client_call (c, frame);

  if (bk_frame_get_frame_type (reply) == BK_FRAME_ERROR)
    g_error ("ok was expected, and came %s: %s", bk_frame_get_string (reply, "code"),
             bk_frame_get_string (reply, "text"));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_OK);
}

void
client_error (Client *c, BkFrame *frame, BeckonError code)
{
  g_autoptr (BkFrame) reply = client_call (c, frame);

  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_ERROR);
  g_assert_cmpstr (bk_frame_get_string (reply, "code"), ==, beckon_error_to_nick (code));
}

static gboolean
has_push (gpointer data)
{
  Client *c = data;

  return !g_queue_is_empty (&c->pushes) || c->closed;
}

BkFrame *
client_push (Client *c, BkFrameType type)
{
  bk_test_wait_until (has_push, c);
  BkFrame *frame = g_queue_pop_head (&c->pushes);

  g_assert_nonnull (frame);
  g_assert_cmpstr (bk_frame_type_to_nick (bk_frame_get_frame_type (frame)), ==, bk_frame_type_to_nick (type));
  return frame;
}

/* The server hands facts on in the order of commits, so what was meant for @c before is before this answer. */
void
client_quiet (Client *c)
{
  client_error (c, request_who (BK_FRAME_CONTACT_APPROVE, "who", "nobody@example.org"), BECKON_ERROR_USER_NOT_FOUND);
  if (!g_queue_is_empty (&c->pushes))
    g_error ("There is an unexpected %s", bk_frame_type_to_nick (bk_frame_get_frame_type (c->pushes.head->data)));
}

void
client_forget_pushes (Client *c)
{
  client_error (c, request_who (BK_FRAME_CONTACT_APPROVE, "who", "nobody@example.org"), BECKON_ERROR_USER_NOT_FOUND);
  g_queue_clear_full (&c->pushes, (GDestroyNotify) bk_frame_free);
}

/* ---- requests ---- */

BkFrame *
request (BkFrameType type)
{
  return bk_frame_new (type, -1);
}

BkFrame *
request_who (BkFrameType type, const char *member, const char *name)
{
  BkFrame *frame = request (type);

  bk_frame_set_string (frame, member, name);
  return frame;
}

BkFrame *
request_message (const char *to, const char *guid, const char *text)
{
  BkFrame *frame = request_who (BK_FRAME_MESSAGE_SEND, "to", to);

  bk_frame_set_string (frame, "message", guid);
  bk_frame_set_string (frame, "text", text);
  return frame;
}

BkFrame *
request_block (const char *who, gboolean blocked)
{
  BkFrame *frame = request_who (BK_FRAME_CONTACT_BLOCK, "who", who);

  bk_frame_set_bool (frame, "blocked", blocked);
  return frame;
}

BkFrame *
request_presence (const char *status, const char *personal_message)
{
  BkFrame *frame = request_who (BK_FRAME_PRESENCE_SET, "status", status);

  bk_frame_set_string (frame, "personal_message", personal_message);
  return frame;
}

BkFrame *
request_sign_in (const char *name, const char *password, const char *token, const char *device, gint64 after)
{
  BkFrame *frame = request_who (BK_FRAME_SIGN_IN, "name", name);

  bk_frame_set_string (frame, "password", password);
  bk_frame_set_string (frame, "token", token);
  bk_frame_set_string (frame, "device", device);
  bk_frame_set_string (frame, "status", "online");
  bk_frame_set_int (frame, "after", after);
  return frame;
}

BkFrame *
request_session (const char *to, BkEnvelope *envelope)
{
  BkFrame *frame = request_who (BK_FRAME_SESSION_SEND, "to", to);
  g_autofree char *uid = bk_guid_new ();

  bk_frame_set_string (frame, "uid", uid);
  bk_frame_set_envelope (frame, envelope);
  bk_envelope_free (envelope);
  return frame;
}

/* ---- whole steps ---- */

void
client_register (Client *c, const char *name)
{
  BkFrame *frame = request_who (BK_FRAME_REGISTER, "name", name);

  bk_frame_set_string (frame, "password", PASSWORD);
  client_ok (c, frame);
}

static void
signed_in (Client *c, const char *name, BkFrame *frame)
{
  g_autoptr (BkFrame) reply = client_call (c, frame);

  if (bk_frame_get_frame_type (reply) == BK_FRAME_ERROR)
    g_error ("Could not sign in: %s", bk_frame_get_string (reply, "text"));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  g_free (c->name);
  g_free (c->device);
  g_free (c->token);
  c->name = g_strdup (name);
  c->device = g_strdup (bk_frame_get_string (reply, "device"));
  c->token = g_strdup (bk_frame_get_string (reply, "token"));
}

void
client_sign_in (Client *c, const char *name, const char *device, gint64 after)
{
  signed_in (c, name, request_sign_in (name, PASSWORD, NULL, device, after));
}

/* Takes everything up to `caught-up`, and the presence of contacts that follows. Returns the number. */
gint64
client_caught_up (Client *c)
{
  for (;;)
    {
      bk_test_wait_until (has_push, c);
      g_autoptr (BkFrame) frame = g_queue_pop_head (&c->pushes);
      g_assert_nonnull (frame);
      if (bk_frame_get_frame_type (frame) == BK_FRAME_CAUGHT_UP)
        return bk_frame_get_int (frame, "seq");
    }
}

Client *
sign_in (Fixture *f, const char *name)
{
  Client *c = client_new (f);

  client_sign_in (c, name, NULL, 0);
  client_caught_up (c);
  client_forget_pushes (c);
  return c;
}

Client *
sign_up (Fixture *f, const char *name)
{
  Client *c = client_new (f);

  client_register (c, name);
  client_sign_in (c, name, NULL, 0);
  client_caught_up (c);
  return c;
}

void
befriend (Client *a, Client *b)
{
  client_ok (a, request_who (BK_FRAME_CONTACT_ADD, "who", b->name));
  client_ok (b, request_who (BK_FRAME_CONTACT_APPROVE, "who", a->name));
  client_forget_pushes (a);
  client_forget_pushes (b);
}
