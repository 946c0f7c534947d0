/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who talks to one door: which programs attached themselves, what they stand for, and when they leave the bus. */
#pragma once

#include <gio/gio.h>

#include "beckon-error.h"

G_BEGIN_DECLS

#define BK_TYPE_SERVICE_CALLERS (bk_service_callers_get_type ())
/* Signals: "vanished" (const char *name): a caller that was watched left the bus. */
G_DECLARE_FINAL_TYPE (BkServiceCallers, bk_service_callers, BK, SERVICE_CALLERS, GObject)

BkServiceCallers *bk_service_callers_new (GDBusConnection *connection);
/* Learns which names below ours exist. Blocks: for main () alone, before the first call is answered. */
gboolean bk_service_callers_start (BkServiceCallers *self, GError **error);
void bk_service_callers_stop (BkServiceCallers *self);

gboolean bk_service_callers_trust (BkServiceCallers *self, guint pid, BkServiceCallers *own);
gboolean bk_service_callers_attach (BkServiceCallers *self, const char *name, guint pid, gboolean trusted,
                                    const char *peer, const char *const *guids, GError **error);
gboolean bk_service_callers_watch (BkServiceCallers *self, const char *name, GError **error);
gboolean bk_service_callers_is_attached (BkServiceCallers *self, const char *name);
const char *bk_service_callers_get_peer (BkServiceCallers *self, const char *name);
/* @bus_name: the one that @guid is registered with, if there is one. */
gboolean bk_service_callers_stands_for (BkServiceCallers *self, const char *name, const char *guid,
                                        const char *bus_name);
void bk_service_callers_prove (BkServiceCallers *self, const char *name, const char *guid);

/* While a program is asked about a session, it may look at it: it holds a grant. */
void bk_service_callers_grant (BkServiceCallers *self, const char *name, const char *session);
void bk_service_callers_revoke (BkServiceCallers *self, const char *name, const char *session);
gboolean bk_service_callers_has_grant (BkServiceCallers *self, const char *name, const char *session);

/* Names of the attached callers, the newest first. */
GStrv bk_service_callers_list (BkServiceCallers *self);

G_END_DECLS
