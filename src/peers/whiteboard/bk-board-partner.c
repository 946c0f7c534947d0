/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-partner.h"

#include "bk-board-link.h"
#include "beckon.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>

/* A later version that draws otherwise opens another one. */
#define STREAM "whiteboard"
/* The session service gives up before that, and then says why. */
#define OPENING_SECONDS 60
/* So long after the link the session, which knows more, may say what happened. */
#define BROKEN_SECONDS 20

struct _BkBoardPartner
{
  GObject parent_instance;

  BkBoardPartnerState state;
  char *name;
  char *sentence;
  guint timer;
  gboolean opening;
  gboolean no_service; /* it went away, and all that it carried */

  BkBoardDocument *document;
  BeckonSessionManager *manager;
  BeckonSession *session;
  BkBoardLink *link;
  GCancellable *cancellable;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkBoardPartner, bk_board_partner, G_TYPE_OBJECT)

/* ---- states ---- */

static void
enter (BkBoardPartner *self, BkBoardPartnerState state)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->state = state;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Nothing leaves this state. Takes @sentence. */
static void
be_gone (BkBoardPartner *self, char *sentence)
{
  g_autofree char *owned = sentence;

  if (self->state == BK_BOARD_PARTNER_GONE)
    return;
  g_clear_pointer (&self->link, bk_board_link_free);
  /* Translators: %s is a sentence that says why there is no connection */
  self->sentence = g_strdup_printf (_ ("%s You can go on drawing and export the picture."), sentence);
  enter (self, BK_BOARD_PARTNER_GONE);
}

static void
on_given_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  beckon_session_cancel_finish (BECKON_SESSION (source), result, NULL);
}

/* Says why to both sides. Takes @sentence. */
static void
give_up (BkBoardPartner *self, char *sentence)
{
  if (self->session != NULL && self->state != BK_BOARD_PARTNER_GONE
      && beckon_session_get_state (self->session) == BECKON_SESSION_STATE_CONNECTED)
    beckon_session_cancel_async (self->session, BECKON_SESSION_RESULT_CONNECTION_FAILURE, "", NULL, on_given_up, NULL);
  be_gone (self, sentence);
}

static void
be_closed (BkBoardPartner *self)
{
  be_gone (self, g_strdup_printf (_ ("%s closed Whiteboard."), self->name));
}

/* The session is over, for that reason. */
static void
be_over (BkBoardPartner *self, BeckonSessionResult result)
{
  if (result == BECKON_SESSION_RESULT_ENDED)
    be_closed (self);
  else
    be_gone (self, g_strdup (beckon_session_get_result_text (self->session)));
}

/* There is no way to the other side. */
static void
be_unreachable (BkBoardPartner *self)
{
  const char *reason = beckon_session_get_channel_reason (self->session);

  if (*reason == '\0')
    reason = beckon_session_result_to_text (BECKON_SESSION_RESULT_CONNECTION_FAILURE);
  give_up (self, g_strdup (reason));
}

static void
be_without_service (BkBoardPartner *self)
{
  be_gone (self, g_strdup (_ ("Beckon has stopped.")));
}

/* ---- the link ---- */

static gboolean
on_late (gpointer user_data)
{
  BkBoardPartner *self = user_data;

  self->timer = 0;
  if (self->state == BK_BOARD_PARTNER_LOST)
    give_up (self, g_strdup_printf (_ ("The connection with %s was lost."), self->name));
  else
    give_up (self, g_strdup_printf (_ ("The program of %s does not answer."), self->name));
  return G_SOURCE_REMOVE;
}

static void
on_ready (BkBoardLink *link, gpointer user_data)
{
  enter (user_data, BK_BOARD_PARTNER_TOGETHER);
}

static void
on_link_over (BkBoardLink *link, BkBoardLinkEnd end, gpointer user_data)
{
  BkBoardPartner *self = user_data;

  g_clear_pointer (&self->link, bk_board_link_free);
  if (end == BK_BOARD_LINK_NONSENSE)
    {
      give_up (self, g_strdup_printf (_ ("The program of %s sent something that makes no sense."), self->name));
    }
  else if (end == BK_BOARD_LINK_BYE)
    {
      be_closed (self);
    }
  else if (beckon_session_get_state (self->session) == BECKON_SESSION_STATE_TERMINATED)
    {
      be_over (self, beckon_session_get_result (self->session));
    }
  else if (self->no_service)
    {
      be_without_service (self);
    }
  else
    {
      enter (self, BK_BOARD_PARTNER_LOST);
      self->timer = g_timeout_add_seconds (BROKEN_SECONDS, on_late, self);
    }
}

static void
on_stream (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkBoardPartner) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream = beckon_session_open_stream_finish (BECKON_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->state != BK_BOARD_PARTNER_CONNECTING)
    return;
  int fd = -1;
  if (stream != NULL)
    fd = fcntl (g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream))), F_DUPFD_CLOEXEC, 0);
  if (fd < 0)
    give_up (self, g_strdup_printf (_ ("There is no connection with %s (%s)."), self->name,
                                    error != NULL ? error->message : g_strerror (errno)));
  else
    self->link = bk_board_link_new (self->document, fd, on_ready, on_link_over, self);
}

/* ---- the session ---- */

