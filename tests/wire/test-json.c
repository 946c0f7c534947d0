/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-wire-json.h"

#include "beckon-error.h"
#include "bk-limits.h"
#include "bk-test.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const char *text;
  gssize length; /* -1: up to the terminator */
} Text;

static const Text good[] = {
  /* structure */
  { "{}", -1 }, { "[]", -1 }, { " \t\r\n{ \t\r\n} \t\r\n", -1 }, { "[[],{},[{}]]", -1 },
  { "{\"a\":{\"a\":{\"a\":1}}}", -1 },
  { "[1,2,3]", -1 }, { "{\"a\":1,\"b\":[true,false,null]}", -1 }, { "{ \"a\" : 1 , \"b\" : 2 }", -1 },
  { "[{\"a\":1},{\"a\":1}]", -1 }, { "{\"a\":{\"b\":1},\"b\":{\"a\":1}}", -1 }, { "{\"A\":1,\"a\":2}", -1 },
  { "{\"\":1}", -1 }, { "{\"\":1,\" \":2}", -1 },
  /* a value alone */
  { "true", -1 }, { "false", -1 }, { "null", -1 }, { "\"x\"", -1 }, { " 7 ", -1 }, { "\"\"", -1 },
  /* strings */
  { "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", -1 }, { "[\"\\u0001\\u001F\\u007f\\u00e9\\u20AC\"]", -1 },
  { "[\"\\uD83D\\uDE00\\ud83d\\ude00\\uDBFF\\uDFFF\\uD800\\uDC00\"]", -1 },
  { "[\"\\uD7FF\\uE000\\uFFFF\\uFFFE\"]", -1 },
  { "[\"\x7F\"]", -1 }, { "[\"\xC2\x80\xDF\xBF\"]", -1 },
  { "[\"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\"]", -1 },
  { "[\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\xF0\x9F\x98\x80\"]", -1 }, { "[\"// /* # ' ,] }\"]", -1 },
  { "{\"\\\"\":1,\"\\\\\":2}", -1 }, { "[\"\\\\u0000\"]", -1 }, { "[\"\xE2\x80\xA8\"]", -1 },
  { "[\"1e+22.0\"]", -1 },
  /* numbers */
  { "[0,-0,1,-1,10,1234567890]", -1 }, { "[0.0,-0.0,0.5,1.25,-1.5]", -1 },
  { "[1e5,1E5,1e+5,1E-5,1.5e3,0e0,0E+7,-0e-9]", -1 },
  { "[9223372036854775807,-9223372036854775808]", -1 },
  { "[1e22,-1e22,1e308,1.7976931348623157e308,5e-324]", -1 },
  { "[1234567890123456.789012345678901]", -1 }, { "[9223372036854775808.0]", -1 }, { "[0.000e-999]", -1 },
  { "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]", -1 },
};

