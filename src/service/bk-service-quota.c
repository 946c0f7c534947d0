/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-quota.h"

/* A debt that grows by one with each use and melts with time. */
typedef struct
{
  gint64 paid_at; /* when nothing is owed any more */
} Debt;

struct _BkServiceQuota
{
  BkClock *clock;
  GHashTable *programs; /* unique name → Debt */
  Debt gone;            /* of those who left: the greatest */
  Debt together;
};

static gboolean
is_open (const Debt *debt, gint64 now, int burst, gint64 period)
{
  return debt->paid_at - now <= (burst - 1) * period;
}

static void
add (Debt *debt, gint64 now, gint64 period)
{
  debt->paid_at = MAX (debt->paid_at, now) + period;
}

BkServiceQuota *
bk_service_quota_new (BkClock *clock)
{
  BkServiceQuota *self = g_new0 (BkServiceQuota, 1);

  self->clock = g_object_ref (clock);
  self->programs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
bk_service_quota_free (BkServiceQuota *self)
{
  g_hash_table_unref (self->programs);
  g_object_unref (self->clock);
  g_free (self);
}

gboolean
bk_service_quota_take (BkServiceQuota *self, const char *name)
{
  const gint64 period = BK_SERVICE_QUOTA_PERIOD_S * G_USEC_PER_SEC;
  const gint64 quarter = period / 4;
  gint64 now = bk_clock_now (self->clock);
  Debt *known = g_hash_table_lookup (self->programs, name);
  const Debt *debt = known != NULL ? known : &self->gone;

  if (!is_open (debt, now, BK_SERVICE_QUOTA_BURST, period)
      || !is_open (&self->together, now, BK_SERVICE_QUOTA_TOGETHER, quarter))
    return FALSE;
  if (known == NULL)
    {
      known = g_new0 (Debt, 1);
      *known = self->gone;
      g_hash_table_insert (self->programs, g_strdup (name), known);
    }
  add (known, now, period);
  add (&self->together, now, quarter);
  return TRUE;
}

void
bk_service_quota_forget (BkServiceQuota *self, const char *name)
{
  const Debt *debt = g_hash_table_lookup (self->programs, name);

  if (debt == NULL)
    return;
  self->gone.paid_at = MAX (self->gone.paid_at, debt->paid_at);
  g_hash_table_remove (self->programs, name);
}
