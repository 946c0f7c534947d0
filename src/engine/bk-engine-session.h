/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "beckon-enums.h"
#include "beckon-error.h"
#include "bk-launcher.h"
#include "bk-lifecycle.h"

G_BEGIN_DECLS

typedef struct _BkEngineAccount BkEngineAccount;

/* What bk_engine_session_invite_with_picker_async () needs to know. */
typedef struct
{
  const char *caller;   /* bus name of the program that waits for it */
  const char *window;   /* where the question belongs: "x11:…", "wayland:…", or empty */
  const char *app_data; /* nullable */
} BkPick;

#define BK_TYPE_ENGINE_SESSION (bk_engine_session_get_type ())
/* One session, from CreateSession or a received invitation to its end. Moves only along bk-lifecycle.
 *
 * Signals, in the order in which they can come:
 * "changed" (const char *property): any readable value below, name as on D-Bus (State, Ringing, RemoteAddress, …)
 * "state-changed" (BeckonSessionState previous)
 * "app-not-present" (const char *name, const char *url)
 * "accepted" (const char *app_data) · "declined" (const char *app_data) · "cancelled" (const char *app_data)
 * "ready-to-launch" ()
 * "context-data" (const char *data)
 * "context-kept" (const char *data): the same once more, for the program alone that has fetched its session since
 * "send-error" (guint code: BeckonError)
 * "stream-offered" (const char *name, gboolean datagram)
 * "termination" (BeckonSessionResult result, const char *app_data): last, once
 */
G_DECLARE_FINAL_TYPE (BkEngineSession, bk_engine_session, BK, ENGINE_SESSION, GObject)

guint bk_engine_session_get_number (BkEngineSession *self); /* N of …/Session/N */
const char *bk_engine_session_get_id (BkEngineSession *self); /* SessionID, braced GUID */
BkEngineAccount *bk_engine_session_get_account (BkEngineSession *self); /* nullable: a trial */
const char *bk_engine_session_get_owner (BkEngineSession *self); /* bus name that made or redeemed it; nullable */
void bk_engine_session_set_owner (BkEngineSession *self, const char *owner);
BeckonSessionState bk_engine_session_get_state (BkEngineSession *self);
BeckonSessionFlags bk_engine_session_get_flags (BkEngineSession *self);
BeckonSessionResult bk_engine_session_get_result (BkEngineSession *self);
const char *bk_engine_session_get_result_text (BkEngineSession *self); /* sentence, more exact than the result's */
gboolean bk_engine_session_get_ringing (BkEngineSession *self);
gboolean bk_engine_session_get_installing (BkEngineSession *self);
gboolean bk_engine_session_get_asking (BkEngineSession *self); /* the user is being asked: "invitation" was told */
gboolean bk_engine_session_get_picking (BkEngineSession *self); /* the user is being asked whom to invite */
const char *bk_engine_session_get_pick_window (BkEngineSession *self); /* nullable: of the program that had it asked */
const char *bk_engine_session_get_pick_caller (BkEngineSession *self); /* nullable: bus name of that program */
const char *bk_engine_session_get_user (BkEngineSession *self); /* the other person; nullable before Invite */
const char *bk_engine_session_get_application (BkEngineSession *self); /* GUID; nullable */
const char *bk_engine_session_get_application_name (BkEngineSession *self); /* "" if not known */
const char *bk_engine_session_get_application_url (BkEngineSession *self);  /* nullable */
const char *bk_engine_session_get_app_data (BkEngineSession *self);     /* what came with the invitation; nullable */
const char *bk_engine_session_get_message (BkEngineSession *self); /* what the inviter says; nullable */
gboolean bk_engine_session_get_automatic (BkEngineSession *self);  /* accepted without a question */
GVariant *bk_engine_session_get_transfer (BkEngineSession *self);  /* a{sv}, floating: see Session1.Transfer */
const char *bk_engine_session_get_context_data (BkEngineSession *self); /* nullable */
const char *bk_engine_session_get_local_address (BkEngineSession *self);  /* default: this machine's address */
const char *bk_engine_session_get_remote_address (BkEngineSession *self); /* nullable before CONNECTED */
const char *bk_engine_session_get_log (BkEngineSession *self); /* path of the program's output; nullable */
gint64 bk_engine_session_get_created (BkEngineSession *self);  /* microseconds since 1970 */
gint64 bk_engine_session_get_deadline (BkEngineSession *self); /* when the invitation runs out, 0 for none */
GPtrArray *bk_engine_session_get_timeline (BkEngineSession *self); /* element-type utf8: "+12 ms accepted", for people */
BeckonChannelPath bk_engine_session_get_channel_path (BkEngineSession *self);
const char *bk_engine_session_get_channel_reason (BkEngineSession *self); /* sentence; never NULL */
BeckonIdentity bk_engine_session_get_identity (BkEngineSession *self);
const char *bk_engine_session_get_safety_number (BkEngineSession *self); /* never NULL */
const char *bk_engine_session_get_host (BkEngineSession *self); /* sign-in name, "" where nobody hosts */
GVariant *bk_engine_session_get_channel_statistics (BkEngineSession *self); /* a{sv}, floating: see Session1.GetChannel */
/* A descriptor of the caller's, close-on-exec; -1 with an error: see Session1.OpenStream and OpenDatagram. */
int bk_engine_session_open_stream (BkEngineSession *self, const char *name, GError **error);
int bk_engine_session_open_datagram (BkEngineSession *self, const char *name, GError **error);
/* The user is sure that it is the other person whose key it is. */
gboolean bk_engine_session_trust_identity (BkEngineSession *self, GError **error);

