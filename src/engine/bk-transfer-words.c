/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-transfer-words.h"

#include "beckon-error.h"
#include "bk-fields.h"
#include "bk-limits.h"
#include "bk-wire-json.h"

#include <string.h>

static const BkField offer_fields[] = {
  { "name", BK_FIELD_TEXT, TRUE, BK_LIMIT_FILE_NAME, NULL },
  { "size", BK_FIELD_UINT, TRUE, 0, NULL },
  { NULL },
};

static const char *const types[] = { "want", "send", "sum", NULL };

static const BkField word_fields[][4] = {
  { { "type", BK_FIELD_WORD, TRUE, 0, types },
    { "offset", BK_FIELD_UINT, TRUE, 0, NULL },
    { "hash", BK_FIELD_HEX, TRUE, BK_TRANSFER_HASH, NULL } },
  { { "type", BK_FIELD_WORD, TRUE, 0, types }, { "offset", BK_FIELD_UINT, TRUE, 0, NULL } },
  { { "type", BK_FIELD_WORD, TRUE, 0, types }, { "hash", BK_FIELD_HEX, TRUE, BK_TRANSFER_HASH, NULL } },
};

static char *
write_object (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return bk_wire_json_write (node, NULL);
}

/* ---- the offer ---- */

void
bk_transfer_offer_free (BkTransferOffer *offer)
{
  g_free (offer->name);
  g_free (offer);
}

/**
 * bk_transfer_offer_write:
 * @offer: a file; its name is UTF-8 of one line
 *
 * Writes the application data of an invitation to take a file.
 *
 * Returns: (transfer full): the data
 */
char *
bk_transfer_offer_write (const BkTransferOffer *offer)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", offer->name);
  json_object_set_int_member (object, "size", (gint64) offer->size);
  return write_object (object);
}

/**
 * bk_transfer_offer_parse:
 * @text: (nullable): application data that came with an invitation
 * @error: return location for an error
 *
 * Reads an offer. Its name is one line and not empty, but may be any: see bk_file_name_clean().
 *
 * Returns: (transfer full) (nullable): the offer, %NULL with PROTOCOL if it is none
 */
BkTransferOffer *
bk_transfer_offer_parse (const char *text, GError **error)
{
  const char *data = text != NULL ? text : "";
  g_autoptr (JsonNode) node = bk_wire_json_parse (data, strlen (data), BK_LIMIT_APP_DATA, error);
  JsonObject *object = node != NULL ? json_node_get_object (node) : NULL;

  if (object == NULL || !bk_fields_check (object, offer_fields, error))
    return NULL;
  const char *name = bk_fields_get_string (object, "name");
  if (*name == '\0')
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The file has no name");
      return NULL;
    }
  BkTransferOffer *offer = g_new0 (BkTransferOffer, 1);
  offer->name = g_strdup (name);
  offer->size = (guint64) bk_fields_get_int (object, "size", 0);
  return offer;
}

/* ---- words ---- */

/**
 * bk_transfer_word_write:
 * @word: a word
 *
 * Writes a word as it goes over the stream.
 *
 * Returns: (transfer full): the line, with its end
 */
char *
bk_transfer_word_write (const BkTransferWord *word)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", types[word->type]);
  if (word->type != BK_TRANSFER_SUM)
    json_object_set_int_member (object, "offset", (gint64) word->offset);
  if (word->type != BK_TRANSFER_SEND)
    json_object_set_string_member (object, "hash", word->hash);
  g_autofree char *text = write_object (object);
  return g_strconcat (text, "\n", NULL);
}

static gboolean
find_type (JsonObject *object, BkTransferWordType *type)
{
  JsonNode *member = json_object_get_member (object, "type");
  gboolean is_text = member != NULL && JSON_NODE_HOLDS_VALUE (member)
                     && json_node_get_value_type (member) == G_TYPE_STRING;
  const char *name = is_text ? json_node_get_string (member) : "";

  for (guint i = 0; types[i] != NULL; i++)
    if (g_str_equal (types[i], name))
      {
        *type = (BkTransferWordType) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * bk_transfer_word_parse:
 * @line: what came, without the end of the line
 * @length: its length
 * @word: (out): where the word goes
 * @error: return location for an error
 *
 * Reads a word. Errors: PROTOCOL.
 *
 * Returns: whether it is one
 */
gboolean
bk_transfer_word_parse (const char *line, gsize length, BkTransferWord *word, GError **error)
{
  g_autoptr (JsonNode) node = bk_wire_json_parse (line, length, BK_TRANSFER_WORD_MAX, error);
  JsonObject *object = node != NULL ? json_node_get_object (node) : NULL;

  memset (word, 0, sizeof *word);
  if (object == NULL)
    return FALSE;
  if (!find_type (object, &word->type))
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "Not a word about files");
      return FALSE;
    }
  if (!bk_fields_check (object, word_fields[word->type], error))
    return FALSE;
  word->offset = (guint64) bk_fields_get_int (object, "offset", 0);
  if (word->type != BK_TRANSFER_SEND)
    g_strlcpy (word->hash, bk_fields_get_string (object, "hash"), sizeof word->hash);
  return TRUE;
}
