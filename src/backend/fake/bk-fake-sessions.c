/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may send which envelope when, and to which devices it goes. */
#include "bk-fake-private.h"

#include "bk-limits.h"

typedef enum
{
  STATE_RINGING,
  STATE_ACCEPTED,
  STATE_OVER,
} State;

typedef enum
{
  ROLE_INVITER = 1 << 0,
  ROLE_INVITEE = 1 << 1,
  ROLE_BYSTANDER = 1 << 2, /* another device of one of the two */
} Role;

typedef struct
{
  char *guid;
  char *inviter;
  char *inviter_device;
  char *invitee;
  char *answer_device; /* NULL: nobody answered yet */
  State state;
  guint inviter_transports; /* that each side has sent */
  guint invitee_transports;
  gint64 expires;
} BkFakeSession;

typedef struct
{
  BkFakeNetwork *network;
  BkFakeAccount *from;
  const char *device;
  BkFakeAccount *to; /* nullable */
  const BkEnvelope *envelope;
  BkFakeSession *session; /* NULL until there is one */
  Role role;
} Relay;

void
bk_fake_session_free (gpointer data)
{
  BkFakeSession *session = data;

  g_free (session->guid);
  g_free (session->inviter);
  g_free (session->inviter_device);
  g_free (session->invitee);
  g_free (session->answer_device);
  g_free (session);
}

static gboolean
refuse (GError **error, BeckonError code, const char *text)
{
  g_set_error_literal (error, BECKON_ERROR, (int) code, text);
  return FALSE;
}

/* Hands the envelope on to @device of the other side, NULL for all of them. */
static gboolean
hand_on (Relay *relay, const char *device)
{
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_SESSION,
    .who = relay->from->name,
    .time = bk_clock_real (relay->network->clock),
    .envelope = relay->envelope,
  };
  BkFakeFact *fact = bk_fake_fact_new (&event);

  fact->device = g_strdup (device);
  fact->expires = relay->envelope->kind == BK_ENVELOPE_INVITE ? relay->session->expires : 0;
  bk_fake_network_publish (relay->network, relay->to, fact);
  return TRUE;
}

/* Who comes later hears nothing of @kind any more. */
static void
withdraw (BkFakeAccount *account, BkEnvelopeKind kind, const char *session)
{
  for (guint i = 0; i < account->facts->len; i++)
    {
      BkFakeFact *fact = account->facts->pdata[i];
      if (fact->event.type == BK_BACKEND_EVENT_SESSION && fact->event.envelope->kind == kind
          && g_str_equal (fact->event.envelope->session, session))
        fact->withdrawn = TRUE;
    }
}

/* Nobody who comes later is to be asked what has been answered. */
static void
withdraw_invite (BkFakeAccount *invitee, const char *session)
{
  withdraw (invitee, BK_ENVELOPE_INVITE, session);
}

static void
tell_elsewhere (Relay *relay, BeckonSessionResult result)
{
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_SESSION_ELSEWHERE,
    .session = relay->session->guid,
    .result = result,
  };
  BkFakeFact *fact = bk_fake_fact_new (&event);

  fact->not_device = g_strdup (relay->device);
  withdraw_invite (relay->from, relay->session->guid);
  bk_fake_network_publish (relay->network, relay->from, fact);
}

/* ---- invite ---- */

static gboolean
check_invite (Relay *relay, GError **error)
{
  if (relay->to == relay->from)
    return refuse (error, BECKON_ERROR_INVITED_SELF, "Nobody can invite themselves");

  const BkFakeContact *mine = relay->to != NULL ? bk_fake_account_contact (relay->from, relay->to->name) : NULL;
  if (mine == NULL || mine->relation != BECKON_RELATION_ACCEPTED)
    return refuse (error, BECKON_ERROR_NOT_FOUND, "Only contacts can be invited");
  if (mine->blocked)
    return refuse (error, BECKON_ERROR_ACCESS_DENIED, "This person is blocked; unblock first");
  if (!bk_fake_network_is_visible (relay->network, relay->from, relay->to)
      || bk_fake_account_shown_status (relay->to) == BECKON_STATUS_OFFLINE)
    return refuse (error, BECKON_ERROR_NOT_LOGGED_ON, "This person is not online");
  return TRUE;
}

static gboolean
invite (Relay *relay, GError **error)
{
  const BkEnvelope *envelope = relay->envelope;

  if (envelope->ttl == 0)
    return refuse (error, BECKON_ERROR_INVALID_ARGUMENT, "An invitation lasts from 1 second to half an hour");
  if (!check_invite (relay, error))
    return FALSE;

  BkFakeSession *session = g_new0 (BkFakeSession, 1);
  session->guid = g_strdup (envelope->session);
  session->inviter = g_strdup (relay->from->name);
  session->inviter_device = g_strdup (relay->device);
  session->invitee = g_strdup (relay->to->name);
  session->expires = bk_clock_real (relay->network->clock) + envelope->ttl * G_USEC_PER_SEC;
  g_hash_table_insert (relay->network->sessions, session->guid, session);
  relay->session = session;
  return hand_on (relay, NULL);
}

