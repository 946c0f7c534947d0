/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "portal/bk-app-inhibited.h"

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"
#define PROPERTY "Inhibited"

struct _BkAppInhibited
{
  GObject parent_instance;

  /* Owned References */
  GDBusProxy *proxy; /* nullable: it is on its way, or there is no bus */
  GCancellable *cancellable;

  gboolean is;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppInhibited, bk_app_inhibited, G_TYPE_OBJECT)

static void
look (BkAppInhibited *self)
{
  g_autoptr (GVariant) value = g_dbus_proxy_get_cached_property (self->proxy, PROPERTY);
  gboolean is = value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (value);

  if (is == self->is)
    return;
  self->is = is;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_proxy (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppInhibited) self = user_data;
  g_autoptr (GError) error = NULL;
  GDBusProxy *proxy = g_dbus_proxy_new_finish (result, &error);

  if (proxy == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_message ("Whether the desktop keeps notifications back is not known: %s", error->message);
      return;
    }
  self->proxy = proxy;
  g_signal_connect_object (proxy, "g-properties-changed", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (proxy, "notify::g-name-owner", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  look (self);
}

gboolean
bk_app_inhibited_get (BkAppInhibited *self)
{
  return self->is;
}

BkAppInhibited *
bk_app_inhibited_new (GDBusConnection *bus)
{
  BkAppInhibited *self = g_object_new (BK_TYPE_APP_INHIBITED, NULL);

  if (bus != NULL)
    g_dbus_proxy_new (bus, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL, NAME, PATH, NAME, self->cancellable, on_proxy,
                      g_object_ref (self));
  return self;
}

static void
bk_app_inhibited_dispose (GObject *object)
{
  BkAppInhibited *self = BK_APP_INHIBITED (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->proxy);
  G_OBJECT_CLASS (bk_app_inhibited_parent_class)->dispose (object);
}

static void
bk_app_inhibited_class_init (BkAppInhibitedClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_app_inhibited_dispose;
  signals[SIGNAL_CHANGED]
    = g_signal_new ("changed", BK_TYPE_APP_INHIBITED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bk_app_inhibited_init (BkAppInhibited *self)
{
  self->cancellable = g_cancellable_new ();
}
