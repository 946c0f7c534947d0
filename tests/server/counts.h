/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server has counted, and what of it is new. */
#pragma once

#include "server-fixture.h"

G_BEGIN_DECLS

/* Returns (transfer full) (element-type utf8 guint64) all that is counted, as FAMILY/NAME. */
GHashTable *counts_snapshot (Fixture *f);
guint64 counts_lookup (GHashTable *counts, const char *key);
/* What was counted since @before, and is no traffic, is just what @expected says: "FAMILY/NAME +N" with a space
 * between, sorted by name. Takes @before. */
void counts_expect_since (Fixture *f, GHashTable *before, const char *expected);

/* The memory of this program, which is the server's too. */
typedef struct
{
  gsize bytes; /* in use */
  glong pages; /* resident */
} CountsMemory;

CountsMemory counts_measure (void);
/* There is not more than before, though so many connections have come and gone. */
void counts_expect_flat (CountsMemory before, guint n_connections);

G_END_DECLS
