/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-link.h"

#include <string.h>

#define SCHEME "beckon"
#define MAX_NAME 129 /* of the contract, in bytes */

char *
bk_app_link_new (const char *who)
{
  g_autofree char *escaped = g_uri_escape_string (who, "@", TRUE);

  return g_strconcat (SCHEME ":", escaped, NULL);
}

/* Both halves are there, and nothing that a name cannot have or that would look like another one. */
static gboolean
is_signin_name (const char *text)
{
  const char *at = strchr (text, '@');

  if (at == NULL || at == text || at[1] == '\0' || strchr (at + 1, '@') != NULL || strlen (text) > MAX_NAME)
    return FALSE;
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isgraph (g_utf8_get_char (c)) || strchr ("/?#%:", *c) != NULL)
      return FALSE;
  return TRUE;
}

/* What is between the scheme and whatever a later version may add to it. */
static char *
dup_path (const char *link)
{
  const char *from = link + strlen (SCHEME ":");

  while (*from == '/') /* browsers like to put them there */
    from++;
  g_autofree char *escaped = g_strndup (from, strcspn (from, "/?#"));
  return g_uri_unescape_string (escaped, "/");
}

char *
bk_app_link_dup_who (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *scheme = g_uri_parse_scheme (stripped);
  g_autofree char *who = NULL;

  if (scheme != NULL && g_ascii_strcasecmp (scheme, SCHEME) == 0)
    who = dup_path (stripped);
  else
    who = g_steal_pointer (&stripped);
  if (who == NULL || !g_utf8_validate (who, -1, NULL) || !is_signin_name (who))
    return NULL;
  return g_steal_pointer (&who);
}
