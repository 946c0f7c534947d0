/* SPDX-License-Identifier: GPL-3.0-or-later */
/* invite, pick, accept, decline, cancel, context, sessions, show */
#include "bk-ctl.h"

#include <stdio.h>

typedef enum
{
  WAIT_NOT,
  WAIT_ACCEPTED,
  WAIT_CONNECTED,
  WAIT_ENDED,
} Wait;

static const char *const wait_names[] = { "", "accepted", "connected", "ended", NULL };

static struct
{
  char *data;
  char *message;
  char *wait_name;
  char *address;
  char *folder;
  char *reason;
  gboolean all;
  gboolean nobody;
  Wait wait;
} options;

static const GOptionEntry data_entries[] = {
  { "data", 'd', 0, G_OPTION_ARG_FILENAME, &options.data, "Data for the program of the other side", "TEXT" },
  { NULL },
};
const GOptionEntry bk_ctl_wait_entries[] = {
  { "data", 'd', 0, G_OPTION_ARG_FILENAME, &options.data, "Data for the program of the other side", "TEXT" },
  { "wait", 'w', 0, G_OPTION_ARG_FILENAME, &options.wait_name, "Wait for that", "accepted|connected|ended" },
  { NULL },
};
const GOptionEntry bk_ctl_plain_wait_entries[] = {
  { "wait", 'w', 0, G_OPTION_ARG_FILENAME, &options.wait_name, "Wait for that", "accepted|connected|ended" },
  { NULL },
};
static const GOptionEntry invite_entries[] = {
  { "data", 'd', 0, G_OPTION_ARG_FILENAME, &options.data, "Data for the program of the other side", "TEXT" },
  { "message", 'm', 0, G_OPTION_ARG_FILENAME, &options.message, "What you say with it", "TEXT" },
  { "wait", 'w', 0, G_OPTION_ARG_FILENAME, &options.wait_name, "Wait for that", "accepted|connected|ended" },
  { NULL },
};
static const GOptionEntry accept_entries[] = {
  { "data", 'd', 0, G_OPTION_ARG_FILENAME, &options.data, "Data for the program of the other side", "TEXT" },
  { "address", 0, 0, G_OPTION_ARG_FILENAME, &options.address, "Where the other side finds this one", "TEXT" },
  { "folder", 0, 0, G_OPTION_ARG_FILENAME, &options.folder, "Where a file goes", "FOLDER" },
  { "wait", 'w', 0, G_OPTION_ARG_FILENAME, &options.wait_name, "Wait for that", "connected|ended" },
  { NULL },
};
static const GOptionEntry cancel_entries[] = {
  { "data", 'd', 0, G_OPTION_ARG_FILENAME, &options.data, "Data for the program of the other side", "TEXT" },
  { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &options.reason, "Why, if it is no plain cancel", "RESULT" },
  { NULL },
};
const GOptionEntry bk_ctl_program_entries[] = {
  { "data", 'd', 0, G_OPTION_ARG_FILENAME, &options.data, "Data for the program of the other side", "TEXT" },
  { "address", 0, 0, G_OPTION_ARG_FILENAME, &options.address, "Where the other side finds this one", "TEXT" },
  { "wait", 'w', 0, G_OPTION_ARG_FILENAME, &options.wait_name, "Wait for that", "accepted|connected|ended" },
  BK_CTL_LOCK_ENTRIES,
  { NULL },
};
static const GOptionEntry pick_entries[] = {
  { "nobody", 0, 0, G_OPTION_ARG_NONE, &options.nobody, "Invite nobody", NULL },
  { NULL },
};
static const GOptionEntry list_entries[] = {
  { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, "Also those that are over", NULL },
  { NULL },
};

static const char *
data (void)
{
  return options.data != NULL ? options.data : "";
}

/* ---- waiting for what becomes of a session ---- */

