/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-native-certificate.h"

#include <glib/gi18n-lib.h>

#define MAX_NAME 300 /* characters */

static const char *
describe_faults (GTlsCertificateFlags faults)
{
  if ((faults & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
    return _("it belongs to another server");
  if ((faults & G_TLS_CERTIFICATE_EXPIRED) != 0)
    return _("it has expired");
  if ((faults & G_TLS_CERTIFICATE_NOT_ACTIVATED) != 0)
    return _("it is not valid yet");
  if ((faults & G_TLS_CERTIFICATE_REVOKED) != 0)
    return _("it has been revoked");
  if ((faults & G_TLS_CERTIFICATE_INSECURE) != 0)
    return _("its algorithm is not safe any more");
  if ((faults & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    return _("it was signed by nobody whom this computer trusts");
  return _("it could not be checked");
}

/* Whoever made it may have written anything into it: nothing of that begins a line or changes its direction. */
static void
add_name (GString *text, const char *format, const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autoptr (GString) shown = g_string_new (NULL);
  guint n_chars = 0;

  for (const char *c = valid; *c != '\0' && n_chars < MAX_NAME; c = g_utf8_next_char (c), n_chars++)
    g_string_append_unichar (shown, g_unichar_isprint (g_utf8_get_char (c)) ? g_utf8_get_char (c) : '?');
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree char *line = g_strjoinv (shown->str, parts);
  g_string_append_printf (text, "\n%s", line);
}

static void
add_validity (GString *text, GTlsCertificate *certificate)
{
  g_autoptr (GDateTime) from = g_tls_certificate_get_not_valid_before (certificate);
  g_autoptr (GDateTime) until = g_tls_certificate_get_not_valid_after (certificate);

  if (from == NULL || until == NULL)
    return;
  g_autofree char *from_text = g_date_time_format (from, "%F");
  g_autofree char *until_text = g_date_time_format (until, "%F");
  g_string_append_c (text, '\n');
  /* Translators: two dates, each as in 2026-01-31 */
  g_string_append_printf (text, _("Valid from %s until %s"), from_text, until_text);
}

static void
add_fingerprint (GString *text, GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) bytes = NULL;

  g_object_get (certificate, "certificate", &bytes, NULL);
  if (bytes == NULL)
    return;
  g_autofree char *digits = g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes->data, bytes->len);
  g_autofree char *upper = g_ascii_strup (digits, -1);
  g_string_append (text, "\nSHA-256: ");
  for (gsize i = 0; upper[i] != '\0'; i += 2)
    g_string_append_printf (text, "%s%c%c", i > 0 ? ":" : "", upper[i], upper[i + 1]);
}

char *
bk_native_certificate_describe (GTlsCertificate *certificate, GTlsCertificateFlags faults, const char *host)
{
  GString *text = g_string_new (NULL);
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (certificate);

  /* Translators: name of a server; what is wrong, such as “it has expired” */
  g_string_append_printf (text, _("The certificate of %s is not to be trusted: %s."), host, describe_faults (faults));
  g_string_append_c (text, '\n');
  if (subject != NULL)
    /* Translators: whom a certificate names as its owner */
    add_name (text, _("Issued to: %s"), subject);
  if (issuer != NULL)
    add_name (text, _("Issued by: %s"), issuer);
  add_validity (text, certificate);
  add_fingerprint (text, certificate);
  return g_string_free (text, FALSE);
}
