/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of contacts, by the rules of beckon-server. */
#include "bk-fake-private.h"

#include <string.h>

#include "bk-ids.h"
#include "bk-limits.h"

static gboolean
refuse (GError **error, BeckonError code, const char *text)
{
  g_set_error_literal (error, BECKON_ERROR, (int) code, text);
  return FALSE;
}

static gboolean
check_name (BkFakeAccount *account, const char *group, const char *name, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (name));
  GHashTableIter iter;
  gpointer id, other;

  if (*stripped == '\0' || !g_str_equal (stripped, name) || !bk_text_is_valid (name, G_MAXINT32, FALSE))
    return refuse (error, BECKON_ERROR_BAD_GROUP_NAME, "The name of a group is text without spaces around it");
  if (strlen (name) > BK_LIMIT_GROUP_NAME)
    return refuse (error, BECKON_ERROR_GROUP_NAME_TOO_LONG, "The name is too long for a group");
  g_hash_table_iter_init (&iter, account->groups);
  while (g_hash_table_iter_next (&iter, &id, &other))
    if (!g_str_equal (id, group) && g_ascii_strcasecmp (other, name) == 0)
      return refuse (error, BECKON_ERROR_GROUP_ALREADY_EXISTS, "There is a group of that name already");
  return TRUE;
}

/* @name: NULL for a removed one. */
static void
publish (BkFakeNetwork *self, BkFakeAccount *account, const char *group, const char *name)
{
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_GROUP, .group = group, .display_name = name };

  for (guint i = 0; i < account->facts->len; i++)
    {
      BkFakeFact *fact = account->facts->pdata[i];
      if (fact->event.type == BK_BACKEND_EVENT_GROUP && g_str_equal (fact->event.group, group))
        fact->withdrawn = TRUE;
    }
  bk_fake_network_publish (self, account, bk_fake_fact_new (&event));
}

static gboolean
put_name (BkFakeNetwork *self, BkFakeAccount *account, const char *group, const char *name, GError **error)
{
  if (!check_name (account, group, name, error))
    return FALSE;
  if (g_strcmp0 (g_hash_table_lookup (account->groups, group), name) == 0)
    return TRUE;
  g_hash_table_insert (account->groups, g_strdup (group), g_strdup (name));
  publish (self, account, group, name);
  return TRUE;
}

static gboolean
is_in (BkFakeContact *contact, const char *group)
{
  return contact->groups != NULL && g_strv_contains ((const char *const *) contact->groups, group);
}

static gboolean
remove_group (BkFakeNetwork *self, BkFakeAccount *account, const char *group, GError **error)
{
  GHashTableIter iter;
  gpointer contact;

  g_hash_table_iter_init (&iter, account->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &contact))
    if (is_in (contact, group))
      return refuse (error, BECKON_ERROR_GROUP_NOT_EMPTY, "There is still somebody in this group");
  publish (self, account, group, NULL);
  g_hash_table_remove (account->groups, group);
  return TRUE;
}

static void
set_groups (BkFakeContact *contact, const char *group, gboolean member)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; contact->groups != NULL && contact->groups[i] != NULL; i++)
    if (!g_str_equal (contact->groups[i], group))
      g_strv_builder_add (builder, contact->groups[i]);
  if (member)
    g_strv_builder_add (builder, group);
  g_strfreev (contact->groups);
  contact->groups = g_strv_builder_end (builder);
}

static gboolean
set_member (BkFakeNetwork *self, BkFakeAccount *account, const char *group, const char *who, gboolean member,
            GError **error)
{
  BkFakeAccount *other = bk_fake_network_find (self, who);
  BkFakeContact *contact = other != NULL ? bk_fake_account_contact (account, who) : NULL;
  gboolean listed = contact != NULL && contact->relation != BECKON_RELATION_NONE;
  gboolean before = listed && is_in (contact, group);

  if (member && !listed)
    return refuse (error, BECKON_ERROR_USER_NOT_FOUND, "This person is not in the contact list");
  if (!member && !before)
    return refuse (error, BECKON_ERROR_USER_NOT_GROUP_MEMBER, "This person is not in the group");
  if (before == member)
    return TRUE;
  set_groups (contact, group, member);
  bk_fake_network_tell_contact (self, account, other);
  return TRUE;
}

static gboolean
change (BkFakeNetwork *self, BkFakeAccount *account, BkGroupVerb verb, const char *group, const char *argument,
        GError **error)
{
  if (g_hash_table_lookup (account->groups, group) == NULL)
    return refuse (error, BECKON_ERROR_GROUP_DOES_NOT_EXIST, "There is no such group");
  switch (verb)
    {
    case BK_GROUP_RENAME:
      return put_name (self, account, group, argument, error);
    case BK_GROUP_REMOVE:
      return remove_group (self, account, group, error);
    case BK_GROUP_PUT:
    case BK_GROUP_DROP:
      return set_member (self, account, group, argument, verb == BK_GROUP_PUT, error);
    }
  return FALSE;
}

/* ---- requests ---- */

static void
fake_create_async (BkBackendGroups *backend, const char *name, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  char *group = bk_guid_new ();
  GError *error = NULL;

  g_task_set_source_tag (task, fake_create_async);
  g_task_set_task_data (task, group, g_free);
  if (!bk_fake_backend_check_ready (self, task))
    return;
  if (g_hash_table_size (self->account->groups) >= BK_LIMIT_GROUPS)
    refuse (&error, BECKON_ERROR_TOO_MANY_GROUPS, "There can be no more groups");
  else
    put_name (self->network, self->account, group, name, &error);
  bk_fake_backend_reply (self, task, g_new0 (gint64, 1), error);
}

static char *
fake_create_finish (BkBackendGroups *backend, GAsyncResult *result, GError **error)
{
  g_autofree gint64 *done = g_task_propagate_pointer (G_TASK (result), error);

  return done != NULL ? g_strdup (g_task_get_task_data (G_TASK (result))) : NULL;
}

static void
fake_change_async (BkBackendGroups *backend, BkGroupVerb verb, const char *group, const char *argument,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, fake_change_async);
  if (!bk_fake_backend_check_ready (self, task))
    return;
  change (self->network, self->account, verb, group, argument, &error);
  bk_fake_backend_reply (self, task, g_new0 (gint64, 1), error);
}

static gboolean
fake_change_finish (BkBackendGroups *backend, GAsyncResult *result, GError **error)
{
  g_autofree gint64 *done = g_task_propagate_pointer (G_TASK (result), error);

  return done != NULL;
}

void
bk_fake_backend_groups_init (BkBackendGroupsInterface *iface)
{
  iface->create_async = fake_create_async;
  iface->create_finish = fake_create_finish;
  iface->change_async = fake_change_async;
  iface->change_finish = fake_change_finish;
}