static const Text bad[] = {
  /* structure */
  { "", -1 }, { " ", -1 }, { "[", -1 }, { "{", -1 }, { "]", -1 }, { "}", -1 }, { "[}", -1 }, { "{]", -1 },
  { "[[]", -1 },
  { "[]]", -1 }, { "{}}", -1 }, { "{}{}", -1 }, { "[][]", -1 }, { "1 2", -1 }, { "true false", -1 },
  { "{},", -1 }, { ",", -1 },
  { ":", -1 }, { "[1,]", -1 }, { "[,1]", -1 }, { "[,]", -1 }, { "[1,,2]", -1 }, { "[1 2]", -1 },
  { "[1:2]", -1 },
  { "{\"a\":1,}", -1 }, { "{,\"a\":1}", -1 }, { "{,}", -1 }, { "{\"a\"}", -1 }, { "{\"a\":}", -1 },
  { "{\"a\",1}", -1 },
  { "{\"a\" 1}", -1 }, { "{\"a\":1 \"b\":2}", -1 }, { "{\"a\"::1}", -1 }, { "{:1}", -1 },
  { "{\"a\":1:2}", -1 },
  { "{1:1}", -1 }, { "{a:1}", -1 }, { "{null:1}", -1 }, { "{[]:1}", -1 }, { "{'a':1}", -1 }, { "['a']", -1 },
  { "[1", -1 }, { "[1,", -1 }, { "{\"a\"", -1 }, { "{\"a\":", -1 }, { "{\"a\":1", -1 }, { "{\"a\":1,", -1 },
  /* what json-glib and other lenient readers take */
  { "// x\n{}", -1 }, { "{}// x", -1 }, { "/* x */{}", -1 }, { "{\"a\":/**/1}", -1 }, { "# x\n{}", -1 },
  { "var a = {}", -1 },
  { "{};", -1 }, { "({})", -1 }, { "\xEF\xBB\xBF{}", -1 }, { "\f{}", -1 }, { "\v{}", -1 },
  { "\xC2\xA0{}", -1 }, { "{}\0", 3 },
  { "{\0}", 3 }, { "\0", 1 }, { "[1]\xE2\x80\x83", -1 },
  /* words */
  { "True", -1 }, { "TRUE", -1 }, { "nul", -1 }, { "nulll", -1 }, { "truefalse", -1 }, { "undefined", -1 },
  { "[tru]", -1 },
  { "[x]", -1 }, { "[True]", -1 }, { "[None]", -1 }, { "NaN", -1 }, { "[NaN]", -1 }, { "[Infinity]", -1 },
  { "[-Infinity]", -1 },
  { "[inf]", -1 }, { "[-nan]", -1 },
  /* strings */
  { "\"", -1 }, { "[\"a]", -1 }, { "[\"\\\"]", -1 }, { "[\"a\nb\"]", -1 }, { "[\"a\tb\"]", -1 },
  { "[\"\x01\"]", -1 }, { "[\"\x1F\"]", -1 },
  { "[\"a\0b\"]", 7 }, { "{\"a\0b\":1}", 9 }, { "[\"\\u0000\"]", -1 }, { "{\"\\u0000\":1}", -1 },
  { "[\"\\x41\"]", -1 }, { "[\"\\a\"]", -1 },
  { "[\"\\'\"]", -1 }, { "[\"\\0\"]", -1 }, { "[\"\\U0041\"]", -1 }, { "[\"\\u\"]", -1 },
  { "[\"\\u004\"]", -1 }, { "[\"\\u00G1\"]", -1 },
  { "[\"\\u+041\"]", -1 }, { "[\"\\u 041\"]", -1 }, { "[\"\\u{41}\"]", -1 }, { "[\"\\", -1 },
  { "[\"\\u", -1 }, { "[\"\\u00", -1 }, { "[\"\\\0\"]", 6 },
  { "[\"\\uD800\"]", -1 }, { "[\"\\uDC00\"]", -1 }, { "[\"\\uDFFF\\uD800\"]", -1 },
  { "[\"\\uD800\\uD800\"]", -1 }, { "[\"\\uD800x\"]", -1 },
  { "[\"\\uD800\\n\"]", -1 }, { "[\"\\uD800\\u0041\"]", -1 }, { "[\"\\uD800\\", -1 },
  { "[\"\\uD800\\u", -1 }, { "[\"\\uD800\\uDC0\"]", -1 },
  { "[\"\\uDBFF\\uE000\"]", -1 },
  /* UTF-8: stray, cut short, overlong, surrogates, beyond U+10FFFF */
  { "[\"\x80\"]", -1 }, { "[\"\xBF\"]", -1 }, { "[\"\xC2\"]", -1 }, { "[\"\xE2\x82\"]", -1 },
  { "[\"\xF0\x9F\x98\"]", -1 }, { "[\"\xC2", -1 },
  { "[\"\xF0\x9F\x98", -1 }, { "[\"\xC0\x80\"]", -1 }, { "[\"\xC0\xAF\"]", -1 }, { "[\"\xC1\xBF\"]", -1 },
  { "[\"\xE0\x80\xAF\"]", -1 },
  { "[\"\xE0\x9F\xBF\"]", -1 }, { "[\"\xF0\x80\x80\xAF\"]", -1 }, { "[\"\xF0\x8F\xBF\xBF\"]", -1 },
  { "[\"\xED\xA0\x80\"]", -1 },
  { "[\"\xED\xBF\xBF\"]", -1 }, { "[\"\xED\xA0\xBD\xED\xB8\x80\"]", -1 }, { "[\"\xF4\x90\x80\x80\"]", -1 },
  { "[\"\xF5\x80\x80\x80\"]", -1 },
  { "[\"\xF8\x88\x80\x80\x80\"]", -1 }, { "[\"\xFC\x84\x80\x80\x80\x80\"]", -1 }, { "[\"\xFE\"]", -1 },
  { "[\"\xFF\"]", -1 },
  { "\xFF\xFE{\0}\0", 6 }, { "{\0}\0", 4 },
  /* numbers */
  { "[+1]", -1 }, { "[-]", -1 }, { "[--1]", -1 }, { "[01]", -1 }, { "[-01]", -1 }, { "[00]", -1 },
  { "[1.]", -1 }, { "[.5]", -1 }, { "[-.5]", -1 },
  { "[1.e1]", -1 }, { "[1e]", -1 }, { "[1e+]", -1 }, { "[1E-]", -1 }, { "[1ee1]", -1 }, { "[1e1.5]", -1 },
  { "[1.2.3]", -1 }, { "[0x10]", -1 },
  { "[0e]", -1 }, { "[1_000]", -1 }, { "[1a]", -1 }, { "[1,000.5.1]", -1 }, { "[- 1]", -1 },
  { "[\xEF\xBC\x91]", -1 }, { "-", -1 }, { "1e", -1 }, { "1.", -1 },
  { "[9223372036854775808]", -1 }, { "[-9223372036854775809]", -1 }, { "[18446744073709551616]", -1 },
  { "[99999999999999999999999999999999]", -1 },
  { "[1e309]", -1 }, { "[-1e309]", -1 },
  { "[1e999999999999999999]", -1 }, { "[1e-999]", -1 }, { "[-0.1e-999]", -1 },
  /* the same key twice */
  { "{\"a\":1,\"a\":1}", -1 }, { "{\"a\":1,\"b\":2,\"a\":3}", -1 }, { "{\"\":1,\"\":2}", -1 },
  { "{\"a\":1,\"\\u0061\":2}", -1 },
  { "{\"\\u0061\":1,\"\\u0061\":2}", -1 }, { "{\"/\":1,\"\\/\":2}", -1 }, { "{\"\\n\":1,\"\\u000A\":2}", -1 },
  { "{\"\xC3\xA9\":1,\"\\u00e9\":2}", -1 }, { "{\"\xF0\x9F\x98\x80\":1,\"\\uD83D\\uDE00\":2}", -1 },
  { "{\"\\u20ac\":1,\"\\u20AC\":2}", -1 },
  { "[{\"x\":{\"a\":{},\"b\":[{}],\"a\":{}}}]", -1 }, { "{\"a\":{\"\\u0062\":1,\"c\":2},\"\\u0061\":1}", -1 },
  { "{\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"7\":1,\"8\":1,\"9\":1,\"\\u0031\":1}", -1 },
};

