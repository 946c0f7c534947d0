/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-frame-private.h"

#include "beckon-error.h"
#include "bk-fields.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-wire-json.h"

/* ---- the table that is the protocol ---- */

static const char *const registration_words[] = { "open", "token", "closed", NULL };
static const char *const status_words[] = {
  "offline", "online", "invisible", "busy", "be-right-back", "idle", "away", "on-the-phone", "out-to-lunch", NULL,
};
static const char *const relation_words[] = { "none", "asked", "asking", "accepted", NULL };
static const char *const elsewhere_words[] = { "accepted", "declined", NULL };
static const char *const mark_words[] = { "delivered", "read", NULL };
static const char *const bye_words[] = { "shutdown", "revoked", "slow", "too-many-devices", "replaced", "disabled", NULL };

#define REQUIRED TRUE
#define OPTIONAL FALSE
#define NAME(name) { name, BK_FIELD_NAME, REQUIRED }
#define GUID(name) { name, BK_FIELD_GUID, REQUIRED }
#define UINT(name) { name, BK_FIELD_UINT, REQUIRED }
#define BOOL(name) { name, BK_FIELD_BOOL, REQUIRED }
#define STATUS { "status", BK_FIELD_WORD, REQUIRED, 0, status_words }
#define DISPLAY_NAME(needed) { "display_name", BK_FIELD_TEXT, needed, BK_LIMIT_DISPLAY_NAME }
#define GROUP_NAME(needed) { "name", BK_FIELD_TEXT, needed, BK_LIMIT_GROUP_NAME }
#define PERSONAL_MESSAGE { "personal_message", BK_FIELD_TEXT, OPTIONAL, BK_LIMIT_PERSONAL_MESSAGE }
#define PASSWORD(needed) { "password", BK_FIELD_TEXT, needed, BK_LIMIT_PASSWORD }
#define TOKEN(needed) { "token", BK_FIELD_TOKEN, needed, BK_LIMIT_TOKEN }
#define REQUEST_TEXT { "message", BK_FIELD_TEXT, OPTIONAL, BK_LIMIT_REQUEST_TEXT }
#define MESSAGE_TEXT { "text", BK_FIELD_LONG_TEXT, REQUIRED, BK_LIMIT_MESSAGE }
#define ALIAS { "alias", BK_FIELD_TEXT, OPTIONAL, BK_LIMIT_DISPLAY_NAME }
#define AVATAR(needed) { "avatar", BK_FIELD_HEX, needed, BK_LIMIT_AVATAR_ID }
#define IMAGE { "image", BK_FIELD_TOKEN, OPTIONAL, BK_LIMIT_AVATAR_BASE64 }
#define MARK { "mark", BK_FIELD_WORD, REQUIRED, 0, mark_words }
#define WORD_OF(name, needed) { name, BK_FIELD_TOKEN, needed, BK_LIMIT_TOKEN }
#define EPOCH { "epoch", BK_FIELD_TOKEN, OPTIONAL, BK_LIMIT_EPOCH }
#define ENVELOPE { "envelope", BK_FIELD_OBJECT, REQUIRED }
#define FIELDS(...) (const BkField[]) { __VA_ARGS__, { NULL } }

