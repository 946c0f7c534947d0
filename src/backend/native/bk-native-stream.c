/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-native-stream.h"

#include "bk-native-meter.h"

#include <string.h>

/* libsoup reads until nothing is there. Without a bound a server that sends quickly would stop everything else. */
#define BYTES_PER_TURN 65536

/* ---- the input ---- */

#define BK_TYPE_NATIVE_INPUT (bk_native_input_get_type ())
G_DECLARE_FINAL_TYPE (BkNativeInput, bk_native_input, BK, NATIVE_INPUT, GInputStream)

struct _BkNativeInput
{
  GInputStream parent_instance;

  GPollableInputStream *base;
  GBytes *early; /* nullable */
  gsize early_at;
  BkNativeMeter meter;
  guint64 max_message;
  gsize turn_left;
  BkClock *clock;
  gint64 last_read;
};

static gboolean
input_can_poll (GPollableInputStream *stream)
{
  return g_pollable_input_stream_can_poll (BK_NATIVE_INPUT (stream)->base);
}

static gboolean
input_is_readable (GPollableInputStream *stream)
{
  BkNativeInput *self = BK_NATIVE_INPUT (stream);

  return self->early != NULL || g_pollable_input_stream_is_readable (self->base);
}

/* libsoup asks for a source each time that it goes back to the main loop: a new turn begins. */
static GSource *
input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  BkNativeInput *self = BK_NATIVE_INPUT (stream);
  g_autoptr (GSource) child = NULL;

  self->turn_left = BYTES_PER_TURN;
  if (self->early == NULL)
    child = g_pollable_input_stream_create_source (self->base, cancellable);
  else
    child = g_timeout_source_new (0);
  return g_pollable_source_new_full (stream, child, cancellable);
}

static gssize
read_early (BkNativeInput *self, void *buffer, gsize count)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->early, &size);
  gsize length = MIN (count, size - self->early_at);

  memcpy (buffer, data + self->early_at, length);
  self->early_at += length;
  if (self->early_at == size)
    g_clear_pointer (&self->early, g_bytes_unref);
  return (gssize) length;
}

static gssize
take_note (BkNativeInput *self, const void *buffer, gssize length, GError **error)
{
  if (length <= 0)
    return length;

  self->last_read = bk_clock_now (self->clock);
  self->turn_left -= MIN ((gsize) length, self->turn_left);
  if (bk_native_meter_feed (&self->meter, buffer, (gsize) length, self->max_message))
    return length;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "The server sent a message that is too long");
  return -1;
}

static gssize
input_read_nonblocking (GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  BkNativeInput *self = BK_NATIVE_INPUT (stream);

  if (self->turn_left == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Others have their turn first");
      return -1;
    }
  gssize length = self->early != NULL
                    ? read_early (self, buffer, count)
                    : g_pollable_input_stream_read_nonblocking (self->base, buffer, count, NULL, error);
  return take_note (self, buffer, length, error);
}

static gssize
input_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  BkNativeInput *self = BK_NATIVE_INPUT (stream);
  gssize length = self->early != NULL
                    ? read_early (self, buffer, count)
                    : g_input_stream_read (G_INPUT_STREAM (self->base), buffer, count, cancellable, error);

  return take_note (self, buffer, length, error);
}

static void
bk_native_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->can_poll = input_can_poll;
  iface->is_readable = input_is_readable;
  iface->create_source = input_create_source;
  iface->read_nonblocking = input_read_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BkNativeInput, bk_native_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, bk_native_input_pollable_init))

static void
bk_native_input_dispose (GObject *object)
{
  BkNativeInput *self = BK_NATIVE_INPUT (object);

  g_clear_pointer (&self->early, g_bytes_unref);
  G_OBJECT_CLASS (bk_native_input_parent_class)->dispose (object);
}

static void
bk_native_input_finalize (GObject *object)
{
  BkNativeInput *self = BK_NATIVE_INPUT (object);

  g_object_unref (self->base);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (bk_native_input_parent_class)->finalize (object);
}

static void
bk_native_input_class_init (BkNativeInputClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_native_input_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_native_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = input_read;
}

static void
bk_native_input_init (BkNativeInput *self)
{
  self->turn_left = BYTES_PER_TURN;
}

/* ---- both directions ---- */

struct _BkNativeStream
{
  GIOStream parent_instance;

  GIOStream *base;
  BkNativeInput *input;
};

G_DEFINE_FINAL_TYPE (BkNativeStream, bk_native_stream, G_TYPE_IO_STREAM)

static GInputStream *
stream_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (BK_NATIVE_STREAM (stream)->input);
}

static GOutputStream *
stream_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (BK_NATIVE_STREAM (stream)->base);
}

static gboolean
stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  return g_io_stream_close (BK_NATIVE_STREAM (stream)->base, cancellable, error);
}

static void
on_base_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_io_stream_close_finish (G_IO_STREAM (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The stream below knows how to do this without a thread. */
static void
stream_close_async (GIOStream *stream, int priority, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  GTask *task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, stream_close_async);
  g_task_set_priority (task, priority);
  g_io_stream_close_async (BK_NATIVE_STREAM (stream)->base, priority, cancellable, on_base_closed, task);
}

static gboolean
stream_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
bk_native_stream_finalize (GObject *object)
{
  BkNativeStream *self = BK_NATIVE_STREAM (object);

  g_object_unref (self->input);
  g_object_unref (self->base);
  G_OBJECT_CLASS (bk_native_stream_parent_class)->finalize (object);
}

static void
bk_native_stream_class_init (BkNativeStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bk_native_stream_finalize;
  stream_class->get_input_stream = stream_get_input_stream;
  stream_class->get_output_stream = stream_get_output_stream;
  stream_class->close_fn = stream_close;
  stream_class->close_async = stream_close_async;
  stream_class->close_finish = stream_close_finish;
}

static void
bk_native_stream_init (BkNativeStream *self)
{
}

BkNativeStream *
bk_native_stream_new (GIOStream *base, GBytes *early, guint64 max_message, BkClock *clock)
{
  BkNativeStream *self = g_object_new (BK_TYPE_NATIVE_STREAM, NULL);
  BkNativeInput *input = g_object_new (BK_TYPE_NATIVE_INPUT, NULL);

  input->base = g_object_ref (G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (base)));
  input->early = g_bytes_get_size (early) > 0 ? g_bytes_ref (early) : NULL;
  input->max_message = max_message;
  input->clock = g_object_ref (clock);
  input->last_read = bk_clock_now (clock);
  self->base = g_object_ref (base);
  self->input = input;
  return self;
}

/* Returns when the server was last heard of, on the clock of the stream. */
gint64
bk_native_stream_get_last_read (BkNativeStream *self)
{
  return self->input->last_read;
}
