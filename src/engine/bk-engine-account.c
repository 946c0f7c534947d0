/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The account: its state and its conversations. */
#include "bk-engine-account-internal.h"

#include "bk-ids.h"

enum
{
  SIGNAL_CHANGED,
  SIGNAL_MESSAGE_ADDED,
  SIGNAL_MESSAGE_CHANGED,
  SIGNAL_GROUP_MEMBER,
  SIGNAL_ARRIVED,
  SIGNAL_ALERT,
  SIGNAL_SESSION_EVENT,
  SIGNAL_LOCK_FACT,
  SIGNAL_ONLINE,
  SIGNAL_SIGNING_OUT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkEngineAccount, bk_engine_account, G_TYPE_OBJECT)

void
_bk_account_changed (BkEngineAccount *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
_bk_account_arrived (BkEngineAccount *self)
{
  g_signal_emit (self, signals[SIGNAL_ARRIVED], 0);
}

void
_bk_account_tell_sessions (BkEngineAccount *self, const BkBackendEvent *event)
{
  g_signal_emit (self, signals[SIGNAL_SESSION_EVENT], 0, event);
}

void
_bk_account_tell_alert (BkEngineAccount *self, const BkEngineAlert *alert)
{
  g_signal_emit (self, signals[SIGNAL_ALERT], 0, alert);
}

void
_bk_account_tell_locks (BkEngineAccount *self, BkLockFact fact, const BkBackendEvent *event)
{
  if (event == NULL)
    self->lock_fact = fact;
  g_signal_emit (self, signals[SIGNAL_LOCK_FACT], 0, fact, event);
}

gboolean
_bk_account_say_goodbye (BkEngineAccount *self)
{
  gboolean wait = FALSE;

  g_signal_emit (self, signals[SIGNAL_SIGNING_OUT], 0, self->leave, &wait);
  return wait;
}

void
_bk_account_save (BkEngineAccount *self)
{
  bk_engine_history_save_account_async (self->history, self->stored, NULL, NULL);
}

/* ---- state ---- */

/* Whether presence is known in this state: it comes while synchronizing and is worth nothing without a connection. */
static gboolean
is_connected (BkBackendState state)
{
  return state == BK_BACKEND_SYNCHRONIZING || state == BK_BACKEND_ONLINE;
}

/* An error is kept while the connection is tried again, and forgotten when it is there or no longer wanted. */
static void
take_error (BkEngineAccount *self, BkBackendState state, const GError *error)
{
  gboolean trying = state != BK_BACKEND_ONLINE && state != BK_BACKEND_OFFLINE;

  if (error == NULL && trying)
    return;
  g_clear_error (&self->error);
  if (error != NULL && state != BK_BACKEND_ONLINE)
    self->error = g_error_copy (error);
}

/* Those who wait for the sign-in hear how its first try ended. */
static void
answer_sign_in (BkEngineAccount *self)
{
  g_autoptr (GError) error = NULL;

  if (self->state == BK_BACKEND_ONLINE)
    {
      _bk_account_answer (self, self->signing_in, NULL);
      return;
    }
  if (self->state != BK_BACKEND_OFFLINE && self->state != BK_BACKEND_WAITING)
    return;
  if (self->error != NULL)
    error = g_error_copy (self->error);
  else
    error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "There is no connection");
  _bk_account_answer (self, self->signing_in, error);
}

/* A network that can lock says itself after each sign-in whether it does. */
static void
follow_lock (BkEngineAccount *self, BkBackendState previous, BkBackendState state)
{
  if (!BK_IS_BACKEND_LOCK (self->backend))
    {
      if (is_connected (state) && !is_connected (previous))
        _bk_account_tell_locks (self, BK_LOCK_FACT_OFF, NULL);
    }
  else if (state == BK_BACKEND_OFFLINE || (!is_connected (state) && self->lock_fact == BK_LOCK_FACT_ON))
    _bk_account_tell_locks (self, BK_LOCK_FACT_GONE, NULL);
}

/* Nobody is writing any more, as far as is known. A handler of "changed" may ask for another conversation: work on a
 * copy. */
void
_bk_account_cut (BkEngineAccount *self)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer conversation;

  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &conversation))
    g_ptr_array_add (all, g_object_ref (conversation));
  for (guint i = 0; i < all->len; i++)
    bk_engine_conversation_cut (g_ptr_array_index (all, i));
}

