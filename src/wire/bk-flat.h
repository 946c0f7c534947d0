/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A JSON object whose members are all simple, as nearly all frames are, without the tree that json-glib would make of
 * it: that costs many times what it costs to look at the text. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define BK_FLAT_MAX 24 /* members; an object that has more is left to json-glib */

typedef enum
{
  BK_FLAT_NULL,
  BK_FLAT_BOOL,
  BK_FLAT_INT,
  BK_FLAT_STRING,
} BkFlatKind;

typedef struct
{
  const char *name;
  BkFlatKind kind;
  gint64 number;      /* BOOL, INT */
  const char *string; /* STRING */
} BkFlatMember;

typedef struct
{
  guint n_members;
  BkFlatMember members[BK_FLAT_MAX];
  char text[];
} BkFlat;

/* @text has passed bk_wire_json_check (). Returns NULL if it is anything but an object of strings, whole numbers, true,
 * false and null. Free it with g_free (). */
BkFlat *bk_flat_parse (const char *text, gsize length);

const BkFlatMember *bk_flat_find (const BkFlat *self, const char *name);
JsonObject *bk_flat_to_object (const BkFlat *self);

G_END_DECLS
