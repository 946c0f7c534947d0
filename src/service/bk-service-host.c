/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-host.h"

#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-service-peer-host.h"

#include <string.h>

#define ASK_TIMEOUT_MS 20000 /* the program may have to start */
#define MAX_CONTENT 65537    /* one more than what a registration may have: it is refused by name */
#define FIRST_PAUSE_MS 1000
#define LAST_PAUSE_MS (5 * 60 * 1000)
#define GOOD_LIFE_US (60 * G_USEC_PER_SEC) /* who lived so long did not end because it cannot live */

struct _BkServiceHost
{
  GObject parent_instance;

  GDBusConnection *connection;
  BkClock *clock;
  GCancellable *cancellable;
  BkServiceHostState state;
  GPtrArray *files; /* element-type BkHostFile, owned */
  gboolean more;
  guint subscriptions[3];
  gboolean asking;
  gboolean again; /* something happened while the answer was on its way */
  guint pause_ms; /* before it is started again */
  guint timer;
  gint64 since; /* it has been there */
};

static guint state_signal;

static void bk_service_host_iface_init (BkHostFilesInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceHost, bk_service_host, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_HOST_FILES, bk_service_host_iface_init))

static void
file_free (BkHostFile *file)
{
  g_free (file->path);
  g_free (file->missing);
  g_bytes_unref (file->content);
  g_free (file);
}

/* ---- what it says ---- */

static gboolean
is_sound (const char *path, GVariant *content, const char *missing)
{
  return g_path_is_absolute (path) && bk_text_is_valid (path, BK_LIMIT_PATH, FALSE)
         && (*missing == '\0' || bk_text_is_valid (missing, BK_LIMIT_PATH, FALSE))
         && g_variant_get_size (content) <= MAX_CONTENT;
}

/* What is not as it should be is left out: nobody but a false one would send it. */
static GPtrArray *
read_files (GVariant *list, gboolean *more)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) file_free);
  gsize n = g_variant_n_children (list);

  for (gsize i = 0; i < n && files->len < BK_PEER_HOST_MAX_FILES; i++)
    {
      g_autoptr (GVariant) content = NULL;
      const char *path, *missing;

      g_variant_get_child (list, i, "(&s@ay&s)", &path, &content, &missing);
      if (!is_sound (path, content, missing))
        continue;
      BkHostFile *file = g_new0 (BkHostFile, 1);
      file->path = g_strdup (path);
      file->content = g_bytes_new (g_variant_get_data (content), g_variant_get_size (content));
      file->missing = *missing != '\0' ? g_strdup (missing) : NULL;
      g_ptr_array_add (files, file);
    }
  *more |= n > BK_PEER_HOST_MAX_FILES;
  return files;
}

static void
set_state (BkServiceHost *self, BkServiceHostState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_signal_emit (self, state_signal, 0);
}

static void
take_list (BkServiceHost *self, GVariant *reply)
{
  g_autoptr (GVariant) list = NULL;
  gboolean more;

  g_variant_get (reply, "(@a(says)b)", &list, &more);
  g_ptr_array_unref (self->files);
  self->files = read_files (list, &more);
  self->more = more;
  set_state (self, BK_SERVICE_HOST_THERE);
  bk_host_files_emit_changed (BK_HOST_FILES (self));
}

static void
lose (BkServiceHost *self)
{
  gboolean any = self->files->len > 0;

  g_ptr_array_set_size (self->files, 0);
  self->more = FALSE;
  set_state (self, BK_SERVICE_HOST_MISSING);
  if (any)
    bk_host_files_emit_changed (BK_HOST_FILES (self));
}

/* ---- asking ---- */

static void ask (BkServiceHost *self);

static void
on_pause_over (gpointer user_data)
{
  BkServiceHost *self = user_data;

  self->timer = 0;
  ask (self);
}

/* Whoever ends all the time is not started all the time. */
static void
ask_later (BkServiceHost *self)
{
  if (self->timer != 0)
    return;
  self->timer = bk_clock_add (self->clock, self->pause_ms, on_pause_over, self);
  self->pause_ms = MIN (2 * self->pause_ms, LAST_PAUSE_MS);
}

/* One that is being exchanged cannot be started for a moment; one that was killed while it answered knows better soon. */
static void
take_error (BkServiceHost *self, const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  gboolean unknown = g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
                     || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);

  if (!g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    lose (self);
  if (unknown)
    return;
  g_message ("beckon-peer-host does not say which applications there are outside of the sandbox (%s).",
             name != NULL ? name : "no answer");
  ask_later (self);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServiceHost) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->asking = FALSE;
  if (reply != NULL)
    take_list (self, reply);
  else
    take_error (self, error);
  if (self->again)
    ask (self);
}

