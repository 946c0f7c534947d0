/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What strangers say about a file: the offer, the words on the stream, and the name, which becomes one of ours. */
#include "bk-file-name.h"
#include "bk-transfer-words.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-limits.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_name (const char *name)
{
  g_autofree char *clean = bk_file_name_clean (name);
  g_autofree char *numbered = bk_file_name_number (clean, 9999);
  g_autofree char *part = bk_file_name_part (numbered);
  g_autofree char *again = bk_file_name_clean (clean);

  if (*clean == '\0' || *clean == '.' || strpbrk (clean, "/\\") != NULL || strlen (clean) > BK_FILE_NAME_MAX
      || strlen (part) > 255 || !bk_text_is_valid (part, 255, FALSE) || !g_str_equal (clean, again))
    g_error ("A name that no file should have");
}

static void
check_word (const char *line, gsize length)
{
  g_autoptr (GError) error = NULL;
  BkTransferWord word, again;

  if (bk_transfer_word_parse (line, length, &word, &error) != (error == NULL))
    g_error ("Neither a word nor a reason, or both");
  if (error != NULL)
    return;
  g_autofree char *written = bk_transfer_word_write (&word);
  if (!bk_transfer_word_parse (written, strlen (written) - 1, &again, NULL) || again.type != word.type
      || again.offset != word.offset || !g_str_equal (again.hash, word.hash))
    g_error ("What was written is not read as the same");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (BkTransferOffer) offer = bk_transfer_offer_parse (text, NULL);

  if (offer != NULL)
    check_name (offer->name);
  if (g_utf8_validate (text, -1, NULL))
    check_name (text);
  check_word ((const char *) data, size);
  return 0;
}
