/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lock status|unlock, alerts enable|dismiss, contact add --private: what licensed programs do, at their door */
#include "bk-ctl.h"

#include <stdio.h>
#include <string.h>

#define MAX_KEY 4096

char *bk_ctl_lock_id;
char *bk_ctl_lock_key_file;

static char *unlock_id;
static char *unlock_key_file;
static gboolean suppress;

static const GOptionEntry unlock_entries[] = {
  { "id", 0, 0, G_OPTION_ARG_FILENAME, &unlock_id, "Id of the license", "ID" },
  { "key-file", 0, 0, G_OPTION_ARG_FILENAME, &unlock_key_file, "File with its key; - for standard input", "FILE" },
  { NULL },
};
static const GOptionEntry alerts_entries[] = {
  { "suppress", 's', 0, G_OPTION_ARG_NONE, &suppress, "Do not let Beckon show them as well", NULL },
  BK_CTL_LOCK_ENTRIES,
  { NULL },
};

/* ---- the key: never an argument, which others could read ---- */

typedef struct
{
  BkCtl *ctl;
  BeckonLock *lock; /* owned */
  const char *id;
  BkCtlLockFunc func; /* called when it is open */
  gpointer data;
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->lock);
  g_free (opening);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  GError *error = NULL;

  if (beckon_lock_unlock_finish (BECKON_LOCK (source), result, &error))
    opening->func (opening->ctl, opening->data);
  else
    bk_ctl_fail_error (opening->ctl, error);
}

/* The sign-in name of the account meant by --account; NULL for the primary one. */
static const char *
named_account (BkCtl *ctl)
{
  BeckonAccount *account = ctl->account_name != NULL ? bk_ctl_account (ctl) : NULL;

  return account != NULL ? beckon_account_get_signin_name (account) : NULL;
}

/* Takes @key. */
static void
unlock (Opening *opening, char *key)
{
  g_strchomp (key);
  beckon_lock_unlock_async (opening->lock, opening->id, key, named_account (opening->ctl), opening->ctl->cancellable,
                            on_unlocked, opening);
  explicit_bzero (key, strlen (key));
  g_free (key);
}

static Opening *opening_stdin; /* there is one standard input */

static void
on_stdin (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  char *key = bk_ctl_read_stdin_finish (result, &error);

  if (key != NULL)
    {
      unlock (g_steal_pointer (&opening_stdin), key);
      return;
    }
  g_clear_pointer (&opening_stdin, opening_free);
  bk_ctl_fail_error (user_data, error);
}

static void
on_file (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  GError *error = NULL;
  char *key = NULL;
  gsize length;

  if (!g_file_load_contents_finish (G_FILE (source), result, &key, &length, NULL, &error))
    bk_ctl_fail_error (opening->ctl, error);
  else if (length > MAX_KEY || strlen (key) != length || !g_utf8_validate (key, -1, NULL))
    bk_ctl_fail (opening->ctl, BK_CTL_FAILED, "The file holds no key");
  else
    {
      unlock (g_steal_pointer (&opening), g_steal_pointer (&key));
      return;
    }
  g_free (key);
}

static void
open_lock (BkCtl *ctl, BeckonLock *lock, const char *id, const char *key_file, BkCtlLockFunc func, gpointer data)
{
  Opening *opening = g_new0 (Opening, 1);

  opening->ctl = ctl;
  opening->lock = g_object_ref (lock);
  opening->id = id;
  opening->func = func;
  opening->data = data;
  if (g_str_equal (key_file, "-"))
    {
      opening_stdin = opening;
      bk_ctl_read_stdin_async (ctl, MAX_KEY, on_stdin);
      return;
    }
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (key_file);
  g_file_load_contents_async (file, ctl->cancellable, on_file, opening);
}

