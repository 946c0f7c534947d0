/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-attachment-private.h"

#include "beckon-dbus.h"
#include "beckon-error.h"
#include "beckon-peer-private.h"
#include "beckon-remote-private.h"
#include "bk-ids.h"

#define PEER_PATH "/im/beckon/Peer"
#define CLIENT_NAME_PREFIX "im.beckon.Beckon.Client.c"
#define NAME_FLAG_DO_NOT_QUEUE 4u
#define NAME_REPLY_PRIMARY_OWNER 1u
#define MAX_HELD 64 /* calls that wait, from whomever */

struct _BeckonAttachment
{
  GObject parent_instance;

  GDBusConnection *connection;
  char *bus_name;       /* of the service */
  char *interface_name; /* that has Attach */
  char **guids;
  char *own_name;
  char *peer_path;
  GVariant *description; /* nullable: what Describe says of the program */
  GQueue held;           /* element-type GDBusMethodInvocation: came before they could be answered */
  GSource *opening;      /* nullable */
  gboolean open;         /* who made the attachment has had the time to listen to it */
  char *service_owner; /* unique name, NULL while there is no service */
  guint object_id;
  guint watch_id;
  guint looking; /* how many starts do not know the owner yet */
  gboolean attached;
  GCancellable *cancellable; /* what is under way for a service that came back */
};

enum
{
  SIGNAL_PEER_CALL,
  SIGNAL_ATTACHED,
  SIGNAL_LOST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BeckonAttachment, beckon_attachment, G_TYPE_OBJECT)

/* ---- Peer1 ---- */

static void
reply_error (GDBusMethodInvocation *invocation, BeckonError code, const char *text)
{
  g_dbus_method_invocation_return_error_literal (invocation, BECKON_ERROR, (int) code, text);
}

/* What is answered when nobody in the program cares. */
static void
answer_default (BeckonAttachment *self, const char *method, GDBusMethodInvocation *invocation)
{
  if (g_str_equal (method, "Describe"))
    g_dbus_method_invocation_return_value (
      invocation, self->description != NULL
                    ? g_variant_new ("(s@a{sv})", self->guids[0], self->description)
                    : g_variant_new ("(sa{sv})", self->guids[0] != NULL ? self->guids[0] : "", NULL));
  else if (g_str_equal (method, "Invitation"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(b)", FALSE));
  else if (g_str_equal (method, "BeforeAppLaunch") || g_str_equal (method, "AlertReceived"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(b)", TRUE));
  else
    reply_error (invocation, BECKON_ERROR_NOT_SUPPORTED, "This program does not take sessions while it runs");
}

/* A program that the bus starts is called before it knows who the service is, and before it listens. */
static gboolean
is_too_early (BeckonAttachment *self, const char *method)
{
  if (self->service_owner == NULL)
    return !self->open || self->looking > 0;
  return !self->open && !g_str_equal (method, "Describe");
}

static void
take_peer_call (BeckonAttachment *self, GDBusMethodInvocation *invocation)
{
  const char *method = g_dbus_method_invocation_get_method_name (invocation);
  gboolean taken = FALSE;

  if (is_too_early (self, method) && self->held.length < MAX_HELD)
    {
      g_queue_push_tail (&self->held, invocation);
      return;
    }
  if (self->service_owner == NULL
      || g_strcmp0 (g_dbus_method_invocation_get_sender (invocation), self->service_owner) != 0)
    {
      reply_error (invocation, BECKON_ERROR_ACCESS_DENIED, "Only the session service may ask that");
      return;
    }
  g_signal_emit (self, signals[SIGNAL_PEER_CALL], 0, method, g_dbus_method_invocation_get_parameters (invocation),
                 invocation, &taken);
  if (!taken)
    answer_default (self, method, invocation);
}

static void
take_held_calls (BeckonAttachment *self)
{
  GQueue held = self->held;

  g_queue_init (&self->held);
  for (GDBusMethodInvocation *call = g_queue_pop_head (&held); call != NULL; call = g_queue_pop_head (&held))
    take_peer_call (self, call);
}

static void
on_peer_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface_name,
              const char *method, GVariant *args, GDBusMethodInvocation *invocation, gpointer user_data)
{
  g_autoptr (BeckonAttachment) self = g_object_ref (user_data);

  take_peer_call (self, invocation);
}

static GVariant *
on_peer_get (GDBusConnection *connection, const char *sender, const char *path, const char *interface_name,
             const char *property, GError **error, gpointer user_data)
{
  return g_variant_new_uint32 (1); /* the only property is the version */
}

static const GDBusInterfaceVTable peer_vtable = { on_peer_call, on_peer_get, NULL, { 0 } };

/* ---- attaching ---- */

static gboolean
on_open (gpointer user_data)
{
  g_autoptr (BeckonAttachment) self = g_object_ref (user_data);

  g_clear_pointer (&self->opening, g_source_unref);
  self->open = TRUE;
  take_held_calls (self);
  return G_SOURCE_REMOVE;
}

/* In the next turn of the main loop: whoever waits for the attachment connects to its signals in this one. */
static void
open_soon (BeckonAttachment *self)
{
  if (self->open || self->opening != NULL)
    return;
  self->opening = g_idle_source_new ();
  g_source_set_priority (self->opening, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->opening, on_open, self, NULL);
  g_source_attach (self->opening, g_main_context_get_thread_default ());
}

static void
on_attached_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("Could not attach to the session service again: %s", error->message);
}

static void
on_service_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  BeckonAttachment *self = user_data;

  /* The one that we are attached to; or one that a start under way will find, as it asks the bus later than this. */
  if (g_strcmp0 (self->service_owner, owner) == 0 || self->looking > 0)
    return;
  beckon_attachment_start (self, g_task_new (self, self->cancellable, on_attached_again, NULL));
}

static void
on_service_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_autoptr (BeckonAttachment) self = g_object_ref (user_data);

  if (!self->attached)
    return;
  self->attached = FALSE;
  g_clear_pointer (&self->service_owner, g_free);
  g_signal_emit (self, signals[SIGNAL_LOST], 0);
}

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonAttachment *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      g_task_return_error (task, beckon_remote_translate_error (error));
      return;
    }
  self->attached = TRUE;
  if (self->watch_id == 0)
    self->watch_id = g_bus_watch_name_on_connection (self->connection, self->bus_name, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                     on_service_appeared, on_service_vanished, self, NULL);
  g_signal_emit (self, signals[SIGNAL_ATTACHED], 0);
  g_task_return_boolean (task, TRUE);
  open_soon (self);
}

