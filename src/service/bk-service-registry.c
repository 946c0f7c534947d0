/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Registry1, and what im.beckon.SessionManager1 shares with it */
#include "bk-service-private.h"
#include "bk-service-dbus.h"
#include "bk-service-machine.h"
#include "bk-service-process.h"

static GVariant *
get_property (BkServiceCall *call, const char *name)
{
  BkService *self = BK_CALL_SERVICE (call);
  BkEngineRegistry *registry = bk_engine_get_registry (self->engine);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));

  if (g_str_equal (name, "version"))
    return g_variant_new_uint32 (1);
  if (g_str_equal (name, "HostPrograms"))
    return g_variant_new_uint32 (self->host != NULL ? bk_service_host_get_state (self->host) : BK_SERVICE_HOST_UNKNOWN);

  const char *const *warnings = bk_engine_registry_get_warnings (registry); /* Warnings */
  for (gsize i = 0; warnings != NULL && warnings[i] != NULL; i++)
    g_variant_builder_add_value (&builder, bk_service_text (warnings[i]));
  return g_variant_builder_end (&builder);
}

static GVariant *
list_applications (GListModel *registry, guint position, guint count)
{
  return bk_service_list_to_variant (registry, position, count, "(sssssubsb)",
                                     (BkServiceToVariant) bk_service_application_to_variant);
}

void
bk_service_handle_list_applications (BkServiceCall *call)
{
  GListModel *registry = G_LIST_MODEL (bk_engine_get_registry (BK_CALL_SERVICE (call)->engine));
  GVariant *list = list_applications (registry, 0, g_list_model_get_n_items (registry));

  bk_service_call_return (call, g_variant_new ("(@a(sssssubsb))", list));
}

/* ---- changing it ---- */

static void
register_application (BkServiceCall *call)
{
  BkEngineRegistry *registry = bk_engine_get_registry (BK_CALL_SERVICE (call)->engine);
  const char *guid, *name, *url, *path;
  GError *error = NULL;
  guint32 flags;

  g_variant_get (call->arguments, "(&s&s&s&su)", &guid, &name, &url, &path, &flags);
  if (flags != 0)
    {
      bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “flags” is not 0.");
      return;
    }
  gboolean change = g_str_equal (g_dbus_method_invocation_get_method_name (call->invocation), "UpdateApplication");
  gboolean done = change ? bk_engine_registry_update (registry, guid, name, url, path, &error) :
                           bk_engine_registry_register (registry, guid, name, url, path, &error);
  bk_service_call_finish (call, done, error);
}

static void
unregister_application (BkServiceCall *call)
{
  const char *guid;
  GError *error = NULL;

  g_variant_get (call->arguments, "(&s)", &guid);
  gboolean done = bk_engine_registry_unregister (bk_engine_get_registry (BK_CALL_SERVICE (call)->engine), guid, &error);
  bk_service_call_finish (call, done, error);
}

/* A path inside a sandbox means nothing outside, and a sandboxed program must not name programs to be started out
 * here: the caller's process is looked at first. What it cannot register is not its own to remove either. */
static void
on_caller_process (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkServiceCall *call = user_data;
  GError *error = NULL;
  guint pid = bk_service_caller_pid_finish (G_DBUS_CONNECTION (source), result, &error);

  gboolean removal = g_str_equal (g_dbus_method_invocation_get_method_name (call->invocation), "UnRegisterApplication");
  if (pid == 0)
    bk_service_call_fail (call, error);
  else if (bk_service_process_is_sandboxed (pid) && removal)
    bk_service_call_refuse (call, BECKON_ERROR_ACCESS_DENIED, "A sandboxed program cannot unregister an application.");
  else if (bk_service_process_is_sandboxed (pid))
    bk_service_call_refuse (call, BECKON_ERROR_NOT_SUPPORTED,
                            bk_service_is_sandboxed () ? "Beckon is in a sandbox, and the path outside of it."
                                                       : "A sandboxed program cannot register a path.");
  else if (removal)
    unregister_application (call);
  else
    register_application (call);
}

/* The registry is that of the user and of no account: the primary one stands for it. */
static gboolean
check_lock (BkServiceCall *call, GError **error)
{
  BkEngineAccount *primary = bk_engine_get_primary_account (BK_CALL_SERVICE (call)->engine);

  return bk_service_check_lock (call, primary, BK_SERVICE_LOCK_MANAGER, error);
}

void
bk_service_handle_change_registry (BkServiceCall *call)
{
  GError *error = NULL;

  if (!check_lock (call, &error))
    {
      bk_service_call_fail (call, error);
      return;
    }
  bk_service_caller_pid_async (bk_service_door_get_connection (call->door), call->sender,
                               BK_CALL_SERVICE (call)->cancellable, on_caller_process, call);
}

/* ---- reading and trying ---- */

