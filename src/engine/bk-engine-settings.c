/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user has settled for all accounts. */
#include "bk-engine-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

#include <glib/gi18n-lib.h>

#define READ_MARKS "read-marks"
#define TYPING "typing"
#define IDLE_MINUTES "idle-minutes"
#define DOWNLOAD_FOLDER "download-folder"

static const BkEngineSettings defaults = { .read_marks = TRUE, .typing = TRUE, .idle_minutes = 5 };

/* ---- reading ---- */

static gboolean
folder_is_valid (const char *folder)
{
  return g_path_is_absolute (folder) && bk_text_is_valid (folder, BK_LIMIT_PATH, FALSE);
}

/* Where the user's programs put what they fetch. */
static char *
default_folder (void)
{
  const char *folder = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);

  if (folder != NULL && folder_is_valid (folder))
    return g_strdup (folder);
  return g_build_filename (g_get_home_dir (), "Downloads", NULL);
}

static void
use_folder (BkEngine *self, const char *folder)
{
  g_free (self->download_folder);
  self->download_folder = folder != NULL && *folder != '\0' ? g_strdup (folder) : default_folder ();
  self->settings.download_folder = self->download_folder;
  if (self->sessions != NULL)
    bk_engine_sessions_set_download_folder (self->sessions, self->download_folder);
}

void
_bk_engine_settings_init (BkEngine *self)
{
  self->settings = defaults;
  use_folder (self, NULL);
}

static void
read_boolean (GHashTable *stored, const char *name, gboolean *value)
{
  const char *text = g_hash_table_lookup (stored, name);

  if (text != NULL)
    *value = g_str_equal (text, "1");
}

/* What the history knew when the program started. What it cannot have written itself is passed over. */
void
_bk_engine_restore_settings (BkEngine *self, GHashTable *stored)
{
  const char *idle = g_hash_table_lookup (stored, IDLE_MINUTES);
  const char *folder = g_hash_table_lookup (stored, DOWNLOAD_FOLDER);
  guint64 minutes;

  read_boolean (stored, READ_MARKS, &self->settings.read_marks);
  read_boolean (stored, TYPING, &self->settings.typing);
  if (idle != NULL && g_ascii_string_to_unsigned (idle, 10, 0, BK_LIMIT_IDLE_MINUTES, &minutes, NULL))
    self->settings.idle_minutes = (guint) minutes;
  if (folder != NULL && folder_is_valid (folder))
    use_folder (self, folder);
  _bk_engine_seat_settled (self);
  g_signal_emit_by_name (self, "settings-changed");
}

/**
 * bk_engine_get_settings:
 * @self: an engine
 *
 * Gets what the user has settled for all accounts. Before the engine is open it is what holds for who has settled
 * nothing.
 *
 * Returns: (transfer none): the settings, until the next main-loop turn
 */
const BkEngineSettings *
bk_engine_get_settings (BkEngine *self)
{
  return &self->settings;
}

/* ---- writing ---- */

static gboolean
check (const BkEngineSettings *settings, GError **error)
{
  if (settings->idle_minutes > BK_LIMIT_IDLE_MINUTES)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   _("The number of minutes until idle is not from 0 to %d."), BK_LIMIT_IDLE_MINUTES);
      return FALSE;
    }
  if (settings->download_folder == NULL || *settings->download_folder == '\0'
      || folder_is_valid (settings->download_folder))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                       _("The folder for files must be a full path, which begins with a slash."));
  return FALSE;
}

static void
keep (BkEngine *self)
{
  const BkEngineSettings *settings = &self->settings;
  g_autofree char *idle = g_strdup_printf ("%u", settings->idle_minutes);
  g_autofree char *folder = default_folder ();

  bk_engine_history_set_setting (self->history, READ_MARKS, settings->read_marks ? "1" : "0");
  bk_engine_history_set_setting (self->history, TYPING, settings->typing ? "1" : "0");
  bk_engine_history_set_setting (self->history, IDLE_MINUTES, idle);
  /* Who has not chosen one moves along with the desktop's. */
  bk_engine_history_set_setting (self->history, DOWNLOAD_FOLDER,
                                 g_str_equal (settings->download_folder, folder) ? NULL : settings->download_folder);
}

/**
 * bk_engine_set_settings:
 * @self: an open engine
 * @settings: all of them; without a folder it is the one where the user's programs put what they fetch
 * @error: return location for an error
 *
 * Settles something. It is kept over restarts.
 *
 * Errors: INVALID_ARGUMENT, and then nothing has changed.
 *
 * Returns: whether it was settled
 */
gboolean
bk_engine_set_settings (BkEngine *self, const BkEngineSettings *settings, GError **error)
{
  if (!check (settings, error))
    return FALSE;
  g_autofree char *folder = g_strdup (settings->download_folder);

  self->settings = *settings;
  use_folder (self, folder);
  keep (self);
  _bk_engine_seat_settled (self);
  g_signal_emit_by_name (self, "settings-changed");
  return TRUE;
}
