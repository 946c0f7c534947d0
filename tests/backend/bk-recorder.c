/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-recorder.h"

static void
seen_free (gpointer data)
{
  BkSeen *seen = data;

  g_free (seen->cursor);
  g_free (seen->reason);
  g_free (seen->token);
  g_free (seen->device);
  g_free (seen->who);
  g_free (seen->display_name);
  g_free (seen->personal_message);
  g_free (seen->message_id);
  g_free (seen->text);
  g_free (seen->session);
  g_free (seen->grant);
  g_free (seen->challenge);
  g_free (seen->alert);
  g_free (seen->url);
  g_free (seen->group);
  g_free (seen->groups);
  g_free (seen->alias);
  g_free (seen->avatar);
  g_clear_pointer (&seen->envelope, bk_envelope_free);
  g_free (seen);
}

static void
remember (char **place, const char *text)
{
  if (text == NULL)
    return;
  g_free (*place);
  *place = g_strdup (text);
}

static void
on_event (BkBackend *backend, const BkBackendEvent *event, gpointer user_data)
{
  BkRecorder *self = user_data;
  BkSeen *seen = g_new0 (BkSeen, 1);

  g_assert_false (self->in_call);
  seen->type = event->type;
  seen->cursor = g_strdup (event->cursor);
  seen->state = event->state;
  seen->error = event->error != NULL ? event->error->code : -1;
  if (event->error != NULL)
    {
      g_assert_true (event->error->domain == BECKON_ERROR);
      seen->reason = g_strdup (event->error->message);
    }
  seen->retry_ms = event->retry_ms;
  seen->passing = event->passing;
  seen->token = g_strdup (event->token);
  seen->device = g_strdup (event->device);
  seen->who = g_strdup (event->who);
  seen->display_name = g_strdup (event->display_name);
  seen->relation = event->relation;
  seen->blocked = event->blocked;
  seen->status = event->status;
  seen->personal_message = g_strdup (event->personal_message);
  seen->message_id = g_strdup (event->message_id);
  seen->outgoing = event->outgoing;
  seen->mark = event->mark;
  seen->typing = event->typing;
  seen->text = g_strdup (event->text);
  seen->time = event->time;
  seen->envelope = event->envelope != NULL ? bk_envelope_copy (event->envelope) : NULL;
  seen->session = g_strdup (event->session);
  seen->result = event->result;
  seen->locked = event->locked;
  seen->grant = g_strdup (event->grant);
  seen->challenge = g_strdup (event->challenge);
  seen->alert = g_strdup (event->alert);
  seen->site = event->site;
  seen->url = g_strdup (event->url);
  seen->group = g_strdup (event->group);
  seen->groups = event->groups != NULL && event->groups[0] != NULL ? g_strjoinv (" ", (char **) event->groups) : NULL;
  seen->alias = g_strdup (event->alias);
  seen->pinned = event->pinned;
  seen->muted = event->muted;
  seen->avatar = g_strdup (event->avatar);
  remember (&self->cursor, event->cursor);
  remember (&self->token, event->token);
  remember (&self->device, event->device);
  g_ptr_array_add (self->seen, seen);
}

BkRecorder *
bk_recorder_new (BkBackend *backend)
{
  BkRecorder *self = g_new0 (BkRecorder, 1);

  self->backend = backend;
  self->seen = g_ptr_array_new_with_free_func (seen_free);
  g_signal_connect (backend, "event", G_CALLBACK (on_event), self);
  return self;
}

static gboolean
is_gone (gpointer data)
{
  return *(gpointer *) data == NULL;
}

void
bk_recorder_free (BkRecorder *self)
{
  gpointer backend = self->backend;

  g_signal_handlers_disconnect_by_data (self->backend, self);
  g_object_add_weak_pointer (backend, &backend);
  bk_backend_sign_out (self->backend, FALSE);
  bk_test_drain ();
  g_object_unref (self->backend);
  bk_test_wait_until (is_gone, &backend);
  g_ptr_array_unref (self->seen);
  g_free (self->cursor);
  g_free (self->token);
  g_free (self->device);
  g_free (self);
}

