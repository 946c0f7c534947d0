/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to the engine's sessions: what the files bk-engine-session*.c and bk-engine-sessions.c share. */
#pragma once

#include "bk-channel.h"
#include "bk-engine-account-private.h"
#include "bk-engine-history.h"
#include "bk-engine-sessions.h"
#include "bk-limits.h"
#include "bk-transfer.h"

G_BEGIN_DECLS

/* What every session needs, held by all of them. */
typedef struct
{
  BkClock *clock;
  BkLauncher *launcher;
  BkOpener *opener;
  BkPeers *peers; /* nullable */
  BkSeat *seat;   /* nullable: the user is always there */
  BkChannels *channels; /* nullable: no session has a channel */
  BkRelays *relays;     /* of the user's own, nullable */
  BkEngineRegistry *registry;
  BkEngineHistory *history;
  guint answer_timeout_ms;
  char *local_address;
  char *download_folder; /* nullable */
  gboolean sandboxed;
  GPtrArray *parts;      /* element-type BkHistoryPart: files that are here in part, the oldest first */
  BkEngineSessions *sessions; /* not owned; NULL once it is gone: then its sessions are but records */
} BkSessionWorld;

BkSessionWorld *bk_session_world_new (const BkEngineSessionsConfig *config, BkEngineSessions *sessions);
BkSessionWorld *bk_session_world_ref (BkSessionWorld *world);
void bk_session_world_unref (BkSessionWorld *world);

typedef enum
{
  BK_SESSION_TIMER_DEADLINE, /* answer, install or connect timer: belongs to the state */
  BK_SESSION_TIMER_NOTICE,   /* "installed, starting…" */
  BK_SESSION_TIMER_GRACE,    /* the program left the bus: its exit status is on the way; or it has yet to come */
  BK_SESSION_TIMER_RETRY,    /* the network was too busy for an envelope */
  BK_SESSION_TIMER_LINGER,   /* how long the last envelope of an ended session is kept */
  BK_SESSION_TIMER_FORGET,   /* how long an ended session is shown */
  BK_SESSION_TIMER_CHANNEL,  /* until the channel is confirmed */
  BK_SESSION_TIMER_RELAYS,   /* the network is asked for relays, or those that it gave are good no longer */
  BK_SESSION_TIMER_ORDER,    /* what came too early waits for what belongs before it */
  BK_SESSION_TIMER_STOP,     /* the program was asked to end */
  BK_SESSION_TIMER_FETCH,    /* the program has the session and has not read it yet */
  BK_SESSION_TIMER_TRANSFER, /* how far the file is is told now and then; or its stream is over, and nobody says why */
} BkSessionTimer;
#define BK_N_SESSION_TIMERS 12

/* How far the question "does the user want that?" is. */
typedef enum
{
  BK_QUESTION_NONE,    /* not asked: not an invitation, or answered */
  BK_QUESTION_OFFERED, /* an attached program has been asked and has not answered yet */
  BK_QUESTION_TAKEN,   /* a program answers it */
  BK_QUESTION_SHOWN,   /* dialog and notification are up */
} BkQuestion;

/* An envelope on its way out. */
typedef struct
{
  BkEnvelope *envelope;
  char *uid;    /* the same at each attempt, so that repeating is harmless */
  guint tries;
} BkOutgoing;

/* How far the channel is. */
typedef enum
{
  BK_LINK_NONE,    /* there is none: not yet, or the session does without */
  BK_LINK_READY,   /* made; nothing has left this machine */
  BK_LINK_WAITING, /* both sides have agreed; the network has not named its relays yet */
  BK_LINK_LOOKING, /* started */
  BK_LINK_CONFIRMED,
  BK_LINK_OVER, /* broken, or finished with the session */
} BkLinkState;

