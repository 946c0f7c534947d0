/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a lock is opened. */
#include "beckon-lock-private.h"
#include "beckon-values-private.h"

#include <string.h>

/* What opens, kept as long as it may be asked for again. */
typedef struct
{
  char *id;
  char *key;
} Key;

static Key *
key_new (const char *id, const char *key)
{
  Key *self = g_new0 (Key, 1);

  self->id = g_strdup (id);
  self->key = g_strdup (key);
  return self;
}

void
beckon_lock_key_free (gpointer data)
{
  Key *self = data;

  explicit_bzero (self->key, strlen (self->key));
  g_free (self->key);
  g_free (self->id);
  g_free (self);
}

/* ---- one step at a time ---- */

/**
 * beckon_lock_compute_response:
 * @challenge: what came with [signal@Lock::lock-challenge]
 * @id: id of the license
 * @key: key of the license
 *
 * Computes the answer to a challenge: lower-case hexadecimal HMAC-SHA-256 with @key over @challenge, a line feed and
 * @id.
 *
 * Returns: (transfer full): what goes into [method@Lock.send_response_async]
 */
char *
beckon_lock_compute_response (const char *challenge, const char *id, const char *key)
{
  g_return_val_if_fail (challenge != NULL && id != NULL && key != NULL, NULL);

  g_autofree char *text = g_strconcat (challenge, "\n", id, NULL);
  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) key, strlen (key), text, -1);
}

/**
 * beckon_lock_request_challenge_async:
 * @self: a lock
 * @cookie: a number that tells requests apart, not 0
 * @account: (nullable): sign-in name of an account, %NULL for the primary one
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks for a challenge (`RequestChallenge`). It comes by [signal@Lock::lock-challenge]. What gets no challenge or no
 * response within 30 seconds is over: [signal@Lock::lock-result] says no, and it may be asked for again.
 */
void
beckon_lock_request_challenge_async (BeckonLock *self, int cookie, const char *account, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_LOCK (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_lock_request_challenge_async);
  beckon_lock_call_task (self, "RequestChallenge",
                         g_variant_new ("(i@a{sv})", (gint32) cookie, beckon_values_account_option (account)), task);
}

/**
 * beckon_lock_request_challenge_finish:
 * @self: a lock
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Lock.request_challenge_async]. Errors: %BECKON_ERROR_API_NOT_INITIALIZED,
 * %BECKON_ERROR_API_PENDING_UNLOCK, %BECKON_ERROR_API_ALREADY_UNLOCKED, %BECKON_ERROR_API_UNLOCK_FAILED,
 * %BECKON_ERROR_API_DISABLED, %BECKON_ERROR_NOT_FOUND, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE if the request is on its way
 */
