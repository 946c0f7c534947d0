/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the other side lacks is taken from the document when the socket has room for it: nothing piles up here, and a
 * link begins where the other side says that it is. */
#include "bk-board-link.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORTION 65536
struct _BkBoardLink
{
  BkBoardDocument *document;
  int socket;
  guint reading;
  guint writing;
  gulong handler;
  GByteArray *in;    /* the beginning of a frame */
  GByteArray *out;   /* what did not go out yet, not much more than a portion */
  gboolean broken;
  gboolean ready;    /* the other side has said hello */
  BkBoardMarks seen; /* what it has, or what is in @out */
  BkBoardLinkReady on_ready;
  BkBoardLinkOver on_over;
  gpointer user_data;
};

static void
stop (BkBoardLink *self)
{
  g_clear_handle_id (&self->reading, g_source_remove);
  g_clear_handle_id (&self->writing, g_source_remove);
  g_clear_signal_handler (&self->handler, self->document);
}

static gboolean
is_later (int code)
{
  return code == EAGAIN || code == EINTR;
}

/* ---- writing ---- */

static void
fill (BkBoardLink *self)
{
  while (self->ready && self->out->len < PORTION && bk_board_document_next (self->document, &self->seen, self->out))
    ;
}

/* Writes what there is until the socket takes no more. FALSE if it is broken. */
static gboolean
flush (BkBoardLink *self)
{
  for (fill (self); self->out->len > 0; fill (self))
    {
      ssize_t n = send (self->socket, self->out->data, self->out->len, MSG_NOSIGNAL);

      if (n < 0)
        return is_later (errno);
      g_byte_array_remove_range (self->out, 0, (guint) n);
    }
  return TRUE;
}

static void pump (BkBoardLink *self);

static gboolean
on_writable (int socket, GIOCondition condition, gpointer user_data)
{
  BkBoardLink *self = user_data;

  self->writing = 0;
  pump (self);
  return G_SOURCE_REMOVE;
}

/* May be called while frames are being taken: the end of a broken link is left to the one that reads. */
static void
pump (BkBoardLink *self)
{
  if (self->writing != 0 || self->broken)
    return;
  if (!flush (self))
    {
      self->broken = TRUE;
      shutdown (self->socket, SHUT_RDWR);
    }
  else if (self->out->len > 0)
    self->writing = g_unix_fd_add (self->socket, G_IO_OUT | G_IO_ERR | G_IO_HUP, on_writable, self);
}

/* ---- reading ---- */

static gboolean
take_hello (BkBoardLink *self, const BkBoardFrame *frame)
{
  if (self->ready || frame->site == bk_board_document_get_site (self->document))
    return FALSE;
  self->ready = TRUE;
  self->seen = frame->marks;
  self->on_ready (self, self->user_data);
  return TRUE;
}

static gboolean
take_op (BkBoardLink *self, const BkBoardOp *op)
{
  g_autoptr (GError) error = NULL;

  if (!self->ready)
    return FALSE;
  /* Before it is done: what the other side has said need not be told to it. */
  bk_board_marks_raise (&self->seen, op->site, op->number);
  if (bk_board_document_apply (self->document, op, &error))
    return TRUE;
  g_debug ("The other side: %s", error->message);
  return FALSE;
}

/* Takes the whole frames that are there. Returns how the link ends by that, or -1. */
static int
take_frames (BkBoardLink *self)
{
  BkBoardFrame frame;
  gssize n = 0;
  gsize done = 0;
  gboolean ok = TRUE;

  while (ok && done < self->in->len
         && (n = bk_board_frame_read (self->in->data + done, self->in->len - done, &frame, NULL)) > 0)
    {
      done += (gsize) n;
      if (frame.type == BK_BOARD_FRAME_BYE)
        return BK_BOARD_LINK_BYE;
      ok = frame.type == BK_BOARD_FRAME_HELLO ? take_hello (self, &frame) : take_op (self, &frame.op);
    }
  g_byte_array_remove_range (self->in, 0, (guint) done);
  return ok && n >= 0 ? -1 : BK_BOARD_LINK_NONSENSE;
}

/* A portion at a time: the window comes in between, however much the other side sends. */
static gboolean
on_readable (int socket, GIOCondition condition, gpointer user_data)
{
  BkBoardLink *self = user_data;
  guint before = self->in->len;

  g_byte_array_set_size (self->in, before + PORTION);
  ssize_t n = recv (self->socket, self->in->data + before, PORTION, 0);
  gboolean later = n < 0 && is_later (errno);
  g_byte_array_set_size (self->in, before + (guint) MAX (n, 0));
  int how = n > 0 ? take_frames (self) : later ? -1 : BK_BOARD_LINK_BROKE;
  if (how < 0)
    {
      pump (self);
      return G_SOURCE_CONTINUE;
    }
  self->reading = 0;
  stop (self);
  self->on_over (self, (BkBoardLinkEnd) how, self->user_data);
  return G_SOURCE_REMOVE;
}

/* ---- the link ---- */

static void
on_changed (BkBoardDocument *document, BkBoardLink *self)
{
  pump (self);
}

BkBoardLink *
bk_board_link_new (BkBoardDocument *document, int socket, BkBoardLinkReady ready, BkBoardLinkOver over,
                   gpointer user_data)
{
  BkBoardLink *self = g_new0 (BkBoardLink, 1);

  self->document = g_object_ref (document);
  self->socket = socket;
  self->in = g_byte_array_new ();
  self->out = g_byte_array_new ();
  self->on_ready = ready;
  self->on_over = over;
  self->user_data = user_data;
  g_unix_set_fd_nonblocking (socket, TRUE, NULL);
  bk_board_frame_write_hello (self->out, bk_board_document_get_site (document), bk_board_document_get_marks (document));
  self->reading = g_unix_fd_add (socket, G_IO_IN | G_IO_ERR | G_IO_HUP, on_readable, self);
  self->writing = g_unix_fd_add (socket, G_IO_OUT | G_IO_ERR | G_IO_HUP, on_writable, self);
  self->handler = g_signal_connect (document, "changed", G_CALLBACK (on_changed), self);
  return self;
}

void
bk_board_link_bye (BkBoardLink *self)
{
  g_clear_signal_handler (&self->handler, self->document);
  if (!flush (self) || self->out->len > 0)
    return;
  bk_board_frame_write_bye (self->out);
  flush (self);
}

void
bk_board_link_free (BkBoardLink *self)
{
  if (self == NULL)
    return;
  stop (self);
  close (self->socket);
  g_byte_array_unref (self->in);
  g_byte_array_unref (self->out);
  g_object_unref (self->document);
  g_free (self);
}
