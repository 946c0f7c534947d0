/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The people whom the user can invite, to choose one: those whom they invited last come first. Who cannot be invited
 * right now is greyed and says why. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_RECIPIENT_LIST (bk_app_recipient_list_get_type ())
/* Signals: "picked" (): the chosen one is meant; "changed" (): another one may be chosen. */
G_DECLARE_FINAL_TYPE (BkAppRecipientList, bk_app_recipient_list, BK, APP_RECIPIENT_LIST, AdwBin)

/* @account: whose contacts; NULL for those of all. Somebody is chosen from the start unless @unchosen. */
void bk_app_recipient_list_set_people (BkAppRecipientList *self, BkAppPeople *people, const char *account,
                                       gboolean unchosen);
/* Puts those first who were invited to that application last. */
void bk_app_recipient_list_set_application (BkAppRecipientList *self, const char *guid);
/* Shows only those who have @text in their names. */
void bk_app_recipient_list_search (BkAppRecipientList *self, const char *text);
/* NULL while nobody is chosen who can be invited. */
BkAppPerson *bk_app_recipient_list_get_chosen (BkAppRecipientList *self);

G_END_DECLS
