/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-invitations.h"

#include "bk-app-private.h"
#include "bk-app-text.h"
#include "invite/bk-app-invitation-dialog.h"
#include "invite/bk-app-recents.h"
#include "invite/bk-app-session-news.h"
#include "invite/bk-app-session-notice.h"
#include "invite/bk-app-waiting-window.h"

#include <glib/gi18n.h>

/* What is done about one session. */
typedef struct
{
  BkAppInvitations *invitations; /* not owned */
  BeckonSession *session;
  GtkWindow *dialog;  /* the invitation; nullable, weak */
  GtkWindow *waiting; /* the wait for an answer; nullable, weak */
  const char *answer; /* static: the verb that is under way, or NULL */
  gboolean asked;     /* there was a notification of the question: one */
  gboolean shown;     /* the dialog came up: once */
  gboolean watched;   /* it was seen to go out, or has a card: no window for the waiting any more */
  gboolean held;      /* the application stays for it */
} Item;

struct _BkAppInvitations
{
  GObject parent_instance;

  BkApp *app; /* not owned: it outlives this */
  BeckonMessenger *messenger;
  GHashTable *items;   /* BeckonSession → Item */
  GPtrArray *expected; /* element-type utf8: see make_key () */
};

G_DEFINE_FINAL_TYPE (BkAppInvitations, bk_app_invitations, G_TYPE_OBJECT)

/* ---- notifications ---- */

static void
notify_invitation (BkAppInvitations *self, BeckonSession *session)
{
  g_autofree char *id = bk_app_session_notice_id ("invitation", session);

  if (g_settings_get_boolean (bk_app_get_settings (self->app), "notify-invitations"))
    bk_app_notices_send (bk_app_get_notices (self->app), id,
                         bk_app_session_notice_new_question (self->messenger, session));
}

static void
withdraw (BkAppInvitations *self, const char *kind, BeckonSession *session)
{
  g_autofree char *id = bk_app_session_notice_id (kind, session);

  bk_app_notices_withdraw (bk_app_get_notices (self->app), id);
}

/* ---- the question ---- */

static void
set_window (GtkWindow **place, GtkWindow *window)
{
  if (*place != NULL)
    g_object_remove_weak_pointer (G_OBJECT (*place), (gpointer *) place);
  *place = window;
  if (window != NULL)
    g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) place);
}

static void
close_window (GtkWindow **place)
{
  GtkWindow *window = *place;

  set_window (place, NULL);
  if (window != NULL)
    gtk_window_destroy (window);
}

/* It belongs to the main window where the user is at it: one that is minimized would hide it. */
static void
present (BkAppInvitations *self, GtkWindow *window)
{
  GtkWindow *parent = GTK_WINDOW (bk_app_get_window (self->app));

  if (parent != NULL && gtk_window_is_active (parent))
    gtk_window_set_transient_for (window, parent);
  gtk_window_present (window);
}

static void
show_dialog (Item *item)
{
  BkAppInvitations *self = item->invitations;

  if (item->dialog == NULL)
    set_window (&item->dialog, GTK_WINDOW (bk_app_invitation_dialog_new (GTK_APPLICATION (self->app), self->messenger,
                                                                         item->session)));
  present (self, item->dialog);
}

static void
update_question (Item *item)
{
  BkAppInvitations *self = item->invitations;
  BkAppQuiet *quiet = self->app->quiet;
  const char *account = beckon_session_get_my_signin_name (item->session);
  gboolean asking = beckon_session_get_asking (item->session);

  if (asking && !item->asked && !bk_app_quiet_has_silence (quiet, account))
    {
      item->asked = TRUE;
      notify_invitation (self, item->session);
    }
  if (asking && !item->shown && !bk_app_quiet_has_no_windows (quiet, account))
    {
      item->shown = TRUE;
      show_dialog (item);
    }
  if (!asking && item->asked)
    withdraw (self, "invitation", item->session);
  if (!asking)
    {
      item->asked = item->shown = FALSE;
      close_window (&item->dialog);
    }
}

/* ---- what goes out ---- */

typedef struct
{
  BkAppInvitations *invitations;
  char *key;
} Inviting;

