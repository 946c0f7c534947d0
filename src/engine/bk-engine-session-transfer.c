/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions that send a file. Invitation, answer, channel and end are those of any session; where another one launches a
 * program, this one opens a stream. The side that receives ends it, and says by that whether the file is there. */
#include "bk-engine-session-private.h"

#include "bk-file-name.h"
#include "bk-ids.h"
#include "bk-transfer-words.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STREAM "file"
#define TELL_MS 250
#define EXPLAIN_MS 10000 /* the stream is over; why comes another way, and may be late */

/* ---- making ---- */

static BkSessionTransfer *
make (BkEngineSession *self, const char *name, guint64 size)
{
  BkSessionTransfer *transfer = g_new0 (BkSessionTransfer, 1);

  transfer->name = bk_file_name_clean (name);
  transfer->size = size;
  transfer->file = -1;
  self->transfer = transfer;
  self->flags |= BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE; /* no program takes part */
  bk_session_set_text (self, &self->application_name, C_ ("name", "File"), "ApplicationName");
  return transfer;
}

/* Makes a session in READY one that sends a file. @file and @source are taken. */
void
bk_session_offer_file (BkEngineSession *self, const char *name, int file, const BkTransferState *state, char *source)
{
  BkSessionTransfer *transfer = make (self, name, state->size);

  transfer->file = file;
  transfer->source = source;
  transfer->state = *state;
  bk_session_set_text (self, &self->application, BK_GUID_FILE, "Application");
  bk_session_changed (self, "Flags");
  bk_session_transfer_changed (self);
}

/* Of an invitation to take a file. */
void
bk_session_read_offer (BkEngineSession *self, const BkEnvelope *invite)
{
  g_autoptr (BkTransferOffer) offer = bk_transfer_offer_parse (invite->data, NULL);

  make (self, offer != NULL ? offer->name : "", offer != NULL ? offer->size : 0);
  self->transfer->is_nonsense = offer == NULL;
}

gboolean
bk_session_check_offer (BkEngineSession *self)
{
  return self->transfer == NULL || !self->transfer->is_nonsense;
}

/* ---- what is told of it ---- */

void
bk_session_transfer_changed (BkEngineSession *self)
{
  if (self->transfer != NULL)
    bk_session_changed (self, "Transfer");
}

static const char *
get_state (BkEngineSession *self)
{
  if (self->state == BECKON_SESSION_STATE_TERMINATED)
    return self->transfer->done ? "done" : "failed";
  if (self->state == BECKON_SESSION_STATE_CONNECTED && self->link.state == BK_LINK_CONFIRMED)
    return self->link.path == BECKON_CHANNEL_PATH_LOST ? "stalled" : "running";
  if (self->state == BECKON_SESSION_STATE_CONNECTED || self->state == BECKON_SESSION_STATE_ACCEPTED)
    return "waiting";
  return "offered";
}

static char *
dup_path (BkSessionTransfer *transfer)
{
  if (transfer->path != NULL)
    return g_strdup (transfer->path);
  return transfer->part != NULL ? g_build_filename (bk_transfer_part_get_folder (transfer->part), transfer->name, NULL)
                                : g_strdup ("");
}

/* Folders may have names that are no text. */
static void
add_path (GVariantBuilder *builder, const char *key, const char *path)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_take_string (g_utf8_make_valid (path, -1)));
}

/**
 * bk_engine_session_get_transfer:
 * @self: a session
 *
 * Gets how far the file is that the session sends: see Session1.Transfer.
 *
 * Returns: (transfer floating): an `a{sv}`, empty if it sends none
 */
