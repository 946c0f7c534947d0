/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other end of the native backend's connection, in place of its bk-native-connect.c: attempts wait until they are
 * told how they end, and what is connected is one end of a pair of sockets. */
#pragma once

#include "bk-frame.h"

G_BEGIN_DECLS

/* How an attempt ends that waits: with a connection, or without. FALSE: none waits. */
gboolean wire_accept (void);
gboolean wire_refuse (void);
gboolean wire_is_open (void);
/* As the server sends it: a whole text message, or any bytes. */
void wire_send_text (const char *text);
void wire_send_bytes (gconstpointer data, gsize size);
void wire_hang_up (void);
/* Takes what the client has sent. Each of its messages must be a request. */
void wire_read (void);
/* Returns the number of the request that waits longest for an answer (which this counts as), or of the last one; 0:
 * there is none. */
gint64 wire_next_id (void);
gint64 wire_last_id (void);
void wire_reset (void);

G_END_DECLS