static void
on_got_owner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonAttachment *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  self->looking--;
  if (reply == NULL)
    {
      g_task_return_error (task, beckon_remote_translate_error (error));
      return;
    }

  /* Remembered before Attach: the service may ask us things before it replies. */
  g_free (self->service_owner);
  g_variant_get (reply, "(s)", &self->service_owner);
  take_held_calls (self);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_dbus_connection_call (self->connection, self->bus_name, BECKON_OBJECT_PATH, self->interface_name, "Attach",
                          g_variant_new ("(o^asa{sv})", self->peer_path, self->guids, NULL), NULL, G_DBUS_CALL_FLAGS_NONE,
                          -1, cancellable, on_attached, g_steal_pointer (&task));
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonAttachment *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  /* One that was started by hand cannot be started by the bus, but is there. */
  if (reply == NULL && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN))
    {
      self->looking--;
      g_task_return_error (task, beckon_remote_translate_error (g_steal_pointer (&error)));
      return;
    }
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "GetNameOwner", g_variant_new ("(s)", self->bus_name), G_VARIANT_TYPE ("(s)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_got_owner,
                          g_steal_pointer (&task));
}

void
beckon_attachment_start (BeckonAttachment *self, GTask *outer)
{
  self->looking++;
  /* Starts the service if it is only activatable. */
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "StartServiceByName", g_variant_new ("(su)", self->bus_name, 0u), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, g_task_get_cancellable (outer), on_started, outer);
}

/* ---- construction ---- */

static void
on_owned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonAttachment *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  guint outcome = 0;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &outcome);
  if (reply == NULL && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    g_task_return_error (task, beckon_remote_translate_error (g_steal_pointer (&error)));
  else if (reply == NULL)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED, "The program may not have the name %s",
                             self->own_name);
  else if (outcome != NAME_REPLY_PRIMARY_OWNER)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED, "Another program has the name %s",
                             self->own_name);
  else
    g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

/* The object stands before the name is asked for: a call may have been waiting for somebody to have it. */
static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonAttachment *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->connection = g_dbus_connection_new_for_address_finish (result, &error);
  if (self->connection != NULL)
    self->object_id = g_dbus_connection_register_object (self->connection, self->peer_path,
                                                         (GDBusInterfaceInfo *) &im_beckon_peer1_interface,
                                                         &peer_vtable, self, NULL, &error);
  if (self->object_id == 0)
    {
      g_task_return_error (task, error);
      return;
    }
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "RequestName", g_variant_new ("(su)", self->own_name, NAME_FLAG_DO_NOT_QUEUE),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_owned,
                          g_steal_pointer (&task));
}

