/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-fields.h"

#include "beckon-error.h"
#include "bk-limits.h"
#include "bk-test.h"
#include "bk-wire-json.h"

#include <string.h>

#define GUID "{0E4B8B9E-2A45-4B0E-9B39-5C2C0D7C7A01}"

static const char *const words[] = { "red", "green", NULL };

/* What a member of each kind may be, as JSON. Texts have at most 8 bytes here. */
static const struct
{
  BkFieldKind kind;
  const char *good[12];
  const char *bad[24];
} forms[] = {
  { BK_FIELD_TEXT,
    { "\"\"", "\"abc\"", "\"a b\"", "\"12345678\"", "\"äöüß\"", "\"€€\"", "\"😀😀\"", "\"<b>&%s\"", "\"\\u00e4\"" },
    { "\"123456789\"", "\"äöüßx\"", "\"😀😀x\"", "\"a\\nb\"", "\"a\\tb\"", "\"a\\rb\"", "\"\\u0001\"", "\"\\u001f\"",
      "\"\\u007f\"", "\"\\u0085\"", "\"\\u202e\"", "\"\\u2066\"", "\"\\u2028\"", "1", "true", "null", "{}", "[]",
      "[\"abc\"]" } },
  { BK_FIELD_LONG_TEXT,
    { "\"\"", "\"a\\nb\"", "\"a\\tb\"", "\"12345678\"", "\"\\n\\n\\n\\n\\n\\n\\n\\n\"", "\"😀😀\"", "\"\\u202e\"" },
    { "\"123456789\"", "\"😀😀\\n\"", "\"a\\rb\"", "\"\\u0001\"", "\"\\u001b\"", "\"\\u007f\"", "\"\\u009f\"", "1",
      "false", "null", "{}", "[]" } },
  { BK_FIELD_DATA,
    { "\"\"", "\"a\\nb\\r\\t\"", "\"\\u0001\\u001f\\u007f\"", "\"😀😀\"", "\"\\u202e\"", "\"12345678\"" },
    { "\"123456789\"", "\"😀😀\\u0001\"", "1", "true", "null", "{}", "[]" } },
  { BK_FIELD_NAME,
    { "\"a@b\"", "\"alice@example.org\"", "\"alice.b+c_d-1@x-y.z\"" },
    { "\"\"", "\"alice\"", "\"@b\"", "\"a@\"", "\"a@b@c\"", "\"Alice@b\"", "\"a@B\"", "\"a b@c\"", "\"ä@b\"",
      "\".a@b\"", "\"a.@b\"", "\"-a@b\"", "\"a@b.\"", "\"a/b@c\"", "\" a@b\"", "\"a@b\\n\"", "1",
      "null", "{}", "[]" } },
  { BK_FIELD_GUID,
    { "\"" GUID "\"", "\"{00000000-0000-0000-0000-000000000000}\"" },
    { "\"\"", "\"{}\"", "\"0E4B8B9E-2A45-4B0E-9B39-5C2C0D7C7A01\"", "\"{0e4b8b9e-2a45-4b0e-9b39-5c2c0d7c7a01}\"",
      "\"{0E4B8B9E-2A45-4B0E-9B39-5C2C0D7C7A0}\"", "\"{0E4B8B9E-2A45-4B0E-9B39-5C2C0D7C7A011}\"",
      "\"{0E4B8B9E-2A45-4B0E-9B39-5C2C0D7C7A0G}\"", "\"{0E4B8B9E02A45-4B0E-9B39-5C2C0D7C7A01}\"", "\" " GUID "\"",
      "\"" GUID " \"", "1", "true", "null", "{}", "[]" } },
  { BK_FIELD_TOKEN,
    { "\"a\"", "\"12345678\"", "\"!#/=~\"" },
    { "\"\"", "\"123456789\"", "\"a b\"", "\" \"", "\"a\\n\"", "\"ä\"", "\"\\u007f\"", "1", "true", "null",
      "{}", "[]" } },
  { BK_FIELD_WORD,
    { "\"red\"", "\"green\"" },
    { "\"\"", "\"Red\"", "\"re\"", "\"redd\"", "\"red \"", "\"blue\"", "1", "true", "null", "{}", "[]" } },
  { BK_FIELD_UINT,
    { "0", "1", "9007199254740991", "-0" },
    { "-1", "9007199254740992", "9223372036854775807", "-9223372036854775808", "1.0", "0.5", "1e3", "\"1\"", "\"\"",
      "true", "null", "{}", "[]" } },
  { BK_FIELD_BOOL, { "true", "false" }, { "0", "1", "\"true\"", "\"\"", "null", "{}", "[]", "1.0" } },
  { BK_FIELD_UINT32,
    { "0", "1", "4294967295", "-0" },
    { "-1", "4294967296", "9223372036854775807", "1.0", "1e3", "\"1\"", "true", "null", "{}", "[]" } },
  { BK_FIELD_UINT32S,
    { "[]", "[0,4294967295]" },
    { "[-1]", "[4294967296]", "[null]", "[[]]", "{}", "1", "\"1\"", "true", "[1.0]" } },
  { BK_FIELD_GUIDS,
    { "[]", "[\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\"]" },
    { "[\"\"]", "[null]", "[0]", "[[]]", "{}", "\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\"", "true",
      "[\"{f2a1c0de-7e57-4a11-8b0b-1234567890ab}\"]" } },
  { BK_FIELD_LINES,
    { "[]", "[\"\"]", "[\"candidate:1 1 UDP 1 192.0.2.1 9 typ host\",\"ä\"]",
      "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\"]" },
    { "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]", "[\"a\\nb\"]", "[\"a\\rb\"]", "[\"\\u202e\"]", "[null]",
      "[0]", "[[]]", "[\"a\",{}]", "{}", "\"a\"", "1", "true", "null" } },
  { BK_FIELD_HEX,
    { "\"01234567\"", "\"89abcdef\"" },
    { "\"\"", "\"0123456\"", "\"012345678\"", "\"0123456G\"", "\"89ABCDEF\"", "\"0123456 \"", "\" 1234567\"",
      "\"0x234567\"", "\"-1234567\"", "1", "12345678", "true", "null", "{}", "[]" } },
  { BK_FIELD_OBJECT, { "{}", "{\"a\":1}" }, { "[]", "[{}]", "\"{}\"", "\"\"", "0", "true", "null" } },
};

