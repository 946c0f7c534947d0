/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program has the user choose whom it invites. */
#include "invite/bk-app-invite-dialog.h"

#include "app-world.h"
#include "bk-test.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <gdk/x11/gdkx.h>

#define PICKING(more) \
  "{'SessionID': <'{S1}'>, 'State': <uint32 1>, 'Flags': <uint32 1>, 'Picking': <true>, 'MySigninName': <'alice@b'>, " \
  "'Application': <'" APP_BOARD "'>, 'ApplicationName': <'<b>Board</b>'>" more "}"

static GtkWindow *
find_dialog (void)
{
  return app_world_find_window (BK_TYPE_APP_INVITE_DIALOG);
}

static GListModel *
people (GtkWindow *dialog)
{
  return G_LIST_MODEL (gtk_list_view_get_model (app_part (app_part (dialog, "recipients"), "list")));
}

static void
choose (GtkWindow *dialog, guint position)
{
  app_world_wait_items (people (dialog), 3);
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (people (dialog)), position);
}

static void
assert_answers (AppWorld *world, guint n_answers, const char *last)
{
  bk_test_wait_for_count (stand_in_count (world->service, "AnswerPick"), n_answers);
  app_world_settle (world);
  g_assert_cmpuint (*stand_in_count (world->service, "AnswerPick"), ==, n_answers);
  g_assert_cmpstr (stand_in_last (world->service, "AnswerPick"), ==, last);
}

static void
test_chosen (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autofree char *path = app_world_add_session (world, 1, PICKING (""));
  GtkWindow *dialog = find_dialog ();
  GtkWidget *ok = app_part (dialog, "ok");

  g_assert_nonnull (dialog);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (dialog)));
  /* As text, whatever the program is called. */
  g_assert_cmpstr (gtk_window_get_title (dialog), ==, "<b>Board</b> wants to invite somebody");
  g_assert_cmpstr (gtk_label_get_text (app_part (dialog, "question")), ==, "<b>Board</b> wants to invite somebody");
  g_assert_false (gtk_widget_get_visible (app_part (dialog, "back")));
  /* Bob alone can be invited, and is not until somebody has chosen him; Carol and Erin are there, and grey. */
  app_world_wait_items (people (dialog), 3);
  g_assert_false (gtk_widget_get_sensitive (ok));
  choose (dialog, 0);
  g_assert_true (gtk_widget_get_sensitive (ok));

  stand_in_answer (world->service, "AnswerPick", "!im.beckon.Error.NotLoggedOn");
  gtk_widget_activate (ok);
  assert_answers (world, 1, "('" STAND_IN_ROOT "/Session/1', 'bob@b')");
  g_assert_cmpstr (gtk_label_get_label (app_part (dialog, "problem")), !=, "");
  g_assert_true (find_dialog () == dialog);
  stand_in_answer (world->service, "AnswerPick", "hold");
  gtk_widget_activate (ok);
  bk_test_wait_for_count (stand_in_count (world->service, "AnswerPick"), 2);
  g_assert_false (gtk_widget_get_sensitive (ok));
  g_assert_cmpstr (gtk_label_get_label (app_part (dialog, "problem")), ==, "");
  stand_in_release (world->service, "AnswerPick", NULL);
  app_world_settle (world);
  g_assert_null (find_dialog ());
  g_assert_cmpuint (*stand_in_count (world->service, "AnswerPick"), ==, 2);
}

/* Esc, which may have been meant for another window, does no harm: it says no. */
static void
test_nobody (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autofree char *path = app_world_add_session (world, 1, PICKING (""));

  app_screen_press (find_dialog (), "Escape");
  assert_answers (world, 1, "('" STAND_IN_ROOT "/Session/1', '')");
  g_assert_null (find_dialog ());
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, guint *n_keys)
{
  (*n_keys)++;
  return GDK_EVENT_PROPAGATE;
}

/* Presses keys, each of which reaches the window and does nothing. */
static void
press_in_vain (AppWorld *world, GtkWindow *window, const char *const *keys)
{
  GtkEventController *controller = gtk_event_controller_key_new ();
  guint n_keys = 0;

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "key-pressed", G_CALLBACK (on_key), &n_keys);
  gtk_widget_add_controller (GTK_WIDGET (window), controller);
  for (guint i = 0; keys[i] != NULL; i++)
    {
      app_screen_press (window, keys[i]);
      bk_test_wait_for_count (&n_keys, i + 1);
      app_world_settle (world);
      g_assert_cmpuint (*stand_in_count (world->service, "AnswerPick"), ==, 0);
    }
  gtk_widget_remove_controller (GTK_WIDGET (window), controller);
}

