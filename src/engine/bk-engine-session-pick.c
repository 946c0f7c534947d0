/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user chooses whom a program invites. That gesture stands in for the program's key and for the contact list, which
 * the program does not get to see. */
#include "bk-engine-session-private.h"

gboolean
bk_engine_session_get_picking (BkEngineSession *self)
{
  return self->picking;
}

const char *
bk_engine_session_get_pick_window (BkEngineSession *self)
{
  return self->pick_window;
}

const char *
bk_engine_session_get_pick_caller (BkEngineSession *self)
{
  return self->pick_caller;
}

/* What the user is being asked about may not change under the question. */
gboolean
bk_session_check_no_pick (BkEngineSession *self, GError **error)
{
  if (!self->picking)
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_SESSION_NOT_READY, "The user is being asked whom to invite");
  return FALSE;
}

static gboolean
check_pick (BkEngineSession *self, const BkPick *pick, GError **error)
{
  return bk_session_can (self, BK_LIFE_PICK, error) && bk_session_check_no_pick (self, error)
         && bk_session_check_app_data (pick->app_data, error) && bk_session_check_application (self, error)
         && bk_session_check_account (self, error);
}

void
bk_engine_session_invite_with_picker_async (BkEngineSession *self, const BkPick *pick, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, bk_engine_session_invite_with_picker_async);
  if (!check_pick (self, pick, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_set_object (&self->invite_task, task);
  self->picking = TRUE;
  self->pick_caller = g_strdup (pick->caller);
  self->pick_data = g_strdup (pick->app_data);
  bk_session_move (self, BK_LIFE_PICK, NULL, NULL);
  bk_session_set_text (self, &self->pick_window, pick->window, "PickWindow");
  bk_session_changed (self, "Picking");
}

gboolean
bk_engine_session_invite_with_picker_finish (BkEngineSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The question is answered or pointless: the window that asks goes away. */
void
bk_session_pick_over (BkEngineSession *self)
{
  if (!self->picking)
    return;
  self->picking = FALSE;
  g_clear_pointer (&self->pick_caller, g_free);
  g_clear_pointer (&self->pick_data, g_free);
  bk_session_set_text (self, &self->pick_window, NULL, "PickWindow");
  bk_session_changed (self, "Picking");
}

static void
pick_nobody (BkEngineSession *self)
{
  g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_CANCELLED, "Nobody was invited");

  bk_session_move (self, BK_LIFE_PICK_OVER, NULL, NULL);
  bk_session_pick_over (self);
  bk_session_return_invite (self, error);
}

gboolean
bk_engine_session_answer_pick (BkEngineSession *self, const char *who, GError **error)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);

  if (!self->picking)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID,
                           "Nobody is to be chosen for this session");
      return FALSE;
    }
  if (who == NULL || *who == '\0')
    {
      pick_nobody (self);
      return TRUE;
    }

  g_autofree char *name = bk_session_check_invitation (self, who, self->pick_data, error);
  if (name == NULL)
    return FALSE;
  g_autofree char *data = g_strdup (self->pick_data);
  bk_session_pick_over (self);
  bk_session_send_invitation (self, name, data);
  return TRUE;
}
