/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be read of an account. */
#include "bk-engine-account-internal.h"

#include "bk-ids.h"

guint
bk_engine_account_get_id (BkEngineAccount *self)
{
  return self->stored->id;
}

const char *
bk_engine_account_get_sign_in_name (BkEngineAccount *self)
{
  return self->stored->sign_in_name;
}

/* Never empty: falls back to the sign-in name. */
const char *
bk_engine_account_get_display_name (BkEngineAccount *self)
{
  const char *name = self->stored->display_name;

  return name != NULL && *name != '\0' ? name : self->stored->sign_in_name;
}

const char *
bk_engine_account_get_server (BkEngineAccount *self)
{
  return self->stored->server;
}

BkBackendState
bk_engine_account_get_state (BkEngineAccount *self)
{
  return _bk_account_is_hidden (self) ? BK_BACKEND_ONLINE : self->state;
}

/* Whether the network can be reached now, whatever is shown. */
gboolean
bk_engine_account_is_connected (BkEngineAccount *self)
{
  return self->state == BK_BACKEND_ONLINE;
}

const GError *
bk_engine_account_get_error (BkEngineAccount *self)
{
  return _bk_account_is_hidden (self) ? NULL : self->error;
}

BeckonStatus
_bk_account_published_status (BkEngineAccount *self)
{
  BeckonStatus wanted = self->stored->wanted_status;

  return self->away && wanted == BECKON_STATUS_ONLINE ? BECKON_STATUS_IDLE : wanted;
}

/* The own status as the user sees it. While WAITING nothing happens: that is offline, and the state says the rest. */
BeckonStatus
bk_engine_account_get_status (BkEngineAccount *self)
{
  if (self->phase == BK_ACCOUNT_FAREWELL || self->phase == BK_ACCOUNT_LEAVING)
    return BECKON_STATUS_LOCAL_DISCONNECTING_FROM_SERVER;
  switch (bk_engine_account_get_state (self))
    {
    case BK_BACKEND_FINDING:
      return BECKON_STATUS_LOCAL_FINDING_SERVER;
    case BK_BACKEND_CONNECTING:
    case BK_BACKEND_SIGNING_IN:
      return BECKON_STATUS_LOCAL_CONNECTING_TO_SERVER;
    case BK_BACKEND_SYNCHRONIZING:
      return BECKON_STATUS_LOCAL_SYNCHRONIZING_WITH_SERVER;
    case BK_BACKEND_ONLINE:
      return _bk_account_published_status (self);
    case BK_BACKEND_OFFLINE:
    case BK_BACKEND_WAITING:
      break;
    }
  return BECKON_STATUS_OFFLINE;
}

gboolean
bk_engine_account_is_signed_out (BkEngineAccount *self)
{
  return self->phase == BK_ACCOUNT_OUT || self->phase == BK_ACCOUNT_CLOSED;
}

BeckonStatus
bk_engine_account_get_wanted_status (BkEngineAccount *self)
{
  return self->stored->wanted_status;
}

const char *
bk_engine_account_get_personal_message (BkEngineAccount *self)
{
  return self->stored->personal_message;
}

GListModel *
bk_engine_account_get_contacts (BkEngineAccount *self)
{
  return G_LIST_MODEL (self->contacts);
}

/* @who in any case. */
BkEngineContact *
bk_engine_account_find_contact (BkEngineAccount *self, const char *who)
{
  g_autofree char *name = bk_sign_in_name_normalize (who);

  return name != NULL ? bk_engine_contacts_find (self->contacts, name) : NULL;
}

BkLockFact
bk_engine_account_get_lock_fact (BkEngineAccount *self)
{
  return self->lock_fact;
}

BkClock *
bk_engine_account_get_clock (BkEngineAccount *self)
{
  return self->clock;
}

char *
bk_engine_account_dup_secret_key (BkEngineAccount *self)
{
  return g_strdup_printf ("account/%s/token", self->stored->sign_in_name);
}
