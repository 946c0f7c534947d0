/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-locks.h"

#include "bk-service-values.h"

#define LOCK_INTERFACE "im.beckon.Lock1"

typedef struct
{
  BkServiceLocks *locks; /* borrowed: it owns this */
  char *name;
  BkServiceLockObject object;
  BkEngineLock *lock; /* owned */
  BeckonLockStatus status; /* as it was told last */
} Entry;

struct _BkServiceLocks
{
  GObject parent_instance;

  BkServiceDoor *door;
  GListModel *accounts; /* element-type BkEngineAccount; nullable */
  GHashTable *callers;  /* unique name → GPtrArray of Entry */
};

enum
{
  MOVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkServiceLocks, bk_service_locks, G_TYPE_OBJECT)

static void
entry_free (Entry *entry)
{
  g_signal_handlers_disconnect_by_data (entry->lock, entry);
  bk_engine_lock_close (entry->lock);
  g_object_unref (entry->lock);
  g_free (entry->name);
  g_free (entry);
}

/* ---- what is told ---- */

static void
tell (const Entry *entry, const char *signal, GVariant *parameters)
{
  static const char *const paths[BK_SERVICE_N_LOCK_OBJECTS] = { BK_SERVICE_PATH, BK_SERVICE_PATH_PRIVATE };

  bk_service_door_emit (entry->locks->door, entry->name, paths[entry->object], LOCK_INTERFACE, signal, parameters);
}

static GVariant *
account_name (const Entry *entry)
{
  return bk_service_text (bk_engine_account_get_sign_in_name (bk_engine_lock_get_account (entry->lock)));
}

static void
tell_status (const Entry *entry)
{
  tell (entry, "LockStatusChanged", g_variant_new ("(u@s)", (guint32) entry->status, account_name (entry)));
}

static void
tell_enable (const Entry *entry, gboolean enabled)
{
  tell (entry, "LockEnable", g_variant_new ("(b@s)", enabled, account_name (entry)));
}

/* What the caller would have heard if it had been there. */
static void
tell_all (const Entry *entry)
{
  if (entry->status != BECKON_LOCK_STATUS_NOT_INITIALIZED)
    tell_enable (entry, entry->status != BECKON_LOCK_STATUS_DISABLED);
  tell_status (entry);
}

static void
on_enable (BkEngineLock *lock, gboolean enabled, Entry *entry)
{
  tell_enable (entry, enabled);
}

static void
on_challenge (BkEngineLock *lock, int cookie, const char *challenge, Entry *entry)
{
  tell (entry, "LockChallenge",
        g_variant_new ("(i@s@s)", (gint32) cookie, bk_service_text (challenge), account_name (entry)));
}

static void
on_result (BkEngineLock *lock, int cookie, gboolean succeeded, Entry *entry)
{
  tell (entry, "LockResult", g_variant_new ("(ib@s)", (gint32) cookie, succeeded, account_name (entry)));
}

static void
on_status_changed (BkEngineLock *lock, BeckonLockStatus status, Entry *entry)
{
  g_autofree char *name = g_strdup (entry->name);
  BeckonLockStatus previous = entry->status;

  entry->status = status;
  tell_status (entry);
  g_signal_emit (entry->locks, signals[MOVED], 0, name, (guint) entry->object, bk_engine_lock_get_account (lock),
                 (guint) previous);
}

/* ---- which locks there are ---- */

static Entry *
find_entry (GPtrArray *entries, BkServiceLockObject object, BkEngineAccount *account)
{
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);

      if (entry->object == object && bk_engine_lock_get_account (entry->lock) == account)
        return entry;
    }
  return NULL;
}

static void
add_entry (BkServiceLocks *self, GPtrArray *entries, const char *name, BkServiceLockObject object,
           BkEngineAccount *account)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->locks = self;
  entry->name = g_strdup (name);
  entry->object = object;
  entry->lock = bk_engine_lock_new (account);
  entry->status = bk_engine_lock_get_status (entry->lock);
  g_signal_connect (entry->lock, "enable", G_CALLBACK (on_enable), entry);
  g_signal_connect (entry->lock, "challenge", G_CALLBACK (on_challenge), entry);
  g_signal_connect (entry->lock, "result", G_CALLBACK (on_result), entry);
  g_signal_connect (entry->lock, "status-changed", G_CALLBACK (on_status_changed), entry);
  g_ptr_array_add (entries, entry);
}