/* The options that unlock come in pairs. FALSE: the command has failed. */
static gboolean
check_license (BkCtl *ctl)
{
  if ((bk_ctl_lock_id == NULL) == (bk_ctl_lock_key_file == NULL))
    return TRUE;
  bk_ctl_fail (ctl, BK_CTL_USAGE, "--lock-id and --lock-key-file belong together");
  return FALSE;
}

void
bk_ctl_with_lock (BkCtl *ctl, BeckonLock *lock, BkCtlLockFunc func, gpointer data)
{
  if (!check_license (ctl))
    return;
  if (bk_ctl_lock_id != NULL)
    open_lock (ctl, lock, bk_ctl_lock_id, bk_ctl_lock_key_file, func, data);
  else
    func (ctl, data);
}

/* ---- the private messenger ---- */

static BkCtlPrivateFunc private_func;

static void
on_private_open (BkCtl *ctl, gpointer data)
{
  private_func (ctl, data);
}

static void
on_private (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (BeckonMessengerPrivate) private = beckon_messenger_private_new_finish (result, &error);

  if (private == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  bk_ctl_keep (ctl, private);
  bk_ctl_with_lock (ctl, beckon_messenger_private_get_lock (private), on_private_open, private);
}

void
bk_ctl_with_private (BkCtl *ctl, BkCtlPrivateFunc func)
{
  if (!check_license (ctl))
    return;
  private_func = func;
  beckon_messenger_private_new_async (ctl->cancellable, on_private, ctl);
}

/* ---- contact add --private ---- */

static void
on_contact_list_add (BeckonMessengerPrivate *private, const char *signin_name, const GError *error, BkCtl *ctl)
{
  if (error == NULL)
    bk_ctl_done (ctl, BK_CTL_OK);
  else
    bk_ctl_fail_error (ctl, g_error_copy (error));
}

static void
on_contact_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (!beckon_messenger_private_add_contact_finish (BECKON_MESSENGER_PRIVATE (source), result, &error))
    bk_ctl_fail_error (user_data, error);
}

void
bk_ctl_add_contact_private (BkCtl *ctl, BeckonMessengerPrivate *private)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL)
    return;
  g_autofree char *who = bk_ctl_dup_who (account, ctl->args[0]);
  g_signal_connect (private, "contact-list-add", G_CALLBACK (on_contact_list_add), ctl);
  beckon_messenger_private_add_contact_async (private, who, beckon_account_get_signin_name (account), ctl->cancellable,
                                              on_contact_asked, ctl);
}

/* ---- alerts ---- */

/* As `watch` prints what happens; @alert: nullable. */
static void
print_event (BkCtl *ctl, const char *event, BeckonAlert *alert)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (ctl->json)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "event");
      json_builder_add_string_value (builder, event);
      if (alert != NULL)
        {
          json_builder_set_member_name (builder, bk_ctl_kind (G_OBJECT (alert)));
          bk_ctl_build_object (builder, G_OBJECT (alert));
        }
      json_builder_end_object (builder);
      bk_ctl_print_builder (builder);
    }
  else if (alert != NULL)
    bk_ctl_print_object (ctl, G_OBJECT (alert));
  else
    puts (event);
  fflush (stdout);
}

static gboolean
on_alert (BeckonMessengerPrivate *private, BeckonAlert *alert, BkCtl *ctl)
{
  print_event (ctl, "alert", alert);
  return !suppress;
}

/* The subscription is over, and what waits for alerts would wait for ever. */
static void
on_lock_status (BeckonLock *lock, BeckonLockStatus status, const char *account, BkCtl *ctl)
{
  BeckonLockStatus own = beckon_lock_get_account_status (lock, named_account (ctl));

  if (own != BECKON_LOCK_STATUS_UNLOCKED && own != BECKON_LOCK_STATUS_DISABLED)
    bk_ctl_fail (ctl, BK_CTL_FAILED, "No more alerts come: the lock is %s now", beckon_lock_status_to_nick (own));
}

