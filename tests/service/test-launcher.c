/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Launching real programs: as descendants, and in scopes of a systemd that is played here. */
#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-service-launcher.h"
#include "bk-service-process.h"
#include "bk-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum
{
  SYSTEMD_ABSENT,
  SYSTEMD_WORKS,
  SYSTEMD_REFUSES,
  SYSTEMD_FAILS,
} Systemd;

typedef struct
{
  BkTestDir *dir;
  char *log_dir;
  char *runtime_dir;
  BkServicePlaces places;
  BkClock *clock;
  GTestDBus *dbus;
  GDBusConnection *connection;
  GDBusConnection *manager; /* plays systemd */
  Systemd systemd;
  char *unit;
  guint32 pid;
  guint killed;
  BkLauncher *launcher;
} Fixture;

/* What became of one program. */
typedef struct
{
  BkProgram *program;
  char *session;
  guint ended;
  gboolean failed;
  char *reason;
} Run;

/* ---- systemd ---- */

static const char manager_xml[]
  = "<node><interface name='org.freedesktop.systemd1.Manager'><method name='Subscribe'/>"
    "<method name='KillUnit'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='i' "
    "direction='in'/></method><method name='StartTransientUnit'><arg type='s' direction='in'/><arg type='s' "
    "direction='in'/><arg type='a(sv)' direction='in'/><arg type='a(sa(sv))' direction='in'/><arg type='o' "
    "direction='out'/></method></interface></node>";

static void
say (Fixture *f, const char *signal, GVariant *parameters)
{
  g_dbus_connection_emit_signal (f->manager, NULL, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager",
                                 signal, parameters, NULL);
}

static void
take_unit (Fixture *f, GVariant *parameters)
{
  g_autoptr (GVariant) properties = g_variant_get_child_value (parameters, 2);
  const char *name;
  GVariantIter iter;
  GVariant *value;

  g_clear_pointer (&f->unit, g_free);
  g_variant_get_child (parameters, 0, "s", &f->unit);
  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_next (&iter, "(&sv)", &name, &value))
    {
      if (g_str_equal (name, "PIDs"))
        g_variant_get_child (value, 0, "u", &f->pid);
      g_variant_unref (value);
    }
}

static void
on_manager_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                 const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Fixture *f = user_data;
  const char *job = "/org/freedesktop/systemd1/job/1";

  if (g_str_equal (method, "KillUnit"))
    {
      f->killed++;
      kill ((pid_t) f->pid, SIGTERM);
    }
  if (!g_str_equal (method, "StartTransientUnit"))
    {
      g_dbus_method_invocation_return_value (invocation, NULL);
      return;
    }
  take_unit (f, parameters);
  if (f->systemd == SYSTEMD_REFUSES)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.systemd1.No", "No.");
      return;
    }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", job));
  say (f, "JobRemoved", g_variant_new ("(uoss)", 1, job, f->unit, f->systemd == SYSTEMD_FAILS ? "failed" : "done"));
}

static void
unit_is_gone (Fixture *f)
{
  say (f, "UnitRemoved", g_variant_new ("(so)", f->unit, "/org/freedesktop/systemd1/unit/x"));
}

static GDBusConnection *
connect_to_bus (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (f->dbus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
start_systemd (Fixture *f)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_manager_call };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (manager_xml, NULL);
  g_autoptr (GVariant) reply = NULL;

  f->manager = connect_to_bus (f);
  g_dbus_connection_register_object (f->manager, "/org/freedesktop/systemd1", info->interfaces[0], &vtable, f, NULL,
                                     NULL);
  reply = g_dbus_connection_call_sync (f->manager, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", "org.freedesktop.systemd1", 0), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (reply);
}

/* ---- fixture ---- */

static void
setup (Fixture *f, gconstpointer data)
{
  f->systemd = (Systemd) GPOINTER_TO_INT (data);
  f->dir = bk_test_dir_new ();
  f->log_dir = g_build_filename (f->dir, "logs", NULL);
  f->runtime_dir = g_build_filename (f->dir, "run", NULL);
  f->places = (BkServicePlaces) { f->log_dir, f->runtime_dir, f->dir, 027, 333 };
  f->clock = bk_clock_new_system ();
  f->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->dbus);
  f->connection = connect_to_bus (f);
  if (f->systemd != SYSTEMD_ABSENT)
    start_systemd (f);

  g_autoptr (BkLauncher) scope = bk_service_scoper_new (&f->places, f->clock, f->connection);
  g_autoptr (BkLauncher) subreaper = bk_service_subreaper_new (&f->places);
  g_autoptr (BkLauncher) activator = bk_service_activator_new (f->connection);
  f->launcher = bk_service_launcher_new (scope, subreaper, activator, f->connection);
}

