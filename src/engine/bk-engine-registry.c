/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-application-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bk-ids.h"
#include "bk-programs-watch.h"

struct _BkEngineRegistry
{
  GObject parent_instance;

  GPtrArray *folders;      /* element-type BkPeersFolder, owned; the user's own first */
  BkPeerDirectory *directory; /* nullable */
  BkHostFiles *host_files; /* nullable */
  GPtrArray *hosted;       /* element-type BkEngineApplication, owned: what these are */
  GPtrArray *described;    /* element-type BkEngineApplication, owned: what the directory's programs are */
  GPtrArray *applications; /* element-type BkEngineApplication, owned; by name */
  GHashTable *by_guid;     /* char * guid, borrowed → BkEngineApplication, borrowed: those in use */
  GStrv warnings;
  BkProgramsWatch *programs;
  GHashTable *present; /* BkEngineApplication, borrowed: those whose program was there when they were listed last */
};

enum
{
  SIGNAL_REGISTERED,
  SIGNAL_UNREGISTERED,
  SIGNAL_WARNINGS_CHANGED,
  SIGNAL_PROGRAM_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GType
registry_get_item_type (GListModel *model)
{
  return BK_TYPE_ENGINE_APPLICATION;
}

static guint
registry_get_n_items (GListModel *model)
{
  return BK_ENGINE_REGISTRY (model)->applications->len;
}

static gpointer
registry_get_item (GListModel *model, guint position)
{
  GPtrArray *applications = BK_ENGINE_REGISTRY (model)->applications;

  return position < applications->len ? g_object_ref (g_ptr_array_index (applications, position)) : NULL;
}

static void
registry_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = registry_get_item_type;
  iface->get_n_items = registry_get_n_items;
  iface->get_item = registry_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BkEngineRegistry, bk_engine_registry, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, registry_list_model_init))

/* ---- what the folders add up to ---- */

static char *
name_source (BkEngineApplication *application)
{
  if (bk_engine_application_get_source (application) == BK_APPLICATION_BUS)
    return g_strdup (bk_engine_application_get_bus_name (application));
  return g_filename_display_name (bk_engine_application_get_path (application));
}

static char *
warn_of_double (BkEngineApplication *application, BkEngineApplication *first)
{
  gboolean program = bk_engine_application_get_source (application) == BK_APPLICATION_BUS;
  g_autofree char *shown = name_source (application);
  g_autofree char *winner = name_source (first);

  return g_strdup_printf (program ? _("The program %s is ignored: %s registers the same application.")
                                  : _("The registration file %s is ignored: %s registers the same application."),
                          shown, winner);
}

/* What is being put together anew. */
typedef struct
{
  GPtrArray *all;
  GHashTable *by_guid;
  GPtrArray *warnings;
} Collection;

/* A program whose own file won is no surprise, and neither is one that is in our sandbox and outside as well. */
static gboolean
is_surprise (BkEngineApplication *application, BkEngineApplication *first)
{
  BkApplicationSource source = bk_engine_application_get_source (application);

  if (source == BK_APPLICATION_HOST)
    return bk_engine_application_get_source (first) == BK_APPLICATION_HOST;
  return source != BK_APPLICATION_BUS
         || g_strcmp0 (bk_engine_application_get_bus_name (first), bk_engine_application_get_bus_name (application)) != 0;
}

/* One entry per GUID: the first wins. */
static void
collect_one (Collection *collection, BkEngineApplication *application)
{
  const char *guid = bk_engine_application_get_guid (application);
  BkEngineApplication *first = g_hash_table_lookup (collection->by_guid, guid);

  if (first == NULL)
    {
      g_hash_table_insert (collection->by_guid, (char *) guid, application);
      g_ptr_array_add (collection->all, g_object_ref (application));
    }
  else if (is_surprise (application, first))
    g_ptr_array_add (collection->warnings, warn_of_double (application, first));
}

static void
collect_folder (Collection *collection, BkPeersFolder *folder)
{
  g_autoptr (GPtrArray) applications = bk_peers_folder_get_applications (folder);

  bk_peers_folder_add_warnings (folder, collection->warnings);
  for (guint i = 0; i < applications->len; i++)
    collect_one (collection, g_ptr_array_index (applications, i));
}

