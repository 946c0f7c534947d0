/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session services of several people in one process, on one network in memory: what they do to each other is real,
 * and nobody needs a server. Each argument is the folder of one of them, with the socket of a session bus in run/bus.
 *
 * It is told what to do by lines, and answers each with one: "clock SECONDS" has messages be that old, "cut FOLDER" and
 * "join FOLDER" take somebody's network away and give it back, "refuse NAME ERROR TEXT" has whoever signs in as NAME be
 * told so, "language LANGUAGE" has the services speak that, "end FOLDER" ends the program that somebody had started
 * last, "know FOLDER NAME" has somebody know NAME by another key than theirs. Who has registered nothing has nothing
 * installed either. */
#include "bk-channel-real.h"
#include "bk-engine-account-private.h"
#include "bk-fake-backend.h"
#include "bk-identity.h"
#include "bk-service-launcher.h"
#include "bk-service-machine.h"
#include "bk-service-opener.h"
#include "bk-service-secrets.h"
#include "bk-service.h"

#include <glib-unix.h>
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- the time ---- */

#define STORY_TYPE_CLOCK (story_clock_get_type ())
G_DECLARE_FINAL_TYPE (StoryClock, story_clock, STORY, CLOCK, BkClock)

struct _StoryClock
{
  BkClock parent_instance;
  BkClock *system;
  gint64 offset; /* microseconds; of the time of day alone */
};

G_DEFINE_FINAL_TYPE (StoryClock, story_clock, BK_TYPE_CLOCK)

static gint64
story_now (BkClock *clock)
{
  return bk_clock_now (STORY_CLOCK (clock)->system);
}

static gint64
story_real (BkClock *clock)
{
  return bk_clock_real (STORY_CLOCK (clock)->system) + STORY_CLOCK (clock)->offset;
}

static guint
story_add (BkClock *clock, guint milliseconds, BkClockFunc func, gpointer user_data)
{
  return bk_clock_add (STORY_CLOCK (clock)->system, milliseconds, func, user_data);
}

static void
story_remove (BkClock *clock, guint id)
{
  bk_clock_clear (STORY_CLOCK (clock)->system, &id);
}

static void
story_clock_class_init (StoryClockClass *klass)
{
  BkClockClass *clock_class = BK_CLOCK_CLASS (klass);

  clock_class->now = story_now;
  clock_class->real = story_real;
  clock_class->add = story_add;
  clock_class->remove = story_remove;
}

static void
story_clock_init (StoryClock *self)
{
  self->system = bk_clock_new_system ();
}

/* ---- programs, of which nothing is to be seen ---- */

typedef GObject StoryProgram;
typedef GObjectClass StoryProgramClass;
static GType story_program_get_type (void);

static gboolean
on_stopped (gpointer program)
{
  bk_program_emit_ended (program, FALSE, NULL);
  return G_SOURCE_REMOVE;
}

static void
program_stop (BkProgram *program, gboolean at_once)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_stopped, g_object_ref (program), g_object_unref);
}

static const char *
program_get_log (BkProgram *program)
{
  return NULL;
}

static gboolean
program_owns_process (BkProgram *program, guint pid)
{
  return FALSE;
}

static void
story_program_iface_init (BkProgramInterface *iface)
{
  iface->stop = program_stop;
  iface->get_log = program_get_log;
  iface->owns_process = program_owns_process;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (StoryProgram, story_program, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_PROGRAM, story_program_iface_init))

static void
story_program_class_init (StoryProgramClass *klass)
{
}

static void
story_program_init (StoryProgram *self)
{
}

#define LAST "story-last-program"
typedef GObject StoryLauncher;
typedef GObjectClass StoryLauncherClass;
static GType story_launcher_get_type (void);

static void
launcher_launch_async (BkLauncher *launcher, const BkLaunch *launch, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (launcher, cancellable, callback, user_data);

  GObject *program = g_object_new (story_program_get_type (), NULL);

  g_object_set_data_full (G_OBJECT (launcher), LAST, g_object_ref (program), g_object_unref);
  g_task_return_pointer (task, program, g_object_unref);
}

