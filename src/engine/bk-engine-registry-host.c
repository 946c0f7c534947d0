/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registration files outside of our sandbox: read by somebody else there, checked here like all others. */
#include "bk-engine-application-private.h"

#include <glib/gi18n-lib.h>

static BkEngineApplication *
find_old (GPtrArray *old, const BkHostFile *file)
{
  for (guint i = 0; i < old->len; i++)
    {
      BkEngineApplication *application = g_ptr_array_index (old, i);

      if (g_str_equal (application->path, file->path) && g_bytes_equal (application->content, file->content))
        return g_object_ref (application);
    }
  return NULL;
}

static BkEngineApplication *
read_file (const BkHostFile *file, GPtrArray *warnings)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (file->content, &length);
  BkEngineApplication *application = bk_engine_application_parse (file->path, text, length, FALSE, &error);

  if (application == NULL)
    {
      g_ptr_array_add (warnings, g_strdup_printf (_("The registration file %s is ignored: %s"), file->path,
                                                  error->message));
      return NULL;
    }
  application->source = BK_APPLICATION_HOST;
  application->content = g_bytes_ref (file->content);
  return application;
}

GPtrArray *
_bk_host_applications_read (BkHostFiles *files, GPtrArray *old, GPtrArray *warnings)
{
  GPtrArray *applications = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean more = FALSE;
  g_autoptr (GPtrArray) list = bk_host_files_list (files, &more);

  for (guint i = 0; i < list->len; i++)
    {
      const BkHostFile *file = g_ptr_array_index (list, i);
      BkEngineApplication *application = find_old (old, file);

      if (application == NULL)
        application = read_file (file, warnings);
      if (application == NULL)
        continue;
      g_free (application->missing);
      application->missing = g_strdup (file->missing);
      g_ptr_array_add (applications, application);
    }
  if (more)
    g_ptr_array_add (warnings, g_strdup (_("There are too many registration files outside of Beckon’s sandbox: some "
                                           "are ignored.")));
  return applications;
}