static void
collect_host (BkEngineRegistry *self, Collection *collection)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->hosted);

  self->hosted = _bk_host_applications_read (self->host_files, old, collection->warnings);
  for (guint i = 0; i < self->hosted->len; i++)
    collect_one (collection, g_ptr_array_index (self->hosted, i));
}

static BkEngineApplication *
find_same (GPtrArray *applications, BkEngineApplication *application)
{
  for (guint i = 0; i < applications->len; i++)
    if (bk_engine_application_is_same (g_ptr_array_index (applications, i), application))
      return g_object_ref (g_ptr_array_index (applications, i));
  return g_object_ref (application);
}

/* A program that says what it has always said keeps its object. */
static void
collect_directory (BkEngineRegistry *self, Collection *collection)
{
  g_autoptr (GPtrArray) descriptions = bk_peer_directory_list (self->directory);
  g_autoptr (GPtrArray) described = g_ptr_array_new_with_free_func (g_object_unref);
  char *about_all = bk_peer_directory_get_warning (self->directory);

  if (about_all != NULL)
    g_ptr_array_add (collection->warnings, about_all);
  for (guint i = 0; i < descriptions->len; i++)
    {
      const BkPeerDescription *description = g_ptr_array_index (descriptions, i);
      const char *problem = description->problem;
      g_autoptr (GError) error = NULL;
      g_autoptr (BkEngineApplication) application = NULL;

      if (problem == NULL)
        application = bk_engine_application_new_described (description, &error);
      if (application == NULL)
        g_ptr_array_add (collection->warnings,
                         g_strdup_printf (_("The program %s is ignored: %s"), description->bus_name,
                                          problem != NULL ? problem : error->message));
      else
        g_ptr_array_add (described, find_same (self->described, application));
    }
  g_ptr_array_unref (self->described);
  self->described = g_steal_pointer (&described);
  for (guint i = 0; i < self->described->len; i++)
    collect_one (collection, g_ptr_array_index (self->described, i));
}

static GPtrArray *
collect (BkEngineRegistry *self, GHashTable *by_guid, GPtrArray *warnings)
{
  Collection collection = { g_ptr_array_new_with_free_func (g_object_unref), by_guid, warnings };

  for (guint i = 0; i < self->folders->len; i++)
    collect_folder (&collection, g_ptr_array_index (self->folders, i));
  if (self->host_files != NULL)
    collect_host (self, &collection);
  if (self->directory != NULL)
    collect_directory (self, &collection);
  g_ptr_array_sort (collection.all, _bk_engine_application_compare);
  return collection.all;
}

/* Broken files were logged when they were read; what only shows when everything is put together is logged here. */
static gboolean
take_warnings (BkEngineRegistry *self, GPtrArray *warnings)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GStrv old = self->warnings;

  for (guint i = 0; i < warnings->len; i++)
    {
      const char *warning = g_ptr_array_index (warnings, i);
      g_strv_builder_add (builder, warning);
      if ((g_str_has_suffix (warning, "registers the same application.") || g_str_has_prefix (warning, "The program "))
          && (old == NULL || !g_strv_contains ((const char *const *) old, warning)))
        g_warning ("%s", warning);
    }
  self->warnings = g_strv_builder_end (builder);
  gboolean changed = old == NULL ? warnings->len > 0 :
                                   !g_strv_equal ((const char *const *) old, (const char *const *) self->warnings);
  g_strfreev (old);
  return changed;
}

/* Tells of the smallest stretch that covers all that changed. */
static void
emit_items_changed (BkEngineRegistry *self, GPtrArray *old)
{
  GPtrArray *now = self->applications;
  guint start = 0, end = 0;

  while (start < old->len && start < now->len && old->pdata[start] == now->pdata[start])
    start++;
  while (end < old->len - start && end < now->len - start
         && old->pdata[old->len - 1 - end] == now->pdata[now->len - 1 - end])
    end++;
  if (old->len - start - end > 0 || now->len - start - end > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), start, old->len - start - end, now->len - start - end);
}

/* Those of @some that are not the same object in @others. */
static void
emit_missing (BkEngineRegistry *self, guint signal, GPtrArray *some, GPtrArray *others)
{
  for (guint i = 0; i < some->len; i++)
    if (!g_ptr_array_find (others, some->pdata[i], NULL))
      g_signal_emit (self, signals[signal], 0, bk_engine_application_get_guid (some->pdata[i]));
}

