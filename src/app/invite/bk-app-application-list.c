/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-application-list.h"

#include "bk-app-widgets.h"

struct _BkAppApplicationList
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkStack *stack;
  GtkScrolledWindow *scrolled;
  GtkListView *list;
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

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, BkAppApplicationList *self)
{
  gtk_stack_set_visible_child_name (self->stack, g_list_model_get_n_items (model) > 0 ? "list" : "empty");
}

static gboolean
is_offered (gpointer item, gpointer user_data)
{
  BeckonApplication *application = item;

  return beckon_application_get_present (application) || beckon_application_get_user (application);
}

/* Returns (transfer full) what people can be invited to. What the user has registered is there in any case, with the
 * reason if its program is not; of what came with the system, programs that are not installed are nobody's concern. */
GListModel *
bk_app_application_list_dup_offered (BeckonMessenger *messenger)
{
  GListModel *applications = beckon_messenger_get_applications (messenger);

  return G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (applications),
                                                  GTK_FILTER (gtk_custom_filter_new (is_offered, NULL, NULL))));
}

void
bk_app_application_list_set_messenger (BkAppApplicationList *self, BeckonMessenger *messenger)
{
  g_autoptr (GListModel) applications = bk_app_application_list_dup_offered (messenger);
  g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (g_object_ref (applications));
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (applications, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  on_items_changed (applications, 0, 0, 0, self);
}

static gboolean
bk_app_application_list_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (BK_APP_APPLICATION_LIST (widget)->list));
}

static void
bk_app_application_list_class_init (BkAppApplicationListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->grab_focus = bk_app_application_list_grab_focus;
  signals[SIGNAL_PICKED] = g_signal_new ("picked", BK_TYPE_APP_APPLICATION_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, BECKON_TYPE_APPLICATION);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/invite/application-list.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppApplicationList, stack);
  gtk_widget_class_bind_template_child (widget_class, BkAppApplicationList, scrolled);
  gtk_widget_class_bind_template_child (widget_class, BkAppApplicationList, list);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
bk_app_application_list_init (BkAppApplicationList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
