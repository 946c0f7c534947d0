/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The channel of a session, and what it needs of account and messenger. */
#include "beckon-account-private.h"
#include "beckon-messenger.h"
#include "beckon-session-private.h"

#include "beckon-error.h"
#include "bk-test.h"
#include "stand-in.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATH "/im/beckon/Beckon/Session/1"
#define ACCOUNT "/im/beckon/Beckon/Account/1"

static GDBusConnection *connection;

/* A call that does nothing: afterwards all that was sent before has been heard. */
static void
settle (BeckonSession *session)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_session_trust_identity_async (session, NULL, bk_test_store_result, &result);
  g_assert_true (beckon_session_trust_identity_finish (session, bk_test_await (&result), NULL));
}

/* ---- how it is ---- */

static void
on_notify (BeckonSession *session, GParamSpec *pspec, GString *log)
{
  g_string_append_printf (log, "%s=%s/%s ", pspec->name,
                          beckon_channel_path_to_nick (beckon_session_get_channel_path (session)),
                          beckon_identity_to_nick (beckon_session_get_identity (session)));
}

static void
test_properties (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  BeckonSession *session = stand_in_load_session (service, connection, PATH,
                                                  "{'ChannelPath': <uint32 1>, 'Host': <'alice@b'>}");
  g_autofree char *reason = NULL;
  g_autofree char *number = NULL;
  g_autofree char *host = NULL;
  BeckonChannelPath path;
  BeckonIdentity identity;

  g_assert_cmpint (beckon_session_get_channel_path (session), ==, BECKON_CHANNEL_PATH_CONNECTING);
  g_assert_cmpint (beckon_session_get_identity (session), ==, BECKON_IDENTITY_UNKNOWN);
  g_assert_cmpstr (beckon_session_get_safety_number (session), ==, "");
  g_signal_connect (session, "notify", G_CALLBACK (on_notify), log);
  stand_in_set (service, PATH, "Session1", "{'ChannelPath': <uint32 3>, 'ChannelReason': <'Because.'>}");
  stand_in_set (service, PATH, "Session1", "{'Identity': <uint32 3>, 'SafetyNumber': <'12345 67890'>}");
  stand_in_set (service, PATH, "Session1", "{'Identity': <uint32 3>, 'Host': <'bob@b'>}");
  settle (session);
  g_assert_cmpstr (log->str, ==,
                   "channel-reason=relay/unknown channel-path=relay/unknown safety-number=relay/changed "
                   "identity=relay/changed host=relay/changed ");
  g_object_get (session, "channel-path", &path, "channel-reason", &reason, "identity", &identity, "safety-number",
                &number, "host", &host, NULL);
  g_assert_cmpint (path, ==, BECKON_CHANNEL_PATH_RELAY);
  g_assert_cmpint (identity, ==, BECKON_IDENTITY_CHANGED);
  g_assert_cmpstr (reason, ==, beckon_session_get_channel_reason (session));
  g_assert_cmpstr (reason, ==, "Because.");
  g_assert_cmpstr (number, ==, "12345 67890");
  g_assert_cmpstr (host, ==, beckon_session_get_host (session));
  g_assert_cmpstr (host, ==, "bob@b");
  g_assert_finalize_object (session);
}

static void
on_offered (BeckonSession *session, const char *name, gboolean datagram, GString *log)
{
  g_string_append_printf (log, "“%s”%s ", name, datagram ? "+" : "");
}

static void
count (guint *number)
{
  ++*number;
}

static void
test_offered (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  BeckonSession *session = stand_in_load_session (service, connection, PATH, "{}");

  g_signal_connect (session, "stream-offered", G_CALLBACK (on_offered), log);
  stand_in_signal (service, PATH, "Session1", "StreamOffered", "('file', false)");
  stand_in_signal (service, PATH, "Session1", "StreamOffered", "('', true)");
  stand_in_signal (service, PATH, "Session1", "StreamOffered", "('not as the contract says',)");
  settle (session);
  g_assert_cmpstr (log->str, ==, "“file” “”+ ");
  g_assert_finalize_object (session);
}

