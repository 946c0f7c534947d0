/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-flow.h"

#include "bk-fd-watch.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKETS 64 /* in one go, then others have their turn */
#define MAX_PACKET 1500

struct _BkFlow
{
  BkPumpHub *hub;
  int fd; /* -1: the program has closed it */
  BkFdWatch *watch;
  guint32 id;
  guint32 their_id;
  gboolean joined;
  gboolean ends;
  gboolean shares; /* fd is of others too */
  struct sockaddr_in to;

  guint32 number;
  GByteArray *held; /* what is being sent, piece after piece */
  guint index;
  guint count; /* 0: nothing is */
  gsize piece;
};

static guint8 packet[BK_FRAGMENT_MAX + 1];

static void on_fd (GIOCondition condition, gpointer user_data);

BkFlow *
bk_flow_new (BkPumpHub *hub, int fd, guint32 id, gboolean ends)
{
  BkFlow *self = g_new0 (BkFlow, 1);

  self->hub = hub;
  self->fd = fd;
  self->id = id;
  self->ends = ends;
  self->held = g_byte_array_new ();
  self->watch = bk_fd_watch_new (fd, on_fd, self);
  bk_fd_watch_want (self->watch, G_IO_IN);
  return self;
}

BkFlow *
bk_flow_new_to (BkPumpHub *hub, int fd, const struct sockaddr_in *to, guint32 id)
{
  BkFlow *self = g_new0 (BkFlow, 1);

  self->hub = hub;
  self->fd = fd;
  self->shares = TRUE;
  self->to = *to;
  self->id = id;
  self->held = g_byte_array_new ();
  bk_flow_set_their_id (self, id);
  return self;
}

static void
close_fd (BkFlow *self)
{
  g_clear_pointer (&self->watch, bk_fd_watch_free);
  if (self->fd >= 0 && !self->shares)
    close (self->fd);
  self->fd = -1;
}

void
bk_flow_free (BkFlow *self)
{
  close_fd (self);
  g_byte_array_unref (self->held);
  g_free (self);
}

guint32
bk_flow_get_id (BkFlow *self)
{
  return self->id;
}

void
bk_flow_set_their_id (BkFlow *self, guint32 id)
{
  self->their_id = id;
  self->joined = TRUE;
}

gboolean
bk_flow_has_their_id (BkFlow *self)
{
  return self->joined;
}

guint32
bk_flow_get_their_id (BkFlow *self)
{
  return self->their_id;
}

/* ---- out ---- */

/* FALSE: there is no room now. */
static gboolean
send_held (BkFlow *self)
{
  guint8 out[MAX_PACKET];

  for (; self->index < self->count; self->index++)
    {
      gsize n = bk_fragment_write (out, self->piece, self->their_id, self->number, self->held->data, self->held->len,
                                   self->index, self->count);
      if (!bk_quic_send_datagram (self->hub->quic, out, n))
        return FALSE;
      self->hub->attention (self->hub->user_data);
    }
  self->hub->moved += self->held->len;
  self->count = 0;
  return TRUE;
}

void
bk_flow_push (BkFlow *self, const guint8 *data, gsize length)
{
  if (self->hub->quic == NULL || self->count > 0 || length > BK_FRAGMENT_MAX)
    return;
  self->piece = MIN (bk_quic_get_max_datagram (self->hub->quic), MAX_PACKET);
  if (self->piece <= BK_FRAGMENT_HEADER)
    return;
  g_byte_array_set_size (self->held, 0);
  g_byte_array_append (self->held, data, (guint) length);
  self->number++;
  self->index = 0;
  self->count = bk_fragment_count (length, self->piece);
  send_held (self);
}

static gboolean
is_end (BkFlow *self)
{
  struct pollfd look = { self->fd, POLLIN, 0 };

  return self->ends && poll (&look, 1, 0) == 1 && (look.revents & (POLLHUP | POLLERR)) != 0;
}

static void
read_packets (BkFlow *self)
{
  for (guint i = 0; i < PACKETS && self->count == 0; i++)
    {
      gssize n = recv (self->fd, packet, sizeof packet, MSG_DONTWAIT);
      if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
      if ((n == 0 && is_end (self)) || (n < 0 && self->ends))
        {
          close_fd (self);
          self->hub->attention (self->hub->user_data);
          return;
        }
      /* With UDP an error is that nobody listened when the last packet came there. */
      if (n >= 0 && self->joined)
        bk_flow_push (self, packet, (gsize) n);
    }
}

static void
on_fd (GIOCondition condition, gpointer user_data)
{
  BkFlow *self = user_data;

  read_packets (self);
  if (self->watch != NULL)
    bk_fd_watch_want (self->watch, self->count == 0 ? G_IO_IN : 0);
}

void
bk_flow_writable (BkFlow *self)
{
  if (self->count == 0 || self->hub->quic == NULL || !send_held (self))
    return;
  if (self->watch != NULL)
    bk_fd_watch_want (self->watch, G_IO_IN);
}

/* ---- in ---- */

void
bk_flow_receive (BkFlow *self, GBytes *datagram)
{
  gsize length = 0;
  const void *data = g_bytes_get_data (datagram, &length);
  const struct sockaddr *to = self->shares ? (const struct sockaddr *) &self->to : NULL;

  if (self->fd >= 0
      && sendto (self->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL, to, to != NULL ? sizeof self->to : 0) >= 0)
    self->hub->moved += length;
}

gboolean
bk_flow_is_over (BkFlow *self)
{
  return self->fd < 0;
}

gboolean
bk_flow_is_drained (BkFlow *self)
{
  struct pollfd look = { self->fd, POLLIN, 0 };

  return self->count == 0 && (self->fd < 0 || self->shares || !self->joined || poll (&look, 1, 0) == 0);
}
