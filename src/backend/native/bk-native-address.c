/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-native-address.h"

#include "beckon-error.h"
#include "bk-frame.h"
#include "bk-ids.h"
#include "bk-limits.h"

#include <string.h>

/* Longer than any host name with a port and a sensible path. */
#define MAX_ADDRESS 512

static gboolean
is_plain_ascii (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;
  return TRUE;
}

static gboolean
is_host_name (const char *host)
{
  if (*host == '\0' || strlen (host) > 253 || *host == '.' || *host == '-')
    return FALSE;
  for (const char *p = host; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '.' && *p != '-' && *p != '_')
      return FALSE;
  return strstr (host, "..") == NULL;
}

/* Returns the host of @uri in the form that name look-up and certificates use, NULL if it is none. */
static char *
normalize_host (GUri *uri)
{
  const char *host = g_uri_get_host (uri);

  if (host == NULL)
    return NULL;
  if (g_hostname_is_ip_address (host))
    return g_strdup (host);

  g_autofree char *ascii = g_hostname_to_ascii (host);
  if (ascii == NULL || !is_host_name (ascii))
    return NULL;
  return g_ascii_strdown (ascii, -1);
}

/* `localhost` counts: GLib never asks the network for it, and whoever connects looks at the address once more. */
static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_str_equal (host, "localhost") || g_str_has_suffix (host, ".localhost");
}

static GUri *
parse (const char *server)
{
  if (!bk_text_is_valid (server, MAX_ADDRESS, FALSE) || strchr (server, ' ') != NULL)
    return NULL;

  g_autofree char *with_scheme
    = strstr (server, "://") != NULL ? g_strdup (server) : g_strconcat ("wss://", server, NULL);
  g_autoptr (GUri) uri = g_uri_parse (with_scheme, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL
      || g_uri_get_fragment (uri) != NULL || !is_plain_ascii (g_uri_get_path (uri)))
    return NULL;
  return g_steal_pointer (&uri);
}

static BkNativeAddress *
read_uri (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *path = g_uri_get_path (uri);
  gboolean tls = g_str_equal (scheme, "wss");
  int port = g_uri_get_port (uri);

  if ((!tls && !g_str_equal (scheme, "ws")) || port == 0 || port > G_MAXUINT16)
    return NULL;

  g_autofree char *host = normalize_host (uri);
  if (host == NULL)
    return NULL;

  BkNativeAddress *address = g_new0 (BkNativeAddress, 1);
  address->tls = tls;
  address->host = g_steal_pointer (&host);
  address->port = port > 0 ? (guint16) port : BK_FRAME_DEFAULT_PORT;
  address->path = g_strdup (*path == '\0' || g_str_equal (path, "/") ? BK_FRAME_PATH : path);
  return address;
}

BkNativeAddress *
bk_native_address_new (const char *server, const char *sign_in_name, GError **error)
{
  const char *at = strchr (sign_in_name, '@');
  const char *text = server != NULL && *server != '\0' ? server : at != NULL ? at + 1 : "";
  g_autoptr (GUri) uri = parse (text);
  g_autoptr (BkNativeAddress) address = uri != NULL ? read_uri (uri) : NULL;

  if (address == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_SERVER_NAME,
                           "The address of the server makes no sense");
      return NULL;
    }
  if (!address->tls && !is_loopback (address->host))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_TLS_FAIL,
                   "A connection to %s has to be encrypted: only this computer may be reached with ws://",
                   address->host);
      return NULL;
    }
  return g_steal_pointer (&address);
}

BkNativeAddress *
bk_native_address_copy (const BkNativeAddress *address)
{
  BkNativeAddress *copy = g_new0 (BkNativeAddress, 1);

  copy->tls = address->tls;
  copy->host = g_strdup (address->host);
  copy->port = address->port;
  copy->path = g_strdup (address->path);
  return copy;
}

void
bk_native_address_free (BkNativeAddress *address)
{
  g_free (address->host);
  g_free (address->path);
  g_free (address);
}

char *
bk_native_address_to_uri (const BkNativeAddress *address)
{
  gboolean ipv6 = strchr (address->host, ':') != NULL;

  return g_strdup_printf ("%s://%s%s%s:%u%s", address->tls ? "wss" : "ws", ipv6 ? "[" : "", address->host,
                          ipv6 ? "]" : "", address->port, address->path);
}
