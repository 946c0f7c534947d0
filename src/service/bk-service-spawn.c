/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-spawn.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-service-machine.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_LOGS 50

/* What the child does between fork and exec may call async-signal-safe functions alone: all is ready before. */
typedef struct
{
  const char *program;
  char **argv;
  char **environment;
  const char *home;
  mode_t umask;
  struct rlimit descriptors;
  int null;
  int log;
  int gate;
  int status;
} Child;

static gboolean
fail (GError **error, const char *what, const char *name, int code)
{
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, "%s “%s”: %s", what, name, g_strerror (code));
  return FALSE;
}

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* ---- logs ---- */

typedef struct
{
  char *path;
  gint64 time;
} Log;

static void
log_free (Log *log)
{
  g_free (log->path);
  g_free (log);
}

static int
compare_logs (gconstpointer a, gconstpointer b)
{
  const Log *one = *(Log *const *) a, *other = *(Log *const *) b;

  return one->time < other->time ? 1 : one->time > other->time ? -1 : 0;
}

static void
prune_logs (const char *folder)
{
  g_autoptr (GPtrArray) logs = g_ptr_array_new_with_free_func ((GDestroyNotify) log_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      struct stat info;

      if (!g_str_has_suffix (name, ".log") || lstat (path, &info) != 0)
        continue;
      Log *log = g_new0 (Log, 1);
      log->path = g_steal_pointer (&path);
      log->time = (gint64) info.st_mtim.tv_sec * G_USEC_PER_SEC + info.st_mtim.tv_nsec / 1000;
      g_ptr_array_add (logs, log);
    }
  g_ptr_array_sort (logs, compare_logs);
  for (guint i = MAX_LOGS - 1; i < logs->len; i++)
    g_unlink (((Log *) g_ptr_array_index (logs, i))->path);
}

int
bk_service_spawn_open_log (const BkServicePlaces *places, const BkLaunch *launch, char **path, GError **error)
{
  g_autofree char *token = bk_service_spawn_token (launch);
  g_autofree char *name = g_strconcat (token, ".log", NULL);

  if (g_mkdir_with_parents (places->log_dir, 0700) != 0)
    {
      fail (error, "Cannot make the folder", places->log_dir, errno);
      return -1;
    }
  prune_logs (places->log_dir);
  *path = g_build_filename (places->log_dir, name, NULL);
  int fd = open (*path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    fail (error, "Cannot write the log", *path, errno);
  return fd;
}

static int
get_output (BkServiceSpawn *self, const BkServicePlaces *places, const BkLaunch *launch, GError **error)
{
  if (launch->output == 0)
    return bk_service_spawn_open_log (places, launch, &self->log, error);
  int fd = fcntl (launch->output, F_DUPFD_CLOEXEC, 3);
  if (fd < 0)
    fail (error, "Cannot write", "the log", errno);
  return fd;
}

/* ---- before the fork ---- */

static gboolean
make_runtime_dir (BkServiceSpawn *self, const BkServicePlaces *places, const char *token, GError **error)
{
  g_autofree char *path = g_build_filename (places->runtime_dir, token, NULL);

  if (g_mkdir_with_parents (places->runtime_dir, 0700) != 0 || (g_mkdir (path, 0700) != 0 && errno != EEXIST))
    return fail (error, "Cannot make the folder", path, errno);
  self->runtime_parent = g_strdup (places->runtime_dir);
  self->runtime_name = g_strdup (token);
  return TRUE;
}

static char **
make_environment (BkServiceSpawn *self, const BkLaunch *launch)
{
  /* What was said to the service alone: taken for the program's own, it would do harm. */
  static const char *const ours[] = { "NOTIFY_SOCKET",        "LISTEN_FDS",     "LISTEN_PID",  "LISTEN_FDNAMES",
                                      "DBUS_STARTER_ADDRESS", "MAINPID",        "WATCHDOG_PID", "WATCHDOG_USEC",
                                      "DBUS_STARTER_BUS_TYPE", "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID",
                                      "BECKON_SECRETS",       "G_DEBUG",        "BECKON_COOKIE" };
  g_autofree char *runtime = g_build_filename (self->runtime_parent, self->runtime_name, NULL);
  char **environment = g_get_environ ();

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    environment = g_environ_unsetenv (environment, ours[i]);
  if (launch->cookie != NULL)
    environment = g_environ_setenv (environment, "BECKON_COOKIE", launch->cookie, TRUE);
  environment = g_environ_setenv (environment, "BECKON_SESSION", launch->session, TRUE);
  return g_environ_setenv (environment, "BECKON_RUNTIME_DIR", runtime, TRUE);
}

static char *
find_program (const char *name, GError **error)
{
  g_autofree char *found = name != NULL && *name != '\0' ? g_find_program_in_path (name) : NULL;

  if (found == NULL || !g_path_is_absolute (found))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "The program “%s” is not there or cannot be executed.",
                   name != NULL ? name : "");
      return NULL;
    }
  return g_steal_pointer (&found);
}

/* ---- between fork and exec ---- */

