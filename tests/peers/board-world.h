/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several boards, joined by links that take their time: what is sent lies in them until the test lets it through, and
 * they break and are made again. */
#pragma once

#include "bk-board-document.h"

G_BEGIN_DECLS

#define WORLD_MAX_SITES 3

/* From one board to another. */
typedef struct
{
  GByteArray *bytes;  /* on the way */
  BkBoardMarks seen;  /* what the sender knows that the receiver has */
  gboolean open;      /* whether the receiver has said hello */
} WorldLink;

typedef struct
{
  guint n;
  GRand *rand;
  BkBoardDocument *boards[WORLD_MAX_SITES];
  WorldLink links[WORLD_MAX_SITES][WORLD_MAX_SITES];
} World;

World *world_new (guint n, guint32 seed);
void world_free (World *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* Something that happens: somebody draws, something arrives, a link breaks. */
void world_step (World *self);
/* All that is on its way arrives. */
void world_settle (World *self);
/* The links between two boards break: what was on its way is lost. They are made again at once. */
void world_break (World *self, guint one, guint other);
void world_deliver (World *self, guint from, guint to, gsize length);

G_END_DECLS
