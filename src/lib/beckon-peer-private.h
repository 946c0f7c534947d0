/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

/* Where a program with this name below im.beckon.Beckon.Peer. has its im.beckon.Peer1; NULL if it is no such name. */
char *beckon_peer_dup_path (const char *bus_name);
/* Whether @description, a{sv}, can be what Describe says. */
gboolean beckon_peer_check_description (GVariant *description, GError **error);

#pragma GCC visibility pop
G_END_DECLS
