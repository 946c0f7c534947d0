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
  AdwStatusPage *failure;
  BkAppAccountForm *form;
  AdwLeaflet *leaflet;
  BkAppContacts *contacts;
  BkAppConversation *conversation;

  /* Owned References */
  BkApp *app;
  BkAppPeople *people; /* with the messenger */
  char *wanted_account; /* whose conversation is to be shown; kept over a restart of the session service */
  char *wanted_who;     /* NULL: nobody's */

  guint rescue; /* source that looks whether the keyboard is in a menu that is gone */
};

/* bk-app-window-actions.c */
void bk_app_window_install_actions (GtkWidgetClass *widget_class);

/* bk-app-window-people.c */
void bk_app_window_install_people_actions (GtkWidgetClass *widget_class);

G_END_DECLS
