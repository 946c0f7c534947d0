/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-seat.h"

#include "bk-service-idle.h"
#include "bk-service-screen.h"

#define LOGIND "org.freedesktop.login1"
#define LOGIND_SESSION LOGIND ".Session"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define ASK_MS 5000

/* Screen savers, which all have the same methods and signals below a name of their own. While one is active the screen
 * is locked, or as good as locked: nobody sees it. */
static const char *const saver_names[][2] = {
  { "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver" },
  { "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver" },
  { "org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver" },
  { "org.mate.ScreenSaver", "/org/mate/ScreenSaver" },
  { "org.xfce.ScreenSaver", "/org/xfce/ScreenSaver" },
};

typedef struct
{
  BkServiceSeat *seat; /* borrowed */
  const char *name;    /* of the bus, and of the interface */
  const char *path;
  guint name_watch;
  char *owner; /* NULL: not there */
  guint subscription;
  gboolean active;
} Saver;

struct _BkServiceSeat
{
  GObject parent_instance;

  BkServiceIdle *idle; /* NULL: stopped */
  GDBusConnection *session;
  GCancellable *cancellable;
  Saver savers[G_N_ELEMENTS (saver_names)];
  BkServiceScreen *screen; /* as the portal has it; nullable */

  GDBusConnection *system; /* nullable */
  guint logind_watch;
  char *logind;       /* who owns org.freedesktop.login1; nullable */
  char *session_path; /* the user's session there; nullable */
  guint subscriptions[2];
  gboolean locked_hint;
  gboolean told_to_lock; /* the session was, and has not been told to unlock */

  gboolean locked; /* as told */
};

static void bk_service_seat_seat_init (BkSeatInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceSeat, bk_service_seat, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_SEAT, bk_service_seat_seat_init))

/* ---- what is told ---- */

static gboolean
is_locked (BkServiceSeat *self)
{
  gboolean locked = self->locked_hint || self->told_to_lock;

  if (self->screen != NULL)
    locked |= bk_service_screen_get_locked (self->screen);
  for (guint i = 0; i < G_N_ELEMENTS (self->savers); i++)
    locked |= self->savers[i].active;
  return locked;
}

static void
tell (BkServiceSeat *self)
{
  gboolean locked = is_locked (self);

  if (self->idle == NULL || locked == self->locked)
    return;
  self->locked = locked;
  /* Where nothing tells that somebody has come back, this does. */
  bk_service_idle_look (self->idle);
  bk_seat_emit_changed (BK_SEAT (self));
}

static void
on_idle_changed (gpointer user_data)
{
  bk_seat_emit_changed (BK_SEAT (user_data));
}

static void
on_screen_changed (gpointer user_data)
{
  tell (user_data);
}

/* ---- screen savers ---- */

static void
set_active (Saver *saver, GVariant *parameters)
{
  gboolean active = FALSE;

  if (parameters != NULL && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    g_variant_get (parameters, "(b)", &active);
  saver->active = active != FALSE;
  /* Whoever has unlocked the screen is there, though nobody told the session to unlock. */
  if (!active)
    saver->seat->told_to_lock = FALSE;
  tell (saver->seat);
}

static void
on_active_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                   const char *signal, GVariant *parameters, gpointer user_data)
{
  set_active (user_data, parameters);
}

static void
on_active (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  gboolean active = FALSE;

  /* Some that have the name do not have the method: they tell nothing. */
  if (reply == NULL)
    return;
  g_variant_get (reply, "(b)", &active);
  if (active)
    set_active (user_data, reply);
}

static void
on_saver_gone (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Saver *saver = user_data;

  if (saver->owner == NULL)
    return;
  g_dbus_connection_signal_unsubscribe (saver->seat->session, saver->subscription);
  saver->subscription = 0;
  g_clear_pointer (&saver->owner, g_free);
  saver->active = FALSE;
  tell (saver->seat);
}

