/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-types.h"

G_BEGIN_DECLS

#define BECKON_TYPE_CONTACT (beckon_contact_get_type ())
/**
 * BeckonContact:
 *
 * Somebody on the contact list, or who asks to be (`IMessengerContact`). When anything about a contact changes, the
 * same object stays in the list and its properties are notified.
 */
G_DECLARE_FINAL_TYPE (BeckonContact, beckon_contact, BECKON, CONTACT, GObject)

const char *beckon_contact_get_signin_name (BeckonContact *self);
const char *beckon_contact_get_display_name (BeckonContact *self);
BeckonRelation beckon_contact_get_relation (BeckonContact *self);
gboolean beckon_contact_get_blocked (BeckonContact *self);
BeckonStatus beckon_contact_get_status (BeckonContact *self);
const char *beckon_contact_get_personal_message (BeckonContact *self);
const char *beckon_contact_get_request_text (BeckonContact *self);
gboolean beckon_contact_get_is_self (BeckonContact *self);
guint beckon_contact_get_unread (BeckonContact *self);
const char *beckon_contact_get_alias (BeckonContact *self);
const char *beckon_contact_get_avatar (BeckonContact *self);
gboolean beckon_contact_get_pinned (BeckonContact *self);
gboolean beckon_contact_get_muted (BeckonContact *self);
gboolean beckon_contact_get_typing (BeckonContact *self);
const char *beckon_contact_get_draft (BeckonContact *self);
const char *beckon_contact_get_last_text (BeckonContact *self);
gint64 beckon_contact_get_last_time (BeckonContact *self);
gboolean beckon_contact_get_last_outgoing (BeckonContact *self);
BeckonDelivery beckon_contact_get_last_delivery (BeckonContact *self);
gboolean beckon_contact_get_last_session (BeckonContact *self);

G_END_DECLS
