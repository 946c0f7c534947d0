/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-private.h"

#include <glib/gi18n.h>

/* The main window, if the user is at it. */
static BkAppWindow *
get_attended_window (BkApp *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  return BK_IS_APP_WINDOW (window) && gtk_window_is_active (window) ? BK_APP_WINDOW (window) : NULL;
}

gboolean
bk_app_shows (BkApp *self, const char *account, const char *who)
{
  BkAppWindow *window = get_attended_window (self);

  return window != NULL && bk_app_window_shows (window, account, who);
}

void
bk_app_tell_notice (BkApp *self, const char *id, BkAppNotice *notice)
{
  BkAppWindow *window = bk_app_get_window (self);

  if (window != NULL)
    bk_app_window_tell (window, notice->title, NULL, NULL, NULL);
  /* The application may have ended while a call was under way. */
  if (get_attended_window (self) != NULL || self->notices == NULL)
    bk_app_notice_free (notice);
  else
    bk_app_notices_send (self->notices, id, notice);
}

void
bk_app_tell (BkApp *self, const char *id, const char *text)
{
  bk_app_tell_notice (self, id, bk_app_notice_new (BK_APP_NOTICE_PLAIN, text, NULL));
}

static void
on_state (BeckonSession *session, GParamSpec *pspec, AdwToast *toast)
{
  /* One that began without a question can be ended as long as it runs. */
  if (!beckon_session_get_automatic (session) || beckon_session_get_state (session) == BECKON_SESSION_STATE_TERMINATED)
    adw_toast_dismiss (toast);
}

/* Nobody may press the button too late: it comes before whatever else is to be said, and goes when the session goes on. */
static void
tell_in_window (BkAppWindow *window, BeckonSession *session, const char *text, const char *button)
{
  AdwToast *toast = bk_app_window_tell (window, text, button, "app.cancel", beckon_session_get_id (session));

  if (beckon_session_get_automatic (session))
    adw_toast_set_timeout (toast, 0);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (on_state), toast, 0);
}

void
bk_app_tell_cancellable (BkApp *self, BeckonSession *session, const char *text)
{
  gboolean runs = beckon_session_get_automatic (session);
  BkAppWindow *window = bk_app_get_window (self);
  const char *session_id = beckon_session_get_id (session);
  g_autofree char *id = g_strconcat ("session-", session_id, NULL);

  if (window != NULL)
    tell_in_window (window, session, text, runs ? C_ ("session", "_End") : _("_Cancel"));
  if (get_attended_window (self) != NULL)
    return;
  BkAppNotice *notice = bk_app_notice_new (BK_APP_NOTICE_PLAIN, text, NULL);
  bk_app_notice_add_button (notice, runs ? C_ ("session", "End") : _("Cancel"), "app.cancel", g_variant_new_string (session_id));
  bk_app_notices_send (self->notices, id, notice);
}

/* Else somebody who closes the window believes to be gone. */
void
bk_app_explain_background (BkApp *self)
{
  if (g_settings_get_boolean (self->settings, "background-explained"))
    return;
  g_settings_set_boolean (self->settings, "background-explained", TRUE);
  BkAppNotice *notice = bk_app_notice_new (BK_APP_NOTICE_PLAIN, _("Beckon keeps running in the background"),
                                           _("Messages and invitations are still announced."));
  bk_app_notice_set_press (notice, "app.show", NULL);
  bk_app_notice_add_button (notice, _("Preferences"), "app.open-preferences", g_variant_new_string ("behavior"));
  bk_app_notice_add_button (notice, _("Quit"), "app.quit", NULL);
  bk_app_notices_send (self->notices, "background", notice);
}
