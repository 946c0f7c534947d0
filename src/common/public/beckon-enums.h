/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define BECKON_TYPE_SESSION_STATE (beckon_session_state_get_type ())
/**
 * BeckonSessionState:
 * @BECKON_SESSION_STATE_UNKNOWN: no valid state (`SS_UNKNOWN`)
 * @BECKON_SESSION_STATE_READY: created, nobody has been invited yet (`SS_READY`)
 * @BECKON_SESSION_STATE_INVITATION: an invitation is sent or received and not answered yet (`SS_INVITATION`)
 * @BECKON_SESSION_STATE_ACCEPTED: the invitee accepted; both sides are being joined (`SS_ACCEPTED`)
 * @BECKON_SESSION_STATE_CONNECTED: both sides are ready; [property@Session:remote-address] is valid (`SS_CONNECTED`)
 * @BECKON_SESSION_STATE_CANCELLED: one side cancelled; passing state before termination (`SS_CANCELLED`)
 * @BECKON_SESSION_STATE_DECLINED: the invitee declined; passing state before termination (`SS_DECLINED`)
 * @BECKON_SESSION_STATE_TERMINATED: over; nothing leaves this state (`SS_TERMINATED`)
 *
 * Where a session stands in its life. The values are those of the original `SESSION_STATE` and travel on D-Bus as `u`.
 */
typedef enum {
  BECKON_SESSION_STATE_UNKNOWN = 0,
  BECKON_SESSION_STATE_READY = 1,
  BECKON_SESSION_STATE_INVITATION = 2,
  BECKON_SESSION_STATE_ACCEPTED = 3,
  BECKON_SESSION_STATE_CONNECTED = 4,
  BECKON_SESSION_STATE_CANCELLED = 5,
  BECKON_SESSION_STATE_DECLINED = 6,
  BECKON_SESSION_STATE_TERMINATED = 7,
} BeckonSessionState;
/**
 * BECKON_N_SESSION_STATES:
 *
 * How many values [enum@SessionState] has.
 */
#define BECKON_N_SESSION_STATES 8

#define BECKON_TYPE_SESSION_FLAGS (beckon_session_flags_get_type ())
/**
 * BeckonSessionFlags:
 * @BECKON_SESSION_FLAGS_NONE: no flag (`SF_NONE`)
 * @BECKON_SESSION_FLAGS_INVITER: this side invited (`SF_INVITER`)
 * @BECKON_SESSION_FLAGS_INVITEE: this side was invited (`SF_INVITEE`)
 * @BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE: the application does not know Beckon (`SF_APP_INVITE_COMPATIBLE`)
 *
 * What kind of end of a session this is.
 */
typedef enum {
  BECKON_SESSION_FLAGS_NONE = 0,
  BECKON_SESSION_FLAGS_INVITER = 1 << 0,
  BECKON_SESSION_FLAGS_INVITEE = 1 << 1,
  BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE = 1 << 2,
} BeckonSessionFlags;

#define BECKON_TYPE_SESSION_RESULT (beckon_session_result_get_type ())
/**
 * BeckonSessionResult:
 * @BECKON_SESSION_RESULT_NONE: not ended
 * @BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED: the program could not be started (`SR_APPLICATION_LAUNCH_FAILED`)
 * @BECKON_SESSION_RESULT_INVITATION_DECLINED: the invitee declined (`SR_INVITATION_DECLINED`)
 * @BECKON_SESSION_RESULT_CONNECTION_FAILURE: the two sides could not be joined (`SR_CONNECTION_FAILURE`)
 * @BECKON_SESSION_RESULT_AUTHENTICATION_FAILED: the other side could not prove who it is (`SR_AUTHENTICATION_FAILED`)
 * @BECKON_SESSION_RESULT_CANCELLED_LOCAL: cancelled on this side (`SR_SESSION_CANCELLED_LOCAL`)
 * @BECKON_SESSION_RESULT_CANCELLED_REMOTE: cancelled by the other side (`SR_SESSION_CANCELLED_REMOTE`)
 * @BECKON_SESSION_RESULT_PROTOCOL_ERROR: the other side broke the protocol (`SR_SESSION_PROTOCOL_ERROR`)
 * @BECKON_SESSION_RESULT_TIMEOUT: nobody answered in time (`SR_SESSION_TIMEOUT`)
 * @BECKON_SESSION_RESULT_INVITATION_SEND_FAILURE: the network refused the invitation (`SR_INVITATION_SEND_FAILURE`)
 * @BECKON_SESSION_RESULT_APP_NOT_PRESENT: the invitee gave up installing the application (`SR_APP_NOT_REGISTERED`)
 * @BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE: accepted on another device of this account
 * @BECKON_SESSION_RESULT_DECLINED_ELSEWHERE: declined on another device of this account
 * @BECKON_SESSION_RESULT_SUPERSEDED: a crossing invitation to the same application won (`SR_CANCEL_BEFORE_CONNECT`)
 * @BECKON_SESSION_RESULT_ENDED: the program ended as programs do
 * @BECKON_SESSION_RESULT_APPLICATION_FAILED: the program ended badly
 * @BECKON_SESSION_RESULT_SIGNED_OUT: one side signed out
 * @BECKON_SESSION_RESULT_SERVICE_RESTARTED: the session service of one side was restarted
 *
 * Why a session ended, or which send failed. Each value has a sentence for people, [func@SessionResult.to_text].
 */
