/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clients of a run, and what each of them may expect of the server whatever anybody sends:
 *   - what the server says can be read, and every request is answered once;
 *   - numbers only grow; a device that keeps up has each message of its account once and in order;
 *   - a message that was acknowledged is in its author's mailbox, once;
 *   - what was sent is not sent or read again, and a session is not talked about without end;
 *   - presence and typing come only from those who know and see each other; who is blocked learns nothing;
 *   - the server counts what it refuses. */
#pragma once

#include "bk-server-private.h"
#include "twin.h"

G_BEGIN_DECLS

#define MODEL_SLOTS 8
#define MODEL_KEY "0123456789abcdefghijklmnopqrstuv" /* of every license */
#define MODEL_TRANSPORTS 3 /* of each side of a session */
#define MODEL_LICENSE "BK7Q2M4N9X3T5V"

void model_begin (BkServer *server);
void model_end (void);
/* Tells each device again what it has been told. */
void model_offer_again (void);
/* What is true after each step, whoever waits for whatever. */
void model_check_always (void);
/* What is true as long as the server runs and nothing waits. */
void model_check (void);
/* What is true when every connection has gone. */
void model_check_empty (void);

void model_open (guint slot, guint8 number);
void model_close (guint slot);
void model_stall (guint slot, gboolean stalled);
void model_feed (guint slot, const char *text);
/* Returns what somebody would send who was told everything. */
char *model_fill_in (const char *text);

G_END_DECLS