/* Keys that were meant for the program choose nobody; those of who uses the keyboard alone do. */
static void
test_keyboard (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autofree char *path = app_world_add_session (world, 1, PICKING (""));

  /* Once more, now that Bob is known before the window is there: he could have the keyboard from the start. */
  app_world_wait_items (people (find_dialog ()), 3);
  stand_in_set (world->service, path, "Session1", "{'Picking': <false>}");
  app_world_settle (world);
  stand_in_set (world->service, path, "Session1", "{'Picking': <true>}");
  app_world_settle (world);
  GtkWindow *dialog = find_dialog ();
  g_assert_cmpuint (g_list_model_get_n_items (people (dialog)), ==, 3);
  app_screen_focus (dialog);
  press_in_vain (world, dialog, (const char *[]){ "space", "b", "Return", NULL });
  g_assert_true (find_dialog () == dialog);
  gtk_widget_grab_focus (app_part (dialog, "recipients"));
  app_screen_press (dialog, "Return");
  assert_answers (world, 1, "('" STAND_IN_ROOT "/Session/1', 'bob@b')");
}

static void
test_over (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autofree char *path = app_world_add_session (world, 1, PICKING (""));

  g_assert_nonnull (find_dialog ());
  stand_in_set (world->service, path, "Session1", "{'Picking': <false>}");
  app_world_settle (world);
  g_assert_null (find_dialog ());
  stand_in_set (world->service, path, "Session1", "{'Picking': <true>}");
  app_world_settle (world);
  g_assert_nonnull (find_dialog ());
  stand_in_signal (world->service, STAND_IN_ROOT, "Messenger1", "SessionsChanged", "(uint32 0, uint32 1, @ao [])");
  app_world_settle (world);
  g_assert_null (find_dialog ());
  g_assert_cmpuint (*stand_in_count (world->service, "AnswerPick"), ==, 0);
}

/* The window comes after the question. */
static void
test_late (void)
{
  StandIn *service = app_service_new (FALSE);

  stand_in_add (service, STAND_IN_ROOT "/Session/1", "Session1", PICKING (""));
  stand_in_answer (service, "ListSessions", "([objectpath '" STAND_IN_ROOT "/Session/1'],)");
  g_autoptr (AppWorld) world = app_world_start (service);
  g_assert_nonnull (find_dialog ());
}

/* Only contacts of the account that invites. */
static void
test_account (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autofree char *path = app_world_add_session (world, 1, PICKING (", 'MySigninName': <'other@b'>"));
  GtkWindow *dialog = find_dialog ();

  app_world_settle (world);
  g_assert_cmpuint (g_list_model_get_n_items (people (dialog)), ==, 0);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (app_part (app_part (dialog, "recipients"), "stack")), ==, "empty");
}

static void
test_parent (void)
{
  static const struct
  {
    const char *properties;
    Window parent;
  } cases[] = {
    { PICKING (", 'PickWindow': <'x11:2a000b'>"), 0x2a000b },
    { PICKING (", 'PickWindow': <'x11:0x2a000b'>"), None },
    { PICKING (", 'PickWindow': <'x11:0'>"), None },
    { PICKING (", 'PickWindow': <'x11:1ffffffff'>"), None },
    { PICKING (", 'PickWindow': <'x11:'>"), None },
    { PICKING (", 'PickWindow': <'wayland:abc'>"), None },
    { PICKING (", 'PickWindow': <'mir:abc'>"), None },
    { PICKING (", 'PickWindow': <'abc'>"), None },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AppWorld) world = app_world_new (FALSE);
      g_autofree char *path = app_world_add_session (world, 1, cases[i].properties);
      GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (find_dialog ()));
      Window parent = None;

      XGetTransientForHint (GDK_SURFACE_XDISPLAY (surface), GDK_SURFACE_XID (surface), &parent);
      g_assert_cmphex (parent, ==, cases[i].parent);
    }
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);
  g_test_add_func ("/app/picks/chosen", test_chosen);
  g_test_add_func ("/app/picks/nobody", test_nobody);
  g_test_add_func ("/app/picks/keyboard", test_keyboard);
  g_test_add_func ("/app/picks/over", test_over);
  g_test_add_func ("/app/picks/late", test_late);
  g_test_add_func ("/app/picks/account", test_account);
  g_test_add_func ("/app/picks/parent", test_parent);
  return app_world_run ();
}
