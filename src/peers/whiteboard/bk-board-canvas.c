/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-canvas-private.h"

#include "bk-board-paint.h"

#include <glib/gi18n.h>
#include <math.h>

#define TILE 256
/* Of damage, that are repaired one by one. */
#define MAX_RECTANGLES 32
#define MIN_WIDTH 240
#define MIN_HEIGHT 150
#define NATURAL_WIDTH 960
#define NATURAL_HEIGHT 600
#define PEN_RADIUS 9
/* Around the paper, for its shadow and the ring of the focus. */
#define MARGIN 6

enum
{
  SIGNAL_FULL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkBoardCanvas, bk_board_canvas, GTK_TYPE_WIDGET)

double
bk_board_canvas_get_scale (BkBoardCanvas *self, double *x, double *y)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double scale = MIN ((width - 2 * MARGIN) / BK_BOARD_WIDTH, (height - 2 * MARGIN) / BK_BOARD_HEIGHT);

  *x = floor ((width - scale * BK_BOARD_WIDTH) / 2);
  *y = floor ((height - scale * BK_BOARD_HEIGHT) / 2);
  return scale;
}

static gboolean
on_describe (gpointer user_data)
{
  BkBoardCanvas *self = user_data;
  guint n = bk_board_document_get_n_visible (self->document);
  g_autofree char *strokes = g_strdup_printf (ngettext ("%u stroke.", "%u strokes.", n), n);
  /* Translators: three sentences, each with its full stop */
  g_autofree char *text
    = g_strdup_printf (C_ ("three sentences", "%s %s %s"), strokes, self->pen_down ? _ ("The pen is down.") : _ ("The pen is lifted."),
                       _ ("Arrow keys move the pen, Space puts it down or lifts it."));

  self->describing = 0;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  return G_SOURCE_REMOVE;
}

void
bk_board_canvas_describe (BkBoardCanvas *self)
{
  if (self->describing == 0)
    self->describing = g_idle_add (on_describe, self);
}

/* ---- the picture ---- */

