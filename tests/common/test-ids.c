/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"

#include "beckon-enums.h"
#include "bk-ids.h"
#include "bk-limits.h"

#include <string.h>

#define GUID "{0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F012}"

/* ---- GUIDs ---- */

static void
test_guid_new (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 1000; i++)
    {
      char *guid = bk_guid_new ();

      g_assert_cmpuint (strlen (guid), ==, 38);
      g_assert_true (bk_guid_is_valid (guid));
      g_assert_cmpint (guid[15], ==, '4');
      g_assert_nonnull (strchr ("89AB", guid[20]));
      g_assert_true (g_hash_table_add (seen, guid));
    }
}

static const struct
{
  const char *text;
  const char *normal;
} guids[] = {
  { GUID, GUID },
  { "{0f5a2e61-9b3c-4d7e-8a10-c2b4d6e8f012}", GUID },
  { "0f5a2e61-9B3C-4d7e-8A10-c2b4d6e8f012", GUID },
  { "{00000000-0000-0000-0000-000000000000}", "{00000000-0000-0000-0000-000000000000}" },
  { NULL, NULL },
  { "", NULL },
  { "{}", NULL },
  { "{0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F012", NULL },
  { "0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F012}", NULL },
  { "(0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F012)", NULL },
  { "{0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F012)", NULL },
  { "(0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F012}", NULL },
  { "{0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F012} ", NULL },
  { " {0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F012}", NULL },
  { "{0F5A2E619-B3C-4D7E-8A10-C2B4D6E8F012}", NULL },
  { "{0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F0122}", NULL },
  { "{0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F01G}", NULL },
  { "{../../../../../../../../etc/passwd...}", NULL },
  { "{0F5A2E61/9B3C/4D7E/8A10/C2B4D6E8F012}", NULL },
  { "{0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F0\xc3\xa9}", NULL },
  { "{0F5A2E61-9B3C-4D7E-8A10-C2B4D6E8F0\xff\xff}", NULL },
};

static void
test_guid_normalize (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (guids); i++)
    {
      g_autofree char *normal = bk_guid_normalize (guids[i].text);

      g_test_message ("%s", guids[i].text);
      g_assert_cmpstr (normal, ==, guids[i].normal);
      g_assert_cmpint (bk_guid_is_valid (guids[i].text), ==,
                       guids[i].normal != NULL && g_str_equal (guids[i].text, guids[i].normal));
    }
}

static void
test_guid_huge (void)
{
  g_autofree char *text = g_strnfill (1024 * 1024, 'A');

  g_assert_null (bk_guid_normalize (text));
  g_assert_false (bk_guid_is_valid (text));
}

/* ---- tokens ---- */

static void
test_token_new (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 1000; i++)
    {
      char *token = bk_token_new ();

      g_assert_cmpuint (strlen (token), ==, 64);
      g_assert_cmpuint (strspn (token, "0123456789abcdef"), ==, 64);
      g_assert_true (g_hash_table_add (seen, token));
    }
}

static const struct
{
  const char *a;
  const char *b;
  gboolean equal;
} token_pairs[] = {
  { "", "", TRUE },
  { "abc", "abc", TRUE },
  { "abc", "abd", FALSE },
  { "abc", "bbc", FALSE },
  { "abc", "ABC", FALSE },
  { "abc", "ab", FALSE },
  { "ab", "abc", FALSE },
  { "", "a", FALSE },
  { "a", "", FALSE },
  { "\xff\x80", "\xff\x80", TRUE },
  { "\xff\x80", "\x80\xff", FALSE },
};

static void
test_token_equal (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (token_pairs); i++)
    g_assert_cmpint (bk_token_equal (token_pairs[i].a, token_pairs[i].b), ==, token_pairs[i].equal);
}

/* ---- sign-in names ---- */

#define SIXTEEN "abcdefghijklmnop"
#define SIXTY_FOUR SIXTEEN SIXTEEN SIXTEEN SIXTEEN

