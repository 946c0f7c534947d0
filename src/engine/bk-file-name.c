/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-file-name.h"

#include <string.h>

#define MAX_EXTENSION 16 /* with its dot: what is longer is no extension */

/* What turns the direction of text makes "gpj.exe" look like "exe.jpg". */
static gboolean
is_direction (gunichar c)
{
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static gboolean
is_dropped (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR
         || is_direction (c) || c == 0xFEFF;
}

/* What comes after the last slash, of either kind. */
static const char *
find_base (const char *name)
{
  const char *base = name;

  for (const char *c = name; *c != '\0'; c++)
    if (*c == '/' || *c == '\\')
      base = c + 1;
  return base;
}

/* Memory sticks and other systems know fewer characters than this one. */
static char *
filter (const char *name)
{
  GString *clean = g_string_new (NULL);

  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (character < 0x80 && strchr ("<>:\"|?*", (int) character) != NULL)
        g_string_append_c (clean, '_');
      else if (!is_dropped (character))
        g_string_append_unichar (clean, character);
    }
  return g_string_free (clean, FALSE);
}

/* Leading dots hide a file, and so does, in some windows, the tilde of what editors leave behind. */
static void
strip (char *name)
{
  gsize leading = strspn (name, ". ");

  memmove (name, name + leading, strlen (name + leading) + 1);
  for (gsize length = strlen (name); length > 0 && strchr (". ~", name[length - 1]) != NULL; length--)
    name[length - 1] = '\0';
}

/* Names that are devices where the file may be carried to, whatever their extension. */
static gboolean
is_device (const char *name)
{
  static const char *const devices[] = { "con", "prn", "aux", "nul", "com", "lpt" };
  gsize length = strcspn (name, ".");

  for (gsize i = 0; i < G_N_ELEMENTS (devices); i++)
    if (g_ascii_strncasecmp (name, devices[i], 3) == 0
        && (i < 4 ? length == 3 : length == 4 && g_ascii_isdigit (name[3]) && name[3] != '0'))
      return TRUE;
  return FALSE;
}

/* Where the extension begins, or the end of the name. "tar.gz" is one. */
static gsize
find_extension (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot == NULL || dot == name || strlen (dot) > MAX_EXTENSION)
    return strlen (name);
  if (dot - name > 4 && strncmp (dot - 4, ".tar", 4) == 0)
    dot -= 4;
  return (gsize) (dot - name);
}

/* How much of @name, at most @max bytes, is whole characters. */
static gsize
cut (const char *name, gsize max)
{
  gsize length = strlen (name);

  if (length <= max)
    return length;
  for (length = max; length > 0 && ((guchar) name[length] & 0xC0) == 0x80;)
    length--;
  return length;
}

/* Takes @name. What is cut off or stripped may leave nothing, or a device. */
static char *
make_safe (char *name)
{
  g_autofree char *stripped = name;

  strip (stripped);
  if (*stripped == '\0')
    return g_strdup ("file");
  return is_device (stripped) ? g_strconcat ("_", stripped, NULL) : g_steal_pointer (&stripped);
}

/**
 * bk_file_name_clean:
 * @name: what somebody calls a file; UTF-8
 *
 * Makes a name of it that can be given to a file in any folder: one without folders, that hides nothing, neither
 * itself nor in which direction it is written, and that is not too long. What is lost is lost at the end of the name,
 * before its extension.
 *
 * Returns: (transfer full): the name, at most %BK_FILE_NAME_MAX bytes, never empty
 */
char *
bk_file_name_clean (const char *name)
{
  g_autofree char *safe = make_safe (filter (find_base (name)));
  gsize stem = find_extension (safe);
  gsize kept = cut (safe, BK_FILE_NAME_MAX - strlen (safe + stem));

  return make_safe (g_strdup_printf ("%.*s%s", (int) MIN (kept, stem), safe, safe + stem));
}

/**
 * bk_file_name_number:
 * @name: a name from bk_file_name_clean()
 * @number: which of that name: from 1
 *
 * Makes another name where @name is taken: "letter (2).odt".
 *
 * Returns: (transfer full): the name
 */
char *
bk_file_name_number (const char *name, guint number)
{
  gsize stem = find_extension (name);

  if (number <= 1)
    return g_strdup (name);
  return g_strdup_printf ("%.*s (%u)%s", (int) stem, name, number, name + stem);
}

/**
 * bk_file_name_part:
 * @name: a name from bk_file_name_number()
 *
 * Makes the name of the hidden file that becomes @name once all of it is there.
 *
 * Returns: (transfer full): the name
 */
char *
bk_file_name_part (const char *name)
{
  return g_strdup_printf (".%s.part", name);
}
