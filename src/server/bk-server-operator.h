/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the operator's commands reach a running server: they write into the file what is to be done and then nudge the
 * server through a named pipe beside it. What is in the file is not lost if nobody listens: a server looks when it
 * starts. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean bk_server_operator_is_heard (const char *database);
gboolean bk_server_operator_nudge (const char *database, GError **error);

G_END_DECLS
