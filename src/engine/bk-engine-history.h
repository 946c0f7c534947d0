/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to the engine: everything that is kept on disk. One SQLite file, `history.sqlite` in the data directory. */
#pragma once

#include "bk-engine-conversation.h"
#include "bk-sqlite.h"

G_BEGIN_DECLS

#define BK_TYPE_ENGINE_HISTORY (bk_engine_history_get_type ())
G_DECLARE_FINAL_TYPE (BkEngineHistory, bk_engine_history, BK, ENGINE_HISTORY, GObject)

/* ---- rows ---- */

typedef struct
{
  guint id; /* never used twice */
  char *sign_in_name;
  char *server;       /* nullable */
  char *display_name; /* nullable */
  char *device;       /* nullable */
  char *cursor;       /* nullable; only the functions that write a fact move it */
  gboolean kept;      /* FALSE until it was online once: a row that never was is gone at the next start */
  gboolean wants_online;
  BeckonStatus wanted_status;
  char *personal_message; /* nullable */
  char *avatar;           /* nullable: id of the own picture */
  gboolean primary;       /* only bk_engine_history_set_primary () moves it */
} BkHistoryAccount;

BkHistoryAccount *bk_history_account_copy (const BkHistoryAccount *account);
void bk_history_account_free (BkHistoryAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkHistoryAccount, bk_history_account_free)

/* Relation NONE and not blocked: there is no such row. */
typedef struct
{
  guint account;
  char *who;
  char *display_name; /* nullable */
  BeckonRelation relation;
  gboolean blocked;
  char *request_text; /* nullable */
  char **groups;      /* nullable: none; ids of groups, each of one line */
  char *alias;        /* nullable */
  char *avatar;       /* nullable: id of the picture */
  gboolean pinned;
  gboolean muted;
} BkHistoryContact;

void bk_history_contact_free (BkHistoryContact *contact);

typedef struct
{
  guint account;
  char *id;
  char *name; /* NULL: there is no such group any more */
} BkHistoryGroup;

void bk_history_group_free (BkHistoryGroup *group);

typedef struct
{
  guint account;
  guint id;
  char *who;
  guint unread;
  gint64 read_up_to;
  char *draft; /* nullable */
  BkEngineMessage *last; /* nullable; its newest entry */
} BkHistoryConversation;

void bk_history_conversation_free (BkHistoryConversation *conversation);

typedef struct
{
  guint account;
  char *session;
  char *who;
} BkHistorySession;

void bk_history_session_free (BkHistorySession *session);

/* A key by which a contact has proved who it is. */
typedef struct
{
  guint account;
  char *who;
  char *key;
} BkHistoryIdentity;

void bk_history_identity_free (BkHistoryIdentity *identity);

/* What the user always allows to a contact. */
typedef struct
{
  guint account;
  char *who;
  char *guid;
} BkHistoryAllowed;

void bk_history_allowed_free (BkHistoryAllowed *allowed);

/* A file that is here in part. */
typedef struct
{
  guint account;
  char *who;  /* of whom it came */
  char *name; /* that it is to have */
  guint64 size; /* of the whole file */
  char *folder;
  char *part; /* the name that it has there */
  gint64 time; /* microseconds since 1970: when something of it came last */
  gboolean busy; /* more of it is coming; not written down */
} BkHistoryPart;

BkHistoryPart *bk_history_part_copy (const BkHistoryPart *part);
void bk_history_part_free (BkHistoryPart *part);

/* STUN and TURN servers of the user's own; the password is kept with the secrets. */
typedef struct
{
  GStrv servers;
  char *user; /* may be empty */
} BkHistoryConnection;

/* What is there when the program starts. */
typedef struct
{
  GPtrArray *accounts;      /* element-type BkHistoryAccount, in the order in which they were made */
  GPtrArray *contacts;      /* element-type BkHistoryContact */
  GPtrArray *groups;        /* element-type BkHistoryGroup, in the order in which they were made */
  GPtrArray *conversations; /* element-type BkHistoryConversation */
  GPtrArray *sessions;      /* element-type BkHistorySession: whose other side does not know yet that they are over */
  GPtrArray *identities;    /* element-type BkHistoryIdentity */
  GPtrArray *allowed;       /* element-type BkHistoryAllowed */
  GPtrArray *parts;         /* element-type BkHistoryPart, the oldest first */
  BkHistoryConnection connection;
  GHashTable *settings;     /* char *name → char *value */
} BkHistoryContent;

void bk_history_content_free (BkHistoryContent *content);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkHistoryContent, bk_history_content_free)

/* ---- the file ---- */

BkEngineHistory *bk_engine_history_new (const char *path);
void bk_engine_history_open_async (BkEngineHistory *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
BkHistoryContent *bk_engine_history_open_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);
/* Everything that was handed in is on disk when this finishes. */
void bk_engine_history_close_async (BkEngineHistory *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_history_close_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);

