/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pictures of people, as far as they are looked at without decoding them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  BK_PICTURE_PNG,
  BK_PICTURE_JPEG,
} BkPictureKind;

/* What the first bytes of a file say. */
typedef struct
{
  BkPictureKind kind;
  guint width;
  guint height;
} BkPicture;

gboolean bk_picture_sniff (GBytes *image, BkPicture *picture);
gboolean bk_picture_check (GBytes *image, GError **error);
char *bk_picture_dup_id (GBytes *image);

G_END_DECLS
