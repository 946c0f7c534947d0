/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine asks the server for. */
#include "bk-native-backend-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

gboolean
bk_native_check_name (GTask *task, const char *who)
{
  if (bk_sign_in_name_is_valid (who))
    return TRUE;
  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "That is not a sign-in name");
  return FALSE;
}

static gboolean
check_guid (GTask *task, const char *guid)
{
  if (bk_guid_is_valid (guid))
    return TRUE;
  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "That is not an id");
  return FALSE;
}

gboolean
bk_native_check_text (GTask *task, const char *text, gsize max, gboolean multi_line, BeckonError too_long)
{
  if (bk_text_is_valid (text, max, multi_line))
    return TRUE;

  gboolean is_long = bk_text_is_valid (text, G_MAXINT32, multi_line);
  g_task_return_new_error (task, BECKON_ERROR, (int) (is_long ? too_long : BECKON_ERROR_INVALID_ARGUMENT), "%s",
                           is_long ? "The text is too long" : "The text holds something that is not text");
  return FALSE;
}

/* Else answers @task. */
gboolean
bk_native_backend_check_ready (BkNativeBackend *self, GTask *task)
{
  if (bk_native_backend_is_ready (self))
    return TRUE;
  if (self->state == BK_BACKEND_OFFLINE || self->wish == BK_NATIVE_WISH_SIGN_OUT)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_LOGGED_ON, "You are not signed in");
  else
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "There is no connection to the server");
  return FALSE;
}

/* The result of every task here is a gint64: the time at which the server took it, 1 where there is none. @reply: NULL
 * if what was asked for is so already. */
void
bk_native_return_done (GTask *task, const BkFrame *reply)
{
  gint64 time = MAX (1, reply != NULL ? bk_frame_get_int (reply, "time") : 1);

  g_task_return_pointer (task, g_memdup2 (&time, sizeof time), g_free);
}

static void
on_replied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (BkFrame) reply = bk_native_link_request_finish (BK_NATIVE_LINK (source), result, NULL, &error);

  if (reply == NULL)
    g_task_return_error (task, error);
  else if (bk_frame_get_frame_type (reply) != BK_FRAME_OK)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The server gave an answer to something else");
  else
    bk_native_return_done (task, reply);
}

/* Asks what is answered by a plain `ok`. Takes @task, for bk_native_finish_boolean (). */
void
bk_native_backend_ask (BkNativeBackend *self, const BkFrame *frame, GTask *task)
{
  bk_native_link_request_async (self->link, frame, BK_NATIVE_REQUEST_SECONDS, g_task_get_cancellable (task),
                                on_replied, task);
}

static gint64
finish (GAsyncResult *result, GError **error)
{
  g_autofree gint64 *time = g_task_propagate_pointer (G_TASK (result), error);

  return time != NULL ? *time : 0;
}

gboolean
bk_native_finish_boolean (GAsyncResult *result, GError **error)
{
  return finish (result, error) != 0;
}

/* ---- contacts ---- */

static BkFrameType
frame_type_of (BkContactVerb verb)
{
  switch (verb)
    {
    case BK_CONTACT_ADD:
      return BK_FRAME_CONTACT_ADD;
    case BK_CONTACT_APPROVE:
      return BK_FRAME_CONTACT_APPROVE;
    case BK_CONTACT_DECLINE:
      return BK_FRAME_CONTACT_DECLINE;
    case BK_CONTACT_REMOVE:
      return BK_FRAME_CONTACT_REMOVE;
    case BK_CONTACT_BLOCK:
    case BK_CONTACT_UNBLOCK:
      break;
    }
  return BK_FRAME_CONTACT_BLOCK;
}

