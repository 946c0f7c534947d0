/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to the engine: when to tell the other side that the user is writing. */
#pragma once

#include "bk-clock.h"

G_BEGIN_DECLS

typedef void (*BkTypingFunc) (gboolean typing, gpointer user_data);

/* Its memory is its owner's, and zero at first but for clock, tell and user_data. */
typedef struct
{
  BkClock *clock;    /* borrowed */
  BkTypingFunc tell; /* what the network is to say */
  gpointer user_data;

  gboolean writing;
  gint64 said;   /* when the user was last known to write */
  gint64 told;   /* when the other side was last told so; 0: never */
  gboolean shown; /* the other side was told so, and nothing else since */
  guint timer;
} BkTyping;

void bk_typing_set (BkTyping *self, gboolean typing);
void bk_typing_reset (BkTyping *self);

G_END_DECLS
