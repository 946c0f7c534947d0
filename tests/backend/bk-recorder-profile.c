/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking for pictures, for notes about contacts and for what concerns the account itself. */
#include "bk-recorder.h"

static int
code_of (gboolean done, GError *error)
{
  int code = error != NULL ? error->code : -1;

  g_assert_true (done == (error == NULL));
  g_assert_true (error == NULL || error->domain == BECKON_ERROR);
  g_clear_error (&error);
  return code;
}

int
bk_recorder_note (BkRecorder *self, const char *who, const char *alias, gboolean pinned, gboolean muted)
{
  BkBackendAliases *aliases = BK_BACKEND_ALIASES (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  BK_BACKEND_ALIASES_GET_IFACE (aliases)->set_async (aliases, who, alias, pinned, muted, NULL, bk_test_store_result,
                                                    &result);
  self->in_call = FALSE;
  gboolean done = BK_BACKEND_ALIASES_GET_IFACE (aliases)->set_finish (aliases, bk_test_await (&result), &error);
  return code_of (done, error);
}

int
bk_recorder_set_avatar (BkRecorder *self, GBytes *image)
{
  BkBackendAvatars *avatars = BK_BACKEND_AVATARS (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  BK_BACKEND_AVATARS_GET_IFACE (avatars)->set_async (avatars, image, NULL, bk_test_store_result, &result);
  self->in_call = FALSE;
  gboolean done = BK_BACKEND_AVATARS_GET_IFACE (avatars)->set_finish (avatars, bk_test_await (&result), &error);
  return code_of (done, error);
}

int
bk_recorder_get_avatar (BkRecorder *self, const char *who, const char *avatar, GBytes **image)
{
  BkBackendAvatars *avatars = BK_BACKEND_AVATARS (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  BK_BACKEND_AVATARS_GET_IFACE (avatars)->get_async (avatars, who, avatar, NULL, bk_test_store_result, &result);
  self->in_call = FALSE;
  *image = BK_BACKEND_AVATARS_GET_IFACE (avatars)->get_finish (avatars, bk_test_await (&result), &error);
  return code_of (*image != NULL, error);
}

/* ---- the account ---- */

static int
finish_keeping (BkRecorder *self, GAsyncResult **result)
{
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (self->backend);
  GError *error = NULL;

  self->in_call = FALSE;
  gboolean done = BK_BACKEND_KEEPING_GET_IFACE (keeping)->finish (keeping, bk_test_await (result), &error);
  return code_of (done, error);
}

int
bk_recorder_change_password (BkRecorder *self, const char *password, const char *new_password)
{
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (self->backend);
  g_autoptr (GAsyncResult) result = NULL;

  self->in_call = TRUE;
  BK_BACKEND_KEEPING_GET_IFACE (keeping)->change_password_async (keeping, password, new_password, NULL,
                                                                bk_test_store_result, &result);
  return finish_keeping (self, &result);
}

static int
compare_devices (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(BkBackendDevice *const *) a)->id, (*(BkBackendDevice *const *) b)->id);
}

GPtrArray *
bk_recorder_devices (BkRecorder *self)
{
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->in_call = TRUE;
  BK_BACKEND_KEEPING_GET_IFACE (keeping)->list_devices_async (keeping, NULL, bk_test_store_result, &result);
  self->in_call = FALSE;
  GPtrArray *devices
    = BK_BACKEND_KEEPING_GET_IFACE (keeping)->list_devices_finish (keeping, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_ptr_array_sort (devices, compare_devices);
  return devices;
}

int
bk_recorder_remove_device (BkRecorder *self, const char *id)
{
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (self->backend);
  g_autoptr (GAsyncResult) result = NULL;

  self->in_call = TRUE;
  BK_BACKEND_KEEPING_GET_IFACE (keeping)->remove_device_async (keeping, id, NULL, bk_test_store_result, &result);
  return finish_keeping (self, &result);
}

int
bk_recorder_remove_account (BkRecorder *self, const char *password)
{
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (self->backend);
  g_autoptr (GAsyncResult) result = NULL;

  self->in_call = TRUE;
  BK_BACKEND_KEEPING_GET_IFACE (keeping)->remove_account_async (keeping, password, NULL, bk_test_store_result, &result);
  return finish_keeping (self, &result);
}
