/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is for those who have a keyboard only, in the main window and beyond. */
#include "app-world.h"
#include "bk-test.h"
#include "invite/bk-app-invitation-dialog.h"

#define ASKING(number) \
  "{'SessionID': <'{S" number "}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Asking': <true>, " \
  "'UserName': <'Bob'>, 'User': <'bob@b'>, 'Application': <'" APP_BOARD "'>, 'ApplicationName': <'Board " number "'>}"

static void
press (AppWorld *world)
{
  g_action_group_activate_action (G_ACTION_GROUP (world->app), "answer-invitation", NULL);
  app_world_settle (world);
}

/* Puts off what was asked, if it is that of the application. */
static void
put_off (const char *application)
{
  GtkWindow *dialog = app_world_find_window (BK_TYPE_APP_INVITATION_DIALOG);

  g_assert_nonnull (dialog);
  g_autofree char *heading = g_strdup_printf ("Bob invites you to %s", application);
  g_assert_cmpstr (gtk_label_get_label (app_part (dialog, "heading")), ==, heading);
  gtk_window_close (dialog);
  bk_test_drain ();
}

/* What was put off comes up again, one after the other. */
static void
test_answer_invitation (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autofree char *one = app_world_add_session (world, 1, ASKING ("1"));
  put_off ("Board 1");
  g_autofree char *two = app_world_add_session (world, 2, ASKING ("2"));
  put_off ("Board 2");

  g_assert_null (app_world_find_window (BK_TYPE_APP_INVITATION_DIALOG));
  press (world);
  put_off ("Board 1");
  press (world);
  put_off ("Board 2");
  press (world);
  put_off ("Board 1");
  stand_in_set (world->service, two, "Session1", "{'Asking': <false>}");
  app_world_settle (world);
  press (world);
  put_off ("Board 1");
}

static void
test_no_invitation (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autofree char *before = app_desktop_take (world->desktop, G_APPLICATION (world->app));

  press (world);
  g_assert_null (app_world_find_window (BK_TYPE_APP_INVITATION_DIALOG));
  g_autofree char *told = app_desktop_take (world->desktop, G_APPLICATION (world->app));
  g_assert_cmpstr (told, ==, "+invitations: No invitation waits for your answer.\n");
}

/* ---- menus ---- */

static gboolean
is_mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget);
}

static gboolean
is_at (gpointer button)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (button));

  return focus != NULL && gtk_widget_get_mapped (focus) && gtk_widget_is_ancestor (focus, button);
}

/* A menu that goes while another page of it is open does not take the keyboard with it. */
static void
test_submenu (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  GtkWindow *window = GTK_WINDOW (bk_app_show_window (world->app));
  GtkMenuButton *button = app_part (app_part (window, "contacts"), "menu_button");

  app_screen_focus (window);
  gtk_menu_button_popup (button);
  GtkWidget *menu = GTK_WIDGET (gtk_menu_button_get_popover (button));
  bk_test_wait_until (is_mapped, menu);
  g_object_set (menu, "visible-submenu", "_Contact List", NULL);
  gtk_widget_child_focus (menu, GTK_DIR_TAB_FORWARD);
  bk_test_drain ();
  gtk_popover_popdown (GTK_POPOVER (menu));
  bk_test_wait_until (is_at, button);
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add_func ("/app/shortcuts/answer-invitation", test_answer_invitation);
  g_test_add_func ("/app/shortcuts/no-invitation", test_no_invitation);
  g_test_add_func ("/app/shortcuts/submenu", test_submenu);
  return app_world_run ();
}
