/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The icons that are shown all the time come drawn: where one has to be drawn from SVG, GTK loads a library for that, and
 * keeps it. */
#include "app-world.h"
#include "bk-test.h"

#include <string.h>

typedef struct
{
  const char *name;
  int size;
  int scale;
} Icon;

static const Icon icons[] = {
  { "adw-entry-apply-symbolic", 16, 1 },
  { "adw-entry-apply-symbolic", 16, 2 },
  { "adw-expander-arrow-symbolic", 16, 1 },
  { "adw-expander-arrow-symbolic", 16, 2 },
  { "beckon-delivered-symbolic", 16, 1 },
  { "beckon-delivered-symbolic", 16, 2 },
  { "beckon-invite-symbolic", 16, 1 },
  { "beckon-invite-symbolic", 16, 2 },
  { "beckon-lunch-symbolic", 16, 1 },
  { "beckon-lunch-symbolic", 16, 2 },
  { "beckon-muted-symbolic", 16, 1 },
  { "beckon-muted-symbolic", 16, 2 },
  { "beckon-read-symbolic", 16, 1 },
  { "beckon-read-symbolic", 16, 2 },
  { "beckon-symbolic", 96, 1 },
  { "beckon-symbolic", 96, 2 },
  { "beckon-working-symbolic", 16, 1 },
  { "beckon-working-symbolic", 32, 1 },
  { "beckon-working-symbolic", 32, 2 },
  { "im.beckon.Beckon", 48, 1 },
  { "im.beckon.Beckon", 96, 1 },
};

static void
test_icons (void)
{
  g_autoptr (AppWorld) world = app_world_new (TRUE);
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gdk_display_get_default ());

  for (gsize i = 0; i < G_N_ELEMENTS (icons); i++)
    {
      g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (theme, icons[i].name, NULL, icons[i].size,
                                                                      icons[i].scale, GTK_TEXT_DIR_LTR, 0);
      g_autoptr (GFile) file = gtk_icon_paintable_get_file (icon);
      g_autofree char *uri = file != NULL ? g_file_get_uri (file) : g_strdup ("nothing");
      g_autofree char *folder = g_strdup_printf ("/%dx%d/", icons[i].size * icons[i].scale,
                                                 icons[i].size * icons[i].scale);

      if (!g_str_has_suffix (uri, ".png") || strstr (uri, folder) == NULL)
        g_error ("%s in %d at scale %d is %s", icons[i].name, icons[i].size, icons[i].scale, uri);
    }
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);
  g_test_add_func ("/app/icons", test_icons);
  return app_world_run ();
}
