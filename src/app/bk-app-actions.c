/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done without a window, also from a notification. */
#include "bk-app-private.h"

#include "about/bk-app-about.h"
#include "contacts/bk-app-add-contact.h"
#include "conversation/bk-app-session-details.h"
#include "invite/bk-app-invite-dialog.h"
#include "invite/bk-app-session-news.h"
#include "portal/bk-app-files.h"
#include "preferences/bk-app-preferences.h"

#include <glib/gi18n.h>

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkApp *self = user_data;

  if (self->picks == NULL || !bk_app_picks_leave (self->picks))
    g_application_quit (G_APPLICATION (self));
}

static void
on_show (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  bk_app_show_window (user_data);
}

static void
on_retry (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  bk_app_try_again (user_data);
}

static void
on_help_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkApp) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error))
    bk_app_tell (self, "help", _("There is no program to show the manual. “man beckon” in a terminal has the help."));
}

/* What is installed is there without a network, and is about this very version. */
static void
on_help (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkApp *self = user_data;

  gtk_show_uri_full (GTK_WINDOW (bk_app_show_window (self)), "man:beckon", GDK_CURRENT_TIME, NULL, on_help_shown,
                     g_object_ref (self));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  bk_app_about_show (GTK_WINDOW (bk_app_show_window (user_data)));
}

/* A second one of a kind would only hide the first. Returns that, NULL if there is none. */
static gpointer
present_window (GType type)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (G_TYPE_CHECK_INSTANCE_TYPE (l->data, type))
      {
        gtk_window_present (l->data);
        return l->data;
      }
  return NULL;
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkApp *self = user_data;
  GtkWindow *window = GTK_WINDOW (bk_app_show_window (self));

  if (self->messenger != NULL && !present_window (BK_TYPE_APP_PREFERENCES))
    bk_app_preferences_show (window, self);
}

static void
on_invite (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkApp *self = user_data;
  GtkWindow *window = GTK_WINDOW (bk_app_show_window (self));

  if (self->messenger != NULL && !present_window (BK_TYPE_APP_INVITE_DIALOG))
    bk_app_invite_dialog_show (window, self->messenger);
}

/* The page where a session's application can be had. The engine has let web addresses pass alone. */
static void
on_open_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkApp *self = user_data;
  g_autoptr (BeckonSession) session
    = self->messenger != NULL
        ? beckon_messenger_find_session (self->messenger, g_variant_get_string (parameter, NULL))
        : NULL;

  if (session != NULL && *beckon_session_get_application_url (session) != '\0')
    gtk_show_uri (gtk_application_get_active_window (GTK_APPLICATION (self)),
                  beckon_session_get_application_url (session), GDK_CURRENT_TIME);
}

static void
on_session_details (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkApp *self = user_data;
  g_autoptr (BeckonSession) session
    = self->messenger != NULL
        ? beckon_messenger_find_session (self->messenger, g_variant_get_string (parameter, NULL))
        : NULL;

  if (session != NULL)
    bk_app_session_details_show (GTK_WINDOW (bk_app_show_window (self)), session);
}

/* Where the file of a session is, as long as the service remembers; else its conversation has it. */
static GFile *
find_file (BkApp *self, const char *session_id)
{
  g_autoptr (BeckonSession) session
    = self->messenger != NULL ? beckon_messenger_find_session (self->messenger, session_id) : NULL;
  g_autoptr (GVariant) transfer = session != NULL ? beckon_session_dup_transfer (session) : NULL;
  const char *path = "";

  if (transfer != NULL)
    g_variant_lookup (transfer, "path", "&s", &path);
  return g_path_is_absolute (path) ? g_file_new_for_path (path) : NULL;
}

static void
open_file (BkApp *self, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  gtk_show_uri (gtk_application_get_active_window (GTK_APPLICATION (self)), uri, GDK_CURRENT_TIME);
}

static void
on_open_file (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GFile) file = find_file (user_data, g_variant_get_string (parameter, NULL));

  if (file != NULL)
    open_file (user_data, file);
  else
    bk_app_show_window (user_data);
}