/* ---- accounts ---- */

/* Callbacks may be NULL: then a failure is only logged. The source object of a result is private: use @self. */
void bk_engine_history_add_account_async (BkEngineHistory *self, const char *sign_in_name, const char *server,
                                          GAsyncReadyCallback callback, gpointer user_data);
BkHistoryAccount *bk_engine_history_add_account_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);
/* Writes all members but name and cursor. */
void bk_engine_history_save_account_async (BkEngineHistory *self, const BkHistoryAccount *account,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_history_save_account_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);
/* Removes the account and all that belongs to it. */
void bk_engine_history_remove_account_async (BkEngineHistory *self, guint account, GAsyncReadyCallback callback,
                                             gpointer user_data);
gboolean bk_engine_history_remove_account_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);
/* Makes one account the primary one. A failure is only logged. */
void bk_engine_history_set_primary (BkEngineHistory *self, guint account);
void bk_engine_history_read_cursor_async (BkEngineHistory *self, guint account, GAsyncReadyCallback callback,
                                          gpointer user_data);
char *bk_engine_history_read_cursor_finish (BkEngineHistory *self, GAsyncResult *result, GError **error); /* nullable */

/* ---- facts from the network ----
 * A fact and the cursor behind it are written together. A fact is refused if the one before it was not written
 * (@previous is not what the file says): so a disk that was full for a moment never makes a hole in the history. */

typedef struct
{
  guint account;
  const char *previous; /* nullable */
  const char *cursor;   /* NULL: this fact does not move it */
} BkHistoryStep;

void bk_engine_history_apply_cursor_async (BkEngineHistory *self, const BkHistoryStep *step,
                                           GAsyncReadyCallback callback, gpointer user_data);
void bk_engine_history_apply_contact_async (BkEngineHistory *self, const BkHistoryStep *step,
                                            const BkHistoryContact *contact, GAsyncReadyCallback callback,
                                            gpointer user_data);
void bk_engine_history_apply_group_async (BkEngineHistory *self, const BkHistoryStep *step, const BkHistoryGroup *group,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_history_apply_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);

typedef enum
{
  BK_HISTORY_KNOWN,   /* it was there already */
  BK_HISTORY_ADDED,
  BK_HISTORY_CHANGED, /* an own message that the network now has */
} BkHistoryChange;

/* @conversation: the number to use if @message->who has no conversation yet. */
void bk_engine_history_apply_message_async (BkEngineHistory *self, const BkHistoryStep *step, guint conversation,
                                            const BkEngineMessage *message, GAsyncReadyCallback callback,
                                            gpointer user_data);
/* @message: as it is now in the file; NULL when KNOWN. */
gboolean bk_engine_history_apply_message_finish (BkEngineHistory *self, GAsyncResult *result, BkHistoryChange *change,
                                                 BkEngineMessage **message, GError **error);

/* ---- messages ---- */

/* The number of a conversation that is to be made. It reaches the file with the first message. */
guint bk_engine_history_reserve_conversation (BkEngineHistory *self);

/* Stores an outgoing message, PENDING. */
void bk_engine_history_add_message_async (BkEngineHistory *self, guint account, guint conversation,
                                          const BkEngineMessage *message, GAsyncReadyCallback callback,
                                          gpointer user_data);
BkEngineMessage *bk_engine_history_add_message_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);
/* A PENDING message is SENT or FAILED now. */
void bk_engine_history_settle_message_async (BkEngineHistory *self, gint64 id, BeckonDelivery delivery, gint64 time,
                                             const char *error_text, GAsyncReadyCallback callback, gpointer user_data);
/* NULL without error: it was settled before. */
BkEngineMessage *bk_engine_history_settle_message_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);
/* The oldest PENDING message of an account. */
void bk_engine_history_next_pending_async (BkEngineHistory *self, guint account, GAsyncReadyCallback callback,
                                           gpointer user_data);
/* NULL without error: there is none. */
BkEngineMessage *bk_engine_history_next_pending_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);
void bk_engine_history_list_messages_async (BkEngineHistory *self, guint conversation, gint64 before_id, guint limit,
                                            GCancellable *cancellable, GAsyncReadyCallback callback,
                                            gpointer user_data);
void bk_engine_history_list_messages_after_async (BkEngineHistory *self, guint conversation, gint64 after_id,
                                                  guint limit, GCancellable *cancellable,
                                                  GAsyncReadyCallback callback, gpointer user_data);
/* Of both: oldest first. */
GPtrArray *bk_engine_history_list_messages_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);

/* ---- how far messages have come ---- */

typedef struct
{
  gboolean known;     /* a mark: its message is here */
  GPtrArray *changed; /* element-type BkEngineMessage: the newest that are another thing now; nullable */
  gint64 read_up_to;  /* of what came in */
  guint unread;       /* the same: how many are left */
} BkHistoryMarked;