static void
inviting_free (Inviting *inviting)
{
  g_object_unref (inviting->invitations);
  g_free (inviting->key);
  g_free (inviting);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Inviting, inviting_free)

/* What was asked for here, and comes back as a session. Two accounts may invite the same person. */
static char *
make_key (const char *account, const char *who, const char *guid)
{
  return g_strdup_printf ("%s %s %s", account, who, guid);
}

static gboolean
forget_expected (BkAppInvitations *self, const char *key)
{
  guint position;

  if (!g_ptr_array_find_with_equal_func (self->expected, key, g_str_equal, &position))
    return FALSE;
  g_ptr_array_remove_index (self->expected, position);
  return TRUE;
}

/* What is beyond the waiting when it is first seen was expected all the same. */
static void
update_waiting (Item *item)
{
  BkAppInvitations *self = item->invitations;
  BeckonSessionState state = beckon_session_get_state (item->session);

  if (item->watched || bk_app_session_is_invitee (item->session) || bk_app_session_is_trial (item->session)
      || state == BECKON_SESSION_STATE_READY)
    return;
  item->watched = TRUE;
  if (bk_app_session_is_file (item->session)) /* its card shows the waiting */
    return;
  const char *who = beckon_session_get_user (item->session), *guid = beckon_session_get_application (item->session);
  g_autofree char *key = make_key (beckon_session_get_my_signin_name (item->session), who, guid);
  bk_app_recents_note (who, guid);
  if (forget_expected (self, key) || state != BECKON_SESSION_STATE_INVITATION)
    return;
  set_window (&item->waiting,
              GTK_WINDOW (bk_app_waiting_window_new (GTK_APPLICATION (self->app), item->session)));
  present (self, item->waiting);
}

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Inviting) inviting = user_data;
  BkAppInvitations *self = inviting->invitations;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonSession) session
    = beckon_messenger_invite_app_finish (BECKON_MESSENGER (source), result, &error);

  if (session != NULL || self->messenger == NULL)
    return;
  forget_expected (self, inviting->key);
  bk_app_tell (self->app, "invite", bk_app_error_text (error));
}

void
bk_app_invitations_invite (BkAppInvitations *self, BeckonAccount *account, const char *who, const char *guid,
                           const char *message)
{
  Inviting *inviting = g_new0 (Inviting, 1);

  inviting->invitations = g_object_ref (self);
  inviting->key = make_key (beckon_account_get_signin_name (account), who, guid);
  g_ptr_array_add (self->expected, g_strdup (inviting->key));
  beckon_messenger_invite_app_async (self->messenger, account, who, guid, NULL, message, NULL, on_invited, inviting);
}

/* ---- the end ---- */

static gboolean
is_card_seen (Item *item)
{
  return bk_app_shows (item->invitations->app, beckon_session_get_my_signin_name (item->session),
                       beckon_session_get_user (item->session));
}

/* Who waits for a file need not look how far it is. */
static void
tell_file (Item *item, const char *id)
{
  BkAppInvitations *self = item->invitations;

  if (g_settings_get_boolean (bk_app_get_settings (self->app), "notify-invitations")
      && !bk_app_quiet_has_silence (self->app->quiet, beckon_session_get_my_signin_name (item->session)))
    bk_app_tell_notice (self->app, id, bk_app_session_notice_new_file (item->session));
}

static void
on_termination (BeckonSession *session, BeckonSessionResult result, const char *app_data, Item *item)
{
  BkAppInvitations *self = item->invitations;
  g_autofree char *id = bk_app_session_notice_id ("session", session);

  /* Else the window for the waiting says it, or a card that is seen. */
  if (result == BECKON_SESSION_RESULT_ENDED && bk_app_session_is_file (session) && !is_card_seen (item))
    tell_file (item, id);
  else if (item->waiting == NULL && bk_app_session_is_news (session) && !is_card_seen (item))
    bk_app_tell (self->app, id, beckon_session_get_result_text (session));
  else
    withdraw (self, "session", session);
}

