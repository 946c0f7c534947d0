/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-idle.h"

#define ASK_MS 5000
#define LOOK_MS 10000      /* how often it is looked whether somebody has come back, where nothing tells */
#define LEAST_LOOK_MS 1000 /* whatever the other side says */

/* An idle monitor of a compositor. */
typedef struct
{
  BkServiceIdle *idle; /* borrowed */
  const char *name;    /* of the bus, and of the interface */
  const char *path;
  guint name_watch;
  char *owner; /* NULL: not there */
  guint subscription;
  guint serial;     /* answers to what was asked before are of no use */
  guint32 waiting;  /* watch that fires when nobody has touched anything for long enough; 0: none */
  guint32 watching; /* watch that fires when somebody has come back; 0: none */
  gboolean is_idle;
} Monitor;

struct _BkServiceIdle
{
  BkClock *clock;
  GDBusConnection *session;
  GCancellable *cancellable;
  BkServiceIdleFunc func;
  gpointer user_data;
  guint after_ms;
  gboolean told;

  Monitor monitors[2];

  guint saver_watch;
  char *saver; /* who owns org.freedesktop.ScreenSaver; nullable */
  gboolean saver_answers;
  gboolean saver_idle;
  gboolean asking;
  guint saver_timer;

  gboolean hint;
  gint64 hint_since;
  gboolean hint_idle;
  guint hint_timer;
};

static const char *const monitor_names[][2] = {
  { "org.gnome.Mutter.IdleMonitor", "/org/gnome/Mutter/IdleMonitor/Core" },
  { "org.cinnamon.Muffin.IdleMonitor", "/org/cinnamon/Muffin/IdleMonitor/Core" },
};

/* ---- who counts ---- */

static Monitor *
find_monitor (BkServiceIdle *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->monitors); i++)
    if (self->monitors[i].owner != NULL)
      return &self->monitors[i];
  return NULL;
}

gboolean
bk_service_idle_get (BkServiceIdle *self)
{
  const Monitor *monitor = find_monitor (self);

  if (self->after_ms == 0)
    return FALSE;
  if (monitor != NULL)
    return monitor->is_idle;
  return self->saver_answers ? self->saver_idle : self->hint_idle;
}

static void
tell (BkServiceIdle *self)
{
  gboolean now = bk_service_idle_get (self);

  if (now == self->told)
    return;
  self->told = now;
  self->func (self->user_data);
}

/* ---- the monitor of a compositor ---- */

static void
call_monitor (Monitor *self, const char *method, GVariant *arguments, const char *reply, GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_dbus_connection_call (self->idle->session, self->owner, self->path, self->name, method, arguments,
                          reply != NULL ? G_VARIANT_TYPE (reply) : NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, ASK_MS,
                          callback != NULL ? self->idle->cancellable : NULL, callback, user_data);
}

static void
remove_watch (Monitor *self, guint32 *watch)
{
  if (*watch != 0 && self->owner != NULL)
    call_monitor (self, "RemoveWatch", g_variant_new ("(u)", *watch), NULL, NULL, NULL);
  *watch = 0;
}

/* A question to a monitor. */
typedef struct
{
  Monitor *monitor;
  guint serial;
  gboolean for_return; /* the watch is the one that tells that somebody has come back */
} Question;

static Question *
question_new (Monitor *monitor, gboolean for_return)
{
  Question *question = g_new0 (Question, 1);

  question->monitor = monitor;
  question->serial = monitor->serial;
  question->for_return = for_return;
  return question;
}

/* Returns the answer; NULL where it came to nothing or is of no use any more. */
static GVariant *
take_answer (GObject *source, GAsyncResult *result, const Question *question)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("The idle monitor did not answer: %s", error->message);
  /* Whoever was cancelled is not there any more. */
  return reply != NULL && question->serial == question->monitor->serial ? g_steal_pointer (&reply) : NULL;
}

static void
on_watch_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr (GVariant) reply = take_answer (source, result, question);

  if (reply != NULL)
    g_variant_get (reply, "(u)", question->for_return ? &question->monitor->watching : &question->monitor->waiting);
}

