/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the preferences change: at the session service, and on this desktop. */
#include "preferences/bk-app-preferences.h"

#include "about/bk-app-about.h"
#include "app-world.h"
#include "bk-app-widgets.h"
#include "bk-test.h"

#include <string.h>

#define SETTINGS "{'read-marks': <true>, 'typing': <false>, 'idle-minutes': <uint32 5>, 'download-folder': <''>}"

static AppWorld *
start (void)
{
  StandIn *service = app_service_new (FALSE);

  stand_in_set (service, STAND_IN_ROOT, "Messenger1", "{'Settings': <" SETTINGS ">}");
  AppWorld *world = app_world_start (service);
  bk_app_preferences_show (GTK_WINDOW (bk_app_show_window (world->app)), world->app);
  bk_test_wait_for_count (stand_in_count (service, "ListAllowed"), 1);
  app_world_settle (world);
  return world;
}

static gpointer
part (const char *name)
{
  return app_part (app_world_find_window (BK_TYPE_APP_PREFERENCES), name);
}

static gpointer
privacy (const char *name)
{
  return app_part (part ("privacy"), name);
}

static void
assert_set (AppWorld *world, guint count, const char *settings)
{
  g_autofree char *expected = g_strdup_printf ("(%s,)", settings);

  bk_test_wait_for_count (stand_in_count (world->service, "SetSettings"), count);
  g_assert_cmpstr (stand_in_last (world->service, "SetSettings"), ==, expected);
}

static void
test_service (void)
{
  g_autoptr (AppWorld) world = start ();

  g_assert_true (gtk_switch_get_active (privacy ("read_marks")));
  g_assert_false (gtk_switch_get_active (privacy ("typing")));
  g_assert_cmpfloat (gtk_spin_button_get_value (privacy ("idle_minutes")), ==, 5);
  g_assert_cmpuint (*stand_in_count (world->service, "SetSettings"), ==, 0);
  gtk_switch_set_active (privacy ("typing"), TRUE);
  assert_set (world, 1, "{'typing': <true>}");
  gtk_spin_button_set_value (privacy ("idle_minutes"), 0);
  assert_set (world, 2, "{'idle-minutes': <uint32 0>}");
  g_object_set (part ("folder"), "folder", "/tmp/here", NULL);
  assert_set (world, 3, "{'download-folder': <'/tmp/here'>}");
  /* Somebody else changes something. */
  stand_in_set (world->service, STAND_IN_ROOT, "Messenger1",
                "{'Settings': <{'read-marks': <false>, 'typing': <true>, 'idle-minutes': <uint32 7>, "
                "'download-folder': <'/there'>}>}");
  app_world_settle (world);
  g_assert_false (gtk_switch_get_active (privacy ("read_marks")));
  g_assert_cmpfloat (gtk_spin_button_get_value (privacy ("idle_minutes")), ==, 7);
  g_assert_cmpstr (adw_action_row_get_subtitle (part ("folder")), ==, "/there");
  g_assert_cmpuint (*stand_in_count (world->service, "SetSettings"), ==, 3);
}

/* What is refused is not shown as if it held. */
static void
test_refused (void)
{
  g_autoptr (AppWorld) world = start ();

  stand_in_answer (world->service, "SetSettings", "!im.beckon.Error.Storage");
  gtk_switch_set_active (privacy ("read_marks"), FALSE);
  bk_test_wait_for_count (stand_in_count (world->service, "SetSettings"), 1);
  app_world_settle (world);
  g_assert_true (gtk_switch_get_active (privacy ("read_marks")));
  g_assert_cmpuint (*stand_in_count (world->service, "SetSettings"), ==, 1);
}

static GtkWidget *
find_button (GtkWidget *widget)
{
  return bk_app_find_inside (widget, GTK_TYPE_BUTTON);
}

/* The titles of the pages, or icons alone with the titles as tooltips. */
static void
test_pages (void)
{
  static const struct
  {
    int width;
    const char *tooltip;
  } rows[] = { { 360, "Accounts" }, { 900, NULL }, { 300, "Accounts" } };
  g_autoptr (AppWorld) world = start ();
  GtkWidget *window = GTK_WIDGET (app_world_find_window (BK_TYPE_APP_PREFERENCES));
  GtkWidget *bar = bk_app_find_inside (window, ADW_TYPE_VIEW_SWITCHER_BAR);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GtkWidget *button = bk_app_find_inside (bar, GTK_TYPE_TOGGLE_BUTTON);

      gtk_window_set_default_size (GTK_WINDOW (window), rows[i].width, 640);
      while (gtk_widget_has_css_class (bar, "icons-alone") != (rows[i].tooltip != NULL))
        g_main_context_iteration (NULL, TRUE);
      for (int n = 0; n < 6; n++, button = gtk_widget_get_next_sibling (button))
        if (n == 0 || rows[i].tooltip == NULL)
          g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, rows[i].tooltip);
        else
          g_assert_nonnull (gtk_widget_get_tooltip_text (button));
      g_assert_null (button);
    }
}

