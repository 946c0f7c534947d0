/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programs below im.beckon.Beckon.Peer. that the session bus can start, or that run already: each is asked once
 * what it is, without showing a window, and what it said is kept until its installation changes. */
#pragma once

#include "bk-desktop.h"

G_BEGIN_DECLS

#define BK_TYPE_SERVICE_DIRECTORY (bk_service_directory_get_type ())
G_DECLARE_FINAL_TYPE (BkServiceDirectory, bk_service_directory, BK, SERVICE_DIRECTORY, GObject)

/* @connection: the one that owns the name which sandboxed programs may talk to. */
BkServiceDirectory *bk_service_directory_new (GDBusConnection *connection, const char *cache_file);
/* Learns which programs there are; what was kept of them is there at once. Blocks: for main () alone. */
gboolean bk_service_directory_read (BkServiceDirectory *self, GError **error);
/* Asks those that are not known yet. Before, our name must be owned: programs answer nobody else. */
void bk_service_directory_start (BkServiceDirectory *self);
/* Gives up what is under way. */
void bk_service_directory_stop (BkServiceDirectory *self);

/* The object path that follows from a bus name; NULL if it is no name of a peer. */
char *bk_service_directory_path (const char *bus_name);

G_END_DECLS
