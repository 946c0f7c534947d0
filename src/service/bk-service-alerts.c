/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-alerts.h"

#include "bk-limits.h"

#include <string.h>

#define MAX_KEPT 32

typedef struct
{
  char *name;
  BkEngineAccount *account; /* owned */
  GArray *sites;            /* element-type guint32, each once */
} Wish;

struct _BkServiceAlerts
{
  GPtrArray *wishes; /* element-type Wish, owned */
  GQueue kept;       /* element-type GVariant, owned; the oldest first */
};

static void
wish_free (Wish *wish)
{
  g_free (wish->name);
  g_object_unref (wish->account);
  g_array_unref (wish->sites);
  g_free (wish);
}

static gboolean
has_site (GArray *sites, guint32 site)
{
  for (guint i = 0; i < sites->len; i++)
    if (g_array_index (sites, guint32, i) == site)
      return TRUE;
  return FALSE;
}

static void
add_sites (GArray *to, const guint32 *sites, gsize n_sites)
{
  for (gsize i = 0; i < n_sites; i++)
    if (!has_site (to, sites[i]))
      g_array_append_val (to, sites[i]);
}

/* What all programs but @without want of @account. */
static GArray *
join (BkServiceAlerts *self, BkEngineAccount *account, const char *without)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < self->wishes->len; i++)
    {
      Wish *wish = g_ptr_array_index (self->wishes, i);

      if (wish->account == account && g_strcmp0 (wish->name, without) != 0)
        add_sites (all, (const guint32 *) (gconstpointer) wish->sites->data, wish->sites->len);
    }
  return all;
}

static void
say (BkServiceAlerts *self, BkEngineAccount *account)
{
  g_autoptr (GArray) all = join (self, account, NULL);

  bk_engine_account_set_alert_sites (account, (const guint32 *) (gconstpointer) all->data, all->len);
}

BkServiceAlerts *
bk_service_alerts_new (void)
{
  BkServiceAlerts *self = g_new0 (BkServiceAlerts, 1);

  self->wishes = g_ptr_array_new_with_free_func ((GDestroyNotify) wish_free);
  g_queue_init (&self->kept);
  return self;
}

void
bk_service_alerts_free (BkServiceAlerts *self)
{
  g_ptr_array_unref (self->wishes);
  g_queue_clear_full (&self->kept, (GDestroyNotify) g_variant_unref);
  g_free (self);
}

gboolean
bk_service_alerts_enable (BkServiceAlerts *self, const char *name, BkEngineAccount *account, const guint32 *sites,
                          gsize n_sites, GError **error)
{
  g_autoptr (GArray) all = join (self, account, name);

  add_sites (all, sites, n_sites);
  if (all->len > BK_LIMIT_ALERT_SITES)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED,
                   "All programs together want alerts of more than %d sites.", BK_LIMIT_ALERT_SITES);
      return FALSE;
    }
  bk_service_alerts_forget (self, name, account);
  if (n_sites == 0)
    return TRUE;

  Wish *wish = g_new0 (Wish, 1);
  wish->name = g_strdup (name);
  wish->account = g_object_ref (account);
  wish->sites = g_array_new (FALSE, FALSE, sizeof (guint32));
  add_sites (wish->sites, sites, n_sites);
  g_ptr_array_add (self->wishes, wish);
  say (self, account);
  return TRUE;
}

void
bk_service_alerts_forget (BkServiceAlerts *self, const char *name, BkEngineAccount *account)
{
  for (guint i = self->wishes->len; i-- > 0;)
    {
      Wish *wish = g_ptr_array_index (self->wishes, i);

      if ((name != NULL && !g_str_equal (wish->name, name)) || (account != NULL && wish->account != account))
        continue;
      g_autoptr (BkEngineAccount) less = g_object_ref (wish->account);
      g_ptr_array_remove_index (self->wishes, i);
      say (self, less);
    }
}

GStrv
bk_service_alerts_list (BkServiceAlerts *self, BkEngineAccount *account, guint32 site)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < self->wishes->len; i++)
    {
      Wish *wish = g_ptr_array_index (self->wishes, i);

      if (wish->account == account && has_site (wish->sites, site))
        g_strv_builder_add (names, wish->name);
    }
  return g_strv_builder_end (names);
}

/* ---- what has popped up ---- */

static gboolean
has_id (GVariant *alert, const char *id)
{
  const char *own;

  g_variant_get_child (alert, 1, "&s", &own);
  return g_str_equal (own, id);
}

void
bk_service_alerts_keep (BkServiceAlerts *self, GVariant *alert)
{
  g_queue_push_tail (&self->kept, g_variant_ref_sink (alert));
  if (g_queue_get_length (&self->kept) > MAX_KEPT)
    g_variant_unref (g_queue_pop_head (&self->kept));
}

gboolean
bk_service_alerts_drop (BkServiceAlerts *self, const char *id)
{
  for (GList *link = self->kept.head; link != NULL; link = link->next)
    if (has_id (link->data, id))
      {
        g_variant_unref (link->data);
        g_queue_delete_link (&self->kept, link);
        return TRUE;
      }
  return FALSE;
}

GVariant *
bk_service_alerts_get_kept (BkServiceAlerts *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(usssxs)"));

  for (GList *link = self->kept.head; link != NULL; link = link->next)
    g_variant_builder_add_value (&builder, link->data);
  return g_variant_builder_end (&builder);
}
