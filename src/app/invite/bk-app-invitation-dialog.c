/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-invitation-dialog.h"

#include "bk-app-accessible.h"
#include "bk-app.h"
#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "invite/bk-app-session-news.h"

#include <glib/gi18n.h>

#define MAX_MESSAGE 600 /* characters that are shown of what comes with an invitation */

struct _BkAppInvitationDialog
{
  AdwWindow parent_instance;

  /* Template Widgets */
  GtkImage *icon;
  GtkWidget *heading;
  GtkLabel *comment;
  GtkLabel *message;
  GtkLabel *missing;
  GtkLabel *warning;
  GtkLabel *problem;
  GtkCheckButton *always;
  GtkLabel *always_text;
  GtkActionable *accept;
  GtkActionable *decline;
  GtkActionable *cancel;

  /* Owned References */
  BeckonMessenger *messenger;
  BeckonSession *session;

  guint quiet_ms; /* for so long after it comes up, keys may still be meant for what was there before */
  guint quiet;    /* source that opens it */
  gboolean open;  /* for keys */
};

G_DEFINE_FINAL_TYPE (BkAppInvitationDialog, bk_app_invitation_dialog, ADW_TYPE_WINDOW)

static void
show_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

/* What a person wrote; where nobody did, what the program sends along is shown if it looks like that. */
static char *
dup_message (BeckonSession *session)
{
  const char *message = beckon_session_get_message (session);
  const char *data = *message != '\0' ? message : beckon_session_get_app_data (session);

  if (*data == '\0' || g_utf8_strlen (data, -1) > MAX_MESSAGE)
    return NULL;
  for (const char *p = data; data != message && *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isprint (g_utf8_get_char (p)) && *p != '\n')
      return NULL;
  return g_strdup_printf (_("“%s”"), data);
}

/* The page is named before anybody goes there. */
static char *
dup_missing (BeckonSession *session, BeckonApplication *application)
{
  const char *name = bk_app_application_word (beckon_session_get_application_name (session));
  const char *url = beckon_session_get_application_url (session);

  if (application != NULL && beckon_application_get_present (application))
    return NULL;
  if (*url == '\0')
    return g_strdup_printf (_("%s is not installed here. If you accept, it will start once you have installed it."), name);
  return g_strdup_printf (_("%s is not installed here. If you accept, its page opens in your web browser, and it "
                            "will start once you have installed it:\n%s"), name, url);
}

/* Nothing is promised to somebody whose key nobody has seen, or another one than before. */
static void
show_always (BkAppInvitationDialog *self, BeckonApplication *application)
{
  BeckonIdentity identity = beckon_session_get_identity (self->session);
  gboolean trusted = identity == BECKON_IDENTITY_NEW || identity == BECKON_IDENTITY_KNOWN;
  /* Translators: an application and a person, as in “Always accept Pipe from Bob” */
  g_autofree char *label
    = g_strdup_printf (_("Always accept %s from %s"),
                       bk_app_application_word (beckon_session_get_application_name (self->session)),
                       beckon_session_get_user_name (self->session));

  gtk_label_set_label (self->always_text, label);
  bk_app_accessible_name (GTK_WIDGET (self->always), label);
  gtk_widget_set_visible (GTK_WIDGET (self->always),
                          trusted && application != NULL && beckon_application_get_present (application));
}

/* A file goes to the folder for files, no program takes part, and none is ever taken without asking. */
static void
fill_with_file (BkAppInvitationDialog *self, const char *file)
{
  BeckonSession *session = self->session;
  g_autoptr (GVariant) transfer = beckon_session_dup_transfer (session);
  g_autofree char *heading = g_strdup_printf (_("%s wants to send you a file"), beckon_session_get_user_name (session));
  g_autofree char *warning = bk_app_session_dup_identity_warning (session);
  const char *name = "";

  g_variant_lookup (transfer, "name", "&s", &name);
  g_autofree char *type = g_content_type_guess (name, NULL, 0, NULL);
  g_autoptr (GIcon) icon = g_content_type_get_icon (type);
  gtk_image_set_from_gicon (self->icon, icon);
  gtk_window_set_title (GTK_WINDOW (self), _("File"));
  gtk_label_set_label (GTK_LABEL (self->heading), heading);
  gtk_widget_set_tooltip_text (self->heading, beckon_session_get_user (session));
  show_text (self->comment, NULL);
  show_text (self->message, file);
  show_text (self->missing, NULL);
  show_text (self->warning, warning);
  gtk_widget_set_visible (GTK_WIDGET (self->always), FALSE);
}

