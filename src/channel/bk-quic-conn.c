/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connection of ngtcp2 and what it calls. */
#include "bk-quic-private.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <netinet/in.h>
#include <string.h>

#define KEEP_ALIVE (2 * NGTCP2_SECONDS)
/* There is a path already when the handshake begins: a first guess that fits most. */
#define FIRST_RTT (100 * NGTCP2_MILLISECONDS)
#define ACK_EVERY 8 /* packets; a gap, or max_ack_delay, is answered at once */
/* Of all streams together, those of both sides: never what holds one up. */
#define MAX_DATA (2 * (guint64) (BK_QUIC_WINDOW_POOL + 2 * BK_QUIC_STREAMS * BK_QUIC_FIRST_WINDOW))

/* ngtcp2 wants to know between what addresses the packets go. That is not its business here. */
static const ngtcp2_path *
get_path (void)
{
  static struct sockaddr_in address;
  static ngtcp2_path path;

  if (path.local.addrlen == 0)
    {
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
      address.sin_port = htons (1);
      ngtcp2_addr_init (&path.local, (struct sockaddr *) &address, sizeof address);
      ngtcp2_addr_init (&path.remote, (struct sockaddr *) &address, sizeof address);
    }
  return &path;
}

static void
fill_random (BkQuic *self, guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) g_rand_int_range (self->rand, 0, 256);
}

static void
on_rand (uint8_t *data, size_t length, const ngtcp2_rand_ctx *context)
{
  fill_random (context->native_handle, data, length);
}

static int
on_new_connection_id (ngtcp2_conn *conn, ngtcp2_cid *cid, uint8_t *token, size_t length, void *user_data)
{
  BkQuic *self = user_data;

  cid->datalen = length;
  fill_random (self, cid->data, length);
  if (ngtcp2_crypto_generate_stateless_reset_token (token, self->seed, sizeof self->seed, cid) != 0)
    return NGTCP2_ERR_CALLBACK_FAILURE;
  return 0;
}

/* Whether a packet was one of the other side is seen here only, and this callback is not told whose packet it is. */
static _Thread_local gboolean decrypted;

static int
on_decrypt (uint8_t *dest, const ngtcp2_crypto_aead *aead, const ngtcp2_crypto_aead_ctx *context,
            const uint8_t *text, size_t text_length, const uint8_t *nonce, size_t nonce_length,
            const uint8_t *aad, size_t aad_length)
{
  int code = ngtcp2_crypto_decrypt_cb (dest, aead, context, text, text_length, nonce, nonce_length, aad, aad_length);

  decrypted |= code == 0;
  return code;
}

int
bk_quic_conn_read (BkQuic *self, const guint8 *packet, gsize length, gboolean *heard)
{
  ngtcp2_pkt_info info = { 0 };

  decrypted = FALSE;
  self->inside++;
  int code = ngtcp2_conn_read_pkt (self->conn, get_path (), &info, packet, length, bk_quic_time (self));
  self->inside--;
  *heard = decrypted;
  return code;
}

static int
on_completed (ngtcp2_conn *conn, void *user_data)
{
  BkQuic *self = user_data;

  if (!bk_quic_tls_is_fair (self))
    {
      self->refused = TRUE;
      ngtcp2_conn_set_tls_alert (conn, GNUTLS_A_BAD_CERTIFICATE);
      return NGTCP2_ERR_CALLBACK_FAILURE;
    }
  self->completed = TRUE;
  if (!self->client)
    bk_quic_confirm (self);
  return 0;
}

static int
on_confirmed (ngtcp2_conn *conn, void *user_data)
{
  bk_quic_confirm (user_data);
  return 0;
}

static int
on_stream_open (ngtcp2_conn *conn, int64_t id, void *user_data)
{
  BkQuic *self = user_data;

  bk_quic_confirm (self);
  ngtcp2_conn_set_stream_user_data (conn, id, bk_quic_stream_new (self, id));
  if (self->told_closed)
    return 0;
  self->inside++;
  self->funcs.stream_opened (id, self->user_data);
  self->inside--;
  return 0;
}

