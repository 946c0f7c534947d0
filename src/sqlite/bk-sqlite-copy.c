/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of a file that is in use, and whether a file is whole. For programs that do nothing else meanwhile. */
#include "bk-sqlite-private.h"

#include "beckon-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define PAGES_PER_STEP 256
#define BUSY_TIMEOUT_MS 5000

static sqlite3 *
open_file (const char *path, int flags, GError **error)
{
  sqlite3 *db = NULL;
  int code = sqlite3_open_v2 (path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL);

  if (code == SQLITE_OK)
    {
      sqlite3_busy_timeout (db, BUSY_TIMEOUT_MS);
      code = sqlite3_exec (db, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", NULL, NULL, NULL);
    }
  if (code == SQLITE_OK)
    return db;
  _bk_sqlite_fail (db, code, error);
  sqlite3_close (db);
  return NULL;
}

static gboolean
exec (sqlite3 *db, const char *sql, GError **error)
{
  int code = sqlite3_exec (db, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || _bk_sqlite_fail (db, code, error);
}

static gboolean
query_int (sqlite3 *db, const char *sql, gint64 *value, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);

  if (code == SQLITE_OK && (code = sqlite3_step (statement)) == SQLITE_ROW)
    *value = sqlite3_column_int64 (statement, 0);
  gboolean done = code == SQLITE_ROW || _bk_sqlite_fail (db, code, error);
  sqlite3_finalize (statement);
  return done;
}

static gboolean
check_pages (sqlite3 *db, GError **error)
{
  gint64 sound = 0;

  if (!query_int (db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check LIMIT 1", &sound, error))
    return FALSE;
  return sound || _bk_sqlite_fail (NULL, SQLITE_CORRUPT, error);
}

/* ---- copying ---- */

/* Exclusively: what lies there is somebody else's. SQLite opens the file by its name again. */
static gboolean
create_file (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      int saved = errno;
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "%s cannot be made: %s", path, g_strerror (saved));
      return FALSE;
    }
  close (fd);
  return TRUE;
}

/* The transaction that the caller has begun keeps the source as it was: without it, whatever is written meanwhile would
 * make the copy start from the beginning, and beside a busy writer it would never end. */
static gboolean
copy_pages (sqlite3 *from, sqlite3 *to, GError **error)
{
  sqlite3_backup *backup = sqlite3_backup_init (to, "main", from, "main");
  int code = SQLITE_OK;

  if (backup == NULL)
    return _bk_sqlite_fail (to, sqlite3_errcode (to), error);
  while (code == SQLITE_OK)
    code = sqlite3_backup_step (backup, PAGES_PER_STEP);
  sqlite3_backup_finish (backup);
  return code == SQLITE_DONE || _bk_sqlite_fail (NULL, code, error);
}

/* The copy says that it has a log, like its source. Without it the one file is all there is. */
static gboolean
fill (sqlite3 *from, sqlite3 *to, GError **error)
{
  gint64 unused;

  return exec (from, "BEGIN", error) && query_int (from, "SELECT count (*) FROM sqlite_schema", &unused, error)
         && exec (to, "PRAGMA synchronous = FULL", error) && copy_pages (from, to, error)
         && exec (from, "COMMIT", error) && exec (to, "PRAGMA journal_mode = DELETE", error)
         && check_pages (to, error);
}

/* The name is on disk, too. */
static gboolean
sync_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const char *const places[] = { path, folder };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      int fd = open (places[i], O_RDONLY | O_CLOEXEC);
      gboolean done = fd >= 0 && fsync (fd) == 0;
      int saved = errno;

      if (fd >= 0)
        close (fd);
      if (!done)
        {
          g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "%s cannot be written: %s", places[i],
                       g_strerror (saved));
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
bk_sqlite_copy (const char *from, const char *to, GError **error)
{
  sqlite3 *source = open_file (from, SQLITE_OPEN_READWRITE, error);
  if (source == NULL)
    return FALSE;
  if (!create_file (to, error))
    {
      sqlite3_close (source);
      return FALSE;
    }

  sqlite3 *target = open_file (to, SQLITE_OPEN_READWRITE, error);
  gboolean done = target != NULL && fill (source, target, error);
  sqlite3_close (source);
  sqlite3_close (target);
  done = done && sync_file (to, error);
  if (!done)
    g_unlink (to);
  return done;
}

gboolean
bk_sqlite_is_used (const char *path)
{
  sqlite3 *db = open_file (path, SQLITE_OPEN_READWRITE, NULL);
  int code = SQLITE_OK;

  if (db != NULL)
    {
      sqlite3_busy_timeout (db, 0);
      code = sqlite3_exec (db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT", NULL, NULL, NULL);
      sqlite3_close (db);
    }
  return code == SQLITE_BUSY;
}

gboolean
bk_sqlite_check (const char *path, gint64 *version, GError **error)
{
  sqlite3 *db = open_file (path, SQLITE_OPEN_READONLY, error);
  gboolean done = db != NULL && query_int (db, "PRAGMA user_version", version, error) && check_pages (db, error);

  sqlite3_close (db);
  return done;
}
