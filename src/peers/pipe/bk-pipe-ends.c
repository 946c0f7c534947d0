/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two ends say to each other: frames of a length (32 bits, big endian) and so many bytes. Length 0 says that
 * nothing more will come; DONE, that everything up to the other's 0 has been written. */
#include "bk-pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER 4
#define FRAME_END 0u
#define FRAME_DONE 0xffffffffu
#define MAX_FRAME (1024u * 1024u)

typedef enum
{
  UP_READING,   /* the file goes out */
  UP_ENDED,     /* all of it is sent, or about to be */
  UP_CONFIRMED, /* and written by the other side */
} Up;

typedef enum
{
  DOWN_READING,
  DOWN_ENDED, /* all that the other side has is written here, and that was said */
} Down;

struct _BkPipeEnds
{
  int in;
  int out;
  int socket;
  gboolean own_out;  /* a description of our own, to be closed */
  gsize max_write;   /* to `out` at once */

  Up up;
  Down down;
  guint8 *sending; /* frames on their way to the socket */
  gsize send_start;
  gsize send_end;
  guint8 *received; /* from the socket */
  gsize received_start;
  gsize received_end;
  guint32 payload; /* left of the frame that is being received */

  guint in_watch;
  guint out_watch;
  guint socket_in_watch;
  guint socket_out_watch;

  guint64 n_sent;
  guint64 n_received;
  BkPipeDone done; /* NULL when it has been called */
  gpointer user_data;
};

static void
disarm (BkPipeEnds *self)
{
  g_clear_handle_id (&self->in_watch, g_source_remove);
  g_clear_handle_id (&self->out_watch, g_source_remove);
  g_clear_handle_id (&self->socket_in_watch, g_source_remove);
  g_clear_handle_id (&self->socket_out_watch, g_source_remove);
}

static void
finish (BkPipeEnds *self, const char *problem)
{
  BkPipeDone done = g_steal_pointer (&self->done);

  disarm (self);
  if (done != NULL)
    done (problem, self->user_data);
}

static void
fail (BkPipeEnds *self, const char *what, int code)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", what, g_strerror (code));

  finish (self, text);
}

static gboolean
is_later (int code)
{
  return code == EAGAIN || code == EINTR;
}

/* ---- up: from the file to the socket ---- */

static void
put_header (guint8 *place, guint32 length)
{
  length = GUINT32_TO_BE (length);
  memcpy (place, &length, HEADER);
}

/* There is always room for two of these: see bk_pipe_ends_new (). */
static void
queue_mark (BkPipeEnds *self, guint32 mark)
{
  if (self->send_start == self->send_end)
    self->send_start = self->send_end = 0;
  put_header (self->sending + self->send_end, mark);
  self->send_end += HEADER;
}

static void
read_input (BkPipeEnds *self)
{
  gssize n = read (self->in, self->sending + HEADER, BK_PIPE_BUFFER);

  if (n > 0)
    {
      put_header (self->sending, (guint32) n);
      self->send_start = 0;
      self->send_end = HEADER + (gsize) n;
      self->n_sent += (guint64) n;
    }
  else if (n == 0)
    {
      self->up = UP_ENDED;
      queue_mark (self, FRAME_END);
    }
  else if (!is_later (errno))
    {
      fail (self, "Standard input cannot be read", errno);
    }
}

static void
write_socket (BkPipeEnds *self)
{
  gssize n = write (self->socket, self->sending + self->send_start, self->send_end - self->send_start);

  if (n >= 0)
    self->send_start += (gsize) n;
  else if (!is_later (errno))
    finish (self, "The other side broke off");
}

/* ---- down: from the socket to the file ---- */

static void
read_socket (BkPipeEnds *self)
{
  gsize left = self->received_end - self->received_start;

  /* At most the beginning of a header is left. */
  memmove (self->received, self->received + self->received_start, left);
  self->received_start = 0;
  self->received_end = left;
  gssize n = read (self->socket, self->received + left, BK_PIPE_BUFFER);
  if (n > 0)
    self->received_end += (gsize) n;
  else if (n == 0 || !is_later (errno))
    finish (self, "The other side broke off");
}

static void
take_header (BkPipeEnds *self)
{
  guint32 length;

  memcpy (&length, self->received + self->received_start, HEADER);
  length = GUINT32_FROM_BE (length);
  self->received_start += HEADER;
  if (length == FRAME_END && self->down == DOWN_READING)
    {
      self->down = DOWN_ENDED;
      queue_mark (self, FRAME_DONE);
    }
  else if (length == FRAME_DONE && self->up == UP_ENDED)
    self->up = UP_CONFIRMED;
  else if (length > 0 && length <= MAX_FRAME && self->down == DOWN_READING)
    self->payload = length;
  else
    finish (self, "The other side sent something that makes no sense");
}

