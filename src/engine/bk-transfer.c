/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-transfer-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const words[] = { "ok", "cut", "protocol", "changed", "read", "full", "write", "damaged" };
G_STATIC_ASSERT (G_N_ELEMENTS (words) == BK_N_TRANSFER_FAULTS);

/**
 * bk_transfer_fault_to_word:
 * @fault: why a file did not arrive
 *
 * Returns: the word by which the other side is told
 */
const char *
bk_transfer_fault_to_word (BkTransferFault fault)
{
  return words[fault];
}

/**
 * bk_transfer_fault_from_word:
 * @word: (nullable): what the other side says
 *
 * Returns: what it means; %BK_TRANSFER_CUT, which explains nothing, for what is no such word
 */
BkTransferFault
bk_transfer_fault_from_word (const char *word)
{
  for (guint i = BK_TRANSFER_PROTOCOL; word != NULL && i < BK_N_TRANSFER_FAULTS; i++)
    if (g_str_equal (words[i], word))
      return (BkTransferFault) i;
  return BK_TRANSFER_CUT;
}

/**
 * bk_transfer_state_read:
 * @state: (out): what it is now
 * @file: a descriptor
 *
 * Returns: whether it is a file that can be offered: a regular one
 */
gboolean
bk_transfer_state_read (BkTransferState *state, int file)
{
  struct stat info;

  if (fstat (file, &info) < 0 || !S_ISREG (info.st_mode) || info.st_size < 0)
    return FALSE;
  state->size = (guint64) info.st_size;
  state->modified = (gint64) info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
  return TRUE;
}

/**
 * bk_transfer_dup_source:
 * @file: a descriptor
 *
 * Finds out where the file is, so that it can be sent again. The disk may let it wait.
 *
 * Returns: (transfer full) (nullable): its path, %NULL where that cannot be told, or is another file by now
 */
char *
bk_transfer_dup_source (int file)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", file);
  g_autofree char *path = g_file_read_link (link, NULL);
  struct stat here, there;

  if (path == NULL || !g_path_is_absolute (path) || !bk_text_is_valid (path, BK_LIMIT_PATH, FALSE))
    return NULL;
  if (fstat (file, &here) != 0 || stat (path, &there) != 0 || here.st_ino != there.st_ino
      || here.st_dev != there.st_dev)
    return NULL;
  return g_steal_pointer (&path);
}

/* ---- for the two directions ---- */

gboolean
_bk_transfer_is_stopped (BkTransfer *self)
{
  g_mutex_lock (&self->lock);
  gboolean stopped = self->stopped;
  g_mutex_unlock (&self->lock);
  return stopped;
}

void
_bk_transfer_set_done (BkTransfer *self, guint64 done, gboolean whole)
{
  g_mutex_lock (&self->lock);
  self->done = done;
  self->whole = whole;
  g_mutex_unlock (&self->lock);
}

BkTransferFault
_bk_transfer_write_stream (BkTransfer *self, const guint8 *data, gsize length)
{
  for (gsize done = 0; done < length;)
    {
      gssize n = send (self->stream, data + done, length - done, MSG_NOSIGNAL);

      if (n > 0)
        done += (gsize) n;
      else if (n == 0 || errno != EINTR)
        return BK_TRANSFER_CUT;
    }
  return BK_TRANSFER_OK;
}

/* Waits until something more has come. */
BkTransferFault
_bk_transfer_fill (BkTransfer *self)
{
  gssize n;

  if (self->begin == self->end)
    self->begin = self->end = 0;
  do
    n = recv (self->stream, self->piece + self->end, BK_TRANSFER_PIECE - self->end, 0);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    return BK_TRANSFER_CUT;
  self->end += (gsize) n;
  return BK_TRANSFER_OK;
}

BkTransferFault
_bk_transfer_say (BkTransfer *self, BkTransferWord *word)
{
  g_autofree char *line = bk_transfer_word_write (word);

  return _bk_transfer_write_stream (self, (const guint8 *) line, strlen (line));
}