void
_bk_account_enter_state (BkEngineAccount *self, BkBackendState state, const GError *error)
{
  g_autoptr (BkEngineAccount) alive = g_object_ref (self);
  BkBackendState previous = self->state;

  g_debug ("Account %u: %s → %s", self->stored->id, bk_backend_state_to_nick (previous),
           bk_backend_state_to_nick (state));
  self->state = state;
  self->been_online = state == BK_BACKEND_ONLINE || (self->been_online && state != BK_BACKEND_OFFLINE);
  take_error (self, state, error);
  if (state == BK_BACKEND_OFFLINE)
    _bk_account_quiet_end (self);
  if (is_connected (previous) && !is_connected (state) && !_bk_account_is_hidden (self))
    bk_engine_contacts_reset_presence (self->contacts);
  if (self->outbox != NULL && state != BK_BACKEND_ONLINE)
    bk_engine_outbox_set_online (self->outbox, FALSE);
  if (self->marker != NULL && state != BK_BACKEND_ONLINE)
    bk_engine_marker_set_online (self->marker, FALSE);
  if (is_connected (previous) && !is_connected (state))
    _bk_account_cut (self);
  follow_lock (self, previous, state);
  if (state != BK_BACKEND_ONLINE)
    _bk_account_groups_lost (self);
  if (!_bk_account_is_hidden (self))
    _bk_account_changed (self);
  if (state == BK_BACKEND_ONLINE)
    _bk_account_quiet_back (self);

  if (state == BK_BACKEND_ONLINE && previous != state && self->state == state)
    {
      g_signal_emit (self, signals[SIGNAL_ONLINE], 0);
      _bk_account_fetch_avatars (self);
      if (self->outbox != NULL && self->state == state)
        bk_engine_outbox_set_online (self->outbox, TRUE);
      if (self->marker != NULL && self->state == state)
        bk_engine_marker_set_online (self->marker, TRUE);
    }
  if (self->state == state)
    answer_sign_in (self);
}

/* ---- conversations ---- */

static void
on_message_added (BkEngineConversation *conversation, BkEngineMessage *message, gpointer owner)
{
  g_autoptr (BkEngineAccount) self = g_object_ref (owner);

  g_signal_emit (self, signals[SIGNAL_MESSAGE_ADDED], 0, message);
  if (message->delivery == BECKON_DELIVERY_PENDING && self->outbox != NULL)
    bk_engine_outbox_poke (self->outbox);
}

static void
on_message_changed (BkEngineConversation *conversation, BkEngineMessage *message, gpointer owner)
{
  BkEngineAccount *self = owner;

  g_signal_emit (self, signals[SIGNAL_MESSAGE_CHANGED], 0, message);
}

static void
on_conversation_changed (BkEngineConversation *conversation, gpointer owner)
{
  g_autoptr (BkEngineAccount) self = g_object_ref (owner);
  const char *who = bk_engine_conversation_get_who (conversation);
  g_autofree char *draft = bk_engine_conversation_excerpt (bk_engine_conversation_get_draft (conversation));
  BkEngineTalk talk = {
    .unread = bk_engine_conversation_get_unread (conversation),
    .typing = bk_engine_conversation_get_typing (conversation),
    .draft = draft,
    .last = bk_engine_conversation_get_last (conversation),
  };

  bk_engine_contacts_set_talk (self->contacts, who, &talk);
  if (self->marker != NULL)
    bk_engine_marker_poke (self->marker);
}

/* Who is blocked, or no contact, is told nothing; who is invisible would be seen by it. */
static void
on_tell_typing (BkEngineConversation *conversation, gboolean typing, gpointer owner)
{
  BkEngineAccount *self = owner;
  const char *who = bk_engine_conversation_get_who (conversation);
  BkEngineContact *contact = bk_engine_contacts_find (self->contacts, who);

  if (self->marker == NULL || !self->tell_typing || self->state != BK_BACKEND_ONLINE
      || self->stored->wanted_status == BECKON_STATUS_INVISIBLE || contact == NULL
      || bk_engine_contact_get_relation (contact) != BECKON_RELATION_ACCEPTED
      || bk_engine_contact_get_blocked (contact))
    return;
  BkBackendMarks *network = BK_BACKEND_MARKS (self->backend);
  BK_BACKEND_MARKS_GET_IFACE (network)->set_typing (network, who, typing);
}

static BkEngineConversation *
add_conversation (BkEngineAccount *self, const BkHistoryConversation *stored)
{
  static const BkEngineConversationFuncs funcs = {
    .message_added = on_message_added,
    .message_changed = on_message_changed,
    .changed = on_conversation_changed,
    .tell_typing = on_tell_typing,
  };
  BkEngineConversationConfig config = {
    .clock = self->clock,
    .history = self->history,
    .account = self->stored->id,
    .can_send = self->outbox != NULL,
    .marker = self->marker,
    .funcs = &funcs,
    .owner = self,
  };
  BkEngineConversation *conversation = bk_engine_conversation_new (&config, stored);

  g_hash_table_insert (self->conversations, g_strdup (stored->who), conversation);
  return conversation;
}

