/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of the reference, one case a name: what a program that was written against the original knows by heart.
 * They stand here as numbers, not as what the code calls them. */
#include "bk-test.h"

#include "beckon-enums.h"
#include "beckon-error.h"
#include "bk-limits.h"

#include <gio/gio.h>

/* ---- values of enumerations ---- */

typedef struct
{
  const char *original;
  GType (*type) (void);
  const char *name;
  const char *nick;
  int constant;
  int value;
} Value;

#define VALUE(original, prefix, constant, nick, value)                                                                 \
  { original, beckon_##prefix##_get_type, "BECKON_" #constant, nick, BECKON_##constant, value }

static const Value values[] = {
  VALUE ("SS_UNKNOWN", session_state, SESSION_STATE_UNKNOWN, "unknown", 0),
  VALUE ("SS_READY", session_state, SESSION_STATE_READY, "ready", 1),
  VALUE ("SS_INVITATION", session_state, SESSION_STATE_INVITATION, "invitation", 2),
  VALUE ("SS_ACCEPTED", session_state, SESSION_STATE_ACCEPTED, "accepted", 3),
  VALUE ("SS_CONNECTED", session_state, SESSION_STATE_CONNECTED, "connected", 4),
  VALUE ("SS_CANCELLED", session_state, SESSION_STATE_CANCELLED, "cancelled", 5),
  VALUE ("SS_DECLINED", session_state, SESSION_STATE_DECLINED, "declined", 6),
  VALUE ("SS_TERMINATED", session_state, SESSION_STATE_TERMINATED, "terminated", 7),
  VALUE ("MISTATUS_UNKNOWN", status, STATUS_UNKNOWN, "unknown", 0x0),
  VALUE ("MISTATUS_OFFLINE", status, STATUS_OFFLINE, "offline", 0x1),
  VALUE ("MISTATUS_ONLINE", status, STATUS_ONLINE, "online", 0x2),
  VALUE ("MISTATUS_INVISIBLE", status, STATUS_INVISIBLE, "invisible", 0x6),
  VALUE ("MISTATUS_BUSY", status, STATUS_BUSY, "busy", 0xa),
  VALUE ("MISTATUS_BE_RIGHT_BACK", status, STATUS_BE_RIGHT_BACK, "be-right-back", 0xe),
  VALUE ("MISTATUS_IDLE", status, STATUS_IDLE, "idle", 0x12),
  VALUE ("MISTATUS_AWAY", status, STATUS_AWAY, "away", 0x22),
  VALUE ("MISTATUS_ON_THE_PHONE", status, STATUS_ON_THE_PHONE, "on-the-phone", 0x32),
  VALUE ("MISTATUS_OUT_TO_LUNCH", status, STATUS_OUT_TO_LUNCH, "out-to-lunch", 0x42),
  VALUE ("MISTATUS_LOCAL_FINDING_SERVER", status, STATUS_LOCAL_FINDING_SERVER, "local-finding-server", 0x100),
  VALUE ("MISTATUS_LOCAL_CONNECTING_TO_SERVER", status, STATUS_LOCAL_CONNECTING_TO_SERVER,
         "local-connecting-to-server", 0x200),
  VALUE ("MISTATUS_LOCAL_SYNCHRONIZING_WITH_SERVER", status, STATUS_LOCAL_SYNCHRONIZING_WITH_SERVER,
         "local-synchronizing-with-server", 0x300),
  VALUE ("MISTATUS_LOCAL_DISCONNECTING_FROM_SERVER", status, STATUS_LOCAL_DISCONNECTING_FROM_SERVER,
         "local-disconnecting-from-server", 0x400),
  VALUE ("LOCK_NOTINITIALIZED", lock_status, LOCK_STATUS_NOT_INITIALIZED, "not-initialized", 1),
  VALUE ("LOCK_INITIALIZED", lock_status, LOCK_STATUS_INITIALIZED, "initialized", 2),
  VALUE ("LOCK_PENDINGRESULT", lock_status, LOCK_STATUS_PENDING_RESULT, "pending-result", 3),
  VALUE ("LOCK_UNLOCKED", lock_status, LOCK_STATUS_UNLOCKED, "unlocked", 4),
  VALUE ("LOCK_UNLOCKFAILED", lock_status, LOCK_STATUS_UNLOCK_FAILED, "unlock-failed", 5),
  VALUE ("LOCK_DISABLED", lock_status, LOCK_STATUS_DISABLED, "disabled", 6),
};

static void
test_value (gconstpointer data)
{
  const Value *row = data;
  g_autoptr (GEnumClass) klass = g_type_class_ref (row->type ());
  const GEnumValue *found = g_enum_get_value (klass, row->value);

  g_assert_cmpint (row->constant, ==, row->value);
  g_assert_nonnull (found);
  g_assert_cmpstr (found->value_name, ==, row->name);
  g_assert_cmpstr (found->value_nick, ==, row->nick);
}

/* ---- flags ---- */

typedef struct
{
  const char *original;
  const char *nick;
  guint constant;
  guint value;
} Flag;

static const Flag flags[] = {
  { "SF_NONE", "none", BECKON_SESSION_FLAGS_NONE, 0 },
  { "SF_INVITER", "inviter", BECKON_SESSION_FLAGS_INVITER, 1 },
  { "SF_INVITEE", "invitee", BECKON_SESSION_FLAGS_INVITEE, 2 },
  { "SF_APP_INVITE_COMPATIBLE", "app-invite-compatible", BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE, 4 },
};

static void
test_flag (gconstpointer data)
{
  const Flag *row = data;
  g_autoptr (GFlagsClass) klass = g_type_class_ref (BECKON_TYPE_SESSION_FLAGS);
  const GFlagsValue *found = g_flags_get_value_by_nick (klass, row->nick);

  g_assert_nonnull (found);
  g_assert_cmphex (found->value, ==, row->value);
  g_assert_cmphex (row->constant, ==, row->value);
}

/* ---- why sessions end ---- */

typedef struct
{
  const char *original;
  BeckonSessionResult constant;
  int value;
  const char *nick;
  guint32 hresult;
} Result;

static const Result results[] = {
  { "SR_APPLICATION_LAUNCH_FAILED", BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED, 1,
    "application-launch-failed", 0x81000601 },
  { "SR_INVITATION_DECLINED", BECKON_SESSION_RESULT_INVITATION_DECLINED, 2, "invitation-declined", 0x81000602 },
  { "SR_CONNECTION_FAILURE", BECKON_SESSION_RESULT_CONNECTION_FAILURE, 3, "connection-failure", 0x81000603 },
  { "SR_AUTHENTICATION_FAILED", BECKON_SESSION_RESULT_AUTHENTICATION_FAILED, 4, "authentication-failed",
    0x81000604 },
  { "SR_SESSION_CANCELLED_LOCAL", BECKON_SESSION_RESULT_CANCELLED_LOCAL, 5, "cancelled-local", 0x81000606 },
  { "SR_SESSION_CANCELLED_REMOTE", BECKON_SESSION_RESULT_CANCELLED_REMOTE, 6, "cancelled-remote", 0x81000607 },
  { "SR_SESSION_PROTOCOL_ERROR", BECKON_SESSION_RESULT_PROTOCOL_ERROR, 7, "protocol-error", 0x81000608 },
  { "SR_SESSION_TIMEOUT", BECKON_SESSION_RESULT_TIMEOUT, 8, "timeout", 0x81000609 },
  { "SR_INVITATION_SEND_FAILURE", BECKON_SESSION_RESULT_INVITATION_SEND_FAILURE, 9, "invitation-send-failure",
    0x81000615 },
  { "SR_APP_NOT_REGISTERED", BECKON_SESSION_RESULT_APP_NOT_PRESENT, 10, "app-not-present", 0x8100060E },
};

static void
test_result (gconstpointer data)
{
  const Result *row = data;

  g_assert_cmpint (row->constant, ==, row->value);
  g_assert_cmpstr (beckon_session_result_to_nick (row->constant), ==, row->nick);
  g_assert_cmphex (beckon_session_result_to_hresult (row->constant), ==, row->hresult);
  g_assert_true (g_str_has_suffix (beckon_session_result_to_text (row->constant), "."));
}

/* ---- errors ---- */

typedef struct
{
  BeckonError code;
  const char *dbus;
  const char *nick;
  const char *original;
  guint32 hresult;
} Error;

static const Error errors[] = {
  { BECKON_ERROR_FAILED, "Failed", "failed", "E_FAIL", 0x80004005 },
  { BECKON_ERROR_INVALID_ARGUMENT, "InvalidArgument", "invalid-argument", "E_INVALIDARG", 0x80070057 },
  { BECKON_ERROR_NOT_SUPPORTED, "NotSupported", "not-supported", "E_NOTIMPL", 0x80004001 },
  { BECKON_ERROR_ACCESS_DENIED, "AccessDenied", "access-denied", "E_ACCESSDENIED", 0x80070005 },
  { BECKON_ERROR_NOT_FOUND, "NotFound", "not-found", "E_FAIL", 0x80004005 },
  { BECKON_ERROR_LIMIT_EXCEEDED, "LimitExceeded", "limit-exceeded", "MSGR_E_TOO_MANY_SESSIONS", 0x81000321 },
  { BECKON_ERROR_STORAGE, "Storage", "storage", "E_FAIL", 0x80004005 },
  { BECKON_ERROR_PROTOCOL, "Protocol", "protocol", "MSGR_E_SERVER_PROTOCOL", 0x81000343 },
  { BECKON_ERROR_CONNECT, "Connect", "connect", "MSGR_E_CONNECT", 0x81000301 },
  { BECKON_ERROR_INVALID_SERVER_NAME, "InvalidServerName", "invalid-server-name", "MSGR_E_INVALID_SERVER_NAME",
    0x81000302 },
  { BECKON_ERROR_INVALID_PASSWORD, "InvalidPassword", "invalid-password", "MSGR_E_INVALID_PASSWORD", 0x81000303 },
  { BECKON_ERROR_ALREADY_LOGGED_ON, "AlreadyLoggedOn", "already-logged-on", "MSGR_E_ALREADY_LOGGED_ON",
    0x81000304 },
  { BECKON_ERROR_SERVER_VERSION, "ServerVersion", "server-version", "MSGR_E_SERVER_VERSION", 0x81000305 },
  { BECKON_ERROR_LOGON_TIMEOUT, "LogonTimeout", "logon-timeout", "MSGR_E_LOGON_TIMEOUT", 0x81000306 },
  { BECKON_ERROR_LIST_FULL, "ListFull", "list-full", "MSGR_E_LIST_FULL", 0x81000307 },
  { BECKON_ERROR_USER_NOT_FOUND, "UserNotFound", "user-not-found", "MSGR_E_USER_NOT_FOUND", 0x8100030A },
  { BECKON_ERROR_ALREADY_IN_LIST, "AlreadyInList", "already-in-list", "MSGR_E_ALREADY_IN_LIST", 0x8100030B },
  { BECKON_ERROR_DISCONNECTED, "Disconnected", "disconnected", "MSGR_E_DISCONNECTED", 0x8100030C },
  { BECKON_ERROR_SERVER_TOO_BUSY, "ServerTooBusy", "server-too-busy", "MSGR_E_SERVER_TOO_BUSY", 0x8100030E },
  { BECKON_ERROR_CANCELLED, "Cancelled", "cancelled", "MSGR_E_CANCEL", 0x81000312 },
  { BECKON_ERROR_SERVER_UNAVAILABLE, "ServerUnavailable", "server-unavailable", "MSGR_E_SERVER_UNAVAILABLE",
    0x81000314 },
  { BECKON_ERROR_NOT_LOGGED_ON, "NotLoggedOn", "not-logged-on", "MSGR_E_NOT_LOGGED_ON", 0x8100031E },
  { BECKON_ERROR_NOT_ALLOWING_NEW_USERS, "NotAllowingNewUsers", "not-allowing-new-users",
    "MSGR_E_NOT_ALLOWING_NEW_USERS", 0x81000326 },
  { BECKON_ERROR_ACCOUNT_EXISTS, "AccountExists", "account-exists", "E_FAIL", 0x80004005 },
  { BECKON_ERROR_MESSAGE_TOO_LONG, "MessageTooLong", "message-too-long", "MSGR_E_MESSAGE_TOO_LONG", 0x8100033F },
  { BECKON_ERROR_TLS_FAIL, "TlsFail", "tls-fail", "MSGR_E_TLS_FAIL", 0x81000361 },
  { BECKON_ERROR_INVALID_CERTIFICATE, "InvalidCertificate", "invalid-certificate",
    "MSGR_E_INVALID_CERTIFICATE", 0x81000368 },
  { BECKON_ERROR_SESSION_NOT_READY, "SessionNotReady", "session-not-ready", "SR_SESSION_NOT_READY", 0x81000605 },
  { BECKON_ERROR_NOT_INVITEE, "NotInvitee", "not-invitee", "SR_NOT_INVITEE", 0x8100060B },
  { BECKON_ERROR_NOT_INVITER, "NotInviter", "not-inviter", "SR_NOT_INVITER", 0x8100060C },
  { BECKON_ERROR_APP_ALREADY_REGISTERED, "AppAlreadyRegistered", "app-already-registered",
    "SR_APP_ALREADY_REGISTERED", 0x8100060D },
  { BECKON_ERROR_APP_NOT_REGISTERED, "AppNotRegistered", "app-not-registered", "SR_APP_NOT_REGISTERED",
    0x8100060E },
  { BECKON_ERROR_NOT_VALID_FOR_APP_INVITE, "NotValidForAppInvite", "not-valid-for-app-invite",
    "SR_NOT_VALID_FOR_APP_INVITE", 0x8100060F },
  { BECKON_ERROR_APP_NOT_SPECIFIED, "AppNotSpecified", "app-not-specified", "SR_APP_NOT_SPECIFIED", 0x81000610 },
  { BECKON_ERROR_CONTEXT_DATA_OVER_LIMIT, "ContextDataOverLimit", "context-data-over-limit",
    "SR_CONTEXT_DATA_OVER_LIMIT", 0x81000611 },
  { BECKON_ERROR_NO_USER_INVITED, "NoUserInvited", "no-user-invited", "SR_NO_USER_INVITED", 0x81000612 },
  { BECKON_ERROR_INVITED_SELF, "InvitedSelf", "invited-self", "SR_INVITED_SELF", 0x81000613 },
  { BECKON_ERROR_SESSION_STATE_INVALID, "SessionStateInvalid", "session-state-invalid",
    "SR_SESSION_STATE_INVALID", 0x81000614 },
  { BECKON_ERROR_INVITATION_SEND_FAILURE, "InvitationSendFailure", "invitation-send-failure",
    "SR_INVITATION_SEND_FAILURE", 0x81000615 },
  { BECKON_ERROR_CANCEL_SEND_FAILURE, "CancelSendFailure", "cancel-send-failure", "SR_CANCEL_SEND_FAILURE",
    0x81000616 },
  { BECKON_ERROR_DECLINE_SEND_FAILURE, "DeclineSendFailure", "decline-send-failure", "SR_DECLINE_SEND_FAILURE",
    0x81000617 },
  { BECKON_ERROR_ACCEPT_SEND_FAILURE, "AcceptSendFailure", "accept-send-failure", "SR_ACCEPT_SEND_FAILURE",
    0x81000618 },
  { BECKON_ERROR_CONTEXT_DATA_SEND_FAILURE, "ContextDataSendFailure", "context-data-send-failure",
    "SR_CONTEXT_DATA_SEND_FAILURE", 0x81000619 },
  { BECKON_ERROR_ANSWERED_ELSEWHERE, "AnsweredElsewhere", "answered-elsewhere", "SR_SESSION_STATE_INVALID",
    0x81000614 },
  { BECKON_ERROR_EXPIRED, "Expired", "expired", "SR_SESSION_TIMEOUT", 0x81000609 },
  { BECKON_ERROR_API_NOT_INITIALIZED, "ApiNotInitialized", "api-not-initialized", "MSGR_E_API_NOTINITIALIZED",
    0x81000751 },
  { BECKON_ERROR_API_LOCKED, "ApiLocked", "api-locked", "MSGR_E_API_LOCKED", 0x81000752 },
  { BECKON_ERROR_API_UNLOCK_FAILED, "ApiUnlockFailed", "api-unlock-failed", "MSGR_E_API_UNLOCK_FAILED",
    0x81000753 },
  { BECKON_ERROR_API_ALREADY_UNLOCKED, "ApiAlreadyUnlocked", "api-already-unlocked",
    "MSGR_E_API_ALREADY_UNLOCKED", 0x81000754 },
  { BECKON_ERROR_API_PENDING_UNLOCK, "ApiPendingUnlock", "api-pending-unlock", "MSGR_E_API_PENDING_UNLOCK",
    0x81000755 },
  { BECKON_ERROR_API_DISABLED, "ApiDisabled", "api-disabled", "MSGR_E_API_DISABLED", 0x81000756 },
  { BECKON_ERROR_GROUPS_NOT_ENABLED, "GroupsNotEnabled", "groups-not-enabled", "MSGR_E_GROUPS_NOT_ENABLED",
    0x8100034A },
  { BECKON_ERROR_GROUP_ALREADY_EXISTS, "GroupAlreadyExists", "group-already-exists",
    "MSGR_E_GROUP_ALREADY_EXISTS", 0x8100034B },
  { BECKON_ERROR_TOO_MANY_GROUPS, "TooManyGroups", "too-many-groups", "MSGR_E_TOO_MANY_GROUPS", 0x8100034C },
  { BECKON_ERROR_GROUP_DOES_NOT_EXIST, "GroupDoesNotExist", "group-does-not-exist",
    "MSGR_E_GROUP_DOES_NOT_EXIST", 0x8100034D },
  { BECKON_ERROR_USER_NOT_GROUP_MEMBER, "UserNotGroupMember", "user-not-group-member",
    "MSGR_E_USER_NOT_GROUP_MEMBER", 0x8100034E },
  { BECKON_ERROR_GROUP_NAME_TOO_LONG, "GroupNameTooLong", "group-name-too-long", "MSGR_E_GROUP_NAME_TOO_LONG",
    0x8100034F },
  { BECKON_ERROR_GROUP_NOT_EMPTY, "GroupNotEmpty", "group-not-empty", "MSGR_E_GROUP_NOT_EMPTY", 0x81000350 },
  { BECKON_ERROR_BAD_GROUP_NAME, "BadGroupName", "bad-group-name", "MSGR_E_BAD_GROUP_NAME", 0x81000351 },
};

/* The original's symbol and number, and the name on the bus in both directions. */
static void
test_error (gconstpointer data)
{
  const Error *row = data;
  g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, row->code, "");
  g_autofree char *encoded = g_dbus_error_encode_gerror (error);
  g_autofree char *name = g_strconcat ("im.beckon.Error.", row->dbus, NULL);
  g_autoptr (GError) back = g_dbus_error_new_for_dbus_error (name, "");

  g_assert_cmphex (beckon_error_to_hresult (row->code), ==, row->hresult);
  g_assert_cmpstr (beckon_error_to_symbol (row->code), ==, row->original);
  g_assert_cmpstr (beckon_error_to_nick (row->code), ==, row->nick);
  g_assert_cmpstr (encoded, ==, name);
  g_assert_error (back, BECKON_ERROR, (int) row->code);
}

