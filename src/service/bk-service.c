/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service.h"

#include "bk-service-private.h"
#include "bk-service-dbus.h"
#include "bk-service-machine.h"
#include "bk-service-process.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

G_DEFINE_FINAL_TYPE (BkService, bk_service, G_TYPE_OBJECT)

static const BkServiceNode service_nodes[] = {
  { BK_SERVICE_PATH, FALSE, &bk_service_messenger_interface },
  { BK_SERVICE_PATH, FALSE, &bk_service_registry_interface },
  { BK_SERVICE_PATH_ACCOUNTS, TRUE, &bk_service_account_interface },
  { BK_SERVICE_PATH_CONVERSATIONS, TRUE, &bk_service_conversation_interface },
  { BK_SERVICE_PATH_SESSIONS, TRUE, &bk_service_session_interface },
  { NULL },
};

static const BkServiceNode sessions_nodes[] = {
  { BK_SERVICE_PATH, FALSE, &bk_service_session_manager_interface },
  { BK_SERVICE_PATH, FALSE, &bk_service_lock_interface },
  { BK_SERVICE_PATH_PRIVATE, FALSE, &bk_service_messenger_private_interface },
  { BK_SERVICE_PATH_PRIVATE, FALSE, &bk_service_lock_interface },
  { BK_SERVICE_PATH_SESSIONS, TRUE, &bk_service_session_interface },
  { NULL },
};

/* ---- views ---- */

static GVariant *
read_properties (BkServiceView *view)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  BkServiceCall call = { .door = view->door, .house = G_OBJECT (view->service), .object = view->object };

  for (gsize i = 0; view->interface->info->properties[i] != NULL; i++)
    {
      const char *name = view->interface->info->properties[i]->name;

      g_variant_builder_add (&builder, "{sv}", name, view->interface->get (&call, name));
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

BkServiceView *
bk_service_view_new (BkService *self, BkServiceDoor *door, const BkServiceInterface *interface, const char *path,
                     GObject *object)
{
  BkServiceView *view = g_new0 (BkServiceView, 1);

  view->service = self;
  view->door = door;
  view->interface = interface;
  view->path = g_strdup (path);
  view->object = object != NULL ? g_object_ref (object) : NULL;
  return view;
}

void
bk_service_view_free (BkServiceView *view)
{
  if (view == NULL)
    return;
  if (view->object != NULL)
    g_signal_handlers_disconnect_by_data (view->object, view);
  g_clear_object (&view->object);
  g_clear_object (&view->account);
  g_clear_pointer (&view->groups, g_ptr_array_unref);
  g_clear_pointer (&view->told, g_variant_unref);
  g_free (view->path);
  g_free (view);
}

/* Sends what moved since the last time. The first time only takes note: nobody has been told anything yet. */
void
bk_service_view_refresh (BkServiceView *view)
{
  g_autoptr (GVariant) now = read_properties (view);
  g_auto (GVariantBuilder) changed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  gboolean any = FALSE;

  for (gsize i = 0; view->told != NULL && i < g_variant_n_children (now); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (now, i);
      g_autoptr (GVariant) before = g_variant_get_child_value (view->told, i);

      if (g_variant_equal (entry, before))
        continue;
      g_variant_builder_add_value (&changed, entry);
      any = TRUE;
    }
  g_clear_pointer (&view->told, g_variant_unref);
  view->told = g_steal_pointer (&now);
  if (any)
    bk_service_door_emit (view->door, NULL, view->path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                          g_variant_new ("(sa{sv}as)", view->interface->info->name, &changed, NULL));
}

void
bk_service_tell (BkService *self, const char *path, const BkServiceInterface *interface, const char *signal,
                 GVariant *parameters)
{
  bk_service_door_emit (self->service, NULL, path, interface->info->name, signal, parameters);
}

/* ---- what the doors ask ---- */

static gboolean
is_ready (GObject *house)
{
  return BK_SERVICE (house)->ready;
}

static gboolean
find_object (GObject *house, BkServiceDoor *door, const char *sender, const char *path, GObject **object)
{
  BkService *self = BK_SERVICE (house);
  guint number;

  if (g_str_equal (path, BK_SERVICE_PATH) || g_str_equal (path, BK_SERVICE_PATH_PRIVATE))
    return TRUE;
  if (bk_service_path_parse (path, BK_SERVICE_PATH_SESSIONS, &number))
    {
      BkEngineSession *session = bk_service_find_session (self, number);

      if (session == NULL || !bk_service_holds_session (door, sender, session))
        return FALSE;
      *object = g_object_ref (G_OBJECT (session));
      return TRUE;
    }
  if (door != self->service)
    return FALSE;
  if (bk_service_path_parse (path, BK_SERVICE_PATH_ACCOUNTS, &number))
    {
      BkEngineAccount *account = bk_service_find_account (self, path);

      *object = account != NULL ? g_object_ref (G_OBJECT (account)) : NULL;
    }
  else if (bk_service_path_parse (path, BK_SERVICE_PATH_CONVERSATIONS, &number))
    {
      BkServiceView *view = g_hash_table_lookup (self->conversations, GUINT_TO_POINTER (number));

      *object = view != NULL ? g_object_ref (view->object) : NULL;
    }
  return *object != NULL;
}

static GPtrArray *
list_objects (GObject *house, BkServiceDoor *door, const char *sender, const char *folder)
{
  BkService *self = BK_SERVICE (house);
  GPtrArray *names = g_ptr_array_new ();

  if (g_str_equal (folder, BK_SERVICE_PATH_SESSIONS))
    for (guint i = 0; i < self->watched->len; i++)
      {
        BkEngineSession *session = g_ptr_array_index (self->watched, i);

        if (bk_service_holds_session (door, sender, session))
          g_ptr_array_add (names, g_strdup_printf ("%u", bk_engine_session_get_number (session)));
      }
  else if (g_str_equal (folder, BK_SERVICE_PATH_ACCOUNTS))
    for (guint i = 0; i < self->accounts->len; i++)
      {
        BkServiceView *view = g_ptr_array_index (self->accounts, i);

        g_ptr_array_add (names, g_strdup_printf ("%u", bk_engine_account_get_id ((BkEngineAccount *) view->object)));
      }
  else if (g_str_equal (folder, BK_SERVICE_PATH_CONVERSATIONS))
    {
      GHashTableIter iter;
      gpointer number;

      g_hash_table_iter_init (&iter, self->conversations);
      while (g_hash_table_iter_next (&iter, &number, NULL))
        g_ptr_array_add (names, g_strdup_printf ("%u", GPOINTER_TO_UINT (number)));
    }
  return names;
}

static const BkServiceHouseFuncs house_funcs = { is_ready, find_object, list_objects };

/* ---- callers ---- */

/* A program that is gone holds nothing any more. */
static void
on_vanished (BkServiceCallers *callers, const char *name, BkService *self)
{
  g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->watched->len; i++)
    {
      BkEngineSession *session = g_ptr_array_index (self->watched, i);

      if (g_strcmp0 (bk_engine_session_get_owner (session), name) == 0)
        g_ptr_array_add (held, g_object_ref (session));
    }
  for (guint i = 0; i < held->len; i++)
    bk_engine_session_owner_vanished (g_ptr_array_index (held, i));
  bk_service_picks_caller_vanished (self, name);
  bk_service_alerts_forget (self->alerts, name, NULL);
  bk_service_quota_forget (self->adds, name);
  bk_service_tests_cancel (self, name);
  bk_service_reads_cancel (self, name);
  bk_service_locks_forget (self->locks, name);
}

