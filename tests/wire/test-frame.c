/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-frame.h"

#include "beckon-error.h"
#include "bk-limits.h"
#include "bk-test.h"
#include "bk-wire-json.h"
#include "frame-samples.h"

#include <string.h>

static const char *const request_heads[] = { "\"id\":0,", "\"id\":9007199254740991," };

static char *
sample_text (BkFrameType type, const char *members)
{
  const char *id = bk_frame_type_get_class (type) == BK_FRAME_PUSH ? "" : "\"id\":7,";

  return g_strdup_printf ("{%s\"type\":\"%s\"%s%s}", id, frame_samples[type].nick, *members != '\0' ? "," : "",
                          members);
}

/* Reads a frame as the side would that may get it. */
static BkFrame *
read_as (BkFrameType type, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  gint64 id;
  BkFrame *frame = bk_frame_type_get_class (type) == BK_FRAME_REQUEST
                     ? bk_frame_parse_request (text, length, &id, &error)
                     : bk_frame_parse_from_server (text, length, &error);

  if (frame == NULL)
    g_assert_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL);
  else
    g_assert_no_error (error);
  return frame;
}

static JsonNode *
read_node (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = bk_wire_json_parse (text, strlen (text), BK_LIMIT_FRAME, &error);

  g_assert_no_error (error);
  return node;
}

static BkFrame *
read_node_as (BkFrameType type, JsonNode *node)
{
  gsize length;
  g_autofree char *text = bk_wire_json_write (node, &length);

  return read_as (type, text, length);
}

/* Written, a frame is one that the other side reads as the same. */
static void
assert_round_trip (BkFrame *frame)
{
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (BkFrame) again = read_as (bk_frame_get_frame_type (frame), text, length);

  g_assert_cmpuint (length, <=, BK_LIMIT_FRAME);
  g_assert_nonnull (again);
  g_assert_cmpint (bk_frame_get_frame_type (again), ==, bk_frame_get_frame_type (frame));
  g_assert_cmpint (bk_frame_get_class (again), ==, bk_frame_get_class (frame));
  g_assert_cmpint (bk_frame_get_id (again), ==, bk_frame_get_id (frame));
  for (const BkField *f = bk_frame_type_get_fields (bk_frame_get_frame_type (frame)); f->name != NULL; f++)
    {
      g_assert_cmpstr (bk_frame_get_string (again, f->name), ==, bk_frame_get_string (frame, f->name));
      g_assert_cmpint (bk_frame_get_int (again, f->name), ==, bk_frame_get_int (frame, f->name));
    }
  g_autoptr (GBytes) bytes_again = bk_frame_to_bytes (again);
  g_assert_cmpuint (g_bytes_get_size (bytes_again), ==, length);
}

static void
test_every_type (void)
{
  for (guint type = 0; type < BK_N_FRAME_TYPES; type++)
    {
      g_autofree char *minimal_text = sample_text (type, frame_samples[type].minimal);
      g_autofree char *full_text = sample_text (type, frame_samples[type].full);
      g_autoptr (BkFrame) minimal = read_as (type, minimal_text, strlen (minimal_text));
      g_autoptr (BkFrame) full = read_as (type, full_text, strlen (full_text));

      g_assert_cmpstr (bk_frame_type_to_nick (type), ==, frame_samples[type].nick);
      g_assert_nonnull (minimal);
      g_assert_nonnull (full);
      g_assert_cmpint (bk_frame_get_frame_type (full), ==, type);
      g_assert_cmpint (bk_frame_get_id (full), ==, bk_frame_get_class (full) == BK_FRAME_PUSH ? -1 : 7);
      gboolean carries = type == BK_FRAME_SESSION || type == BK_FRAME_SESSION_SEND;
      g_assert_true ((bk_frame_get_envelope (full) != NULL) == carries);
      assert_round_trip (minimal);
      assert_round_trip (full);
    }
}

