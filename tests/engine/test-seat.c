/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who chose to be online is idle while nobody is there; and what is always allowed to contacts is kept, and revoked. */
#include "bk-engine-account-private.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "engine-world.h"

#define BOB "bob@example.org"
#define GUID "{5D2C8A3E-6B1F-4E7A-9C0D-1A2B3C4D5E6F}"
#define OTHER "{11111111-2222-4333-8444-555555555555}"

/* ---- presence ---- */

static void
settle_idle (EngineWorld *world, guint minutes)
{
  BkEngineSettings settings = *bk_engine_get_settings (world->engine);

  settings.idle_minutes = minutes;
  g_assert_true (bk_engine_set_settings (world->engine, &settings, NULL));
}

static void
assert_status (BkEngineAccount *account, HandBackend *backend, BeckonStatus status)
{
  g_assert_cmpint (bk_engine_account_get_status (account), ==, status);
  g_assert_cmpint (backend->status, ==, status);
}

static void
test_away (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  g_assert_cmpuint (world->seat->idle_after, ==, 5 * 60 * 1000);
  BkEngineAccount *account = engine_world_add_alice (world, &backend);
  g_assert_true (bk_engine_account_set_status (account, BECKON_STATUS_ONLINE, "digging", NULL));
  fake_seat_set (world->seat, FALSE, TRUE);
  assert_status (account, backend, BECKON_STATUS_IDLE);
  g_assert_cmpstr (backend->personal_message, ==, "digging");
  g_assert_cmpint (bk_engine_account_get_wanted_status (account), ==, BECKON_STATUS_ONLINE);
  fake_seat_set (world->seat, TRUE, TRUE);
  assert_status (account, backend, BECKON_STATUS_IDLE);
  fake_seat_set (world->seat, FALSE, FALSE);
  assert_status (account, backend, BECKON_STATUS_ONLINE);
  fake_seat_set (world->seat, TRUE, FALSE);
  assert_status (account, backend, BECKON_STATUS_IDLE);

  /* Who does not want it is not idle, however long they rest. */
  settle_idle (world, 0);
  g_assert_cmpuint (world->seat->idle_after, ==, 0);
  assert_status (account, backend, BECKON_STATUS_ONLINE);
  settle_idle (world, 2);
  g_assert_cmpuint (world->seat->idle_after, ==, 2 * 60 * 1000);
  assert_status (account, backend, BECKON_STATUS_IDLE);
}

/* What was chosen by hand stays, and holds again when somebody is there. */
static void
test_chosen (void)
{
  static const BeckonStatus chosen[] = { BECKON_STATUS_BUSY, BECKON_STATUS_AWAY, BECKON_STATUS_INVISIBLE,
                                         BECKON_STATUS_IDLE, BECKON_STATUS_OUT_TO_LUNCH };
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *account = engine_world_add_alice (world, &backend);
  for (gsize i = 0; i < G_N_ELEMENTS (chosen); i++)
    {
      g_assert_true (bk_engine_account_set_status (account, chosen[i], NULL, NULL));
      fake_seat_set (world->seat, TRUE, TRUE);
      assert_status (account, backend, chosen[i]);
      fake_seat_set (world->seat, FALSE, FALSE);
      assert_status (account, backend, chosen[i]);
    }
  fake_seat_set (world->seat, FALSE, TRUE);
  g_assert_true (bk_engine_account_set_status (account, BECKON_STATUS_ONLINE, NULL, NULL));
  assert_status (account, backend, BECKON_STATUS_IDLE);
}

/* Whoever signs in behind a locked screen is idle from the start. */
static void
test_sign_in (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  fake_seat_set (world->seat, TRUE, FALSE);
  BkEngineAccount *account = engine_world_add_alice (world, &backend);
  assert_status (account, backend, BECKON_STATUS_IDLE);
  engine_world_close (world);
  account = engine_world_reopen (world, &backend);
  assert_status (account, backend, BECKON_STATUS_IDLE);
  g_assert_cmpint (bk_engine_account_get_wanted_status (account), ==, BECKON_STATUS_ONLINE);
}

/* ---- what is always allowed ---- */

static int
set_allowed (BkEngineAccount *account, const char *who, const char *guid, gboolean allowed)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_account_set_allowed_async (account, who, guid, allowed, NULL, bk_test_store_result, &result);
  if (bk_engine_account_set_allowed_finish (account, bk_test_await (&result), &error))
    return -1;
  g_assert_true (error->domain == BECKON_ERROR);
  return error->code;
}

static char *
dup_allowed (BkEngineAccount *account)
{
  const GPtrArray *allowed = bk_engine_account_get_allowed (account);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < allowed->len; i++)
    {
      const BkEngineAllowed *one = g_ptr_array_index (allowed, i);

      g_string_append_printf (text, "%s %.4s; ", one->who, one->guid);
    }
  return g_string_free (text, FALSE);
}

