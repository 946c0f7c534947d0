/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-network.h"

#define PAUSE_MS 1000

struct _BkServiceNetwork
{
  BkClock *clock;
  GNetworkMonitor *monitor;
  BkServiceNetworkFunc callback;
  gpointer user_data;
  guint timer;            /* runs for a while after a change */
  gboolean changed_again; /* meanwhile */
};

static void on_pause_over (gpointer user_data);

static void
tell (BkServiceNetwork *self)
{
  self->changed_again = FALSE;
  self->timer = bk_clock_add (self->clock, PAUSE_MS, on_pause_over, self);
  self->callback (TRUE, self->user_data);
}

static void
on_pause_over (gpointer user_data)
{
  BkServiceNetwork *self = user_data;

  self->timer = 0;
  if (self->changed_again)
    tell (self);
}

static void
on_changed (GNetworkMonitor *monitor, gboolean available, gpointer user_data)
{
  BkServiceNetwork *self = user_data;

  if (!available)
    self->callback (FALSE, self->user_data);
  else if (self->timer != 0)
    self->changed_again = TRUE;
  else
    tell (self);
}

/* Who manages the network may know more of it than the kernel: whether it leads anywhere. */
static void
on_notify (GNetworkMonitor *monitor, GParamSpec *pspec, gpointer user_data)
{
  on_changed (monitor, g_network_monitor_get_network_available (monitor), user_data);
}

BkServiceNetwork *
bk_service_network_new (BkClock *clock, BkServiceNetworkFunc callback, gpointer user_data)
{
  BkServiceNetwork *self = g_new0 (BkServiceNetwork, 1);

  self->clock = g_object_ref (clock);
  self->callback = callback;
  self->user_data = user_data;
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect (self->monitor, "network-changed", G_CALLBACK (on_changed), self);
  g_signal_connect (self->monitor, "notify::network-available", G_CALLBACK (on_notify), self);
  g_signal_connect (self->monitor, "notify::connectivity", G_CALLBACK (on_notify), self);
  return self;
}

void
bk_service_network_free (BkServiceNetwork *self)
{
  g_signal_handlers_disconnect_by_data (self->monitor, self);
  bk_clock_clear (self->clock, &self->timer);
  g_object_unref (self->monitor);
  g_object_unref (self->clock);
  g_free (self);
}
