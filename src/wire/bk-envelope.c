/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-envelope.h"

#include "beckon-error.h"
#include "bk-fields.h"
#include "bk-ids.h"
#include "bk-limits.h"

static const char *const kind_words[] = {
  "invite",  "ringing", "not-present", "accept", "connect", "transport",
  "hosting", "context", "decline",     "cancel", "end",     NULL,
};
G_STATIC_ASSERT (G_N_ELEMENTS (kind_words) == BK_N_ENVELOPE_KINDS + 1);

#define SESSION { "session", BK_FIELD_GUID, TRUE }
#define KIND { "kind", BK_FIELD_WORD, TRUE, 0, kind_words }
#define DATA { "data", BK_FIELD_DATA, FALSE, BK_LIMIT_APP_DATA }
#define ADDRESS { "address", BK_FIELD_TEXT, TRUE, BK_LIMIT_ADDRESS }
#define REASON { "reason", BK_FIELD_TOKEN, FALSE, 64 }
#define CHANNEL \
  { "fingerprint", BK_FIELD_HEX, FALSE, 64 }, { "identity", BK_FIELD_HEX, FALSE, 64 }, \
  { "signature", BK_FIELD_HEX, FALSE, 128 }
#define NUMBER { "number", BK_FIELD_UINT32, FALSE }
#define END { NULL }

static const char *const host_words[] = { "inviter", "invitee", NULL };
static const char *const carries_words[] = { "tcp", "udp", "tcp+udp", "unix", NULL };

static const BkField bare_fields[] = { KIND, SESSION, END };
static const BkField invite_fields[] = {
  KIND,
  SESSION,
  { "guid", BK_FIELD_GUID, TRUE },
  { "name", BK_FIELD_TEXT, TRUE, BK_LIMIT_APP_NAME },
  { "url", BK_FIELD_TEXT, FALSE, BK_LIMIT_APP_URL },
  { "ttl", BK_FIELD_UINT, TRUE },
  { "message", BK_FIELD_LONG_TEXT, FALSE, BK_LIMIT_INVITE_MESSAGE },
  DATA,
  CHANNEL,
  { "host", BK_FIELD_WORD, FALSE, 0, host_words },
  { "carries", BK_FIELD_WORD, FALSE, 0, carries_words },
  END,
};
static const BkField accept_fields[] = { KIND, SESSION, ADDRESS, DATA, CHANNEL, END };
static const BkField connect_fields[] = { KIND, SESSION, ADDRESS, END };
static const BkField context_fields[] = {
  KIND, SESSION, { "data", BK_FIELD_DATA, TRUE, BK_LIMIT_CONTEXT_DATA }, NUMBER, END,
};
static const BkField transport_fields[] = {
  KIND,
  SESSION,
  { "generation", BK_FIELD_UINT32, TRUE },
  { "ufrag", BK_FIELD_TOKEN, TRUE, 256 },
  { "pwd", BK_FIELD_TOKEN, TRUE, 256 },
  { "candidates", BK_FIELD_LINES, FALSE, BK_LIMIT_CANDIDATES },
  { "done", BK_FIELD_BOOL, FALSE },
  END,
};
static const BkField over_fields[] = { KIND, SESSION, REASON, DATA, NUMBER, END };

static const BkField *const fields_of_kind[] = {
  [BK_ENVELOPE_INVITE] = invite_fields,   [BK_ENVELOPE_RINGING] = bare_fields,
  [BK_ENVELOPE_NOT_PRESENT] = bare_fields, [BK_ENVELOPE_ACCEPT] = accept_fields,
  [BK_ENVELOPE_CONNECT] = connect_fields, [BK_ENVELOPE_TRANSPORT] = transport_fields,
  [BK_ENVELOPE_HOSTING] = bare_fields,    [BK_ENVELOPE_CONTEXT] = context_fields,
  [BK_ENVELOPE_DECLINE] = over_fields,    [BK_ENVELOPE_CANCEL] = over_fields,
  [BK_ENVELOPE_END] = over_fields,
};
G_STATIC_ASSERT (G_N_ELEMENTS (fields_of_kind) == BK_N_ENVELOPE_KINDS);

BkEnvelope *
bk_envelope_new (BkEnvelopeKind kind, const char *session)
{
  BkEnvelope *self = g_new0 (BkEnvelope, 1);

  self->kind = kind;
  self->session = g_strdup (session);
  return self;
}

/* Its texts and their names as members, in the order in which they are written. */
static const struct
{
  const char *name;
  gsize offset;
} texts[] = {
  { "guid", G_STRUCT_OFFSET (BkEnvelope, app_guid) },
  { "name", G_STRUCT_OFFSET (BkEnvelope, app_name) },
  { "url", G_STRUCT_OFFSET (BkEnvelope, app_url) },
  { "message", G_STRUCT_OFFSET (BkEnvelope, message) },
  { "data", G_STRUCT_OFFSET (BkEnvelope, data) },
  { "address", G_STRUCT_OFFSET (BkEnvelope, address) },
  { "fingerprint", G_STRUCT_OFFSET (BkEnvelope, fingerprint) },
  { "identity", G_STRUCT_OFFSET (BkEnvelope, identity) },
  { "signature", G_STRUCT_OFFSET (BkEnvelope, signature) },
  { "host", G_STRUCT_OFFSET (BkEnvelope, host) },
  { "carries", G_STRUCT_OFFSET (BkEnvelope, carries) },
  { "ufrag", G_STRUCT_OFFSET (BkEnvelope, ufrag) },
  { "pwd", G_STRUCT_OFFSET (BkEnvelope, pwd) },
};

static char **
text_at (const BkEnvelope *envelope, gsize i)
{
  return G_STRUCT_MEMBER_P (envelope, texts[i].offset);
}

