/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sockets of this machine as /proc/net shows them: who listens where, and whose the other end of a connection is. */
#pragma once

#include "bk-channel.h"

#include <netinet/in.h>
#include <sys/types.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean udp;
  gboolean v6; /* an IPv4 address within IPv6 is one of IPv4 */
  guint8 address[16];
  guint16 port;
  guint8 remote[16];
  guint16 remote_port;
  guint state;
  uid_t uid;
  guint64 inode;
} BkSocketRow;

#define BK_SOCKET_LISTENS 0x0A /* state of TCP */

/* Appends what @text, the contents of one of the files, has. Lines of another form are passed over. Pure. */
void bk_sockets_parse (const char *text, gboolean udp, gboolean v6, GArray *rows);
/* element-type BkSocketRow, of TCP or of UDP, both versions of IP. */
GArray *bk_sockets_read (gboolean udp);

/* Whether @text, the contents of /proc/net/unix, has a socket that listens at @path. Pure. To connect in order to find
 * that out would be the only guest that many a program takes. */
gboolean bk_sockets_listens_unix (const char *text, const char *path);

/* Whether the other end of a connection of TCP, which is at @peer, is a socket of this user. */
gboolean bk_sockets_is_own_tcp (const struct sockaddr_in *peer, const struct sockaddr_in *local);
/* Whether whoever sends from @peer is. */
gboolean bk_sockets_is_own_udp (const struct sockaddr_in *peer);

/* Inodes of the sockets that @program has: a set of guint64. */
GHashTable *bk_sockets_of_program (BkProgram *program);

/* Where a program that hosts is to listen, and what else it may do. */
typedef struct
{
  const BkEndpoint *endpoint;
  uid_t uid;
  GHashTable *inodes;          /* nullable: whoever it is */
  const char *const *ignored;  /* nullable; "PORT/tcp" or "PORT/udp" */
  guint first_ephemeral;       /* ports from there on are given by the system */
} BkListenWish;

/* NULL: nobody listens there. Else the address at which it does. */
const char *bk_sockets_find_listener (GArray *rows, const BkListenWish *wish, gboolean udp, char address[INET_ADDRSTRLEN]);
/* One that the program has opened and should not have; NULL: there is none. */
const BkSocketRow *bk_sockets_find_other (GArray *rows, const BkListenWish *wish);
guint bk_sockets_get_first_ephemeral (void);

G_END_DECLS
