/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of contacts: what the network says of them, what is kept, what can be asked for. */
#include "engine-world.h"

#include "bk-engine-account-internal.h"
#include "bk-fake-backend.h"
#include "bk-limits.h"

#define BOB "bob@example.org"
#define CAROL "carol@example.org"

static void
say_group (BkEngineAccount *account, const char *cursor, const char *id, const char *name)
{
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_GROUP, .cursor = cursor, .group = id, .display_name = name };

  bk_engine_account_apply (account, &event);
}

/* @groups: parted by commas; NULL: none */
static void
say_contact (BkEngineAccount *account, const char *cursor, const char *who, BeckonRelation relation, const char *groups)
{
  g_auto (GStrv) ids = groups != NULL ? g_strsplit (groups, ",", -1) : NULL;
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_CONTACT,
    .cursor = cursor,
    .who = who,
    .relation = relation,
    .groups = (const char *const *) ids,
  };

  bk_engine_account_apply (account, &event);
}

static BkEngineGroup *
nth (BkEngineAccount *account, guint position)
{
  g_autoptr (BkEngineGroup) group = g_list_model_get_item (bk_engine_account_get_groups (account), position);

  return group; /* the list keeps it */
}

/* "id=name:member,member id=name:" */
static void
assert_groups (BkEngineAccount *account, const char *expected)
{
  g_autoptr (GString) seen = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (bk_engine_account_get_groups (account)); i++)
    {
      BkEngineGroup *group = nth (account, i);
      const GPtrArray *members = bk_engine_group_get_members (group);

      g_string_append_printf (seen, "%s%s=%s:", i > 0 ? " " : "", bk_engine_group_get_id (group),
                              bk_engine_group_get_name (group));
      for (guint k = 0; k < members->len; k++)
        g_string_append_printf (seen, "%s%s", k > 0 ? "," : "", (char *) g_ptr_array_index (members, k));
    }
  g_assert_cmpstr (seen->str, ==, expected);
}

static void
on_member (BkEngineAccount *account, BkEngineGroup *group, const char *who, gboolean member, GString *log)
{
  BkEngineContact *contact = bk_engine_account_find_contact (account, who);

  g_assert_nonnull (contact); /* nobody comes or goes who is not in the list at that moment */
  g_string_append_printf (log, "%c%s/%s ", member ? '+' : '-', bk_engine_group_get_id (group), who);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, GString *log)
{
  g_string_append_printf (log, "%u-%u+%u ", position, removed, added);
}

static void
on_renamed (BkEngineGroup *group, GString *log)
{
  g_string_append_printf (log, "=%s ", bk_engine_group_get_name (group));
}

#define assert_log(log, expected) \
  G_STMT_START \
  { \
    g_assert_cmpstr ((log)->str, ==, expected); \
    g_string_truncate (log, 0); \
  } \
  G_STMT_END

static void
test_facts (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  g_signal_connect (alice, "group-member", G_CALLBACK (on_member), log);
  g_signal_connect (bk_engine_account_get_groups (alice), "items-changed", G_CALLBACK (on_items_changed), log);

  say_group (alice, "1", "c", "Chess");
  say_contact (alice, "2", BOB, BECKON_RELATION_ACCEPTED, "c,w");
  assert_groups (alice, "c=Chess:" BOB);
  assert_log (log, "0-0+1 +c/" BOB " ");

  /* The group that was named before it was known. */
  say_group (alice, "3", "w", "Work");
  assert_groups (alice, "c=Chess:" BOB " w=Work:" BOB);
  assert_log (log, "1-0+1 ");
  g_signal_connect (nth (alice, 0), "changed", G_CALLBACK (on_renamed), log);
  say_group (alice, "4", "c", "Go");
  say_group (alice, "5", "c", "Go");
  assert_log (log, "=Go ");

  say_contact (alice, "6", CAROL, BECKON_RELATION_ASKED, "w,w");
  say_contact (alice, "7", BOB, BECKON_RELATION_ACCEPTED, "w");
  assert_groups (alice, "c=Go: w=Work:" BOB "," CAROL);
  assert_log (log, "+w/" CAROL " -c/" BOB " ");
  say_group (alice, "8", "c", NULL);
  say_group (alice, "9", "unknown", NULL);
  assert_log (log, "0-1+0 ");

  /* Nobody stays in a group who leaves the list, whatever the network says. */
  say_contact (alice, "10", BOB, BECKON_RELATION_NONE, "w");
  assert_groups (alice, "w=Work:" CAROL);
  assert_log (log, "-w/" BOB " ");
}

