/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-pipe-program.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define ATTACHING_SECONDS 30

static struct
{
  gboolean receive;
  gboolean session;
  gboolean attach;
  gboolean version;
  int timeout;
  char **rest;
} options;

static BkPipe pipe_program = { .link = -1, .inside = -1 };

static const GOptionEntry entries[] = {
  { "to", 't', 0, G_OPTION_ARG_FILENAME, &pipe_program.to, "Invite WHO to a pipe", "WHO" },
  { "receive", 'r', 0, G_OPTION_ARG_NONE, &options.receive, "Wait for an invitation and accept it", NULL },
  { "from", 'f', 0, G_OPTION_ARG_FILENAME, &pipe_program.from, "--receive: accept from nobody else", "WHO" },
  { "attach", 'a', 0, G_OPTION_ARG_NONE, &options.attach, "Join a pipe that was invited to or accepted in Beckon",
    NULL },
  { "account", 0, 0, G_OPTION_ARG_FILENAME, &pipe_program.account, "--to: the account that invites", "NAME" },
  { "timeout", 0, 0, G_OPTION_ARG_INT, &options.timeout, "Give up if nothing flows by then", "SECONDS" },
  { "verbose", 'v', 0, G_OPTION_ARG_NONE, &pipe_program.verbose, "Tell on standard error what happens", NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, &options.version, "Print the version and exit", NULL },
  { "session", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options.session, "Launched by Beckon", NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.rest, NULL, "[SESSION]" },
  { NULL },
};

static const char description[] =
  "One side:    beckon-pipe --to bob@example.org < file\n"
  "The other:   beckon-pipe --receive > file\n"
  "Or invite to Pipe in Beckon (beckonctl invite bob Pipe), and both sides call beckon-pipe --attach.\n\n"
  "Both directions are open at the same time; each ends with its input, and the pipe with both. Where standard\n"
  "input is a terminal and standard output is not, nothing is read from the terminal.\n\n"
  "What flows is encrypted from one computer to the other. --verbose tells whether it goes there directly or by way\n"
  "of a relay, which cannot read it.";

/* ---- the end ---- */

void
bk_pipe_end (BkPipe *self, BkPipeStatus status)
{
  if (self->phase == BK_PIPE_PHASE_OVER)
    return;
  self->phase = BK_PIPE_PHASE_OVER;
  self->status = status;
  g_cancellable_cancel (self->cancellable);
  g_main_loop_quit (self->loop);
}

/* Text from the other side must neither move the cursor nor turn the reading direction. */
static void G_GNUC_PRINTF (1, 0)
complain (const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) safe = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      g_string_append_unichar (safe, g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT ? 0xfffd : c);
    }
  fprintf (stderr, "beckon-pipe: %s\n", safe->str);
}

void
bk_pipe_fail (BkPipe *self, BkPipeStatus status, const char *format, ...)
{
  va_list args;

  if (self->phase == BK_PIPE_PHASE_OVER)
    return;
  va_start (args, format);
  complain (format, args);
  va_end (args);
  bk_pipe_end (self, status);
}

void
bk_pipe_fail_error (BkPipe *self, GError *error)
{
  g_autoptr (GError) owned = error;

  bk_pipe_fail (self, BK_PIPE_FAILED, "%s", error->message);
}

/* @self: NULL to say it whether or not the user wants to hear. */
void
bk_pipe_say (BkPipe *self, const char *format, ...)
{
  va_list args;

  if (self != NULL && !self->verbose)
    return;
  va_start (args, format);
  complain (format, args);
  va_end (args);
}

/* ---- phases ---- */

static gboolean
on_late (gpointer user_data)
{
  pipe_program.timer = 0;
  bk_pipe_fail (&pipe_program, BK_PIPE_TIMEOUT, "%s", (const char *) user_data);
  return G_SOURCE_REMOVE;
}

void
bk_pipe_enter (BkPipe *self, BkPipePhase phase, guint seconds, const char *late)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->phase = phase;
  if (seconds > 0)
    self->timer = g_timeout_add_seconds (seconds, on_late, (gpointer) late);
}

static void
tell_counts (BkPipe *self)
{
  guint64 sent, received;
  double seconds = (double) (g_get_monotonic_time () - self->started) / G_USEC_PER_SEC;

  bk_pipe_ends_get_counts (self->ends, &sent, &received);
  g_autofree char *sent_text = g_format_size (sent);
  g_autofree char *received_text = g_format_size (received);
  g_autofree char *rate = g_format_size ((guint64) ((double) (sent + received) / MAX (seconds, 0.001)));
  bk_pipe_say (self, "%s sent, %s received in %.1f s, %s/s", sent_text, received_text, seconds, rate);
}

