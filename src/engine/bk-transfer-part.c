/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-transfer-part.h"

#include "beckon-error.h"
#include "bk-file-name.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MAX_NUMBER 9999 /* of files of one name in one folder */

struct _BkTransferPart
{
  gatomicrefcount references;
  int directory;
  int fd;
  char *folder;
  char *wanted; /* name of the file that it is to be */
  char *name;   /* its own */
  char *given;  /* what it is called now that it is whole; written by the thread of the transfer alone */
  guint64 have;
};

/* ---- making ---- */

static gboolean
refuse (GError **error, const char *folder, int code)
{
  g_autofree char *shown = g_filename_display_name (folder);

  g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, _("The file cannot be saved in “%s”: %s"), shown,
               g_strerror (code));
  return FALSE;
}

/* 0: the kernel does not say. */
static guint64
read_mount (int directory, const char *path)
{
  struct statx info;

  if (statx (directory, path, *path == '\0' ? AT_EMPTY_PATH : 0, STATX_MNT_ID, &info) != 0
      || (info.stx_mask & STATX_MNT_ID) == 0)
    return 0;
  return info.stx_mnt_id;
}

/* In a sandbox a folder of the user that it was not given can be made and written to all the same, and nobody else
 * ever sees it. */
static gboolean
check_lasting (BkTransferPart *self, const BkTransferPlace *place, GError **error)
{
  guint64 mount = read_mount (self->directory, "");
  gboolean lasting = TRUE;

  for (gsize i = 0; place->passing != NULL && place->passing[i] != NULL; i++)
    lasting = lasting && (mount == 0 || mount != read_mount (AT_FDCWD, place->passing[i]));
  if (lasting)
    return TRUE;
  g_autofree char *shown = g_filename_display_name (place->folder);
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE,
               _("Beckon runs in a sandbox and was not given the folder “%s”. Choose another one with “Save In…” or in "
                 "the preferences."),
               shown);
  return FALSE;
}

