/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-pump.h"

#include "bk-fd-watch.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE (64 * 1024)
#define PIECES 8           /* in one go, then others have their turn */
#define KEPT (256 * 1024)  /* larger buffers are given back when they are empty */

typedef enum
{
  UP_OPEN,
  UP_ENDED, /* nothing more is read; what is held and the end are still to be written */
  UP_SENT,
  UP_ACKED, /* or given up */
} Up;

typedef enum
{
  DOWN_OPEN,
  DOWN_ENDED, /* nothing more comes; some waits for the program */
  DOWN_DONE,
} Down;

struct _BkPump
{
  BkPumpHub *hub;
  int fd; /* -1: none yet, or none any more */
  BkFdWatch *watch;
  gint64 stream;
  gboolean closed; /* QUIC knows the stream no more */
  gboolean finishing;

  Up up;
  GByteArray *held; /* read, and not taken by QUIC; starts with the header */
  Down down;
  GByteArray *queue; /* received, and not taken by the program */
  gsize done;        /* of the queue */
};

static guint8 piece[PIECE];

static void update (BkPump *self);

static gboolean
has_quic (BkPump *self)
{
  return self->hub->quic != NULL && self->stream >= 0 && !self->closed;
}

BkPump *
bk_pump_new (BkPumpHub *hub)
{
  BkPump *self = g_new0 (BkPump, 1);

  self->hub = hub;
  self->fd = -1;
  self->stream = -1;
  self->held = g_byte_array_new ();
  self->queue = g_byte_array_new ();
  return self;
}

