/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the contact list says about somebody, in words. */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

/* For comparing what is searched for with what there is: case, accents and the width of letters do not count. */
char *bk_app_text_dup_folded (const char *text);
/* The words of @text, folded; NULL if there are none. */
char **bk_app_text_dup_words (const char *text);

/* Where the first of @words is in @text, as the beginning of a word there, in bytes. */
gboolean bk_app_text_find (const char *text, const char *const *words, gsize *start, gsize *length);

/* What the second line of a row is about. */
typedef enum
{
  BK_APP_SUMMARY_STATE,   /* how one stands with somebody, or what they say about the day */
  BK_APP_SUMMARY_MESSAGE, /* the newest entry of the conversation */
  BK_APP_SUMMARY_DRAFT,
  BK_APP_SUMMARY_TYPING
} BkAppSummary;

/* One line about somebody. @about: what it is about, nullable. */
char *bk_app_contact_dup_summary (BeckonContact *contact, BkAppSummary *about);
/* The word before that line: the presence, where there is one to be told; NULL otherwise. */
const char *bk_app_contact_get_word (BeckonContact *contact, BkAppSummary about);
/* All that a row shows, in one sentence for people who do not see it. */
char *bk_app_contact_dup_label (BeckonContact *contact);

/* When something was, as short as can be: the time of today, else a day. */
char *bk_app_dup_short_time (gint64 microseconds);

G_END_DECLS
