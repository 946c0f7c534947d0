/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

#define BECKON_BUS_SERVICE "im.beckon.Beckon.Service"
#define BECKON_BUS_SESSIONS "im.beckon.Beckon.Sessions"
#define BECKON_OBJECT_PATH "/im/beckon/Beckon"
#define BECKON_PRIVATE_PATH "/im/beckon/Beckon/Private"

#define BECKON_TYPE_REMOTE (beckon_remote_get_type ())
/* One object of the session service with one of its interfaces: its properties, kept current, its signals and its
 * methods. Values that it hands out stay valid until the property changes. Unlike a GDBusProxy it lets nobody see a
 * state in which some properties are new and some old.
 *
 * Signal "changed" (const char *const *names): properties moved. Signal "signal" (const char *name, GVariant *args). */
G_DECLARE_FINAL_TYPE (BeckonRemote, beckon_remote, BECKON, REMOTE, GObject)

void beckon_remote_new_async (GDBusConnection *connection, const char *bus_name, const char *object_path,
                              const char *interface_name, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
BeckonRemote *beckon_remote_new_finish (GAsyncResult *result, GError **error);

GDBusConnection *beckon_remote_get_connection (BeckonRemote *self);
const char *beckon_remote_get_bus_name (BeckonRemote *self);
const char *beckon_remote_get_path (BeckonRemote *self);
const char *beckon_remote_get_string (BeckonRemote *self, const char *name);
const char *const *beckon_remote_get_strv (BeckonRemote *self, const char *name);
/* (transfer none) (nullable): NULL where the service has no such property of @type. */
GVariant *beckon_remote_get_variant (BeckonRemote *self, const char *name, const char *type);
guint beckon_remote_get_uint (BeckonRemote *self, const char *name);
gint64 beckon_remote_get_int64 (BeckonRemote *self, const char *name);
gboolean beckon_remote_get_boolean (BeckonRemote *self, const char *name);

/* @args is consumed if floating. The result is of type @reply_type. Errors of the service come as BECKON_ERROR. */
void beckon_remote_call_async (BeckonRemote *self, const char *method, GVariant *args, const char *reply_type,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GVariant *beckon_remote_call_finish (BeckonRemote *self, GAsyncResult *result, GError **error);

/* The same for a call that gives a connected socket. */
void beckon_remote_call_socket_async (BeckonRemote *self, const char *method, GVariant *args,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSocket *beckon_remote_call_socket_finish (BeckonRemote *self, GAsyncResult *result, GError **error);

/* For calls without a result: does the call and returns TRUE or the error through @task, which is consumed. */
void beckon_remote_call_task (BeckonRemote *self, const char *method, GVariant *args, GTask *task);
/* For calls with one result, of @type: returns that or the error through @task, which is consumed. */
void beckon_remote_call_value_task (BeckonRemote *self, const char *method, GVariant *args, const char *type,
                                    GTask *task);
/* For calls that hand over @fd as handle 0. @fd stays open here. Without @reply_type TRUE is returned through @task, else
 * the reply; it is consumed. */
void beckon_remote_call_fd_task (BeckonRemote *self, const char *method, GVariant *args, int fd,
                                 const char *reply_type, GTask *task);
/* Sets a property; returns TRUE or the error through @task, which is consumed. */
void beckon_remote_set_task (BeckonRemote *self, const char *name, GVariant *value, GTask *task);

GError *beckon_remote_translate_error (GError *error);

#pragma GCC visibility pop
G_END_DECLS
