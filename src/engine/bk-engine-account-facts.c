/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facts that the network of an account reports. */
#include "bk-engine-account-internal.h"

#include "bk-ids.h"
#include "bk-limits.h"

#define MAX_MESSAGE_ID 128

/* ---- durable facts ---- */

/* The way back of a fact that is being written. */
typedef struct
{
  BkEngineAccount *self; /* owned */
  guint attempt;
  BkEngineConversation *conversation; /* owned; nullable */
  BkEngineAlert *alert;               /* owned; nullable */
} Fact;

static Fact *
fact_new (BkEngineAccount *self, BkEngineConversation *conversation)
{
  Fact *fact = g_new0 (Fact, 1);

  fact->self = g_object_ref (self);
  fact->attempt = self->attempt;
  g_set_object (&fact->conversation, conversation);
  return fact;
}

static void
fact_free (Fact *fact)
{
  g_clear_object (&fact->conversation);
  g_clear_pointer (&fact->alert, bk_engine_alert_unref);
  g_object_unref (fact->self);
  g_free (fact);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fact, fact_free)

static void
fact_failed (Fact *fact, const GError *error)
{
  if (fact->attempt == fact->self->attempt)
    _bk_account_storage_failed (fact->self, error);
}

static void
on_fact_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fact) fact = user_data;
  g_autoptr (GError) error = NULL;

  if (!bk_engine_history_apply_finish (fact->self->history, result, &error))
    fact_failed (fact, error);
}

static void
on_message_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fact) fact = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BkEngineMessage) message = NULL;
  BkHistoryChange change;

  if (!bk_engine_history_apply_message_finish (fact->self->history, result, &change, &message, &error))
    {
      fact_failed (fact, error);
      return;
    }
  if (fact->self->phase == BK_ACCOUNT_CLOSED)
    return;
  switch (change)
    {
    case BK_HISTORY_KNOWN:
      break;
    case BK_HISTORY_ADDED:
      bk_engine_conversation_added (fact->conversation, message);
      if (!message->outgoing)
        _bk_account_arrived (fact->self);
      break;
    case BK_HISTORY_CHANGED:
      bk_engine_conversation_changed (fact->conversation, message);
      break;
    }
}

/* The step from the fact before to this one. The strings live until step_done (). */
static BkHistoryStep
step_begin (BkEngineAccount *self, const BkBackendEvent *event)
{
  gboolean usable = event->cursor != NULL && bk_text_is_valid (event->cursor, BK_LIMIT_CURSOR, FALSE);

  return (BkHistoryStep){
    .account = self->stored->id,
    .previous = self->stored->cursor,
    .cursor = usable ? event->cursor : NULL,
  };
}

static void
step_done (BkEngineAccount *self, const BkHistoryStep *step)
{
  char *cursor = g_strdup (step->cursor);

  if (cursor == NULL)
    return;
  g_free (self->stored->cursor);
  self->stored->cursor = cursor;
}

static void
apply_cursor (BkEngineAccount *self, const BkBackendEvent *event)
{
  BkHistoryStep step = step_begin (self, event);

  if (step.cursor == NULL)
    return;
  bk_engine_history_apply_cursor_async (self->history, &step, on_fact_written, fact_new (self, NULL));
  step_done (self, &step);
}

static const char *
valid_or_null (const char *text, gsize limit, gboolean multi_line)
{
  return bk_text_is_valid (text, limit, multi_line) ? text : NULL;
}

static gboolean
is_fresh_request (BkEngineAccount *self, const BkHistoryContact *contact)
{
  BkEngineContact *known = bk_engine_contacts_find (self->contacts, contact->who);

  return contact->relation == BECKON_RELATION_ASKING && !contact->blocked
         && (known == NULL || bk_engine_contact_get_relation (known) != BECKON_RELATION_ASKING);
}

