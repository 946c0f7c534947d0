/* SPDX-License-Identifier: GPL-3.0-or-later */
/* apps, apps register|unregister */
#include "bk-ctl.h"

static char *url;

static const GOptionEntry register_entries[] = {
  { "url", 'u', 0, G_OPTION_ARG_FILENAME, &url, "Web page where the application can be had", "URL" },
  { NULL },
};

BK_CTL_DEFINE_VERB (on_registered, BECKON_MESSENGER, beckon_messenger_register_application_finish)
BK_CTL_DEFINE_VERB (on_unregistered, BECKON_MESSENGER, beckon_messenger_unregister_application_finish)

static void
run_list (BkCtl *ctl)
{
  g_autoptr (GPtrArray) applications = bk_ctl_dup_items (beckon_messenger_get_applications (ctl->messenger));
  g_auto (GStrv) warnings = beckon_messenger_dup_registry_warnings (ctl->messenger);

  bk_ctl_print_objects (ctl, applications);
  for (char **warning = warnings; *warning != NULL; warning++)
    {
      g_autofree char *safe = bk_ctl_safe (*warning);
      g_printerr ("beckonctl: note: %s\n", safe);
    }
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
run_register (BkCtl *ctl)
{
  beckon_messenger_register_application_async (ctl->messenger, ctl->args[0], ctl->args[1], url != NULL ? url : "",
                                               ctl->args[2], ctl->cancellable, on_registered, ctl);
}

static void
run_unregister (BkCtl *ctl)
{
  beckon_messenger_unregister_application_async (ctl->messenger, ctl->args[0], ctl->cancellable, on_unregistered, ctl);
}

const BkCtlCommand bk_ctl_application_commands[] = {
  { "apps", run_list, "", "List the applications one can invite to", 0, 0, NULL },
  { "apps list", run_list, "", NULL, 0, 0, NULL },
  { "apps register", run_register, "GUID NAME COMMAND", "Register an application for this user", 3, 3,
    register_entries },
  { "apps unregister", run_unregister, "GUID", "Take an application out of the user's registry", 1, 1, NULL },
  { NULL },
};
