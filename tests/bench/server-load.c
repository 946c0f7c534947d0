/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps. Each prints one line of JSON: what it took the server, and how long things took for the clients.
 *
 *   register:C          all make their accounts, C at a time (XMPP; beckon-server is given them in its file)
 *   login:N:C           until N are online, C at a time
 *   drop                all connections are cut
 *   leave:N             those of the first N
 *   rest:SECONDS        nothing is sent
 *   pace:RATE:SECONDS:PAIRS  so many messages a second, spread over pairs
 *   burst:TOTAL:WINDOW:PAIRS as fast as it goes, with so many of each pair under way
 */
#include "server-load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 512
#define STUCK_US (300 * G_USEC_PER_SEC)
#define PADDING "the quick brown fox jumps over the lazy dog and comes back again"

/* ---- what the server has used ---- */

static double
server_cpu (Load *self)
{
  clockid_t clock;
  struct timespec time;

  if (clock_getcpuclockid (self->pid, &clock) != 0 || clock_gettime (clock, &time) != 0)
    g_error ("There is no process %d", self->pid);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static double
server_kib (Load *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/statm", self->pid);
  g_autofree char *text = NULL;
  long pages = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL) || sscanf (text, "%*d %ld", &pages) != 1)
    g_error ("%s cannot be read", path);
  return (double) pages * (double) sysconf (_SC_PAGESIZE) / 1024;
}

/* ---- the loop ---- */

static void
turn (Load *self, int wait_ms)
{
  struct epoll_event events[EVENTS];
  int n = epoll_wait (self->epoll, events, EVENTS, wait_ms);

  for (int i = 0; i < n; i++)
    load_client_event (events[i].data.ptr, events[i].events);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *) a, second = *(const gint64 *) b;

  return (first > second) - (first < second);
}

static double
percentile (GArray *times, double part)
{
  if (times->len == 0)
    return 0;
  return (double) g_array_index (times, gint64, (guint) ((times->len - 1) * part)) / 1000;
}

typedef struct
{
  gint64 start;
  double cpu;
} Mark;

static Mark
begin_step (Load *self)
{
  self->count.delivered = 0;
  g_array_set_size (self->count.latencies, 0);
  return (Mark){ g_get_monotonic_time (), server_cpu (self) };
}

static void
end_step (Load *self, const char *name, const Mark *mark, guint number)
{
  double seconds = (double) (g_get_monotonic_time () - mark->start) / G_USEC_PER_SEC;

  g_array_sort (self->count.latencies, compare_times);
  printf ("{\"step\":\"%s\",\"number\":%u,\"seconds\":%.6f,\"cpu\":%.6f,\"kib\":%.0f,\"online\":%u,\"lost\":%u,"
          "\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}\n",
          name, number, seconds, server_cpu (self) - mark->cpu, server_kib (self), self->n_online, self->n_lost,
          percentile (self->count.latencies, .5), percentile (self->count.latencies, .99),
          percentile (self->count.latencies, 1));
  fflush (stdout);
}

static void
check_stuck (Load *self, const char *name, const Mark *mark)
{
  if (g_get_monotonic_time () - mark->start > STUCK_US)
    g_error ("%s: stuck with %u online, %u entering, %u lost, %u delivered", name, self->n_online, self->n_entering,
             self->n_lost, self->count.delivered);
}

/* ---- the steps ---- */

static void
step_register (Load *self, const guint *values)
{
  Mark mark = begin_step (self);
  guint next = 0;

  self->n_registered = 0;
  while (self->n_registered < self->n_clients)
    {
      while (next < self->n_clients && self->n_entering < values[0])
        load_client_open (&self->clients[next++], TRUE);
      turn (self, 1000);
      check_stuck (self, "register", &mark);
    }
  end_step (self, "register", &mark, self->n_registered);
}

static void
step_login (Load *self, const guint *values)
{
  Mark mark = begin_step (self);
  guint before = self->n_online, next = 0;

  while (self->n_online < values[0])
    {
      for (; next < values[0] && self->n_entering < values[1]; next++)
        if (self->clients[next].state == LOAD_CLOSED)
          load_client_open (&self->clients[next], FALSE);
      turn (self, 1000);
      if (self->n_lost > 0)
        g_error ("login: a connection was lost");
      check_stuck (self, "login", &mark);
    }
  end_step (self, "login", &mark, self->n_online - before);
}

static void
step_leave (Load *self, const guint *values)
{
  Mark mark = begin_step (self);

  for (guint i = 0; i < MIN (values[0], self->n_clients); i++)
    load_client_close (&self->clients[i]);
  end_step (self, "leave", &mark, values[0]);
}

