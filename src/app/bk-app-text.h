/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words for people that more than one screen needs. */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

/* A sentence for an error: says what to do where that is known. Valid as long as @error. */
const char *bk_app_error_text (const GError *error);
/* The same where a file was to be saved: the service says which folder it was, and why not. */
const char *bk_app_file_error_text (const GError *error);

/* A word for the presence of somebody, or of oneself. */
const char *bk_app_status_word (BeckonStatus status);
/* CSS class of the dot beside that word. */
const char *bk_app_status_class (BeckonStatus status);
/* "Online", or "Busy, at work" where there is a personal message. */
char *bk_app_contact_dup_line (BeckonContact *contact);
/* Whether somebody can be invited; if not, @reason (to be freed) says why in a sentence. */
gboolean bk_app_contact_can_be_invited (BeckonContact *contact, char **reason);

/* Whether an account is offline because of that error. */
gboolean bk_app_account_has_error (BeckonAccount *account, BeckonError code);
/* What an account is doing right now, where that is worth telling; else NULL. */
char *bk_app_account_dup_trouble (BeckonAccount *account);

/* @text, with the account behind it where the user has several. @account: its sign-in name. */
char *bk_app_dup_with_account (BeckonMessenger *messenger, const char *text, const char *account);

/* Name of the application of a session, never empty. */
const char *bk_app_application_word (const char *name);
/* "Waiting for Bob…", what the inviter sees while nobody has answered. */
char *bk_app_session_dup_waiting (BeckonSession *session);
/* How the two sides of a session reach each other, in a sentence; empty where that does not matter. */
char *bk_app_session_dup_path (BeckonSession *session);
/* "Bob" or "You", where one side's program is joined by the other's; else NULL. */
char *bk_app_session_dup_host (BeckonSession *session);
/* That the other side shows another key than before; NULL if it does not. */
char *bk_app_session_dup_identity_warning (BeckonSession *session);

/* Time of the day, with the day where it is not today. */
char *bk_app_dup_time (gint64 microseconds);
char *bk_app_dup_day (gint64 microseconds);
gboolean bk_app_is_same_day (gint64 one, gint64 other);

G_END_DECLS
