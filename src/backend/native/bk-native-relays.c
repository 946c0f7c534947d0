/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STUN and TURN servers of the network, and what opens them. */
#include "bk-native-backend-private.h"

#include "bk-relay.h"

/* Returns (transfer full) what the server named, without kinds of servers that only a newer client knows. */
static GStrv
dup_servers (const BkFrame *reply)
{
  g_auto (GStrv) named = bk_frame_dup_strings (reply, "servers");
  g_autoptr (GStrvBuilder) known = g_strv_builder_new ();

  for (guint i = 0; named != NULL && named[i] != NULL; i++)
    if (bk_relay_parse (named[i], NULL))
      g_strv_builder_add (known, named[i]);
  return g_strv_builder_end (known);
}

static void
on_replied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (BkFrame) reply = bk_native_link_request_finish (BK_NATIVE_LINK (source), result, NULL, &error);

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (bk_frame_get_frame_type (reply) != BK_FRAME_OK)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_PROTOCOL,
                               "The server gave an answer to something else");
      return;
    }
  g_auto (GStrv) servers = dup_servers (reply);
  g_task_return_pointer (task,
                         bk_relays_new ((const char *const *) servers, bk_frame_get_string (reply, "user"),
                                        bk_frame_get_string (reply, "password"),
                                        (guint) bk_frame_get_int (reply, "ttl")),
                         (GDestroyNotify) bk_relays_free);
}

static void
native_get_async (BkBackendRelays *backend, GCancellable *cancellable, GAsyncReadyCallback callback,
                  gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_get_async);
  if (!bk_native_backend_check_ready (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_RELAYS);
  bk_native_link_request_async (self->link, frame, BK_NATIVE_REQUEST_SECONDS, cancellable, on_replied,
                                g_steal_pointer (&task));
}

static BkRelays *
native_get_finish (BkBackendRelays *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
bk_native_backend_relays_init (BkBackendRelaysInterface *iface)
{
  iface->get_async = native_get_async;
  iface->get_finish = native_get_finish;
}
