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

static BkCtlWatch watch;

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

/* Prints an event: what it is about, then names and texts up to a NULL. */
static void
tell (const char *event, gpointer subject, ...)
{
  const char *pairs[9] = { NULL };
  va_list args;
  guint n = 0;

  if (watch.ctl->ended)
    return;
  va_start (args, subject);
  for (const char *name = va_arg (args, const char *); name != NULL && n < 8; name = va_arg (args, const char *))
    {
      pairs[n++] = name;
      pairs[n++] = va_arg (args, const char *);
    }
  va_end (args);
  if (watch.ctl->json)
    print_json (event, subject, pairs);
  else
    print_line (event, subject, pairs);
}

/* ---- the end ---- */

static void
reached (BkCtlUntil *until)
{
  tell ("until", NULL, "condition", until->text, NULL);
  bk_ctl_done (watch.ctl, BK_CTL_OK);
}

static void
check (void)
{
  for (guint i = 0; i < watch.untils->len && !watch.ctl->ended; i++)
    if (bk_ctl_until_holds (watch.untils->pdata[i], &watch))
      reached (watch.untils->pdata[i]);
}

/* For what passes. @value: NULL fits all. */
static void
passes (BkCtlUntilKind kind, const char *value)
{
  for (guint i = 0; i < watch.untils->len && !watch.ctl->ended; i++)
    {
      BkCtlUntil *until = watch.untils->pdata[i];
      if (until->kind == kind && (value == NULL || g_strcmp0 (until->value, value) == 0))
        reached (until);
    }
  check ();
}

/* TRUE the first time. */
static gboolean
is_new (gpointer object)
{
  if (g_hash_table_contains (watch.known, object))
    return FALSE;
  g_hash_table_add (watch.known, g_object_ref (object));
  return TRUE;
}

static gboolean
minds (BeckonSession *session)
{
  return bk_ctl_watch_minds (&watch, session);
}

/* ---- sessions ---- */

static void
ring (BeckonSession *session)
{
  if (minds (session) && g_hash_table_add (watch.rung, g_strdup (beckon_session_get_id (session))))
    tell ("invitation", session, NULL);
  check ();
}

static void
on_state_changed (BeckonSession *session, BeckonSessionState previous, gpointer user_data)
{
  const char *nick = beckon_session_state_to_nick (previous);

  if (!minds (session))
    return;
  tell ("session", session, "previous", nick, NULL);
  passes (BK_CTL_UNTIL_SESSION_STATE, nick);
}

static void
on_termination (BeckonSession *session, BeckonSessionResult result, const char *app_data, gpointer user_data)
{
  if (!minds (session))
    return;
  tell ("ended", session, "result", beckon_session_result_to_nick (result), "app_data", app_data, NULL);
  passes (BK_CTL_UNTIL_SESSION_RESULT, beckon_session_result_to_nick (result));
}

static void
on_answer (BeckonSession *session, const char *app_data, const char *event)
{
  if (minds (session))
    tell (event, session, "app_data", app_data, NULL);
}

static void
on_ringing (BeckonSession *session, GParamSpec *pspec, gpointer user_data)
{
  if (!minds (session))
    return;
  tell ("ringing", session, NULL);
  check ();
}

/* The last line of what people read about the session, e.g. that the program has it. */
static void
on_timeline (BeckonSession *session, GParamSpec *pspec, gpointer user_data)
{
  const char *const *lines = beckon_session_get_timeline (session);
  guint n = g_strv_length ((char **) lines);

  if (minds (session) && n > 0)
    tell ("timeline", session, "line", lines[n - 1], NULL);
}

static void
on_app_not_present (BeckonSession *session, const char *name, const char *url, gpointer user_data)
{
  if (!minds (session))
    return;
  tell ("app-not-present", session, "name", name, "url", url, NULL);
  passes (BK_CTL_UNTIL_APP_NOT_PRESENT, NULL);
}

