/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions that send a file: who is asked, what is told, what is left. */
#include "file-wire.h"
#include "session-standins.h"
#include "session-world.h"

#include "bk-ids.h"
#include "bk-test.h"
#include "bk-transfer-words.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "letter.txt"
#define SIZE 500000
#define BEGIN_LENGTH 27 /* {"type":"send","offset":0} and its end */

typedef struct
{
  World *world;
  Side *alice, *bob;
  BkEngineSession *one, *two; /* not owned: the sessions keep them */
  BkTestDir *dir;
  char *source, *folder;
  FileWire *wire;
  guint told; /* how often bob's Transfer changed */
} Stage;

static void
put_source (Stage *stage, gsize size)
{
  g_autofree char *data = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    data[i] = (char) (i % 251);
  g_assert_true (g_file_set_contents (stage->source, data, (gssize) size, NULL));
}

static Stage *
stage_new (void)
{
  Stage *stage = g_new0 (Stage, 1);

  stage->world = world_new_with_channels ();
  stage->alice = world_side (stage->world, 'a');
  stage->bob = world_side (stage->world, 'b');
  stage->alice->channels->real_streams = stage->bob->channels->real_streams = TRUE;
  stage->dir = bk_test_dir_new ();
  stage->source = g_build_filename (stage->dir, "source", NULL);
  stage->folder = g_build_filename (stage->dir, "folder", NULL);
  bk_engine_sessions_set_download_folder (stage->bob->sessions, stage->folder);
  put_source (stage, SIZE);
  return stage;
}

static void
unwire (Stage *stage)
{
  if (stage->wire != NULL)
    file_wire_free (g_steal_pointer (&stage->wire));
}

static void
stage_free (Stage *stage)
{
  unwire (stage);
  world_free (stage->world);
  g_free (stage->source);
  g_free (stage->folder);
  bk_test_dir_remove (stage->dir);
  g_free (stage);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stage, stage_free)

static BkEngineSession *
last_of (Side *side)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (side->sessions));
  g_autoptr (BkEngineSession) session = n > 0 ? g_list_model_get_item (G_LIST_MODEL (side->sessions), n - 1) : NULL;

  return session;
}

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bk_engine_session_invite_finish (BK_ENGINE_SESSION (source), result, &error));
  g_assert_no_error (error);
}

static void
on_told (BkEngineSession *session, const char *property, Stage *stage)
{
  stage->told += g_str_equal (property, "Transfer");
}

static BkEngineSession *
offer (Side *side, Stage *stage)
{
  BkTransferState state;
  int file = open (stage->source, O_RDONLY | O_CLOEXEC);
  BkEngineSession *session = side_create (side);

  g_assert_true (bk_transfer_state_read (&state, file));
  g_autofree char *data = bk_transfer_offer_write (&(BkTransferOffer){ (char *) NAME, state.size });
  bk_session_offer_file (session, NAME, file, &state, bk_transfer_dup_source (file));
  bk_engine_session_invite_async (session, side_address (side->other), data, NULL, NULL, on_invited, NULL);
  world_settle (stage->world);
  return session;
}

/* alice sends, bob is asked. */
static void
begin (Stage *stage)
{
  stage->one = offer (stage->alice, stage);
  stage->two = last_of (stage->bob);
  stage->told = 0;
  g_signal_connect (stage->two, "changed", G_CALLBACK (on_told), stage);
}

static char *
try_accept (Stage *stage, const char *folder)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_session_accept_file_async (stage->two, folder, NULL, bk_test_store_result, &result);
  gboolean done = bk_engine_session_accept_file_finish (stage->two, bk_test_await (&result), &error);
  g_assert_true (done == (error == NULL));
  world_settle (stage->world);
  return error != NULL ? g_strdup (beckon_error_to_nick ((BeckonError) error->code)) : NULL;
}

static void
accept (Stage *stage)
{
  g_autofree char *error = try_accept (stage, NULL);

  g_assert_cmpstr (error, ==, NULL);
}

