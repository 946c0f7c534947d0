/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-quic-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* So long nothing may come before the connection is given up: longer than the layer above waits for a new path. */
#define SILENCE_US (35 * (gint64) G_USEC_PER_SEC)
/* Loss recovery waits twice as long after each attempt. When there was silence for so long, and then in that rhythm, it
 * is told not to wait; see nudge (). */
#define QUIET_US (2500 * (gint64) 1000)
#define NUDGE_EVERY_US (2 * (gint64) G_USEC_PER_SEC)
/* When there may be a new path, that is done at once, and again after that time and its double. All nudges of a silence
 * let the time of ngtcp2 run ahead by decades at worst; it counts nanoseconds, for centuries. */
#define QUICK_NUDGE_US (250 * (gint64) 1000)
#define QUICK_NUDGES 2
#define MAX_QUICK_NUDGES 12 /* in one silence */
#define MAX_SKIPPED (100 * 365 * 24 * 3600LL * G_USEC_PER_SEC)

/* ----- begin ----- */

static char *
strip_braces (const char *session)
{
  gsize length = strlen (session);

  if (length >= 2 && session[0] == '{' && session[length - 1] == '}')
    return g_strndup (session + 1, length - 2);
  return g_strdup (session);
}

BkQuic *
bk_quic_new (const BkQuicConfig *config, const BkQuicFuncs *funcs, gpointer user_data, gint64 now, GError **error)
{
  BkQuic *self = g_new0 (BkQuic, 1);
  guint32 seed[8];

  memcpy (seed, config->seed, sizeof seed);
  memcpy (self->seed, config->seed, sizeof seed);
  self->rand = g_rand_new_with_seed_array (seed, G_N_ELEMENTS (seed));
  self->client = config->client;
  self->session = g_strdup (config->session);
  self->server_name = strip_braces (config->session);
  self->fingerprint = g_strdup (config->fingerprint);
  self->certificate = config->certificate;
  self->max_stream_window = config->max_stream_window > 0 ? config->max_stream_window : BK_QUIC_STREAM_WINDOW;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->started = self->now = now;
  self->nudge_at = G_MAXINT64;
  self->streams = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->stopped = g_ptr_array_new ();
  self->finished = g_ptr_array_new ();
  bk_quic_error_init (&self->error);
  if (!self->client)
    return self;
  if (!bk_quic_conn_new_client (self, error))
    {
      bk_quic_free (self);
      return NULL;
    }
  self->phase = BK_QUIC_ALIVE;
  return self;
}

static void
drop_connection (BkQuic *self)
{
  g_clear_pointer (&self->conn, ngtcp2_conn_del);
  g_clear_pointer (&self->tls, gnutls_deinit);
}

void
bk_quic_free (BkQuic *self)
{
  g_return_if_fail (self->inside == 0);

  drop_connection (self);
  bk_quic_streams_clear (self);
  g_hash_table_unref (self->streams);
  g_ptr_array_unref (self->stopped);
  g_ptr_array_unref (self->finished);
  g_rand_free (self->rand);
  g_free (self->datagrams);
  g_free (self->session);
  g_free (self->server_name);
  g_free (self->fingerprint);
  g_free (self);
}

/* ----- time ----- */

ngtcp2_tstamp
bk_quic_time (BkQuic *self)
{
  return (ngtcp2_tstamp) (self->now + self->skipped) * NGTCP2_MICROSECONDS;
}

static gint64
last_sign (BkQuic *self)
{
  return self->last_heard > 0 ? self->last_heard : self->started;
}

static void
expire_connection (BkQuic *self)
{
  self->inside++;
  int code = ngtcp2_conn_handle_expiry (self->conn, bk_quic_time (self));
  self->inside--;
  if (code != 0)
    bk_quic_fail (self, code);
}

/* Sends again at once what waits for its timer. ngtcp2 has no word for that in either version, but what the timer waits
 * for is the time, and the time it is told: it is let run ahead by more than any timer can still have. Those are
 * doubled each time, so none is longer than the silence so far (in the time of ngtcp2) and what it began with. */
static void
nudge (BkQuic *self)
{
  gint64 first = (gint64) (ngtcp2_conn_get_pto (self->conn) / NGTCP2_MICROSECONDS);

  self->answered = FALSE;
  if (self->skipped > MAX_SKIPPED)
    return;
  self->skipped += self->now - last_sign (self) + self->skipped - self->skipped_at_sign + 2 * first;
  expire_connection (self);
}

