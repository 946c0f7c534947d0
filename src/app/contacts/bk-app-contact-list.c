/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-contact-list.h"

#include "contacts/bk-app-contact-text.h"
#include "contacts/bk-app-section.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>

struct _BkAppContactList
{
  GObject parent_instance;

  /* Owned References */
  GListModel *accounts;
  GListModel *groups; /* of all accounts */
  GListModel *found;
  GSettings *settings;
  GtkFilter *filter; /* who is in the list at all */
  GtkCustomSorter *sorter;
  GListModel *everybody; /* sorted */
  GListModel *listed;    /* of them, who is in the list */
  GListStore *sections;  /* those that are shown */
  GListModel *model;     /* the sections one after the other */
  GPtrArray *parts;      /* element-type Part: of the sections that are shown */
  char **words;          /* NULL when nothing is searched for */

  gboolean online_only; /* these as set; they are asked for everybody */
  gboolean grouped;
};

typedef enum
{
  KIND_REQUESTS,
  KIND_PINNED,
  KIND_GROUP,
  KIND_OTHERS,
  KIND_FOUND
} Kind;

/* Who is in a section. */
typedef struct
{
  BkAppContactList *list; /* not owned */
  Kind kind;
  BeckonGroup *group;     /* owned, nullable */
  BeckonAccount *account; /* the same: of the others, whose they are */
  BkAppSection *section;
  GtkFilter *filter;          /* nullable, as the next one */
  GtkFilterListModel *people; /* owned */
  GHashTable *others;         /* BkAppPerson → another one for the same contact, where one can be in several parts */
} Part;

G_DEFINE_FINAL_TYPE (BkAppContactList, bk_app_contact_list, G_TYPE_OBJECT)

static void
part_free (Part *part)
{
  if (part->group != NULL)
    {
      g_signal_handlers_disconnect_by_data (part->group, part);
      g_signal_handlers_disconnect_by_data (beckon_group_get_contacts (part->group), part);
    }
  g_signal_handlers_disconnect_by_data (part->section, part);
  g_signal_handlers_disconnect_by_data (part->section, part->list);
  /* Whoever still has the section must not ask a part that is gone. */
  if (part->people != NULL)
    gtk_filter_list_model_set_model (part->people, NULL);
  g_clear_object (&part->people);
  g_clear_object (&part->filter);
  g_object_unref (part->section);
  g_clear_pointer (&part->others, g_hash_table_unref);
  g_clear_object (&part->group);
  g_clear_object (&part->account);
  g_free (part);
}

/* ---- who is where ---- */

static BeckonContact *
contact_of (gpointer person)
{
  return bk_app_person_get_contact (person);
}

static gboolean
is_listed (gpointer item, gpointer user_data)
{
  BkAppContactList *self = user_data;
  BeckonContact *contact = contact_of (item);

  if (beckon_contact_get_relation (contact) == BECKON_RELATION_NONE && !beckon_contact_get_blocked (contact))
    return FALSE;
  if (!self->online_only || bk_app_person_get_asking (item))
    return TRUE;
  /* Who has written something must not be overlooked. */
  if (beckon_contact_get_unread (contact) > 0)
    return TRUE;
  return !beckon_contact_get_blocked (contact) && (beckon_contact_get_status (contact) & BECKON_STATUS_ONLINE) != 0;
}

static gboolean
is_in_group (BkAppPerson *person, BeckonGroup *group)
{
  g_autoptr (BeckonAccount) account = beckon_group_dup_account (group);

  return account == bk_app_person_get_account (person)
         && beckon_group_has_contact (group, beckon_contact_get_signin_name (contact_of (person)));
}

