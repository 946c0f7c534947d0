/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-autostart.h"

#include "portal/bk-app-portal.h"

#include <glib/gi18n.h>

#define KEY "start-at-login"
#define BK_APP_ID "im.beckon.Beckon"

struct _BkAppAutostart
{
  GObject parent_instance;

  GSettings *settings;
  GDBusConnection *bus; /* nullable */
  gboolean sandboxed;
  GFile *file;
  GCancellable *cancellable;
  gboolean is;   /* as it is */
  gboolean busy; /* being found out, or changed */
  gboolean next; /* what it will be */
  gboolean asked; /* for something else while it was being found out */
};

G_DEFINE_FINAL_TYPE (BkAppAutostart, bk_app_autostart, G_TYPE_OBJECT)

static void follow (BkAppAutostart *self);

/* ---- what has become of it ---- */

static void
settle (BkAppAutostart *self, gboolean is)
{
  self->busy = FALSE;
  self->is = is;
}

static void
succeed (BkAppAutostart *self)
{
  settle (self, self->next);
  follow (self); /* the user may have changed their mind meanwhile */
}

static void
fail (BkAppAutostart *self, const char *why)
{
  g_autofree char *text = g_strdup_printf (self->next ? _("Beckon cannot be started when you log in: %s")
                                                      : _("Beckon will still be started when you log in: %s"),
                                           why);

  settle (self, self->is);
  g_settings_set_boolean (self->settings, KEY, self->is);
  g_signal_emit_by_name (self, "failed", text);
}

/* Takes @error. Nothing if nobody waits for it any more. */
static void
fail_error (BkAppAutostart *self, GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fail (self, error->message);
  g_error_free (error);
}

/* ---- the file ---- */

/* As the Desktop Entry Specification wants it in Exec. */
static char *
quote (const char *path)
{
  GString *text = g_string_new ("\"");

  for (const char *c = path; *c != '\0'; c++)
    {
      if (*c == '%')
        g_string_append_c (text, '%');
      else if (strchr ("\"`$\\", *c) != NULL)
        g_string_append_c (text, '\\');
      g_string_append_c (text, *c);
    }
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

static GBytes *
compose_file (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *program = quote (BECKON_BINDIR "/beckon");
  g_autofree char *command = g_strconcat (program, " --gapplication-service", NULL);
  gsize length;

  g_key_file_set_string (file, "Desktop Entry", "Type", "Application");
  g_key_file_set_string (file, "Desktop Entry", "Name", "Beckon");
  g_key_file_set_string (file, "Desktop Entry", "Icon", BK_APP_ID);
  g_key_file_set_string (file, "Desktop Entry", "Exec", command);
  g_key_file_set_boolean (file, "Desktop Entry", "Terminal", FALSE);
  g_key_file_set_boolean (file, "Desktop Entry", "X-GNOME-UsesNotifications", TRUE);
  char *text = g_key_file_to_data (file, &length, NULL);
  return g_bytes_new_take (text, length);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAutostart) self = user_data;
  GError *error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    succeed (self);
  else
    fail_error (self, error);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAutostart) self = user_data;
  GError *error = NULL;

  if (g_file_delete_finish (G_FILE (source), result, &error))
    succeed (self);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_error_free (error);
      succeed (self);
    }
  else
    fail_error (self, error);
}

static void
change_file (BkAppAutostart *self)
{
  if (!self->next)
    {
      g_file_delete_async (self->file, G_PRIORITY_DEFAULT, self->cancellable, on_deleted, g_object_ref (self));
      return;
    }
  g_autoptr (GBytes) bytes = compose_file ();
  g_autoptr (GFile) folder = g_file_get_parent (self->file);
  g_mkdir_with_parents (g_file_peek_path (folder), 0700); /* what comes of it shows when the file is written */
  g_file_replace_contents_bytes_async (self->file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, self->cancellable,
                                       on_written, g_object_ref (self));
}

/* The user, or another program of theirs, may have taken it away, or hidden it. */
static gboolean
is_file_in_force (const char *text, gsize length)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  return g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL)
         && !g_key_file_get_boolean (file, "Desktop Entry", "Hidden", NULL)
         && (!g_key_file_has_key (file, "Desktop Entry", "X-GNOME-Autostart-enabled", NULL)
             || g_key_file_get_boolean (file, "Desktop Entry", "X-GNOME-Autostart-enabled", NULL));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAutostart) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;
  gboolean read = g_file_load_contents_finish (G_FILE (source), result, &text, &length, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  settle (self, read && is_file_in_force (text, length));
  if (self->asked)
    follow (self);
  else if (g_settings_get_boolean (self->settings, KEY) != self->is)
    g_settings_set_boolean (self->settings, KEY, self->is);
}

/* ---- the portal ---- */

static void
on_portal (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAutostart) self = user_data;
  GError *error = NULL;

  if (bk_app_portal_set_autostart_finish (result, &error))
    succeed (self);
  else
    fail_error (self, error);
}

static void
ask_portal (BkAppAutostart *self)
{
  static const char *const command[] = { "beckon", "--gapplication-service", NULL };

  if (self->bus == NULL)
    {
      fail (self, _("Your desktop does not respond."));
      return;
    }
  bk_app_portal_set_autostart_async (self->bus, self->next, command,
                                     _("Messages and invitations reach you from when you log in."), self->cancellable,
                                     on_portal, g_object_ref (self));
}

/* ---- the setting ---- */

static void
follow (BkAppAutostart *self)
{
  gboolean wanted = g_settings_get_boolean (self->settings, KEY);

  if (self->busy || wanted == self->is)
    return;
  self->busy = TRUE;
  self->next = wanted;
  if (self->sandboxed)
    ask_portal (self);
  else
    change_file (self);
}

static void
on_changed (GSettings *settings, const char *key, BkAppAutostart *self)
{
  self->asked = TRUE;
  follow (self);
}

static void
bk_app_autostart_dispose (GObject *object)
{
  BkAppAutostart *self = BK_APP_AUTOSTART (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->bus);
  g_clear_object (&self->settings);
  g_clear_object (&self->file);
  G_OBJECT_CLASS (bk_app_autostart_parent_class)->dispose (object);
}

static void
bk_app_autostart_finalize (GObject *object)
{
  g_object_unref (BK_APP_AUTOSTART (object)->cancellable);
  G_OBJECT_CLASS (bk_app_autostart_parent_class)->finalize (object);
}

static void
bk_app_autostart_class_init (BkAppAutostartClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_app_autostart_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_app_autostart_finalize;
  g_signal_new ("failed", BK_TYPE_APP_AUTOSTART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
}

static void
bk_app_autostart_init (BkAppAutostart *self)
{
  self->cancellable = g_cancellable_new ();
}

BkAppAutostart *
bk_app_autostart_new (GSettings *settings, GDBusConnection *bus, gboolean sandboxed)
{
  BkAppAutostart *self = g_object_new (BK_TYPE_APP_AUTOSTART, NULL);
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "autostart", BK_APP_ID ".desktop", NULL);

  self->settings = g_object_ref (settings);
  g_set_object (&self->bus, bus);
  self->sandboxed = sandboxed;
  self->file = g_file_new_for_path (path);
  self->is = g_settings_get_boolean (settings, KEY);
  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (on_changed), self, 0);
  if (!sandboxed)
    {
      self->busy = TRUE;
      g_file_load_contents_async (self->file, self->cancellable, on_read, g_object_ref (self));
    }
  return self;
}

gboolean
bk_app_is_sandboxed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}
