/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-contact.h"

G_BEGIN_DECLS

#define BECKON_TYPE_GROUP (beckon_group_get_type ())
/**
 * BeckonGroup:
 *
 * A group of contacts of one account (`IMessengerGroup`), kept by the service for all devices. The same object stays in
 * the list when its name or its contacts change. A group is made by [method@Account.create_group_async] and removed by
 * [method@Account.remove_group_async].
 */
G_DECLARE_FINAL_TYPE (BeckonGroup, beckon_group, BECKON, GROUP, GObject)

typedef struct _BeckonAccount BeckonAccount;

const char *beckon_group_get_id (BeckonGroup *self);
BeckonAccount *beckon_group_dup_account (BeckonGroup *self);
const char *beckon_group_get_name (BeckonGroup *self);
GListModel *beckon_group_get_contacts (BeckonGroup *self);
gboolean beckon_group_has_contact (BeckonGroup *self, const char *who);

void beckon_group_set_name_async (BeckonGroup *self, const char *name, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_group_set_name_finish (BeckonGroup *self, GAsyncResult *result, GError **error);
void beckon_group_add_contact_async (BeckonGroup *self, const char *who, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_group_add_contact_finish (BeckonGroup *self, GAsyncResult *result, GError **error);
void beckon_group_remove_contact_async (BeckonGroup *self, const char *who, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_group_remove_contact_finish (BeckonGroup *self, GAsyncResult *result, GError **error);

G_END_DECLS
