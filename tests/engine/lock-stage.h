/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lock and all that is around it: an account on a network by hand, and what was heard of the lock. */
#pragma once

#include "engine-world.h"

#include "bk-engine-account-private.h"
#include "bk-engine-lock.h"
#include "bk-limits.h"

G_BEGIN_DECLS

#define COOKIE 7

typedef enum
{
  OUT,
  LOCKED,
  ASKING,
  ASKED,
  CHECKING,
  OPEN,
  DOUBTED,
  RECHECKING,
  FAILED,
  OFF,
  N_STATES
} State;

typedef struct
{
  EngineWorld *world;
  HandBackend *backend;
  BkEngineAccount *alice;
  BkEngineLock *lock;
  GString *log; /* what was heard of it, one word each */
} Stage;

/* alice is online, and the network has not said whether anything is locked. */
Stage *stage_new (void);
void stage_free (Stage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stage, stage_free)
void stage_listen (Stage *stage, BkEngineLock *lock);
void stage_leave_lock (Stage *stage);

void stage_tell (Stage *stage, BkBackendEventType type, gboolean locked, const char *grant, const char *challenge);
void stage_come_back (Stage *stage, gboolean locked);
void stage_lose (Stage *stage);

void stage_request (Stage *stage);
int stage_request_code (Stage *stage); /* of the error, -1: none */
void stage_respond (Stage *stage, int cookie);
HandRequest *stage_last_request (Stage *stage);
void stage_answer (Stage *stage, const char *word);
/* Brings the lock there from where a fresh one of somebody who is signed in is. */
void stage_bring (Stage *stage, State state);
/* Whether the network is asked something in this state. */
gboolean lock_is_asked (State state);

/* Since the last time. */
void stage_assert_heard (Stage *stage, const char *log);
void stage_assert_released (Stage *stage, const char *grants);

G_END_DECLS
