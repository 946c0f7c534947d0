/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-groups-window.h"

#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "contacts/bk-app-members.h"
#include "contacts/bk-app-person-window.h"

#include <glib/gi18n.h>

struct _BkAppGroupsWindow
{
  AdwWindow parent_instance;

  /* Template Widgets */
  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  GtkWidget *back;
  GtkStack *stack;
  GtkEditable *new_name;
  AdwComboRow *account;
  GtkListBox *groups;
  GtkEditable *name;
  BkAppMembers *members;
  GtkWidget *remove;

  /* Owned References */
  BeckonMessenger *messenger;
  BkAppPeople *people;
  BkAppPerson *person; /* whose groups are chosen; nullable */
  BeckonGroup *group;  /* whose page is shown; nullable */
};

G_DEFINE_FINAL_TYPE (BkAppGroupsWindow, bk_app_groups_window, ADW_TYPE_WINDOW)

static void
tell (BkAppGroupsWindow *self, const char *text)
{
  if (self->messenger != NULL) /* else the window is closed */
    adw_toast_overlay_add_toast (self->toasts, bk_app_toast_new (text));
}

static void
on_member_failed (BkAppMembers *members, const char *text, BkAppGroupsWindow *self)
{
  tell (self, text);
}

/* ---- one group ---- */

static void
on_group_name (BeckonGroup *group, GParamSpec *pspec, BkAppGroupsWindow *self)
{
  adw_window_title_set_title (self->title, beckon_group_get_name (group));
  if (gtk_widget_get_focus_child (GTK_WIDGET (self->name)) == NULL)
    gtk_editable_set_text (self->name, beckon_group_get_name (group));
}

static void
show_group (BkAppGroupsWindow *self, BeckonGroup *group)
{
  if (self->group != NULL)
    g_signal_handlers_disconnect_by_data (self->group, self);
  g_set_object (&self->group, group);
  bk_app_members_set_group (self->members, self->people, group);
  gtk_widget_set_visible (self->back, group != NULL);
  gtk_stack_set_visible_child_name (self->stack, group != NULL ? "group" : "groups");
  adw_window_title_set_title (self->title, _("Groups"));
  if (group == NULL)
    return;
  g_signal_connect_object (group, "notify::name", G_CALLBACK (on_group_name), self, 0);
  on_group_name (group, NULL, self);
  gtk_widget_grab_focus (GTK_WIDGET (self->members));
}

static void
on_back (GtkWidget *widget, BkAppGroupsWindow *self)
{
  show_group (self, NULL);
  gtk_widget_child_focus (GTK_WIDGET (self->groups), GTK_DIR_TAB_FORWARD);
}

static void
on_renamed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppGroupsWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_group_set_name_finish (BECKON_GROUP (source), result, &error))
    tell (self, bk_app_error_text (error));
}

static void
on_rename (GtkWidget *row, BkAppGroupsWindow *self)
{
  if (self->group != NULL)
    beckon_group_set_name_async (self->group, gtk_editable_get_text (self->name), NULL, on_renamed,
                                 g_object_ref (self));
}

/* ---- removing one: only empty groups can be ---- */

typedef struct
{
  BkAppGroupsWindow *window;
  BeckonGroup *group;
  BeckonAccount *account;
} Removal;

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->window);
  g_object_unref (removal->group);
  g_object_unref (removal->account);
  g_free (removal);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Removal *removal = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_account_remove_group_finish (BECKON_ACCOUNT (source), result, &error))
    tell (removal->window, bk_app_error_text (error));
  else if (removal->window->messenger != NULL && removal->window->group == removal->group)
    on_back (NULL, removal->window);
  removal_free (removal);
}

static void empty_group (Removal *removal);

static void
on_taken_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Removal *removal = user_data;
  g_autoptr (GError) error = NULL;

  if (beckon_group_remove_contact_finish (BECKON_GROUP (source), result, &error)
      || g_error_matches (error, BECKON_ERROR, BECKON_ERROR_USER_NOT_GROUP_MEMBER))
    {
      empty_group (removal);
      return;
    }
  tell (removal->window, bk_app_error_text (error));
  removal_free (removal);
}

/* Takes out one after the other, then removes it. */
static void
empty_group (Removal *removal)
{
  g_autoptr (BeckonContact) contact = g_list_model_get_item (beckon_group_get_contacts (removal->group), 0);

  if (contact != NULL)
    beckon_group_remove_contact_async (removal->group, beckon_contact_get_signin_name (contact), NULL, on_taken_out,
                                       removal);
  else
    beckon_account_remove_group_async (removal->account, removal->group, NULL, on_removed, removal);
}