static void
close_fd (BkPump *self)
{
  g_clear_pointer (&self->watch, bk_fd_watch_free);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
bk_pump_free (BkPump *self)
{
  close_fd (self);
  g_byte_array_unref (self->held);
  g_byte_array_unref (self->queue);
  g_free (self);
}

/* ---- from the program to the other side ---- */

static void
write_held (BkPump *self)
{
  if (!has_quic (self) || self->up >= UP_SENT)
    return;
  gboolean fin = self->up == UP_ENDED;
  gsize taken = 0;
  if (self->held->len > 0 || fin)
    {
      taken = bk_quic_write (self->hub->quic, self->stream, self->held->data, self->held->len, fin);
      self->hub->attention (self->hub->user_data);
    }
  self->hub->moved += taken;
  if (taken == self->held->len && fin)
    self->up = UP_SENT;
  if (taken > 0)
    g_byte_array_remove_range (self->held, 0, (guint) taken);
}

static void
end_up (BkPump *self)
{
  self->up = UP_ENDED;
  write_held (self);
}

static void
give_up_up (BkPump *self)
{
  if (self->up < UP_ACKED && has_quic (self))
    {
      bk_quic_reset (self->hub->quic, self->stream);
      self->hub->attention (self->hub->user_data);
    }
  self->up = UP_ACKED;
  g_byte_array_set_size (self->held, 0);
}

/* A program that has closed its end altogether wants nothing any more; one that has only said that it is done does. */
static gboolean
is_hung_up (int fd)
{
  struct pollfd look = { fd, POLLIN, 0 };

  return poll (&look, 1, 0) == 1 && (look.revents & (POLLHUP | POLLERR)) != 0;
}

static void give_up_down (BkPump *self);

static void
read_up (BkPump *self)
{
  for (guint i = 0; i < PIECES && self->up == UP_OPEN && self->held->len == 0 && has_quic (self); i++)
    {
      gssize n = recv (self->fd, piece, sizeof piece, MSG_DONTWAIT);
      if (n > 0)
        {
          gsize taken = bk_quic_write (self->hub->quic, self->stream, piece, (gsize) n, FALSE);
          self->hub->moved += taken;
          self->hub->attention (self->hub->user_data);
          g_byte_array_append (self->held, piece + taken, (guint) ((gsize) n - taken));
        }
      else if (n == 0 || (self->finishing && errno == EAGAIN))
        {
          end_up (self);
          if (n == 0 && is_hung_up (self->fd))
            give_up_down (self);
        }
      else if (errno == EAGAIN || errno == EINTR)
        return;
      else
        {
          give_up_up (self);
          give_up_down (self);
        }
    }
}

/* ---- from the other side to the program ---- */

static gsize
waiting (BkPump *self)
{
  return self->queue->len - self->done;
}

static void
consume (BkPump *self, gsize length)
{
  if (self->hub->quic != NULL && self->stream >= 0 && length > 0)
    {
      bk_quic_consume (self->hub->quic, self->stream, length);
      self->hub->attention (self->hub->user_data);
    }
}

static void
clear_queue (BkPump *self)
{
  if (self->queue->len > KEPT)
    {
      g_byte_array_unref (self->queue);
      self->queue = g_byte_array_new ();
    }
  g_byte_array_set_size (self->queue, 0);
  self->done = 0;
}

static void
give_up_down (BkPump *self)
{
  if (self->down == DOWN_OPEN && has_quic (self))
    bk_quic_stop (self->hub->quic, self->stream);
  self->down = DOWN_DONE;
  consume (self, waiting (self));
  clear_queue (self);
}

static void
write_down (BkPump *self)
{
  while (waiting (self) > 0)
    {
      gssize n = send (self->fd, self->queue->data + self->done, waiting (self), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n < 0)
        {
          if (errno != EAGAIN && errno != EINTR)
            give_up_down (self);
          break;
        }
      self->done += (gsize) n;
      self->hub->moved += (guint64) n;
      consume (self, (gsize) n);
    }
  if (waiting (self) == 0)
    clear_queue (self);
  else if (self->done >= PIECE && self->done >= waiting (self))
    {
      g_byte_array_remove_range (self->queue, 0, (guint) self->done);
      self->done = 0;
    }
  if (self->down == DOWN_ENDED && waiting (self) == 0)
    {
      shutdown (self->fd, SHUT_WR);
      self->down = DOWN_DONE;
    }
}

/* ---- both ---- */

static void
on_fd (GIOCondition condition, gpointer user_data)
{
  BkPump *self = user_data;

  if (waiting (self) > 0 && (condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR)) != 0)
    write_down (self);
  if (self->fd >= 0 && (self->finishing || (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0))
    read_up (self);
  update (self);
}

gboolean
bk_pump_is_over (BkPump *self)
{
  return self->up == UP_ACKED && self->down == DOWN_DONE
         && (self->closed || self->stream < 0 || self->hub->quic == NULL);
}

static void
update (BkPump *self)
{
  GIOCondition wanted = 0;

  /* At the end, that there is nothing to read is what is waited for. */
  if (self->up == UP_OPEN && self->held->len == 0 && has_quic (self))
    wanted |= self->finishing ? G_IO_IN | G_IO_OUT : G_IO_IN;
  if (waiting (self) > 0)
    wanted |= G_IO_OUT;
  if (self->watch != NULL)
    bk_fd_watch_want (self->watch, wanted);
  if (self->up >= UP_ENDED && self->down == DOWN_DONE && self->held->len == 0)
    close_fd (self);
  if (bk_pump_is_over (self))
    self->hub->attention (self->hub->user_data);
}

void
bk_pump_set_fd (BkPump *self, int fd)
{
  self->fd = fd;
  self->watch = bk_fd_watch_new (fd, on_fd, self);
  bk_pump_flush (self);
}

void
bk_pump_set_stream (BkPump *self, gint64 stream, const guint8 *header, gsize length)
{
  self->stream = stream;
  if (length > 0)
    g_byte_array_prepend (self->held, header, (guint) length);
  write_held (self);
  update (self);
}

void
bk_pump_receive (BkPump *self, const guint8 *data, gsize length, gboolean fin)
{
  if (self->down == DOWN_DONE)
    {
      consume (self, length);
      return;
    }
  if (length > 0)
    g_byte_array_append (self->queue, data, (guint) length);
  if (fin)
    self->down = DOWN_ENDED;
  self->hub->attention (self->hub->user_data);
}

void
bk_pump_writable (BkPump *self)
{
  write_held (self);
  update (self);
}

void
bk_pump_acked (BkPump *self)
{
  if (self->up == UP_SENT)
    self->up = UP_ACKED;
  update (self);
}

/* The other program wants no more: ours is to notice when it writes. */
void
bk_pump_stopped (BkPump *self)
{
  give_up_up (self);
  if (self->fd >= 0)
    shutdown (self->fd, SHUT_RD);
  update (self);
}

static void
reset_fd (BkPump *self)
{
  struct linger linger = { 1, 0 };

  if (self->fd >= 0)
    setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close_fd (self);
}

void
bk_pump_reset (BkPump *self)
{
  self->down = DOWN_DONE;
  bk_pump_abort (self);
}

void
bk_pump_abort (BkPump *self)
{
  give_up_up (self);
  give_up_down (self);
  reset_fd (self);
  update (self);
}

void
bk_pump_closed (BkPump *self)
{
  self->closed = TRUE;
  if (self->down == DOWN_OPEN)
    self->down = DOWN_ENDED;
  self->up = UP_ACKED;
  bk_pump_flush (self);
}

void
bk_pump_cut (BkPump *self)
{
  if (self->down == DOWN_OPEN && waiting (self) == 0)
    reset_fd (self);
  bk_pump_closed (self);
}

void
bk_pump_flush (BkPump *self)
{
  if (self->fd >= 0 && (waiting (self) > 0 || self->down == DOWN_ENDED))
    write_down (self);
  update (self);
}

void
bk_pump_finish (BkPump *self)
{
  self->finishing = TRUE;
  if (self->fd >= 0)
    read_up (self);
  else if (self->up == UP_OPEN)
    bk_pump_abort (self);
  update (self);
}

gboolean
bk_pump_is_drained (BkPump *self)
{
  return self->up == UP_ACKED || self->stream < 0;
}

gboolean
bk_pump_is_quiet (BkPump *self)
{
  return waiting (self) == 0 || self->fd < 0;
}
