/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that is being received, as long as not all of it is there: hidden, in the folder where it is to be. Nothing
 * here overwrites anything. All of it works with a disk, and belongs into a thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BkTransferPart BkTransferPart;

typedef struct
{
  const char *folder;  /* absolute */
  gboolean make;       /* the folder, if it is missing */
  const char *name;    /* from bk_file_name_clean () */
  guint64 size;        /* of the whole file */
  const char *kept;    /* nullable: name of a part of it that may be here already */
  const char *const *passing; /* nullable: folders; what is on the mounts that they are on will not outlast us */
} BkTransferPlace;

BkTransferPart *bk_transfer_part_new (const BkTransferPlace *place, GError **error);
BkTransferPart *bk_transfer_part_ref (BkTransferPart *self);
void bk_transfer_part_unref (BkTransferPart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkTransferPart, bk_transfer_part_unref)

const char *bk_transfer_part_get_folder (BkTransferPart *self);
const char *bk_transfer_part_get_name (BkTransferPart *self); /* its own, in the folder */
int bk_transfer_part_get_fd (BkTransferPart *self);
guint64 bk_transfer_part_get_have (BkTransferPart *self); /* bytes that were there when it was made */

char *bk_transfer_part_publish (BkTransferPart *self);
void bk_transfer_part_discard (BkTransferPart *self);
void bk_transfer_part_discard_soon (BkTransferPart *self);
/* One of which only the name is known. @folder and @name as from the functions above. */
void bk_transfer_part_remove_soon (const char *folder, const char *name);

G_END_DECLS
