/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-world.h"

/* ---- secrets in memory ---- */

#define MEMORY_TYPE_SECRETS (memory_secrets_get_type ())
G_DECLARE_FINAL_TYPE (MemorySecrets, memory_secrets, MEMORY, SECRETS, GObject)

struct _MemorySecrets
{
  GObject parent_instance;
  GHashTable *table;
  gboolean locked;
};

static void
memory_lookup_async (BkSecrets *secrets, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);

  if (MEMORY_SECRETS (secrets)->locked)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_STORAGE, "The keyring is locked");
  else
    g_task_return_pointer (task, g_strdup (g_hash_table_lookup (MEMORY_SECRETS (secrets)->table, key)), g_free);
}

static char *
memory_lookup_finish (BkSecrets *secrets, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
memory_store_async (BkSecrets *secrets, const char *key, const char *label, const char *secret,
                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);

  g_hash_table_replace (MEMORY_SECRETS (secrets)->table, g_strdup (key), g_strdup (secret));
  g_task_return_boolean (task, TRUE);
}

static void
memory_clear_async (BkSecrets *secrets, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);

  g_hash_table_remove (MEMORY_SECRETS (secrets)->table, key);
  g_task_return_boolean (task, TRUE);
}

static gboolean
memory_finish (BkSecrets *secrets, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static const char *
memory_get_warning (BkSecrets *secrets)
{
  return NULL;
}

static void
memory_secrets_init_secrets (BkSecretsInterface *iface)
{
  iface->lookup_async = memory_lookup_async;
  iface->lookup_finish = memory_lookup_finish;
  iface->store_async = memory_store_async;
  iface->store_finish = memory_finish;
  iface->clear_async = memory_clear_async;
  iface->clear_finish = memory_finish;
  iface->get_warning = memory_get_warning;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MemorySecrets, memory_secrets, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_SECRETS, memory_secrets_init_secrets))

static void
memory_secrets_finalize (GObject *object)
{
  g_hash_table_unref (MEMORY_SECRETS (object)->table);
  G_OBJECT_CLASS (memory_secrets_parent_class)->finalize (object);
}

static void
memory_secrets_class_init (MemorySecretsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = memory_secrets_finalize;
}

static void
memory_secrets_init (MemorySecrets *self)
{
  self->table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* ---- a desktop on which nothing can be started ---- */

#define BARE_TYPE_DESKTOP (bare_desktop_get_type ())
G_DECLARE_FINAL_TYPE (BareDesktop, bare_desktop, BARE, DESKTOP, GObject)

struct _BareDesktop
{
  GObject parent_instance;
};

static void
bare_launch_async (BkLauncher *launcher, const BkLaunch *launch, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (launcher, cancellable, callback, user_data);

  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "Nothing can be started here");
}

static BkProgram *
bare_launch_finish (BkLauncher *launcher, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bare_desktop_init_launcher (BkLauncherInterface *iface)
{
  iface->launch_async = bare_launch_async;
  iface->launch_finish = bare_launch_finish;
}

static void
bare_open (BkOpener *opener, const char *url)
{
}

static void
bare_desktop_init_opener (BkOpenerInterface *iface)
{
  iface->open = bare_open;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BareDesktop, bare_desktop, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_LAUNCHER, bare_desktop_init_launcher)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_OPENER, bare_desktop_init_opener))

static void
bare_desktop_class_init (BareDesktopClass *klass)
{
}

static void
bare_desktop_init (BareDesktop *self)
{
}

/* ---- the engine ---- */

static BkBackend *
make_backend (gpointer user_data)
{
  EngineWorld *world = user_data;

  if (world->make_backend != NULL)
    return world->make_backend (world->make_backend_data);

  HandBackend *backend = g_object_new (HAND_TYPE_BACKEND, NULL);
  g_ptr_array_add (world->backends, g_object_ref (backend));
  return BK_BACKEND (backend);
}

/* Who waits for an answer holds on to the engine: a real network answers when it is told to stop. */
static void
forget_backends (EngineWorld *world)
{
  for (guint i = 0; i < world->backends->len; i++)
    {
      g_ptr_array_set_size (HAND_BACKEND (world->backends->pdata[i])->requests, 0);
      g_ptr_array_set_size (HAND_BACKEND (world->backends->pdata[i])->marks, 0);
    }
  g_ptr_array_set_size (world->backends, 0);
  bk_test_drain ();
}

EngineWorld *
engine_world_new (void)
{
  EngineWorld *world = g_new0 (EngineWorld, 1);

  world->dir = bk_test_dir_new ();
  world->clock = bk_fake_clock_new ();
  world->seat = fake_seat_new ();
  world->secrets = g_object_new (MEMORY_TYPE_SECRETS, NULL);
  world->secret_table = MEMORY_SECRETS (world->secrets)->table;
  world->secrets_locked = &MEMORY_SECRETS (world->secrets)->locked;
  world->backends = g_ptr_array_new_with_free_func (g_object_unref);
  return world;
}

