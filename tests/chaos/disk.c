/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loaded into a program under test (LD_PRELOAD): a file system for SQLite that lies on top of the usual one, fails as
 * the harness wants it, and keeps what was not synced to itself, so that kill -9 is as good as a power cut. */
#include "preload.h"

#include <glib.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

G_STATIC_ASSERT (sizeof (ChaosControl) == 8 + 14 * 4); /* as control.py counts them */

ChaosControl *chaos_control;

static GMutex lock; /* of the pages and the dice */
static GRand *dice;

typedef struct
{
  sqlite3_file base;
  ChaosPages *pages; /* NULL: what is kept in it need not survive */
  sqlite3_file *real;
} File;

static sqlite3_vfs *below;
static sqlite3_vfs vfs;

int
chaos_roll (uint32_t chance)
{
  if (chance == 0)
    return 0;
  g_mutex_lock (&lock);
  gboolean hit = (guint32) g_rand_int_range (dice, 0, CHAOS_CERTAIN) < chance;
  g_mutex_unlock (&lock);
  return hit;
}

/* A call fails with @code if the dice say so. */
static int
try_luck (uint32_t chance, int code)
{
  if (!chaos_roll (chance))
    return SQLITE_OK;
  __atomic_add_fetch (&chaos_control->faults, 1, __ATOMIC_RELAXED);
  return code;
}

#define PLAN (chaos_control->plan)

/* ---- a file ---- */

static int
file_close (sqlite3_file *file)
{
  File *self = (File *) file;
  int code = self->real->pMethods != NULL ? self->real->pMethods->xClose (self->real) : SQLITE_OK;

  g_free (self->real);
  return code;
}

/* What lies behind the end of the file below, but was written, is read as zeros there first. */
static int
file_read (sqlite3_file *file, void *data, int amount, sqlite3_int64 offset)
{
  File *self = (File *) file;

  if (self->pages == NULL)
    return self->real->pMethods->xRead (self->real, data, amount, offset);
  int luck = try_luck (PLAN.failed_read, SQLITE_IOERR_READ);
  if (luck != SQLITE_OK)
    return luck;

  g_mutex_lock (&lock);
  int code = self->real->pMethods->xRead (self->real, data, amount, offset);
  if (code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ)
    {
      chaos_pages_read (self->pages, data, amount, offset);
      if (code == SQLITE_IOERR_SHORT_READ && chaos_pages_end (self->pages) >= offset + amount)
        code = SQLITE_OK;
    }
  g_mutex_unlock (&lock);
  return code;
}

static int
write_below (void *real, const void *data, int amount, int64_t offset)
{
  return ((sqlite3_file *) real)->pMethods->xWrite (real, data, amount, offset);
}

static int
file_write (sqlite3_file *file, const void *data, int amount, sqlite3_int64 offset)
{
  File *self = (File *) file;

  if (self->pages == NULL)
    return write_below (self->real, data, amount, offset);
  int luck = try_luck (PLAN.full_write, SQLITE_FULL);
  luck = luck == SQLITE_OK ? try_luck (PLAN.failed_write, SQLITE_IOERR_WRITE) : luck;
  if (luck != SQLITE_OK)
    return luck;
  if (!PLAN.power_cuts)
    return write_below (self->real, data, amount, offset);

  /* Sectors reach the disk in any order, or not. */
  for (int at = 0; at < amount; at += 512)
    if (chaos_roll (PLAN.written_early))
      write_below (self->real, (const char *) data + at, MIN (512, amount - at), offset + at);
  g_mutex_lock (&lock);
  chaos_pages_write (self->pages, data, amount, offset);
  g_mutex_unlock (&lock);
  return SQLITE_OK;
}

static int
file_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  File *self = (File *) file;

  if (self->pages != NULL)
    {
      g_mutex_lock (&lock);
      chaos_pages_truncate (self->pages, size);
      g_mutex_unlock (&lock);
    }
  return self->real->pMethods->xTruncate (self->real, size);
}

static int
file_sync (sqlite3_file *file, int flags)
{
  File *self = (File *) file;

  if (self->pages == NULL)
    return SQLITE_OK;
  if (PLAN.sync_us > 0)
    g_usleep (PLAN.sync_us);
  int luck = try_luck (PLAN.failed_sync, SQLITE_IOERR_FSYNC);
  if (luck != SQLITE_OK)
    return luck;
  __atomic_add_fetch (&chaos_control->syncs, 1, __ATOMIC_RELAXED);
  if (PLAN.lying)
    return SQLITE_OK;
  g_mutex_lock (&lock);
  int code = chaos_pages_flush (self->pages, write_below, self->real);
  g_mutex_unlock (&lock);
  return code;
}

static int
file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  File *self = (File *) file;
  int code = self->real->pMethods->xFileSize (self->real, size);

  if (code == SQLITE_OK && self->pages != NULL)
    {
      g_mutex_lock (&lock);
      *size = MAX (*size, chaos_pages_end (self->pages));
      g_mutex_unlock (&lock);
    }
  return code;
}

static int
file_lock (sqlite3_file *file, int level)
{
  File *self = (File *) file;
  int luck = try_luck (PLAN.busy_lock, SQLITE_BUSY);

  return luck != SQLITE_OK ? luck : self->real->pMethods->xLock (self->real, level);
}

