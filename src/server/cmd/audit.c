/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-cmd.h"

#define DEFAULT_DAYS 30
#define DAY (86400 * G_GINT64_CONSTANT (1000000))

/* With a name: what was done about it. Accounts may be called by the part before the @, all else as the list has it. */
gboolean
bk_cmd_audit_list (BkServerConfig *config, char **words, GError **error)
{
  gint64 days = bk_cmd_options.days == BK_CMD_NO_DAYS ? DEFAULT_DAYS : bk_cmd_options.days;
  if (days <= 0)
    return bk_cmd_misused ("--days is at least 1", error);

  BkStoreAdmin *job = bk_cmd_admin_new ();
  job->expires = job->now - days * DAY;
  job->name = words[0] != NULL ? bk_cmd_complete_name (config, words[0], NULL) : NULL;
  if (job->name == NULL)
    job->name = g_strdup (words[0]);
  return bk_cmd_admin (config, BK_SQLITE_READ, bk_store_list_audit, job, error);
}
