/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's questions to attached programs, as calls of im.beckon.Peer1. */
#pragma once

#include "bk-desktop.h"
#include "bk-engine.h"
#include "bk-service-door.h"

G_BEGIN_DECLS

#define BK_TYPE_SERVICE_PEERS (bk_service_peers_get_type ())
G_DECLARE_FINAL_TYPE (BkServicePeers, bk_service_peers, BK, SERVICE_PEERS, GObject)

BkServicePeers *bk_service_peers_new (BkServiceDoor *service, BkServiceDoor *sessions);
/* The engine is made after its ports; it is not kept alive. */
void bk_service_peers_set_engine (BkServicePeers *self, BkEngine *engine);

/* @name has just attached to @door: asks it about @session if that is a ringing invitation of one of its GUIDs. */
void bk_service_peers_offer_late (BkServicePeers *self, BkServiceDoor *door, const char *name,
                                  BkEngineSession *session);

G_END_DECLS
