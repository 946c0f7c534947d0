/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-session-manager-private.h"

#include "beckon-applications-private.h"
#include "beckon-attachment-private.h"
#include "beckon-lock-private.h"
#include "beckon-peer-private.h"
#include "beckon-session-private.h"
#include "beckon-values-private.h"

#define MANAGER_INTERFACE "im.beckon.SessionManager1"
#define COOKIE_VARIABLE "BECKON_COOKIE"

struct _BeckonSessionManager
{
  GObject parent_instance;

  BeckonAttachment *attachment;
  BeckonRemote *remote;
  BeckonLock *lock;
  GListStore *applications; /* element-type BeckonApplication */
  GHashTable *sessions;     /* path → BeckonSession: one object per session, until it ended */
  guint n_asked;            /* questions of the service that are not answered yet */
  gboolean busy;
  GCancellable *cancellable;
};

enum
{
  PROP_0,
  PROP_MY_SIGNIN_NAME,
  PROP_APPLICATIONS,
  PROP_LOCK,
  PROP_BUSY,
  N_PROPS
};

enum
{
  SIGNAL_INVITATION,
  SIGNAL_BEFORE_APP_LAUNCH,
  SIGNAL_LAUNCH_SESSION,
  SIGNAL_APP_REGISTERED,
  SIGNAL_APP_UNREGISTERED,
  SIGNAL_APP_SHUTDOWN,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BeckonSessionManager, beckon_session_manager, G_TYPE_OBJECT)

BeckonRemote *
beckon_session_manager_get_remote (BeckonSessionManager *self)
{
  return self->remote;
}

/* ---- sessions ---- */

static void
update_busy (BeckonSessionManager *self)
{
  gboolean busy = self->n_asked > 0 || g_hash_table_size (self->sessions) > 0;

  if (busy == self->busy)
    return;
  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
on_termination (BeckonSession *session, BeckonSessionResult result, const char *app_data, BeckonSessionManager *self)
{
  g_hash_table_remove (self->sessions, beckon_session_get_path (session));
  update_busy (self);
}

static void
on_session_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonSessionManager *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (BeckonSession) session = beckon_session_load_finish (result, &error);

  if (session == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  /* Somebody may have asked for the same session at the same time: the first object stays. */
  const char *path = beckon_session_get_path (session);
  BeckonSession *known = g_hash_table_lookup (self->sessions, path);
  if (known == NULL && beckon_session_get_state (session) == BECKON_SESSION_STATE_TERMINATED)
    {
      known = session;
    }
  else if (known == NULL)
    {
      known = session;
      g_hash_table_insert (self->sessions, g_strdup (path), g_object_ref (session));
      g_signal_connect_object (session, "termination", G_CALLBACK (on_termination), self, G_CONNECT_AFTER);
      update_busy (self);
    }
  g_task_return_pointer (task, g_object_ref (known), g_object_unref);
}

/* The object for a session; BeckonSession through @task, consumed. */
static void
get_session (BeckonSessionManager *self, const char *path, GTask *task)
{
  BeckonSession *known = g_hash_table_lookup (self->sessions, path);

  if (known != NULL)
    {
      g_task_return_pointer (task, g_object_ref (known), g_object_unref);
      g_object_unref (task);
      return;
    }
  beckon_session_load (beckon_attachment_get_connection (self->attachment), BECKON_BUS_SESSIONS, path,
                       g_task_get_cancellable (task), on_session_loaded, task);
}

static void
on_session_path (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonSessionManager *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);
  const char *path;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  get_session (self, path, g_steal_pointer (&task));
}

/* ---- what the service asks: answered once the session can be read ---- */

typedef struct
{
  GDBusMethodInvocation *invocation; /* owned, answered exactly once */
  guint signal;
  char *app_data;
} PeerCall;

static void
peer_call_free (PeerCall *call)
{
  g_clear_object (&call->invocation);
  g_free (call->app_data);
  g_free (call);
}

/* NULL: the error has been answered. */
static BeckonSession *
end_peer_call (BeckonSessionManager *self, GAsyncResult *result)
{
  PeerCall *call = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  BeckonSession *session = g_task_propagate_pointer (G_TASK (result), &error);

  if (session == NULL)
    g_dbus_method_invocation_return_gerror (g_steal_pointer (&call->invocation), error);
  self->n_asked--;
  update_busy (self);
  return session;
}

