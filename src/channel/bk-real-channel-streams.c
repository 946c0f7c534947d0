/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of programs: which descriptor and which QUIC stream belong together. The inviter's side alone makes streams
 * with names, so that the first of a name on one side is the first on the other. */
#include "bk-real-channel-private.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-limits.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_ROOM (1024 * 1024)
#define HEADER 2 /* of a stream: what it is, and how long the name is that follows */
#define KIND_NAMED 'N'
#define KIND_FORWARD 'F'

typedef struct
{
  BkPump *pump;
  gint64 number; /* of the QUIC stream; -1: none yet */
  guint8 kind;   /* 0: not known yet */
  char *name;
  gboolean claimed; /* has, or had, a descriptor */
  GByteArray *header;
} BkRealStream;

typedef struct
{
  char *name;
  int fd;
} BkRealWaiting;

static void
stream_free (gpointer data)
{
  BkRealStream *stream = data;

  bk_pump_free (stream->pump);
  g_byte_array_unref (stream->header);
  g_free (stream->name);
  g_free (stream);
}

static void
waiting_free (gpointer data)
{
  BkRealWaiting *waiting = data;

  if (waiting->fd >= 0)
    close (waiting->fd);
  g_free (waiting->name);
  g_free (waiting);
}

void
bk_real_streams_init (BkRealChannel *self)
{
  self->streams = g_ptr_array_new_with_free_func (stream_free);
  self->by_number = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->balance = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
bk_real_streams_clear (BkRealChannel *self)
{
  g_clear_pointer (&self->by_number, g_hash_table_unref);
  g_clear_pointer (&self->streams, g_ptr_array_unref);
  g_clear_pointer (&self->balance, g_hash_table_unref);
  g_queue_clear_full (&self->waiting, waiting_free);
}

static BkRealStream *
add_stream (BkRealChannel *self, guint8 kind, const char *name)
{
  BkRealStream *stream = g_new0 (BkRealStream, 1);

  stream->pump = bk_pump_new (&self->hub);
  stream->number = -1;
  stream->kind = kind;
  stream->name = g_strdup (name);
  stream->header = g_byte_array_new ();
  g_ptr_array_add (self->streams, stream);
  return stream;
}

static BkRealStream *
find_stream (BkRealChannel *self, gint64 number)
{
  return self->by_number != NULL ? g_hash_table_lookup (self->by_number, &number) : NULL;
}

BkPump *
bk_real_streams_find (BkRealChannel *self, gint64 number)
{
  BkRealStream *stream = find_stream (self, number);

  return stream != NULL ? stream->pump : NULL;
}

/* ---- opened here ---- */

static guint
count_open (BkRealChannel *self)
{
  guint n = self->waiting.length;

  for (guint i = 0; i < self->streams->len; i++)
    n += ((BkRealStream *) g_ptr_array_index (self->streams, i))->claimed ? 1 : 0;
  return n;
}

/* Two that are connected, ours non-blocking. Returns that of the program. */
int
bk_real_make_pair (int type, int *other, GError **error)
{
  int fds[2];

  if (socketpair (AF_UNIX, type | SOCK_CLOEXEC, 0, fds) < 0)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED, "There are no descriptors left: %s",
                   g_strerror (errno));
      return -1;
    }
  /* Packets come many at a time, and those that a program has no room for are lost. The system may give less. */
  for (gsize i = 0; i < G_N_ELEMENTS (fds) && type == SOCK_SEQPACKET; i++)
    setsockopt (fds[i], SOL_SOCKET, SO_SNDBUF, &(int){ PACKET_ROOM }, sizeof (int));
  *other = fds[1];
  return fds[0];
}

/* FALSE: as many are open as may be at once; later. */
static gboolean
try_number (BkRealChannel *self, BkRealStream *stream)
{
  guint8 header[HEADER + BK_LIMIT_STREAM_NAME];
  gsize length = stream->name != NULL ? strlen (stream->name) : 0;

  if (self->quic == NULL || self->gone)
    return FALSE;
  stream->number = bk_quic_open_stream (self->quic);
  if (stream->number < 0)
    return FALSE;
  g_hash_table_insert (self->by_number, &stream->number, stream);
  header[0] = stream->kind;
  header[1] = (guint8) length;
  if (length > 0)
    memcpy (header + HEADER, stream->name, length);
  bk_pump_set_stream (stream->pump, stream->number, header, HEADER + length);
  bk_real_turn_soon (self);
  return TRUE;
}

