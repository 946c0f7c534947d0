/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-people.h"

#include "contacts/bk-app-contact-text.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_SINGLE_CHANGES 16
#define RANK_ASKING 0

/* ---- one ---- */

struct _BkAppPerson
{
  GObject parent_instance;

  BeckonAccount *account;
  BeckonContact *contact;
  char *key;    /* collation key of the name; NULL until somebody compares */
  char *search; /* folded: all names, a line each, the sign-in name last; NULL until somebody searches */
  gint64 time;  /* of the newest entry of the conversation */
  guint rank : 8; /* 0 first */
  guint pinned : 1;
  guint unread : 1;
  guint waiting : 1;   /* its change has not been told yet */
  BkAppPeople *people; /* not owned, nullable: the list that it is in, which keeps what is above as the contact is */
};

static void on_person_changed (BkAppPeople *self, BkAppPerson *person, gboolean moved);

G_DEFINE_FINAL_TYPE (BkAppPerson, bk_app_person, G_TYPE_OBJECT)

static guint
rank_of (BeckonContact *contact)
{
  switch (beckon_contact_get_relation (contact))
    {
    case BECKON_RELATION_ASKING:
      return RANK_ASKING;
    case BECKON_RELATION_ACCEPTED:
      if (beckon_contact_get_blocked (contact))
        return 4;
      return (beckon_contact_get_status (contact) & BECKON_STATUS_ONLINE) != 0 ? 1 : 2;
    case BECKON_RELATION_ASKED:
      return 3;
    case BECKON_RELATION_NONE:
      break;
    }
  return beckon_contact_get_blocked (contact) ? 4 : 5; /* the list shows the one, and not the other */
}

/* Takes longer than all else that is read of a contact. */
static const char *
get_key (BkAppPerson *self)
{
  if (self->key == NULL)
    {
      g_autofree char *folded = g_utf8_casefold (beckon_contact_get_display_name (self->contact), -1);
      self->key = g_utf8_collate_key (folded, -1);
    }
  return self->key;
}

static char *
dup_search (BeckonContact *contact)
{
  g_autofree char *names = g_strdup_printf ("%s\n%s\n%s", beckon_contact_get_display_name (contact),
                                            beckon_contact_get_alias (contact),
                                            beckon_contact_get_signin_name (contact));

  return bk_app_text_dup_folded (names);
}

/* Returns whether somebody may have another place now. */
static gboolean
read_contact (BkAppPerson *self)
{
  guint rank = rank_of (self->contact);
  gint64 time = beckon_contact_get_last_time (self->contact);
  guint pinned = beckon_contact_get_pinned (self->contact) ? 1 : 0;
  guint unread = beckon_contact_get_unread (self->contact) > 0 ? 1 : 0;

  if (rank == self->rank && time == self->time && pinned == self->pinned && unread == self->unread)
    return FALSE;
  self->rank = rank & 0xff;
  self->time = time;
  self->pinned = pinned & 1;
  self->unread = unread & 1;
  return TRUE;
}

/* @names: of the properties. */
static void
follow_contact (BkAppPerson *self, const char *const *names)
{
  gboolean renamed = g_strv_contains (names, "display-name");
  gboolean moved = read_contact (self) || renamed;

  if (renamed)
    g_clear_pointer (&self->key, g_free);
  if (renamed || g_strv_contains (names, "alias"))
    g_clear_pointer (&self->search, g_free);
  on_person_changed (self->people, self, moved);
}

static BkAppPerson *
bk_app_person_new (BeckonAccount *account, BeckonContact *contact, BkAppPeople *people)
{
  BkAppPerson *self = g_object_new (BK_TYPE_APP_PERSON, NULL);

  self->account = g_object_ref (account);
  self->contact = g_object_ref (contact);
  self->people = people;
  read_contact (self);
  return self;
}

BkAppPerson *
bk_app_person_dup (BkAppPerson *self)
{
  return bk_app_person_new (self->account, self->contact, NULL);
}

