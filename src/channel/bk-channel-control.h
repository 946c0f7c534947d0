/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that two sides of a channel say to each other on its control stream: JSON objects, each behind its length
 * in four bytes, big-endian. Pure; what comes in is hostile. */
#pragma once

#include "bk-envelope.h"

G_BEGIN_DECLS

typedef enum
{
  BK_WORD_HELLO,    /* the first one of the inviter's side: here is the control stream */
  BK_WORD_ENVELOPE, /* context, end, cancel or hosting */
  BK_WORD_OFFER,    /* the invitee's side has opened a stream of that name */
  BK_WORD_DATAGRAM, /* a way for packets of that name was opened: they are to carry that id */
  BK_WORD_CLOSED,   /* nobody listens to packets with that id any more */
  BK_WORD_UNKNOWN,  /* of a newer peer; passed over */
} BkWordKind;

typedef struct
{
  BkWordKind kind;
  BkEnvelope *envelope;
  char *name;
  guint32 id;
} BkWord;

void bk_word_clear (BkWord *word);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BkWord, bk_word_clear)

/* Appends @word as it travels. */
void bk_word_write (const BkWord *word, GByteArray *bytes);
/* Whether an envelope of that kind may travel over a channel. */
gboolean bk_word_carries (BkEnvelopeKind kind);

/* Takes what has come so far: reads the first word of @bytes, which it removes. 1: there is one, 0: it is not complete,
 * -1 with an error: this is nothing that a peer of ours says. @session: whose envelopes are taken. */
int bk_word_read (GByteArray *bytes, const char *session, BkWord *word, GError **error);

G_END_DECLS
