/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "about/bk-app-about.h"

#include "bk-app.h"
#include "bk-app-autostart.h"

#include <glib/gi18n.h>

/* What whoever looks into a problem asks first. Nobody's name is in it, and it is not translated. */
static char *
dup_debug_info (GtkWidget *widget)
{
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  const char *desktop = g_getenv ("XDG_CURRENT_DESKTOP");
  GString *info = g_string_new ("Beckon " BECKON_VERSION "\n");

  g_string_append_printf (info, "GTK %u.%u.%u\n", gtk_get_major_version (), gtk_get_minor_version (),
                          gtk_get_micro_version ());
  g_string_append_printf (info, "libadwaita %u.%u.%u\n", adw_get_major_version (), adw_get_minor_version (),
                          adw_get_micro_version ());
  g_string_append_printf (info, "GLib %u.%u.%u\n", glib_major_version, glib_minor_version, glib_micro_version);
  g_string_append_printf (info, "System: %s\n", system != NULL ? system : "unknown");
  g_string_append_printf (info, "Desktop: %s, %s\n", desktop != NULL ? desktop : "unknown",
                          G_OBJECT_TYPE_NAME (gtk_widget_get_display (widget)));
  g_string_append_printf (info, "Sandbox: %s\n", bk_app_is_sandboxed () ? "yes" : "no");
  g_string_append_printf (info, "Language: %s\n", g_get_language_names ()[0]);
  return g_string_free (info, FALSE);
}

void
bk_app_about_show (GtkWindow *parent)
{
  g_autofree char *debug_info = dup_debug_info (GTK_WIDGET (parent));

  adw_show_about_window (parent,
                         "application-name", "Beckon",
                         "application-icon", BK_APP_ID,
                         "version", BECKON_VERSION,
                         "developer-name", _("The Beckon developers"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("Pick a friend, pick an application, and both of you have it running."),
                         "debug-info", debug_info,
                         "debug-info-filename", "beckon.txt",
                         /* Translators: your names, one a line */
                         "translator-credits", _("translator-credits"),
                         NULL);
}
