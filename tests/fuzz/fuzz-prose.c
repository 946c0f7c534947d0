/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever somebody writes, the window shows that and nothing else: the markup that is made of it is well formed, says the
 * same, and what can be followed in it is an address. */
#include "conversation/bk-app-emoji.h"
#include "conversation/bk-app-links.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s", promise);
}

static void
on_start (GMarkupParseContext *context, const char *name, const char **names, const char **values, gpointer text,
          GError **error)
{
  if (g_str_equal (name, "t"))
    return;
  check (g_str_equal (name, "a") && names[0] != NULL && names[1] == NULL && g_str_equal (names[0], "href"),
         "nothing but links is in it");
  check (bk_app_links_is_address (values[0]), "a link leads to an address");
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer all, GError **error)
{
  g_string_append_len (all, text, (gssize) length);
}

static void
check_markup (const char *text)
{
  static const GMarkupParser parser = { on_start, NULL, on_text, NULL, NULL };
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *markup = bk_app_links_dup_markup (text);
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, all, NULL);

  check (g_markup_parse_context_parse (context, "<t>", -1, NULL)
           && g_markup_parse_context_parse (context, markup, -1, NULL)
           && g_markup_parse_context_parse (context, "</t>", -1, NULL)
           && g_markup_parse_context_end_parse (context, NULL),
         "it is well formed");
  check (g_str_equal (all->str, text), "it says what was written");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  gsize start = 0;

  /* Markup has one way to end a line. */
  if (!g_utf8_validate (text, -1, NULL) || strchr (text, '\r') != NULL)
    return 0;
  check_markup (text);
  bk_app_emoji_is_all (text);
  if (bk_app_emoji_find_shortcode (text, &start))
    check (start < strlen (text) && text[start] == ':', "the name begins with its colon");
  return 0;
}