/* Returns the ids that make sense, NULL if there are none. */
static char **
dup_groups (const BkBackendEvent *event)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  if (event->groups == NULL || event->relation == BECKON_RELATION_NONE)
    return NULL;
  for (guint i = 0; event->groups[i] != NULL && g_hash_table_size (known) < BK_LIMIT_GROUPS; i++)
    if (*event->groups[i] != '\0' && bk_text_is_valid (event->groups[i], BK_LIMIT_GROUP_ID, FALSE)
        && g_hash_table_add (known, (gpointer) event->groups[i]))
      g_strv_builder_add (builder, event->groups[i]);
  return g_hash_table_size (known) > 0 ? g_strv_builder_end (builder) : NULL;
}

static void
apply_group (BkEngineAccount *self, const BkBackendEvent *event)
{
  BkHistoryGroup group = { self->stored->id, (char *) event->group, (char *) event->display_name };
  BkHistoryStep step = step_begin (self, event);

  if (!bk_text_is_valid (event->group, BK_LIMIT_GROUP_ID, FALSE) || *event->group == '\0'
      || (event->display_name != NULL
          && (!bk_text_is_valid (event->display_name, BK_LIMIT_GROUP_NAME, FALSE) || *event->display_name == '\0')))
    {
      g_warning ("Account %u: a malformed group was passed over", self->stored->id);
      apply_cursor (self, event);
      return;
    }
  bk_engine_history_apply_group_async (self->history, &step, &group, on_fact_written, fact_new (self, NULL));
  step_done (self, &step);
  bk_engine_groups_set (self->groups, event->group, event->display_name);
}

static void
apply_contact (BkEngineAccount *self, const BkBackendEvent *event)
{
  g_autofree char *who = bk_sign_in_name_normalize (event->who);
  g_auto (GStrv) groups = dup_groups (event);
  BkHistoryContact contact = {
    .account = self->stored->id,
    .who = who,
    .display_name = (char *) valid_or_null (event->display_name, BK_LIMIT_DISPLAY_NAME, FALSE),
    .relation = event->relation,
    .blocked = event->blocked != FALSE,
    .request_text = (char *) valid_or_null (event->text, BK_LIMIT_REQUEST_TEXT, TRUE),
    .groups = groups,
    .alias = (char *) valid_or_null (event->alias, BK_LIMIT_DISPLAY_NAME, FALSE),
    .avatar = (char *) (bk_engine_pictures_is_id (event->avatar) ? event->avatar : NULL),
    .pinned = event->pinned != FALSE,
    .muted = event->muted != FALSE,
  };
  BkHistoryStep step = step_begin (self, event);

  if (who == NULL || (guint) event->relation > BECKON_RELATION_ACCEPTED)
    {
      g_warning ("Account %u: a malformed contact was passed over", self->stored->id);
      apply_cursor (self, event);
      return;
    }
  bk_engine_history_apply_contact_async (self->history, &step, &contact, on_fact_written, fact_new (self, NULL));
  step_done (self, &step);
  gboolean fresh = is_fresh_request (self, &contact);
  _bk_account_set_contact (self, &contact);
  if (fresh)
    _bk_account_arrived (self);
}

static void
apply_message (BkEngineAccount *self, const BkBackendEvent *event)
{
  g_autofree char *who = bk_sign_in_name_normalize (event->who);
  BkEngineMessage message = {
    .message_id = event->message_id,
    .who = who,
    .outgoing = event->outgoing != FALSE,
    .text = event->text,
    .time = event->time > 0 ? event->time : bk_clock_real (self->clock),
    .delivery = event->outgoing ? BECKON_DELIVERY_SENT : BECKON_DELIVERY_RECEIVED,
  };
  BkHistoryStep step = step_begin (self, event);

  if (who == NULL || !bk_text_is_valid (event->text, BK_LIMIT_MESSAGE, TRUE)
      || !bk_text_is_valid (event->message_id, MAX_MESSAGE_ID, FALSE) || *event->message_id == '\0')
    {
      g_warning ("Account %u: a malformed message was passed over", self->stored->id);
      apply_cursor (self, event);
      return;
    }
  BkEngineConversation *conversation = _bk_account_ensure_conversation (self, who);
  bk_engine_history_apply_message_async (self->history, &step, bk_engine_conversation_get_id (conversation), &message,
                                         on_message_written, fact_new (self, conversation));
  step_done (self, &step);
}

