/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first byte says which side reads. Whatever is read as a frame is written as one that is read as the same: as it
 * is, and made anew member by member, some of them twice. */
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

static void
copy_ints (BkFrame *copy, const BkFrame *frame, const char *name)
{
  g_autoptr (GArray) ints = bk_frame_dup_ints (frame, name);

  bk_frame_set_ints (copy, name, (const gint64 *) (const void *) ints->data, ints->len);
}

static void
copy_member (BkFrame *copy, const BkFrame *frame, const BkField *field)
{
  g_auto (GStrv) lines = NULL;

  switch (field->kind)
    {
    case BK_FIELD_UINT:
    case BK_FIELD_UINT32:
      bk_frame_set_int (copy, field->name, bk_frame_get_int (frame, field->name));
      break;
    case BK_FIELD_BOOL:
      bk_frame_set_bool (copy, field->name, bk_frame_get_int (frame, field->name) != 0);
      break;
    case BK_FIELD_UINT32S:
      copy_ints (copy, frame, field->name);
      break;
    case BK_FIELD_GUIDS:
    case BK_FIELD_LINES:
      lines = bk_frame_dup_strings (frame, field->name);
      bk_frame_set_strings (copy, field->name, (const char *const *) lines);
      break;
    case BK_FIELD_OBJECT:
      if (bk_frame_get_envelope (frame) != NULL)
        bk_frame_set_envelope (copy, bk_frame_get_envelope (frame));
      break;
    case BK_FIELD_TEXT:
    case BK_FIELD_LONG_TEXT:
    case BK_FIELD_DATA:
    case BK_FIELD_NAME:
    case BK_FIELD_GUID:
    case BK_FIELD_TOKEN:
    case BK_FIELD_WORD:
    case BK_FIELD_HEX:
      bk_frame_set_string (copy, field->name, bk_frame_get_string (frame, field->name));
      break;
    }
}

/* @twice: how many members are set a second time, which changes nothing. */
static void
check_made_anew (const BkFrame *frame, gboolean request, guint twice)
{
  BkFrameType type = bk_frame_get_frame_type (frame);
  g_autoptr (BkFrame) copy = bk_frame_new (type, bk_frame_get_id (frame));

  for (guint round = 0; round < 2; round++)
    for (const BkField *f = bk_frame_type_get_fields (type); f->name != NULL && (round == 0 || twice-- > 0); f++)
      copy_member (copy, frame, f);
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (copy);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  if (length > BK_LIMIT_FRAME)
    return;
  g_autoptr (BkFrame) again = read_frame (request, text, length);
  if (again == NULL)
    g_error ("What was made anew is not read again");
  check_same (frame, again);
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
  check_made_anew (frame, request, data[0] / 2 % 4);
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
