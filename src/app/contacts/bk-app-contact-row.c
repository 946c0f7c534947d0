/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-contact-row.h"

#include "bk-app-accessible.h"
#include "bk-app-sight.h"
#include "bk-app-widgets.h"
#include "contacts/bk-app-contact-line.h"
#include "contacts/bk-app-contact-text.h"

#define FIRST_GUESS 54 /* pixels: how high a line is, until one has been seen */

struct _BkAppContactRow
{
  GtkWidget parent_instance;

  BkAppContactLine *line; /* a child, from the first time on that the row comes into sight */
  BkAppPerson *person;    /* owned */
  gulong handler; /* of the contact */
  int guess;              /* how high it was said to be, while nothing is shown */
  gboolean fresh;         /* the line shows the person */
};

static int typical = FIRST_GUESS; /* how high the last line was that was measured: all are alike */

G_DEFINE_FINAL_TYPE (BkAppContactRow, bk_app_contact_row, GTK_TYPE_WIDGET)

static void
name_row (BkAppContactRow *self)
{
  BeckonContact *contact = bk_app_person_get_contact (self->person);
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  gint64 time = beckon_contact_get_last_time (contact);
  g_autofree char *label = bk_app_contact_dup_label (contact);
  g_autofree char *when = time > 0 ? bk_app_dup_short_time (time) : NULL;

  bk_app_name_row (GTK_WIDGET (self), label);
  if (row != NULL)
    bk_app_accessible_describe (row, when);
}

static void
on_contact_notify (BeckonContact *contact, GParamSpec *pspec, BkAppContactRow *self)
{
  name_row (self);
}

void
bk_app_contact_row_set_person (BkAppContactRow *self, BkAppPerson *person)
{
  if (self->person == person)
    return;
  if (self->person != NULL)
    g_clear_signal_handler (&self->handler, bk_app_person_get_contact (self->person));
  g_set_object (&self->person, person);
  self->fresh = FALSE;
  if (self->line != NULL)
    {
      bk_app_contact_line_set_person (self->line, NULL);
      gtk_widget_set_child_visible (GTK_WIDGET (self->line), FALSE);
    }
  if (person == NULL)
    return;
  self->handler = g_signal_connect (bk_app_person_get_contact (person), "notify", G_CALLBACK (on_contact_notify), self);
  name_row (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  beckon_contact_get_signin_name (bk_app_person_get_contact (person)), -1);
  gtk_widget_queue_resize (GTK_WIDGET (self)); /* those who ask have more to show */
}

BkAppPerson *
bk_app_contact_row_get_person (BkAppContactRow *self)
{
  return self->person;
}

gboolean
bk_app_contact_row_set_in_sight (BkAppContactRow *self, gboolean in_sight)
{
  if (self->fresh || self->person == NULL)
    return FALSE;
  if (!in_sight)
    return self->guess != typical;
  if (self->line == NULL)
    {
      self->line = BK_APP_CONTACT_LINE (bk_app_contact_line_new ());
      gtk_widget_set_parent (GTK_WIDGET (self->line), GTK_WIDGET (self));
    }
  bk_app_contact_line_set_person (self->line, self->person);
  gtk_widget_set_child_visible (GTK_WIDGET (self->line), TRUE);
  self->fresh = TRUE;
  return TRUE;
}

/* ---- the widget ---- */

/* Asked for only where the pointer is: for each text that is set, GTK asks the screen for that place and waits. */
static gboolean
bk_app_contact_row_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  BkAppContactRow *self = BK_APP_CONTACT_ROW (widget);

  if (self->person == NULL)
    return FALSE;
  gtk_tooltip_set_text (tooltip, beckon_contact_get_signin_name (bk_app_person_get_contact (self->person)));
  return TRUE;
}

static void
bk_app_contact_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  BkAppContactRow *self = BK_APP_CONTACT_ROW (widget);

  if (!self->fresh)
    {
      *minimum = *natural = 0;
      if (orientation == GTK_ORIENTATION_VERTICAL)
        *minimum = *natural = self->guess = typical;
      return;
    }
  gtk_widget_measure (GTK_WIDGET (self->line), orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL && !bk_app_person_get_asking (self->person))
    typical = *minimum;
}

static void
bk_app_contact_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BkAppContactRow *self = BK_APP_CONTACT_ROW (widget);

  if (self->fresh)
    gtk_widget_allocate (GTK_WIDGET (self->line), width, height, -1, NULL);
}

static void
bk_app_contact_row_dispose (GObject *object)
{
  BkAppContactRow *self = BK_APP_CONTACT_ROW (object);

  bk_app_contact_row_set_person (self, NULL);
  if (self->line != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->line));
  self->line = NULL;
  G_OBJECT_CLASS (bk_app_contact_row_parent_class)->dispose (object);
}

static void
bk_app_contact_row_class_init (BkAppContactRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_contact_row_dispose;
  widget_class->query_tooltip = bk_app_contact_row_query_tooltip;
  widget_class->measure = bk_app_contact_row_measure;
  widget_class->size_allocate = bk_app_contact_row_size_allocate;
}

static void
bk_app_contact_row_init (BkAppContactRow *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
bk_app_contact_row_new (void)
{
  return g_object_new (BK_TYPE_APP_CONTACT_ROW, NULL);
}

/* ---- rows for a list ---- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_child (item, bk_app_contact_row_new ());
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  bk_app_contact_row_set_person (BK_APP_CONTACT_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  bk_app_contact_row_set_person (BK_APP_CONTACT_ROW (gtk_list_item_get_child (item)), NULL);
}

GtkListItemFactory *
bk_app_contact_row_factory_new (void)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  return factory;
}

static gboolean
on_sight (GtkWidget *row, gboolean in_sight)
{
  return BK_IS_APP_CONTACT_ROW (row) && bk_app_contact_row_set_in_sight (BK_APP_CONTACT_ROW (row), in_sight);
}

void
bk_app_contact_row_watch (GtkListView *list)
{
  bk_app_sight_watch (list, on_sight);
}