static void
native_change_async (BkBackendContacts *backend, BkContactVerb verb, const char *who, const char *text,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_change_async);
  if (verb != BK_CONTACT_ADD || (text != NULL && *text == '\0'))
    text = NULL;
  if (!bk_native_check_name (task, who)
      || (text != NULL
          && !bk_native_check_text (task, text, BK_LIMIT_REQUEST_TEXT, FALSE, BECKON_ERROR_INVALID_ARGUMENT))
      || !bk_native_backend_check_patient (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_frame_new (frame_type_of (verb), -1);
  bk_frame_set_string (frame, "who", who);
  bk_frame_set_string (frame, "message", text);
  if (verb == BK_CONTACT_BLOCK || verb == BK_CONTACT_UNBLOCK)
    bk_frame_set_bool (frame, "blocked", verb == BK_CONTACT_BLOCK);
  bk_native_backend_ask_patiently (self, g_steal_pointer (&frame), NULL, g_steal_pointer (&task));
}

static gboolean
native_change_finish (BkBackendContacts *backend, GAsyncResult *result, GError **error)
{
  return bk_native_finish_boolean (result, error);
}

static void
native_set_display_name_async (BkBackendContacts *backend, const char *display_name, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_set_display_name_async);
  if (!bk_native_check_text (task, display_name, BK_LIMIT_DISPLAY_NAME, FALSE, BECKON_ERROR_INVALID_ARGUMENT)
      || !bk_native_backend_check_patient (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_PROFILE_SET, -1);
  bk_frame_set_string (frame, "display_name", display_name);
  bk_native_backend_ask_patiently (self, g_steal_pointer (&frame), NULL, g_steal_pointer (&task));
}

static gboolean
native_set_display_name_finish (BkBackendContacts *backend, GAsyncResult *result, GError **error)
{
  return bk_native_finish_boolean (result, error);
}

void
bk_native_backend_contacts_init (BkBackendContactsInterface *iface)
{
  iface->change_async = native_change_async;
  iface->change_finish = native_change_finish;
  iface->set_display_name_async = native_set_display_name_async;
  iface->set_display_name_finish = native_set_display_name_finish;
}

/* ---- groups ---- */

static gboolean
check_group_name (GTask *task, const char *name)
{
  if (!bk_text_is_valid (name, G_MAXINT32, FALSE) || *name == '\0')
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_BAD_GROUP_NAME, "That is no name for a group");
      return FALSE;
    }
  return bk_native_check_text (task, name, BK_LIMIT_GROUP_NAME, FALSE, BECKON_ERROR_GROUP_NAME_TOO_LONG);
}

