/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-host-order.h"

#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-service-peer-host.h"

#include <fcntl.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define SHARED "app"              /* the folder of the runtime directory that Flatpak shares, by application */
#define OURS "im.beckon.Beckon"
#define MAX_NAME 1024             /* of a display name: of longer ones nothing would be left anyway */

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "%s", what);
  return FALSE;
}

void
bk_host_order_free (BkHostOrder *self)
{
  g_free (self->file);
  g_free (self->session);
  g_free (self->cookie);
  bk_endpoint_clear (&self->endpoint);
  g_free (self->own_name);
  g_free (self->other_name);
  g_free (self);
}

static char *
take_text (const char *text)
{
  return *text != '\0' ? g_strdup (text) : NULL;
}

/* A program that knows Beckon has a cookie and nothing else, the others have a place and no cookie. */
static gboolean
check (const BkHostOrder *self, guint32 command, GError **error)
{
  gboolean placed = self->endpoint.address != NULL || self->endpoint.path != NULL || self->endpoint.port != 0;

  if (command >= BK_N_COMMANDS)
    return refuse (error, "There is no such command.");
  if (self->session == NULL)
    return refuse (error, "A launch needs a session.");
  if (command == BK_COMMAND_EXEC && (placed || !bk_token_is_valid (self->cookie, BK_LIMIT_TOKEN)))
    return refuse (error, "Exec goes with a cookie, and with nothing else.");
  if (command != BK_COMMAND_EXEC && self->cookie != NULL)
    return refuse (error, "A program that does not know Beckon has no cookie.");
  return TRUE;
}

BkHostOrder *
bk_host_order_read (GVariant *arguments, GError **error)
{
  g_autoptr (BkHostOrder) self = g_new0 (BkHostOrder, 1);
  const char *file, *session, *cookie, *address, *path, *own, *other;
  guint32 command;

  g_variant_get (arguments, "(&su&sb&s&sq&s&s&sh)", &file, &command, &session, &self->invitee, &cookie, &address,
                 &self->endpoint.port, &path, &own, &other, NULL);
  if (strlen (own) > MAX_NAME || strlen (other) > MAX_NAME)
    {
      refuse (error, "The name is too long.");
      return NULL;
    }
  self->file = g_strdup (file);
  self->session = bk_guid_normalize (session);
  self->cookie = take_text (cookie);
  self->endpoint.address = take_text (address);
  self->endpoint.path = take_text (path);
  self->own_name = take_text (own);
  self->other_name = take_text (other);
  if (!check (self, command, error))
    return NULL;
  self->command = (BkCommand) command;
  return g_steal_pointer (&self);
}

/* ---- where it is to listen, or what it is to join ---- */

static gboolean
is_below_127 (const char *text)
{
  g_autoptr (GInetAddress) address = text != NULL ? g_inet_address_new_from_string (text) : NULL;

  return address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4
         && g_inet_address_get_is_loopback (address);
}

static gboolean
check_address (const BkEndpoint *endpoint, BkEngineApplication *application, GError **error)
{
  guint16 port = bk_engine_application_get_port (application);

  if (endpoint->path != NULL || !is_below_127 (endpoint->address) || endpoint->port == 0)
    return refuse (error, "The program needs an address of this computer alone, and a port.");
  if (port != 0 && port != endpoint->port)
    return refuse (error, "This is not the port of the registration.");
  return TRUE;
}

static gboolean
is_plain (const char *part)
{
  if (*part == '\0' || *part == '.')
    return FALSE;
  for (; *part != '\0'; part++)
    if (!g_ascii_isalnum (*part) && strchr ("._-", *part) == NULL)
      return FALSE;
  return TRUE;
}

/* Whether the folders of @parts, the last of which is the socket, are folders and no links to elsewhere: what is in the
 * shared one was put there by the sandbox. */
static gboolean
are_folders (const char *base, char **parts)
{
  int fd = open (base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; fd >= 0 && parts[i + 1] != NULL; i++)
    {
      int next = openat (fd, parts[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

      close (fd);
      fd = next;
    }
  if (fd < 0)
    return FALSE;
  close (fd);
  return TRUE;
}

static gboolean
check_path (BkEndpoint *endpoint, const char *runtime_dir, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (endpoint->path != NULL ? endpoint->path : "", "/", -1);
  gboolean plain = g_strv_length (parts) >= 3 && endpoint->address == NULL && endpoint->port == 0;

  for (guint i = 0; plain && parts[i] != NULL; i++)
    plain = is_plain (parts[i]);
  if (!plain || !g_str_equal (parts[0], SHARED) || !g_str_equal (parts[1], OURS)
      || !are_folders (runtime_dir, parts))
    return refuse (error, "The program needs a socket in the folder that is shared with Beckon's sandbox.");

  char *path = g_build_filename (runtime_dir, endpoint->path, NULL);
  g_free (endpoint->path);
  endpoint->path = path;
  return strlen (path) < sizeof ((struct sockaddr_un *) NULL)->sun_path || refuse (error, "The path is too long.");
}

static gboolean
check_endpoint (BkHostOrder *self, BkEngineApplication *application, const char *runtime_dir, GError **error)
{
  self->endpoint.carries = bk_engine_application_get_carries (application);
  return self->endpoint.carries == BK_CARRY_UNIX ? check_path (&self->endpoint, runtime_dir, error)
                                                 : check_address (&self->endpoint, application, error);
}

char **
bk_host_order_make_command (BkHostOrder *self, BkEngineApplication *application, const char *runtime_dir,
                            GError **error)
{
  const char *const *argv = self->command == BK_COMMAND_EXEC   ? bk_engine_application_get_argv (application)
                            : self->command == BK_COMMAND_HOST ? bk_engine_application_get_host_argv (application)
                                                               : bk_engine_application_get_join_argv (application);

  if (argv == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_APP_NOT_REGISTERED,
                           "The registration has no such command.");
      return NULL;
    }
  if (self->command == BK_COMMAND_EXEC)
    return g_strdupv ((char **) argv);
  if (!check_endpoint (self, application, runtime_dir, error))
    return NULL;
  return bk_engine_application_expand (argv, &self->endpoint, self->own_name, self->other_name);
}
