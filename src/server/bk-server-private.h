/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server's own files share: its state, the accounts that are online, and one connection. Main thread only. */
#pragma once

#include "bk-server-counters.h"
#include "bk-server-hasher.h"
#include "bk-server-log.h"
#include "bk-server-metrics.h"
#include "bk-server-net.h"
#include "bk-server-rate.h"
#include "bk-server.h"
#include "bk-store.h"

G_BEGIN_DECLS

#define BK_SERVER_MAX_GRANTS 1024 /* of one connection */

typedef struct _BkServerPeer BkServerPeer;
typedef struct _BkServerAccount BkServerAccount;
typedef struct _BkServerLock BkServerLock;

typedef enum
{
  BK_SERVER_NEW,
  BK_SERVER_RUNNING,
  BK_SERVER_STOPPING,
  BK_SERVER_STOPPED,
} BkServerState;

struct _BkServer
{
  GObject parent_instance;

  BkServerConfig *config;
  BkClock *clock;
  BkSqlite *db;
  BkServerHasher *hasher;
  BkServerBuckets *buckets;
  BkServerNet *net;
  BkServerCounters counters;

  guint retention_timer; /* when what is too old is looked for again */
  gint64 swept;          /* up to this row messages have been looked at since the last time that all had been */
  BkServerMetrics *metrics; /* nullable */
  BkServerWrites writes;
  gint64 started;

  BkServerState state;
  GHashTable *accounts; /* gint64 in the account → BkServerAccount, owned: those with a device signed in */
  GHashTable *names;    /* sign-in name in the account → BkServerAccount, borrowed */
  guint n_peers;
  int operator_fd;      /* the pipe beside the file; -1: none */
  guint operator_source;
  gboolean operating;   /* a step of what the operator wants is under way */
  gboolean nudged;      /* look again after it */
  guint n_jobs;         /* handed to a thread and not back yet */
  guint64 last_peer;    /* counts the connections */
  guint64 last_status;  /* counts the changes of status, to know the newest */
  GQueue sign_ins;      /* whose jobs are with the worker; links of handle/account.c */
  GQueue asked;         /* grants whose programs have been asked again, in the order of their deadlines; borrowed */
  guint ask_timer;      /* at the first of them */
  GHashTable *expected; /* sign-in name → gint64, owned: accounts on their way back; NULL: there are none any more */
  GQueue held;          /* of BkServerHeld, owned: invitations that wait for one of them, in the order they came */
  guint expected_timer;
  GTask *stopping;      /* nullable */
  guint stop_idle;
};

/* An account with at least one device signed in. */
struct _BkServerAccount
{
  gint64 id;
  char *name;
  GPtrArray *peers;     /* element-type BkServerPeer, borrowed */
  GHashTable *friends;  /* set of gint64, owned: accounts that may see this one and that it may see */
  BeckonStatus shown;   /* what the friends see; OFFLINE also when invisible */
  char *personal_message;
};

typedef enum
{
  BK_SERVER_PEER_NEW,         /* may register or sign in */
  BK_SERVER_PEER_SIGNING_IN,  /* or registering: waits for a thread */
  BK_SERVER_PEER_CATCHING_UP, /* is sent what it missed; `caught-up` comes at the end */
  BK_SERVER_PEER_BEHIND,      /* the same, because it was too slow for what happens now */
  BK_SERVER_PEER_LIVE,        /* has everything up to sent_seq and gets the next directly */
  BK_SERVER_PEER_LEAVING,     /* is being closed; nothing it says counts any more */
  BK_SERVER_PEER_GONE,        /* a thread still works for it */
} BkServerPeerState;

/* One connection. Requests that wait for a thread hold a reference. */
struct _BkServerPeer
{
  BkServer *server;   /* owned */
  BkServerConn *conn; /* borrowed; NULL once it is closed */
  guint64 number;     /* higher than of those that were opened before */
  char *network; /* what counts as one address */
  BkServerPeerState state;
  BkServerAccount *account; /* borrowed; nullable */
  gint64 device;
  char *device_guid; /* nullable */
  gint64 seen; /* until when the file says that it was there */

  BeckonStatus status;
  char *personal_message;
  guint64 status_number; /* the newest counts for the account */

