/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stream between the two ends of a transfer which breaks, or spoils a byte, exactly where the test says. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FILE_WIRE_WHOLE G_MAXUINT64

typedef struct _FileWire FileWire;

typedef struct
{
  guint64 cut;  /* after so many bytes of the sender; FILE_WIRE_WHOLE: never */
  guint64 flip; /* that byte of the sender's is another one; FILE_WIRE_WHOLE: none */
} FileWirePlan;

/* Joins the two sockets, which are taken. */
FileWire *file_wire_new (int sender, int receiver, const FileWirePlan *plan);
/* Ends it, if it has not ended, and returns how many bytes of the sender's it has let through. */
guint64 file_wire_free (FileWire *self);
/* Breaks it now. */
void file_wire_cut (FileWire *self);
/* Two connected sockets. */
void file_wire_make_pair (int *mine, int *other);

G_END_DECLS
