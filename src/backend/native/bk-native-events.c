/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From frames that the server sends by itself to facts of the backend port. Every member was checked by wire/. */
#include "bk-native-backend-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

#define CURSOR_SIZE (BK_LIMIT_CURSOR + 1)

/* Durable facts move the place at which the next connection goes on: a number, and what it belongs to. NULL while the
 * server tells what was known under numbers that are worth nothing now: if that breaks off it starts anew. */
static const char *
advance (BkNativeBackend *self, const BkFrame *frame, char cursor[CURSOR_SIZE])
{
  if (self->again)
    return NULL;
  self->cursor = bk_frame_get_int (frame, "seq");
  g_snprintf (cursor, CURSOR_SIZE, "%" G_GINT64_FORMAT "%s%s", self->cursor, self->epoch != NULL ? "@" : "",
              self->epoch != NULL ? self->epoch : "");
  return cursor;
}

static void
report_contact (BkNativeBackend *self, const BkFrame *frame)
{
  char cursor[CURSOR_SIZE];
  int relation = BECKON_RELATION_NONE;

  g_auto (GStrv) groups = bk_frame_dup_strings (frame, "groups");

  bk_enum_from_nick (BECKON_TYPE_RELATION, bk_frame_get_string (frame, "relation"), &relation);
  bk_native_backend_heard_relation (self, bk_frame_get_string (frame, "who"), (BeckonRelation) relation);
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_CONTACT,
    .cursor = advance (self, frame, cursor),
    .who = bk_frame_get_string (frame, "who"),
    .display_name = bk_frame_get_string (frame, "display_name"),
    .relation = (BeckonRelation) relation,
    .blocked = bk_frame_get_int (frame, "blocked") != 0,
    .text = bk_frame_get_string (frame, "message"),
    .groups = (const char *const *) groups,
    .alias = bk_frame_get_string (frame, "alias"),
    .pinned = bk_frame_get_int (frame, "pinned") != 0,
    .muted = bk_frame_get_int (frame, "muted") != 0,
    .avatar = bk_frame_get_string (frame, "avatar"),
  };
  bk_backend_emit (BK_BACKEND (self), &event);
}

static void
report_profile (BkNativeBackend *self, const BkFrame *frame)
{
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_PROFILE,
    .display_name = bk_frame_get_string (frame, "display_name"),
    .avatar = bk_frame_get_string (frame, "avatar"),
  };

  bk_backend_emit (BK_BACKEND (self), &event);
}

static void
report_group (BkNativeBackend *self, const BkFrame *frame)
{
  char cursor[CURSOR_SIZE];
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_GROUP,
    .cursor = advance (self, frame, cursor),
    .group = bk_frame_get_string (frame, "group"),
    .display_name = bk_frame_get_string (frame, "name"),
  };

  bk_backend_emit (BK_BACKEND (self), &event);
}

static void
report_presence (BkNativeBackend *self, const BkFrame *frame)
{
  int status = BECKON_STATUS_UNKNOWN;

  bk_enum_from_nick (BECKON_TYPE_STATUS, bk_frame_get_string (frame, "status"), &status);
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_PRESENCE,
    .who = bk_frame_get_string (frame, "who"),
    .status = (BeckonStatus) status,
    .personal_message = bk_frame_get_string (frame, "personal_message"),
  };
  bk_backend_emit (BK_BACKEND (self), &event);
}

static void
report_message (BkNativeBackend *self, const BkFrame *frame)
{
  char cursor[CURSOR_SIZE];
  const char *from = bk_frame_get_string (frame, "from");
  gboolean outgoing = g_str_equal (from, self->sign_in_name);
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_MESSAGE,
    .cursor = advance (self, frame, cursor),
    .who = outgoing ? bk_frame_get_string (frame, "to") : from,
    .message_id = bk_frame_get_string (frame, "message"),
    .outgoing = outgoing,
    .text = bk_frame_get_string (frame, "text"),
    .time = bk_frame_get_int (frame, "time"),
  };

  bk_backend_emit (BK_BACKEND (self), &event);
}

static void
report_mark (BkNativeBackend *self, const BkFrame *frame)
{
  char cursor[CURSOR_SIZE];
  gboolean read = g_str_equal (bk_frame_get_string (frame, "mark"), "read");
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_MARK,
    .cursor = advance (self, frame, cursor),
    .who = bk_frame_get_string (frame, "who"),
    .message_id = bk_frame_get_string (frame, "message"),
    .outgoing = bk_frame_get_int (frame, "outgoing") != 0,
    .mark = read ? BECKON_DELIVERY_READ : BECKON_DELIVERY_DELIVERED,
  };

  bk_backend_emit (BK_BACKEND (self), &event);
}

static void
report_typing (BkNativeBackend *self, const BkFrame *frame)
{
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_TYPING,
    .who = bk_frame_get_string (frame, "who"),
    .typing = bk_frame_get_int (frame, "typing") != 0,
  };

  bk_backend_emit (BK_BACKEND (self), &event);
}

static void
report_session (BkNativeBackend *self, const BkFrame *frame)
{
  char cursor[CURSOR_SIZE];
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_SESSION,
    .cursor = advance (self, frame, cursor),
    .who = bk_frame_get_string (frame, "from"),
    .time = bk_frame_get_int (frame, "time"),
    .envelope = bk_frame_get_envelope (frame),
  };

  bk_backend_emit (BK_BACKEND (self), &event);
}

