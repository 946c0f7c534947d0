/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-application-list.h"

#include "bk-app-widgets.h"
#include "invite/bk-app-recents.h"

#include <glib/gi18n.h>
#include <string.h>

struct _BkAppApplicationList
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkStack *stack;
  GtkScrolledWindow *scrolled;
  GtkListView *list;
  GtkWidget *outside;
  AdwStatusPage *nothing_offered;
  GtkWidget *preferences;

  GtkFilter *filter;          /* of the search; owned by the model */
  GListModel *offered;        /* owned; nullable */
  BeckonMessenger *messenger; /* owned; nullable */
  char *search;               /* folded; nullable */
};

enum
{
  SIGNAL_PICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppApplicationList, bk_app_application_list, ADW_TYPE_BIN)

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  BeckonApplication *application = gtk_list_item_get_item (item);
  gboolean present = beckon_application_get_present (application);
  const char *comment
    = present ? beckon_application_get_comment (application) : beckon_application_get_reason (application);
  const char *name = beckon_application_get_name (application);
  g_autofree char *label = *comment != '\0' ? g_strdup_printf ("%s, %s", name, comment) : g_strdup (name);
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/im/beckon/Beckon/invite/application-row.ui");
  GtkWidget *row = GTK_WIDGET (gtk_builder_get_object (builder, "row"));
  GtkLabel *second = GTK_LABEL (gtk_builder_get_object (builder, "comment"));

  bk_app_set_application_icon (GTK_IMAGE (gtk_builder_get_object (builder, "icon")),
                               beckon_application_get_icon (application));
  gtk_label_set_label (GTK_LABEL (gtk_builder_get_object (builder, "name")), name);
  gtk_label_set_label (second, comment);
  gtk_widget_set_visible (GTK_WIDGET (second), *comment != '\0');
  gtk_widget_set_sensitive (row, present);
  gtk_list_item_set_activatable (item, present);
  gtk_list_item_set_child (item, row);
  bk_app_name_row (row, label);
}

static void
on_activate (GtkListView *list, guint position, BkAppApplicationList *self)
{
  GListModel *model = G_LIST_MODEL (gtk_list_view_get_model (list));
  g_autoptr (BeckonApplication) application = g_list_model_get_item (model, position);

  if (application != NULL && beckon_application_get_present (application))
    g_signal_emit (self, signals[SIGNAL_PICKED], 0, application);
}

void
bk_app_application_list_pick_first (BkAppApplicationList *self)
{
  GListModel *model = G_LIST_MODEL (gtk_list_view_get_model (self->list));

  for (guint i = 0; model != NULL && i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (BeckonApplication) application = g_list_model_get_item (model, i);

      if (!beckon_application_get_present (application))
        continue;
      g_signal_emit (self, signals[SIGNAL_PICKED], 0, application);
      return;
    }
}

/* A menu would stay over the window that comes. */
static void
on_preferences (GtkButton *button, BkAppApplicationList *self)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_POPOVER);

  if (popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (popover));
  g_action_group_activate_action (G_ACTION_GROUP (g_application_get_default ()), "open-preferences",
                                  g_variant_new_string ("applications"));
}

/* ---- what is there, and in which order ---- */

static gboolean
is_offered (gpointer item, gpointer user_data)
{
  BeckonApplication *application = item;

  return beckon_application_get_present (application) || beckon_application_get_user (application);
}

typedef struct
{
  BkAppRecents *recents;
  char *who; /* nullable */
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  bk_app_recents_free (order->recents);
  g_free (order->who);
  g_free (order);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  Order *order = user_data;
  BeckonApplication *one = BECKON_APPLICATION ((gpointer) a);
  BeckonApplication *other = BECKON_APPLICATION ((gpointer) b);
  gboolean present = beckon_application_get_present (one);
  guint rank = bk_app_recents_rank_application (order->recents, order->who, beckon_application_get_guid (one));
  guint other_rank = bk_app_recents_rank_application (order->recents, order->who, beckon_application_get_guid (other));

  if (present != beckon_application_get_present (other))
    return present ? -1 : 1;
  if (rank != other_rank)
    return rank < other_rank ? -1 : 1;
  return g_utf8_collate (beckon_application_get_name (one), beckon_application_get_name (other));
}

GListModel *
bk_app_application_list_dup_offered (BeckonMessenger *messenger, const char *who)
{
  Order *order = g_new0 (Order, 1);
  GListModel *applications = beckon_messenger_get_applications (messenger);
  GtkFilter *filter = GTK_FILTER (gtk_custom_filter_new (is_offered, NULL, NULL));

  order->recents = bk_app_recents_new ();
  order->who = g_strdup (who);
  return G_LIST_MODEL (
    gtk_sort_list_model_new (G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (applications), filter)),
                             GTK_SORTER (gtk_custom_sorter_new (compare, order, order_free))));
}