static const struct
{
  const char *nick;
  BkFrameClass klass;
  const BkField *fields;
} types[] = {
  [BK_FRAME_REGISTER] = { "register", BK_FRAME_REQUEST,
                          FIELDS (NAME ("name"), PASSWORD (REQUIRED), DISPLAY_NAME (OPTIONAL), TOKEN (OPTIONAL)) },
  [BK_FRAME_SIGN_IN] = { "sign-in", BK_FRAME_REQUEST,
                         FIELDS (NAME ("name"), PASSWORD (OPTIONAL), TOKEN (OPTIONAL),
                                 { "device", BK_FIELD_GUID, OPTIONAL },
                                 { "device_name", BK_FIELD_TEXT, OPTIONAL, BK_LIMIT_DEVICE_NAME }, UINT ("after"),
                                 EPOCH, STATUS, PERSONAL_MESSAGE) },
  [BK_FRAME_SIGN_OUT] = { "sign-out", BK_FRAME_REQUEST, FIELDS (BOOL ("forget")) },
  [BK_FRAME_PRESENCE_SET] = { "presence-set", BK_FRAME_REQUEST, FIELDS (STATUS, PERSONAL_MESSAGE) },
  [BK_FRAME_PROFILE_SET] = { "profile-set", BK_FRAME_REQUEST, FIELDS (DISPLAY_NAME (REQUIRED)) },
  [BK_FRAME_CONTACT_ADD] = { "contact-add", BK_FRAME_REQUEST, FIELDS (NAME ("who"), REQUEST_TEXT) },
  [BK_FRAME_CONTACT_APPROVE] = { "contact-approve", BK_FRAME_REQUEST, FIELDS (NAME ("who")) },
  [BK_FRAME_CONTACT_DECLINE] = { "contact-decline", BK_FRAME_REQUEST, FIELDS (NAME ("who")) },
  [BK_FRAME_CONTACT_REMOVE] = { "contact-remove", BK_FRAME_REQUEST, FIELDS (NAME ("who")) },
  [BK_FRAME_CONTACT_BLOCK] = { "contact-block", BK_FRAME_REQUEST, FIELDS (NAME ("who"), BOOL ("blocked")) },
  [BK_FRAME_GROUP_CREATE] = { "group-create", BK_FRAME_REQUEST, FIELDS (GUID ("group"), GROUP_NAME (REQUIRED)) },
  [BK_FRAME_GROUP_RENAME] = { "group-rename", BK_FRAME_REQUEST, FIELDS (GUID ("group"), GROUP_NAME (REQUIRED)) },
  [BK_FRAME_GROUP_REMOVE] = { "group-remove", BK_FRAME_REQUEST, FIELDS (GUID ("group")) },
  [BK_FRAME_GROUP_CONTACT] = { "group-contact", BK_FRAME_REQUEST,
                               FIELDS (GUID ("group"), NAME ("who"), BOOL ("member")) },
  [BK_FRAME_MESSAGE_SEND] = { "message-send", BK_FRAME_REQUEST, FIELDS (NAME ("to"), GUID ("message"), MESSAGE_TEXT) },
  [BK_FRAME_SESSION_SEND] = { "session-send", BK_FRAME_REQUEST, FIELDS (NAME ("to"), GUID ("uid"), ENVELOPE, WORD_OF ("grant", OPTIONAL)) },
  [BK_FRAME_LOCK_CHALLENGE] = { "lock-challenge", BK_FRAME_REQUEST, (const BkField[]) { { NULL } } },
  [BK_FRAME_LOCK_RESPOND] = { "lock-respond", BK_FRAME_REQUEST,
                              FIELDS (WORD_OF ("challenge", REQUIRED), WORD_OF ("license", REQUIRED),
                                      WORD_OF ("response", REQUIRED)) },
  [BK_FRAME_LOCK_RELEASE] = { "lock-release", BK_FRAME_REQUEST, FIELDS (WORD_OF ("grant", REQUIRED)) },
  [BK_FRAME_ALERTS_ENABLE] = { "alerts-enable", BK_FRAME_REQUEST,
                               FIELDS ({ "sites", BK_FIELD_UINT32S, REQUIRED, BK_LIMIT_ALERT_SITES }) },
  [BK_FRAME_RELAYS] = { "relays", BK_FRAME_REQUEST, (const BkField[]) { { NULL } } },
  [BK_FRAME_MARK_SET] = { "mark-set", BK_FRAME_REQUEST, FIELDS (NAME ("who"), GUID ("message"), MARK, BOOL ("tell")) },
  [BK_FRAME_TYPING_SET] = { "typing-set", BK_FRAME_REQUEST, FIELDS (NAME ("to"), BOOL ("typing")) },
  [BK_FRAME_CONTACT_SET] = { "contact-set", BK_FRAME_REQUEST,
                             FIELDS (NAME ("who"), ALIAS, BOOL ("pinned"), BOOL ("muted")) },
  [BK_FRAME_AVATAR_SET] = { "avatar-set", BK_FRAME_REQUEST, FIELDS (IMAGE) },
  [BK_FRAME_AVATAR_GET] = { "avatar-get", BK_FRAME_REQUEST, FIELDS (NAME ("who"), AVATAR (REQUIRED)) },
  [BK_FRAME_PASSWORD_SET] = { "password-set", BK_FRAME_REQUEST,
                              FIELDS (PASSWORD (REQUIRED), { "new_password", BK_FIELD_TEXT, REQUIRED, BK_LIMIT_PASSWORD }) },
  [BK_FRAME_DEVICES] = { "devices", BK_FRAME_REQUEST, (const BkField[]) { { NULL } } },
  [BK_FRAME_DEVICE_REMOVE] = { "device-remove", BK_FRAME_REQUEST, FIELDS (GUID ("device")) },
  [BK_FRAME_ACCOUNT_REMOVE] = { "account-remove", BK_FRAME_REQUEST, FIELDS (PASSWORD (REQUIRED)) },

  [BK_FRAME_OK] = { "ok", BK_FRAME_REPLY, FIELDS ({ "time", BK_FIELD_UINT, OPTIONAL }, WORD_OF ("challenge", OPTIONAL),
                         WORD_OF ("grant", OPTIONAL), { "servers", BK_FIELD_LINES, OPTIONAL, BK_LIMIT_RELAYS },
                         WORD_OF ("user", OPTIONAL), WORD_OF ("password", OPTIONAL),
                         { "ttl", BK_FIELD_UINT32, OPTIONAL }, IMAGE,
                         { "devices", BK_FIELD_GUIDS, OPTIONAL, BK_LIMIT_DEVICES },
                         { "names", BK_FIELD_LINES, OPTIONAL, BK_LIMIT_DEVICES },
                         { "seen", BK_FIELD_UINT32S, OPTIONAL, BK_LIMIT_DEVICES }) },
  [BK_FRAME_ERROR] = { "error", BK_FRAME_REPLY,
                       FIELDS ({ "code", BK_FIELD_TOKEN, REQUIRED, 64 },
                               { "text", BK_FIELD_TEXT, REQUIRED, BK_LIMIT_ERROR_TEXT },
                               { "retry_ms", BK_FIELD_UINT, OPTIONAL }) },
  [BK_FRAME_SIGNED_IN] = { "signed-in", BK_FRAME_REPLY,
                           FIELDS (GUID ("device"), TOKEN (REQUIRED), DISPLAY_NAME (REQUIRED), AVATAR (OPTIONAL), UINT ("time"),
                                   { "lock", BK_FIELD_BOOL, OPTIONAL }, EPOCH,
                                   { "again", BK_FIELD_BOOL, OPTIONAL }) },

  [BK_FRAME_HELLO] = { "hello", BK_FRAME_PUSH,
                       FIELDS (UINT ("version"), { "domain", BK_FIELD_TEXT, REQUIRED, 64 },
                               { "registration", BK_FIELD_WORD, REQUIRED, 0, registration_words }) },
  [BK_FRAME_CONTACT] = { "contact", BK_FRAME_PUSH,
                         FIELDS (UINT ("seq"), NAME ("who"), { "relation", BK_FIELD_WORD, REQUIRED, 0, relation_words },
                                 BOOL ("blocked"), DISPLAY_NAME (OPTIONAL), REQUEST_TEXT,
                                 { "groups", BK_FIELD_GUIDS, OPTIONAL, BK_LIMIT_GROUPS }, ALIAS, AVATAR (OPTIONAL),
                                 { "pinned", BK_FIELD_BOOL, OPTIONAL }, { "muted", BK_FIELD_BOOL, OPTIONAL }) },
  [BK_FRAME_GROUP] = { "group", BK_FRAME_PUSH, FIELDS (UINT ("seq"), GUID ("group"), GROUP_NAME (OPTIONAL)) },
  [BK_FRAME_PRESENCE] = { "presence", BK_FRAME_PUSH, FIELDS (NAME ("who"), STATUS, PERSONAL_MESSAGE) },
  [BK_FRAME_MESSAGE] = { "message", BK_FRAME_PUSH,
                         FIELDS (UINT ("seq"), GUID ("message"), NAME ("from"), NAME ("to"), MESSAGE_TEXT,
                                 UINT ("time")) },
  [BK_FRAME_MARK] = { "mark", BK_FRAME_PUSH,
                      FIELDS (UINT ("seq"), NAME ("who"), GUID ("message"), MARK, BOOL ("outgoing")) },
  [BK_FRAME_TYPING] = { "typing", BK_FRAME_PUSH, FIELDS (NAME ("who"), BOOL ("typing")) },
  [BK_FRAME_PROFILE] = { "profile", BK_FRAME_PUSH, FIELDS (DISPLAY_NAME (REQUIRED), AVATAR (OPTIONAL)) },
  [BK_FRAME_SESSION] = { "session", BK_FRAME_PUSH, FIELDS (UINT ("seq"), NAME ("from"), UINT ("time"), ENVELOPE) },
  [BK_FRAME_SESSION_ELSEWHERE] = { "session-elsewhere", BK_FRAME_PUSH,
                                   FIELDS (UINT ("seq"), GUID ("session"),
                                           { "result", BK_FIELD_WORD, REQUIRED, 0, elsewhere_words }) },
  [BK_FRAME_LOCK_CHALLENGED] = { "lock-challenged", BK_FRAME_PUSH,
                                 FIELDS (WORD_OF ("grant", REQUIRED), WORD_OF ("challenge", REQUIRED)) },
  [BK_FRAME_LOCK_REVOKED] = { "lock-revoked", BK_FRAME_PUSH, FIELDS (WORD_OF ("grant", REQUIRED)) },
  [BK_FRAME_ALERT] = { "alert", BK_FRAME_PUSH,
                       FIELDS ({ "seq", BK_FIELD_UINT, OPTIONAL }, GUID ("alert"),
                               { "site", BK_FIELD_UINT32, REQUIRED },
                               { "text", BK_FIELD_LONG_TEXT, REQUIRED, BK_LIMIT_ALERT_TEXT },
                               { "url", BK_FIELD_TEXT, OPTIONAL, BK_LIMIT_APP_URL }, UINT ("time")) },
  [BK_FRAME_CAUGHT_UP] = { "caught-up", BK_FRAME_PUSH, FIELDS (UINT ("seq")) },
  [BK_FRAME_BYE] = { "bye", BK_FRAME_PUSH,
                     FIELDS ({ "reason", BK_FIELD_WORD, REQUIRED, 0, bye_words },
                             { "retry_ms", BK_FIELD_UINT, OPTIONAL }) },
};
G_STATIC_ASSERT (G_N_ELEMENTS (types) == BK_N_FRAME_TYPES);

