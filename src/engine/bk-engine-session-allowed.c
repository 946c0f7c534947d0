/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invitations that need no question, because the user always allows this application to this contact. Whatever makes
 * it doubtful that the user would want that just now brings the question back. */
#include "bk-engine-session-private.h"

#include <glib/gi18n-lib.h>

gboolean
bk_engine_session_get_automatic (BkEngineSession *self)
{
  return self->automatic;
}

/* One at a time: else whoever is allowed something could start it over and over. */
static gboolean
is_one_open (BkEngineSession *self)
{
  GListModel *sessions = G_LIST_MODEL (self->world->sessions);

  for (guint i = 0; i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (BkEngineSession) other = g_list_model_get_item (sessions, i);

      if (other->automatic && bk_session_is_open (other) && other->account == self->account
          && g_strcmp0 (other->user, self->user) == 0 && g_strcmp0 (other->application, self->application) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_user_there (BkEngineSession *self)
{
  return bk_engine_account_get_wanted_status (self->account) != BECKON_STATUS_BUSY
         && (self->world->seat == NULL || !bk_seat_get_locked (self->world->seat));
}

static gboolean
is_allowed (BkEngineSession *self)
{
  return self->account != NULL && self->transfer == NULL && bk_engine_account_is_allowed (self->account, self->user, self->application)
         && self->link.identity != BECKON_IDENTITY_CHANGED && is_user_there (self)
         && bk_session_is_application_present (self) && bk_session_check_hosting (self, NULL) && !is_one_open (self);
}

static void
tell (BkEngineSession *self)
{
  g_autofree char *user = bk_session_dup_user_name (self);
  g_autofree char *text = g_strdup_printf (_("%s starts with %s, as you always allow it."),
                                           bk_engine_session_get_application_name (self), user);

  bk_session_note (self, _("accepted without asking: it is always allowed"));
  bk_session_changed (self, "Automatic");
  bk_engine_sessions_emit_notice (self->world->sessions, "automatic", text, self);
}

/* Accepts an invitation that needs no question. FALSE: the user is to be asked. */
gboolean
bk_session_accept_allowed (BkEngineSession *self)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);

  if (!is_allowed (self))
    return FALSE;
  self->automatic = TRUE;
  if (bk_engine_session_accept (self, NULL, NULL))
    {
      if (self->world->sessions != NULL)
        tell (self);
      return TRUE;
    }
  self->automatic = FALSE;
  return self->state != BECKON_SESSION_STATE_INVITATION;
}
