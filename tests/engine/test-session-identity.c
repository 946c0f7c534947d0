/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who the two sides of a session are, and what becomes of those who are somebody else. */
#include "session-standins.h"
#include "session-world.h"

#include "bk-ids.h"
#include "bk-test.h"

#include <string.h>

#define RUN "a:invite b:accept "
#define CONFIRM "a:channel-direct b:channel-direct "

static BeckonIdentity
identity_of (Side *side)
{
  return bk_engine_session_get_identity (side->current);
}

static void
new_device (Side *side)
{
  bk_identity_free (side->account->identity);
  side->account->identity = bk_identity_new ();
}

static void
assert_knows (Side *side, guint n_keys)
{
  g_assert_cmpuint (side->account->keys->len, ==, n_keys);
}

/* ---- the first time, and later ---- */

static void
test_first_use (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  world_run (world, "a:invite");
  g_assert_cmpint (identity_of (alice), ==, BECKON_IDENTITY_UNKNOWN);
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_NEW);
  world_run (world, "b:accept");
  g_assert_cmpint (identity_of (alice), ==, BECKON_IDENTITY_NEW);
  assert_knows (alice, 0);
  assert_knows (bob, 0);
  world_run (world, CONFIRM);
  g_assert_cmpint (identity_of (alice), ==, BECKON_IDENTITY_NEW);
  g_assert_cmpstr (alice->account->keys->pdata[0], ==, bk_identity_get_key (bob->account->identity));
  g_assert_cmpstr (bob->account->keys->pdata[0], ==, bk_identity_get_key (alice->account->identity));

  world_run (world, "a:exit0 " RUN);
  g_assert_cmpint (identity_of (alice), ==, BECKON_IDENTITY_KNOWN);
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_KNOWN);
}

/* Nobody can plant a key with an invitation, nor with a channel that is not theirs. */
static void
test_not_planted (void)
{
  static const char *const scripts[] = {
    "a:invite b:decline", "a:invite a:cancel", "a:invite +120000", RUN "a:exit0", RUN "b:channel-broken",
    RUN "b:channel-wrong", "b:channel-required " RUN "+30000",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr (World) world = world_new_with_channels ();

      g_test_message ("%s", scripts[i]);
      world_run (world, scripts[i]);
      g_assert_cmpint (identity_of (world_side (world, 'b')), ==, BECKON_IDENTITY_NEW);
      assert_knows (world_side (world, 'b'), 0);
    }
}

static void
test_changed (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  world_run (world, RUN CONFIRM "a:exit0");
  new_device (alice);
  world_run (world, RUN CONFIRM);
  g_assert_cmpint (identity_of (alice), ==, BECKON_IDENTITY_KNOWN);
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_CHANGED);
  assert_knows (bob, 1);
  world_run (world, "a:exit0 " RUN);
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_CHANGED);

  g_assert_true (bk_engine_session_trust_identity (bob->current, NULL));
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_KNOWN);
  assert_knows (bob, 2);
  world_run (world, "a:cancel " RUN);
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_KNOWN);
  g_assert_true (bk_engine_session_trust_identity (bob->current, NULL));
  assert_knows (bob, 2);
}

/* Two sessions at once, from two devices that are new to Bob: the first channel that stands decides. */
static void
test_quicker (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *bob = world_side (world, 'b');

  world_run (world, RUN);
  g_autoptr (BkEngineSession) first = g_object_ref (bob->current);
  FakeChannel *first_channel = side_channel (bob);
  new_device (world_side (world, 'a'));
  world_run (world, RUN);
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_NEW);
  fake_channel_confirm (first_channel, BECKON_CHANNEL_PATH_DIRECT);
  world_run (world, CONFIRM);
  g_assert_cmpint (bk_engine_session_get_identity (first), ==, BECKON_IDENTITY_NEW);
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_CHANGED);
  assert_knows (bob, 1);
  g_clear_object (&first);
  bob->log->len = 0;
}

static void
test_missing (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&alice->account->identity, bk_identity_free);
  world_run (world, RUN CONFIRM);
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_UNKNOWN);
  g_assert_cmpstr (bk_engine_session_get_safety_number (bob->current), ==, "");
  g_assert_cmpstr (bk_engine_session_get_safety_number (alice->current), ==, "");
  g_assert_false (bk_engine_session_trust_identity (bob->current, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID);
  assert_knows (bob, 0);

  alice->account->identity = bk_identity_new ();
  world_run (world, "a:exit0 " RUN CONFIRM "a:exit0");
  g_clear_pointer (&alice->account->identity, bk_identity_free);
  world_run (world, RUN);
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_CHANGED);
}

/* Who has no channel for this program says so under their name: that is no reason for a warning. */
static void
test_without_channel (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  world_run (world, RUN CONFIRM "a:exit0 a:channel-none " RUN);
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_KNOWN);
  g_assert_cmpint (identity_of (alice), ==, BECKON_IDENTITY_KNOWN);
}

static void
test_safety_number (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  world_run (world, RUN);
  g_assert_cmpuint (strlen (bk_engine_session_get_safety_number (alice->current)), ==, 71);
  g_assert_cmpstr (bk_engine_session_get_safety_number (alice->current), ==,
                   bk_engine_session_get_safety_number (bob->current));
}

/* ---- somebody in between ---- */

static void
replace_digits (char **digits)
{
  if (*digits != NULL)
    memset (*digits, 'a', strlen (*digits));
}

