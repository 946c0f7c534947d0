/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guard in front of json-glib, which accepts much that is no JSON (single quotes, comments, "var x =", a missing
 * comma) and recurses without a limit: 80,000 brackets from a stranger end the process. The one scanner of the project
 * that is written by hand; it only says yes or no. */
#include "bk-wire-json.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <math.h>
#include <string.h>

#define NUMBER_MAX 128 /* characters */
#define INLINE_KEYS 48 /* no allocation for what honest peers send */
#define FEW_KEYS 8     /* compared pair by pair */

typedef enum
{
  EXPECT_VALUE,
  EXPECT_VALUE_OR_END, /* after [ */
  EXPECT_KEY,
  EXPECT_KEY_OR_END,   /* after { */
  EXPECT_COLON,
  EXPECT_COMMA_OR_END,
  EXPECT_NOTHING,      /* the value is complete */
} Expect;

/* A key of an object that is still open, without its quotes. */
typedef struct
{
  gsize offset; /* in the text; in Scanner.unescaped if it had an escape */
  guint32 length;
  guint32 escaped;
} Key;

typedef struct
{
  gboolean is_object;
  gsize first_key;   /* length of Scanner.keys when it was opened */
  gsize first_byte;  /* the same of Scanner.unescaped */
} Level;

typedef struct
{
  const guint8 *text;
  gsize length;
  gsize position;
  const char *reason; /* why it was refused; a constant, never a piece of the text */

  Level levels[BK_LIMIT_JSON_DEPTH];
  guint depth;

  Key inline_keys[INLINE_KEYS];
  Key *keys; /* of all open objects, innermost last; inline_keys or allocated */
  gsize n_keys;
  gsize max_keys;
  GByteArray *unescaped; /* (nullable): the keys that had escapes, as plain UTF-8 */
} Scanner;

static gboolean
refuse (Scanner *self, const char *reason)
{
  self->reason = reason;
  return FALSE;
}

/* Returns the next byte, or 0 at the end: no rule of the grammar wants a NUL. */
static guint8
peek (const Scanner *self)
{
  return self->position < self->length ? self->text[self->position] : 0;
}

static gboolean
is_digit (guint8 byte)
{
  return byte >= '0' && byte <= '9';
}

static void
skip_white_space (Scanner *self)
{
  while (self->position < self->length && memchr (" \t\r\n", self->text[self->position], 4) != NULL)
    self->position++;
}

/* ---- keys ---- */

static const guint8 *
key_bytes (const Scanner *self, const Key *key)
{
  return (key->escaped ? self->unescaped->data : self->text) + key->offset;
}

static void
add_key (Scanner *self, Key key)
{
  if (self->n_keys == self->max_keys)
    {
      Key *old = self->keys == self->inline_keys ? NULL : self->keys;
      self->max_keys *= 2;
      self->keys = g_realloc_n (old, self->max_keys, sizeof (Key));
      if (old == NULL)
        memcpy (self->keys, self->inline_keys, sizeof self->inline_keys);
    }
  self->keys[self->n_keys++] = key;
}

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Key *one = a, *other = b;

  if (one->length != other->length)
    return one->length < other->length ? -1 : 1;
  return one->length == 0 ? 0 : memcmp (key_bytes (user_data, one), key_bytes (user_data, other), one->length);
}

static gboolean
has_equal_pair (Scanner *self, const Key *keys, gsize n_keys)
{
  for (gsize i = 1; i < n_keys; i++)
    for (gsize j = 0; j < i; j++)
      if (compare_keys (&keys[i], &keys[j], self) == 0)
        return TRUE;
  return FALSE;
}

