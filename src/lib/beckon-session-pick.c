/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* InviteWithPicker: the user chooses whom to invite. */
#include "beckon-error.h"
#include "beckon-session-manager-private.h"
#include "beckon-session-private.h"

/* ---- one session ---- */

/**
 * BeckonSession:picking:
 *
 * Whether the user is being asked whom to invite.
 */

/**
 * beckon_session_get_picking:
 * @self: a session
 *
 * Gets whether the user is being asked whom to invite: [method@Session.invite_with_picker_async] was called and is not
 * answered. A window that comes later than [signal@Messenger::pick-requested] shows the sessions for which this is so.
 *
 * Returns: whether the user is being asked
 */
gboolean
beckon_session_get_picking (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), FALSE);

  return beckon_remote_get_boolean (beckon_session_get_remote (self), "Picking");
}

/**
 * BeckonSession:pick-window:
 *
 * The window that the question whom to invite belongs to.
 */

/**
 * beckon_session_get_pick_window:
 * @self: a session
 *
 * Gets the window that the question whom to invite belongs to, as the program gave it.
 *
 * Returns: (transfer none): `x11:` with a XID, `wayland:` with a handle, or empty
 */
const char *
beckon_session_get_pick_window (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "PickWindow");
}

/* The user is not left with a question that nobody wants to have answered. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  beckon_remote_call_async (user_data, "Cancel", g_variant_new ("(us)", BECKON_SESSION_RESULT_NONE, ""), "()", NULL,
                            NULL, NULL);
}

static void
on_picked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);

  g_cancellable_disconnect (g_task_get_cancellable (task), GPOINTER_TO_SIZE (g_task_get_task_data (task)));
  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The call itself is not cancelled: the service answers it when it has taken the question back, and the session is then
 * what it says it is. */
void
beckon_session_pick (BeckonSession *self, const char *parent_window, const char *app_data, gboolean once,
                     GTask *task)
{
  BeckonRemote *remote = beckon_session_get_remote (self);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (once)
    g_variant_builder_add (&options, "{sv}", "once", g_variant_new_boolean (TRUE));
  beckon_remote_call_async (remote, "InviteWithPicker",
                            g_variant_new ("(ssa{sv})", parent_window != NULL ? parent_window : "",
                                           app_data != NULL ? app_data : "", &options),
                            "()", NULL, on_picked, task);
  if (cancellable != NULL)
    g_task_set_task_data (task, GSIZE_TO_POINTER (g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                                                         g_object_ref (remote), g_object_unref)),
                          NULL);
}

/**
 * beckon_session_invite_with_picker_async:
 * @self: a session
 * @parent_window: (nullable): the program's window, `x11:` with its XID in hexadecimal digits, or `wayland:` with an
 *   exported handle
 * @app_data: (nullable): at most 8192 bytes for the other program
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * The user chooses whom to invite, in a window of Beckon (`InviteWithPicker`). Needs no unlocking: that gesture stands
 * in for the key. Finishes when the network took the invitation; whom the user chose is then
 * [property@Session:user]. Cancelling takes the question back.
 */
void
beckon_session_invite_with_picker_async (BeckonSession *self, const char *parent_window, const char *app_data,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_invite_with_picker_async);
  beckon_session_pick (self, parent_window, app_data, FALSE, task);
}

/**
 * beckon_session_invite_with_picker_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Session.invite_with_picker_async].
 *
 * Errors: those of [method@Session.invite_finish], %BECKON_ERROR_CANCELLED if the user invited nobody,
 * %BECKON_ERROR_LIMIT_EXCEEDED if the program asks too much at once. After all of them the session is still
 * %BECKON_SESSION_STATE_READY, except when the network refused the invitation.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_invite_with_picker_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- from nothing to an invitation ---- */

typedef struct
{
  char *guid;
  char *parent_window;
  char *app_data;
  BeckonSession *session;
  GError *error; /* why the session is given up */
} Invitation;