/* Both have the channel, and the stream is joined as @plan says. */
static void
confirm (Stage *stage, const FileWirePlan *plan)
{
  FakeChannel *here = side_channel (stage->alice), *there = side_channel (stage->bob);

  fake_channel_confirm (there, BECKON_CHANNEL_PATH_DIRECT);
  fake_channel_confirm (here, BECKON_CHANNEL_PATH_DIRECT);
  g_assert_cmpint (here->stream, >=, 0);
  g_assert_cmpint (there->stream, >=, 0);
  stage->wire = file_wire_new (g_steal_fd (&here->stream), g_steal_fd (&there->stream), plan);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (Stage *stage, BkTestPredicate predicate)
{
  guint tick = g_timeout_add (5, on_tick, NULL);

  bk_test_wait_until (predicate, stage);
  g_source_remove (tick);
}

static gboolean
are_over (gpointer data)
{
  Stage *stage = data;

  world_settle (stage->world);
  return !bk_session_is_open (stage->one) && !bk_session_is_open (stage->two);
}

static char *
dup_text (BkEngineSession *session, const char *key)
{
  g_autoptr (GVariant) transfer = g_variant_ref_sink (bk_engine_session_get_transfer (session));
  char *text = NULL;

  g_assert_true (g_variant_lookup (transfer, key, "s", &text));
  return text;
}

static void
check_text (BkEngineSession *session, const char *key, const char *expected)
{
  g_autofree char *text = dup_text (session, key);

  g_assert_cmpstr (text, ==, expected);
}

static guint64
number_of (BkEngineSession *session, const char *key)
{
  g_autoptr (GVariant) transfer = g_variant_ref_sink (bk_engine_session_get_transfer (session));
  guint64 number = 0;

  g_assert_true (g_variant_lookup (transfer, key, "t", &number));
  return number;
}

static void
check_states (Stage *stage, const char *state)
{
  check_text (stage->one, "state", state);
  check_text (stage->two, "state", state);
}

static char *
path_of (Stage *stage, const char *name)
{
  return g_build_filename (stage->folder, name, NULL);
}

static gboolean
is_there (Stage *stage, const char *name)
{
  g_autofree char *path = path_of (stage, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
is_part_gone (gpointer data)
{
  return !is_there (data, "." NAME ".part");
}

static void
check_result (BkEngineSession *session, BeckonSessionResult result, const char *text)
{
  g_assert_cmpint (bk_engine_session_get_result (session), ==, result);
  g_assert_cmpstr (bk_engine_session_get_result_text (session), ==, text);
}

/* ---- a file ---- */

static void
test_file (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autofree char *path = path_of (stage, NAME);
  g_autofree char *data = NULL;
  gsize length;

  begin (stage);
  g_assert_true (bk_engine_session_get_asking (stage->two));
  g_assert_cmpstr (bk_engine_session_get_application (stage->two), ==, BK_GUID_FILE);
  g_assert_cmpstr (bk_engine_session_get_application_name (stage->two), ==, "File");
  check_states (stage, "offered");
  check_text (stage->two, "folder", "");
  accept (stage);
  check_states (stage, "waiting");
  check_text (stage->two, "path", path);
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, 1);
  confirm (stage, NULL);
  wait_for (stage, are_over);
  check_states (stage, "done");
  check_result (stage->one, BECKON_SESSION_RESULT_ENDED, "Bob has received “letter.txt”.");
  check_result (stage->two, BECKON_SESSION_RESULT_ENDED, "You have received “letter.txt”.");
  check_text (stage->two, "folder", stage->folder);
  check_text (stage->two, "path", path);
  check_text (stage->one, "path", "");
  g_assert_cmpuint (number_of (stage->one, "done"), ==, SIZE);
  g_assert_cmpuint (number_of (stage->two, "done"), ==, SIZE);
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpuint (length, ==, SIZE);
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, 0);
  g_assert_cmpstr (side_entry (stage->alice, stage->one->id), ==,
                   "You sent Bob “letter.txt”. ended: Bob has received “letter.txt”.");
  g_assert_cmpstr (side_entry (stage->bob, stage->two->id), ==,
                   "Alice sent you “letter.txt”. ended: You have received “letter.txt”.");
  g_assert_null (stage->alice->program);
  g_assert_null (stage->bob->program);
}

/* No program has anything to do with it, and nobody but the user says that it may come. */
static void
test_no_program (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GError) error = NULL;

  stage->bob->account->allowed = TRUE;
  begin (stage);
  g_assert_true (bk_engine_session_get_asking (stage->two));
  g_assert_false (bk_engine_session_accept (stage->two, NULL, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  accept (stage);
  confirm (stage, &(FileWirePlan){ 0, FILE_WIRE_WHOLE });
  g_assert_cmpint (bk_engine_session_open_stream (stage->two, "file", &error), ==, -1);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_VALID_FOR_APP_INVITE);
  g_clear_error (&error);
  g_assert_false (bk_engine_session_send_context_data (stage->two, "data", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_VALID_FOR_APP_INVITE);
  bk_channel_emit_offered (BK_CHANNEL (side_channel (stage->bob)), "file", FALSE);
  g_assert_null (strstr (stage->bob->log->str, "on-offered"));
}

/* Both send something at the same time: these are two files. */
static void
test_crossing (void)
{
  g_autoptr (Stage) stage = stage_new ();

  begin (stage);
  BkEngineSession *back = offer (stage->bob, stage);
  g_assert_cmpint (bk_engine_session_get_state (stage->one), ==, BECKON_SESSION_STATE_INVITATION);
  g_assert_cmpint (bk_engine_session_get_state (stage->two), ==, BECKON_SESSION_STATE_INVITATION);
  g_assert_cmpint (bk_engine_session_get_state (back), ==, BECKON_SESSION_STATE_INVITATION);
  g_assert_true (bk_engine_session_get_asking (stage->two));
}

static void
test_bad_offer (void)
{
  static const char *const bad[] = { "", "{}", "{\"name\":\"x\",\"size\":-1}", "{\"name\":\"\",\"size\":1}" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (World) world = world_new_with_channels ();
      g_autofree char *id = bk_guid_new ();
      g_autoptr (BkEnvelope) invite = world_invite_new (id);
      Side *bob = world_side (world, 'b');

      g_free (invite->app_guid);
      invite->app_guid = g_strdup (BK_GUID_FILE);
      invite->data = g_strdup (bad[i]);
      side_receive (bob, ALICE, invite, world_now (world));
      world_settle (world);
      g_assert_cmpstr (bob->log->str, ==,
                       ">ringing >end:protocol-error");
      g_assert_cmpuint (number_of (last_of (bob), "size"), ==, 0);
    }
}

/* ---- accepting ---- */

static void
test_accept_errors (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autofree char *missing = path_of (stage, "missing");

  begin (stage);
  const struct
  {
    const char *folder;
    const char *error;
  } errors[] = { { "relative", "invalid-argument" }, { "/tmp\n", "invalid-argument" }, { missing, "storage" },
                 { "/proc/self", "storage" }, { stage->source, "storage" } };

  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autofree char *error = try_accept (stage, errors[i].folder);

      g_assert_cmpstr (error, ==, errors[i].error);
      g_assert_cmpint (bk_engine_session_get_state (stage->two), ==, BECKON_SESSION_STATE_INVITATION);
    }
  accept (stage);
  g_autofree char *again = try_accept (stage, NULL);
  g_assert_cmpstr (again, ==, "session-state-invalid");
}

/* The inviter changes her mind while the folder is being looked at. */
static void
test_accept_too_late (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GAsyncResult) result = NULL, second = NULL;
  g_autoptr (GError) error = NULL;

  begin (stage);
  bk_engine_session_accept_file_async (stage->two, NULL, NULL, bk_test_store_result, &result);
  bk_engine_session_accept_file_async (stage->two, NULL, NULL, bk_test_store_result, &second);
  g_assert_true (bk_engine_session_cancel (stage->two, BECKON_SESSION_RESULT_NONE, NULL, NULL));
  g_assert_false (bk_engine_session_accept_file_finish (stage->two, bk_test_await (&second), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID);
  g_assert_nonnull (strstr (error->message, "already"));
  g_clear_error (&error);
  g_assert_false (bk_engine_session_accept_file_finish (stage->two, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID);
  wait_for (stage, is_part_gone);
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, 0);
}

/* ---- how it ends ---- */

static gboolean
has_some (gpointer data)
{
  Stage *stage = data;

  bk_fake_clock_advance (stage->world->clock, 250);
  world_settle (stage->world);
  return number_of (stage->two, "done") > 0;
}

/* Half of it is there, and no more comes. */
static void
go_half (Stage *stage)
{
  begin (stage);
  accept (stage);
  FakeChannel *there = side_channel (stage->bob);
  fake_channel_confirm (there, BECKON_CHANNEL_PATH_DIRECT);
  fake_channel_confirm (side_channel (stage->alice), BECKON_CHANNEL_PATH_DIRECT);
  g_assert_cmpint (write (there->stream, "{\"type\":\"send\",\"offset\":0}\nhalf", BEGIN_LENGTH + 4), ==,
                   BEGIN_LENGTH + 4);
  wait_for (stage, has_some);
}

/* A thousand bytes more, which makes @done. */
static void
come_more (Stage *stage, guint64 done)
{
  g_autofree char *bytes = g_strnfill (1000, 'x');
  guint tick = g_timeout_add (5, on_tick, NULL);

  g_assert_cmpint (write (side_channel (stage->bob)->stream, bytes, 1000), ==, 1000);
  while (bk_transfer_get_done (stage->two->transfer->running) < done)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

static void
test_progress (void)
{
  g_autoptr (Stage) stage = stage_new ();

  go_half (stage);
  check_states (stage, "running");
  g_assert_cmpuint (number_of (stage->two, "rate"), >, 0);
  /* Not more than four times a second, and not at all when nothing moves any more. */
  guint before = stage->told;
  for (guint i = 1; i <= 10; i++)
    {
      come_more (stage, 4 + i * 1000);
      bk_fake_clock_advance (stage->world->clock, 100);
    }
  g_assert_cmpuint (stage->told - before, <=, 4);
  g_assert_cmpuint (stage->told - before, >=, 3);
  bk_fake_clock_advance (stage->world->clock, 20000);
  before = stage->told;
  bk_fake_clock_advance (stage->world->clock, 20000);
  g_assert_cmpuint (stage->told, ==, before);
  g_assert_cmpuint (number_of (stage->two, "rate"), ==, 0);
  fake_channel_set_path (side_channel (stage->bob), BECKON_CHANNEL_PATH_LOST, "Nothing is heard.");
  check_text (stage->two, "state", "stalled");
  g_assert_cmpuint (stage->told, >, before);
  fake_channel_set_path (side_channel (stage->bob), BECKON_CHANNEL_PATH_RELAY, "");
  check_text (stage->two, "state", "running");
}

static void
check_end (void (*act) (Stage *stage), gboolean kept, const char *alice, const char *bob)
{
  g_autoptr (Stage) stage = stage_new ();

  go_half (stage);
  act (stage);
  wait_for (stage, are_over);
  check_states (stage, "failed");
  g_assert_cmpstr (bk_engine_session_get_result_text (stage->one), ==, alice);
  g_assert_cmpstr (bk_engine_session_get_result_text (stage->two), ==, bob);
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, kept ? 1 : 0);
  if (kept)
    g_assert_true (is_there (stage, "." NAME ".part"));
  else
    wait_for (stage, is_part_gone);
  g_assert_false (is_there (stage, NAME));
}

static void
alice_cancels (Stage *stage)
{
  bk_engine_session_cancel (stage->one, BECKON_SESSION_RESULT_NONE, NULL, NULL);
}

static void
bob_cancels (Stage *stage)
{
  bk_engine_session_cancel (stage->two, BECKON_SESSION_RESULT_NONE, NULL, NULL);
}

static void
channels_break (Stage *stage)
{
  fake_channel_break (side_channel (stage->alice), BECKON_SESSION_RESULT_CONNECTION_FAILURE, "It was too far.");
  fake_channel_break (side_channel (stage->bob), BECKON_SESSION_RESULT_CONNECTION_FAILURE, "It was too far.");
}

static void
alice_signs_out (Stage *stage)
{
  bk_engine_sessions_account_signed_out (stage->alice->sessions, stage->alice->account);
}

static void
bob_is_restarted (Stage *stage)
{
  bk_engine_sessions_end_all (stage->bob->sessions, BECKON_SESSION_RESULT_SERVICE_RESTARTED);
}

/* The stream ends, and nobody says why. */
static void
stream_ends (Stage *stage)
{
  FakeChannel *there = side_channel (stage->bob);

  close (g_steal_fd (&there->stream));
  guint tick = g_timeout_add (5, on_tick, NULL);
  while (stage->two->timers[BK_SESSION_TIMER_TRANSFER] != 0 && bk_session_is_open (stage->two))
    {
      g_main_context_iteration (NULL, TRUE);
      bk_fake_clock_advance (stage->world->clock, 1000);
    }
  g_source_remove (tick);
}

static void
nonsense_comes (Stage *stage)
{
  FakeChannel *there = side_channel (stage->bob);
  g_autofree char *rest = g_strnfill (SIZE, 'x');
  gsize done = 4;

  while (done < SIZE + 300)
    {
      gssize n = write (there->stream, rest, MIN (SIZE, SIZE + 300 - done));
      if (n <= 0)
        break;
      done += (gsize) n;
    }
}

static void
test_ends (void)
{
  check_end (alice_cancels, FALSE, "You cancelled.", "Alice cancelled.");
  check_end (bob_cancels, FALSE, "Bob cancelled.", "You cancelled.");
  check_end (channels_break, TRUE, "“letter.txt” could not be sent. It was too far.",
             "“letter.txt” could not be received. It was too far.");
  check_end (alice_signs_out, TRUE, "You signed out.", "Alice signed out.");
  check_end (bob_is_restarted, TRUE, "Beckon was restarted where Bob is.", "Beckon was restarted on one side.");
  check_end (stream_ends, TRUE, "“letter.txt” could not be sent.", "“letter.txt” could not be received.");
  check_end (nonsense_comes, FALSE, "“letter.txt” could not be sent. The two programs did not understand each other.",
             "“letter.txt” could not be received. The two programs did not understand each other.");
}

/* What the other side says why it failed is a word of ours, or nothing. */
static void
test_remote_fault (void)
{
  static const char *const ends[][2] = {
    { "full", "“letter.txt” could not be sent. There was no room for the file there." },
    { "write", "“letter.txt” could not be sent. The file could not be saved there." },
    { "damaged", "“letter.txt” could not be sent. The file that arrived is not the one that was sent." },
    { "<b>Send money</b>", "“letter.txt” could not be sent." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr (Stage) stage = stage_new ();

      go_half (stage);
      g_autoptr (BkEnvelope) end = bk_session_envelope_over (stage->two, BK_ENVELOPE_END,
                                                             BECKON_SESSION_RESULT_APPLICATION_FAILED, ends[i][0]);
      bk_session_receive (stage->one, end);
      check_result (stage->one, BECKON_SESSION_RESULT_APPLICATION_FAILED, ends[i][1]);
      check_text (stage->one, "state", "failed");
    }
}

/* That it arrived is believed only of what was sent. */
static void
test_too_early (void)
{
  g_autoptr (Stage) stage = stage_new ();

  go_half (stage);
  g_autoptr (BkEnvelope) end
    = bk_session_envelope_over (stage->two, BK_ENVELOPE_END, BECKON_SESSION_RESULT_ENDED, NULL);
  bk_session_receive (stage->one, end);
  check_text (stage->one, "state", "failed");
  check_result (stage->one, BECKON_SESSION_RESULT_ENDED, "“letter.txt” could not be sent.");
}

/* ---- going on ---- */

static void
break_at (Stage *stage, guint64 cut)
{
  begin (stage);
  accept (stage);
  confirm (stage, &(FileWirePlan){ cut, FILE_WIRE_WHOLE });
  guint tick = g_timeout_add (5, on_tick, NULL);
  while (number_of (stage->two, "done") < cut - BEGIN_LENGTH)
    {
      g_main_context_iteration (NULL, TRUE);
      if (stage->two->transfer->running != NULL
          && bk_transfer_get_done (stage->two->transfer->running) == cut - BEGIN_LENGTH)
        break;
    }
  g_source_remove (tick);
  channels_break (stage);
  wait_for (stage, are_over);
  unwire (stage);
}

static void
check_again (Stage *stage, guint64 offset, const char *name)
{
  g_autofree char *path = path_of (stage, name);
  g_autofree char *was = NULL, *is = NULL;
  gsize size, length;

  begin (stage);
  accept (stage);
  g_assert_cmpuint (number_of (stage->two, "done"), ==, offset);
  confirm (stage, NULL);
  wait_for (stage, are_over);
  check_states (stage, "done");
  check_text (stage->two, "path", path);
  g_assert_true (g_file_get_contents (path, &is, &length, NULL));
  g_assert_true (g_file_get_contents (stage->source, &was, &size, NULL));
  g_assert_cmpmem (is, length, was, size);
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, 0);
}

static void
test_resume (void)
{
  g_autoptr (Stage) stage = stage_new ();

  break_at (stage, 300000);
  check_again (stage, 300000 - BEGIN_LENGTH, NAME);
}

/* The file of that name and size is another one now. */
static void
test_resume_other (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autofree char *data = g_strnfill (SIZE, 'z');

  break_at (stage, 300000);
  g_assert_true (g_file_set_contents (stage->source, data, SIZE, NULL));
  check_again (stage, 300000 - BEGIN_LENGTH, NAME);
}

/* Another size is another file: it does not touch what is here of the first. */
static void
test_no_resume (void)
{
  g_autoptr (Stage) stage = stage_new ();

  break_at (stage, 300000);
  put_source (stage, SIZE + 1);
  begin (stage);
  accept (stage);
  g_assert_cmpuint (number_of (stage->two, "done"), ==, 0);
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, 2);
}

