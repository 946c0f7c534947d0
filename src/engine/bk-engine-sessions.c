/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-session-private.h"

#include "bk-ids.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* An ended session stays for a while, so that people and late clients see how it ended. */
#define FORGET_MS (10 * 60 * 1000)
#define KEEP_ENDED 256
#define KEEP_FAREWELLS 256
#define KEEP_GONE 4096

enum
{
  SIGNAL_INVITATION,
  SIGNAL_INVITATION_OVER,
  SIGNAL_NOTICE,
  SIGNAL_SETTLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

struct _BkEngineSessions
{
  GObject parent_instance;

  BkSessionWorld *world;
  GPtrArray *items;     /* element-type BkEngineSession: open ones and those that ended lately */
  GHashTable *gone;     /* char * → itself: ids of invitations that are forgotten: they do not come again */
  GQueue gone_order;    /* of the same, borrowed, the oldest first */
  GPtrArray *farewells; /* element-type BkEngineSession: not shown, still have a last word to deliver */
  guint last_number;
};

static void bk_engine_sessions_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkEngineSessions, bk_engine_sessions, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, bk_engine_sessions_list_model_init))

/* ---- the list ---- */

static GType
sessions_get_item_type (GListModel *model)
{
  return BK_TYPE_ENGINE_SESSION;
}

static guint
sessions_get_n_items (GListModel *model)
{
  return BK_ENGINE_SESSIONS (model)->items->len;
}

static gpointer
sessions_get_item (GListModel *model, guint position)
{
  BkEngineSessions *self = BK_ENGINE_SESSIONS (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position)) : NULL;
}

static void
bk_engine_sessions_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = sessions_get_item_type;
  iface->get_n_items = sessions_get_n_items;
  iface->get_item = sessions_get_item;
}

static BkEngineSession *
session_at (BkEngineSessions *self, guint position)
{
  return g_ptr_array_index (self->items, position);
}

static void
append (BkEngineSessions *self, BkEngineSession *session)
{
  g_ptr_array_add (self->items, g_object_ref (session));
  g_list_model_items_changed (G_LIST_MODEL (self), self->items->len - 1, 0, 1);
}

/* An invitation that was here once is none any more, whoever brings it again. */
static void
remember_gone (BkEngineSessions *self, BkEngineSession *session)
{
  if (session->role != BK_ROLE_INVITEE || session->account == NULL || g_hash_table_contains (self->gone, session->id))
    return;

  char *id = g_strdup (session->id);
  g_hash_table_add (self->gone, id);
  g_queue_push_tail (&self->gone_order, id);
  if (self->gone_order.length > KEEP_GONE)
    g_hash_table_remove (self->gone, g_queue_pop_head (&self->gone_order));
}

static void
forget (BkEngineSessions *self, BkEngineSession *session)
{
  guint position;

  bk_session_stop_timer (session, BK_SESSION_TIMER_FORGET);
  if (!g_ptr_array_find (self->items, session, &position))
    return;
  remember_gone (self, session);
  if (bk_session_is_sending (session))
    g_ptr_array_add (self->farewells, g_object_ref (session));
  g_ptr_array_remove_index (self->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

static guint
count_open (BkEngineSessions *self, BkEngineAccount *account)
{
  guint count = 0;

  for (guint i = 0; i < self->items->len; i++)
    count += session_at (self, i)->account == account && bk_session_is_open (session_at (self, i));
  return count;
}

/* @who: NULL for all; else those that come from that contact. */
static guint
count_files (BkEngineSessions *self, BkEngineAccount *account, const char *who)
{
  guint count = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      BkEngineSession *session = session_at (self, i);

      count += session->account == account && session->transfer != NULL && bk_session_is_open (session)
               && (who == NULL || (session->role == BK_ROLE_INVITEE && g_str_equal (session->user, who)));
    }
  return count;
}

/* The sessions as they are now: handlers may make or end some while we walk. */
static GPtrArray *
snapshot (GPtrArray *sessions)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < sessions->len; i++)
    g_ptr_array_add (copy, g_object_ref (g_ptr_array_index (sessions, i)));
  return copy;
}