GVariant *
bk_engine_session_get_transfer (BkEngineSession *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  BkSessionTransfer *transfer = self->transfer;

  if (transfer == NULL)
    return g_variant_builder_end (&builder);
  g_autofree char *path = dup_path (transfer);
  g_variant_builder_add (&builder, "{sv}", "name", g_variant_new_string (transfer->name));
  g_variant_builder_add (&builder, "{sv}", "size", g_variant_new_uint64 (transfer->size));
  g_variant_builder_add (&builder, "{sv}", "done", g_variant_new_uint64 (transfer->told));
  g_variant_builder_add (&builder, "{sv}", "rate", g_variant_new_uint64 (transfer->rate));
  g_variant_builder_add (&builder, "{sv}", "state", g_variant_new_string (get_state (self)));
  g_variant_builder_add (&builder, "{sv}", "outgoing", g_variant_new_boolean (self->role == BK_ROLE_INVITER));
  add_path (&builder, "folder", transfer->part != NULL ? bk_transfer_part_get_folder (transfer->part) : "");
  add_path (&builder, "path", path);
  return g_variant_builder_end (&builder);
}

static void
on_tell (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);
  BkSessionTransfer *transfer = self->transfer;
  guint64 done = bk_transfer_get_done (transfer->running);
  gint64 now = bk_clock_now (self->world->clock);
  gint64 elapsed = MAX (now - transfer->told_time, 1);
  guint64 step = done > transfer->told ? done - transfer->told : 0;
  guint64 rate = (guint64) (0.75 * (double) transfer->rate
                            + 0.25 * ((double) step * G_USEC_PER_SEC / (double) elapsed));

  self->timers[BK_SESSION_TIMER_TRANSFER] = 0;
  gboolean changed = done != transfer->told || rate != transfer->rate;
  transfer->told = done;
  transfer->told_time = now;
  transfer->rate = rate;
  bk_session_start_timer (self, BK_SESSION_TIMER_TRANSFER, TELL_MS, on_tell);
  if (changed)
    bk_session_transfer_changed (self);
}

/* ---- accepting ---- */

typedef struct
{
  char *folder;
  char *name;
  char *kept;
  guint64 size;
  gboolean make;
  gboolean sandboxed;
} Preparation;

static void
preparation_free (gpointer data)
{
  Preparation *preparation = data;

  g_free (preparation->folder);
  g_free (preparation->name);
  g_free (preparation->kept);
  g_free (preparation);
}

static void
prepare (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  static const char *const own[] = { "/", "/tmp", NULL }; /* of a sandbox */
  Preparation *preparation = data;
  BkTransferPlace place = { .folder = preparation->folder,
                            .make = preparation->make,
                            .name = preparation->name,
                            .size = preparation->size,
                            .kept = preparation->kept,
                            .passing = preparation->sandboxed ? own : NULL };
  GError *error = NULL;
  BkTransferPart *part = bk_transfer_part_new (&place, &error);

  if (part != NULL)
    g_task_return_pointer (task, part, (GDestroyNotify) bk_transfer_part_unref);
  else
    g_task_return_error (task, error);
}

/* The place is there. Meanwhile the invitation may have come to nothing. */
static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineSession *self = BK_ENGINE_SESSION (g_task_get_source_object (task));
  const Preparation *preparation = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;
  g_autoptr (BkTransferPart) part = g_task_propagate_pointer (G_TASK (result), &error);

  self->transfer->preparing = FALSE;
  if (preparation->kept != NULL)
    bk_session_give_back_part (self, preparation->folder, preparation->kept);
  if (part != NULL && !bk_session_can (self, BK_LIFE_ACCEPT, &error))
    {
      if (bk_transfer_part_get_have (part) == 0)
        bk_transfer_part_discard_soon (part);
      g_clear_pointer (&part, bk_transfer_part_unref);
    }
  if (part == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->transfer->part = g_steal_pointer (&part);
  self->transfer->told = bk_transfer_part_get_have (self->transfer->part);
  bk_session_keep_part (self, self->transfer->part, TRUE);
  if (bk_session_accept_now (self, BK_LIFE_ACCEPT, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
check_accept (BkEngineSession *self, const char *folder, GError **error)
{
  if (self->transfer == NULL)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "The session sends no file");
  else if (!bk_session_can (self, BK_LIFE_ACCEPT, error))
    return FALSE;
  else if (self->transfer->preparing)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID, "The file is being accepted already");
  else if (folder != NULL && (!g_path_is_absolute (folder) || !bk_text_is_valid (folder, BK_LIMIT_PATH, FALSE)))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                         _("The folder for files must be a full path, which begins with a slash."));
  else if (folder == NULL && self->world->download_folder == NULL)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "There is no folder for files");
  else
    return TRUE;
  return FALSE;
}