typedef enum {
  BECKON_SESSION_RESULT_NONE = 0,
  BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED = 1,
  BECKON_SESSION_RESULT_INVITATION_DECLINED = 2,
  BECKON_SESSION_RESULT_CONNECTION_FAILURE = 3,
  BECKON_SESSION_RESULT_AUTHENTICATION_FAILED = 4,
  BECKON_SESSION_RESULT_CANCELLED_LOCAL = 5,
  BECKON_SESSION_RESULT_CANCELLED_REMOTE = 6,
  BECKON_SESSION_RESULT_PROTOCOL_ERROR = 7,
  BECKON_SESSION_RESULT_TIMEOUT = 8,
  BECKON_SESSION_RESULT_INVITATION_SEND_FAILURE = 9,
  BECKON_SESSION_RESULT_APP_NOT_PRESENT = 10,
  BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE = 11,
  BECKON_SESSION_RESULT_DECLINED_ELSEWHERE = 12,
  BECKON_SESSION_RESULT_SUPERSEDED = 13,
  BECKON_SESSION_RESULT_ENDED = 14,
  BECKON_SESSION_RESULT_APPLICATION_FAILED = 15,
  BECKON_SESSION_RESULT_SIGNED_OUT = 16,
  BECKON_SESSION_RESULT_SERVICE_RESTARTED = 17,
} BeckonSessionResult;
/**
 * BECKON_N_SESSION_RESULTS:
 *
 * How many values [enum@SessionResult] has.
 */
#define BECKON_N_SESSION_RESULTS 18

#define BECKON_TYPE_STATUS (beckon_status_get_type ())
/**
 * BeckonStatus:
 * @BECKON_STATUS_UNKNOWN: not known, for somebody who is no contact (`MISTATUS_UNKNOWN`)
 * @BECKON_STATUS_OFFLINE: not signed in, or does not want to be seen (`MISTATUS_OFFLINE`)
 * @BECKON_STATUS_ONLINE: at the keyboard (`MISTATUS_ONLINE`)
 * @BECKON_STATUS_INVISIBLE: appears offline to others; own status only (`MISTATUS_INVISIBLE`)
 * @BECKON_STATUS_BUSY: does not want to be disturbed (`MISTATUS_BUSY`)
 * @BECKON_STATUS_BE_RIGHT_BACK: back in a moment (`MISTATUS_BE_RIGHT_BACK`)
 * @BECKON_STATUS_IDLE: set by the session when nobody is at the keyboard (`MISTATUS_IDLE`)
 * @BECKON_STATUS_AWAY: not there (`MISTATUS_AWAY`)
 * @BECKON_STATUS_ON_THE_PHONE: on the phone (`MISTATUS_ON_THE_PHONE`)
 * @BECKON_STATUS_OUT_TO_LUNCH: out to lunch (`MISTATUS_OUT_TO_LUNCH`)
 * @BECKON_STATUS_LOCAL_FINDING_SERVER: own status only (`MISTATUS_LOCAL_FINDING_SERVER`)
 * @BECKON_STATUS_LOCAL_CONNECTING_TO_SERVER: own status only (`MISTATUS_LOCAL_CONNECTING_TO_SERVER`)
 * @BECKON_STATUS_LOCAL_SYNCHRONIZING_WITH_SERVER: own status only (`MISTATUS_LOCAL_SYNCHRONIZING_WITH_SERVER`)
 * @BECKON_STATUS_LOCAL_DISCONNECTING_FROM_SERVER: own status only (`MISTATUS_LOCAL_DISCONNECTING_FROM_SERVER`)
 *
 * Presence of oneself or of a contact, with the values of the original `MISTATUS`. `status & 2` means "can be reached".
 */
