/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Database files of every schema there has been, damaged. An input is a script:
 *
 *   schema 3        begins with a sound file of that schema (the newest there is a sample of, if it is too large)
 *   at 4096 00ff    writes bytes there
 *   cut 8192        ends the file there
 *   fill 2 ff       fills a page with a byte
 *
 * Then the real database code opens it and the server's jobs work on it. A file is refused with a sentence, and then it
 * is as it was, or it is of the newest schema and every job is done or refused with a sentence. */
#include "common/script.h"
#include "upgrade/upgrade-lines.h"

#include "bk-store.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define MAX_SCHEMAS 64
#define MAX_STEPS 60
#define PAGE 4096
#define NOT_UP_TO_DATE "The database could not be brought up to date"

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static char *folder;
static char *path;
static GBytes *samples[MAX_SCHEMAS]; /* of schema N at N - 1 */
static guint n_samples;
static GByteArray *content; /* of the file that is being made */

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s", promise);
}

/* ---- sound files ---- */

static void
remove_file (const char *suffix)
{
  g_autofree char *name = g_strconcat (path, suffix, NULL);

  g_unlink (name);
}

static void
remove_folder (void)
{
  remove_file ("");
  remove_file ("-wal");
  remove_file ("-shm");
  remove_file ("-journal");
  g_rmdir (folder);
}

static GBytes *
make_sample (const char *sql)
{
  sqlite3 *db = NULL;
  char *data = NULL;
  gsize size = 0;

  remove_file ("");
  if (sqlite3_open (path, &db) != SQLITE_OK || sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("A sample of a schema cannot be made: %s", sqlite3_errmsg (db));
  sqlite3_close (db);
  check (g_file_get_contents (path, &data, &size, NULL), "a sample can be read");
  return g_bytes_new_take (data, size);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_autofree char *memory = g_strdup ("/dev/shm/beckon-fuzz-XXXXXX");
  const char *source = g_getenv ("BECKON_SRCDIR");

  if (sodium_init () < 0)
    return 1;
  folder = g_mkdtemp (memory) != NULL ? g_steal_pointer (&memory) : g_dir_make_tmp ("beckon-fuzz-XXXXXX", NULL);
  path = g_build_filename (folder, "server.db", NULL);
  atexit (remove_folder);
  for (n_samples = 0; n_samples < MAX_SCHEMAS; n_samples++)
    {
      g_autofree char *name = g_strdup_printf ("%u.sql", n_samples + 1);
      g_autofree char *file
        = g_build_filename (source != NULL ? source : ".", "tests", "server", "schemas", name, NULL);
      g_autofree char *sql = NULL;
      if (!g_file_get_contents (file, &sql, NULL, NULL))
        break;
      samples[n_samples] = make_sample (sql);
    }
  if (n_samples == 0)
    g_error ("There are no samples: set BECKON_SRCDIR, or run this at the top of the sources");
  return 0;
}

/* ---- damage ---- */

static void
begin_with (guint schema)
{
  GBytes *sample = samples[CLAMP (schema, 1, n_samples) - 1];

  g_byte_array_set_size (content, 0);
  g_byte_array_append (content, g_bytes_get_data (sample, NULL), (guint) g_bytes_get_size (sample));
}

static void
write_at (guint64 offset, const char *digits)
{
  for (; g_ascii_isxdigit (digits[0]) && g_ascii_isxdigit (digits[1]) && content->len > 0; digits += 2)
    content->data[offset++ % content->len]
      = (guint8) (g_ascii_xdigit_value (digits[0]) << 4 | g_ascii_xdigit_value (digits[1]));
}

static void
fill (guint64 page, const char *digits)
{
  guint64 start = page * PAGE;

  if (page < G_MAXUINT32 && start + PAGE <= content->len && g_ascii_isxdigit (digits[0])
      && g_ascii_isxdigit (digits[1]))
    memset (content->data + start, g_ascii_xdigit_value (digits[0]) << 4 | g_ascii_xdigit_value (digits[1]), PAGE);
}

static void
step (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);

  if (words[1] == NULL)
    return;
  guint64 number = g_ascii_strtoull (words[1], NULL, 10);
  if (g_str_equal (words[0], "schema"))
    begin_with ((guint) MIN (number, MAX_SCHEMAS));
  else if (g_str_equal (words[0], "at") && words[2] != NULL)
    write_at (number, words[2]);
  else if (g_str_equal (words[0], "cut"))
    g_byte_array_set_size (content, (guint) MIN (number, content->len));
  else if (g_str_equal (words[0], "fill") && words[2] != NULL)
    fill (number, words[2]);
}

