/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listening sockets and what is decided before libwebsockets hears of a connection: how many, and from where. We listen
 * ourselves because libwebsockets can neither say why an address cannot be had nor refuse without allocating. */
#include "bk-server-net-private.h"

#include "beckon-error.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_PER_WAKE_UP 64
#define ACCEPT_REST_MS 1000

typedef struct
{
  struct in6_addr address;
  guint count;
} AddressCount;

static guint
address_hash (gconstpointer key)
{
  const guint8 *bytes = key;
  guint hash = 5381;

  for (gsize i = 0; i < sizeof (struct in6_addr); i++)
    hash = hash * 33 + bytes[i];
  return hash;
}

static gboolean
address_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (struct in6_addr)) == 0;
}

/* What is counted as one place: an IPv4 address, or an IPv6 network of the size that one subscriber gets. */
static struct in6_addr
address_place (const struct in6_addr *address)
{
  struct in6_addr place = *address;

  if (!IN6_IS_ADDR_V4MAPPED (address))
    memset (place.s6_addr + 8, 0, 8);
  return place;
}

/* Counts one more connection from @address, unless there are too many. */
static gboolean
take_address (BkServerNet *net, const struct in6_addr *address)
{
  struct in6_addr place = address_place (address);
  AddressCount *entry = g_hash_table_lookup (net->addresses, &place);

  if (entry == NULL)
    {
      entry = g_new0 (AddressCount, 1);
      entry->address = place;
      g_hash_table_insert (net->addresses, &entry->address, entry);
    }
  if (entry->count >= net->config.max_per_address)
    return FALSE;
  entry->count++;
  return TRUE;
}

void
bk_server_net_release_address (BkServerNet *net, const struct in6_addr *address)
{
  struct in6_addr place = address_place (address);
  AddressCount *entry = g_hash_table_lookup (net->addresses, &place);

  if (entry != NULL && --entry->count == 0)
    g_hash_table_remove (net->addresses, &place);
}

/* Puts every address in one form: IPv4 as ::ffff:a.b.c.d. */
static struct in6_addr
address_from_sockaddr (const struct sockaddr_storage *from)
{
  struct in6_addr address = IN6ADDR_ANY_INIT;

  if (from->ss_family == AF_INET6)
    memcpy (&address, (const guint8 *) from + offsetof (struct sockaddr_in6, sin6_addr), sizeof address);
  else
    {
      address.s6_addr[10] = address.s6_addr[11] = 0xFF;
      memcpy (address.s6_addr + 12, (const guint8 *) from + offsetof (struct sockaddr_in, sin_addr), 4);
    }
  return address;
}

/* Hands the new descriptor to libwebsockets, which owns it from here on, whatever happens. */
static void
adopt (BkServerNet *net, int fd, const struct in6_addr *address)
{
  lws_adopt_desc_t desc = {
    .vh = net->vhost,
    .type = LWS_ADOPT_SOCKET | (net->tls ? LWS_ADOPT_ALLOW_SSL : 0),
    .fd.sockfd = fd,
  };
  struct lws *wsi = lws_adopt_descriptor_vhost_via_info (&desc);

  if (wsi == NULL)
    {
      /* With TLS the likely reason is that the first bytes were there already and made no sense. */
      net->stats.refused[net->tls ? BK_SERVER_REFUSED_GONE : BK_SERVER_REFUSED_RESOURCES]++;
      bk_server_net_release_address (net, address);
      return;
    }
  /* Only now: if adopting fails, the wsi may still be told to die later and must not know us. */
  BkServerConn *conn = bk_server_conn_new (net, address);
  conn->wsi = wsi;
  lws_set_opaque_user_data (wsi, conn);
}

static void
on_rest_over (gpointer user_data)
{
  BkServerNet *net = user_data;

  net->accept_timer = 0;
  bk_server_net_resume_accept (net);
}

static void on_readable (uv_poll_t *poll, int status, int events);

static void
watch_listener (gpointer data, gpointer user_data)
{
  BkServerListener *listener = data;

  uv_poll_start (&listener->poll, UV_READABLE, on_readable);
}

static void
unwatch_listener (gpointer data, gpointer user_data)
{
  BkServerListener *listener = data;

  uv_poll_stop (&listener->poll);
}

/* Without descriptors the listening sockets stay readable and would keep the loop spinning: rest a while, or until a
 * connection goes. */
static void
rest_accept (BkServerNet *net)
{
  net->stats.refused[BK_SERVER_REFUSED_RESOURCES]++;
  if (net->accept_timer != 0)
    return;
  g_warning ("Cannot accept connections for now: %s", g_strerror (errno));
  g_ptr_array_foreach (net->listeners, unwatch_listener, NULL);
  net->accept_timer = bk_clock_add (net->clock, ACCEPT_REST_MS, on_rest_over, net);
}

void
bk_server_net_resume_accept (BkServerNet *net)
{
  bk_clock_clear (net->clock, &net->accept_timer);
  if (net->freeing)
    return;
  g_ptr_array_foreach (net->listeners, watch_listener, NULL);
  bk_server_uv_source_wake (net->source);
}

