/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-account-private.h"
#include "bk-engine-typing.h"

#include "bk-ids.h"
#include "bk-limits.h"

#define MAX_PAGE 500
#define EXCERPT 200 /* characters of a text that stand in lists */
#define DRAFT_MS 400 /* a draft that changes all the time is written this often */
#define TYPED_MS 10000
#define AGAIN_MS 10000   /* until a session is written again that the disk did not take */
#define MAX_UNWRITTEN 256

struct _BkEngineConversation
{
  GObject parent_instance;

  BkClock *clock;
  BkEngineHistory *history;
  guint account;
  gboolean can_send;
  BkEngineMarker *marker; /* nullable */
  const BkEngineConversationFuncs *funcs;
  gpointer owner; /* nullable */
  guint id;
  char *who;
  guint unread;
  char *draft;           /* nullable */
  guint draft_timer;     /* the file does not have it yet */
  BkEngineMessage *last; /* the newest entry, text cut; nullable */
  gint64 read_up_to;
  GHashTable *unwritten; /* char *, SessionID → BkEngineMessage: as it is to be in the file, which may not have it yet */
  guint again_timer;
  guint typed_timer; /* the other person is writing, until then */
  BkTyping typing;   /* the user */
};

enum
{
  SIGNAL_MESSAGE_ADDED,
  SIGNAL_MESSAGE_CHANGED,
  SIGNAL_CLEARED,
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkEngineConversation, bk_engine_conversation, G_TYPE_OBJECT)

static void
bk_engine_conversation_dispose (GObject *object)
{
  BkEngineConversation *self = BK_ENGINE_CONVERSATION (object);

  if (self->clock != NULL)
    {
      bk_typing_reset (&self->typing);
      bk_clock_clear (self->clock, &self->typed_timer);
      bk_clock_clear (self->clock, &self->draft_timer);
      bk_clock_clear (self->clock, &self->again_timer);
    }
  G_OBJECT_CLASS (bk_engine_conversation_parent_class)->dispose (object);
}

static void
bk_engine_conversation_finalize (GObject *object)
{
  BkEngineConversation *self = BK_ENGINE_CONVERSATION (object);

  g_free (self->draft);
  g_hash_table_unref (self->unwritten);
  g_clear_pointer (&self->last, bk_engine_message_unref);
  g_clear_object (&self->clock);
  g_clear_object (&self->history);
  g_clear_object (&self->marker);
  g_free (self->who);
  G_OBJECT_CLASS (bk_engine_conversation_parent_class)->finalize (object);
}

static void
bk_engine_conversation_class_init (BkEngineConversationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_engine_conversation_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_engine_conversation_finalize;

  signals[SIGNAL_MESSAGE_ADDED] = g_signal_new ("message-added", BK_TYPE_ENGINE_CONVERSATION, G_SIGNAL_RUN_LAST, 0,
                                                NULL, NULL, NULL, G_TYPE_NONE, 1, BK_TYPE_ENGINE_MESSAGE);
  signals[SIGNAL_MESSAGE_CHANGED] = g_signal_new ("message-changed", BK_TYPE_ENGINE_CONVERSATION, G_SIGNAL_RUN_LAST,
                                                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, BK_TYPE_ENGINE_MESSAGE);
  signals[SIGNAL_CLEARED] = g_signal_new ("cleared", BK_TYPE_ENGINE_CONVERSATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", BK_TYPE_ENGINE_CONVERSATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
}

static void
bk_engine_conversation_init (BkEngineConversation *self)
{
  self->unwritten
    = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) bk_engine_message_unref);
}

