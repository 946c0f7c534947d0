/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the system bus tells: the machine wakes up, and what logind knows of the seat. */
#pragma once

#include "bk-service-seat.h"

G_BEGIN_DECLS

/* Calls @callback whenever the machine wakes up, and shows the system bus to @seat. No system bus, nothing of it. */
typedef void (*BkServiceWakeFunc) (gpointer user_data);
typedef struct _BkServiceSystem BkServiceSystem;
BkServiceSystem *bk_service_system_new (BkServiceSeat *seat, BkServiceWakeFunc callback, gpointer user_data);
void bk_service_system_free (BkServiceSystem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServiceSystem, bk_service_system_free)

G_END_DECLS
