/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every window: it comes without a warning, all that can have the keyboard has a name, and nothing of it is left when
 * it has gone. */
#include "contacts/bk-app-add-contact.h"
#include "contacts/bk-app-groups-window.h"
#include "contacts/bk-app-profile.h"
#include "conversation/bk-app-send-files.h"
#include "conversation/bk-app-session-details.h"
#include "invite/bk-app-invitation-dialog.h"
#include "invite/bk-app-invite-dialog.h"
#include "invite/bk-app-waiting-window.h"
#include "preferences/bk-app-account-page.h"
#include "preferences/bk-app-password-dialog.h"
#include "preferences/bk-app-preferences.h"
#include "preferences/bk-app-register-window.h"
#include "welcome/bk-app-account-form.h"

#include "about/bk-app-about.h"
#include "app-focus.h"
#include "app-world.h"
#include "bk-test.h"

#define ASKING \
  "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Asking': <true>, 'UserName': <'Bob'>, " \
  "'User': <'bob@b'>, 'Application': <'" APP_BOARD "'>, 'ApplicationName': <'Board'>, 'AppData': <'come'>}"
#define OUTGOING \
  "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 1>, 'UserName': <'Bob'>, 'User': <'bob@b'>, " \
  "'Application': <'" APP_BOARD "'>, 'ApplicationName': <'Board'>}"

#define RUNNING \
  "{'SessionID': <'{S1}'>, 'State': <uint32 4>, 'Flags': <uint32 1>, 'UserName': <'Bob'>, 'User': <'bob@b'>, " \
  "'MySigninName': <'alice@b'>, 'ChannelPath': <uint32 2>, 'Identity': <uint32 3>, 'SafetyNumber': <'12345 67890'>, " \
  "'Host': <'alice@b'>, 'Log': <'/nowhere/log'>, 'Timeline': <['+0 ms ready']>}"

/* ---- names ---- */

/* Whether what is written in it is the name of such a thing. */
static gboolean
is_named_by_contents (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_LABEL (widget) || GTK_IS_LIST_BOX_ROW (widget)
         || g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkModelButton");
}

static gboolean
has_words (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0')
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_words (child))
      return TRUE;
  return FALSE;
}

static gboolean
has_own_name (GtkWidget *widget)
{
  return gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL)
         || gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

/* The letters of an entry have the name of the entry, and that of a row is its title. */
static gboolean
is_named_entry (GtkWidget *text)
{
  GtkWidget *entry = gtk_widget_get_ancestor (text, GTK_TYPE_EDITABLE);

  for (GtkWidget *w = gtk_widget_get_parent (text); w != NULL && entry == text; w = gtk_widget_get_parent (w))
    if (GTK_IS_EDITABLE (w))
      entry = w;
  if (ADW_IS_PREFERENCES_ROW (entry))
    return *adw_preferences_row_get_title (ADW_PREFERENCES_ROW (entry)) != '\0';
  return has_own_name (entry);
}

static gboolean
is_named (GtkWidget *widget)
{
  if (has_own_name (widget))
    return TRUE;
  return GTK_IS_TEXT (widget) ? is_named_entry (widget) : is_named_by_contents (widget) && has_words (widget);
}

/* What only holds other things and takes the keyboard for them. */
static gboolean
is_holder (GtkWidget *widget)
{
  return GTK_IS_SCROLLED_WINDOW (widget) || GTK_IS_LIST_BOX (widget);
}

/* What libadwaita makes and does not name: the choices of a combo row, the search of a preferences window, what applies
 * the text of an entry row. */
static gboolean
is_foreign (GtkWidget *widget)
{
  if (!ADW_IS_COMBO_ROW (widget) && gtk_widget_get_ancestor (widget, ADW_TYPE_COMBO_ROW) != NULL)
    return TRUE;
  if (gtk_widget_get_ancestor (widget, ADW_TYPE_ENTRY_ROW) != NULL
      && g_str_equal (G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)), "AdwGizmo"))
    return TRUE;
  return gtk_widget_get_ancestor (widget, GTK_TYPE_SEARCH_ENTRY) != NULL
         && gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_WINDOW) != NULL;
}

/* A page of a stack that is not on top and a popover that is closed can come up, what is hidden on purpose not. */
static gboolean
is_hidden (GtkWidget *widget)
{
  for (; widget != NULL && !GTK_IS_NATIVE (widget); widget = gtk_widget_get_parent (widget))
    if (!gtk_widget_get_visible (widget))
      return TRUE;
  return FALSE;
}