static const struct
{
  const char *text;
  const char *normal;
} names[] = {
  { "alice@example.org", "alice@example.org" },
  { "Alice@Example.ORG", "alice@example.org" },
  { "a@b", "a@b" },
  { "bob_2+home.x-y@localhost", "bob_2+home.x-y@localhost" },
  { SIXTY_FOUR "@" SIXTY_FOUR, SIXTY_FOUR "@" SIXTY_FOUR },
  { NULL, NULL },
  { "", NULL },
  { "@", NULL },
  { "alice", NULL },
  { "alice@", NULL },
  { "@example.org", NULL },
  { "alice@@example.org", NULL },
  { "alice@example.org@example.net", NULL },
  { "a" SIXTY_FOUR "@b", NULL },
  { "b@a" SIXTY_FOUR, NULL },
  { " alice@example.org", NULL },
  { "alice@example.org ", NULL },
  { "alice @example.org", NULL },
  { "alice@example.org\n", NULL },
  { "alice\t@example.org", NULL },
  { ".alice@example.org", NULL },
  { "alice.@example.org", NULL },
  { "-alice@example.org", NULL },
  { "alice@-example.org", NULL },
  { "alice@.example.org", NULL },
  { "alice@example.org.", NULL },
  { "../alice@example.org", NULL },
  { "alice/bob@example.org", NULL },
  { "alice%s@example.org", NULL },
  { "alice'--@example.org", NULL },
  { "alice\"@example.org", NULL },
  { "<b>alice</b>@example.org", NULL },
  { "alice@example.org:80", NULL },
  { "alice@[::1]", NULL },
  { "\xd0\xb0lice@example.org", NULL },      /* CYRILLIC SMALL LETTER A */
  { "alice\xe2\x80\x8b@example.org", NULL }, /* ZERO WIDTH SPACE */
  { "ali\xffgator@example.org", NULL },
};

static void
test_sign_in_name (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *normal = bk_sign_in_name_normalize (names[i].text);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (normal, ==, names[i].normal);
      g_assert_cmpint (bk_sign_in_name_is_valid (names[i].text), ==,
                       names[i].normal != NULL && g_str_equal (names[i].text, names[i].normal));
    }
}

static void
test_sign_in_name_huge (void)
{
  g_autofree char *text = g_strnfill (1024 * 1024, 'a');

  text[10] = '@';
  g_assert_null (bk_sign_in_name_normalize (text));
}

/* ---- text ---- */

static const struct
{
  const char *text;
  gsize max_bytes;
  gboolean one_line;
  gboolean lines;
} texts[] = {
  { "", 0, TRUE, TRUE },
  { "a", 0, FALSE, FALSE },
  { "Hello", 5, TRUE, TRUE },
  { "Hello", 4, FALSE, FALSE },
  { "Gr\xc3\xbc\xc3\x9f \xf0\x9f\x91\x8b", 12, TRUE, TRUE },
  { "\xc3\xbc", 1, FALSE, FALSE }, /* bytes, not characters */
  { NULL, 10, FALSE, FALSE },
  { "two\nlines", 100, FALSE, TRUE },
  { "a\ttab", 100, FALSE, TRUE },
  { "carriage\rreturn", 100, FALSE, FALSE },
  { "bell\a", 100, FALSE, FALSE },
  { "\x1b[31mred", 100, FALSE, FALSE },
  { "delete\x7f", 100, FALSE, FALSE },
  { "broken \xff", 100, FALSE, FALSE },
  { "cut off \xc3", 100, FALSE, FALSE },
  { "overlong \xc0\xaf", 100, FALSE, FALSE },
  { "surrogate \xed\xa0\x80", 100, FALSE, FALSE },
  { "beyond \xf4\x90\x80\x80", 100, FALSE, FALSE },
  { "\302\205", 100, FALSE, FALSE },         /* C1 control U+0085 */
  { "\302\240", 100, TRUE, TRUE },           /* no-break space, the first after them */
  { "moc.\342\200\256elgoog", 100, FALSE, TRUE }, /* right-to-left override U+202E */
  { "\342\201\246x", 100, FALSE, TRUE },       /* isolate U+2066 */
  { "\342\200\250", 100, FALSE, TRUE },        /* line separator U+2028 */
  { "\342\200\217", 100, TRUE, TRUE },         /* right-to-left mark: Arabic names need it */
  { "%s%n<b>&amp;", 100, TRUE, TRUE }, /* is text; whoever shows it must not read it as anything else */
};

static void
test_text (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (bk_text_is_valid (texts[i].text, texts[i].max_bytes, FALSE), ==, texts[i].one_line);
      g_assert_cmpint (bk_text_is_valid (texts[i].text, texts[i].max_bytes, TRUE), ==, texts[i].lines);
    }
}

