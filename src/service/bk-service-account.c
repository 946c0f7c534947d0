/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Account1, and the list of accounts */
#include "bk-service-private.h"
#include "bk-service-dbus.h"

#include <string.h>

GVariant *
bk_service_account_path (BkEngineAccount *account)
{
  return bk_service_path (BK_SERVICE_PATH_ACCOUNTS, bk_engine_account_get_id (account));
}

static GVariant *
get_error_name (const GError *error)
{
  GError named = { BECKON_ERROR, BECKON_ERROR_FAILED, (char *) "" };

  if (error == NULL)
    return bk_service_text (NULL);
  if (error->domain == BECKON_ERROR)
    named.code = error->code;
  return g_variant_new_take_string (g_dbus_error_encode_gerror (&named));
}

static GVariant *
get_property (BkServiceCall *call, const char *name)
{
  BkEngineAccount *account = BK_ENGINE_ACCOUNT (call->object);
  const GError *error = bk_engine_account_get_error (account);

  if (g_str_equal (name, "version"))
    return g_variant_new_uint32 (1);
  if (g_str_equal (name, "SignInName"))
    return bk_service_text (bk_engine_account_get_sign_in_name (account));
  if (g_str_equal (name, "DisplayName"))
    return bk_service_text (bk_engine_account_get_display_name (account));
  if (g_str_equal (name, "Avatar"))
    return bk_service_text (bk_engine_account_get_avatar (account));
  if (g_str_equal (name, "Server"))
    return bk_service_text (bk_engine_account_get_server (account));
  if (g_str_equal (name, "State"))
    return bk_service_text (bk_backend_state_to_nick (bk_engine_account_get_state (account)));
  if (g_str_equal (name, "Status"))
    return g_variant_new_uint32 (bk_engine_account_get_status (account));
  if (g_str_equal (name, "WantedStatus"))
    return g_variant_new_uint32 (bk_engine_account_get_wanted_status (account));
  if (g_str_equal (name, "PersonalMessage"))
    return bk_service_text (bk_engine_account_get_personal_message (account));
  if (g_str_equal (name, "ErrorName"))
    return get_error_name (error);
  return bk_service_text (error != NULL ? error->message : NULL); /* ErrorText */
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_account_sign_in_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

static void
handle_sign_in (BkServiceCall *call)
{
  const char *password;

  g_variant_get (call->arguments, "(&s@a{sv})", &password, NULL);
  bk_engine_account_sign_in_async (BK_ENGINE_ACCOUNT (call->object), *password != '\0' ? password : NULL,
                                   BK_CALL_SERVICE (call)->cancellable, on_signed_in, call);
}

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_account_sign_out_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

static void
handle_sign_out (BkServiceCall *call)
{
  bk_engine_account_sign_out_async (BK_ENGINE_ACCOUNT (call->object), BK_CALL_SERVICE (call)->cancellable,
                                    on_signed_out, call);
}

static void
handle_set_status (BkServiceCall *call)
{
  GError *error = NULL;
  const char *message;
  guint32 status;

  g_variant_get (call->arguments, "(u&s)", &status, &message);
  if (!bk_service_status_is_known (status))
    {
      bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “status” is none to choose.");
      return;
    }
  gboolean done = bk_engine_account_set_status (BK_ENGINE_ACCOUNT (call->object), (BeckonStatus) status, message,
                                                &error);
  bk_service_call_finish (call, done, error);
}

static void
on_display_name_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_account_set_display_name_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

static void
handle_set_display_name (BkServiceCall *call)
{
  const char *name;

  g_variant_get (call->arguments, "(&s)", &name);
  if (*name == '\0')
    bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “display_name” is empty.");
  else
    bk_engine_account_set_display_name_async (BK_ENGINE_ACCOUNT (call->object), name,
                                              BK_CALL_SERVICE (call)->cancellable, on_display_name_set, call);
}

/* ---- contacts ---- */

/* The place of the first contact after @name in the order of the list. */
static guint
find_after (GListModel *contacts, const char *name)
{
  guint low = 0;
  guint high = g_list_model_get_n_items (contacts);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      g_autoptr (BkEngineContact) contact = g_list_model_get_item (contacts, middle);

      if (strcmp (bk_engine_contact_get_sign_in_name (contact), name) <= 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
handle_list_contacts (BkServiceCall *call)
{
  GListModel *contacts = bk_engine_account_get_contacts (BK_ENGINE_ACCOUNT (call->object));
  const char *after;
  guint32 limit;

  g_variant_get (call->arguments, "(&su)", &after, &limit);
  if (limit < 1 || limit > BK_SERVICE_MAX_PAGE)
    {
      bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “limit” is not 1 to 500.");
      return;
    }
  guint first = find_after (contacts, after);
  guint count = MIN (limit, g_list_model_get_n_items (contacts) - first);
  GVariant *list = bk_service_list_to_variant (contacts, first, count, "(ssubussua{sv})",
                                               (BkServiceToVariant) bk_service_contact_to_variant);

  bk_service_call_return (call, g_variant_new ("(@a(ssubussua{sv}))", list));
}

static void
on_contact_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_account_change_contact_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

static void
change_contact (BkServiceCall *call, BkContactVerb verb, const char *text)
{
  const char *who;

  g_variant_get_child (call->arguments, 0, "&s", &who);
  bk_engine_account_change_contact_async (BK_ENGINE_ACCOUNT (call->object), verb, who, text,
                                          BK_CALL_SERVICE (call)->cancellable, on_contact_changed, call);
}

static void
handle_add_contact (BkServiceCall *call)
{
  const char *text;

  g_variant_get_child (call->arguments, 1, "&s", &text);
  change_contact (call, BK_CONTACT_ADD, *text != '\0' ? text : NULL);
}

static void
handle_approve_contact (BkServiceCall *call)
{
  change_contact (call, BK_CONTACT_APPROVE, NULL);
}

static void
handle_decline_contact (BkServiceCall *call)
{
  change_contact (call, BK_CONTACT_DECLINE, NULL);
}

static void
handle_remove_contact (BkServiceCall *call)
{
  change_contact (call, BK_CONTACT_REMOVE, NULL);
}

static void
handle_set_contact_blocked (BkServiceCall *call)
{
  gboolean blocked;

  g_variant_get_child (call->arguments, 1, "b", &blocked);
  change_contact (call, blocked ? BK_CONTACT_BLOCK : BK_CONTACT_UNBLOCK, NULL);
}

static void
handle_get_conversation (BkServiceCall *call)
{
  BkEngineAccount *account = BK_ENGINE_ACCOUNT (call->object);
  GError *error = NULL;
  const char *who;

  g_variant_get (call->arguments, "(&s)", &who);
  BkEngineConversation *conversation = bk_engine_account_get_conversation (account, who, &error);
  if (conversation == NULL)
    {
      bk_service_call_fail (call, error);
      return;
    }
  BkServiceView *view = bk_service_conversation_export (BK_CALL_SERVICE (call), account, conversation);
  bk_service_call_return (call, g_variant_new ("(o)", view->path));
}

/* ---- signals ---- */

static void
tell_contacts (BkServiceView *view, guint position, guint removed, guint added)
{
  GListModel *contacts = bk_engine_account_get_contacts (BK_ENGINE_ACCOUNT (view->object));

  if (view->told == NULL)
    return; /* nobody knows of the account yet */
  GVariant *list = bk_service_list_to_variant (contacts, position, added, "(ssubussua{sv})",
                                               (BkServiceToVariant) bk_service_contact_to_variant);

  bk_service_tell (view->service, view->path, view->interface, "ContactsChanged",
                   g_variant_new ("(uu@a(ssubussua{sv}))", position, removed, list));
}

/* The list is ordered by sign-in name, which never changes: ten thousand contacts are not walked for one that moved. */
static void
on_contact_moved (GListModel *contacts, BkEngineContact *contact, BkServiceView *view)
{
  guint end = find_after (contacts, bk_engine_contact_get_sign_in_name (contact));
  g_autoptr (BkEngineContact) found = end > 0 ? g_list_model_get_item (contacts, end - 1) : NULL;

  if (found == contact)
    tell_contacts (view, end - 1, 1, 1);
}

static void
on_contacts_changed (GListModel *contacts, guint position, guint removed, guint added, BkServiceView *view)
{
  tell_contacts (view, position, removed, added);
}

static void
on_account_changed (BkEngineAccount *account, BkServiceView *view)
{
  bk_service_view_refresh (view);
}

static void
on_arrived (BkEngineAccount *account, BkServiceView *view)
{
  bk_service_wake_window (view->service);
}

static void
on_alert (BkEngineAccount *account, BkEngineAlert *alert, BkServiceView *view)
{
  bk_service_alert_arrived (view->service, account, alert);
}

static BkServiceView *
account_view_new (BkService *self, BkEngineAccount *account)
{
  GListModel *contacts = bk_engine_account_get_contacts (account);
  g_autofree char *path = g_strdup_printf (BK_SERVICE_PATH_ACCOUNTS "/%u", bk_engine_account_get_id (account));
  BkServiceView *view =
    bk_service_view_new (self, self->service, &bk_service_account_interface, path, G_OBJECT (account));

  g_signal_connect (account, "changed", G_CALLBACK (on_account_changed), view);
  g_signal_connect (account, "arrived", G_CALLBACK (on_arrived), view);
  g_signal_connect (account, "allowed-changed", G_CALLBACK (bk_service_allowed_changed), view);
  g_signal_connect (account, "alert", G_CALLBACK (on_alert), view);
  g_signal_connect (contacts, "items-changed", G_CALLBACK (on_contacts_changed), view);
  g_signal_connect (contacts, "contact-changed", G_CALLBACK (on_contact_moved), view);
  bk_service_groups_track (view);
  bk_service_view_refresh (view);
  return view;
}

static void
drop_account_view (BkService *self, guint position)
{
  BkServiceView *view = g_ptr_array_index (self->accounts, position);
  GHashTableIter iter;
  gpointer conversation;

  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &conversation))
    if ((GObject *) ((BkServiceView *) conversation)->account == view->object)
      g_hash_table_iter_remove (&iter);
  bk_service_alerts_forget (self->alerts, NULL, BK_ENGINE_ACCOUNT (view->object));
  g_signal_handlers_disconnect_by_data (bk_engine_account_get_contacts (BK_ENGINE_ACCOUNT (view->object)), view);
  bk_service_groups_untrack (view);
  g_ptr_array_remove_index (self->accounts, position);
}

static void
on_accounts_changed (GListModel *accounts, guint position, guint removed, guint added, BkService *self)
{
  for (guint i = 0; i < removed && position < self->accounts->len; i++)
    drop_account_view (self, position);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (BkEngineAccount) account = g_list_model_get_item (accounts, position + i);

      g_ptr_array_insert (self->accounts, (int) (position + i), account_view_new (self, account));
    }
  if (!self->ready)
    return;
  bk_service_tell (self, BK_SERVICE_PATH, &bk_service_messenger_interface, "AccountsChanged",
                   g_variant_new ("(uu@ao)", position, removed,
                                  bk_service_list_to_variant (accounts, position, added, "o",
                                                              (BkServiceToVariant) bk_service_account_path)));
  bk_service_view_refresh (self->messenger);
  bk_service_view_refresh (self->manager);
}

