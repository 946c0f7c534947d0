/* SPDX-License-Identifier: GPL-3.0-or-later */
/* While it runs: whether it is well, and settings that change. */
#include "bk-server-private.h"

#include <string.h>

/* ---- is it well? ---- */

static gboolean
run_probe (BkSqlite *db, gpointer data, GError **error)
{
  return bk_sqlite_exec (db, "SELECT 1", error);
}

/* Writes what is there already: that goes to the disk all the same. */
static gboolean
run_writing_probe (BkSqlite *db, gpointer data, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA user_version = %u", bk_store_n_migrations);

  return bk_sqlite_exec (db, sql, error);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServer *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->n_jobs--;
  bk_sqlite_run_finish (BK_SQLITE (source), result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  bk_server_check_stopped (self);
}

/* Goes through the main loop and the thread of the database; with @writing to the disk, too. */
void
bk_server_probe_async (BkServer *self, gboolean writing, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, bk_server_probe_async);
  self->n_jobs++;
  bk_sqlite_run_async (self->db, writing ? BK_SQLITE_WRITE : BK_SQLITE_READ,
                       writing ? run_writing_probe : run_probe, NULL, NULL, NULL, on_probed, task);
}

gboolean
bk_server_probe_finish (BkServer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- settings that change ---- */

static void
take_list (GStrv *place, GStrv list)
{
  g_strfreev (*place);
  *place = g_strdupv (list);
}

static void
take_limits (BkServerConfig *own, const BkServerConfig *fresh)
{
  own->message_days = fresh->message_days;
  own->quota = fresh->quota;
  own->requests_per_day = fresh->requests_per_day;
  own->audit_days = fresh->audit_days;
  own->frames = fresh->frames;
  own->contact_adds = fresh->contact_adds;
  own->registrations = fresh->registrations;
  own->failures = fresh->failures;
  own->unlocks = fresh->unlocks;
  own->relays = fresh->relays;
}

static void
take_relays (BkServerConfig *own, const BkServerConfig *fresh)
{
  char *secret = g_strdup (fresh->turn_secret);

  take_list (&own->stun_servers, fresh->stun_servers);
  take_list (&own->turn_servers, fresh->turn_servers);
  g_free (own->turn_secret);
  own->turn_secret = secret;
  own->turn_ttl = fresh->turn_ttl;
}

/* What other parts were built upon cannot change under them. */
static gboolean
needs_restart (const BkServerConfig *own, const BkServerConfig *fresh)
{
  return g_strcmp0 (own->domain, fresh->domain) != 0 || g_strcmp0 (own->database, fresh->database) != 0
         || !g_strv_equal ((const char *const *) own->listen, (const char *const *) fresh->listen)
         || g_strcmp0 (own->certificate, fresh->certificate) != 0 || g_strcmp0 (own->key, fresh->key) != 0
         || g_strcmp0 (own->metrics, fresh->metrics) != 0 || own->lock != fresh->lock || own->cloud != fresh->cloud
         || own->connections != fresh->connections
         || own->connections_per_address != fresh->connections_per_address
         || own->outgoing_bytes != fresh->outgoing_bytes;
}

static void
take_settings (BkServer *self, const BkServerConfig *config)
{
  self->config->registration = config->registration;
  self->config->log_level = config->log_level;
  bk_server_log_set_level (config->log_level);
  take_limits (self->config, config);
  take_relays (self->config, config);
  if (needs_restart (self->config, config))
    g_message ("The configuration was read again; some of what changed needs a restart");
  else
    g_message ("The configuration was read again");
}

/* If certificate and key cannot be used, those until now stay in use. */
static gboolean
reload_certificate (BkServer *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (self->config->certificate == NULL)
    return TRUE;
  if (bk_server_net_reload (self->net, self->config->certificate, self->config->key, &local))
    {
      g_message ("Read the certificate and its key again");
      return TRUE;
    }
  g_warning ("The certificate until now stays in use: %s", local->message);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* The operator has asked for it: goes on with the settings of @config, as far as that is possible without a restart. A
 * file with a mistake changes nothing: then @config is NULL, and @error says why. */
void
bk_server_reload (BkServer *self, const BkServerConfig *config, const GError *error)
{
  g_autoptr (GError) local = NULL;

  if (self->state != BK_SERVER_RUNNING)
    return;
  reload_certificate (self, &local);
  if (config != NULL)
    take_settings (self, config);
  else
    g_warning ("The configuration was not read again: %s", error->message);
  bk_server_audit_operator (self, "reload", NULL, error != NULL ? error : local);
}
