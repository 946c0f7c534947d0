/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs as descendants of the service. The kernel gives orphans below us to us: when a process ends, its children
 * become ours and are found then, so a program that forks and leaves is followed without ever looking around. What is
 * tracked are our direct children; all other processes of a program are below one of them. */
#include "bk-service-launcher.h"

#include "beckon-error.h"
#include "bk-service-process.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_DEPTH 64 /* of a chain of parents */

#define BK_TYPE_SERVICE_TREE (bk_service_tree_get_type ())
G_DECLARE_FINAL_TYPE (BkServiceTree, bk_service_tree, BK, SERVICE_TREE, GObject)

struct _BkServiceSubreaper
{
  GObject parent_instance;

  const BkServicePlaces *places;
  GHashTable *members; /* pid → Member, owned: every direct child that is known, of whichever program */
};

/* A program: the tree of processes below one launch. */
struct _BkServiceTree
{
  GObject parent_instance;

  BkServiceSubreaper *launcher; /* weak */
  BkServiceSpawn *spawn;        /* NULL after the end */
  char *log;
  char *session;
  char *reason; /* how the main process ended; NULL: well, or not yet */
  guint main;   /* its pid: the processes of the program carry it as their session id */
  guint n_members;
  gboolean killed; /* whatever is still found of it goes, too */
};

typedef struct
{
  guint pid;
  int pidfd;
  guint source;
  BkServiceTree *tree; /* owned; NULL: an orphan that is nothing to us but must be buried */
  BkServiceSubreaper *launcher; /* borrowed */
} Member;

static void bk_service_tree_iface_init (BkProgramInterface *iface);
static void bk_service_subreaper_iface_init (BkLauncherInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceTree, bk_service_tree, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_PROGRAM, bk_service_tree_iface_init))
G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceSubreaper, bk_service_subreaper, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_LAUNCHER, bk_service_subreaper_iface_init))

static void
member_free (Member *member)
{
  if (member->source != 0)
    g_source_remove (member->source);
  if (member->pidfd >= 0)
    close (member->pidfd);
  g_clear_object (&member->tree);
  g_free (member);
}

/* ---- following processes ---- */

static BkServiceTree *
find_tree (BkServiceSubreaper *self, const char *session, guint main)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->members);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BkServiceTree *tree = ((Member *) value)->tree;

      if (tree != NULL && (session != NULL ? g_str_equal (tree->session, session) : tree->main == main))
        return tree;
    }
  return NULL;
}

/* Whose is the orphan? Its environment says so if it can be read; a process that hides it (set-uid) is told by its
 * session, or else by who has just ended. */
static BkServiceTree *
attribute (BkServiceSubreaper *self, const BkServiceProcess *process, BkServiceTree *ended)
{
  g_autofree char *session = bk_service_process_get_environment (process->pid, "BECKON_SESSION");
  g_autofree char *path = bk_service_process_get_environment (process->pid, "PATH");
  BkServiceTree *tree = session != NULL ? find_tree (self, session, 0) : NULL;

  if (ended != NULL && g_strcmp0 (ended->session, session) == 0)
    return ended;
  if (tree == NULL)
    tree = ended != NULL && ended->main == process->session ? ended : find_tree (self, NULL, process->session);
  if (tree == NULL && session == NULL && path == NULL)
    tree = ended;
  return tree;
}

static gboolean on_member_ended (int fd, GIOCondition condition, gpointer user_data);

static Member *
add_member (BkServiceSubreaper *self, guint pid, int pidfd, BkServiceTree *tree)
{
  Member *member = g_new0 (Member, 1);

  member->pid = pid;
  member->pidfd = pidfd;
  member->launcher = self;
  if (tree != NULL)
    {
      member->tree = g_object_ref (tree);
      tree->n_members++;
    }
  g_hash_table_insert (self->members, GUINT_TO_POINTER (pid), member);
  return member;
}

static void
watch_member (Member *member)
{
  member->source = g_unix_fd_add (member->pidfd, G_IO_IN, on_member_ended, member);
}

