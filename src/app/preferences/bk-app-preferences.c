/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-preferences.h"

#include "bk-app-accessible.h"
#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "preferences/bk-app-account-row.h"
#include "preferences/bk-app-connection-page.h"
#include "preferences/bk-app-application-source.h"
#include "preferences/bk-app-folder-row.h"
#include "preferences/bk-app-host-group.h"
#include "preferences/bk-app-page-bar.h"
#include "preferences/bk-app-privacy-page.h"
#include "preferences/bk-app-register-window.h"
#include "preferences/bk-app-service-settings.h"
#include "welcome/bk-app-account-form.h"

#include <glib/gi18n.h>

struct _BkAppPreferences
{
  AdwPreferencesWindow parent_instance;

  /* Template Widgets */
  GtkListBox *accounts;
  GtkWidget *add_account;
  AdwActionRow *secrets;
  GtkListBox *applications;
  GtkWidget *register_application;
  BkAppHostGroup *host;
  GtkWidget *warnings_group;
  GtkLabel *warnings;
  BkAppConnectionPage *connection;
  GtkSwitch *background;
  GtkSwitch *autostart;
  GtkSwitch *enter_sends;
  BkAppFolderRow *folder;
  GtkSwitch *do_not_disturb;
  GtkSwitch *notify_invitations;
  GtkSwitch *notify_messages;
  GtkSwitch *notify_text;
  GtkSwitch *notify_sounds;
  BkAppPrivacyPage *privacy;

  /* Owned References */
  BeckonMessenger *messenger;
  BkAppServiceSettings *settings;
};

G_DEFINE_FINAL_TYPE (BkAppPreferences, bk_app_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
tell (BkAppPreferences *self, const char *text)
{
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), bk_app_toast_new (text));
}

/* A question before something that cannot be undone. @subject is what @apply is given on yes; the question goes when it
 * leaves the list. */
typedef struct
{
  BkAppPreferences *self;
  GObject *subject;
  void (*apply) (BkAppPreferences *self, gpointer subject);
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  g_object_unref (question->subject);
  g_free (question);
}

static void
on_answer (AdwMessageDialog *dialog, const char *response, Question *question)
{
  if (g_str_equal (response, "remove"))
    question->apply (question->self, question->subject);
}

static void
ask (BkAppPreferences *self, const char *name, const char *body, GListModel *subjects, gpointer subject,
     void (*apply) (BkAppPreferences *self, gpointer subject))
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), NULL, body);
  Question *question = g_new0 (Question, 1);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _("Remove %s?"), name);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "remove", _("_Remove"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  question->self = g_object_ref (self);
  question->subject = g_object_ref (subject);
  question->apply = apply;
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_answer), question,
                         (GClosureNotify) (void (*) (void)) question_free, 0);
  bk_app_close_without (GTK_WINDOW (dialog), subjects, subject);
  bk_app_present_question (dialog);
}

/* ---- accounts ---- */

static void
on_account_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppPreferences) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_messenger_remove_account_finish (BECKON_MESSENGER (source), result, &error) && self->messenger != NULL)
    tell (self, bk_app_error_text (error));
}

static void
remove_account (BkAppPreferences *self, gpointer account)
{
  beckon_messenger_remove_account_async (self->messenger, account, NULL, on_account_removed, g_object_ref (self));
}

static void
on_remove_account (BkAppAccountRow *row, BkAppPreferences *self)
{
  BeckonAccount *account = bk_app_account_row_get_account (row);

  ask (self, beckon_account_get_signin_name (account),
       _("The messages of this account will be deleted from this computer. The account itself stays on the server."),
       beckon_messenger_get_accounts (self->messenger), account, remove_account);
}

static GtkWidget *
make_account_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = bk_app_account_row_new (BK_APP_PREFERENCES (user_data)->messenger, item);

  g_signal_connect_object (row, "remove", G_CALLBACK (on_remove_account), user_data, 0);
  return row;
}

static void
on_add_account (GtkButton *button, BkAppPreferences *self)
{
  bk_app_account_form_show (GTK_WINDOW (self), self->messenger);
}

/* ---- applications ---- */

static void
on_unregistered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppPreferences) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_messenger_unregister_application_finish (BECKON_MESSENGER (source), result, &error)
      && self->messenger != NULL)
    tell (self, bk_app_error_text (error));
}

static void
unregister (BkAppPreferences *self, gpointer application)
{
  beckon_messenger_unregister_application_async (self->messenger, beckon_application_get_guid (application), NULL,
                                                 on_unregistered, g_object_ref (self));
}

static void
on_unregister (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppPreferences *self = BK_APP_PREFERENCES (widget);
  g_autoptr (BeckonApplication) application
    = beckon_messenger_find_application (self->messenger, g_variant_get_string (parameter, NULL));

  if (application != NULL)
    ask (self, beckon_application_get_name (application),
         _("Nobody can be invited to it from this computer any more. The program itself is not removed."),
         beckon_messenger_get_applications (self->messenger), application, unregister);
}