gboolean bk_engine_session_set_application (BkEngineSession *self, const char *guid, GError **error);
gboolean bk_engine_session_set_local_address (BkEngineSession *self, const char *address, GError **error);
/* What the user says with the invitation; NULL or empty for nothing. In READY. */
gboolean bk_engine_session_set_message (BkEngineSession *self, const char *message, GError **error);

/* Finishes when the network took the invitation or refused it. @grant: of the program that invites, where it had to
 * unlock; NULL: the user invites, or nothing is locked. */
void bk_engine_session_invite_async (BkEngineSession *self, const char *who, const char *app_data, const char *grant,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_session_invite_finish (BkEngineSession *self, GAsyncResult *result, GError **error);
/* The user chooses whom to invite, in a window of Beckon's own: Picking is TRUE until bk_engine_session_answer_pick ().
 * Finishes as bk_engine_session_invite_async () does; CANCELLED if the user invites nobody, or the session ends. */
void bk_engine_session_invite_with_picker_async (BkEngineSession *self, const BkPick *pick, GCancellable *cancellable,
                                                 GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_session_invite_with_picker_finish (BkEngineSession *self, GAsyncResult *result, GError **error);
/* @who: NULL or empty for nobody. An error leaves the question open: somebody else may be chosen. */
gboolean bk_engine_session_answer_pick (BkEngineSession *self, const char *who, GError **error);
gboolean bk_engine_session_accept (BkEngineSession *self, const char *app_data, GError **error);
/* @folder: NULL for the one of the settings. See Session1.AcceptFile. */
void bk_engine_session_accept_file_async (BkEngineSession *self, const char *folder, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_session_accept_file_finish (BkEngineSession *self, GAsyncResult *result, GError **error);
gboolean bk_engine_session_decline (BkEngineSession *self, const char *app_data, GError **error);
gboolean bk_engine_session_cancel (BkEngineSession *self, BeckonSessionResult reason, const char *app_data,
                                   GError **error);
gboolean bk_engine_session_send_context_data (BkEngineSession *self, const char *data, GError **error);
/* A program is to hold the session and has not read it yet: "context-data" is not for it, "context-kept" will be. */
gboolean bk_engine_session_get_unread (BkEngineSession *self);
/* The program that holds the session has read it: what came for it meanwhile is told now. */
void bk_engine_session_was_read (BkEngineSession *self);
/* Nobody will use the session: it ends, if nobody has been invited. */
void bk_engine_session_drop_unused (BkEngineSession *self);
/* The program that holds the session is gone from the bus: the session ends (CONNECTED) or is cancelled. */
void bk_engine_session_owner_vanished (BkEngineSession *self);

G_END_DECLS
