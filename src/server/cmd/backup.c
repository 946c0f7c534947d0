/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backup, restore */
#include "bk-cmd.h"

#include "bk-server-operator.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

static gboolean
fail (GError **error, const char *what, const char *path, int code)
{
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "%s %s: %s", path, what, g_strerror (code));
  return FALSE;
}

/* A name outlives a power cut only once its folder is on disk. Some file systems know no such thing (EINVAL). */
static gboolean
sync_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return fail (error, "cannot be opened", folder, errno);
  int code = fsync (fd) == 0 || errno == EINVAL ? 0 : errno;
  close (fd);
  return code == 0 || fail (error, "cannot be written", folder, code);
}

static gboolean
move (const char *from, const char *to, GError **error)
{
  return (g_rename (from, to) == 0 || fail (error, "cannot be renamed", from, errno)) && sync_folder (to, error);
}

static gboolean
refuse_existing (const char *path, GError **error)
{
  if (bk_cmd_options.replace || !g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, "%s is there already; --replace puts the new one in its place",
               path);
  return FALSE;
}

static gboolean
is_same (const char *path, const char *other)
{
  GStatBuf first, second;

  return g_stat (path, &first) == 0 && g_stat (other, &second) == 0 && first.st_dev == second.st_dev
         && first.st_ino == second.st_ino;
}

/* ---- backup ---- */

/* Copies the file beside a running server. What is there under the name of the copy is whole at any time. */
gboolean
bk_cmd_backup (BkServerConfig *config, char **words, GError **error)
{
  const char *file = words[0];
  g_autofree char *partial = g_strconcat (file, ".partial", NULL);

  if (!g_file_test (config->database, G_FILE_TEST_EXISTS))
    return fail (error, "cannot be opened", config->database, ENOENT);
  if (is_same (file, config->database) || is_same (partial, config->database))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, "%s is the database itself: a copy needs another name",
                   config->database);
      return FALSE;
    }
  if (!refuse_existing (file, error))
    return FALSE;
  g_unlink (partial); /* of one that was broken off */
  if (!bk_sqlite_copy (config->database, partial, error))
    return FALSE;
  if (!move (partial, file, error))
    {
      g_unlink (partial);
      return FALSE;
    }
  return TRUE;
}

/* ---- restore ---- */

static gboolean
check_backup (const char *file, GError **error)
{
  gint64 version = 0;

  if (!g_file_test (file, G_FILE_TEST_EXISTS))
    return fail (error, "cannot be opened", file, ENOENT);
  if (!bk_sqlite_check (file, &version, error))
    {
      g_prefix_error (error, "%s: ", file);
      return FALSE;
    }
  if (version > 0 && version <= bk_store_n_migrations)
    return TRUE;
  if (version > bk_store_n_migrations)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE,
                 "%s was written by a newer version of Beckon (its format is %" G_GINT64_FORMAT
                 ", this program knows %u): please update", file, version, bk_store_n_migrations);
  else
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "%s is no backup of a beckon-server", file);
  return FALSE;
}

/* Brings the copy of @file up to date and begins a new epoch in it. That also shows that it is ours. */
static gboolean
begin_epoch (const char *path, const char *file, GError **error)
{
  BkServerConfig copy = { .database = (char *) path };

  if (bk_cmd_admin_new_file (&copy, bk_store_begin_epoch, bk_cmd_admin_new (), error))
    return TRUE;
  g_prefix_error (error, "%s cannot be brought up to date, or is no backup of a beckon-server: ", file);
  return FALSE;
}

/* The server must be able to open it: it gets the owner of its folder. */
static gboolean
give_to_owner (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  GStatBuf status;

  if (geteuid () != 0)
    return TRUE;
  return (g_stat (folder, &status) == 0 && chown (path, status.st_uid, status.st_gid) == 0)
         || fail (error, "cannot be given to the owner of its folder", path, errno);
}

