/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-native-leave.h"

#define LEAVE_SECONDS 5

/* A WebSocket that still has to write what is queued and to hear the other side's good-bye. */
typedef struct
{
  SoupWebsocketConnection *websocket;
  BkClock *clock;
  guint timer;
} Leaving;

static void
leaving_free (gpointer data)
{
  Leaving *leaving = data;

  g_signal_handlers_disconnect_by_data (leaving->websocket, leaving);
  bk_clock_clear (leaving->clock, &leaving->timer);
  g_object_unref (leaving->websocket);
  g_object_unref (leaving->clock);
  g_free (leaving);
}

/* libsoup goes on using the WebSocket after its signals, so it must outlive them. */
static void
on_left (SoupWebsocketConnection *websocket, gpointer user_data)
{
  g_signal_handlers_disconnect_by_data (websocket, user_data);
  g_idle_add_once (leaving_free, user_data);
}

static void
on_leave_timeout (gpointer user_data)
{
  Leaving *leaving = user_data;

  leaving->timer = 0;
  on_left (leaving->websocket, leaving);
}

/* Takes @websocket, which no handler of ours is connected to any more. */
void
bk_native_leave (SoupWebsocketConnection *websocket, BkClock *clock)
{
  if (soup_websocket_connection_get_state (websocket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (websocket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  if (soup_websocket_connection_get_state (websocket) == SOUP_WEBSOCKET_STATE_CLOSED)
    {
      g_idle_add_once (g_object_unref, websocket);
      return;
    }

  Leaving *leaving = g_new0 (Leaving, 1);
  leaving->websocket = websocket;
  leaving->clock = g_object_ref (clock);
  leaving->timer = bk_clock_add (clock, LEAVE_SECONDS * 1000, on_leave_timeout, leaving);
  g_signal_connect (websocket, "closed", G_CALLBACK (on_left), leaving);
}
