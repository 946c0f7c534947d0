/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-callers.h"

#include "bk-ids.h"
#include "bk-service-machine.h"
#include "bk-service-process.h"
#include "bk-service-values.h"

#define MAX_CALLERS 4096
#define MAX_GUIDS 64
#define MAX_PROVEN 64
#define BUS_TIMEOUT_MS 10000

typedef struct
{
  char *name;         /* unique name */
  char *peer;         /* object path of its Peer1; NULL: not attached, only watched */
  GStrv guids;        /* normal form */
  GHashTable *proven; /* GUIDs whose cookie it redeemed */
  gboolean trusted;   /* no sandbox keeps it from what we can do */
  guint pid;          /* what it attached with, as the bus knows it; 0 if that was not looked for */
  GHashTable *grants; /* session id → how often */
  guint64 order;      /* when it attached */
  guint subscription;
  gboolean named;     /* it owned a name below ours, so that the bus tells us about it in a sandbox too */
} Caller;

struct _BkServiceCallers
{
  GObject parent_instance;

  GDBusConnection *connection;
  GCancellable *cancellable;
  GHashTable *callers; /* unique name → Caller, owned */
  GHashTable *names;   /* well-known name below ours → unique name */
  guint pid;           /* ours, as the bus knows it; 0 if no sandbox is around us */
  guint subscription;
  guint64 attached; /* how many did so far */
};

enum
{
  VANISHED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkServiceCallers, bk_service_callers, G_TYPE_OBJECT)

static void
caller_free (Caller *caller)
{
  g_free (caller->name);
  g_free (caller->peer);
  g_strfreev (caller->guids);
  g_hash_table_unref (caller->grants);
  g_hash_table_unref (caller->proven);
  g_free (caller);
}

static void
forget (BkServiceCallers *self, Caller *caller)
{
  if (caller->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, caller->subscription);
  g_hash_table_remove (self->callers, caller->name);
}

static void
caller_vanished (BkServiceCallers *self, const char *name)
{
  Caller *caller = g_hash_table_lookup (self->callers, name);
  g_autofree char *copy = g_strdup (name);

  if (caller == NULL)
    return;
  forget (self, caller);
  g_signal_emit (self, signals[VANISHED], 0, copy);
}

static void
on_caller_owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                         const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceCallers *self = user_data;
  const char *name, *owner;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    return;
  g_variant_get (parameters, "(&s&s&s)", &name, NULL, &owner);
  if (*owner == '\0')
    caller_vanished (self, name);
}

typedef struct
{
  BkServiceCallers *self;
  char *name;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  g_free (question->name);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

/* A caller that left before we watched it would never be missed. An error proves that it left only if it has a name
 * below ours: the sandbox's proxy hides all others. */
static void
on_caller_owner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  Caller *caller = g_hash_table_lookup (question->self->callers, question->name);
  if (caller != NULL && caller->named)
    caller_vanished (question->self, question->name);
}

static gboolean
owns_name (BkServiceCallers *self, const char *unique)
{
  GHashTableIter iter;
  gpointer owner;

  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, NULL, &owner))
    if (g_str_equal (owner, unique))
      return TRUE;
  return FALSE;
}

static void
on_name_owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                       const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceCallers *self = user_data;
  const char *name, *owner;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    return;
  g_variant_get (parameters, "(&s&s&s)", &name, NULL, &owner);
  if (!g_str_has_prefix (name, BK_SERVICE_PREFIX "."))
    return;
  if (*owner == '\0')
    g_hash_table_remove (self->names, name);
  else
    g_hash_table_replace (self->names, g_strdup (name), g_strdup (owner));
}

static Caller *
ensure_caller (BkServiceCallers *self, const char *name, GError **error)
{
  Caller *caller = g_hash_table_lookup (self->callers, name);

  if (caller != NULL)
    {
      caller->named = caller->named || owns_name (self, name);
      return caller;
    }
  if (g_hash_table_size (self->callers) >= MAX_CALLERS)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED, "Too many programs use Beckon at once.");
      return NULL;
    }

  caller = g_new0 (Caller, 1);
  caller->name = g_strdup (name);
  caller->grants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  caller->proven = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  caller->named = owns_name (self, name);
  caller->subscription = g_dbus_connection_signal_subscribe (
    self->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus", name,
    G_DBUS_SIGNAL_FLAGS_NONE, on_caller_owner_changed, self, NULL);
  g_hash_table_insert (self->callers, caller->name, caller);

  Question *question = g_new0 (Question, 1);
  question->self = g_object_ref (self);
  question->name = g_strdup (name);
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "GetNameOwner", g_variant_new ("(s)", name), G_VARIANT_TYPE ("(s)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, BUS_TIMEOUT_MS, self->cancellable, on_caller_owner,
                          question);
  return caller;
}

