/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that differs between ngtcp2 0.12 (Debian 12) and 1.x (Debian 13). */
#pragma once

#include <glib.h>
#include <ngtcp2/ngtcp2.h>
#include <ngtcp2/ngtcp2_crypto.h>
#include <ngtcp2/ngtcp2_crypto_gnutls.h>

G_BEGIN_DECLS

#if NGTCP2_VERSION_NUM >= 0x010000

typedef ngtcp2_ccerr BkQuicError;
#define bk_quic_error_init(error) ngtcp2_ccerr_default (error)
#define bk_quic_error_set_library(error, code) ngtcp2_ccerr_set_liberr ((error), (code), NULL, 0)
#define bk_quic_error_set_alert(error, alert) ngtcp2_ccerr_set_tls_alert ((error), (alert), NULL, 0)
#define bk_quic_error_set_application(error, code) ngtcp2_ccerr_set_application_error ((error), (code), NULL, 0)
#define BK_QUIC_ERROR_APPLICATION NGTCP2_CCERR_TYPE_APPLICATION
#define bk_quic_shutdown_write(conn, stream) ngtcp2_conn_shutdown_stream_write ((conn), 0, (stream), 0)
#define bk_quic_shutdown_read(conn, stream) ngtcp2_conn_shutdown_stream_read ((conn), 0, (stream), 0)

static inline void
bk_quic_get_error (ngtcp2_conn *conn, BkQuicError *error)
{
  *error = *ngtcp2_conn_get_ccerr (conn);
}

static inline guint64
bk_quic_get_rtt_ns (ngtcp2_conn *conn)
{
  ngtcp2_conn_info info;

  ngtcp2_conn_get_conn_info (conn, &info);
  return info.min_rtt == UINT64_MAX ? 0 : info.smoothed_rtt;
}

static inline void
bk_quic_params_set_original (ngtcp2_transport_params *params, const ngtcp2_cid *dcid)
{
  params->original_dcid = *dcid;
  params->original_dcid_present = 1;
}

#else /* 0.12 */

typedef ngtcp2_connection_close_error BkQuicError;
#define bk_quic_error_init(error) ngtcp2_connection_close_error_default (error)
#define bk_quic_error_set_library(error, code) \
  ngtcp2_connection_close_error_set_transport_error_liberr ((error), (code), NULL, 0)
#define bk_quic_error_set_alert(error, alert) \
  ngtcp2_connection_close_error_set_transport_error_tls_alert ((error), (alert), NULL, 0)
#define bk_quic_error_set_application(error, code) \
  ngtcp2_connection_close_error_set_application_error ((error), (code), NULL, 0)
#define BK_QUIC_ERROR_APPLICATION NGTCP2_CONNECTION_CLOSE_ERROR_CODE_TYPE_APPLICATION
#define bk_quic_shutdown_write(conn, stream) ngtcp2_conn_shutdown_stream_write ((conn), (stream), 0)
#define bk_quic_shutdown_read(conn, stream) ngtcp2_conn_shutdown_stream_read ((conn), (stream), 0)

static inline void
bk_quic_get_error (ngtcp2_conn *conn, BkQuicError *error)
{
  ngtcp2_conn_get_connection_close_error (conn, error);
}

static inline guint64
bk_quic_get_rtt_ns (ngtcp2_conn *conn)
{
  ngtcp2_conn_stat stat;

  ngtcp2_conn_get_conn_stat (conn, &stat);
  return stat.min_rtt == UINT64_MAX ? 0 : stat.smoothed_rtt;
}

static inline void
bk_quic_params_set_original (ngtcp2_transport_params *params, const ngtcp2_cid *dcid)
{
  params->original_dcid = *dcid;
}

#endif

G_END_DECLS