/* Who comes late reads it. */
static void
test_offered_before (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonSession *session = stand_in_load_session (service, connection, PATH, "{'OfferedStreams': <['b', 'a']>}");
  g_auto (GStrv) streams = beckon_session_dup_offered_streams (session);
  g_auto (GStrv) datagrams = NULL;
  guint n_told = 0;

  g_assert_cmpstrv (streams, ((const char *[]) { "b", "a", NULL }));
  g_signal_connect_swapped (session, "notify::offered-datagrams", G_CALLBACK (count), &n_told);
  stand_in_set (service, PATH, "Session1", "{'OfferedStreams': <@as []>, 'OfferedDatagrams': <['c']>}");
  settle (session);
  g_assert_cmpuint (n_told, ==, 1);
  g_object_get (session, "offered-datagrams", &datagrams, NULL);
  g_assert_cmpstrv (datagrams, ((const char *[]) { "c", NULL }));
  g_assert_finalize_object (session);
}

/* ---- streams and packets ---- */

/* Gives @method a socket of that kind; returns the other end. */
static int
give_socket (StandIn *service, const char *method, int kind)
{
  int sockets[2];

  g_assert_cmpint (socketpair (AF_UNIX, kind | SOCK_CLOEXEC, 0, sockets), ==, 0);
  stand_in_give_socket (service, method, sockets[0]);
  stand_in_answer (service, method, "(handle 0,)");
  return sockets[1];
}

static GIOStream *
open_stream (BeckonSession *session, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_session_open_stream_async (session, name, NULL, bk_test_store_result, &result);
  return beckon_session_open_stream_finish (session, bk_test_await (&result), error);
}

static GSocket *
open_datagram (BeckonSession *session, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_session_open_datagram_async (session, name, NULL, bk_test_store_result, &result);
  return beckon_session_open_datagram_finish (session, bk_test_await (&result), error);
}

static void
test_stream (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonSession *session = stand_in_load_session (service, connection, PATH, "{}");
  int other = give_socket (service, "OpenStream", SOCK_STREAM);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) read = NULL;
  char bytes[16];

  g_autoptr (GIOStream) stream = open_stream (session, "moves", &error);
  g_assert_no_error (error);
  g_assert_true (G_IS_SOCKET_CONNECTION (stream));
  g_assert_cmpstr (stand_in_last (service, "OpenStream"), ==, "('moves', {})");

  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (stream), "e2e4", 4, NULL, NULL, &error));
  g_assert_cmpint (recv (other, bytes, sizeof bytes, 0), ==, 4);
  g_assert_cmpmem (bytes, 4, "e2e4", 4);

  /* One direction ends, the other goes on. */
  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));
  g_assert_true (g_socket_shutdown (socket, FALSE, TRUE, &error));
  g_assert_cmpint (recv (other, bytes, sizeof bytes, 0), ==, 0);
  g_input_stream_read_async (g_io_stream_get_input_stream (stream), bytes, sizeof bytes, G_PRIORITY_DEFAULT, NULL,
                             bk_test_store_result, &read);
  g_assert_cmpint (send (other, "e7e5", 4, MSG_NOSIGNAL), ==, 4);
  GInputStream *input = g_io_stream_get_input_stream (stream);
  g_assert_cmpint (g_input_stream_read_finish (input, bk_test_await (&read), &error), ==, 4);
  g_assert_no_error (error);
  close (other);
  g_assert_finalize_object (session); /* the stream needs it no more */
  g_assert_cmpint (g_input_stream_read (input, bytes, sizeof bytes, NULL, &error), ==, 0);
}