static int
on_stream_data (ngtcp2_conn *conn, uint32_t flags, int64_t id, uint64_t offset, const uint8_t *data, size_t length,
                void *user_data, void *stream)
{
  BkQuic *self = user_data;

  /* All streams together never wait: what one of them may bring is bounded by its own window. */
  ngtcp2_conn_extend_max_offset (conn, length);
  if (stream != NULL)
    bk_quic_stream_received (self, stream, data, length, (flags & NGTCP2_STREAM_DATA_FLAG_FIN) != 0);
  return 0;
}

static int
on_acked (ngtcp2_conn *conn, int64_t id, uint64_t offset, uint64_t length, void *user_data, void *stream)
{
  BkQuic *self = user_data;

  self->answered = TRUE;
  if (stream != NULL)
    bk_quic_stream_acked (self, stream, offset, length);
  return 0;
}

static int
on_datagram_acked (ngtcp2_conn *conn, uint64_t id, void *user_data)
{
  BkQuic *self = user_data;

  self->answered = TRUE;
  return 0;
}

static int
on_stream_close (ngtcp2_conn *conn, uint32_t flags, int64_t id, uint64_t code, void *user_data, void *stream)
{
  if (stream != NULL)
    bk_quic_stream_gone (user_data, stream);
  return 0;
}

static int
on_stream_reset (ngtcp2_conn *conn, int64_t id, uint64_t size, uint64_t code, void *user_data, void *stream_data)
{
  BkQuic *self = user_data;
  BkQuicStream *stream = stream_data;

  if (stream == NULL || stream->deaf || self->told_closed)
    return 0;
  self->inside++;
  self->funcs.stream_reset (id, self->user_data);
  self->inside--;
  return 0;
}

static int
on_room (ngtcp2_conn *conn, int64_t id, uint64_t limit, void *user_data, void *stream)
{
  if (stream != NULL)
    bk_quic_stream_unblocked (user_data, stream);
  return 0;
}

static int
on_datagram (ngtcp2_conn *conn, uint32_t flags, const uint8_t *data, size_t length, void *user_data)
{
  BkQuic *self = user_data;

  bk_quic_confirm (self);
  self->statistics.datagrams_received++;
  self->statistics.bytes_received += length;
  if (self->told_closed)
    return 0;
  self->inside++;
  self->funcs.datagram (data, length, self->user_data);
  self->inside--;
  return 0;
}

static int
on_datagram_lost (ngtcp2_conn *conn, uint64_t id, void *user_data)
{
  BkQuic *self = user_data;

  self->statistics.datagrams_lost++;
  return 0;
}

static const ngtcp2_callbacks callbacks = {
  .client_initial = ngtcp2_crypto_client_initial_cb,
  .recv_client_initial = ngtcp2_crypto_recv_client_initial_cb,
  .recv_crypto_data = ngtcp2_crypto_recv_crypto_data_cb,
  .handshake_completed = on_completed,
  .encrypt = ngtcp2_crypto_encrypt_cb,
  .decrypt = on_decrypt,
  .hp_mask = ngtcp2_crypto_hp_mask_cb,
  .recv_stream_data = on_stream_data,
  .acked_stream_data_offset = on_acked,
  .stream_open = on_stream_open,
  .stream_close = on_stream_close,
  .recv_retry = ngtcp2_crypto_recv_retry_cb,
  .rand = on_rand,
  .get_new_connection_id = on_new_connection_id,
  .update_key = ngtcp2_crypto_update_key_cb,
  .stream_reset = on_stream_reset,
  .extend_max_stream_data = on_room,
  .handshake_confirmed = on_confirmed,
  .delete_crypto_aead_ctx = ngtcp2_crypto_delete_crypto_aead_ctx_cb,
  .delete_crypto_cipher_ctx = ngtcp2_crypto_delete_crypto_cipher_ctx_cb,
  .recv_datagram = on_datagram,
  .ack_datagram = on_datagram_acked,
  .lost_datagram = on_datagram_lost,
  .get_path_challenge_data = ngtcp2_crypto_get_path_challenge_data_cb,
  .version_negotiation = ngtcp2_crypto_version_negotiation_cb,
};

