/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alice's native backend and a server that does whatever a test wants. */
#pragma once

#include "bk-native-backend.h"
#include "bk-raw-server.h"
#include "bk-recorder.h"

G_BEGIN_DECLS

#define NAME "alice@localhost"
#define BOB "bob@localhost"
#define GUID "{11111111-2222-4333-8444-555555555555}"
#define HELLO "{\"type\":\"hello\",\"version\":1,\"domain\":\"localhost\",\"registration\":\"open\"}"
#define FIN_TEXT 0x81
#define FIN_PONG 0x8a
#define FIN_BINARY 0x82
#define FIRST_PART 0x01
#define NEXT_PART 0x00

typedef struct
{
  BkClock *clock; /* a fake one */
  BkRawServer *server;
  BkRecorder *alice;
  BkSignIn sign_in;
} World;

void world_set_up (World *world, GTlsCertificate *certificate, GTlsDatabase *database);
World *world_new (void);
void world_free (World *world);
/* Whether the clock has none. */
gboolean no_timers (gpointer clock);
void advance (World *world, guint milliseconds);
gint64 id_of (JsonObject *frame);
void send_signed_in (World *world, JsonObject *request);
void send_error (World *world, JsonObject *request, const char *code);
/* Comes as far as the request to sign in. Borrowed. */
JsonObject *greet (World *world);
void go_online (World *world);
const BkSeen *expect_waiting (World *world, BeckonError code);
const BkSeen *expect_offline (World *world, BeckonError code);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

G_END_DECLS
