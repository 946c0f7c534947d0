/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done in the main window. */
#include "window/bk-app-window-private.h"

#include "bk-app-private.h"
#include "bk-app-text.h"
#include "contacts/bk-app-add-contact.h"
#include "preferences/bk-app-password-dialog.h"

#include <glib/gi18n.h>

/* ---- getting about ---- */

static void
on_contacts (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);

  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->contacts));
  bk_app_contacts_grab_focus (self->contacts);
}

static void
on_search (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);

  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->contacts));
  bk_app_contacts_search (self->contacts);
}

static void
on_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);

  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->contacts));
  bk_app_contacts_open_menu (self->contacts);
}

static void
on_tell (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bk_app_window_tell (BK_APP_WINDOW (widget), g_variant_get_string (parameter, NULL), NULL, NULL, NULL);
}

/* ---- inviting ---- */

static void
on_invite_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bk_app_conversation_open_invite_menu (BK_APP_WINDOW (widget)->conversation);
}

static void
on_invite (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);
  BkAppPerson *person = bk_app_conversation_get_person (self->conversation);

  if (person != NULL && self->app->invitations != NULL)
    bk_app_invitations_invite (self->app->invitations, bk_app_person_get_account (person),
                               beckon_contact_get_signin_name (bk_app_person_get_contact (person)),
                               g_variant_get_string (parameter, NULL));
}

/* (account, who, guid): of anybody in the list. The conversation shows how it goes on. */
static void
on_invite_contact (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);
  const char *account;
  const char *who;
  const char *guid;

  g_variant_get (parameter, "(&s&s&s)", &account, &who, &guid);
  BkAppPerson *person = self->people != NULL ? bk_app_people_find (self->people, account, who) : NULL;
  if (person == NULL || self->app->invitations == NULL)
    return;
  bk_app_window_open_conversation (self, account, who);
  bk_app_invitations_invite (self->app->invitations, bk_app_person_get_account (person), who, guid);
}

static void
on_send_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bk_app_conversation_choose_files (BK_APP_WINDOW (widget)->conversation);
}

/* (account, who, id): goes to a message, such as one that was searched for. */
static void
on_show_message (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);
  const char *account;
  const char *who;
  gint64 id;

  g_variant_get (parameter, "(&s&sx)", &account, &who, &id);
  bk_app_window_open_conversation (self, account, who);
  bk_app_conversation_show_message (self->conversation, id);
}

/* ---- contacts ---- */

static void
on_add_contact (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BeckonMessenger *messenger = bk_app_get_messenger (BK_APP_WINDOW (widget)->app);

  if (messenger != NULL && g_list_model_get_n_items (beckon_messenger_get_accounts (messenger)) > 0)
    bk_app_add_contact_show (GTK_WINDOW (widget), messenger);
}

/* The window may have been closed meanwhile. */
static void
tell_problem (BkAppWindow *self, GError *error)
{
  if (self->app != NULL)
    bk_app_tell (self->app, "contact", bk_app_error_text (error));
}

static void
on_contact_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  /* The verbs about contacts have the same ending. */
  if (!beckon_account_approve_contact_finish (BECKON_ACCOUNT (source), result, &error))
    tell_problem (self, error);
}

typedef struct
{
  BkAppWindow *window;
  BeckonAccount *account;
  char *who;
} Removal;

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->window);
  g_object_unref (removal->account);
  g_free (removal->who);
  g_free (removal);
}

static void
on_remove_answer (AdwMessageDialog *dialog, const char *response, Removal *removal)
{
  if (g_str_equal (response, "remove"))
    beckon_account_remove_contact_async (removal->account, removal->who, NULL, on_contact_done,
                                         g_object_ref (removal->window));
}

static void
ask_removal (BkAppWindow *self, BkAppPerson *person)
{
  BeckonContact *contact = bk_app_person_get_contact (person);
  Removal *removal = g_new0 (Removal, 1);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _("Remove %s?"),
                                     beckon_contact_get_display_name (contact));
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog),
                               _("You disappear from each other's contact list. What you wrote is kept."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "remove", _("_Remove"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  removal->window = g_object_ref (self);
  removal->account = g_object_ref (bk_app_person_get_account (person));
  removal->who = g_strdup (beckon_contact_get_signin_name (contact));
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_remove_answer), removal,
                         (GClosureNotify) (void (*) (void)) removal_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* (account, who) */
static void
on_contact (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);
  const char *account_name;
  const char *who;

  g_variant_get (parameter, "(&s&s)", &account_name, &who);
  BkAppPerson *person = self->people != NULL ? bk_app_people_find (self->people, account_name, who) : NULL;
  if (person == NULL)
    return;

  BeckonAccount *account = bk_app_person_get_account (person);
  if (g_str_equal (action, "win.approve-contact"))
    beckon_account_approve_contact_async (account, who, NULL, on_contact_done, g_object_ref (self));
  else if (g_str_equal (action, "win.decline-contact"))
    beckon_account_decline_contact_async (account, who, NULL, on_contact_done, g_object_ref (self));
  else if (g_str_equal (action, "win.remove-contact"))
    ask_removal (self, person);
  else
    beckon_account_block_contact_async (account, who, g_str_equal (action, "win.block-contact"), NULL,
                                        on_contact_done, g_object_ref (self));
}

/* ---- signing in ---- */

static void
on_enter_password (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BeckonMessenger *messenger = bk_app_get_messenger (BK_APP_WINDOW (widget)->app);
  g_autoptr (BeckonAccount) account
    = messenger != NULL ? beckon_messenger_find_account (messenger, g_variant_get_string (parameter, NULL)) : NULL;

  if (account != NULL)
    bk_app_password_dialog_show (GTK_WINDOW (widget), account);
}

void
bk_app_window_install_actions (GtkWidgetClass *widget_class)
{
  static const struct
  {
    const char *name;
    const char *parameter;
    GtkWidgetActionActivateFunc func;
  } actions[] = {
    { "win.contacts", NULL, on_contacts },
    { "win.search", NULL, on_search },
    { "win.menu", NULL, on_menu },
    { "win.tell", "s", on_tell },
    { "win.invite-menu", NULL, on_invite_menu },
    { "win.invite", "s", on_invite },
    { "win.invite-contact", "(sss)", on_invite_contact },
    { "win.send-file", NULL, on_send_file },
    { "win.show-message", "(ssx)", on_show_message },
    { "win.add-contact", NULL, on_add_contact },
    { "win.approve-contact", "(ss)", on_contact },
    { "win.decline-contact", "(ss)", on_contact },
    { "win.remove-contact", "(ss)", on_contact },
    { "win.block-contact", "(ss)", on_contact },
    { "win.unblock-contact", "(ss)", on_contact },
    { "win.enter-password", "s", on_enter_password },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, actions[i].parameter, actions[i].func);
}