static void
on_remove_answer (AdwMessageDialog *dialog, const char *response, BkAppGroupsWindow *self)
{
  g_autoptr (BeckonAccount) account = self->group != NULL ? beckon_group_dup_account (self->group) : NULL;

  if (!g_str_equal (response, "remove") || account == NULL)
    return;
  Removal *removal = g_new0 (Removal, 1);
  removal->window = g_object_ref (self);
  removal->group = g_object_ref (self->group);
  removal->account = g_steal_pointer (&account);
  empty_group (removal);
}

static void
on_remove (GtkButton *button, BkAppGroupsWindow *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _("Delete %s?"),
                                     beckon_group_get_name (self->group));
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), _("The people in it stay your contacts."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "remove", _("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_remove_answer), self, 0);
  bk_app_present_question (dialog);
}

/* ---- all groups ---- */

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppGroupsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonGroup) group = beckon_account_create_group_finish (BECKON_ACCOUNT (source), result, &error);

  if (group == NULL)
    tell (self, bk_app_error_text (error));
  else if (self->messenger != NULL)
    gtk_editable_set_text (self->new_name, "");
}

static void
on_create (GtkWidget *row, BkAppGroupsWindow *self)
{
  g_autoptr (BeckonAccount) account = NULL;

  if (self->person != NULL)
    account = g_object_ref (bk_app_person_get_account (self->person));
  else
    account = g_list_model_get_item (beckon_messenger_get_accounts (self->messenger),
                                     adw_combo_row_get_selected (self->account));
  if (account != NULL && *gtk_editable_get_text (self->new_name) != '\0')
    beckon_account_create_group_async (account, gtk_editable_get_text (self->new_name), NULL, on_created,
                                       g_object_ref (self));
}

static const char *
who_of (BkAppGroupsWindow *self)
{
  return beckon_contact_get_signin_name (bk_app_person_get_contact (self->person));
}

/* In the rows: what is written in them follows the group. */
static void
show_row (BeckonGroup *group, AdwActionRow *row)
{
  BkAppGroupsWindow *self = BK_APP_GROUPS_WINDOW (gtk_widget_get_root (GTK_WIDGET (row)));
  GtkCheckButton *check = g_object_get_data (G_OBJECT (row), "bk-check");
  guint n_contacts = g_list_model_get_n_items (beckon_group_get_contacts (group));
  g_autofree char *subtitle
    = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u contact", "%u contacts", n_contacts), n_contacts);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), beckon_group_get_name (group));
  adw_action_row_set_subtitle (row, subtitle);
  if (check != NULL && self != NULL)
    gtk_check_button_set_active (check, beckon_group_has_contact (group, who_of (self)));
}

static void
on_group_changed (BeckonGroup *group, GParamSpec *pspec, AdwActionRow *row)
{
  show_row (group, row);
}

static void
on_contacts_changed (GListModel *contacts, guint position, guint removed, guint added, AdwActionRow *row)
{
  show_row (g_object_get_data (G_OBJECT (row), "bk-group"), row);
}

static void
on_put (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppGroupsWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  /* To put in and to take out have the same ending. */
  if (!beckon_group_add_contact_finish (BECKON_GROUP (source), result, &error))
    tell (self, bk_app_error_text (error));
}

static void
on_row_activated (AdwActionRow *row, BkAppGroupsWindow *self)
{
  BeckonGroup *group = g_object_get_data (G_OBJECT (row), "bk-group");

  if (self->person == NULL)
    show_group (self, group);
  else if (beckon_group_has_contact (group, who_of (self)))
    beckon_group_remove_contact_async (group, who_of (self), NULL, on_put, g_object_ref (self));
  else
    beckon_group_add_contact_async (group, who_of (self), NULL, on_put, g_object_ref (self));
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  BkAppGroupsWindow *self = user_data;
  BeckonGroup *group = item;
  GtkWidget *row = adw_action_row_new ();

  g_object_set_data_full (G_OBJECT (row), "bk-group", g_object_ref (group), g_object_unref);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  if (self->person != NULL)
    {
      GtkWidget *check = gtk_check_button_new ();
      gtk_widget_set_can_focus (check, FALSE); /* the row has the keyboard, and its click */
      gtk_widget_set_can_target (check, FALSE);
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), beckon_group_has_contact (group, who_of (self)));
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
      g_object_set_data (G_OBJECT (row), "bk-check", check);
    }
  else
    {
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
    }
  g_signal_connect_object (row, "activated", G_CALLBACK (on_row_activated), self, 0);
  g_signal_connect_object (group, "notify::name", G_CALLBACK (on_group_changed), row, 0);
  g_signal_connect_object (beckon_group_get_contacts (group), "items-changed", G_CALLBACK (on_contacts_changed), row,
                           0);
  show_row (group, ADW_ACTION_ROW (row));
  return row;
}

