/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

/* Starts to make the object for @path. */
typedef void (*BeckonObjectLoad) (GDBusConnection *connection, const char *path, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
typedef GObject *(*BeckonObjectLoadFinish) (GAsyncResult *result, GError **error);

#define BECKON_TYPE_OBJECT_LIST (beckon_object_list_get_type ())
/* A list of remote objects that follows a list of paths: `List… → ao` and `…Changed (position, removed, added)`. An
 * object appears in the model once its properties are there. */
G_DECLARE_FINAL_TYPE (BeckonObjectList, beckon_object_list, BECKON, OBJECT_LIST, GObject)

BeckonObjectList *beckon_object_list_new (GDBusConnection *connection, GType item_type, BeckonObjectLoad load,
                                          BeckonObjectLoadFinish load_finish);
GListModel *beckon_object_list_get_model (BeckonObjectList *self);
/* Replaces all paths by @paths (`ao`) and finishes when every object is there. TRUE through @task, consumed. All
 * objects are made anew. Another reset, or forgetting, ends one that is not finished with BECKON_ERROR_DISCONNECTED. */
void beckon_object_list_reset (BeckonObjectList *self, GVariant *paths, GTask *task);
/* Empties the list; changes are passed over until it is reset. */
void beckon_object_list_forget (BeckonObjectList *self);
/* @change: `(uuao)`. */
void beckon_object_list_apply (BeckonObjectList *self, GVariant *change);
/* Gets the object for a path, waiting for it if it is still being made. Full reference through @task, consumed. */
void beckon_object_list_get (BeckonObjectList *self, const char *path, GTask *task);

#pragma GCC visibility pop
G_END_DECLS
