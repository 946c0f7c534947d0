/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What channels need to know over a restart: keys of contacts, and the user's own servers. */
#include "bk-engine-history-private.h"

void
bk_history_identity_free (BkHistoryIdentity *identity)
{
  g_free (identity->who);
  g_free (identity->key);
  g_free (identity);
}

/* ---- reading ---- */

static void
read_identity (sqlite3_stmt *statement, gpointer identities)
{
  BkHistoryIdentity *identity = g_new0 (BkHistoryIdentity, 1);

  identity->account = (guint) sqlite3_column_int64 (statement, 0);
  identity->who = g_strdup (bk_sqlite_column_text (statement, 1));
  identity->key = g_strdup (bk_sqlite_column_text (statement, 2));
  g_ptr_array_add (identities, identity);
}

typedef struct
{
  GStrvBuilder *servers;
  char *user;
} Servers;

static void
read_server (sqlite3_stmt *statement, gpointer data)
{
  Servers *servers = data;

  g_strv_builder_add (servers->servers, bk_sqlite_column_text (statement, 0));
  g_free (servers->user);
  servers->user = g_strdup (bk_sqlite_column_text (statement, 1));
}

static gboolean
load_connection (BkSqlite *sqlite, BkHistoryConnection *connection, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  Servers servers = { .servers = builder };
  gboolean loaded = _bk_history_read_rows (sqlite, "SELECT server, user FROM connection_servers ORDER BY position",
                                           read_server, &servers, error);

  connection->servers = g_strv_builder_end (builder);
  connection->user = servers.user != NULL ? servers.user : g_strdup ("");
  return loaded;
}

gboolean
_bk_history_load_channels (BkSqlite *sqlite, BkHistoryContent *content, GError **error)
{
  return _bk_history_read_rows (sqlite, "SELECT account, who, key FROM identities ORDER BY account, who, key",
                                read_identity, content->identities, error)
         && load_connection (sqlite, &content->connection, error);
}

/* ---- writing: jobs that nobody waits for ---- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDestroyNotify free_data = (GDestroyNotify) user_data;
  g_autoptr (GError) error = NULL;
  gpointer data = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  if (data != NULL)
    free_data (data);
  else
    g_warning ("What channels need could not be written to the history: %s", error->message);
}

static gboolean
add_identity_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  BkHistoryIdentity *identity = data;
  sqlite3_stmt *statement = bk_sqlite_prepare (
    sqlite, "INSERT INTO identities (account, who, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "iss", (gint64) identity->account, identity->who, identity->key);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

void
bk_engine_history_add_identity (BkEngineHistory *self, guint account, const char *who, const char *key)
{
  BkHistoryIdentity *job = g_new0 (BkHistoryIdentity, 1);

  job->account = account;
  job->who = g_strdup (who);
  job->key = g_strdup (key);
  _bk_engine_history_run (self, BK_SQLITE_WRITE, add_identity_job, job, (GDestroyNotify) bk_history_identity_free,
                          NULL, on_written, (gpointer) bk_history_identity_free);
}

static void
connection_free (gpointer data)
{
  BkHistoryConnection *connection = data;

  g_strfreev (connection->servers);
  g_free (connection->user);
  g_free (connection);
}

static gboolean
add_server (BkSqlite *sqlite, guint position, const char *server, const char *user, GError **error)
{
  sqlite3_stmt *statement = bk_sqlite_prepare (
    sqlite, "INSERT INTO connection_servers (position, server, user) VALUES (?, ?, ?)", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "iss", (gint64) position, server, user);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

static gboolean
set_connection_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  BkHistoryConnection *connection = data;

  if (!bk_sqlite_exec (sqlite, "DELETE FROM connection_servers", error))
    return FALSE;
  for (guint i = 0; connection->servers[i] != NULL; i++)
    if (!add_server (sqlite, i, connection->servers[i], connection->user, error))
      return FALSE;
  return TRUE;
}

void
bk_engine_history_set_connection (BkEngineHistory *self, const BkHistoryConnection *connection)
{
  BkHistoryConnection *job = g_new0 (BkHistoryConnection, 1);

  job->servers = g_strdupv (connection->servers);
  job->user = g_strdup (connection->user);
  _bk_engine_history_run (self, BK_SQLITE_WRITE, set_connection_job, job, connection_free, NULL, on_written,
                          (gpointer) connection_free);
}
