/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of people: decoded beside the main loop, from files that others have made. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Has @avatar show the picture at @path as soon as it is decoded, its initials until then; the initials alone if @path
 * is empty or there is no picture that can be shown. */
void bk_app_avatar_show (AdwAvatar *avatar, const char *path);

/* Makes the picture in @file one that a service takes: a square PNG or JPEG of at most 65536 bytes. */
void bk_app_avatar_encode_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
/* Errors: G_IO_ERROR, and %GDK_PIXBUF_ERROR for what is no picture. */
GBytes *bk_app_avatar_encode_finish (GAsyncResult *result, GError **error);

G_END_DECLS
