/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-private.h"

#include "bk-app-accessible.h"
#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "contacts/bk-app-link.h"
#include "notify/bk-app-alerts.h"

#include <glib/gi18n.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define MAX_RETRY_S 30

enum
{
  PROP_0,
  PROP_MESSENGER,
  PROP_FAILURE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BkApp, bk_app, ADW_TYPE_APPLICATION)

/* ---- reaching the session service, and reaching it again ---- */

static void
set_failure (BkApp *self, const char *failure)
{
  if (g_strcmp0 (self->failure, failure) == 0)
    return;
  g_free (self->failure);
  self->failure = g_strdup (failure);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAILURE]);
}

static gboolean
on_retry (gpointer user_data)
{
  BkApp *self = user_data;

  self->retry = 0;
  bk_app_try_again (self);
  return G_SOURCE_REMOVE;
}

/* A program joins the session bus once; nothing brings one back that went away. */
gboolean
bk_app_can_retry (BkApp *self)
{
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (self));
  gboolean closed = FALSE;

  if (bus != NULL)
    g_object_get (bus, "closed", &closed, NULL);
  return !closed;
}

/* It is tried again by itself, ever more slowly; the window has a button for whoever does not want to wait. */
static void
fail (BkApp *self, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_message ("The session service cannot be reached: %s", error->message);
  if (!bk_app_can_retry (self))
    {
      set_failure (self, _("The connection to your desktop session was lost. You can still copy what you have written; "
                           "then close Beckon and start it again."));
      return;
    }
  set_failure (self, bk_app_error_text (error));
  if (self->retry == 0)
    self->retry = g_timeout_add_seconds (MIN (1u << MIN (self->attempts, 8u), MAX_RETRY_S), on_retry, self);
  self->attempts++;
}

static void
on_reconnected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkApp) self = user_data;
  g_autoptr (GError) error = NULL;

  g_application_release (G_APPLICATION (self));
  if (!beckon_messenger_reconnect_finish (BECKON_MESSENGER (source), result, &error))
    fail (self, error);
}

static void
on_connected_changed (BeckonMessenger *messenger, GParamSpec *pspec, BkApp *self)
{
  if (beckon_messenger_get_connected (messenger))
    {
      self->attempts = 0;
      g_clear_handle_id (&self->retry, g_source_remove);
      set_failure (self, NULL);
    }
  else
    {
      bk_app_try_again (self);
    }
}

static void
take_messenger (BkApp *self, BeckonMessenger *messenger)
{
  self->messenger = messenger;
  self->people = bk_app_people_new (beckon_messenger_get_accounts (messenger));
  self->quiet = bk_app_quiet_new (self->settings, messenger, self->inhibited);
  self->invitations = bk_app_invitations_new (self);
  self->picks = bk_app_picks_new (self);
  self->notifier = bk_app_notifier_new (self);
  bk_app_alerts_watch (self);
  g_signal_connect_object (messenger, "notify::connected", G_CALLBACK (on_connected_changed), self, 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSENGER]);
  on_connected_changed (messenger, NULL, self);
  bk_app_answer_early (self);
}

/* Ten thousand contacts come as a message of the bus that is tens of megabytes while it is taken apart, on the bus's own
 * thread, whose part of the heap the C library would keep. */
static gboolean
give_back_memory (gpointer unused)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  return G_SOURCE_REMOVE;
}

static void
on_messenger (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkApp) self = user_data;
  g_autoptr (GError) error = NULL;
  BeckonMessenger *messenger = beckon_messenger_new_finish (result, &error);

  g_application_release (G_APPLICATION (self));
  if (messenger == NULL)
    {
      fail (self, error);
      return;
    }
  take_messenger (self, messenger);
  g_idle_add_full (G_PRIORITY_LOW, give_back_memory, NULL, NULL); /* once there is something to see */
}

void
bk_app_try_again (BkApp *self)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_application_hold (G_APPLICATION (self)); /* until it is known what there is to show */
  if (self->messenger == NULL)
    beckon_messenger_new_async (self->cancellable, on_messenger, g_object_ref (self));
  else
    beckon_messenger_reconnect_async (self->messenger, self->cancellable, on_reconnected, g_object_ref (self));
}

BeckonMessenger *
bk_app_get_messenger (BkApp *self)
{
  return self->messenger;
}

BkAppPeople *
bk_app_get_people (BkApp *self)
{
  return self->people;
}

const char *
bk_app_get_failure (BkApp *self)
{
  return self->failure;
}

GSettings *
bk_app_get_settings (BkApp *self)
{
  return self->settings;
}

BkAppNotices *
bk_app_get_notices (BkApp *self)
{
  return self->notices;
}

GHashTable *
bk_app_get_drafts (BkApp *self)
{
  return self->drafts;
}

/* ---- life ---- */

/* Without this, the application ends with its last window, as far as nothing else holds it. */
static void
on_background_changed (GSettings *settings, const char *key, BkApp *self)
{
  gboolean stays = g_settings_get_boolean (settings, "run-in-background");

  if (stays == self->stays)
    return;
  self->stays = stays;
  if (stays)
    g_application_hold (G_APPLICATION (self));
  else
    g_application_release (G_APPLICATION (self));
}

