/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the harness asks of the library that is loaded into a program: a file that both have mapped. The harness writes
 * the first part, the library the counts. control.py names the same members in the same order. */
#pragma once

#include <stdint.h>

#define CHAOS_CONTROL "BECKON_CHAOS_CONTROL" /* environment: path of that file */
#define CHAOS_CERTAIN 1000000                /* chances are millionths */

typedef struct
{
  int64_t clock_us;        /* what is added to the time of day */
  uint32_t seed;
  uint32_t power_cuts;     /* 1: what was not synced is gone when the process is */
  uint32_t written_early;  /* chance that a sector reaches the disk before it is synced */
  uint32_t sync_us;        /* how long syncing takes at least */
  uint32_t full_write;     /* chances that a call fails */
  uint32_t failed_write;
  uint32_t failed_sync;
  uint32_t failed_read;
  uint32_t corrupt_step; /* that SQLite says the file is damaged, which it is not */
  uint32_t busy_lock;
  uint32_t lying; /* 1: says that it has synced, and has not */
  uint32_t unused;
} ChaosPlan;

typedef struct
{
  ChaosPlan plan;
  uint32_t syncs;
  uint32_t faults; /* how many calls were made to fail */
} ChaosControl;
