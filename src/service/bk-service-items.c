/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The items of a list of the engine, each of which says itself when it changes. */
#include "bk-service-private.h"

static void
let_go (GPtrArray *items, guint position, guint count, gpointer user_data)
{
  for (guint i = 0; i < count; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (items, position + i), user_data);
  g_ptr_array_remove_range (items, position, count);
}

void
bk_service_items_splice (GPtrArray *items, GListModel *list, guint position, guint removed, guint added,
                         GCallback changed, gpointer user_data)
{
  let_go (items, position, removed, user_data);
  for (guint i = 0; i < added; i++)
    {
      GObject *item = g_list_model_get_item (list, position + i);

      g_signal_connect (item, "changed", changed, user_data);
      g_ptr_array_insert (items, (int) (position + i), item);
    }
}

void
bk_service_items_clear (GPtrArray *items, gpointer user_data)
{
  let_go (items, 0, items->len, user_data);
}
