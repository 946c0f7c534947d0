/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "admin.h"

#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-store.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define MIN_PASSWORD 6
#define GENERATED_PASSWORD 24
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define LICENSE_ID 12 /* letters and digits after the BK */
#define LICENSE_KEY 32
#define DAY (86400 * G_GINT64_CONSTANT (1000000))

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

static BkStoreAdmin *
admin_new (void)
{
  BkStoreAdmin *job = g_new0 (BkStoreAdmin, 1);

  job->now = g_get_real_time ();
  job->list = g_string_new (NULL);
  return job;
}

static gboolean
run_admin (BkServerConfig *config, BkSqliteKind kind, BkSqliteJob job, BkStoreAdmin *data, GError **error)
{
  BkStoreAdmin *done = run_job (config, kind, job, data, bk_store_admin_free, error);

  if (done == NULL)
    return FALSE;
  fputs (done->list->str, stdout);
  bk_store_admin_free (done);
  return TRUE;
}

/* Prints the new token: this is the only time that it is seen. */
gboolean
bk_server_admin_token_create (BkServerConfig *config, guint uses, guint days, GError **error)
{
  BkStoreAdmin *job = admin_new ();

  job->token = bk_token_new ();
  job->uses = uses;
  job->expires = days == 0 ? 0 : job->now + days * DAY;
  g_string_append_printf (job->list, "%s\n", job->token);
  return run_admin (config, BK_SQLITE_WRITE, bk_store_create_token, job, error);
}

gboolean
bk_server_admin_token_list (BkServerConfig *config, GError **error)
{
  return run_admin (config, BK_SQLITE_READ, bk_store_list_tokens, admin_new (), error);
}

gboolean
bk_server_admin_account_list (BkServerConfig *config, GError **error)
{
  return run_admin (config, BK_SQLITE_READ, bk_store_list_accounts, admin_new (), error);
}

/* Returns (transfer full) the sign-in name: NAME, or NAME@domain of this server. */
static char *
complete_name (BkServerConfig *config, const char *name, GError **error)
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

gboolean
bk_server_admin_account_remove (BkServerConfig *config, const char *name, GError **error)
{
  g_autofree char *full = complete_name (config, name, error);
  if (full == NULL)
    return FALSE;

  BkStoreAdmin *job = admin_new ();
  job->token = g_steal_pointer (&full);
  return run_admin (config, BK_SQLITE_WRITE, bk_store_remove_account, job, error);
}

/* One line of standard input, or a password made up here and printed. */
static char *
get_password (gboolean from_stdin, GError **error)
{
  char line[BK_LIMIT_PASSWORD + 2] = "";

  if (!from_stdin)
    {
      g_autofree char *token = bk_token_new ();
      return g_strndup (token, GENERATED_PASSWORD);
    }
  if (fgets (line, sizeof line, stdin) != NULL)
    line[strcspn (line, "\r\n")] = '\0';
  if (strlen (line) >= MIN_PASSWORD && bk_text_is_valid (line, BK_LIMIT_PASSWORD, FALSE))
    return g_strdup (line);
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
               "A password has %d to %d characters and stands on one line", MIN_PASSWORD, BK_LIMIT_PASSWORD);
  return NULL;
}

static gboolean
add_account (BkServerConfig *config, const char *name, const char *password, GError **error)
{
  char hash[crypto_pwhash_STRBYTES];

  if (crypto_pwhash_str (hash, password, strlen (password), config->password_ops, config->password_memory) != 0)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_FAILED, "There is not enough memory to hash the password");
      return FALSE;
    }
  BkStoreRegister *job = g_new0 (BkStoreRegister, 1);
  job->now = g_get_real_time ();
  job->name = g_strdup (name);
  job->display_name = g_strndup (name, strcspn (name, "@"));
  job->password = g_strdup (hash);
  job = run_job (config, BK_SQLITE_WRITE, bk_store_register, job, bk_store_register_free, error);
  if (job == NULL)
    return FALSE;
  bk_store_register_free (job);
  return TRUE;
}

gboolean
bk_server_admin_account_add (BkServerConfig *config, const char *name, gboolean password_stdin, GError **error)
{
  g_autofree char *full = complete_name (config, name, error);
  g_autofree char *password = full != NULL ? get_password (password_stdin, error) : NULL;

  if (password == NULL || !add_account (config, full, password, error))
    return FALSE;
  if (password_stdin)
    printf ("%s\n", full);
  else
    printf ("%s  password: %s\n", full, password);
  return TRUE;
}

/* ---- licenses ---- */

static char *
random_word (const char *prefix, const char *alphabet, guint length)
{
  GString *word = g_string_new (prefix);

  for (guint i = 0; i < length; i++)
    g_string_append_c (word, alphabet[randombytes_uniform ((guint32) strlen (alphabet))]);
  return g_string_free (word, FALSE);
}

/* Prints the new license: its key is not told again. */
gboolean
bk_server_admin_license_issue (BkServerConfig *config, const char *name, GError **error)
{
  if (*name == '\0' || !bk_text_is_valid (name, BK_LIMIT_DISPLAY_NAME, FALSE))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "The name of a license has 1 to %d bytes and stands on one line", BK_LIMIT_DISPLAY_NAME);
      return FALSE;
    }
  BkStoreAdmin *job = admin_new ();
  job->token = random_word ("BK", CAPITALS DIGITS, LICENSE_ID);
  job->key = random_word ("", CAPITALS SMALL DIGITS, LICENSE_KEY);
  job->name = g_strdup (name);
  job->cloud = g_strdup (bk_server_cloud_to_string (config->cloud));
  g_string_append_printf (job->list, "id: %s\nkey: %s\n", job->token, job->key);
  return run_admin (config, BK_SQLITE_WRITE, bk_store_issue_license, job, error);
}

gboolean
bk_server_admin_license_list (BkServerConfig *config, GError **error)
{
  return run_admin (config, BK_SQLITE_READ, bk_store_list_licenses, admin_new (), error);
}

gboolean
bk_server_admin_license_revoke (BkServerConfig *config, const char *id, GError **error)
{
  BkStoreAdmin *job = admin_new ();

  job->token = g_strdup (id);
  return run_admin (config, BK_SQLITE_WRITE, bk_store_revoke_license, job, error);
}
