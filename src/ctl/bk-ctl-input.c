/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands read: passwords, which are never arguments, and texts from standard input. */
#include "bk-ctl.h"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define MAX_PASSWORD 256

/* ---- passwords ---- */

typedef struct
{
  BkCtl *ctl;
  const char *label;
  gboolean again;  /* what is typed blind is typed once more */
  char *before_it; /* nullable: what was typed the first time */
  int terminal;    /* -1 for standard input */
  struct termios before;
} Prompt;

/* Restores the terminal however the command ends: also called by main (). */
static void
prompt_restore (gpointer data)
{
  Prompt *prompt = data;

  if (prompt->terminal < 0)
    return;
  tcsetattr (prompt->terminal, TCSAFLUSH, &prompt->before);
  fputc ('\n', stderr);
  prompt->terminal = -1; /* the stream closes it */
}

static void
prompt_free (Prompt *prompt)
{
  if (prompt->ctl->cleanup_data == prompt)
    prompt->ctl->cleanup = NULL;
  prompt_restore (prompt);
  if (prompt->before_it != NULL)
    explicit_bzero (prompt->before_it, strlen (prompt->before_it));
  g_free (prompt->before_it);
  g_free (prompt);
}

static void ask (GTask *task_in);

/* Takes @task and @line, which is a password. */
static void
take_line (GTask *task, char *line)
{
  Prompt *prompt = g_task_get_task_data (task);

  if (prompt->again)
    {
      prompt->again = FALSE;
      prompt->before_it = line;
      prompt->label = "Again: ";
      ask (task);
      return;
    }
  if (prompt->before_it != NULL && !g_str_equal (prompt->before_it, line))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The two are not the same");
      g_free (line);
    }
  else
    g_task_return_pointer (task, line, g_free);
  g_object_unref (task);
}

static void
on_password (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Prompt *prompt = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, &error);

  prompt_restore (prompt);
  if (error != NULL)
    g_task_return_error (task, error);
  else if (line == NULL || *line == '\0')
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "No password was given");
  else if (strlen (line) > MAX_PASSWORD || !g_utf8_validate (line, -1, NULL))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                             "A password is text of at most %d bytes", MAX_PASSWORD);
  else
    take_line (g_steal_pointer (&task), g_steal_pointer (&line));
}

static gboolean
prompt_open (Prompt *prompt, GError **error)
{
  struct termios silent;

  prompt->terminal = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (prompt->terminal < 0 || tcgetattr (prompt->terminal, &prompt->before) != 0)
    {
      if (prompt->terminal >= 0)
        close (prompt->terminal);
      prompt->terminal = -1;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   "There is no terminal to ask for the password: use --password-stdin");
      return FALSE;
    }
  silent = prompt->before;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  tcsetattr (prompt->terminal, TCSAFLUSH, &silent);
  prompt->ctl->cleanup = prompt_restore;
  prompt->ctl->cleanup_data = prompt;
  fputs (prompt->label, stderr);
  return TRUE;
}

static GDataInputStream *
open_lines (int fd, gboolean close_fd)
{
  g_autoptr (GInputStream) base = g_unix_input_stream_new (fd, close_fd);
  GDataInputStream *lines = g_data_input_stream_new (base);

  g_data_input_stream_set_newline_type (lines, G_DATA_STREAM_NEWLINE_TYPE_LF);
  return lines;
}

/* Of standard input there is one stream: it may have read the next line already. Takes @task. */
static void
read_line (GTask *task)
{
  Prompt *prompt = g_task_get_task_data (task);
  BkCtl *ctl = prompt->ctl;
  g_autoptr (GDataInputStream) lines = NULL;

  if (prompt->terminal >= 0)
    lines = open_lines (prompt->terminal, TRUE);
  else if (ctl->lines == NULL)
    {
      lines = open_lines (STDIN_FILENO, FALSE);
      ctl->lines = lines;
      bk_ctl_keep (ctl, lines);
    }
  g_data_input_stream_read_line_async (lines != NULL ? lines : ctl->lines, G_PRIORITY_DEFAULT, ctl->cancellable,
                                       on_password, task);
}

/* Asks on the terminal. Takes @task. */
static void
ask (GTask *task)
{
  GError *error = NULL;

  if (prompt_open (g_task_get_task_data (task), &error))
    {
      read_line (task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
read_password (BkCtl *ctl, const char *label, gboolean again, gboolean from_stdin, GAsyncReadyCallback callback)
{
  GTask *task = g_task_new (NULL, ctl->cancellable, callback, ctl);
  Prompt *prompt = g_new0 (Prompt, 1);

  prompt->ctl = ctl;
  prompt->label = label;
  prompt->again = again && !from_stdin;
  prompt->terminal = -1;
  g_task_set_source_tag (task, read_password);
  g_task_set_task_data (task, prompt, (GDestroyNotify) prompt_free);
  if (from_stdin)
    read_line (task);
  else
    ask (task);
}

void
bk_ctl_read_password_async (BkCtl *ctl, gboolean from_stdin, GAsyncReadyCallback callback)
{
  read_password (ctl, "Password: ", FALSE, from_stdin, callback);
}

void
bk_ctl_read_new_password_async (BkCtl *ctl, gboolean from_stdin, GAsyncReadyCallback callback)
{
  read_password (ctl, "New password: ", TRUE, from_stdin, callback);
}

char *
bk_ctl_read_password_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- texts ---- */

typedef struct
{
  gsize max;
  char *buffer; /* one byte more than is allowed, to know whether there is more, and the terminator */
} Reading;

static void
reading_free (Reading *reading)
{
  g_free (reading->buffer);
  g_free (reading);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  GError *error = NULL;
  gsize length = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  reading->buffer[length] = '\0';
  if (length > reading->max)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_MESSAGE_TOO_LONG,
                             "The text has more than %" G_GSIZE_FORMAT " bytes", reading->max);
  else if (strlen (reading->buffer) != length || !g_utf8_validate (reading->buffer, -1, NULL))
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "Standard input holds no UTF-8 text");
  else
    g_task_return_pointer (task, g_steal_pointer (&reading->buffer), g_free);
}

void
bk_ctl_read_stdin_async (BkCtl *ctl, gsize max, GAsyncReadyCallback callback)
{
  GTask *task = g_task_new (NULL, ctl->cancellable, callback, ctl);
  g_autoptr (GInputStream) stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  Reading *reading = g_new0 (Reading, 1);

  reading->max = max;
  reading->buffer = g_malloc (max + 2);
  g_task_set_source_tag (task, bk_ctl_read_stdin_async);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_input_stream_read_all_async (stream, reading->buffer, max + 1, G_PRIORITY_DEFAULT, ctl->cancellable, on_read, task);
}

char *
bk_ctl_read_stdin_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
