/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashes that cost nothing: the password with a word before it. */
#include "bk-server-hasher.h"

#include "twin.h"

#include <string.h>

#define PREFIX "hash of "
#define MAX_WAITING 8

struct _BkServerHasher
{
  guint waiting;
};

typedef struct
{
  BkServerHasher *hasher;
  char *password;
  char *hash; /* nullable: one is to be made */
  gboolean verifies;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_free (work->password);
  g_free (work->hash);
  g_free (work);
}

BkServerHasher *
bk_server_hasher_new (guint64 ops, gsize memory)
{
  return g_new0 (BkServerHasher, 1);
}

void
bk_server_hasher_free (BkServerHasher *self)
{
  if (self->waiting != 0)
    g_error ("Broken: nobody waits for the hasher any more when it goes");
  g_free (self);
}

gboolean
bk_server_hasher_is_busy (BkServerHasher *self)
{
  return self->waiting >= MAX_WAITING;
}

static void
run (GTask *task)
{
  Work *work = g_task_get_task_data (task);
  gsize skip = strlen (PREFIX);

  work->hasher->waiting--;
  if (!work->verifies)
    g_task_return_pointer (task, g_strconcat (PREFIX, work->password, NULL), g_free);
  else
    g_task_return_boolean (task, work->hash != NULL && g_str_has_prefix (work->hash, PREFIX)
                                   && g_str_equal (work->hash + skip, work->password));
}

static void
push (BkServerHasher *self, const char *password, const char *hash, gboolean verifies, GAsyncReadyCallback callback,
      gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->hasher = self;
  work->password = g_strdup (password);
  work->hash = g_strdup (hash);
  work->verifies = verifies;
  self->waiting++;
  g_task_set_task_data (task, work, work_free);
  twin_push (task, run);
}

void
bk_server_hasher_make_async (BkServerHasher *self, const char *password, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  push (self, password, NULL, FALSE, callback, user_data);
}

char *
bk_server_hasher_make_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
bk_server_hasher_verify_async (BkServerHasher *self, const char *password, const char *hash,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  push (self, password, hash, TRUE, callback, user_data);
}

gboolean
bk_server_hasher_verify_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