/* ---- what sessions tell ---- */

void
bk_engine_sessions_emit (BkEngineSessions *self, const char *signal, BkEngineSession *session)
{
  g_signal_emit_by_name (self, signal, session);
}

void
bk_engine_sessions_emit_notice (BkEngineSessions *self, const char *kind, const char *text, BkEngineSession *session)
{
  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, kind, text, session);
}

static void
on_forget (gpointer user_data)
{
  g_autoptr (BkEngineSession) session = g_object_ref (user_data);

  session->timers[BK_SESSION_TIMER_FORGET] = 0;
  forget (session->world->sessions, session);
}

/* Ended sessions are kept in the order in which they were made: the oldest go first. */
static void
bound_ended (BkEngineSessions *self)
{
  guint ended = 0;

  for (guint i = 0; i < self->items->len; i++)
    ended += !bk_session_is_open (session_at (self, i));
  for (guint i = 0; i < self->items->len && ended > KEEP_ENDED; i++)
    if (!bk_session_is_open (session_at (self, i)))
      {
        forget (self, session_at (self, i--));
        ended--;
      }
}

void
bk_engine_sessions_ended (BkEngineSessions *self, BkEngineSession *session)
{
  bk_session_start_timer (session, BK_SESSION_TIMER_FORGET, FORGET_MS, on_forget);
  bound_ended (self);
}

void
bk_engine_sessions_settled (BkEngineSessions *self, BkEngineSession *session)
{
  g_ptr_array_remove (self->farewells, session);
  g_signal_emit (self, signals[SIGNAL_SETTLED], 0);
}

static void
bid_farewell (BkEngineSessions *self, BkEngineAccount *account, const char *who, const BkEnvelope *envelope)
{
  if (self->farewells->len >= KEEP_FAREWELLS)
    return;

  g_autoptr (BkEngineSession) session = bk_session_new_farewell (self->world, account, who, envelope);
  g_ptr_array_add (self->farewells, g_object_ref (session));
  bk_session_linger (session);
}

/* ---- crossing invitations ---- */

static BkEngineSession *
find_crossing (BkEngineSessions *self, BkEngineSession *session)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      BkEngineSession *other = session_at (self, i);

      if (other != session && other->state == BECKON_SESSION_STATE_INVITATION && other->role != session->role
          && other->account == session->account && g_strcmp0 (other->user, session->user) == 0
          && g_strcmp0 (other->application, session->application) == 0)
        return other;
    }
  return NULL;
}

/* If both invited each other to the same application, one invitation is enough: that with the lower SessionID, which
 * both sides find without talking. */
void
bk_engine_sessions_resolve_crossing (BkEngineSessions *self, BkEngineSession *session)
{
  if (session->state != BECKON_SESSION_STATE_INVITATION || session->transfer != NULL)
    return;

  g_autoptr (BkEngineSession) one = g_object_ref (session);
  g_autoptr (BkEngineSession) other = find_crossing (self, session);
  if (other == NULL)
    return;
  g_object_ref (other);

  BkEngineSession *winner = strcmp (one->id, other->id) < 0 ? one : other;
  bk_session_supersede (winner == one ? other : one);
  if (winner->role == BK_ROLE_INVITEE && winner->state == BECKON_SESSION_STATE_INVITATION)
    bk_engine_session_accept (winner, NULL, NULL);
}

/* ---- making and finding ---- */

BkSessionWorld *
bk_engine_sessions_get_world (BkEngineSessions *self)
{
  return self->world;
}

guint
bk_engine_sessions_take_number (BkEngineSessions *self)
{
  return ++self->last_number;
}

void
bk_engine_sessions_add (BkEngineSessions *self, BkEngineSession *session)
{
  append (self, session);
}

gboolean
bk_engine_sessions_has_room (BkEngineSessions *self, BkEngineAccount *account, GError **error)
{
  if (count_open (self, account) < BK_LIMIT_SESSIONS)
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED, "At most %d sessions can be open at once",
               BK_LIMIT_SESSIONS);
  return FALSE;
}

