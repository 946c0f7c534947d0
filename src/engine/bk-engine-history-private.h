/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the history share. */
#pragma once

#include "bk-engine-history.h"

G_BEGIN_DECLS

/* The name that an account has once it is removed: nobody's. What belongs to it goes bit by bit. */
#define BK_HISTORY_REMOVED "'removed ' || id"
#define BK_HISTORY_IS_REMOVED "sign_in_name >= 'removed ' AND sign_in_name < 'removed!'"

struct _BkEngineHistory
{
  GObject parent_instance;

  char *path;
  BkSqlite *sqlite;
  BkSqlite *reader;      /* nullable: nobody has searched yet */
  GCancellable *reading; /* for all that the reader does */
  guint next_conversation;
  gboolean keeping_up; /* a step of the upkeep is on its way */
  gboolean keep_up;    /* another one is to follow */
  gboolean closing;
};

extern const BkSqliteMigration _bk_history_migrations[];
extern const guint _bk_history_n_migrations;

void _bk_engine_history_run (BkEngineHistory *self, BkSqliteKind kind, BkSqliteJob job, gpointer data,
                             GDestroyNotify free_data, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
gpointer _bk_engine_history_take (BkEngineHistory *self, GAsyncResult *result, GError **error);
gboolean _bk_engine_history_is_closing (BkEngineHistory *self);

/* A BkHistoryStep that a job owns. */
typedef struct
{
  guint account;
  char *previous;
  char *cursor;
} BkHistoryPlace;

void _bk_history_place_init (BkHistoryPlace *place, const BkHistoryStep *step);
void _bk_history_place_clear (BkHistoryPlace *place);
gboolean _bk_history_place_move (BkSqlite *sqlite, const BkHistoryPlace *place, GError **error);

typedef void (*BkHistoryRowFunc) (sqlite3_stmt *statement, gpointer data);
gboolean _bk_history_read_rows (BkSqlite *sqlite, const char *sql, BkHistoryRowFunc row, gpointer data, GError **error);
gboolean _bk_history_disallow (BkSqlite *sqlite, guint account, const char *who, GError **error);
gboolean _bk_history_load_allowed (BkSqlite *sqlite, BkHistoryContent *content, GError **error);
gboolean _bk_history_load_parts (BkSqlite *sqlite, BkHistoryContent *content, GError **error);
gboolean _bk_history_load_settings (BkSqlite *sqlite, BkHistoryContent *content, GError **error);
/* There may be something to do in the background. */
void _bk_engine_history_keep_up (BkEngineHistory *self);
gboolean _bk_history_load_channels (BkSqlite *sqlite, BkHistoryContent *content, GError **error);
gboolean _bk_history_load_conversations (BkSqlite *sqlite, BkHistoryContent *content, GError **error);

/* How far a message has come; the table is m, its conversation c. See bk-engine-history-marks.c. */
#define BK_HISTORY_DELIVERY \
  "iif (m.delivery = 2 AND m.session = 0 AND m.time <= max (c.delivered_time, c.read_time)," \
  " iif (m.time <= c.read_time, 5, 4), m.delivery)"
/* A message, of the tables m and c. */
#define BK_HISTORY_MESSAGE \
  "m.id, m.message_id, c.who, m.outgoing, m.text, m.time, " BK_HISTORY_DELIVERY ", m.error, m.session," \
  " m.application, m.application_name, m.result, m.result_text, m.file_name, m.file_size, m.file_path"

/* For jobs about entries of conversations. Whatever inserts or deletes entries tells the index of words in the same
 * job: triggers could do it, but SQLite before 3.41 lets those write into an index only where the schema of a file is
 * trusted blindly. @where: a condition on messages m with parameters ?1 and ?2. */
gboolean _bk_history_index (BkSqlite *sqlite, const char *where, gint64 first, gint64 second, GError **error);
gboolean _bk_history_unindex (BkSqlite *sqlite, const char *where, gint64 first, gint64 second, GError **error);
/* Runs a statement with parameters up to ?2. */
gboolean _bk_history_change (BkSqlite *sqlite, const char *sql, gint64 first, gint64 second, GError **error);
/* The first number that a query with at most one parameter finds, 0 for none. */
gboolean _bk_history_query (BkSqlite *sqlite, const char *sql, gint64 parameter, gint64 *number, GError **error);
/* BK_HISTORY_MESSAGE, from column @first on. */
BkEngineMessage *_bk_history_read_message (sqlite3_stmt *statement, int first);
gboolean _bk_history_ensure_conversation (BkSqlite *sqlite, guint account, guint id, const char *who,
                                          gint64 *conversation, GError **error);
/* A message came in: the other side is to be told that it is here. */
gboolean _bk_history_owe_delivered (BkSqlite *sqlite, gint64 conversation, gint64 id, GError **error);
gboolean _bk_history_reload (BkSqlite *sqlite, gint64 id, BkEngineMessage **message, GError **error);

G_END_DECLS