void bk_history_marked_clear (BkHistoryMarked *marked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BkHistoryMarked, bk_history_marked_clear)

/* The user has seen them here: our other devices are to hear of it, and with @tell the other side, too. */
void bk_engine_history_mark_read_async (BkEngineHistory *self, guint conversation, gint64 up_to_id, gboolean tell,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_history_mark_read_finish (BkEngineHistory *self, GAsyncResult *result, BkHistoryMarked *marked,
                                             GError **error);
/* What the network says: @who has ours (@outgoing), or another device of ours has seen theirs. */
void bk_engine_history_apply_mark_async (BkEngineHistory *self, const BkHistoryStep *step, const char *who,
                                         const char *message_id, gboolean outgoing, BeckonDelivery mark,
                                         GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_history_apply_mark_finish (BkEngineHistory *self, GAsyncResult *result, BkHistoryMarked *marked,
                                              GError **error);

/* What somebody is still to be told. */
typedef struct
{
  guint conversation;
  char *who;
  char *message_id; /* the newest that it is about */
  gint64 id;        /* of that message */
  BeckonDelivery mark;
  gboolean tell;    /* the other side, not only our own devices */
} BkHistoryDue;

void bk_history_due_free (BkHistoryDue *due);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkHistoryDue, bk_history_due_free)

/* One thing that is to be told in an account. */
void bk_engine_history_next_due_async (BkEngineHistory *self, guint account, gboolean only_read,
                                       GAsyncReadyCallback callback, gpointer user_data);
/* NULL without error: there is none. */
BkHistoryDue *bk_engine_history_next_due_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);
/* The network has @taken it, or never will. */
void bk_engine_history_settle_due_async (BkEngineHistory *self, const BkHistoryDue *due, gboolean taken,
                                         GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_history_settle_due_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);

/* What was written and not sent; NULL for none. A failure is only logged. */
void bk_engine_history_set_draft (BkEngineHistory *self, guint account, guint conversation, const char *who,
                                  const char *draft);

/* ---- searching and clearing ---- */

/* @account: 0 for all; @who: NULL for everybody; @before_id: 0 for the newest. */
void bk_engine_history_search_async (BkEngineHistory *self, const char *text, guint account, const char *who,
                                     gint64 before_id, guint limit, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *bk_engine_history_search_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);

/* What is left of a conversation. */
typedef struct
{
  gint64 up_to; /* what is gone: nothing beyond this */
  guint unread;
  BkEngineMessage *last; /* nullable */
} BkHistoryCleared;

void bk_history_cleared_free (BkHistoryCleared *cleared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkHistoryCleared, bk_history_cleared_free)

/* Removes all that is in a conversation now, but for what waits to be sent and sessions that are not over. */
void bk_engine_history_clear_async (BkEngineHistory *self, guint conversation, GAsyncReadyCallback callback,
                                    gpointer user_data);
BkHistoryCleared *bk_engine_history_clear_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);

/* ---- channels ---- */

/* From now on @key is one of @who. A failure is only logged. */
void bk_engine_history_add_identity (BkEngineHistory *self, guint account, const char *who, const char *key);
/* A failure is only logged. */
void bk_engine_history_set_connection (BkEngineHistory *self, const BkHistoryConnection *connection);

/* ---- what needs no question ---- */

void bk_engine_history_set_allowed_async (BkEngineHistory *self, guint account, const char *who, const char *guid,
                                          gboolean allowed, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_history_set_allowed_finish (BkEngineHistory *self, GAsyncResult *result, GError **error);

/* ---- settings ---- */

/* @value: NULL: none any more. A failure is only logged. */
void bk_engine_history_set_setting (BkEngineHistory *self, const char *name, const char *value);

/* ---- files ---- */

/* Failures are only logged. */
void bk_engine_history_put_part (BkEngineHistory *self, const BkHistoryPart *part);
void bk_engine_history_drop_part (BkEngineHistory *self, const char *folder, const char *part);

/* ---- sessions ---- */

/* Writes a session as it is now: a new entry, or the result of the one that is there. It counts as open, whatever its
 * result, until bk_engine_history_settle_session (). */
void bk_engine_history_put_session_async (BkEngineHistory *self, guint account, guint conversation,
                                          const BkEngineMessage *entry, GAsyncReadyCallback callback,
                                          gpointer user_data);
/* @entry: as it is now in the file; NULL when KNOWN. */
gboolean bk_engine_history_put_session_finish (BkEngineHistory *self, GAsyncResult *result, BkHistoryChange *change,
                                               BkEngineMessage **entry, GError **error);
/* The other side knows that it is over. Fire and forget, in order. */
void bk_engine_history_settle_session (BkEngineHistory *self, guint account, const char *session_id);

G_END_DECLS
