/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Messenger1: what is done with all accounts at once, and finding somebody. */
#include "bk-service-private.h"

/* ---- which account ---- */

/* The account that a call names by @path, / for the primary one. NULL: the call has been refused. */
BkEngineAccount *
bk_service_call_account (BkServiceCall *call, const char *path)
{
  BkService *self = BK_CALL_SERVICE (call);
  gboolean any = g_str_equal (path, "/");
  BkEngineAccount *account =
    any ? bk_engine_get_primary_account (self->engine) : bk_service_find_account (self, path);

  if (account == NULL)
    bk_service_call_refuse (call, any ? BECKON_ERROR_NOT_LOGGED_ON : BECKON_ERROR_NOT_FOUND,
                            any ? "There is no account." : "There is no such account.");
  return account;
}

void
bk_service_handle_set_primary_account (BkServiceCall *call)
{
  const char *path;

  g_variant_get (call->arguments, "(&o)", &path);
  BkEngineAccount *account = bk_service_find_account (BK_CALL_SERVICE (call), path);
  if (account == NULL)
    {
      bk_service_call_refuse (call, BECKON_ERROR_NOT_FOUND, "There is no such account.");
      return;
    }
  bk_engine_set_primary_account (BK_CALL_SERVICE (call)->engine, account);
  bk_service_call_return (call, NULL);
}

/* ---- in and out ---- */

/* One call that waits for several accounts. */
typedef struct
{
  BkServiceCall *call;
  guint waiting;
  GError *error; /* the first one; nullable */
} Round;

/* One of them is done. Takes @error. */
static void
round_step (Round *round, GError *error)
{
  if (round->error == NULL)
    round->error = error;
  else
    g_clear_error (&error);
  if (--round->waiting > 0)
    return;
  bk_service_call_finish (round->call, round->error == NULL, round->error);
  g_free (round);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  bk_engine_account_sign_in_finish (BK_ENGINE_ACCOUNT (source), result, &error);
  round_step (user_data, error);
}

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  bk_engine_account_sign_out_finish (BK_ENGINE_ACCOUNT (source), result, &error);
  round_step (user_data, error);
}

static void
sign_in (Round *round, BkEngineAccount *account)
{
  round->waiting++;
  bk_engine_account_sign_in_async (account, NULL, BK_CALL_SERVICE (round->call)->cancellable, on_signed_in, round);
}

/* The round counts itself while accounts are asked: an answer may come at once. */
static Round *
round_new (BkServiceCall *call)
{
  Round *round = g_new0 (Round, 1);

  round->call = call;
  round->waiting = 1;
  return round;
}

static GPtrArray *
dup_accounts (BkServiceCall *call)
{
  GListModel *model = bk_engine_get_accounts (BK_CALL_SERVICE (call)->engine);
  GPtrArray *accounts = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    g_ptr_array_add (accounts, g_list_model_get_item (model, i));
  return accounts;
}

static gboolean
is_online (BkEngineAccount *account)
{
  return bk_engine_account_get_state (account) == BK_BACKEND_ONLINE;
}

void
bk_service_handle_sign_in (BkServiceCall *call)
{
  g_autoptr (GPtrArray) accounts = dup_accounts (call);
  guint n_online = 0;

  for (guint i = 0; i < accounts->len; i++)
    n_online += is_online (accounts->pdata[i]) ? 1 : 0;
  if (n_online == accounts->len)
    {
      bk_service_call_refuse (call, accounts->len > 0 ? BECKON_ERROR_ALREADY_LOGGED_ON : BECKON_ERROR_NOT_LOGGED_ON,
                              accounts->len > 0 ? "Every account is signed in." : "There is no account.");
      return;
    }

  Round *round = round_new (call);
  for (guint i = 0; i < accounts->len; i++)
    if (!is_online (accounts->pdata[i]))
      sign_in (round, accounts->pdata[i]);
  round_step (round, NULL);
}

void
bk_service_handle_auto_sign_in (BkServiceCall *call)
{
  BkEngineAccount *account = bk_service_call_account (call, "/");

  if (account == NULL)
    return;
  if (is_online (account))
    {
      bk_service_call_refuse (call, BECKON_ERROR_ALREADY_LOGGED_ON, "The primary account is signed in.");
      return;
    }

  Round *round = round_new (call);
  sign_in (round, account);
  round_step (round, NULL);
}

