/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building the engine up and taking it down. */
#include "bk-server-net-private.h"

#include "beckon-error.h"
#include "bk-limits.h"

#define RECEIVE_BUFFER 16384 /* one for all; longer messages come in pieces */

/* Only what concerns the library itself: at lower levels it prints what peers send. */
#define LOG_LEVELS (LLL_ERR | LLL_WARN)

static const char *const refused_names[BK_SERVER_N_REFUSED] = {
  [BK_SERVER_REFUSED_TOTAL] = "too-many-connections",
  [BK_SERVER_REFUSED_ADDRESS] = "too-many-from-address",
  [BK_SERVER_REFUSED_RESOURCES] = "no-resources",
  [BK_SERVER_REFUSED_PATH] = "wrong-path",
  [BK_SERVER_REFUSED_NO_UPGRADE] = "no-upgrade",
  [BK_SERVER_REFUSED_VERSION] = "wrong-version",
  [BK_SERVER_REFUSED_SUBPROTOCOL] = "wrong-subprotocol",
  [BK_SERVER_REFUSED_ORIGIN] = "unwelcome-origin",
  [BK_SERVER_REFUSED_MALFORMED] = "malformed-request",
  [BK_SERVER_REFUSED_TIMEOUT] = "handshake-timeout",
  [BK_SERVER_REFUSED_GONE] = "gone-in-handshake",
};

static const char *const closed_names[BK_SERVER_N_CLOSED] = {
  [BK_SERVER_CLOSED_PEER] = "by-peer",
  [BK_SERVER_CLOSED_LOST] = "lost",
  [BK_SERVER_CLOSED_LOCAL] = "by-server",
  [BK_SERVER_CLOSED_SHUTDOWN] = "shutdown",
  [BK_SERVER_CLOSED_SLOW] = "slow-consumer",
  [BK_SERVER_CLOSED_IDLE] = "idle",
  [BK_SERVER_CLOSED_SIGN_IN] = "no-sign-in",
  [BK_SERVER_CLOSED_TOO_BIG] = "message-too-long",
  [BK_SERVER_CLOSED_BINARY] = "binary-message",
  [BK_SERVER_CLOSED_BAD_UTF8] = "bad-utf8",
  [BK_SERVER_CLOSED_PROTOCOL] = "protocol-breach",
};

/* Returns a name for metrics and logs. */
const char *
bk_server_refused_to_string (BkServerRefused refused)
{
  return (guint) refused < BK_SERVER_N_REFUSED ? refused_names[refused] : "unknown";
}

const char *
bk_server_closed_to_string (BkServerClosed closed)
{
  return (guint) closed < BK_SERVER_N_CLOSED ? closed_names[closed] : "unknown";
}

/* Fills in the limits of a server for some thousand users. */
void
bk_server_net_config_init (BkServerNetConfig *config)
{
  *config = (BkServerNetConfig){
    .max_frame = BK_LIMIT_FRAME,
    .max_frame_signed_out = 16384,
    .max_outgoing = 4 * 1024 * 1024,
    .max_connections = 10000,
    .max_per_address = 1000,
    .handshake_ms = 10000,
    .sign_in_ms = 20000,
    .idle_ms = 90000,
    .closing_ms = 5000,
    .backlog = 4096,
  };
}

static void
on_lws_log (int level, const char *line)
{
  g_autofree char *text = g_strchomp (g_strdup (line));

  g_debug ("libwebsockets: %s", text);
}

static gboolean
make_context (BkServerNet *net, GError **error)
{
  static const lws_retry_bo_t no_pings = { 0 }; /* by default it pings every 5 minutes and sorts all timers to do so */
  void *loops[] = { &net->loop };
  struct lws_context_creation_info info = {
    .port = CONTEXT_PORT_NO_LISTEN,
    .foreign_loops = loops,
    .pt_serv_buf_size = RECEIVE_BUFFER,
    .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS
               | LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME
               | (net->tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
    .retry_and_idle_policy = &no_pings,
    .timeout_secs = MAX (net->config.handshake_ms / 1000, 1) + 5, /* ours comes first */
    .pcontext = &net->context,
    .user = net,
  };

  net->context = lws_create_context (&info);
  if (net->context == NULL)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED,
                 "Cannot start libwebsockets with libuv; is its plugin libwebsockets-evlib-uv installed?");
  return net->context != NULL;
}

static gboolean
make_vhost (BkServerNet *net, const BkServerNetConfig *config, GError **error)
{
  static const lws_retry_bo_t no_pings = { 0 };

  net->protocols[0] = (struct lws_protocols){
    .name = net->subprotocol,
    .callback = bk_server_net_lws_callback,
    /* A message goes to the kernel in one piece; what it does not take is copied and kept, one message at most. */
    .tx_packet_size = G_MAXINT32 / 2,
  };
  struct lws_context_creation_info info = {
    .port = CONTEXT_PORT_NO_LISTEN_SERVER,
    .options = net->tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0, /* without it TLS is left out without a word */
    .vhost_name = "beckon",
    .protocols = net->protocols,
    .retry_and_idle_policy = &no_pings,
    .alpn = "http/1.1",
    .ssl_cert_filepath = config->certificate,
    .ssl_private_key_filepath = config->key,
    .ssl_cipher_list = bk_server_net_ciphers,
    .ssl_options_set = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_RENEGOTIATION,
  };

  net->vhost = lws_create_vhost (net->context, &info);
  if (net->vhost != NULL)
    return TRUE;
  if (net->tls)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_CERTIFICATE,
                 "The certificate %s and the key %s cannot be used by libwebsockets",
                 config->certificate, config->key);
  else
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_FAILED, "Cannot set up libwebsockets");
  return FALSE;
}