static void
adopt_orphans (BkServiceSubreaper *self, BkServiceTree *ended)
{
  g_autoptr (GArray) processes = bk_service_processes_list ();
  guint own = (guint) getpid (), own_session = (guint) getsid (0);

  for (guint i = 0; i < processes->len; i++)
    {
      const BkServiceProcess *process = &g_array_index (processes, BkServiceProcess, i);

      /* Every program has a session of its own: what shares ours was started by GLib, which waits for it itself. */
      if (process->parent != own || process->session == own_session
          || g_hash_table_contains (self->members, GUINT_TO_POINTER (process->pid)))
        continue;
      int pidfd = pidfd_open ((pid_t) process->pid, 0);
      if (pidfd >= 0)
        watch_member (add_member (self, process->pid, pidfd, attribute (self, process, ended)));
    }
}

static void
bk_service_tree_ended (BkServiceTree *tree)
{
  g_autoptr (BkServiceTree) self = g_object_ref (tree);
  g_autofree char *reason = g_strdup (tree->reason);

  g_clear_pointer (&self->spawn, bk_service_spawn_free);
  bk_program_emit_ended (BK_PROGRAM (self), reason != NULL, reason);
}

static gboolean
on_member_ended (int fd, GIOCondition condition, gpointer user_data)
{
  Member *member = user_data;
  g_autoptr (BkServiceSubreaper) self = g_object_ref (member->launcher);
  g_autoptr (BkServiceTree) tree = member->tree != NULL ? g_object_ref (member->tree) : NULL;

  if (tree != NULL && member->pid == tree->main)
    tree->reason = bk_service_spawn_reap (tree->spawn);
  else
    waitpid ((pid_t) member->pid, NULL, WNOHANG);
  member->source = 0;
  g_hash_table_remove (self->members, GUINT_TO_POINTER (member->pid));
  adopt_orphans (self, tree);
  if (tree != NULL && --tree->n_members == 0)
    bk_service_tree_ended (tree);
  else if (tree != NULL && tree->killed)
    bk_program_stop (BK_PROGRAM (tree), TRUE); /* what was forked in the meantime */
  return G_SOURCE_REMOVE;
}

/* ---- the program ---- */

static gboolean
is_below (BkServiceSubreaper *self, GHashTable *parents, guint pid, BkServiceTree *tree)
{
  for (int depth = 0; pid > 1 && depth < MAX_DEPTH; depth++)
    {
      Member *member = g_hash_table_lookup (self->members, GUINT_TO_POINTER (pid));

      if (member != NULL)
        return member->tree == tree;
      pid = parents != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (parents, GUINT_TO_POINTER (pid))) :
                              bk_service_process_get_parent (pid);
    }
  return FALSE;
}

static void
bk_service_tree_stop (BkProgram *program, gboolean at_once)
{
  BkServiceTree *self = BK_SERVICE_TREE (program);
  g_autoptr (GArray) processes = bk_service_processes_list ();
  g_autoptr (GHashTable) parents = g_hash_table_new (g_direct_hash, g_direct_equal);

  self->killed |= at_once;
  for (guint i = 0; i < processes->len; i++)
    {
      const BkServiceProcess *process = &g_array_index (processes, BkServiceProcess, i);

      g_hash_table_insert (parents, GUINT_TO_POINTER (process->pid), GUINT_TO_POINTER (process->parent));
    }
  for (guint i = 0; self->launcher != NULL && i < processes->len; i++)
    {
      guint pid = g_array_index (processes, BkServiceProcess, i).pid;

      if (is_below (self->launcher, parents, pid, self))
        kill ((pid_t) pid, at_once ? SIGKILL : SIGTERM);
    }
}

static const char *
bk_service_tree_get_log (BkProgram *program)
{
  BkServiceTree *self = BK_SERVICE_TREE (program);

  return self->log;
}

