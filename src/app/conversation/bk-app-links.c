/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-links.h"

#include <string.h>

#define MAX_LENGTH 2048 /* bytes of an address */
#define MAX_LINKS 100

static const char *const schemes[] = { "https://", "http://", "beckon:" };

/* A sign that would let an address look like another one: it turns the direction of reading or has no width. */
static gboolean
is_deceptive (gunichar c)
{
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

static gboolean
ends_address (gunichar c)
{
  return g_unichar_isspace (c) || g_unichar_iscntrl (c) || is_deceptive (c) || (c < 128 && strchr ("<>\"`{}|\\^", (int) c));
}

static const char *
match_scheme (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (text, schemes[i], strlen (schemes[i])) == 0)
      return schemes[i];
  return NULL;
}

static gsize
measure (const char *text)
{
  const char *p = text;

  while (*p != '\0' && p - text < MAX_LENGTH && !ends_address (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return (gsize) (p - text);
}

/* A sentence that goes on after the address does not belong to it, nor does a bracket that was opened before it. */
static gsize
trim (const char *text, gsize length)
{
  int round = 0;
  int square = 0;

  for (gsize i = 0; i < length; i++)
    {
      round += (text[i] == '(') - (text[i] == ')');
      square += (text[i] == '[') - (text[i] == ']');
    }
  for (; length > 0; length--)
    {
      char last = text[length - 1];

      if (last == ')' && round < 0)
        round++;
      else if (last == ']' && square < 0)
        square++;
      else if (strchr (".,;:!?'", last) == NULL)
        break;
    }
  return length;
}

gboolean
bk_app_links_is_address (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_PARSE_RELAXED, NULL);
  const char *host;

  if (parsed == NULL)
    return FALSE;
  host = g_uri_get_host (parsed);
  if (g_str_equal (g_uri_get_scheme (parsed), "beckon"))
    return *g_uri_get_path (parsed) != '\0';
  return (g_str_equal (g_uri_get_scheme (parsed), "https") || g_str_equal (g_uri_get_scheme (parsed), "http"))
         && host != NULL && *host != '\0';
}

static gboolean
is_address (const char *text, gsize length)
{
  g_autofree char *uri = g_strndup (text, length);

  return bk_app_links_is_address (uri);
}

/* What begins at @text with the name of a scheme. @whole: how far to go on from there if it is no address: nothing within
 * begins one of its own, so each byte is looked at once. Returns its length, 0 for none. */
static gsize
read_address (const char *text, gsize *whole)
{
  const char *scheme = match_scheme (text);
  gsize length;

  *whole = 0;
  if (scheme == NULL)
    return 0;
  *whole = measure (text);
  length = *whole < MAX_LENGTH ? trim (text, *whole) : 0;
  return length > strlen (scheme) && is_address (text, length) ? length : 0;
}

gboolean
bk_app_links_find (const char *text, gsize from, gsize *start, gsize *end)
{
  gboolean in_word = from > 0 && g_unichar_isalnum (g_utf8_get_char (g_utf8_find_prev_char (text, text + from)));
  const char *p = text + from;

  while (*p != '\0')
    {
      gsize whole = 0;
      gsize length = in_word ? 0 : read_address (p, &whole);

      if (length > 0)
        {
          *start = (gsize) (p - text);
          *end = *start + length;
          return TRUE;
        }
      in_word = whole == 0 && g_unichar_isalnum (g_utf8_get_char (p));
      p = whole > 0 ? p + whole : g_utf8_next_char (p);
    }
  return FALSE;
}

static void
append_escaped (GString *markup, const char *text, gsize length)
{
  g_autofree char *escaped = g_markup_escape_text (text, (gssize) length);

  g_string_append (markup, escaped);
}

char *
bk_app_links_dup_markup (const char *text)
{
  GString *markup = g_string_new (NULL);
  gsize done = 0;
  gsize start;
  gsize end;

  for (guint i = 0; i < MAX_LINKS && bk_app_links_find (text, done, &start, &end); i++)
    {
      append_escaped (markup, text + done, start - done);
      g_string_append (markup, "<a href=\"");
      append_escaped (markup, text + start, end - start);
      g_string_append (markup, "\">");
      append_escaped (markup, text + start, end - start);
      g_string_append (markup, "</a>");
      done = end;
    }
  append_escaped (markup, text + done, strlen (text + done));
  return g_string_free (markup, FALSE);
}
