/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one header that programs include. */
#pragma once

#include "beckon-account.h"
#include "beckon-alert.h"
#include "beckon-application.h"
#include "beckon-contact.h"
#include "beckon-conversation.h"
#include "beckon-enums.h"
#include "beckon-error.h"
#include "beckon-found.h"
#include "beckon-group.h"
#include "beckon-lock.h"
#include "beckon-message.h"
#include "beckon-messenger-priv.h"
#include "beckon-messenger.h"
#include "beckon-session-manager.h"
#include "beckon-session.h"
#include "beckon-types.h"
