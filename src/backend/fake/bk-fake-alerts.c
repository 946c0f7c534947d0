/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the operator says. */
#include "bk-fake-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

#define WEEK_US (7 * G_TIME_SPAN_DAY)

/* The strings of @event are borrowed from the arguments. */
static BkBackendEvent
alert (BkFakeNetwork *self, const char *id, guint32 site, const char *text, const char *url)
{
  return (BkBackendEvent){
    .type = BK_BACKEND_EVENT_ALERT,
    .alert = id,
    .site = site,
    .text = text,
    .url = url,
    .time = bk_clock_real (self->clock),
  };
}

static void
publish (BkFakeNetwork *self, BkFakeAccount *account, const BkBackendEvent *event)
{
  BkFakeFact *fact = bk_fake_fact_new (event);

  fact->expires = event->time + WEEK_US;
  bk_fake_network_publish (self, account, fact);
}

void
bk_fake_network_alert (BkFakeNetwork *self, const char *to, guint32 site, const char *text, const char *url)
{
  g_autofree char *id = bk_guid_new ();
  BkBackendEvent event = alert (self, id, site, text, url);
  GHashTableIter iter;
  gpointer account;

  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &account))
    if (to == NULL || g_str_equal (((BkFakeAccount *) account)->name, to))
      publish (self, account, &event);
}

static gboolean
has_site (BkFakeBackend *backend, guint32 site)
{
  for (guint i = 0; i < backend->sites->len; i++)
    if (g_array_index (backend->sites, guint32, i) == site)
      return TRUE;
  return FALSE;
}

void
bk_fake_network_alert_subscribers (BkFakeNetwork *self, guint32 site, const char *text, const char *url)
{
  g_autofree char *id = bk_guid_new ();
  BkBackendEvent event = alert (self, id, site, text, url);
  BkFakeFact *fact = bk_fake_fact_new (&event);

  for (guint i = 0; i < self->members->len; i++)
    {
      BkFakeBackend *backend = self->members->pdata[i];
      if (backend->account != NULL && has_site (backend, site))
        bk_fake_backend_deliver (backend, fact);
    }
  bk_fake_fact_release (fact);
}

/* They are known for as long as this object lives: to say them again is no work here. */
static void
fake_set_sites (BkBackendAlerts *backend, const guint32 *sites, gsize n_sites)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);

  g_array_set_size (self->sites, 0);
  g_array_append_vals (self->sites, sites, (guint) MIN (n_sites, BK_LIMIT_ALERT_SITES));
}

void
bk_fake_backend_alerts_init (BkBackendAlertsInterface *iface)
{
  iface->set_sites = fake_set_sites;
}