static JsonNode *
read_node (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = bk_wire_json_parse (text, strlen (text), BK_LIMIT_FRAME, &error);

  g_assert_no_error (error);
  return node;
}

static gboolean
accepts (const BkField *fields, const char *text)
{
  g_autoptr (JsonNode) node = read_node (text);
  g_autoptr (GError) error = NULL;
  gboolean accepted = bk_fields_check (json_node_get_object (node), fields, &error);

  if (accepted)
    g_assert_no_error (error);
  else
    g_assert_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL);
  return accepted;
}

static void
check_value (BkFieldKind kind, const char *value, gboolean expected)
{
  g_autofree char *text = g_strdup_printf ("{\"other\":null,\"member\":%s}", value);

  /* What is optional may be absent, but not malformed. */
  for (int required = FALSE; required <= TRUE; required++)
    {
      const BkField fields[] = { { "member", kind, required, 8, words }, { NULL } };

      if (accepts (fields, text) != expected)
        g_error ("Kind %d: %s was %s", (int) kind, value, expected ? "refused" : "accepted");
    }
}

static void
test_forms (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      for (gsize k = 0; k < G_N_ELEMENTS (forms[i].good) && forms[i].good[k] != NULL; k++)
        check_value (forms[i].kind, forms[i].good[k], TRUE);
      for (gsize k = 0; k < G_N_ELEMENTS (forms[i].bad) && forms[i].bad[k] != NULL; k++)
        check_value (forms[i].kind, forms[i].bad[k], FALSE);
    }
  g_assert_cmpint (G_N_ELEMENTS (forms), ==, BK_FIELD_OBJECT + 1);
}

static void
test_presence (void)
{
  static const BkField fields[] = {
    { "a", BK_FIELD_UINT, TRUE }, { "b", BK_FIELD_UINT, FALSE }, { "c", BK_FIELD_BOOL, TRUE }, { NULL },
  };

  g_assert_true (accepts (fields, "{\"a\":1,\"c\":true}"));
  g_assert_true (accepts (fields, "{\"c\":true,\"b\":2,\"a\":1}"));
  g_assert_true (accepts (fields, "{\"a\":1,\"c\":true,\"A\":[],\"aa\":{\"a\":\"\"},\"\":null}"));
  g_assert_false (accepts (fields, "{}"));
  g_assert_false (accepts (fields, "{\"a\":1}"));
  g_assert_false (accepts (fields, "{\"c\":true}"));
  g_assert_false (accepts (fields, "{\"A\":1,\"c\":true}"));
  g_assert_false (accepts (fields, "{\"a\":1,\"b\":null,\"c\":true}"));
  g_assert_false (accepts (fields, "{\"a\":1,\"b\":\"2\",\"c\":true}"));
}

