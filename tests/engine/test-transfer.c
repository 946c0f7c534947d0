/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file over one stream: what can go wrong, and where. */
#include "bk-transfer-private.h"

#include "beckon-error.h"
#include "bk-test.h"
#include "file-wire.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "letter.txt"
#define PART ".letter.txt.part"
#define SUM_LENGTH 89 /* {"type":"sum","hash":"…"} and its end */
#define NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

typedef struct
{
  BkTestDir *dir;
  char *source;
  char *folder;
  GBytes *content;
  BkTransferPart *part;
  BkTransfer *sender, *receiver;
  int sent, received; /* BkTransferFault, -1: not yet */
} Stage;

static void
on_sent (BkTransferFault fault, gpointer user_data)
{
  ((Stage *) user_data)->sent = (int) fault;
}

static void
on_received (BkTransferFault fault, gpointer user_data)
{
  ((Stage *) user_data)->received = (int) fault;
}

static GBytes *
make_content (gsize size)
{
  guint8 *data = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (i * 7 + i / 251);
  return g_bytes_new_take (data, size);
}

static void
put (const char *path, GBytes *content)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (content, &size);

  g_file_set_contents (path, data != NULL ? data : "", (gssize) size, &error);
  g_assert_no_error (error);
}

static Stage *
stage_new (gsize size)
{
  Stage *stage = g_new0 (Stage, 1);

  stage->dir = bk_test_dir_new ();
  stage->source = g_build_filename (stage->dir, "source", NULL);
  stage->folder = g_build_filename (stage->dir, "folder", NULL);
  stage->content = make_content (size);
  put (stage->source, stage->content);
  g_assert_cmpint (g_mkdir (stage->folder, 0700), ==, 0);
  return stage;
}

static void
stage_end (Stage *stage, gboolean keep)
{
  if (stage->sender != NULL)
    bk_transfer_stop (g_steal_pointer (&stage->sender), keep);
  if (stage->receiver != NULL)
    bk_transfer_stop (g_steal_pointer (&stage->receiver), keep);
  g_clear_pointer (&stage->part, bk_transfer_part_unref);
}

static void
stage_free (Stage *stage)
{
  stage_end (stage, TRUE);
  g_bytes_unref (stage->content);
  g_free (stage->source);
  g_free (stage->folder);
  bk_test_dir_remove (stage->dir);
  g_free (stage);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stage, stage_free)

static char *
path_of (Stage *stage, const char *name)
{
  return g_build_filename (stage->folder, name, NULL);
}

static gint64
size_of (Stage *stage, const char *name)
{
  g_autofree char *path = path_of (stage, name);
  struct stat info;

  return lstat (path, &info) == 0 ? info.st_size : -1;
}

static void
check_arrived (Stage *stage, const char *name)
{
  g_autofree char *path = path_of (stage, name);
  g_autofree char *data = NULL;
  gsize length, size;
  const char *content = g_bytes_get_data (stage->content, &size);

  g_assert_cmpint (stage->received, ==, BK_TRANSFER_OK);
  g_assert_cmpint (stage->sent, ==, BK_TRANSFER_OK);
  g_assert_cmpstr (bk_transfer_get_path (stage->receiver), ==, path);
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpmem (data, length, content, size);
  g_assert_cmpint (size_of (stage, PART), ==, -1);
  g_assert_cmpuint (bk_transfer_get_done (stage->receiver), ==, size);
  g_assert_cmpuint (bk_transfer_get_done (stage->sender), ==, size);
  g_assert_true (bk_transfer_get_whole (stage->sender));
}

static void
make_part (Stage *stage, const char *kept)
{
  g_autoptr (GError) error = NULL;
  BkTransferPlace place = { stage->folder, FALSE, NAME, g_bytes_get_size (stage->content), kept, NULL };

  stage->part = bk_transfer_part_new (&place, &error);
  g_assert_no_error (error);
}

static void
start_sender (Stage *stage, int stream, const BkTransferState *wrong)
{
  BkTransferState state;
  int file = open (stage->source, O_RDONLY | O_CLOEXEC);

  g_assert_true (bk_transfer_state_read (&state, file));
  stage->sent = -1;
  stage->sender = bk_transfer_send (stream, file, wrong != NULL ? wrong : &state, on_sent, stage);
}

