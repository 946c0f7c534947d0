/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session as an entry of its conversation: what is left of it for good. */
#include "bk-engine-session-private.h"

#include <glib/gi18n-lib.h>

static char *
compose_entry (BkEngineSession *self)
{
  g_autofree char *user = bk_session_dup_user_name (self);
  const char *name = bk_engine_session_get_application_name (self);
  const char *application = *name != '\0' ? name : C_ ("name", "Unknown Application");

  if (self->transfer != NULL)
    return bk_session_compose_transfer_entry (self);
  if (self->message != NULL && self->role == BK_ROLE_INVITER)
    return g_strdup_printf (_("You invited %s to %s: “%s”"), user, application, self->message);
  if (self->message != NULL)
    return g_strdup_printf (_("%s invited you to %s: “%s”"), user, application, self->message);
  if (self->role == BK_ROLE_INVITER)
    return g_strdup_printf (_("You invited %s to %s."), user, application);
  return g_strdup_printf (_("%s invited you to %s."), user, application);
}

/* Writes the entry as the session is now. Writing it twice is harmless. */
void
bk_session_write_entry (BkEngineSession *self)
{
  if (self->account == NULL)
    return; /* a trial is part of no conversation */

  gboolean outgoing = self->role == BK_ROLE_INVITER;
  g_autofree char *text = compose_entry (self);
  BkEngineMessage entry = {
    .message_id = self->id,
    .who = self->user,
    .outgoing = outgoing,
    .text = text,
    .time = self->created,
    .delivery = outgoing ? BECKON_DELIVERY_SENT : BECKON_DELIVERY_RECEIVED,
    .session = TRUE,
    .application = self->application,
    .application_name = self->application_name,
    .result = self->result,
    .result_text = self->result_text,
    .file_name = self->transfer != NULL ? self->transfer->name : NULL,
    .file_size = self->transfer != NULL ? self->transfer->size : 0,
    .file_path = self->transfer == NULL ? NULL
                 : outgoing             ? self->transfer->source
                                        : self->transfer->path,
  };

  bk_engine_account_write_session (self->account, &entry);
}
