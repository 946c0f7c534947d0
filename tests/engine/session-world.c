/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-world.h"

#include "bk-ids.h"
#include "bk-test.h"
#include "session-standins.h"

#include <stdarg.h>

/* ---- the network ---- */

struct _FakeBackend
{
  GObject parent_instance;
  Side *side;
};

typedef struct
{
  Side *from;
  char *to;
  char *uid;
  BkEnvelope *envelope;
  GTask *task;
} Packet;

static void
packet_free (Packet *packet)
{
  g_free (packet->to);
  g_free (packet->uid);
  bk_envelope_free (packet->envelope);
  g_clear_object (&packet->task);
  g_free (packet);
}

/* How one can be reached is told to nobody who has not agreed. */
static void
assert_discreet (World *world, const BkEnvelope *envelope)
{
  gboolean tells = envelope->kind == BK_ENVELOPE_TRANSPORT || envelope->kind == BK_ENVELOPE_CONNECT;

  if (tells)
    g_assert_true (g_hash_table_contains (world->agreed, envelope->session));
  else
    g_assert_true (envelope->candidates == NULL && envelope->ufrag == NULL && envelope->pwd == NULL);
  g_assert_cmpint (envelope->kind, !=, BK_ENVELOPE_HOSTING);
}

static void
fake_send_async (BkBackendSessions *backend, const char *to, const char *uid, const BkEnvelope *envelope,
                 const char *grant, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Side *side = ((FakeBackend *) backend)->side;
  Packet *packet = g_new0 (Packet, 1);

  assert_discreet (side->world, envelope);
  if (grant != NULL)
    side_log (side, "%s+%s", bk_envelope_kind_to_nick (envelope->kind), grant);
  packet->from = side;
  packet->to = g_strdup (to);
  packet->uid = g_strdup (uid);
  packet->envelope = bk_envelope_copy (envelope);
  if (side->world->tamper != NULL)
    side->world->tamper (packet->envelope);
  packet->task = g_task_new (backend, cancellable, callback, user_data);
  g_queue_push_tail (&side->world->wire, packet);
}

static gboolean
fake_send_finish (BkBackendSessions *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
fake_sessions_init (BkBackendSessionsInterface *iface)
{
  iface->send_async = fake_send_async;
  iface->send_finish = fake_send_finish;
}

static void
return_relays (Side *side, GTask *task)
{
  if (side->relays != NULL)
    g_task_return_pointer (task, bk_relays_copy (side->relays), (GDestroyNotify) bk_relays_free);
  else
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "This network has none");
}

static void
fake_get_async (BkBackendRelays *backend, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Side *side = ((FakeBackend *) backend)->side;
  g_autoptr (GTask) task = g_task_new (backend, cancellable, callback, user_data);

  if (!side->hold_relays)
    {
      return_relays (side, task);
      return;
    }
  g_assert_null (side->asked_relays);
  side->asked_relays = g_steal_pointer (&task);
}

static BkRelays *
fake_get_finish (BkBackendRelays *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_relays_init (BkBackendRelaysInterface *iface)
{
  iface->get_async = fake_get_async;
  iface->get_finish = fake_get_finish;
}

void
side_answer_relays (Side *side)
{
  g_autoptr (GTask) task = g_steal_pointer (&side->asked_relays);

  g_assert_nonnull (task);
  return_relays (side, task);
  world_settle (side->world);
}

static void
fake_backend_iface_init (BkBackendInterface *iface)
{
}

typedef GObjectClass FakeBackendClass;
static GType fake_backend_get_type (void);
G_DEFINE_FINAL_TYPE_WITH_CODE (FakeBackend, fake_backend, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND, fake_backend_iface_init)
                                 G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_SESSIONS, fake_sessions_init)
                                   G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_RELAYS, fake_relays_init))

static void
fake_backend_class_init (FakeBackendClass *klass)
{
}

static void
fake_backend_init (FakeBackend *self)
{
}

