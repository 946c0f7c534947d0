/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two files of `beckonctl session stream|datagram` share. */
#pragma once

#include "bk-ctl.h"

G_BEGIN_DECLS

typedef void (*BkCtlSessionFunc) (BkCtl *ctl, BeckonSession *session);

/* Ends the command: what it had open is closed, which the session may or may not have wanted. */
void bk_ctl_channel_ended (BkCtl *ctl, BeckonSession *session);

extern gboolean bk_ctl_packets_binary;
extern int bk_ctl_packets_count;
void bk_ctl_packets_open (BkCtl *ctl, BeckonSession *session);

G_END_DECLS
