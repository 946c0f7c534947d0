/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Messenger1: what the user has settled for all accounts */
#include "bk-service-private.h"

GVariant *
bk_service_settings (BkService *self)
{
  const BkEngineSettings *settings = bk_engine_get_settings (self->engine);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&builder, "{sv}", "read-marks", g_variant_new_boolean (settings->read_marks));
  g_variant_builder_add (&builder, "{sv}", "typing", g_variant_new_boolean (settings->typing));
  g_variant_builder_add (&builder, "{sv}", "idle-minutes", g_variant_new_uint32 (settings->idle_minutes));
  g_variant_builder_add (&builder, "{sv}", "download-folder", bk_service_text (settings->download_folder));
  return g_variant_builder_end (&builder);
}

void
bk_service_handle_set_settings (BkServiceCall *call)
{
  BkEngine *engine = BK_CALL_SERVICE (call)->engine;
  BkEngineSettings settings = *bk_engine_get_settings (engine);
  g_autoptr (GVariant) changes = NULL, read_marks = NULL, typing = NULL, idle = NULL, folder = NULL;
  GError *error = NULL;

  g_variant_get (call->arguments, "(@a{sv})", &changes);
  if (!bk_service_option (changes, "read-marks", G_VARIANT_TYPE_BOOLEAN, &read_marks, &error)
      || !bk_service_option (changes, "typing", G_VARIANT_TYPE_BOOLEAN, &typing, &error)
      || !bk_service_option (changes, "idle-minutes", G_VARIANT_TYPE_UINT32, &idle, &error)
      || !bk_service_option (changes, "download-folder", G_VARIANT_TYPE_STRING, &folder, &error))
    {
      bk_service_call_fail (call, error);
      return;
    }
  if (read_marks != NULL)
    settings.read_marks = g_variant_get_boolean (read_marks);
  if (typing != NULL)
    settings.typing = g_variant_get_boolean (typing);
  if (idle != NULL)
    settings.idle_minutes = g_variant_get_uint32 (idle);
  if (folder != NULL)
    settings.download_folder = g_variant_get_string (folder, NULL);
  gboolean done = bk_engine_set_settings (engine, &settings, &error);
  bk_service_call_finish (call, done, error);
}
