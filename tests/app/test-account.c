/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeping an account: its picture, password, devices, history, and its end. */
#include "preferences/bk-app-account-page.h"

#include "bk-app-avatar.h"
#include "bk-app-widgets.h"

#include "app-world.h"
#include "bk-test.h"

#include <glib/gstdio.h>
#include <string.h>

#define DEVICES "([('d1', 'Laptop', int64 5000000, true), ('d2', 'Desktop', int64 0, false)],)"

typedef struct
{
  AppWorld *world;
  StandIn *service;
  BkAppAccountPage *page;
  char *folder;
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->world = app_world_new (FALSE);
  self->service = self->world->service;
  self->folder = g_dir_make_tmp ("beckon-account-XXXXXX", &error);
  g_assert_no_error (error);
  stand_in_answer (self->service, "ListDevices", DEVICES);
  bk_app_account_page_show (GTK_WINDOW (bk_app_show_window (self->world->app)), self->world->messenger,
                            self->world->account);
  self->page = BK_APP_ACCOUNT_PAGE (app_world_find_window (BK_TYPE_APP_ACCOUNT_PAGE));
  app_world_settle (self->world);
}

static void
teardown (Fixture *self, gconstpointer data)
{
  app_world_free (self->world);
  g_rmdir (self->folder);
  g_free (self->folder);
}

static void
click (Fixture *self, const char *part)
{
  GtkWidget *button = app_part (self->page, part);

  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static char *
write_file (Fixture *self, const char *name, const char *contents, gssize length)
{
  char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, contents, length, &error);
  g_assert_no_error (error);
  return path;
}

/* ---- the picture ---- */

/* A picture of noise, which does not get smaller by being packed. */
static char *
write_noise (Fixture *self, const char *name, int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  guchar *pixels = gdk_pixbuf_get_pixels (pixbuf);
  gsize size = (gsize) gdk_pixbuf_get_rowstride (pixbuf) * (gsize) (height - 1) + (gsize) width * 3;
  g_autofree char *data = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    pixels[i] = (guchar) g_test_rand_int_range (0, 256);
  gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, "png", &error, NULL);
  g_assert_no_error (error);
  return write_file (self, name, data, (gssize) length);
}

static GBytes *
encode (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;

  bk_app_avatar_encode_async (file, NULL, bk_test_store_result, &result);
  return bk_app_avatar_encode_finish (bk_test_await (&result), error);
}

