/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user always allows to the contacts of an account, on this device. */
#include "bk-engine-account-internal.h"

#include "bk-ids.h"
#include "bk-limits.h"

void
_bk_account_allowed_free (gpointer data)
{
  BkEngineAllowed *allowed = data;

  g_free (allowed->who);
  g_free (allowed->guid);
  g_free (allowed);
}

static void
tell (BkEngineAccount *self)
{
  g_signal_emit_by_name (self, "allowed-changed");
}

/* ---- the list ---- */

static int
compare (const BkEngineAllowed *one, const char *who, const char *guid)
{
  int order = strcmp (one->who, who);

  return order != 0 ? order : strcmp (one->guid, guid);
}

/* Returns whether it is there; @position: where it is or belongs. */
static gboolean
find (BkEngineAccount *self, const char *who, const char *guid, guint *position)
{
  guint from = 0, to = self->allowed->len;

  while (from < to)
    {
      guint middle = (from + to) / 2;

      if (compare (g_ptr_array_index (self->allowed, middle), who, guid) < 0)
        from = middle + 1;
      else
        to = middle;
    }
  if (position != NULL)
    *position = from;
  return from < self->allowed->len && compare (g_ptr_array_index (self->allowed, from), who, guid) == 0;
}

static void
put (BkEngineAccount *self, const char *who, const char *guid)
{
  guint position;

  if (find (self, who, guid, &position))
    return;
  BkEngineAllowed *allowed = g_new (BkEngineAllowed, 1);
  allowed->who = g_strdup (who);
  allowed->guid = g_strdup (guid);
  g_ptr_array_insert (self->allowed, (int) position, allowed);
}

static gboolean
drop (BkEngineAccount *self, const char *who, const char *guid)
{
  guint position;

  if (!find (self, who, guid, &position))
    return FALSE;
  g_ptr_array_remove_index (self->allowed, position);
  return TRUE;
}

static gboolean
is_contact (BkEngineContact *contact)
{
  return contact != NULL && bk_engine_contact_get_relation (contact) == BECKON_RELATION_ACCEPTED
         && !bk_engine_contact_get_blocked (contact);
}

void
bk_engine_account_restore_allowed (BkEngineAccount *self, const char *who, const char *guid)
{
  if (is_contact (bk_engine_contacts_find (self->contacts, who)))
    put (self, who, guid);
}

/* Nothing is allowed to somebody any more who is no contact, or blocked. The history knows that by itself. */
void
_bk_account_contact_allowed (BkEngineAccount *self, const BkHistoryContact *contact)
{
  guint before = self->allowed->len;

  if (contact->relation == BECKON_RELATION_ACCEPTED && !contact->blocked)
    return;
  for (guint i = self->allowed->len; i-- > 0;)
    if (g_str_equal (((BkEngineAllowed *) g_ptr_array_index (self->allowed, i))->who, contact->who))
      g_ptr_array_remove_index (self->allowed, i);
  if (self->allowed->len != before)
    tell (self);
}

/* ---- reading ---- */

const GPtrArray *
bk_engine_account_get_allowed (BkEngineAccount *self)
{
  return self->allowed;
}

/* @who is a normal sign-in name, @guid a normal GUID. */
gboolean
bk_engine_account_is_allowed (BkEngineAccount *self, const char *who, const char *guid)
{
  return who != NULL && guid != NULL && !g_str_equal (guid, BK_GUID_FILE) && find (self, who, guid, NULL);
}

/* ---- changing ---- */

typedef struct
{
  char *who;
  char *guid;
  gboolean allowed;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->who);
  g_free (change->guid);
  g_free (change);
}

/* What could not be written is not allowed after the next start; so it is not allowed now. What was taken back and
 * could not be written stays taken back, and the user knows that it will not for long. */
static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineAccount *self = g_task_get_source_object (task);
  const Change *change = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (bk_engine_history_set_allowed_finish (self->history, result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (change->allowed && drop (self, change->who, change->guid))
    tell (self);
  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_STORAGE, "It could not be written down: %s",
                           error->message);
}

static gboolean
check (BkEngineAccount *self, const Change *change, GError **error)
{
  if (change->who == NULL || change->guid == NULL)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                         change->who == NULL ? "This is no sign-in name" : "That is not a GUID");
  else if (change->allowed && g_str_equal (change->guid, BK_GUID_FILE))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                         "Files are never accepted without a question");
  else if (change->allowed && !is_contact (bk_engine_contacts_find (self->contacts, change->who)))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "Nobody of this name is a contact");
  else if (change->allowed && self->allowed->len >= BK_LIMIT_ALLOWED && !find (self, change->who, change->guid, NULL))
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED, "At most %d things can always be allowed",
                 BK_LIMIT_ALLOWED);
  else
    return TRUE;
  return FALSE;
}

/**
 * bk_engine_account_set_allowed_async:
 * @self: an account
 * @who: sign-in name of a contact
 * @guid: GUID of an application
 * @allowed: whether invitations of @who to it need no question from now on
 * @cancellable: (nullable): not used
 * @callback: called when it is written down
 * @user_data: for @callback
 *
 * Allows an application to a contact for good, or takes it back. It counts at once.
 */
void
bk_engine_account_set_allowed_async (BkEngineAccount *self, const char *who, const char *guid, gboolean allowed,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Change *change = g_new0 (Change, 1);
  GError *error = NULL;

  change->who = bk_sign_in_name_normalize (who);
  change->guid = bk_guid_normalize (guid);
  change->allowed = allowed;
  g_task_set_source_tag (task, bk_engine_account_set_allowed_async);
  g_task_set_task_data (task, change, change_free);
  if (!check (self, change, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (find (self, change->who, change->guid, NULL) == (allowed != FALSE))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (allowed)
    put (self, change->who, change->guid);
  else
    drop (self, change->who, change->guid);
  bk_engine_history_set_allowed_async (self->history, self->stored->id, change->who, change->guid, allowed, on_written,
                                       g_steal_pointer (&task));
  tell (self);
}

/**
 * bk_engine_account_set_allowed_finish:
 * @self: an account
 * @result: from the callback
 * @error: return location for an error
 *
 * Gets the outcome of bk_engine_account_set_allowed_async().
 *
 * Errors: INVALID_ARGUMENT, NOT_FOUND, LIMIT_EXCEEDED, STORAGE.
 *
 * Returns: whether it is so from now on
 */
gboolean
bk_engine_account_set_allowed_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
