/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files bk-app-timeline*.c share. */
#pragma once

#include "conversation/bk-app-no-messages.h"
#include "conversation/bk-app-timeline.h"

G_BEGIN_DECLS

struct _BkAppTimeline
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkStack *stack;
  BkAppNoMessages *nothing;
  GtkScrolledWindow *scrolled;
  GtkListView *list;
  GtkWidget *jump;
  GtkLabel *jump_count;

  /* Owned References */
  BeckonMessenger *messenger;
  BeckonConversation *conversation;
  BeckonContact *contact;
  GPtrArray *bound;      /* element-type GtkListItem, not owned: those that show a message now */
  GCancellable *loading; /* NULL unless a page is on the way */

  gboolean seen;
  gboolean sticks;
  gboolean sinks;   /* it is on the way to the newest, and what is laid out does not yet tell where that is */
  gint64 first_new; /* id of the message that has the line above it; 0 for none */
  gint64 target;    /* id of the message that is to be in the middle; 0 for none */
  gint64 around;    /* id of the message to go to when those around it have come; 0 for none */
  gint64 flashing;  /* id of the message that is pointed at; 0 for none */
  gint64 place;     /* id of the message where the user is; 0 at the newest */
  gint64 returning; /* id of the message where the next conversation opens if nothing in it is new; 0 for none */
  gint64 told;      /* id up to which the service was told that it is read */
  guint scrolling;  /* source that goes to the newest, or to the target */
  guint frame;      /* tick callback: something may have moved */
  guint looking;    /* source after that frame */
  guint unflash;    /* source that ends the pointing */
};

/* bk-app-timeline-scroll.c: where the user is. */
void bk_app_timeline_scroll_init (BkAppTimeline *self);
void bk_app_timeline_scroll_stop (BkAppTimeline *self);
/* Looks, when the next frame is done, at what is in sight. */
void bk_app_timeline_queue_look (BkAppTimeline *self);
void bk_app_timeline_update_jump (BkAppTimeline *self);
/* Goes to a message that is in the list; @flash: points at it. FALSE if it is not there. */
gboolean bk_app_timeline_go_to (BkAppTimeline *self, gint64 id, gboolean flash);
/* Puts the line above the first message that was not read, and begins there. */
void bk_app_timeline_open (BkAppTimeline *self);
/* Returns: (nullable) (transfer none) */
BeckonMessage *bk_app_timeline_newest_in_sight (BkAppTimeline *self);
/* Returns: (nullable): what shows the message with that id, if anything does */
GtkWidget *bk_app_timeline_find_row (BkAppTimeline *self, gint64 id);

/* bk-app-timeline-focus.c: the keyboard. */
gboolean bk_app_timeline_focus (GtkWidget *widget, GtkDirectionType direction);

/* bk-app-timeline.c */
void bk_app_timeline_bind_again (BkAppTimeline *self);

G_END_DECLS