/* ---- their programs, which come and go by themselves ---- */

static void
note_presence (BkEngineRegistry *self, BkEngineApplication *application)
{
  if (bk_engine_application_is_present (application, NULL))
    g_hash_table_add (self->present, application);
  else
    g_hash_table_remove (self->present, application);
}

/* Watches first and looks then: nothing is missed in between. */
static void
watch_programs (BkEngineRegistry *self)
{
  g_autoptr (GPtrArray) programs = g_ptr_array_new ();

  for (guint i = 0; i < self->applications->len; i++)
    {
      g_autoptr (GPtrArray) needed = _bk_engine_application_list_programs (g_ptr_array_index (self->applications, i));

      g_ptr_array_extend (programs, needed, NULL, NULL);
    }
  bk_programs_watch_set (self->programs, programs);
  g_hash_table_remove_all (self->present);
  for (guint i = 0; i < self->applications->len; i++)
    note_presence (self, g_ptr_array_index (self->applications, i));
}

/* Lists @application anew. */
static void
list_anew (BkEngineRegistry *self, BkEngineApplication *application)
{
  guint position;

  if (!g_ptr_array_find (self->applications, application, &position))
    return;
  note_presence (self, application);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);
}

/* Whether a program of @application has that file name; NULL: any. */
static gboolean
is_called (BkEngineApplication *application, const char *name)
{
  g_autoptr (GPtrArray) programs = _bk_engine_application_list_programs (application);

  for (guint i = 0; i < programs->len; i++)
    {
      g_autofree char *base = g_path_get_basename (programs->pdata[i]);

      if (name == NULL || g_str_equal (base, name))
        return TRUE;
    }
  return FALSE;
}

static void
on_program_changed (BkProgramsWatch *programs, const char *name, BkEngineRegistry *self)
{
  g_autoptr (BkEngineRegistry) alive = g_object_ref (self);
  g_autoptr (GPtrArray) all = g_ptr_array_ref (self->applications); /* a handler may register something */

  for (guint i = 0; i < all->len; i++)
    {
      BkEngineApplication *application = g_ptr_array_index (all, i);

      if (!is_called (application, name)
          || bk_engine_application_is_present (application, NULL) == g_hash_table_contains (self->present, application))
        continue;
      list_anew (self, application);
      g_signal_emit (self, signals[SIGNAL_PROGRAM_CHANGED], 0, bk_engine_application_get_guid (application));
    }
}

/* Those of @now that were there before, when their program was there and is not any more, or the other way round. */
static GPtrArray *
list_moved (BkEngineRegistry *self, GPtrArray *old, GPtrArray *now)
{
  GPtrArray *moved = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < now->len; i++)
    {
      BkEngineApplication *application = g_ptr_array_index (now, i);

      if (g_ptr_array_find (old, application, NULL)
          && bk_engine_application_is_present (application, NULL) != g_hash_table_contains (self->present, application))
        g_ptr_array_add (moved, g_object_ref (application));
    }
  return moved;
}

static void
rebuild (BkEngineRegistry *self)
{
  g_autoptr (BkEngineRegistry) alive = g_object_ref (self);
  g_autoptr (GHashTable) by_guid = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->applications);
  g_autoptr (GPtrArray) now = collect (self, by_guid, warnings);

  g_autoptr (GPtrArray) moved = list_moved (self, old, now);
  self->applications = g_ptr_array_ref (now);
  g_hash_table_unref (self->by_guid);
  self->by_guid = g_steal_pointer (&by_guid);
  watch_programs (self);
  gboolean warned = take_warnings (self, warnings);
  emit_items_changed (self, old);
  /* A handler may register something: then these two are of yesterday, but still what the handlers were not told. */
  emit_missing (self, SIGNAL_UNREGISTERED, old, now);
  emit_missing (self, SIGNAL_REGISTERED, now, old);
  for (guint i = 0; i < moved->len; i++)
    {
      list_anew (self, g_ptr_array_index (moved, i));
      g_signal_emit (self, signals[SIGNAL_PROGRAM_CHANGED], 0, bk_engine_application_get_guid (moved->pdata[i]));
    }
  if (warned)
    g_signal_emit (self, signals[SIGNAL_WARNINGS_CHANGED], 0);
}

/* ---- object ---- */