static void
on_mark_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fact) fact = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (BkHistoryMarked) marked = { 0 };

  if (!bk_engine_history_apply_mark_finish (fact->self->history, result, &marked, &error))
    fact_failed (fact, error);
  else if (marked.known && fact->self->phase != BK_ACCOUNT_CLOSED)
    bk_engine_conversation_marked (fact->conversation, &marked);
}

/* About what is not here there is nothing to say: neither a message nor a conversation comes of a mark. */
static void
apply_mark (BkEngineAccount *self, const BkBackendEvent *event)
{
  g_autofree char *who = bk_sign_in_name_normalize (event->who);
  BkEngineConversation *conversation = who != NULL ? g_hash_table_lookup (self->conversations, who) : NULL;
  gboolean makes_sense = event->mark == BECKON_DELIVERY_READ
                         || (event->mark == BECKON_DELIVERY_DELIVERED && event->outgoing);
  BkHistoryStep step = step_begin (self, event);

  if (conversation == NULL || !makes_sense || !bk_text_is_valid (event->message_id, MAX_MESSAGE_ID, FALSE))
    {
      apply_cursor (self, event);
      return;
    }
  bk_engine_history_apply_mark_async (self->history, &step, who, event->message_id, event->outgoing != FALSE,
                                      event->mark, on_mark_written, fact_new (self, conversation));
  step_done (self, &step);
}

static void
apply_typing (BkEngineAccount *self, const BkBackendEvent *event)
{
  g_autofree char *who = bk_sign_in_name_normalize (event->who);
  BkEngineContact *contact = who != NULL ? bk_engine_contacts_find (self->contacts, who) : NULL;

  if (contact != NULL && bk_engine_contact_get_relation (contact) == BECKON_RELATION_ACCEPTED
      && !bk_engine_contact_get_blocked (contact))
    bk_engine_conversation_typed (_bk_account_ensure_conversation (self, who), event->typing != FALSE);
}

/* The cursor behind a session's fact is handed in after whatever the sessions wrote because of it. */
static void
apply_session (BkEngineAccount *self, const BkBackendEvent *event)
{
  _bk_account_tell_sessions (self, event);
  apply_cursor (self, event);
}

static void
on_alert_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fact) fact = user_data;
  g_autoptr (GError) error = NULL;

  if (!bk_engine_history_apply_finish (fact->self->history, result, &error))
    fact_failed (fact, error);
  else if (fact->self->phase != BK_ACCOUNT_CLOSED)
    _bk_account_tell_alert (fact->self, fact->alert);
}

/* One that waits at the network is told when the place behind it is on disk: so it is not told again after a crash. */
static void
apply_alert (BkEngineAccount *self, const BkBackendEvent *event)
{
  BkEngineAlert fields = {
    .id = event->alert,
    .site = event->site,
    .text = event->text,
    .url = bk_url_is_web (event->url) ? event->url : NULL,
    .time = event->time > 0 ? event->time : bk_clock_real (self->clock),
  };
  BkHistoryStep step = step_begin (self, event);

  if (!bk_guid_is_valid (event->alert) || !bk_text_is_valid (event->text, BK_LIMIT_ALERT_TEXT, TRUE)
      || *event->text == '\0')
    {
      g_warning ("Account %u: a malformed alert was passed over", self->stored->id);
      apply_cursor (self, event);
      return;
    }
  if (step.cursor != NULL && g_strcmp0 (step.cursor, step.previous) == 0)
    return; /* a network may say again what it said last */
  g_autoptr (BkEngineAlert) alert = bk_engine_alert_new (&fields);
  if (step.cursor == NULL)
    {
      _bk_account_tell_alert (self, alert);
      return;
    }
  Fact *fact = fact_new (self, NULL);
  fact->alert = g_steal_pointer (&alert);
  bk_engine_history_apply_cursor_async (self->history, &step, on_alert_written, fact);
  step_done (self, &step);
}

