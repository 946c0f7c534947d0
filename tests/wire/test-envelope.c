/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-envelope.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-test.h"
#include "bk-wire-json.h"

#include <string.h>

#define SESSION "{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}"
#define GUID "{B2A7C1F4-6D0E-4E5B-A5D4-3C5E7F9A1B2C}"
#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define CHANNEL "\"fingerprint\":\"" HEX64 "\",\"identity\":\"" HEX64 "\",\"signature\":\"" HEX64 HEX64 "\""
#define LINE "candidate:1 1 UDP 2130706431 192.0.2.7 40000 typ host"
#define HEAD(kind) "{\"kind\":\"" kind "\",\"session\":\"" SESSION "\""

/* The least and the most that an envelope of each kind says. */
static const struct
{
  const char *kind;
  const char *minimal;
  const char *full;
} samples[] = {
  [BK_ENVELOPE_INVITE]
  = { "invite", HEAD ("invite") ",\"guid\":\"" GUID "\",\"name\":\"Pipe\",\"ttl\":120}",
      HEAD ("invite") ",\"guid\":\"" GUID "\",\"name\":\"Pipe\",\"url\":\"https://example.org/\",\"ttl\":120,"
                      "\"message\":\"A game of\\nchess?\",\"data\":\"hi\"," CHANNEL ",\"host\":\"invitee\",\"carries\":\"tcp+udp\"}" },
  [BK_ENVELOPE_RINGING] = { "ringing", HEAD ("ringing") "}", HEAD ("ringing") "}" },
  [BK_ENVELOPE_NOT_PRESENT] = { "not-present", HEAD ("not-present") "}", HEAD ("not-present") "}" },
  [BK_ENVELOPE_ACCEPT] = { "accept", HEAD ("accept") ",\"address\":\"192.0.2.7\"}",
                           HEAD ("accept") ",\"address\":\"192.0.2.7\",\"data\":\"hi\"," CHANNEL "}" },
  [BK_ENVELOPE_CONNECT]
  = { "connect", HEAD ("connect") ",\"address\":\"192.0.2.1\"}", HEAD ("connect") ",\"address\":\"192.0.2.1\"}" },
  [BK_ENVELOPE_TRANSPORT]
  = { "transport", HEAD ("transport") ",\"generation\":1,\"ufrag\":\"Ab+/\",\"pwd\":\"secret\"}",
      HEAD ("transport") ",\"generation\":4294967295,\"ufrag\":\"Ab+/\",\"pwd\":\"secret\",\"candidates\":[\"" LINE
                         "\",\"\"],\"done\":true}" },
  [BK_ENVELOPE_HOSTING] = { "hosting", HEAD ("hosting") "}", HEAD ("hosting") "}" },
  [BK_ENVELOPE_CONTEXT] = { "context", HEAD ("context") ",\"data\":\"hi\"}",
                            HEAD ("context") ",\"data\":\"hi\",\"number\":7}" },
  [BK_ENVELOPE_DECLINE] = { "decline", HEAD ("decline") "}",
                            HEAD ("decline") ",\"reason\":\"invitation-declined\",\"data\":\"hi\",\"number\":7}" },
  [BK_ENVELOPE_CANCEL]
  = { "cancel", HEAD ("cancel") "}", HEAD ("cancel") ",\"reason\":\"timeout\",\"data\":\"hi\",\"number\":7}" },
  [BK_ENVELOPE_END]
  = { "end", HEAD ("end") "}", HEAD ("end") ",\"reason\":\"ended\",\"data\":\"hi\",\"number\":4294967295}" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (samples) == BK_N_ENVELOPE_KINDS);

static JsonNode *
read_node (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = bk_wire_json_parse (text, strlen (text), BK_LIMIT_FRAME, &error);

  g_assert_no_error (error);
  return node;
}

static BkEnvelope *
read_object (JsonObject *object)
{
  g_autoptr (GError) error = NULL;
  BkEnvelope *envelope = bk_envelope_from_json (object, &error);

  if (envelope == NULL)
    g_assert_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL);
  else
    g_assert_no_error (error);
  return envelope;
}

