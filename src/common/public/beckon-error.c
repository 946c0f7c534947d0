/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-error.h"

#include <gio/gio.h>

#define DBUS_PREFIX "im.beckon.Error."

/* The one table about errors: D-Bus name, nick (the word on the wire), symbol and code of the original API. */
typedef struct {
  GDBusErrorEntry dbus;
  const char *name;
  const char *nick;
  const char *symbol;
  guint32 hresult;
} ErrorInfo;

#define INFO(id, dbus, nick, symbol, hresult)                                                                          \
  { { BECKON_ERROR_##id, DBUS_PREFIX dbus }, "BECKON_ERROR_" #id, nick, symbol, hresult }

static const ErrorInfo errors[] = {
  INFO (FAILED, "Failed", "failed", "E_FAIL", 0x80004005),
  INFO (INVALID_ARGUMENT, "InvalidArgument", "invalid-argument", "E_INVALIDARG", 0x80070057),
  INFO (NOT_SUPPORTED, "NotSupported", "not-supported", "E_NOTIMPL", 0x80004001),
  INFO (ACCESS_DENIED, "AccessDenied", "access-denied", "E_ACCESSDENIED", 0x80070005),
  INFO (NOT_FOUND, "NotFound", "not-found", "E_FAIL", 0x80004005),
  INFO (LIMIT_EXCEEDED, "LimitExceeded", "limit-exceeded", "MSGR_E_TOO_MANY_SESSIONS", 0x81000321),
  INFO (STORAGE, "Storage", "storage", "E_FAIL", 0x80004005),
  INFO (PROTOCOL, "Protocol", "protocol", "MSGR_E_SERVER_PROTOCOL", 0x81000343),
  INFO (CONNECT, "Connect", "connect", "MSGR_E_CONNECT", 0x81000301),
  INFO (INVALID_SERVER_NAME, "InvalidServerName", "invalid-server-name", "MSGR_E_INVALID_SERVER_NAME", 0x81000302),
  INFO (INVALID_PASSWORD, "InvalidPassword", "invalid-password", "MSGR_E_INVALID_PASSWORD", 0x81000303),
  INFO (ALREADY_LOGGED_ON, "AlreadyLoggedOn", "already-logged-on", "MSGR_E_ALREADY_LOGGED_ON", 0x81000304),
  INFO (SERVER_VERSION, "ServerVersion", "server-version", "MSGR_E_SERVER_VERSION", 0x81000305),
  INFO (LOGON_TIMEOUT, "LogonTimeout", "logon-timeout", "MSGR_E_LOGON_TIMEOUT", 0x81000306),
  INFO (LIST_FULL, "ListFull", "list-full", "MSGR_E_LIST_FULL", 0x81000307),
  INFO (USER_NOT_FOUND, "UserNotFound", "user-not-found", "MSGR_E_USER_NOT_FOUND", 0x8100030A),
  INFO (ALREADY_IN_LIST, "AlreadyInList", "already-in-list", "MSGR_E_ALREADY_IN_LIST", 0x8100030B),
  INFO (DISCONNECTED, "Disconnected", "disconnected", "MSGR_E_DISCONNECTED", 0x8100030C),
  INFO (SERVER_TOO_BUSY, "ServerTooBusy", "server-too-busy", "MSGR_E_SERVER_TOO_BUSY", 0x8100030E),
  INFO (CANCELLED, "Cancelled", "cancelled", "MSGR_E_CANCEL", 0x81000312),
  INFO (SERVER_UNAVAILABLE, "ServerUnavailable", "server-unavailable", "MSGR_E_SERVER_UNAVAILABLE", 0x81000314),
  INFO (NOT_LOGGED_ON, "NotLoggedOn", "not-logged-on", "MSGR_E_NOT_LOGGED_ON", 0x8100031E),
  INFO (NOT_ALLOWING_NEW_USERS, "NotAllowingNewUsers", "not-allowing-new-users", "MSGR_E_NOT_ALLOWING_NEW_USERS", 0x81000326),
  INFO (ACCOUNT_EXISTS, "AccountExists", "account-exists", "E_FAIL", 0x80004005),
  INFO (MESSAGE_TOO_LONG, "MessageTooLong", "message-too-long", "MSGR_E_MESSAGE_TOO_LONG", 0x8100033F),
  INFO (TLS_FAIL, "TlsFail", "tls-fail", "MSGR_E_TLS_FAIL", 0x81000361),
  INFO (INVALID_CERTIFICATE, "InvalidCertificate", "invalid-certificate", "MSGR_E_INVALID_CERTIFICATE", 0x81000368),
  INFO (SESSION_NOT_READY, "SessionNotReady", "session-not-ready", "SR_SESSION_NOT_READY", 0x81000605),
  INFO (NOT_INVITEE, "NotInvitee", "not-invitee", "SR_NOT_INVITEE", 0x8100060B),
  INFO (NOT_INVITER, "NotInviter", "not-inviter", "SR_NOT_INVITER", 0x8100060C),
  INFO (APP_ALREADY_REGISTERED, "AppAlreadyRegistered", "app-already-registered", "SR_APP_ALREADY_REGISTERED", 0x8100060D),
  INFO (APP_NOT_REGISTERED, "AppNotRegistered", "app-not-registered", "SR_APP_NOT_REGISTERED", 0x8100060E),
  INFO (NOT_VALID_FOR_APP_INVITE, "NotValidForAppInvite", "not-valid-for-app-invite", "SR_NOT_VALID_FOR_APP_INVITE", 0x8100060F),
  INFO (APP_NOT_SPECIFIED, "AppNotSpecified", "app-not-specified", "SR_APP_NOT_SPECIFIED", 0x81000610),
  INFO (CONTEXT_DATA_OVER_LIMIT, "ContextDataOverLimit", "context-data-over-limit", "SR_CONTEXT_DATA_OVER_LIMIT", 0x81000611),
  INFO (NO_USER_INVITED, "NoUserInvited", "no-user-invited", "SR_NO_USER_INVITED", 0x81000612),
  INFO (INVITED_SELF, "InvitedSelf", "invited-self", "SR_INVITED_SELF", 0x81000613),
  INFO (SESSION_STATE_INVALID, "SessionStateInvalid", "session-state-invalid", "SR_SESSION_STATE_INVALID", 0x81000614),
  INFO (INVITATION_SEND_FAILURE, "InvitationSendFailure", "invitation-send-failure", "SR_INVITATION_SEND_FAILURE", 0x81000615),
  INFO (CANCEL_SEND_FAILURE, "CancelSendFailure", "cancel-send-failure", "SR_CANCEL_SEND_FAILURE", 0x81000616),
  INFO (DECLINE_SEND_FAILURE, "DeclineSendFailure", "decline-send-failure", "SR_DECLINE_SEND_FAILURE", 0x81000617),
  INFO (ACCEPT_SEND_FAILURE, "AcceptSendFailure", "accept-send-failure", "SR_ACCEPT_SEND_FAILURE", 0x81000618),
  INFO (CONTEXT_DATA_SEND_FAILURE, "ContextDataSendFailure", "context-data-send-failure", "SR_CONTEXT_DATA_SEND_FAILURE", 0x81000619),
  INFO (ANSWERED_ELSEWHERE, "AnsweredElsewhere", "answered-elsewhere", "SR_SESSION_STATE_INVALID", 0x81000614),
  INFO (EXPIRED, "Expired", "expired", "SR_SESSION_TIMEOUT", 0x81000609),
  INFO (API_NOT_INITIALIZED, "ApiNotInitialized", "api-not-initialized", "MSGR_E_API_NOTINITIALIZED", 0x81000751),
  INFO (API_LOCKED, "ApiLocked", "api-locked", "MSGR_E_API_LOCKED", 0x81000752),
  INFO (API_UNLOCK_FAILED, "ApiUnlockFailed", "api-unlock-failed", "MSGR_E_API_UNLOCK_FAILED", 0x81000753),
  INFO (API_ALREADY_UNLOCKED, "ApiAlreadyUnlocked", "api-already-unlocked", "MSGR_E_API_ALREADY_UNLOCKED", 0x81000754),
  INFO (API_PENDING_UNLOCK, "ApiPendingUnlock", "api-pending-unlock", "MSGR_E_API_PENDING_UNLOCK", 0x81000755),
  INFO (API_DISABLED, "ApiDisabled", "api-disabled", "MSGR_E_API_DISABLED", 0x81000756),
  INFO (GROUPS_NOT_ENABLED, "GroupsNotEnabled", "groups-not-enabled", "MSGR_E_GROUPS_NOT_ENABLED", 0x8100034A),
  INFO (GROUP_ALREADY_EXISTS, "GroupAlreadyExists", "group-already-exists", "MSGR_E_GROUP_ALREADY_EXISTS", 0x8100034B),
  INFO (TOO_MANY_GROUPS, "TooManyGroups", "too-many-groups", "MSGR_E_TOO_MANY_GROUPS", 0x8100034C),
  INFO (GROUP_DOES_NOT_EXIST, "GroupDoesNotExist", "group-does-not-exist", "MSGR_E_GROUP_DOES_NOT_EXIST", 0x8100034D),
  INFO (USER_NOT_GROUP_MEMBER, "UserNotGroupMember", "user-not-group-member", "MSGR_E_USER_NOT_GROUP_MEMBER", 0x8100034E),
  INFO (GROUP_NAME_TOO_LONG, "GroupNameTooLong", "group-name-too-long", "MSGR_E_GROUP_NAME_TOO_LONG", 0x8100034F),
  INFO (GROUP_NOT_EMPTY, "GroupNotEmpty", "group-not-empty", "MSGR_E_GROUP_NOT_EMPTY", 0x81000350),
  INFO (BAD_GROUP_NAME, "BadGroupName", "bad-group-name", "MSGR_E_BAD_GROUP_NAME", 0x81000351),
};
G_STATIC_ASSERT (G_N_ELEMENTS (errors) == BECKON_N_ERRORS);

/**
 * beckon_error_quark:
 *
 * Gets the error domain and makes its D-Bus names known to GDBus.
 *
 * Returns: the quark
 */
GQuark
beckon_error_quark (void)
{
  static gsize quark = 0;
  static GDBusErrorEntry entries[G_N_ELEMENTS (errors)];

  if (quark == 0)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
        entries[i] = errors[i].dbus;
      g_dbus_error_register_error_domain ("beckon-error-quark", &quark, entries, G_N_ELEMENTS (entries));
    }
  return (GQuark) quark;
}

GType
beckon_error_get_type (void)
{
  static gsize type = 0;
  static GEnumValue values[G_N_ELEMENTS (errors) + 1];

  if (g_once_init_enter (&type))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
        values[i] = (GEnumValue){ errors[i].dbus.error_code, errors[i].name, errors[i].nick };
      gsize registered = g_enum_register_static (g_intern_static_string ("BeckonError"), values);
      g_once_init_leave (&type, registered);
    }
  return type;
}

