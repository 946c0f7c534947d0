/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-clock.h"

#include <gio/gio.h>
#include <langinfo.h>
#include <string.h>

#define SCHEMA "org.gnome.desktop.interface"
#define KEY "clock-format"

gboolean
bk_app_clock_is_12h_format (const char *format)
{
  for (const char *c = strchr (format, '%'); c != NULL; c = strchr (c + 1, '%'))
    {
      c += 1 + strspn (c + 1, "-_0^#EO");
      if (*c != '\0' && strchr ("IlpPr", *c) != NULL)
        return TRUE;
      if (*c == '\0')
        return FALSE;
    }
  return FALSE;
}

/* Returns: (nullable): the settings of the desktop, where there is one that has this */
static GSettings *
get_desktop (void)
{
  static GSettings *settings;
  static gsize looked;

  if (g_once_init_enter (&looked))
    {
      GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
      g_autoptr (GSettingsSchema) schema
        = source != NULL ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;

      if (schema != NULL && g_settings_schema_has_key (schema, KEY))
        settings = g_settings_new (SCHEMA);
      g_once_init_leave (&looked, 1);
    }
  return settings;
}

gboolean
bk_app_clock_is_12h (void)
{
  GSettings *desktop = get_desktop ();
  /* The schema is there on other desktops too, with a value that nobody has chosen. */
  g_autoptr (GVariant) chosen = desktop != NULL ? g_settings_get_user_value (desktop, KEY) : NULL;

  if (chosen != NULL)
    return g_str_equal (g_variant_get_string (chosen, NULL), "12h");
  return bk_app_clock_is_12h_format (nl_langinfo (T_FMT));
}
