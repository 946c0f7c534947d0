/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-backend.h"
#include "bk-clock.h"

G_BEGIN_DECLS

#define BK_TYPE_FAKE_NETWORK (bk_fake_network_get_type ())
/* A Messenger service in memory: what several BkFakeBackend share. It follows the rules of beckon-server; the contract
 * test runs over both. */
G_DECLARE_FINAL_TYPE (BkFakeNetwork, bk_fake_network, BK, FAKE_NETWORK, GObject)

BkFakeNetwork *bk_fake_network_new (BkClock *clock);
gboolean bk_fake_network_add_account (BkFakeNetwork *self, const char *name, const char *password,
                                      const char *display_name, GError **error);
void bk_fake_network_befriend (BkFakeNetwork *self, const char *a, const char *b);
/* Whoever signs in as @name is told @error: a wrong certificate, say, of a server that is not there. */
void bk_fake_network_refuse (BkFakeNetwork *self, const char *name, const GError *error);

/* Lock and Key. Nothing is locked unless this says so; devices learn it at their next sign-in. */
void bk_fake_network_set_locked (BkFakeNetwork *self, gboolean locked);
void bk_fake_network_add_license (BkFakeNetwork *self, const char *id, const char *key);
/* Its grants are over, and it opens nothing any more. */
void bk_fake_network_revoke_license (BkFakeNetwork *self, const char *id);
/* Everybody who holds a grant of @id has a minute to prove again that they know its key. */
void bk_fake_network_ask_again (BkFakeNetwork *self, const char *id);

/* What the operator says: to the account @to, to all if it is NULL; it waits for who is away, for a week. */
void bk_fake_network_alert (BkFakeNetwork *self, const char *to, guint32 site, const char *text, const char *url);
/* To the devices that have enabled @site and are there. */
void bk_fake_network_alert_subscribers (BkFakeNetwork *self, guint32 site, const char *text, const char *url);

/* What devices are told when they ask for STUN and TURN servers; NULL: that there are none. */
void bk_fake_network_set_relays (BkFakeNetwork *self, const BkRelays *relays);

/* While held nothing reaches anybody: facts and replies wait for bk_fake_network_flush () or for the end of it. */
void bk_fake_network_set_held (BkFakeNetwork *self, gboolean held);
void bk_fake_network_flush (BkFakeNetwork *self);

/* A network for looking at: whoever signs in has an account and finds people there, some of which answer. `echo`
 * approves requests, has seen what it is told, types a while and says it, and accepts invitations, unless their data says "decline" or "ignore". What
 * it is told may also be for the operator: "!lock", "!unlock", "!ask", "!revoke" and "!alert TEXT". The one license is
 * BKDEMO, its key is "demo". */
BkFakeNetwork *bk_fake_network_new_demo (BkClock *clock);

G_END_DECLS