void
engine_world_make (EngineWorld *world)
{
  g_autoptr (BareDesktop) desktop = g_object_new (BARE_TYPE_DESKTOP, NULL);
  g_autofree char *data = g_build_filename (world->dir, "data", "beckon", NULL);
  g_autofree char *peers = g_build_filename (world->dir, "peers", NULL);
  BkEngineConfig config = {
    .clock = BK_CLOCK (world->clock),
    .secrets = BK_SECRETS (world->secrets),
    .launcher = BK_LAUNCHER (desktop),
    .opener = BK_OPENER (desktop),
    .seat = BK_SEAT (world->seat),
    .channels = world->channels,
    .make_backend = make_backend,
    .make_backend_data = world,
    .data_dir = data,
    .user_peers_dir = peers,
  };

  g_assert_null (world->engine);
  g_ptr_array_set_size (world->backends, 0);
  world->engine = bk_engine_new (&config);
}

void
engine_world_open (EngineWorld *world)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  engine_world_make (world);
  bk_engine_open_async (world->engine, NULL, bk_test_store_result, &result);
  bk_engine_open_finish (world->engine, bk_test_await (&result), &error);
  g_assert_no_error (error);
}

void
engine_world_begin_close (EngineWorld *world)
{
  bk_engine_close_async (world->engine, bk_test_store_result, &world->closing);
}

void
engine_world_end_close (EngineWorld *world)
{
  g_autoptr (GError) error = NULL;

  bk_engine_close_finish (world->engine, bk_test_await (&world->closing), &error);
  g_assert_no_error (error);
  g_clear_object (&world->closing);
  forget_backends (world);
  g_assert_finalize_object (g_steal_pointer (&world->engine));
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

void
engine_world_close (EngineWorld *world)
{
  engine_world_begin_close (world);
  engine_world_end_close (world);
}

void
engine_world_crash (EngineWorld *world)
{
  g_clear_object (&world->engine);
  forget_backends (world);
}

void
engine_world_free (EngineWorld *world)
{
  if (world->engine != NULL)
    engine_world_close (world);
  g_ptr_array_unref (world->backends);
  g_assert_finalize_object (world->secrets);
  g_assert_finalize_object (world->clock);
  g_assert_finalize_object (world->seat);
  bk_test_dir_remove (world->dir);
  g_free (world);
}

HandBackend *
engine_world_backend (EngineWorld *world, guint index)
{
  bk_test_wait_for_count (&world->backends->len, index + 1);
  return g_ptr_array_index (world->backends, index);
}

void
engine_world_wait_sign_in (HandBackend *backend, guint count)
{
  bk_test_wait_for_count (&backend->n_sign_ins, count);
}

BkEngineAccount *
engine_world_add_alice (EngineWorld *world, HandBackend **backend)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BkEngineNewAccount fields = { .sign_in_name = "Alice@Example.org", .password = "sesame-open" };

  bk_engine_add_account_async (world->engine, &fields, NULL, bk_test_store_result, &result);
  *backend = engine_world_backend (world, 0);
  engine_world_wait_sign_in (*backend, 1);
  hand_backend_go_online (*backend);
  g_autoptr (BkEngineAccount) account =
    bk_engine_add_account_finish (world->engine, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return account; /* the engine keeps it */
}

BkEngineAccount *
engine_world_reopen (EngineWorld *world, HandBackend **backend)
{
  engine_world_open (world);
  *backend = engine_world_backend (world, 0);
  engine_world_wait_sign_in (*backend, 1);
  hand_backend_go_online (*backend);
  return bk_engine_get_primary_account (world->engine);
}

typedef struct
{
  BkEngineAccount *account;
  BkBackendState state;
} Wanted;

static gboolean
has_state (gpointer data)
{
  Wanted *wanted = data;

  return bk_engine_account_get_state (wanted->account) == wanted->state;
}

void
engine_world_wait_state (BkEngineAccount *account, BkBackendState state)
{
  Wanted wanted = { account, state };

  bk_test_wait_until (has_state, &wanted);
}

/* Jobs come back in order: when a later one is back, all are. */
void
engine_world_settle (EngineWorld *world, BkEngineAccount *account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BkEngineConversation *anybody = bk_engine_account_get_conversation (account, "nobody@example.org", &error);

  g_assert_no_error (error);
  bk_test_drain ();
  bk_engine_conversation_list_async (anybody, 0, 1, NULL, bk_test_store_result, &result);
  g_autoptr (GPtrArray) messages =
    bk_engine_conversation_list_finish (anybody, bk_test_await (&result), &error);
  g_assert_no_error (error);
  bk_test_drain ();
}
