/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-picks.h"

#include "bk-app-foreign-window.h"
#include "invite/bk-app-invite-dialog.h"
#include "invite/bk-app-session-news.h"

/* One session, from when it is seen until it is gone. */
typedef struct
{
  BkAppPicks *picks; /* not owned */
  BeckonSession *session;
  GtkWindow *dialog; /* nullable, weak */
  gboolean picking;  /* the question is open; the application stays for it */
} Item;

struct _BkAppPicks
{
  GObject parent_instance;

  BkApp *app; /* not owned: it outlives this */
  BeckonMessenger *messenger;
  GHashTable *items; /* BeckonSession → Item */
  gboolean leaving;  /* the application quits once no program waits any more */
};

G_DEFINE_FINAL_TYPE (BkAppPicks, bk_app_picks, G_TYPE_OBJECT)

static void
show_dialog (Item *item)
{
  BkAppPicks *self = item->picks;

  item->dialog = GTK_WINDOW (bk_app_invite_dialog_new_for_program (GTK_APPLICATION (self->app), self->messenger,
                                                                   item->session));
  g_object_add_weak_pointer (G_OBJECT (item->dialog), (gpointer *) &item->dialog);
  bk_app_set_foreign_parent (item->dialog, beckon_session_get_pick_window (item->session));
  gtk_window_present (item->dialog);
}

static void
close_dialog (Item *item)
{
  GtkWindow *dialog = item->dialog;

  if (dialog == NULL)
    return;
  g_object_remove_weak_pointer (G_OBJECT (dialog), (gpointer *) &item->dialog);
  item->dialog = NULL;
  gtk_window_destroy (dialog); /* without an answer: nobody waits for one */
}

static gboolean
is_picking (gpointer session, gpointer item, gpointer user_data)
{
  return ((Item *) item)->picking;
}

static void
set_picking (Item *item, gboolean picking)
{
  GApplication *application = G_APPLICATION (item->picks->app);

  if (picking == item->picking)
    return;
  item->picking = picking;
  if (picking)
    {
      g_application_hold (application);
      show_dialog (item);
    }
  else
    {
      close_dialog (item);
      g_application_release (application);
      if (item->picks->leaving && g_hash_table_find (item->picks->items, is_picking, NULL) == NULL)
        g_application_quit (application);
    }
}

static void
on_picking (BeckonSession *session, GParamSpec *pspec, Item *item)
{
  set_picking (item, beckon_session_get_picking (session));
}

static void
item_free (Item *item)
{
  g_signal_handlers_disconnect_by_data (item->session, item);
  set_picking (item, FALSE);
  g_object_unref (item->session);
  g_free (item);
}

static void
add_session (BkAppPicks *self, BeckonSession *session)
{
  Item *item = g_new0 (Item, 1);

  item->picks = self;
  item->session = g_object_ref (session);
  g_hash_table_insert (self->items, session, item);
  g_signal_connect (session, "notify::picking", G_CALLBACK (on_picking), item);
  on_picking (session, NULL, item);
}

static void
on_sessions_changed (GListModel *sessions, guint position, guint removed, guint added, BkAppPicks *self)
{
  g_hash_table_foreach_remove (self->items, bk_app_session_is_gone, sessions);
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (BeckonSession) session = g_list_model_get_item (sessions, i);
      if (!g_hash_table_contains (self->items, session))
        add_session (self, session);
    }
}

gboolean
bk_app_picks_leave (BkAppPicks *self)
{
  GHashTableIter iter;
  gpointer item;

  if (self->leaving || g_hash_table_find (self->items, is_picking, NULL) == NULL)
    return FALSE;
  self->leaving = TRUE;
  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    if (((Item *) item)->dialog != NULL)
      gtk_window_close (((Item *) item)->dialog);
  return TRUE;
}

BkAppPicks *
bk_app_picks_new (BkApp *app)
{
  BkAppPicks *self = g_object_new (BK_TYPE_APP_PICKS, NULL);

  self->app = app;
  self->messenger = g_object_ref (bk_app_get_messenger (app));
  GListModel *sessions = beckon_messenger_get_sessions (self->messenger);
  g_signal_connect_object (sessions, "items-changed", G_CALLBACK (on_sessions_changed), self, 0);
  on_sessions_changed (sessions, 0, 0, g_list_model_get_n_items (sessions), self);
  return self;
}

static void
bk_app_picks_dispose (GObject *object)
{
  BkAppPicks *self = BK_APP_PICKS (object);

  g_clear_pointer (&self->items, g_hash_table_unref);
  g_clear_object (&self->messenger);
  G_OBJECT_CLASS (bk_app_picks_parent_class)->dispose (object);
}

static void
bk_app_picks_class_init (BkAppPicksClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_app_picks_dispose;
}

static void
bk_app_picks_init (BkAppPicks *self)
{
  self->items = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) item_free);
}