static void
collect (GtkWidget *widget, GPtrArray *all)
{
  g_ptr_array_add (all, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, all);
}

static char *
dup_place (GtkWidget *widget)
{
  g_autoptr (GString) place = g_string_new (G_OBJECT_TYPE_NAME (widget));

  while ((widget = gtk_widget_get_parent (widget)) != NULL)
    g_string_append_printf (place, " in %s", G_OBJECT_TYPE_NAME (widget));
  return g_string_free (g_steal_pointer (&place), FALSE);
}

/* Returns how many things can have the keyboard. */
static guint
check_names (GtkWidget *window)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  guint n_checked = 0;

  collect (window, all);
  for (guint i = 0; i < all->len; i++)
    {
      GtkWidget *widget = all->pdata[i];

      if (!gtk_widget_get_focusable (widget) || is_holder (widget) || is_foreign (widget) || is_hidden (widget))
        continue;
      n_checked++;
      if (is_named (widget))
        continue;
      g_autofree char *place = dup_place (widget);
      g_error ("Without a name: %s", place);
    }
  return n_checked;
}

/* ---- windows ---- */

static GtkWindow *
open_main (AppWorld *world)
{
  BkAppWindow *window = bk_app_show_window (world->app);

  if (world->account != NULL)
    {
      bk_app_window_open_conversation (window, "alice@b", "bob@b");
      bk_test_wait_for_count (stand_in_count (world->service, "ListMessages"), 1);
    }
  return GTK_WINDOW (window);
}

static GtkWindow *
newest (void)
{
  GListModel *windows = gtk_window_get_toplevels ();
  g_autoptr (GtkWindow) window = g_list_model_get_item (windows, g_list_model_get_n_items (windows) - 1);

  return window;
}

static GtkWindow *
open_account_form (AppWorld *world)
{
  bk_app_account_form_show (GTK_WINDOW (bk_app_show_window (world->app)), world->messenger);
  return newest ();
}

static GtkWindow *
open_add_contact (AppWorld *world)
{
  bk_app_add_contact_show (GTK_WINDOW (bk_app_show_window (world->app)), world->messenger);
  return app_world_find_window (BK_TYPE_APP_ADD_CONTACT);
}

static GtkWindow *
open_by_verb (AppWorld *world, const char *action, GType type)
{
  gtk_widget_activate_action (GTK_WIDGET (bk_app_show_window (world->app)), action, "(ss)", "alice@b", "bob@b");
  return app_world_find_window (type);
}

static GtkWindow *
open_profile (AppWorld *world)
{
  return open_by_verb (world, "win.show-profile", BK_TYPE_APP_PROFILE);
}

static GtkWindow *
open_rename (AppWorld *world)
{
  return open_by_verb (world, "win.rename-contact", ADW_TYPE_MESSAGE_DIALOG);
}

static GtkWindow *
open_groups_of (AppWorld *world)
{
  return open_by_verb (world, "win.groups-of-contact", BK_TYPE_APP_GROUPS_WINDOW);
}

/* With everybody who could be in the group. */
static GtkWindow *
open_group (AppWorld *world)
{
  stand_in_signal (world->service, APP_ACCOUNT, "Account1", "GroupsChanged",
                   "(uint32 0, uint32 0, [('g1', 'Work', ['bob@b'])])");
  app_world_settle (world);
  gtk_widget_activate_action (GTK_WIDGET (bk_app_show_window (world->app)), "win.groups", NULL);
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_GROUPS_WINDOW);
  g_signal_emit_by_name (gtk_list_box_get_row_at_index (app_part (window, "groups"), 0), "activated");
  return window;
}

static GtkWindow *
open_invite_dialog (AppWorld *world)
{
  bk_app_invite_dialog_show (GTK_WINDOW (bk_app_show_window (world->app)), world->messenger);
  return app_world_find_window (BK_TYPE_APP_INVITE_DIALOG);
}

static GtkWindow *
open_invitation (AppWorld *world)
{
  g_autofree char *path = app_world_add_session (world, 1, ASKING);

  return app_world_find_window (BK_TYPE_APP_INVITATION_DIALOG);
}

