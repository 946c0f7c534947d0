/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programs of the tests' world, and what starts them. */
#include "session-world.h"

#include "bk-ids.h"

#include <string.h>

/* ---- programs ---- */

struct _FakeProgram
{
  GObject parent_instance;
  Side *side;
};

static void
program_stop (BkProgram *program, gboolean at_once)
{
  side_log (((FakeProgram *) program)->side, at_once ? "kill" : "stop");
}

static const char *
program_get_log (BkProgram *program)
{
  return "/tmp/log";
}

static gboolean
program_owns_process (BkProgram *program, guint pid)
{
  return pid == 4711;
}

static void
fake_program_iface_init (BkProgramInterface *iface)
{
  iface->stop = program_stop;
  iface->get_log = program_get_log;
  iface->owns_process = program_owns_process;
}

typedef GObjectClass FakeProgramClass;
static GType fake_program_get_type (void);
G_DEFINE_FINAL_TYPE_WITH_CODE (FakeProgram, fake_program, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_PROGRAM, fake_program_iface_init))

static void
fake_program_class_init (FakeProgramClass *klass)
{
}

static void
fake_program_init (FakeProgram *self)
{
}

/* ---- launcher, opener and attached programs: one object each, all of the same plain kind ---- */

typedef struct
{
  GObject parent_instance;
  Side *side;
} FakeDesktop;
typedef GObjectClass FakeDesktopClass;

/* One that does not know Beckon is given nothing but its command line. */
static void
log_launch (Side *side, const BkLaunch *launch)
{
  if (launch->cookie == NULL)
    {
      g_autofree char *words = g_strjoinv ("|", (char **) launch->argv);

      g_assert_null (launch->bus_name);
      side_log (side, "launch(%s)", words);
      return;
    }
  g_assert_cmpuint (strlen (launch->cookie), ==, 64);
  g_assert_cmpstr (launch->argv[0], ==, "beckon-pipe");
  side_log (side, "launch");
}

static void
desktop_launch_async (BkLauncher *launcher, const BkLaunch *launch, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  Side *side = ((FakeDesktop *) launcher)->side;
  g_autoptr (GTask) task = g_task_new (launcher, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  log_launch (side, launch);
  g_free (side->cookie);
  side->cookie = g_strdup (launch->cookie);
  if (side->launch_error != NULL)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_FAILED, "%s", side->launch_error);
      return;
    }
  FakeProgram *program = g_object_new (fake_program_get_type (), NULL);
  program->side = side;
  g_set_object (&side->program, BK_PROGRAM (program));
  g_task_return_pointer (task, program, g_object_unref);
}

static BkProgram *
desktop_launch_finish (BkLauncher *launcher, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
desktop_launcher_init (BkLauncherInterface *iface)
{
  iface->launch_async = desktop_launch_async;
  iface->launch_finish = desktop_launch_finish;
}

static void
desktop_open (BkOpener *opener, const char *url)
{
  g_assert_true (bk_url_is_web (url));
  side_log (((FakeDesktop *) opener)->side, "open");
}

static void
desktop_opener_init (BkOpenerInterface *iface)
{
  iface->open = desktop_open;
}

static void
answer (BkPeers *peers, gboolean value, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (peers, cancellable, callback, user_data);

  g_task_return_boolean (task, value);
}

static void
desktop_offer_async (BkPeers *peers, const char *guid, guint session, const char *app_data,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Side *side = ((FakeDesktop *) peers)->side;

  side_log (side, "offer");
  if (side->handles)
    {
      g_assert_cmpuint (side->current->number, ==, session);
      bk_engine_session_set_owner (side->current, ":1.7");
    }
  answer (peers, side->handles, cancellable, callback, user_data);
}

static void
desktop_before_launch_async (BkPeers *peers, const char *guid, guint session, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  answer (peers, !((FakeDesktop *) peers)->side->refrains, cancellable, callback, user_data);
}

static void
desktop_launch_session_async (BkPeers *peers, const char *guid, guint session, const char *cookie,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Side *side = ((FakeDesktop *) peers)->side;

  side_log (side, "hand-over");
  g_free (side->cookie);
  side->cookie = g_strdup (cookie);
  answer (peers, side->takes, cancellable, callback, user_data);
}

static gboolean
desktop_finish (BkPeers *peers, GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

static void
desktop_peers_init (BkPeersInterface *iface)
{
  iface->offer_invitation_async = desktop_offer_async;
  iface->before_launch_async = desktop_before_launch_async;
  iface->launch_session_async = desktop_launch_session_async;
  iface->finish = desktop_finish;
}

static GType fake_desktop_get_type (void);
G_DEFINE_FINAL_TYPE_WITH_CODE (FakeDesktop, fake_desktop, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_LAUNCHER, desktop_launcher_init)
                                 G_IMPLEMENT_INTERFACE (BK_TYPE_OPENER, desktop_opener_init)
                                   G_IMPLEMENT_INTERFACE (BK_TYPE_PEERS, desktop_peers_init))

static void
fake_desktop_class_init (FakeDesktopClass *klass)
{
}

static void
fake_desktop_init (FakeDesktop *self)
{
}

/* Launcher, opener or attached programs of one side. */
GObject *
side_desktop_new (Side *side)
{
  FakeDesktop *self = g_object_new (fake_desktop_get_type (), NULL);

  self->side = side;
  return G_OBJECT (self);
}
