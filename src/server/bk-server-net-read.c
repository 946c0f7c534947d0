/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames in, by the letter of RFC 6455. Not left to libwebsockets 4.1, which takes frames that are not masked, answers
 * one of many pings, and says nothing about much that is wrong. */
#include "bk-server-net-private.h"

#include <string.h>

#define FIN 0x80
#define RESERVED 0x70
#define OPCODE 0x0F
#define MASKED 0x80
#define MAX_CONTROL 125

enum
{
  OPCODE_CONTINUATION = 0x0,
  OPCODE_TEXT = 0x1,
  OPCODE_BINARY = 0x2,
  OPCODE_CLOSE = 0x8,
  OPCODE_PING = 0x9,
  OPCODE_PONG = 0xA,
};

/* Answers a breach of the rules, and listens only for the end from here on. */
static void
fail (BkServerConn *conn, BkServerClosed closed, guint16 code, const char *reason)
{
  bk_server_conn_begin_close (conn, closed, code, reason);
}

static void
fail_protocol (BkServerConn *conn, const char *reason)
{
  fail (conn, BK_SERVER_CLOSED_PROTOCOL, BK_SERVER_CODE_PROTOCOL, reason);
}

static void
fail_utf8 (BkServerConn *conn)
{
  fail (conn, BK_SERVER_CLOSED_BAD_UTF8, BK_SERVER_CODE_BAD_TEXT, "not UTF-8");
}

static gboolean
is_listening (BkServerConn *conn)
{
  return conn->phase < BK_SERVER_PHASE_CLOSING;
}

/* ---- messages ---- */

/* Whether @text is the beginning of a character, and not yet wrong. */
static gboolean
is_cut (const guint8 *text, gsize length)
{
  guint8 first = text[0];
  gsize whole = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;

  if (length >= whole)
    return FALSE;
  for (gsize i = 1; i < length; i++)
    if ((text[i] & 0xC0) != 0x80)
      return FALSE;
  if (length < 2)
    return TRUE;
  /* overlong, a surrogate, behind the last character */
  return !(first == 0xE0 && text[1] < 0xA0) && !(first == 0xED && text[1] > 0x9F) && !(first == 0xF0 && text[1] < 0x90)
         && !(first == 0xF4 && text[1] > 0x8F);
}

/* Looks at what has come since the last time: what cannot become UTF-8 any more is refused before its end. */
static gboolean
check_text (BkServerConn *conn, const GString *text, gboolean whole)
{
  const char *start = text->str + conn->reader.checked, *end;
  gsize length = text->len - conn->reader.checked;

  if (!g_utf8_validate_len (start, length, &end)
      && (whole || !is_cut ((const guint8 *) end, (gsize) (start + length - end))))
    return FALSE;
  conn->reader.checked = (gsize) (end - text->str);
  return TRUE;
}

static void
hand_up (BkServerConn *conn, const GString *text)
{
  BkServerNet *net = conn->net;
  gboolean good = check_text (conn, text, TRUE);

  conn->reader.checked = 0;
  if (!good)
    {
      fail_utf8 (conn);
      return;
    }
  net->stats.frames_in++;
  net->stats.bytes_in += text->len;
  net->in_callback++;
  net->handler.frame (conn, text->str, text->len, net->user_data);
  net->in_callback--;
}

/* A piece of a message, of which @whole tells whether it is the last. */
static void
take_text (BkServerConn *conn, const guint8 *data, gsize length, gboolean whole)
{
  BkServerNet *net = conn->net;

  if (conn->incoming == NULL && whole)
    {
      g_string_truncate (net->scratch, 0);
      g_string_append_len (net->scratch, (const char *) data, (gssize) length);
      hand_up (conn, net->scratch);
      return;
    }
  if (conn->incoming == NULL)
    {
      conn->incoming = g_string_sized_new (length + 1);
      conn->reader.began = bk_clock_now (net->clock);
    }
  g_string_append_len (conn->incoming, (const char *) data, (gssize) length);
  if (!whole)
    {
      if (!check_text (conn, conn->incoming, FALSE))
        fail_utf8 (conn);
      return;
    }
  GString *message = g_steal_pointer (&conn->incoming);
  hand_up (conn, message);
  g_string_free (message, TRUE);
}

