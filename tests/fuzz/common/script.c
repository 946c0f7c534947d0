/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include <string.h>

size_t LLVMFuzzerMutate (uint8_t *data, size_t size, size_t max_size);

void
script_run (const uint8_t *data, size_t size, guint max, ScriptStep step)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL && max > 0; line++)
    if (**line != '\0' && **line != '#')
      {
        step (*line);
        max--;
      }
}

typedef enum
{
  CHANGE_INSERT,
  CHANGE_INSERT_AGAIN, /* twice as likely */
  CHANGE_DOUBLE,
  CHANGE_DROP,
  CHANGE_SWAP,
  CHANGE_BYTES,
  CHANGE_LINE, /* the bytes of one line */
  N_CHANGES,
} Change;

static guint
pick (guint *random, gsize below)
{
  *random = *random * 1103515245 + 12345;
  return below == 0 ? 0 : (guint) ((*random >> 8) % below);
}

/* Changes the bytes of @line in place of it. */
static void
change_line (GPtrArray *lines, guint index)
{
  char *old = g_ptr_array_index (lines, index);
  gsize length = strlen (old);
  gsize room = length + 64;
  char *line = g_malloc0 (room + 1);

  memcpy (line, old, length);
  length = LLVMFuzzerMutate ((uint8_t *) line, length, room);
  for (gsize i = 0; i < length; i++)
    if (line[i] == '\n' || line[i] == '\0')
      line[i] = ' ';
  line[length] = '\0';
  lines->pdata[index] = line;
  g_free (old);
}

static void
change (GPtrArray *lines, guint *random, Change kind, const char *const *templates, gsize n_templates)
{
  guint index = pick (random, lines->len);

  if (lines->len == 0 || kind == CHANGE_INSERT || kind == CHANGE_INSERT_AGAIN)
    g_ptr_array_insert (lines, (int) pick (random, lines->len + 1), g_strdup (templates[pick (random, n_templates)]));
  else if (kind == CHANGE_DOUBLE)
    g_ptr_array_insert (lines, (int) pick (random, lines->len + 1), g_strdup (g_ptr_array_index (lines, index)));
  else if (kind == CHANGE_DROP)
    g_ptr_array_remove_index (lines, index);
  else if (kind == CHANGE_LINE)
    change_line (lines, index);
  else
    {
      guint other = pick (random, lines->len);
      gpointer line = lines->pdata[index];
      lines->pdata[index] = lines->pdata[other];
      lines->pdata[other] = line;
    }
}

size_t
script_mutate (uint8_t *data, size_t size, size_t max_size, unsigned int seed, const char *const *lines, gsize n_lines)
{
  guint random = seed;
  Change kind = pick (&random, N_CHANGES);
  g_autoptr (GPtrArray) array = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = g_strndup ((const char *) data, size);

  if (kind == CHANGE_BYTES)
    return LLVMFuzzerMutate (data, size, max_size);
  g_auto (GStrv) old = g_strsplit (text, "\n", -1);
  for (char **line = old; *line != NULL; line++)
    if (**line != '\0')
      g_ptr_array_add (array, g_strdup (*line));
  change (array, &random, kind, lines, n_lines);

  size_t length = 0;
  for (guint i = 0; i < array->len; i++)
    {
      const char *line = g_ptr_array_index (array, i);
      size_t more = strlen (line);
      if (length + more + 1 > max_size)
        break;
      memcpy (data + length, line, more);
      data[length + more] = '\n';
      length += more + 1;
    }
  return length;
}
