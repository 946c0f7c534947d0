/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presence-set */
#include "bk-server-private.h"

#include "bk-ids.h"

/* Reads the status that a device wants to have. To be offline it signs out. */
gboolean
bk_server_presence_read (const BkFrame *frame, BeckonStatus *status, GError **error)
{
  int value = BECKON_STATUS_OFFLINE;

  bk_enum_from_nick (BECKON_TYPE_STATUS, bk_frame_get_string (frame, "status"), &value);
  *status = (BeckonStatus) value;
  if (*status == BECKON_STATUS_OFFLINE)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                         "Nobody who is signed in is offline; sign out, or be invisible");
  return *status != BECKON_STATUS_OFFLINE;
}

void
bk_server_handle_presence_set (BkServerPeer *peer, const BkFrame *frame)
{
  g_autoptr (GError) error = NULL;
  BeckonStatus status;

  if (!bk_server_presence_read (frame, &status, &error))
    {
      bk_server_peer_send_error (peer, bk_frame_get_id (frame), error);
      return;
    }
  peer->status = status;
  g_free (peer->personal_message);
  peer->personal_message = g_strdup (bk_frame_get_string (frame, "personal_message"));
  peer->status_number = ++peer->server->last_status;
  bk_server_peer_send_ok (peer, bk_frame_get_id (frame));
  bk_server_account_update_shown (peer->server, peer->account);
}