/* The same file twice at once, and a part of it is here: only one of the two goes on with that. */
static void
test_resume_twice (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GAsyncResult) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;

  break_at (stage, 300000);
  begin (stage);
  BkEngineSession *two = stage->two;
  begin (stage);
  bk_engine_session_accept_file_async (two, NULL, NULL, bk_test_store_result, &first);
  bk_engine_session_accept_file_async (stage->two, NULL, NULL, bk_test_store_result, &second);
  g_assert_true (bk_engine_session_accept_file_finish (two, bk_test_await (&first), &error));
  g_assert_true (bk_engine_session_accept_file_finish (stage->two, bk_test_await (&second), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (number_of (two, "done"), ==, 300000 - BEGIN_LENGTH);
  g_assert_cmpuint (number_of (stage->two, "done"), ==, 0);
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, 2);
}

/* What one has taken and nothing came of, another one may go on with. */
static void
test_resume_after_nothing (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GAsyncResult) result = NULL;

  break_at (stage, 300000);
  begin (stage);
  bk_engine_session_accept_file_async (stage->two, NULL, NULL, bk_test_store_result, &result);
  g_assert_true (bk_engine_session_cancel (stage->two, BECKON_SESSION_RESULT_NONE, NULL, NULL));
  g_assert_false (bk_engine_session_accept_file_finish (stage->two, bk_test_await (&result), NULL));
  check_again (stage, 300000 - BEGIN_LENGTH, NAME);
}

