/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alerts of operators: which programs want which sites, and what has popped up and was not shown by any window yet. */
#pragma once

#include "bk-engine-account.h"

G_BEGIN_DECLS

typedef struct _BkServiceAlerts BkServiceAlerts;

BkServiceAlerts *bk_service_alerts_new (void);
void bk_service_alerts_free (BkServiceAlerts *self);

/* @name wants the alerts of @sites alone from now on. What all want of one account is bounded: LIMIT_EXCEEDED. */
gboolean bk_service_alerts_enable (BkServiceAlerts *self, const char *name, BkEngineAccount *account,
                                   const guint32 *sites, gsize n_sites, GError **error);
/* @name wants none any more, of @account; NULL for each: of any account, nobody. */
void bk_service_alerts_forget (BkServiceAlerts *self, const char *name, BkEngineAccount *account);
/* Who wants alerts of @site. */
GStrv bk_service_alerts_list (BkServiceAlerts *self, BkEngineAccount *account, guint32 site);

/* Keeps @alert, (usssxs), until a window has shown it. The oldest goes when there are too many. */
void bk_service_alerts_keep (BkServiceAlerts *self, GVariant *alert);
gboolean bk_service_alerts_drop (BkServiceAlerts *self, const char *id);
GVariant *bk_service_alerts_get_kept (BkServiceAlerts *self); /* a(usssxs), floating */

G_END_DECLS