static gboolean
on_progress (gpointer user_data)
{
  tell_counts (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_flow_done (const char *problem, gpointer user_data)
{
  BkPipe *self = user_data;

  if (self->ends != NULL)
    tell_counts (self);
  if (problem != NULL)
    bk_pipe_fail (self, BK_PIPE_FAILED, "%s", problem);
  else
    bk_pipe_end (self, BK_PIPE_OK);
}

void
bk_pipe_flow_ends (BkPipe *self, int socket)
{
  /* Whoever saves to a file from a terminal does not want to type something as well. */
  gboolean only_out = isatty (STDIN_FILENO) && !isatty (STDOUT_FILENO);

  bk_pipe_enter (self, BK_PIPE_PHASE_FLOWING, 0, NULL);
  self->started = g_get_monotonic_time ();
  if (self->verbose)
    self->timer = g_timeout_add_seconds (1, on_progress, self);
  self->ends = bk_pipe_ends_new (only_out ? -1 : STDIN_FILENO, STDOUT_FILENO, socket, on_flow_done, self);
}

void
bk_pipe_flow_relay (BkPipe *self)
{
  bk_pipe_enter (self, BK_PIPE_PHASE_FLOWING, 0, NULL);
  self->relay = bk_pipe_relay_new (g_steal_fd (&self->link), g_steal_fd (&self->inside), on_flow_done, self);
}

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipe *self = user_data;
  GError *error = NULL;
  int fd = bk_pipe_attach_finish (result, &error);

  if (fd >= 0)
    bk_pipe_flow_ends (self, fd);
  else
    bk_pipe_fail_error (self, error);
}

void
bk_pipe_start_attach (BkPipe *self, const char *session)
{
  bk_pipe_attach_async (session, self->cancellable, on_attached, self);
}

/* ---- main ---- */

static gboolean
on_interrupted (gpointer user_data)
{
  bk_pipe_end (&pipe_program, BK_PIPE_INTERRUPTED);
  return G_SOURCE_CONTINUE;
}

static gboolean
parse (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("");
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, "Joins standard input and output of two people.");
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  gboolean ok = g_option_context_parse (context, argc, argv, &error);
  int ways = (pipe_program.to != NULL) + options.receive + options.session + options.attach;
  guint n_rest = options.rest != NULL ? g_strv_length (options.rest) : 0;

  if (!ok)
    fprintf (stderr, "beckon-pipe: %s\n", error->message);
  else if (options.version)
    return TRUE;
  else if (ways != 1 || n_rest > (options.attach ? 1 : 0))
    fprintf (stderr, "beckon-pipe: one of --to, --receive and --attach is needed; see beckon-pipe --help\n");
  return ok && ways == 1 && n_rest <= (options.attach ? 1 : 0);
}

static void
start (BkPipe *self)
{
  guint timeout = options.timeout > 0 ? (guint) options.timeout : options.attach ? ATTACHING_SECONDS : 0;

  bk_pipe_enter (self, BK_PIPE_PHASE_SESSION, timeout, options.attach ? "No pipe was opened in time" : "Timed out");
  if (options.attach)
    bk_pipe_start_attach (self, options.rest != NULL ? options.rest[0] : NULL);
  else if (options.session)
    bk_pipe_start_launched (self);
  else if (options.receive)
    bk_pipe_start_receive (self);
  else
    bk_pipe_start_to (self);
}

static void
tear_down (BkPipe *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  bk_pipe_ends_free (self->ends);
  bk_pipe_relay_free (self->relay);
  bk_pipe_door_free (self->door);
  if (self->link >= 0)
    close (self->link);
  if (self->inside >= 0)
    close (self->inside);
  g_clear_object (&self->session);
  g_clear_object (&self->manager);
  g_clear_object (&self->messenger);
  /* What was cancelled comes to its end while everything it points to is there. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->cancellable);
  g_main_loop_unref (self->loop);
  g_strfreev (options.rest);
}

int
main (int argc, char **argv)
{
  BkPipe *self = &pipe_program;

  setlocale (LC_ALL, "");
  if (!parse (&argc, &argv))
    return BK_PIPE_USAGE;
  if (options.version)
    {
      printf ("beckon-pipe %s\n", BECKON_VERSION);
      return 0;
    }
  signal (SIGPIPE, SIG_IGN);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->cancellable = g_cancellable_new ();
  g_unix_signal_add (SIGINT, on_interrupted, NULL);
  g_unix_signal_add (SIGTERM, on_interrupted, NULL);
  start (self);
  if (self->phase != BK_PIPE_PHASE_OVER)
    g_main_loop_run (self->loop);
  tear_down (self);
  return (int) self->status;
}
