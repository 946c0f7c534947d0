/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The side whose program joins: listens for it. Another user's program on this machine finds the same ports, and is
 * sent away. */
#include "bk-forward-private.h"

#include "beckon-error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 64
#define ROUND 32                         /* connections or packets in one go */
#define CHECKED_US (G_USEC_PER_SEC)      /* so long a source of packets is believed to be whose it was */

static guint8 packet[BK_FRAGMENT_MAX + 1];

static void
clear_socket (BkFdWatch **watch, int *fd)
{
  g_clear_pointer (watch, bk_fd_watch_free);
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

void
bk_forward_join_stop (BkForward *self)
{
  clear_socket (&self->tcp_watch, &self->tcp);
  clear_socket (&self->un_watch, &self->un);
}

void
bk_forward_join_clear (BkForward *self)
{
  bk_forward_join_stop (self);
  clear_socket (&self->udp_watch, &self->udp);
}

/* ---- streams ---- */

static void
refuse (BkForward *self, int fd)
{
  struct linger linger = { 1, 0 };

  if (self->refused++ == 0)
    g_message ("A program of another user has tried to join a session of this one");
  if (fd < 0)
    return;
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (fd);
}

static gboolean
is_own_unix (int fd)
{
  struct ucred peer;
  socklen_t length = sizeof peer;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == geteuid ();
}

static void
accept_some (BkForward *self, int listener)
{
  for (guint i = 0; i < ROUND; i++)
    {
      struct sockaddr_in peer = { 0 };
      socklen_t length = sizeof peer;
      gboolean is_unix = listener == self->un;
      int fd = accept4 (listener, is_unix ? NULL : (struct sockaddr *) &peer, is_unix ? NULL : &length,
                        SOCK_CLOEXEC | SOCK_NONBLOCK);

      if (fd < 0)
        return;
      if (is_unix ? is_own_unix (fd) : bk_sockets_is_own_tcp (&peer, &self->own))
        self->accepted (fd, self->user_data);
      else
        refuse (self, fd);
    }
}

static void
on_tcp (GIOCondition condition, gpointer user_data)
{
  BkForward *self = user_data;

  accept_some (self, self->tcp);
}

static void
on_unix (GIOCondition condition, gpointer user_data)
{
  BkForward *self = user_data;

  accept_some (self, self->un);
}

/* ---- packets ---- */

static gboolean
is_still_own (BkForward *self, BkForwardSource *source)
{
  gint64 now = bk_clock_now (self->clock);

  if (source->checked != 0 && now - source->checked < CHECKED_US)
    return TRUE;
  if (!bk_sockets_is_own_udp (&source->from))
    return FALSE;
  source->checked = now;
  return TRUE;
}

static BkForwardSource *
find_from (BkForward *self, const struct sockaddr_in *from)
{
  for (guint i = 0; i < self->sources->len; i++)
    {
      BkForwardSource *source = g_ptr_array_index (self->sources, i);
      if (source->from.sin_port == from->sin_port && source->from.sin_addr.s_addr == from->sin_addr.s_addr)
        return source;
    }
  return NULL;
}

/* NULL: it is not of this user, or there are too many. */
static BkForwardSource *
get_source (BkForward *self, const struct sockaddr_in *from)
{
  BkForwardSource *source = find_from (self, from);

  if (source != NULL ? !is_still_own (self, source) : !bk_sockets_is_own_udp (from))
    {
      refuse (self, -1);
      return NULL;
    }
  if (source != NULL)
    return source;
  self->last_id = (self->last_id + 1) % BK_FORWARD_ID;
  source = bk_forward_add_source (self, bk_flow_new_to (self->hub, self->udp, from, self->last_id | BK_FORWARD_ID));
  if (source == NULL)
    return NULL;
  source->from = *from;
  source->checked = bk_clock_now (self->clock);
  return source;
}

static void
on_udp (GIOCondition condition, gpointer user_data)
{
  BkForward *self = user_data;

  for (guint i = 0; i < ROUND; i++)
    {
      struct sockaddr_in from = { 0 };
      socklen_t length = sizeof from;
      gssize n = recvfrom (self->udp, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *) &from, &length);

      if (n < 0)
        return;
      BkForwardSource *source = get_source (self, &from);
      if (source == NULL)
        continue;
      source->used = bk_clock_now (self->clock);
      bk_flow_push (source->flow, packet, (gsize) n);
    }
}

void
bk_forward_join_receive (BkForward *self, guint32 id, GBytes *datagram)
{
  BkForwardSource *source = bk_forward_find_source (self, id);

  if (source == NULL || !is_still_own (self, source))
    return;
  source->used = bk_clock_now (self->clock);
  bk_flow_receive (source->flow, datagram);
}

/* ---- listening ---- */

static BkFdWatch *
watch (int fd, BkFdWatchFunc func, BkForward *self)
{
  BkFdWatch *new = bk_fd_watch_new (fd, func, self);

  bk_fd_watch_want (new, G_IO_IN);
  return new;
}

static gboolean
fail (GError **error)
{
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, _("Could not listen for the program that joins: %s"),
               g_strerror (errno));
  return FALSE;
}

static gboolean
join_unix (BkForward *self, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  if (!bk_forward_make_path (self, error))
    return FALSE;
  g_strlcpy (address.sun_path, self->path, sizeof address.sun_path);
  self->un = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (self->un < 0 || bind (self->un, (struct sockaddr *) &address, sizeof address) < 0
      || chmod (self->path, 0600) < 0 || listen (self->un, BACKLOG) < 0)
    return fail (error);
  self->un_watch = watch (self->un, on_unix, self);
  return TRUE;
}

static gboolean
join_ports (BkForward *self, BkCarries carries, guint16 port, GError **error)
{
  if (!bk_forward_bind (self, carries, port, &self->tcp, &self->udp, &self->own, error))
    return FALSE;
  if (self->tcp >= 0 && listen (self->tcp, BACKLOG) < 0)
    return fail (error);
  if (self->tcp >= 0)
    self->tcp_watch = watch (self->tcp, on_tcp, self);
  if (self->udp >= 0)
    self->udp_watch = watch (self->udp, on_udp, self);
  return TRUE;
}

gboolean
bk_forward_join (BkForward *self, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error)
{
  gboolean is_unix = (carries & BK_CARRY_UNIX) != 0;

  if (self->tcp >= 0 || self->udp >= 0 || self->un >= 0)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, "The session listens already");
      return FALSE;
    }
  if (!(is_unix ? join_unix (self, error) : join_ports (self, carries, port, error)))
    {
      bk_forward_join_clear (self);
      return FALSE;
    }
  bk_forward_fill_endpoint (self, carries, is_unix ? NULL : &self->own, endpoint);
  return TRUE;
}