static int
file_unlock (sqlite3_file *file, int level)
{
  File *self = (File *) file;

  return self->real->pMethods->xUnlock (self->real, level);
}

static int
file_check_reserved (sqlite3_file *file, int *result)
{
  File *self = (File *) file;

  return self->real->pMethods->xCheckReservedLock (self->real, result);
}

static int
file_control (sqlite3_file *file, int operation, void *argument)
{
  File *self = (File *) file;

  /* It would make the file below larger than what was written to it. */
  if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE)
    return SQLITE_OK;
  return self->real->pMethods->xFileControl (self->real, operation, argument);
}

static int
file_sector_size (sqlite3_file *file)
{
  return 512;
}

/* Nothing is promised: no write is whole, none comes before another. */
static int
file_characteristics (sqlite3_file *file)
{
  return 0;
}

static int
file_shm_map (sqlite3_file *file, int page, int size, int extend, void volatile **place)
{
  File *self = (File *) file;

  return self->real->pMethods->xShmMap (self->real, page, size, extend, place);
}

static int
file_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  File *self = (File *) file;
  int luck = flags & SQLITE_SHM_LOCK ? try_luck (PLAN.busy_lock, SQLITE_BUSY) : SQLITE_OK;

  return luck != SQLITE_OK ? luck : self->real->pMethods->xShmLock (self->real, offset, n, flags);
}

static void
file_shm_barrier (sqlite3_file *file)
{
  File *self = (File *) file;

  self->real->pMethods->xShmBarrier (self->real);
}

static int
file_shm_unmap (sqlite3_file *file, int remove)
{
  File *self = (File *) file;

  return self->real->pMethods->xShmUnmap (self->real, remove);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2, /* no mapped pages: every read comes by here */
  .xClose = file_close,
  .xRead = file_read,
  .xWrite = file_write,
  .xTruncate = file_truncate,
  .xSync = file_sync,
  .xFileSize = file_size,
  .xLock = file_lock,
  .xUnlock = file_unlock,
  .xCheckReservedLock = file_check_reserved,
  .xFileControl = file_control,
  .xSectorSize = file_sector_size,
  .xDeviceCharacteristics = file_characteristics,
  .xShmMap = file_shm_map,
  .xShmLock = file_shm_lock,
  .xShmBarrier = file_shm_barrier,
  .xShmUnmap = file_shm_unmap,
};

/* ---- the file system ---- */

static int
vfs_open (sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  File *opened = (File *) file;
  const int lasting = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;

  memset (opened, 0, sizeof *opened);
  opened->real = g_malloc0 ((gsize) below->szOsFile);
  int code = below->xOpen (below, name, opened->real, flags, out_flags);
  if (code != SQLITE_OK)
    {
      g_free (opened->real);
      return code;
    }
  if (name != NULL && (flags & lasting) != 0)
    {
      g_mutex_lock (&lock);
      opened->pages = chaos_pages_get (name);
      g_mutex_unlock (&lock);
    }
  opened->base.pMethods = &methods;
  return SQLITE_OK;
}

static int
vfs_delete (sqlite3_vfs *self, const char *name, int sync_folder)
{
  g_mutex_lock (&lock);
  chaos_pages_forget (name);
  g_mutex_unlock (&lock);
  return below->xDelete (below, name, 0);
}

/* ---- what no file system says, but SQLite ---- */

/* SQLite itself asks the statement afterwards how it went, and would be told that it went well. */
static gboolean
is_sqlite (const void *caller)
{
  Dl_info info;

  return dladdr (caller, &info) != 0 && strstr (info.dli_fname, "libsqlite3") != NULL;
}

__attribute__ ((visibility ("default"))) int
sqlite3_step (sqlite3_stmt *statement)
{
  static int (*real) (sqlite3_stmt *statement);

  if (real == NULL)
    real = (int (*) (sqlite3_stmt *)) dlsym (RTLD_NEXT, "sqlite3_step");
  gboolean spared = chaos_control == NULL || PLAN.corrupt_step == 0 || is_sqlite (__builtin_return_address (0));
  int luck = spared ? SQLITE_OK : try_luck (PLAN.corrupt_step, SQLITE_CORRUPT);
  return luck != SQLITE_OK ? luck : real (statement);
}

/* ---- the beginning ---- */

static ChaosControl *
map_control (const char *path)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);
  void *place = fd < 0 ? MAP_FAILED : mmap (NULL, sizeof (ChaosControl), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

  if (fd >= 0)
    close (fd);
  return place == MAP_FAILED ? NULL : place;
}

static void __attribute__ ((constructor))
begin (void)
{
  const char *path = g_getenv (CHAOS_CONTROL);
  ChaosControl *control = path != NULL ? map_control (path) : NULL;

  if (control == NULL)
    return;
  dice = g_rand_new_with_seed (control->plan.seed);
  below = sqlite3_vfs_find (NULL);
  vfs = *below;
  vfs.pNext = NULL;
  vfs.zName = "chaos";
  vfs.szOsFile = sizeof (File);
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  chaos_control = control;
  if (sqlite3_vfs_register (&vfs, 1) != SQLITE_OK)
    g_error ("The file system could not be put in place");
}