static void
balance_by (BkRealChannel *self, const char *name, int step)
{
  int before = GPOINTER_TO_INT (g_hash_table_lookup (self->balance, name));
  int now = before + step;

  self->n_offers += (guint) (MAX (now, 0) - MAX (before, 0));
  if (now == 0)
    g_hash_table_remove (self->balance, name);
  else
    g_hash_table_insert (self->balance, g_strdup (name), GINT_TO_POINTER (now));
}

/* What the other side has opened already under that name. */
static BkRealStream *
find_unclaimed (BkRealChannel *self, const char *name)
{
  for (guint i = 0; i < self->streams->len; i++)
    {
      BkRealStream *stream = g_ptr_array_index (self->streams, i);
      if (stream->kind == KIND_NAMED && !stream->claimed && g_str_equal (stream->name, name))
        return stream;
    }
  return NULL;
}

static void
claim (BkRealStream *stream, int fd)
{
  stream->claimed = TRUE;
  bk_pump_set_fd (stream->pump, fd);
}

static void
open_as_invitee (BkRealChannel *self, const char *name, int fd)
{
  BkRealStream *stream = find_unclaimed (self, name);
  BkWord offer = { .kind = BK_WORD_OFFER, .name = (char *) name };

  if (stream != NULL)
    {
      claim (stream, fd);
      return;
    }
  BkRealWaiting *waiting = g_new0 (BkRealWaiting, 1);
  *waiting = (BkRealWaiting){ g_strdup (name), fd };
  g_queue_push_tail (&self->waiting, waiting);
  bk_real_words_send (self, &offer);
}

int
bk_real_streams_open (BkRealChannel *self, const char *name, GError **error)
{
  int ours = -1;

  if (count_open (self) >= BK_LIMIT_STREAMS)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED, "%d streams of this session are open already",
                   BK_LIMIT_STREAMS);
      return -1;
    }
  int fd = bk_real_make_pair (SOCK_STREAM, &ours, error);
  if (fd < 0)
    return -1;
  if (!self->inviter)
    {
      open_as_invitee (self, name, ours);
      return fd;
    }
  balance_by (self, name, -1);
  BkRealStream *stream = add_stream (self, KIND_NAMED, name);
  claim (stream, ours);
  try_number (self, stream);
  return fd;
}

void
bk_real_streams_forward (BkRealChannel *self, int fd)
{
  if (self->state != BK_REAL_CONFIRMED || count_open (self) >= BK_LIMIT_STREAMS)
    {
      close (fd);
      return;
    }
  BkRealStream *stream = add_stream (self, KIND_FORWARD, NULL);
  claim (stream, fd);
  try_number (self, stream);
}

gboolean
bk_real_streams_take_offer (BkRealChannel *self, const char *name)
{
  balance_by (self, name, 1);
  if (GPOINTER_TO_INT (g_hash_table_lookup (self->balance, name)) > 0)
    bk_real_turn_tell_offered (self, name, FALSE);
  return self->n_offers <= BK_LIMIT_STREAMS;
}

/* ---- opened by the other side ---- */

void
bk_real_streams_opened (BkRealChannel *self, gint64 number)
{
  if (!self->inviter && self->control < 0 && number == 0)
    {
      self->control = number;
      bk_real_words_flush (self);
      return;
    }
  BkRealStream *stream = add_stream (self, 0, NULL);
  stream->number = number;
  g_hash_table_insert (self->by_number, &stream->number, stream);
  bk_pump_set_stream (stream->pump, number, NULL, 0);
}

static gboolean
take_name (BkRealChannel *self, BkRealStream *stream)
{
  gsize length = stream->header->data[1];
  g_autofree char *name = g_strndup ((const char *) stream->header->data + HEADER, length);

  if (self->inviter || strlen (name) != length || !bk_text_is_valid (name, BK_LIMIT_STREAM_NAME, FALSE))
    return FALSE;
  stream->name = g_steal_pointer (&name);
  stream->kind = KIND_NAMED;
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    {
      BkRealWaiting *waiting = link->data;
      if (!g_str_equal (waiting->name, stream->name))
        continue;
      claim (stream, g_steal_fd (&waiting->fd));
      waiting_free (waiting);
      g_queue_delete_link (&self->waiting, link);
      return TRUE;
    }
  bk_real_turn_tell_offered (self, stream->name, FALSE);
  return TRUE;
}

