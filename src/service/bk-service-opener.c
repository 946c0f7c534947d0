/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-opener.h"

#include "bk-ids.h"

struct _BkServiceOpener
{
  GObject parent_instance;
};

static void bk_service_opener_iface_init (BkOpenerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceOpener, bk_service_opener, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_OPENER, bk_service_opener_iface_init))

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error))
    g_message ("A web page could not be opened: %s", error->message);
}

static void
bk_service_opener_open (BkOpener *opener, const char *url)
{
  if (bk_url_is_web (url))
    g_app_info_launch_default_for_uri_async (url, NULL, NULL, on_opened, NULL);
}

static void
bk_service_opener_iface_init (BkOpenerInterface *iface)
{
  iface->open = bk_service_opener_open;
}

static void
bk_service_opener_class_init (BkServiceOpenerClass *klass)
{
}

static void
bk_service_opener_init (BkServiceOpener *self)
{
}

BkOpener *
bk_service_opener_new (void)
{
  return g_object_new (BK_TYPE_SERVICE_OPENER, NULL);
}