static void
test_kept (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  say_group (alice, "1", "w", "Work");
  say_group (alice, "2", "c", "Chess");
  say_group (alice, "3", "x", "Gone");
  say_contact (alice, "4", BOB, BECKON_RELATION_ACCEPTED, "c,w");
  say_contact (alice, "5", CAROL, BECKON_RELATION_ACCEPTED, "c");
  say_group (alice, "6", "w", "Shop");
  say_group (alice, "7", "x", NULL);
  say_contact (alice, "8", CAROL, BECKON_RELATION_ACCEPTED, NULL);
  engine_world_settle (world, alice);
  engine_world_crash (world);

  alice = engine_world_reopen (world, &backend);
  g_assert_cmpstr (backend->cursor, ==, "8");
  assert_groups (alice, "w=Shop:" BOB " c=Chess:" BOB);
}

static void
say (BkEngineAccount *account, BkBackendEventType type, const char *cursor)
{
  BkBackendEvent event = { .type = type, .cursor = cursor };

  bk_engine_account_apply (account, &event);
}

static gboolean
is_contact (BkEngineAccount *account, const char *who)
{
  BkEngineContact *contact = bk_engine_account_find_contact (account, who);

  return contact != NULL && bk_engine_contact_get_relation (contact) != BECKON_RELATION_NONE;
}

/* A network that knows less than before: what it does not tell any more is gone once it has told all, and only then. */
static void
test_again (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  say_group (alice, "1", "w", "Work");
  say_group (alice, "2", "c", "Chess");
  say_contact (alice, "3", BOB, BECKON_RELATION_ACCEPTED, "c,w");
  say_contact (alice, "4", CAROL, BECKON_RELATION_ACCEPTED, "c");

  /* Broken off: nothing is gone, and the place is the old one. */
  say (alice, BK_BACKEND_EVENT_AGAIN, NULL);
  say_contact (alice, NULL, BOB, BECKON_RELATION_ACCEPTED, NULL);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  say (alice, BK_BACKEND_EVENT_CAUGHT_UP, NULL);
  g_assert_true (is_contact (alice, CAROL));

  say (alice, BK_BACKEND_EVENT_AGAIN, NULL);
  say_group (alice, NULL, "w", "Old work");
  say_contact (alice, NULL, "Bob@example.org", BECKON_RELATION_ACCEPTED, "w");
  g_assert_true (is_contact (alice, CAROL));
  say (alice, BK_BACKEND_EVENT_CAUGHT_UP, "2@b");
  g_assert_false (is_contact (alice, CAROL));
  assert_groups (alice, "w=Old work:" BOB);
  say_contact (alice, "3@b", CAROL, BECKON_RELATION_ASKED, NULL);
  say (alice, BK_BACKEND_EVENT_CAUGHT_UP, "4@b");
  g_assert_true (is_contact (alice, CAROL));
  engine_world_settle (world, alice);
  engine_world_crash (world);

  alice = engine_world_reopen (world, &backend);
  g_assert_cmpstr (backend->cursor, ==, "4@b");
  assert_groups (alice, "w=Old work:" BOB);
  g_assert_true (is_contact (alice, BOB));
}

