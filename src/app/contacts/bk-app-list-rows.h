/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the contact list: headings, people and messages that were found. */
#pragma once

#include "contacts/bk-app-contact-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_SECTION_ROW (bk_app_section_row_get_type ())
G_DECLARE_FINAL_TYPE (BkAppSectionRow, bk_app_section_row, BK, APP_SECTION_ROW, GtkBox)

#define BK_TYPE_APP_FOUND_ROW (bk_app_found_row_get_type ())
G_DECLARE_FINAL_TYPE (BkAppFoundRow, bk_app_found_row, BK, APP_FOUND_ROW, GtkBox)

/* For bk_app_contact_list_get_model() of @list. */
GtkListItemFactory *bk_app_list_rows_factory_new (BkAppContactList *list);

/* Returns: (nullable): the BkAppContactRow at a place in such a list; the margin around a row belongs to it */
GtkWidget *bk_app_list_rows_find_contact (GtkListView *list, double x, double y);

G_END_DECLS