static void
on_registration (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppPreferences) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) registration
    = beckon_messenger_get_registration_finish (BECKON_MESSENGER (source), result, &error);

  if (self->messenger == NULL)
    return;
  if (registration != NULL)
    bk_app_register_window_show_for (GTK_WINDOW (self), self->messenger, registration);
  else
    tell (self, bk_app_error_text (error));
}

static void
on_edit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppPreferences *self = BK_APP_PREFERENCES (widget);

  beckon_messenger_get_registration_async (self->messenger, g_variant_get_string (parameter, NULL), NULL,
                                           on_registration, g_object_ref (self));
}

/* Both sides are told of an end; what went wrong is told once, by the side where it did. */
static void
on_trial_state (BeckonSession *session, GParamSpec *pspec, BkAppPreferences *self)
{
  BeckonSessionResult result = beckon_session_get_result (session);

  if (self->messenger != NULL && beckon_session_get_state (session) == BECKON_SESSION_STATE_TERMINATED
      && result != BECKON_SESSION_RESULT_ENDED && result != BECKON_SESSION_RESULT_CANCELLED_LOCAL
      && result != BECKON_SESSION_RESULT_CANCELLED_REMOTE)
    tell (self, beckon_session_get_result_text (session));
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppPreferences) self = user_data;
  g_autoptr (BeckonSession) inviter = NULL;
  g_autoptr (BeckonSession) invitee = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done = beckon_messenger_try_application_finish (BECKON_MESSENGER (source), result, &inviter, &invitee,
                                                           &error);

  if (self->messenger == NULL)
    return;
  if (!done)
    {
      tell (self, bk_app_error_text (error));
      return;
    }
  g_autofree char *text = g_strdup_printf (_("%s is started twice: for you, and for the person you invite."),
                                           beckon_session_get_application_name (inviter));
  tell (self, text);
  g_signal_connect_object (inviter, "notify::state", G_CALLBACK (on_trial_state), self, 0);
  g_signal_connect_object (invitee, "notify::state", G_CALLBACK (on_trial_state), self, 0);
  on_trial_state (inviter, NULL, self);
}

static void
on_try (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppPreferences *self = BK_APP_PREFERENCES (widget);

  beckon_messenger_try_application_async (self->messenger, g_variant_get_string (parameter, NULL), NULL, on_tried,
                                          g_object_ref (self));
}

static GtkWidget *
make_button (BeckonApplication *application, const char *icon, const char *action, const char *format)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree char *label = g_strjoinv (beckon_application_get_name (application), parts);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  bk_app_accessible_name (button, label);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", beckon_application_get_guid (application));
  return button;
}

static GtkWidget *
make_application_row (gpointer item, gpointer user_data)
{
  BkAppPreferences *self = user_data;
  BeckonApplication *application = item;
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new ();

  bk_app_set_application_icon (GTK_IMAGE (icon), beckon_application_get_icon (application));
  gtk_image_set_pixel_size (GTK_IMAGE (icon), 32);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), beckon_application_get_name (application));
  bk_app_application_source_show (ADW_ACTION_ROW (row), self->messenger, application);
  if (beckon_application_get_present (application))
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button (application, "media-playback-start-symbolic",
                                                                  "preferences.try", _("Try %s With Myself")));
  if (!beckon_application_get_user (application))
    return row;
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button (application, "document-edit-symbolic",
                                                                "preferences.edit", _("Change %s")));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button (application, "user-trash-symbolic",
                                                                "preferences.unregister", _("Remove %s")));
  return row;
}

static void
on_register (GtkButton *button, BkAppPreferences *self)
{
  bk_app_register_window_show (GTK_WINDOW (self), self->messenger);
}

static void
show_warnings (BkAppPreferences *self)
{
  g_auto (GStrv) warnings = beckon_messenger_dup_registry_warnings (self->messenger);
  g_autofree char *text = g_strjoinv ("\n", warnings);
  const char *secrets = beckon_messenger_get_secrets_warning (self->messenger);

  gtk_label_set_label (self->warnings, text);
  gtk_widget_set_visible (self->warnings_group, *text != '\0');
  adw_action_row_set_subtitle (self->secrets, secrets != NULL ? secrets : "");
  gtk_widget_set_visible (GTK_WIDGET (self->secrets), secrets != NULL && *secrets != '\0');
}

/* ---- what the service keeps ---- */

static void
on_setting_failed (GObject *object, const GError *error, BkAppPreferences *self)
{
  if (self->messenger != NULL)
    tell (self, bk_app_error_text (error));
}

