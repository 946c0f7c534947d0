/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A path as the internet has them, between two TUN devices: a rate, a queue in front of it, a delay, and packets that
 * are lost by chance. For measurements; the kernels they run on need no netem.
 *
 * usage: path-emulator LEFT RIGHT RATE-KBIT/S QUEUE-BYTES DELAY-US LOSS-PER-MILLION SEED
 *
 * Makes the devices, says "ready", and goes on until it is killed. Each direction is a path of its own. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define MAX_PACKET 2048
#define SLOTS 8192 /* more than a second of small packets at any rate that makes sense here */
#define BATCH 64

typedef struct
{
  int64_t leaves;  /* when its last bit is on the wire */
  int64_t arrives; /* when it has crossed it */
  uint16_t length;
  uint8_t data[MAX_PACKET];
} Packet;

typedef struct
{
  int in;
  int out;
  Packet *packets; /* a ring, in the order of arrival */
  unsigned int first;
  unsigned int count;
  unsigned int sent; /* of them, from the first on: those that have left the queue */
  int64_t queued;    /* bytes in front of the wire */
  int64_t free_at;   /* when the wire is */
} Direction;

static int64_t rate_kbit, queue_bytes, delay_ns;
static uint64_t loss_per_million, seed;

static int64_t
now_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (int64_t) time.tv_sec * 1000000000 + time.tv_nsec;
}

/* xorshift64*: the same losses for the same seed and packets. */
static bool
is_lost (void)
{
  seed ^= seed >> 12;
  seed ^= seed << 25;
  seed ^= seed >> 27;
  return (seed * UINT64_C (2685821657736338717) >> 33) % 1000000 < loss_per_million;
}

static void
fail (const char *what)
{
  fprintf (stderr, "path-emulator: %s: %s\n", what, strerror (errno));
  exit (EXIT_FAILURE);
}

static int
open_tun (const char *name)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  int fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

  if (fd < 0)
    fail ("/dev/net/tun");
  snprintf (request.ifr_name, sizeof request.ifr_name, "%s", name);
  if (ioctl (fd, TUNSETIFF, &request) < 0)
    fail (name);
  return fd;
}

/* What has left the queue makes room in it. */
static void
advance (Direction *self, int64_t now)
{
  while (self->sent < self->count && self->packets[(self->first + self->sent) % SLOTS].leaves <= now)
    self->queued -= self->packets[(self->first + self->sent++) % SLOTS].length;
}

static void
enqueue (Direction *self, const uint8_t *data, uint16_t length, int64_t now)
{
  if (self->queued + length > queue_bytes || self->count == SLOTS)
    return;
  Packet *packet = &self->packets[(self->first + self->count) % SLOTS];
  int64_t begins = self->free_at > now ? self->free_at : now;
  self->free_at = begins + length * INT64_C (8000000) / rate_kbit;
  packet->leaves = self->free_at;
  packet->arrives = self->free_at + delay_ns;
  packet->length = length;
  memcpy (packet->data, data, length);
  self->queued += length;
  self->count++;
}

static void
take (Direction *self, int64_t now)
{
  uint8_t data[MAX_PACKET];

  advance (self, now);
  for (int i = 0; i < BATCH; i++)
    {
      ssize_t length = read (self->in, data, sizeof data);
      if (length <= 0)
        return;
      if (!is_lost ())
        enqueue (self, data, (uint16_t) length, now);
    }
}

static void
deliver (Direction *self, int64_t now)
{
  advance (self, now);
  while (self->count > 0 && self->packets[self->first].arrives <= now)
    {
      const Packet *packet = &self->packets[self->first];
      /* A device that takes nothing is a network that loses it. */
      if (write (self->out, packet->data, packet->length) < 0 && errno != EAGAIN && errno != EIO)
        fail ("write");
      self->first = (self->first + 1) % SLOTS;
      self->count--;
      self->sent--;
    }
}

static void
wait_for_something (Direction *both, int64_t now)
{
  struct pollfd polls[2] = { { both[0].in, POLLIN, 0 }, { both[1].in, POLLIN, 0 } };
  int64_t next = INT64_MAX;

  for (int i = 0; i < 2; i++)
    if (both[i].count > 0 && both[i].packets[both[i].first].arrives < next)
      next = both[i].packets[both[i].first].arrives;
  int64_t wait = next > now ? next - now : 0;
  struct timespec timeout = { wait / 1000000000, wait % 1000000000 };
  ppoll (polls, 2, next == INT64_MAX ? NULL : &timeout, NULL);
}

int
main (int argc, char **argv)
{
  if (argc != 8)
    {
      fprintf (stderr, "usage: path-emulator LEFT RIGHT RATE-KBIT/S QUEUE-BYTES DELAY-US LOSS-PER-MILLION SEED\n");
      return 2;
    }
  rate_kbit = strtoll (argv[3], NULL, 10);
  queue_bytes = strtoll (argv[4], NULL, 10);
  delay_ns = strtoll (argv[5], NULL, 10) * 1000;
  loss_per_million = strtoull (argv[6], NULL, 10);
  seed = strtoull (argv[7], NULL, 10) * 2 + 1;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  prctl (PR_SET_TIMERSLACK, 1);

  int left = open_tun (argv[1]), right = open_tun (argv[2]);
  Direction both[2] = { { left, right, calloc (SLOTS, sizeof (Packet)), 0, 0, 0, 0, 0 },
                        { right, left, calloc (SLOTS, sizeof (Packet)), 0, 0, 0, 0, 0 } };
  puts ("ready");
  fflush (stdout);
  for (;;)
    {
      int64_t now = now_ns ();
      for (int i = 0; i < 2; i++)
        {
          take (&both[i], now);
          deliver (&both[i], now);
        }
      wait_for_something (both, now_ns ());
    }
}
