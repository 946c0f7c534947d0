/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-native-link.h"

#include "beckon-error.h"
#include "bk-limits.h"
#include "bk-native-connect.h"
#include "bk-native-leave.h"

#include <libsoup/soup.h>

#define OPEN_SECONDS 15
#define MAX_REQUESTS 256

typedef enum
{
  LINK_NEW,
  LINK_CONNECTING,
  LINK_GREETING, /* the WebSocket is there, `hello` has not come */
  LINK_OPEN,
  LINK_CLOSED,
} LinkState;

/* A request that has no reply yet. It stays until then, even if nobody waits: its id is spoken for. */
typedef struct
{
  BkNativeLink *link; /* borrowed: the link owns the request */
  GTask *task;        /* NULL: cancelled */
  GSource *cancel;    /* nullable */
  gint64 sent;
  guint timer;
} Request;

struct _BkNativeLink
{
  GObject parent_instance;

  BkClock *clock;
  BkNativeAddress *address;
  GTlsDatabase *database; /* nullable */
  guint ping_seconds;

  LinkState state;
  GTask *open_task; /* while CONNECTING and GREETING */
  guint open_timer;
  GCancellable *connect_cancellable;
  BkNativeStream *stream;             /* nullable */
  SoupWebsocketConnection *websocket; /* nullable */
  guint watch_timer;
  GError *said;         /* the last error that the server named without a request; nullable */
  GHashTable *requests; /* gint64 * id → Request, owned */
  gint64 last_id;
  gint64 reply_time; /* of the last reply */
  GTask *answering; /* a request whose callback GLib has put off, see hold_until_answered (); nullable */
  GQueue held;      /* of BkFrame, owned: what came behind its reply */
};

enum
{
  SIGNAL_FOUND,
  SIGNAL_FRAME,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkNativeLink, bk_native_link, G_TYPE_OBJECT)

/* ---- requests ---- */

static void
request_free (gpointer data)
{
  Request *request = data;

  bk_clock_clear (request->link->clock, &request->timer);
  if (request->cancel != NULL)
    g_source_destroy (request->cancel);
  g_clear_pointer (&request->cancel, g_source_unref);
  g_clear_object (&request->task);
  g_free (request);
}

/* All at once, after the table has been taken out of the link: a callback may well come back with another request. */
static void
fail_requests (BkNativeLink *self, const char *why)
{
  g_autoptr (GHashTable) requests = g_steal_pointer (&self->requests);
  GHashTableIter iter;
  gpointer value;

  self->requests = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, request_free);
  g_hash_table_iter_init (&iter, requests);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Request *request = value;
      if (request->task != NULL)
        g_task_return_new_error (request->task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "%s", why);
    }
}

/* ---- the end ---- */

/* Leaves nothing running. Returns the task of open_async if it waits still. */
static GTask *
shut (BkNativeLink *self, gboolean orderly)
{
  self->state = LINK_CLOSED;
  bk_clock_clear (self->clock, &self->open_timer);
  bk_clock_clear (self->clock, &self->watch_timer);
  g_cancellable_cancel (self->connect_cancellable);
  if (self->websocket != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->websocket, self);
      if (orderly)
        bk_native_leave (g_steal_pointer (&self->websocket), self->clock);
      else
        g_idle_add_once (g_object_unref, g_steal_pointer (&self->websocket));
    }
  g_clear_object (&self->stream);
  g_clear_object (&self->answering);
  g_queue_clear_full (&self->held, (GDestroyNotify) bk_frame_free);
  return g_steal_pointer (&self->open_task);
}

/* The link is lost. Takes @error, which says why. */
static void
drop (BkNativeLink *self, gboolean orderly, GError *error)
{
  g_autoptr (BkNativeLink) alive = g_object_ref (self);
  g_autoptr (GError) why = error;

  if (self->state == LINK_CLOSED)
    return;

  g_autoptr (GTask) open_task = shut (self, orderly);
  fail_requests (self, why->message);
  if (open_task != NULL)
    g_task_return_error (open_task, g_steal_pointer (&why));
  else
    g_signal_emit (self, signals[SIGNAL_CLOSED], 0, why);
}

static void
drop_new (BkNativeLink *self, BeckonError code, const char *message)
{
  drop (self, FALSE, g_error_new_literal (BECKON_ERROR, (int) code, message));
}

/* ---- is the server there? ---- */

static void on_watch (gpointer user_data);

