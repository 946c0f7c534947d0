/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everybody on the contact lists of all accounts, as one list. */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_PERSON (bk_app_person_get_type ())
/* Somebody on the contact list of an account. Signal "changed" (): something about the contact moved. */
G_DECLARE_FINAL_TYPE (BkAppPerson, bk_app_person, BK, APP_PERSON, GObject)

BeckonAccount *bk_app_person_get_account (BkAppPerson *self);
BeckonContact *bk_app_person_get_contact (BkAppPerson *self);
gboolean bk_app_person_is (BkAppPerson *self, const char *account, const char *who);

#define BK_TYPE_APP_PEOPLE (bk_app_people_get_type ())
/* A GListModel of BkAppPerson, in no order. When somebody's place in a sorted or filtered list may have changed, it
 * says so as a change of that item, which stays the same object. */
G_DECLARE_FINAL_TYPE (BkAppPeople, bk_app_people, BK, APP_PEOPLE, GObject)

/* @accounts: of BeckonAccount. */
BkAppPeople *bk_app_people_new (GListModel *accounts);
/* @account: NULL for any. */
BkAppPerson *bk_app_people_find (BkAppPeople *self, const char *account, const char *who);

/* The order of the contact list: who waits for an answer, who can be reached, the others, each by name. */
int bk_app_person_compare (gconstpointer a, gconstpointer b, gpointer user_data);

G_END_DECLS
