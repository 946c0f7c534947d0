/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-session-news.h"

#include <glib/gi18n.h>

gboolean
bk_app_session_is_invitee (BeckonSession *session)
{
  return (beckon_session_get_flags (session) & BECKON_SESSION_FLAGS_INVITEE) != 0;
}

gboolean
bk_app_session_is_trial (BeckonSession *session)
{
  return g_str_equal (beckon_session_get_user (session), beckon_session_get_my_signin_name (session));
}

gboolean
bk_app_session_is_file (BeckonSession *session)
{
  g_autoptr (GVariant) transfer = beckon_session_dup_transfer (session);

  return transfer != NULL && g_variant_n_children (transfer) > 0;
}

char *
bk_app_session_dup_file (BeckonSession *session)
{
  g_autoptr (GVariant) transfer = beckon_session_dup_transfer (session);
  const char *name = NULL;
  guint64 bytes = 0;

  if (transfer == NULL || !g_variant_lookup (transfer, "name", "&s", &name))
    return NULL;
  g_variant_lookup (transfer, "size", "t", &bytes);
  g_autofree char *size = g_format_size (bytes);
  /* Translators: name of a file, its size */
  return g_strdup_printf (_("%s (%s)"), name, size);
}

gboolean
bk_app_session_is_news (BeckonSession *session)
{
  if (bk_app_session_is_trial (session))
    return FALSE;
  switch (beckon_session_get_result (session))
    {
    case BECKON_SESSION_RESULT_INVITATION_DECLINED:
    case BECKON_SESSION_RESULT_APP_NOT_PRESENT:
      return !bk_app_session_is_invitee (session);
    case BECKON_SESSION_RESULT_TIMEOUT: /* of an invitee too: the dialog goes, the user may never have seen it */
    case BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED:
    case BECKON_SESSION_RESULT_CONNECTION_FAILURE:
    case BECKON_SESSION_RESULT_AUTHENTICATION_FAILED:
    case BECKON_SESSION_RESULT_PROTOCOL_ERROR:
    case BECKON_SESSION_RESULT_INVITATION_SEND_FAILURE:
    case BECKON_SESSION_RESULT_APPLICATION_FAILED:
    case BECKON_SESSION_RESULT_CANCELLED_REMOTE:
    case BECKON_SESSION_RESULT_SIGNED_OUT:
    case BECKON_SESSION_RESULT_SERVICE_RESTARTED:
      return TRUE;
    case BECKON_SESSION_RESULT_NONE:
    case BECKON_SESSION_RESULT_CANCELLED_LOCAL:
    case BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE:
    case BECKON_SESSION_RESULT_DECLINED_ELSEWHERE:
    case BECKON_SESSION_RESULT_SUPERSEDED:
    case BECKON_SESSION_RESULT_ENDED:
      break;
    }
  return FALSE;
}

gboolean
bk_app_session_is_gone (gpointer session, gpointer value, gpointer sessions)
{
  for (guint i = 0; i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (BeckonSession) other = g_list_model_get_item (sessions, i);
      if (other == session)
        return FALSE;
    }
  return TRUE;
}

BeckonSession *
bk_app_session_next_question (GListModel *sessions, const char *after)
{
  g_autoptr (BeckonSession) first = NULL;
  gboolean passed = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (BeckonSession) session = g_list_model_get_item (sessions, i);

      if (passed && beckon_session_get_asking (session))
        return g_steal_pointer (&session);
      if (g_strcmp0 (beckon_session_get_id (session), after) == 0)
        passed = TRUE;
      if (first == NULL && beckon_session_get_asking (session))
        g_set_object (&first, session);
    }
  return g_steal_pointer (&first);
}
