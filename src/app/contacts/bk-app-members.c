/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-members.h"

#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "contacts/bk-app-contact-text.h"

#include <glib/gi18n.h>

struct _BkAppMembers
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkSearchEntry *search;
  GtkListView *list;

  /* Owned References */
  BeckonGroup *group;
  GtkFilter *filter;
  GListModel *shown; /* of BkAppPerson */
  char **words;
};

enum
{
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppMembers, bk_app_members, ADW_TYPE_BIN)

/* ---- putting in and taking out ---- */

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppMembers) self = user_data;
  g_autoptr (GError) error = NULL;

  /* To put in and to take out have the same ending. */
  if (!beckon_group_add_contact_finish (BECKON_GROUP (source), result, &error))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, bk_app_error_text (error));
}

static void
on_activate (GtkListView *list, guint position, BkAppMembers *self)
{
  g_autoptr (BkAppPerson) person = g_list_model_get_item (self->shown, position);

  if (person == NULL || self->group == NULL)
    return;
  const char *who = beckon_contact_get_signin_name (bk_app_person_get_contact (person));
  if (beckon_group_has_contact (self->group, who))
    beckon_group_remove_contact_async (self->group, who, NULL, on_changed, g_object_ref (self));
  else
    beckon_group_add_contact_async (self->group, who, NULL, on_changed, g_object_ref (self));
}

/* ---- rows ---- */

/* The tick follows the group, not the click. */
static void
show_row (GtkListItem *item, BkAppMembers *self)
{
  BkAppPerson *person = gtk_list_item_get_item (item);
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *tick = gtk_widget_get_first_child (box);
  BeckonContact *contact = bk_app_person_get_contact (person);
  const char *name = beckon_contact_get_display_name (contact);
  const char *who = beckon_contact_get_signin_name (contact);
  gboolean inside = self->group != NULL && beckon_group_has_contact (self->group, who);
  g_autofree char *label = g_strdup_printf (inside ? _("%s, in the group") : _("%s, not in the group"), name);

  gtk_image_set_from_icon_name (GTK_IMAGE (tick), inside ? "object-select-symbolic" : NULL);
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)), name);
  gtk_widget_set_tooltip_text (box, who);
  bk_app_name_row (box, label);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, BkAppMembers *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *tick = gtk_image_new ();
  GtkWidget *name = gtk_label_new (NULL);

  gtk_image_set_pixel_size (GTK_IMAGE (tick), 16);
  gtk_label_set_xalign (GTK_LABEL (name), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), tick);
  gtk_box_append (GTK_BOX (box), name);
  gtk_widget_add_css_class (box, "member-row");
  gtk_list_item_set_child (item, box);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, BkAppMembers *self)
{
  g_object_set_data (G_OBJECT (gtk_list_item_get_child (item)), "bk-members-item", item);
  show_row (item, self);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, BkAppMembers *self)
{
  g_object_set_data (G_OBJECT (gtk_list_item_get_child (item)), "bk-members-item", NULL);
}

/* Only what is on the screen, or near it, has a row. */
static void
on_members_changed (GListModel *contacts, guint position, guint removed, guint added, BkAppMembers *self)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *box = gtk_widget_get_first_child (row);
      GtkListItem *item = box != NULL ? g_object_get_data (G_OBJECT (box), "bk-members-item") : NULL;
      if (item != NULL)
        show_row (item, self);
    }
}

/* ---- who is offered ---- */

static gboolean
is_shown (gpointer item, gpointer user_data)
{
  BkAppMembers *self = user_data;
  g_autoptr (BeckonAccount) account = self->group != NULL ? beckon_group_dup_account (self->group) : NULL;
  BeckonContact *contact = bk_app_person_get_contact (item);

  if (account == NULL || bk_app_person_get_account (item) != account
      || beckon_contact_get_relation (contact) == BECKON_RELATION_NONE)
    return FALSE;
  return self->words == NULL || bk_app_person_matches (item, (const char *const *) self->words);
}

static void
on_search_changed (GtkSearchEntry *entry, BkAppMembers *self)
{
  g_strfreev (self->words);
  self->words = bk_app_text_dup_words (gtk_editable_get_text (GTK_EDITABLE (entry)));
  if (self->filter != NULL)
    gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
clear_group (BkAppMembers *self)
{
  if (self->group != NULL)
    g_signal_handlers_disconnect_by_data (beckon_group_get_contacts (self->group), self);
  gtk_list_view_set_model (self->list, NULL);
  if (self->filter != NULL) /* whoever still has it must not ask a widget that is gone */
    gtk_custom_filter_set_filter_func (GTK_CUSTOM_FILTER (self->filter), NULL, NULL, NULL);
  g_clear_object (&self->shown);
  g_clear_object (&self->filter);
  g_clear_object (&self->group);
}

void
bk_app_members_set_group (BkAppMembers *self, BkAppPeople *people, BeckonGroup *group)
{
  clear_group (self);
  if (group == NULL)
    return;
  self->group = g_object_ref (group);
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_shown, self, NULL));
  GListModel *filtered
    = G_LIST_MODEL (gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (people)), g_object_ref (self->filter)));
  self->shown = G_LIST_MODEL (gtk_sort_list_model_new (
    filtered, GTK_SORTER (gtk_custom_sorter_new (bk_app_person_compare_names, NULL, NULL))));
  g_signal_connect_object (beckon_group_get_contacts (group), "items-changed", G_CALLBACK (on_members_changed), self,
                           0);
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (g_object_ref (self->shown));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
}

static void
bk_app_members_dispose (GObject *object)
{
  BkAppMembers *self = BK_APP_MEMBERS (object);

  if (self->group != NULL)
    clear_group (self);
  g_clear_pointer (&self->words, g_strfreev);
  G_OBJECT_CLASS (bk_app_members_parent_class)->dispose (object);
}

static void
bk_app_members_class_init (BkAppMembersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_members_dispose;
  signals[SIGNAL_FAILED] = g_signal_new ("failed", BK_TYPE_APP_MEMBERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/contacts/members.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppMembers, search);
  gtk_widget_class_bind_template_child (widget_class, BkAppMembers, list);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
}

static void
bk_app_members_init (BkAppMembers *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_list_view_set_factory (self->list, factory);
}
