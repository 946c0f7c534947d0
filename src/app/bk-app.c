/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app.h"

#include "window/bk-app-window.h"

struct _BkApp
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (BkApp, bk_app, ADW_TYPE_APPLICATION)

static void
bk_app_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = GTK_WINDOW (bk_app_window_new (GTK_APPLICATION (application)));
  gtk_window_present (window);
}

static void
bk_app_class_init (BkAppClass *klass)
{
  G_APPLICATION_CLASS (klass)->activate = bk_app_activate;
}

static void
bk_app_init (BkApp *self)
{
}

BkApp *
bk_app_new (void)
{
  return g_object_new (BK_TYPE_APP, "application-id", "im.beckon.Beckon", "resource-base-path", "/im/beckon/Beckon",
                       NULL);
}
