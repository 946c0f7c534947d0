/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-foreign-window.h"

#include <string.h>

#ifdef GDK_WINDOWING_X11
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <gdk/x11/gdkx.h>
#endif
#ifdef GDK_WINDOWING_WAYLAND
#include <gdk/wayland/gdkwayland.h>
#endif

#ifdef GDK_WINDOWING_X11
/* A window that does not exist does no harm: this is but a property, which the window manager looks at. */
static void
set_x11_parent (GdkSurface *surface, const char *xid)
{
  guint64 parent;

  if (!GDK_IS_X11_SURFACE (surface) || !g_ascii_string_to_unsigned (xid, 16, 1, G_MAXUINT32, &parent, NULL))
    return;
  XSetTransientForHint (GDK_SURFACE_XDISPLAY (surface), GDK_SURFACE_XID (surface), (Window) parent);
}
#endif

#ifdef GDK_WINDOWING_WAYLAND
static void
set_wayland_parent (GdkSurface *surface, const char *handle)
{
  if (GDK_IS_WAYLAND_TOPLEVEL (surface) && *handle != '\0')
    gdk_wayland_toplevel_set_transient_for_exported (GDK_TOPLEVEL (surface), handle);
}
#endif

void
bk_app_set_foreign_parent (GtkWindow *window, const char *handle)
{
  const char *value = strchr (handle, ':');
  GdkSurface *surface;

  if (value == NULL)
    return;
  gtk_widget_realize (GTK_WIDGET (window));
  surface = gtk_native_get_surface (GTK_NATIVE (window));
#ifdef GDK_WINDOWING_X11
  if (g_str_has_prefix (handle, "x11:"))
    set_x11_parent (surface, value + 1);
#endif
#ifdef GDK_WINDOWING_WAYLAND
  if (g_str_has_prefix (handle, "wayland:"))
    set_wayland_parent (surface, value + 1);
#endif
}
