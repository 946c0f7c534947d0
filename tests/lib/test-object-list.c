/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list without a bus: the test itself makes the objects, when and how it likes. */
#include "beckon-object-list-private.h"

#include "beckon-error.h"
#include "bk-test.h"

#include <string.h>

typedef struct
{
  char *path;
  GTask *task;
} Load;

static GPtrArray *loads; /* element-type Load: what is under way, oldest first */
static GDBusConnection *connection;

static void
load_free (Load *load)
{
  g_free (load->path);
  g_object_unref (load->task);
  g_free (load);
}

static void
load (GDBusConnection *the_connection, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
      gpointer user_data)
{
  Load *self = g_new0 (Load, 1);

  g_assert_true (the_connection == connection);
  self->path = g_strdup (path);
  self->task = g_task_new (NULL, cancellable, callback, user_data);
  g_ptr_array_add (loads, self);
}

static GObject *
load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Finishes the oldest load of @path; an object is a GMenu that knows its name. */
static void
finish (const char *path, const char *name)
{
  for (guint i = 0; i < loads->len; i++)
    {
      Load *self = loads->pdata[i];

      if (!g_str_equal (self->path, path))
        continue;
      if (name != NULL)
        {
          GMenu *object = g_menu_new ();
          g_object_set_data_full (G_OBJECT (object), "name", g_strdup (name), g_free);
          g_task_return_pointer (self->task, object, g_object_unref);
        }
      else
        {
          g_task_return_new_error (self->task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "No");
        }
      g_ptr_array_remove_index (loads, i);
      bk_test_drain ();
      return;
    }
  g_error ("Nobody loads %s", path);
}

static BeckonObjectList *
new_list (void)
{
  return beckon_object_list_new (connection, G_TYPE_MENU, load, load_finish);
}

/* The list is gone and holds nothing back; what it had under way is cancelled. */
static void
end_list (BeckonObjectList *list)
{
  g_object_run_dispose (G_OBJECT (list));
  while (loads->len > 0)
    finish (((Load *) loads->pdata[0])->path, "late");
  bk_test_drain ();
  g_assert_finalize_object (list);
}

static char *
names (BeckonObjectList *list)
{
  GListModel *model = beckon_object_list_get_model (list);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GObject) object = g_list_model_get_item (model, i);
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", (char *) g_object_get_data (object, "name"));
    }
  return g_string_free (text, FALSE);
}

static void
assert_names (BeckonObjectList *list, const char *expected)
{
  g_autofree char *found = names (list);

  g_assert_cmpstr (found, ==, expected);
}

typedef struct
{
  guint n_calls;
  GError *error;
  GObject *object;
} Outcome;

static void
on_boolean (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->n_calls++;
  g_task_propagate_boolean (G_TASK (result), &outcome->error);
}

static void
on_pointer (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->n_calls++;
  outcome->object = g_task_propagate_pointer (G_TASK (result), &outcome->error);
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_error (&outcome->error);
  g_clear_object (&outcome->object);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
reset (BeckonObjectList *list, const char *paths, Outcome *outcome)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (paths));

  beckon_object_list_reset (list, value, g_task_new (NULL, NULL, on_boolean, outcome));
  bk_test_drain ();
}

static void
apply (BeckonObjectList *list, const char *change)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (change));

  beckon_object_list_apply (list, value);
  bk_test_drain ();
}

static void
get (BeckonObjectList *list, const char *path, Outcome *outcome)
{
  beckon_object_list_get (list, path, g_task_new (NULL, NULL, on_pointer, outcome));
  bk_test_drain ();
}

static void
test_reset (void)
{
  BeckonObjectList *list = new_list ();
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) empty = { 0 };

  reset (list, "[@o '/a', '/b', '/c']", &outcome);
  finish ("/b", "b");
  assert_names (list, "b");
  finish ("/c", "c");
  g_assert_cmpuint (outcome.n_calls, ==, 0);
  finish ("/a", "a");
  assert_names (list, "a b c");
  g_assert_cmpuint (outcome.n_calls, ==, 1);
  g_assert_no_error (outcome.error);

  reset (list, "@ao []", &empty);
  g_assert_cmpuint (empty.n_calls, ==, 1);
  assert_names (list, "");
  end_list (list);
}

/* Changes come while objects are still being made. */
static void
test_changes_while_loading (void)
{
  BeckonObjectList *list = new_list ();
  g_auto (Outcome) outcome = { 0 };

  reset (list, "[@o '/a', '/b']", &outcome);
  apply (list, "(uint32 1, uint32 0, [@o '/x', '/y'])");
  apply (list, "(uint32 0, uint32 1, @ao [])");
  finish ("/y", "y");
  finish ("/b", "b");
  assert_names (list, "y b");
  finish ("/a", "a"); /* left meanwhile */
  assert_names (list, "y b");
  g_assert_cmpuint (outcome.n_calls, ==, 0);
  finish ("/x", "x");
  assert_names (list, "x y b");
  g_assert_cmpuint (outcome.n_calls, ==, 1);
  apply (list, "(uint32 0, uint32 3, [@o '/b', '/x'])");
  assert_names (list, "b x");
  end_list (list);
}

