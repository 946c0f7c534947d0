/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the operator tells people, as the engine takes it. */
#include "engine-world.h"

#include <sqlite3.h>

#include "bk-limits.h"

#define GUID "{3C5B9D41-7F0A-4C57-9E6B-2A4D8C1F0E37}"

typedef struct
{
  EngineWorld *world;
  HandBackend *backend;
  BkEngineAccount *alice;
  GString *log;
} Stage;

static void
on_alert (BkEngineAccount *account, BkEngineAlert *alert, Stage *stage)
{
  g_assert_cmpstr (alert->id, ==, GUID);
  g_string_append_printf (stage->log, "%s:%u:%s:%" G_GINT64_FORMAT " ", alert->text, alert->site,
                          alert->url != NULL ? alert->url : "-", alert->time);
}

static Stage *
stage_new (void)
{
  Stage *stage = g_new0 (Stage, 1);

  stage->log = g_string_new (NULL);
  stage->world = engine_world_new ();
  engine_world_open (stage->world);
  stage->alice = engine_world_add_alice (stage->world, &stage->backend);
  g_signal_connect (stage->alice, "alert", G_CALLBACK (on_alert), stage);
  return stage;
}

static void
stage_free (Stage *stage)
{
  engine_world_free (stage->world);
  g_string_free (stage->log, TRUE);
  g_free (stage);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stage, stage_free)

static void
say (Stage *stage, const char *cursor, const char *text, const char *url)
{
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_ALERT,
    .cursor = cursor,
    .alert = GUID,
    .site = 7,
    .text = text,
    .url = url,
    .time = 1000,
  };

  bk_backend_emit (BK_BACKEND (stage->backend), &event);
}

static void
assert_told (Stage *stage, const char *log)
{
  engine_world_settle (stage->world, stage->alice);
  g_assert_cmpstr (stage->log->str, ==, log);
  g_string_truncate (stage->log, 0);
}

static void
reopen (Stage *stage)
{
  stage->alice = engine_world_reopen (stage->world, &stage->backend);
  g_signal_connect (stage->alice, "alert", G_CALLBACK (on_alert), stage);
}

/* Waits for the worker of the database, and lets nothing come back from it. */
static void
wait_on_disk (Stage *stage, const char *cursor)
{
  g_autofree char *path = g_build_filename (stage->world->dir, "data", "beckon", "history.sqlite", NULL);
  gboolean there = FALSE;
  sqlite3 *file;
  sqlite3_stmt *query;

  g_assert_cmpint (sqlite3_open (path, &file), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (file, "SELECT 1 FROM accounts WHERE cursor = ?", -1, &query, NULL), ==,
                   SQLITE_OK);
  sqlite3_bind_text (query, 1, cursor, -1, SQLITE_STATIC);
  while (!there)
    {
      there = sqlite3_step (query) == SQLITE_ROW;
      sqlite3_reset (query);
      g_thread_yield ();
    }
  sqlite3_finalize (query);
  sqlite3_close (file);
}

/* One that waits at the network is told when its place is on disk, and not again: not after a repetition, not after a
 * restart, not after a crash in between. */
static void
test_once (void)
{
  g_autoptr (Stage) stage = stage_new ();

  say (stage, "1", "Down on Sunday", "https://example.org/");
  g_assert_cmpstr (stage->log->str, ==, "");
  say (stage, "1", "Down on Sunday", "https://example.org/");
  assert_told (stage, "Down on Sunday:7:https://example.org/:1000 ");
  engine_world_close (stage->world);
  reopen (stage);
  g_assert_cmpstr (stage->backend->cursor, ==, "1");

  say (stage, "2", "Up again", NULL);
  wait_on_disk (stage, "2");
  engine_world_crash (stage->world);
  g_assert_cmpstr (stage->log->str, ==, "");
  reopen (stage);
  g_assert_cmpstr (stage->backend->cursor, ==, "2");
  assert_told (stage, "");
}

/* One that does not wait is told at once, as often as it comes, and moves nothing. */
static void
test_passing (void)
{
  g_autoptr (Stage) stage = stage_new ();
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_ALERT, .alert = GUID, .site = G_MAXUINT32, .text = "Now" };

  say (stage, "1", "First", NULL);
  assert_told (stage, "First:7:-:1000 ");
  say (stage, NULL, "A new level", NULL);
  g_assert_cmpstr (stage->log->str, ==, "A new level:7:-:1000 ");
  assert_told (stage, "A new level:7:-:1000 ");
  bk_backend_emit (BK_BACKEND (stage->backend), &event);
  assert_told (stage, "Now:4294967295:-:1767225600000000 ");
  engine_world_close (stage->world);
  reopen (stage);
  g_assert_cmpstr (stage->backend->cursor, ==, "1");
}

