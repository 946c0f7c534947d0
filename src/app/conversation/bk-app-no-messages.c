/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-no-messages.h"

#include "bk-app-widgets.h"

#include <glib/gi18n.h>

struct _BkAppNoMessages
{
  AdwBin parent_instance;

  /* Template Widgets */
  AdwStatusPage *page;
  GtkWidget *answers;

  BkAppPerson *person; /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (BkAppNoMessages, bk_app_no_messages, ADW_TYPE_BIN)

void
bk_app_no_messages_show (BkAppNoMessages *self, BkAppPerson *person)
{
  BeckonContact *contact = bk_app_person_get_contact (person);
  BeckonRelation relation = beckon_contact_get_relation (contact);
  const char *name = beckon_contact_get_display_name (contact);
  gboolean blocked = beckon_contact_get_blocked (contact);
  const char *title = _("No Messages Yet");
  g_autofree char *text = NULL;

  g_set_object (&self->person, person);
  gtk_widget_set_visible (self->answers, relation == BECKON_RELATION_ASKING && !blocked);
  if (blocked)
    {
      title = _("Blocked");
      text = g_strdup_printf (_("To hear from %s again, choose Unblock in the menu above."), name);
    }
  else if (relation == BECKON_RELATION_ASKED)
    {
      title = _("No Answer Yet");
      text = g_strdup_printf (_("Once %s accepts, you can write to each other and start applications together."), name);
    }
  else if (relation == BECKON_RELATION_ASKING)
    {
      title = _("Contact Request");
      text = g_strdup_printf (_("%s would like to add you. If you accept, you can write to each other and start "
                                "applications together."), name);
    }
  else
    text = g_strdup (_("Write a message below, or press Invite to start an application together."));
  g_autofree char *markup = g_markup_escape_text (text, -1); /* that is what the page takes it for */
  adw_status_page_set_title (self->page, title);
  adw_status_page_set_description (self->page, markup);
}

static void
on_accept (GtkButton *button, BkAppNoMessages *self)
{
  bk_app_activate_about (self, "win.approve-contact", self->person);
}

static void
on_decline (GtkButton *button, BkAppNoMessages *self)
{
  bk_app_activate_about (self, "win.decline-contact", self->person);
}

static void
bk_app_no_messages_dispose (GObject *object)
{
  g_clear_object (&BK_APP_NO_MESSAGES (object)->person);
  G_OBJECT_CLASS (bk_app_no_messages_parent_class)->dispose (object);
}

static void
bk_app_no_messages_class_init (BkAppNoMessagesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_no_messages_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/no-messages.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppNoMessages, page);
  gtk_widget_class_bind_template_child (widget_class, BkAppNoMessages, answers);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
  gtk_widget_class_bind_template_callback (widget_class, on_decline);
}

static void
bk_app_no_messages_init (BkAppNoMessages *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
