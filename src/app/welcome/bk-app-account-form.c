/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "welcome/bk-app-account-form.h"

#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "welcome/bk-app-untrusted.h"

#include <glib/gi18n.h>
#include <string.h>

#define MIN_PASSWORD 6 /* of the contract, in bytes */

struct _BkAppAccountForm
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkToggleButton *create;
  GtkToggleButton *sign_in;
  GtkWidget *fields;
  GtkWidget *signin_name;
  GtkWidget *password;
  GtkWidget *display_name;
  AdwExpanderRow *more;
  GtkWidget *server;
  GtkWidget *token;
  GtkLabel *problem;
  GtkWidget *details;
  GtkWidget *offline;
  GtkButton *submit;
  GtkSpinner *spinner;

  BeckonMessenger *messenger; /* owned */
  GCancellable *cancellable;  /* not NULL while the server is being asked */
  char *reason;               /* what the network said about the problem; nullable */
};

enum
{
  SIGNAL_DONE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppAccountForm, bk_app_account_form, ADW_TYPE_BIN)

static const char *
text_of (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

/* What is pasted often has a space at its end. NULL if there is nothing. */
static char *
dup_text (GtkWidget *row)
{
  g_autofree char *text = g_strstrip (g_strdup (text_of (row)));

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static gboolean
is_creating (BkAppAccountForm *self)
{
  return gtk_toggle_button_get_active (self->create);
}

static void
update (BkAppAccountForm *self)
{
  gboolean creating = is_creating (self);
  gboolean busy = self->cancellable != NULL;

  gtk_widget_set_visible (self->display_name, creating);
  gtk_widget_set_visible (self->token, creating);
  gtk_button_set_label (self->submit, creating ? _("Create _Account") : _("_Sign In"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->submit), !busy && *text_of (self->signin_name) != '\0'
                                                         && *text_of (self->password) != '\0');
  gtk_widget_set_sensitive (self->fields, !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->create), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sign_in), !busy);
  gtk_spinner_set_spinning (self->spinner, busy);
}

/* ---- what went wrong, where it is ---- */

static void
clear_problem (BkAppAccountForm *self)
{
  GtkWidget *rows[] = { self->signin_name, self->password, self->display_name, self->server, self->token };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_widget_remove_css_class (rows[i], "error");
  gtk_label_set_label (self->problem, "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  gtk_widget_set_visible (self->details, FALSE);
  g_clear_pointer (&self->reason, g_free);
}

/* That a server cannot be trusted has reasons that help whoever runs it. */
static void
keep_reason (BkAppAccountForm *self, const GError *error)
{
  if (!g_error_matches (error, BECKON_ERROR, BECKON_ERROR_INVALID_CERTIFICATE)
      && !g_error_matches (error, BECKON_ERROR, BECKON_ERROR_TLS_FAIL))
    return;
  self->reason = g_strdup (error->message);
  gtk_widget_set_visible (self->details, TRUE);
}

static void
on_details (GtkButton *button, BkAppAccountForm *self)
{
  const char *at = strchr (text_of (self->signin_name), '@');
  const char *server = *text_of (self->server) != '\0' || at == NULL ? text_of (self->server) : at + 1;

  bk_app_untrusted_show (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), server, self->reason);
}

/* ---- the network of this computer ---- */

static void
on_network (GNetworkMonitor *monitor, GParamSpec *pspec, BkAppAccountForm *self)
{
  gtk_widget_set_visible (self->offline, !g_network_monitor_get_network_available (monitor));
}

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer adjustment)
{
  if (gtk_widget_get_visible (GTK_WIDGET (BK_APP_ACCOUNT_FORM (widget)->problem)))
    gtk_adjustment_set_value (adjustment,
                              gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment));
  return G_SOURCE_REMOVE;
}

/* What is said, and what can be done then, are at the end of the form: that is in sight in a low window, too, while the
 * fields above it unfold. This is told in the middle of a layout, which nothing must change. */
static void
on_resized (GtkAdjustment *adjustment, BkAppAccountForm *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->problem)))
    gtk_widget_add_tick_callback (GTK_WIDGET (self), on_frame, g_object_ref (adjustment), g_object_unref);
}

static void
bk_app_account_form_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bk_app_account_form_parent_class)->root (widget);
  GtkWidget *scrolled = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);

  if (scrolled != NULL)
    g_signal_connect_object (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)), "changed",
                             G_CALLBACK (on_resized), widget, 0);
}

static void
show_problem (BkAppAccountForm *self, GtkWidget *row, const char *text)
{
  gtk_label_set_label (self->problem, text);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
  if (row == NULL)
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->submit));
      return;
    }
  if (row == self->server || row == self->token)
    adw_expander_row_set_expanded (self->more, TRUE);
  gtk_widget_add_css_class (row, "error");
  gtk_widget_grab_focus (row);
}

static GtkWidget *
row_of_error (BkAppAccountForm *self, const GError *error)
{
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD))
    return self->password;
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_ACCOUNT_EXISTS)
      || g_error_matches (error, BECKON_ERROR, BECKON_ERROR_ALREADY_LOGGED_ON))
    return self->signin_name;
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_NOT_ALLOWING_NEW_USERS))
    return self->token;
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_INVALID_SERVER_NAME)
      || g_error_matches (error, BECKON_ERROR, BECKON_ERROR_CONNECT)
      || g_error_matches (error, BECKON_ERROR, BECKON_ERROR_TLS_FAIL)
      || g_error_matches (error, BECKON_ERROR, BECKON_ERROR_INVALID_CERTIFICATE))
    return self->server;
  return NULL;
}

