/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows from writing in a conversation before it is sent: the other person may see that one writes, and what was
 * written is kept. */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

typedef struct _BkAppWriting BkAppWriting;

BkAppWriting *bk_app_writing_new (BeckonConversation *conversation);
/* Nobody writes any more; what was written last is kept. */
void bk_app_writing_free (BkAppWriting *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkAppWriting, bk_app_writing_free)

/* The user changed the text to this. */
void bk_app_writing_note (BkAppWriting *self, const char *text);
/* The text was sent, or replaced by something that nobody wrote just now. */
void bk_app_writing_stop (BkAppWriting *self, const char *text);

G_END_DECLS
