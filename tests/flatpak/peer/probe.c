/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program in a sandbox that does what a test tells it to: makes any call, hears all that it is let hear, answers what
 * im.beckon.Peer1 asks. Without libbeckon, which would not do what it must not.
 *
 * probe NAME...: takes the names on the bus, one after the other; it can be spoken to at each. */
#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#define GUID "{7A1C0E52-93D4-4B6F-8E21-5C0D9F3B6A84}"
#define TIMEOUT_MS 60000
#define MAX_SEEN 10000

static const char XML[] =
  "<node><interface name='org.example.Probe'>"
  "<method name='Call'><arg type='u' direction='in'/><arg type='s' direction='in'/><arg type='o' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='v' direction='in'/>"
  "<arg type='s' direction='out'/><arg type='v' direction='out'/><arg type='ah' direction='out'/></method>"
  "<method name='Flood'><arg type='u' direction='in'/><arg type='s' direction='in'/><arg type='o' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='v' direction='in'/>"
  "<arg type='u' direction='in'/><arg type='a{su}' direction='out'/></method>"
  "<method name='Open'><arg type='u' direction='out'/></method>"
  "<method name='Close'><arg type='u' direction='in'/></method>"
  "<method name='Seen'><arg type='a(uosv)' direction='out'/></method>"
  "<method name='Wait'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='o' direction='out'/>"
  "<arg type='v' direction='out'/></method>"
  "<method name='Answer'><arg type='s' direction='in'/><arg type='v' direction='in'/></method>"
  "</interface></node>";

static const char PEER_XML[] =
  "<node><interface name='im.beckon.Peer1'>"
  "<method name='Describe'><arg type='s' direction='out'/><arg type='a{sv}' direction='out'/></method>"
  "<method name='LaunchSession'><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/></method>"
  "<method name='Invitation'><arg type='o' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='a{sv}' direction='in'/><arg type='b' direction='out'/></method>"
  "<method name='BeforeAppLaunch'><arg type='o' direction='in'/><arg type='a{sv}' direction='in'/>"
  "<arg type='b' direction='out'/></method>"
  "</interface></node>";

static GPtrArray *connections; /* element-type GDBusConnection, owned; NULL: closed */
static GPtrArray *seen;        /* element-type GVariant (uosv), owned */
static GHashTable *answers;    /* method → GVariant, owned */
static GPtrArray *waiting;     /* element-type GDBusMethodInvocation, owned: calls of Wait */

/* Wait (what, n): the nth of what was seen of that kind, as soon as there is one. */
static gboolean
tell_seen (GDBusMethodInvocation *invocation)
{
  const char *wanted, *path, *what;
  GVariant *arguments;
  guint32 n;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&su)", &wanted, &n);
  for (guint i = 0; i < seen->len; i++)
    {
      g_variant_get (g_ptr_array_index (seen, i), "(u&o&sv)", NULL, &path, &what, &arguments);
      if (g_str_equal (what, wanted) && n-- == 0)
        {
          g_dbus_method_invocation_return_value (g_object_ref (invocation), g_variant_new ("(ov)", path, arguments));
          g_variant_unref (arguments);
          return TRUE;
        }
      g_variant_unref (arguments);
    }
  return FALSE;
}

/* D-Bus knows no empty tuple within a value: an empty text stands for it in both directions. */
static GVariant *
pack (GVariant *arguments)
{
  return g_variant_n_children (arguments) > 0 ? arguments : g_variant_new_string ("");
}

static GVariant *
unpack (GVariant *arguments)
{
  return g_variant_is_of_type (arguments, G_VARIANT_TYPE_TUPLE) ? arguments : g_variant_new ("()");
}

static void
see (GDBusConnection *connection, const char *path, const char *what, GVariant *arguments)
{
  guint number = 0;

  g_ptr_array_find (connections, connection, &number);
  if (seen->len < MAX_SEEN)
    g_ptr_array_add (seen, g_variant_ref_sink (g_variant_new ("(uosv)", number, path, what, pack (arguments))));
  for (guint i = waiting->len; i-- > 0;)
    if (tell_seen (g_ptr_array_index (waiting, i)))
      g_ptr_array_remove_index (waiting, i);
}

/* ---- what is called ---- */

/* How a call came out: its error's name, empty if there is none. */
static char *
name_of (const GError *error)
{
  char *name = error != NULL ? g_dbus_error_get_remote_error (error) : g_strdup ("");

  return name != NULL ? name : g_strdup_printf ("%s %d", g_quark_to_string (error->domain), error->code);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, result, &error);
  g_autofree char *name = name_of (error);
  g_auto (GVariantBuilder) handles = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("ah"));

  for (int i = 0; fds != NULL && i < g_unix_fd_list_get_length (fds); i++)
    g_variant_builder_add (&handles, "h", i);
  g_dbus_method_invocation_return_value_with_unix_fd_list (
    user_data, g_variant_new ("(sv@ah)", name, reply != NULL ? pack (reply) : g_variant_new_string (error->message),
                              g_variant_builder_end (&handles)), fds);
}

typedef struct
{
  GDBusMethodInvocation *invocation;
  GHashTable *outcomes; /* name → how often */
  guint open;
} Flood;

static void
on_flooded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Flood *flood = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  char *name = name_of (error);
  g_auto (GVariantBuilder) outcomes = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{su}"));
  GHashTableIter iter;
  gpointer key, count = g_hash_table_lookup (flood->outcomes, name);

  g_hash_table_replace (flood->outcomes, name, GUINT_TO_POINTER (GPOINTER_TO_UINT (count) + 1));
  if (--flood->open > 0)
    return;
  g_hash_table_iter_init (&iter, flood->outcomes);
  while (g_hash_table_iter_next (&iter, &key, &count))
    g_variant_builder_add (&outcomes, "{su}", key, GPOINTER_TO_UINT (count));
  g_dbus_method_invocation_return_value (flood->invocation, g_variant_new ("(a{su})", &outcomes));
  g_hash_table_unref (flood->outcomes);
  g_free (flood);
}