static void
test_hostile (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autofree char *longest = g_strnfill (BK_LIMIT_ALERT_TEXT, 'x');
  g_autofree char *too_long = g_strnfill (BK_LIMIT_ALERT_TEXT + 1, 'x');
  g_autofree char *long_url = g_strconcat ("https://example.org/", too_long, NULL);
  g_autofree char *told = g_strconcat (longest, ":7:-:1000 ", NULL);
  const char *texts[] = { "", NULL, "\x01", "\xff", too_long };
  const char *ids[] = { NULL, "", "3C5B9D41-7F0A-4C57-9E6B-2A4D8C1F0E37", "{}", "<b>" };
  const char *urls[] = { "javascript:alert(1)", "ftp://example.org/", "https://user@example.org/", "https://",
                         "file:///etc/passwd", "https://example.org/\n", "", long_url };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *cursor = g_strdup_printf ("%u", ++n);
      g_test_expect_message ("beckon-engine", G_LOG_LEVEL_WARNING, "*malformed alert*");
      say (stage, cursor, texts[i], NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *cursor = g_strdup_printf ("%u", ++n);
      BkBackendEvent event = { .type = BK_BACKEND_EVENT_ALERT, .cursor = cursor, .alert = ids[i], .text = "Text" };
      g_test_expect_message ("beckon-engine", G_LOG_LEVEL_WARNING, "*malformed alert*");
      bk_backend_emit (BK_BACKEND (stage->backend), &event);
    }
  g_test_assert_expected_messages ();
  assert_told (stage, "");

  /* The words are worth more than the link. */
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      say (stage, NULL, "Text", urls[i]);
      assert_told (stage, "Text:7:-:1000 ");
    }
  say (stage, NULL, "<b>bold</b>\n\t%s", "http://example.org/");
  assert_told (stage, "<b>bold</b>\n\t%s:7:http://example.org/:1000 ");
  say (stage, NULL, longest, NULL);
  assert_told (stage, told);
  engine_world_close (stage->world);
  reopen (stage);
  g_assert_cmpstr (stage->backend->cursor, ==, "10");
}

/* What the disk refuses has not been told: it comes again. */
static void
test_storage_fails (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autofree char *path = g_build_filename (stage->world->dir, "data", "beckon", "history.sqlite", NULL);
  sqlite3 *other;

  say (stage, "1", "One", NULL);
  assert_told (stage, "One:7:-:1000 ");
  g_assert_cmpint (sqlite3_open (path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other,
                                 "CREATE TRIGGER t BEFORE UPDATE ON accounts WHEN new.cursor = '2'"
                                 " BEGIN SELECT raise (FAIL, 'no room'); END",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_test_expect_message ("beckon-engine", G_LOG_LEVEL_WARNING, "*could not be stored*");
  say (stage, "2", "Two", NULL);
  engine_world_wait_state (stage->alice, BK_BACKEND_WAITING);
  g_test_assert_expected_messages ();
  assert_told (stage, "");
  g_assert_cmpint (sqlite3_exec (other, "DROP TRIGGER t", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (other);
  bk_fake_clock_advance (stage->world->clock, 30000);
  engine_world_wait_sign_in (stage->backend, 2);
  g_assert_cmpstr (stage->backend->cursor, ==, "1");
  hand_backend_go_online (stage->backend);
  say (stage, "2", "Two", NULL);
  assert_told (stage, "Two:7:-:1000 ");
}

static void
test_sites (void)
{
  g_autoptr (Stage) stage = stage_new ();
  guint32 sites[BK_LIMIT_ALERT_SITES + 1];

  for (guint i = 0; i < G_N_ELEMENTS (sites); i++)
    sites[i] = G_MAXUINT32 - i;
  bk_engine_account_set_alert_sites (stage->alice, sites, G_N_ELEMENTS (sites));
  g_assert_cmpuint (stage->backend->sites->len, ==, BK_LIMIT_ALERT_SITES);
  g_assert_cmpuint (g_array_index (stage->backend->sites, guint32, 1), ==, G_MAXUINT32 - 1);
  bk_engine_account_set_alert_sites (stage->alice, NULL, 0);
  g_assert_cmpuint (stage->backend->sites->len, ==, 0);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/alerts/once", test_once);
  g_test_add_func ("/alerts/passing", test_passing);
  g_test_add_func ("/alerts/hostile", test_hostile);
  g_test_add_func ("/alerts/storage-fails", test_storage_fails);
  g_test_add_func ("/alerts/sites", test_sites);
  return g_test_run ();
}
