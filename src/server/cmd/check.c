/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --check-config */
#include "bk-cmd.h"

#include "beckon-error.h"

#include <stdio.h>

/* Says everything that is wrong with a file, each with its line, as compilers do. */
gboolean
bk_cmd_check_config (const char *file, GError **error)
{
  g_autoptr (BkServerConfig) config = bk_server_config_new ();
  g_autoptr (GPtrArray) problems = bk_server_problems_new ();
  guint n_mistakes = 0;

  if (!bk_server_config_read (config, file, problems, error))
    return FALSE;
  bk_server_config_check (config, problems);
  for (guint i = 0; i < problems->len; i++)
    {
      const BkServerProblem *problem = g_ptr_array_index (problems, i);
      n_mistakes += !problem->harmless;
      if (problem->line > 0)
        printf ("%s:%u: %s%s\n", file, problem->line, problem->harmless ? "note: " : "", problem->text);
      else
        printf ("%s: %s%s\n", file, problem->harmless ? "note: " : "", problem->text);
    }
  if (n_mistakes > 0)
    fflush (stdout);
  if (n_mistakes == 0)
    {
      printf ("%s: good\n", file);
      return TRUE;
    }
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, n_mistakes == 1 ? "%u mistake" : "%u mistakes",
               n_mistakes);
  return FALSE;
}
