/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-types.h"

G_BEGIN_DECLS

#define BECKON_TYPE_APPLICATION (beckon_application_get_type ())
/**
 * BeckonApplication:
 *
 * An application that is registered for sessions. It does not change: when a registration does, the list gets a new
 * object.
 */
G_DECLARE_FINAL_TYPE (BeckonApplication, beckon_application, BECKON, APPLICATION, GObject)

const char *beckon_application_get_guid (BeckonApplication *self);
const char *beckon_application_get_name (BeckonApplication *self);
const char *beckon_application_get_url (BeckonApplication *self);
const char *beckon_application_get_icon (BeckonApplication *self);
const char *beckon_application_get_comment (BeckonApplication *self);
BeckonSessionFlags beckon_application_get_flags (BeckonApplication *self);
gboolean beckon_application_get_present (BeckonApplication *self);
const char *beckon_application_get_reason (BeckonApplication *self);
gboolean beckon_application_get_user (BeckonApplication *self);

G_END_DECLS
