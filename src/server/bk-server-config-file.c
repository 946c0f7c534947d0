/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration file, line by line: whatever is wrong with it has a line. GKeyFile reads the values. */
#include "bk-server-config-private.h"

#include "beckon-error.h"
#include "bk-server-file.h"

#include <string.h>

#define MAX_WORD 128

static void
problem_free (gpointer data)
{
  BkServerProblem *problem = data;

  g_free (problem->text);
  g_free (problem);
}

GPtrArray *
bk_server_problems_new (void)
{
  return g_ptr_array_new_with_free_func (problem_free);
}

/* Takes @text. @line is 0 if there is none to name. */
void
bk_server_problems_add (GPtrArray *problems, guint line, gboolean harmless, char *text)
{
  BkServerProblem *problem = g_new0 (BkServerProblem, 1);

  problem->line = line;
  problem->harmless = harmless;
  problem->text = text;
  g_ptr_array_add (problems, problem);
}

/* ---- what may have been meant ---- */

/* How many letters have to be put in, left out or changed. */
static guint
distance (const char *a, const char *b)
{
  gsize n = strlen (b);
  guint row[MAX_WORD + 1];

  for (gsize j = 0; j <= n; j++)
    row[j] = (guint) j;
  for (gsize i = 1; a[i - 1] != '\0'; i++)
    {
      guint diagonal = row[0];
      row[0] = (guint) i;
      for (gsize j = 1; j <= n; j++)
        {
          guint changed = diagonal + (a[i - 1] != b[j - 1]);
          diagonal = row[j];
          row[j] = MIN (changed, 1 + MIN (row[j], row[j - 1]));
        }
    }
  return row[n];
}

/* Returns the setting of which @key is nearly the name, best first in [@group]. -1: none. */
static int
find_similar (const char *group, const char *key)
{
  const char *its_group, *its_key;
  guint best = MAX (2, (guint) strlen (key) / 3) + 1;
  int found = -1;

  for (guint i = 0; strlen (key) < MAX_WORD && _bk_server_config_nth (i, &its_group, &its_key); i++)
    {
      guint far = 2 * distance (key, its_key) + !g_str_equal (group, its_group);
      if (far < 2 * best)
        {
          best = (far + 1) / 2;
          found = (int) i;
        }
    }
  return found;
}

static char *
describe_unknown (const char *group, const char *key)
{
  const char *its_group, *its_key;
  int similar = find_similar (group, key);

  if (similar < 0)
    return g_strdup_printf ("There is no setting “%s” in [%s]", key, group);
  _bk_server_config_nth ((guint) similar, &its_group, &its_key);
  if (g_str_equal (its_group, group))
    return g_strdup_printf ("There is no setting “%s” in [%s]: did you mean “%s”?", key, group, its_key);
  return g_strdup_printf ("There is no setting “%s” in [%s]: did you mean “%s” in [%s]?", key, group, its_key, its_group);
}

static gboolean
is_group (const char *group)
{
  const char *its_group, *its_key;

  for (guint i = 0; _bk_server_config_nth (i, &its_group, &its_key); i++)
    if (g_str_equal (its_group, group))
      return TRUE;
  return FALSE;
}

/* ---- lines ---- */

typedef struct
{
  BkServerConfig *config;
  GPtrArray *problems;
  guint line;
  char *group;        /* nullable: before the first */
  gboolean known;     /* there is such a group */
} Reader;

static void
read_value (Reader *reader, int index, const char *text)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *data = g_strdup_printf ("[%s]\n%s\n", reader->group, text);
  g_autoptr (GError) error = NULL;

  if (!g_key_file_load_from_data (file, data, strlen (data), G_KEY_FILE_NONE, &error)
      || !_bk_server_config_read (reader->config, file, index, &error))
    bk_server_problems_add (reader->problems, reader->line, FALSE, g_strdup (error->message));
}

static void
read_setting (Reader *reader, const char *text, const char *equals)
{
  g_autofree char *key = g_strstrip (g_strndup (text, (gsize) (equals - text)));
  int index = reader->group != NULL ? _bk_server_config_find (reader->group, key) : -1;

  if (reader->group == NULL)
    bk_server_problems_add (reader->problems, reader->line, FALSE,
                            g_strdup_printf ("“%s” stands in no group: a line [server] belongs before it", key));
  else if (index < 0 && reader->known)
    bk_server_problems_add (reader->problems, reader->line, FALSE, describe_unknown (reader->group, key));
  else if (index >= 0 && reader->config->lines[index] != 0)
    bk_server_problems_add (reader->problems, reader->line, FALSE,
                            g_strdup_printf ("“%s” was given before, in line %u", key, reader->config->lines[index]));
  else if (index >= 0)
    {
      reader->config->lines[index] = reader->line;
      read_value (reader, index, text);
    }
}

static void
read_group (Reader *reader, const char *text)
{
  gsize length = strlen (text);

  g_free (reader->group);
  reader->group = g_strndup (text + 1, length - 2);
  reader->known = is_group (reader->group);
  if (!reader->known)
    bk_server_problems_add (reader->problems, reader->line, FALSE,
                            g_strdup_printf ("There is no group [%s]; the groups are [server], [relays] and [limits]",
                                             reader->group));
}

static void
read_line (Reader *reader, char *text)
{
  g_strstrip (text);
  if (*text == '\0' || *text == '#')
    return;
  if (!g_utf8_validate (text, -1, NULL))
    bk_server_problems_add (reader->problems, reader->line, FALSE, g_strdup ("This line is not text in UTF-8"));
  else if (*text == '[' && g_str_has_suffix (text, "]"))
    read_group (reader, text);
  else if (strchr (text, '=') != NULL)
    read_setting (reader, text, strchr (text, '='));
  else
    bk_server_problems_add (reader->problems, reader->line, FALSE,
                            g_strdup ("This is neither a setting (NAME=VALUE) nor a [group] nor a # comment"));
}

/* Reads the file into @self and adds what is wrong to @problems (element-type BkServerProblem). Returns FALSE with
 * @error if it cannot be read at all. */
gboolean
bk_server_config_read (BkServerConfig *self, const char *path, GPtrArray *problems, GError **error)
{
  gsize length;
  g_autofree char *contents = bk_server_read_file (path, &length, error);
  Reader reader = { self, problems };

  if (contents == NULL)
    return FALSE;
  if (strlen (contents) != length)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "%s is no configuration file", path);
      return FALSE;
    }
  g_auto (GStrv) lines = g_strsplit (contents, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      reader.line++;
      read_line (&reader, *line);
    }
  g_free (reader.group);
  return TRUE;
}

/* Reads a configuration file. A setting that does not exist is an error: a typing error must not go unnoticed. */
gboolean
bk_server_config_load (BkServerConfig *self, const char *path, GError **error)
{
  g_autoptr (GPtrArray) problems = bk_server_problems_new ();

  if (!bk_server_config_read (self, path, problems, error))
    return FALSE;
  if (problems->len == 0)
    return TRUE;
  const BkServerProblem *first = g_ptr_array_index (problems, 0);
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "%s:%u: %s", path, first->line, first->text);
  return FALSE;
}
