/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-identity.h"

#include <sodium.h>
#include <string.h>

#define KEY_DIGITS (2 * crypto_sign_PUBLICKEYBYTES)
#define SECRET_DIGITS (2 * crypto_sign_SEEDBYTES)
#define SIGNATURE_DIGITS (2 * crypto_sign_BYTES)

/* What a signature or a number is for: one that was made for something else means nothing here. */
#define CLAIM_PURPOSE "beckon channel identity 1"
#define NUMBER_PURPOSE "beckon safety number 1"

/* Each side of a safety number has half of its digits. The more often it is hashed, the more costly it is to look for
 * a key with a number that looks alike. */
#define NUMBER_ROUNDS 5200
#define NUMBER_CHUNKS 6
#define NUMBER_CHUNK_BYTES 5

struct _BkIdentity
{
  guint8 seed[crypto_sign_SEEDBYTES];
  guint8 secret[crypto_sign_SECRETKEYBYTES];
  guint8 public[crypto_sign_PUBLICKEYBYTES];
  char key[KEY_DIGITS + 1];
};

static void
ensure_sodium (void)
{
  if (sodium_init () < 0)
    g_error ("libsodium does not work on this machine");
}

/* Reads exactly @length bytes written as lower-case hexadecimal digits. */
static gboolean
read_digits (const char *text, guint8 *bytes, gsize length)
{
  return text != NULL && strlen (text) == 2 * length && strspn (text, "0123456789abcdef") == 2 * length
         && sodium_hex2bin (bytes, length, text, 2 * length, NULL, NULL, NULL) == 0;
}

static char *
write_digits (const guint8 *bytes, gsize length)
{
  char *text = g_malloc (2 * length + 1);

  return sodium_bin2hex (text, 2 * length + 1, bytes, length);
}

/* ---- keys ---- */

static void
derive (BkIdentity *self)
{
  crypto_sign_seed_keypair (self->public, self->secret, self->seed);
  sodium_bin2hex (self->key, sizeof self->key, self->public, sizeof self->public);
}

/**
 * bk_identity_new:
 *
 * Makes a new key.
 *
 * Returns: (transfer full): an identity
 */
BkIdentity *
bk_identity_new (void)
{
  BkIdentity *self = g_new0 (BkIdentity, 1);

  ensure_sodium ();
  randombytes_buf (self->seed, sizeof self->seed);
  derive (self);
  return self;
}

/**
 * bk_identity_new_from_secret:
 * @secret: what bk_identity_dup_secret() returned
 *
 * Returns: (transfer full) (nullable): the identity, %NULL if @secret is none
 */
BkIdentity *
bk_identity_new_from_secret (const char *secret)
{
  g_autoptr (BkIdentity) self = g_new0 (BkIdentity, 1);

  ensure_sodium ();
  if (!read_digits (secret, self->seed, sizeof self->seed))
    return NULL;
  derive (self);
  return g_steal_pointer (&self);
}

