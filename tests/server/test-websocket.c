/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 6455, case by case, in the order in which suites that test servers go through it: framing, pings, reserved bits
 * and opcodes, fragments, UTF-8, the end. The server echoes. Each case is sent in one piece, octet by octet, and in
 * pieces that fit nothing.
 *
 * Frames are written as the first octet in hexadecimal (81 text, 01 and 00 and 80 its pieces, 82 binary, 88 close, 89
 * ping, 8a pong), then what they carry: ":" and words, "#" and octets in hexadecimal, "*" and how many times "x", "="
 * and a close code. In between: "u" is not masked, "m" and "l" have the length in 16 and in 64 bits whatever it is. */
#include "net-fixture.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *sent;
  const char *answer; /* all of it; "eof": the end of the connection */
} Case;

static const Case framing[] = {
  { "empty", "81", "81" },
  { "125", "81*125", "81*125" },
  { "126", "81*126", "81*126" },
  { "127", "81*127", "81*127" },
  { "128", "81*128", "81*128" },
  { "65535", "81*65535", "81*65535" },
  { "65536", "81*65536", "81*65536" },
  { "limit", "81*131072", "81*131072" },
  { "beyond limit", "81*131073", "88=1009 eof" },
  { "beyond limit in pieces", "01*131072 00*1", "88=1009 eof" },
  { "limit in pieces", "01*131071 80*1", "81*131072" },
  { "16 bits for 5", "81m:Hello", "88=1002 eof" },
  { "16 bits for 0", "81m", "88=1002 eof" },
  { "16 bits for 126", "81m*126", "81*126" },
  { "64 bits for 5", "81l:Hello", "88=1002 eof" },
  { "64 bits for 65535", "81l*65535", "88=1002 eof" },
  { "64 bits for 65536", "81l*65536", "81*65536" },
  { "several", "81:a 81:b 81 81:c", "81:a 81:b 81 81:c" },
  { "binary", "82:abc", "88=1003 eof" },
  { "empty binary", "82", "88=1003 eof" },
  { "binary in pieces", "02:ab 80:c", "88=1003 eof" },
  { "not masked", "81u:Hello", "88=1002 eof" },
  { "empty and not masked", "81u", "88=1002 eof" },
  { "ping not masked", "89u:x", "88=1002 eof" },
  { "close not masked", "88u=1000", "88=1002 eof" },
};

static const Case pings[] = {
  { "empty", "89", "8a" },
  { "words", "89:Hello", "8a:Hello" },
  { "octets", "89#00fffefdfcfb00ff", "8a#00fffefdfcfb00ff" },
  { "125", "89*125", "8a*125" },
  { "126", "89*126", "88=1002 eof" },
  { "64 bits", "89l:x", "88=1002 eof" },
  { "16 bits", "89m:x", "88=1002 eof" },
  { "unsolicited pong", "8a:x", "" },
  { "empty unsolicited pong", "8a", "" },
  { "pong then ping", "8a:x 89:y", "8a:y" },
  { "pong of 126", "8a*126", "88=1002 eof" },
  { "ten", "89:a 89:b 89:c 89:d 89:e 89:f 89:g 89:h 89:i 89:j",
    "8a:a 8a:b 8a:c 8a:d 8a:e 8a:f 8a:g 8a:h 8a:i 8a:j" },
  { "between texts", "81:a 89:b 81:c", "81:a 8a:b 81:c" },
};

static const Case reserved[] = {
  { "RSV1", "c1:a", "88=1002 eof" },
  { "RSV2", "a1:a", "88=1002 eof" },
  { "RSV3", "91:a", "88=1002 eof" },
  { "all", "f1:a", "88=1002 eof" },
  { "RSV3 of a ping", "99:a", "88=1002 eof" },
  { "RSV1 of a ping", "c9:a", "88=1002 eof" },
  { "RSV1 of a close", "c8=1000", "88=1002 eof" },
  { "RSV1 of a piece", "01:a c0:b", "88=1002 eof" },
  { "empty with RSV2", "a1", "88=1002 eof" },
  { "after a text", "81:a 91:b 89", "81:a 88=1002 eof" },
  { "opcode 3", "83", "88=1002 eof" },
  { "opcode 4", "84:a", "88=1002 eof" },
  { "opcode 5", "81:a 85:b 89", "81:a 88=1002 eof" },
  { "opcode 6", "86:a", "88=1002 eof" },
  { "opcode 7", "87:a", "88=1002 eof" },
  { "opcode 11", "8b", "88=1002 eof" },
  { "opcode 12", "8c:a", "88=1002 eof" },
  { "opcode 13", "81:a 8d:b 89", "81:a 88=1002 eof" },
  { "opcode 14", "8e:a", "88=1002 eof" },
  { "opcode 15", "8f:a", "88=1002 eof" },
};

