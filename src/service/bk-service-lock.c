/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Lock1, and what is locked */
#include "bk-service-private.h"
#include "bk-service-dbus.h"

static BkServiceLockObject
object_of (BkServiceCall *call)
{
  const char *path = g_dbus_method_invocation_get_object_path (call->invocation);

  return g_str_equal (path, BK_SERVICE_PATH_PRIVATE) ? BK_SERVICE_LOCK_PRIVATE : BK_SERVICE_LOCK_MANAGER;
}

/* The caller's lock; NULL if there is no @account, so that there is nobody who could have signed in. */
static BkEngineLock *
dup_lock (BkServiceCall *call, BkEngineAccount *account)
{
  if (account == NULL)
    return NULL;
  return bk_service_locks_dup (BK_CALL_SERVICE (call)->locks, call->sender, object_of (call), account);
}

static GVariant *
status_of (BkServiceCall *call, BkEngineAccount *account)
{
  g_autoptr (BkEngineLock) lock = dup_lock (call, account);

  return g_variant_new_uint32 (lock != NULL ? bk_engine_lock_get_status (lock) : BECKON_LOCK_STATUS_NOT_INITIALIZED);
}

static GVariant *
get_property (BkServiceCall *call, const char *name)
{
  if (g_str_equal (name, "version"))
    return g_variant_new_uint32 (1);
  return status_of (call, bk_engine_get_primary_account (BK_CALL_SERVICE (call)->engine)); /* Status */
}

/* The account that the last argument names. FALSE: the call has been refused. */
static gboolean
read_account (BkServiceCall *call, BkEngineAccount **account)
{
  gsize last = g_variant_n_children (call->arguments) - 1;
  g_autoptr (GVariant) options = g_variant_get_child_value (call->arguments, last);
  GError *error = NULL;

  if (bk_service_option_account (BK_CALL_SERVICE (call), options, BECKON_ERROR_NOT_FOUND, account, &error))
    return TRUE;
  bk_service_call_fail (call, error);
  return FALSE;
}

static void
handle_get_status (BkServiceCall *call)
{
  BkEngineAccount *account;

  if (read_account (call, &account))
    bk_service_call_return (call, g_variant_new ("(@u)", status_of (call, account)));
}

static void
handle_request_challenge (BkServiceCall *call)
{
  BkEngineAccount *account;
  GError *error = NULL;
  gint32 cookie;

  g_variant_get_child (call->arguments, 0, "i", &cookie);
  if (!read_account (call, &account))
    return;
  if (!bk_service_callers_is_attached (bk_service_door_get_callers (call->door), call->sender))
    {
      bk_service_call_refuse (call, BECKON_ERROR_ACCESS_DENIED, "A challenge is sent to attached callers alone.");
      return;
    }
  g_autoptr (BkEngineLock) lock = dup_lock (call, account);
  if (lock == NULL)
    {
      bk_service_call_refuse (call, BECKON_ERROR_API_NOT_INITIALIZED, "There is no account.");
      return;
    }
  gboolean done = bk_engine_lock_request_challenge (lock, cookie, &error);
  bk_service_call_finish (call, done, error);
}

static void
handle_send_response (BkServiceCall *call)
{
  BkEngineAccount *account;
  GError *error = NULL;
  const char *license, *response;
  gint32 cookie;

  g_variant_get (call->arguments, "(&s&sia{sv})", &license, &response, &cookie, NULL);
  if (!read_account (call, &account))
    return;
  g_autoptr (BkEngineLock) lock = dup_lock (call, account);
  if (lock == NULL)
    {
      bk_service_call_refuse (call, BECKON_ERROR_API_NOT_INITIALIZED, "There is no account.");
      return;
    }
  gboolean done = bk_engine_lock_send_response (lock, license, response, cookie, &error);
  bk_service_call_finish (call, done, error);
}

/* ---- what is locked ---- */

gboolean
bk_service_check_lock (BkServiceCall *call, BkEngineAccount *account, BkServiceLockObject object, GError **error)
{
  if (bk_service_door_get_kind (call->door) == BK_SERVICE_DOOR_SERVICE)
    return TRUE; /* the user's own gestures */
  return bk_service_locks_check (BK_CALL_SERVICE (call)->locks, call->sender, object, account, error);
}

gboolean
bk_service_check_invite (BkServiceCall *call, BkEngineSession *session, const char **grant, GError **error)
{
  BkService *self = BK_CALL_SERVICE (call);
  BkEngineAccount *account = bk_engine_session_get_account (session);

  *grant = NULL;
  if (bk_service_door_get_kind (call->door) == BK_SERVICE_DOOR_SERVICE)
    return TRUE;
  *grant = bk_service_locks_get_grant (self->locks, call->sender, account);
  /* That nobody is signed in is the plainer reason. */
  return bk_engine_account_get_state (account) != BK_BACKEND_ONLINE
         || bk_service_check_lock (call, account, BK_SERVICE_LOCK_MANAGER, error);
}

/* What a lock opens comes late: invitations that still ring are offered as at Attach, to who was not asked yet. */
static void
on_lock_moved (BkServiceLocks *locks, const char *name, guint object, BkEngineAccount *account, guint previous,
               BkService *self)
{
  if (object != BK_SERVICE_LOCK_MANAGER
      || !bk_service_locks_check (locks, name, BK_SERVICE_LOCK_MANAGER, account, NULL))
    return;
  for (guint i = 0; i < self->watched->len; i++)
    {
      BkEngineSession *session = g_ptr_array_index (self->watched, i);

      if (bk_engine_session_get_account (session) == account)
        bk_service_peers_offer_late (self->peers, self->sessions, name, session, FALSE);
    }
}

void
bk_service_locks_track (BkService *self)
{
  g_signal_connect_object (self->locks, "moved", G_CALLBACK (on_lock_moved), self, 0);
  bk_service_locks_follow (self->locks, bk_engine_get_accounts (self->engine));
}

static const BkServiceMethod methods[] = {
  { "GetStatus", handle_get_status },
  { "RequestChallenge", handle_request_challenge },
  { "SendResponse", handle_send_response,
    { { BK_SERVICE_ARG_DATA, BK_LIMIT_LICENSE }, { BK_SERVICE_ARG_DATA, BK_LIMIT_LICENSE } } },
  { NULL },
};

const BkServiceInterface bk_service_lock_interface = {
  .info = &im_beckon_lock1_interface,
  .methods = methods,
  .get = get_property,
};