static GtkWindow *
open_send_files (AppWorld *world)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) file = g_file_new_for_path ("/proc/self/exe");

  g_list_store_append (files, file);
  bk_app_send_files_show (GTK_WINDOW (bk_app_show_window (world->app)), world->messenger,
                          bk_app_people_find (bk_app_get_people (world->app), "alice@b", "bob@b"),
                          G_LIST_MODEL (files), FALSE);
  return app_world_find_window (BK_TYPE_APP_SEND_FILES);
}

static GtkWindow *
open_details (AppWorld *world)
{
  g_autofree char *path = app_world_add_session (world, 1, RUNNING);
  g_autoptr (BeckonSession) session = beckon_messenger_find_session (world->messenger, "{S1}");

  bk_app_session_details_show (GTK_WINDOW (bk_app_show_window (world->app)), session);
  return app_world_find_window (BK_TYPE_APP_SESSION_DETAILS);
}

static GtkWindow *
open_waiting (AppWorld *world)
{
  g_autofree char *path = app_world_add_session (world, 1, OUTGOING);

  return app_world_find_window (BK_TYPE_APP_WAITING_WINDOW);
}

static GtkWindow *
open_pick (AppWorld *world)
{
  g_autofree char *path
    = app_world_add_session (world, 1, "{'SessionID': <'{S1}'>, 'State': <uint32 1>, 'Flags': <uint32 1>, 'Picking': "
                                       "<true>, 'MySigninName': <'alice@b'>, 'ApplicationName': <'Board'>}");

  return app_world_find_window (BK_TYPE_APP_INVITE_DIALOG);
}

static GtkWindow *
open_preferences (AppWorld *world)
{
  bk_app_preferences_show (GTK_WINDOW (bk_app_show_window (world->app)), world->app);
  return app_world_find_window (BK_TYPE_APP_PREFERENCES);
}

static GtkWindow *
open_account_page (AppWorld *world)
{
  stand_in_answer (world->service, "ListDevices",
                   "([('d1', 'Laptop', int64 5000000, true), ('d2', '', int64 0, false)],)");
  bk_app_account_page_show (GTK_WINDOW (bk_app_show_window (world->app)), world->messenger, world->account);
  return app_world_find_window (BK_TYPE_APP_ACCOUNT_PAGE);
}

static GtkWindow *
open_register (AppWorld *world)
{
  bk_app_register_window_show (GTK_WINDOW (bk_app_show_window (world->app)), world->messenger);
  return newest ();
}

static GtkWindow *
open_password (AppWorld *world)
{
  bk_app_password_dialog_show (GTK_WINDOW (bk_app_show_window (world->app)), world->messenger, world->account);
  return app_world_find_window (ADW_TYPE_MESSAGE_DIALOG);
}

static GtkWindow *
open_about (AppWorld *world)
{
  bk_app_about_show (GTK_WINDOW (bk_app_show_window (world->app)));
  return app_world_find_window (ADW_TYPE_ABOUT_WINDOW);
}

typedef struct
{
  const char *name;
  GtkWindow *(*open) (AppWorld *world);
  gboolean empty;    /* nobody has an account yet */
  gboolean apart;    /* in the process of the preferences */
  guint n_focusable; /* at least as many things can have the keyboard, or something was overlooked; 0: not of ours */
} Kind;

static const Kind kinds[] = {
  { "main", open_main, FALSE, FALSE, 20 },
  { "welcome", open_main, TRUE, FALSE, 10 },
  { "account-form", open_account_form, FALSE, TRUE, 9 },
  { "add-contact", open_add_contact, FALSE, FALSE, 4 },
  { "profile", open_profile, FALSE, FALSE, 4 },
  { "rename", open_rename, FALSE, TRUE, 3 },
  { "groups-of", open_groups_of, FALSE, TRUE, 3 },
  { "group", open_group, FALSE, TRUE, 8 },
  { "invite-dialog", open_invite_dialog, FALSE, FALSE, 5 },
  { "invitation", open_invitation, FALSE, FALSE, 3 },
  { "send-files", open_send_files, FALSE, FALSE, 2 },
  { "details", open_details, FALSE, FALSE, 5 },
  { "waiting", open_waiting, FALSE, FALSE, 1 },
  { "pick", open_pick, FALSE, FALSE, 3 },
  { "preferences", open_preferences, FALSE, TRUE, 17 },
  { "account-page", open_account_page, FALSE, TRUE, 12 },
  { "register", open_register, FALSE, TRUE, 5 },
  { "password", open_password, FALSE, TRUE, 3 },
  { "about", open_about, FALSE, TRUE, 0 },
};

