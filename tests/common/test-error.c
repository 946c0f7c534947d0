/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"

#include "beckon-error.h"

#include <string.h>

/* A sample of the codes that programs written against the original know by number. */
static const struct
{
  BeckonError code;
  const char *nick;
  const char *symbol;
  guint32 hresult;
} samples[] = {
  { BECKON_ERROR_FAILED, "failed", "E_FAIL", 0x80004005 },
  { BECKON_ERROR_INVALID_ARGUMENT, "invalid-argument", "E_INVALIDARG", 0x80070057 },
  { BECKON_ERROR_NOT_LOGGED_ON, "not-logged-on", "MSGR_E_NOT_LOGGED_ON", 0x8100031E },
  { BECKON_ERROR_SESSION_NOT_READY, "session-not-ready", "SR_SESSION_NOT_READY", 0x81000605 },
  { BECKON_ERROR_NOT_INVITEE, "not-invitee", "SR_NOT_INVITEE", 0x8100060B },
  { BECKON_ERROR_CONTEXT_DATA_OVER_LIMIT, "context-data-over-limit", "SR_CONTEXT_DATA_OVER_LIMIT", 0x81000611 },
  { BECKON_ERROR_SESSION_STATE_INVALID, "session-state-invalid", "SR_SESSION_STATE_INVALID", 0x81000614 },
  { BECKON_ERROR_EXPIRED, "expired", "SR_SESSION_TIMEOUT", 0x81000609 },
  { BECKON_ERROR_API_LOCKED, "api-locked", "MSGR_E_API_LOCKED", 0x81000752 },
  { BECKON_ERROR_API_DISABLED, "api-disabled", "MSGR_E_API_DISABLED", 0x81000756 },
  { BECKON_ERROR_GROUPS_NOT_ENABLED, "groups-not-enabled", "MSGR_E_GROUPS_NOT_ENABLED", 0x8100034A },
  { BECKON_ERROR_GROUP_NOT_EMPTY, "group-not-empty", "MSGR_E_GROUP_NOT_EMPTY", 0x81000350 },
  { BECKON_ERROR_BAD_GROUP_NAME, "bad-group-name", "MSGR_E_BAD_GROUP_NAME", 0x81000351 },
};

static void
test_samples (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_assert_cmpstr (beckon_error_to_nick (samples[i].code), ==, samples[i].nick);
      g_assert_cmpstr (beckon_error_to_symbol (samples[i].code), ==, samples[i].symbol);
      g_assert_cmphex (beckon_error_to_hresult (samples[i].code), ==, samples[i].hresult);
    }
}

/* Row N of the table describes code N, every nick is a different one and reads back. */
static void
test_table (void)
{
  g_autoptr (GHashTable) nicks = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = 0; code < BECKON_N_ERRORS; code++)
    {
      const char *nick = beckon_error_to_nick (code);
      BeckonError back = BECKON_ERROR_API_DISABLED;

      g_test_message ("%d %s", code, nick);
      g_assert_cmpuint (strspn (nick, "abcdefghijklmnopqrstuvwxyz-"), ==, strlen (nick));
      g_assert_true (g_hash_table_add (nicks, (gpointer) nick));
      g_assert_true (beckon_error_from_nick (nick, &back));
      g_assert_cmpint (back, ==, code);
      g_assert_cmphex (beckon_error_to_hresult (code) & 0x80000000, ==, 0x80000000);
      g_assert_cmpuint (strlen (beckon_error_to_symbol (code)), >, 0);
    }
}

static void
test_unknown (void)
{
  static const char *const unknown[] = { NULL, "", "Failed", "failed ", "no-such-error", "%s", "\xff" };
  static const int codes[] = { -1, BECKON_N_ERRORS, G_MAXINT, G_MININT };

  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      BeckonError code = BECKON_ERROR_EXPIRED;

      g_assert_false (beckon_error_from_nick (unknown[i], &code));
      g_assert_cmpint (code, ==, BECKON_ERROR_FAILED);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_assert_cmpstr (beckon_error_to_nick (codes[i]), ==, "failed");
      g_assert_cmpstr (beckon_error_to_symbol (codes[i]), ==, "E_FAIL");
      g_assert_cmphex (beckon_error_to_hresult (codes[i]), ==, 0x80004005);
    }
}

static void
test_type (void)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (BECKON_TYPE_ERROR);

  g_assert_cmpuint (klass->n_values, ==, BECKON_N_ERRORS);
  for (guint i = 0; i < klass->n_values; i++)
    {
      g_assert_cmpint (klass->values[i].value, ==, (int) i);
      g_assert_cmpstr (klass->values[i].value_nick, ==, beckon_error_to_nick (i));
      g_assert_true (g_str_has_prefix (klass->values[i].value_name, "BECKON_ERROR_"));
    }
}

/* The name on the bus and the code are the same thing in both directions. */
static void
test_dbus (void)
{
  for (int code = 0; code < BECKON_N_ERRORS; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, code, "text");
      g_autofree char *name = g_dbus_error_encode_gerror (error);
      g_autoptr (GError) back = g_dbus_error_new_for_dbus_error (name, "text");

      g_assert_true (g_str_has_prefix (name, "im.beckon.Error."));
      g_assert_error (back, BECKON_ERROR, code);
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/error/samples", test_samples);
  g_test_add_func ("/error/table", test_table);
  g_test_add_func ("/error/unknown", test_unknown);
  g_test_add_func ("/error/type", test_type);
  g_test_add_func ("/error/dbus", test_dbus);
  return g_test_run ();
}
