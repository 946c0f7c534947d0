/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seat that says what the test wants. */
#pragma once

#include "bk-desktop.h"

G_BEGIN_DECLS

#define FAKE_TYPE_SEAT (fake_seat_get_type ())
G_DECLARE_FINAL_TYPE (FakeSeat, fake_seat, FAKE, SEAT, GObject)

struct _FakeSeat
{
  GObject parent_instance;
  gboolean locked;
  gboolean idle;
  guint idle_after; /* as it was asked for last */
};

FakeSeat *fake_seat_new (void);
void fake_seat_set (FakeSeat *self, gboolean locked, gboolean idle);

G_END_DECLS