BeckonAccount *
bk_app_person_get_account (BkAppPerson *self)
{
  return self->account;
}

BeckonContact *
bk_app_person_get_contact (BkAppPerson *self)
{
  return self->contact;
}

gboolean
bk_app_person_get_listed (BkAppPerson *self)
{
  return self->people != NULL;
}

gboolean
bk_app_person_is (BkAppPerson *self, const char *account, const char *who)
{
  return g_str_equal (beckon_contact_get_signin_name (self->contact), who)
         && (account == NULL || g_str_equal (beckon_account_get_signin_name (self->account), account));
}

GVariant *
bk_app_person_new_target (BkAppPerson *self)
{
  return g_variant_new ("(ss)", beckon_account_get_signin_name (self->account),
                        beckon_contact_get_signin_name (self->contact));
}

gboolean
bk_app_person_get_pinned (BkAppPerson *self)
{
  return self->people != NULL ? self->pinned : beckon_contact_get_pinned (self->contact);
}

gboolean
bk_app_person_get_asking (BkAppPerson *self)
{
  guint rank = self->people != NULL ? self->rank : rank_of (self->contact);

  return rank == RANK_ASKING && !beckon_contact_get_blocked (self->contact);
}

gboolean
bk_app_person_matches (BkAppPerson *self, const char *const *words)
{
  if (self->search == NULL)
    self->search = dup_search (self->contact);
  const char *server = strrchr (self->search, '@');
  for (gsize i = 0; words[i] != NULL; i++)
    {
      const char *place = strstr (self->search, words[i]);

      if (place == NULL || (server != NULL && place > server && strpbrk (words[i], "@.") == NULL))
        return FALSE;
    }
  return TRUE;
}

int
bk_app_person_compare_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  BkAppPerson *one = BK_APP_PERSON ((gpointer) a);
  BkAppPerson *other = BK_APP_PERSON ((gpointer) b);
  int order = strcmp (get_key (one), get_key (other));

  return order != 0 ? order
                    : strcmp (beckon_contact_get_signin_name (one->contact),
                              beckon_contact_get_signin_name (other->contact));
}

int
bk_app_person_compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  BkAppPerson *one = BK_APP_PERSON ((gpointer) a);
  BkAppPerson *other = BK_APP_PERSON ((gpointer) b);

  if (one->rank != other->rank)
    return one->rank < other->rank ? -1 : 1;
  return bk_app_person_compare_names (a, b, user_data);
}

int
bk_app_person_compare_times (gconstpointer a, gconstpointer b, gpointer user_data)
{
  BkAppPerson *one = BK_APP_PERSON ((gpointer) a);
  BkAppPerson *other = BK_APP_PERSON ((gpointer) b);

  if (one->time != other->time)
    return one->time > other->time ? -1 : 1;
  return bk_app_person_compare (a, b, user_data);
}

static void
bk_app_person_finalize (GObject *object)
{
  BkAppPerson *self = BK_APP_PERSON (object);

  g_object_unref (self->account);
  g_object_unref (self->contact);
  g_free (self->key);
  g_free (self->search);
  G_OBJECT_CLASS (bk_app_person_parent_class)->finalize (object);
}

static void
bk_app_person_class_init (BkAppPersonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_app_person_finalize;
}

static void
bk_app_person_init (BkAppPerson *self)
{
}

/* ---- all ---- */

/* The contacts of one account: a stretch of the whole list. */
typedef struct
{
  BkAppPeople *people; /* not owned */
  BeckonAccount *account;
  gulong handler;         /* of its contacts */
  gulong state_handler;   /* of the account */
  gulong contact_handler; /* the same: a handler of each contact takes twice the memory of the contact */
  guint n_items;
} Stretch;

struct _BkAppPeople
{
  GObject parent_instance;