/* The same for one more file. */
gboolean
bk_engine_sessions_has_room_for_file (BkEngineSessions *self, BkEngineAccount *account, GError **error)
{
  if (count_files (self, account, NULL) < BK_LIMIT_FILES)
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED, "At most %d files can be on their way at once",
               BK_LIMIT_FILES);
  return FALSE;
}

/* A new session in state READY. @owner: see bk_engine_create_session (). */
BkEngineSession *
bk_engine_sessions_create (BkEngineSessions *self, BkEngineAccount *account, const char *owner, GError **error)
{
  if (!bk_engine_sessions_has_room (self, account, error))
    return NULL;

  g_autofree char *id = bk_guid_new ();
  g_autoptr (BkEngineSession) session
    = bk_session_new (self->world, account, id, BK_ROLE_INVITER, ++self->last_number);
  bk_engine_session_set_owner (session, owner);
  bk_session_move (session, BK_LIFE_CREATE, NULL, NULL);
  append (self, session);
  return session; /* the list keeps it */
}

BkEngineSession *
bk_engine_sessions_find (BkEngineSessions *self, const char *session_id)
{
  for (guint i = 0; i < self->items->len; i++)
    if (g_str_equal (session_at (self, i)->id, session_id))
      return session_at (self, i);
  return NULL;
}

BkEngineSession *
bk_engine_sessions_redeem_cookie (BkEngineSessions *self, const char *cookie, GError **error)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      BkEngineSession *session = session_at (self, i);
      if (session->cookie != NULL && bk_token_equal (session->cookie, cookie))
        {
          g_clear_pointer (&session->cookie, g_free);
          bk_session_note (session, _("the program has its session"));
          return session;
        }
    }
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "This cookie opens no session");
  return NULL;
}

BkEngineSession *
bk_engine_sessions_redeem_process (BkEngineSessions *self, guint pid, GError **error)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      BkEngineSession *session = session_at (self, i);
      if (session->cookie != NULL && session->program != NULL && bk_program_owns_process (session->program, pid))
        return bk_engine_sessions_redeem_cookie (self, session->cookie, error);
    }
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "No session waits for this process");
  return NULL;
}

/* ---- what accounts report ---- */

static gboolean
is_invitation_welcome (BkEngineSessions *self, BkEngineAccount *account, const BkBackendEvent *event)
{
  BkEngineContact *contact = bk_engine_account_find_contact (account, event->who);

  if (contact == NULL || bk_engine_contact_get_relation (contact) != BECKON_RELATION_ACCEPTED
      || bk_engine_contact_get_blocked (contact))
    {
      g_debug ("Session %s: an invitation from somebody who is no contact was passed over", event->envelope->session);
      return FALSE;
    }
  if (event->envelope->ttl == 0)
    {
      g_debug ("Session %s: the invitation ran out before it came", event->envelope->session);
      return FALSE;
    }
  if (g_hash_table_contains (self->gone, event->envelope->session))
    {
      g_debug ("Session %s: an invitation that is over came again", event->envelope->session);
      return FALSE;
    }
  for (guint i = 0; i < self->farewells->len; i++)
    {
      BkEngineSession *farewell = g_ptr_array_index (self->farewells, i);
      if (farewell->account == account && g_str_equal (farewell->id, event->envelope->session))
        return FALSE;
    }
  return TRUE;
}

static void
receive_invitation (BkEngineSessions *self, BkEngineAccount *account, const BkBackendEvent *event)
{
  if (!is_invitation_welcome (self, account, event))
    return;
  if (count_open (self, account) >= BK_LIMIT_SESSIONS
      || (g_strcmp0 (event->envelope->app_guid, BK_GUID_FILE) == 0
          && count_files (self, account, event->who) >= BK_LIMIT_FILES_FROM))
    {
      g_autoptr (BkEnvelope) decline = bk_envelope_new (BK_ENVELOPE_DECLINE, event->envelope->session);
      decline->reason = BECKON_SESSION_RESULT_INVITATION_DECLINED;
      bid_farewell (self, account, event->who, decline);
      return;
    }

  g_autoptr (BkEngineSession) session
    = bk_session_new_received (self->world, account, event, ++self->last_number);
  append (self, session);
  bk_engine_sessions_resolve_crossing (self, session);
  if (session->state == BECKON_SESSION_STATE_INVITATION && !session->installing && self->world->sessions != NULL)
    bk_session_ask (session);
}