static void
on_flush (uv_prepare_t *flush)
{
  bk_server_net_flush (flush->data);
}

/* It alone does not keep the loop alive. */
static void
start_flush (BkServerNet *net)
{
  uv_prepare_init (&net->loop, &net->flush);
  net->flush.data = net;
  uv_prepare_start (&net->flush, on_flush);
  uv_unref ((uv_handle_t *) &net->flush);
}

static BkServerNet *
net_alloc (const BkServerNetConfig *config, const BkServerNetHandler *handler, gpointer user_data)
{
  BkServerNet *net = g_new0 (BkServerNet, 1);

  net->handler = *handler;
  net->user_data = user_data;
  net->path = g_strdup (config->path);
  net->subprotocol = g_strdup (config->subprotocol);
  net->origins = g_strdupv ((GStrv) config->origins);
  net->tls = config->certificate != NULL || config->key != NULL;
  net->config = *config;
  net->config.addresses = NULL;
  net->config.certificate = net->config.key = net->config.path = net->config.subprotocol = NULL;
  net->config.origins = NULL;
  net->clock = config->clock != NULL ? g_object_ref (config->clock) : bk_clock_new_system ();
  net->listeners = g_ptr_array_new ();
  net->addresses = bk_server_net_new_address_table ();
  net->deadlines = g_sequence_new (NULL);
  g_queue_init (&net->conns);
  g_queue_init (&net->unsent);
  net->gather = g_malloc (BK_SERVER_GATHER_SIZE);
  uv_loop_init (&net->loop);
  start_flush (net);
  net->source = bk_server_uv_source_new (&net->loop);
  g_source_attach (net->source, g_main_context_get_thread_default ());
  return net;
}

/* Starts to listen. The callbacks of @handler come with @user_data. Returns NULL and sets @error, a sentence for the
 * operator, if an address, the certificate or the key cannot be used. */
BkServerNet *
bk_server_net_new (const BkServerNetConfig *config, const BkServerNetHandler *handler, gpointer user_data,
                   GError **error)
{
  g_return_val_if_fail (config->path != NULL && config->subprotocol != NULL && config->n_addresses > 0, NULL);

  lws_set_log_level (LOG_LEVELS, on_lws_log);
  g_autoptr (BkServerNet) net = net_alloc (config, handler, user_data);
  if (net->tls)
    {
      net->identity = bk_server_identity_load (config->certificate, config->key, error);
      if (net->identity == NULL)
        return NULL;
      bk_server_identity_check_dates (net->identity, config->certificate, bk_clock_real (net->clock));
    }
  if (!make_context (net, error) || !make_vhost (net, config, error))
    return NULL;
  for (guint i = 0; i < config->n_addresses; i++)
    if (!bk_server_net_listen (net, &config->addresses[i], error))
      return NULL;
  bk_server_uv_source_wake (net->source);
  return g_steal_pointer (&net);
}

/* With a loop that is not its own, libwebsockets goes in three steps: it starts to close everything; libuv calls back
 * for each handle that is closed; told a second time, it frees the rest. */
static void
destroy_context (BkServerNet *net)
{
  if (net->context == NULL)
    return;
  lws_context_destroy (net->context);
  while (net->context != NULL && uv_loop_alive (&net->loop))
    uv_run (&net->loop, UV_RUN_NOWAIT);
  if (net->context != NULL)
    lws_context_destroy (net->context);
}

/* Cuts every connection and frees all. closed is called for each WebSocket that is still there. */
void
bk_server_net_free (BkServerNet *net)
{
  g_return_if_fail (net->in_callback == 0);

  net->freeing = TRUE;
  bk_server_net_stop_listening (net);
  destroy_context (net);
  uv_close ((uv_handle_t *) &net->flush, NULL);
  while (uv_loop_alive (&net->loop))
    uv_run (&net->loop, UV_RUN_NOWAIT);
  g_source_destroy (net->source);
  g_source_unref (net->source);
  if (uv_loop_close (&net->loop) != 0)
    g_critical ("The libuv loop of the connection engine is still busy");

  bk_clock_clear (net->clock, &net->deadline_timer);
  g_clear_pointer (&net->identity, bk_server_identity_free);
  g_object_unref (net->clock);
  g_sequence_free (net->deadlines);
  g_hash_table_unref (net->addresses);
  g_ptr_array_unref (net->listeners);
  g_clear_pointer (&net->reader, bk_server_reader_free);
  g_free (net->gather);
  g_strfreev (net->origins);
  g_free (net->subprotocol);
  g_free (net->path);
  g_free (net);
}

/* Says goodbye to every WebSocket, as bk_server_conn_close () does. */
void
bk_server_net_close_all (BkServerNet *net, guint16 code, const char *reason)
{
  for (GList *link = net->conns.head; link != NULL; link = link->next)
    bk_server_conn_close (link->data, code, reason);
}

const BkServerNetStats *
bk_server_net_get_stats (BkServerNet *net)
{
  return &net->stats;
}
