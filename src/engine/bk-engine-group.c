/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of contacts, and the list of them. Which groups somebody is in is a fact about that contact; it may come
 * before the group itself is known, and waits for it. */
#include "bk-engine-account-private.h"

#include "bk-limits.h"

struct _BkEngineGroup
{
  GObject parent_instance;

  char *id;
  char *name;
  GPtrArray *members; /* element-type utf8, owned, ordered */
};

static guint group_changed;

G_DEFINE_FINAL_TYPE (BkEngineGroup, bk_engine_group, G_TYPE_OBJECT)

static void
bk_engine_group_finalize (GObject *object)
{
  BkEngineGroup *self = BK_ENGINE_GROUP (object);

  g_free (self->id);
  g_free (self->name);
  g_ptr_array_unref (self->members);
  G_OBJECT_CLASS (bk_engine_group_parent_class)->finalize (object);
}

static void
bk_engine_group_class_init (BkEngineGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_engine_group_finalize;
  group_changed =
    g_signal_new ("changed", BK_TYPE_ENGINE_GROUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bk_engine_group_init (BkEngineGroup *self)
{
  self->members = g_ptr_array_new_with_free_func (g_free);
}

const char *
bk_engine_group_get_id (BkEngineGroup *self)
{
  return self->id;
}

const char *
bk_engine_group_get_name (BkEngineGroup *self)
{
  return self->name;
}

const GPtrArray *
bk_engine_group_get_members (BkEngineGroup *self)
{
  return self->members;
}

/* Whether @who is there; @position is the place, or the place where it belongs. */
static gboolean
find_member (BkEngineGroup *self, const char *who, guint *position)
{
  guint first = 0, end = self->members->len;

  while (first < end)
    {
      guint middle = first + (end - first) / 2;
      int order = strcmp (g_ptr_array_index (self->members, middle), who);

      *position = middle;
      if (order == 0)
        return TRUE;
      if (order < 0)
        first = middle + 1;
      else
        end = middle;
    }
  *position = first;
  return FALSE;
}

gboolean
bk_engine_group_has_member (BkEngineGroup *self, const char *who)
{
  guint position;

  return find_member (self, who, &position);
}

static gboolean
set_member (BkEngineGroup *self, const char *who, gboolean member)
{
  guint position;

  if (find_member (self, who, &position) == member)
    return FALSE;
  if (member)
    g_ptr_array_insert (self->members, (int) position, g_strdup (who));
  else
    g_ptr_array_remove_index (self->members, position);
  return TRUE;
}

/* ---- the list ---- */

struct _BkEngineGroups
{
  GObject parent_instance;

  GPtrArray *items; /* element-type BkEngineGroup, owned */
  GHashTable *of;   /* char * who → GStrv of ids */
};

static guint groups_member;

static GType
groups_get_item_type (GListModel *model)
{
  return BK_TYPE_ENGINE_GROUP;
}

static guint
groups_get_n_items (GListModel *model)
{
  return BK_ENGINE_GROUPS (model)->items->len;
}

static gpointer
groups_get_item (GListModel *model, guint position)
{
  GPtrArray *items = BK_ENGINE_GROUPS (model)->items;

  return position < items->len ? g_object_ref (g_ptr_array_index (items, position)) : NULL;
}

static void
groups_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = groups_get_item_type;
  iface->get_n_items = groups_get_n_items;
  iface->get_item = groups_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BkEngineGroups, bk_engine_groups, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, groups_list_model_init))

static void
bk_engine_groups_finalize (GObject *object)
{
  g_ptr_array_unref (BK_ENGINE_GROUPS (object)->items);
  g_hash_table_unref (BK_ENGINE_GROUPS (object)->of);
  G_OBJECT_CLASS (bk_engine_groups_parent_class)->finalize (object);
}

static void
bk_engine_groups_class_init (BkEngineGroupsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_engine_groups_finalize;
  groups_member = g_signal_new ("member", BK_TYPE_ENGINE_GROUPS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                3, BK_TYPE_ENGINE_GROUP, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
bk_engine_groups_init (BkEngineGroups *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
}

BkEngineGroups *
bk_engine_groups_new (void)
{
  return g_object_new (BK_TYPE_ENGINE_GROUPS, NULL);
}

static gboolean
find_group (BkEngineGroups *self, const char *id, guint *position)
{
  for (*position = 0; *position < self->items->len; (*position)++)
    if (g_str_equal (((BkEngineGroup *) g_ptr_array_index (self->items, *position))->id, id))
      return TRUE;
  return FALSE;
}

BkEngineGroup *
bk_engine_groups_find (BkEngineGroups *self, const char *id)
{
  guint position;

  return find_group (self, id, &position) ? g_ptr_array_index (self->items, position) : NULL;
}

static void
append (BkEngineGroups *self, const char *id, const char *name)
{
  GHashTableIter iter;
  gpointer who, ids;

  if (self->items->len >= BK_LIMIT_GROUPS)
    {
      g_warning ("There are too many groups: one is not shown");
      return;
    }
  BkEngineGroup *group = g_object_new (BK_TYPE_ENGINE_GROUP, NULL);

  group->id = g_strdup (id);
  group->name = g_strdup (name);
  g_hash_table_iter_init (&iter, self->of);
  while (g_hash_table_iter_next (&iter, &who, &ids))
    if (g_strv_contains (ids, id))
      set_member (group, who, TRUE);
  g_ptr_array_add (self->items, group);
  g_list_model_items_changed (G_LIST_MODEL (self), self->items->len - 1, 0, 1);
}

/* Adds, renames or (@name is NULL) removes a group. */
void
bk_engine_groups_set (BkEngineGroups *self, const char *id, const char *name)
{
  guint position;

  if (!find_group (self, id, &position))
    {
      if (name != NULL)
        append (self, id, name);
      return;
    }

  g_autoptr (BkEngineGroup) group = g_object_ref (g_ptr_array_index (self->items, position));
  if (name == NULL)
    {
      g_ptr_array_remove_index (self->items, position);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
    }
  else if (!g_str_equal (group->name, name))
    {
      g_free (group->name);
      group->name = g_strdup (name);
      g_signal_emit (group, group_changed, 0);
    }
}

static void
move (BkEngineGroups *self, const char *who, const char *id, gboolean member)
{
  BkEngineGroup *found = bk_engine_groups_find (self, id);

  if (found == NULL)
    return;
  g_autoptr (BkEngineGroup) group = g_object_ref (found);
  if (set_member (group, who, member))
    g_signal_emit (self, groups_member, 0, group, who, member);
}

/* @who is in the groups @ids (NULL: in none), known or not, and in no others. */
void
bk_engine_groups_set_of (BkEngineGroups *self, const char *who, char **ids)
{
  const char *const none[] = { NULL };
  const char *const *now = ids != NULL ? (const char *const *) ids : none;
  g_auto (GStrv) before = g_strdupv (g_hash_table_lookup (self->of, who));

  if (now[0] == NULL)
    g_hash_table_remove (self->of, who);
  else
    g_hash_table_insert (self->of, g_strdup (who), g_strdupv (ids));
  for (guint i = 0; before != NULL && before[i] != NULL; i++)
    if (!g_strv_contains (now, before[i]))
      move (self, who, before[i], FALSE);
  for (guint i = 0; now[i] != NULL; i++)
    if (before == NULL || !g_strv_contains ((const char *const *) before, now[i]))
      move (self, who, now[i], TRUE);
}
