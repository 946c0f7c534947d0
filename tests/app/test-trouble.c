/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The strip that says what is wrong with the connection. */
#include "contacts/bk-app-trouble.h"

#include "app-world.h"
#include "bk-test.h"

#include <string.h>

#define WRONG "'ErrorName': <'im.beckon.Error.InvalidPassword'>, 'ErrorText': <'no'>"
#define NO_SERVER "'ErrorName': <'im.beckon.Error.Connect'>, 'ErrorText': <'no'>"
#define UNTRUSTED \
  "'ErrorName': <'im.beckon.Error.InvalidCertificate'>, 'ErrorText': <'It has expired.\n\nIssued to: <b>x</b>'>"
#define UNHEARD "'ErrorName': <'im.beckon.Error.OfTheFuture'>, 'ErrorText': <'Words of the future'>"

static BkAppTrouble *
make_trouble (AppWorld *world)
{
  BkAppTrouble *trouble = g_object_ref_sink (g_object_new (BK_TYPE_APP_TROUBLE, NULL));

  bk_app_trouble_set_app (trouble, world->app);
  return trouble;
}

/* @text: NULL when all is well. @action: NULL for no button. */
static void
assert_trouble (BkAppTrouble *trouble, const char *text, const char *button, const char *action)
{
  GtkButton *shown = app_part (trouble, "button");

  g_assert_true (gtk_revealer_get_reveal_child (app_part (trouble, "revealer")) == (text != NULL));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (shown)) == (action != NULL));
  if (text != NULL)
    g_assert_cmpstr (gtk_label_get_label (app_part (trouble, "label")), ==, text);
  if (action != NULL)
    {
      g_assert_cmpstr (gtk_button_get_label (shown), ==, button);
      g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (shown)), ==, action);
    }
}

static void
test_account (void)
{
  static const struct
  {
    const char *properties;
    const char *text;
    const char *button;
    const char *action;
  } rows[] = {
    { "{'State': <'offline'>}", "You are signed out.", "_Sign In", "app.sign-in" },
    { "{'State': <'finding'>}", "Connecting…", NULL, NULL },
    { "{'State': <'connecting'>}", "Connecting…", NULL, NULL },
    { "{'State': <'signing-in'>}", "Connecting…", NULL, NULL },
    { "{'State': <'synchronizing'>}", "Connecting…", NULL, NULL },
    { "{'State': <'waiting'>, " NO_SERVER "}", "The server cannot be reached. Trying again…", "_Try Now",
      "app.sign-in" },
    { "{'State': <'connecting'>, " NO_SERVER "}", "The server cannot be reached. Trying again…", NULL, NULL },
    { "{'State': <'offline'>, " NO_SERVER "}", "The server cannot be reached.", "_Sign In", "app.sign-in" },
    { "{'State': <'offline'>, " WRONG "}", "The password is no longer accepted.", "_Enter Password…",
      "win.enter-password" },
    { "{'State': <'waiting'>, " WRONG "}", "The password is no longer accepted.", "_Enter Password…",
      "win.enter-password" },
    { "{'State': <'waiting'>, " UNTRUSTED "}",
      "The server could not prove its identity: its certificate is not trusted. Trying again…",
      "_Details…", "win.show-certificate" },
    { "{'State': <'online'>, 'ErrorName': <''>, 'ErrorText': <''>}", NULL, NULL, NULL },
    { "{'State': <'online'>, " NO_SERVER "}", NULL, NULL, NULL },
  };
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  BkAppTrouble *trouble = make_trouble (world);

  assert_trouble (trouble, NULL, NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      stand_in_set (world->service, APP_ACCOUNT, "Account1", "{'ErrorName': <''>, 'ErrorText': <''>}");
      stand_in_set (world->service, APP_ACCOUNT, "Account1", rows[i].properties);
      app_world_settle (world);
      g_test_message ("%s", rows[i].properties);
      assert_trouble (trouble, rows[i].text, rows[i].button, rows[i].action);
    }
  g_assert_finalize_object (trouble);
}

/* An error that this version does not know is told in the words that came with it. */
static void
test_unheard (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  BkAppTrouble *trouble = make_trouble (world);

  stand_in_set (world->service, APP_ACCOUNT, "Account1", "{'State': <'offline'>, " UNHEARD "}");
  app_world_settle (world);
  g_assert_null (g_strstr_len (gtk_label_get_label (app_part (trouble, "label")), -1, "GDBus"));
  g_assert_true (gtk_revealer_get_reveal_child (app_part (trouble, "revealer")));
  g_assert_finalize_object (trouble);
}

