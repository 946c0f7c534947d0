/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two connections and a wire between that does what the input says: packets that are broken, foreign, doubled or lost,
 * at any time of the handshake and after it, and a side that encrypts what it should not. Linked so that what is to be
 * encrypted goes through here (--wrap). */
#include "bk-quic-private.h"

#include <stdint.h>
#include <string.h>

#define SESSION "{6f0d2f9e-8a55-4a0e-9d0b-2f6d3a1c5b7e}"
#define MAX_STEPS 400

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
int __real_ngtcp2_crypto_encrypt_cb (uint8_t *dest, const ngtcp2_crypto_aead *aead,
                                     const ngtcp2_crypto_aead_ctx *context, const uint8_t *text, size_t text_length,
                                     const uint8_t *nonce, size_t nonce_length, const uint8_t *aad,
                                     size_t aad_length);
int __wrap_ngtcp2_crypto_encrypt_cb (uint8_t *dest, const ngtcp2_crypto_aead *aead,
                                     const ngtcp2_crypto_aead_ctx *context, const uint8_t *text, size_t text_length,
                                     const uint8_t *nonce, size_t nonce_length, const uint8_t *aad,
                                     size_t aad_length);

typedef struct
{
  const uint8_t *data;
  size_t size;
} Input;

typedef struct
{
  BkQuic *quic;
  gboolean confirmed, closed;
  guint64 unconsumed;
  gint64 last_stream;
} Side;

static BkCertificate *certificates[2];
static guint8 buffer[BK_QUIC_MAX_BURST * BK_QUIC_MAX_PACKET];
static gint64 now;

/* What is put over the start of the next plain text, from some byte on. */
static guint8 words[64];
static gsize n_words, words_at;
static gboolean only_words;

static guint8
take (Input *input)
{
  if (input->size == 0)
    return 0;
  input->size--;
  return *input->data++;
}

static gsize
take_bytes (Input *input, guint8 *bytes, gsize most)
{
  gsize wanted = take (input), n = MIN (wanted, MIN (most, input->size));

  memcpy (bytes, input->data, n);
  input->data += n;
  input->size -= n;
  return n;
}

int
__wrap_ngtcp2_crypto_encrypt_cb (uint8_t *dest, const ngtcp2_crypto_aead *aead,
                                 const ngtcp2_crypto_aead_ctx *context, const uint8_t *text, size_t text_length,
                                 const uint8_t *nonce, size_t nonce_length, const uint8_t *aad, size_t aad_length)
{
  guint8 plain[BK_QUIC_MAX_PACKET];

  if (n_words == 0 || text_length > sizeof plain)
    return __real_ngtcp2_crypto_encrypt_cb (dest, aead, context, text, text_length, nonce, nonce_length, aad,
                                            aad_length);
  memcpy (plain, text, text_length);
  if (only_words)
    memset (plain, 0, text_length); /* PADDING */
  for (gsize i = 0; i < n_words && words_at + i < text_length; i++)
    plain[words_at + i] = words[i];
  n_words = 0;
  return __real_ngtcp2_crypto_encrypt_cb (dest, aead, context, plain, text_length, nonce, nonce_length, aad,
                                          aad_length);
}

/* ----- what the connection tells ----- */

static void
check_open (Side *self)
{
  if (self->closed)
    g_error ("Something was told after the end");
}

static void
on_confirmed (gpointer user_data)
{
  Side *self = user_data;

  check_open (self);
  if (self->confirmed)
    g_error ("Confirmed twice");
  self->confirmed = TRUE;
}

static void
on_stream (gint64 stream, gpointer user_data)
{
  Side *self = user_data;

  check_open (self);
  if (!self->confirmed)
    g_error ("A stream before it was confirmed");
  self->last_stream = stream;
}

static void
on_data (gint64 stream, const guint8 *data, gsize length, gboolean fin, gpointer user_data)
{
  Side *self = user_data;

  on_stream (stream, self);
  if (length == 0 && !fin)
    g_error ("Nothing came");
  self->unconsumed += length;
  if (stream % 8 < 4)
    {
      self->unconsumed -= length;
      bk_quic_consume (self->quic, stream, length);
    }
  if (self->unconsumed > BK_QUIC_WINDOW_POOL + 512 * BK_QUIC_FIRST_WINDOW)
    g_error ("More than there are windows for");
}

static void
on_datagram (const guint8 *data, gsize length, gpointer user_data)
{
  on_stream (-1, user_data);
}

static void
on_room (gpointer user_data)
{
  check_open (user_data);
}