static const Case fragments[] = {
  { "ping in two", "09:a 80:b", "88=1002 eof" },
  { "pong in two", "0a:a 80:b", "88=1002 eof" },
  { "close in two", "08:a 80:b", "88=1002 eof" },
  { "two", "01:a 80:b", "81:ab" },
  { "three", "01:a 00:b 80:c", "81:abc" },
  { "all empty", "01 00 80", "81" },
  { "one is not", "01 00:a 80", "81:a" },
  { "ping between", "01:a 89:p 80:b", "8a:p 81:ab" },
  { "pong between", "01:a 8a:p 80:b", "81:ab" },
  { "pings between", "01:a 89:p 00:b 89:q 80:c", "8a:p 8a:q 81:abc" },
  { "close between", "01:a 88=1000 80:b", "88=1000 eof" },
  { "end of nothing", "80:a", "88=1002 eof" },
  { "middle of nothing", "00:a", "88=1002 eof" },
  { "end of nothing, later", "01:a 80:b 80:c", "81:ab 88=1002 eof" },
  { "text within", "01:a 81:b", "88=1002 eof" },
  { "start within", "01:a 01:b", "88=1002 eof" },
  { "binary within", "01:a 82:b", "88=1002 eof" },
  { "two messages", "01:a 80:b 01:c 80:d", "81:ab 81:cd" },
};

static const Case utf8[] = {
  { "greek", "81#cebae1bdb9cf83cebcceb5", "81#cebae1bdb9cf83cebcceb5" },
  { "each octet a piece", "01#ce 00#ba 00#e1 00#bd 00#b9 80#41", "81#cebae1bdb941" },
  { "outside of the plane", "81#f09f9880", "81#f09f9880" },
  { "cut through a character", "01#f09f 80#9880", "81#f09f9880" },
  { "the last one", "81#f48fbfbf", "81#f48fbfbf" },
  { "beyond the last one", "81#f4908080", "88=1007 eof" },
  { "surrogate", "81#ceba#eda080", "88=1007 eof" },
  { "overlong", "81#c080", "88=1007 eof" },
  { "overlong slash", "81#c0af", "88=1007 eof" },
  { "overlong in three", "81#e080af", "88=1007 eof" },
  { "overlong in four", "81#f08080af", "88=1007 eof" },
  { "five octets", "81#f888808080", "88=1007 eof" },
  { "stray", "81#80", "88=1007 eof" },
  { "impossible", "81#fe", "88=1007 eof" },
  { "cut short", "81#cebae1bd", "88=1007 eof" },
  { "cut short at the end of pieces", "01#41 80#e282", "88=1007 eof" },
  { "not a character", "81#efbfbe", "81#efbfbe" },
  { "bad in the first piece", "01#eda080 89:p", "88=1007 eof" },
  { "bad in a later piece", "01#41 00#ff 89:p", "88=1007 eof" },
  { "NUL", "81#410042", "88=1007 eof" },
};

static const Case ends[] = {
  { "1000", "88=1000", "88=1000 eof" },
  { "1000 with words", "88=1000:bye", "88=1000 eof" },
  { "nothing", "88", "88 eof" },
  { "one octet", "88#03", "88=1002 eof" },
  { "123 octets of words", "88#03e8*123", "88=1000 eof" },
  { "124 octets of words", "88#03e8*124", "88=1002 eof" },
  { "words are no UTF-8", "88#03e8#eda080", "88=1007 eof" },
  { "text behind", "88=1000 81:a", "88=1000 eof" },
  { "ping behind", "88=1000 89:a", "88=1000 eof" },
  { "close behind", "88=1000 88=1001", "88=1000 eof" },
  { "text before", "81:a 88=1000", "81:a 88=1000 eof" },
  { "breach behind", "88=1000 83", "88=1000 eof" },
};

