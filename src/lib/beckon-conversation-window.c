/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which part of the history is in the list: always one piece without gaps. */
#include "beckon-conversation-private.h"

#define MAX_LOADED 2000 /* beyond, the other end of the list goes: a walk through a million messages stays small */

typedef enum
{
  LOAD_EARLIER,
  LOAD_LATER,
  LOAD_LATEST,
  LOAD_AROUND, /* in two steps: first what is before */
} Kind;

typedef struct
{
  Kind kind;
  gint64 id;
  guint limit;
  GVariant *before; /* AROUND: the first step's page */
} Load;

static void
load_free (Load *load)
{
  g_clear_pointer (&load->before, g_variant_unref);
  g_free (load);
}

static gint64
id_of (GVariant *page, gsize i)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (page, i);
  gint64 id;

  g_variant_get_child (value, 0, "x", &id);
  return id;
}

static gint64
first_id (BeckonConversation *self)
{
  return self->messages->len > 0 ? beckon_message_get_id (self->messages->pdata[0]) : 0;
}

static gint64
last_id (BeckonConversation *self)
{
  return self->messages->len > 0 ? beckon_message_get_id (self->messages->pdata[self->messages->len - 1]) : 0;
}

/* Inserts what of @page is between the two ids, in rising order, and tells of it as one change. */
static void
insert (BeckonConversation *self, guint position, GVariant *page, gint64 above, gint64 below)
{
  gsize n_messages = g_variant_n_children (page);
  guint n_added = 0;

  for (gsize i = 0; i < n_messages; i++)
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (page, i);
      gint64 id = id_of (page, i);

      if (id <= above || id >= below)
        continue;
      g_ptr_array_insert (self->messages, (int) (position + n_added), beckon_message_new (value));
      n_added++;
      above = id;
    }
  if (n_added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 0, n_added);
}

/* Removes @count messages from @position on. */
static void
cut (BeckonConversation *self, guint position, guint count)
{
  if (count == 0)
    return;
  g_ptr_array_remove_range (self->messages, position, count);
  g_list_model_items_changed (G_LIST_MODEL (self), position, count, 0);
}

static guint
surplus (BeckonConversation *self)
{
  return self->messages->len > MAX_LOADED ? self->messages->len - MAX_LOADED : 0;
}

/* What was known already and changed since is brought up to date by signals. */
static void
take_earlier (BeckonConversation *self, const Load *load, GVariant *page)
{
  if (load->id != first_id (self))
    return; /* another part of the history is in the list by now */
  insert (self, 0, page, G_MININT64, load->id != 0 ? load->id : G_MAXINT64);
  guint excess = surplus (self);
  cut (self, self->messages->len - excess, excess);
  beckon_conversation_set_ends (self, g_variant_n_children (page) < load->limit, self->latest && excess == 0);
}

static void
take_later (BeckonConversation *self, const Load *load, GVariant *page)
{
  if (load->id != last_id (self))
    return;
  insert (self, self->messages->len, page, load->id, G_MAXINT64);
  guint excess = surplus (self);
  cut (self, 0, excess);
  beckon_conversation_set_ends (self, self->complete && excess == 0,
                                self->latest || g_variant_n_children (page) < load->limit);
}

/* Puts @before and @after in place of all that is there. */
static void
replace (BeckonConversation *self, const Load *load, GVariant *before, GVariant *after)
{
  guint n_removed = self->messages->len;
  gint64 last = G_MININT64;

  g_ptr_array_set_size (self->messages, 0);
  for (int part = 0; part < 2; part++)
    for (gsize i = 0; i < (part == 0 ? g_variant_n_children (before) : after != NULL ? g_variant_n_children (after) : 0);
         i++)
      {
        g_autoptr (GVariant) value = g_variant_get_child_value (part == 0 ? before : after, i);
        gint64 id = id_of (part == 0 ? before : after, i);

        if (id > last)
          g_ptr_array_add (self->messages, beckon_message_new (value));
        last = MAX (last, id);
      }
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_removed, self->messages->len);
  beckon_conversation_set_ends (self, g_variant_n_children (before) < load->limit,
                                after == NULL || g_variant_n_children (after) < load->limit);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonConversation *self = g_task_get_source_object (task);
  Load *load = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_autoptr (GVariant) page = g_variant_get_child_value (reply, 0);
  if (load->kind == LOAD_AROUND && load->before == NULL)
    {
      load->before = g_steal_pointer (&page);
      GCancellable *cancellable = g_task_get_cancellable (task);
      beckon_remote_call_async (self->remote, "ListMessagesAfter", g_variant_new ("(xu)", load->id, load->limit),
                                "(a" BECKON_VARIANT_MESSAGE ")", cancellable, on_page, g_steal_pointer (&task));
      return;
    }
  if (load->kind == LOAD_EARLIER)
    take_earlier (self, load, page);
  else if (load->kind == LOAD_LATER)
    take_later (self, load, page);
  else
    replace (self, load, load->before != NULL ? load->before : page, load->before != NULL ? page : NULL);
  self->listed = TRUE;
  g_task_return_boolean (task, TRUE);
}

