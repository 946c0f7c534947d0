/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-profile.h"

#include "bk-app-accessible.h"
#include "bk-app-avatar.h"
#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "contacts/bk-app-person-window.h"

#include <glib/gi18n.h>

#define LRI "\u2066" /* left-to-right isolate, and its end */
#define PDI "\u2069"

struct _BkAppProfile
{
  AdwWindow parent_instance;

  /* Template Widgets */
  AdwToastOverlay *toasts;
  AdwAvatar *avatar;
  GtkLabel *name;
  GtkLabel *line;
  AdwActionRow *signin_name;
  GtkWidget *copy;
  AdwActionRow *account;
  AdwActionRow *groups;
  AdwActionRow *safety;
  GtkWidget *allowed_group;
  GtkListBox *allowed;

  /* Owned References */
  BeckonMessenger *messenger;
  BkAppPerson *person;
  GCancellable *cancellable;
  char **numbers; /* NULL until they are read */
};

G_DEFINE_FINAL_TYPE (BkAppProfile, bk_app_profile, ADW_TYPE_WINDOW)

static const char *
who_of (BkAppProfile *self)
{
  return beckon_contact_get_signin_name (bk_app_person_get_contact (self->person));
}

/* ---- who it is ---- */

static void
show_groups (BkAppProfile *self)
{
  GListModel *groups = beckon_account_get_groups (bk_app_person_get_account (self->person));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < g_list_model_get_n_items (groups); i++)
    {
      g_autoptr (BeckonGroup) group = g_list_model_get_item (groups, i);
      if (beckon_group_has_contact (group, who_of (self)))
        g_ptr_array_add (names, g_strdup (beckon_group_get_name (group)));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->groups), names->len > 0);
  g_ptr_array_add (names, NULL);
  /* Translators: between the names of groups */
  g_autofree char *text = g_strjoinv (_(", "), (char **) names->pdata);
  adw_action_row_set_subtitle (self->groups, text);
}

static void
add_number (GPtrArray *numbers, const char *number)
{
  if (*number != '\0' && !g_ptr_array_find_with_equal_func (numbers, number, g_str_equal, NULL))
    g_ptr_array_add (numbers, (char *) number);
}

/* A number belongs to the keys that the two of them have shown each other: those that are known, and that of a session
 * in which it is shown for the first time. Another account has another key. */
static void
show_safety_numbers (BkAppProfile *self)
{
  GListModel *sessions = beckon_messenger_get_sessions (self->messenger);
  const char *own = beckon_account_get_signin_name (bk_app_person_get_account (self->person));
  g_autoptr (GPtrArray) numbers = g_ptr_array_new ();

  for (char **number = self->numbers; number != NULL && *number != NULL; number++)
    add_number (numbers, *number);
  for (guint i = 0; i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (BeckonSession) session = g_list_model_get_item (sessions, i);
      if (g_str_equal (beckon_session_get_user (session), who_of (self))
          && g_str_equal (beckon_session_get_my_signin_name (session), own))
        add_number (numbers, beckon_session_get_safety_number (session));
    }
  gboolean shown = numbers->len > 0;
  if (!shown)
    add_number (numbers, _("It is shown here once you have run an application together."));
  g_ptr_array_add (numbers, NULL);
  /* The groups of digits come from left to right in any language, as the other one reads them. */
  gboolean isolated = shown && gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  g_autofree char *lines = g_strjoinv (isolated ? PDI "\n\n" LRI : "\n\n", (char **) numbers->pdata);
  g_autofree char *text = isolated ? g_strconcat (LRI, lines, PDI, NULL) : g_strdup (lines);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->safety), text);
}

static void
on_numbers (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppProfile) self = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) numbers = beckon_account_list_safety_numbers_finish (BECKON_ACCOUNT (source), result, &error);

  if (self->messenger == NULL)
    return;
  if (numbers == NULL)
    g_message ("The numbers to compare cannot be read: %s", error->message);
  g_strfreev (self->numbers);
  self->numbers = g_steal_pointer (&numbers);
  show_safety_numbers (self);
}

static void
show (BkAppProfile *self)
{
  BeckonContact *contact = bk_app_person_get_contact (self->person);
  g_autofree char *line = bk_app_contact_dup_line (contact);

  adw_avatar_set_text (self->avatar, beckon_contact_get_display_name (contact));
  bk_app_avatar_show (self->avatar, beckon_contact_get_avatar (contact));
  gtk_label_set_label (self->name, beckon_contact_get_display_name (contact));
  gtk_label_set_label (self->line, line);
  adw_action_row_set_subtitle (self->signin_name, who_of (self));
  show_groups (self);
  show_safety_numbers (self);
}

static void
on_contact_notify (BeckonContact *contact, GParamSpec *pspec, BkAppProfile *self)
{
  show (self);
}

static void
on_copy (GtkButton *button, BkAppProfile *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), who_of (self));
  adw_toast_overlay_add_toast (self->toasts, bk_app_toast_new (_("The sign-in name was copied.")));
}

static void
on_sessions_changed (GListModel *sessions, guint position, guint removed, guint added, BkAppProfile *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (BeckonSession) session = g_list_model_get_item (sessions, i);
      if (g_str_equal (beckon_session_get_user (session), who_of (self)))
        g_signal_connect_object (session, "notify::safety-number", G_CALLBACK (show_safety_numbers), self,
                                 G_CONNECT_SWAPPED);
    }
  show_safety_numbers (self);
}

