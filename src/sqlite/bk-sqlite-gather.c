/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite writes its log in two pieces for each page: so many system calls that a commit spends a good part of its time
 * there. Here they are gathered, and written when SQLite asks for them to be on disk.
 *
 * That is safe because nobody reads a page of the log before it is synced: with synchronous=FULL a commit is made known
 * in the shared index only after that, and our own reads write out first what is gathered. A crash loses what was not
 * synced, as it may without this. When a transaction is over nothing is gathered any more: after a commit nobody could
 * be told that it cannot be written, and after a rollback the place belongs to whoever writes next, perhaps another
 * process. */
#include "bk-sqlite-private.h"

#include <string.h>

/* On some disks SQLite syncs in the middle of a commit's last frame, at the end of a sector, and writes the rest of it
 * afterwards: of its header, and its page. */
#define WRITES_AFTER_SYNC 2
/* The VFS of unix writes no more than 128 KiB less one byte at once. */
#define GATHER_SIZE (120 * 1024)

/* A log. The file of the system's own VFS lies behind it. */
typedef struct
{
  sqlite3_file base;
  sqlite3_file *real;
  guint8 *data;
  int length;
  sqlite3_int64 offset; /* of the first gathered byte */
  int n_through;        /* so many of the next writes are not gathered */
} Log;

/* What cannot be written is kept: the transaction may go on all the same. */
static int
flush (Log *self)
{
  if (self->length == 0)
    return SQLITE_OK;
  int code = self->real->pMethods->xWrite (self->real, self->data, self->length, self->offset);

  if (code == SQLITE_OK)
    self->length = 0;
  return code;
}

static int
log_close (sqlite3_file *file)
{
  Log *self = (Log *) file;

  g_clear_pointer (&self->data, g_free);
  return self->real->pMethods->xClose (self->real);
}

static int
log_read (sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
  Log *self = (Log *) file;
  int code = flush (self);

  return code != SQLITE_OK ? code : self->real->pMethods->xRead (self->real, data, length, offset);
}

static int
log_write (sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  Log *self = (Log *) file;

  if (self->n_through > 0)
    {
      self->n_through--;
      return self->real->pMethods->xWrite (self->real, data, length, offset);
    }
  if (offset != self->offset + self->length || length > GATHER_SIZE - self->length)
    {
      int code = flush (self);
      if (code != SQLITE_OK)
        return code;
      self->offset = offset;
    }
  if (length > GATHER_SIZE)
    return self->real->pMethods->xWrite (self->real, data, length, offset);
  memcpy (self->data + self->length, data, (gsize) length);
  self->length += length;
  return SQLITE_OK;
}

static int
log_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  Log *self = (Log *) file;
  int code = flush (self);

  return code != SQLITE_OK ? code : self->real->pMethods->xTruncate (self->real, size);
}

static int
log_sync (sqlite3_file *file, int flags)
{
  Log *self = (Log *) file;
  int code = flush (self);

  self->length = 0; /* else it fails for good: the commit with it */
  self->n_through = WRITES_AFTER_SYNC;
  return code != SQLITE_OK ? code : self->real->pMethods->xSync (self->real, flags);
}

static int
log_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  Log *self = (Log *) file;
  int code = flush (self);

  return code != SQLITE_OK ? code : self->real->pMethods->xFileSize (self->real, size);
}

static int
log_lock (sqlite3_file *file, int level)
{
  return ((Log *) file)->real->pMethods->xLock (((Log *) file)->real, level);
}

static int
log_unlock (sqlite3_file *file, int level)
{
  return ((Log *) file)->real->pMethods->xUnlock (((Log *) file)->real, level);
}

static int
log_check_reserved_lock (sqlite3_file *file, int *reserved)
{
  return ((Log *) file)->real->pMethods->xCheckReservedLock (((Log *) file)->real, reserved);
}

static int
log_file_control (sqlite3_file *file, int operation, void *argument)
{
  return ((Log *) file)->real->pMethods->xFileControl (((Log *) file)->real, operation, argument);
}

static int
log_sector_size (sqlite3_file *file)
{
  return ((Log *) file)->real->pMethods->xSectorSize (((Log *) file)->real);
}

static int
log_device_characteristics (sqlite3_file *file)
{
  return ((Log *) file)->real->pMethods->xDeviceCharacteristics (((Log *) file)->real);
}

static const sqlite3_io_methods log_methods = {
  .iVersion = 1, /* neither shared memory nor mapping: SQLite wants those of the database alone */
  .xClose = log_close,
  .xRead = log_read,
  .xWrite = log_write,
  .xTruncate = log_truncate,
  .xSync = log_sync,
  .xFileSize = log_file_size,
  .xLock = log_lock,
  .xUnlock = log_unlock,
  .xCheckReservedLock = log_check_reserved_lock,
  .xFileControl = log_file_control,
  .xSectorSize = log_sector_size,
  .xDeviceCharacteristics = log_device_characteristics,
};

static void
on_rollback (void *db)
{
  sqlite3_file *file = NULL;

  sqlite3_file_control (db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  if (file != NULL && file->pMethods == &log_methods)
    ((Log *) file)->length = 0;
}

/* All files but logs are the system's own. */
static int
gather_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  sqlite3_vfs *real = vfs->pAppData;
  Log *self = (Log *) file;

  if ((flags & SQLITE_OPEN_WAL) == 0)
    return real->xOpen (real, name, file, flags, out_flags);
  memset (self, 0, sizeof *self);
  self->real = (sqlite3_file *) (self + 1);
  int code = real->xOpen (real, name, self->real, flags, out_flags);
  if (code != SQLITE_OK)
    return code;
  self->data = g_malloc (GATHER_SIZE);
  self->base.pMethods = &log_methods;
  return SQLITE_OK;
}

static gpointer
register_vfs (gpointer data)
{
  static sqlite3_vfs vfs;
  sqlite3_vfs *real = sqlite3_vfs_find (NULL);

  if (real == NULL)
    return NULL;
  vfs = *real;
  vfs.pNext = NULL;
  vfs.zName = "beckon-gather";
  vfs.pAppData = real;
  vfs.szOsFile = (int) sizeof (Log) + real->szOsFile;
  vfs.xOpen = gather_open;
  return sqlite3_vfs_register (&vfs, FALSE) == SQLITE_OK ? (gpointer) vfs.zName : NULL;
}

/* Opens @path with a log that is gathered, if that can be. */
int
_bk_sqlite_gather_open (const char *path, sqlite3 **db, int flags)
{
  static GOnce once = G_ONCE_INIT;
  int code = sqlite3_open_v2 (path, db, flags, g_once (&once, register_vfs, NULL));

  if (code == SQLITE_OK)
    sqlite3_rollback_hook (*db, on_rollback, *db);
  return code;
}