/* What is in the way of the new file, and where it goes. */
typedef struct
{
  const char *database;
  char *log;
  char *old;
  char *old_log;
  gboolean moved;     /* from here on it has to be undone if anything goes wrong */
  gboolean moved_log;
} Aside;

static void
aside_clear (Aside *aside)
{
  g_free (aside->log);
  g_free (aside->old);
  g_free (aside->old_log);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Aside, aside_clear)

static void
aside_init (Aside *aside, const char *database)
{
  aside->database = database;
  aside->log = g_strconcat (database, "-wal", NULL);
  aside->old = g_strconcat (database, ".replaced", NULL);
  aside->old_log = g_strconcat (aside->old, "-wal", NULL);
}

/* A log belongs to its file: where the file goes, it goes. If the file is not there, a restore before this one has come
 * as far as that: what it has set aside stays, and what is left of the log gets a name that SQLite takes for nothing. */
static gboolean
set_aside (Aside *aside, GError **error)
{
  g_autofree char *index = g_strconcat (aside->database, "-shm", NULL);
  g_autofree char *left_log = g_strconcat (aside->log, ".replaced", NULL);

  if (g_file_test (aside->database, G_FILE_TEST_EXISTS))
    {
      g_unlink (aside->old_log); /* first: it is of a file that was set aside earlier */
      if (g_rename (aside->database, aside->old) != 0)
        return fail (error, "cannot be renamed", aside->database, errno);
      aside->moved = TRUE;
      if (!sync_folder (aside->old, error))
        return FALSE;
    }
  aside->moved_log = g_rename (aside->log, aside->moved ? aside->old_log : left_log) == 0;
  if (!aside->moved_log && errno != ENOENT)
    return fail (error, "cannot be renamed", aside->log, errno);
  g_unlink (index);
  return TRUE;
}

/* The new file has not come into its place: the old one goes back. */
static void
undo_aside (const Aside *aside)
{
  if (!aside->moved)
    return;
  if ((aside->moved_log && g_rename (aside->old_log, aside->log) != 0) || g_rename (aside->old, aside->database) != 0)
    g_printerr ("beckon-server: %s could not be put back and is %s now: %s\n", aside->database, aside->old,
                g_strerror (errno));
  else
    sync_folder (aside->database, NULL);
}

/* Programs that come back make a service start at once: so this is asked as late as possible, too. */
static gboolean
refuse_used (const char *database, GError **error)
{
  if (!bk_server_operator_is_heard (database) && !bk_sqlite_is_used (database))
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, "A server is running on %s: stop it first", database);
  return FALSE;
}

static gboolean
put_in_place (const char *fresh, const char *database, GError **error)
{
  g_auto (Aside) aside = { 0 };

  aside_init (&aside, database);
  if (!give_to_owner (fresh, error) || !refuse_used (database, error))
    return FALSE;
  if (!set_aside (&aside, error) || !move (fresh, database, error))
    {
      undo_aside (&aside);
      return FALSE;
    }
  if (aside.moved)
    printf ("restored; what was there until now is %s\n", aside.old);
  else
    printf ("restored\n");
  return TRUE;
}

/* Puts a backup in the place of the file. Nothing is touched there before the new file is whole beside it. */
gboolean
bk_cmd_restore (BkServerConfig *config, char **words, GError **error)
{
  const char *file = words[0];
  g_autofree char *fresh = g_strconcat (config->database, ".restoring", NULL);

  if (!refuse_used (config->database, error))
    return FALSE;
  if (is_same (file, fresh))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, "%s is what is left of a restore that was broken off", file);
      return FALSE;
    }
  if (!refuse_existing (config->database, error) || !check_backup (file, error))
    return FALSE;
  g_unlink (fresh);
  if (!bk_sqlite_copy (file, fresh, error))
    return FALSE;
  if (begin_epoch (fresh, file, error) && put_in_place (fresh, config->database, error))
    return TRUE;
  g_unlink (fresh);
  return FALSE;
}