static void
begin_idle (Monitor *self)
{
  if (self->is_idle)
    return;
  self->is_idle = TRUE;
  call_monitor (self, "AddUserActiveWatch", NULL, "(u)", on_watch_added, question_new (self, TRUE));
  tell (self->idle);
}

/* A watch tells only what happens from now on. */
static void
on_idle_time (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr (GVariant) reply = take_answer (source, result, question);
  guint64 ms = 0;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(t)", &ms);
  if (ms >= question->monitor->idle->after_ms)
    begin_idle (question->monitor);
}

static void
on_watch_fired (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                const char *signal, GVariant *parameters, gpointer user_data)
{
  Monitor *self = user_data;
  guint32 id = 0;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(u)")))
    g_variant_get (parameters, "(u)", &id);
  if (id == 0)
    return;
  if (id == self->waiting)
    begin_idle (self);
  else if (id == self->watching)
    {
      self->watching = 0; /* it fires once */
      self->is_idle = FALSE;
      tell (self->idle);
    }
}

static void
arm (Monitor *self)
{
  remove_watch (self, &self->waiting);
  remove_watch (self, &self->watching);
  self->serial++;
  self->is_idle = FALSE;
  if (self->owner == NULL || self->idle->after_ms == 0)
    return;
  call_monitor (self, "AddIdleWatch", g_variant_new ("(t)", (guint64) self->idle->after_ms), "(u)", on_watch_added,
                question_new (self, FALSE));
  call_monitor (self, "GetIdletime", NULL, "(t)", on_idle_time, question_new (self, FALSE));
}

static void
on_monitor_gone (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Monitor *self = user_data;

  if (self->owner == NULL)
    return;
  g_dbus_connection_signal_unsubscribe (self->idle->session, self->subscription);
  self->subscription = 0;
  g_clear_pointer (&self->owner, g_free);
  self->waiting = self->watching = 0;
  arm (self);
  bk_service_idle_look (self->idle);
  tell (self->idle);
}

static void
on_monitor_there (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  Monitor *self = user_data;

  on_monitor_gone (connection, name, self);
  self->owner = g_strdup (owner);
  /* By the unique name: nobody else is listened to. */
  self->subscription = g_dbus_connection_signal_subscribe (self->idle->session, owner, self->name, "WatchFired",
                                                           self->path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_watch_fired,
                                                           self, NULL);
  arm (self);
  tell (self->idle);
}

/* ---- the session idle time ---- */

static void
on_look (gpointer user_data)
{
  BkServiceIdle *self = user_data;

  self->saver_timer = 0;
  bk_service_idle_look (self);
}

/* While somebody is there, nothing can come of a question before the time is up. */
static guint
next_look (BkServiceIdle *self, guint ms)
{
  if (self->saver_idle)
    return LOOK_MS;
  return MAX (self->after_ms - ms, LEAST_LOOK_MS);
}

static void
on_session_idle_time (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkServiceIdle *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  guint32 ms = 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->asking = FALSE;
  self->saver_answers = reply != NULL && self->saver != NULL;
  if (reply != NULL)
    g_variant_get (reply, "(u)", &ms);
  self->saver_idle = self->saver_answers && ms >= self->after_ms;
  bk_clock_clear (self->clock, &self->saver_timer);
  if (self->saver_answers && self->after_ms > 0 && find_monitor (self) == NULL)
    self->saver_timer = bk_clock_add (self->clock, next_look (self, ms), on_look, self);
  tell (self);
}

void
bk_service_idle_look (BkServiceIdle *self)
{
  bk_clock_clear (self->clock, &self->saver_timer);
  if (self->saver == NULL || self->asking || self->after_ms == 0 || find_monitor (self) != NULL)
    return;
  self->asking = TRUE;
  /* It is in milliseconds, as KDE has it and those who ask expect it. */
  g_dbus_connection_call (self->session, self->saver, "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver",
                          "GetSessionIdleTime", NULL, G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, ASK_MS,
                          self->cancellable, on_session_idle_time, self);
}

