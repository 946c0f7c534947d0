/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done in the main window. */
#include "window/bk-app-window-private.h"

#include "bk-app-private.h"
#include "bk-app-text.h"
#include "conversation/bk-app-send-files.h"
#include "preferences/bk-app-password-dialog.h"
#include "welcome/bk-app-untrusted.h"

#include <glib/gi18n.h>

/* ---- getting about ---- */

static void
on_contacts (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);

  if (self->leaflet == NULL)
    return;
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->contacts));
  bk_app_contacts_grab_focus (self->contacts);
}

static void
on_search (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);

  if (self->leaflet == NULL)
    return;
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->contacts));
  bk_app_contacts_search (self->contacts);
}

static void
on_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);

  if (self->leaflet == NULL)
    return;
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
  if (BK_APP_WINDOW (widget)->conversation != NULL)
    bk_app_conversation_open_invite_menu (BK_APP_WINDOW (widget)->conversation);
}

static void
invite_shown (BkAppWindow *self, const char *guid, const char *message)
{
  BkAppPerson *person = self->leaflet != NULL ? bk_app_conversation_get_person (self->conversation) : NULL;

  if (person != NULL && self->app->invitations != NULL)
    bk_app_invitations_invite (self->app->invitations, bk_app_person_get_account (person),
                               beckon_contact_get_signin_name (bk_app_person_get_contact (person)), guid, message);
}

static void
on_invite (GtkWidget *widget, const char *action, GVariant *parameter)
{
  invite_shown (BK_APP_WINDOW (widget), g_variant_get_string (parameter, NULL), NULL);
}

/* (guid, message) */
static void
on_invite_saying (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const char *guid;
  const char *message;

  g_variant_get (parameter, "(&s&s)", &guid, &message);
  invite_shown (BK_APP_WINDOW (widget), guid, *message != '\0' ? message : NULL);
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
  bk_app_invitations_invite (self->app->invitations, bk_app_person_get_account (person), who, guid, NULL);
}

static void
on_send_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  if (BK_APP_WINDOW (widget)->conversation != NULL)
    bk_app_conversation_choose_files (BK_APP_WINDOW (widget)->conversation);
}

/* (account, who, uris): the files are shown once more before they go. */
static void
on_send_files (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);
  BeckonMessenger *messenger = bk_app_get_messenger (self->app);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autofree const char **uris = NULL;
  const char *account;
  const char *who;

  g_variant_get (parameter, "(&s&s^a&s)", &account, &who, &uris);
  BkAppPerson *person = self->people != NULL ? bk_app_people_find (self->people, account, who) : NULL;
  for (gsize i = 0; uris[i] != NULL; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_uri (uris[i]);
      g_list_store_append (files, file);
    }
  if (person == NULL || messenger == NULL || g_list_model_get_n_items (G_LIST_MODEL (files)) == 0)
    return;
  bk_app_window_open_conversation (self, account, who);
  bk_app_send_files_show (GTK_WINDOW (self), messenger, person, G_LIST_MODEL (files), FALSE);
}

static void
on_find (GtkWidget *widget, const char *action, GVariant *parameter)
{
  if (BK_APP_WINDOW (widget)->conversation != NULL)
    bk_app_conversation_find (BK_APP_WINDOW (widget)->conversation);
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

/* ---- signing in ---- */

static void
on_enter_password (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BeckonMessenger *messenger = bk_app_get_messenger (BK_APP_WINDOW (widget)->app);
  g_autoptr (BeckonAccount) account
    = messenger != NULL ? beckon_messenger_find_account (messenger, g_variant_get_string (parameter, NULL)) : NULL;

  if (account != NULL)
    bk_app_password_dialog_show (GTK_WINDOW (widget), messenger, account);
}

/* Why the server of an account is not trusted. */
static void
on_show_certificate (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BeckonMessenger *messenger = bk_app_get_messenger (BK_APP_WINDOW (widget)->app);
  g_autoptr (BeckonAccount) account
    = messenger != NULL ? beckon_messenger_find_account (messenger, g_variant_get_string (parameter, NULL)) : NULL;

  if (account != NULL)
    bk_app_untrusted_show (GTK_WINDOW (widget), beckon_account_get_server (account),
                           beckon_account_get_error_text (account));
}

/* ---- the keys ---- */

static void
set_accelerator (GtkWidget *widget, const char *id, const char *keys)
{
  if (GTK_IS_SHORTCUTS_SHORTCUT (widget)
      && g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), id) == 0)
    g_object_set (widget, "accelerator", keys, NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    set_accelerator (child, id, keys);
}

/* Which of the keys sends and which one begins a line can be swapped in the preferences. */
static void
on_shortcuts (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gboolean enter_sends = g_settings_get_boolean (bk_app_get_settings (BK_APP_WINDOW (widget)->app), "enter-sends");
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/im/beckon/Beckon/window/shortcuts.ui");
  GtkWidget *shortcuts = GTK_WIDGET (gtk_builder_get_object (builder, "shortcuts"));

  set_accelerator (shortcuts, "send", enter_sends ? "Return" : "<Shift>Return");
  set_accelerator (shortcuts, "new_line", enter_sends ? "<Shift>Return" : "Return");
  gtk_window_set_transient_for (GTK_WINDOW (shortcuts), GTK_WINDOW (widget));
  gtk_window_present (GTK_WINDOW (shortcuts));
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
    { "win.invite-saying", "(ss)", on_invite_saying },
    { "win.invite-contact", "(sss)", on_invite_contact },
    { "win.send-file", NULL, on_send_file },
    { "win.send-files", "(ssas)", on_send_files },
    { "win.find", NULL, on_find },
    { "win.show-message", "(ssx)", on_show_message },
    { "win.enter-password", "s", on_enter_password },
    { "win.show-certificate", "s", on_show_certificate },
    { "win.show-help-overlay", NULL, on_shortcuts },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, actions[i].parameter, actions[i].func);
  bk_app_window_install_people_actions (widget_class);
}
