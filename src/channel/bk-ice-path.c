/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-ice-path.h"

#include "bk-ice-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_SEGMENTS 64  /* that the kernel cuts out of one message */
#define MAX_MESSAGE 65000 /* one that is cut is a packet of IP first */
#define BUFFERS 4
#define BUFFER_SIZE 65536
#define ROUNDS 4 /* of reading, until others have their turn */

struct _BkIcePath
{
  GSocket *socket;
  union
  {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage storage;
  } remote;
  socklen_t remote_size;
  NiceAddress address; /* the same as libnice writes it */
  gboolean cuts;       /* UDP_SEGMENT works here */
  int fd;              /* what is not STUN comes in here; -1: all comes through libnice */
  guint source;
  BkIceReceiveFunc receive;
  gpointer user_data;
  guint8 *buffers;
};

/* Which of the two sockets of one port a packet is for: the second one if it is from the other side and no STUN (RFC
 * 7983: the first two bits are zero), else the first, which is libnice's. A load beyond the end ends with the first. */
#define LOAD(size, at) BPF_STMT (BPF_LD | (size) | BPF_ABS, (guint32) (at))
#define UNLESS(value, skip) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define TAKE_IF_DATA \
  LOAD (BPF_B, 0), BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, 0xC0, 0, 1), BPF_STMT (BPF_RET | BPF_K, 1), \
    BPF_STMT (BPF_RET | BPF_K, 0)

static gboolean
attach_ipv4 (BkIcePath *self)
{
  struct sock_filter code[] = {
    LOAD (BPF_B, SKF_NET_OFF), /* no options: the ports are where they are looked for */
    UNLESS (0x45, 7),
    LOAD (BPF_W, SKF_NET_OFF + 12),
    UNLESS (ntohl (self->remote.v4.sin_addr.s_addr), 5),
    LOAD (BPF_H, SKF_NET_OFF + 20),
    UNLESS (ntohs (self->remote.v4.sin_port), 3),
    TAKE_IF_DATA,
  };
  struct sock_fprog program = { G_N_ELEMENTS (code), code };

  return setsockopt (self->fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) == 0;
}

static guint32
get_word (const struct in6_addr *address, guint n)
{
  guint32 word;

  memcpy (&word, address->s6_addr + 4 * n, sizeof word);
  return ntohl (word);
}

static gboolean
attach_ipv6 (BkIcePath *self)
{
  const struct in6_addr *address = &self->remote.v6.sin6_addr;
  struct sock_filter code[] = {
    LOAD (BPF_B, SKF_NET_OFF + 6), /* UDP at once, no other header between */
    UNLESS (IPPROTO_UDP, 13),
    LOAD (BPF_W, SKF_NET_OFF + 8),
    UNLESS (get_word (address, 0), 11),
    LOAD (BPF_W, SKF_NET_OFF + 12),
    UNLESS (get_word (address, 1), 9),
    LOAD (BPF_W, SKF_NET_OFF + 16),
    UNLESS (get_word (address, 2), 7),
    LOAD (BPF_W, SKF_NET_OFF + 20),
    UNLESS (get_word (address, 3), 5),
    LOAD (BPF_H, SKF_NET_OFF + 40),
    UNLESS (ntohs (self->remote.v6.sin6_port), 3),
    TAKE_IF_DATA,
  };
  struct sock_fprog program = { G_N_ELEMENTS (code), code };

  return setsockopt (self->fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) == 0;
}

static gboolean
is_remote (BkIcePath *self, const struct sockaddr_storage *from)
{
  const struct sockaddr_in *v4 = (const struct sockaddr_in *) (gconstpointer) from;
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) (gconstpointer) from;

  if (from->ss_family != self->remote.any.sa_family)
    return FALSE;
  if (from->ss_family == AF_INET)
    return v4->sin_port == self->remote.v4.sin_port && v4->sin_addr.s_addr == self->remote.v4.sin_addr.s_addr;
  return v6->sin6_port == self->remote.v6.sin6_port
         && IN6_ARE_ADDR_EQUAL (&v6->sin6_addr, &self->remote.v6.sin6_addr);
}

