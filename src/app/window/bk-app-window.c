/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "window/bk-app-window-private.h"

#include "bk-app-widgets.h"

#define MIN_WIDTH 360 /* as in the schema */
#define MIN_HEIGHT 240

G_DEFINE_FINAL_TYPE (BkAppWindow, bk_app_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- which page ---- */

/* Not before the window is on the screen: GTK 4.8 tells assistive technology nothing of a window in which something had
 * the keyboard earlier than that. */
static void
focus_page (BkAppWindow *self)
{
  const char *page = gtk_stack_get_visible_child_name (self->stack);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (g_str_equal (page, "welcome"))
    gtk_widget_grab_focus (GTK_WIDGET (self->form));
  else if (g_str_equal (page, "main"))
    bk_app_contacts_grab_focus (self->contacts);
}

static void
update_page (BkAppWindow *self)
{
  BeckonMessenger *messenger = bk_app_get_messenger (self->app);
  const char *failure = bk_app_get_failure (self->app);
  const char *page = gtk_stack_get_visible_child_name (self->stack);

  if (messenger == NULL)
    page = failure != NULL ? "failure" : "loading";
  else if (beckon_messenger_get_connected (messenger))
    page = g_list_model_get_n_items (beckon_messenger_get_accounts (messenger)) > 0 ? "main" : "welcome";
  /* Else it stays as it was: the contact list says that the session service is away. */
  if (g_str_equal (page, "main"))
    bk_app_window_ensure_main (self);
  else if (g_str_equal (page, "welcome"))
    bk_app_window_ensure_welcome (self);
  else if (g_str_equal (page, "failure"))
    bk_app_window_ensure_failure (self);
  if (failure != NULL && self->failure != NULL)
    {
      g_autofree char *escaped = g_markup_escape_text (failure, -1); /* a description is markup */
      adw_status_page_set_description (self->failure, escaped);
    }
  if (g_strcmp0 (page, gtk_stack_get_visible_child_name (self->stack)) == 0)
    return;
  gtk_stack_set_visible_child_name (self->stack, page);
  focus_page (self);
}

/* ---- which conversation ---- */

static gboolean
is_conversation_visible (BkAppWindow *self)
{
  return self->leaflet != NULL && gtk_window_is_active (GTK_WINDOW (self))
         && (!adw_leaflet_get_folded (self->leaflet)
             || adw_leaflet_get_visible_child (self->leaflet) == GTK_WIDGET (self->conversation));
}

void
bk_app_window_update_seen (BkAppWindow *self)
{
  if (self->leaflet != NULL)
    bk_app_conversation_set_seen (self->conversation, is_conversation_visible (self));
}

/* The page is there. The person that is wanted may not be there: before the lists are read, or after being removed. */
static void
show_wanted (BkAppWindow *self)
{
  BeckonMessenger *messenger = bk_app_get_messenger (self->app);
  BkAppPerson *person = self->wanted_who != NULL && self->people != NULL
                          ? bk_app_people_find (self->people, self->wanted_account, self->wanted_who)
                          : NULL;
  BkAppPerson *shown = bk_app_conversation_get_person (self->conversation);

  if (person == NULL && messenger != NULL && !beckon_messenger_get_connected (messenger))
    return;
  if (person != NULL && shown != NULL && person != shown && bk_app_person_is (shown, self->wanted_account, self->wanted_who))
    bk_app_conversation_reload (self->conversation, person);
  else
    bk_app_conversation_set_person (self->conversation, person);
  if (self->people != NULL)
    bk_app_contacts_select (self->contacts, person);
}

void
bk_app_window_open_conversation (BkAppWindow *self, const char *account, const char *who)
{
  g_autofree char *account_copy = g_strdup (account);
  g_autofree char *who_copy = g_strdup (who);

  bk_app_window_ensure_main (self);
  g_free (self->wanted_account);
  g_free (self->wanted_who);
  self->wanted_account = g_steal_pointer (&account_copy);
  self->wanted_who = g_steal_pointer (&who_copy);
  show_wanted (self);
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->conversation));
  bk_app_conversation_start_writing (self->conversation);
  bk_app_window_update_seen (self);
}

void
bk_app_window_open_person (BkAppWindow *self, BkAppPerson *person)
{
  bk_app_window_open_conversation (self, beckon_account_get_signin_name (bk_app_person_get_account (person)),
                                   beckon_contact_get_signin_name (bk_app_person_get_contact (person)));
}

static void
on_people_changed (GListModel *people, guint position, guint removed, guint added, BkAppWindow *self)
{
  if (self->leaflet == NULL)
    return;
  BkAppPerson *shown = bk_app_conversation_get_person (self->conversation);
  bk_app_conversation_set_alone (self->conversation, g_list_model_get_n_items (people) == 0);
  if (self->wanted_who != NULL
      && (shown == NULL || bk_app_people_find (self->people, self->wanted_account, self->wanted_who) != shown))
    show_wanted (self);
}

gboolean
bk_app_window_shows (BkAppWindow *self, const char *account, const char *who)
{
  BkAppPerson *person = is_conversation_visible (self) ? bk_app_conversation_get_person (self->conversation) : NULL;

  return person != NULL && bk_app_person_is (person, account, who);
}

/* ---- what the application reports ---- */

static void
on_connected (BeckonMessenger *messenger, GParamSpec *pspec, BkAppWindow *self)
{
  update_page (self);
  if (beckon_messenger_get_connected (messenger) && self->leaflet != NULL)
    show_wanted (self);
}

