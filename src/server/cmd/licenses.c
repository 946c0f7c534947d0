/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-cmd.h"

#include "bk-ids.h"
#include "bk-limits.h"

#include <sodium.h>
#include <string.h>

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define LICENSE_ID 12 /* letters and digits after the BK */
#define LICENSE_KEY 32

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
bk_cmd_license_issue (BkServerConfig *config, char **words, GError **error)
{
  const char *name = bk_cmd_options.name;

  if (name == NULL)
    return bk_cmd_misused ("A license needs a --name", error);
  if (*name == '\0' || !bk_text_is_valid (name, BK_LIMIT_DISPLAY_NAME, FALSE))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "The name of a license has 1 to %d bytes and stands on one line", BK_LIMIT_DISPLAY_NAME);
      return FALSE;
    }
  BkStoreAdmin *job = bk_cmd_admin_new ();
  job->token = random_word ("BK", CAPITALS DIGITS, LICENSE_ID);
  job->key = random_word ("", CAPITALS SMALL DIGITS, LICENSE_KEY);
  job->name = g_strdup (name);
  job->cloud = g_strdup (bk_server_cloud_to_string (config->cloud));
  bk_cmd_note (job->token, name);
  g_string_append_printf (job->list, "id: %s\nkey: %s\n", job->token, job->key);
  return bk_cmd_admin (config, BK_SQLITE_WRITE, bk_store_issue_license, job, error);
}

gboolean
bk_cmd_license_list (BkServerConfig *config, char **words, GError **error)
{
  return bk_cmd_admin (config, BK_SQLITE_READ, bk_store_list_licenses, bk_cmd_admin_new (), error);
}

gboolean
bk_cmd_license_revoke (BkServerConfig *config, char **words, GError **error)
{
  BkStoreAdmin *job = bk_cmd_admin_new ();

  job->token = g_strdup (words[0]);
  bk_cmd_note (words[0], NULL);
  return bk_cmd_operate (config, bk_store_revoke_license, job, error);
}

gboolean
bk_cmd_license_challenge (BkServerConfig *config, char **words, GError **error)
{
  if ((words[0] != NULL) == bk_cmd_options.all)
    return bk_cmd_misused ("Name one license, or --all", error);
  if (!bk_cmd_check_running (config, error))
    return FALSE;
  BkStoreAdmin *job = bk_cmd_admin_new ();
  job->token = g_strdup (words[0]);
  bk_cmd_note (words[0], NULL);
  return bk_cmd_operate (config, bk_store_ask_license, job, error);
}
