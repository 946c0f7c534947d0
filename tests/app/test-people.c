/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contacts of all accounts as one list, against a plain list of lists. */
#include "contacts/bk-app-people.h"

#include "beckon-account-private.h"
#include "bk-test.h"
#include "stand-in.h"

#include <gtk/gtk.h>
#include <string.h>

#define N_STEPS 400
#define MAX_ACCOUNTS 4
#define MAX_CONTACTS 12

typedef struct
{
  guint relation;
  guint blocked;
  guint status;
  char *who;
  char *name;
} Someone;

typedef struct
{
  char *path;
  BeckonAccount *account;
  GPtrArray *contacts; /* element-type Someone */
} Side;

typedef struct
{
  StandIn *service;
  GDBusConnection *connection;
  GListStore *accounts;
  GPtrArray *sides; /* element-type Side: what has to be there */
  BkAppPeople *people;
  GPtrArray *mirror; /* element-type BkAppPerson: what somebody has who only follows the changes */
  guint number;      /* of names used so far */
} Fixture;

static void
someone_free (Someone *someone)
{
  g_free (someone->who);
  g_free (someone->name);
  g_free (someone);
}

static void
side_free (Side *side)
{
  g_free (side->path);
  g_object_unref (side->account);
  g_ptr_array_unref (side->contacts);
  g_free (side);
}

/* ---- chance ---- */

static Someone *
make_someone (Fixture *fixture)
{
  static const guint statuses[] = { 0, 1, 2, 0xA, 0x22 };
  static const char *const names[] = { "Ada", "ada", "Äda", "Bob", "Zoë", "Émile", "李", "42" };
  Someone *someone = g_new0 (Someone, 1);

  someone->relation = (guint) g_test_rand_int_range (0, 4);
  someone->blocked = g_test_rand_int_range (0, 6) == 0;
  someone->status = statuses[g_test_rand_int_range (0, G_N_ELEMENTS (statuses))];
  someone->who = g_strdup_printf ("p%u@b", fixture->number++);
  someone->name = g_strdup (names[g_test_rand_int_range (0, G_N_ELEMENTS (names))]);
  return someone;
}

static void
append_text (GString *text, Someone *someone)
{
  g_string_append_printf (text, "%s('%s', '%s', uint32 %u, %s, uint32 %u, '', '', uint32 0, @a{sv} {})", text->len > 0 ? ", " : "",
                          someone->who, someone->name, someone->relation, someone->blocked ? "true" : "false",
                          someone->status);
}

/* ---- changes ---- */

/* A call on the account: then all that the service said about it before has been heard. */
static void
settle (Side *side)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_account_signout_async (side->account, NULL, bk_test_store_result, &result);
  beckon_account_signout_finish (side->account, bk_test_await (&result), &error);
  g_assert_no_error (error);
  bk_test_drain (); /* what follows from it */
}

static Side *
load_side (Fixture *fixture)
{
  Side *side = g_new0 (Side, 1);
  guint n_contacts = (guint) g_test_rand_int_range (0, 5);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  side->path = g_strdup_printf (STAND_IN_ROOT "/Account/%u", ++fixture->number);
  side->contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) someone_free);
  for (guint i = 0; i < n_contacts; i++)
    {
      g_ptr_array_add (side->contacts, make_someone (fixture));
      append_text (text, side->contacts->pdata[i]);
    }
  g_autofree char *properties = g_strdup_printf ("{'SignInName': <'a%u@b'>}", fixture->number);
  g_autofree char *answer = g_strdup_printf ("(@a(ssubussua{sv}) [%s],)", text->str);
  stand_in_add (fixture->service, side->path, "Account1", properties);
  stand_in_answer (fixture->service, "ListContacts", answer);
  beckon_account_load (fixture->connection, side->path, NULL, bk_test_store_result, &result);
  side->account = beckon_account_load_finish (bk_test_await (&result), &error);
  g_assert_no_error (error);
  return side;
}

