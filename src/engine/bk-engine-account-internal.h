/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the account share: -account.c state, -account-facts.c what the network reports,
 * -account-groups.c what the user does with groups, -account-avatars.c pictures, -account-keeping.c password and
 * devices, -account-sign-in.c the way in and out, -account-requests.c what else the user asks for. */
#pragma once

#include "bk-engine-account-private.h"

G_BEGIN_DECLS

/* What we are about; the state is what the network says. */
typedef enum
{
  BK_ACCOUNT_OUT,      /* the backend is not asked to be signed in */
  BK_ACCOUNT_LOOKING,  /* cursor and token are being read */
  BK_ACCOUNT_IN,       /* the backend is asked to be signed in; only now its facts are taken */
  BK_ACCOUNT_FAREWELL, /* the other sides of sessions are being told */
  BK_ACCOUNT_LEAVING,  /* the backend is asked to sign out */
  BK_ACCOUNT_STUCK,    /* the disk refused a fact: out of the network for a while, then again from the last good one */
  BK_ACCOUNT_CLOSED,
} BkAccountPhase;

struct _BkEngineAccount
{
  GObject parent_instance;

  BkClock *clock;
  BkSecrets *secrets;
  BkEngineHistory *history;
  BkBackend *backend;
  gulong backend_handler;

  BkHistoryAccount *stored; /* the row as it is or is being written; its cursor: the last one handed in */
  BkIdentity *identity;     /* nullable */
  gboolean identity_is_new; /* not kept yet */
  GHashTable *keys;         /* char * who → GPtrArray of char *: keys of contacts */
  BkEngineContacts *contacts;
  BkEngineGroups *groups;
  GPtrArray *allowed; /* element-type BkEngineAllowed, ordered */
  gboolean away;      /* the user is not there */
  GPtrArray *making; /* who waits for a new group, owned */
  BkEnginePictures *pictures; /* nullable: none are kept */
  GHashTable *avatars;        /* char * who → Avatar, owned */
  GQueue avatar_queue;        /* element-type utf8, owned: whose picture is asked for next */
  guint n_avatars_asked;
  guint avatar_timer;         /* the server was too busy for them */
  GHashTable *notes;          /* char * who → Notes, owned: that the network has been asked for */
  GHashTable *conversations; /* char * who → BkEngineConversation, owned */
  BkEngineOutbox *outbox;    /* NULL: the network carries no messages */
  BkEngineMarker *marker;    /* NULL: the network does not say how far they have come */
  gboolean tell_read;
  gboolean tell_typing;

  BkAccountPhase phase;
  BkBackendState state;
  BkLockFact lock_fact; /* GONE, ON or OFF */
  GError *error;
  guint timer;   /* FAREWELL, LEAVING, STUCK: how long at most */
  guint attempt; /* counts sign-ins and failures: answers to older ones are passed over */
  BkLeave leave; /* FAREWELL, LEAVING */
  char *password; /* LOOKING; nullable */
  gboolean been_online; /* since the sign-in began; what is lost now may come back */
  guint quiet_timer; /* the server starts again, or has just done so */
  gboolean hidden;   /* and nobody is shown that */
  GHashTable *heard; /* char * who, owned: that the network has told about since then; nullable */
  GHashTable *untold; /* while the network tells all anew: keys of what was here and is not told yet; nullable */
  gboolean exporting; /* the history, into a file */
  GPtrArray *signing_in;  /* element-type Waiter, owned */
  GPtrArray *signing_out; /* element-type Waiter, owned */
};

void _bk_account_enter_state (BkEngineAccount *self, BkBackendState state, const GError *error);
void _bk_account_save (BkEngineAccount *self);
void _bk_account_changed (BkEngineAccount *self);
/* As others see it: what the user chose, or IDLE. */
BeckonStatus _bk_account_published_status (BkEngineAccount *self);
void _bk_account_allowed_free (gpointer allowed);
/* Revokes what is allowed to somebody who is no contact any more. */
void _bk_account_contact_allowed (BkEngineAccount *self, const BkHistoryContact *contact);
gboolean _bk_account_is_hidden (BkEngineAccount *self);
void _bk_account_quiet_begin (BkEngineAccount *self);
void _bk_account_quiet_heard (BkEngineAccount *self, const char *who);
void _bk_account_quiet_back (BkEngineAccount *self);
void _bk_account_quiet_end (BkEngineAccount *self);
void _bk_account_again_begin (BkEngineAccount *self);
void _bk_account_again_drop (BkEngineAccount *self);
void _bk_account_again_told (BkEngineAccount *self, const BkBackendEvent *event);
void _bk_account_again_end (BkEngineAccount *self);
BkEngineConversation *_bk_account_ensure_conversation (BkEngineAccount *self, const char *who);
void _bk_account_avatars_init (BkEngineAccount *self);
void _bk_account_avatars_clear (BkEngineAccount *self);
void _bk_account_set_avatar_id (BkEngineAccount *self, const char *who, const char *id);
void _bk_account_fetch_avatars (BkEngineAccount *self);
gboolean _bk_account_can_ask (BkEngineAccount *self);
gboolean _bk_account_check_online (BkEngineAccount *self, GTask *task);
void _bk_account_notes_free (gpointer notes);
void _bk_account_set_contact (BkEngineAccount *self, const BkHistoryContact *contact);
void _bk_account_set_identity (BkEngineAccount *self, const char *secret);
void _bk_account_keep_identity (BkEngineAccount *self);
void _bk_account_cut (BkEngineAccount *self);
/* The marker follows the settings and the status. */
void _bk_account_update_telling (BkEngineAccount *self);
/* "arrived" */
void _bk_account_arrived (BkEngineAccount *self);
/* "session-event" */
void _bk_account_tell_sessions (BkEngineAccount *self, const BkBackendEvent *event);
/* "lock-fact" */
void _bk_account_tell_locks (BkEngineAccount *self, BkLockFact fact, const BkBackendEvent *event);
/* "alert" */
void _bk_account_tell_alert (BkEngineAccount *self, const BkEngineAlert *alert);
/* "signing-out" */
gboolean _bk_account_say_goodbye (BkEngineAccount *self);

/* For those who wait for a new group. */
void _bk_account_groups_changed (BkEngineAccount *self);
void _bk_account_groups_lost (BkEngineAccount *self);
void _bk_account_maker_free (gpointer maker);

/* Asks to be signed in: with @password, or with the token if it is NULL. */
void _bk_account_begin (BkEngineAccount *self, const char *password);
void _bk_account_storage_failed (BkEngineAccount *self, const GError *error);
/* The network is left. */
void _bk_account_left (BkEngineAccount *self);
/* Tells those who wait what became of it. */
void _bk_account_answer (BkEngineAccount *self, GPtrArray *waiters, const GError *error);
void _bk_account_waiter_free (gpointer waiter);
void _bk_account_clear_password (BkEngineAccount *self);

G_END_DECLS