/* @task is consumed. */
static void
begin (BeckonConversation *self, Kind kind, gint64 id, guint limit, GTask *task)
{
  Load *load = g_new0 (Load, 1);
  gint64 from = kind == LOAD_AROUND ? (id < G_MAXINT64 ? id + 1 : id) : id;

  load->kind = kind;
  load->id = id;
  load->limit = limit;
  g_task_set_task_data (task, load, (GDestroyNotify) load_free);
  beckon_remote_call_async (self->remote, kind == LOAD_LATER ? "ListMessagesAfter" : "ListMessages",
                            g_variant_new ("(xu)", from, limit), "(a" BECKON_VARIANT_MESSAGE ")",
                            g_task_get_cancellable (task), on_page, task);
}

/**
 * beckon_conversation_load_earlier_async:
 * @self: a conversation
 * @limit: how many messages to get, 1 to 500
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Puts the messages before the first one in front of the list. Nothing happens if there are none. When the list gets
 * long, its other end goes: see [property@Conversation:latest].
 */
void
beckon_conversation_load_earlier_async (BeckonConversation *self, guint limit, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_CONVERSATION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_conversation_load_earlier_async);
  begin (self, LOAD_EARLIER, first_id (self), limit, task);
}

/**
 * beckon_conversation_load_earlier_finish:
 * @self: a conversation
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Conversation.load_earlier_async]. Errors: %BECKON_ERROR_STORAGE, and
 * %BECKON_ERROR_NOT_FOUND when the account is gone.
 *
 * Returns: %TRUE on success; [property@Conversation:complete] tells whether there is more
 */
gboolean
beckon_conversation_load_earlier_finish (BeckonConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_conversation_load_later_async:
 * @self: a conversation
 * @limit: how many messages to get, 1 to 500
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Puts the messages after the last one at the end of the list. Nothing happens if there are none. When the list gets
 * long, its other end goes: see [property@Conversation:complete].
 */
void
beckon_conversation_load_later_async (BeckonConversation *self, guint limit, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_CONVERSATION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_conversation_load_later_async);
  begin (self, LOAD_LATER, last_id (self), limit, task);
}

/**
 * beckon_conversation_load_later_finish:
 * @self: a conversation
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Conversation.load_later_async]. Errors: %BECKON_ERROR_STORAGE, and
 * %BECKON_ERROR_NOT_FOUND when the account is gone.
 *
 * Returns: %TRUE on success; [property@Conversation:latest] tells whether there is more
 */
gboolean
beckon_conversation_load_later_finish (BeckonConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_conversation_load_latest_async:
 * @self: a conversation
 * @limit: how many messages to get, 1 to 500
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Replaces the list by the newest messages.
 */
void
beckon_conversation_load_latest_async (BeckonConversation *self, guint limit, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_CONVERSATION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_conversation_load_latest_async);
  begin (self, LOAD_LATEST, 0, limit, task);
}

/**
 * beckon_conversation_load_latest_finish:
 * @self: a conversation
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Conversation.load_latest_async]. Errors: %BECKON_ERROR_STORAGE, and
 * %BECKON_ERROR_NOT_FOUND when the account is gone.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_conversation_load_latest_finish (BeckonConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_conversation_load_around_async:
 * @self: a conversation
 * @id: id of a message
 * @limit: how many messages to get in each direction, 1 to 500
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Replaces the list by a message and those around it.
 */
void
beckon_conversation_load_around_async (BeckonConversation *self, gint64 id, guint limit, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_CONVERSATION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_conversation_load_around_async);
  begin (self, LOAD_AROUND, id, limit, task);
}

/**
 * beckon_conversation_load_around_finish:
 * @self: a conversation
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Conversation.load_around_async]. Errors: %BECKON_ERROR_STORAGE, and
 * %BECKON_ERROR_NOT_FOUND when the account is gone.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_conversation_load_around_finish (BeckonConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