static void
on_ready_to_launch (BeckonSession *session, gpointer user_data)
{
  if (minds (session))
    tell ("ready-to-launch", session, NULL);
}

/* The size alone: what programs tell each other may be secret. */
static void
on_context_data (BeckonSession *session, const char *text, gpointer user_data)
{
  g_autofree char *size = g_strdup_printf ("%" G_GSIZE_FORMAT, strlen (text));

  if (!minds (session))
    return;
  tell ("context-data", session, "bytes", size, NULL);
  passes (BK_CTL_UNTIL_CONTEXT_DATA, NULL);
}

static void
on_send_error (BeckonSession *session, BeckonError code, gpointer user_data)
{
  if (minds (session))
    tell ("send-error", session, "error", beckon_error_to_nick (code), NULL);
}

static void
add_session (gpointer object)
{
  BeckonSession *session = object;

  g_signal_connect (session, "state-changed", G_CALLBACK (on_state_changed), NULL);
  g_signal_connect (session, "termination", G_CALLBACK (on_termination), NULL);
  g_signal_connect (session, "accepted", G_CALLBACK (on_answer), (gpointer) "accepted");
  g_signal_connect (session, "declined", G_CALLBACK (on_answer), (gpointer) "declined");
  g_signal_connect (session, "cancelled", G_CALLBACK (on_answer), (gpointer) "cancelled");
  g_signal_connect (session, "notify::ringing", G_CALLBACK (on_ringing), NULL);
  g_signal_connect (session, "notify::timeline", G_CALLBACK (on_timeline), NULL);
  g_signal_connect (session, "app-not-present", G_CALLBACK (on_app_not_present), NULL);
  g_signal_connect (session, "ready-to-launch", G_CALLBACK (on_ready_to_launch), NULL);
  g_signal_connect (session, "context-data-received", G_CALLBACK (on_context_data), NULL);
  g_signal_connect (session, "send-error", G_CALLBACK (on_send_error), NULL);
  if (minds (session) && beckon_session_get_state (session) != BECKON_SESSION_STATE_TERMINATED)
    tell ("session", session, "previous", "unknown", NULL);
  if (beckon_session_get_state (session) == BECKON_SESSION_STATE_INVITATION
      && (beckon_session_get_flags (session) & BECKON_SESSION_FLAGS_INVITEE) != 0)
    ring (session);
}

/* ---- accounts and contacts ---- */

static void
on_contact_changed (BeckonContact *contact, GParamSpec *pspec, gpointer user_data)
{
  tell ("contact", contact, NULL);
  check ();
}

static void
on_group_changed (BeckonGroup *group, GParamSpec *pspec, gpointer user_data)
{
  tell ("group", group, NULL);
}

static void
on_group_members (GListModel *contacts, guint position, guint removed, guint added, BeckonGroup *group)
{
  tell ("group", group, NULL);
}

static void
add_group (gpointer object)
{
  g_signal_connect (object, "notify::name", G_CALLBACK (on_group_changed), NULL);
  g_signal_connect (beckon_group_get_contacts (object), "items-changed", G_CALLBACK (on_group_members), object);
  tell ("group", object, NULL);
}

static void
add_contact (gpointer object)
{
  g_signal_connect (object, "notify", G_CALLBACK (on_contact_changed), NULL);
  tell ("contact", object, NULL);
}

static void
on_account_changed (BeckonAccount *account, GParamSpec *pspec, gpointer user_data)
{
  tell ("account", account, NULL);
  check ();
}

/* ---- messages ---- */

static void
on_message_changed (BeckonMessage *message, GParamSpec *pspec, BeckonConversation *conversation)
{
  tell ("message-changed", message, "who", beckon_conversation_get_who (conversation), NULL);
  check ();
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
        tell ("message", message, "who", beckon_conversation_get_who (conversation), NULL);
    }
  check ();
}

