/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server has refused and why, counted since it was started. Plain numbers of the main thread; whoever shows
 * them goes through bk_server_counters_each (), which knows their names. What the connection engine refuses by itself
 * it counts in BkServerNetStats; both are told together. */
#pragma once

#include "beckon-error.h"
#include "bk-server-net.h"

G_BEGIN_DECLS

/* What is wrong with a frame, or with the moment at which it comes. */
typedef enum
{
  BK_SERVER_FAULT_MALFORMED,         /* no request: not JSON, too deep, an unknown type, a wrong member */
  BK_SERVER_FAULT_TOO_FAST,          /* more frames than one connection may send */
  BK_SERVER_FAULT_TOO_MANY_REQUESTS, /* more than may wait for a thread */
  BK_SERVER_FAULT_NOT_SIGNED_IN,
  BK_SERVER_FAULT_SIGNED_IN,   /* signs in or registers a second time */
  BK_SERVER_FAULT_SIGNING_IN,  /* the first attempt has not been answered yet */
  BK_SERVER_FAULT_TRANSPORTS,  /* looks for a way to the other side too often */
  BK_SERVER_FAULT_HASHER_BUSY, /* too many passwords wait to be hashed */
  BK_SERVER_FAULT_PASSWORD,    /* wrong */
  BK_SERVER_FAULT_TOKEN,       /* a sign-in token that is void: made up, revoked or of another device */
  BK_SERVER_FAULT_CHALLENGE,   /* the answer to one that is not open: made up, used already or too old */
  BK_SERVER_FAULT_ANSWER,      /* the challenge was open and the answer wrong */
} BkServerFault;
#define BK_SERVER_N_FAULTS (BK_SERVER_FAULT_ANSWER + 1)

#define BK_SERVER_N_LIMITS 10
#define BK_SERVER_N_BYES 9

typedef struct
{
  guint64 requests;                   /* frames that were understood */
  guint64 errors[BECKON_N_ERRORS];    /* `error` frames, by their code */
  guint64 faults[BK_SERVER_N_FAULTS]; /* the same, by why */
  guint64 limits[BK_SERVER_N_LIMITS]; /* buckets that were empty, by what they are for */
  guint64 byes[BK_SERVER_N_BYES];     /* connections that the server itself closed, by reason */
} BkServerCounters;

void bk_server_count_error (BkServerCounters *self, int code);
void bk_server_count_fault (BkServerCounters *self, BkServerFault fault);
void bk_server_count_limit (BkServerCounters *self, const char *key);
void bk_server_count_bye (BkServerCounters *self, const char *reason);

/* @family and @name are constants of lower-case letters, digits and `-`. */
typedef void (*BkServerCountFunc) (const char *family, const char *name, guint64 value, gpointer user_data);
void bk_server_counters_each (const BkServerCounters *self, const BkServerNetStats *net, BkServerCountFunc func,
                              gpointer user_data);

G_END_DECLS