/* Two accounts of one service may be the two sides of a session: its id is there twice. */
static BkEngineSession *
find_of (BkEngineSessions *self, BkEngineAccount *account, const char *session_id)
{
  for (guint i = 0; i < self->items->len; i++)
    if (session_at (self, i)->account == account && g_str_equal (session_at (self, i)->id, session_id))
      return session_at (self, i);
  return NULL;
}

void
bk_engine_sessions_apply (BkEngineSessions *self, BkEngineAccount *account, const BkBackendEvent *event)
{
  gboolean elsewhere = event->type == BK_BACKEND_EVENT_SESSION_ELSEWHERE;
  BkEngineSession *session
    = find_of (self, account, elsewhere ? event->session : event->envelope->session);

  if (session == NULL)
    {
      if (!elsewhere && event->envelope->kind == BK_ENVELOPE_INVITE)
        receive_invitation (self, account, event);
      return;
    }
  if (!elsewhere && g_strcmp0 (session->user, event->who) != 0)
    {
      g_debug ("Session %s: somebody who is not part of it was passed over", session->id);
      return;
    }
  if (elsewhere)
    {
      BkMove move = { .result = event->result == BECKON_SESSION_RESULT_DECLINED_ELSEWHERE
                                  ? BECKON_SESSION_RESULT_DECLINED_ELSEWHERE
                                  : BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE };
      bk_session_move (session, BK_LIFE_ELSEWHERE, &move, NULL);
    }
  else if (event->envelope->kind != BK_ENVELOPE_HOSTING) /* it comes over the channel, or is not true */
    bk_session_receive (session, event->envelope);
}

static void
resume_all (GPtrArray *sessions, BkEngineAccount *account)
{
  g_autoptr (GPtrArray) all = snapshot (sessions);

  for (guint i = 0; i < all->len; i++)
    {
      BkEngineSession *session = g_ptr_array_index (all, i);
      if (session->account == account)
        bk_session_resume (session);
    }
}

/* The connection was away in passing, and is not back. */
void
bk_engine_sessions_account_away (BkEngineSessions *self, BkEngineAccount *account)
{
  g_autoptr (GPtrArray) all = snapshot (self->items);

  for (guint i = 0; i < all->len; i++)
    {
      BkEngineSession *session = g_ptr_array_index (all, i);
      if (session->account == account)
        bk_session_give_up_unsent (session);
    }
}

void
bk_engine_sessions_account_online (BkEngineSessions *self, BkEngineAccount *account)
{
  resume_all (self->farewells, account);
  resume_all (self->items, account);
}

static void
end_sessions (BkEngineSessions *self, BkEngineAccount *account, BkLifeEvent event, BeckonSessionResult result)
{
  g_autoptr (GPtrArray) all = snapshot (self->items);

  for (guint i = 0; i < all->len; i++)
    {
      BkEngineSession *session = g_ptr_array_index (all, i);
      if (account == NULL || session->account == account)
        bk_session_end (session, event, result, NULL);
    }
}

void
bk_engine_sessions_account_signed_out (BkEngineSessions *self, BkEngineAccount *account)
{
  end_sessions (self, account, BK_LIFE_SIGN_OUT, BECKON_SESSION_RESULT_SIGNED_OUT);
}

void
bk_engine_sessions_end_all (BkEngineSessions *self, BeckonSessionResult result)
{
  end_sessions (self, NULL, BK_LIFE_RESTART, result);
}

void
bk_engine_sessions_recover (BkEngineSessions *self, BkEngineAccount *account, const char *session_id, const char *who)
{
  g_autoptr (BkEnvelope) end = bk_envelope_new (BK_ENVELOPE_END, session_id);

  end->reason = BECKON_SESSION_RESULT_SERVICE_RESTARTED;
  bid_farewell (self, account, who, end);
}

void
bk_engine_sessions_set_relays (BkEngineSessions *self, const BkRelays *relays)
{
  g_clear_pointer (&self->world->relays, bk_relays_free);
  self->world->relays = bk_relays_copy (relays);
}

