/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-cmd.h"

#include "bk-ids.h"
#include "bk-server-operator.h"

#include <stdio.h>
#include <string.h>

/* Usage that is wrong, as GOption reports it. */
gboolean
bk_cmd_misused (const char *text, GError **error)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
  return FALSE;
}

/* What concerns only those who are there now is worth nothing later. */
gboolean
bk_cmd_check_running (BkServerConfig *config, GError **error)
{
  if (bk_server_operator_is_heard (config->database))
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, "No server is running on %s", config->database);
  return FALSE;
}

/* Returns (transfer full) the sign-in name: NAME, or NAME@domain of this server. */
char *
bk_cmd_complete_name (BkServerConfig *config, const char *name, GError **error)
{
  gboolean complete = strchr (name, '@') != NULL;
  g_autofree char *full = complete ? g_strdup (name) : g_strdup_printf ("%s@%s", name, config->domain);
  g_autofree char *normal = bk_sign_in_name_normalize (full);

  if (normal == NULL || !g_str_equal (strchr (normal, '@') + 1, config->domain))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "“%s” cannot be a name on %s", name,
                   config->domain);
      return NULL;
    }
  return g_steal_pointer (&normal);
}

/* ---- jobs ---- */

static void
store_result (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **) slot = g_object_ref (result);
}

static void
wait_for (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* Opens the file, runs one job, closes the file. Takes @data; returns it, or NULL with @error. */
gpointer
bk_cmd_job (BkServerConfig *config, BkSqliteKind kind, BkSqliteJob job, gpointer data, GDestroyNotify free_data,
            GError **error)
{
  g_autoptr (BkSqlite) db = bk_sqlite_new (config->database, bk_store_migrations, bk_store_n_migrations);
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GAsyncResult) closed = NULL;

  bk_sqlite_open_async (db, NULL, store_result, &opened);
  bk_sqlite_run_async (db, kind, job, data, free_data, NULL, store_result, &done);
  wait_for (&opened);
  wait_for (&done);
  gpointer result = bk_sqlite_run_finish (db, done, error);
  if (bk_sqlite_open_finish (db, opened, NULL))
    {
      bk_sqlite_close_async (db, store_result, &closed);
      wait_for (&closed);
    }
  return result;
}

BkStoreAdmin *
bk_cmd_admin_new (void)
{
  BkStoreAdmin *job = g_new0 (BkStoreAdmin, 1);

  job->now = g_get_real_time ();
  job->list = g_string_new (NULL);
  return job;
}

gboolean
bk_cmd_admin (BkServerConfig *config, BkSqliteKind kind, BkSqliteJob job, BkStoreAdmin *data, GError **error)
{
  BkStoreAdmin *done = bk_cmd_job (config, kind, job, data, bk_store_admin_free, error);

  if (done == NULL)
    return FALSE;
  fputs (done->list->str, stdout);
  bk_store_admin_free (done);
  return TRUE;
}

/* As bk_cmd_admin (), for what a running server has to do something about. */
gboolean
bk_cmd_operate (BkServerConfig *config, BkSqliteJob job, BkStoreAdmin *data, GError **error)
{
  return bk_cmd_admin (config, BK_SQLITE_WRITE, job, data, error) && bk_server_operator_nudge (config->database, error);
}