/* Takes one waiting connection. Returns FALSE if there is none. */
static gboolean
accept_one (BkServerNet *net, int listening)
{
  struct sockaddr_storage from = { 0 };
  socklen_t size = sizeof from;
  int fd = accept4 (listening, (struct sockaddr *) &from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (fd < 0)
    {
      if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
        rest_accept (net);
      return errno == EINTR || errno == ECONNABORTED;
    }

  /* Small messages that wait for an answer must not wait for each other. */
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));
  struct in6_addr address = address_from_sockaddr (&from);
  net->stats.accepted++;
  if (net->conns.length >= net->config.max_connections)
    net->stats.refused[BK_SERVER_REFUSED_TOTAL]++;
  else if (!take_address (net, &address))
    net->stats.refused[BK_SERVER_REFUSED_ADDRESS]++;
  else
    {
      adopt (net, fd, &address);
      return TRUE;
    }
  close (fd);
  return TRUE;
}

static void
on_readable (uv_poll_t *poll, int status, int events)
{
  BkServerListener *listener = poll->data;

  for (int i = 0; i < ACCEPTS_PER_WAKE_UP && accept_one (listener->net, g_socket_get_fd (listener->socket)); i++)
    continue;
  /* libwebsockets has changed watchers in the middle of libuv's round. */
  bk_server_uv_source_wake (listener->net->source);
}

/* Returns a bound and listening socket for @inet and stores the port it got. */
static GSocket *
open_socket (BkServerNet *net, GInetAddress *inet, guint16 *port, GError **error)
{
  GSocketFamily family = g_inet_address_get_family (inet);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (inet, *port);
  g_autoptr (GSocket) socket = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  /* Each address of the configuration speaks for itself: "::" does not swallow "0.0.0.0". */
  if (family == G_SOCKET_FAMILY_IPV6 && !g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, TRUE, error))
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, net->config.backlog);
  if (!g_socket_bind (socket, wanted, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;

  g_autoptr (GSocketAddress) got = g_socket_get_local_address (socket, error);
  if (got == NULL)
    return NULL;
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  return g_steal_pointer (&socket);
}

/* As open_socket (), of one that somebody else has opened. */
static GSocket *
adopt_socket (int fd, guint16 *port, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);
  g_autoptr (GSocketAddress) got = socket != NULL ? g_socket_get_local_address (socket, error) : NULL;

  if (got == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  return g_steal_pointer (&socket);
}

static GInetAddress *
parse_address (BkServerNet *net, const char *host, GError **error)
{
  gboolean local = g_strcmp0 (host, "localhost") == 0;
  g_autoptr (GInetAddress) inet = host == NULL ? NULL : g_inet_address_new_from_string (local ? "127.0.0.1" : host);

  if (inet == NULL)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "“%s” is not an IP address to listen on; write for example 127.0.0.1, ::1 or 0.0.0.0",
                   host == NULL ? "" : host);
      return NULL;
    }
  if (!net->tls && !g_inet_address_get_is_loopback (inet))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "Without a certificate the server listens on loopback addresses only, and %s is none: passwords "
                   "would cross the network in the clear. Give it a certificate and a key, or listen on 127.0.0.1",
                   host);
      return NULL;
    }
  return g_steal_pointer (&inet);
}

/* Listens on @address as well. */
gboolean
bk_server_net_listen (BkServerNet *net, const BkServerNetAddress *address, GError **error)
{
  g_autoptr (GInetAddress) inet = parse_address (net, address->host, error);
  g_autoptr (GError) local = NULL;
  guint16 port = address->port;

  if (inet == NULL)
    return FALSE;
  g_autoptr (GSocket) socket
    = address->fd > 0 ? adopt_socket (address->fd, &port, &local) : open_socket (net, inet, &port, &local);
  if (socket == NULL)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, "Cannot listen on %s port %u: %s", address->host,
                   address->port, local->message);
      return FALSE;
    }

  BkServerListener *listener = g_new0 (BkServerListener, 1);
  listener->net = net;
  listener->port = port;
  listener->socket = g_steal_pointer (&socket);
  uv_poll_init_socket (&net->loop, &listener->poll, g_socket_get_fd (listener->socket));
  listener->poll.data = listener;
  g_ptr_array_add (net->listeners, listener);
  watch_listener (listener, NULL);
  bk_server_uv_source_wake (net->source);
  return TRUE;
}

static void
on_listener_closed (uv_handle_t *handle)
{
  BkServerListener *listener = handle->data;

  g_object_unref (listener->socket);
  g_free (listener);
}

/* Takes no more connections; those that are there stay. */
void
bk_server_net_stop_listening (BkServerNet *net)
{
  for (guint i = 0; i < net->listeners->len; i++)
    {
      BkServerListener *listener = g_ptr_array_index (net->listeners, i);
      uv_close ((uv_handle_t *) &listener->poll, on_listener_closed);
    }
  g_ptr_array_set_size (net->listeners, 0);
  bk_clock_clear (net->clock, &net->accept_timer);
  bk_server_uv_source_wake (net->source);
}

/* Returns the port that the address number @index got, 0 if the server does not listen there (any more). */
guint16
bk_server_net_get_port (BkServerNet *net, guint index)
{
  if (index >= net->listeners->len)
    return 0;
  return ((BkServerListener *) g_ptr_array_index (net->listeners, index))->port;
}

GHashTable *
bk_server_net_new_address_table (void)
{
  return g_hash_table_new_full (address_hash, address_equal, NULL, g_free);
}