void
bk_service_accounts_track (BkService *self)
{
  GListModel *accounts = bk_engine_get_accounts (self->engine);

  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (on_accounts_changed), self, 0);
  on_accounts_changed (accounts, 0, 0, g_list_model_get_n_items (accounts), self);
}

void
bk_service_accounts_untrack (BkService *self)
{
  g_signal_handlers_disconnect_by_data (bk_engine_get_accounts (self->engine), self);
  while (self->accounts->len > 0)
    drop_account_view (self, self->accounts->len - 1);
}

/* The account at @path; NULL if there is none. */
BkEngineAccount *
bk_service_find_account (BkService *self, const char *path)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      BkServiceView *view = g_ptr_array_index (self->accounts, i);

      if (g_str_equal (view->path, path))
        return BK_ENGINE_ACCOUNT (view->object);
    }
  return NULL;
}

BkEngineAccount *
bk_service_find_account_by_name (BkService *self, const char *name)
{
  g_autofree char *normal = bk_sign_in_name_normalize (name);

  for (guint i = 0; i < self->accounts->len; i++)
    {
      BkServiceView *view = g_ptr_array_index (self->accounts, i);
      BkEngineAccount *account = BK_ENGINE_ACCOUNT (view->object);

      if (g_strcmp0 (bk_engine_account_get_sign_in_name (account), normal) == 0)
        return account;
    }
  return NULL;
}

