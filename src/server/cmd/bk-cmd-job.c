/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-cmd.h"

#include "bk-ids.h"
#include "bk-server-operator.h"

#include <stdio.h>
#include <string.h>

/* What the audit is to say about the command that runs. */
static struct
{
  char *act;
  char *about;  /* nullable */
  char *detail; /* nullable */
} deed;

void
bk_cmd_begin (const char *family, const char *verb)
{
  g_free (deed.act);
  deed.act = verb != NULL ? g_strconcat (family, " ", verb, NULL) : g_strdup (family);
  bk_cmd_note (NULL, NULL);
}

/* What the command is about, no secret. Names of accounts are noted by bk_cmd_complete_name (). */
void
bk_cmd_note (const char *about, const char *detail)
{
  g_free (deed.about);
  g_free (deed.detail);
  deed.about = g_strdup (about);
  deed.detail = g_strdup (detail);
}

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
  bk_cmd_note (normal, NULL);
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
static gpointer
run_job (BkServerConfig *config, BkSqliteKind kind, BkSqliteJob job, gpointer data, GDestroyNotify free_data,
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

/* ---- the audit ---- */

static BkStoreAudit *
audit_new (const GError *error)
{
  BkStoreAudit *audit = g_new0 (BkStoreAudit, 1);

  audit->now = g_get_real_time ();
  audit->actor = BK_STORE_ACTOR_OPERATOR;
  audit->act = g_strdup (deed.act);
  audit->about = g_strdup (deed.about);
  audit->detail = g_strdup (deed.detail);
  if (error != NULL)
    audit->result = g_strdup (error->domain == BECKON_ERROR ? beckon_error_to_nick ((BeckonError) error->code)
                                                            : "failed");
  return audit;
}

typedef struct
{
  BkSqliteJob job;
  gpointer data;
  GDestroyNotify free_data;
  BkStoreAudit *audit;
} Audited;

static void
audited_free (gpointer data)
{
  Audited *audited = data;

  if (audited->data != NULL)
    audited->free_data (audited->data);
  bk_store_audit_free (audited->audit);
  g_free (audited);
}

/* The deed and the row that says so, in one transaction. */
static gboolean
run_audited (BkSqlite *db, gpointer data, GError **error)
{
  Audited *audited = data;

  return audited->job (db, audited->data, error) && bk_store_audit_add (db, audited->audit, error);
}

/* What was refused did not happen: that is told apart. */
static void
audit_failure (BkServerConfig *config, const GError *failure)
{
  g_autoptr (GError) error = NULL;
  BkStoreAudit *audit = run_job (config, BK_SQLITE_WRITE, bk_store_audit_add, audit_new (failure), bk_store_audit_free,
                                 &error);

  if (audit == NULL)
    g_printerr ("beckon-server: the audit could not be written: %s\n", error->message);
  else
    bk_store_audit_free (audit);
}

/* A job that writes, and the row in the audit that says so. */
static gpointer
run_deed (BkServerConfig *config, BkSqliteJob job, gpointer data, GDestroyNotify free_data, GError **error)
{
  Audited *audited = g_new0 (Audited, 1);

  *audited = (Audited){ job, data, free_data, audit_new (NULL) };
  audited = run_job (config, BK_SQLITE_WRITE, run_audited, audited, audited_free, error);
  if (audited == NULL)
    return NULL;
  gpointer result = g_steal_pointer (&audited->data);
  audited_free (audited);
  return result;
}

/* Runs one job on the file. One that writes leaves a row in the audit. Takes @data; returns it, or NULL with @error. */
gpointer
bk_cmd_job (BkServerConfig *config, BkSqliteKind kind, BkSqliteJob job, gpointer data, GDestroyNotify free_data,
            GError **error)
{
  g_autoptr (GError) local = NULL;

  if (kind == BK_SQLITE_READ)
    return run_job (config, kind, job, data, free_data, error);
  gpointer result = run_deed (config, job, data, free_data, &local);
  if (result == NULL)
    {
      audit_failure (config, local);
      g_propagate_error (error, g_steal_pointer (&local));
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

/* As bk_cmd_admin (), on a file that is thrown away if it fails: nothing has to be noted there then. */
gboolean
bk_cmd_admin_new_file (BkServerConfig *config, BkSqliteJob job, BkStoreAdmin *data, GError **error)
{
  BkStoreAdmin *done = run_deed (config, job, data, bk_store_admin_free, error);

  if (done == NULL)
    return FALSE;
  bk_store_admin_free (done);
  return TRUE;
}

/* As bk_cmd_admin (), for what a running server has to do something about. */
gboolean
bk_cmd_operate (BkServerConfig *config, BkSqliteJob job, BkStoreAdmin *data, GError **error)
{
  return bk_cmd_admin (config, BK_SQLITE_WRITE, job, data, error) && bk_server_operator_nudge (config->database, error);
}
