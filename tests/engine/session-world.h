/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small world for the tests of sessions: two people, alice and bob, each with sessions of their own, joined by a
 * network that does exactly what the test says, when it says. Accounts, contacts, registry and history are stand-ins:
 * the sessions' code is compiled against them and against nothing else. What happens on each side is written down, one
 * word an event, and compared with what should have happened. */
#pragma once

#include "bk-engine-session-private.h"
#include "fake-channel.h"
#include "fake-seat.h"

G_BEGIN_DECLS

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define APP_GUID "{5D2C8A3E-6B1F-4E7A-9C0D-1A2B3C4D5E6F}"
#define APP_URL "https://pipe.example/"

typedef struct _World World;
typedef struct _Side Side;

typedef struct _FakeBackend FakeBackend;
typedef struct _FakeProgram FakeProgram;

/* One person at one device. */
struct _Side
{
  World *world;
  Side *other;
  const char *name;
  FakeBackend *backend;
  GObject *launcher;
  GObject *opener;
  GObject *peers;
  FakeSeat *seat;
  FakeChannels *channels; /* NULL: sessions have none */
  BkRelays *relays;       /* of the network; nullable */
  gboolean hold_relays;   /* the network does not answer yet */
  GTask *asked_relays;    /* the question; nullable */
  BkEngineAccount *account;
  BkEngineRegistry *registry;
  BkEngineHistory *history;
  BkEngineSessions *sessions;
  BkEngineSession *current; /* the one that was made last */
  BkProgram *program;       /* the one that was launched last */
  GString *log;
  GHashTable *ended; /* sessions that have said their last word */
  char *cookie;             /* as the launched program has it */
  const char *owner;        /* of the next session; nullable */
  const char *launch_error; /* nullable */
  gboolean handles;         /* an attached program takes invitations over */
  gboolean takes;           /* an attached program takes connected sessions over */
  gboolean refrains;        /* an attached program does without the launch */
};

struct _World
{
  BkFakeClock *clock;
  Side sides[2];
  GQueue wire;       /* what has been handed to the network and not been looked at */
  GHashTable *seen;  /* uids */
  GHashTable *agreed; /* sessions that the invitee has accepted */
  void (*tamper) (BkEnvelope *envelope); /* what the network makes of it; nullable */
  gboolean hold_channels; /* what was sent over channels stays there */
  int hold;          /* envelopes of this kind stay on the wire; -1: none */
  int refuse;        /* envelopes of this kind are refused with… */
  BeckonError error; /* …this */
  gboolean lose_ack; /* the next envelope arrives, but its sender is cut off before it learns so */
};

World *world_new (gboolean with_peers);
/* Both have a channel for each session, and a key for each device. */
World *world_new_with_channels (void);
void world_free (World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)
/* Lets the network and the main loop run until nothing moves any more. */
void world_settle (World *world);
void world_run (World *world, const char *script);

Side *world_side (World *world, char initial);
gint64 world_now (World *world);
BkEnvelope *world_invite_new (const char *id);
BkEngineSession *side_create (Side *side);
GObject *side_desktop_new (Side *side);
FakeChannel *side_channel (Side *side); /* the one that was made last */
void side_answer_relays (Side *side);
void side_log (Side *side, const char *format, ...) G_GNUC_PRINTF (2, 3);
void side_set_present (Side *side, gboolean present);
void side_set_program (Side *side, gboolean present);
void side_set_online (Side *side, gboolean online);
void side_receive (Side *side, const char *who, const BkEnvelope *envelope, gint64 time);
void side_receive_elsewhere (Side *side, const char *session, BeckonSessionResult result);
void side_set_contact (Side *side, BeckonRelation relation, gboolean blocked, BeckonStatus status);
guint side_count_open_in_history (Side *side);
const char *side_entry (Side *side, const char *id); /* of the conversation; nullable */
const char *side_address (Side *side);

G_END_DECLS
