/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch: every event as a line, until what is waited for is there. */
#include "bk-ctl-watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct
{
  char **until;
  char **with;
  char *session;
} options;

static const GOptionEntry entries[] = {
  { "until", 'u', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.until, "End when this is so; of several, one is enough",
    "EVENT" },
  { "with", 'w', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.with, "Show the messages with WHO as well", "WHO" },
  { "session", 's', 0, G_OPTION_ARG_FILENAME, &options.session, "Look at this session alone", "SESSION" },
  { NULL },
};

BkCtlWatch bk_ctl_watch;

/* ---- telling ---- */

static void
print_json (const char *event, GObject *subject, const char *const *pairs)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "event");
  json_builder_add_string_value (builder, event);
  json_builder_set_member_name (builder, "time");
  json_builder_add_int_value (builder, g_get_real_time ());
  if (subject != NULL)
    {
      json_builder_set_member_name (builder, bk_ctl_kind (subject));
      bk_ctl_build_object (builder, subject);
    }
  for (; pairs[0] != NULL; pairs += 2)
    {
      json_builder_set_member_name (builder, pairs[0]);
      json_builder_add_string_value (builder, pairs[1]);
    }
  json_builder_end_object (builder);
  bk_ctl_print_builder (builder);
}

static void
print_line (const char *event, GObject *subject, const char *const *pairs)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *when = g_date_time_format (now, "%H:%M:%S");
  g_autofree char *line = subject != NULL ? bk_ctl_dup_line (subject) : g_strdup ("");

  printf ("%s %-16s %s", when, event, line);
  for (; pairs[0] != NULL; pairs += 2)
    {
      g_autofree char *safe = bk_ctl_safe (pairs[1]);
      printf ("  %s=%s", pairs[0], safe);
    }
  putchar ('\n');
  fflush (stdout);
}

void
bk_ctl_watch_tell (const char *event, gpointer subject, ...)
{
  const char *pairs[9] = { NULL };
  va_list args;
  guint n = 0;

  if (bk_ctl_watch.ctl->ended)
    return;
  va_start (args, subject);
  for (const char *name = va_arg (args, const char *); name != NULL && n < 8; name = va_arg (args, const char *))
    {
      pairs[n++] = name;
      pairs[n++] = va_arg (args, const char *);
    }
  va_end (args);
  if (bk_ctl_watch.ctl->json)
    print_json (event, subject, pairs);
  else
    print_line (event, subject, pairs);
}

/* ---- the end ---- */

static void
reached (BkCtlUntil *until)
{
  bk_ctl_watch_tell ("until", NULL, "condition", until->text, NULL);
  bk_ctl_done (bk_ctl_watch.ctl, BK_CTL_OK);
}

void
bk_ctl_watch_check (void)
{
  for (guint i = 0; i < bk_ctl_watch.untils->len && !bk_ctl_watch.ctl->ended; i++)
    if (bk_ctl_until_holds (bk_ctl_watch.untils->pdata[i], &bk_ctl_watch))
      reached (bk_ctl_watch.untils->pdata[i]);
}

void
bk_ctl_watch_passes (BkCtlUntilKind kind, const char *value)
{
  for (guint i = 0; i < bk_ctl_watch.untils->len && !bk_ctl_watch.ctl->ended; i++)
    {
      BkCtlUntil *until = bk_ctl_watch.untils->pdata[i];
      if (until->kind == kind && (value == NULL || until->value == NULL || g_str_equal (until->value, value)))
        reached (until);
    }
  bk_ctl_watch_check ();
}

/* TRUE the first time. */
static gboolean
is_new (gpointer object)
{
  if (g_hash_table_contains (bk_ctl_watch.known, object))
    return FALSE;
  g_hash_table_add (bk_ctl_watch.known, g_object_ref (object));
  return TRUE;
}

/* ---- accounts and contacts ---- */

static void
on_contact_changed (BeckonContact *contact, GParamSpec *pspec, gpointer user_data)
{
  bk_ctl_watch_tell ("contact", contact, NULL);
  bk_ctl_watch_check ();
}

static void
on_group_changed (BeckonGroup *group, GParamSpec *pspec, gpointer user_data)
{
  bk_ctl_watch_tell ("group", group, NULL);
}

static void
on_group_members (GListModel *contacts, guint position, guint removed, guint added, BeckonGroup *group)
{
  bk_ctl_watch_tell ("group", group, NULL);
}