/**
 * bk_engine_session_accept_file_async:
 * @self: a session
 * @folder: (nullable): absolute path of a folder, %NULL for that of the settings
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when it was accepted
 * @user_data: for @callback
 *
 * Accepts a file: sees to it that there is a place for it, then accepts the invitation.
 */
void
bk_engine_session_accept_file_async (BkEngineSession *self, const char *folder, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const char *place = folder != NULL && *folder != '\0' ? folder : NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, bk_engine_session_accept_file_async);
  if (!check_accept (self, place, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  Preparation *preparation = g_new0 (Preparation, 1);
  preparation->folder = g_strdup (place != NULL ? place : self->world->download_folder);
  preparation->make = place == NULL;
  preparation->sandboxed = self->world->sandboxed;
  preparation->name = g_strdup (self->transfer->name);
  preparation->size = self->transfer->size;
  preparation->kept = g_strdup (bk_session_take_part (self, preparation->folder));
  self->transfer->preparing = TRUE;
  /* The thread may be the last to let go of its task, which is why that does not hold the session. */
  g_autoptr (GTask) work = g_task_new (NULL, NULL, on_prepared, g_steal_pointer (&task));
  g_task_set_task_data (work, preparation, preparation_free);
  g_task_run_in_thread (work, prepare);
}

/**
 * bk_engine_session_accept_file_finish:
 * @self: a session
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the outcome. Errors: those of bk_engine_session_accept(), NOT_SUPPORTED, INVALID_ARGUMENT, STORAGE.
 *
 * Returns: whether it was accepted
 */
gboolean
bk_engine_session_accept_file_finish (BkEngineSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- sending and receiving ---- */

static void
fail (BkEngineSession *self, BkTransferFault fault)
{
  g_autoptr (BkEnvelope) end = bk_session_envelope_over (self, BK_ENVELOPE_END, BECKON_SESSION_RESULT_APPLICATION_FAILED,
                                                         bk_transfer_fault_to_word (fault));
  BkMove move = { .result = BECKON_SESSION_RESULT_APPLICATION_FAILED,
                  .detail = bk_session_fault_to_text (fault, FALSE),
                  .send = end };

  bk_session_move (self, BK_LIFE_PROGRAM_ENDED, &move, NULL);
}

static void
on_unexplained (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);

  self->timers[BK_SESSION_TIMER_TRANSFER] = 0;
  bk_session_end (self, BK_LIFE_CHANNEL_FAILED, BECKON_SESSION_RESULT_CONNECTION_FAILURE, NULL);
}

static void
on_transferred (BkTransferFault fault, gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);
  BkSessionTransfer *transfer = self->transfer;

  bk_session_stop_timer (self, BK_SESSION_TIMER_TRANSFER);
  transfer->told = bk_transfer_get_done (transfer->running);
  transfer->rate = 0;
  if (fault == BK_TRANSFER_CUT)
    bk_session_start_timer (self, BK_SESSION_TIMER_TRANSFER, EXPLAIN_MS, on_unexplained);
  else if (fault != BK_TRANSFER_OK)
    fail (self, fault);
  else if (self->role == BK_ROLE_INVITEE)
    {
      transfer->done = TRUE;
      transfer->path = g_strdup (bk_transfer_get_path (transfer->running));
      bk_session_end (self, BK_LIFE_PROGRAM_ENDED, BECKON_SESSION_RESULT_ENDED, NULL);
    }
  else
    bk_session_transfer_changed (self);
}