/* ---- what is done with it ---- */

static void
store_result (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **) slot = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *slot;
}

static void
check_error (const GError *error)
{
  check (error->domain == BECKON_ERROR && g_utf8_validate (error->message, -1, NULL), "a refusal can be read");
}

static void
run (BkSqlite *db, BkSqliteKind kind, BkSqliteJob job, gpointer data, GDestroyNotify free_data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_sqlite_run_async (db, kind, job, data, free_data, NULL, store_result, &result);
  gpointer done = bk_sqlite_run_finish (db, await (&result), &error);
  check ((done == NULL) == (error != NULL), "a job is done or there is a reason");
  if (done != NULL)
    free_data (done);
  else
    check_error (error);
}

static void
work (BkSqlite *db)
{
  for (gint64 account = 1; account <= 3; account++)
    {
      BkStoreSync *sync = g_new0 (BkStoreSync, 1);
      sync->account = account;
      sync->limit = 64;
      run (db, BK_SQLITE_READ, bk_store_sync, sync, bk_store_plain_free);
      BkStoreMessage *message = g_new0 (BkStoreMessage, 1);
      message->now = 1;
      message->account = account;
      message->to = g_strdup ("bob@example.org");
      message->guid = g_strdup ("{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}");
      message->text = g_strdup ("Tea?");
      run (db, BK_SQLITE_WRITE, bk_store_message, message, bk_store_message_free);
    }
  BkStoreAdmin *list = g_new0 (BkStoreAdmin, 1);
  list->list = g_string_new (NULL);
  run (db, BK_SQLITE_READ, bk_store_list_accounts, list, bk_store_admin_free);
  BkStoreAdmin *remove = g_new0 (BkStoreAdmin, 1);
  remove->token = g_strdup ("alice@example.org");
  run (db, BK_SQLITE_WRITE, bk_store_remove_account, remove, bk_store_admin_free);
}

static void
check_unchanged (void)
{
  g_autofree char *data = NULL;
  gsize size = 0;

  check (g_file_get_contents (path, &data, &size, NULL), "a file that is refused is there");
  check (size == content->len && (size == 0 || memcmp (data, content->data, size) == 0),
         "a file that is refused is left as it is");
}

static void
open_and_work (void)
{
  g_autoptr (BkSqlite) db = bk_sqlite_new (path, bk_store_migrations, bk_store_n_migrations);
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;

  bk_sqlite_open_async (db, NULL, store_result, &opened);
  if (!bk_sqlite_open_finish (db, await (&opened), &error))
    {
      check_error (error);
      g_debug ("refused: %s", error->message);
      if (!g_str_has_prefix (error->message, NOT_UP_TO_DATE))
        check_unchanged ();
      return;
    }
  work (db);
  bk_sqlite_close_async (db, store_result, &closed);
  bk_sqlite_close_finish (db, await (&closed), NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  content = g_byte_array_new ();
  begin_with (n_samples);
  script_run (data, size, MAX_STEPS, step);
  remove_file (""); /* GLib does not make one shorter */
  remove_file ("-wal");
  remove_file ("-shm");
  remove_file ("-journal");
  check (g_file_set_contents_full (path, (const char *) content->data, content->len, G_FILE_SET_CONTENTS_NONE, 0600,
                                   NULL),
         "the file can be written");
  open_and_work ();
  g_byte_array_unref (content);
  return 0;
}

size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  return script_mutate (data, size, max_size, seed, upgrade_lines, G_N_ELEMENTS (upgrade_lines));
}
