/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-invite-menu.h"

#include "bk-app-text.h"
#include "invite/bk-app-application-list.h"

struct _BkAppInviteMenu
{
  GtkPopover parent_instance;

  /* Template Widgets */
  GtkLabel *reason;
  BkAppApplicationList *applications;

  BkAppPerson *person; /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (BkAppInviteMenu, bk_app_invite_menu, GTK_TYPE_POPOVER)

static void
show (BkAppInviteMenu *self)
{
  g_autofree char *reason = NULL;
  gboolean able
    = self->person != NULL && bk_app_contact_can_be_invited (bk_app_person_get_contact (self->person), &reason);

  gtk_label_set_label (self->reason, reason != NULL ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason), reason != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->applications), able);
}

static void
on_contact_notify (BeckonContact *contact, GParamSpec *pspec, BkAppInviteMenu *self)
{
  show (self);
}

static void
on_picked (BkAppApplicationList *list, BeckonApplication *application, BkAppInviteMenu *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.invite", "s", beckon_application_get_guid (application));
}

/* Whom the user invited to what has changed since it was shown last. */
static void
on_show (BkAppInviteMenu *self, gpointer user_data)
{
  bk_app_application_list_set_who (self->applications,
                                   self->person != NULL
                                     ? beckon_contact_get_signin_name (bk_app_person_get_contact (self->person))
                                     : NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->applications));
}

void
bk_app_invite_menu_set_messenger (BkAppInviteMenu *self, BeckonMessenger *messenger)
{
  bk_app_application_list_set_messenger (self->applications, messenger);
}

void
bk_app_invite_menu_set_person (BkAppInviteMenu *self, BkAppPerson *person)
{
  if (self->person != NULL)
    g_signal_handlers_disconnect_by_data (bk_app_person_get_contact (self->person), self);
  g_set_object (&self->person, person);
  if (person != NULL)
    g_signal_connect_object (bk_app_person_get_contact (person), "notify", G_CALLBACK (on_contact_notify), self, 0);
  show (self);
}

static void
bk_app_invite_menu_dispose (GObject *object)
{
  BkAppInviteMenu *self = BK_APP_INVITE_MENU (object);

  g_clear_object (&self->person);
  G_OBJECT_CLASS (bk_app_invite_menu_parent_class)->dispose (object);
}

static void
bk_app_invite_menu_class_init (BkAppInviteMenuClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_invite_menu_dispose;
  g_type_ensure (BK_TYPE_APP_APPLICATION_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/invite/invite-menu.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteMenu, reason);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteMenu, applications);
  gtk_widget_class_bind_template_callback (widget_class, on_picked);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
}

static void
bk_app_invite_menu_init (BkAppInviteMenu *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
bk_app_invite_menu_new (void)
{
  return g_object_new (BK_TYPE_APP_INVITE_MENU, NULL);
}
