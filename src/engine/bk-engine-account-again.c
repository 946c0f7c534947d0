/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network that knows less than it did (it was restored from a backup) tells all contacts and groups anew. What it has
 * not told when it is done does not exist there any more. Messages stay: they are the user's own. */
#include "bk-engine-account-internal.h"

#include "bk-ids.h"

void
_bk_account_again_begin (BkEngineAccount *self)
{
  _bk_account_again_drop (self);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* The connection is another one: it would tell again. */
void
_bk_account_again_drop (BkEngineAccount *self)
{
  g_clear_pointer (&self->told, g_hash_table_unref);
}

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

void
_bk_account_again_told (BkEngineAccount *self, const BkBackendEvent *event)
{
  if (self->told == NULL)
    return;
  if (event->type == BK_BACKEND_EVENT_GROUP)
    g_hash_table_add (self->told, group_key (event->group));
  else
    {
      g_autofree char *who = bk_sign_in_name_normalize (event->who);
      if (who != NULL)
        g_hash_table_add (self->told, contact_key (who));
    }
}

/* Returns the keys of what is here and was not told. */
static GPtrArray *
find_missing (BkEngineAccount *self)
{
  GPtrArray *missing = g_ptr_array_new_with_free_func (g_free);
  guint n_contacts = g_list_model_get_n_items (G_LIST_MODEL (self->contacts));
  guint n_groups = g_list_model_get_n_items (G_LIST_MODEL (self->groups));

  for (guint i = 0; i < n_contacts; i++)
    {
      g_autoptr (BkEngineContact) contact = g_list_model_get_item (G_LIST_MODEL (self->contacts), i);
      g_ptr_array_add (missing, contact_key (bk_engine_contact_get_sign_in_name (contact)));
    }
  for (guint i = 0; i < n_groups; i++)
    {
      g_autoptr (BkEngineGroup) group = g_list_model_get_item (G_LIST_MODEL (self->groups), i);
      g_ptr_array_add (missing, group_key (bk_engine_group_get_id (group)));
    }
  for (guint i = missing->len; i > 0; i--)
    if (g_hash_table_contains (self->told, g_ptr_array_index (missing, i - 1)))
      g_ptr_array_remove_index (missing, i - 1);
  return missing;
}

/* All was told: the rest is gone. As facts like any other, but without a place in the stream. */
void
_bk_account_again_end (BkEngineAccount *self)
{
  if (self->told == NULL)
    return;

  g_autoptr (GPtrArray) missing = find_missing (self);
  _bk_account_again_drop (self);
  for (guint i = 0; i < missing->len; i++)
    {
      const char *key = g_ptr_array_index (missing, i);
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