static const BkField head_fields[] = { { "type", BK_FIELD_TOKEN, TRUE, 32 }, { "id", BK_FIELD_UINT, FALSE }, { NULL } };

const char *
bk_frame_type_to_nick (BkFrameType type)
{
  return types[type].nick;
}

BkFrameClass
bk_frame_type_get_class (BkFrameType type)
{
  return types[type].klass;
}

/* Returns the members of a frame of @type, without `type` and `id`. */
const BkField *
bk_frame_type_get_fields (BkFrameType type)
{
  return types[type].fields;
}

/* ---- reading ---- */

static gboolean
read_type (JsonObject *object, BkFrameType *type, GError **error)
{
  const char *nick = bk_fields_get_string (object, "type");

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].nick, nick))
      {
        *type = (BkFrameType) i;
        return TRUE;
      }
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "There is no such frame type");
  return FALSE;
}

static BkFrame *
frame_check (BkFrameType type, gint64 id, JsonObject *object, GError **error)
{
  if (!bk_fields_check (object, types[type].fields, error))
    return NULL;

  g_autoptr (BkFrame) self = g_new0 (BkFrame, 1);
  self->type = type;
  self->id = id;
  self->body = json_object_ref (object);
  if (type == BK_FRAME_SESSION_SEND || type == BK_FRAME_SESSION)
    {
      self->envelope = bk_envelope_from_json (json_object_get_object_member (object, "envelope"), error);
      if (self->envelope == NULL)
        return NULL;
    }
  return g_steal_pointer (&self);
}