/* Adds the locks of accounts that @name has none for yet, and tells it how these stand. */
static void
fill (BkServiceLocks *self, const char *name, GPtrArray *entries)
{
  for (guint i = 0; self->accounts != NULL && i < g_list_model_get_n_items (self->accounts); i++)
    {
      g_autoptr (BkEngineAccount) account = g_list_model_get_item (self->accounts, i);

      for (guint object = 0; object < BK_SERVICE_N_LOCK_OBJECTS; object++)
        if (find_entry (entries, (BkServiceLockObject) object, account) == NULL)
          {
            add_entry (self, entries, name, (BkServiceLockObject) object, account);
            tell_all (g_ptr_array_index (entries, entries->len - 1));
          }
    }
}

static gboolean
is_known (BkServiceLocks *self, BkEngineAccount *account)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->accounts); i++)
    {
      g_autoptr (BkEngineAccount) known = g_list_model_get_item (self->accounts, i);

      if (known == account)
        return TRUE;
    }
  return FALSE;
}

static void
on_accounts_changed (GListModel *accounts, guint position, guint removed, guint added, BkServiceLocks *self)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      GPtrArray *entries = value;

      for (guint i = entries->len; i-- > 0;)
        if (!is_known (self, bk_engine_lock_get_account (((Entry *) g_ptr_array_index (entries, i))->lock)))
          g_ptr_array_remove_index (entries, i);
      fill (self, name, entries);
    }
}

void
bk_service_locks_follow (BkServiceLocks *self, GListModel *accounts)
{
  self->accounts = g_object_ref (accounts);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (on_accounts_changed), self, 0);
}

void
bk_service_locks_unfollow (BkServiceLocks *self)
{
  if (self->accounts != NULL)
    g_signal_handlers_disconnect_by_data (self->accounts, self);
  g_clear_object (&self->accounts);
  g_hash_table_remove_all (self->callers);
}

void
bk_service_locks_welcome (BkServiceLocks *self, const char *name)
{
  GPtrArray *entries = g_hash_table_lookup (self->callers, name);

  if (entries == NULL)
    {
      entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
      g_hash_table_insert (self->callers, g_strdup (name), entries);
    }
  for (guint i = 0; i < entries->len; i++) /* it attaches again */
    tell_all (g_ptr_array_index (entries, i));
  fill (self, name, entries);
}

void
bk_service_locks_forget (BkServiceLocks *self, const char *name)
{
  g_hash_table_remove (self->callers, name);
}

/* ---- what is asked ---- */

BkEngineLock *
bk_service_locks_dup (BkServiceLocks *self, const char *name, BkServiceLockObject object, BkEngineAccount *account)
{
  Entry *entry = find_entry (g_hash_table_lookup (self->callers, name), object, account);

  return entry != NULL ? g_object_ref (entry->lock) : bk_engine_lock_new (account);
}

gboolean
bk_service_locks_check (BkServiceLocks *self, const char *name, BkServiceLockObject object, BkEngineAccount *account,
                        GError **error)
{
  if (account == NULL)
    return TRUE;

  g_autoptr (BkEngineLock) lock = bk_service_locks_dup (self, name, object, account);
  return bk_engine_lock_check (lock, error);
}

const char *
bk_service_locks_get_grant (BkServiceLocks *self, const char *name, BkEngineAccount *account)
{
  Entry *entry = find_entry (g_hash_table_lookup (self->callers, name), BK_SERVICE_LOCK_MANAGER, account);

  return entry != NULL ? bk_engine_lock_get_grant (entry->lock) : NULL;
}

/* ---- the object ---- */

static void
bk_service_locks_dispose (GObject *object)
{
  BkServiceLocks *self = BK_SERVICE_LOCKS (object);

  bk_service_locks_unfollow (self);
  g_clear_object (&self->door);
  G_OBJECT_CLASS (bk_service_locks_parent_class)->dispose (object);
}

static void
bk_service_locks_finalize (GObject *object)
{
  g_hash_table_unref (BK_SERVICE_LOCKS (object)->callers);
  G_OBJECT_CLASS (bk_service_locks_parent_class)->finalize (object);
}

static void
bk_service_locks_class_init (BkServiceLocksClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_service_locks_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_service_locks_finalize;

  signals[MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_UINT, BK_TYPE_ENGINE_ACCOUNT, G_TYPE_UINT);
}

static void
bk_service_locks_init (BkServiceLocks *self)
{
  self->callers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

BkServiceLocks *
bk_service_locks_new (BkServiceDoor *door)
{
  BkServiceLocks *self = g_object_new (BK_TYPE_SERVICE_LOCKS, NULL);

  self->door = g_object_ref (door);
  return self;
}