/* Values of the form that no member of a kind may have. */
static const char *const wrong_values[][9] = {
  [BK_FIELD_TEXT] = { "1", "null", "{}", "[]", "true", "\"a\\nb\"", "\"\\u007f\"" },
  [BK_FIELD_LONG_TEXT] = { "1", "null", "{}", "[]", "true", "\"a\\rb\"", "\"\\u0001\"" },
  [BK_FIELD_DATA] = { "1", "null", "{}", "[]", "true" },
  [BK_FIELD_NAME] = { "1", "null", "{}", "\"\"", "\"alice\"", "\"Alice@example.org\"", "\"a@b \"" },
  [BK_FIELD_GUID] = { "1", "null", "{}", "\"\"", "\"{f2a1c0de-7e57-4a11-8b0b-1234567890ab}\"", "\"x\"" },
  [BK_FIELD_TOKEN] = { "1", "null", "{}", "\"\"", "\"a b\"", "\"ä\"" },
  [BK_FIELD_WORD] = { "1", "null", "{}", "\"\"", "\"nonsense\"", "true" },
  [BK_FIELD_UINT] = { "-1", "9007199254740992", "1.5", "\"1\"", "null", "{}", "true" },
  [BK_FIELD_BOOL] = { "0", "1", "\"true\"", "null", "{}", "[]" },
  [BK_FIELD_UINT32] = { "-1", "4294967296", "1.5", "\"1\"", "null", "{}", "true" },
  [BK_FIELD_UINT32S] = { "1", "null", "{}", "[-1]", "[4294967296]", "[\"1\"]", "[1.5]", "[[]]" },
  [BK_FIELD_GUIDS] = { "1", "null", "{}", "[\"\"]", "[1]", "[[]]", "\"" SAMPLE_GUID "\"" },
  [BK_FIELD_LINES] = { "1", "null", "{}", "[\"a\\nb\"]", "[1]", "[[]]", "\"a\"" },
  [BK_FIELD_HEX] = { "1", "null", "{}", "\"\"", "\"xyz\"", "\"00\"" },
  [BK_FIELD_OBJECT] = { "1", "null", "[]", "\"{}\"", "true", "{}" },
};

static void
check_wrong_values (BkFrameType type, const char *full, const BkField *field)
{
  for (const char *const *value = wrong_values[field->kind]; *value != NULL; value++)
    {
      g_autofree char *text = g_strdup_printf ("{\"x\":%s}", *value);
      g_autoptr (JsonNode) other = read_node (text);
      g_autoptr (JsonNode) node = read_node (full);
      JsonNode *member = json_object_get_member (json_node_get_object (other), "x");

      json_object_set_member (json_node_get_object (node), field->name, json_node_copy (member));
      g_autoptr (BkFrame) frame = read_node_as (type, node);
      if (frame != NULL)
        g_error ("%s with %s = %s was accepted", frame_samples[type].nick, field->name, *value);
    }
}

/* A text member at its limit, in characters of several bytes where it may have them, and one byte longer. */
static void
check_length (BkFrameType type, const char *full, const BkField *field)
{
  const char *character = field->kind == BK_FIELD_TOKEN ? "x" : "😀";

  for (guint extra = 0; extra < 2; extra++)
    {
      g_autoptr (JsonNode) node = read_node (full);
      g_autoptr (GString) text = g_string_new (NULL);

      while (text->len + strlen (character) <= field->max)
        g_string_append (text, character);
      while (text->len < field->max + extra)
        g_string_append_c (text, 'x');
      json_object_set_string_member (json_node_get_object (node), field->name, text->str);
      g_autoptr (BkFrame) frame = read_node_as (type, node);
      if ((frame != NULL) != (extra == 0))
        g_error ("%s with %u bytes of %s was %s", frame_samples[type].nick, (guint) text->len, field->name,
                 extra == 0 ? "refused" : "accepted");
      if (frame != NULL)
        assert_round_trip (frame);
    }
}

static void
check_absent (BkFrameType type, const char *full, const char *minimal, const BkField *field)
{
  g_autoptr (JsonNode) least = read_node (minimal);
  g_autoptr (JsonNode) node = read_node (full);
  gboolean required = json_object_has_member (json_node_get_object (least), field->name);

  json_object_remove_member (json_node_get_object (node), field->name);
  g_autoptr (BkFrame) frame = read_node_as (type, node);
  if ((frame == NULL) != required)
    g_error ("%s without %s was %s", frame_samples[type].nick, field->name, required ? "accepted" : "refused");
}

