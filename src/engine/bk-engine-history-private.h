/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the history share. */
#pragma once

#include "bk-engine-history.h"

G_BEGIN_DECLS

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
gboolean _bk_history_load_settings (BkSqlite *sqlite, BkHistoryContent *content, GError **error);
gboolean _bk_history_load_channels (BkSqlite *sqlite, BkHistoryContent *content, GError **error);
gboolean _bk_history_load_conversations (BkSqlite *sqlite, BkHistoryContent *content, GError **error);

/* For jobs about entries of conversations. */
#define BK_HISTORY_MESSAGE \
  "m.id, m.message_id, c.who, m.outgoing, m.text, m.time, m.delivery, m.error, m.session, m.application," \
  " m.application_name, m.result, m.result_text, m.file_name, m.file_size, m.file_path"
/* BK_HISTORY_MESSAGE of messages m and conversations c, from column @first on. */
BkEngineMessage *_bk_history_read_message (sqlite3_stmt *statement, int first);
gboolean _bk_history_ensure_conversation (BkSqlite *sqlite, guint account, guint id, const char *who,
                                          gint64 *conversation, GError **error);
gboolean _bk_history_reload (BkSqlite *sqlite, gint64 id, BkEngineMessage **message, GError **error);

G_END_DECLS