static void
on_asked_session (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BeckonSessionManager *self = BECKON_SESSION_MANAGER (source);
  PeerCall *call = g_task_get_task_data (G_TASK (result));
  g_autoptr (BeckonSession) session = end_peer_call (self, result);
  gboolean answer = FALSE;

  if (session == NULL)
    return;
  if (call->signal == SIGNAL_INVITATION)
    g_signal_emit (self, signals[SIGNAL_INVITATION], 0, session, call->app_data, &answer);
  else
    g_signal_emit (self, signals[SIGNAL_BEFORE_APP_LAUNCH], 0, session, &answer);
  g_dbus_method_invocation_return_value (g_steal_pointer (&call->invocation), g_variant_new ("(b)", answer));
}

static void
on_launched_session (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BeckonSessionManager *self = BECKON_SESSION_MANAGER (source);
  PeerCall *call = g_task_get_task_data (G_TASK (result));
  g_autoptr (BeckonSession) session = end_peer_call (self, result);

  if (session == NULL)
    return;
  g_dbus_method_invocation_return_value (g_steal_pointer (&call->invocation), NULL);
  g_signal_emit (self, signals[SIGNAL_LAUNCH_SESSION], 0, session);
}

static GTask *
peer_call_task (BeckonSessionManager *self, GDBusMethodInvocation *invocation, guint signal, const char *app_data,
                GAsyncReadyCallback callback)
{
  GTask *task = g_task_new (self, self->cancellable, callback, NULL);
  PeerCall *call = g_new0 (PeerCall, 1);

  call->invocation = invocation; /* GDBus hands it over with the call, to be used up by the answer */
  call->signal = signal;
  call->app_data = g_strdup (app_data);
  g_task_set_source_tag (task, peer_call_task);
  g_task_set_task_data (task, call, (GDestroyNotify) peer_call_free);
  self->n_asked++;
  update_busy (self);
  return task;
}

static void
call_for_session (BeckonSessionManager *self, const char *method, GVariant *args, GTask *task)
{
  beckon_remote_call_async (self->remote, method, args, "(o)", g_task_get_cancellable (task), on_session_path, task);
}

static gboolean
on_peer_call (BeckonAttachment *attachment, const char *method, GVariant *args, GDBusMethodInvocation *invocation,
              BeckonSessionManager *self)
{
  const char *path;
  const char *text = "";

  if (self->remote == NULL || g_str_equal (method, "Describe") || g_str_equal (method, "AlertReceived"))
    return FALSE;
  if (g_str_equal (method, "LaunchSession"))
    {
      /* A program that does not listen for it does not take sessions while it runs: a second one is started. */
      if (!g_signal_has_handler_pending (self, signals[SIGNAL_LAUNCH_SESSION], 0, TRUE))
        return FALSE;
      g_variant_get_child (args, 0, "&s", &text);
      call_for_session (self, "GetLaunchingSession", g_variant_new ("(sa{sv})", text, NULL),
                        peer_call_task (self, invocation, SIGNAL_LAUNCH_SESSION, NULL, on_launched_session));
      return TRUE;
    }

  gboolean invitation = g_str_equal (method, "Invitation");
  g_variant_get_child (args, 0, "&o", &path);
  if (invitation)
    g_variant_get_child (args, 1, "&s", &text);
  get_session (self, path,
               peer_call_task (self, invocation, invitation ? SIGNAL_INVITATION : SIGNAL_BEFORE_APP_LAUNCH, text,
                               on_asked_session));
  return TRUE;
}

/* ---- what the service tells ---- */

static void
on_signal (BeckonRemote *remote, const char *name, GVariant *args, BeckonSessionManager *self)
{
  if (g_str_equal (name, "AppShutdown"))
    g_signal_emit (self, signals[SIGNAL_APP_SHUTDOWN], 0);
  else
    beckon_applications_hear (self->applications, name, args, G_OBJECT (self));
}

static void
tell_signin_name (BeckonSessionManager *self)
{
  beckon_lock_set_primary (self->lock, beckon_session_manager_get_my_signin_name (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MY_SIGNIN_NAME]);
}

static void
on_changed (BeckonRemote *remote, const char *const *names, BeckonSessionManager *self)
{
  if (g_strv_contains (names, "MySigninName"))
    tell_signin_name (self);
}

