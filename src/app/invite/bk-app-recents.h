/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom the user has invited to what, the last first: what is near at hand in menus and dialogs. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_APP_RECENTS_MAX 64

void bk_app_recents_note (const char *who, const char *guid);

typedef struct _BkAppRecents BkAppRecents;

/* How it is now. */
BkAppRecents *bk_app_recents_new (void);
void bk_app_recents_free (BkAppRecents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkAppRecents, bk_app_recents_free)

/* How near an application is for somebody, 0 the nearest: first what they were invited to, then what anybody was. @who:
 * NULL for anybody. G_MAXUINT if it never was. */
guint bk_app_recents_rank_application (BkAppRecents *self, const char *who, const char *guid);
/* The same for people. @guid: NULL for any application. */
guint bk_app_recents_rank_person (BkAppRecents *self, const char *who, const char *guid);

G_END_DECLS
