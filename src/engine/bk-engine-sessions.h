/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to the engine: the part that owns all sessions. bk-engine.c feeds it with what accounts report. */
#pragma once

#include "bk-channel.h"
#include "bk-engine-account.h"
#include "bk-engine-history.h"
#include "bk-engine-registry.h"
#include "bk-engine-session.h"
#include "bk-clock.h"
#include "bk-desktop.h"

G_BEGIN_DECLS

typedef struct
{
  BkClock *clock;
  BkLauncher *launcher;
  BkOpener *opener;
  BkPeers *peers; /* nullable */
  BkSeat *seat;   /* nullable: the user is always there */
  BkChannels *channels; /* nullable: no session has a channel */
  BkEngineRegistry *registry;
  BkEngineHistory *history; /* writes open sessions down, so that a crash can be told from a quiet day */
  guint answer_timeout_ms;   /* 0: BK_TIMEOUT_ANSWER_S */
  const char *local_address; /* this machine's address towards the network; nullable: 127.0.0.1 */
  gboolean sandboxed;        /* what is not of the world outside is gone when we are */
} BkEngineSessionsConfig;

#define BK_TYPE_ENGINE_SESSIONS (bk_engine_sessions_get_type ())
/* A GListModel of BkEngineSession. Signals "invitation", "invitation-over" (BkEngineSession *), "notice" (const char
 * *kind, const char *text, BkEngineSession *): handed through by BkEngine. "settled" (): an ended session has delivered
 * its last word, or has given up. */
G_DECLARE_FINAL_TYPE (BkEngineSessions, bk_engine_sessions, BK, ENGINE_SESSIONS, GObject)

BkEngineSessions *bk_engine_sessions_new (const BkEngineSessionsConfig *config);
void bk_engine_sessions_drop_parts (BkEngineSessions *self, guint account);
gboolean bk_engine_sessions_has_room_for_file (BkEngineSessions *self, BkEngineAccount *account, GError **error);
BkEngineSession *bk_engine_sessions_create (BkEngineSessions *self, BkEngineAccount *account, const char *owner,
                                            GError **error);
/* See bk_engine_try_application (). */
gboolean bk_engine_sessions_try (BkEngineSessions *self, const char *guid, BkEngineSession **inviter,
                                 BkEngineSession **invitee, GError **error);
BkEngineSession *bk_engine_sessions_find (BkEngineSessions *self, const char *session_id);
BkEngineSession *bk_engine_sessions_redeem_cookie (BkEngineSessions *self, const char *cookie, GError **error);
BkEngineSession *bk_engine_sessions_redeem_process (BkEngineSessions *self, guint pid, GError **error);

/* SESSION and SESSION_ELSEWHERE events of @account. */
void bk_engine_sessions_apply (BkEngineSessions *self, BkEngineAccount *account, const BkBackendEvent *event);
/* @account is ONLINE (again): envelopes that could not be sent are sent now, in order. */
void bk_engine_sessions_account_away (BkEngineSessions *self, BkEngineAccount *account);
void bk_engine_sessions_account_online (BkEngineSessions *self, BkEngineAccount *account);
/* @account signs out: its open sessions end with SIGNED_OUT, the other sides are told. */
void bk_engine_sessions_account_signed_out (BkEngineSessions *self, BkEngineAccount *account);
/* After a crash: tells the other side of each session that was open (SERVICE_RESTARTED). */
void bk_engine_sessions_recover (BkEngineSessions *self, BkEngineAccount *account, const char *session_id,
                                 const char *who);
/* Ends everything with @result; used at shutdown. */
void bk_engine_sessions_end_all (BkEngineSessions *self, BeckonSessionResult result);
/* STUN and TURN servers of the user's own, for channels from now on. Nullable. */
void bk_engine_sessions_set_relays (BkEngineSessions *self, const BkRelays *relays);
/* Where files go for which no folder is named. */
void bk_engine_sessions_set_download_folder (BkEngineSessions *self, const char *folder);
/* A file that is here in part since the program ran last. */
void bk_engine_sessions_restore_part (BkEngineSessions *self, const BkHistoryPart *part);
/* The network changed or the machine woke up. */
void bk_engine_sessions_nudge (BkEngineSessions *self);
/* Whether envelopes are still waiting to be acknowledged: shutdown gives them a moment. */
gboolean bk_engine_sessions_is_sending (BkEngineSessions *self);

G_END_DECLS
