/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws an icon at one size while Beckon is built: draw-icon SIZE ICON.svg PICTURE.png */
#include <gdk-pixbuf/gdk-pixbuf.h>

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int size = argc == 4 ? (int) g_ascii_strtoll (argv[1], NULL, 10) : 0;

  if (size <= 0)
    {
      g_printerr ("usage: draw-icon SIZE ICON.svg PICTURE.png\n");
      return 2;
    }
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new_from_file_at_size (argv[2], size, size, &error);
  if (picture != NULL && gdk_pixbuf_save (picture, argv[3], "png", &error, NULL))
    return 0;
  g_printerr ("%s cannot be drawn: %s\n", argv[2], error->message);
  return 1;
}
