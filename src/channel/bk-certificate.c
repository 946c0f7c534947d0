/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-certificate.h"

#include "beckon-error.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

/* Nobody looks at the times but libraries that refuse a certificate without; clocks may be wrong by a lot. */
#define VALID_FROM 0
#define VALID_UNTIL 4102444800 /* 2100-01-01 */

struct _BkCertificate
{
  char *fingerprint;
  gnutls_certificate_credentials_t credentials;
};

static gboolean
fail (int code, GError **error)
{
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, "No certificate can be made: %s", gnutls_strerror (code));
  return FALSE;
}

static int
fill (gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *session)
{
  guint8 serial[16];
  int code = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);

  serial[0] = (serial[0] & 0x7F) | 0x40; /* positive, and never shorter */
  if (code >= 0)
    code = gnutls_x509_crt_set_version (crt, 3);
  if (code >= 0)
    code = gnutls_x509_crt_set_serial (crt, serial, sizeof serial);
  if (code >= 0)
    code = gnutls_x509_crt_set_activation_time (crt, VALID_FROM);
  if (code >= 0)
    code = gnutls_x509_crt_set_expiration_time (crt, VALID_UNTIL);
  if (code >= 0)
    code = gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, session, (unsigned) strlen (session));
  if (code >= 0)
    code = gnutls_x509_crt_set_key (crt, key);
  if (code >= 0)
    code = gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0);
  return code;
}

/* NULL if @crt cannot be hashed. */
static char *
take_fingerprint (gnutls_x509_crt_t crt)
{
  guint8 digest[32];
  size_t size = sizeof digest;
  GString *text = g_string_new (NULL);

  if (gnutls_x509_crt_get_fingerprint (crt, GNUTLS_DIG_SHA256, digest, &size) < 0 || size != sizeof digest)
    return g_string_free (text, TRUE);
  for (size_t i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  return g_string_free (text, FALSE);
}

static gboolean
make (BkCertificate *self, gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *session, GError **error)
{
  int code = gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);

  if (code >= 0)
    code = fill (crt, key, session);
  if (code >= 0)
    code = gnutls_certificate_allocate_credentials (&self->credentials);
  if (code >= 0)
    code = gnutls_certificate_set_x509_key (self->credentials, &crt, 1, key);
  if (code < 0)
    return fail (code, error);
  self->fingerprint = take_fingerprint (crt);
  return self->fingerprint != NULL || fail (GNUTLS_E_HASH_FAILED, error);
}

BkCertificate *
bk_certificate_new (const char *session, GError **error)
{
  g_autoptr (BkCertificate) self = g_new0 (BkCertificate, 1);
  gnutls_x509_crt_t crt = NULL;
  gnutls_x509_privkey_t key = NULL;
  int code = gnutls_x509_crt_init (&crt);
  gboolean made = FALSE;

  if (code >= 0)
    code = gnutls_x509_privkey_init (&key);
  made = code >= 0 ? make (self, crt, key, session, error) : fail (code, error);
  if (key != NULL)
    gnutls_x509_privkey_deinit (key);
  if (crt != NULL)
    gnutls_x509_crt_deinit (crt);
  return made ? g_steal_pointer (&self) : NULL;
}

void
bk_certificate_free (BkCertificate *self)
{
  if (self->credentials != NULL)
    gnutls_certificate_free_credentials (self->credentials);
  g_free (self->fingerprint);
  g_free (self);
}

const char *
bk_certificate_get_fingerprint (BkCertificate *self)
{
  return self->fingerprint;
}

gnutls_certificate_credentials_t
bk_certificate_get_credentials (BkCertificate *self)
{
  return self->credentials;
}

static gboolean
is_of_session (gnutls_x509_crt_t crt, const char *session)
{
  char name[128];
  size_t size = sizeof name;

  return gnutls_x509_crt_get_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size) >= 0
         && size == strlen (session) && memcmp (name, session, size) == 0;
}

gboolean
bk_certificate_check_peer (gnutls_session_t tls, const char *fingerprint, const char *session)
{
  unsigned n = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (tls, &n);
  gnutls_x509_crt_t crt = NULL;

  if (chain == NULL || n != 1 || gnutls_x509_crt_init (&crt) < 0)
    return FALSE;
  g_autofree char *shown
    = gnutls_x509_crt_import (crt, chain, GNUTLS_X509_FMT_DER) >= 0 ? take_fingerprint (crt) : NULL;
  gboolean right = shown != NULL && g_str_equal (shown, fingerprint) && is_of_session (crt, session);
  gnutls_x509_crt_deinit (crt);
  return right;
}
