/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "about/bk-app-about.h"

#include "bk-app.h"

#include <glib/gi18n.h>

void
bk_app_about_show (GtkWindow *parent)
{
  adw_show_about_window (parent,
                         "application-name", "Beckon",
                         "application-icon", BK_APP_ID,
                         "version", BECKON_VERSION,
                         "developer-name", _("The Beckon developers"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("Pick a friend, pick an application, and both of you have it running."),
                         /* Translators: your names, one a line */
                         "translator-credits", _("translator-credits"),
                         NULL);
}
