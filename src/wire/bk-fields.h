/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that say which members a JSON object must and may have. Frames and envelopes are both checked with them, so
 * code behind wire/ never meets a member of the wrong type, length or form. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  BK_FIELD_TEXT,      /* one line of UTF-8, at most `max` bytes */
  BK_FIELD_LONG_TEXT, /* UTF-8 with line feeds and tabs, at most `max` bytes */
  BK_FIELD_DATA,      /* any UTF-8 without NUL, at most `max` bytes: for programs, not for people */
  BK_FIELD_NAME,      /* sign-in name */
  BK_FIELD_GUID,      /* braced, upper case */
  BK_FIELD_TOKEN,     /* printable ASCII without spaces, at most `max` bytes */
  BK_FIELD_WORD,      /* one of `words` */
  BK_FIELD_UINT,      /* integer, 0 … 2^53 - 1 */
  BK_FIELD_UINT32,    /* integer, 0 … 2^32 - 1 */
  BK_FIELD_BOOL,
  BK_FIELD_UINT32S,   /* array of at most `max` of them */
  BK_FIELD_GUIDS,     /* array of at most `max` GUIDs */
  BK_FIELD_LINES,      /* array of at most `max` texts of one line, each of at most 256 bytes */
  BK_FIELD_HEX,       /* exactly `max` lower-case hexadecimal digits */
  BK_FIELD_OBJECT,    /* checked by whoever reads it */
} BkFieldKind;

typedef struct
{
  const char *name; /* NULL ends the table */
  BkFieldKind kind;
  gboolean required;
  gsize max;
  const char *const *words; /* NULL-terminated */
} BkField;

#define BK_FIELD_LINE_MAX 256
#define BK_FIELD_UINT_MAX G_GINT64_CONSTANT (9007199254740991)

gboolean bk_fields_check (JsonObject *object, const BkField *fields, GError **error);
const char *bk_fields_get_string (JsonObject *object, const char *name);
gint64 bk_fields_get_int (JsonObject *object, const char *name, gint64 fallback);

G_END_DECLS
