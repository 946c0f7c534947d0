/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the network says about marks and about who writes, and how it is looked at. */
#pragma once

#include "engine-world.h"

G_BEGIN_DECLS

#define BOB "bob@example.org"
#define CAROL "carol@example.org"

/* A message, whose text is its id; how far messages have come; who is writing. */
void arrive (HandBackend *backend, const char *cursor, const char *who, const char *id, gboolean outgoing, gint64 time);
void mark (HandBackend *backend, const char *cursor, const char *who, const char *id, gboolean outgoing,
           BeckonDelivery delivery);
void typing (HandBackend *backend, const char *who, gboolean on);

BkEngineConversation *with (BkEngineAccount *account, const char *who);
/* "TEXT:DELIVERY " of each message, the oldest first. */
void assert_deliveries (BkEngineConversation *conversation, const char *expected);
gint64 id_of (BkEngineConversation *conversation, const char *text);

/* Waits for mark @index, checks it, and answers. @code -1: the network has it. */
void expect_told (HandBackend *backend, guint index, const char *who, const char *id, BeckonDelivery delivery,
                  gboolean tell, int code);
/* There were so many marks and no more. */
void assert_told (EngineWorld *world, BkEngineAccount *account, HandBackend *backend, guint n);

void settings (EngineWorld *world, gboolean read_marks, gboolean tell_typing);

G_END_DECLS