/* FALSE: this side does not know what to do with it. */
static gboolean
take_header (BkRealChannel *self, BkRealStream *stream)
{
  if (stream->header->data[0] == KIND_NAMED)
    return take_name (self, stream);
  if (stream->header->data[0] != KIND_FORWARD || stream->header->len != HEADER)
    return FALSE;
  int fd = bk_forward_connect (self->forward);
  if (fd < 0)
    return FALSE;
  stream->kind = KIND_FORWARD;
  claim (stream, fd);
  return TRUE;
}

/* Takes what of @data is of the header, and returns how much that is. */
static gsize
read_header (BkRealChannel *self, BkRealStream *stream, const guint8 *data, gsize length)
{
  gsize n = 0;

  while (n < length
         && (stream->header->len < HEADER || stream->header->len < HEADER + (gsize) stream->header->data[1]))
    g_byte_array_append (stream->header, data + n++, 1);
  bk_quic_consume (self->quic, stream->number, n);
  if (stream->header->len >= HEADER && stream->header->len == HEADER + (gsize) stream->header->data[1]
      && !take_header (self, stream))
    {
      stream->kind = KIND_FORWARD;
      bk_pump_abort (stream->pump);
    }
  return n;
}

void
bk_real_streams_data (BkRealChannel *self, gint64 number, const guint8 *data, gsize length, gboolean fin)
{
  BkRealStream *stream = find_stream (self, number);
  gsize n = 0;

  if (stream == NULL)
    {
      bk_quic_consume (self->quic, number, length);
      return;
    }
  if (stream->kind == 0)
    n = read_header (self, stream, data, length);
  if (stream->kind == 0 && fin)
    bk_pump_abort (stream->pump);
  else if (stream->kind != 0)
    bk_pump_receive (stream->pump, data + n, length - n, fin);
  if (self->state == BK_REAL_FINISHING && stream->kind != 0)
    bk_pump_finish (stream->pump);
}

void
bk_real_streams_finish (BkRealChannel *self)
{
  for (guint i = 0; i < self->streams->len; i++)
    bk_pump_finish (((BkRealStream *) g_ptr_array_index (self->streams, i))->pump);
}

void
bk_real_streams_closed (BkRealChannel *self, gint64 number)
{
  BkRealStream *stream = find_stream (self, number);

  if (stream == NULL)
    return;
  g_hash_table_remove (self->by_number, &number);
  bk_pump_closed (stream->pump);
}

/* ---- all of them ---- */

void
bk_real_streams_turn (BkRealChannel *self)
{
  gboolean is_room = TRUE;

  for (guint i = 0; i < self->streams->len;)
    {
      BkRealStream *stream = g_ptr_array_index (self->streams, i);

      if (stream->number < 0 && is_room)
        is_room = try_number (self, stream);
      bk_pump_flush (stream->pump);
      if (bk_pump_is_over (stream->pump))
        {
          g_hash_table_remove (self->by_number, &stream->number);
          g_ptr_array_remove_index (self->streams, i);
        }
      else
        i++;
    }
}

void
bk_real_streams_cut (BkRealChannel *self)
{
  g_hash_table_remove_all (self->by_number);
  g_queue_clear_full (&self->waiting, waiting_free);
  for (guint i = 0; i < self->streams->len; i++)
    bk_pump_cut (((BkRealStream *) g_ptr_array_index (self->streams, i))->pump);
}

gboolean
bk_real_streams_are_drained (BkRealChannel *self)
{
  for (guint i = 0; i < self->streams->len; i++)
    if (!bk_pump_is_drained (((BkRealStream *) g_ptr_array_index (self->streams, i))->pump))
      return FALSE;
  return TRUE;
}

gboolean
bk_real_streams_are_quiet (BkRealChannel *self)
{
  for (guint i = 0; i < self->streams->len; i++)
    if (!bk_pump_is_quiet (((BkRealStream *) g_ptr_array_index (self->streams, i))->pump))
      return FALSE;
  return TRUE;
}
