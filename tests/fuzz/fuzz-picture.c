/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever passes as a picture says in its first bytes which of the two kinds it is, and is no larger than a decoder
 * can bear. */
#include "beckon-error.h"
#include "bk-limits.h"
#include "bk-picture.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s", promise);
}

static void
check_picture (GBytes *image)
{
  BkPicture picture = { 0 };
  gsize size;
  const guint8 *bytes = g_bytes_get_data (image, &size);

  check (bk_picture_sniff (image, &picture), "what is checked was recognized");
  check (picture.width >= 1 && picture.width <= BK_LIMIT_AVATAR_SIDE, "the width is bounded");
  check (picture.height >= 1 && picture.height <= BK_LIMIT_AVATAR_SIDE, "the height is bounded");
  check (size <= BK_LIMIT_AVATAR, "the file is bounded");
  check (memcmp (bytes, picture.kind == BK_PICTURE_PNG ? "\x89P" : "\xFF\xD8", 2) == 0, "it begins as its kind does");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size); /* exactly as long: the sanitizer sees the end */
  g_autoptr (GBytes) image = g_bytes_new_static (copy, size);
  g_autoptr (GError) error = NULL;

  if (bk_picture_check (image, &error))
    check_picture (image);
  else
    check (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT), "a refusal has its reason");
  return 0;
}
