/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-portal.h"

#include <glib/gi18n.h>

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"

/* A question on its way. */
typedef struct
{
  GDBusConnection *bus;
  gboolean autostart;
  guint subscription; /* to the answer */
  GSource *cancelled; /* nullable */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->subscription != 0)
    g_dbus_connection_signal_unsubscribe (question->bus, question->subscription);
  if (question->cancelled != NULL)
    g_source_destroy (question->cancelled);
  g_clear_pointer (&question->cancelled, g_source_unref);
  g_object_unref (question->bus);
  g_free (question);
}

/* The answer, or that none will come: once. What listens holds the task. Takes @error; NULL: yes. */
static void
answer (GTask *task, GError *error)
{
  g_autoptr (GTask) hold = g_object_ref (task);
  Question *question = g_task_get_task_data (task);
  guint subscription = question->subscription;

  if (subscription == 0)
    {
      g_clear_error (&error);
      return;
    }
  question->subscription = 0;
  g_dbus_connection_signal_unsubscribe (question->bus, subscription);
  if (question->cancelled != NULL)
    g_source_destroy (question->cancelled);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_response (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
             const char *signal, GVariant *parameters, gpointer user_data)
{
  const Question *question = g_task_get_task_data (user_data);
  g_autoptr (GVariant) results = NULL;
  gboolean autostart = FALSE;
  guint32 response;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "autostart", "b", &autostart);
  if (response == 0 && !autostart == !question->autostart)
    answer (user_data, NULL);
  else
    answer (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, _("Your desktop does not allow "
                                                                                        "it.")));
}

/* There is no portal, or none for this: not every desktop has that. */
static gboolean
is_not_there (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT);
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    return; /* the answer comes as a signal, or has come */
  if (is_not_there (error))
    {
      g_error_free (error);
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                                   _("Your desktop cannot do it. Open Beckon yourself to be reached."));
    }
  g_dbus_error_strip_remote_error (error);
  answer (task, error);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  answer (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Nobody waits for it"));
  return G_SOURCE_REMOVE;
}

static void
listen (GTask *task, const char *request)
{
  Question *question = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  question->subscription
    = g_dbus_connection_signal_subscribe (question->bus, PORTAL, "org.freedesktop.portal.Request", "Response", request,
                                          NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_response, g_object_ref (task),
                                          g_object_unref);
  if (cancellable == NULL)
    return;
  question->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (question->cancelled, G_SOURCE_FUNC (on_cancelled), task, NULL);
  g_source_attach (question->cancelled, g_task_get_context (task));
}

/* Started by its command, not through the bus: that would show the window. */
static GVariant *
compose_request (gboolean autostart, const char *const *command, const char *reason, const char *token)
{
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "reason", g_variant_new_string (reason));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (autostart));
  g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (command, -1));
  g_variant_builder_add (&options, "{sv}", "dbus-activatable", g_variant_new_boolean (FALSE));
  return g_variant_new ("(s@a{sv})", "", g_variant_builder_end (&options));
}

void
bk_app_portal_set_autostart_async (GDBusConnection *bus, gboolean autostart, const char *const *command,
                                   const char *reason, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *token = g_strdup_printf ("beckon%u", g_random_int ());
  g_autofree char *sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');
  g_autofree char *request = g_strconcat (PORTAL_PATH "/request/", sender, "/", token, NULL);
  Question *question = g_new0 (Question, 1);

  g_task_set_source_tag (task, bk_app_portal_set_autostart_async);
  question->bus = g_object_ref (bus);
  question->autostart = autostart;
  g_task_set_task_data (task, question, question_free);
  /* The answer may be there before it is known that the question was taken. */
  listen (task, request);
  g_dbus_connection_call (bus, PORTAL, PORTAL_PATH, "org.freedesktop.portal.Background", "RequestBackground",
                          compose_request (autostart, command, reason, token), G_VARIANT_TYPE ("(o)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_requested, g_object_ref (task));
}

gboolean
bk_app_portal_set_autostart_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