static gboolean
is_in_any_group (BkAppPerson *person)
{
  GListModel *groups = beckon_account_get_groups (bk_app_person_get_account (person));

  for (guint i = 0; i < g_list_model_get_n_items (groups); i++)
    {
      g_autoptr (BeckonGroup) group = g_list_model_get_item (groups, i);
      if (beckon_group_has_contact (group, beckon_contact_get_signin_name (contact_of (person))))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_in_part (gpointer item, gpointer user_data)
{
  Part *part = user_data;

  switch (part->kind)
    {
    case KIND_FOUND:
      return bk_app_person_matches (item, (const char *const *) part->list->words);
    case KIND_REQUESTS:
      return bk_app_person_get_asking (item);
    case KIND_PINNED:
      return bk_app_person_get_pinned (item) && !bk_app_person_get_asking (item);
    case KIND_GROUP:
      return is_in_group (item, part->group) && !bk_app_person_get_asking (item);
    case KIND_OTHERS:
      break;
    }
  if (bk_app_person_get_asking (item) || bk_app_person_get_pinned (item))
    return FALSE;
  if (part->account != NULL && bk_app_person_get_account (item) != part->account)
    return FALSE;
  return !part->list->grouped || !is_in_any_group (item);
}

/* ---- the sections ---- */

/* The heading of the rest says something only where there is something above or below it. */
static void
update_headings (BkAppContactList *self)
{
  guint n_filled = 0;

  for (guint i = 0; i < self->parts->len; i++)
    if (bk_app_section_get_count (((Part *) self->parts->pdata[i])->section) > 0)
      n_filled++;
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = self->parts->pdata[i];
      if (part->kind == KIND_OTHERS)
        bk_app_section_set_headed (part->section, n_filled > 1);
    }
}

static void
on_collapsed (BkAppSection *section, GParamSpec *pspec, Part *part)
{
  GSettings *settings = part->list->settings;
  g_auto (GStrv) before = g_settings_get_strv (settings, "contacts-collapsed");
  g_autoptr (GStrvBuilder) after = g_strv_builder_new ();
  const char *id = bk_app_section_get_id (section);

  for (gsize i = 0; before[i] != NULL; i++)
    if (!g_str_equal (before[i], id))
      g_strv_builder_add (after, before[i]);
  if (bk_app_section_get_collapsed (section))
    g_strv_builder_add (after, id);
  g_auto (GStrv) ids = g_strv_builder_end (after);
  g_settings_set_strv (settings, "contacts-collapsed", (const char *const *) ids);
}

static void
on_member_changed (GListModel *contacts, guint position, guint removed, guint added, Part *part)
{
  BkAppContactList *self = part->list;

  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *other = self->parts->pdata[i];
      if (other == part || other->kind == KIND_OTHERS)
        gtk_filter_changed (other->filter, GTK_FILTER_CHANGE_DIFFERENT);
    }
}

/* In several accounts there can be groups of one name. */
static char *
dup_group_title (BkAppContactList *self, BeckonGroup *group)
{
  g_autoptr (BeckonAccount) account = beckon_group_dup_account (group);

  if (account == NULL || g_list_model_get_n_items (self->accounts) < 2)
    return g_strdup (beckon_group_get_name (group));
  /* Translators: name of a group of contacts, and the account that it belongs to */
  return g_strdup_printf (C_ ("group and account", "%s (%s)"), beckon_group_get_name (group), beckon_account_get_signin_name (account));
}

static void
on_group_name (BeckonGroup *group, GParamSpec *pspec, Part *part)
{
  g_autofree char *title = dup_group_title (part->list, group);

  bk_app_section_set_title (part->section, title);
}

static gboolean
was_collapsed (BkAppContactList *self, const char *id)
{
  g_auto (GStrv) ids = g_settings_get_strv (self->settings, "contacts-collapsed");

  return g_strv_contains ((const char *const *) ids, id);
}

/* The same person has the same object here for as long as the part is there. */
static gpointer
get_other (gpointer item, gpointer user_data)
{
  GHashTable *others = user_data;
  g_autoptr (BkAppPerson) person = item;
  BkAppPerson *other = g_hash_table_lookup (others, person);

  if (other == NULL)
    {
      other = bk_app_person_dup (person);
      g_hash_table_insert (others, g_object_ref (person), other);
    }
  return g_object_ref (other);
}

static GListModel *
make_others (Part *part, GListModel *people)
{
  part->others = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
  return G_LIST_MODEL (gtk_map_list_model_new (people, get_other, g_hash_table_ref (part->others),
                                               (GDestroyNotify) g_hash_table_unref));
}