/* Attach of the Sessions door: whoever comes late is told how its sessions stand, and asked about what still rings. */
static void
welcome_application (BkService *self, const char *name)
{
  for (guint i = 0; i < self->watched->len; i++)
    {
      BkEngineSession *session = g_ptr_array_index (self->watched, i);

      if (g_strcmp0 (bk_engine_session_get_owner (session), name) == 0)
        {
          BkServiceView view = { self, self->sessions, &bk_service_session_interface, NULL, G_OBJECT (session) };
          g_autoptr (GVariant) all = read_properties (&view);
          g_autofree char *path =
            g_strdup_printf (BK_SERVICE_PATH_SESSIONS "/%u", bk_engine_session_get_number (session));

          bk_service_door_emit (self->sessions, name, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                g_variant_new ("(s@a{sv}as)", view.interface->info->name, all, NULL));
        }
      else
        bk_service_peers_offer_late (self->peers, self->sessions, name, session, TRUE);
    }
}

static void
attach (BkServiceCall *call, guint pid, gboolean trusted)
{
  BkService *self = BK_CALL_SERVICE (call);
  BkServiceDoor *door = call->door;
  g_autofree char *sender = g_strdup (call->sender);
  g_autofree const char **guids = NULL;
  g_autoptr (GError) error = NULL;
  const char *peer;

  g_variant_get (call->arguments, "(&o^a&s@a{sv})", &peer, &guids, NULL);
  if (!bk_service_callers_attach (bk_service_door_get_callers (door), sender, pid, trusted, peer, guids,
                                  &error))
    {
      bk_service_call_fail (call, g_steal_pointer (&error));
      return;
    }
  if (door == self->sessions)
    bk_service_locks_welcome (self->locks, sender); /* who has the reply knows how its locks stand */
  bk_service_call_return (call, NULL);
  if (door == self->sessions)
    welcome_application (self, sender);
}

