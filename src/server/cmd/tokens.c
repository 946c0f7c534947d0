/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-cmd.h"

#include "bk-ids.h"

#define DEFAULT_DAYS 14
#define DAY (86400 * G_GINT64_CONSTANT (1000000))

/* Prints the new token: this is the only time that it is seen. */
gboolean
bk_cmd_token_create (BkServerConfig *config, char **words, GError **error)
{
  gint64 days = bk_cmd_options.days == BK_CMD_NO_DAYS ? DEFAULT_DAYS : bk_cmd_options.days;

  if (bk_cmd_options.uses <= 0 || days < 0)
    return bk_cmd_misused ("A token is good for at least one account, and --days is not negative", error);
  BkStoreAdmin *job = bk_cmd_admin_new ();
  job->token = bk_token_new ();
  job->uses = (guint) bk_cmd_options.uses;
  job->expires = days == 0 ? 0 : job->now + days * DAY;
  g_autofree char *hint = g_strndup (job->token, BK_STORE_TOKEN_HINT);
  bk_cmd_note (hint, NULL);
  g_string_append_printf (job->list, "%s\n", job->token);
  return bk_cmd_admin (config, BK_SQLITE_WRITE, bk_store_create_token, job, error);
}

gboolean
bk_cmd_token_list (BkServerConfig *config, char **words, GError **error)
{
  return bk_cmd_admin (config, BK_SQLITE_READ, bk_store_list_tokens, bk_cmd_admin_new (), error);
}
