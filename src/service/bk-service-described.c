/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-described.h"

#include "bk-folder-watch.h"
#include "bk-limits.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_CACHE (1024 * 1024)
#define MAX_SERVICE_FILE 65536
#define MAX_WORDS 8      /* of a command line: more than any has that names a script */
#define MAX_TEXT 1024    /* longer than whatever the engine takes, which is the one to refuse it by name */

struct _BkServiceDescribed
{
  char *path;
  GKeyFile *file;
  gboolean changed;
};

static const struct
{
  const char *key;    /* in our file */
  const char *option; /* in the answer; NULL: not there */
  gsize offset;
} texts[] = {
  { "GUID", NULL, G_STRUCT_OFFSET (BkPeerDescription, guid) },
  { "Name", "name", G_STRUCT_OFFSET (BkPeerDescription, name) },
  { "URL", "url", G_STRUCT_OFFSET (BkPeerDescription, url) },
  { "Icon", "icon", G_STRUCT_OFFSET (BkPeerDescription, icon) },
  { "Comment", "comment", G_STRUCT_OFFSET (BkPeerDescription, comment) },
};

static char **
text_of (const BkPeerDescription *description, gsize i)
{
  return &G_STRUCT_MEMBER (char *, description, texts[i].offset);
}

static BkPeerDescription *
description_new (const char *bus_name)
{
  BkPeerDescription *description = g_new0 (BkPeerDescription, 1);

  description->bus_name = g_strdup (bus_name);
  return description;
}

/* ---- the file ---- */

BkServiceDescribed *
bk_service_described_new (const char *cache_file)
{
  BkServiceDescribed *self = g_new0 (BkServiceDescribed, 1);
  g_autoptr (GBytes) content = bk_folder_read_file (cache_file, MAX_CACHE, NULL);

  self->path = g_strdup (cache_file);
  self->file = g_key_file_new ();
  /* What is broken is asked for anew. */
  if (content != NULL && g_bytes_get_size (content) > 0 && g_bytes_get_size (content) <= MAX_CACHE)
    g_key_file_load_from_bytes (self->file, content, G_KEY_FILE_NONE, NULL);
  return self;
}

void
bk_service_described_free (BkServiceDescribed *self)
{
  g_key_file_unref (self->file);
  g_free (self->path);
  g_free (self);
}

BkPeerDescription *
bk_service_described_lookup (BkServiceDescribed *self, const char *bus_name, const char *stamp)
{
  g_autofree char *kept = g_key_file_get_string (self->file, bus_name, "Stamp", NULL);

  if (g_strcmp0 (kept, stamp) != 0)
    return NULL;
  BkPeerDescription *description = description_new (bus_name);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    *text_of (description, i) = g_key_file_get_string (self->file, bus_name, texts[i].key, NULL);
  return description;
}

void
bk_service_described_keep (BkServiceDescribed *self, const BkPeerDescription *description, const char *stamp)
{
  bk_service_described_forget (self, description->bus_name);
  self->changed = TRUE;
  g_key_file_set_string (self->file, description->bus_name, "Stamp", stamp);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (*text_of (description, i) != NULL)
      g_key_file_set_string (self->file, description->bus_name, texts[i].key, *text_of (description, i));
}

void
bk_service_described_forget (BkServiceDescribed *self, const char *bus_name)
{
  if (g_key_file_remove_group (self->file, bus_name, NULL))
    self->changed = TRUE;
}

void
bk_service_described_write (BkServiceDescribed *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!self->changed)
    return;
  self->changed = FALSE;
  g_autofree char *text = g_key_file_to_data (self->file, &length, NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0
      || !g_file_set_contents_full (self->path, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_message ("What programs say of themselves cannot be kept in %s: %s", self->path,
               error != NULL ? error->message : g_strerror (errno));
}

/* ---- installations ---- */

GStrv
bk_service_activation_folders (void)
{
  const char *const *system = g_get_system_data_dirs ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *own[] = { g_get_user_runtime_dir (), g_get_user_data_dir () };

  for (gsize i = 0; i < G_N_ELEMENTS (own) + g_strv_length ((GStrv) system); i++)
    {
      const char *base = i < G_N_ELEMENTS (own) ? own[i] : system[i - G_N_ELEMENTS (own)];
      g_autofree char *folder = g_build_filename (base, "dbus-1", "services", NULL);
      g_autofree char *canonical = g_canonicalize_filename (folder, NULL);

      g_strv_builder_add (builder, canonical);
    }
  return g_strv_builder_end (builder);
}

static void
add_file (GString *stamp, const char *path)
{
  struct stat info;

  if (g_path_is_absolute (path) && stat (path, &info) == 0 && S_ISREG (info.st_mode))
    g_string_append_printf (stamp, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%ld\n", path, (gint64) info.st_size,
                            (gint64) info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

/* The file that makes the bus know @path, and the files that its command names: the program, or interpreter and script. */
static gboolean
add_service_file (GString *stamp, const char *path)
{
  g_autoptr (GBytes) content = bk_folder_read_file (path, MAX_SERVICE_FILE, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) words = NULL;

  if (content == NULL || g_bytes_get_size (content) == 0
      || !g_key_file_load_from_bytes (file, content, G_KEY_FILE_NONE, NULL))
    return FALSE;
  add_file (stamp, path);
  g_autofree char *command = g_key_file_get_string (file, "D-BUS Service", "Exec", NULL);
  if (command != NULL && g_shell_parse_argv (command, NULL, &words, NULL))
    for (guint i = 0; words[i] != NULL && i < MAX_WORDS; i++)
      add_file (stamp, words[i]);
  return TRUE;
}

char *
bk_service_activation_stamp (const char *bus_name, const char *bus)
{
  g_auto (GStrv) folders = bk_service_activation_folders ();
  g_autoptr (GString) stamp = g_string_new (g_get_language_names ()[0]);
  g_autofree char *name = g_strconcat (bus_name, ".service", NULL);
  gboolean found = FALSE;

  g_string_append_c (stamp, '\n');
  for (guint i = 0; folders[i] != NULL && !found; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], name, NULL);
      found = add_service_file (stamp, path);
    }
  if (!found)
    g_string_append (stamp, bus);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, stamp->str, -1);
}

/* ---- answers ---- */

BkPeerDescription *
bk_service_described_read_reply (const char *bus_name, GVariant *reply)
{
  g_autoptr (BkPeerDescription) description = description_new (bus_name);
  g_autoptr (GVariant) options = NULL;

  if (!g_variant_is_of_type (reply, G_VARIANT_TYPE ("(sa{sv})")))
    {
      description->problem = g_strdup (_("Its description has the wrong type."));
      return g_steal_pointer (&description);
    }
  g_variant_get (reply, "(s@a{sv})", &description->guid, &options);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GVariant) value = NULL;

      if (texts[i].option != NULL)
        value = g_variant_lookup_value (options, texts[i].option, NULL);
      if (value == NULL)
        continue;
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        *text_of (description, i) = g_variant_dup_string (value, NULL);
      else
        description->problem = g_strdup_printf (_("“%s” of its description is not a text."), texts[i].option);
      if (description->problem != NULL)
        return g_steal_pointer (&description);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (*text_of (description, i) != NULL && strlen (*text_of (description, i)) > MAX_TEXT)
      {
        g_clear_pointer (text_of (description, i), g_free);
        g_free (description->problem);
        description->problem = g_strdup_printf (_("%s of its description is too long."), texts[i].key);
      }
  return g_steal_pointer (&description);
}