static const char *
source_word (BkApplicationSource source)
{
  switch (source)
    {
    case BK_APPLICATION_USER:
      return "user";
    case BK_APPLICATION_SYSTEM:
      return "system";
    case BK_APPLICATION_HOST:
      return "host";
    case BK_APPLICATION_BUS:
      return "bus";
    }
  return "";
}

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  g_variant_builder_add (builder, "{sv}", key, bk_service_text (text));
}

static void
handle_get_registration (BkServiceCall *call)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  const char *guid;

  g_variant_get (call->arguments, "(&s)", &guid);
  BkEngineApplication *application =
    bk_engine_registry_find (bk_engine_get_registry (BK_CALL_SERVICE (call)->engine), guid);
  if (application == NULL)
    {
      bk_service_call_refuse (call, BECKON_ERROR_APP_NOT_REGISTERED, "This application is not registered.");
      return;
    }
  g_autofree char *command = bk_engine_application_dup_command (application);
  add_text (&builder, "guid", bk_engine_application_get_guid (application));
  add_text (&builder, "name", bk_engine_application_get_name (application));
  add_text (&builder, "url", bk_engine_application_get_url (application));
  add_text (&builder, "path", command);
  add_text (&builder, "bus-name", bk_engine_application_get_bus_name (application));
  add_text (&builder, "source", source_word (bk_engine_application_get_source (application)));
  add_text (&builder, "file", bk_engine_application_get_path (application));
  bk_service_call_return (call, g_variant_new ("(a{sv})", &builder));
}

static void
handle_try_application (BkServiceCall *call)
{
  BkEngineSession *inviter, *invitee;
  GError *error = NULL;
  const char *guid;

  g_variant_get (call->arguments, "(&s)", &guid);
  if (bk_engine_try_application (BK_CALL_SERVICE (call)->engine, guid, &inviter, &invitee, &error))
    bk_service_call_return (call, g_variant_new ("(@o@o)", bk_service_session_path (inviter),
                                                 bk_service_session_path (invitee)));
  else
    bk_service_call_fail (call, error);
}

/* ---- signals, on both doors ---- */

static void
tell_both (BkService *self, const char *signal, GVariant *parameters)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (parameters);

  bk_service_door_emit (self->service, NULL, BK_SERVICE_PATH, bk_service_registry_interface.info->name, signal, owned);
  bk_service_door_emit (self->sessions, NULL, BK_SERVICE_PATH, bk_service_session_manager_interface.info->name, signal,
                        owned);
}

static void
on_items_changed (GListModel *registry, guint position, guint removed, guint added, BkService *self)
{
  tell_both (self, "ApplicationsChanged",
             g_variant_new ("(uu@a(sssssubsb))", position, removed, list_applications (registry, position, added)));
}

static void
on_registered (BkEngineRegistry *registry, const char *guid, BkService *self)
{
  tell_both (self, "AppRegistered", g_variant_new ("(@s)", bk_service_text (guid)));
}

static void
on_unregistered (BkEngineRegistry *registry, const char *guid, BkService *self)
{
  tell_both (self, "AppUnregistered", g_variant_new ("(@s)", bk_service_text (guid)));
}

static void
on_host_changed (BkServiceHost *host, BkService *self)
{
  bk_service_view_refresh (self->registry);
}

static void
on_warnings_changed (BkEngineRegistry *registry, BkService *self)
{
  bk_service_view_refresh (self->registry);
}

void
bk_service_registry_track (BkService *self)
{
  BkEngineRegistry *registry = bk_engine_get_registry (self->engine);

  self->registry = bk_service_view_new (self, self->service, &bk_service_registry_interface, BK_SERVICE_PATH, NULL);
  bk_service_view_refresh (self->registry);
  if (self->host != NULL)
    g_signal_connect_object (self->host, "state-changed", G_CALLBACK (on_host_changed), self, 0);
  g_signal_connect_object (registry, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  g_signal_connect_object (registry, "registered", G_CALLBACK (on_registered), self, 0);
  g_signal_connect_object (registry, "unregistered", G_CALLBACK (on_unregistered), self, 0);
  g_signal_connect_object (registry, "warnings-changed", G_CALLBACK (on_warnings_changed), self, 0);
}

static const BkServiceMethod methods[] = {
  { "ListApplications", bk_service_handle_list_applications },
  { "GetRegistration", handle_get_registration, { { BK_SERVICE_ARG_GUID } } },
  { "RegisterApplication", bk_service_handle_change_registry, BK_SERVICE_REGISTER_ARGS },
  { "TryApplication", handle_try_application, { { BK_SERVICE_ARG_GUID } } },
  { "UpdateApplication", bk_service_handle_change_registry, BK_SERVICE_REGISTER_ARGS },
  { "UnRegisterApplication", bk_service_handle_change_registry, { { BK_SERVICE_ARG_GUID } } },
  { NULL },
};

const BkServiceInterface bk_service_registry_interface = {
  .info = &im_beckon_registry1_interface,
  .methods = methods,
  .get = get_property,
};
