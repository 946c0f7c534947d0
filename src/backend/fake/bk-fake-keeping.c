/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The account itself: its password, its devices, its end; by the rules of beckon-server. */
#include "bk-fake-private.h"

#include <string.h>

#define MIN_PASSWORD 6

/* All tokens of @device are void. */
void
bk_fake_network_forget_device (BkFakeAccount *account, const char *device)
{
  GHashTableIter iter;
  gpointer other;

  g_hash_table_iter_init (&iter, account->tokens);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    if (g_str_equal (other, device))
      g_hash_table_iter_remove (&iter);
}

/* Returns (transfer container) the devices of @account that are there. */
static GPtrArray *
copy_backends (BkFakeAccount *account)
{
  GPtrArray *backends = g_ptr_array_copy (account->backends, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);

  g_ptr_array_set_free_func (backends, g_object_unref);
  return backends;
}

/* Throws out @device, NULL for all, but not @keep. */
static void
throw_out (BkFakeAccount *account, const char *device, BkFakeBackend *keep)
{
  g_autoptr (GPtrArray) backends = copy_backends (account);

  for (guint i = 0; i < backends->len; i++)
    {
      BkFakeBackend *other = backends->pdata[i];
      if (other != keep && (device == NULL || g_str_equal (other->device, device)))
        bk_fake_backend_revoke (other, NULL);
    }
}

static gboolean
finish (BkBackendKeeping *backend, GAsyncResult *result, GError **error)
{
  g_autofree gint64 *done = g_task_propagate_pointer (G_TASK (result), error);

  return done != NULL;
}

/* Else answers @task. In the demonstration every password is right. */
static gboolean
check_password (BkFakeBackend *self, const char *password, GTask *task)
{
  if (self->network->welcomes_all || g_strcmp0 (self->account->password, password) == 0)
    return TRUE;
  bk_fake_backend_reply (self, task, NULL,
                         g_error_new_literal (BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD, "The password is wrong"));
  return FALSE;
}

static void
change_password (BkFakeBackend *self, const char *password)
{
  g_hash_table_remove_all (self->account->tokens);
  g_hash_table_insert (self->account->tokens, g_strdup (self->token), g_strdup (self->device));
  g_free (self->account->password);
  self->account->password = g_strdup (password);
  throw_out (self->account, NULL, self);
}

static void
fake_change_password_async (BkBackendKeeping *backend, const char *password, const char *new_password,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, fake_change_password_async);
  if (!bk_fake_backend_check_ready (self, task) || !check_password (self, password, task))
    return;
  if (strlen (new_password) < MIN_PASSWORD)
    error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                                 "A password needs at least 6 characters");
  else
    change_password (self, new_password);
  bk_fake_backend_reply (self, task, g_new0 (gint64, 1), error);
}

/* ---- devices ---- */

static gboolean
is_there (BkFakeAccount *account, const char *device)
{
  for (guint i = 0; i < account->backends->len; i++)
    if (g_str_equal (((BkFakeBackend *) account->backends->pdata[i])->device, device))
      return TRUE;
  return FALSE;
}

static GPtrArray *
list_devices (BkFakeBackend *self)
{
  GPtrArray *devices = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_backend_device_free);
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->account->tokens);
  while (g_hash_table_iter_next (&iter, NULL, &id))
    {
      const gint64 *seen = g_hash_table_lookup (self->account->seen, id);
      BkBackendDevice *device = g_new0 (BkBackendDevice, 1);

      device->id = g_strdup (id);
      device->name = g_strdup ("");
      device->seen = seen == NULL || is_there (self->account, id) ? bk_clock_real (self->network->clock) : *seen;
      device->self = g_str_equal (id, self->device);
      g_ptr_array_add (devices, device);
    }
  return devices;
}

static void
fake_list_devices_async (BkBackendKeeping *backend, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fake_list_devices_async);
  if (!bk_fake_backend_check_ready (self, task))
    return;
  g_task_set_task_data (task, list_devices (self), (GDestroyNotify) g_ptr_array_unref);
  bk_fake_backend_reply (self, task, g_new0 (gint64, 1), NULL);
}

static GPtrArray *
fake_list_devices_finish (BkBackendKeeping *backend, GAsyncResult *result, GError **error)
{
  return finish (backend, result, error) ? g_ptr_array_ref (g_task_get_task_data (G_TASK (result))) : NULL;
}

static gboolean
remove_device (BkFakeBackend *self, const char *device, GError **error)
{
  guint before = g_hash_table_size (self->account->tokens);

  if (g_str_equal (device, self->device))
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A device that leaves signs out");
      return FALSE;
    }
  bk_fake_network_forget_device (self->account, device);
  if (g_hash_table_size (self->account->tokens) == before)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "There is no such device");
      return FALSE;
    }
  throw_out (self->account, device, self);
  return TRUE;
}

static void
fake_remove_device_async (BkBackendKeeping *backend, const char *id, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, fake_remove_device_async);
  if (!bk_fake_backend_check_ready (self, task))
    return;
  remove_device (self, id, &error);
  bk_fake_backend_reply (self, task, g_new0 (gint64, 1), error);
}

/* ---- the end ---- */

static void
fake_remove_account_async (BkBackendKeeping *backend, const char *password, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fake_remove_account_async);
  if (!bk_fake_backend_check_ready (self, task) || !check_password (self, password, task))
    return;

  BkFakeAccount *account = self->account;
  throw_out (account, NULL, self);
  bk_fake_backend_revoke (self, task);
  bk_fake_network_remove (self->network, account);
}

void
bk_fake_backend_keeping_init (BkBackendKeepingInterface *iface)
{
  iface->change_password_async = fake_change_password_async;
  iface->list_devices_async = fake_list_devices_async;
  iface->list_devices_finish = fake_list_devices_finish;
  iface->remove_device_async = fake_remove_device_async;
  iface->remove_account_async = fake_remove_account_async;
  iface->finish = finish;
}