static void
test_members (void)
{
  for (guint type = 0; type < BK_N_FRAME_TYPES; type++)
    {
      g_autofree char *minimal = sample_text (type, frame_samples[type].minimal);
      g_autofree char *full = sample_text (type, frame_samples[type].full);
      g_autoptr (JsonNode) all = read_node (full);
      guint n_fields = bk_frame_type_get_class (type) == BK_FRAME_PUSH ? 1 : 2;

      for (const BkField *field = bk_frame_type_get_fields (type); field->name != NULL; field++, n_fields++)
        {
          g_assert_true (json_object_has_member (json_node_get_object (all), field->name));
          check_absent (type, full, minimal, field);
          check_wrong_values (type, full, field);
          if (field->kind == BK_FIELD_TEXT || field->kind == BK_FIELD_LONG_TEXT || field->kind == BK_FIELD_TOKEN)
            check_length (type, full, field);
        }
      g_assert_cmpuint (json_object_get_size (json_node_get_object (all)), ==, n_fields);
    }
}

/* The limits themselves: a table that agrees with itself proves nothing. */
static void
test_limits (void)
{
  static const struct
  {
    BkFrameType type;
    const char *name;
    gsize max;
  } limits[] = {
    { BK_FRAME_REGISTER, "password", 256 },      { BK_FRAME_REGISTER, "display_name", 128 },
    { BK_FRAME_REGISTER, "token", 128 },         { BK_FRAME_SIGN_IN, "password", 256 },
    { BK_FRAME_SIGN_IN, "device_name", 64 },     { BK_FRAME_SIGN_IN, "personal_message", 512 },
    { BK_FRAME_SIGN_IN, "token", 128 },          { BK_FRAME_PRESENCE_SET, "personal_message", 512 },
    { BK_FRAME_PROFILE_SET, "display_name", 128 }, { BK_FRAME_CONTACT_ADD, "message", 512 },
    { BK_FRAME_MESSAGE_SEND, "text", 16384 },    { BK_FRAME_ERROR, "text", 512 },
    { BK_FRAME_SIGNED_IN, "token", 128 },        { BK_FRAME_CONTACT, "message", 512 },
    { BK_FRAME_MESSAGE, "text", 16384 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      const BkField *field = bk_frame_type_get_fields (limits[i].type);

      while (field->name != NULL && !g_str_equal (field->name, limits[i].name))
        field++;
      g_assert_nonnull (field->name);
      g_assert_cmpuint (field->max, ==, limits[i].max);
    }
}

static void
test_unknown_members (void)
{
  for (guint type = 0; type < BK_N_FRAME_TYPES; type++)
    {
      g_autofree char *members
        = g_strconcat (frame_samples[type].full, frame_samples[type].full[0] != '\0' ? "," : "",
                       "\"new\":{\"type\":[null]},\"TYPE\":1,\"Id\":-1,\"\":\"\"", NULL);
      g_autofree char *text = sample_text (type, members);
      g_autoptr (BkFrame) frame = read_as (type, text, strlen (text));

      g_assert_nonnull (frame);
    }
}

/* ---- who may say what, and with which id ---- */

static void
assert_request_refused (const char *text, BeckonError code, gint64 expected_id)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 12345;
  g_autoptr (BkFrame) frame = bk_frame_parse_request (text, strlen (text), &id, &error);

  g_assert_null (frame);
  g_assert_error (error, BECKON_ERROR, (int) code);
  g_assert_cmpint (id, ==, expected_id);
}

static void
assert_server_refused (const char *text, BeckonError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BkFrame) frame = bk_frame_parse_from_server (text, strlen (text), &error);

  g_assert_null (frame);
  g_assert_error (error, BECKON_ERROR, (int) code);
}

static void
test_classes (void)
{
  for (guint type = 0; type < BK_N_FRAME_TYPES; type++)
    {
      g_autofree char *with_id
        = g_strdup_printf ("{\"type\":\"%s\",\"id\":7,%s}", frame_samples[type].nick, frame_samples[type].full);
      g_autofree char *without_id
        = g_strdup_printf ("{\"type\":\"%s\",%s}", frame_samples[type].nick, frame_samples[type].full);
      if (frame_samples[type].full[0] == '\0')
        {
          *strrchr (with_id, ',') = ' ';
          *strrchr (without_id, ',') = ' ';
        }

      BkFrameClass klass = type < BK_FRAME_OK ? BK_FRAME_REQUEST
                           : type <= BK_FRAME_SIGNED_IN  ? BK_FRAME_REPLY
                                                         : BK_FRAME_PUSH;
      g_assert_cmpint (bk_frame_type_get_class (type), ==, klass);
      /* The other side's frames are refused, with and without an id. */
      if (klass != BK_FRAME_REQUEST)
        assert_request_refused (with_id, BECKON_ERROR_PROTOCOL, 7);
      if (klass != BK_FRAME_PUSH && type != BK_FRAME_ERROR)
        assert_server_refused (without_id, BECKON_ERROR_PROTOCOL);
      if (klass != BK_FRAME_REPLY)
        assert_server_refused (with_id, BECKON_ERROR_PROTOCOL);
      assert_request_refused (without_id, BECKON_ERROR_PROTOCOL, -1);
    }
}

