/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send-file, and how far a file is */
#include "bk-ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* ---- how far it is ---- */

static gboolean is_shown;

/* The shell's prompt is to begin a line of its own, whatever ends the program. */
static void
end_line (gpointer data)
{
  if (is_shown)
    fputc ('\n', stderr);
  is_shown = FALSE;
}

static void
on_transfer (BeckonSession *session, GParamSpec *pspec, BkCtl *ctl)
{
  g_autoptr (GVariant) transfer = beckon_session_dup_transfer (session);
  const char *name = "", *state = "";
  guint64 size = 0, done = 0, rate = 0;

  if (ctl->ended)
    return;
  g_variant_lookup (transfer, "name", "&s", &name);
  g_variant_lookup (transfer, "state", "&s", &state);
  g_variant_lookup (transfer, "size", "t", &size);
  g_variant_lookup (transfer, "done", "t", &done);
  g_variant_lookup (transfer, "rate", "t", &rate);
  g_autofree char *safe = bk_ctl_safe (name);
  g_autofree char *all = g_format_size (size);
  g_autofree char *part = g_format_size (done);
  g_autofree char *speed = g_format_size (rate);
  int percent = size > 0 ? (int) (100.0 * (double) done / (double) size) : 100;

  fprintf (stderr, "\r\033[K%s  %s  %s of %s (%d %%)  %s/s", safe, state, part, all, percent, speed);
  fflush (stderr);
  is_shown = TRUE;
}

void
bk_ctl_show_transfer (BkCtl *ctl, BeckonSession *session)
{
  g_autoptr (GVariant) transfer = beckon_session_dup_transfer (session);

  if (g_variant_n_children (transfer) == 0 || ctl->json || isatty (STDERR_FILENO) == 0)
    return;
  ctl->cleanup = end_line;
  g_signal_connect (session, "notify::transfer", G_CALLBACK (on_transfer), ctl);
}

/* ---- send-file ---- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (BeckonSession) session = beckon_messenger_send_file_finish (BECKON_MESSENGER (source), result, &error);

  if (session == NULL)
    bk_ctl_fail_error (ctl, error);
  else
    bk_ctl_follow_session (ctl, session);
}

static void
run_send_file (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL || !bk_ctl_parse_wait (ctl))
    return;
  g_autofree char *who = bk_ctl_dup_who (account, ctl->args[0]);
  g_autofree char *base = g_path_get_basename (ctl->args[1]);
  g_autofree char *name = g_filename_display_name (base);
  int fd = open (ctl->args[1], O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0)
    {
      bk_ctl_fail (ctl, BK_CTL_FAILED, "%s: %s", ctl->args[1], g_strerror (errno));
      return;
    }
  beckon_messenger_send_file_async (ctl->messenger, account, who, fd, name, ctl->cancellable, on_sent, ctl);
  close (fd);
}

const BkCtlCommand bk_ctl_file_commands[] = {
  { "send-file", run_send_file, "WHO FILE", "Send somebody a file", 2, 2, bk_ctl_plain_wait_entries },
  { NULL },
};