static void
start_receiver (Stage *stage, int stream)
{
  stage->received = -1;
  stage->receiver = bk_transfer_receive (stream, stage->part, g_bytes_get_size (stage->content), on_received, stage);
}

static gboolean
are_both_over (gpointer data)
{
  Stage *stage = data;

  return stage->sent >= 0 && stage->received >= 0;
}

/* Both sides, with a wire between them; returns how much the sender has sent. */
static guint64
run (Stage *stage, const char *kept, const FileWirePlan *plan)
{
  int sender, receiver, left, right;

  stage_end (stage, TRUE);
  make_part (stage, kept);
  file_wire_make_pair (&sender, &left);
  file_wire_make_pair (&receiver, &right);
  FileWire *wire = file_wire_new (left, right, plan);
  start_sender (stage, sender, NULL);
  start_receiver (stage, receiver);
  bk_test_wait_until (are_both_over, stage);
  return file_wire_free (wire);
}

static guint64
header_length (guint64 offset)
{
  BkTransferWord begin = { .type = BK_TRANSFER_SEND, .offset = offset };
  g_autofree char *line = bk_transfer_word_write (&begin);

  return strlen (line);
}

/* ---- whole files ---- */

static void
test_sizes (void)
{
  static const gsize sizes[] = { 0, 1, 4095, BK_TRANSFER_PIECE - 1, BK_TRANSFER_PIECE, BK_TRANSFER_PIECE + 1,
                                 5 * BK_TRANSFER_PIECE + 7 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (Stage) stage = stage_new (sizes[i]);

      guint64 passed = run (stage, NULL, NULL);
      check_arrived (stage, NAME);
      g_assert_cmpuint (passed, ==, header_length (0) + sizes[i] + SUM_LENGTH);
    }
}

static void
test_taken_names (void)
{
  g_autoptr (Stage) stage = stage_new (10);
  g_autofree char *taken = path_of (stage, NAME);
  g_autofree char *link = path_of (stage, "letter (2).txt");
  g_autofree char *mine = g_build_filename (stage->dir, "mine", NULL);
  g_autofree char *part = path_of (stage, PART);
  g_autofree char *data = NULL;

  g_assert_true (g_file_set_contents (taken, "mine", 4, NULL));
  g_assert_cmpint (symlink (mine, link), ==, 0);
  g_assert_cmpint (symlink (mine, part), ==, 0);
  run (stage, NULL, NULL);
  g_assert_cmpint (unlink (part), ==, 0);
  check_arrived (stage, "letter (3).txt");
  g_assert_true (g_file_get_contents (taken, &data, NULL, NULL));
  g_assert_cmpstr (data, ==, "mine");
  g_assert_false (g_file_test (mine, G_FILE_TEST_EXISTS));
}

/* ---- breaks ---- */