  GListModel *accounts;
  GPtrArray *stretches; /* element-type Stretch, as the accounts are ordered */
  GPtrArray *items;     /* element-type BkAppPerson */
  guint telling;        /* source: somebody's change waits to be told */
};

enum
{
  SIGNAL_PERSON_CHANGED,
  SIGNAL_ACCOUNT_STATE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return BK_TYPE_APP_PERSON;
}

static guint
get_n_items (GListModel *model)
{
  return BK_APP_PEOPLE (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  BkAppPeople *self = BK_APP_PEOPLE (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BkAppPeople, bk_app_people, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* Each change costs the lists above a walk over all that they have; beyond a few it is cheaper to look at a whole
 * stretch again. */
static void
tell_changes (BkAppPeople *self)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->items->len; i++)
    {
      BkAppPerson *person = self->items->pdata[i];

      if (person->waiting)
        g_array_append_val (places, i);
      person->waiting = FALSE;
    }
  if (places->len > MAX_SINGLE_CHANGES)
    {
      guint first = g_array_index (places, guint, 0);
      guint n_items = g_array_index (places, guint, places->len - 1) - first + 1;
      g_list_model_items_changed (G_LIST_MODEL (self), first, n_items, n_items);
      return;
    }
  for (guint i = 0; i < places->len; i++)
    g_list_model_items_changed (G_LIST_MODEL (self), g_array_index (places, guint, i), 1, 1);
}

static gboolean
on_tell (gpointer user_data)
{
  BkAppPeople *self = user_data;

  self->telling = 0;
  tell_changes (self);
  return G_SOURCE_REMOVE;
}

/* A move is told before what the main loop does about the screen, after all that the service has said by now. */
static void
on_person_changed (BkAppPeople *self, BkAppPerson *person, gboolean moved)
{
  g_signal_emit (self, signals[SIGNAL_PERSON_CHANGED], 0, person);
  if (!moved || person->waiting)
    return;
  person->waiting = TRUE;
  if (self->telling == 0)
    self->telling = g_idle_add_full (G_PRIORITY_DEFAULT + 10, on_tell, self, NULL);
}

static guint
start_of (BkAppPeople *self, Stretch *stretch)
{
  guint start = 0;

  for (guint i = 0; i < self->stretches->len && self->stretches->pdata[i] != stretch; i++)
    start += ((Stretch *) self->stretches->pdata[i])->n_items;
  return start;
}

/* Whoever still has them asks their contacts. */
static void
remove_people (BkAppPeople *self, guint start, guint n_people)
{
  for (guint i = 0; i < n_people; i++)
    ((BkAppPerson *) self->items->pdata[start + i])->people = NULL;
  if (n_people > 0)
    g_ptr_array_remove_range (self->items, start, n_people);
}

static void
make_room (BkAppPeople *self, guint start, guint n_people)
{
  guint after = self->items->len - start;

  g_ptr_array_set_size (self->items, (int) (self->items->len + n_people));
  memmove (self->items->pdata + start + n_people, self->items->pdata + start, after * sizeof (gpointer));
}

static void
on_contacts_changed (GListModel *contacts, guint position, guint removed, guint added, Stretch *stretch)
{
  BkAppPeople *self = stretch->people;
  guint start = start_of (self, stretch) + position;

  remove_people (self, start, removed);
  if (added > 0)
    make_room (self, start, added);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (BeckonContact) contact = g_list_model_get_item (contacts, position + i);

      self->items->pdata[start + i] = bk_app_person_new (stretch->account, contact, self);
    }
  stretch->n_items += added - removed;
  g_list_model_items_changed (G_LIST_MODEL (self), start, removed, added);
}

static void
on_contact_changed (BeckonAccount *account, guint position, const char *const *names, Stretch *stretch)
{
  BkAppPeople *self = stretch->people;

  if (position < stretch->n_items)
    follow_contact (self->items->pdata[start_of (self, stretch) + position], names);
}

