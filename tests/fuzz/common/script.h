/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inputs that are scripts, one step a line: people can read a corpus of them, and a mutator that knows lines finds more
 * than one that knows bytes. */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef void (*ScriptStep) (const char *line);

/* Calls @step for each line of the input that is neither empty nor a comment, at most @max of them. */
void script_run (const uint8_t *data, size_t size, guint max, ScriptStep step);

/* For LLVMFuzzerCustomMutator (): puts one of @lines somewhere, doubles, drops or swaps lines, or leaves it to
 * libFuzzer to change bytes. */
size_t script_mutate (uint8_t *data, size_t size, size_t max_size, unsigned int seed, const char *const *lines,
                      gsize n_lines);

G_END_DECLS
