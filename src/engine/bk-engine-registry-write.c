/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing the user's own registration files: what programs and people ask of the registry. */
#include "bk-engine-application-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "bk-ids.h"
#include "bk-limits.h"

#define GROUP "Beckon Peer"

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

  g_key_file_set_string (file, GROUP, "GUID", guid);
  g_key_file_set_string (file, GROUP, "Name", name);
  if (url != NULL && *url != '\0')
    g_key_file_set_string (file, GROUP, "URL", url);
  g_key_file_set_string (file, GROUP, "Exec", command);
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
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, local->message);
      return FALSE;
    }
  const char *const *argv = bk_engine_application_get_argv (application);
  if (argv == NULL || (g_path_is_absolute (argv[0]) && _bk_engine_application_is_program (argv[0])))
    return TRUE;
  g_set_error (error, BECKON_ERROR,
               g_path_is_absolute (argv[0]) ? BECKON_ERROR_FAILED : BECKON_ERROR_INVALID_ARGUMENT,
               _("%s is not the absolute path of a program that can be started."), argv[0]);
  return FALSE;
}

static gboolean
store_registration (const char *path, const char *text, gsize length, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) local = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int saved = errno;
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, _("The folder %s could not be created: %s"), folder,
                   g_strerror (saved));
      return FALSE;
    }
  if (g_file_set_contents_full (path, text, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &local))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, local->message);
  return FALSE;
}

static gboolean
check_looks (const char *guid, const char *name, const char *url, GError **error)
{
  if (guid == NULL)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("This is not a GUID."));
  else if (g_str_equal (guid, BK_GUID_FILE))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("This GUID belongs to Beckon "
                                                                               "itself."));
  else if (name == NULL || name[strspn (name, " ")] == '\0' || !bk_text_is_valid (name, BK_LIMIT_APP_NAME, FALSE))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                         _("The name is empty, too long or not one line."));
  else if (url != NULL && *url != '\0' && !bk_url_is_web (url))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("The URL must be an http or https "
                                                                               "address."));
  else
    return TRUE;
  return FALSE;
}

/* The first character decides: what begins otherwise would be looked for in PATH or beside the registration file. */
static gboolean
check_path (const char *path, GError **error)
{
  if (path != NULL && *path != '\0' && strchr ("/\"'", *path) != NULL && bk_text_is_valid (path, BK_LIMIT_PATH, FALSE))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                       _("The path of the program must be absolute."));
  return FALSE;
}

gboolean
bk_engine_registry_register (BkEngineRegistry *self, const char *guid, const char *name, const char *url,
                             const char *path, GError **error)
{
  BkPeersFolder *folder = _bk_engine_registry_get_user_folder (self);
  g_autofree char *normal = bk_guid_normalize (guid);
  gsize length;

  if (!check_looks (normal, name, url, error) || !check_path (path, error))
    return FALSE;
  if (bk_engine_registry_find (self, normal) != NULL)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_APP_ALREADY_REGISTERED, _("%s is already registered."), normal);
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

/* The application that is to be changed or removed, if the user may. */
static BkEngineApplication *
find_own (BkEngineRegistry *self, const char *guid, GError **error)
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
                         _("You did not register this application, so it cannot be changed or removed here."));
  else
    return application;
  return NULL;
}

/* ---- changing ---- */

/* A name that the user sees in another language than that of the file stays translated as long as it stays. */
static void
change_name (GKeyFile *file, BkEngineApplication *application, const char *name)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, GROUP, NULL, NULL);

  if (g_str_equal (name, bk_engine_application_get_name (application)))
    return;
  for (char **key = keys; key != NULL && *key != NULL; key++)
    if (g_str_has_prefix (*key, "Name["))
      g_key_file_remove_key (file, GROUP, *key, NULL);
  g_key_file_set_string (file, GROUP, "Name", name);
}

static gboolean
change_path (GKeyFile *file, BkEngineApplication *application, const char *path, GError **error)
{
  if (bk_engine_application_get_argv (application) == NULL)
    {
      if (path == NULL || *path == '\0')
        return TRUE;
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                           _("This application is not started by the path of a program."));
      return FALSE;
    }
  if (!check_path (path, error))
    return FALSE;

  g_autofree char *command = escape_codes (path);
  g_key_file_set_string (file, GROUP, "Exec", command);
  return TRUE;
}

/* The file as it was read last, with the changes. */
static char *
compose_change (BkPeersFolder *folder, BkEngineApplication *application, const char *name, const char *url,
                const char *path, gsize *length, GError **error)
{
  g_autofree char *file_name = g_path_get_basename (bk_engine_application_get_path (application));
  g_autoptr (GBytes) content = bk_peers_folder_dup_content (folder, file_name);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (content == NULL
      || !g_key_file_load_from_bytes (file, content, G_KEY_FILE_KEEP_TRANSLATIONS | G_KEY_FILE_KEEP_COMMENTS, error))
    return NULL;
  change_name (file, application, name);
  if (url != NULL && *url != '\0')
    g_key_file_set_string (file, GROUP, "URL", url);
  else
    g_key_file_remove_key (file, GROUP, "URL", NULL);
  return change_path (file, application, path, error) ? g_key_file_to_data (file, length, NULL) : NULL;
}

gboolean
bk_engine_registry_update (BkEngineRegistry *self, const char *guid, const char *name, const char *url,
                           const char *path, GError **error)
{
  BkPeersFolder *folder = _bk_engine_registry_get_user_folder (self);
  g_autofree char *normal = bk_guid_normalize (guid);
  g_autoptr (GError) local = NULL;
  gsize length;

  if (!check_looks (normal, name, url, error))
    return FALSE;
  BkEngineApplication *application = find_own (self, normal, error);
  if (application == NULL)
    return FALSE;

  g_autofree char *file = g_strdup (bk_engine_application_get_path (application));
  g_autofree char *text = compose_change (folder, application, name, url, path, &length, &local);
  if (text == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, local->domain == BECKON_ERROR ? local->code : BECKON_ERROR_STORAGE,
                           local->message);
      return FALSE;
    }
  if (!check_registration (file, text, length, error) || !store_registration (file, text, length, error))
    return FALSE;
  g_autofree char *file_name = g_path_get_basename (file);
  bk_peers_folder_reload (folder, file_name);
  return TRUE;
}

/* ---- removing ---- */

gboolean
bk_engine_registry_unregister (BkEngineRegistry *self, const char *guid, GError **error)
{
  BkPeersFolder *folder = _bk_engine_registry_get_user_folder (self);
  BkEngineApplication *application = find_own (self, guid, error);

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
