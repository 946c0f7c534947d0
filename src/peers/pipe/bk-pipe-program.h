/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The run of beckon-pipe, from the session to the last byte. */
#pragma once

#include "bk-pipe.h"

G_BEGIN_DECLS

typedef enum
{
  BK_PIPE_OK = 0,
  BK_PIPE_FAILED = 1,
  BK_PIPE_USAGE = 2,
  BK_PIPE_NO_SERVICE = 3,
  BK_PIPE_TIMEOUT = 4,
  BK_PIPE_OTHER_END = 5,
  BK_PIPE_INTERRUPTED = 130,
} BkPipeStatus;

typedef enum
{
  BK_PIPE_PHASE_SESSION, /* on the way to a connected session */
  BK_PIPE_PHASE_OPENING, /* the stream to the other program is being opened */
  BK_PIPE_PHASE_WAITING, /* launched, the stream is open, and nobody is attached yet */
  BK_PIPE_PHASE_FLOWING,
  BK_PIPE_PHASE_OVER,
} BkPipePhase;

typedef struct
{
  GMainLoop *loop;
  GCancellable *cancellable;
  BkPipePhase phase;
  BkPipeStatus status;
  guint timer;
  gint64 started;

  /* How it was called. */
  gboolean launched;    /* --session: what flows goes through the door */
  gboolean verbose;
  char *to;             /* --to */
  char *from;           /* --from, nullable */
  char *account;        /* nullable */

  BeckonMessenger *messenger; /* nullable */
  BeckonSessionManager *manager;
  BeckonSession *session;
  gboolean asked;       /* for the stream */
  int link;             /* the stream, -1 before */
  BkPipeDoor *door;
  int inside;           /* the socket of the program that came in, -1 before */
  BkPipeEnds *ends;
  BkPipeRelay *relay;
} BkPipe;

void bk_pipe_end (BkPipe *self, BkPipeStatus status);
void bk_pipe_fail (BkPipe *self, BkPipeStatus status, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* Takes @error; does nothing when all is over already. */
void bk_pipe_fail_error (BkPipe *self, GError *error);
void bk_pipe_say (BkPipe *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Fails after so long with that sentence, unless the phase changes before. */
void bk_pipe_enter (BkPipe *self, BkPipePhase phase, guint seconds, const char *late);

/* Joins @socket, taken over, with standard input and output. */
void bk_pipe_flow_ends (BkPipe *self, int socket);
void bk_pipe_flow_relay (BkPipe *self);

void bk_pipe_start_to (BkPipe *self);
void bk_pipe_start_receive (BkPipe *self);
void bk_pipe_start_launched (BkPipe *self);
void bk_pipe_start_attach (BkPipe *self, const char *session);

/* Opens the stream to the other program as soon as the session can have one; to be called when that may have changed. */
void bk_pipe_open (BkPipe *self);
/* Watches what becomes of the session from now on. */
void bk_pipe_follow (BkPipe *self);

G_END_DECLS
