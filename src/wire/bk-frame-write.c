/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing frames: as text, member by member. */
#include "bk-frame-private.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-wire-json.h"

#include <string.h>

#define USUAL_SIZE 384
#define END_SIZE 64

/* Makes an empty frame; @id is -1 for a push. */
BkFrame *
bk_frame_new (BkFrameType type, gint64 id)
{
  BkFrame *self = g_new0 (BkFrame, 1);

  self->type = type;
  self->id = id;
  self->text = g_string_sized_new (USUAL_SIZE);
  g_string_append (self->text, "{\"type\":\"");
  g_string_append (self->text, bk_frame_type_to_nick (type));
  g_string_append_c (self->text, '"');
  return self;
}

/* Gives a request that has not been answered another id, so that it can be made once more. */
void
bk_frame_set_id (BkFrame *self, gint64 id)
{
  self->id = id;
}

/* Makes the refusal of request @id. Errors of other domains become plain `failed` ones: they may say too much. A text
 * that the other end would refuse is not sent: the code is what counts. */
BkFrame *
bk_frame_new_error (gint64 id, const GError *error)
{
  BkFrame *self = bk_frame_new (BK_FRAME_ERROR, id);
  gboolean ours = error->domain == BECKON_ERROR;
  gboolean sendable = ours && bk_text_is_valid (error->message, BK_LIMIT_ERROR_TEXT, FALSE);

  bk_frame_set_string (self, "code", beckon_error_to_nick (ours ? (BeckonError) error->code : BECKON_ERROR_FAILED));
  bk_frame_set_string (self, "text", sendable ? error->message : "The server could not do that");
  return self;
}

void
bk_frame_free (BkFrame *self)
{
  g_clear_pointer (&self->body, json_object_unref);
  g_clear_pointer (&self->envelope, bk_envelope_free);
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  g_free (self);
}

/* ---- members ---- */

static void
begin_member (GString *text, const char *name)
{
  g_string_append_len (text, ",\"", 2);
  g_string_append (text, name);
  g_string_append_len (text, "\":", 2);
}

/* Whether a member of that name is there already, or too many are to tell. Two names with the same hash only cost a
 * tree. */
static gboolean
may_be_set (BkFrame *self, const char *name)
{
  guint hash = g_str_hash (name);

  for (guint i = 0; i < self->n_names; i++)
    if (self->names[i] == hash)
      return TRUE;
  if (self->n_names == G_N_ELEMENTS (self->names))
    return TRUE;
  self->names[self->n_names++] = hash;
  return FALSE;
}

/* Begins a member of a frame that is being written. Returns NULL for one that has a tree: it was read, or a member is
 * set again. */
static GString *
add_member (BkFrame *self, const char *name)
{
  if (self->text != NULL && may_be_set (self, name))
    {
      _bk_frame_body (self);
      g_string_free (g_steal_pointer (&self->text), TRUE);
    }
  if (self->text == NULL)
    return NULL;
  g_clear_pointer (&self->body, json_object_unref);
  begin_member (self->text, name);
  return self->text;
}

/* Half a frame is not sent: it stays broken, whatever is put in afterwards. */
static void
note_broken (BkFrame *self)
{
  g_critical ("A text that JSON cannot hold: it is not UTF-8");
  self->broken = TRUE;
}

static void
append_int (GString *text, gint64 value)
{
  char digits[24];
  char *p = digits + sizeof digits;
  guint64 rest = value < 0 ? -(guint64) value : (guint64) value;

  do
    *--p = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (value < 0)
    *--p = '-';
  g_string_append_len (text, p, digits + sizeof digits - p);
}

/* Sets a text member; nothing is set if @value is NULL. */
void
bk_frame_set_string (BkFrame *self, const char *name, const char *value)
{
  if (value == NULL)
    return;
  GString *text = add_member (self, name);
  gboolean good = text != NULL ? bk_wire_json_append_string (text, value) : g_utf8_validate (value, -1, NULL);
  if (!good)
    note_broken (self);
  else if (text == NULL)
    json_object_set_string_member (self->body, name, value);
}

void
bk_frame_set_int (BkFrame *self, const char *name, gint64 value)
{
  if (add_member (self, name) != NULL)
    append_int (self->text, value);
  else
    json_object_set_int_member (self->body, name, value);
}

void
bk_frame_set_bool (BkFrame *self, const char *name, gboolean value)
{
  GString *text = add_member (self, name);

  if (text != NULL)
    g_string_append (text, value ? "true" : "false");
  else
    json_object_set_boolean_member (self->body, name, value);
}

