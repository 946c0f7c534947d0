/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the contact list has in it, and in which order: sections of people, or what a search found. */
#pragma once

#include "contacts/bk-app-people.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_CONTACT_LIST (bk_app_contact_list_get_type ())
/* Follows the settings contacts-sort, contacts-online-only, contacts-groups and contacts-collapsed. */
G_DECLARE_FINAL_TYPE (BkAppContactList, bk_app_contact_list, BK, APP_CONTACT_LIST, GObject)

/* @accounts: of BeckonAccount. @found: of what else is found in a search, here a BeckonFound each. */
BkAppContactList *bk_app_contact_list_new (BkAppPeople *people, GListModel *accounts, GListModel *found,
                                           GSettings *settings);
/* Of BkAppSection, each followed by what is in it: BkAppPerson, each contact once in a section and several times in the
 * whole, or items of what else was found. */
GListModel *bk_app_contact_list_get_model (BkAppContactList *self);
/* Shows what has the words of @text instead; NULL or nothing but space ends that. */
void bk_app_contact_list_search (BkAppContactList *self, const char *text);
/* What is searched for, folded; NULL for nothing. */
const char *const *bk_app_contact_list_get_words (BkAppContactList *self);
gboolean bk_app_contact_list_is_searching (BkAppContactList *self);

G_END_DECLS