/* Now, and soon again for as long as nothing of ours is acknowledged. */
static void
nudge_quickly (BkQuic *self, guint more)
{
  self->more_nudges = 0;
  if (self->quick_nudges >= MAX_QUICK_NUDGES)
    return;
  self->quick_nudges++;
  self->more_nudges = more;
  self->nudge_at = self->now + (more > 0 ? QUICK_NUDGE_US << (QUICK_NUDGES - more) : NUDGE_EVERY_US);
  nudge (self);
}

static void
nudge_in_time (BkQuic *self)
{
  self->nudge_at = MAX (self->now, last_sign (self) + QUIET_US);
  if (self->answered)
    self->more_nudges = 0;
  if (self->more_nudges > 0)
    nudge_quickly (self, self->more_nudges - 1);
  if (self->nudge_at > self->now)
    return;
  self->nudge_at = self->now + NUDGE_EVERY_US;
  nudge (self);
}

gint64
bk_quic_get_deadline (BkQuic *self)
{
  gint64 deadline = last_sign (self) + SILENCE_US;

  if (self->phase == BK_QUIC_CLOSING || self->phase == BK_QUIC_CLOSED)
    return G_MAXINT64;
  if (self->phase == BK_QUIC_WAITING)
    return deadline;

  ngtcp2_tstamp expiry = ngtcp2_conn_get_expiry (self->conn);
  if (expiry != UINT64_MAX) /* rounded up: never called before it is time */
    deadline = MIN (deadline, (gint64) ((expiry + NGTCP2_MICROSECONDS - 1) / NGTCP2_MICROSECONDS) - self->skipped);
  return MIN (deadline, self->nudge_at);
}

void
bk_quic_expire (BkQuic *self, gint64 now)
{
  if (self->inside > 0)
    return;
  self->now = MAX (self->now, now);
  if (self->phase == BK_QUIC_WAITING || self->phase == BK_QUIC_ALIVE)
    {
      if (self->now - last_sign (self) >= SILENCE_US)
        bk_quic_end (self, BECKON_SESSION_RESULT_CONNECTION_FAILURE, _ ("The other side no longer responds."));
    }
  if (self->phase == BK_QUIC_ALIVE)
    expire_connection (self);
  if (self->phase == BK_QUIC_ALIVE && self->now >= self->nudge_at)
    nudge_in_time (self);
  bk_quic_settle (self);
}

void
bk_quic_path_changed (BkQuic *self, gint64 now)
{
  if (self->inside > 0 || self->phase != BK_QUIC_ALIVE)
    return;
  self->now = MAX (self->now, now);
  nudge_quickly (self, QUICK_NUDGES);
  bk_quic_settle (self);
}

gint64
bk_quic_get_last_heard (BkQuic *self)
{
  return self->last_heard;
}

/* ----- in ----- */

static void
hear (BkQuic *self)
{
  gboolean again = self->last_heard > 0 && self->now - self->last_heard >= QUIET_US;

  self->statistics.packets_received++;
  self->quick_nudges = 0;
  if (again && self->phase == BK_QUIC_ALIVE)
    nudge_quickly (self, QUICK_NUDGES);
  else if (self->more_nudges == 0)
    self->nudge_at = self->now + QUIET_US;
  self->last_heard = self->now;
  self->skipped_at_sign = self->skipped;
}

/* A server that has not understood its first packet waits for another: it may have been broken on the way. */
static gboolean
begins (BkQuic *self, const guint8 *packet, gsize length)
{
  if (self->phase != BK_QUIC_WAITING)
    return TRUE;
  if (!bk_quic_conn_new_server (self, packet, length))
    {
      drop_connection (self);
      return FALSE;
    }
  self->phase = BK_QUIC_ALIVE;
  return TRUE;
}

/* Who still sends has not heard that it is over: it is told again, ever more seldom. */
static void
answer_late (BkQuic *self)
{
  self->late++;
  if (self->n_last_words > 0 && (self->late & (self->late - 1)) == 0)
    self->close_due = TRUE;
}

void
bk_quic_receive (BkQuic *self, const guint8 *packet, gsize length, gint64 now)
{
  gboolean first = self->phase == BK_QUIC_WAITING, heard = FALSE;

  if (self->inside > 0 || length == 0)
    return;
  self->now = MAX (self->now, now);
  if (self->phase == BK_QUIC_CLOSING || self->phase == BK_QUIC_CLOSED)
    {
      answer_late (self);
      return;
    }
  if (!begins (self, packet, length))
    return;

  int code = bk_quic_conn_read (self, packet, length, &heard);
  if (first && (code == NGTCP2_ERR_DROP_CONN || code == NGTCP2_ERR_RETRY || !heard))
    {
      drop_connection (self);
      self->phase = BK_QUIC_WAITING;
      return;
    }
  if (heard)
    hear (self);
  if (code != 0)
    bk_quic_fail (self, code);
  bk_quic_settle (self);
}