static void
deliver (World *world, Packet *packet)
{
  if (!g_hash_table_add (world->seen, g_strdup (packet->uid)))
    return;
  side_log (packet->from, ">%s", bk_envelope_kind_to_nick (packet->envelope->kind));
  if (packet->envelope->kind >= BK_ENVELOPE_DECLINE)
    g_string_append_printf (packet->from->log, ":%s", beckon_session_result_to_nick (packet->envelope->reason));
  side_receive (packet->from->other, side_address (packet->from), packet->envelope,
                bk_clock_real (BK_CLOCK (world->clock)));
}

static void
carry (World *world, Packet *packet)
{
  if (packet->from->account->state != BK_BACKEND_ONLINE)
    {
      g_task_return_new_error (packet->task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "cut off");
      return;
    }
  if (world->refuse == (int) packet->envelope->kind)
    {
      g_task_return_new_error (packet->task, BECKON_ERROR, world->error, "refused");
      return;
    }
  if (world->lose_ack)
    {
      world->lose_ack = FALSE;
      side_set_online (packet->from, FALSE);
      g_task_return_new_error (packet->task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "cut off");
    }
  else
    g_task_return_boolean (packet->task, TRUE);
  bk_test_drain ();
  deliver (world, packet);
}

/* Whether something came over a channel of @side. */
static gboolean
deliver_by_channel (Side *side)
{
  for (guint i = 0; side->channels != NULL && i < side->channels->made->len; i++)
    {
      g_autoptr (BkEnvelope) envelope = fake_channel_deliver (g_ptr_array_index (side->channels->made, i));

      if (envelope == NULL)
        continue;
      side_log (side, "~%s", bk_envelope_kind_to_nick (envelope->kind));
      return TRUE;
    }
  return FALSE;
}

/* One connection keeps what it carries in order. */
static gboolean
is_behind (World *world, const Packet *packet)
{
  for (GList *link = world->wire.head; link->data != packet; link = link->next)
    {
      const Packet *earlier = link->data;
      if (earlier->from == packet->from && g_str_equal (earlier->envelope->session, packet->envelope->session))
        return TRUE;
    }
  return FALSE;
}

void
world_settle (World *world)
{
  gboolean moved = TRUE;

  while (moved)
    {
      bk_test_drain ();
      moved = !world->hold_channels
              && (deliver_by_channel (&world->sides[0]) || deliver_by_channel (&world->sides[1]));
      for (GList *link = world->wire.head; link != NULL && !moved; link = link->next)
        {
          Packet *packet = link->data;
          if ((world->hold == (int) packet->envelope->kind && packet->from->account->state == BK_BACKEND_ONLINE)
              || is_behind (world, packet))
            continue;
          g_queue_delete_link (&world->wire, link);
          carry (world, packet);
          packet_free (packet);
          moved = TRUE;
        }
    }
}

/* ---- writing down what happens ---- */

void
side_log (Side *side, const char *format, ...)
{
  va_list args;

  if (side->log->len > 0)
    g_string_append_c (side->log, ' ');
  va_start (args, format);
  g_string_append_vprintf (side->log, format, args);
  va_end (args);
}

/* "termination" is the last signal of a session and comes once. */
static void
assert_alive (Side *side, BkEngineSession *session)
{
  g_assert_false (g_hash_table_contains (side->ended, session));
}

static void
on_state_changed (BkEngineSession *session, BeckonSessionState previous, Side *side)
{
  assert_alive (side, session);
  side_log (side, "%s", beckon_session_state_to_nick (bk_engine_session_get_state (session)));
}

static void
on_accepted (BkEngineSession *session, const char *data, Side *side)
{
  side_log (side, "on-accepted(%s)", data);
}

static void
on_declined (BkEngineSession *session, const char *data, Side *side)
{
  side_log (side, "on-declined(%s)", data);
}

static void
on_cancelled (BkEngineSession *session, const char *data, Side *side)
{
  side_log (side, "on-cancelled(%s)", data);
}

