/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.SessionManager1 */
#include "bk-service-private.h"
#include "bk-service-dbus.h"
#include "bk-service-machine.h"
#include "bk-service-process.h"

#define MAX_HELD 32                            /* open sessions of one program */
#define MAX_TOGETHER (BK_LIMIT_SESSIONS * 3 / 4) /* of all: they cannot use up those of the user, under however many names */

static GVariant *
get_property (BkServiceCall *call, const char *name)
{
  if (g_str_equal (name, "version"))
    return g_variant_new_uint32 (1);

  BkEngineAccount *primary = bk_engine_get_primary_account (BK_CALL_SERVICE (call)->engine); /* MySigninName */
  return bk_service_text (primary != NULL ? bk_engine_account_get_sign_in_name (primary) : NULL);
}

/* @owner: NULL for all programs together. */
static guint
count_held (BkService *self, const char *owner)
{
  guint count = 0;

  for (guint i = 0; i < self->watched->len; i++)
    {
      BkEngineSession *session = g_ptr_array_index (self->watched, i);

      const char *holder = bk_engine_session_get_owner (session);

      if (holder != NULL && bk_engine_session_get_state (session) != BECKON_SESSION_STATE_TERMINATED
          && (owner == NULL || g_str_equal (holder, owner)))
        count++;
    }
  return count;
}

/* The user's own gesture stands in for the key of a session that can be invited with no other way. That nobody is signed
 * in is a plainer reason than the lock, which is closed then, too. */
static gboolean
check_create (BkServiceCall *call, BkEngineAccount *account, GVariant *picker, GError **error)
{
  if (picker != NULL && g_variant_get_boolean (picker))
    return TRUE;
  if (account == NULL || bk_engine_account_get_state (account) == BK_BACKEND_ONLINE)
    return bk_service_check_lock (call, account, BK_SERVICE_LOCK_MANAGER, error);
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_LOGGED_ON, "The account is not signed in.");
  return FALSE;
}

static void
handle_create_session (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  g_autoptr (GVariant) options = g_variant_get_child_value (call->arguments, 0);
  g_autoptr (GVariant) picker = NULL;
  BkEngineAccount *account;
  GError *error = NULL;

  if (!bk_service_option_account (self, options, BECKON_ERROR_NOT_LOGGED_ON, &account, &error)
      || !bk_service_option (options, "picker", G_VARIANT_TYPE_BOOLEAN, &picker, &error)
      || !check_create (call, account, picker, &error))
    {
      bk_service_call_fail (call, error);
      return;
    }
  if (account == NULL)
    {
      bk_service_call_refuse (call, BECKON_ERROR_NOT_LOGGED_ON, "There is no account.");
      return;
    }
  if (count_held (self, call->sender) >= MAX_HELD)
    {
      bk_service_call_refuse (call, BECKON_ERROR_LIMIT_EXCEEDED, "This program has too many sessions.");
      return;
    }
  if (count_held (self, NULL) >= MAX_TOGETHER)
    {
      bk_service_call_refuse (call, BECKON_ERROR_LIMIT_EXCEEDED, "All programs together have too many sessions.");
      return;
    }
  BkEngineSession *session = NULL;
  if (bk_service_callers_watch (bk_service_door_get_callers (call->door), call->sender, &error))
    session = bk_engine_create_session (self->engine, account, call->sender, &error);
  if (session == NULL)
    bk_service_call_fail (call, error);
  else
    bk_service_call_return (call, g_variant_new ("(@o)", bk_service_session_path (session)));
}

/* From now on the caller holds @session. */
static void
hand_out (BkServiceCall *call, BkEngineSession *session, GError *error)
{
  if (session == NULL ||
      !bk_service_callers_watch (bk_service_door_get_callers (call->door), call->sender, &error))
    {
      bk_service_call_fail (call, error);
      return;
    }
  bk_service_callers_prove (bk_service_door_get_callers (call->door), call->sender,
                            bk_engine_session_get_application (session));
  bk_engine_session_set_owner (session, call->sender);
  bk_service_call_return (call, g_variant_new ("(@o)", bk_service_session_path (session)));
}

static void
on_caller_process (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkServiceCall *call = user_data;
  GError *error = NULL;
  guint pid = bk_service_caller_pid_finish (G_DBUS_CONNECTION (source), result, &error);
  BkEngineSession *session = NULL;

  /* In a sandbox the number is that of another process than we would take it for. */
  if (pid != 0 && bk_service_is_sandboxed ())
    g_set_error_literal (&error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "Beckon runs in a sandbox and knows no process.");
  else if (pid != 0)
    session = bk_engine_redeem_process (BK_CALL_SERVICE (call)->engine, pid, &error);
  hand_out (call, session, error);
}

static void
handle_get_launching_session (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  GError *error = NULL;
  const char *cookie;

  g_variant_get (call->arguments, "(&s@a{sv})", &cookie, NULL);
  if (*cookie == '\0')
    bk_service_caller_pid_async (bk_service_door_get_connection (call->door), call->sender, self->cancellable,
                                 on_caller_process, call);
  else
    {
      BkEngineSession *session = bk_engine_redeem_cookie (self->engine, cookie, &error);

      hand_out (call, session, error);
    }
}

static const BkServiceMethod methods[] = {
  { "Attach", bk_service_handle_attach, { { BK_SERVICE_ARG_ANY, BK_LIMIT_PATH } } },
  { "CreateSession", handle_create_session },
  { "GetLaunchingSession", handle_get_launching_session, { { BK_SERVICE_ARG_LINE, BK_LIMIT_TOKEN } } },
  { "ListApplications", bk_service_handle_list_applications },
  { "RegisterApplication", bk_service_handle_change_registry, BK_SERVICE_REGISTER_ARGS },
  { "UnRegisterApplication", bk_service_handle_change_registry, { { BK_SERVICE_ARG_GUID } } },
  { NULL },
};

const BkServiceInterface bk_service_session_manager_interface = {
  .info = &im_beckon_session_manager1_interface,
  .methods = methods,
  .get = get_property,
};
