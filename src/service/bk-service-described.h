/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What programs on the bus said of themselves, kept from one run of the service to the next. */
#pragma once

#include "bk-desktop.h"

G_BEGIN_DECLS

typedef struct _BkServiceDescribed BkServiceDescribed;

BkServiceDescribed *bk_service_described_new (const char *cache_file);
void bk_service_described_free (BkServiceDescribed *self);
/* What @bus_name said while its installation was @stamp; nullable. */
BkPeerDescription *bk_service_described_lookup (BkServiceDescribed *self, const char *bus_name, const char *stamp);
void bk_service_described_keep (BkServiceDescribed *self, const BkPeerDescription *description, const char *stamp);
void bk_service_described_forget (BkServiceDescribed *self, const char *bus_name);
/* Writes what was kept or forgotten since. */
void bk_service_described_write (BkServiceDescribed *self);

/* The folders in which the bus looks for programs that it can start. */
GStrv bk_service_activation_folders (void);
/* Changes whenever the program of @bus_name is installed anew, as far as that can be seen from here; at the latest with
 * the session, whose bus is @bus. */
char *bk_service_activation_stamp (const char *bus_name, const char *bus);

/* What @reply, the answer to Describe, says. What has the wrong type becomes a problem. */
BkPeerDescription *bk_service_described_read_reply (const char *bus_name, GVariant *reply);

G_END_DECLS