static void
on_ready_to_launch (BkEngineSession *session, Side *side)
{
  g_assert_nonnull (bk_engine_session_get_remote_address (session));
  side_log (side, "on-ready");
}

static void
on_context_data (BkEngineSession *session, const char *data, Side *side)
{
  g_assert_cmpstr (bk_engine_session_get_context_data (session), ==, data);
  side_log (side, "on-context(%s)", data);
}

static void
on_context_kept (BkEngineSession *session, const char *data, Side *side)
{
  assert_alive (side, session);
  side_log (side, "on-kept(%s)", data);
}

static void
on_stream_offered (BkEngineSession *session, const char *name, gboolean datagram, Side *side)
{
  assert_alive (side, session);
  side_log (side, "on-offered(%s,%d)", name, datagram);
}

static void
on_send_error (BkEngineSession *session, guint code, Side *side)
{
  if (code != BECKON_ERROR_CANCEL_SEND_FAILURE && code != BECKON_ERROR_DECLINE_SEND_FAILURE)
    assert_alive (side, session);
  side_log (side, "on-send-error(%s)", beckon_error_to_nick (code));
}

static void
on_app_not_present (BkEngineSession *session, const char *name, const char *url, Side *side)
{
  side_log (side, "on-not-present(%s,%s)", name, url);
}

static void
on_termination (BkEngineSession *session, BeckonSessionResult result, const char *data, Side *side)
{
  assert_alive (side, session);
  g_hash_table_add (side->ended, session);
  g_assert_cmpint (bk_engine_session_get_result (session), ==, result);
  g_assert_cmpuint (strlen (bk_engine_session_get_result_text (session)), >, 0);
  g_assert_cmpint (bk_engine_session_get_deadline (session), ==, 0);
  side_log (side, "END(%s,%s)", beckon_session_result_to_nick (result), data);
}

static void
on_changed (BkEngineSession *session, const char *property, Side *side)
{
  if (g_str_equal (property, "Picking"))
    side_log (side, "%s", bk_engine_session_get_picking (session) ? "PICK" : "PICKED");
  assert_alive (side, session);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, Side *side)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (BkEngineSession) session = g_list_model_get_item (model, i);

      g_set_object (&side->current, session);
      g_hash_table_remove (side->ended, session);
      g_signal_connect (session, "state-changed", G_CALLBACK (on_state_changed), side);
      g_signal_connect (session, "accepted", G_CALLBACK (on_accepted), side);
      g_signal_connect (session, "declined", G_CALLBACK (on_declined), side);
      g_signal_connect (session, "cancelled", G_CALLBACK (on_cancelled), side);
      g_signal_connect (session, "ready-to-launch", G_CALLBACK (on_ready_to_launch), side);
      g_signal_connect (session, "context-data", G_CALLBACK (on_context_data), side);
      g_signal_connect (session, "context-kept", G_CALLBACK (on_context_kept), side);
      g_signal_connect (session, "stream-offered", G_CALLBACK (on_stream_offered), side);
      g_signal_connect (session, "send-error", G_CALLBACK (on_send_error), side);
      g_signal_connect (session, "app-not-present", G_CALLBACK (on_app_not_present), side);
      g_signal_connect (session, "termination", G_CALLBACK (on_termination), side);
      g_signal_connect (session, "changed", G_CALLBACK (on_changed), side);
    }
}

static void
on_invitation (BkEngineSessions *sessions, BkEngineSession *session, Side *side)
{
  side_log (side, "ASK");
}

static void
on_invitation_over (BkEngineSessions *sessions, BkEngineSession *session, Side *side)
{
  side_log (side, "WITHDRAW");
}

static void
on_notice (BkEngineSessions *sessions, const char *kind, const char *text, BkEngineSession *session, Side *side)
{
  g_assert_cmpuint (strlen (text), >, 0);
  side_log (side, "NOTICE(%s)", kind);
}

