/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-world.h"

static void
request_free (gpointer data)
{
  HandRequest *request = data;

  if (request->task != NULL)
    hand_request_answer (request, BECKON_ERROR_DISCONNECTED);
  g_free (request->who);
  g_free (request->id);
  g_free (request->text);
  g_clear_pointer (&request->envelope, bk_envelope_free);
  g_free (request);
}

static void
take_string (char **place, const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

static void
hand_sign_in (BkBackend *backend, const BkSignIn *sign_in)
{
  HandBackend *self = HAND_BACKEND (backend);

  self->n_sign_ins++;
  take_string (&self->password, sign_in->password);
  take_string (&self->token, sign_in->token);
  take_string (&self->device, sign_in->device);
  take_string (&self->cursor, sign_in->cursor);
  take_string (&self->personal_message, sign_in->personal_message);
  self->status = sign_in->status;
}

static void
on_offline (gpointer user_data)
{
  g_autoptr (HandBackend) self = user_data;

  hand_backend_state (self, BK_BACKEND_OFFLINE, -1);
}

static void
hand_sign_out (BkBackend *backend, gboolean forget)
{
  HandBackend *self = HAND_BACKEND (backend);

  self->n_sign_outs++;
  self->forgotten |= forget;
  if (!self->silent)
    g_idle_add_once (on_offline, g_object_ref (self));
}

static void
hand_nudge (BkBackend *backend)
{
}

static void
hand_set_presence (BkBackend *backend, BeckonStatus status, const char *personal_message)
{
  HandBackend *self = HAND_BACKEND (backend);

  self->status = status;
  take_string (&self->personal_message, personal_message);
}

static void
hand_backend_init_backend (BkBackendInterface *iface)
{
  iface->sign_in = hand_sign_in;
  iface->sign_out = hand_sign_out;
  iface->nudge = hand_nudge;
  iface->set_presence = hand_set_presence;
}

static void
hand_register_async (BkBackendRegister *backend, const BkSignIn *account, const char *display_name,
                     const char *invitation_token, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  HAND_BACKEND (backend)->registering = g_task_new (backend, cancellable, callback, user_data);
}

static gboolean
hand_register_finish (BkBackendRegister *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
hand_backend_init_register (BkBackendRegisterInterface *iface)
{
  iface->register_async = hand_register_async;
  iface->register_finish = hand_register_finish;
}

static HandRequest *
add_to (GPtrArray *requests, gpointer backend, const char *who, const char *id, GAsyncReadyCallback callback,
        gpointer user_data)
{
  HandRequest *request = g_new0 (HandRequest, 1);

  request->who = g_strdup (who);
  request->id = g_strdup (id);
  request->task = g_task_new (backend, NULL, callback, user_data);
  g_ptr_array_add (requests, request);
  return request;
}

static HandRequest *
add_request (gpointer backend, const char *who, const char *id, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  return add_to (HAND_BACKEND (backend)->requests, backend, who, id, callback, user_data);
}

static void
hand_send_async (BkBackendMessages *backend, const char *to, const char *message_id, const char *text,
                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  add_request (backend, to, message_id, cancellable, callback, user_data)->text = g_strdup (text);
}

static gint64
hand_send_finish (BkBackendMessages *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error) ? 4242 : 0;
}

static void
hand_backend_init_messages (BkBackendMessagesInterface *iface)
{
  iface->send_async = hand_send_async;
  iface->send_finish = hand_send_finish;
}

static void
hand_mark_async (BkBackendMarks *backend, const char *who, const char *message_id, BeckonDelivery mark, gboolean tell,
                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  HandRequest *request = add_to (HAND_BACKEND (backend)->marks, backend, who, message_id, callback, user_data);

  request->mark = mark;
  request->tell = tell;
}

static gboolean
hand_mark_finish (BkBackendMarks *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
hand_set_typing (BkBackendMarks *backend, const char *to, gboolean typing)
{
  g_string_append_printf (HAND_BACKEND (backend)->typed, "%c%s ", typing ? '+' : '-', to);
}

static void
hand_backend_init_marks (BkBackendMarksInterface *iface)
{
  iface->mark_async = hand_mark_async;
  iface->mark_finish = hand_mark_finish;
  iface->set_typing = hand_set_typing;
}

static void
hand_envelope_async (BkBackendSessions *backend, const char *to, const char *uid, const BkEnvelope *envelope,
                     const char *grant, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  add_request (backend, to, uid, cancellable, callback, user_data)->envelope = bk_envelope_copy (envelope);
}

static gboolean
hand_envelope_finish (BkBackendSessions *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
hand_backend_init_sessions (BkBackendSessionsInterface *iface)
{
  iface->send_async = hand_envelope_async;
  iface->send_finish = hand_envelope_finish;
}

static void
hand_change_async (BkBackendContacts *backend, BkContactVerb verb, const char *who, const char *text,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  add_request (backend, who, NULL, cancellable, callback, user_data)->text = g_strdup (text);
}

static gboolean
hand_change_finish (BkBackendContacts *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
hand_name_async (BkBackendContacts *backend, const char *display_name, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data)
{
  add_request (backend, NULL, NULL, cancellable, callback, user_data)->text = g_strdup (display_name);
}

static void
hand_backend_init_contacts (BkBackendContactsInterface *iface)
{
  iface->change_async = hand_change_async;
  iface->change_finish = hand_change_finish;
  iface->set_display_name_async = hand_name_async;
  iface->set_display_name_finish = hand_change_finish;
}

static void
hand_challenge_async (BkBackendLock *backend, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  add_request (backend, NULL, NULL, cancellable, callback, user_data);
}

static void
hand_respond_async (BkBackendLock *backend, const char *challenge, const char *license, const char *response,
                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  add_request (backend, license, challenge, cancellable, callback, user_data)->text = g_strdup (response);
}

static char *
hand_lock_finish (BkBackendLock *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
hand_release (BkBackendLock *backend, const char *grant)
{
  g_ptr_array_add (HAND_BACKEND (backend)->released, g_strdup (grant));
}

static void
hand_backend_init_lock (BkBackendLockInterface *iface)
{
  iface->challenge_async = hand_challenge_async;
  iface->challenge_finish = hand_lock_finish;
  iface->respond_async = hand_respond_async;
  iface->respond_finish = hand_lock_finish;
  iface->release = hand_release;
}

static void
hand_set_sites (BkBackendAlerts *backend, const guint32 *sites, gsize n_sites)
{
  HandBackend *self = HAND_BACKEND (backend);

  g_array_set_size (self->sites, 0);
  g_array_append_vals (self->sites, sites, (guint) n_sites);
}

static void
hand_backend_init_alerts (BkBackendAlertsInterface *iface)
{
  iface->set_sites = hand_set_sites;
}

static void
hand_relays_async (BkBackendRelays *backend, GCancellable *cancellable, GAsyncReadyCallback callback,
                   gpointer user_data)
{
  add_request (backend, NULL, NULL, cancellable, callback, user_data)->text = g_strdup ("relays");
}

static BkRelays *
hand_relays_finish (BkBackendRelays *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
hand_backend_init_relays (BkBackendRelaysInterface *iface)
{
  iface->get_async = hand_relays_async;
  iface->get_finish = hand_relays_finish;
}

static gboolean
hand_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
hand_note_async (BkBackendAliases *backend, const char *who, const char *alias, gboolean pinned, gboolean muted,
                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  HandRequest *request = add_request (backend, who, alias, cancellable, callback, user_data);

  request->text = g_strdup_printf ("%s%s", pinned ? "pinned " : "", muted ? "muted " : "");
}

static gboolean
hand_note_finish (BkBackendAliases *backend, GAsyncResult *result, GError **error)
{
  return hand_finish (result, error);
}

static void
hand_backend_init_aliases (BkBackendAliasesInterface *iface)
{
  iface->set_async = hand_note_async;
  iface->set_finish = hand_note_finish;
}

static void
hand_set_avatar_async (BkBackendAvatars *backend, GBytes *image, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  HandRequest *request = add_request (backend, NULL, NULL, cancellable, callback, user_data);

  request->text = g_strdup_printf ("%" G_GSIZE_FORMAT, image != NULL ? g_bytes_get_size (image) : 0);
}

static gboolean
hand_set_avatar_finish (BkBackendAvatars *backend, GAsyncResult *result, GError **error)
{
  return hand_finish (result, error);
}

static void
hand_get_avatar_async (BkBackendAvatars *backend, const char *who, const char *avatar, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  add_request (backend, who, avatar, cancellable, callback, user_data);
}

static GBytes *
hand_get_avatar_finish (BkBackendAvatars *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
hand_backend_init_avatars (BkBackendAvatarsInterface *iface)
{
  iface->set_async = hand_set_avatar_async;
  iface->set_finish = hand_set_avatar_finish;
  iface->get_async = hand_get_avatar_async;
  iface->get_finish = hand_get_avatar_finish;
}

static void
hand_password_async (BkBackendKeeping *backend, const char *password, const char *new_password,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  add_request (backend, NULL, password, cancellable, callback, user_data)->text = g_strdup (new_password);
}

static void
hand_devices_async (BkBackendKeeping *backend, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  add_request (backend, NULL, NULL, cancellable, callback, user_data)->text = g_strdup ("devices");
}

static GPtrArray *
hand_devices_finish (BkBackendKeeping *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
hand_remove_async (BkBackendKeeping *backend, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback,
                   gpointer user_data)
{
  add_request (backend, NULL, id, cancellable, callback, user_data)->text = g_strdup ("remove");
}

static gboolean
hand_keeping_finish (BkBackendKeeping *backend, GAsyncResult *result, GError **error)
{
  return hand_finish (result, error);
}

static void
hand_backend_init_keeping (BkBackendKeepingInterface *iface)
{
  iface->change_password_async = hand_password_async;
  iface->list_devices_async = hand_devices_async;
  iface->list_devices_finish = hand_devices_finish;
  iface->remove_device_async = hand_remove_async;
  iface->remove_account_async = hand_remove_async;
  iface->finish = hand_keeping_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HandBackend, hand_backend, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND, hand_backend_init_backend)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_REGISTER, hand_backend_init_register)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_CONTACTS, hand_backend_init_contacts)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_MESSAGES, hand_backend_init_messages)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_MARKS, hand_backend_init_marks)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_LOCK, hand_backend_init_lock)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_ALERTS, hand_backend_init_alerts)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_ALIASES, hand_backend_init_aliases)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_AVATARS, hand_backend_init_avatars)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_KEEPING, hand_backend_init_keeping)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_RELAYS, hand_backend_init_relays)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_SESSIONS, hand_backend_init_sessions))