static gsize
text_length (const Text *text)
{
  return text->length < 0 ? strlen (text->text) : (gsize) text->length;
}

/* Checks a copy without a terminator and of the exact size, so that the sanitizer sees a read past the end. */
static gboolean
check (const char *text, gsize length, GError **error)
{
  g_autofree char *copy = g_memdup2 (text, length);

  return bk_wire_json_check (length > 0 ? copy : "", length, BK_LIMIT_FRAME, error);
}

static void
assert_refused (const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;

  if (check (text, length, &error))
    g_error ("accepted: %s", text);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL);
  g_assert_true (g_str_is_ascii (error->message));
  g_assert_null (strstr (error->message, "bogus"));
}

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      if (!check (good[i].text, text_length (&good[i]), &error))
        g_error ("refused: %s: %s", good[i].text, error->message);
    }
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i].text, text_length (&bad[i]));
}

/* Every beginning of a good text is bad: nothing is read past the end, nothing is taken half. */
static void
test_cut_short (void)
{
  const char *text = "{\"k\\n\":[1.5e-3,-7,true,null,{\"\\uD83D\\uDE00\":\"\xE2\x82\xAC\\\\\"},\"\"],\"l\":false}";

  for (gsize length = 0; length < strlen (text); length++)
    assert_refused (text, length);
  g_assert_true (check (text, strlen (text), NULL));
}

