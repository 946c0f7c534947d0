/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "beckon-enums.h"
#include "beckon-error.h"