/* Sets a member from a tree. Takes @node. */
static void
set_node (BkFrame *self, const char *name, JsonNode *node)
{
  if (add_member (self, name) == NULL)
    {
      json_object_set_member (self->body, name, node);
      return;
    }
  g_autofree char *written = bk_wire_json_write (node, NULL);
  if (written != NULL)
    g_string_append (self->text, written);
  else
    self->broken = TRUE;
  json_node_unref (node);
}

/* Sets an array member; nothing is set if @values is NULL. */
void
bk_frame_set_strings (BkFrame *self, const char *name, const char *const *values)
{
  if (values == NULL)
    return;
  JsonArray *array = json_array_new ();
  for (gsize i = 0; values[i] != NULL; i++)
    json_array_add_string_element (array, values[i]);
  set_node (self, name, json_node_init_array (json_node_alloc (), array));
  json_array_unref (array);
}

void
bk_frame_set_ints (BkFrame *self, const char *name, const gint64 *values, gsize n_values)
{
  JsonArray *array = json_array_sized_new (n_values);

  for (gsize i = 0; i < n_values; i++)
    json_array_add_int_element (array, values[i]);
  set_node (self, name, json_node_init_array (json_node_alloc (), array));
  json_array_unref (array);
}

/* The envelope is written last: it may be set again. */
void
bk_frame_set_envelope (BkFrame *self, const BkEnvelope *envelope)
{
  g_clear_pointer (&self->envelope, bk_envelope_free);
  self->envelope = bk_envelope_copy (envelope);
  if (self->text == NULL)
    json_object_set_object_member (self->body, "envelope", bk_envelope_to_json (envelope));
  else
    g_clear_pointer (&self->body, json_object_unref);
}

/* ---- the whole ---- */

static GBytes *
tree_to_bytes (const BkFrame *self)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  gsize length = 0;

  json_object_set_string_member (self->body, "type", bk_frame_type_to_nick (self->type));
  if (self->id >= 0)
    json_object_set_int_member (self->body, "id", self->id);
  json_node_set_object (root, self->body);

  char *text = bk_wire_json_write (root, &length);
  return g_bytes_new_take (text, length);
}

/* Writes what comes after the members that were set one by one. Returns FALSE if it cannot be written. */
static gboolean
append_end (const BkFrame *self, GString *end)
{
  if (self->envelope != NULL)
    {
      JsonNode *node = json_node_init_object (json_node_alloc (), NULL);
      json_node_take_object (node, bk_envelope_to_json (self->envelope));
      g_autofree char *written = bk_wire_json_write (node, NULL);
      json_node_unref (node);
      if (written == NULL)
        return FALSE;
      g_string_append (end, ",\"envelope\":");
      g_string_append (end, written);
    }
  if (self->id >= 0)
    {
      g_string_append (end, ",\"id\":");
      append_int (end, self->id);
    }
  g_string_append_c (end, '}');
  return TRUE;
}

/* Returns (transfer full) the JSON text of the frame, without a terminator. */
GBytes *
bk_frame_to_bytes (const BkFrame *self)
{
  return bk_frame_to_bytes_with (self, NULL, 0);
}

/* The same with one more member: for frames that differ in no other. @self, which is being written, stays as it is. */
GBytes *
bk_frame_to_bytes_with (const BkFrame *self, const char *name, gint64 value)
{
  g_return_val_if_fail (name == NULL || self->text != NULL, NULL);

  if (self->text == NULL)
    return self->broken ? g_bytes_new (NULL, 0) : tree_to_bytes (self);
  GString *whole = g_string_sized_new (self->text->len + END_SIZE);
  g_string_append_len (whole, self->text->str, (gssize) self->text->len);
  if (name != NULL)
    {
      begin_member (whole, name);
      append_int (whole, value);
    }
  if (self->broken || !append_end (self, whole))
    g_string_truncate (whole, 0);
  return g_string_free_to_bytes (whole);
}

/* Returns the members as a tree, which is made when somebody looks at what is still being written. */
JsonObject *
_bk_frame_body (const BkFrame *self)
{
  BkFrame *frame = (BkFrame *) self;

  if (self->body != NULL)
    return self->body;
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (self);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (JsonNode) root = length > 0 ? bk_wire_json_parse (text, length, G_MAXINT32, NULL) : NULL;
  frame->body = root != NULL ? json_node_dup_object (root) : json_object_new ();
  return frame->body;
}
