/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-fake-private.h"

#define RETRY_MS 1000

typedef enum
{
  DELIVER_FACT, /* also what is no fact of the network, such as a state */
  DELIVER_ATTEMPT,
  DELIVER_REPLY,
} DeliveryKind;

/* Something that reaches this device at a later turn of the main loop, in order. */
typedef struct
{
  DeliveryKind kind;
  BkFakeFact *fact; /* FACT */
  GTask *task;      /* REPLY */
  gpointer result;  /* REPLY: for g_free () */
  GError *error;    /* REPLY; nullable */
} Delivery;

static void bk_fake_backend_backend_init (BkBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkFakeBackend, bk_fake_backend, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND, bk_fake_backend_backend_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_REGISTER, bk_fake_backend_register_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_CONTACTS, bk_fake_backend_contacts_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_GROUPS, bk_fake_backend_groups_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_MESSAGES, bk_fake_backend_messages_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_MARKS, bk_fake_backend_marks_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_SESSIONS, bk_fake_backend_sessions_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_LOCK, bk_fake_backend_lock_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_ALERTS, bk_fake_backend_alerts_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_ALIASES, bk_fake_backend_aliases_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_AVATARS, bk_fake_backend_avatars_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_KEEPING, bk_fake_backend_keeping_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_RELAYS, bk_fake_backend_relays_init))

/* ---- deliveries ---- */

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  g_clear_pointer (&delivery->fact, bk_fake_fact_release);
  g_clear_object (&delivery->task);
  g_clear_error (&delivery->error);
  g_free (delivery->result);
  g_free (delivery);
}

static gboolean
on_turn (gpointer user_data)
{
  BkFakeBackend *self = user_data;

  self->turn_source = 0;
  if (!self->network->held)
    bk_fake_backend_run (self);
  return G_SOURCE_REMOVE;
}

static void
push (BkFakeBackend *self, Delivery delivery)
{
  g_queue_push_tail (&self->deliveries, g_memdup2 (&delivery, sizeof delivery));
  if (self->turn_source == 0)
    self->turn_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_turn, self, NULL);
}

static void
push_event (BkFakeBackend *self, const BkBackendEvent *event)
{
  push (self, (Delivery){ .kind = DELIVER_FACT, .fact = bk_fake_fact_new (event) });
}

static void
push_state (BkFakeBackend *self, BkBackendState state, const GError *error)
{
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_STATE,
    .state = state,
    .error = error,
    .retry_ms = state == BK_BACKEND_WAITING ? self->retry_ms : 0,
  };

  push_event (self, &event);
}

void
bk_fake_backend_deliver (BkFakeBackend *self, BkFakeFact *fact)
{
  push (self, (Delivery){ .kind = DELIVER_FACT, .fact = bk_fake_fact_hold (fact) });
}

/* Takes @result, which is for g_free (), and @error. */
void
bk_fake_backend_push_reply (BkFakeBackend *self, GTask *task, gpointer result, GError *error)
{
  push (self, (Delivery){ .kind = DELIVER_REPLY, .task = g_object_ref (task), .result = result, .error = error });
}

const char *
bk_fake_backend_get_device (BkFakeBackend *self)
{
  return self->device;
}

/* ---- connecting ---- */

static void begin (BkFakeBackend *self);

static void
on_retry (gpointer user_data)
{
  BkFakeBackend *self = user_data;

  self->retry_timer = 0;
  begin (self);
}

/* Out of the network, and whatever was on its way is lost. */
static void
detach (BkFakeBackend *self)
{
  BkFakeAccount *account = g_steal_pointer (&self->account);
  GQueue lost = self->deliveries;
  Delivery *delivery;

  bk_clock_clear (self->network->clock, &self->retry_timer);
  bk_fake_backend_forget_grants (self);
  if (account != NULL)
    {
      gint64 now = bk_clock_real (self->network->clock);

      g_hash_table_insert (account->seen, g_strdup (self->device), g_memdup2 (&now, sizeof now));
      g_ptr_array_remove (account->backends, self);
      if (account->backends->len == 0)
        bk_fake_network_announce (self->network, account);
    }
  g_queue_init (&self->deliveries);
  while ((delivery = g_queue_pop_head (&lost)) != NULL)
    {
      if (delivery->kind == DELIVER_REPLY)
        push (self, (Delivery){ .kind = DELIVER_REPLY,
                                .task = g_steal_pointer (&delivery->task),
                                .error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_DISCONNECTED,
                                                              "The connection broke") });
      delivery_free (delivery);
    }
}

