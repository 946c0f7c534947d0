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

/* While held nothing reaches anybody: facts and replies wait for bk_fake_network_flush () or for the end of it. */
void bk_fake_network_set_held (BkFakeNetwork *self, gboolean held);
void bk_fake_network_flush (BkFakeNetwork *self);

/* A network for looking at: whoever signs in has an account and finds people there, some of which answer. `echo`
 * approves requests, says what it is told, and accepts invitations, unless their data says "decline" or "ignore". */
BkFakeNetwork *bk_fake_network_new_demo (BkClock *clock);

G_END_DECLS
