/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the user is there, as desktops tell of it. */
#include "bk-service-seat.h"
#include "fake-desktop.h"

#define AFTER 300000
#define SESSION_PATH "/org/freedesktop/login1/session/_32"

typedef struct
{
  FakeDesktop *desktop;
  GDBusConnection *connection;
  BkFakeClock *clock;
  BkServiceSeat *seat;
  guint changed;
} Fixture;

static void
on_changed (BkSeat *seat, Fixture *f)
{
  f->changed++;
}

static void
setup (Fixture *f, gconstpointer data)
{
  f->desktop = fake_desktop_new ();
  f->connection = fake_desktop_connect (f->desktop);
  f->clock = bk_fake_clock_new ();
  f->seat = bk_service_seat_new (BK_CLOCK (f->clock), f->connection, TRUE);
  bk_service_seat_set_system (f->seat, f->connection);
  g_signal_connect (f->seat, "changed", G_CALLBACK (on_changed), f);
  bk_seat_set_idle_after (BK_SEAT (f->seat), AFTER);
}

static gboolean
is_null (gpointer pointer)
{
  return *(gpointer *) pointer == NULL;
}

/* The answer to a question may still be on its way: it finds nobody. */
static void
teardown (Fixture *f, gconstpointer data)
{
  bk_service_seat_stop (f->seat);
  g_assert_cmpuint (bk_fake_clock_pending (f->clock), ==, 0);
  g_assert_false (bk_seat_get_idle (BK_SEAT (f->seat)));
  g_object_add_weak_pointer (G_OBJECT (f->seat), (gpointer *) &f->seat);
  g_object_unref (f->seat);
  bk_test_wait_until (is_null, &f->seat);
  fake_desktop_disconnect (f->connection);
  bk_test_drain ();
  g_assert_finalize_object (f->clock);
  fake_desktop_free (f->desktop);
}

static gboolean
is_locked (gpointer f)
{
  return bk_seat_get_locked (BK_SEAT (((Fixture *) f)->seat));
}

static gboolean
is_not_locked (gpointer f)
{
  return !is_locked (f);
}

static gboolean
is_idle (gpointer f)
{
  return bk_seat_get_idle (BK_SEAT (((Fixture *) f)->seat));
}

static gboolean
is_not_idle (gpointer f)
{
  return !is_idle (f);
}

static gboolean
is_watched (gpointer f)
{
  return ((Fixture *) f)->desktop->idle_watch != 0;
}

static gboolean
is_awaited (gpointer f)
{
  return ((Fixture *) f)->desktop->active_watch != 0;
}

/* What either side had sent has been seen by the other. */
static void
settle (Fixture *f)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GVariant) reply = NULL;

      g_dbus_connection_call (f->connection, g_dbus_connection_get_unique_name (f->desktop->connection), "/",
                              "org.freedesktop.DBus.Peer", "Ping", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                              bk_test_store_result, &result);
      reply = g_dbus_connection_call_finish (f->connection, bk_test_await (&result), NULL);
      g_assert_nonnull (reply);
      bk_test_drain ();
    }
}

/* ---- the screen ---- */

static void
test_saver (Fixture *f, gconstpointer saver)
{
  g_assert_false (is_locked (f));
  f->desktop->active = TRUE;
  fake_desktop_take (f->desktop, saver);
  bk_test_wait_until (is_locked, f);
  g_assert_cmpuint (f->changed, ==, 1);
  fake_desktop_set_active (f->desktop, saver, FALSE);
  bk_test_wait_until (is_not_locked, f);
  fake_desktop_set_active (f->desktop, saver, TRUE);
  bk_test_wait_until (is_locked, f);
  g_assert_cmpuint (f->changed, ==, 3);
  /* One that has died tells nobody any more that the screen is free. */
  fake_desktop_drop (f->desktop, saver);
  bk_test_wait_until (is_not_locked, f);
}

