/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-object-list-private.h"

#include "beckon-error.h"

typedef struct
{
  GObject *object;    /* NULL while it is being made */
  GPtrArray *waiting; /* element-type GTask */
  guint64 load;       /* the attempt to make the object; an older one, of the same path before, does not count */
  gboolean failed;    /* gone before it could be read */
  gboolean listed;    /* is or was among the paths */
} Entry;

struct _BeckonObjectList
{
  GObject parent_instance;

  GDBusConnection *connection;
  BeckonObjectLoad load;
  BeckonObjectLoadFinish load_finish;
  GPtrArray *paths;    /* element-type utf8: the truth */
  GHashTable *entries; /* path → Entry */
  GListStore *store;
  GTask *resetting; /* nullable */
  guint64 n_loads;
  gboolean followed; /* the paths are known; before, a change tells nothing that the list will not */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (BeckonObjectList, beckon_object_list, G_TYPE_OBJECT)

typedef struct
{
  BeckonObjectList *list;
  char *path;
  guint64 load;
} Loading;

static void
entry_free (Entry *entry)
{
  for (guint i = 0; i < entry->waiting->len; i++)
    g_task_return_new_error (g_ptr_array_index (entry->waiting, i), BECKON_ERROR, BECKON_ERROR_NOT_FOUND,
                             "The object is gone");
  g_ptr_array_unref (entry->waiting);
  g_clear_object (&entry->object);
  g_free (entry);
}

/* Makes the store show the objects of `paths` that are there, with one change in the middle at most. */
static void
sync_store (BeckonObjectList *self)
{
  g_autoptr (GPtrArray) wanted = g_ptr_array_new ();
  GListModel *model = G_LIST_MODEL (self->store);
  guint n_old = g_list_model_get_n_items (model);
  guint start = 0;
  guint end = 0;

  for (guint i = 0; i < self->paths->len; i++)
    {
      Entry *entry = g_hash_table_lookup (self->entries, g_ptr_array_index (self->paths, i));
      if (entry != NULL && entry->object != NULL)
        g_ptr_array_add (wanted, entry->object);
    }

  for (; start < n_old && start < wanted->len; start++)
    {
      g_autoptr (GObject) old = g_list_model_get_item (model, start);
      if (old != wanted->pdata[start])
        break;
    }
  for (; end < n_old - start && end < wanted->len - start; end++)
    {
      g_autoptr (GObject) old = g_list_model_get_item (model, n_old - 1 - end);
      if (old != wanted->pdata[wanted->len - 1 - end])
        break;
    }
  if (n_old != start + end || wanted->len != start + end)
    g_list_store_splice (self->store, start, n_old - start - end, wanted->pdata + start, wanted->len - start - end);
}

static gboolean
is_listed (BeckonObjectList *self, const char *path)
{
  return g_ptr_array_find_with_equal_func (self->paths, path, g_str_equal, NULL);
}

static void
check_reset (BeckonObjectList *self)
{
  if (self->resetting == NULL)
    return;
  for (guint i = 0; i < self->paths->len; i++)
    {
      Entry *entry = g_hash_table_lookup (self->entries, g_ptr_array_index (self->paths, i));
      if (entry->object == NULL && !entry->failed)
        return;
    }

  g_autoptr (GTask) task = g_steal_pointer (&self->resetting);
  g_task_return_boolean (task, TRUE);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Loading *loading = user_data;
  g_autoptr (BeckonObjectList) self = loading->list;
  g_autofree char *path = loading->path;
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) object = self->load_finish (result, &error);

  guint64 load = loading->load;
  g_free (loading);
  Entry *entry = g_hash_table_lookup (self->entries, path);
  if (entry == NULL || entry->load != load || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* From sync_store () on, the program may do anything, also drop the list: nothing of the entry is used any more. */
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&entry->waiting);
  entry->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  entry->failed = object == NULL;
  g_set_object (&entry->object, object);
  if (object == NULL && !is_listed (self, path))
    g_hash_table_remove (self->entries, path);
  sync_store (self);
  for (guint i = 0; i < waiting->len; i++)
    if (object != NULL)
      g_task_return_pointer (waiting->pdata[i], g_object_ref (object), g_object_unref);
    else
      g_task_return_error (waiting->pdata[i], g_error_copy (error));
  check_reset (self);
}

static void
start_load (BeckonObjectList *self, const char *path, Entry *entry)
{
  Loading *loading = g_new0 (Loading, 1);

  entry->failed = FALSE;
  entry->load = ++self->n_loads;
  loading->list = g_object_ref (self);
  loading->path = g_strdup (path);
  loading->load = entry->load;
  self->load (self->connection, path, self->cancellable, on_loaded, loading);
}

