/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An engine with nothing real around it: a clock that stands still, secrets in memory, and networks that do only what
 * the test says. Its database is real. */
#pragma once

#include "bk-engine.h"
#include "fake-seat.h"
#include "bk-test.h"

G_BEGIN_DECLS

/* ---- a network by hand ---- */

typedef struct
{
  char *who;
  char *id;   /* message id, envelope uid */
  char *text; /* message, response; nullable */
  BkEnvelope *envelope; /* nullable */
  BeckonDelivery mark;  /* of a mark */
  gboolean tell;        /* the same */
  GTask *task; /* NULL: answered */
} HandRequest;

#define HAND_TYPE_BACKEND (hand_backend_get_type ())
G_DECLARE_FINAL_TYPE (HandBackend, hand_backend, HAND, BACKEND, GObject)

struct _HandBackend
{
  GObject parent_instance;

  guint n_sign_ins;
  guint n_sign_outs;
  gboolean forgotten;
  gboolean silent; /* does not answer sign_out */
  GPtrArray *requests; /* element-type HandRequest: messages, envelopes and questions about the lock, as they came */
  GPtrArray *released; /* element-type utf8: grants */
  GArray *sites;       /* element-type guint32 */
  GPtrArray *marks;    /* element-type HandRequest: what was to be told, as it came */
  GString *typed;      /* "+NAME " and "-NAME ", as they were told */
  GTask *registering;  /* nullable */
  BeckonStatus status; /* as last told */
  char *personal_message;
  /* what came with the last sign_in */
  char *password;
  char *token;
  char *device;
  char *cursor;
};

/* @code -1: no error */
void hand_backend_state (HandBackend *self, BkBackendState state, int code);
/* Through all states to ONLINE, with a token. */
void hand_backend_go_online (HandBackend *self);
void hand_backend_message (HandBackend *self, const char *cursor, const char *who, const char *id, gboolean outgoing,
                           const char *text);
void hand_backend_contact (HandBackend *self, const char *cursor, const char *who, BeckonRelation relation);
void hand_backend_presence (HandBackend *self, const char *who, BeckonStatus status);
/* Waits until request @index is there. */
HandRequest *hand_backend_request (HandBackend *self, guint index);
HandRequest *hand_backend_mark (HandBackend *self, guint index);
/* @code -1: it worked */
void hand_request_answer (HandRequest *request, int code);
/* A challenge or a grant; nullable */
void hand_request_answer_word (HandRequest *request, const char *word);
void hand_request_answer_image (HandRequest *request, GBytes *image);
void hand_request_answer_devices (HandRequest *request, GPtrArray *devices);
void hand_request_answer_relays (HandRequest *request, const BkRelays *relays);

/* ---- the engine ---- */

typedef struct
{
  BkTestDir *dir;
  BkFakeClock *clock;
  GObject *secrets;
  GHashTable *secret_table; /* char * key → char * secret */
  gboolean *secrets_locked; /* none can be read */
  FakeSeat *seat;
  BkChannels *channels;     /* of the next engine; not owned, nullable */
  BkEngine *engine;
  GAsyncResult *closing; /* nullable */
  GPtrArray *backends; /* element-type HandBackend, owned; as the engine asked for them */
  BkEngineBackendFactory make_backend; /* NULL: HandBackend */
  gpointer make_backend_data;
} EngineWorld;

EngineWorld *engine_world_new (void);
/* Makes an engine. engine_world_open () also opens it. */
void engine_world_make (EngineWorld *world);
void engine_world_open (EngineWorld *world);
/* Closes it, and checks that nothing holds it. */
void engine_world_close (EngineWorld *world);
/* The same in two parts. */
void engine_world_begin_close (EngineWorld *world);
void engine_world_end_close (EngineWorld *world);
/* The program dies: nothing is said to anybody. What was handed in is on disk all the same. */
void engine_world_crash (EngineWorld *world);
void engine_world_free (EngineWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngineWorld, engine_world_free)

HandBackend *engine_world_backend (EngineWorld *world, guint index); /* waits for it */
void engine_world_wait_sign_in (HandBackend *backend, guint count);
/* Adds alice@example.org and gets her online; transfer none. */
BkEngineAccount *engine_world_add_alice (EngineWorld *world, HandBackend **backend);
/* Opens the world again; alice is online. */
BkEngineAccount *engine_world_reopen (EngineWorld *world, HandBackend **backend);
void engine_world_wait_state (BkEngineAccount *account, BkBackendState state);
/* Everything that was handed to the database so far is done. */
void engine_world_settle (EngineWorld *world, BkEngineAccount *account);

G_END_DECLS