void
bk_recorder_sign_in (BkRecorder *self, const BkSignIn *sign_in)
{
  self->in_call = TRUE;
  bk_backend_sign_in (self->backend, sign_in);
  self->in_call = FALSE;
}

void
bk_recorder_sign_out (BkRecorder *self, gboolean forget)
{
  self->in_call = TRUE;
  bk_backend_sign_out (self->backend, forget);
  self->in_call = FALSE;
}

void
bk_recorder_nudge (BkRecorder *self)
{
  self->in_call = TRUE;
  bk_backend_nudge (self->backend);
  self->in_call = FALSE;
}

/* ---- waiting ---- */

typedef struct
{
  BkRecorder *recorder;
  BkBackendEventType type;
  int state;
  const char *who;
  int relation;
  int status;
  const char *text;
  int kind;
  const char *message_id;
  int mark;
  BkSeen *found;
} Wanted;

#define WANTED(recorder, type) { recorder, type, -1, NULL, -1, -1, NULL, -1, NULL, -1, NULL }

static gboolean
matches (const Wanted *wanted, const BkSeen *seen)
{
  return !seen->taken && seen->type == wanted->type && (wanted->state < 0 || wanted->state == (int) seen->state)
         && (wanted->who == NULL || g_strcmp0 (wanted->who, seen->who) == 0)
         && (wanted->relation < 0 || wanted->relation == (int) seen->relation)
         && (wanted->status < 0 || wanted->status == (int) seen->status)
         && (wanted->text == NULL || g_strcmp0 (wanted->text, seen->text) == 0)
         && (wanted->message_id == NULL || g_strcmp0 (wanted->message_id, seen->message_id) == 0)
         && (wanted->mark < 0 || wanted->mark == (int) seen->mark)
         && (wanted->kind < 0 || wanted->kind == (int) seen->envelope->kind);
}

static gboolean
find (gpointer data)
{
  Wanted *wanted = data;

  for (guint i = 0; wanted->found == NULL && i < wanted->recorder->seen->len; i++)
    if (matches (wanted, wanted->recorder->seen->pdata[i]))
      wanted->found = wanted->recorder->seen->pdata[i];
  return wanted->found != NULL;
}

static const BkSeen *
wait_for (Wanted *wanted)
{
  bk_test_wait_until (find, wanted);
  wanted->found->taken = TRUE;
  return wanted->found;
}

const BkSeen *
bk_recorder_wait_state (BkRecorder *self, BkBackendState state)
{
  Wanted wanted = WANTED (self, BK_BACKEND_EVENT_STATE);

  g_test_message ("waiting for state %s", bk_backend_state_to_nick (state));
  wanted.state = (int) state;
  return wait_for (&wanted);
}

const BkSeen *
bk_recorder_wait (BkRecorder *self, BkBackendEventType type)
{
  Wanted wanted = WANTED (self, type);

  return wait_for (&wanted);
}

const BkSeen *
bk_recorder_wait_relation (BkRecorder *self, const char *who, BeckonRelation relation)
{
  Wanted wanted = WANTED (self, BK_BACKEND_EVENT_CONTACT);

  wanted.who = who;
  wanted.relation = (int) relation;
  return wait_for (&wanted);
}

const BkSeen *
bk_recorder_wait_status (BkRecorder *self, const char *who, BeckonStatus status)
{
  Wanted wanted = WANTED (self, BK_BACKEND_EVENT_PRESENCE);

  wanted.who = who;
  wanted.status = (int) status;
  return wait_for (&wanted);
}

const BkSeen *
bk_recorder_wait_text (BkRecorder *self, const char *text)
{
  Wanted wanted = WANTED (self, BK_BACKEND_EVENT_MESSAGE);

  wanted.text = text;
  return wait_for (&wanted);
}

const BkSeen *
bk_recorder_wait_mark (BkRecorder *self, const char *message_id, BeckonDelivery mark)
{
  Wanted wanted = WANTED (self, BK_BACKEND_EVENT_MARK);

  wanted.message_id = message_id;
  wanted.mark = (int) mark;
  return wait_for (&wanted);
}

const BkSeen *
bk_recorder_wait_kind (BkRecorder *self, BkEnvelopeKind kind)
{
  Wanted wanted = WANTED (self, BK_BACKEND_EVENT_SESSION);

  wanted.kind = (int) kind;
  return wait_for (&wanted);
}