static void
invitation_free (Invitation *invitation)
{
  g_free (invitation->guid);
  g_free (invitation->parent_window);
  g_free (invitation->app_data);
  g_clear_object (&invitation->session);
  g_clear_error (&invitation->error);
  g_free (invitation);
}

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Invitation *invitation = g_task_get_task_data (task);
  GError *error = NULL;

  if (beckon_session_invite_with_picker_finish (BECKON_SESSION (source), result, &error))
    g_task_return_pointer (task, g_steal_pointer (&invitation->session), g_object_unref);
  else if (invitation->error != NULL)
    {
      g_error_free (error);
      g_task_return_error (task, g_steal_pointer (&invitation->error));
    }
  else
    g_task_return_error (task, error);
}

/* Without an application nobody can be asked: then this gives the session up and nothing else. */
static void
pick_once (GTask *task, GCancellable *cancellable)
{
  Invitation *invitation = g_task_get_task_data (task);
  GTask *next = g_task_new (invitation->session, cancellable, on_invited, task);

  g_task_set_source_tag (next, pick_once);
  beckon_session_pick (invitation->session, invitation->parent_window, invitation->app_data, TRUE, next);
}

static void
on_application (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Invitation *invitation = g_task_get_task_data (task);

  if (beckon_session_set_application_finish (BECKON_SESSION (source), result, &invitation->error))
    pick_once (task, g_task_get_cancellable (task));
  else
    pick_once (task, NULL);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Invitation *invitation = g_task_get_task_data (task);
  GError *error = NULL;

  invitation->session = g_task_propagate_pointer (G_TASK (result), &error);
  if (invitation->session == NULL)
    g_task_return_error (task, error);
  else
    beckon_session_set_application_async (invitation->session, invitation->guid, NULL, on_application,
                                          g_steal_pointer (&task));
}

/**
 * beckon_session_manager_invite_with_picker_async:
 * @self: a session manager
 * @guid: the GUID of a registered application
 * @parent_window: (nullable): the program's window, see [method@Session.invite_with_picker_async]
 * @app_data: (nullable): at most 8192 bytes for the other program
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * The shortest way from a program to an invitation: makes a session for @guid, and lets the user choose whom to invite,
 * in a window of Beckon. Needs no unlocking. Finishes when the network took the invitation. Cancelling takes the
 * question back.
 */
void
beckon_session_manager_invite_with_picker_async (BeckonSessionManager *self, const char *guid,
                                                 const char *parent_window, const char *app_data,
                                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                                 gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION_MANAGER (self));
  g_return_if_fail (guid != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  Invitation *invitation = g_new0 (Invitation, 1);

  g_task_set_source_tag (task, beckon_session_manager_invite_with_picker_async);
  g_task_set_task_data (task, invitation, (GDestroyNotify) invitation_free);
  invitation->guid = g_strdup (guid);
  invitation->parent_window = g_strdup (parent_window);
  invitation->app_data = g_strdup (app_data);
  g_variant_builder_add (&options, "{sv}", "picker", g_variant_new_boolean (TRUE));
  /* These two steps are not interrupted, or a session that nobody knows would be left. */
  beckon_session_manager_create (self, g_variant_builder_end (&options), g_task_new (self, NULL, on_created, task));
}

/**
 * beckon_session_manager_invite_with_picker_finish:
 * @self: a session manager
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@SessionManager.invite_with_picker_async]. Errors: those of
 * [method@SessionManager.create_session_finish] and [method@Session.invite_with_picker_finish],
 * %BECKON_ERROR_INVALID_ARGUMENT for a malformed GUID. After an error there is no session.
 *
 * Returns: (transfer full): the session, in state %BECKON_SESSION_STATE_INVITATION
 */
BeckonSession *
beckon_session_manager_invite_with_picker_finish (BeckonSessionManager *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
