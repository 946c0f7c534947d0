/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-channel-control.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-wire-json.h"

#define HEADER 4

static const char *const type_words[] = { "hello", "envelope", "offer", "datagram", "closed", NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (type_words) == BK_WORD_UNKNOWN + 1);

#define TYPE { "type", BK_FIELD_TOKEN, TRUE, 32 }
#define NAME { "name", BK_FIELD_TEXT, TRUE, BK_LIMIT_STREAM_NAME }
#define ID { "id", BK_FIELD_UINT32, TRUE }

static const BkField bare_fields[] = { TYPE, { NULL } };
static const BkField envelope_fields[] = { TYPE, { "envelope", BK_FIELD_OBJECT, TRUE }, { NULL } };
static const BkField offer_fields[] = { TYPE, NAME, { NULL } };
static const BkField datagram_fields[] = { TYPE, NAME, ID, { NULL } };
static const BkField closed_fields[] = { TYPE, ID, { NULL } };

static const BkField *const fields_of_kind[] = {
  [BK_WORD_HELLO] = bare_fields,       [BK_WORD_ENVELOPE] = envelope_fields, [BK_WORD_OFFER] = offer_fields,
  [BK_WORD_DATAGRAM] = datagram_fields, [BK_WORD_CLOSED] = closed_fields,  [BK_WORD_UNKNOWN] = bare_fields,
};

void
bk_word_clear (BkWord *word)
{
  g_clear_pointer (&word->envelope, bk_envelope_free);
  g_clear_pointer (&word->name, g_free);
}

gboolean
bk_word_carries (BkEnvelopeKind kind)
{
  return kind == BK_ENVELOPE_CONTEXT || kind == BK_ENVELOPE_END || kind == BK_ENVELOPE_CANCEL
         || kind == BK_ENVELOPE_HOSTING;
}

/* ---- writing ---- */

static JsonNode *
to_json (const BkWord *word)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, "type", type_words[word->kind]);
  if (word->envelope != NULL)
    json_object_set_object_member (object, "envelope", bk_envelope_to_json (word->envelope));
  if (word->name != NULL)
    json_object_set_string_member (object, "name", word->name);
  if (fields_of_kind[word->kind] == datagram_fields || fields_of_kind[word->kind] == closed_fields)
    json_object_set_int_member (object, "id", word->id);
  json_node_set_object (node, object);
  return node;
}

void
bk_word_write (const BkWord *word, GByteArray *bytes)
{
  g_autoptr (JsonNode) node = to_json (word);
  gsize length = 0;
  g_autofree char *text = bk_wire_json_write (node, &length);
  guint32 header = GUINT32_TO_BE ((guint32) length);

  g_return_if_fail (text != NULL && length <= BK_LIMIT_FRAME);
  g_byte_array_append (bytes, (const guint8 *) &header, HEADER);
  g_byte_array_append (bytes, (const guint8 *) text, (guint) length);
}

/* ---- reading ---- */

static int
fail (GError **error, const char *text)
{
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, text);
  return -1;
}

static int
read_envelope (JsonObject *object, const char *session, BkWord *word, GError **error)
{
  word->envelope = bk_envelope_from_json (json_object_get_object_member (object, "envelope"), error);
  if (word->envelope == NULL)
    return -1;
  if (!bk_word_carries (word->envelope->kind))
    return fail (error, "An envelope of that kind does not travel over a channel");
  if (!g_str_equal (word->envelope->session, session))
    return fail (error, "The envelope is of another session");
  return 1;
}

static int
read_object (JsonObject *object, const char *session, BkWord *word, GError **error)
{
  if (!bk_fields_check (object, bare_fields, error))
    return -1;
  word->kind = BK_WORD_UNKNOWN;
  for (guint i = 0; type_words[i] != NULL; i++)
    if (g_str_equal (type_words[i], bk_fields_get_string (object, "type")))
      word->kind = (BkWordKind) i;
  const BkField *fields = fields_of_kind[word->kind];
  if (!bk_fields_check (object, fields, error))
    return -1;
  if (fields == offer_fields || fields == datagram_fields)
    word->name = g_strdup (bk_fields_get_string (object, "name"));
  if (fields == datagram_fields || fields == closed_fields)
    word->id = (guint32) bk_fields_get_int (object, "id", 0);
  return fields == envelope_fields ? read_envelope (object, session, word, error) : 1;
}

int
bk_word_read (GByteArray *bytes, const char *session, BkWord *word, GError **error)
{
  guint32 length = 0;

  *word = (BkWord){ 0 };
  if (bytes->len < HEADER)
    return 0;
  for (guint i = 0; i < HEADER; i++)
    length = length << 8 | bytes->data[i];
  if (length > BK_LIMIT_FRAME)
    return fail (error, "The word is too long");
  if (bytes->len - HEADER < length)
    return 0;

  g_autoptr (JsonNode) node
    = bk_wire_json_parse ((const char *) bytes->data + HEADER, length, BK_LIMIT_FRAME, error);
  g_byte_array_remove_range (bytes, 0, HEADER + length);
  if (node == NULL)
    return -1;
  int result = read_object (json_node_get_object (node), session, word, error);
  if (result < 0)
    bk_word_clear (word);
  return result;
}
