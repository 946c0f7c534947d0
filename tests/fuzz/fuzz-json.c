/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever the guard accepts, json-glib reads to the end; what that is written as is accepted, and read as the same. */
#include "bk-wire-json.h"

#include "bk-limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static JsonNode *
read_node (const char *text, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  if (!json_parser_load_from_data (parser, text, (gssize) length, &error))
    g_error ("The guard accepted what json-glib refuses: %s", error->message);
  return json_parser_steal_root (parser);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  g_autoptr (GError) error = NULL;

  if (!bk_wire_json_check (text, size, BK_LIMIT_FRAME, &error))
    {
      if (error == NULL)
        g_error ("Refused without a reason");
      return 0;
    }

  gsize length;
  g_autoptr (JsonNode) node = read_node (text, size);
  g_autofree char *written = bk_wire_json_write (node, &length);
  if (written == NULL)
    g_error ("What was read cannot be written");
  g_autoptr (JsonNode) again = read_node (written, length);
  if (!json_node_equal (node, again))
    g_error ("What was written is read as something else");

  g_autoptr (JsonNode) parsed = bk_wire_json_parse (text, size, BK_LIMIT_FRAME, NULL);
  if ((parsed != NULL) != JSON_NODE_HOLDS_OBJECT (node))
    g_error ("Guard and parser disagree about the root");
  return 0;
}
