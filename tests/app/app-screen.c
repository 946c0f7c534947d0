/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-screen.h"

#include "bk-test.h"

#include <gdk/x11/gdkx.h>
#include <signal.h>
#include <sys/prctl.h>

#ifdef __SANITIZE_ADDRESS__
#include <link.h>
#include <string.h>

/* The header that has these does not come with GCC. */
int __sanitizer_get_ownership (const volatile void *address);
size_t __sanitizer_get_allocated_size (const volatile void *address);
#endif

static GSubprocess *server;

/* ---- quarks ---- */

#ifdef __SANITIZE_ADDRESS__

#define QUARK_BLOCK (2048 * sizeof (char *)) /* of GLib, since 2.34 */

static const char **first_quarks;

static gboolean
is_table_of_quarks (const char **address)
{
  return __sanitizer_get_ownership (address) && __sanitizer_get_allocated_size (address) == QUARK_BLOCK
         && address[1] == g_quark_to_string (1);
}

static int
find_quarks (struct dl_phdr_info *library, size_t size, gpointer data)
{
  if (strstr (library->dlpi_name, "libglib-2.0") == NULL)
    return 0;
  for (guint i = 0; i < library->dlpi_phnum; i++)
    {
      const ElfW (Phdr) *part = &library->dlpi_phdr[i];
      const char ***begin = (const char ***) (library->dlpi_addr + part->p_vaddr);
      if (part->p_type == PT_LOAD && (part->p_flags & PF_W) != 0)
        for (gsize j = 0; j < part->p_memsz / sizeof *begin && first_quarks == NULL; j++)
          if (is_table_of_quarks (begin[j]))
            first_quarks = begin[j];
    }
  return 1;
}

/* GLib lets go of its table of quarks when there are more than fit, for somebody may be reading it, and all the windows
 * together do have more. That is no leak of ours, and where it comes from is not to be seen in its stack. */
static void
keep_first_quarks (void)
{
  dl_iterate_phdr (find_quarks, NULL);
}

#endif

/* ---- the screen ---- */

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

void
app_screen_up (void)
{
  g_autoptr (GSubprocessLauncher) launcher
    = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;

#ifdef __SANITIZE_ADDRESS__
  keep_first_quarks ();
#endif
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  /* -r: a key that goes up late is not pressed again meanwhile. */
  server = g_subprocess_launcher_spawn (launcher, &error, "Xvfb", "-displayfd", "1", "-screen", "0", "1400x900x24",
                                        "-nolisten", "tcp", "-noreset", "-r", NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server));
  g_autofree char *number = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (number);
  g_autofree char *display = g_strconcat (":", number, NULL);
  g_setenv ("DISPLAY", display, TRUE);
  gtk_init ();
  /* Nothing moves by itself; and GTK 4.8 stumbles over a scrolled window that goes while it moves. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

void
app_screen_down (void)
{
  GdkDisplay *display = gdk_display_get_default ();

  if (display != NULL)
    gdk_display_close (display);
  g_subprocess_send_signal (server, SIGTERM);
  g_subprocess_wait (server, NULL, NULL);
  g_clear_object (&server);
}

static void
run (const char *const *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (command, G_SUBPROCESS_FLAGS_NONE, &error);

  g_assert_no_error (error);
  g_subprocess_wait_check_async (process, NULL, bk_test_store_result, &result);
  g_subprocess_wait_check_finish (process, bk_test_await (&result), &error);
  g_assert_no_error (error);
}

static char *
dup_window (GtkWindow *window)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  return g_strdup_printf ("%lu", gdk_x11_surface_get_xid (surface));
}

static gboolean
is_mapped (gpointer window)
{
  return gtk_widget_get_mapped (window) && gdk_surface_get_mapped (gtk_native_get_surface (window));
}

static gboolean
is_active (gpointer window)
{
  return gtk_window_is_active (window);
}

/* There is no window manager that would do it. */
void
app_screen_focus (GtkWindow *window)
{
  bk_test_wait_until (is_mapped, window);
  gdk_display_sync (gtk_widget_get_display (GTK_WIDGET (window))); /* the screen knows it, too */
  g_autofree char *id = dup_window (window);
  const char *command[] = { "xdotool", "windowfocus", id, NULL };

  run (command);
  bk_test_wait_until (is_active, window);
}

void
app_screen_press (GtkWindow *window, const char *keys)
{
  const char *command[] = { "xdotool", "key", keys, NULL };

  if (!gtk_window_is_active (window))
    app_screen_focus (window);
  run (command);
}

void
app_screen_point (GtkWindow *window, GtkWidget *widget, int x, int y)
{
  GtkNative *native = GTK_NATIVE (window);
  double left, top, place_x, place_y;

  gtk_native_get_surface_transform (native, &left, &top);
  g_assert_true (gtk_widget_translate_coordinates (widget, GTK_WIDGET (window), x, y, &place_x, &place_y));
  g_autofree char *id = dup_window (window);
  g_autofree char *across = g_strdup_printf ("%d", (int) (left + place_x));
  g_autofree char *down = g_strdup_printf ("%d", (int) (top + place_y));
  const char *command[] = { "xdotool", "mousemove", "--window", id, across, down, NULL };

  run (command);
}

void
app_screen_click (GtkWindow *window)
{
  const char *command[] = { "xdotool", "click", "1", NULL };

  g_assert_true (gtk_window_is_active (window));
  run (command);
}