static BkProgram *
launcher_launch_finish (BkLauncher *launcher, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
story_launcher_iface_init (BkLauncherInterface *iface)
{
  iface->launch_async = launcher_launch_async;
  iface->launch_finish = launcher_launch_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (StoryLauncher, story_launcher, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_LAUNCHER, story_launcher_iface_init))

static void
story_launcher_class_init (StoryLauncherClass *klass)
{
}

static void
story_launcher_init (StoryLauncher *self)
{
}

/* ---- people ---- */

typedef struct
{
  const char *folder;
  StoryClock *clock;
  BkFakeNetwork *network;
  BkFakeBackend *backend; /* the last that was made; not owned */
  BkSecrets *secrets;
  BkLauncher *launcher;
  BkServiceDoor *doors[2]; /* by BkServiceDoorKind */
  BkServicePeers *peers;
  BkServiceLocks *locks;
  BkChannels *channels;
  BkEngine *engine;
  BkService *service;
} Person;

typedef struct
{
  GMainLoop *loop;
  StoryClock *clock;
  BkFakeNetwork *network;
  GPtrArray *people; /* element-type Person */
  guint waiting;     /* of whom something is not finished */
  gboolean stopping;
} Story;

static BkBackend *
make_backend (gpointer user_data)
{
  Person *person = user_data;

  g_clear_weak_pointer (&person->backend);
  g_set_weak_pointer (&person->backend, bk_fake_backend_new (person->network));
  return BK_BACKEND (person->backend);
}

static void
make_doors (Person *person)
{
  g_autofree char *address = g_strdup_printf ("unix:path=%s/run/bus", person->folder);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 2; i++)
    {
      person->doors[i] = bk_service_door_new ((BkServiceDoorKind) i, address, &error);
      g_assert_no_error (error);
    }
  person->locks = bk_service_locks_new (person->doors[BK_SERVICE_DOOR_SESSIONS]);
  person->peers = bk_service_peers_new (person->doors[BK_SERVICE_DOOR_SERVICE],
                                        person->doors[BK_SERVICE_DOOR_SESSIONS], person->locks);
}

static void
make_engine (Person *person)
{
  g_autofree char *data_dir = g_build_filename (person->folder, "data", "beckon", NULL);
  g_autofree char *peers_dir = g_build_filename (data_dir, "peers", NULL);
  g_autofree char *runtime_dir = g_build_filename (person->folder, "run", "beckon", NULL);
  g_autofree char *secrets = g_build_filename (data_dir, "secrets.keyfile", NULL);
  g_auto (GStrv) system_peers = bk_service_peers_dirs ();
  g_autoptr (BkOpener) opener = bk_service_opener_new ();
  gboolean has_programs = g_file_test (peers_dir, G_FILE_TEST_IS_DIR);

  person->launcher = g_object_new (story_launcher_get_type (), NULL);
  person->secrets = bk_service_secrets_new (BK_CLOCK (person->clock), secrets, TRUE);
  person->channels = bk_real_channels_new (BK_CLOCK (person->clock), runtime_dir);
  BkEngineConfig config = { .clock = BK_CLOCK (person->clock),
                            .secrets = person->secrets,
                            .launcher = person->launcher,
                            .opener = opener,
                            .peers = BK_PEERS (person->peers),
                            .channels = person->channels,
                            .make_backend = make_backend,
                            .make_backend_data = person,
                            .data_dir = data_dir,
                            .user_peers_dir = peers_dir,
                            .system_peers_dirs = has_programs ? (const char *const *) system_peers : NULL,
                            .local_address = "127.0.0.1" };
  person->engine = bk_engine_new (&config);
  bk_service_peers_set_engine (person->peers, person->engine);
}

static Person *
person_new (Story *story, const char *folder)
{
  Person *person = g_new0 (Person, 1);
  g_autoptr (GError) error = NULL;

  person->folder = folder;
  person->clock = story->clock;
  person->network = story->network;
  make_doors (person);
  make_engine (person);
  BkServiceConfig config = { BK_CLOCK (story->clock), person->engine,   person->secrets, person->peers,
                             person->locks,           person->doors[0], person->doors[1] };
  person->service = bk_service_new (&config);
  bk_service_open (person->service, &error);
  g_assert_no_error (error);
  return person;
}

static void
person_free (gpointer data)
{
  Person *person = data;

  for (int i = 0; i < 2; i++)
    bk_service_door_close (person->doors[i]);
  g_clear_object (&person->service);
  g_clear_object (&person->engine);
  g_clear_object (&person->peers);
  g_clear_object (&person->locks);
  g_clear_object (&person->secrets);
  g_clear_object (&person->launcher);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&person->doors[0]);
  g_clear_object (&person->doors[1]);
  g_clear_weak_pointer (&person->backend);
  g_clear_object (&person->channels);
  g_free (person);
}

/* ---- the start ---- */

static void
on_name (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Story *story = user_data;
  g_autoptr (GError) error = NULL;

  bk_service_door_own_name_finish (BK_SERVICE_DOOR (source), result, &error);
  g_assert_no_error (error);
  if (--story->waiting == 0)
    g_print ("ready\n");
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Story *story = user_data;
  g_autoptr (GError) error = NULL;

  bk_engine_open_finish (BK_ENGINE (source), result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < story->people->len; i++)
    {
      Person *person = story->people->pdata[i];

      if ((GObject *) person->engine != source)
        continue;
      bk_service_start (person->service);
      for (int door = 1; door >= 0; door--)
        bk_service_door_own_name_async (person->doors[door], NULL, on_name, story);
    }
}