static void
test_datagram (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonSession *session = stand_in_load_session (service, connection, PATH, "{}");
  int other = give_socket (service, "OpenDatagram", SOCK_SEQPACKET);
  g_autoptr (GError) error = NULL;
  char bytes[16];

  g_autoptr (GSocket) socket = open_datagram (session, "state", &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_socket_get_socket_type (socket), ==, G_SOCKET_TYPE_SEQPACKET);
  g_assert_cmpstr (stand_in_last (service, "OpenDatagram"), ==, "('state', {})");

  g_assert_cmpint (g_socket_receive (socket, bytes, sizeof bytes, NULL, &error), ==, -1); /* it does not wait */
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_cmpint (g_socket_send (socket, "one", 3, NULL, &error), ==, 3);
  g_assert_cmpint (g_socket_send (socket, "two", 3, NULL, &error), ==, 3);
  g_assert_cmpint (recv (other, bytes, sizeof bytes, 0), ==, 3);
  g_assert_cmpint (send (other, "three", 5, MSG_NOSIGNAL), ==, 5);
  g_assert_cmpint (g_socket_receive (socket, bytes, sizeof bytes, NULL, &error), ==, 5);
  g_assert_no_error (error);
  close (other);
  g_assert_finalize_object (session);
}

static void
test_refused (void)
{
  static const char *const wrong[] = { "(handle 0,)", "(handle 1,)", "(handle -1,)" };
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonSession *session = stand_in_load_session (service, connection, PATH, "{}");
  g_autoptr (GError) error = NULL;

  stand_in_answer (service, "OpenStream", "!im.beckon.Error.SessionStateInvalid");
  g_assert_null (open_stream (session, "", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID);
  g_clear_error (&error);
  stand_in_answer (service, "OpenDatagram", "!im.beckon.Error.LimitExceeded");
  g_assert_null (open_datagram (session, "", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED);
  g_clear_error (&error);

  /* Handles without descriptors. */
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      if (i > 0)
        close (give_socket (service, "OpenStream", SOCK_STREAM));
      stand_in_answer (service, "OpenStream", wrong[i]);
      g_assert_null (open_stream (session, "", &error));
      g_assert_error (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL);
      g_clear_error (&error);
    }
  g_assert_finalize_object (session);
}

/* What came for nobody is closed: the other side sees the end of it. */
static void
test_cancelled (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonSession *session = stand_in_load_session (service, connection, PATH, "{}");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  int other = give_socket (service, "OpenStream", SOCK_STREAM);
  char byte;

  stand_in_answer (service, "OpenStream", "hold");
  beckon_session_open_stream_async (session, "", cancellable, bk_test_store_result, &result);
  bk_test_wait_for_count (stand_in_count (service, "OpenStream"), 1);
  g_cancellable_cancel (cancellable);
  g_assert_null (beckon_session_open_stream_finish (session, bk_test_await (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  stand_in_release (service, "OpenStream", "(handle 0,)");
  settle (session);
  g_assert_cmpint (recv (other, &byte, 1, 0), ==, 0);
  close (other);
  g_clear_object (&result);
  g_assert_finalize_object (session);
}

/* ---- about it ---- */

static void
test_verbs (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonSession *session = stand_in_load_session (service, connection, PATH, "{}");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) trusted = NULL;
  g_autoptr (GError) error = NULL;
  guint64 round_trip;

  stand_in_answer (service, "GetChannel", "({'path': <uint32 2>, 'round-trip': <uint64 1500>},)");
  beckon_session_get_channel_async (session, NULL, bk_test_store_result, &result);
  g_autoptr (GVariant) channel = beckon_session_get_channel_finish (session, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (channel, "round-trip", "t", &round_trip));
  g_assert_cmpuint (round_trip, ==, 1500);

  settle (session);
  g_assert_cmpuint (*stand_in_count (service, "TrustIdentity"), ==, 1);
  stand_in_answer (service, "TrustIdentity", "!im.beckon.Error.AccessDenied");
  beckon_session_trust_identity_async (session, NULL, bk_test_store_result, &trusted);
  g_assert_false (beckon_session_trust_identity_finish (session, bk_test_await (&trusted), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED);
  g_clear_object (&result);
  g_clear_object (&trusted);
  g_assert_finalize_object (session);
}

static void
test_account (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) tested = NULL;
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GError) error = NULL;
  const char *nat;

  stand_in_add (service, ACCOUNT, "Account1", "{}");
  beckon_account_load (connection, ACCOUNT, NULL, bk_test_store_result, &loaded);
  g_autoptr (BeckonAccount) account = beckon_account_load_finish (bk_test_await (&loaded), &error);
  g_assert_no_error (error);
  stand_in_answer (service, "TestConnection", "({'nat': <'cone'>},)");
  beckon_account_test_connection_async (account, NULL, bk_test_store_result, &tested);
  g_autoptr (GVariant) outcome = beckon_account_test_connection_finish (account, bk_test_await (&tested), &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (outcome, "nat", "&s", &nat));
  g_assert_cmpstr (nat, ==, "cone");
  g_assert_cmpstr (stand_in_last (service, "TestConnection"), ==, "({},)");
  stand_in_answer (service, "TestConnection", "!im.beckon.Error.LimitExceeded");
  beckon_account_test_connection_async (account, NULL, bk_test_store_result, &refused);
  g_assert_null (beckon_account_test_connection_finish (account, bk_test_await (&refused), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED);
}

static void
on_messenger_notify (BeckonMessenger *messenger, GParamSpec *pspec, GString *log)
{
  g_autofree char *user = NULL;
  g_auto (GStrv) servers = NULL;

  g_object_get (messenger, "connection-user", &user, "connection-servers", &servers, NULL);
  g_string_append_printf (log, "%s=%s,%s ", pspec->name, user, servers[0]);
}

static void
test_servers (void)
{
  static const char *const servers[] = { "stun:a:1", "turn:[::1]:2?transport=tcp", NULL };
  g_autoptr (StandIn) service = stand_in_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GAsyncResult) made = NULL;
  g_autoptr (GAsyncResult) set = NULL;
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GError) error = NULL;

  beckon_messenger_new_async (NULL, bk_test_store_result, &made);
  g_autoptr (BeckonMessenger) messenger = beckon_messenger_new_finish (bk_test_await (&made), &error);
  g_assert_no_error (error);
  g_auto (GStrv) before = beckon_messenger_dup_connection_servers (messenger);
  g_assert_cmpuint (g_strv_length (before), ==, 0);
  g_signal_connect (messenger, "notify::connection-servers", G_CALLBACK (on_messenger_notify), log);
  g_signal_connect (messenger, "notify::connection-user", G_CALLBACK (on_messenger_notify), log);

  stand_in_set (service, STAND_IN_ROOT, "Messenger1", "{'ConnectionServers': <['stun:a:1']>, 'ConnectionUser': <'u'>}");
  beckon_messenger_set_connection_servers_async (messenger, servers, "u", NULL, NULL, bk_test_store_result, &set);
  g_assert_true (beckon_messenger_set_connection_servers_finish (messenger, bk_test_await (&set), &error));
  g_assert_cmpstr (stand_in_last (service, "SetConnectionServers"), ==,
                   "(['stun:a:1', 'turn:[::1]:2?transport=tcp'], 'u', '')");
  g_assert_cmpstr (log->str, ==, "connection-servers=u,stun:a:1 connection-user=u,stun:a:1 ");
  stand_in_answer (service, "SetConnectionServers", "!im.beckon.Error.InvalidArgument");
  beckon_messenger_set_connection_servers_async (messenger, servers, NULL, "p", NULL, bk_test_store_result, &refused);
  g_assert_false (beckon_messenger_set_connection_servers_finish (messenger, bk_test_await (&refused), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();
  connection = stand_in_connect ();
  g_test_add_func ("/channel/properties", test_properties);
  g_test_add_func ("/channel/offered", test_offered);
  g_test_add_func ("/channel/offered-before", test_offered_before);
  g_test_add_func ("/channel/stream", test_stream);
  g_test_add_func ("/channel/datagram", test_datagram);
  g_test_add_func ("/channel/refused", test_refused);
  g_test_add_func ("/channel/cancelled", test_cancelled);
  g_test_add_func ("/channel/verbs", test_verbs);
  g_test_add_func ("/channel/account", test_account);
  g_test_add_func ("/channel/servers", test_servers);
  int outcome = g_test_run ();
  stand_in_disconnect (connection);
  stand_in_bus_down ();
  return outcome;
}
