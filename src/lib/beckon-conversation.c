/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-conversation-private.h"

#define CONVERSATION_INTERFACE "im.beckon.Conversation1"
#define FIRST_PAGE 50

enum
{
  PROP_0,
  PROP_WHO,
  PROP_UNREAD,
  PROP_COMPLETE,
  PROP_LATEST,
  PROP_READ_UP_TO,
  PROP_TYPING,
  PROP_DRAFT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *model)
{
  return BECKON_TYPE_MESSAGE;
}

static guint
get_n_items (GListModel *model)
{
  return BECKON_CONVERSATION (model)->messages->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  BeckonConversation *self = BECKON_CONVERSATION (model);

  return position < self->messages->len ? g_object_ref (self->messages->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BeckonConversation, beckon_conversation, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

guint
beckon_conversation_lower_bound (BeckonConversation *self, gint64 id)
{
  guint low = 0;
  guint high = self->messages->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (beckon_message_get_id (self->messages->pdata[middle]) < id)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

BeckonMessage *
beckon_conversation_message_at (BeckonConversation *self, guint position, gint64 id)
{
  if (position >= self->messages->len)
    return NULL;

  BeckonMessage *message = self->messages->pdata[position];
  return beckon_message_get_id (message) == id ? message : NULL;
}

void
beckon_conversation_set_ends (BeckonConversation *self, gboolean complete, gboolean latest)
{
  gboolean was_complete = self->complete, was_latest = self->latest;

  self->complete = complete;
  self->latest = latest;
  if (was_complete != complete)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPLETE]);
  if (was_latest != latest)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LATEST]);
}

BeckonMessage *
beckon_conversation_put (BeckonConversation *self, GVariant *value)
{
  gint64 id;
  g_variant_get_child (value, 0, "x", &id);

  guint position = beckon_conversation_lower_bound (self, id);
  BeckonMessage *message = beckon_conversation_message_at (self, position, id);
  if (message != NULL)
    {
      beckon_message_update (message, value);
      return g_object_ref (message);
    }

  message = beckon_message_new (value);
  gboolean inside = position > 0 || self->complete;
  if (position == self->messages->len ? self->latest : inside)
    {
      g_ptr_array_insert (self->messages, (int) position, g_object_ref (message));
      g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
    }
  return message;
}

/* What is not over outlives the history before it. */
static gboolean
is_open (BeckonMessage *message)
{
  return beckon_message_get_delivery (message) == BECKON_DELIVERY_PENDING
         || (*beckon_message_get_session (message) != '\0'
             && beckon_message_get_result (message) == BECKON_SESSION_RESULT_NONE);
}

/* `(x)`: what is before, and that, is gone, but for what waits to be sent and sessions that are not over. */
static void
clear (BeckonConversation *self, GVariant *args)
{
  gint64 up_to;

  g_variant_get (args, "(x)", &up_to);
  for (guint i = self->messages->len; i-- > 0;)
    {
      BeckonMessage *message = self->messages->pdata[i];

      if (beckon_message_get_id (message) > up_to || is_open (message))
        continue;
      g_ptr_array_remove_index (self->messages, i);
      g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
    }
}

static void
on_signal (BeckonRemote *remote, const char *name, GVariant *args, BeckonConversation *self)
{
  if (!self->listed)
    return;
  if (g_str_equal (name, "MessagesCleared") && g_variant_is_of_type (args, G_VARIANT_TYPE ("(x)")))
    clear (self, args);
  else if (g_variant_is_of_type (args, G_VARIANT_TYPE ("(" BECKON_VARIANT_MESSAGE ")")))
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (args, 0);
      gint64 id;

      g_variant_get_child (value, 0, "x", &id);
      /* A change of a message on a page that is not here is of no interest. */
      if (g_str_equal (name, "MessageAdded")
          || beckon_conversation_message_at (self, beckon_conversation_lower_bound (self, id), id) != NULL)
        g_object_unref (beckon_conversation_put (self, value));
    }
}

static void
on_changed (BeckonRemote *remote, const char *const *names, BeckonConversation *self)
{
  static const struct
  {
    const char *name;
    guint property;
  } facts[] = {
    { "Unread", PROP_UNREAD }, { "ReadUpTo", PROP_READ_UP_TO }, { "Typing", PROP_TYPING }, { "Draft", PROP_DRAFT },
  };

  g_object_freeze_notify (G_OBJECT (self));
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    if (g_strv_contains (names, facts[i].name))
      g_object_notify_by_pspec (G_OBJECT (self), properties[facts[i].property]);
  g_object_thaw_notify (G_OBJECT (self));
}

/* ---- construction ---- */

