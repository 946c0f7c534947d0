/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is outside of the sandbox that the service is in: beckon-peer-host tells, if it is installed there. */
#pragma once

#include "bk-clock.h"
#include "bk-desktop.h"

G_BEGIN_DECLS

/* The values travel, as HostPrograms of im.beckon.Registry1. */
typedef enum
{
  BK_SERVICE_HOST_UNKNOWN, /* not asked for yet; no sandbox */
  BK_SERVICE_HOST_MISSING, /* not installed */
  BK_SERVICE_HOST_THERE,
} BkServiceHostState;

#define BK_TYPE_SERVICE_HOST (bk_service_host_get_type ())
/* The registration files there, as a BkHostFiles. Signal "state-changed" (). */
G_DECLARE_FINAL_TYPE (BkServiceHost, bk_service_host, BK, SERVICE_HOST, GObject)

/* @connection: the one that owns im.beckon.Beckon.Service. */
BkServiceHost *bk_service_host_new (GDBusConnection *connection, BkClock *clock);
/* Asks. Before, our name must be owned: nobody else is answered. */
void bk_service_host_start (BkServiceHost *self);
void bk_service_host_stop (BkServiceHost *self);
BkServiceHostState bk_service_host_get_state (BkServiceHost *self);

G_END_DECLS