static void
arm_watch (BkNativeLink *self)
{
  gint64 silence = (gint64) (self->ping_seconds + BK_NATIVE_PONG_SECONDS) * 1000000;
  gint64 due = bk_native_stream_get_last_read (self->stream) + silence;
  gint64 left = MAX (0, due - bk_clock_now (self->clock));

  bk_clock_clear (self->clock, &self->watch_timer);
  self->watch_timer = bk_clock_add (self->clock, (guint) (left / 1000) + 1, on_watch, self);
}

/* libsoup pings at a steady pace, so a server that lives is heard of at least that often. This machine is awake then: with
 * each answer the timer is put off, and wakes it up only where there was none. */
static void
on_pong (SoupWebsocketConnection *websocket, GBytes *message, gpointer user_data)
{
  arm_watch (user_data);
}

static void
on_watch (gpointer user_data)
{
  BkNativeLink *self = user_data;
  gint64 silence = bk_clock_now (self->clock) - bk_native_stream_get_last_read (self->stream);

  self->watch_timer = 0;
  if (silence >= (gint64) (self->ping_seconds + BK_NATIVE_PONG_SECONDS) * 1000000)
    drop_new (self, BECKON_ERROR_DISCONNECTED, "The server does not answer any more");
  else
    arm_watch (self);
}

/* ---- frames ---- */

static void
take_hello (BkNativeLink *self, const BkFrame *frame)
{
  BkFrameType type = bk_frame_get_frame_type (frame);

  if (type == BK_FRAME_ERROR)
    drop (self, TRUE, bk_frame_dup_error (frame));
  else if (type == BK_FRAME_BYE)
    drop (self, TRUE, g_error_new_literal (BECKON_ERROR, BECKON_ERROR_SERVER_UNAVAILABLE, "The server is closing"));
  else if (type != BK_FRAME_HELLO)
    drop_new (self, BECKON_ERROR_PROTOCOL, "The server did not greet us");
  else if (bk_frame_get_int (frame, "version") != BK_FRAME_VERSION)
    drop (self, TRUE, g_error_new_literal (BECKON_ERROR, BECKON_ERROR_SERVER_VERSION,
                                           "The server speaks another version of the protocol"));
  else
    {
      g_autoptr (GTask) task = g_steal_pointer (&self->open_task);

      self->state = LINK_OPEN;
      bk_clock_clear (self->clock, &self->open_timer);
      g_task_return_boolean (task, TRUE);
    }
}

static void take_frame (BkNativeLink *self, BkFrame *frame);

static void
on_answered (GTask *task, GParamSpec *pspec, BkNativeLink *self)
{
  g_autoptr (BkNativeLink) alive = g_object_ref (self);
  BkFrame *frame;

  if (task != self->answering)
    return;
  g_clear_object (&self->answering);
  while (self->answering == NULL && (frame = g_queue_pop_head (&self->held)) != NULL)
    take_frame (self, frame);
}

/* A task that is made and answered within one turn of the main loop calls back in the next one. A fast server does that
 * to us: what is read together with the reply must not be heard before it. */
static void
hold_until_answered (BkNativeLink *self, GTask *task)
{
  if (g_task_get_completed (task) || self->state == LINK_CLOSED)
    return;
  g_set_object (&self->answering, task);
  g_signal_connect_object (task, "notify::completed", G_CALLBACK (on_answered), self, 0);
}

static void
take_reply (BkNativeLink *self, BkFrame *frame)
{
  gint64 id = bk_frame_get_id (frame);
  Request *request = g_hash_table_lookup (self->requests, &id);

  if (request == NULL && id < 0)
    {
      g_clear_error (&self->said);
      self->said = bk_frame_dup_error (frame);
      bk_frame_free (frame);
      return;
    }
  if (request == NULL)
    {
      g_debug ("The server answered what nobody asked");
      bk_frame_free (frame);
      return;
    }

  g_autoptr (GTask) task = g_steal_pointer (&request->task);
  self->reply_time = bk_clock_now (self->clock) - request->sent;
  g_hash_table_remove (self->requests, &id);
  if (task == NULL)
    {
      bk_frame_free (frame);
      return;
    }
  g_task_return_pointer (task, frame, (GDestroyNotify) bk_frame_free);
  hold_until_answered (self, task);
}

static void
take_frame (BkNativeLink *self, BkFrame *frame)
{
  g_autoptr (BkNativeLink) alive = g_object_ref (self);
  g_autoptr (BkFrame) owned = frame;

  if (self->state == LINK_GREETING)
    take_hello (self, frame);
  else if (bk_frame_get_class (frame) == BK_FRAME_REPLY)
    take_reply (self, g_steal_pointer (&owned));
  else if (bk_frame_get_frame_type (frame) == BK_FRAME_HELLO)
    drop_new (self, BECKON_ERROR_PROTOCOL, "The server greeted us twice");
  else
    g_signal_emit (self, signals[SIGNAL_FRAME], 0, frame);
}

