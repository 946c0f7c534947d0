/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where a server is. */
typedef struct
{
  gboolean tls;
  char *host; /* without brackets, in ASCII */
  guint16 port;
  char *path; /* begins with a slash */
} BkNativeAddress;

/* Reads `host`, `host:port`, `wss://host[:port][/path]` or `ws://host[:port][/path]`; a NULL @server means the domain
 * of @sign_in_name. Plain `ws` to anything but a loopback address is refused with BECKON_ERROR_TLS_FAIL. */
BkNativeAddress *bk_native_address_new (const char *server, const char *sign_in_name, GError **error);
BkNativeAddress *bk_native_address_copy (const BkNativeAddress *address);
void bk_native_address_free (BkNativeAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkNativeAddress, bk_native_address_free)

char *bk_native_address_to_uri (const BkNativeAddress *address);

G_END_DECLS