static void
bk_service_callers_dispose (GObject *object)
{
  BkServiceCallers *self = BK_SERVICE_CALLERS (object);

  bk_service_callers_stop (self);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (bk_service_callers_parent_class)->dispose (object);
}

static void
bk_service_callers_finalize (GObject *object)
{
  BkServiceCallers *self = BK_SERVICE_CALLERS (object);

  g_hash_table_unref (self->callers);
  g_hash_table_unref (self->names);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (bk_service_callers_parent_class)->finalize (object);
}

static void
bk_service_callers_class_init (BkServiceCallersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_service_callers_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_service_callers_finalize;

  signals[VANISHED] = g_signal_new ("vanished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bk_service_callers_init (BkServiceCallers *self)
{
  self->cancellable = g_cancellable_new ();
  self->callers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) caller_free);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

BkServiceCallers *
bk_service_callers_new (GDBusConnection *connection)
{
  BkServiceCallers *self = g_object_new (BK_TYPE_SERVICE_CALLERS, NULL);

  self->connection = g_object_ref (connection);
  return self;
}

static GVariant *
ask_bus (BkServiceCallers *self, const char *method, GVariant *arguments, const char *type, GError **error)
{
  return g_dbus_connection_call_sync (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                      "org.freedesktop.DBus", method, arguments, G_VARIANT_TYPE (type),
                                      G_DBUS_CALL_FLAGS_NO_AUTO_START, BUS_TIMEOUT_MS, NULL, error);
}

/* Programs in the same sandbox come to the bus through the same proxy, which is whom the bus knows. */
static void
learn_pid (BkServiceCallers *self)
{
  const char *name = g_dbus_connection_get_unique_name (self->connection);
  g_autoptr (GVariant) reply = NULL;

  if (bk_service_is_sandboxed ())
    reply = ask_bus (self, "GetConnectionUnixProcessID", g_variant_new ("(s)", name), "(u)", NULL);
  if (reply != NULL)
    g_variant_get (reply, "(u)", &self->pid);
}

gboolean
bk_service_callers_start (BkServiceCallers *self, GError **error)
{
  learn_pid (self);
  /* Subscribed first, listed second: what changes in between is told twice, not missed. */
  self->subscription = g_dbus_connection_signal_subscribe (
    self->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus",
    BK_SERVICE_PREFIX, G_DBUS_SIGNAL_FLAGS_MATCH_ARG0_NAMESPACE, on_name_owner_changed, self, NULL);

  g_autoptr (GVariant) reply = ask_bus (self, "ListNames", NULL, "(as)", error);
  if (reply == NULL)
    return FALSE;

  g_autofree const char **names = NULL;
  g_variant_get (reply, "(^a&s)", &names);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      const char *owner;

      if (!g_str_has_prefix (names[i], BK_SERVICE_PREFIX "."))
        continue;
      g_autoptr (GVariant) found = ask_bus (self, "GetNameOwner", g_variant_new ("(s)", names[i]), "(s)", NULL);
      if (found == NULL)
        continue;
      g_variant_get (found, "(&s)", &owner);
      g_hash_table_replace (self->names, g_strdup (names[i]), g_strdup (owner));
    }
  return TRUE;
}

/* Forgets everybody without telling: the door closes. */
void
bk_service_callers_stop (BkServiceCallers *self)
{
  GHashTableIter iter;
  gpointer caller;

  g_cancellable_cancel (self->cancellable);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  self->subscription = 0;

  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, NULL, &caller))
    {
      g_dbus_connection_signal_unsubscribe (self->connection, ((Caller *) caller)->subscription);
      g_hash_table_iter_remove (&iter);
    }
}

/* Whether the process @pid, as the bus knows it, 0 if that is not known, is kept by no sandbox from what we can do: it
 * has none, or ours, or it is one of those that attached to the user's own door, @own, which takes leave. */
gboolean
bk_service_callers_trust (BkServiceCallers *self, guint pid, BkServiceCallers *own)
{
  GHashTableIter iter;
  gpointer caller;

  if (pid == 0 || pid == self->pid || !bk_service_process_is_sandboxed (pid))
    return pid != 0;
  g_hash_table_iter_init (&iter, own->callers);
  while (g_hash_table_iter_next (&iter, NULL, &caller))
    if (((Caller *) caller)->pid == pid)
      return TRUE;
  return FALSE;
}

/* @peer is where @name exports Peer1, @guids what it stands for; @trusted: without having to prove it. @pid: its process,
 * as far as that is known. Replaces what it said before. */
