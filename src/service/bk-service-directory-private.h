/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files bk-service-directory*.c share. */
#pragma once

#include "bk-service-directory.h"
#include "bk-service-described.h"

G_BEGIN_DECLS

typedef enum
{
  BK_SERVICE_PROGRAM_UNKNOWN, /* to be asked */
  BK_SERVICE_PROGRAM_ASKED,
  BK_SERVICE_PROGRAM_KNOWN,
  BK_SERVICE_PROGRAM_FAILED, /* is asked again when there is a reason to hope */
} BkServiceProgramState;

typedef struct
{
  char *name;
  gboolean activatable; /* else it runs, and is there as long as it does */
  BkServiceProgramState state;
  gboolean came;  /* it came to the bus while it was asked: it may have needed most of the time to start */
  gboolean again; /* it is being asked once more */
  char *stamp;
  BkPeerDescription *description; /* nullable */
} BkServiceProgram;

struct _BkServiceDirectory
{
  GObject parent_instance;

  GDBusConnection *connection;
  GCancellable *cancellable;
  BkServiceDescribed *described;
  GPtrArray *programs; /* element-type BkServiceProgram, owned; by name */
  GPtrArray *watches;  /* element-type BkFolderWatch, owned */
  guint subscriptions[2];
  guint n_asked;
  guint n_names; /* more than MAX_PROGRAMS: not all are looked at */
  gboolean started;
  gboolean listing;
  gboolean reload; /* the bus is to look at its folders first */
  gboolean again; /* something happened while the names were on their way */
  GVariant *activatable; /* the first of the two lists */
};

BkServiceProgram *_bk_service_directory_find (BkServiceDirectory *self, const char *name);

/* bk-service-directory-ask.c: has those describe themselves that have not yet, some at once. */
void _bk_service_directory_ask (BkServiceDirectory *self);

G_END_DECLS