void
bk_identity_free (BkIdentity *self)
{
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

/**
 * bk_identity_get_key:
 * @self: an identity
 *
 * Returns: (transfer none): the public key, 64 lower-case hexadecimal digits
 */
const char *
bk_identity_get_key (BkIdentity *self)
{
  return self->key;
}

/**
 * bk_identity_dup_secret:
 * @self: an identity
 *
 * Returns: (transfer full): what makes the same identity again; whoever has it can pass for its owner
 */
char *
bk_identity_dup_secret (BkIdentity *self)
{
  return write_digits (self->seed, sizeof self->seed);
}

/* ---- signatures ---- */

/* Each part with its length in front, so that no two claims are the same bytes; a part that is absent is not the same
 * as an empty one. */
static void
append_part (GByteArray *bytes, const char *part)
{
  guint32 length = part != NULL ? (guint32) strlen (part) : G_MAXUINT32;
  guint32 prefix = GUINT32_TO_BE (length);

  g_byte_array_append (bytes, (const guint8 *) &prefix, sizeof prefix);
  if (part != NULL)
    g_byte_array_append (bytes, (const guint8 *) part, length);
}

static GByteArray *
write_claim (const BkIdentityClaim *claim)
{
  GByteArray *bytes = g_byte_array_new ();

  append_part (bytes, CLAIM_PURPOSE);
  append_part (bytes, claim->session);
  append_part (bytes, claim->application);
  append_part (bytes, claim->inviter ? "inviter" : "invitee");
  append_part (bytes, claim->from);
  append_part (bytes, claim->to);
  append_part (bytes, claim->fingerprint);
  append_part (bytes, claim->their_fingerprint);
  return bytes;
}

/**
 * bk_identity_sign:
 * @self: an identity
 * @claim: what is signed
 *
 * Returns: (transfer full): the signature, 128 lower-case hexadecimal digits
 */
char *
bk_identity_sign (BkIdentity *self, const BkIdentityClaim *claim)
{
  g_autoptr (GByteArray) bytes = write_claim (claim);
  guint8 signature[crypto_sign_BYTES];

  crypto_sign_detached (signature, NULL, bytes->data, bytes->len, self->secret);
  return write_digits (signature, sizeof signature);
}

/**
 * bk_identity_verify:
 * @key: (nullable): the public key of who is to have signed
 * @claim: what is to have been signed
 * @signature: (nullable): the signature
 *
 * Returns: whether @signature is of @claim by @key
 */
gboolean
bk_identity_verify (const char *key, const BkIdentityClaim *claim, const char *signature)
{
  guint8 key_bytes[crypto_sign_PUBLICKEYBYTES];
  guint8 signature_bytes[crypto_sign_BYTES];

  ensure_sodium ();
  if (!read_digits (key, key_bytes, sizeof key_bytes)
      || !read_digits (signature, signature_bytes, sizeof signature_bytes))
    return FALSE;

  g_autoptr (GByteArray) bytes = write_claim (claim);
  return crypto_sign_verify_detached (signature_bytes, bytes->data, bytes->len, key_bytes) == 0;
}

/* ---- safety numbers ---- */

static void
hash_once (guint8 hash[crypto_generichash_BYTES_MAX], gsize length, const char *key)
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, NULL, 0, crypto_generichash_BYTES_MAX);
  crypto_generichash_update (&state, hash, length);
  crypto_generichash_update (&state, (const guint8 *) key, strlen (key));
  crypto_generichash_final (&state, hash, crypto_generichash_BYTES_MAX);
}

/* Returns six groups of five digits. */
static char *
number_of (const char *name, const char *key)
{
  g_autoptr (GByteArray) start = g_byte_array_new ();
  guint8 hash[crypto_generichash_BYTES_MAX];
  GString *digits = g_string_new (NULL);

  append_part (start, NUMBER_PURPOSE);
  append_part (start, name);
  append_part (start, key);
  crypto_generichash (hash, sizeof hash, start->data, start->len, NULL, 0);
  for (guint i = 0; i < NUMBER_ROUNDS; i++)
    hash_once (hash, sizeof hash, key);
  for (guint i = 0; i < NUMBER_CHUNKS; i++)
    {
      guint64 chunk = 0;

      for (guint k = 0; k < NUMBER_CHUNK_BYTES; k++)
        chunk = chunk << 8 | hash[i * NUMBER_CHUNK_BYTES + k];
      g_string_append_printf (digits, "%s%05u", i > 0 ? " " : "", (guint) (chunk % 100000));
    }
  return g_string_free (digits, FALSE);
}

/**
 * bk_identity_safety_number:
 * @name: sign-in name of one side
 * @key: its public key
 * @other_name: sign-in name of the other side
 * @other_key: its public key
 *
 * Makes the number by which two people see that nobody is between them: the same whichever side is named first.
 *
 * Returns: (transfer full): 60 digits in groups of 5
 */
char *
bk_identity_safety_number (const char *name, const char *key, const char *other_name, const char *other_key)
{
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;

  ensure_sodium ();
  one = number_of (name, key);
  other = number_of (other_name, other_key);
  return strcmp (one, other) < 0 ? g_strconcat (one, " ", other, NULL) : g_strconcat (other, " ", one, NULL);
}