/* ---- passing facts ---- */

static void
apply_state (BkEngineAccount *self, const BkBackendEvent *event)
{
  switch (self->phase)
    {
    case BK_ACCOUNT_IN:
    case BK_ACCOUNT_FAREWELL:
      if (event->state == BK_BACKEND_OFFLINE && event->error == NULL)
        return; /* the echo of an earlier sign-out */
      if (event->state == BK_BACKEND_OFFLINE && self->phase == BK_ACCOUNT_IN)
        self->phase = BK_ACCOUNT_OUT;
      if (event->state == BK_BACKEND_WAITING && event->passing && self->phase == BK_ACCOUNT_IN)
        _bk_account_quiet_begin (self);
      _bk_account_enter_state (self, event->state, event->error);
      /* Out of the network already: nobody would answer a good-bye. */
      if (self->phase == BK_ACCOUNT_FAREWELL && event->state == BK_BACKEND_OFFLINE)
        {
          bk_backend_sign_out (self->backend, self->leave == BK_LEAVE_FORGET);
          _bk_account_left (self);
        }
      else if (self->phase == BK_ACCOUNT_FAREWELL && event->state != BK_BACKEND_ONLINE)
        bk_engine_account_farewell_over (self);
      break;
    case BK_ACCOUNT_LEAVING:
      if (event->state == BK_BACKEND_OFFLINE)
        _bk_account_left (self);
      break;
    case BK_ACCOUNT_OUT:
    case BK_ACCOUNT_LOOKING:
    case BK_ACCOUNT_STUCK:
    case BK_ACCOUNT_CLOSED:
      break;
    }
}

static void
on_token_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!bk_secrets_store_finish (BK_SECRETS (source), result, &error))
    g_warning ("The secret of an account could not be kept, it will have to be signed in by hand: %s",
               error->message);
}

static void
apply_credentials (BkEngineAccount *self, const BkBackendEvent *event)
{
  if (event->token != NULL && *event->token != '\0')
    {
      g_autofree char *key = bk_engine_account_dup_secret_key (self);
      g_autofree char *label = g_strdup_printf ("Beckon: %s", self->stored->sign_in_name);
      bk_secrets_store_async (self->secrets, key, label, event->token, NULL, on_token_stored, NULL);
    }
  _bk_account_keep_identity (self);
  if (g_strcmp0 (self->stored->device, event->device) != 0)
    {
      g_free (self->stored->device);
      self->stored->device = g_strdup (event->device);
      _bk_account_save (self);
    }
}

/* Returns whether @place was another one. */
static gboolean
replace (char **place, const char *text)
{
  if (g_strcmp0 (*place, text) == 0)
    return FALSE;
  char *copy = g_strdup (text);
  g_free (*place);
  *place = copy;
  return TRUE;
}

static void
apply_profile (BkEngineAccount *self, const BkBackendEvent *event)
{
  gboolean named = bk_text_is_valid (event->display_name, BK_LIMIT_DISPLAY_NAME, FALSE);
  gboolean changed = named && replace (&self->stored->display_name, event->display_name);

  if (replace (&self->stored->avatar, bk_engine_pictures_is_id (event->avatar) ? event->avatar : NULL))
    {
      changed = TRUE;
      _bk_account_set_avatar_id (self, self->stored->sign_in_name, self->stored->avatar);
    }
  if (!changed)
    return;
  _bk_account_save (self);
  _bk_account_changed (self);
}