static void
bk_engine_registry_dispose (GObject *object)
{
  BkEngineRegistry *self = BK_ENGINE_REGISTRY (object);

  g_ptr_array_set_size (self->folders, 0);
  g_clear_object (&self->directory);
  g_clear_object (&self->host_files);
  g_clear_object (&self->programs);
  G_OBJECT_CLASS (bk_engine_registry_parent_class)->dispose (object);
}

static void
bk_engine_registry_finalize (GObject *object)
{
  BkEngineRegistry *self = BK_ENGINE_REGISTRY (object);

  g_hash_table_unref (self->by_guid);
  g_hash_table_unref (self->present);
  g_ptr_array_unref (self->applications);
  g_ptr_array_unref (self->folders);
  g_ptr_array_unref (self->described);
  g_ptr_array_unref (self->hosted);
  g_strfreev (self->warnings);
  G_OBJECT_CLASS (bk_engine_registry_parent_class)->finalize (object);
}

static void
bk_engine_registry_class_init (BkEngineRegistryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bk_engine_registry_dispose;
  object_class->finalize = bk_engine_registry_finalize;
  signals[SIGNAL_REGISTERED] = g_signal_new ("registered", BK_TYPE_ENGINE_REGISTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                             NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_UNREGISTERED] = g_signal_new ("unregistered", BK_TYPE_ENGINE_REGISTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_WARNINGS_CHANGED] = g_signal_new ("warnings-changed", BK_TYPE_ENGINE_REGISTRY, G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PROGRAM_CHANGED] = g_signal_new ("program-changed", BK_TYPE_ENGINE_REGISTRY, G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bk_engine_registry_init (BkEngineRegistry *self)
{
  self->folders = g_ptr_array_new_with_free_func (g_object_unref);
  self->described = g_ptr_array_new_with_free_func (g_object_unref);
  self->hosted = g_ptr_array_new_with_free_func (g_object_unref);
  self->applications = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_guid = g_hash_table_new (g_str_hash, g_str_equal);
  self->present = g_hash_table_new (NULL, NULL);
  self->programs = bk_programs_watch_new ();
  g_signal_connect_object (self->programs, "changed", G_CALLBACK (on_program_changed), self, 0);
}

static void
add_folder (BkEngineRegistry *self, const char *path, gboolean user)
{
  BkPeersFolder *folder = bk_peers_folder_new (path, user);

  g_signal_connect_object (folder, "changed", G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->folders, folder);
}

/* @system_dirs nullable. */
BkEngineRegistry *
bk_engine_registry_new (const char *user_dir, const char *const *system_dirs, BkPeerDirectory *directory)
{
  BkEngineRegistry *self = g_object_new (BK_TYPE_ENGINE_REGISTRY, NULL);

  add_folder (self, user_dir, TRUE);
  for (guint i = 0; system_dirs != NULL && system_dirs[i] != NULL; i++)
    add_folder (self, system_dirs[i], FALSE);
  if (g_set_object (&self->directory, directory))
    g_signal_connect_object (directory, "changed", G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
  rebuild (self);
  return self;
}

void
bk_engine_registry_set_host_files (BkEngineRegistry *self, BkHostFiles *files)
{
  if (!g_set_object (&self->host_files, files))
    return;
  g_signal_connect_object (files, "changed", G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
  rebuild (self);
}

/* @guid in any case, with or without braces. */
BkEngineApplication *
bk_engine_registry_find (BkEngineRegistry *self, const char *guid)
{
  g_autofree char *normal = bk_guid_normalize (guid);

  return normal != NULL ? g_hash_table_lookup (self->by_guid, normal) : NULL;
}

/* Not every change is seen, say behind a symbolic link. Whoever finds a program gone says so: lists tell it anew. */
void
bk_engine_registry_refresh (BkEngineRegistry *self, const char *guid)
{
  BkEngineApplication *application = bk_engine_registry_find (self, guid);

  if (self->directory != NULL)
    bk_peer_directory_refresh (self->directory);
  if (application != NULL)
    list_anew (self, application);
}

BkPeersFolder *
_bk_engine_registry_get_user_folder (BkEngineRegistry *self)
{
  return g_ptr_array_index (self->folders, 0);
}

const char *const *
bk_engine_registry_get_warnings (BkEngineRegistry *self)
{
  return (const char *const *) self->warnings;
}
