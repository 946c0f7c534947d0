/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the programs of a session find each other: from a connected session to a socket between the two machines. Inside
 * out: link (who listens, who connects, who is let in), meeting (who says what over the session). */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

/* @fd: the socket to the one who knew the token, to be taken over. */
typedef void (*BkMeetLinked) (int fd, gpointer user_data);
/* @why: a sentence for people. */
typedef void (*BkMeetFailed) (const char *why, gpointer user_data);

/* ---- the meeting of two programs ---- */

typedef struct _BkMeeting BkMeeting;
/* @session: connected. @protocol: what both programs speak, e.g. `beckon-pipe 1`. @again: a link that broke can be made
 * once more. @linked is called for each link, @failed when one cannot be made; neither before this returns, nor after
 * bk_meeting_free (). */
BkMeeting *bk_meeting_new (BeckonSession *session, const char *protocol, gboolean again, BkMeetLinked linked,
                           BkMeetFailed failed, gpointer user_data);
void bk_meeting_free (BkMeeting *self);
/* The link broke: who connected connects once more, who listens does that all the time. */
void bk_meeting_again (BkMeeting *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkMeeting, bk_meeting_free)

/* ---- the link between two machines ---- */

typedef struct _BkMeetListener BkMeetListener;
/* @again: goes on listening when somebody is in. */
BkMeetListener *bk_meet_listener_new (const char *address, gboolean again, BkMeetLinked linked, gpointer user_data,
                                      GError **error);
void bk_meet_listener_free (BkMeetListener *self);
/* What the other side must be told: `ip port token token`. */
const char *bk_meet_listener_get_offer (BkMeetListener *self);

void bk_meet_connect_async (const char *offer, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
int bk_meet_connect_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkMeetListener, bk_meet_listener_free)

G_END_DECLS
