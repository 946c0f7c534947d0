/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The networks that there are, people on them, and an operator. */
#pragma once

#include "bk-ids.h"
#include "bk-recorder.h"

G_BEGIN_DECLS

#define ALICE "alice@localhost"
#define BOB "bob@localhost"
#define CAROL "carol@localhost"
#define PASSWORD "correct horse battery staple"

typedef struct _World World;
typedef void (*Body) (World *world);

/* Runs @body over each network. @locked: programs have to unlock. */
void contract_add (const char *name, gboolean locked, Body body);

/* The STUN and TURN servers of each network, and for how many seconds what opens them is good. */
extern const char *const contract_servers[];
#define CONTRACT_TTL 3600

/* Who has no account yet gets one. All are online. */
BkSignIn as (World *world, const char *name);
BkRecorder *stranger (World *world); /* not signed in, without an account */
BkRecorder *person (World *world, const char *name);
BkRecorder *device (World *world, const char *name); /* another one of the same person */
void befriend (BkRecorder *alice, BkRecorder *bob);
int say (BkRecorder *who, const char *to, const char *text);
int send_envelope (BkRecorder *who, const char *to, const BkEnvelope *envelope);
BkEnvelope *invitation (const char *data);
BkEnvelope *reply_to (const BkEnvelope *invite, BkEnvelopeKind kind, const char *data);

/* Returns (transfer full) the id of a new license. */
char *operator_issue (World *world, char **key);
void operator_revoke (World *world, const char *id);
void operator_ask (World *world, const char *id);
/* @to NULL: everybody */
void operator_alert (World *world, const char *to, guint32 site, const char *text, const char *url);
void operator_alert_subscribers (World *world, guint32 site, const char *text);

G_END_DECLS
