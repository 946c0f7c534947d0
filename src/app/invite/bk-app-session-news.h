/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session is to the user. */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

/* Whether somebody else invites the user. */
gboolean bk_app_session_is_invitee (BeckonSession *session);
/* Both sides are here: whoever tries an application watches it where it was started. */
gboolean bk_app_session_is_trial (BeckonSession *session);
/* Whether the user has to be told of the end: not of what the user did, nor of what goes as it should. */
gboolean bk_app_session_is_news (BeckonSession *session);
/* For g_hash_table_foreach_remove () over a table by sessions: whether @sessions, a GListModel, has it no more. */
gboolean bk_app_session_is_gone (gpointer session, gpointer value, gpointer sessions);

/* The session that asks the user something, the one after that with the id @after if there are several: whoever puts one
 * off comes to each. Returns: (nullable) (transfer full) */
BeckonSession *bk_app_session_next_question (GListModel *sessions, const char *after);

/* Whether it sends a file. */
gboolean bk_app_session_is_file (BeckonSession *session);
/* "minutes.odt (40.0 MB)"; NULL if it sends none. */
char *bk_app_session_dup_file (BeckonSession *session);

G_END_DECLS