static void
on_conversation_unread (BeckonConversation *conversation, GParamSpec *pspec, gpointer user_data)
{
  check ();
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
  check ();
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
  tell ("account", object, NULL);
  /* The service came back: the account that the conditions are about is another object. */
  if (watch.account == NULL
      || g_str_equal (beckon_account_get_signin_name (watch.account), beckon_account_get_signin_name (object)))
    watch.account = object;
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
  ring (session);
}

static void
on_invitation_over (BeckonMessenger *messenger, BeckonSession *session, gpointer user_data)
{
  if (!minds (session))
    return;
  tell ("invitation-over", session, NULL);
  check ();
}

static void
on_pick (BeckonMessenger *messenger, BeckonSession *session, const char *event)
{
  if (!minds (session))
    return;
  tell (event, session, NULL);
  check ();
}

static void
on_notice (BeckonMessenger *messenger, const char *kind, const char *text, BeckonSession *session, gpointer user_data)
{
  tell ("notice", session, "kind", kind, "text", text, NULL);
}

/* Also those that waited for somebody to show them. */
static void
on_alert (BeckonMessenger *messenger, BeckonAlert *alert, gpointer user_data)
{
  tell ("alert", alert, NULL);
  passes (BK_CTL_UNTIL_ALERT, NULL);
}

static void
on_registered (BeckonMessenger *messenger, const char *guid, const char *event)
{
  tell (event, NULL, "guid", guid, NULL);
  check ();
}

static void
on_connected (BeckonMessenger *messenger, GParamSpec *pspec, gpointer user_data)
{
  tell ("service", NULL, "connected", beckon_messenger_get_connected (messenger) ? "true" : "false", NULL);
  check ();
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
  follow_list (beckon_messenger_get_sessions (messenger), add_session);
  follow_list (beckon_messenger_get_applications (messenger), add_application);
}

/* ---- starting ---- */

static void
start (void)
{
  follow_messenger (watch.ctl->messenger);
  tell ("ready", NULL, NULL);
  check ();
}

static void
on_conversation (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  BeckonConversation *conversation
    = beckon_account_get_conversation_finish (BECKON_ACCOUNT (source), result, &error);

  if (conversation == NULL)
    {
      bk_ctl_fail_error (watch.ctl, error);
      return;
    }
  g_ptr_array_add (watch.conversations, conversation);
  g_signal_connect (conversation, "items-changed", G_CALLBACK (on_messages), NULL);
  g_signal_connect (conversation, "notify::unread", G_CALLBACK (on_conversation_unread), NULL);
  watch.opening--;
  /* What is there already is no event. */
  on_messages (G_LIST_MODEL (conversation), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (conversation)), &watch);
  if (watch.opening == 0 && !watch.ctl->ended)
    start ();
}

static gboolean
parse_untils (BkCtl *ctl)
{
  for (char **text = options.until; text != NULL && *text != NULL; text++)
    {
      BkCtlUntil *until = bk_ctl_until_new (ctl, watch.account, *text);
      if (until == NULL)
        return FALSE;
      g_ptr_array_add (watch.untils, until);
    }
  return TRUE;
}

static void
run_watch (BkCtl *ctl)
{
  watch.ctl = ctl;
  watch.session = options.session;
  watch.untils = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_ctl_until_free);
  watch.conversations = g_ptr_array_new_with_free_func (g_object_unref);
  watch.known = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  watch.rung = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (ctl->account_name != NULL || options.with != NULL)
    watch.account = bk_ctl_account (ctl);
  else
    watch.account = beckon_messenger_get_primary_account (ctl->messenger);
  if (ctl->ended || !parse_untils (ctl))
    return;
  if (options.with == NULL)
    {
      start ();
      return;
    }
  for (char **who = options.with; *who != NULL; who++)
    {
      g_autofree char *name = bk_ctl_dup_who (watch.account, *who);
      watch.opening++;
      beckon_account_get_conversation_async (watch.account, name, ctl->cancellable, on_conversation, NULL);
    }
}

const BkCtlCommand bk_ctl_watch_commands[] = {
  { "watch", run_watch, "", "Print what happens, until something has happened", 0, 0, entries },
  { NULL },
};
