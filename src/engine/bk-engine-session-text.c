/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a session ended, in words that name the people and the program. */
#include "bk-engine-session-private.h"

#include <glib/gi18n-lib.h>

/* Returns what the other person is called here. */
char *
bk_session_dup_user_name (BkEngineSession *self)
{
  if (self->account == NULL)
    /* Translators: stands where the name of a person would, anywhere in a sentence: the user tries a program alone */
    return g_strdup (C_ ("name", "Test Partner"));

  BkEngineContact *contact
    = self->user != NULL ? bk_engine_account_find_contact (self->account, self->user) : NULL;

  if (contact != NULL)
    return g_strdup (bk_engine_contact_get_display_name (contact));
  return g_strdup (self->user != NULL ? self->user : "");
}

/* What the other side did; NULL where the plain sentence of the result says it all. */
static char *
compose_remote (BkEngineSession *self, BeckonSessionResult result, const char *user, const char *application)
{
  switch (result)
    {
    case BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED:
      return g_strdup_printf (_("%s could not be started where %s is."), application, user);
    case BECKON_SESSION_RESULT_INVITATION_DECLINED:
      return g_strdup_printf (_("%s declined."), user);
    case BECKON_SESSION_RESULT_CANCELLED_REMOTE:
      return g_strdup_printf (_("%s cancelled."), user);
    case BECKON_SESSION_RESULT_APP_NOT_PRESENT:
      return g_strdup_printf (_("%s did not install %s."), user, application);
    case BECKON_SESSION_RESULT_ENDED:
      return g_strdup_printf (_("%s closed %s."), user, application);
    case BECKON_SESSION_RESULT_APPLICATION_FAILED:
      return g_strdup_printf (_("%s ended with an error where %s is."), application, user);
    case BECKON_SESSION_RESULT_SIGNED_OUT:
      return g_strdup_printf (_("%s signed out."), user);
    case BECKON_SESSION_RESULT_SERVICE_RESTARTED:
      return g_strdup_printf (_("Beckon was restarted where %s is."), user);
    case BECKON_SESSION_RESULT_TIMEOUT:
    case BECKON_SESSION_RESULT_CONNECTION_FAILURE:
    case BECKON_SESSION_RESULT_AUTHENTICATION_FAILED:
    case BECKON_SESSION_RESULT_PROTOCOL_ERROR:
    case BECKON_SESSION_RESULT_CANCELLED_LOCAL:
    case BECKON_SESSION_RESULT_INVITATION_SEND_FAILURE:
    case BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE:
    case BECKON_SESSION_RESULT_DECLINED_ELSEWHERE:
    case BECKON_SESSION_RESULT_SUPERSEDED:
    case BECKON_SESSION_RESULT_NONE:
      break;
    }
  return NULL;
}

static char *
compose_local (BkEngineSession *self, BeckonSessionResult result, const char *user, const char *application)
{
  switch (result)
    {
    case BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED:
      return g_strdup_printf (_("%s could not be started."), application);
    case BECKON_SESSION_RESULT_INVITATION_DECLINED:
      return g_strdup (_("You declined."));
    case BECKON_SESSION_RESULT_INVITATION_SEND_FAILURE:
      return g_strdup_printf (_("The invitation to %s could not be delivered."), user);
    case BECKON_SESSION_RESULT_ENDED:
      return g_strdup_printf (_("%s was closed."), application);
    case BECKON_SESSION_RESULT_APPLICATION_FAILED:
      return g_strdup_printf (_("%s ended with an error."), application);
    case BECKON_SESSION_RESULT_SIGNED_OUT:
      return g_strdup (_("You signed out."));
    case BECKON_SESSION_RESULT_CANCELLED_REMOTE:
    case BECKON_SESSION_RESULT_APP_NOT_PRESENT:
    case BECKON_SESSION_RESULT_TIMEOUT:
    case BECKON_SESSION_RESULT_CONNECTION_FAILURE:
    case BECKON_SESSION_RESULT_AUTHENTICATION_FAILED:
    case BECKON_SESSION_RESULT_PROTOCOL_ERROR:
    case BECKON_SESSION_RESULT_CANCELLED_LOCAL:
    case BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE:
    case BECKON_SESSION_RESULT_DECLINED_ELSEWHERE:
    case BECKON_SESSION_RESULT_SUPERSEDED:
    case BECKON_SESSION_RESULT_SERVICE_RESTARTED:
    case BECKON_SESSION_RESULT_NONE:
      break;
    }
  return NULL;
}

/* Who it was that let the invitation run out does not depend on whose clock struck first. */
static char *
compose_timeout (BkEngineSession *self, const char *user, const char *application)
{
  if (self->role == BK_ROLE_INVITEE)
    return g_strdup_printf (_("The invitation from %s ran out."), user);
  if (self->installing)
    return g_strdup_printf (_("%s did not install %s in time."), user, application);
  return g_strdup_printf (_("%s did not answer in time."), user);
}

/* Returns the sentence for the end that @move brings: as exact as can be, never empty. */
char *
bk_session_compose_result (BkEngineSession *self, const BkMove *move)
{
  g_autofree char *user = bk_session_dup_user_name (self);
  const char *name = bk_engine_session_get_application_name (self);
  const char *application = *name != '\0' ? name : C_ ("name", "Unknown Application");
  char *text = NULL;

  if (self->user == NULL)
    return g_strdup (beckon_session_result_to_text (move->result));
  if (self->transfer != NULL)
    text = bk_session_compose_transfer (self, move);
  if (text == NULL && move->result == BECKON_SESSION_RESULT_TIMEOUT)
    text = compose_timeout (self, user, application);
  else if (text == NULL && move->remote)
    text = compose_remote (self, move->result, user, application);
  else if (text == NULL)
    text = compose_local (self, move->result, user, application);

  g_autofree char *sentence
    = text != NULL ? text : g_strdup (beckon_session_result_to_text (move->result));
  if (move->detail == NULL || (self->transfer != NULL && self->transfer->done))
    return g_steal_pointer (&sentence);
  /* Translators: what stands between two sentences; each has its full stop */
  return g_strdup_printf (C_ ("two sentences", "%s %s"), sentence, move->detail);
}
