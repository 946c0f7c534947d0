/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's side: opening and closing the file, its schema, statements, and SQLite's errors in words. */
#include "bk-sqlite-private.h"

#include "beckon-error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000
#define MAX_STATEMENTS 256
/* Reading every page of a file this size takes a blink; a larger one must not make every start slow. */
#define QUICK_CHECK_PAGES 16384
#define MEMORY ":memory:"

/* ---- errors ---- */

/* SQLite's message is added only where it names tables and columns; elsewhere the sentence says it all. */
static const struct
{
  int code;
  gboolean add_message;
  const char *sentence;
} sentences[] = {
  { SQLITE_FULL, FALSE, "The disk is full" },
  { SQLITE_IOERR, FALSE, "The disk could not be read or written" },
  { SQLITE_BUSY, FALSE, "The database is in use by another program" },
  { SQLITE_LOCKED, FALSE, "The database is in use by another program" },
  { SQLITE_CORRUPT, FALSE, "The database is damaged" },
  { SQLITE_NOTADB, FALSE, "The database is damaged: it is not an SQLite file" },
  { SQLITE_READONLY, FALSE, "The database may not be written" },
  { SQLITE_PERM, FALSE, "The database may not be opened" },
  { SQLITE_AUTH, FALSE, "The database may not be opened" },
  { SQLITE_CANTOPEN, FALSE, "The database cannot be opened" },
  { SQLITE_NOMEM, FALSE, "There is not enough memory for the database" },
  { SQLITE_TOOBIG, FALSE, "That is too large for the database" },
  { SQLITE_CONSTRAINT, TRUE, "That contradicts what is stored" },
};

/* Sets @error for @code of SQLite. Always returns FALSE. */
gboolean
_bk_sqlite_fail (sqlite3 *db, int code, GError **error)
{
  const char *message = db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (code);

  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (sentences[i].code == (code & 0xFF))
      {
        g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "%s%s%s", sentences[i].sentence,
                     sentences[i].add_message ? ": " : "", sentences[i].add_message ? message : "");
        return FALSE;
      }
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "The database failed: %s", message);
  return FALSE;
}

/* ---- opening ---- */

/* Only a file that is not there yet is touched here: closing a second descriptor of a file that is in use would drop
 * SQLite's locks. Log and index get the mode of the file from SQLite. */
static gboolean
create_file (const char *path, GError **error)
{
  if (g_str_equal (path, MEMORY))
    return TRUE;

  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno != EEXIST)
    {
      int saved = errno;
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "The database cannot be made: %s", g_strerror (saved));
      return FALSE;
    }
  if (fd >= 0)
    close (fd);
  return TRUE;
}

static gboolean
exec_plain (BkSqlite *self, const char *sql, GError **error)
{
  int code = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || _bk_sqlite_fail (self->db, code, error);
}

static gboolean
query_int (BkSqlite *self, const char *sql, gint64 *value, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL);

  *value = 0;
  if (code == SQLITE_OK && (code = sqlite3_step (statement)) == SQLITE_ROW)
    *value = sqlite3_column_int64 (statement, 0);
  gboolean done = code == SQLITE_ROW || _bk_sqlite_fail (self->db, code, error);
  sqlite3_finalize (statement);
  return done;
}

/* Before anything is written: a file that is not ours to write stays as it is. */
static gboolean
check_file (BkSqlite *self, GError **error)
{
  gint64 version, pages, sound;

  if (!query_int (self, "PRAGMA user_version", &version, error)
      || !query_int (self, "PRAGMA page_count", &pages, error))
    return FALSE;
  if (version < 0 || version > self->n_migrations)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE,
                   "The database was written by a newer version of Beckon (its format is %" G_GINT64_FORMAT
                   ", this program knows %u): please update", version, self->n_migrations);
      return FALSE;
    }
  if (pages > QUICK_CHECK_PAGES)
    return TRUE;
  if (!query_int (self, "SELECT quick_check = 'ok' FROM pragma_quick_check LIMIT 1", &sound, error))
    return FALSE;
  return sound || _bk_sqlite_fail (NULL, SQLITE_CORRUPT, error);
}