/* It is all there when the channel breaks, before anybody was told: then it has arrived. */
static void
test_whole_at_the_break (void)
{
  g_autoptr (Stage) stage = stage_new ();

  begin (stage);
  accept (stage);
  confirm (stage, NULL);
  while (bk_transfer_get_path (stage->two->transfer->running) == NULL)
    g_thread_yield ();
  channels_break (stage);
  wait_for (stage, are_over);
  check_text (stage->two, "state", "done");
  g_assert_cmpstr (bk_engine_session_get_result_text (stage->two), ==,
                   "You have received “letter.txt”.");
  g_assert_true (is_there (stage, NAME));
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, 0);
}

/* ---- what is kept ---- */

static void
restore (Stage *stage, guint number, gint64 time)
{
  g_autofree char *name = g_strdup_printf (".%u.part", number);
  g_autofree char *path = path_of (stage, name);
  BkHistoryPart part = { 1, (char *) ALICE, (char *) NAME, SIZE, stage->folder, name, time, FALSE };

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  bk_engine_history_put_part (stage->bob->history, &part);
  bk_engine_sessions_restore_part (stage->bob->sessions, &part);
}

static gboolean
is_bounded (gpointer data)
{
  Stage *stage = data;
  g_autoptr (GDir) dir = g_dir_open (stage->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n == 20;
}

static void
test_bounds (void)
{
  g_autoptr (Stage) stage = stage_new ();
  gint64 now = world_now (stage->world);

  g_assert_cmpint (g_mkdir (stage->folder, 0700), ==, 0);
  restore (stage, 25, now - (gint64) 8 * 24 * 60 * 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, 0);
  for (guint i = 0; i < 25; i++)
    restore (stage, i, now);
  wait_for (stage, is_bounded);
  g_assert_false (is_there (stage, ".4.part"));
  g_assert_true (is_there (stage, ".5.part"));
  g_assert_false (is_there (stage, ".25.part"));
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, 20);
}