static void
close_connection (GDBusConnection **connection)
{
  if (*connection != NULL)
    g_dbus_connection_close_sync (*connection, NULL, NULL);
  g_clear_object (connection);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  bk_test_drain ();
  g_assert_finalize_object (f->launcher);
  close_connection (&f->connection);
  close_connection (&f->manager);
  bk_test_drain ();
  g_test_dbus_stop (f->dbus);
  g_object_unref (f->dbus);
  g_object_unref (f->clock);
  g_free (f->unit);
  g_free (f->log_dir);
  g_free (f->runtime_dir);
  bk_test_dir_remove (f->dir);
}

static void
on_ended (BkProgram *program, gboolean failed, const char *reason, Run *run)
{
  run->ended++;
  run->failed = failed;
  run->reason = g_strdup (reason);
}

static void
run_clear (Run *run)
{
  if (run->program != NULL)
    g_signal_handlers_disconnect_by_data (run->program, run);
  g_clear_object (&run->program);
  g_free (run->session);
  g_free (run->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static void
run_finish (Run *run, BkLauncher *launcher, GAsyncResult **result, GError **error)
{
  run->program = bk_launcher_launch_finish (launcher, bk_test_await (result), error);
  if (run->program != NULL)
    g_signal_connect (run->program, "ended", G_CALLBACK (on_ended), run);
}

static void
launch (Fixture *f, Run *run, const char *const *argv, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *cookie = bk_token_new ();

  run->session = bk_guid_new ();
  BkLaunch order = { .session = run->session, .name = "Thing", .argv = argv, .cookie = cookie };
  bk_launcher_launch_async (f->launcher, &order, NULL, bk_test_store_result, &result);
  run_finish (run, f->launcher, &result, error);
}

static void
launch_shell (Fixture *f, Run *run, const char *script)
{
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "/bin/sh", "-c", script, NULL };

  launch (f, run, argv, &error);
  g_assert_no_error (error);
}

static char *
read_log (Run *run)
{
  char *text = NULL;

  g_assert_true (g_file_get_contents (bk_program_get_log (run->program), &text, NULL, NULL));
  return text;
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

/* A named pipe that a program says something through: reading waits for it without asking again and again. */
static char *
make_pipe (Fixture *f, const char *name)
{
  char *path = g_build_filename (f->dir, name, NULL);

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  return path;
}

static guint
read_number (const char *pipe)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (pipe, &text, NULL, NULL));
  return (guint) g_ascii_strtoull (text, NULL, 10);
}

/* ---- as descendants ---- */

static void
test_ends (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *script;
    gboolean failed;
    const char *word;
  } cases[] = { { "exit 0", FALSE, NULL }, { "exit 3", TRUE, "status 3" }, { "kill -9 $$", TRUE, "signal 9" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Run) run = { 0 };

      launch_shell (f, &run, cases[i].script);
      bk_test_wait_for_count (&run.ended, 1);
      g_assert_cmpint (run.failed, ==, cases[i].failed);
      if (cases[i].failed)
        g_assert_nonnull (strstr (run.reason, cases[i].word));
      else
        g_assert_null (run.reason);
      g_assert_cmpuint (count_files (f->runtime_dir), ==, 0);
    }
}

static void
test_missing (Fixture *f, gconstpointer data)
{
  static const char *const programs[][2] = { { "/no/such/program", NULL },
                                             { "no-such-program-anywhere", NULL },
                                             { "", NULL },
                                             { "/etc/passwd", NULL },
                                             { "/tmp", NULL },
                                             { NULL, NULL } };
  g_autofree char *script = g_build_filename (f->dir, "script", NULL);
  const char *broken[] = { script, NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (Run) run = { 0 };

      launch (f, &run, programs[i], &error);
      g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
      g_assert_null (run.program);
    }

  /* It is there and may be executed, but the kernel does not know how. */
  g_autoptr (GError) error = NULL;
  g_auto (Run) run = { 0 };
  g_assert_true (g_file_set_contents (script, "#!/no/such/interpreter\n", -1, NULL));
  g_assert_cmpint (g_chmod (script, 0755), ==, 0);
  launch (f, &run, broken, &error);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_FAILED);
  g_assert_null (run.program);
}

