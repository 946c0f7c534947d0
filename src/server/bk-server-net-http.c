/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP request before a connection is a WebSocket: one path, one subprotocol, no web pages, never a file. */
#include "bk-server-net-private.h"

#include <string.h>

#define MAX_HEADER 256

static const struct
{
  const char *status;
  const char *extra;
} answers[BK_SERVER_N_REFUSED] = {
  [BK_SERVER_REFUSED_PATH] = { "404 Not Found", "" },
  [BK_SERVER_REFUSED_NO_UPGRADE] = { "426 Upgrade Required", "Upgrade: websocket\r\n" },
  [BK_SERVER_REFUSED_VERSION] = { "426 Upgrade Required", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" },
  [BK_SERVER_REFUSED_SUBPROTOCOL] = { "400 Bad Request", "" },
  [BK_SERVER_REFUSED_ORIGIN] = { "403 Forbidden", "" },
  [BK_SERVER_REFUSED_MALFORMED] = { "400 Bad Request", "" },
};

/* Copies the header @token; FALSE if it is not there or too long. Asks for it by token only: where the request is not
 * usable any more, libwebsockets says "not there" instead of handing out memory that it has freed. */
static gboolean
get_header (struct lws *wsi, enum lws_token_indexes token, char value[MAX_HEADER])
{
  return lws_hdr_total_length (wsi, token) > 0 && lws_hdr_copy (wsi, value, MAX_HEADER, token) > 0;
}

/* Whether the comma-separated @list names @wanted. */
static gboolean
list_has (const char *list, const char *wanted)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (g_strstrip (names[i]), wanted) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
origin_is_welcome (BkServerNet *net, struct lws *wsi)
{
  char value[MAX_HEADER];

  if (lws_hdr_total_length (wsi, WSI_TOKEN_ORIGIN) <= 0)
    return TRUE; /* no web page */
  return get_header (wsi, WSI_TOKEN_ORIGIN, value) && net->origins != NULL
         && g_strv_contains ((const char *const *) net->origins, value);
}

/* Returns what is wrong with the request, or -1 if it may become a WebSocket. */
static int
find_fault (BkServerNet *net, struct lws *wsi)
{
  char value[MAX_HEADER];

  if (!get_header (wsi, WSI_TOKEN_GET_URI, value) || strcmp (value, net->path) != 0)
    return BK_SERVER_REFUSED_PATH;
  if (!get_header (wsi, WSI_TOKEN_UPGRADE, value) || g_ascii_strcasecmp (value, "websocket") != 0)
    return BK_SERVER_REFUSED_NO_UPGRADE;
  if (!origin_is_welcome (net, wsi))
    return BK_SERVER_REFUSED_ORIGIN;
  if (!get_header (wsi, WSI_TOKEN_VERSION, value) || strcmp (value, "13") != 0)
    return BK_SERVER_REFUSED_VERSION;
  if (!get_header (wsi, WSI_TOKEN_PROTOCOL, value) || !list_has (value, net->subprotocol))
    return BK_SERVER_REFUSED_SUBPROTOCOL;
  if (!get_header (wsi, WSI_TOKEN_KEY, value) || !get_header (wsi, WSI_TOKEN_HOST, value)
      || !get_header (wsi, WSI_TOKEN_CONNECTION, value))
    return BK_SERVER_REFUSED_MALFORMED;
  return -1;
}

/* Looks at a complete request. Returns 0 if it may become a WebSocket; otherwise answers and returns -1, upon which
 * libwebsockets closes the connection. */
int
bk_server_net_check_request (BkServerConn *conn)
{
  guint8 buffer[LWS_PRE + 512];
  int fault = find_fault (conn->net, conn->wsi);

  if (fault < 0)
    return 0;
  conn->refused = fault;
  int length = g_snprintf ((char *) buffer + LWS_PRE, sizeof buffer - LWS_PRE,
                           "HTTP/1.1 %s\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n", answers[fault].status,
                           answers[fault].extra);
  lws_write (conn->wsi, buffer + LWS_PRE, (size_t) length, LWS_WRITE_HTTP);
  return -1;
}
