/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading behind the guard, and writing what every guard accepts. */
#include "bk-wire-json.h"

#include "beckon-error.h"

#include <string.h>

JsonNode *
bk_wire_json_parse (const char *text, gsize length, gsize max_length, GError **error)
{
  if (!bk_wire_json_check (text, length, max_length, error))
    return NULL;

  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) parse_error = NULL;
  if (!json_parser_load_from_data (parser, text, (gssize) length, &parse_error))
    {
      /* Its message quotes the text, so it goes no further. */
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The JSON text could not be read");
      return NULL;
    }

  g_autoptr (JsonNode) root = json_parser_steal_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The JSON text is not an object");
      return NULL;
    }
  return g_steal_pointer (&root);
}

/* json-glib 1.6 writes two things that are no JSON: 1e22 as "1e+22.0", and U+001F in a string as it is. */
static char *
mend (const char *text)
{
  GString *out = g_string_sized_new (strlen (text) + 16);
  gboolean in_string = FALSE, in_exponent = FALSE;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (in_string && *p == '\\')
        g_string_append_c (out, *p++); /* what it escapes is copied below */
      else if (*p == '"')
        in_string = !in_string;
      else if (in_string && *p == 0x1F)
        {
          g_string_append (out, "\\u001f");
          continue;
        }
      else if (in_exponent && g_str_has_prefix (p, ".0"))
        {
          p++;
          continue;
        }
      in_exponent = !in_string && ((*p == 'e' && p > text && g_ascii_isdigit (p[-1]))
                                   || (in_exponent && (g_ascii_isdigit (*p) || *p == '+' || *p == '-')));
      g_string_append_c (out, *p);
    }
  return g_string_free (out, FALSE);
}

char *
bk_wire_json_write (JsonNode *node, gsize *length)
{
  g_autofree char *raw = json_to_string (node, FALSE);
  g_autofree char *text = mend (raw);
  g_autoptr (GError) error = NULL;

  gsize size = strlen (text);
  if (!bk_wire_json_check (text, size, G_MAXINT32, &error))
    {
      g_critical ("Values that JSON cannot hold: %s", error->message);
      return NULL;
    }
  if (length != NULL)
    *length = size;
  return g_steal_pointer (&text);
}

/* The letter after the backslash; 1: as \u00XX, 0: as it is. */
static const guint8 escapes[256] = {
  1, 1, 1, 1, 1, 1, 1, 1, 'b', 't', 'n', 1, 'f', 'r', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  ['"'] = '"', ['\\'] = '\\',
};

gboolean
bk_wire_json_append_string (GString *out, const char *text)
{
  gsize length = strlen (text);
  const char *start = text, *end = text + length;

  if (!g_utf8_validate_len (text, length, NULL))
    return FALSE;
  g_string_append_c (out, '"');
  for (const char *p = text; p < end; p++)
    {
      guint8 escape = escapes[(guint8) *p];
      if (escape == 0)
        continue;
      g_string_append_len (out, start, p - start);
      if (escape == 1)
        g_string_append_printf (out, "\\u%04x", (guint) (guint8) *p);
      else
        {
          const char pair[2] = { '\\', (char) escape };
          g_string_append_len (out, pair, 2);
        }
      start = p + 1;
    }
  g_string_append_len (out, start, end - start);
  g_string_append_c (out, '"');
  return TRUE;
}