static void
on_state (BeckonAccount *account, GParamSpec *pspec, Stretch *stretch)
{
  g_signal_emit (stretch->people, signals[SIGNAL_ACCOUNT_STATE], 0, account);
}

static void
stretch_free (Stretch *stretch)
{
  g_signal_handler_disconnect (stretch->account, stretch->contact_handler);
  g_signal_handler_disconnect (stretch->account, stretch->state_handler);
  g_signal_handler_disconnect (beckon_account_get_contacts (stretch->account), stretch->handler);
  g_object_unref (stretch->account);
  g_free (stretch);
}

static void
add_account (BkAppPeople *self, guint position, BeckonAccount *account)
{
  GListModel *contacts = beckon_account_get_contacts (account);
  Stretch *stretch = g_new0 (Stretch, 1);

  stretch->people = self;
  stretch->account = g_object_ref (account);
  stretch->handler = g_signal_connect (contacts, "items-changed", G_CALLBACK (on_contacts_changed), stretch);
  stretch->contact_handler
    = g_signal_connect (account, "contact-changed", G_CALLBACK (on_contact_changed), stretch);
  stretch->state_handler = g_signal_connect (account, "notify::state", G_CALLBACK (on_state), stretch);
  g_ptr_array_insert (self->stretches, (int) position, stretch);
  on_contacts_changed (contacts, 0, 0, g_list_model_get_n_items (contacts), stretch);
}

static void
remove_account (BkAppPeople *self, guint position)
{
  Stretch *stretch = self->stretches->pdata[position];
  guint start = start_of (self, stretch);
  guint n_items = stretch->n_items;

  remove_people (self, start, n_items);
  g_ptr_array_remove_index (self->stretches, position);
  g_list_model_items_changed (G_LIST_MODEL (self), start, n_items, 0);
}

static void
on_accounts_changed (GListModel *accounts, guint position, guint removed, guint added, BkAppPeople *self)
{
  for (guint i = 0; i < removed; i++)
    remove_account (self, position);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (BeckonAccount) account = g_list_model_get_item (accounts, position + i);
      add_account (self, position + i, account);
    }
}

BkAppPerson *
bk_app_people_find (BkAppPeople *self, const char *account, const char *who)
{
  for (guint i = 0; i < self->items->len; i++)
    if (bk_app_person_is (self->items->pdata[i], account, who))
      return self->items->pdata[i];
  return NULL;
}

BkAppPeople *
bk_app_people_new (GListModel *accounts)
{
  BkAppPeople *self = g_object_new (BK_TYPE_APP_PEOPLE, NULL);

  self->accounts = g_object_ref (accounts);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (on_accounts_changed), self, 0);
  on_accounts_changed (accounts, 0, 0, g_list_model_get_n_items (accounts), self);
  return self;
}

static void
bk_app_people_finalize (GObject *object)
{
  BkAppPeople *self = BK_APP_PEOPLE (object);

  g_clear_handle_id (&self->telling, g_source_remove);
  g_ptr_array_unref (self->stretches);
  remove_people (self, 0, self->items->len);
  g_ptr_array_unref (self->items);
  g_clear_object (&self->accounts);
  G_OBJECT_CLASS (bk_app_people_parent_class)->finalize (object);
}

static void
bk_app_people_class_init (BkAppPeopleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_app_people_finalize;
  signals[SIGNAL_PERSON_CHANGED] = g_signal_new ("person-changed", BK_TYPE_APP_PEOPLE, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL, NULL, G_TYPE_NONE, 1, BK_TYPE_APP_PERSON);
  signals[SIGNAL_ACCOUNT_STATE] = g_signal_new ("account-state", BK_TYPE_APP_PEOPLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                NULL, G_TYPE_NONE, 1, BECKON_TYPE_ACCOUNT);
}

static void
bk_app_people_init (BkAppPeople *self)
{
  self->stretches = g_ptr_array_new_with_free_func ((GDestroyNotify) stretch_free);
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}