/* Missing here: the other side waits while it is being installed. */
static void
on_app_not_present (BeckonSession *session, const char *name, const char *url, Item *item)
{
  BkAppInvitations *self = item->invitations;
  g_autofree char *id = bk_app_session_notice_id ("session", session);
  g_autofree char *text = g_strdup_printf (_("%s is not installed here. It will start once it is installed."),
                                           bk_app_application_word (name));

  if (bk_app_session_is_invitee (session) && !is_card_seen (item))
    bk_app_tell (self->app, id, text);
}

static void
on_notice (BeckonMessenger *messenger, const char *kind, const char *text, BeckonSession *session,
           BkAppInvitations *self)
{
  if (session != NULL && (g_str_equal (kind, "installed") || g_str_equal (kind, "automatic")))
    bk_app_tell_cancellable (self->app, session, text);
}

/* ---- all sessions ---- */

/* What came in meanwhile is asked as soon as the user can be disturbed again. */
static void
on_quiet_changed (BkAppQuiet *quiet, BkAppInvitations *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    update_question (item);
}

/* Without running in the background, the application goes with its last window, but not before what is under way here
 * has ended and the user knows. */
static void
set_held (Item *item, gboolean held)
{
  GApplication *application = G_APPLICATION (item->invitations->app);

  if (held == item->held)
    return;
  item->held = held;
  if (held)
    g_application_hold (application);
  else
    g_application_release (application);
}

static void
on_changed (BeckonSession *session, GParamSpec *pspec, Item *item)
{
  BeckonSessionState state = beckon_session_get_state (session);

  update_question (item);
  update_waiting (item);
  /* It starts now: the button to cancel that before is of no use any more. */
  if (state == BECKON_SESSION_STATE_ACCEPTED && !beckon_session_get_automatic (session))
    withdraw (item->invitations, "session", session);
  set_held (item, state == BECKON_SESSION_STATE_INVITATION || state == BECKON_SESSION_STATE_ACCEPTED
                    || state == BECKON_SESSION_STATE_CONNECTED);
}

static void
item_free (Item *item)
{
  g_signal_handlers_disconnect_by_data (item->session, item);
  if (item->asked)
    withdraw (item->invitations, "invitation", item->session);
  close_window (&item->dialog);
  if (item->waiting != NULL)
    bk_app_waiting_window_forget (BK_APP_WAITING_WINDOW (item->waiting));
  set_window (&item->waiting, NULL);
  set_held (item, FALSE);
  g_object_unref (item->session);
  g_free (item);
}

/* @old: it was there before the application was. */
static void
add_session (BkAppInvitations *self, BeckonSession *session, gboolean old)
{
  Item *item = g_new0 (Item, 1);

  item->invitations = self;
  item->session = g_object_ref (session);
  item->watched = old;
  g_hash_table_insert (self->items, session, item);
  g_signal_connect (session, "notify::asking", G_CALLBACK (on_changed), item);
  g_signal_connect (session, "notify::state", G_CALLBACK (on_changed), item);
  g_signal_connect (session, "termination", G_CALLBACK (on_termination), item);
  g_signal_connect (session, "app-not-present", G_CALLBACK (on_app_not_present), item);
  on_changed (session, NULL, item);
}

static void
sync_sessions (BkAppInvitations *self, gboolean old)
{
  GListModel *sessions = beckon_messenger_get_sessions (self->messenger);

  g_hash_table_foreach_remove (self->items, bk_app_session_is_gone, sessions);
  for (guint i = 0; i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (BeckonSession) session = g_list_model_get_item (sessions, i);
      if (!g_hash_table_contains (self->items, session))
        add_session (self, session, old);
    }
}

static void
on_sessions_changed (GListModel *sessions, guint position, guint removed, guint added, BkAppInvitations *self)
{
  /* After the session service was restarted all objects are new, and what they stand for is not. */
  sync_sessions (self, !beckon_messenger_get_connected (self->messenger));
}

