/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window is started when something came that the user should see and no program looks: it shows a notification. */
#include "bk-service-private.h"

#define WINDOW_NAME "im.beckon.Beckon"

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* and the service may be gone */
  ((BkService *) user_data)->waking = FALSE;
  if (reply == NULL)
    g_debug ("The window could not be started: %s", error->message);
}

void
bk_service_start_window (BkService *self)
{
  if (self->waking || g_cancellable_is_cancelled (self->cancellable))
    return;
  self->waking = TRUE;
  g_dbus_connection_call (bk_service_door_get_connection (self->service), "org.freedesktop.DBus",
                          "/org/freedesktop/DBus", "org.freedesktop.DBus", "StartServiceByName",
                          g_variant_new ("(su)", WINDOW_NAME, 0u), G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE,
                          G_MAXINT, self->cancellable, on_started, self);
}

void
bk_service_wake_window (BkService *self)
{
  g_auto (GStrv) watchers = bk_service_callers_list (bk_service_door_get_callers (self->service), NULL);

  if (self->waking || watchers[0] != NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  g_debug ("Nobody looks: starting " WINDOW_NAME);
  bk_service_start_window (self);
}