typedef enum {
  BECKON_STATUS_UNKNOWN = 0x0,
  BECKON_STATUS_OFFLINE = 0x1,
  BECKON_STATUS_ONLINE = 0x2,
  BECKON_STATUS_INVISIBLE = 0x6,
  BECKON_STATUS_BUSY = 0xA,
  BECKON_STATUS_BE_RIGHT_BACK = 0xE,
  BECKON_STATUS_IDLE = 0x12,
  BECKON_STATUS_AWAY = 0x22,
  BECKON_STATUS_ON_THE_PHONE = 0x32,
  BECKON_STATUS_OUT_TO_LUNCH = 0x42,
  BECKON_STATUS_LOCAL_FINDING_SERVER = 0x100,
  BECKON_STATUS_LOCAL_CONNECTING_TO_SERVER = 0x200,
  BECKON_STATUS_LOCAL_SYNCHRONIZING_WITH_SERVER = 0x300,
  BECKON_STATUS_LOCAL_DISCONNECTING_FROM_SERVER = 0x400,
} BeckonStatus;

#define BECKON_TYPE_RELATION (beckon_relation_get_type ())
/**
 * BeckonRelation:
 * @BECKON_RELATION_NONE: a stranger, or a removed contact
 * @BECKON_RELATION_ASKED: we asked, the other person has not answered yet
 * @BECKON_RELATION_ASKING: the other person asks to become a contact
 * @BECKON_RELATION_ACCEPTED: both agreed; presence, messages and invitations flow
 *
 * What somebody on the contact list is to us.
 */
typedef enum {
  BECKON_RELATION_NONE = 0,
  BECKON_RELATION_ASKED = 1,
  BECKON_RELATION_ASKING = 2,
  BECKON_RELATION_ACCEPTED = 3,
} BeckonRelation;

#define BECKON_TYPE_DELIVERY (beckon_delivery_get_type ())
/**
 * BeckonDelivery:
 * @BECKON_DELIVERY_RECEIVED: an incoming message
 * @BECKON_DELIVERY_PENDING: written, not yet on the server's disk; is sent again until it is
 * @BECKON_DELIVERY_SENT: on the server's disk
 * @BECKON_DELIVERY_FAILED: refused by the server; will not be sent again
 * @BECKON_DELIVERY_DELIVERED: a device of the other person has it
 * @BECKON_DELIVERY_READ: the other person has seen it
 *
 * How far a message has come.
 */
typedef enum {
  BECKON_DELIVERY_RECEIVED = 0,
  BECKON_DELIVERY_PENDING = 1,
  BECKON_DELIVERY_SENT = 2,
  BECKON_DELIVERY_FAILED = 3,
  BECKON_DELIVERY_DELIVERED = 4,
  BECKON_DELIVERY_READ = 5,
} BeckonDelivery;

#define BECKON_TYPE_LOCK_STATUS (beckon_lock_status_get_type ())
/**
 * BeckonLockStatus:
 * @BECKON_LOCK_STATUS_NOT_INITIALIZED: not signed in: unlocking is not possible yet (`LOCK_NOTINITIALIZED`)
 * @BECKON_LOCK_STATUS_INITIALIZED: locked (`LOCK_INITIALIZED`)
 * @BECKON_LOCK_STATUS_PENDING_RESULT: a challenge was requested, its result is not known yet (`LOCK_PENDINGRESULT`)
 * @BECKON_LOCK_STATUS_UNLOCKED: unlocked (`LOCK_UNLOCKED`)
 * @BECKON_LOCK_STATUS_UNLOCK_FAILED: the answer was wrong; there is no second try before the next sign-in
 *   (`LOCK_UNLOCKFAILED`)
 * @BECKON_LOCK_STATUS_DISABLED: nothing is locked (`LOCK_DISABLED`)
 *
 * Where Lock and Key stands, for one program, one object and one account. The values are those of the original
 * `LockStatus`.
 */
typedef enum {
  BECKON_LOCK_STATUS_NOT_INITIALIZED = 1,
  BECKON_LOCK_STATUS_INITIALIZED = 2,
  BECKON_LOCK_STATUS_PENDING_RESULT = 3,
  BECKON_LOCK_STATUS_UNLOCKED = 4,
  BECKON_LOCK_STATUS_UNLOCK_FAILED = 5,
  BECKON_LOCK_STATUS_DISABLED = 6,
} BeckonLockStatus;

