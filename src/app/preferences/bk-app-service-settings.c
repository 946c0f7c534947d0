/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-service-settings.h"

#define IDLE_MINUTES 10 /* until the service has said how many */
#define MAX_MINUTES 1440

struct _BkAppServiceSettings
{
  GObject parent_instance;

  BeckonMessenger *messenger; /* owned */
};

enum
{
  PROP_0,
  PROP_READ_MARKS,
  PROP_TYPING,
  PROP_IDLE_MINUTES,
  PROP_DOWNLOAD_FOLDER,
  N_PROPS
};

enum
{
  SIGNAL_FAILED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppServiceSettings, bk_app_service_settings, G_TYPE_OBJECT)

static void
notify_all (BkAppServiceSettings *self)
{
  for (guint id = PROP_0 + 1; id < N_PROPS; id++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppServiceSettings) self = user_data;
  g_autoptr (GError) error = NULL;

  if (beckon_messenger_set_settings_finish (BECKON_MESSENGER (source), result, &error))
    return;
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
  notify_all (self); /* the widgets show what holds */
}

/* Takes a floating @value. */
static void
set (BkAppServiceSettings *self, const char *name, GVariant *value)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);
  g_autoptr (GVariant) settings = beckon_messenger_dup_settings (self->messenger);
  g_autoptr (GVariant) old = settings != NULL ? g_variant_lookup_value (settings, name, NULL) : NULL;
  GVariantBuilder builder;

  if (old != NULL && g_variant_equal (old, sunk))
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", name, sunk);
  beckon_messenger_set_settings_async (self->messenger, g_variant_builder_end (&builder), NULL, on_set,
                                       g_object_ref (self));
}

static void
bk_app_service_settings_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BkAppServiceSettings *self = BK_APP_SERVICE_SETTINGS (object);
  g_autoptr (GVariant) settings = beckon_messenger_dup_settings (self->messenger);
  gboolean flag = TRUE;
  guint32 minutes = IDLE_MINUTES;
  const char *folder = "";

  if (id == PROP_IDLE_MINUTES)
    {
      if (settings != NULL)
        g_variant_lookup (settings, pspec->name, "u", &minutes);
      g_value_set_double (value, MIN (minutes, MAX_MINUTES));
    }
  else if (id == PROP_DOWNLOAD_FOLDER)
    {
      if (settings != NULL)
        g_variant_lookup (settings, pspec->name, "&s", &folder);
      g_value_set_string (value, folder);
    }
  else
    {
      if (settings != NULL)
        g_variant_lookup (settings, pspec->name, "b", &flag);
      g_value_set_boolean (value, flag);
    }
}

static void
bk_app_service_settings_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BkAppServiceSettings *self = BK_APP_SERVICE_SETTINGS (object);

  if (id == PROP_IDLE_MINUTES)
    set (self, pspec->name, g_variant_new_uint32 ((guint32) g_value_get_double (value)));
  else if (id == PROP_DOWNLOAD_FOLDER)
    set (self, pspec->name, g_variant_new_string (g_value_get_string (value)));
  else
    set (self, pspec->name, g_variant_new_boolean (g_value_get_boolean (value)));
}

BkAppServiceSettings *
bk_app_service_settings_new (BeckonMessenger *messenger)
{
  BkAppServiceSettings *self = g_object_new (BK_TYPE_APP_SERVICE_SETTINGS, NULL);

  self->messenger = g_object_ref (messenger);
  g_signal_connect_object (messenger, "notify::settings", G_CALLBACK (notify_all), self, G_CONNECT_SWAPPED);
  return self;
}

static void
bk_app_service_settings_finalize (GObject *object)
{
  BkAppServiceSettings *self = BK_APP_SERVICE_SETTINGS (object);

  g_object_unref (self->messenger);
  G_OBJECT_CLASS (bk_app_service_settings_parent_class)->finalize (object);
}

static void
bk_app_service_settings_class_init (BkAppServiceSettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = bk_app_service_settings_get_property;
  object_class->set_property = bk_app_service_settings_set_property;
  object_class->finalize = bk_app_service_settings_finalize;
  properties[PROP_READ_MARKS] = g_param_spec_boolean ("read-marks", NULL, NULL, TRUE, flags);
  properties[PROP_TYPING] = g_param_spec_boolean ("typing", NULL, NULL, TRUE, flags);
  properties[PROP_IDLE_MINUTES]
    = g_param_spec_double ("idle-minutes", NULL, NULL, 0, MAX_MINUTES, IDLE_MINUTES, flags);
  properties[PROP_DOWNLOAD_FOLDER] = g_param_spec_string ("download-folder", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", BK_TYPE_APP_SERVICE_SETTINGS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
bk_app_service_settings_init (BkAppServiceSettings *self)
{
}
