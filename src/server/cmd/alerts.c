/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-cmd.h"

#include "bk-ids.h"
#include "bk-server-operator.h"

static gboolean
check_alert (const char *text, const char *url, GError **error)
{
  gboolean good_text = *text != '\0' && bk_text_is_valid (text, BK_LIMIT_ALERT_TEXT, TRUE);
  gboolean good_url = url == NULL || bk_url_is_web (url);

  if (!good_text)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                 "An alert is 1 to %d bytes of plain UTF-8 text; line feeds and tabs are allowed", BK_LIMIT_ALERT_TEXT);
  else if (!good_url)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                 "A URL begins with http:// or https:// and has at most %d bytes", BK_LIMIT_APP_URL);
  return good_text && good_url;
}

static gboolean
check_options (GError **error)
{
  if ((bk_cmd_options.to != NULL) + bk_cmd_options.all + bk_cmd_options.subscribers != 1)
    return bk_cmd_misused ("An alert goes --to NAME, to --all or to --subscribers", error);
  if (bk_cmd_options.site < 0 || bk_cmd_options.site > G_MAXUINT32)
    return bk_cmd_misused ("A site is a number from 0 to 2^32 - 1", error);
  return TRUE;
}

/* @to: a complete name; nullable. */
static BkStoreAlert *
job_new (const char *text, const char *to)
{
  BkStoreAlert *job = g_new0 (BkStoreAlert, 1);

  job->now = g_get_real_time ();
  job->operation = to != NULL                   ? BK_STORE_ALERT_ONE
                   : bk_cmd_options.subscribers ? BK_STORE_ALERT_SUBSCRIBERS
                                                : BK_STORE_ALERT_ALL;
  job->to = g_strdup (to);
  job->site = bk_cmd_options.site;
  job->text = g_strdup (text);
  job->url = g_strdup (bk_cmd_options.url);
  return job;
}

gboolean
bk_cmd_alert_send (BkServerConfig *config, char **words, GError **error)
{
  g_autofree char *to = NULL;

  if (!check_options (error))
    return FALSE;
  if (bk_cmd_options.to != NULL && (to = bk_cmd_complete_name (config, bk_cmd_options.to, error)) == NULL)
    return FALSE;
  if (!check_alert (words[0], bk_cmd_options.url, error)
      || (bk_cmd_options.subscribers && !bk_cmd_check_running (config, error)))
    return FALSE;
  BkStoreAlert *job = bk_cmd_job (config, BK_SQLITE_WRITE, bk_store_send_alert, job_new (words[0], to),
                                  bk_store_alert_free, error);
  if (job == NULL)
    return FALSE;
  bk_store_alert_free (job);
  return bk_server_operator_nudge (config->database, error);
}
