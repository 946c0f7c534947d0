/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-application-source.h"

#include <glib/gi18n.h>

static void
set_subtitle (AdwActionRow *row, BeckonApplication *application, const char *source)
{
  const char *state = beckon_application_get_present (application) ? beckon_application_get_comment (application)
                                                                   : beckon_application_get_reason (application);
  g_autofree char *text = g_strdup_printf ("%s%s%s", state, *state != '\0' ? "\n" : "", source);

  adw_action_row_set_subtitle (row, text);
}

typedef struct
{
  GWeakRef row;
  BeckonApplication *application; /* owned */
} Sourcing;

static const char *
describe (const char *word)
{
  if (g_str_equal (word, "bus"))
    return _("Offered by the program itself");
  if (g_str_equal (word, "host"))
    return _("Installed outside of Beckon’s sandbox");
  return _("Installed for everybody");
}

static void
on_source (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sourcing *sourcing = user_data;
  g_autoptr (AdwActionRow) row = g_weak_ref_get (&sourcing->row);
  g_autoptr (GVariant) registration
    = beckon_messenger_get_registration_finish (BECKON_MESSENGER (source), result, NULL);
  const char *word = "";

  if (registration != NULL)
    g_variant_lookup (registration, "source", "&s", &word);
  if (row != NULL && registration != NULL)
    set_subtitle (row, sourcing->application, describe (word));
  g_weak_ref_clear (&sourcing->row);
  g_object_unref (sourcing->application);
  g_free (sourcing);
}

void
bk_app_application_source_show (AdwActionRow *row, BeckonMessenger *messenger, BeckonApplication *application)
{
  if (beckon_application_get_user (application))
    {
      set_subtitle (row, application, _("Registered by you"));
      return;
    }
  Sourcing *sourcing = g_new0 (Sourcing, 1);
  g_weak_ref_init (&sourcing->row, row);
  sourcing->application = g_object_ref (application);
  set_subtitle (row, application, "");
  beckon_messenger_get_registration_async (messenger, beckon_application_get_guid (application), NULL, on_source,
                                           sourcing);
}
