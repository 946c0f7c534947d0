/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the session service has shown because a program asked it to. */
#include "contacts/bk-app-add-contact.h"
#include "preferences/bk-app-preferences.h"

#include "app-world.h"
#include "bk-test.h"

static void
activate (AppWorld *world, const char *action, GVariant *parameter)
{
  g_action_group_activate_action (G_ACTION_GROUP (world->app), action, parameter);
}

static const char *
get_page (void)
{
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_PREFERENCES);

  g_assert_nonnull (window);
  return adw_preferences_window_get_visible_page_name (ADW_PREFERENCES_WINDOW (window));
}

static void
test_preferences (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);

  activate (world, "open-preferences", g_variant_new_string ("behavior"));
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_PREFERENCES);
  g_assert_cmpstr (get_page (), ==, "behavior");
  activate (world, "open-preferences", g_variant_new_string ("applications"));
  g_assert_cmpstr (get_page (), ==, "applications");
  g_assert_true (app_world_find_window (BK_TYPE_APP_PREFERENCES) == window);
  activate (world, "open-preferences", g_variant_new_string ("")); /* as it stands */
  activate (world, "open-preferences", g_variant_new_string ("no such page"));
  g_assert_cmpstr (get_page (), ==, "applications");
  gtk_window_destroy (window);
  activate (world, "open-preferences", g_variant_new_string (""));
  g_assert_cmpstr (get_page (), ==, "accounts");
}

static const char *
get_who (void)
{
  GtkWindow *form = app_world_find_window (BK_TYPE_APP_ADD_CONTACT);

  g_assert_nonnull (form);
  return gtk_editable_get_text (GTK_EDITABLE (app_part (form, "who")));
}

static void
test_add_contact (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);

  activate (world, "open-add-contact", g_variant_new ("(ss)", "alice@b", ""));
  g_assert_cmpstr (get_who (), ==, "");
  GtkWindow *form = app_world_find_window (BK_TYPE_APP_ADD_CONTACT);
  activate (world, "open-add-contact", g_variant_new ("(ss)", "alice@b", "zoe@b"));
  g_assert_cmpstr (get_who (), ==, "zoe@b");
  g_assert_true (app_world_find_window (BK_TYPE_APP_ADD_CONTACT) == form);
  /* What is written there stays. */
  activate (world, "open-add-contact", g_variant_new ("(ss)", "alice@b", "yves@b"));
  g_assert_cmpstr (get_who (), ==, "zoe@b");
}

/* Nobody has an account yet: the window welcomes. */
static void
test_add_contact_without_account (void)
{
  g_autoptr (AppWorld) world = app_world_new (TRUE);

  activate (world, "open-add-contact", g_variant_new ("(ss)", "alice@b", "zoe@b"));
  g_assert_null (app_world_find_window (BK_TYPE_APP_ADD_CONTACT));
  g_assert_nonnull (app_world_find_window (BK_TYPE_APP_WINDOW));
}

/* The application was started for it, and has not reached the session service yet. */
static void
test_early (void)
{
  AppWorld *world = app_world_launch (app_service_new (FALSE));

  activate (world, "open-add-contact", g_variant_new ("(ss)", "alice@b", "zoe@b"));
  g_assert_null (app_world_find_window (BK_TYPE_APP_ADD_CONTACT));
  app_world_wait (world);
  g_assert_cmpstr (get_who (), ==, "zoe@b");
  app_world_free (world);

  world = app_world_launch (app_service_new (FALSE));
  activate (world, "open-preferences", g_variant_new_string ("behavior"));
  g_assert_null (app_world_find_window (BK_TYPE_APP_PREFERENCES));
  app_world_wait (world);
  g_assert_cmpstr (get_page (), ==, "behavior");
  app_world_free (world);
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);
  g_test_add_func ("/requests/preferences", test_preferences);
  g_test_add_func ("/requests/add-contact", test_add_contact);
  g_test_add_func ("/requests/add-contact/without-account", test_add_contact_without_account);
  g_test_add_func ("/requests/early", test_early);
  return app_world_run ();
}
