/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may send which envelope when, and to which devices it goes. Everything is decided inside one write job: of two
 * devices that answer at once, the job that runs first wins. */
#include "bk-store-private.h"

#include "bk-limits.h"

#include <string.h>

#define LIFE_SILENT (30 * BK_STORE_DAY) /* an accepted session that nobody speaks in */
#define CONTEXT_TOTAL (2 * BK_LIMIT_CONTEXT_TOTAL)

/* Who a device is in a session. */
typedef enum
{
  ROLE_INVITER = 1 << 0,
  ROLE_INVITEE = 1 << 1,
  ROLE_BYSTANDER = 1 << 2, /* another device of one of the two */
} Role;

typedef struct
{
  gint64 inviter;
  gint64 inviter_device;
  gint64 invitee;
  gint64 answer_device;     /* 0: nobody answered yet */
  gint64 installing_device; /* 0: nobody installs */
  BkStoreSessionState state;
  gint64 context_bytes;
  gint64 inviter_transports; /* that each side has sent */
  gint64 invitee_transports;
  gint64 expires;
} Invitation;

typedef struct
{
  BkSqlite *db;
  BkStoreSession *job;
  Invitation invitation;
  Role role;
  char *from;   /* name of the sender */
  gint64 other; /* account of the receiver */
  gboolean unheard; /* who blocks the sender is told nothing of it */
} Relay;

static void
relay_clear (Relay *relay)
{
  g_clear_pointer (&relay->from, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Relay, relay_clear)

static gboolean
refuse (GError **error, BeckonError code, const char *text)
{
  g_set_error_literal (error, BECKON_ERROR, code, text);
  return FALSE;
}

/* ---- rows ---- */

static gboolean
load (BkSqlite *db, const char *guid, Invitation *invitation, gboolean *found, GError **error)
{
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT inviter, inviter_device, invitee, answer_device, installing_device,"
                                        " state, context_bytes, expires, inviter_transports, invitee_transports"
                                        " FROM invitations WHERE guid = ?",
                                        "s", guid);
  if (query == NULL || !bk_sqlite_step (db, query, found, error))
    return FALSE;
  if (!*found)
    return TRUE;

  invitation->inviter = sqlite3_column_int64 (query, 0);
  invitation->inviter_device = sqlite3_column_int64 (query, 1);
  invitation->invitee = sqlite3_column_int64 (query, 2);
  invitation->answer_device = sqlite3_column_int64 (query, 3);
  invitation->installing_device = sqlite3_column_int64 (query, 4);
  invitation->state = (BkStoreSessionState) sqlite3_column_int (query, 5);
  invitation->context_bytes = sqlite3_column_int64 (query, 6);
  invitation->expires = sqlite3_column_int64 (query, 7);
  invitation->inviter_transports = sqlite3_column_int64 (query, 8);
  invitation->invitee_transports = sqlite3_column_int64 (query, 9);
  sqlite3_reset (query);
  return TRUE;
}

static gboolean
save (Relay *relay, GError **error)
{
  const Invitation *invitation = &relay->invitation;

  return bk_store_exec (relay->db, error,
                        "UPDATE invitations SET answer_device = ?, installing_device = ?, state = ?,"
                        " context_bytes = ?, expires = ?, inviter_transports = ?, invitee_transports = ?"
                        " WHERE guid = ?",
                        "iiiiiiis", invitation->answer_device, invitation->installing_device,
                        (gint64) invitation->state, invitation->context_bytes, invitation->expires,
                        invitation->inviter_transports, invitation->invitee_transports,
                        relay->job->envelope->session);
}

/* Also who is not told anything, because of a block, has only so much room: nobody is to see the difference. */
static gboolean
check_mailbox (Relay *relay, GError **error)
{
  gint64 bytes = 0;
  sqlite3_stmt *query = bk_store_query (relay->db, error, "SELECT envelope_bytes FROM accounts WHERE id = ?", "i",
                                        relay->other);

  if (!bk_store_get_int (relay->db, query, &bytes, NULL, error))
    return FALSE;
  return bytes < bk_store_quota (&relay->job->quota)->envelope_bytes
         || refuse (error, BECKON_ERROR_LIMIT_EXCEEDED, "The other side can be told nothing more for now");
}