/* Reads a line, which must be a word of @type. */
BkTransferFault
_bk_transfer_hear (BkTransfer *self, BkTransferWordType type, BkTransferWord *word)
{
  char line[BK_TRANSFER_WORD_MAX];
  gsize length = 0;

  for (;;)
    {
      if (self->begin == self->end)
        {
          BkTransferFault fault = _bk_transfer_fill (self);
          if (fault != BK_TRANSFER_OK)
            return fault;
        }
      guint8 byte = self->piece[self->begin++];
      if (byte == '\n')
        break;
      if (length == sizeof line)
        return BK_TRANSFER_PROTOCOL;
      line[length++] = (char) byte;
    }
  return bk_transfer_word_parse (line, length, word, NULL) && word->type == type ? BK_TRANSFER_OK
                                                                                 : BK_TRANSFER_PROTOCOL;
}

/* Of nothing, so far. */
void
_bk_transfer_hash_begin (BkTransfer *self)
{
  if (self->hash != NULL)
    gnutls_hash_deinit (self->hash, NULL);
  self->hash = NULL;
  if (gnutls_hash_init (&self->hash, GNUTLS_DIG_SHA256) < 0)
    g_error ("There is no SHA-256 on this system");
}

void
_bk_transfer_hash_add (BkTransfer *self, const guint8 *data, gsize length)
{
  gnutls_hash (self->hash, data, length);
}

/* The hash of what was added so far; more may follow. */
void
_bk_transfer_hash (BkTransfer *self, char *hash)
{
  guint8 bytes[BK_TRANSFER_HASH / 2];
  gnutls_hash_hd_t copy = gnutls_hash_copy (self->hash);

  if (copy == NULL)
    g_error ("There is no memory for a hash");
  gnutls_hash_deinit (copy, bytes);
  for (gsize i = 0; i < sizeof bytes; i++)
    g_snprintf (hash + 2 * i, 3, "%02x", bytes[i]);
}

/* Begins the hash anew, with the first @length bytes of @fd. CHANGED: it is shorter. */
BkTransferFault
_bk_transfer_hash_file (BkTransfer *self, int fd, guint64 length)
{
  g_autofree guint8 *piece = g_malloc (BK_TRANSFER_PIECE);

  _bk_transfer_hash_begin (self);
  for (guint64 done = 0; done < length;)
    {
      gssize n = pread (fd, piece, MIN (length - done, BK_TRANSFER_PIECE), (off_t) done);

      if (_bk_transfer_is_stopped (self))
        return BK_TRANSFER_CUT;
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n == 0 ? BK_TRANSFER_CHANGED : BK_TRANSFER_READ;
      _bk_transfer_hash_add (self, piece, (gsize) n);
      done += (guint64) n;
    }
  return BK_TRANSFER_OK;
}

/* ---- the thread ---- */

static void
transfer_unref (gpointer data)
{
  BkTransfer *self = data;

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  if (self->file >= 0)
    close (self->file);
  if (self->stream >= 0)
    close (self->stream);
  g_clear_pointer (&self->part, bk_transfer_part_unref);
  gnutls_hash_deinit (self->hash, NULL);
  g_free (self->piece);
  g_free (self->path);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);
  g_free (self);
}

static gboolean
tell (gpointer data)
{
  BkTransfer *self = data;
  BkTransferFunc func = g_steal_pointer (&self->func);

  self->told = func != NULL;
  if (func != NULL)
    func (self->fault, self->user_data);
  return G_SOURCE_REMOVE;
}

/* Whether what was received is of no use to anybody. Who stops it before he knows that all of it is there does not want
 * it; afterwards it is his own. */
static gboolean
is_worthless (BkTransfer *self)
{
  if (self->part == NULL)
    return FALSE;
  if (self->path != NULL)
    return self->stopped && !self->keep && !self->told;
  if (self->fault != BK_TRANSFER_OK && self->fault != BK_TRANSFER_CUT)
    return TRUE;
  return self->stopped && (!self->keep || self->done == 0);
}

