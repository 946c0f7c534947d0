/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile-set, avatar-set, avatar-get */
#include "bk-server-private.h"

#include "bk-picture.h"

#include <sodium.h>
#include <string.h>

/* ---- what the account shows ---- */

/* The account's other devices are told outside of the numbered facts, and however slow they are: it is little, and
 * there is no other way to hear of it but the next sign-in. */
static void
tell_devices (BkServerPeer *peer, const BkStoreProfile *job)
{
  BkServerAccount *account = g_hash_table_lookup (peer->server->accounts, &job->account);

  for (guint i = 0; account != NULL && i < account->peers->len; i++)
    {
      BkServerPeer *other = g_ptr_array_index (account->peers, i);
      if (other == peer)
        continue;
      BkFrame *frame = bk_frame_new (BK_FRAME_PROFILE, -1);
      bk_frame_set_string (frame, "display_name", job->display_name);
      bk_frame_set_string (frame, "avatar", job->avatar);
      bk_server_peer_send (other, frame);
    }
}

static void
on_profile (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  bk_server_peer_done_ok (peer, id, data, error);
  if (error == NULL)
    tell_devices (peer, data);
}

/* Takes @job. Each change is a change of many rows: as rare as new contacts. */
static void
run_profile (BkServerPeer *peer, gint64 id, BkStoreProfile *job)
{
  g_autofree char *key = g_strdup_printf ("contacts %" G_GINT64_FORMAT, peer->account->id);

  job->account = peer->account->id;
  if (bk_server_peer_take (peer, id, key, peer->server->config->contact_adds))
    bk_server_peer_run (peer, id, BK_SQLITE_WRITE, bk_store_profile, job, bk_store_profile_free, on_profile);
  else
    bk_store_profile_free (job);
}

void
bk_server_handle_profile_set (BkServerPeer *peer, const BkFrame *frame)
{
  const char *display_name = bk_frame_get_string (frame, "display_name");

  if (*display_name == '\0')
    {
      bk_server_peer_refuse (peer, bk_frame_get_id (frame), BECKON_ERROR_INVALID_ARGUMENT,
                             "A display name has at least one character");
      return;
    }
  BkStoreProfile *job = g_new0 (BkStoreProfile, 1);
  job->display_name = g_strdup (display_name);
  run_profile (peer, bk_frame_get_id (frame), job);
}

/* Returns (transfer full) the picture behind @text, which is base64. */
static GBytes *
read_image (const char *text, GError **error)
{
  gsize length = strlen (text), size = 0;
  guint8 *data = g_malloc (length / 4 * 3 + 1);
  gboolean good = sodium_base642bin (data, length / 4 * 3, text, length, NULL, &size, NULL,
                                     sodium_base64_VARIANT_ORIGINAL)
                  == 0;
  g_autoptr (GBytes) image = g_bytes_new_take (data, size);

  if (!good)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A picture is sent in base64");
  return good && bk_picture_check (image, error) ? g_steal_pointer (&image) : NULL;
}

void
bk_server_handle_avatar_set (BkServerPeer *peer, const BkFrame *frame)
{
  const char *text = bk_frame_get_string (frame, "image");
  g_autoptr (GError) error = NULL;
  GBytes *image = text != NULL ? read_image (text, &error) : NULL;

  if (error != NULL)
    {
      bk_server_peer_send_error (peer, bk_frame_get_id (frame), error);
      return;
    }
  BkStoreProfile *job = g_new0 (BkStoreProfile, 1);
  job->sets_image = TRUE;
  job->image = image;
  run_profile (peer, bk_frame_get_id (frame), job);
}

/* ---- what others show ---- */

static void
on_avatar (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  BkStoreAvatar *job = data;

  if (error != NULL)
    {
      bk_server_peer_send_error (peer, id, error);
      return;
    }
  gsize size;
  const guint8 *image = g_bytes_get_data (job->image, &size);
  g_autofree char *text = g_base64_encode (image, size);
  BkFrame *frame = bk_frame_new (BK_FRAME_OK, id);

  bk_frame_set_string (frame, "image", text);
  bk_server_peer_send (peer, frame);
}

void
bk_server_handle_avatar_get (BkServerPeer *peer, const BkFrame *frame)
{
  BkStoreAvatar *job = g_new0 (BkStoreAvatar, 1);

  job->account = peer->account->id;
  job->who = g_strdup (bk_frame_get_string (frame, "who"));
  job->avatar = g_strdup (bk_frame_get_string (frame, "avatar"));
  bk_server_peer_run (peer, bk_frame_get_id (frame), BK_SQLITE_READ, bk_store_avatar, job, bk_store_avatar_free,
                      on_avatar);
}