/* That it is over may always be said. */
static gboolean
is_last_word (BkEnvelopeKind kind)
{
  return kind == BK_ENVELOPE_DECLINE || kind == BK_ENVELOPE_CANCEL || kind == BK_ENVELOPE_END;
}

/* Hands the envelope on to @device of the other side, 0 for all of them. */
static gboolean
hand_on (Relay *relay, gint64 device, gint64 expires, GError **error)
{
  BkStoreEnvelope envelope = {
    .account = relay->other,
    .device = device,
    .session = relay->job->envelope->session,
    .from = relay->from,
    .envelope = relay->job->envelope,
    .time = relay->job->now,
    .expires = expires,
  };

  if (!is_last_word (relay->job->envelope->kind) && !check_mailbox (relay, error))
    return FALSE;
  return relay->unheard || bk_store_envelope_add (relay->db, &envelope, &relay->job->changes, error);
}

/* Tells the invitee's other devices that this one has answered. */
static gboolean
tell_elsewhere (Relay *relay, const char *result, GError **error)
{
  BkStoreEnvelope envelope = {
    .account = relay->job->account,
    .not_device = relay->job->device,
    .session = relay->job->envelope->session,
    .elsewhere = result,
    .expires = relay->job->now + BK_STORE_LIFE_OVER,
  };

  return bk_store_envelope_drop_invite (relay->db, envelope.session, error)
         && bk_store_envelope_add (relay->db, &envelope, &relay->job->changes, error);
}

/* ---- invite ---- */

static gboolean
count_open (Relay *relay, gint64 *n_open, GError **error)
{
  sqlite3_stmt *query = bk_store_query (relay->db, error,
                                        "SELECT count (*) FROM invitations WHERE inviter = ? AND state != ?"
                                        " AND expires > ?",
                                        "iii", relay->job->account, (gint64) BK_STORE_SESSION_OVER, relay->job->now);

  *n_open = 0;
  return bk_store_get_int (relay->db, query, n_open, NULL, error);
}

/* What cannot be told apart here, cannot be told apart by the inviter: offline, invisible, blocking. */
static gboolean
check_invite (Relay *relay, GError **error)
{
  g_auto (BkStoreContactRow) mine = { 0 };
  gint64 n_open;

  if (relay->other == relay->job->account)
    return refuse (error, BECKON_ERROR_INVITED_SELF, "Nobody can invite themselves");
  if (relay->other == 0)
    return refuse (error, BECKON_ERROR_NOT_FOUND, "Only contacts can be invited");
  if (!bk_store_contact_load (relay->db, relay->job->account, relay->other, &mine, error))
    return FALSE;
  if (mine.relation != BECKON_RELATION_ACCEPTED)
    return refuse (error, BECKON_ERROR_NOT_FOUND, "Only contacts can be invited");
  if (mine.blocked)
    return refuse (error, BECKON_ERROR_ACCESS_DENIED, "This person is blocked; unblock first");
  if (!relay->job->reachable)
    return refuse (error, BECKON_ERROR_NOT_LOGGED_ON, "This person is not online");
  if (!count_open (relay, &n_open, error))
    return FALSE;
  return n_open < bk_store_quota (&relay->job->quota)->sessions
         || refuse (error, BECKON_ERROR_LIMIT_EXCEEDED, "Too many sessions are open");
}

