/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the user is there, and what the accounts make of it. */
#include "bk-engine-private.h"

#define MS_PER_MINUTE (60 * 1000)

static gboolean
is_away (BkEngine *self)
{
  return self->seat != NULL && self->settings.idle_minutes > 0
         && (bk_seat_get_locked (self->seat) || bk_seat_get_idle (self->seat));
}

static void
update (BkEngine *self)
{
  gboolean away = is_away (self);

  for (guint i = 0; i < self->adding->len; i++)
    bk_engine_account_set_away (g_ptr_array_index (self->adding, i), away);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr (BkEngineAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      if (account != NULL)
        bk_engine_account_set_away (account, away);
    }
}

static void
on_seat_changed (BkSeat *seat, BkEngine *self)
{
  update (self);
}

void
_bk_engine_watch_seat (BkEngine *self)
{
  if (self->seat != NULL)
    g_signal_connect_object (self->seat, "changed", G_CALLBACK (on_seat_changed), self, 0);
}

/* It is known, or something else from now on, for how long the user may rest. */
void
_bk_engine_seat_settled (BkEngine *self)
{
  if (self->seat == NULL)
    return;
  bk_seat_set_idle_after (self->seat, self->settings.idle_minutes * MS_PER_MINUTE);
  update (self);
}

/* Every account knows from its beginning. */
void
_bk_engine_seat_account (BkEngine *self, BkEngineAccount *account)
{
  bk_engine_account_set_away (account, is_away (self));
}
