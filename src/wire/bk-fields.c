/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-fields.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-limits.h"

#include <string.h>

static gboolean
is_hex (const char *text, gsize length)
{
  return strlen (text) == length && strspn (text, "0123456789abcdef") == length;
}

static gboolean
check_string (const char *text, const BkField *field)
{
  switch (field->kind)
    {
    case BK_FIELD_TEXT:
      return bk_text_is_valid (text, field->max, FALSE);
    case BK_FIELD_LONG_TEXT:
      return bk_text_is_valid (text, field->max, TRUE);
    case BK_FIELD_DATA:
      return bk_data_is_valid (text, field->max);
    case BK_FIELD_NAME:
      return bk_sign_in_name_is_valid (text);
    case BK_FIELD_GUID:
      return bk_guid_is_valid (text);
    case BK_FIELD_TOKEN:
      return bk_token_is_valid (text, field->max);
    case BK_FIELD_WORD:
      return g_strv_contains (field->words, text);
    case BK_FIELD_HEX:
      return is_hex (text, field->max);
    case BK_FIELD_UINT:
    case BK_FIELD_UINT32:
    case BK_FIELD_BOOL:
    case BK_FIELD_UINT32S:
    case BK_FIELD_GUIDS:
    case BK_FIELD_LINES:
    case BK_FIELD_OBJECT:
      return FALSE;
    }
  return FALSE;
}

static gboolean
is_uint (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 && json_node_get_int (node) >= 0
         && json_node_get_int (node) <= BK_FIELD_UINT_MAX;
}

static gboolean
is_uint32 (JsonNode *node)
{
  return is_uint (node) && json_node_get_int (node) <= G_MAXUINT32;
}

static gboolean
is_guid (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         && bk_guid_is_valid (json_node_get_string (node));
}

static gboolean
is_line (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         && bk_text_is_valid (json_node_get_string (node), BK_FIELD_LINE_MAX, FALSE);
}

static gboolean
is_array_of (JsonNode *node, gboolean (*is_element) (JsonNode *element), gsize max)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) > max)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!is_element (json_array_get_element (array, i)))
      return FALSE;
  return TRUE;
}

static gboolean
check_value (JsonNode *node, const BkField *field)
{
  if (field->kind == BK_FIELD_OBJECT)
    return JSON_NODE_HOLDS_OBJECT (node);
  if (field->kind == BK_FIELD_UINT32S)
    return is_array_of (node, is_uint32, field->max);
  if (field->kind == BK_FIELD_GUIDS)
    return is_array_of (node, is_guid, field->max);
  if (field->kind == BK_FIELD_LINES)
    return is_array_of (node, is_line, field->max);
  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;

  GType type = json_node_get_value_type (node);
  if (field->kind == BK_FIELD_BOOL)
    return type == G_TYPE_BOOLEAN;
  if (field->kind == BK_FIELD_UINT)
    return is_uint (node);
  if (field->kind == BK_FIELD_UINT32)
    return is_uint32 (node);
  return type == G_TYPE_STRING && check_string (json_node_get_string (node), field);
}

/* Checks @object against @fields. Members that the table does not name are allowed: a newer peer may send them. */
gboolean
bk_fields_check (JsonObject *object, const BkField *fields, GError **error)
{
  for (const BkField *field = fields; field->name != NULL; field++)
    {
      JsonNode *node = json_object_get_member (object, field->name);

      if (node == NULL ? field->required : !check_value (node, field))
        {
          g_set_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The member “%s” is %s", field->name,
                       node == NULL ? "missing" : "malformed or too long");
          return FALSE;
        }
    }
  return TRUE;
}

/* Returns the text of a checked member, NULL if it is absent. */
const char *
bk_fields_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

/* Returns the number of a checked member (0 or 1 for a boolean), @fallback if it is absent. */
gint64
bk_fields_get_int (JsonObject *object, const char *name, gint64 fallback)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return fallback;
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  return json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : fallback;
}
