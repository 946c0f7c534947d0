/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-app.h"

#include <glib/gi18n.h>
#include <locale.h>

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, BECKON_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_ ("Whiteboard"));

  g_autoptr (BkBoardApp) app = bk_board_app_new ();
  return g_application_run (G_APPLICATION (app), argc, argv);
}