/* ---- the two sides ---- */

const char *
side_address (Side *side)
{
  return side->account->name;
}

Side *
world_side (World *world, char initial)
{
  return &world->sides[initial == 'b'];
}

void
side_set_present (Side *side, gboolean present)
{
  side->registry->registered = present;
  side->registry->application->present = present;
  if (present)
    g_signal_emit_by_name (side->registry, "registered", APP_GUID);
}

/* The program of what is registered. */
void
side_set_program (Side *side, gboolean present)
{
  side->registry->application->present = present;
  g_signal_emit_by_name (side->registry, "program-changed", APP_GUID);
}

void
side_set_online (Side *side, gboolean online)
{
  gboolean was = side->account->state == BK_BACKEND_ONLINE;

  side->account->state = online ? BK_BACKEND_ONLINE : BK_BACKEND_WAITING;
  if (online && !was)
    bk_engine_sessions_account_online (side->sessions, side->account);
}

void
side_set_contact (Side *side, BeckonRelation relation, gboolean blocked, BeckonStatus status)
{
  side->account->contact->relation = relation;
  side->account->contact->blocked = blocked;
  side->account->contact->status = status;
}

const char *
side_entry (Side *side, const char *id)
{
  return g_hash_table_lookup (side->history->entries, id);
}

guint
side_count_open_in_history (Side *side)
{
  return g_hash_table_size (side->history->open);
}

void
side_receive (Side *side, const char *who, const BkEnvelope *envelope, gint64 time)
{
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_SESSION, .who = who, .envelope = envelope, .time = time };

  if (envelope->kind == BK_ENVELOPE_ACCEPT)
    g_hash_table_add (side->world->agreed, g_strdup (envelope->session));

  bk_engine_sessions_apply (side->sessions, side->account, &event);
}

void
side_receive_elsewhere (Side *side, const char *session, BeckonSessionResult result)
{
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_SESSION_ELSEWHERE, .session = session, .result = result };

  bk_engine_sessions_apply (side->sessions, side->account, &event);
}

FakeChannel *
side_channel (Side *side)
{
  return fake_channels_last (side->channels);
}

static void
side_init (World *world, Side *side, const char *name, const char *display_name, gboolean with_peers)
{
  side->world = world;
  side->name = name;
  side->log = g_string_new (NULL);
  side->ended = g_hash_table_new (NULL, NULL);
  side->backend = g_object_new (fake_backend_get_type (), NULL);
  side->backend->side = side;
  side->launcher = side_desktop_new (side);
  side->opener = side_desktop_new (side);
  side->peers = with_peers ? side_desktop_new (side) : NULL;
  side->seat = fake_seat_new ();
  side->account = g_object_new (BK_TYPE_ENGINE_ACCOUNT, NULL);
  side->account->name = name;
  side->account->backend = BK_BACKEND (side->backend);
  side->account->contact->display_name = display_name;
  side->registry = g_object_new (BK_TYPE_ENGINE_REGISTRY, NULL);
  side->history = g_object_new (BK_TYPE_ENGINE_HISTORY, NULL);
  side->account->history = side->history;

  BkEngineSessionsConfig config = { .clock = BK_CLOCK (world->clock),
                                    .launcher = BK_LAUNCHER (side->launcher),
                                    .opener = BK_OPENER (side->opener),
                                    .peers = (BkPeers *) side->peers,
                                    .seat = BK_SEAT (side->seat),
                                    .channels = (BkChannels *) side->channels,
                                    .registry = side->registry,
                                    .history = side->history,
                                    .local_address = name };
  side->sessions = bk_engine_sessions_new (&config);
  g_signal_connect (side->sessions, "items-changed", G_CALLBACK (on_items_changed), side);
  g_signal_connect (side->sessions, "invitation", G_CALLBACK (on_invitation), side);
  g_signal_connect (side->sessions, "invitation-over", G_CALLBACK (on_invitation_over), side);
  g_signal_connect (side->sessions, "notice", G_CALLBACK (on_notice), side);
}