static void
add_group (gpointer object)
{
  g_signal_connect (object, "notify::name", G_CALLBACK (on_group_changed), NULL);
  g_signal_connect (beckon_group_get_contacts (object), "items-changed", G_CALLBACK (on_group_members), object);
  bk_ctl_watch_tell ("group", object, NULL);
}

static void
add_contact (gpointer object)
{
  g_signal_connect (object, "notify", G_CALLBACK (on_contact_changed), NULL);
  bk_ctl_watch_tell ("contact", object, NULL);
}

static void
on_account_changed (BeckonAccount *account, GParamSpec *pspec, gpointer user_data)
{
  bk_ctl_watch_tell ("account", account, NULL);
  bk_ctl_watch_check ();
}

/* ---- messages ---- */

static void
on_message_changed (BeckonMessage *message, GParamSpec *pspec, BeckonConversation *conversation)
{
  bk_ctl_watch_tell ("message-changed", message, "who", beckon_conversation_get_who (conversation), NULL);
  bk_ctl_watch_check ();
}

static void
on_messages (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  BeckonConversation *conversation = BECKON_CONVERSATION (model);

  for (guint i = 0; i < added; i++)
    {
      g_autoptr (BeckonMessage) message = g_list_model_get_item (model, position + i);

      if (!is_new (message))
        continue;
      g_signal_connect (message, "notify::delivery", G_CALLBACK (on_message_changed), conversation);
      g_signal_connect (message, "notify::result", G_CALLBACK (on_message_changed), conversation);
      if (user_data == NULL)
        bk_ctl_watch_tell ("message", message, "who", beckon_conversation_get_who (conversation), NULL);
    }
  bk_ctl_watch_check ();
}

static void
on_conversation_unread (BeckonConversation *conversation, GParamSpec *pspec, gpointer user_data)
{
  bk_ctl_watch_check ();
}

/* ---- lists ---- */

static void
on_items (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  void (*add) (gpointer object) = user_data;

  for (guint i = 0; i < added; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, position + i);
      if (is_new (item))
        add (item);
    }
  bk_ctl_watch_check ();
}

static void
follow_list (GListModel *model, void (*add) (gpointer object))
{
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items), add);
  on_items (model, 0, 0, g_list_model_get_n_items (model), add);
}

static void
add_account (gpointer object)
{
  g_signal_connect (object, "notify", G_CALLBACK (on_account_changed), NULL);
  bk_ctl_watch_tell ("account", object, NULL);
  /* The service came back: the account that the conditions are about is another object. */
  if (bk_ctl_watch.account == NULL
      || g_str_equal (beckon_account_get_signin_name (bk_ctl_watch.account), beckon_account_get_signin_name (object)))
    bk_ctl_watch.account = object;
  follow_list (beckon_account_get_contacts (object), add_contact);
  follow_list (beckon_account_get_groups (object), add_group);
}

static void
add_application (gpointer object)
{
}

/* ---- the messenger ---- */

static void
on_invitation (BeckonMessenger *messenger, BeckonSession *session, gpointer user_data)
{
  bk_ctl_watch_ring (session);
}

static void
on_invitation_over (BeckonMessenger *messenger, BeckonSession *session, gpointer user_data)
{
  if (!bk_ctl_watch_minds (&bk_ctl_watch, session))
    return;
  bk_ctl_watch_tell ("invitation-over", session, NULL);
  bk_ctl_watch_check ();
}

static void
on_pick (BeckonMessenger *messenger, BeckonSession *session, const char *event)
{
  if (!bk_ctl_watch_minds (&bk_ctl_watch, session))
    return;
  bk_ctl_watch_tell (event, session, NULL);
  bk_ctl_watch_check ();
}

static void
on_notice (BeckonMessenger *messenger, const char *kind, const char *text, BeckonSession *session, gpointer user_data)
{
  bk_ctl_watch_tell ("notice", session, "kind", kind, "text", text, NULL);
}

/* Also those that waited for somebody to show them. */
static void
on_alert (BeckonMessenger *messenger, BeckonAlert *alert, gpointer user_data)
{
  bk_ctl_watch_tell ("alert", alert, NULL);
  bk_ctl_watch_passes (BK_CTL_UNTIL_ALERT, NULL);
}

static void
on_registered (BeckonMessenger *messenger, const char *guid, const char *event)
{
  bk_ctl_watch_tell (event, NULL, "guid", guid, NULL);
  bk_ctl_watch_check ();
}