BkEnvelope *
bk_envelope_copy (const BkEnvelope *envelope)
{
  BkEnvelope *copy = bk_envelope_new (envelope->kind, envelope->session);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    *text_at (copy, i) = g_strdup (*text_at (envelope, i));
  copy->candidates = g_strdupv (envelope->candidates);
  copy->number = envelope->number;
  copy->generation = envelope->generation;
  copy->done = envelope->done;
  copy->ttl = envelope->ttl;
  copy->reason = envelope->reason;
  return copy;
}

void
bk_envelope_free (BkEnvelope *envelope)
{
  g_free (envelope->session);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*text_at (envelope, i));
  g_strfreev (envelope->candidates);
  g_free (envelope);
}

const char *
bk_envelope_kind_to_nick (BkEnvelopeKind kind)
{
  return kind_words[kind];
}

/* Returns the members of an envelope of @kind; the first two are `kind` and `session`. */
const BkField *
bk_envelope_kind_get_fields (BkEnvelopeKind kind)
{
  return fields_of_kind[kind];
}

static gboolean
read_kind (JsonObject *object, BkEnvelopeKind *kind, GError **error)
{
  if (!bk_fields_check (object, bare_fields, error))
    return FALSE;
  for (guint i = 0; i < BK_N_ENVELOPE_KINDS; i++)
    if (g_str_equal (kind_words[i], bk_fields_get_string (object, "kind")))
      *kind = (BkEnvelopeKind) i;
  return bk_fields_check (object, fields_of_kind[*kind], error);
}

static gboolean
has_member (BkEnvelopeKind kind, const char *name)
{
  for (const BkField *field = fields_of_kind[kind]; field->name != NULL; field++)
    if (g_str_equal (field->name, name))
      return TRUE;
  return FALSE;
}

/* Returns a text member. One that this kind does not have is passed over: nobody has checked it. */
static const char *
get_member (JsonObject *object, BkEnvelopeKind kind, const char *name)
{
  return has_member (kind, name) ? bk_fields_get_string (object, name) : NULL;
}

static guint32
get_number (JsonObject *object, BkEnvelopeKind kind, const char *name)
{
  return has_member (kind, name) ? (guint32) bk_fields_get_int (object, name, 0) : 0;
}

static GStrv
dup_lines (JsonObject *object, const char *name)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!json_object_has_member (object, name))
    return NULL;
  JsonArray *array = json_object_get_array_member (object, name);
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_strv_builder_add (builder, json_array_get_string_element (array, i));
  return g_strv_builder_end (builder);
}

/* Reads an envelope. Every member of the result has been checked for form and length. A reason that we do not know
 * (from a newer peer) becomes PROTOCOL_ERROR rather than a refusal: the session is over all the same. */
BkEnvelope *
bk_envelope_from_json (JsonObject *object, GError **error)
{
  BkEnvelopeKind kind = BK_ENVELOPE_INVITE;
  if (!read_kind (object, &kind, error))
    return NULL;

  g_autoptr (BkEnvelope) self = bk_envelope_new (kind, bk_fields_get_string (object, "session"));
  const char *url = get_member (object, kind, "url");
  if (url != NULL && *url != '\0' && !bk_url_is_web (url))
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The member “url” is no web address");
      return NULL;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    *text_at (self, i) = g_strdup (get_member (object, kind, texts[i].name));
  if (url != NULL && *url == '\0')
    g_clear_pointer (&self->app_url, g_free);
  self->number = get_number (object, kind, "number");
  self->generation = get_number (object, kind, "generation");
  if (kind == BK_ENVELOPE_TRANSPORT)
    {
      self->candidates = dup_lines (object, "candidates");
      self->done = bk_fields_get_int (object, "done", 0) != 0;
    }
  if (kind == BK_ENVELOPE_INVITE)
    self->ttl = (guint) CLAMP (bk_fields_get_int (object, "ttl", 0), 0, BK_TIMEOUT_INSTALL_S);
  if (fields_of_kind[kind] == over_fields)
    {
      int reason = BECKON_SESSION_RESULT_PROTOCOL_ERROR;
      bk_enum_from_nick (BECKON_TYPE_SESSION_RESULT, bk_fields_get_string (object, "reason"), &reason);
      self->reason = (BeckonSessionResult) reason;
    }
  return g_steal_pointer (&self);
}

static void
set_string (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
}

static void
write_transport (JsonObject *object, const BkEnvelope *envelope)
{
  json_object_set_int_member (object, "generation", envelope->generation);
  if (envelope->done)
    json_object_set_boolean_member (object, "done", TRUE);
  if (envelope->candidates == NULL)
    return;
  JsonArray *array = json_array_new ();
  for (guint i = 0; envelope->candidates[i] != NULL; i++)
    json_array_add_string_element (array, envelope->candidates[i]);
  json_object_set_array_member (object, "candidates", array);
}

/* Returns (transfer full) the JSON form of @envelope. */
JsonObject *
bk_envelope_to_json (const BkEnvelope *envelope)
{
  JsonObject *object = json_object_new ();

  set_string (object, "kind", kind_words[envelope->kind]);
  set_string (object, "session", envelope->session);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    set_string (object, texts[i].name, *text_at (envelope, i));
  if (envelope->number != 0)
    json_object_set_int_member (object, "number", envelope->number);
  if (envelope->kind == BK_ENVELOPE_INVITE)
    json_object_set_int_member (object, "ttl", envelope->ttl);
  if (envelope->kind == BK_ENVELOPE_TRANSPORT)
    write_transport (object, envelope);
  if (fields_of_kind[envelope->kind] == over_fields)
    set_string (object, "reason", beckon_session_result_to_nick (envelope->reason));
  return object;
}