/* Damage in pixels of the board. */
static void
add_damage (BkBoardCanvas *self, double x, double y, double width, double height)
{
  double scale = (double) cairo_image_surface_get_width (self->picture) / BK_BOARD_WIDTH;
  int x0 = (int) floor (x * scale) - 1, y0 = (int) floor (y * scale) - 1;
  cairo_rectangle_int_t damage = { x0, y0, (int) ceil ((x + width) * scale) + 1 - x0,
                                   (int) ceil ((y + height) * scale) + 1 - y0 };

  cairo_region_union_rectangle (self->damage, &damage);
  if (cairo_region_num_rectangles (self->damage) > MAX_RECTANGLES)
    {
      cairo_region_get_extents (self->damage, &damage);
      cairo_region_union_rectangle (self->damage, &damage);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drop_picture (BkBoardCanvas *self)
{
  g_clear_pointer (&self->picture, cairo_surface_destroy);
  g_clear_pointer (&self->damage, cairo_region_destroy);
  g_clear_pointer (&self->tiles, g_ptr_array_unref);
}

static void
tile_free (gpointer data)
{
  if (data != NULL)
    g_object_unref (data);
}

/* A picture that fits into the widget, with the pixels that the screen has. */
static void
ensure_picture (BkBoardCanvas *self)
{
  double x, y, scale = bk_board_canvas_get_scale (self, &x, &y) * gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int width = MAX (1, (int) round (BK_BOARD_WIDTH * scale)), height = MAX (1, (int) round (BK_BOARD_HEIGHT * scale));

  if (self->picture != NULL && cairo_image_surface_get_width (self->picture) == width
      && cairo_image_surface_get_height (self->picture) == height)
    return;
  drop_picture (self);
  self->picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  self->damage = cairo_region_create ();
  self->n_columns = (guint) (width + TILE - 1) / TILE;
  self->tiles = g_ptr_array_new_with_free_func (tile_free);
  g_ptr_array_set_size (self->tiles, (int) (self->n_columns * ((guint) (height + TILE - 1) / TILE)));
  cairo_region_union_rectangle (self->damage, &(cairo_rectangle_int_t){ 0, 0, width, height });
}

static void
forget_tiles (BkBoardCanvas *self, const cairo_rectangle_int_t *r)
{
  for (int row = r->y / TILE; row <= (r->y + r->height - 1) / TILE; row++)
    for (int column = r->x / TILE; column <= (r->x + r->width - 1) / TILE; column++)
      {
        gpointer *tile = &g_ptr_array_index (self->tiles, (guint) row * self->n_columns + (guint) column);
        g_clear_object ((GdkTexture **) tile);
      }
}

static void
repair_rectangle (BkBoardCanvas *self, const cairo_rectangle_int_t *r)
{
  double scale = (double) cairo_image_surface_get_width (self->picture) / BK_BOARD_WIDTH;
  double units = BK_BOARD_UNIT / scale;
  BkBoardBox box = { (int) (r->x * units) - 1, (int) (r->y * units) - 1, (int) ((r->x + r->width) * units) + 1,
                     (int) ((r->y + r->height) * units) + 1 };
  cairo_t *context = cairo_create (self->picture);

  cairo_rectangle (context, r->x, r->y, r->width, r->height);
  cairo_clip (context);
  cairo_scale (context, scale, scale);
  bk_board_paint (self->document, context, &box);
  cairo_destroy (context);
  forget_tiles (self, r);
}

static void
repair (BkBoardCanvas *self)
{
  cairo_rectangle_int_t all = { 0, 0, cairo_image_surface_get_width (self->picture),
                                cairo_image_surface_get_height (self->picture) };

  cairo_region_intersect_rectangle (self->damage, &all);
  for (int i = 0; i < cairo_region_num_rectangles (self->damage); i++)
    {
      cairo_rectangle_int_t r;
      cairo_region_get_rectangle (self->damage, i, &r);
      repair_rectangle (self, &r);
    }
  cairo_region_subtract (self->damage, self->damage);
  cairo_surface_flush (self->picture);
}

/* ---- showing ---- */

static GdkTexture *
make_tile (BkBoardCanvas *self, int x, int y, int width, int height)
{
  gsize stride = (gsize) cairo_image_surface_get_stride (self->picture), row = (gsize) width * 4;
  const guint8 *data = cairo_image_surface_get_data (self->picture) + (gsize) y * stride + (gsize) x * 4;
  guint8 *copy = g_malloc (row * (gsize) height);

  for (gsize i = 0; i < (gsize) height; i++)
    memcpy (copy + i * row, data + i * stride, row);
  g_autoptr (GBytes) bytes = g_bytes_new_take (copy, row * (gsize) height);
  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, row);
}

static void
snapshot_tiles (BkBoardCanvas *self, GtkSnapshot *snapshot, double left, double top)
{
  int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int width = cairo_image_surface_get_width (self->picture), height = cairo_image_surface_get_height (self->picture);

  for (guint i = 0; i < self->tiles->len; i++)
    {
      int x = (int) (i % self->n_columns) * TILE, y = (int) (i / self->n_columns) * TILE;
      int w = MIN (TILE, width - x), h = MIN (TILE, height - y);
      graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) (left + (double) x / factor),
                                                   (float) (top + (double) y / factor), (float) w / (float) factor,
                                                   (float) h / (float) factor);

      if (g_ptr_array_index (self->tiles, i) == NULL)
        g_ptr_array_index (self->tiles, i) = make_tile (self, x, y, w, h);
      gtk_snapshot_append_texture (snapshot, g_ptr_array_index (self->tiles, i), &bounds);
    }
}

