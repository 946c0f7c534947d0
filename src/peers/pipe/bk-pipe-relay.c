/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-pipe.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

/* One direction. What it read is written before it reads more: memory is bounded, and the slower side sets the pace. */
typedef struct
{
  BkPipeRelay *relay;
  int from;
  int to;
  guint8 *buffer;
  gsize start;
  gsize end;
  guint watch;
  gboolean finished;
} Pump;

struct _BkPipeRelay
{
  Pump pumps[2];
  BkPipeDone done;
  gpointer user_data;
};

static void
fail (BkPipeRelay *self, const char *what, int code)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", what, g_strerror (code));

  for (int i = 0; i < 2; i++)
    {
      g_clear_handle_id (&self->pumps[i].watch, g_source_remove);
      self->pumps[i].finished = TRUE;
    }
  self->done (text, self->user_data);
}

static gboolean
is_later (int code)
{
  return code == EAGAIN || code == EINTR;
}

static void
finish_pump (Pump *pump)
{
  BkPipeRelay *self = pump->relay;

  pump->finished = TRUE;
  shutdown (pump->to, SHUT_WR); /* fails if the other side has closed altogether, which is as good */
  if (self->pumps[0].finished && self->pumps[1].finished)
    self->done (NULL, self->user_data);
}

static void arm (Pump *pump);

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  Pump *pump = user_data;
  gssize n = write (pump->to, pump->buffer + pump->start, pump->end - pump->start);

  pump->watch = 0;
  if (n < 0 && !is_later (errno))
    {
      fail (pump->relay, "Writing failed", errno);
      return G_SOURCE_REMOVE;
    }
  pump->start += n > 0 ? (gsize) n : 0;
  arm (pump);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Pump *pump = user_data;
  gssize n = read (pump->from, pump->buffer, BK_PIPE_BUFFER);

  pump->watch = 0;
  if (n < 0 && !is_later (errno))
    {
      fail (pump->relay, "Reading failed", errno);
      return G_SOURCE_REMOVE;
    }
  if (n == 0)
    {
      finish_pump (pump);
      return G_SOURCE_REMOVE;
    }
  pump->start = 0;
  pump->end = n > 0 ? (gsize) n : 0;
  arm (pump);
  return G_SOURCE_REMOVE;
}

static void
arm (Pump *pump)
{
  if (pump->start < pump->end)
    pump->watch = g_unix_fd_add (pump->to, G_IO_OUT | G_IO_ERR | G_IO_HUP, on_writable, pump);
  else
    pump->watch = g_unix_fd_add (pump->from, G_IO_IN | G_IO_ERR | G_IO_HUP, on_readable, pump);
}

BkPipeRelay *
bk_pipe_relay_new (int one, int other, BkPipeDone done, gpointer user_data)
{
  BkPipeRelay *self = g_new0 (BkPipeRelay, 1);

  self->done = done;
  self->user_data = user_data;
  for (int i = 0; i < 2; i++)
    {
      Pump *pump = &self->pumps[i];

      pump->relay = self;
      pump->from = i == 0 ? one : other;
      pump->to = i == 0 ? other : one;
      pump->buffer = g_malloc (BK_PIPE_BUFFER);
      g_unix_set_fd_nonblocking (pump->from, TRUE, NULL);
      arm (pump);
    }
  return self;
}

void
bk_pipe_relay_free (BkPipeRelay *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < 2; i++)
    {
      g_clear_handle_id (&self->pumps[i].watch, g_source_remove);
      g_free (self->pumps[i].buffer);
      close (self->pumps[i].from);
    }
  g_free (self);
}
