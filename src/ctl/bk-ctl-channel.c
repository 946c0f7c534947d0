/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session stream, session channel, session trust: the channel of a session from the command line. */
#include "bk-ctl-channel.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <unistd.h>

#define READ_SIZE 65536
/* A pipe that takes anything takes so much: writing it does not stop everything else. */
#define WRITE_SIZE 4096

static gboolean option_wait;

static const GOptionEntry stream_entries[] = {
  { "wait", 'w', 0, G_OPTION_ARG_NONE, &option_wait, "Wait until there is a channel", NULL },
  { NULL },
};
static const GOptionEntry packet_entries[] = {
  { "wait", 'w', 0, G_OPTION_ARG_NONE, &option_wait, "Wait until there is a channel", NULL },
  { "binary", 'b', 0, G_OPTION_ARG_NONE, &bk_ctl_packets_binary,
    "A length of four bytes, the highest first, before each packet", NULL },
  { "count", 'n', 0, G_OPTION_ARG_INT, &bk_ctl_packets_count,
    "End when so many packets have come and the input has ended", "N" },
  { NULL },
};

/* ---- when there is a channel ---- */

static BkCtlSessionFunc waiting; /* what is to be called then; NULL when it has been */

static gboolean
is_there (BeckonSession *session)
{
  BeckonChannelPath path = beckon_session_get_channel_path (session);

  return path == BECKON_CHANNEL_PATH_DIRECT || path == BECKON_CHANNEL_PATH_RELAY;
}

static gboolean
is_over (BeckonSession *session)
{
  return beckon_session_get_state (session) == BECKON_SESSION_STATE_TERMINATED;
}

static void
on_moved (BeckonSession *session, GParamSpec *pspec, BkCtl *ctl)
{
  BkCtlSessionFunc func = waiting;

  if (func == NULL || ctl->ended)
    return;
  if (is_over (session))
    bk_ctl_fail (ctl, BK_CTL_OTHER_END, "%s (%s)", beckon_session_get_result_text (session),
                 beckon_session_result_to_nick (beckon_session_get_result (session)));
  else if (is_there (session))
    {
      waiting = NULL;
      func (ctl, session);
    }
}

/* Calls @func for the session that is named, with --wait once it has a channel. */
static void
with_channel (BkCtl *ctl, BkCtlSessionFunc func)
{
  g_autoptr (BeckonSession) session = bk_ctl_pick_session (ctl, bk_ctl_session_is_open, "open session");

  if (session == NULL)
    return;
  bk_ctl_keep (ctl, session);
  if (!option_wait)
    {
      func (ctl, session);
      return;
    }
  waiting = func;
  g_signal_connect (session, "notify::channel-path", G_CALLBACK (on_moved), ctl);
  g_signal_connect (session, "notify::state", G_CALLBACK (on_moved), ctl);
  on_moved (session, NULL, ctl);
}

/* ---- the end ---- */

static gboolean unread; /* something of ours that nobody wanted */

/* What the service has said before it answered is known now. */
static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BeckonSession *session = BECKON_SESSION (source);
  BkCtl *ctl = user_data;
  g_autoptr (GVariant) channel = beckon_session_get_channel_finish (session, result, NULL);

  if (ctl->ended)
    return;
  if (is_over (session) && beckon_session_get_result (session) != BECKON_SESSION_RESULT_ENDED)
    bk_ctl_fail (ctl, BK_CTL_OTHER_END, "%s (%s)", beckon_session_get_result_text (session),
                 beckon_session_result_to_nick (beckon_session_get_result (session)));
  else if (unread)
    bk_ctl_fail (ctl, BK_CTL_FAILED, "The other side has not read everything");
  else
    bk_ctl_done (ctl, BK_CTL_OK);
}

/* A broken session ends its streams just as programs do: the session tells which it was. */
void
bk_ctl_channel_ended (BkCtl *ctl, BeckonSession *session)
{
  beckon_session_get_channel_async (session, ctl->cancellable, on_asked, ctl);
}

/* ---- stream ---- */

/* One direction. */
typedef struct
{
  BkCtl *ctl;
  BeckonSession *session; /* borrowed */
  GIOStream *stream;      /* owned */
  GInputStream *input;    /* owned */
  GOutputStream *output;  /* owned */
  char *buffer;
  gsize size;
  gboolean down;
} Pump;

static guint n_running;
static gboolean down_ended;

static void read_more (Pump *pump);

static void
pump_free (Pump *pump)
{
  g_object_unref (pump->stream);
  g_object_unref (pump->input);
  g_object_unref (pump->output);
  g_free (pump->buffer);
  g_free (pump);
}

/* The other direction goes on; but nobody waits for input for a session that is over. */
static void
end_direction (Pump *pump)
{
  BkCtl *ctl = pump->ctl;
  BeckonSession *session = pump->session;

  n_running--;
  if (pump->down)
    down_ended = TRUE;
  else
    g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (pump->stream)), FALSE, TRUE, NULL);
  pump_free (pump);
  if (n_running == 0 || (down_ended && is_over (session)))
    bk_ctl_channel_ended (ctl, session);
}

