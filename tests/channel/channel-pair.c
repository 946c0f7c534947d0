/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "channel-pair.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- time ---- */

#define TICK_MS 1
#define MOST_US 50000 /* that one tick can count as */

/* It counts the time in which this program runs, and not the one in which the machine let it wait: what takes a moment
 * must not run out because the moment was divided by others. */
typedef struct
{
  BkClock parent_instance;
  guint speed;
  BkFakeClock *inner;
  guint source;
  gint64 last;
  gint64 left; /* microseconds of this clock that are no whole millisecond yet */
} FastClock;

typedef BkClockClass FastClockClass;

GType fast_clock_get_type (void);
G_DEFINE_TYPE (FastClock, fast_clock, BK_TYPE_CLOCK)

static gint64
fast_now (BkClock *clock)
{
  return bk_clock_now (BK_CLOCK (((FastClock *) clock)->inner));
}

static gint64
fast_real (BkClock *clock)
{
  return g_get_real_time ();
}

static guint
fast_add (BkClock *clock, guint milliseconds, BkClockFunc func, gpointer user_data)
{
  return bk_clock_add (BK_CLOCK (((FastClock *) clock)->inner), milliseconds, func, user_data);
}

static void
fast_remove (BkClock *clock, guint id)
{
  bk_clock_clear (BK_CLOCK (((FastClock *) clock)->inner), &id);
}

static gboolean
on_tick (gpointer user_data)
{
  FastClock *self = user_data;
  g_autoptr (BkFakeClock) inner = g_object_ref (self->inner);
  gint64 now = g_get_monotonic_time ();

  self->left += MIN (now - self->last, MOST_US) * self->speed;
  self->last = now;
  guint milliseconds = (guint) (self->left / 1000);
  self->left %= 1000;
  bk_fake_clock_advance (inner, milliseconds);
  return G_SOURCE_CONTINUE;
}

static void
fast_clock_finalize (GObject *object)
{
  FastClock *self = (FastClock *) object;

  g_source_remove (self->source);
  g_object_unref (self->inner);
  G_OBJECT_CLASS (fast_clock_parent_class)->finalize (object);
}

static void
fast_clock_class_init (FastClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fast_clock_finalize;
  klass->now = fast_now;
  klass->real = fast_real;
  klass->add = fast_add;
  klass->remove = fast_remove;
}

static void
fast_clock_init (FastClock *self)
{
  self->inner = bk_fake_clock_new ();
  self->last = g_get_monotonic_time ();
  self->source = g_timeout_add (TICK_MS, on_tick, self);
}

BkClock *
fast_clock_new (guint speed)
{
  FastClock *self = g_object_new (fast_clock_get_type (), NULL);

  self->speed = speed;
  return BK_CLOCK (self);
}

/* ---- what the sides say ---- */

static ChannelSide *
other_of (ChannelSide *side)
{
  return &side->pair->side[side == &side->pair->side[0] ? 1 : 0];
}

static void
deliver (ChannelSide *from, guint i)
{
  ChannelSide *to = other_of (from);

  if (to->channel != NULL)
    bk_channel_receive_transport (to->channel, g_ptr_array_index (from->transports, i));
}

static void
on_transport (BkChannel *channel, const BkEnvelope *envelope, ChannelSide *side)
{
  g_assert_cmpint (envelope->kind, ==, BK_ENVELOPE_TRANSPORT);
  g_assert_cmpstr (envelope->session, ==, PAIR_SESSION);
  g_ptr_array_add (side->transports, bk_envelope_copy (envelope));
  if (!side->pair->held)
    channel_pair_deliver (side->pair);
}

static void
on_path (BkChannel *channel, ChannelSide *side)
{
  side->paths++;
}

static void
on_confirmed (BkChannel *channel, ChannelSide *side)
{
  side->confirmed++;
}

static void
on_envelope (BkChannel *channel, const BkEnvelope *envelope, ChannelSide *side)
{
  g_ptr_array_add (side->envelopes, bk_envelope_copy (envelope));
}

static void
on_offered (BkChannel *channel, const char *name, gboolean datagram, ChannelSide *side)
{
  g_ptr_array_add (side->offered, g_strdup_printf ("%s/%s", name, datagram ? "datagram" : "stream"));
}

static void
on_broken (BkChannel *channel, BeckonSessionResult result, const char *text, ChannelSide *side)
{
  side->broken++;
  side->result = result;
  g_free (side->text);
  side->text = g_strdup (text);
}

static void
side_init (ChannelSide *side, ChannelPair *pair, gboolean inviter)
{
  g_autoptr (GError) error = NULL;

  *side = (ChannelSide){ .pair = pair };
  side->envelopes = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_envelope_free);
  side->transports = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_envelope_free);
  side->offered = g_ptr_array_new_with_free_func (g_free);
  side->channel = bk_channels_create (pair->channels, PAIR_SESSION, inviter, &error);
  g_assert_no_error (error);
  g_signal_connect (side->channel, "transport", G_CALLBACK (on_transport), side);
  g_signal_connect (side->channel, "path", G_CALLBACK (on_path), side);
  g_signal_connect (side->channel, "confirmed", G_CALLBACK (on_confirmed), side);
  g_signal_connect (side->channel, "envelope", G_CALLBACK (on_envelope), side);
  g_signal_connect (side->channel, "offered", G_CALLBACK (on_offered), side);
  g_signal_connect (side->channel, "broken", G_CALLBACK (on_broken), side);
}

