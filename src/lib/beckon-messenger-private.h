/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-messenger.h"
#include "beckon-object-list-private.h"
#include "beckon-remote-private.h"

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

BeckonRemote *beckon_messenger_get_remote (BeckonMessenger *self);
BeckonRemote *beckon_messenger_get_registry (BeckonMessenger *self);
BeckonObjectList *beckon_messenger_get_account_list (BeckonMessenger *self);
BeckonObjectList *beckon_messenger_get_session_list (BeckonMessenger *self);
GCancellable *beckon_messenger_get_cancellable (BeckonMessenger *self);

/* beckon-messenger-events.c: passes on what the remotes tell from now on; what came while no window was there. */
void beckon_messenger_hear (BeckonMessenger *self);
void beckon_messenger_hear_registry (BeckonMessenger *self);
void beckon_messenger_tell_alerts (BeckonMessenger *self);

#pragma GCC visibility pop
G_END_DECLS
