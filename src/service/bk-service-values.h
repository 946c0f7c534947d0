/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's facts as they look on the bus. Text that came from outside is made valid UTF-8 here and nowhere else. */
#pragma once

#include "bk-engine.h"

G_BEGIN_DECLS

#define BK_SERVICE_PATH "/im/beckon/Beckon"
#define BK_SERVICE_PATH_PRIVATE BK_SERVICE_PATH "/Private"
#define BK_SERVICE_PATH_ACCOUNTS BK_SERVICE_PATH "/Account"
#define BK_SERVICE_PATH_CONVERSATIONS BK_SERVICE_PATH "/Conversation"
#define BK_SERVICE_PATH_SESSIONS BK_SERVICE_PATH "/Session"
#define BK_SERVICE_MAX_PAGE 500 /* items of a list that may be long */
#define BK_SERVICE_PREFIX "im.beckon.Beckon" /* callers own a name below it */

GVariant *bk_service_text (const char *text);
GVariant *bk_service_path (const char *folder, guint number);
gboolean bk_service_path_parse (const char *path, const char *folder, guint *number);

gboolean bk_service_status_is_known (guint32 status);
GVariant *bk_service_contact_to_variant (BkEngineContact *contact);
GVariant *bk_service_message_to_variant (const BkEngineMessage *message);
GVariant *bk_service_application_to_variant (BkEngineApplication *application);

typedef GVariant *(*BkServiceToVariant) (gpointer item);
GVariant *bk_service_list_to_variant (GListModel *list, guint position, guint count, const char *type,
                                      BkServiceToVariant to_variant);

gboolean bk_service_option (GVariant *options, const char *key, const GVariantType *type, GVariant **value,
                            GError **error);
gboolean bk_service_option_text (GVariant *options, const char *key, gsize max, char **text, GError **error);

G_END_DECLS
