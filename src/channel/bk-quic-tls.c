/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-quic-private.h"

#include "beckon-error.h"

#include <string.h>

#define ALPN "beckon/1"
/* AES first: it costs least where the processor knows it. Nothing of before TLS 1.3, no keys shared in advance. */
#define PRIORITY "%DISABLE_TLS13_COMPAT_MODE:NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:" \
                 "+CHACHA20-POLY1305:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1"

static BkQuic *
of_session (gnutls_session_t tls)
{
  ngtcp2_crypto_conn_ref *ref = gnutls_session_get_ptr (tls);

  return ref->user_data;
}

static gboolean
has_protocol (gnutls_session_t tls)
{
  gnutls_datum_t chosen = { NULL, 0 };

  return gnutls_alpn_get_selected_protocol (tls, &chosen) >= 0 && chosen.size == strlen (ALPN)
         && memcmp (chosen.data, ALPN, chosen.size) == 0;
}

/* Whether the client means this session. */
static gboolean
has_server_name (BkQuic *self, gnutls_session_t tls)
{
  char name[128];
  size_t size = sizeof name;
  unsigned type = 0;

  return gnutls_server_name_get (tls, name, &size, &type, 0) >= 0 && type == GNUTLS_NAME_DNS
         && g_ascii_strcasecmp (name, self->server_name) == 0;
}

static int
verify (gnutls_session_t tls)
{
  BkQuic *self = of_session (tls);

  self->verified = bk_certificate_check_peer (tls, self->fingerprint, self->session) && has_protocol (tls)
                   && (self->client || has_server_name (self, tls));
  self->refused = !self->verified;
  return self->verified ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

/* Asked once more when TLS says that it is done: it is done only with a certificate that was looked at. */
gboolean
bk_quic_tls_is_fair (BkQuic *self)
{
  return self->verified && gnutls_protocol_get_version (self->tls) == GNUTLS_TLS1_3
         && !gnutls_session_is_resumed (self->tls);
}

static ngtcp2_conn *
get_conn (ngtcp2_crypto_conn_ref *ref)
{
  BkQuic *self = ref->user_data;

  return self->conn;
}

static int
set_up_role (BkQuic *self)
{
  if (!self->client)
    {
      gnutls_certificate_server_set_request (self->tls, GNUTLS_CERT_REQUIRE);
      return ngtcp2_crypto_gnutls_configure_server_session (self->tls);
    }

  int code = gnutls_server_name_set (self->tls, GNUTLS_NAME_DNS, self->server_name, strlen (self->server_name));
  return code < 0 ? code : ngtcp2_crypto_gnutls_configure_client_session (self->tls);
}

static int
set_up (BkQuic *self)
{
  const gnutls_datum_t alpn = { (unsigned char *) ALPN, strlen (ALPN) };
  unsigned flags = self->client ? GNUTLS_CLIENT : GNUTLS_SERVER;
  int code = gnutls_init (&self->tls, flags | GNUTLS_NO_TICKETS | GNUTLS_NO_AUTO_SEND_TICKET
                                        | GNUTLS_NO_END_OF_EARLY_DATA);

  if (code < 0)
    self->tls = NULL;
  if (code >= 0)
    code = gnutls_priority_set_direct (self->tls, PRIORITY, NULL);
  if (code >= 0)
    code = gnutls_credentials_set (self->tls, GNUTLS_CRD_CERTIFICATE,
                                   bk_certificate_get_credentials (self->certificate));
  if (code >= 0)
    code = gnutls_alpn_set_protocols (self->tls, &alpn, 1, GNUTLS_ALPN_MANDATORY);
  if (code < 0)
    return code;

  self->ref.get_conn = get_conn;
  self->ref.user_data = self;
  gnutls_session_set_ptr (self->tls, &self->ref);
  gnutls_session_set_verify_function (self->tls, verify);
  gnutls_handshake_set_timeout (self->tls, GNUTLS_INDEFINITE_TIMEOUT);
  return set_up_role (self);
}

gboolean
bk_quic_tls_new (BkQuic *self, GError **error)
{
  int code = set_up (self);

  if (code >= 0)
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, "No handshake can be made: %s", gnutls_strerror (code));
  return FALSE;
}

gboolean
bk_quic_alert_is_about_identity (guint8 alert)
{
  switch (alert)
    {
    case GNUTLS_A_HANDSHAKE_FAILURE: /* also what comes instead of a certificate that is missing */
    case GNUTLS_A_BAD_CERTIFICATE:
    case GNUTLS_A_UNSUPPORTED_CERTIFICATE:
    case GNUTLS_A_CERTIFICATE_REVOKED:
    case GNUTLS_A_CERTIFICATE_EXPIRED:
    case GNUTLS_A_CERTIFICATE_UNKNOWN:
    case GNUTLS_A_UNKNOWN_CA:
    case GNUTLS_A_ACCESS_DENIED:
    case GNUTLS_A_DECRYPT_ERROR: /* the signature was not made with the key of the certificate */
    case GNUTLS_A_UNRECOGNIZED_NAME:
    case GNUTLS_A_CERTIFICATE_REQUIRED:
      return TRUE;
    default:
      return FALSE;
    }
}
