/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user asks of an account besides signing in and out. */
#include "bk-engine-account-internal.h"

#include "bk-ids.h"
#include "bk-limits.h"

static gboolean
can_be_chosen (BeckonStatus status)
{
  switch (status)
    {
    case BECKON_STATUS_ONLINE:
    case BECKON_STATUS_INVISIBLE:
    case BECKON_STATUS_BUSY:
    case BECKON_STATUS_BE_RIGHT_BACK:
    case BECKON_STATUS_IDLE:
    case BECKON_STATUS_AWAY:
    case BECKON_STATUS_ON_THE_PHONE:
    case BECKON_STATUS_OUT_TO_LUNCH:
      return TRUE;
    case BECKON_STATUS_UNKNOWN:
    case BECKON_STATUS_OFFLINE:
    case BECKON_STATUS_LOCAL_FINDING_SERVER:
    case BECKON_STATUS_LOCAL_CONNECTING_TO_SERVER:
    case BECKON_STATUS_LOCAL_SYNCHRONIZING_WITH_SERVER:
    case BECKON_STATUS_LOCAL_DISCONNECTING_FROM_SERVER:
      break;
    }
  return FALSE;
}

/* @personal_message nullable or empty: none. Kept for the next sign-in if there is no connection. */
gboolean
bk_engine_account_set_status (BkEngineAccount *self, BeckonStatus status, const char *personal_message,
                              GError **error)
{
  const char *text = personal_message != NULL && *personal_message != '\0' ? personal_message : NULL;

  if (!can_be_chosen (status)
      || (text != NULL && !bk_text_is_valid (text, BK_LIMIT_PERSONAL_MESSAGE, FALSE)))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "A status can be chosen, and a personal message is one line of at most %d bytes",
                   BK_LIMIT_PERSONAL_MESSAGE);
      return FALSE;
    }
  if (self->stored->wanted_status == status && g_strcmp0 (self->stored->personal_message, text) == 0)
    return TRUE;

  char *copy = g_strdup (text);
  self->stored->wanted_status = status;
  _bk_account_update_telling (self);
  g_free (self->stored->personal_message);
  self->stored->personal_message = copy;
  _bk_account_save (self);
  if (self->phase == BK_ACCOUNT_IN)
    bk_backend_set_presence (self->backend, _bk_account_published_status (self), copy);
  _bk_account_changed (self);
  return TRUE;
}

void
bk_engine_account_set_away (BkEngineAccount *self, gboolean away)
{
  BeckonStatus before = _bk_account_published_status (self);

  self->away = away != FALSE;
  if (_bk_account_published_status (self) == before || self->phase == BK_ACCOUNT_CLOSED)
    return;
  if (self->phase == BK_ACCOUNT_IN)
    bk_backend_set_presence (self->backend, _bk_account_published_status (self), self->stored->personal_message);
  _bk_account_changed (self);
}

/* Whether the network can be asked: it is there, or was until it was cut. Whether that is worth waiting for, it knows
 * itself. */
gboolean
_bk_account_can_ask (BkEngineAccount *self)
{
  return self->phase == BK_ACCOUNT_IN && (self->state == BK_BACKEND_ONLINE || self->been_online);
}

/* Else answers @task. */
gboolean
_bk_account_check_online (BkEngineAccount *self, GTask *task)
{
  if (_bk_account_can_ask (self))
    return TRUE;
  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "There is no connection");
  return FALSE;
}

static gboolean
check_ready (BkEngineAccount *self, GTask *task)
{
  if (BK_IS_BACKEND_CONTACTS (self->backend))
    return _bk_account_check_online (self, task);
  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "This network has no contact list");
  return FALSE;
}

