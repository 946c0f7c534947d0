/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a connected session to a stream between the two programs, and on to the program that the user calls. */
#include "bk-pipe-program.h"

#include <errno.h>
#include <fcntl.h>

/* A later version that speaks other frames opens another one. */
#define STREAM "pipe"
/* The session service gives up before that, and then says why. */
#define OPENING_SECONDS 60
#define ATTACH_SECONDS 600

/* Nobody is stopped by it: whether it is a new computer or somebody else, people have to find out. */
static void
warn_of_identity (BkPipe *self)
{
  if (beckon_session_get_identity (self->session) == BECKON_IDENTITY_CHANGED)
    bk_pipe_say (NULL, "Take care: %s does not prove who it is as before. Compare the safety number: %s",
                 beckon_session_get_user (self->session), beckon_session_get_safety_number (self->session));
}

static void
go_on (BkPipe *self)
{
  if (!self->launched)
    bk_pipe_flow_ends (self, g_steal_fd (&self->link));
  else if (self->inside >= 0)
    bk_pipe_flow_relay (self);
  else
    bk_pipe_enter (self, BK_PIPE_PHASE_WAITING, ATTACH_SECONDS, "Nobody attached to the pipe in time");
}

static void
on_stream (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;
  GError *error = NULL;
  g_autoptr (GIOStream) stream = beckon_session_open_stream_finish (BECKON_SESSION (source), result, &error);

  if (stream == NULL)
    {
      bk_pipe_fail_error (self, error);
      return;
    }
  if (self->phase != BK_PIPE_PHASE_OPENING)
    return;
  self->link = fcntl (g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream))), F_DUPFD_CLOEXEC,
                      0);
  if (self->link < 0)
    {
      bk_pipe_fail (self, BK_PIPE_FAILED, "%s", g_strerror (errno));
      return;
    }
  warn_of_identity (self);
  bk_pipe_say (self, "Connected with %s: encrypted, %s", beckon_session_get_user (self->session),
               beckon_channel_path_to_nick (beckon_session_get_channel_path (self->session)));
  go_on (self);
}

/* Somebody called beckon-pipe --attach. */
static void
on_attached (int fd, gpointer user_data)
{
  BkPipe *self = user_data;

  self->inside = fd;
  if (self->link >= 0)
    bk_pipe_flow_relay (self);
}

static gboolean
open_door (BkPipe *self)
{
  gboolean invitee = (beckon_session_get_flags (self->session) & BECKON_SESSION_FLAGS_INVITEE) != 0;
  GError *error = NULL;

  self->door = bk_pipe_door_new (beckon_session_get_id (self->session), invitee, on_attached, self, &error);
  if (self->door == NULL)
    bk_pipe_fail_error (self, error);
  return self->door != NULL;
}

void
bk_pipe_open (BkPipe *self)
{
  BeckonChannelPath path = beckon_session_get_channel_path (self->session);

  if (beckon_session_get_state (self->session) != BECKON_SESSION_STATE_CONNECTED)
    return;
  if (self->phase == BK_PIPE_PHASE_SESSION && (!self->launched || open_door (self)))
    bk_pipe_enter (self, BK_PIPE_PHASE_OPENING, OPENING_SECONDS, "The connection with the other side is not made");
  if (self->phase != BK_PIPE_PHASE_OPENING || self->asked
      || (path != BECKON_CHANNEL_PATH_DIRECT && path != BECKON_CHANNEL_PATH_RELAY))
    return;
  self->asked = TRUE;
  beckon_session_open_stream_async (self->session, STREAM, self->cancellable, on_stream, self);
}