gboolean
bk_ctl_parse_wait (BkCtl *ctl)
{
  if (options.wait_name == NULL)
    return TRUE;
  for (guint i = 1; wait_names[i] != NULL; i++)
    if (g_str_equal (options.wait_name, wait_names[i]))
      options.wait = (Wait) i;
  if (options.wait == WAIT_NOT)
    bk_ctl_fail (ctl, BK_CTL_USAGE, "--wait is for accepted, connected or ended");
  return options.wait != WAIT_NOT;
}

/* Whether a session that is or was in @state has come to what is waited for. */
static gboolean
is_reached (BeckonSessionState state)
{
  switch (options.wait)
    {
    case WAIT_NOT:
      return TRUE;
    case WAIT_ACCEPTED:
      return state == BECKON_SESSION_STATE_ACCEPTED || state == BECKON_SESSION_STATE_CONNECTED;
    case WAIT_CONNECTED:
      return state == BECKON_SESSION_STATE_CONNECTED;
    case WAIT_ENDED:
      return FALSE;
    }
  return FALSE;
}

static void
session_ended (BkCtl *ctl, BeckonSession *session)
{
  BeckonSessionResult result = beckon_session_get_result (session);

  bk_ctl_print_object (ctl, G_OBJECT (session));
  if (options.wait == WAIT_ENDED && result == BECKON_SESSION_RESULT_ENDED)
    bk_ctl_done (ctl, BK_CTL_OK);
  else
    bk_ctl_fail (ctl, BK_CTL_OTHER_END, "%s (%s)", beckon_session_get_result_text (session),
                 beckon_session_result_to_nick (result));
}

static void
check_session (BkCtl *ctl, BeckonSession *session, BeckonSessionState previous)
{
  if (ctl->ended)
    return;
  if (is_reached (beckon_session_get_state (session)) || is_reached (previous))
    {
      bk_ctl_print_object (ctl, G_OBJECT (session));
      bk_ctl_done (ctl, BK_CTL_OK);
    }
  else if (beckon_session_get_state (session) == BECKON_SESSION_STATE_TERMINATED)
    {
      session_ended (ctl, session);
    }
}

static void
on_state_changed (BeckonSession *session, BeckonSessionState previous, BkCtl *ctl)
{
  check_session (ctl, session, previous);
}

void
bk_ctl_follow_session (BkCtl *ctl, BeckonSession *session)
{
  bk_ctl_keep (ctl, session);
  bk_ctl_show_transfer (ctl, session);
  g_signal_connect (session, "state-changed", G_CALLBACK (on_state_changed), ctl);
  bk_ctl_hang_on_service (ctl);
  check_session (ctl, session, BECKON_SESSION_STATE_UNKNOWN);
}

/* ---- invite ---- */

/* The GUID of the application that is meant: by GUID, or by its name where only one has it. */
static char *
dup_guid (BkCtl *ctl, const char *application)
{
  GListModel *model = beckon_messenger_get_applications (ctl->messenger);
  g_autofree char *wanted = g_utf8_casefold (application, -1);
  g_autofree char *guid = NULL;

  if (application[0] == '{')
    return g_strdup (application);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (BeckonApplication) item = g_list_model_get_item (model, i);
      g_autofree char *name = g_utf8_casefold (beckon_application_get_name (item), -1);

      if (!g_str_equal (name, wanted))
        continue;
      if (guid != NULL)
        {
          bk_ctl_fail (ctl, BK_CTL_FAILED, "Several applications are called %s: give the GUID, see beckonctl apps",
                       application);
          return NULL;
        }
      guid = g_strdup (beckon_application_get_guid (item));
    }
  if (guid == NULL)
    bk_ctl_fail_error (ctl, g_error_new (BECKON_ERROR, BECKON_ERROR_APP_NOT_REGISTERED,
                                         "No application is called %s, see beckonctl apps", application));
  return g_steal_pointer (&guid);
}

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (BeckonSession) session
    = beckon_messenger_invite_app_finish (BECKON_MESSENGER (source), result, &error);

  if (session == NULL)
    bk_ctl_fail_error (ctl, error);
  else
    bk_ctl_follow_session (ctl, session);
}

