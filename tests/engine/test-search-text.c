/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the index of words is given of a text, and what a person's words mean to it. */
#include "bk-search-text.h"
#include "bk-test.h"

static void
test_text (void)
{
  static const struct
  {
    const char *text;
    const char *words;
  } rows[] = {
    { "", "" },
    { "Hello, World", "Hello, World" },
    { "東京に行く", " 東  京  に  行  く " },
    { "ab漢cd", "ab 漢 cd" },
    { "Straße", "Strasse" },
    { "ＡＢ１", "AB1" },
    { "soft\xc2\xadhyphen", "softhyphen" },
    { "مُحَمَّد", "محمد" },
    { "한국어 text", "한국어 text" },
    { "👍", " \U000FF44D " },
    { "❤️", " \U000F2764 " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = bk_search_text (rows[i].text);
      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

static void
test_query (void)
{
  static const struct
  {
    const char *text;
    const char *query;
  } rows[] = {
    { "", NULL },
    { "  \t ", NULL },
    { "\"\"", NULL },
    { "\"", NULL },
    { "hello", "\"hello\"*" },
    { "  two   words ", "\"two\"* \"words\"*" },
    { "\"as it stands\"", "\"as it stands\"" },
    { "say \"as it stands\"now", "\"say\"* \"as it stands\" \"now\"*" },
    { "still \"being typ", "\"still\"* \"being typ\"*" },
    { "a OR b NOT c NEAR(d)", "\"a\"* \"OR\"* \"b\"* \"NOT\"* \"c\"* \"NEAR(d)\"*" },
    { "text:x ^y -z {p} +q*", "\"text:x\"* \"^y\"* \"-z\"* \"{p}\"* \"+q*\"*" },
    { "it's", "\"it's\"*" },
    { "full＂width＂", "\"full width\"*" },
    { "東京", "\"東  京\"*" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *query = bk_search_text_to_query (rows[i].text);
      g_assert_cmpstr (query, ==, rows[i].query);
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/search-text/text", test_text);
  g_test_add_func ("/search-text/query", test_query);
  return g_test_run ();
}
