/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the session service has shown because a program asked it to. */
#include "contacts/bk-app-add-contact.h"
#include "conversation/bk-app-conversation.h"
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

static void
open_link (AppWorld *world, const char *link)
{
  g_autoptr (GFile) file = g_file_new_for_uri (link);

  g_application_open (G_APPLICATION (world->app), &file, 1, "");
}

/* Whoever is on the list is talked with, everybody else can be asked. */
static void
test_link (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);

  open_link (world, "beckon:bob@b");
  app_world_settle (world);
  g_assert_null (app_world_find_window (BK_TYPE_APP_ADD_CONTACT));
  BkAppConversation *conversation = app_part (bk_app_get_window (world->app), "conversation");
  g_assert_true (bk_app_person_is (bk_app_conversation_get_person (conversation), "alice@b", "bob@b"));
  open_link (world, "beckon:");
  g_assert_null (app_world_find_window (BK_TYPE_APP_ADD_CONTACT));
  open_link (world, "beckon:zoe@b");
  g_assert_cmpstr (get_who (), ==, "zoe@b");
}

/* Whoever follows a link before there is an account comes back to it when there is one, and its list has been read. */
static void
test_link_without_account (void)
{
  g_autoptr (AppWorld) world = app_world_new (TRUE);
  GListModel *accounts = beckon_messenger_get_accounts (world->messenger);

  open_link (world, "beckon:bob@b");
  open_link (world, "beckon:zoe@b");
  app_world_settle (world);
  g_assert_null (app_world_find_window (BK_TYPE_APP_ADD_CONTACT));
  stand_in_answer (world->service, "ListContacts", "(@a(ssubussua{sv}) [],)");
  stand_in_add (world->service, APP_ACCOUNT, "Account1", "{'SignInName': <'alice@b'>, 'State': <'connecting'>}");
  stand_in_signal (world->service, STAND_IN_ROOT, "Messenger1", "AccountsChanged",
                   "(uint32 0, uint32 0, [objectpath '" APP_ACCOUNT "'])");
  app_world_wait_items (accounts, 1);
  app_world_settle (world);
  g_assert_null (app_world_find_window (BK_TYPE_APP_ADD_CONTACT));
  stand_in_set (world->service, APP_ACCOUNT, "Account1", "{'State': <'online'>}");
  app_world_settle (world);
  g_assert_cmpstr (get_who (), ==, "zoe@b");
  gtk_window_destroy (app_world_find_window (BK_TYPE_APP_ADD_CONTACT));
  stand_in_set (world->service, APP_ACCOUNT, "Account1", "{'State': <'connecting'>}");
  stand_in_set (world->service, APP_ACCOUNT, "Account1", "{'State': <'online'>}");
  app_world_settle (world);
  g_assert_null (app_world_find_window (BK_TYPE_APP_ADD_CONTACT)); /* once */
}

/* What was pasted is asked for by name, and the talk is there when it is done. */
static void
test_pasted_link (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);

  activate (world, "open-add-contact", g_variant_new ("(ss)", "alice@b", "beckon:Zoe@b?x"));
  GtkWindow *form = app_world_find_window (BK_TYPE_APP_ADD_CONTACT);
  g_signal_emit_by_name (app_part (form, "add"), "clicked");
  bk_test_wait_for_count (stand_in_count (world->service, "AddContact"), 1);
  g_assert_cmpstr (stand_in_last (world->service, "AddContact"), ==, "('Zoe@b', '')");
  stand_in_signal (world->service, APP_ACCOUNT, "Account1", "ContactsChanged",
                   "(uint32 0, uint32 0, [('Zoe@b', 'Zoe', uint32 1, false, uint32 0, '', '', uint32 0, @a{sv} {})])");
  app_world_settle (world);
  g_assert_null (app_world_find_window (BK_TYPE_APP_ADD_CONTACT));
  BkAppConversation *conversation = app_part (bk_app_get_window (world->app), "conversation");
  g_assert_true (bk_app_person_is (bk_app_conversation_get_person (conversation), "alice@b", "Zoe@b"));
}

static void
test_pasted_nonsense (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);

  activate (world, "open-add-contact", g_variant_new ("(ss)", "alice@b", "beckon:zoe"));
  GtkWindow *form = app_world_find_window (BK_TYPE_APP_ADD_CONTACT);
  g_signal_emit_by_name (app_part (form, "add"), "clicked");
  app_world_settle (world);
  g_assert_cmpuint (*stand_in_count (world->service, "AddContact"), ==, 0);
  g_assert_true (gtk_widget_get_visible (app_part (form, "problem")));
}

/* The conversation that was open is there again in the next window. */
static void
test_last_conversation (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);

  open_link (world, "beckon:bob@b");
  app_world_settle (world);
  gtk_window_destroy (GTK_WINDOW (bk_app_get_window (world->app)));
  BkAppConversation *conversation = app_part (bk_app_show_window (world->app), "conversation");
  app_world_settle (world);
  g_assert_true (bk_app_person_is (bk_app_conversation_get_person (conversation), "alice@b", "bob@b"));
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
  g_test_add_func ("/requests/link", test_link);
  g_test_add_func ("/requests/link/without-account", test_link_without_account);
  g_test_add_func ("/requests/link/pasted", test_pasted_link);
  g_test_add_func ("/requests/link/nonsense", test_pasted_nonsense);
  g_test_add_func ("/requests/last-conversation", test_last_conversation);
  return app_world_run ();
}
