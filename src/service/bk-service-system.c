/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-system.h"

struct _BkServiceSystem
{
  BkServiceWakeFunc callback;
  gpointer user_data;
  BkServiceSeat *seat;
  GCancellable *cancellable;
  GDBusConnection *system;
  guint subscription;
};

static void
on_prepare_for_sleep (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                      const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceSystem *self = user_data;
  gboolean going = TRUE;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    g_variant_get (parameters, "(b)", &going);
  if (!going)
    self->callback (self->user_data);
}

static void
on_system_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) system = g_bus_get_finish (result, &error);
  BkServiceSystem *self = user_data;

  if (system == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("No system bus: a wake-up of the machine is noticed late.");
      return;
    }
  g_dbus_connection_set_exit_on_close (system, FALSE);
  self->system = g_steal_pointer (&system);
  self->subscription = g_dbus_connection_signal_subscribe (
    self->system, "org.freedesktop.login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
    "/org/freedesktop/login1", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_prepare_for_sleep, self, NULL);
  bk_service_seat_set_system (self->seat, self->system);
}

BkServiceSystem *
bk_service_system_new (BkServiceSeat *seat, BkServiceWakeFunc callback, gpointer user_data)
{
  BkServiceSystem *self = g_new0 (BkServiceSystem, 1);

  self->seat = g_object_ref (seat);
  self->callback = callback;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_system_bus, self);
  return self;
}

void
bk_service_system_free (BkServiceSystem *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->system, self->subscription);
  g_clear_object (&self->system);
  g_object_unref (self->cancellable);
  g_object_unref (self->seat);
  g_free (self);
}