  gint64 asked_seq;   /* what was sent when it was asked whether it has read that; 0: it has answered */
  gint64 answered_seq; /* what it had read when it was asked last */
  gint64 reached;     /* what the file says that it has */
  gint64 sent_seq;  /* everything up to here is queued or not for this device */
  gint64 known_until; /* messages and the like up to here it has from before the file was restored */
  gboolean reading; /* a BkStoreSync is under way */
  GHashTable *owed; /* set of sign-in names whose presence is to be sent when there is room; nullable */

  GArray *sites;      /* element-type gint64: whose alerts are wanted here; nullable */
  BkServerLock *lock; /* what programs on the other side have unlocked; nullable */

  guint n_requests; /* that wait for a thread */
  BkServerBucket frames;
  BkServerBucket transports;
  BkServerBucket patience;
};

/* bk-server.c */
gint64 bk_server_now (BkServer *self);
void bk_server_apply (BkServer *self, const BkStoreChanges *changes);
void bk_server_check_stopped (BkServer *self);

/* bk-server-account.c */
BkServerAccount *bk_server_account_join (BkServer *server, gint64 id, const char *name, const GArray *friends,
                                         BkServerPeer *peer);
void bk_server_account_leave (BkServerAccount *self, BkServerPeer *peer);
void bk_server_account_free (gpointer data);
void bk_server_account_update_shown (BkServer *server, BkServerAccount *self);
void bk_server_account_owe_all (BkServerAccount *self, BkServerPeer *peer);
gboolean bk_server_account_sees_online (BkServer *server, BkServerAccount *self, const char *name);
void bk_server_account_dismiss (BkServer *server, gint64 id, gint64 device, gint64 not_device, const char *reason);
void bk_server_account_tell_typing (BkServer *server, BkServerAccount *self, const char *name, gboolean typing);
void bk_server_account_dispatch (BkServerAccount *self, const BkStoreEvent *event);
void bk_server_apply_pair (BkServer *server, const BkStorePair *pair);

/* bk-server-peer.c */
BkServerPeer *bk_server_peer_new (BkServer *server, BkServerConn *conn);
BkServerPeer *bk_server_peer_ref (BkServerPeer *self);
void bk_server_peer_unref (BkServerPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServerPeer, bk_server_peer_unref)
void bk_server_peer_enter_state (BkServerPeer *self, BkServerPeerState state);
gboolean bk_server_peer_is_signed_in (BkServerPeer *self);
void bk_server_peer_receive (BkServerPeer *self, const char *text, gsize length);
void bk_server_peer_closed (BkServerPeer *self);
void bk_server_peer_send (BkServerPeer *self, BkFrame *frame);
void bk_server_peer_send_ok (BkServerPeer *self, gint64 id);
void bk_server_peer_send_error (BkServerPeer *self, gint64 id, const GError *error);
void bk_server_peer_refuse (BkServerPeer *self, gint64 id, BeckonError code, const char *text);
void bk_server_peer_refuse_busy (BkServerPeer *self, gint64 id, guint retry_ms);
void bk_server_peer_blame (BkServerPeer *self, BkServerFault fault);
void bk_server_peer_log (BkServerPeer *self, GLogLevelFlags level, const char *what, const char *detail);
void bk_server_peer_bye (BkServerPeer *self, const char *reason, guint retry_ms);
void bk_server_peer_hang_up (BkServerPeer *self, guint16 code, const char *reason);
gboolean bk_server_peer_take (BkServerPeer *self, gint64 id, const char *key, BkServerRate rate);

/* Called on the main thread once the job is done and on disk: @data if it went well, else @error. What the job changed
 * is told to everybody after this. */
typedef void (*BkServerDone) (BkServerPeer *peer, gint64 id, gpointer data, const GError *error);
void bk_server_peer_run (BkServerPeer *self, gint64 id, BkSqliteKind kind, BkSqliteJob job, gpointer data,
                         GDestroyNotify free_data, BkServerDone done);
void bk_server_peer_done_ok (BkServerPeer *self, gint64 id, gpointer data, const GError *error);