guint
bk_recorder_count (BkRecorder *self, BkBackendEventType type)
{
  guint n = 0;

  for (guint i = 0; i < self->seen->len; i++)
    n += ((BkSeen *) self->seen->pdata[i])->type == type;
  return n;
}

void
bk_recorder_forget (BkRecorder *self)
{
  g_ptr_array_set_size (self->seen, 0);
}

/* ---- asking ---- */

static int
code_of (GError *error)
{
  int code = -1;

  if (error != NULL)
    {
      g_test_message ("refused: %s", error->message);
      g_assert_true (error->domain == BECKON_ERROR);
      code = error->code;
    }
  g_clear_error (&error);
  return code;
}

int
bk_recorder_register (BkRecorder *self, const BkSignIn *account, const char *display_name)
{
  BkBackendRegisterInterface *iface = BK_BACKEND_REGISTER_GET_IFACE (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  iface->register_async (BK_BACKEND_REGISTER (self->backend), account, display_name, NULL, NULL, bk_test_store_result,
                         &result);
  gboolean done = iface->register_finish (BK_BACKEND_REGISTER (self->backend), bk_test_await (&result), &error);
  g_assert_true (done == (error == NULL));
  return code_of (error);
}

int
bk_recorder_change (BkRecorder *self, BkContactVerb verb, const char *who, const char *text)
{
  BkBackendContactsInterface *iface = BK_BACKEND_CONTACTS_GET_IFACE (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  iface->change_async (BK_BACKEND_CONTACTS (self->backend), verb, who, text, NULL, bk_test_store_result, &result);
  self->in_call = FALSE;
  gboolean done = iface->change_finish (BK_BACKEND_CONTACTS (self->backend), bk_test_await (&result), &error);
  g_assert_true (done == (error == NULL));
  return code_of (error);
}

char *
bk_recorder_create_group (BkRecorder *self, const char *name, int *code)
{
  BkBackendGroups *groups = BK_BACKEND_GROUPS (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  BK_BACKEND_GROUPS_GET_IFACE (groups)->create_async (groups, name, NULL, bk_test_store_result, &result);
  self->in_call = FALSE;
  char *id = BK_BACKEND_GROUPS_GET_IFACE (groups)->create_finish (groups, bk_test_await (&result), &error);
  g_assert_true ((id != NULL) == (error == NULL));
  *code = code_of (error);
  return id;
}

int
bk_recorder_group (BkRecorder *self, BkGroupVerb verb, const char *group, const char *argument)
{
  BkBackendGroups *groups = BK_BACKEND_GROUPS (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  BK_BACKEND_GROUPS_GET_IFACE (groups)->change_async (groups, verb, group, argument, NULL, bk_test_store_result,
                                                     &result);
  self->in_call = FALSE;
  gboolean done = BK_BACKEND_GROUPS_GET_IFACE (groups)->change_finish (groups, bk_test_await (&result), &error);
  g_assert_true (done == (error == NULL));
  return code_of (error);
}

int
bk_recorder_rename (BkRecorder *self, const char *display_name)
{
  BkBackendContactsInterface *iface = BK_BACKEND_CONTACTS_GET_IFACE (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  iface->set_display_name_async (BK_BACKEND_CONTACTS (self->backend), display_name, NULL, bk_test_store_result,
                                 &result);
  iface->set_display_name_finish (BK_BACKEND_CONTACTS (self->backend), bk_test_await (&result), &error);
  return code_of (error);
}

int
bk_recorder_say (BkRecorder *self, const char *to, const char *id, const char *text, gint64 *time)
{
  BkBackendMessagesInterface *iface = BK_BACKEND_MESSAGES_GET_IFACE (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  iface->send_async (BK_BACKEND_MESSAGES (self->backend), to, id, text, NULL, bk_test_store_result, &result);
  self->in_call = FALSE;
  gint64 taken = iface->send_finish (BK_BACKEND_MESSAGES (self->backend), bk_test_await (&result), &error);
  g_assert_true ((taken == 0) == (error != NULL));
  if (time != NULL)
    *time = taken;
  return code_of (error);
}

int
bk_recorder_mark (BkRecorder *self, const char *who, const char *message_id, BeckonDelivery mark, gboolean tell)
{
  BkBackendMarks *marks = BK_BACKEND_MARKS (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  BK_BACKEND_MARKS_GET_IFACE (marks)->mark_async (marks, who, message_id, mark, tell, NULL, bk_test_store_result,
                                                  &result);
  self->in_call = FALSE;
  gboolean done = BK_BACKEND_MARKS_GET_IFACE (marks)->mark_finish (marks, bk_test_await (&result), &error);
  g_assert_true (done == (error == NULL));
  return code_of (error);
}

void
bk_recorder_set_typing (BkRecorder *self, const char *to, gboolean typing)
{
  BkBackendMarks *marks = BK_BACKEND_MARKS (self->backend);

  self->in_call = TRUE;
  BK_BACKEND_MARKS_GET_IFACE (marks)->set_typing (marks, to, typing);
  self->in_call = FALSE;
}

int
bk_recorder_envelope (BkRecorder *self, const char *to, const char *uid, const BkEnvelope *envelope)
{
  return bk_recorder_envelope_with (self, to, uid, envelope, NULL);
}

int
bk_recorder_envelope_with (BkRecorder *self, const char *to, const char *uid, const BkEnvelope *envelope,
                           const char *grant)
{
  BkBackendSessionsInterface *iface = BK_BACKEND_SESSIONS_GET_IFACE (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  iface->send_async (BK_BACKEND_SESSIONS (self->backend), to, uid, envelope, grant, NULL, bk_test_store_result,
                     &result);
  self->in_call = FALSE;
  gboolean done = iface->send_finish (BK_BACKEND_SESSIONS (self->backend), bk_test_await (&result), &error);
  g_assert_true (done == (error == NULL));
  return code_of (error);
}

int
bk_recorder_challenge (BkRecorder *self, char **word)
{
  BkBackendLockInterface *iface = BK_BACKEND_LOCK_GET_IFACE (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  iface->challenge_async (BK_BACKEND_LOCK (self->backend), NULL, bk_test_store_result, &result);
  self->in_call = FALSE;
  *word = iface->challenge_finish (BK_BACKEND_LOCK (self->backend), bk_test_await (&result), &error);
  g_assert_true ((*word == NULL) == (error != NULL));
  return code_of (error);
}

int
bk_recorder_respond (BkRecorder *self, const char *challenge, const char *license, const char *response, char **word)
{
  BkBackendLockInterface *iface = BK_BACKEND_LOCK_GET_IFACE (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  iface->respond_async (BK_BACKEND_LOCK (self->backend), challenge, license, response, NULL, bk_test_store_result,
                        &result);
  self->in_call = FALSE;
  *word = iface->respond_finish (BK_BACKEND_LOCK (self->backend), bk_test_await (&result), &error);
  g_assert_true ((*word == NULL) == (error != NULL));
  return code_of (error);
}

int
bk_recorder_relays (BkRecorder *self, BkRelays **relays)
{
  BkBackendRelaysInterface *iface = BK_BACKEND_RELAYS_GET_IFACE (self->backend);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->in_call = TRUE;
  iface->get_async (BK_BACKEND_RELAYS (self->backend), NULL, bk_test_store_result, &result);
  self->in_call = FALSE;
  *relays = iface->get_finish (BK_BACKEND_RELAYS (self->backend), bk_test_await (&result), &error);
  g_assert_true ((*relays == NULL) == (error != NULL));
  return code_of (error);
}

void
bk_recorder_release (BkRecorder *self, const char *grant)
{
  self->in_call = TRUE;
  BK_BACKEND_LOCK_GET_IFACE (self->backend)->release (BK_BACKEND_LOCK (self->backend), grant);
  self->in_call = FALSE;
}

void
bk_recorder_set_sites (BkRecorder *self, const guint32 *sites, gsize n_sites)
{
  self->in_call = TRUE;
  BK_BACKEND_ALERTS_GET_IFACE (self->backend)->set_sites (BK_BACKEND_ALERTS (self->backend), sites, n_sites);
  self->in_call = FALSE;
}
