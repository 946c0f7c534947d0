/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-enums.h"

#include <glib/gi18n-lib.h>

G_DEFINE_ENUM_TYPE (BeckonSessionState, beckon_session_state,
                    G_DEFINE_ENUM_VALUE (BECKON_SESSION_STATE_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (BECKON_SESSION_STATE_READY, "ready"),
                    G_DEFINE_ENUM_VALUE (BECKON_SESSION_STATE_INVITATION, "invitation"),
                    G_DEFINE_ENUM_VALUE (BECKON_SESSION_STATE_ACCEPTED, "accepted"),
                    G_DEFINE_ENUM_VALUE (BECKON_SESSION_STATE_CONNECTED, "connected"),
                    G_DEFINE_ENUM_VALUE (BECKON_SESSION_STATE_CANCELLED, "cancelled"),
                    G_DEFINE_ENUM_VALUE (BECKON_SESSION_STATE_DECLINED, "declined"),
                    G_DEFINE_ENUM_VALUE (BECKON_SESSION_STATE_TERMINATED, "terminated"))

G_DEFINE_ENUM_TYPE (BeckonHostPrograms, beckon_host_programs,
                    G_DEFINE_ENUM_VALUE (BECKON_HOST_PROGRAMS_UNNEEDED, "unneeded"),
                    G_DEFINE_ENUM_VALUE (BECKON_HOST_PROGRAMS_MISSING, "missing"),
                    G_DEFINE_ENUM_VALUE (BECKON_HOST_PROGRAMS_OFFERED, "offered"))

G_DEFINE_FLAGS_TYPE (BeckonSessionFlags, beckon_session_flags,
                     G_DEFINE_ENUM_VALUE (BECKON_SESSION_FLAGS_NONE, "none"),
                     G_DEFINE_ENUM_VALUE (BECKON_SESSION_FLAGS_INVITER, "inviter"),
                     G_DEFINE_ENUM_VALUE (BECKON_SESSION_FLAGS_INVITEE, "invitee"),
                     G_DEFINE_ENUM_VALUE (BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE, "app-invite-compatible"))

G_DEFINE_ENUM_TYPE (BeckonStatus, beckon_status,
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_ONLINE, "online"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_INVISIBLE, "invisible"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_BUSY, "busy"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_BE_RIGHT_BACK, "be-right-back"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_AWAY, "away"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_ON_THE_PHONE, "on-the-phone"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_OUT_TO_LUNCH, "out-to-lunch"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_LOCAL_FINDING_SERVER, "local-finding-server"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_LOCAL_CONNECTING_TO_SERVER, "local-connecting-to-server"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_LOCAL_SYNCHRONIZING_WITH_SERVER,
                                         "local-synchronizing-with-server"),
                    G_DEFINE_ENUM_VALUE (BECKON_STATUS_LOCAL_DISCONNECTING_FROM_SERVER,
                                         "local-disconnecting-from-server"))

