/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often a program may have people asked to become contacts: some times at once, then once a minute. Who leaves the
 * bus leaves its debt to who comes next, and all together are bounded too: nothing is gained by a new name. */
#pragma once

#include "bk-clock.h"

G_BEGIN_DECLS

#define BK_SERVICE_QUOTA_BURST 10      /* of one program */
#define BK_SERVICE_QUOTA_TOGETHER 40   /* of all */
#define BK_SERVICE_QUOTA_PERIOD_S 60   /* until one more is allowed to one program; all together: a quarter of that */

typedef struct _BkServiceQuota BkServiceQuota;

BkServiceQuota *bk_service_quota_new (BkClock *clock);
void bk_service_quota_free (BkServiceQuota *self);
/* Whether @name may do it once more now; if so, it counts. */
gboolean bk_service_quota_take (BkServiceQuota *self, const char *name);
void bk_service_quota_forget (BkServiceQuota *self, const char *name);

G_END_DECLS
