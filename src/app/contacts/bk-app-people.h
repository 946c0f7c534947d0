/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everybody on the contact lists of all accounts, as one list. */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_PERSON (bk_app_person_get_type ())
/* Somebody on the contact list of an account. */
G_DECLARE_FINAL_TYPE (BkAppPerson, bk_app_person, BK, APP_PERSON, GObject)

/* Another object for the same contact: a list that GTK shows may have each object once. */
BkAppPerson *bk_app_person_dup (BkAppPerson *self);
BeckonAccount *bk_app_person_get_account (BkAppPerson *self);
BeckonContact *bk_app_person_get_contact (BkAppPerson *self);
/* Whether it is still in the list that made it. */
gboolean bk_app_person_get_listed (BkAppPerson *self);
gboolean bk_app_person_is (BkAppPerson *self, const char *account, const char *who);
/* Returns: (transfer floating): who it is, as the target of the actions about somebody */
GVariant *bk_app_person_new_target (BkAppPerson *self);
/* What a list asks of everybody, again and again. */
gboolean bk_app_person_get_pinned (BkAppPerson *self);
/* Waits for an answer to a contact request. */
gboolean bk_app_person_get_asking (BkAppPerson *self);
/* Whether each of @words, folded by bk_app_text_dup_folded(), is in one of the names. The server, which is that of most
 * people, counts only for what looks like a part of an address. */
gboolean bk_app_person_matches (BkAppPerson *self, const char *const *words);

#define BK_TYPE_APP_PEOPLE (bk_app_people_get_type ())
/* A GListModel of BkAppPerson, in no order. When somebody's place in a sorted or filtered list may have changed, it
 * says so soon after as a change of that item, which stays the same object. Signal "person-changed" (BkAppPerson):
 * something about the contact is another, at once. Signal "account-state" (BeckonAccount): it has another state. */
G_DECLARE_FINAL_TYPE (BkAppPeople, bk_app_people, BK, APP_PEOPLE, GObject)

/* @accounts: of BeckonAccount. */
BkAppPeople *bk_app_people_new (GListModel *accounts);
/* @account: NULL for any. */
BkAppPerson *bk_app_people_find (BkAppPeople *self, const char *account, const char *who);

/* The order of the contact list: who waits for an answer, who can be reached, the others, each by name. */
int bk_app_person_compare (gconstpointer a, gconstpointer b, gpointer user_data);
/* By name alone. */
int bk_app_person_compare_names (gconstpointer a, gconstpointer b, gpointer user_data);
/* With whom one spoke last, first. */
int bk_app_person_compare_times (gconstpointer a, gconstpointer b, gpointer user_data);

G_END_DECLS