/* The message names the member and never repeats what it held. */
static void
test_message (void)
{
  static const BkField fields[] = { { "password", BK_FIELD_TEXT, TRUE, 4 }, { NULL } };
  g_autoptr (JsonNode) node = read_node ("{\"password\":\"geheim %s\"}");
  g_autoptr (GError) error = NULL;

  g_assert_false (bk_fields_check (json_node_get_object (node), fields, &error));
  g_assert_nonnull (strstr (error->message, "password"));
  g_assert_null (strstr (error->message, "geheim"));
}

/* A limit counts bytes: the last character that fits is taken whole, one byte more is refused. */
static void
test_limits (void)
{
  static const BkFieldKind kinds[] = { BK_FIELD_TEXT, BK_FIELD_LONG_TEXT, BK_FIELD_DATA, BK_FIELD_TOKEN };
  static const gsize limits[] = { 1, 64, BK_LIMIT_ADDRESS, BK_LIMIT_APP_DATA, BK_LIMIT_MESSAGE };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (limits); k++)
      {
        const BkField fields[] = { { "m", kinds[i], TRUE, limits[k] }, { NULL } };
        g_autofree char *full = g_strnfill (limits[k], 'x');
        g_autofree char *fits = g_strdup_printf ("{\"m\":\"%s\"}", full);
        g_autofree char *over = g_strdup_printf ("{\"m\":\"%sx\"}", full);

        g_assert_true (accepts (fields, fits));
        g_assert_false (accepts (fields, over));
        if (kinds[i] == BK_FIELD_TOKEN || limits[k] < 4)
          continue;
        full[limits[k] - 4] = '\0';
        g_autofree char *wide_fits = g_strdup_printf ("{\"m\":\"%s😀\"}", full);
        g_autofree char *wide_over = g_strdup_printf ("{\"m\":\"%sx😀\"}", full);
        g_assert_true (accepts (fields, wide_fits));
        g_assert_false (accepts (fields, wide_over));
      }
}

/* Each line has a limit of its own. */
static void
test_lines (void)
{
  static const BkField fields[] = { { "m", BK_FIELD_LINES, TRUE, BK_LIMIT_CANDIDATES }, { NULL } };
  g_autofree char *line = g_strnfill (BK_LIMIT_CANDIDATE, 'x');
  g_autofree char *fits = g_strdup_printf ("{\"m\":[\"\",\"%s\"]}", line);
  g_autofree char *over = g_strdup_printf ("{\"m\":[\"\",\"%sx\"]}", line);

  g_assert_cmpint (BK_FIELD_LINE_MAX, ==, BK_LIMIT_CANDIDATE);
  g_assert_true (accepts (fields, fits));
  g_assert_false (accepts (fields, over));
}

static void
test_getters (void)
{
  g_autoptr (JsonNode) node = read_node ("{\"s\":\"x\",\"i\":7,\"b\":true,\"n\":null,\"o\":{},\"d\":1.5}");
  JsonObject *object = json_node_get_object (node);

  g_assert_cmpstr (bk_fields_get_string (object, "s"), ==, "x");
  g_assert_cmpint (bk_fields_get_int (object, "i", -1), ==, 7);
  g_assert_cmpint (bk_fields_get_int (object, "b", -1), ==, 1);
  /* What is absent or of another type is not invented. */
  for (const char *const *name = (const char *[]){ "i", "b", "n", "o", "d", "absent", NULL }; *name != NULL; name++)
    g_assert_null (bk_fields_get_string (object, *name));
  for (const char *const *name = (const char *[]){ "s", "n", "o", "d", "absent", NULL }; *name != NULL; name++)
    g_assert_cmpint (bk_fields_get_int (object, *name, -5), ==, -5);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/fields/forms", test_forms);
  g_test_add_func ("/fields/presence", test_presence);
  g_test_add_func ("/fields/message", test_message);
  g_test_add_func ("/fields/limits", test_limits);
  g_test_add_func ("/fields/lines", test_lines);
  g_test_add_func ("/fields/getters", test_getters);
  return g_test_run ();
}
