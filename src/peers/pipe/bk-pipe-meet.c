/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a connected session to two joined machines. The invitee says that it is there; the inviter answers with where it
 * listens. Whoever is late finds the last word in the session's context data. */
#include "bk-pipe-program.h"

#include <string.h>

#define SAY_READY "beckon-pipe 1 ready"
#define SAY_LISTEN "beckon-pipe 1 listen "
#define MEETING_SECONDS 30
#define ATTACH_SECONDS 600

static gboolean
is_inviter (BkPipe *self)
{
  return (beckon_session_get_flags (self->session) & BECKON_SESSION_FLAGS_INVITER) != 0;
}

static void
on_given_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;

  beckon_session_cancel_finish (BECKON_SESSION (source), result, NULL);
  bk_pipe_end (self, BK_PIPE_FAILED);
}

/* Says why to both sides. */
static void
give_up (BkPipe *self, const char *why)
{
  g_signal_handlers_disconnect_by_data (self->session, self);
  bk_pipe_say (NULL, "No direct connection to %s: %s", beckon_session_get_user (self->session), why);
  beckon_session_cancel_async (self->session, BECKON_SESSION_RESULT_CONNECTION_FAILURE, "", NULL, on_given_up, self);
}

static void
on_said (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;
  GError *error = NULL;

  if (!beckon_session_send_context_data_finish (BECKON_SESSION (source), result, &error))
    bk_pipe_fail_error (self, error);
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

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;
  g_autoptr (GError) error = NULL;
  int fd = bk_pipe_connect_finish (result, &error);

  if (self->phase == BK_PIPE_PHASE_OVER)
    return;
  if (fd >= 0)
    on_linked (fd, self);
  else
    give_up (self, error->message);
}

static void
offer (BkPipe *self)
{
  g_autoptr (GError) error = NULL;
  const char *address = beckon_session_get_local_address (self->session);

  if (self->listener == NULL)
    self->listener = bk_pipe_listener_new (address, on_linked, self, &error);
  if (self->listener == NULL)
    {
      give_up (self, error->message);
      return;
    }
  g_autofree char *text = g_strconcat (SAY_LISTEN, bk_pipe_listener_get_offer (self->listener), NULL);
  beckon_session_send_context_data_async (self->session, text, self->cancellable, on_said, self);
}

static void
hear (BkPipe *self, const char *text)
{
  if (self->phase != BK_PIPE_PHASE_MEETING || self->link >= 0)
    return;
  if (is_inviter (self) && g_str_equal (text, SAY_READY))
    {
      offer (self);
    }
  else if (!is_inviter (self) && g_str_has_prefix (text, SAY_LISTEN))
    {
      bk_pipe_say (self, "Connecting");
      bk_pipe_connect_async (text + strlen (SAY_LISTEN), self->cancellable, on_connected, self);
    }
}

static void
on_context_data (BeckonSession *session, const char *text, BkPipe *self)
{
  hear (self, text);
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
  GError *error = NULL;

  self->door = bk_pipe_door_new (beckon_session_get_id (self->session), on_attached, self, &error);
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
  g_signal_connect (self->session, "context-data-received", G_CALLBACK (on_context_data), self);
  if (!is_inviter (self))
    beckon_session_send_context_data_async (self->session, SAY_READY, self->cancellable, on_said, self);
  else
    hear (self, beckon_session_get_context_data (self->session));
}
