/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-session-private.h"

#include "beckon-remote-private.h"

#define SESSION_INTERFACE "im.beckon.Session1"

struct _BeckonSession
{
  GObject parent_instance;

  BeckonRemote *remote;
  const char **timeline; /* what was handed out last; the strings belong to the remote */
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_STATE,
  PROP_FLAGS,
  PROP_APPLICATION,
  PROP_APPLICATION_NAME,
  PROP_APPLICATION_URL,
  PROP_USER,
  PROP_USER_NAME,
  PROP_MY_SIGNIN_NAME,
  PROP_LOCAL_ADDRESS,
  PROP_REMOTE_ADDRESS,
  PROP_APP_DATA,
  PROP_CONTEXT_DATA,
  PROP_RINGING,
  PROP_INSTALLING,
  PROP_ASKING,
  PROP_PICKING,
  PROP_PICK_WINDOW,
  PROP_RESULT,
  PROP_RESULT_TEXT,
  PROP_LOG,
  PROP_CREATED,
  PROP_DEADLINE,
  PROP_TIMELINE,
  N_PROPS
};

enum
{
  SIGNAL_STATE_CHANGED,
  SIGNAL_APP_NOT_PRESENT,
  SIGNAL_ACCEPTED,
  SIGNAL_DECLINED,
  SIGNAL_CANCELLED,
  SIGNAL_READY_TO_LAUNCH,
  SIGNAL_CONTEXT_DATA_RECEIVED,
  SIGNAL_SEND_ERROR,
  SIGNAL_TERMINATION,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* Names on the bus, in the order of the properties above. */
static const char *const bus_names[N_PROPS] = {
  [PROP_ID] = "SessionID",
  [PROP_STATE] = "State",
  [PROP_FLAGS] = "Flags",
  [PROP_APPLICATION] = "Application",
  [PROP_APPLICATION_NAME] = "ApplicationName",
  [PROP_APPLICATION_URL] = "ApplicationURL",
  [PROP_USER] = "User",
  [PROP_USER_NAME] = "UserName",
  [PROP_MY_SIGNIN_NAME] = "MySigninName",
  [PROP_LOCAL_ADDRESS] = "LocalAddress",
  [PROP_REMOTE_ADDRESS] = "RemoteAddress",
  [PROP_APP_DATA] = "AppData",
  [PROP_CONTEXT_DATA] = "ContextData",
  [PROP_RINGING] = "Ringing",
  [PROP_INSTALLING] = "Installing",
  [PROP_ASKING] = "Asking",
  [PROP_PICKING] = "Picking",
  [PROP_PICK_WINDOW] = "PickWindow",
  [PROP_RESULT] = "Result",
  [PROP_RESULT_TEXT] = "ResultText",
  [PROP_LOG] = "Log",
  [PROP_CREATED] = "Created",
  [PROP_DEADLINE] = "Deadline",
  [PROP_TIMELINE] = "Timeline",
};

G_DEFINE_FINAL_TYPE (BeckonSession, beckon_session, G_TYPE_OBJECT)

/* ---- what the service tells ---- */

static void
on_changed (BeckonRemote *remote, const char *const *names, BeckonSession *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = PROP_0 + 1; i < N_PROPS; i++)
    if (g_strv_contains (names, bus_names[i]))
      g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

/* Signals with one text each, or none. */
static const struct
{
  const char *name;
  guint signal;
} text_signals[] = {
  { "Accepted", SIGNAL_ACCEPTED },
  { "Declined", SIGNAL_DECLINED },
  { "Cancelled", SIGNAL_CANCELLED },
  { "ContextDataReceived", SIGNAL_CONTEXT_DATA_RECEIVED },
};

static void
emit_send_error (BeckonSession *self, const char *bus_error)
{
  g_autoptr (GError) error = g_dbus_error_new_for_dbus_error (bus_error, "");

  g_signal_emit (self, signals[SIGNAL_SEND_ERROR], 0,
                 error->domain == BECKON_ERROR ? (BeckonError) error->code : BECKON_ERROR_FAILED);
}

static void
on_signal (BeckonRemote *remote, const char *name, GVariant *args, BeckonSession *self)
{
  const char *text;
  const char *more;
  guint number;

  if (g_variant_is_of_type (args, G_VARIANT_TYPE ("(s)")))
    {
      g_variant_get (args, "(&s)", &text);
      for (gsize i = 0; i < G_N_ELEMENTS (text_signals); i++)
        if (g_str_equal (name, text_signals[i].name))
          g_signal_emit (self, signals[text_signals[i].signal], 0, text);
      if (g_str_equal (name, "SendError"))
        emit_send_error (self, text);
    }
  else if (g_str_equal (name, "StateChanged") && g_variant_is_of_type (args, G_VARIANT_TYPE ("(u)")))
    {
      g_variant_get (args, "(u)", &number);
      g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0, number);
    }
  else if (g_str_equal (name, "AppNotPresent") && g_variant_is_of_type (args, G_VARIANT_TYPE ("(ss)")))
    {
      g_variant_get (args, "(&s&s)", &text, &more);
      g_signal_emit (self, signals[SIGNAL_APP_NOT_PRESENT], 0, text, more);
    }
  else if (g_str_equal (name, "ReadyToLaunch"))
    {
      g_signal_emit (self, signals[SIGNAL_READY_TO_LAUNCH], 0);
    }
  else if (g_str_equal (name, "Termination") && g_variant_is_of_type (args, G_VARIANT_TYPE ("(us)")))
    {
      g_variant_get (args, "(u&s)", &number, &text);
      g_signal_emit (self, signals[SIGNAL_TERMINATION], 0, number, text);
    }
}

