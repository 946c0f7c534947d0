/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-text.h"

#include "bk-app-clock.h"

#include <glib/gi18n.h>

/* ---- errors ---- */

static const char *
sentence_of (BeckonError code)
{
  switch (code)
    {
    case BECKON_ERROR_INVALID_PASSWORD:
      return _("The sign-in name or the password is wrong.");
    case BECKON_ERROR_CONNECT:
    case BECKON_ERROR_LOGON_TIMEOUT:
      return _("The server cannot be reached.");
    case BECKON_ERROR_INVALID_SERVER_NAME:
      return _("There is no server at that address.");
    case BECKON_ERROR_SERVER_UNAVAILABLE:
      return _("The server is shutting down.");
    case BECKON_ERROR_SERVER_TOO_BUSY:
      return _("The server is too busy. Try again later.");
    case BECKON_ERROR_SERVER_VERSION:
      return _("The server uses a different version of the protocol.");
    case BECKON_ERROR_TLS_FAIL:
      return _("Could not make an encrypted connection to the server.");
    case BECKON_ERROR_INVALID_CERTIFICATE:
      return _("The server could not prove its identity: its certificate is not trusted.");
    case BECKON_ERROR_ACCOUNT_EXISTS:
      return _("That sign-in name is taken. Choose another one.");
    case BECKON_ERROR_NOT_ALLOWING_NEW_USERS:
      return _("This server accepts new users only with an invitation token.");
    case BECKON_ERROR_ALREADY_LOGGED_ON:
      return _("This account has already been added.");
    case BECKON_ERROR_USER_NOT_FOUND:
      return _("Nobody has that sign-in name.");
    case BECKON_ERROR_ALREADY_IN_LIST:
      return _("That person is already on your contact list.");
    case BECKON_ERROR_LIST_FULL:
      return _("Your contact list is full.");
    case BECKON_ERROR_DISCONNECTED:
      return _("The connection was lost.");
    case BECKON_ERROR_MESSAGE_TOO_LONG:
      return _("This message is too long.");
    case BECKON_ERROR_INVITED_SELF:
      return _("You cannot invite yourself.");
    case BECKON_ERROR_EXPIRED:
    case BECKON_ERROR_SESSION_STATE_INVALID:
      return _("This invitation is over.");
    case BECKON_ERROR_ANSWERED_ELSEWHERE:
      return _("This invitation was answered on another device.");
    case BECKON_ERROR_STORAGE:
      return _("Nothing can be saved on this computer: the disk is full or cannot be written to.");
    case BECKON_ERROR_REMOTE_LOGIN:
      return _("Another program has signed in with the data stored for this account.");
    case BECKON_ERROR_GROUPS_NOT_ENABLED:
      return _("The network of this account does not support groups.");
    case BECKON_ERROR_GROUP_ALREADY_EXISTS:
      return _("There is already a group with that name.");
    case BECKON_ERROR_TOO_MANY_GROUPS:
      return _("No more groups can be added.");
    case BECKON_ERROR_GROUP_DOES_NOT_EXIST:
      return _("That group no longer exists.");
    case BECKON_ERROR_USER_NOT_GROUP_MEMBER:
      return _("That person is not in this group.");
    case BECKON_ERROR_GROUP_NAME_TOO_LONG:
      return _("This name is too long for a group.");
    case BECKON_ERROR_GROUP_NOT_EMPTY:
      return _("There are still contacts in this group.");
    case BECKON_ERROR_BAD_GROUP_NAME:
      return _("This name cannot be used for a group.");
    case BECKON_ERROR_FAILED:
    case BECKON_ERROR_INVALID_ARGUMENT:
    case BECKON_ERROR_NOT_SUPPORTED:
    case BECKON_ERROR_ACCESS_DENIED:
    case BECKON_ERROR_NOT_FOUND:
    case BECKON_ERROR_LIMIT_EXCEEDED:
    case BECKON_ERROR_PROTOCOL:
    case BECKON_ERROR_CANCELLED:
    case BECKON_ERROR_NOT_LOGGED_ON:
    case BECKON_ERROR_SESSION_NOT_READY:
    case BECKON_ERROR_NOT_INVITEE:
    case BECKON_ERROR_NOT_INVITER:
    case BECKON_ERROR_APP_ALREADY_REGISTERED:
    case BECKON_ERROR_APP_NOT_REGISTERED:
    case BECKON_ERROR_NOT_VALID_FOR_APP_INVITE:
    case BECKON_ERROR_APP_NOT_SPECIFIED:
    case BECKON_ERROR_CONTEXT_DATA_OVER_LIMIT:
    case BECKON_ERROR_NO_USER_INVITED:
    case BECKON_ERROR_INVITATION_SEND_FAILURE:
    case BECKON_ERROR_CANCEL_SEND_FAILURE:
    case BECKON_ERROR_DECLINE_SEND_FAILURE:
    case BECKON_ERROR_ACCEPT_SEND_FAILURE:
    case BECKON_ERROR_CONTEXT_DATA_SEND_FAILURE:
    case BECKON_ERROR_API_NOT_INITIALIZED:
    case BECKON_ERROR_API_LOCKED:
    case BECKON_ERROR_API_UNLOCK_FAILED:
    case BECKON_ERROR_API_ALREADY_UNLOCKED:
    case BECKON_ERROR_API_PENDING_UNLOCK:
    case BECKON_ERROR_API_DISABLED:
      break;
    }
  return NULL;
}