static void
on_window_removed (GtkApplication *application, GtkWindow *window, gpointer user_data)
{
  BkApp *self = BK_APP (application);

  if (self->stays && BK_IS_APP_WINDOW (window))
    bk_app_explain_background (self);
}

static void
on_autostart_failed (BkAppAutostart *autostart, const char *text, BkApp *self)
{
  bk_app_tell (self, "autostart", text);
}

BkAppWindow *
bk_app_get_window (BkApp *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (BK_IS_APP_WINDOW (l->data))
      return l->data;
  return NULL;
}

BkAppWindow *
bk_app_show_window (BkApp *self)
{
  BkAppWindow *window = bk_app_get_window (self);

  if (window == NULL)
    window = bk_app_window_new (self);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
bk_app_activate (GApplication *application)
{
  bk_app_show_window (BK_APP (application));
}

/* Links to people. What is none is passed over. */
static void
bk_app_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  bk_app_show_window (BK_APP (application));
  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *link = g_file_get_uri (files[i]);
      g_autofree char *who = bk_app_link_dup_who (link);

      if (who != NULL)
        g_action_group_activate_action (G_ACTION_GROUP (application), "open-person", g_variant_new_string (who));
    }
}

static void
bk_app_startup (GApplication *application)
{
  BkApp *self = BK_APP (application);
  GDBusConnection *bus = g_application_get_dbus_connection (application);

  G_APPLICATION_CLASS (bk_app_parent_class)->startup (application);
  /* Without its bus the application says so and keeps what was written, instead of vanishing. */
  if (bus != NULL)
    g_dbus_connection_set_exit_on_close (bus, FALSE);
  gtk_window_set_default_icon_name (BK_APP_ID);
  bk_app_accessible_init ();
  bk_app_close_by_key ();
  self->settings = g_settings_new (BK_APP_ID);
  g_signal_connect_object (self->settings, "changed::run-in-background", G_CALLBACK (on_background_changed), self, 0);
  on_background_changed (self->settings, NULL, self);
  self->autostart = bk_app_autostart_new (self->settings, bus, bk_app_is_sandboxed ());
  g_signal_connect_object (self->autostart, "failed", G_CALLBACK (on_autostart_failed), self, 0);
  self->notices = bk_app_notices_new (application, self->settings, bk_app_is_sandboxed ());
  self->inhibited = bk_app_inhibited_new (bus);
  g_signal_connect (self, "window-removed", G_CALLBACK (on_window_removed), NULL);
  bk_app_actions_init (self);
  bk_app_mail_actions_init (self);
  bk_app_try_again (self);
}

static void
destroy_windows (BkApp *self)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (GTK_APPLICATION (self))) != NULL)
    gtk_window_destroy (windows->data);
}

static void
dispose (gpointer object)
{
  if (object != NULL)
    g_object_run_dispose (object);
}

static void
bk_app_shutdown (GApplication *application)
{
  BkApp *self = BK_APP (application);

  self->stays = FALSE;
  destroy_windows (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry, g_source_remove);
  /* Calls that are under way hold them, and end after the application has. */
  dispose (self->notifier);
  dispose (self->picks);
  dispose (self->invitations);
  dispose (self->inhibited);
  g_clear_object (&self->notifier);
  g_clear_object (&self->picks);
  g_clear_object (&self->invitations);
  g_clear_object (&self->quiet);
  g_clear_object (&self->inhibited);
  g_clear_object (&self->people);
  g_clear_object (&self->notices);
  G_APPLICATION_CLASS (bk_app_parent_class)->shutdown (application);
  g_clear_object (&self->messenger);
  g_clear_object (&self->autostart);
  g_clear_object (&self->settings);
}

static void
bk_app_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BkApp *self = BK_APP (object);

  if (id == PROP_MESSENGER)
    g_value_set_object (value, self->messenger);
  else if (id == PROP_FAILURE)
    g_value_set_string (value, self->failure);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bk_app_finalize (GObject *object)
{
  BkApp *self = BK_APP (object);

  g_object_unref (self->cancellable);
  g_hash_table_unref (self->drafts);
  g_free (self->failure);
  g_free (self->early_session);
  g_free (self->question);
  g_free (self->wanted_person);
  g_clear_pointer (&self->early_page, g_variant_unref);
  G_OBJECT_CLASS (bk_app_parent_class)->finalize (object);
}

static void
bk_app_class_init (BkAppClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->get_property = bk_app_get_property;
  object_class->finalize = bk_app_finalize;
  application_class->startup = bk_app_startup;
  application_class->activate = bk_app_activate;
  application_class->open = bk_app_open;
  application_class->shutdown = bk_app_shutdown;

  properties[PROP_MESSENGER] = g_param_spec_object ("messenger", NULL, NULL, BECKON_TYPE_MESSENGER,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FAILURE]
    = g_param_spec_string ("failure", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
bk_app_init (BkApp *self)
{
  self->cancellable = g_cancellable_new ();
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

BkApp *
bk_app_new (void)
{
  return g_object_new (BK_TYPE_APP, "application-id", BK_APP_ID, "resource-base-path", "/im/beckon/Beckon", "flags",
                       G_APPLICATION_HANDLES_OPEN, NULL);
}