/* The channel of a session, and what the other side says of itself. */
typedef struct
{
  BkLinkState state;
  BkChannelNeed need; /* of the application */
  BkChannel *channel; /* nullable */
  gint64 started;     /* monotonic */
  BeckonChannelPath path;
  char *reason;          /* nullable */
  BkRelays *relays;      /* what the network gave; nullable */
  GCancellable *asking;  /* the network is being asked for relays; nullable */
  GQueue early;          /* of BkEnvelope: TRANSPORT that came before the channel was started */
  guint n_sent;          /* TRANSPORT envelopes */
  guint n_received;      /* the same */
  guint32 generation;    /* of what came last */
  guint n_candidates;    /* of that generation, that were handed on */

  char *fingerprint; /* of the other side; nullable, as is its key */
  char *key;
  BeckonIdentity identity;
  char *safety_number; /* nullable */
} BkSessionLink;

/* How far a program that does not know Beckon is. */
typedef enum
{
  BK_HOSTING_NONE,
  BK_HOSTING_AWAITED,  /* ours is to join, and the one that it joins does not listen yet */
  BK_HOSTING_CALLED,   /* the one that ours joins listens */
  BK_HOSTING_LAUNCHED, /* ours is being started; if it hosts: until it listens */
  BK_HOSTING_UP,
} BkHostingState;

/* A session of programs that do not know Beckon. */
typedef struct
{
  BkHostingState state;
  char *carries;       /* as the invitation says; nullable */
  BkEndpoint endpoint; /* where ours listens, or what it joins */
} BkSessionHosting;

/* The file of a session that sends one. */
typedef struct
{
  char *name; /* one that can be given to a file here */
  guint64 size;
  int file;              /* of the inviter: open until it is being sent; -1 */
  BkTransferState state; /* of the inviter */
  BkTransferPart *part;  /* of the invitee, once it is accepted; nullable */
  gboolean preparing;    /* of the invitee: the folder is being looked at */
  BkTransfer *running;   /* nullable */
  gboolean done;         /* it has arrived */
  gboolean is_nonsense;  /* what was offered */
  char *path;            /* where it is; nullable */
  char *source;          /* of the inviter: where it was; nullable */
  guint64 told;          /* bytes that were told last */
  gint64 told_time;      /* when; monotonic */
  guint64 rate;          /* bytes a second, smoothed */
} BkSessionTransfer;

/* Context data that is on its way to the program, in the order in which the other side sent it. */
typedef struct
{
  guint32 n_sent;     /* numbers that were given */
  guint32 n_received; /* the number that was taken in last */
  gsize total;        /* bytes that came */
  GQueue early;       /* of BkEnvelope: those that came too early, by number */
  BkEnvelope *end;    /* what ends the session once everything before it is here; nullable */
  GQueue kept;        /* of utf8: what the program misses until it has its session */
  gboolean keeping;   /* a program will fetch the session */
} BkSessionOrder;

struct _BkEngineSession
{
  GObject parent_instance;

  BkSessionWorld *world;
  BkEngineAccount *account; /* NULL: a trial, both sides of which are here */
  BkEngineSession *partner; /* weak; the other side of a trial */
  guint number;
  char *id;
  BkRole role;
  char *owner;
  BeckonSessionState state;
  BeckonSessionFlags flags;
  BeckonSessionResult result;
  char *result_text;
  char *end_data;

  char *user;
  char *application;
  char *application_name;
  char *application_url;
  char *app_data;
  char *message; /* what the inviter says, for people; nullable */
  char *context_data;
  char *local_address;
  char *peer_address; /* as it came; shown as RemoteAddress from CONNECTED on */
  char *remote_address;
  gboolean ringing;
  gboolean installing;
  BkQuestion question;
  gboolean automatic; /* accepted without a question */
  char *accept_data; /* what is to go out with the acceptance once the application is installed */

  gint64 created;  /* microseconds since 1970 */
  gint64 started;  /* the same moment, monotonic */
  gint64 accepted; /* monotonic, 0 before */
  gint64 deadline; /* microseconds since 1970, 0 for none */
  guint deadline_ms; /* how long the invitation may wait for an answer */
  GPtrArray *timeline; /* element-type utf8 */
  guint timers[BK_N_SESSION_TIMERS];

