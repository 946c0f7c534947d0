/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-call.h"

#include "bk-ids.h"
#include "bk-limits.h"

#include <gio/gunixfdlist.h>
#include <string.h>

#define PROPERTIES "org.freedesktop.DBus.Properties"

static void
call_free (BkServiceCall *call)
{
  g_clear_object (&call->invocation);
  g_clear_object (&call->object);
  g_clear_object (&call->house);
  g_object_unref (call->door);
  g_free (call);
}

BkServiceCall *
bk_service_call_new (BkServiceDoor *door, GObject *house, GDBusMethodInvocation *invocation)
{
  BkServiceCall *call = g_new0 (BkServiceCall, 1);

  call->door = g_object_ref (door);
  call->house = house != NULL ? g_object_ref (house) : NULL;
  call->invocation = invocation;
  call->sender = g_dbus_method_invocation_get_sender (invocation);
  call->arguments = g_dbus_method_invocation_get_parameters (invocation);
  return call;
}

void
bk_service_call_return (BkServiceCall *call, GVariant *value)
{
  g_dbus_method_invocation_return_value (g_steal_pointer (&call->invocation), value);
  call_free (call);
}

void
bk_service_call_return_fd (BkServiceCall *call, int fd)
{
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new_from_array (&fd, 1); /* closes it, whatever becomes of the answer */

  g_dbus_method_invocation_return_value_with_unix_fd_list (g_steal_pointer (&call->invocation),
                                                           g_variant_new ("(h)", 0), list);
  call_free (call);
}

gboolean
bk_service_call_takes_fds (BkServiceCall *call, GError **error)
{
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (call->invocation);

  if (g_dbus_connection_get_capabilities (connection) & G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING)
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "This message bus carries no descriptors.");
  return FALSE;
}

/* Takes @error. Callers get errors of Beckon alone: the others are no part of the contract. */
void
bk_service_call_fail (BkServiceCall *call, GError *error)
{
  g_autofree char *text = g_utf8_make_valid (error->message, -1);
  int code = BECKON_ERROR_FAILED;

  if (error->domain == BECKON_ERROR)
    code = error->code;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    code = BECKON_ERROR_CANCELLED;
  g_dbus_method_invocation_return_error_literal (g_steal_pointer (&call->invocation), BECKON_ERROR, code, text);
  g_error_free (error);
  call_free (call);
}

int
bk_service_call_take_fd (BkServiceCall *call, gint32 handle)
{
  GUnixFDList *list = g_dbus_message_get_unix_fd_list (g_dbus_method_invocation_get_message (call->invocation));

  if (list == NULL || handle < 0 || handle >= g_unix_fd_list_get_length (list))
    return -1;
  return g_unix_fd_list_get (list, handle, NULL);
}

void
bk_service_call_refuse (BkServiceCall *call, int code, const char *text)
{
  bk_service_call_fail (call, g_error_new_literal (BECKON_ERROR, code, text));
}

void
bk_service_call_finish (BkServiceCall *call, gboolean success, GError *error)
{
  if (success)
    bk_service_call_return (call, NULL);
  else
    bk_service_call_fail (call, error);
}

static gboolean
refuse_argument (const char *name, int code, GError **error, const char *what)
{
  g_set_error (error, BECKON_ERROR, code, "The argument “%s” %s.", name, what);
  return FALSE;
}

static gboolean
check_argument (const BkServiceArg *arg, const char *name, GVariant *value, GError **error)
{
  const char *text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_get_string (value, NULL) : "";

  if (arg->max != 0 && strlen (text) > arg->max)
    return refuse_argument (name, arg->too_long != 0 ? arg->too_long : BECKON_ERROR_INVALID_ARGUMENT, error,
                            "is too long");
  switch (arg->kind)
    {
    case BK_SERVICE_ARG_END:
    case BK_SERVICE_ARG_ANY:
    case BK_SERVICE_ARG_DATA:
      return TRUE;
    case BK_SERVICE_ARG_LINE:
    case BK_SERVICE_ARG_TEXT:
      return bk_text_is_valid (text, G_MAXINT, arg->kind == BK_SERVICE_ARG_TEXT) ||
             refuse_argument (name, BECKON_ERROR_INVALID_ARGUMENT, error, "contains control characters");
    case BK_SERVICE_ARG_NAME:
      {
        g_autofree char *normal = bk_sign_in_name_normalize (text);
        return normal != NULL || refuse_argument (name, BECKON_ERROR_INVALID_ARGUMENT, error, "is no sign-in name");
      }
    case BK_SERVICE_ARG_GUID:
      {
        g_autofree char *normal = bk_guid_normalize (text);
        return normal != NULL || refuse_argument (name, BECKON_ERROR_INVALID_ARGUMENT, error, "is no GUID");
      }
    }
  return TRUE;
}

/* Types have been checked by the filter and by GDBus; here is the rest, by the method's table. */
gboolean
bk_service_call_check (BkServiceCall *call, const BkServiceMethod *method, GError **error)
{
  const GDBusMethodInfo *info = g_dbus_method_invocation_get_method_info (call->invocation);
  gsize n = g_variant_n_children (call->arguments);

  for (gsize i = 0; i < n && i < BK_SERVICE_MAX_ARGS && method->args[i].kind != BK_SERVICE_ARG_END; i++)
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (call->arguments, i);

      if (!check_argument (&method->args[i], info->in_args[i]->name, value, error))
        return FALSE;
    }
  return TRUE;
}