const char *
bk_app_error_text (const GError *error)
{
  const char *sentence = error->domain == BECKON_ERROR ? sentence_of ((BeckonError) error->code) : NULL;

  if (sentence != NULL)
    return sentence;
  if (error->domain == G_DBUS_ERROR || error->domain == G_IO_ERROR)
    return _("Beckon’s session service cannot be reached.");
  return error->message;
}

const char *
bk_app_file_error_text (const GError *error)
{
  return g_error_matches (error, BECKON_ERROR, BECKON_ERROR_STORAGE) ? error->message : bk_app_error_text (error);
}

/* ---- people ---- */

const char *
bk_app_status_word (BeckonStatus status)
{
  switch (status)
    {
    case BECKON_STATUS_ONLINE:
      return _("Online");
    case BECKON_STATUS_INVISIBLE:
      return _("Appear offline");
    case BECKON_STATUS_BUSY:
      return _("Busy");
    case BECKON_STATUS_BE_RIGHT_BACK:
      return _("Be right back");
    case BECKON_STATUS_IDLE:
      return _("Idle");
    case BECKON_STATUS_AWAY:
      return _("Away");
    case BECKON_STATUS_ON_THE_PHONE:
      return _("On the phone");
    case BECKON_STATUS_OUT_TO_LUNCH:
      return _("Out to lunch");
    case BECKON_STATUS_LOCAL_FINDING_SERVER:
    case BECKON_STATUS_LOCAL_CONNECTING_TO_SERVER:
    case BECKON_STATUS_LOCAL_SYNCHRONIZING_WITH_SERVER:
      return _("Connecting…");
    case BECKON_STATUS_LOCAL_DISCONNECTING_FROM_SERVER:
      return _("Signing out…");
    case BECKON_STATUS_OFFLINE:
    case BECKON_STATUS_UNKNOWN:
      break;
    }
  return _("Offline");
}

const char *
bk_app_status_class (BeckonStatus status)
{
  if (status == BECKON_STATUS_ONLINE)
    return "status-online";
  if (status == BECKON_STATUS_BUSY || status == BECKON_STATUS_ON_THE_PHONE)
    return "status-busy";
  if (status == BECKON_STATUS_INVISIBLE || (status & BECKON_STATUS_ONLINE) == 0)
    return "status-offline";
  return "status-away";
}

char *
bk_app_contact_dup_line (BeckonContact *contact)
{
  const char *message = beckon_contact_get_personal_message (contact);
  const char *word = bk_app_status_word (beckon_contact_get_status (contact));

  if (beckon_contact_get_blocked (contact))
    return g_strdup (_("Blocked"));
  if (beckon_contact_get_relation (contact) == BECKON_RELATION_ASKED)
    return g_strdup (_("Has not answered yet"));
  if (beckon_contact_get_relation (contact) == BECKON_RELATION_ASKING)
    {
      const char *text = beckon_contact_get_request_text (contact);
      return g_strdup (*text != '\0' ? text : _("Would like to add you"));
    }
  if (*message == '\0')
    return g_strdup (word);
  /* Translators: presence and the personal message of somebody, as in "Busy, writing a book" */
  return g_strdup_printf (_("%s, %s"), word, message);
}

/* NULL: there is none. */
static char *
dup_obstacle (BeckonContact *contact)
{
  const char *name = beckon_contact_get_display_name (contact);

  if (beckon_contact_get_blocked (contact))
    return g_strdup_printf (_("You have blocked %s."), name);
  if (beckon_contact_get_relation (contact) == BECKON_RELATION_ASKED)
    return g_strdup_printf (_("%s has not agreed to be your contact yet."), name);
  if (beckon_contact_get_relation (contact) == BECKON_RELATION_ASKING)
    return g_strdup_printf (_("%s is waiting for you to accept the contact request."), name);
  if (beckon_contact_get_relation (contact) != BECKON_RELATION_ACCEPTED)
    return g_strdup_printf (_("%s is not your contact."), name);
  if ((beckon_contact_get_status (contact) & BECKON_STATUS_ONLINE) == 0)
    return g_strdup_printf (_("%s is offline."), name);
  return NULL;
}

gboolean
bk_app_contact_can_be_invited (BeckonContact *contact, char **reason)
{
  g_autofree char *obstacle = dup_obstacle (contact);

  if (obstacle == NULL)
    return TRUE;
  if (reason != NULL)
    *reason = g_steal_pointer (&obstacle);
  return FALSE;
}

gboolean
bk_app_account_has_error (BeckonAccount *account, BeckonError code)
{
  g_autoptr (GError) error = beckon_account_dup_error (account);

  return g_error_matches (error, BECKON_ERROR, (int) code);
}

