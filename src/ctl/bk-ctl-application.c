/* SPDX-License-Identifier: GPL-3.0-or-later */
/* apps, apps register|update|unregister|show|try */
#include "bk-ctl.h"

static char *url;

static const GOptionEntry register_entries[] = {
  { "url", 'u', 0, G_OPTION_ARG_FILENAME, &url, "Web page where the application can be had", "URL" },
  { NULL },
};

BK_CTL_DEFINE_VERB (on_registered, BECKON_MESSENGER, beckon_messenger_register_application_finish)
BK_CTL_DEFINE_VERB (on_updated, BECKON_MESSENGER, beckon_messenger_update_application_finish)
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
  if (beckon_messenger_get_host_programs (ctl->messenger) == BECKON_HOST_PROGRAMS_MISSING)
    g_printerr ("beckonctl: note: Beckon is in a sandbox. Programs outside of it are offered once beckon-peer-host is "
                "installed there\n");
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
run_register (BkCtl *ctl)
{
  beckon_messenger_register_application_async (ctl->messenger, ctl->args[0], ctl->args[1], url != NULL ? url : "",
                                               ctl->args[2], ctl->cancellable, on_registered, ctl);
}

static void
run_update (BkCtl *ctl)
{
  beckon_messenger_update_application_async (ctl->messenger, ctl->args[0], ctl->args[1], url != NULL ? url : "",
                                             ctl->args[2] != NULL ? ctl->args[2] : "", ctl->cancellable, on_updated,
                                             ctl);
}

static void
on_registration (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) registration
    = beckon_messenger_get_registration_finish (BECKON_MESSENGER (source), result, &error);
  static const char *const keys[] = { "guid", "name", "url", "path", "bus-name", "source", "file" };
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (registration == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  json_builder_begin_object (builder);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *text = "";

      g_variant_lookup (registration, keys[i], "&s", &text);
      g_autofree char *safe = bk_ctl_safe (text);
      if (!ctl->json)
        g_print ("%s: %s\n", keys[i], safe);
      json_builder_set_member_name (builder, keys[i]);
      json_builder_add_string_value (builder, text);
    }
  json_builder_end_object (builder);
  if (ctl->json)
    bk_ctl_print_builder (builder);
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
run_show (BkCtl *ctl)
{
  beckon_messenger_get_registration_async (ctl->messenger, ctl->args[0], ctl->cancellable, on_registration, ctl);
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) sides = g_ptr_array_new_with_free_func (g_object_unref);
  BeckonSession *inviter;
  BeckonSession *invitee;

  if (!beckon_messenger_try_application_finish (BECKON_MESSENGER (source), result, &inviter, &invitee, &error))
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  g_ptr_array_add (sides, inviter);
  g_ptr_array_add (sides, invitee);
  bk_ctl_print_objects (ctl, sides);
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
run_try (BkCtl *ctl)
{
  beckon_messenger_try_application_async (ctl->messenger, ctl->args[0], ctl->cancellable, on_tried, ctl);
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
  { "apps update", run_update, "GUID NAME [COMMAND]", "Change what this user registered", 2, 3, register_entries },
  { "apps show", run_show, "GUID", "Tell how an application is registered", 1, 1, NULL },
  { "apps try", run_try, "GUID", "Start both sides of an application on this machine", 1, 1, NULL },
  { "apps unregister", run_unregister, "GUID", "Take an application out of the user's registry", 1, 1, NULL },
  { NULL },
};