static void
test_logind (Fixture *f, gconstpointer data)
{
  f->desktop->locked_hint = TRUE;
  fake_desktop_take (f->desktop, LOGIND);
  bk_test_wait_until (is_locked, f);
  fake_desktop_tell (f->desktop, "LockedHint", g_variant_new_boolean (FALSE));
  bk_test_wait_until (is_not_locked, f);

  /* Who is told to lock does so; what comes of it is told in one of three ways. */
  fake_desktop_signal (f->desktop, SESSION_PATH, LOGIND ".Session", "Lock", NULL);
  bk_test_wait_until (is_locked, f);
  fake_desktop_signal (f->desktop, SESSION_PATH, LOGIND ".Session", "Unlock", NULL);
  bk_test_wait_until (is_not_locked, f);
  fake_desktop_signal (f->desktop, SESSION_PATH, LOGIND ".Session", "Lock", NULL);
  bk_test_wait_until (is_locked, f);
  fake_desktop_tell (f->desktop, "LockedHint", g_variant_new_boolean (TRUE));
  fake_desktop_tell (f->desktop, "LockedHint", g_variant_new_boolean (FALSE));
  bk_test_wait_until (is_not_locked, f);
  fake_desktop_take (f->desktop, GNOME_SAVER);
  settle (f);
  fake_desktop_signal (f->desktop, SESSION_PATH, LOGIND ".Session", "Lock", NULL);
  fake_desktop_set_active (f->desktop, GNOME_SAVER, TRUE);
  bk_test_wait_until (is_locked, f);
  fake_desktop_set_active (f->desktop, GNOME_SAVER, FALSE);
  bk_test_wait_until (is_not_locked, f);

  fake_desktop_signal (f->desktop, SESSION_PATH, LOGIND ".Session", "Lock", NULL);
  bk_test_wait_until (is_locked, f);
  fake_desktop_drop (f->desktop, LOGIND);
  bk_test_wait_until (is_not_locked, f);
}

static gboolean
is_monitored (gpointer f)
{
  return ((Fixture *) f)->desktop->monitor != NULL;
}

/* In a sandbox the portal is all there is. It asks whether the session may end, and is not kept waiting. */
static void
test_portal (Fixture *f, gconstpointer data)
{
  fake_desktop_take (f->desktop, PORTAL);
  bk_test_wait_until (is_monitored, f);
  fake_desktop_set_screen (f->desktop, "/of/somebody/else", TRUE, 1);
  settle (f);
  g_assert_false (is_locked (f));
  fake_desktop_set_screen (f->desktop, f->desktop->monitor, TRUE, 1);
  bk_test_wait_until (is_locked, f);
  g_assert_cmpuint (f->desktop->n_consents, ==, 0);
  fake_desktop_set_screen (f->desktop, f->desktop->monitor, FALSE, 2);
  bk_test_wait_until (is_not_locked, f);
  bk_test_wait_for_count (&f->desktop->n_consents, 1);

  fake_desktop_set_screen (f->desktop, f->desktop->monitor, TRUE, 1);
  bk_test_wait_until (is_locked, f);
  g_clear_pointer (&f->desktop->monitor, g_free);
  fake_desktop_drop (f->desktop, PORTAL);
  bk_test_wait_until (is_not_locked, f);
  fake_desktop_take (f->desktop, PORTAL);
  bk_test_wait_until (is_monitored, f);
  fake_desktop_set_screen (f->desktop, f->desktop->monitor, TRUE, 1);
  bk_test_wait_until (is_locked, f);
}

