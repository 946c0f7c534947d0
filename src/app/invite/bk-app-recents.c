/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-recents.h"

#include "bk-app.h"

#define KEY "recent-invitations"

struct _BkAppRecents
{
  GVariant *pairs; /* a(ss): who, guid */
};

static gboolean
is_pair (GVariant *pairs, gsize i, const char *who, const char *guid)
{
  const char *other_who;
  const char *other_guid;

  g_variant_get_child (pairs, i, "(&s&s)", &other_who, &other_guid);
  return (who == NULL || g_str_equal (who, other_who)) && (guid == NULL || g_str_equal (guid, other_guid));
}

void
bk_app_recents_note (const char *who, const char *guid)
{
  g_autoptr (GSettings) settings = g_settings_new (BK_APP_ID);
  g_autoptr (GVariant) pairs = g_settings_get_value (settings, KEY);
  gsize n_pairs = g_variant_n_children (pairs);
  GVariantBuilder builder;
  guint n = 1;

  if (*who == '\0' || *guid == '\0' || (n_pairs > 0 && is_pair (pairs, 0, who, guid)))
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  g_variant_builder_add (&builder, "(ss)", who, guid);
  for (gsize i = 0; i < n_pairs && n < BK_APP_RECENTS_MAX; i++)
    {
      g_autoptr (GVariant) pair = g_variant_get_child_value (pairs, i);

      if (is_pair (pairs, i, who, guid))
        continue;
      g_variant_builder_add_value (&builder, pair);
      n++;
    }
  g_settings_set_value (settings, KEY, g_variant_builder_end (&builder));
}

BkAppRecents *
bk_app_recents_new (void)
{
  g_autoptr (GSettings) settings = g_settings_new (BK_APP_ID);
  BkAppRecents *self = g_new0 (BkAppRecents, 1);

  self->pairs = g_settings_get_value (settings, KEY);
  return self;
}

void
bk_app_recents_free (BkAppRecents *self)
{
  g_variant_unref (self->pairs);
  g_free (self);
}

static guint
find (BkAppRecents *self, const char *who, const char *guid)
{
  gsize n_pairs = MIN (g_variant_n_children (self->pairs), BK_APP_RECENTS_MAX);

  for (gsize i = 0; i < n_pairs; i++)
    if (is_pair (self->pairs, i, who, guid))
      return (guint) i;
  return G_MAXUINT;
}

/* @pair: how near the two are. Behind all pairs come those that one of the two is in. */
static guint
rank (guint pair, guint alone)
{
  if (pair != G_MAXUINT)
    return pair;
  return alone != G_MAXUINT ? BK_APP_RECENTS_MAX + alone : G_MAXUINT;
}

guint
bk_app_recents_rank_application (BkAppRecents *self, const char *who, const char *guid)
{
  return rank (find (self, who, guid), find (self, NULL, guid));
}

guint
bk_app_recents_rank_person (BkAppRecents *self, const char *who, const char *guid)
{
  return rank (find (self, who, guid), find (self, who, NULL));
}