static void
run_invite (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL || !bk_ctl_parse_wait (ctl))
    return;
  g_autofree char *who = bk_ctl_dup_who (account, ctl->args[0]);
  g_autofree char *guid = dup_guid (ctl, ctl->args[1]);
  if (guid != NULL)
    beckon_messenger_invite_app_async (ctl->messenger, account, who, guid, data (), options.message,
                                       ctl->cancellable, on_invited, ctl);
}

/* ---- which session ---- */

static gboolean
is_ringing_here (BeckonSession *session)
{
  return beckon_session_get_state (session) == BECKON_SESSION_STATE_INVITATION
         && (beckon_session_get_flags (session) & BECKON_SESSION_FLAGS_INVITEE) != 0;
}

gboolean
bk_ctl_session_is_open (BeckonSession *session)
{
  return beckon_session_get_state (session) != BECKON_SESSION_STATE_TERMINATED;
}

static gboolean
is_any (BeckonSession *session)
{
  return TRUE;
}

/* A trial has both of its sides here, under one SessionID: that of the inviter stands for it. */
static gboolean
is_other_side (BeckonSession *session, BeckonSession *other)
{
  return g_str_equal (beckon_session_get_id (session), beckon_session_get_id (other));
}

static gboolean
is_inviter (BeckonSession *session)
{
  return (beckon_session_get_flags (session) & BECKON_SESSION_FLAGS_INVITER) != 0;
}

BeckonSession *
bk_ctl_pick_session (BkCtl *ctl, gboolean (*fits) (BeckonSession *session), const char *what)
{
  g_autoptr (GPtrArray) sessions = bk_ctl_dup_items (beckon_messenger_get_sessions (ctl->messenger));
  const char *id = ctl->args[0];
  g_autoptr (BeckonSession) found = NULL;

  for (guint i = 0; i < sessions->len; i++)
    {
      BeckonSession *session = sessions->pdata[i];

      if (id != NULL ? !bk_ctl_session_has_id (session, id) : !fits (session))
        continue;
      if (found != NULL && !is_other_side (session, found))
        {
          bk_ctl_fail (ctl, BK_CTL_FAILED, "There is more than one %s: name it, see beckonctl sessions", what);
          return NULL;
        }
      if (found == NULL || is_inviter (session))
        g_set_object (&found, session);
    }
  if (found == NULL && id != NULL)
    bk_ctl_fail (ctl, BK_CTL_FAILED, "There is no session %s, see beckonctl sessions --all", id);
  else if (found == NULL)
    bk_ctl_fail (ctl, BK_CTL_FAILED, "There is no %s", what);
  return g_steal_pointer (&found);
}

/* ---- pick ---- */

BK_CTL_DEFINE_VERB (on_pick_answered, BECKON_MESSENGER, beckon_messenger_answer_pick_finish)

static void
run_pick (BkCtl *ctl)
{
  const char *who = ctl->args[1];

  if ((who == NULL) != options.nobody)
    {
      bk_ctl_fail (ctl, BK_CTL_USAGE, "Usage: beckonctl pick SESSION WHO, or beckonctl pick SESSION --nobody");
      return;
    }
  g_autoptr (BeckonSession) session = bk_ctl_pick_session (ctl, is_any, "session");
  if (session == NULL)
    return;
  g_autoptr (BeckonAccount) account
    = beckon_messenger_find_account (ctl->messenger, beckon_session_get_my_signin_name (session));
  g_autofree char *name = who != NULL && account != NULL ? bk_ctl_dup_who (account, who) : NULL;
  beckon_messenger_answer_pick_async (ctl->messenger, session, name, ctl->cancellable, on_pick_answered, ctl);
}