static gboolean
is_part_gone (gpointer data)
{
  return size_of (data, PART) < 0;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* What threads do to a folder wakes nobody. */
static void
wait_part_gone (Stage *stage)
{
  guint tick = g_timeout_add (5, on_tick, NULL);

  bk_test_wait_until (is_part_gone, stage);
  g_source_remove (tick);
}

static void
check_break (Stage *stage, guint64 cut)
{
  guint64 size = g_bytes_get_size (stage->content);
  guint64 begin = header_length (0);
  guint64 kept = cut > begin ? MIN (cut - begin, size) : 0;

  g_test_message ("cut after %" G_GUINT64_FORMAT, cut);
  run (stage, NULL, &(FileWirePlan){ cut, FILE_WIRE_WHOLE });
  g_assert_cmpint (stage->received, ==, BK_TRANSFER_CUT);
  g_assert_true (stage->sent == BK_TRANSFER_OK || stage->sent == BK_TRANSFER_CUT);
  g_assert_null (bk_transfer_get_path (stage->receiver));
  g_assert_cmpint (size_of (stage, PART), ==, (gint64) kept);
  g_assert_cmpint (size_of (stage, NAME), ==, -1);

  stage_end (stage, TRUE);
  if (kept == 0)
    wait_part_gone (stage); /* nothing is not worth keeping */
  guint64 passed = run (stage, kept > 0 ? PART : NULL, NULL);
  check_arrived (stage, NAME);
  g_assert_cmpuint (passed, ==, header_length (kept) + size - kept + SUM_LENGTH);
  g_autofree char *path = path_of (stage, NAME);
  g_assert_cmpint (unlink (path), ==, 0);
}

static void
test_breaks (void)
{
  gsize size = 2 * BK_TRANSFER_PIECE + 5;
  g_autoptr (Stage) stage = stage_new (size);
  guint64 begin = header_length (0);
  guint64 cuts[] = { 0, 1, begin - 1, begin, begin + 1, begin + BK_TRANSFER_PIECE - 1, begin + BK_TRANSFER_PIECE,
                     begin + BK_TRANSFER_PIECE + 1, begin + size - 1, begin + size, begin + size + 1,
                     begin + size + SUM_LENGTH - 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++)
    check_break (stage, cuts[i]);
}

/* What is here already is of another file: all of it comes. */
static void
test_other_beginning (void)
{
  g_autoptr (Stage) stage = stage_new (BK_TRANSFER_PIECE);
  g_autofree char *part = path_of (stage, PART);

  g_assert_true (g_file_set_contents (part, "something else", -1, NULL));
  guint64 passed = run (stage, PART, NULL);
  check_arrived (stage, NAME);
  g_assert_cmpuint (passed, ==, header_length (0) + BK_TRANSFER_PIECE + SUM_LENGTH);
}

/* Whoever can write into the folder may have put something else there. */
static void
test_strange_parts (void)
{
  g_autoptr (Stage) stage = stage_new (100);
  g_autofree char *part = path_of (stage, PART);
  g_autofree char *mine = g_build_filename (stage->dir, "mine", NULL);
  g_autofree char *data = NULL;

  g_assert_true (g_file_set_contents (mine, "mine", 4, NULL));
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *whole = path_of (stage, NAME);

      if (i == 0)
        g_assert_cmpint (symlink (mine, part), ==, 0);
      else if (i == 1)
        g_assert_cmpint (link (mine, part), ==, 0);
      else if (i == 2)
        g_assert_cmpint (mkfifo (part, 0600), ==, 0);
      else
        g_assert_cmpint (g_mkdir (part, 0700), ==, 0);
      run (stage, PART, NULL);
      g_assert_cmpint (stage->received, ==, BK_TRANSFER_OK);
      g_assert_cmpint (unlink (whole), ==, 0);
      g_assert_cmpint (remove (part), ==, 0);
    }
  g_assert_true (g_file_get_contents (mine, &data, NULL, NULL));
  g_assert_cmpstr (data, ==, "mine");
}

/* ---- what arrives is not what was sent ---- */

static void
test_damaged (void)
{
  g_autoptr (Stage) stage = stage_new (BK_TRANSFER_PIECE + 9);
  guint64 begin = header_length (0), end = begin + BK_TRANSFER_PIECE + 9;
  guint64 flips[] = { begin, begin + BK_TRANSFER_PIECE, end - 1, end + 30 };

  for (gsize i = 0; i < G_N_ELEMENTS (flips); i++)
    {
      run (stage, NULL, &(FileWirePlan){ FILE_WIRE_WHOLE, flips[i] });
      g_assert_true (stage->received == BK_TRANSFER_DAMAGED || (i == 3 && stage->received == BK_TRANSFER_PROTOCOL));
      g_assert_cmpint (size_of (stage, PART), ==, -1);
      g_assert_cmpint (size_of (stage, NAME), ==, -1);
    }
}

