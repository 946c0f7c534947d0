/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the people of the demonstration look: painted from their names, as a PNG file. */
#include "bk-fake-private.h"

#include <string.h>

#define SIDE 96
#define SCALE 8 /* of a letter */
#define LETTER_WIDTH 5
#define LETTER_HEIGHT 7

/* A to Z, a row of five bits for each line. */
static const guint8 letters[26][LETTER_HEIGHT] = {
  { 14, 17, 17, 31, 17, 17, 17 }, { 30, 17, 17, 30, 17, 17, 30 }, { 14, 17, 16, 16, 16, 17, 14 },
  { 30, 17, 17, 17, 17, 17, 30 }, { 31, 16, 16, 30, 16, 16, 31 }, { 31, 16, 16, 30, 16, 16, 16 },
  { 14, 17, 16, 23, 17, 17, 15 }, { 17, 17, 17, 31, 17, 17, 17 }, { 14, 4, 4, 4, 4, 4, 14 },
  { 7, 2, 2, 2, 2, 18, 12 },      { 17, 18, 20, 24, 20, 18, 17 }, { 16, 16, 16, 16, 16, 16, 31 },
  { 17, 27, 21, 21, 17, 17, 17 }, { 17, 17, 25, 21, 19, 17, 17 }, { 14, 17, 17, 17, 17, 17, 14 },
  { 30, 17, 17, 30, 16, 16, 16 }, { 14, 17, 17, 17, 21, 18, 13 }, { 30, 17, 17, 30, 20, 18, 17 },
  { 15, 16, 16, 14, 1, 1, 30 },   { 31, 4, 4, 4, 4, 4, 4 },       { 17, 17, 17, 17, 17, 17, 14 },
  { 17, 17, 17, 17, 17, 10, 4 },  { 17, 17, 17, 21, 21, 21, 10 }, { 17, 17, 10, 4, 10, 17, 17 },
  { 17, 17, 10, 4, 4, 4, 4 },     { 31, 1, 2, 4, 8, 16, 31 },
};

/* From the sky above to the hill below, one for each sort of name. */
static const guint8 colours[][3][3] = {
  { { 0x35, 0x84, 0xE4 }, { 0x99, 0xC1, 0xF1 }, { 0x1A, 0x5F, 0xB4 } },
  { { 0xE6, 0x61, 0x00 }, { 0xFF, 0xBE, 0x6F }, { 0xC6, 0x46, 0x00 } },
  { { 0x81, 0x3D, 0x9C }, { 0xDC, 0x8A, 0xDD }, { 0x61, 0x35, 0x83 } },
  { { 0x2E, 0xC2, 0x7E }, { 0x8F, 0xF0, 0xA4 }, { 0x26, 0xA2, 0x69 } },
};

/* ---- painting ---- */

static gboolean
is_letter (char initial, int x, int y)
{
  int column = (x - (SIDE - LETTER_WIDTH * SCALE) / 2) / SCALE;
  int row = (y - (SIDE - LETTER_HEIGHT * SCALE) / 2) / SCALE;
  gboolean inside = x >= (SIDE - LETTER_WIDTH * SCALE) / 2 && column < LETTER_WIDTH
                    && y >= (SIDE - LETTER_HEIGHT * SCALE) / 2 && row < LETTER_HEIGHT;

  return inside && g_ascii_isupper (initial) && (letters[initial - 'A'][row] >> (LETTER_WIDTH - 1 - column) & 1) != 0;
}

static void
paint_pixel (const guint8 palette[3][3], char initial, int x, int y, guint8 *pixel)
{
  gboolean hill = (x - SIDE / 3) * (x - SIDE / 3) + (y - 2 * SIDE) * (y - 2 * SIDE) < SIDE * SIDE * 3 / 2;

  for (int i = 0; i < 3; i++)
    if (is_letter (initial, x, y))
      pixel[i] = 0xFF;
    else
      pixel[i] = hill ? palette[2][i] : (guint8) ((palette[0][i] * (SIDE - y) + palette[1][i] * y) / SIDE);
}

/* Returns (transfer full) the lines as PNG has them: each begins with the way in which it is filtered, 0: none. */
static GByteArray *
paint (const char *name)
{
  GByteArray *lines = g_byte_array_new ();
  char initial = g_ascii_toupper (*name);
  guint sort = g_str_hash (name) % G_N_ELEMENTS (colours);

  g_byte_array_set_size (lines, SIDE * (1 + 3 * SIDE));
  for (int y = 0; y < SIDE; y++)
    {
      guint8 *line = lines->data + y * (1 + 3 * SIDE);
      line[0] = 0;
      for (int x = 0; x < SIDE; x++)
        paint_pixel (colours[sort], initial, x, y, line + 1 + 3 * x);
    }
  return lines;
}

/* ---- the file ---- */

/* The check sum of a chunk. */
static guint32
crc (const guint8 *data, gsize length)
{
  guint32 value = 0xFFFFFFFF;

  for (gsize i = 0; i < length; i++)
    {
      value ^= data[i];
      for (int bit = 0; bit < 8; bit++)
        value = value >> 1 ^ (value & 1 ? 0xEDB88320 : 0);
    }
  return ~value;
}

static void
append_number (GByteArray *file, guint32 number)
{
  guint32 big_endian = GUINT32_TO_BE (number);

  g_byte_array_append (file, (const guint8 *) &big_endian, sizeof big_endian);
}

static void
append_chunk (GByteArray *file, const char *name, const guint8 *data, gsize length)
{
  guint start;

  append_number (file, (guint32) length);
  start = file->len;
  g_byte_array_append (file, (const guint8 *) name, 4);
  g_byte_array_append (file, data, (guint) length);
  append_number (file, crc (file->data + start, file->len - start));
}

/* Returns (transfer full) @lines, deflated: all at once, into more room than it can need. */
static GByteArray *
deflate (const GByteArray *lines)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
  GByteArray *deflated = g_byte_array_new ();
  gsize n_read, n_written = 0;

  g_byte_array_set_size (deflated, 2 * lines->len);
  g_converter_convert (G_CONVERTER (compressor), lines->data, lines->len, deflated->data, deflated->len,
                       G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL);
  g_byte_array_set_size (deflated, (guint) n_written);
  return deflated;
}

/* Returns (transfer full) the picture of whoever is called @name. */
GBytes *
bk_fake_picture_new (const char *name)
{
  static const guint8 signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n' };
  static const guint8 head[] = { 0, 0, 0, SIDE, 0, 0, 0, SIDE, 8, 2, 0, 0, 0 }; /* 8 bits of each of 3 colours */
  g_autoptr (GByteArray) lines = paint (name);
  g_autoptr (GByteArray) deflated = deflate (lines);
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, signature, sizeof signature);
  append_chunk (file, "IHDR", head, sizeof head);
  append_chunk (file, "IDAT", deflated->data, deflated->len);
  append_chunk (file, "IEND", (const guint8 *) "", 0);
  return g_byte_array_free_to_bytes (file);
}