static void
test_ids (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (request_heads); i++)
    {
      g_autofree char *text = g_strdup_printf ("{%s\"type\":\"sign-out\",\"forget\":true}", request_heads[i]);
      gint64 id;
      g_autoptr (GError) error = NULL;
      g_autoptr (BkFrame) frame = bk_frame_parse_request (text, strlen (text), &id, &error);

      g_assert_no_error (error);
      g_assert_cmpint (id, ==, i == 0 ? 0 : G_GINT64_CONSTANT (9007199254740991));
      g_assert_cmpint (bk_frame_get_id (frame), ==, id);
    }
  for (const char *const *id
       = (const char *[]){ "-1", "9007199254740992", "1.0", "\"7\"", "null", "true", "{}", "[7]", NULL };
       *id != NULL; id++)
    {
      g_autofree char *request = g_strdup_printf ("{\"id\":%s,\"type\":\"sign-out\",\"forget\":true}", *id);
      g_autofree char *reply = g_strdup_printf ("{\"id\":%s,\"type\":\"ok\"}", *id);

      assert_request_refused (request, BECKON_ERROR_PROTOCOL, -1);
      assert_server_refused (reply, BECKON_ERROR_PROTOCOL);
    }
}

static void
test_not_frames (void)
{
  static const char *const texts[] = {
    "", "{", "[]", "null", "\"hello\"", "7", "{}", "{\"type\":null}", "{\"type\":7}", "{\"type\":\"\"}",
    "{\"type\":[\"ok\"]}", "{\"type\":\"ok\",\"type\":\"ok\",\"id\":1}", "{\"type\":\"o\\u0000k\",\"id\":1}",
    "{\"type\":\"sign-out\",\"id\":1,\"forget\":true}x", "{\"type\":\"sign out\",\"id\":1,\"forget\":true}",
    "{\"type\":\"message-send\",\"id\":1,\"to\":\"a@b\",\"message\":\"" SAMPLE_GUID "\",\"text\":\"a\\u0000b\"}",
    "{\"type\":\"message-send\",\"id\":1,\"to\":\"a@b\",\"message\":\"" SAMPLE_GUID "\",\"text\":\"\\ud800\"}",
    "{\"type\":\"message-send\",\"id\":1,\"to\":\"a@b\",\"message\":\"" SAMPLE_GUID "\",\"text\":\"\xC3\"}",
    "{\"type\":\"aaaaaaaaaabbbbbbbbbbccccccccccddd\",\"id\":1}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      assert_server_refused (texts[i], BECKON_ERROR_PROTOCOL);
      assert_request_refused (texts[i], BECKON_ERROR_PROTOCOL, -1);
    }
}

/* What a newer peer may say: not a mistake of its. The refusal of a request can be addressed. */
static void
test_unknown_types (void)
{
  assert_request_refused ("{\"type\":\"dance\",\"id\":9}", BECKON_ERROR_NOT_SUPPORTED, 9);
  assert_request_refused ("{\"type\":\"dance\"}", BECKON_ERROR_NOT_SUPPORTED, -1);
  assert_request_refused ("{\"type\":\"Sign-out\",\"id\":9,\"forget\":true}", BECKON_ERROR_NOT_SUPPORTED, 9);
  assert_server_refused ("{\"type\":\"dance\"}", BECKON_ERROR_NOT_SUPPORTED);
  assert_server_refused ("{\"type\":\"dance\",\"id\":3,\"x\":{}}", BECKON_ERROR_NOT_SUPPORTED);
}

static void
test_request_id_of_refusals (void)
{
  assert_request_refused ("{\"type\":\"sign-out\",\"id\":4}", BECKON_ERROR_PROTOCOL, 4);
  assert_request_refused ("{\"type\":\"hello\",\"id\":5,\"version\":1,\"domain\":\"x\",\"registration\":\"open\"}",
                          BECKON_ERROR_PROTOCOL, 5);
  assert_request_refused ("{\"type\":\"session-send\",\"id\":6,\"to\":\"a@b\",\"uid\":\"" SAMPLE_GUID
                          "\",\"envelope\":{}}",
                          BECKON_ERROR_PROTOCOL, 6);
}

