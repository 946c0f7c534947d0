/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-envelope.h"

#include "beckon-error.h"
#include "bk-fields.h"
#include "bk-ids.h"
#include "bk-limits.h"

static const char *const kind_words[] = {
  "invite", "ringing", "not-present", "accept", "connect", "context", "decline", "cancel", "end", NULL,
};
G_STATIC_ASSERT (G_N_ELEMENTS (kind_words) == BK_N_ENVELOPE_KINDS + 1);

#define SESSION { "session", BK_FIELD_GUID, TRUE }
#define KIND { "kind", BK_FIELD_WORD, TRUE, 0, kind_words }
#define DATA { "data", BK_FIELD_DATA, FALSE, BK_LIMIT_APP_DATA }
#define ADDRESS { "address", BK_FIELD_TEXT, TRUE, BK_LIMIT_ADDRESS }
#define REASON { "reason", BK_FIELD_TOKEN, FALSE, 64 }
#define END { NULL }

static const BkField bare_fields[] = { KIND, SESSION, END };
static const BkField invite_fields[] = {
  KIND,
  SESSION,
  { "guid", BK_FIELD_GUID, TRUE },
  { "name", BK_FIELD_TEXT, TRUE, BK_LIMIT_APP_NAME },
  { "url", BK_FIELD_TEXT, FALSE, BK_LIMIT_APP_URL },
  { "ttl", BK_FIELD_UINT, TRUE },
  DATA,
  END,
};
static const BkField accept_fields[] = { KIND, SESSION, ADDRESS, DATA, END };
static const BkField connect_fields[] = { KIND, SESSION, ADDRESS, END };
static const BkField context_fields[] = {
  KIND, SESSION, { "data", BK_FIELD_DATA, TRUE, BK_LIMIT_CONTEXT_DATA }, END,
};
static const BkField over_fields[] = { KIND, SESSION, REASON, DATA, END };

static const BkField *const fields_of_kind[] = {
  [BK_ENVELOPE_INVITE] = invite_fields,   [BK_ENVELOPE_RINGING] = bare_fields,
  [BK_ENVELOPE_NOT_PRESENT] = bare_fields, [BK_ENVELOPE_ACCEPT] = accept_fields,
  [BK_ENVELOPE_CONNECT] = connect_fields, [BK_ENVELOPE_CONTEXT] = context_fields,
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

BkEnvelope *
bk_envelope_copy (const BkEnvelope *envelope)
{
  BkEnvelope *copy = bk_envelope_new (envelope->kind, envelope->session);

  copy->app_guid = g_strdup (envelope->app_guid);
  copy->app_name = g_strdup (envelope->app_name);
  copy->app_url = g_strdup (envelope->app_url);
  copy->data = g_strdup (envelope->data);
  copy->address = g_strdup (envelope->address);
  copy->ttl = envelope->ttl;
  copy->reason = envelope->reason;
  return copy;
}

void
bk_envelope_free (BkEnvelope *envelope)
{
  g_free (envelope->session);
  g_free (envelope->app_guid);
  g_free (envelope->app_name);
  g_free (envelope->app_url);
  g_free (envelope->data);
  g_free (envelope->address);
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

/* Returns a text member. One that this kind does not have is passed over: nobody has checked it. */
static const char *
get_member (JsonObject *object, BkEnvelopeKind kind, const char *name)
{
  for (const BkField *field = fields_of_kind[kind]; field->name != NULL; field++)
    if (g_str_equal (field->name, name))
      return bk_fields_get_string (object, name);
  return NULL;
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

  self->app_guid = g_strdup (get_member (object, kind, "guid"));
  self->app_name = g_strdup (get_member (object, kind, "name"));
  self->app_url = url != NULL && *url != '\0' ? g_strdup (url) : NULL;
  self->data = g_strdup (get_member (object, kind, "data"));
  self->address = g_strdup (get_member (object, kind, "address"));
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

/* Returns (transfer full) the JSON form of @envelope. */
JsonObject *
bk_envelope_to_json (const BkEnvelope *envelope)
{
  JsonObject *object = json_object_new ();

  set_string (object, "kind", kind_words[envelope->kind]);
  set_string (object, "session", envelope->session);
  set_string (object, "guid", envelope->app_guid);
  set_string (object, "name", envelope->app_name);
  set_string (object, "url", envelope->app_url);
  set_string (object, "data", envelope->data);
  set_string (object, "address", envelope->address);
  if (envelope->kind == BK_ENVELOPE_INVITE)
    json_object_set_int_member (object, "ttl", envelope->ttl);
  if (fields_of_kind[envelope->kind] == over_fields)
    set_string (object, "reason", beckon_session_result_to_nick (envelope->reason));
  return object;
}