static void
fill_settings (BkQuic *self, ngtcp2_settings *settings, ngtcp2_transport_params *params)
{
  guint64 window = MIN (BK_QUIC_FIRST_WINDOW, self->max_stream_window);

  ngtcp2_settings_default (settings);
  settings->cc_algo = NGTCP2_CC_ALGO_BBR;
  settings->initial_ts = bk_quic_time (self);
  settings->initial_rtt = FIRST_RTT;
  settings->max_tx_udp_payload_size = BK_QUIC_MAX_PACKET;
  settings->no_pmtud = 1;
  settings->ack_thresh = ACK_EVERY;
  settings->handshake_timeout = UINT64_MAX; /* silence is watched here, see bk_quic_expire () */
  settings->rand_ctx.native_handle = self;

  ngtcp2_transport_params_default (params);
  params->initial_max_stream_data_bidi_local = window;
  params->initial_max_stream_data_bidi_remote = window;
  params->initial_max_data = MAX_DATA;
  params->initial_max_streams_bidi = BK_QUIC_STREAMS;
  params->initial_max_streams_uni = 0;
  params->max_idle_timeout = 0; /* the same */
  params->max_datagram_frame_size = BK_QUIC_MAX_PACKET;
  params->disable_active_migration = 1;
}

static void
make_cid (BkQuic *self, ngtcp2_cid *cid, gsize length)
{
  guint8 bytes[NGTCP2_MAX_CIDLEN];

  fill_random (self, bytes, length);
  ngtcp2_cid_init (cid, bytes, length);
}

gboolean
bk_quic_conn_new_client (BkQuic *self, GError **error)
{
  ngtcp2_settings settings;
  ngtcp2_transport_params params;
  ngtcp2_cid dcid, scid;
  int code;

  if (!bk_quic_tls_new (self, error))
    return FALSE;
  fill_settings (self, &settings, &params);
  make_cid (self, &dcid, 2 * BK_QUIC_CID_LENGTH);
  make_cid (self, &scid, BK_QUIC_CID_LENGTH);
  code = ngtcp2_conn_client_new (&self->conn, &dcid, &scid, get_path (), NGTCP2_PROTO_VER_V1, &callbacks,
                                 &settings, &params, NULL, self);
  if (code != 0)
    {
      self->conn = NULL;
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, "No connection can be made: %s", ngtcp2_strerror (code));
      return FALSE;
    }
  ngtcp2_conn_set_tls_native_handle (self->conn, self->tls);
  ngtcp2_conn_set_keep_alive_timeout (self->conn, KEEP_ALIVE);
  return TRUE;
}

/* FALSE: the packet does not begin a connection. */
gboolean
bk_quic_conn_new_server (BkQuic *self, const guint8 *packet, gsize length)
{
  ngtcp2_settings settings;
  ngtcp2_transport_params params;
  ngtcp2_pkt_hd head;
  ngtcp2_cid scid;

  if (ngtcp2_accept (&head, packet, length) != 0 || head.version != NGTCP2_PROTO_VER_V1
      || !bk_quic_tls_new (self, NULL))
    return FALSE;
  fill_settings (self, &settings, &params);
  bk_quic_params_set_original (&params, &head.dcid);
  make_cid (self, &scid, BK_QUIC_CID_LENGTH);
  if (ngtcp2_conn_server_new (&self->conn, &head.scid, &scid, get_path (), head.version, &callbacks, &settings,
                              &params, NULL, self) != 0)
    {
      self->conn = NULL;
      return FALSE;
    }
  ngtcp2_conn_set_tls_native_handle (self->conn, self->tls);
  ngtcp2_conn_set_keep_alive_timeout (self->conn, KEEP_ALIVE);
  return TRUE;
}
