/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes apart a copy of the text, in its place: what is unescaped is never longer than it was. That the text is sound
 * is known, so everything that does not look as expected means only that it is not flat. */
#include "bk-flat.h"

#include <string.h>

static void
skip_space (char **p)
{
  *p += strspn (*p, " \t\r\n");
}

static gboolean
take (char **p, char c)
{
  skip_space (p);
  if (**p != c)
    return FALSE;
  (*p)++;
  return TRUE;
}

/* ---- strings ---- */

static gunichar
read_hex4 (const char *p)
{
  gunichar value = 0;

  for (guint i = 0; i < 4 && g_ascii_isxdigit (p[i]); i++)
    value = value << 4 | (gunichar) g_ascii_xdigit_value (p[i]);
  return value;
}

/* At the digits of an escape, of which the guard has seen that they are there. */
static gboolean
unescape_unicode (char **p, char **out)
{
  gunichar value = read_hex4 (*p);

  if (strnlen (*p, 4) < 4)
    return FALSE;
  *p += 4;
  if (value >= 0xD800 && value <= 0xDBFF)
    {
      if (!g_str_has_prefix (*p, "\\u") || strnlen (*p, 6) < 6)
        return FALSE;
      value = 0x10000 + ((value - 0xD800) << 10) + (read_hex4 (*p + 2) - 0xDC00);
      *p += 6;
    }
  if (value == 0 || !g_unichar_validate (value))
    return FALSE;
  *out += g_unichar_to_utf8 (value, *out);
  return TRUE;
}

/* At a backslash. */
static gboolean
unescape (char **p, char **out)
{
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  char letter = (*p)[1];
  const char *found = letter != '\0' ? strchr (letters, letter) : NULL;

  if (letter == 'u')
    {
      *p += 2;
      return unescape_unicode (p, out);
    }
  if (found == NULL)
    return FALSE;
  *p += 2;
  *(*out)++ = meanings[found - letters];
  return TRUE;
}

/* Ends the string with a NUL, where its last quote was or before. Returns NULL if there is none. */
static const char *
take_string (char **p)
{
  if (!take (p, '"'))
    return NULL;

  char *start = *p, *out = start + strcspn (start, "\"\\");
  *p = out;
  while (**p != '"')
    {
      if (**p == '\0' || (**p == '\\' && !unescape (p, &out)))
        return NULL;
      gsize plain = strcspn (*p, "\"\\");
      memmove (out, *p, plain);
      out += plain;
      *p += plain;
    }
  (*p)++;
  *out = '\0';
  return start;
}

/* ---- values ---- */

static gboolean
take_word (char **p, const char *word)
{
  if (!g_str_has_prefix (*p, word))
    return FALSE;
  *p += strlen (word);
  return TRUE;
}

static gboolean
take_int (char **p, BkFlatMember *member)
{
  char *end;

  member->kind = BK_FLAT_INT;
  member->number = g_ascii_strtoll (*p, &end, 10);
  gboolean whole = end > *p && *end != '.' && *end != 'e' && *end != 'E';
  *p = end;
  return whole;
}

static gboolean
take_value (char **p, BkFlatMember *member)
{
  skip_space (p);
  if (**p == '"')
    {
      member->kind = BK_FLAT_STRING;
      member->string = take_string (p);
      return member->string != NULL;
    }
  if (**p == '-' || g_ascii_isdigit (**p))
    return take_int (p, member);
  member->kind = **p == 'n' ? BK_FLAT_NULL : BK_FLAT_BOOL;
  member->number = **p == 't';
  return take_word (p, **p == 'n' ? "null" : **p == 't' ? "true" : "false");
}

static gboolean
take_members (BkFlat *self)
{
  char *p = self->text;

  if (!take (&p, '{'))
    return FALSE;
  if (take (&p, '}'))
    return TRUE;
  do
    {
      if (self->n_members == BK_FLAT_MAX)
        return FALSE;
      BkFlatMember *member = &self->members[self->n_members++];
      member->name = take_string (&p);
      if (member->name == NULL || !take (&p, ':') || !take_value (&p, member))
        return FALSE;
    }
  while (take (&p, ','));
  return take (&p, '}');
}

BkFlat *
bk_flat_parse (const char *text, gsize length)
{
  BkFlat *self = g_malloc (sizeof (BkFlat) + length + 1);

  self->n_members = 0;
  memcpy (self->text, text, length);
  self->text[length] = '\0';
  if (take_members (self))
    return self;
  g_free (self);
  return NULL;
}

const BkFlatMember *
bk_flat_find (const BkFlat *self, const char *name)
{
  for (guint i = 0; i < self->n_members; i++)
    if (strcmp (self->members[i].name, name) == 0)
      return &self->members[i];
  return NULL;
}

/* Returns (transfer full) the tree, for whom needs one after all. */
JsonObject *
bk_flat_to_object (const BkFlat *self)
{
  JsonObject *object = json_object_new ();

  for (const BkFlatMember *m = self->members; m < self->members + self->n_members; m++)
    switch (m->kind)
      {
      case BK_FLAT_NULL:
        json_object_set_null_member (object, m->name);
        break;
      case BK_FLAT_BOOL:
        json_object_set_boolean_member (object, m->name, m->number != 0);
        break;
      case BK_FLAT_INT:
        json_object_set_int_member (object, m->name, m->number);
        break;
      case BK_FLAT_STRING:
        json_object_set_string_member (object, m->name, m->string);
        break;
      }
  return object;
}