static void
call (GVariant *arguments, GDBusMethodInvocation *invocation, gboolean often)
{
  const char *name, *path, *interface, *method;
  g_autoptr (GVariant) values = NULL;
  guint32 number, count = 1;

  if (often)
    g_variant_get (arguments, "(u&s&o&s&svu)", &number, &name, &path, &interface, &method, &values, &count);
  else
    g_variant_get (arguments, "(u&s&o&s&sv)", &number, &name, &path, &interface, &method, &values);
  GDBusConnection *connection = number < connections->len ? g_ptr_array_index (connections, number) : NULL;
  if (connection == NULL || count == 0)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.example.No", "There is no such connection");
      return;
    }
  if (!often)
    {
      g_dbus_connection_call_with_unix_fd_list (connection, name, path, interface, method, unpack (values), NULL,
                                                G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, NULL, on_called, invocation);
      return;
    }
  Flood *flood = g_new0 (Flood, 1);
  flood->invocation = invocation;
  flood->outcomes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  flood->open = count;
  for (guint i = 0; i < count; i++)
    g_dbus_connection_call (connection, name, path, interface, method, unpack (values), NULL, G_DBUS_CALL_FLAGS_NONE,
                            G_MAXINT, NULL, on_flooded, flood);
}

/* ---- im.beckon.Peer1 ---- */

static void
on_peer_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
              const char *method, GVariant *arguments, GDBusMethodInvocation *invocation, gpointer user_data)
{
  GVariant *answer = g_hash_table_lookup (answers, method);

  see (connection, path, method, arguments);
  if (answer != NULL)
    g_dbus_method_invocation_return_value (invocation, unpack (answer));
  else
    g_dbus_method_invocation_return_dbus_error (invocation, "org.example.No", "Nobody said what to answer");
}

static const GDBusInterfaceVTable peer_vtable = { .method_call = on_peer_call };

/* ---- connections ---- */

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
           GVariant *arguments, gpointer user_data)
{
  g_autofree char *what = g_strconcat (interface, ".", signal, NULL);

  see (connection, path, what, arguments);
}

static GDBusConnection *
open_connection (void)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GDBusNodeInfo) peer = g_dbus_node_info_new_for_xml (PEER_XML, NULL);
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
    address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
    NULL);

  if (connection == NULL)
    g_error ("There is no session bus");
  g_ptr_array_add (connections, connection);
  g_dbus_connection_signal_subscribe (connection, NULL, NULL, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
                                      NULL, NULL);
  g_dbus_connection_register_object (connection, "/im/beckon/Beckon/Peer/Probe", peer->interfaces[0], &peer_vtable,
                                     NULL, NULL, NULL);
  return connection;
}

static void
on_probe_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
               const char *method, GVariant *arguments, GDBusMethodInvocation *invocation, gpointer user_data)
{
  if (g_str_equal (method, "Call") || g_str_equal (method, "Flood"))
    {
      call (arguments, invocation, g_str_equal (method, "Flood"));
      return;
    }
  if (g_str_equal (method, "Wait"))
    {
      if (tell_seen (invocation))
        g_object_unref (invocation);
      else
        g_ptr_array_add (waiting, invocation);
      return;
    }
  if (g_str_equal (method, "Open"))
    {
      open_connection ();
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", connections->len - 1));
      return;
    }
  if (g_str_equal (method, "Seen"))
    {
      g_auto (GVariantBuilder) all = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(uosv)"));

      for (guint i = 0; i < seen->len; i++)
        g_variant_builder_add_value (&all, g_ptr_array_index (seen, i));
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a(uosv))", &all));
      return;
    }
  if (g_str_equal (method, "Answer"))
    {
      GVariant *value;
      char *name;

      g_variant_get (arguments, "(sv)", &name, &value);
      g_hash_table_replace (answers, name, value);
    }
  else
    {
      guint32 number;

      g_variant_get (arguments, "(u)", &number);
      if (number > 0 && number < connections->len)
        g_dbus_connection_close_sync (g_ptr_array_index (connections, number), NULL, NULL);
    }
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static const GDBusInterfaceVTable probe_vtable = { .method_call = on_probe_call };

int
main (int argc, char **argv)
{
  g_autoptr (GDBusNodeInfo) probe = g_dbus_node_info_new_for_xml (XML, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_auto (GVariantDict) looks = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&looks, "name", "s", "Probe");
  connections = g_ptr_array_new_with_free_func (g_object_unref);
  seen = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  waiting = g_ptr_array_new_with_free_func (g_object_unref);
  answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  g_hash_table_insert (answers, g_strdup ("Describe"),
                       g_variant_ref_sink (g_variant_new ("(s@a{sv})", GUID, g_variant_dict_end (&looks))));
  g_hash_table_insert (answers, g_strdup ("LaunchSession"), g_variant_ref_sink (g_variant_new ("()")));

  GDBusConnection *first = open_connection ();
  g_dbus_connection_register_object (first, "/org/example/Probe", probe->interfaces[0], &probe_vtable, NULL, NULL, NULL);
  for (int i = 1; i < argc; i++)
    g_bus_own_name_on_connection (first, argv[i], G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL, NULL, NULL, NULL);
  g_main_loop_run (loop);
  return 0;
}
