/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `beckonctl watch` tells of sessions. */
#include "bk-ctl-watch.h"

#include <string.h>

static gboolean
minds (BeckonSession *session)
{
  return bk_ctl_watch_minds (&bk_ctl_watch, session);
}

void
bk_ctl_watch_ring (BeckonSession *session)
{
  if (minds (session) && g_hash_table_add (bk_ctl_watch.rung, g_strdup (beckon_session_get_id (session))))
    bk_ctl_watch_tell ("invitation", session, NULL);
  bk_ctl_watch_check ();
}

static void
on_state_changed (BeckonSession *session, BeckonSessionState previous, gpointer user_data)
{
  const char *nick = beckon_session_state_to_nick (previous);

  if (!minds (session))
    return;
  bk_ctl_watch_tell ("session", session, "previous", nick, NULL);
  bk_ctl_watch_passes (BK_CTL_UNTIL_SESSION_STATE, nick);
}

static void
on_termination (BeckonSession *session, BeckonSessionResult result, const char *app_data, gpointer user_data)
{
  if (!minds (session))
    return;
  bk_ctl_watch_tell ("ended", session, "result", beckon_session_result_to_nick (result), "app_data", app_data, NULL);
  bk_ctl_watch_passes (BK_CTL_UNTIL_SESSION_RESULT, beckon_session_result_to_nick (result));
}

static void
on_answer (BeckonSession *session, const char *app_data, const char *event)
{
  if (minds (session))
    bk_ctl_watch_tell (event, session, "app_data", app_data, NULL);
}

static void
on_ringing (BeckonSession *session, GParamSpec *pspec, gpointer user_data)
{
  if (!minds (session))
    return;
  bk_ctl_watch_tell ("ringing", session, NULL);
  bk_ctl_watch_check ();
}

/* The last line of what people read about the session, e.g. that the program has it. */
static void
on_timeline (BeckonSession *session, GParamSpec *pspec, gpointer user_data)
{
  const char *const *lines = beckon_session_get_timeline (session);
  guint n = g_strv_length ((char **) lines);

  if (minds (session) && n > 0)
    bk_ctl_watch_tell ("timeline", session, "line", lines[n - 1], NULL);
}

static void
on_app_not_present (BeckonSession *session, const char *name, const char *url, gpointer user_data)
{
  if (!minds (session))
    return;
  bk_ctl_watch_tell ("app-not-present", session, "name", name, "url", url, NULL);
  bk_ctl_watch_passes (BK_CTL_UNTIL_APP_NOT_PRESENT, NULL);
}

static void
on_ready_to_launch (BeckonSession *session, gpointer user_data)
{
  if (minds (session))
    bk_ctl_watch_tell ("ready-to-launch", session, NULL);
}

/* The size alone: what programs tell each other may be secret. */
static void
on_context_data (BeckonSession *session, const char *text, gpointer user_data)
{
  g_autofree char *size = g_strdup_printf ("%" G_GSIZE_FORMAT, strlen (text));

  if (!minds (session))
    return;
  bk_ctl_watch_tell ("context-data", session, "bytes", size, NULL);
  bk_ctl_watch_passes (BK_CTL_UNTIL_CONTEXT_DATA, NULL);
}

static void
on_channel (BeckonSession *session, GParamSpec *pspec, gpointer user_data)
{
  const char *path = beckon_channel_path_to_nick (beckon_session_get_channel_path (session));

  if (!minds (session))
    return;
  bk_ctl_watch_tell ("channel", session, "path", path, "reason", beckon_session_get_channel_reason (session), NULL);
  bk_ctl_watch_passes (BK_CTL_UNTIL_CHANNEL, path);
}

