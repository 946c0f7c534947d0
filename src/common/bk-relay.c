/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bk-relay.h"

#include "bk-limits.h"

#include <string.h>

#define DEFAULT_PORT 3478

/* "?transport=…" at the end of @text, which is cut off. */
static gboolean
take_transport (char *text, BkRelayKind *kind)
{
  char *query = strchr (text, '?');

  if (query == NULL)
    return TRUE;
  if (*kind == BK_RELAY_STUN)
    return FALSE;
  *query++ = '\0';
  if (g_str_equal (query, "transport=tcp"))
    *kind = BK_RELAY_TURN_TCP;
  return *kind == BK_RELAY_TURN_TCP || g_str_equal (query, "transport=udp");
}

/* Names and IPv4 addresses; IPv6 addresses only where they stood in brackets. */
static gboolean
is_host (const char *host, gboolean in_brackets)
{
  if (*host == '\0' || strlen (host) > 253)
    return FALSE;
  if (in_brackets)
    return strspn (host, "0123456789abcdefABCDEF:.") == strlen (host) && strchr (host, ':') != NULL;
  for (const char *p = host; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '.')
      return FALSE;
  return *host != '-' && *host != '.';
}

/* ":PORT" or nothing. */
static gboolean
read_port (const char *text, guint16 *port)
{
  guint64 number = DEFAULT_PORT;

  if (*text != '\0' && (*text != ':' || !g_ascii_string_to_unsigned (text + 1, 10, 1, 65535, &number, NULL)))
    return FALSE;
  *port = (guint16) number;
  return TRUE;
}

static gboolean
read_place (char *text, BkRelay *relay)
{
  gboolean in_brackets = *text == '[';
  char *host = in_brackets ? text + 1 : text;
  char *end = host + strcspn (host, in_brackets ? "]" : ":");

  if (in_brackets && *end != ']')
    return FALSE;
  if (!read_port (in_brackets ? end + 1 : end, &relay->port))
    return FALSE;
  *end = '\0';
  if (!is_host (host, in_brackets))
    return FALSE;
  g_strlcpy (relay->host, host, sizeof relay->host);
  return TRUE;
}

gboolean
bk_relay_parse (const char *text, BkRelay *relay)
{
  BkRelay found = { .kind = BK_RELAY_STUN };
  char place[BK_LIMIT_RELAY + 1];

  if (text == NULL || strnlen (text, BK_LIMIT_RELAY + 1) > BK_LIMIT_RELAY)
    return FALSE;
  if (g_str_has_prefix (text, "turn:"))
    found.kind = BK_RELAY_TURN_UDP;
  else if (!g_str_has_prefix (text, "stun:"))
    return FALSE;
  g_strlcpy (place, text + strlen ("turn:"), sizeof place);
  if (!take_transport (place, &found.kind) || !read_place (place, &found))
    return FALSE;
  if (relay != NULL)
    *relay = found;
  return TRUE;
}