static void
test_allowed (void)
{
  g_autoptr (AppWorld) world = start ();
  GtkWidget *row = GTK_WIDGET (gtk_list_box_get_row_at_index (privacy ("allowed"), 0));

  g_assert_nonnull (row);
  g_assert_null (gtk_list_box_get_row_at_index (privacy ("allowed"), 1));
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, "Board from Bob");
  stand_in_answer (world->service, "ListAllowed", "(@a(ss) [],)");
  g_signal_emit_by_name (find_button (row), "clicked");
  bk_test_wait_for_count (stand_in_count (world->service, "SetAllowed"), 1);
  g_assert_cmpstr (stand_in_last (world->service, "SetAllowed"), ==, "('bob@b', '" APP_BOARD "', false)");
  stand_in_signal (world->service, APP_ACCOUNT, "Account1", "AllowedChanged", "()");
  bk_test_wait_for_count (stand_in_count (world->service, "ListAllowed"), 2);
  app_world_settle (world);
  g_assert_null (gtk_list_box_get_row_at_index (privacy ("allowed"), 0));
}

static void
test_blocked (void)
{
  g_autoptr (AppWorld) world = start ();
  GtkWidget *row = GTK_WIDGET (gtk_list_box_get_row_at_index (privacy ("blocked"), 0));

  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, "Frank");
  g_signal_emit_by_name (find_button (row), "clicked");
  bk_test_wait_for_count (stand_in_count (world->service, "SetContactBlocked"), 1);
  g_assert_cmpstr (stand_in_last (world->service, "SetContactBlocked"), ==, "('frank@b', false)");
  stand_in_signal (world->service, APP_ACCOUNT, "Account1", "ContactsChanged",
                   "(uint32 4, uint32 1, @a(ssubussua{sv}) [])");
  app_world_settle (world);
  g_assert_null (gtk_list_box_get_row_at_index (privacy ("blocked"), 0));
}

/* Each switch has its key, and the menu of the own status the same one. */
static void
test_switches (void)
{
  static const struct
  {
    const char *widget;
    const char *key;
  } rows[] = {
    { "background", "run-in-background" },   { "do_not_disturb", "do-not-disturb" },
    { "notify_messages", "notify-messages" }, { "notify_invitations", "notify-invitations" },
    { "notify_text", "notify-text" },         { "notify_sounds", "notify-sounds" },
    { "enter_sends", "enter-sends" },
  };
  g_autoptr (AppWorld) world = start ();
  GSettings *settings = bk_app_get_settings (world->app);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean before = g_settings_get_boolean (settings, rows[i].key);

      g_assert_true (gtk_switch_get_active (part (rows[i].widget)) == before);
      gtk_switch_set_active (part (rows[i].widget), !before);
      g_assert_true (g_settings_get_boolean (settings, rows[i].key) == !before);
      g_settings_reset (settings, rows[i].key);
    }
  g_action_group_activate_action (G_ACTION_GROUP (world->app), "do-not-disturb", NULL);
  g_assert_true (gtk_switch_get_active (part ("do_not_disturb")));
  g_settings_reset (settings, "do-not-disturb");
}

/* ---- what else everybody finds ---- */

static char *
dup_keys (GtkShortcutTrigger *trigger)
{
  return trigger != NULL ? gtk_shortcut_trigger_to_string (trigger) : g_strdup ("");
}

/* Puts what the keys of a class are into @keys. */
static void
collect_keys (GtkWidget *widget, GHashTable *keys)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; g_type_parent (G_OBJECT_TYPE (widget)) == ADW_TYPE_BIN /* which has no keys of its own */
                    && i < g_list_model_get_n_items (controllers);
       i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      for (guint j = 0; GTK_IS_SHORTCUT_CONTROLLER (controller)
                        && j < g_list_model_get_n_items (G_LIST_MODEL (controller));
           j++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          g_hash_table_add (keys, dup_keys (gtk_shortcut_get_trigger (shortcut)));
        }
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect_keys (child, keys);
}

