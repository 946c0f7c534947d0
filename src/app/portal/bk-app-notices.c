/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "portal/bk-app-notices.h"

#include "portal/bk-app-notice-server.h"

#define GTK_NAME "org.gtk.Notifications"
#define SERVER_NAME "org.freedesktop.Notifications"

typedef enum
{
  WAY_UNKNOWN, /* it is being asked */
  WAY_NONE,
  WAY_GLIB,
  WAY_SERVER,
} Way;

struct _BkAppNotices
{
  GObject parent_instance;

  GApplication *application; /* not owned */
  GSettings *settings;       /* owned */
  BkAppNoticeServer *server; /* owned; nullable: in use or not */
  GHashTable *early;         /* id → BkAppNotice, before the way is known */
  Way way;
  guint watch;
};

G_DEFINE_FINAL_TYPE (BkAppNotices, bk_app_notices, G_TYPE_OBJECT)

static void
send_by_glib (BkAppNotices *self, const char *id, BkAppNotice *notice)
{
  g_autoptr (GNotification) notification = g_notification_new (notice->title);

  if (notice->body != NULL)
    g_notification_set_body (notification, notice->body);
  if (notice->kind == BK_APP_NOTICE_INVITATION)
    g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  if (notice->press.action != NULL)
    g_notification_set_default_action_and_target_value (notification, notice->press.action, notice->press.target);
  for (guint i = 0; i < BK_APP_NOTICE_MAX_BUTTONS && notice->buttons[i].label != NULL; i++)
    g_notification_add_button_with_target_value (notification, notice->buttons[i].label, notice->buttons[i].action,
                                                 notice->buttons[i].target);
  g_application_send_notification (self->application, id, notification);
  bk_app_notice_free (notice);
}

static void
deliver (BkAppNotices *self, const char *id, BkAppNotice *notice)
{
  if (self->way == WAY_UNKNOWN)
    g_hash_table_replace (self->early, g_strdup (id), notice);
  else if (self->way == WAY_GLIB)
    send_by_glib (self, id, notice);
  else if (self->way == WAY_SERVER)
    bk_app_notice_server_send (self->server, id, notice, !g_settings_get_boolean (self->settings, "notify-sounds"));
  else
    bk_app_notice_free (notice);
}

/* The desktop may come after the application, when both start with the login. What was sent by the other way is not
 * followed there: nothing would be shown twice for that. */
static void
set_way (BkAppNotices *self, Way way)
{
  GHashTableIter iter;
  gpointer id;
  gpointer notice;

  self->way = way;
  g_hash_table_iter_init (&iter, self->early);
  while (g_hash_table_iter_next (&iter, &id, &notice))
    {
      g_hash_table_iter_steal (&iter);
      deliver (self, id, notice);
      g_free (id);
    }
}

static void
use_server (BkAppNotices *self, GDBusConnection *bus)
{
  if (self->server == NULL)
    self->server = bk_app_notice_server_new (bus, self->application);
  set_way (self, WAY_SERVER);
}

static void
on_gtk_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  set_way (user_data, WAY_GLIB);
}

static void
on_gtk_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  if (bus != NULL)
    use_server (user_data, bus);
  else
    set_way (user_data, WAY_NONE);
}

static void
on_server_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  use_server (user_data, bus);
}

/* One that leaves is started again when there is something to tell; one that was never there is not. */
static void
on_server_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  BkAppNotices *self = user_data;

  if (bus == NULL || self->way != WAY_SERVER)
    set_way (self, bus != NULL ? WAY_GLIB : WAY_NONE);
}

void
bk_app_notices_send (BkAppNotices *self, const char *id, BkAppNotice *notice)
{
  if (g_settings_get_boolean (self->settings, "do-not-disturb"))
    bk_app_notice_free (notice);
  else
    deliver (self, id, notice);
}

void
bk_app_notices_withdraw (BkAppNotices *self, const char *id)
{
  g_hash_table_remove (self->early, id);
  if (self->way == WAY_GLIB)
    g_application_withdraw_notification (self->application, id);
  else if (self->way == WAY_SERVER)
    bk_app_notice_server_withdraw (self->server, id);
}

BkAppNotices *
bk_app_notices_new (GApplication *application, GSettings *settings, gboolean sandboxed)
{
  BkAppNotices *self = g_object_new (BK_TYPE_APP_NOTICES, NULL);
  GDBusConnection *bus = g_application_get_dbus_connection (application);

  self->application = application;
  self->settings = g_object_ref (settings);
  if (bus == NULL)
    self->way = WAY_NONE;
  else if (sandboxed)
    self->watch = g_bus_watch_name_on_connection (bus, SERVER_NAME, G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                                  on_server_appeared, on_server_vanished, self, NULL);
  else
    self->watch = g_bus_watch_name_on_connection (bus, GTK_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_gtk_appeared,
                                                  on_gtk_vanished, self, NULL);
  return self;
}

static void
bk_app_notices_dispose (GObject *object)
{
  BkAppNotices *self = BK_APP_NOTICES (object);

  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  g_clear_object (&self->server);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (bk_app_notices_parent_class)->dispose (object);
}

static void
bk_app_notices_finalize (GObject *object)
{
  g_hash_table_unref (BK_APP_NOTICES (object)->early);
  G_OBJECT_CLASS (bk_app_notices_parent_class)->finalize (object);
}

static void
bk_app_notices_class_init (BkAppNoticesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_app_notices_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_app_notices_finalize;
}

static void
bk_app_notices_init (BkAppNotices *self)
{
  self->early = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) bk_app_notice_free);
}
