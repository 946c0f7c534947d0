/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "window/bk-app-window.h"

struct _BkAppWindow
{
  AdwApplicationWindow parent_instance;
};

G_DEFINE_FINAL_TYPE (BkAppWindow, bk_app_window, ADW_TYPE_APPLICATION_WINDOW)

static void
bk_app_window_class_init (BkAppWindowClass *klass)
{
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass), "/im/beckon/Beckon/window/window.ui");
}

static void
bk_app_window_init (BkAppWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

BkAppWindow *
bk_app_window_new (GtkApplication *application)
{
  return g_object_new (BK_TYPE_APP_WINDOW, "application", application, NULL);
}
