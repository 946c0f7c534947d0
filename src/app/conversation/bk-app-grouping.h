/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands between the messages of a conversation, and which of them belong together. */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

typedef enum
{
  BK_APP_PLACE_NONE = 0,
  BK_APP_PLACE_DAY = 1 << 0,   /* the first one of a day */
  BK_APP_PLACE_NEW = 1 << 1,   /* the first one that was not read when the conversation was opened */
  BK_APP_PLACE_FIRST = 1 << 2, /* nothing above belongs to the same group */
  BK_APP_PLACE_LAST = 1 << 3,  /* nothing below belongs to the same group */
} BkAppPlace;

/* @before, @after: its neighbours, NULL for none. @first_new: id of the first one that is new, 0 for none. */
BkAppPlace bk_app_grouping_place (BeckonMessage *before, BeckonMessage *message, BeckonMessage *after, gint64 first_new);
/* Id of the first incoming message after @read_up_to in the list, 0 for none. */
gint64 bk_app_grouping_first_new (GListModel *messages, gint64 read_up_to);

G_END_DECLS