/* ---- errors ---- */

static BkFrame *
send_error (gint64 id, const GError *error)
{
  g_autoptr (BkFrame) frame = bk_frame_new_error (id, error);
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  BkFrame *received = read_as (BK_FRAME_ERROR, text, length);

  g_assert_nonnull (received);
  g_assert_cmpint (bk_frame_get_id (received), ==, id);
  return received;
}

static void
test_error_codes (void)
{
  for (int code = 0; code < BECKON_N_ERRORS; code++)
    {
      g_autoptr (GError) error = g_error_new (BECKON_ERROR, code, "Number “%d” 😀", code);
      g_autoptr (BkFrame) frame = send_error (code - 1, error);
      g_autoptr (GError) received = bk_frame_dup_error (frame);

      g_assert_error (received, BECKON_ERROR, code);
      g_assert_cmpstr (received->message, ==, error->message);
    }
}

static void
test_error_unknown_code (void)
{
  const char *text = "{\"type\":\"error\",\"id\":3,\"code\":\"tea-is-cold\",\"text\":\"Warm it\"}";
  g_autoptr (BkFrame) frame = read_as (BK_FRAME_ERROR, text, strlen (text));
  g_autoptr (GError) error = bk_frame_dup_error (frame);

  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "Warm it");
}

/* Paths, statements and the like stay here. */
static void
test_error_foreign (void)
{
  g_autoptr (GError) foreign
    = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_ACCES, "/var/lib/beckon/server.db: Permission denied");
  g_autoptr (GError) impossible = g_error_new_literal (BECKON_ERROR, 9999, "what");
  g_autoptr (BkFrame) frame = send_error (1, foreign);
  g_autoptr (BkFrame) other = send_error (2, impossible);
  g_autoptr (GError) received = bk_frame_dup_error (frame);

  g_assert_error (received, BECKON_ERROR, BECKON_ERROR_FAILED);
  g_assert_null (strstr (received->message, "var"));
  g_assert_cmpstr (bk_frame_get_string (other, "code"), ==, "failed");
}

/* A text that the client would refuse would cost it the connection: the code goes without it. */
static void
test_error_texts (void)
{
  g_autofree char *limit = g_strnfill (BK_LIMIT_ERROR_TEXT, 'x');
  g_autofree char *over = g_strnfill (BK_LIMIT_ERROR_TEXT + 1, 'x');
  const char *const bad[] = { over, "two\nlines", "\x1b[31m", "not \xff UTF-8" };
  g_autoptr (GError) fitting = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_STORAGE, limit);
  g_autoptr (BkFrame) full = send_error (1, fitting);

  g_assert_cmpstr (bk_frame_get_string (full, "text"), ==, limit);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_STORAGE, bad[i]);
      g_autoptr (BkFrame) frame = send_error (1, error);

      g_assert_cmpstr (bk_frame_get_string (frame, "code"), ==, "storage");
      g_assert_cmpstr (bk_frame_get_string (frame, "text"), !=, bad[i]);
    }
}

/* ---- sizes ---- */

/* Text of @max bytes that takes as much room as JSON can make of it. */
static char *
worst_text (const BkField *field, const char *const *candidates)
{
  const char *worst = field->kind == BK_FIELD_DATA ? candidates[0] : candidates[1];
  GString *text = g_string_new (NULL);

  while (text->len + strlen (worst) <= field->max)
    g_string_append (text, worst);
  return g_string_free (text, FALSE);
}

