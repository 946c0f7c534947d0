/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lock and Key: what the server is asked for programs. Grants belong to the connection, so none is kept here; questions
 * wait while the server has no time for them. */
#include "bk-native-backend-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

/* Few at a time: who asks a busy server on and on is thrown out. */
#define MAX_ASKED 8
#define MAX_WAITING 2048

typedef struct
{
  BkNativeBackend *backend; /* owned */
  GTask *task;              /* NULL: a release, for which nobody waits */
  BkFrameType type;
  const char *const *names; /* of the words that are sent; NULL-terminated */
  char *words[3];
  const char *wanted;       /* how the word is called that the reply carries */
  gint64 deadline;          /* when nobody can use the answer any more */
} Question;

static const char *const challenge_names[] = { NULL };
static const char *const respond_names[] = { "challenge", "license", "response", NULL };
static const char *const release_names[] = { "grant", NULL };

static void
question_free (Question *question)
{
  for (guint i = 0; i < G_N_ELEMENTS (question->words); i++)
    g_free (question->words[i]);
  g_clear_object (&question->task);
  g_object_unref (question->backend);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static Question *
question_new (BkNativeBackend *self, GTask *task, BkFrameType type, const char *const *names)
{
  Question *question = g_new0 (Question, 1);

  question->backend = g_object_ref (self);
  question->task = task;
  question->type = type;
  question->names = names;
  question->deadline = bk_clock_now (self->clock) + BK_TIMEOUT_UNLOCK_S * G_USEC_PER_SEC;
  return question;
}

/* ---- the queue ---- */

static void pump (BkNativeBackend *self);

static void
on_rested (gpointer user_data)
{
  BkNativeBackend *self = user_data;

  self->lock_timer = 0;
  pump (self);
}

/* FALSE if the server wants to be left alone for longer than anybody waits. A release always waits: without it the
 * grant would stay with the connection. */
static gboolean
ask_later (Question *question, guint retry_ms)
{
  BkNativeBackend *self = question->backend;
  guint rest_ms = CLAMP (retry_ms, BK_NATIVE_LEAST_RETRY_MS, BK_NATIVE_MOST_RETRY_MS);

  if (question->task != NULL && bk_clock_now (self->clock) + rest_ms * G_GINT64_CONSTANT (1000) >= question->deadline)
    return FALSE;
  g_queue_push_head (&self->lock_waiting, question);
  if (self->lock_timer == 0)
    self->lock_timer = bk_clock_add (self->clock, rest_ms, on_rested, self);
  return TRUE;
}

/* Takes @error. */
static void
answer (Question *question, const BkFrame *reply, GError *error)
{
  const char *word = reply != NULL && question->wanted != NULL ? bk_frame_get_string (reply, question->wanted) : NULL;

  if (question->task == NULL)
    g_clear_error (&error);
  else if (reply == NULL)
    g_task_return_error (question->task, error);
  else if (word == NULL)
    g_task_return_new_error (question->task, BECKON_ERROR, BECKON_ERROR_PROTOCOL,
                             "The server gave an answer to something else");
  else
    g_task_return_pointer (question->task, g_strdup (word), g_free);
}

static void
on_replied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (BkNativeBackend) self = g_object_ref (question->backend);
  gboolean current = source == (GObject *) self->link; /* not of an earlier connection */
  GError *error = NULL;
  guint retry_ms = 0;
  g_autoptr (BkFrame) reply = bk_native_link_request_finish (BK_NATIVE_LINK (source), result, &retry_ms, &error);

  if (current)
    self->lock_asked--;
  if (current && g_error_matches (error, BECKON_ERROR, BECKON_ERROR_SERVER_TOO_BUSY) && ask_later (question, retry_ms))
    {
      question = NULL;
      g_error_free (error);
      return;
    }
  answer (question, reply, error);
  if (current)
    pump (self);
}

static void
ask (BkNativeBackend *self, Question *question)
{
  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, question->type);

  for (guint i = 0; question->names[i] != NULL; i++)
    bk_frame_set_string (frame, question->names[i], question->words[i]);
  self->lock_asked++;
  bk_native_link_request_async (self->link, frame, BK_NATIVE_REQUEST_SECONDS, NULL, on_replied, question);
}