  GQueue outbox;         /* of BkOutgoing: what waits */
  BkOutgoing *in_flight; /* what the network has not answered yet, nullable */
  guint retry_ms;
  GCancellable *sending; /* cancelled when the session is let go */
  GCancellable *asking;  /* questions to programs and the launch: cancelled at the end of the session */
  char *grant;               /* goes along with the invitation; nullable */
  GTask *invite_task;        /* the caller of Invite or InviteWithPicker, until the network took the invitation */

  gboolean picking;  /* the user is being asked whom to invite; then these are set: */
  char *pick_caller; /* bus name of the program that waits for it */
  char *pick_window; /* that program's window, may be empty */
  char *pick_data;   /* application data, nullable */

  gsize context_total;
  gint64 context_times[BK_LIMIT_CONTEXT_RATE]; /* ring: when the last ones were sent, monotonic */
  guint context_count;

  char *cookie; /* opens the session once; NULL before the launch and afterwards */
  BkProgram *program;
  gulong program_handler;

  BkRole host; /* whose program the other side's joins; 0: nobody hosts */
  BkSessionHosting hosting;
  BkSessionLink link;
  BkSessionOrder order;
  BkSessionTransfer *transfer; /* nullable */
};

/* What goes along a move. All borrowed. */
typedef struct
{
  BeckonSessionResult result; /* for moves to TERMINATED */
  gboolean remote;            /* the other side brought it about: told by "declined" and "cancelled" too */
  const char *detail;         /* nullable: a sentence for people that knows more */
  const char *data;           /* nullable: application data that came or goes with it */
  const BkEnvelope *send;     /* nullable: goes out with the move */
} BkMove;

/* bk-engine-session.c */
BkEngineSession *bk_session_new (BkSessionWorld *world, BkEngineAccount *account, const char *id, BkRole role,
                                 guint number);
BkEngineSession *bk_session_new_farewell (BkSessionWorld *world, BkEngineAccount *account, const char *user,
                                          const BkEnvelope *envelope);
void bk_session_close (BkEngineSession *self);
gboolean bk_session_can (BkEngineSession *self, BkLifeEvent event, GError **error);
gboolean bk_session_move (BkEngineSession *self, BkLifeEvent event, const BkMove *move, GError **error);
gboolean bk_session_end (BkEngineSession *self, BkLifeEvent event, BeckonSessionResult result, const char *detail);
gboolean bk_session_is_open (BkEngineSession *self);
void bk_session_note (BkEngineSession *self, const char *text);
void bk_session_set_text (BkEngineSession *self, char **member, const char *text, const char *property);
void bk_session_changed (BkEngineSession *self, const char *property);
void bk_session_emit_data (BkEngineSession *self, const char *signal, const char *data);
void bk_session_emit_send_error (BkEngineSession *self, BeckonError code);
void bk_session_start_timer (BkEngineSession *self, BkSessionTimer timer, guint milliseconds, BkClockFunc func);
void bk_session_stop_timer (BkEngineSession *self, BkSessionTimer timer);
void bk_session_start_deadline (BkEngineSession *self, guint milliseconds);
void bk_session_read_registration (BkEngineSession *self);
gboolean bk_session_is_application_present (BkEngineSession *self);
void bk_session_return_invite (BkEngineSession *self, const GError *error);

/* bk-engine-session-text.c */
char *bk_session_compose_result (BkEngineSession *self, const BkMove *move);
char *bk_session_dup_user_name (BkEngineSession *self);

/* bk-engine-session-entry.c */
void bk_session_write_entry (BkEngineSession *self);

/* bk-engine-session-send.c */
BkEnvelope *bk_session_envelope (BkEngineSession *self, BkEnvelopeKind kind, const char *data);
BkEnvelope *bk_session_envelope_over (BkEngineSession *self, BkEnvelopeKind kind, BeckonSessionResult reason,
                                      const char *data);
