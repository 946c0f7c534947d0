/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-search-text.h"

#include <string.h>

/* The ranges stand here, not in a library's tables, which change with each version of Unicode. */
typedef struct
{
  gunichar first;
  gunichar last;
} Range;

static gboolean
is_within (gunichar c, const Range *ranges, gsize n_ranges)
{
  for (gsize i = 0; i < n_ranges && ranges[i].first <= c; i++)
    if (c <= ranges[i].last)
      return TRUE;
  return FALSE;
}

/* Written without spaces between words: any part of a sentence must be found. Hangul has spaces. */
static gboolean
is_ideograph (gunichar c)
{
  static const Range ranges[] = {
    { 0x0E00, 0x0EFF },   /* Thai, Lao */
    { 0x1000, 0x109F },   /* Myanmar */
    { 0x1780, 0x17FF },   /* Khmer */
    { 0x2E80, 0x2FDF },   /* radicals */
    { 0x3005, 0x3007 },
    { 0x3021, 0x3029 },
    { 0x3031, 0x312F },   /* kana, Bopomofo */
    { 0x31A0, 0x31BF },
    { 0x31F0, 0x31FF },
    { 0x3400, 0x4DBF },
    { 0x4E00, 0x9FFF },
    { 0xF900, 0xFAFF },
    { 0xFF66, 0xFF9F },   /* half-width kana */
    { 0x1B000, 0x1B16F },
    { 0x20000, 0x3FFFD },
  };

  return is_within (c, ranges, G_N_ELEMENTS (ranges));
}

/* Marks that people leave out as they please, and what only joins or separates. Accents of Latin, Greek and Cyrillic
 * are the index's own business. */
static gboolean
is_silent (gunichar c)
{
  static const Range ranges[] = {
    { 0x00AD, 0x00AD },                     /* soft hyphen */
    { 0x0591, 0x05BD }, { 0x05BF, 0x05BF }, /* Hebrew points */
    { 0x05C1, 0x05C2 }, { 0x05C4, 0x05C5 }, { 0x05C7, 0x05C7 },
    { 0x0610, 0x061A }, { 0x0640, 0x0640 }, /* Arabic signs, the stroke that makes a word longer */
    { 0x064B, 0x065F }, { 0x0670, 0x0670 }, { 0x06D6, 0x06DC },
    { 0x200B, 0x200F }, { 0x2060, 0x2060 },
    { 0xFE00, 0xFE0F }, /* variants of pictograms */
    { 0xFEFF, 0xFEFF },
  };

  return is_within (c, ranges, G_N_ELEMENTS (ranges));
}

static gboolean
is_pictogram (gunichar c)
{
  static const Range ranges[] = { { 0x231A, 0x23FF }, { 0x2600, 0x27BF }, { 0x2B00, 0x2BFF }, { 0x1F000, 0x1FAFF } };

  return is_within (c, ranges, G_N_ELEMENTS (ranges));
}

static void
append_word (GString *words, gunichar c)
{
  g_string_append_c (words, ' ');
  g_string_append_unichar (words, c);
  g_string_append_c (words, ' ');
}

char *
bk_search_text (const char *text)
{
  GString *words = g_string_sized_new (strlen (text) + 1);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x80)
        g_string_append_c (words, (char) c);
      else if (is_silent (c))
        continue;
      else if (is_ideograph (c))
        append_word (words, c);
      else if (is_pictogram (c))
        append_word (words, 0xF0000 | (c & 0xFFFF)); /* one for private use, which the index takes for a letter */
      else if (c == 0x00DF || c == 0x1E9E)
        g_string_append (words, "ss");
      else if (c >= 0xFF01 && c <= 0xFF5E)
        g_string_append_unichar (words, c - 0xFEE0); /* full-width */
      else
        g_string_append_unichar (words, c);
    }
  return g_string_free (words, FALSE);
}

/* One string of the query's language, in which a double quote is all that means anything. */
static void
append_string (GString *query, const char *start, const char *end, gboolean beginning)
{
  g_autofree char *part = g_strndup (start, (gsize) (end - start));
  g_autofree char *words = bk_search_text (part);

  /* Full-width quotation marks have become such ones; separators are all the same to the index. */
  g_strdelimit (words, "\"", ' ');
  g_strstrip (words);
  if (*words == '\0')
    return;
  if (query->len > 0)
    g_string_append_c (query, ' ');
  g_string_append_printf (query, "\"%s\"%s", words, beginning ? "*" : "");
}

static const char *
end_of_word (const char *p)
{
  while (*p != '\0' && *p != '"' && !g_unichar_isspace (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return p;
}

char *
bk_search_text_to_query (const char *text)
{
  g_autoptr (GString) query = g_string_new (NULL);
  const char *p = text;

  while (*p != '\0')
    {
      const char *end;

      if (*p == '"')
        {
          end = strchr (p + 1, '"');
          /* While it is being typed there is no end yet. */
          append_string (query, p + 1, end != NULL ? end : p + strlen (p), end == NULL);
          p = end != NULL ? end + 1 : p + strlen (p);
          continue;
        }
      end = end_of_word (p);
      append_string (query, p, end, TRUE);
      p = *end != '\0' && *end != '"' ? g_utf8_next_char (end) : end;
    }
  return query->len > 0 ? g_string_free (g_steal_pointer (&query), FALSE) : NULL;
}