static void
get_all (BkServiceCall *call, const BkServiceInterface *interface)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GObject) object = call->object != NULL ? g_object_ref (call->object) : NULL;
  g_autofree char *sender = g_strdup (call->sender);

  for (gsize i = 0; interface->info->properties[i] != NULL; i++)
    {
      const char *name = interface->info->properties[i]->name;

      g_variant_builder_add (&builder, "{sv}", name, interface->get (call, name));
    }
  bk_service_call_return (call, g_variant_new ("(a{sv})", &builder));
  if (interface->was_read != NULL)
    interface->was_read (object, sender);
}

static void
set_one (BkServiceCall *call, const BkServiceInterface *interface)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;

  g_variant_get (call->arguments, "(&s&sv)", NULL, &name, &value);
  gboolean done = interface->set (call, name, value, &error);
  bk_service_call_finish (call, done, g_steal_pointer (&error));
}

static void
dispatch_property (BkServiceCall *call, const BkServiceInterface *interface)
{
  const char *method = g_dbus_method_invocation_get_method_name (call->invocation);

  if (g_str_equal (method, "GetAll"))
    get_all (call, interface);
  else if (g_str_equal (method, "Set"))
    set_one (call, interface); /* GDBus lets through what the XML calls writable */
  else
    {
      const char *name;

      g_variant_get (call->arguments, "(&s&s)", NULL, &name);
      bk_service_call_return (call, g_variant_new ("(v)", interface->get (call, name)));
    }
}

/* Takes @call. */
void
bk_service_call_dispatch (BkServiceCall *call, const BkServiceInterface *interface)
{
  const char *name = g_dbus_method_invocation_get_method_name (call->invocation);

  if (g_str_equal (g_dbus_method_invocation_get_interface_name (call->invocation), PROPERTIES))
    {
      dispatch_property (call, interface);
      return;
    }
  for (const BkServiceMethod *method = interface->methods; method->name != NULL; method++)
    {
      GError *error = NULL;

      if (!g_str_equal (method->name, name))
        continue;
      if (bk_service_call_check (call, method, &error))
        method->handle (call);
      else
        bk_service_call_fail (call, error);
      return;
    }
  bk_service_call_refuse (call, BECKON_ERROR_NOT_SUPPORTED, "This service does not know this method.");
}

/* ---- the filter ---- */

static const GDBusInterfaceInfo *
find_interface (const BkServiceNode *nodes, const char *name)
{
  for (; nodes->path != NULL; nodes++)
    if (g_strcmp0 (nodes->interface->info->name, name) == 0)
      return nodes->interface->info;
  return NULL;
}

static gboolean
signature_matches (const GDBusInterfaceInfo *info, const char *method, const char *signature)
{
  GDBusMethodInfo *found = g_dbus_interface_info_lookup_method ((GDBusInterfaceInfo *) info, method);
  g_autoptr (GString) wanted = g_string_new (NULL);

  if (found == NULL)
    return TRUE; /* GDBus says UnknownMethod */
  for (gsize i = 0; found->in_args != NULL && found->in_args[i] != NULL; i++)
    g_string_append (wanted, found->in_args[i]->signature);
  return g_str_equal (wanted->str, signature);
}

/* Properties.Set with a value of another type than the property's. */
static gboolean
set_matches (const BkServiceNode *nodes, GVariant *body)
{
  const char *interface, *name;
  g_autoptr (GVariant) value = NULL;

  g_variant_get (body, "(&s&sv)", &interface, &name, &value);
  const GDBusInterfaceInfo *info = find_interface (nodes, interface);
  GDBusPropertyInfo *property =
    info != NULL ? g_dbus_interface_info_lookup_property ((GDBusInterfaceInfo *) info, name) : NULL;
  return property == NULL || g_variant_is_of_type (value, G_VARIANT_TYPE (property->signature));
}

GDBusMessage *
bk_service_call_filter (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  const BkServiceNode *nodes = user_data;

  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;

  const char *interface = g_dbus_message_get_interface (message);
  const char *method = g_dbus_message_get_member (message);
  const char *signature = g_dbus_message_get_signature (message);
  const GDBusInterfaceInfo *info = find_interface (nodes, interface);
  gboolean fits = TRUE;

  if (info != NULL)
    fits = signature_matches (info, method, signature);
  else if (g_strcmp0 (interface, PROPERTIES) == 0 && g_str_equal (method, "Set") && g_str_equal (signature, "ssv"))
    fits = set_matches (nodes, g_dbus_message_get_body (message));
  if (fits)
    return message;

  if ((g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0)
    {
      GError error = { BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, (char *) "" };
      g_autofree char *name = g_dbus_error_encode_gerror (&error);
      g_autoptr (GDBusMessage) reply = g_dbus_message_new_method_error (
        message, name, "%s does not take arguments of type “%s”.", method, signature);

      g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
    }
  g_object_unref (message);
  return NULL;
}