static BkEnvelope *
read_envelope (const char *text)
{
  g_autoptr (JsonNode) node = read_node (text);

  return read_object (json_node_get_object (node));
}

static void
assert_refused (const char *text)
{
  g_autoptr (BkEnvelope) envelope = read_envelope (text);

  if (envelope != NULL)
    g_error ("Accepted: %s", text);
}

static void
assert_equal (const BkEnvelope *a, const BkEnvelope *b)
{
  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_cmpstr (a->session, ==, b->session);
  g_assert_cmpstr (a->app_guid, ==, b->app_guid);
  g_assert_cmpstr (a->app_name, ==, b->app_name);
  g_assert_cmpstr (a->app_url, ==, b->app_url);
  g_assert_cmpstr (a->data, ==, b->data);
  g_assert_cmpstr (a->address, ==, b->address);
  g_assert_cmpstr (a->fingerprint, ==, b->fingerprint);
  g_assert_cmpstr (a->identity, ==, b->identity);
  g_assert_cmpstr (a->signature, ==, b->signature);
  g_assert_cmpstr (a->host, ==, b->host);
  g_assert_cmpstr (a->carries, ==, b->carries);
  g_assert_cmpstr (a->ufrag, ==, b->ufrag);
  g_assert_cmpstr (a->pwd, ==, b->pwd);
  g_assert_cmpuint (a->number, ==, b->number);
  g_assert_cmpuint (a->generation, ==, b->generation);
  g_assert_cmpint (a->done, ==, b->done);
  g_assert_cmpint (a->candidates != NULL, ==, b->candidates != NULL);
  if (a->candidates != NULL)
    g_assert_cmpstrv (a->candidates, b->candidates);
  g_assert_cmpuint (a->ttl, ==, b->ttl);
  g_assert_cmpint (a->reason, ==, b->reason);
}

/* Written and read again, and copied. */
static void
assert_round_trip (const BkEnvelope *envelope)
{
  g_autoptr (JsonObject) object = bk_envelope_to_json (envelope);
  g_autoptr (BkEnvelope) again = read_object (object);
  g_autoptr (BkEnvelope) copy = bk_envelope_copy (envelope);

  g_assert_nonnull (again);
  assert_equal (envelope, again);
  assert_equal (envelope, copy);
}

static void
test_every_kind (void)
{
  for (guint i = 0; i < BK_N_ENVELOPE_KINDS; i++)
    {
      g_autoptr (BkEnvelope) minimal = read_envelope (samples[i].minimal);
      g_autoptr (BkEnvelope) full = read_envelope (samples[i].full);

      g_assert_cmpstr (bk_envelope_kind_to_nick (i), ==, samples[i].kind);
      g_assert_nonnull (minimal);
      g_assert_nonnull (full);
      g_assert_cmpint (full->kind, ==, i);
      g_assert_cmpstr (full->session, ==, SESSION);
      assert_round_trip (minimal);
      assert_round_trip (full);
    }
}

static void
test_values (void)
{
  g_autoptr (BkEnvelope) invite = read_envelope (samples[BK_ENVELOPE_INVITE].full);
  g_autoptr (BkEnvelope) accept = read_envelope (samples[BK_ENVELOPE_ACCEPT].full);
  g_autoptr (BkEnvelope) cancel = read_envelope (samples[BK_ENVELOPE_CANCEL].full);

  g_assert_cmpstr (invite->app_guid, ==, GUID);
  g_assert_cmpstr (invite->app_name, ==, "Pipe");
  g_assert_cmpstr (invite->app_url, ==, "https://example.org/");
  g_assert_cmpstr (invite->data, ==, "hi");
  g_assert_cmpuint (invite->ttl, ==, 120);
  g_assert_cmpstr (accept->address, ==, "192.0.2.7");
  g_assert_cmpint (cancel->reason, ==, BECKON_SESSION_RESULT_TIMEOUT);
}