gboolean
bk_quic_is_confirmed (BkQuic *self)
{
  return self->confirmed;
}

void
bk_quic_confirm (BkQuic *self)
{
  if (self->confirmed || self->told_closed)
    return;
  self->confirmed = TRUE;
  self->inside++;
  self->funcs.confirmed (self->user_data);
  self->inside--;
}

/* ----- end ----- */

void
bk_quic_end (BkQuic *self, BeckonSessionResult result, const char *reason)
{
  if (self->phase == BK_QUIC_ALIVE || self->phase == BK_QUIC_WAITING)
    self->phase = BK_QUIC_CLOSED;
  if (self->told_closed)
    return;
  self->told_closed = TRUE;
  self->end_result = result;
  self->end_reason = reason;
}

/* The other side has ended it. */
static void
end_by_peer (BkQuic *self)
{
  BkQuicError error;

  bk_quic_get_error (self->conn, &error);
  if (error.type == BK_QUIC_ERROR_APPLICATION || error.error_code == NGTCP2_NO_ERROR)
    bk_quic_end (self, BECKON_SESSION_RESULT_NONE, _ ("The other side ended the connection."));
  else if ((error.error_code & ~(guint64) 0xFF) == NGTCP2_CRYPTO_ERROR
           && bk_quic_alert_is_about_identity ((guint8) error.error_code))
    bk_quic_end (self, BECKON_SESSION_RESULT_AUTHENTICATION_FAILED,
                 _ ("The other side expected somebody else."));
  else
    bk_quic_end (self, BECKON_SESSION_RESULT_PROTOCOL_ERROR, _ ("The other side received something that makes no "
                                                                "sense."));
}

static void
end_by_error (BkQuic *self, int code)
{
  guint8 alert = ngtcp2_conn_get_tls_alert (self->conn);
  gboolean crypto = code == NGTCP2_ERR_CRYPTO || code == NGTCP2_ERR_CALLBACK_FAILURE;

  if (crypto && alert != 0)
    bk_quic_error_set_alert (&self->error, alert);
  else
    bk_quic_error_set_library (&self->error, code);
  self->phase = BK_QUIC_CLOSING;
  self->close_due = TRUE;
  if (self->refused || (crypto && bk_quic_alert_is_about_identity (alert)))
    bk_quic_end (self, BECKON_SESSION_RESULT_AUTHENTICATION_FAILED,
                 _ ("The other side could not prove that it is the one that was invited."));
  else
    bk_quic_end (self, BECKON_SESSION_RESULT_PROTOCOL_ERROR, _ ("The other side sent something that makes no "
                                                                "sense."));
}

void
bk_quic_fail (BkQuic *self, int code)
{
  if (self->phase != BK_QUIC_ALIVE)
    return;
  switch (code)
    {
    case NGTCP2_ERR_DRAINING:
      end_by_peer (self);
      break;
    case NGTCP2_ERR_IDLE_CLOSE:
    case NGTCP2_ERR_HANDSHAKE_TIMEOUT:
      bk_quic_end (self, BECKON_SESSION_RESULT_CONNECTION_FAILURE, _ ("The other side no longer responds."));
      break;
    default:
      end_by_error (self, code);
    }
}

void
bk_quic_settle (BkQuic *self)
{
  if (self->inside > 0)
    return;
  bk_quic_streams_settle (self);
  if (self->end_reason == NULL)
    return;

  const char *reason = g_steal_pointer (&self->end_reason);
  self->inside++;
  self->funcs.closed (self->end_result, reason, self->user_data);
  self->inside--;
}

void
bk_quic_close (BkQuic *self)
{
  if (self->phase == BK_QUIC_WAITING)
    self->phase = BK_QUIC_CLOSED;
  self->told_closed = TRUE; /* nothing more is told */
  if (self->phase != BK_QUIC_ALIVE)
    return;
  bk_quic_error_set_application (&self->error, 0);
  self->phase = BK_QUIC_CLOSING;
  self->close_due = TRUE;
}

void
bk_quic_get_statistics (BkQuic *self, BkQuicStatistics *statistics)
{
  GHashTableIter iter;
  gpointer key;

  *statistics = self->statistics;
  statistics->packets_lost += statistics->datagrams_lost;
  if (self->conn == NULL)
    return;
  statistics->rtt_us = (gint64) (bk_quic_get_rtt_ns (self->conn) / NGTCP2_MICROSECONDS);
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    statistics->packets_lost += ngtcp2_conn_get_stream_loss_count (self->conn, ((BkQuicStream *) key)->id);
}
