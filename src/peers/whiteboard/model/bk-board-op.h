/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done to a board, and how it is written for the other side.
 *
 * Each side is a site. What a site does is numbered from 1, and whoever passes it on keeps that order. Coordinates are
 * counted in sixteenths of a pixel of the board: whole numbers are the same everywhere.
 *
 * On the link everything is a frame: the length of what follows (2 bytes), a type, and what belongs to it. All numbers
 * are big-endian. What is not exactly as written here is refused:
 *   HELLO  version, site (8), marks
 *   OP     site (8), number (4), kind, and by kind
 *            BEGIN         clock (4), colour, pen, point (2 + 2)
 *            POINTS        stroke (4), how many (2), points
 *            HIDE, SHOW    stroke or clear (4)
 *            CLEAR         marks
 *   BYE    nothing
 * Marks are how many there are, and so many times site (8), number (4), with growing sites. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_BOARD_WIDTH 1600
#define BK_BOARD_HEIGHT 1000
#define BK_BOARD_UNIT 16
#define BK_BOARD_MAX_X (BK_BOARD_WIDTH * BK_BOARD_UNIT)
#define BK_BOARD_MAX_Y (BK_BOARD_HEIGHT * BK_BOARD_UNIT)

/* What one site may bring. A stroke that is full is drawn on by another one. */
#define BK_BOARD_MAX_SITES 4
#define BK_BOARD_MAX_OPS 500000
#define BK_BOARD_MAX_STROKES 20000
#define BK_BOARD_MAX_POINTS 1000000
#define BK_BOARD_MAX_STROKE_POINTS 4096
#define BK_BOARD_MAX_OP_POINTS 256
/* Far above what can be reached: whoever starts there does not keep others from counting on. */
#define BK_BOARD_MAX_CLOCK (1 << 30)

#define BK_BOARD_MAX_FRAME 2048

typedef enum
{
  BK_BOARD_COLOUR_BLACK,
  BK_BOARD_COLOUR_RED,
  BK_BOARD_COLOUR_ORANGE,
  BK_BOARD_COLOUR_GREEN,
  BK_BOARD_COLOUR_BLUE,
  BK_BOARD_COLOUR_PURPLE,
  BK_BOARD_COLOUR_BROWN,
  BK_BOARD_COLOUR_WHITE,
} BkBoardColour;
#define BK_BOARD_N_COLOURS (BK_BOARD_COLOUR_WHITE + 1)

typedef enum
{
  BK_BOARD_PEN_THIN,
  BK_BOARD_PEN_MEDIUM,
  BK_BOARD_PEN_THICK,
} BkBoardPen;
#define BK_BOARD_N_PENS (BK_BOARD_PEN_THICK + 1)

typedef struct
{
  guint16 x;
  guint16 y;
} BkBoardPoint;

/* All that @site did up to @number. */
typedef struct
{
  guint64 site;
  guint32 number;
} BkBoardMark;

typedef struct
{
  guint n;
  BkBoardMark marks[BK_BOARD_MAX_SITES];
} BkBoardMarks;

typedef enum
{
  BK_BOARD_OP_BEGIN = 1, /* a stroke, with its first point */
  BK_BOARD_OP_POINTS,    /* more points for a stroke of the same site */
  BK_BOARD_OP_HIDE,      /* undo of a stroke or a clear of the same site */
  BK_BOARD_OP_SHOW,      /* redo */
  BK_BOARD_OP_CLEAR,     /* hides the strokes that the site had seen: those within the marks */
} BkBoardOpKind;

typedef struct
{
  guint64 site;
  guint32 number;
  BkBoardOpKind kind;
  guint32 clock;        /* BEGIN: greater than that of every stroke that the site had seen */
  guint8 colour;        /* BEGIN */
  guint8 pen;           /* BEGIN */
  guint32 target;       /* POINTS, HIDE, SHOW: the number of what is meant */
  guint n_points;       /* BEGIN: 1 */
  BkBoardPoint points[BK_BOARD_MAX_OP_POINTS];
  BkBoardMarks marks;   /* CLEAR */
} BkBoardOp;

typedef enum
{
  BK_BOARD_FRAME_HELLO = 1, /* the first of a link: who it is and what it has */
  BK_BOARD_FRAME_OP,
  BK_BOARD_FRAME_BYE,       /* the program is closed on purpose */
} BkBoardFrameType;

typedef struct
{
  BkBoardFrameType type;
  guint64 site;       /* HELLO */
  BkBoardMarks marks; /* HELLO */
  BkBoardOp op;       /* OP */
} BkBoardFrame;

guint32 bk_board_marks_get (const BkBoardMarks *self, guint64 site);
/* Raises the mark of @site to @number. FALSE if there is no place for another site. */
gboolean bk_board_marks_raise (BkBoardMarks *self, guint64 site, guint32 number);

void bk_board_frame_write_hello (GByteArray *out, guint64 site, const BkBoardMarks *marks);
void bk_board_frame_write_op (GByteArray *out, const BkBoardOp *op);
void bk_board_frame_write_bye (GByteArray *out);

/* Returns how many bytes the first frame of @data takes, 0 if it is not there as a whole, -1 if it makes no sense. */
gssize bk_board_frame_read (const guint8 *data, gsize length, BkBoardFrame *frame, GError **error);

G_END_DECLS
