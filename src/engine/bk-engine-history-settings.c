/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user has settled for all accounts: names and values, which bk-engine-settings.c knows how to read. */
#include "bk-engine-history-private.h"

typedef struct
{
  char *name;
  char *value; /* nullable: as if it had never been settled */
} Setting;

static void
setting_free (gpointer data)
{
  Setting *setting = data;

  g_free (setting->name);
  g_free (setting->value);
  g_free (setting);
}

/* ---- reading ---- */

static void
read_setting (sqlite3_stmt *statement, gpointer data)
{
  g_hash_table_replace (data, g_strdup (bk_sqlite_column_text (statement, 0)),
                        g_strdup (bk_sqlite_column_text (statement, 1)));
}

gboolean
_bk_history_load_settings (BkSqlite *sqlite, BkHistoryContent *content, GError **error)
{
  return _bk_history_read_rows (sqlite, "SELECT name, value FROM settings", read_setting, content->settings, error);
}

/* ---- writing ---- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  Setting *setting = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  if (setting != NULL)
    setting_free (setting);
  else
    g_warning ("A setting could not be written: %s", error->message);
}

static gboolean
set_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  Setting *setting = data;
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite,
                                               setting->value != NULL
                                                 ? "INSERT INTO settings (name, value) VALUES (?, ?)"
                                                   " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
                                                 : "DELETE FROM settings WHERE name = ?",
                                               error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, setting->value != NULL ? "ss" : "s", setting->name, setting->value);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

void
bk_engine_history_set_setting (BkEngineHistory *self, const char *name, const char *value)
{
  Setting *setting = g_new0 (Setting, 1);

  setting->name = g_strdup (name);
  setting->value = g_strdup (value);
  _bk_engine_history_run (self, BK_SQLITE_WRITE, set_job, setting, setting_free, NULL, on_written, NULL);
}
