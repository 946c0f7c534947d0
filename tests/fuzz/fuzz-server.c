/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server with anything in any order. An input is a script: eight clients (a…h) connect, send frames and raw text,
 * read or do not, and hang up; time passes; the operator interferes; threads take as long as they like. What must hold
 * at the end whatever it was stands in server/model.h.
 *
 *   a open 7          connects from 10.0.0.7; sending does so, too
 *   a {"type":…}      sends a frame, or anything else; $N, $T… are filled in, see server/model.c
 *   a stall, a flow   stops reading, goes on
 *   a close
 *   + 1000            milliseconds pass
 *   ! hold, ! job, ! go   threads wait; one job is done; they run again
 *   ! again           facts are offered once more, late
 *   ! nudge           the server looks whether the operator has done something
 *   ! written NAME    an alert that the server is not told of
 *   ! remove NAME, ! revoke, ! ask, ! alert NAME, ! all, ! subscribers, ! stop   the operator */
#include "common/script.h"
#include "server/model.h"
#include "server/server-lines.h"

#include "bk-server-operator.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define MAX_STEPS 200
#define MAX_TURNS 100000
#define MAX_WAIT_MS (40u * 24 * 60 * 60 * 1000)

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static char *folder;
static BkServer *server;
static BkFakeClock *the_clock;
static gboolean holding;
static GAsyncResult *stopped; /* nullable */
static gboolean stopping;

/* ---- what is there before every input ---- */

static void
remove_folder (void)
{
  g_autofree char *pipe = g_build_filename (folder, "server.db-operator", NULL);

  g_unlink (pipe);
  g_rmdir (folder);
}

static void
run_now (BkSqliteJob job, gpointer data, GDestroyNotify free_data)
{
  g_autoptr (GError) error = NULL;

  if (!twin_sqlite_run_now (BK_SQLITE_WRITE, job, data, &error))
    g_debug ("%s", error->message);
  free_data (data);
}

static gint64
now (void)
{
  return the_clock != NULL ? bk_clock_real (BK_CLOCK (the_clock)) : G_GINT64_CONSTANT (1767225600000000);
}

static void
make_account (const char *name)
{
  BkStoreRegister *job = g_new0 (BkStoreRegister, 1);

  job->now = now ();
  job->name = g_strdup (name);
  job->display_name = g_strdup (name);
  job->password = g_strdup ("hash of secret");
  run_now (bk_store_register, job, bk_store_register_free);
}

static void
change_contact (gint64 account, const char *who, BkStoreContactVerb verb)
{
  BkStoreContact *job = g_new0 (BkStoreContact, 1);

  job->verb = verb;
  job->account = account;
  job->who = g_strdup (who);
  run_now (bk_store_contact, job, bk_store_contact_free);
}

static void
issue_license (void)
{
  BkStoreAdmin *job = g_new0 (BkStoreAdmin, 1);

  job->now = now ();
  job->token = g_strdup (MODEL_LICENSE);
  job->key = g_strdup (MODEL_KEY);
  job->name = g_strdup ("Chess");
  job->cloud = g_strdup ("production");
  job->list = g_string_new (NULL);
  run_now (bk_store_issue_license, job, bk_store_admin_free);
}

/* A line that the server refuses at once as malformed finds nothing. */
static void
check_lines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (server_lines); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *frame = strchr (server_lines[i], '{');
      gint64 id;
      if (frame == NULL || strstr (frame, "\"id\":$N") == NULL)
        continue;
      g_autofree char *filled = model_fill_in (frame);
      g_autoptr (BkFrame) parsed = bk_frame_parse_request (filled, strlen (filled), &id, &error);
      if (parsed == NULL)
        g_error ("%s: %s", error->message, server_lines[i]);
    }
}

/* alice and bob know each other; carol has asked alice; dave is a stranger. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  if (sodium_init () < 0)
    return 1;
  check_lines ();
  folder = g_dir_make_tmp ("beckon-fuzz-XXXXXX", NULL);
  atexit (remove_folder);
  g_autoptr (BkSqlite) db = bk_sqlite_new (NULL, bk_store_migrations, bk_store_n_migrations);
  make_account ("alice@example.org");
  make_account ("bob@example.org");
  make_account ("carol@example.org");
  make_account ("dave@example.org");
  change_contact (1, "bob@example.org", BK_STORE_CONTACT_ADD);
  change_contact (2, "alice@example.org", BK_STORE_CONTACT_APPROVE);
  change_contact (3, "alice@example.org", BK_STORE_CONTACT_ADD);
  issue_license ();
  return 0;
}

/* ---- the server ---- */

/* Until nothing happens any more; with threads on hold, nothing that they would do. */
static void
settle (void)
{
  for (guint turns = 0;; turns++)
    {
      gboolean any = FALSE;
      while (g_main_context_iteration (NULL, FALSE))
        any = TRUE;
      if (!holding)
        any = twin_work () || any;
      any = twin_net_turn () || any;
      if (!any)
        return;
      if (turns > MAX_TURNS)
        g_error ("Broken: the server comes to rest");
    }
}

static void
store_result (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **) slot = g_object_ref (result);
}

