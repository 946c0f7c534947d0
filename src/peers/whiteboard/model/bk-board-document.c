/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-private.h"

enum
{
  SIGNAL_DAMAGED,
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkBoardDocument, bk_board_document, G_TYPE_OBJECT)

/* ---- sites ---- */

static void
site_free (gpointer data)
{
  BkBoardSite *site = data;

  g_hash_table_unref (site->acts);
  g_byte_array_unref (site->frames);
  g_array_unref (site->ends);
  g_free (site);
}

static BkBoardSite *
find_site (BkBoardDocument *self, guint64 id)
{
  for (guint i = 0; i < self->sites->len; i++)
    {
      BkBoardSite *site = g_ptr_array_index (self->sites, i);
      if (site->id == id)
        return site;
    }
  return NULL;
}

/* NULL if there are as many as there may be. */
static BkBoardSite *
ensure_site (BkBoardDocument *self, guint64 id)
{
  BkBoardSite *site = find_site (self, id);

  if (site != NULL)
    return site;
  if (self->sites->len == BK_BOARD_MAX_SITES)
    return NULL;
  site = g_new0 (BkBoardSite, 1);
  site->id = id;
  site->acts = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  site->frames = g_byte_array_new ();
  site->ends = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_ptr_array_add (self->sites, site);
  return site;
}

static BkBoardAct *
find_act (BkBoardSite *site, guint32 number)
{
  return g_hash_table_lookup (site->acts, GUINT_TO_POINTER (number));
}

static BkBoardAct *
add_act (BkBoardDocument *self, BkBoardSite *site, guint32 number)
{
  BkBoardAct *act = g_new0 (BkBoardAct, 1);

  act->number = number;
  g_hash_table_insert (site->acts, GUINT_TO_POINTER (number), act);
  if (site->id == self->site)
    {
      g_ptr_array_add (self->done, act);
      g_ptr_array_set_size (self->undone, 0);
    }
  return act;
}

/* ---- strokes ---- */

static void
stroke_free (gpointer data)
{
  BkBoardStroke *stroke = data;

  g_array_unref (stroke->points);
  g_free (stroke);
}

gboolean
bk_board_stroke_is_visible (const BkBoardStroke *stroke)
{
  return !stroke->taken_back && stroke->n_clears == 0;
}

static void
damage (BkBoardDocument *self, const BkBoardBox *box)
{
  BkBoardBox copy = *box;

  g_signal_emit (self, signals[SIGNAL_DAMAGED], 0, &copy);
}

/* Something about the stroke has changed that may hide or show it. */
static void
judge (BkBoardDocument *self, BkBoardStroke *stroke, gboolean was_visible)
{
  gboolean visible = bk_board_stroke_is_visible (stroke);

  if (visible == was_visible)
    return;
  self->n_visible += visible ? 1 : -1;
  damage (self, &stroke->box);
}

static gboolean
covers (const BkBoardAct *clear, const BkBoardStroke *stroke)
{
  return stroke->number <= bk_board_marks_get (&clear->marks, stroke->site);
}

static gboolean
lies_above (const BkBoardStroke *one, const BkBoardStroke *other)
{
  return one->clock != other->clock ? one->clock > other->clock : one->site > other->site;
}

static void
insert_stroke (BkBoardDocument *self, BkBoardStroke *stroke)
{
  guint place = self->strokes->len;

  while (place > 0 && lies_above (g_ptr_array_index (self->strokes, place - 1), stroke))
    place--;
  g_ptr_array_insert (self->strokes, (int) place, stroke);
  for (guint i = 0; i < self->clears->len; i++)
    {
      const BkBoardAct *clear = g_ptr_array_index (self->clears, i);
      stroke->n_clears += !clear->taken_back && covers (clear, stroke) ? 1 : 0;
    }
  judge (self, stroke, FALSE);
}

static void
add_points (BkBoardDocument *self, BkBoardSite *site, BkBoardStroke *stroke, const BkBoardOp *op)
{
  guint last = stroke->points->len - 1;
  BkBoardPoint from = g_array_index (stroke->points, BkBoardPoint, last > 0 ? last - 1 : 0);
  BkBoardBox grown = { from.x, from.y, from.x, from.y };

  g_array_append_vals (stroke->points, op->points, op->n_points);
  site->n_points += op->n_points;
  /* The end was drawn straight and becomes a curve: the picture changes from the last point but one. */
  for (guint i = last; i < stroke->points->len; i++)
    {
      BkBoardPoint p = g_array_index (stroke->points, BkBoardPoint, i);
      grown = (BkBoardBox){ MIN (grown.x0, p.x), MIN (grown.y0, p.y), MAX (grown.x1, p.x), MAX (grown.y1, p.y) };
    }
  stroke->box = (BkBoardBox){ MIN (stroke->box.x0, grown.x0), MIN (stroke->box.y0, grown.y0),
                              MAX (stroke->box.x1, grown.x1), MAX (stroke->box.y1, grown.y1) };
  if (bk_board_stroke_is_visible (stroke))
    damage (self, &grown);
}