static void
tamper_fingerprint (BkEnvelope *envelope)
{
  replace_digits (&envelope->fingerprint);
}

static void
tamper_no_fingerprint (BkEnvelope *envelope)
{
  g_clear_pointer (&envelope->fingerprint, g_free);
}

static void
tamper_identity (BkEnvelope *envelope)
{
  replace_digits (&envelope->identity);
}

static void
tamper_no_identity (BkEnvelope *envelope)
{
  g_clear_pointer (&envelope->identity, g_free);
}

static void
tamper_signature (BkEnvelope *envelope)
{
  replace_digits (&envelope->signature);
}

static void
tamper_no_signature (BkEnvelope *envelope)
{
  g_clear_pointer (&envelope->signature, g_free);
}

static void
tamper_application (BkEnvelope *envelope)
{
  if (envelope->app_guid != NULL)
    envelope->app_guid[1] = envelope->app_guid[1] == '0' ? '1' : '0';
}

static void (*const tampers[]) (BkEnvelope *envelope) = {
  tamper_fingerprint, tamper_no_fingerprint, tamper_identity,    tamper_no_identity,
  tamper_signature,   tamper_no_signature,   tamper_application,
};

/* The invitation is not shown; both sides know why it is over. */
static void
test_wrong_invite (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tampers); i++)
    {
      g_autoptr (World) world = world_new_with_channels ();
      Side *bob = world_side (world, 'b');

      world->tamper = tampers[i];
      world_run (world, "a:invite b:accept");
      g_test_message ("%u", (guint) i);
      g_assert_cmpstr (world_side (world, 'a')->log->str, ==,
                       "invitation invited >invite terminated END(authentication-failed,)");
      g_assert_cmpstr (bob->log->str, ==, ">end:authentication-failed !session-state-invalid");
      g_assert_cmpint (bob->current->result, ==, BECKON_SESSION_RESULT_AUTHENTICATION_FAILED);
      assert_knows (bob, 0);
    }
}

static void
test_wrong_accept (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tampers) - 1; i++)
    {
      g_autoptr (World) world = world_new_with_channels ();
      Side *alice = world_side (world, 'a');

      world_run (world, "a:invite");
      world->tamper = tampers[i];
      world_run (world, "b:accept");
      g_test_message ("%u", (guint) i);
      g_assert_cmpstr (alice->log->str, ==,
                       "invitation invited >invite terminated END(authentication-failed,) "
                       ">end:authentication-failed");
      g_assert_cmpstr (world_side (world, 'b')->log->str, ==,
                       "ASK >ringing accepted WITHDRAW >accept terminated END(authentication-failed,)");
      g_assert_true (side_channel (alice)->closed && !side_channel (alice)->started);
      g_assert_true (side_channel (alice->other)->closed && !side_channel (alice->other)->started);
    }
}

static void
tamper_everything (BkEnvelope *envelope)
{
  tamper_fingerprint (envelope);
  tamper_no_identity (envelope);
  tamper_no_signature (envelope);
}

/* Who takes the signature away as well is not found out by it: the first time nobody can know, later it shows. */
static void
test_stripped (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *bob = world_side (world, 'b');

  world->tamper = tamper_everything;
  world_run (world, "a:invite");
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_UNKNOWN);
  world->tamper = NULL;
  world_run (world, "a:cancel " RUN CONFIRM "a:exit0");
  world->tamper = tamper_everything;
  world_run (world, "a:invite");
  g_assert_cmpint (identity_of (bob), ==, BECKON_IDENTITY_CHANGED);
}

/* ---- again ---- */

static BkEnvelope *recorded;

static void
record_invite (BkEnvelope *envelope)
{
  if (envelope->kind == BK_ENVELOPE_INVITE)
    recorded = bk_envelope_copy (envelope);
}

/* An invitation that comes again does nothing, as long as it is open, when it is over, and when it is forgotten. */
static void
test_replay (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *bob = world_side (world, 'b');

  world->tamper = record_invite;
  world_run (world, "a:invite");
  world->tamper = NULL;
  g_autoptr (BkEnvelope) invite = g_steal_pointer (&recorded);
  static const char *const steps[] = { "b:accept", CONFIRM, "a:exit0", "+600000", "+600000" };
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      world_run (world, steps[i]);
      guint length = bob->log->len;
      guint n_channels = bob->channels->made->len;
      side_receive (bob, ALICE, invite, world_now (world));
      world_settle (world);
      g_assert_cmpuint (bob->log->len, ==, length);
      g_assert_cmpuint (bob->channels->made->len, ==, n_channels);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (bob->sessions)), ==, 0);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/session-identity/first-use", test_first_use);
  g_test_add_func ("/session-identity/not-planted", test_not_planted);
  g_test_add_func ("/session-identity/changed", test_changed);
  g_test_add_func ("/session-identity/quicker", test_quicker);
  g_test_add_func ("/session-identity/missing", test_missing);
  g_test_add_func ("/session-identity/without-channel", test_without_channel);
  g_test_add_func ("/session-identity/safety-number", test_safety_number);
  g_test_add_func ("/session-identity/wrong-invite", test_wrong_invite);
  g_test_add_func ("/session-identity/wrong-accept", test_wrong_accept);
  g_test_add_func ("/session-identity/stripped", test_stripped);
  g_test_add_func ("/session-identity/replay", test_replay);
  return g_test_run ();
}
