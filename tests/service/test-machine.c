/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small facts: sandboxes, folders, the lock, addresses, descriptors, text from outside. */
#include "bk-service-machine.h"
#include "bk-service-network.h"
#include "bk-service-process.h"
#include "bk-service-values.h"
#include "bk-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process whose root is @root, as those in a sandbox have one of their own. 0 where that is not allowed. */
static pid_t
start_in (const char *root)
{
  int ready[2];
  char byte = 0;

  g_assert_cmpint (pipe (ready), ==, 0);
  pid_t pid = fork ();
  if (pid == 0)
    {
      byte = (geteuid () == 0 || unshare (CLONE_NEWUSER) == 0) && chroot (root) == 0;
      if (write (ready[1], &byte, 1) == 1)
        pause ();
      _exit (0);
    }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  close (ready[0]);
  close (ready[1]);
  if (byte)
    return pid;
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  return 0;
}

static void
test_sandboxed (void)
{
  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  g_autofree char *info = g_build_filename (dir, ".flatpak-info", NULL);

  g_assert_false (bk_service_process_is_sandboxed ((guint) getpid ()));
  g_assert_true (bk_service_process_is_sandboxed (0x7fffffff)); /* who is not there cannot be asked */
  pid_t pid = start_in (dir);
  if (pid == 0)
    {
      g_test_skip ("No process can be given another root here");
      return;
    }
  g_assert_false (bk_service_process_is_sandboxed ((guint) pid));
  g_assert_true (g_file_set_contents (info, "[Application]\n", -1, NULL));
  g_assert_true (bk_service_process_is_sandboxed ((guint) pid));
  g_assert_cmpint (g_unlink (info), ==, 0);
  g_assert_cmpint (symlink ("/nowhere", info), ==, 0); /* a link is not passed over for where it leads */
  g_assert_true (bk_service_process_is_sandboxed ((guint) pid));
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
}

/* In a sandbox, only what is below app/ with the application's id is the same folder as outside. */
static void
test_runtime_dir (void)
{
  g_autofree char *outside = bk_service_runtime_dir (FALSE), *inside = bk_service_runtime_dir (TRUE);
  g_autofree char *expected = g_strconcat (g_get_user_runtime_dir (), "/beckon", NULL);
  g_autofree char *shared = g_strconcat (g_get_user_runtime_dir (), "/app/im.beckon.Beckon/beckon", NULL);

  g_assert_cmpstr (outside, ==, expected);
  g_assert_cmpstr (inside, ==, shared);
}

static void
test_remove_tree (void)
{
  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  g_autofree char *deep = g_build_filename (dir, "tree", "a", "b", "c", NULL);
  g_autofree char *kept = g_build_filename (dir, "kept", NULL);
  g_autofree char *tree = g_build_filename (dir, "tree", NULL);
  g_autofree char *link = g_build_filename (dir, "tree", "a", "link", NULL);
  g_autofree char *other = g_build_filename (dir, "other", NULL);
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (kept, 0700), ==, 0);
  g_assert_cmpint (symlink (kept, link), ==, 0);
  g_assert_cmpint (symlink (kept, other), ==, 0);
  bk_service_remove_tree (fd, "tree");
  bk_service_remove_tree (fd, "other");
  bk_service_remove_tree (fd, "nothing");
  close (fd);
  g_assert_false (g_file_test (tree, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (kept, G_FILE_TEST_IS_DIR));
  g_assert_true (g_file_test (other, G_FILE_TEST_IS_SYMLINK));
}

