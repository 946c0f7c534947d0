/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings: what holds for all accounts; allowed, contact allow|disallow: what needs no question */
#include "bk-ctl.h"

#include <stdio.h>
#include <string.h>

/* ---- settings ---- */

BK_CTL_DEFINE_VERB (on_settled, BECKON_MESSENGER, beckon_messenger_set_settings_finish)

/* Returns @text as a value of the type of @known; NULL if it is none. Floating. */
static GVariant *
read_value (GVariant *known, const char *text)
{
  guint64 number;

  if (g_variant_is_of_type (known, G_VARIANT_TYPE_BOOLEAN))
    {
      if (g_str_equal (text, "true") || g_str_equal (text, "false"))
        return g_variant_new_boolean (*text == 't');
      return NULL;
    }
  if (g_variant_is_of_type (known, G_VARIANT_TYPE_STRING))
    return g_variant_new_string (text);
  if (g_variant_is_of_type (known, G_VARIANT_TYPE_UINT32)
      && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL))
    return g_variant_new_uint32 ((guint32) number);
  return NULL;
}

/* FALSE: the command has failed. */
static gboolean
add_setting (BkCtl *ctl, GVariant *settings, const char *argument, GVariantBuilder *builder)
{
  const char *sign = strchr (argument, '=');
  g_autofree char *name = sign != NULL ? g_strndup (argument, (gsize) (sign - argument)) : g_strdup (argument);
  g_autoptr (GVariant) known = g_variant_lookup_value (settings, name, NULL);
  GVariant *value = known != NULL && sign != NULL ? read_value (known, sign + 1) : NULL;

  if (value != NULL)
    g_variant_builder_add (builder, "{sv}", name, value);
  else if (known == NULL)
    bk_ctl_fail (ctl, BK_CTL_USAGE, "There is no setting %s", name);
  else
    bk_ctl_fail (ctl, BK_CTL_USAGE, "%s takes NAME=%s", name,
                 g_variant_is_of_type (known, G_VARIANT_TYPE_BOOLEAN)  ? "true or =false"
                 : g_variant_is_of_type (known, G_VARIANT_TYPE_UINT32) ? "NUMBER"
                                                                       : "TEXT");
  return value != NULL;
}

static void
run_settings (BkCtl *ctl)
{
  g_autoptr (GVariant) settings = beckon_messenger_dup_settings (ctl->messenger);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (ctl->args[0] == NULL)
    {
      bk_ctl_print_dictionary (ctl, settings);
      bk_ctl_done (ctl, BK_CTL_OK);
      return;
    }
  for (char **argument = ctl->args; *argument != NULL; argument++)
    if (!add_setting (ctl, settings, *argument, &builder))
      return;
  beckon_messenger_set_settings_async (ctl->messenger, g_variant_builder_end (&builder), ctl->cancellable, on_settled,
                                       ctl);
}

/* ---- what needs no question ---- */

static void
add_member (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
print_allowed (BkCtl *ctl, GVariant *list)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GVariantIter iter;
  const char *who, *guid;

  json_builder_begin_array (builder);
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&s&s)", &who, &guid))
    {
      g_autofree char *safe = bk_ctl_safe (who);

      if (!ctl->json)
        printf ("%s  %s\n", safe, guid);
      json_builder_begin_object (builder);
      add_member (builder, "who", who);
      add_member (builder, "application", guid);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  if (ctl->json)
    bk_ctl_print_builder (builder);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) list = beckon_account_list_allowed_finish (BECKON_ACCOUNT (source), result, &error);

  if (list == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  print_allowed (ctl, list);
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
run_allowed (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account != NULL)
    beckon_account_list_allowed_async (account, ctl->cancellable, on_listed, ctl);
}

BK_CTL_DEFINE_VERB (on_allowed, BECKON_ACCOUNT, beckon_account_set_allowed_finish)

static void
set_allowed (BkCtl *ctl, gboolean allowed)
{
  BeckonAccount *account = bk_ctl_account (ctl);
  g_autofree char *who = account != NULL ? bk_ctl_dup_who (account, ctl->args[0]) : NULL;
  g_autofree char *guid = account != NULL ? bk_ctl_dup_guid (ctl, ctl->args[1]) : NULL;

  if (guid != NULL)
    beckon_account_set_allowed_async (account, who, guid, allowed, ctl->cancellable, on_allowed, ctl);
}

static void
run_allow (BkCtl *ctl)
{
  set_allowed (ctl, TRUE);
}

static void
run_disallow (BkCtl *ctl)
{
  set_allowed (ctl, FALSE);
}

const BkCtlCommand bk_ctl_settings_commands[] = {
  { "settings", run_settings, "[NAME=VALUE]...", "Show or settle what holds for all accounts", 0, -1, NULL },
  { "allowed", run_allowed, "", "List what contacts may start without a question", 0, 0, NULL },
  { "contact allow", run_allow, "NAME APPLICATION", "Accept such invitations without a question", 2, 2, NULL },
  { "contact disallow", run_disallow, "NAME APPLICATION", "Ask about such invitations again", 2, 2, NULL },
  { NULL },
};
