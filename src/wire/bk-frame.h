/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frames of the native service, subprotocol `beckon.1`: one JSON object per WebSocket text message. The table in
 * bk-frame.c is the protocol; data/protocol/ explains it in words. */
#pragma once

#include "bk-envelope.h"
#include "bk-fields.h"

G_BEGIN_DECLS

#define BK_FRAME_SUBPROTOCOL "beckon.1"
#define BK_FRAME_VERSION 1
#define BK_FRAME_PATH "/beckon"
#define BK_FRAME_DEFAULT_PORT 5290

typedef enum
{
  /* requests of the client, each answered by `ok`, `error` or (sign-in) `signed-in` with the same id */
  BK_FRAME_REGISTER,
  BK_FRAME_SIGN_IN,
  BK_FRAME_SIGN_OUT,
  BK_FRAME_PRESENCE_SET,
  BK_FRAME_PROFILE_SET,
  BK_FRAME_CONTACT_ADD,
  BK_FRAME_CONTACT_APPROVE,
  BK_FRAME_CONTACT_DECLINE,
  BK_FRAME_CONTACT_REMOVE,
  BK_FRAME_CONTACT_BLOCK,
  BK_FRAME_GROUP_CREATE,
  BK_FRAME_GROUP_RENAME,
  BK_FRAME_GROUP_REMOVE,
  BK_FRAME_GROUP_CONTACT,
  BK_FRAME_MESSAGE_SEND,
  BK_FRAME_SESSION_SEND,
  BK_FRAME_LOCK_CHALLENGE,
  BK_FRAME_LOCK_RESPOND,
  BK_FRAME_LOCK_RELEASE,
  BK_FRAME_ALERTS_ENABLE,
  BK_FRAME_RELAYS,
  BK_FRAME_MARK_SET,
  BK_FRAME_TYPING_SET,
  BK_FRAME_CONTACT_SET,
  BK_FRAME_AVATAR_SET,
  BK_FRAME_AVATAR_GET,
  BK_FRAME_PASSWORD_SET,
  BK_FRAME_DEVICES,
  BK_FRAME_DEVICE_REMOVE,
  BK_FRAME_ACCOUNT_REMOVE,
  /* answers of the server */
  BK_FRAME_OK,
  BK_FRAME_ERROR,
  BK_FRAME_SIGNED_IN,
  /* what the server says by itself */
  BK_FRAME_HELLO,
  BK_FRAME_CONTACT,
  BK_FRAME_GROUP,
  BK_FRAME_PRESENCE,
  BK_FRAME_MESSAGE,
  BK_FRAME_MARK,
  BK_FRAME_TYPING,
  BK_FRAME_PROFILE,
  BK_FRAME_SESSION,
  BK_FRAME_SESSION_ELSEWHERE,
  BK_FRAME_LOCK_CHALLENGED,
  BK_FRAME_LOCK_REVOKED,
  BK_FRAME_ALERT,
  BK_FRAME_CAUGHT_UP,
  BK_FRAME_BYE,
} BkFrameType;
#define BK_N_FRAME_TYPES 48

typedef enum
{
  BK_FRAME_REQUEST, /* client → server, has an id */
  BK_FRAME_REPLY,   /* server → client, has the id of its request (an `error` about no request has none) */
  BK_FRAME_PUSH,    /* server → client, no id */
} BkFrameClass;

typedef struct _BkFrame BkFrame;

BkFrame *bk_frame_new (BkFrameType type, gint64 id);
BkFrame *bk_frame_new_error (gint64 id, const GError *error);
BkFrame *bk_frame_parse_request (const char *text, gsize length, gint64 *id, GError **error);
BkFrame *bk_frame_parse_from_server (const char *text, gsize length, GError **error);
void bk_frame_free (BkFrame *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkFrame, bk_frame_free)

BkFrameType bk_frame_get_frame_type (const BkFrame *self);
BkFrameClass bk_frame_get_class (const BkFrame *self);
gint64 bk_frame_get_id (const BkFrame *self);
const char *bk_frame_get_string (const BkFrame *self, const char *name);
gint64 bk_frame_get_int (const BkFrame *self, const char *name);
char **bk_frame_dup_strings (const BkFrame *self, const char *name);
GArray *bk_frame_dup_ints (const BkFrame *self, const char *name);
const BkEnvelope *bk_frame_get_envelope (const BkFrame *self);
GError *bk_frame_dup_error (const BkFrame *self);

void bk_frame_set_id (BkFrame *self, gint64 id);
void bk_frame_set_string (BkFrame *self, const char *name, const char *value);
void bk_frame_set_int (BkFrame *self, const char *name, gint64 value);
void bk_frame_set_strings (BkFrame *self, const char *name, const char *const *values);
void bk_frame_set_ints (BkFrame *self, const char *name, const gint64 *values, gsize n_values);
void bk_frame_set_bool (BkFrame *self, const char *name, gboolean value);
void bk_frame_set_envelope (BkFrame *self, const BkEnvelope *envelope);

GBytes *bk_frame_to_bytes (const BkFrame *self);
GBytes *bk_frame_to_bytes_with (const BkFrame *self, const char *name, gint64 value);

const char *bk_frame_type_to_nick (BkFrameType type);
BkFrameClass bk_frame_type_get_class (BkFrameType type);
const BkField *bk_frame_type_get_fields (BkFrameType type);

G_END_DECLS
