/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads for what takes a while to compute, such as pictures: few, and apart from those that wait for files. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Answers the task, in a thread. */
typedef void (*BkAppPoolFunc) (GTask *task, gpointer task_data);

/* Has @func called with @task and its data, unless it is cancelled before. */
void bk_app_pool_push (GTask *task, BkAppPoolFunc func);

G_END_DECLS