static void
on_remote (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (BeckonRemote) remote = beckon_remote_new_finish (result, &error);

  if (remote == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  BeckonSession *self = g_object_new (BECKON_TYPE_SESSION, NULL);
  self->remote = g_steal_pointer (&remote);
  g_signal_connect_object (self->remote, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (self->remote, "signal", G_CALLBACK (on_signal), self, 0);
  g_task_return_pointer (task, self, g_object_unref);
}

/* Private to the library: makes the object for a session that the service has. */
void
beckon_session_load (GDBusConnection *connection, const char *bus_name, const char *path, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (connection, cancellable, callback, user_data);

  g_task_set_source_tag (task, beckon_session_load);
  beckon_remote_new_async (connection, bus_name, path, SESSION_INTERFACE, cancellable, on_remote, task);
}

BeckonSession *
beckon_session_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
beckon_session_get_path (BeckonSession *self)
{
  return beckon_remote_get_path (self->remote);
}

/* ---- what it is ---- */

/**
 * beckon_session_get_id:
 * @self: a session
 *
 * Gets the SessionID: the same on both sides.
 *
 * Returns: (transfer none): a braced GUID
 */
const char *
beckon_session_get_id (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "SessionID");
}

/**
 * beckon_session_get_state:
 * @self: a session
 *
 * Gets the state.
 *
 * Returns: the state
 */
BeckonSessionState
beckon_session_get_state (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return (BeckonSessionState) beckon_remote_get_uint (self->remote, "State");
}

/**
 * beckon_session_get_flags:
 * @self: a session
 *
 * Gets what kind of end of the session this is.
 *
 * Returns: the flags
 */
BeckonSessionFlags
beckon_session_get_flags (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return (BeckonSessionFlags) beckon_remote_get_uint (self->remote, "Flags");
}

/**
 * beckon_session_get_application:
 * @self: a session
 *
 * Gets the GUID of the application.
 *
 * Returns: (transfer none): the GUID, empty if none is set
 */
const char *
beckon_session_get_application (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "Application");
}

/**
 * beckon_session_get_application_name:
 * @self: a session
 *
 * Gets the name of the application.
 *
 * Returns: (transfer none): the name, may be empty
 */
const char *
beckon_session_get_application_name (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "ApplicationName");
}

/**
 * beckon_session_get_application_url:
 * @self: a session
 *
 * Gets the web page where the application can be had.
 *
 * Returns: (transfer none): the URL, may be empty
 */
const char *
beckon_session_get_application_url (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "ApplicationURL");
}

/**
 * beckon_session_get_user:
 * @self: a session
 *
 * Gets the sign-in name of the other side.
 *
 * Returns: (transfer none): the name, empty before the invitation
 */
const char *
beckon_session_get_user (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "User");
}

/**
 * beckon_session_get_user_name:
 * @self: a session
 *
 * Gets the display name of the other side.
 *
 * Returns: (transfer none): the name, empty before the invitation
 */
const char *
beckon_session_get_user_name (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "UserName");
}

/**
 * beckon_session_get_my_signin_name:
 * @self: a session
 *
 * Gets the sign-in name of this side.
 *
 * Returns: (transfer none): the name
 */
const char *
beckon_session_get_my_signin_name (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "MySigninName");
}

/**
 * beckon_session_get_local_address:
 * @self: a session
 *
 * Gets the address that the other side gets as its remote address.
 *
 * Returns: (transfer none): free text, at most 255 bytes
 */
