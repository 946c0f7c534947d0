/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine on the bus: a projection. It holds no truth; each fact is read from the engine when it is asked for. */
#pragma once

#include "bk-engine.h"
#include "bk-service-door.h"
#include "bk-service-host.h"
#include "bk-service-locks.h"
#include "bk-service-peers.h"

G_BEGIN_DECLS

#define BK_TYPE_SERVICE (bk_service_get_type ())
G_DECLARE_FINAL_TYPE (BkService, bk_service, BK, SERVICE, GObject)

typedef struct
{
  BkClock *clock;
  BkEngine *engine;
  BkSecrets *secrets;
  BkServicePeers *peers;
  BkServiceLocks *locks;   /* of the second door */
  BkServiceDoor *service;  /* the door of the user's own programs */
  BkServiceDoor *sessions; /* the door of applications */
  BkServiceHost *host;     /* nullable: we are in no sandbox */
} BkServiceConfig;

BkService *bk_service_new (const BkServiceConfig *config);
/* Exports everything. Calls wait until bk_service_start (): the engine has opened. */
gboolean bk_service_open (BkService *self, GError **error);
void bk_service_start (BkService *self);
/* Tells applications that it is over and gives up what waits. The engine can be closed then, after it the doors. */
void bk_service_stop (BkService *self);

G_END_DECLS