G_NORETURN static void
run_child (const Child *child)
{
  sigset_t none;
  char byte;
  int code;

  for (int number = 1; number < NSIG; number++)
    signal (number, SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  setsid ();
  umask (child->umask);
  setrlimit (RLIMIT_NOFILE, &child->descriptors);
  if (chdir (child->home) != 0 && chdir ("/") != 0)
    _exit (127);
  if (dup2 (child->null, 0) < 0 || dup2 (child->log, 1) < 0 || dup2 (child->log, 2) < 0)
    _exit (127);
  close_range (3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (read (child->gate, &byte, 1) != 1)
    _exit (127);
  execve (child->program, child->argv, child->environment);
  code = errno;
  if (write (child->status, &code, sizeof code) < 0)
    _exit (126);
  _exit (127);
}

static gboolean
fork_child (BkServiceSpawn *self, Child *child, GError **error)
{
  int gate[2], status[2];

  if (!g_unix_open_pipe (gate, FD_CLOEXEC, error))
    return FALSE;
  if (!g_unix_open_pipe (status, FD_CLOEXEC, error))
    {
      close (gate[0]);
      close (gate[1]);
      return FALSE;
    }
  child->gate = gate[0];
  child->status = status[1];
  self->gate = gate[1];
  self->status = status[0];
  self->pid = fork ();
  if (self->pid == 0)
    {
      close (gate[1]); /* or it would wait for itself */
      run_child (child);
    }
  close (gate[0]);
  close (status[1]);
  if (self->pid < 0)
    return fail (error, "Cannot start", child->program, errno);
  self->pidfd = pidfd_open (self->pid, 0);
  return self->pidfd >= 0 || fail (error, "Cannot watch", child->program, errno);
}

/* ---- public ---- */

/* The session as part of a file or unit name. */
char *
bk_service_spawn_token (const BkLaunch *launch)
{
  GString *token = g_string_new (NULL);

  for (const char *p = launch->session; *p != '\0' && token->len < 64; p++)
    if (g_ascii_isalnum (*p))
      g_string_append_c (token, g_ascii_tolower (*p));
  if (launch->invitee && token->len > 0)
    g_string_append_c (token, 'b');
  return g_string_free (token, FALSE);
}

/* The program is there, held at its gate. */
BkServiceSpawn *
bk_service_spawn (const BkServicePlaces *places, const BkLaunch *launch, GError **error)
{
  g_autoptr (BkServiceSpawn) self = g_new0 (BkServiceSpawn, 1);
  g_autofree char *token = bk_service_spawn_token (launch);
  g_autofree char *program = NULL;
  g_auto (GStrv) environment = NULL;
  Child child = { 0 };

  self->pid = self->pidfd = self->gate = self->status = -1;
  if (*token == '\0')
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A launch needs a session.");
      return NULL;
    }
  program = find_program (launch->argv != NULL ? launch->argv[0] : NULL, error);
  if (program == NULL || !make_runtime_dir (self, places, token, error))
    return NULL;
  environment = make_environment (self, launch);
  child.program = program;
  child.argv = (char **) launch->argv;
  child.environment = environment;
  child.home = places->home;
  child.umask = places->umask;
  if (getrlimit (RLIMIT_NOFILE, &child.descriptors) == 0 && places->descriptors != 0)
    child.descriptors.rlim_cur = MIN (places->descriptors, child.descriptors.rlim_max);
  child.log = get_output (self, places, launch, error);
  if (child.log < 0)
    return NULL;
  child.null = open ("/dev/null", O_RDWR | O_CLOEXEC);
  gboolean done = fork_child (self, &child, error);
  close (child.log);
  close (child.null);
  return done ? g_steal_pointer (&self) : NULL;
}

void
bk_service_spawn_release (BkServiceSpawn *self)
{
  if (self->gate >= 0 && write (self->gate, "", 1) < 0)
    g_message ("A program left before it was started: %s", g_strerror (errno));
  close_fd (&self->gate);
}

gboolean
bk_service_spawn_check (BkServiceSpawn *self, const char *program, GError **error)
{
  int code = 0;
  gssize n = read (self->status, &code, sizeof code);

  close_fd (&self->status);
  return n != sizeof code || fail (error, "Cannot start", program, code);
}

char *
bk_service_spawn_reap (BkServiceSpawn *self)
{
  int status = 0;

  if (waitpid (self->pid, &status, WNOHANG) != self->pid)
    return NULL;
  self->pid = -1;
  if (WIFEXITED (status) && WEXITSTATUS (status) == 0)
    return NULL;
  if (WIFEXITED (status))
    return g_strdup_printf ("It ended with status %d.", WEXITSTATUS (status));
  return g_strdup_printf ("It was ended by signal %d (%s).", WTERMSIG (status), strsignal (WTERMSIG (status)));
}

static void
remove_runtime_dir (BkServiceSpawn *self)
{
  int fd = -1;

  if (self->runtime_name != NULL)
    fd = open (self->runtime_parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (fd >= 0)
    {
      bk_service_remove_tree (fd, self->runtime_name);
      close (fd);
    }
  g_clear_pointer (&self->runtime_parent, g_free);
  g_clear_pointer (&self->runtime_name, g_free);
}

static gboolean
on_abandoned_ended (int fd, GIOCondition condition, gpointer user_data)
{
  g_autofree char *reason = bk_service_spawn_reap (user_data);

  bk_service_spawn_free (user_data);
  return G_SOURCE_REMOVE;
}

/* Takes @self, whose program has not been let through the gate: it never starts. Its folder is free at once. */
void
bk_service_spawn_abandon (BkServiceSpawn *self)
{
  remove_runtime_dir (self);
  close_fd (&self->gate);
  g_unix_fd_add (self->pidfd, G_IO_IN, on_abandoned_ended, self);
}

void
bk_service_spawn_free (BkServiceSpawn *self)
{
  close_fd (&self->gate);
  close_fd (&self->status);
  close_fd (&self->pidfd);
  remove_runtime_dir (self);
  g_free (self->log);
  g_free (self);
}