static void
step_drop (Load *self, const guint *values)
{
  step_leave (self, &self->n_clients);
}

static void
step_rest (Load *self, const guint *values)
{
  Mark mark = begin_step (self);
  gint64 end = mark.start + (gint64) values[0] * G_USEC_PER_SEC;

  for (gint64 now = mark.start; now < end; now = g_get_monotonic_time ())
    turn (self, (int) ((end - now + 999) / 1000));
  end_step (self, "rest", &mark, values[0]);
}

static void
send_one (Load *self, LoadClient *client)
{
  char text[128];

  snprintf (text, sizeof text, "T%012" G_GINT64_MODIFIER "x " PADDING, g_get_monotonic_time ());
  client->in_flight++;
  self->protocol->send (client, client->index + 1, self->number++, text);
}

static void
step_pace (Load *self, const guint *values)
{
  guint total = values[0] * values[1], sent = 0;
  Mark mark = begin_step (self);

  while (self->count.delivered < total)
    {
      gint64 now = g_get_monotonic_time ();
      gint64 due = mark.start + (gint64) sent * G_USEC_PER_SEC / values[0];
      for (; sent < total && due <= now; due = mark.start + (gint64) sent * G_USEC_PER_SEC / values[0])
        send_one (self, &self->clients[2 * (sent++ % values[2])]);
      turn (self, sent < total ? (int) ((due - now + 999) / 1000) : 1000);
      check_stuck (self, "pace", &mark);
    }
  end_step (self, "pace", &mark, total);
}

static guint burst_left;

static void
go_on (Load *self, LoadClient *sender)
{
  if (burst_left == 0)
    return;
  burst_left--;
  send_one (self, sender);
}

static void
step_burst (Load *self, const guint *values)
{
  Mark mark = begin_step (self);

  burst_left = values[0];
  for (guint i = 0; i < values[1]; i++)
    for (guint j = 0; j < values[2]; j++)
      go_on (self, &self->clients[2 * j]);
  self->delivered = go_on;
  while (self->count.delivered < values[0])
    {
      turn (self, 1000);
      check_stuck (self, "burst", &mark);
    }
  self->delivered = NULL;
  end_step (self, "burst", &mark, values[0]);
}

static const struct
{
  const char *name;
  int n_values;
  void (*run) (Load *self, const guint *values);
} steps[] = {
  { "register", 1, step_register }, { "login", 2, step_login }, { "drop", 0, step_drop }, { "leave", 1, step_leave },
  { "rest", 1, step_rest },         { "pace", 3, step_pace },   { "burst", 3, step_burst },
};

static void
run_step (Load *self, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ":", -1);
  guint values[4] = { 0 };
  int n_values = (int) g_strv_length (words) - 1;

  for (int i = 0; i < MIN (n_values, 4); i++)
    values[i] = (guint) strtoul (words[i + 1], NULL, 10);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    if (g_str_equal (steps[i].name, words[0]) && steps[i].n_values == n_values)
      {
        steps[i].run (self, values);
        return;
      }
  g_error ("There is no step %s", text);
}

/* ---- the program ---- */

static const LoadProtocol *
find_protocol (const char *name)
{
  const LoadProtocol *protocols[] = { &load_beckon, &load_xmpp_tcp, &load_xmpp_ws };

  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (g_str_equal (protocols[i]->name, name))
      return protocols[i];
  g_error ("There is no protocol %s", name);
}

static void
allow_descriptors (guint number)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < number + 64)
    g_error ("%u clients need as many file descriptors; %lu are allowed", number, (unsigned long) limit.rlim_max);
}

int
main (int argc, char **argv)
{
  Load self = { .count = { .latencies = g_array_new (FALSE, FALSE, sizeof (gint64)) } };

  if (argc < 6)
    {
      fprintf (stderr, "usage: server-load PROTOCOL PORT PID CLIENTS STEP...\n");
      return 2;
    }
  self.protocol = find_protocol (argv[1]);
  self.port = (guint16) atoi (argv[2]);
  self.pid = atoi (argv[3]);
  self.n_clients = (guint) atoi (argv[4]);
  allow_descriptors (self.n_clients);
  self.epoll = epoll_create1 (EPOLL_CLOEXEC);
  self.clients = g_new0 (LoadClient, self.n_clients);
  for (guint i = 0; i < self.n_clients; i++)
    self.clients[i] = (LoadClient){ .load = &self, .index = i, .fd = -1 };
  for (int i = 5; i < argc; i++)
    run_step (&self, argv[i]);
  for (guint i = 0; i < self.n_clients; i++)
    load_client_close (&self.clients[i]);
  g_free (self.clients);
  g_array_unref (self.count.latencies);
  return 0;
}
