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

/* ---- the file ---- */

/* A file that is to be sent: what a disk may let wait for is found out in a thread. */
typedef struct
{
  BkEngineAccount *account; /* owned */
  char *who;
  char *name;
  int file; /* owned; -1 once the session has it */
  BkTransferState state;
  char *source; /* nullable */
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  if (sending->file >= 0)
    close (sending->file);
  g_object_unref (sending->account);
  g_free (sending->who);
  g_free (sending->name);
  g_free (sending->source);
  g_free (sending);
}

static void
examine (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Sending *sending = data;
  int flags = fcntl (sending->file, F_GETFL);

  if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY || (flags & O_PATH) != 0
      || !bk_transfer_state_read (&sending->state, sending->file))
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                               _("Only a file that can be read can be sent, not a folder or a device."));
      return;
    }
  sending->source = bk_transfer_dup_source (sending->file);
  g_task_return_boolean (task, TRUE);
}

/* ---- its session ---- */

static BkEngineSession *
make_session (BkEngine *self, Sending *sending, GError **error)
{
  if (self->channels == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "Files need a channel, and there is none");
      return NULL;
    }
  if (!bk_engine_sessions_has_room_for_file (self->sessions, sending->account, error))
    return NULL;
  BkEngineSession *session = bk_engine_create_session (self, sending->account, NULL, error);
  if (session != NULL)
    bk_session_offer_file (session, sending->name, g_steal_fd (&sending->file), &sending->state,
                           g_steal_pointer (&sending->source));
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

/* Meanwhile the account may have gone, or everything. */
static void
on_examined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngine *self = g_task_get_source_object (task);
  Sending *sending = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;
  BkEngineSession *session = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    session = make_session (self, sending, &error);
  if (session == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  BkTransferOffer offer = { sending->name, sending->state.size };
  g_autofree char *app_data = bk_transfer_offer_write (&offer);
  GCancellable *cancellable = g_task_get_cancellable (task);
  bk_engine_session_invite_async (session, sending->who, app_data, NULL, cancellable, on_invited,
                                  g_steal_pointer (&task));
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
  Sending *sending = g_new0 (Sending, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, bk_engine_send_file_async);
  sending->account = g_object_ref (account);
  sending->who = g_strdup (who);
  sending->name = g_strdup (name);
  sending->file = fd;
  if (!check_name (name, &error))
    {
      sending_free (sending);
      g_task_return_error (task, error);
      return;
    }
  /* The thread may be the last to let go of its task, which is why that does not hold the engine. */
  g_autoptr (GTask) work = g_task_new (NULL, cancellable, on_examined, g_steal_pointer (&task));
  g_task_set_task_data (work, sending, sending_free);
  g_task_run_in_thread (work, examine);
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