/* Whatever it was, it becomes a square that a service takes. */
static void
test_encode (Fixture *self, gconstpointer data)
{
  static const int sizes[][2] = { { 700, 400 }, { 300, 900 }, { 20, 30 }, { 1, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *path = write_noise (self, "noise.png", sizes[i][0], sizes[i][1]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = encode (path, &error);
      g_autoptr (GdkTexture) texture = NULL;

      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (bytes), <=, 65536);
      texture = gdk_texture_new_from_bytes (bytes, &error);
      g_assert_no_error (error);
      g_assert_cmpint (gdk_texture_get_width (texture), ==, MIN (MIN (sizes[i][0], sizes[i][1]), 256));
      g_assert_cmpint (gdk_texture_get_height (texture), ==, gdk_texture_get_width (texture));
      g_unlink (path);
    }
}

static void
test_no_picture (Fixture *self, gconstpointer data)
{
  g_autofree char *path = write_file (self, "text.png", "no picture", -1);
  g_autofree char *missing = g_build_filename (self->folder, "missing", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (encode (path, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (encode (missing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_unlink (path);
}

static void
test_picture (Fixture *self, gconstpointer data)
{
  g_autofree char *path = write_noise (self, "noise.png", 40, 40);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  bk_app_account_page_set_picture (self->page, file);
  bk_test_wait_for_count (stand_in_count (self->service, "SetAvatar"), 1);
  g_assert_false (gtk_widget_get_visible (app_part (self->page, "remove_picture")));
  g_autofree char *properties = g_strdup_printf ("{'Avatar': <'%s'>}", path);
  stand_in_set (self->service, APP_ACCOUNT, "Account1", properties);
  app_world_settle (self->world);
  click (self, "remove_picture");
  bk_test_wait_for_count (stand_in_count (self->service, "SetAvatar"), 2);
  g_assert_cmpstr (stand_in_last (self->service, "SetAvatar"), ==, "([],)");
  g_unlink (path);
}

static gboolean
has_picture (gpointer avatar)
{
  return adw_avatar_get_custom_image (avatar) != NULL;
}

/* What others have made is looked at with care: only what the contract names, and not too large. */
static void
test_show (Fixture *self, gconstpointer data)
{
  g_autoptr (AdwAvatar) avatar = g_object_ref_sink (ADW_AVATAR (adw_avatar_new (32, "Bob", TRUE)));
  g_autoptr (AdwAvatar) other = g_object_ref_sink (ADW_AVATAR (adw_avatar_new (32, "Bob", TRUE)));
  g_autofree char *good = write_noise (self, "good.png", 90, 60);
  g_autofree char *wide = write_noise (self, "wide.png", 2100, 1);
  g_autofree char *text = write_file (self, "text.png", "\x89PNG\r\n\x1a\nno more than that", -1);
  g_autofree char *xpm = write_file (self, "xpm.png", "/* XPM */ static char *a[] = {\"1 1 1 1\", \"a c #fff\", \"a\"};", -1);
  const char *bad[] = { wide, text, xpm, "/nowhere", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      bk_app_avatar_show (other, bad[i]);
      /* Two threads take what there is in turn: this one is done after the other as well. */
      bk_app_avatar_show (avatar, "");
      bk_app_avatar_show (avatar, good);
      bk_test_wait_until (has_picture, avatar);
      g_assert_cmpint (gdk_paintable_get_intrinsic_width (adw_avatar_get_custom_image (avatar)), ==, 60);
      app_world_settle (self->world);
      g_assert_false (has_picture (other));
    }
  /* A picture that is late is not shown for somebody else. */
  bk_app_avatar_show (other, good);
  g_assert_true (has_picture (other)); /* it is still known */
  bk_app_avatar_show (other, "");
  g_assert_false (has_picture (other));
  g_unlink (good);
  g_unlink (wide);
  g_unlink (text);
  g_unlink (xpm);
}

/* ---- password and devices ---- */

static void
type (Fixture *self, const char *part, const char *text)
{
  gtk_editable_set_text (app_part (self->page, part), text);
}

static void
test_password (Fixture *self, gconstpointer data)
{
  GtkWidget *button = app_part (self->page, "change_password");

  type (self, "old_password", "secret");
  type (self, "new_password", "short");
  g_assert_false (gtk_widget_get_sensitive (button));
  type (self, "new_password", "longer");
  stand_in_answer (self->service, "ChangePassword", "!im.beckon.Error.InvalidPassword");
  click (self, "change_password");
  bk_test_wait_for_count (stand_in_count (self->service, "ChangePassword"), 1);
  g_assert_cmpstr (stand_in_last (self->service, "ChangePassword"), ==, "('secret', 'longer')");
  app_world_settle (self->world);
  g_assert_true (gtk_widget_has_css_class (app_part (self->page, "old_password"), "error"));
  stand_in_answer (self->service, "ChangePassword", "()");
  click (self, "change_password");
  bk_test_wait_for_count (stand_in_count (self->service, "ChangePassword"), 2);
  app_world_settle (self->world);
  g_assert_cmpstr (gtk_editable_get_text (app_part (self->page, "new_password")), ==, "");
}

static void
test_devices (Fixture *self, gconstpointer data)
{
  GtkListBox *devices = app_part (self->page, "devices");
  GtkWidget *own = GTK_WIDGET (gtk_list_box_get_row_at_index (devices, 0));
  GtkWidget *other = GTK_WIDGET (gtk_list_box_get_row_at_index (devices, 1));

  g_assert_null (bk_app_find_inside (own, GTK_TYPE_BUTTON));
  stand_in_answer (self->service, "ListDevices", "([('d1', 'Laptop', int64 5000000, true)],)");
  g_signal_emit_by_name (bk_app_find_inside (other, GTK_TYPE_BUTTON), "clicked");
  bk_test_wait_for_count (stand_in_count (self->service, "RemoveDevice"), 1);
  g_assert_cmpstr (stand_in_last (self->service, "RemoveDevice"), ==, "('d2',)");
  bk_test_wait_for_count (stand_in_count (self->service, "ListDevices"), 2);
  app_world_settle (self->world);
  g_assert_nonnull (gtk_list_box_get_row_at_index (devices, 0));
  g_assert_null (gtk_list_box_get_row_at_index (devices, 1));
}

/* ---- history and end ---- */

static gboolean
is_sensitive (gpointer widget)
{
  return gtk_widget_get_sensitive (widget);
}

static void
export (Fixture *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GtkWidget *button = app_part (self->page, "export");

  g_assert_true (gtk_widget_grab_focus (button));
  bk_app_account_page_export (self->page, file);
  g_assert_false (gtk_widget_get_sensitive (app_part (self->page, "clear")));
  bk_test_wait_until (is_sensitive, app_part (self->page, "clear"));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (self->page)) == button);
}

/* An older file stays as it was when something goes wrong. */
static void
test_export (Fixture *self, gconstpointer data)
{
  g_autofree char *path = write_file (self, "history.json", "older", -1);
  g_autofree char *contents = NULL;
  GStatBuf status;

  stand_in_answer (self->service, "ExportHistory", "!im.beckon.Error.Storage");
  export (self, path);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "older");
  g_clear_pointer (&contents, g_free);
  stand_in_answer (self->service, "ExportHistory", "()");
  export (self, path);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "");
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0077, ==, 0);
  g_unlink (path);
}

/* It takes as long as it takes, whatever becomes of the window; then the application says it. */
static void
test_export_without_window (Fixture *self, gconstpointer data)
{
  g_autofree char *path = write_file (self, "history.json", "older", -1);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *before = app_desktop_take (self->world->desktop, G_APPLICATION (self->world->app));
  g_autofree char *contents = NULL;

  stand_in_answer (self->service, "ExportHistory", "hold");
  bk_app_account_page_export (self->page, file);
  bk_test_wait_for_count (stand_in_count (self->service, "ExportHistory"), 1);
  g_object_add_weak_pointer (G_OBJECT (self->page), (gpointer *) &self->page);
  gtk_window_destroy (GTK_WINDOW (self->page));
  gtk_window_destroy (GTK_WINDOW (bk_app_get_window (self->world->app)));
  bk_test_drain ();
  g_assert_null (self->page); /* nothing holds it */
  stand_in_release (self->service, "ExportHistory", "()");
  g_autofree char *told = app_desktop_wait (self->world->desktop, "+export: The history was exported.");
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "");
  g_unlink (path);
}