static void
start (void)
{
  BkServerConfig *config = bk_server_config_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  config->domain = g_strdup ("example.org");
  config->database = g_build_filename (folder, "server.db", NULL);
  config->turn_servers = g_strsplit ("turn:turn.example.org:3478?transport=udp", ";", -1);
  config->turn_secret = g_strdup ("secret");
  /* Small enough for a script to come up against. */
  config->registrations.burst = 4;
  config->requests_per_day = 5;
  config->quota.contacts = 4;
  config->quota.groups = 2;
  config->quota.devices = 3;
  config->quota.sessions = 2;
  config->quota.requests_open = 2;
  config->quota.requests_waiting = 2;
  config->quota.transports = MODEL_TRANSPORTS;
  if (!bk_server_config_complete (config, &error))
    g_error ("%s", error->message);
  holding = stopping = FALSE;
  the_clock = bk_fake_clock_new ();
  server = bk_server_new (config, BK_CLOCK (the_clock));
  model_begin (server);
  bk_server_start_async (server, store_result, &result);
  settle ();
  if (result == NULL || !bk_server_start_finish (server, result, &error))
    g_error ("Broken: the server starts: %s", error != NULL ? error->message : "it never does");
}

static void
stop (void)
{
  if (stopping)
    return;
  stopping = TRUE;
  bk_server_stop_async (server, store_result, &stopped);
}

/* ---- steps ---- */

static void
operate (BkSqliteJob run, const char *subject)
{
  BkStoreAdmin *job = g_new0 (BkStoreAdmin, 1);

  job->now = now ();
  job->token = g_strdup (subject);
  job->list = g_string_new (NULL);
  run_now (run, job, bk_store_admin_free);
}

static void
send_alert (BkStoreOperation operation, const char *to)
{
  BkStoreAlert *job = g_new0 (BkStoreAlert, 1);

  job->now = now ();
  job->operation = operation;
  job->to = g_strdup (to);
  job->site = 7;
  job->text = g_strdup ("Tea is ready");
  run_now (bk_store_send_alert, job, bk_store_alert_free);
}

static void
step_operator (const char *word, const char *name)
{
  g_autofree char *database = g_build_filename (folder, "server.db", NULL);

  if (g_str_equal (word, "remove"))
    operate (bk_store_remove_account, name);
  else if (g_str_equal (word, "revoke"))
    operate (bk_store_revoke_license, MODEL_LICENSE);
  else if (g_str_equal (word, "ask"))
    operate (bk_store_ask_license, MODEL_LICENSE);
  else if (g_str_equal (word, "alert") || g_str_equal (word, "written"))
    send_alert (BK_STORE_ALERT_ONE, name);
  else if (g_str_equal (word, "all"))
    send_alert (BK_STORE_ALERT_ALL, NULL);
  else if (g_str_equal (word, "subscribers"))
    send_alert (BK_STORE_ALERT_SUBSCRIBERS, NULL);
  else if (g_str_equal (word, "stop"))
    stop ();
  if (!g_str_equal (word, "written"))
    bk_server_operator_nudge (database, NULL);
}

static void
step_world (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);

  if (words[1] == NULL)
    return;
  if (g_str_equal (words[1], "hold") || g_str_equal (words[1], "go"))
    holding = g_str_equal (words[1], "hold");
  else if (g_str_equal (words[1], "job"))
    twin_work ();
  else if (g_str_equal (words[1], "again"))
    model_offer_again ();
  else
    step_operator (words[1], words[2] != NULL ? words[2] : "");
}

static void
step_client (guint slot, const char *text)
{
  if (g_str_has_prefix (text, "open"))
    model_open (slot, (guint8) g_ascii_strtoull (text + strlen ("open"), NULL, 10));
  else if (g_str_equal (text, "close"))
    model_close (slot);
  else if (g_str_equal (text, "stall") || g_str_equal (text, "flow"))
    model_stall (slot, g_str_equal (text, "stall"));
  else
    model_feed (slot, text);
}

static void
step (const char *line)
{
  if (line[0] == '+')
    bk_fake_clock_advance (the_clock, (guint) MIN (g_ascii_strtoull (line + 1, NULL, 10), MAX_WAIT_MS));
  else if (line[0] == '!')
    step_world (line);
  else if (line[0] >= 'a' && line[0] < 'a' + MODEL_SLOTS && line[1] == ' ')
    step_client ((guint) (line[0] - 'a'), line + 2);
  settle ();
  model_check_always ();
}

/* ---- the end ---- */

static void
finish (void)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < MODEL_SLOTS; i++)
    model_stall (i, FALSE);
  holding = FALSE;
  settle ();
  if (!stopping)
    model_check ();
  for (guint i = 0; i < MODEL_SLOTS; i++)
    model_close (i);
  settle ();
  model_check_empty ();
  stop ();
  settle ();
  if (stopped == NULL || !bk_server_stop_finish (server, stopped, &error))
    g_error ("Broken: the server stops");
  g_clear_object (&stopped);
  if (bk_fake_clock_pending (the_clock) != 0)
    g_error ("Broken: a server that has stopped wakes nobody");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  twin_sqlite_begin ();
  start ();
  script_run (data, size, MAX_STEPS, step);
  finish ();
  g_assert_finalize_object (server);
  g_assert_finalize_object (the_clock);
  the_clock = NULL;
  model_end ();
  twin_sqlite_end ();
  return 0;
}

size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  return script_mutate (data, size, max_size, seed, server_lines, G_N_ELEMENTS (server_lines));
}
