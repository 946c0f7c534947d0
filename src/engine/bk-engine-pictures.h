/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to the engine: the pictures of people, as files. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_TYPE_ENGINE_PICTURES (bk_engine_pictures_get_type ())
/* A folder with one file for each picture that somebody shows, named by its id (SHA-256 in hexadecimal digits). All
 * accounts share it; a file goes with the last one who shows it. */
G_DECLARE_FINAL_TYPE (BkEnginePictures, bk_engine_pictures, BK, ENGINE_PICTURES, GObject)

BkEnginePictures *bk_engine_pictures_new (const char *dir);

gboolean bk_engine_pictures_is_id (const char *id);
/* Somebody shows @id, or no longer does. */
void bk_engine_pictures_use (BkEnginePictures *self, const char *id);
void bk_engine_pictures_drop (BkEnginePictures *self, const char *id);
/* What lay in the folder from before and nobody shows goes. */
void bk_engine_pictures_tidy (BkEnginePictures *self);

/* NULL: it is not here. */
char *bk_engine_pictures_dup_path (BkEnginePictures *self, const char *id);
/* @image is known to be @id. */
void bk_engine_pictures_store_async (BkEnginePictures *self, const char *id, GBytes *image,
                                     GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_pictures_store_finish (BkEnginePictures *self, GAsyncResult *result, GError **error);

G_END_DECLS
