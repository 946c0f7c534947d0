/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The path of a channel, as people are told of it, and what the attempts to find one say. */
#include "bk-real-channel-private.h"

#include <glib/gi18n-lib.h>

static BeckonChannelPath
find_path (BkRealChannel *self)
{
  BeckonChannelPath path = self->attempts != NULL ? bk_attempts_get_path (self->attempts) : BECKON_CHANNEL_PATH_NONE;

  if (self->state == BK_REAL_IDLE || self->state == BK_REAL_OVER)
    return BECKON_CHANNEL_PATH_NONE;
  if (self->state == BK_REAL_STARTED)
    return BECKON_CHANNEL_PATH_CONNECTING;
  if (self->gone || self->lost_since != 0 || path == BECKON_CHANNEL_PATH_CONNECTING)
    return BECKON_CHANNEL_PATH_LOST;
  return path;
}

static const char *
find_reason (BkRealChannel *self, BeckonChannelPath path)
{
  if (path == BECKON_CHANNEL_PATH_NONE)
    return "";
  if (path == BECKON_CHANNEL_PATH_LOST && self->gone)
    return _("The other side closed the channel.");
  if (path == BECKON_CHANNEL_PATH_LOST && bk_attempts_has_path (self->attempts))
    return _("The other side has not responded for a while. Looking for another way.");
  return bk_attempts_get_reason (self->attempts);
}

void
bk_real_path_update (BkRealChannel *self)
{
  BeckonChannelPath path = find_path (self);
  const char *reason = find_reason (self, path);

  if (self->path == BECKON_CHANNEL_PATH_FAILED || (path == self->path && g_str_equal (reason, self->reason)))
    return;
  self->path = path;
  g_free (self->reason);
  self->reason = g_strdup (reason);
  self->path_changed = TRUE;
  bk_real_turn_soon (self);
}

void
bk_real_path_lose (BkRealChannel *self)
{
  if (self->lost_since != 0 || self->state < BK_REAL_CONFIRMED)
    return;
  self->lost_since = bk_clock_now (self->clock);
  bk_real_path_update (self);
}

static void
on_changed (gboolean switched, gpointer user_data)
{
  BkRealChannel *self = user_data;
  gint64 now = bk_clock_now (self->clock);

  if (switched && !self->gone)
    {
      self->path_since = now;
      bk_quic_path_changed (self->quic, now);
    }
  if (bk_attempts_get_path (self->attempts) == BECKON_CHANNEL_PATH_LOST)
    bk_real_path_lose (self);
  bk_real_path_update (self);
  bk_real_turn_soon (self);
}

static void
on_transport (const BkEnvelope *transport, gpointer user_data)
{
  BkRealChannel *self = user_data;

  if (self->state < BK_REAL_FINISHING)
    bk_real_turn_tell_transport (self, transport);
}

static void
on_packet (const guint8 *packet, gsize length, gpointer user_data)
{
  BkRealChannel *self = user_data;

  if (!self->gone)
    bk_quic_receive (self->quic, packet, length, bk_clock_now (self->clock));
  bk_real_turn_soon (self);
}

const BkAttemptsFuncs bk_real_path_funcs = { on_transport, on_packet, on_changed };
