/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network of the test program's own: a namespace with nothing but loopback in it, until the test adds a LAN. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The first call of main (). FALSE, and all tests are reported as skipped: this system allows no namespaces. */
gboolean net_stage_enter (void);

/* lan0 with 10.77.0.1, 10.77.0.2, … (@addresses of them) and, if @ipv6, fd77::1. Packets between them stay inside. */
void net_stage_add_lan (guint addresses, gboolean ipv6);
void net_stage_remove_lan (void);

/* A LAN of which programs are seen by others as 192.0.2.1, as behind a router; servers, at ports of their own, are not.
 * @ports: those that it uses, as nftables writes them, "": the same that the program has. */
void net_stage_add_router (const char *ports);
void net_stage_remove_router (void);

/* No UDP leaves this machine but what servers send. */
void net_stage_block_udp (void);
void net_stage_unblock_udp (void);

/* Runs a program that must succeed: words with blanks between them. */
void net_stage_run (const char *command);

/* To a file of the kernel's. */
void net_stage_write (const char *path, const char *text);

guint net_stage_count_descriptors (void);
gsize net_stage_get_memory (void); /* of this program, in bytes: what is resident */

/* A coturn at @address with the user "user", password "secret"; it answers once this returns. Ends with the program. */
typedef struct _NetTurn NetTurn;
NetTurn *net_turn_new (const char *address, guint16 port, const char *more);
void net_turn_free (NetTurn *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetTurn, net_turn_free)

G_END_DECLS