/* Only the reason travels, never what the other end wrote. */
static void
test_message (void)
{
  g_autoptr (GError) error = NULL;

  assert_refused ("{\"bogus\":bogus}", 15);
  g_assert_false (check ("{\"a\":1,}", 8, &error));
  g_assert_cmpstr (error->message, ==, "Not acceptable as JSON, at byte 7: a key was expected");
}

static char *
repeat (const char *head, const char *middle, guint n, const char *tail)
{
  GString *text = g_string_new (head);

  for (guint i = 0; i < n; i++)
    g_string_append (text, middle);
  g_string_append (text, tail);
  return g_string_free (text, FALSE);
}

static void
test_depth (void)
{
  for (guint depth = 1; depth <= BK_LIMIT_JSON_DEPTH + 2; depth++)
    {
      g_autofree char *open = repeat ("", "[", depth, "");
      g_autofree char *arrays = repeat (open, "]", depth, "");
      g_autofree char *inner = repeat ("", "{\"a\":", depth, "0");
      g_autofree char *objects = repeat (inner, "}", depth, "");
      g_assert_cmpint (check (arrays, strlen (arrays), NULL), ==, depth <= BK_LIMIT_JSON_DEPTH);
      g_assert_cmpint (check (objects, strlen (objects), NULL), ==, depth <= BK_LIMIT_JSON_DEPTH);
    }

  /* Closed levels do not count. */
  g_autofree char *wide = repeat ("[0", ",[[]]", 1000, "]");
  g_assert_true (check (wide, strlen (wide), NULL));
}

/* What ends a process that hands it to json-glib. */
static void
test_many_brackets (void)
{
  g_autofree char *arrays = repeat ("", "[", 80000, "");
  g_autofree char *objects = repeat ("", "{\"a\":", 20000, "");

  assert_refused (arrays, strlen (arrays));
  assert_refused (objects, strlen (objects));
  g_autofree char *closed = repeat (arrays, "]", 80000, "");
  g_assert_null (bk_wire_json_parse (closed, strlen (closed), G_MAXSIZE, NULL));
}

