/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"

#include "beckon-enums.h"

#include <string.h>

/* ---- numbers that travel on the bus and must never change ---- */

static const struct
{
  GType (*type) (void);
  int value;
  const char *nick;
} values[] = {
  { beckon_session_state_get_type, 0, "unknown" },
  { beckon_session_state_get_type, 1, "ready" },
  { beckon_session_state_get_type, 2, "invitation" },
  { beckon_session_state_get_type, 3, "accepted" },
  { beckon_session_state_get_type, 4, "connected" },
  { beckon_session_state_get_type, 5, "cancelled" },
  { beckon_session_state_get_type, 6, "declined" },
  { beckon_session_state_get_type, 7, "terminated" },
  { beckon_status_get_type, 0x0, "unknown" },
  { beckon_status_get_type, 0x1, "offline" },
  { beckon_status_get_type, 0x2, "online" },
  { beckon_status_get_type, 0x6, "invisible" },
  { beckon_status_get_type, 0xA, "busy" },
  { beckon_status_get_type, 0xE, "be-right-back" },
  { beckon_status_get_type, 0x12, "idle" },
  { beckon_status_get_type, 0x22, "away" },
  { beckon_status_get_type, 0x32, "on-the-phone" },
  { beckon_status_get_type, 0x42, "out-to-lunch" },
  { beckon_status_get_type, 0x100, "local-finding-server" },
  { beckon_status_get_type, 0x200, "local-connecting-to-server" },
  { beckon_status_get_type, 0x300, "local-synchronizing-with-server" },
  { beckon_status_get_type, 0x400, "local-disconnecting-from-server" },
  { beckon_relation_get_type, 0, "none" },
  { beckon_relation_get_type, 1, "asked" },
  { beckon_relation_get_type, 2, "asking" },
  { beckon_relation_get_type, 3, "accepted" },
  { beckon_delivery_get_type, 0, "received" },
  { beckon_delivery_get_type, 1, "pending" },
  { beckon_delivery_get_type, 2, "sent" },
  { beckon_delivery_get_type, 3, "failed" },
  { beckon_delivery_get_type, 4, "delivered" },
  { beckon_delivery_get_type, 5, "read" },
  { beckon_lock_status_get_type, 1, "not-initialized" },
  { beckon_lock_status_get_type, 2, "initialized" },
  { beckon_lock_status_get_type, 3, "pending-result" },
  { beckon_lock_status_get_type, 4, "unlocked" },
  { beckon_lock_status_get_type, 5, "unlock-failed" },
  { beckon_lock_status_get_type, 6, "disabled" },
};

static const char *
to_nick (GType type, int value)
{
  if (type == BECKON_TYPE_SESSION_STATE)
    return beckon_session_state_to_nick (value);
  if (type == BECKON_TYPE_STATUS)
    return beckon_status_to_nick (value);
  if (type == BECKON_TYPE_RELATION)
    return beckon_relation_to_nick (value);
  if (type == BECKON_TYPE_LOCK_STATUS)
    return beckon_lock_status_to_nick (value);
  g_assert_true (type == BECKON_TYPE_DELIVERY);
  return beckon_delivery_to_nick (value);
}

static guint
rows_of (GType type)
{
  guint count = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    count += values[i].type () == type;
  return count;
}

static void
test_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      GType type = values[i].type ();
      g_autoptr (GEnumClass) klass = g_type_class_ref (type);
      GEnumValue *found = g_enum_get_value_by_nick (klass, values[i].nick);

      g_test_message ("%s %s", g_type_name (type), values[i].nick);
      g_assert_nonnull (found);
      g_assert_cmpint (found->value, ==, values[i].value);
      g_assert_cmpstr (to_nick (type, values[i].value), ==, values[i].nick);
      g_assert_cmpuint (klass->n_values, ==, rows_of (type));
    }
  g_assert_cmpuint (rows_of (BECKON_TYPE_SESSION_STATE), ==, BECKON_N_SESSION_STATES);
}

static void
test_unknown_values (void)
{
  static const int strange[] = { -1, 99, 0x7F, G_MAXINT, G_MININT };

  for (gsize i = 0; i < G_N_ELEMENTS (strange); i++)
    {
      g_assert_cmpstr (beckon_session_state_to_nick (strange[i]), ==, "unknown");
      g_assert_cmpstr (beckon_status_to_nick (strange[i]), ==, "unknown");
      g_assert_cmpstr (beckon_relation_to_nick (strange[i]), ==, "unknown");
      g_assert_cmpstr (beckon_delivery_to_nick (strange[i]), ==, "unknown");
    }
}