static void
test_channel_values (void)
{
  static const char *const lines[] = { LINE, "", NULL };
  g_autoptr (BkEnvelope) invite = read_envelope (samples[BK_ENVELOPE_INVITE].full);
  g_autoptr (BkEnvelope) transport = read_envelope (samples[BK_ENVELOPE_TRANSPORT].full);
  g_autoptr (BkEnvelope) bare = read_envelope (samples[BK_ENVELOPE_TRANSPORT].minimal);
  g_autoptr (BkEnvelope) end = read_envelope (samples[BK_ENVELOPE_END].full);

  g_assert_cmpstr (invite->fingerprint, ==, HEX64);
  g_assert_cmpstr (invite->identity, ==, HEX64);
  g_assert_cmpstr (invite->signature, ==, HEX64 HEX64);
  g_assert_cmpstr (invite->host, ==, "invitee");
  g_assert_cmpstr (invite->carries, ==, "tcp+udp");
  g_assert_cmpuint (transport->generation, ==, G_MAXUINT32);
  g_assert_cmpstr (transport->ufrag, ==, "Ab+/");
  g_assert_cmpstr (transport->pwd, ==, "secret");
  g_assert_cmpstrv (transport->candidates, lines);
  g_assert_true (transport->done);
  g_assert_null (bare->candidates);
  g_assert_false (bare->done);
  g_assert_cmpuint (end->number, ==, G_MAXUINT32);
}

/* Whether a value that is wrong for nearly every member is right for one of @kind. */
static gboolean
may_be (BkFieldKind kind, JsonNode *value)
{
  return kind == BK_FIELD_LINES ? JSON_NODE_HOLDS_ARRAY (value)
                                : kind == BK_FIELD_BOOL && json_node_get_value_type (value) == G_TYPE_BOOLEAN;
}

static BkFieldKind
kind_of (guint kind, const char *name)
{
  const BkField *field = bk_envelope_kind_get_fields (kind);

  while (!g_str_equal (field->name, name))
    field++;
  return field->kind;
}

/* Every member of the samples, taken away and replaced by something else. */
static void
test_members (void)
{
  static const char *const others[] = { "{\"x\":null}", "{\"x\":-1}", "{\"x\":true}", "{\"x\":[]}", "{\"x\":{}}",
                                        "{\"x\":1.5}", "{\"x\":[\"hi\"]}" };

  for (guint i = 0; i < BK_N_ENVELOPE_KINDS; i++)
    {
      g_autoptr (JsonNode) minimal = read_node (samples[i].minimal);
      g_autoptr (JsonNode) full = read_node (samples[i].full);
      g_autoptr (GList) names = json_object_get_members (json_node_get_object (full));
      guint n_fields = 0;

      for (const BkField *field = bk_envelope_kind_get_fields (i); field->name != NULL; field++, n_fields++)
        g_assert_true (json_object_has_member (json_node_get_object (full), field->name));
      g_assert_cmpuint (g_list_length (names), ==, n_fields);

      for (GList *l = names; l != NULL; l = l->next)
        {
          const char *name = l->data;
          gboolean required = json_object_has_member (json_node_get_object (minimal), name);
          g_autoptr (JsonNode) without = read_node (samples[i].full);
          json_object_remove_member (json_node_get_object (without), name);
          g_autoptr (BkEnvelope) envelope = read_object (json_node_get_object (without));

          if ((envelope == NULL) != required)
            g_error ("%s without %s was %s", samples[i].kind, name, required ? "accepted" : "refused");
          for (gsize k = 0; k < G_N_ELEMENTS (others); k++)
            {
              g_autoptr (JsonNode) other = read_node (others[k]);
              g_autoptr (JsonNode) wrong = read_node (samples[i].full);
              JsonNode *value = json_object_get_member (json_node_get_object (other), "x");
              json_object_set_member (json_node_get_object (wrong), name, json_node_copy (value));
              g_autoptr (BkEnvelope) taken = read_object (json_node_get_object (wrong));

              if ((taken != NULL) != may_be (kind_of (i, name), value))
                g_error ("%s with a wrong %s (%s) was %s", samples[i].kind, name, others[k],
                         taken != NULL ? "accepted" : "refused");
            }
        }
    }
}

