/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes over a control stream is read as words that have been checked, or refused; however it is cut into pieces,
 * the same. What was read is written and read again as the same. */
#include "bk-channel-control.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-limits.h"

#include <stdint.h>

#define SESSION "{A0A0A0A0-0000-4000-8000-00000000C0DE}"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_word (const BkWord *word)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (BkWord) again = { 0 };

  if (word->name != NULL && !bk_text_is_valid (word->name, BK_LIMIT_STREAM_NAME, FALSE))
    g_error ("A name that nobody checked");
  if ((word->kind == BK_WORD_ENVELOPE) != (word->envelope != NULL))
    g_error ("An envelope out of nowhere");
  if (word->envelope != NULL
      && (!bk_word_carries (word->envelope->kind) || !g_str_equal (word->envelope->session, SESSION)))
    g_error ("An envelope that does not belong here");
  if (word->kind == BK_WORD_UNKNOWN)
    return;
  bk_word_write (word, bytes);
  if (bk_word_read (bytes, SESSION, &again, NULL) != 1 || bytes->len != 0 || again.kind != word->kind
      || again.id != word->id || g_strcmp0 (again.name, word->name) != 0)
    g_error ("What was written is not read as the same");
}

/* Returns how many words there were, negative if they end with one that is refused. */
static int
read_all (GByteArray *bytes, gboolean check)
{
  for (int n = 1;; n++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (BkWord) word = { 0 };
      int result = bk_word_read (bytes, SESSION, &word, &error);

      if ((result < 0) != g_error_matches (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL))
        g_error ("Neither a word nor a reason, or both");
      if (result <= 0)
        return result < 0 ? -n : n;
      if (check)
        check_word (&word);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  g_autoptr (GByteArray) pieces = g_byte_array_new ();
  int last = 1;
  int n = 0;

  g_byte_array_append (whole, data, (guint) size);
  int all = read_all (whole, TRUE);
  for (size_t i = 0; i < size && last > 0; i++)
    {
      g_byte_array_append (pieces, data + i, 1);
      last = read_all (pieces, FALSE);
      n += ABS (last) - 1;
    }
  if ((all < 0) != (last < 0) || ABS (all) - 1 != n)
    g_error ("How it is cut makes a difference");
  return 0;
}