void
bk_app_window_fill_main (BkAppWindow *self)
{
  if (self->people == NULL)
    return;
  bk_app_contacts_set_app (self->contacts, self->app, self->people);
  bk_app_conversation_set_messenger (self->conversation, bk_app_get_messenger (self->app));
  bk_app_conversation_set_alone (self->conversation, g_list_model_get_n_items (G_LIST_MODEL (self->people)) == 0);
  show_wanted (self);
}

static void
on_messenger (BkApp *app, GParamSpec *pspec, BkAppWindow *self)
{
  BeckonMessenger *messenger = bk_app_get_messenger (app);

  if (messenger != NULL && self->people == NULL)
    {
      GListModel *accounts = beckon_messenger_get_accounts (messenger);

      self->people = g_object_ref (bk_app_get_people (app));
      g_signal_connect_object (messenger, "notify::connected", G_CALLBACK (on_connected), self, 0);
      g_signal_connect_object (accounts, "items-changed", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->people, "items-changed", G_CALLBACK (on_people_changed), self, 0);
      if (self->leaflet != NULL)
        bk_app_window_fill_main (self);
    }
  update_page (self);
}

AdwToast *
bk_app_window_tell (BkAppWindow *self, const char *text, const char *button, const char *action, const char *target)
{
  AdwToast *toast = bk_app_toast_new (text);

  if (button != NULL)
    {
      adw_toast_set_button_label (toast, button);
      adw_toast_set_action_name (toast, action);
      adw_toast_set_action_target (toast, "s", target);
      adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
  return toast;
}

/* ---- the keyboard after a menu ---- */

/* Where a menu closes while another page of it than the first is open, GTK 4.8 gives the keyboard to what is in there:
 * no key would do anything any more. */
static gboolean
on_rescue (gpointer user_data)
{
  BkAppWindow *self = user_data;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  GtkWidget *popover = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) : NULL;

  self->rescue = 0;
  if (popover != NULL && !gtk_widget_get_mapped (popover) && !gtk_widget_grab_focus (gtk_widget_get_parent (popover)))
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
  return G_SOURCE_REMOVE;
}

static void
on_focus (GtkWindow *window, GParamSpec *pspec, gpointer user_data)
{
  BkAppWindow *self = BK_APP_WINDOW (window);

  if (self->rescue == 0)
    self->rescue = g_idle_add (on_rescue, self);
}

/* ---- the widget ---- */

static void
save_conversation (BkAppWindow *self)
{
  g_settings_set (bk_app_get_settings (self->app), "last-conversation", "(ss)",
                  self->wanted_account != NULL ? self->wanted_account : "",
                  self->wanted_who != NULL ? self->wanted_who : "");
  g_settings_set_int64 (bk_app_get_settings (self->app), "last-place",
                        bk_app_conversation_get_place (self->conversation));
}

static void
save_size (BkAppWindow *self)
{
  GtkWindow *window = GTK_WINDOW (self);
  GSettings *settings = bk_app_get_settings (self->app);
  int width = 0;
  int height = 0;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_int (settings, "window-width", MAX (width, MIN_WIDTH));
  g_settings_set_int (settings, "window-height", MAX (height, MIN_HEIGHT));
  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (window));
}

/* The end of the window, however it comes: closed, or with the application. */
static void
bk_app_window_unrealize (GtkWidget *widget)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);

  if (self->app != NULL)
    {
      save_size (self);
      if (self->leaflet != NULL)
        save_conversation (self);
    }
  if (self->leaflet != NULL)
    bk_app_conversation_keep_draft (self->conversation);
  GTK_WIDGET_CLASS (bk_app_window_parent_class)->unrealize (widget);
}

static void
bk_app_window_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bk_app_window_parent_class)->map (widget);
  focus_page (BK_APP_WINDOW (widget));
}

static void
bk_app_window_dispose (GObject *object)
{
  BkAppWindow *self = BK_APP_WINDOW (object);

  g_signal_handlers_disconnect_by_func (self, on_focus, NULL);
  g_clear_handle_id (&self->rescue, g_source_remove);
  self->failure = NULL;
  self->form = NULL;
  self->leaflet = NULL;
  self->contacts = NULL;
  self->conversation = NULL;
  g_clear_object (&self->people);
  g_clear_object (&self->app);
  g_clear_pointer (&self->wanted_account, g_free);
  g_clear_pointer (&self->wanted_who, g_free);
  G_OBJECT_CLASS (bk_app_window_parent_class)->dispose (object);
}

static void
bk_app_window_class_init (BkAppWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_window_dispose;
  widget_class->map = bk_app_window_map;
  widget_class->unrealize = bk_app_window_unrealize;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/window/window.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, BkAppWindow, stack);
  bk_app_window_install_actions (widget_class);
}

static void
bk_app_window_init (BkAppWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::is-active", G_CALLBACK (bk_app_window_update_seen), NULL);
  g_signal_connect (self, "notify::focus-widget", G_CALLBACK (on_focus), NULL);
}

BkAppWindow *
bk_app_window_new (BkApp *app)
{
  GSettings *settings = bk_app_get_settings (app);
  BkAppWindow *self = g_object_new (BK_TYPE_APP_WINDOW, "application", app, NULL);

  self->app = g_object_ref (app);
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  g_signal_connect_object (app, "notify::messenger", G_CALLBACK (on_messenger), self, 0);
  g_signal_connect_object (app, "notify::failure", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
  on_messenger (app, NULL, self);
  return self;
}
