/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are here in part, because the way broke: the same file from the same person goes on where it was. They are
 * few and not kept for long, as nobody sees them. */
#include "bk-engine-session-private.h"

#define MAX_PARTS 20
#define MAX_AGE ((gint64) 7 * 24 * 60 * 60 * G_USEC_PER_SEC)

void
bk_history_part_free (BkHistoryPart *part)
{
  g_free (part->who);
  g_free (part->name);
  g_free (part->folder);
  g_free (part->part);
  g_free (part);
}

BkHistoryPart *
bk_history_part_copy (const BkHistoryPart *part)
{
  BkHistoryPart *copy = g_memdup2 (part, sizeof *part);

  copy->who = g_strdup (part->who);
  copy->name = g_strdup (part->name);
  copy->folder = g_strdup (part->folder);
  copy->part = g_strdup (part->part);
  return copy;
}

/* ---- those that are here ---- */

static BkHistoryPart *
part_at (BkSessionWorld *world, guint position)
{
  return g_ptr_array_index (world->parts, position);
}

static gboolean
is_at (const BkHistoryPart *part, const char *folder, const char *name)
{
  return g_str_equal (part->folder, folder) && g_str_equal (part->part, name);
}

static gboolean
find (BkSessionWorld *world, const char *folder, const char *name, guint *position)
{
  for (guint i = 0; i < world->parts->len; i++)
    if (is_at (part_at (world, i), folder, name))
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

static void
drop (BkSessionWorld *world, guint position)
{
  BkHistoryPart *part = part_at (world, position);

  bk_engine_history_drop_part (world->history, part->folder, part->part);
  g_ptr_array_remove_index (world->parts, position);
}

static guint
count_idle (BkSessionWorld *world)
{
  guint count = 0;

  for (guint i = 0; i < world->parts->len; i++)
    count += part_at (world, i)->busy ? 0 : 1;
  return count;
}

/* The oldest go first, with their files. */
static void
bound (BkSessionWorld *world)
{
  gint64 oldest = bk_clock_real (world->clock) - MAX_AGE;
  guint idle = count_idle (world);

  for (guint i = 0; i < world->parts->len;)
    {
      BkHistoryPart *part = part_at (world, i);

      if (part->busy || (idle <= MAX_PARTS && part->time >= oldest))
        {
          i++;
          continue;
        }
      bk_transfer_part_remove_soon (part->folder, part->part);
      drop (world, i);
      idle--;
    }
}

/* Returns (nullable, transfer none) the name of what is in @folder already of the file that the session sends. Nobody
 * else gets it until it is kept or given back: two that write into one file would spoil it. */
const char *
bk_session_take_part (BkEngineSession *self, const char *folder)
{
  for (guint i = 0; i < self->world->parts->len; i++)
    {
      BkHistoryPart *part = part_at (self->world, i);

      if (!part->busy && part->account == bk_engine_account_get_id (self->account)
          && g_str_equal (part->who, self->user) && g_str_equal (part->name, self->transfer->name)
          && part->size == self->transfer->size && g_str_equal (part->folder, folder))
        {
          part->busy = TRUE;
          return part->part;
        }
    }
  return NULL;
}

/* It was taken, and nothing came of it. */
void
bk_session_give_back_part (BkEngineSession *self, const char *folder, const char *name)
{
  guint position;

  if (find (self->world, folder, name, &position))
    part_at (self->world, position)->busy = FALSE;
}

/* Remembers @part. @busy: more of it is coming now. */
void
bk_session_keep_part (BkEngineSession *self, BkTransferPart *part, gboolean busy)
{
  const char *folder = bk_transfer_part_get_folder (part);
  const char *name = bk_transfer_part_get_name (part);
  BkHistoryPart *kept = g_new0 (BkHistoryPart, 1);
  guint position;

  *kept = (BkHistoryPart){ .account = bk_engine_account_get_id (self->account),
                           .who = g_strdup (self->user),
                           .name = g_strdup (self->transfer->name),
                           .size = self->transfer->size,
                           .folder = g_strdup (folder),
                           .part = g_strdup (name),
                           .time = bk_clock_real (self->world->clock),
                           .busy = busy };
  if (find (self->world, folder, name, &position))
    g_ptr_array_remove_index (self->world->parts, position);
  g_ptr_array_add (self->world->parts, kept);
  bk_engine_history_put_part (self->world->history, kept);
  bound (self->world);
}

/* @part is whole, or is to be none. */
void
bk_session_forget_part (BkEngineSession *self, BkTransferPart *part)
{
  guint position;

  if (find (self->world, bk_transfer_part_get_folder (part), bk_transfer_part_get_name (part), &position))
    drop (self->world, position);
}

/* The account is removed: nobody who has it anew goes on with them. */
void
bk_engine_sessions_drop_parts (BkEngineSessions *self, guint account)
{
  BkSessionWorld *world = bk_engine_sessions_get_world (self);

  for (guint i = world->parts->len; i > 0; i--)
    {
      BkHistoryPart *part = part_at (world, i - 1);

      if (part->busy || part->account != account)
        continue;
      bk_transfer_part_remove_soon (part->folder, part->part);
      drop (world, i - 1);
    }
}

/* What was there when the program started. */
void
bk_engine_sessions_restore_part (BkEngineSessions *self, const BkHistoryPart *part)
{
  BkSessionWorld *world = bk_engine_sessions_get_world (self);

  g_ptr_array_add (world->parts, bk_history_part_copy (part));
  bound (world);
}
