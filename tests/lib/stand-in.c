/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stand-in.h"

#include "beckon-session-private.h"
#include "bk-test.h"

#include <string.h>
#include <unistd.h>

typedef struct
{
  char *answer; /* nullable: an empty tuple */
  int socket;   /* goes with the next answer, -1 for none */
  GQueue held;  /* element-type GDBusMethodInvocation */
  guint count;
  char *last;
  char *sender;
} Method;

typedef struct
{
  guint id;
  GHashTable *values; /* name → GVariant */
} Object;

struct _StandIn
{
  GDBusConnection *connection;
  GHashTable *interfaces; /* name → GDBusInterfaceInfo */
  GHashTable *objects;    /* "path interface" → Object */
  GHashTable *methods;    /* name → Method */
  char *peer_name;
  char *peer_path;
};

static GTestDBus *bus;

void
stand_in_bus_up (void)
{
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
}

void
stand_in_bus_down (void)
{
  g_test_dbus_down (bus);
  g_clear_object (&bus);
}

GDBusConnection *
stand_in_connect (void)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (bus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

void
stand_in_disconnect (GDBusConnection *connection)
{
  g_dbus_connection_close_sync (connection, NULL, NULL);
  g_object_unref (connection);
}

/* ---- methods ---- */

static void
method_free (Method *method)
{
  g_queue_clear_full (&method->held, g_object_unref);
  g_free (method->answer);
  g_free (method->last);
  g_free (method->sender);
  if (method->socket >= 0)
    close (method->socket);
  g_free (method);
}

static Method *
get_method (StandIn *self, const char *name)
{
  Method *method = g_hash_table_lookup (self->methods, name);

  if (method == NULL)
    {
      method = g_new0 (Method, 1);
      method->socket = -1;
      g_queue_init (&method->held);
      g_hash_table_insert (self->methods, g_strdup (name), method);
    }
  return method;
}

static void
note_call (Method *method, const char *sender, GVariant *args)
{
  g_free (method->last);
  method->last = g_variant_print (args, FALSE);
  g_free (method->sender);
  method->sender = g_strdup (sender);
  method->count++;
}

/* A full reference, not a floating one. */
static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (type != NULL ? G_VARIANT_TYPE (type) : NULL, text, NULL, NULL, &error);

  if (value == NULL)
    g_error ("“%s” is no %s: %s", text, type, error->message);
  return value;
}

static void
answer_call (GDBusMethodInvocation *invocation, Method *method, const char *answer)
{
  if (answer != NULL && method->socket >= 0)
    {
      g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&method->socket, 1);
      g_autoptr (GVariant) value = parse (NULL, answer);

      method->socket = -1;
      g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, value, fds);
    }
  else if (answer == NULL)
    {
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else if (*answer == '!')
    {
      g_auto (GStrv) words = g_strsplit (answer + 1, " ", 2);
      g_dbus_method_invocation_return_dbus_error (invocation, words[0], words[1] != NULL ? words[1] : "No");
    }
  else
    {
      g_autoptr (GVariant) value = parse (NULL, answer);
      g_dbus_method_invocation_return_value (invocation, value);
    }
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
         GVariant *args, GDBusMethodInvocation *invocation, gpointer data)
{
  StandIn *self = data;
  Method *method = get_method (self, name);

  note_call (method, sender, args);
  if (g_str_equal (name, "Attach"))
    {
      g_free (self->peer_name);
      g_free (self->peer_path);
      self->peer_name = g_strdup (sender);
      g_variant_get_child (args, 0, "o", &self->peer_path);
    }
  if (g_strcmp0 (method->answer, "hold") == 0)
    g_queue_push_tail (&method->held, invocation);
  else
    answer_call (invocation, method, method->answer);
}

void
stand_in_answer (StandIn *self, const char *name, const char *answer)
{
  Method *method = get_method (self, name);

  g_free (method->answer);
  method->answer = g_strdup (answer);
}

void
stand_in_give_socket (StandIn *self, const char *name, int socket)
{
  Method *method = get_method (self, name);

  g_assert_cmpint (method->socket, ==, -1);
  method->socket = socket;
}

void
stand_in_release (StandIn *self, const char *name, const char *answer)
{
  Method *method = get_method (self, name);
  GDBusMethodInvocation *invocation = g_queue_pop_head (&method->held);

  g_assert_nonnull (invocation);
  answer_call (invocation, method, answer);
}

const guint *
stand_in_count (StandIn *self, const char *name)
{
  return &get_method (self, name)->count;
}