static AdwMessageDialog *
get_dialog (void)
{
  GtkWindow *dialog = app_world_find_window (ADW_TYPE_MESSAGE_DIALOG);

  g_assert_nonnull (dialog);
  return ADW_MESSAGE_DIALOG (dialog);
}

static void
test_clear (Fixture *self, gconstpointer data)
{
  click (self, "clear");
  adw_message_dialog_response (get_dialog (), "clear");
  bk_test_wait_for_count (stand_in_count (self->service, "ClearHistory"), 1);
  g_assert_cmpstr (stand_in_last (self->service, "ClearHistory"), ==, "('',)");
}

/* Only with the name typed out and the password. */
static void
test_delete (Fixture *self, gconstpointer data)
{
  click (self, "remove");
  AdwMessageDialog *dialog = get_dialog ();
  GtkWidget *box = adw_message_dialog_get_extra_child (dialog);
  GtkEditable *name = GTK_EDITABLE (gtk_widget_get_first_child (box));
  GtkEditable *password = GTK_EDITABLE (gtk_widget_get_last_child (box));

  gtk_editable_set_text (password, "secret");
  g_assert_false (adw_message_dialog_get_response_enabled (dialog, "delete"));
  gtk_editable_set_text (name, "alice@c");
  g_assert_false (adw_message_dialog_get_response_enabled (dialog, "delete"));
  gtk_editable_set_text (name, "Alice@b");
  g_assert_true (adw_message_dialog_get_response_enabled (dialog, "delete"));
  gtk_editable_set_text (password, "");
  g_assert_false (adw_message_dialog_get_response_enabled (dialog, "delete"));
  gtk_editable_set_text (password, "secret");
  adw_message_dialog_response (dialog, "delete");
  bk_test_wait_for_count (stand_in_count (self->service, "DeleteAccount"), 1);
  g_assert_cmpstr (stand_in_last (self->service, "DeleteAccount"), ==, "('secret',)");
  app_world_settle (self->world);
  g_assert_null (app_world_find_window (BK_TYPE_APP_ACCOUNT_PAGE));
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);
#define ADD(name, func) g_test_add ("/account/" name, Fixture, NULL, setup, func, teardown)
  ADD ("picture", test_picture);
  ADD ("picture/encode", test_encode);
  ADD ("picture/none", test_no_picture);
  ADD ("picture/show", test_show);
  ADD ("password", test_password);
  ADD ("devices", test_devices);
  ADD ("history/export", test_export);
  ADD ("history/export-without-window", test_export_without_window);
  ADD ("history/clear", test_clear);
  ADD ("delete", test_delete);
  return app_world_run ();
}