gboolean
bk_service_option_account (BkService *self, GVariant *options, int code, BkEngineAccount **account, GError **error)
{
  g_autofree char *name = NULL;

  *account = NULL;
  if (!bk_service_option_text (options, "account", BK_LIMIT_SIGN_IN_NAME, &name, error))
    return FALSE;
  *account = name != NULL ? bk_service_find_account_by_name (self, name) : bk_engine_get_primary_account (self->engine);
  if (*account != NULL || name == NULL)
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, code, "There is no such account.");
  return FALSE;
}

#define WHO { BK_SERVICE_ARG_NAME, BK_LIMIT_SIGN_IN_NAME }
#define PASSWORD { BK_SERVICE_ARG_DATA, BK_LIMIT_PASSWORD }
#define DEVICE_ID 128
/* An id that is too long is that of no group, and the engine knows what a name is. */
#define GROUP { BK_SERVICE_ARG_DATA, BK_LIMIT_GROUP_ID, BECKON_ERROR_GROUP_DOES_NOT_EXIST }
#define GROUP_NAME { BK_SERVICE_ARG_DATA, BK_LIMIT_GROUP_NAME, BECKON_ERROR_GROUP_NAME_TOO_LONG }

static const BkServiceMethod methods[] = {
  { "SignIn", handle_sign_in, { PASSWORD } },
  { "SignOut", handle_sign_out },
  { "SetStatus", handle_set_status, { { BK_SERVICE_ARG_ANY }, { BK_SERVICE_ARG_LINE, BK_LIMIT_PERSONAL_MESSAGE } } },
  { "SetDisplayName", handle_set_display_name, { { BK_SERVICE_ARG_LINE, BK_LIMIT_DISPLAY_NAME } } },
  { "SetAvatar", bk_service_handle_set_avatar },
  { "ChangePassword", bk_service_handle_change_password, { PASSWORD, PASSWORD } },
  { "ListDevices", bk_service_handle_list_devices },
  { "RemoveDevice", bk_service_handle_remove_device, { { BK_SERVICE_ARG_DATA, DEVICE_ID, BECKON_ERROR_NOT_FOUND } } },
  { "DeleteAccount", bk_service_handle_delete_account, { PASSWORD } },
  { "ListContacts", handle_list_contacts, { { BK_SERVICE_ARG_LINE, BK_LIMIT_SIGN_IN_NAME } } },
  { "AddContact", handle_add_contact, { WHO, { BK_SERVICE_ARG_TEXT, BK_LIMIT_REQUEST_TEXT } } },
  { "ApproveContact", handle_approve_contact, { WHO } },
  { "DeclineContact", handle_decline_contact, { WHO } },
  { "RemoveContact", handle_remove_contact, { WHO } },
  { "SetContactBlocked", handle_set_contact_blocked, { WHO } },
  { "SetContact", bk_service_handle_set_contact, { WHO } },
  { "ListAllowed", bk_service_handle_list_allowed },
  { "ListSafetyNumbers", bk_service_handle_list_safety_numbers, { { BK_SERVICE_ARG_LINE, BK_LIMIT_SIGN_IN_NAME } } },
  { "SetAllowed", bk_service_handle_set_allowed, { WHO, { BK_SERVICE_ARG_GUID } } },
  { "GetConversation", handle_get_conversation, { WHO } },
  { "ClearHistory", bk_service_handle_clear_history, { { BK_SERVICE_ARG_LINE, BK_LIMIT_SIGN_IN_NAME } } },
  { "ExportHistory", bk_service_handle_export_history, { { BK_SERVICE_ARG_LINE, BK_LIMIT_SIGN_IN_NAME } } },
  { "ListGroups", bk_service_handle_list_groups },
  { "CreateGroup", bk_service_handle_create_group, { GROUP_NAME } },
  { "RenameGroup", bk_service_handle_rename_group, { GROUP, GROUP_NAME } },
  { "RemoveGroup", bk_service_handle_remove_group, { GROUP } },
  { "AddToGroup", bk_service_handle_add_to_group, { GROUP, WHO } },
  { "RemoveFromGroup", bk_service_handle_remove_from_group, { GROUP, WHO } },
  { "TestConnection", bk_service_handle_test_connection },
  { NULL },
};

const BkServiceInterface bk_service_account_interface = {
  .info = &im_beckon_account1_interface,
  .methods = methods,
  .get = get_property,
};