/* Some accounts go and others come, at one place, at once. */
static void
splice_accounts (Fixture *fixture)
{
  guint n_sides = fixture->sides->len;
  guint position = (guint) g_test_rand_int_range (0, (int) n_sides + 1);
  guint removed = (guint) g_test_rand_int_range (0, (int) (n_sides - position) + 1);
  guint added = (guint) g_test_rand_int_range (0, (int) (MAX_ACCOUNTS - n_sides + removed) + 1);
  g_autoptr (GPtrArray) accounts = g_ptr_array_new ();

  if (removed > 0)
    g_ptr_array_remove_range (fixture->sides, position, removed);
  for (guint i = 0; i < added; i++)
    {
      Side *side = load_side (fixture);
      g_ptr_array_insert (fixture->sides, (int) (position + i), side);
      g_ptr_array_add (accounts, side->account);
    }
  g_list_store_splice (fixture->accounts, position, removed, accounts->pdata, added);
}

static void
splice_contacts (Fixture *fixture, Side *side)
{
  guint n_contacts = side->contacts->len;
  guint position = (guint) g_test_rand_int_range (0, (int) n_contacts + 1);
  guint removed = (guint) g_test_rand_int_range (0, (int) (n_contacts - position) + 1);
  guint added = (guint) g_test_rand_int_range (0, (int) (MAX_CONTACTS - n_contacts + removed) + 1);
  g_autoptr (GString) text = g_string_new (NULL);

  if (removed > 0)
    g_ptr_array_remove_range (side->contacts, position, removed);
  for (guint i = 0; i < added; i++)
    {
      Someone *someone = make_someone (fixture);
      g_ptr_array_insert (side->contacts, (int) (position + i), someone);
      append_text (text, someone);
    }
  g_autofree char *args = g_strdup_printf ("(uint32 %u, uint32 %u, @a(ssubussua{sv}) [%s])", position, removed, text->str);
  stand_in_signal (fixture->service, side->path, "Account1", "ContactsChanged", args);
  settle (side);
}

static BkAppPerson *
find_person (Fixture *fixture, const char *who)
{
  return bk_app_people_find (fixture->people, NULL, who);
}

/* Somebody has another name and another presence, and stays the same object. */
static void
change_contact (Fixture *fixture, Side *side)
{
  if (side->contacts->len == 0)
    return;
  guint position = (guint) g_test_rand_int_range (0, (int) side->contacts->len);
  Someone *someone = make_someone (fixture);
  Someone *old = side->contacts->pdata[position];
  g_autoptr (GString) text = g_string_new (NULL);
  BkAppPerson *person = find_person (fixture, old->who);

  g_free (someone->who);
  someone->who = g_strdup (old->who);
  append_text (text, someone);
  g_autofree char *args = g_strdup_printf ("(uint32 %u, uint32 1, [%s])", position, text->str);
  stand_in_signal (fixture->service, side->path, "Account1", "ContactsChanged", args);
  settle (side);
  someone_free (old);
  side->contacts->pdata[position] = someone;
  g_assert_nonnull (person);
  g_assert_true (find_person (fixture, someone->who) == person);
}

/* ---- what has to be there ---- */

static void
assert_person (BkAppPerson *person, Side *side, Someone *someone)
{
  BeckonContact *contact = bk_app_person_get_contact (person);

  g_assert_true (bk_app_person_get_account (person) == side->account);
  g_assert_true (bk_app_person_is (person, beckon_account_get_signin_name (side->account), someone->who));
  g_assert_false (bk_app_person_is (person, "nobody@b", someone->who));
  g_assert_cmpstr (beckon_contact_get_display_name (contact), ==, someone->name);
}

static void
assert_all (Fixture *fixture)
{
  GListModel *model = G_LIST_MODEL (fixture->people);
  guint position = 0;

  for (guint s = 0; s < fixture->sides->len; s++)
    {
      Side *side = fixture->sides->pdata[s];

      for (guint c = 0; c < side->contacts->len; c++, position++)
        {
          g_autoptr (BkAppPerson) person = g_list_model_get_item (model, position);
          g_assert_nonnull (person);
          g_assert_true (position < fixture->mirror->len && fixture->mirror->pdata[position] == person);
          assert_person (person, side, side->contacts->pdata[c]);
        }
    }
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, position);
  g_assert_cmpuint (fixture->mirror->len, ==, position);
  g_assert_null (g_list_model_get_item (model, position));
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, Fixture *fixture)
{
  g_assert_cmpuint (position + removed, <=, fixture->mirror->len);
  if (removed > 0)
    g_ptr_array_remove_range (fixture->mirror, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (fixture->mirror, (int) (position + i), g_list_model_get_item (model, position + i));
  g_assert_cmpuint (fixture->mirror->len, ==, g_list_model_get_n_items (model));
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->service = stand_in_new ();
  fixture->connection = stand_in_connect ();
  fixture->accounts = g_list_store_new (BECKON_TYPE_ACCOUNT);
  fixture->sides = g_ptr_array_new_with_free_func ((GDestroyNotify) side_free);
  fixture->mirror = g_ptr_array_new_with_free_func (g_object_unref);
  splice_accounts (fixture);
  fixture->people = bk_app_people_new (G_LIST_MODEL (fixture->accounts));
  on_items_changed (G_LIST_MODEL (fixture->people), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (fixture->people)),
                    fixture);
  g_signal_connect (fixture->people, "items-changed", G_CALLBACK (on_items_changed), fixture);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->mirror);
  g_assert_finalize_object (fixture->people);
  g_assert_finalize_object (fixture->accounts);
  g_ptr_array_unref (fixture->sides);
  stand_in_disconnect (fixture->connection);
  stand_in_free (fixture->service);
}