G_DEFINE_ENUM_TYPE (BeckonRelation, beckon_relation,
                    G_DEFINE_ENUM_VALUE (BECKON_RELATION_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (BECKON_RELATION_ASKED, "asked"),
                    G_DEFINE_ENUM_VALUE (BECKON_RELATION_ASKING, "asking"),
                    G_DEFINE_ENUM_VALUE (BECKON_RELATION_ACCEPTED, "accepted"))

G_DEFINE_ENUM_TYPE (BeckonDelivery, beckon_delivery,
                    G_DEFINE_ENUM_VALUE (BECKON_DELIVERY_RECEIVED, "received"),
                    G_DEFINE_ENUM_VALUE (BECKON_DELIVERY_PENDING, "pending"),
                    G_DEFINE_ENUM_VALUE (BECKON_DELIVERY_SENT, "sent"),
                    G_DEFINE_ENUM_VALUE (BECKON_DELIVERY_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (BECKON_DELIVERY_DELIVERED, "delivered"),
                    G_DEFINE_ENUM_VALUE (BECKON_DELIVERY_READ, "read"))

G_DEFINE_ENUM_TYPE (BeckonLockStatus, beckon_lock_status,
                    G_DEFINE_ENUM_VALUE (BECKON_LOCK_STATUS_NOT_INITIALIZED, "not-initialized"),
                    G_DEFINE_ENUM_VALUE (BECKON_LOCK_STATUS_INITIALIZED, "initialized"),
                    G_DEFINE_ENUM_VALUE (BECKON_LOCK_STATUS_PENDING_RESULT, "pending-result"),
                    G_DEFINE_ENUM_VALUE (BECKON_LOCK_STATUS_UNLOCKED, "unlocked"),
                    G_DEFINE_ENUM_VALUE (BECKON_LOCK_STATUS_UNLOCK_FAILED, "unlock-failed"),
                    G_DEFINE_ENUM_VALUE (BECKON_LOCK_STATUS_DISABLED, "disabled"))

G_DEFINE_ENUM_TYPE (BeckonChannelPath, beckon_channel_path,
                    G_DEFINE_ENUM_VALUE (BECKON_CHANNEL_PATH_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (BECKON_CHANNEL_PATH_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (BECKON_CHANNEL_PATH_DIRECT, "direct"),
                    G_DEFINE_ENUM_VALUE (BECKON_CHANNEL_PATH_RELAY, "relay"),
                    G_DEFINE_ENUM_VALUE (BECKON_CHANNEL_PATH_LOST, "lost"),
                    G_DEFINE_ENUM_VALUE (BECKON_CHANNEL_PATH_FAILED, "failed"))

G_DEFINE_ENUM_TYPE (BeckonIdentity, beckon_identity,
                    G_DEFINE_ENUM_VALUE (BECKON_IDENTITY_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (BECKON_IDENTITY_NEW, "new"),
                    G_DEFINE_ENUM_VALUE (BECKON_IDENTITY_KNOWN, "known"),
                    G_DEFINE_ENUM_VALUE (BECKON_IDENTITY_CHANGED, "changed"))

/* The one table about results: nick (also the word on the wire), the code of the original, the sentence for people.
 * Results that the original did not know carry the code nearest in sense, so that a program written against the old
 * numbers still understands them. */
typedef struct {
  BeckonSessionResult value;
  const char *name;
  const char *nick;
  guint32 hresult;
  const char *text;
} ResultInfo;

#define RESULT(id, nick, hresult, text) { BECKON_SESSION_RESULT_##id, "BECKON_SESSION_RESULT_" #id, nick, hresult, text }

static const ResultInfo results[] = {
  RESULT (NONE, "none", 0, ""),
  RESULT (APPLICATION_LAUNCH_FAILED, "application-launch-failed", 0x81000601,
          N_ ("The program could not be started.")),
  RESULT (INVITATION_DECLINED, "invitation-declined", 0x81000602, N_ ("The invitation was declined.")),
  RESULT (CONNECTION_FAILURE, "connection-failure", 0x81000603,
          N_ ("The two computers could not be connected.")),
  RESULT (AUTHENTICATION_FAILED, "authentication-failed", 0x81000604,
          N_ ("The other side could not prove who it is.")),
  RESULT (CANCELLED_LOCAL, "cancelled-local", 0x81000606, N_ ("You cancelled.")),
  RESULT (CANCELLED_REMOTE, "cancelled-remote", 0x81000607, N_ ("The other side cancelled.")),
  RESULT (PROTOCOL_ERROR, "protocol-error", 0x81000608, N_ ("The other side sent something that makes no sense.")),
  RESULT (TIMEOUT, "timeout", 0x81000609, N_ ("Nobody answered in time.")),
  RESULT (INVITATION_SEND_FAILURE, "invitation-send-failure", 0x81000615,
          N_ ("The invitation could not be delivered.")),
  RESULT (APP_NOT_PRESENT, "app-not-present", 0x8100060E, N_ ("The application was not installed.")),
  RESULT (ACCEPTED_ELSEWHERE, "accepted-elsewhere", 0x81000606, N_ ("Accepted on another device.")),
  RESULT (DECLINED_ELSEWHERE, "declined-elsewhere", 0x81000602, N_ ("Declined on another device.")),
  RESULT (SUPERSEDED, "superseded", 0x8100060A, N_ ("Both invited each other; the other invitation is used.")),
  RESULT (ENDED, "ended", 0, N_ ("The program was closed.")),
  RESULT (APPLICATION_FAILED, "application-failed", 0x81000601, N_ ("The program ended with an error.")),
  RESULT (SIGNED_OUT, "signed-out", 0x81000607, N_ ("One side signed out.")),
  RESULT (SERVICE_RESTARTED, "service-restarted", 0x81000603, N_ ("Beckon was restarted on one side.")),
};
G_STATIC_ASSERT (G_N_ELEMENTS (results) == BECKON_N_SESSION_RESULTS);

GType
beckon_session_result_get_type (void)
{
  static gsize type = 0;
  static GEnumValue values[G_N_ELEMENTS (results) + 1];

  if (g_once_init_enter (&type))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (results); i++)
        values[i] = (GEnumValue){ results[i].value, results[i].name, results[i].nick };
      gsize registered = g_enum_register_static (g_intern_static_string ("BeckonSessionResult"), values);
      g_once_init_leave (&type, registered);
    }
  return type;
}

static const ResultInfo *
result_info (BeckonSessionResult result)
{
  return (guint) result < G_N_ELEMENTS (results) ? &results[result] : &results[BECKON_SESSION_RESULT_PROTOCOL_ERROR];
}

static const char *
enum_nick (GType type, int value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  GEnumValue *found = g_enum_get_value (klass, value);

  return found != NULL ? found->value_nick : "unknown";
}

/**
 * beckon_session_state_to_nick:
 * @state: a state
 *
 * Gets the short name of a state, such as `invitation`: for programs and logs, not translated.
 *
 * Returns: (transfer none): the nick
 */
const char *
beckon_session_state_to_nick (BeckonSessionState state)
{
  return enum_nick (BECKON_TYPE_SESSION_STATE, state);
}

/**
 * beckon_session_result_to_nick:
 * @result: a result
 *
 * Gets the short name of a result, such as `invitation-declined`: for programs, logs and the wire, not translated.
 *
 * Returns: (transfer none): the nick
 */
const char *
beckon_session_result_to_nick (BeckonSessionResult result)
{
  return result_info (result)->nick;
}

/* A program that uses the library need not know that the library has texts. */
static void
find_translations (void)
{
  static gsize done = 0;

  if (!g_once_init_enter (&done))
    return;
  bindtextdomain (GETTEXT_PACKAGE, BECKON_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_once_init_leave (&done, 1);
}

/**
 * beckon_session_result_to_text:
 * @result: a result
 *
 * Gets a sentence in the user's language that says why a session ended.
 *
 * Returns: (transfer none): the sentence, empty for %BECKON_SESSION_RESULT_NONE
 */
const char *
beckon_session_result_to_text (BeckonSessionResult result)
{
  const char *text = result_info (result)->text;

  find_translations ();
  return *text != '\0' ? _(text) : text;
}

/**
 * beckon_session_result_to_hresult:
 * @result: a result
 *
 * Gets the `SESSION_RESULT` of the original API that this result stands for, or the nearest one in sense.
 *
 * Returns: the 32-bit code, 0 for success
 */
guint32
beckon_session_result_to_hresult (BeckonSessionResult result)
{
  return result_info (result)->hresult;
}

/**
 * beckon_status_to_nick:
 * @status: a status
 *
 * Gets the short name of a status, such as `be-right-back`.
 *
 * Returns: (transfer none): the nick
 */
const char *
beckon_status_to_nick (BeckonStatus status)
{
  return enum_nick (BECKON_TYPE_STATUS, status);
}

/**
 * beckon_relation_to_nick:
 * @relation: a relation
 *
 * Gets the short name of a relation, such as `accepted`.
 *
 * Returns: (transfer none): the nick
 */
const char *
beckon_relation_to_nick (BeckonRelation relation)
{
  return enum_nick (BECKON_TYPE_RELATION, relation);
}

/**
 * beckon_lock_status_to_nick:
 * @status: where Lock and Key stands
 *
 * Gets the short name of a lock status, such as `unlocked`.
 *
 * Returns: (transfer none): the nick
 */
const char *
beckon_lock_status_to_nick (BeckonLockStatus status)
{
  return enum_nick (BECKON_TYPE_LOCK_STATUS, status);
}

/**
 * beckon_delivery_to_nick:
 * @delivery: how far a message has come
 *
 * Gets the short name of a delivery state, such as `pending`.
 *
 * Returns: (transfer none): the nick
 */
const char *
beckon_delivery_to_nick (BeckonDelivery delivery)
{
  return enum_nick (BECKON_TYPE_DELIVERY, delivery);
}

/**
 * beckon_channel_path_to_nick:
 * @path: how a channel reaches the other side
 *
 * Gets the short name of a path, such as `direct`.
 *
 * Returns: (transfer none): the nick
 */
const char *
beckon_channel_path_to_nick (BeckonChannelPath path)
{
  return enum_nick (BECKON_TYPE_CHANNEL_PATH, path);
}

/**
 * beckon_identity_to_nick:
 * @identity: what the key of the other side says
 *
 * Gets the short name of it, such as `known`.
 *
 * Returns: (transfer none): the nick
 */
const char *
beckon_identity_to_nick (BeckonIdentity identity)
{
  return enum_nick (BECKON_TYPE_IDENTITY, identity);
}
