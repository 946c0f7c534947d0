/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointer, finger and keys. */
#include "bk-board-canvas-private.h"

/* Of the board's pixels, for one arrow key. */
#define STEP 10
#define STEP_FINE 2
#define STEP_FAR 50
/* Points that are nearer to each other say nothing about the line. */
#define NEAR 1.0

static void
begin (BkBoardCanvas *self, double x, double y)
{
  if (!bk_board_document_begin (self->document, self->colour, self->pen, x, y))
    g_signal_emit_by_name (self, "full");
}

static void
extend (BkBoardCanvas *self, double x, double y)
{
  bk_board_document_extend (self->document, x, y);
}

static void
set_pen (BkBoardCanvas *self, gboolean shown, gboolean down)
{
  if (self->pen_shown == shown && self->pen_down == down)
    return;
  self->pen_shown = shown;
  self->pen_down = down;
  bk_board_canvas_describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- pointer and finger ---- */

static void
draw_to (BkBoardCanvas *self, double x, double y)
{
  double left, top, scale = bk_board_canvas_get_scale (self, &left, &top);

  x = (x - left) / scale;
  y = (y - top) / scale;
  if ((x - self->last_x) * (x - self->last_x) + (y - self->last_y) * (y - self->last_y) < NEAR * NEAR)
    return;
  self->last_x = x;
  self->last_y = y;
  extend (self, x, y);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, BkBoardCanvas *self)
{
  double left, top, scale = bk_board_canvas_get_scale (self, &left, &top);
  double right = left + scale * BK_BOARD_WIDTH, bottom = top + scale * BK_BOARD_HEIGHT;

  self->dragging = scale > 0 && x >= left && x <= right && y >= top && y <= bottom;
  if (!self->dragging)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  set_pen (self, FALSE, FALSE);
  self->last_x = (x - left) / scale;
  self->last_y = (y - top) / scale;
  begin (self, self->last_x, self->last_y);
}

/* GTK tells of the pointer once a frame; where it was in between, the event knows. */
static void
draw_history (BkBoardCanvas *self, GdkEvent *event)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));
  guint n = 0;
  g_autofree GdkTimeCoord *history = event != NULL ? gdk_event_get_history (event, &n) : NULL;
  double surface_x, surface_y, x, y;

  gtk_native_get_surface_transform (native, &surface_x, &surface_y);
  for (guint i = 0; i < n; i++)
    {
      if ((history[i].flags & (GDK_AXIS_FLAG_X | GDK_AXIS_FLAG_Y)) != (GDK_AXIS_FLAG_X | GDK_AXIS_FLAG_Y))
        continue;
      if (gtk_widget_translate_coordinates (GTK_WIDGET (native), GTK_WIDGET (self),
                                            history[i].axes[GDK_AXIS_X] - surface_x,
                                            history[i].axes[GDK_AXIS_Y] - surface_y, &x, &y))
        draw_to (self, x, y);
    }
}

static void
on_drag_update (GtkGestureDrag *gesture, double offset_x, double offset_y, BkBoardCanvas *self)
{
  GdkEventSequence *sequence = gtk_gesture_single_get_current_sequence (GTK_GESTURE_SINGLE (gesture));
  double x, y;

  if (!self->dragging || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  draw_history (self, gtk_gesture_get_last_event (GTK_GESTURE (gesture), sequence));
  draw_to (self, x + offset_x, y + offset_y);
}

static void
on_drag_end (GtkGestureDrag *gesture, double offset_x, double offset_y, BkBoardCanvas *self)
{
  double x, y;

  if (self->dragging && gtk_gesture_drag_get_start_point (gesture, &x, &y))
    draw_to (self, x + offset_x, y + offset_y);
  self->dragging = FALSE;
}

/* ---- keys ---- */

static gboolean
move_pen (BkBoardCanvas *self, int dx, int dy, GdkModifierType state)
{
  int step = (state & GDK_SHIFT_MASK) != 0 ? STEP_FINE : (state & GDK_CONTROL_MASK) != 0 ? STEP_FAR : STEP;
  double x = CLAMP (self->pen_x + dx * step, 0, BK_BOARD_WIDTH);
  double y = CLAMP (self->pen_y + dy * step, 0, BK_BOARD_HEIGHT);
  gboolean moved = x != self->pen_x || y != self->pen_y;

  self->pen_x = x;
  self->pen_y = y;
  set_pen (self, TRUE, self->pen_down);
  if (self->pen_down && moved)
    extend (self, x, y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

static gboolean
toggle_pen (BkBoardCanvas *self)
{
  set_pen (self, TRUE, !self->pen_down);
  if (self->pen_down)
    begin (self, self->pen_x, self->pen_y);
  return TRUE;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BkBoardCanvas *self)
{
  if (self->dragging || (state & GDK_ALT_MASK) != 0)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      return move_pen (self, -1, 0, state);
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      return move_pen (self, 1, 0, state);
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      return move_pen (self, 0, -1, state);
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      return move_pen (self, 0, 1, state);
    case GDK_KEY_space:
    case GDK_KEY_KP_Space:
      return toggle_pen (self);
    case GDK_KEY_Escape:
      set_pen (self, FALSE, FALSE);
      return TRUE;
    default:
      return FALSE;
    }
}

/* Who comes by keys sees the pen at once. */
static void
on_focus_in (GtkEventControllerFocus *controller, BkBoardCanvas *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (root) && gtk_window_get_focus_visible (GTK_WINDOW (root)))
    set_pen (self, TRUE, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* A pen that is not seen is not left on the paper. */
static void
on_focus_out (GtkEventControllerFocus *controller, BkBoardCanvas *self)
{
  set_pen (self, self->pen_shown, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bk_board_canvas_init_input (BkBoardCanvas *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect (focus, "enter", G_CALLBACK (on_focus_in), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_focus_out), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}