/* Whether it is too late for an answer; then there is none any more. */
static gboolean
is_pointless (Question *question)
{
  if (question->task == NULL)
    return FALSE;
  if (g_cancellable_is_cancelled (g_task_get_cancellable (question->task)))
    g_task_return_new_error (question->task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Nobody waits for it any more");
  else if (bk_clock_now (question->backend->clock) >= question->deadline)
    g_task_return_new_error (question->task, BECKON_ERROR, BECKON_ERROR_SERVER_TOO_BUSY, "The server was too busy");
  else
    return FALSE;
  return TRUE;
}

static void
pump (BkNativeBackend *self)
{
  while (bk_native_backend_is_ready (self) && self->lock_asked < MAX_ASKED && self->lock_timer == 0
         && !g_queue_is_empty (&self->lock_waiting))
    {
      Question *question = g_queue_pop_head (&self->lock_waiting);

      if (is_pointless (question))
        question_free (question);
      else
        ask (self, question);
    }
}

static void
enqueue (BkNativeBackend *self, Question *question)
{
  g_queue_push_tail (&self->lock_waiting, question);
  pump (self);
}

/* The connection is gone, and with it whatever was unlocked on it. */
void
bk_native_backend_stop_lock (BkNativeBackend *self)
{
  Question *question;

  bk_clock_clear (self->clock, &self->lock_timer);
  self->lock_asked = 0;
  while ((question = g_queue_pop_head (&self->lock_waiting)) != NULL)
    {
      answer (question, NULL, g_error_new_literal (BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "The connection is gone"));
      question_free (question);
    }
}

/* ---- what is asked ---- */

static char *
native_lock_finish (BkBackendLock *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Whether something can be asked now; if not, @task is told why. */
static gboolean
check_room (BkNativeBackend *self, GTask *task)
{
  if (!bk_native_backend_check_ready (self, task))
    return FALSE;
  if (g_queue_get_length (&self->lock_waiting) < MAX_WAITING)
    return TRUE;
  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_SERVER_TOO_BUSY, "Too many programs wait to be unlocked");
  return FALSE;
}

/* A grant that has arrived is handed over also to who has cancelled: it has to be given back. */
static GTask *
lock_task_new (BkNativeBackend *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  return task;
}

static void
native_challenge_async (BkBackendLock *backend, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = lock_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_challenge_async);
  if (!check_room (self, task))
    return;

  Question *question = question_new (self, g_steal_pointer (&task), BK_FRAME_LOCK_CHALLENGE, challenge_names);
  question->wanted = "challenge";
  enqueue (self, question);
}

static void
native_respond_async (BkBackendLock *backend, const char *challenge, const char *license, const char *response,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = lock_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_respond_async);
  if (!bk_token_is_valid (challenge, BK_LIMIT_TOKEN) || !bk_token_is_valid (license, BK_LIMIT_TOKEN)
      || !bk_token_is_valid (response, BK_LIMIT_TOKEN))
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "That is no answer to a challenge");
      return;
    }
  if (!check_room (self, task))
    return;

  Question *question = question_new (self, g_steal_pointer (&task), BK_FRAME_LOCK_RESPOND, respond_names);
  question->words[0] = g_strdup (challenge);
  question->words[1] = g_strdup (license);
  question->words[2] = g_strdup (response);
  question->wanted = "grant";
  enqueue (self, question);
}

/* Nobody waits for the reply: without a connection the grant is gone anyhow. */
static void
native_release (BkBackendLock *backend, const char *grant)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);

  if (!bk_native_backend_is_ready (self))
    return;
  Question *question = question_new (self, NULL, BK_FRAME_LOCK_RELEASE, release_names);
  question->words[0] = g_strdup (grant);
  enqueue (self, question);
}

void
bk_native_backend_lock_init (BkBackendLockInterface *iface)
{
  iface->challenge_async = native_challenge_async;
  iface->challenge_finish = native_lock_finish;
  iface->respond_async = native_respond_async;
  iface->respond_finish = native_lock_finish;
  iface->release = native_release;
}