static void
on_first_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (beckon_conversation_load_latest_finish (BECKON_CONVERSATION (source), result, &error))
    g_task_return_pointer (task, g_object_ref (source), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_remote (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (BeckonRemote) remote = beckon_remote_new_finish (result, &error);

  if (remote == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_autoptr (BeckonConversation) self = g_object_new (BECKON_TYPE_CONVERSATION, NULL);
  self->remote = g_steal_pointer (&remote);
  g_signal_connect_object (self->remote, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (self->remote, "signal", G_CALLBACK (on_signal), self, 0);
  GCancellable *cancellable = g_task_get_cancellable (task);
  beckon_conversation_load_latest_async (self, FIRST_PAGE, cancellable, on_first_page, g_steal_pointer (&task));
}

/* Private to the library: makes the object for a conversation that the service has, with its newest page. */
void
beckon_conversation_load (GDBusConnection *connection, const char *path, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (connection, cancellable, callback, user_data);

  g_task_set_source_tag (task, beckon_conversation_load);
  beckon_remote_new_async (connection, BECKON_BUS_SERVICE, path, CONVERSATION_INTERFACE, cancellable, on_remote, task);
}

BeckonConversation *
beckon_conversation_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- public ---- */

/**
 * beckon_conversation_get_who:
 * @self: a conversation
 *
 * Gets the sign-in name of the other person.
 *
 * Returns: (transfer none): the name
 */
const char *
beckon_conversation_get_who (BeckonConversation *self)
{
  g_return_val_if_fail (BECKON_IS_CONVERSATION (self), NULL);

  return beckon_remote_get_string (self->remote, "Who");
}

/**
 * beckon_conversation_get_unread:
 * @self: a conversation
 *
 * Gets the number of incoming messages that have not been marked read.
 *
 * Returns: the number
 */
guint
beckon_conversation_get_unread (BeckonConversation *self)
{
  g_return_val_if_fail (BECKON_IS_CONVERSATION (self), 0);

  return beckon_remote_get_uint (self->remote, "Unread");
}

/**
 * beckon_conversation_get_complete:
 * @self: a conversation
 *
 * Gets whether the list begins with the first message of the history.
 *
 * Returns: whether there is nothing earlier
 */
gboolean
beckon_conversation_get_complete (BeckonConversation *self)
{
  g_return_val_if_fail (BECKON_IS_CONVERSATION (self), FALSE);

  return self->complete;
}

/**
 * beckon_conversation_get_latest:
 * @self: a conversation
 *
 * Gets whether the list ends with the newest message of the history. If it does not, new ones are not in the list before
 * [method@Conversation.load_later_async] or [method@Conversation.load_latest_async] brings them.
 *
 * Returns: whether there is nothing later
 */
gboolean
beckon_conversation_get_latest (BeckonConversation *self)
{
  g_return_val_if_fail (BECKON_IS_CONVERSATION (self), FALSE);

  return self->latest;
}

/**
 * beckon_conversation_get_read_up_to:
 * @self: a conversation
 *
 * Gets the newest message that was marked read.
 *
 * Returns: its id, 0 for none
 */
gint64
beckon_conversation_get_read_up_to (BeckonConversation *self)
{
  g_return_val_if_fail (BECKON_IS_CONVERSATION (self), 0);

  return beckon_remote_get_int64 (self->remote, "ReadUpTo");
}

/**
 * beckon_conversation_get_typing:
 * @self: a conversation
 *
 * Gets whether the other person is writing just now.
 *
 * Returns: whether writing
 */
gboolean
beckon_conversation_get_typing (BeckonConversation *self)
{
  g_return_val_if_fail (BECKON_IS_CONVERSATION (self), FALSE);

  return beckon_remote_get_boolean (self->remote, "Typing");
}

/**
 * beckon_conversation_get_draft:
 * @self: a conversation
 *
 * Gets what the user has written and not sent.
 *
 * Returns: (transfer none): the text, may be empty
 */
const char *
beckon_conversation_get_draft (BeckonConversation *self)
{
  g_return_val_if_fail (BECKON_IS_CONVERSATION (self), NULL);

  return beckon_remote_get_string (self->remote, "Draft");
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonConversation *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_autoptr (GVariant) value = g_variant_get_child_value (reply, 0);
  g_task_return_pointer (task, beckon_conversation_put (self, value), g_object_unref);
}

/**
 * beckon_conversation_send_async:
 * @self: a conversation
 * @text: 1 to 16384 bytes of UTF-8, line feeds allowed
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Writes a message. Finishes when it is on the local disk; it is sent as soon as there is a connection, and again until
 * the service has it: watch [property@Message:delivery].
 */
void
beckon_conversation_send_async (BeckonConversation *self, const char *text, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_CONVERSATION (self));
  g_return_if_fail (text != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_conversation_send_async);
  beckon_remote_call_async (self->remote, "SendMessage", g_variant_new ("(sa{sv})", text, NULL),
                            "(" BECKON_VARIANT_MESSAGE ")", cancellable, on_sent, task);
}

/**
 * beckon_conversation_send_finish:
 * @self: a conversation
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Conversation.send_async]. Errors: %BECKON_ERROR_INVALID_ARGUMENT,
 * %BECKON_ERROR_MESSAGE_TOO_LONG, %BECKON_ERROR_STORAGE.
 *
 * Returns: (transfer full): the message
 */
BeckonMessage *
beckon_conversation_send_finish (BeckonConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * beckon_conversation_mark_read_async:
 * @self: a conversation
 * @up_to: the newest message that the user has seen
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable): called when done
 * @user_data: for @callback
 *
 * Tells that the user has seen the messages up to one.
 */
void
beckon_conversation_mark_read_async (BeckonConversation *self, BeckonMessage *up_to, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_CONVERSATION (self));
  g_return_if_fail (BECKON_IS_MESSAGE (up_to));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_conversation_mark_read_async);
  beckon_remote_call_task (self->remote, "MarkRead", g_variant_new ("(x)", beckon_message_get_id (up_to)), task);
}

