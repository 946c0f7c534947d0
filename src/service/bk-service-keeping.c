/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Account1: what is settled about contacts, the own picture, the password, the devices, the end */
#include "bk-service-private.h"

/* ---- contacts ---- */

static void
on_contact_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_account_set_contact_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

/* @flag: -1 if it is absent. */
static gboolean
read_flag (GVariant *facts, const char *key, int *flag, GError **error)
{
  g_autoptr (GVariant) value = NULL;

  *flag = -1;
  if (!bk_service_option (facts, key, G_VARIANT_TYPE_BOOLEAN, &value, error))
    return FALSE;
  if (value != NULL)
    *flag = g_variant_get_boolean (value);
  return TRUE;
}

void
bk_service_handle_set_contact (BkServiceCall *call)
{
  g_autoptr (GVariant) facts = g_variant_get_child_value (call->arguments, 1);
  g_autoptr (GVariant) alias = NULL;
  GError *error = NULL;
  int pinned, muted;
  const char *who;

  g_variant_get_child (call->arguments, 0, "&s", &who);
  if (!bk_service_option (facts, "alias", G_VARIANT_TYPE_STRING, &alias, &error)
      || !read_flag (facts, "pinned", &pinned, &error) || !read_flag (facts, "muted", &muted, &error))
    {
      bk_service_call_fail (call, error);
      return;
    }
  bk_engine_account_set_contact_async (BK_ENGINE_ACCOUNT (call->object), who,
                                       alias != NULL ? g_variant_get_string (alias, NULL) : NULL, pinned, muted,
                                       BK_CALL_SERVICE (call)->cancellable, on_contact_set, call);
}

/* ---- the own picture ---- */

static void
on_avatar_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_account_set_avatar_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

void
bk_service_handle_set_avatar (BkServiceCall *call)
{
  g_autoptr (GVariant) bytes = g_variant_get_child_value (call->arguments, 0);
  g_autoptr (GBytes) image = g_variant_get_data_as_bytes (bytes);

  bk_engine_account_set_avatar_async (BK_ENGINE_ACCOUNT (call->object), image, BK_CALL_SERVICE (call)->cancellable,
                                      on_avatar_set, call);
}

/* ---- password and devices ---- */

static void
on_password_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_account_change_password_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

void
bk_service_handle_change_password (BkServiceCall *call)
{
  const char *password, *new_password;

  g_variant_get (call->arguments, "(&s&s)", &password, &new_password);
  bk_engine_account_change_password_async (BK_ENGINE_ACCOUNT (call->object), password, new_password,
                                           BK_CALL_SERVICE (call)->cancellable, on_password_changed, call);
}

static void
on_devices (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ssxb)"));
  GError *error = NULL;
  g_autoptr (GPtrArray) devices =
    bk_engine_account_list_devices_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  if (devices == NULL)
    {
      bk_service_call_fail (user_data, error);
      return;
    }
  for (guint i = 0; i < devices->len; i++)
    {
      const BkBackendDevice *device = g_ptr_array_index (devices, i);

      g_variant_builder_add (&builder, "(@s@sxb)", bk_service_text (device->id), bk_service_text (device->name),
                             device->seen, device->self);
    }
  bk_service_call_return (user_data, g_variant_new ("(a(ssxb))", &builder));
}

void
bk_service_handle_list_devices (BkServiceCall *call)
{
  bk_engine_account_list_devices_async (BK_ENGINE_ACCOUNT (call->object), BK_CALL_SERVICE (call)->cancellable,
                                        on_devices, call);
}

static void
on_device_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_account_remove_device_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

void
bk_service_handle_remove_device (BkServiceCall *call)
{
  const char *device;

  g_variant_get (call->arguments, "(&s)", &device);
  bk_engine_account_remove_device_async (BK_ENGINE_ACCOUNT (call->object), device, BK_CALL_SERVICE (call)->cancellable,
                                         on_device_removed, call);
}

/* ---- the end ---- */

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_delete_account_finish (BK_ENGINE (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

void
bk_service_handle_delete_account (BkServiceCall *call)
{
  const char *password;

  g_variant_get (call->arguments, "(&s)", &password);
  bk_engine_delete_account_async (BK_CALL_SERVICE (call)->engine, BK_ENGINE_ACCOUNT (call->object), password,
                                  BK_CALL_SERVICE (call)->cancellable, on_deleted, call);
}