static void
fill_worst (JsonObject *object, const BkField *fields, const char *const *candidates)
{
  for (const BkField *field = fields; field->name != NULL; field++)
    if (field->kind == BK_FIELD_TEXT || field->kind == BK_FIELD_LONG_TEXT || field->kind == BK_FIELD_DATA)
      {
        g_autofree char *text = worst_text (field, candidates);

        if (!g_str_equal (field->name, "url"))
          json_object_set_string_member (object, field->name, text);
      }
    else if (field->kind == BK_FIELD_UINT && !g_str_equal (field->name, "ttl"))
      {
        json_object_set_int_member (object, field->name, BK_FIELD_UINT_MAX);
      }
    else if (field->kind == BK_FIELD_UINT32)
      {
        json_object_set_int_member (object, field->name, G_MAXUINT32);
      }
    else if (field->kind == BK_FIELD_NAME)
      {
        g_autofree char *half = g_strnfill (64, 'a');
        g_autofree char *name = g_strdup_printf ("%s@%s", half, half);

        json_object_set_string_member (object, field->name, name);
      }
    else if (field->kind == BK_FIELD_LINES)
      {
        const BkField line = { field->name, BK_FIELD_TEXT, FALSE, BK_FIELD_LINE_MAX };
        g_autofree char *text = worst_text (&line, candidates);
        JsonArray *array = json_array_new ();

        for (gsize i = 0; i < field->max; i++)
          json_array_add_string_element (array, text);
        json_object_set_array_member (object, field->name, array);
      }
}

static gsize
written_size (BkFrameType type, JsonNode *node)
{
  g_autoptr (BkFrame) frame = read_node_as (type, node);

  g_assert_nonnull (frame);
  assert_round_trip (frame);
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  return g_bytes_get_size (bytes);
}

/* Whatever our side can build from values that it may have fits into a frame, whatever JSON makes of the characters:
 * else one message would stop an account's stream for ever. Half the limit, so that it stays so. */
static void
test_largest_frames (void)
{
  static const char *const candidates[][2] = {
    { "\x01", "\"" }, { "\x1f", "\\" }, { "\x7f", "é" }, { "\xC2\x85", "\xC2\xA0" }, { "\xE2\x80\xA8", "\xEF\xBF\xBF" },
    { "😀", "😀" },
  };
  gsize largest = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++)
    for (guint type = 0; type < BK_N_FRAME_TYPES; type++)
      for (guint kind = 0; kind < BK_N_ENVELOPE_KINDS; kind++)
        {
          g_autofree char *text = sample_text (type, frame_samples[type].full);
          g_autoptr (JsonNode) node = read_node (text);
          JsonObject *object = json_node_get_object (node);

          fill_worst (object, bk_frame_type_get_fields (type), candidates[i]);
          if (json_object_has_member (object, "envelope"))
            {
              g_autoptr (JsonNode) envelope = read_node (envelope_samples[kind]);
              fill_worst (json_node_get_object (envelope), bk_envelope_kind_get_fields (kind), candidates[i]);
              json_object_set_member (object, "envelope", json_node_copy (envelope));
            }
          else if (kind > 0)
            {
              break;
            }
          largest = MAX (largest, written_size (type, node));
        }
  g_test_message ("The largest frame has %u bytes", (guint) largest);
  g_assert_cmpuint (largest, >, 6 * BK_LIMIT_APP_DATA);
  g_assert_cmpuint (largest, <, BK_LIMIT_FRAME / 2);
}

static void
test_frame_limit (void)
{
  g_autofree char *padding = g_strnfill (BK_LIMIT_FRAME, ' ');
  const char *frame = "{\"type\":\"sign-out\",\"id\":1,\"forget\":true}";
  gsize room = BK_LIMIT_FRAME - strlen (frame);
  g_autofree char *fits = g_strdup_printf ("%s%.*s", frame, (int) room, padding);
  g_autofree char *over = g_strdup_printf ("%s%.*s", frame, (int) room + 1, padding);
  gint64 id;
  g_autoptr (BkFrame) taken = bk_frame_parse_request (fits, strlen (fits), &id, NULL);

  g_assert_nonnull (taken);
  assert_request_refused (over, BECKON_ERROR_PROTOCOL, -1);
}

/* ---- building ---- */