/* The conversation with @who, a normal sign-in name. */
BkEngineConversation *
_bk_account_ensure_conversation (BkEngineAccount *self, const char *who)
{
  BkEngineConversation *conversation = g_hash_table_lookup (self->conversations, who);

  if (conversation == NULL)
    {
      BkHistoryConversation fresh = {
        .account = self->stored->id,
        .id = bk_engine_history_reserve_conversation (self->history),
        .who = (char *) who,
      };
      conversation = add_conversation (self, &fresh);
    }
  return conversation;
}

void
bk_engine_account_write_session (BkEngineAccount *self, const BkEngineMessage *entry)
{
  BkEngineConversation *conversation = bk_engine_account_get_conversation (self, entry->who, NULL);

  if (conversation != NULL && self->phase != BK_ACCOUNT_CLOSED)
    bk_engine_conversation_write_session (conversation, entry);
}

void
bk_engine_account_answered_session (BkEngineAccount *self, const char *who, const char *session)
{
  BkEngineConversation *conversation = g_hash_table_lookup (self->conversations, who);

  if (conversation != NULL && self->phase != BK_ACCOUNT_CLOSED)
    bk_engine_conversation_answered (conversation, session);
}

void
_bk_account_set_contact (BkEngineAccount *self, const BkHistoryContact *contact)
{
  BkEngineConversation *conversation = g_hash_table_lookup (self->conversations, contact->who);

  /* Nobody is in a group who is not in the list. */
  if (contact->groups == NULL)
    bk_engine_groups_set_of (self->groups, contact->who, NULL);
  bk_engine_contacts_set (self->contacts, contact);
  _bk_account_contact_allowed (self, contact);
  if (contact->groups != NULL)
    bk_engine_groups_set_of (self->groups, contact->who, contact->groups);
  _bk_account_set_avatar_id (self, contact->who, contact->avatar);
  if (conversation != NULL)
    on_conversation_changed (conversation, self);
}

static void
on_groups_changed (GListModel *groups, guint position, guint removed, guint added, BkEngineAccount *self)
{
  _bk_account_groups_changed (self);
}

static void
on_member (BkEngineGroups *groups, BkEngineGroup *group, const char *who, gboolean member, BkEngineAccount *self)
{
  g_signal_emit (self, signals[SIGNAL_GROUP_MEMBER], 0, group, who, member);
}

static void
on_settled (BkEngineOutbox *outbox, BkEngineMessage *message, BkEngineAccount *self)
{
  BkEngineConversation *conversation = g_hash_table_lookup (self->conversations, message->who);

  if (conversation != NULL)
    bk_engine_conversation_changed (conversation, message);
}

/* ---- object ---- */

static void
on_backend_event (BkBackend *backend, const BkBackendEvent *event, BkEngineAccount *self)
{
  bk_engine_account_apply (self, event);
}

/* Whoever still has one must not tell an account that is gone. */
static void
drop_conversations (BkEngineAccount *self)
{
  GHashTableIter iter;
  gpointer conversation;

  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &conversation))
    {
      bk_engine_conversation_disown (conversation);
      g_hash_table_iter_remove (&iter);
    }
}

static void
bk_engine_account_dispose (GObject *object)
{
  BkEngineAccount *self = BK_ENGINE_ACCOUNT (object);

  if (self->backend != NULL)
    bk_engine_account_close (self);
  g_clear_pointer (&self->heard, g_hash_table_unref);
  g_clear_object (&self->outbox);
  g_clear_object (&self->marker);
  g_clear_object (&self->backend);
  g_clear_object (&self->history);
  g_clear_object (&self->secrets);
  g_clear_object (&self->pictures);
  g_clear_object (&self->clock);
  drop_conversations (self);
  G_OBJECT_CLASS (bk_engine_account_parent_class)->dispose (object);
}

static void
bk_engine_account_finalize (GObject *object)
{
  BkEngineAccount *self = BK_ENGINE_ACCOUNT (object);

  g_clear_pointer (&self->stored, bk_history_account_free);
  g_clear_pointer (&self->identity, bk_identity_free);
  g_hash_table_unref (self->keys);
  g_object_unref (self->contacts);
  g_object_unref (self->groups);
  g_ptr_array_unref (self->allowed);
  _bk_account_again_drop (self);
  _bk_account_avatars_clear (self);
  g_hash_table_unref (self->notes);
  g_ptr_array_unref (self->making);
  g_hash_table_unref (self->conversations);
  g_ptr_array_unref (self->signing_in);
  g_ptr_array_unref (self->signing_out);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (bk_engine_account_parent_class)->finalize (object);
}