static void
test_kinds (void)
{
  assert_refused ("{}");
  assert_refused ("{\"kind\":\"ringing\"}");
  assert_refused ("{\"session\":\"" SESSION "\"}");
  assert_refused (HEAD ("") "}");
  assert_refused (HEAD ("Ringing") "}");
  assert_refused (HEAD ("transports") "}");
  assert_refused ("{\"kind\":\"ringing\",\"session\":\"F2A1C0DE-7E57-4A11-8B0B-1234567890AB\"}");
  assert_refused ("{\"kind\":\"ringing\",\"session\":\"{f2a1c0de-7e57-4a11-8b0b-1234567890ab}\"}");
}

/* A member that the kind does not have is passed over, whatever it holds: nothing unchecked gets in. */
static void
test_foreign_members (void)
{
  g_autofree char *huge = g_strnfill (100000, 'x');
  g_autofree char *ringing = g_strdup_printf (
    HEAD ("ringing") ",\"data\":\"%s\",\"address\":\"a\\nb\",\"name\":\"\\u202e\",\"guid\":\"no\",\"ttl\":-7,"
                     "\"url\":\"file:///etc/passwd\",\"reason\":\"timeout\",\"later\":{\"a\":[1]},"
                     "\"fingerprint\":7,\"candidates\":{},\"number\":-1,\"generation\":\"x\",\"done\":true}",
    huge);
  g_autoptr (BkEnvelope) envelope = read_envelope (ringing);

  g_assert_nonnull (envelope);
  g_assert_null (envelope->data);
  g_assert_null (envelope->address);
  g_assert_null (envelope->app_name);
  g_assert_null (envelope->app_guid);
  g_assert_null (envelope->app_url);
  g_assert_null (envelope->fingerprint);
  g_assert_null (envelope->candidates);
  g_assert_cmpuint (envelope->number, ==, 0);
  g_assert_cmpuint (envelope->generation, ==, 0);
  g_assert_false (envelope->done);
  g_assert_cmpuint (envelope->ttl, ==, 0);
  g_assert_cmpint (envelope->reason, ==, BECKON_SESSION_RESULT_NONE);

  /* Addresses travel with consent only: an invitation has no place for one. */
  g_autofree char *invite = g_strdup_printf ("%.*s,\"address\":\"192.0.2.1\",\"candidates\":[\"" LINE "\"]}",
                                             (int) strlen (samples[0].full) - 1, samples[0].full);
  g_autoptr (BkEnvelope) invitation = read_envelope (invite);
  g_assert_nonnull (invitation);
  g_assert_null (invitation->address);
  g_assert_null (invitation->candidates);
}