void
bk_service_handle_sign_out (BkServiceCall *call)
{
  g_autoptr (GPtrArray) accounts = dup_accounts (call);
  guint n_in = 0;

  for (guint i = 0; i < accounts->len; i++)
    n_in += bk_engine_account_is_signed_out (accounts->pdata[i]) ? 0 : 1;
  if (n_in == 0)
    {
      bk_service_call_refuse (call, BECKON_ERROR_NOT_LOGGED_ON, "No account is signed in.");
      return;
    }

  Round *round = round_new (call);
  for (guint i = 0; i < accounts->len; i++)
    {
      if (bk_engine_account_is_signed_out (accounts->pdata[i]))
        continue;
      round->waiting++;
      bk_engine_account_sign_out_async (accounts->pdata[i], BK_CALL_SERVICE (call)->cancellable, on_signed_out, round);
    }
  round_step (round, NULL);
}

void
bk_service_handle_set_status (BkServiceCall *call)
{
  g_autoptr (GPtrArray) accounts = dup_accounts (call);
  GError *error = NULL;
  guint32 status;

  g_variant_get (call->arguments, "(u)", &status);
  if (!bk_service_status_is_known (status))
    {
      bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “status” is none to choose.");
      return;
    }
  if (accounts->len == 0)
    {
      bk_service_call_refuse (call, BECKON_ERROR_NOT_LOGGED_ON, "There is no account.");
      return;
    }
  for (guint i = 0; i < accounts->len && error == NULL; i++)
    bk_engine_account_set_status (accounts->pdata[i], (BeckonStatus) status,
                                  bk_engine_account_get_personal_message (accounts->pdata[i]), &error);
  bk_service_call_finish (call, error == NULL, error);
}

/* ---- somebody ---- */

static void
return_contact (BkServiceCall *call, BkEngineAccount *account, gboolean is_self, GVariant *contact)
{
  bk_service_call_return (call,
                          g_variant_new ("(@ob@(ssubussua{sv}))", bk_service_account_path (account), is_self, contact));
}

/* Somebody who is on no list, and of whom nothing is known but the name. */
static GVariant *
stranger_to_variant (const char *who)
{
  return g_variant_new ("(@s@subussua{sv})", bk_service_text (who), bk_service_text (who),
                        (guint32) BECKON_RELATION_NONE, FALSE, (guint32) BECKON_STATUS_UNKNOWN, "", "", 0u, NULL);
}

static GVariant *
self_to_variant (BkEngineAccount *account)
{
  return g_variant_new ("(@s@subu@ssua{sv})", bk_service_text (bk_engine_account_get_sign_in_name (account)),
                        bk_service_text (bk_engine_account_get_display_name (account)),
                        (guint32) BECKON_RELATION_NONE, FALSE, (guint32) bk_engine_account_get_status (account),
                        bk_service_text (bk_engine_account_get_personal_message (account)), "", 0u, NULL);
}

static void
search_lists (BkServiceCall *call, const char *who)
{
  g_autoptr (GPtrArray) accounts = dup_accounts (call);

  for (guint i = 0; i < accounts->len; i++)
    {
      BkEngineContact *contact = bk_engine_account_find_contact (accounts->pdata[i], who);

      if (contact != NULL)
        {
          return_contact (call, accounts->pdata[i], FALSE, bk_service_contact_to_variant (contact));
          return;
        }
    }
  bk_service_call_refuse (call, accounts->len > 0 ? BECKON_ERROR_USER_NOT_FOUND : BECKON_ERROR_NOT_LOGGED_ON,
                          accounts->len > 0 ? "Nobody of this name is on a contact list." : "There is no account.");
}

void
bk_service_handle_get_contact (BkServiceCall *call)
{
  const char *path, *name;

  g_variant_get (call->arguments, "(&o&s)", &path, &name);
  g_autofree char *who = bk_sign_in_name_normalize (name);
  if (g_str_equal (path, "/"))
    {
      search_lists (call, who);
      return;
    }
  BkEngineAccount *account = bk_service_call_account (call, path);
  if (account == NULL)
    return;
  BkEngineContact *contact = bk_engine_account_find_contact (account, who);
  if (contact != NULL)
    return_contact (call, account, FALSE, bk_service_contact_to_variant (contact));
  else if (!is_online (account))
    bk_service_call_refuse (call, BECKON_ERROR_NOT_LOGGED_ON, "The account is not signed in.");
  else if (g_str_equal (who, bk_engine_account_get_sign_in_name (account)))
    return_contact (call, account, TRUE, self_to_variant (account));
  else
    return_contact (call, account, FALSE, stranger_to_variant (who));
}