static void
test_build (void)
{
  g_autoptr (BkEnvelope) envelope = bk_envelope_new (BK_ENVELOPE_CONTEXT, SAMPLE_GUID);
  envelope->data = g_strdup ("a \"quoted\" \\ word\n");
  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_SESSION_SEND, 1);

  bk_frame_set_string (frame, "to", "bob@localhost");
  bk_frame_set_string (frame, "uid", SAMPLE_GUID);
  bk_frame_set_string (frame, "nothing", NULL);
  bk_frame_set_envelope (frame, envelope);
  bk_frame_set_envelope (frame, envelope);
  g_assert_cmpstr (bk_frame_get_envelope (frame)->data, ==, envelope->data);
  assert_round_trip (frame);

  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (BkFrame) again = read_as (BK_FRAME_SESSION_SEND, text, length);
  g_assert_cmpstr (bk_frame_get_envelope (again)->data, ==, envelope->data);
  g_assert_null (bk_frame_get_string (again, "nothing"));

  g_autoptr (BkFrame) push = bk_frame_new (BK_FRAME_CONTACT, -1);
  bk_frame_set_int (push, "seq", BK_FIELD_UINT_MAX);
  bk_frame_set_string (push, "who", "bob@localhost");
  bk_frame_set_string (push, "relation", "asked");
  bk_frame_set_bool (push, "blocked", TRUE);
  g_assert_cmpint (bk_frame_get_int (push, "blocked"), ==, 1);
  g_assert_cmpint (bk_frame_get_int (push, "absent"), ==, 0);
  assert_round_trip (push);
}

/* What was set last counts, also after somebody has looked. */
static void
test_set_again (void)
{
  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_PRESENCE, -1);

  bk_frame_set_string (frame, "who", "bob@localhost");
  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, "bob@localhost");
  bk_frame_set_string (frame, "status", "busy");
  g_assert_cmpstr (bk_frame_get_string (frame, "status"), ==, "busy");
  bk_frame_set_string (frame, "who", "carol@localhost");
  bk_frame_set_string (frame, "personal_message", "a \"quoted\" \\ word, \x01 \x1f \x7f");
  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, "carol@localhost");
  g_assert_cmpstr (bk_frame_get_string (frame, "status"), ==, "busy");

  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (JsonNode) root = bk_wire_json_parse (text, length, BK_LIMIT_FRAME, NULL);
  g_assert_nonnull (root);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (root), "personal_message"), ==,
                   "a \"quoted\" \\ word, \x01 \x1f \x7f");
  g_assert_cmpuint (json_object_get_size (json_node_get_object (root)), ==, 4);
}

/* Text that is none is not sent half. */
static void
test_set_not_utf8 (void)
{
  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_PRESENCE, -1);

  g_test_expect_message ("beckon-wire", G_LOG_LEVEL_CRITICAL, "*not UTF-8*");
  bk_frame_set_string (frame, "who", "\xff");
  g_test_assert_expected_messages ();
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);

  /* Nor is what is left of it, whatever is put in afterwards and however often. */
  bk_frame_set_string (frame, "status", "busy");
  bk_frame_set_string (frame, "status", "online");
  bk_frame_set_string (frame, "who", "bob@localhost");
  g_autoptr (GBytes) later = bk_frame_to_bytes (frame);
  g_assert_cmpuint (g_bytes_get_size (later), ==, 0);
}

/* The same where a member is set again, and so goes into a tree. */
static void
test_set_again_not_utf8 (void)
{
  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_PRESENCE, -1);

  bk_frame_set_string (frame, "who", "bob@localhost");
  g_test_expect_message ("beckon-wire", G_LOG_LEVEL_CRITICAL, "*not UTF-8*");
  bk_frame_set_string (frame, "who", "\xff");
  g_test_assert_expected_messages ();
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/frame/every-type", test_every_type);
  g_test_add_func ("/frame/members", test_members);
  g_test_add_func ("/frame/limits", test_limits);
  g_test_add_func ("/frame/unknown-members", test_unknown_members);
  g_test_add_func ("/frame/classes", test_classes);
  g_test_add_func ("/frame/ids", test_ids);
  g_test_add_func ("/frame/not-frames", test_not_frames);
  g_test_add_func ("/frame/unknown-types", test_unknown_types);
  g_test_add_func ("/frame/id-of-refusals", test_request_id_of_refusals);
  g_test_add_func ("/frame/error/codes", test_error_codes);
  g_test_add_func ("/frame/error/unknown-code", test_error_unknown_code);
  g_test_add_func ("/frame/error/foreign", test_error_foreign);
  g_test_add_func ("/frame/error/texts", test_error_texts);
  g_test_add_func ("/frame/largest", test_largest_frames);
  g_test_add_func ("/frame/limit", test_frame_limit);
  g_test_add_func ("/frame/build", test_build);
  g_test_add_func ("/frame/set-again", test_set_again);
  g_test_add_func ("/frame/set-not-utf8", test_set_not_utf8);
  g_test_add_func ("/frame/set-again-not-utf8", test_set_again_not_utf8);
  return g_test_run ();
}
