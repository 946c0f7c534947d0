/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-message-search.h"

#include <string.h>

#define PAGE 50
#define MAX_FOUND 1000 /* who has not found it by then looks for something else */
#define MAX_TEXT 256   /* of the contract, in bytes */

struct _BkAppMessageSearch
{
  GObject parent_instance;

  BeckonMessenger *messenger; /* owned */
  GListStore *found;
  char *text;                /* NULL: nothing is searched for */
  GCancellable *cancellable; /* not NULL while the service is being asked */
  gboolean complete;
  gboolean stale; /* what is there was found for an earlier text; it stays until there is something newer */
};

enum
{
  PROP_0,
  PROP_BUSY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *model)
{
  return BECKON_TYPE_FOUND;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (BK_APP_MESSAGE_SEARCH (model)->found));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (BK_APP_MESSAGE_SEARCH (model)->found), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BkAppMessageSearch, bk_app_message_search, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
append (BkAppMessageSearch *self, GListModel *page)
{
  guint n_items = g_list_model_get_n_items (page);
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->found));
  guint n_before = self->stale ? 0 : n_old;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_items; i++)
    g_ptr_array_add (items, g_list_model_get_item (page, i));
  self->complete = n_items < PAGE || n_before + n_items >= MAX_FOUND;
  self->stale = FALSE;
  g_list_store_splice (self->found, n_before, n_old - n_before, items->pdata, items->len);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppMessageSearch) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) page = beckon_messenger_search_finish (BECKON_MESSENGER (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* another one is under way, or none */
  g_clear_object (&self->cancellable);
  if (page != NULL)
    {
      append (self, page);
    }
  else
    {
      g_message ("The history could not be searched: %s", error->message);
      self->complete = TRUE;
      if (self->stale)
        g_list_store_remove_all (self->found);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

void
bk_app_message_search_load_more (BkAppMessageSearch *self)
{
  guint n_found = g_list_model_get_n_items (G_LIST_MODEL (self->found));
  gint64 before = 0;

  if (self->text == NULL || self->cancellable != NULL || self->complete)
    return;
  if (n_found > 0 && !self->stale)
    {
      g_autoptr (BeckonFound) last = g_list_model_get_item (G_LIST_MODEL (self->found), n_found - 1);
      before = beckon_message_get_id (beckon_found_get_message (last));
    }
  self->cancellable = g_cancellable_new ();
  beckon_messenger_search_async (self->messenger, self->text, NULL, NULL, before, PAGE, self->cancellable, on_found,
                                 g_object_ref (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

void
bk_app_message_search_set_text (BkAppMessageSearch *self, const char *text)
{
  g_autofree char *stripped = text != NULL ? g_strstrip (g_strdup (text)) : NULL;

  if (stripped != NULL && (*stripped == '\0' || strlen (stripped) > MAX_TEXT))
    g_clear_pointer (&stripped, g_free);
  if (g_strcmp0 (stripped, self->text) == 0)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_free (self->text);
  self->text = g_steal_pointer (&stripped);
  self->complete = FALSE;
  self->stale = TRUE;
  if (self->text == NULL)
    g_list_store_remove_all (self->found);
  bk_app_message_search_load_more (self);
}

gboolean
bk_app_message_search_get_busy (BkAppMessageSearch *self)
{
  return self->cancellable != NULL;
}

static void
bk_app_message_search_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_BUSY)
    g_value_set_boolean (value, bk_app_message_search_get_busy (BK_APP_MESSAGE_SEARCH (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bk_app_message_search_finalize (GObject *object)
{
  BkAppMessageSearch *self = BK_APP_MESSAGE_SEARCH (object);

  g_object_unref (self->messenger);
  g_object_unref (self->found);
  g_clear_object (&self->cancellable);
  g_free (self->text);
  G_OBJECT_CLASS (bk_app_message_search_parent_class)->finalize (object);
}

static void
bk_app_message_search_class_init (BkAppMessageSearchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bk_app_message_search_get_property;
  object_class->finalize = bk_app_message_search_finalize;
  properties[PROP_BUSY]
    = g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
bk_app_message_search_init (BkAppMessageSearch *self)
{
  self->found = g_list_store_new (BECKON_TYPE_FOUND);
}

BkAppMessageSearch *
bk_app_message_search_new (BeckonMessenger *messenger)
{
  BkAppMessageSearch *self = g_object_new (BK_TYPE_APP_MESSAGE_SEARCH, NULL);

  self->messenger = g_object_ref (messenger);
  g_signal_connect_object (self->found, "items-changed", G_CALLBACK (g_list_model_items_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}
