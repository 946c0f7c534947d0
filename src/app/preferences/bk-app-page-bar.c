/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-page-bar.h"

#include "bk-app-widgets.h"

#define ICONS_ALONE "icons-alone"
#define AROUND 4   /* of a title, see style.css */
#define OUTSIDE 20 /* libadwaita has that much beside the buttons */

static char *
dup_title (GListModel *pages, guint position)
{
  g_autoptr (AdwViewStackPage) page = g_list_model_get_item (pages, position);
  const char *title = adw_view_stack_page_get_title (page);
  g_autofree char *plain = NULL;

  if (title == NULL || !adw_view_stack_page_get_use_underline (page)
      || !pango_parse_markup (title, -1, '_', NULL, &plain, NULL, NULL))
    return g_strdup (title != NULL ? title : "");
  return g_steal_pointer (&plain);
}

/* As libadwaita writes the titles there. */
static int
measure (GtkWidget *bar, const char *title)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (bar, title);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width;

  pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return width + AROUND;
}

static void
name_buttons (GtkWidget *bar, GListModel *pages, gboolean alone)
{
  GtkWidget *button = bk_app_find_inside (bar, GTK_TYPE_TOGGLE_BUTTON);

  for (guint i = 0; button != NULL; i++, button = gtk_widget_get_next_sibling (button))
    {
      g_autofree char *title = dup_title (pages, i);

      gtk_widget_set_tooltip_text (button, alone ? title : NULL);
    }
}

/**
 * bk_app_page_bar_fit:
 * @window: a window of preferences
 * @width: how wide it is now
 *
 * Shows what fits.
 */
void
bk_app_page_bar_fit (GtkWindow *window, int width)
{
  GtkWidget *bar = bk_app_find_inside (GTK_WIDGET (window), ADW_TYPE_VIEW_SWITCHER_BAR);
  AdwViewStack *stack = bar != NULL ? adw_view_switcher_bar_get_stack (ADW_VIEW_SWITCHER_BAR (bar)) : NULL;
  g_autoptr (GtkSelectionModel) pages = stack != NULL ? adw_view_stack_get_pages (stack) : NULL;
  guint n = pages != NULL ? g_list_model_get_n_items (G_LIST_MODEL (pages)) : 0;
  int widest = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *title = dup_title (G_LIST_MODEL (pages), i);

      widest = MAX (widest, measure (bar, title));
    }

  gboolean alone = OUTSIDE + (int) n * widest > width;
  if (n == 0 || alone == gtk_widget_has_css_class (bar, ICONS_ALONE))
    return;
  if (alone)
    gtk_widget_add_css_class (bar, ICONS_ALONE);
  else
    gtk_widget_remove_css_class (bar, ICONS_ALONE);
  name_buttons (bar, G_LIST_MODEL (pages), alone);
}
