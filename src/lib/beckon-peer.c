/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-peer-private.h"

#include "beckon-error.h"

#define PREFIX "im.beckon.Beckon.Peer."

char *
beckon_peer_dup_path (const char *bus_name)
{
  if (!g_str_has_prefix (bus_name, PREFIX) || !g_dbus_is_name (bus_name))
    return NULL;
  /* What a bus name may have and an object path may not becomes an underscore, as for desktop files. */
  g_autofree char *dashes = g_strdelimit (g_strdup (bus_name), "-", '_');
  g_autofree char *slashes = g_strdelimit (g_strdup (dashes), ".", '/');
  return g_strconcat ("/", slashes, NULL);
}

gboolean
beckon_peer_check_description (GVariant *description, GError **error)
{
  static const char *const texts[] = { "name", "url", "icon", "comment" };
  const char *name = "";

  g_variant_lookup (description, "name", "&s", &name);
  if (*name == '\0')
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "The program is described without a name");
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (description, texts[i], NULL);

      if (value == NULL || g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        continue;
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "%s is no text", texts[i]);
      return FALSE;
    }
  return TRUE;
}
