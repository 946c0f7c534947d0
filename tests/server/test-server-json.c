/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON (RFC 8259), case by case, at the guard alone and at the whole server: what everybody must take (y), what nobody
 * may take (n), and where the RFC leaves it open, or we promise less, what we do (I: taken, i: not).
 *
 * Values stand in a request, {"type":"devices","id":N,"x":VALUE}: one that is taken gets the answer to that request, one
 * that is not "protocol" and, because nothing of it was read, no number. What is not UTF-8 never gets so far: 1007. */
#include "net-fixture.h"
#include "server-fixture.h"

#include "bk-limits.h"
#include "bk-wire-json.h"

#include <string.h>

#define PER_CONNECTION 8 /* mistakes that a client may make */

typedef struct
{
  const char *name; /* its first letter is the kind */
  const char *text;
  gssize length; /* 0: up to the NUL */
} Case;

static const Case values[] = {
  /* numbers */
  { "y zero", "0" }, { "y minus zero", "-0" }, { "y integer", "123" }, { "y minus", "-123" }, { "y minus one", "-1" },
  { "y fraction", "1.5" }, { "y long fraction", "0.12345678901234567" }, { "y zeros behind the point", "1.000" },
  { "y exponent", "1e2" }, { "y capital exponent", "1E2" }, { "y plus in the exponent", "1E+2" },
  { "y minus in the exponent", "1e-2" }, { "y zeros in the exponent", "1e0002" }, { "y zero with exponent", "0e1" },
  { "y zero with plus exponent", "0e+1" }, { "y fraction and exponent", "123.456e78" }, { "y tiny", "-0.000001" },
  { "y spaces around", " \t\r\n7\t \r\n" },
  { "n leading zero", "01" }, { "n minus and leading zero", "-012" }, { "n double zero", "00" }, { "n plus", "+1" },
  { "n double minus", "--1" }, { "n minus alone", "-" }, { "n minus and space", "- 1" }, { "n minus and word", "-foo" },
  { "n no digit before the point", ".5" }, { "n minus and point", "-.5" }, { "n no digit behind the point", "1." },
  { "n point and exponent", "1.e1" }, { "n point alone", "." }, { "n two points", "1.2.3" },
  { "n exponent without digits", "1e" }, { "n capital exponent without digits", "1E" },
  { "n exponent with sign alone", "1e+" }, { "n exponent with a fraction", "1e1.5" }, { "n two exponents", "1eE2" },
  { "n zero exponent without digits", "0e" }, { "n hexadecimal", "0x1F" }, { "n hexadecimal digits", "1F" },
  { "n NaN", "NaN" }, { "n minus NaN", "-NaN" }, { "n nan", "nan" }, { "n Infinity", "Infinity" },
  { "n minus Infinity", "-Infinity" }, { "n inf", "Inf" }, { "n underscore", "1_000" }, { "n comma", "1,000" },
  { "n space within", "1 000" }, { "n letters behind", "123a" }, { "n wide digit", "\xEF\xBC\x91" },
  { "n expression", "1+2" }, { "n octal", "0o7" }, { "n a control character behind", "1\x01" },
  { "I biggest integer", "9223372036854775807" }, { "I smallest integer", "-9223372036854775808" },
  { "i integer beyond 64 bits", "9223372036854775808" }, { "i integer below 64 bits", "-9223372036854775809" },
  { "i integer far beyond", "100000000000000000000" }, { "i exponent beyond double", "1e400" },
  { "i minus exponent beyond double", "-1e400" }, { "i huge exponent", "1e99999999999999999999" },
  { "i exponent too small", "123e-10000000" }, { "I biggest double", "1.7976931348623157e308" },
  { "I smallest double", "5e-324" }, { "y many digits", "0.1234567890123456789012345678901234567890" },
  { "y almost nothing", "-0.000000000000000000000000000000000000000000000000000000000000000000000000000001" },

  /* strings */
  { "y empty", "\"\"" }, { "y one letter", "\"a\"" }, { "y space", "\" \"" },
  { "y escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"" },
  { "y slash as it is", "\"/\"" }, { "y number of a letter", "\"\\u0041\\u00e9\\u20AC\"" },
  { "y control character by number", "\"\\u0001\\u001f\"" }, { "y delete", "\"\x7F\"" },
  { "y surrogates", "\"\\uD83D\\uDE00\"" }, { "y surrogates in small letters", "\"\\ud834\\udd1e\"" },
  { "y first and last surrogates", "\"\\uD800\\uDC00\\uDBFF\\uDFFF\"" }, { "y not a character", "\"\\uFFFE\\uFFFF\"" },
  { "y letters of two octets", "\"\xC3\xA9\"" }, { "y of three", "\"\xE2\x82\xAC\"" },
  { "y of four", "\"\xF0\x9F\x98\x80\"" }, { "y last character", "\"\xF4\x8F\xBF\xBF\"" },
  { "y line separator", "\"\xE2\x80\xA8\"" }, { "y byte order mark within", "\"\xEF\xBB\xBF\"" },
  { "y what looks like a comment", "\"a/*b*/c//d\"" }, { "y backslash and u", "\"\\\\u0000\"" },
  { "y reserved by UTF-8 noncharacter", "\"\xEF\xBF\xBF\"" },
  { "n not closed", "\"a" }, { "n closed by an escape", "\"\\\"" }, { "n single quotes", "'a'" },
  { "n no quotes", "a" },
  { "n quotes of a book", "\xE2\x80\x9C" "a\xE2\x80\x9D" }, { "n line feed", "\"a\nb\"" }, { "n tab", "\"a\tb\"" },
  { "n carriage return", "\"a\rb\"" }, { "n control character", "\"\x1F\"" },
  { "n first control character", "\"\x01\"" },
  { "n escape x", "\"\\x41\"" }, { "n escape a", "\"\\a\"" }, { "n escape 0", "\"\\0\"" }, { "n escape '", "\"\\'\"" },
  { "n escape of an emoji", "\"\\\xF0\x9F\x98\x80\"" }, { "n escape of a tab", "\"\\\t\"" },
  { "n escape U", "\"\\U0041\"" },
  { "n number of one digit", "\"\\u1\"" }, { "n number of three digits", "\"\\u123\"" },
  { "n number with a wrong digit", "\"\\u00G0\"" }, { "n number in braces", "\"\\u{41}\"" },
  { "n backslash at the end", "\"\\" }, { "n surrogate without digits", "\"\\uD800\\u\"" },
  { "n surrogate and half a number", "\"\\uD800\\uD\"" }, { "n NUL as it is", "\"a\0b\"", 5 },
  { "i high surrogate alone", "\"\\uD800\"" }, { "i low surrogate alone", "\"\\uDC00\"" },
  { "i two high surrogates", "\"\\uD800\\uD800\"" }, { "i surrogates the wrong way round", "\"\\uDC00\\uD800\"" },
  { "i high surrogate and a letter", "\"\\uD800a\"" }, { "i high surrogate and an escape", "\"\\uD800\\n\"" },
  { "i NUL by number", "\"\\u0000\"" }, { "i overlong", "\"\xC0\xAF\"" }, { "i overlong in three", "\"\xE0\x80\xAF\"" },
  { "i surrogate in UTF-8", "\"\xED\xA0\x80\"" }, { "i beyond the last character", "\"\xF4\x90\x80\x80\"" },
  { "i cut short", "\"\xE2\x82\"" }, { "i stray", "\"\x80\"" }, { "i latin", "\"\xE9\"" },
  { "i impossible", "\"\xFF\"" },
  { "i five octets", "\"\xF8\x88\x80\x80\x80\"" },

  /* structures */
  { "y empty array", "[]" }, { "y empty object", "{}" }, { "y space in an array", "[ ]" }, { "y arrays", "[[],[[]]]" },
  { "y all kinds", "[null,true,false,1,\"\",{},[]]" }, { "y empty key", "{\"\":0}" },
  { "y key in an escape", "{\"\\u0061\":0}" },
  { "y the same key in two objects", "[{\"a\":0},{\"a\":0}]" },
  { "y long key", "{\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\":0}" },
  { "y null", "null" }, { "y true", "true" }, { "y false", "false" },
  { "n comma behind", "[1,]" }, { "n two commas", "[1,,2]" }, { "n comma before", "[,1]" }, { "n comma alone", "[,]" },
  { "n no comma", "[1 2]" }, { "n colon in an array", "[\"a\":1]" }, { "n array not closed", "[1" },
  { "n array closed as an object", "[1}" }, { "n object closed as an array", "{\"a\":1]" },
  { "n comma behind in an object", "{\"a\":0,}" }, { "n comma alone in an object", "{,}" },
  { "n no value", "{\"a\":}" },
  { "n no colon", "{\"a\"}" }, { "n comma for a colon", "{\"a\",0}" }, { "n two colons", "{\"a\"::0}" },
  { "n key is a number", "{1:0}" }, { "n key is a word", "{a:0}" }, { "n key is null", "{null:0}" },
  { "n key in single quotes", "{'a':0}" }, { "n key alone", "{\"a\"" }, { "n word in capitals", "True" },
  { "n half a word", "tru" }, { "n word and more", "truex" }, { "n undefined", "undefined" },
  { "n comment", "/* a */0" }, { "n comment behind", "0/**/" }, { "n line comment", "0//\n" }, { "n hash", "0#\n" },
  { "n star", "*" }, { "n nothing", "" }, { "n form feed", "\f0" }, { "n vertical tab", "\v0" },
  { "n space that does not break", "\xC2\xA0" "0" }, { "n byte order mark", "\xEF\xBB\xBF" "0" },
  { "n word joiner", "\xE2\x81\xA0" "0" }, { "n brackets of the other kind", "<0>" },
  { "i the same key twice", "{\"a\":0,\"a\":0}" }, { "i the same key in an escape", "{\"a\":0,\"\\u0061\":1}" },
};

#define REQUEST "{\"type\":\"devices\",\"id\":1}"

static const Case texts[] = {
  { "y plain", REQUEST }, { "y space around", " \t\r\n" REQUEST "\n\t\r " },
  { "y space everywhere", "{ \"type\" : \"devices\" , \"id\" : 1 }" },
  { "y escaped type", "{\"\\u0074ype\":\"devices\",\"id\":1}" },
  { "y another order", "{\"id\":1,\"type\":\"devices\"}" },
  { "n empty", "" }, { "n space alone", " " }, { "n behind", REQUEST "x" }, { "n two", REQUEST REQUEST },
  { "n bracket behind", REQUEST "}" }, { "n comma behind", REQUEST "," }, { "n semicolon behind", REQUEST ";" },
  { "n comment behind", REQUEST "//x" }, { "n comment before", "/**/" REQUEST }, { "n array around", "[" REQUEST },
  { "n byte order mark", "\xEF\xBB\xBF" REQUEST }, { "n byte order mark alone", "\xEF\xBB\xBF" },
  { "n UTF-16", "{\0\"\0t\0\"\0:\0001\0}\0", 14 }, { "n UTF-16 with mark", "\xFF\xFE{\0}\0", 6 },
  { "n NUL behind", REQUEST "\0", 26 },
  { "n assignment", "x=" REQUEST }, { "n in parentheses", "(" REQUEST ")" },
  { "n not closed", "{\"type\":\"devices\",\"id\":1" },
  { "i the same member twice", "{\"type\":\"devices\",\"id\":1,\"id\":1}" }, { "n one bracket", "[" },
  { "n one brace", "{" },
  { "n one quote", "\"" },
};

static gsize
case_length (const Case *c)
{
  return c->length > 0 ? (gsize) c->length : strlen (c->text);
}

static gboolean
is_taken (const Case *c)
{
  return c->name[0] == 'y' || c->name[0] == 'I';
}

/* ---- the guard ---- */

static void
guard_cases (const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize length = case_length (&cases[i]);
      g_autofree char *copy = g_memdup2 (cases[i].text, length);
      if (bk_wire_json_check (length > 0 ? copy : "", length, BK_LIMIT_FRAME, NULL) != is_taken (&cases[i]))
        g_error ("The guard is wrong about “%s”", cases[i].name);
    }
}

