/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-identity.h"

#include "bk-test.h"

#include <string.h>

#define SECRET "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222222222222222222222222222"
#define ALICE "alice@example.org"
#define BOB "bob@example.org"

static const BkIdentityClaim plain = {
  .session = "{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}",
  .application = "{B2A7C1F4-6D0E-4E5B-A5D4-3C5E7F9A1B2C}",
  .inviter = TRUE,
  .from = ALICE,
  .to = BOB,
  .fingerprint = ONES,
};

static gboolean
is_digits (const char *text, gsize length)
{
  return strlen (text) == length && strspn (text, "0123456789abcdef") == length;
}

/* ---- keys ---- */

static void
test_key (void)
{
  g_autoptr (BkIdentity) identity = bk_identity_new ();
  g_autoptr (BkIdentity) other = bk_identity_new ();
  g_autofree char *secret = bk_identity_dup_secret (identity);
  g_autoptr (BkIdentity) again = bk_identity_new_from_secret (secret);

  g_assert_true (is_digits (bk_identity_get_key (identity), 64));
  g_assert_true (is_digits (secret, 64));
  g_assert_cmpstr (bk_identity_get_key (identity), !=, bk_identity_get_key (other));
  g_assert_cmpstr (bk_identity_get_key (identity), !=, secret);
  g_assert_cmpstr (bk_identity_get_key (identity), ==, bk_identity_get_key (again));
}