/* ---- control frames ---- */

static void
on_pong (BkServerConn *conn)
{
  BkServerNet *net = conn->net;

  if (net->handler.answered == NULL)
    return;
  net->in_callback++;
  net->handler.answered (conn, net->user_data);
  net->in_callback--;
}

/* Codes that may be sent (RFC 6455, 7.4, and the registry). */
static gboolean
is_code (guint16 code)
{
  if (code < 1000 || code > 4999)
    return FALSE;
  return code >= 3000 || (code <= 1014 && code != 1004 && code != 1005 && code != 1006);
}

/* The other end says goodbye: what is queued goes out, then the answer. */
static void
on_close (BkServerConn *conn)
{
  const BkServerReader *reader = &conn->reader;
  guint16 code = (guint16) (reader->control[0] << 8 | reader->control[1]);

  if (reader->n_control == 0)
    bk_server_conn_begin_close (conn, BK_SERVER_CLOSED_PEER, 0, NULL);
  else if (reader->n_control < 2 || !is_code (code))
    fail_protocol (conn, "bad close code");
  else if (!g_utf8_validate_len ((const char *) reader->control + 2, reader->n_control - 2u, NULL))
    fail_utf8 (conn);
  else
    bk_server_conn_begin_close (conn, BK_SERVER_CLOSED_PEER, code, NULL);
}

/* ---- frames ---- */

/* What is wrong with a frame that begins like this; NULL: nothing. */
static const char *
find_fault (const BkServerReader *reader)
{
  guint8 first = reader->header[0], opcode = first & OPCODE;
  gboolean control = (opcode & 0x8) != 0;

  if ((first & RESERVED) != 0)
    return "reserved bit";
  if (opcode > OPCODE_PONG || (opcode > OPCODE_BINARY && opcode < OPCODE_CLOSE))
    return "reserved opcode";
  if ((reader->header[1] & MASKED) == 0)
    return "not masked";
  if (control && (first & FIN) == 0)
    return "control frame in fragments";
  if (control && (reader->header[1] & ~MASKED) > MAX_CONTROL)
    return "control frame too long";
  if (!control && reader->in_message != (opcode == OPCODE_CONTINUATION))
    return reader->in_message ? "message within a message" : "continuation of nothing";
  return NULL;
}

/* Its first two octets are there. */
static void
check_start (BkServerConn *conn)
{
  BkServerReader *reader = &conn->reader;
  guint8 opcode = reader->header[0] & OPCODE;
  const char *fault = find_fault (reader);

  if (fault != NULL)
    fail_protocol (conn, fault);
  else if (opcode == OPCODE_BINARY)
    fail (conn, BK_SERVER_CLOSED_BINARY, BK_SERVER_CODE_UNSUPPORTED, "text only");
  else if (opcode < OPCODE_CLOSE)
    reader->in_message = (reader->header[0] & FIN) == 0;
}

/* Its header is there: sees how long it is, and what was read of the message before. */
static void
check_length (BkServerConn *conn, guint extended)
{
  const BkServerNetConfig *config = &conn->net->config;
  BkServerReader *reader = &conn->reader;
  gboolean signed_in = conn->phase == BK_SERVER_PHASE_OPEN;
  gsize limit = signed_in ? config->max_frame : MIN (config->max_frame, config->max_frame_signed_out);
  gsize have = conn->incoming == NULL ? 0 : conn->incoming->len;

  if ((extended == 2 && reader->left < 126) || (extended == 8 && (reader->left < 65536 || reader->left > G_MAXINT64)))
    fail_protocol (conn, "length not in its shortest form");
  else if ((reader->header[0] & OPCODE) < OPCODE_CLOSE && (have > limit || reader->left > limit - have))
    fail (conn, BK_SERVER_CLOSED_TOO_BIG, BK_SERVER_CODE_TOO_BIG, "message too long");
}

