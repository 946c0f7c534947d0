/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-invitations.h"

#include "bk-app-private.h"
#include "bk-app-text.h"
#include "invite/bk-app-invitation-dialog.h"
#include "invite/bk-app-waiting-window.h"

#include <glib/gi18n.h>

/* What is done about one session. */
typedef struct
{
  BkAppInvitations *invitations; /* not owned */
  BeckonSession *session;
  GtkWindow *dialog;  /* the invitation; nullable, weak */
  GtkWindow *waiting; /* the wait for an answer; nullable, weak */
  gboolean asked;     /* the user has been shown the question: dialog and notification come once */
  gboolean watched;   /* it was seen to go out, or has a card: no window for the waiting any more */
} Item;

struct _BkAppInvitations
{
  GObject parent_instance;

  BkApp *app;                 /* not owned: it outlives this */
  BeckonMessenger *messenger;
  GHashTable *items;          /* BeckonSession → Item */
  GPtrArray *expected;        /* element-type utf8: "who guid" */
};

G_DEFINE_FINAL_TYPE (BkAppInvitations, bk_app_invitations, G_TYPE_OBJECT)

static gboolean
is_invitee (BeckonSession *session)
{
  return (beckon_session_get_flags (session) & BECKON_SESSION_FLAGS_INVITEE) != 0;
}

/* ---- notifications ---- */

static char *
dup_notification_id (BeckonSession *session)
{
  return g_strconcat ("invitation-", beckon_session_get_id (session), NULL);
}

static void
notify_invitation (BkAppInvitations *self, BeckonSession *session)
{
  const char *id = beckon_session_get_id (session);
  const char *application = bk_app_application_word (beckon_session_get_application_name (session));
  g_autofree char *notification_id = dup_notification_id (session);
  g_autofree char *title
    = g_strdup_printf (_("%s invites you to %s"), beckon_session_get_user_name (session), application);
  g_autoptr (GNotification) notification = g_notification_new (title);

  if (!g_settings_get_boolean (bk_app_get_settings (self->app), "notify-invitations"))
    return;
  g_notification_set_body (notification, _("Both of you start it when you accept."));
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  g_notification_set_default_action_and_target (notification, "app.show-invitation", "s", id);
  g_notification_add_button_with_target (notification, _("Accept"), "app.accept", "s", id);
  g_notification_add_button_with_target (notification, _("Decline"), "app.decline", "s", id);
  g_notification_add_button_with_target (notification, _("Cancel"), "app.cancel", "s", id);
  g_application_send_notification (G_APPLICATION (self->app), notification_id, notification);
}

