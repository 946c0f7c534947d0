/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-session-notice.h"

#include "bk-app-text.h"
#include "invite/bk-app-session-news.h"

#include <glib/gi18n.h>

char *
bk_app_session_notice_id (const char *kind, BeckonSession *session)
{
  return g_strconcat (kind, "-", beckon_session_get_id (session), NULL);
}

static char *
dup_title (BeckonSession *session)
{
  const char *who = beckon_session_get_user_name (session);

  if (bk_app_session_is_file (session))
    return g_strdup_printf (_("%s wants to send you a file"), who);
  return g_strdup_printf (_("%s invites you to %s"), who,
                          bk_app_application_word (beckon_session_get_application_name (session)));
}

BkAppNotice *
bk_app_session_notice_new_question (BeckonMessenger *messenger, BeckonSession *session)
{
  const char *id = beckon_session_get_id (session);
  g_autofree char *plain = dup_title (session);
  g_autofree char *title = bk_app_dup_with_account (messenger, plain, beckon_session_get_my_signin_name (session));
  g_autofree char *file = bk_app_session_dup_file (session);
  BkAppNotice *notice = bk_app_notice_new (BK_APP_NOTICE_INVITATION, title,
                                           file != NULL ? file : _("If you accept, it starts for both of you."));

  bk_app_notice_set_press (notice, "app.show-invitation", g_variant_new_string (id));
  bk_app_notice_add_button (notice, _("Accept"), "app.accept", g_variant_new_string (id));
  bk_app_notice_add_button (notice, _("Decline"), "app.decline", g_variant_new_string (id));
  bk_app_notice_add_button (notice, _("Cancel"), "app.cancel", g_variant_new_string (id));
  return notice;
}

BkAppNotice *
bk_app_session_notice_new_file (BeckonSession *session)
{
  const char *id = beckon_session_get_id (session);
  const char *who = beckon_session_get_user_name (session);
  gboolean here = bk_app_session_is_invitee (session);
  g_autofree char *title = g_strdup_printf (here ? _("File from %s received") : _("%s has received your file"), who);
  g_autofree char *file = bk_app_session_dup_file (session);
  BkAppNotice *notice = bk_app_notice_new (BK_APP_NOTICE_PLAIN, title, file);

  bk_app_notice_set_press (notice, "app.open-conversation",
                           g_variant_new ("(ss)", beckon_session_get_my_signin_name (session),
                                          beckon_session_get_user (session)));
  if (here)
    {
      bk_app_notice_add_button (notice, _("Open"), "app.open-file", g_variant_new_string (id));
      bk_app_notice_add_button (notice, _("Show in Folder"), "app.show-file", g_variant_new_string (id));
    }
  return notice;
}
