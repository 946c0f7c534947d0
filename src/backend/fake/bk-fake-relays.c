/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STUN and TURN servers, as the test set them. */
#include "bk-fake-private.h"

void
bk_fake_network_set_relays (BkFakeNetwork *self, const BkRelays *relays)
{
  BkRelays *copy = bk_relays_copy (relays);

  g_clear_pointer (&self->relays, bk_relays_free);
  self->relays = copy;
}

/* What is replied is what there was when it was asked for. */
static void
fake_get_async (BkBackendRelays *backend, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  static const char *const none[] = { NULL };

  g_task_set_source_tag (task, fake_get_async);
  if (!bk_fake_backend_check_ready (self, task))
    return;
  g_task_set_task_data (task,
                        self->network->relays != NULL ? bk_relays_copy (self->network->relays)
                                                      : bk_relays_new (none, NULL, NULL, 0),
                        (GDestroyNotify) bk_relays_free);
  bk_fake_backend_reply (self, task, g_strdup (""), NULL);
}

static BkRelays *
fake_get_finish (BkBackendRelays *backend, GAsyncResult *result, GError **error)
{
  g_autofree char *done = g_task_propagate_pointer (G_TASK (result), error);

  return done != NULL ? bk_relays_copy (g_task_get_task_data (G_TASK (result))) : NULL;
}

void
bk_fake_backend_relays_init (BkBackendRelaysInterface *iface)
{
  iface->get_async = fake_get_async;
  iface->get_finish = fake_get_finish;
}