static void
begin (BkFakeBackend *self)
{
  detach (self);
  push_state (self, BK_BACKEND_FINDING, NULL);
  if (self->unreachable)
    {
      g_autoptr (GError) error
        = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_CONNECT, "The server could not be reached");

      self->retry_ms = RETRY_MS;
      self->retry_timer = bk_clock_add (self->network->clock, RETRY_MS, on_retry, self);
      push_state (self, BK_BACKEND_WAITING, error);
      return;
    }
  push_state (self, BK_BACKEND_CONNECTING, NULL);
  push_state (self, BK_BACKEND_SIGNING_IN, NULL);
  push (self, (Delivery){ .kind = DELIVER_ATTEMPT });
}

static void
push_backlog (BkFakeBackend *self)
{
  gint64 now = bk_clock_real (self->network->clock);

  for (guint i = 0; i < self->account->facts->len; i++)
    {
      BkFakeFact *fact = self->account->facts->pdata[i];
      gboolean mine = (fact->device == NULL || g_str_equal (fact->device, self->device))
                      && (fact->not_device == NULL || !g_str_equal (fact->not_device, self->device));
      gboolean over = fact->withdrawn || (fact->expires != 0 && fact->expires <= now);

      if (fact->seq > self->cursor && mine && !over)
        {
          bk_fake_fact_shorten (fact, now);
          bk_fake_backend_deliver (self, fact);
        }
    }

  g_autofree char *cursor = g_strdup_printf ("%" G_GINT64_FORMAT, self->account->last_seq);
  BkBackendEvent caught_up = { .type = BK_BACKEND_EVENT_CAUGHT_UP, .cursor = cursor };
  push_event (self, &caught_up);
  push_state (self, BK_BACKEND_ONLINE, NULL);
}

static void
push_presence (BkFakeBackend *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->network->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (value != self->account && bk_fake_account_shown_status (value) != BECKON_STATUS_OFFLINE
        && bk_fake_network_is_visible (self->network, self->account, value))
      bk_fake_network_show (self->network, value, self);
}

static void
set_account_status (BkFakeBackend *self)
{
  char *copy = g_strdup (self->personal_message);

  self->account->status = self->status;
  g_free (self->account->personal_message);
  self->account->personal_message = copy;
  bk_fake_network_announce (self->network, self->account);
}

static void
attempt (BkFakeBackend *self)
{
  g_autoptr (GError) error = NULL;
  BkFakeAccount *account = bk_fake_network_sign_in (self->network, self->sign_in_name, self->password, &self->token,
                                                    &self->device, &error);

  if (account == NULL)
    {
      push_state (self, BK_BACKEND_OFFLINE, error);
      return;
    }

  BkBackendEvent credentials
    = { .type = BK_BACKEND_EVENT_CREDENTIALS, .token = self->token, .device = self->device };
  BkBackendEvent profile
    = { .type = BK_BACKEND_EVENT_PROFILE, .display_name = account->display_name, .avatar = account->avatar };
  BkBackendEvent lock = { .type = BK_BACKEND_EVENT_LOCK, .locked = self->network->locked };
  self->account = account;
  push_state (self, BK_BACKEND_SYNCHRONIZING, NULL);
  push_event (self, &credentials);
  push_event (self, &profile);
  push_event (self, &lock);
  push_backlog (self);
  push_presence (self);
  g_ptr_array_add (account->backends, self);
  set_account_status (self);
}

/* ---- arriving ---- */

static void
arrive (BkFakeBackend *self, BkFakeFact *fact)
{
  if (fact->event.type == BK_BACKEND_EVENT_STATE)
    self->state = fact->event.state;
  if (fact->seq > 0)
    self->cursor = fact->seq;
  bk_backend_emit (BK_BACKEND (self), &fact->event);
  if (fact->seq > 0 && self->n_duplicates > 0)
    {
      self->n_duplicates--;
      bk_backend_emit (BK_BACKEND (self), &fact->event);
    }
}

static void
run_one (BkFakeBackend *self, Delivery *delivery)
{
  switch (delivery->kind)
    {
    case DELIVER_FACT:
      arrive (self, delivery->fact);
      break;
    case DELIVER_ATTEMPT:
      attempt (self);
      break;
    case DELIVER_REPLY:
      if (delivery->error != NULL)
        g_task_return_error (delivery->task, g_steal_pointer (&delivery->error));
      else
        g_task_return_pointer (delivery->task, g_steal_pointer (&delivery->result), g_free);
      break;
    }
}

/* Lets everything arrive that is on its way. What that brings about comes at the next turn: a task that returns in the
 * turn in which it was made is put off by GLib, and would be overtaken. */
void
bk_fake_backend_run (BkFakeBackend *self)
{
  g_autoptr (BkFakeBackend) alive = g_object_ref (self);
  guint n = self->deliveries.length;
  Delivery *delivery;

  while (n-- > 0 && (delivery = g_queue_pop_head (&self->deliveries)) != NULL)
    {
      run_one (self, delivery);
      delivery_free (delivery);
    }
}

/* ---- the backend ---- */

