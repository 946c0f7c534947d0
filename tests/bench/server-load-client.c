/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One client: a socket that does not block, and WebSocket on it, as much of it as is needed here. */
#include "server-load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE 65536
#define MASK_SIZE 4

static void
watch (LoadClient *self, guint events, int operation)
{
  struct epoll_event event = { .events = events, .data.ptr = self };

  if (epoll_ctl (self->load->epoll, operation, self->fd, &event) != 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

void
load_client_open (LoadClient *self, gboolean registering)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (self->load->port) };
  int one = 1;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  self->started = g_get_monotonic_time ();
  self->registering = registering;
  self->step = 0;
  self->in_flight = 0;
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (self->fd < 0)
    g_error ("socket: %s", g_strerror (errno));
  setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect (self->fd, (struct sockaddr *) &address, sizeof address) != 0 && errno != EINPROGRESS)
    g_error ("connect: %s", g_strerror (errno));
  self->state = LOAD_CONNECTING;
  self->load->n_entering++;
  watch (self, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
}

static void
drop_buffer (GString **buffer)
{
  if (*buffer != NULL)
    g_string_free (g_steal_pointer (buffer), TRUE);
}

void
load_client_close (LoadClient *self)
{
  /* Without lingering: the port is free again at once, however many there are. */
  struct linger hard = { .l_onoff = 1 };

  if (self->state == LOAD_CLOSED)
    return;
  if (self->state == LOAD_ONLINE)
    self->load->n_online--;
  else
    self->load->n_entering--;
  self->state = LOAD_CLOSED;
  setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close (self->fd);
  self->fd = -1;
  drop_buffer (&self->in);
  drop_buffer (&self->message);
  drop_buffer (&self->out);
}

static void
lose (LoadClient *self)
{
  self->load->n_lost++;
  load_client_close (self);
}

/* ---- out ---- */

static void
write_raw (LoadClient *self, const char *data, gsize length)
{
  gssize written = 0;

  if (self->out == NULL)
    {
      written = send (self->fd, data, length, MSG_NOSIGNAL);
      if (written == (gssize) length)
        return;
      written = MAX (written, 0);
      self->out = g_string_new (NULL);
      watch (self, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    }
  g_string_append_len (self->out, data + written, (gssize) length - written);
}

/* Sends a text as the protocol carries it. The mask is nothing but zeros: the server pays for it all the same. */
void
load_client_write (LoadClient *self, const char *text, gsize length)
{
  guint8 frame[14 + 4096] = { 0x81 };
  gsize head = length < 126 ? 2 : 4;

  if (self->state == LOAD_CLOSED)
    return;
  if (self->load->protocol->path == NULL || self->state == LOAD_CONNECTING)
    {
      write_raw (self, text, length);
      return;
    }
  g_assert (length <= 4096);
  frame[1] = (guint8) (0x80 | (length < 126 ? length : 126));
  frame[2] = (guint8) (length >> 8);
  frame[3] = (guint8) length;
  memset (frame + head, 0, MASK_SIZE);
  memcpy (frame + head + MASK_SIZE, text, length);
  write_raw (self, (const char *) frame, head + MASK_SIZE + length);
}

static void
flush_out (LoadClient *self)
{
  gssize written = send (self->fd, self->out->str, self->out->len, MSG_NOSIGNAL);

  if (written > 0)
    g_string_erase (self->out, 0, written);
  if (self->out->len > 0)
    return;
  drop_buffer (&self->out);
  watch (self, EPOLLIN, EPOLL_CTL_MOD);
}

/* ---- in ---- */

static void
hand_up (LoadClient *self)
{
  gsize used = self->load->protocol->take (self, self->message->str, self->message->len);

  if (self->state == LOAD_CLOSED)
    return;
  if (used == self->message->len)
    drop_buffer (&self->message);
  else
    g_string_erase (self->message, 0, (gssize) used);
}

static void
append (GString **buffer, const char *data, gsize length)
{
  if (*buffer == NULL)
    *buffer = g_string_new (NULL);
  g_string_append_len (*buffer, data, (gssize) length);
}

static void
answer_ping (LoadClient *self, const guint8 *data, gsize length)
{
  guint8 pong[2 + MASK_SIZE + 125] = { 0x8A, (guint8) (0x80 | length) };

  g_assert (length <= 125);
  memcpy (pong + 2 + MASK_SIZE, data, length);
  write_raw (self, (const char *) pong, 2 + MASK_SIZE + length);
}

/* Takes one frame off @data. Returns its size, 0 if it is not whole yet. */
static gsize
take_frame (LoadClient *self, const guint8 *data, gsize length)
{
  if (length < 2)
    return 0;
  gsize size = data[1] & 0x7F, head = size < 126 ? 2 : size == 126 ? 4 : 10;
  if (length < head)
    return 0;
  if (head > 2)
    {
      size = 0;
      for (gsize i = 2; i < head; i++)
        size = size << 8 | data[i];
    }
  if (length < head + size)
    return 0;
  if ((data[0] & 0x0F) == 8)
    lose (self);
  else if ((data[0] & 0x0F) == 9)
    answer_ping (self, data + head, size);
  else if ((data[0] & 0x0F) <= 2)
    {
      append (&self->message, (const char *) data + head, size);
      if ((data[0] & 0x80) != 0)
        hand_up (self);
    }
  return head + size;
}

static void
take_frames (LoadClient *self)
{
  gsize done = 0, size;

  do
    {
      size = take_frame (self, (const guint8 *) self->in->str + done, self->in->len - done);
      done += size;
    }
  while (size > 0 && self->state != LOAD_CLOSED);
  if (self->state == LOAD_CLOSED)
    return;
  g_string_erase (self->in, 0, (gssize) done);
  if (self->in->len == 0)
    drop_buffer (&self->in);
}

static void
begin (LoadClient *self)
{
  self->state = LOAD_ENTERING;
  self->load->protocol->begin (self);
}

static void
upgrade (LoadClient *self)
{
  const char *end = strstr (self->in->str, "\r\n\r\n");

  if (end == NULL)
    return;
  if (!g_str_has_prefix (self->in->str, "HTTP/1.1 101"))
    g_error ("The server refuses WebSocket: %s", self->in->str);
  g_string_erase (self->in, 0, end + 4 - self->in->str);
  begin (self);
  take_frames (self);
}

static void
send_upgrade (LoadClient *self)
{
  const LoadProtocol *protocol = self->load->protocol;
  g_autofree char *text = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost:%u\r\nUpgrade: websocket\r\n"
                                           "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
                                           protocol->path, self->load->port, protocol->subprotocol);

  load_client_write (self, text, strlen (text));
  self->state = LOAD_UPGRADING;
}

