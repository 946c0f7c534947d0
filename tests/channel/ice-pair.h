/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two sides in one program, and the messenger between them that carries candidates. */
#pragma once

#include "bk-ice.h"

G_BEGIN_DECLS

typedef enum
{
  ICE_CLOSE_NEVER,
  ICE_CLOSE_ON_CANDIDATES,
  ICE_CLOSE_ON_STATE,
  ICE_CLOSE_ON_PACKET,
} IceClose;

typedef struct _IcePair IcePair;
typedef struct
{
  IcePair *pair;
  BkIce *ice;
  gboolean mute;            /* the other side is not told about candidates of this one */
  const char *only;         /* nullable: a word that a candidate must have in it */
  IceClose close_on;        /* the last reference is dropped there, from inside the call */
  guint lines;              /* that were found */
  guint told;               /* of them, to the other side */
  gboolean done;
  GPtrArray *packets;       /* that came, GBytes */
  guint bytes;
  gboolean up;              /* DIRECT or RELAY */
  gboolean down;            /* LOST or FAILED */
  GArray *states;           /* in order, BeckonChannelPath */
} IceSide;

struct _IcePair
{
  BkClock *clock;
  IceSide side[2]; /* the controlling one first */
};

/* With @relays, nullable, for both. */
void ice_pair_init (IcePair *pair, const BkRelays *relays);
void ice_pair_introduce (IcePair *pair); /* ufrag and pwd */
void ice_pair_connect (IcePair *pair);   /* waits until both are up */
void ice_pair_clear (IcePair *pair);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IcePair, ice_pair_clear)

void ice_side_send_text (IceSide *side, const char *text);
char *ice_side_get_text (IceSide *side, guint n);

G_END_DECLS