/* ---- the service came back: the list and the properties are those of its new run ---- */

static void
on_followed_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("Could not read from the session service again: %s", error->message);
}

static void
take_remote (BeckonSessionManager *self, BeckonRemote *remote)
{
  if (self->remote != NULL)
    g_signal_handlers_disconnect_by_data (self->remote, self);
  g_clear_object (&self->remote);
  self->remote = remote;
  g_signal_connect_object (self->remote, "signal", G_CALLBACK (on_signal), self, 0);
  g_signal_connect_object (self->remote, "changed", G_CALLBACK (on_changed), self, 0);
}

static void
on_remote_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonSessionManager *self = g_task_get_source_object (task);
  GError *error = NULL;
  BeckonRemote *remote = beckon_remote_new_finish (result, &error);

  if (remote == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  take_remote (self, remote);
  tell_signin_name (self);
  beckon_applications_follow (self->remote, self->applications, g_steal_pointer (&task));
}

static void
on_attached_again (BeckonAttachment *attachment, BeckonSessionManager *self)
{
  GTask *task = g_task_new (self, self->cancellable, on_followed_again, NULL);

  g_task_set_source_tag (task, on_attached_again);
  beckon_remote_new_async (beckon_attachment_get_connection (attachment), BECKON_BUS_SESSIONS, BECKON_OBJECT_PATH,
                           MANAGER_INTERFACE, self->cancellable, on_remote_again, task);
}

static void
on_lost (BeckonAttachment *attachment, BeckonSessionManager *self)
{
  g_hash_table_remove_all (self->sessions);
  update_busy (self);
  g_list_store_remove_all (self->applications);
  beckon_lock_lost (self->lock);
  g_signal_emit (self, signals[SIGNAL_APP_SHUTDOWN], 0);
}

/* ---- construction: connection, remote, list, Attach ---- */

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonSessionManager *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  /* The first time is over: what was read before it is current. */
  g_signal_connect_object (self->attachment, "attached", G_CALLBACK (on_attached_again), self, 0);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

static void
on_applications (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonSessionManager *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  GTask *next = g_task_new (self->attachment, g_task_get_cancellable (task), on_attached, task);
  g_steal_pointer (&task);
  beckon_attachment_start (self->attachment, next);
}

