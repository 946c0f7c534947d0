/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stretch of the contact list under a heading. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_SECTION (bk_app_section_get_type ())
/* A GListModel: itself, as the heading, then what is in it. Without anything in it there is no heading either. */
G_DECLARE_FINAL_TYPE (BkAppSection, bk_app_section, BK, APP_SECTION, GObject)

/* @id: for remembering it, unique among its neighbours. @model (transfer full): what is in it. */
BkAppSection *bk_app_section_new (const char *id, const char *title, gboolean collapsible, GListModel *model);
const char *bk_app_section_get_id (BkAppSection *self);
/* Property "title". */
const char *bk_app_section_get_title (BkAppSection *self);
void bk_app_section_set_title (BkAppSection *self, const char *title);
/* Property "count": how many are in it, seen or not. */
guint bk_app_section_get_count (BkAppSection *self);
gboolean bk_app_section_get_collapsible (BkAppSection *self);
/* Property "collapsed": only the heading is there. */
gboolean bk_app_section_get_collapsed (BkAppSection *self);
void bk_app_section_set_collapsed (BkAppSection *self, gboolean collapsed);
/* Whether there is a heading at all; there is one at first. */
void bk_app_section_set_headed (BkAppSection *self, gboolean headed);

G_END_DECLS