/* What is wrong, and apart from it what the certificate says of itself, to be copied. */
static void
test_untrusted (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  GtkWidget *window = GTK_WIDGET (bk_app_show_window (world->app));

  stand_in_set (world->service, APP_ACCOUNT, "Account1",
                "{'State': <'waiting'>, 'Server': <'example.org'>, " UNTRUSTED "}");
  app_world_settle (world);
  g_assert_true (gtk_widget_activate_action (window, "win.show-certificate", "s", "alice@b"));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (app_world_find_window (ADW_TYPE_MESSAGE_DIALOG));
  g_assert_true (g_str_has_prefix (adw_message_dialog_get_body (dialog), "It has expired.\n\nBeckon does not send a"));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (dialog), "example.org"));
  GtkLabel *facts = GTK_LABEL (adw_message_dialog_get_extra_child (dialog));
  g_assert_cmpstr (gtk_label_get_text (facts), ==, "Issued to: <b>x</b>");
  g_assert_true (gtk_label_get_selectable (facts));
}

static void
test_password (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  BkAppTrouble *trouble = make_trouble (world);
  const char *who;

  stand_in_set (world->service, APP_ACCOUNT, "Account1", "{'State': <'offline'>, " WRONG "}");
  app_world_settle (world);
  g_variant_get (gtk_actionable_get_action_target_value (app_part (trouble, "button")), "&s", &who);
  g_assert_cmpstr (who, ==, "alice@b");
  g_assert_finalize_object (trouble);
}

/* Of two accounts, the one that is not well is told of; when it has gone, all is well. */
static void
test_second_account (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  BkAppTrouble *trouble = make_trouble (world);

  stand_in_add (world->service, STAND_IN_ROOT "/Account/2", "Account1",
                "{'SignInName': <'alice@c'>, 'State': <'offline'>}");
  stand_in_answer (world->service, "ListContacts", "(@a(ssubussua{sv}) [],)");
  stand_in_signal (world->service, STAND_IN_ROOT, "Messenger1", "AccountsChanged",
                   "(uint32 1, uint32 0, [objectpath '" STAND_IN_ROOT "/Account/2'])");
  app_world_wait_items (beckon_messenger_get_accounts (world->messenger), 2);
  assert_trouble (trouble, "You are signed out.", "_Sign In", "app.sign-in");
  stand_in_signal (world->service, STAND_IN_ROOT, "Messenger1", "AccountsChanged", "(uint32 1, uint32 1, @ao [])");
  app_world_settle (world);
  assert_trouble (trouble, NULL, NULL, NULL);
  g_assert_finalize_object (trouble);
}

static gboolean
is_failing (gpointer app)
{
  return bk_app_get_failure (app) != NULL;
}

/* Without a service it says so and has a button; with one again, the button's action reaches it. */
static void
test_service (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  BkAppTrouble *trouble = make_trouble (world);

  stand_in_free (world->service);
  bk_test_wait_until (is_failing, world->app);
  assert_trouble (trouble, bk_app_get_failure (world->app), "_Try Again", "app.retry");
  world->service = app_service_new (FALSE);
  g_action_group_activate_action (G_ACTION_GROUP (world->app), "retry", NULL);
  app_world_wait (world);
  assert_trouble (trouble, NULL, NULL, NULL);
  g_assert_finalize_object (trouble);
}

static GtkWidget *
find_close (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_BUTTON (widget) && gtk_widget_has_css_class (widget, "close") ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_close (child);
  return found;
}

/* What the service says is no markup, whatever is in it. The page that comes afterwards has names on all that it has. */
static void
test_failure (void)
{
  StandIn *service = app_service_new (FALSE);
  stand_in_answer (service, "ListSessions", "!im.beckon.Error.Failed <a> & b");
  g_autoptr (AppWorld) world = app_world_launch (service);

  bk_test_wait_until (is_failing, world->app);
  g_assert_cmpstr (bk_app_get_failure (world->app), ==, "<a> & b");
  BkAppWindow *window = bk_app_show_window (world->app);
  g_assert_cmpstr (adw_status_page_get_description (app_part (window, "failure")), ==, "&lt;a&gt; &amp; b");
  stand_in_answer (service, "ListSessions", "(@ao [],)");
  g_action_group_activate_action (G_ACTION_GROUP (world->app), "retry", NULL);
  app_world_wait (world);
  GtkWidget *close = find_close (app_part (app_part (window, "conversation"), "find_bar"));
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (close), GTK_ACCESSIBLE_PROPERTY_LABEL));
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add_func ("/app/trouble/account", test_account);
  g_test_add_func ("/app/trouble/unheard", test_unheard);
  g_test_add_func ("/app/trouble/untrusted", test_untrusted);
  g_test_add_func ("/app/trouble/password", test_password);
  g_test_add_func ("/app/trouble/second-account", test_second_account);
  g_test_add_func ("/app/trouble/service", test_service);
  g_test_add_func ("/app/trouble/failure", test_failure);
  return app_world_run ();
}