static void
on_remote (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonSessionManager *self = g_task_get_task_data (task);
  GError *error = NULL;

  BeckonRemote *remote = beckon_remote_new_finish (result, &error);
  if (remote == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  take_remote (self, remote);
  tell_signin_name (self);
  GTask *next = g_task_new (self, g_task_get_cancellable (task), on_applications, task);
  g_steal_pointer (&task);
  beckon_applications_follow (self->remote, self->applications, next);
}

static void
on_attachment (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (BeckonAttachment) attachment = beckon_attachment_new_finish (result, &error);

  if (attachment == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  BeckonSessionManager *self = g_object_new (BECKON_TYPE_SESSION_MANAGER, NULL);
  g_task_set_task_data (task, self, g_object_unref);
  self->attachment = g_steal_pointer (&attachment);
  self->lock = beckon_lock_new (beckon_attachment_get_connection (self->attachment), BECKON_OBJECT_PATH);
  g_signal_connect_object (self->attachment, "peer-call", G_CALLBACK (on_peer_call), self, 0);
  g_signal_connect_object (self->attachment, "lost", G_CALLBACK (on_lost), self, 0);
  GCancellable *cancellable = g_task_get_cancellable (task);
  beckon_remote_new_async (beckon_attachment_get_connection (self->attachment), BECKON_BUS_SESSIONS, BECKON_OBJECT_PATH,
                           MANAGER_INTERFACE, cancellable, on_remote, g_steal_pointer (&task));
}

/**
 * beckon_session_manager_new_async:
 * @guids: (array zero-terminated=1) (nullable): the applications that the program stands for, braced GUIDs
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Connects to the session service, starting it if need be. Invitations for @guids are then offered to this program by
 * [signal@SessionManager::invitation]. Invitations that are open already are offered as soon as the main loop runs, so
 * connect to that signal in @callback.
 */
void
beckon_session_manager_new_async (const char *const *guids, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, beckon_session_manager_new_async);
  beckon_attachment_new_async (BECKON_BUS_SESSIONS, MANAGER_INTERFACE, guids, cancellable, on_attachment, task);
}

/**
 * beckon_session_manager_new_finish: (constructor)
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the outcome of [func@SessionManager.new_async]. Errors: %BECKON_ERROR_NOT_FOUND when there is no session
 * service, %BECKON_ERROR_INVALID_ARGUMENT for a malformed GUID, those of GIO when there is no session bus.
 *
 * Returns: (transfer full): the manager
 */
BeckonSessionManager *
beckon_session_manager_new_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * beckon_session_manager_new_for_bus_name_async:
 * @bus_name: a name below `im.beckon.Beckon.Peer.`
 * @guid: the application, a braced GUID
 * @description: what is told of the application, `a{sv}`: `name`, and if there are any `url`, `icon` and `comment`, all
 *   of them texts (`s`)
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * What a program does that the bus starts, the third door of [registering](registering.html): the same as
 * [func@SessionManager.new_async], under a name of its own, by which Beckon finds it and hands it its sessions. The
 * program is registered by being there; its sessions come by [signal@SessionManager::launch-session], those also for
 * which the bus started it. Connect to that signal in @callback.
 *
 * Without a session to look after, the program may leave: see [property@SessionManager:busy].
 */
void
beckon_session_manager_new_for_bus_name_async (const char *bus_name, const char *guid, GVariant *description,
                                               GCancellable *cancellable, GAsyncReadyCallback callback,
                                               gpointer user_data)
{
  g_return_if_fail (bus_name != NULL && guid != NULL);
  g_return_if_fail (description != NULL && g_variant_is_of_type (description, G_VARIANT_TYPE_VARDICT));

  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GVariant) looks = g_variant_ref_sink (description);
  g_autofree char *path = beckon_peer_dup_path (bus_name);
  GError *error = NULL;

  g_task_set_source_tag (task, beckon_session_manager_new_for_bus_name_async);
  if (path == NULL)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "%s is no name of a peer", bus_name);
  else if (!beckon_peer_check_description (looks, &error))
    g_task_return_error (task, error);
  else
    beckon_attachment_new_named_async (BECKON_BUS_SESSIONS, MANAGER_INTERFACE, bus_name, guid, looks, cancellable,
                                       on_attachment, g_steal_pointer (&task));
}

/**
 * beckon_session_manager_new_for_bus_name_finish: (constructor)
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the outcome of [func@SessionManager.new_for_bus_name_async]. Errors: %BECKON_ERROR_INVALID_ARGUMENT for a name
 * of another kind, a malformed GUID or a description without a name, %BECKON_ERROR_ACCESS_DENIED when another program
 * has the name or this one may not have it, those of [ctor@SessionManager.new_finish].
 *
 * Returns: (transfer full): the manager
 */
BeckonSessionManager *
beckon_session_manager_new_for_bus_name_finish (GAsyncResult *result, GError **error)
{
  return beckon_session_manager_new_finish (result, error);
}

/* ---- public ---- */

/**
 * beckon_session_manager_get_busy:
 * @self: a session manager
 *
 * Gets whether a session that the program knows is open, or is just being handed to it.
 *
 * Returns: whether there is something to stay for
 */
gboolean
beckon_session_manager_get_busy (BeckonSessionManager *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION_MANAGER (self), FALSE);

  return self->busy;
}

/**
 * beckon_session_manager_get_my_signin_name:
 * @self: a session manager
 *
 * Gets the sign-in name of the primary account.
 *
 * Returns: (transfer none): the name, empty if there is none
 */
const char *
beckon_session_manager_get_my_signin_name (BeckonSessionManager *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION_MANAGER (self), NULL);

  return beckon_remote_get_string (self->remote, "MySigninName");
}

/**
 * beckon_session_manager_get_applications:
 * @self: a session manager
 *
 * Gets the registered applications (`Applications`).
 *
 * Returns: (transfer none): a list of [class@Application]
 */
GListModel *
beckon_session_manager_get_applications (BeckonSessionManager *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION_MANAGER (self), NULL);

  return G_LIST_MODEL (self->applications);
}

void
beckon_session_manager_create (BeckonSessionManager *self, GVariant *options, GTask *task)
{
  call_for_session (self, "CreateSession", g_variant_new ("(@a{sv})", options), task);
}

