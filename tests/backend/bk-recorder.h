/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes down what a backend reports, and lets a test call it as an engine would. */
#pragma once

#include "bk-backend.h"
#include "bk-test.h"

G_BEGIN_DECLS

/* One event, with everything owned. */
typedef struct
{
  BkBackendEventType type;
  char *cursor;
  BkBackendState state;
  int error; /* BeckonError, -1: none */
  char *reason;
  guint retry_ms;
  gboolean passing;
  char *token;
  char *device;
  char *who;
  char *display_name;
  BeckonRelation relation;
  gboolean blocked;
  BeckonStatus status;
  char *personal_message;
  char *message_id;
  gboolean outgoing;
  BeckonDelivery mark;
  gboolean typing;
  char *text;
  gint64 time;
  BkEnvelope *envelope;
  char *session;
  BeckonSessionResult result;
  gboolean locked;
  char *grant;
  char *challenge;
  char *alert;
  guint32 site;
  char *url;
  char *group;
  char *groups; /* ids, parted by spaces; nullable */
  char *alias;
  gboolean pinned;
  gboolean muted;
  char *avatar;
  gboolean taken; /* a wait has returned it */
} BkSeen;

typedef struct
{
  BkBackend *backend;
  GPtrArray *seen; /* element-type BkSeen, owned */
  gboolean in_call;
  char *cursor; /* of the last durable fact; nullable */
  char *token;
  char *device;
} BkRecorder;

/* Takes @backend. bk_recorder_free () signs out and checks that nothing else holds it. */
BkRecorder *bk_recorder_new (BkBackend *backend);
void bk_recorder_free (BkRecorder *self);

void bk_recorder_sign_in (BkRecorder *self, const BkSignIn *sign_in);
void bk_recorder_sign_out (BkRecorder *self, gboolean forget);
void bk_recorder_nudge (BkRecorder *self);

/* Each waits for the first event of its kind that no wait has returned before. Borrowed. */
const BkSeen *bk_recorder_wait_state (BkRecorder *self, BkBackendState state);
const BkSeen *bk_recorder_wait (BkRecorder *self, BkBackendEventType type);
const BkSeen *bk_recorder_wait_relation (BkRecorder *self, const char *who, BeckonRelation relation);
const BkSeen *bk_recorder_wait_status (BkRecorder *self, const char *who, BeckonStatus status);
const BkSeen *bk_recorder_wait_text (BkRecorder *self, const char *text);
const BkSeen *bk_recorder_wait_mark (BkRecorder *self, const char *message_id, BeckonDelivery mark);
const BkSeen *bk_recorder_wait_kind (BkRecorder *self, BkEnvelopeKind kind);
guint bk_recorder_count (BkRecorder *self, BkBackendEventType type);
void bk_recorder_forget (BkRecorder *self);

/* Each asks and waits for the answer: the code of the error, -1 for success. */
int bk_recorder_register (BkRecorder *self, const BkSignIn *account, const char *display_name);
int bk_recorder_change (BkRecorder *self, BkContactVerb verb, const char *who, const char *text);
int bk_recorder_rename (BkRecorder *self, const char *display_name);
int bk_recorder_say (BkRecorder *self, const char *to, const char *id, const char *text, gint64 *time);
int bk_recorder_mark (BkRecorder *self, const char *who, const char *message_id, BeckonDelivery mark, gboolean tell);
void bk_recorder_set_typing (BkRecorder *self, const char *to, gboolean typing);
/* The id is for the caller to free; NULL on error. */
char *bk_recorder_create_group (BkRecorder *self, const char *name, int *code);
int bk_recorder_group (BkRecorder *self, BkGroupVerb verb, const char *group, const char *argument);
int bk_recorder_envelope (BkRecorder *self, const char *to, const char *uid, const BkEnvelope *envelope);
int bk_recorder_envelope_with (BkRecorder *self, const char *to, const char *uid, const BkEnvelope *envelope,
                               const char *grant);
/* *@word: nullable, transfer full: the challenge, the grant */
int bk_recorder_challenge (BkRecorder *self, char **word);
int bk_recorder_respond (BkRecorder *self, const char *challenge, const char *license, const char *response,
                         char **word);
/* *@relays: nullable, transfer full */
int bk_recorder_relays (BkRecorder *self, BkRelays **relays);
int bk_recorder_note (BkRecorder *self, const char *who, const char *alias, gboolean pinned, gboolean muted);
int bk_recorder_set_avatar (BkRecorder *self, GBytes *image);
/* *@image: nullable, transfer full */
int bk_recorder_get_avatar (BkRecorder *self, const char *who, const char *avatar, GBytes **image);
int bk_recorder_change_password (BkRecorder *self, const char *password, const char *new_password);
GPtrArray *bk_recorder_devices (BkRecorder *self); /* element-type BkBackendDevice; by id */
int bk_recorder_remove_device (BkRecorder *self, const char *id);
int bk_recorder_remove_account (BkRecorder *self, const char *password);
void bk_recorder_release (BkRecorder *self, const char *grant);
void bk_recorder_set_sites (BkRecorder *self, const guint32 *sites, gsize n_sites);

G_END_DECLS
