/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions from one socket to several places: "from where does this seem to come?" Answers that differ give a NAT away
 * that has another port for each place. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BkIceProbes BkIceProbes;

/* @answered: called for each answer, from the main loop. */
BkIceProbes *bk_ice_probes_new (void (*answered) (gpointer user_data), gpointer user_data);
void bk_ice_probes_free (BkIceProbes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkIceProbes, bk_ice_probes_free)

/* Asks a STUN server, known as @place from now on; or an ICE agent of ours with these words. */
void bk_ice_probes_ask (BkIceProbes *self, guint place, const char *address, guint16 port);
void bk_ice_probes_check (BkIceProbes *self, guint place, const char *address, guint16 port, const char *ufrag,
                          const char *pwd);
void bk_ice_probes_repeat (BkIceProbes *self); /* those that have not been answered */
gboolean bk_ice_probes_is_answered (BkIceProbes *self, guint place);
gboolean bk_ice_probes_are_answered (BkIceProbes *self);
/* What the answers say together: "none", "cone", "symmetric", "unknown". */
const char *bk_ice_probes_get_nat (BkIceProbes *self);
/* From where the questions seemed to come; IPv4 rather than IPv6; NULL: there is no answer. */
GInetSocketAddress *bk_ice_probes_get_mapped (BkIceProbes *self);

G_END_DECLS
