/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-file.h"

#include "beckon-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static gboolean
fail (GError **error, const char *what, const char *path, int code)
{
  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code), "Failed to %s file “%s”: %s", what, path,
               g_strerror (code));
  return FALSE;
}

static gboolean
read_all (int fd, const char *path, char *buffer, gsize *length, GError **error)
{
  gssize n;

  *length = 0;
  do
    {
      n = read (fd, buffer + *length, BK_SERVER_MAX_FILE + 1 - *length);
      if (n < 0 && errno != EINTR)
        return fail (error, "read from", path, errno);
      *length += (gsize) MAX (n, 0);
    }
  while (n != 0 && *length <= BK_SERVER_MAX_FILE);
  if (n == 0)
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "%s is much too long", path);
  return FALSE;
}

/* Returns (transfer full) all that is in a file, ended by a zero. What has no end is not read to the end: a setting may
 * name the wrong file. */
char *
bk_server_read_file (const char *path, gsize *length, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    {
      fail (error, "open", path, errno);
      return NULL;
    }
  g_autofree char *buffer = g_malloc (BK_SERVER_MAX_FILE + 1);
  gboolean done = read_all (fd, path, buffer, length, error);
  close (fd);
  char *text = done ? g_strndup ("", *length) : NULL;
  if (done)
    memcpy (text, buffer, *length);
  explicit_bzero (buffer, BK_SERVER_MAX_FILE + 1); /* it may be a key */
  return text;
}