/* Others on the bus do not lock the screen, and nonsense does nothing. */
static void
test_strangers (Fixture *f, gconstpointer data)
{
  GDBusConnection *stranger = fake_desktop_connect (f->desktop);

  fake_desktop_take (f->desktop, GNOME_SAVER);
  fake_desktop_take (f->desktop, LOGIND);
  fake_desktop_take (f->desktop, MUTTER);
  bk_test_wait_until (is_watched, f);
  settle (f);
  g_dbus_connection_emit_signal (stranger, NULL, "/org/gnome/ScreenSaver", GNOME_SAVER, "ActiveChanged",
                                 g_variant_new ("(b)", TRUE), NULL);
  g_dbus_connection_emit_signal (stranger, NULL, SESSION_PATH, LOGIND ".Session", "Lock", NULL, NULL);
  g_dbus_connection_emit_signal (stranger, NULL, "/org/gnome/Mutter/IdleMonitor/Core", MUTTER, "WatchFired",
                                 g_variant_new ("(u)", f->desktop->idle_watch), NULL);
  g_dbus_connection_flush_sync (stranger, NULL, NULL);
  fake_desktop_signal (f->desktop, "/org/gnome/ScreenSaver", GNOME_SAVER, "ActiveChanged",
                       g_variant_new ("(s)", "yes"));
  fake_desktop_signal (f->desktop, "/org/gnome/Mutter/IdleMonitor/Core", MUTTER, "WatchFired",
                       g_variant_new ("(s)", "1"));
  fake_desktop_fire (f->desktop, 0);
  fake_desktop_fire (f->desktop, 4711);
  fake_desktop_signal (f->desktop, SESSION_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                       g_variant_new ("(s)", LOGIND ".Session"));
  fake_desktop_tell (f->desktop, "LockedHint", g_variant_new_string ("yes"));
  settle (f);
  g_assert_cmpuint (f->changed, ==, 0);
  fake_desktop_disconnect (stranger);
}

/* ---- nobody is there ---- */

static void
test_monitor (Fixture *f, gconstpointer data)
{
  fake_desktop_take (f->desktop, MUTTER);
  bk_test_wait_until (is_watched, f);
  g_assert_cmpuint (f->desktop->idle_watch_ms, ==, AFTER);
  for (guint i = 0; i < 2; i++)
    {
      settle (f);
      fake_desktop_fire (f->desktop, f->desktop->idle_watch);
      bk_test_wait_until (is_idle, f);
      bk_test_wait_until (is_awaited, f);
      settle (f);
      fake_desktop_fire (f->desktop, f->desktop->active_watch);
      f->desktop->active_watch = 0;
      bk_test_wait_until (is_not_idle, f);
    }
  g_assert_cmpuint (f->changed, ==, 4);
  g_assert_cmpuint (bk_fake_clock_pending (f->clock), ==, 0); /* nothing is asked by and by */

  guint32 before = f->desktop->idle_watch;
  bk_seat_set_idle_after (BK_SEAT (f->seat), AFTER / 2);
  settle (f);
  g_assert_cmpuint (f->desktop->idle_watch, >, before);
  g_assert_cmpuint (f->desktop->idle_watch_ms, ==, AFTER / 2);
  fake_desktop_fire (f->desktop, f->desktop->idle_watch);
  bk_test_wait_until (is_idle, f);
  bk_seat_set_idle_after (BK_SEAT (f->seat), 0);
  g_assert_false (is_idle (f));
  settle (f);
  g_assert_cmpuint (f->desktop->idle_watch, ==, 0);
}

/* Who was away before anybody asked, and a monitor that leaves. */
static void
test_monitor_late (Fixture *f, gconstpointer data)
{
  f->desktop->monitor_idle = AFTER;
  fake_desktop_take (f->desktop, MUTTER);
  bk_test_wait_until (is_idle, f);
  bk_test_wait_until (is_awaited, f);
  fake_desktop_drop (f->desktop, MUTTER);
  bk_test_wait_until (is_not_idle, f);
  f->desktop->monitor_idle = AFTER - 1;
  f->desktop->idle_watch = 0;
  fake_desktop_take (f->desktop, MUTTER);
  bk_test_wait_until (is_watched, f);
  settle (f);
  g_assert_false (is_idle (f));
}