/* Sorting, not hashing: no choice of keys can make it slow. */
static gboolean
has_equal_neighbours (Scanner *self, Key *keys, gsize n_keys)
{
  g_qsort_with_data (keys, (gint) n_keys, sizeof (Key), compare_keys, self);
  for (gsize i = 1; i < n_keys; i++)
    if (compare_keys (&keys[i - 1], &keys[i], self) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
close_object (Scanner *self, const Level *level)
{
  Key *keys = self->keys + level->first_key;
  gsize n_keys = self->n_keys - level->first_key;

  if (n_keys <= FEW_KEYS ? has_equal_pair (self, keys, n_keys) : has_equal_neighbours (self, keys, n_keys))
    return refuse (self, "an object has the same key twice");

  self->n_keys = level->first_key;
  if (self->unescaped != NULL)
    g_byte_array_set_size (self->unescaped, (guint) level->first_byte);
  return TRUE;
}

/* ---- strings ---- */

static gboolean
scan_utf8 (Scanner *self)
{
  const char *start = (const char *) self->text + self->position;
  gunichar c = g_utf8_get_char_validated (start, (gssize) (self->length - self->position));

  if (c == (gunichar) -1 || c == (gunichar) -2)
    return refuse (self, "the text is not UTF-8");
  self->position += (gsize) (g_utf8_next_char (start) - start);
  return TRUE;
}

static gboolean
scan_hex4 (Scanner *self, gunichar *value)
{
  *value = 0;
  for (guint i = 0; i < 4; i++)
    {
      guint8 byte = peek (self);
      if (!g_ascii_isxdigit (byte))
        return refuse (self, "\\u needs four hexadecimal digits");
      *value = *value << 4 | (gunichar) g_ascii_xdigit_value (byte);
      self->position++;
    }
  return TRUE;
}

/* After "\u": reads four digits, or the whole of a surrogate pair. */
static gboolean
scan_unicode_escape (Scanner *self, gunichar *value)
{
  gunichar low;

  if (!scan_hex4 (self, value))
    return FALSE;
  if (*value == 0)
    return refuse (self, "\\u0000 is not allowed");
  if (*value < 0xD800 || *value > 0xDFFF)
    return TRUE;

  if (*value > 0xDBFF || self->length - self->position < 2 || self->text[self->position] != '\\'
      || self->text[self->position + 1] != 'u')
    return refuse (self, "a surrogate stands alone");
  self->position += 2;
  if (!scan_hex4 (self, &low))
    return FALSE;
  if (low < 0xDC00 || low > 0xDFFF)
    return refuse (self, "a surrogate stands alone");
  *value = 0x10000 + ((*value - 0xD800) << 10) + (low - 0xDC00);
  return TRUE;
}

/* At a backslash: reads one escape. */
static gboolean
scan_escape (Scanner *self, gunichar *value)
{
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";

  self->position++;
  guint8 letter = peek (self);
  const char *found = letter != 0 ? strchr (letters, letter) : NULL;
  if (letter != 'u' && found == NULL)
    return refuse (self, "unknown escape");

  self->position++;
  if (letter == 'u')
    return scan_unicode_escape (self, value);
  *value = (gunichar) meanings[found - letters];
  return TRUE;
}

/* Reads the key at @start again, which is known to be sound, into Scanner.unescaped. */
static Key
unescape_key (Scanner *self, gsize start, gsize end)
{
  if (self->unescaped == NULL)
    self->unescaped = g_byte_array_new ();

  gsize offset = self->unescaped->len;
  for (self->position = start; self->position < end;)
    {
      char utf8[6];
      gunichar value;
      if (self->text[self->position] != '\\')
        g_byte_array_append (self->unescaped, &self->text[self->position++], 1);
      else if (scan_escape (self, &value))
        g_byte_array_append (self->unescaped, (const guint8 *) utf8, (guint) g_unichar_to_utf8 (value, utf8));
    }
  return (Key){ offset, self->unescaped->len - (guint32) offset, TRUE };
}

/* At an opening quote: reads up to and including the closing one. @key is NULL for a value. */
static gboolean
scan_string (Scanner *self, Key *key)
{
  gboolean escaped = FALSE;
  gsize start = ++self->position;

  while (peek (self) != '"')
    {
      gunichar value;
      guint8 byte = peek (self);
      if (self->position >= self->length)
        return refuse (self, "a string has no end");
      if (byte < 0x20)
        return refuse (self, "a string has a control character");
      if (byte == '\\')
        escaped = TRUE;
      if (byte == '\\' ? !scan_escape (self, &value) : byte >= 0x80 && !scan_utf8 (self))
        return FALSE;
      if (byte < 0x80 && byte != '\\')
        self->position++;
    }

  gsize end = self->position;
  if (key != NULL)
    *key = escaped ? unescape_key (self, start, end) : (Key){ start, (guint32) (end - start), FALSE };
  self->position = end + 1;
  return TRUE;
}

/* ---- numbers ---- */

static gboolean
scan_digits (Scanner *self)
{
  if (!is_digit (peek (self)))
    return refuse (self, "a number needs a digit here");
  while (is_digit (peek (self)))
    self->position++;
  return TRUE;
}

static gboolean
scan_number_text (Scanner *self, gboolean *is_integer)
{
  *is_integer = TRUE;
  if (peek (self) == '-')
    self->position++;
  if (peek (self) == '0')
    self->position++; /* and no digit after it: whatever comes next refuses that */
  else if (!scan_digits (self))
    return FALSE;

  if (peek (self) == '.')
    {
      *is_integer = FALSE;
      self->position++;
      if (!scan_digits (self))
        return FALSE;
    }
  if (peek (self) == 'e' || peek (self) == 'E')
    {
      *is_integer = FALSE;
      self->position++;
      if (peek (self) == '+' || peek (self) == '-')
        self->position++;
      return scan_digits (self);
    }
  return TRUE;
}

/* json-glib would silently turn 9223372036854775808 into another number and 1e999 into one that is not JSON. */
static gboolean
scan_number (Scanner *self)
{
  char number[NUMBER_MAX + 1] = "";
  gboolean is_integer;
  gsize start = self->position;

  if (!scan_number_text (self, &is_integer))
    return FALSE;
  if (self->position - start > NUMBER_MAX)
    return refuse (self, "a number is too long");

  memcpy (number, self->text + start, self->position - start);
  if (is_integer)
    return g_ascii_string_to_signed (number, 10, G_MININT64, G_MAXINT64, NULL, NULL)
           || refuse (self, "an integer does not fit into 64 bits");

  double value = g_ascii_strtod (number, NULL);
  gsize mantissa = strcspn (number, "eE");
  gsize zeros = strspn (number, "-0.");
  if (!isfinite (value) || (value == 0 && zeros < mantissa))
    return refuse (self, "a number is out of range");
  return TRUE;
}

/* ---- structure ---- */

static gboolean
scan_word (Scanner *self, const char *word)
{
  gsize length = strlen (word);

  if (self->length - self->position < length || memcmp (self->text + self->position, word, length) != 0)
    return refuse (self, "a value was expected");
  self->position += length;
  return TRUE;
}

static Expect
after_value (const Scanner *self)
{
  return self->depth == 0 ? EXPECT_NOTHING : EXPECT_COMMA_OR_END;
}

static gboolean
open_level (Scanner *self, gboolean is_object, Expect *expect)
{
  if (self->depth == G_N_ELEMENTS (self->levels))
    return refuse (self, "it is nested too deeply");

  gsize first_byte = self->unescaped != NULL ? self->unescaped->len : 0;
  self->levels[self->depth++] = (Level){ is_object, self->n_keys, first_byte };
  self->position++;
  *expect = is_object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
  return TRUE;
}

static gboolean
close_level (Scanner *self, Expect *expect)
{
  const Level *level = &self->levels[self->depth - 1];

  if (level->is_object && !close_object (self, level))
    return FALSE;
  self->depth--;
  self->position++;
  *expect = after_value (self);
  return TRUE;
}

static gboolean
scan_value (Scanner *self, Expect *expect)
{
  guint8 byte = peek (self);

  if (byte == '{' || byte == '[')
    return open_level (self, byte == '{', expect);

  *expect = after_value (self);
  if (byte == '"')
    return scan_string (self, NULL);
  if (byte == '-' || is_digit (byte))
    return scan_number (self);
  return scan_word (self, byte == 't' ? "true" : byte == 'f' ? "false" : "null");
}

static gboolean
scan_key (Scanner *self, Expect *expect)
{
  Key key;

  if (peek (self) != '"')
    return refuse (self, "a key was expected");
  if (!scan_string (self, &key))
    return FALSE;
  add_key (self, key);
  *expect = EXPECT_COLON;
  return TRUE;
}

static gboolean
scan_comma_or_end (Scanner *self, Expect *expect)
{
  gboolean is_object = self->levels[self->depth - 1].is_object;

  if (peek (self) == (is_object ? '}' : ']'))
    return close_level (self, expect);
  if (peek (self) != ',')
    return refuse (self, "a comma or the end was expected");
  self->position++;
  *expect = is_object ? EXPECT_KEY : EXPECT_VALUE;
  return TRUE;
}

static gboolean
scan_token (Scanner *self, Expect *expect)
{
  switch (*expect)
    {
    case EXPECT_VALUE_OR_END:
      return peek (self) == ']' ? close_level (self, expect) : scan_value (self, expect);
    case EXPECT_VALUE:
      return scan_value (self, expect);
    case EXPECT_KEY_OR_END:
      return peek (self) == '}' ? close_level (self, expect) : scan_key (self, expect);
    case EXPECT_KEY:
      return scan_key (self, expect);
    case EXPECT_COLON:
      if (peek (self) != ':')
        return refuse (self, "a colon was expected");
      self->position++;
      *expect = EXPECT_VALUE;
      return TRUE;
    case EXPECT_COMMA_OR_END:
      return scan_comma_or_end (self, expect);
    case EXPECT_NOTHING:
      break;
    }
  return refuse (self, "something follows the value");
}

static gboolean
scan_text (Scanner *self)
{
  Expect expect = EXPECT_VALUE;

  for (skip_white_space (self); self->position < self->length; skip_white_space (self))
    if (!scan_token (self, &expect))
      return FALSE;
  return expect == EXPECT_NOTHING || refuse (self, "it ends too early");
}

gboolean
bk_wire_json_check (const char *text, gsize length, gsize max_length, GError **error)
{
  if (length > MIN (max_length, G_MAXINT32))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The JSON text has %" G_GSIZE_FORMAT
                   " bytes, more than the %" G_GSIZE_FORMAT " allowed", length, max_length);
      return FALSE;
    }

  Scanner scanner;
  scanner.text = (const guint8 *) text;
  scanner.length = length;
  scanner.position = 0;
  scanner.reason = NULL;
  scanner.depth = 0;
  scanner.keys = scanner.inline_keys;
  scanner.n_keys = 0;
  scanner.max_keys = INLINE_KEYS;
  scanner.unescaped = NULL;

  gboolean valid = scan_text (&scanner);
  if (!valid)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "Not acceptable as JSON, at byte %" G_GSIZE_FORMAT ": %s",
                 scanner.position, scanner.reason);

  if (scanner.keys != scanner.inline_keys)
    g_free (scanner.keys);
  g_clear_pointer (&scanner.unescaped, g_byte_array_unref);
  return valid;
}