static void
connected (LoadClient *self)
{
  watch (self, EPOLLIN, EPOLL_CTL_MOD);
  if (self->load->protocol->path != NULL)
    send_upgrade (self);
  else
    begin (self);
}

static void
receive (LoadClient *self)
{
  static char buffer[READ_SIZE];
  gssize length = recv (self->fd, buffer, sizeof buffer, 0);

  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (length <= 0)
    {
      lose (self);
      return;
    }
  append (self->load->protocol->path != NULL ? &self->in : &self->message, buffer, (gsize) length);
  if (self->load->protocol->path == NULL)
    hand_up (self);
  else if (self->state == LOAD_UPGRADING)
    upgrade (self);
  else
    take_frames (self);
}

void
load_client_event (LoadClient *self, guint events)
{
  if (self->state == LOAD_CONNECTING && (events & EPOLLOUT) != 0 && (events & EPOLLERR) == 0)
    connected (self);
  else if (self->state != LOAD_CLOSED && (events & EPOLLOUT) != 0 && self->out != NULL)
    flush_out (self);
  if (self->state != LOAD_CLOSED && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
    receive (self);
}

/* ---- for the protocols ---- */

void
load_client_is_online (LoadClient *self)
{
  gint64 latency = g_get_monotonic_time () - self->started;

  self->state = LOAD_ONLINE;
  self->load->n_entering--;
  self->load->n_online++;
  g_array_append_val (self->load->count.latencies, latency);
}

void
load_client_has_registered (LoadClient *self)
{
  self->load->n_registered++;
  load_client_close (self);
}

/* A message from client @from is here; @text begins with the time at which it was sent. */
void
load_client_has_got (LoadClient *self, guint from, const char *text)
{
  Load *load = self->load;
  gint64 latency = g_get_monotonic_time () - g_ascii_strtoll (text, NULL, 16);

  load->count.delivered++;
  g_array_append_val (load->count.latencies, latency);
  if (load->clients[from].in_flight > 0)
    load->clients[from].in_flight--;
  if (load->delivered != NULL)
    load->delivered (load, &load->clients[from]);
}
