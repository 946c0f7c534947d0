/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-application-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "bk-ids.h"
#include "bk-limits.h"

struct _BkEngineRegistry
{
  GObject parent_instance;

  GPtrArray *folders;      /* element-type BkPeersFolder, owned; the user's own first */
  GPtrArray *applications; /* element-type BkEngineApplication, owned; by name */
  GHashTable *by_guid;     /* char * guid, borrowed → BkEngineApplication, borrowed: those in use */
  GStrv warnings;
};

enum
{
  SIGNAL_REGISTERED,
  SIGNAL_UNREGISTERED,
  SIGNAL_WARNINGS_CHANGED,
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

static int
compare_applications (gconstpointer a, gconstpointer b)
{
  BkEngineApplication *first = *(BkEngineApplication *const *) a;
  BkEngineApplication *second = *(BkEngineApplication *const *) b;
  int order = g_utf8_collate (bk_engine_application_get_name (first), bk_engine_application_get_name (second));

  return order != 0 ? order
                    : strcmp (bk_engine_application_get_guid (first), bk_engine_application_get_guid (second));
}

static char *
warn_of_double (BkEngineApplication *application, BkEngineApplication *first)
{
  g_autofree char *shown = g_filename_display_name (bk_engine_application_get_path (application));
  g_autofree char *winner = g_filename_display_name (bk_engine_application_get_path (first));

  return g_strdup_printf ("The registration file %s was passed over: %s registers the same application.", shown,
                          winner);
}

/* One entry per GUID: the first folder wins. */
static GPtrArray *
collect (BkEngineRegistry *self, GHashTable *by_guid, GPtrArray *warnings)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->folders->len; i++)
    {
      BkPeersFolder *folder = g_ptr_array_index (self->folders, i);
      g_autoptr (GPtrArray) applications = bk_peers_folder_get_applications (folder);

      bk_peers_folder_add_warnings (folder, warnings);
      for (guint j = 0; j < applications->len; j++)
        {
          BkEngineApplication *application = g_ptr_array_index (applications, j);
          const char *guid = bk_engine_application_get_guid (application);
          BkEngineApplication *first = g_hash_table_lookup (by_guid, guid);

          if (first != NULL)
            {
              g_ptr_array_add (warnings, warn_of_double (application, first));
              continue;
            }
          g_hash_table_insert (by_guid, (char *) guid, application);
          g_ptr_array_add (all, g_object_ref (application));
        }
    }
  g_ptr_array_sort (all, compare_applications);
  return all;
}

/* Broken files were logged when they were read; what only shows when the folders are put together is logged here. */
static gboolean
take_warnings (BkEngineRegistry *self, GPtrArray *warnings)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GStrv old = self->warnings;

  for (guint i = 0; i < warnings->len; i++)
    {
      const char *warning = g_ptr_array_index (warnings, i);
      g_strv_builder_add (builder, warning);
      if (g_str_has_suffix (warning, "registers the same application.")
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

static void
rebuild (BkEngineRegistry *self)
{
  g_autoptr (BkEngineRegistry) alive = g_object_ref (self);
  g_autoptr (GHashTable) by_guid = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->applications);
  g_autoptr (GPtrArray) now = collect (self, by_guid, warnings);

  self->applications = g_ptr_array_ref (now);
  g_hash_table_unref (self->by_guid);
  self->by_guid = g_steal_pointer (&by_guid);
  gboolean warned = take_warnings (self, warnings);
  emit_items_changed (self, old);
  /* A handler may register something: then these two are of yesterday, but still what the handlers were not told. */
  emit_missing (self, SIGNAL_UNREGISTERED, old, now);
  emit_missing (self, SIGNAL_REGISTERED, now, old);
  if (warned)
    g_signal_emit (self, signals[SIGNAL_WARNINGS_CHANGED], 0);
}

/* ---- object ---- */

static void
bk_engine_registry_dispose (GObject *object)
{
  g_ptr_array_set_size (BK_ENGINE_REGISTRY (object)->folders, 0);
  G_OBJECT_CLASS (bk_engine_registry_parent_class)->dispose (object);
}

static void
bk_engine_registry_finalize (GObject *object)
{
  BkEngineRegistry *self = BK_ENGINE_REGISTRY (object);

  g_hash_table_unref (self->by_guid);
  g_ptr_array_unref (self->applications);
  g_ptr_array_unref (self->folders);
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
}

static void
bk_engine_registry_init (BkEngineRegistry *self)
{
  self->folders = g_ptr_array_new_with_free_func (g_object_unref);
  self->applications = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_guid = g_hash_table_new (g_str_hash, g_str_equal);
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
bk_engine_registry_new (const char *user_dir, const char *const *system_dirs)
{
  BkEngineRegistry *self = g_object_new (BK_TYPE_ENGINE_REGISTRY, NULL);

  add_folder (self, user_dir, TRUE);
  for (guint i = 0; system_dirs != NULL && system_dirs[i] != NULL; i++)
    add_folder (self, system_dirs[i], FALSE);
  rebuild (self);
  return self;
}

/* @guid in any case, with or without braces. */
BkEngineApplication *
bk_engine_registry_find (BkEngineRegistry *self, const char *guid)
{
  g_autofree char *normal = bk_guid_normalize (guid);

  return normal != NULL ? g_hash_table_lookup (self->by_guid, normal) : NULL;
}

/* Programs are not watched, only registrations. Whoever finds that one is gone says so: lists tell it anew. */
void
bk_engine_registry_refresh (BkEngineRegistry *self, const char *guid)
{
  BkEngineApplication *application = bk_engine_registry_find (self, guid);
  guint position;

  if (application != NULL && g_ptr_array_find (self->applications, application, &position))
    g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);
}

const char *const *
bk_engine_registry_get_warnings (BkEngineRegistry *self)
{
  return (const char *const *) self->warnings;
}

/* ---- registering ---- */

/* A path with arguments is plain text: a percent sign in it is no field code. */
static char *
escape_codes (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "%", -1);

  return g_strjoinv ("%%", parts);
}