static World *
make_world (gboolean with_peers, gboolean with_channels)
{
  World *world = g_new0 (World, 1);
  Side *alice = &world->sides[0];
  Side *bob = &world->sides[1];

  if (with_channels)
    {
      alice->channels = fake_channels_new ();
      bob->channels = fake_channels_new ();
      alice->channels->other = bob->channels;
      bob->channels->other = alice->channels;
    }

  world->clock = bk_fake_clock_new ();
  world->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world->agreed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world->hold = world->refuse = -1;
  side_init (world, alice, "alice@example.org", "Bob", with_peers);
  side_init (world, bob, "bob@example.org", "Alice", with_peers);
  alice->other = bob;
  bob->other = alice;
  alice->account->contact->name = bob->name;
  bob->account->contact->name = alice->name;
  return world;
}

World *
world_new (gboolean with_peers)
{
  return make_world (with_peers, FALSE);
}

World *
world_new_with_channels (void)
{
  World *world = make_world (FALSE, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (world->sides); i++)
    world->sides[i].account->identity = bk_identity_new ();
  return world;
}

static void
side_clear (Side *side)
{
  if (side->asked_relays != NULL)
    side_answer_relays (side);
  g_clear_pointer (&side->relays, bk_relays_free);
  g_assert_finalize_object (side->sessions);
  bk_test_drain ();
  if (side->program != NULL)
    {
      if (side->current != NULL)
        g_assert_finalize_object (g_steal_pointer (&side->current));
      g_assert_finalize_object (side->program);
    }
  else if (side->current != NULL)
    g_assert_finalize_object (side->current);
  g_assert_finalize_object (side->account);
  g_assert_finalize_object (side->seat);
  g_assert_finalize_object (side->registry);
  g_assert_finalize_object (side->history);
  g_assert_finalize_object (side->backend);
  g_assert_finalize_object (side->launcher);
  g_assert_finalize_object (side->opener);
  if (side->peers != NULL)
    g_assert_finalize_object (side->peers);
  if (side->channels != NULL)
    {
      for (guint i = 0; i < side->channels->made->len; i++)
        g_assert_cmpint (G_OBJECT (side->channels->made->pdata[i])->ref_count, ==, 1);
      g_assert_finalize_object (side->channels);
    }
  g_string_free (side->log, TRUE);
  g_hash_table_unref (side->ended);
  g_free (side->cookie);
}

/* Checks that nothing is left over: no timer, no object. */
void
world_free (World *world)
{
  Packet *packet;

  while ((packet = g_queue_pop_head (&world->wire)) != NULL)
    {
      g_task_return_new_error (packet->task, BECKON_ERROR, BECKON_ERROR_CANCELLED, "closing");
      packet_free (packet);
    }
  bk_test_drain ();
  side_clear (&world->sides[0]);
  side_clear (&world->sides[1]);
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
  g_assert_finalize_object (world->clock);
  g_hash_table_unref (world->seen);
  g_hash_table_unref (world->agreed);
  g_free (world);
}

/* ---- shorthands ---- */

/* Returns an invitation to Pipe as it would come over the network. */
BkEnvelope *
world_invite_new (const char *id)
{
  BkEnvelope *invite = bk_envelope_new (BK_ENVELOPE_INVITE, id);

  invite->app_guid = g_strdup (APP_GUID);
  invite->app_name = g_strdup ("Pipe");
  invite->ttl = 120;
  return invite;
}

gint64
world_now (World *world)
{
  return bk_clock_real (BK_CLOCK (world->clock));
}

/* A session in state READY, without a program that made it. */
BkEngineSession *
side_create (Side *side)
{
  g_autoptr (GError) error = NULL;
  BkEngineSession *session = bk_engine_sessions_create (side->sessions, side->account, NULL, &error);

  g_assert_no_error (error);
  return session;
}
