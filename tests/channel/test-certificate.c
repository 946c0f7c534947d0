/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Certificates, shown to each other in a handshake of TLS in memory. */
#include "bk-certificate.h"
#include "bk-test.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <string.h>

#define SESSION "{6f0d2f9e-8a55-4a0e-9d0b-2f6d3a1c5b7e}"
#define OTHER "{6f0d2f9e-8a55-4a0e-9d0b-2f6d3a1c5b7f}"

typedef struct
{
  gnutls_session_t tls;
  GByteArray *in;
  GByteArray *out; /* is that of the other side */
} End;

static ssize_t
push (gnutls_transport_ptr_t end, const void *data, size_t length)
{
  End *self = end;

  g_byte_array_append (self->out, data, (guint) length);
  return (ssize_t) length;
}

static ssize_t
pull (gnutls_transport_ptr_t end, void *data, size_t length)
{
  End *self = end;
  gsize n = MIN (length, self->in->len);

  if (n == 0)
    {
      gnutls_transport_set_errno (self->tls, EAGAIN);
      return -1;
    }
  memcpy (data, self->in->data, n);
  g_byte_array_remove_range (self->in, 0, (guint) n);
  return (ssize_t) n;
}

static void
prepare (End *self, unsigned flags, gnutls_certificate_credentials_t credentials)
{
  g_assert_cmpint (gnutls_init (&self->tls, flags | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL), ==, 0);
  g_assert_cmpint (gnutls_priority_set_direct (self->tls, "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL), ==, 0);
  g_assert_cmpint (gnutls_credentials_set (self->tls, GNUTLS_CRD_CERTIFICATE, credentials), ==, 0);
  gnutls_transport_set_ptr (self->tls, self);
  gnutls_transport_set_push_function (self->tls, push);
  gnutls_transport_set_pull_function (self->tls, pull);
  gnutls_handshake_set_timeout (self->tls, GNUTLS_INDEFINITE_TIMEOUT);
}

static void
shake_hands (End ends[2], gnutls_certificate_credentials_t client, gnutls_certificate_credentials_t server)
{
  int codes[2] = { GNUTLS_E_AGAIN, GNUTLS_E_AGAIN };

  for (guint i = 0; i < 2; i++)
    ends[i].in = g_byte_array_new ();
  for (guint i = 0; i < 2; i++)
    ends[i].out = ends[1 - i].in;
  prepare (&ends[0], GNUTLS_CLIENT, client);
  prepare (&ends[1], GNUTLS_SERVER, server);
  gnutls_certificate_server_set_request (ends[1].tls, GNUTLS_CERT_REQUEST);
  for (guint round = 0; round < 20 && (codes[0] < 0 || codes[1] < 0); round++)
    for (guint i = 0; i < 2; i++)
      if (codes[i] == GNUTLS_E_AGAIN)
        codes[i] = gnutls_handshake (ends[i].tls);
  g_assert_cmpint (codes[0], ==, 0);
  g_assert_cmpint (codes[1], ==, 0);
}

static void
part (End ends[2])
{
  for (guint i = 0; i < 2; i++)
    {
      gnutls_deinit (ends[i].tls);
      g_byte_array_unref (ends[i].in);
    }
}

static BkCertificate *
make (const char *session)
{
  g_autoptr (GError) error = NULL;
  BkCertificate *certificate = bk_certificate_new (session, &error);

  g_assert_no_error (error);
  return certificate;
}

static void
test_fingerprint (void)
{
  g_autoptr (BkCertificate) one = make (SESSION);
  g_autoptr (BkCertificate) another = make (SESSION);
  const char *fingerprint = bk_certificate_get_fingerprint (one);

  g_assert_cmpuint (strlen (fingerprint), ==, 64);
  g_assert_cmpuint (strspn (fingerprint, "0123456789abcdef"), ==, 64);
  g_assert_cmpstr (fingerprint, !=, bk_certificate_get_fingerprint (another));
}

static void
test_check (void)
{
  g_autoptr (BkCertificate) client = make (SESSION);
  g_autoptr (BkCertificate) server = make (SESSION);
  const char *right = bk_certificate_get_fingerprint (server);
  g_autofree char *upper = g_ascii_strup (right, -1);
  g_autofree char *shorter = g_strndup (right, 63);
  End ends[2] = { { 0 } };

  shake_hands (ends, bk_certificate_get_credentials (client), bk_certificate_get_credentials (server));
  g_assert_true (bk_certificate_check_peer (ends[0].tls, right, SESSION));
  g_assert_true (bk_certificate_check_peer (ends[1].tls, bk_certificate_get_fingerprint (client), SESSION));

  g_assert_false (bk_certificate_check_peer (ends[0].tls, bk_certificate_get_fingerprint (client), SESSION));
  g_assert_false (bk_certificate_check_peer (ends[0].tls, upper, SESSION));
  g_assert_false (bk_certificate_check_peer (ends[0].tls, shorter, SESSION));
  g_assert_false (bk_certificate_check_peer (ends[0].tls, "", SESSION));
  g_assert_false (bk_certificate_check_peer (ends[0].tls, right, OTHER));
  g_assert_false (bk_certificate_check_peer (ends[0].tls, right, ""));
  g_assert_false (bk_certificate_check_peer (ends[0].tls, right, SESSION "x"));
  g_assert_false (bk_certificate_check_peer (ends[0].tls, right, "{6f0d2f9e"));
  part (ends);
}

/* What the certificate is like that goes over the wire. */
static void
test_contents (void)
{
  g_autoptr (BkCertificate) client = make (SESSION);
  g_autoptr (BkCertificate) server = make (SESSION);
  End ends[2] = { { 0 } };
  unsigned n = 0, bits = 0;
  gnutls_x509_crt_t crt;

  shake_hands (ends, bk_certificate_get_credentials (client), bk_certificate_get_credentials (server));
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (ends[0].tls, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (gnutls_x509_crt_init (&crt), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_import (crt, chain, GNUTLS_X509_FMT_DER), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_get_pk_algorithm (crt, &bits), ==, GNUTLS_PK_ECDSA);
  g_assert_cmpuint (bits, ==, 256);
  g_assert_cmpint (gnutls_x509_crt_get_version (crt), ==, 3);
  gnutls_x509_crt_deinit (crt);
  part (ends);
}

/* Nobody has shown anything yet, or there is nothing to show. */
static void
test_none (void)
{
  g_autoptr (BkCertificate) server = make (SESSION);
  gnutls_certificate_credentials_t empty;
  End ends[2] = { { 0 } };

  g_assert_cmpint (gnutls_certificate_allocate_credentials (&empty), ==, 0);
  shake_hands (ends, empty, bk_certificate_get_credentials (server));
  g_assert_false (bk_certificate_check_peer (ends[1].tls, bk_certificate_get_fingerprint (server), SESSION));
  part (ends);
  gnutls_certificate_free_credentials (empty);
}

/* The right certificate with another behind it. */
static void
test_chain (void)
{
  g_autoptr (BkCertificate) client = make (SESSION);
  g_autoptr (BkCertificate) server = make (SESSION);
  g_autoptr (BkCertificate) third = make (SESSION);
  gnutls_x509_crt_t *first = NULL, *second = NULL;
  gnutls_x509_privkey_t key;
  gnutls_privkey_t private;
  gnutls_certificate_credentials_t both;
  unsigned n_first = 0, n_second = 0;
  End ends[2] = { { 0 } };

  g_assert_cmpint (gnutls_certificate_get_x509_crt (bk_certificate_get_credentials (server), 0, &first, &n_first),
                   ==, 0);
  g_assert_cmpint (gnutls_certificate_get_x509_crt (bk_certificate_get_credentials (third), 0, &second, &n_second),
                   ==, 0);
  g_assert_cmpint (gnutls_certificate_get_x509_key (bk_certificate_get_credentials (server), 0, &key), ==, 0);
  g_assert_cmpint (gnutls_certificate_allocate_credentials (&both), ==, 0);
  /* Not gnutls_certificate_set_x509_key (): that takes out what does not belong into the chain. */
  gnutls_pcert_st chain[2];
  g_assert_cmpint (gnutls_pcert_import_x509 (&chain[0], first[0], 0), ==, 0);
  g_assert_cmpint (gnutls_pcert_import_x509 (&chain[1], second[0], 0), ==, 0);
  g_assert_cmpint (gnutls_privkey_init (&private), ==, 0);
  g_assert_cmpint (gnutls_privkey_import_x509 (private, key, GNUTLS_PRIVKEY_IMPORT_COPY), ==, 0);
  g_assert_cmpint (gnutls_certificate_set_key (both, NULL, 0, chain, 2, private), ==, 0);

  unsigned shown = 0;
  shake_hands (ends, bk_certificate_get_credentials (client), both);
  gnutls_certificate_get_peers (ends[0].tls, &shown);
  g_assert_cmpuint (shown, ==, 2);
  g_assert_false (bk_certificate_check_peer (ends[0].tls, bk_certificate_get_fingerprint (server), SESSION));
  part (ends);
  gnutls_x509_crt_deinit (first[0]);
  gnutls_x509_crt_deinit (second[0]);
  gnutls_x509_privkey_deinit (key);
  gnutls_free (first);
  gnutls_free (second);
  gnutls_certificate_free_credentials (both);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/certificate/fingerprint", test_fingerprint);
  g_test_add_func ("/certificate/check", test_check);
  g_test_add_func ("/certificate/contents", test_contents);
  g_test_add_func ("/certificate/none", test_none);
  g_test_add_func ("/certificate/chain", test_chain);
  return g_test_run ();
}