static void
on_connected (BeckonMessenger *messenger, GParamSpec *pspec, gpointer user_data)
{
  bk_ctl_watch_tell ("service", NULL, "connected", beckon_messenger_get_connected (messenger) ? "true" : "false", NULL);
  bk_ctl_watch_check ();
}

static void
follow_messenger (BeckonMessenger *messenger)
{
  g_signal_connect (messenger, "invitation", G_CALLBACK (on_invitation), NULL);
  g_signal_connect (messenger, "invitation-over", G_CALLBACK (on_invitation_over), NULL);
  g_signal_connect (messenger, "pick-requested", G_CALLBACK (on_pick), (gpointer) "pick-requested");
  g_signal_connect (messenger, "pick-over", G_CALLBACK (on_pick), (gpointer) "pick-over");
  g_signal_connect (messenger, "notice", G_CALLBACK (on_notice), NULL);
  g_signal_connect (messenger, "alert-received", G_CALLBACK (on_alert), NULL);
  g_signal_connect (messenger, "app-registered", G_CALLBACK (on_registered), (gpointer) "app-registered");
  g_signal_connect (messenger, "app-unregistered", G_CALLBACK (on_registered), (gpointer) "app-unregistered");
  g_signal_connect (messenger, "notify::connected", G_CALLBACK (on_connected), NULL);
  follow_list (beckon_messenger_get_accounts (messenger), add_account);
  follow_list (beckon_messenger_get_sessions (messenger), bk_ctl_watch_add_session);
  follow_list (beckon_messenger_get_applications (messenger), add_application);
}

/* ---- starting ---- */

static void
start (void)
{
  follow_messenger (bk_ctl_watch.ctl->messenger);
  bk_ctl_watch_tell ("ready", NULL, NULL);
  bk_ctl_watch_check ();
}

static void
on_conversation (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  BeckonConversation *conversation
    = beckon_account_get_conversation_finish (BECKON_ACCOUNT (source), result, &error);

  if (conversation == NULL)
    {
      bk_ctl_fail_error (bk_ctl_watch.ctl, error);
      return;
    }
  g_ptr_array_add (bk_ctl_watch.conversations, conversation);
  g_signal_connect (conversation, "items-changed", G_CALLBACK (on_messages), NULL);
  g_signal_connect (conversation, "notify::unread", G_CALLBACK (on_conversation_unread), NULL);
  bk_ctl_watch.opening--;
  /* What is there already is no event. */
  on_messages (G_LIST_MODEL (conversation), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (conversation)), &bk_ctl_watch);
  if (bk_ctl_watch.opening == 0 && !bk_ctl_watch.ctl->ended)
    start ();
}

static gboolean
parse_untils (BkCtl *ctl)
{
  for (char **text = options.until; text != NULL && *text != NULL; text++)
    {
      BkCtlUntil *until = bk_ctl_until_new (ctl, bk_ctl_watch.account, *text);
      if (until == NULL)
        return FALSE;
      g_ptr_array_add (bk_ctl_watch.untils, until);
    }
  return TRUE;
}

static void
run_watch (BkCtl *ctl)
{
  bk_ctl_watch.ctl = ctl;
  bk_ctl_watch.session = options.session;
  bk_ctl_watch.untils = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_ctl_until_free);
  bk_ctl_watch.conversations = g_ptr_array_new_with_free_func (g_object_unref);
  bk_ctl_watch.known = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  bk_ctl_watch.rung = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (ctl->account_name != NULL || options.with != NULL)
    bk_ctl_watch.account = bk_ctl_account (ctl);
  else
    bk_ctl_watch.account = beckon_messenger_get_primary_account (ctl->messenger);
  if (ctl->ended || !parse_untils (ctl))
    return;
  if (options.with == NULL)
    {
      start ();
      return;
    }
  for (char **who = options.with; *who != NULL; who++)
    {
      g_autofree char *name = bk_ctl_dup_who (bk_ctl_watch.account, *who);
      bk_ctl_watch.opening++;
      beckon_account_get_conversation_async (bk_ctl_watch.account, name, ctl->cancellable, on_conversation, NULL);
    }
}

const BkCtlCommand bk_ctl_watch_commands[] = {
  { "watch", run_watch, "", "Print what happens, until something has happened", 0, 0, entries },
  { NULL },
};
