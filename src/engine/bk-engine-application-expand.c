/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Field codes of HostExec and JoinExec become words of a command line. Nothing but what stands here gets onto one, and
 * no shell ever sees it: a code may stand inside a word, and what it stands for never makes two words of one. */
#include "bk-engine-application-private.h"

#include <string.h>

#define MAX_NAME 32
#define NOBODY "Player"

static gboolean
is_plain (gunichar c)
{
  return g_unichar_isalnum (c) || c == ' ' || c == '.' || c == '-';
}

/* Returns what is left of the display name @name for a command line: letters, digits, blanks, dots and hyphens, at most
 * MAX_NAME of them; it is not empty and not taken for an option. */
static char *
clean_name (const char *name)
{
  g_autoptr (GString) clean = g_string_new (NULL);
  guint length = 0;

  for (const char *p = name; p != NULL && *p != '\0' && length < MAX_NAME; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char_validated (p, -1);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        break;
      gboolean doubled = c == ' ' && (length == 0 || clean->str[clean->len - 1] == ' ');
      if (!is_plain (c) || doubled || (length == 0 && c == '-'))
        continue;
      g_string_append_unichar (clean, c);
      length++;
    }
  g_strchomp (clean->str);
  return g_strdup (*clean->str != '\0' ? clean->str : NOBODY);
}

static char *
expand_word (const char *word, const BkEndpoint *endpoint, const char *own, const char *other)
{
  g_autoptr (GString) expanded = g_string_new (NULL);

  for (const char *p = word; *p != '\0'; p++)
    {
      if (*p != '%' || p[1] == '\0')
        {
          g_string_append_c (expanded, *p);
          continue;
        }
      p++;
      if (*p == '%')
        g_string_append_c (expanded, '%');
      else if (*p == 'p')
        g_string_append_printf (expanded, "%u", endpoint->port);
      else if (*p == 'h' && endpoint->address != NULL)
        g_string_append (expanded, endpoint->address);
      else if (*p == 's' && endpoint->path != NULL)
        g_string_append (expanded, endpoint->path);
      else if (*p == 'm')
        g_string_append (expanded, own);
      else if (*p == 'n')
        g_string_append (expanded, other);
    }
  return g_string_free (g_steal_pointer (&expanded), FALSE);
}

char **
bk_engine_application_expand (const char *const *argv, const BkEndpoint *endpoint, const char *own_name,
                              const char *other_name)
{
  g_autofree char *own = clean_name (own_name);
  g_autofree char *other = clean_name (other_name);
  guint length = g_strv_length ((char **) argv);
  char **expanded = g_new0 (char *, length + 1);

  for (guint i = 0; i < length; i++) /* what is the program stands in the registration */
    expanded[i] = i == 0 ? g_strdup (argv[0]) : expand_word (argv[i], endpoint, own, other);
  return expanded;
}