static gpointer
run (gpointer data)
{
  BkTransfer *self = data;
  BkTransferFault fault = self->run (self);

  g_mutex_lock (&self->lock);
  self->fault = fault;
  self->running = FALSE;
  close (self->stream);
  self->stream = -1;
  gboolean discard = is_worthless (self);
  g_mutex_unlock (&self->lock);
  if (discard)
    bk_transfer_part_discard (self->part);

  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell, self, transfer_unref); /* the reference of the thread */
  g_source_attach (source, self->context);
  return NULL;
}

static BkTransfer *
start (BkTransfer *self)
{
  g_atomic_ref_count_init (&self->references);
  g_atomic_ref_count_inc (&self->references);
  g_mutex_init (&self->lock);
  self->context = g_main_context_ref_thread_default ();
  _bk_transfer_hash_begin (self);
  self->piece = g_malloc (BK_TRANSFER_PIECE);
  self->running = TRUE;
  g_thread_unref (g_thread_new ("bk-transfer", run, self));
  return self;
}

/**
 * bk_transfer_send:
 * @stream: a connected stream socket that waits; taken
 * @file: a file, read as far as it was when it was offered; taken
 * @state: how it was then
 * @func: told how it went
 * @user_data: for @func
 *
 * Sends a file. After %BK_TRANSFER_OK all of it has been written into the stream; whether it arrived the other side
 * knows.
 *
 * Returns: (transfer full): the transfer, to be given back to bk_transfer_stop()
 */
BkTransfer *
bk_transfer_send (int stream, int file, const BkTransferState *state, BkTransferFunc func, gpointer user_data)
{
  BkTransfer *self = g_new0 (BkTransfer, 1);

  self->run = _bk_transfer_run_send;
  self->stream = stream;
  self->file = file;
  self->state = *state;
  self->size = state->size;
  self->func = func;
  self->user_data = user_data;
  return start (self);
}

/**
 * bk_transfer_receive:
 * @stream: a connected stream socket that waits; taken
 * @part: where it goes
 * @size: how much it is
 * @func: told how it went
 * @user_data: for @func
 *
 * Receives a file. After %BK_TRANSFER_OK it has its name, and is on the disk for good.
 *
 * Returns: (transfer full): the transfer, to be given back to bk_transfer_stop()
 */
BkTransfer *
bk_transfer_receive (int stream, BkTransferPart *part, guint64 size, BkTransferFunc func, gpointer user_data)
{
  BkTransfer *self = g_new0 (BkTransfer, 1);

  self->run = _bk_transfer_run_receive;
  self->stream = stream;
  self->file = -1;
  self->part = bk_transfer_part_ref (part);
  self->done = bk_transfer_part_get_have (part);
  self->size = size;
  self->func = func;
  self->user_data = user_data;
  return start (self);
}

/**
 * bk_transfer_stop:
 * @self: (transfer full): a transfer
 * @keep: whether what was received is kept, so that it can go on another time
 *
 * Lets go of a transfer, whether it is over or not. Nobody is told any more.
 */
void
bk_transfer_stop (BkTransfer *self, gboolean keep)
{
  self->func = NULL;
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  self->keep = keep;
  if (self->stream >= 0)
    shutdown (self->stream, SHUT_RDWR);
  gboolean discard = !self->running && is_worthless (self);
  g_mutex_unlock (&self->lock);
  if (discard)
    bk_transfer_part_discard_soon (self->part);
  transfer_unref (self);
}

guint64
bk_transfer_get_done (BkTransfer *self)
{
  g_mutex_lock (&self->lock);
  guint64 done = self->done;
  g_mutex_unlock (&self->lock);
  return done;
}

/**
 * bk_transfer_get_whole:
 * @self: a transfer
 *
 * Returns: whether everything was sent but for the hash, without which nobody can say that it arrived
 */
gboolean
bk_transfer_get_whole (BkTransfer *self)
{
  g_mutex_lock (&self->lock);
  gboolean whole = self->whole;
  g_mutex_unlock (&self->lock);
  return whole;
}

/**
 * bk_transfer_get_path:
 * @self: a transfer
 *
 * Returns: (nullable): where the file is that was received, once it has its name
 */
const char *
bk_transfer_get_path (BkTransfer *self)
{
  g_mutex_lock (&self->lock);
  const char *path = self->path; /* never changed again */
  g_mutex_unlock (&self->lock);
  return path;
}