#define BECKON_TYPE_CHANNEL_PATH (beckon_channel_path_get_type ())
/**
 * BeckonChannelPath:
 * @BECKON_CHANNEL_PATH_NONE: the session has no channel: not connected yet, or its application does without
 * @BECKON_CHANNEL_PATH_CONNECTING: the two session services look for a way to each other
 * @BECKON_CHANNEL_PATH_DIRECT: encrypted from end to end, from one machine straight to the other
 * @BECKON_CHANNEL_PATH_RELAY: encrypted from end to end, by way of a relay (TURN), which cannot read it
 * @BECKON_CHANNEL_PATH_LOST: nothing has been heard for a while; another way is being looked for
 * @BECKON_CHANNEL_PATH_FAILED: there is no way, or the other side could not prove who it is
 *
 * How the channel of a session reaches the other side.
 */
typedef enum {
  BECKON_CHANNEL_PATH_NONE = 0,
  BECKON_CHANNEL_PATH_CONNECTING = 1,
  BECKON_CHANNEL_PATH_DIRECT = 2,
  BECKON_CHANNEL_PATH_RELAY = 3,
  BECKON_CHANNEL_PATH_LOST = 4,
  BECKON_CHANNEL_PATH_FAILED = 5,
} BeckonChannelPath;

#define BECKON_TYPE_IDENTITY (beckon_identity_get_type ())
/**
 * BeckonIdentity:
 * @BECKON_IDENTITY_UNKNOWN: the other side has not shown a key, and never has before
 * @BECKON_IDENTITY_NEW: its key was seen for the first time and is trusted from now on
 * @BECKON_IDENTITY_KNOWN: its key is one that this contact has used before
 * @BECKON_IDENTITY_CHANGED: its key is another one than this contact has used before, or it shows none any more: it is
 *   a new device of the contact, or somebody else
 *
 * What the key says by which the other side of a session proves who it is.
 */
typedef enum {
  BECKON_IDENTITY_UNKNOWN = 0,
  BECKON_IDENTITY_NEW = 1,
  BECKON_IDENTITY_KNOWN = 2,
  BECKON_IDENTITY_CHANGED = 3,
} BeckonIdentity;

#define BECKON_TYPE_HOST_PROGRAMS (beckon_host_programs_get_type ())
/**
 * BeckonHostPrograms:
 * @BECKON_HOST_PROGRAMS_UNNEEDED: the session service is in no sandbox, or has not found out yet: nothing is asked for
 * @BECKON_HOST_PROGRAMS_MISSING: it is in a sandbox, and `beckon-peer-host` is not installed outside: programs of this
 *   computer are not offered
 * @BECKON_HOST_PROGRAMS_OFFERED: it is in a sandbox, and `beckon-peer-host` offers the programs outside
 *
 * Whether the programs of this computer can be offered where the session service is in a sandbox.
 */
typedef enum {
  BECKON_HOST_PROGRAMS_UNNEEDED = 0,
  BECKON_HOST_PROGRAMS_MISSING = 1,
  BECKON_HOST_PROGRAMS_OFFERED = 2,
} BeckonHostPrograms;

GType beckon_session_state_get_type (void);
GType beckon_session_flags_get_type (void);
GType beckon_session_result_get_type (void);
GType beckon_status_get_type (void);
GType beckon_relation_get_type (void);
GType beckon_delivery_get_type (void);
GType beckon_lock_status_get_type (void);
GType beckon_channel_path_get_type (void);
GType beckon_identity_get_type (void);
GType beckon_host_programs_get_type (void);

const char *beckon_session_state_to_nick (BeckonSessionState state);
const char *beckon_session_result_to_nick (BeckonSessionResult result);
const char *beckon_session_result_to_text (BeckonSessionResult result);
guint32 beckon_session_result_to_hresult (BeckonSessionResult result);
const char *beckon_status_to_nick (BeckonStatus status);
const char *beckon_relation_to_nick (BeckonRelation relation);
const char *beckon_delivery_to_nick (BeckonDelivery delivery);
const char *beckon_lock_status_to_nick (BeckonLockStatus status);
const char *beckon_channel_path_to_nick (BeckonChannelPath path);
const char *beckon_identity_to_nick (BeckonIdentity identity);

G_END_DECLS
