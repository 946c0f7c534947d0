/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the store share. Worker thread only. */
#pragma once

#include "bk-store.h"

G_BEGIN_DECLS

/* @types has a letter for each value: i gint64, s const char * (nullable), b GBytes *. */
sqlite3_stmt *bk_store_query (BkSqlite *db, GError **error, const char *sql, const char *types, ...);
gboolean bk_store_exec (BkSqlite *db, GError **error, const char *sql, const char *types, ...);
gboolean bk_store_get_int (BkSqlite *db, sqlite3_stmt *statement, gint64 *value, gboolean *found, GError **error);
char *bk_store_dup_text (sqlite3_stmt *statement, int column);
GBytes *bk_store_hash_token (const char *token);
void bk_store_wipe (char **secret);
char *bk_store_format_time (gint64 time);

gboolean bk_store_next_seq (BkSqlite *db, gint64 account, gint64 *seq, GError **error);
gboolean bk_store_account_by_name (BkSqlite *db, const char *name, gint64 *account, GError **error);
gboolean bk_store_account_find (BkSqlite *db, const char *name, gint64 *account, GError **error);
char *bk_store_account_name (BkSqlite *db, gint64 account, GError **error);
gboolean bk_store_collect (BkSqlite *db, const char *sql, gint64 account, GArray *numbers, GError **error);

const BkStoreQuota *bk_store_quota (const BkStoreQuota *quota);

void bk_store_changes_clear (BkStoreChanges *changes);
void bk_store_changes_add (BkStoreChanges *changes, const BkStoreEvent *event);
void bk_store_changes_pair (BkStoreChanges *changes, gint64 a, gint64 b, gboolean visible);

/* A row of the audit; what is NULL is empty. */
typedef struct
{
  gint64 time;
  BkStoreActor actor;
  const char *act;
  const char *about;
  const char *origin;
  const char *detail;
  const char *result; /* NULL: done */
} BkStoreAct;

gboolean bk_store_audit (BkSqlite *db, const BkStoreAct *act, GError **error);

/* One side's view of the other. Accounts that never met have a row of nothing. */
typedef struct
{
  gint64 owner;
  gint64 other;
  char *name; /* of the other */
  BeckonRelation relation;
  gboolean blocked;
  char *request; /* nullable */
  char *groups;  /* nullable; ids parted by spaces */
  char *alias;   /* nullable */
  gboolean pinned;
  gboolean muted;
} BkStoreContactRow;

void bk_store_contact_row_clear (BkStoreContactRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BkStoreContactRow, bk_store_contact_row_clear)
gboolean bk_store_contact_load (BkSqlite *db, gint64 owner, gint64 other, BkStoreContactRow *row, GError **error);
gboolean bk_store_contact_save (BkSqlite *db, const BkStoreContactRow *row, BkStoreChanges *changes, GError **error);
gboolean bk_store_contact_friends (BkSqlite *db, gint64 account, GArray *friends, GError **error);
gboolean bk_store_contact_freeze (BkSqlite *db, gint64 owner, gint64 other, GError **error);
gboolean bk_store_contact_thaw (BkSqlite *db, BkStoreContactRow *row, BkStoreChanges *changes, GError **error);
GBytes *bk_store_contact_frame (BkSqlite *db, gint64 row, GError **error);
GBytes *bk_store_group_frame (BkSqlite *db, gint64 row, GError **error);
GBytes *bk_store_message_frame (BkSqlite *db, gint64 row, GError **error);
GBytes *bk_store_mark_frame (BkSqlite *db, gint64 row, GError **error);
GBytes *bk_store_envelope_frame (BkSqlite *db, gint64 row, gint64 now, GError **error);
GBytes *bk_store_alert_frame (BkSqlite *db, gint64 alert, gint64 seq, gint64 now, GError **error);
gboolean bk_store_alert_put (BkSqlite *db, gint64 account, gint64 alert, gint64 now, BkStoreChanges *changes,
                             GError **error);
gboolean bk_store_alert_take (BkSqlite *db, gint64 alert, gint64 now, gint64 *site, GBytes **frame, GError **error);
gboolean bk_store_operation_add (BkSqlite *db, BkStoreOperation operation, gint64 account, const char *license,
                                 gint64 alert, GError **error);
gboolean bk_store_operation_add_device (BkSqlite *db, gint64 account, gint64 device, GError **error);

/* A row of the mailbox for session envelopes and for answers given elsewhere. */
typedef struct
{
  gint64 account;
  gint64 device;     /* 0: all */
  gint64 not_device; /* 0: none */
  const char *session;
  const char *from;             /* nullable: an answer elsewhere */
  const BkEnvelope *envelope;   /* nullable: an answer elsewhere */
  const char *elsewhere;        /* nullable: accepted, declined */
  gint64 time;
  gint64 expires;
} BkStoreEnvelope;

gboolean bk_store_envelope_add (BkSqlite *db, const BkStoreEnvelope *envelope, BkStoreChanges *changes, GError **error);
gboolean bk_store_envelope_drop_transports (BkSqlite *db, const char *session, GError **error);
gboolean bk_store_envelope_drop_invite (BkSqlite *db, const char *session, GError **error);
gboolean bk_store_envelope_set_expiry (BkSqlite *db, const char *session, gint64 expires, GError **error);
typedef enum
{
  BK_STORE_SESSION_RINGING,
  BK_STORE_SESSION_ACCEPTED,
  BK_STORE_SESSION_OVER,
} BkStoreSessionState;

#define BK_STORE_LIFE_OVER BK_STORE_DAY /* how long a device may be away and still hear that a session is over */

gboolean bk_store_session_withdraw (BkSqlite *db, gint64 inviter, gint64 invitee, GError **error);
gboolean bk_store_session_leave_all (BkSqlite *db, gint64 account, gint64 now, BkStoreChanges *changes,
                                     GError **error);
gboolean bk_store_uid_seen (BkSqlite *db, gint64 account, const char *uid, gboolean *seen, GError **error);
gboolean bk_store_uid_add (BkSqlite *db, gint64 account, const char *uid, gint64 now, GError **error);
gboolean bk_store_prune (BkSqlite *db, gint64 now, GError **error);

gboolean bk_store_epoch_place (BkSqlite *db, BkStoreSignIn *job, GError **error);
gboolean bk_store_token_is_good (BkSqlite *db, const char *token, gint64 now, gboolean *good, GError **error);
gboolean bk_store_token_use (BkSqlite *db, const char *token, gint64 now, gboolean *good, GError **error);

#define BK_STORE_SECOND G_GINT64_CONSTANT (1000000)
#define BK_STORE_DAY (86400 * BK_STORE_SECOND)

G_END_DECLS