void
bk_engine_sessions_set_download_folder (BkEngineSessions *self, const char *folder)
{
  g_free (self->world->download_folder);
  self->world->download_folder = g_strdup (folder);
}

void
bk_engine_sessions_nudge (BkEngineSessions *self)
{
  g_autoptr (GPtrArray) all = snapshot (self->items);

  for (guint i = 0; i < all->len; i++)
    bk_session_nudge_channel (g_ptr_array_index (all, i));
}

static gboolean
is_any_sending (GPtrArray *sessions)
{
  for (guint i = 0; i < sessions->len; i++)
    {
      BkEngineSession *session = g_ptr_array_index (sessions, i);
      if (session->account != NULL && bk_session_is_sending (session) && bk_engine_account_is_connected (session->account))
        return TRUE;
    }
  return FALSE;
}

/* What cannot be sent because the connection is gone does not count: nobody waits for it. */
gboolean
bk_engine_sessions_is_sending (BkEngineSessions *self)
{
  return is_any_sending (self->items) || is_any_sending (self->farewells);
}

/* ---- making and unmaking ---- */

/* It was registered, or its program is back. */
static void
on_registered (BkEngineRegistry *registry, const char *guid, BkEngineSessions *self)
{
  g_autoptr (GPtrArray) all = snapshot (self->items);

  for (guint i = 0; i < all->len && self->world->sessions != NULL; i++)
    {
      BkEngineSession *session = g_ptr_array_index (all, i);
      if (g_strcmp0 (session->application, guid) == 0)
        bk_session_application_registered (session);
    }
}

BkEngineSessions *
bk_engine_sessions_new (const BkEngineSessionsConfig *config)
{
  BkEngineSessions *self = g_object_new (BK_TYPE_ENGINE_SESSIONS, NULL);

  self->world = bk_session_world_new (config, self);
  g_signal_connect_object (config->registry, "registered", G_CALLBACK (on_registered), self, 0);
  g_signal_connect_object (config->registry, "program-changed", G_CALLBACK (on_registered), self, 0);
  return self;
}

static void
bk_engine_sessions_dispose (GObject *object)
{
  BkEngineSessions *self = BK_ENGINE_SESSIONS (object);

  self->world->sessions = NULL;
  for (guint i = 0; i < self->items->len; i++)
    bk_session_close (session_at (self, i));
  for (guint i = 0; i < self->farewells->len; i++)
    bk_session_close (g_ptr_array_index (self->farewells, i));
  g_ptr_array_set_size (self->items, 0);
  g_ptr_array_set_size (self->farewells, 0);
  G_OBJECT_CLASS (bk_engine_sessions_parent_class)->dispose (object);
}

static void
bk_engine_sessions_finalize (GObject *object)
{
  BkEngineSessions *self = BK_ENGINE_SESSIONS (object);

  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->farewells);
  g_queue_clear (&self->gone_order);
  g_hash_table_unref (self->gone);
  bk_session_world_unref (self->world);
  G_OBJECT_CLASS (bk_engine_sessions_parent_class)->finalize (object);
}

#define add_signal(type, name, ...) \
  g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, __VA_ARGS__)

static void
bk_engine_sessions_class_init (BkEngineSessionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bk_engine_sessions_dispose;
  object_class->finalize = bk_engine_sessions_finalize;

  signals[SIGNAL_INVITATION] = add_signal (type, "invitation", 1, BK_TYPE_ENGINE_SESSION);
  signals[SIGNAL_INVITATION_OVER] = add_signal (type, "invitation-over", 1, BK_TYPE_ENGINE_SESSION);
  signals[SIGNAL_NOTICE] = add_signal (type, "notice", 3, G_TYPE_STRING, G_TYPE_STRING, BK_TYPE_ENGINE_SESSION);
  signals[SIGNAL_SETTLED] = add_signal (type, "settled", 0);
}

static void
bk_engine_sessions_init (BkEngineSessions *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->farewells = g_ptr_array_new_with_free_func (g_object_unref);
  self->gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->gone_order);
}
