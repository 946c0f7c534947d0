/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time of day of a program, as the harness wants it. Time that only counts up is left alone. */
#include "preload.h"

#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

__attribute__ ((visibility ("default"))) int
clock_gettime (clockid_t clock, struct timespec *now)
{
  int result = (int) syscall (SYS_clock_gettime, clock, now);
  const volatile ChaosControl *control = chaos_control;

  if (result == 0 && clock == CLOCK_REALTIME && control != NULL)
    {
      int64_t us = (int64_t) now->tv_sec * 1000000 + now->tv_nsec / 1000 + control->plan.clock_us;
      now->tv_nsec = us % 1000000 * 1000 + now->tv_nsec % 1000;
      now->tv_sec = us / 1000000;
    }
  return result;
}

__attribute__ ((visibility ("default"))) int
gettimeofday (struct timeval *now, void *zone)
{
  struct timespec precise;

  if (clock_gettime (CLOCK_REALTIME, &precise) != 0)
    return -1;
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return 0;
}

__attribute__ ((visibility ("default"))) time_t
time (time_t *place)
{
  struct timespec precise;

  clock_gettime (CLOCK_REALTIME, &precise);
  if (place != NULL)
    *place = precise.tv_sec;
  return precise.tv_sec;
}