static void
on_saver_there (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  Saver *saver = user_data;

  on_saver_gone (connection, name, saver);
  saver->owner = g_strdup (owner);
  /* By the unique name: nobody else is listened to. */
  saver->subscription
    = g_dbus_connection_signal_subscribe (connection, owner, saver->name, "ActiveChanged", NULL, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_active_changed, saver, NULL);
  g_dbus_connection_call (connection, owner, saver->path, saver->name, "GetActive", NULL, G_VARIANT_TYPE ("(b)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, ASK_MS, saver->seat->cancellable, on_active, saver);
}

/* ---- the session at logind ---- */

static void
take_properties (BkServiceSeat *self, GVariant *properties)
{
  gboolean locked, idle;
  guint64 since = 0;

  if (g_variant_lookup (properties, "LockedHint", "b", &locked))
    {
      self->locked_hint = locked != FALSE;
      if (!locked)
        self->told_to_lock = FALSE;
      tell (self);
    }
  g_variant_lookup (properties, "IdleSinceHint", "t", &since);
  if (self->idle != NULL && g_variant_lookup (properties, "IdleHint", "b", &idle))
    bk_service_idle_set_hint (self->idle, idle != FALSE, (gint64) MIN (since, G_MAXINT64));
}

static void
on_properties (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) properties = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    {
      g_debug ("The session does not tell of itself: %s", error->message);
      return;
    }
  g_variant_get (reply, "(@a{sv})", &properties);
  take_properties (user_data, properties);
}

/* All of them: an idle hint alone does not say since when. */
static void
read_properties (BkServiceSeat *self)
{
  g_dbus_connection_call (self->system, self->logind, self->session_path, PROPERTIES, "GetAll",
                          g_variant_new ("(s)", LOGIND_SESSION), G_VARIANT_TYPE ("(a{sv})"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, ASK_MS, self->cancellable, on_properties, self);
}

static void
on_properties_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                       const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceSeat *self = user_data;
  g_autoptr (GVariant) changed = NULL;
  const char *about;
  gboolean idle;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  g_variant_get (parameters, "(&s@a{sv}as)", &about, &changed, NULL);
  if (!g_str_equal (about, LOGIND_SESSION))
    return;
  if (g_variant_n_children (changed) == 0 || g_variant_lookup (changed, "IdleHint", "b", &idle))
    read_properties (self);
  else
    take_properties (self, changed);
}

static void
on_session_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                   const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceSeat *self = user_data;

  if (g_str_equal (signal, "Lock") || g_str_equal (signal, "Unlock"))
    self->told_to_lock = g_str_equal (signal, "Lock");
  tell (self);
}

static void
on_session (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  BkServiceSeat *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL || self->logind == NULL || self->session_path != NULL)
    {
      g_debug ("logind knows no session of this user: %s", error != NULL ? error->message : "too late");
      return;
    }
  g_variant_get (reply, "(o)", &self->session_path);
  self->subscriptions[0] = g_dbus_connection_signal_subscribe (
    self->system, self->logind, PROPERTIES, "PropertiesChanged", self->session_path, LOGIND_SESSION,
    G_DBUS_SIGNAL_FLAGS_NONE, on_properties_changed, self, NULL);
  self->subscriptions[1]
    = g_dbus_connection_signal_subscribe (self->system, self->logind, LOGIND_SESSION, NULL, self->session_path, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_session_signal, self, NULL);
  read_properties (self);
}

static void
on_logind_gone (GDBusConnection *connection, const char *name, gpointer user_data)
{
  BkServiceSeat *self = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (self->subscriptions); i++)
    {
      if (self->subscriptions[i] != 0)
        g_dbus_connection_signal_unsubscribe (self->system, self->subscriptions[i]);
      self->subscriptions[i] = 0;
    }
  g_clear_pointer (&self->logind, g_free);
  g_clear_pointer (&self->session_path, g_free);
  self->locked_hint = self->told_to_lock = FALSE;
  if (self->idle != NULL)
    bk_service_idle_set_hint (self->idle, FALSE, 0);
  tell (self);
}

