/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "welcome/bk-app-untrusted.h"

#include "bk-app-widgets.h"

#include <glib/gi18n.h>

/* To be compared with what whoever runs the server says, and so to be copied. */
static GtkWidget *
make_facts (const char *facts)
{
  GtkWidget *label = gtk_label_new (facts);

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "caption");
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Certificate"), -1);
  return label;
}

void
bk_app_untrusted_show (GtkWindow *parent, const char *server, const char *reason)
{
  GtkWidget *dialog = adw_message_dialog_new (parent, _("Not Connected"), NULL);
  g_auto (GStrv) parts = g_strsplit (reason, "\n\n", 2);

  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  _("%s\n\nBeckon does not send a password to a server that cannot prove that it is "
                                    "%s. Ask whoever runs it, or try from another network."),
                                  parts[0] != NULL ? parts[0] : "", server);
  if (parts[0] != NULL && parts[1] != NULL)
    adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), make_facts (parts[1]));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  bk_app_present_question (dialog);
}