/* If the other program has left, and nothing else happened, the link knows best when all has arrived. */
static void
on_termination (BeckonSession *session, BeckonSessionResult result, const char *app_data, BkBoardPartner *self)
{
  gboolean has_left = result == BECKON_SESSION_RESULT_ENDED || result == BECKON_SESSION_RESULT_APPLICATION_FAILED;

  if (self->link == NULL || self->state == BK_BOARD_PARTNER_CONNECTING || !has_left)
    be_over (self, result);
}

/* Opens the stream as soon as the session can have one. */
static void
open_stream (BkBoardPartner *self)
{
  BeckonChannelPath path = beckon_session_get_channel_path (self->session);

  if (self->opening || (path != BECKON_CHANNEL_PATH_DIRECT && path != BECKON_CHANNEL_PATH_RELAY))
    return;
  self->opening = TRUE;
  beckon_session_open_stream_async (self->session, STREAM, self->cancellable, on_stream, g_object_ref (self));
}

/* Either the session or its channel is another than before. */
static void
on_changed (BkBoardPartner *self)
{
  BeckonSessionState state = beckon_session_get_state (self->session);
  BeckonChannelPath path = beckon_session_get_channel_path (self->session);
  gboolean lost = path == BECKON_CHANNEL_PATH_LOST;

  if (self->state == BK_BOARD_PARTNER_CONNECTING && path == BECKON_CHANNEL_PATH_FAILED)
    be_unreachable (self);
  else if (self->state == BK_BOARD_PARTNER_CONNECTING && state == BECKON_SESSION_STATE_CONNECTED)
    open_stream (self);
  else if (self->state == BK_BOARD_PARTNER_TOGETHER && lost)
    enter (self, BK_BOARD_PARTNER_LOST);
  else if (self->state == BK_BOARD_PARTNER_LOST && !lost && self->link != NULL)
    enter (self, BK_BOARD_PARTNER_TOGETHER);
}

/* What the link still holds is drawn first. */
static void
on_shutdown (BkBoardPartner *self)
{
  self->no_service = TRUE;
  if (self->link == NULL)
    be_without_service (self);
}

static void
on_session (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkBoardPartner) self = user_data;
  g_autoptr (GError) error = NULL;
  BeckonSession *session
    = beckon_session_manager_get_launching_session_finish (BECKON_SESSION_MANAGER (source), result, &error);

  if (session == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        be_gone (self, g_strdup_printf (_ ("There is nobody to draw with (%s)."), error->message));
      return;
    }
  self->session = session;
  self->name = g_strdup (beckon_session_get_user_name (session));
  g_signal_connect_object (session, "termination", G_CALLBACK (on_termination), self, 0);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::channel-path", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  enter (self, BK_BOARD_PARTNER_CONNECTING);
  self->timer = g_timeout_add_seconds (OPENING_SECONDS, on_late, self);
  on_changed (self);
  if (beckon_session_get_state (session) == BECKON_SESSION_STATE_TERMINATED)
    on_termination (session, beckon_session_get_result (session), "", self);
}

static void
on_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkBoardPartner) self = user_data;
  g_autoptr (GError) error = NULL;

  self->manager = beckon_session_manager_new_finish (result, &error);
  if (self->manager != NULL)
    {
      g_signal_connect_object (self->manager, "app-shutdown", G_CALLBACK (on_shutdown), self, G_CONNECT_SWAPPED);
      beckon_session_manager_get_launching_session_async (self->manager, NULL, self->cancellable, on_session,
                                                          g_object_ref (self));
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    be_gone (self, g_strdup_printf (_ ("Beckon cannot be reached (%s)."), error->message));
}

/* It stands for no application: who is invited next gets a window of their own. */
void
bk_board_partner_start (BkBoardPartner *self)
{
  enter (self, BK_BOARD_PARTNER_CONNECTING);
  beckon_session_manager_new_async (NULL, self->cancellable, on_manager, g_object_ref (self));
}

void
bk_board_partner_leave (BkBoardPartner *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->link != NULL)
    bk_board_link_bye (self->link);
  g_clear_pointer (&self->link, bk_board_link_free);
}

/* ---- the object ---- */

static void
bk_board_partner_dispose (GObject *object)
{
  BkBoardPartner *self = BK_BOARD_PARTNER (object);

  bk_board_partner_leave (self);
  g_clear_object (&self->session);
  g_clear_object (&self->manager);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (bk_board_partner_parent_class)->dispose (object);
}

static void
bk_board_partner_finalize (GObject *object)
{
  BkBoardPartner *self = BK_BOARD_PARTNER (object);

  g_object_unref (self->cancellable);
  g_free (self->name);
  g_free (self->sentence);
  G_OBJECT_CLASS (bk_board_partner_parent_class)->finalize (object);
}

static void
bk_board_partner_class_init (BkBoardPartnerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bk_board_partner_dispose;
  object_class->finalize = bk_board_partner_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
bk_board_partner_init (BkBoardPartner *self)
{
  self->cancellable = g_cancellable_new ();
}

BkBoardPartner *
bk_board_partner_new (BkBoardDocument *document)
{
  BkBoardPartner *self = g_object_new (BK_BOARD_TYPE_PARTNER, NULL);

  self->document = g_object_ref (document);
  return self;
}

BkBoardPartnerState
bk_board_partner_get_state (BkBoardPartner *self)
{
  return self->state;
}

const char *
bk_board_partner_get_name (BkBoardPartner *self)
{
  return self->name;
}

const char *
bk_board_partner_get_sentence (BkBoardPartner *self)
{
  return self->sentence;
}
