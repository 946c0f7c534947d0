/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files bk-app-account-*.c of the window about an account share. */
#pragma once

#include "preferences/bk-app-account-page.h"

G_BEGIN_DECLS

struct _BkAppAccountPage
{
  AdwWindow parent_instance;

  /* Template Widgets */
  AdwToastOverlay *toasts;
  AdwAvatar *avatar;
  GtkWidget *remove_picture;
  GtkWidget *old_password;
  GtkWidget *new_password;
  GtkWidget *change_password;
  GtkListBox *devices;
  GtkLabel *no_devices;
  GtkWidget *export;
  GtkWidget *clear;
  GtkWidget *remove;

  /* Owned References */
  BeckonAccount *account;
  GListModel *accounts; /* the window goes when it is no longer there */
  GCancellable *cancellable;
  GtkFileChooserNative *chooser; /* while a file is being chosen */

  gboolean exporting;
};

/* Says something in the window, as long as it is there. */
void bk_app_account_page_tell (BkAppAccountPage *self, const char *text);

/* bk-app-account-end.c: asks for the password and the sign-in name, then deletes the account on the server. */
void bk_app_account_page_ask_deletion (BkAppAccountPage *self);

/* bk-app-account-history.c */
void bk_app_account_page_ask_clearing (BkAppAccountPage *self);
void bk_app_account_page_choose_export (BkAppAccountPage *self);

G_END_DECLS