/**
 * beckon_session_manager_get_lock:
 * @self: a session manager
 *
 * Gets what unlocks [method@SessionManager.create_session_async], [method@SessionManager.register_application_async],
 * [method@SessionManager.unregister_application_async], [method@Session.invite_async] and
 * [signal@SessionManager::invitation] where the operator of the service has locked them (`IMsgrLock`).
 *
 * Returns: (transfer none): the lock
 */
BeckonLock *
beckon_session_manager_get_lock (BeckonSessionManager *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION_MANAGER (self), NULL);

  return self->lock;
}

/**
 * beckon_session_manager_create_session_async:
 * @self: a session manager
 * @account: (nullable): sign-in name of the account that invites, %NULL for the primary one
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Makes a session (`CreateSession`). One session serves one invitation.
 */
void
beckon_session_manager_create_session_async (BeckonSessionManager *self, const char *account,
                                             GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION_MANAGER (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, beckon_session_manager_create_session_async);
  beckon_session_manager_create (self, beckon_values_account_option (account), task);
}

/**
 * beckon_session_manager_create_session_finish:
 * @self: a session manager
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@SessionManager.create_session_async]. Errors: %BECKON_ERROR_API_LOCKED,
 * %BECKON_ERROR_NOT_LOGGED_ON, %BECKON_ERROR_LIMIT_EXCEEDED.
 *
 * Returns: (transfer full): the session, in state %BECKON_SESSION_STATE_READY
 */