static const guint16 good_codes[] = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999 };
/* 1012 to 1014 were registered later, and wslay does not know them. */
static const guint16 bad_codes[] = { 0, 1, 999, 1004, 1005, 1006, 1012, 1014, 1015, 1016, 1100, 2000, 2999, 5000, 65535 };

/* ---- what is sent ---- */

static void
append_hex (GByteArray *bytes, const char **p)
{
  while (g_ascii_isxdigit ((*p)[0]) && g_ascii_isxdigit ((*p)[1]))
    {
      guint8 octet = (guint8) (g_ascii_xdigit_value ((*p)[0]) << 4 | g_ascii_xdigit_value ((*p)[1]));
      g_byte_array_append (bytes, &octet, 1);
      *p += 2;
    }
}

/* Returns what a frame carries. */
static GByteArray *
parse_payload (const char *p)
{
  GByteArray *bytes = g_byte_array_new ();

  while (*p != '\0')
    switch (*p++)
      {
      case ':':
        g_byte_array_append (bytes, (const guint8 *) p, (guint) strlen (p));
        return bytes;
      case '#':
        append_hex (bytes, &p);
        break;
      case '=':
        {
          guint16 code = (guint16) g_ascii_strtoull (p, (char **) &p, 10);
          code = GUINT16_TO_BE (code);
          g_byte_array_append (bytes, (const guint8 *) &code, 2);
          break;
        }
      case '*':
        {
          guint n = (guint) g_ascii_strtoull (p, (char **) &p, 10), old = bytes->len;
          g_byte_array_set_size (bytes, old + n);
          memset (bytes->data + old, 'x', n);
          break;
        }
      default:
        g_error ("What is “%s”?", p - 1);
      }
  return bytes;
}

/* Appends @size in big-endian order in @n octets. */
static void
append_length (GByteArray *frame, guint64 size, guint n)
{
  for (guint i = n; i > 0; i--)
    g_byte_array_append (frame, (const guint8[]){ (guint8) (size >> 8 * (i - 1)) }, 1);
}

static void
append_frame (GByteArray *sent, const char *token)
{
  static const guint8 key[4] = { 0x37, 0xFA, 0x21, 0x3D };
  const char *p = token;
  guint first = sent->len;

  append_hex (sent, &p);
  g_assert_cmpuint (sent->len, ==, first + 1);
  char form = strchr ("uml", *p) != NULL && *p != '\0' ? *p++ : ' ';
  g_autoptr (GByteArray) payload = parse_payload (p);
  guint8 mask = form == 'u' ? 0 : 0x80;
  guint extended = form == 'm' ? 2 : form == 'l' ? 8 : payload->len < 126 ? 0 : payload->len < 65536 ? 2 : 8;
  guint8 length = mask | (guint8) (extended == 0 ? payload->len : extended == 2 ? 126 : 127);

  g_byte_array_append (sent, &length, 1);
  append_length (sent, payload->len, extended);
  if (mask != 0)
    g_byte_array_append (sent, key, 4);
  for (guint i = 0; mask != 0 && i < payload->len; i++)
    payload->data[i] ^= key[i & 3];
  g_byte_array_append (sent, payload->data, payload->len);
}

static void
append_frames (GByteArray *sent, const char *script)
{
  g_auto (GStrv) tokens = g_strsplit (script, " ", -1);

  for (guint i = 0; tokens[i] != NULL; i++)
    append_frame (sent, tokens[i]);
}

/* ---- what is answered ---- */