static gboolean
open_folder (BkTransferPart *self, const BkTransferPlace *place, GError **error)
{
  if (place->make)
    g_mkdir_with_parents (place->folder, 0700); /* what is in the way is seen next */
  self->directory = open (place->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return self->directory >= 0 ? check_lasting (self, place, error) : refuse (error, place->folder, errno);
}

/* Only one's own, whole file of the right kind: whoever can write into the folder could have put anything there. */
static gboolean
take_kept (BkTransferPart *self, const BkTransferPlace *place)
{
  struct stat info;
  int fd = openat (self->directory, place->kept, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0)
    return FALSE;
  if (fstat (fd, &info) < 0 || !S_ISREG (info.st_mode) || info.st_uid != geteuid () || info.st_nlink != 1
      || (guint64) info.st_size > place->size)
    {
      close (fd);
      return FALSE;
    }
  self->fd = fd;
  self->have = (guint64) info.st_size;
  self->name = g_strdup (place->kept);
  return TRUE;
}

static gboolean
make_new (BkTransferPart *self, const BkTransferPlace *place, GError **error)
{
  for (guint i = 1; i <= MAX_NUMBER; i++)
    {
      g_autofree char *numbered = bk_file_name_number (place->name, i);
      g_autofree char *name = bk_file_name_part (numbered);

      self->fd = openat (self->directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
      if (self->fd >= 0)
        {
          self->name = g_steal_pointer (&name);
          return TRUE;
        }
      if (errno != EEXIST)
        break;
    }
  return refuse (error, place->folder, errno);
}

/* A disk that does not say how much room it has is given the benefit of the doubt. */
static gboolean
check_room (BkTransferPart *self, const BkTransferPlace *place, GError **error)
{
  struct statvfs info;
  guint64 missing = place->size - self->have;

  if (fstatvfs (self->directory, &info) < 0 || info.f_blocks == 0 || info.f_frsize == 0
      || missing / info.f_frsize < (guint64) info.f_bavail || missing == 0)
    return TRUE;
  return refuse (error, place->folder, ENOSPC);
}

/**
 * bk_transfer_part_new:
 * @place: what is to be received, and where
 * @error: return location for an error
 *
 * Makes the hidden file, or opens the one that is there already. A new one is removed again where this fails.
 *
 * Errors: STORAGE.
 *
 * Returns: (transfer full) (nullable): the part
 */
BkTransferPart *
bk_transfer_part_new (const BkTransferPlace *place, GError **error)
{
  g_autoptr (BkTransferPart) self = g_new0 (BkTransferPart, 1);

  g_atomic_ref_count_init (&self->references);
  self->directory = self->fd = -1;
  self->folder = g_strdup (place->folder);
  self->wanted = g_strdup (place->name);
  if (!open_folder (self, place, error))
    return NULL;
  gboolean kept = place->kept != NULL && take_kept (self, place);
  if (!kept && !make_new (self, place, error))
    return NULL;
  if (check_room (self, place, error))
    return g_steal_pointer (&self);
  if (!kept)
    bk_transfer_part_discard (self);
  return NULL;
}

BkTransferPart *
bk_transfer_part_ref (BkTransferPart *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/* Closes it. It stays in its folder. */
void
bk_transfer_part_unref (BkTransferPart *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  if (self->fd >= 0)
    close (self->fd);
  if (self->directory >= 0)
    close (self->directory);
  g_free (self->folder);
  g_free (self->wanted);
  g_free (self->name);
  g_free (self->given);
  g_free (self);
}

const char *
bk_transfer_part_get_folder (BkTransferPart *self)
{
  return self->folder;
}

const char *
bk_transfer_part_get_name (BkTransferPart *self)
{
  return self->name;
}

int
bk_transfer_part_get_fd (BkTransferPart *self)
{
  return self->fd;
}

guint64
bk_transfer_part_get_have (BkTransferPart *self)
{
  return self->have;
}

/* ---- the end ---- */

/* For disks that cannot rename without overwriting: takes the name first, and overwrites nothing but what it made. */
static gboolean
rename_over_own (BkTransferPart *self, const char *name)
{
  int fd = openat (self->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0)
    return FALSE;
  close (fd);
  if (renameat (self->directory, self->name, self->directory, name) == 0)
    return TRUE;
  int reason = errno;
  unlinkat (self->directory, name, 0);
  errno = reason;
  return FALSE;
}

static gboolean
rename_to (BkTransferPart *self, const char *name)
{
  if (renameat2 (self->directory, self->name, self->directory, name, RENAME_NOREPLACE) == 0)
    return TRUE;
  return (errno == EINVAL || errno == ENOSYS) && rename_over_own (self, name);
}

/**
 * bk_transfer_part_publish:
 * @self: a part that is whole
 *
 * Writes it to the disk for good, and gives it the first name that is free.
 *
 * Returns: (transfer full) (nullable): its path; %NULL with errno
 */
char *
bk_transfer_part_publish (BkTransferPart *self)
{
  if (fsync (self->fd) < 0)
    return NULL;
  for (guint i = 1; i <= MAX_NUMBER; i++)
    {
      g_autofree char *name = bk_file_name_number (self->wanted, i);

      if (rename_to (self, name))
        {
          fsync (self->directory);
          self->given = g_steal_pointer (&name);
          return g_build_filename (self->folder, self->given, NULL);
        }
      if (errno != EEXIST)
        break;
    }
  return NULL;
}

/**
 * bk_transfer_part_discard:
 * @self: a part
 *
 * Removes the file, whatever it is called by now.
 */
void
bk_transfer_part_discard (BkTransferPart *self)
{
  const char *name = self->given != NULL ? self->given : self->name;

  if (name != NULL)
    unlinkat (self->directory, name, 0);
}

static void
discard_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  bk_transfer_part_discard (data);
  g_task_return_boolean (task, TRUE);
}

/**
 * bk_transfer_part_discard_soon:
 * @self: a part
 *
 * The same, from a thread of its own.
 */
void
bk_transfer_part_discard_soon (BkTransferPart *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, bk_transfer_part_ref (self), (GDestroyNotify) bk_transfer_part_unref);
  g_task_run_in_thread (task, discard_thread);
}

static void
remove_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_unlink (data);
  g_task_return_boolean (task, TRUE);
}

/**
 * bk_transfer_part_remove_soon:
 * @folder: the folder of a part
 * @name: its name there
 *
 * Removes a part that nobody has opened, from a thread of its own.
 */
void
bk_transfer_part_remove_soon (const char *folder, const char *name)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, g_build_filename (folder, name, NULL), g_free);
  g_task_run_in_thread (task, remove_thread);
}
