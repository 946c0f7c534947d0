/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reading and writing of frames share; nobody else includes this. */
#pragma once

#include "bk-frame.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* One that was read has a body. One that is being written has its text so far, and a body only if somebody asks it for
 * what was put in: the tree that json-glib makes costs many times what the text costs. */
struct _BkFrame
{
  BkFrameType type;
  gint64 id;            /* -1: none */
  JsonObject *body;     /* nullable */
  GString *text;        /* nullable; without the id and the last brace */
  guint names[16];      /* hashes of the names of the members in it */
  guint n_names;
  gboolean broken;      /* something was put in that JSON cannot hold */
  BkEnvelope *envelope; /* nullable */
};

JsonObject *_bk_frame_body (const BkFrame *self);

G_END_DECLS
