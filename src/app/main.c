/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app.h"

#include <glib/gi18n.h>
#include <locale.h>

static const GOptionEntry ENTRIES[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and exit"), NULL },
  { NULL }
};

/* Returns the exit status, -1 to go on. In the process that was called, whoever holds the window. */
static int
on_local_options (GApplication *app, GVariantDict *options, gpointer data)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("beckon %s\n", BECKON_VERSION);
  return 0;
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, BECKON_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name ("Beckon");

  g_autoptr (BkApp) app = bk_app_new ();
  g_application_add_main_option_entries (G_APPLICATION (app), ENTRIES);
  g_signal_connect (app, "handle-local-options", G_CALLBACK (on_local_options), NULL);
  return g_application_run (G_APPLICATION (app), argc, argv);
}
