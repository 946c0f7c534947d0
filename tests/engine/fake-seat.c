/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-seat.h"

static gboolean
get_locked (BkSeat *seat)
{
  return FAKE_SEAT (seat)->locked;
}

static gboolean
get_idle (BkSeat *seat)
{
  return FAKE_SEAT (seat)->idle;
}

static void
set_idle_after (BkSeat *seat, guint ms)
{
  FAKE_SEAT (seat)->idle_after = ms;
}

static void
iface_init (BkSeatInterface *iface)
{
  iface->get_locked = get_locked;
  iface->get_idle = get_idle;
  iface->set_idle_after = set_idle_after;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeSeat, fake_seat, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (BK_TYPE_SEAT, iface_init))

static void
fake_seat_class_init (FakeSeatClass *klass)
{
}

static void
fake_seat_init (FakeSeat *self)
{
}

FakeSeat *
fake_seat_new (void)
{
  return g_object_new (FAKE_TYPE_SEAT, NULL);
}

void
fake_seat_set (FakeSeat *self, gboolean locked, gboolean idle)
{
  self->locked = locked;
  self->idle = idle;
  bk_seat_emit_changed (BK_SEAT (self));
}
