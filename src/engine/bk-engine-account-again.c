/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network that knows less than it did (it was restored from a backup) tells all contacts and groups anew. What it has
 * not told when it is done does not exist there any more. Messages stay: they are the user's own. */
#include "bk-engine-account-internal.h"

#include "bk-ids.h"

/* Names have an @, ids of groups are those of the network: they share a table under a letter. */
static char *
contact_key (const char *who)
{
  return g_strconcat ("c", who, NULL);
}

static char *
group_key (const char *id)
{
  return g_strconcat ("g", id, NULL);
}

/* Returns (transfer full) the keys of what is here. */
static GPtrArray *
list_keys (BkEngineAccount *self)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);
  guint n_contacts = g_list_model_get_n_items (G_LIST_MODEL (self->contacts));
  guint n_groups = g_list_model_get_n_items (G_LIST_MODEL (self->groups));

  for (guint i = 0; i < n_contacts; i++)
    {
      g_autoptr (BkEngineContact) contact = g_list_model_get_item (G_LIST_MODEL (self->contacts), i);
      g_ptr_array_add (keys, contact_key (bk_engine_contact_get_sign_in_name (contact)));
    }
  for (guint i = 0; i < n_groups; i++)
    {
      g_autoptr (BkEngineGroup) group = g_list_model_get_item (G_LIST_MODEL (self->groups), i);
      g_ptr_array_add (keys, group_key (bk_engine_group_get_id (group)));
    }
  return keys;
}

/* What is here now is bounded, what it will tell need not be: so this keeps what it has not told. */
void
_bk_account_again_begin (BkEngineAccount *self)
{
  g_autoptr (GPtrArray) keys = list_keys (self);

  _bk_account_again_drop (self);
  self->untold = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < keys->len; i++)
    g_hash_table_add (self->untold, g_strdup (g_ptr_array_index (keys, i)));
}

/* The connection is another one: it would tell again. */
void
_bk_account_again_drop (BkEngineAccount *self)
{
  g_clear_pointer (&self->untold, g_hash_table_unref);
}

void
_bk_account_again_told (BkEngineAccount *self, const BkBackendEvent *event)
{
  gboolean is_group = event->type == BK_BACKEND_EVENT_GROUP;

  if (self->untold == NULL || (is_group && event->group == NULL))
    return;
  g_autofree char *who = is_group ? NULL : bk_sign_in_name_normalize (event->who);
  if (!is_group && who == NULL)
    return;
  g_autofree char *key = is_group ? group_key (event->group) : contact_key (who);
  g_hash_table_remove (self->untold, key);
}

/* All was told: the rest is gone. As facts like any other, but without a place in the stream. */
void
_bk_account_again_end (BkEngineAccount *self)
{
  g_autoptr (GHashTable) untold = g_steal_pointer (&self->untold);
  if (untold == NULL)
    return;

  g_autoptr (GPtrArray) keys = list_keys (self);
  for (guint i = 0; i < keys->len; i++)
    {
      const char *key = g_ptr_array_index (keys, i);
      if (!g_hash_table_contains (untold, key))
        continue;
      gboolean is_group = key[0] == 'g';
      BkBackendEvent gone = {
        .type = is_group ? BK_BACKEND_EVENT_GROUP : BK_BACKEND_EVENT_CONTACT,
        .who = is_group ? NULL : key + 1,
        .group = is_group ? key + 1 : NULL,
        .relation = BECKON_RELATION_NONE,
      };
      bk_engine_account_apply (self, &gone);
    }
}