static void
ask (BkServiceHost *self)
{
  self->again = self->asking;
  if (self->asking || g_cancellable_is_cancelled (self->cancellable))
    return;
  self->asking = TRUE;
  g_dbus_connection_call (self->connection, BK_PEER_HOST_NAME, BK_PEER_HOST_PATH, BK_PEER_HOST_INTERFACE,
                          "ListRegistrations", NULL, G_VARIANT_TYPE (BK_PEER_HOST_LIST_TYPE), G_DBUS_CALL_FLAGS_NONE,
                          ASK_TIMEOUT_MS, self->cancellable, on_listed, g_object_ref (self));
}

/* ---- what happens to it ---- */

static void
on_registrations_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                          const char *signal, GVariant *parameters, gpointer user_data)
{
  ask (user_data);
}

/* It may have been installed just now, or removed. */
static void
on_activatable_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                        const char *signal, GVariant *parameters, gpointer user_data)
{
  ask (user_data);
}

/* It ended: it is started again, since nobody else would say what changes. */
static void
on_owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                  const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceHost *self = user_data;
  const char *owner;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    return;
  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &owner);
  if (*owner != '\0')
    {
      self->since = bk_clock_now (self->clock);
      if (!self->asking) /* else it came because it is asked */
        ask (self);
      return;
    }
  if (bk_clock_now (self->clock) - self->since > GOOD_LIFE_US)
    self->pause_ms = FIRST_PAUSE_MS;
  ask_later (self);
}

/* ---- public ---- */

void
bk_service_host_start (BkServiceHost *self)
{
  self->subscriptions[0] = g_dbus_connection_signal_subscribe (
    self->connection, BK_PEER_HOST_NAME, BK_PEER_HOST_INTERFACE, "RegistrationsChanged", BK_PEER_HOST_PATH, NULL,
    G_DBUS_SIGNAL_FLAGS_NONE, on_registrations_changed, self, NULL);
  self->subscriptions[1] = g_dbus_connection_signal_subscribe (
    self->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus",
    BK_PEER_HOST_NAME, G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, self, NULL);
  self->subscriptions[2] = g_dbus_connection_signal_subscribe (
    self->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "ActivatableServicesChanged",
    "/org/freedesktop/DBus", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_activatable_changed, self, NULL);
  ask (self);
}

void
bk_service_host_stop (BkServiceHost *self)
{
  g_cancellable_cancel (self->cancellable);
  bk_clock_clear (self->clock, &self->timer);
  for (gsize i = 0; i < G_N_ELEMENTS (self->subscriptions); i++)
    if (self->subscriptions[i] != 0)
      g_dbus_connection_signal_unsubscribe (self->connection, self->subscriptions[i]);
  memset (self->subscriptions, 0, sizeof self->subscriptions);
}

BkServiceHostState
bk_service_host_get_state (BkServiceHost *self)
{
  return self->state;
}

static GPtrArray *
bk_service_host_list (BkHostFiles *files, gboolean *more)
{
  BkServiceHost *self = BK_SERVICE_HOST (files);
  GPtrArray *list = g_ptr_array_new ();

  g_ptr_array_extend (list, self->files, NULL, NULL);
  *more = self->more;
  return list;
}

static void
bk_service_host_iface_init (BkHostFilesInterface *iface)
{
  iface->list = bk_service_host_list;
}

static void
bk_service_host_dispose (GObject *object)
{
  bk_service_host_stop (BK_SERVICE_HOST (object));
  G_OBJECT_CLASS (bk_service_host_parent_class)->dispose (object);
}

static void
bk_service_host_finalize (GObject *object)
{
  BkServiceHost *self = BK_SERVICE_HOST (object);

  g_ptr_array_unref (self->files);
  g_object_unref (self->cancellable);
  g_object_unref (self->clock);
  g_object_unref (self->connection);
  G_OBJECT_CLASS (bk_service_host_parent_class)->finalize (object);
}

static void
bk_service_host_class_init (BkServiceHostClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_service_host_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_service_host_finalize;
  state_signal
    = g_signal_new ("state-changed", BK_TYPE_SERVICE_HOST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bk_service_host_init (BkServiceHost *self)
{
  self->cancellable = g_cancellable_new ();
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) file_free);
  self->pause_ms = FIRST_PAUSE_MS;
}

BkServiceHost *
bk_service_host_new (GDBusConnection *connection, BkClock *clock)
{
  BkServiceHost *self = g_object_new (BK_TYPE_SERVICE_HOST, NULL);

  self->connection = g_object_ref (connection);
  self->clock = g_object_ref (clock);
  return self;
}
