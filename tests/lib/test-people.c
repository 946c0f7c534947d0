/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups, somebody who is on no list, and what is asked of all accounts. */
#include "beckon-account-private.h"
#include "beckon-messenger.h"

#include "beckon-error.h"
#include "bk-test.h"
#include "stand-in.h"

#define ACCOUNT STAND_IN_ROOT "/Account/1"
#define ROW(who, relation, status) \
  "('" who "', '" who "', uint32 " relation ", false, uint32 " status ", '', '', uint32 0, @a{sv} {})"
#define BOB ROW ("bob@b", "3", "2")
#define CAROL ROW ("carol@b", "3", "1")

static GDBusConnection *connection;

static StandIn *
new_service (const char *groups)
{
  StandIn *service = stand_in_new ();
  g_autofree char *answer = g_strdup_printf ("(@a(ssas) [%s],)", groups);

  stand_in_add (service, ACCOUNT, "Account1", "{'SignInName': <'alice@b'>, 'State': <'online'>}");
  stand_in_set (service, STAND_IN_ROOT, "Messenger1", "{'PrimaryAccount': <objectpath '" ACCOUNT "'>}");
  stand_in_answer (service, "ListAccounts", "([objectpath '" ACCOUNT "'],)");
  stand_in_answer (service, "ListContacts", "([" BOB ", " CAROL "],)");
  stand_in_answer (service, "ListGroups", answer);
  return service;
}

static BeckonAccount *
load_account (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_account_load (connection, ACCOUNT, NULL, bk_test_store_result, &result);
  BeckonAccount *account = beckon_account_load_finish (bk_test_await (&result), &error);
  g_assert_no_error (error);
  return account;
}

/* What the service has said before is heard when this returns. */
static void
settle (BeckonAccount *account)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_account_signout_async (account, NULL, bk_test_store_result, &result);
  g_assert_true (beckon_account_signout_finish (account, bk_test_await (&result), NULL));
}

/* "name:member,member name:" */
static void
assert_groups (BeckonAccount *account, const char *expected)
{
  GListModel *groups = beckon_account_get_groups (account);
  g_autoptr (GString) seen = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (groups); i++)
    {
      g_autoptr (BeckonGroup) group = g_list_model_get_item (groups, i);
      GListModel *contacts = beckon_group_get_contacts (group);

      g_string_append_printf (seen, "%s%s:", i > 0 ? " " : "", beckon_group_get_name (group));
      for (guint k = 0; k < g_list_model_get_n_items (contacts); k++)
        {
          g_autoptr (BeckonContact) contact = g_list_model_get_item (contacts, k);
          g_autoptr (BeckonContact) listed
            = beckon_account_find_contact (account, beckon_contact_get_signin_name (contact));
          g_assert_true (contact == listed);
          g_string_append_printf (seen, "%s%s", k > 0 ? "," : "", beckon_contact_get_signin_name (contact));
        }
    }
  g_assert_cmpstr (seen->str, ==, expected);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, GString *log)
{
  g_string_append_printf (log, "%u-%u+%u ", position, removed, added);
}

static void
on_name (BeckonGroup *group, GParamSpec *pspec, GString *log)
{
  g_string_append_printf (log, "=%s ", beckon_group_get_name (group));
}

static void
say (StandIn *service, const char *signal, const char *args)
{
  stand_in_signal (service, ACCOUNT, "Account1", signal, args);
}