/* ---- accept, decline, cancel ---- */

BK_CTL_DEFINE_VERB (on_declined, BECKON_SESSION, beckon_session_decline_finish)
BK_CTL_DEFINE_VERB (on_cancelled, BECKON_SESSION, beckon_session_cancel_finish)

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;

  if (beckon_session_accept_finish (BECKON_SESSION (source), result, &error))
    bk_ctl_follow_session (ctl, BECKON_SESSION (source));
  else
    bk_ctl_fail_error (ctl, error);
}

static void
on_accept_address (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;

  if (beckon_session_set_local_address_finish (BECKON_SESSION (source), result, &error))
    beckon_session_accept_async (BECKON_SESSION (source), data (), ctl->cancellable, on_accepted, ctl);
  else
    bk_ctl_fail_error (ctl, error);
}

static void
on_file_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;

  if (beckon_session_accept_file_finish (BECKON_SESSION (source), result, &error))
    bk_ctl_follow_session (ctl, BECKON_SESSION (source));
  else
    bk_ctl_fail_error (ctl, error);
}

static void
run_accept (BkCtl *ctl)
{
  if (!bk_ctl_parse_wait (ctl))
    return;
  g_autoptr (BeckonSession) session = bk_ctl_pick_session (ctl, is_ringing_here, "invitation");
  g_autofree char *folder = options.folder != NULL ? g_canonicalize_filename (options.folder, NULL) : NULL;
  if (session != NULL && folder != NULL)
    beckon_session_accept_file_async (session, folder, ctl->cancellable, on_file_accepted, ctl);
  else if (session != NULL && options.address != NULL)
    beckon_session_set_local_address_async (session, options.address, ctl->cancellable, on_accept_address, ctl);
  else if (session != NULL)
    beckon_session_accept_async (session, data (), ctl->cancellable, on_accepted, ctl);
}

static void
run_decline (BkCtl *ctl)
{
  g_autoptr (BeckonSession) session = bk_ctl_pick_session (ctl, is_ringing_here, "invitation");

  if (session != NULL)
    beckon_session_decline_async (session, data (), ctl->cancellable, on_declined, ctl);
}

static gboolean
find_result (const char *nick, BeckonSessionResult *result)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (BECKON_TYPE_SESSION_RESULT);
  GEnumValue *value = g_enum_get_value_by_nick (klass, nick);

  *result = value != NULL ? (BeckonSessionResult) value->value : BECKON_SESSION_RESULT_NONE;
  return value != NULL;
}

static void
run_cancel (BkCtl *ctl)
{
  BeckonSessionResult reason = BECKON_SESSION_RESULT_NONE;

  if (options.reason != NULL && !find_result (options.reason, &reason))
    {
      bk_ctl_fail (ctl, BK_CTL_USAGE, "There is no result %s; beckonctl(1) has a list", options.reason);
      return;
    }
  g_autoptr (BeckonSession) session = bk_ctl_pick_session (ctl, bk_ctl_session_is_open, "open session");
  if (session != NULL)
    beckon_session_cancel_async (session, reason, data (), ctl->cancellable, on_cancelled, ctl);
}

/* ---- context ---- */

BK_CTL_DEFINE_VERB (on_context_sent, BECKON_SESSION, beckon_session_send_context_data_finish)

static void
run_context (BkCtl *ctl)
{
  g_autoptr (BeckonSession) session = bk_ctl_pick_session (ctl, bk_ctl_session_is_open, "open session");

  if (session == NULL)
    return;
  if (options.data != NULL)
    {
      beckon_session_send_context_data_async (session, options.data, ctl->cancellable, on_context_sent, ctl);
      return;
    }
  bk_ctl_print_text (ctl, "context_data", beckon_session_get_context_data (session));
  bk_ctl_done (ctl, BK_CTL_OK);
}

/* ---- sessions, show ---- */

