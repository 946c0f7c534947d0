/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A certificate that is not trusted, for people. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Says in a sentence what is wrong with it, and after an empty line, a line each, whose it is, who signed it, when it is
 * valid and its fingerprint. All that it says of itself is only what somebody claims. */
char *bk_native_certificate_describe (GTlsCertificate *certificate, GTlsCertificateFlags faults, const char *host);

G_END_DECLS
