/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-add-contact.h"

#include "bk-app-text.h"
#include "contacts/bk-app-link.h"

#include <glib/gi18n.h>
#include <string.h>

struct _BkAppAddContact
{
  AdwWindow parent_instance;

  /* Template Widgets */
  GtkWidget *who;
  GtkWidget *text;
  AdwComboRow *account;
  GtkLabel *problem;
  GtkWidget *add;

  BeckonMessenger *messenger; /* owned */
  char *asked;                /* the sign-in name of whoever is being asked */
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (BkAppAddContact, bk_app_add_contact, ADW_TYPE_WINDOW)

static char *
dup_typed (BkAppAddContact *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->who))));
}

static void
update (BkAppAddContact *self)
{
  g_autofree char *who = dup_typed (self);

  gtk_widget_set_sensitive (self->add, *who != '\0' && !self->busy);
}

static void
show_problem (BkAppAddContact *self, const char *text)
{
  gtk_label_set_label (self->problem, text);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
  gtk_widget_add_css_class (self->who, "error");
  gtk_widget_grab_focus (self->who);
}

/* In the window beneath, as long as it is there. */
static void
tell (BkAppAddContact *self, const char *text)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.tell", "s", text);
}

/* What was said so far is shown, as far as there is anything, and that the other person is asked. */
static void
finish (BkAppAddContact *self, BeckonAccount *account)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL && gtk_widget_get_visible (GTK_WIDGET (self)))
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.open-conversation", "(ss)",
                                beckon_account_get_signin_name (account), self->asked);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAddContact) self = user_data;
  BeckonAccount *account = BECKON_ACCOUNT (source);
  g_autoptr (GError) error = NULL;
  gboolean added = beckon_account_add_contact_finish (account, result, &error);

  self->busy = FALSE;
  update (self);
  if (added)
    finish (self, account);
  else if (gtk_widget_get_visible (GTK_WIDGET (self)))
    show_problem (self, bk_app_error_text (error));
  else /* closed meanwhile */
    tell (self, bk_app_error_text (error));
}

/* People on the same server are known by the first half of their name. NULL if it cannot be one. */
static char *
dup_whole_name (const char *who, BeckonAccount *account)
{
  const char *domain = strchr (beckon_account_get_signin_name (account), '@');
  g_autofree char *whole = strpbrk (who, "@:") != NULL || domain == NULL ? g_strdup (who) : g_strconcat (who, domain, NULL);

  return bk_app_link_dup_who (whole);
}

static void
on_add (GtkWidget *widget, BkAppAddContact *self)
{
  g_autoptr (BeckonAccount) account = NULL;

  if (!gtk_widget_get_sensitive (self->add))
    return;
  account = g_list_model_get_item (beckon_messenger_get_accounts (self->messenger),
                                   adw_combo_row_get_selected (self->account));
  if (account == NULL)
    {
      show_problem (self, _("There is no account to add contacts to."));
      return;
    }
  g_autofree char *typed = dup_typed (self);
  g_autofree char *who = dup_whole_name (typed, account);
  if (who == NULL)
    {
      show_problem (self, _("A sign-in name looks like bob@example.org, a link like beckon:bob@example.org."));
      return;
    }
  if (g_ascii_strcasecmp (who, beckon_account_get_signin_name (account)) == 0)
    {
      show_problem (self, _("That is you."));
      return;
    }
  self->busy = TRUE;
  g_free (self->asked);
  self->asked = g_strdup (who);
  update (self);
  beckon_account_add_contact_async (account, who, gtk_editable_get_text (GTK_EDITABLE (self->text)), NULL, on_added,
                                    g_object_ref (self));
}

static void
on_changed (GtkEditable *editable, BkAppAddContact *self)
{
  gtk_widget_remove_css_class (self->who, "error");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  update (self);
}

void
bk_app_add_contact_fill (BkAppAddContact *self, const char *account, const char *who)
{
  GListModel *accounts = beckon_messenger_get_accounts (self->messenger);

  if (*gtk_editable_get_text (GTK_EDITABLE (self->who)) != '\0')
    return;
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (BeckonAccount) own = g_list_model_get_item (accounts, i);
      if (g_str_equal (beckon_account_get_signin_name (own), account))
        adw_combo_row_set_selected (self->account, i);
    }
  gtk_editable_set_text (GTK_EDITABLE (self->who), who);
}

BkAppAddContact *
bk_app_add_contact_show (GtkWindow *parent, BeckonMessenger *messenger)
{
  BkAppAddContact *self = g_object_new (BK_TYPE_APP_ADD_CONTACT, "transient-for", parent, NULL);
  g_autoptr (GtkExpression) name = gtk_property_expression_new (BECKON_TYPE_ACCOUNT, NULL, "signin-name");
  GListModel *accounts = beckon_messenger_get_accounts (messenger);

  self->messenger = g_object_ref (messenger);
  adw_combo_row_set_expression (self->account, name);
  adw_combo_row_set_model (self->account, accounts);
  gtk_widget_set_visible (GTK_WIDGET (self->account), g_list_model_get_n_items (accounts) > 1);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (self->who);
  return self;
}

static void
bk_app_add_contact_dispose (GObject *object)
{
  BkAppAddContact *self = BK_APP_ADD_CONTACT (object);

  g_clear_object (&self->messenger);
  g_clear_pointer (&self->asked, g_free);
  G_OBJECT_CLASS (bk_app_add_contact_parent_class)->dispose (object);
}

static void
bk_app_add_contact_class_init (BkAppAddContactClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_add_contact_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/contacts/add-contact.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppAddContact, who);
  gtk_widget_class_bind_template_child (widget_class, BkAppAddContact, text);
  gtk_widget_class_bind_template_child (widget_class, BkAppAddContact, account);
  gtk_widget_class_bind_template_child (widget_class, BkAppAddContact, problem);
  gtk_widget_class_bind_template_child (widget_class, BkAppAddContact, add);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_add_contact_init (BkAppAddContact *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}