/* The size of the packets that the kernel has put together to one, if it has. */
static gsize
get_packet_size (struct msghdr *message, gsize length)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c != NULL; c = CMSG_NXTHDR (message, c))
    {
      int size = 0;

      if (c->cmsg_level != SOL_UDP || c->cmsg_type != UDP_GRO)
        continue;
      memcpy (&size, CMSG_DATA (c), sizeof size);
      return size > 0 ? (gsize) size : length;
    }
  return length;
}

static void
take_message (BkIcePath *self, struct mmsghdr *message, const guint8 *data)
{
  gsize length = message->msg_len;
  gsize size = get_packet_size (&message->msg_hdr, length);

  if (!is_remote (self, message->msg_hdr.msg_name))
    return;
  while (length > 0 && self->fd >= 0)
    {
      gsize n = MIN (size, length);

      self->receive (data, n, self->user_data);
      data += n;
      length -= n;
    }
}

static gboolean
read_some (BkIcePath *self)
{
  struct mmsghdr messages[BUFFERS] = { 0 };
  struct iovec vectors[BUFFERS];
  struct sockaddr_storage from[BUFFERS];
  union
  {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr align;
  } control[BUFFERS];
  int n = 0;

  for (guint i = 0; i < BUFFERS; i++)
    {
      vectors[i] = (struct iovec) { self->buffers + i * BUFFER_SIZE, BUFFER_SIZE };
      messages[i].msg_hdr = (struct msghdr) { .msg_name = &from[i],
                                              .msg_namelen = sizeof from[i],
                                              .msg_iov = &vectors[i],
                                              .msg_iovlen = 1,
                                              .msg_control = &control[i],
                                              .msg_controllen = sizeof control[i] };
    }
  n = recvmmsg (self->fd, messages, BUFFERS, MSG_DONTWAIT, NULL);
  for (int i = 0; i < n; i++)
    take_message (self, &messages[i], self->buffers + i * BUFFER_SIZE);
  return n == BUFFERS && self->fd >= 0;
}

static void
path_clear (BkIcePath *self)
{
  g_object_unref (self->socket);
  g_free (self->buffers);
}

