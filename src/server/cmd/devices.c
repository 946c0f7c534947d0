/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-cmd.h"

#include "bk-ids.h"

gboolean
bk_cmd_device_list (BkServerConfig *config, char **words, GError **error)
{
  g_autofree char *full = bk_cmd_complete_name (config, words[0], error);
  if (full == NULL)
    return FALSE;

  BkStoreAdmin *job = bk_cmd_admin_new ();
  job->token = g_steal_pointer (&full);
  return bk_cmd_admin (config, BK_SQLITE_READ, bk_store_list_devices, job, error);
}

gboolean
bk_cmd_device_remove (BkServerConfig *config, char **words, GError **error)
{
  g_autofree char *full = bk_cmd_complete_name (config, words[0], error);
  g_autofree char *guid = bk_guid_normalize (words[1]);

  if (full == NULL)
    return FALSE;
  if (guid == NULL)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "“%s” is no id of a device; `device list` tells them", words[1]);
      return FALSE;
    }
  BkStoreAdmin *job = bk_cmd_admin_new ();
  bk_cmd_note (full, guid);
  job->token = g_steal_pointer (&full);
  job->name = g_steal_pointer (&guid);
  return bk_cmd_operate (config, bk_store_remove_device, job, error);
}
