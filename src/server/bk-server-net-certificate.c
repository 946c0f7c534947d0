/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Certificate and key: read, checked, shown to a client. */
#include "bk-server-file.h"
#include "bk-server-net-private.h"

#include "beckon-error.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>
#include <time.h>

#define MAX_CHAIN 16
#define DAY_S (24 * 60 * 60)
#define SOON_DAYS 14

struct _BkServerIdentity
{
  X509 *certificate;
  STACK_OF (X509) * chain;
  EVP_PKEY *key;
};

void
bk_server_identity_free (BkServerIdentity *self)
{
  X509_free (self->certificate);
  sk_X509_pop_free (self->chain, X509_free);
  EVP_PKEY_free (self->key);
  g_free (self);
}

static gboolean
refuse (const char *what, const char *path, const char *why, GError **error)
{
  ERR_clear_error ();
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_CERTIFICATE, "The %s %s cannot be used: %s", what, path, why);
  return FALSE;
}

/* Returns (transfer full) the contents of a file. */
static BIO *
open_file (const char *what, const char *path, char **text, GError **error)
{
  g_autoptr (GError) local = NULL;
  gsize length;

  if (path == NULL)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "The %s is missing: TLS needs a certificate and "
                   "its key", what);
      return NULL;
    }
  *text = bk_server_read_file (path, &length, &local);
  if (*text == NULL)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "Cannot read the %s %s: %s", what, path,
                   local->message);
      return NULL;
    }
  return BIO_new_mem_buf (*text, (int) length);
}

/* The certificate itself comes first, then those that vouch for it. */
static gboolean
read_certificates (BkServerIdentity *self, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  BIO *file = open_file ("certificate", path, &text, error);
  if (file == NULL)
    return FALSE;

  self->certificate = PEM_read_bio_X509 (file, NULL, NULL, NULL);
  self->chain = sk_X509_new_null ();
  X509 *next;
  while (self->certificate != NULL && sk_X509_num (self->chain) < MAX_CHAIN
         && (next = PEM_read_bio_X509 (file, NULL, NULL, NULL)) != NULL)
    sk_X509_push (self->chain, next);
  unsigned long last = ERR_peek_last_error ();
  gboolean whole = sk_X509_num (self->chain) < MAX_CHAIN && ERR_GET_LIB (last) == ERR_LIB_PEM
                   && ERR_GET_REASON (last) == PEM_R_NO_START_LINE;
  ERR_clear_error ();
  BIO_free (file);
  if (self->certificate == NULL)
    return refuse ("certificate", path, "there is none in it in PEM form", error);
  return whole || refuse ("certificate", path, "what follows the first certificate is damaged, or too much", error);
}

/* A server that starts by itself has nobody to ask. */
static int
no_password (char *buffer, int size, int writing, void *user_data)
{
  return -1;
}

static gboolean
read_key (BkServerIdentity *self, const char *path, GError **error)
{
  char *text = NULL;
  BIO *file = open_file ("key", path, &text, error);
  if (file == NULL)
    {
      g_free (text);
      return FALSE;
    }
  self->key = PEM_read_bio_PrivateKey (file, NULL, no_password, NULL);
  BIO_free (file);
  OPENSSL_cleanse (text, strlen (text));
  g_free (text);
  return self->key != NULL
         || refuse ("key", path, "there is none in it in PEM form, or it needs a password", error);
}

/* Reads certificate and key and checks that they belong together. */
BkServerIdentity *
bk_server_identity_load (const char *certificate, const char *key, GError **error)
{
  g_autoptr (BkServerIdentity) self = g_new0 (BkServerIdentity, 1);

  if (!read_certificates (self, certificate, error) || !read_key (self, key, error))
    return NULL;
  if (X509_check_private_key (self->certificate, self->key) != 1)
    {
      refuse ("key", key, "it and the certificate do not belong together", error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* Returns (transfer full) what is to be said if the certificate is not good at @now, in microseconds since 1970, or soon
 * not any more; else NULL. @good: whether it is now. */
static char *
describe_dates (BkServerIdentity *self, const char *path, gint64 now, gboolean *good)
{
  struct tm begin, end;
  gint64 now_s = now / G_USEC_PER_SEC;

  *good = TRUE;
  if (ASN1_TIME_to_tm (X509_get0_notBefore (self->certificate), &begin) != 1
      || ASN1_TIME_to_tm (X509_get0_notAfter (self->certificate), &end) != 1)
    return NULL;
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (timegm (&end));
  g_autofree char *day = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M UTC") : g_strdup ("?");
  gint64 left = timegm (&end) - now_s;
  *good = left > 0 && timegm (&begin) <= now_s;
  if (left <= 0)
    return g_strdup_printf ("The certificate %s has expired, on %s: clients refuse to connect", path, day);
  if (!*good)
    return g_strdup_printf ("The certificate %s is not good yet: clients refuse to connect", path);
  if (left < SOON_DAYS * DAY_S)
    return g_strdup_printf ("The certificate %s expires in %d days, on %s", path, (int) (left / DAY_S), day);
  return NULL;
}

/* Says in the log what there is to say. */
void
bk_server_identity_check_dates (BkServerIdentity *self, const char *path, gint64 now)
{
  gboolean good;
  g_autofree char *remark = describe_dates (self, path, now, &good);

  if (remark != NULL)
    g_warning ("%s", remark);
}

/* Whether a server can use certificate and key at @now. Sets @remark if that will end soon. */
gboolean
bk_server_net_check_certificate (const char *certificate, const char *key, gint64 now, char **remark, GError **error)
{
  g_autoptr (BkServerIdentity) identity = bk_server_identity_load (certificate, key, error);
  gboolean good;

  *remark = NULL;
  if (identity == NULL)
    return FALSE;
  g_autofree char *text = describe_dates (identity, certificate, now, &good);
  if (good)
    *remark = g_steal_pointer (&text);
  else
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_CERTIFICATE, text);
  return good;
}

/* Shows them to the client at the other end of @connection, an SSL, in the handshake that is under way. */
gboolean
bk_server_identity_show (BkServerIdentity *self, gpointer connection)
{
  SSL_certs_clear (connection);
  return SSL_use_cert_and_key (connection, self->certificate, self->key, self->chain, 1) == 1;
}
