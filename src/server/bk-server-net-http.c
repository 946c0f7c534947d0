/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP request before a connection is a WebSocket: one path, one subprotocol, no web pages, never a file. libsoup
 * reads it. */
#include "bk-server-net-private.h"

#include <libsoup/soup.h>
#include <string.h>

#define ACCEPT_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455, 1.3 */
#define KEY_SIZE 16

typedef enum
{
  ANSWER_MALFORMED,
  ANSWER_METHOD,
  ANSWER_HTTP_VERSION,
  ANSWER_TOO_LONG,
  ANSWER_PATH,
  ANSWER_NO_UPGRADE,
  ANSWER_ORIGIN,
  ANSWER_VERSION,
  ANSWER_SUBPROTOCOL,
  ANSWER_WELCOME,
} Answer;

static const struct
{
  const char *status;
  const char *extra;
  BkServerRefused refused;
} answers[] = {
  [ANSWER_MALFORMED] = { "400 Bad Request", "", BK_SERVER_REFUSED_MALFORMED },
  [ANSWER_METHOD] = { "405 Method Not Allowed", "Allow: GET\r\n", BK_SERVER_REFUSED_MALFORMED },
  [ANSWER_HTTP_VERSION] = { "505 HTTP Version Not Supported", "", BK_SERVER_REFUSED_MALFORMED },
  [ANSWER_TOO_LONG] = { "431 Request Header Fields Too Large", "", BK_SERVER_REFUSED_MALFORMED },
  [ANSWER_PATH] = { "404 Not Found", "", BK_SERVER_REFUSED_PATH },
  [ANSWER_NO_UPGRADE] = { "426 Upgrade Required", "Upgrade: websocket\r\n", BK_SERVER_REFUSED_NO_UPGRADE },
  [ANSWER_ORIGIN] = { "403 Forbidden", "", BK_SERVER_REFUSED_ORIGIN },
  [ANSWER_VERSION] = { "426 Upgrade Required", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
                       BK_SERVER_REFUSED_VERSION },
  [ANSWER_SUBPROTOCOL] = { "400 Bad Request", "", BK_SERVER_REFUSED_SUBPROTOCOL },
};

/* The headers that count. */
enum
{
  HOST,
  UPGRADE,
  CONNECTION,
  ORIGIN,
  KEY,
  VERSION,
  PROTOCOL,
  CONTENT_LENGTH,
  TRANSFER_ENCODING,
  N_HEADERS,
};

static const struct
{
  const char *name;
  gboolean is_list; /* it may come several times */
} headers[N_HEADERS] = {
  [HOST] = { "Host", FALSE },
  [UPGRADE] = { "Upgrade", TRUE },
  [CONNECTION] = { "Connection", TRUE },
  [ORIGIN] = { "Origin", FALSE },
  [KEY] = { "Sec-WebSocket-Key", FALSE },
  [VERSION] = { "Sec-WebSocket-Version", TRUE },
  [PROTOCOL] = { "Sec-WebSocket-Protocol", TRUE },
  [CONTENT_LENGTH] = { "Content-Length", FALSE },
  [TRANSFER_ENCODING] = { "Transfer-Encoding", TRUE },
};

typedef struct
{
  char *values[N_HEADERS]; /* owned; NULL: not there */
} Request;

