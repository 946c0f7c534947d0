/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files bk-app-window*.c share. */
#pragma once

#include "contacts/bk-app-contacts.h"
#include "conversation/bk-app-conversation.h"
#include "welcome/bk-app-account-form.h"
#include "window/bk-app-window.h"

G_BEGIN_DECLS

struct _BkAppWindow
{
  AdwApplicationWindow parent_instance;

  /* Template Widgets */
  AdwToastOverlay *toasts;
  GtkStack *stack;

  /* Of the pages, NULL until they are made */
  AdwStatusPage *failure;
  BkAppAccountForm *form;
  AdwLeaflet *leaflet; /* with the two that are on it */
  BkAppContacts *contacts;
  BkAppConversation *conversation;

  /* Owned References */
  BkApp *app;
  BkAppPeople *people; /* with the messenger */
  char *wanted_account; /* whose conversation is to be shown; kept over a restart of the session service */
  char *wanted_who;     /* NULL: nobody's */

  guint rescue; /* source that looks whether the keyboard is in a menu that is gone */
};

/* bk-app-window.c */
/* The page with the people is there: they are shown as soon as there are some. */
void bk_app_window_fill_main (BkAppWindow *self);
void bk_app_window_update_seen (BkAppWindow *self);
void bk_app_window_open_person (BkAppWindow *self, BkAppPerson *person);

/* bk-app-window-actions.c */
void bk_app_window_install_actions (GtkWidgetClass *widget_class);

/* bk-app-window-pages.c */
/* Each page is made when it is needed first: what nobody sees costs nothing at the start. */
void bk_app_window_ensure_failure (BkAppWindow *self);
void bk_app_window_ensure_welcome (BkAppWindow *self);
void bk_app_window_ensure_main (BkAppWindow *self);

/* bk-app-window-people.c */
void bk_app_window_install_people_actions (GtkWidgetClass *widget_class);

G_END_DECLS