static void
test_failing_load (void)
{
  BeckonObjectList *list = new_list ();
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) waiting = { 0 };
  g_auto (Outcome) again = { 0 };

  reset (list, "[@o '/a', '/b']", &outcome);
  get (list, "/a", &waiting);
  finish ("/a", NULL);
  g_assert_cmpuint (waiting.n_calls, ==, 1);
  g_assert_error (waiting.error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  finish ("/b", "b");
  g_assert_cmpuint (outcome.n_calls, ==, 1);
  g_assert_no_error (outcome.error);
  assert_names (list, "b");

  /* Who asks for it is not left waiting for ever: it is tried once more. */
  get (list, "/a", &again);
  finish ("/a", "a");
  g_assert_cmpuint (again.n_calls, ==, 1);
  g_assert_nonnull (again.object);
  assert_names (list, "a b");
  end_list (list);
}

static void
test_get (void)
{
  BeckonObjectList *list = new_list ();
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };
  g_auto (Outcome) third = { 0 };

  reset (list, "[@o '/a']", &outcome);
  get (list, "/a", &first);
  get (list, "/a", &second);
  finish ("/a", "a");
  get (list, "/a", &third);
  g_assert_nonnull (first.object);
  g_assert_true (first.object == second.object && first.object == third.object);
  g_assert_cmpuint (loads->len, ==, 0);
  end_list (list);
}

/* An answer names an object before the list does. */
static void
test_get_before_listed (void)
{
  BeckonObjectList *list = new_list ();
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) early = { 0 };
  g_auto (Outcome) listed = { 0 };
  g_auto (Outcome) gone = { 0 };

  reset (list, "@ao []", &outcome);
  get (list, "/new", &early);
  apply (list, "(uint32 0, uint32 0, [@o '/other'])");
  g_assert_cmpuint (early.n_calls, ==, 0);
  finish ("/new", "new");
  g_assert_nonnull (early.object);
  assert_names (list, "");
  apply (list, "(uint32 0, uint32 0, [@o '/new'])");
  get (list, "/new", &listed);
  assert_names (list, "new");
  g_assert_true (listed.object == early.object);

  get (list, "/other", &gone);
  apply (list, "(uint32 1, uint32 1, @ao [])");
  g_assert_error (gone.error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
  end_list (list);
}

/* The same path after it was away is another object: what was asked about the old one does not count. */
static void
test_path_used_again (void)
{
  BeckonObjectList *list = new_list ();
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) waiting = { 0 };

  reset (list, "[@o '/a']", &outcome);
  apply (list, "(uint32 0, uint32 1, @ao [])");
  apply (list, "(uint32 0, uint32 0, [@o '/a'])");
  get (list, "/a", &waiting);
  finish ("/a", NULL);
  g_assert_cmpuint (waiting.n_calls, ==, 0);
  finish ("/a", "new");
  g_assert_cmpuint (waiting.n_calls, ==, 1);
  g_assert_nonnull (waiting.object);
  assert_names (list, "new");
  end_list (list);
}

static void
test_reset_while_waiting (void)
{
  BeckonObjectList *list = new_list ();
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };
  g_auto (Outcome) third = { 0 };
  g_auto (Outcome) waiting = { 0 };

  reset (list, "[@o '/a']", &first);
  get (list, "/a", &waiting);
  reset (list, "[@o '/a', '/b']", &second);
  g_assert_cmpuint (first.n_calls, ==, 1);
  g_assert_error (first.error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpuint (waiting.n_calls, ==, 1);
  finish ("/a", "old");
  assert_names (list, "");
  finish ("/a", "a");
  finish ("/b", "b");
  assert_names (list, "a b");
  g_assert_cmpuint (second.n_calls, ==, 1);
  g_assert_no_error (second.error);

  reset (list, "[@o '/c']", &third);
  assert_names (list, "");
  end_list (list);
  g_assert_cmpuint (third.n_calls, ==, 1);
  g_assert_error (third.error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
}

static void
test_forget (void)
{
  BeckonObjectList *list = new_list ();
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) again = { 0 };

  apply (list, "(uint32 7, uint32 0, [@o '/early'])"); /* the list will tell */
  g_assert_cmpuint (loads->len, ==, 0);
  reset (list, "[@o '/a']", &outcome);
  finish ("/a", "a");
  beckon_object_list_forget (list);
  assert_names (list, "");
  apply (list, "(uint32 0, uint32 0, [@o '/late'])");
  g_assert_cmpuint (loads->len, ==, 0);
  reset (list, "[@o '/a']", &again);
  finish ("/a", "a");
  assert_names (list, "a");
  end_list (list);
}

