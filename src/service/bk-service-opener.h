/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows web pages with whatever the desktop shows them with. */
#pragma once

#include "bk-desktop.h"

G_BEGIN_DECLS

#define BK_TYPE_SERVICE_OPENER (bk_service_opener_get_type ())
G_DECLARE_FINAL_TYPE (BkServiceOpener, bk_service_opener, BK, SERVICE_OPENER, GObject)

BkOpener *bk_service_opener_new (void);

G_END_DECLS