#define assert_allowed(account, text) \
  G_STMT_START \
  { \
    g_autofree char *told_ = dup_allowed (account); \
    g_assert_cmpstr (told_, ==, text); \
  } \
  G_STMT_END

static void
count (BkEngineAccount *account, guint *n)
{
  (*n)++;
}

static void
test_allowed (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;
  guint n = 0;

  engine_world_open (world);
  BkEngineAccount *account = engine_world_add_alice (world, &backend);
  g_signal_connect (account, "allowed-changed", G_CALLBACK (count), &n);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  hand_backend_contact (backend, "2", "carol@example.org", BECKON_RELATION_ASKING);
  g_assert_cmpint (set_allowed (account, "Bob@Example.ORG", "5d2c8a3e-6b1f-4e7a-9c0d-1a2b3c4d5e6f", TRUE), ==, -1);
  g_assert_cmpint (set_allowed (account, BOB, OTHER, TRUE), ==, -1);
  g_assert_cmpint (set_allowed (account, BOB, OTHER, TRUE), ==, -1);
  g_assert_cmpuint (n, ==, 2);
  assert_allowed (account, BOB " {111; " BOB " {5D2; ");
  g_assert_true (bk_engine_account_is_allowed (account, BOB, GUID));

  g_assert_cmpint (set_allowed (account, "carol@example.org", GUID, TRUE), ==, BECKON_ERROR_NOT_FOUND);
  g_assert_cmpint (set_allowed (account, "dave@example.org", GUID, TRUE), ==, BECKON_ERROR_NOT_FOUND);
  g_assert_cmpint (set_allowed (account, "dave@example.org", GUID, FALSE), ==, -1);
  g_assert_cmpint (set_allowed (account, "nobody", GUID, TRUE), ==, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (set_allowed (account, BOB, "chess", TRUE), ==, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (set_allowed (account, BOB, BK_GUID_FILE, TRUE), ==, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (n, ==, 2);
  engine_world_close (world);

  account = engine_world_reopen (world, &backend);
  assert_allowed (account, BOB " {111; " BOB " {5D2; ");
  g_assert_cmpint (set_allowed (account, BOB, GUID, FALSE), ==, -1);
  assert_allowed (account, BOB " {111; ");
  engine_world_close (world);
  account = engine_world_reopen (world, &backend);
  assert_allowed (account, BOB " {111; ");
}

/* Who is removed or blocked has lost it for good: to be a contact again does not bring it back. */
static void
test_revoked (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;
  guint n = 0;

  engine_world_open (world);
  BkEngineAccount *account = engine_world_add_alice (world, &backend);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  g_assert_cmpint (set_allowed (account, BOB, GUID, TRUE), ==, -1);
  g_signal_connect (account, "allowed-changed", G_CALLBACK (count), &n);
  hand_backend_contact (backend, "2", BOB, BECKON_RELATION_NONE);
  g_assert_cmpuint (n, ==, 1);
  assert_allowed (account, "");
  hand_backend_contact (backend, "3", BOB, BECKON_RELATION_ACCEPTED);
  engine_world_close (world);
  account = engine_world_reopen (world, &backend);
  assert_allowed (account, "");

  g_assert_cmpint (set_allowed (account, BOB, GUID, TRUE), ==, -1);
  BkBackendEvent blocked = { .type = BK_BACKEND_EVENT_CONTACT, .cursor = "4", .who = BOB, .blocked = TRUE,
                             .relation = BECKON_RELATION_ACCEPTED };
  bk_engine_account_apply (account, &blocked);
  assert_allowed (account, "");
  hand_backend_contact (backend, "5", BOB, BECKON_RELATION_ACCEPTED);
  engine_world_close (world);
  account = engine_world_reopen (world, &backend);
  assert_allowed (account, "");
}

static void
test_limit (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *account = engine_world_add_alice (world, &backend);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  for (guint i = 0; i < BK_LIMIT_ALLOWED; i++)
    {
      g_autofree char *guid = g_strdup_printf ("{5D2C8A3E-6B1F-4E7A-9C0D-%012u}", i);

      bk_engine_account_set_allowed_async (account, BOB, guid, TRUE, NULL, NULL, NULL);
    }
  g_assert_cmpuint (bk_engine_account_get_allowed (account)->len, ==, BK_LIMIT_ALLOWED);
  g_assert_cmpint (set_allowed (account, BOB, GUID, TRUE), ==, BECKON_ERROR_LIMIT_EXCEEDED);
  g_assert_cmpint (set_allowed (account, BOB, "{5D2C8A3E-6B1F-4E7A-9C0D-000000000007}", TRUE), ==, -1);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/seat/away", test_away);
  g_test_add_func ("/seat/chosen", test_chosen);
  g_test_add_func ("/seat/sign-in", test_sign_in);
  g_test_add_func ("/seat/allowed", test_allowed);
  g_test_add_func ("/seat/revoked", test_revoked);
  g_test_add_func ("/seat/limit", test_limit);
  return g_test_run ();
}
