/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to the engine: how accounts are made and fed, and the pieces that an account is built from. */
#pragma once

#include "bk-backend.h"
#include "bk-clock.h"
#include "bk-desktop.h"
#include "bk-engine-account.h"
#include "bk-engine-history.h"
#include "bk-engine-pictures.h"
#include "bk-identity.h"

G_BEGIN_DECLS

typedef struct
{
  BkClock *clock;
  BkSecrets *secrets;
  BkEngineHistory *history;
  BkBackend *backend;
  BkEnginePictures *pictures; /* nullable */
} BkEngineAccountConfig;

/* An account as the history keeps it. It listens to its backend from now on; nothing is sent before it signs in.
 * Signals for the engine alone, besides the public ones:
 * "session-event" (const BkBackendEvent *): SESSION and SESSION_ELSEWHERE. The cursor is written after it was handled.
 * "online" (): connected (again) and up to date.
 * "lock-fact" (BkLockFact, const BkBackendEvent * nullable).
 * "signing-out" (BkLeave) → gboolean: last moment to say good-bye to the other sides. TRUE: wait for
 * bk_engine_account_farewell_over () (2 s at most). */
BkEngineAccount *bk_engine_account_new (const BkEngineAccountConfig *config, const BkHistoryAccount *stored);
/* What the history knew when the program started. */
void bk_engine_account_restore_group (BkEngineAccount *self, const BkHistoryGroup *stored);
void bk_engine_account_restore_contact (BkEngineAccount *self, const BkHistoryContact *stored);
void bk_engine_account_restore_allowed (BkEngineAccount *self, const char *who, const char *guid);
void bk_engine_account_restore_conversation (BkEngineAccount *self, const BkHistoryConversation *stored);

/* The network of this account. Its abilities are asked with BK_IS_BACKEND_SESSIONS () and its likes. */
BkBackend *bk_engine_account_get_backend (BkEngineAccount *self);
/* One fact from the network. The account calls it itself for what its backend reports. */
void bk_engine_account_apply (BkEngineAccount *self, const BkBackendEvent *event);

/* The user is not there: who chose to be ONLINE is IDLE to others, and becomes ONLINE again by themselves. */
void bk_engine_account_set_away (BkEngineAccount *self, gboolean away);

/* What others may know of the user: what has been read, and that something is being written. */
void bk_engine_account_set_telling (BkEngineAccount *self, gboolean read_marks, gboolean typing);

/* What the network says about Lock and Key. */
typedef enum
{
  BK_LOCK_FACT_GONE, /* signed out, or the connection is lost and grants with it */
  BK_LOCK_FACT_ON,   /* signed in: programs have to unlock */
  BK_LOCK_FACT_OFF,  /* signed in: nothing is locked */
  BK_LOCK_FACT_CHALLENGED, /* with the event */
  BK_LOCK_FACT_REVOKED,    /* with the event */
} BkLockFact;

/* GONE, ON or OFF. Without the ability to lock it is always OFF. A lost connection does not change OFF. */
BkLockFact bk_engine_account_get_lock_fact (BkEngineAccount *self);
BkClock *bk_engine_account_get_clock (BkEngineAccount *self);

typedef enum
{
  BK_LEAVE_REST,     /* the program ends: at the next start the account signs in again */
  BK_LEAVE_SIGN_OUT, /* the user signs out: it stays so */
  BK_LEAVE_FORGET,   /* the account is removed: the token is given back too */
} BkLeave;

