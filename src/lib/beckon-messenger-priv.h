/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-alert.h"
#include "beckon-lock.h"

G_BEGIN_DECLS

#define BECKON_TYPE_MESSENGER_PRIVATE (beckon_messenger_private_get_type ())
/**
 * BeckonMessengerPrivate:
 *
 * What licensed programs may do besides sessions (`MessengerPriv`): hear what the operator of the service tells, and
 * ask people to become contacts without showing a window. It is locked as long as [method@MessengerPrivate.get_lock]
 * is not unlocked, where the operator says so.
 */
G_DECLARE_FINAL_TYPE (BeckonMessengerPrivate, beckon_messenger_private, BECKON, MESSENGER_PRIVATE, GObject)

void beckon_messenger_private_new_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
BeckonMessengerPrivate *beckon_messenger_private_new_finish (GAsyncResult *result, GError **error);

BeckonLock *beckon_messenger_private_get_lock (BeckonMessengerPrivate *self);

void beckon_messenger_private_enable_alert_events_async (BeckonMessengerPrivate *self, const guint32 *site_ids,
                                                         gsize n_site_ids, const char *account,
                                                         GCancellable *cancellable, GAsyncReadyCallback callback,
                                                         gpointer user_data);
gboolean beckon_messenger_private_enable_alert_events_finish (BeckonMessengerPrivate *self, GAsyncResult *result,
                                                              GError **error);
void beckon_messenger_private_add_contact_async (BeckonMessengerPrivate *self, const char *signin_name,
                                                 const char *service, GCancellable *cancellable,
                                                 GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_private_add_contact_finish (BeckonMessengerPrivate *self, GAsyncResult *result,
                                                      GError **error);

G_END_DECLS