/* The same of keys that belong to a part of the window. Those of what is written have tests of their own. */
static void
test_keys (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autoptr (GBytes) bytes
    = g_resources_lookup_data ("/im/beckon/Beckon/window/shortcuts.ui", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autofree char *overlay = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_auto (GStrv) told = g_strsplit (overlay, "<property name=\"accelerator\">", -1);
  static const char *const elsewhere[] = { "Return", "<Shift>Return", "<Control>period", NULL };
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  collect_keys (GTK_WIDGET (bk_app_show_window (world->app)), keys);
  g_hash_table_remove (keys, "Menu"); /* the same as Shift+F10, and written on the key */
  g_assert_cmpuint (g_hash_table_size (keys), >=, 5);
  for (guint i = 1; told[i] != NULL; i++)
    {
      g_autofree char *escaped = g_strndup (told[i], strcspn (told[i], "<"));
      g_auto (GStrv) parts = g_strsplit (escaped, "&lt;", -1);
      g_autofree char *half = g_strjoinv ("<", parts);
      g_auto (GStrv) others = g_strsplit (half, "&gt;", -1);
      g_autofree char *text = g_strjoinv (">", others);
      g_autoptr (GtkShortcutTrigger) trigger = gtk_shortcut_trigger_parse_string (text);
      g_autofree char *key = dup_keys (trigger);

      if (!g_hash_table_remove (keys, key) && !g_strv_contains (elsewhere, key))
        g_error ("the window of shortcuts tells of %s, which does nothing", key);
    }
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init (&iter, keys);
  if (g_hash_table_iter_next (&iter, &key, NULL))
    g_error ("the window of shortcuts does not tell of %s", (char *) key);
}

static const char *
find_accelerator (GtkWidget *widget, const char *id)
{
  if (GTK_IS_SHORTCUTS_SHORTCUT (widget)
      && g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), id) == 0)
    {
      g_autofree char *keys = NULL;
      g_object_get (widget, "accelerator", &keys, NULL);
      return g_intern_string (keys);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      const char *keys = find_accelerator (child, id);
      if (keys != NULL)
        return keys;
    }
  return NULL;
}

/* What is told of the key that sends is what it does. */
static void
test_enter_told (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  GtkWidget *window = GTK_WIDGET (bk_app_show_window (world->app));
  GSettings *settings = bk_app_get_settings (world->app);

  for (int enter_sends = 0; enter_sends < 2; enter_sends++)
    {
      g_settings_set_boolean (settings, "enter-sends", enter_sends != 0);
      gtk_widget_activate_action (window, "win.show-help-overlay", NULL);
      GtkWindow *keys_window = app_world_find_window (GTK_TYPE_SHORTCUTS_WINDOW);
      g_assert_cmpstr (find_accelerator (GTK_WIDGET (keys_window), "send"), ==, enter_sends ? "Return" : "<Shift>Return");
      g_assert_cmpstr (find_accelerator (GTK_WIDGET (keys_window), "new_line"), ==, enter_sends ? "<Shift>Return" : "Return");
      gtk_window_close (keys_window);
      g_assert_null (app_world_find_window (GTK_TYPE_SHORTCUTS_WINDOW));
    }
  g_settings_reset (settings, "enter-sends");
}

/* Every key that does something is told, and what is told does something. */
static void
test_shortcuts (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autoptr (GBytes) bytes
    = g_resources_lookup_data ("/im/beckon/Beckon/window/shortcuts.ui", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autofree char *overlay = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_auto (GStrv) actions = gtk_application_list_action_descriptions (GTK_APPLICATION (world->app));
  g_auto (GStrv) told = g_strsplit (overlay, "<property name=\"action-name\">", -1);

  g_assert_cmpuint (g_strv_length (actions), >, 5);
  for (guint i = 0; actions[i] != NULL; i++)
    {
      g_autofree char *row = g_strdup_printf ("<property name=\"action-name\">%s</property>", actions[i]);

      if (strstr (overlay, row) == NULL)
        g_error ("the window of shortcuts does not tell of %s", actions[i]);
    }
  for (guint i = 1; told[i] != NULL; i++)
    {
      g_autofree char *action = g_strndup (told[i], strcspn (told[i], "<"));
      g_auto (GStrv) keys = gtk_application_get_accels_for_action (GTK_APPLICATION (world->app), action);

      if (keys[0] == NULL)
        g_error ("the window of shortcuts tells of %s, for which there are no keys", action);
    }
}

/* What somebody copies into a report tells what runs here, and not who it is. */
static void
test_about (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);

  bk_app_about_show (GTK_WINDOW (bk_app_show_window (world->app)));
  AdwAboutWindow *window = ADW_ABOUT_WINDOW (app_world_find_window (ADW_TYPE_ABOUT_WINDOW));
  const char *info = adw_about_window_get_debug_info (window);
  g_autofree char *gtk = g_strdup_printf ("\nGTK %u.%u.", gtk_get_major_version (), gtk_get_minor_version ());

  g_assert_true (g_str_has_prefix (info, "Beckon "));
  g_assert_nonnull (strstr (info, gtk));
  g_assert_nonnull (strstr (info, "\nSandbox: no\n"));
  g_assert_null (strstr (info, "alice"));
}

