/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The account itself: its password, its devices, its end. */
#include "bk-native-backend-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

static gboolean
native_finish (BkBackendKeeping *backend, GAsyncResult *result, GError **error)
{
  return bk_native_finish_boolean (result, error);
}

/* What cannot be sent cannot be the password. */
static gboolean
check_password (GTask *task, const char *password)
{
  return bk_native_check_text (task, password, BK_LIMIT_PASSWORD, FALSE, BECKON_ERROR_INVALID_PASSWORD);
}

/* ---- the password ---- */

static void
native_change_password_async (BkBackendKeeping *backend, const char *password, const char *new_password,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_change_password_async);
  if (!check_password (task, password)
      || !bk_native_check_text (task, new_password, BK_LIMIT_PASSWORD, FALSE, BECKON_ERROR_INVALID_ARGUMENT)
      || !bk_native_backend_check_patient (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_PASSWORD_SET, -1);
  bk_frame_set_string (frame, "password", password);
  bk_frame_set_string (frame, "new_password", new_password);
  bk_native_backend_ask_patiently (self, g_steal_pointer (&frame), NULL, g_steal_pointer (&task));
}

/* ---- devices ---- */

/* Returns (transfer full) (nullable) what @reply says; NULL if its lists do not fit each other. */
static GPtrArray *
read_devices (BkNativeBackend *self, const BkFrame *reply)
{
  g_auto (GStrv) ids = bk_frame_dup_strings (reply, "devices");
  g_auto (GStrv) names = bk_frame_dup_strings (reply, "names");
  g_autoptr (GArray) seen = bk_frame_dup_ints (reply, "seen");
  GPtrArray *devices;

  if (ids == NULL || names == NULL || g_strv_length (names) != g_strv_length (ids)
      || seen->len != g_strv_length (ids))
    return NULL;
  devices = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_backend_device_free);
  for (guint i = 0; ids[i] != NULL; i++)
    {
      BkBackendDevice *device = g_new0 (BkBackendDevice, 1);

      device->id = g_strdup (ids[i]);
      device->name = g_strdup (names[i]);
      device->seen = g_array_index (seen, gint64, i) * G_USEC_PER_SEC;
      device->self = g_strcmp0 (ids[i], self->device) == 0;
      g_ptr_array_add (devices, device);
    }
  return devices;
}

static void
return_devices (GTask *task, const BkFrame *reply)
{
  GPtrArray *devices = read_devices (g_task_get_source_object (task), reply);

  if (devices != NULL)
    g_task_return_pointer (task, devices, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_PROTOCOL,
                             "The server sent something else than a list of devices");
}

static void
native_list_devices_async (BkBackendKeeping *backend, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_list_devices_async);
  if (!bk_native_backend_check_patient (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_DEVICES, -1);
  bk_native_backend_ask_patiently (self, g_steal_pointer (&frame), return_devices, g_steal_pointer (&task));
}

static GPtrArray *
native_list_devices_finish (BkBackendKeeping *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
native_remove_device_async (BkBackendKeeping *backend, const char *id, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_remove_device_async);
  if (!bk_guid_is_valid (id))
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "There is no such device");
      return;
    }
  if (!bk_native_backend_check_patient (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_DEVICE_REMOVE, -1);
  bk_frame_set_string (frame, "device", id);
  bk_native_backend_ask_patiently (self, g_steal_pointer (&frame), NULL, g_steal_pointer (&task));
}

/* ---- the end ---- */

static void
native_remove_account_async (BkBackendKeeping *backend, const char *password, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_remove_account_async);
  if (!check_password (task, password) || !bk_native_backend_check_ready (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_ACCOUNT_REMOVE);
  bk_frame_set_string (frame, "password", password);
  bk_native_backend_ask (self, frame, g_steal_pointer (&task));
}

void
bk_native_backend_keeping_init (BkBackendKeepingInterface *iface)
{
  iface->change_password_async = native_change_password_async;
  iface->list_devices_async = native_list_devices_async;
  iface->list_devices_finish = native_list_devices_finish;
  iface->remove_device_async = native_remove_device_async;
  iface->remove_account_async = native_remove_account_async;
  iface->finish = native_finish;
}
