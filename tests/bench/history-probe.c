/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What single operations on a history cost, one after the other, without a service around them.
 *
 * usage: history-probe FILE open|insert|page|search|search-with N [WORD...]
 *
 * Opens the history, makes one where there is none, does N of them and prints a JSON object: seconds to open, and
 * milliseconds of the operations. To count instructions: run it with two values of N, and subtract. */
#include <stdio.h>
#include <stdlib.h>

#include "bk-engine-history.h"

typedef struct
{
  BkEngineHistory *history;
  GAsyncResult *result; /* nullable */
  GArray *times;        /* of double */
} Probe;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Probe *) user_data)->result = g_object_ref (result);
}

static GAsyncResult *
await (Probe *probe)
{
  while (probe->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return probe->result;
}

static void
check (const GError *error)
{
  if (error == NULL)
    return;
  fprintf (stderr, "%s\n", error->message);
  exit (1);
}

static BkHistoryContent *
open_history (Probe *probe)
{
  GError *error = NULL;

  bk_engine_history_open_async (probe->history, NULL, on_done, probe);
  BkHistoryContent *content = bk_engine_history_open_finish (probe->history, await (probe), &error);
  check (error);
  g_clear_object (&probe->result);
  return content;
}

static BkHistoryConversation *
pick (BkHistoryContent *content, guint number)
{
  return g_ptr_array_index (content->conversations, number % content->conversations->len);
}

static void
insert_one (Probe *probe, BkHistoryContent *content, guint number, const char *word)
{
  GError *error = NULL;
  BkHistoryConversation *conversation = pick (content, number);
  g_autofree char *id = g_strdup_printf ("%u-%" G_GINT64_FORMAT, number, g_get_real_time ());
  g_autofree char *text = g_strdup_printf ("%s is what was said %u times, and not once more", word, number);
  g_autoptr (BkEngineMessage) stored = NULL;
  BkHistoryChange change;
  BkHistoryStep step = { .account = conversation->account };
  BkEngineMessage message = { .message_id = id, .who = conversation->who, .text = text, .time = 1,
                              .delivery = BECKON_DELIVERY_RECEIVED };

  bk_engine_history_apply_message_async (probe->history, &step, conversation->id, &message, on_done, probe);
  bk_engine_history_apply_message_finish (probe->history, await (probe), &change, &stored, &error);
  check (error);
}

static void
page_one (Probe *probe, BkHistoryContent *content, guint number)
{
  GError *error = NULL;
  BkHistoryConversation *conversation = pick (content, number);

  bk_engine_history_list_messages_async (probe->history, conversation->id, 0, 50, NULL, on_done, probe);
  g_autoptr (GPtrArray) page = bk_engine_history_list_messages_finish (probe->history, await (probe), &error);
  check (error);
}

static void
search_one (Probe *probe, BkHistoryContent *content, guint number, const char *word, gboolean with)
{
  GError *error = NULL;
  const char *who = with ? pick (content, number)->who : NULL;

  bk_engine_history_search_async (probe->history, word, 0, who, 0, 50, NULL, on_done, probe);
  g_autoptr (GPtrArray) found = bk_engine_history_search_finish (probe->history, await (probe), &error);
  check (error);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
report (Probe *probe, double opened)
{
  g_array_sort (probe->times, compare);
  printf ("{\"open\": %.4f", opened);
  if (probe->times->len > 0)
    printf (", \"p50\": %.3f, \"p95\": %.3f, \"max\": %.3f",
            g_array_index (probe->times, double, probe->times->len / 2),
            g_array_index (probe->times, double, probe->times->len * 95 / 100),
            g_array_index (probe->times, double, probe->times->len - 1));
  puts ("}");
}

int
main (int argc, char **argv)
{
  Probe probe = { 0 };

  if (argc < 4)
    return 2;
  gint64 start = g_get_monotonic_time ();
  probe.history = bk_engine_history_new (argv[1]);
  probe.times = g_array_new (FALSE, FALSE, sizeof (double));
  BkHistoryContent *content = open_history (&probe);
  double opened = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;

  for (guint i = 0; i < (guint) atoi (argv[3]); i++)
    {
      const char *word = argc > 4 ? argv[4 + i % (guint) (argc - 4)] : "word";
      start = g_get_monotonic_time ();
      if (g_str_equal (argv[2], "insert"))
        insert_one (&probe, content, i, word);
      else if (g_str_equal (argv[2], "page"))
        page_one (&probe, content, i * 7919);
      else if (g_str_equal (argv[2], "search"))
        search_one (&probe, content, i, word, FALSE);
      else if (g_str_equal (argv[2], "search-with"))
        search_one (&probe, content, i * 7919, word, TRUE);
      g_clear_object (&probe.result);
      double time = (double) (g_get_monotonic_time () - start) / 1000;
      g_array_append_val (probe.times, time);
    }
  report (&probe, opened);
  bk_history_content_free (content);
  bk_engine_history_close_async (probe.history, on_done, &probe);
  await (&probe);
  return 0;
}