static gboolean
invite (Relay *relay, GError **error)
{
  const BkEnvelope *envelope = relay->job->envelope;

  if (envelope->ttl == 0 || envelope->ttl > BK_TIMEOUT_INSTALL_S)
    return refuse (error, BECKON_ERROR_INVALID_ARGUMENT, "An invitation lasts from 1 second to half an hour");
  if (!check_invite (relay, error))
    return FALSE;

  gint64 expires = relay->job->now + envelope->ttl * BK_STORE_SECOND;
  return bk_store_exec (relay->db, error,
                        "INSERT INTO invitations (guid, inviter, inviter_device, invitee, state, expires)"
                        " VALUES (?, ?, ?, ?, ?, ?)",
                        "siiiii", envelope->session, relay->job->account, relay->job->device, relay->other,
                        (gint64) BK_STORE_SESSION_RINGING, expires)
         && hand_on (relay, 0, expires, error);
}

/* ---- from the invitee, before the answer ---- */

static gboolean
ringing (Relay *relay, GError **error)
{
  return hand_on (relay, relay->invitation.inviter_device, relay->invitation.expires, error);
}

/* The invitation itself lives on with it: the other devices keep ringing, and those that come back still see it. */
static gboolean
not_present (Relay *relay, GError **error)
{
  Invitation *invitation = &relay->invitation;

  invitation->installing_device = relay->job->device;
  invitation->expires = relay->job->now + BK_TIMEOUT_INSTALL_S * BK_STORE_SECOND;
  return save (relay, error)
         && bk_store_envelope_set_expiry (relay->db, relay->job->envelope->session, invitation->expires, error)
         && hand_on (relay, invitation->inviter_device, invitation->expires, error);
}

static gboolean
accept (Relay *relay, GError **error)
{
  Invitation *invitation = &relay->invitation;

  invitation->answer_device = relay->job->device;
  invitation->state = BK_STORE_SESSION_ACCEPTED;
  invitation->expires = relay->job->now + LIFE_SILENT;
  return save (relay, error) && tell_elsewhere (relay, "accepted", error)
         && hand_on (relay, invitation->inviter_device, invitation->expires, error);
}

static gboolean
decline (Relay *relay, GError **error)
{
  Invitation *invitation = &relay->invitation;

  invitation->answer_device = relay->job->device;
  invitation->state = BK_STORE_SESSION_OVER;
  invitation->expires = relay->job->now + BK_STORE_LIFE_OVER;
  return save (relay, error) && tell_elsewhere (relay, "declined", error)
         && hand_on (relay, invitation->inviter_device, invitation->expires, error);
}

/* ---- between the two devices ---- */

static gint64
other_device (const Relay *relay)
{
  return relay->role == ROLE_INVITER ? relay->invitation.answer_device : relay->invitation.inviter_device;
}

static gboolean
speak (Relay *relay, GError **error)
{
  const BkEnvelope *envelope = relay->job->envelope;
  Invitation *invitation = &relay->invitation;

  if (envelope->kind == BK_ENVELOPE_CONTEXT)
    invitation->context_bytes += (gint64) strlen (envelope->data);
  if (invitation->context_bytes > CONTEXT_TOTAL)
    return refuse (error, BECKON_ERROR_CONTEXT_DATA_OVER_LIMIT, "This session has sent all the data that it may");

  invitation->expires = relay->job->now + LIFE_SILENT;
  return save (relay, error) && hand_on (relay, other_device (relay), invitation->expires, error);
}

static gboolean
transport (Relay *relay, GError **error)
{
  gint64 *count = relay->role == ROLE_INVITER ? &relay->invitation.inviter_transports
                                              : &relay->invitation.invitee_transports;

  if (++*count > bk_store_quota (&relay->job->quota)->transports)
    return refuse (error, BECKON_ERROR_LIMIT_EXCEEDED, "This side has said often enough how it can be reached");
  return speak (relay, error);
}

/* A device that only rang too long says so while another one installs the application: that is no end. */
static gboolean
is_mere_silence (const Relay *relay)
{
  const Invitation *invitation = &relay->invitation;

  return relay->job->envelope->kind == BK_ENVELOPE_CANCEL && relay->role == ROLE_INVITEE
         && relay->job->envelope->reason == BECKON_SESSION_RESULT_TIMEOUT
         && invitation->state == BK_STORE_SESSION_RINGING
         && invitation->installing_device != 0 && invitation->installing_device != relay->job->device;
}

