/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that do not know Beckon. One side hosts: its program is launched and listens, and the channel leads to it.
 * Only then is the other side's program launched, and finds on its own machine what it joins. */
#include "bk-engine-session-private.h"

#include "bk-ids.h"

#include <glib/gi18n-lib.h>

#define MAX_DETAIL 1024

gboolean
bk_session_is_hosted (BkEngineSession *self)
{
  return (self->flags & BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE) != 0;
}

/* ---- whether the two sides mean the same ---- */

static BkRole
find_host (BkEngineApplication *application)
{
  if (bk_engine_application_get_host_argv (application) == NULL)
    return 0;
  return bk_engine_application_get_inviter_hosts (application) ? BK_ROLE_INVITER : BK_ROLE_INVITEE;
}

static const char *
find_carries (BkEngineApplication *application)
{
  BkCarries carries = bk_engine_application_get_carries (application);

  if (carries == (BK_CARRY_TCP | BK_CARRY_UDP))
    return "tcp+udp";
  if (carries == BK_CARRY_TCP)
    return "tcp";
  if (carries == BK_CARRY_UDP)
    return "udp";
  return carries == BK_CARRY_UNIX ? "unix" : NULL;
}

static void
set_hosting (BkEngineSession *self, BkRole host, const char *carries)
{
  g_autofree char *old = self->hosting.carries;

  self->hosting.carries = g_strdup (carries);
  if (self->host == host)
    return;
  self->host = host;
  bk_session_changed (self, "Host");
}

/* The inviter's registration says who hosts; the invitee is told. */
void
bk_session_read_hosting (BkEngineSession *self, BkEngineApplication *application)
{
  if (self->role == BK_ROLE_INVITER)
    set_hosting (self, find_host (application), find_carries (application));
}

void
bk_session_read_invited_hosting (BkEngineSession *self, const BkEnvelope *invite)
{
  if (invite->host != NULL && invite->carries != NULL)
    set_hosting (self, g_str_equal (invite->host, "inviter") ? BK_ROLE_INVITER : BK_ROLE_INVITEE, invite->carries);
}

void
bk_session_write_hosting (BkEngineSession *self, BkEnvelope *invite)
{
  if (self->host == 0)
    return;
  invite->host = g_strdup (self->host == BK_ROLE_INVITER ? "inviter" : "invitee");
  invite->carries = g_strdup (self->hosting.carries);
}

/* What a registration says, or an invitation, in the words of registration files. */
static char *
describe (BkRole host, const char *carries)
{
  if (host == 0)
    return g_strdup ("Exec");
  return g_strdup_printf ("HostExec, Host=%s, Transport=%s", host == BK_ROLE_INVITER ? "inviter" : "invitee", carries);
}

/* Whether the registration here says what the invitation said. */
gboolean
bk_session_check_hosting (BkEngineSession *self, GError **error)
{
  BkEngineApplication *application = bk_engine_registry_find (self->world->registry, self->application);

  if (application == NULL || (find_host (application) == self->host
                              && g_strcmp0 (find_carries (application), self->hosting.carries) == 0))
    return TRUE;

  g_autofree char *here = describe (find_host (application), find_carries (application));
  g_autofree char *invited = describe (self->host, self->hosting.carries);
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED,
               /* Translators: %s are keys of registration files, such as “HostExec, Host=inviter, Transport=tcp” */
               _("The two sides have different registrations of this program. There: %s. Here: %s."),
               invited, here);
  return FALSE;
}

/* ---- launching ---- */

static void
fail (BkEngineSession *self, const char *reason)
{
  bk_session_end (self, BK_LIFE_LAUNCH_FAILED, BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED, reason);
}

static void
start (BkEngineSession *self, BkEngineApplication *application, const char *const *argv)
{
  const char *own = self->account != NULL ? bk_engine_account_get_display_name (self->account) : NULL;
  g_autofree char *other = bk_session_dup_user_name (self);
  const BkEndpoint *endpoint = &self->hosting.endpoint;
  g_auto (GStrv) expanded = bk_engine_application_expand (argv, endpoint, own, other);
  BkHostLaunch outside = { .registration = bk_engine_application_get_path (application),
                           .command = self->host == self->role ? BK_COMMAND_HOST : BK_COMMAND_JOIN,
                           .address = endpoint->address,
                           .port = endpoint->port,
                           .path = endpoint->path,
                           .own_name = own,
                           .other_name = other };
  BkLaunch launch = { .session = self->id,
                      .invitee = self->role == BK_ROLE_INVITEE,
                      .name = bk_engine_application_get_name (application),
                      .argv = (const char *const *) expanded,
                      .host = bk_engine_application_is_on_host (application) ? &outside : NULL };

  self->hosting.state = BK_HOSTING_LAUNCHED;
  bk_session_start_program (self, &launch);
}

