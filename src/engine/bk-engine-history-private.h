/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the history share. */
#pragma once

#include "bk-engine-history.h"

G_BEGIN_DECLS

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

/* How far a message has come; the table is m, its conversation c. See bk-engine-history-marks.c. */
#define BK_HISTORY_DELIVERY \
  "iif (m.delivery = 2 AND m.session = 0 AND m.time <= max (c.delivered_time, c.read_time)," \
  " iif (m.time <= c.read_time, 5, 4), m.delivery)"

/* For jobs about entries of conversations. */
gboolean _bk_history_ensure_conversation (BkSqlite *sqlite, guint account, guint id, const char *who,
                                          gint64 *conversation, GError **error);
/* A message came in: the other side is to be told that it is here. */
gboolean _bk_history_owe_delivered (BkSqlite *sqlite, gint64 conversation, gint64 id, GError **error);
gboolean _bk_history_reload (BkSqlite *sqlite, gint64 id, BkEngineMessage **message, GError **error);

G_END_DECLS