static void
on_attaching (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkServiceCall *call = user_data;
  BkService *self = BK_CALL_SERVICE (call);
  guint pid = bk_service_caller_pid_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (g_cancellable_is_cancelled (self->cancellable))
    bk_service_call_refuse (call, BECKON_ERROR_CANCELLED, "The session service is shutting down.");
  else if (call->door == self->service)
    attach (call, pid, TRUE);
  else
    attach (call, pid, bk_service_callers_trust (bk_service_door_get_callers (self->sessions), pid,
                                                 bk_service_door_get_callers (self->service)));
}

/* At the user's own door nobody is sandboxed, or all are as we are: then whose processes they are tells the others. */
void
bk_service_handle_attach (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);

  if (call->door == self->service && !bk_service_is_sandboxed ())
    attach (call, 0, TRUE);
  else
    bk_service_caller_pid_async (bk_service_door_get_connection (call->door), call->sender, self->cancellable,
                                 on_attaching, call);
}

/* ---- the object ---- */

static void
bk_service_dispose (GObject *object)
{
  BkService *self = BK_SERVICE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->engine != NULL)
    {
      /* The engine says things while it goes, to which there is nobody left to listen. */
      bk_service_accounts_untrack (self);
      bk_service_sessions_untrack (self);
      bk_service_locks_unfollow (self->locks);
      g_signal_handlers_disconnect_by_data (bk_engine_get_registry (self->engine), self);
      g_signal_handlers_disconnect_by_data (self->engine, self);
    }
  g_hash_table_remove_all (self->conversations);
  g_clear_pointer (&self->messenger, bk_service_view_free);
  g_clear_pointer (&self->registry, bk_service_view_free);
  g_clear_pointer (&self->manager, bk_service_view_free);
  g_clear_object (&self->engine);
  g_clear_object (&self->secrets);
  g_clear_object (&self->peers);
  g_clear_object (&self->locks);
  g_clear_object (&self->host);
  g_clear_object (&self->service);
  g_clear_object (&self->sessions);
  G_OBJECT_CLASS (bk_service_parent_class)->dispose (object);
}

static void
bk_service_finalize (GObject *object)
{
  BkService *self = BK_SERVICE (object);

  g_ptr_array_unref (self->accounts);
  g_ptr_array_unref (self->watched);
  g_ptr_array_unref (self->tests);
  g_ptr_array_unref (self->reads);
  g_hash_table_unref (self->conversations);
  bk_service_alerts_free (self->alerts);
  g_clear_pointer (&self->adds, bk_service_quota_free);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (bk_service_parent_class)->finalize (object);
}

static void
bk_service_class_init (BkServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_service_finalize;
}

static void
bk_service_init (BkService *self)
{
  self->cancellable = g_cancellable_new ();
  self->alerts = bk_service_alerts_new ();
  self->accounts = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_service_view_free);
  self->tests = bk_service_tests_new ();
  self->reads = bk_service_reads_new ();
  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
  self->conversations =
    g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) bk_service_view_free);
}

BkService *
bk_service_new (const BkServiceConfig *config)
{
  BkService *self = g_object_new (BK_TYPE_SERVICE, NULL);

  self->engine = g_object_ref (config->engine);
  self->secrets = g_object_ref (config->secrets);
  self->peers = g_object_ref (config->peers);
  self->locks = g_object_ref (config->locks);
  self->adds = bk_service_quota_new (config->clock);
  self->service = g_object_ref (config->service);
  self->sessions = g_object_ref (config->sessions);
  g_set_object (&self->host, config->host);
  g_signal_connect_object (bk_service_door_get_callers (self->service), "vanished", G_CALLBACK (on_vanished), self, 0);
  g_signal_connect_object (bk_service_door_get_callers (self->sessions), "vanished", G_CALLBACK (on_vanished), self, 0);
  return self;
}

gboolean
bk_service_open (BkService *self, GError **error)
{
  return bk_service_door_open (self->service, service_nodes, &house_funcs, G_OBJECT (self), error) &&
         bk_service_door_open (self->sessions, sessions_nodes, &house_funcs, G_OBJECT (self), error);
}

/* What was read at the start came from the thread of the database, whose part of the heap the C library would keep. */
static gboolean
give_back_memory (gpointer unused)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  return G_SOURCE_REMOVE;
}

void
bk_service_start (BkService *self)
{
  bk_service_accounts_track (self);
  bk_service_sessions_track (self);
  bk_service_registry_track (self);
  bk_service_messenger_track (self);
  bk_service_locks_track (self);
  bk_service_alerts_track (self);
  self->ready = TRUE;
  bk_service_door_resume (self->service);
  bk_service_door_resume (self->sessions);
  g_idle_add_full (G_PRIORITY_LOW, give_back_memory, NULL, NULL);
}

void
bk_service_stop (BkService *self)
{
  bk_service_door_emit (self->sessions, NULL, BK_SERVICE_PATH, bk_service_session_manager_interface.info->name,
                        "AppShutdown", NULL);
  g_cancellable_cancel (self->cancellable);
  bk_service_tests_cancel (self, NULL);
}