static gboolean
bk_service_tree_owns_process (BkProgram *program, guint pid)
{
  BkServiceTree *self = BK_SERVICE_TREE (program);

  return self->launcher != NULL && is_below (self->launcher, NULL, pid, self);
}

static void
bk_service_tree_iface_init (BkProgramInterface *iface)
{
  iface->stop = bk_service_tree_stop;
  iface->get_log = bk_service_tree_get_log;
  iface->owns_process = bk_service_tree_owns_process;
}

static void
bk_service_tree_finalize (GObject *object)
{
  BkServiceTree *self = BK_SERVICE_TREE (object);

  g_clear_pointer (&self->spawn, bk_service_spawn_free);
  g_free (self->session);
  g_free (self->reason);
  g_free (self->log);
  g_clear_weak_pointer (&self->launcher);
  G_OBJECT_CLASS (bk_service_tree_parent_class)->finalize (object);
}

static void
bk_service_tree_class_init (BkServiceTreeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_service_tree_finalize;
}

static void
bk_service_tree_init (BkServiceTree *self)
{
}

/* ---- the launcher ---- */

static gboolean
on_started (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServiceSubreaper *self = g_task_get_source_object (task);
  BkServiceTree *tree = g_task_get_task_data (task);
  GError *error = NULL;

  gboolean started = bk_service_spawn_check (tree->spawn, "program", &error);
  if (started)
    g_task_return_pointer (task, g_object_ref (tree), g_object_unref);
  /* Watched from here on and not earlier: nobody is told of an end before the start. */
  watch_member (g_hash_table_lookup (self->members, GUINT_TO_POINTER (tree->main)));
  if (!started)
    g_task_return_error (task, error);
  return G_SOURCE_REMOVE;
}

static void
bk_service_subreaper_launch_async (BkLauncher *launcher, const BkLaunch *launch, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  BkServiceSubreaper *self = BK_SERVICE_SUBREAPER (launcher);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, bk_service_subreaper_launch_async);
  g_task_set_check_cancellable (task, FALSE);
  if (prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
    g_message ("This kernel does not hand orphans on: %s", g_strerror (errno));
  BkServiceSpawn *spawn = bk_service_spawn (self->places, launch, &error);
  if (spawn == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  BkServiceTree *tree = g_object_new (BK_TYPE_SERVICE_TREE, NULL);
  g_set_weak_pointer (&tree->launcher, self);
  tree->spawn = spawn;
  tree->log = g_strdup (spawn->log);
  tree->session = g_strdup (launch->session);
  tree->main = (guint) spawn->pid;
  g_task_set_task_data (task, tree, g_object_unref);
  /* Known at once: what ends in the meantime must not take it for an orphan. */
  add_member (self, tree->main, spawn->pidfd, tree);
  spawn->pidfd = -1;
  bk_service_spawn_release (spawn);
  g_unix_fd_add (spawn->status, G_IO_IN | G_IO_HUP, on_started, g_steal_pointer (&task));
}

static BkProgram *
bk_service_subreaper_launch_finish (BkLauncher *launcher, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bk_service_subreaper_iface_init (BkLauncherInterface *iface)
{
  iface->launch_async = bk_service_subreaper_launch_async;
  iface->launch_finish = bk_service_subreaper_launch_finish;
}

static void
bk_service_subreaper_finalize (GObject *object)
{
  g_hash_table_unref (BK_SERVICE_SUBREAPER (object)->members);
  G_OBJECT_CLASS (bk_service_subreaper_parent_class)->finalize (object);
}

static void
bk_service_subreaper_class_init (BkServiceSubreaperClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_service_subreaper_finalize;
}

static void
bk_service_subreaper_init (BkServiceSubreaper *self)
{
  self->members = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) member_free);
}

/* @places outlives the launcher. */
BkLauncher *
bk_service_subreaper_new (const BkServicePlaces *places)
{
  BkServiceSubreaper *self = g_object_new (BK_TYPE_SERVICE_SUBREAPER, NULL);

  self->places = places;
  return BK_LAUNCHER (self);
}
