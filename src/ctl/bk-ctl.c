/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-ctl.h"

#include <stdio.h>
#include <string.h>

void
bk_ctl_done (BkCtl *ctl, BkCtlStatus status)
{
  if (ctl->ended)
    return;
  ctl->ended = TRUE;
  ctl->status = status;
  g_cancellable_cancel (ctl->cancellable);
  g_main_loop_quit (ctl->loop);
}

static void
complain (const char *text)
{
  g_autofree char *safe = bk_ctl_safe (text);

  fflush (stdout);
  fprintf (stderr, "beckonctl: %s\n", safe);
}

void
bk_ctl_fail (BkCtl *ctl, BkCtlStatus status, const char *format, ...)
{
  va_list args;

  if (ctl->ended)
    return;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  complain (text);
  bk_ctl_done (ctl, status);
}

void
bk_ctl_fail_error (BkCtl *ctl, GError *error)
{
  g_autoptr (GError) owned = error;

  if (ctl->ended)
    return;
  if (error->domain == BECKON_ERROR)
    {
      g_autofree char *name = g_dbus_error_encode_gerror (error);
      bk_ctl_fail (ctl, BK_CTL_FAILED, "%s (%s)", error->message, name);
    }
  else
    {
      bk_ctl_fail (ctl, BK_CTL_FAILED, "%s", error->message);
    }
}

void
bk_ctl_end_verb (BkCtl *ctl, gboolean ok, GError *error)
{
  if (ok)
    bk_ctl_done (ctl, BK_CTL_OK);
  else
    bk_ctl_fail_error (ctl, error);
}

void
bk_ctl_keep (BkCtl *ctl, gpointer object)
{
  g_ptr_array_add (ctl->kept, g_object_ref (object));
}

static void
on_connected (BeckonMessenger *messenger, GParamSpec *pspec, BkCtl *ctl)
{
  if (!ctl->ended && !beckon_messenger_get_connected (messenger))
    bk_ctl_fail (ctl, BK_CTL_NO_SERVICE, "The session service went away");
}

void
bk_ctl_hang_on_service (BkCtl *ctl)
{
  g_signal_connect (ctl->messenger, "notify::connected", G_CALLBACK (on_connected), ctl);
  on_connected (ctl->messenger, NULL, ctl);
}

/* ---- what commands name ---- */

char *
bk_ctl_dup_who (BeckonAccount *account, const char *who)
{
  const char *domain = strrchr (beckon_account_get_signin_name (account), '@');

  return strchr (who, '@') != NULL || domain == NULL ? g_strdup (who) : g_strconcat (who, domain, NULL);
}

static BeckonAccount *
find_account (BkCtl *ctl, const char *name)
{
  GListModel *accounts = beckon_messenger_get_accounts (ctl->messenger);
  BeckonAccount *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (BeckonAccount) account = g_list_model_get_item (accounts, i);
      const char *own = beckon_account_get_signin_name (account);
      gsize length = strlen (name);

      if (g_ascii_strcasecmp (own, name) == 0)
        return account; /* the list holds it */
      if (g_ascii_strncasecmp (own, name, length) == 0 && own[length] == '@' && found == NULL)
        found = account;
    }
  return found;
}

BeckonAccount *
bk_ctl_account (BkCtl *ctl)
{
  BeckonAccount *account = ctl->account_name != NULL ? find_account (ctl, ctl->account_name)
                                                     : beckon_messenger_get_primary_account (ctl->messenger);

  if (account == NULL && ctl->account_name != NULL)
    bk_ctl_fail (ctl, BK_CTL_FAILED, "There is no account %s here; see beckonctl account list", ctl->account_name);
  else if (account == NULL)
    bk_ctl_fail (ctl, BK_CTL_FAILED, "There is no account yet; see beckonctl account add --help");
  return account;
}

BeckonAccount *
bk_ctl_named_account (BkCtl *ctl)
{
  if (ctl->args[0] != NULL)
    {
      g_free (ctl->account_name);
      ctl->account_name = g_strdup (ctl->args[0]);
    }
  return bk_ctl_account (ctl);
}

GPtrArray *
bk_ctl_dup_items (GListModel *model)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    g_ptr_array_add (items, g_list_model_get_item (model, i));
  return items;
}

/* ---- texts ---- */

/* Control characters, and those that turn the reading direction or break lines where no line ends. */
static gboolean
is_unsafe (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f
         || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *
bk_ctl_escape (const char *text, const char *allowed)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *safe = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!is_unsafe (c) || g_utf8_strchr (allowed, -1, c) != NULL)
        g_string_append_unichar (safe, c);
      else if (c == '\n')
        g_string_append (safe, "\\n");
      else
        g_string_append_printf (safe, "\\u%04x", c);
    }
  return g_string_free (safe, FALSE);
}

char *
bk_ctl_safe (const char *text)
{
  return bk_ctl_escape (text != NULL ? text : "", "");
}

char *
bk_ctl_format_time (gint64 microseconds, const char *format)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (microseconds / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, format) : g_strdup ("?");
}

/* ---- sessions ---- */

/* A SessionID as people type it: without braces, in lower case. */
char *
bk_ctl_dup_bare_id (const char *id)
{
  gsize length = strlen (id);
  gsize start = id[0] == '{' ? 1 : 0;

  if (length > start && id[length - 1] == '}')
    length--;
  return g_ascii_strdown (id + start, (gssize) (length - start));
}

gboolean
bk_ctl_session_has_id (BeckonSession *session, const char *prefix)
{
  g_autofree char *own = bk_ctl_dup_bare_id (beckon_session_get_id (session));
  g_autofree char *wanted = bk_ctl_dup_bare_id (prefix);

  return *wanted != '\0' && g_str_has_prefix (own, wanted);
}
