/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a session is: its properties and their getters. */
#include "beckon-session-private.h"

/**
 * BeckonSession:id:
 *
 * The SessionID: the same on both sides.
 */

/**
 * beckon_session_get_id:
 * @self: a session
 *
 * Gets the SessionID: the same on both sides.
 *
 * Returns: (transfer none): a braced GUID
 */
const char *
beckon_session_get_id (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "SessionID");
}

/**
 * BeckonSession:state:
 *
 * The state.
 */

/**
 * beckon_session_get_state:
 * @self: a session
 *
 * Gets the state.
 *
 * Returns: the state
 */
BeckonSessionState
beckon_session_get_state (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return (BeckonSessionState) beckon_remote_get_uint (beckon_session_get_remote (self), "State");
}

/**
 * BeckonSession:flags:
 *
 * What kind of end of the session this is.
 */

/**
 * beckon_session_get_flags:
 * @self: a session
 *
 * Gets what kind of end of the session this is.
 *
 * Returns: the flags
 */
BeckonSessionFlags
beckon_session_get_flags (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return (BeckonSessionFlags) beckon_remote_get_uint (beckon_session_get_remote (self), "Flags");
}

/**
 * BeckonSession:application:
 *
 * The GUID of the application.
 */

/**
 * beckon_session_get_application:
 * @self: a session
 *
 * Gets the GUID of the application.
 *
 * Returns: (transfer none): the GUID, empty if none is set
 */
const char *
beckon_session_get_application (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "Application");
}

/**
 * BeckonSession:application-name:
 *
 * The name of the application.
 */

/**
 * beckon_session_get_application_name:
 * @self: a session
 *
 * Gets the name of the application.
 *
 * Returns: (transfer none): the name, may be empty
 */
const char *
beckon_session_get_application_name (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "ApplicationName");
}

/**
 * BeckonSession:application-url:
 *
 * The web page where the application can be had.
 */

/**
 * beckon_session_get_application_url:
 * @self: a session
 *
 * Gets the web page where the application can be had.
 *
 * Returns: (transfer none): the URL, may be empty
 */
const char *
beckon_session_get_application_url (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "ApplicationURL");
}

/**
 * BeckonSession:user:
 *
 * The sign-in name of the other side.
 */

/**
 * beckon_session_get_user:
 * @self: a session
 *
 * Gets the sign-in name of the other side.
 *
 * Returns: (transfer none): the name, empty before the invitation
 */
const char *
beckon_session_get_user (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "User");
}

/**
 * BeckonSession:user-name:
 *
 * The display name of the other side.
 */

/**
 * beckon_session_get_user_name:
 * @self: a session
 *
 * Gets the display name of the other side.
 *
 * Returns: (transfer none): the name, empty before the invitation
 */
const char *
beckon_session_get_user_name (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "UserName");
}

/**
 * BeckonSession:my-signin-name:
 *
 * The sign-in name of this side.
 */

/**
 * beckon_session_get_my_signin_name:
 * @self: a session
 *
 * Gets the sign-in name of this side.
 *
 * Returns: (transfer none): the name
 */
const char *
beckon_session_get_my_signin_name (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "MySigninName");
}

/**
 * BeckonSession:local-address:
 *
 * The address that the other side gets as its remote address.
 */

/**
 * beckon_session_get_local_address:
 * @self: a session
 *
 * Gets the address that the other side gets as its remote address.
 *
 * Returns: (transfer none): free text, at most 255 bytes
 */
const char *
beckon_session_get_local_address (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "LocalAddress");
}

/**
 * BeckonSession:remote-address:
 *
 * The address of the other side.
 */

/**
 * beckon_session_get_remote_address:
 * @self: a session
 *
 * Gets the address of the other side.
 *
 * Returns: (transfer none): free text, empty before %BECKON_SESSION_STATE_CONNECTED
 */
const char *
beckon_session_get_remote_address (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "RemoteAddress");
}

