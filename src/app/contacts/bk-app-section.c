/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-section.h"

struct _BkAppSection
{
  GObject parent_instance;

  char *id;
  char *title;
  GListModel *model; /* owned */
  guint count;       /* of the model, as far as it has been told on */
  gboolean collapsible;
  gboolean collapsed;
  gboolean headed;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_COUNT,
  PROP_COLLAPSED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
n_headings (BkAppSection *self)
{
  return self->headed && self->count > 0 ? 1 : 0;
}

static guint
get_n_items (GListModel *model)
{
  BkAppSection *self = BK_APP_SECTION (model);

  return n_headings (self) + (self->collapsed && self->headed ? 0 : self->count);
}

static gpointer
get_item (GListModel *model, guint position)
{
  BkAppSection *self = BK_APP_SECTION (model);

  if (position >= get_n_items (model))
    return NULL;
  if (position < n_headings (self))
    return g_object_ref (self);
  return g_list_model_get_item (self->model, position - n_headings (self));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BkAppSection, bk_app_section, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, BkAppSection *self)
{
  guint before = get_n_items (G_LIST_MODEL (self));
  guint count = self->count;
  guint headings = n_headings (self);

  self->count = count - removed + added;
  if (n_headings (self) != headings)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, get_n_items (G_LIST_MODEL (self)));
  else if (!self->collapsed || !self->headed)
    g_list_model_items_changed (G_LIST_MODEL (self), position + headings, removed, added);
  if (self->count != count)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
}

const char *
bk_app_section_get_id (BkAppSection *self)
{
  return self->id;
}

const char *
bk_app_section_get_title (BkAppSection *self)
{
  return self->title;
}

void
bk_app_section_set_title (BkAppSection *self, const char *title)
{
  if (g_str_equal (self->title, title))
    return;
  g_free (self->title);
  self->title = g_strdup (title);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

guint
bk_app_section_get_count (BkAppSection *self)
{
  return self->count;
}

gboolean
bk_app_section_get_collapsible (BkAppSection *self)
{
  return self->collapsible;
}

gboolean
bk_app_section_get_collapsed (BkAppSection *self)
{
  return self->collapsed;
}

void
bk_app_section_set_collapsed (BkAppSection *self, gboolean collapsed)
{
  guint before = get_n_items (G_LIST_MODEL (self));

  if (!self->collapsible || self->collapsed == collapsed)
    return;
  self->collapsed = collapsed;
  guint after = get_n_items (G_LIST_MODEL (self));
  if (before != after)
    g_list_model_items_changed (G_LIST_MODEL (self), n_headings (self), before - n_headings (self),
                                after - n_headings (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLLAPSED]);
}

void
bk_app_section_set_headed (BkAppSection *self, gboolean headed)
{
  guint before = get_n_items (G_LIST_MODEL (self));
  guint headings = n_headings (self);

  if (self->headed == headed)
    return;
  self->headed = headed;
  if (self->collapsed)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, get_n_items (G_LIST_MODEL (self)));
  else if (self->count > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, headings, n_headings (self));
}

static void
bk_app_section_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BkAppSection *self = BK_APP_SECTION (object);

  if (id == PROP_TITLE)
    g_value_set_string (value, self->title);
  else if (id == PROP_COUNT)
    g_value_set_uint (value, self->count);
  else if (id == PROP_COLLAPSED)
    g_value_set_boolean (value, self->collapsed);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bk_app_section_finalize (GObject *object)
{
  BkAppSection *self = BK_APP_SECTION (object);

  g_free (self->id);
  g_free (self->title);
  g_object_unref (self->model);
  G_OBJECT_CLASS (bk_app_section_parent_class)->finalize (object);
}

static void
bk_app_section_class_init (BkAppSectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bk_app_section_get_property;
  object_class->finalize = bk_app_section_finalize;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_COUNT]
    = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_COLLAPSED]
    = g_param_spec_boolean ("collapsed", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
bk_app_section_init (BkAppSection *self)
{
  self->headed = TRUE;
}

BkAppSection *
bk_app_section_new (const char *id, const char *title, gboolean collapsible, GListModel *model)
{
  BkAppSection *self = g_object_new (BK_TYPE_APP_SECTION, NULL);

  self->id = g_strdup (id);
  self->title = g_strdup (title);
  self->collapsible = collapsible;
  self->model = model;
  self->count = g_list_model_get_n_items (model);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  return self;
}