static gboolean
is_mapped (gpointer window)
{
  return gtk_widget_get_mapped (window);
}

static GtkWindow *
open_window (AppWorld *world, const Kind *kind)
{
  GtkWindow *window = kind->open (world);

  g_assert_nonnull (window);
  bk_test_wait_until (is_mapped, window);
  app_world_settle (world);
  return window;
}

static gboolean
on_tick (GtkWidget *window, GdkFrameClock *clock, gpointer frames)
{
  return ++*(guint *) frames < 3 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
has_passed (gpointer frames)
{
  return *(guint *) frames == 3;
}

static void
check_focus (GtkWindow *window, GtkTextDirection direction)
{
  guint frames = 0; /* a tick comes before the layout of its frame */

  gtk_widget_set_default_direction (direction);
  gtk_widget_add_tick_callback (GTK_WIDGET (window), on_tick, &frames, NULL);
  bk_test_wait_until (has_passed, &frames);
  app_focus_check (window);
}

/* It is hidden, or not there any more. */
static gboolean
has_gone (gpointer window)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) other = g_list_model_get_item (windows, i);
      if (other == window)
        return !gtk_widget_get_mapped (window);
    }
  return TRUE;
}

static void
test_names (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (AppWorld) world = app_world_new (kind->empty);
  GtkWindow *window = open_window (world, kind);

  g_assert_cmpuint (check_names (GTK_WIDGET (window)), >=, kind->n_focusable);
  check_focus (window, GTK_TEXT_DIR_RTL);
  check_focus (window, GTK_TEXT_DIR_LTR);
  if (BK_IS_APP_INVITATION_DIALOG (window)) /* that takes no keys which were not meant for it */
    return;
  app_screen_press (window, "ctrl+w");
  bk_test_wait_until (has_gone, window);
}

/* GTK keeps a tooltip for the next window, libadwaita 1.2 the groups of a preferences window for ever. Not what we put
 * into them. */
static gboolean
is_kept (GtkWidget *widget)
{
  GType tooltip = g_type_from_name ("GtkTooltipWindow");
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (widget));

  if (tooltip != 0 && gtk_widget_get_ancestor (widget, tooltip) != NULL)
    return TRUE;
  if (!BK_IS_APP_PREFERENCES (window) || gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_GROUP) == NULL)
    return FALSE;
  for (; !ADW_IS_PREFERENCES_GROUP (widget); widget = gtk_widget_get_parent (widget))
    if (GTK_IS_LIST_BOX_ROW (widget)
        && (gtk_widget_get_parent (widget) == app_part (window, "accounts")
            || gtk_widget_get_parent (widget) == app_part (window, "applications")))
      return FALSE;
  return TRUE;
}

typedef struct
{
  gpointer object; /* NULL when it is finalized */
  const char *type;
} Trace;

static void
test_gone (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (AppWorld) world = app_world_new (kind->empty);
  GtkWindow *window = open_window (world, kind);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autofree Trace *traces = NULL;

  collect (GTK_WIDGET (window), all);
  for (guint i = all->len; i-- > 0;)
    if (is_kept (all->pdata[i]))
      g_ptr_array_remove_index (all, i);
  traces = g_new0 (Trace, all->len);
  for (guint i = 0; i < all->len; i++)
    {
      traces[i].object = all->pdata[i];
      traces[i].type = G_OBJECT_TYPE_NAME (all->pdata[i]);
      g_object_add_weak_pointer (all->pdata[i], &traces[i].object);
    }
  gtk_window_destroy (window);
  app_world_settle (world);
  for (guint i = 0; i < all->len; i++)
    if (traces[i].object != NULL)
      g_error ("A %s is left, with %u references", traces[i].type, G_OBJECT (traces[i].object)->ref_count);
}

int
main (int argc, char **argv)
{
  gboolean apart = argc > 1 && g_str_equal (argv[argc - 1], "-preferences");

  app_world_init (&argc, &argv, TRUE);
  app_focus_init ();
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (kinds[i].apart != apart)
        continue;
      g_autofree char *names = g_strdup_printf ("/app/windows/%s/names", kinds[i].name);
      g_autofree char *gone = g_strdup_printf ("/app/windows/%s/gone", kinds[i].name);

      if (kinds[i].n_focusable > 0)
        g_test_add_data_func (names, &kinds[i], test_names);
      g_test_add_data_func (gone, &kinds[i], test_gone);
    }
  return app_world_run ();
}