/* Up to four times a second while it moves. */
static void
on_transfer (BeckonSession *session, GParamSpec *pspec, gpointer user_data)
{
  g_autoptr (GVariant) transfer = beckon_session_dup_transfer (session);
  const char *state = "";
  guint64 done = 0;

  if (!minds (session) || !g_variant_lookup (transfer, "state", "&s", &state)
      || !g_variant_lookup (transfer, "done", "t", &done))
    return;
  g_autofree char *bytes = g_strdup_printf ("%" G_GUINT64_FORMAT, done);
  bk_ctl_watch_tell ("transfer", session, "state", state, "done", bytes, NULL);
}

static void
on_identity (BeckonSession *session, GParamSpec *pspec, gpointer user_data)
{
  const char *identity = beckon_identity_to_nick (beckon_session_get_identity (session));

  if (minds (session))
    bk_ctl_watch_tell ("identity", session, "identity", identity, NULL);
}

static void
on_stream_offered (BeckonSession *session, const char *name, gboolean datagram, gpointer user_data)
{
  if (!minds (session))
    return;
  bk_ctl_watch_tell ("stream-offered", session, "name", name, "kind", datagram ? "datagram" : "stream", NULL);
  bk_ctl_watch_passes (BK_CTL_UNTIL_STREAM_OFFERED, name);
}

static void
on_send_error (BeckonSession *session, BeckonError code, gpointer user_data)
{
  if (minds (session))
    bk_ctl_watch_tell ("send-error", session, "error", beckon_error_to_nick (code), NULL);
}

/* What was offered before somebody looked. */
static void
tell_offered (BeckonSession *session)
{
  g_auto (GStrv) streams = beckon_session_dup_offered_streams (session);
  g_auto (GStrv) datagrams = beckon_session_dup_offered_datagrams (session);

  for (char **name = streams; *name != NULL; name++)
    on_stream_offered (session, *name, FALSE, NULL);
  for (char **name = datagrams; *name != NULL; name++)
    on_stream_offered (session, *name, TRUE, NULL);
}

static void
connect_to (BeckonSession *session)
{
  g_signal_connect (session, "state-changed", G_CALLBACK (on_state_changed), NULL);
  g_signal_connect (session, "termination", G_CALLBACK (on_termination), NULL);
  g_signal_connect (session, "accepted", G_CALLBACK (on_answer), (gpointer) "accepted");
  g_signal_connect (session, "declined", G_CALLBACK (on_answer), (gpointer) "declined");
  g_signal_connect (session, "cancelled", G_CALLBACK (on_answer), (gpointer) "cancelled");
  g_signal_connect (session, "notify::ringing", G_CALLBACK (on_ringing), NULL);
  g_signal_connect (session, "notify::timeline", G_CALLBACK (on_timeline), NULL);
  g_signal_connect (session, "app-not-present", G_CALLBACK (on_app_not_present), NULL);
  g_signal_connect (session, "ready-to-launch", G_CALLBACK (on_ready_to_launch), NULL);
  g_signal_connect (session, "context-data-received", G_CALLBACK (on_context_data), NULL);
  g_signal_connect (session, "send-error", G_CALLBACK (on_send_error), NULL);
  g_signal_connect (session, "notify::channel-path", G_CALLBACK (on_channel), NULL);
  g_signal_connect (session, "notify::identity", G_CALLBACK (on_identity), NULL);
  g_signal_connect (session, "notify::transfer", G_CALLBACK (on_transfer), NULL);
  g_signal_connect (session, "stream-offered", G_CALLBACK (on_stream_offered), NULL);
}

void
bk_ctl_watch_add_session (gpointer object)
{
  BeckonSession *session = object;

  connect_to (session);
  if (minds (session) && beckon_session_get_state (session) != BECKON_SESSION_STATE_TERMINATED)
    bk_ctl_watch_tell ("session", session, "previous", "unknown", NULL);
  if (beckon_session_get_state (session) == BECKON_SESSION_STATE_INVITATION
      && (beckon_session_get_flags (session) & BECKON_SESSION_FLAGS_INVITEE) != 0)
    bk_ctl_watch_ring (session);
  tell_offered (session);
}
