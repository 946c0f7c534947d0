/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is writing. */
#include "marks-stage.h"

static void
test_typing (void)
{
  static const struct
  {
    guint wait_ms;
    int say; /* 1, 0; -1: nothing */
    const char *told;
  } steps[] = {
    { 0, 1, "+" },      /* at once */
    { 1000, 1, "" },    /* known */
    { 3999, -1, "" },
    { 1, -1, "+" },     /* after 5 s: what is told holds for 10 s */
    { 4000, 1, "" },
    { 1000, -1, "+" },
    { 5000, -1, "+" },
    { 5000, -1, "+" },
    { 3999, -1, "" },
    { 1, -1, "-" },     /* 15 s after it was said last */
    { 60000, -1, "" },
    { 0, 0, "" },
    { 0, 1, "+" },
    { 100, 0, "-" },
    { 0, 1, "" },       /* not more often than every 5 s */
    { 100, 0, "" },
    { 100, 1, "" },
    { 4699, -1, "" },
    { 1, -1, "+" },
    { 0, 0, "-" },
  };
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *expected = *steps[i].told != '\0' ? g_strconcat (steps[i].told, BOB, " ", NULL) : g_strdup ("");
      g_test_message ("step %" G_GSIZE_FORMAT, i);
      g_string_truncate (backend->typed, 0);
      bk_fake_clock_advance (world->clock, steps[i].wait_ms);
      if (steps[i].say >= 0)
        bk_engine_conversation_set_typing (with (alice, BOB), steps[i].say);
      g_assert_cmpstr (backend->typed->str, ==, expected);
    }
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

static void
say_typing (HandBackend *backend, BkEngineAccount *account, const char *who, const char *expected)
{
  g_string_truncate (backend->typed, 0);
  bk_engine_conversation_set_typing (with (account, who), TRUE);
  bk_engine_conversation_set_typing (with (account, who), FALSE);
  g_assert_cmpstr (backend->typed->str, ==, expected);
}

/* Who is told, and when nobody is. */
static void
test_typing_told (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  hand_backend_contact (backend, "2", CAROL, BECKON_RELATION_ASKED);
  say_typing (backend, alice, CAROL, "");
  say_typing (backend, alice, "dave@example.org", "");
  settings (world, TRUE, FALSE);
  say_typing (backend, alice, BOB, "");
  settings (world, TRUE, TRUE);
  bk_fake_clock_advance (world->clock, 5000);
  g_assert_true (bk_engine_account_set_status (alice, BECKON_STATUS_INVISIBLE, NULL, NULL));
  say_typing (backend, alice, BOB, "");
  g_assert_true (bk_engine_account_set_status (alice, BECKON_STATUS_ONLINE, NULL, NULL));
  bk_fake_clock_advance (world->clock, 5000);
  say_typing (backend, alice, BOB, "+" BOB " -" BOB " ");

  /* A message says it itself, and so does a connection that is lost. */
  bk_fake_clock_advance (world->clock, 5000);
  bk_engine_conversation_set_typing (with (alice, BOB), TRUE);
  g_string_truncate (backend->typed, 0);
  bk_engine_conversation_send_async (with (alice, BOB), "sent", NULL, bk_test_store_result, &result);
  g_autoptr (BkEngineMessage) sent
    = bk_engine_conversation_send_finish (with (alice, BOB), bk_test_await (&result), NULL);
  g_assert_nonnull (sent);
  bk_fake_clock_advance (world->clock, 60000);
  bk_engine_conversation_set_typing (with (alice, BOB), TRUE);
  g_assert_cmpstr (backend->typed->str, ==, "+" BOB " ");
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  bk_fake_clock_advance (world->clock, 60000);
  say_typing (backend, alice, BOB, "");
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

static void
assert_typing (BkEngineAccount *account, gboolean expected)
{
  g_assert_cmpint (bk_engine_conversation_get_typing (with (account, BOB)), ==, expected);
  g_assert_cmpint (bk_engine_contact_get_typing (bk_engine_account_find_contact (account, BOB)), ==, expected);
}

static void
test_being_typed_to (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  typing (backend, BOB, TRUE);
  assert_typing (alice, TRUE);
  bk_fake_clock_advance (world->clock, 9999);
  typing (backend, BOB, TRUE);
  bk_fake_clock_advance (world->clock, 9999);
  assert_typing (alice, TRUE);
  bk_fake_clock_advance (world->clock, 1);
  assert_typing (alice, FALSE);

  typing (backend, BOB, TRUE);
  typing (backend, BOB, FALSE);
  assert_typing (alice, FALSE);
  typing (backend, BOB, TRUE);
  arrive (backend, "2", BOB, "mine", TRUE, 1001);
  engine_world_settle (world, alice);
  assert_typing (alice, TRUE);
  arrive (backend, "3", BOB, "m1", FALSE, 1002);
  engine_world_settle (world, alice);
  assert_typing (alice, FALSE);
  typing (backend, BOB, TRUE);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  assert_typing (alice, FALSE);
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/typing/told", test_typing_told);
  g_test_add_func ("/typing/pace", test_typing);
  g_test_add_func ("/typing/being-typed-to", test_being_typed_to);
  return g_test_run ();
}