static void
test_log_and_surroundings (Fixture *f, gconstpointer data)
{
  g_auto (Run) run = { 0 };
  struct stat info;

  g_setenv ("NOTIFY_SOCKET", "/nothing", TRUE);
  launch_shell (f, &run,
                "echo \"$BECKON_SESSION\"; pwd; umask; test -w \"$BECKON_RUNTIME_DIR\"; echo $?;"
                "stat -c %a \"$BECKON_RUNTIME_DIR\"; readlink /proc/self/fd/0; echo ${#BECKON_COOKIE};"
                "echo \"${NOTIFY_SOCKET-none}\"; mkdir -p \"$BECKON_RUNTIME_DIR/a/b\";"
                "ln -s / \"$BECKON_RUNTIME_DIR/l\";"
                "ls /proc/self/fd | wc -l; grep SigBlk /proc/self/status; ulimit -Sn; echo err >&2");
  bk_test_wait_for_count (&run.ended, 1);
  g_unsetenv ("NOTIFY_SOCKET");
  g_autofree char *log = read_log (&run);
  g_autofree char *wanted = g_strdup_printf ("%s\n%s\n0027\n0\n700\n/dev/null\n64\nnone\n4\nSigBlk:\t%s\n333\nerr\n",
                                             run.session, f->dir, "0000000000000000");
  g_assert_cmpstr (log, ==, wanted);
  g_assert_cmpint (stat (bk_program_get_log (run.program), &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpuint (count_files (f->runtime_dir), ==, 0);
}

static void
test_arguments_are_no_shell (Fixture *f, gconstpointer data)
{
  const char *argv[] = { "printf", "%s|", "$(id)", "; exit 3", "`x`", "*", "a b", NULL };
  g_autoptr (GError) error = NULL;
  g_auto (Run) run = { 0 };

  launch (f, &run, argv, &error);
  g_assert_no_error (error);
  bk_test_wait_for_count (&run.ended, 1);
  g_autofree char *log = read_log (&run);
  g_assert_cmpstr (log, ==, "$(id)|; exit 3|`x`|*|a b|");
}

/* No process of a program is left, dead or alive. (Those that share our session are the bus of the fixture.) */
static void
assert_all_buried (void)
{
  g_autoptr (GArray) processes = bk_service_processes_list ();

  for (guint i = 0; i < processes->len; i++)
    {
      const BkServiceProcess *process = &g_array_index (processes, BkServiceProcess, i);

      g_assert_false (process->parent == (guint) getpid () && process->session != (guint) getsid (0));
    }
}

/* A process whose parents have all left, so that it is ours, and that is known to belong to the program. */
typedef struct
{
  Run *run;
  guint pid;
} Orphan;

static gboolean
is_adopted (gpointer data)
{
  Orphan *orphan = data;

  return bk_service_process_get_parent (orphan->pid) == (guint) getpid ()
         && bk_program_owns_process (orphan->run->program, orphan->pid);
}

static void
test_forks_and_leaves (Fixture *f, gconstpointer data)
{
  g_autofree char *ready = make_pipe (f, "ready");
  g_autofree char *go = make_pipe (f, "go");
  g_autofree char *script = g_strdup_printf ("setsid sh -c 'sh -c \"echo \\$\\$ >%s; read x <%s\" & exit 0' & exit 0",
                                             ready, go);
  g_auto (Run) run = { 0 };

  launch_shell (f, &run, script);
  Orphan grandchild = { &run, read_number (ready) };
  bk_test_wait_until (is_adopted, &grandchild);
  g_assert_cmpuint (run.ended, ==, 0);
  g_assert_false (bk_program_owns_process (run.program, (guint) getpid ()));
  g_assert_false (bk_program_owns_process (run.program, 1));
  g_assert_cmpint (kill ((pid_t) grandchild.pid, SIGTERM), ==, 0);
  bk_test_wait_for_count (&run.ended, 1);
  g_assert_false (run.failed); /* the main process ended well */
  assert_all_buried ();
}

static void
test_stop_reaches_all (Fixture *f, gconstpointer data)
{
  g_autofree char *ready = make_pipe (f, "ready");
  g_autofree char *script = g_strdup_printf ("sleep 1000 & setsid sh -c 'echo 1 >%s; exec sleep 1000' & wait", ready);
  g_auto (Run) run = { 0 }, other = { 0 };

  launch_shell (f, &other, "exec sleep 1000");
  launch_shell (f, &run, script);
  read_number (ready);
  bk_program_stop (run.program, FALSE);
  bk_test_wait_for_count (&run.ended, 1);
  g_assert_true (run.failed);
  g_assert_nonnull (strstr (run.reason, "signal 15"));
  g_assert_cmpuint (other.ended, ==, 0);
  bk_program_stop (other.program, FALSE);
  bk_test_wait_for_count (&other.ended, 1);
  assert_all_buried ();
}

/* A program that does not want to end, and nothing once it has. */
static void
test_stop_at_once (Fixture *f, gconstpointer data)
{
  g_autofree char *ready = make_pipe (f, "ready");
  g_autofree char *script = g_strdup_printf ("trap '' TERM; sleep 1000 & echo 1 >%s; wait; sleep 1000", ready);
  g_auto (Run) run = { 0 };

  launch_shell (f, &run, script);
  read_number (ready);
  bk_program_stop (run.program, FALSE);
  bk_program_stop (run.program, TRUE);
  bk_test_wait_for_count (&run.ended, 1);
  g_assert_nonnull (strstr (run.reason, "signal 9"));
  bk_program_stop (run.program, TRUE);
  assert_all_buried ();
}

/* One side of a trial ends while the other is just being started: neither takes the other for a part of itself. */
static void
test_ends_beside_a_start (Fixture *f, gconstpointer data)
{
  g_autoptr (BkLauncher) subreaper = bk_service_subreaper_new (&f->places);
  g_autofree char *ready = make_pipe (f, "ready");
  g_autofree char *script = g_strdup_printf ("echo $$ >%s; exec sleep 1000", ready);
  g_autofree char *session = bk_guid_new ();
  const char *argv[] = { "/bin/sh", "-c", script, NULL };
  BkLaunch order = { .session = session, .name = "Thing", .argv = argv };
  g_autoptr (GAsyncResult) one = NULL;
  g_autoptr (GAsyncResult) two = NULL;
  g_auto (Run) first = { 0 }, second = { 0 };
  siginfo_t info;

  bk_launcher_launch_async (subreaper, &order, NULL, bk_test_store_result, &one);
  pid_t pid = (pid_t) read_number (ready);
  run_finish (&first, subreaper, &one, NULL);
  order.invitee = TRUE;
  bk_launcher_launch_async (subreaper, &order, NULL, bk_test_store_result, &two);
  read_number (ready);
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitid (P_PID, (id_t) pid, &info, WEXITED | WNOWAIT), ==, 0);
  bk_test_wait_for_count (&first.ended, 1);
  run_finish (&second, subreaper, &two, NULL);
  g_assert_cmpuint (second.ended, ==, 0);
  bk_program_stop (second.program, FALSE);
  bk_test_wait_for_count (&second.ended, 1);
  assert_all_buried ();
}

static void
test_old_logs_go (Fixture *f, gconstpointer data)
{
  g_auto (Run) run = { 0 };
  g_autofree char *oldest = g_build_filename (f->log_dir, "0.log", NULL);

  g_assert_cmpint (g_mkdir_with_parents (f->log_dir, 0700), ==, 0);
  for (int i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d.log", i);
      g_autofree char *path = g_build_filename (f->log_dir, name, NULL);
      struct timespec times[2] = { { 1000 + i, 0 }, { 1000 + i, 0 } };

      g_assert_true (g_file_set_contents (path, "x", -1, NULL));
      g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
    }
  launch_shell (f, &run, "exit 0");
  bk_test_wait_for_count (&run.ended, 1);
  g_assert_cmpuint (count_files (f->log_dir), ==, 50);
  g_assert_false (g_file_test (oldest, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (bk_program_get_log (run.program), G_FILE_TEST_EXISTS));
}

/* ---- in scopes ---- */

static gboolean
is_gone (gpointer pid)
{
  return bk_service_process_get_parent (*(guint32 *) pid) == 0;
}

static void
test_scope (Fixture *f, gconstpointer data)
{
  g_auto (Run) run = { 0 };

  launch_shell (f, &run, "echo there; exit 4");
  g_autofree char *token = bk_service_spawn_token (&(BkLaunch) { .session = run.session });
  g_autofree char *unit = g_strdup_printf ("app-beckon-%s.scope", token);
  g_assert_cmpstr (f->unit, ==, unit);
  bk_test_wait_until (is_gone, &f->pid); /* waited for and buried */
  g_assert_cmpuint (run.ended, ==, 0); /* its scope is not empty yet, whatever the main process does */
  unit_is_gone (f);
  bk_test_wait_for_count (&run.ended, 1);
  g_assert_true (run.failed);
  g_assert_nonnull (strstr (run.reason, "status 4"));
  g_autofree char *log = read_log (&run);
  g_assert_cmpstr (log, ==, "there\n");
  g_assert_cmpuint (count_files (f->runtime_dir), ==, 0);
}

static void
test_scope_stop (Fixture *f, gconstpointer data)
{
  g_auto (Run) run = { 0 };

  launch_shell (f, &run, "exec sleep 1000");
  g_assert_false (bk_program_owns_process (run.program, (guint) getpid ()));
  bk_program_stop (run.program, FALSE);
  bk_test_wait_for_count (&f->killed, 1);
  unit_is_gone (f);
  bk_test_wait_for_count (&run.ended, 1);
}

static void
test_scope_missing_program (Fixture *f, gconstpointer data)
{
  const char *argv[] = { "/no/such/program", NULL };
  g_autoptr (GError) error = NULL;
  g_auto (Run) run = { 0 };

  launch (f, &run, argv, &error);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
  g_assert_null (f->unit);
}

/* Whatever systemd has against it: the program starts once, below us. */
static void
test_no_scope (Fixture *f, gconstpointer data)
{
  g_auto (Run) run = { 0 };

  launch_shell (f, &run, "echo once; exit 0");
  bk_test_wait_for_count (&run.ended, 1);
  g_assert_nonnull (f->unit);
  g_assert_false (run.failed);
  g_autofree char *log = read_log (&run);
  g_assert_cmpstr (log, ==, "once\n");
}

static void
test_systemd_goes (Fixture *f, gconstpointer data)
{
  g_auto (Run) run = { 0 };

  launch_shell (f, &run, "exec sleep 1000");
  close_connection (&f->manager);
  kill ((pid_t) f->pid, SIGTERM);
  bk_test_wait_for_count (&run.ended, 1);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  signal (SIGPIPE, SIG_IGN);

#define ADD(path, mode, func) g_test_add (path, Fixture, GINT_TO_POINTER (mode), setup, func, teardown)
  ADD ("/launcher/ends", SYSTEMD_ABSENT, test_ends);
  ADD ("/launcher/missing", SYSTEMD_ABSENT, test_missing);
  ADD ("/launcher/log-and-surroundings", SYSTEMD_ABSENT, test_log_and_surroundings);
  ADD ("/launcher/arguments-are-no-shell", SYSTEMD_ABSENT, test_arguments_are_no_shell);
  ADD ("/launcher/forks-and-leaves", SYSTEMD_ABSENT, test_forks_and_leaves);
  ADD ("/launcher/stop-reaches-all", SYSTEMD_ABSENT, test_stop_reaches_all);
  ADD ("/launcher/stop-at-once", SYSTEMD_ABSENT, test_stop_at_once);
  ADD ("/launcher/ends-beside-a-start", SYSTEMD_ABSENT, test_ends_beside_a_start);
  ADD ("/launcher/old-logs-go", SYSTEMD_ABSENT, test_old_logs_go);
  ADD ("/launcher/scope", SYSTEMD_WORKS, test_scope);
  ADD ("/launcher/scope-stop", SYSTEMD_WORKS, test_scope_stop);
  ADD ("/launcher/scope-missing-program", SYSTEMD_WORKS, test_scope_missing_program);
  ADD ("/launcher/scope-refused", SYSTEMD_REFUSES, test_no_scope);
  ADD ("/launcher/scope-failed", SYSTEMD_FAILS, test_no_scope);
  ADD ("/launcher/systemd-goes", SYSTEMD_WORKS, test_systemd_goes);

  return g_test_run ();
}