static void
fill (BkAppInvitationDialog *self)
{
  g_autofree char *file = bk_app_session_dup_file (self->session);

  if (file != NULL)
    {
      fill_with_file (self, file);
      return;
    }
  BeckonSession *session = self->session;
  g_autoptr (BeckonApplication) application
    = beckon_messenger_find_application (self->messenger, beckon_session_get_application (session));
  const char *user_name = beckon_session_get_user_name (session);
  const char *user = beckon_session_get_user (session);
  g_autofree char *heading = g_strdup_printf (
    _("%s invites you to %s"), user_name, bk_app_application_word (beckon_session_get_application_name (session)));
  g_autofree char *message = dup_message (session);
  g_autofree char *missing = dup_missing (session, application);
  g_autofree char *warning = bk_app_session_dup_identity_warning (session);

  bk_app_set_application_icon (self->icon, application != NULL ? beckon_application_get_icon (application) : NULL);
  gtk_label_set_label (GTK_LABEL (self->heading), heading);
  gtk_widget_set_tooltip_text (self->heading, user);
  show_text (self->comment, application != NULL ? beckon_application_get_comment (application) : NULL);
  show_text (self->message, message);
  show_text (self->missing, missing);
  show_text (self->warning, warning);
  show_always (self, application);
}

/* Nobody is sent to a web page for what was installed while the question stood. */
static void
on_applications_changed (GListModel *applications, guint position, guint removed, guint added,
                         BkAppInvitationDialog *self)
{
  if (beckon_messenger_get_connected (self->messenger))
    fill (self);
}

void
bk_app_invitation_dialog_show_problem (BkAppInvitationDialog *self, const char *text)
{
  show_text (self->problem, text);
}

BkAppInvitationDialog *
bk_app_invitation_dialog_new (GtkApplication *application, BeckonMessenger *messenger, BeckonSession *session)
{
  BkAppInvitationDialog *self = g_object_new (BK_TYPE_APP_INVITATION_DIALOG, "application", application, NULL);
  const char *id = beckon_session_get_id (session);

  self->messenger = g_object_ref (messenger);
  self->session = g_object_ref (session);
  self->quiet_ms = g_settings_get_uint (bk_app_get_settings (BK_APP (application)), "quiet-time");
  fill (self);
  g_signal_connect_object (beckon_messenger_get_applications (messenger), "items-changed",
                           G_CALLBACK (on_applications_changed), self, 0);
  gtk_actionable_set_action_target (self->accept, "s", id);
  gtk_actionable_set_action_target (self->decline, "s", id);
  gtk_actionable_set_action_target (self->cancel, "s", id);
  return self;
}

gboolean
bk_app_invitation_dialog_get_always (BkAppInvitationDialog *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self->always)) && gtk_check_button_get_active (self->always);
}

/* ---- keys that were meant for something else ---- */

static gboolean
on_quiet (gpointer user_data)
{
  BkAppInvitationDialog *self = user_data;

  self->quiet = 0;
  self->open = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for_quiet (BkAppInvitationDialog *self)
{
  g_clear_handle_id (&self->quiet, g_source_remove);
  self->quiet = g_timeout_add (self->quiet_ms, on_quiet, self);
}

/* It has the keyboard now, whatever the user was doing. */
static void
on_active (GtkWindow *window, GParamSpec *pspec, gpointer user_data)
{
  BkAppInvitationDialog *self = BK_APP_INVITATION_DIALOG (window);

  if (gtk_window_is_active (window) && !self->open)
    wait_for_quiet (self);
}

/* Who writes on without having seen it gets more time. To put it off is all that a key can do. */
static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, BkAppInvitationDialog *self)
{
  if (self->open || key == GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  if (gdk_keyval_to_unicode (key) != 0 && key != GDK_KEY_Tab)
    wait_for_quiet (self);
  return GDK_EVENT_STOP;
}

/* It may come up while the user types elsewhere: no key that was not meant for it presses a button, which GTK would
 * give the keyboard to. Tab goes to the first. */
static void
bk_app_invitation_dialog_show (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bk_app_invitation_dialog_parent_class)->show (widget);
  gtk_window_set_focus (GTK_WINDOW (widget), NULL);
}

static void
bk_app_invitation_dialog_finalize (GObject *object)
{
  BkAppInvitationDialog *self = BK_APP_INVITATION_DIALOG (object);

  g_clear_handle_id (&self->quiet, g_source_remove);
  g_clear_object (&self->session);
  g_clear_object (&self->messenger);
  G_OBJECT_CLASS (bk_app_invitation_dialog_parent_class)->finalize (object);
}

static void
bk_app_invitation_dialog_class_init (BkAppInvitationDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bk_app_invitation_dialog_finalize;
  widget_class->show = bk_app_invitation_dialog_show;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/invite/invitation-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, icon);
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, comment);
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, message);
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, missing);
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, warning);
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, always);
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, always_text);
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, accept);
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, decline);
  gtk_widget_class_bind_template_child (widget_class, BkAppInvitationDialog, cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_active);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_invitation_dialog_init (BkAppInvitationDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
