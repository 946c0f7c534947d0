/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who the two sides of a session are: what this side signs, and what is made of what the other one has signed. */
#include "bk-engine-session-private.h"

/* What both sides sign about @fingerprint, as seen by who signs it. */
static BkIdentityClaim
claim_of (BkEngineSession *self, BkRole signer, const char *fingerprint, const char *their_fingerprint)
{
  const char *me = bk_engine_account_get_sign_in_name (self->account);
  gboolean mine = signer == self->role;
  BkIdentityClaim claim = {
    .session = self->id,
    .application = self->application,
    .inviter = signer == BK_ROLE_INVITER,
    .from = mine ? me : self->user,
    .to = mine ? self->user : me,
    .fingerprint = fingerprint,
    .their_fingerprint = signer == BK_ROLE_INVITEE ? their_fingerprint : NULL,
  };

  return claim;
}

static const char *
my_fingerprint (BkEngineSession *self)
{
  return self->link.channel != NULL ? bk_channel_get_fingerprint (self->link.channel) : NULL;
}

/* Puts the certificate of this side and who vouches for it into an invitation or an acceptance. That there is no
 * channel is vouched for as well: else whoever is between the two could take it away unseen. */
void
bk_session_sign (BkEngineSession *self, BkEnvelope *envelope)
{
  BkIdentity *identity = self->account != NULL ? bk_engine_account_get_identity (self->account) : NULL;

  envelope->fingerprint = g_strdup (my_fingerprint (self));
  if (identity == NULL)
    return;
  BkIdentityClaim claim = claim_of (self, self->role, envelope->fingerprint, self->link.fingerprint);
  envelope->identity = g_strdup (bk_identity_get_key (identity));
  envelope->signature = bk_identity_sign (identity, &claim);
}

/* ---- what the other side shows ---- */

static BeckonIdentity
judge (BkEngineSession *self)
{
  gboolean has_keys = bk_engine_account_has_keys (self->account, self->user);

  if (self->link.key == NULL)
    return has_keys ? BECKON_IDENTITY_CHANGED : BECKON_IDENTITY_UNKNOWN;
  if (!has_keys)
    return BECKON_IDENTITY_NEW;
  return bk_engine_account_knows_key (self->account, self->user, self->link.key) ? BECKON_IDENTITY_KNOWN
                                                                                  : BECKON_IDENTITY_CHANGED;
}

static void
set_identity (BkEngineSession *self, BeckonIdentity identity)
{
  if (self->link.identity == identity)
    return;
  self->link.identity = identity;
  bk_session_changed (self, "Identity");
}

static void
set_safety_number (BkEngineSession *self)
{
  BkIdentity *mine = bk_engine_account_get_identity (self->account);
  g_autofree char *number = NULL;

  if (mine != NULL && self->link.key != NULL)
    number = bk_identity_safety_number (bk_engine_account_get_sign_in_name (self->account),
                                        bk_identity_get_key (mine), self->user, self->link.key);
  bk_session_set_text (self, &self->link.safety_number, number, "SafetyNumber");
}

/* Takes what @envelope, an invitation or an acceptance, says of who sent it. FALSE: it is not true, and nothing was
 * taken. */
gboolean
bk_session_authenticate (BkEngineSession *self, const BkEnvelope *envelope)
{
  BkRole signer = envelope->kind == BK_ENVELOPE_INVITE ? BK_ROLE_INVITER : BK_ROLE_INVITEE;

  if (self->account != NULL && (envelope->identity != NULL || envelope->signature != NULL))
    {
      BkIdentityClaim claim = claim_of (self, signer, envelope->fingerprint, my_fingerprint (self));
      if (!bk_identity_verify (envelope->identity, &claim, envelope->signature))
        return FALSE;
    }
  g_free (self->link.fingerprint);
  self->link.fingerprint = g_strdup (envelope->fingerprint);
  if (self->account == NULL)
    return TRUE; /* a trial: the user is with themselves */
  g_free (self->link.key);
  self->link.key = g_strdup (envelope->identity);
  set_identity (self, judge (self));
  set_safety_number (self);
  return TRUE;
}

/* The channel is confirmed: the certificate that the key vouches for is that of who is there. Before, anybody who can
 * send an invitation could plant a key. */
void
bk_session_remember_identity (BkEngineSession *self)
{
  if (self->link.identity != BECKON_IDENTITY_NEW)
    return;
  if (judge (self) == BECKON_IDENTITY_NEW)
    bk_engine_account_remember_key (self->account, self->user, self->link.key);
  else
    set_identity (self, judge (self)); /* another session was quicker */
}

/* ---- reading and trusting ---- */

BeckonIdentity
bk_engine_session_get_identity (BkEngineSession *self)
{
  return self->link.identity;
}

const char *
bk_engine_session_get_safety_number (BkEngineSession *self)
{
  return self->link.safety_number != NULL ? self->link.safety_number : "";
}

gboolean
bk_engine_session_trust_identity (BkEngineSession *self, GError **error)
{
  if (self->world->sessions == NULL || self->link.key == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID,
                           "The other side has shown no key");
      return FALSE;
    }
  bk_engine_account_remember_key (self->account, self->user, self->link.key);
  set_identity (self, BECKON_IDENTITY_KNOWN);
  return TRUE;
}
