/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libwebsockets sets TLS up; which certificate a new connection is shown is decided here, with each handshake, so that
 * another one can take its place while connections live. */
#include "bk-server-net-private.h"

#include <openssl/ssl.h>

/* For TLS 1.2; what TLS 1.3 has is all good. Forward secret and authenticated, no other. */
const char bk_server_net_ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

static int
on_handshake (SSL *ssl, void *user_data)
{
  BkServerNet *net = user_data;

  return bk_server_identity_show (net->identity, ssl);
}

/* libwebsockets has made what all connections share. */
void
bk_server_net_tls_set_up (BkServerNet *net, gpointer context)
{
  SSL_CTX *shared = context;

  SSL_CTX_set_min_proto_version (shared, TLS1_2_VERSION);
  SSL_CTX_set_cert_cb (shared, on_handshake, net);
}

/* Shows another certificate from now on. If that cannot be used, the one until now stays, and so do the connections in
 * either case. */
gboolean
bk_server_net_reload (BkServerNet *net, const char *certificate, const char *key, GError **error)
{
  g_return_val_if_fail (net->tls, FALSE);

  BkServerIdentity *identity = bk_server_identity_load (certificate, key, error);
  if (identity == NULL)
    return FALSE;
  bk_server_identity_check_dates (identity, certificate, bk_clock_real (net->clock));
  bk_server_identity_free (net->identity);
  net->identity = identity;
  return TRUE;
}