const char *
beckon_session_get_local_address (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "LocalAddress");
}

/**
 * beckon_session_get_remote_address:
 * @self: a session
 *
 * Gets the address of the other side.
 *
 * Returns: (transfer none): free text, empty before %BECKON_SESSION_STATE_CONNECTED
 */
const char *
beckon_session_get_remote_address (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "RemoteAddress");
}

/**
 * beckon_session_get_app_data:
 * @self: a session
 *
 * Gets what came with the invitation.
 *
 * Returns: (transfer none): the data, may be empty
 */
const char *
beckon_session_get_app_data (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "AppData");
}

/**
 * beckon_session_get_context_data:
 * @self: a session
 *
 * Gets the latest context data, before the first one what came with the invitation.
 *
 * Returns: (transfer none): the data, may be empty
 */
const char *
beckon_session_get_context_data (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "ContextData");
}

/**
 * beckon_session_get_ringing:
 * @self: a session
 *
 * Gets whether the invitation has reached a device of the other side.
 *
 * Returns: whether it rings
 */
gboolean
beckon_session_get_ringing (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), FALSE);

  return beckon_remote_get_boolean (self->remote, "Ringing");
}

/**
 * beckon_session_get_installing:
 * @self: a session
 *
 * Gets whether the invitee is installing the application.
 *
 * Returns: whether it is being installed
 */
gboolean
beckon_session_get_installing (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), FALSE);

  return beckon_remote_get_boolean (self->remote, "Installing");
}

/**
 * beckon_session_get_asking:
 * @self: a session
 *
 * Gets whether the user of this device is being asked about the invitation: no program took it over, and it is not
 * answered. A window that comes later than [signal@Messenger::invitation] shows the sessions for which this is so.
 *
 * Returns: whether the user is being asked
 */
gboolean
beckon_session_get_asking (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), FALSE);

  return beckon_remote_get_boolean (self->remote, "Asking");
}

/**
 * beckon_session_get_picking:
 * @self: a session
 *
 * Gets whether the user is being asked whom to invite: [method@Session.invite_with_picker_async] was called and is not
 * answered. A window that comes later than [signal@Messenger::pick-requested] shows the sessions for which this is so.
 *
 * Returns: whether the user is being asked
 */
gboolean
beckon_session_get_picking (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), FALSE);

  return beckon_remote_get_boolean (self->remote, "Picking");
}

/**
 * beckon_session_get_pick_window:
 * @self: a session
 *
 * Gets the window that the question whom to invite belongs to, as the program gave it.
 *
 * Returns: (transfer none): `x11:` with a XID, `wayland:` with a handle, or empty
 */
const char *
beckon_session_get_pick_window (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "PickWindow");
}

/**
 * beckon_session_get_result:
 * @self: a session
 *
 * Gets why the session ended.
 *
 * Returns: the result, %BECKON_SESSION_RESULT_NONE before
 */
BeckonSessionResult
beckon_session_get_result (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return (BeckonSessionResult) beckon_remote_get_uint (self->remote, "Result");
}

/**
 * beckon_session_get_result_text:
 * @self: a session
 *
 * Gets why the session ended, as a sentence for people.
 *
 * Returns: (transfer none): the sentence, empty before
 */
const char *
beckon_session_get_result_text (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "ResultText");
}

/**
 * beckon_session_get_log:
 * @self: a session
 *
 * Gets the file with the program's output.
 *
 * Returns: (transfer none): an absolute path, empty if there is none
 */
const char *
beckon_session_get_log (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (self->remote, "Log");
}

/**
 * beckon_session_get_created:
 * @self: a session
 *
 * Gets when the session was made.
 *
 * Returns: microseconds since 1970
 */
gint64
beckon_session_get_created (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return beckon_remote_get_int64 (self->remote, "Created");
}

/**
 * beckon_session_get_deadline:
 * @self: a session
 *
 * Gets when the invitation runs out.
 *
 * Returns: microseconds since 1970, 0 for none
 */
gint64
beckon_session_get_deadline (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return beckon_remote_get_int64 (self->remote, "Deadline");
}

/**
 * beckon_session_get_timeline:
 * @self: a session
 *
 * Gets what happened so far and when.
 *
 * Returns: (transfer none) (array zero-terminated=1): a line for each step
 */
const char *const *
beckon_session_get_timeline (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  g_free (self->timeline);
  self->timeline = (const char **) beckon_remote_get_strv (self->remote, "Timeline");
  return self->timeline;
}