static void
emit_changed (BkEngineConversation *self)
{
  g_autoptr (BkEngineConversation) alive = g_object_ref (self);

  if (self->owner != NULL)
    self->funcs->changed (self, self->owner);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Keeps @message if none is newer. */
static gboolean
take_last (BkEngineConversation *self, const BkEngineMessage *message)
{
  if (message == NULL || (self->last != NULL && self->last->id > message->id))
    return FALSE;

  BkEngineMessage fields = *message;
  g_autofree char *text = bk_engine_conversation_excerpt (message->text);
  fields.text = text;
  g_clear_pointer (&self->last, bk_engine_message_unref);
  self->last = bk_engine_message_new (&fields);
  return TRUE;
}

static void
on_tell_typing (gboolean typing, gpointer user_data)
{
  BkEngineConversation *self = user_data;

  if (self->owner != NULL)
    self->funcs->tell_typing (self, typing, self->owner);
}

BkEngineConversation *
bk_engine_conversation_new (const BkEngineConversationConfig *config, const BkHistoryConversation *stored)
{
  BkEngineConversation *self = g_object_new (BK_TYPE_ENGINE_CONVERSATION, NULL);

  self->clock = g_object_ref (config->clock);
  self->history = g_object_ref (config->history);
  self->account = config->account;
  self->can_send = config->can_send;
  g_set_object (&self->marker, config->marker);
  self->funcs = config->funcs;
  self->owner = config->owner;
  self->id = stored->id;
  self->who = g_strdup (stored->who);
  self->unread = stored->unread;
  self->draft = g_strdup (stored->draft);
  take_last (self, stored->last);
  self->read_up_to = stored->read_up_to;
  self->typing.clock = self->clock;
  self->typing.tell = on_tell_typing;
  self->typing.user_data = self;
  return self;
}

void
bk_engine_conversation_disown (BkEngineConversation *self)
{
  self->owner = NULL;
}

guint
bk_engine_conversation_get_id (BkEngineConversation *self)
{
  return self->id;
}

const char *
bk_engine_conversation_get_who (BkEngineConversation *self)
{
  return self->who;
}

guint
bk_engine_conversation_get_unread (BkEngineConversation *self)
{
  return self->unread;
}

/* 0: nothing. */
gint64
bk_engine_conversation_get_read_up_to (BkEngineConversation *self)
{
  return self->read_up_to;
}

gboolean
bk_engine_conversation_get_typing (BkEngineConversation *self)
{
  return self->typed_timer != 0;
}

static void
set_read (BkEngineConversation *self, guint unread, gint64 read_up_to)
{
  if (self->unread == unread && self->read_up_to == read_up_to)
    return;
  self->unread = unread;
  self->read_up_to = read_up_to;
  emit_changed (self);
}

/* ---- who is writing ---- */

static void
on_typed_over (gpointer user_data)
{
  BkEngineConversation *self = user_data;

  self->typed_timer = 0;
  emit_changed (self);
}

void
bk_engine_conversation_typed (BkEngineConversation *self, gboolean typing)
{
  gboolean before = self->typed_timer != 0;

  bk_clock_clear (self->clock, &self->typed_timer);
  if (typing)
    self->typed_timer = bk_clock_add (self->clock, TYPED_MS, on_typed_over, self);
  if (typing != before)
    emit_changed (self);
}

void
bk_engine_conversation_cut (BkEngineConversation *self)
{
  bk_typing_reset (&self->typing);
  bk_engine_conversation_typed (self, FALSE);
}

void
bk_engine_conversation_set_typing (BkEngineConversation *self, gboolean typing)
{
  bk_typing_set (&self->typing, typing);
}

/* ---- entries ---- */

/* For the account: the file has a message that it had not. */
void
bk_engine_conversation_added (BkEngineConversation *self, BkEngineMessage *message)
{
  take_last (self, message);
  if (self->owner != NULL)
    self->funcs->message_added (self, message, self->owner);
  g_signal_emit (self, signals[SIGNAL_MESSAGE_ADDED], 0, message);
  if (!message->outgoing)
    {
      bk_clock_clear (self->clock, &self->typed_timer); /* it is written */
      self->unread++;
    }
  emit_changed (self);
}

void
bk_engine_conversation_changed (BkEngineConversation *self, BkEngineMessage *message)
{
  gboolean is_last = take_last (self, message);

  if (self->owner != NULL)
    self->funcs->message_changed (self, message, self->owner);
  g_signal_emit (self, signals[SIGNAL_MESSAGE_CHANGED], 0, message);
  if (is_last)
    emit_changed (self);
}

void
bk_engine_conversation_cleared (BkEngineConversation *self, const BkHistoryCleared *cleared)
{
  g_clear_pointer (&self->last, bk_engine_message_unref);
  take_last (self, cleared->last);
  self->unread = cleared->unread;
  g_signal_emit (self, signals[SIGNAL_CLEARED], 0, cleared->up_to);
  emit_changed (self);
}

BkEngineMessage *
bk_engine_conversation_get_last (BkEngineConversation *self)
{
  return self->last;
}

/* ---- drafts ---- */

/* The beginning of @text: what lists show of it. */
char *
bk_engine_conversation_excerpt (const char *text)
{
  const char *end = text;

  for (guint i = 0; i < EXCERPT && *end != '\0'; i++)
    end = g_utf8_next_char (end);
  return g_strndup (text, (gsize) (end - text));
}

const char *
bk_engine_conversation_get_draft (BkEngineConversation *self)
{
  return self->draft != NULL ? self->draft : "";
}

/* The account goes. If it is @kept, what waits to be written is written now. */
void
bk_engine_conversation_close (BkEngineConversation *self, gboolean kept)
{
  gboolean waits = self->draft_timer != 0;

  bk_clock_clear (self->clock, &self->draft_timer);
  if (waits && kept)
    bk_engine_history_set_draft (self->history, self->account, self->id, self->who, self->draft);
}

static void
on_draft_due (gpointer user_data)
{
  BkEngineConversation *self = user_data;

  self->draft_timer = 0;
  bk_engine_history_set_draft (self->history, self->account, self->id, self->who, self->draft);
}

/* It is in the file soon, whether or not the user stops typing. Text that no message may have is passed over. */
void
bk_engine_conversation_set_draft (BkEngineConversation *self, const char *text)
{
  const char *draft = text != NULL && *text != '\0' ? text : NULL;

  if (g_strcmp0 (self->draft, draft) == 0 || (draft != NULL && !bk_text_is_valid (draft, BK_LIMIT_DRAFT, TRUE)))
    return;
  g_free (self->draft);
  self->draft = g_strdup (draft);
  if (self->draft_timer == 0)
    self->draft_timer = bk_clock_add (self->clock, DRAFT_MS, on_draft_due, self);
  emit_changed (self);
}

void
bk_engine_conversation_marked (BkEngineConversation *self, const BkHistoryMarked *marked)
{
  if (marked->changed == NULL)
    {
      set_read (self, marked->unread, marked->read_up_to);
      return;
    }
  for (guint i = 0; i < marked->changed->len; i++)
    bk_engine_conversation_changed (self, g_ptr_array_index (marked->changed, i));
}

/* ---- sessions ---- */

typedef struct
{
  BkEngineConversation *self;
  BkEngineMessage *entry;
} Write;

static void write_session (BkEngineConversation *self, BkEngineMessage *entry);

static void
on_again (gpointer user_data)
{
  BkEngineConversation *self = user_data;
  g_autoptr (GList) entries = g_hash_table_get_values (self->unwritten);

  self->again_timer = 0;
  for (GList *l = entries; l != NULL; l = l->next)
    write_session (self, l->data);
}

/* What the disk did not take is written again, unless the session has come further meanwhile: how it ended is to be read
 * there also if that was while the disk was full. */
static void
session_failed (BkEngineConversation *self, const Write *job, const GError *error)
{
  g_warning ("A session could not be written to the history: %s", error->message);
  if (g_hash_table_size (self->unwritten) > MAX_UNWRITTEN)
    g_hash_table_remove (self->unwritten, job->entry->message_id);
  else if (self->again_timer == 0)
    self->again_timer = bk_clock_add (self->clock, AGAIN_MS, on_again, self);
}

static void
on_session_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Write *job = user_data;
  g_autoptr (BkEngineConversation) self = job->self;
  g_autoptr (BkEngineMessage) written = job->entry, entry = NULL;
  g_autoptr (GError) error = NULL;
  BkHistoryChange change;

  if (!bk_engine_history_put_session_finish (self->history, result, &change, &entry, &error))
    {
      session_failed (self, job, error);
      return;
    }
  if (g_hash_table_lookup (self->unwritten, written->message_id) == written)
    g_hash_table_remove (self->unwritten, written->message_id);
  if (change == BK_HISTORY_ADDED)
    bk_engine_conversation_added (self, entry);
  else if (change == BK_HISTORY_CHANGED)
    bk_engine_conversation_changed (self, entry);
}