/* ---- limits ---- */

typedef struct
{
  const char *what;
  guint limit;
  guint value;
} Limit;

static const Limit limits[] = {
  { "sign-in-name", BK_LIMIT_SIGN_IN_NAME, 129 },
  { "password", BK_LIMIT_PASSWORD, 256 },
  { "app-data", BK_LIMIT_APP_DATA, 8192 },
  { "context-data", BK_LIMIT_CONTEXT_DATA, 8192 },
  { "context-total", BK_LIMIT_CONTEXT_TOTAL, 1048576 },
  { "context-rate", BK_LIMIT_CONTEXT_RATE, 50 },
  { "address", BK_LIMIT_ADDRESS, 255 },
  { "app-name", BK_LIMIT_APP_NAME, 256 },
  { "app-url", BK_LIMIT_APP_URL, 256 },
  { "answer-timeout", BK_TIMEOUT_ANSWER_S, 120 },
  { "install-timeout", BK_TIMEOUT_INSTALL_S, 1800 },
  { "installed-notice", BK_TIMEOUT_INSTALLED_NOTICE_S, 10 },
  { "connect-timeout", BK_TIMEOUT_CONNECT_S, 15 },
  { "channel-timeout", BK_TIMEOUT_CHANNEL_S, 30 },
  { "unlock-timeout", BK_TIMEOUT_UNLOCK_S, 30 },
  { "challenge-timeout", BK_TIMEOUT_CHALLENGE_S, 60 },
  { "peer-call-timeout", BK_TIMEOUT_PEER_CALL_S, 3 },
};

static void
test_limit (gconstpointer data)
{
  const Limit *row = data;

  g_assert_cmpuint (row->limit, ==, row->value);
}

static void
add (const char *kind, const char *name, gconstpointer row, GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/%s/%s", kind, name);

  g_test_add_data_func (path, row, test);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    add ("value", values[i].original, &values[i], test_value);
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    add ("value", flags[i].original, &flags[i], test_flag);
  for (gsize i = 0; i < G_N_ELEMENTS (results); i++)
    add ("result", results[i].original, &results[i], test_result);
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    add ("error", errors[i].dbus, &errors[i], test_error);
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    add ("limit", limits[i].what, &limits[i], test_limit);
  return g_test_run ();
}
