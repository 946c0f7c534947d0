/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-card-subject.h"

void
bk_app_card_subject_init (BkAppCardSubject *self, GtkWidget *card, void (*changed) (GtkWidget *card))
{
  self->card = card;
  self->changed = changed;
}

static void
tell (BkAppCardSubject *self)
{
  g_autoptr (GtkWidget) hold = g_object_ref (self->card); /* the list may let go of it over what it says */

  self->changed (self->card);
}

static void
on_something (GObject *object, GParamSpec *pspec, BkAppCardSubject *self)
{
  tell (self);
}

/* Whether it is another one than before. */
static gboolean
find_session (BkAppCardSubject *self)
{
  g_autoptr (BeckonSession) session
    = beckon_messenger_find_session (self->messenger, beckon_message_get_session (self->message));

  if (session == self->session)
    return FALSE;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  if (session != NULL)
    g_signal_connect (session, "notify", G_CALLBACK (on_something), self);
  return TRUE;
}

static void
on_sessions_changed (GListModel *sessions, guint position, guint removed, guint added, BkAppCardSubject *self)
{
  if (find_session (self))
    tell (self);
}

void
bk_app_card_subject_clear (BkAppCardSubject *self)
{
  if (self->message == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_signal_handlers_disconnect_by_data (self->contact, self);
  g_signal_handlers_disconnect_by_data (beckon_messenger_get_sessions (self->messenger), self);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_object (&self->message);
  g_clear_object (&self->contact);
  g_clear_object (&self->messenger);
}

void
bk_app_card_subject_set (BkAppCardSubject *self, BeckonMessage *message, BeckonContact *contact,
                         BeckonMessenger *messenger)
{
  bk_app_card_subject_clear (self);
  self->message = g_object_ref (message);
  self->contact = g_object_ref (contact);
  self->messenger = g_object_ref (messenger);
  g_signal_connect (message, "notify", G_CALLBACK (on_something), self);
  g_signal_connect (contact, "notify", G_CALLBACK (on_something), self);
  g_signal_connect (beckon_messenger_get_sessions (messenger), "items-changed", G_CALLBACK (on_sessions_changed), self);
  find_session (self);
  tell (self);
}

BeckonSessionState
bk_app_card_subject_get_state (const BkAppCardSubject *self)
{
  return self->session != NULL ? beckon_session_get_state (self->session) : BECKON_SESSION_STATE_UNKNOWN;
}