/* Private to the library: the object behind it. */
BeckonRemote *
beckon_session_get_remote (BeckonSession *self)
{
  return self->remote;
}

static void
beckon_session_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  BeckonSession *self = BECKON_SESSION (object);

  if (property_id == PROP_TIMELINE)
    g_value_set_boxed (value, beckon_session_get_timeline (self));
  else if (G_IS_PARAM_SPEC_STRING (pspec))
    g_value_set_string (value, beckon_remote_get_string (self->remote, bus_names[property_id]));
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    g_value_set_boolean (value, beckon_remote_get_boolean (self->remote, bus_names[property_id]));
  else if (G_IS_PARAM_SPEC_INT64 (pspec))
    g_value_set_int64 (value, beckon_remote_get_int64 (self->remote, bus_names[property_id]));
  else if (G_IS_PARAM_SPEC_ENUM (pspec))
    g_value_set_enum (value, (int) beckon_remote_get_uint (self->remote, bus_names[property_id]));
  else if (G_IS_PARAM_SPEC_FLAGS (pspec))
    g_value_set_flags (value, beckon_remote_get_uint (self->remote, bus_names[property_id]));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
beckon_session_dispose (GObject *object)
{
  BeckonSession *self = BECKON_SESSION (object);

  g_clear_pointer (&self->timeline, g_free);
  g_clear_object (&self->remote);
  G_OBJECT_CLASS (beckon_session_parent_class)->dispose (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * BeckonSession:id:
   *
   * The SessionID: the same on both sides.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:state:
   *
   * The state.
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, BECKON_TYPE_SESSION_STATE, 0, flags);
  /**
   * BeckonSession:flags:
   *
   * What kind of end of the session this is.
   */
  properties[PROP_FLAGS] = g_param_spec_flags ("flags", NULL, NULL, BECKON_TYPE_SESSION_FLAGS, 0, flags);
  /**
   * BeckonSession:application:
   *
   * The GUID of the application.
   */
  properties[PROP_APPLICATION] = g_param_spec_string ("application", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:application-name:
   *
   * The name of the application.
   */
  properties[PROP_APPLICATION_NAME] = g_param_spec_string ("application-name", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:application-url:
   *
   * The web page where the application can be had.
   */
  properties[PROP_APPLICATION_URL] = g_param_spec_string ("application-url", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:user:
   *
   * The sign-in name of the other side.
   */
  properties[PROP_USER] = g_param_spec_string ("user", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:user-name:
   *
   * The display name of the other side.
   */
  properties[PROP_USER_NAME] = g_param_spec_string ("user-name", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:my-signin-name:
   *
   * The sign-in name of this side.
   */
  properties[PROP_MY_SIGNIN_NAME] = g_param_spec_string ("my-signin-name", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:local-address:
   *
   * The address that the other side gets as its remote address.
   */
  properties[PROP_LOCAL_ADDRESS] = g_param_spec_string ("local-address", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:remote-address:
   *
   * The address of the other side.
   */
  properties[PROP_REMOTE_ADDRESS] = g_param_spec_string ("remote-address", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:app-data:
   *
   * What came with the invitation.
   */
  properties[PROP_APP_DATA] = g_param_spec_string ("app-data", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:context-data:
   *
   * The latest context data, before the first one what came with the invitation.
   */
  properties[PROP_CONTEXT_DATA] = g_param_spec_string ("context-data", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:ringing:
   *
   * Whether the invitation has reached a device of the other side.
   */
  properties[PROP_RINGING] = g_param_spec_boolean ("ringing", NULL, NULL, FALSE, flags);
  /**
   * BeckonSession:installing:
   *
   * Whether the invitee is installing the application.
   */
  properties[PROP_INSTALLING] = g_param_spec_boolean ("installing", NULL, NULL, FALSE, flags);
  /**
   * BeckonSession:asking:
   *
   * Whether the user of this device is being asked about the invitation.
   */
  properties[PROP_ASKING] = g_param_spec_boolean ("asking", NULL, NULL, FALSE, flags);
  /**
   * BeckonSession:picking:
   *
   * Whether the user is being asked whom to invite.
   */
  properties[PROP_PICKING] = g_param_spec_boolean ("picking", NULL, NULL, FALSE, flags);
  /**
   * BeckonSession:pick-window:
   *
   * The window that the question whom to invite belongs to.
   */
  properties[PROP_PICK_WINDOW] = g_param_spec_string ("pick-window", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:result:
   *
   * Why the session ended.
   */
  properties[PROP_RESULT] = g_param_spec_enum ("result", NULL, NULL, BECKON_TYPE_SESSION_RESULT, 0, flags);
  /**
   * BeckonSession:result-text:
   *
   * Why the session ended, as a sentence for people.
   */
  properties[PROP_RESULT_TEXT] = g_param_spec_string ("result-text", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:log:
   *
   * The file with the program's output.
   */
  properties[PROP_LOG] = g_param_spec_string ("log", NULL, NULL, NULL, flags);
  /**
   * BeckonSession:created:
   *
   * When the session was made.
   */
  properties[PROP_CREATED] = g_param_spec_int64 ("created", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  /**
   * BeckonSession:deadline:
   *
   * When the invitation runs out.
   */
  properties[PROP_DEADLINE] = g_param_spec_int64 ("deadline", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  /**
   * BeckonSession:timeline:
   *
   * What happened so far and when.
   */
  properties[PROP_TIMELINE] = g_param_spec_boxed ("timeline", NULL, NULL, G_TYPE_STRV, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static guint
add_signal (const char *name, guint n_params, GType first, GType second)
{
  return g_signal_new (name, BECKON_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n_params, first,
                       second);
}

static void
beckon_session_class_init (BeckonSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = beckon_session_get_property;
  object_class->dispose = beckon_session_dispose;
  install_properties (object_class);

  /**
   * BeckonSession::state-changed:
   * @self: the session
   * @previous: the state before
   *
   * The state changed (`OnStateChanged`); [property@Session:state] is the new one.
   */
  signals[SIGNAL_STATE_CHANGED] = add_signal ("state-changed", 1, BECKON_TYPE_SESSION_STATE, G_TYPE_NONE);
  /**
   * BeckonSession::app-not-present:
   * @self: the session
   * @name: name of the application
   * @url: where it can be had, may be empty
   *
   * The invitee does not have the application (`OnAppNotPresent`).
   */
  signals[SIGNAL_APP_NOT_PRESENT] = add_signal ("app-not-present", 2, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * BeckonSession::accepted:
   * @self: the session
   * @app_data: what came with it
   *
   * The invitee accepted (`OnAccepted`).
   */
  signals[SIGNAL_ACCEPTED] = add_signal ("accepted", 1, G_TYPE_STRING, G_TYPE_NONE);
  /**
   * BeckonSession::declined:
   * @self: the session
   * @app_data: what came with it
   *
   * The invitee declined (`OnDeclined`).
   */
  signals[SIGNAL_DECLINED] = add_signal ("declined", 1, G_TYPE_STRING, G_TYPE_NONE);
  /**
   * BeckonSession::cancelled:
   * @self: the session
   * @app_data: what came with it
   *
   * The other side cancelled (`OnCancelled`).
   */
  signals[SIGNAL_CANCELLED] = add_signal ("cancelled", 1, G_TYPE_STRING, G_TYPE_NONE);
  /**
   * BeckonSession::ready-to-launch:
   * @self: the session
   *
   * The program is about to be launched (`OnReadyToLaunch`).
   */
  signals[SIGNAL_READY_TO_LAUNCH] = add_signal ("ready-to-launch", 0, G_TYPE_NONE, G_TYPE_NONE);
  /**
   * BeckonSession::context-data-received:
   * @self: the session
   * @data: the data
   *
   * Context data arrived (`OnContextData`).
   */
  signals[SIGNAL_CONTEXT_DATA_RECEIVED] = add_signal ("context-data-received", 1, G_TYPE_STRING, G_TYPE_NONE);
  /**
   * BeckonSession::send-error:
   * @self: the session
   * @code: what failed
   *
   * Something could not be sent (`OnSendError`). That it was Cancel or Decline (%BECKON_ERROR_CANCEL_SEND_FAILURE,
   * %BECKON_ERROR_DECLINE_SEND_FAILURE) is told after [signal@Beckon.Session::termination]: the session is over here
   * whatever the network says.
   */
  signals[SIGNAL_SEND_ERROR] = add_signal ("send-error", 1, BECKON_TYPE_ERROR, G_TYPE_NONE);
  /**
   * BeckonSession::termination:
   * @self: the session
   * @result: why
   * @app_data: from Decline or Cancel, may be empty
   *
   * The session ended (`OnTermination`). The last signal, unless Cancel or Decline could not be sent: see
   * [signal@Beckon.Session::send-error].
   */
  signals[SIGNAL_TERMINATION] = add_signal ("termination", 2, BECKON_TYPE_SESSION_RESULT, G_TYPE_STRING);
}

static void
beckon_session_init (BeckonSession *self)
{
}