/* The key that RFC 8032 gives for this secret in its way of making one: what is stored stays readable. */
static void
test_known_key (void)
{
  g_autoptr (BkIdentity) identity
    = bk_identity_new_from_secret ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");

  g_assert_cmpstr (bk_identity_get_key (identity), ==,
                   "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

static void
test_no_secret (void)
{
  static const char *const texts[] = {
    "", "00", SECRET "0", SECRET " ", "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
    "g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_null (bk_identity_new_from_secret (texts[i]));
}

/* ---- signatures ---- */

static void
test_sign (void)
{
  g_autoptr (BkIdentity) identity = bk_identity_new ();
  g_autoptr (BkIdentity) other = bk_identity_new ();
  g_autofree char *signature = bk_identity_sign (identity, &plain);
  g_autofree char *again = bk_identity_sign (identity, &plain);

  g_assert_true (is_digits (signature, 128));
  g_assert_cmpstr (signature, ==, again);
  g_assert_true (bk_identity_verify (bk_identity_get_key (identity), &plain, signature));
  g_assert_false (bk_identity_verify (bk_identity_get_key (other), &plain, signature));
}

/* Each member, replaced by another value, by nothing, and by the empty text. */
static void
test_tampered (void)
{
  static const gsize members[] = {
    G_STRUCT_OFFSET (BkIdentityClaim, session),     G_STRUCT_OFFSET (BkIdentityClaim, application),
    G_STRUCT_OFFSET (BkIdentityClaim, from),        G_STRUCT_OFFSET (BkIdentityClaim, to),
    G_STRUCT_OFFSET (BkIdentityClaim, fingerprint), G_STRUCT_OFFSET (BkIdentityClaim, their_fingerprint),
  };
  static const char *const values[] = { TWOS, NULL, "", "x" };
  g_autoptr (BkIdentity) identity = bk_identity_new ();
  const char *key = bk_identity_get_key (identity);
  BkIdentityClaim claim = plain;

  claim.their_fingerprint = ONES;
  g_autofree char *signature = bk_identity_sign (identity, &claim);
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (values); k++)
      {
        BkIdentityClaim tampered = claim;

        G_STRUCT_MEMBER (const char *, &tampered, members[i]) = values[k];
        if (bk_identity_verify (key, &tampered, signature))
          g_error ("Member %u may be anything", (guint) i);
      }
  BkIdentityClaim turned = claim;
  turned.inviter = FALSE;
  g_assert_false (bk_identity_verify (key, &turned, signature));
  turned = claim;
  turned.from = claim.to;
  turned.to = claim.from;
  g_assert_false (bk_identity_verify (key, &turned, signature));
  g_assert_true (bk_identity_verify (key, &claim, signature));
}

/* What is moved from one member to the next is another claim. */
static void
test_borders (void)
{
  g_autoptr (BkIdentity) identity = bk_identity_new ();
  BkIdentityClaim one = plain, other = plain;

  one.from = "ab";
  one.to = "c";
  other.from = "a";
  other.to = "bc";
  g_autofree char *signature = bk_identity_sign (identity, &one);
  g_assert_false (bk_identity_verify (bk_identity_get_key (identity), &other, signature));
}

/* Every digit of key and signature counts, and nothing else is one. */
static void
test_digits (void)
{
  g_autoptr (BkIdentity) identity = bk_identity_new ();
  const char *key = bk_identity_get_key (identity);
  g_autofree char *signature = bk_identity_sign (identity, &plain);
  g_autofree char *upper = g_ascii_strup (signature, -1);
  g_autofree char *longer = g_strconcat (signature, "0", NULL);

  for (gsize i = 0; i < 128; i++)
    {
      char digit = signature[i];

      signature[i] = digit == '0' ? '1' : '0';
      g_assert_false (bk_identity_verify (key, &plain, signature));
      signature[i] = 'x';
      g_assert_false (bk_identity_verify (key, &plain, signature));
      signature[i] = digit;
    }
  for (gsize i = 0; i < 64; i++)
    {
      g_autofree char *wrong = g_strdup (key);

      wrong[i] = wrong[i] == '0' ? '1' : '0';
      g_assert_false (bk_identity_verify (wrong, &plain, signature));
    }
  g_assert_false (bk_identity_verify (key, &plain, longer));
  g_assert_false (bk_identity_verify (key, &plain, ""));
  g_assert_false (bk_identity_verify (key, &plain, NULL));
  g_assert_false (bk_identity_verify (NULL, &plain, signature));
  g_assert_false (bk_identity_verify ("", &plain, signature));
  if (!g_str_equal (upper, signature))
    g_assert_false (bk_identity_verify (key, &plain, upper));
}

/* Keys of small order, for which signatures can be made without a secret. */
static void
test_weak_keys (void)
{
  static const char *const weak[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  };
  g_autofree char *zeros = g_strnfill (128, '0');
  g_autofree char *one = g_strconcat (weak[1], weak[0], NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (weak); i++)
    {
      g_assert_false (bk_identity_verify (weak[i], &plain, zeros));
      g_assert_false (bk_identity_verify (weak[i], &plain, one));
    }
}

/* ---- safety numbers ---- */

static void
assert_form (const char *number)
{
  g_auto (GStrv) groups = g_strsplit (number, " ", -1);

  g_assert_cmpuint (g_strv_length (groups), ==, 12);
  for (guint i = 0; i < 12; i++)
    g_assert_true (strlen (groups[i]) == 5 && strspn (groups[i], "0123456789") == 5);
}

static void
test_number (void)
{
  g_autofree char *number = bk_identity_safety_number (ALICE, ONES, BOB, TWOS);
  g_autofree char *there = bk_identity_safety_number (BOB, TWOS, ALICE, ONES);
  g_autofree char *names = bk_identity_safety_number (BOB, ONES, ALICE, TWOS);
  g_autofree char *key = bk_identity_safety_number (ALICE, ONES, BOB, ONES);
  g_autofree char *myself = bk_identity_safety_number (ALICE, ONES, ALICE, ONES);

  assert_form (number);
  assert_form (myself);
  g_assert_cmpstr (number, ==, there);
  g_assert_cmpstr (number, !=, names);
  g_assert_cmpstr (number, !=, key);
  g_assert_cmpint (memcmp (myself, myself + 36, 35), ==, 0);
}

/* People compare it across versions: it never changes. */
static void
test_known_number (void)
{
  g_autofree char *number = bk_identity_safety_number (ALICE, ONES, BOB, TWOS);

  g_assert_cmpstr (number, ==, "46692 77403 20107 31239 46783 86263 75922 11927 08659 83644 43051 24217");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/identity/key", test_key);
  g_test_add_func ("/identity/known-key", test_known_key);
  g_test_add_func ("/identity/no-secret", test_no_secret);
  g_test_add_func ("/identity/sign", test_sign);
  g_test_add_func ("/identity/tampered", test_tampered);
  g_test_add_func ("/identity/borders", test_borders);
  g_test_add_func ("/identity/digits", test_digits);
  g_test_add_func ("/identity/weak-keys", test_weak_keys);
  g_test_add_func ("/identity/number", test_number);
  g_test_add_func ("/identity/known-number", test_known_number);
  return g_test_run ();
}