/* ---- the window ---- */

/* Whose page is shown may have been deleted on another device, or with its account. */
static void
on_groups_changed (GListModel *groups, guint position, guint removed, guint added, BkAppGroupsWindow *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (groups); i++)
    {
      g_autoptr (BeckonGroup) group = g_list_model_get_item (groups, i);
      if (group == self->group)
        return;
    }
  if (self->group != NULL)
    on_back (NULL, self);
}

static gpointer
get_groups (gpointer account, gpointer user_data)
{
  GListModel *groups = g_object_ref (beckon_account_get_groups (account));

  g_object_unref (account);
  return groups;
}

static void
fill (BkAppGroupsWindow *self)
{
  GListModel *accounts = beckon_messenger_get_accounts (self->messenger);
  g_autoptr (GtkExpression) name = gtk_property_expression_new (BECKON_TYPE_ACCOUNT, NULL, "signin-name");
  g_autoptr (GListModel) groups = NULL;

  adw_combo_row_set_expression (self->account, name);
  adw_combo_row_set_model (self->account, accounts);
  gtk_widget_set_visible (GTK_WIDGET (self->account), self->person == NULL && g_list_model_get_n_items (accounts) > 1);
  if (self->person != NULL)
    groups = g_object_ref (beckon_account_get_groups (bk_app_person_get_account (self->person)));
  else
    groups = G_LIST_MODEL (gtk_flatten_list_model_new (
      G_LIST_MODEL (gtk_map_list_model_new (g_object_ref (accounts), get_groups, NULL, NULL))));
  g_signal_connect_object (groups, "items-changed", G_CALLBACK (on_groups_changed), self, 0);
  gtk_list_box_bind_model (self->groups, groups, make_row, self, NULL);
}

void
bk_app_groups_window_show (GtkWindow *parent, BeckonMessenger *messenger, BkAppPeople *people, BkAppPerson *person)
{
  BkAppGroupsWindow *self = g_object_new (BK_TYPE_APP_GROUPS_WINDOW, "transient-for", parent, NULL);

  self->messenger = g_object_ref (messenger);
  self->people = g_object_ref (people);
  self->person = person != NULL ? g_object_ref (person) : NULL;
  if (person != NULL)
    bk_app_close_without_person (GTK_WINDOW (self), messenger, person);
  fill (self);
  adw_window_title_set_title (self->title, _("Groups"));
  if (person != NULL)
    adw_window_title_set_subtitle (self->title, beckon_contact_get_display_name (bk_app_person_get_contact (person)));
  gtk_window_present (GTK_WINDOW (self));
}

static void
bk_app_groups_window_dispose (GObject *object)
{
  BkAppGroupsWindow *self = BK_APP_GROUPS_WINDOW (object);

  if (self->messenger != NULL)
    {
      gtk_list_box_bind_model (self->groups, NULL, NULL, NULL, NULL);
      bk_app_members_set_group (self->members, NULL, NULL);
    }
  g_clear_object (&self->messenger);
  g_clear_object (&self->people);
  g_clear_object (&self->person);
  g_clear_object (&self->group);
  G_OBJECT_CLASS (bk_app_groups_window_parent_class)->dispose (object);
}

static void
bk_app_groups_window_class_init (BkAppGroupsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_groups_window_dispose;
  g_type_ensure (BK_TYPE_APP_MEMBERS);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/contacts/groups-window.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppGroupsWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, BkAppGroupsWindow, title);
  gtk_widget_class_bind_template_child (widget_class, BkAppGroupsWindow, back);
  gtk_widget_class_bind_template_child (widget_class, BkAppGroupsWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, BkAppGroupsWindow, new_name);
  gtk_widget_class_bind_template_child (widget_class, BkAppGroupsWindow, account);
  gtk_widget_class_bind_template_child (widget_class, BkAppGroupsWindow, groups);
  gtk_widget_class_bind_template_child (widget_class, BkAppGroupsWindow, name);
  gtk_widget_class_bind_template_child (widget_class, BkAppGroupsWindow, members);
  gtk_widget_class_bind_template_child (widget_class, BkAppGroupsWindow, remove);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_rename);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
  gtk_widget_class_bind_template_callback (widget_class, on_create);
  gtk_widget_class_bind_template_callback (widget_class, on_member_failed);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_groups_window_init (BkAppGroupsWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
