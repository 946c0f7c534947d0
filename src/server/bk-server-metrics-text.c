/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers in Prometheus's text form. Every name is a constant: nothing that comes from outside is in it. */
#include "bk-server-private.h"

#include <glib/gstdio.h>
#include <string.h>

static const gint64 bounds_us[BK_SERVER_N_DELAYS]
  = { 1000, 2500, 5000, 10000, 25000, 100000, 500000, 2500000, G_MAXINT64 };

void
bk_server_writes_add (BkServerWrites *self, gint64 microseconds)
{
  guint i = 0;

  while (microseconds > bounds_us[i])
    i++;
  self->delays[i]++;
  self->writes++;
  self->total_us += microseconds;
}

static void
begin (GString *text, const char *name, const char *type, const char *help)
{
  g_string_append_printf (text, "# HELP beckon_%s %s\n# TYPE beckon_%s %s\n", name, help, name, type);
}

static void
add_one (GString *text, const char *name, const char *type, const char *help, guint64 value)
{
  begin (text, name, type, help);
  g_string_append_printf (text, "beckon_%s %" G_GUINT64_FORMAT "\n", name, value);
}

static void
add_count (const char *family, const char *name, guint64 value, gpointer user_data)
{
  g_string_append_printf (user_data, "beckon_events_total{family=\"%s\",name=\"%s\"} %" G_GUINT64_FORMAT "\n", family,
                          name, value);
}

static void
add_seconds (GString *text, const char *format, gint64 microseconds)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, format, (double) microseconds / G_USEC_PER_SEC);
  g_string_append (text, number);
}

static void
add_writes (GString *text, const BkServerWrites *writes)
{
  guint64 below = 0;

  begin (text, "write_seconds", "histogram", "From a request that writes to its place on the disk.");
  for (guint i = 0; i < BK_SERVER_N_DELAYS; i++)
    {
      below += writes->delays[i];
      g_string_append (text, "beckon_write_seconds_bucket{le=\"");
      if (bounds_us[i] == G_MAXINT64)
        g_string_append (text, "+Inf");
      else
        add_seconds (text, "%g", bounds_us[i]);
      g_string_append_printf (text, "\"} %" G_GUINT64_FORMAT "\n", below);
    }
  g_string_append (text, "beckon_write_seconds_sum ");
  add_seconds (text, "%.6f", writes->total_us);
  g_string_append_printf (text, "\nbeckon_write_seconds_count %" G_GUINT64_FORMAT "\n", writes->writes);
}

static guint64
file_size (const char *database, const char *end)
{
  g_autofree char *path = g_strconcat (database, end, NULL);
  GStatBuf status;

  return g_stat (path, &status) == 0 ? (guint64) status.st_size : 0;
}

char *
bk_server_metrics_describe (BkServer *server)
{
  GString *text = g_string_new (NULL);
  const BkServerNetStats *net = bk_server_net_get_stats (server->net);

  add_one (text, "up_seconds", "gauge", "Since the server was started.",
           (guint64) ((bk_clock_now (server->clock) - server->started) / G_USEC_PER_SEC));
  add_one (text, "connections", "gauge", "Connections now.", net->open);
  add_one (text, "handshakes", "gauge", "Connections that are being made now.", net->connections - net->open);
  add_one (text, "accounts_online", "gauge", "Accounts with at least one device signed in.",
           g_hash_table_size (server->accounts));
  add_one (text, "outgoing_bytes", "gauge", "Bytes that wait to be sent.", net->queued);
  add_one (text, "jobs", "gauge", "Requests that wait for the database or for a password.", server->n_jobs);
  add_one (text, "database_bytes", "gauge", "Size of the database.", file_size (server->config->database, ""));
  add_one (text, "database_log_bytes", "gauge", "Size of its log.", file_size (server->config->database, "-wal"));
  add_one (text, "commits_total", "counter", "Transactions of the database.", bk_sqlite_get_commits (server->db));
  add_writes (text, &server->writes);
  begin (text, "events_total", "counter", "What happened and what was refused, by name.");
  bk_server_each_count (server, add_count, text);
  return g_string_free (text, FALSE);
}