/* Says good-bye and leaves the network; takes 4 s at most. */
void bk_engine_account_leave_async (BkEngineAccount *self, BkLeave leave, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_account_leave_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);
/* What was to be said after "signing-out" has been said. */
void bk_engine_account_farewell_over (BkEngineAccount *self);
/* The account is removed: it shows no pictures any more. */
void bk_engine_account_forget_avatars (BkEngineAccount *self);
/* The end: lets go of the backend, answers everybody who waits with CANCELLED. Nothing is heard of it any more. */
void bk_engine_account_close (BkEngineAccount *self);
/* Writes a session as it is now into the conversation with @entry->who. */
void bk_engine_account_write_session (BkEngineAccount *self, const BkEngineMessage *entry);
/* The user answered the invitation of @who. */
void bk_engine_account_answered_session (BkEngineAccount *self, const char *who, const char *session);
/* "account/<name>/token" */
char *bk_engine_account_dup_secret_key (BkEngineAccount *self);
/* The account has proved itself: from now on it is kept over restarts. */
void bk_engine_account_keep_async (BkEngineAccount *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_account_keep_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);

/* ---- identities ---- */

/* The key of this account on this device; NULL while nothing is known of it, and where it could not be read. */
BkIdentity *bk_engine_account_get_identity (BkEngineAccount *self);
/* What the history knows; and from now on a key of @who. @who is a normal sign-in name. */
void bk_engine_account_restore_key (BkEngineAccount *self, const char *who, const char *key);
void bk_engine_account_remember_key (BkEngineAccount *self, const char *who, const char *key);
gboolean bk_engine_account_has_keys (BkEngineAccount *self, const char *who);
gboolean bk_engine_account_knows_key (BkEngineAccount *self, const char *who, const char *key);
/* "account/<name>/identity" */
char *bk_engine_account_dup_identity_key (BkEngineAccount *self);

/* ---- contacts ---- */

#define BK_TYPE_ENGINE_CONTACTS (bk_engine_contacts_get_type ())
/* A GListModel of BkEngineContact, ordered by sign-in name. Signal "contact-changed" (BkEngineContact *). */
G_DECLARE_FINAL_TYPE (BkEngineContacts, bk_engine_contacts, BK, ENGINE_CONTACTS, GObject)

BkEngineContacts *bk_engine_contacts_new (void);
BkEngineContact *bk_engine_contacts_find (BkEngineContacts *self, const char *who);
void bk_engine_contacts_set (BkEngineContacts *self, const BkHistoryContact *fields);
void bk_engine_contacts_set_presence (BkEngineContacts *self, const char *who, BeckonStatus status,
                                      const char *personal_message);
void bk_engine_contacts_set_notes (BkEngineContacts *self, const char *who, const char *alias, gboolean pinned,
                                   gboolean muted);
/* What lists show of a conversation; texts are cut. */
typedef struct
{
  guint unread;
  gboolean typing;
  const char *draft;     /* nullable */
  BkEngineMessage *last; /* nullable */
} BkEngineTalk;
void bk_engine_contacts_set_talk (BkEngineContacts *self, const char *who, const BkEngineTalk *talk);
void bk_engine_contacts_set_avatar (BkEngineContacts *self, const char *who, const char *path);
void bk_engine_contacts_reset_presence (BkEngineContacts *self);

/* ---- groups ---- */

#define BK_TYPE_ENGINE_GROUPS (bk_engine_groups_get_type ())
/* A GListModel of BkEngineGroup, in the order in which they became known. Signal "member" (BkEngineGroup *, const char
 * *who, gboolean): somebody came into a group that is in the list, or left it. */
G_DECLARE_FINAL_TYPE (BkEngineGroups, bk_engine_groups, BK, ENGINE_GROUPS, GObject)

BkEngineGroups *bk_engine_groups_new (void);
BkEngineGroup *bk_engine_groups_find (BkEngineGroups *self, const char *id);
void bk_engine_groups_set (BkEngineGroups *self, const char *id, const char *name);
void bk_engine_groups_set_of (BkEngineGroups *self, const char *who, char **ids);

/* ---- marks that wait to be told ---- */

#define BK_TYPE_ENGINE_MARKER (bk_engine_marker_get_type ())
/* Tells the other sides of one account how far their messages have come: one mark at a time, and only the newest of a
 * conversation. Where the user is hidden nobody is told that a message has arrived, until he shows himself. */
G_DECLARE_FINAL_TYPE (BkEngineMarker, bk_engine_marker, BK, ENGINE_MARKER, GObject)