typedef struct
{
  BkApp *app;
  GFile *file;
} Showing;

/* Where no file manager can point at the file, its folder has to do. */
static void
on_file_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Showing *showing = user_data;
  g_autoptr (GFile) folder = g_file_get_parent (showing->file);

  if (!bk_app_files_show_finish (result, NULL) && folder != NULL)
    open_file (showing->app, folder);
  g_object_unref (showing->app);
  g_object_unref (showing->file);
  g_free (showing);
}

static void
on_show_file (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GDBusConnection *bus = g_application_get_dbus_connection (user_data);
  g_autoptr (GFile) file = find_file (user_data, g_variant_get_string (parameter, NULL));

  if (file == NULL || bus == NULL)
    {
      bk_app_show_window (user_data);
      return;
    }
  Showing *showing = g_new0 (Showing, 1);
  showing->app = g_object_ref (user_data);
  showing->file = g_object_ref (file);
  bk_app_files_show_async (bus, file, bk_app_is_sandboxed (), on_file_shown, showing);
}

/* ---- from the session service, which was asked to have something shown ---- */

/* Whether it can be shown now. Else it is kept for when the messenger is there. */
static gboolean
can_show (BkApp *self, GSimpleAction *action, GVariant *parameter)
{
  if (self->messenger != NULL)
    return TRUE;
  g_clear_pointer (&self->early_page, g_variant_unref);
  self->early_page = g_variant_ref (parameter);
  self->early_action = g_intern_string (g_action_get_name (G_ACTION (action)));
  return FALSE;
}

/* Name of a page; empty for the first. */
static void
on_open_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkApp *self = user_data;

  on_preferences (action, NULL, self);
  if (can_show (self, action, parameter))
    bk_app_preferences_open_page (present_window (BK_TYPE_APP_PREFERENCES), g_variant_get_string (parameter, NULL));
}

/* (account, who) */
static void
on_open_add_contact (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkApp *self = user_data;
  GtkWindow *window = GTK_WINDOW (bk_app_show_window (self));
  const char *account;
  const char *who;

  if (!can_show (self, action, parameter)
      || g_list_model_get_n_items (beckon_messenger_get_accounts (self->messenger)) == 0)
    return;
  g_variant_get (parameter, "(&s&s)", &account, &who);
  BkAppAddContact *form = present_window (BK_TYPE_APP_ADD_CONTACT);
  if (form == NULL)
    form = bk_app_add_contact_show (window, self->messenger);
  bk_app_add_contact_fill (form, account, who);
}

/* Whoever is on a contact list is talked with, everybody else can be asked to be. */
static gboolean
open_known (BkApp *self, const char *who)
{
  GListModel *accounts = beckon_messenger_get_accounts (self->messenger);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (BeckonAccount) account = g_list_model_get_item (accounts, i);
      g_autoptr (BeckonContact) contact = beckon_account_find_contact (account, who);

      if (contact == NULL || beckon_contact_get_relation (contact) == BECKON_RELATION_NONE)
        continue;
      bk_app_window_open_conversation (bk_app_show_window (self), beckon_account_get_signin_name (account), who);
      return TRUE;
    }
  return FALSE;
}

/* Whom somebody knows is known as soon as the contact list has been read. */
static void
offer_wanted (BkApp *self)
{
  GListModel *accounts = self->messenger != NULL ? beckon_messenger_get_accounts (self->messenger) : NULL;
  g_autoptr (BeckonAccount) account = accounts != NULL ? g_list_model_get_item (accounts, 0) : NULL;

  if (self->wanted_person == NULL || account == NULL || !g_str_equal (beckon_account_get_state (account), "online"))
    return;
  g_autofree char *who = g_steal_pointer (&self->wanted_person);
  g_action_group_activate_action (G_ACTION_GROUP (self), "open-person", g_variant_new_string (who));
}