static void
on_enabled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BeckonMessengerPrivate *private = BECKON_MESSENGER_PRIVATE (source);
  GError *error = NULL;

  if (!beckon_messenger_private_enable_alert_events_finish (private, result, &error))
    {
      bk_ctl_fail_error (user_data, error);
      return;
    }
  g_signal_connect (beckon_messenger_private_get_lock (private), "status-changed", G_CALLBACK (on_lock_status),
                    user_data);
  print_event (user_data, "ready", NULL);
}

static void
enable_alerts (BkCtl *ctl, BeckonMessengerPrivate *private)
{
  guint n = g_strv_length (ctl->args);
  g_autofree guint32 *sites = g_new0 (guint32, n);

  for (guint i = 0; i < n; i++)
    {
      guint64 site;

      if (!g_ascii_string_to_unsigned (ctl->args[i], 10, 0, G_MAXUINT32, &site, NULL))
        {
          bk_ctl_fail (ctl, BK_CTL_USAGE, "%s is no number of a site", ctl->args[i]);
          return;
        }
      sites[i] = (guint32) site;
    }
  g_signal_connect (private, "alert-received", G_CALLBACK (on_alert), ctl);
  beckon_messenger_private_enable_alert_events_async (private, sites, n, named_account (ctl), ctl->cancellable,
                                                      on_enabled, ctl);
}

BK_CTL_DEFINE_VERB (on_dismissed, BECKON_MESSENGER, beckon_messenger_dismiss_alert_finish)

static void
run_dismiss (BkCtl *ctl)
{
  beckon_messenger_dismiss_alert_async (ctl->messenger, ctl->args[0], ctl->cancellable, on_dismissed, ctl);
}

static void
run_alerts (BkCtl *ctl)
{
  bk_ctl_with_private (ctl, enable_alerts);
}

/* ---- lock ---- */

static void
on_tried (BkCtl *ctl, gpointer manager)
{
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
on_manager_to_unlock (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (BeckonSessionManager) manager = beckon_session_manager_new_finish (result, &error);

  if (manager == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  bk_ctl_keep (ctl, manager);
  open_lock (ctl, beckon_session_manager_get_lock (manager), unlock_id, unlock_key_file, on_tried, NULL);
}

static void
run_unlock (BkCtl *ctl)
{
  if (unlock_id == NULL || unlock_key_file == NULL)
    bk_ctl_fail (ctl, BK_CTL_USAGE, "Which license? --id ID --key-file FILE");
  else
    beckon_session_manager_new_async (NULL, ctl->cancellable, on_manager_to_unlock, ctl);
}

static void
on_manager_to_look (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (BeckonSessionManager) manager = beckon_session_manager_new_finish (result, &error);

  if (manager == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  BeckonAccount *account = bk_ctl_account (ctl);
  if (account == NULL)
    return;
  const char *name = beckon_account_get_signin_name (account);
  const char *status = beckon_lock_status_to_nick (
    beckon_lock_get_account_status (beckon_session_manager_get_lock (manager), name));
  if (ctl->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "account");
      json_builder_add_string_value (builder, name);
      json_builder_set_member_name (builder, "status");
      json_builder_add_string_value (builder, status);
      json_builder_end_object (builder);
      bk_ctl_print_builder (builder);
    }
  else
    puts (status);
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
run_status (BkCtl *ctl)
{
  beckon_session_manager_new_async (NULL, ctl->cancellable, on_manager_to_look, ctl);
}

const BkCtlCommand bk_ctl_lock_commands[] = {
  { "lock", run_status, "", "Show whether programs have to unlock", 0, 0, NULL },
  { "lock status", run_status, "", NULL, 0, 0, NULL },
  { "lock unlock", run_unlock, "", "Try a license", 0, 0, unlock_entries },
  { "alerts enable", run_alerts, "SITE...", "Print what the operator tells about these sites", 1, 64, alerts_entries },
  { "alerts dismiss", run_dismiss, "ID", "Let no window show an alert any more", 1, 1, NULL },
  { NULL },
};
