/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control stream of a channel. */
#include "bk-real-channel-private.h"

#include "bk-limits.h"

#define MAX_OUT (512 * 1024) /* bytes that wait for the other side */
#define STEP 4096

/* The inviter's side opens the control stream; its first word shows the other one where it is. */
void
bk_real_words_open (BkRealChannel *self)
{
  BkWord hello = { BK_WORD_HELLO };

  if (!self->inviter)
    return;
  self->control = bk_quic_open_stream (self->quic);
  bk_real_words_send (self, &hello);
}

void
bk_real_words_flush (BkRealChannel *self)
{
  if (self->control < 0 || self->quic == NULL || self->gone || (self->words_out->len == 0 && !self->drained))
    return;
  gsize taken
    = bk_quic_write (self->quic, self->control, self->words_out->data, self->words_out->len, self->drained);
  if (taken > 0)
    g_byte_array_remove_range (self->words_out, 0, (guint) taken);
  bk_real_turn_soon (self);
}

gboolean
bk_real_words_send (BkRealChannel *self, const BkWord *word)
{
  if (self->quic == NULL || self->gone || self->drained || self->words_out->len > MAX_OUT)
    return FALSE;
  bk_word_write (word, self->words_out);
  bk_real_words_flush (self);
  return TRUE;
}

/* The end of the control stream says that all has arrived that was written on this side. */
void
bk_real_words_end (BkRealChannel *self)
{
  self->drained = TRUE;
  bk_real_words_flush (self);
}

/* FALSE: no peer of ours says that. */
static gboolean
take (BkRealChannel *self, const BkWord *word)
{
  switch (word->kind)
    {
    case BK_WORD_ENVELOPE:
      bk_real_turn_tell_envelope (self, word->envelope);
      return TRUE;
    case BK_WORD_OFFER:
      return self->inviter && bk_real_streams_take_offer (self, word->name);
    case BK_WORD_DATAGRAM:
      return bk_real_flows_take_announced (self, word->name, word->id);
    case BK_WORD_CLOSED:
      bk_real_flows_take_closed (self, word->id);
      return TRUE;
    case BK_WORD_HELLO:
    case BK_WORD_UNKNOWN:
    default:
      return TRUE;
    }
}

static gboolean
read_words (BkRealChannel *self)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_auto (BkWord) word = { 0 };
      int result = bk_word_read (self->words_in, self->session, &word, &error);

      if (result == 0)
        return TRUE;
      if (result > 0 && take (self, &word))
        continue;
      g_message ("The other side of a channel does not keep to the protocol: %s",
                 error != NULL ? error->message : "too much at once");
      return FALSE;
    }
}

void
bk_real_words_receive (BkRealChannel *self, const guint8 *data, gsize length)
{
  bk_quic_consume (self->quic, self->control, length);
  /* Little by little: every word that is read is taken from the front of what has come. */
  while (length > 0 && !self->gone)
    {
      gsize n = MIN (length, STEP);

      g_byte_array_append (self->words_in, data, (guint) n);
      data += n;
      length -= n;
      if (!read_words (self))
        bk_real_turn_break (self, BECKON_SESSION_RESULT_PROTOCOL_ERROR, NULL);
    }
}
