/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user does with groups. Every change comes back as a fact. */
#include "bk-engine-account-internal.h"

#include "bk-ids.h"
#include "bk-limits.h"

GListModel *
bk_engine_account_get_groups (BkEngineAccount *self)
{
  return G_LIST_MODEL (self->groups);
}

void
bk_engine_account_restore_group (BkEngineAccount *self, const BkHistoryGroup *stored)
{
  bk_engine_groups_set (self->groups, stored->id, stored->name);
}

static gboolean
refuse (GError **error, BeckonError code, const char *text)
{
  g_set_error_literal (error, BECKON_ERROR, (int) code, text);
  return FALSE;
}

/* ---- a new one ---- */

/* Somebody who is told the id of a new group once the list has it. */
typedef struct
{
  GTask *task;
  char *id;
} Maker;

void
_bk_account_maker_free (gpointer data)
{
  Maker *maker = data;

  g_object_unref (maker->task);
  g_free (maker->id);
  g_free (maker);
}

/* The list has changed: who waited for one of the groups hears. */
void
_bk_account_groups_changed (BkEngineAccount *self)
{
  for (guint i = 0; i < self->making->len;)
    {
      Maker *maker = g_ptr_array_index (self->making, i);

      if (bk_engine_groups_find (self->groups, maker->id) == NULL)
        {
          i++;
          continue;
        }
      g_ptr_array_steal_index (self->making, i);
      g_task_return_pointer (maker->task, g_strdup (maker->id), g_free);
      _bk_account_maker_free (maker);
      i = 0; /* whoever was answered may have asked again */
    }
}

/* Without a connection the fact comes some time, or never. */
void
_bk_account_groups_lost (BkEngineAccount *self)
{
  while (self->making->len > 0)
    {
      Maker *maker = g_ptr_array_steal_index (self->making, 0);

      g_task_return_new_error (maker->task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "The connection broke");
      _bk_account_maker_free (maker);
    }
}

/* Whether groups can be changed now. */
static gboolean
check_ready (BkEngineAccount *self, GError **error)
{
  if (!BK_IS_BACKEND_GROUPS (self->backend))
    return refuse (error, BECKON_ERROR_GROUPS_NOT_ENABLED, "The network of this account has no groups");
  if (!_bk_account_can_ask (self))
    return refuse (error, BECKON_ERROR_DISCONNECTED, "There is no connection");
  return TRUE;
}

/* Returns the name without spaces around it. */
static char *
dup_name (const char *name, GError **error)
{
  g_autofree char *stripped = NULL;

  if (name == NULL || !bk_text_is_valid (name, G_MAXINT, FALSE))
    {
      refuse (error, BECKON_ERROR_BAD_GROUP_NAME, "The name of a group is one line of text");
      return NULL;
    }
  stripped = g_strstrip (g_strdup (name));
  if (*stripped == '\0')
    refuse (error, BECKON_ERROR_BAD_GROUP_NAME, "A group has to have a name");
  else if (strlen (stripped) > BK_LIMIT_GROUP_NAME)
    refuse (error, BECKON_ERROR_GROUP_NAME_TOO_LONG, "The name is too long for a group");
  else
    return g_steal_pointer (&stripped);
  return NULL;
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineAccount *self = g_task_get_source_object (task);
  BkBackendGroups *groups = BK_BACKEND_GROUPS (source);
  GError *error = NULL;
  char *id = BK_BACKEND_GROUPS_GET_IFACE (groups)->create_finish (groups, result, &error);

  if (id == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  Maker *maker = g_new0 (Maker, 1);
  maker->task = g_steal_pointer (&task);
  maker->id = id;
  g_ptr_array_add (self->making, maker);
  if (self->state == BK_BACKEND_ONLINE)
    _bk_account_groups_changed (self);
  else
    _bk_account_groups_lost (self);
}

void
bk_engine_account_create_group_async (BkEngineAccount *self, const char *name, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  g_autofree char *good = dup_name (name, &error);

  g_task_set_source_tag (task, bk_engine_account_create_group_async);
  if (good == NULL || !check_ready (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  BkBackendGroups *groups = BK_BACKEND_GROUPS (self->backend);
  BK_BACKEND_GROUPS_GET_IFACE (groups)->create_async (groups, good, cancellable, on_created, g_steal_pointer (&task));
}

char *
bk_engine_account_create_group_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- one that is there ---- */

/* What the network is to be told of @argument: NULL with @error, or with @done if it is so already. */
static char *
check_who (BkEngineAccount *self, BkEngineGroup *group, BkGroupVerb verb, const char *argument, gboolean *done,
           GError **error)
{
  g_autofree char *who = argument != NULL ? bk_sign_in_name_normalize (argument) : NULL;
  BkEngineContact *contact = who != NULL ? bk_engine_contacts_find (self->contacts, who) : NULL;
  gboolean member = who != NULL && bk_engine_group_has_member (group, who);

  if (who == NULL)
    refuse (error, BECKON_ERROR_INVALID_ARGUMENT, "This is no sign-in name");
  else if (verb == BK_GROUP_DROP && !member)
    refuse (error, BECKON_ERROR_USER_NOT_GROUP_MEMBER, "This contact is not in the group");
  else if (verb == BK_GROUP_PUT
           && (contact == NULL || bk_engine_contact_get_relation (contact) == BECKON_RELATION_NONE))
    refuse (error, BECKON_ERROR_USER_NOT_FOUND, "Nobody of this name is on the contact list");
  else if (verb == BK_GROUP_PUT && member)
    *done = TRUE;
  else
    return g_steal_pointer (&who);
  return NULL;
}

static char *
check_change (BkEngineAccount *self, BkGroupVerb verb, const char *id, const char *argument, gboolean *done,
              GError **error)
{
  BkEngineGroup *group = bk_engine_groups_find (self->groups, id);

  if (group == NULL)
    {
      refuse (error, BECKON_ERROR_GROUP_DOES_NOT_EXIST, "There is no such group");
      return NULL;
    }
  switch (verb)
    {
    case BK_GROUP_RENAME:
      return dup_name (argument, error);
    case BK_GROUP_REMOVE:
      return g_strdup ("");
    case BK_GROUP_PUT:
    case BK_GROUP_DROP:
      return check_who (self, group, verb, argument, done, error);
    }
  return NULL;
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkBackendGroups *groups = BK_BACKEND_GROUPS (source);
  GError *error = NULL;

  if (BK_BACKEND_GROUPS_GET_IFACE (groups)->change_finish (groups, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
bk_engine_account_change_group_async (BkEngineAccount *self, BkGroupVerb verb, const char *id, const char *argument,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  gboolean done = FALSE;
  GError *error = NULL;
  g_autofree char *good = check_change (self, verb, id, argument, &done, &error);

  g_task_set_source_tag (task, bk_engine_account_change_group_async);
  if (done)
    g_task_return_boolean (task, TRUE);
  else if (good == NULL || !check_ready (self, &error))
    g_task_return_error (task, error);
  else
    {
      BkBackendGroups *groups = BK_BACKEND_GROUPS (self->backend);
      BK_BACKEND_GROUPS_GET_IFACE (groups)->change_async (groups, verb, id, verb == BK_GROUP_REMOVE ? NULL : good,
                                                         cancellable, on_changed, g_steal_pointer (&task));
    }
}

gboolean
bk_engine_account_change_group_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
