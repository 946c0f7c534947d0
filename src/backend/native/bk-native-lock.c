/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lock and Key: what the server is asked for programs. Grants belong to the connection, so nothing is kept here. */
#include "bk-native-backend-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

/* The result of the task is the word that the reply carries; its data is how the word is called. */
static void
on_replied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (BkFrame) reply = bk_native_link_request_finish (BK_NATIVE_LINK (source), result, NULL, &error);
  const char *word = reply != NULL ? bk_frame_get_string (reply, g_task_get_task_data (task)) : NULL;

  if (reply == NULL)
    g_task_return_error (task, error);
  else if (word == NULL)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The server gave an answer to something else");
  else
    g_task_return_pointer (task, g_strdup (word), g_free);
}

static char *
native_lock_finish (BkBackendLock *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
native_challenge_async (BkBackendLock *backend, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_challenge_async);
  g_task_set_task_data (task, (gpointer) "challenge", NULL);
  if (!bk_native_backend_check_ready (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_LOCK_CHALLENGE);
  bk_native_link_request_async (self->link, frame, BK_NATIVE_REQUEST_SECONDS, cancellable, on_replied,
                                g_steal_pointer (&task));
}

static void
native_respond_async (BkBackendLock *backend, const char *challenge, const char *license, const char *response,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_respond_async);
  g_task_set_task_data (task, (gpointer) "grant", NULL);
  if (!bk_token_is_valid (challenge, BK_LIMIT_TOKEN) || !bk_token_is_valid (license, BK_LIMIT_TOKEN)
      || !bk_token_is_valid (response, BK_LIMIT_TOKEN))
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "That is no answer to a challenge");
      return;
    }
  if (!bk_native_backend_check_ready (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_LOCK_RESPOND);
  bk_frame_set_string (frame, "challenge", challenge);
  bk_frame_set_string (frame, "license", license);
  bk_frame_set_string (frame, "response", response);
  bk_native_link_request_async (self->link, frame, BK_NATIVE_REQUEST_SECONDS, cancellable, on_replied,
                                g_steal_pointer (&task));
}

/* Nobody waits for the reply: without a connection the grant is gone anyhow. */
static void
native_release (BkBackendLock *backend, const char *grant)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);

  if (!bk_native_backend_is_ready (self))
    return;
  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_LOCK_RELEASE);
  bk_frame_set_string (frame, "grant", grant);
  bk_native_link_request_async (self->link, frame, BK_NATIVE_REQUEST_SECONDS, NULL, NULL, NULL);
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
