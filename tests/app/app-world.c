/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-world.h"

#include "bk-test.h"

#define BOARD "('" APP_BOARD "', 'Board', 'https://example.org/board', '', 'Draw together', uint32 0, true, '', false)"
#define CHESS "('" APP_CHESS "', 'Chess', '', '', '', uint32 0, false, 'The program is missing.', true)"
#define CONTACTS \
  "('bob@b', 'Bob', uint32 3, false, uint32 2, 'at home', '', uint32 0, @a{sv} {}), " \
  "('carol@b', 'Carol', uint32 3, false, uint32 1, '', '', uint32 0, @a{sv} {}), " \
  "('dora@b', 'Dora', uint32 2, false, uint32 0, '', 'It is me', uint32 0, @a{sv} {}), " \
  "('erin@b', 'Erin', uint32 1, false, uint32 0, '', '', uint32 0, @a{sv} {}), " \
  "('frank@b', 'Frank', uint32 3, true, uint32 0, '', '', uint32 0, @a{sv} {})"
#define DETAILS(result) \
  "{'session': <'{S1}'>, 'application': <'" APP_BOARD "'>, 'application-name': <'Board'>, " \
  "'result': <uint32 " result ">}"
#define MESSAGES \
  "(int64 1, '{M1}', true, 'Good morning', int64 5000000, uint32 1, '', @a{sv} {}), " \
  "(int64 2, '{S1}', false, 'Bob invited you to Board', int64 6000000, uint32 2, '', " DETAILS ("14") "), " \
  "(int64 3, '{M3}', false, 'Good night', int64 7000000, uint32 2, '', @a{sv} {})"

static gboolean has_screen;

#if GTK_CHECK_VERSION(4, 14, 0)
/* In place of GTK's, which crashes with the accessibility of tests, GTK_A11Y=test, in 4.18. */
void
gtk_accessible_announce (GtkAccessible *self, const char *message, GtkAccessibleAnnouncementPriority priority)
{
  g_assert_cmpstr (message, !=, "");
}
#endif

void
app_world_init (int *argc, char ***argv, gboolean screen)
{
  bk_test_init (argc, argv);
  has_screen = screen;
  stand_in_bus_up (); /* which unsets DISPLAY */
  if (screen)
    app_screen_up ();
}

int
app_world_run (void)
{
  int status = g_test_run ();

  stand_in_bus_down ();
  if (has_screen)
    app_screen_down ();
  return status;
}

StandIn *
app_service_new (gboolean empty)
{
  StandIn *service = stand_in_new ();

  stand_in_answer (service, "GetChannel", "(@a{sv} {},)");
  stand_in_answer (service, "ListAllowed", "(@a(ss) [],)");
  stand_in_answer (service, "ListSafetyNumbers", "(@as [],)");
  stand_in_answer (service, "SearchMessages", "(@a(os(xsbsxusa{sv})) [],)");
  stand_in_answer (service, "ListApplications", "([" BOARD ", " CHESS "],)");
  if (empty)
    return service;
  stand_in_add (service, APP_ACCOUNT, "Account1",
                "{'SignInName': <'alice@b'>, 'DisplayName': <'Alice'>, 'State': <'online'>, 'Status': <uint32 2>, "
                "'WantedStatus': <uint32 2>}");
  stand_in_add (service, APP_CONVERSATION, "Conversation1",
                "{'Account': <objectpath '" APP_ACCOUNT "'>, 'Who': <'bob@b'>}");
  stand_in_set (service, STAND_IN_ROOT, "Messenger1", "{'PrimaryAccount': <objectpath '" APP_ACCOUNT "'>}");
  stand_in_answer (service, "ListAccounts", "([objectpath '" APP_ACCOUNT "'],)");
  stand_in_answer (service, "ListContacts", "([" CONTACTS "],)");
  stand_in_answer (service, "ListAllowed", "([('bob@b', '" APP_BOARD "')],)");
  stand_in_answer (service, "GetConversation", "(objectpath '" APP_CONVERSATION "',)");
  stand_in_answer (service, "ListMessages", "([" MESSAGES "],)");
  return service;
}

static AppWorld *
launch (StandIn *service, AppDesktop *desktop)
{
  AppWorld *self = g_new0 (AppWorld, 1);
  g_autoptr (GError) error = NULL;

  self->service = service;
  self->desktop = desktop;
  self->app = bk_app_new ();
  g_application_register (G_APPLICATION (self->app), NULL, &error);
  g_assert_no_error (error);
  return self;
}

AppWorld *
app_world_launch (StandIn *service)
{
  return launch (service, app_desktop_new ());
}

AppWorld *
app_world_launch_with_server (StandIn *service, const char *capabilities)
{
  return launch (service, app_desktop_new_server (capabilities));
}

