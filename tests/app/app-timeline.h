/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conversation of alice with bob in the main window; by default, its messages are those from 101 to 150. */
#pragma once

#include "app-world.h"
#include "conversation/bk-app-timeline.h"

G_BEGIN_DECLS

#define APP_TIMELINE_PAGE 50

typedef struct
{
  AppWorld *world;
  GtkWindow *window;
  gpointer timeline;
  GtkListView *list;
  GtkAdjustment *adjustment;
  BeckonConversation *conversation;
} AppTimeline;

/* For g_test_add(). */
void app_timeline_setup (AppTimeline *fixture, gconstpointer data);
void app_timeline_teardown (AppTimeline *fixture, gconstpointer data);

/* ---- a history ---- */

void app_timeline_append_message (GString *page, gint64 id);
/* What ListMessages answers. */
char *app_timeline_dup_page (gint64 first, gint64 last);
void app_timeline_answer (AppTimeline *fixture, const char *method, gint64 first, gint64 last);
void app_timeline_open (AppTimeline *fixture, guint unread, gint64 read_up_to);

/* Goes to @value, where what is earlier is asked for; it is not there before app_timeline_come(). */
void app_timeline_go_to_earlier (AppTimeline *fixture, double value);
/* The page before the first one comes. */
void app_timeline_come (AppTimeline *fixture);

/* ---- looking ---- */

typedef struct
{
  AppTimeline *fixture;
  const char *begins;
  float y;      /* of its bubble, within the view */
  float height;
} AppSight;

/* Whether all of a row is in sight. */
gboolean app_sight_measure (AppSight *sight, GtkWidget *row);
/* The same of that which begins with the text, for bk_test_wait_until(). */
gboolean app_sight_is_in_sight (gpointer data);

#define app_timeline_wait_in_sight(fixture, begins) app_timeline_wait_in_sight_at (G_STRLOC, fixture, begins)
void app_timeline_wait_in_sight_at (const char *where, AppTimeline *fixture, const char *begins);
/* All that was to be laid out, and what follows from that, is done. */
void app_timeline_wait_still (AppTimeline *fixture);
/* The row that shows the text. */
GtkWidget *app_timeline_find_row (AppTimeline *fixture, const char *text);
/* Whether the button that goes to the newest is there, for bk_test_wait_until(). */
gboolean app_timeline_has_jump (gpointer timeline);
gboolean app_timeline_has_no_jump (gpointer timeline);

G_END_DECLS