/* ---- the others ---- */

static gboolean
ringing (Relay *relay)
{
  return hand_on (relay, relay->session->inviter_device);
}

static gboolean
not_present (Relay *relay)
{
  relay->session->expires = bk_clock_real (relay->network->clock) + (gint64) 1800 * G_USEC_PER_SEC;
  return hand_on (relay, relay->session->inviter_device);
}

static gboolean
respond (Relay *relay, State state, BeckonSessionResult result)
{
  relay->session->answer_device = g_strdup (relay->device);
  relay->session->state = state;
  tell_elsewhere (relay, result);
  return hand_on (relay, relay->session->inviter_device);
}

static gboolean
speak (Relay *relay)
{
  return hand_on (relay, relay->role == ROLE_INVITER ? relay->session->answer_device : relay->session->inviter_device);
}

static gboolean
transport (Relay *relay, GError **error)
{
  guint *count = relay->role == ROLE_INVITER ? &relay->session->inviter_transports
                                             : &relay->session->invitee_transports;

  if (++*count > BK_LIMIT_TRANSPORTS)
    return refuse (error, BECKON_ERROR_LIMIT_EXCEEDED, "This side has said often enough how it can be reached");
  return speak (relay);
}

static gboolean
finish (Relay *relay)
{
  gboolean answered = relay->session->state == STATE_ACCEPTED;

  relay->session->state = STATE_OVER;
  withdraw (relay->from, BK_ENVELOPE_TRANSPORT, relay->session->guid);
  withdraw (relay->to, BK_ENVELOPE_TRANSPORT, relay->session->guid);
  if (!answered && relay->role == ROLE_INVITEE)
    {
      relay->session->answer_device = g_strdup (relay->device);
      tell_elsewhere (relay, BECKON_SESSION_RESULT_DECLINED_ELSEWHERE);
    }
  else if (!answered)
    withdraw_invite (relay->to, relay->session->guid);
  return speak (relay);
}

/* ---- the rules ---- */

static gboolean
run_kind (Relay *relay, GError **error)
{
  switch (relay->envelope->kind)
    {
    case BK_ENVELOPE_RINGING:
      return ringing (relay);
    case BK_ENVELOPE_NOT_PRESENT:
      return not_present (relay);
    case BK_ENVELOPE_ACCEPT:
      return respond (relay, STATE_ACCEPTED, BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE);
    case BK_ENVELOPE_DECLINE:
      return respond (relay, STATE_OVER, BECKON_SESSION_RESULT_DECLINED_ELSEWHERE);
    case BK_ENVELOPE_CONNECT:
    case BK_ENVELOPE_CONTEXT:
      return speak (relay);
    case BK_ENVELOPE_TRANSPORT:
      return transport (relay, error);
    case BK_ENVELOPE_CANCEL:
    case BK_ENVELOPE_END:
      return finish (relay);
    case BK_ENVELOPE_INVITE:
    case BK_ENVELOPE_HOSTING:
      break;
    }
  return FALSE;
}

static const struct
{
  Role roles;
  gboolean while_ringing;
  gboolean while_accepted;
  gboolean is_answer; /* refused once the invitation has run out */
} rules[BK_N_ENVELOPE_KINDS] = {
  [BK_ENVELOPE_RINGING] = { ROLE_INVITEE, TRUE, FALSE, TRUE },
  [BK_ENVELOPE_NOT_PRESENT] = { ROLE_INVITEE, TRUE, FALSE, TRUE },
  [BK_ENVELOPE_ACCEPT] = { ROLE_INVITEE, TRUE, FALSE, TRUE },
  [BK_ENVELOPE_CONNECT] = { ROLE_INVITER, FALSE, TRUE, FALSE },
  [BK_ENVELOPE_TRANSPORT] = { ROLE_INVITER | ROLE_INVITEE, FALSE, TRUE, FALSE },
  [BK_ENVELOPE_HOSTING] = { ROLE_INVITER | ROLE_INVITEE, FALSE, FALSE, FALSE },
  [BK_ENVELOPE_CONTEXT] = { ROLE_INVITER | ROLE_INVITEE, FALSE, TRUE, FALSE },
  [BK_ENVELOPE_DECLINE] = { ROLE_INVITEE, TRUE, FALSE, TRUE },
  [BK_ENVELOPE_CANCEL] = { ROLE_INVITER | ROLE_INVITEE, TRUE, TRUE, FALSE },
  [BK_ENVELOPE_END] = { ROLE_INVITER | ROLE_INVITEE, TRUE, TRUE, FALSE },
};

