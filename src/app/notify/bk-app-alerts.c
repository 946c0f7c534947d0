/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/bk-app-alerts.h"

#include "bk-app-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* The account is ours, and the text is plain: nothing in it is acted upon but a page that the user asks for. */
static void
on_alert (BeckonMessenger *messenger, BeckonAlert *alert, BkApp *app)
{
  const char *domain = strrchr (beckon_alert_get_account (alert), '@');
  g_autofree char *id = g_strconcat ("alert-", beckon_alert_get_id (alert), NULL);
  g_autofree char *title
    = g_strdup_printf (_("Message from the operator of %s"),
                       domain != NULL ? domain + 1 : beckon_alert_get_account (alert));
  BkAppNotice *notice = bk_app_notice_new (BK_APP_NOTICE_PLAIN, title, beckon_alert_get_text (alert));

  if (*beckon_alert_get_url (alert) != '\0')
    bk_app_notice_add_button (notice, _("Open Page"), "app.open-alert-page",
                              g_variant_new_string (beckon_alert_get_url (alert)));
  bk_app_notices_send (bk_app_get_notices (app), id, notice);
  beckon_messenger_dismiss_alert_async (messenger, beckon_alert_get_id (alert), NULL, NULL, NULL);
}

void
bk_app_alerts_watch (BkApp *app)
{
  g_signal_connect_object (bk_app_get_messenger (app), "alert-received", G_CALLBACK (on_alert), app, 0);
}