/* ---- operations: first whether it keeps the rules, then what it does ---- */

static gboolean
is_known (BkBoardDocument *self, const BkBoardOp *op)
{
  return op->number <= bk_board_marks_get (&self->marks, op->site);
}

static const char *
check_act (BkBoardDocument *self, BkBoardSite *site, const BkBoardOp *op)
{
  BkBoardAct *act = find_act (site, op->target);

  if (act == NULL)
    return "It means something that is not there";
  if (op->kind != BK_BOARD_OP_POINTS)
    return act->taken_back == (op->kind == BK_BOARD_OP_HIDE) ? "It is so already" : NULL;
  if (act->stroke == NULL)
    return "Points for what is no stroke";
  if (act->stroke->points->len + op->n_points > BK_BOARD_MAX_STROKE_POINTS
      || site->n_points + op->n_points > BK_BOARD_MAX_POINTS)
    return "Too many points";
  return NULL;
}

/* Returns what is wrong with the operation, NULL for nothing. */
static const char *
check (BkBoardDocument *self, BkBoardSite *site, const BkBoardOp *op)
{
  if (op->number != site->ends->len + 1 || op->number > BK_BOARD_MAX_OPS)
    return "Something is missing before it";
  switch (op->kind)
    {
    case BK_BOARD_OP_BEGIN:
      if (op->clock <= site->clock)
        return "Its clock goes backwards";
      return site->n_strokes == BK_BOARD_MAX_STROKES || site->n_points == BK_BOARD_MAX_POINTS ? "Too many strokes"
                                                                                              : NULL;
    case BK_BOARD_OP_POINTS:
    case BK_BOARD_OP_HIDE:
    case BK_BOARD_OP_SHOW:
      return check_act (self, site, op);
    case BK_BOARD_OP_CLEAR:
    default:
      /* It would hide strokes that are not drawn yet. */
      if (bk_board_marks_get (&op->marks, self->site) > bk_board_marks_get (&self->marks, self->site))
        return "It clears what nobody has drawn";
      return bk_board_marks_get (&op->marks, op->site) >= op->number ? "It clears what nobody has drawn" : NULL;
    }
}

static void
begin (BkBoardDocument *self, BkBoardSite *site, const BkBoardOp *op)
{
  BkBoardStroke *stroke = g_new0 (BkBoardStroke, 1);
  BkBoardPoint p = op->points[0];

  stroke->site = op->site;
  stroke->number = op->number;
  stroke->clock = op->clock;
  stroke->colour = op->colour;
  stroke->pen = op->pen;
  stroke->points = g_array_new (FALSE, FALSE, sizeof (BkBoardPoint));
  g_array_append_val (stroke->points, p);
  stroke->box = (BkBoardBox){ p.x, p.y, p.x, p.y };
  add_act (self, site, op->number)->stroke = stroke;
  site->clock = op->clock;
  site->n_strokes++;
  site->n_points++;
  self->clock = MAX (self->clock, op->clock);
  insert_stroke (self, stroke);
}

/* A clear begins to count, or does no more. */
static void
count_clear (BkBoardDocument *self, const BkBoardAct *clear, gboolean counts)
{
  for (guint i = 0; i < self->strokes->len; i++)
    {
      BkBoardStroke *stroke = g_ptr_array_index (self->strokes, i);
      gboolean was_visible = bk_board_stroke_is_visible (stroke);

      if (!covers (clear, stroke))
        continue;
      stroke->n_clears += counts ? 1 : -1;
      judge (self, stroke, was_visible);
    }
}

static void
hide_or_show (BkBoardDocument *self, BkBoardAct *act, gboolean hide)
{
  act->taken_back = hide;
  if (act->stroke == NULL)
    {
      count_clear (self, act, !hide);
      return;
    }
  gboolean was_visible = bk_board_stroke_is_visible (act->stroke);
  act->stroke->taken_back = hide;
  judge (self, act->stroke, was_visible);
}

static void
execute (BkBoardDocument *self, BkBoardSite *site, const BkBoardOp *op)
{
  BkBoardAct *act;

  switch (op->kind)
    {
    case BK_BOARD_OP_BEGIN:
      begin (self, site, op);
      break;
    case BK_BOARD_OP_POINTS:
      add_points (self, site, find_act (site, op->target)->stroke, op);
      break;
    case BK_BOARD_OP_HIDE:
    case BK_BOARD_OP_SHOW:
      hide_or_show (self, find_act (site, op->target), op->kind == BK_BOARD_OP_HIDE);
      break;
    case BK_BOARD_OP_CLEAR:
    default:
      act = add_act (self, site, op->number);
      act->marks = op->marks;
      g_ptr_array_add (self->clears, act);
      count_clear (self, act, TRUE);
      break;
    }
}