static void
test_groups (void)
{
  g_autoptr (StandIn) service = new_service ("('c', 'Chess', ['bob@b', 'carol@b']), ('w', 'Work', [])");
  g_autoptr (GString) log = g_string_new (NULL);
  BeckonAccount *account = load_account ();
  g_autoptr (BeckonGroup) chess = beckon_account_find_group (account, "CHESS");
  g_autoptr (BeckonGroup) work = beckon_account_find_group (account, "Work");

  assert_groups (account, "Chess:bob@b,carol@b Work:");
  g_assert_null (beckon_account_find_group (account, "Family"));
  /* Beyond the end there is nothing. */
  g_assert_null (g_list_model_get_item (beckon_account_get_groups (account), 2));
  g_assert_null (g_list_model_get_item (beckon_account_get_contacts (account), 2));
  g_assert_null (g_list_model_get_item (beckon_group_get_contacts (chess), 2));
  g_assert_cmpstr (beckon_group_get_id (chess), ==, "c");
  g_assert_true (beckon_group_has_contact (chess, "bob@b"));
  g_assert_false (beckon_group_has_contact (work, "bob@b"));
  g_autoptr (BeckonAccount) owner = beckon_group_dup_account (chess);
  g_assert_true (owner == account);
  g_clear_object (&owner);

  g_signal_connect (beckon_account_get_groups (account), "items-changed", G_CALLBACK (on_items_changed), log);
  g_signal_connect (beckon_group_get_contacts (work), "items-changed", G_CALLBACK (on_items_changed), log);
  g_signal_connect (chess, "notify::name", G_CALLBACK (on_name), log);
  say (service, "ContactAddedToGroup", "('w', 'carol@b')");
  say (service, "ContactAddedToGroup", "('w', 'bob@b')");
  say (service, "ContactRemovedFromGroup", "('c', 'bob@b')");
  say (service, "GroupsChanged", "(uint32 0, uint32 1, [('c', 'Go', ['carol@b'])])");
  settle (account);
  assert_groups (account, "Go:carol@b Work:bob@b,carol@b");
  g_assert_cmpstr (log->str, ==, "0-0+1 0-0+1 =Go ");
  g_string_truncate (log, 0);

  say (service, "GroupsChanged", "(uint32 2, uint32 0, [('f', 'Family', @as [])])");
  say (service, "GroupsChanged", "(uint32 0, uint32 1, @a(ssas) [])");
  settle (account);
  assert_groups (account, "Work:bob@b,carol@b Family:");
  g_assert_cmpstr (log->str, ==, "2-0+1 0-1+0 ");
  g_clear_object (&work);
  g_assert_finalize_object (account);
  g_assert_null (beckon_group_dup_account (chess));
}

static void
test_groups_hostile (void)
{
  g_autoptr (StandIn) service = new_service ("('c', 'Chess', ['nobody@b', 'bob@b'])");
  BeckonAccount *account = load_account ();

  assert_groups (account, "Chess:bob@b");
  for (guint i = 0; i < 2; i++)
    {
      g_test_expect_message ("libbeckon", G_LOG_LEVEL_WARNING, "*a change that does not fit");
      say (service, "GroupsChanged", i == 0 ? "(uint32 2, uint32 0, [('x', 'X', @as [])])"
                                            : "(uint32 0, uint32 4294967295, [('x', 'X', @as [])])");
      settle (account);
      g_test_assert_expected_messages ();
    }
  say (service, "ContactAddedToGroup", "('x', 'carol@b')");
  say (service, "ContactAddedToGroup", "('c', 'nobody@b')");
  say (service, "ContactAddedToGroup", "('c', 'bob@b')");
  say (service, "ContactRemovedFromGroup", "('c', 'carol@b')");
  settle (account);
  assert_groups (account, "Chess:bob@b");
  g_assert_finalize_object (account);
}

typedef gboolean (*Finish) (gpointer self, GAsyncResult *result, GError **error);

/* Waits for @result: the code of the error, -1 for success. */
static int
outcome (gpointer self, GAsyncResult **result, Finish finish)
{
  g_autoptr (GError) error = NULL;
  gboolean done = finish (self, bk_test_await (result), &error);

  g_clear_object (result);
  g_assert_true (done == (error == NULL));
  return error != NULL ? error->code : -1;
}

#define FINISH(function) ((Finish) (void (*) (void)) function)