/* The id is ours: if the answer is lost, the group that comes is known by it. */
static void
native_create_group_async (BkBackendGroups *backend, const char *name, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  char *group = bk_guid_new ();

  g_task_set_source_tag (task, native_create_group_async);
  g_task_set_task_data (task, group, g_free);
  if (!check_group_name (task, name) || !bk_native_backend_check_patient (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_GROUP_CREATE, -1);
  bk_frame_set_string (frame, "group", group);
  bk_frame_set_string (frame, "name", name);
  bk_native_backend_ask_patiently (self, g_steal_pointer (&frame), NULL, g_steal_pointer (&task));
}

static char *
native_create_group_finish (BkBackendGroups *backend, GAsyncResult *result, GError **error)
{
  return bk_native_finish_boolean (result, error) ? g_strdup (g_task_get_task_data (G_TASK (result))) : NULL;
}

static BkFrameType
frame_type_of_group (BkGroupVerb verb)
{
  switch (verb)
    {
    case BK_GROUP_RENAME:
      return BK_FRAME_GROUP_RENAME;
    case BK_GROUP_REMOVE:
      return BK_FRAME_GROUP_REMOVE;
    case BK_GROUP_PUT:
    case BK_GROUP_DROP:
      break;
    }
  return BK_FRAME_GROUP_CONTACT;
}

static void
native_change_group_async (BkBackendGroups *backend, BkGroupVerb verb, const char *group, const char *argument,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  gboolean moves = verb == BK_GROUP_PUT || verb == BK_GROUP_DROP;

  g_task_set_source_tag (task, native_change_group_async);
  if (!bk_guid_is_valid (group))
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_GROUP_DOES_NOT_EXIST, "There is no such group");
      return;
    }
  if ((moves && !bk_native_check_name (task, argument))
      || (verb == BK_GROUP_RENAME && !check_group_name (task, argument))
      || !bk_native_backend_check_patient (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_frame_new (frame_type_of_group (verb), -1);
  bk_frame_set_string (frame, "group", group);
  if (verb == BK_GROUP_RENAME)
    bk_frame_set_string (frame, "name", argument);
  if (moves)
    {
      bk_frame_set_string (frame, "who", argument);
      bk_frame_set_bool (frame, "member", verb == BK_GROUP_PUT);
    }
  bk_native_backend_ask_patiently (self, g_steal_pointer (&frame), NULL, g_steal_pointer (&task));
}

static gboolean
native_change_group_finish (BkBackendGroups *backend, GAsyncResult *result, GError **error)
{
  return bk_native_finish_boolean (result, error);
}

void
bk_native_backend_groups_init (BkBackendGroupsInterface *iface)
{
  iface->create_async = native_create_group_async;
  iface->create_finish = native_create_group_finish;
  iface->change_async = native_change_group_async;
  iface->change_finish = native_change_group_finish;
}

/* ---- messages ---- */

static void
native_send_message_async (BkBackendMessages *backend, const char *to, const char *message_id, const char *text,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_send_message_async);
  if (!bk_native_check_name (task, to) || !check_guid (task, message_id)
      || !bk_native_check_text (task, text, BK_LIMIT_MESSAGE, TRUE, BECKON_ERROR_MESSAGE_TOO_LONG)
      || !bk_native_backend_check_ready (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_MESSAGE_SEND);
  bk_frame_set_string (frame, "to", to);
  bk_frame_set_string (frame, "message", message_id);
  bk_frame_set_string (frame, "text", text);
  bk_native_backend_ask (self, frame, g_steal_pointer (&task));
}

static gint64
native_send_message_finish (BkBackendMessages *backend, GAsyncResult *result, GError **error)
{
  return finish (result, error);
}

void
bk_native_backend_messages_init (BkBackendMessagesInterface *iface)
{
  iface->send_async = native_send_message_async;
  iface->send_finish = native_send_message_finish;
}

/* ---- marks ---- */

static void
native_mark_async (BkBackendMarks *backend, const char *who, const char *message_id, BeckonDelivery mark, gboolean tell,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_mark_async);
  if (!bk_native_check_name (task, who) || !check_guid (task, message_id)
      || !bk_native_backend_check_ready (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_MARK_SET);
  bk_frame_set_string (frame, "who", who);
  bk_frame_set_string (frame, "message", message_id);
  bk_frame_set_string (frame, "mark", mark == BECKON_DELIVERY_READ ? "read" : "delivered");
  bk_frame_set_bool (frame, "tell", tell);
  bk_native_backend_ask (self, frame, g_steal_pointer (&task));
}

static gboolean
native_mark_finish (BkBackendMarks *backend, GAsyncResult *result, GError **error)
{
  return bk_native_finish_boolean (result, error);
}

/* Nobody waits for the answer. */
static void
native_set_typing (BkBackendMarks *backend, const char *to, gboolean typing)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);

  if (!bk_native_backend_is_ready (self) || !bk_sign_in_name_is_valid (to))
    return;

  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_TYPING_SET);
  bk_frame_set_string (frame, "to", to);
  bk_frame_set_bool (frame, "typing", typing);
  bk_native_backend_ask (self, frame, g_task_new (self, NULL, NULL, NULL));
}

void
bk_native_backend_marks_init (BkBackendMarksInterface *iface)
{
  iface->mark_async = native_mark_async;
  iface->mark_finish = native_mark_finish;
  iface->set_typing = native_set_typing;
}

/* ---- sessions ---- */