static Role
find_role (const Relay *relay)
{
  const BkFakeSession *session = relay->session;

  if (g_str_equal (relay->from->name, session->inviter))
    return g_str_equal (relay->device, session->inviter_device) ? ROLE_INVITER : ROLE_BYSTANDER;
  return session->answer_device == NULL || g_str_equal (relay->device, session->answer_device) ? ROLE_INVITEE
                                                                                                : ROLE_BYSTANDER;
}

static gboolean
check_rules (const Relay *relay, GError **error)
{
  const BkFakeSession *session = relay->session;
  BkEnvelopeKind kind = relay->envelope->kind;

  if (relay->role == ROLE_BYSTANDER)
    return rules[kind].is_answer && g_str_equal (relay->from->name, session->invitee)
             ? refuse (error, BECKON_ERROR_ANSWERED_ELSEWHERE, "Another device has answered")
             : refuse (error, BECKON_ERROR_ACCESS_DENIED, "Another device holds this session");
  if ((relay->role & rules[kind].roles) == 0)
    return relay->role == ROLE_INVITER
             ? refuse (error, BECKON_ERROR_NOT_INVITEE, "Only the invited side can do that")
             : refuse (error, BECKON_ERROR_NOT_INVITER, "Only the inviting side can do that");
  if (session->state == STATE_OVER)
    return refuse (error, BECKON_ERROR_EXPIRED, "The session is over");
  if (session->state == STATE_RINGING && rules[kind].is_answer
      && session->expires <= bk_clock_real (relay->network->clock))
    return refuse (error, BECKON_ERROR_EXPIRED, "The invitation has run out");
  return (session->state == STATE_RINGING ? rules[kind].while_ringing : rules[kind].while_accepted)
         || refuse (error, BECKON_ERROR_SESSION_STATE_INVALID, "The session is not in a state for that");
}

static gboolean
is_between_them (const Relay *relay)
{
  const BkFakeSession *session = relay->session;

  if (session == NULL || relay->to == NULL)
    return FALSE;
  return (g_str_equal (relay->from->name, session->inviter) && g_str_equal (relay->to->name, session->invitee))
         || (g_str_equal (relay->from->name, session->invitee) && g_str_equal (relay->to->name, session->inviter));
}

static gboolean
run (Relay *relay, GError **error)
{
  relay->session = g_hash_table_lookup (relay->network->sessions, relay->envelope->session);
  if (relay->envelope->kind == BK_ENVELOPE_INVITE)
    return relay->session == NULL
             ? invite (relay, error)
             : refuse (error, BECKON_ERROR_SESSION_STATE_INVALID, "There is a session of that id already");
  if (!is_between_them (relay))
    return refuse (error, BECKON_ERROR_NOT_FOUND, "There is no such session");
  relay->role = find_role (relay);
  return check_rules (relay, error) && run_kind (relay, error);
}

/* @barred: a program invites that may not. */
gboolean
bk_fake_network_relay (BkFakeNetwork *self, BkFakeAccount *account, const char *device, const char *to,
                       const char *uid, const BkEnvelope *envelope, gboolean barred, GError **error)
{
  Relay relay = {
    .network = self,
    .from = account,
    .device = device,
    .to = bk_fake_network_find (self, to),
    .envelope = envelope,
  };

  if (g_hash_table_contains (account->uids, uid))
    return TRUE;
  if (barred && self->locked && envelope->kind == BK_ENVELOPE_INVITE)
    return refuse (error, BECKON_ERROR_API_LOCKED, "The program that invites has not unlocked the API");
  if (!run (&relay, error))
    return FALSE;
  g_hash_table_add (account->uids, g_strdup (uid));
  return TRUE;
}

/* Tells the other side of each session of @account, which goes for good, that it is over. */
void
bk_fake_network_end_sessions (BkFakeNetwork *self, BkFakeAccount *account)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BkFakeSession *session = value;
      gboolean inviter = g_str_equal (session->inviter, account->name);
      g_autoptr (BkEnvelope) end = bk_envelope_new (BK_ENVELOPE_END, session->guid);
      Relay relay = { .network = self, .from = account, .envelope = end, .session = session };

      if (session->state == STATE_OVER || (!inviter && !g_str_equal (session->invitee, account->name)))
        continue;
      end->reason = BECKON_SESSION_RESULT_SIGNED_OUT;
      session->state = STATE_OVER;
      relay.to = bk_fake_network_find (self, inviter ? session->invitee : session->inviter);
      if (relay.to == NULL)
        continue;
      withdraw (relay.to, BK_ENVELOPE_INVITE, session->guid);
      hand_on (&relay, inviter ? session->answer_device : session->inviter_device);
    }
}
