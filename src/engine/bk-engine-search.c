/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searching the history of all accounts. */
#include "bk-engine-private.h"

#include <glib/gi18n-lib.h>

#include "bk-ids.h"
#include "bk-limits.h"

#define MAX_FOUND 200

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngine *self = g_task_get_source_object (task);
  GError *error = NULL;
  GPtrArray *found = bk_engine_history_search_finish (self->history, result, &error);

  if (found != NULL)
    g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static gboolean
check_search (const char *text, gint64 before_id, guint limit, GError **error)
{
  if (*text == '\0' || !bk_text_is_valid (text, BK_LIMIT_QUERY, TRUE))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                         _("The search text is empty or too long."));
  else if (before_id < 0 || limit == 0 || limit > MAX_FOUND)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("The limit is not from 1 to %d."), MAX_FOUND);
  else
    return TRUE;
  return FALSE;
}

void
bk_engine_search_async (BkEngine *self, const char *text, BkEngineAccount *account, const char *who, gint64 before_id,
                        guint limit, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *name = who != NULL ? bk_sign_in_name_normalize (who) : NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, bk_engine_search_async);
  if (!_bk_engine_check_open (self, task))
    return;
  if (who != NULL && name == NULL)
    error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("This is not a sign-in name."));
  if (error != NULL || !check_search (text, before_id, limit, &error))
    g_task_return_error (task, error);
  else
    bk_engine_history_search_async (self->history, text, account != NULL ? bk_engine_account_get_id (account) : 0, name,
                                    before_id, limit, cancellable, on_found, g_steal_pointer (&task));
}

GPtrArray *
bk_engine_search_finish (BkEngine *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
