/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-machine.h"

#include "beckon-error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 64

/* ---- address ---- */

/* "Connecting" a UDP socket asks the kernel for a route, nothing more: the addresses are of the documentation. */
static char *
address_towards (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  g_autoptr (GSocketAddress) target = g_inet_socket_address_new (address, 9);
  g_autoptr (GSocket) socket =
    g_socket_new (g_inet_address_get_family (address), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  if (socket == NULL || !g_socket_connect (socket, target, NULL, NULL))
    return NULL;
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  if (!G_IS_INET_SOCKET_ADDRESS (local))
    return NULL;
  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local)));
}

char *
bk_service_local_address (void)
{
  char *found = address_towards ("192.0.2.1");

  if (found == NULL)
    found = address_towards ("2001:db8::1");
  return found != NULL ? found : g_strdup ("127.0.0.1");
}

/* ---- folders ---- */

int
bk_service_lock_data (const char *dir, const char *bus, char **holder, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "lock", NULL);
  char text[64] = "";

  *holder = NULL;
  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "%s cannot be made: %s", dir, g_strerror (errno));
      return -1;
    }
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "%s cannot be opened: %s", path, g_strerror (errno));
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      gssize n = read (fd, text, sizeof text - 1);

      *holder = g_strndup (text, n > 0 ? (gsize) n : 0);
      close (fd);
      return -1;
    }
  if (ftruncate (fd, 0) != 0 || write (fd, bus, strlen (bus)) < 0)
    g_message ("%s cannot be written: %s", path, g_strerror (errno));
  return fd;
}

static void
empty_folder (int fd_in, int depth)
{
  DIR *dir = fdopendir (fd_in);
  struct dirent *entry;

  if (dir == NULL)
    {
      close (fd_in);
      return;
    }
  while ((entry = readdir (dir)) != NULL)
    {
      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, ".."))
        continue;
      if (unlinkat (dirfd (dir), entry->d_name, 0) == 0 || (errno != EISDIR && errno != EPERM))
        continue;
      int child = openat (dirfd (dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (child < 0)
        continue;
      if (depth < MAX_DEPTH)
        empty_folder (child, depth + 1);
      else
        close (child);
      unlinkat (dirfd (dir), entry->d_name, AT_REMOVEDIR);
    }
  closedir (dir);
}

void
bk_service_remove_tree (int parent_fd, const char *name)
{
  int fd = openat (parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd < 0)
    return;
  empty_folder (fd, 0);
  unlinkat (parent_fd, name, AT_REMOVEDIR);
}

/* ---- descriptors ---- */

guint64
bk_service_raise_descriptors (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return 0;
  rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_message ("The system gives no more than %" G_GUINT64_FORMAT " descriptors: %s", (guint64) before,
               g_strerror (errno));
  return before;
}

/* Takes them and gives them back: there is no better way to ask. */
gboolean
bk_service_descriptors_are_left (guint reserve)
{
  g_autofree int *taken = g_new (int, reserve);
  guint n = 0;

  for (int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC); fd >= 0 && n < reserve; n++)
    {
      taken[n] = fd;
      fd = n + 1 < reserve ? fcntl (fd, F_DUPFD_CLOEXEC, 0) : -1;
    }
  for (guint i = 0; i < n; i++)
    close (taken[i]);
  return n == reserve;
}

/* ---- where it lives ---- */

gboolean
bk_service_is_sandboxed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

char *
bk_service_runtime_dir (gboolean sandboxed)
{
  const char *base = g_get_user_runtime_dir ();

  return sandboxed ? g_build_filename (base, "app", "im.beckon.Beckon", "beckon", NULL) :
                     g_build_filename (base, "beckon", NULL);
}

char **
bk_service_peers_dirs (void)
{
  const char *const *dirs = g_get_system_data_dirs ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; dirs[i] != NULL; i++)
    {
      g_autofree char *dir = g_build_filename (dirs[i], "beckon", "peers", NULL);

      g_strv_builder_add (builder, dir);
    }
  return g_strv_builder_end (builder);
}