static void
request_clear (Request *request)
{
  for (guint i = 0; i < N_HEADERS; i++)
    g_free (request->values[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

/* Whether the comma-separated @list names @wanted. */
static gboolean
list_has (const char *list, const char *wanted, gboolean any_case)
{
  g_auto (GStrv) names = g_strsplit (list != NULL ? list : "", ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *name = g_strstrip (names[i]);
      if (any_case ? g_ascii_strcasecmp (name, wanted) == 0 : strcmp (name, wanted) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
add_header (Request *request, const char *name, const char *value)
{
  for (guint i = 0; i < N_HEADERS; i++)
    {
      if (g_ascii_strcasecmp (name, headers[i].name) != 0)
        continue;
      if (request->values[i] != NULL && !headers[i].is_list)
        return FALSE;
      char *all = request->values[i] == NULL ? g_strdup (value) : g_strconcat (request->values[i], ", ", value, NULL);
      g_free (request->values[i]);
      request->values[i] = all;
    }
  return TRUE;
}

/* Whether @target, "/path?query" or the whole address that a proxy asks for, is where we are. */
static gboolean
is_here (const char *target, const char *path)
{
  const char *host = strstr (target, "://");

  if (target[0] != '/' && host != NULL && g_str_has_prefix (target, "http"))
    target = strchr (host + 3, '/');
  if (target == NULL || !g_str_has_prefix (target, path))
    return FALSE;
  return target[strlen (path)] == '\0' || target[strlen (path)] == '?';
}

/* 16 octets, whatever they are, in base64. */
static gboolean
is_key (const char *key)
{
  gsize size = 0;

  if (key == NULL || strlen (key) != (KEY_SIZE + 2) / 3 * 4)
    return FALSE;
  g_autofree guchar *octets = g_base64_decode (key, &size);
  g_autofree char *again = g_base64_encode (octets, size);
  return size == KEY_SIZE && strcmp (again, key) == 0;
}

static Answer
check_headers (BkServerNet *net, const Request *request)
{
  char *const *values = request->values;

  /* A body that we do not expect would be taken for frames. */
  if (values[HOST] == NULL || values[TRANSFER_ENCODING] != NULL
      || (values[CONTENT_LENGTH] != NULL && strcmp (values[CONTENT_LENGTH], "0") != 0))
    return ANSWER_MALFORMED;
  if (!list_has (values[UPGRADE], "websocket", TRUE) || !list_has (values[CONNECTION], "Upgrade", TRUE))
    return ANSWER_NO_UPGRADE;
  if (values[ORIGIN] != NULL
      && (net->origins == NULL || !g_strv_contains ((const char *const *) net->origins, values[ORIGIN])))
    return ANSWER_ORIGIN; /* a web page */
  if (g_strcmp0 (values[VERSION], "13") != 0)
    return ANSWER_VERSION;
  if (!list_has (values[PROTOCOL], net->subprotocol, FALSE))
    return ANSWER_SUBPROTOCOL;
  return is_key (values[KEY]) ? ANSWER_WELCOME : ANSWER_MALFORMED;
}

/* Reads a whole head. */
static Answer
check_head (BkServerNet *net, const char *head, gsize length, Request *request)
{
  g_autoptr (SoupMessageHeaders) found = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autofree char *method = NULL, *target = NULL;
  SoupMessageHeadersIter iter;
  SoupHTTPVersion version;
  const char *name, *value;

  /* It wants the head without its last, empty line. */
  guint status = soup_headers_parse_request (head, (int) length - 2, found, &method, &target, &version);
  if (status != SOUP_STATUS_OK)
    return status == SOUP_STATUS_HTTP_VERSION_NOT_SUPPORTED ? ANSWER_HTTP_VERSION : ANSWER_MALFORMED;
  soup_message_headers_iter_init (&iter, found);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    if (!add_header (request, name, value))
      return ANSWER_MALFORMED;
  if (version != SOUP_HTTP_1_1)
    return ANSWER_HTTP_VERSION;
  if (strcmp (method, "GET") != 0)
    return ANSWER_METHOD;
  return is_here (target, net->path) ? check_headers (net, request) : ANSWER_PATH;
}

static int
refuse (BkServerConn *conn, Answer answer)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %s\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n",
                                           answers[answer].status, answers[answer].extra);

  conn->refused = (int) answers[answer].refused;
  bk_server_conn_write (conn, text, strlen (text));
  return -1;
}

static int
welcome (BkServerConn *conn, const char *key)
{
  g_autofree char *text = g_strconcat (key, ACCEPT_GUID, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize size = sizeof digest;

  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, digest, &size);
  g_autofree char *accept = g_base64_encode (digest, size);
  g_autofree char *answer
    = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
                       accept, conn->net->subprotocol);
  return bk_server_conn_write (conn, answer, strlen (answer)) ? 0 : -1;
}

/* Reads what came of a request. Returns how much of it was that; -1: the connection is to be closed, an answer is on
 * its way. @complete: it may become a WebSocket. */
gssize
bk_server_conn_read_request (BkServerConn *conn, const char *data, gsize length, gboolean *complete)
{
  g_auto (Request) request = { 0 };

  *complete = FALSE;
  if (conn->incoming == NULL)
    conn->incoming = g_string_sized_new (length);
  gsize before = conn->incoming->len;
  g_string_append_len (conn->incoming, data, (gssize) length);
  gsize from = before < 3 ? 0 : before - 3;
  const char *end = memmem (conn->incoming->str + from, conn->incoming->len - from, "\r\n\r\n", 4);
  gsize size = end == NULL ? conn->incoming->len : (gsize) (end - conn->incoming->str) + 4;
  if (size > BK_SERVER_MAX_HEAD)
    return refuse (conn, ANSWER_TOO_LONG);
  if (end == NULL)
    return (gssize) length;

  g_string_truncate (conn->incoming, size);
  Answer answer = check_head (conn->net, conn->incoming->str, size, &request);
  if (answer != ANSWER_WELCOME)
    return refuse (conn, answer);
  g_string_free (g_steal_pointer (&conn->incoming), TRUE);
  if (welcome (conn, request.values[KEY]) != 0)
    return -1;
  *complete = TRUE;
  return (gssize) (size - before);
}