static gboolean
is_word (const guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isalnum (data[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_filler (const guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (data[i] != 'x')
      return FALSE;
  return size > 9;
}

static void
describe_frame (GString *told, guint8 first, const guint8 *data, gsize size)
{
  g_string_append_printf (told, "%s%02x", told->len > 0 ? " " : "", first);
  if (first == (RAW_FIN | RAW_CLOSE) && size >= 2)
    g_string_append_printf (told, "=%u", data[0] << 8 | data[1]); /* its words are for people */
  else if (is_filler (data, size))
    g_string_append_printf (told, "*%" G_GSIZE_FORMAT, size);
  else if (size > 0 && is_word (data, size))
    g_string_append_printf (told, ":%.*s", (int) size, data);
  else if (size > 0)
    {
      g_string_append_c (told, '#');
      for (gsize i = 0; i < size; i++)
        g_string_append_printf (told, "%02x", data[i]);
    }
}

static gboolean
has_something (gpointer data)
{
  RawClient *raw = data;

  return raw->in->len > 0 || raw->eof;
}

/* Returns all that the server says up to the answer to a last ping, or to the end of the connection. */
static char *
listen_to_end (RawClient *raw)
{
  g_autoptr (GString) told = g_string_new (NULL);

  for (;;)
    {
      guint8 first;
      gsize size;
      bk_test_wait_until (has_something, raw);
      if (raw->in->len == 0)
        {
          g_string_append (told, told->len > 0 ? " eof" : "eof");
          break;
        }
      g_autoptr (GBytes) bytes = raw_take_frame (raw, &first);
      const guint8 *data = g_bytes_get_data (bytes, &size);
      if (first == (RAW_FIN | RAW_PONG) && size == 4 && memcmp (data, "last", 4) == 0)
        break;
      describe_frame (told, first, data, size);
      if (first == (RAW_FIN | RAW_CLOSE))
        raw_send_frame (raw, RAW_FIN | RAW_CLOSE, data, size);
    }
  return g_string_free (g_steal_pointer (&told), FALSE);
}

/* Sends @bytes @piece at a time, and lets the server see each; 0: all at once. */
static void
send_pieces (RawClient *raw, GByteArray *bytes, guint piece)
{
  if (piece == 0)
    piece = MAX (bytes->len, 1);
  for (guint i = 0; i < bytes->len && !raw->eof; i += piece)
    {
      raw_send (raw, bytes->data + i, MIN (piece, bytes->len - i));
      bk_test_drain ();
    }
}

static void
try_case (NetFixture *f, const Case *c, guint piece)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (RawClient) raw = raw_open (f);

  append_frames (sent, c->sent);
  send_pieces (raw, sent, piece);
  bk_test_drain ();
  raw_send_frame (raw, RAW_FIN | RAW_PING, "last", 4);
  g_autofree char *told = listen_to_end (raw);
  if (strcmp (told, c->answer) != 0)
    g_error ("%s, in pieces of %u: %s was answered with %s, not %s", c->name, piece, c->sent, told, c->answer);
}

static void
try_cases (NetFixture *f, const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      gboolean is_long = strstr (cases[i].sent, "*65") != NULL || strstr (cases[i].sent, "*131") != NULL;
      try_case (f, &cases[i], 0);
      try_case (f, &cases[i], 997);
      if (!is_long)
        try_case (f, &cases[i], 1);
    }
}

typedef struct
{
  const char *path;
  const Case *cases;
  gsize n;
} Chapter;

static const Chapter chapters[] = {
  { "/server/websocket/framing", framing, G_N_ELEMENTS (framing) },
  { "/server/websocket/pings", pings, G_N_ELEMENTS (pings) },
  { "/server/websocket/reserved", reserved, G_N_ELEMENTS (reserved) },
  { "/server/websocket/fragments", fragments, G_N_ELEMENTS (fragments) },
  { "/server/websocket/utf8", utf8, G_N_ELEMENTS (utf8) },
  { "/server/websocket/ends", ends, G_N_ELEMENTS (ends) },
};

static void
test_chapter (gconstpointer data)
{
  const Chapter *chapter = data;
  NetFixture f;

  net_fixture_start (&f, NULL);
  try_cases (&f, chapter->cases, chapter->n);
  net_fixture_stop (&f);
}

/* What a client may say at the end is answered with the same code; what it may not is a breach. */
static void
test_codes (void)
{
  NetFixture f;

  net_fixture_start (&f, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (good_codes); i++)
    {
      g_autofree char *sent = g_strdup_printf ("88=%u", good_codes[i]);
      g_autofree char *answer = g_strdup_printf ("88=%u eof", good_codes[i]);
      try_cases (&f, &(Case){ "good code", sent, answer }, 1);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad_codes); i++)
    {
      g_autofree char *sent = g_strdup_printf ("88=%u", bad_codes[i]);
      try_cases (&f, &(Case){ "bad code", sent, "88=1002 eof" }, 1);
    }
  net_fixture_stop (&f);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  for (gsize i = 0; i < G_N_ELEMENTS (chapters); i++)
    g_test_add_data_func (chapters[i].path, &chapters[i], test_chapter);
  g_test_add_func ("/server/websocket/codes", test_codes);
  return g_test_run ();
}
