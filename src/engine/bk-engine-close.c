/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of the engine: good-byes, and everything is written down. */
#include "bk-engine-private.h"

#define CLOSE_MS 2000

void
_bk_engine_close_accounts (BkEngine *self)
{
  for (guint i = 0; i < self->adding->len; i++)
    bk_engine_account_close (g_ptr_array_index (self->adding, i));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr (BkEngineAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
      bk_engine_account_close (account);
    }
}

static void
on_history_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  BK_ENGINE (g_task_get_source_object (task))->state = BK_ENGINE_CLOSED;
  if (bk_engine_history_close_finish (BK_ENGINE_HISTORY (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
one_left (GTask *task)
{
  BkEngine *self = g_task_get_source_object (task);

  if (--self->leaving > 0)
    return;
  bk_clock_clear (self->clock, &self->timer);
  _bk_engine_close_accounts (self);
  bk_engine_history_close_async (self->history, on_history_closed, g_object_ref (task));
}

static void
on_left (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  bk_engine_account_leave_finish (BK_ENGINE_ACCOUNT (source), result, NULL); /* however it went: it is over */
  one_left (task);
}

static void
on_close_timeout (gpointer user_data)
{
  BkEngine *self = user_data;

  self->timer = 0;
  _bk_engine_close_accounts (self); /* answers those who wait */
}

/* Two seconds for good-byes, then everything is written down. */
void
bk_engine_close_async (BkEngine *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  guint n_accounts = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));

  g_task_set_source_tag (task, bk_engine_close_async);
  if (!_bk_engine_check_open (self, task))
    return;
  self->state = BK_ENGINE_CLOSING;
  self->leaving = n_accounts + 1;
  self->timer = bk_clock_add (self->clock, CLOSE_MS, on_close_timeout, self);
  bk_engine_sessions_end_all (self->sessions, BECKON_SESSION_RESULT_SERVICE_RESTARTED);
  for (guint i = 0; i < self->adding->len; i++)
    bk_engine_account_close (g_ptr_array_index (self->adding, i));
  for (guint i = 0; i < n_accounts; i++)
    {
      g_autoptr (BkEngineAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
      bk_engine_account_leave_async (account, BK_LEAVE_REST, NULL, on_left, g_object_ref (task));
    }
  one_left (task);
}

gboolean
bk_engine_close_finish (BkEngine *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
