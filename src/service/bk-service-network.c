/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-network.h"

#define PAUSE_MS 1000

/* After a change, until the next of its kind may be told. */
typedef struct
{
  BkServiceNetwork *network; /* borrowed: it owns this */
  gboolean available;
  guint timer;
  gboolean again; /* there was one meanwhile */
} Pause;

struct _BkServiceNetwork
{
  BkClock *clock;
  GNetworkMonitor *monitor;
  BkServiceNetworkFunc callback;
  gpointer user_data;
  Pause pauses[2]; /* by whether there is a network */
};

static void on_pause_over (gpointer user_data);

static void
tell (Pause *pause)
{
  BkServiceNetwork *self = pause->network;

  pause->again = FALSE;
  pause->timer = bk_clock_add (self->clock, PAUSE_MS, on_pause_over, pause);
  self->callback (pause->available, self->user_data);
}

static void
on_pause_over (gpointer user_data)
{
  Pause *pause = user_data;

  pause->timer = 0;
  if (pause->again)
    tell (pause);
}

static void
on_changed (GNetworkMonitor *monitor, gboolean available, gpointer user_data)
{
  BkServiceNetwork *self = user_data;
  Pause *pause = &self->pauses[available ? 1 : 0];

  if (pause->timer != 0)
    pause->again = TRUE;
  else
    tell (pause);
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
  for (int i = 0; i < 2; i++)
    self->pauses[i] = (Pause){ .network = self, .available = i != 0 };
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
  for (int i = 0; i < 2; i++)
    bk_clock_clear (self->clock, &self->pauses[i].timer);
  g_object_unref (self->monitor);
  g_object_unref (self->clock);
  g_free (self);
}
