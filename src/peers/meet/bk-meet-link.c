/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One side listens on its address and tells the other where, together with two random tokens, over the session. Who
 * connects shows the first token; who listens answers with the second, so that nothing is sent to a stranger that
 * happens to have that address on another network. */
#include "bk-meet.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define TOKEN_BYTES 32
#define TOKEN_CHARS (2 * TOKEN_BYTES)
#define GREETING (TOKEN_CHARS + 1) /* and a line feed */
#define GREETING_SECONDS 5
#define MAX_CANDIDATES 8
#define CONNECT_SECONDS 15
/* A computer that is gone without a word is noticed after a minute, not after the two hours of the kernel. */
#define SILENCE_SECONDS 30
#define PROBE_SECONDS 10
#define PROBES 3

/* ---- tokens ---- */

static gboolean
make_token (char token[TOKEN_CHARS + 1], GError **error)
{
  guint8 bytes[TOKEN_BYTES];

  if (getrandom (bytes, sizeof bytes, 0) != (ssize_t) sizeof bytes)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "There are no random numbers: %s", g_strerror (errno));
      return FALSE;
    }
  for (gsize i = 0; i < sizeof bytes; i++)
    g_snprintf (token + 2 * i, 3, "%02x", bytes[i]);
  return TRUE;
}

static gboolean
is_token (const char *text)
{
  return strlen (text) == TOKEN_CHARS && strspn (text, "0123456789abcdef") == TOKEN_CHARS;
}

/* Takes the same time wherever the difference is. */
static gboolean
is_greeting (const char *bytes, const char *token)
{
  guint8 difference = bytes[TOKEN_CHARS] == '\n' ? 0 : 1;

  for (gsize i = 0; i < TOKEN_CHARS; i++)
    difference |= (guint8) (bytes[i] ^ token[i]);
  return difference == 0;
}

/* The connection's socket without the objects around it. */
static int
take_socket (GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);

  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPIDLE, SILENCE_SECONDS, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL, PROBE_SECONDS, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPCNT, PROBES, NULL);
  return dup (g_socket_get_fd (socket));
}

/* ---- listening ---- */

struct _BkMeetListener
{
  GSocketListener *listener;
  GCancellable *cancellable;
  char expected[TOKEN_CHARS + 1];
  char answer[GREETING + 1];
  char *offer;
  guint n_candidates;
  gboolean chosen;  /* one of them is being let in, or is in and nobody else may */
  gboolean again;   /* who is in may come once more */
  BkMeetLinked linked;
  gpointer user_data;
};

/* Somebody who connected and has not shown the token yet. */
typedef struct
{
  BkMeetListener *listener; /* borrowed: its end cancels everything here */
  GSocketConnection *connection;
  GCancellable *cancellable;
  gulong chain;
  guint timeout;
  char greeting[GREETING];
} Candidate;

static void
candidate_free (Candidate *candidate)
{
  g_clear_handle_id (&candidate->timeout, g_source_remove);
  g_object_unref (candidate->cancellable);
  g_object_unref (candidate->connection);
  g_free (candidate);
}

/* Ends a candidate whose listener is still there. */
static void
drop (Candidate *candidate)
{
  BkMeetListener *self = candidate->listener;

  self->n_candidates--;
  g_signal_handler_disconnect (self->cancellable, candidate->chain);
  candidate_free (candidate);
}

static gboolean
on_greeting_late (gpointer user_data)
{
  Candidate *candidate = user_data;

  candidate->timeout = 0;
  g_cancellable_cancel (candidate->cancellable);
  return G_SOURCE_REMOVE;
}

/* Whether the listener is gone: then the candidate is all that is left, and is freed. */
static gboolean
is_over (Candidate *candidate)
{
  if (candidate->listener != NULL)
    return FALSE;
  candidate_free (candidate);
  return TRUE;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Candidate *candidate = user_data;
  gboolean ok = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);

  if (is_over (candidate))
    return;
  BkMeetListener *self = candidate->listener;
  int fd = ok ? take_socket (candidate->connection) : -1;
  drop (candidate);
  self->chosen = ok && fd >= 0;
  if (!self->chosen)
    return;
  if (self->again)
    self->chosen = FALSE;
  else
    g_socket_listener_close (self->listener);
  self->linked (fd, self->user_data);
}

static void
on_greeting (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Candidate *candidate = user_data;
  gsize n = 0;
  gboolean ok = g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n, NULL);

  if (is_over (candidate))
    return;
  BkMeetListener *self = candidate->listener;
  if (!ok || n != GREETING || self->chosen || !is_greeting (candidate->greeting, self->expected))
    {
      drop (candidate);
      return;
    }
  self->chosen = TRUE;
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (candidate->connection)), self->answer,
                                   GREETING, G_PRIORITY_DEFAULT, candidate->cancellable, on_answered, candidate);
}

static void
on_listener_over (GCancellable *cancellable, Candidate *candidate)
{
  candidate->listener = NULL;
  g_cancellable_cancel (candidate->cancellable);
}