/* What such a network tells has no end: that it has told it costs no memory. */
static void
test_again_without_end (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  say_group (alice, "1", "w", "Work");
  say_contact (alice, "2", BOB, BECKON_RELATION_ACCEPTED, "w");
  say_contact (alice, "3", CAROL, BECKON_RELATION_ACCEPTED, "w");
  say (alice, BK_BACKEND_EVENT_AGAIN, NULL);
  g_assert_cmpuint (g_hash_table_size (alice->untold), ==, 3);
  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *who = g_strdup_printf ("nobody-%d@example.org", i);
      g_autofree char *group = g_strdup_printf ("none-%d", i);
      say_contact (alice, NULL, who, BECKON_RELATION_NONE, NULL);
      say_group (alice, NULL, group, NULL);
    }
  g_assert_cmpuint (g_hash_table_size (alice->untold), ==, 3);
  say_contact (alice, NULL, CAROL, BECKON_RELATION_ACCEPTED, NULL);
  g_assert_cmpuint (g_hash_table_size (alice->untold), ==, 2);
  say (alice, BK_BACKEND_EVENT_CAUGHT_UP, "4");
  g_assert_false (is_contact (alice, BOB));
  g_assert_true (is_contact (alice, CAROL));
  assert_groups (alice, "");
  engine_world_settle (world, alice);
}

static void
test_hostile (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *long_id = g_strnfill (BK_LIMIT_GROUP_ID + 1, 'x');
  g_autofree char *long_name = g_strnfill (BK_LIMIT_GROUP_NAME + 1, 'x');
  const struct
  {
    const char *id;
    const char *name;
  } bad[] = {
    { NULL, "x" }, { "", "x" }, { "a\nb", "x" }, { "\xff", "x" }, { long_id, "x" },
    { "a", "" },   { "a", "\xff" }, { "a", "x\ny" }, { "a", long_name },
  };
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *cursor = g_strdup_printf ("%zu", i);
      g_test_expect_message ("beckon-engine", G_LOG_LEVEL_WARNING, "*a malformed group was passed over");
      say_group (alice, cursor, bad[i].id, bad[i].name);
      g_test_assert_expected_messages ();
    }
  assert_groups (alice, "");

  g_autoptr (GString) many = g_string_new ("a\nb,,");
  for (guint i = 0; i < 2 * BK_LIMIT_GROUPS; i++)
    g_string_append_printf (many, "g%u,", i);
  say_contact (alice, "20", BOB, BECKON_RELATION_ACCEPTED, many->str);
  for (guint i = 0; i < BK_LIMIT_GROUPS; i++)
    {
      g_autofree char *id = g_strdup_printf ("g%u", BK_LIMIT_GROUPS - 1 + i);
      say_group (alice, NULL, id, id);
    }
  g_test_expect_message ("beckon-engine", G_LOG_LEVEL_WARNING, "There are too many groups*");
  say_group (alice, NULL, "one more", "one more");
  g_test_assert_expected_messages ();
  g_assert_cmpuint (g_list_model_get_n_items (bk_engine_account_get_groups (alice)), ==, BK_LIMIT_GROUPS);
  g_assert_true (bk_engine_group_has_member (nth (alice, 0), BOB));
  g_assert_false (bk_engine_group_has_member (nth (alice, 1), BOB));
  engine_world_settle (world, alice);
  g_assert_cmpint (bk_engine_account_get_state (alice), ==, BK_BACKEND_ONLINE);
}

/* ---- asking ---- */

static char *
create (BkEngineAccount *account, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bk_engine_account_create_group_async (account, name, NULL, bk_test_store_result, &result);
  return bk_engine_account_create_group_finish (account, bk_test_await (&result), error);
}

static int
change (BkEngineAccount *account, BkGroupVerb verb, const char *id, const char *argument)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_account_change_group_async (account, verb, id, argument, NULL, bk_test_store_result, &result);
  if (bk_engine_account_change_group_finish (account, bk_test_await (&result), &error))
    return -1;
  g_assert_true (error->domain == BECKON_ERROR);
  return error->code;
}

static void
test_network_without (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GError) error = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  g_assert_null (create (alice, "Chess", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_GROUPS_NOT_ENABLED);
  say_group (alice, "1", "c", "Chess");
  g_assert_cmpint (change (alice, BK_GROUP_REMOVE, "c", NULL), ==, BECKON_ERROR_GROUPS_NOT_ENABLED);
}

static BkBackend *
make_fake (gpointer network)
{
  return BK_BACKEND (bk_fake_backend_new (network));
}