const char *
stand_in_last (StandIn *self, const char *name)
{
  return get_method (self, name)->last;
}

const char *
stand_in_last_sender (StandIn *self, const char *name)
{
  return get_method (self, name)->sender;
}

/* ---- properties ---- */

static char *
object_key (const char *path, const char *interface)
{
  gboolean full = g_str_has_prefix (interface, "im.beckon.");

  return g_strdup_printf ("%s %s", path, full ? interface + strlen ("im.beckon.") : interface);
}

static Object *
get_object (StandIn *self, const char *path, const char *interface)
{
  g_autofree char *key = object_key (path, interface);
  Object *object = g_hash_table_lookup (self->objects, key);

  if (object == NULL)
    g_error ("There is no %s", key);
  return object;
}

static GVariant *
empty_value (const char *signature)
{
  switch (*signature)
    {
    case 's':
      return g_variant_new_string ("");
    case 'u':
      return g_variant_new_uint32 (0);
    case 'x':
      return g_variant_new_int64 (0);
    case 'b':
      return g_variant_new_boolean (FALSE);
    case 'o':
      return g_variant_new_object_path ("/");
    default:
      if (g_str_equal (signature, "a{sv}"))
        return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
      g_assert_cmpstr (signature, ==, "as");
      return g_variant_new_strv (NULL, 0);
    }
}

static GVariant *
on_get (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
        GError **error, gpointer data)
{
  StandIn *self = data;
  GVariant *value = g_hash_table_lookup (get_object (self, path, interface)->values, name);
  GDBusInterfaceInfo *info = g_hash_table_lookup (self->interfaces, interface);

  if (value != NULL)
    return g_variant_ref (value);
  return empty_value (g_dbus_interface_info_lookup_property (info, name)->signature);
}

static gboolean
on_set (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
        GVariant *value, GError **error, gpointer data)
{
  g_autoptr (GVariant) args = g_variant_ref_sink (g_variant_new ("(sv)", name, value));
  Method *method = get_method (data, "Set");

  note_call (method, sender, args);
  if (method->answer == NULL)
    return TRUE;
  g_propagate_error (error, g_dbus_error_new_for_dbus_error (method->answer + 1, "No"));
  return FALSE;
}

static const GDBusInterfaceVTable vtable = { on_call, on_get, on_set, { 0 } };

static void
store (Object *object, GVariant *properties)
{
  GVariantIter iter;
  char *name;
  GVariant *value;

  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_next (&iter, "{sv}", &name, &value))
    g_hash_table_insert (object->values, name, value);
}

static void
object_free (Object *object)
{
  g_hash_table_unref (object->values);
  g_free (object);
}

void
stand_in_add (StandIn *self, const char *path, const char *interface, const char *properties)
{
  g_autofree char *name = g_strconcat ("im.beckon.", interface, NULL);
  g_autoptr (GVariant) values = parse ("a{sv}", properties);
  g_autoptr (GError) error = NULL;
  Object *object = g_new0 (Object, 1);

  object->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  store (object, values);
  g_hash_table_insert (self->objects, object_key (path, interface), object);
  object->id = g_dbus_connection_register_object (self->connection, path, g_hash_table_lookup (self->interfaces, name),
                                                  &vtable, self, NULL, &error);
  g_assert_no_error (error);
}

void
stand_in_remove (StandIn *self, const char *path, const char *interface)
{
  g_autofree char *key = object_key (path, interface);

  g_dbus_connection_unregister_object (self->connection, get_object (self, path, interface)->id);
  g_hash_table_remove (self->objects, key);
}

BeckonSession *
stand_in_load_session (StandIn *self, GDBusConnection *to, const char *path, const char *properties)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  stand_in_add (self, path, "Session1", properties);
  beckon_session_load (to, BECKON_BUS_SESSIONS, path, NULL, bk_test_store_result, &result);
  BeckonSession *session = beckon_session_load_finish (bk_test_await (&result), &error);
  g_assert_no_error (error);
  return session;
}

void
stand_in_set (StandIn *self, const char *path, const char *interface, const char *properties)
{
  g_autofree char *name = g_strconcat ("im.beckon.", interface, NULL);
  g_autoptr (GVariant) values = parse ("a{sv}", properties);

  store (get_object (self, path, interface), values);
  g_dbus_connection_emit_signal (self->connection, NULL, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                 g_variant_new ("(s@a{sv}as)", name, values, NULL), NULL);
}