static void
test_guard (void)
{
  guard_cases (values, G_N_ELEMENTS (values));
  guard_cases (texts, G_N_ELEMENTS (texts));
}

/* ---- the server ---- */

static RawClient *
open_websocket (Fixture *f)
{
  guint8 first;
  RawClient *raw = raw_connect (f->port);

  raw_send_request (raw, NET_PATH, NET_SUBPROTOCOL, NULL);
  g_autofree char *answer = raw_take_answer (raw);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  g_autoptr (GBytes) hello = raw_take_frame (raw, &first);
  return raw;
}

/* Returns (transfer full) what the server says to a request that is well formed, "protocol" or "1007". */
static char *
ask (RawClient *raw, const GString *text)
{
  guint8 first;
  gsize length;

  raw_send_frame (raw, RAW_FIN | RAW_TEXT, text->str, text->len);
  g_autoptr (GBytes) bytes = raw_take_frame (raw, &first);
  const guint8 *data = g_bytes_get_data (bytes, &length);
  if (first == (RAW_FIN | RAW_CLOSE))
    return g_strdup_printf ("%u", data[0] << 8 | data[1]);
  g_autoptr (BkFrame) frame = bk_frame_parse_from_server ((const char *) data, length, NULL);
  g_assert_nonnull (frame);
  g_assert_cmpint (bk_frame_get_frame_type (frame), ==, BK_FRAME_ERROR);
  const char *code = bk_frame_get_string (frame, "code");
  /* What could not be read has no number. */
  g_assert_cmpint (bk_frame_get_id (frame) >= 0, ==, !g_str_equal (code, "protocol"));
  return g_strdup (code);
}

