/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trial: the user invites nobody but this machine. Both sides walk along the same edges as any session. */
#include "bk-engine-session-private.h"

#include "bk-ids.h"

#include <glib/gi18n-lib.h>

#define MYSELF "yourself@localhost"
#define LOOPBACK "127.0.0.1"

static gboolean
check_application (BkEngineRegistry *registry, const char *guid, GError **error)
{
  BkEngineApplication *application = bk_engine_registry_find (registry, guid);
  const char *reason = NULL;

  if (application == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_APP_NOT_REGISTERED,
                           _("This application is not registered."));
      return FALSE;
    }
  if (bk_engine_application_is_present (application, &reason))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_FAILED, reason);
  bk_engine_registry_refresh (registry, guid);
  return FALSE;
}

static void
set_local_address (BkEngineSession *self)
{
  g_free (self->local_address);
  self->local_address = g_strdup (LOOPBACK);
}

static BkEngineSession *
make_inviter (BkEngineSessions *self, const char *guid)
{
  g_autofree char *id = bk_guid_new ();
  BkEngineSession *inviter = bk_session_new (bk_engine_sessions_get_world (self), NULL, id, BK_ROLE_INVITER,
                                             bk_engine_sessions_take_number (self));

  set_local_address (inviter);
  inviter->user = g_strdup (MYSELF);
  inviter->application = bk_guid_normalize (guid);
  bk_session_read_registration (inviter);
  bk_session_make_channel (inviter);
  bk_session_move (inviter, BK_LIFE_CREATE, NULL, NULL);
  bk_session_move (inviter, BK_LIFE_INVITE, NULL, NULL); /* nothing is sent: it has arrived already */
  return inviter;
}

static BkEngineSession *
make_invitee (BkEngineSessions *self, BkEngineSession *inviter)
{
  g_autoptr (BkEnvelope) invite = bk_session_envelope (inviter, BK_ENVELOPE_INVITE, NULL);
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_SESSION, .who = (char *) MYSELF, .envelope = invite };
  BkEngineSession *invitee = bk_session_new_received (bk_engine_sessions_get_world (self), NULL, &event,
                                                      bk_engine_sessions_take_number (self));

  set_local_address (invitee);
  g_set_weak_pointer (&inviter->partner, invitee);
  g_set_weak_pointer (&invitee->partner, inviter);
  return invitee;
}

gboolean
bk_engine_sessions_try (BkEngineSessions *self, const char *guid, BkEngineSession **inviter,
                        BkEngineSession **invitee, GError **error)
{
  if (!check_application (bk_engine_sessions_get_world (self)->registry, guid, error)
      || !bk_engine_sessions_has_room (self, NULL, error))
    return FALSE;

  g_autoptr (BkEngineSession) first = make_inviter (self, guid);
  g_autoptr (BkEngineSession) second = make_invitee (self, first);
  bk_engine_sessions_add (self, first);
  bk_engine_sessions_add (self, second);
  *inviter = first;
  *invitee = second;
  return bk_engine_session_accept (second, NULL, error);
}
