/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-status-menu.h"

#include "bk-app-accessible.h"
#include "bk-app-text.h"
#include "bk-app-widgets.h"

#include <glib/gi18n.h>

struct _BkAppStatusMenu
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkMenuButton *button;
  GtkWidget *dot;
  GtkLabel *name;
  GtkLabel *word;

  BeckonMessenger *messenger;
  BeckonAccount *account; /* whose status is shown: the primary one */
  GSimpleActionGroup *actions;
  char *told; /* what it says; NULL before there is an account */
};

G_DEFINE_FINAL_TYPE (BkAppStatusMenu, bk_app_status_menu, ADW_TYPE_BIN)

/* Those that people choose. Idle comes by itself. */
static const BeckonStatus choices[] = {
  BECKON_STATUS_ONLINE,        BECKON_STATUS_BUSY,         BECKON_STATUS_BE_RIGHT_BACK, BECKON_STATUS_AWAY,
  BECKON_STATUS_ON_THE_PHONE,  BECKON_STATUS_OUT_TO_LUNCH, BECKON_STATUS_INVISIBLE,
};

static void
show (BkAppStatusMenu *self)
{
  BeckonStatus status = self->account != NULL ? beckon_account_get_status (self->account) : BECKON_STATUS_OFFLINE;
  BeckonStatus wanted = self->account != NULL ? beckon_account_get_wanted_status (self->account) : status;
  const char *name = self->account != NULL ? beckon_account_get_display_name (self->account) : "";
  const char *word = bk_app_status_word (status);
  /* Translators: accessible name of the button that shows the own presence, as in "Your status: Busy" */
  g_autofree char *label = g_strdup_printf (_("Your status: %s"), word);

  /* It is heard when it changes: so is that one is online again, or not. */
  if (self->account != NULL && self->told != NULL && !g_str_equal (self->told, label))
    bk_app_announce (GTK_WIDGET (self), label);
  g_free (self->told);
  self->told = self->account != NULL ? g_strdup (label) : NULL;
  bk_app_set_status_dot (self->dot, status);
  gtk_label_set_label (self->name, name);
  gtk_label_set_label (self->word, word);
  bk_app_accessible_name (GTK_WIDGET (self->button), label);
  gtk_widget_set_visible (GTK_WIDGET (self->button), self->account != NULL);
  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "set",
                                      g_variant_new_string (beckon_status_to_nick (wanted)));
}

static void
on_account_notify (BeckonAccount *account, GParamSpec *pspec, BkAppStatusMenu *self)
{
  show (self);
}

static void
update_account (BkAppStatusMenu *self)
{
  BeckonAccount *account = self->messenger != NULL ? beckon_messenger_get_primary_account (self->messenger) : NULL;

  if (account == self->account)
    return;
  if (self->account != NULL)
    g_signal_handlers_disconnect_by_data (self->account, self);
  g_set_object (&self->account, account);
  if (account != NULL)
    g_signal_connect_object (account, "notify", G_CALLBACK (on_account_notify), self, 0);
  show (self);
}

/* While the session service is away, what was there last is shown on. */
static void
on_primary_changed (BeckonMessenger *messenger, GParamSpec *pspec, BkAppStatusMenu *self)
{
  if (beckon_messenger_get_connected (messenger))
    update_account (self);
}

void
bk_app_status_menu_set_messenger (BkAppStatusMenu *self, BeckonMessenger *messenger)
{
  g_set_object (&self->messenger, messenger);
  g_signal_connect_object (messenger, "notify::primary-account", G_CALLBACK (on_primary_changed), self, 0);
  g_signal_connect_object (messenger, "notify::connected", G_CALLBACK (on_primary_changed), self, 0);
  update_account (self);
}

/* ---- choosing ---- */

static void
on_status_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!beckon_account_set_status_finish (BECKON_ACCOUNT (source), result, &error))
    g_message ("The status could not be set: %s", error->message);
}

static void
on_chosen (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BkAppStatusMenu *self = user_data;
  const char *nick = g_variant_get_string (parameter, NULL);
  GListModel *accounts = beckon_messenger_get_accounts (self->messenger);

  for (gsize c = 0; c < G_N_ELEMENTS (choices); c++)
    for (guint i = 0; g_str_equal (beckon_status_to_nick (choices[c]), nick) && i < g_list_model_get_n_items (accounts);
         i++)
      {
        g_autoptr (BeckonAccount) account = g_list_model_get_item (accounts, i);
        beckon_account_set_status_async (account, choices[c], beckon_account_get_personal_message (account), NULL,
                                         on_status_set, NULL);
      }
}

/* The state follows the account, not the click. */
static void
on_change_state (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  g_simple_action_set_state (action, value);
}

static GMenuModel *
make_menu (void)
{
  GMenu *menu = g_menu_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (bk_app_status_word (choices[i]), NULL);
      g_menu_item_set_action_and_target (item, "status.set", "s", beckon_status_to_nick (choices[i]));
      g_menu_append_item (menu, item);
    }
  g_autoptr (GMenu) quiet = g_menu_new ();
  g_menu_append (quiet, _("_Do Not Disturb"), "app.do-not-disturb");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (quiet));
  g_autoptr (GMenu) sign_out = g_menu_new ();
  g_menu_append (sign_out, _("Sign _Out"), "app.sign-out");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (sign_out));
  return G_MENU_MODEL (menu);
}

static void
bk_app_status_menu_dispose (GObject *object)
{
  BkAppStatusMenu *self = BK_APP_STATUS_MENU (object);

  g_clear_object (&self->account);
  g_clear_object (&self->messenger);
  g_clear_object (&self->actions);
  g_clear_pointer (&self->told, g_free);
  G_OBJECT_CLASS (bk_app_status_menu_parent_class)->dispose (object);
}

static void
bk_app_status_menu_class_init (BkAppStatusMenuClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_status_menu_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/contacts/status-menu.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppStatusMenu, button);
  gtk_widget_class_bind_template_child (widget_class, BkAppStatusMenu, dot);
  gtk_widget_class_bind_template_child (widget_class, BkAppStatusMenu, name);
  gtk_widget_class_bind_template_child (widget_class, BkAppStatusMenu, word);
}

static void
bk_app_status_menu_init (BkAppStatusMenu *self)
{
  static const GActionEntry entries[] = { { "set", on_chosen, "s", "'online'", on_change_state, { 0 } } };
  g_autoptr (GMenuModel) menu = make_menu ();

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "status", G_ACTION_GROUP (self->actions));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_menu_model (self->button, menu);
}