/* `auto` is the caller's session, or, for what the user manager has started, that of the user's screen. */
static void
on_logind_there (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  BkServiceSeat *self = user_data;

  on_logind_gone (connection, name, self);
  self->logind = g_strdup (owner);
  g_dbus_connection_call (connection, owner, "/org/freedesktop/login1", LOGIND ".Manager", "GetSession",
                          g_variant_new ("(s)", "auto"), G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          ASK_MS, self->cancellable, on_session, self);
}

void
bk_service_seat_set_system (BkServiceSeat *self, GDBusConnection *system)
{
  if (self->system != NULL || self->idle == NULL)
    return;
  self->system = g_object_ref (system);
  self->logind_watch = g_bus_watch_name_on_connection (system, LOGIND, G_BUS_NAME_WATCHER_FLAGS_NONE, on_logind_there,
                                                       on_logind_gone, self, NULL);
}

/* ---- the port ---- */

static gboolean
seat_get_locked (BkSeat *seat)
{
  return BK_SERVICE_SEAT (seat)->locked;
}

static gboolean
seat_get_idle (BkSeat *seat)
{
  BkServiceSeat *self = BK_SERVICE_SEAT (seat);

  return self->idle != NULL && bk_service_idle_get (self->idle);
}

static void
seat_set_idle_after (BkSeat *seat, guint ms)
{
  BkServiceSeat *self = BK_SERVICE_SEAT (seat);

  if (self->idle != NULL)
    bk_service_idle_set_after (self->idle, ms);
}

static void
bk_service_seat_seat_init (BkSeatInterface *iface)
{
  iface->get_locked = seat_get_locked;
  iface->get_idle = seat_get_idle;
  iface->set_idle_after = seat_set_idle_after;
}

/* ---- object ---- */

void
bk_service_seat_stop (BkServiceSeat *self)
{
  if (self->idle == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->idle, bk_service_idle_free);
  g_clear_pointer (&self->screen, bk_service_screen_free);
  for (guint i = 0; i < G_N_ELEMENTS (self->savers); i++)
    {
      g_bus_unwatch_name (self->savers[i].name_watch);
      on_saver_gone (self->session, NULL, &self->savers[i]);
    }
  g_clear_handle_id (&self->logind_watch, g_bus_unwatch_name);
  on_logind_gone (self->system, NULL, self);
}

static void
bk_service_seat_dispose (GObject *object)
{
  BkServiceSeat *self = BK_SERVICE_SEAT (object);

  bk_service_seat_stop (self);
  g_clear_object (&self->system);
  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (bk_service_seat_parent_class)->dispose (object);
}

static void
bk_service_seat_class_init (BkServiceSeatClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_service_seat_dispose;
}

static void
bk_service_seat_init (BkServiceSeat *self)
{
  self->cancellable = g_cancellable_new ();
}

BkServiceSeat *
bk_service_seat_new (BkClock *clock, GDBusConnection *session, gboolean sandboxed)
{
  BkServiceSeat *self = g_object_new (BK_TYPE_SERVICE_SEAT, NULL);

  self->session = g_object_ref (session);
  self->idle = bk_service_idle_new (clock, session, on_idle_changed, self);
  if (sandboxed)
    self->screen = bk_service_screen_new (session, on_screen_changed, self);
  for (guint i = 0; i < G_N_ELEMENTS (self->savers); i++)
    {
      Saver *saver = &self->savers[i];

      saver->seat = self;
      saver->name = saver_names[i][0];
      saver->path = saver_names[i][1];
      saver->name_watch = g_bus_watch_name_on_connection (session, saver->name, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                          on_saver_there, on_saver_gone, saver, NULL);
    }
  return self;
}
