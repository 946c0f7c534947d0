/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files: Messenger1.SendFile and Session1.AcceptFile */
#include "bk-service-private.h"

/* ---- sending ---- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkServiceCall *call = user_data;
  GError *error = NULL;
  g_autoptr (BkEngineSession) session = bk_engine_send_file_finish (BK_ENGINE (source), result, &error);

  if (session != NULL)
    bk_service_call_return (call, g_variant_new ("(@o)", bk_service_session_path (session)));
  else
    bk_service_call_fail (call, error);
}

void
bk_service_handle_send_file (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  const char *path, *who, *name;
  gint32 handle;

  g_variant_get (call->arguments, "(&o&sh&s@a{sv})", &path, &who, &handle, &name, NULL);
  BkEngineAccount *account = bk_service_call_account (call, path);
  if (account == NULL)
    return;
  int file = bk_service_call_take_fd (call, handle);
  if (file < 0)
    bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “file” is no descriptor.");
  else
    bk_engine_send_file_async (self->engine, account, who, file, name, self->cancellable, on_sent, call);
}

/* ---- accepting ---- */

gboolean
bk_service_sends_file (BkEngineSession *session)
{
  g_autoptr (GVariant) transfer = g_variant_ref_sink (bk_engine_session_get_transfer (session));

  return g_variant_n_children (transfer) > 0;
}

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_session_accept_file_finish (BK_ENGINE_SESSION (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

/* Where files go is the user's to say, not a program's. */
void
bk_service_accept_file (BkServiceCall *call, const char *folder)
{
  if (bk_service_door_get_kind (call->door) != BK_SERVICE_DOOR_SERVICE)
    bk_service_call_refuse (call, BECKON_ERROR_ACCESS_DENIED, "Which files come here, the user alone says.");
  else
    bk_engine_session_accept_file_async (BK_ENGINE_SESSION (call->object), folder, BK_CALL_SERVICE (call)->cancellable,
                                         on_accepted, call);
}

void
bk_service_handle_accept_file (BkServiceCall *call)
{
  const char *folder;

  g_variant_get (call->arguments, "(&s)", &folder);
  bk_service_accept_file (call, folder);
}
