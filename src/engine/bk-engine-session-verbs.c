/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What programs and people ask of a session. */
#include "bk-engine-session-private.h"

#include "bk-ids.h"

#include <string.h>

gboolean
bk_session_check_app_data (const char *app_data, GError **error)
{
  if (app_data == NULL || bk_data_is_valid (app_data, BK_LIMIT_APP_DATA))
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "Application data is UTF-8, at most %d bytes",
               BK_LIMIT_APP_DATA);
  return FALSE;
}

/* ---- READY ---- */

gboolean
bk_engine_session_set_application (BkEngineSession *self, const char *guid, GError **error)
{
  if (self->role == BK_ROLE_INVITEE)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_SESSION_NOT_READY, "The inviter chose the application");
      return FALSE;
    }
  if (!bk_session_can (self, BK_LIFE_CONFIGURE, error) || !bk_session_check_no_pick (self, error))
    return FALSE;

  g_autofree char *normal = bk_guid_normalize (guid);
  if (normal == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "That is not a GUID");
      return FALSE;
    }
  if (bk_engine_registry_find (self->world->registry, normal) == NULL)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_APP_NOT_REGISTERED, "No application %s is registered", normal);
      return FALSE;
    }
  bk_session_set_text (self, &self->application, normal, "Application");
  bk_session_read_registration (self);
  return bk_session_move (self, BK_LIFE_CONFIGURE, NULL, error);
}

gboolean
bk_engine_session_set_local_address (BkEngineSession *self, const char *address, GError **error)
{
  if (!bk_session_can (self, BK_LIFE_CONFIGURE, error) || !bk_session_check_no_pick (self, error))
    return FALSE;
  if (!bk_text_is_valid (address, BK_LIMIT_ADDRESS, FALSE))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "An address is one line of text, at most %d bytes", BK_LIMIT_ADDRESS);
      return FALSE;
    }
  bk_session_set_text (self, &self->local_address, address, "LocalAddress");
  return bk_session_move (self, BK_LIFE_CONFIGURE, NULL, error);
}

/**
 * bk_engine_session_set_message:
 * @self: a session
 * @message: (nullable): what the user says with the invitation, at most BK_LIMIT_INVITE_MESSAGE bytes
 * @error: return location for an error
 *
 * Sets what goes along with the invitation for the other person to read.
 *
 * Errors: SESSION_NOT_READY, INVALID_ARGUMENT.
 *
 * Returns: whether it was set
 */
gboolean
bk_engine_session_set_message (BkEngineSession *self, const char *message, GError **error)
{
  const char *text = message != NULL && *message != '\0' ? message : NULL;

  if (g_strcmp0 (self->message, text) == 0)
    return TRUE;
  if (!bk_session_can (self, BK_LIFE_INVITE, error) || !bk_session_check_no_pick (self, error))
    return FALSE;
  if (text != NULL && !bk_text_is_valid (text, BK_LIMIT_INVITE_MESSAGE, TRUE))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "A message with an invitation is text of at most %d bytes", BK_LIMIT_INVITE_MESSAGE);
      return FALSE;
    }
  bk_session_set_text (self, &self->message, text, "Message");
  return TRUE;
}

gboolean
bk_session_check_application (BkEngineSession *self, GError **error)
{
  if (self->transfer != NULL)
    return TRUE;
  if (self->application == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_APP_NOT_SPECIFIED, "The session has no application yet");
      return FALSE;
    }
  if (bk_engine_registry_find (self->world->registry, self->application) == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_APP_NOT_REGISTERED,
                           "The application is not registered any more");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_signed_in (BkEngineSession *self, GError **error)
{
  if (bk_engine_account_get_state (self->account) == BK_BACKEND_ONLINE)
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_LOGGED_ON, "This account is not signed in");
  return FALSE;
}

static gboolean
check_contact (BkEngineSession *self, const char *who, GError **error)
{
  if (g_str_equal (who, bk_engine_account_get_sign_in_name (self->account)))
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVITED_SELF, "One cannot invite oneself");
      return FALSE;
    }

  BkEngineContact *contact = bk_engine_account_find_contact (self->account, who);
  if (contact == NULL || bk_engine_contact_get_relation (contact) != BECKON_RELATION_ACCEPTED)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_USER_NOT_FOUND, "%s is not a contact", who);
      return FALSE;
    }
  if (!check_signed_in (self, error))
    return FALSE;
  /* Who is invisible or has us blocked looks exactly like who is away. */
  if ((bk_engine_contact_get_status (contact) & BECKON_STATUS_ONLINE) == 0)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_NOT_LOGGED_ON, "%s is not online",
                   bk_engine_contact_get_display_name (contact));
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_ability (BkEngineSession *self, GError **error)
{
  if (BK_IS_BACKEND_SESSIONS (bk_engine_account_get_backend (self->account)))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "This network does not carry invitations");
  return FALSE;
}

/* Whether anybody at all could be invited from the account as it is now. */
gboolean
bk_session_check_account (BkEngineSession *self, GError **error)
{
  return check_signed_in (self, error) && check_ability (self, error);
}

