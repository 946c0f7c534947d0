/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real server on a loopback port, in the test's process and with a clock of its own, and clients that speak to it
 * frame by frame. */
#pragma once

#include "beckon-error.h"
#include "bk-frame.h"
#include "bk-server.h"
#include "bk-store.h"
#include "bk-test.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct
{
  BkTestDir *dir;
  char *database;
  BkFakeClock *clock;
  BkServer *server;
  guint16 port;
  SoupSession *soup;
  void (*configure) (BkServerConfig *config); /* nullable */
} Fixture;

void fixture_set_up (Fixture *f, gconstpointer data);
void fixture_tear_down (Fixture *f, gconstpointer data);
void fixture_start (Fixture *f);
void fixture_stop (Fixture *f);
/* What the operator's commands do: a job on the file, beside the server. Takes @job; returns what it listed. */
char *fixture_administer (Fixture *f, BkSqliteKind kind, BkSqliteJob run, BkStoreAdmin *job);
#define SERVER_TEST(path, function) g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

/* One connection. Frames that come by themselves wait in `pushes`. */
typedef struct
{
  SoupSession *soup;
  SoupWebsocketConnection *ws;
  GQueue replies; /* element-type BkFrame, owned */
  GQueue pushes;  /* element-type BkFrame, owned */
  gint64 last_id;
  gboolean closed;
  char *name;   /* after client_sign_in () */
  char *device; /* the same */
  char *token;  /* the same */
} Client;

Client *client_connect (SoupSession *soup, guint16 port);
Client *client_new (Fixture *f); /* connects and takes the hello */
void client_free (Client *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)
void client_close (Client *c);
void client_wait_closed (Client *c);

void client_send_text (Client *c, const char *text);
/* Takes @frame; its id is chosen here. */
gint64 client_post (Client *c, BkFrame *frame);
BkFrame *client_reply (Client *c, gint64 id);
BkFrame *client_call (Client *c, BkFrame *frame);
void client_ok (Client *c, BkFrame *frame);
void client_error (Client *c, BkFrame *frame, BeckonError code);
BkFrame *client_push (Client *c, BkFrameType type);
/* Everything that the server has said so far has arrived, and it was nothing that has not been taken. */
void client_quiet (Client *c);
void client_forget_pushes (Client *c);

BkFrame *request (BkFrameType type);
BkFrame *request_who (BkFrameType type, const char *member, const char *name);
BkFrame *request_message (const char *to, const char *guid, const char *text);
BkFrame *request_block (const char *who, gboolean blocked);
BkFrame *request_presence (const char *status, const char *personal_message);
BkFrame *request_sign_in (const char *name, const char *password, const char *token, const char *device, gint64 after);
BkFrame *request_session (const char *to, BkEnvelope *envelope); /* takes @envelope */

void client_register (Client *c, const char *name);
void client_sign_in (Client *c, const char *name, const char *device, gint64 after);
gint64 client_caught_up (Client *c);

/* Makes the account if need be, signs a new device in and takes all that comes up to `caught-up`. */
Client *sign_up (Fixture *f, const char *name);
/* A further device of an account. */
Client *sign_in (Fixture *f, const char *name);
/* Makes two accounts contacts and forgets what was pushed about it. */
void befriend (Client *a, Client *b);

G_END_DECLS