void bk_session_push (BkEngineSession *self, const BkEnvelope *envelope);
void bk_session_drain_to_channel (BkEngineSession *self);
void bk_session_push_last (BkEngineSession *self, const BkEnvelope *envelope);
void bk_session_pump (BkEngineSession *self);
void bk_session_give_up_unsent (BkEngineSession *self);
void bk_session_resume (BkEngineSession *self);
gboolean bk_session_is_sending (BkEngineSession *self);
guint bk_session_count_waiting_context (BkEngineSession *self);
gboolean bk_session_has_tried (BkEngineSession *self, BkEnvelopeKind kind);
void bk_session_settle (BkEngineSession *self);
void bk_session_linger (BkEngineSession *self);
void bk_session_clear_outbox (BkEngineSession *self);

/* bk-engine-session-verbs.c */
gboolean bk_session_check_app_data (const char *app_data, GError **error);
gboolean bk_session_check_application (BkEngineSession *self, GError **error);
gboolean bk_session_check_account (BkEngineSession *self, GError **error);
char *bk_session_check_invitation (BkEngineSession *self, const char *who, const char *app_data, GError **error);
void bk_session_send_invitation (BkEngineSession *self, const char *who, const char *app_data);

/* bk-engine-session-pick.c */
gboolean bk_session_check_no_pick (BkEngineSession *self, GError **error);
void bk_session_pick_over (BkEngineSession *self);

/* bk-engine-session-answer.c */
void bk_session_ask (BkEngineSession *self);
void bk_session_ask_user (BkEngineSession *self);
void bk_session_question_over (BkEngineSession *self);
void bk_session_application_registered (BkEngineSession *self);
gboolean bk_session_accept_now (BkEngineSession *self, BkLifeEvent event, GError **error);

/* bk-engine-session-allowed.c */
gboolean bk_session_accept_allowed (BkEngineSession *self);

/* bk-engine-session-receive.c */
BkEngineSession *bk_session_new_received (BkSessionWorld *world, BkEngineAccount *account,
                                          const BkBackendEvent *event, guint number);
void bk_session_receive (BkEngineSession *self, const BkEnvelope *envelope);
void bk_session_receive_end (BkEngineSession *self, const BkEnvelope *end);
void bk_session_supersede (BkEngineSession *self);

/* bk-engine-session-channel.c */
void bk_session_make_channel (BkEngineSession *self);
void bk_session_start_channel (BkEngineSession *self);
void bk_session_start_looking (BkEngineSession *self);
gboolean bk_session_awaits_channel (BkEngineSession *self);
/* The channel once it is confirmed, else NULL. Borrowed. */
BkChannel *bk_session_channel (BkEngineSession *self);
gboolean bk_session_send_by_channel (BkEngineSession *self, const BkEnvelope *envelope);
void bk_session_receive_transport (BkEngineSession *self, const BkEnvelope *transport);
void bk_session_channel_over (BkEngineSession *self, BeckonSessionResult result);
void bk_session_close_channel (BkEngineSession *self);
void bk_session_nudge_channel (BkEngineSession *self);

/* bk-engine-session-relays.c */
void bk_session_ask_relays (BkEngineSession *self);
gboolean bk_session_awaits_relays (BkEngineSession *self);
BkRelays *bk_session_dup_relays (BkEngineSession *self);
void bk_session_relays_over (BkEngineSession *self);

/* bk-engine-session-identity.c */
void bk_session_sign (BkEngineSession *self, BkEnvelope *envelope);
gboolean bk_session_authenticate (BkEngineSession *self, const BkEnvelope *envelope);
void bk_session_remember_identity (BkEngineSession *self);

/* bk-engine-session-order.c */
void bk_session_number (BkEngineSession *self, BkEnvelope *envelope);
void bk_session_number_refused (BkEngineSession *self, const BkEnvelope *envelope);
void bk_session_order_context (BkEngineSession *self, const BkEnvelope *context);
gboolean bk_session_order_end (BkEngineSession *self, const BkEnvelope *end);
void bk_session_keep_context (BkEngineSession *self);
void bk_session_release_context (BkEngineSession *self);
void bk_session_program_came (BkEngineSession *self);
void bk_session_order_over (BkEngineSession *self);

