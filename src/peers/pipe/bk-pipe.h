/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beckon-pipe: joins standard input and output of two people. The parts, from the outside in: attach (a socket for the
 * program that the user calls), stream (to the program of the other side), ends and relay (what flows). */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

#define BK_PIPE_GUID "{6E5C7A52-7D0B-4C39-9B6F-0B2C5E8D4A11}"
#define BK_PIPE_BUFFER (256 * 1024)

/* @problem: NULL when all went well, else a sentence for people. */
typedef void (*BkPipeDone) (const char *problem, gpointer user_data);

/* ---- what flows ---- */

typedef struct _BkPipeEnds BkPipeEnds;
/* Joins @in and @out with @socket, which it takes over. Both ends speak frames, so that a connection that breaks is
 * never taken for the end of the file, and the sender knows that all was written. */
BkPipeEnds *bk_pipe_ends_new (int in, int out, int socket, BkPipeDone done, gpointer user_data);
void bk_pipe_ends_free (BkPipeEnds *self);
void bk_pipe_ends_get_counts (BkPipeEnds *self, guint64 *sent, guint64 *received);

typedef struct _BkPipeRelay BkPipeRelay;
/* Joins two sockets, which it takes over, whatever they speak. */
BkPipeRelay *bk_pipe_relay_new (int one, int other, BkPipeDone done, gpointer user_data);
void bk_pipe_relay_free (BkPipeRelay *self);

/* ---- the socket for the program that the user calls ---- */

/* @fd: the socket of who came in, to be taken over. */
typedef void (*BkPipeAttached) (int fd, gpointer user_data);

typedef struct _BkPipeDoor BkPipeDoor;
/* Opens the socket of a side of @session (a SessionID). The first who comes in gets it. */
BkPipeDoor *bk_pipe_door_new (const char *session, gboolean invitee, BkPipeAttached attached, gpointer user_data,
                              GError **error);
void bk_pipe_door_free (BkPipeDoor *self);

/* Waits for the socket of @session, NULL for the only one there is, and goes in. */
void bk_pipe_attach_async (const char *session, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
int bk_pipe_attach_finish (GAsyncResult *result, GError **error);

G_END_DECLS
