/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-invite-menu.h"

#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "invite/bk-app-application-list.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_MESSAGE 512 /* bytes, as for beckon_messenger_invite_app_async () */
#define MANY 6          /* applications from which on one looks for one rather than at all */

struct _BkAppInviteMenu
{
  GtkPopover parent_instance;

  /* Template Widgets */
  GtkLabel *reason;
  GtkEditable *search;
  BkAppApplicationList *applications;
  GtkEditable *message;

  BeckonMessenger *messenger; /* owned, nullable */
  BkAppPerson *person; /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (BkAppInviteMenu, bk_app_invite_menu, GTK_TYPE_POPOVER)

static void
show (BkAppInviteMenu *self)
{
  g_autofree char *reason = NULL;
  gboolean able
    = self->person != NULL && bk_app_contact_can_be_invited (bk_app_person_get_contact (self->person), &reason);

  if (able && strlen (gtk_editable_get_text (self->message)) > MAX_MESSAGE)
    {
      able = FALSE;
      reason = g_strdup (_("This message is too long."));
    }
  gtk_label_set_label (self->reason, reason != NULL ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason), reason != NULL);
  /* Where there is none, what leads to some can be pressed whoever it is. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->applications),
                            able || bk_app_application_list_is_empty (self->applications));
}

static void
on_contact_notify (BeckonContact *contact, GParamSpec *pspec, BkAppInviteMenu *self)
{
  show (self);
}

static void
on_picked (BkAppApplicationList *list, BeckonApplication *application, BkAppInviteMenu *self)
{
  const char *message = gtk_editable_get_text (self->message);

  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.invite-saying", "(ss)", beckon_application_get_guid (application),
                              message);
  gtk_editable_set_text (self->message, "");
}

static void
on_search (GtkEditable *editable, BkAppInviteMenu *self)
{
  bk_app_application_list_search (self->applications, gtk_editable_get_text (editable));
}

/* Enter, while something is being looked for: the first that was found; it may come before the entry tells what was
 * typed. */
static void
on_search_activate (GtkEditable *editable, BkAppInviteMenu *self)
{
  on_search (editable, self);
  if (gtk_widget_is_sensitive (GTK_WIDGET (self->applications)))
    bk_app_application_list_pick_first (self->applications);
}

/* Whom the user invited to what has changed since it was shown last. */
static void
on_show (BkAppInviteMenu *self, gpointer user_data)
{
  guint n_offered = 0;

  gtk_editable_set_text (self->search, "");
  bk_app_application_list_search (self->applications, "");
  bk_app_application_list_set_who (self->applications,
                                   self->person != NULL
                                     ? beckon_contact_get_signin_name (bk_app_person_get_contact (self->person))
                                     : NULL);
  show (self);
  if (self->messenger != NULL)
    {
      g_autoptr (GListModel) offered = bk_app_application_list_dup_offered (self->messenger, NULL);
      n_offered = g_list_model_get_n_items (offered);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->search), n_offered >= MANY);
  gtk_widget_set_visible (GTK_WIDGET (self->message), n_offered > 0);
  gtk_widget_grab_focus (GTK_WIDGET (self->applications));
}

void
bk_app_invite_menu_set_messenger (BkAppInviteMenu *self, BeckonMessenger *messenger)
{
  g_set_object (&self->messenger, messenger);
  bk_app_application_list_set_messenger (self->applications, messenger);
}

void
bk_app_invite_menu_set_person (BkAppInviteMenu *self, BkAppPerson *person)
{
  if (self->person != NULL)
    g_signal_handlers_disconnect_by_data (bk_app_person_get_contact (self->person), self);
  if (person != self->person)
    gtk_editable_set_text (self->message, "");
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
  g_clear_object (&self->messenger);
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
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteMenu, search);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteMenu, applications);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteMenu, message);
  gtk_widget_class_bind_template_callback (widget_class, on_picked);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, show);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
}

static void
bk_app_invite_menu_init (BkAppInviteMenu *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bk_app_search_typed_at (GTK_SEARCH_ENTRY (self->search), GTK_WIDGET (self->applications));
}

GtkWidget *
bk_app_invite_menu_new (void)
{
  return g_object_new (BK_TYPE_APP_INVITE_MENU, NULL);
}
