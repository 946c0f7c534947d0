/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that starts again says so, and is back in a moment: nobody need see that. For a while the account looks as if
 * it were online, and contacts are as they were last seen; what is asked for meanwhile waits like behind any lost
 * connection. Who has not been heard of when the while is over is offline. */
#include "bk-engine-account-internal.h"

#include "bk-ids.h"

#define QUIET_MS 10000

gboolean
_bk_account_is_hidden (BkEngineAccount *self)
{
  return self->quiet_timer != 0 && self->hidden;
}

static void
on_over (gpointer user_data)
{
  g_autoptr (BkEngineAccount) self = g_object_ref (user_data);

  self->quiet_timer = 0;
  _bk_account_quiet_end (self);
}

/* The connection is about to be lost in passing. */
void
_bk_account_quiet_begin (BkEngineAccount *self)
{
  if (self->state != BK_BACKEND_ONLINE)
    return;
  bk_clock_clear (self->clock, &self->quiet_timer);
  g_clear_pointer (&self->heard, g_hash_table_unref);
  self->hidden = TRUE;
  self->heard = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->quiet_timer = bk_clock_add (self->clock, QUIET_MS, on_over, self);
}

/* The network has said how somebody is. Of others than contacts it may say much. */
void
_bk_account_quiet_heard (BkEngineAccount *self, const char *who)
{
  if (self->heard != NULL && bk_engine_contacts_find (self->contacts, who) != NULL)
    g_hash_table_add (self->heard, g_strdup (who));
}

/* The connection is there again: what was hidden is over, though contacts may still be on their way back. */
void
_bk_account_quiet_back (BkEngineAccount *self)
{
  self->hidden = FALSE;
}

static void
forget_unheard (BkEngineAccount *self, GHashTable *heard)
{
  GListModel *contacts = G_LIST_MODEL (self->contacts);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < g_list_model_get_n_items (contacts); i++)
    {
      g_autoptr (BkEngineContact) contact = g_list_model_get_item (contacts, i);
      if (!g_hash_table_contains (heard, bk_engine_contact_get_sign_in_name (contact)))
        g_ptr_array_add (names, g_strdup (bk_engine_contact_get_sign_in_name (contact)));
    }
  for (guint i = 0; i < names->len; i++)
    bk_engine_contacts_set_presence (self->contacts, g_ptr_array_index (names, i), BECKON_STATUS_OFFLINE, NULL);
}

/* The while is over, or there is nothing to wait for any more: everything is shown as it is. */
void
_bk_account_quiet_end (BkEngineAccount *self)
{
  g_autoptr (GHashTable) heard = g_steal_pointer (&self->heard);
  gboolean was_hidden = self->hidden;

  bk_clock_clear (self->clock, &self->quiet_timer);
  self->hidden = FALSE;
  if (heard == NULL)
    return;
  if (was_hidden)
    g_hash_table_remove_all (heard);
  forget_unheard (self, heard);
  if (!was_hidden)
    return;
  _bk_account_changed (self);
  g_signal_emit_by_name (self, "away");
}
