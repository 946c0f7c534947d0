/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history of an account as a whole: removing it, and writing it into a file. */
#include "bk-engine-account-internal.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <limits.h>

#include "bk-ids.h"

#define PAGE 100 /* messages that are in memory at a time */

static int
compare_who (gconstpointer a, gconstpointer b)
{
  return strcmp (bk_engine_conversation_get_who (*(BkEngineConversation *const *) a),
                 bk_engine_conversation_get_who (*(BkEngineConversation *const *) b));
}

/* The conversations with @who, or all, ordered; NULL: @task has failed. */
static GPtrArray *
find_conversations (BkEngineAccount *self, const char *who, GTask *task)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *name = who != NULL ? bk_sign_in_name_normalize (who) : NULL;
  GHashTableIter iter;
  gpointer conversation;

  if (who != NULL && name == NULL)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("This is not a sign-in name."));
      return NULL;
    }
  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &conversation))
    if (name == NULL || g_str_equal (bk_engine_conversation_get_who (conversation), name))
      g_ptr_array_add (found, g_object_ref (conversation));
  g_ptr_array_sort (found, compare_who);
  return g_steal_pointer (&found);
}

/* ---- clearing ---- */

static void clear_next (GTask *task_in);

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  BkEngineAccount *self = g_task_get_source_object (task);
  GPtrArray *left = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (BkHistoryCleared) cleared = bk_engine_history_clear_finish (self->history, result, &error);

  if (cleared == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  bk_engine_conversation_cleared (g_ptr_array_index (left, left->len - 1), cleared);
  g_ptr_array_set_size (left, (int) left->len - 1);
  clear_next (task);
}

/* Takes @task. One conversation after the other: the task's data is those that are left. */
static void
clear_next (GTask *task)
{
  BkEngineAccount *self = g_task_get_source_object (task);
  GPtrArray *left = g_task_get_task_data (task);

  while (left->len > 0 && bk_engine_conversation_get_last (g_ptr_array_index (left, left->len - 1)) == NULL)
    g_ptr_array_set_size (left, (int) left->len - 1); /* nothing was ever said */
  if (g_task_return_error_if_cancelled (task))
    g_object_unref (task);
  else if (left->len == 0)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else
    bk_engine_history_clear_async (self->history,
                                   bk_engine_conversation_get_id (g_ptr_array_index (left, left->len - 1)), on_cleared,
                                   task);
}

void
bk_engine_account_clear_history_async (BkEngineAccount *self, const char *who, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GPtrArray *conversations = find_conversations (self, who, task);

  g_task_set_source_tag (task, bk_engine_account_clear_history_async);
  if (conversations == NULL)
    return;
  g_task_set_task_data (task, conversations, (GDestroyNotify) g_ptr_array_unref);
  clear_next (g_steal_pointer (&task));
}

gboolean
bk_engine_account_clear_history_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- what is written of a message ---- */

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  if (text == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static char *
format_time (gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);

  return date != NULL ? g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("");
}

static void
add_session (JsonBuilder *builder, const BkEngineMessage *message)
{
  json_builder_set_member_name (builder, "session");
  json_builder_begin_object (builder);
  add_text (builder, "id", message->message_id);
  add_text (builder, "application", message->application);
  add_text (builder, "application-name", message->application_name);
  add_text (builder, "result", beckon_session_result_to_nick (message->result));
  add_text (builder, "result-text", message->result_text);
  json_builder_end_object (builder);
  if (message->file_name == NULL)
    return;
  json_builder_set_member_name (builder, "file");
  json_builder_begin_object (builder);
  add_text (builder, "name", message->file_name);
  json_builder_set_member_name (builder, "size");
  json_builder_add_int_value (builder, (gint64) MIN (message->file_size, (guint64) G_MAXINT64));
  add_text (builder, "path", message->file_path);
  json_builder_end_object (builder);
}

/* Appends what @builder has built. */
static void
append_built (GString *text, JsonBuilder *builder)
{
  g_autoptr (JsonNode) node = json_builder_get_root (builder);
  g_autofree char *json = json_to_string (node, FALSE);

  g_string_append (text, json);
}

static void
append_message (GString *text, const char *own_name, const BkEngineMessage *message)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *time = format_time (message->time);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "id");
  json_builder_add_int_value (builder, message->id);
  add_text (builder, "time", time);
  add_text (builder, "from", message->outgoing ? own_name : message->who);
  add_text (builder, "text", message->text);
  add_text (builder, "delivery", beckon_delivery_to_nick (message->delivery));
  add_text (builder, "error", message->error);
  if (message->session)
    add_session (builder, message);
  json_builder_end_object (builder);
  append_built (text, builder);
}

/* ---- exporting: a page is read, then written, and so on ---- */

typedef struct
{
  GOutputStream *stream;
  GPtrArray *conversations; /* element-type BkEngineConversation */
  guint index;              /* of the one that is being written */
  gint64 after;             /* the last message of it that was */
  GString *text;            /* what is to be written next */
  gsize written;            /* of that */
} Export;