static gboolean
finish (Relay *relay, GError **error)
{
  const char *session = relay->job->envelope->session;
  Invitation *invitation = &relay->invitation;
  gboolean answered = invitation->state == BK_STORE_SESSION_ACCEPTED;
  gint64 over = relay->job->now + BK_STORE_LIFE_OVER;

  if (is_mere_silence (relay))
    return TRUE;

  invitation->state = BK_STORE_SESSION_OVER;
  invitation->expires = over;
  if (!answered && relay->role == ROLE_INVITEE)
    invitation->answer_device = relay->job->device;
  /* What was said before in this session is of use for as long as the end of it. */
  if (!save (relay, error) || !bk_store_envelope_set_expiry (relay->db, session, over, error))
    return FALSE;
  if (!bk_store_envelope_drop_transports (relay->db, session, error))
    return FALSE;
  if (!answered && relay->role == ROLE_INVITEE && !tell_elsewhere (relay, "declined", error))
    return FALSE;
  return bk_store_envelope_drop_invite (relay->db, session, error)
         && hand_on (relay, other_device (relay), over, error);
}

/* ---- the rules ---- */

static const struct
{
  Role roles;
  gboolean while_ringing;
  gboolean while_accepted;
  gboolean until_expired; /* refused once the invitation has run out */
  gboolean (*run) (Relay *relay, GError **error);
} rules[] = {
  [BK_ENVELOPE_INVITE] = { 0, FALSE, FALSE, FALSE, invite },
  [BK_ENVELOPE_RINGING] = { ROLE_INVITEE, TRUE, FALSE, TRUE, ringing },
  [BK_ENVELOPE_NOT_PRESENT] = { ROLE_INVITEE, TRUE, FALSE, TRUE, not_present },
  [BK_ENVELOPE_ACCEPT] = { ROLE_INVITEE, TRUE, FALSE, TRUE, accept },
  [BK_ENVELOPE_CONNECT] = { ROLE_INVITER, FALSE, TRUE, FALSE, speak },
  [BK_ENVELOPE_TRANSPORT] = { ROLE_INVITER | ROLE_INVITEE, FALSE, TRUE, FALSE, transport },
  [BK_ENVELOPE_HOSTING] = { ROLE_INVITER | ROLE_INVITEE, FALSE, FALSE, FALSE, speak }, /* goes over the channel */
  [BK_ENVELOPE_CONTEXT] = { ROLE_INVITER | ROLE_INVITEE, FALSE, TRUE, FALSE, speak },
  [BK_ENVELOPE_DECLINE] = { ROLE_INVITEE, TRUE, FALSE, TRUE, decline },
  [BK_ENVELOPE_CANCEL] = { ROLE_INVITER | ROLE_INVITEE, TRUE, TRUE, FALSE, finish },
  [BK_ENVELOPE_END] = { ROLE_INVITER | ROLE_INVITEE, TRUE, TRUE, FALSE, finish },
};
G_STATIC_ASSERT (G_N_ELEMENTS (rules) == BK_N_ENVELOPE_KINDS);

static Role
find_role (const Relay *relay)
{
  const Invitation *invitation = &relay->invitation;
  gint64 device = relay->job->device;

  if (relay->job->account == invitation->inviter)
    return device == invitation->inviter_device ? ROLE_INVITER : ROLE_BYSTANDER;
  return invitation->answer_device == 0 || device == invitation->answer_device ? ROLE_INVITEE : ROLE_BYSTANDER;
}

/* Another device has the session. Only a device that might have answered it itself is told so. */
static gboolean
refuse_bystander (const Relay *relay, GError **error)
{
  if (relay->job->account == relay->invitation.invitee && rules[relay->job->envelope->kind].until_expired)
    return refuse (error, BECKON_ERROR_ANSWERED_ELSEWHERE, "Another device has answered");
  return refuse (error, BECKON_ERROR_ACCESS_DENIED, "Another device holds this session");
}