static void
on_first_account (GListModel *accounts, guint position, guint removed, guint added, BkApp *self)
{
  g_autoptr (BeckonAccount) account = g_list_model_get_item (accounts, 0);

  if (self->wanted_person == NULL || account == NULL)
    return;
  g_signal_handlers_disconnect_by_func (account, offer_wanted, self);
  g_signal_connect_object (account, "notify::state", G_CALLBACK (offer_wanted), self, G_CONNECT_SWAPPED);
  offer_wanted (self);
}

/* Whoever follows a link to somebody may be new here: it is gone back to when there is an account. */
static void
keep_wanted (BkApp *self, GListModel *accounts, const char *who)
{
  g_autofree char *text = g_strdup_printf (_("You need an account first. Then you can add %s."), who);

  g_free (self->wanted_person);
  self->wanted_person = g_strdup (who);
  g_signal_handlers_disconnect_by_func (accounts, on_first_account, self);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (on_first_account), self, 0);
  bk_app_tell (self, "contact", text);
}

static void
on_open_person (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkApp *self = user_data;
  const char *who = g_variant_get_string (parameter, NULL);

  if (!can_show (self, action, parameter) || open_known (self, who))
    return;
  GListModel *accounts = beckon_messenger_get_accounts (self->messenger);
  if (g_list_model_get_n_items (accounts) == 0)
    keep_wanted (self, accounts, who);
  else
    g_action_group_activate_action (G_ACTION_GROUP (self), "open-add-contact", g_variant_new ("(ss)", "", who));
}

/* ---- from notifications ---- */

/* The address came through the notification and back: it is looked at again. */
static void
on_open_alert_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *url = g_variant_get_string (parameter, NULL);
  const char *scheme = g_uri_peek_scheme (url);

  if (g_strcmp0 (scheme, "https") == 0 || g_strcmp0 (scheme, "http") == 0)
    gtk_show_uri (gtk_application_get_active_window (GTK_APPLICATION (user_data)), url, GDK_CURRENT_TIME);
}

/* (account, who) */
static void
on_open_conversation (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *account;
  const char *who;

  g_variant_get (parameter, "(&s&s)", &account, &who);
  bk_app_window_open_conversation (bk_app_show_window (user_data), account, who);
}

static void
on_answer (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkApp *self = user_data;

  g_free (self->early_session);
  self->early_session = g_variant_dup_string (parameter, NULL);
  self->early_verb = g_intern_string (g_action_get_name (G_ACTION (action)));
  if (self->invitations != NULL)
    bk_app_answer_early (self);
}

/* Without a mouse: the question may be behind other windows, was put off, or is on a card far up. */
static void
on_answer_invitation (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkApp *self = user_data;
  g_autoptr (BeckonSession) session
    = self->invitations != NULL
        ? bk_app_session_next_question (beckon_messenger_get_sessions (self->messenger), self->question)
        : NULL;

  g_clear_pointer (&self->question, g_free);
  if (session == NULL)
    {
      bk_app_tell (self, "invitations", _("No invitation waits for your answer."));
      return;
    }
  self->question = g_strdup (beckon_session_get_id (session));
  bk_app_invitations_answer (self->invitations, self->question, "show-invitation");
}

void
bk_app_answer_early (BkApp *self)
{
  g_autofree char *session = g_steal_pointer (&self->early_session);
  g_autoptr (GVariant) page = g_steal_pointer (&self->early_page);

  if (session != NULL)
    bk_app_invitations_answer (self->invitations, session, self->early_verb);
  if (page != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (self), self->early_action, page);
}

/* ---- sign-in ---- */

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!beckon_account_signout_finish (BECKON_ACCOUNT (source), result, &error))
    g_message ("Could not sign out: %s", error->message);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* The account itself tells why it is not online. */
  if (!beckon_account_signin_finish (BECKON_ACCOUNT (source), result, &error))
    g_message ("Could not sign in: %s", error->message);
}

