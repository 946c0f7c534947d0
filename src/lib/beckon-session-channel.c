/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The channel of a session: the encrypted way from program to program, and who is at its other end. */
#include "beckon-session-private.h"

/* ---- how it is ---- */

/**
 * BeckonSession:channel-path:
 *
 * How the channel reaches the other side.
 */

/**
 * beckon_session_get_channel_path:
 * @self: a session
 *
 * Gets how the channel reaches the other side. Streams can be opened with %BECKON_CHANNEL_PATH_DIRECT and
 * %BECKON_CHANNEL_PATH_RELAY; those that are open live through %BECKON_CHANNEL_PATH_LOST if another way is found.
 *
 * Returns: the path
 */
BeckonChannelPath
beckon_session_get_channel_path (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return (BeckonChannelPath) beckon_remote_get_uint (beckon_session_get_remote (self), "ChannelPath");
}

/**
 * BeckonSession:channel-reason:
 *
 * Why the channel has that path, or none, as a sentence for people.
 */

/**
 * beckon_session_get_channel_reason:
 * @self: a session
 *
 * Gets why the channel has its path, or none, as a sentence for people.
 *
 * Returns: (transfer none): the sentence, may be empty
 */
const char *
beckon_session_get_channel_reason (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "ChannelReason");
}

/**
 * BeckonSession:identity:
 *
 * What the key says by which the other side proves who it is.
 */

/**
 * beckon_session_get_identity:
 * @self: a session
 *
 * Gets what the key says by which the other side proves who it is.
 *
 * Returns: the identity
 */
BeckonIdentity
beckon_session_get_identity (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return (BeckonIdentity) beckon_remote_get_uint (beckon_session_get_remote (self), "Identity");
}

/**
 * BeckonSession:safety-number:
 *
 * The number that two people compare to be sure that nobody is between them.
 */

/**
 * beckon_session_get_safety_number:
 * @self: a session
 *
 * Gets the number that two people compare, by telephone say, to be sure that nobody is between them: it is the same on
 * both sides then.
 *
 * Returns: (transfer none): 60 digits in groups of 5, empty while the other side has shown no key
 */
const char *
beckon_session_get_safety_number (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "SafetyNumber");
}

/**
 * BeckonSession:host:
 *
 * The sign-in name of the side whose program the other one's joins.
 */

/**
 * beckon_session_get_host:
 * @self: a session
 *
 * Gets the sign-in name of the side whose program the other one's joins, where the programs do not know Beckon
 * (%BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE).
 *
 * Returns: (transfer none): the name, empty for other sessions
 */
const char *
beckon_session_get_host (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "Host");
}

static char **
dup_names (BeckonSession *self, const char *property)
{
  g_autofree const char *const *names = beckon_remote_get_strv (beckon_session_get_remote (self), property);

  return g_strdupv ((char **) names);
}

/**
 * BeckonSession:offered-streams: (getter dup_offered_streams)
 *
 * Names of the streams that the other program has opened and this one has not opened yet.
 */

/**
 * beckon_session_dup_offered_streams: (get-property offered-streams)
 * @self: a session
 *
 * Gets the names of the streams that the other program has opened and this one has not opened yet, the oldest first: for
 * who comes too late for [signal@Session::stream-offered].
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 */
char **
beckon_session_dup_offered_streams (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return dup_names (self, "OfferedStreams");
}

/**
 * BeckonSession:offered-datagrams: (getter dup_offered_datagrams)
 *
 * Names of the ways for packets that the other program has opened and this one has not opened yet.
 */

/**
 * beckon_session_dup_offered_datagrams: (get-property offered-datagrams)
 * @self: a session
 *
 * Gets the names of the ways for packets that the other program has opened and this one has not opened yet, the oldest
 * first: for who comes too late for [signal@Session::stream-offered].
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 */
char **
beckon_session_dup_offered_datagrams (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return dup_names (self, "OfferedDatagrams");
}

/* ---- streams and packets ---- */

static void
on_socket (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GSocket *socket = beckon_remote_call_socket_finish (BECKON_REMOTE (source), result, &error);

  if (socket != NULL)
    g_task_return_pointer (task, socket, g_object_unref);
  else
    g_task_return_error (task, error);
}

/* The socket through @task, which is consumed. */
static void
open_socket (BeckonSession *self, const char *method, const char *name, GTask *task)
{
  beckon_remote_call_socket_async (beckon_session_get_remote (self), method, g_variant_new ("(sa{sv})", name, NULL),
                                   g_task_get_cancellable (task), on_socket, task);
}

/**
 * beckon_session_open_stream_async:
 * @self: a session
 * @name: what the stream is for, at most 64 bytes in one line, may be empty
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Opens a stream to the other program, encrypted from end to end. What the two programs open under one name is joined:
 * the first with the first, the second with the second. Each may open first: what is written waits for the other one,
 * as much as buffers hold.
 */