/* Both sides are connected by the channel. */
void
bk_session_start_transfer (BkEngineSession *self)
{
  BkSessionTransfer *transfer = self->transfer;
  g_autoptr (GError) error = NULL;
  int stream = bk_channel_open_stream (bk_session_channel (self), STREAM, &error);

  if (stream < 0)
    {
      bk_session_end (self, BK_LIFE_LAUNCH_FAILED, BECKON_SESSION_RESULT_CONNECTION_FAILURE, error->message);
      return;
    }
  if (self->role == BK_ROLE_INVITER)
    transfer->running = bk_transfer_send (stream, g_steal_fd (&transfer->file), &transfer->state, on_transferred, self);
  else
    transfer->running = bk_transfer_receive (stream, transfer->part, transfer->size, on_transferred, self);
  transfer->told_time = bk_clock_now (self->world->clock);
  bk_session_start_timer (self, BK_SESSION_TIMER_TRANSFER, TELL_MS, on_tell);
  bk_session_transfer_changed (self);
}

/* ---- the end ---- */

/* All of it is here, and nobody could be told before it ended. */
static gboolean
is_whole (BkEngineSession *self, gboolean keep)
{
  BkSessionTransfer *transfer = self->transfer;

  return keep && self->role == BK_ROLE_INVITEE && transfer->running != NULL
         && bk_transfer_get_path (transfer->running) != NULL;
}

/* Nobody wanted it to end: the same file may come once more, and then goes on. */
static gboolean
is_break (BeckonSessionResult result)
{
  return result == BECKON_SESSION_RESULT_CONNECTION_FAILURE || result == BECKON_SESSION_RESULT_SIGNED_OUT
         || result == BECKON_SESSION_RESULT_SERVICE_RESTARTED;
}

static void
let_go_of_part (BkEngineSession *self, gboolean keep)
{
  BkSessionTransfer *transfer = self->transfer;

  if (transfer->part == NULL)
    return;
  if (keep && transfer->told > 0)
    bk_session_keep_part (self, transfer->part, FALSE);
  else
    bk_session_forget_part (self, transfer->part);
  if (transfer->running == NULL && !(keep && transfer->told > 0))
    bk_transfer_part_discard_soon (transfer->part);
}

/* The session is over by @move. */
void
bk_session_transfer_over (BkEngineSession *self, const BkMove *move)
{
  BkSessionTransfer *transfer = self->transfer;
  gboolean keep = is_break (move->result);

  if (transfer == NULL)
    return;
  if (transfer->running != NULL)
    transfer->told = bk_transfer_get_done (transfer->running);
  if (self->role == BK_ROLE_INVITER)
    transfer->done = move->remote && move->result == BECKON_SESSION_RESULT_ENDED && transfer->running != NULL
                     && bk_transfer_get_whole (transfer->running);
  transfer->rate = 0;
  if (is_whole (self, keep))
    {
      transfer->done = TRUE;
      transfer->path = g_strdup (bk_transfer_get_path (transfer->running));
    }
  let_go_of_part (self, keep && !transfer->done);
  if (transfer->running != NULL)
    bk_transfer_stop (g_steal_pointer (&transfer->running), keep && (transfer->told > 0 || transfer->done));
  if (transfer->file >= 0)
    close (g_steal_fd (&transfer->file));
}

/* Nobody keeps the session any more. */
void
bk_session_clear_transfer (BkEngineSession *self)
{
  BkSessionTransfer *transfer = self->transfer;

  if (transfer == NULL)
    return;
  if (transfer->running != NULL)
    bk_transfer_stop (g_steal_pointer (&transfer->running), TRUE);
  if (transfer->file >= 0)
    close (g_steal_fd (&transfer->file));
}

void
bk_session_free_transfer (BkSessionTransfer *transfer)
{
  g_clear_pointer (&transfer->part, bk_transfer_part_unref);
  g_free (transfer->name);
  g_free (transfer->path);
  g_free (transfer->source);
  g_free (transfer);
}
