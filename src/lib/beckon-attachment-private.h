/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

#define BECKON_TYPE_ATTACHMENT (beckon_attachment_get_type ())
/* What makes a program known to the session service: a connection of its own, a bus name below ours, the Peer1 object
 * and the call of Attach, made again whenever the service comes back.
 *
 * A connection of its own because a program may be watcher and peer at once (Beckon with a game inside): each role has
 * its own Peer1 and sees only its own signals.
 *
 * Signal "peer-call" (const char *method, GVariant *args, GDBusMethodInvocation *) → gboolean: a call of Peer1 by the
 * service; a handler that returns TRUE answers the invocation, at once or within 3 s. Otherwise the default is
 * answered. "attached" (): attached, for the first time or again. "lost" (): the service is gone. */
G_DECLARE_FINAL_TYPE (BeckonAttachment, beckon_attachment, BECKON, ATTACHMENT, GObject)

void beckon_attachment_new_async (const char *bus_name, const char *interface_name, const char *const *guids,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The same with the name @own_name, below im.beckon.Beckon.Peer., and Peer1 at the path that follows from it. Describe
 * answers @guid and @description, consumed if floating. Calls that were waiting for the name are held until it is known
 * whether the service made them, and, but for Describe, until the turn of the main loop after it is attached. */
void beckon_attachment_new_named_async (const char *bus_name, const char *interface_name, const char *own_name,
                                        const char *guid, GVariant *description, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
BeckonAttachment *beckon_attachment_new_finish (GAsyncResult *result, GError **error);
GDBusConnection *beckon_attachment_get_connection (BeckonAttachment *self);
/* Attaches if that is not done yet: connect to the signals first, then call this. TRUE through @task, consumed. */
void beckon_attachment_start (BeckonAttachment *self, GTask *task);

#pragma GCC visibility pop
G_END_DECLS
