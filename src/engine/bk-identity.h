/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The long-term key of a device (Ed25519, libsodium): it signs which certificate belongs to which session, so that the
 * network between the two sides cannot put another one in its place. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BkIdentity BkIdentity;

BkIdentity *bk_identity_new (void);                            /* a new key */
BkIdentity *bk_identity_new_from_secret (const char *secret);  /* NULL if it is none */
void bk_identity_free (BkIdentity *self);                      /* the secret is wiped */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkIdentity, bk_identity_free)
const char *bk_identity_get_key (BkIdentity *self);            /* public, 64 lower-case hexadecimal digits */
char *bk_identity_dup_secret (BkIdentity *self);               /* to be kept as a secret */

/* What is signed. All are borrowed. */
typedef struct
{
  const char *session;     /* SessionID */
  const char *application; /* GUID */
  gboolean inviter;        /* who signs */
  const char *from;        /* sign-in names */
  const char *to;
  const char *fingerprint;       /* of who signs */
  const char *their_fingerprint; /* accept: of the invitation that is answered; invite: NULL */
} BkIdentityClaim;

char *bk_identity_sign (BkIdentity *self, const BkIdentityClaim *claim); /* 128 digits */
gboolean bk_identity_verify (const char *key, const BkIdentityClaim *claim, const char *signature);
/* 60 digits in groups of 5, the same on both sides: for people, to compare. */
char *bk_identity_safety_number (const char *name, const char *key, const char *other_name, const char *other_key);

G_END_DECLS
