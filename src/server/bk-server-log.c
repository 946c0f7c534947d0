/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-log.h"

#include <stdio.h>
#include <string.h>

static GLogLevelFlags most = G_LOG_LEVEL_MESSAGE; /* the bits of the levels rise with how much they say */

static const struct
{
  const char *word;
  GLogLevelFlags level;
} words[] = {
  { "error", G_LOG_LEVEL_CRITICAL }, { "warning", G_LOG_LEVEL_WARNING }, { "message", G_LOG_LEVEL_MESSAGE },
  { "info", G_LOG_LEVEL_INFO },      { "debug", G_LOG_LEVEL_DEBUG },
};

gboolean
bk_server_log_level_from_string (const char *text, GLogLevelFlags *level)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].word, text))
      {
        *level = words[i].level;
        return TRUE;
      }
  return FALSE;
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if ((level & G_LOG_LEVEL_MASK) > most)
    return G_LOG_WRITER_HANDLED;
  if (g_log_writer_is_journald (fileno (stderr))
      && g_log_writer_journald (level, fields, n_fields, user_data) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_standard_streams (level, fields, n_fields, user_data);
}

void
bk_server_log_set_level (GLogLevelFlags level)
{
  most = level != 0 ? level : G_LOG_LEVEL_MESSAGE;
}

void
bk_server_log_start (GLogLevelFlags level)
{
  bk_server_log_set_level (level);
  g_log_set_writer_func (write_log, NULL, NULL);
}

static const char *
priority_of (GLogLevelFlags level)
{
  return level == G_LOG_LEVEL_DEBUG ? "7" : level == G_LOG_LEVEL_INFO ? "6" : "5";
}

void
bk_server_log_event (GLogLevelFlags level, const char *what, const char *detail, gint64 account, gint64 device)
{
  char account_text[24], device_text[24];

  if (level > most)
    return; /* no text is made for nobody */
  g_snprintf (account_text, sizeof account_text, "%" G_GINT64_FORMAT, account);
  g_snprintf (device_text, sizeof device_text, "%" G_GINT64_FORMAT, device);
  g_autofree char *line = g_strdup_printf ("%s%s%s (account %s, device %s)", what, detail != NULL ? ": " : "",
                                           detail != NULL ? detail : "", account_text, device_text);
  const GLogField fields[] = {
    { "GLIB_DOMAIN", G_LOG_DOMAIN, -1 },
    { "PRIORITY", priority_of (level), -1 },
    { "MESSAGE", line, -1 },
    { "BECKON_EVENT", what, -1 },
    { "BECKON_ACCOUNT", account_text, -1 },
    { "BECKON_DEVICE", device_text, -1 },
  };
  g_log_structured_array (level, fields, G_N_ELEMENTS (fields));
}