/* @model: (transfer full) (nullable): what is in it; NULL for those people who belong there. */
static Part *
add_part (BkAppContactList *self, Kind kind, BeckonGroup *group, const char *id, const char *title, GListModel *model)
{
  Part *part = g_new0 (Part, 1);
  gboolean collapsible = !bk_app_contact_list_is_searching (self);

  part->list = self;
  part->kind = kind;
  if (model == NULL)
    {
      GListModel *from = kind == KIND_FOUND ? self->everybody : self->listed;
      part->filter = GTK_FILTER (gtk_custom_filter_new (NULL, NULL, NULL));
      part->group = group != NULL ? g_object_ref (group) : NULL;
      gtk_custom_filter_set_filter_func (GTK_CUSTOM_FILTER (part->filter), is_in_part, part, NULL);
      part->people = gtk_filter_list_model_new (g_object_ref (from), g_object_ref (part->filter));
      model = G_LIST_MODEL (g_object_ref (part->people));
      if (kind == KIND_GROUP)
        model = make_others (part, model);
    }
  part->section = bk_app_section_new (id, title, collapsible, model);
  bk_app_section_set_collapsed (part->section, collapsible && was_collapsed (self, id));
  g_signal_connect_swapped (part->section, "notify::count", G_CALLBACK (update_headings), self);
  g_signal_connect (part->section, "notify::collapsed", G_CALLBACK (on_collapsed), part);
  if (group != NULL)
    {
      g_signal_connect (group, "notify::name", G_CALLBACK (on_group_name), part);
      g_signal_connect (beckon_group_get_contacts (group), "items-changed", G_CALLBACK (on_member_changed), part);
    }
  g_ptr_array_add (self->parts, part);
  return part;
}

static void
add_groups (BkAppContactList *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->groups); i++)
    {
      g_autoptr (BeckonGroup) group = g_list_model_get_item (self->groups, i);
      g_autoptr (BeckonAccount) account = beckon_group_dup_account (group);
      g_autofree char *title = dup_group_title (self, group);
      g_autofree char *id = g_strdup_printf ("group %s %s", beckon_group_get_id (group),
                                             account != NULL ? beckon_account_get_signin_name (account) : "");
      add_part (self, KIND_GROUP, group, id, title, NULL);
    }
}

/* Of several accounts each has its own people under its name. */
static void
add_others (BkAppContactList *self)
{
  guint n_accounts = g_list_model_get_n_items (self->accounts);

  if (n_accounts < 2)
    {
      add_part (self, KIND_OTHERS, NULL, "others", C_ ("contact list", "Contacts"), NULL);
      return;
    }
  for (guint i = 0; i < n_accounts; i++)
    {
      g_autoptr (BeckonAccount) account = g_list_model_get_item (self->accounts, i);
      const char *name = beckon_account_get_signin_name (account);
      g_autofree char *id = g_strdup_printf ("others %s", name);
      Part *part = add_part (self, KIND_OTHERS, NULL, id, name, NULL);

      part->account = g_steal_pointer (&account);
      gtk_filter_changed (part->filter, GTK_FILTER_CHANGE_MORE_STRICT);
    }
}

static void
rebuild (BkAppContactList *self)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->parts); /* goes when nobody shows it any more */
  g_autoptr (GPtrArray) sections = g_ptr_array_new ();

  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) part_free);
  if (bk_app_contact_list_is_searching (self))
    {
      add_part (self, KIND_FOUND, NULL, "found", C_ ("contact list", "Contacts"), NULL);
      add_part (self, KIND_FOUND, NULL, "messages", C_ ("contact list", "Messages"), g_object_ref (self->found));
    }
  else
    {
      add_part (self, KIND_REQUESTS, NULL, "requests", C_ ("contact list", "Requests"), NULL);
      add_part (self, KIND_PINNED, NULL, "pinned", C_ ("contact list", "Pinned"), NULL);
      if (self->grouped)
        add_groups (self);
      add_others (self);
    }
  update_headings (self);
  for (guint i = 0; i < self->parts->len; i++)
    g_ptr_array_add (sections, ((Part *) self->parts->pdata[i])->section);
  g_list_store_splice (self->sections, 0, g_list_model_get_n_items (G_LIST_MODEL (self->sections)), sections->pdata,
                       sections->len);
}

/* ---- what the user wants ---- */

static void
on_sort_changed (GSettings *settings, const char *key, BkAppContactList *self)
{
  static const GCompareDataFunc orders[] = { bk_app_person_compare, bk_app_person_compare_names,
                                             bk_app_person_compare_times };
  int order = g_settings_get_enum (settings, "contacts-sort");

  gtk_custom_sorter_set_sort_func (self->sorter, orders[order], NULL, NULL);
}

static void
on_online_changed (GSettings *settings, const char *key, BkAppContactList *self)
{
  self->online_only = g_settings_get_boolean (settings, "contacts-online-only");
  gtk_filter_changed (self->filter, self->online_only ? GTK_FILTER_CHANGE_MORE_STRICT : GTK_FILTER_CHANGE_LESS_STRICT);
}

static void
on_groups_changed (BkAppContactList *self)
{
  self->grouped = g_settings_get_boolean (self->settings, "contacts-groups");
  if (!bk_app_contact_list_is_searching (self))
    rebuild (self);
}

