/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two files of `beckonctl watch` share: the events, and the conditions that end it. */
#pragma once

#include "bk-ctl.h"

G_BEGIN_DECLS

typedef enum
{
  BK_CTL_UNTIL_INVITATION,      /* [WHO]: an invitation waits for an answer */
  BK_CTL_UNTIL_INVITATION_OVER, /* none does */
  BK_CTL_UNTIL_PICKING,         /* a program waits for the user to choose whom it invites */
  BK_CTL_UNTIL_SESSION_STATE,   /* STATE */
  BK_CTL_UNTIL_SESSION_RESULT,  /* RESULT */
  BK_CTL_UNTIL_RINGING,
  BK_CTL_UNTIL_APP_NOT_PRESENT,
  BK_CTL_UNTIL_CONTEXT_DATA,
  BK_CTL_UNTIL_CHANNEL,         /* PATH */
  BK_CTL_UNTIL_STREAM_OFFERED,  /* [NAME] */
  BK_CTL_UNTIL_ALERT,           /* an operator tells something */
  BK_CTL_UNTIL_MESSAGE,         /* [TEXT] */
  BK_CTL_UNTIL_SENT,            /* nothing pending */
  BK_CTL_UNTIL_DELIVERED,       /* all that was written here has been */
  BK_CTL_UNTIL_READ,            /* the same */
  BK_CTL_UNTIL_TYPING,          /* WHO */
  BK_CTL_UNTIL_CONTACT,         /* WHO:RELATION */
  BK_CTL_UNTIL_PRESENCE,        /* WHO:STATUS */
  BK_CTL_UNTIL_UNREAD,          /* WHO:COUNT */
  BK_CTL_UNTIL_ACCOUNT_STATE,   /* STATE */
  BK_CTL_UNTIL_APPLICATION,     /* GUID: it is registered and its program there */
} BkCtlUntilKind;

typedef struct
{
  BkCtlUntilKind kind;
  char *text;  /* as it was given */
  char *who;   /* nullable: what stands before the colon */
  char *value; /* nullable: what has to be reached */
} BkCtlUntil;

typedef struct
{
  BkCtl *ctl;
  BeckonAccount *account;   /* nullable, kept by ctl */
  GPtrArray *untils;        /* element-type BkCtlUntil */
  GPtrArray *conversations; /* element-type BeckonConversation */
  const char *session;      /* nullable: the one to look at */
  GHashTable *known;        /* objects that are connected to */
  GHashTable *rung;         /* SessionIDs whose invitation was told */
  guint opening;            /* conversations not there yet */
} BkCtlWatch;

extern BkCtlWatch bk_ctl_watch;

/* Prints an event: what it is about, then names and texts up to a NULL. */
void bk_ctl_watch_tell (const char *event, gpointer subject, ...) G_GNUC_NULL_TERMINATED;
/* For what passes. @value: NULL fits all. */
void bk_ctl_watch_passes (BkCtlUntilKind kind, const char *value);
/* Things moved: something that is waited for may be there. */
void bk_ctl_watch_check (void);
void bk_ctl_watch_add_session (gpointer object);
/* An invitation waits for an answer. */
void bk_ctl_watch_ring (BeckonSession *session);

BkCtlUntil *bk_ctl_until_new (BkCtl *ctl, BeckonAccount *account, const char *text);
void bk_ctl_until_free (BkCtlUntil *until);
/* Whether it holds as things are. */
gboolean bk_ctl_until_holds (BkCtlUntil *until, BkCtlWatch *watch);
/* Whether @session is one that the watch looks at. */
gboolean bk_ctl_watch_minds (BkCtlWatch *watch, BeckonSession *session);

G_END_DECLS
