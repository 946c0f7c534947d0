/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the service tells, as signals and properties of the messenger. */
#include "beckon-messenger-private.h"

#include "beckon-applications-private.h"
#include "beckon-session-private.h"
#include "beckon-values-private.h"

/* A signal about a session waits until the session can be read. */
typedef struct
{
  const char *signal;
  char *kind; /* nullable: a notice has kind and text */
  char *text;
} Pending;

static void
pending_free (Pending *pending)
{
  g_free (pending->kind);
  g_free (pending->text);
  g_free (pending);
}

static void
on_pending_session (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BeckonMessenger *self = BECKON_MESSENGER (source);
  Pending *pending = g_task_get_task_data (G_TASK (result));
  g_autoptr (BeckonSession) session = g_task_propagate_pointer (G_TASK (result), NULL);

  if (g_cancellable_is_cancelled (beckon_messenger_get_cancellable (self)))
    return;
  if (pending->kind != NULL)
    g_signal_emit_by_name (self, pending->signal, pending->kind, pending->text, session);
  else if (session != NULL)
    g_signal_emit_by_name (self, pending->signal, session);
}

static void
emit_about_session (BeckonMessenger *self, const char *signal, const char *kind, const char *text, const char *path)
{
  GTask *task = g_task_new (self, beckon_messenger_get_cancellable (self), on_pending_session, NULL);
  Pending *pending = g_new0 (Pending, 1);

  pending->signal = signal;
  pending->kind = g_strdup (kind);
  pending->text = g_strdup (text);
  g_task_set_source_tag (task, emit_about_session);
  g_task_set_task_data (task, pending, (GDestroyNotify) pending_free);
  if (g_str_equal (path, "/"))
    {
      g_task_return_pointer (task, NULL, NULL);
      g_object_unref (task);
    }
  else
    {
      beckon_object_list_get (beckon_messenger_get_session_list (self), path, task);
    }
}

static void
tell_alert (BeckonMessenger *self, GVariant *value)
{
  g_autoptr (BeckonAlert) alert = beckon_alert_new (value);

  g_signal_emit_by_name (self, "alert-received", alert);
}

/* What came while no window was there. */
static void
on_alerts_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);

  if (reply == NULL)
    return; /* if it was cancelled, the messenger is gone */
  g_autoptr (BeckonMessenger) self = g_object_ref (user_data);
  g_autoptr (GVariant) alerts = g_variant_get_child_value (reply, 0);
  for (gsize i = 0; i < g_variant_n_children (alerts); i++)
    {
      g_autoptr (GVariant) alert = g_variant_get_child_value (alerts, i);
      tell_alert (self, alert);
    }
}

static void
on_signal (BeckonRemote *remote, const char *name, GVariant *args, BeckonMessenger *self)
{
  const char *kind;
  const char *text;
  const char *path;

  if (g_str_equal (name, "AccountsChanged"))
    {
      beckon_object_list_apply (beckon_messenger_get_account_list (self), args);
    }
  else if (g_str_equal (name, "SessionsChanged"))
    {
      beckon_object_list_apply (beckon_messenger_get_session_list (self), args);
    }
  else if (g_str_equal (name, "Notice") && g_variant_is_of_type (args, G_VARIANT_TYPE ("(sso)")))
    {
      g_variant_get (args, "(&s&s&o)", &kind, &text, &path);
      emit_about_session (self, "notice", kind, text, path);
    }
  else if (g_str_equal (name, "PickRequested") && g_variant_is_of_type (args, G_VARIANT_TYPE ("(os)")))
    {
      g_variant_get (args, "(&o&s)", &path, NULL);
      emit_about_session (self, "pick-requested", NULL, NULL, path);
    }
  else if (g_str_equal (name, "AlertReceived")
           && g_variant_is_of_type (args, G_VARIANT_TYPE ("(" BECKON_VARIANT_ALERT ")")))
    {
      g_autoptr (GVariant) alert = g_variant_get_child_value (args, 0);
      tell_alert (self, alert);
    }
  else if (g_variant_is_of_type (args, G_VARIANT_TYPE ("(o)")))
    {
      g_variant_get (args, "(&o)", &path);
      if (g_str_equal (name, "PickOver"))
        emit_about_session (self, "pick-over", NULL, NULL, path);
      if (g_str_equal (name, "Invitation"))
        emit_about_session (self, "invitation", NULL, NULL, path);
      else if (g_str_equal (name, "InvitationOver"))
        emit_about_session (self, "invitation-over", NULL, NULL, path);
    }
}

static void
on_registry_signal (BeckonRemote *remote, const char *name, GVariant *args, BeckonMessenger *self)
{
  beckon_applications_hear (G_LIST_STORE (beckon_messenger_get_applications (self)), name, args, G_OBJECT (self));
}

static void
on_changed (BeckonRemote *remote, const char *const *names, BeckonMessenger *self)
{
  if (g_strv_contains (names, "PrimaryAccount"))
    g_object_notify (G_OBJECT (self), "primary-account");
  if (g_strv_contains (names, "SecretsWarning"))
    g_object_notify (G_OBJECT (self), "secrets-warning");
  if (g_strv_contains (names, "ConnectionServers"))
    g_object_notify (G_OBJECT (self), "connection-servers");
  if (g_strv_contains (names, "ConnectionUser"))
    g_object_notify (G_OBJECT (self), "connection-user");
  if (g_strv_contains (names, "Settings"))
    g_object_notify (G_OBJECT (self), "settings");
}

static void
on_registry_changed (BeckonRemote *registry, const char *const *names, BeckonMessenger *self)
{
  if (g_strv_contains (names, "Warnings"))
    g_object_notify (G_OBJECT (self), "registry-warnings");
  if (g_strv_contains (names, "HostPrograms"))
    g_object_notify (G_OBJECT (self), "host-programs");
}

void
beckon_messenger_tell_alerts (BeckonMessenger *self)
{
  beckon_remote_call_async (beckon_messenger_get_remote (self), "ListAlerts", NULL, "(a" BECKON_VARIANT_ALERT ")",
                            beckon_messenger_get_cancellable (self), on_alerts_listed, self);
}

void
beckon_messenger_hear (BeckonMessenger *self)
{
  BeckonRemote *remote = beckon_messenger_get_remote (self);

  g_signal_connect_object (remote, "signal", G_CALLBACK (on_signal), self, 0);
  g_signal_connect_object (remote, "changed", G_CALLBACK (on_changed), self, 0);
}

void
beckon_messenger_hear_registry (BeckonMessenger *self)
{
  BeckonRemote *registry = beckon_messenger_get_registry (self);

  g_signal_connect_object (registry, "signal", G_CALLBACK (on_registry_signal), self, 0);
  g_signal_connect_object (registry, "changed", G_CALLBACK (on_registry_changed), self, 0);
}