static void
test_url (void)
{
  static const struct
  {
    const char *url;
    gboolean good;
  } urls[] = {
    { "http://example.org", TRUE },     { "https://example.org/a?b=c#d", TRUE }, { "HTTPS://EXAMPLE.ORG/", TRUE },
    { "https://[2001:db8::1]/", TRUE }, { "https://example.org:8443/", TRUE },   { "", TRUE },
    { "ftp://example.org", FALSE },     { "file:///etc/passwd", FALSE },         { "javascript:alert(1)", FALSE },
    { "example.org", FALSE },           { "//example.org", FALSE },              { "https://", FALSE },
    { "https:///x", FALSE },            { "https://a b/", FALSE },
    { "https://alice@example.org/", FALSE },
    { "https://alice:x@example.org/", FALSE }, { "https://example.org/\\n", FALSE }, { "data:text/html,x", FALSE },
    { " https://example.org", FALSE },  { "https://example.org/\\u202e", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autofree char *text = g_strdup_printf (
        HEAD ("invite") ",\"guid\":\"" GUID "\",\"name\":\"\",\"ttl\":1,\"url\":\"%s\"}", urls[i].url);
      g_autoptr (BkEnvelope) envelope = read_envelope (text);

      if ((envelope != NULL) != urls[i].good)
        g_error ("“%s” was %s", urls[i].url, urls[i].good ? "refused" : "accepted");
      if (envelope != NULL)
        g_assert_cmpstr (envelope->app_url, ==, *urls[i].url != '\0' ? urls[i].url : NULL);
    }
}

static void
test_ttl (void)
{
  static const struct
  {
    const char *written;
    guint read;
  } times[] = {
    { "0", 0 }, { "1", 1 }, { "1800", 1800 }, { "1801", 1800 }, { "4294967297", 1800 }, { "9007199254740991", 1800 },
  };

  g_assert_cmpint (BK_TIMEOUT_INSTALL_S, ==, 1800);
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *text
        = g_strdup_printf (HEAD ("invite") ",\"guid\":\"" GUID "\",\"name\":\"x\",\"ttl\":%s}", times[i].written);
      g_autoptr (BkEnvelope) envelope = read_envelope (text);

      g_assert_nonnull (envelope);
      g_assert_cmpuint (envelope->ttl, ==, times[i].read);
    }
}

static void
test_reasons (void)
{
  static const char *const kinds[] = { "decline", "cancel", "end" };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      for (int result = 0; result < BECKON_N_SESSION_RESULTS; result++)
        {
          g_autofree char *text = g_strdup_printf (
            "{\"kind\":\"%s\",\"session\":\"" SESSION "\",\"reason\":\"%s\"}", kinds[i],
            beckon_session_result_to_nick (result));
          g_autoptr (BkEnvelope) envelope = read_envelope (text);

          g_assert_nonnull (envelope);
          g_assert_cmpint (envelope->reason, ==, result);
          assert_round_trip (envelope);
        }
      /* What a newer peer says, and what none says: over all the same. */
      for (const char *const *reason = (const char *[]){ ",\"reason\":\"bored\"", ",\"reason\":\"TIMEOUT\"", "", NULL };
           *reason != NULL; reason++)
        {
          g_autofree char *text
            = g_strdup_printf ("{\"kind\":\"%s\",\"session\":\"" SESSION "\"%s}", kinds[i], *reason);
          g_autoptr (BkEnvelope) envelope = read_envelope (text);

          g_assert_nonnull (envelope);
          g_assert_cmpint (envelope->reason, ==, BECKON_SESSION_RESULT_PROTOCOL_ERROR);
        }
      g_autofree char *spaced
        = g_strdup_printf ("{\"kind\":\"%s\",\"session\":\"" SESSION "\",\"reason\":\"time out\"}", kinds[i]);
      assert_refused (spaced);
    }
}