static void
host (BkEngineSession *self, BkEngineApplication *application)
{
  g_autoptr (GError) error = NULL;

  if (bk_channel_reserve (bk_session_channel (self), bk_engine_application_get_carries (application),
                          bk_engine_application_get_port (application), &self->hosting.endpoint, &error))
    start (self, application, bk_engine_application_get_host_argv (application));
  else
    fail (self, error->message);
}

static void
join (BkEngineSession *self, BkEngineApplication *application)
{
  g_autoptr (GError) error = NULL;

  if (bk_channel_join (bk_session_channel (self), bk_engine_application_get_carries (application),
                       bk_engine_application_get_port (application), &self->hosting.endpoint, &error))
    start (self, application, bk_engine_application_get_join_argv (application));
  else
    fail (self, error->message);
}

/* Everything is ready for the program of @application, which can be started. */
void
bk_session_launch_hosted (BkEngineSession *self, BkEngineApplication *application)
{
  g_autoptr (GError) error = NULL;

  if (!bk_session_check_hosting (self, &error))
    fail (self, error->message);
  else if (bk_session_channel (self) == NULL)
    fail (self, _("There is no channel to the other side."));
  else if (self->host == self->role)
    host (self, application);
  else if (self->hosting.state == BK_HOSTING_CALLED)
    join (self, application);
  else
    {
      self->hosting.state = BK_HOSTING_AWAITED;
      bk_session_note (self, _("waiting for the program on the other side"));
    }
}

static void
on_listening (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkEngineSession) self = user_data;
  g_autoptr (BkEnvelope) hosting = bk_session_envelope (self, BK_ENVELOPE_HOSTING, NULL);
  g_autoptr (GError) error = NULL;
  gboolean listening = bk_channel_host_finish (BK_CHANNEL (source), result, &error);

  if (!bk_session_is_launching (self))
    return;
  if (!listening)
    {
      fail (self, error->message);
      return;
    }
  self->hosting.state = BK_HOSTING_UP;
  bk_session_note (self, _("the program listens"));
  if (!bk_session_send_by_channel (self, hosting))
    fail (self, _("The other side could not be told that the program listens."));
}

/* The program was started. */
void
bk_session_hosted_launched (BkEngineSession *self)
{
  BkEngineApplication *application = bk_engine_registry_find (self->world->registry, self->application);
  BkChannel *channel = bk_session_channel (self);

  if (self->host != self->role)
    self->hosting.state = BK_HOSTING_UP;
  else if (channel != NULL)
    bk_channel_host_async (channel, &self->hosting.endpoint, self->program,
                           application != NULL ? bk_engine_application_get_ignored_ports (application) : NULL,
                           self->asking, on_listening, g_object_ref (self));
}

/* The other side's program listens. Passed over where it makes no sense. */
void
bk_session_receive_hosting (BkEngineSession *self)
{
  gboolean joins = bk_session_is_launching (self) && self->host != 0 && self->host != self->role;

  if (joins && self->hosting.state == BK_HOSTING_NONE)
    self->hosting.state = BK_HOSTING_CALLED;
  if (!joins || self->hosting.state != BK_HOSTING_AWAITED)
    return;
  self->hosting.state = BK_HOSTING_CALLED;
  bk_session_note (self, _("the program on the other side listens"));
  bk_session_launch_program (self);
}

/* ---- the end ---- */

/* A program that is to be joined and ends before it listens has never been there. */
gboolean
bk_session_hosted_ended (BkEngineSession *self, const char *reason)
{
  if (self->host != self->role || self->hosting.state != BK_HOSTING_LAUNCHED)
    return FALSE;
  fail (self, reason != NULL ? reason : _("The program ended before the other side could join."));
  return TRUE;
}

void
bk_session_clear_hosting (BkEngineSession *self)
{
  bk_endpoint_clear (&self->hosting.endpoint);
  g_free (self->hosting.carries);
}

/* Returns (transfer full, nullable) what the other side says why it went wrong there: its sentence, as a quotation. A
 * program that knows Beckon has this text for itself. */
char *
bk_session_dup_hosted_detail (BkEngineSession *self, const BkEnvelope *end)
{
  gboolean wrong = end->reason == BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED
                   || end->reason == BECKON_SESSION_RESULT_APPLICATION_FAILED;

  if (self->host == 0 || !wrong || end->data == NULL || !bk_text_is_valid (end->data, MAX_DETAIL, FALSE))
    return NULL;
  return g_strdup_printf (_("“%s”"), end->data);
}
