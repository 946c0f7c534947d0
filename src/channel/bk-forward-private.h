/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-fd-watch.h"
#include "bk-flow.h"
#include "bk-forward.h"
#include "bk-sockets.h"

G_BEGIN_DECLS

/* UDP: one socket of the joining program, or the one that stands for it towards the hosting one. */
typedef struct
{
  BkFlow *flow;
  struct sockaddr_in from; /* joining side */
  gint64 used;
  gint64 checked; /* joining side: when it was last seen to be of this user */
} BkForwardSource;

struct _BkForward
{
  BkClock *clock;
  char *runtime_dir;
  BkPumpHub *hub;
  BkForwardAcceptedFunc accepted;
  gpointer user_data;
  char *folder; /* of the socket, nullable */
  char *path;
  guint refused;

  /* hosting */
  GTask *hosting; /* nullable: a program is waited for */
  BkEndpoint endpoint;
  gboolean hosts;
  char address[INET_ADDRSTRLEN]; /* at which it listens */

  /* joining */
  struct sockaddr_in own;
  int tcp;
  int udp;
  int un;
  BkFdWatch *tcp_watch;
  BkFdWatch *udp_watch;
  BkFdWatch *un_watch;
  guint32 last_id;

  GPtrArray *sources; /* element-type BkForwardSource; of either side */
};

/* bk-forward.c */
/* Binds sockets of what @carries at an address of the session's own; -1: that is not carried. */
gboolean bk_forward_bind (BkForward *self, BkCarries carries, guint16 port, int *tcp, int *udp,
                          struct sockaddr_in *address, GError **error);
gboolean bk_forward_make_path (BkForward *self, GError **error);
void bk_forward_fill_endpoint (BkForward *self, BkCarries carries, const struct sockaddr_in *address,
                               BkEndpoint *endpoint);
BkForwardSource *bk_forward_add_source (BkForward *self, BkFlow *flow);
BkForwardSource *bk_forward_find_source (BkForward *self, guint32 id);

/* bk-forward-host.c */
void bk_forward_host_stop (BkForward *self);
void bk_forward_host_receive (BkForward *self, guint32 id, GBytes *datagram);

/* bk-forward-join.c */
void bk_forward_join_stop (BkForward *self); /* nobody new */
void bk_forward_join_clear (BkForward *self);
void bk_forward_join_receive (BkForward *self, guint32 id, GBytes *datagram);

G_END_DECLS