static void
export_free (Export *export)
{
  g_object_unref (export->stream);
  g_ptr_array_unref (export->conversations);
  g_string_free (export->text, TRUE);
  g_free (export);
}

static void export_step (GTask *task_in);
static void export_write (GTask *task_in);

/* Takes @task and @error. */
static void
export_end (GTask *task, GError *error)
{
  ((BkEngineAccount *) g_task_get_source_object (task))->exporting = FALSE;
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else if (error->domain == BECKON_ERROR || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, error);
  else
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_STORAGE, _("The history could not be exported: %s"),
                               error->message);
      g_error_free (error);
    }
  g_object_unref (task);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;
  gssize n = g_output_stream_write_finish (G_OUTPUT_STREAM (source), result, &error);

  export->written += (gsize) MAX (n, 0);
  if (n < 0)
    export_end (task, error);
  else if (export->written < export->text->len)
    export_write (task);
  else if (export->index > export->conversations->len)
    export_end (task, NULL);
  else
    {
      export->written = 0;
      export_step (task);
    }
}

/* Who reads from a pipe may take his time. That there is room means that so much does not wait; more would wait here,
 * and everybody with it. */
static gsize
piece_of (GOutputStream *stream, gsize length)
{
  gboolean waits = G_IS_POLLABLE_OUTPUT_STREAM (stream)
                   && g_pollable_output_stream_can_poll (G_POLLABLE_OUTPUT_STREAM (stream));

  return waits ? MIN (length, PIPE_BUF) : length;
}

static void
export_write (GTask *task)
{
  Export *export = g_task_get_task_data (task);

  g_output_stream_write_async (export->stream, export->text->str + export->written,
                               piece_of (export->stream, export->text->len - export->written), G_PRIORITY_DEFAULT,
                               g_task_get_cancellable (task), on_written, task);
}

/* An object without its end: what follows is written bit by bit. */
static void
append_open (GString *text, JsonBuilder *builder, const char *list)
{
  json_builder_end_object (builder);
  append_built (text, builder);
  g_string_truncate (text, text->len - 1);
  g_string_append_printf (text, ",\"%s\":[", list);
}

static void
append_conversation (BkEngineAccount *self, Export *export, BkEngineConversation *conversation)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  const char *who = bk_engine_conversation_get_who (conversation);
  BkEngineContact *contact = bk_engine_contacts_find (self->contacts, who);

  g_string_append (export->text, export->index > 0 ? ",\n" : "\n");
  json_builder_begin_object (builder);
  add_text (builder, "who", who);
  add_text (builder, "name", contact != NULL ? bk_engine_contact_get_display_name (contact) : who);
  append_open (export->text, builder, "messages");
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  BkEngineAccount *self = g_task_get_source_object (task);
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) page = bk_engine_history_list_messages_finish (self->history, result, &error);

  if (page == NULL)
    {
      export_end (task, error);
      return;
    }
  g_string_truncate (export->text, 0);
  if (export->after == 0)
    append_conversation (self, export, g_ptr_array_index (export->conversations, export->index));
  for (guint i = 0; i < page->len; i++)
    {
      const BkEngineMessage *message = g_ptr_array_index (page, i);
      g_string_append (export->text, export->after > 0 ? ",\n" : "\n");
      append_message (export->text, self->stored->sign_in_name, message);
      export->after = message->id;
    }
  if (page->len < PAGE)
    {
      g_string_append (export->text, "]}");
      export->index++;
      export->after = 0;
    }
  export_write (task);
}

static void
export_step (GTask *task)
{
  BkEngineAccount *self = g_task_get_source_object (task);
  Export *export = g_task_get_task_data (task);

  if (export->index < export->conversations->len)
    {
      BkEngineConversation *conversation = g_ptr_array_index (export->conversations, export->index);
      bk_engine_history_list_messages_after_async (self->history, bk_engine_conversation_get_id (conversation),
                                                   export->after, PAGE, g_task_get_cancellable (task), on_page, task);
      return;
    }
  g_string_assign (export->text, "]}\n");
  export->index++; /* beyond the last one: the end */
  export_write (task);
}

static void
export_begin (BkEngineAccount *self, Export *export)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *now = format_time (bk_clock_real (self->clock));

  json_builder_begin_object (builder);
  add_text (builder, "account", self->stored->sign_in_name);
  add_text (builder, "exported", now);
  append_open (export->text, builder, "conversations");
}

void
bk_engine_account_export_history_async (BkEngineAccount *self, const char *who, GOutputStream *stream,
                                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GPtrArray *conversations;

  g_task_set_source_tag (task, bk_engine_account_export_history_async);
  if (self->exporting)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED,
                               _("The history is already being exported."));
      return;
    }
  conversations = find_conversations (self, who, task);
  if (conversations == NULL)
    return;

  Export *export = g_new0 (Export, 1);
  export->stream = g_object_ref (stream);
  export->conversations = conversations;
  export->text = g_string_new (NULL);
  g_task_set_task_data (task, export, (GDestroyNotify) export_free);
  export_begin (self, export);
  self->exporting = TRUE;
  export_write (g_steal_pointer (&task));
}

gboolean
bk_engine_account_export_history_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