static void
write_session (BkEngineConversation *self, BkEngineMessage *entry)
{
  Write *job = g_new0 (Write, 1);

  job->self = g_object_ref (self);
  job->entry = bk_engine_message_ref (entry);
  bk_engine_history_put_session_async (self->history, self->account, self->id, entry, on_session_written, job);
}

void
bk_engine_conversation_write_session (BkEngineConversation *self, const BkEngineMessage *session)
{
  BkEngineMessage fields = *session;

  fields.who = self->who;
  BkEngineMessage *entry = bk_engine_message_new (&fields);
  g_hash_table_replace (self->unwritten, (gpointer) entry->message_id, entry);
  write_session (self, entry);
}

/* The user answered an invitation, so it was seen; so was nothing that was written before and is unread. */
void
bk_engine_conversation_answered (BkEngineConversation *self, const char *session)
{
  if (self->unread == 1 && self->last != NULL && !self->last->outgoing
      && g_str_equal (self->last->message_id, session))
    bk_engine_conversation_mark_read (self, self->last->id);
}

/* ---- sending ---- */

static gboolean
is_blank (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isspace (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

static gboolean
check_text (const char *text, GError **error)
{
  gsize length = text != NULL ? strnlen (text, BK_LIMIT_MESSAGE + 1) : 0;

  if (length > BK_LIMIT_MESSAGE)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_MESSAGE_TOO_LONG, "A message has at most %d bytes",
                 BK_LIMIT_MESSAGE);
  else if (length == 0 || !bk_text_is_valid (text, BK_LIMIT_MESSAGE, TRUE))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                         "A message is UTF-8 text without control characters, and not empty");
  else if (is_blank (text))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "The message is empty");
  else
    return TRUE;
  return FALSE;
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineConversation *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (BkEngineMessage) message = bk_engine_history_add_message_finish (self->history, result, &error);

  if (message == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  bk_engine_conversation_added (self, message);
  g_task_return_pointer (task, g_steal_pointer (&message), (GDestroyNotify) bk_engine_message_unref);
}