/* bk-server-stream.c */
void bk_server_peer_offer (BkServerPeer *self, const BkStoreEvent *event, BkServerFrame *frame);
void bk_server_peer_offer_passing (BkServerPeer *self, BkServerFrame *frame);
void bk_server_peer_owe (BkServerPeer *self, const char *name);
void bk_server_peer_pump (BkServerPeer *self);
void bk_server_peer_answered (BkServerPeer *self);

/* bk-server-password.c: a step that waits for the hasher, and what it goes on with */
typedef struct
{
  BkServerPeer *peer;
  gint64 id;
  gpointer job; /* owned until it is handed on */
  GDestroyNotify free_job;
} BkServerHashing;

BkServerHashing *bk_server_hashing_new (BkServerPeer *peer, gint64 id, gpointer job, GDestroyNotify free_job);
void bk_server_hashing_free (BkServerHashing *hashing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServerHashing, bk_server_hashing_free)
gboolean bk_server_password_check (BkServerPeer *peer, gint64 id, const char *password);
typedef guint BkServerAttempt; /* what it has taken, and gives back if it was good */
gboolean bk_server_attempt_take (BkServerPeer *peer, gint64 id, const char *name, BkServerAttempt *attempt);
void bk_server_attempt_give_back (BkServerPeer *peer, const char *name, BkServerAttempt attempt);

/* bk-server-retention.c */
void bk_server_retention_start (BkServer *self);
void bk_server_retention_stop (BkServer *self);

/* bk-server-returning.c */
void bk_server_returning_start (BkServer *self);
void bk_server_returning_stop (BkServer *self);
void bk_server_returning_came (BkServer *self, BkServerAccount *account);
gboolean bk_server_returning_hold (BkServerPeer *peer, gint64 id, BkStoreSession *job, const char *grant);
gboolean bk_server_returning_withdraw (BkServerPeer *peer, const char *session);
void bk_server_returning_forget (BkServerPeer *peer);
void bk_server_session_run (BkServerPeer *peer, gint64 id, BkStoreSession *job, const char *grant);

/* bk-server-audit.c */
void bk_server_audit_operator (BkServer *self, const char *act, const char *detail, const GError *error);
void bk_server_audit_refusal (BkServerPeer *peer, const char *act, const char *about, BeckonError code);

/* bk-server-operator.c */
void bk_server_operator_start (BkServer *self);
void bk_server_operator_stop (BkServer *self);

/* bk-server-lock.c */
const char *bk_server_lock_add_challenge (BkServerPeer *peer);
gboolean bk_server_lock_take_challenge (BkServerPeer *peer, const char *challenge, char **grant);
const char *bk_server_lock_add_grant (BkServerPeer *peer, const char *license);
gboolean bk_server_lock_renew_grant (BkServerPeer *peer, const char *token, const char *license);
gboolean bk_server_lock_has_grant (BkServerPeer *peer, const char *token);
gboolean bk_server_lock_drop_grant (BkServerPeer *peer, const char *token);
void bk_server_lock_revoke_grant (BkServerPeer *peer, const char *token);
void bk_server_lock_clear (BkServerPeer *peer);
void bk_server_lock_ask_all (BkServer *server, const char *license);
void bk_server_lock_revoke_all (BkServer *server, const char *license);

/* handle/: one file per family of frames */
void bk_server_handle_register (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_sign_in (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_sign_out (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_profile_set (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_avatar_set (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_avatar_get (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_password_set (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_devices (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_device_remove (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_account_remove (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_presence_set (BkServerPeer *peer, const BkFrame *frame);
gboolean bk_server_presence_read (const BkFrame *frame, BeckonStatus *status, GError **error);
void bk_server_handle_contact (BkServerPeer *peer, const BkFrame *frame, BkStoreContactVerb verb);
void bk_server_handle_group (BkServerPeer *peer, const BkFrame *frame, BkStoreGroupVerb verb);
void bk_server_handle_message_send (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_mark_set (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_typing_set (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_session_send (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_lock_challenge (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_lock_respond (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_lock_release (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_alerts_enable (BkServerPeer *peer, const BkFrame *frame);
void bk_server_handle_relays (BkServerPeer *peer, const BkFrame *frame);
void bk_server_alert_subscribers (BkServer *server, gint64 site, GBytes *bytes);

G_END_DECLS