/* ---- the answer of the server ---- */

static void
finish (BkAppAccountForm *self, BeckonAccount *account, GError *error)
{
  g_clear_object (&self->cancellable);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  update (self);
  if (account == NULL)
    {
      show_problem (self, row_of_error (self, error), bk_app_error_text (error));
      keep_reason (self, error);
      return;
    }
  gtk_editable_set_text (GTK_EDITABLE (self->password), "");
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountForm) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonAccount) account
    = beckon_messenger_create_account_finish (BECKON_MESSENGER (source), result, &error);

  finish (self, account, error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountForm) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonAccount) account
    = beckon_messenger_add_account_finish (BECKON_MESSENGER (source), result, &error);

  finish (self, account, error);
}

/* GTK 4.8 tells an entry that it loses the keyboard too late: after having freed a password entry, or not at all where one
 * cannot be used any more. */
static void
release_focus (BkAppAccountForm *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    gtk_root_set_focus (root, NULL);
}

static void
submit (BkAppAccountForm *self)
{
  g_autofree char *name = dup_text (self->signin_name);
  g_autofree char *server = dup_text (self->server);
  g_autofree char *display_name = dup_text (self->display_name);
  g_autofree char *token = dup_text (self->token);
  const char *at = name != NULL ? strchr (name, '@') : NULL;

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->submit)))
    return;
  clear_problem (self);
  if (at == NULL || at == name || at[1] == '\0')
    {
      show_problem (self, self->signin_name, _("A sign-in name looks like alice@example.org."));
      return;
    }
  if (is_creating (self) && strlen (text_of (self->password)) < MIN_PASSWORD)
    {
      show_problem (self, self->password, _("A password has at least six characters."));
      return;
    }
  release_focus (self);
  self->cancellable = g_cancellable_new ();
  update (self);
  if (is_creating (self))
    beckon_messenger_create_account_async (self->messenger, name, text_of (self->password), server, display_name, token,
                                           self->cancellable, on_created, g_object_ref (self));
  else
    beckon_messenger_add_account_async (self->messenger, name, text_of (self->password), server, self->cancellable,
                                        on_added, g_object_ref (self));
}

static void
on_submit (GtkWidget *widget, BkAppAccountForm *self)
{
  submit (self);
}

static void
on_changed (GtkEditable *editable, BkAppAccountForm *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (editable), "error");
  update (self);
}

static void
on_toggled (GtkToggleButton *button, BkAppAccountForm *self)
{
  clear_problem (self);
  update (self);
}

/* ---- the widget ---- */

void
bk_app_account_form_set_messenger (BkAppAccountForm *self, BeckonMessenger *messenger)
{
  g_set_object (&self->messenger, messenger);
}

static gboolean
bk_app_account_form_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (BK_APP_ACCOUNT_FORM (widget)->signin_name);
}

static void
bk_app_account_form_unmap (GtkWidget *widget)
{
  release_focus (BK_APP_ACCOUNT_FORM (widget));
  GTK_WIDGET_CLASS (bk_app_account_form_parent_class)->unmap (widget);
}

static void
bk_app_account_form_dispose (GObject *object)
{
  BkAppAccountForm *self = BK_APP_ACCOUNT_FORM (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->messenger);
  g_clear_pointer (&self->reason, g_free);
  G_OBJECT_CLASS (bk_app_account_form_parent_class)->dispose (object);
}

static void
bk_app_account_form_class_init (BkAppAccountFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_account_form_dispose;
  widget_class->root = bk_app_account_form_root;
  widget_class->unmap = bk_app_account_form_unmap;
  widget_class->grab_focus = bk_app_account_form_grab_focus;
  widget_class->focus = bk_app_focus_child;
  signals[SIGNAL_DONE] = g_signal_new ("done", BK_TYPE_APP_ACCOUNT_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/welcome/account-form.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, create);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, sign_in);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, fields);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, signin_name);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, password);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, display_name);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, more);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, server);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, token);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, problem);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, details);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, offline);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, submit);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountForm, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_details);
  gtk_widget_class_bind_template_callback (widget_class, on_submit);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
}

static void
bk_app_account_form_init (BkAppAccountForm *self)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* Longer languages have no room beside each other in a narrow window. */
  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->create))), TRUE);
  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->sign_in))), TRUE);
  g_signal_connect_object (monitor, "notify::network-available", G_CALLBACK (on_network), self, 0);
  on_network (monitor, NULL, self);
  update (self);
}

/* ---- a window around it ---- */

void
bk_app_account_form_show (GtkWindow *parent, BeckonMessenger *messenger)
{
  g_autoptr (GtkBuilder) builder = NULL;

  g_type_ensure (BK_TYPE_APP_ACCOUNT_FORM);
  builder = gtk_builder_new_from_resource ("/im/beckon/Beckon/welcome/account-window.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "window"));
  BkAppAccountForm *form = BK_APP_ACCOUNT_FORM (gtk_builder_get_object (builder, "form"));
  bk_app_account_form_set_messenger (form, messenger);
  gtk_toggle_button_set_active (form->sign_in, TRUE);
  g_signal_connect_object (form, "done", G_CALLBACK (gtk_window_close), window, G_CONNECT_SWAPPED);
  gtk_window_set_transient_for (window, parent);
  gtk_window_present (window);
  gtk_widget_grab_focus (GTK_WIDGET (form));
}
