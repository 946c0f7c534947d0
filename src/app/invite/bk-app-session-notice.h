/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The notifications about sessions. */
#pragma once

#include "beckon.h"
#include "portal/bk-app-notice.h"

G_BEGIN_DECLS

/* @kind: "invitation" for the question, "session" for what became of it. */
char *bk_app_session_notice_id (const char *kind, BeckonSession *session);
/* The question, with its answers. */
BkAppNotice *bk_app_session_notice_new_question (BeckonMessenger *messenger, BeckonSession *session);
/* A file has come, or arrived there. */
BkAppNotice *bk_app_session_notice_new_file (BeckonSession *session);

G_END_DECLS
