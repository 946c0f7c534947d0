/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identifiers and the checks that every text from outside passes before anything else is done with it. */
#include "bk-ids.h"

#include "bk-limits.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define GUID_LENGTH 38 /* {8-4-4-4-12} */
#define TOKEN_BYTES 32

/* Cryptographic randomness: a session id or cookie that can be guessed would let a stranger in. */
static void
random_bytes (guint8 *buffer, gsize size)
{
  if (getentropy (buffer, size) != 0)
    g_error ("The system has no randomness to give: %s", g_strerror (errno));
}

/* Returns a fresh UUIDv4 as a braced, upper-case GUID. */
char *
bk_guid_new (void)
{
  guint8 b[16];

  random_bytes (b, sizeof b);
  b[6] = (b[6] & 0x0F) | 0x40;
  b[8] = (b[8] & 0x3F) | 0x80;
  return g_strdup_printf ("{%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X}", b[0], b[1], b[2],
                          b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

/* Returns @text as a braced, upper-case GUID, or NULL if it is none. Any case and missing braces are accepted. */
char *
bk_guid_normalize (const char *text)
{
  if (text == NULL)
    return NULL;

  gsize length = strnlen (text, GUID_LENGTH + 1);
  gboolean braced = length == GUID_LENGTH && text[0] == '{' && text[GUID_LENGTH - 1] == '}';
  if (!braced && length != GUID_LENGTH - 2)
    return NULL;

  const char *body = braced ? text + 1 : text;
  for (gsize i = 0; i < GUID_LENGTH - 2; i++)
    {
      gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? body[i] != '-' : !g_ascii_isxdigit (body[i]))
        return NULL;
    }

  g_autofree char *upper = g_ascii_strup (body, GUID_LENGTH - 2);
  return g_strdup_printf ("{%s}", upper);
}

/* Whether @text is a GUID in the one form that Beckon writes: braced, upper case. */
gboolean
bk_guid_is_valid (const char *text)
{
  g_autofree char *normal = bk_guid_normalize (text);

  return normal != NULL && g_str_equal (normal, text);
}

/* Returns a fresh 256-bit token in lower-case hex: cookies, resumption tokens. */
char *
bk_token_new (void)
{
  guint8 bytes[TOKEN_BYTES];
  char *token = g_malloc (2 * TOKEN_BYTES + 1);

  random_bytes (bytes, sizeof bytes);
  for (gsize i = 0; i < TOKEN_BYTES; i++)
    g_snprintf (token + 2 * i, 3, "%02x", bytes[i]);
  return token;
}

/* Whether @text is a word in the form of a token: 1 to @max_bytes printable ASCII characters without blanks. */
gboolean
bk_token_is_valid (const char *text, gsize max_bytes)
{
  gsize length = text != NULL ? strnlen (text, max_bytes + 1) : 0;

  if (length == 0 || length > max_bytes)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      return FALSE;
  return TRUE;
}

/* Compares two secrets in a time that depends on their lengths alone. */
gboolean
bk_token_equal (const char *a, const char *b)
{
  gsize length = strlen (a);
  guint8 difference = 0;

  if (strlen (b) != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    difference |= (guint8) a[i] ^ (guint8) b[i];
  return difference == 0;
}

static gboolean
is_name_part (const char *text, gsize length)
{
  if (length == 0 || length > 64)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("._-+", text[i]) == NULL)
      return FALSE;
  return text[0] != '.' && text[0] != '-' && text[length - 1] != '.';
}

/* Returns a sign-in name `local@domain` in lower case, or NULL if @text is none. ASCII only: two names that look the
 * same must be the same. */
char *
bk_sign_in_name_normalize (const char *text)
{
  if (text == NULL || strnlen (text, BK_LIMIT_SIGN_IN_NAME + 1) > BK_LIMIT_SIGN_IN_NAME)
    return NULL;

  const char *at = strchr (text, '@');
  if (at == NULL || !is_name_part (text, at - text) || !is_name_part (at + 1, strlen (at + 1)))
    return NULL;
  return g_ascii_strdown (text, -1);
}

/* Whether @text is a sign-in name in the one form that Beckon writes. */
gboolean
bk_sign_in_name_is_valid (const char *text)
{
  g_autofree char *normal = bk_sign_in_name_normalize (text);

  return normal != NULL && g_str_equal (normal, text);
}

/* Characters that change how the text around them is shown: in a name or a label they can only deceive. */
static gboolean
is_deceptive (gunichar c)
{
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029;
}

/* Whether @text is UTF-8, not longer than @max_bytes and free of control characters. When @multi_line, as in a chat
 * message, line feed, tab and marks of writing direction are allowed too. */
gboolean
bk_text_is_valid (const char *text, gsize max_bytes, gboolean multi_line)
{
  if (text == NULL || strnlen (text, max_bytes + 1) > max_bytes || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (multi_line && (c == '\n' || c == '\t'))
        continue;
      if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (!multi_line && is_deceptive (c)))
        return FALSE;
    }
  return TRUE;
}

/* Whether @data is UTF-8 and not longer than @max_bytes: what programs send each other, never shown to anybody. */
gboolean
bk_data_is_valid (const char *data, gsize max_bytes)
{
  return data != NULL && strnlen (data, max_bytes + 1) <= max_bytes && g_utf8_validate (data, -1, NULL);
}

/* Whether @url may be shown to a browser: http or https, with a host, nothing hidden in it. */
gboolean
bk_url_is_web (const char *url)
{
  if (!bk_text_is_valid (url, BK_LIMIT_APP_URL, FALSE) || strchr (url, ' ') != NULL)
    return FALSE;

  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' || g_uri_get_userinfo (uri) != NULL)
    return FALSE;
  return g_str_equal (g_uri_get_scheme (uri), "https") || g_str_equal (g_uri_get_scheme (uri), "http");
}

/* Reads the nick of an enumeration value. @value is left alone if the nick is not known. */
gboolean
bk_enum_from_nick (GType enum_type, const char *nick, int *value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (enum_type);
  GEnumValue *found = nick != NULL ? g_enum_get_value_by_nick (klass, nick) : NULL;

  if (found != NULL)
    *value = found->value;
  return found != NULL;
}
