/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-private.h"

#define MAX_BUCKETS 8192
#define RETRY_MS 250 /* a start takes less */
#define SPREAD_MS 2  /* for each device */
#define MAX_SPREAD_MS 5000

G_DEFINE_FINAL_TYPE (BkServer, bk_server, G_TYPE_OBJECT)

/* ---- connections ---- */

static void
on_opened (BkServerConn *conn, gpointer user_data)
{
  BkServer *self = user_data;
  BkServerPeer *peer = bk_server_peer_new (self, conn);
  BkFrame *frame = bk_frame_new (BK_FRAME_HELLO, -1);

  self->n_peers++;
  bk_server_conn_set_user_data (conn, peer);
  bk_frame_set_int (frame, "version", BK_FRAME_VERSION);
  bk_frame_set_string (frame, "domain", self->config->domain);
  bk_frame_set_string (frame, "registration", bk_server_registration_to_string (self->config->registration));
  bk_server_peer_send (peer, frame);
  if (self->state != BK_SERVER_RUNNING)
    bk_server_peer_bye (peer, "shutdown", 0);
}

static void
on_frame (BkServerConn *conn, const char *text, gsize length, gpointer user_data)
{
  g_autoptr (BkServerPeer) peer = bk_server_peer_ref (bk_server_conn_get_user_data (conn));

  bk_server_peer_receive (peer, text, length);
}

static void
on_drained (BkServerConn *conn, gpointer user_data)
{
  g_autoptr (BkServerPeer) peer = bk_server_peer_ref (bk_server_conn_get_user_data (conn));

  bk_server_peer_pump (peer);
}

static void
on_answered (BkServerConn *conn, gpointer user_data)
{
  g_autoptr (BkServerPeer) peer = bk_server_peer_ref (bk_server_conn_get_user_data (conn));

  bk_server_peer_answered (peer);
}

static void
on_closed (BkServerConn *conn, BkServerClosed reason, gpointer user_data)
{
  BkServer *self = user_data;
  g_autoptr (BkServerPeer) peer = bk_server_conn_get_user_data (conn);

  bk_server_conn_set_user_data (conn, NULL);
  bk_server_peer_closed (peer);
  self->n_peers--;
  bk_server_check_stopped (self);
}

static const BkServerNetHandler handler = { on_opened, on_frame, on_closed, on_drained, on_answered };

/* ---- what happened ---- */

/* The time of day in microseconds. */
gint64
bk_server_now (BkServer *self)
{
  return bk_clock_real (self->clock);
}

/* Tells everybody who is online what a job has changed. The order of calls is the order of commits. */
void
bk_server_apply (BkServer *self, const BkStoreChanges *changes)
{
  for (guint i = 0; changes->events != NULL && i < changes->events->len; i++)
    {
      const BkStoreEvent *event = g_ptr_array_index (changes->events, i);
      BkServerAccount *account = g_hash_table_lookup (self->accounts, &event->account);
      if (account != NULL)
        bk_server_account_dispatch (account, event);
    }
  for (guint i = 0; changes->pairs != NULL && i < changes->pairs->len; i++)
    bk_server_apply_pair (self, &g_array_index (changes->pairs, BkStorePair, i));
}

/* ---- starting ---- */

static gboolean
read_addresses (BkServer *self, GArray *addresses, GPtrArray *hosts, GError **error)
{
  for (char **text = self->config->listen; *text != NULL; text++)
    {
      BkServerNetAddress address;
      char *host = NULL;
      if (!bk_server_split_address (*text, &host, &address.port, error))
        return FALSE;
      g_ptr_array_add (hosts, host);
      address.host = host;
      address.fd = self->config->sockets != NULL ? g_array_index (self->config->sockets, int, addresses->len) : 0;
      g_array_append_val (addresses, address);
    }
  return TRUE;
}

static gboolean
listen_on_all (BkServer *self, GError **error)
{
  g_autoptr (GArray) addresses = g_array_new (FALSE, FALSE, sizeof (BkServerNetAddress));
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func (g_free);
  BkServerNetConfig config;

  if (!read_addresses (self, addresses, hosts, error))
    return FALSE;
  bk_server_net_config_init (&config);
  config.addresses = &g_array_index (addresses, BkServerNetAddress, 0);
  config.n_addresses = addresses->len;
  config.certificate = self->config->certificate;
  config.key = self->config->key;
  config.path = BK_FRAME_PATH;
  config.subprotocol = BK_FRAME_SUBPROTOCOL;
  config.max_connections = self->config->connections;
  config.max_per_address = self->config->connections_per_address;
  config.max_outgoing = self->config->outgoing_bytes;
  config.clock = self->clock;
  self->net = bk_server_net_new (&config, &handler, self, error);
  return self->net != NULL;
}

static gboolean
tell_metrics (BkServer *self, GError **error)
{
  self->started = bk_clock_now (self->clock);
  if (self->config->metrics == NULL)
    return TRUE;
  self->metrics = bk_server_metrics_new (self, self->config->metrics, error);
  return self->metrics != NULL;
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServer *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!bk_sqlite_open_finish (self->db, result, &error) || !listen_on_all (self, &error) || !tell_metrics (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->state = BK_SERVER_RUNNING;
  bk_server_returning_start (self);
  bk_server_operator_start (self);
  bk_server_retention_start (self);
  g_task_return_boolean (task, TRUE);
}

/* Opens the file and listens. */
void
bk_server_start_async (BkServer *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, bk_server_start_async);
  self->db = bk_sqlite_new (self->config->database, bk_store_migrations, bk_store_n_migrations);
  bk_sqlite_set_busy (self->db);
  bk_sqlite_set_rest (self->db, self->config->commit_rest_ms);
  bk_sqlite_open_async (self->db, NULL, on_open, task);
}