gboolean
bk_service_callers_attach (BkServiceCallers *self, const char *name, guint pid, gboolean trusted, const char *peer,
                           const char *const *guids, GError **error)
{
  g_autoptr (GPtrArray) normal = g_ptr_array_new_with_free_func (g_free);

  if (!owns_name (self, name))
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED,
                           "Attach needs a caller that owns a bus name below " BK_SERVICE_PREFIX ".");
      return FALSE;
    }
  for (gsize i = 0; guids[i] != NULL; i++)
    {
      g_autofree char *guid = bk_guid_normalize (guids[i]);

      if (guid == NULL || i >= MAX_GUIDS)
        {
          g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                       guid == NULL ? "guids: number %" G_GSIZE_FORMAT " is no GUID." :
                                      "guids: more than %" G_GSIZE_FORMAT ".",
                       guid == NULL ? i + 1 : i);
          return FALSE;
        }
      g_ptr_array_add (normal, g_steal_pointer (&guid));
    }
  g_ptr_array_add (normal, NULL);

  Caller *caller = ensure_caller (self, name, error);
  if (caller == NULL)
    return FALSE;
  g_free (caller->peer);
  g_strfreev (caller->guids);
  caller->peer = g_strdup (peer);
  caller->guids = (GStrv) g_ptr_array_free (g_steal_pointer (&normal), FALSE);
  caller->order = ++self->attached;
  caller->trusted = trusted;
  caller->pid = pid;
  return TRUE;
}

/* Tells by "vanished" when @name leaves the bus, attached or not. */
gboolean
bk_service_callers_watch (BkServiceCallers *self, const char *name, GError **error)
{
  return ensure_caller (self, name, error) != NULL;
}

gboolean
bk_service_callers_is_attached (BkServiceCallers *self, const char *name)
{
  return bk_service_callers_get_peer (self, name) != NULL;
}

/* The object path of @name's Peer1; NULL if it is not attached. */
const char *
bk_service_callers_get_peer (BkServiceCallers *self, const char *name)
{
  Caller *caller = g_hash_table_lookup (self->callers, name);

  return caller != NULL ? caller->peer : NULL;
}

/* Whether @name says so, and may: anybody can name a GUID, and what a sandboxed program names need not be its own. Its
 * own is what is registered with a name that it has, or what it was launched for. */
gboolean
bk_service_callers_stands_for (BkServiceCallers *self, const char *name, const char *guid, const char *bus_name)
{
  Caller *caller = g_hash_table_lookup (self->callers, name);

  if (caller == NULL || caller->guids == NULL || !g_strv_contains ((const char *const *) caller->guids, guid))
    return FALSE;
  return caller->trusted || g_hash_table_contains (caller->proven, guid)
         || (bus_name != NULL && g_strcmp0 (g_hash_table_lookup (self->names, bus_name), name) == 0);
}

/* @name has redeemed a cookie of the application @guid. */
void
bk_service_callers_prove (BkServiceCallers *self, const char *name, const char *guid)
{
  Caller *caller = g_hash_table_lookup (self->callers, name);

  if (caller != NULL && guid != NULL && g_hash_table_size (caller->proven) < MAX_PROVEN)
    g_hash_table_add (caller->proven, g_strdup (guid));
}

void
bk_service_callers_grant (BkServiceCallers *self, const char *name, const char *session)
{
  Caller *caller = g_hash_table_lookup (self->callers, name);

  if (caller == NULL)
    return;
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (caller->grants, session));
  g_hash_table_replace (caller->grants, g_strdup (session), GUINT_TO_POINTER (count + 1));
}

void
bk_service_callers_revoke (BkServiceCallers *self, const char *name, const char *session)
{
  Caller *caller = g_hash_table_lookup (self->callers, name);

  if (caller == NULL)
    return;
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (caller->grants, session));
  if (count > 1)
    g_hash_table_replace (caller->grants, g_strdup (session), GUINT_TO_POINTER (count - 1));
  else
    g_hash_table_remove (caller->grants, session);
}

gboolean
bk_service_callers_has_grant (BkServiceCallers *self, const char *name, const char *session)
{
  Caller *caller = g_hash_table_lookup (self->callers, name);

  return caller != NULL && g_hash_table_contains (caller->grants, session);
}

static int
compare_newest (gconstpointer a, gconstpointer b)
{
  const Caller *one = *(Caller *const *) a, *other = *(Caller *const *) b;

  return one->order < other->order ? 1 : one->order > other->order ? -1 : 0;
}

/* Those attached, the newest first. */
GStrv
bk_service_callers_list (BkServiceCallers *self)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Caller *caller = value;

      if (caller->peer != NULL)
        g_ptr_array_add (found, caller);
    }
  g_ptr_array_sort (found, compare_newest);

  GStrv names = g_new0 (char *, found->len + 1);
  for (guint i = 0; i < found->len; i++)
    names[i] = g_strdup (((Caller *) g_ptr_array_index (found, i))->name);
  return names;
}