static void
on_group_list_changed (GListModel *groups, guint position, guint removed, guint added, BkAppContactList *self)
{
  if (self->grouped)
    on_groups_changed (self);
}

static void
on_accounts_changed (GListModel *accounts, guint position, guint removed, guint added, BkAppContactList *self)
{
  if (!bk_app_contact_list_is_searching (self))
    rebuild (self);
}

GListModel *
bk_app_contact_list_get_model (BkAppContactList *self)
{
  return self->model;
}

const char *const *
bk_app_contact_list_get_words (BkAppContactList *self)
{
  return (const char *const *) self->words;
}

gboolean
bk_app_contact_list_is_searching (BkAppContactList *self)
{
  return self->words != NULL;
}

void
bk_app_contact_list_search (BkAppContactList *self, const char *text)
{
  g_auto (GStrv) words = text != NULL ? bk_app_text_dup_words (text) : NULL;
  gboolean was_searching = bk_app_contact_list_is_searching (self);

  if (words != NULL && was_searching && g_strv_equal ((const char *const *) words, (const char *const *) self->words))
    return;
  g_strfreev (self->words);
  self->words = g_steal_pointer (&words);
  if (was_searching != bk_app_contact_list_is_searching (self))
    rebuild (self);
  else if (was_searching)
    gtk_filter_changed (((Part *) self->parts->pdata[0])->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

/* ---- life ---- */

static gpointer
get_groups (gpointer account, gpointer user_data)
{
  GListModel *groups = g_object_ref (beckon_account_get_groups (account));

  g_object_unref (account);
  return groups;
}

BkAppContactList *
bk_app_contact_list_new (BkAppPeople *people, GListModel *accounts, GListModel *found, GSettings *settings)
{
  BkAppContactList *self = g_object_new (BK_TYPE_APP_CONTACT_LIST, NULL);

  self->accounts = g_object_ref (accounts);
  self->found = g_object_ref (found);
  self->settings = g_object_ref (settings);
  self->online_only = g_settings_get_boolean (settings, "contacts-online-only");
  self->grouped = g_settings_get_boolean (settings, "contacts-groups");
  self->groups = G_LIST_MODEL (gtk_flatten_list_model_new (
    G_LIST_MODEL (gtk_map_list_model_new (g_object_ref (accounts), get_groups, NULL, NULL))));
  self->sorter = gtk_custom_sorter_new (bk_app_person_compare, NULL, NULL);
  on_sort_changed (settings, NULL, self);
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_listed, self, NULL));
  self->everybody = G_LIST_MODEL (
    gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (people)), GTK_SORTER (g_object_ref (self->sorter))));
  self->listed = G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (self->everybody), g_object_ref (self->filter)));
  g_signal_connect_object (settings, "changed::contacts-sort", G_CALLBACK (on_sort_changed), self, 0);
  g_signal_connect_object (settings, "changed::contacts-online-only", G_CALLBACK (on_online_changed), self, 0);
  g_signal_connect_object (settings, "changed::contacts-groups", G_CALLBACK (on_groups_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->groups, "items-changed", G_CALLBACK (on_group_list_changed), self, 0);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (on_accounts_changed), self, 0);
  rebuild (self);
  return self;
}

static void
bk_app_contact_list_dispose (GObject *object)
{
  BkAppContactList *self = BK_APP_CONTACT_LIST (object);

  g_clear_pointer (&self->parts, g_ptr_array_unref);
  if (self->listed != NULL) /* whoever still has it must not ask a list that is gone */
    gtk_filter_list_model_set_model (GTK_FILTER_LIST_MODEL (self->listed), NULL);
  g_clear_object (&self->model);
  g_clear_object (&self->sections);
  g_clear_object (&self->listed);
  g_clear_object (&self->everybody);
  g_clear_object (&self->filter);
  g_clear_object (&self->sorter);
  g_clear_object (&self->groups);
  g_clear_object (&self->found);
  g_clear_object (&self->accounts);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->words, g_strfreev);
  G_OBJECT_CLASS (bk_app_contact_list_parent_class)->dispose (object);
}

static void
bk_app_contact_list_class_init (BkAppContactListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_app_contact_list_dispose;
}

static void
bk_app_contact_list_init (BkAppContactList *self)
{
  self->sections = g_list_store_new (BK_TYPE_APP_SECTION);
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) part_free);
  self->model = G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (g_object_ref (self->sections))));
}
