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
  SIGNAL_STATE_CHANGED,
  SIGNAL_APP_NOT_PRESENT,
  SIGNAL_ACCEPTED,
  SIGNAL_DECLINED,
  SIGNAL_CANCELLED,
  SIGNAL_READY_TO_LAUNCH,
  SIGNAL_CONTEXT_DATA_RECEIVED,
  SIGNAL_STREAM_OFFERED,
  SIGNAL_SEND_ERROR,
  SIGNAL_TERMINATION,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* The properties, each with what it is called on the bus. Their ids count from 1. */
static const struct
{
  const char *name;
  const char *bus_name;
  GType kind;               /* the fundamental type */
  GType (*get_type) (void); /* of an enumeration or flags */
} facts[] = {
  { "id", "SessionID", G_TYPE_STRING, NULL },
  { "state", "State", G_TYPE_ENUM, beckon_session_state_get_type },
  { "flags", "Flags", G_TYPE_FLAGS, beckon_session_flags_get_type },
  { "application", "Application", G_TYPE_STRING, NULL },
  { "application-name", "ApplicationName", G_TYPE_STRING, NULL },
  { "application-url", "ApplicationURL", G_TYPE_STRING, NULL },
  { "user", "User", G_TYPE_STRING, NULL },
  { "user-name", "UserName", G_TYPE_STRING, NULL },
  { "my-signin-name", "MySigninName", G_TYPE_STRING, NULL },
  { "local-address", "LocalAddress", G_TYPE_STRING, NULL },
  { "remote-address", "RemoteAddress", G_TYPE_STRING, NULL },
  { "app-data", "AppData", G_TYPE_STRING, NULL },
  { "context-data", "ContextData", G_TYPE_STRING, NULL },
  { "ringing", "Ringing", G_TYPE_BOOLEAN, NULL },
  { "installing", "Installing", G_TYPE_BOOLEAN, NULL },
  { "asking", "Asking", G_TYPE_BOOLEAN, NULL },
  { "picking", "Picking", G_TYPE_BOOLEAN, NULL },
  { "pick-window", "PickWindow", G_TYPE_STRING, NULL },
  { "result", "Result", G_TYPE_ENUM, beckon_session_result_get_type },
  { "result-text", "ResultText", G_TYPE_STRING, NULL },
  { "log", "Log", G_TYPE_STRING, NULL },
  { "created", "Created", G_TYPE_INT64, NULL },
  { "deadline", "Deadline", G_TYPE_INT64, NULL },
  { "timeline", "Timeline", G_TYPE_BOXED, NULL },
  { "channel-path", "ChannelPath", G_TYPE_ENUM, beckon_channel_path_get_type },
  { "channel-reason", "ChannelReason", G_TYPE_STRING, NULL },
  { "identity", "Identity", G_TYPE_ENUM, beckon_identity_get_type },
  { "safety-number", "SafetyNumber", G_TYPE_STRING, NULL },
  { "host", "Host", G_TYPE_STRING, NULL },
  { "message", "Message", G_TYPE_STRING, NULL },
  { "automatic", "Automatic", G_TYPE_BOOLEAN, NULL },
  { "transfer", "Transfer", G_TYPE_VARIANT, NULL },
  { "offered-streams", "OfferedStreams", G_TYPE_BOXED, NULL },
  { "offered-datagrams", "OfferedDatagrams", G_TYPE_BOXED, NULL },
};

static GParamSpec *properties[1 + G_N_ELEMENTS (facts)];

G_DEFINE_FINAL_TYPE (BeckonSession, beckon_session, G_TYPE_OBJECT)

/* ---- what the service tells ---- */

static void
on_changed (BeckonRemote *remote, const char *const *names, BeckonSession *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    if (g_strv_contains (names, facts[i].bus_name))
      g_object_notify_by_pspec (G_OBJECT (self), properties[i + 1]);
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
emit_text_signal (BeckonSession *self, const char *name, const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (text_signals); i++)
    if (g_str_equal (name, text_signals[i].name))
      g_signal_emit (self, signals[text_signals[i].signal], 0, text);
  if (g_str_equal (name, "SendError"))
    emit_send_error (self, text);
}