/* "status & 2" is how programs ask whether somebody can be reached. */
static void
test_status_bits (void)
{
  g_assert_cmpint (BECKON_STATUS_UNKNOWN & 2, ==, 0);
  g_assert_cmpint (BECKON_STATUS_OFFLINE & 2, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    if (values[i].type () == BECKON_TYPE_STATUS && values[i].value > 1 && values[i].value < 0x100)
      g_assert_cmpint (values[i].value & 2, ==, 2);
}

static void
test_flags (void)
{
  g_autoptr (GFlagsClass) klass = g_type_class_ref (BECKON_TYPE_SESSION_FLAGS);

  g_assert_cmpuint (klass->mask, ==, 7);
  g_assert_cmpuint (g_flags_get_value_by_nick (klass, "inviter")->value, ==, 1);
  g_assert_cmpuint (g_flags_get_value_by_nick (klass, "invitee")->value, ==, 2);
  g_assert_cmpuint (g_flags_get_value_by_nick (klass, "app-invite-compatible")->value, ==, 4);
}

/* ---- results ---- */

static const struct
{
  BeckonSessionResult result;
  const char *nick;
  guint32 hresult;
} results[] = {
  { BECKON_SESSION_RESULT_NONE, "none", 0 },
  { BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED, "application-launch-failed", 0x81000601 },
  { BECKON_SESSION_RESULT_INVITATION_DECLINED, "invitation-declined", 0x81000602 },
  { BECKON_SESSION_RESULT_CONNECTION_FAILURE, "connection-failure", 0x81000603 },
  { BECKON_SESSION_RESULT_AUTHENTICATION_FAILED, "authentication-failed", 0x81000604 },
  { BECKON_SESSION_RESULT_CANCELLED_LOCAL, "cancelled-local", 0x81000606 },
  { BECKON_SESSION_RESULT_CANCELLED_REMOTE, "cancelled-remote", 0x81000607 },
  { BECKON_SESSION_RESULT_PROTOCOL_ERROR, "protocol-error", 0x81000608 },
  { BECKON_SESSION_RESULT_TIMEOUT, "timeout", 0x81000609 },
  { BECKON_SESSION_RESULT_INVITATION_SEND_FAILURE, "invitation-send-failure", 0x81000615 },
  { BECKON_SESSION_RESULT_APP_NOT_PRESENT, "app-not-present", 0x8100060E },
  { BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE, "accepted-elsewhere", 0x81000606 },
  { BECKON_SESSION_RESULT_DECLINED_ELSEWHERE, "declined-elsewhere", 0x81000602 },
  { BECKON_SESSION_RESULT_SUPERSEDED, "superseded", 0x8100060A },
  { BECKON_SESSION_RESULT_ENDED, "ended", 0 },
  { BECKON_SESSION_RESULT_APPLICATION_FAILED, "application-failed", 0x81000601 },
  { BECKON_SESSION_RESULT_SIGNED_OUT, "signed-out", 0x81000607 },
  { BECKON_SESSION_RESULT_SERVICE_RESTARTED, "service-restarted", 0x81000603 },
};

static void
test_results (void)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (BECKON_TYPE_SESSION_RESULT);
  g_autoptr (GHashTable) sentences = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (klass->n_values, ==, G_N_ELEMENTS (results));
  g_assert_cmpuint (BECKON_N_SESSION_RESULTS, ==, G_N_ELEMENTS (results));
  for (gsize i = 0; i < G_N_ELEMENTS (results); i++)
    {
      const char *text = beckon_session_result_to_text (results[i].result);

      g_assert_cmpint (results[i].result, ==, (int) i);
      g_assert_cmpstr (beckon_session_result_to_nick (results[i].result), ==, results[i].nick);
      g_assert_cmpstr (g_enum_get_value (klass, results[i].result)->value_nick, ==, results[i].nick);
      g_assert_cmphex (beckon_session_result_to_hresult (results[i].result), ==, results[i].hresult);
      g_assert_true (g_hash_table_add (sentences, (gpointer) text));
      g_assert_true (i == 0 ? *text == '\0' : g_str_has_suffix (text, "."));
    }
}

static void
test_unknown_results (void)
{
  static const int strange[] = { -1, BECKON_N_SESSION_RESULTS, G_MAXINT, G_MININT };

  for (gsize i = 0; i < G_N_ELEMENTS (strange); i++)
    {
      g_assert_cmpstr (beckon_session_result_to_nick (strange[i]), ==, "protocol-error");
      g_assert_cmphex (beckon_session_result_to_hresult (strange[i]), ==, 0x81000608);
      g_assert_cmpuint (strlen (beckon_session_result_to_text (strange[i])), >, 0);
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/enums/values", test_values);
  g_test_add_func ("/enums/unknown-values", test_unknown_values);
  g_test_add_func ("/enums/status-bits", test_status_bits);
  g_test_add_func ("/enums/flags", test_flags);
  g_test_add_func ("/enums/results", test_results);
  g_test_add_func ("/enums/unknown-results", test_unknown_results);
  return g_test_run ();
}
