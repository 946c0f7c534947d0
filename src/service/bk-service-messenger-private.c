/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.MessengerPrivate1, and where alerts go */
#include "bk-service-private.h"
#include "bk-service-dbus.h"

static GVariant *
get_property (BkServiceCall *call, const char *name)
{
  return g_variant_new_uint32 (1); /* version */
}

/* ---- EnableAlertEvents ---- */

static gboolean
check_alert_call (BkServiceCall *call, gsize n_sites, BkEngineAccount *account, GError **error)
{
  if (n_sites > BK_LIMIT_ALERT_SITES)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "The argument “site_ids” has more than %d members.", BK_LIMIT_ALERT_SITES);
      return FALSE;
    }
  if (!bk_service_callers_is_attached (bk_service_door_get_callers (call->door), call->sender))
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED,
                           "Alerts are told to attached callers alone.");
      return FALSE;
    }
  return bk_service_check_lock (call, account, BK_SERVICE_LOCK_PRIVATE, error);
}

static void
handle_enable_alert_events (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  g_autoptr (GVariant) sites = g_variant_get_child_value (call->arguments, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (call->arguments, 1);
  BkEngineAccount *account;
  GError *error = NULL;
  gsize n_sites;

  const guint32 *ids = g_variant_get_fixed_array (sites, &n_sites, sizeof (guint32));
  gboolean done = bk_service_option_account (self, options, BECKON_ERROR_NOT_FOUND, &account, &error)
                  && check_alert_call (call, n_sites, account, &error);
  if (done && account == NULL)
    {
      done = FALSE;
      error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "There is no account.");
    }
  if (done)
    done = bk_service_alerts_enable (self->alerts, call->sender, account, ids, n_sites, &error);
  bk_service_call_finish (call, done, error);
}

/* ---- AddContact ---- */

typedef struct
{
  BkService *service; /* owned */
  char *name;
  char *who;
} Adding;

static void
adding_free (Adding *adding)
{
  g_object_unref (adding->service);
  g_free (adding->name);
  g_free (adding->who);
  g_free (adding);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Adding, adding_free)

/* Tells the caller alone. @error: nullable. */
static void
tell_added (const Adding *adding, const GError *error)
{
  GError named = { BECKON_ERROR, BECKON_ERROR_FAILED, (char *) "" };

  if (error != NULL && error->domain == BECKON_ERROR)
    named.code = error->code;
  g_autofree char *text = error != NULL ? g_dbus_error_encode_gerror (&named) : g_strdup ("");
  bk_service_door_emit (adding->service->sessions, adding->name, BK_SERVICE_PATH_PRIVATE,
                        bk_service_messenger_private_interface.info->name, "ContactListAdd",
                        g_variant_new ("(s@s)", text, bk_service_text (adding->who)));
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Adding) adding = user_data;
  g_autoptr (GError) error = NULL;

  bk_engine_account_change_contact_finish (BK_ENGINE_ACCOUNT (source), result, &error);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell_added (adding, error);
}

static void
add_contact (BkServiceCall *call, BkEngineAccount *account, const char *who)
{
  BkService *self = BK_CALL_SERVICE (call);
  Adding *adding = g_new0 (Adding, 1);

  adding->service = g_object_ref (self);
  adding->name = g_strdup (call->sender);
  adding->who = g_strdup (who);
  bk_engine_account_change_contact_async (account, BK_CONTACT_ADD, who, NULL, self->cancellable, on_added, adding);
  bk_service_call_return (call, NULL);
}

/* The account that @service names: by its number, its object path or its sign-in name. */
static BkEngineAccount *
find_service (BkService *self, const char *service)
{
  g_autofree char *path = g_strconcat (BK_SERVICE_PATH_ACCOUNTS "/", service, NULL);
  BkEngineAccount *account = bk_service_find_account (self, service);

  if (account == NULL)
    account = bk_service_find_account (self, path);
  if (account == NULL)
    account = bk_service_find_account_by_name (self, service);
  return account;
}

static void
handle_add_contact (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  const char *who, *service;
  GError *error = NULL;

  g_variant_get (call->arguments, "(&s&sa{sv})", &who, &service, NULL);
  BkEngineAccount *account =
    *service == '\0' ? bk_engine_get_primary_account (self->engine) : find_service (self, service);
  if (account == NULL && *service != '\0')
    bk_service_call_refuse (call, BECKON_ERROR_NOT_FOUND, "There is no such account.");
  else if (account == NULL || bk_engine_account_get_state (account) != BK_BACKEND_ONLINE)
    bk_service_call_refuse (call, BECKON_ERROR_NOT_LOGGED_ON, "Nobody is signed in.");
  else if (!bk_service_check_lock (call, account, BK_SERVICE_LOCK_PRIVATE, &error)
           || !bk_service_callers_watch (bk_service_door_get_callers (call->door), call->sender, &error))
    bk_service_call_fail (call, error);
  else if (!bk_service_quota_take (self->adds, call->sender))
    bk_service_call_refuse (call, BECKON_ERROR_SERVER_TOO_BUSY, "Too many contact requests by programs.");
  else
    add_contact (call, account, who);
}