static void
bind_service_settings (BkAppPreferences *self)
{
  self->settings = bk_app_service_settings_new (self->messenger);
  g_signal_connect_object (self->settings, "failed", G_CALLBACK (on_setting_failed), self, 0);
  g_object_bind_property (self->settings, "download-folder", self->folder, "folder",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  bk_app_privacy_page_set_messenger (self->privacy, self->messenger, self->settings);
}

/* ---- the window ---- */

static void
bind_settings (BkAppPreferences *self, GSettings *settings)
{
  const struct
  {
    const char *key;
    GtkSwitch *widget;
  } rows[] = {
    { "run-in-background", self->background },
    { "start-at-login", self->autostart },
    { "enter-sends", self->enter_sends },
    { "do-not-disturb", self->do_not_disturb },
    { "notify-invitations", self->notify_invitations },
    { "notify-messages", self->notify_messages },
    { "notify-text", self->notify_text },
    { "notify-sounds", self->notify_sounds },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_settings_bind (settings, rows[i].key, rows[i].widget, "active", G_SETTINGS_BIND_DEFAULT);
}

void
bk_app_preferences_open_page (BkAppPreferences *self, const char *page)
{
  static const char *const pages[] = { "accounts", "applications",  "connection", "behavior",
                                       "notifications", "privacy",   NULL };

  if (g_strv_contains (pages, page))
    adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (self), page);
}

void
bk_app_preferences_show (GtkWindow *parent, BkApp *app)
{
  BkAppPreferences *self = g_object_new (BK_TYPE_APP_PREFERENCES, "transient-for", parent, NULL);

  self->messenger = g_object_ref (bk_app_get_messenger (app));
  gtk_list_box_bind_model (self->accounts, beckon_messenger_get_accounts (self->messenger), make_account_row, self,
                           NULL);
  gtk_list_box_bind_model (self->applications, beckon_messenger_get_applications (self->messenger),
                           make_application_row, self, NULL);
  g_signal_connect_object (self->messenger, "notify::registry-warnings", G_CALLBACK (show_warnings), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->messenger, "notify::secrets-warning", G_CALLBACK (show_warnings), self,
                           G_CONNECT_SWAPPED);
  bind_settings (self, bk_app_get_settings (app));
  bind_service_settings (self);
  show_warnings (self);
  bk_app_connection_page_set_messenger (self->connection, self->messenger);
  bk_app_host_group_set_messenger (self->host, self->messenger);
  g_object_bind_property (self->host, "registering", self->register_application, "visible", G_BINDING_SYNC_CREATE);
  gtk_window_present (GTK_WINDOW (self));
}

static void
bk_app_preferences_dispose (GObject *object)
{
  BkAppPreferences *self = BK_APP_PREFERENCES (object);

  /* The groups of a preferences window outlive it in libadwaita 1.2: at least they hold no row of ours. */
  if (self->messenger != NULL)
    {
      gtk_list_box_bind_model (self->accounts, NULL, NULL, NULL, NULL);
      gtk_list_box_bind_model (self->applications, NULL, NULL, NULL, NULL);
      bk_app_connection_page_set_messenger (self->connection, NULL);
      bk_app_host_group_set_messenger (self->host, NULL);
      bk_app_privacy_page_set_messenger (self->privacy, NULL, NULL);
    }
  g_clear_object (&self->settings);
  g_clear_object (&self->messenger);
  G_OBJECT_CLASS (bk_app_preferences_parent_class)->dispose (object);
}

static void
bk_app_preferences_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  bk_app_page_bar_fit (GTK_WINDOW (widget), width);
  GTK_WIDGET_CLASS (bk_app_preferences_parent_class)->size_allocate (widget, width, height, baseline);
}

static void
bk_app_preferences_class_init (BkAppPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_preferences_dispose;
  widget_class->size_allocate = bk_app_preferences_size_allocate;
  g_type_ensure (BK_TYPE_APP_CONNECTION_PAGE);
  g_type_ensure (BK_TYPE_APP_FOLDER_ROW);
  g_type_ensure (BK_TYPE_APP_HOST_GROUP);
  g_type_ensure (BK_TYPE_APP_PRIVACY_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/preferences/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, accounts);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, add_account);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, secrets);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, applications);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, register_application);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, host);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, warnings_group);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, warnings);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, connection);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, background);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, autostart);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, enter_sends);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, folder);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, do_not_disturb);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, notify_invitations);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, notify_messages);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, notify_text);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, notify_sounds);
  gtk_widget_class_bind_template_child (widget_class, BkAppPreferences, privacy);
  gtk_widget_class_bind_template_callback (widget_class, on_add_account);
  gtk_widget_class_bind_template_callback (widget_class, on_register);
  gtk_widget_class_bind_template_callback (widget_class, on_setting_failed);
  gtk_widget_class_install_action (widget_class, "preferences.unregister", "s", on_unregister);
  gtk_widget_class_install_action (widget_class, "preferences.edit", "s", on_edit);
  gtk_widget_class_install_action (widget_class, "preferences.try", "s", on_try);
}

static void
bk_app_preferences_init (BkAppPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bk_app_accessible_name (self->add_account, _("Add an account"));
  bk_app_accessible_name (self->register_application, _("Register an application"));
}