/* bk-engine-session-launch.c */
void bk_session_connected (BkEngineSession *self, BkLifeEvent event);
void bk_session_launch (BkEngineSession *self);
gboolean bk_session_is_launching (BkEngineSession *self);
void bk_session_launch_program (BkEngineSession *self);
void bk_session_start_program (BkEngineSession *self, const BkLaunch *launch);
void bk_session_launch_over (BkEngineSession *self);

/* bk-engine-session-host.c */
gboolean bk_session_is_hosted (BkEngineSession *self);
void bk_session_read_hosting (BkEngineSession *self, BkEngineApplication *application);
void bk_session_read_invited_hosting (BkEngineSession *self, const BkEnvelope *invite);
void bk_session_write_hosting (BkEngineSession *self, BkEnvelope *invite);
gboolean bk_session_check_hosting (BkEngineSession *self, GError **error);
void bk_session_launch_hosted (BkEngineSession *self, BkEngineApplication *application);
void bk_session_hosted_launched (BkEngineSession *self);
void bk_session_receive_hosting (BkEngineSession *self);
gboolean bk_session_hosted_ended (BkEngineSession *self, const char *reason);
char *bk_session_dup_hosted_detail (BkEngineSession *self, const BkEnvelope *end);
void bk_session_clear_hosting (BkEngineSession *self);

/* bk-engine-session-transfer.c */
void bk_session_offer_file (BkEngineSession *self, const char *name, int file, const BkTransferState *state,
                            char *source);
void bk_session_read_offer (BkEngineSession *self, const BkEnvelope *invite);
gboolean bk_session_check_offer (BkEngineSession *self);
void bk_session_start_transfer (BkEngineSession *self);
void bk_session_transfer_over (BkEngineSession *self, const BkMove *move);
void bk_session_transfer_changed (BkEngineSession *self);
void bk_session_clear_transfer (BkEngineSession *self);
void bk_session_free_transfer (BkSessionTransfer *transfer);

/* bk-engine-session-transfer-text.c */
const char *bk_session_fault_to_text (BkTransferFault fault, gboolean remote);
char *bk_session_compose_transfer (BkEngineSession *self, const BkMove *move);
char *bk_session_compose_transfer_entry (BkEngineSession *self);
char *bk_session_dup_transfer_detail (BkEngineSession *self, const BkEnvelope *end);

/* bk-engine-session-parts.c */
const char *bk_session_take_part (BkEngineSession *self, const char *folder);
void bk_session_give_back_part (BkEngineSession *self, const char *folder, const char *name);
void bk_session_keep_part (BkEngineSession *self, BkTransferPart *part, gboolean busy);
void bk_session_forget_part (BkEngineSession *self, BkTransferPart *part);

/* bk-engine-sessions.c: what sessions tell the whole */
void bk_engine_sessions_emit (BkEngineSessions *self, const char *signal, BkEngineSession *session);
void bk_engine_sessions_emit_notice (BkEngineSessions *self, const char *kind, const char *text,
                                     BkEngineSession *session);
void bk_engine_sessions_ended (BkEngineSessions *self, BkEngineSession *session);
guint bk_engine_sessions_take_number (BkEngineSessions *self);
gboolean bk_engine_sessions_has_room (BkEngineSessions *self, BkEngineAccount *account, GError **error);
void bk_engine_sessions_add (BkEngineSessions *self, BkEngineSession *session);
BkSessionWorld *bk_engine_sessions_get_world (BkEngineSessions *self);
void bk_engine_sessions_settled (BkEngineSessions *self, BkEngineSession *session);
void bk_engine_sessions_resolve_crossing (BkEngineSessions *self, BkEngineSession *session);

G_END_DECLS
