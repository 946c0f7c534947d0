/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One desktop notification, before it is known by which way it goes out. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  BK_APP_NOTICE_PLAIN,
  BK_APP_NOTICE_MESSAGE,
  BK_APP_NOTICE_INVITATION,
} BkAppNoticeKind;

#define BK_APP_NOTICE_MAX_BUTTONS 3

typedef struct
{
  char *label;
  char *action;     /* with "app." */
  GVariant *target; /* nullable */
} BkAppNoticeButton;

typedef struct
{
  BkAppNoticeKind kind;
  char *title;
  char *body; /* nullable */
  BkAppNoticeButton press;                              /* on the notification itself; its action is nullable */
  BkAppNoticeButton buttons[BK_APP_NOTICE_MAX_BUTTONS]; /* in use as far as there is a label */
  BkAppNoticeButton reply; /* instead of the first button where text can be written in the notification; its label is
                              nullable. The text is appended to the target, a tuple of strings */
} BkAppNotice;

/* Both texts come from anybody: they are no markup, and are cut where they are too long. @body: nullable. */
BkAppNotice *bk_app_notice_new (BkAppNoticeKind kind, const char *title, const char *body);
/* Each takes a floating @target; nullable. */
void bk_app_notice_set_press (BkAppNotice *self, const char *action, GVariant *target);
void bk_app_notice_add_button (BkAppNotice *self, const char *label, const char *action, GVariant *target);
void bk_app_notice_set_reply (BkAppNotice *self, const char *label, const char *action, GVariant *target);
void bk_app_notice_free (BkAppNotice *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkAppNotice, bk_app_notice_free)

G_END_DECLS
