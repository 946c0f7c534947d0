/* SPDX-License-Identifier: GPL-3.0-or-later */
/* account avatar|password|devices|remove-device|delete */
#include "bk-ctl.h"

#include <stdio.h>

#define MAX_AVATAR 65536

static gboolean password_stdin;
static gboolean no_avatar;
static char *old_password;

static const GOptionEntry password_entries[] = {
  { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &password_stdin,
    "Read the password, and then the new one, from two lines of standard input", NULL },
  { NULL },
};

static const GOptionEntry delete_entries[] = {
  { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &password_stdin,
    "Read the password from standard input instead of asking on the terminal", NULL },
  { NULL },
};

static const GOptionEntry avatar_entries[] = {
  { "none", 0, 0, G_OPTION_ARG_NONE, &no_avatar, "Have no picture any more", NULL },
  { NULL },
};

BK_CTL_DEFINE_VERB (on_avatar_set, BECKON_ACCOUNT, beckon_account_set_avatar_finish)
BK_CTL_DEFINE_VERB (on_device_removed, BECKON_ACCOUNT, beckon_account_remove_device_finish)
BK_CTL_DEFINE_VERB (on_deleted, BECKON_ACCOUNT, beckon_account_delete_finish)

/* ---- the own picture ---- */

static void
on_image_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  BeckonAccount *account = bk_ctl_account (ctl);
  GError *error = NULL;
  g_autoptr (GBytes) image = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (image == NULL)
    bk_ctl_fail_error (ctl, error);
  else if (g_bytes_get_size (image) == 0)
    bk_ctl_fail (ctl, BK_CTL_FAILED, "That file is empty");
  else if (account != NULL)
    beckon_account_set_avatar_async (account, image, ctl->cancellable, on_avatar_set, ctl);
}

/* One byte more than is allowed, for the service to see that it is too much. */
static void
on_image_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (stream == NULL)
    bk_ctl_fail_error (ctl, error);
  else
    g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), MAX_AVATAR + 1, G_PRIORITY_DEFAULT, ctl->cancellable,
                                     on_image_read, ctl);
}

static void
run_avatar (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL)
    return;
  if (no_avatar && ctl->args[0] != NULL)
    bk_ctl_fail (ctl, BK_CTL_USAGE, "Either a FILE or --none");
  else if (no_avatar)
    beckon_account_set_avatar_async (account, NULL, ctl->cancellable, on_avatar_set, ctl);
  else if (ctl->args[0] != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (ctl->args[0]);
      g_file_read_async (file, G_PRIORITY_DEFAULT, ctl->cancellable, on_image_open, ctl);
    }
  else
    {
      bk_ctl_print_text (ctl, "avatar", beckon_account_get_avatar (account));
      bk_ctl_done (ctl, BK_CTL_OK);
    }
}

/* ---- the password ---- */

static void
on_password_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean ok = beckon_account_change_password_finish (BECKON_ACCOUNT (source), result, &error);

  g_clear_pointer (&old_password, g_free);
  bk_ctl_end_verb (user_data, ok, error);
}

static void
on_new_password (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  BeckonAccount *account = bk_ctl_named_account (ctl);
  GError *error = NULL;
  g_autofree char *password = bk_ctl_read_password_finish (result, &error);

  if (password == NULL)
    bk_ctl_fail_error (ctl, error);
  else if (account != NULL)
    {
      beckon_account_change_password_async (account, old_password, password, ctl->cancellable, on_password_changed,
                                            ctl);
      return;
    }
  g_clear_pointer (&old_password, g_free);
}

static void
on_old_password (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;

  old_password = bk_ctl_read_password_finish (result, &error);
  if (old_password == NULL)
    bk_ctl_fail_error (ctl, error);
  else
    bk_ctl_read_new_password_async (ctl, password_stdin, on_new_password);
}

static void
run_password (BkCtl *ctl)
{
  if (bk_ctl_named_account (ctl) != NULL)
    bk_ctl_read_password_async (ctl, password_stdin, on_old_password);
}

/* ---- devices ---- */

static void
print_device (JsonBuilder *builder, const char *id, const char *name, gint64 seen, gboolean self)
{
  g_autofree char *when = bk_ctl_format_time (seen, "%Y-%m-%d %H:%M");
  g_autofree char *safe_id = bk_ctl_safe (id);
  g_autofree char *safe_name = bk_ctl_safe (name);

  if (builder == NULL)
    {
      printf ("%s  %s  %s%s\n", safe_id, when, safe_name, self ? "  this one" : "");
      return;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "id");
  json_builder_add_string_value (builder, id);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, name);
  json_builder_set_member_name (builder, "seen");
  json_builder_add_int_value (builder, seen);
  json_builder_set_member_name (builder, "self");
  json_builder_add_boolean_value (builder, self);
  json_builder_end_object (builder);
}

static void
on_devices (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) devices = beckon_account_list_devices_finish (BECKON_ACCOUNT (source), result, &error);
  g_autoptr (JsonBuilder) builder = ctl->json ? json_builder_new () : NULL;
  const char *id, *name;
  GVariantIter iter;
  gboolean self;
  gint64 seen;

  if (devices == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  if (builder != NULL)
    json_builder_begin_array (builder);
  g_variant_iter_init (&iter, devices);
  while (g_variant_iter_next (&iter, "(&s&sxb)", &id, &name, &seen, &self))
    print_device (builder, id, name, seen, self);
  if (builder != NULL)
    {
      json_builder_end_array (builder);
      bk_ctl_print_builder (builder);
    }
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
run_devices (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_named_account (ctl);

  if (account != NULL)
    beckon_account_list_devices_async (account, ctl->cancellable, on_devices, ctl);
}

static void
run_remove_device (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account != NULL)
    beckon_account_remove_device_async (account, ctl->args[0], ctl->cancellable, on_device_removed, ctl);
}

/* ---- the end ---- */

static void
on_last_password (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  BeckonAccount *account = bk_ctl_named_account (ctl);
  GError *error = NULL;
  g_autofree char *password = bk_ctl_read_password_finish (result, &error);

  if (password == NULL)
    bk_ctl_fail_error (ctl, error);
  else if (account != NULL)
    beckon_account_delete_async (account, password, ctl->cancellable, on_deleted, ctl);
}

static void
run_delete (BkCtl *ctl)
{
  if (bk_ctl_named_account (ctl) != NULL)
    bk_ctl_read_password_async (ctl, password_stdin, on_last_password);
}

const BkCtlCommand bk_ctl_keeping_commands[] = {
  { "account avatar", run_avatar, "[FILE]", "Show where the own picture is, or set it", 0, 1, avatar_entries },
  { "account password", run_password, "[NAME]", "Change the password; other devices are signed out", 0, 1,
    password_entries },
  { "account devices", run_devices, "[NAME]", "List the devices that need no password", 0, 1, NULL },
  { "account remove-device", run_remove_device, "DEVICE", "Sign a device out for good", 1, 1, NULL },
  { "account delete", run_delete, "NAME", "Delete an account on the server, for good", 1, 1, delete_entries },
  { NULL },
};