static void
bk_engine_account_class_init (BkEngineAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = BK_TYPE_ENGINE_ACCOUNT;

  object_class->dispose = bk_engine_account_dispose;
  object_class->finalize = bk_engine_account_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MESSAGE_ADDED] = g_signal_new ("message-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                G_TYPE_NONE, 1, BK_TYPE_ENGINE_MESSAGE);
  signals[SIGNAL_MESSAGE_CHANGED] = g_signal_new ("message-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                  G_TYPE_NONE, 1, BK_TYPE_ENGINE_MESSAGE);
  signals[SIGNAL_GROUP_MEMBER] = g_signal_new ("group-member", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 3, BK_TYPE_ENGINE_GROUP, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[SIGNAL_ARRIVED] = g_signal_new ("arrived", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ALERT] = g_signal_new ("alert", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        BK_TYPE_ENGINE_ALERT);
  g_signal_new ("allowed-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LOCK_FACT] = g_signal_new ("lock-fact", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                            G_TYPE_UINT, G_TYPE_POINTER);
  signals[SIGNAL_SESSION_EVENT] = g_signal_new ("session-event", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_ONLINE] = g_signal_new ("online", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("away", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SIGNING_OUT] = g_signal_new ("signing-out", type, G_SIGNAL_RUN_LAST, 0,
                                              g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1,
                                              G_TYPE_UINT);
}

static void
bk_engine_account_init (BkEngineAccount *self)
{
  self->contacts = bk_engine_contacts_new ();
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->groups = bk_engine_groups_new ();
  _bk_account_avatars_init (self);
  self->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, _bk_account_notes_free);
  self->allowed = g_ptr_array_new_with_free_func (_bk_account_allowed_free);
  self->making = g_ptr_array_new_with_free_func (_bk_account_maker_free);
  g_signal_connect_object (self->groups, "items-changed", G_CALLBACK (on_groups_changed), self, G_CONNECT_AFTER);
  g_signal_connect_object (self->groups, "member", G_CALLBACK (on_member), self, 0);
  self->conversations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->signing_in = g_ptr_array_new_with_free_func (_bk_account_waiter_free);
  self->signing_out = g_ptr_array_new_with_free_func (_bk_account_waiter_free);
}

BkEngineAccount *
bk_engine_account_new (const BkEngineAccountConfig *config, const BkHistoryAccount *stored)
{
  BkEngineAccount *self = g_object_new (BK_TYPE_ENGINE_ACCOUNT, NULL);

  self->clock = g_object_ref (config->clock);
  self->secrets = g_object_ref (config->secrets);
  self->history = g_object_ref (config->history);
  self->backend = g_object_ref (config->backend);
  g_set_object (&self->pictures, config->pictures);
  self->stored = bk_history_account_copy (stored);
  self->lock_fact = BK_IS_BACKEND_LOCK (self->backend) ? BK_LOCK_FACT_GONE : BK_LOCK_FACT_OFF;
  _bk_account_set_avatar_id (self, stored->sign_in_name, stored->avatar);
  self->backend_handler = g_signal_connect (self->backend, "event", G_CALLBACK (on_backend_event), self);
  if (BK_IS_BACKEND_MESSAGES (self->backend))
    {
      self->outbox = bk_engine_outbox_new (self->clock, self->history, self->backend, stored->id);
      g_signal_connect_object (self->outbox, "settled", G_CALLBACK (on_settled), self, 0);
    }
  if (BK_IS_BACKEND_MARKS (self->backend))
    self->marker = bk_engine_marker_new (self->clock, self->history, BK_BACKEND_MARKS (self->backend), stored->id);
  bk_engine_account_set_telling (self, TRUE, TRUE);
  return self;
}

void
_bk_account_update_telling (BkEngineAccount *self)
{
  if (self->marker != NULL)
    bk_engine_marker_set_telling (self->marker, self->tell_read,
                                  self->stored->wanted_status == BECKON_STATUS_INVISIBLE);
}

void
bk_engine_account_set_telling (BkEngineAccount *self, gboolean read_marks, gboolean typing)
{
  self->tell_read = read_marks;
  self->tell_typing = typing;
  _bk_account_update_telling (self);
}

void
bk_engine_account_restore_contact (BkEngineAccount *self, const BkHistoryContact *stored)
{
  _bk_account_set_contact (self, stored);
}

void
bk_engine_account_restore_conversation (BkEngineAccount *self, const BkHistoryConversation *stored)
{
  on_conversation_changed (add_conversation (self, stored), self);
}

BkBackend *
bk_engine_account_get_backend (BkEngineAccount *self)
{
  return self->backend;
}

BkEngineConversation *
bk_engine_account_get_conversation (BkEngineAccount *self, const char *who, GError **error)
{
  g_autofree char *name = bk_sign_in_name_normalize (who);

  if (name == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "This is no sign-in name");
      return NULL;
    }
  return _bk_account_ensure_conversation (self, name);
}