void
channel_pair_init (ChannelPair *self, BkClock *clock)
{
  *self = (ChannelPair){ .clock = clock != NULL ? clock : bk_clock_new_system (), .dir = bk_test_dir_new () };
  self->channels = bk_real_channels_new (self->clock, self->dir);
  for (guint i = 0; i < 2; i++)
    side_init (&self->side[i], self, i == 0);
}

void
channel_pair_start (ChannelPair *self)
{
  for (guint i = 0; i < 2; i++)
    bk_channel_start (self->side[i].channel, bk_channel_get_fingerprint (self->side[1 - i].channel), NULL);
}

void
channel_pair_connect (ChannelPair *self)
{
  channel_pair_start (self);
  for (guint i = 0; i < 2; i++)
    bk_test_wait_for_count (&self->side[i].confirmed, 1);
}

void
channel_pair_deliver (ChannelPair *self)
{
  for (guint i = 0; i < 2; i++)
    while (self->side[i].delivered < self->side[i].transports->len)
      deliver (&self->side[i], self->side[i].delivered++);
}

static void
side_clear (ChannelSide *side)
{
  if (side->channel == NULL)
    return;
  g_signal_handlers_disconnect_by_data (side->channel, side);
  bk_channel_close (side->channel);
  g_assert_finalize_object (side->channel);
  side->channel = NULL;
}

void
channel_pair_clear (ChannelPair *self)
{
  for (guint i = 0; i < 2; i++)
    {
      side_clear (&self->side[i]);
      g_clear_pointer (&self->side[i].envelopes, g_ptr_array_unref);
      g_clear_pointer (&self->side[i].transports, g_ptr_array_unref);
      g_clear_pointer (&self->side[i].offered, g_ptr_array_unref);
      g_clear_pointer (&self->side[i].text, g_free);
    }
  bk_test_drain ();
  g_clear_object (&self->channels);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->dir, bk_test_dir_remove);
}

void
channel_pair_open (ChannelPair *self, const char *name, int fds[2])
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      fds[i] = bk_channel_open_stream (self->side[i].channel, name, &error);
      g_assert_no_error (error);
      g_assert_cmpint (fds[i], >=, 0);
    }
}

/* ---- descriptors ---- */

typedef struct
{
  int fd;
  short events;
} Ready;

static gboolean
is_ready (gpointer data)
{
  Ready *ready = data;
  struct pollfd look = { ready->fd, ready->events, 0 };

  return poll (&look, 1, 0) > 0;
}

void
fd_write (int fd, const void *data, gsize length)
{
  Ready ready = { fd, POLLOUT };

  for (gsize done = 0; done < length;)
    {
      bk_test_wait_until (is_ready, &ready);
      gssize n = send (fd, (const guint8 *) data + done, length - done, MSG_DONTWAIT | MSG_NOSIGNAL);
      g_assert_true (n > 0 || errno == EAGAIN);
      done += n > 0 ? (gsize) n : 0;
    }
}

void
fd_read (int fd, void *data, gsize length)
{
  Ready ready = { fd, POLLIN };

  for (gsize done = 0; done < length;)
    {
      bk_test_wait_until (is_ready, &ready);
      gssize n = recv (fd, (guint8 *) data + done, length - done, MSG_DONTWAIT);
      g_assert_cmpint (n, >, 0);
      done += (gsize) n;
    }
}

void
fd_expect (int fd, const char *text)
{
  g_autofree char *read = g_malloc0 (strlen (text) + 1);

  fd_read (fd, read, strlen (text));
  g_assert_cmpstr (read, ==, text);
}

void
fd_expect_end (int fd)
{
  Ready ready = { fd, POLLIN };
  char byte;

  bk_test_wait_until (is_ready, &ready);
  g_assert_cmpint (recv (fd, &byte, 1, MSG_DONTWAIT), ==, 0);
}

gboolean
fd_move (gpointer user_data)
{
  FdTransfer *t = user_data;
  static guint8 buffer[256 * 1024];

  if (t->sent < t->length)
    {
      gssize n = send (t->from, t->data + t->sent, t->length - t->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
      t->sent += n > 0 ? (gsize) n : 0;
      if (t->sent == t->length)
        shutdown (t->from, SHUT_WR);
    }
  gssize n = recv (t->to, buffer, sizeof buffer, MSG_DONTWAIT);
  if (n > 0)
    {
      g_assert_cmpmem (buffer, n, t->data + t->received, n);
      t->received += (gsize) n;
    }
  return n == 0;
}

gboolean
fd_keep_going (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}