static Entry *
ensure_entry (BeckonObjectList *self, const char *path)
{
  Entry *entry = g_hash_table_lookup (self->entries, path);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->waiting = g_ptr_array_new_with_free_func (g_object_unref);
      g_hash_table_insert (self->entries, g_strdup (path), entry);
      start_load (self, path, entry);
    }
  return entry;
}

/* Forgets objects whose path left the list. One that somebody waits for, and that is not in the list yet, stays. */
static void
drop_entries (BeckonObjectList *self)
{
  g_autoptr (GPtrArray) dropped = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  GHashTableIter iter;
  gpointer path;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &path, &value))
    {
      Entry *entry = value;

      if (is_listed (self, path) || (!entry->listed && entry->waiting->len > 0))
        continue;
      g_ptr_array_add (dropped, entry);
      g_hash_table_iter_steal (&iter);
      g_free (path);
    }
  /* Who waited hears of it when they go out of scope: the program may ask for more in that moment. */
  sync_store (self);
}

static void
splice_paths (BeckonObjectList *self, guint position, guint removed, GVariant *added)
{
  GVariantIter iter;
  const char *path;

  if (position > self->paths->len || removed > self->paths->len - position)
    {
      g_warning ("The session service described a change that does not fit");
      return;
    }
  if (removed > 0)
    g_ptr_array_remove_range (self->paths, position, removed);
  g_variant_iter_init (&iter, added);
  while (g_variant_iter_next (&iter, "&o", &path))
    {
      g_ptr_array_insert (self->paths, (int) position++, g_strdup (path));
      ensure_entry (self, path)->listed = TRUE;
    }
  drop_entries (self);
}

/* Drops all objects and whoever waits for one. */
static void
clear (BeckonObjectList *self)
{
  g_autoptr (GTask) resetting = g_steal_pointer (&self->resetting);

  self->followed = FALSE;
  g_ptr_array_set_size (self->paths, 0);
  g_hash_table_remove_all (self->entries);
  if (resetting != NULL)
    g_task_return_new_error (resetting, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "The session service went away");
}

void
beckon_object_list_reset (BeckonObjectList *self, GVariant *paths, GTask *task)
{
  clear (self);
  self->resetting = task;
  self->followed = TRUE;
  splice_paths (self, 0, 0, paths);
  check_reset (self);
}

void
beckon_object_list_forget (BeckonObjectList *self)
{
  clear (self);
  sync_store (self);
}

void
beckon_object_list_apply (BeckonObjectList *self, GVariant *change)
{
  g_autoptr (GVariant) added = NULL;
  guint position;
  guint removed;

  if (!self->followed || !g_variant_is_of_type (change, G_VARIANT_TYPE ("(uuao)")))
    return;
  g_variant_get (change, "(uu@ao)", &position, &removed, &added);
  splice_paths (self, position, removed, added);
}

void
beckon_object_list_get (BeckonObjectList *self, const char *path, GTask *task)
{
  Entry *entry = ensure_entry (self, path);

  if (entry->object != NULL)
    {
      g_task_return_pointer (task, g_object_ref (entry->object), g_object_unref);
      g_object_unref (task);
    }
  else
    {
      g_ptr_array_add (entry->waiting, task);
      if (entry->failed)
        start_load (self, path, entry);
    }
}

GListModel *
beckon_object_list_get_model (BeckonObjectList *self)
{
  return G_LIST_MODEL (self->store);
}

BeckonObjectList *
beckon_object_list_new (GDBusConnection *connection, GType item_type, BeckonObjectLoad load,
                        BeckonObjectLoadFinish load_finish)
{
  BeckonObjectList *self = g_object_new (BECKON_TYPE_OBJECT_LIST, NULL);

  self->connection = g_object_ref (connection);
  self->load = load;
  self->load_finish = load_finish;
  self->store = g_list_store_new (item_type);
  return self;
}

static void
beckon_object_list_dispose (GObject *object)
{
  BeckonObjectList *self = BECKON_OBJECT_LIST (object);

  g_cancellable_cancel (self->cancellable);
  clear (self);
  G_OBJECT_CLASS (beckon_object_list_parent_class)->dispose (object);
}

static void
beckon_object_list_finalize (GObject *object)
{
  BeckonObjectList *self = BECKON_OBJECT_LIST (object);

  g_object_unref (self->connection);
  g_ptr_array_unref (self->paths);
  g_hash_table_unref (self->entries);
  g_object_unref (self->store);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (beckon_object_list_parent_class)->finalize (object);
}

static void
beckon_object_list_class_init (BeckonObjectListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = beckon_object_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = beckon_object_list_finalize;
}

static void
beckon_object_list_init (BeckonObjectList *self)
{
  self->paths = g_ptr_array_new_with_free_func (g_free);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) entry_free);
  self->cancellable = g_cancellable_new ();
}
