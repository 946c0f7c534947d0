/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files bk-app-conversation*.c share. */
#pragma once

#include "conversation/bk-app-composer.h"
#include "conversation/bk-app-conversation.h"
#include "conversation/bk-app-find-bar.h"
#include "conversation/bk-app-timeline.h"
#include "conversation/bk-app-writing.h"
#include "invite/bk-app-invite-menu.h"

G_BEGIN_DECLS

struct _BkAppConversation
{
  AdwBin parent_instance;

  /* Template Widgets */
  AdwHeaderBar *header;
  GtkWidget *back;
  AdwWindowTitle *title;
  GtkStack *stack;
  GtkMenuButton *invite_button;
  GtkMenuButton *menu_button;
  BkAppFindBar *find_bar;
  BkAppTimeline *timeline;
  BkAppComposer *composer;

  /* Owned References */
  BeckonMessenger *messenger;
  BkAppInviteMenu *invite_menu;
  BkAppPerson *person;
  BeckonConversation *conversation; /* NULL while it is being read */
  BkAppWriting *writing;            /* with it */
  GHashTable *drafts;               /* "account who" → text */
  GHashTable *places;               /* the same → id of the message where the user was */
  GCancellable *loading;
  GtkNativeDialog *chooser; /* NULL unless it is open */

  gint64 wanted;        /* id of the message to go to as soon as the talk has been read; 0 for none */
  gboolean alone;       /* there is nobody to talk with */
  gboolean wants_focus; /* as soon as one can write */
};

/* bk-app-conversation-kept.c: what was being written to the person, and where in the history the user was. */
char *bk_app_conversation_dup_key (BkAppPerson *person);
void bk_app_conversation_restore_draft (BkAppConversation *self);
void bk_app_conversation_keep_place (BkAppConversation *self);
void bk_app_conversation_restore_place (BkAppConversation *self);

/* bk-app-conversation-files.c: files are dropped on it, or put into the composer. */
void bk_app_conversation_take_drops (BkAppConversation *self);
/* @parameter: (s), the path of a file. */
void bk_app_conversation_send_file (GtkWidget *widget, const char *action, GVariant *parameter);
void bk_app_conversation_attach (BkAppComposer *composer, GListModel *files, gboolean temporary,
                                 BkAppConversation *self);

G_END_DECLS