/**
 * beckon_conversation_mark_read_finish:
 * @self: a conversation
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Conversation.mark_read_async]. Errors: %BECKON_ERROR_NOT_FOUND when the account is gone.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_conversation_mark_read_finish (BeckonConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
beckon_conversation_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  BeckonConversation *self = BECKON_CONVERSATION (object);

  switch (property_id)
    {
    case PROP_WHO:
      g_value_set_string (value, beckon_conversation_get_who (self));
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, beckon_conversation_get_unread (self));
      break;
    case PROP_COMPLETE:
      g_value_set_boolean (value, self->complete);
      break;
    case PROP_LATEST:
      g_value_set_boolean (value, self->latest);
      break;
    case PROP_READ_UP_TO:
      g_value_set_int64 (value, beckon_conversation_get_read_up_to (self));
      break;
    case PROP_TYPING:
      g_value_set_boolean (value, beckon_conversation_get_typing (self));
      break;
    case PROP_DRAFT:
      g_value_set_string (value, beckon_conversation_get_draft (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
beckon_conversation_dispose (GObject *object)
{
  g_clear_object (&BECKON_CONVERSATION (object)->remote);
  G_OBJECT_CLASS (beckon_conversation_parent_class)->dispose (object);
}

static void
beckon_conversation_finalize (GObject *object)
{
  g_ptr_array_unref (BECKON_CONVERSATION (object)->messages);
  G_OBJECT_CLASS (beckon_conversation_parent_class)->finalize (object);
}

static void
beckon_conversation_class_init (BeckonConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = beckon_conversation_get_property;
  object_class->dispose = beckon_conversation_dispose;
  object_class->finalize = beckon_conversation_finalize;

  /**
   * BeckonConversation:who:
   *
   * The sign-in name of the other person.
   */
  properties[PROP_WHO] = g_param_spec_string ("who", NULL, NULL, NULL, flags);
  /**
   * BeckonConversation:unread:
   *
   * The number of incoming messages that have not been marked read.
   */
  properties[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * BeckonConversation:complete:
   *
   * Whether the list begins with the first message of the history.
   */
  properties[PROP_COMPLETE] = g_param_spec_boolean ("complete", NULL, NULL, FALSE, flags);
  /**
   * BeckonConversation:latest:
   *
   * Whether the list ends with the newest message of the history.
   */
  properties[PROP_LATEST] = g_param_spec_boolean ("latest", NULL, NULL, FALSE, flags);
  /**
   * BeckonConversation:read-up-to:
   *
   * The id of the newest message that was marked read.
   */
  properties[PROP_READ_UP_TO] = g_param_spec_int64 ("read-up-to", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  /**
   * BeckonConversation:typing:
   *
   * Whether the other person is writing just now.
   */
  properties[PROP_TYPING] = g_param_spec_boolean ("typing", NULL, NULL, FALSE, flags);
  /**
   * BeckonConversation:draft:
   *
   * What the user has written and not sent.
   */
  properties[PROP_DRAFT] = g_param_spec_string ("draft", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
beckon_conversation_init (BeckonConversation *self)
{
  self->messages = g_ptr_array_new_with_free_func (g_object_unref);
}