static void
set_text (char **place, const char *text)
{
  char *copy = g_strdup (text);

  g_free (*place);
  *place = copy;
}

static void
fake_sign_in (BkBackend *backend, const BkSignIn *sign_in)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);

  detach (self);
  set_text (&self->sign_in_name, sign_in->sign_in_name);
  set_text (&self->password, sign_in->password);
  set_text (&self->token, sign_in->token);
  set_text (&self->device, sign_in->device);
  set_text (&self->personal_message, sign_in->personal_message);
  self->cursor = sign_in->cursor != NULL ? g_ascii_strtoll (sign_in->cursor, NULL, 10) : 0;
  self->status = sign_in->status;
  begin (self);
}

static void
fake_sign_out (BkBackend *backend, gboolean forget)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  gboolean wanted = self->sign_in_name != NULL;

  if (forget && self->account != NULL && self->token != NULL)
    g_hash_table_remove (self->account->tokens, self->token);
  detach (self);
  g_clear_pointer (&self->sign_in_name, g_free);
  if (wanted)
    push_state (self, BK_BACKEND_OFFLINE, NULL);
}

static void
fake_nudge (BkBackend *backend)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);

  if (self->retry_timer != 0)
    begin (self);
}

static void
fake_set_presence (BkBackend *backend, BeckonStatus status, const char *personal_message)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);

  self->status = status;
  set_text (&self->personal_message, personal_message);
  if (self->account != NULL)
    set_account_status (self);
}

static void
bk_fake_backend_backend_init (BkBackendInterface *iface)
{
  iface->sign_in = fake_sign_in;
  iface->sign_out = fake_sign_out;
  iface->nudge = fake_nudge;
  iface->set_presence = fake_set_presence;
}

/* ---- the object ---- */

static void
bk_fake_backend_dispose (GObject *object)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (object);

  if (self->network != NULL)
    {
      detach (self);
      g_ptr_array_remove (self->network->members, self);
    }
  g_queue_clear_full (&self->deliveries, delivery_free);
  g_clear_handle_id (&self->turn_source, g_source_remove);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (bk_fake_backend_parent_class)->dispose (object);
}

static void
bk_fake_backend_finalize (GObject *object)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (object);

  g_free (self->sign_in_name);
  g_free (self->password);
  g_free (self->token);
  g_free (self->device);
  g_free (self->personal_message);
  g_ptr_array_unref (self->challenges);
  g_hash_table_unref (self->grants);
  g_array_unref (self->sites);
  G_OBJECT_CLASS (bk_fake_backend_parent_class)->finalize (object);
}

static void
bk_fake_backend_class_init (BkFakeBackendClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_fake_backend_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_fake_backend_finalize;
}

static void
bk_fake_backend_init (BkFakeBackend *self)
{
  g_queue_init (&self->deliveries);
  self->challenges = g_ptr_array_new_with_free_func (bk_fake_challenge_free);
  self->grants = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, bk_fake_grant_free);
  self->sites = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->fail_next = -1;
}

BkFakeBackend *
bk_fake_backend_new (BkFakeNetwork *network)
{
  BkFakeBackend *self = g_object_new (BK_TYPE_FAKE_BACKEND, NULL);

  self->network = g_object_ref (network);
  g_ptr_array_add (network->members, self);
  return self;
}

void
bk_fake_backend_fail_next (BkFakeBackend *self, BeckonError code)
{
  self->fail_next = (int) code;
}

void
bk_fake_backend_lose_next_reply (BkFakeBackend *self)
{
  self->lose_next_reply = TRUE;
}

void
bk_fake_backend_duplicate_next (BkFakeBackend *self, guint count)
{
  self->n_duplicates = count;
}

void
bk_fake_backend_disconnect (BkFakeBackend *self)
{
  bk_fake_backend_lose (self, RETRY_MS);
}

void
bk_fake_backend_lose (BkFakeBackend *self, guint retry_ms)
{
  g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "The connection broke");

  if (self->account == NULL)
    return;
  detach (self);
  self->retry_ms = retry_ms;
  self->retry_timer = bk_clock_add (self->network->clock, retry_ms, on_retry, self);
  push_state (self, BK_BACKEND_WAITING, error);
}

/* The network throws this device out: its token is void. @task: nullable; what it has asked for with it is done. */
void
bk_fake_backend_revoke (BkFakeBackend *self, GTask *task)
{
  g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED,
                                                  "This device was signed out");

  detach (self);
  if (task != NULL)
    bk_fake_backend_push_reply (self, task, g_memdup2 (&(gint64){ 1 }, sizeof (gint64)), NULL);
  push_state (self, BK_BACKEND_OFFLINE, error);
}

void
bk_fake_backend_set_reachable (BkFakeBackend *self, gboolean reachable)
{
  self->unreachable = !reachable;
  if (!reachable)
    bk_fake_backend_disconnect (self);
}