gboolean
app_world_is_away (gpointer world)
{
  BeckonMessenger *messenger = bk_app_get_messenger (((AppWorld *) world)->app);

  return messenger == NULL || !beckon_messenger_get_connected (messenger);
}

static gboolean
is_here (gpointer world)
{
  return !app_world_is_away (world);
}

void
app_world_wait (AppWorld *self)
{
  bk_test_wait_until (is_here, self);
  self->messenger = bk_app_get_messenger (self->app);
  self->account = beckon_messenger_get_primary_account (self->messenger);
}

AppWorld *
app_world_start (StandIn *service)
{
  AppWorld *self = app_world_launch (service);

  app_world_wait (self);
  return self;
}

AppWorld *
app_world_new (gboolean empty)
{
  return app_world_start (app_service_new (empty));
}

static void
destroy_windows (void)
{
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  while (g_list_model_get_n_items (windows) > 0)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, 0);
      gtk_window_destroy (window);
    }
}

static gboolean
is_gone (gpointer pointer)
{
  return *(gpointer *) pointer == NULL;
}

static void
on_activate (GApplication *app)
{
  g_signal_stop_emission_by_name (app, "activate"); /* no window */
  g_application_quit (app);
}

void
app_world_free (AppWorld *self)
{
  gpointer app = self->app;

  destroy_windows ();
  g_settings_reset (bk_app_get_settings (self->app), "last-conversation"); /* of this world, not of the next */
  g_settings_reset (bk_app_get_settings (self->app), "last-place");
  /* There is no other way to the end of an application than to run it. */
  g_signal_connect (app, "activate", G_CALLBACK (on_activate), NULL);
  g_application_run (app, 0, NULL);
  g_object_add_weak_pointer (app, &app);
  g_object_unref (self->app);
  bk_test_wait_until (is_gone, &app);
  g_clear_pointer (&self->desktop, app_desktop_free);
  stand_in_free (self->service);
  bk_test_drain ();
  g_free (self);
}

/* Every call of libbeckon is answered after all that was said before it. */
static void
ask (AppWorld *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_messenger_unregister_application_async (self->messenger, "", NULL, bk_test_store_result, &result);
  beckon_messenger_unregister_application_finish (self->messenger, bk_test_await (&result), &error);
  g_assert_no_error (error);
}

void
app_world_settle (AppWorld *self)
{
  ask (self);
  bk_test_drain ();
  ask (self);
  bk_test_drain ();
}

static gboolean
count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer counter)
{
  ++*(guint *) counter;
  return G_SOURCE_CONTINUE;
}

void
app_world_wait_still (AppWorld *self, GtkWidget *widget)
{
  guint frames = 0;
  guint id = gtk_widget_add_tick_callback (widget, count_frame, &frames, NULL);

  app_world_settle (self);
  bk_test_wait_for_count (&frames, frames + 3);
  gtk_widget_remove_tick_callback (widget, id);
  app_world_settle (self);
}

typedef struct
{
  GListModel *model;
  guint n_items;
} Wanted;

static gboolean
has_items (gpointer data)
{
  Wanted *wanted = data;

  return g_list_model_get_n_items (wanted->model) == wanted->n_items;
}

void
app_world_wait_items (GListModel *model, guint n_items)
{
  Wanted wanted = { model, n_items };

  bk_test_wait_until (has_items, &wanted);
}

char *
app_world_add_session (AppWorld *self, guint number, const char *properties)
{
  char *path = g_strdup_printf (STAND_IN_ROOT "/Session/%u", number);
  GListModel *sessions = beckon_messenger_get_sessions (self->messenger);
  guint n_items = g_list_model_get_n_items (sessions);
  g_autofree char *args = g_strdup_printf ("(uint32 %u, uint32 0, [objectpath '%s'])", n_items, path);

  stand_in_add (self->service, path, "Session1", properties);
  stand_in_signal (self->service, STAND_IN_ROOT, "Messenger1", "SessionsChanged", args);
  app_world_wait_items (sessions, n_items + 1);
  return path;
}

GtkWindow *
app_world_find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);
      if (g_type_is_a (G_OBJECT_TYPE (window), type))
        return window;
    }
  return NULL;
}

static gpointer
find_built (GtkWidget *widget, const char *id)
{
  gpointer found = g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), id) == 0 ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_built (child, id);
  return found;
}

GVariant *
app_parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (NULL, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

gpointer
app_part (gpointer widget, const char *name)
{
  gpointer part = gtk_widget_get_template_child (widget, G_OBJECT_TYPE (widget), name);

  if (part == NULL) /* of a page that is made later */
    part = find_built (widget, name);
  g_assert_nonnull (part);
  return part;
}
