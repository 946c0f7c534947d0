/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Conversation1. Conversations become objects when somebody asks for them: ten thousand contacts are none. */
#include "bk-service-private.h"
#include "bk-service-dbus.h"

static GVariant *
get_property (BkServiceCall *call, const char *name)
{
  BkService *self = BK_CALL_SERVICE (call);
  BkEngineConversation *conversation = BK_ENGINE_CONVERSATION (call->object);

  if (g_str_equal (name, "version"))
    return g_variant_new_uint32 (1);
  if (g_str_equal (name, "Who"))
    return bk_service_text (bk_engine_conversation_get_who (conversation));
  if (g_str_equal (name, "Unread"))
    return g_variant_new_uint32 (bk_engine_conversation_get_unread (conversation));
  if (g_str_equal (name, "Draft"))
    return bk_service_text (bk_engine_conversation_get_draft (conversation));
  if (g_str_equal (name, "ReadUpTo"))
    return g_variant_new_int64 (bk_engine_conversation_get_read_up_to (conversation));
  if (g_str_equal (name, "Typing"))
    return g_variant_new_boolean (bk_engine_conversation_get_typing (conversation));

  guint number = bk_engine_conversation_get_id (conversation);
  BkServiceView *view = g_hash_table_lookup (self->conversations, GUINT_TO_POINTER (number));
  return view != NULL ? bk_service_account_path (view->account) : g_variant_new_object_path ("/"); /* Account */
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkServiceCall *call = user_data;
  GError *error = NULL;
  g_autoptr (BkEngineMessage) message =
    bk_engine_conversation_send_finish (BK_ENGINE_CONVERSATION (source), result, &error);

  if (message == NULL)
    bk_service_call_fail (call, error);
  else
    bk_service_call_return (call, g_variant_new ("(@(xsbsxusa{sv}))", bk_service_message_to_variant (message)));
}

static void
handle_send_message (BkServiceCall *call)
{
  const char *text;

  g_variant_get (call->arguments, "(&s@a{sv})", &text, NULL);
  if (*text == '\0')
    bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “text” is empty.");
  else
    bk_engine_conversation_send_async (BK_ENGINE_CONVERSATION (call->object), text,
                                       BK_CALL_SERVICE (call)->cancellable, on_sent, call);
}

static void
return_page (BkServiceCall *call, GPtrArray *messages, GError *error)
{
  if (messages == NULL)
    {
      bk_service_call_fail (call, error);
      return;
    }
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(xsbsxusa{sv})"));
  for (guint i = 0; i < messages->len; i++)
    g_variant_builder_add_value (&builder, bk_service_message_to_variant (g_ptr_array_index (messages, i)));
  bk_service_call_return (call, g_variant_new ("(a(xsbsxusa{sv}))", &builder));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) messages =
    bk_engine_conversation_list_finish (BK_ENGINE_CONVERSATION (source), result, &error);

  return_page (user_data, messages, error);
}

static void
on_listed_after (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) messages =
    bk_engine_conversation_list_after_finish (BK_ENGINE_CONVERSATION (source), result, &error);

  return_page (user_data, messages, error);
}

static gboolean
check_page (BkServiceCall *call, const char *argument, gint64 *id, guint32 *limit)
{
  g_autofree char *negative = g_strdup_printf ("The argument “%s” is negative.", argument);

  g_variant_get (call->arguments, "(xu)", id, limit);
  if (*id >= 0 && *limit >= 1 && *limit <= BK_SERVICE_MAX_PAGE)
    return TRUE;
  bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT,
                          *id < 0 ? negative : "The argument “limit” is not 1 to 500.");
  return FALSE;
}

static void
handle_list_messages (BkServiceCall *call)
{
  gint64 before;
  guint32 limit;

  if (check_page (call, "before_id", &before, &limit))
    bk_engine_conversation_list_async (BK_ENGINE_CONVERSATION (call->object), before, limit,
                                       BK_CALL_SERVICE (call)->cancellable, on_listed, call);
}