static void
hand_backend_finalize (GObject *object)
{
  HandBackend *self = HAND_BACKEND (object);

  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->marks);
  g_ptr_array_unref (self->released);
  g_array_unref (self->sites);
  g_string_free (self->typed, TRUE);
  g_free (self->personal_message);
  g_free (self->password);
  g_free (self->token);
  g_free (self->device);
  g_free (self->cursor);
  G_OBJECT_CLASS (hand_backend_parent_class)->finalize (object);
}

static void
hand_backend_class_init (HandBackendClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hand_backend_finalize;
}

static void
hand_backend_init (HandBackend *self)
{
  self->requests = g_ptr_array_new_with_free_func (request_free);
  self->marks = g_ptr_array_new_with_free_func (request_free);
  self->released = g_ptr_array_new_with_free_func (g_free);
  self->sites = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->typed = g_string_new (NULL);
}

void
hand_backend_state (HandBackend *self, BkBackendState state, int code)
{
  g_autoptr (GError) error = code >= 0 ? g_error_new_literal (BECKON_ERROR, code, "The test says so") : NULL;
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_STATE, .state = state, .error = error };

  bk_backend_emit (BK_BACKEND (self), &event);
}

void
hand_backend_go_online (HandBackend *self)
{
  BkBackendEvent credentials = {
    .type = BK_BACKEND_EVENT_CREDENTIALS,
    .token = "token-of-the-test",
    .device = "device-of-the-test",
  };

  hand_backend_state (self, BK_BACKEND_FINDING, -1);
  hand_backend_state (self, BK_BACKEND_CONNECTING, -1);
  hand_backend_state (self, BK_BACKEND_SIGNING_IN, -1);
  hand_backend_state (self, BK_BACKEND_SYNCHRONIZING, -1);
  bk_backend_emit (BK_BACKEND (self), &credentials);
  hand_backend_state (self, BK_BACKEND_ONLINE, -1);
}

