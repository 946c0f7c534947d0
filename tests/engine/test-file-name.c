/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of files that strangers choose, and the words about files. */
#include "bk-file-name.h"
#include "bk-transfer-words.h"

#include "beckon-error.h"
#include "bk-test.h"

#include <string.h>

#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void
test_clean (void)
{
  static const struct
  {
    const char *name;
    const char *clean;
  } names[] = {
    { "letter.txt", "letter.txt" },
    { "Ärger im Büro.odt", "Ärger im Büro.odt" },
    { "", "file" },
    { ".", "file" },
    { "..", "file" },
    { "...", "file" },
    { "/", "file" },
    { "../../.ssh/authorized_keys", "authorized_keys" },
    { "/etc/passwd", "passwd" },
    { "C:\\Windows\\system.ini", "system.ini" },
    { "folder/", "file" },
    { ".bashrc", "bashrc" },
    { ". . hidden", "hidden" },
    { "hidden.txt~", "hidden.txt" },
    { "~/~ ~", "file" },
    { "name. . ", "name" },
    { "two\nlines\r\n.txt", "twolines.txt" },
    { "bell\a\x1b[31m\x7f.txt", "bell[31m.txt" },
    { "c1\xc2\x9b.txt", "c1.txt" },
    { "photo\xe2\x80\xaegpj.exe", "photogpj.exe" }, /* RIGHT-TO-LEFT OVERRIDE */
    { "a\xe2\x81\xa6" "b\xe2\x81\xa9\xe2\x80\x8f\xd8\x9c.txt", "ab.txt" },
    { "line\xe2\x80\xa8sep\xe2\x80\xa9.txt", "linesep.txt" },
    { "\xef\xbb\xbfmark.txt", "mark.txt" },
    { "\xe2\x80\xae.hidden", "hidden" },
    { "a<b>c:d\"e|f?g*h", "a_b_c_d_e_f_g_h" },
    { "con", "_con" },
    { "NUL.txt", "_NUL.txt" },
    { "com1.tar.gz", "_com1.tar.gz" },
    { "com0", "com0" },
    { "lpt9", "_lpt9" },
    { "console.log", "console.log" },
    { "-rf", "-rf" },
    { "%s%n", "%s%n" },
    { "$(reboot).sh", "$(reboot).sh" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *clean = bk_file_name_clean (names[i].name);
      g_autofree char *again = bk_file_name_clean (clean);

      g_assert_cmpstr (clean, ==, names[i].clean);
      g_assert_cmpstr (again, ==, clean);
    }
}

static void
check_long (const char *character, guint count, const char *extension)
{
  GString *name = g_string_new (NULL);

  for (guint i = 0; i < count; i++)
    g_string_append (name, character);
  g_string_append (name, extension);
  g_autofree char *clean = bk_file_name_clean (name->str);
  g_autofree char *numbered = bk_file_name_number (clean, 9999);
  g_autofree char *part = bk_file_name_part (numbered);
  g_assert_true (g_utf8_validate (clean, -1, NULL));
  g_assert_true (g_str_has_suffix (clean, extension));
  g_assert_cmpuint (strlen (clean), <=, BK_FILE_NAME_MAX);
  g_assert_cmpuint (strlen (clean), >, BK_FILE_NAME_MAX - strlen (character));
  g_assert_cmpuint (strlen (part), <=, 255);
  g_string_free (name, TRUE);
}

static void
test_long (void)
{
  check_long ("x", 255, "");
  check_long ("x", 251, ".txt");
  check_long ("ä", 120, ".jpeg");
  check_long ("🦆", 62, ".tar.gz");

  /* What is cut off leaves no dot at the end. */
  g_autofree char *x = g_strnfill (BK_FILE_NAME_MAX - 1, 'x');
  g_autofree char *name = g_strconcat (x, ".and-more-than-any-extension", NULL);
  g_autofree char *clean = bk_file_name_clean (name);
  g_assert_cmpstr (clean, ==, x);

  /* Nor does it leave nothing, or a device. */
  g_autofree char *tildes = g_strnfill (BK_FILE_NAME_MAX, '~');
  g_autofree char *nothing = g_strconcat (tildes, "x", NULL);
  g_autofree char *device = g_strconcat ("con", tildes, "x", NULL);
  g_autofree char *clean_nothing = bk_file_name_clean (nothing);
  g_autofree char *clean_device = bk_file_name_clean (device);
  g_assert_cmpstr (clean_nothing, ==, "file");
  g_assert_cmpstr (clean_device, ==, "_con");
}

static void
test_number (void)
{
  static const struct
  {
    const char *name;
    guint number;
    const char *numbered;
  } names[] = {
    { "letter.txt", 1, "letter.txt" },
    { "letter.txt", 2, "letter (2).txt" },
    { "letter", 3, "letter (3)" },
    { "backup.tar.gz", 2, "backup (2).tar.gz" },
    { "1.2.3", 12, "1.2 (12).3" },
    { "a.very-long-thing-that-is-none", 2, "a.very-long-thing-that-is-none (2)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *numbered = bk_file_name_number (names[i].name, names[i].number);

      g_assert_cmpstr (numbered, ==, names[i].numbered);
    }
}

/* ---- words ---- */

static void
test_offer (void)
{
  static const char *const bad[] = {
    "", "{}", "[]", "1", "{\"name\":\"x\"}", "{\"size\":1}", "{\"name\":\"\",\"size\":1}", "{\"name\":\"x\",\"size\":-1}",
    "{\"name\":\"x\",\"size\":1.5}", "{\"name\":\"x\",\"size\":\"1\"}", "{\"name\":\"x\",\"size\":9007199254740992}",
    "{\"name\":\"a\\nb\",\"size\":1}", "{\"name\":7,\"size\":1}", "{\"name\":\"x\",\"size\":1}x",
    "{\"name\":\"x\",\"name\":\"y\",\"size\":1}",
  };
  BkTransferOffer offer = { (char *) "Ärger \"1\".txt", G_GUINT64_CONSTANT (9007199254740991) };
  g_autofree char *text = bk_transfer_offer_write (&offer);
  g_autoptr (BkTransferOffer) read = bk_transfer_offer_parse (text, NULL);

  g_assert_cmpstr (read->name, ==, offer.name);
  g_assert_cmpuint (read->size, ==, offer.size);
  g_assert_null (bk_transfer_offer_parse (NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (bk_transfer_offer_parse (bad[i], &error));
      g_assert_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL);
    }
}

static void
check_word (const BkTransferWord *word, const char *text)
{
  g_autofree char *line = bk_transfer_word_write (word);
  BkTransferWord read;

  g_assert_cmpstr (line, ==, text);
  g_assert_true (bk_transfer_word_parse (line, strlen (line) - 1, &read, NULL));
  g_assert_cmpint (read.type, ==, word->type);
  g_assert_cmpuint (read.offset, ==, word->offset);
  g_assert_cmpstr (read.hash, ==, word->hash);
}

static void
test_words (void)
{
  static const char *const bad[] = {
    "", "{}", "null", "{\"type\":1}", "{\"type\":{}}", "{\"type\":null}", "{\"type\":\"verdict\"}", "{\"type\":\"send\"}",
    "{\"type\":\"want\",\"offset\":1}", "{\"type\":\"want\",\"hash\":\"" HASH "\"}", "{\"type\":\"sum\",\"hash\":\"E3\"}",
    "{\"type\":\"send\",\"offset\":-1}", "{\"type\":\"send\",\"offset\":1e3}",
  };
  BkTransferWord want = { BK_TRANSFER_WANT, 5, HASH }, send = { BK_TRANSFER_SEND, 7, "" },
                 sum = { BK_TRANSFER_SUM, 0, HASH }, read;

  check_word (&want, "{\"type\":\"want\",\"offset\":5,\"hash\":\"" HASH "\"}\n");
  check_word (&send, "{\"type\":\"send\",\"offset\":7}\n");
  check_word (&sum, "{\"type\":\"sum\",\"hash\":\"" HASH "\"}\n");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (bk_transfer_word_parse (bad[i], strlen (bad[i]), &read, &error));
      g_assert_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL);
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/engine/file-name/clean", test_clean);
  g_test_add_func ("/engine/file-name/long", test_long);
  g_test_add_func ("/engine/file-name/number", test_number);
  g_test_add_func ("/engine/file-name/offer", test_offer);
  g_test_add_func ("/engine/file-name/words", test_words);
  return g_test_run ();
}