gboolean
bk_server_start_finish (BkServer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- stopping ---- */

static void
on_db_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServer *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->state = BK_SERVER_STOPPED;
  if (bk_sqlite_close_finish (self->db, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_stop_idle (gpointer user_data)
{
  BkServer *self = user_data;

  self->stop_idle = 0;
  g_clear_pointer (&self->net, bk_server_net_free);
  bk_sqlite_close_async (self->db, on_db_closed, g_steal_pointer (&self->stopping));
}

/* The end: no connection is left and no thread works for one. The engine is taken down outside of its callbacks. */
void
bk_server_check_stopped (BkServer *self)
{
  if (self->stopping != NULL && self->stop_idle == 0 && self->n_jobs == 0 && self->n_peers == 0)
    self->stop_idle = g_idle_add_once (on_stop_idle, self);
}

/* Most often the server starts again. All of them at once would be more than it can greet. */
static void
say_goodbye (BkServer *self)
{
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_server_peer_unref);
  GHashTableIter iter;
  gpointer account;

  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &account))
    for (guint i = 0; i < ((BkServerAccount *) account)->peers->len; i++)
      g_ptr_array_add (peers, bk_server_peer_ref (g_ptr_array_index (((BkServerAccount *) account)->peers, i)));
  for (guint i = 0; i < peers->len; i++)
    bk_server_peer_bye (g_ptr_array_index (peers, i), "shutdown",
                        RETRY_MS + g_random_int_range (0, (int) MIN (peers->len * SPREAD_MS, MAX_SPREAD_MS) + 1));
}

/* Takes no more connections, says `bye`, waits until all is sent and stored, and closes the file. */
void
bk_server_stop_async (BkServer *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->state == BK_SERVER_RUNNING);

  self->stopping = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->stopping, bk_server_stop_async);
  self->state = BK_SERVER_STOPPING;
  bk_server_operator_stop (self);
  g_clear_pointer (&self->metrics, bk_server_metrics_free);
  bk_server_retention_stop (self);
  bk_server_net_stop_listening (self->net);
  bk_server_returning_stop (self);
  say_goodbye (self);
  bk_server_net_close_all (self->net, BK_SERVER_CODE_GOING_AWAY, "shutdown");
  bk_server_check_stopped (self);
}

gboolean
bk_server_stop_finish (BkServer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Returns the port of the address number @index. */
guint16
bk_server_get_port (BkServer *self, guint index)
{
  return bk_server_net_get_port (self->net, index);
}

/* Returns the port on which the metrics are told, 0 if they are not. */
guint16
bk_server_get_metrics_port (BkServer *self)
{
  return self->metrics != NULL ? bk_server_metrics_get_port (self->metrics) : 0;
}

/* Returns how many accounts are online. */
guint
bk_server_get_online (BkServer *self)
{
  return g_hash_table_size (self->accounts);
}

/* Calls @func for everything that is counted, as bk_server_counters_each () does. */
void
bk_server_each_count (BkServer *self, BkServerCountFunc func, gpointer user_data)
{
  bk_server_counters_each (&self->counters, bk_server_get_net_stats (self), func, user_data);
}

/* Returns what the connection engine counts, NULL before it runs and after. */
const BkServerNetStats *
bk_server_get_net_stats (BkServer *self)
{
  return self->net != NULL ? bk_server_net_get_stats (self->net) : NULL;
}

static void
bk_server_finalize (GObject *object)
{
  BkServer *self = BK_SERVER (object);

  g_clear_handle_id (&self->stop_idle, g_source_remove);
  bk_server_operator_stop (self);
  g_clear_pointer (&self->metrics, bk_server_metrics_free);
  bk_server_retention_stop (self);
  g_clear_pointer (&self->net, bk_server_net_free);
  g_clear_object (&self->db);
  bk_server_hasher_free (self->hasher);
  bk_server_buckets_free (self->buckets);
  g_clear_pointer (&self->expected, g_hash_table_unref);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->accounts);
  bk_server_config_free (self->config);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (bk_server_parent_class)->finalize (object);
}

static void
bk_server_class_init (BkServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_server_finalize;
}

static void
bk_server_init (BkServer *self)
{
  self->operator_fd = -1;
  self->accounts = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, bk_server_account_free);
  self->names = g_hash_table_new (g_str_hash, g_str_equal);
  self->buckets = bk_server_buckets_new (MAX_BUCKETS);
}

/* Takes @config, which is complete. */
BkServer *
bk_server_new (BkServerConfig *config, BkClock *clock)
{
  BkServer *self = g_object_new (BK_TYPE_SERVER, NULL);

  self->config = config;
  self->clock = g_object_ref (clock);
  self->hasher = bk_server_hasher_new (config->password_ops, config->password_memory);
  return self;
}
