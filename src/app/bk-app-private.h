/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files bk-app*.c share. */
#pragma once

#include "bk-app.h"
#include "bk-app-autostart.h"
#include "invite/bk-app-invitations.h"
#include "invite/bk-app-picks.h"
#include "notify/bk-app-notifier.h"
#include "notify/bk-app-quiet.h"
#include "portal/bk-app-inhibited.h"
#include "portal/bk-app-notices.h"
#include "window/bk-app-window.h"

G_BEGIN_DECLS

struct _BkApp
{
  AdwApplication parent_instance;

  /* Owned References */
  BeckonMessenger *messenger;
  GSettings *settings;
  BkAppAutostart *autostart;
  BkAppNotices *notices;
  BkAppInhibited *inhibited;
  BkAppPeople *people;           /* with the messenger, as those that follow */
  BkAppQuiet *quiet;
  BkAppInvitations *invitations;
  BkAppPicks *picks;
  BkAppNotifier *notifier;
  GCancellable *cancellable;     /* of the attempt to reach the session service that is under way */
  char *failure;
  GHashTable *drafts;
  char *early_session; /* answered from a notification before there was a messenger; nullable */
  const char *early_verb;
  GVariant *early_page; /* the same for what somebody wants to be shown; nullable */
  const char *early_action;
  char *question;       /* id of the session whose question was asked for last; nullable */
  char *wanted_person; /* of a link that was opened while there was no account; nullable */

  gboolean stays; /* when the last window is closed */
  guint retry;    /* source that tries again to reach the session service */
  guint attempts; /* since it was last there */
};

/* bk-app-actions.c */
void bk_app_actions_init (BkApp *self);
/* Gives the answer, and shows what somebody wants to be shown, that came before the messenger. */
void bk_app_answer_early (BkApp *self);

/* bk-app-mail.c */
/* The user answers, or has read, without the window. */
void bk_app_mail_actions_init (BkApp *self);

/* bk-app.c */
BkAppNotices *bk_app_get_notices (BkApp *self);
BkAppWindow *bk_app_get_window (BkApp *self); /* nullable: the main window */
BkAppWindow *bk_app_show_window (BkApp *self);
void bk_app_try_again (BkApp *self);

/* bk-app-tell.c */
/* Whether the user has the conversation with somebody before their eyes: then nothing in it has to be told. */
gboolean bk_app_shows (BkApp *self, const char *account, const char *who);
/* Says something in the window if the user is there, else by a notification; one of the same @id replaces it. */
void bk_app_tell (BkApp *self, const char *id, const char *text);
/* The same with all that a notification can have. @notice: taken. */
void bk_app_tell_notice (BkApp *self, const char *id, BkAppNotice *notice);
/* The same about a session that is about to go on, with a button to cancel it. */
void bk_app_tell_cancellable (BkApp *self, BeckonSession *session, const char *text);
/* The window was closed: says, once for all, that the application is still there. */
void bk_app_explain_background (BkApp *self);

G_END_DECLS
