/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-peers.h"

#include "bk-limits.h"
#include "bk-service-values.h"

#define MAX_ASKED 8 /* programs asked one after the other: each may take its 3 s */

struct _BkServicePeers
{
  GObject parent_instance;

  BkServiceDoor *doors[2];
  BkServiceLocks *locks;
  GWeakRef engine;
};

typedef enum
{
  QUESTION_INVITATION,    /* one after the other, until one says true */
  QUESTION_BEFORE_LAUNCH, /* all at once, until one says false */
  QUESTION_LAUNCH,        /* one after the other, until one does not fail */
  QUESTION_ALERT,         /* all at once, until one says false */
} QuestionKind;

typedef struct
{
  BkServiceDoor *door;
  char *name;
} Target;

typedef struct
{
  QuestionKind kind;
  guint number;  /* of the session */
  char *session; /* its SessionID; NULL: it is about no session */
  char *path;    /* its object path */
  GVariant *alert;
  char *app_data;
  char *cookie;
  GPtrArray *targets; /* element-type Target, owned */
  guint next;         /* the target to be asked next */
  guint open;         /* calls that have not come back */
} Question;

/* One call on its way. */
typedef struct
{
  GTask *task; /* owned */
  Target *target; /* borrowed from the question, which the task keeps */
} Asked;

static void bk_service_peers_iface_init (BkPeersInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServicePeers, bk_service_peers, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_PEERS, bk_service_peers_iface_init))

static void
target_free (Target *target)
{
  g_object_unref (target->door);
  g_free (target->name);
  g_free (target);
}

static void
question_free (Question *question)
{
  g_free (question->session);
  g_free (question->path);
  g_free (question->app_data);
  g_free (question->cookie);
  g_clear_pointer (&question->alert, g_variant_unref);
  g_ptr_array_unref (question->targets);
  g_free (question);
}

static void
add_target (Question *question, BkServiceDoor *door, const char *name)
{
  Target *target;

  if (question->targets->len >= MAX_ASKED && question->kind != QUESTION_ALERT)
    return;
  target = g_new0 (Target, 1);
  target->door = g_object_ref (door);
  target->name = g_strdup (name);
  g_ptr_array_add (question->targets, target);
}

static BkEngineSession *
find_session (BkServicePeers *self, guint number)
{
  g_autoptr (BkEngine) engine = g_weak_ref_get (&self->engine);
  GListModel *sessions = engine != NULL ? bk_engine_get_sessions (engine) : NULL;

  for (guint i = 0; sessions != NULL && i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (BkEngineSession) session = g_list_model_get_item (sessions, i);
      if (bk_engine_session_get_number (session) == number)
        return session; /* the list keeps it */
    }
  return NULL;
}

/* Whether @name has to unlock before it hears of invitations. */
static gboolean
is_locked (BkServicePeers *self, BkServiceDoor *door, const char *name, BkEngineSession *session)
{
  return door == self->doors[BK_SERVICE_DOOR_SESSIONS] && session != NULL
         && !bk_service_locks_check (self->locks, name, BK_SERVICE_LOCK_MANAGER,
                                     bk_engine_session_get_account (session), NULL);
}

/* Whoever is at the user's own door may stand for everything. */
static gboolean
stands_for (BkServicePeers *self, BkServiceDoor *door, const char *name, const char *guid)
{
  g_autoptr (BkEngine) engine = g_weak_ref_get (&self->engine);
  BkEngineApplication *application =
    engine != NULL ? bk_engine_registry_find (bk_engine_get_registry (engine), guid) : NULL;

  return bk_service_callers_stands_for (bk_service_door_get_callers (door), name, guid,
                                        application != NULL ? bk_engine_application_get_bus_name (application) : NULL);
}

/* Those who stand for @guid, the newest first: a program that has been started again knows more than one that hangs. */
static void
find_targets (BkServicePeers *self, Question *question, const char *guid)
{
  BkEngineSession *session = question->kind == QUESTION_INVITATION ? find_session (self, question->number) : NULL;

  for (gsize i = G_N_ELEMENTS (self->doors); i-- > 0;)
    {
      g_auto (GStrv) names = bk_service_callers_list (bk_service_door_get_callers (self->doors[i]));

      for (gsize j = 0; names[j] != NULL; j++)
        if (stands_for (self, self->doors[i], names[j], guid) && !is_locked (self, self->doors[i], names[j], session))
          add_target (question, self->doors[i], names[j]);
    }
}

static const char *
method_of (QuestionKind kind)
{
  switch (kind)
    {
    case QUESTION_INVITATION:
      return "Invitation";
    case QUESTION_BEFORE_LAUNCH:
      return "BeforeAppLaunch";
    case QUESTION_LAUNCH:
      return "LaunchSession";
    case QUESTION_ALERT:
      return "AlertReceived";
    }
  return NULL;
}