static void
on_closed (BeckonSessionResult result, const char *reason, gpointer user_data)
{
  Side *self = user_data;

  check_open (self);
  if (reason == NULL || result >= BECKON_N_SESSION_RESULTS)
    g_error ("An end without a reason");
  self->closed = TRUE;
}

static const BkQuicFuncs funcs = {
  .confirmed = on_confirmed,
  .stream_opened = on_stream,
  .stream_data = on_data,
  .stream_writable = on_stream,
  .stream_acked = on_stream,
  .stream_stopped = on_stream,
  .stream_reset = on_stream,
  .stream_closed = on_stream,
  .datagram = on_datagram,
  .datagram_writable = on_room,
  .closed = on_closed,
};

/* ----- what the input does ----- */

static void
exchange (Input *input, Side *from, Side *to, guint how)
{
  gsize size = 0;
  gsize length = bk_quic_produce (from->quic, buffer, sizeof buffer, &size, now);

  if (length > 0 && how == 1)
    for (guint n = take (input) % 4 + 1; n > 0; n--)
      {
        gsize at = ((gsize) take (input) << 3) % length;
        buffer[at] ^= take (input);
      }
  if (length > 0 && how == 2)
    take_bytes (input, buffer, MIN (length, 255));
  for (gsize at = 0; at < length; at += size)
    {
      if (how != 3)
        bk_quic_receive (to->quic, buffer + at, MIN (size, length - at), now);
      if (how == 4)
        bk_quic_receive (to->quic, buffer + at, MIN (size, length - at), now);
    }
}

static void
inject (Input *input, Side *to)
{
  gsize n = take_bytes (input, buffer, 255);
  gsize padding = (gsize) take (input) * 5;

  memset (buffer + n, 0, padding);
  bk_quic_receive (to->quic, buffer, n + padding, now);
}

static void
use (Input *input, Side *side)
{
  guint8 what = take (input);
  gint64 stream = what < 128 ? side->last_stream : take (input);

  switch (what % 8)
    {
    case 0:
      stream = bk_quic_open_stream (side->quic);
      bk_quic_write (side->quic, stream, buffer, (gsize) take (input) * 64, what & 8);
      break;
    case 1:
      bk_quic_write (side->quic, stream, buffer, sizeof buffer, what & 8);
      break;
    case 2:
      bk_quic_reset (side->quic, stream);
      break;
    case 3:
      bk_quic_stop (side->quic, stream);
      break;
    case 4:
      bk_quic_consume (side->quic, stream, sizeof buffer);
      break;
    case 5:
      bk_quic_send_datagram (side->quic, buffer, (gsize) take (input) * 5);
      break;
    case 6:
      bk_quic_path_changed (side->quic, now);
      break;
    default:
      if (what == 0xFF)
        bk_quic_close (side->quic);
    }
}

static void
pass_time (Input *input, Side sides[2])
{
  guint8 much = take (input);

  now += much < 128 ? much * 1000 : (much - 127) * 300000;
  for (guint i = 0; i < 2; i++)
    if (bk_quic_get_deadline (sides[i].quic) <= now)
      bk_quic_expire (sides[i].quic, now);
}

static void
step (Input *input, Side sides[2])
{
  guint8 what = take (input);
  Side *from = &sides[what & 1], *to = &sides[1 - (what & 1)];
  guint how = (what >> 1) % 12;

  if (how < 5)
    exchange (input, from, to, how);
  else if (how == 5)
    inject (input, to);
  else if (how == 6)
    use (input, from);
  else if (how == 7)
    pass_time (input, sides);
  else if (how < 10)
    {
      words_at = take (input);
      only_words = how == 8;
      n_words = take_bytes (input, words, sizeof words);
      exchange (input, from, to, 0);
      n_words = 0;
    }
  else
    for (guint i = 0; i < 4; i++)
      exchange (input, &sides[i % 2], &sides[1 - i % 2], 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Input input = { data, size };
  Side sides[2] = { { 0 } };

  now = 1000000;
  n_words = 0;
  for (guint i = 0; i < 2 && certificates[i] == NULL; i++)
    certificates[i] = bk_certificate_new (SESSION, NULL);
  for (guint i = 0; i < 2; i++)
    {
      BkQuicConfig config = { i == 0, SESSION, certificates[i],
                              bk_certificate_get_fingerprint (certificates[1 - i]), { (guint8) i }, 0 };
      sides[i].quic = bk_quic_new (&config, &funcs, &sides[i], now, NULL);
    }
  for (guint i = 0; input.size > 0 && i < MAX_STEPS; i++)
    step (&input, sides);
  for (guint i = 0; i < 2; i++)
    bk_quic_free (sides[i].quic);
  return 0;
}