/* The screen saver is asked when it can matter, and not before. */
static void
test_session_time (Fixture *f, gconstpointer data)
{
  f->desktop->session_idle = AFTER - 120000;
  fake_desktop_take (f->desktop, SAVER);
  bk_test_wait_for_count (&f->desktop->n_looks, 1);
  settle (f);
  g_assert_false (is_idle (f));
  bk_fake_clock_advance (f->clock, 119999);
  settle (f);
  g_assert_cmpuint (f->desktop->n_looks, ==, 1);
  f->desktop->session_idle = 60000; /* somebody touched something meanwhile */
  bk_fake_clock_advance (f->clock, 1);
  bk_test_wait_for_count (&f->desktop->n_looks, 2);
  settle (f);
  g_assert_false (is_idle (f));
  f->desktop->session_idle = AFTER;
  bk_fake_clock_advance (f->clock, AFTER - 60000 - 1);
  settle (f);
  g_assert_cmpuint (f->desktop->n_looks, ==, 2);
  bk_fake_clock_advance (f->clock, 1);
  bk_test_wait_until (is_idle, f);

  f->desktop->session_idle = 0;
  bk_fake_clock_advance (f->clock, 10000);
  bk_test_wait_until (is_not_idle, f);
  g_assert_cmpuint (bk_fake_clock_pending (f->clock), ==, 1);

  /* An idle monitor knows better. */
  f->desktop->session_idle = AFTER;
  fake_desktop_take (f->desktop, MUTTER);
  bk_test_wait_until (is_watched, f);
  settle (f);
  bk_fake_clock_advance (f->clock, AFTER);
  settle (f);
  g_assert_false (is_idle (f));
}

/* That the screen was unlocked is as good as an answer. */
static void
test_session_time_unlocked (Fixture *f, gconstpointer data)
{
  f->desktop->session_idle = AFTER;
  fake_desktop_take (f->desktop, SAVER);
  bk_test_wait_until (is_idle, f);
  fake_desktop_set_active (f->desktop, SAVER, TRUE);
  bk_test_wait_until (is_locked, f);
  settle (f);
  f->desktop->session_idle = 0;
  fake_desktop_set_active (f->desktop, SAVER, FALSE);
  bk_test_wait_until (is_not_locked, f);
  bk_test_wait_until (is_not_idle, f);
}

static void
test_hint (Fixture *f, gconstpointer data)
{
  fake_desktop_take (f->desktop, SAVER); /* it does not answer */
  fake_desktop_take (f->desktop, LOGIND);
  settle (f);
  f->desktop->idle_since = (guint64) bk_clock_real (BK_CLOCK (f->clock)) - 60 * G_USEC_PER_SEC;
  f->desktop->idle_hint = TRUE;
  fake_desktop_tell (f->desktop, "IdleHint", g_variant_new_boolean (TRUE));
  while (bk_fake_clock_pending (f->clock) == 0)
    settle (f);
  bk_fake_clock_advance (f->clock, AFTER - 60000 - 1);
  g_assert_false (is_idle (f));
  bk_fake_clock_advance (f->clock, 1);
  g_assert_true (is_idle (f));
  f->desktop->idle_hint = FALSE;
  fake_desktop_tell (f->desktop, "IdleHint", g_variant_new_boolean (FALSE));
  bk_test_wait_until (is_not_idle, f);
  g_assert_cmpuint (bk_fake_clock_pending (f->clock), ==, 0);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

#define ADD(name, data, func) g_test_add ("/seat/" name, Fixture, data, setup, func, teardown)
  ADD ("saver", SAVER, test_saver);
  ADD ("gnome", GNOME_SAVER, test_saver);
  ADD ("logind", NULL, test_logind);
  ADD ("portal", NULL, test_portal);
  ADD ("strangers", NULL, test_strangers);
  ADD ("monitor", NULL, test_monitor);
  ADD ("monitor-late", NULL, test_monitor_late);
  ADD ("session-time", NULL, test_session_time);
  ADD ("session-time-unlocked", NULL, test_session_time_unlocked);
  ADD ("hint", NULL, test_hint);
  return g_test_run ();
}
