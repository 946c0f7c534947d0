/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a card in the timeline is about: an entry of the history, whose it is, and the session that it stands for as long
 * as there is one. Part of the card. */
#pragma once

#include "beckon.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  GtkWidget *card;                  /* borrowed: it owns this */
  void (*changed) (GtkWidget *card); /* something of what follows is otherwise */

  /* Owned References; all NULL while no entry is shown */
  BeckonMessage *message;
  BeckonMessenger *messenger;
  BeckonContact *contact;
  BeckonSession *session; /* NULL when the service does not know it any more, or not yet */
} BkAppCardSubject;

void bk_app_card_subject_init (BkAppCardSubject *self, GtkWidget *card, void (*changed) (GtkWidget *card));
/* Calls back at once. */
void bk_app_card_subject_set (BkAppCardSubject *self, BeckonMessage *message, BeckonContact *contact,
                              BeckonMessenger *messenger);
void bk_app_card_subject_clear (BkAppCardSubject *self);
/* UNKNOWN where there is no session. */
BeckonSessionState bk_app_card_subject_get_state (const BkAppCardSubject *self);

G_END_DECLS
