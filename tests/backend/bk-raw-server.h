/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server on loopback whose every byte the test decides, in the test's own thread. It serves one connection at a
 * time: the newest. */
#pragma once

#include "bk-frame.h"
#include "bk-test.h"

G_BEGIN_DECLS

typedef struct
{
  GSocketService *service;
  GTlsCertificate *certificate; /* NULL: plain */
  gboolean silent;              /* read and say nothing, not even 101 */
  const char *answer;           /* instead of 101; nullable */
  guint16 port;
  char *address; /* ws://127.0.0.1:port or wss://localhost:port */

  guint n_connections;
  guint n_pings;
  guint n_ends; /* connections that the client ended */
  GIOStream *stream; /* nullable */
  GString *input;
  char *head;         /* the request; nullable until it is complete */
  GPtrArray *frames;  /* element-type JsonObject, owned; what the client said since the connection began */
  guint n_read;       /* of them that bk_raw_server_wait () has returned */
} BkRawServer;

BkRawServer *bk_raw_server_new (GTlsCertificate *certificate);
void bk_raw_server_free (BkRawServer *self);
void bk_raw_server_stop_listening (BkRawServer *self);

void bk_raw_server_wait_head (BkRawServer *self);
JsonObject *bk_raw_server_wait (BkRawServer *self, const char *type);
void bk_raw_server_send_raw (BkRawServer *self, gconstpointer data, gsize length);
void bk_raw_server_send_frame (BkRawServer *self, guint8 first_byte, gconstpointer data, gsize length);
void bk_raw_server_send (BkRawServer *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void bk_raw_server_hang_up (BkRawServer *self);

G_END_DECLS
