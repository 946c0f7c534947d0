/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The load generator of `./dev bench server`: many clients on one thread, each a bare socket, so that it costs little
 * beside the server that is measured. It speaks the protocol of beckon-server, and XMPP over TCP and over WebSocket,
 * and does the same steps with each. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _Load Load;
typedef struct _LoadClient LoadClient;

typedef enum
{
  LOAD_CLOSED,
  LOAD_CONNECTING,
  LOAD_UPGRADING, /* the handshake of WebSocket */
  LOAD_ENTERING,  /* what comes before the first message, step by step */
  LOAD_ONLINE,
} LoadState;

typedef struct
{
  const char *name;
  const char *path;        /* of the WebSocket; NULL: plain TCP */
  const char *subprotocol; /* the same */
  void (*begin) (LoadClient *client);
  /* Something has come: @text ends with a NUL. Returns how much of it is dealt with; the rest is shown again. */
  gsize (*take) (LoadClient *client, const char *text, gsize length);
  void (*send) (LoadClient *client, guint to, guint64 number, const char *text);
} LoadProtocol;

struct _LoadClient
{
  Load *load;
  guint index;
  int fd;
  LoadState state;
  int step;             /* the protocol's own */
  gboolean registering; /* makes its account and goes */
  gint64 started;       /* microseconds */
  gint64 seq;           /* the highest that came (beckon) */
  GString *in;
  GString *message; /* of a WebSocket, put together; TCP: all that came */
  GString *out;     /* what the kernel did not take */
  guint in_flight;  /* sent, and not at the other end yet */
};

typedef struct
{
  guint delivered;
  GArray *latencies; /* gint64, microseconds */
} LoadCount;

struct _Load
{
  const LoadProtocol *protocol;
  guint16 port;
  int pid; /* of the server */
  int epoll;
  guint n_clients;
  LoadClient *clients;
  guint n_entering;
  guint n_online;
  guint n_registered;
  guint n_lost;
  guint64 number; /* of the last message */
  LoadCount count;
  void (*delivered) (Load *self, LoadClient *sender);
};

extern const LoadProtocol load_beckon;
extern const LoadProtocol load_xmpp_tcp;
extern const LoadProtocol load_xmpp_ws;

/* server-load-client.c */
void load_client_open (LoadClient *self, gboolean registering);
void load_client_close (LoadClient *self);
void load_client_write (LoadClient *self, const char *text, gsize length);
void load_client_event (LoadClient *self, guint events);
void load_client_is_online (LoadClient *self);
void load_client_has_registered (LoadClient *self);
void load_client_has_got (LoadClient *self, guint from, const char *text);

G_END_DECLS
