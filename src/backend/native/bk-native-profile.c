/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures, and what the user has settled about contacts. */
#include "bk-native-backend-private.h"

#include <string.h>

#include "bk-limits.h"

/* ---- contacts ---- */

static void
native_set_alias_async (BkBackendAliases *backend, const char *who, const char *alias, gboolean pinned, gboolean muted,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_set_alias_async);
  if (!bk_native_check_name (task, who)
      || (alias != NULL
          && !bk_native_check_text (task, alias, BK_LIMIT_DISPLAY_NAME, FALSE, BECKON_ERROR_INVALID_ARGUMENT))
      || !bk_native_backend_check_patient (self, task))
    return;

  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_CONTACT_SET, -1);
  bk_frame_set_string (frame, "who", who);
  bk_frame_set_string (frame, "alias", alias);
  bk_frame_set_bool (frame, "pinned", pinned);
  bk_frame_set_bool (frame, "muted", muted);
  bk_native_backend_ask_patiently (self, g_steal_pointer (&frame), NULL, g_steal_pointer (&task));
}

static gboolean
native_set_alias_finish (BkBackendAliases *backend, GAsyncResult *result, GError **error)
{
  return bk_native_finish_boolean (result, error);
}

void
bk_native_backend_aliases_init (BkBackendAliasesInterface *iface)
{
  iface->set_async = native_set_alias_async;
  iface->set_finish = native_set_alias_finish;
}

/* ---- pictures ---- */

static void
native_set_avatar_async (BkBackendAvatars *backend, GBytes *image, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  gsize size = 0;
  const guint8 *data = image != NULL ? g_bytes_get_data (image, &size) : NULL;

  g_task_set_source_tag (task, native_set_avatar_async);
  if (image != NULL && (size == 0 || size > BK_LIMIT_AVATAR))
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A picture has at most %d bytes",
                               BK_LIMIT_AVATAR);
      return;
    }
  if (!bk_native_backend_check_patient (self, task))
    return;

  g_autofree char *text = image != NULL ? g_base64_encode (data, size) : NULL;
  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_AVATAR_SET, -1);
  bk_frame_set_string (frame, "image", text);
  bk_native_backend_ask_patiently (self, g_steal_pointer (&frame), NULL, g_steal_pointer (&task));
}

static gboolean
native_set_avatar_finish (BkBackendAvatars *backend, GAsyncResult *result, GError **error)
{
  return bk_native_finish_boolean (result, error);
}

static void
on_avatar (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (BkFrame) reply = bk_native_link_request_finish (BK_NATIVE_LINK (source), result, NULL, &error);
  const char *text;
  gsize size;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  text = bk_frame_get_frame_type (reply) == BK_FRAME_OK ? bk_frame_get_string (reply, "image") : NULL;
  guint8 *data = text != NULL ? g_base64_decode (text, &size) : NULL;
  g_autoptr (GBytes) image = data != NULL ? g_bytes_new_take (data, size) : NULL;
  if (image != NULL && size <= BK_LIMIT_AVATAR)
    g_task_return_pointer (task, g_steal_pointer (&image), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_PROTOCOL,
                             "The server sent something else than a picture");
}

static void
native_get_avatar_async (BkBackendAvatars *backend, const char *who, const char *avatar, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, native_get_avatar_async);
  if (!bk_native_check_name (task, who) || !bk_native_backend_check_ready (self, task))
    return;
  if (strlen (avatar) != BK_LIMIT_AVATAR_ID || strspn (avatar, "0123456789abcdef") != BK_LIMIT_AVATAR_ID)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "There is no such picture");
      return;
    }

  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_AVATAR_GET);
  bk_frame_set_string (frame, "who", who);
  bk_frame_set_string (frame, "avatar", avatar);
  bk_native_link_request_async (self->link, frame, BK_NATIVE_REQUEST_SECONDS, cancellable, on_avatar,
                                g_steal_pointer (&task));
}

static GBytes *
native_get_avatar_finish (BkBackendAvatars *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
bk_native_backend_avatars_init (BkBackendAvatarsInterface *iface)
{
  iface->set_async = native_set_avatar_async;
  iface->set_finish = native_set_avatar_finish;
  iface->get_async = native_get_avatar_async;
  iface->get_finish = native_get_avatar_finish;
}
