/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a path is as it is, for people. Only what is known. */
#include "bk-ice-private.h"

#include <glib/gi18n-lib.h>

static char *
relay_text (const BkIceFacts *facts)
{
  if (!facts->local_relay)
    return g_strdup (_("Through the other side’s relay, because no direct way was found."));
  if (facts->server == NULL)
    return g_strdup (_("Through a relay, because no direct way was found."));
  if (facts->over_tcp && facts->udp_silent)
    /* Translators: %s is the name of a server. UDP and TCP are protocols. */
    return g_strdup_printf (_("Through the relay %s over TCP, because nothing came back over UDP."), facts->server);
  return g_strdup_printf (_("Through the relay %s, because no direct way was found."), facts->server);
}

static const char *
failed_text (const BkIceFacts *facts)
{
  if (!facts->heard)
    return _("The other side has not said where it can be reached.");
  if (!facts->relay_known)
    return _("No direct way to the other side was found, and this side knows no relay.");
  if (!facts->relay_answered)
    return _("No direct way to the other side was found, and no relay answered this side.");
  return _("No way to the other side was found, neither directly nor through a relay.");
}

char *
bk_ice_text (const BkIceFacts *facts)
{
  switch (facts->state)
    {
    case BECKON_CHANNEL_PATH_DIRECT:
      return g_strdup (_("Direct connection."));
    case BECKON_CHANNEL_PATH_RELAY:
      return relay_text (facts);
    case BECKON_CHANNEL_PATH_LOST:
      return g_strdup (_("The other side no longer responds."));
    case BECKON_CHANNEL_PATH_FAILED:
      return g_strdup (failed_text (facts));
    case BECKON_CHANNEL_PATH_NONE:
    case BECKON_CHANNEL_PATH_CONNECTING:
    default:
      return g_strdup (_("Looking for a way to the other side."));
    }
}
