/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-found.h"

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

BeckonFound *beckon_found_new (BeckonAccount *account, const char *who, GVariant *message);

#pragma GCC visibility pop
G_END_DECLS
