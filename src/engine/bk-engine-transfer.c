/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sending a file. */
#include "bk-engine-private.h"

#include "bk-engine-session-private.h"
#include "bk-ids.h"
#include "bk-transfer-words.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

static gboolean
check_name (const char *name, GError **error)
{
  if (*name != '\0' && strchr (name, '/') == NULL && bk_text_is_valid (name, BK_LIMIT_FILE_NAME, FALSE))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                       _("The name of the file is empty, too long, not one line or has a slash."));
  return FALSE;
}

static gboolean
check_file (int fd, BkTransferState *state, GError **error)
{
  int flags = fcntl (fd, F_GETFL);

  if (flags >= 0 && (flags & O_ACCMODE) != O_WRONLY && (flags & O_PATH) == 0 && bk_transfer_state_read (state, fd))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                       _("Only a file that can be read can be sent, not a folder or a device."));
  return FALSE;
}

static BkEngineSession *
make_session (BkEngine *self, BkEngineAccount *account, int *fd, const char *name, GError **error)
{
  BkTransferState state;

  if (!check_name (name, error) || !check_file (*fd, &state, error))
    return NULL;
  if (self->channels == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "Files need a channel, and there is none");
      return NULL;
    }
  if (!bk_engine_sessions_has_room_for_file (self->sessions, account, error))
    return NULL;
  BkEngineSession *session = bk_engine_create_session (self, account, NULL, error);
  if (session != NULL)
    bk_session_offer_file (session, name, g_steal_fd (fd), &state);
  return session;
}

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkEngineSession *session = BK_ENGINE_SESSION (source);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bk_engine_session_invite_finish (session, result, &error))
    {
      g_task_return_pointer (task, g_object_ref (session), g_object_unref);
      return;
    }
  g_autoptr (BkEngineSession) hold = g_object_ref (session);
  bk_engine_session_drop_unused (session);
  g_task_return_error (task, error);
}

/**
 * bk_engine_send_file_async:
 * @self: an engine
 * @account: the account that sends
 * @who: sign-in name of a contact
 * @fd: a regular file, open for reading; taken, whatever comes of it
 * @name: its name
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when the network took the invitation
 * @user_data: for @callback
 *
 * Sends a file, as a session of its own: see Messenger1.SendFile.
 */
void
bk_engine_send_file_async (BkEngine *self, BkEngineAccount *account, const char *who, int fd, const char *name,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  BkEngineSession *session = make_session (self, account, &fd, name, &error);

  g_task_set_source_tag (task, bk_engine_send_file_async);
  if (fd >= 0)
    close (fd);
  if (session == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  BkTransferOffer offer = { (char *) name, session->transfer->size };
  g_autofree char *app_data = bk_transfer_offer_write (&offer);
  bk_engine_session_invite_async (session, who, app_data, NULL, cancellable, on_invited, g_steal_pointer (&task));
}

/**
 * bk_engine_send_file_finish:
 * @self: an engine
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the outcome. Errors: those of bk_engine_session_invite_finish(), INVALID_ARGUMENT, NOT_SUPPORTED.
 *
 * Returns: (transfer full) (nullable): the session
 */
BkEngineSession *
bk_engine_send_file_finish (BkEngine *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