void
hand_backend_message (HandBackend *self, const char *cursor, const char *who, const char *id, gboolean outgoing,
                      const char *text)
{
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_MESSAGE,
    .cursor = cursor,
    .who = who,
    .message_id = id,
    .outgoing = outgoing,
    .text = text,
    .time = 1000,
  };

  bk_backend_emit (BK_BACKEND (self), &event);
}

void
hand_backend_contact (HandBackend *self, const char *cursor, const char *who, BeckonRelation relation)
{
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_CONTACT, .cursor = cursor, .who = who, .relation = relation };

  bk_backend_emit (BK_BACKEND (self), &event);
}

void
hand_backend_presence (HandBackend *self, const char *who, BeckonStatus status)
{
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_PRESENCE, .who = who, .status = status };

  bk_backend_emit (BK_BACKEND (self), &event);
}

HandRequest *
hand_backend_request (HandBackend *self, guint index)
{
  bk_test_wait_for_count (&self->requests->len, index + 1);
  return g_ptr_array_index (self->requests, index);
}

HandRequest *
hand_backend_mark (HandBackend *self, guint index)
{
  bk_test_wait_for_count (&self->marks->len, index + 1);
  return g_ptr_array_index (self->marks, index);
}

void
hand_request_answer (HandRequest *request, int code)
{
  g_autoptr (GTask) task = g_steal_pointer (&request->task);

  g_assert_nonnull (task);
  if (code >= 0)
    g_task_return_new_error (task, BECKON_ERROR, code, "The test says no");
  else
    g_task_return_boolean (task, TRUE);
}

void
hand_request_answer_word (HandRequest *request, const char *word)
{
  g_autoptr (GTask) task = g_steal_pointer (&request->task);

  g_assert_nonnull (task);
  g_task_return_pointer (task, g_strdup (word), g_free);
}

void
hand_request_answer_image (HandRequest *request, GBytes *image)
{
  g_autoptr (GTask) task = g_steal_pointer (&request->task);

  g_assert_nonnull (task);
  g_task_return_pointer (task, g_bytes_ref (image), (GDestroyNotify) g_bytes_unref);
}

void
hand_request_answer_devices (HandRequest *request, GPtrArray *devices)
{
  g_autoptr (GTask) task = g_steal_pointer (&request->task);

  g_assert_nonnull (task);
  g_task_return_pointer (task, g_ptr_array_ref (devices), (GDestroyNotify) g_ptr_array_unref);
}

void
hand_request_answer_relays (HandRequest *request, const BkRelays *relays)
{
  g_autoptr (GTask) task = g_steal_pointer (&request->task);

  g_task_return_pointer (task, bk_relays_copy (relays), (GDestroyNotify) bk_relays_free);
}
