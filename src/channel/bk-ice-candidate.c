/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the other side says about where it can be reached is a list of addresses at which this machine will knock.
 * libnice takes what the resolver takes ("127.1", "0x7f.1", names) and does not ask whose it is: so this is asked here,
 * before it sees a line. */
#include "bk-ice-private.h"

#include "bk-limits.h"

#include <arpa/inet.h>
#include <string.h>

#define ALPHANUMERIC "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ICE_CHARS ALPHANUMERIC "+/"
#define MAX_FOUNDATION 32
#define MIN_UFRAG 4
#define MIN_PWD 22
#define MAX_WORD 256
#define MAX_PRIORITY 0x7FFFFFFF
#define MIN_FIELDS 8 /* foundation component transport priority address port "typ" kind */

static gboolean
is_fair_ipv4 (guint32 address, BkIceReach reach)
{
  if (address >> 24 == 127)
    return (reach & BK_ICE_REACH_LOOPBACK) != 0;
  if (address >> 16 == 0xA9FE)
    return (reach & BK_ICE_REACH_LINK_LOCAL) != 0;
  return address >> 24 != 0 && address >> 28 < 0xE; /* "this network"; multicast, reserved, broadcast */
}

/* Forms in which an IPv6 address stands for an IPv4 one, which would have to be judged again: mapped and compatible
 * (unspecified and loopback among them), NAT64, 6to4. Nobody has such an address as its own. */
static gboolean
hides_ipv4 (const guint8 *address)
{
  static const guint8 zeros[10] = { 0 };

  return memcmp (address, zeros, sizeof zeros) == 0
         || (address[0] == 0x00 && address[1] == 0x64 && address[2] == 0xFF && address[3] == 0x9B)
         || (address[0] == 0x20 && address[1] == 0x02);
}

static gboolean
is_fair_address (const char *text, BkIceReach reach)
{
  struct in_addr v4;
  struct in6_addr v6;

  if (inet_pton (AF_INET, text, &v4) == 1)
    return is_fair_ipv4 (ntohl (v4.s_addr), reach);
  if (inet_pton (AF_INET6, text, &v6) != 1)
    return FALSE;
  if (IN6_IS_ADDR_LOOPBACK (&v6))
    return (reach & BK_ICE_REACH_LOOPBACK) != 0;
  return !IN6_IS_ADDR_MULTICAST (&v6) && !IN6_IS_ADDR_SITELOCAL (&v6) && !hides_ipv4 (v6.s6_addr);
}

static gboolean
is_number (const char *text, guint64 max)
{
  guint64 number = 0;

  return g_ascii_string_to_unsigned (text, 10, 1, max, &number, NULL);
}

static gboolean
is_token (const char *text, gsize min, gsize max)
{
  gsize length = strspn (text, ICE_CHARS);

  return length >= min && length <= max && text[length] == '\0';
}

static gboolean
is_kind (const char *text)
{
  return g_str_equal (text, "host") || g_str_equal (text, "srflx") || g_str_equal (text, "relay");
}

/* What may follow: "raddr" and "rport", of which nothing is used, and extensions of two words. Nothing that libnice
 * would take for another kind or another transport. */
static gboolean
are_extensions (char **fields)
{
  for (; *fields != NULL; fields += 2)
    {
      struct in6_addr address;

      if (fields[1] == NULL || *fields[0] == '\0' || *fields[1] == '\0')
        return FALSE;
      if (g_str_equal (fields[0], "typ") || g_str_equal (fields[0], "tcptype"))
        return FALSE;
      if (g_str_equal (fields[0], "raddr") && inet_pton (AF_INET, fields[1], &address) != 1
          && inet_pton (AF_INET6, fields[1], &address) != 1)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_text (const char *line)
{
  if (strnlen (line, BK_LIMIT_CANDIDATE + 1) > BK_LIMIT_CANDIDATE)
    return FALSE;
  for (const char *p = line; *p != '\0'; p++)
    if (!g_ascii_isprint (*p))
      return FALSE;
  return TRUE;
}

gboolean
bk_ice_candidate_is_fair (const char *line, BkIceReach reach)
{
  if (line == NULL || !is_text (line) || !g_str_has_prefix (line, "candidate:"))
    return FALSE;
  g_auto (GStrv) fields = g_strsplit (line + strlen ("candidate:"), " ", 0);
  return g_strv_length (fields) >= MIN_FIELDS && is_token (fields[0], 1, MAX_FOUNDATION) && g_str_equal (fields[1], "1")
         && g_ascii_strcasecmp (fields[2], "UDP") == 0 && is_number (fields[3], MAX_PRIORITY)
         && is_fair_address (fields[4], reach) && is_number (fields[5], G_MAXUINT16) && g_str_equal (fields[6], "typ")
         && is_kind (fields[7]) && are_extensions (fields + MIN_FIELDS);
}

gboolean
bk_ice_words_are_fair (const char *ufrag, const char *pwd)
{
  return ufrag != NULL && pwd != NULL && is_token (ufrag, MIN_UFRAG, MAX_WORD) && is_token (pwd, MIN_PWD, MAX_WORD);
}