static void
native_send_envelope_async (BkBackendSessions *backend, const char *to, const char *uid, const BkEnvelope *envelope,
                            const char *grant, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_send_envelope_async);
  if (!bk_native_check_name (task, to) || !check_guid (task, uid) || !bk_native_backend_check_ready (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_SESSION_SEND);
  bk_frame_set_string (frame, "to", to);
  bk_frame_set_string (frame, "uid", uid);
  bk_frame_set_envelope (frame, envelope);
  bk_frame_set_string (frame, "grant", grant);
  bk_native_backend_ask (self, frame, g_steal_pointer (&task));
}

static gboolean
native_send_envelope_finish (BkBackendSessions *backend, GAsyncResult *result, GError **error)
{
  return bk_native_finish_boolean (result, error);
}

void
bk_native_backend_sessions_init (BkBackendSessionsInterface *iface)
{
  iface->send_async = native_send_envelope_async;
  iface->send_finish = native_send_envelope_finish;
}

/* ---- making an account: a connection of its own, for one request ---- */

typedef struct
{
  BkNativeLink *link;
  char *name;
  char *password; /* secret */
  char *display_name;
  char *token; /* secret, nullable */
} Registration;

static void
registration_free (Registration *registration)
{
  if (registration->link != NULL)
    bk_native_link_close (registration->link);
  g_clear_object (&registration->link);
  g_free (registration->name);
  bk_native_free_secret (registration->password);
  g_free (registration->display_name);
  bk_native_free_secret (registration->token);
  g_free (registration);
}

static void
on_registration_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Registration *registration = g_task_get_task_data (task);
  GError *error = NULL;

  if (!bk_native_link_open_finish (registration->link, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  g_autoptr (BkFrame) frame = bk_native_link_new_request (registration->link, BK_FRAME_REGISTER);
  bk_frame_set_string (frame, "name", registration->name);
  bk_frame_set_string (frame, "password", registration->password);
  bk_frame_set_string (frame, "display_name", registration->display_name);
  bk_frame_set_string (frame, "token", registration->token);
  GCancellable *cancellable = g_task_get_cancellable (task);
  bk_native_link_request_async (registration->link, frame, BK_NATIVE_REQUEST_SECONDS, cancellable, on_replied,
                                g_steal_pointer (&task));
}

static void
native_register_async (BkBackendRegister *backend, const BkSignIn *account, const char *display_name,
                       const char *invitation_token, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, native_register_async);
  if (!bk_native_check_name (task, account->sign_in_name)
      || !bk_native_check_text (task, account->password, BK_LIMIT_PASSWORD, FALSE, BECKON_ERROR_INVALID_ARGUMENT)
      || (display_name != NULL
          && !bk_native_check_text (task, display_name, BK_LIMIT_DISPLAY_NAME, FALSE, BECKON_ERROR_INVALID_ARGUMENT))
      || (invitation_token != NULL
          && !bk_native_check_text (task, invitation_token, BK_LIMIT_TOKEN, FALSE, BECKON_ERROR_INVALID_ARGUMENT)))
    return;

  g_autoptr (BkNativeAddress) address = bk_native_address_new (account->server, account->sign_in_name, &error);
  if (address == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  Registration *registration = g_new0 (Registration, 1);
  registration->link = bk_native_link_new (self->clock, address, self->tls_database, self->ping_seconds);
  registration->name = g_strdup (account->sign_in_name);
  registration->password = g_strdup (account->password);
  registration->display_name = g_strdup (display_name);
  registration->token = g_strdup (invitation_token);
  g_task_set_task_data (task, registration, (GDestroyNotify) registration_free);
  bk_native_link_open_async (registration->link, cancellable, on_registration_opened, g_steal_pointer (&task));
}

static gboolean
native_register_finish (BkBackendRegister *backend, GAsyncResult *result, GError **error)
{
  return bk_native_finish_boolean (result, error);
}

void
bk_native_backend_register_init (BkBackendRegisterInterface *iface)
{
  iface->register_async = native_register_async;
  iface->register_finish = native_register_finish;
}