static gboolean
has_words (const char *text, const char *folded)
{
  g_autofree char *other = g_utf8_casefold (text, -1);

  return strstr (other, folded) != NULL;
}

static gboolean
is_found (gpointer item, gpointer user_data)
{
  BkAppApplicationList *self = user_data;

  return self->search == NULL || has_words (beckon_application_get_name (item), self->search)
         || has_words (beckon_application_get_comment (item), self->search);
}

gboolean
bk_app_application_list_is_empty (BkAppApplicationList *self)
{
  return self->offered == NULL || g_list_model_get_n_items (self->offered) == 0;
}

static void
show_page (BkAppApplicationList *self)
{
  GListModel *found = G_LIST_MODEL (gtk_list_view_get_model (self->list));
  const char *page = "list";

  if (bk_app_application_list_is_empty (self))
    page = "empty";
  else if (found != NULL && g_list_model_get_n_items (found) == 0)
    page = "nothing";
  gtk_stack_set_visible_child_name (self->stack, page);
}

/* Where programs cannot be offered for no reason of their own, that is said at the end, or instead of them. */
static void
show_outside (BkAppApplicationList *self)
{
  gboolean missing = self->messenger != NULL
                     && beckon_messenger_get_host_programs (self->messenger) == BECKON_HOST_PROGRAMS_MISSING;

  gtk_widget_set_visible (self->outside, missing);
  adw_status_page_set_description (self->nothing_offered,
                                   missing ? _("Beckon is in a sandbox and cannot start the programs of this computer. "
                                               "The preferences say how it can.")
                                           : _("Applications that can be started together appear here when they are "
                                               "installed or registered in the preferences."));
}

static void
fill (BkAppApplicationList *self, const char *who)
{
  g_autoptr (GListModel) offered = bk_app_application_list_dup_offered (self->messenger, who);
  GtkFilter *filter = GTK_FILTER (gtk_custom_filter_new (is_found, self, NULL));
  GListModel *found = G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (offered), filter));
  g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (found);

  self->filter = filter;
  g_set_object (&self->offered, offered);
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_selected (selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect_object (selection, "items-changed", G_CALLBACK (show_page), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  show_page (self);
}

void
bk_app_application_list_set_who (BkAppApplicationList *self, const char *who)
{
  if (self->messenger != NULL)
    fill (self, who);
}

void
bk_app_application_list_search (BkAppApplicationList *self, const char *text)
{
  g_clear_pointer (&self->search, g_free);
  self->search = *text != '\0' ? g_utf8_casefold (text, -1) : NULL;
  if (self->filter != NULL)
    gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

void
bk_app_application_list_set_messenger (BkAppApplicationList *self, BeckonMessenger *messenger)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  if (self->messenger != NULL)
    g_signal_handlers_disconnect_by_data (self->messenger, self);
  g_set_object (&self->messenger, messenger);
  g_signal_connect_object (messenger, "notify::host-programs", G_CALLBACK (show_outside), self, G_CONNECT_SWAPPED);
  show_outside (self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_list_view_set_factory (self->list, factory);
  fill (self, NULL);
}

static void
bk_app_application_list_dispose (GObject *object)
{
  BkAppApplicationList *self = BK_APP_APPLICATION_LIST (object);

  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL); /* its filter looks at this */
  self->filter = NULL;
  g_clear_object (&self->offered);
  g_clear_object (&self->messenger);
  g_clear_pointer (&self->search, g_free);
  G_OBJECT_CLASS (bk_app_application_list_parent_class)->dispose (object);
}

static gboolean
bk_app_application_list_grab_focus (GtkWidget *widget)
{
  BkAppApplicationList *self = BK_APP_APPLICATION_LIST (widget);

  if (bk_app_application_list_is_empty (self))
    return gtk_widget_grab_focus (self->preferences);
  return gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
bk_app_application_list_class_init (BkAppApplicationListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_application_list_dispose;
  widget_class->grab_focus = bk_app_application_list_grab_focus;
  widget_class->focus = bk_app_focus_child;
  signals[SIGNAL_PICKED] = g_signal_new ("picked", BK_TYPE_APP_APPLICATION_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, BECKON_TYPE_APPLICATION);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/invite/application-list.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppApplicationList, stack);
  gtk_widget_class_bind_template_child (widget_class, BkAppApplicationList, scrolled);
  gtk_widget_class_bind_template_child (widget_class, BkAppApplicationList, list);
  gtk_widget_class_bind_template_child (widget_class, BkAppApplicationList, outside);
  gtk_widget_class_bind_template_child (widget_class, BkAppApplicationList, nothing_offered);
  gtk_widget_class_bind_template_child (widget_class, BkAppApplicationList, preferences);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_preferences);
}

static void
bk_app_application_list_init (BkAppApplicationList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