/* ---- alerts ---- */

typedef struct
{
  BkService *service; /* owned */
  GVariant *alert;    /* owned */
} Popping;

static void
on_alert_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Popping *popping = user_data;
  BkService *self = popping->service;

  if (bk_service_peers_ask_alert_finish (BK_SERVICE_PEERS (source), result)
      && !g_cancellable_is_cancelled (self->cancellable))
    {
      bk_service_alerts_keep (self->alerts, popping->alert);
      bk_service_tell (self, BK_SERVICE_PATH, &bk_service_messenger_interface, "AlertReceived",
                       g_variant_new ("(@(usssxs))", popping->alert));
      bk_service_wake_window (self);
    }
  g_variant_unref (popping->alert);
  g_object_unref (popping->service);
  g_free (popping);
}

/* Programs that want the site are asked whether the user is to see it. */
void
bk_service_alert_arrived (BkService *self, BkEngineAccount *account, const BkEngineAlert *alert)
{
  g_auto (GStrv) names = bk_service_alerts_list (self->alerts, account, alert->site);
  Popping *popping = g_new0 (Popping, 1);

  popping->service = g_object_ref (self);
  popping->alert = g_variant_ref_sink (
    g_variant_new ("(u@s@s@sx@s)", alert->site, bk_service_text (alert->id), bk_service_text (alert->text),
                   bk_service_text (alert->url), alert->time,
                   bk_service_text (bk_engine_account_get_sign_in_name (account))));
  bk_service_peers_ask_alert_async (self->peers, self->sessions, (const char *const *) names, popping->alert,
                                    self->cancellable, on_alert_asked, popping);
}

void
bk_service_handle_list_alerts (BkServiceCall *call)
{
  GVariant *kept = bk_service_alerts_get_kept (BK_CALL_SERVICE (call)->alerts);

  bk_service_call_return (call, g_variant_new ("(@a(usssxs))", kept));
}

void
bk_service_handle_dismiss_alert (BkServiceCall *call)
{
  const char *id;

  g_variant_get (call->arguments, "(&s)", &id);
  g_autofree char *normal = bk_guid_normalize (id);
  if (bk_service_alerts_drop (BK_CALL_SERVICE (call)->alerts, normal))
    bk_service_call_return (call, NULL);
  else
    bk_service_call_refuse (call, BECKON_ERROR_NOT_FOUND, "There is no such alert.");
}

/* Whether alerts that a program wanted still go to it: a network that locks nothing is not left by a broken line. */
static gboolean
stays_open (BeckonLockStatus previous, BeckonLockStatus status)
{
  switch (status)
    {
    case BECKON_LOCK_STATUS_UNLOCKED:
    case BECKON_LOCK_STATUS_DISABLED:
    case BECKON_LOCK_STATUS_PENDING_RESULT:
      return TRUE;
    case BECKON_LOCK_STATUS_NOT_INITIALIZED:
      return previous == BECKON_LOCK_STATUS_DISABLED;
    case BECKON_LOCK_STATUS_INITIALIZED:
    case BECKON_LOCK_STATUS_UNLOCK_FAILED:
      return FALSE;
    }
  return FALSE;
}

static void
on_lock_moved (BkServiceLocks *locks, const char *name, guint object, BkEngineAccount *account, guint previous,
               BkService *self)
{
  g_autoptr (BkEngineLock) lock = bk_service_locks_dup (locks, name, BK_SERVICE_LOCK_PRIVATE, account);

  if (object == BK_SERVICE_LOCK_PRIVATE
      && !stays_open ((BeckonLockStatus) previous, bk_engine_lock_get_status (lock)))
    bk_service_alerts_forget (self->alerts, name, account);
}

void
bk_service_alerts_track (BkService *self)
{
  g_signal_connect_object (self->locks, "moved", G_CALLBACK (on_lock_moved), self, 0);
}

static const BkServiceMethod methods[] = {
  { "EnableAlertEvents", handle_enable_alert_events },
  { "AddContact", handle_add_contact,
    { { BK_SERVICE_ARG_DATA, BK_LIMIT_SIGN_IN_NAME }, { BK_SERVICE_ARG_LINE, BK_LIMIT_PATH } } },
  { NULL },
};

const BkServiceInterface bk_service_messenger_private_interface = {
  .info = &im_beckon_messenger_private1_interface,
  .methods = methods,
  .get = get_property,
};
