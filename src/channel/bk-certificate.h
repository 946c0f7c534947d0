/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The certificate by which one side of one session proves that it is the one that the invitation speaks of: made for
 * the session, P-256, signed by nobody but itself, known by its fingerprint. */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>

G_BEGIN_DECLS

typedef struct _BkCertificate BkCertificate;

/* @session is its common name: a certificate of one session is none of another. */
BkCertificate *bk_certificate_new (const char *session, GError **error);
void bk_certificate_free (BkCertificate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkCertificate, bk_certificate_free)

const char *bk_certificate_get_fingerprint (BkCertificate *self); /* SHA-256, 64 lower-case hexadecimal digits */
gnutls_certificate_credentials_t bk_certificate_get_credentials (BkCertificate *self); /* for both roles */
/* Whether the certificate that the other side of @tls has shown is the one of @fingerprint and @session. */
gboolean bk_certificate_check_peer (gnutls_session_t tls, const char *fingerprint, const char *session);

G_END_DECLS