gboolean
beckon_lock_request_challenge_finish (BeckonLock *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_lock_send_response_async:
 * @self: a lock
 * @id: id of the license
 * @response: see [func@Lock.compute_response]
 * @cookie: that of the challenge
 * @account: (nullable): sign-in name of an account, %NULL for the primary one
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Answers a challenge (`SendResponse`). [signal@Lock::lock-result] says whether that was right. After a wrong answer
 * there is no second try before the next sign-in.
 */
void
beckon_lock_send_response_async (BeckonLock *self, const char *id, const char *response, int cookie,
                                 const char *account, GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (BECKON_IS_LOCK (self));
  g_return_if_fail (id != NULL && response != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_lock_send_response_async);
  beckon_lock_call_task (
    self, "SendResponse",
    g_variant_new ("(ssi@a{sv})", id, response, (gint32) cookie, beckon_values_account_option (account)), task);
}

/**
 * beckon_lock_send_response_finish:
 * @self: a lock
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Lock.send_response_async]. Errors: %BECKON_ERROR_API_NOT_INITIALIZED,
 * %BECKON_ERROR_API_LOCKED when no challenge is open, %BECKON_ERROR_API_PENDING_UNLOCK,
 * %BECKON_ERROR_API_ALREADY_UNLOCKED, %BECKON_ERROR_API_UNLOCK_FAILED, %BECKON_ERROR_API_DISABLED,
 * %BECKON_ERROR_NOT_FOUND, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE if the response is on its way
 */
gboolean
beckon_lock_send_response_finish (BeckonLock *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- all of it ---- */

typedef struct
{
  Key *key;
  int cookie;
  GSource *cancelled; /* nullable */
} Unlock;

static void
unlock_free (Unlock *unlock)
{
  if (unlock->cancelled != NULL)
    g_source_destroy (unlock->cancelled);
  g_clear_pointer (&unlock->cancelled, g_source_unref);
  g_clear_pointer (&unlock->key, beckon_lock_key_free);
  g_free (unlock);
}

/* Takes @task out of the list; NULL if it has ended. */
static GTask *
take (BeckonLock *self, GTask *task)
{
  GPtrArray *unlocks = beckon_lock_get_unlocks (self);
  guint position;

  return g_ptr_array_find (unlocks, task, &position) ? g_ptr_array_steal_index (unlocks, position) : NULL;
}

/* Ends @task with @error, taken, or with success. */
static void
end (GTask *task_in, GError *error)
{
  g_autoptr (GTask) task = take (g_task_get_source_object (task_in), task_in);

  if (task == NULL)
    g_clear_error (&error);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static GTask *
find (BeckonLock *self, int cookie)
{
  GPtrArray *unlocks = beckon_lock_get_unlocks (self);

  for (guint i = 0; i < unlocks->len; i++)
    if (((Unlock *) g_task_get_task_data (unlocks->pdata[i]))->cookie == cookie)
      return unlocks->pdata[i];
  return NULL;
}

static void
on_responded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!beckon_lock_send_response_finish (BECKON_LOCK (source), result, &error))
    end (task, error);
}

void
beckon_lock_unlocks_challenge (BeckonLock *self, int cookie, const char *challenge, const char *account)
{
  const Key *known = cookie == 0 ? g_hash_table_lookup (beckon_lock_get_keys (self), account) : NULL;
  GTask *task = cookie != 0 ? find (self, cookie) : NULL;

  if (task != NULL)
    {
      const Unlock *unlock = g_task_get_task_data (task);
      g_autofree char *response = beckon_lock_compute_response (challenge, unlock->key->id, unlock->key->key);

      beckon_lock_send_response_async (self, unlock->key->id, response, cookie, account, g_task_get_cancellable (task),
                                       on_responded, g_object_ref (task));
    }
  else if (known != NULL)
    {
      g_autofree char *response = beckon_lock_compute_response (challenge, known->id, known->key);

      beckon_lock_send_response_async (self, known->id, response, 0, account, NULL, NULL, NULL);
    }
}

/* The status has been told before the result. */
static GError *
why_not (BeckonLock *self, const char *account)
{
  switch (beckon_lock_get_account_status (self, account))
    {
    case BECKON_LOCK_STATUS_UNLOCK_FAILED:
      return g_error_new_literal (BECKON_ERROR, BECKON_ERROR_API_UNLOCK_FAILED, "The service does not accept the key");
    case BECKON_LOCK_STATUS_NOT_INITIALIZED:
      return g_error_new_literal (BECKON_ERROR, BECKON_ERROR_API_NOT_INITIALIZED, "The connection was lost meanwhile");
    case BECKON_LOCK_STATUS_INITIALIZED:
    case BECKON_LOCK_STATUS_PENDING_RESULT:
    case BECKON_LOCK_STATUS_UNLOCKED:
    case BECKON_LOCK_STATUS_DISABLED:
      break;
    }
  return g_error_new_literal (BECKON_ERROR, BECKON_ERROR_API_LOCKED, "The service did not answer in time");
}

void
beckon_lock_unlocks_result (BeckonLock *self, int cookie, gboolean succeed, const char *account)
{
  GTask *task = cookie != 0 ? find (self, cookie) : NULL;

  if (task == NULL)
    return;
  if (succeed)
    {
      Unlock *unlock = g_task_get_task_data (task);

      g_hash_table_replace (beckon_lock_get_keys (self), g_strdup (account), g_steal_pointer (&unlock->key));
    }
  end (task, succeed ? NULL : why_not (self, account));
}

void
beckon_lock_unlocks_lost (BeckonLock *self)
{
  GPtrArray *unlocks = beckon_lock_get_unlocks (self);

  g_hash_table_remove_all (beckon_lock_get_keys (self));
  while (unlocks->len > 0)
    end (unlocks->pdata[0],
         g_error_new_literal (BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "The session service went away"));
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (beckon_lock_request_challenge_finish (BECKON_LOCK (source), result, &error))
    return;
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_API_DISABLED)
      || g_error_matches (error, BECKON_ERROR, BECKON_ERROR_API_ALREADY_UNLOCKED))
    g_clear_error (&error);
  end (task, error);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  end (task, error);
  return G_SOURCE_REMOVE;
}

/* Nothing but the end of the main loop or of the service takes it away otherwise. */
static void
watch_cancellable (Unlock *unlock, GTask *task, GCancellable *cancellable)
{
  if (cancellable == NULL)
    return;
  unlock->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (unlock->cancelled, G_SOURCE_FUNC (on_cancelled), task, NULL);
  g_source_attach (unlock->cancelled, g_task_get_context (task));
}

/**
 * beckon_lock_unlock_async:
 * @self: a lock
 * @id: id of the license
 * @key: key of the license
 * @account: (nullable): sign-in name of an account, %NULL for the primary one
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Does all that unlocking takes: asks for a challenge, answers it, and waits for the result. Where nothing is locked,
 * and where it is unlocked already, it succeeds at once. It needs an account that is signed in; wait for
 * [signal@Lock::lock-enable] if it is not yet.
 *
 * The key is kept in memory until the lock closes again: when the service asks once more, it is answered.
 */
void
beckon_lock_unlock_async (BeckonLock *self, const char *id, const char *key, const char *account,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_LOCK (self));
  g_return_if_fail (id != NULL && key != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Unlock *unlock = g_new0 (Unlock, 1);

  g_task_set_source_tag (task, beckon_lock_unlock_async);
  g_task_set_task_data (task, unlock, (GDestroyNotify) unlock_free);
  unlock->key = key_new (id, key);
  do
    unlock->cookie = (int) g_random_int ();
  while (unlock->cookie == 0 || find (self, unlock->cookie) != NULL);
  g_ptr_array_add (beckon_lock_get_unlocks (self), task);
  watch_cancellable (unlock, task, cancellable);
  beckon_lock_request_challenge_async (self, unlock->cookie, account, cancellable, on_requested, g_object_ref (task));
}

/**
 * beckon_lock_unlock_finish:
 * @self: a lock
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Lock.unlock_async]. Errors: %BECKON_ERROR_API_NOT_INITIALIZED when the account is not
 * signed in, %BECKON_ERROR_API_UNLOCK_FAILED when id or key are not accepted now or were not since the sign-in,
 * %BECKON_ERROR_API_PENDING_UNLOCK when another request is outstanding, %BECKON_ERROR_API_LOCKED when the service did
 * not answer in time, %BECKON_ERROR_DISCONNECTED, %BECKON_ERROR_NOT_FOUND, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE if nothing is locked any more
 */
gboolean
beckon_lock_unlock_finish (BeckonLock *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
