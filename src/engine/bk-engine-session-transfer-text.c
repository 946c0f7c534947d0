/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are sent, in words for people. */
#include "bk-engine-session-private.h"

#include <glib/gi18n-lib.h>

/* Returns what went wrong, here or where the other side is; NULL where there is nothing to say. */
const char *
bk_session_fault_to_text (BkTransferFault fault, gboolean remote)
{
  switch (fault)
    {
    case BK_TRANSFER_PROTOCOL:
      return _("The two programs did not understand each other.");
    case BK_TRANSFER_CHANGED:
      return _("The file was changed while it was being sent.");
    case BK_TRANSFER_READ:
      return remote ? _("The file could not be read there.") : _("The file could not be read.");
    case BK_TRANSFER_FULL:
      return remote ? _("There was no room for the file there.") : _("There was no room for the file.");
    case BK_TRANSFER_WRITE:
      return remote ? _("The file could not be saved there.") : _("The file could not be saved.");
    case BK_TRANSFER_DAMAGED:
      return _("The file that arrived is not the one that was sent.");
    case BK_TRANSFER_OK:
    case BK_TRANSFER_CUT:
      break;
    }
  return NULL;
}

/* Returns (nullable) how the file fared, where that is more than how the session ended. */
char *
bk_session_compose_transfer (BkEngineSession *self, const BkMove *move)
{
  g_autofree char *user = bk_session_dup_user_name (self);
  gboolean outgoing = self->role == BK_ROLE_INVITER;
  const char *name = self->transfer->name;

  if (self->transfer->done)
    return outgoing ? g_strdup_printf (_("%s has received “%s”."), user, name)
                    : g_strdup_printf (_("You have received “%s”."), name);
  if (move->result == BECKON_SESSION_RESULT_APPLICATION_FAILED || move->result == BECKON_SESSION_RESULT_ENDED
      || move->result == BECKON_SESSION_RESULT_CONNECTION_FAILURE)
    return outgoing ? g_strdup_printf (_("“%s” could not be sent."), name)
                    : g_strdup_printf (_("“%s” could not be received."), name);
  return NULL;
}

char *
bk_session_compose_transfer_entry (BkEngineSession *self)
{
  g_autofree char *user = bk_session_dup_user_name (self);

  if (self->role == BK_ROLE_INVITER)
    return g_strdup_printf (_("You sent %s “%s”."), user, self->transfer->name);
  return g_strdup_printf (_("%s sent you “%s”."), user, self->transfer->name);
}

/* Returns (nullable) what the other side says why it went wrong. */
char *
bk_session_dup_transfer_detail (BkEngineSession *self, const BkEnvelope *end)
{
  if (end->reason != BECKON_SESSION_RESULT_APPLICATION_FAILED)
    return NULL;
  return g_strdup (bk_session_fault_to_text (bk_transfer_fault_from_word (end->data), TRUE));
}
