/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Account1: groups of contacts */
#include "bk-service-private.h"

#define GROUP_TYPE "(ssas)"

static GVariant *
group_to_variant (BkEngineGroup *group)
{
  const GPtrArray *members = bk_engine_group_get_members (group);
  g_auto (GVariantBuilder) names = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));

  for (guint i = 0; i < members->len; i++)
    g_variant_builder_add_value (&names, bk_service_text (g_ptr_array_index (members, i)));
  return g_variant_new ("(@s@sas)", bk_service_text (bk_engine_group_get_id (group)),
                        bk_service_text (bk_engine_group_get_name (group)), &names);
}

static GVariant *
list_groups (BkEngineAccount *account, guint position, guint count)
{
  return bk_service_list_to_variant (bk_engine_account_get_groups (account), position, count, GROUP_TYPE,
                                     (BkServiceToVariant) group_to_variant);
}

/* ---- calls ---- */

void
bk_service_handle_list_groups (BkServiceCall *call)
{
  BkEngineAccount *account = BK_ENGINE_ACCOUNT (call->object);
  GListModel *groups = bk_engine_account_get_groups (account);

  bk_service_call_return (
    call, g_variant_new ("(@a" GROUP_TYPE ")", list_groups (account, 0, g_list_model_get_n_items (groups))));
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autofree char *id = bk_engine_account_create_group_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  if (id != NULL)
    bk_service_call_return (user_data, g_variant_new ("(@s)", bk_service_text (id)));
  else
    bk_service_call_fail (user_data, error);
}

void
bk_service_handle_create_group (BkServiceCall *call)
{
  const char *name;

  g_variant_get (call->arguments, "(&s)", &name);
  bk_engine_account_create_group_async (BK_ENGINE_ACCOUNT (call->object), name, BK_CALL_SERVICE (call)->cancellable,
                                        on_created, call);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_account_change_group_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

static void
change (BkServiceCall *call, BkGroupVerb verb)
{
  const char *id, *argument = NULL;

  g_variant_get_child (call->arguments, 0, "&s", &id);
  if (g_variant_n_children (call->arguments) > 1)
    g_variant_get_child (call->arguments, 1, "&s", &argument);
  bk_engine_account_change_group_async (BK_ENGINE_ACCOUNT (call->object), verb, id, argument,
                                        BK_CALL_SERVICE (call)->cancellable, on_changed, call);
}

void
bk_service_handle_rename_group (BkServiceCall *call)
{
  change (call, BK_GROUP_RENAME);
}

void
bk_service_handle_remove_group (BkServiceCall *call)
{
  change (call, BK_GROUP_REMOVE);
}

void
bk_service_handle_add_to_group (BkServiceCall *call)
{
  change (call, BK_GROUP_PUT);
}

void
bk_service_handle_remove_from_group (BkServiceCall *call)
{
  change (call, BK_GROUP_DROP);
}

/* ---- signals ---- */

static void
tell (BkServiceView *view, guint position, guint removed, guint added)
{
  if (view->told == NULL)
    return; /* nobody knows of the account yet */
  bk_service_tell (view->service, view->path, view->interface, "GroupsChanged",
                   g_variant_new ("(uu@a" GROUP_TYPE ")", position, removed,
                                  list_groups (BK_ENGINE_ACCOUNT (view->object), position, added)));
}

static void
on_renamed (BkEngineGroup *group, BkServiceView *view)
{
  guint position;

  if (g_ptr_array_find (view->groups, group, &position))
    tell (view, position, 1, 1);
}

static void
on_groups_changed (GListModel *groups, guint position, guint removed, guint added, BkServiceView *view)
{
  bk_service_items_splice (view->groups, groups, position, removed, added, G_CALLBACK (on_renamed), view);
  tell (view, position, removed, added);
}

static void
on_member (BkEngineAccount *account, BkEngineGroup *group, const char *who, gboolean member, BkServiceView *view)
{
  if (view->told == NULL)
    return;
  bk_service_tell (view->service, view->path, view->interface,
                   member ? "ContactAddedToGroup" : "ContactRemovedFromGroup",
                   g_variant_new ("(@s@s)", bk_service_text (bk_engine_group_get_id (group)), bk_service_text (who)));
}

void
bk_service_groups_track (BkServiceView *view)
{
  BkEngineAccount *account = BK_ENGINE_ACCOUNT (view->object);
  GListModel *groups = bk_engine_account_get_groups (account);

  view->groups = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (groups, "items-changed", G_CALLBACK (on_groups_changed), view);
  g_signal_connect (account, "group-member", G_CALLBACK (on_member), view); /* goes with the view's other handlers */
  on_groups_changed (groups, 0, 0, g_list_model_get_n_items (groups), view);
}

void
bk_service_groups_untrack (BkServiceView *view)
{
  g_signal_handlers_disconnect_by_data (bk_engine_account_get_groups (BK_ENGINE_ACCOUNT (view->object)), view);
  bk_service_items_clear (view->groups, view);
}
