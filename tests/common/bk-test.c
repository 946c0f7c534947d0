/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM_SECONDS 200 /* a slow disk and a busy machine are no failures */

#if defined (__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined (__has_feature)
#if __has_feature (address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

guint
bk_test_slowness (void)
{
  return SANITIZED || g_getenv ("BECKON_TEST_SLOW") != NULL ? 4 : 1;
}

/* A signal and not a source: it must come through when the main loop hangs. */
static void
on_alarm (int number)
{
  static const char text[] = "\nBail out! The watchdog: this test program took too long\n";

  if (write (STDOUT_FILENO, text, sizeof text - 1) < 0)
    _exit (99);
  abort ();
}

void
bk_test_watchdog (guint seconds)
{
  struct sigaction action = { .sa_handler = on_alarm };

  sigemptyset (&action.sa_mask);
  sigaction (SIGALRM, &action, NULL);
  alarm (seconds * bk_test_slowness ());
}

void
bk_test_init (int *argc, char ***argv)
{
  setlocale (LC_ALL, "");
  g_test_init (argc, argv, NULL);
  bk_test_watchdog (PROGRAM_SECONDS);
}

static gboolean
on_expired (gpointer expired)
{
  *(gboolean *) expired = TRUE;
  return G_SOURCE_CONTINUE;
}

void
bk_test_wait_until_at (const char *where, const char *what, BkTestPredicate predicate, gpointer data, guint seconds)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  g_autoptr (GSource) limit = g_timeout_source_new_seconds (seconds * bk_test_slowness ());
  gboolean expired = FALSE;

  g_source_set_callback (limit, on_expired, &expired, NULL);
  g_source_attach (limit, context);
  while (!predicate (data))
    {
      if (expired)
        g_error ("%s: waited in vain for %s", where, what);
      g_main_context_iteration (context, TRUE);
    }
  g_source_destroy (limit);
}

static gboolean
is_set (gpointer flag)
{
  return *(const gboolean *) flag;
}

void
bk_test_wait_for_flag_at (const char *where, const char *what, const gboolean *flag, guint seconds)
{
  bk_test_wait_until_at (where, what, is_set, (gpointer) flag, seconds);
}

static gboolean
is_not_null (gpointer pointer)
{
  gpointer value;

  memcpy (&value, pointer, sizeof value);
  return value != NULL;
}

void
bk_test_wait_for_pointer_at (const char *where, const char *what, gpointer pointer)
{
  bk_test_wait_until_at (where, what, is_not_null, pointer, BK_TEST_WAIT_SECONDS);
}

typedef struct
{
  const guint *counter;
  guint count;
} Counting;

static gboolean
has_counted (gpointer data)
{
  Counting *counting = data;

  return *counting->counter >= counting->count;
}

void
bk_test_wait_for_count_at (const char *where, const char *what, const guint *counter, guint count)
{
  Counting counting = { counter, count };

  bk_test_wait_until_at (where, what, has_counted, &counting, BK_TEST_WAIT_SECONDS);
}

void
bk_test_drain (void)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  while (g_main_context_iteration (context, FALSE))
    ;
}

void
bk_test_store_result (GObject *source, GAsyncResult *result, gpointer slot)
{
  GAsyncResult **place = slot;

  g_assert_null (*place);
  *place = g_object_ref (result);
}

GAsyncResult *
bk_test_await_at (const char *where, GAsyncResult **slot)
{
  bk_test_wait_for_pointer_at (where, "an asynchronous result", slot);
  return *slot;
}

BkTestDir *
bk_test_dir_new (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("beckon-test-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

/* Symbolic links are removed, never followed. */
static void
remove_tree (const char *path)
{
  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);
          remove_tree (child);
        }
    }
  if (g_remove (path) != 0)
    g_test_message ("Could not remove %s", path);
}

void
bk_test_dir_remove (BkTestDir *dir)
{
  remove_tree (dir);
  g_free (dir);
}
