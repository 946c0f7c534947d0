/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine asks the network for. Each request is done at once; its reply comes like everything else. */
#include "bk-fake-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

static GTask *
request_new (gpointer backend, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback,
             gpointer user_data)
{
  GTask *task = g_task_new (backend, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

/* Else answers @task. */
gboolean
bk_fake_backend_check_ready (BkFakeBackend *self, GTask *task)
{
  if (self->fail_next >= 0)
    {
      g_task_return_new_error (task, BECKON_ERROR, self->fail_next, "This failure was asked for");
      self->fail_next = -1;
      return FALSE;
    }
  if (self->account != NULL)
    return TRUE;
  if (self->sign_in_name == NULL || self->state == BK_BACKEND_OFFLINE)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_LOGGED_ON, "You are not signed in");
  else
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "There is no connection to the server");
  return FALSE;
}

/* Takes @result, which is for g_free (), and @error. */
void
bk_fake_backend_reply (BkFakeBackend *self, GTask *task, gpointer result, GError *error)
{
  bk_fake_backend_push_reply (self, task, result, error);
  if (self->lose_next_reply)
    {
      self->lose_next_reply = FALSE;
      bk_fake_backend_disconnect (self);
    }
}

static void
reply (BkFakeBackend *self, GTask *task, gint64 value, GError *error)
{
  bk_fake_backend_reply (self, task, g_memdup2 (&value, sizeof value), error);
}

static gint64
finish (GAsyncResult *result, GError **error)
{
  g_autofree gint64 *value = g_task_propagate_pointer (G_TASK (result), error);

  return value != NULL ? *value : 0;
}

static gboolean
finish_boolean (GAsyncResult *result, GError **error)
{
  return finish (result, error) != 0;
}

static void
fake_register_async (BkBackendRegister *backend, const BkSignIn *account, const char *display_name,
                     const char *invitation_token, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = request_new (self, fake_register_async, cancellable, callback, user_data);
  GError *error = NULL;

  if (self->unreachable)
    error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_CONNECT, "The server could not be reached");
  else
    bk_fake_network_add_account (self->network, account->sign_in_name, account->password, display_name, &error);
  reply (self, task, 1, error);
}

static gboolean
fake_register_finish (BkBackendRegister *backend, GAsyncResult *result, GError **error)
{
  return finish_boolean (result, error);
}

void
bk_fake_backend_register_init (BkBackendRegisterInterface *iface)
{
  iface->register_async = fake_register_async;
  iface->register_finish = fake_register_finish;
}

static void
fake_change_async (BkBackendContacts *backend, BkContactVerb verb, const char *who, const char *text,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = request_new (self, fake_change_async, cancellable, callback, user_data);
  GError *error = NULL;

  if (!bk_fake_backend_check_ready (self, task))
    return;
  bk_fake_network_change (self->network, self->account, verb, who, text, &error);
  reply (self, task, 1, error);
}

static gboolean
fake_change_finish (BkBackendContacts *backend, GAsyncResult *result, GError **error)
{
  return finish_boolean (result, error);
}

static void
fake_set_display_name_async (BkBackendContacts *backend, const char *display_name, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = request_new (self, fake_set_display_name_async, cancellable, callback, user_data);

  if (!bk_fake_backend_check_ready (self, task))
    return;
  bk_fake_network_rename (self->network, self->account, display_name);
  reply (self, task, 1, NULL);
}

void
bk_fake_backend_contacts_init (BkBackendContactsInterface *iface)
{
  iface->change_async = fake_change_async;
  iface->change_finish = fake_change_finish;
  iface->set_display_name_async = fake_set_display_name_async;
  iface->set_display_name_finish = fake_change_finish;
}

static void
fake_send_message_async (BkBackendMessages *backend, const char *to, const char *message_id, const char *text,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = request_new (self, fake_send_message_async, cancellable, callback, user_data);
  GError *error = NULL;

  if (!bk_fake_backend_check_ready (self, task))
    return;
  if (bk_text_is_valid (text, BK_LIMIT_MESSAGE, TRUE))
    {
      gint64 time = bk_fake_network_send (self->network, self->account, to, message_id, text, &error);
      reply (self, task, time, error);
    }
  else
    reply (self, task, 0, g_error_new_literal (BECKON_ERROR, BECKON_ERROR_MESSAGE_TOO_LONG,
                                              "The text is too long"));
}

static gint64
fake_send_message_finish (BkBackendMessages *backend, GAsyncResult *result, GError **error)
{
  return finish (result, error);
}

void
bk_fake_backend_messages_init (BkBackendMessagesInterface *iface)
{
  iface->send_async = fake_send_message_async;
  iface->send_finish = fake_send_message_finish;
}

static void
fake_send_envelope_async (BkBackendSessions *backend, const char *to, const char *uid, const BkEnvelope *envelope,
                          const char *grant, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = request_new (self, fake_send_envelope_async, cancellable, callback, user_data);
  GError *error = NULL;

  if (!bk_fake_backend_check_ready (self, task))
    return;
  gboolean barred = grant != NULL && !bk_fake_backend_has_grant (self, grant);
  bk_fake_network_relay (self->network, self->account, self->device, to, uid, envelope, barred, &error);
  reply (self, task, 1, error);
}

static gboolean
fake_send_envelope_finish (BkBackendSessions *backend, GAsyncResult *result, GError **error)
{
  return finish_boolean (result, error);
}

void
bk_fake_backend_sessions_init (BkBackendSessionsInterface *iface)
{
  iface->send_async = fake_send_envelope_async;
  iface->send_finish = fake_send_envelope_finish;
}