void
bk_engine_conversation_send_async (BkEngineConversation *self, const char *text, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *message_id = bk_guid_new ();
  GError *error = NULL;
  BkEngineMessage message = {
    .message_id = message_id,
    .who = self->who,
    .outgoing = TRUE,
    .text = text,
    .time = bk_clock_real (self->clock),
    .delivery = BECKON_DELIVERY_PENDING,
  };

  g_task_set_source_tag (task, bk_engine_conversation_send_async);
  /* Once it is stored it will be sent: then the caller hears so, cancelled or not. */
  g_task_set_check_cancellable (task, FALSE);
  if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    g_task_return_error (task, error);
  else if (!self->can_send)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "This network carries no messages");
  else if (!check_text (text, &error))
    g_task_return_error (task, error);
  else
    {
      bk_typing_reset (&self->typing);
      bk_engine_history_add_message_async (self->history, self->account, self->id, &message, on_stored,
                                           g_steal_pointer (&task));
    }
}

BkEngineMessage *
bk_engine_conversation_send_finish (BkEngineConversation *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- reading ---- */

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineConversation *self = g_task_get_source_object (task);
  GError *error = NULL;
  GPtrArray *messages = bk_engine_history_list_messages_finish (self->history, result, &error);

  if (messages != NULL)
    g_task_return_pointer (task, messages, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static gboolean
check_page (GTask *task, gint64 id, guint limit)
{
  if (id >= 0 && limit > 0 && limit <= MAX_PAGE)
    return TRUE;
  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A page has 1 to %d messages", MAX_PAGE);
  return FALSE;
}

void
bk_engine_conversation_list_async (BkEngineConversation *self, gint64 before_id, guint limit,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_engine_conversation_list_async);
  if (check_page (task, before_id, limit))
    bk_engine_history_list_messages_async (self->history, self->id, before_id, limit, cancellable, on_listed,
                                           g_steal_pointer (&task));
}

GPtrArray *
bk_engine_conversation_list_finish (BkEngineConversation *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
bk_engine_conversation_list_after_async (BkEngineConversation *self, gint64 after_id, guint limit,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_engine_conversation_list_after_async);
  if (check_page (task, after_id, limit))
    bk_engine_history_list_messages_after_async (self->history, self->id, after_id, limit, cancellable, on_listed,
                                                 g_steal_pointer (&task));
}

GPtrArray *
bk_engine_conversation_list_after_finish (BkEngineConversation *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_marked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkEngineConversation) self = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (BkHistoryMarked) marked = { 0 };

  /* Jobs of the history come back in order: what is unread and the messages that were added since add up. */
  if (bk_engine_history_mark_read_finish (self->history, result, &marked, &error))
    bk_engine_conversation_marked (self, &marked);
  else
    g_warning ("What was read could not be written down: %s", error->message);
}

void
bk_engine_conversation_mark_read (BkEngineConversation *self, gint64 up_to_id)
{
  gboolean tell = self->marker != NULL && bk_engine_marker_get_telling (self->marker);

  if (up_to_id > 0)
    bk_engine_history_mark_read_async (self->history, self->id, up_to_id, tell, on_marked, g_object_ref (self));
}
