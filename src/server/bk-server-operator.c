/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-operator.h"

#include "bk-server-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sys/stat.h>
#include <unistd.h>

#define ACCOUNTS_PER_STEP 128

/* Returns a descriptor of the pipe beside @database, or -1 with errno. What lies in a folder need not be ours: it is
 * not followed if it is a link, not waited for, and not written to if it is no pipe. */
static int
open_pipe (const char *database, int flags)
{
  g_autofree char *path = g_strconcat (database, "-operator", NULL);
  int fd = open (path, flags | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  struct stat status;

  if (fd >= 0 && (fstat (fd, &status) != 0 || !S_ISFIFO (status.st_mode)))
    {
      close (fd);
      errno = ENOTSUP;
      return -1;
    }
  return fd;
}

/* ---- the side of the commands ---- */

/* Without a pipe no server has ever run, without a reader none runs now. */
static gboolean
is_nobody (int error)
{
  return error == ENOENT || error == ENXIO;
}

/* Whether a server runs on @database now. */
gboolean
bk_server_operator_is_heard (const char *database)
{
  int fd = open_pipe (database, O_WRONLY);

  if (fd >= 0)
    close (fd);
  return fd >= 0 || !is_nobody (errno);
}

/* Has the server that runs on @database, if there is one, look at what is to be done. SIGPIPE is ignored by the caller. */
gboolean
bk_server_operator_nudge (const char *database, GError **error)
{
  int fd = open_pipe (database, O_WRONLY);
  /* A full pipe is as good: the server has yet to look. So is one whose reader left just now. */
  gboolean done = fd >= 0 ? write (fd, "", 1) == 1 || errno == EAGAIN || errno == EPIPE : is_nobody (errno);
  int code = errno;

  if (fd >= 0)
    close (fd);
  if (!done)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED,
                 "That is stored, but a running server could not be told (%s); it will know when it starts again",
                 g_strerror (code));
  return done;
}

/* ---- the server's side ---- */

static void
perform (BkServer *self, const BkStoreOperator *job)
{
  switch (job->operation)
    {
    case BK_STORE_ACCOUNT_REMOVED:
      bk_server_account_dismiss (self, job->account, 0, 0, "revoked");
      return;
    case BK_STORE_ACCOUNT_DISABLED:
      bk_server_account_dismiss (self, job->account, 0, 0, "disabled");
      return;
    case BK_STORE_DEVICE_REMOVED:
      bk_server_account_dismiss (self, job->account, job->device, 0, "revoked");
      return;
    case BK_STORE_LICENSE_ASKED:
      bk_server_lock_ask_all (self, job->license);
      return;
    case BK_STORE_LICENSE_REVOKED:
      bk_server_lock_revoke_all (self, job->license);
      return;
    case BK_STORE_ALERT_SUBSCRIBERS:
      bk_server_alert_subscribers (self, job->site, job->frame);
      return;
    case BK_STORE_ALERT_ONE:
    case BK_STORE_ALERT_ALL:
    case BK_STORE_NO_OPERATION:
      return;
    }
}

static void look (BkServer *self);

static void
on_step (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServer) self = user_data;
  g_autoptr (GError) error = NULL;
  BkStoreOperator *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  self->n_jobs--;
  self->operating = FALSE;
  if (job == NULL)
    g_warning ("Could not do what the operator wants: %s", error->message);
  else if (job->found)
    {
      perform (self, job);
      bk_server_apply (self, &job->changes);
    }
  if (self->nudged || (job != NULL && job->found))
    look (self);
  g_clear_pointer (&job, bk_store_operator_free);
  bk_server_check_stopped (self);
}

/* Does what is to be done, step by step, one at a time. */
static void
look (BkServer *self)
{
  /* After a nudge there is one more look: what is under way may have been too early to see what it was about. */
  self->nudged = self->operating;
  if (self->operating || self->state != BK_SERVER_RUNNING)
    return;

  BkStoreOperator *job = g_new0 (BkStoreOperator, 1);
  job->now = bk_server_now (self);
  job->limit = ACCOUNTS_PER_STEP;
  self->operating = TRUE;
  self->n_jobs++;
  bk_sqlite_run_async (self->db, BK_SQLITE_WRITE, bk_store_operate, job, bk_store_operator_free, NULL, on_step,
                       g_object_ref (self));
}

static gboolean
on_nudge (int fd, GIOCondition condition, gpointer user_data)
{
  char buffer[64];

  while (read (fd, buffer, sizeof buffer) > 0)
    ;
  look (user_data);
  return G_SOURCE_CONTINUE;
}

/* A server that cannot be told works all the same, and looks when it starts. The pipe is opened for writing too: so it
 * has no end when a command has closed it. */
void
bk_server_operator_start (BkServer *self)
{
  g_autofree char *path = g_strconcat (self->config->database, "-operator", NULL);
  gboolean made = mkfifo (path, 0600) == 0 || errno == EEXIST;

  self->operator_fd = made ? open_pipe (self->config->database, O_RDWR) : -1;
  if (self->operator_fd < 0)
    g_warning ("Commands of the operator count when the server starts again: %s cannot be used (%s)", path,
               g_strerror (errno));
  else
    self->operator_source = g_unix_fd_add (self->operator_fd, G_IO_IN, on_nudge, self);
  look (self);
}

void
bk_server_operator_stop (BkServer *self)
{
  g_clear_handle_id (&self->operator_source, g_source_remove);
  if (self->operator_fd >= 0)
    close (self->operator_fd);
  self->operator_fd = -1;
}