static void
test_data (void)
{
  g_assert_true (bk_data_is_valid ("", 0));
  g_assert_true (bk_data_is_valid ("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n\x01\x7f", 100));
  g_assert_true (bk_data_is_valid ("12345", 5));
  g_assert_false (bk_data_is_valid ("123456", 5));
  g_assert_false (bk_data_is_valid ("broken \xff", 100));
  g_assert_false (bk_data_is_valid (NULL, 100));
}

static void
test_text_limit (void)
{
  g_autofree char *text = g_strnfill (BK_LIMIT_MESSAGE + 1, 'x');

  g_assert_false (bk_text_is_valid (text, BK_LIMIT_MESSAGE, TRUE));
  text[BK_LIMIT_MESSAGE] = '\0';
  g_assert_true (bk_text_is_valid (text, BK_LIMIT_MESSAGE, TRUE));
}

/* ---- URLs ---- */

static const struct
{
  const char *url;
  gboolean web;
} urls[] = {
  { "https://example.org", TRUE },
  { "http://example.org/download?x=1&y=2#top", TRUE },
  { "HTTPS://example.org/", TRUE },
  { "https://example.org:8443/a%20b", TRUE },
  { "https://[2001:db8::1]/", TRUE },
  { NULL, FALSE },
  { "", FALSE },
  { "example.org", FALSE },
  { "//example.org/", FALSE },
  { "https:", FALSE },
  { "https://", FALSE },
  { "https:///path", FALSE },
  { "https:example.org", FALSE },
  { "ftp://example.org/", FALSE },
  { "file:///etc/passwd", FALSE },
  { "javascript:alert(1)", FALSE },
  { "javascript://example.org/%0aalert(1)", FALSE },
  { "data:text/html,<script>", FALSE },
  { "xmpp:alice@example.org", FALSE },
  { "https://bank.example@evil.example/", FALSE },
  { "https://user:secret@example.org/", FALSE },
  { "https://exam ple.org/", FALSE },
  { "https://example.org/a b", FALSE },
  { " https://example.org/", FALSE },
  { "https://example.org/\n", FALSE },
  { "https://example.org/\x1b", FALSE },
  { "https://example.org/\xff", FALSE },
  { "https://example.org:99999/", FALSE },
  { "https://[::1/", FALSE },
};

static void
test_url (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (bk_url_is_web (urls[i].url), ==, urls[i].web);
    }
}

static void
test_url_limit (void)
{
  g_autofree char *path = g_strnfill (BK_LIMIT_APP_URL, 'x');
  g_autofree char *url = g_strconcat ("https://example.org/", path, NULL);

  g_assert_false (bk_url_is_web (url));
  url[BK_LIMIT_APP_URL] = '\0';
  g_assert_true (bk_url_is_web (url));
}

/* ---- nicks ---- */

static void
test_enum_from_nick (void)
{
  int value = 77;

  g_assert_true (bk_enum_from_nick (BECKON_TYPE_STATUS, "be-right-back", &value));
  g_assert_cmpint (value, ==, BECKON_STATUS_BE_RIGHT_BACK);
  value = 77;
  g_assert_false (bk_enum_from_nick (BECKON_TYPE_STATUS, "Be-Right-Back", &value));
  g_assert_false (bk_enum_from_nick (BECKON_TYPE_STATUS, "", &value));
  g_assert_false (bk_enum_from_nick (BECKON_TYPE_STATUS, "\xff", &value));
  g_assert_false (bk_enum_from_nick (BECKON_TYPE_STATUS, NULL, &value));
  g_assert_cmpint (value, ==, 77);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/ids/guid/new", test_guid_new);
  g_test_add_func ("/ids/guid/normalize", test_guid_normalize);
  g_test_add_func ("/ids/guid/huge", test_guid_huge);
  g_test_add_func ("/ids/token/new", test_token_new);
  g_test_add_func ("/ids/token/equal", test_token_equal);
  g_test_add_func ("/ids/sign-in-name/table", test_sign_in_name);
  g_test_add_func ("/ids/sign-in-name/huge", test_sign_in_name_huge);
  g_test_add_func ("/ids/text/table", test_text);
  g_test_add_func ("/ids/text/limit", test_text_limit);
  g_test_add_func ("/ids/data", test_data);
  g_test_add_func ("/ids/url/table", test_url);
  g_test_add_func ("/ids/url/limit", test_url_limit);
  g_test_add_func ("/ids/enum-from-nick", test_enum_from_nick);
  return g_test_run ();
}
