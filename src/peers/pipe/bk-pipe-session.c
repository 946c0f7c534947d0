/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways to a connected session: inviting, being invited, being launched. */
#include "bk-pipe-program.h"

#include <stdlib.h>

static const char *const own_guids[] = { BK_PIPE_GUID, NULL };

/* ---- what becomes of it ---- */

/* Whether the other program has left, and nothing else happened: then what it wrote still comes. */
static gboolean
has_left (BeckonSessionResult result)
{
  return result == BECKON_SESSION_RESULT_ENDED || result == BECKON_SESSION_RESULT_APPLICATION_FAILED;
}

/* There is no way to the other side: says why. */
static void
fail_connection (BkPipe *self)
{
  const char *reason = beckon_session_get_channel_reason (self->session);

  if (*reason == '\0')
    reason = beckon_session_result_to_text (BECKON_SESSION_RESULT_CONNECTION_FAILURE);
  bk_pipe_fail (self, BK_PIPE_OTHER_END, "%s", reason);
}

/* Once it flows, the stream knows best when all has arrived: the other program may leave the session first. */
static void
on_termination (BeckonSession *session, BeckonSessionResult result, const char *app_data, BkPipe *self)
{
  if (self->phase == BK_PIPE_PHASE_FLOWING && has_left (result))
    return;
  if (result == BECKON_SESSION_RESULT_CONNECTION_FAILURE)
    fail_connection (self);
  else
    bk_pipe_fail (self, BK_PIPE_OTHER_END, "%s", beckon_session_result_to_text (result));
}

static void
on_state_changed (BeckonSession *session, BeckonSessionState previous, BkPipe *self)
{
  bk_pipe_open (self);
}

static void
on_path_changed (BeckonSession *session, GParamSpec *pspec, BkPipe *self)
{
  BeckonChannelPath path = beckon_session_get_channel_path (session);

  if (self->phase == BK_PIPE_PHASE_FLOWING)
    bk_pipe_say (self, "The connection: %s", beckon_channel_path_to_nick (path));
  else if (path == BECKON_CHANNEL_PATH_FAILED)
    fail_connection (self);
  else
    bk_pipe_open (self);
}

static void
on_shutdown (BeckonSessionManager *manager, BkPipe *self)
{
  if (self->phase != BK_PIPE_PHASE_FLOWING)
    bk_pipe_fail (self, BK_PIPE_NO_SERVICE, "The session service went away");
}

void
bk_pipe_follow (BkPipe *self)
{
  BeckonSessionState state = beckon_session_get_state (self->session);

  g_signal_connect (self->session, "termination", G_CALLBACK (on_termination), self);
  g_signal_connect (self->session, "state-changed", G_CALLBACK (on_state_changed), self);
  g_signal_connect (self->session, "notify::channel-path", G_CALLBACK (on_path_changed), self);
  bk_pipe_open (self);
  if (state == BECKON_SESSION_STATE_TERMINATED)
    on_termination (self->session, beckon_session_get_result (self->session), "", self);
}

static gboolean
take_manager (BkPipe *self, GAsyncResult *result)
{
  GError *error = NULL;

  self->manager = beckon_session_manager_new_finish (result, &error);
  if (self->manager == NULL)
    {
      bk_pipe_fail (self, BK_PIPE_NO_SERVICE, "%s", error->message);
      g_error_free (error);
      return FALSE;
    }
  g_signal_connect (self->manager, "app-shutdown", G_CALLBACK (on_shutdown), self);
  return TRUE;
}

/* ---- inviting ---- */

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;
  GError *error = NULL;

  if (!beckon_session_invite_finish (BECKON_SESSION (source), result, &error))
    bk_pipe_fail_error (self, error);
  else
    bk_pipe_say (self, "Waiting for %s", self->to);
}

static void
on_application_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;
  GError *error = NULL;

  if (beckon_session_set_application_finish (BECKON_SESSION (source), result, &error))
    beckon_session_invite_async (self->session, self->to, "", self->cancellable, on_invited, self);
  else
    bk_pipe_fail_error (self, error);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;
  GError *error = NULL;

  self->session = beckon_session_manager_create_session_finish (BECKON_SESSION_MANAGER (source), result, &error);
  if (self->session == NULL)
    {
      bk_pipe_fail_error (self, error);
      return;
    }
  bk_pipe_follow (self);
  beckon_session_set_application_async (self->session, BK_PIPE_GUID, self->cancellable, on_application_set, self);
}

static void
on_inviter (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;

  if (take_manager (self, result))
    beckon_session_manager_create_session_async (self->manager, self->account, self->cancellable, on_created, self);
}

/* It stands for no GUID: it invites, and is not to be offered what others send. */
void
bk_pipe_start_to (BkPipe *self)
{
  beckon_session_manager_new_async (NULL, self->cancellable, on_inviter, self);
}

/* ---- being invited ---- */

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;
  GError *error = NULL;

  if (!beckon_session_accept_finish (BECKON_SESSION (source), result, &error))
    bk_pipe_fail_error (self, error);
}

static gboolean
on_invitation (BeckonSessionManager *manager, BeckonSession *session, const char *app_data, BkPipe *self)
{
  const char *who = beckon_session_get_user (session);

  if (self->session != NULL || (self->from != NULL && g_ascii_strcasecmp (self->from, who) != 0))
    return FALSE;
  bk_pipe_say (self, "Accepting from %s", who);
  self->session = g_object_ref (session);
  bk_pipe_follow (self);
  beckon_session_accept_async (session, "", self->cancellable, on_accepted, self);
  return TRUE;
}

static void
on_invitee (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;

  g_clear_object (&self->messenger); /* who looks at messages would keep the window from being started for others */
  if (!take_manager (self, result))
    return;
  g_signal_connect (self->manager, "invitation", G_CALLBACK (on_invitation), self);
  bk_pipe_say (self, "Waiting for an invitation");
}

static void
on_messenger (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;
  g_autoptr (GError) error = NULL;

  self->messenger = beckon_messenger_new_finish (result, &error);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    beckon_session_manager_new_async (own_guids, self->cancellable, on_invitee, self);
}

/* In a Flatpak the session service cannot see that this program is the user's own, and has to be shown: what is allowed
 * to be a messenger is. */
void
bk_pipe_start_receive (BkPipe *self)
{
  if (g_getenv ("FLATPAK_ID") != NULL)
    beckon_messenger_new_async (self->cancellable, on_messenger, self);
  else
    beckon_session_manager_new_async (own_guids, self->cancellable, on_invitee, self);
}

/* ---- being launched ---- */

static void
on_launching_session (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;
  GError *error = NULL;

  self->session
    = beckon_session_manager_get_launching_session_finish (BECKON_SESSION_MANAGER (source), result, &error);
  if (self->session == NULL)
    bk_pipe_fail_error (self, error);
  else
    bk_pipe_follow (self);
}

static void
on_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;

  if (take_manager (self, result))
    beckon_session_manager_get_launching_session_async (self->manager, NULL, self->cancellable, on_launching_session,
                                                        self);
}

void
bk_pipe_start_launched (BkPipe *self)
{
  self->launched = TRUE;
  beckon_session_manager_new_async (NULL, self->cancellable, on_launched, self);
}