static void
test_size (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = repeat ("[\"", "x", BK_LIMIT_FRAME - 4, "\"] ");

  g_assert_cmpuint (strlen (text), ==, BK_LIMIT_FRAME + 1);
  g_assert_true (bk_wire_json_check (text, BK_LIMIT_FRAME, BK_LIMIT_FRAME, NULL));
  g_assert_true (bk_wire_json_check (text, BK_LIMIT_FRAME + 1, BK_LIMIT_FRAME + 1, NULL));
  g_assert_false (bk_wire_json_check (text, BK_LIMIT_FRAME + 1, BK_LIMIT_FRAME, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL);
  g_assert_false (bk_wire_json_check ("{}", 2, 1, NULL));
  g_assert_true (bk_wire_json_check ("{}", 2, 2, NULL));
}

static void
test_number_length (void)
{
  g_autofree char *longest = repeat ("0.", "1", 126, "");
  g_autofree char *longer = g_strconcat (longest, "1", NULL);

  g_assert_true (check (longest, 128, NULL));
  assert_refused (longer, 129);
  g_autofree char *endless = repeat ("", "1", 100000, "");
  assert_refused (endless, 100000);
}

/* As many keys as fit into a frame: all different, then with one of them a second time, in the disguise of an escape.
 * @head, @tail and @digits make the shape: short keys, long common beginnings and ends, all of one length. */
static void
check_many_keys (const char *head, const char *tail, guint digits)
{
  g_autoptr (GString) text = g_string_new ("{");
  guint n = 0;

  while (text->len + strlen (head) + strlen (tail) + digits + 32 < BK_LIMIT_FRAME)
    {
      g_string_append_printf (text, "%s\"%s%0*u%s\":0", n > 0 ? "," : "", head, (int) digits, n * 7919 % 99991, tail);
      n++;
    }
  g_assert_cmpuint (n, >, 50);

  g_string_append_c (text, '}');
  g_assert_true (check (text->str, text->len, NULL));

  g_string_truncate (text, text->len - 1);
  g_string_append_printf (text, ",\"%s%0*u\\u003%c%s\":0}", head, (int) digits - 1, n / 2 * 7919 % 99991 / 10,
                          '0' + (char) (n / 2 * 7919 % 99991 % 10), tail);
  assert_refused (text->str, text->len);
}

static void
test_many_keys (void)
{
  g_autofree char *filler = repeat ("", "x", 1000, "");
  g_autofree char *escapes = repeat ("", "\\u0041", 40, "");

  check_many_keys ("", "", 5);
  check_many_keys ("k", "", 5);
  check_many_keys (filler, "", 5);
  check_many_keys ("", filler, 5);
  check_many_keys (escapes, "", 5);
  check_many_keys ("", escapes, 5);

  /* The same key until the frame is full. */
  g_autofree char *same = repeat ("{\"a\":0", ",\"a\":0", 20000, "}");
  assert_refused (same, strlen (same));
}

/* Keys of an outer object survive what inner objects add and take away. */
static void
test_keys_of_levels (void)
{
  g_autoptr (GString) text = g_string_new ("{");

  for (guint i = 0; i < 300; i++)
    g_string_append_printf (text, "\"\\u006B%u\":{\"k%u\":[{\"\\u006B%u\":{}}],\"l\\n\":1},", i, i, i);
  gsize length = text->len;
  g_string_append (text, "\"last\":0}");
  g_assert_true (check (text->str, text->len, NULL));
  g_string_truncate (text, length);
  g_string_append (text, "\"k0\":0}");
  assert_refused (text->str, text->len);
}

static JsonNode *
read_again (const char *text, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, text, (gssize) length, &error);
  g_assert_no_error (error);
  return json_parser_steal_root (parser);
}

/* Whatever the guard accepts, json-glib reads; and what is written is read as the same. */
static void
test_agrees_with_json_glib (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      gsize length;
      g_autoptr (JsonNode) node = read_again (good[i].text, text_length (&good[i]));
      g_assert_nonnull (node);
      g_autofree char *written = bk_wire_json_write (node, &length);
      g_assert_nonnull (written);
      g_assert_cmpuint (length, ==, strlen (written));
      g_assert_true (check (written, length, NULL));
      g_autoptr (JsonNode) again = read_again (written, length);
      if (!json_node_equal (node, again))
        g_error ("%s became %s", good[i].text, written);
    }
}

static void
test_parse (void)
{
  static const char *not_objects[] = { "[]", "1", "null", "\"x\"", "true" };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = bk_wire_json_parse ("{\"\\u0061\":[1]} tail", 14, 14, &error);

  g_assert_no_error (error);
  g_assert_true (json_object_has_member (json_node_get_object (node), "a"));

  for (gsize i = 0; i < G_N_ELEMENTS (not_objects); i++)
    {
      g_assert_null (bk_wire_json_parse (not_objects[i], strlen (not_objects[i]), 100, &error));
      g_assert_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL);
      g_clear_error (&error);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (bk_wire_json_parse (bad[i].text, text_length (&bad[i]), BK_LIMIT_FRAME, NULL));
}

