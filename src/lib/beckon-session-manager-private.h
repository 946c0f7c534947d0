/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-remote-private.h"
#include "beckon-session-manager.h"

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

BeckonRemote *beckon_session_manager_get_remote (BeckonSessionManager *self);
/* CreateSession with @options, consumed if floating. BeckonSession through @task, consumed. */
void beckon_session_manager_create (BeckonSessionManager *self, GVariant *options, GTask *task);

#pragma GCC visibility pop
G_END_DECLS
