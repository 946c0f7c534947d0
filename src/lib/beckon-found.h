/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-account.h"

G_BEGIN_DECLS

#define BECKON_TYPE_FOUND (beckon_found_get_type ())
/**
 * BeckonFound:
 *
 * A message that a search of the history found, and where it is.
 */
G_DECLARE_FINAL_TYPE (BeckonFound, beckon_found, BECKON, FOUND, GObject)

BeckonAccount *beckon_found_get_account (BeckonFound *self);
const char *beckon_found_get_who (BeckonFound *self);
BeckonMessage *beckon_found_get_message (BeckonFound *self);

G_END_DECLS