static void
test_lock (void)
{
  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  g_autofree char *data = g_build_filename (dir, "a", "b", NULL);
  g_autofree char *holder = NULL, *again = NULL;
  g_autoptr (GError) error = NULL;

  int first = bk_service_lock_data (data, "bus-one", &holder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (first, >=, 0);
  g_assert_null (holder);
  g_assert_cmpint (bk_service_lock_data (data, "bus-two", &holder, &error), ==, -1);
  g_assert_no_error (error);
  g_assert_cmpstr (holder, ==, "bus-one");
  close (first);
  int second = bk_service_lock_data (data, "b2", &again, &error);
  g_assert_cmpint (second, >=, 0);
  g_free (g_steal_pointer (&holder));
  g_assert_cmpint (bk_service_lock_data (data, "x", &holder, &error), ==, -1);
  g_assert_cmpstr (holder, ==, "b2");
  close (second);
  g_free (g_steal_pointer (&holder));
  g_assert_cmpint (bk_service_lock_data ("/proc/no", "x", &holder, &error), ==, -1);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
}

static void
test_local_address (void)
{
  g_autofree char *address = bk_service_local_address ();

  g_assert_true (g_hostname_is_ip_address (address));
}

static void
test_text (void)
{
  static const char *const texts[] = { "", "plain", "p\xc3\xa4", "\xff\xfe", "half \xc3", "\xed\xa0\x80", NULL };

  for (gsize i = 0; i <= G_N_ELEMENTS (texts) - 1; i++)
    {
      g_autoptr (GVariant) value = g_variant_ref_sink (bk_service_text (texts[i]));

      g_assert_true (g_utf8_validate (g_variant_get_string (value, NULL), -1, NULL));
      g_assert_true (g_variant_is_normal_form (value));
      if (texts[i] == NULL || g_utf8_validate (texts[i], -1, NULL))
        g_assert_cmpstr (g_variant_get_string (value, NULL), ==, texts[i] != NULL ? texts[i] : "");
    }
}

static void
test_paths (void)
{
  static const char *const bad[] = { BK_SERVICE_PATH_SESSIONS,         BK_SERVICE_PATH_SESSIONS "/",
                                     BK_SERVICE_PATH_SESSIONS "/0",    BK_SERVICE_PATH_SESSIONS "/01",
                                     BK_SERVICE_PATH_SESSIONS "/1/2",  BK_SERVICE_PATH_SESSIONS "/4294967296",
                                     BK_SERVICE_PATH_SESSIONS "/-1",   BK_SERVICE_PATH_SESSIONS "s/1",
                                     BK_SERVICE_PATH_ACCOUNTS "/1",    "/",
                                     BK_SERVICE_PATH_SESSIONS "/0x10", BK_SERVICE_PATH_SESSIONS "/_1" };
  guint number = 0;

  g_assert_true (bk_service_path_parse (BK_SERVICE_PATH_SESSIONS "/4294967295", BK_SERVICE_PATH_SESSIONS, &number));
  g_assert_cmpuint (number, ==, G_MAXUINT);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (bk_service_path_parse (bad[i], BK_SERVICE_PATH_SESSIONS, &number));
}

static void
test_descriptors (void)
{
  struct rlimit before, limit;
  int held[8];

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = 64;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpuint (bk_service_raise_descriptors (), ==, 64);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpuint (limit.rlim_cur, ==, before.rlim_max);

  int next = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (next, >=, 0);
  close (next);
  limit.rlim_cur = (rlim_t) next + 16;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (held); i++)
    {
      g_assert_true (bk_service_descriptors_are_left (8));
      held[i] = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    }
  g_assert_true (bk_service_descriptors_are_left (8));
  g_assert_false (bk_service_descriptors_are_left (9));
  /* A low number that is free says nothing about the others. */
  close (held[0]);
  g_assert_true (bk_service_descriptors_are_left (9));
  g_assert_false (bk_service_descriptors_are_left (10));
  for (gsize i = 1; i < G_N_ELEMENTS (held); i++)
    close (held[i]);
  g_assert_true (bk_service_descriptors_are_left (16));
  g_assert_false (bk_service_descriptors_are_left (17));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
}

static void
count (gboolean available, gpointer n)
{
  ((guint *) n)[available]++;
}

static void
change_network (gboolean available)
{
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", available);
}

static void
test_network (void)
{
  BkFakeClock *clock = bk_fake_clock_new ();
  guint n[2] = { 0, 0 };
  BkServiceNetwork *network = bk_service_network_new (BK_CLOCK (clock), count, n);

  change_network (FALSE);
  g_assert_cmpuint (n[FALSE], ==, 1);
  change_network (TRUE);
  g_assert_cmpuint (n[TRUE], ==, 1);
  change_network (TRUE);
  bk_fake_clock_advance (clock, 999);
  g_assert_cmpuint (n[TRUE], ==, 1);
  change_network (FALSE);
  change_network (FALSE);
  g_assert_cmpuint (n[FALSE], ==, 1); /* a cable that is loose is told no more often */
  bk_fake_clock_advance (clock, 1);
  g_assert_cmpuint (n[FALSE], ==, 2);
  g_assert_cmpuint (n[TRUE], ==, 2);
  bk_fake_clock_advance (clock, 1000);
  g_assert_cmpuint (n[FALSE], ==, 2);
  g_assert_cmpuint (n[TRUE], ==, 2);
  g_assert_cmpuint (bk_fake_clock_pending (clock), ==, 0);
  g_object_notify (G_OBJECT (g_network_monitor_get_default ()), "network-available");
  g_object_notify (G_OBJECT (g_network_monitor_get_default ()), "connectivity");
  bk_fake_clock_advance (clock, 1000);
  g_assert_cmpuint (n[FALSE] + n[TRUE], ==, 6);
  bk_service_network_free (network);
  g_assert_finalize_object (clock);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  g_test_add_func ("/machine/sandboxed", test_sandboxed);
  g_test_add_func ("/machine/runtime-dir", test_runtime_dir);
  g_test_add_func ("/machine/remove-tree", test_remove_tree);
  g_test_add_func ("/machine/lock", test_lock);
  g_test_add_func ("/machine/local-address", test_local_address);
  g_test_add_func ("/machine/network", test_network);
  g_test_add_func ("/machine/text", test_text);
  g_test_add_func ("/machine/paths", test_paths);
  g_test_add_func ("/machine/descriptors", test_descriptors);

  return g_test_run ();
}
