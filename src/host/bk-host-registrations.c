/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-host-registrations.h"

#include "bk-engine-application-private.h"
#include "bk-programs-watch.h"
#include "bk-service-peer-host.h"

struct _BkHostRegistrations
{
  GObject parent_instance;

  GPtrArray *folders; /* element-type BkPeersFolder, owned */
  BkProgramsWatch *programs;
  GVariant *list;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (BkHostRegistrations, bk_host_registrations, G_TYPE_OBJECT)

static BkEngineApplication *
find_in_folder (BkPeersFolder *folder, const char *path)
{
  g_autoptr (GPtrArray) applications = bk_peers_folder_get_applications (folder);

  for (guint i = 0; i < applications->len; i++)
    if (g_str_equal (bk_engine_application_get_path (applications->pdata[i]), path))
      return g_object_ref (applications->pdata[i]);
  return NULL;
}

BkEngineApplication *
bk_host_registrations_find (BkHostRegistrations *self, const char *path)
{
  BkEngineApplication *found = NULL;

  for (guint i = 0; i < self->folders->len && found == NULL; i++)
    found = find_in_folder (g_ptr_array_index (self->folders, i), path);
  return found;
}

/* ---- the list ---- */

/* FALSE: there is no room for more. A file of which nothing could be read is only named in our own log. */
static gboolean
add_file (GVariantBuilder *files, guint *n, BkPeersFolder *folder, const char *name)
{
  g_autofree char *path = g_build_filename (bk_peers_folder_get_path (folder), name, NULL);
  g_autoptr (GBytes) content = bk_peers_folder_dup_content (folder, name);
  g_autoptr (BkEngineApplication) application = find_in_folder (folder, path);

  if (content == NULL || !g_utf8_validate (path, -1, NULL))
    return TRUE;
  if (*n == BK_PEER_HOST_MAX_FILES)
    return FALSE;
  const char *missing = application != NULL ? _bk_engine_application_find_missing (application) : NULL;
  if (missing != NULL && !g_utf8_validate (missing, -1, NULL))
    missing = "?";
  (*n)++;
  g_variant_builder_add (files, "(s@ays)", path, g_variant_new_from_bytes (G_VARIANT_TYPE ("ay"), content, TRUE),
                         missing != NULL ? missing : "");
  return TRUE;
}

static GVariant *
make_list (BkHostRegistrations *self)
{
  g_auto (GVariantBuilder) files = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(says)"));
  gboolean room = TRUE;
  guint n = 0;

  for (guint i = 0; i < self->folders->len; i++)
    {
      BkPeersFolder *folder = g_ptr_array_index (self->folders, i);
      g_autoptr (GList) names = bk_peers_folder_list_names (folder);

      for (GList *l = names; l != NULL && room; l = l->next)
        room = add_file (&files, &n, folder, l->data);
    }
  return g_variant_ref_sink (g_variant_new ("(a(says)b)", &files, !room));
}

/* Watches first and looks then: nothing is missed in between. */
static void
watch_programs (BkHostRegistrations *self)
{
  g_autoptr (GPtrArray) programs = g_ptr_array_new ();

  for (guint i = 0; i < self->folders->len; i++)
    {
      g_autoptr (GPtrArray) applications = bk_peers_folder_get_applications (g_ptr_array_index (self->folders, i));

      for (guint j = 0; j < applications->len; j++)
        {
          g_autoptr (GPtrArray) needed = _bk_engine_application_list_programs (applications->pdata[j]);

          g_ptr_array_extend (programs, needed, NULL, NULL);
        }
    }
  bk_programs_watch_set (self->programs, programs);
}

static void
look (BkHostRegistrations *self)
{
  g_autoptr (GVariant) old = g_steal_pointer (&self->list);

  self->list = make_list (self);
  if (old == NULL || !g_variant_equal (old, self->list))
    g_signal_emit (self, changed_signal, 0);
}

static void
on_folder_changed (BkHostRegistrations *self)
{
  watch_programs (self);
  look (self);
}

static void
on_program_changed (BkProgramsWatch *programs, const char *name, BkHostRegistrations *self)
{
  look (self);
}

GVariant *
bk_host_registrations_list (BkHostRegistrations *self)
{
  return self->list;
}

/* ---- the object ---- */

static void
bk_host_registrations_finalize (GObject *object)
{
  BkHostRegistrations *self = BK_HOST_REGISTRATIONS (object);

  g_ptr_array_unref (self->folders);
  g_object_unref (self->programs);
  g_variant_unref (self->list);
  G_OBJECT_CLASS (bk_host_registrations_parent_class)->finalize (object);
}

static void
bk_host_registrations_class_init (BkHostRegistrationsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_host_registrations_finalize;
  changed_signal = g_signal_new ("changed", BK_TYPE_HOST_REGISTRATIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
bk_host_registrations_init (BkHostRegistrations *self)
{
  self->folders = g_ptr_array_new_with_free_func (g_object_unref);
  self->programs = bk_programs_watch_new ();
  g_signal_connect_object (self->programs, "changed", G_CALLBACK (on_program_changed), self, 0);
}

static void
add_folder (BkHostRegistrations *self, const char *path, gboolean user)
{
  BkPeersFolder *folder = bk_peers_folder_new (path, user);

  g_signal_connect_object (folder, "changed", G_CALLBACK (on_folder_changed), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->folders, folder);
}

BkHostRegistrations *
bk_host_registrations_new (const char *user_dir, const char *const *system_dirs)
{
  BkHostRegistrations *self = g_object_new (BK_TYPE_HOST_REGISTRATIONS, NULL);

  add_folder (self, user_dir, TRUE);
  for (guint i = 0; system_dirs[i] != NULL; i++)
    add_folder (self, system_dirs[i], FALSE);
  on_folder_changed (self);
  return self;
}