void
beckon_session_open_stream_async (BeckonSession *self, const char *name, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));
  g_return_if_fail (name != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_open_stream_async);
  open_socket (self, "OpenStream", name, task);
}

/**
 * beckon_session_open_stream_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_SESSION_STATE_INVALID and others
 *
 * Gets the outcome of [method@Session.open_stream_async]. The stream carries bytes in order, as TCP does; the slower
 * side sets the pace. [method@Gio.Socket.shutdown] on its socket ends one direction and leaves the other open: the other
 * program reads to the end of what was written. If the channel is lost, reading and writing fail with
 * %G_IO_ERROR_CONNECTION_CLOSED and the like. Closing it does not end the session.
 *
 * Errors: %BECKON_ERROR_SESSION_STATE_INVALID before the channel is confirmed or after the session,
 * %BECKON_ERROR_NOT_SUPPORTED in a session without a channel, %BECKON_ERROR_NOT_VALID_FOR_APP_INVITE,
 * %BECKON_ERROR_LIMIT_EXCEEDED with 256 open at once, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full): the stream, a [class@Gio.SocketConnection]
 */
GIOStream *
beckon_session_open_stream_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  g_autoptr (GSocket) socket = g_task_propagate_pointer (G_TASK (result), error);
  return socket != NULL ? G_IO_STREAM (g_socket_connection_factory_create_connection (socket)) : NULL;
}

/**
 * beckon_session_open_datagram_async:
 * @self: a session
 * @name: what the packets are for, at most 64 bytes in one line, may be empty
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Opens a way for packets to the other program, encrypted from end to end: for what is worth nothing when it is late.
 * What the two programs open under one name is joined, as with [method@Session.open_stream_async]; what is sent before
 * the other one has opened it is lost.
 */
void
beckon_session_open_datagram_async (BeckonSession *self, const char *name, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));
  g_return_if_fail (name != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_open_datagram_async);
  open_socket (self, "OpenDatagram", name, task);
}

/**
 * beckon_session_open_datagram_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_SESSION_STATE_INVALID and others
 *
 * Gets the outcome of [method@Session.open_datagram_async]. Each [method@Gio.Socket.send] is one packet of at most 65507
 * bytes, each [method@Gio.Socket.receive] gets one; those of at most 1100 bytes travel in one piece and are lost least.
 * Packets may be lost or overtake each other. The socket does not block ([method@Gio.Socket.set_blocking]);
 * [method@Gio.Socket.create_source] tells when there is something to do.
 *
 * Errors: %BECKON_ERROR_SESSION_STATE_INVALID before the channel is confirmed or after the session,
 * %BECKON_ERROR_NOT_SUPPORTED in a session without a channel, %BECKON_ERROR_NOT_VALID_FOR_APP_INVITE,
 * %BECKON_ERROR_LIMIT_EXCEEDED with 64 open at once, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full): a connected socket of type %G_SOCKET_TYPE_SEQPACKET
 */
GSocket *
beckon_session_open_datagram_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  GSocket *socket = g_task_propagate_pointer (G_TASK (result), error);
  if (socket != NULL)
    g_socket_set_blocking (socket, FALSE);
  return socket;
}

/* ---- about it ---- */

/**
 * beckon_session_get_channel_async:
 * @self: a session
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks how the channel is doing.
 */
void
beckon_session_get_channel_async (BeckonSession *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_get_channel_async);
  beckon_remote_call_value_task (beckon_session_get_remote (self), "GetChannel", NULL, "a{sv}", task);
}

/**
 * beckon_session_get_channel_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Session.get_channel_async], an `a{sv}`: `path` (u, a [enum@ChannelPath]), `reason` (s, a
 * sentence for people); and with a channel `local` and `remote` (s, the kind of the two ends: host, srflx, prflx or
 * relay), `network` (s), `bytes-sent`, `bytes-received`, `packets-sent`, `packets-received`, `packets-lost`,
 * `datagrams-sent`, `datagrams-received`, `datagrams-lost` (t), `round-trip` (t, microseconds), `streams` (u, how many
 * are open).
 *
 * Errors: %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: (transfer full): the dictionary
 */
GVariant *
beckon_session_get_channel_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * beckon_session_trust_identity_async:
 * @self: a session of [class@Messenger]
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * The user has compared [property@Session:safety-number], or is sure without: the key that the other side shows is one
 * of this contact from now on. For the user's own programs, which have the session from [class@Messenger].
 */
void
beckon_session_trust_identity_async (BeckonSession *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_trust_identity_async);
  beckon_remote_call_task (beckon_session_get_remote (self), "TrustIdentity", NULL, task);
}

/**
 * beckon_session_trust_identity_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_SESSION_STATE_INVALID and others
 *
 * Gets the outcome of [method@Session.trust_identity_async].
 *
 * Errors: %BECKON_ERROR_SESSION_STATE_INVALID when the other side shows no key, %BECKON_ERROR_ACCESS_DENIED for a session
 * of [class@SessionManager].
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_trust_identity_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