void
stand_in_signal (StandIn *self, const char *path, const char *interface, const char *name, const char *args)
{
  g_autofree char *full = g_strconcat ("im.beckon.", interface, NULL);
  g_autoptr (GVariant) value = parse (NULL, args);

  g_dbus_connection_emit_signal (self->connection, NULL, path, full, name, value, NULL);
}

/* ---- the peer ---- */

char *
stand_in_ask_peer (StandIn *self, const char *method, const char *args)
{
  g_autoptr (GVariant) value = parse (NULL, args);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean reads = g_str_equal (method, "Get"); /* a property */

  g_dbus_connection_call (self->connection, self->peer_name, self->peer_path,
                          reads ? "org.freedesktop.DBus.Properties" : "im.beckon.Peer1", method,
                          value, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, bk_test_store_result, &result);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (self->connection, bk_test_await (&result), &error);
  if (reply != NULL)
    return g_variant_print (reply, FALSE);

  g_autofree char *name = g_dbus_error_encode_gerror (error);
  return g_strconcat ("!", name, NULL);
}

/* ---- life ---- */

static void
read_interface (StandIn *self, const char *name)
{
  g_autofree char *file = g_strdup_printf ("im.beckon.%s.xml", name);
  g_autofree char *path = g_build_filename (g_getenv ("BECKON_SRCDIR"), "data", "dbus", file, NULL);
  g_autofree char *full = g_strconcat ("im.beckon.", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (text, &error);
  g_assert_no_error (error);
  GDBusInterfaceInfo *info = g_dbus_node_info_lookup_interface (node, full);
  g_hash_table_insert (self->interfaces, g_strdup (full), g_dbus_interface_info_ref (info));
}

static const char *const bus_names[] = { "im.beckon.Beckon.Service", "im.beckon.Beckon.Sessions" };

/* Asks the bus for our names or gives them back; either is in force when this returns. */
static void
change_names (StandIn *self, gboolean own)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bus_names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
        self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        own ? "RequestName" : "ReleaseName",
        own ? g_variant_new ("(su)", bus_names[i], 4u) : g_variant_new ("(s)", bus_names[i]), G_VARIANT_TYPE ("(u)"),
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
      guint32 outcome;

      g_assert_no_error (error);
      g_variant_get (reply, "(u)", &outcome);
      g_assert_cmpuint (outcome, ==, 1);
    }
}

StandIn *
stand_in_new (void)
{
  static const char *const names[] = { "Account1", "Conversation1", "Lock1", "Messenger1", "MessengerPrivate1",
                                       "Registry1", "Session1", "SessionManager1" };
  StandIn *self = g_new0 (StandIn, 1);

  self->connection = stand_in_connect ();
  self->interfaces
    = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_dbus_interface_info_unref);
  self->objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) object_free);
  self->methods = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) method_free);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    read_interface (self, names[i]);
  stand_in_add (self, STAND_IN_ROOT, "Messenger1", "{}");
  stand_in_add (self, STAND_IN_ROOT, "Registry1", "{}");
  stand_in_add (self, STAND_IN_ROOT, "SessionManager1", "{}");
  stand_in_add (self, STAND_IN_ROOT, "Lock1", "{}");
  stand_in_add (self, STAND_IN_PRIVATE, "Lock1", "{}");
  stand_in_add (self, STAND_IN_PRIVATE, "MessengerPrivate1", "{}");
  stand_in_answer (self, "ListAccounts", "(@ao [],)");
  stand_in_answer (self, "ListSessions", "(@ao [],)");
  stand_in_answer (self, "ListApplications", "(@a(sssssubsb) [],)");
  stand_in_answer (self, "ListAlerts", "(@a(usssxs) [],)");
  stand_in_answer (self, "ListContacts", "(@a(ssubussua{sv}) [],)");
  stand_in_answer (self, "ListGroups", "(@a(ssas) [],)");
  stand_in_answer (self, "GetRegistration", "(@a{sv} {},)");
  change_names (self, TRUE);
  return self;
}

const char *
stand_in_get_name (StandIn *self)
{
  return g_dbus_connection_get_unique_name (self->connection);
}

void
stand_in_free (StandIn *self)
{
  GHashTableIter iter;
  gpointer object;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &object))
    g_dbus_connection_unregister_object (self->connection, ((Object *) object)->id);
  /* The bus hears of a closed connection some time later; the next stand-in needs the names now. */
  change_names (self, FALSE);
  stand_in_disconnect (self->connection);
  g_hash_table_unref (self->methods);
  g_hash_table_unref (self->objects);
  g_hash_table_unref (self->interfaces);
  g_free (self->peer_name);
  g_free (self->peer_path);
  g_free (self);
}