static void
follow_sessions (BkAppProfile *self)
{
  GListModel *sessions = beckon_messenger_get_sessions (self->messenger);

  g_signal_connect_object (sessions, "items-changed", G_CALLBACK (on_sessions_changed), self, 0);
  on_sessions_changed (sessions, 0, 0, g_list_model_get_n_items (sessions), self);
}

/* ---- what is always accepted ---- */

static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppProfile) self = user_data;
  g_autoptr (GError) error = NULL;

  /* The list is read again when the service tells of it. */
  if (!beckon_account_set_allowed_finish (BECKON_ACCOUNT (source), result, &error) && self->messenger != NULL)
    adw_toast_overlay_add_toast (self->toasts, bk_app_toast_new (bk_app_error_text (error)));
}

static void
on_take_back (GtkButton *button, BkAppProfile *self)
{
  beckon_account_set_allowed_async (bk_app_person_get_account (self->person), who_of (self),
                                    g_object_get_data (G_OBJECT (button), "bk-guid"), FALSE, NULL, on_taken_back,
                                    g_object_ref (self));
}

static void
add_allowed (BkAppProfile *self, const char *guid)
{
  g_autoptr (BeckonApplication) application = beckon_messenger_find_application (self->messenger, guid);
  const char *name = application != NULL ? beckon_application_get_name (application) : guid;
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *label = g_strdup_printf (_("Ask again about %s"), name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  bk_app_accessible_name (button, label);
  g_object_set_data_full (G_OBJECT (button), "bk-guid", g_strdup (guid), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_take_back), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  gtk_list_box_append (self->allowed, row);
}

static void
on_allowed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppProfile) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) allowed = beckon_account_list_allowed_finish (BECKON_ACCOUNT (source), result, &error);
  guint n_rows = 0;

  if (self->messenger == NULL)
    return;
  if (allowed == NULL)
    g_message ("What is always accepted cannot be read: %s", error->message);
  for (GtkWidget *row; (row = gtk_widget_get_first_child (GTK_WIDGET (self->allowed))) != NULL;)
    gtk_list_box_remove (self->allowed, row);
  for (gsize i = 0; allowed != NULL && i < g_variant_n_children (allowed); i++)
    {
      const char *who;
      const char *guid;

      g_variant_get_child (allowed, i, "(&s&s)", &who, &guid);
      if (!g_str_equal (who, who_of (self)))
        continue;
      add_allowed (self, guid);
      n_rows++;
    }
  gtk_widget_set_visible (self->allowed_group, n_rows > 0);
}

static void
read_allowed (BkAppProfile *self)
{
  beckon_account_list_allowed_async (bk_app_person_get_account (self->person), self->cancellable, on_allowed,
                                     g_object_ref (self));
}

/* ---- the window ---- */

void
bk_app_profile_show (GtkWindow *parent, BeckonMessenger *messenger, BkAppPerson *person)
{
  BkAppProfile *self = g_object_new (BK_TYPE_APP_PROFILE, "transient-for", parent, NULL);
  BeckonAccount *account = bk_app_person_get_account (person);

  self->messenger = g_object_ref (messenger);
  self->person = g_object_ref (person);
  adw_action_row_set_subtitle (self->account, beckon_account_get_signin_name (account));
  gtk_widget_set_visible (GTK_WIDGET (self->account),
                          g_list_model_get_n_items (beckon_messenger_get_accounts (messenger)) > 1);
  g_signal_connect_object (bk_app_person_get_contact (person), "notify", G_CALLBACK (on_contact_notify), self, 0);
  g_signal_connect_object (account, "allowed-changed", G_CALLBACK (read_allowed), self, G_CONNECT_SWAPPED);
  bk_app_close_without_person (GTK_WINDOW (self), messenger, person);
  follow_sessions (self);
  show (self);
  read_allowed (self);
  beckon_account_list_safety_numbers_async (account, who_of (self), self->cancellable, on_numbers, g_object_ref (self));
  gtk_window_present (GTK_WINDOW (self));
}

static void
bk_app_profile_dispose (GObject *object)
{
  BkAppProfile *self = BK_APP_PROFILE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->messenger);
  g_clear_object (&self->person);
  G_OBJECT_CLASS (bk_app_profile_parent_class)->dispose (object);
}

static void
bk_app_profile_finalize (GObject *object)
{
  BkAppProfile *self = BK_APP_PROFILE (object);

  g_strfreev (self->numbers);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (bk_app_profile_parent_class)->finalize (object);
}

static void
bk_app_profile_class_init (BkAppProfileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_profile_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_app_profile_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/contacts/profile.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppProfile, toasts);
  gtk_widget_class_bind_template_child (widget_class, BkAppProfile, avatar);
  gtk_widget_class_bind_template_child (widget_class, BkAppProfile, name);
  gtk_widget_class_bind_template_child (widget_class, BkAppProfile, line);
  gtk_widget_class_bind_template_child (widget_class, BkAppProfile, signin_name);
  gtk_widget_class_bind_template_child (widget_class, BkAppProfile, copy);
  gtk_widget_class_bind_template_child (widget_class, BkAppProfile, account);
  gtk_widget_class_bind_template_child (widget_class, BkAppProfile, groups);
  gtk_widget_class_bind_template_child (widget_class, BkAppProfile, safety);
  gtk_widget_class_bind_template_child (widget_class, BkAppProfile, allowed_group);
  gtk_widget_class_bind_template_child (widget_class, BkAppProfile, allowed);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_profile_init (BkAppProfile *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