/* Returns whom to invite, or NULL with the error of the first check that fails. Nothing has changed then. */
char *
bk_session_check_invitation (BkEngineSession *self, const char *who, const char *app_data, GError **error)
{
  g_autofree char *name = bk_sign_in_name_normalize (who);

  if (!bk_session_can (self, BK_LIFE_INVITE, error) || !bk_session_check_app_data (app_data, error))
    return NULL;
  if (name == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "That is not a sign-in name");
      return NULL;
    }
  if (!bk_session_check_application (self, error) || !check_contact (self, name, error)
      || !check_ability (self, error))
    return NULL;
  return g_steal_pointer (&name);
}

void
bk_engine_session_drop_unused (BkEngineSession *self)
{
  if (self->state == BECKON_SESSION_STATE_READY)
    bk_session_end (self, BK_LIFE_PROGRAM_ENDED, BECKON_SESSION_RESULT_ENDED, NULL);
}

/* All checks have passed: READY → INVITATION. Whoever waits for it is in invite_task. */
void
bk_session_send_invitation (BkEngineSession *self, const char *who, const char *app_data)
{
  bk_session_set_text (self, &self->user, who, "User");
  bk_session_changed (self, "UserName");
  bk_session_set_text (self, &self->app_data, app_data, "AppData");
  bk_session_set_text (self, &self->context_data, app_data, "ContextData");
  bk_session_make_channel (self);
  g_autoptr (BkEnvelope) invite = bk_session_envelope (self, BK_ENVELOPE_INVITE, app_data);
  BkMove move = { .send = invite };
  bk_session_move (self, BK_LIFE_INVITE, &move, NULL);
  if (self->world->sessions != NULL)
    bk_engine_sessions_resolve_crossing (self->world->sessions, self);
}

void
bk_engine_session_invite_async (BkEngineSession *self, const char *who, const char *app_data, const char *grant,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *name = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, bk_engine_session_invite_async);
  if (bk_session_check_no_pick (self, &error))
    name = bk_session_check_invitation (self, who, app_data, &error);
  if (name == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_set_object (&self->invite_task, task);
  g_free (self->grant);
  self->grant = g_strdup (grant);
  bk_session_send_invitation (self, name, app_data);
}

gboolean
bk_engine_session_invite_finish (BkEngineSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- ending ---- */

/* @reason: what the other side is to see; NONE for a plain cancel. This side always sees that it cancelled. */
gboolean
bk_engine_session_cancel (BkEngineSession *self, BeckonSessionResult reason, const char *app_data, GError **error)
{
  if (self->picking)
    return bk_engine_session_answer_pick (self, NULL, error);
  if (!bk_session_can (self, BK_LIFE_CANCEL, error) || !bk_session_check_app_data (app_data, error))
    return FALSE;
  if ((guint) reason >= BECKON_N_SESSION_RESULTS)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "There is no such reason");
      return FALSE;
    }
  if (reason == BECKON_SESSION_RESULT_NONE || reason == BECKON_SESSION_RESULT_CANCELLED_LOCAL)
    reason = BECKON_SESSION_RESULT_CANCELLED_REMOTE;

  g_autoptr (BkEnvelope) cancel = bk_session_envelope_over (self, BK_ENVELOPE_CANCEL, reason, app_data);
  BkMove move = { .result = BECKON_SESSION_RESULT_CANCELLED_LOCAL, .data = app_data, .send = cancel };
  return bk_session_move (self, BK_LIFE_CANCEL, &move, error);
}

/* ---- context data ---- */

/* Whether one more within this second is within the limit. */
static gboolean
is_too_fast (BkEngineSession *self)
{
  guint oldest = self->context_count % BK_LIMIT_CONTEXT_RATE;

  return self->context_count >= BK_LIMIT_CONTEXT_RATE
         && bk_clock_now (self->world->clock) - self->context_times[oldest] < G_USEC_PER_SEC;
}

static gboolean
check_context_data (BkEngineSession *self, const char *data, GError **error)
{
  gsize length = data != NULL ? strlen (data) : 0;

  if ((self->flags & BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE) != 0)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_VALID_FOR_APP_INVITE,
                           "The program does not know Beckon and reads no context data");
      return FALSE;
    }
  if (length > BK_LIMIT_CONTEXT_DATA || self->context_total + length > BK_LIMIT_CONTEXT_TOTAL || is_too_fast (self))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_CONTEXT_DATA_OVER_LIMIT,
                   "At most %d bytes of context data at once, %d times a second, %d bytes in all",
                   BK_LIMIT_CONTEXT_DATA, BK_LIMIT_CONTEXT_RATE, BK_LIMIT_CONTEXT_TOTAL);
      return FALSE;
    }
  if (data != NULL && bk_data_is_valid (data, BK_LIMIT_CONTEXT_DATA))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "Context data is UTF-8");
  return FALSE;
}

gboolean
bk_engine_session_send_context_data (BkEngineSession *self, const char *data, GError **error)
{
  if (!bk_session_can (self, BK_LIFE_SEND_CONTEXT, error) || !check_context_data (self, data, error))
    return FALSE;

  self->context_total += strlen (data);
  self->context_times[self->context_count++ % BK_LIMIT_CONTEXT_RATE] = bk_clock_now (self->world->clock);
  g_autoptr (BkEnvelope) context = bk_session_envelope (self, BK_ENVELOPE_CONTEXT, data);
  BkMove move = { .send = context };
  return bk_session_move (self, BK_LIFE_SEND_CONTEXT, &move, error);
}
