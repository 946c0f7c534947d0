/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's questions to attached programs, as calls of im.beckon.Peer1. */
#pragma once

#include "bk-desktop.h"
#include "bk-engine.h"
#include "bk-service-door.h"
#include "bk-service-locks.h"

G_BEGIN_DECLS

#define BK_TYPE_SERVICE_PEERS (bk_service_peers_get_type ())
G_DECLARE_FINAL_TYPE (BkServicePeers, bk_service_peers, BK, SERVICE_PEERS, GObject)

BkServicePeers *bk_service_peers_new (BkServiceDoor *service, BkServiceDoor *sessions, BkServiceLocks *locks);
/* The engine is made after its ports; it is not kept alive. */
void bk_service_peers_set_engine (BkServicePeers *self, BkEngine *engine);

/* @name has just attached to @door, or unlocked it: asks it about @session if that is a ringing invitation of one of
 * its GUIDs. @again: also if it was asked before. */
void bk_service_peers_offer_late (BkServicePeers *self, BkServiceDoor *door, const char *name,
                                  BkEngineSession *session, gboolean again);

/* Asks @names of @door at once whether the user is to be told of @alert, (usssxs); one no is enough. */
void bk_service_peers_ask_alert_async (BkServicePeers *self, BkServiceDoor *door, const char *const *names,
                                       GVariant *alert, GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean bk_service_peers_ask_alert_finish (BkServicePeers *self, GAsyncResult *result);

G_END_DECLS
