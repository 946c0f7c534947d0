/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objects taken apart without a tree: the same members as json-glib finds, or none at all. */
#include "bk-flat.h"

#include "bk-limits.h"
#include "bk-test.h"
#include "bk-wire-json.h"

#include <string.h>

static BkFlat *
parse (const char *text)
{
  g_assert_true (bk_wire_json_check (text, strlen (text), BK_LIMIT_FRAME, NULL));

  return bk_flat_parse (text, strlen (text));
}

/* As json-glib, to which the text is what it is: members, kinds and values. */
static void
test_same_as_tree (void)
{
  static const char *const texts[] = {
    "{}",
    " { } ",
    "{\"a\":\"\"}",
    "{\"a\":1,\"b\":-9223372036854775808,\"c\":9223372036854775807,\"d\":true,\"e\":false,\"f\":null,\"g\":0}",
    "\t{ \"a\" :\r\n \"b\" , \"c\": 12 }\n",
    "{\"plain\":\"äöü€😀\",\"\":\"no name\"}",
    "{\"\\u0061\\n\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"b\":\"x\\u00e4\\u20AC\\ud83d\\ude00y\"}",
    "{\"ends\":\"in one\\\\\",\"starts\":\"\\\\ so\",\"both\":\"\\u0001\\u001f\\u007f\"}",
    "{\"looks\":\"like } , : \\\" { [ ] more\",\"a\":2}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) wanted = bk_wire_json_parse (texts[i], strlen (texts[i]), BK_LIMIT_FRAME, NULL);
      g_autofree BkFlat *flat = parse (texts[i]);
      g_assert_nonnull (flat);
      g_autoptr (JsonNode) got = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (got, bk_flat_to_object (flat));
      g_assert_true (json_node_equal (wanted, got));
      g_assert_cmpuint (flat->n_members, ==, json_object_get_size (json_node_get_object (wanted)));
    }
}

static void
test_not_flat (void)
{
  static const char *const texts[] = {
    "[]", "1", "\"a\"", "null", "{\"a\":[]}", "{\"a\":{}}", "{\"a\":1.5}", "{\"a\":1e3}", "{\"a\":1,\"b\":[1]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_null (parse (texts[i]));
}

static char *
make_members (guint n)
{
  GString *text = g_string_new ("{");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s\"m%u\":%u", i == 0 ? "" : ",", i, i);
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

static void
test_many_members (void)
{
  g_autofree char *most = make_members (BK_FLAT_MAX);
  g_autofree char *too_many = make_members (BK_FLAT_MAX + 1);
  g_autofree BkFlat *flat = parse (most);

  g_assert_nonnull (flat);
  g_assert_cmpint (bk_flat_find (flat, "m23")->number, ==, 23);
  g_assert_null (bk_flat_find (flat, "m24"));
  g_assert_null (parse (too_many));
}

/* It is only ever given what the guard has let through; but should it not be, it reads no further than the end. */
static void
test_unsound (void)
{
  static const char *const texts[] = {
    "", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"", "{\"a\":\"\\", "{\"a\":\"\\u", "{\"a\":\"\\u12", "{\"a\":tru",
    "{\"a\":\"\\ud83d\\u\"}", "{\"a\":\"\\ud83d", "{\"a\":\"\\x\"}", "{\"a\":-", "{\"a\":1", "{\"a\":1,", "{\"a\":\"\\u0000\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *copy = g_memdup2 (texts[i], strlen (texts[i]) + 1);
      g_assert_null (bk_flat_parse (copy, strlen (texts[i])));
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/flat/same-as-tree", test_same_as_tree);
  g_test_add_func ("/flat/not-flat", test_not_flat);
  g_test_add_func ("/flat/many-members", test_many_members);
  g_test_add_func ("/flat/unsound", test_unsound);
  return g_test_run ();
}
