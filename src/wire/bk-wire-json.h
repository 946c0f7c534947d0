/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Whether @text is one strict RFC 8259 value that json-glib may be trusted with. Anything else is refused with
 * BECKON_ERROR_PROTOCOL, which names the place and the reason but never repeats the text:
 *   - more than @max_length bytes, nested deeper than BK_LIMIT_JSON_DEPTH, not UTF-8;
 *   - control characters in strings, NUL also as \u0000 (C strings follow), surrogates that are not a pair;
 *   - numbers longer than 128 characters, integers outside gint64, fractions that a double makes infinite or 0;
 *   - an object with the same key twice, compared after unescaping.
 * Iterative; the work is O(n), plus O(k log k) for the k bytes of the keys of a large object, whatever the keys are. */
gboolean bk_wire_json_check (const char *text, gsize length, gsize max_length, GError **error);

/* Checks @text and reads it. The root is an object; anything else is BECKON_ERROR_PROTOCOL. */
JsonNode *bk_wire_json_parse (const char *text, gsize length, gsize max_length, GError **error);

/* Writes @node without white space, in a form that bk_wire_json_check () accepts. NULL with a critical warning if
 * @node holds what it would not accept: text that is not UTF-8, an infinite number, too deep a nesting. */
char *bk_wire_json_write (JsonNode *node, gsize *length);

/* Appends @text as a JSON string, without a tree. FALSE if it is not UTF-8: then nothing is appended. */
gboolean bk_wire_json_append_string (GString *out, const char *text);

G_END_DECLS