BeckonSession *
beckon_session_manager_create_session_finish (BeckonSessionManager *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * beckon_session_manager_get_launching_session_async:
 * @self: a session manager
 * @cookie: (nullable): the cookie, %NULL to take it from the environment
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Gets the session that launched this program (`GetLaunchingSession`). The cookie opens once; when it is taken from the
 * environment variable `BECKON_COOKIE`, the variable is removed so that it is not handed on to other programs. Without
 * a cookie the session service knows the program by its process id.
 */
void
beckon_session_manager_get_launching_session_async (BeckonSessionManager *self, const char *cookie,
                                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                                    gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION_MANAGER (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *from_environment = g_strdup (g_getenv (COOKIE_VARIABLE));

  g_task_set_source_tag (task, beckon_session_manager_get_launching_session_async);
  if (cookie == NULL)
    {
      cookie = from_environment != NULL ? from_environment : "";
      g_unsetenv (COOKIE_VARIABLE);
    }
  call_for_session (self, "GetLaunchingSession", g_variant_new ("(sa{sv})", cookie, NULL), task);
}

/**
 * beckon_session_manager_get_launching_session_finish:
 * @self: a session manager
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@SessionManager.get_launching_session_async]. Errors: %BECKON_ERROR_NOT_FOUND when the
 * program was not launched by a session, or the cookie was used before.
 *
 * Returns: (transfer full): the session
 */
BeckonSession *
beckon_session_manager_get_launching_session_finish (BeckonSessionManager *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
beckon_session_manager_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  BeckonSessionManager *self = BECKON_SESSION_MANAGER (object);

  switch (property_id)
    {
    case PROP_MY_SIGNIN_NAME:
      g_value_set_string (value, beckon_session_manager_get_my_signin_name (self));
      break;
    case PROP_APPLICATIONS:
      g_value_set_object (value, self->applications);
      break;
    case PROP_LOCK:
      g_value_set_object (value, self->lock);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
beckon_session_manager_dispose (GObject *object)
{
  BeckonSessionManager *self = BECKON_SESSION_MANAGER (object);

  g_cancellable_cancel (self->cancellable);
  g_hash_table_remove_all (self->sessions);
  if (self->lock != NULL)
    beckon_lock_lost (self->lock); /* the attachment was what it hung on */
  g_clear_object (&self->lock);
  g_clear_object (&self->remote);
  g_clear_object (&self->attachment);
  g_clear_object (&self->applications);
  G_OBJECT_CLASS (beckon_session_manager_parent_class)->dispose (object);
}

static void
beckon_session_manager_finalize (GObject *object)
{
  BeckonSessionManager *self = BECKON_SESSION_MANAGER (object);

  g_hash_table_unref (self->sessions);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (beckon_session_manager_parent_class)->finalize (object);
}

static gboolean
default_invitation (BeckonSessionManager *self, BeckonSession *session, const char *app_data)
{
  return FALSE;
}

static gboolean
default_before_app_launch (BeckonSessionManager *self, BeckonSession *session)
{
  return TRUE;
}

static void
install_signals (void)
{
  const GType type = BECKON_TYPE_SESSION_MANAGER;

  /**
   * BeckonSessionManager::invitation:
   * @self: the session manager
   * @session: the session, in state %BECKON_SESSION_STATE_INVITATION
   * @app_data: what came with it, may be empty
   *
   * An invitation for one of the program's GUIDs arrived (`OnInvitation`). A program that is locked is not asked until
   * it has unlocked.
   *
   * Returns: %TRUE if the program answers it, %FALSE to let Beckon ask the user
   */
  signals[SIGNAL_INVITATION] = g_signal_new_class_handler (
    "invitation", type, G_SIGNAL_RUN_LAST, G_CALLBACK (default_invitation), g_signal_accumulator_true_handled, NULL,
    NULL, G_TYPE_BOOLEAN, 2, BECKON_TYPE_SESSION, G_TYPE_STRING);
  /**
   * BeckonSessionManager::before-app-launch:
   * @self: the session manager
   * @session: the session, in state %BECKON_SESSION_STATE_CONNECTED
   *
   * The program is about to be launched for a session (`BeforeAppLaunch`).
   *
   * Returns: %TRUE to let Beckon launch it, %FALSE to stop that: the session is then this program's
   */
  signals[SIGNAL_BEFORE_APP_LAUNCH] = g_signal_new_class_handler (
    "before-app-launch", type, G_SIGNAL_RUN_LAST, G_CALLBACK (default_before_app_launch), beckon_values_stop_at_false,
    NULL, NULL, G_TYPE_BOOLEAN, 1, BECKON_TYPE_SESSION);
  /**
   * BeckonSessionManager::launch-session:
   * @self: the session manager
   * @session: the session, in state %BECKON_SESSION_STATE_CONNECTED
   *
   * A connected session is handed to this running program, or is the one for which the bus started it. A program that
   * does not listen is not handed any: another one is started.
   */
  signals[SIGNAL_LAUNCH_SESSION] = g_signal_new ("launch-session", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 1, BECKON_TYPE_SESSION);
  /**
   * BeckonSessionManager::app-registered:
   * @self: the session manager
   * @guid: the GUID
   *
   * An application was registered (`OnAppRegistered`).
   */
  signals[SIGNAL_APP_REGISTERED]
    = g_signal_new ("app-registered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * BeckonSessionManager::app-unregistered:
   * @self: the session manager
   * @guid: the GUID
   *
   * An application was unregistered (`OnAppUnRegistered`).
   */
  signals[SIGNAL_APP_UNREGISTERED]
    = g_signal_new ("app-unregistered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * BeckonSessionManager::app-shutdown:
   * @self: the session manager
   *
   * The session service is going away, or is gone (`OnAppShutdown`).
   */
  signals[SIGNAL_APP_SHUTDOWN]
    = g_signal_new ("app-shutdown", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
beckon_session_manager_class_init (BeckonSessionManagerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = beckon_session_manager_get_property;
  object_class->dispose = beckon_session_manager_dispose;
  object_class->finalize = beckon_session_manager_finalize;

  /**
   * BeckonSessionManager:my-signin-name:
   *
   * The sign-in name of the primary account, empty if there is none.
   */
  properties[PROP_MY_SIGNIN_NAME] = g_param_spec_string ("my-signin-name", NULL, NULL, NULL, flags);
  /**
   * BeckonSessionManager:applications:
   *
   * The registered applications, a list of [class@Application].
   */
  properties[PROP_APPLICATIONS] = g_param_spec_object ("applications", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  /**
   * BeckonSessionManager:lock:
   *
   * What unlocks it.
   */
  properties[PROP_LOCK] = g_param_spec_object ("lock", NULL, NULL, BECKON_TYPE_LOCK, flags);
  /**
   * BeckonSessionManager:busy:
   *
   * Whether a session that the program knows is open, or is just being handed to it. A program that the bus started
   * may leave when this has been %FALSE for a while: a session that comes too late for it starts it again.
   */
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_signals ();
}

static void
beckon_session_manager_init (BeckonSessionManager *self)
{
  self->applications = g_list_store_new (BECKON_TYPE_APPLICATION);
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->cancellable = g_cancellable_new ();
}
