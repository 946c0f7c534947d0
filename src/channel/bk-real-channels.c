/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-real-channel-private.h"

struct _BkRealChannels
{
  GObject parent_instance;

  BkClock *clock;
  char *runtime_dir;
};

static void bk_real_channels_iface_init (BkChannelsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkRealChannels, bk_real_channels, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_CHANNELS, bk_real_channels_iface_init))

static BkChannel *
bk_real_channels_create (BkChannels *channels, const char *session, gboolean inviter, GError **error)
{
  BkRealChannels *self = BK_REAL_CHANNELS (channels);

  return (BkChannel *) bk_real_channel_new (self->clock, self->runtime_dir, session, inviter, error);
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GVariant *report = bk_ice_test_finish (result, &error);

  if (report != NULL)
    g_task_return_pointer (task, g_variant_take_ref (report), (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, error);
}

/* An attempt of ICE belongs to nobody; whoever asks here expects the answer from here. */
static void
bk_real_channels_test_async (BkChannels *channels, const BkRelays *relays, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (channels, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_real_channels_test_async);
  bk_ice_test_async (relays, BK_REAL_CHANNELS (channels)->clock, cancellable, on_tested, task);
}

static GVariant *
bk_real_channels_test_finish (BkChannels *channels, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bk_real_channels_finalize (GObject *object)
{
  BkRealChannels *self = BK_REAL_CHANNELS (object);

  g_clear_object (&self->clock);
  g_free (self->runtime_dir);
  G_OBJECT_CLASS (bk_real_channels_parent_class)->finalize (object);
}

static void
bk_real_channels_class_init (BkRealChannelsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_real_channels_finalize;
}

static void
bk_real_channels_init (BkRealChannels *self)
{
}

static void
bk_real_channels_iface_init (BkChannelsInterface *iface)
{
  iface->create = bk_real_channels_create;
  iface->test_async = bk_real_channels_test_async;
  iface->test_finish = bk_real_channels_test_finish;
}

BkChannels *
bk_real_channels_new (BkClock *clock, const char *runtime_dir)
{
  BkRealChannels *self = g_object_new (BK_TYPE_REAL_CHANNELS, NULL);

  self->clock = g_object_ref (clock);
  self->runtime_dir = g_strdup (runtime_dir);
  return BK_CHANNELS (self);
}
