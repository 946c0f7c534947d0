/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-values-private.h"

void
beckon_values_notify (GObject *object, GVariant *before, GVariant *after, gsize n_fields,
                      GParamSpec *const *properties)
{
  g_object_freeze_notify (object);
  for (gsize i = 0; i < n_fields; i++)
    {
      g_autoptr (GVariant) old = g_variant_get_child_value (before, i);
      g_autoptr (GVariant) new = g_variant_get_child_value (after, i);

      if (!g_variant_equal (old, new))
        g_object_notify_by_pspec (object, properties[i]);
    }
  g_object_thaw_notify (object);
}

GVariant *
beckon_values_account_option (const char *account)
{
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (account != NULL)
    g_variant_builder_add (&options, "{sv}", "account", g_variant_new_string (account));
  return g_variant_builder_end (&options);
}

gboolean
beckon_values_stop_at_false (GSignalInvocationHint *hint, GValue *accumulated, const GValue *returned, gpointer data)
{
  gboolean value = g_value_get_boolean (returned);

  g_value_set_boolean (accumulated, value);
  return value;
}