static void
test_group_verbs (void)
{
  g_autoptr (StandIn) service = new_service ("('c', 'Chess', @as [])");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BeckonAccount *account = load_account ();
  g_autoptr (BeckonGroup) chess = beckon_account_find_group (account, "Chess");

  beckon_group_set_name_async (chess, "Go", NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (chess, &result, FINISH (beckon_group_set_name_finish)), ==, -1);
  g_assert_cmpstr (stand_in_last (service, "RenameGroup"), ==, "('c', 'Go')");
  beckon_group_add_contact_async (chess, "bob@b", NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (chess, &result, FINISH (beckon_group_add_contact_finish)), ==, -1);
  g_assert_cmpstr (stand_in_last (service, "AddToGroup"), ==, "('c', 'bob@b')");
  stand_in_answer (service, "RemoveFromGroup", "!im.beckon.Error.UserNotGroupMember");
  beckon_group_remove_contact_async (chess, "carol@b", NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (chess, &result, FINISH (beckon_group_remove_contact_finish)), ==,
                   BECKON_ERROR_USER_NOT_GROUP_MEMBER);
  g_assert_cmpstr (stand_in_last (service, "RemoveFromGroup"), ==, "('c', 'carol@b')");
  stand_in_answer (service, "RemoveGroup", "!im.beckon.Error.GroupNotEmpty");
  beckon_account_remove_group_async (account, chess, NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (account, &result, FINISH (beckon_account_remove_group_finish)), ==,
                   BECKON_ERROR_GROUP_NOT_EMPTY);
  g_assert_cmpstr (stand_in_last (service, "RemoveGroup"), ==, "('c',)");

  /* A new group is in the list before its maker hears of it. */
  stand_in_answer (service, "CreateGroup", "hold");
  beckon_account_create_group_async (account, "Work", NULL, bk_test_store_result, &result);
  bk_test_wait_for_count (stand_in_count (service, "CreateGroup"), 1);
  say (service, "GroupsChanged", "(uint32 1, uint32 0, [('w', 'Work', @as [])])");
  stand_in_release (service, "CreateGroup", "('w',)");
  g_autoptr (BeckonGroup) work = beckon_account_create_group_finish (account, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_autoptr (BeckonGroup) listed = beckon_account_find_group (account, "Work");
  g_assert_true (work == listed);
  g_clear_object (&result);

  stand_in_answer (service, "CreateGroup", "!im.beckon.Error.TooManyGroups");
  beckon_account_create_group_async (account, "More", NULL, bk_test_store_result, &result);
  g_assert_null (beckon_account_create_group_finish (account, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_TOO_MANY_GROUPS);
  g_clear_object (&result);
  g_clear_object (&work);
  g_clear_object (&listed);
  g_clear_object (&chess);
  g_assert_finalize_object (account);
}

/* ---- the messenger ---- */

static BeckonMessenger *
new_messenger (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_messenger_new_async (NULL, bk_test_store_result, &result);
  BeckonMessenger *messenger = beckon_messenger_new_finish (bk_test_await (&result), &error);
  g_assert_no_error (error);
  return messenger;
}

static BeckonContact *
get_contact (BeckonMessenger *messenger, BeckonAccount *account, const char *who, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_messenger_get_contact_async (messenger, account, who, NULL, bk_test_store_result, &result);
  return beckon_messenger_get_contact_finish (messenger, bk_test_await (&result), error);
}

#define assert_gone(object) \
  G_STMT_START \
  { \
    bk_test_drain (); \
    g_assert_finalize_object (object); \
  } \
  G_STMT_END

/* Somebody is one object as long as the program holds it, on the list and off it. */
static void
test_get_contact (void)
{
  g_autoptr (StandIn) service = new_service ("");
  g_autoptr (GError) error = NULL;
  BeckonMessenger *messenger = new_messenger ();
  BeckonAccount *account = beckon_messenger_get_primary_account (messenger);

  stand_in_answer (service, "GetContact", "(objectpath '" ACCOUNT "', false, " BOB ")");
  g_autoptr (BeckonContact) bob = get_contact (messenger, NULL, "BOB@b", &error);
  g_autoptr (BeckonContact) listed = beckon_account_find_contact (account, "bob@b");
  g_assert_true (bob == listed);
  g_assert_false (beckon_contact_get_is_self (bob));
  g_assert_cmpstr (stand_in_last (service, "GetContact"), ==, "('/', 'BOB@b')");

  stand_in_answer (service, "GetContact", "(objectpath '" ACCOUNT "', false, " ROW ("dora@b", "0", "0") ")");
  BeckonContact *dora = get_contact (messenger, account, "dora@b", &error);
  g_assert_cmpint (beckon_contact_get_status (dora), ==, BECKON_STATUS_UNKNOWN);
  g_assert_cmpstr (stand_in_last (service, "GetContact"), ==, "('" ACCOUNT "', 'dora@b')");
  g_autoptr (BeckonContact) again = get_contact (messenger, account, "dora@b", &error);
  g_assert_true (again == dora);
  say (service, "ContactsChanged", "(uint32 2, uint32 0, [" ROW ("dora@b", "1", "0") "])");
  settle (account);
  g_autoptr (BeckonContact) asked = beckon_account_find_contact (account, "dora@b");
  g_assert_true (asked == dora);
  g_assert_cmpint (beckon_contact_get_relation (dora), ==, BECKON_RELATION_ASKED);
  g_object_unref (dora);

  stand_in_answer (service, "GetContact", "(objectpath '" ACCOUNT "', true, " ROW ("alice@b", "0", "2") ")");
  g_autoptr (BeckonContact) self = get_contact (messenger, account, "alice@b", &error);
  g_assert_true (beckon_contact_get_is_self (self));
  stand_in_answer (service, "GetContact", "(objectpath '" ACCOUNT "', false, " ROW ("eve@b", "0", "0") ")");
  BeckonContact *eve = get_contact (messenger, account, "eve@b", &error);
  g_assert_finalize_object (eve);
  g_assert_no_error (error);

  stand_in_answer (service, "GetContact", "!im.beckon.Error.UserNotFound");
  g_assert_null (get_contact (messenger, NULL, "nobody@b", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_USER_NOT_FOUND);
  g_clear_object (&bob);
  g_clear_object (&listed);
  g_clear_object (&again);
  g_clear_object (&asked);
  assert_gone (messenger);
}

static void
test_messenger_verbs (void)
{
  g_autoptr (StandIn) service = new_service ("");
  g_autoptr (GAsyncResult) result = NULL;
  BeckonMessenger *messenger = new_messenger ();
  BeckonAccount *account = beckon_messenger_get_primary_account (messenger);

  beckon_messenger_signin_async (messenger, NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (messenger, &result, FINISH (beckon_messenger_signin_finish)), ==, -1);
  stand_in_answer (service, "AutoSignIn", "!im.beckon.Error.AlreadyLoggedOn");
  beckon_messenger_auto_signin_async (messenger, NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (messenger, &result, FINISH (beckon_messenger_auto_signin_finish)), ==,
                   BECKON_ERROR_ALREADY_LOGGED_ON);
  stand_in_answer (service, "SignOut", "!im.beckon.Error.NotLoggedOn");
  beckon_messenger_signout_async (messenger, NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (messenger, &result, FINISH (beckon_messenger_signout_finish)), ==,
                   BECKON_ERROR_NOT_LOGGED_ON);
  beckon_messenger_set_status_async (messenger, BECKON_STATUS_BUSY, NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (messenger, &result, FINISH (beckon_messenger_set_status_finish)), ==, -1);
  g_assert_cmpstr (stand_in_last (service, "SetStatus"), ==, "(10,)");
  beckon_messenger_set_primary_account_async (messenger, account, NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (messenger, &result, FINISH (beckon_messenger_set_primary_account_finish)), ==, -1);
  g_assert_cmpstr (stand_in_last (service, "SetPrimaryAccount"), ==, "('" ACCOUNT "',)");
  g_assert_cmpuint (*stand_in_count (service, "SignIn"), ==, 1);
  g_assert_cmpuint (*stand_in_count (service, "AutoSignIn"), ==, 1);
  g_assert_cmpuint (*stand_in_count (service, "SignOut"), ==, 1);
  assert_gone (messenger);
}

static void
test_windows (void)
{
  g_autoptr (StandIn) service = new_service ("");
  g_autoptr (GAsyncResult) result = NULL;
  BeckonMessenger *messenger = new_messenger ();
  BeckonAccount *account = beckon_messenger_get_primary_account (messenger);

  beckon_messenger_open_conversation_async (messenger, account, "bob@b", NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (messenger, &result, FINISH (beckon_messenger_open_conversation_finish)), ==, -1);
  g_assert_cmpstr (stand_in_last (service, "OpenConversation"), ==, "('" ACCOUNT "', 'bob@b')");
  beckon_messenger_open_add_contact_async (messenger, NULL, NULL, NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (messenger, &result, FINISH (beckon_messenger_open_add_contact_finish)), ==, -1);
  g_assert_cmpstr (stand_in_last (service, "OpenAddContact"), ==, "('/', '')");
  stand_in_answer (service, "OpenPreferences", "!im.beckon.Error.NotSupported");
  beckon_messenger_open_preferences_async (messenger, "accounts", NULL, bk_test_store_result, &result);
  g_assert_cmpint (outcome (messenger, &result, FINISH (beckon_messenger_open_preferences_finish)), ==,
                   BECKON_ERROR_NOT_SUPPORTED);
  g_assert_cmpstr (stand_in_last (service, "OpenPreferences"), ==, "('accounts',)");
  assert_gone (messenger);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();
  connection = stand_in_connect ();
  g_test_add_func ("/people/groups", test_groups);
  g_test_add_func ("/people/groups/hostile", test_groups_hostile);
  g_test_add_func ("/people/groups/verbs", test_group_verbs);
  g_test_add_func ("/people/get-contact", test_get_contact);
  g_test_add_func ("/people/messenger-verbs", test_messenger_verbs);
  g_test_add_func ("/people/windows", test_windows);
  int status = g_test_run ();
  stand_in_disconnect (connection);
  stand_in_bus_down ();
  return status;
}