/* ---- answers ---- */

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppInvitations) self = user_data;
  BeckonSession *session = BECKON_SESSION (source);
  g_autoptr (GError) error = NULL;
  /* The three verbs have the same ending. */
  gboolean done = beckon_session_cancel_finish (session, result, &error);
  Item *item = self->items != NULL ? g_hash_table_lookup (self->items, session) : NULL;

  if (item != NULL)
    item->answer = NULL;
  if (done || self->messenger == NULL)
    return;
  g_autofree char *id = bk_app_session_notice_id ("session", session);
  const char *text = bk_app_session_is_file (session) ? bk_app_file_error_text (error) : bk_app_error_text (error);
  if (item != NULL && item->dialog != NULL)
    bk_app_invitation_dialog_show_problem (BK_APP_INVITATION_DIALOG (item->dialog), text);
  else
    bk_app_tell (self->app, id, text);
}

/* A second press of the same button, while the first is under way, means the same. */
static gboolean
begin_answer (Item *item, const char *verb)
{
  if (g_strcmp0 (item->answer, verb) == 0)
    return FALSE;
  item->answer = g_intern_string (verb);
  return TRUE;
}

static void
on_allowed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppInvitations) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_account_set_allowed_finish (BECKON_ACCOUNT (source), result, &error) && self->messenger != NULL)
    bk_app_tell (self->app, "allowed", bk_app_error_text (error));
}

static void
accept (Item *item)
{
  BkAppInvitations *self = item->invitations;
  BeckonSession *session = item->session;
  g_autoptr (BeckonAccount) account
    = beckon_messenger_find_account (self->messenger, beckon_session_get_my_signin_name (session));

  if (item->dialog != NULL && bk_app_invitation_dialog_get_always (BK_APP_INVITATION_DIALOG (item->dialog))
      && account != NULL)
    beckon_account_set_allowed_async (account, beckon_session_get_user (session),
                                      beckon_session_get_application (session), TRUE, NULL, on_allowed,
                                      g_object_ref (self));
  beckon_session_accept_async (session, NULL, NULL, on_answered, g_object_ref (self));
}

static void
show_invitation (Item *item)
{
  if (beckon_session_get_asking (item->session))
    show_dialog (item);
  else
    bk_app_show_window (item->invitations->app);
}

void
bk_app_invitations_answer (BkAppInvitations *self, const char *session_id, const char *verb)
{
  g_autoptr (BeckonSession) session = beckon_messenger_find_session (self->messenger, session_id);
  Item *item = session != NULL ? g_hash_table_lookup (self->items, session) : NULL;

  if (item == NULL)
    bk_app_tell (self->app, "session", _("This invitation is over."));
  else if (g_str_equal (verb, "show-invitation"))
    show_invitation (item);
  else if (!begin_answer (item, verb))
    return;
  else if (g_str_equal (verb, "accept"))
    accept (item);
  else if (g_str_equal (verb, "decline"))
    beckon_session_decline_async (session, NULL, NULL, on_answered, g_object_ref (self));
  else
    beckon_session_cancel_async (session, BECKON_SESSION_RESULT_NONE, NULL, NULL, on_answered, g_object_ref (self));
}

/* ---- life ---- */

BkAppInvitations *
bk_app_invitations_new (BkApp *app)
{
  BkAppInvitations *self = g_object_new (BK_TYPE_APP_INVITATIONS, NULL);

  self->app = app;
  self->messenger = g_object_ref (bk_app_get_messenger (app));
  g_signal_connect_object (beckon_messenger_get_sessions (self->messenger), "items-changed",
                           G_CALLBACK (on_sessions_changed), self, 0);
  g_signal_connect_object (self->messenger, "notice", G_CALLBACK (on_notice), self, 0);
  g_signal_connect_object (app->quiet, "changed", G_CALLBACK (on_quiet_changed), self, 0);
  sync_sessions (self, TRUE);
  return self;
}

static void
bk_app_invitations_dispose (GObject *object)
{
  BkAppInvitations *self = BK_APP_INVITATIONS (object);

  g_clear_pointer (&self->items, g_hash_table_unref);
  g_clear_pointer (&self->expected, g_ptr_array_unref);
  g_clear_object (&self->messenger);
  G_OBJECT_CLASS (bk_app_invitations_parent_class)->dispose (object);
}

static void
bk_app_invitations_class_init (BkAppInvitationsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_app_invitations_dispose;
}

static void
bk_app_invitations_init (BkAppInvitations *self)
{
  self->items = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) item_free);
  self->expected = g_ptr_array_new_with_free_func (g_free);
}