/* Parses a frame from a client. @id is set as soon as it is known, else to -1, so that even a refusal can be
 * addressed. */
BkFrame *
bk_frame_parse_request (const char *text, gsize length, gint64 *id, GError **error)
{
  *id = -1;
  g_autoptr (JsonNode) root = bk_wire_json_parse (text, length, BK_LIMIT_FRAME, error);
  if (root == NULL || !bk_fields_check (json_node_get_object (root), head_fields, error))
    return NULL;

  JsonObject *object = json_node_get_object (root);
  BkFrameType type;
  *id = bk_fields_get_int (object, "id", -1);
  if (!read_type (object, &type, error))
    return NULL;
  if (types[type].klass != BK_FRAME_REQUEST || *id < 0)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL,
                           *id < 0 ? "A request needs an id" : "Only the server sends frames of this type");
      return NULL;
    }
  return frame_check (type, *id, object, error);
}

/* Parses a frame from the server. A type that is not known gives %BECKON_ERROR_NOT_SUPPORTED: a client passes it over,
 * a newer server may say more. */
BkFrame *
bk_frame_parse_from_server (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = bk_wire_json_parse (text, length, BK_LIMIT_FRAME, error);
  if (root == NULL || !bk_fields_check (json_node_get_object (root), head_fields, error))
    return NULL;

  JsonObject *object = json_node_get_object (root);
  gint64 id = bk_fields_get_int (object, "id", -1);
  BkFrameType type;
  if (!read_type (object, &type, error))
    return NULL;

  gboolean wrong_id = types[type].klass == BK_FRAME_REPLY ? id < 0 && type != BK_FRAME_ERROR : id >= 0;
  if (types[type].klass == BK_FRAME_REQUEST || wrong_id)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The server sent a frame that makes no sense");
      return NULL;
    }
  return frame_check (type, id, object, error);
}