static const char *
expected (const Case *c)
{
  if (!g_utf8_validate_len (c->text, case_length (c), NULL))
    return "1007";
  return is_taken (c) ? "not-logged-on" : "protocol";
}

static void
serve_cases (Fixture *f, const Case *cases, gsize n, const char *head, const char *tail)
{
  g_autoptr (RawClient) raw = open_websocket (f);

  for (gsize i = 0, asked = 0; i < n; i++, asked++)
    {
      g_autoptr (GString) text = g_string_new (head);
      g_string_append_len (text, cases[i].text, (gssize) case_length (&cases[i]));
      g_string_append (text, tail);
      g_autofree char *answer = ask (raw, text);
      if (g_strcmp0 (answer, expected (&cases[i])) != 0)
        g_error ("The server answers “%s” with %s, not %s", cases[i].name, answer, expected (&cases[i]));
      if (asked < PER_CONNECTION && !g_ascii_isdigit (answer[0]))
        continue;
      g_clear_pointer (&raw, raw_free);
      raw = open_websocket (f);
      asked = 0;
    }
}

static void
test_values (Fixture *f, gconstpointer data)
{
  serve_cases (f, values, G_N_ELEMENTS (values), "{\"type\":\"devices\",\"id\":1,\"x\":", "}");
}

static void
test_texts (Fixture *f, gconstpointer data)
{
  serve_cases (f, texts, G_N_ELEMENTS (texts), "", "");
}

/* 32 levels, the request's own among them. */
static void
test_depth (Fixture *f, gconstpointer data)
{
  for (guint depth = BK_LIMIT_JSON_DEPTH - 2; depth < BK_LIMIT_JSON_DEPTH + 2; depth++)
    {
      g_autofree char *open = g_strnfill (depth, '[');
      g_autofree char *close = g_strnfill (depth, ']');
      g_autofree char *value = g_strconcat (open, close, NULL);
      Case c = { depth < BK_LIMIT_JSON_DEPTH ? "y depth" : "n depth", value };
      serve_cases (f, &c, 1, "{\"type\":\"devices\",\"id\":1,\"x\":", "}");
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  g_test_add_func ("/server/json/guard", test_guard);
  SERVER_TEST ("/server/json/values", test_values);
  SERVER_TEST ("/server/json/texts", test_texts);
  SERVER_TEST ("/server/json/depth", test_depth);
  return g_test_run ();
}