static void
test_hostile_changes (void)
{
  static const char *const changes[] = {
    "(uint32 3, uint32 0, [@o '/x'])", "(uint32 0, uint32 3, [@o '/x'])", "(uint32 1, uint32 2, @ao [])",
    "(uint32 4294967295, uint32 1, @ao [])", "(uint32 1, uint32 4294967295, [@o '/x'])",
  };
  BeckonObjectList *list = new_list ();
  g_auto (Outcome) outcome = { 0 };

  reset (list, "[@o '/a', '/b']", &outcome);
  finish ("/a", "a");
  finish ("/b", "b");
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_test_expect_message ("libbeckon", G_LOG_LEVEL_WARNING, "*does not fit*");
      apply (list, changes[i]);
      g_test_assert_expected_messages ();
    }
  apply (list, "(uint32 0, uint32 0, ['/text'])");
  apply (list, "('nonsense',)");
  assert_names (list, "a b");
  g_assert_cmpuint (loads->len, ==, 0);

  /* The same path twice is one object twice. */
  apply (list, "(uint32 2, uint32 0, [@o '/a', '/a'])");
  assert_names (list, "a b a a");
  apply (list, "(uint32 0, uint32 1, @ao [])");
  assert_names (list, "b a a");
  end_list (list);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, GString *log)
{
  g_string_append_printf (log, "%u-%u+%u ", position, removed, added);
}

/* The model tells no more than what changed. */
static void
test_changes_of_model (void)
{
  BeckonObjectList *list = new_list ();
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GString) log = g_string_new (NULL);

  reset (list, "[@o '/a', '/b', '/c']", &outcome);
  finish ("/a", "a");
  finish ("/b", "b");
  finish ("/c", "c");
  g_signal_connect (beckon_object_list_get_model (list), "items-changed", G_CALLBACK (on_items_changed), log);
  apply (list, "(uint32 1, uint32 1, @ao [])");
  apply (list, "(uint32 1, uint32 0, [@o '/b'])");
  finish ("/b", "b");
  apply (list, "(uint32 0, uint32 3, [@o '/a', '/b', '/c'])");
  g_assert_cmpstr (log->str, ==, "1-1+0 1-0+1 ");
  end_list (list);
}

/* The program may do anything when it hears of a change or of a failure. */
static void
on_gone_ask_again (GObject *source, GAsyncResult *result, gpointer data)
{
  BeckonObjectList *list = data;
  g_autoptr (GObject) object = g_task_propagate_pointer (G_TASK (result), NULL);

  g_assert_null (object);
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *path = g_strdup_printf ("/again/%u", i);
      beckon_object_list_get (list, path, g_task_new (NULL, NULL, NULL, NULL));
    }
}

static void
on_change_dispose (GListModel *model, guint position, guint removed, guint added, BeckonObjectList *list)
{
  g_object_run_dispose (G_OBJECT (list));
}

static void
test_reentrance (void)
{
  BeckonObjectList *list = new_list ();
  g_auto (Outcome) outcome = { 0 };

  reset (list, "[@o '/a', '/b']", &outcome);
  beckon_object_list_get (list, "/a", g_task_new (NULL, NULL, on_gone_ask_again, list));
  bk_test_drain (); /* so that the answer comes at once */
  apply (list, "(uint32 0, uint32 2, @ao [])");
  g_assert_cmpuint (loads->len, ==, 52);
  end_list (list);

  BeckonObjectList *other = new_list ();
  g_auto (Outcome) another = { 0 };
  g_auto (Outcome) waiting = { 0 };
  g_signal_connect (beckon_object_list_get_model (other), "items-changed", G_CALLBACK (on_change_dispose), other);
  reset (other, "[@o '/a', '/b']", &another);
  get (other, "/a", &waiting);
  finish ("/a", "a");
  g_assert_nonnull (waiting.object);
  end_list (other);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  connection = g_object_new (G_TYPE_DBUS_CONNECTION, NULL); /* never used */
  loads = g_ptr_array_new_with_free_func ((GDestroyNotify) load_free);
  g_test_add_func ("/object-list/reset", test_reset);
  g_test_add_func ("/object-list/changes-while-loading", test_changes_while_loading);
  g_test_add_func ("/object-list/failing-load", test_failing_load);
  g_test_add_func ("/object-list/get", test_get);
  g_test_add_func ("/object-list/get-before-listed", test_get_before_listed);
  g_test_add_func ("/object-list/path-used-again", test_path_used_again);
  g_test_add_func ("/object-list/reset-while-waiting", test_reset_while_waiting);
  g_test_add_func ("/object-list/forget", test_forget);
  g_test_add_func ("/object-list/hostile-changes", test_hostile_changes);
  g_test_add_func ("/object-list/changes-of-model", test_changes_of_model);
  g_test_add_func ("/object-list/reentrance", test_reentrance);
  int outcome = g_test_run ();
  g_ptr_array_unref (loads);
  g_object_unref (connection);
  return outcome;
}
