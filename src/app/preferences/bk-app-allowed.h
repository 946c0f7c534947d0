/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user always allows, of all accounts, as one list. */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_ALLOWANCE (bk_app_allowance_get_type ())
G_DECLARE_FINAL_TYPE (BkAppAllowance, bk_app_allowance, BK, APP_ALLOWANCE, GObject)

BeckonAccount *bk_app_allowance_get_account (BkAppAllowance *self);
const char *bk_app_allowance_get_who (BkAppAllowance *self);
const char *bk_app_allowance_get_guid (BkAppAllowance *self);

#define BK_TYPE_APP_ALLOWED (bk_app_allowed_get_type ())
/* A GListModel of BkAppAllowance. */
G_DECLARE_FINAL_TYPE (BkAppAllowed, bk_app_allowed, BK, APP_ALLOWED, GObject)

/* @accounts: of BeckonAccount. */
BkAppAllowed *bk_app_allowed_new (GListModel *accounts);

G_END_DECLS