gboolean
bk_board_document_take (BkBoardDocument *self, const BkBoardOp *op, GError **error)
{
  BkBoardSite *site = ensure_site (self, op->site);
  const char *wrong = site == NULL ? "Too many sides draw" : check (self, site, op);

  if (wrong != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, wrong);
      return FALSE;
    }
  execute (self, site, op);
  bk_board_marks_raise (&self->marks, op->site, op->number);
  bk_board_frame_write_op (site->frames, op);
  g_array_append_val (site->ends, site->frames->len);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return TRUE;
}

gboolean
bk_board_document_apply (BkBoardDocument *self, const BkBoardOp *op, GError **error)
{
  if (is_known (self, op))
    return TRUE;
  if (op->site == self->site)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Something in our name that we did not do");
      return FALSE;
    }
  return bk_board_document_take (self, op, error);
}

/* ---- what is known, for those who do not ---- */

const BkBoardMarks *
bk_board_document_get_marks (BkBoardDocument *self)
{
  return &self->marks;
}

gboolean
bk_board_document_next (BkBoardDocument *self, BkBoardMarks *seen, GByteArray *out)
{
  for (guint i = 0; i < self->sites->len; i++)
    {
      BkBoardSite *site = g_ptr_array_index (self->sites, i);
      guint32 number = bk_board_marks_get (seen, site->id);

      /* A side that claims to know more sites than there may be gets nothing of another one. */
      if (number >= site->ends->len || !bk_board_marks_raise (seen, site->id, number + 1))
        continue;
      guint32 start = number > 0 ? g_array_index (site->ends, guint32, number - 1) : 0;
      g_byte_array_append (out, site->frames->data + start, g_array_index (site->ends, guint32, number) - start);
      return TRUE;
    }
  return FALSE;
}

/* ---- what is to be seen ---- */

guint
bk_board_document_get_n_strokes (BkBoardDocument *self)
{
  return self->strokes->len;
}

const BkBoardStroke *
bk_board_document_get_stroke (BkBoardDocument *self, guint index)
{
  return g_ptr_array_index (self->strokes, index);
}

guint
bk_board_document_get_n_visible (BkBoardDocument *self)
{
  return self->n_visible;
}

char *
bk_board_document_dup_digest (BkBoardDocument *self)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < self->strokes->len; i++)
    {
      const BkBoardStroke *stroke = g_ptr_array_index (self->strokes, i);
      g_autofree char *head = g_strdup_printf (
        "%" G_GUINT64_FORMAT " %u %u %u %u %d %u %u\n", stroke->site, stroke->number, stroke->clock, stroke->colour,
        stroke->pen, stroke->taken_back, stroke->n_clears, stroke->points->len);

      g_checksum_update (checksum, (const guchar *) head, -1);
      for (guint j = 0; j < stroke->points->len; j++)
        {
          BkBoardPoint p = g_array_index (stroke->points, BkBoardPoint, j);
          guint8 bytes[4] = { (guint8) (p.x >> 8), (guint8) p.x, (guint8) (p.y >> 8), (guint8) p.y };
          g_checksum_update (checksum, bytes, sizeof bytes);
        }
    }
  return g_strdup (g_checksum_get_string (checksum));
}

/* ---- the object ---- */

static void
bk_board_document_finalize (GObject *object)
{
  BkBoardDocument *self = BK_BOARD_DOCUMENT (object);

  g_ptr_array_unref (self->sites);
  g_ptr_array_unref (self->strokes);
  g_ptr_array_unref (self->clears);
  g_ptr_array_unref (self->done);
  g_ptr_array_unref (self->undone);
  G_OBJECT_CLASS (bk_board_document_parent_class)->finalize (object);
}

static void
bk_board_document_class_init (BkBoardDocumentClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bk_board_document_finalize;
  signals[SIGNAL_DAMAGED] = g_signal_new ("damaged", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                          G_TYPE_POINTER);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bk_board_document_init (BkBoardDocument *self)
{
  self->sites = g_ptr_array_new_with_free_func (site_free);
  self->strokes = g_ptr_array_new_with_free_func (stroke_free);
  self->clears = g_ptr_array_new ();
  self->done = g_ptr_array_new ();
  self->undone = g_ptr_array_new ();
}

BkBoardDocument *
bk_board_document_new (guint64 site)
{
  BkBoardDocument *self = g_object_new (BK_BOARD_TYPE_DOCUMENT, NULL);

  self->site = site;
  ensure_site (self, site); /* its place is there also before anything is drawn */
  return self;
}

guint64
bk_board_document_get_site (BkBoardDocument *self)
{
  return self->site;
}
