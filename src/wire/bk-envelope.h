/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "beckon-enums.h"
#include "bk-fields.h"

G_BEGIN_DECLS

/* What the two session services of a session say to each other, the same in every backend. */
typedef enum
{
  BK_ENVELOPE_INVITE,
  BK_ENVELOPE_RINGING,
  BK_ENVELOPE_NOT_PRESENT,
  BK_ENVELOPE_ACCEPT,
  BK_ENVELOPE_CONNECT,
  BK_ENVELOPE_TRANSPORT, /* how the sender can be reached: ICE */
  BK_ENVELOPE_HOSTING,   /* the program that the other one joins is listening; on the channel alone */
  BK_ENVELOPE_CONTEXT,
  BK_ENVELOPE_DECLINE,
  BK_ENVELOPE_CANCEL,
  BK_ENVELOPE_END,
} BkEnvelopeKind;
#define BK_N_ENVELOPE_KINDS 11

typedef struct
{
  BkEnvelopeKind kind;
  char *session;   /* braced GUID, in every kind */
  char *app_guid;  /* invite */
  char *app_name;  /* invite */
  char *app_url;   /* invite, nullable */
  char *message;   /* invite: what the inviter says, for people; nullable */
  char *data;      /* invite, accept, decline, cancel, end: application data, nullable; context: the data */
  guint32 number;  /* context: counts those of one side from 1, so that two ways keep their order; end, cancel: how
                      many there were; 0: not numbered */
  /* invite, accept: the channel, all nullable. A session has one if both sides name a fingerprint. */
  char *fingerprint; /* SHA-256 of the certificate, 64 lower-case hexadecimal digits */
  char *identity;    /* Ed25519 key of the device, 64 digits */
  char *signature;   /* of bk_identity_sign (), 128 digits */
  char *host;        /* invite, for programs that do not know Beckon: "inviter" or "invitee"; nullable */
  char *carries;     /* the same: "tcp", "udp", "tcp+udp" or "unix"; nullable */
  guint32 generation; /* transport: which attempt of the sender, counted from 1 */
  char *ufrag;        /* transport */
  char *pwd;          /* transport */
  GStrv candidates;   /* transport: lines of SDP, "candidate:…"; nullable: none */
  gboolean done;      /* transport: no more candidates of this generation will come */
  char *address;   /* accept, connect: the sender's LocalAddress; never before consent */
  guint ttl;       /* invite: seconds in which it may be answered */
  BeckonSessionResult reason; /* decline, cancel, end: why, as the *receiver* is to see it */
} BkEnvelope;

BkEnvelope *bk_envelope_new (BkEnvelopeKind kind, const char *session);
BkEnvelope *bk_envelope_copy (const BkEnvelope *envelope);
void bk_envelope_free (BkEnvelope *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkEnvelope, bk_envelope_free)

const char *bk_envelope_kind_to_nick (BkEnvelopeKind kind);
const BkField *bk_envelope_kind_get_fields (BkEnvelopeKind kind);
BkEnvelope *bk_envelope_from_json (JsonObject *object, GError **error);
JsonObject *bk_envelope_to_json (const BkEnvelope *envelope);

G_END_DECLS