static void
close_main (AppWorld *world)
{
  gtk_window_close (GTK_WINDOW (bk_app_show_window (world->app)));
  bk_test_drain ();
}

/* Whoever closes the window is told once that the application is still there. */
static void
test_background (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  GSettings *settings = bk_app_get_settings (world->app);
  g_autofree char *early = app_desktop_take (world->desktop, G_APPLICATION (world->app));

  g_settings_set_boolean (settings, "background-explained", FALSE);
  g_settings_set_boolean (settings, "run-in-background", FALSE);
  g_application_hold (G_APPLICATION (world->app));
  close_main (world);
  g_settings_set_boolean (settings, "run-in-background", TRUE);
  g_autofree char *none = app_desktop_take (world->desktop, G_APPLICATION (world->app));
  g_assert_cmpstr (none, ==, "");
  close_main (world);
  close_main (world);
  g_autofree char *told = app_desktop_take (world->desktop, G_APPLICATION (world->app));
  g_assert_cmpstr (told, ==, "+background: Beckon keeps running in the background | Messages and invitations are still "
                             "announced. [Preferences app.open-preferences] [Quit app.quit]\n");
  g_application_release (G_APPLICATION (world->app));
}

static void
on_text (GObject *clipboard, GAsyncResult *result, gpointer text)
{
  *(char **) text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static gboolean
is_there (gpointer text)
{
  return *(char **) text != NULL;
}

static gboolean
is_hidden (gpointer widget)
{
  return !gtk_widget_get_visible (widget);
}

/* What a Beckon in a sandbox lacks is said where applications are; it goes by itself once it is there. */
static void
test_host (void)
{
  g_autoptr (AppWorld) world = start ();
  GtkWidget *group = part ("host"), *by_hand = part ("register_application");
  g_autofree char *text = NULL;

  g_assert_false (gtk_widget_get_visible (group));
  g_assert_true (gtk_widget_get_visible (by_hand));
  stand_in_set (world->service, STAND_IN_ROOT, "Registry1", "{'HostPrograms': <uint32 1>}");
  bk_test_wait_until (is_hidden, by_hand);
  g_assert_true (gtk_widget_get_visible (group));
  AdwActionRow *row = app_part (group, "row");
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (row), "sudo apt install beckon-peer-host"));
  g_signal_emit_by_name (app_part (group, "copy"), "clicked");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (group), NULL, on_text, &text);
  bk_test_wait_until (is_there, &text);
  g_assert_cmpstr (text, ==, "sudo apt install beckon-peer-host");
  stand_in_set (world->service, STAND_IN_ROOT, "Registry1", "{'HostPrograms': <uint32 2>}");
  bk_test_wait_until (is_hidden, group);
  g_assert_false (gtk_widget_get_visible (by_hand));
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add_func ("/app/preferences/service", test_service);
  g_test_add_func ("/app/preferences/refused", test_refused);
  g_test_add_func ("/app/preferences/pages", test_pages);
  g_test_add_func ("/app/preferences/allowed", test_allowed);
  g_test_add_func ("/app/preferences/blocked", test_blocked);
  g_test_add_func ("/app/preferences/switches", test_switches);
  g_test_add_func ("/app/preferences/shortcuts", test_shortcuts);
  g_test_add_func ("/app/preferences/keys", test_keys);
  g_test_add_func ("/app/preferences/enter-told", test_enter_told);
  g_test_add_func ("/app/preferences/about", test_about);
  g_test_add_func ("/app/preferences/background", test_background);
  g_test_add_func ("/app/preferences/host", test_host);
  return app_world_run ();
}
