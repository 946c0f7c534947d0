/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the descriptor of a program and a QUIC stream, both ways. Each direction ends by itself. Neither side is read
 * faster than the other one takes it: what waits in between is at most a buffer on the way out, and on the way in what
 * QUIC has given credit for. */
#pragma once

#include "bk-quic.h"

G_BEGIN_DECLS

/* What the pumps and flows of one connection share. */
typedef struct
{
  BkQuic *quic; /* NULL: the connection is over; what came before is still handed to the programs */
  void (*attention) (gpointer user_data); /* something is to be sent, or over: soon, not from inside */
  gpointer user_data;
  guint64 moved; /* bytes that made their way, counted to see progress */
} BkPumpHub;

typedef struct _BkPump BkPump;

BkPump *bk_pump_new (BkPumpHub *hub);
/* Lets go of both; what is on its way is lost unless the pump is over. */
void bk_pump_free (BkPump *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkPump, bk_pump_free)

void bk_pump_set_fd (BkPump *self, int fd); /* taken over; non-blocking */
/* @header: bytes that go ahead of what the program writes; nullable. */
void bk_pump_set_stream (BkPump *self, gint64 stream, const guint8 *header, gsize length);

/* What BkQuicFuncs say about the stream. */
void bk_pump_receive (BkPump *self, const guint8 *data, gsize length, gboolean fin);
void bk_pump_writable (BkPump *self);
void bk_pump_acked (BkPump *self);
void bk_pump_stopped (BkPump *self);
void bk_pump_reset (BkPump *self);
void bk_pump_closed (BkPump *self);

void bk_pump_flush (BkPump *self);  /* hands on what was received: once after many packets */
void bk_pump_finish (BkPump *self); /* what the program has written until now is the last of it */
void bk_pump_abort (BkPump *self);  /* gives both directions up, and lets both programs see that */
void bk_pump_cut (BkPump *self);    /* the connection is over: nothing more goes out or comes in */
gboolean bk_pump_is_drained (BkPump *self); /* nothing more goes out, and all of it has arrived */
gboolean bk_pump_is_quiet (BkPump *self);   /* nothing that came waits for the program */
gboolean bk_pump_is_over (BkPump *self);    /* and can be freed */

G_END_DECLS
