/* SPDX-License-Identifier: GPL-3.0-or-later */
/* invite --program, invite --pick: what an application does that invites by itself, or that has the user choose whom.
 * Both go through the door for applications. */
#include "bk-ctl.h"

typedef struct
{
  BkCtl *ctl;
  char *who;
  char *guid;
  const char *app_data;
  const char *address; /* nullable */
  char *account;
  BeckonSession *session;
} Program;

static Program program;

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (beckon_session_invite_finish (program.session, result, &error))
    bk_ctl_hold_session (program.ctl, program.session);
  else
    bk_ctl_fail_error (program.ctl, error);
}

static void
invite (void)
{
  beckon_session_invite_async (program.session, program.who, program.app_data, program.ctl->cancellable, on_invited,
                               NULL);
}

static void
on_address_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (beckon_session_set_local_address_finish (program.session, result, &error))
    invite ();
  else
    bk_ctl_fail_error (program.ctl, error);
}

static void
on_application_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (!beckon_session_set_application_finish (program.session, result, &error))
    bk_ctl_fail_error (program.ctl, error);
  else if (program.address != NULL)
    beckon_session_set_local_address_async (program.session, program.address, program.ctl->cancellable, on_address_set,
                                            NULL);
  else
    invite ();
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (BeckonSession) session
    = beckon_session_manager_create_session_finish (BECKON_SESSION_MANAGER (source), result, &error);

  if (session == NULL)
    {
      bk_ctl_fail_error (program.ctl, error);
      return;
    }
  bk_ctl_keep (program.ctl, session);
  program.session = session;
  beckon_session_set_application_async (session, program.guid, program.ctl->cancellable, on_application_set, NULL);
}

static void
on_unlocked (BkCtl *ctl, gpointer manager)
{
  beckon_session_manager_create_session_async (manager, program.account, ctl->cancellable, on_created, NULL);
}

/* The manager, kept for the rest of the command; NULL: the command has failed. */
static BeckonSessionManager *
take_manager (GAsyncResult *result)
{
  GError *error = NULL;
  g_autoptr (BeckonSessionManager) manager = beckon_session_manager_new_finish (result, &error);

  if (manager == NULL)
    bk_ctl_fail_error (program.ctl, error);
  else
    bk_ctl_keep (program.ctl, manager);
  return manager;
}

static void
on_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BeckonSessionManager *manager = take_manager (result);

  if (manager != NULL)
    bk_ctl_with_lock (program.ctl, beckon_session_manager_get_lock (manager), on_unlocked, manager);
}

static void
clean_up (gpointer data)
{
  g_free (program.who);
  g_free (program.guid);
  g_free (program.account);
}

static void
run_invite (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL || !bk_ctl_program_options (ctl, &program.app_data, &program.address))
    return;
  program.ctl = ctl;
  program.account = g_strdup (beckon_account_get_signin_name (account));
  program.who = bk_ctl_dup_who (account, ctl->args[0]);
  program.guid = bk_ctl_dup_guid (ctl, ctl->args[1]);
  ctl->cleanup = clean_up;
  if (program.guid != NULL)
    beckon_session_manager_new_async (NULL, ctl->cancellable, on_manager, NULL);
}

/* ---- invite --pick ---- */

static void
on_picked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (BeckonSession) session
    = beckon_session_manager_invite_with_picker_finish (BECKON_SESSION_MANAGER (source), result, &error);

  if (session == NULL)
    bk_ctl_fail_error (program.ctl, error);
  else
    bk_ctl_hold_session (program.ctl, session);
}

static void
on_picking_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BeckonSessionManager *manager = take_manager (result);

  if (manager != NULL)
    beckon_session_manager_invite_with_picker_async (manager, program.guid, NULL, program.app_data,
                                                     program.ctl->cancellable, on_picked, NULL);
}

static void
run_pick (BkCtl *ctl)
{
  if (ctl->account_name != NULL)
    {
      bk_ctl_fail (ctl, BK_CTL_USAGE, "--pick invites from the primary account");
      return;
    }
  if (!bk_ctl_program_options (ctl, &program.app_data, &program.address))
    return;
  program.ctl = ctl;
  program.guid = bk_ctl_dup_guid (ctl, ctl->args[0]);
  ctl->cleanup = clean_up;
  if (program.guid != NULL)
    beckon_session_manager_new_async (NULL, ctl->cancellable, on_picking_manager, NULL);
}

const BkCtlCommand bk_ctl_program_commands[] = {
  { "invite --pick", run_pick, "APPLICATION", "Let the user choose whom, in a window of Beckon", 1, 1,
    bk_ctl_wait_entries },
  { "invite --program", run_invite, "WHO APPLICATION", "Invite as the application itself would, and hold the session",
    2, 2, bk_ctl_program_entries },
  { NULL },
};
