/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The groups of an account. */
#include "beckon-group-private.h"

/* ---- what the service tells ---- */

static const char *
id_of (GVariant *group)
{
  const char *id;

  g_variant_get_child (group, 0, "&s", &id);
  return id;
}

/* A group that merely changed comes as removed and added at its place: its object stays and is brought up to date. */
static gboolean
update_in_place (BeckonAccount *self, GListStore *store, guint position, guint removed, GVariant *added)
{
  if (g_variant_n_children (added) != removed)
    return FALSE;
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < removed; i++)
      {
        g_autoptr (BeckonGroup) group = g_list_model_get_item (G_LIST_MODEL (store), position + i);
        g_autoptr (GVariant) value = g_variant_get_child_value (added, i);

        if (pass == 1)
          beckon_group_update (group, self, value);
        else if (group == NULL || !g_str_equal (beckon_group_get_id (group), id_of (value)))
          return FALSE;
      }
  return TRUE;
}

void
beckon_account_change_groups (BeckonAccount *self, GListStore *store, guint position, guint removed, GVariant *added)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (store));
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_object_unref);

  if (position > n_items || removed > n_items - position)
    {
      g_warning ("The session service described a change that does not fit");
      return;
    }
  if (update_in_place (self, store, position, removed, added))
    return;
  for (gsize i = 0; i < g_variant_n_children (added); i++)
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (added, i);
      g_ptr_array_add (objects, beckon_group_new (self, value));
    }
  g_list_store_splice (store, position, removed, objects->pdata, objects->len);
}

static BeckonGroup *
find_by_id (GListModel *groups, const char *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (groups); i++)
    {
      g_autoptr (BeckonGroup) group = g_list_model_get_item (groups, i);
      if (g_str_equal (beckon_group_get_id (group), id))
        return g_steal_pointer (&group);
    }
  return NULL;
}

/* `(ss)`: group, contact */
static void
move (BeckonAccount *self, GListStore *store, GVariant *args, gboolean added)
{
  const char *id, *who;

  g_variant_get (args, "(&s&s)", &id, &who);
  g_autoptr (BeckonGroup) group = find_by_id (G_LIST_MODEL (store), id);
  g_autoptr (BeckonContact) contact = beckon_account_find_contact (self, who);
  if (group != NULL && added && contact != NULL)
    beckon_group_take_in (group, contact);
  else if (group != NULL && !added)
    beckon_group_let_go (group, who);
}

void
beckon_account_follow_groups (BeckonAccount *self, GListStore *store, const char *signal, GVariant *args)
{
  if (g_str_equal (signal, "GroupsChanged")
      && g_variant_is_of_type (args, G_VARIANT_TYPE ("(uua" BECKON_VARIANT_GROUP ")")))
    {
      g_autoptr (GVariant) added = NULL;
      guint position, removed;

      g_variant_get (args, "(uu@a" BECKON_VARIANT_GROUP ")", &position, &removed, &added);
      beckon_account_change_groups (self, store, position, removed, added);
    }
  else if (g_variant_is_of_type (args, G_VARIANT_TYPE ("(ss)")))
    {
      if (g_str_equal (signal, "ContactAddedToGroup"))
        move (self, store, args, TRUE);
      else if (g_str_equal (signal, "ContactRemovedFromGroup"))
        move (self, store, args, FALSE);
    }
}

/* ---- what can be done ---- */

/**
 * beckon_account_find_group:
 * @self: an account
 * @name: a name
 *
 * Looks a group up; the case of ASCII letters makes no difference.
 *
 * Returns: (transfer full) (nullable): the group, %NULL if there is none of that name
 */
BeckonGroup *
beckon_account_find_group (BeckonAccount *self, const char *name)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  GListModel *groups = beckon_account_get_groups (self);
  for (guint i = 0; i < g_list_model_get_n_items (groups); i++)
    {
      g_autoptr (BeckonGroup) group = g_list_model_get_item (groups, i);
      if (g_ascii_strcasecmp (beckon_group_get_name (group), name) == 0)
        return g_steal_pointer (&group);
    }
  return NULL;
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);
  const char *id;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_variant_get (reply, "(&s)", &id);
  BeckonGroup *group = find_by_id (beckon_account_get_groups (self), id); /* told before the answer */
  if (group != NULL)
    g_task_return_pointer (task, group, g_object_unref);
  else
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_GROUP_DOES_NOT_EXIST, "The group is gone");
}

/**
 * beckon_account_create_group_async:
 * @self: an account
 * @name: 1 to 128 bytes, one line
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Makes a group of contacts (`CreateGroup`), with nobody in it.
 */
void
beckon_account_create_group_async (BeckonAccount *self, const char *name, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (name != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_create_group_async);
  beckon_remote_call_async (beckon_account_get_remote (self), "CreateGroup", g_variant_new ("(s)", name), "(s)",
                            cancellable, on_created, task);
}

/**
 * beckon_account_create_group_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.create_group_async].
 *
 * Errors: %BECKON_ERROR_BAD_GROUP_NAME, %BECKON_ERROR_GROUP_NAME_TOO_LONG, %BECKON_ERROR_GROUP_ALREADY_EXISTS,
 * %BECKON_ERROR_TOO_MANY_GROUPS, %BECKON_ERROR_GROUPS_NOT_ENABLED, %BECKON_ERROR_SERVER_TOO_BUSY,
 * %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: (transfer full): the group
 */
BeckonGroup *
beckon_account_create_group_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * beckon_account_remove_group_async:
 * @self: an account
 * @group: one of its groups, with nobody in it
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Removes a group.
 */
void
beckon_account_remove_group_async (BeckonAccount *self, BeckonGroup *group, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (BECKON_IS_GROUP (group));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_remove_group_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "RemoveGroup",
                           g_variant_new ("(s)", beckon_group_get_id (group)), task);
}

/**
 * beckon_account_remove_group_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.remove_group_async].
 *
 * Errors: %BECKON_ERROR_GROUP_DOES_NOT_EXIST, %BECKON_ERROR_GROUP_NOT_EMPTY, %BECKON_ERROR_GROUPS_NOT_ENABLED,
 * %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_remove_group_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