BkFrameType
bk_frame_get_frame_type (const BkFrame *self)
{
  return self->type;
}

BkFrameClass
bk_frame_get_class (const BkFrame *self)
{
  return types[self->type].klass;
}

/* Returns the id that joins a request and its reply, -1 for none. */
gint64
bk_frame_get_id (const BkFrame *self)
{
  return self->id;
}

/* Returns a text member, NULL if an optional one is absent. */
const char *
bk_frame_get_string (const BkFrame *self, const char *name)
{
  return bk_fields_get_string (_bk_frame_body (self), name);
}

/* Returns a number or boolean member, 0 if an optional one is absent. */
gint64
bk_frame_get_int (const BkFrame *self, const char *name)
{
  return bk_fields_get_int (_bk_frame_body (self), name, 0);
}

/* Returns (transfer full) (nullable) the texts of an array member, NULL if it is absent. */
char **
bk_frame_dup_strings (const BkFrame *self, const char *name)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!json_object_has_member (_bk_frame_body (self), name))
    return NULL;
  JsonArray *array = json_object_get_array_member (_bk_frame_body (self), name);
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_strv_builder_add (builder, json_array_get_string_element (array, i));
  return g_strv_builder_end (builder);
}

/* Returns (transfer full) (element-type gint64) the numbers of an array member. */
GArray *
bk_frame_dup_ints (const BkFrame *self, const char *name)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (gint64));
  JsonArray *array = json_object_has_member (_bk_frame_body (self), name) ? json_object_get_array_member (_bk_frame_body (self), name) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      gint64 value = json_array_get_int_element (array, i);
      g_array_append_val (values, value);
    }
  return values;
}

/* Returns the envelope of a `session` or `session-send` frame, NULL for other types. */
const BkEnvelope *
bk_frame_get_envelope (const BkFrame *self)
{
  return self->envelope;
}

/* Returns (transfer full) what an `error` frame says as a GError in our domain. */
GError *
bk_frame_dup_error (const BkFrame *self)
{
  BeckonError code;

  beckon_error_from_nick (bk_frame_get_string (self, "code"), &code);
  return g_error_new_literal (BECKON_ERROR, (int) code, bk_frame_get_string (self, "text"));
}