static void
test_random (Fixture *fixture, gconstpointer data)
{
  assert_all (fixture);
  for (guint i = 0; i < N_STEPS; i++)
    {
      guint n_sides = fixture->sides->len;
      Side *side = n_sides > 0 ? fixture->sides->pdata[g_test_rand_int_range (0, (int) n_sides)] : NULL;
      int what = g_test_rand_int_range (0, 10);

      if (side == NULL || what == 0)
        splice_accounts (fixture);
      else if (what < 5)
        splice_contacts (fixture, side);
      else
        change_contact (fixture, side);
      assert_all (fixture);
    }
}

/* ---- the order ---- */

static int
rank (Someone *someone)
{
  if (someone->relation == BECKON_RELATION_ASKING)
    return 0;
  if (someone->relation == BECKON_RELATION_ACCEPTED)
    return someone->blocked ? 4 : (someone->status & BECKON_STATUS_ONLINE) != 0 ? 1 : 2;
  return someone->relation == BECKON_RELATION_ASKED ? 3 : someone->blocked ? 4 : 5;
}

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  Someone *one = *(Someone *const *) a;
  Someone *other = *(Someone *const *) b;
  g_autofree char *name = g_utf8_casefold (one->name, -1);
  g_autofree char *other_name = g_utf8_casefold (other->name, -1);
  int by_name = g_utf8_collate (name, other_name);

  if (rank (one) != rank (other))
    return rank (one) - rank (other);
  return by_name != 0 ? by_name : strcmp (one->who, other->who);
}

static void
assert_order (Fixture *fixture, GListModel *sorted)
{
  g_autoptr (GPtrArray) expected = g_ptr_array_new ();

  for (guint s = 0; s < fixture->sides->len; s++)
    {
      Side *side = fixture->sides->pdata[s];
      for (guint c = 0; c < side->contacts->len; c++)
        g_ptr_array_add (expected, side->contacts->pdata[c]);
    }
  g_ptr_array_sort_with_data (expected, compare, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (sorted), ==, expected->len);
  for (guint i = 0; i < expected->len; i++)
    {
      g_autoptr (BkAppPerson) person = g_list_model_get_item (sorted, i);
      BeckonContact *contact = bk_app_person_get_contact (person);
      Someone *someone = expected->pdata[i];
      g_assert_cmpstr (beckon_contact_get_signin_name (contact), ==, someone->who);
    }
}

/* A sorted list above hears of everybody whose place may be another now. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListModel) sorted = G_LIST_MODEL (
    gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (fixture->people)),
                             GTK_SORTER (gtk_custom_sorter_new (bk_app_person_compare, NULL, NULL))));

  for (guint i = 0; i < 100; i++)
    {
      if (fixture->sides->len == 0)
        splice_accounts (fixture);
      for (guint s = 0; s < fixture->sides->len; s++)
        {
          splice_contacts (fixture, fixture->sides->pdata[s]);
          assert_order (fixture, sorted);
          change_contact (fixture, fixture->sides->pdata[s]);
        }
      assert_order (fixture, sorted);
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();

  g_test_add ("/app/people/random", Fixture, NULL, setup, test_random, teardown);
  g_test_add ("/app/people/order", Fixture, NULL, setup, test_order, teardown);
  int status = g_test_run ();
  stand_in_bus_down ();
  return status;
}