static void
on_state (BeckonSession *session, GParamSpec *pspec, BkCtl *ctl)
{
  if (down_ended && is_over (session))
    bk_ctl_channel_ended (ctl, session);
}

/* Takes @error. */
static void
break_off (Pump *pump, GError *error)
{
  BkCtl *ctl = pump->ctl;

  pump_free (pump);
  bk_ctl_fail_error (ctl, error);
}

/* A socket whose other end is closed: what it still has to say is read. */
static gboolean
is_closed (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pump *pump = user_data;
  GError *error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    read_more (pump);
  else if (!pump->down && is_closed (error))
    {
      g_error_free (error);
      unread = TRUE;
      end_direction (pump);
    }
  else
    break_off (pump, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pump *pump = user_data;
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n > 0)
    g_output_stream_write_all_async (pump->output, pump->buffer, (gsize) n, G_PRIORITY_DEFAULT, pump->ctl->cancellable,
                                     on_written, pump);
  else if (n == 0 || (pump->down && is_closed (error)))
    {
      g_clear_error (&error);
      end_direction (pump);
    }
  else
    break_off (pump, error);
}

static void
read_more (Pump *pump)
{
  g_input_stream_read_async (pump->input, pump->buffer, pump->size, G_PRIORITY_DEFAULT, pump->ctl->cancellable,
                             on_read, pump);
}

/* Takes @input and @output. */
static void
start_pump (BkCtl *ctl, BeckonSession *session, GIOStream *stream, gboolean down, GInputStream *input,
            GOutputStream *output)
{
  Pump *pump = g_new0 (Pump, 1);

  pump->ctl = ctl;
  pump->session = session;
  pump->stream = g_object_ref (stream);
  pump->down = down;
  pump->input = input;
  pump->output = output;
  pump->size = down ? WRITE_SIZE : READ_SIZE;
  pump->buffer = g_malloc (pump->size);
  n_running++;
  read_more (pump);
}

static void
on_stream (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  BeckonSession *session = BECKON_SESSION (source);
  GError *error = NULL;
  g_autoptr (GIOStream) stream = beckon_session_open_stream_finish (session, result, &error);

  if (stream == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  g_signal_connect (session, "notify::state", G_CALLBACK (on_state), ctl);
  start_pump (ctl, session, stream, FALSE, g_unix_input_stream_new (STDIN_FILENO, FALSE),
              g_object_ref (g_io_stream_get_output_stream (stream)));
  start_pump (ctl, session, stream, TRUE, g_object_ref (g_io_stream_get_input_stream (stream)),
              g_unix_output_stream_new (STDOUT_FILENO, FALSE));
}

static void
open_stream (BkCtl *ctl, BeckonSession *session)
{
  beckon_session_open_stream_async (session, ctl->args[1] != NULL ? ctl->args[1] : "", ctl->cancellable, on_stream,
                                    ctl);
}

static void
run_stream (BkCtl *ctl)
{
  with_channel (ctl, open_stream);
}

static void
run_datagram (BkCtl *ctl)
{
  with_channel (ctl, bk_ctl_packets_open);
}

/* ---- channel, trust ---- */

static void
on_channel (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) channel = beckon_session_get_channel_finish (BECKON_SESSION (source), result, &error);

  if (channel == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  bk_ctl_print_dictionary (ctl, channel);
  bk_ctl_done (ctl, BK_CTL_OK);
}

static gboolean
is_connected (BeckonSession *session)
{
  return beckon_session_get_state (session) == BECKON_SESSION_STATE_CONNECTED;
}

static void
run_channel (BkCtl *ctl)
{
  g_autoptr (BeckonSession) session = bk_ctl_pick_session (ctl, is_connected, "connected session");

  if (session != NULL)
    beckon_session_get_channel_async (session, ctl->cancellable, on_channel, ctl);
}

BK_CTL_DEFINE_VERB (on_trusted, BECKON_SESSION, beckon_session_trust_identity_finish)

static void
run_trust (BkCtl *ctl)
{
  g_autoptr (BeckonSession) session = bk_ctl_pick_session (ctl, bk_ctl_session_is_open, "open session");

  if (session != NULL)
    beckon_session_trust_identity_async (session, ctl->cancellable, on_trusted, ctl);
}

const BkCtlCommand bk_ctl_channel_commands[] = {
  { "session stream", run_stream, "SESSION [NAME]", "Join standard input and output to a stream", 1, 2,
    stream_entries },
  { "session datagram", run_datagram, "SESSION [NAME]", "Send and receive packets, a line each", 1, 2,
    packet_entries },
  { "session channel", run_channel, "[SESSION]", "Tell how the channel is doing", 0, 1, NULL },
  { "session trust", run_trust, "[SESSION]", "Say that it is the other person's key", 0, 1, NULL },
  { NULL },
};