static void
on_signal (BeckonRemote *remote, const char *name, GVariant *args, BeckonSession *self)
{
  const char *text;
  const char *more;
  guint number;
  gboolean datagram;

  if (g_variant_is_of_type (args, G_VARIANT_TYPE ("(s)")))
    {
      g_variant_get (args, "(&s)", &text);
      emit_text_signal (self, name, text);
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
  else if (g_str_equal (name, "StreamOffered") && g_variant_is_of_type (args, G_VARIANT_TYPE ("(sb)")))
    {
      g_variant_get (args, "(&sb)", &text, &datagram);
      g_signal_emit (self, signals[SIGNAL_STREAM_OFFERED], 0, text, datagram);
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
 * BeckonSession:timeline:
 *
 * What happened so far and when.
 */

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

/* Takes @lines, but for the strings. */
static void
set_lines (GValue *value, const char *const *lines)
{
  g_value_set_boxed (value, lines);
  g_free ((gpointer) lines);
}

static void
beckon_session_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  BeckonSession *self = BECKON_SESSION (object);

  g_assert (property_id >= 1 && property_id <= G_N_ELEMENTS (facts));
  const char *name = facts[property_id - 1].bus_name;
  switch (facts[property_id - 1].kind)
    {
    case G_TYPE_STRING:
      g_value_set_string (value, beckon_remote_get_string (self->remote, name));
      break;
    case G_TYPE_BOOLEAN:
      g_value_set_boolean (value, beckon_remote_get_boolean (self->remote, name));
      break;
    case G_TYPE_INT64:
      g_value_set_int64 (value, beckon_remote_get_int64 (self->remote, name));
      break;
    case G_TYPE_VARIANT:
      g_value_take_variant (value, beckon_session_dup_transfer (self));
      break;
    case G_TYPE_ENUM:
      g_value_set_enum (value, (int) beckon_remote_get_uint (self->remote, name));
      break;
    case G_TYPE_FLAGS:
      g_value_set_flags (value, beckon_remote_get_uint (self->remote, name));
      break;
    default:
      set_lines (value, beckon_remote_get_strv (self->remote, name));
    }
}

static void
beckon_session_dispose (GObject *object)
{
  BeckonSession *self = BECKON_SESSION (object);

  g_clear_pointer (&self->timeline, g_free);
  g_clear_object (&self->remote);
  G_OBJECT_CLASS (beckon_session_parent_class)->dispose (object);
}

static GParamSpec *
make_property (const char *name, GType kind, GType type)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  switch (kind)
    {
    case G_TYPE_STRING:
      return g_param_spec_string (name, NULL, NULL, NULL, flags);
    case G_TYPE_BOOLEAN:
      return g_param_spec_boolean (name, NULL, NULL, FALSE, flags);
    case G_TYPE_INT64:
      return g_param_spec_int64 (name, NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
    case G_TYPE_VARIANT:
      return g_param_spec_variant (name, NULL, NULL, G_VARIANT_TYPE_VARDICT, NULL, flags);
    case G_TYPE_ENUM:
      return g_param_spec_enum (name, NULL, NULL, type, 0, flags);
    case G_TYPE_FLAGS:
      return g_param_spec_flags (name, NULL, NULL, type, 0, flags);
    default:
      return g_param_spec_boxed (name, NULL, NULL, G_TYPE_STRV, flags);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    properties[i + 1]
      = make_property (facts[i].name, facts[i].kind, facts[i].get_type != NULL ? facts[i].get_type () : G_TYPE_INVALID);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
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
   * BeckonSession::stream-offered:
   * @self: the session
   * @name: the name under which it was opened, may be empty
   * @datagram: whether it is a way for packets
   *
   * The other program has opened a stream ([method@Session.open_stream_async]) or a way for packets
   * ([method@Session.open_datagram_async]) that this side has not opened yet. Opening one of that name joins the two.
   */
  signals[SIGNAL_STREAM_OFFERED] = add_signal ("stream-offered", 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
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
