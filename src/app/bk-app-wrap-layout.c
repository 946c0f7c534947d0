/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not GtkFlowBox, which puts its children into columns and into items that the keyboard stops at. Rows end where the
 * box ends; the order of the keyboard is that of the children. */
#include "bk-app-wrap-layout.h"

#define SPACING 6

struct _BkAppWrapLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (BkAppWrapLayout, bk_app_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

typedef struct
{
  GtkWidget *next; /* the first child of the next row; NULL after the last */
  int width;
  int height;
} Row;

/* No wider than there is room, as long as the child agrees. */
static int
measure_width (GtkWidget *child, int available)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return MAX (minimum, MIN (natural, available));
}

/* The row that begins with @child. */
static Row
measure_row (GtkWidget *child, int available)
{
  Row row = { NULL, 0, 0 };

  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int height, natural;

      if (!gtk_widget_should_layout (child))
        continue;
      int width = measure_width (child, available);
      if (row.width > 0 && row.width + SPACING + width > available)
        break;
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &height, &natural, NULL, NULL);
      row.width += row.width > 0 ? SPACING + width : width;
      row.height = MAX (row.height, MAX (height, natural));
    }
  row.next = child;
  return row;
}

static GtkSizeRequestMode
bk_app_wrap_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* As narrow as its widest child, and as wide as all of them in one row. */
static void
measure_horizontally (GtkWidget *widget, int *minimum, int *natural)
{
  *minimum = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child))
      *minimum = MAX (*minimum, measure_width (child, 0));
  *natural = measure_row (gtk_widget_get_first_child (widget), G_MAXINT / 2).width;
}

static void
bk_app_wrap_layout_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_horizontally (widget, minimum, natural);
      return;
    }

  GtkWidget *child = gtk_widget_get_first_child (widget);
  int height = 0;
  while (child != NULL)
    {
      Row row = measure_row (child, for_size < 0 ? G_MAXINT / 2 : for_size);
      height += height > 0 && row.height > 0 ? SPACING + row.height : row.height;
      child = row.next;
    }
  *minimum = *natural = height;
}

static void
bk_app_wrap_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkWidget *child = gtk_widget_get_first_child (widget);
  int y = 0;

  while (child != NULL)
    {
      Row row = measure_row (child, width);
      int x = width - row.width;
      for (; child != row.next; child = gtk_widget_get_next_sibling (child))
        if (gtk_widget_should_layout (child))
          {
            GtkAllocation place = { x, y, measure_width (child, width), row.height };
            x += place.width + SPACING;
            if (mirrored)
              place.x = width - place.x - place.width;
            gtk_widget_size_allocate (child, &place, -1);
          }
      y += row.height + SPACING;
    }
}

static void
bk_app_wrap_layout_class_init (BkAppWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  manager_class->get_request_mode = bk_app_wrap_layout_get_request_mode;
  manager_class->measure = bk_app_wrap_layout_measure;
  manager_class->allocate = bk_app_wrap_layout_allocate;
}

static void
bk_app_wrap_layout_init (BkAppWrapLayout *self)
{
}