/* The version is read again inside the transaction: another process may have been faster. */
static gboolean
migrate_step (BkSqlite *self, gboolean *done, GError **error)
{
  gint64 version;

  if (!exec_plain (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (!query_int (self, "PRAGMA user_version", &version, error))
    return FALSE;
  *done = version >= self->n_migrations;
  if (*done)
    return exec_plain (self, "COMMIT", error);

  g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %d", (int) version + 1);
  return exec_plain (self, self->migrations[version].sql, error) && exec_plain (self, set_version, error)
         && exec_plain (self, "COMMIT", error);
}

static gboolean
migrate (BkSqlite *self, GError **error)
{
  gboolean done = FALSE;

  while (!done)
    if (!migrate_step (self, &done, error))
      {
        g_prefix_error_literal (error, "The database could not be brought up to date: ");
        if (!sqlite3_get_autocommit (self->db))
          sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
        return FALSE;
      }
  return TRUE;
}

static void
call_text_function (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  BkSqliteTextFunction function = (BkSqliteTextFunction) sqlite3_user_data (context);
  const char *text = (const char *) sqlite3_value_text (values[0]);

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    sqlite3_result_null (context);
  else
    sqlite3_result_text (context, function (text), -1, g_free);
}

/* Harmless: so triggers may use them, though the schema is not trusted. */
static gboolean
add_functions (BkSqlite *self, GError **error)
{
  GHashTableIter iter;
  gpointer name, function;
  int code = SQLITE_OK;

  g_hash_table_iter_init (&iter, self->functions);
  while (code == SQLITE_OK && g_hash_table_iter_next (&iter, &name, &function))
    code = sqlite3_create_function_v2 (self->db, name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                       function, call_text_function, NULL, NULL, NULL);
  return code == SQLITE_OK || _bk_sqlite_fail (self->db, code, error);
}

/* 32 MiB of pages; 16 MiB of log. */
static const char busy[] = "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4096; "
                           "PRAGMA journal_size_limit = 16777216";

static gboolean
set_up (BkSqlite *self, GError **error)
{
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, BUSY_TIMEOUT_MS);
  if (!add_functions (self, error))
    return FALSE;
  if (self->reader)
    return exec_plain (self, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON", error);
  return exec_plain (self, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON", error)
         && check_file (self, error)
         && exec_plain (self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; "
                              "PRAGMA journal_size_limit = 4194304", error)
         && (!self->busy || exec_plain (self, busy, error))
         && migrate (self, error);
}

gboolean
_bk_sqlite_file_open (BkSqlite *self, GError **error)
{
  if (!self->reader && !create_file (self->path, error))
    return FALSE;

  int code = sqlite3_open_v2 (self->path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  if ((code == SQLITE_OK || _bk_sqlite_fail (self->db, code, error)) && set_up (self, error))
    return TRUE;
  _bk_sqlite_file_close (self);
  return FALSE;
}

static void
forget_statements (BkSqlite *self)
{
  memset (self->recent, 0, sizeof self->recent);
  g_hash_table_remove_all (self->statements);
}

/* Closing the last connection moves the log into the file and removes it. */
void
_bk_sqlite_file_close (BkSqlite *self)
{
  forget_statements (self);
  if (self->db != NULL && sqlite3_close (self->db) != SQLITE_OK)
    g_critical ("The database could not be closed: %s", sqlite3_errmsg (self->db));
  self->db = NULL;
}

/* ---- for jobs ---- */

/* After each job: no lock of a statement that was left in the middle outlives it. */
void
_bk_sqlite_release_statements (BkSqlite *self)
{
  for (guint i = 0; i < self->used->len; i++)
    {
      sqlite3_reset (g_ptr_array_index (self->used, i));
      sqlite3_clear_bindings (g_ptr_array_index (self->used, i));
    }
  g_ptr_array_set_size (self->used, 0);
  if (g_hash_table_size (self->statements) > MAX_STATEMENTS)
    forget_statements (self);
}

static gboolean
may_run (BkSqlite *self, sqlite3_stmt *statement, GError **error)
{
  if (self->running != BK_SQLITE_READ || sqlite3_stmt_readonly (statement))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "A job that only reads tried to write");
  return FALSE;
}

/* Finds the statement for @sql, or makes it. Most texts are literals: their address is tried first, which is faster
 * than to hash them. */
sqlite3_stmt *
_bk_sqlite_find_statement (BkSqlite *self, const char *sql, GError **error)
{
  guint slot = ((guint) (GPOINTER_TO_SIZE (sql) >> 3) * 2654435769u) >> (32 - BK_SQLITE_RECENT_BITS);
  sqlite3_stmt *statement = self->recent[slot];

  if (statement != NULL && strcmp (sqlite3_sql (statement), sql) == 0)
    return statement;
  statement = g_hash_table_lookup (self->statements, sql);
  if (statement == NULL)
    {
      int code = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
      if (code != SQLITE_OK || statement == NULL)
        {
          _bk_sqlite_fail (self->db, code, error);
          return NULL;
        }
      g_hash_table_insert (self->statements, g_strdup (sql), statement);
    }
  self->recent[slot] = statement;
  return statement;
}

sqlite3_stmt *
bk_sqlite_prepare (BkSqlite *self, const char *sql, GError **error)
{
  g_assert (_bk_sqlite_is_worker (self));

  sqlite3_stmt *statement = _bk_sqlite_find_statement (self, sql, error);
  if (statement == NULL || !may_run (self, statement, error))
    return NULL;

  /* One that no other part of this job has used is as the end of the last job left it. */
  if (!g_ptr_array_find (self->used, statement, NULL))
    {
      g_ptr_array_add (self->used, statement);
      return statement;
    }
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return statement;
}

gboolean
bk_sqlite_step (BkSqlite *self, sqlite3_stmt *statement, gboolean *row, GError **error)
{
  g_assert (_bk_sqlite_is_worker (self));

  int code = sqlite3_step (statement);
  if (row != NULL)
    *row = code == SQLITE_ROW;
  return code == SQLITE_ROW || code == SQLITE_DONE || _bk_sqlite_fail (self->db, code, error);
}

gboolean
bk_sqlite_exec (BkSqlite *self, const char *sql, GError **error)
{
  g_assert (_bk_sqlite_is_worker (self));

  while (*sql != '\0')
    {
      sqlite3_stmt *statement = NULL;
      int code = sqlite3_prepare_v2 (self->db, sql, -1, &statement, &sql);
      gboolean allowed = code != SQLITE_OK || statement == NULL || may_run (self, statement, error);

      if (code == SQLITE_OK && statement != NULL && allowed)
        while ((code = sqlite3_step (statement)) == SQLITE_ROW)
          ;
      gboolean done = allowed && (code == SQLITE_OK || code == SQLITE_DONE || _bk_sqlite_fail (self->db, code, error));
      sqlite3_finalize (statement);
      if (!done)
        return FALSE;
    }
  return TRUE;
}

void
bk_sqlite_bind (sqlite3_stmt *statement, const char *types, ...)
{
  int code = SQLITE_OK;
  va_list arguments;

  g_return_if_fail ((int) strlen (types) == sqlite3_bind_parameter_count (statement));

  va_start (arguments, types);
  for (int i = 1; types[i - 1] != '\0' && code == SQLITE_OK; i++)
    {
      const void *data;
      switch (types[i - 1])
        {
        case 's':
          code = sqlite3_bind_text (statement, i, va_arg (arguments, const char *), -1, SQLITE_TRANSIENT);
          break;
        case 'i':
          code = sqlite3_bind_int64 (statement, i, va_arg (arguments, gint64));
          break;
        case 'b':
          data = va_arg (arguments, const void *);
          code = sqlite3_bind_blob64 (statement, i, data, va_arg (arguments, gsize), SQLITE_TRANSIENT);
          break;
        case 'n':
          code = sqlite3_bind_null (statement, i);
          break;
        default:
          g_assert_not_reached ();
        }
    }
  va_end (arguments);
  if (code != SQLITE_OK)
    g_critical ("A value could not be bound: %s", sqlite3_errstr (code));
}

const char *
bk_sqlite_column_text (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text != NULL && g_utf8_validate (text, -1, NULL) ? text : NULL;
}

gint64
bk_sqlite_last_rowid (BkSqlite *self)
{
  g_assert (_bk_sqlite_is_worker (self));
  return sqlite3_last_insert_rowid (self->db);
}

int
bk_sqlite_changes (BkSqlite *self)
{
  g_assert (_bk_sqlite_is_worker (self));
  return sqlite3_changes (self->db);
}

gint64
bk_sqlite_total_changes (BkSqlite *self)
{
  g_assert (_bk_sqlite_is_worker (self));
  return sqlite3_total_changes64 (self->db);
}