/* Presence as others may have it: no local values, and invisible is offline. */
static BeckonStatus
sanitize_status (BeckonStatus status)
{
  switch (status)
    {
    case BECKON_STATUS_ONLINE:
    case BECKON_STATUS_BUSY:
    case BECKON_STATUS_BE_RIGHT_BACK:
    case BECKON_STATUS_IDLE:
    case BECKON_STATUS_AWAY:
    case BECKON_STATUS_ON_THE_PHONE:
    case BECKON_STATUS_OUT_TO_LUNCH:
      return status;
    case BECKON_STATUS_UNKNOWN:
    case BECKON_STATUS_OFFLINE:
    case BECKON_STATUS_INVISIBLE:
    case BECKON_STATUS_LOCAL_FINDING_SERVER:
    case BECKON_STATUS_LOCAL_CONNECTING_TO_SERVER:
    case BECKON_STATUS_LOCAL_SYNCHRONIZING_WITH_SERVER:
    case BECKON_STATUS_LOCAL_DISCONNECTING_FROM_SERVER:
      break;
    }
  return BECKON_STATUS_OFFLINE;
}

static void
apply_presence (BkEngineAccount *self, const BkBackendEvent *event)
{
  g_autofree char *who = bk_sign_in_name_normalize (event->who);

  if (who == NULL)
    return;
  _bk_account_quiet_heard (self, who);
  bk_engine_contacts_set_presence (self->contacts, who, sanitize_status (event->status),
                                   valid_or_null (event->personal_message, BK_LIMIT_PERSONAL_MESSAGE, TRUE));
}

void
bk_engine_account_apply (BkEngineAccount *self, const BkBackendEvent *event)
{
  g_autoptr (BkEngineAccount) alive = g_object_ref (self);

  /* A durable fact that comes while we are on the way out is not lost: it comes again at the next sign-in. */
  if (event->type != BK_BACKEND_EVENT_STATE && self->phase != BK_ACCOUNT_IN && self->phase != BK_ACCOUNT_FAREWELL)
    return;
  switch (event->type)
    {
    case BK_BACKEND_EVENT_STATE:
      _bk_account_again_drop (self);
      apply_state (self, event);
      break;
    case BK_BACKEND_EVENT_CREDENTIALS:
      apply_credentials (self, event);
      break;
    case BK_BACKEND_EVENT_PROFILE:
      apply_profile (self, event);
      break;
    case BK_BACKEND_EVENT_CONTACT:
      _bk_account_again_told (self, event);
      apply_contact (self, event);
      break;
    case BK_BACKEND_EVENT_GROUP:
      _bk_account_again_told (self, event);
      apply_group (self, event);
      break;
    case BK_BACKEND_EVENT_PRESENCE:
      apply_presence (self, event);
      break;
    case BK_BACKEND_EVENT_MESSAGE:
      apply_message (self, event);
      break;
    case BK_BACKEND_EVENT_SESSION:
    case BK_BACKEND_EVENT_SESSION_ELSEWHERE:
      apply_session (self, event);
      break;
    case BK_BACKEND_EVENT_LOCK:
      _bk_account_tell_locks (self, event->locked ? BK_LOCK_FACT_ON : BK_LOCK_FACT_OFF, NULL);
      break;
    case BK_BACKEND_EVENT_LOCK_CHALLENGED:
      _bk_account_tell_locks (self, BK_LOCK_FACT_CHALLENGED, event);
      break;
    case BK_BACKEND_EVENT_LOCK_REVOKED:
      _bk_account_tell_locks (self, BK_LOCK_FACT_REVOKED, event);
      break;
    case BK_BACKEND_EVENT_ALERT:
      apply_alert (self, event);
      break;
    case BK_BACKEND_EVENT_MARK:
      apply_mark (self, event);
      break;
    case BK_BACKEND_EVENT_TYPING:
      apply_typing (self, event);
      break;
    case BK_BACKEND_EVENT_AGAIN:
      _bk_account_again_begin (self);
      break;
    case BK_BACKEND_EVENT_CAUGHT_UP:
      _bk_account_again_end (self);
      apply_cursor (self, event);
      break;
    }
}
