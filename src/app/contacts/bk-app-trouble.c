/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-trouble.h"

#include "bk-app-text.h"

#include <glib/gi18n.h>

struct _BkAppTrouble
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkRevealer *revealer;
  GtkLabel *label;
  GtkButton *button;

  BkApp *app;              /* not owned: it outlives its windows */
  GPtrArray *accounts;     /* element-type BeckonAccount: those that are watched */
};

G_DEFINE_FINAL_TYPE (BkAppTrouble, bk_app_trouble, ADW_TYPE_BIN)

static void
say (BkAppTrouble *self, const char *text, const char *button, const char *action, GVariant *target)
{
  g_autoptr (GVariant) owned = target != NULL ? g_variant_ref_sink (target) : NULL;

  if (text != NULL)
    gtk_label_set_label (self->label, text);
  gtk_revealer_set_reveal_child (self->revealer, text != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  if (button == NULL)
    return;
  gtk_button_set_label (self->button, button);
  /* In this order no action is ever seen with the target of another. */
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), NULL);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self->button), owned);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), action);
}

/* Tells of the first account that is not well. Returns whether there is one. */
static gboolean
say_account (BkAppTrouble *self)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      BeckonAccount *account = self->accounts->pdata[i];
      g_autofree char *trouble = bk_app_account_dup_trouble (account);

      if (trouble == NULL)
        continue;
      if (bk_app_account_has_error (account, BECKON_ERROR_INVALID_PASSWORD))
        say (self, _("The password is no longer accepted."), _("_Enter Password…"), "win.enter-password",
             g_variant_new_string (beckon_account_get_signin_name (account)));
      else if (bk_app_account_has_error (account, BECKON_ERROR_INVALID_CERTIFICATE))
        say (self, trouble, _("_Details…"), "win.show-certificate",
             g_variant_new_string (beckon_account_get_signin_name (account)));
      else if (g_str_equal (beckon_account_get_state (account), "offline"))
        say (self, trouble, _("_Sign In"), "app.sign-in", NULL);
      else if (g_str_equal (beckon_account_get_state (account), "waiting"))
        say (self, trouble, _("_Try Now"), "app.sign-in", NULL);
      else
        say (self, trouble, NULL, NULL, NULL);
      return TRUE;
    }
  return FALSE;
}

static void
show (BkAppTrouble *self)
{
  const char *failure = bk_app_get_failure (self->app);
  BeckonMessenger *messenger = bk_app_get_messenger (self->app);

  if (failure != NULL && !bk_app_can_retry (self->app))
    say (self, failure, NULL, NULL, NULL);
  else if (failure != NULL)
    say (self, failure, _("_Try Again"), "app.retry", NULL);
  else if (messenger != NULL && !beckon_messenger_get_connected (messenger))
    say (self, _("Beckon’s session service has stopped. Starting it again…"), NULL, NULL, NULL);
  else if (!say_account (self))
    say (self, NULL, NULL, NULL, NULL);
}

static void
on_something (GObject *object, GParamSpec *pspec, BkAppTrouble *self)
{
  show (self);
}

static void
forget_accounts (BkAppTrouble *self)
{
  for (guint i = 0; i < self->accounts->len; i++)
    g_signal_handlers_disconnect_by_data (self->accounts->pdata[i], self);
  g_ptr_array_set_size (self->accounts, 0);
}

static void
on_accounts_changed (GListModel *accounts, guint position, guint removed, guint added, BkAppTrouble *self)
{
  forget_accounts (self);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      BeckonAccount *account = g_list_model_get_item (accounts, i);

      g_signal_connect_object (account, "notify::state", G_CALLBACK (on_something), self, 0);
      g_signal_connect_object (account, "notify::error-text", G_CALLBACK (on_something), self, 0);
      g_ptr_array_add (self->accounts, account);
    }
  show (self);
}

void
bk_app_trouble_set_app (BkAppTrouble *self, BkApp *app)
{
  BeckonMessenger *messenger = bk_app_get_messenger (app);
  GListModel *accounts = beckon_messenger_get_accounts (messenger);

  self->app = app;
  g_signal_connect_object (app, "notify::failure", G_CALLBACK (on_something), self, 0);
  g_signal_connect_object (messenger, "notify::connected", G_CALLBACK (on_something), self, 0);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (on_accounts_changed), self, 0);
  on_accounts_changed (accounts, 0, 0, 0, self);
}

static void
bk_app_trouble_dispose (GObject *object)
{
  BkAppTrouble *self = BK_APP_TROUBLE (object);

  forget_accounts (self);
  G_OBJECT_CLASS (bk_app_trouble_parent_class)->dispose (object);
}

static void
bk_app_trouble_finalize (GObject *object)
{
  g_ptr_array_unref (BK_APP_TROUBLE (object)->accounts);
  G_OBJECT_CLASS (bk_app_trouble_parent_class)->finalize (object);
}

static void
bk_app_trouble_class_init (BkAppTroubleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_trouble_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_app_trouble_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/contacts/trouble.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppTrouble, revealer);
  gtk_widget_class_bind_template_child (widget_class, BkAppTrouble, label);
  gtk_widget_class_bind_template_child (widget_class, BkAppTrouble, button);
}

static void
bk_app_trouble_init (BkAppTrouble *self)
{
  self->accounts = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
}
