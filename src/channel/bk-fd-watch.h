/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A descriptor that is looked at for what is wanted of it now, and not at all if that is nothing: a hang-up that nobody
 * can answer yet must not keep the main loop busy. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BkFdWatch BkFdWatch;
typedef void (*BkFdWatchFunc) (GIOCondition condition, gpointer user_data);

/* Does not own @fd. Wants nothing at first. */
BkFdWatch *bk_fd_watch_new (int fd, BkFdWatchFunc func, gpointer user_data);
void bk_fd_watch_free (BkFdWatch *self); /* also from inside of the function */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkFdWatch, bk_fd_watch_free)
void bk_fd_watch_want (BkFdWatch *self, GIOCondition condition); /* 0: nothing */

G_END_DECLS
