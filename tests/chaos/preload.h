/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "control.h"

/* NULL while nobody wants anything. */
extern ChaosControl *chaos_control;

/* Whether it is to happen this time. */
int chaos_roll (uint32_t chance);

/* pages.c: what was written to a file and not synced. The caller holds the lock of the file system. */
typedef struct _ChaosPages ChaosPages;
ChaosPages *chaos_pages_get (const char *path);
void chaos_pages_forget (const char *path);
void chaos_pages_write (ChaosPages *self, const void *data, int64_t amount, int64_t offset);
void chaos_pages_truncate (ChaosPages *self, int64_t size);
/* Lays what is newer over @amount bytes that were read at @offset. */
void chaos_pages_read (ChaosPages *self, void *data, int64_t amount, int64_t offset);
/* The end of the newest that was written, 0 if there is none. */
int64_t chaos_pages_end (ChaosPages *self);
/* Calls @write for each piece, in any order, and forgets it. The first code that is not 0 ends it and is returned. */
typedef int (*ChaosPagesWrite) (void *file, const void *data, int amount, int64_t offset);
int chaos_pages_flush (ChaosPages *self, ChaosPagesWrite write, void *file);
