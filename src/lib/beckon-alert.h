/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-types.h"

G_BEGIN_DECLS

#define BECKON_TYPE_ALERT (beckon_alert_get_type ())
/**
 * BeckonAlert:
 *
 * What the operator of a service tells people. It does not change. Text and URL are words of somebody else: show them
 * as they are, never as markup.
 */
G_DECLARE_FINAL_TYPE (BeckonAlert, beckon_alert, BECKON, ALERT, GObject)

guint32 beckon_alert_get_site (BeckonAlert *self);
const char *beckon_alert_get_id (BeckonAlert *self);
const char *beckon_alert_get_text (BeckonAlert *self);
const char *beckon_alert_get_url (BeckonAlert *self);
gint64 beckon_alert_get_time (BeckonAlert *self);
const char *beckon_alert_get_account (BeckonAlert *self);

G_END_DECLS