static GVariant *
arguments_of (const Question *question)
{
  switch (question->kind)
    {
    case QUESTION_INVITATION:
      return g_variant_new ("(o@sa{sv})", question->path, bk_service_text (question->app_data), NULL);
    case QUESTION_BEFORE_LAUNCH:
      return g_variant_new ("(oa{sv})", question->path, NULL);
    case QUESTION_LAUNCH:
      return g_variant_new ("(sa{sv})", question->cookie, NULL);
    case QUESTION_ALERT:
      return g_variant_new ("(@(usssxs)a{sv})", question->alert, NULL);
    }
  return NULL;
}

/* Whether all are asked at once, and no is what counts. */
static gboolean
is_poll (QuestionKind kind)
{
  return kind == QUESTION_BEFORE_LAUNCH || kind == QUESTION_ALERT;
}

static gboolean
default_of (QuestionKind kind)
{
  return is_poll (kind);
}

static gboolean
read_answer (const Question *question, GVariant *reply)
{
  gboolean answer = TRUE;

  if (reply == NULL)
    return default_of (question->kind);
  if (question->kind != QUESTION_LAUNCH)
    g_variant_get (reply, "(b)", &answer);
  return answer;
}

/* Whether another answer than the default makes the program the holder of the session. */
static gboolean
is_about_holding (QuestionKind kind)
{
  return kind == QUESTION_INVITATION || kind == QUESTION_BEFORE_LAUNCH;
}

/* Who takes an invitation over, or does without the launch, holds its session. It may have left the bus while its
 * answer was on the way: then nobody takes it. */
static gboolean
take_over (BkServicePeers *self, Question *question, Target *target)
{
  BkEngineSession *session = find_session (self, question->number);

  if (session == NULL || bk_engine_session_get_owner (session) != NULL
      || !bk_service_callers_is_attached (bk_service_door_get_callers (target->door), target->name))
    return FALSE;
  bk_engine_session_set_owner (session, target->name);
  return TRUE;
}

static void ask_next (GTask *task_in);

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr (GTask) task = asked->task;
  Target *target = asked->target;
  Question *question = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  gboolean answer = read_answer (question, reply);

  g_free (asked);
  question->open--;
  if (answer != default_of (question->kind) && is_about_holding (question->kind) && !g_task_get_completed (task)
      && !g_cancellable_is_cancelled (g_task_get_cancellable (task))
      && !take_over (g_task_get_source_object (task), question, target))
    answer = default_of (question->kind);
  if (question->session != NULL)
    bk_service_callers_revoke (bk_service_door_get_callers (target->door), target->name, question->session);

  if (g_task_get_completed (task))
    return;
  if (answer != default_of (question->kind))
    g_task_return_boolean (task, answer);
  else
    ask_next (g_steal_pointer (&task));
}

/* ---- who was asked about an invitation: kept with its session ---- */

static GQuark
asked_quark (void)
{
  return g_quark_from_static_string ("bk-service-peers-asked");
}

static void
mark_asked (BkEngineSession *session, const char *name)
{
  GHashTable *asked;

  if (session == NULL)
    return;
  asked = g_object_get_qdata (G_OBJECT (session), asked_quark ());
  if (asked == NULL)
    {
      asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_object_set_qdata_full (G_OBJECT (session), asked_quark (), asked, (GDestroyNotify) g_hash_table_unref);
    }
  g_hash_table_add (asked, g_strdup (name));
}

static gboolean
was_asked (BkEngineSession *session, const char *name)
{
  GHashTable *asked = g_object_get_qdata (G_OBJECT (session), asked_quark ());

  return asked != NULL && g_hash_table_contains (asked, name);
}

static void
ask_one (GTask *task, Question *question, Target *target)
{
  BkServiceCallers *callers = bk_service_door_get_callers (target->door);
  const char *peer = bk_service_callers_get_peer (callers, target->name);

  if (peer == NULL)
    return;

  Asked *asked = g_new0 (Asked, 1);
  asked->task = g_object_ref (task);
  asked->target = target;
  question->open++;
  if (question->session != NULL)
    bk_service_callers_grant (callers, target->name, question->session);
  if (question->kind == QUESTION_INVITATION)
    mark_asked (find_session (g_task_get_source_object (task), question->number), target->name);
  g_dbus_connection_call (bk_service_door_get_connection (target->door), target->name, peer, "im.beckon.Peer1",
                          method_of (question->kind), arguments_of (question),
                          question->kind == QUESTION_LAUNCH ? G_VARIANT_TYPE_UNIT : G_VARIANT_TYPE ("(b)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, BK_TIMEOUT_PEER_CALL_S * 1000,
                          g_task_get_cancellable (task), on_answer, asked);
}

/* Takes @task: asks whoever is to be asked now, or gives the default when nobody is left. */
static void
ask_next (GTask *task_in)
{
  g_autoptr (GTask) task = task_in;
  Question *question = g_task_get_task_data (task);

  while (question->next < question->targets->len && (question->open == 0 || is_poll (question->kind)))
    ask_one (task, question, g_ptr_array_index (question->targets, question->next++));
  if (question->open == 0)
    g_task_return_boolean (task, default_of (question->kind));
}

static Question *
question_new (BkServicePeers *self, QuestionKind kind, guint number)
{
  Question *question = g_new0 (Question, 1);
  BkEngineSession *session = find_session (self, number);

  question->kind = kind;
  question->number = number;
  question->session = g_strdup (session != NULL ? bk_engine_session_get_id (session) : "");
  question->path = g_strdup_printf (BK_SERVICE_PATH_SESSIONS "/%u", number);
  question->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) target_free);
  return question;
}

