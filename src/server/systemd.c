/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "systemd.h"

#include "beckon-error.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <unistd.h>

#define FIRST_FD 3
#define MAX_FDS 8

/* One datagram to the socket that systemd names. */
void
bk_systemd_notify (const char *message)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  g_autoptr (GError) error = NULL;

  if (path == NULL || (path[0] != '/' && path[0] != '@'))
    return;
  g_autoptr (GSocketAddress) address = path[0] == '@'
    ? g_unix_socket_address_new_with_type (path + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT)
    : g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT,
                                             &error);
  if (socket == NULL || g_socket_send_to (socket, address, message, strlen (message), NULL, &error) < 0)
    g_warning ("Could not tell systemd: %s", error->message);
}

static guint64
read_number (const char *name)
{
  const char *text = g_getenv (name);
  guint64 number = 0;

  if (text != NULL)
    g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &number, NULL);
  return number;
}

/* A variable that is there for this process, and not for one that handed its environment down. */
static gboolean
is_for_us (const char *name)
{
  return g_getenv (name) != NULL && read_number (name) == (guint64) getpid ();
}

/* Returns how often systemd wants to hear that we live, 0 if it does not. */
guint
bk_systemd_get_watchdog_ms (void)
{
  guint64 usec = read_number ("WATCHDOG_USEC");

  if (usec == 0 || (g_getenv ("WATCHDOG_PID") != NULL && !is_for_us ("WATCHDOG_PID")))
    return 0;
  return (guint) CLAMP (usec / 1000 / 3, 1, G_MAXINT32);
}

static char *
describe (GSocket *socket, GError **error)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, error);

  if (address == NULL)
    return NULL;
  if (!G_IS_INET_SOCKET_ADDRESS (address) || g_socket_get_socket_type (socket) != G_SOCKET_TYPE_STREAM)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                           "The socket unit names something that is no TCP address to listen on");
      return NULL;
    }
  GInetAddress *inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  guint port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  gboolean is_ipv6 = g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6;
  g_autofree char *text = g_inet_address_to_string (inet);
  return is_ipv6 ? g_strdup_printf ("[%s]:%u", text, port) : g_strdup_printf ("%s:%u", text, port);
}

/* Returns (transfer full) the listening sockets that systemd holds for us and sets @addresses to where they listen, as
 * `listen` is written; NULL if there are none, or with @error. */
GArray *
bk_systemd_take_sockets (GStrv *addresses, GError **error)
{
  guint n_fds = is_for_us ("LISTEN_PID") ? (guint) MIN (read_number ("LISTEN_FDS"), MAX_FDS) : 0;
  g_autoptr (GArray) sockets = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_unsetenv ("LISTEN_PID");
  g_unsetenv ("LISTEN_FDS");
  g_unsetenv ("LISTEN_FDNAMES");
  for (guint i = 0; i < n_fds; i++)
    {
      int fd = FIRST_FD + (int) i;
      int copy = fcntl (fd, F_DUPFD_CLOEXEC, FIRST_FD);
      g_autoptr (GSocket) socket = copy >= 0 ? g_socket_new_from_fd (copy, error) : NULL;
      g_autofree char *address = socket != NULL ? describe (socket, error) : NULL;

      fcntl (fd, F_SETFD, FD_CLOEXEC);
      if (address == NULL)
        {
          if (copy < 0)
            g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_FAILED, "systemd gave sockets that are not there");
          return NULL;
        }
      g_strv_builder_add (builder, address);
      g_array_append_val (sockets, fd);
    }
  if (n_fds == 0)
    return NULL;
  *addresses = g_strv_builder_end (builder);
  return g_steal_pointer (&sockets);
}