static guint
extended_size (const BkServerReader *reader)
{
  guint8 length = reader->header[1] & (guint8) ~MASKED;

  return length == 127 ? 8 : length == 126 ? 2 : 0;
}

/* The frame is over. Returns FALSE if the connection is. */
static gboolean
end_frame (BkServerConn *conn)
{
  BkServerReader *reader = &conn->reader;
  guint8 opcode = reader->header[0] & OPCODE;

  reader->n_header = 0;
  reader->in_payload = FALSE;
  if (opcode == OPCODE_CLOSE)
    {
      reader->heard_close = TRUE;
      if (is_listening (conn))
        on_close (conn);
      return conn->phase != BK_SERVER_PHASE_CLOSE_SENT; /* it is the answer to ours */
    }
  if (is_listening (conn) && opcode == OPCODE_PING)
    bk_server_conn_answer_ping (conn, reader->control, reader->n_control);
  if (is_listening (conn) && opcode == OPCODE_PONG)
    on_pong (conn);
  return TRUE;
}

static gboolean
begin_payload (BkServerConn *conn)
{
  BkServerReader *reader = &conn->reader;
  guint extended = extended_size (reader);

  reader->left = extended == 0 ? reader->header[1] & (guint8) ~MASKED : 0;
  for (guint i = 0; i < extended; i++)
    reader->left = reader->left << 8 | reader->header[2 + i];
  reader->mask_at = 0;
  reader->n_control = 0;
  reader->in_payload = TRUE;
  if (is_listening (conn))
    check_length (conn, extended);
  if (reader->left > 0)
    return TRUE;
  if (is_listening (conn) && (reader->header[0] & OPCODE) < OPCODE_CLOSE)
    take_text (conn, (const guint8 *) "", 0, (reader->header[0] & FIN) != 0);
  return end_frame (conn);
}

/* Returns how much of @data was header. */
static gsize
take_header (BkServerConn *conn, const guint8 *data, gsize length, gboolean *open)
{
  BkServerReader *reader = &conn->reader;
  gsize used = 0;

  while (used < length)
    {
      reader->header[reader->n_header++] = data[used++];
      if (reader->n_header == 2 && is_listening (conn))
        check_start (conn);
      if (reader->n_header < 2
          || reader->n_header < 2 + extended_size (reader) + ((reader->header[1] & MASKED) != 0 ? 4 : 0))
        continue;
      *open = begin_payload (conn);
      break;
    }
  return used;
}

static void
unmask (BkServerReader *reader, guint8 *data, gsize length)
{
  const guint8 *key = reader->header + 2 + extended_size (reader);

  if ((reader->header[1] & MASKED) == 0)
    return;
  for (gsize i = 0; i < length; i++)
    data[i] ^= key[(reader->mask_at + i) & 3];
  reader->mask_at = (guint8) ((reader->mask_at + length) & 3);
}

/* Returns how much of @data belonged to the frame. */
static gsize
take_payload (BkServerConn *conn, guint8 *data, gsize length, gboolean *open)
{
  BkServerReader *reader = &conn->reader;
  gsize used = (gsize) MIN (reader->left, length);
  guint8 first = reader->header[0];

  reader->left -= used;
  if (is_listening (conn))
    {
      unmask (reader, data, used);
      if ((first & 0x8) == 0)
        take_text (conn, data, used, reader->left == 0 && (first & FIN) != 0);
      else
        {
          memcpy (reader->control + reader->n_control, data, used);
          reader->n_control += (guint8) used;
        }
    }
  if (reader->left == 0)
    *open = end_frame (conn);
  return used;
}

/* Takes what came, and changes it. Returns FALSE if the connection is over. */
gboolean
bk_server_conn_read (BkServerConn *conn, guint8 *data, gsize length)
{
  gboolean open = TRUE;

  while (length > 0 && open && conn->phase <= BK_SERVER_PHASE_CLOSE_SENT)
    {
      gsize used = conn->reader.in_payload ? take_payload (conn, data, length, &open)
                                           : take_header (conn, data, length, &open);
      data += used;
      length -= used;
    }
  return open;
}