static void
on_saver_gone (GDBusConnection *connection, const char *name, gpointer user_data)
{
  BkServiceIdle *self = user_data;

  g_clear_pointer (&self->saver, g_free);
  self->saver_answers = self->saver_idle = FALSE;
  bk_clock_clear (self->clock, &self->saver_timer);
  tell (self);
}

static void
on_saver_there (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  BkServiceIdle *self = user_data;

  on_saver_gone (connection, name, self);
  self->saver = g_strdup (owner);
  bk_service_idle_look (self);
}

/* ---- the hint of logind ---- */

static void weigh_hint (BkServiceIdle *self);

static void
on_hint_due (gpointer user_data)
{
  BkServiceIdle *self = user_data;

  self->hint_timer = 0;
  weigh_hint (self);
}

static void
weigh_hint (BkServiceIdle *self)
{
  gint64 lasted_ms = MAX (0, (bk_clock_real (self->clock) - self->hint_since) / 1000);

  bk_clock_clear (self->clock, &self->hint_timer);
  self->hint_idle = self->hint && self->after_ms > 0 && lasted_ms >= self->after_ms;
  if (self->hint && self->after_ms > 0 && !self->hint_idle)
    self->hint_timer = bk_clock_add (self->clock, (guint) (self->after_ms - lasted_ms), on_hint_due, self);
  tell (self);
}

void
bk_service_idle_set_hint (BkServiceIdle *self, gboolean idle, gint64 since)
{
  self->hint = idle;
  self->hint_since = since;
  weigh_hint (self);
}

/* ---- all of it ---- */

void
bk_service_idle_set_after (BkServiceIdle *self, guint ms)
{
  if (self->after_ms == ms)
    return;
  self->after_ms = ms;
  for (guint i = 0; i < G_N_ELEMENTS (self->monitors); i++)
    arm (&self->monitors[i]);
  self->saver_idle = FALSE;
  bk_service_idle_look (self);
  weigh_hint (self);
}

BkServiceIdle *
bk_service_idle_new (BkClock *clock, GDBusConnection *session, BkServiceIdleFunc func, gpointer user_data)
{
  BkServiceIdle *self = g_new0 (BkServiceIdle, 1);

  self->clock = g_object_ref (clock);
  self->session = g_object_ref (session);
  self->cancellable = g_cancellable_new ();
  self->func = func;
  self->user_data = user_data;
  for (guint i = 0; i < G_N_ELEMENTS (self->monitors); i++)
    {
      Monitor *monitor = &self->monitors[i];

      monitor->idle = self;
      monitor->name = monitor_names[i][0];
      monitor->path = monitor_names[i][1];
      monitor->name_watch
        = g_bus_watch_name_on_connection (session, monitor->name, G_BUS_NAME_WATCHER_FLAGS_NONE, on_monitor_there,
                                          on_monitor_gone, monitor, NULL);
    }
  self->saver_watch
    = g_bus_watch_name_on_connection (session, "org.freedesktop.ScreenSaver", G_BUS_NAME_WATCHER_FLAGS_NONE,
                                      on_saver_there, on_saver_gone, self, NULL);
  return self;
}

void
bk_service_idle_free (BkServiceIdle *self)
{
  g_cancellable_cancel (self->cancellable);
  self->after_ms = 0;
  self->told = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (self->monitors); i++)
    {
      g_bus_unwatch_name (self->monitors[i].name_watch);
      arm (&self->monitors[i]);
      on_monitor_gone (self->session, NULL, &self->monitors[i]);
    }
  g_bus_unwatch_name (self->saver_watch);
  g_free (self->saver);
  bk_clock_clear (self->clock, &self->saver_timer);
  bk_clock_clear (self->clock, &self->hint_timer);
  g_object_unref (self->cancellable);
  g_object_unref (self->session);
  g_object_unref (self->clock);
  g_free (self);
}