static void
run_changed (gsize offered, gint64 shift)
{
  g_autoptr (Stage) stage = stage_new (BK_TRANSFER_PIECE + 1);
  BkTransferState state;
  int sender, receiver;
  int file = open (stage->source, O_RDONLY | O_CLOEXEC);

  g_assert_true (bk_transfer_state_read (&state, file));
  close (file);
  state.size = offered;
  state.modified += shift;
  g_bytes_unref (stage->content);
  stage->content = make_content (offered);
  make_part (stage, NULL);
  file_wire_make_pair (&sender, &receiver);
  start_sender (stage, sender, &state);
  start_receiver (stage, receiver);
  bk_test_wait_until (are_both_over, stage);
  g_assert_cmpint (stage->sent, ==, BK_TRANSFER_CHANGED);
  g_assert_cmpint (stage->received, ==, BK_TRANSFER_CUT);
  g_assert_false (bk_transfer_get_whole (stage->sender));
  g_assert_cmpuint (bk_transfer_get_done (stage->receiver), ==, 0);
  g_assert_cmpint (size_of (stage, NAME), ==, -1);
}

/* It has shrunk, has grown, or was written to since it was offered: nothing of it is sent. */
static void
test_changed (void)
{
  run_changed (BK_TRANSFER_PIECE + 2, 0);
  run_changed (10 * BK_TRANSFER_PIECE, 0);
  run_changed (BK_TRANSFER_PIECE, 0);
  run_changed (0, 0);
  run_changed (BK_TRANSFER_PIECE + 1, -1);
}

/* ---- disks ---- */

static void
test_full (void)
{
  g_autoptr (Stage) stage = stage_new (64 * BK_TRANSFER_PIECE); /* more than what lies between the two */
  struct rlimit before, low;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  low = before;
  low.rlim_cur = BK_TRANSFER_PIECE + 100;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &low), ==, 0);
  run (stage, NULL, NULL);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpint (stage->received, ==, BK_TRANSFER_FULL);
  g_assert_cmpint (stage->sent, ==, BK_TRANSFER_CUT);
  g_assert_cmpint (size_of (stage, PART), ==, -1);
}

static void
check_no_place (const BkTransferPlace *place)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bk_transfer_part_new (place, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
}