static const ErrorInfo *
error_info (BeckonError code)
{
  return (guint) code < G_N_ELEMENTS (errors) ? &errors[code] : &errors[BECKON_ERROR_FAILED];
}

/**
 * beckon_error_to_hresult:
 * @code: a code of [error@Error]
 *
 * Gets the result code that the original API used for this error.
 *
 * Returns: the 32-bit code
 */
guint32
beckon_error_to_hresult (BeckonError code)
{
  return error_info (code)->hresult;
}

/**
 * beckon_error_to_symbol:
 * @code: a code of [error@Error]
 *
 * Gets the name that the original API had for this error, such as `SR_NOT_INVITEE`.
 *
 * Returns: (transfer none): the symbol
 */
const char *
beckon_error_to_symbol (BeckonError code)
{
  return error_info (code)->symbol;
}

/**
 * beckon_error_to_nick:
 * @code: a code of [error@Error]
 *
 * Gets the short name of an error, such as `not-invitee`: for programs, logs and the wire, not translated.
 *
 * Returns: (transfer none): the nick
 */
const char *
beckon_error_to_nick (BeckonError code)
{
  return error_info (code)->nick;
}

/**
 * beckon_error_from_nick:
 * @nick: (nullable): a short name
 * @code: (out): the code, %BECKON_ERROR_FAILED if the name is not known
 *
 * Reads the short name of an error.
 *
 * Returns: whether the name is known
 */
gboolean
beckon_error_from_nick (const char *nick, BeckonError *code)
{
  *code = BECKON_ERROR_FAILED;
  for (gsize i = 0; nick != NULL && i < G_N_ELEMENTS (errors); i++)
    if (g_str_equal (errors[i].nick, nick))
      {
        *code = (BeckonError) errors[i].dbus.error_code;
        return TRUE;
      }
  return FALSE;
}
