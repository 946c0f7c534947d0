/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-hasher.h"

#include "beckon-error.h"

#include <sodium.h>
#include <string.h>

#define MAX_THREADS 2
#define MAX_WAITING 64
#define SALT_BYTES 16
#define HASH_BYTES 32

struct _BkServerHasher
{
  GThreadPool *pool;
  guint64 ops;
  gsize memory;
  char *dummy; /* the hash of no password at all */
};

typedef struct
{
  BkServerHasher *hasher;
  char *password;
  char *hash; /* to verify; NULL: make one */
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  sodium_memzero (work->password, strlen (work->password));
  g_free (work->password);
  g_free (work->hash);
  g_free (work);
}

static void
run (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  Work *work = g_task_get_task_data (task);
  char hash[crypto_pwhash_STRBYTES];

  if (work->hash != NULL)
    g_task_return_boolean (task, crypto_pwhash_str_verify (work->hash, work->password, strlen (work->password)) == 0);
  else if (crypto_pwhash_str (hash, work->password, strlen (work->password), work->hasher->ops, work->hasher->memory)
           == 0)
    g_task_return_pointer (task, g_strdup (hash), g_free);
  else
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_SERVER_TOO_BUSY, "The server is out of memory");
}

static char *
random_base64 (gsize size)
{
  guint8 bytes[HASH_BYTES];
  char text[sodium_base64_ENCODED_LEN (HASH_BYTES, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];

  randombytes_buf (bytes, size);
  sodium_bin2base64 (text, sizeof text, bytes, size, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  return g_strdup (text);
}

/* Verifying a password against this takes as long as against a real one: time does not tell which accounts exist. */
static char *
make_dummy (guint64 ops, gsize memory)
{
  g_autofree char *salt = random_base64 (SALT_BYTES);
  g_autofree char *hash = random_base64 (HASH_BYTES);

  return g_strdup_printf ("$argon2id$v=19$m=%" G_GSIZE_FORMAT ",t=%" G_GUINT64_FORMAT ",p=1$%s$%s", memory / 1024, ops,
                          salt, hash);
}

BkServerHasher *
bk_server_hasher_new (guint64 ops, gsize memory)
{
  BkServerHasher *self = g_new0 (BkServerHasher, 1);

  self->pool = g_thread_pool_new (run, self, MAX_THREADS, FALSE, NULL);
  self->ops = ops;
  self->memory = memory;
  self->dummy = make_dummy (ops, memory);
  return self;
}

/* Waits for what is running. */
void
bk_server_hasher_free (BkServerHasher *self)
{
  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_free (self->dummy);
  g_free (self);
}

/* Whether so many wait already that another one should be sent away. */
gboolean
bk_server_hasher_is_busy (BkServerHasher *self)
{
  return g_thread_pool_unprocessed (self->pool) >= MAX_WAITING;
}

static void
push (BkServerHasher *self, const char *password, const char *hash, GTask *task)
{
  Work *work = g_new0 (Work, 1);

  work->hasher = self;
  work->password = g_strdup (password);
  work->hash = g_strdup (hash);
  g_task_set_task_data (task, work, work_free);
  g_thread_pool_push (self->pool, task, NULL);
}

void
bk_server_hasher_make_async (BkServerHasher *self, const char *password, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, bk_server_hasher_make_async);
  push (self, password, NULL, task);
}

/* Returns (transfer full) the argon2id string of the password. */
char *
bk_server_hasher_make_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Verifies @password against @hash; NULL: against nothing, which fails after the usual time. */
void
bk_server_hasher_verify_async (BkServerHasher *self, const char *password, const char *hash,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, bk_server_hasher_verify_async);
  push (self, password, hash != NULL ? hash : self->dummy, task);
}

gboolean
bk_server_hasher_verify_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
