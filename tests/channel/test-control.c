/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-channel-control.h"

#include "beckon-error.h"
#include "bk-limits.h"
#include "bk-test.h"

#include <string.h>

#define SESSION "{A0A0A0A0-0000-4000-8000-00000000C0DE}"
#define OTHER "{B0B0B0B0-0000-4000-8000-00000000C0DE}"

static GByteArray *
frame (const char *text)
{
  GByteArray *bytes = g_byte_array_new ();
  guint32 length = GUINT32_TO_BE ((guint32) strlen (text));

  g_byte_array_append (bytes, (const guint8 *) &length, 4);
  g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text));
  return bytes;
}

static void
expect_refused (const char *text)
{
  g_autoptr (GByteArray) bytes = frame (text);
  g_autoptr (GError) error = NULL;
  g_auto (BkWord) word = { 0 };

  g_test_message ("%s", text);
  g_assert_cmpint (bk_word_read (bytes, SESSION, &word, &error), ==, -1);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL);
  g_assert_null (word.envelope);
  g_assert_null (word.name);
}

/* What was written is read, also if it comes byte by byte. */
static void
test_round_trip (void)
{
  g_autoptr (BkEnvelope) envelope = bk_envelope_new (BK_ENVELOPE_CONTEXT, SESSION);
  const BkWord words[] = { { .kind = BK_WORD_HELLO },
                           { .kind = BK_WORD_ENVELOPE, .envelope = envelope },
                           { .kind = BK_WORD_OFFER, .name = (char *) "a “name”" },
                           { .kind = BK_WORD_DATAGRAM, .name = (char *) "", .id = G_MAXUINT32 },
                           { .kind = BK_WORD_CLOSED, .id = 7 } };
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autoptr (GByteArray) come = g_byte_array_new ();
  guint n = 0;

  envelope->data = g_strdup ("move e2e4");
  envelope->number = 3;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    bk_word_write (&words[i], all);
  for (guint i = 0; i < all->len; i++)
    {
      g_auto (BkWord) word = { 0 };

      g_byte_array_append (come, all->data + i, 1);
      if (bk_word_read (come, SESSION, &word, NULL) == 0)
        continue;
      g_assert_cmpint (word.kind, ==, words[n].kind);
      g_assert_cmpstr (word.name, ==, words[n].name);
      g_assert_cmpuint (word.id, ==, words[n].id);
      g_assert_cmpstr (word.envelope != NULL ? word.envelope->data : NULL, ==, n == 1 ? "move e2e4" : NULL);
      g_assert_cmpuint (word.envelope != NULL ? word.envelope->number : 0, ==, n == 1 ? 3 : 0);
      n++;
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (words));
  g_assert_cmpuint (come->len, ==, 0);
}

/* The longest that a program can say, in the form that takes the most room. */
static void
test_longest (void)
{
  g_autoptr (BkEnvelope) envelope = bk_envelope_new (BK_ENVELOPE_CONTEXT, SESSION);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (BkWord) read = { 0 };
  BkWord word = { .kind = BK_WORD_ENVELOPE, .envelope = envelope };

  envelope->data = g_strnfill (BK_LIMIT_CONTEXT_DATA, '\x01');
  bk_word_write (&word, bytes);
  g_assert_cmpint (bk_word_read (bytes, SESSION, &read, NULL), ==, 1);
  g_assert_cmpstr (read.envelope->data, ==, envelope->data);
}

static void
test_kinds (void)
{
  for (guint kind = 0; kind < BK_N_ENVELOPE_KINDS; kind++)
    {
      gboolean carried = kind == BK_ENVELOPE_CONTEXT || kind == BK_ENVELOPE_END || kind == BK_ENVELOPE_CANCEL
                         || kind == BK_ENVELOPE_HOSTING;
      g_assert_cmpint (bk_word_carries ((BkEnvelopeKind) kind), ==, carried);
    }
  expect_refused ("{\"type\":\"envelope\",\"envelope\":{\"kind\":\"ringing\",\"session\":\"" SESSION "\"}}");
  expect_refused ("{\"type\":\"envelope\",\"envelope\":{\"kind\":\"decline\",\"session\":\"" SESSION "\"}}");
  expect_refused ("{\"type\":\"envelope\",\"envelope\":{\"kind\":\"hosting\",\"session\":\"" OTHER "\"}}");
}

static void
test_hostile (void)
{
  g_autofree char *long_name = g_strnfill (BK_LIMIT_STREAM_NAME + 1, 'n');
  g_autofree char *too_long = g_strdup_printf ("{\"type\":\"offer\",\"name\":\"%s\"}", long_name);

  expect_refused ("");
  expect_refused ("[]");
  expect_refused ("{}");
  expect_refused ("{\"type\":7}");
  expect_refused ("{\"type\":\"offer\"}");
  expect_refused ("{\"type\":\"offer\",\"name\":\"two\\nlines\"}");
  expect_refused (too_long);
  expect_refused ("{\"type\":\"datagram\",\"name\":\"a\"}");
  expect_refused ("{\"type\":\"datagram\",\"name\":\"a\",\"id\":-1}");
  expect_refused ("{\"type\":\"datagram\",\"name\":\"a\",\"id\":4294967296}");
  expect_refused ("{\"type\":\"envelope\"}");
  expect_refused ("{\"type\":\"envelope\",\"envelope\":{}}");
}

static void
test_too_long (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_auto (BkWord) word = { 0 };
  guint32 length = GUINT32_TO_BE (BK_LIMIT_FRAME + 1);

  g_byte_array_append (bytes, (const guint8 *) &length, 4);
  g_assert_cmpint (bk_word_read (bytes, SESSION, &word, &error), ==, -1);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL);
}

/* A newer peer says more than is known here. */
static void
test_unknown (void)
{
  g_autoptr (GByteArray) bytes = frame ("{\"type\":\"weather\",\"sunny\":true}");
  g_auto (BkWord) word = { 0 };

  g_assert_cmpint (bk_word_read (bytes, SESSION, &word, NULL), ==, 1);
  g_assert_cmpint (word.kind, ==, BK_WORD_UNKNOWN);
}

int
main (int argc, char *argv[])
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/control/round-trip", test_round_trip);
  g_test_add_func ("/control/longest", test_longest);
  g_test_add_func ("/control/kinds", test_kinds);
  g_test_add_func ("/control/hostile", test_hostile);
  g_test_add_func ("/control/too-long", test_too_long);
  g_test_add_func ("/control/unknown", test_unknown);
  return g_test_run ();
}