static BkEngineAccount *
add_fake (EngineWorld *world, BkFakeNetwork *network)
{
  BkEngineNewAccount fresh = { .sign_in_name = "alice@example.org", .password = "x" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (bk_fake_network_add_account (network, "alice@example.org", "x", NULL, NULL));
  g_assert_true (bk_fake_network_add_account (network, BOB, "x", NULL, NULL));
  bk_fake_network_befriend (network, "alice@example.org", BOB);
  world->make_backend = make_fake;
  world->make_backend_data = network;
  engine_world_open (world);
  bk_engine_add_account_async (world->engine, &fresh, NULL, bk_test_store_result, &result);
  g_autoptr (BkEngineAccount) alice =
    bk_engine_add_account_finish (world->engine, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return alice; /* the engine keeps it */
}

/* The group is in the list when its maker hears of it; one whose connection breaks before hears that. */
static void
test_asking (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (BkFakeNetwork) network = bk_fake_network_new (BK_CLOCK (world->clock));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *long_name = g_strnfill (BK_LIMIT_GROUP_NAME + 1, 'x');
  BkEngineAccount *alice = add_fake (world, network);

  g_autofree char *chess = create (alice, "  Chess ", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bk_engine_group_get_id (nth (alice, 0)), ==, chess);
  g_assert_cmpstr (bk_engine_group_get_name (nth (alice, 0)), ==, "Chess");
  g_assert_cmpint (change (alice, BK_GROUP_PUT, chess, "BOB@example.org"), ==, -1);
  g_assert_cmpint (change (alice, BK_GROUP_RENAME, chess, long_name), ==, BECKON_ERROR_GROUP_NAME_TOO_LONG);
  g_assert_cmpint (change (alice, BK_GROUP_RENAME, chess, " \t"), ==, BECKON_ERROR_BAD_GROUP_NAME);
  g_assert_cmpint (change (alice, BK_GROUP_PUT, chess, CAROL), ==, BECKON_ERROR_USER_NOT_FOUND);
  g_assert_cmpint (change (alice, BK_GROUP_PUT, chess, NULL), ==, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (change (alice, BK_GROUP_REMOVE, "c", NULL), ==, BECKON_ERROR_GROUP_DOES_NOT_EXIST);

  g_autoptr (GAsyncResult) signing_out = NULL;
  bk_fake_network_set_held (network, TRUE);
  bk_engine_account_create_group_async (alice, "Work", NULL, bk_test_store_result, &result);
  bk_engine_account_sign_out_async (alice, NULL, bk_test_store_result, &signing_out);
  bk_fake_network_set_held (network, FALSE);
  bk_engine_account_sign_out_finish (alice, bk_test_await (&signing_out), &error);
  g_assert_no_error (error);
  g_assert_cmpint (change (alice, BK_GROUP_RENAME, chess, "Go"), ==, BECKON_ERROR_DISCONNECTED);
  g_autofree char *work = bk_engine_account_create_group_finish (alice, bk_test_await (&result), &error);
  g_assert_null (work);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_clear_object (&result);
  g_clear_object (&signing_out);
  engine_world_close (world);
}

/* ---- a network that tells of a group some time after it has taken it ---- */

#define LATE_TYPE_BACKEND (late_backend_get_type ())
G_DECLARE_FINAL_TYPE (LateBackend, late_backend, LATE, BACKEND, GObject)

struct _LateBackend
{
  GObject parent_instance;

  GTask *creating; /* nullable */
};

static void
late_state (BkBackend *backend, BkBackendState state)
{
  g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_CONNECT, "Gone");
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_STATE, .state = state, .error = state == BK_BACKEND_WAITING ? error : NULL
  };

  bk_backend_emit (backend, &event);
}

static void
on_late_online (gpointer backend)
{
  BkBackendEvent token = { .type = BK_BACKEND_EVENT_CREDENTIALS, .token = "t", .device = "d" };

  bk_backend_emit (backend, &token);
  late_state (backend, BK_BACKEND_ONLINE);
  g_object_unref (backend);
}

static void
late_sign_in (BkBackend *backend, const BkSignIn *sign_in)
{
  g_idle_add_once (on_late_online, g_object_ref (backend));
}

static void
on_late_offline (gpointer backend)
{
  late_state (backend, BK_BACKEND_OFFLINE);
  g_object_unref (backend);
}

static void
late_sign_out (BkBackend *backend, gboolean forget)
{
  g_idle_add_once (on_late_offline, g_object_ref (backend));
}

static void
late_backend_init_backend (BkBackendInterface *iface)
{
  iface->sign_in = late_sign_in;
  iface->sign_out = late_sign_out;
}

static void
late_create_async (BkBackendGroups *backend, const char *name, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data)
{
  LATE_BACKEND (backend)->creating = g_task_new (backend, cancellable, callback, user_data);
}

static char *
late_create_finish (BkBackendGroups *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
late_backend_init_groups (BkBackendGroupsInterface *iface)
{
  iface->create_async = late_create_async;
  iface->create_finish = late_create_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (LateBackend, late_backend, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND, late_backend_init_backend)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_GROUPS, late_backend_init_groups))

static void
late_backend_class_init (LateBackendClass *klass)
{
}

static void
late_backend_init (LateBackend *self)
{
}

static BkBackend *
make_late (gpointer last)
{
  BkBackend *backend = g_object_new (LATE_TYPE_BACKEND, NULL);

  *(BkBackend **) last = backend;
  return backend;
}

/* The network has taken what was asked for as the group @id; whoever asked need not hear of it yet. */
static void
take (BkBackend *backend, const char *id)
{
  g_autoptr (GTask) task = g_steal_pointer (&LATE_BACKEND (backend)->creating);

  g_task_return_pointer (task, g_strdup (id), g_free);
  bk_test_drain ();
}

/* Who made a group is told once it is in the list; who will not see it there, at once. */
static void
test_late (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  BkEngineNewAccount fresh = { .sign_in_name = "alice@example.org", .password = "x" };
  g_autoptr (GAsyncResult) adding = NULL, first = NULL, second = NULL, third = NULL;
  g_autoptr (GError) error = NULL;
  BkBackend *backend;

  world->make_backend = make_late;
  world->make_backend_data = &backend;
  engine_world_open (world);
  bk_engine_add_account_async (world->engine, &fresh, NULL, bk_test_store_result, &adding);
  g_autoptr (BkEngineAccount) alice =
    bk_engine_add_account_finish (world->engine, bk_test_await (&adding), &error);
  g_assert_no_error (error);

  bk_engine_account_create_group_async (alice, "Chess", NULL, bk_test_store_result, &first);
  take (backend, "c");
  g_assert_null (first);
  say_group (alice, "1", "x", "Other");
  bk_test_drain ();
  g_assert_null (first);
  say_group (alice, "2", "c", "Chess");
  g_autofree char *id = bk_engine_account_create_group_finish (alice, bk_test_await (&first), &error);
  g_assert_cmpstr (id, ==, "c");

  bk_engine_account_create_group_async (alice, "Work", NULL, bk_test_store_result, &second);
  take (backend, "w");
  bk_engine_account_create_group_async (alice, "Family", NULL, bk_test_store_result, &third);
  late_state (backend, BK_BACKEND_WAITING);
  g_assert_null (bk_engine_account_create_group_finish (alice, bk_test_await (&second), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_clear_error (&error);
  take (backend, "f");
  g_assert_nonnull (third);
  g_assert_null (bk_engine_account_create_group_finish (alice, third, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_clear_object (&adding);
  g_clear_object (&first);
  g_clear_object (&second);
  g_clear_object (&third);
  g_clear_object (&alice);
  engine_world_close (world);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/groups/facts", test_facts);
  g_test_add_func ("/groups/kept", test_kept);
  g_test_add_func ("/groups/again", test_again);
  g_test_add_func ("/groups/again-without-end", test_again_without_end);
  g_test_add_func ("/groups/hostile", test_hostile);
  g_test_add_func ("/groups/network-without", test_network_without);
  g_test_add_func ("/groups/asking", test_asking);
  g_test_add_func ("/groups/late", test_late);
  return g_test_run ();
}