static void
run_list (BkCtl *ctl)
{
  g_autoptr (GPtrArray) sessions = bk_ctl_dup_items (beckon_messenger_get_sessions (ctl->messenger));

  for (guint i = sessions->len; i > 0 && !options.all; i--)
    if (!bk_ctl_session_is_open (sessions->pdata[i - 1]))
      g_ptr_array_remove_index (sessions, i - 1);
  bk_ctl_print_objects (ctl, sessions);
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
print_detail (const char *name, const char *value)
{
  g_autofree char *safe = bk_ctl_safe (value);

  if (*safe != '\0')
    printf ("  %-16s %s\n", name, safe);
}

static void
run_show (BkCtl *ctl)
{
  g_autoptr (BeckonSession) session = bk_ctl_pick_session (ctl, is_any, "session");

  if (session == NULL)
    return;
  bk_ctl_print_object (ctl, G_OBJECT (session));
  if (!ctl->json)
    {
      print_detail ("name", beckon_session_get_user_name (session));
      print_detail ("own name", beckon_session_get_my_signin_name (session));
      print_detail ("application", beckon_session_get_application (session));
      print_detail ("page", beckon_session_get_application_url (session));
      print_detail ("message", beckon_session_get_message (session));
      print_detail ("data", beckon_session_get_app_data (session));
      print_detail ("local address", beckon_session_get_local_address (session));
      print_detail ("remote address", beckon_session_get_remote_address (session));
      print_detail ("hosted by", beckon_session_get_host (session));
      print_detail ("channel", beckon_channel_path_to_nick (beckon_session_get_channel_path (session)));
      print_detail ("", beckon_session_get_channel_reason (session));
      print_detail ("identity", beckon_identity_to_nick (beckon_session_get_identity (session)));
      print_detail ("safety number", beckon_session_get_safety_number (session));
      print_detail ("log", beckon_session_get_log (session));
      for (const char *const *line = beckon_session_get_timeline (session); *line != NULL; line++)
        print_detail ("", *line);
    }
  bk_ctl_done (ctl, BK_CTL_OK);
}

/* ---- for bk-ctl-program.c ---- */

gboolean
bk_ctl_program_options (BkCtl *ctl, const char **app_data, const char **address)
{
  *app_data = data ();
  *address = options.address;
  return bk_ctl_parse_wait (ctl);
}

/* The session ends with the program that holds it, which is this one: it waits for the end unless told otherwise. */
void
bk_ctl_hold_session (BkCtl *ctl, BeckonSession *session)
{
  if (options.wait == WAIT_NOT)
    options.wait = WAIT_ENDED;
  bk_ctl_follow_session (ctl, session);
}

char *
bk_ctl_dup_guid (BkCtl *ctl, const char *application)
{
  return dup_guid (ctl, application);
}

const BkCtlCommand bk_ctl_session_commands[] = {
  { "invite", run_invite, "WHO APPLICATION", "Invite somebody to an application (name or GUID)", 2, 2, invite_entries },
  { "pick", run_pick, "SESSION [WHO]", "Choose whom a program invites", 1, 2, pick_entries },
  { "accept", run_accept, "[SESSION]", "Accept an invitation", 0, 1, accept_entries },
  { "decline", run_decline, "[SESSION]", "Decline an invitation", 0, 1, data_entries },
  { "cancel", run_cancel, "[SESSION]", "End a session from either side", 0, 1, cancel_entries },
  { "context", run_context, "[SESSION]", "Show the latest context data, or send some", 0, 1, data_entries },
  { "sessions", run_list, "", "List the sessions", 0, 0, list_entries },
  { "sessions list", run_list, "", NULL, 0, 0, list_entries },
  { "show", run_show, "[SESSION]", "Tell all about a session", 0, 1, NULL },
  { "session show", run_show, "[SESSION]", NULL, 0, 1, NULL },
  { NULL },
};