static void
on_message (SoupWebsocketConnection *websocket, SoupWebsocketDataType type, GBytes *message, gpointer user_data)
{
  BkNativeLink *self = user_data;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (message, &length);

  if (type != SOUP_WEBSOCKET_DATA_TEXT)
    {
      drop_new (self, BECKON_ERROR_PROTOCOL, "The server sent something that is not text");
      return;
    }

  BkFrame *frame = bk_frame_parse_from_server (text != NULL ? text : "", length, &error);
  if (frame != NULL && self->answering != NULL)
    g_queue_push_tail (&self->held, frame);
  else if (frame != NULL)
    take_frame (self, frame);
  else if (!g_error_matches (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED))
    drop (self, FALSE, g_steal_pointer (&error));
}

static void
on_error (SoupWebsocketConnection *websocket, GError *error, gpointer user_data)
{
  BkNativeLink *self = user_data;
  gboolean broken = error->domain == SOUP_WEBSOCKET_ERROR
                    || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);

  if (broken)
    drop_new (self, BECKON_ERROR_PROTOCOL, "The server broke the rules of WebSockets");
  else
    drop (self, FALSE, g_error_new (BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "The connection broke: %s",
                                    error->message));
}

/* Either the server says good-bye, or it is simply gone. */
static void
on_over (SoupWebsocketConnection *websocket, gpointer user_data)
{
  BkNativeLink *self = user_data;
  GError *error = self->said != NULL
                    ? g_error_copy (self->said)
                    : g_error_new_literal (BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "The server hung up");

  drop (self, TRUE, error);
}

/* ---- opening ---- */

static void
on_open_timeout (gpointer user_data)
{
  BkNativeLink *self = user_data;

  self->open_timer = 0;
  drop_new (self, BECKON_ERROR_CONNECT, "The server did not answer in time");
}

static void
on_found (gpointer user_data)
{
  BkNativeLink *self = user_data;

  if (self->state == LINK_CONNECTING)
    g_signal_emit (self, signals[SIGNAL_FOUND], 0);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkNativeLink) self = user_data;
  GError *error = NULL;
  g_autoptr (BkNativeStream) stream = bk_native_connect_finish (result, &error);

  if (stream == NULL)
    {
      drop (self, FALSE, error);
      return;
    }
  if (self->state != LINK_CONNECTING)
    return;

  g_autofree char *text = bk_native_address_to_uri (self->address);
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  self->stream = g_steal_pointer (&stream);
  self->websocket = soup_websocket_connection_new (G_IO_STREAM (self->stream), uri, SOUP_WEBSOCKET_CONNECTION_CLIENT,
                                                   NULL, BK_FRAME_SUBPROTOCOL, NULL);
  soup_websocket_connection_set_max_incoming_payload_size (self->websocket, BK_LIMIT_FRAME);
  soup_websocket_connection_set_keepalive_interval (self->websocket, self->ping_seconds);
  g_signal_connect (self->websocket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->websocket, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (self->websocket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->websocket, "closing", G_CALLBACK (on_over), self);
  g_signal_connect (self->websocket, "closed", G_CALLBACK (on_over), self);
  self->state = LINK_GREETING;
  arm_watch (self);
}

static void
bk_native_link_dispose (GObject *object)
{
  BkNativeLink *self = BK_NATIVE_LINK (object);

  bk_native_link_close (self);
  G_OBJECT_CLASS (bk_native_link_parent_class)->dispose (object);
}

static void
bk_native_link_finalize (GObject *object)
{
  BkNativeLink *self = BK_NATIVE_LINK (object);

  g_hash_table_unref (self->requests);
  bk_native_address_free (self->address);
  g_clear_object (&self->database);
  g_object_unref (self->connect_cancellable);
  g_object_unref (self->clock);
  g_clear_error (&self->said);
  G_OBJECT_CLASS (bk_native_link_parent_class)->finalize (object);
}