static void
start (BkServicePeers *self, Question *question, GCancellable *cancellable, GAsyncReadyCallback callback,
       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, start);
  g_task_set_check_cancellable (task, FALSE); /* an answer is an answer; the asker looks whether it still matters */
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  ask_next (task);
}

static void
bk_service_peers_offer_invitation_async (BkPeers *peers, const char *guid, guint session, const char *app_data,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkServicePeers *self = BK_SERVICE_PEERS (peers);
  Question *question = question_new (self, QUESTION_INVITATION, session);

  question->app_data = g_strdup (app_data);
  find_targets (self, question, guid);
  start (self, question, cancellable, callback, user_data);
}

static void
bk_service_peers_before_launch_async (BkPeers *peers, const char *guid, guint session, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  BkServicePeers *self = BK_SERVICE_PEERS (peers);
  Question *question = question_new (self, QUESTION_BEFORE_LAUNCH, session);

  find_targets (self, question, guid);
  start (self, question, cancellable, callback, user_data);
}

static void
bk_service_peers_launch_session_async (BkPeers *peers, const char *guid, guint session, const char *cookie,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkServicePeers *self = BK_SERVICE_PEERS (peers);
  Question *question = question_new (self, QUESTION_LAUNCH, session);

  question->cookie = g_strdup (cookie);
  find_targets (self, question, guid);
  start (self, question, cancellable, callback, user_data);
}

static gboolean
bk_service_peers_finish (BkPeers *peers, GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

static void
bk_service_peers_iface_init (BkPeersInterface *iface)
{
  iface->offer_invitation_async = bk_service_peers_offer_invitation_async;
  iface->before_launch_async = bk_service_peers_before_launch_async;
  iface->launch_session_async = bk_service_peers_launch_session_async;
  iface->finish = bk_service_peers_finish;
}

static void
bk_service_peers_dispose (GObject *object)
{
  BkServicePeers *self = BK_SERVICE_PEERS (object);

  g_clear_object (&self->doors[0]);
  g_clear_object (&self->doors[1]);
  g_clear_object (&self->locks);
  g_weak_ref_set (&self->engine, NULL);
  G_OBJECT_CLASS (bk_service_peers_parent_class)->dispose (object);
}

static void
bk_service_peers_finalize (GObject *object)
{
  g_weak_ref_clear (&BK_SERVICE_PEERS (object)->engine);
  G_OBJECT_CLASS (bk_service_peers_parent_class)->finalize (object);
}

static void
bk_service_peers_class_init (BkServicePeersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_service_peers_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_service_peers_finalize;
}

static void
bk_service_peers_init (BkServicePeers *self)
{
  g_weak_ref_init (&self->engine, NULL);
}

BkServicePeers *
bk_service_peers_new (BkServiceDoor *service, BkServiceDoor *sessions, BkServiceLocks *locks)
{
  BkServicePeers *self = g_object_new (BK_TYPE_SERVICE_PEERS, NULL);

  self->doors[0] = g_object_ref (service);
  self->doors[1] = g_object_ref (sessions);
  self->locks = g_object_ref (locks);
  return self;
}

void
bk_service_peers_set_engine (BkServicePeers *self, BkEngine *engine)
{
  g_weak_ref_set (&self->engine, engine);
}

void
bk_service_peers_offer_late (BkServicePeers *self, BkServiceDoor *door, const char *name, BkEngineSession *session,
                             gboolean again)
{
  const char *guid = bk_engine_session_get_application (session);

  if (bk_engine_session_get_state (session) != BECKON_SESSION_STATE_INVITATION
      || (bk_engine_session_get_flags (session) & BECKON_SESSION_FLAGS_INVITEE) == 0
      || bk_engine_session_get_owner (session) != NULL || guid == NULL
      || !stands_for (self, door, name, guid) || is_locked (self, door, name, session)
      || (!again && was_asked (session, name)))
    return;

  Question *question = question_new (self, QUESTION_INVITATION, bk_engine_session_get_number (session));
  question->app_data = g_strdup (bk_engine_session_get_app_data (session));
  add_target (question, door, name);
  start (self, question, NULL, NULL, NULL);
}

void
bk_service_peers_ask_alert_async (BkServicePeers *self, BkServiceDoor *door, const char *const *names, GVariant *alert,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Question *question = g_new0 (Question, 1);

  question->kind = QUESTION_ALERT;
  question->alert = g_variant_ref (alert);
  question->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) target_free);
  for (gsize i = 0; names[i] != NULL; i++)
    add_target (question, door, names[i]);
  start (self, question, cancellable, callback, user_data);
}

gboolean
bk_service_peers_ask_alert_finish (BkServicePeers *self, GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}
