/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the test programs share: a start, a watchdog, waiting without sleeping, temporary folders. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Sanitizers and valgrind are slower: every limit of time is multiplied by this. */
guint bk_test_slowness (void);

/* Instead of g_test_init (): also sets the locale and starts the watchdog, which gives the whole program some minutes.
 * (G_TEST_OPTION_ISOLATE_DIRS is not used: it leaks in GLib 2.74 and does not reach child processes. HOME and XDG_* of
 * the test environment point nowhere; a test that needs them sets them to a BkTestDir.) */
void bk_test_init (int *argc, char ***argv);

/* From now on the program has @seconds, whatever it does: then it says so and aborts. 0 stops the watchdog. */
void bk_test_watchdog (guint seconds);

typedef gboolean (*BkTestPredicate) (gpointer data);

/* Iterates the thread's main context until @predicate (@data) is true; fails the test after 30 s. */
#define bk_test_wait_until(predicate, data) \
  bk_test_wait_until_at (G_STRLOC, #predicate, (predicate), (data), BK_TEST_WAIT_SECONDS)
#define BK_TEST_WAIT_SECONDS 30
void bk_test_wait_until_at (const char *where, const char *what, BkTestPredicate predicate, gpointer data,
                            guint seconds);

/* Waits until *@flag is not FALSE, until *@pointer is not NULL, until *@counter is at least @count. */
#define bk_test_wait_for_flag(flag) bk_test_wait_for_flag_at (G_STRLOC, #flag, (flag), BK_TEST_WAIT_SECONDS)
#define bk_test_wait_for_flag_within(flag, seconds) bk_test_wait_for_flag_at (G_STRLOC, #flag, (flag), (seconds))
#define bk_test_wait_for_pointer(pointer) bk_test_wait_for_pointer_at (G_STRLOC, #pointer, (gpointer) (pointer))
#define bk_test_wait_for_count(counter, count) bk_test_wait_for_count_at (G_STRLOC, #counter, (counter), (count))
void bk_test_wait_for_flag_at (const char *where, const char *what, const gboolean *flag, guint seconds);
void bk_test_wait_for_pointer_at (const char *where, const char *what, gpointer pointer);
void bk_test_wait_for_count_at (const char *where, const char *what, const guint *counter, guint count);

/* Dispatches what is ready now, and what that makes ready. Does not wait. */
void bk_test_drain (void);

/* An asynchronous call as a slot and a wait:
 *   g_autoptr (GAsyncResult) result = NULL;
 *   foo_async (foo, NULL, bk_test_store_result, &result);
 *   foo_finish (foo, bk_test_await (&result), &error);
 * bk_test_await () returns what the slot holds; the slot keeps the reference. */
void bk_test_store_result (GObject *source, GAsyncResult *result, gpointer slot);
#define bk_test_await(slot) bk_test_await_at (G_STRLOC, (slot))
GAsyncResult *bk_test_await_at (const char *where, GAsyncResult **slot);

/* A fresh folder below the temporary folder, 0700; removed with all that is in it when the variable goes out of scope:
 *   g_autoptr (BkTestDir) dir = bk_test_dir_new ();
 * A BkTestDir is its path. */
typedef char BkTestDir;
BkTestDir *bk_test_dir_new (void);
void bk_test_dir_remove (BkTestDir *dir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkTestDir, bk_test_dir_remove)

G_END_DECLS
