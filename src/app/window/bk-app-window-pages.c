/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages of the main window. */
#include "window/bk-app-window-private.h"

/* Returns: a page that is not shown yet */
static GtkBuilder *
load_page (BkAppWindow *self, const char *name, const char *id)
{
  g_autofree char *path = g_strdup_printf ("/im/beckon/Beckon/window/%s.ui", name);
  GtkBuilder *builder = gtk_builder_new_from_resource (path);

  gtk_stack_add_named (self->stack, GTK_WIDGET (gtk_builder_get_object (builder, id)), name);
  return builder;
}

void
bk_app_window_ensure_failure (BkAppWindow *self)
{
  if (self->failure != NULL)
    return;
  g_autoptr (GtkBuilder) builder = load_page (self, "failure", "page");
  self->failure = ADW_STATUS_PAGE (gtk_builder_get_object (builder, "failure"));
}

void
bk_app_window_ensure_welcome (BkAppWindow *self)
{
  if (self->form != NULL)
    return;
  g_type_ensure (BK_TYPE_APP_ACCOUNT_FORM);
  g_autoptr (GtkBuilder) builder = load_page (self, "welcome", "page");
  self->form = BK_APP_ACCOUNT_FORM (gtk_builder_get_object (builder, "form"));
  bk_app_account_form_set_messenger (self->form, bk_app_get_messenger (self->app));
}

/* ---- people, and what is said ---- */

static void
on_folded (AdwLeaflet *leaflet, GParamSpec *pspec, BkAppWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (leaflet);

  bk_app_contacts_set_folded (self->contacts, folded);
  bk_app_conversation_set_folded (self->conversation, folded);
  bk_app_window_update_seen (self);
}

/* The conversation that was shown last is there again, unless something else is to be. */
static void
restore_conversation (BkAppWindow *self)
{
  g_autofree char *account = NULL;
  g_autofree char *who = NULL;

  g_settings_get (bk_app_get_settings (self->app), "last-conversation", "(ss)", &account, &who);
  if (*who == '\0')
    return;
  bk_app_conversation_set_place (self->conversation, account, who,
                                 g_settings_get_int64 (bk_app_get_settings (self->app), "last-place"));
  self->wanted_account = g_steal_pointer (&account);
  self->wanted_who = g_steal_pointer (&who);
}

static void
on_opened (BkAppContacts *contacts, BkAppPerson *person, BkAppWindow *self)
{
  bk_app_window_open_person (self, person);
}

void
bk_app_window_ensure_main (BkAppWindow *self)
{
  if (self->leaflet != NULL)
    return;
  g_type_ensure (BK_TYPE_APP_CONTACTS);
  g_type_ensure (BK_TYPE_APP_CONVERSATION);
  g_autoptr (GtkBuilder) builder = load_page (self, "main", "leaflet");
  self->leaflet = ADW_LEAFLET (gtk_builder_get_object (builder, "leaflet"));
  self->contacts = BK_APP_CONTACTS (gtk_builder_get_object (builder, "contacts"));
  self->conversation = BK_APP_CONVERSATION (gtk_builder_get_object (builder, "conversation"));
  bk_app_conversation_set_drafts (self->conversation, bk_app_get_drafts (self->app));
  bk_app_conversation_set_settings (self->conversation, bk_app_get_settings (self->app));
  restore_conversation (self);
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (on_folded), self, 0);
  g_signal_connect_object (self->leaflet, "notify::visible-child", G_CALLBACK (bk_app_window_update_seen), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->contacts, "opened", G_CALLBACK (on_opened), self, 0);
  on_folded (self->leaflet, NULL, self);
  bk_app_window_fill_main (self);
}