static void
bk_native_link_class_init (BkNativeLinkClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_native_link_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_native_link_finalize;
  signals[SIGNAL_FOUND]
    = g_signal_new ("found", BK_TYPE_NATIVE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FRAME] = g_signal_new ("frame", BK_TYPE_NATIVE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", BK_TYPE_NATIVE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
bk_native_link_init (BkNativeLink *self)
{
  self->connect_cancellable = g_cancellable_new ();
  self->requests = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, request_free);
}

BkNativeLink *
bk_native_link_new (BkClock *clock, const BkNativeAddress *address, GTlsDatabase *database, guint ping_seconds)
{
  BkNativeLink *self = g_object_new (BK_TYPE_NATIVE_LINK, NULL);

  self->clock = g_object_ref (clock);
  self->address = bk_native_address_copy (address);
  g_set_object (&self->database, database);
  self->ping_seconds = ping_seconds;
  return self;
}

void
bk_native_link_open_async (BkNativeLink *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (self->state == LINK_NEW);

  self->open_task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->open_task, bk_native_link_open_async);
  self->state = LINK_CONNECTING;
  self->open_timer = bk_clock_add (self->clock, OPEN_SECONDS * 1000, on_open_timeout, self);
  bk_native_connect_async (self->address, self->database, self->clock, on_found, self, self->connect_cancellable,
                           on_connected, g_object_ref (self));
}

gboolean
bk_native_link_open_finish (BkNativeLink *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Returns (transfer full) an empty request with an id of its own. */
BkFrame *
bk_native_link_new_request (BkNativeLink *self, BkFrameType type)
{
  return bk_frame_new (type, ++self->last_id);
}

/* Makes @request one of this link, which may have been one of an earlier link, or of none. */
void
bk_native_link_renew_request (BkNativeLink *self, BkFrame *request)
{
  bk_frame_set_id (request, ++self->last_id);
}

static void
on_request_timeout (gpointer user_data)
{
  Request *request = user_data;

  request->timer = 0;
  drop_new (request->link, BECKON_ERROR_DISCONNECTED, "The server did not answer a request in time");
}

static gboolean
on_request_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&request->task);

  if (task != NULL)
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* Between the end of the stream and the word that it is over, libsoup takes some turns of the main loop. */
static gboolean
can_send (BkNativeLink *self)
{
  return self->state == LINK_OPEN
         && soup_websocket_connection_get_state (self->websocket) == SOUP_WEBSOCKET_STATE_OPEN;
}

/* Says why nothing can be asked now; FALSE if it can. */
static gboolean
refuse_request (BkNativeLink *self, GTask *task)
{
  if (g_task_return_error_if_cancelled (task))
    return TRUE;
  if (can_send (self) && g_hash_table_size (self->requests) < MAX_REQUESTS)
    return FALSE;
  if (can_send (self))
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_SERVER_TOO_BUSY,
                             "The server has not yet answered what it was asked before");
  else
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "There is no connection to the server");
  return TRUE;
}

void
bk_native_link_request_async (BkNativeLink *self, const BkFrame *frame, guint seconds, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_native_link_request_async);
  if (refuse_request (self, task))
    return;

  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  gint64 id = bk_frame_get_id (frame);
  Request *request = g_new0 (Request, 1);

  request->link = self;
  request->task = g_object_ref (task);
  request->sent = bk_clock_now (self->clock);
  request->timer = bk_clock_add (self->clock, seconds * 1000, on_request_timeout, request);
  if (cancellable != NULL)
    {
      request->cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (request->cancel, G_SOURCE_FUNC (on_request_cancelled), request, NULL);
      g_source_attach (request->cancel, g_main_context_get_thread_default ());
    }
  g_hash_table_insert (self->requests, g_memdup2 (&id, sizeof id), request);
  soup_websocket_connection_send_message (self->websocket, SOUP_WEBSOCKET_DATA_TEXT, bytes);
}

/* Returns (transfer full) the reply, or NULL with what the server answered as @error. @retry_ms (nullable) is set to
 * the time after which the server wants to be asked again, 0 for none. */
BkFrame *
bk_native_link_request_finish (BkNativeLink *self, GAsyncResult *result, guint *retry_ms, GError **error)
{
  g_autoptr (BkFrame) frame = g_task_propagate_pointer (G_TASK (result), error);

  if (retry_ms != NULL)
    *retry_ms = 0;
  if (frame == NULL || bk_frame_get_frame_type (frame) != BK_FRAME_ERROR)
    return g_steal_pointer (&frame);
  if (retry_ms != NULL)
    *retry_ms = (guint) MIN (bk_frame_get_int (frame, "retry_ms"), G_MAXINT);
  g_propagate_error (error, bk_frame_dup_error (frame));
  return NULL;
}

gint64
bk_native_link_get_reply_time (BkNativeLink *self)
{
  return self->reply_time;
}

void
bk_native_link_close (BkNativeLink *self)
{
  g_autoptr (BkNativeLink) alive = g_object_ref (self);

  if (self->state == LINK_CLOSED)
    return;

  g_autoptr (GTask) open_task = shut (self, TRUE);
  fail_requests (self, "The connection was closed");
  if (open_task != NULL)
    g_task_return_new_error (open_task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The attempt was given up");
}