static gboolean
check_rules (const Relay *relay, GError **error)
{
  const Invitation *invitation = &relay->invitation;
  BkEnvelopeKind kind = relay->job->envelope->kind;

  if (kind == BK_ENVELOPE_INVITE)
    return refuse (error, BECKON_ERROR_SESSION_STATE_INVALID, "There is a session of that id already");
  if (relay->role == ROLE_BYSTANDER)
    return refuse_bystander (relay, error);
  if ((relay->role & rules[kind].roles) == 0)
    return relay->role == ROLE_INVITER
             ? refuse (error, BECKON_ERROR_NOT_INVITEE, "Only the invited side can do that")
             : refuse (error, BECKON_ERROR_NOT_INVITER, "Only the inviting side can do that");
  if (invitation->state == BK_STORE_SESSION_OVER)
    return refuse (error, BECKON_ERROR_EXPIRED, "The session is over");
  if (invitation->state == BK_STORE_SESSION_RINGING && rules[kind].until_expired
      && invitation->expires <= relay->job->now)
    return refuse (error, BECKON_ERROR_EXPIRED, "The invitation has run out");
  return (invitation->state == BK_STORE_SESSION_RINGING ? rules[kind].while_ringing : rules[kind].while_accepted)
         || refuse (error, BECKON_ERROR_SESSION_STATE_INVALID, "The session is not in a state for that");
}

/* One side has blocked the other since the invitation: it says nothing more but that it is over, and hears nothing
 * more. To the other side it has just gone away. */
static gboolean
check_block (Relay *relay, GError **error)
{
  g_auto (BkStoreContactRow) mine = { 0 };
  g_auto (BkStoreContactRow) theirs = { 0 };

  if (is_last_word (relay->job->envelope->kind))
    return TRUE;
  if (!bk_store_contact_load (relay->db, relay->job->account, relay->other, &mine, error)
      || !bk_store_contact_load (relay->db, relay->other, relay->job->account, &theirs, error))
    return FALSE;
  relay->unheard = theirs.blocked;
  return !mine.blocked || refuse (error, BECKON_ERROR_ACCESS_DENIED, "This person is blocked; unblock first");
}

static gboolean
run (Relay *relay, GError **error)
{
  const Invitation *invitation = &relay->invitation;
  BkEnvelopeKind kind = relay->job->envelope->kind;
  gboolean found;

  if (!load (relay->db, relay->job->envelope->session, &relay->invitation, &found, error))
    return FALSE;
  if (!found && kind == BK_ENVELOPE_INVITE)
    return invite (relay, error);

  /* To everybody but its two accounts a session does not exist. An id that is taken cannot be hidden. */
  gboolean ours = found
                  && ((relay->job->account == invitation->inviter && relay->other == invitation->invitee)
                      || (relay->job->account == invitation->invitee && relay->other == invitation->inviter));
  if (!ours && kind != BK_ENVELOPE_INVITE)
    return refuse (error, BECKON_ERROR_NOT_FOUND, "There is no such session");

  relay->role = find_role (relay);
  return check_rules (relay, error) && check_block (relay, error) && rules[kind].run (relay, error);
}

gboolean
bk_store_session (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreSession *job = data;
  g_auto (Relay) relay = { .db = db, .job = job };
  gboolean seen;

  if (!bk_store_uid_seen (db, job->account, job->uid, &seen, error))
    return FALSE;
  if (seen)
    return TRUE;
  if (job->locked)
    return refuse (error, BECKON_ERROR_API_LOCKED, "The program that invites has not unlocked the API");

  relay.from = bk_store_account_name (db, job->account, error);
  return relay.from != NULL && bk_store_prune (db, job->now, error)
         && bk_store_account_by_name (db, job->to, &relay.other, error) && run (&relay, error)
         && bk_store_uid_add (db, job->account, job->uid, job->now, error);
}

void
bk_store_session_free (gpointer data)
{
  BkStoreSession *job = data;

  g_free (job->to);
  g_free (job->uid);
  g_clear_pointer (&job->envelope, bk_envelope_free);
  bk_store_plain_free (job);
}
