/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a connected session to two joined machines, and on to the program that the user calls. */
#include "bk-pipe-program.h"

#define PROTOCOL "beckon-pipe 1"
#define MEETING_SECONDS 30
#define ATTACH_SECONDS 600

static void
on_given_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;

  beckon_session_cancel_finish (BECKON_SESSION (source), result, NULL);
  bk_pipe_end (self, BK_PIPE_FAILED);
}

/* Says why to both sides. */
static void
on_failed (const char *why, gpointer user_data)
{
  BkPipe *self = user_data;

  if (self->phase != BK_PIPE_PHASE_MEETING)
    return;
  g_signal_handlers_disconnect_by_data (self->session, self);
  bk_pipe_say (NULL, "No direct connection to %s: %s", beckon_session_get_user (self->session), why);
  beckon_session_cancel_async (self->session, BECKON_SESSION_RESULT_CONNECTION_FAILURE, "", NULL, on_given_up, self);
}

static void
go_on (BkPipe *self)
{
  if (self->link < 0)
    return;
  if (!self->launched)
    bk_pipe_flow_ends (self, g_steal_fd (&self->link));
  else if (self->inside >= 0)
    bk_pipe_flow_relay (self);
  else
    bk_pipe_enter (self, BK_PIPE_PHASE_WAITING, ATTACH_SECONDS, "Nobody attached to the pipe in time");
}

static void
on_linked (int fd, gpointer user_data)
{
  BkPipe *self = user_data;

  self->link = fd;
  bk_pipe_say (self, "Connected with %s", beckon_session_get_user (self->session));
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
bk_pipe_meet (BkPipe *self)
{
  if (self->phase != BK_PIPE_PHASE_SESSION || (self->launched && !open_door (self)))
    return;
  bk_pipe_enter (self, BK_PIPE_PHASE_MEETING, MEETING_SECONDS, "The program of the other side does not answer");
  self->meeting = bk_meeting_new (self->session, PROTOCOL, FALSE, on_linked, on_failed, self);
}