static void
add_candidate (BkMeetListener *self, GSocketConnection *connection)
{
  Candidate *candidate = g_new0 (Candidate, 1);

  candidate->listener = self;
  candidate->connection = g_object_ref (connection);
  candidate->cancellable = g_cancellable_new ();
  candidate->chain = g_signal_connect (self->cancellable, "cancelled", G_CALLBACK (on_listener_over), candidate);
  candidate->timeout = g_timeout_add_seconds (GREETING_SECONDS, on_greeting_late, candidate);
  self->n_candidates++;
  g_input_stream_read_all_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)), candidate->greeting,
                                 GREETING, G_PRIORITY_DEFAULT, candidate->cancellable, on_greeting, candidate);
}

static void
on_connection (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection
    = g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, &error);
  BkMeetListener *self = user_data;

  if (connection == NULL)
    return; /* closed, and perhaps freed */
  if (!self->chosen && self->n_candidates < MAX_CANDIDATES)
    add_candidate (self, connection);
  g_socket_listener_accept_async (self->listener, self->cancellable, on_connection, self);
}

static gboolean
bind_to (BkMeetListener *self, const char *address, GError **error)
{
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_string (address);
  g_autoptr (GSocketAddress) wanted = NULL;
  g_autoptr (GSocketAddress) bound = NULL;

  if (ip == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "This computer's address, “%s”, is no IP address that one could listen on", address);
      return FALSE;
    }
  wanted = g_inet_socket_address_new (ip, 0);
  if (!g_socket_listener_add_address (self->listener, wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound,
                                      error))
    return FALSE;

  char answer[TOKEN_CHARS + 1];
  if (!make_token (self->expected, error) || !make_token (answer, error))
    return FALSE;
  g_snprintf (self->answer, sizeof self->answer, "%s\n", answer);
  g_autofree char *text = g_inet_address_to_string (ip);
  self->offer = g_strdup_printf ("%s %u %s %s", text, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)),
                                 self->expected, answer);
  return TRUE;
}

BkMeetListener *
bk_meet_listener_new (const char *address, gboolean again, BkMeetLinked linked, gpointer user_data, GError **error)
{
  g_autoptr (BkMeetListener) self = g_new0 (BkMeetListener, 1);

  self->listener = g_socket_listener_new ();
  self->cancellable = g_cancellable_new ();
  self->again = again;
  self->linked = linked;
  self->user_data = user_data;
  if (!bind_to (self, address, error))
    return NULL;
  g_socket_listener_accept_async (self->listener, self->cancellable, on_connection, self);
  return g_steal_pointer (&self);
}

const char *
bk_meet_listener_get_offer (BkMeetListener *self)
{
  return self->offer;
}

void
bk_meet_listener_free (BkMeetListener *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_free (self->offer);
  g_free (self);
}

/* ---- connecting ---- */

typedef struct
{
  char *show;   /* with the line feed */
  char *expect; /* without */
  GSocketConnection *connection;
  char greeting[GREETING];
} Connecting;

static void
connecting_free (Connecting *connecting)
{
  g_free (connecting->show);
  g_free (connecting->expect);
  g_clear_object (&connecting->connection);
  g_free (connecting);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Connecting *connecting = g_task_get_task_data (task);
  GError *error = NULL;
  gsize n = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (n != GREETING || !is_greeting (connecting->greeting, connecting->expect))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "Somebody else is at that address");
      return;
    }
  int fd = take_socket (connecting->connection);
  if (fd < 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", g_strerror (errno));
  else
    g_task_return_int (task, fd);
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Connecting *connecting = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  GInputStream *stream = g_io_stream_get_input_stream (G_IO_STREAM (connecting->connection));
  g_input_stream_read_all_async (stream, connecting->greeting, GREETING, G_PRIORITY_DEFAULT, cancellable, on_answer,
                                 g_steal_pointer (&task));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Connecting *connecting = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  connecting->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (connecting->connection == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  GOutputStream *stream = g_io_stream_get_output_stream (G_IO_STREAM (connecting->connection));
  g_output_stream_write_all_async (stream, connecting->show, GREETING, G_PRIORITY_DEFAULT, cancellable, on_shown,
                                   g_steal_pointer (&task));
}

/* Reads the offer. An address that is no number is refused: the other side is not to make us ask name servers. */
static GSocketAddress *
parse_offer (const char *offer, Connecting *connecting)
{
  g_auto (GStrv) words = g_strsplit (offer, " ", 5);
  guint64 port = 0;

  if (g_strv_length (words) != 4 || !is_token (words[2]) || !is_token (words[3])
      || !g_ascii_string_to_unsigned (words[1], 10, 1, 65535, &port, NULL))
    return NULL;
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_string (words[0]);
  if (ip == NULL)
    return NULL;
  connecting->show = g_strconcat (words[2], "\n", NULL);
  connecting->expect = g_strdup (words[3]);
  return g_inet_socket_address_new (ip, (guint16) port);
}

void
bk_meet_connect_async (const char *offer, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Connecting *connecting = g_new0 (Connecting, 1);
  g_autoptr (GSocketAddress) address = parse_offer (offer, connecting);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_task_set_source_tag (task, bk_meet_connect_async);
  g_task_set_task_data (task, connecting, (GDestroyNotify) connecting_free);
  if (address == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                               "The other side gave an address that makes no sense");
      return;
    }
  g_socket_client_set_timeout (client, CONNECT_SECONDS);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address), cancellable, on_connected,
                                 g_steal_pointer (&task));
}

int
bk_meet_connect_finish (GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}