/* ---- the end ---- */

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Story *story = user_data;
  g_autoptr (GError) error = NULL;

  bk_engine_close_finish (BK_ENGINE (source), result, &error);
  g_assert_no_error (error);
  if (--story->waiting == 0)
    g_main_loop_quit (story->loop);
}

static gboolean
on_signal (gpointer user_data)
{
  Story *story = user_data;

  if (story->stopping)
    return G_SOURCE_CONTINUE;
  story->stopping = TRUE;
  story->waiting = story->people->len;
  for (guint i = 0; i < story->people->len; i++)
    {
      Person *person = story->people->pdata[i];

      bk_service_stop (person->service);
      bk_engine_close_async (person->engine, on_closed, story);
    }
  return G_SOURCE_CONTINUE;
}

/* ---- what it is told ---- */

/* How gettext is told that LANGUAGE is another: see its manual, "gettext grok". */
extern int _nl_msg_cat_cntr;

static Person *
find_person (Story *story, const char *folder)
{
  for (guint i = 0; i < story->people->len; i++)
    if (g_str_equal (((Person *) story->people->pdata[i])->folder, folder))
      return story->people->pdata[i];
  g_error ("Nobody lives in %s", folder);
}

/* Of the device that @who had before. */
static void
know (Person *person, const char *who)
{
  g_autoptr (BkIdentity) identity
    = bk_identity_new_from_secret ("3f8a91c6d2e7504b1a9c8e6f7d05b2c4a1e3987654d0f2b8c7a6915e3d4b2f10");
  g_autoptr (BkEngineAccount) account = g_list_model_get_item (bk_engine_get_accounts (person->engine), 0);

  bk_engine_account_remember_key (account, who, bk_identity_get_key (identity));
}

static void
obey (Story *story, char **words)
{
  guint n = g_strv_length (words);

  if (n == 2 && g_str_equal (words[0], "clock"))
    story->clock->offset = -g_ascii_strtoll (words[1], NULL, 10) * G_USEC_PER_SEC;
  else if (n == 2 && (g_str_equal (words[0], "cut") || g_str_equal (words[0], "join")))
    bk_fake_backend_set_reachable (find_person (story, words[1])->backend, g_str_equal (words[0], "join"));
  else if (n == 2 && g_str_equal (words[0], "end"))
    on_stopped (g_object_get_data (G_OBJECT (find_person (story, words[1])->launcher), LAST));
  else if (n == 3 && g_str_equal (words[0], "know"))
    know (find_person (story, words[1]), words[2]);
  else if (n == 2 && g_str_equal (words[0], "language"))
    {
      g_setenv ("LANGUAGE", words[1], TRUE);
      _nl_msg_cat_cntr++;
    }
  else if (n == 4 && g_str_equal (words[0], "refuse"))
    {
      g_autoptr (GError) error = g_dbus_error_new_for_dbus_error (words[2], words[3]);

      g_dbus_error_strip_remote_error (error);
      bk_fake_network_refuse (story->network, words[1], error);
    }
  else
    g_error ("There is no such thing to do as “%s”", words[0]);
  g_print ("done\n");
}

static gboolean
on_line (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL)
    return G_SOURCE_REMOVE;
  g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", 4);
  obey (user_data, words);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Story story = { .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (GIOChannel) channel = g_io_channel_unix_new (STDIN_FILENO);

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, BECKON_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  signal (SIGPIPE, SIG_IGN);
  setvbuf (stdout, NULL, _IOLBF, 0);
  story.clock = g_object_new (STORY_TYPE_CLOCK, NULL);
  story.network = bk_fake_network_new (BK_CLOCK (story.clock));
  story.people = g_ptr_array_new_with_free_func (person_free);
  for (int i = 1; i < argc; i++)
    g_ptr_array_add (story.people, person_new (&story, argv[i]));
  story.waiting = 2 * story.people->len;
  for (guint i = 0; i < story.people->len; i++)
    bk_engine_open_async (((Person *) story.people->pdata[i])->engine, NULL, on_opened, &story);
  g_unix_signal_add (SIGTERM, on_signal, &story);
  g_io_add_watch (channel, G_IO_IN | G_IO_HUP, on_line, &story);
  g_main_loop_run (story.loop);
  g_ptr_array_unref (story.people);
  g_object_unref (story.network);
  g_object_unref (story.clock->system);
  g_object_unref (story.clock);
  g_main_loop_unref (story.loop);
  return 0;
}