/* A ring in the pen's colour between two others, to be seen on whatever is below; filled while the pen is down. */
static void
snapshot_pen (BkBoardCanvas *self, GtkSnapshot *snapshot, double left, double top, double scale)
{
  const BkBoardRgb *rgb = bk_board_colour_get_rgb (self->colour);
  double x = left + self->pen_x * scale, y = top + self->pen_y * scale;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) x - 2 * PEN_RADIUS, (float) y - 2 * PEN_RADIUS, 4 * PEN_RADIUS,
                                               4 * PEN_RADIUS);
  cairo_t *context = gtk_snapshot_append_cairo (snapshot, &bounds);

  cairo_arc (context, x, y, PEN_RADIUS, 0, 2 * G_PI);
  if (self->pen_down)
    {
      cairo_set_source_rgba (context, rgb->red, rgb->green, rgb->blue, 0.4);
      cairo_fill_preserve (context);
    }
  cairo_set_source_rgb (context, 0, 0, 0);
  cairo_set_line_width (context, 6);
  cairo_stroke_preserve (context);
  cairo_set_source_rgb (context, 1, 1, 1);
  cairo_set_line_width (context, 4);
  cairo_stroke_preserve (context);
  cairo_set_source_rgb (context, rgb->red, rgb->green, rgb->blue);
  cairo_set_line_width (context, 2);
  cairo_stroke (context);
  cairo_destroy (context);
}

/* Paper on paper-white ground is told apart by its edge. */
static void
snapshot_shadow (GtkSnapshot *snapshot, double left, double top, double scale)
{
  const GdkRGBA edge = { 0, 0, 0, 0.25f }, shadow = { 0, 0, 0, 0.2f };
  graphene_rect_t paper = GRAPHENE_RECT_INIT ((float) left, (float) top, (float) (scale * BK_BOARD_WIDTH),
                                              (float) (scale * BK_BOARD_HEIGHT));
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, &paper, 0);
  gtk_snapshot_append_outset_shadow (snapshot, &outline, &shadow, 0, 1, 0, 4);
  gtk_snapshot_append_outset_shadow (snapshot, &outline, &edge, 0, 0, 1, 0);
}

static void
bk_board_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BkBoardCanvas *self = BK_BOARD_CANVAS (widget);
  double left, top, scale = bk_board_canvas_get_scale (self, &left, &top);

  if (self->document == NULL || scale <= 0)
    return;
  ensure_picture (self);
  repair (self);
  snapshot_shadow (snapshot, left, top, scale);
  snapshot_tiles (self, snapshot, left, top);
  if (self->pen_shown && gtk_widget_has_focus (widget))
    snapshot_pen (self, snapshot, left, top, scale);
}

static void
bk_board_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : MIN_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH : NATURAL_HEIGHT;
}

/* ---- the document ---- */

static void
on_damaged (BkBoardDocument *document, const BkBoardBox *damage, BkBoardCanvas *self)
{
  double x, y, width, height;

  if (self->picture == NULL)
    return;
  bk_board_damage_to_pixels (damage, &x, &y, &width, &height);
  add_damage (self, x, y, width, height);
}

static void
on_changed (BkBoardDocument *document, BkBoardCanvas *self)
{
  bk_board_canvas_describe (self);
}

void
bk_board_canvas_set_document (BkBoardCanvas *self, BkBoardDocument *document)
{
  g_assert (self->document == NULL);
  self->document = g_object_ref (document);
  g_signal_connect_object (document, "damaged", G_CALLBACK (on_damaged), self, 0);
  g_signal_connect_object (document, "changed", G_CALLBACK (on_changed), self, 0);
  bk_board_canvas_describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bk_board_canvas_set_colour (BkBoardCanvas *self, BkBoardColour colour)
{
  self->colour = colour;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bk_board_canvas_set_pen (BkBoardCanvas *self, BkBoardPen pen)
{
  self->pen = pen;
}

/* ---- the object ---- */

static void
bk_board_canvas_dispose (GObject *object)
{
  BkBoardCanvas *self = BK_BOARD_CANVAS (object);

  g_clear_handle_id (&self->describing, g_source_remove);
  drop_picture (self);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (bk_board_canvas_parent_class)->dispose (object);
}

static void
bk_board_canvas_class_init (BkBoardCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_board_canvas_dispose;
  widget_class->snapshot = bk_board_canvas_snapshot;
  widget_class->measure = bk_board_canvas_measure;
  signals[SIGNAL_FULL] = g_signal_new ("full", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "board");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bk_board_canvas_init (BkBoardCanvas *self)
{
  self->pen = BK_BOARD_PEN_MEDIUM;
  self->pen_x = BK_BOARD_WIDTH / 2;
  self->pen_y = BK_BOARD_HEIGHT / 2;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "crosshair");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Board"), -1);
  bk_board_canvas_init_input (self);
}