static BeckonAttachment *
attachment_new (const char *bus_name, const char *interface_name, const char *const *guids)
{
  BeckonAttachment *self = g_object_new (BECKON_TYPE_ATTACHMENT, NULL);

  self->bus_name = g_strdup (bus_name);
  self->interface_name = g_strdup (interface_name);
  self->guids = guids != NULL ? g_strdupv ((char **) guids) : g_new0 (char *, 1);
  return self;
}

/* Takes @self; BeckonAttachment through @task, consumed. */
static void
take_name (BeckonAttachment *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, cancellable, &error);

  beckon_error_quark ();
  g_task_set_task_data (task, self, g_object_unref);
  if (address == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                       | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, cancellable, on_connected, task);
}

void
beckon_attachment_new_async (const char *bus_name, const char *interface_name, const char *const *guids,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  BeckonAttachment *self = attachment_new (bus_name, interface_name, guids);
  g_autofree char *token = bk_token_new ();

  g_task_set_source_tag (task, beckon_attachment_new_async);
  self->own_name = g_strdup_printf (CLIENT_NAME_PREFIX "%.16s", token);
  self->peer_path = g_strdup (PEER_PATH);
  take_name (self, task);
}

void
beckon_attachment_new_named_async (const char *bus_name, const char *interface_name, const char *own_name,
                                   const char *guid, GVariant *description, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  BeckonAttachment *self = attachment_new (bus_name, interface_name, (const char *[]){ guid, NULL });

  g_task_set_source_tag (task, beckon_attachment_new_named_async);
  self->own_name = g_strdup (own_name);
  self->peer_path = beckon_peer_dup_path (own_name);
  self->description = g_variant_ref_sink (description);
  take_name (self, task);
}

BeckonAttachment *
beckon_attachment_new_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

GDBusConnection *
beckon_attachment_get_connection (BeckonAttachment *self)
{
  return self->connection;
}

static void
refuse_held_calls (BeckonAttachment *self)
{
  GDBusMethodInvocation *call;

  while ((call = g_queue_pop_head (&self->held)) != NULL)
    reply_error (call, BECKON_ERROR_NOT_SUPPORTED, "This program is leaving");
}

/* Closing does not wait for what is still to be written. An answer is to arrive, also when the program ends right behind
 * it, with no main loop left that could wait: it is a few bytes for a local socket. */
static void
close_connection (BeckonAttachment *self)
{
  if (self->connection != NULL && !g_dbus_connection_is_closed (self->connection))
    {
      g_dbus_connection_flush_sync (self->connection, NULL, NULL);
      g_dbus_connection_close (self->connection, NULL, NULL, NULL);
    }
  g_clear_object (&self->connection);
}

static void
beckon_attachment_dispose (GObject *object)
{
  BeckonAttachment *self = BECKON_ATTACHMENT (object);

  g_cancellable_cancel (self->cancellable);
  if (self->opening != NULL)
    g_source_destroy (self->opening);
  g_clear_pointer (&self->opening, g_source_unref);
  refuse_held_calls (self);
  if (self->watch_id != 0)
    g_bus_unwatch_name (self->watch_id);
  self->watch_id = 0;
  if (self->object_id != 0)
    g_dbus_connection_unregister_object (self->connection, self->object_id);
  self->object_id = 0;
  close_connection (self);
  G_OBJECT_CLASS (beckon_attachment_parent_class)->dispose (object);
}

static void
beckon_attachment_finalize (GObject *object)
{
  BeckonAttachment *self = BECKON_ATTACHMENT (object);

  g_free (self->bus_name);
  g_free (self->interface_name);
  g_strfreev (self->guids);
  g_free (self->own_name);
  g_free (self->peer_path);
  g_clear_pointer (&self->description, g_variant_unref);
  g_free (self->service_owner);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (beckon_attachment_parent_class)->finalize (object);
}

static void
beckon_attachment_class_init (BeckonAttachmentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = beckon_attachment_dispose;
  object_class->finalize = beckon_attachment_finalize;

  signals[SIGNAL_PEER_CALL] = g_signal_new (
    "peer-call", BECKON_TYPE_ATTACHMENT, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL,
    G_TYPE_BOOLEAN, 3, G_TYPE_STRING, G_TYPE_VARIANT, G_TYPE_DBUS_METHOD_INVOCATION);
  signals[SIGNAL_ATTACHED]
    = g_signal_new ("attached", BECKON_TYPE_ATTACHMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LOST]
    = g_signal_new ("lost", BECKON_TYPE_ATTACHMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
beckon_attachment_init (BeckonAttachment *self)
{
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->held);
}
