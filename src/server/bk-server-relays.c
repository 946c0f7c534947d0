/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scheme is the one that coturn calls use-auth-secret ("A REST API For Access To TURN Services"): the user is
 * "EXPIRY:NAME", the password base64 (HMAC-SHA-1 (secret, user)). coturn keeps no list of them; it computes the same. */
#include "bk-server-relays.h"

#include "beckon-error.h"
#include "bk-server-file.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-relay.h"

#include <string.h>

#define SHA1_BYTES 20
#define NAME_DIGITS 32
#define MAX_SECRET 1024

/* ---- words that open ---- */

/* Returns (transfer full) the user that is good until @expiry, in seconds since 1970. coturn writes it into its logs and
 * counts its quotas by the part after the colon: so that part is always the same for an account, but does not tell whose
 * it is. */
char *
bk_server_relays_make_user (const char *secret, const char *sign_in_name, gint64 expiry)
{
  g_autofree char *name
    = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guint8 *) secret, strlen (secret), sign_in_name, -1);

  name[NAME_DIGITS] = '\0';
  return g_strdup_printf ("%" G_GINT64_FORMAT ":%s", expiry, name);
}

/* Returns (transfer full) the password that belongs to @user. */
char *
bk_server_relays_make_password (const char *secret, const char *user)
{
  guint8 digest[SHA1_BYTES];
  gsize length = sizeof digest;
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guint8 *) secret, strlen (secret));

  g_hmac_update (hmac, (const guint8 *) user, (gssize) strlen (user));
  g_hmac_get_digest (hmac, digest, &length);
  g_hmac_unref (hmac);
  return g_base64_encode (digest, length);
}

/* ---- the configuration ---- */

static gboolean
refuse (const char *text, GError **error)
{
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, text);
  return FALSE;
}

static gboolean
check_servers (GStrv servers, const char *key, gboolean turn, GError **error)
{
  for (guint i = 0; servers != NULL && servers[i] != NULL; i++)
    {
      BkRelay relay;

      g_strstrip (servers[i]);
      if (bk_relay_parse (servers[i], &relay) && (relay.kind != BK_RELAY_STUN) == turn)
        continue;
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "The value of “%s”, number %u, is not an address: write %s", key, i + 1,
                   turn ? "turn:HOST:PORT?transport=udp or turn:HOST:PORT?transport=tcp" : "stun:HOST:PORT");
      return FALSE;
    }
  return TRUE;
}

/* The first line of a file, so that an editor's line feed is no part of the secret. */
static gboolean
read_secret (BkServerConfig *config, GError **error)
{
  gsize length;

  if (config->turn_secret_file == NULL)
    return TRUE;
  if (config->turn_secret != NULL)
    return refuse ("Only one of “turn-secret” and “turn-secret-file” can be given", error);
  char *text = bk_server_read_file (config->turn_secret_file, &length, error);
  if (text == NULL)
    {
      g_prefix_error (error, "The file of “turn-secret-file” cannot be read: ");
      return FALSE;
    }
  text[strcspn (text, "\r\n")] = '\0';
  config->turn_secret = text;
  return TRUE;
}

static gboolean
has_any (GStrv servers)
{
  return servers != NULL && servers[0] != NULL;
}

/* Checks what was given, and reads the file of the secret. */
gboolean
bk_server_relays_complete (BkServerConfig *config, GError **error)
{
  guint n_servers = (config->stun_servers != NULL ? g_strv_length (config->stun_servers) : 0)
                    + (config->turn_servers != NULL ? g_strv_length (config->turn_servers) : 0);

  if (!check_servers (config->stun_servers, "stun-servers", FALSE, error)
      || !check_servers (config->turn_servers, "turn-servers", TRUE, error) || !read_secret (config, error))
    return FALSE;
  if (n_servers > BK_LIMIT_RELAYS)
    return refuse ("“stun-servers” and “turn-servers” have more than " G_STRINGIFY (BK_LIMIT_RELAYS) " together", error);
  if (has_any (config->turn_servers) && (config->turn_secret == NULL || config->turn_secret[0] == '\0'))
    return refuse ("“turn-servers” need a “turn-secret” or “turn-secret-file”: the static-auth-secret of coturn", error);
  if (config->turn_secret != NULL && !bk_text_is_valid (config->turn_secret, MAX_SECRET, FALSE))
    return refuse ("“turn-secret” is not one line of text", error);
  return TRUE;
}
