/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invitee says that it is there; the inviter answers with where it listens. Whoever is late finds the last word in
 * the session's context data. */
#include "bk-meet.h"

#include <string.h>
#include <unistd.h>

struct _BkMeeting
{
  BeckonSession *session;
  GCancellable *cancellable;
  char *say_ready;
  char *say_listen;
  gboolean again;
  BkMeetListener *listener; /* of the inviter */
  char *offer;              /* what the invitee was told, NULL before */
  gboolean connecting;
  gboolean linked_once;
  gboolean over;            /* freed: nobody is told any more */
  guint start;
  BkMeetLinked linked;
  BkMeetFailed failed;
  gpointer user_data;
};

static void
clear (gpointer data)
{
  BkMeeting *self = data;

  g_object_unref (self->session);
  g_object_unref (self->cancellable);
  g_free (self->say_ready);
  g_free (self->say_listen);
  g_free (self->offer);
}

/* Each call under way holds the meeting. */
static void
release (BkMeeting *self)
{
  g_rc_box_release_full (self, clear);
}

static gboolean
is_inviter (BkMeeting *self)
{
  return (beckon_session_get_flags (self->session) & BECKON_SESSION_FLAGS_INVITER) != 0;
}

static void
on_linked (int fd, gpointer user_data)
{
  BkMeeting *self = user_data;

  self->linked_once = TRUE;
  self->linked (fd, self->user_data);
}

/* ---- saying ---- */

static void
on_said (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkMeeting *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_session_send_context_data_finish (BECKON_SESSION (source), result, &error) && !self->over)
    self->failed (error->message, self->user_data);
  release (self);
}

static void
say (BkMeeting *self, const char *text)
{
  beckon_session_send_context_data_async (self->session, text, self->cancellable, on_said, g_rc_box_acquire (self));
}

static void
offer (BkMeeting *self)
{
  g_autoptr (GError) error = NULL;
  const char *address = beckon_session_get_local_address (self->session);

  if (self->listener == NULL)
    self->listener = bk_meet_listener_new (address, self->again, on_linked, self, &error);
  if (self->listener == NULL)
    {
      self->failed (error->message, self->user_data);
      return;
    }
  g_autofree char *text = g_strconcat (self->say_listen, bk_meet_listener_get_offer (self->listener), NULL);
  say (self, text);
}

/* ---- connecting ---- */

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkMeeting *self = user_data;
  g_autoptr (GError) error = NULL;
  int fd = bk_meet_connect_finish (result, &error);

  self->connecting = FALSE;
  if (self->over && fd >= 0)
    close (fd);
  else if (fd >= 0)
    on_linked (fd, self);
  else if (!self->over)
    self->failed (error->message, self->user_data);
  release (self);
}

static void
connect_to_offer (BkMeeting *self)
{
  if (self->connecting)
    return;
  self->connecting = TRUE;
  bk_meet_connect_async (self->offer, self->cancellable, on_connected, g_rc_box_acquire (self));
}

/* ---- hearing ---- */

static void
hear (BkMeeting *self, const char *text)
{
  if (self->linked_once)
    return;
  if (is_inviter (self) && g_str_equal (text, self->say_ready))
    {
      offer (self);
    }
  else if (!is_inviter (self) && g_str_has_prefix (text, self->say_listen) && self->offer == NULL)
    {
      self->offer = g_strdup (text + strlen (self->say_listen));
      connect_to_offer (self);
    }
}

static void
on_context_data (BeckonSession *session, const char *text, BkMeeting *self)
{
  hear (self, text);
}

static gboolean
on_start (gpointer user_data)
{
  BkMeeting *self = user_data;

  self->start = 0;
  if (is_inviter (self))
    hear (self, beckon_session_get_context_data (self->session));
  else
    say (self, self->say_ready);
  return G_SOURCE_REMOVE;
}

BkMeeting *
bk_meeting_new (BeckonSession *session, const char *protocol, gboolean again, BkMeetLinked linked, BkMeetFailed failed,
                gpointer user_data)
{
  BkMeeting *self = g_rc_box_new0 (BkMeeting);

  self->session = g_object_ref (session);
  self->cancellable = g_cancellable_new ();
  self->say_ready = g_strconcat (protocol, " ready", NULL);
  self->say_listen = g_strconcat (protocol, " listen ", NULL);
  self->again = again;
  self->linked = linked;
  self->failed = failed;
  self->user_data = user_data;
  g_signal_connect (session, "context-data-received", G_CALLBACK (on_context_data), self);
  self->start = g_idle_add (on_start, self);
  return self;
}

void
bk_meeting_again (BkMeeting *self)
{
  if (self->again && self->offer != NULL)
    connect_to_offer (self);
}

void
bk_meeting_free (BkMeeting *self)
{
  if (self == NULL)
    return;
  self->over = TRUE;
  g_clear_handle_id (&self->start, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->listener, bk_meet_listener_free);
  release (self);
}
