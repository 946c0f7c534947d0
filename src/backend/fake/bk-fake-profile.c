/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures, and what somebody has noted about a contact, by the rules of beckon-server. */
#include "bk-fake-private.h"

#include "bk-picture.h"

/* @image: nullable: none. */
void
bk_fake_network_set_avatar (BkFakeNetwork *self, BkFakeAccount *account, GBytes *image)
{
  g_autofree char *id = image != NULL ? bk_picture_dup_id (image) : NULL;

  if (g_strcmp0 (account->avatar, id) == 0)
    return;
  g_free (account->avatar);
  account->avatar = g_steal_pointer (&id);
  g_clear_pointer (&account->image, g_bytes_unref);
  account->image = image != NULL ? g_bytes_ref (image) : NULL;
  bk_fake_network_show_profile (self, account);
}

static gboolean
finish (GAsyncResult *result, GError **error)
{
  g_autofree gint64 *done = g_task_propagate_pointer (G_TASK (result), error);

  return done != NULL;
}

/* ---- contacts ---- */

static void
note (BkFakeBackend *self, const char *who, const char *alias, gboolean pinned, gboolean muted, GError **error)
{
  BkFakeAccount *other = bk_fake_network_find (self->network, who);
  BkFakeContact *contact = other != NULL ? bk_fake_account_contact (self->account, who) : NULL;
  const char *name = alias != NULL && *alias != '\0' ? alias : NULL;

  if (contact == NULL || contact->relation == BECKON_RELATION_NONE)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_USER_NOT_FOUND,
                           "This person is not in the contact list");
      return;
    }
  if (g_strcmp0 (contact->alias, name) == 0 && contact->pinned == pinned && contact->muted == muted)
    return;
  g_free (contact->alias);
  contact->alias = g_strdup (name);
  contact->pinned = pinned;
  contact->muted = muted;
  bk_fake_network_tell_contact (self->network, self->account, other);
}

static void
fake_set_alias_async (BkBackendAliases *backend, const char *who, const char *alias, gboolean pinned, gboolean muted,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, fake_set_alias_async);
  if (!bk_fake_backend_check_ready (self, task))
    return;
  note (self, who, alias, pinned, muted, &error);
  bk_fake_backend_reply (self, task, g_new0 (gint64, 1), error);
}

static gboolean
fake_set_alias_finish (BkBackendAliases *backend, GAsyncResult *result, GError **error)
{
  return finish (result, error);
}

void
bk_fake_backend_aliases_init (BkBackendAliasesInterface *iface)
{
  iface->set_async = fake_set_alias_async;
  iface->set_finish = fake_set_alias_finish;
}

/* ---- pictures ---- */

/* The other devices of whoever changes it hear of it. */
static void
tell_devices (BkFakeBackend *self)
{
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_PROFILE,
    .display_name = self->account->display_name,
    .avatar = self->account->avatar,
  };
  BkFakeFact *fact = bk_fake_fact_new (&event);

  for (guint i = 0; i < self->account->backends->len; i++)
    if (self->account->backends->pdata[i] != self)
      bk_fake_backend_deliver (self->account->backends->pdata[i], fact);
  bk_fake_fact_release (fact);
}

static void
fake_set_avatar_async (BkBackendAvatars *backend, GBytes *image, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, fake_set_avatar_async);
  if (!bk_fake_backend_check_ready (self, task))
    return;
  if (image == NULL || bk_picture_check (image, &error))
    {
      bk_fake_network_set_avatar (self->network, self->account, image);
      tell_devices (self);
    }
  bk_fake_backend_reply (self, task, g_new0 (gint64, 1), error);
}

static gboolean
fake_set_avatar_finish (BkBackendAvatars *backend, GAsyncResult *result, GError **error)
{
  return finish (result, error);
}

static gboolean
may_see (BkFakeBackend *self, BkFakeAccount *other)
{
  return other == self->account
         || (other != NULL
             && bk_fake_account_contact (self->account, other->name)->relation == BECKON_RELATION_ACCEPTED);
}

static void
fake_get_avatar_async (BkBackendAvatars *backend, const char *who, const char *avatar, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BkFakeAccount *other = bk_fake_network_find (self->network, who);
  GError *error = NULL;

  g_task_set_source_tag (task, fake_get_avatar_async);
  if (!bk_fake_backend_check_ready (self, task))
    return;
  if (may_see (self, other) && g_strcmp0 (other->avatar, avatar) == 0)
    g_task_set_task_data (task, g_bytes_ref (other->image), (GDestroyNotify) g_bytes_unref);
  else
    error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "No contact shows that picture");
  bk_fake_backend_reply (self, task, g_new0 (gint64, 1), error);
}

static GBytes *
fake_get_avatar_finish (BkBackendAvatars *backend, GAsyncResult *result, GError **error)
{
  return finish (result, error) ? g_bytes_ref (g_task_get_task_data (G_TASK (result))) : NULL;
}

void
bk_fake_backend_avatars_init (BkBackendAvatarsInterface *iface)
{
  iface->set_async = fake_set_avatar_async;
  iface->set_finish = fake_set_avatar_finish;
  iface->get_async = fake_get_avatar_async;
  iface->get_finish = fake_get_avatar_finish;
}