static void
write_output (BkPipeEnds *self)
{
  gsize available = MIN (self->received_end - self->received_start, self->payload);
  gssize n = write (self->out, self->received + self->received_start, MIN (available, self->max_write));

  if (n >= 0)
    {
      self->received_start += (gsize) n;
      self->payload -= (guint32) n;
      self->n_received += (guint64) n;
    }
  else if (!is_later (errno))
    {
      fail (self, "Standard output cannot be written", errno);
    }
}

/* ---- what is waited for ---- */

static gboolean
has_payload (BkPipeEnds *self)
{
  return self->payload > 0 && self->received_start < self->received_end;
}

static gboolean on_ready (int fd, GIOCondition condition, gpointer user_data);

static void
watch (BkPipeEnds *self, guint *id, gboolean wanted, int fd, GIOCondition condition)
{
  if (wanted && *id == 0)
    *id = g_unix_fd_add (fd, condition | G_IO_ERR | G_IO_HUP, on_ready, self);
  else if (!wanted)
    g_clear_handle_id (id, g_source_remove);
}

static void
advance (BkPipeEnds *self)
{
  while (self->done != NULL && self->payload == 0 && self->received_end - self->received_start >= HEADER)
    take_header (self);
  if (self->done == NULL)
    return;

  gboolean sent = self->send_start == self->send_end;
  gboolean more = self->down == DOWN_READING || self->up != UP_CONFIRMED;
  if (sent && !more)
    {
      finish (self, NULL);
      return;
    }
  watch (self, &self->in_watch, sent && self->up == UP_READING, self->in, G_IO_IN);
  watch (self, &self->socket_out_watch, !sent, self->socket, G_IO_OUT);
  watch (self, &self->out_watch, has_payload (self), self->out, G_IO_OUT);
  watch (self, &self->socket_in_watch, more && !has_payload (self), self->socket, G_IO_IN);
}

static gboolean
on_ready (int fd, GIOCondition condition, gpointer user_data)
{
  BkPipeEnds *self = user_data;
  guint id = g_source_get_id (g_main_current_source ());

  if (id == self->in_watch)
    read_input (self);
  else if (id == self->socket_out_watch)
    write_socket (self);
  else if (id == self->out_watch)
    write_output (self);
  else if (id == self->socket_in_watch)
    read_socket (self);
  /* What was read can mostly be written at once: only if not, the loop is asked. */
  if (self->done != NULL && id == self->in_watch && self->send_start < self->send_end)
    write_socket (self);
  advance (self);
  return G_SOURCE_CONTINUE; /* advance () has removed it if it is not wanted any more */
}

/* A full pipe must not stop us, for the other direction has to go on. The flag belongs to a description that others
 * may share (a shell), so we take one of our own where that is possible; else we write no more than always fits. */
static void
prepare_output (BkPipeEnds *self, int out)
{
  struct stat info;

  self->out = out;
  self->max_write = BK_PIPE_BUFFER;
  if (fstat (out, &info) != 0 || S_ISREG (info.st_mode))
    return;
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", out);
  gboolean can_open = S_ISFIFO (info.st_mode) || S_ISCHR (info.st_mode);
  int own = can_open ? open (path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) : -1;
  self->own_out = own >= 0;
  if (own >= 0)
    self->out = own;
  else
    self->max_write = PIPE_BUF;
}

BkPipeEnds *
bk_pipe_ends_new (int in, int out, int socket, BkPipeDone done, gpointer user_data)
{
  BkPipeEnds *self = g_new0 (BkPipeEnds, 1);

  self->in = in;
  self->socket = socket;
  self->done = done;
  self->user_data = user_data;
  self->sending = g_malloc (BK_PIPE_BUFFER + 4 * HEADER);
  self->received = g_malloc (BK_PIPE_BUFFER + HEADER);
  prepare_output (self, out);
  g_unix_set_fd_nonblocking (socket, TRUE, NULL);
  if (in < 0)
    {
      self->up = UP_ENDED;
      queue_mark (self, FRAME_END);
    }
  advance (self);
  return self;
}

void
bk_pipe_ends_get_counts (BkPipeEnds *self, guint64 *sent, guint64 *received)
{
  *sent = self->n_sent;
  *received = self->n_received;
}

void
bk_pipe_ends_free (BkPipeEnds *self)
{
  if (self == NULL)
    return;
  disarm (self);
  close (self->socket);
  if (self->own_out)
    close (self->out);
  g_free (self->sending);
  g_free (self->received);
  g_free (self);
}
