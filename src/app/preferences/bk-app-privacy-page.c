/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-privacy-page.h"

#include "bk-app-accessible.h"
#include "bk-app-text.h"
#include "contacts/bk-app-people.h"
#include "preferences/bk-app-allowed.h"

#include <glib/gi18n.h>

struct _BkAppPrivacyPage
{
  AdwPreferencesPage parent_instance;

  /* Template Widgets */
  GtkSwitch *read_marks;
  GtkSwitch *typing;
  GtkSpinButton *idle_minutes;
  GtkListBox *allowed;
  GtkListBox *blocked;

  BeckonMessenger *messenger; /* owned; nullable */
};

enum
{
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppPrivacyPage, bk_app_privacy_page, ADW_TYPE_PREFERENCES_PAGE)

static GtkWidget *
make_row (const char *title, const char *subtitle, const char *button_label, const char *accessible_label,
          GCallback on_clicked, BkAppPrivacyPage *self, gpointer item)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (button_label);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  bk_app_accessible_name (button, accessible_label);
  g_object_set_data_full (G_OBJECT (button), "item", g_object_ref (item), g_object_unref);
  g_signal_connect_object (button, "clicked", on_clicked, self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

/* ---- what is always allowed ---- */

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppPrivacyPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_account_set_allowed_finish (BECKON_ACCOUNT (source), result, &error))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
on_revoke (GtkButton *button, BkAppPrivacyPage *self)
{
  BkAppAllowance *allowance = g_object_get_data (G_OBJECT (button), "item");

  beckon_account_set_allowed_async (bk_app_allowance_get_account (allowance), bk_app_allowance_get_who (allowance),
                                    bk_app_allowance_get_guid (allowance), FALSE, NULL, on_revoked,
                                    g_object_ref (self));
}

static char *
dup_name (BkAppAllowance *allowance)
{
  GListModel *contacts = beckon_account_get_contacts (bk_app_allowance_get_account (allowance));
  const char *who = bk_app_allowance_get_who (allowance);

  for (guint i = 0; i < g_list_model_get_n_items (contacts); i++)
    {
      g_autoptr (BeckonContact) contact = g_list_model_get_item (contacts, i);
      if (g_str_equal (beckon_contact_get_signin_name (contact), who))
        return g_strdup (beckon_contact_get_display_name (contact));
    }
  return g_strdup (who);
}

static GtkWidget *
make_allowed_row (gpointer item, gpointer user_data)
{
  BkAppPrivacyPage *self = user_data;
  g_autoptr (BeckonApplication) application
    = beckon_messenger_find_application (self->messenger, bk_app_allowance_get_guid (item));
  g_autofree char *name = dup_name (item);
  const char *word = application != NULL ? beckon_application_get_name (application) : bk_app_allowance_get_guid (item);
  /* Translators: an application and a person, as in “Pipe from Bob” */
  g_autofree char *title = g_strdup_printf (_("%s from %s"), word, name);
  /* Translators: for screen readers; an application and a person, as in “Ask about Pipe from Bob again” */
  g_autofree char *label = g_strdup_printf (_("Ask about %s from %s again"), word, name);

  return make_row (title, bk_app_allowance_get_who (item), _("Ask Again"), label, G_CALLBACK (on_revoke), self, item);
}

/* ---- who is blocked ---- */

static void
on_unblocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppPrivacyPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_account_block_contact_finish (BECKON_ACCOUNT (source), result, &error))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
on_unblock (GtkButton *button, BkAppPrivacyPage *self)
{
  BkAppPerson *person = g_object_get_data (G_OBJECT (button), "item");

  beckon_account_block_contact_async (bk_app_person_get_account (person),
                                      beckon_contact_get_signin_name (bk_app_person_get_contact (person)), FALSE, NULL,
                                      on_unblocked, g_object_ref (self));
}

static GtkWidget *
make_blocked_row (gpointer item, gpointer user_data)
{
  BeckonContact *contact = bk_app_person_get_contact (item);
  const char *name = beckon_contact_get_display_name (contact);
  /* Translators: for screen readers; a person */
  g_autofree char *label = g_strdup_printf (_("Unblock %s"), name);

  return make_row (name, beckon_contact_get_signin_name (contact), _("Unblock"), label, G_CALLBACK (on_unblock),
                   user_data, item);
}

static gboolean
is_blocked (gpointer item, gpointer user_data)
{
  return beckon_contact_get_blocked (bk_app_person_get_contact (item));
}

/* ---- the page ---- */

static void
show_lists (BkAppPrivacyPage *self)
{
  GListModel *accounts = beckon_messenger_get_accounts (self->messenger);
  g_autoptr (BkAppAllowed) allowed = bk_app_allowed_new (accounts);
  GListModel *people = G_LIST_MODEL (bk_app_people_new (accounts));
  g_autoptr (GtkFilterListModel) blocked
    = gtk_filter_list_model_new (people, GTK_FILTER (gtk_custom_filter_new (is_blocked, NULL, NULL)));

  gtk_list_box_bind_model (self->allowed, G_LIST_MODEL (allowed), make_allowed_row, self, NULL);
  gtk_list_box_bind_model (self->blocked, G_LIST_MODEL (blocked), make_blocked_row, self, NULL);
}

void
bk_app_privacy_page_set_messenger (BkAppPrivacyPage *self, BeckonMessenger *messenger, BkAppServiceSettings *settings)
{
  const GBindingFlags flags = G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL;

  g_set_object (&self->messenger, messenger);
  if (messenger == NULL)
    {
      gtk_list_box_bind_model (self->allowed, NULL, NULL, NULL, NULL);
      gtk_list_box_bind_model (self->blocked, NULL, NULL, NULL, NULL);
      return;
    }
  g_object_bind_property (settings, "read-marks", self->read_marks, "active", flags);
  g_object_bind_property (settings, "typing", self->typing, "active", flags);
  g_object_bind_property (settings, "idle-minutes", self->idle_minutes, "value", flags);
  show_lists (self);
}

static void
bk_app_privacy_page_dispose (GObject *object)
{
  g_clear_object (&BK_APP_PRIVACY_PAGE (object)->messenger);
  G_OBJECT_CLASS (bk_app_privacy_page_parent_class)->dispose (object);
}

static void
bk_app_privacy_page_class_init (BkAppPrivacyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_privacy_page_dispose;
  signals[SIGNAL_FAILED] = g_signal_new ("failed", BK_TYPE_APP_PRIVACY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/preferences/privacy-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppPrivacyPage, read_marks);
  gtk_widget_class_bind_template_child (widget_class, BkAppPrivacyPage, typing);
  gtk_widget_class_bind_template_child (widget_class, BkAppPrivacyPage, idle_minutes);
  gtk_widget_class_bind_template_child (widget_class, BkAppPrivacyPage, allowed);
  gtk_widget_class_bind_template_child (widget_class, BkAppPrivacyPage, blocked);
}

static void
bk_app_privacy_page_init (BkAppPrivacyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
