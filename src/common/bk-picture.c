/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bk-picture.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <string.h>

#define PNG_HEAD 24 /* signature, length and name of the first chunk, width, height */

/* What is left to read. */
typedef struct
{
  const guint8 *data;
  gsize length;
} Rest;

static guint
read_big_endian (const guint8 *data, gsize n_bytes)
{
  guint value = 0;

  for (gsize i = 0; i < n_bytes; i++)
    value = value << 8 | data[i];
  return value;
}

static gboolean
sniff_png (Rest rest, BkPicture *picture)
{
  static const guint8 head[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R' };

  if (rest.length < PNG_HEAD || memcmp (rest.data, head, sizeof head) != 0)
    return FALSE;
  picture->kind = BK_PICTURE_PNG;
  picture->width = read_big_endian (rest.data + 16, 4);
  picture->height = read_big_endian (rest.data + 20, 4);
  return TRUE;
}

/* Whether a segment says how large the picture is: one for each way of coding, tables and reserved codes left out. */
static gboolean
is_start_of_frame (guint8 marker)
{
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/* Goes from segment to segment, each of which says its length, up to the one with the size. */
static gboolean
sniff_jpeg (Rest rest, BkPicture *picture)
{
  static const guint8 head[] = { 0xFF, 0xD8 };

  if (rest.length < sizeof head || memcmp (rest.data, head, sizeof head) != 0)
    return FALSE;
  rest = (Rest){ rest.data + sizeof head, rest.length - sizeof head };
  while (rest.length >= 9 && rest.data[0] == 0xFF)
    {
      guint8 marker = rest.data[1];
      gsize length = read_big_endian (rest.data + 2, 2);

      if (is_start_of_frame (marker))
        {
          picture->kind = BK_PICTURE_JPEG;
          picture->height = read_big_endian (rest.data + 5, 2);
          picture->width = read_big_endian (rest.data + 7, 2);
          return TRUE;
        }
      /* Any number of 0xFF may stand before a marker. Behind 0xDA there is only what is coded, without the size. */
      gsize step = marker == 0xFF ? 1 : length + 2;
      if (marker != 0xFF && (length < 2 || marker == 0xDA || step > rest.length))
        return FALSE;
      rest = (Rest){ rest.data + step, rest.length - step };
    }
  return FALSE;
}

/**
 * bk_picture_sniff:
 * @image: a file of unknown origin
 * @picture: (out caller-allocates): what it says of itself
 *
 * Looks at the beginning of a file. Whether the rest of it is a picture, only a decoder can tell.
 *
 * Returns: whether it begins like a PNG or JPEG file
 */
gboolean
bk_picture_sniff (GBytes *image, BkPicture *picture)
{
  Rest rest;

  rest.data = g_bytes_get_data (image, &rest.length);
  return sniff_png (rest, picture) || sniff_jpeg (rest, picture);
}

/**
 * bk_picture_check:
 * @image: a file of unknown origin
 * @error: return location for an error
 *
 * Whether @image can be the picture of a person: a PNG or JPEG file of at most %BK_LIMIT_AVATAR bytes and
 * %BK_LIMIT_AVATAR_SIDE pixels a side. Otherwise %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: TRUE if it can
 */
gboolean
bk_picture_check (GBytes *image, GError **error)
{
  BkPicture picture;

  if (g_bytes_get_size (image) > BK_LIMIT_AVATAR)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A picture has at most %d bytes", BK_LIMIT_AVATAR);
  else if (!bk_picture_sniff (image, &picture))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A picture is a PNG or JPEG file");
  else if (picture.width == 0 || picture.height == 0 || picture.width > BK_LIMIT_AVATAR_SIDE
           || picture.height > BK_LIMIT_AVATAR_SIDE)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A picture is 1 to %d pixels wide and high",
                 BK_LIMIT_AVATAR_SIDE);
  else
    return TRUE;
  return FALSE;
}

/**
 * bk_picture_dup_id:
 * @image: a file
 *
 * The name by which a picture is known everywhere.
 *
 * Returns: (transfer full): its SHA-256 in lower-case hexadecimal digits
 */
char *
bk_picture_dup_id (GBytes *image)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, image);
}
