/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-account-private.h"
#include "beckon-group.h"

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

#define BECKON_VARIANT_GROUP "(ssas)"

/* @value: see im.beckon.Account1. */
BeckonGroup *beckon_group_new (BeckonAccount *account, GVariant *value);
/* Takes over a newer form. */
void beckon_group_update (BeckonGroup *self, BeckonAccount *account, GVariant *value);
void beckon_group_take_in (BeckonGroup *self, BeckonContact *contact);
void beckon_group_let_go (BeckonGroup *self, const char *who);

#pragma GCC visibility pop
G_END_DECLS
