/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts one program: its log, its private folder, its environment, its process. What becomes of it afterwards is the
 * launchers' business. */
#pragma once

#include "bk-launcher.h"

#include <sys/types.h>

G_BEGIN_DECLS

/* Where things go; made once, in main (). */
typedef struct
{
  const char *log_dir;     /* kept to the newest 50 */
  const char *runtime_dir; /* private folders below it */
  const char *home;
  mode_t umask; /* what the user had before the service closed its own */
  guint64 descriptors; /* the same, before it raised its own limit */
} BkServicePlaces;

typedef struct
{
  pid_t pid;
  int pidfd;
  int gate; /* the program waits until a byte is written here; closed instead: it never starts */
  int status; /* end of file: it started; an errno: it could not */
  char *log;
  char *runtime_parent;
  char *runtime_name;
} BkServiceSpawn;

char *bk_service_spawn_token (const BkLaunch *launch);
/* A descriptor; -1 with an error. */
int bk_service_spawn_open_log (const BkServicePlaces *places, const BkLaunch *launch, char **path, GError **error);
BkServiceSpawn *bk_service_spawn (const BkServicePlaces *places, const BkLaunch *launch, GError **error);
void bk_service_spawn_release (BkServiceSpawn *self);
/* After release, and when ::status is readable: whether the program could be executed. */
gboolean bk_service_spawn_check (BkServiceSpawn *self, const char *program, GError **error);
/* Reads the exit status of the main process, which has ended. NULL: it ended well; else a sentence. */
char *bk_service_spawn_reap (BkServiceSpawn *self);
void bk_service_spawn_abandon (BkServiceSpawn *self);
/* Closes what is open and removes the private folder. */
void bk_service_spawn_free (BkServiceSpawn *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServiceSpawn, bk_service_spawn_free)

G_END_DECLS