static void
withdraw (BkAppInvitations *self, BeckonSession *session)
{
  g_autofree char *id = dup_notification_id (session);

  g_application_withdraw_notification (G_APPLICATION (self->app), id);
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

static void
show_dialog (Item *item)
{
  BkAppInvitations *self = item->invitations;

  if (item->dialog == NULL)
    set_window (&item->dialog, GTK_WINDOW (bk_app_invitation_dialog_new (GTK_APPLICATION (self->app), self->messenger,
                                                                         item->session)));
  gtk_window_set_transient_for (item->dialog, GTK_WINDOW (bk_app_get_window (self->app)));
  gtk_window_present (item->dialog);
}

static void
update_question (Item *item)
{
  BkAppInvitations *self = item->invitations;
  gboolean asking = beckon_session_get_asking (item->session);

  if (asking && !item->asked)
    {
      item->asked = TRUE;
      notify_invitation (self, item->session);
      show_dialog (item);
    }
  else if (!asking && item->asked)
    {
      item->asked = FALSE;
      withdraw (self, item->session);
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

static gboolean
forget_expected (BkAppInvitations *self, const char *key)
{
  guint position;

  if (!g_ptr_array_find_with_equal_func (self->expected, key, g_str_equal, &position))
    return FALSE;
  g_ptr_array_remove_index (self->expected, position);
  return TRUE;
}

static gboolean
take_expected (BkAppInvitations *self, BeckonSession *session)
{
  g_autofree char *key = g_strdup_printf ("%s %s", beckon_session_get_user (session),
                                          beckon_session_get_application (session));

  return forget_expected (self, key);
}

static void
update_waiting (Item *item)
{
  BkAppInvitations *self = item->invitations;

  if (item->watched || is_invitee (item->session)
      || beckon_session_get_state (item->session) != BECKON_SESSION_STATE_INVITATION)
    return;
  item->watched = TRUE;
  if (take_expected (self, item->session))
    return;
  set_window (&item->waiting,
              GTK_WINDOW (bk_app_waiting_window_new (GTK_APPLICATION (self->app), item->session)));
  gtk_window_set_transient_for (item->waiting, GTK_WINDOW (bk_app_get_window (self->app)));
  gtk_window_present (item->waiting);
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
bk_app_invitations_invite (BkAppInvitations *self, BeckonAccount *account, const char *who, const char *guid)
{
  Inviting *inviting = g_new0 (Inviting, 1);

  inviting->invitations = g_object_ref (self);
  inviting->key = g_strdup_printf ("%s %s", who, guid);
  g_ptr_array_add (self->expected, g_strdup (inviting->key));
  beckon_messenger_invite_app_async (self->messenger, account, who, guid, NULL, NULL, on_invited, inviting);
}

/* ---- the end ---- */

/* Whether the user has to be told of an end: not of what the user did, nor of what goes as it should. */
static gboolean
is_news (BeckonSession *session)
{
  switch (beckon_session_get_result (session))
    {
    case BECKON_SESSION_RESULT_INVITATION_DECLINED:
    case BECKON_SESSION_RESULT_TIMEOUT:
    case BECKON_SESSION_RESULT_APP_NOT_PRESENT:
      return !is_invitee (session);
    case BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED:
    case BECKON_SESSION_RESULT_CONNECTION_FAILURE:
    case BECKON_SESSION_RESULT_AUTHENTICATION_FAILED:
    case BECKON_SESSION_RESULT_PROTOCOL_ERROR:
    case BECKON_SESSION_RESULT_INVITATION_SEND_FAILURE:
    case BECKON_SESSION_RESULT_APPLICATION_FAILED:
    case BECKON_SESSION_RESULT_CANCELLED_REMOTE:
    case BECKON_SESSION_RESULT_SIGNED_OUT:
    case BECKON_SESSION_RESULT_SERVICE_RESTARTED:
      return TRUE;
    case BECKON_SESSION_RESULT_NONE:
    case BECKON_SESSION_RESULT_CANCELLED_LOCAL:
    case BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE:
    case BECKON_SESSION_RESULT_DECLINED_ELSEWHERE:
    case BECKON_SESSION_RESULT_SUPERSEDED:
    case BECKON_SESSION_RESULT_ENDED:
      break;
    }
  return FALSE;
}

static gboolean
is_card_seen (Item *item)
{
  return bk_app_shows (item->invitations->app, beckon_session_get_my_signin_name (item->session),
                       beckon_session_get_user (item->session));
}

static void
on_termination (BeckonSession *session, BeckonSessionResult result, const char *app_data, Item *item)
{
  BkAppInvitations *self = item->invitations;
  g_autofree char *id = g_strconcat ("session-", beckon_session_get_id (session), NULL);

  /* The window for the waiting says it itself, and so does a card that is seen. */
  if (item->waiting == NULL && is_news (session) && !is_card_seen (item))
    bk_app_tell (self->app, id, beckon_session_get_result_text (session));
}

/* Missing here: the other side waits while it is being installed. */
static void
on_app_not_present (BeckonSession *session, const char *name, const char *url, Item *item)
{
  BkAppInvitations *self = item->invitations;
  g_autofree char *id = g_strconcat ("session-", beckon_session_get_id (session), NULL);
  g_autofree char *text
    = g_strdup_printf (_("%s is not installed here. It starts as soon as it is."), bk_app_application_word (name));

  if (is_invitee (session) && !is_card_seen (item))
    bk_app_tell (self->app, id, text);
}

static void
on_notice (BeckonMessenger *messenger, const char *kind, const char *text, BeckonSession *session,
           BkAppInvitations *self)
{
  if (session != NULL && g_str_equal (kind, "installed"))
    bk_app_tell_cancellable (self->app, beckon_session_get_id (session), text);
}

/* ---- all sessions ---- */

static void
on_changed (BeckonSession *session, GParamSpec *pspec, Item *item)
{
  update_question (item);
  update_waiting (item);
}

static void
item_free (Item *item)
{
  g_signal_handlers_disconnect_by_data (item->session, item);
  if (item->asked)
    withdraw (item->invitations, item->session);
  close_window (&item->dialog);
  set_window (&item->waiting, NULL);
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

static gboolean
is_gone (gpointer session, gpointer item, gpointer sessions)
{
  for (guint i = 0; i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (BeckonSession) other = g_list_model_get_item (sessions, i);
      if (other == session)
        return FALSE;
    }
  return TRUE;
}

static void
sync_sessions (BkAppInvitations *self, gboolean old)
{
  GListModel *sessions = beckon_messenger_get_sessions (self->messenger);

  g_hash_table_foreach_remove (self->items, is_gone, sessions);
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
  if (beckon_session_cancel_finish (session, result, &error) || self->messenger == NULL)
    return;
  g_autofree char *id = g_strconcat ("session-", beckon_session_get_id (session), NULL);
  bk_app_tell (self->app, id, bk_app_error_text (error));
}

void
bk_app_invitations_answer (BkAppInvitations *self, const char *session_id, const char *verb)
{
  BeckonSession *session = beckon_messenger_find_session (self->messenger, session_id);
  Item *item = session != NULL ? g_hash_table_lookup (self->items, session) : NULL;

  if (item == NULL)
    bk_app_tell (self->app, "session", _("This invitation is over."));
  else if (g_str_equal (verb, "accept"))
    beckon_session_accept_async (session, NULL, NULL, on_answered, g_object_ref (self));
  else if (g_str_equal (verb, "decline"))
    beckon_session_decline_async (session, NULL, NULL, on_answered, g_object_ref (self));
  else if (g_str_equal (verb, "cancel"))
    beckon_session_cancel_async (session, BECKON_SESSION_RESULT_NONE, NULL, NULL, on_answered, g_object_ref (self));
  else if (beckon_session_get_asking (session))
    show_dialog (item);
  else
    bk_app_show_window (self->app);
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