static char *
write_registration (const char *guid, const char *name, const char *url, const char *command, gsize *length)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_string (file, "Beckon Peer", "GUID", guid);
  g_key_file_set_string (file, "Beckon Peer", "Name", name);
  if (url != NULL && *url != '\0')
    g_key_file_set_string (file, "Beckon Peer", "URL", url);
  g_key_file_set_string (file, "Beckon Peer", "Exec", command);
  return g_key_file_to_data (file, length, NULL);
}

/* What will be read must be what was asked for. */
static gboolean
check_registration (const char *path, const char *text, gsize length, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (BkEngineApplication) application = bk_engine_application_parse (path, text, length, TRUE, &local);

  if (application == NULL)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("This cannot be registered: %s."),
                   local->message);
      return FALSE;
    }
  const char *program = bk_engine_application_get_argv (application)[0];
  if (!g_path_is_absolute (program) || !_bk_engine_application_is_program (program))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   _("%s is not the absolute path of a program that can be started."), program);
      return FALSE;
    }
  return TRUE;
}

static gboolean
store_registration (const char *path, const char *text, gsize length, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) local = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int saved = errno;
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, _("The folder %s could not be made: %s"), folder,
                   g_strerror (saved));
      return FALSE;
    }
  if (g_file_set_contents_full (path, text, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &local))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, local->message);
  return FALSE;
}

/* The first character decides: what begins otherwise would be looked for in PATH or beside the registration file. */
static gboolean
check_arguments (const char *guid, const char *name, const char *url, const char *path, GError **error)
{
  if (guid == NULL)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("This is not a GUID."));
  else if (name == NULL || name[strspn (name, " ")] == '\0' || !bk_text_is_valid (name, BK_LIMIT_APP_NAME, FALSE))
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("A name is one line of 1 to %d bytes."),
                 BK_LIMIT_APP_NAME);
  else if (url != NULL && *url != '\0' && !bk_url_is_web (url))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("The URL is no http or https address."));
  else if (path == NULL || *path == '\0' || strchr ("/\"'", *path) == NULL
           || !bk_text_is_valid (path, BK_LIMIT_PATH, FALSE))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                         _("The path of the program must be absolute."));
  else
    return TRUE;
  return FALSE;
}

gboolean
bk_engine_registry_register (BkEngineRegistry *self, const char *guid, const char *name, const char *url,
                             const char *path, GError **error)
{
  BkPeersFolder *folder = g_ptr_array_index (self->folders, 0);
  g_autofree char *normal = bk_guid_normalize (guid);
  gsize length;

  if (!check_arguments (normal, name, url, path, error))
    return FALSE;
  if (bk_engine_registry_find (self, normal) != NULL)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_APP_ALREADY_REGISTERED, _("%s is registered already."), normal);
      return FALSE;
    }

  g_autofree char *file_name = g_strconcat (normal, BK_REGISTRATION_SUFFIX, NULL);
  g_autofree char *file = g_build_filename (bk_peers_folder_get_path (folder), file_name, NULL);
  g_autofree char *command = escape_codes (path);
  g_autofree char *text = write_registration (normal, name, url, command, &length);
  if (!check_registration (file, text, length, error) || !store_registration (file, text, length, error))
    return FALSE;
  bk_peers_folder_reload (folder, file_name);
  return TRUE;
}

/* The application that is to be removed, if the user may. */
static BkEngineApplication *
find_removable (BkEngineRegistry *self, const char *guid, GError **error)
{
  g_autofree char *normal = bk_guid_normalize (guid);
  BkEngineApplication *application = bk_engine_registry_find (self, normal);

  if (normal == NULL)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("This is not a GUID."));
  else if (application == NULL)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_APP_NOT_REGISTERED,
                         _("This application is not registered."));
  else if (!bk_engine_application_is_user (application))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED,
                         _("This application was installed for everybody and cannot be removed here."));
  else
    return application;
  return NULL;
}

gboolean
bk_engine_registry_unregister (BkEngineRegistry *self, const char *guid, GError **error)
{
  BkPeersFolder *folder = g_ptr_array_index (self->folders, 0);
  BkEngineApplication *application = find_removable (self, guid, error);

  if (application == NULL)
    return FALSE;

  g_autofree char *name = g_path_get_basename (bk_engine_application_get_path (application));
  if (g_unlink (bk_engine_application_get_path (application)) != 0 && errno != ENOENT)
    {
      int saved = errno;
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, g_strerror (saved));
      return FALSE;
    }
  bk_peers_folder_reload (folder, name);
  return TRUE;
}