BkEngineMarker *bk_engine_marker_new (BkClock *clock, BkEngineHistory *history, BkBackendMarks *backend, guint account);
void bk_engine_marker_set_online (BkEngineMarker *self, gboolean online);
void bk_engine_marker_poke (BkEngineMarker *self);
void bk_engine_marker_set_telling (BkEngineMarker *self, gboolean tell_read, gboolean hidden);
gboolean bk_engine_marker_get_telling (BkEngineMarker *self);
void bk_engine_marker_close (BkEngineMarker *self);

/* ---- conversations ---- */

/* What the account is told, before those who listen to the signals. Ten thousand conversations are tied to it: handlers
 * of signals would take more memory than the conversations. */
typedef struct
{
  void (*message_added) (BkEngineConversation *conversation, BkEngineMessage *message, gpointer owner);
  void (*message_changed) (BkEngineConversation *conversation, BkEngineMessage *message, gpointer owner);
  void (*changed) (BkEngineConversation *conversation, gpointer owner);
  /* what the other side is to be told */
  void (*tell_typing) (BkEngineConversation *conversation, gboolean typing, gpointer owner);
} BkEngineConversationFuncs;

typedef struct
{
  BkClock *clock;
  BkEngineHistory *history;
  guint account;
  gboolean can_send;      /* the network carries messages */
  BkEngineMarker *marker; /* nullable: it carries no marks */
  const BkEngineConversationFuncs *funcs;
  gpointer owner; /* of @funcs, not owned; see bk_engine_conversation_disown () */
} BkEngineConversationConfig;


BkEngineConversation *bk_engine_conversation_new (const BkEngineConversationConfig *config,
                                                  const BkHistoryConversation *stored);
/* Whoever still has it tells nobody else any more. */
void bk_engine_conversation_disown (BkEngineConversation *self);
void bk_engine_conversation_added (BkEngineConversation *self, BkEngineMessage *message);
void bk_engine_conversation_changed (BkEngineConversation *self, BkEngineMessage *message);
BkEngineMessage *bk_engine_conversation_get_last (BkEngineConversation *self); /* text cut; nullable, transfer none */
/* The file has less than it had: "cleared". */
void bk_engine_conversation_cleared (BkEngineConversation *self, const BkHistoryCleared *cleared);
char *bk_engine_conversation_excerpt (const char *text);
void bk_engine_conversation_close (BkEngineConversation *self, gboolean kept);
/* What the network said about its messages is written. */
void bk_engine_conversation_marked (BkEngineConversation *self, const BkHistoryMarked *marked);
/* The other person is writing: for 10 s, or until a message comes. */
void bk_engine_conversation_typed (BkEngineConversation *self, gboolean typing);
/* There is no connection: nobody is writing, as far as anybody knows. */
void bk_engine_conversation_cut (BkEngineConversation *self);
/* Writes a session as it is now: see bk_engine_history_put_session_async (). */
void bk_engine_conversation_write_session (BkEngineConversation *self, const BkEngineMessage *session);
/* See the account. */
void bk_engine_conversation_answered (BkEngineConversation *self, const char *session);

/* ---- messages that wait to be sent ---- */

#define BK_TYPE_ENGINE_OUTBOX (bk_engine_outbox_get_type ())
/* Sends the PENDING messages of one account, one at a time and the oldest first: a later one never overtakes one that
 * the network put off. Signal "settled" (BkEngineMessage *): it is SENT or FAILED. */
G_DECLARE_FINAL_TYPE (BkEngineOutbox, bk_engine_outbox, BK, ENGINE_OUTBOX, GObject)

BkEngineOutbox *bk_engine_outbox_new (BkClock *clock, BkEngineHistory *history, BkBackend *backend, guint account);
void bk_engine_outbox_set_online (BkEngineOutbox *self, gboolean online);
void bk_engine_outbox_poke (BkEngineOutbox *self);
void bk_engine_outbox_close (BkEngineOutbox *self);
gboolean bk_engine_error_is_final (const GError *error);

G_END_DECLS
