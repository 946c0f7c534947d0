/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-native-upgrade.h"

#include "beckon-error.h"
#include "bk-frame.h"

#include <libsoup/soup.h>
#include <string.h>

#define KEY_SUFFIX "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455, 1.3 */

static void
append_header (const char *name, const char *value, gpointer text)
{
  g_string_append_printf (text, "%s: %s\r\n", name, value);
}

/* Returns the request to send. @key is what its answer has to be checked with. */
char *
bk_native_upgrade_request (const BkNativeAddress *address, char **key)
{
  const char *protocols[] = { BK_FRAME_SUBPROTOCOL, NULL };
  g_autofree char *uri = bk_native_address_to_uri (address);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  GString *text = g_string_new (NULL);
  gboolean ipv6 = strchr (address->host, ':') != NULL;

  soup_websocket_client_prepare_handshake (message, NULL, (char **) protocols, NULL);
  *key = g_strdup (soup_message_headers_get_one (headers, "Sec-WebSocket-Key"));

  g_string_append_printf (text, "GET %s HTTP/1.1\r\n", address->path);
  g_string_append_printf (text, "Host: %s%s%s:%u\r\n", ipv6 ? "[" : "", address->host, ipv6 ? "]" : "",
                          address->port);
  soup_message_headers_foreach (headers, append_header, text);
  g_string_append (text, "\r\n");
  return g_string_free (text, FALSE);
}

/* Returns where the head of the answer ends, behind the empty line, or -1 if that has not come yet. */
gssize
bk_native_upgrade_find_end (const char *text, gsize length)
{
  const char *end = memmem (text, length, "\r\n\r\n", 4);

  return end != NULL ? end + 4 - text : -1;
}

static char *
compute_accept (const char *key)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) key, -1);
  g_checksum_update (checksum, (const guchar *) KEY_SUFFIX, -1);
  g_checksum_get_digest (checksum, digest, &length);
  return g_base64_encode (digest, length);
}

/* Says what is wrong with the answer, NULL for nothing. */
static const char *
find_fault (SoupMessageHeaders *headers, const char *key)
{
  g_autofree char *accept = compute_accept (key);
  const char *given = soup_message_headers_get_one (headers, "Sec-WebSocket-Accept");
  const char *protocol = soup_message_headers_get_one (headers, "Sec-WebSocket-Protocol");

  if (!soup_message_headers_header_equals (headers, "Upgrade", "websocket")
      || !soup_message_headers_header_contains (headers, "Connection", "upgrade"))
    return "it did not upgrade the connection";
  if (g_strcmp0 (given, accept) != 0)
    return "its answer belongs to another request";
  if (g_strcmp0 (protocol, BK_FRAME_SUBPROTOCOL) != 0)
    return "it does not know the protocol " BK_FRAME_SUBPROTOCOL;
  if (soup_message_headers_get_list (headers, "Sec-WebSocket-Extensions") != NULL)
    return "it chose an extension that was not offered";
  return NULL;
}

/* Checks the head of an answer, @length bytes with the empty line. */
gboolean
bk_native_upgrade_check (const char *head, gsize length, const char *key, GError **error)
{
  g_autoptr (SoupMessageHeaders) headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  /* The parser looks at what follows the head, so there has to be an end. */
  g_autofree char *text = g_strndup (head, length);
  guint status = 0;

  if (strlen (text) != length
      || !soup_headers_parse_response (text, (int) length - 2, headers, NULL, &status, NULL))
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_CONNECT, "What answers there is not a Beckon server");
      return FALSE;
    }
  if (status != SOUP_STATUS_SWITCHING_PROTOCOLS)
    {
      g_set_error (error, BECKON_ERROR,
                   status == SOUP_STATUS_SERVICE_UNAVAILABLE ? BECKON_ERROR_SERVER_UNAVAILABLE : BECKON_ERROR_CONNECT,
                   "The server refused the connection (HTTP status %u)", status);
      return FALSE;
    }

  const char *fault = find_fault (headers, key);
  if (fault != NULL)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_CONNECT, "What answers there is not a Beckon server: %s", fault);
  return fault == NULL;
}