static void
on_display_name (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineAccount *self = g_task_get_source_object (task);
  BkBackendContacts *contacts = BK_BACKEND_CONTACTS (source);
  GError *error = NULL;

  if (!BK_BACKEND_CONTACTS_GET_IFACE (contacts)->set_display_name_finish (contacts, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  BkBackendEvent profile = {
    .type = BK_BACKEND_EVENT_PROFILE,
    .display_name = g_task_get_task_data (task),
    .avatar = self->stored->avatar,
  };
  bk_engine_account_apply (self, &profile);
  g_task_return_boolean (task, TRUE);
}

void
bk_engine_account_set_display_name_async (BkEngineAccount *self, const char *display_name, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *name = g_strstrip (g_strdup (display_name != NULL ? display_name : ""));

  g_task_set_source_tag (task, bk_engine_account_set_display_name_async);
  if (*name == '\0' || !bk_text_is_valid (name, BK_LIMIT_DISPLAY_NAME, FALSE))
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                               "A display name is one line of 1 to %d bytes", BK_LIMIT_DISPLAY_NAME);
      return;
    }
  if (!check_ready (self, task))
    return;
  BkBackendContacts *contacts = BK_BACKEND_CONTACTS (self->backend);
  BK_BACKEND_CONTACTS_GET_IFACE (contacts)->set_display_name_async (contacts, name, cancellable, on_display_name,
                                                                   g_object_ref (task));
  g_task_set_task_data (task, g_steal_pointer (&name), g_free);
}

gboolean
bk_engine_account_set_display_name_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Who must be on the list already, for the verb to make sense. */
static gboolean
needs_contact (BkContactVerb verb)
{
  switch (verb)
    {
    case BK_CONTACT_APPROVE:
    case BK_CONTACT_DECLINE:
    case BK_CONTACT_REMOVE:
      return TRUE;
    case BK_CONTACT_ADD:
    case BK_CONTACT_BLOCK:
    case BK_CONTACT_UNBLOCK:
      break;
    }
  return FALSE;
}

/* Whether it is so already. Then nobody need be asked, and there may be no connection. */
static gboolean
is_so (BkEngineAccount *self, BkContactVerb verb, const char *who)
{
  BkEngineContact *contact = bk_engine_contacts_find (self->contacts, who);
  gboolean blocked = contact != NULL && bk_engine_contact_get_blocked (contact);

  return (verb == BK_CONTACT_BLOCK && blocked) || (verb == BK_CONTACT_UNBLOCK && !blocked);
}

static gboolean
check_change (BkEngineAccount *self, BkContactVerb verb, const char *who, const char *text, GError **error)
{
  if (who == NULL || g_str_equal (who, self->stored->sign_in_name))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "This is nobody's sign-in name but yours");
  else if (text != NULL && !bk_text_is_valid (text, BK_LIMIT_REQUEST_TEXT, FALSE))
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                 "The text of a request is one line of at most %d bytes",
                 BK_LIMIT_REQUEST_TEXT);
  else if (needs_contact (verb) && bk_engine_contacts_find (self->contacts, who) == NULL)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "Nobody of this name is on the contact list");
  else
    return TRUE;
  return FALSE;
}

static void
on_contact_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkBackendContacts *contacts = BK_BACKEND_CONTACTS (source);
  GError *error = NULL;

  if (BK_BACKEND_CONTACTS_GET_IFACE (contacts)->change_finish (contacts, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The change itself comes back as a fact. */
void
bk_engine_account_change_contact_async (BkEngineAccount *self, BkContactVerb verb, const char *who, const char *text,
                                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *name = bk_sign_in_name_normalize (who);
  GError *error = NULL;

  g_task_set_source_tag (task, bk_engine_account_change_contact_async);
  if (!check_change (self, verb, name, text, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (is_so (self, verb, name))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (!check_ready (self, task))
    return;
  BkBackendContacts *contacts = BK_BACKEND_CONTACTS (self->backend);
  BK_BACKEND_CONTACTS_GET_IFACE (contacts)->change_async (contacts, verb, name, text, cancellable, on_contact_changed,
                                                         g_steal_pointer (&task));
}

gboolean
bk_engine_account_change_contact_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
bk_engine_account_set_alert_sites (BkEngineAccount *self, const guint32 *sites, gsize n_sites)
{
  if (BK_IS_BACKEND_ALERTS (self->backend) && self->phase != BK_ACCOUNT_CLOSED)
    BK_BACKEND_ALERTS_GET_IFACE (self->backend)->set_sites (BK_BACKEND_ALERTS (self->backend), sites,
                                                            MIN (n_sites, BK_LIMIT_ALERT_SITES));
}

void
bk_engine_account_keep_async (BkEngineAccount *self, GAsyncReadyCallback callback, gpointer user_data)
{
  self->stored->kept = TRUE;
  self->stored->wants_online = TRUE;
  bk_engine_history_save_account_async (self->history, self->stored, callback, user_data);
}

gboolean
bk_engine_account_keep_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return bk_engine_history_save_account_finish (self->history, result, error);
}