/* Whoever removes an account leaves nothing of it in his folders, and nothing of others is touched. */
static void
test_account_removed (void)
{
  g_autoptr (Stage) stage = stage_new ();
  guint account = bk_engine_account_get_id (stage->bob->account);

  break_at (stage, 300000);
  bk_engine_sessions_drop_parts (stage->bob->sessions, account + 1);
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, 1);
  bk_engine_sessions_drop_parts (stage->bob->sessions, account);
  g_assert_cmpuint (g_hash_table_size (stage->bob->history->parts), ==, 0);
  wait_for (stage, is_part_gone);
}

/* Nobody fills the list of sessions with files. */
static void
test_many (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < BK_LIMIT_FILES_FROM; i++)
    begin (stage);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (stage->bob->sessions)), ==, BK_LIMIT_FILES_FROM);
  g_assert_true (bk_engine_sessions_has_room_for_file (stage->alice->sessions, stage->alice->account, NULL));
  for (guint i = BK_LIMIT_FILES_FROM; i < BK_LIMIT_FILES; i++)
    {
      stage->one = offer (stage->alice, stage);
      g_assert_cmpint (bk_engine_session_get_result (stage->one), ==, BECKON_SESSION_RESULT_INVITATION_DECLINED);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (stage->bob->sessions)), ==, BK_LIMIT_FILES_FROM);
  g_assert_true (bk_engine_sessions_has_room_for_file (stage->bob->sessions, stage->bob->account, NULL));
  for (guint i = BK_LIMIT_FILES_FROM; i < BK_LIMIT_FILES; i++)
    offer (stage->bob, stage);
  g_assert_false (bk_engine_sessions_has_room_for_file (stage->bob->sessions, stage->bob->account, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/engine/session-transfer/file", test_file);
  g_test_add_func ("/engine/session-transfer/no-program", test_no_program);
  g_test_add_func ("/engine/session-transfer/crossing", test_crossing);
  g_test_add_func ("/engine/session-transfer/bad-offer", test_bad_offer);
  g_test_add_func ("/engine/session-transfer/accept-errors", test_accept_errors);
  g_test_add_func ("/engine/session-transfer/accept-too-late", test_accept_too_late);
  g_test_add_func ("/engine/session-transfer/progress", test_progress);
  g_test_add_func ("/engine/session-transfer/ends", test_ends);
  g_test_add_func ("/engine/session-transfer/remote-fault", test_remote_fault);
  g_test_add_func ("/engine/session-transfer/too-early", test_too_early);
  g_test_add_func ("/engine/session-transfer/resume", test_resume);
  g_test_add_func ("/engine/session-transfer/resume-other", test_resume_other);
  g_test_add_func ("/engine/session-transfer/no-resume", test_no_resume);
  g_test_add_func ("/engine/session-transfer/resume-twice", test_resume_twice);
  g_test_add_func ("/engine/session-transfer/resume-after-nothing", test_resume_after_nothing);
  g_test_add_func ("/engine/session-transfer/whole-at-the-break", test_whole_at_the_break);
  g_test_add_func ("/engine/session-transfer/account-removed", test_account_removed);
  g_test_add_func ("/engine/session-transfer/many", test_many);
  g_test_add_func ("/engine/session-transfer/bounds", test_bounds);
  return g_test_run ();
}