/* The text members at their limits in bytes, in characters of several bytes, and one byte more. */
static void
test_limits (void)
{
  static const struct
  {
    BkEnvelopeKind kind;
    const char *name;
    gsize limit;
  } texts[] = {
    { BK_ENVELOPE_INVITE, "name", 256 },   { BK_ENVELOPE_INVITE, "data", 8192 }, { BK_ENVELOPE_ACCEPT, "address", 255 },
    { BK_ENVELOPE_ACCEPT, "data", 8192 },  { BK_ENVELOPE_CONNECT, "address", 255 },
    { BK_ENVELOPE_CONTEXT, "data", 8192 }, { BK_ENVELOPE_DECLINE, "data", 8192 },
    { BK_ENVELOPE_CANCEL, "data", 8192 },  { BK_ENVELOPE_END, "data", 8192 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize extra = 0; extra < 2; extra++)
      {
        g_autoptr (JsonNode) node = read_node (samples[texts[i].kind].full);
        g_autoptr (GString) text = g_string_new (NULL);

        while (text->len + 3 <= texts[i].limit)
          g_string_append (text, "€");
        while (text->len < texts[i].limit + extra)
          g_string_append_c (text, 'x');
        json_object_set_string_member (json_node_get_object (node), texts[i].name, text->str);
        g_autoptr (BkEnvelope) envelope = read_object (json_node_get_object (node));
        g_assert_true ((envelope != NULL) == (extra == 0));
        if (envelope != NULL)
          assert_round_trip (envelope);
      }
}

/* The words and digits of the channel, whole or not at all. */
static void
test_channel_forms (void)
{
  static const struct
  {
    BkEnvelopeKind kind;
    const char *name;
    const char *value;
    gboolean good;
  } forms[] = {
    { BK_ENVELOPE_INVITE, "host", "inviter", TRUE },    { BK_ENVELOPE_INVITE, "host", "Inviter", FALSE },
    { BK_ENVELOPE_INVITE, "host", "", FALSE },          { BK_ENVELOPE_INVITE, "carries", "tcp", TRUE },
    { BK_ENVELOPE_INVITE, "carries", "udp", TRUE },     { BK_ENVELOPE_INVITE, "carries", "unix", TRUE },
    { BK_ENVELOPE_INVITE, "carries", "udp+tcp", FALSE }, { BK_ENVELOPE_INVITE, "carries", "tcp ", FALSE },
    { BK_ENVELOPE_ACCEPT, "fingerprint", HEX64 "0", FALSE }, { BK_ENVELOPE_ACCEPT, "fingerprint", "0", FALSE },
    { BK_ENVELOPE_ACCEPT, "identity", HEX64, TRUE },    { BK_ENVELOPE_ACCEPT, "identity", HEX64 HEX64, FALSE },
    { BK_ENVELOPE_ACCEPT, "signature", HEX64, FALSE },  { BK_ENVELOPE_TRANSPORT, "ufrag", "", FALSE },
    { BK_ENVELOPE_TRANSPORT, "ufrag", "a b", FALSE },   { BK_ENVELOPE_TRANSPORT, "pwd", "a\n", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (JsonNode) node = read_node (samples[forms[i].kind].full);

      json_object_set_string_member (json_node_get_object (node), forms[i].name, forms[i].value);
      g_autoptr (BkEnvelope) envelope = read_object (json_node_get_object (node));
      if ((envelope != NULL) != forms[i].good)
        g_error ("%s “%s” was %s", forms[i].name, forms[i].value, forms[i].good ? "refused" : "accepted");
    }
}

/* As many candidates as one envelope may have, of the length that each may have, and one more of either. */
static void
test_candidates (void)
{
  for (guint extra = 0; extra < 4; extra++)
    {
      g_autofree char *line = g_strnfill (256 + (extra & 1), 'x');
      g_autoptr (JsonNode) node = read_node (samples[BK_ENVELOPE_TRANSPORT].minimal);
      JsonArray *array = json_array_new ();

      for (guint i = 0; i < 32 + (extra >> 1); i++)
        json_array_add_string_element (array, line);
      json_object_set_array_member (json_node_get_object (node), "candidates", array);
      g_autoptr (BkEnvelope) envelope = read_object (json_node_get_object (node));
      g_assert_true ((envelope != NULL) == (extra == 0));
      if (envelope != NULL)
        assert_round_trip (envelope);
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/envelope/every-kind", test_every_kind);
  g_test_add_func ("/envelope/values", test_values);
  g_test_add_func ("/envelope/channel-values", test_channel_values);
  g_test_add_func ("/envelope/channel-forms", test_channel_forms);
  g_test_add_func ("/envelope/candidates", test_candidates);
  g_test_add_func ("/envelope/members", test_members);
  g_test_add_func ("/envelope/kinds", test_kinds);
  g_test_add_func ("/envelope/foreign-members", test_foreign_members);
  g_test_add_func ("/envelope/url", test_url);
  g_test_add_func ("/envelope/ttl", test_ttl);
  g_test_add_func ("/envelope/reasons", test_reasons);
  g_test_add_func ("/envelope/limits", test_limits);
  return g_test_run ();
}
