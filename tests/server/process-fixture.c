/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "process-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

static char *
program (void)
{
  return g_build_filename (g_getenv ("BECKON_BUILDDIR"), "src", "server", "beckon-server", NULL);
}

/* A test that fails leaves no server behind, which would hold the pipes of the test. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
child_start (Child *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = program ();
  const char *argv[] = { path, "run", "--database", f->database, "--listen", "127.0.0.1:0", "--port-file",
                         f->port_file, NULL };

  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  if (f->notify != NULL)
    g_subprocess_launcher_setenv (launcher, "NOTIFY_SOCKET", f->notify, TRUE);
  f->process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  f->out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (f->process));
  g_autofree char *line = g_data_input_stream_read_line (f->out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "listening on 127.0.0.1:"));
  f->port = (guint16) g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
  g_assert_cmpuint (f->port, !=, 0);
}

void
child_wait (Child *f)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_subprocess_wait_async (f->process, NULL, bk_test_store_result, &result);
  g_assert_true (g_subprocess_wait_finish (f->process, bk_test_await (&result), NULL));
  g_clear_object (&f->out);
}

void
child_kill (Child *f)
{
  g_subprocess_force_exit (f->process);
  child_wait (f);
  g_clear_object (&f->process);
}

void
child_set_up (Child *f, gconstpointer data)
{
  f->dir = bk_test_dir_new ();
  f->database = g_build_filename (f->dir, "server.db", NULL);
  f->port_file = g_build_filename (f->dir, "port", NULL);
  f->soup = soup_session_new ();
}

void
child_tear_down (Child *f, gconstpointer data)
{
  if (f->process != NULL)
    child_kill (f);
  g_clear_object (&f->soup);
  g_free (f->notify);
  g_free (f->port_file);
  g_free (f->database);
  bk_test_dir_remove (f->dir);
}

Client *
child_connect (Child *f)
{
  Client *c = client_connect (f->soup, f->port);
  g_autoptr (BkFrame) hello = client_push (c, BK_FRAME_HELLO);

  g_assert_cmpstr (bk_frame_get_string (hello, "registration"), ==, "open");
  return c;
}

/* Runs a command of the operator. Returns what it printed. */
char *
child_operate (Child *f, int expected_status, const char *input, const char *first, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = program ();
  char *output = NULL;
  va_list words;

  g_ptr_array_add (argv, path);
  g_ptr_array_add (argv, (gpointer) "--database");
  g_ptr_array_add (argv, f->database);
  va_start (words, first);
  for (const char *word = first; word != NULL; word = va_arg (words, const char *))
    g_ptr_array_add (argv, (gpointer) word);
  va_end (words);
  g_ptr_array_add (argv, NULL);

  g_autoptr (GSubprocess) process
    = g_subprocess_newv ((const char *const *) argv->pdata,
                         G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                           | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                         &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_exit_status (process) != expected_status)
    g_error ("%s: exit status %d: %s", first, g_subprocess_get_exit_status (process), output);
  return output;
}

char *
child_find_line (const char *text, const char *prefix)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, prefix))
      return g_strdup (*line + strlen (prefix));
  g_error ("“%s” is missing in: %s", prefix, text);
}
