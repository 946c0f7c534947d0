/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "beckon-enums.h"
#include "beckon-error.h"

G_BEGIN_DECLS

#define BK_TYPE_ENGINE_MESSAGE (bk_engine_message_get_type ())
/* One entry of a conversation as the history keeps it: a message, or a session. Immutable but for delivery, time and the
 * result of a session. */
typedef struct
{
  gint64 id;               /* place in the local history: later messages have higher ids; pages are cut by it */
  const char *message_id;  /* GUID, the same on all devices; of a session its SessionID */
  const char *who;         /* the other person */
  gboolean outgoing;
  const char *text;
  gint64 time;             /* microseconds since 1970: when the service took it, until then when it was written */
  BeckonDelivery delivery;
  const char *error;       /* nullable: why it FAILED */

  gboolean session;             /* an invitation and what became of it. Only then there is more: */
  const char *application;      /* GUID */
  const char *application_name; /* nullable */
  BeckonSessionResult result;   /* NONE while it is open */
  const char *result_text;      /* nullable: the result in words */
  const char *file_name;        /* nullable: it sends a file. Only then: */
  guint64 file_size;
  const char *file_path;        /* nullable: where it is, once it was received; where it was when it was sent */
} BkEngineMessage;

GType bk_engine_message_get_type (void);
BkEngineMessage *bk_engine_message_new (const BkEngineMessage *fields); /* copies */
BkEngineMessage *bk_engine_message_ref (BkEngineMessage *self);
void bk_engine_message_unref (BkEngineMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkEngineMessage, bk_engine_message_unref)

/* What a search found. */
typedef struct
{
  guint account;
  BkEngineMessage *message; /* owned */
} BkEngineFound;

void bk_engine_found_free (BkEngineFound *found);

#define BK_TYPE_ENGINE_CONVERSATION (bk_engine_conversation_get_type ())
/* The talk with one person. Signals "message-added", "message-changed" (BkEngineMessage *), "cleared"
 * (gint64 up_to_id), "changed" (unread, read-up-to, typing, draft). */
G_DECLARE_FINAL_TYPE (BkEngineConversation, bk_engine_conversation, BK, ENGINE_CONVERSATION, GObject)

guint bk_engine_conversation_get_id (BkEngineConversation *self); /* N of …/Conversation/N */
const char *bk_engine_conversation_get_who (BkEngineConversation *self);
guint bk_engine_conversation_get_unread (BkEngineConversation *self);
gint64 bk_engine_conversation_get_read_up_to (BkEngineConversation *self); /* 0: nothing */
gboolean bk_engine_conversation_get_typing (BkEngineConversation *self);   /* the other person is writing */
const char *bk_engine_conversation_get_draft (BkEngineConversation *self); /* never NULL */
void bk_engine_conversation_set_draft (BkEngineConversation *self, const char *text);
/* The user is writing. See Conversation1.SetTyping. */
void bk_engine_conversation_set_typing (BkEngineConversation *self, gboolean typing);

/* Stores the message (PENDING) and sends it as soon as there is a connection. Finishes once it is on the local disk,
 * with the message; "message-changed" tells when the service has it. */
void bk_engine_conversation_send_async (BkEngineConversation *self, const char *text, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
BkEngineMessage *bk_engine_conversation_send_finish (BkEngineConversation *self, GAsyncResult *result, GError **error);
/* The @limit messages before @before_id (0: the newest), oldest first. */
void bk_engine_conversation_list_async (BkEngineConversation *self, gint64 before_id, guint limit,
                                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *bk_engine_conversation_list_finish (BkEngineConversation *self, GAsyncResult *result, GError **error);
/* The @limit messages after @after_id, oldest first. */
void bk_engine_conversation_list_after_async (BkEngineConversation *self, gint64 after_id, guint limit,
                                              GCancellable *cancellable, GAsyncReadyCallback callback,
                                              gpointer user_data);
GPtrArray *bk_engine_conversation_list_after_finish (BkEngineConversation *self, GAsyncResult *result, GError **error);
/* The user has seen everything up to @up_to_id: the unread count follows. */
void bk_engine_conversation_mark_read (BkEngineConversation *self, gint64 up_to_id);

G_END_DECLS
