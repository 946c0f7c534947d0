/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-partner.h"

#include "bk-board-link.h"
#include "bk-meet.h"

#include <glib/gi18n.h>

#define PROTOCOL "beckon-whiteboard 1"
#define MEETING_SECONDS 30
#define AGAIN_SECONDS 20
/* A link that breaks over and over is no link. */
#define MAX_AGAIN 20

struct _BkBoardPartner
{
  GObject parent_instance;

  BkBoardPartnerState state;
  char *name;
  char *sentence;
  char *why;        /* the link could not be made again */
  guint timer;
  guint n_again;

  BkBoardDocument *document;
  BeckonSessionManager *manager;
  BeckonSession *session;
  BkMeeting *meeting;
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
  g_clear_pointer (&self->meeting, bk_meeting_free);
  g_clear_pointer (&self->link, bk_board_link_free);
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

/* The session is over, for that reason. A service that was restarted does not keep two programs from drawing: then it
 * is the end of the link that counts. */
static void
be_over (BkBoardPartner *self, BeckonSessionResult result)
{
  if (result == BECKON_SESSION_RESULT_ENDED || result == BECKON_SESSION_RESULT_SERVICE_RESTARTED)
    be_closed (self);
  else
    be_gone (self, g_strdup (beckon_session_get_result_text (self->session)));
}

/* ---- the link ---- */

static gboolean
on_late (gpointer user_data)
{
  BkBoardPartner *self = user_data;

  self->timer = 0;
  if (self->state != BK_BOARD_PARTNER_AGAIN)
    give_up (self, g_strdup_printf (_ ("The program of %s does not answer."), self->name));
  else if (self->why != NULL)
    give_up (self, g_strdup_printf (_ ("The connection with %s broke and cannot be made again (%s)."), self->name,
                                    self->why));
  else
    give_up (self, g_strdup_printf (_ ("The connection with %s broke."), self->name));
  return G_SOURCE_REMOVE;
}

static void
on_ready (BkBoardLink *link, gpointer user_data)
{
  enter (user_data, BK_BOARD_PARTNER_TOGETHER);
}

static void
try_again (BkBoardPartner *self)
{
  enter (self, BK_BOARD_PARTNER_AGAIN);
  self->timer = g_timeout_add_seconds (AGAIN_SECONDS, on_late, self);
  self->n_again++;
  g_clear_pointer (&self->why, g_free);
  bk_meeting_again (self->meeting);
}

static void
on_link_over (BkBoardLink *link, BkBoardLinkEnd end, gpointer user_data)
{
  BkBoardPartner *self = user_data;

  g_clear_pointer (&self->link, bk_board_link_free);
  if (end == BK_BOARD_LINK_NONSENSE)
    give_up (self, g_strdup_printf (_ ("The program of %s sent something that makes no sense."), self->name));
  else if (end == BK_BOARD_LINK_BYE)
    be_closed (self);
  else if (beckon_session_get_state (self->session) == BECKON_SESSION_STATE_TERMINATED)
    be_over (self, beckon_session_get_result (self->session));
  else if (self->state == BK_BOARD_PARTNER_TOGETHER && self->n_again < MAX_AGAIN)
    try_again (self);
  else
    give_up (self, g_strdup_printf (_ ("The connection with %s broke."), self->name));
}

/* The first link, or one after the other side found that the last one broke, perhaps before this side did. */
static void
on_linked (int fd, gpointer user_data)
{
  BkBoardPartner *self = user_data;

  g_clear_pointer (&self->link, bk_board_link_free);
  if (self->state == BK_BOARD_PARTNER_TOGETHER)
    try_again (self);
  self->link = bk_board_link_new (self->document, fd, on_ready, on_link_over, self);
}

/* If the other program is not there any more, the session will say so in a moment, and better. */
static void
on_not_linked (const char *why, gpointer user_data)
{
  BkBoardPartner *self = user_data;

  if (self->state == BK_BOARD_PARTNER_AGAIN)
    self->why = g_strdup (why);
  else
    give_up (self, g_strdup_printf (_ ("There is no direct connection with %s (%s)."), self->name, why));
}

/* ---- the session ---- */

/* While a link is there, it knows best when all has arrived. Only what a person does ends it. */
static void
on_termination (BeckonSession *session, BeckonSessionResult result, const char *app_data, BkBoardPartner *self)
{
  gboolean by_person = result == BECKON_SESSION_RESULT_CANCELLED_LOCAL
                       || result == BECKON_SESSION_RESULT_CANCELLED_REMOTE
                       || result == BECKON_SESSION_RESULT_SIGNED_OUT;

  if (self->link != NULL && self->state == BK_BOARD_PARTNER_TOGETHER && !by_person)
    return;
  be_over (self, result);
}

static void
on_state_changed (BeckonSession *session, BeckonSessionState previous, BkBoardPartner *self)
{
  BeckonSessionState state = beckon_session_get_state (session);

  if (self->state != BK_BOARD_PARTNER_CONNECTING || self->meeting != NULL)
    return;
  if (state == BECKON_SESSION_STATE_CONNECTED)
    {
      self->meeting = bk_meeting_new (session, PROTOCOL, TRUE, on_linked, on_not_linked, self);
      self->timer = g_timeout_add_seconds (MEETING_SECONDS, on_late, self);
    }
  else if (state == BECKON_SESSION_STATE_TERMINATED)
    on_termination (session, beckon_session_get_result (session), "", self);
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
        be_gone (self, g_strdup_printf (_ ("Nobody is here (%s)."), error->message));
      return;
    }
  self->session = session;
  self->name = g_strdup (beckon_session_get_user_name (session));
  g_signal_connect_object (session, "termination", G_CALLBACK (on_termination), self, 0);
  g_signal_connect_object (session, "state-changed", G_CALLBACK (on_state_changed), self, 0);
  enter (self, BK_BOARD_PARTNER_CONNECTING);
  on_state_changed (session, BECKON_SESSION_STATE_READY, self);
}

static void
on_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkBoardPartner) self = user_data;
  g_autoptr (GError) error = NULL;

  self->manager = beckon_session_manager_new_finish (result, &error);
  if (self->manager != NULL)
    beckon_session_manager_get_launching_session_async (self->manager, NULL, self->cancellable, on_session,
                                                        g_object_ref (self));
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
  g_clear_pointer (&self->meeting, bk_meeting_free);
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
  g_free (self->why);
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