/**
 * BeckonSession:app-data:
 *
 * What came with the invitation.
 */

/**
 * beckon_session_get_app_data:
 * @self: a session
 *
 * Gets what came with the invitation.
 *
 * Returns: (transfer none): the data, may be empty
 */
const char *
beckon_session_get_app_data (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "AppData");
}

/**
 * BeckonSession:context-data:
 *
 * The latest context data, before the first one what came with the invitation.
 */

/**
 * beckon_session_get_context_data:
 * @self: a session
 *
 * Gets the latest context data, before the first one what came with the invitation.
 *
 * Returns: (transfer none): the data, may be empty
 */
const char *
beckon_session_get_context_data (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "ContextData");
}

/**
 * BeckonSession:ringing:
 *
 * Whether the invitation has reached a device of the other side.
 */

/**
 * beckon_session_get_ringing:
 * @self: a session
 *
 * Gets whether the invitation has reached a device of the other side.
 *
 * Returns: whether it rings
 */
gboolean
beckon_session_get_ringing (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), FALSE);

  return beckon_remote_get_boolean (beckon_session_get_remote (self), "Ringing");
}

/**
 * BeckonSession:installing:
 *
 * Whether the invitee is installing the application.
 */

/**
 * beckon_session_get_installing:
 * @self: a session
 *
 * Gets whether the invitee is installing the application.
 *
 * Returns: whether it is being installed
 */
gboolean
beckon_session_get_installing (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), FALSE);

  return beckon_remote_get_boolean (beckon_session_get_remote (self), "Installing");
}

/**
 * BeckonSession:asking:
 *
 * Whether the user of this device is being asked about the invitation.
 */

/**
 * beckon_session_get_asking:
 * @self: a session
 *
 * Gets whether the user of this device is being asked about the invitation: no program took it over, and it is not
 * answered. A window that comes later than [signal@Messenger::invitation] shows the sessions for which this is so.
 *
 * Returns: whether the user is being asked
 */
gboolean
beckon_session_get_asking (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), FALSE);

  return beckon_remote_get_boolean (beckon_session_get_remote (self), "Asking");
}

/**
 * BeckonSession:result:
 *
 * Why the session ended.
 */

/**
 * beckon_session_get_result:
 * @self: a session
 *
 * Gets why the session ended.
 *
 * Returns: the result, %BECKON_SESSION_RESULT_NONE before
 */
BeckonSessionResult
beckon_session_get_result (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return (BeckonSessionResult) beckon_remote_get_uint (beckon_session_get_remote (self), "Result");
}

/**
 * BeckonSession:result-text:
 *
 * Why the session ended, as a sentence for people.
 */

/**
 * beckon_session_get_result_text:
 * @self: a session
 *
 * Gets why the session ended, as a sentence for people.
 *
 * Returns: (transfer none): the sentence, empty before
 */
const char *
beckon_session_get_result_text (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "ResultText");
}

/**
 * BeckonSession:log:
 *
 * The file with the program's output.
 */

/**
 * beckon_session_get_log:
 * @self: a session
 *
 * Gets the file with the program's output.
 *
 * Returns: (transfer none): an absolute path, empty if there is none
 */
const char *
beckon_session_get_log (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "Log");
}

/**
 * BeckonSession:created:
 *
 * When the session was made.
 */

/**
 * beckon_session_get_created:
 * @self: a session
 *
 * Gets when the session was made.
 *
 * Returns: microseconds since 1970
 */
gint64
beckon_session_get_created (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return beckon_remote_get_int64 (beckon_session_get_remote (self), "Created");
}

/**
 * BeckonSession:deadline:
 *
 * When the invitation runs out.
 */

/**
 * beckon_session_get_deadline:
 * @self: a session
 *
 * Gets when the invitation runs out.
 *
 * Returns: microseconds since 1970, 0 for none
 */
gint64
beckon_session_get_deadline (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), 0);

  return beckon_remote_get_int64 (beckon_session_get_remote (self), "Deadline");
}