static gboolean
on_input (int fd, GIOCondition condition, gpointer user_data)
{
  BkIcePath *self = g_rc_box_acquire (user_data);
  gboolean open = FALSE;

  for (guint i = 0; i < ROUNDS && read_some (self); i++)
    ;
  open = self->fd >= 0;
  g_rc_box_release_full (self, (GDestroyNotify) path_clear);
  return open ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
set (int fd, int level, int option, int value)
{
  setsockopt (fd, level, option, &value, sizeof value);
}

/* A second socket at the same address and port, of which libnice knows nothing. */
static gboolean
open_second (BkIcePath *self)
{
  int first = g_socket_get_fd (self->socket);
  struct sockaddr_storage own;
  socklen_t size = sizeof own;

  if (getsockname (first, (struct sockaddr *) &own, &size) < 0)
    return FALSE;
  self->fd = socket (own.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
  if (self->fd < 0)
    return FALSE;
  set (first, SOL_SOCKET, SO_REUSEPORT, 1);
  set (self->fd, SOL_SOCKET, SO_REUSEPORT, 1);
  set (self->fd, SOL_SOCKET, SO_RCVBUF, BK_ICE_SOCKET_BUFFER);
  set (self->fd, SOL_UDP, UDP_GRO, 1);
  return bind (self->fd, (struct sockaddr *) &own, size) == 0
         && (own.ss_family == AF_INET ? attach_ipv4 (self) : attach_ipv6 (self));
}

static void
close_second (BkIcePath *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

BkIcePath *
bk_ice_path_new (GSocket *socket, const NiceAddress *remote, BkIceReceiveFunc receive, gpointer user_data)
{
  BkIcePath *self = g_rc_box_new0 (BkIcePath);

  self->socket = g_object_ref (socket);
  self->address = *remote;
  nice_address_copy_to_sockaddr (remote, &self->remote.any);
  self->remote_size = self->remote.any.sa_family == AF_INET ? sizeof self->remote.v4 : sizeof self->remote.v6;
  self->cuts = TRUE;
  self->receive = receive;
  self->user_data = user_data;
  if (!open_second (self))
    {
      close_second (self);
      return self;
    }
  self->buffers = g_malloc (BUFFERS * BUFFER_SIZE);
  self->source = g_unix_fd_add (self->fd, G_IO_IN, on_input, self);
  return self;
}

void
bk_ice_path_free (BkIcePath *self)
{
  close_second (self);
  g_rc_box_release_full (self, (GDestroyNotify) path_clear);
}

gboolean
bk_ice_path_is (BkIcePath *self, GSocket *socket, const NiceAddress *remote)
{
  return self->socket == socket && nice_address_equal (&self->address, remote);
}

gboolean
bk_ice_path_receives (BkIcePath *self)
{
  return self->fd >= 0;
}

/* One message, which the kernel cuts into packets of @packet_size. Bytes that went, -1 with errno. */
static gssize
send_cut (BkIcePath *self, const guint8 *packets, gsize length, gsize packet_size)
{
  struct iovec vector = { (guint8 *) packets, length };
  union
  {
    char bytes[CMSG_SPACE (sizeof (guint16))];
    struct cmsghdr align;
  } control = { 0 };
  struct msghdr message = { .msg_name = &self->remote, .msg_namelen = self->remote_size, .msg_iov = &vector,
                            .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  struct cmsghdr *c = CMSG_FIRSTHDR (&message);
  guint16 size = (guint16) packet_size;

  c->cmsg_level = SOL_UDP;
  c->cmsg_type = UDP_SEGMENT;
  c->cmsg_len = CMSG_LEN (sizeof size);
  memcpy (CMSG_DATA (c), &size, sizeof size);
  return sendmsg (g_socket_get_fd (self->socket), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* The same, as a message each. */
static gssize
send_each (BkIcePath *self, const guint8 *packets, gsize length, gsize packet_size)
{
  struct mmsghdr messages[MAX_SEGMENTS] = { 0 };
  struct iovec vectors[MAX_SEGMENTS];
  unsigned n = 0;
  int sent = 0;

  for (gsize at = 0; at < length; n++, at += packet_size)
    {
      vectors[n] = (struct iovec) { (guint8 *) packets + at, MIN (packet_size, length - at) };
      messages[n].msg_hdr = (struct msghdr) { .msg_name = &self->remote, .msg_namelen = self->remote_size,
                                              .msg_iov = &vectors[n], .msg_iovlen = 1 };
    }
  sent = sendmmsg (g_socket_get_fd (self->socket), messages, n, MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent < 0 ? -1 : (gssize) MIN ((gsize) sent * packet_size, length);
}

/* What a device or a path says that cannot do it, which is found out by trying. */
static gboolean
cannot_cut (int code)
{
  return code == EIO || code == EINVAL || code == EMSGSIZE || code == EOPNOTSUPP || code == ENOPROTOOPT;
}

gboolean
bk_ice_path_send (BkIcePath *self, const guint8 *packets, gsize length, gsize packet_size)
{
  while (length > 0)
    {
      gsize n = MIN (length, CLAMP (MAX_MESSAGE / packet_size, 1, MAX_SEGMENTS) * packet_size);
      gboolean cut = self->cuts && n > packet_size;
      gssize sent = cut ? send_cut (self, packets, n, packet_size) : send_each (self, packets, n, packet_size);

      if (sent > 0)
        {
          packets += sent;
          length -= (gsize) sent;
        }
      else if (cut && cannot_cut (errno))
        self->cuts = FALSE;
      else
        return FALSE;
    }
  return TRUE;
}
