/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program that the bus starts, made with libbeckon: bus-peer NAME GUID LOG. What it does is told in bus-peer.py. */
#include "beckon.h"

#include <stdio.h>
#include <unistd.h>

static GMainLoop *loop;
static BeckonSessionManager *manager;
static const char *log_file;

static void G_GNUC_PRINTF (1, 2)
note (const char *format, ...)
{
  FILE *file = fopen (log_file, "a");
  va_list args;

  g_assert_nonnull (file);
  va_start (args, format);
  vfprintf (file, format, args);
  va_end (args);
  fputc ('\n', file);
  fclose (file);
}

static void
on_data (BeckonSession *session, const char *data, gpointer user_data)
{
  note ("data %s", data);
}

static void
on_termination (BeckonSession *session, BeckonSessionResult result, const char *data, gpointer user_data)
{
  note ("ended %d", (int) result);
}

static void
on_session (BeckonSessionManager *source, BeckonSession *session, gpointer user_data)
{
  note ("session %s", beckon_session_get_id (session));
  g_signal_connect (session, "context-data-received", G_CALLBACK (on_data), NULL);
  g_signal_connect (session, "termination", G_CALLBACK (on_termination), NULL);
  beckon_session_send_context_data_async (session, "hello", NULL, NULL, NULL);
}

static void
on_busy (BeckonSessionManager *source, GParamSpec *pspec, gpointer user_data)
{
  gboolean busy = beckon_session_manager_get_busy (source);

  note ("%s", busy ? "busy" : "idle");
  if (!busy)
    g_main_loop_quit (loop);
}

static void
on_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  manager = beckon_session_manager_new_for_bus_name_finish (result, &error);
  if (manager == NULL)
    {
      note ("refused %d", error->code);
      g_main_loop_quit (loop);
      return;
    }
  g_signal_connect (manager, "launch-session", G_CALLBACK (on_session), NULL);
  g_signal_connect (manager, "notify::busy", G_CALLBACK (on_busy), NULL);
  note ("ready");
}

int
main (int argc, char **argv)
{
  static const char *const looks[][2] = { { "name", "By the bus" },
                                          { "url", "https://example.org/" },
                                          { "icon", "org.example.Peer" },
                                          { "comment", "In C" } };
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_assert_cmpint (argc, ==, 4);
  log_file = argv[3];
  note ("start %d", (int) getpid ());
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    g_variant_builder_add (&builder, "{sv}", looks[i][0], g_variant_new_string (looks[i][1]));
  loop = g_main_loop_new (NULL, FALSE);
  beckon_session_manager_new_for_bus_name_async (argv[1], argv[2], g_variant_builder_end (&builder), NULL, on_manager,
                                                 NULL);
  g_main_loop_run (loop);
  g_clear_object (&manager);
  g_main_loop_unref (loop);
  return 0;
}
