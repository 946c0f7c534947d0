/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-types.h"

G_BEGIN_DECLS

#define BECKON_TYPE_MESSAGE (beckon_message_get_type ())
/**
 * BeckonMessage:
 *
 * One entry of a conversation: what somebody wrote, or, when [property@Message:session] is not empty, a session. Its
 * delivery, time and error and the result of a session can change; the rest does not.
 */
G_DECLARE_FINAL_TYPE (BeckonMessage, beckon_message, BECKON, MESSAGE, GObject)

gint64 beckon_message_get_id (BeckonMessage *self);
const char *beckon_message_get_message_id (BeckonMessage *self);
gboolean beckon_message_get_outgoing (BeckonMessage *self);
const char *beckon_message_get_text (BeckonMessage *self);
gint64 beckon_message_get_time (BeckonMessage *self);
BeckonDelivery beckon_message_get_delivery (BeckonMessage *self);
const char *beckon_message_get_error (BeckonMessage *self);
const char *beckon_message_get_session (BeckonMessage *self);
const char *beckon_message_get_application (BeckonMessage *self);
const char *beckon_message_get_application_name (BeckonMessage *self);
BeckonSessionResult beckon_message_get_result (BeckonMessage *self);
const char *beckon_message_get_result_text (BeckonMessage *self);
const char *beckon_message_get_file_name (BeckonMessage *self);
guint64 beckon_message_get_file_size (BeckonMessage *self);
const char *beckon_message_get_file_path (BeckonMessage *self);

G_END_DECLS