char *
bk_app_account_dup_trouble (BeckonAccount *account)
{
  const char *state = beckon_account_get_state (account);
  g_autoptr (GError) error = beckon_account_dup_error (account);

  if (g_str_equal (state, "online"))
    return NULL;
  if (g_str_equal (state, "offline"))
    return g_strdup (error != NULL ? bk_app_error_text (error) : _("You are signed out."));
  if (error == NULL)
    return g_strdup (_("Connecting…"));
  /* Translators: %s is a sentence that says why there is no connection */
  return g_strdup_printf (_("%s Trying again…"), bk_app_error_text (error));
}

char *
bk_app_dup_with_account (BeckonMessenger *messenger, const char *text, const char *account)
{
  if (g_list_model_get_n_items (beckon_messenger_get_accounts (messenger)) < 2)
    return g_strdup (text);
  /* Translators: what there is to say, and which of the user's accounts it is about */
  return g_strdup_printf (_("%s (%s)"), text, account);
}

/* ---- sessions ---- */

const char *
bk_app_application_word (const char *name)
{
  /* Translators: stands where the name of an application would, anywhere in a sentence */
  return name != NULL && *name != '\0' ? name : C_ ("name", "Unknown Application");
}

char *
bk_app_session_dup_waiting (BeckonSession *session)
{
  const char *name = beckon_session_get_user_name (session);

  if (beckon_session_get_installing (session))
    return g_strdup_printf (_("%s is installing %s…"), name,
                            bk_app_application_word (beckon_session_get_application_name (session)));
  if (beckon_session_get_ringing (session))
    /* Translators: the other person's computer shows the invitation */
    return g_strdup_printf (_("Waiting for %s… Their device is ringing."), name);
  return g_strdup_printf (_("Waiting for %s…"), name);
}

char *
bk_app_session_dup_path (BeckonSession *session)
{
  switch (beckon_session_get_channel_path (session))
    {
    case BECKON_CHANNEL_PATH_CONNECTING:
      return g_strdup_printf (_("Looking for a way to connect to %s…"), beckon_session_get_user_name (session));
    case BECKON_CHANNEL_PATH_DIRECT:
      return g_strdup (_("Direct connection, encrypted"));
    case BECKON_CHANNEL_PATH_RELAY:
      return g_strdup (_("Through a relay, encrypted"));
    case BECKON_CHANNEL_PATH_LOST:
      return g_strdup (_("Connection lost, looking for another way…"));
    case BECKON_CHANNEL_PATH_FAILED:
      return g_strdup_printf (_("No connection to %s"), beckon_session_get_user_name (session));
    case BECKON_CHANNEL_PATH_NONE:
      break;
    }
  return g_strdup ("");
}

char *
bk_app_session_dup_host (BeckonSession *session)
{
  const char *host = beckon_session_get_host (session);

  if (*host == '\0')
    return NULL;
  if (g_str_equal (host, beckon_session_get_my_signin_name (session)))
    /* Translators: it is on this computer that the game is hosted */
    return g_strdup (_("You"));
  return g_strdup (beckon_session_get_user_name (session));
}

char *
bk_app_session_dup_identity_warning (BeckonSession *session)
{
  if (beckon_session_get_identity (session) != BECKON_IDENTITY_CHANGED)
    return NULL;
  return g_strdup_printf (*beckon_session_get_safety_number (session) != '\0'
                            ? _("%s has a different key than before. It may be a new device, or somebody else.")
                            : _("%s no longer has a key. It may be a device without one, or somebody else."),
                          beckon_session_get_user_name (session));
}

/* ---- times ---- */

static GDateTime *
local_time (gint64 microseconds)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (microseconds / G_USEC_PER_SEC);

  return utc != NULL ? g_date_time_to_local (utc) : g_date_time_new_now_local ();
}

gboolean
bk_app_is_same_day (gint64 one, gint64 other)
{
  g_autoptr (GDateTime) a = local_time (one);
  g_autoptr (GDateTime) b = local_time (other);

  return g_date_time_get_year (a) == g_date_time_get_year (b)
         && g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

char *
bk_app_dup_time (gint64 microseconds)
{
  g_autoptr (GDateTime) time = local_time (microseconds);

  if (bk_app_clock_is_12h ())
    /* Translators: time of the day where the clock has twelve hours, see strftime(3): "9:05 PM" */
    return g_date_time_format (time, C_ ("12-hour clock", "%-I:%M %p"));
  /* Translators: time of the day, see strftime(3) */
  return g_date_time_format (time, _("%H:%M"));
}

char *
bk_app_dup_day (gint64 microseconds)
{
  g_autoptr (GDateTime) time = local_time (microseconds);
  gint64 now = g_get_real_time ();

  if (bk_app_is_same_day (microseconds, now))
    return g_strdup (_("Today"));
  if (bk_app_is_same_day (microseconds, now - G_TIME_SPAN_DAY))
    return g_strdup (_("Yesterday"));
  /* Translators: a day, see strftime(3) */
  return g_date_time_format (time, _("%A, %-e %B %Y"));
}
