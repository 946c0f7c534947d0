/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-allowed.h"

/* ---- one ---- */

struct _BkAppAllowance
{
  GObject parent_instance;

  BeckonAccount *account; /* owned */
  char *who;
  char *guid;
};

G_DEFINE_FINAL_TYPE (BkAppAllowance, bk_app_allowance, G_TYPE_OBJECT)

BeckonAccount *
bk_app_allowance_get_account (BkAppAllowance *self)
{
  return self->account;
}

const char *
bk_app_allowance_get_who (BkAppAllowance *self)
{
  return self->who;
}

const char *
bk_app_allowance_get_guid (BkAppAllowance *self)
{
  return self->guid;
}

static void
bk_app_allowance_finalize (GObject *object)
{
  BkAppAllowance *self = BK_APP_ALLOWANCE (object);

  g_object_unref (self->account);
  g_free (self->who);
  g_free (self->guid);
  G_OBJECT_CLASS (bk_app_allowance_parent_class)->finalize (object);
}

static void
bk_app_allowance_class_init (BkAppAllowanceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_app_allowance_finalize;
}

static void
bk_app_allowance_init (BkAppAllowance *self)
{
}

/* ---- all ---- */

struct _BkAppAllowed
{
  GObject parent_instance;

  GListModel *accounts; /* owned */
  GPtrArray *items;     /* element-type BkAppAllowance */
  GPtrArray *watched;   /* element-type BeckonAccount: those whose changes are heard */
};

static void bk_app_allowed_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkAppAllowed, bk_app_allowed, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, bk_app_allowed_iface_init))

static void
forget (BkAppAllowed *self, BeckonAccount *account)
{
  for (guint i = self->items->len; i-- > 0;)
    if (BK_APP_ALLOWANCE (self->items->pdata[i])->account == account)
      {
        g_ptr_array_remove_index (self->items, i);
        g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
      }
}

static void
take (BkAppAllowed *self, BeckonAccount *account, GVariant *list)
{
  guint before = self->items->len;
  GVariantIter iter;
  const char *who;
  const char *guid;

  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&s&s)", &who, &guid))
    {
      BkAppAllowance *item = g_object_new (BK_TYPE_APP_ALLOWANCE, NULL);

      item->account = g_object_ref (account);
      item->who = g_strdup (who);
      item->guid = g_strdup (guid);
      g_ptr_array_add (self->items, item);
    }
  if (self->items->len > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->items->len - before);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAllowed) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) list = beckon_account_list_allowed_finish (BECKON_ACCOUNT (source), result, &error);

  forget (self, BECKON_ACCOUNT (source));
  if (list != NULL && g_ptr_array_find (self->watched, source, NULL))
    take (self, BECKON_ACCOUNT (source), list);
  else if (list == NULL)
    g_message ("What is always allowed is not known: %s", error->message);
}

static void
read_list (BeckonAccount *account, BkAppAllowed *self)
{
  beckon_account_list_allowed_async (account, NULL, on_listed, g_object_ref (self));
}

static void
watch (BkAppAllowed *self, BeckonAccount *account)
{
  g_ptr_array_add (self->watched, g_object_ref (account));
  g_signal_connect_object (account, "allowed-changed", G_CALLBACK (read_list), self, 0);
  read_list (account, self);
}

static gboolean
is_there (BkAppAllowed *self, BeckonAccount *account)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->accounts); i++)
    {
      g_autoptr (BeckonAccount) other = g_list_model_get_item (self->accounts, i);
      if (other == account)
        return TRUE;
    }
  return FALSE;
}

static void
on_accounts_changed (BkAppAllowed *self)
{
  for (guint i = self->watched->len; i-- > 0;)
    {
      BeckonAccount *account = self->watched->pdata[i];

      if (is_there (self, account))
        continue;
      g_signal_handlers_disconnect_by_data (account, self);
      forget (self, account);
      g_ptr_array_remove_index (self->watched, i);
    }
  for (guint i = 0; i < g_list_model_get_n_items (self->accounts); i++)
    {
      g_autoptr (BeckonAccount) account = g_list_model_get_item (self->accounts, i);
      if (!g_ptr_array_find (self->watched, account, NULL))
        watch (self, account);
    }
}

static GType
bk_app_allowed_get_item_type (GListModel *model)
{
  return BK_TYPE_APP_ALLOWANCE;
}

static guint
bk_app_allowed_get_n_items (GListModel *model)
{
  return BK_APP_ALLOWED (model)->items->len;
}

static gpointer
bk_app_allowed_get_item (GListModel *model, guint position)
{
  GPtrArray *items = BK_APP_ALLOWED (model)->items;

  return position < items->len ? g_object_ref (items->pdata[position]) : NULL;
}

static void
bk_app_allowed_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = bk_app_allowed_get_item_type;
  iface->get_n_items = bk_app_allowed_get_n_items;
  iface->get_item = bk_app_allowed_get_item;
}

BkAppAllowed *
bk_app_allowed_new (GListModel *accounts)
{
  BkAppAllowed *self = g_object_new (BK_TYPE_APP_ALLOWED, NULL);

  self->accounts = g_object_ref (accounts);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (on_accounts_changed), self, G_CONNECT_SWAPPED);
  on_accounts_changed (self);
  return self;
}

static void
bk_app_allowed_finalize (GObject *object)
{
  BkAppAllowed *self = BK_APP_ALLOWED (object);

  g_object_unref (self->accounts);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->watched);
  G_OBJECT_CLASS (bk_app_allowed_parent_class)->finalize (object);
}

static void
bk_app_allowed_class_init (BkAppAllowedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_app_allowed_finalize;
}

static void
bk_app_allowed_init (BkAppAllowed *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
}
