/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of registered applications, the same behind both doors. */
#pragma once

#include "beckon-application.h"
#include "beckon-remote-private.h"

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

/* Follows @remote's ListApplications and ApplicationsChanged in @store. TRUE through @task, which is consumed. */
void beckon_applications_follow (BeckonRemote *remote, GListStore *store, GTask *task);
/* For a "signal" of @remote: brings the list up to date, or is told by @teller's app-registered, app-unregistered. */
void beckon_applications_hear (GListStore *store, const char *name, GVariant *args, GObject *teller);
void beckon_applications_register (BeckonRemote *remote, const char *guid, const char *name, const char *url,
                                   const char *path, GTask *task);

#pragma GCC visibility pop
G_END_DECLS