static void
handle_list_messages_after (BkServiceCall *call)
{
  gint64 after;
  guint32 limit;

  if (check_page (call, "after_id", &after, &limit))
    bk_engine_conversation_list_after_async (BK_ENGINE_CONVERSATION (call->object), after, limit,
                                             BK_CALL_SERVICE (call)->cancellable, on_listed_after, call);
}

static void
handle_set_draft (BkServiceCall *call)
{
  const char *text;

  g_variant_get (call->arguments, "(&s)", &text);
  bk_engine_conversation_set_draft (BK_ENGINE_CONVERSATION (call->object), text);
  bk_service_call_return (call, NULL);
}

static void
handle_mark_read (BkServiceCall *call)
{
  gint64 up_to;

  g_variant_get (call->arguments, "(x)", &up_to);
  bk_engine_conversation_mark_read (BK_ENGINE_CONVERSATION (call->object), up_to);
  bk_service_call_return (call, NULL);
}

static void
handle_set_typing (BkServiceCall *call)
{
  gboolean typing;

  g_variant_get (call->arguments, "(b)", &typing);
  bk_engine_conversation_set_typing (BK_ENGINE_CONVERSATION (call->object), typing);
  bk_service_call_return (call, NULL);
}

/* ---- signals ---- */

static void
on_message_added (BkEngineConversation *conversation, const BkEngineMessage *message, BkServiceView *view)
{
  bk_service_tell (view->service, view->path, view->interface, "MessageAdded",
                   g_variant_new ("(@(xsbsxusa{sv}))", bk_service_message_to_variant (message)));
}

static void
on_message_changed (BkEngineConversation *conversation, const BkEngineMessage *message, BkServiceView *view)
{
  bk_service_tell (view->service, view->path, view->interface, "MessageChanged",
                   g_variant_new ("(@(xsbsxusa{sv}))", bk_service_message_to_variant (message)));
}

static void
on_cleared (BkEngineConversation *conversation, gint64 up_to, BkServiceView *view)
{
  bk_service_tell (view->service, view->path, view->interface, "MessagesCleared", g_variant_new ("(x)", up_to));
}

static void
on_changed (BkEngineConversation *conversation, BkServiceView *view)
{
  bk_service_view_refresh (view);
}

BkServiceView *
bk_service_conversation_export (BkService *self, BkEngineAccount *account, BkEngineConversation *conversation)
{
  guint number = bk_engine_conversation_get_id (conversation);
  BkServiceView *view = g_hash_table_lookup (self->conversations, GUINT_TO_POINTER (number));

  if (view != NULL)
    return view;

  g_autofree char *path = g_strdup_printf (BK_SERVICE_PATH_CONVERSATIONS "/%u", number);
  view = bk_service_view_new (self, self->service, &bk_service_conversation_interface, path, G_OBJECT (conversation));
  view->account = g_object_ref (account);
  g_hash_table_insert (self->conversations, GUINT_TO_POINTER (number), view);
  g_signal_connect (conversation, "message-added", G_CALLBACK (on_message_added), view);
  g_signal_connect (conversation, "message-changed", G_CALLBACK (on_message_changed), view);
  g_signal_connect (conversation, "cleared", G_CALLBACK (on_cleared), view);
  g_signal_connect (conversation, "changed", G_CALLBACK (on_changed), view);
  bk_service_view_refresh (view);
  return view;
}

static const BkServiceMethod methods[] = {
  { "SendMessage", handle_send_message,
    { { BK_SERVICE_ARG_TEXT, BK_LIMIT_MESSAGE, BECKON_ERROR_MESSAGE_TOO_LONG } } },
  { "ListMessages", handle_list_messages },
  { "ListMessagesAfter", handle_list_messages_after },
  { "SetDraft", handle_set_draft, { { BK_SERVICE_ARG_TEXT, BK_LIMIT_DRAFT } } },
  { "SetTyping", handle_set_typing },
  { "MarkRead", handle_mark_read },
  { NULL },
};

const BkServiceInterface bk_service_conversation_interface = {
  .info = &im_beckon_conversation1_interface,
  .methods = methods,
  .get = get_property,
};
