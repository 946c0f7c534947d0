/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first byte says which side reads. Whatever is read as a frame is written as one that is read as the same. */
#include "bk-frame.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static BkFrame *
read_frame (gboolean request, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  gint64 id = -2;
  BkFrame *frame = request ? bk_frame_parse_request (text, length, &id, &error)
                           : bk_frame_parse_from_server (text, length, &error);

  if ((frame == NULL) != (error != NULL))
    g_error ("Neither a frame nor a reason, or both");
  if (error != NULL && error->domain != BECKON_ERROR)
    g_error ("Refused with a foreign error");
  if (request && frame != NULL && id != bk_frame_get_id (frame))
    g_error ("Two ids");
  if (request && id < -1)
    g_error ("No id");
  if (request && frame != NULL && bk_frame_get_class (frame) != BK_FRAME_REQUEST)
    g_error ("A client said what only the server may");
  if (!request && frame != NULL && bk_frame_get_class (frame) == BK_FRAME_REQUEST)
    g_error ("The server said what only a client may");
  return frame;
}

static void
check_same (const BkFrame *a, const BkFrame *b)
{
  if (bk_frame_get_frame_type (a) != bk_frame_get_frame_type (b) || bk_frame_get_id (a) != bk_frame_get_id (b))
    g_error ("Another type or id");
  for (const BkField *f = bk_frame_type_get_fields (bk_frame_get_frame_type (a)); f->name != NULL; f++)
    if (g_strcmp0 (bk_frame_get_string (a, f->name), bk_frame_get_string (b, f->name)) != 0
        || bk_frame_get_int (a, f->name) != bk_frame_get_int (b, f->name))
      g_error ("Another “%s”", f->name);
  if ((bk_frame_get_envelope (a) != NULL) != (bk_frame_get_envelope (b) != NULL))
    g_error ("The envelope was lost");
}

static void
check_error (const BkFrame *frame)
{
  if (bk_frame_get_frame_type (frame) != BK_FRAME_ERROR)
    return;

  g_autoptr (GError) error = bk_frame_dup_error (frame);
  if (error->domain != BECKON_ERROR || error->code < 0 || error->code >= BECKON_N_ERRORS)
    g_error ("An error that is none of ours");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;

  gboolean request = data[0] % 2 == 0;
  g_autoptr (BkFrame) frame = read_frame (request, (const char *) data + 1, size - 1);
  if (frame == NULL)
    return 0;

  check_error (frame);
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  if (length > BK_LIMIT_FRAME)
    return 0; /* unknown members may take more room when they are written */
  g_autoptr (BkFrame) again = read_frame (request, text, length);
  if (again == NULL)
    g_error ("What was written is not read again");
  check_same (frame, again);
  return 0;
}