static void
for_each_account (BkApp *self, void (*func) (BeckonAccount *account))
{
  GListModel *accounts = self->messenger != NULL ? beckon_messenger_get_accounts (self->messenger) : NULL;

  for (guint i = 0; accounts != NULL && i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (BeckonAccount) account = g_list_model_get_item (accounts, i);
      func (account);
    }
}

static void
sign_out (BeckonAccount *account)
{
  beckon_account_signout_async (account, NULL, on_signed_out, NULL);
}

static void
sign_in (BeckonAccount *account)
{
  const char *state = beckon_account_get_state (account);

  /* Who waits for the next attempt may not want to. */
  if (g_str_equal (state, "offline") || g_str_equal (state, "waiting"))
    beckon_account_signin_async (account, "", NULL, on_signed_in, NULL);
}

static void
on_sign_out (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  for_each_account (user_data, sign_out);
}

static void
on_sign_in (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  for_each_account (user_data, sign_in);
}

void
bk_app_actions_init (BkApp *self)
{
  static const GActionEntry entries[] = {
    { "quit", on_quit, NULL, NULL, NULL, { 0 } },
    { "retry", on_retry, NULL, NULL, NULL, { 0 } },
    { "show", on_show, NULL, NULL, NULL, { 0 } },
    { "help", on_help, NULL, NULL, NULL, { 0 } },
    { "about", on_about, NULL, NULL, NULL, { 0 } },
    { "preferences", on_preferences, NULL, NULL, NULL, { 0 } },
    { "invite", on_invite, NULL, NULL, NULL, { 0 } },
    { "open-conversation", on_open_conversation, "(ss)", NULL, NULL, { 0 } },
    { "open-add-contact", on_open_add_contact, "(ss)", NULL, NULL, { 0 } },
    { "open-person", on_open_person, "s", NULL, NULL, { 0 } },
    { "open-preferences", on_open_preferences, "s", NULL, NULL, { 0 } },
    { "accept", on_answer, "s", NULL, NULL, { 0 } },
    { "decline", on_answer, "s", NULL, NULL, { 0 } },
    { "cancel", on_answer, "s", NULL, NULL, { 0 } },
    { "show-invitation", on_answer, "s", NULL, NULL, { 0 } },
    { "answer-invitation", on_answer_invitation, NULL, NULL, NULL, { 0 } },
    { "session-details", on_session_details, "s", NULL, NULL, { 0 } },
    { "open-page", on_open_page, "s", NULL, NULL, { 0 } },
    { "open-file", on_open_file, "s", NULL, NULL, { 0 } },
    { "show-file", on_show_file, "s", NULL, NULL, { 0 } },
    { "open-alert-page", on_open_alert_page, "s", NULL, NULL, { 0 } },
    { "sign-out", on_sign_out, NULL, NULL, NULL, { 0 } },
    { "sign-in", on_sign_in, NULL, NULL, NULL, { 0 } },
  };
  static const struct
  {
    const char *action;
    const char *keys[3];
  } keys[] = {
    { "app.quit", { "<Control>q", NULL } },
    { "app.preferences", { "<Control>comma", NULL } },
    { "app.invite", { "<Control>i", NULL } },
    { "app.answer-invitation", { "<Control>r", NULL } },
    { "win.add-contact", { "<Control>n", NULL } },
    { "win.groups", { "<Control>g", NULL } },
    { "win.search", { "<Control>f", NULL } },
    { "win.contacts", { "<Control>l", NULL } },
    { "win.find", { "<Control><Shift>f", NULL } },
    { "win.send-file", { "<Control>o", NULL } },
    { "win.invite-menu", { "<Control><Shift>i", NULL } },
    { "win.show-help-overlay", { "<Control>question", NULL } },
    { "app.help", { "F1", NULL } },
    { "win.menu", { "F10", NULL } },
    { "window.close", { "<Control>w", NULL } },
  };

  g_autoptr (GAction) do_not_disturb = g_settings_create_action (self->settings, "do-not-disturb");
  g_action_map_add_action (G_ACTION_MAP (self), do_not_disturb);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), keys[i].action, keys[i].keys);
}
