/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alice, who knows bob, and what was said to her. */
#pragma once

#include "engine-world.h"

G_BEGIN_DECLS

#define BOB "bob@example.org"
#define CAROL "carol@example.org"

typedef struct
{
  EngineWorld *world;
  HandBackend *backend;
  BkEngineAccount *alice;
  guint n_messages;
} Past;

Past *past_new (void);
void past_free (Past *past);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Past, past_free)

void past_receive (Past *past, const char *who, const char *text);
/* @who: NULL for everybody. */
GPtrArray *past_search (Past *past, const char *text, const char *who, gint64 before, guint limit);
/* The texts that were found, each with a bar behind. */
char *past_hits (Past *past, const char *text, const char *who);
void past_assert_hits (Past *past, const char *text, const char *who, const char *expected);

/* The file, from outside. */
gint64 past_query_file (Past *past, const char *sql);
void past_change_file (Past *past, const char *sql);
/* Until the upkeep has come so far that @sql finds 0. */
void past_wait_for_zero (Past *past, const char *sql);

G_END_DECLS