static JsonNode *
object_with (const char *key, JsonNode *value)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_member (object, key, value);
  json_node_set_object (node, object);
  return node;
}

/* Every character that text can have, in keys and in values, comes back as it was. */
static void
test_write_characters (void)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (gunichar c = 1; c < 0x11000; c++)
    if (g_unichar_validate (c))
      g_string_append_unichar (all, c);
  g_string_append (all, "\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF");

  gsize length;
  JsonNode *value = json_node_init_string (json_node_alloc (), all->str);
  g_autoptr (JsonNode) node = object_with (all->str, value);
  g_autofree char *written = bk_wire_json_write (node, &length);
  g_assert_nonnull (written);
  g_autoptr (JsonNode) again = bk_wire_json_parse (written, length, G_MAXSIZE, NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (again), all->str), ==, all->str);
}

static void
test_write_numbers (void)
{
  static const double values[] = { 0, -0.0, 0.1, 1, 1e15, 1e16, 1e17, 123456789012345680.0, 1e22, -1e22, 1e100, 1e308,
                                   1.5e300, 1e-7, 5e-324, G_MAXDOUBLE, G_MINDOUBLE };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      gsize length;
      /* The key looks like what is mended in numbers. */
      JsonNode *value = json_node_init_double (json_node_alloc (), values[i]);
      g_autoptr (JsonNode) node = object_with ("1e+22.0\\\"2e+1.0", value);
      g_autofree char *written = bk_wire_json_write (node, &length);
      g_assert_nonnull (written);
      g_autoptr (JsonNode) again = bk_wire_json_parse (written, length, 200, NULL);
      g_assert_nonnull (again);
      JsonObject *object = json_node_get_object (again);
      g_assert_cmpfloat (json_object_get_double_member (object, "1e+22.0\\\"2e+1.0"), ==, values[i]);
    }
}

static void
expect_unwritable (JsonNode *value)
{
  g_autoptr (JsonNode) node = object_with ("a", value);

  g_test_expect_message ("beckon-wire", G_LOG_LEVEL_CRITICAL, "Values that JSON cannot hold*");
  g_assert_null (bk_wire_json_write (node, NULL));
  g_test_assert_expected_messages ();
}

static void
test_unwritable (void)
{
  JsonNode *deep = json_node_init_int (json_node_alloc (), 1);

  for (guint i = 0; i < BK_LIMIT_JSON_DEPTH; i++)
    deep = object_with ("a", deep);
  expect_unwritable (deep);
  expect_unwritable (json_node_init_double (json_node_alloc (), INFINITY));
  expect_unwritable (json_node_init_double (json_node_alloc (), NAN));
  expect_unwritable (json_node_init_string (json_node_alloc (), "\xC3("));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/wire/json/good", test_good);
  g_test_add_func ("/wire/json/bad", test_bad);
  g_test_add_func ("/wire/json/cut-short", test_cut_short);
  g_test_add_func ("/wire/json/message", test_message);
  g_test_add_func ("/wire/json/depth", test_depth);
  g_test_add_func ("/wire/json/many-brackets", test_many_brackets);
  g_test_add_func ("/wire/json/size", test_size);
  g_test_add_func ("/wire/json/number-length", test_number_length);
  g_test_add_func ("/wire/json/many-keys", test_many_keys);
  g_test_add_func ("/wire/json/keys-of-levels", test_keys_of_levels);
  g_test_add_func ("/wire/json/agrees-with-json-glib", test_agrees_with_json_glib);
  g_test_add_func ("/wire/json/parse", test_parse);
  g_test_add_func ("/wire/json/write-characters", test_write_characters);
  g_test_add_func ("/wire/json/write-numbers", test_write_numbers);
  g_test_add_func ("/wire/json/unwritable", test_unwritable);
  return g_test_run ();
}