static void
test_places (void)
{
  g_autoptr (Stage) stage = stage_new (1);
  g_autofree char *missing = g_build_filename (stage->dir, "a", "b", NULL);
  const char *passing[] = { "/proc", stage->dir, NULL };
  const char *elsewhere[] = { "/proc", NULL };
  struct stat info;

  check_no_place (&(BkTransferPlace){ missing, FALSE, NAME, 1, NULL, NULL });
  check_no_place (&(BkTransferPlace){ stage->source, TRUE, NAME, 1, NULL, NULL });
  check_no_place (&(BkTransferPlace){ stage->folder, FALSE, NAME, 1, NULL, passing });
  check_no_place (&(BkTransferPlace){ missing, TRUE, NAME, 1, NULL, passing });
  check_no_place (&(BkTransferPlace){ stage->folder, FALSE, NAME, G_GUINT64_CONSTANT (1) << 60, NULL, NULL });
  g_assert_cmpint (size_of (stage, PART), ==, -1);

  g_autoptr (BkTransferPart) part = bk_transfer_part_new (&(BkTransferPlace){ missing, TRUE, NAME, 1, NULL, elsewhere }, NULL);
  g_assert_nonnull (part);
  g_assert_cmpint (stat (missing, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  g_assert_cmpint (fstat (bk_transfer_part_get_fd (part), &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (fcntl (bk_transfer_part_get_fd (part), F_GETFD), ==, FD_CLOEXEC);
}

static void
test_no_file (void)
{
  g_autoptr (Stage) stage = stage_new (1);
  BkTransferState state;
  int folder = open (stage->folder, O_RDONLY | O_CLOEXEC);
  int null = open ("/dev/zero", O_RDONLY | O_CLOEXEC);

  g_assert_false (bk_transfer_state_read (&state, folder));
  g_assert_false (bk_transfer_state_read (&state, null));
  g_assert_false (bk_transfer_state_read (&state, -1));
  close (folder);
  close (null);
}

/* ---- the other side is not Beckon ---- */

static void
say (int fd, const char *text)
{
  g_assert_cmpint (send (fd, text, strlen (text), MSG_NOSIGNAL), ==, (gssize) strlen (text));
}

static gboolean
has_sent (gpointer data)
{
  return ((Stage *) data)->sent >= 0;
}

static gboolean
has_received (gpointer data)
{
  return ((Stage *) data)->received >= 0;
}

static void
test_hostile_receiver (void)
{
  g_autofree char *line = g_strnfill (BK_TRANSFER_WORD_MAX + 1, ' ');
  const char *const words[] = {
    "\n", "hello\n", line, "{\"type\":\"send\",\"offset\":0}\n", "{\"type\":\"sum\",\"hash\":\"" NOTHING "\"}\n",
    "{\"type\":\"want\",\"offset\":1,\"hash\":\"" NOTHING "\"}\n",
    "{\"type\":\"want\",\"offset\":0,\"hash\":\"" NOTHING "\"}\nmore",
    "{\"type\":\"want\",\"offset\":0,\"hash\":\"x\"}\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (Stage) stage = stage_new (0);
      int mine, other;

      g_test_message ("%s", words[i]);
      file_wire_make_pair (&mine, &other);
      say (mine, words[i]);
      start_sender (stage, other, NULL);
      bk_test_wait_until (has_sent, stage);
      g_assert_cmpint (stage->sent, ==, BK_TRANSFER_PROTOCOL);
      close (mine);
    }
}

static void
test_hostile_sender (void)
{
  static const char *const words[] = {
    "\n", "{\"type\":\"want\",\"offset\":0,\"hash\":\"" NOTHING "\"}\n", "{\"type\":\"send\",\"offset\":1}\n",
    "{\"type\":\"send\",\"offset\":0}\n12345\n", "{\"type\":\"send\",\"offset\":0}\n12345{\"type\":\"sum\"}\n",
    "{\"type\":\"send\",\"offset\":0}\n123456789{\"type\":\"sum\",\"hash\":\"" NOTHING "\"}\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (Stage) stage = stage_new (5);
      int mine, other;

      g_test_message ("%s", words[i]);
      file_wire_make_pair (&mine, &other);
      make_part (stage, NULL);
      say (mine, words[i]);
      start_receiver (stage, other);
      bk_test_wait_until (has_received, stage);
      g_assert_cmpint (stage->received, ==, BK_TRANSFER_PROTOCOL);
      g_assert_cmpint (size_of (stage, PART), ==, -1);
      close (mine);
    }
}

/* Somebody writes into it after the first bytes are gone. */
static void
test_changed_meanwhile (void)
{
  g_autoptr (Stage) stage = stage_new (20 * BK_TRANSFER_PIECE);
  const struct timespec times[2] = { { 0, UTIME_OMIT }, { 1, 0 } };
  g_autofree char *buffer = g_malloc (BK_TRANSFER_PIECE);
  int mine, other;

  file_wire_make_pair (&mine, &other);
  start_sender (stage, other, NULL);
  say (mine, "{\"type\":\"want\",\"offset\":0,\"hash\":\"" NOTHING "\"}\n");
  g_assert_cmpint (recv (mine, buffer, header_length (0), MSG_WAITALL), ==, (gssize) header_length (0));
  g_assert_cmpint (utimensat (AT_FDCWD, stage->source, times, 0), ==, 0);
  while (recv (mine, buffer, BK_TRANSFER_PIECE, 0) > 0)
    ;
  bk_test_wait_until (has_sent, stage);
  g_assert_cmpint (stage->sent, ==, BK_TRANSFER_CHANGED);
  g_assert_false (bk_transfer_get_whole (stage->sender));
  close (mine);
}

/* ---- stopping ---- */

static gboolean
has_some (gpointer data)
{
  return bk_transfer_get_done (((Stage *) data)->receiver) > 0;
}

static void
run_stop (gboolean keep, gboolean cut_before)
{
  g_autoptr (Stage) stage = stage_new (1000);
  int mine, other;
  guint tick = g_timeout_add (5, on_tick, NULL);

  file_wire_make_pair (&mine, &other);
  make_part (stage, NULL);
  say (mine, "{\"type\":\"send\",\"offset\":0}\nsome");
  start_receiver (stage, other);
  bk_test_wait_until (has_some, stage);
  if (cut_before)
    {
      shutdown (mine, SHUT_RDWR);
      bk_test_wait_until (has_received, stage);
    }
  stage_end (stage, keep);
  if (keep)
    {
      char buffer[1024];
      while (recv (mine, buffer, sizeof buffer, 0) > 0)
        ; /* until the thread has let go */
      g_assert_cmpint (size_of (stage, PART), ==, 4);
    }
  else
    wait_part_gone (stage);
  g_source_remove (tick);
  close (mine);
}

static void
test_stop (void)
{
  run_stop (TRUE, FALSE);
  run_stop (TRUE, TRUE);
  run_stop (FALSE, FALSE);
  run_stop (FALSE, TRUE);
}

static gboolean
is_file_gone (gpointer data)
{
  return size_of (data, NAME) < 0;
}

/* All of it is there, and whoever stops it does not know that yet. */
static void
run_last_moment (gboolean keep)
{
  g_autoptr (Stage) stage = stage_new (1000);
  int sender, receiver;
  guint tick = g_timeout_add (5, on_tick, NULL);

  make_part (stage, NULL);
  file_wire_make_pair (&sender, &receiver);
  start_sender (stage, sender, NULL);
  start_receiver (stage, receiver);
  while (bk_transfer_get_path (stage->receiver) == NULL)
    g_thread_yield ();
  stage_end (stage, keep);
  if (!keep)
    bk_test_wait_until (is_file_gone, stage);
  else
    g_assert_cmpint (size_of (stage, NAME), ==, 1000);
  g_assert_cmpint (stage->received, ==, -1);
  g_source_remove (tick);
}

static void
test_last_moment (void)
{
  run_last_moment (TRUE);
  run_last_moment (FALSE);
}

static void
do_nothing (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_boolean (task, TRUE);
}

/* Who knows that it is there has it, whatever is done with the transfer. */
static void
test_told (void)
{
  g_autoptr (Stage) stage = stage_new (1000);

  run (stage, NULL, NULL);
  check_arrived (stage, NAME);
  stage_end (stage, FALSE);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_run_in_thread_sync (task, do_nothing); /* after what stopping left to do */
  g_assert_cmpint (size_of (stage, NAME), ==, 1000);
}

static void
test_faults (void)
{
  for (guint i = 0; i < BK_N_TRANSFER_FAULTS; i++)
    g_assert_cmpint (bk_transfer_fault_from_word (bk_transfer_fault_to_word ((BkTransferFault) i)), ==,
                     i == BK_TRANSFER_OK ? BK_TRANSFER_CUT : (BkTransferFault) i);
  g_assert_cmpint (bk_transfer_fault_from_word (NULL), ==, BK_TRANSFER_CUT);
  g_assert_cmpint (bk_transfer_fault_from_word ("<b>no</b>"), ==, BK_TRANSFER_CUT);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/engine/transfer/sizes", test_sizes);
  g_test_add_func ("/engine/transfer/taken-names", test_taken_names);
  g_test_add_func ("/engine/transfer/breaks", test_breaks);
  g_test_add_func ("/engine/transfer/other-beginning", test_other_beginning);
  g_test_add_func ("/engine/transfer/strange-parts", test_strange_parts);
  g_test_add_func ("/engine/transfer/damaged", test_damaged);
  g_test_add_func ("/engine/transfer/changed", test_changed);
  g_test_add_func ("/engine/transfer/full", test_full);
  g_test_add_func ("/engine/transfer/places", test_places);
  g_test_add_func ("/engine/transfer/no-file", test_no_file);
  g_test_add_func ("/engine/transfer/hostile-receiver", test_hostile_receiver);
  g_test_add_func ("/engine/transfer/hostile-sender", test_hostile_sender);
  g_test_add_func ("/engine/transfer/stop", test_stop);
  g_test_add_func ("/engine/transfer/changed-meanwhile", test_changed_meanwhile);
  g_test_add_func ("/engine/transfer/last-moment", test_last_moment);
  g_test_add_func ("/engine/transfer/told", test_told);
  g_test_add_func ("/engine/transfer/faults", test_faults);
  return g_test_run ();
}