static void
report_elsewhere (BkNativeBackend *self, const BkFrame *frame)
{
  char cursor[CURSOR_SIZE];
  gboolean accepted = g_str_equal (bk_frame_get_string (frame, "result"), "accepted");
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_SESSION_ELSEWHERE,
    .cursor = advance (self, frame, cursor),
    .session = bk_frame_get_string (frame, "session"),
    .result = accepted ? BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE : BECKON_SESSION_RESULT_DECLINED_ELSEWHERE,
  };

  bk_backend_emit (BK_BACKEND (self), &event);
}

static void
report_lock (BkNativeBackend *self, const BkFrame *frame, BkBackendEventType type)
{
  BkBackendEvent event = {
    .type = type,
    .grant = bk_frame_get_string (frame, "grant"),
    .challenge = bk_frame_get_string (frame, "challenge"),
  };

  bk_backend_emit (BK_BACKEND (self), &event);
}

/* One that went to subscribers has no place in the stream. */
static void
report_alert (BkNativeBackend *self, const BkFrame *frame)
{
  char cursor[CURSOR_SIZE];
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_ALERT,
    .alert = bk_frame_get_string (frame, "alert"),
    .site = (guint32) bk_frame_get_int (frame, "site"),
    .text = bk_frame_get_string (frame, "text"),
    .url = bk_frame_get_string (frame, "url"),
    .time = bk_frame_get_int (frame, "time"),
  };

  if (bk_frame_get_int (frame, "seq") > 0)
    event.cursor = advance (self, frame, cursor);
  bk_backend_emit (BK_BACKEND (self), &event);
}

static void
report_caught_up (BkNativeBackend *self, const BkFrame *frame)
{
  char cursor[CURSOR_SIZE];

  if (self->again)
    bk_native_set_text (&self->epoch, self->next_epoch);
  self->again = FALSE;
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_CAUGHT_UP, .cursor = advance (self, frame, cursor) };
  bk_backend_emit (BK_BACKEND (self), &event);
  bk_native_backend_caught_up (self);
}

void
bk_native_backend_take_frame (BkNativeBackend *self, const BkFrame *frame)
{
  switch (bk_frame_get_frame_type (frame))
    {
    case BK_FRAME_CONTACT:
      report_contact (self, frame);
      break;
    case BK_FRAME_GROUP:
      report_group (self, frame);
      break;
    case BK_FRAME_PRESENCE:
      report_presence (self, frame);
      break;
    case BK_FRAME_MESSAGE:
      report_message (self, frame);
      break;
    case BK_FRAME_SESSION:
      report_session (self, frame);
      break;
    case BK_FRAME_SESSION_ELSEWHERE:
      report_elsewhere (self, frame);
      break;
    case BK_FRAME_CAUGHT_UP:
      report_caught_up (self, frame);
      break;
    case BK_FRAME_LOCK_CHALLENGED:
      report_lock (self, frame, BK_BACKEND_EVENT_LOCK_CHALLENGED);
      break;
    case BK_FRAME_LOCK_REVOKED:
      report_lock (self, frame, BK_BACKEND_EVENT_LOCK_REVOKED);
      break;
    case BK_FRAME_ALERT:
      report_alert (self, frame);
      break;
    case BK_FRAME_PROFILE:
      report_profile (self, frame);
      break;
    case BK_FRAME_BYE:
      bk_native_backend_bye (self, frame);
      break;
    case BK_FRAME_MARK:
      report_mark (self, frame);
      break;
    case BK_FRAME_TYPING:
      report_typing (self, frame);
      break;
    case BK_FRAME_REGISTER:
    case BK_FRAME_SIGN_IN:
    case BK_FRAME_SIGN_OUT:
    case BK_FRAME_PRESENCE_SET:
    case BK_FRAME_PROFILE_SET:
    case BK_FRAME_CONTACT_ADD:
    case BK_FRAME_CONTACT_APPROVE:
    case BK_FRAME_CONTACT_DECLINE:
    case BK_FRAME_CONTACT_REMOVE:
    case BK_FRAME_CONTACT_BLOCK:
    case BK_FRAME_GROUP_CREATE:
    case BK_FRAME_GROUP_RENAME:
    case BK_FRAME_GROUP_REMOVE:
    case BK_FRAME_GROUP_CONTACT:
    case BK_FRAME_MESSAGE_SEND:
    case BK_FRAME_SESSION_SEND:
    case BK_FRAME_LOCK_CHALLENGE:
    case BK_FRAME_LOCK_RESPOND:
    case BK_FRAME_LOCK_RELEASE:
    case BK_FRAME_ALERTS_ENABLE:
    case BK_FRAME_RELAYS:
    case BK_FRAME_MARK_SET:
    case BK_FRAME_TYPING_SET:
    case BK_FRAME_CONTACT_SET:
    case BK_FRAME_AVATAR_SET:
    case BK_FRAME_AVATAR_GET:
    case BK_FRAME_PASSWORD_SET:
    case BK_FRAME_DEVICES:
    case BK_FRAME_DEVICE_REMOVE:
    case BK_FRAME_ACCOUNT_REMOVE:
    case BK_FRAME_OK:
    case BK_FRAME_ERROR:
    case BK_FRAME_SIGNED_IN:
    case BK_FRAME_HELLO:
      break; /* the link lets none of these through */
    }
}
