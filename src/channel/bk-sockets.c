/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-sockets.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_EPHEMERAL 32768

static gboolean
read_address (const char *digits, gboolean v6, guint8 *address)
{
  guint words = v6 ? 4 : 1;

  if (strlen (digits) != words * 8)
    return FALSE;
  memset (address, 0, 16);
  for (guint i = 0; i < words; i++)
    {
      char word[9] = { 0 };
      guint32 value;

      memcpy (word, digits + i * 8, 8);
      value = (guint32) g_ascii_strtoull (word, NULL, 16); /* in the order of this machine */
      memcpy (address + i * 4, &value, 4);
    }
  return TRUE;
}

/* An address of IPv4 within IPv6 becomes what it is. */
static void
unmap (guint8 *address, gboolean *v6)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };

  if (!*v6 || memcmp (address, mapped, sizeof mapped) != 0)
    return;
  memmove (address, address + 12, 4);
  memset (address + 4, 0, 12);
  *v6 = FALSE;
}

static void
parse_line (const char *line, gboolean udp, gboolean v6, GArray *rows)
{
  char local[33];
  char remote[33];
  guint local_port, remote_port, state, uid;
  gboolean remote_v6 = v6;
  BkSocketRow row = { .udp = udp, .v6 = v6 };
  guint64 inode;

  if (sscanf (line, " %*d: %32[0-9A-Fa-f]:%x %32[0-9A-Fa-f]:%x %x %*x:%*x %*x:%*x %*x %u %*u %" G_GUINT64_FORMAT, local,
              &local_port, remote, &remote_port, &state, &uid, &inode)
        != 7
      || local_port > G_MAXUINT16 || remote_port > G_MAXUINT16 || !read_address (local, v6, row.address)
      || !read_address (remote, v6, row.remote))
    return;
  unmap (row.address, &row.v6);
  unmap (row.remote, &remote_v6);
  row.port = (guint16) local_port;
  row.remote_port = (guint16) remote_port;
  row.state = state;
  row.uid = uid;
  row.inode = inode;
  g_array_append_val (rows, row);
}

void
bk_sockets_parse (const char *text, gboolean udp, gboolean v6, GArray *rows)
{
  while (text != NULL && *text != '\0')
    {
      const char *end = strchrnul (text, '\n');
      g_autofree char *line = g_strndup (text, (gsize) (end - text));

      parse_line (line, udp, v6, rows);
      text = *end == '\n' ? end + 1 : end;
    }
}

GArray *
bk_sockets_read (gboolean udp)
{
  const char *const files[2][2] = { { "/proc/net/tcp", "/proc/net/tcp6" }, { "/proc/net/udp", "/proc/net/udp6" } };
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (BkSocketRow));

  for (int v6 = 0; v6 < 2; v6++)
    {
      g_autofree char *text = NULL;

      if (g_file_get_contents (files[udp ? 1 : 0][v6], &text, NULL, NULL))
        bk_sockets_parse (text, udp, v6 == 1, rows);
    }
  return rows;
}

#define UNIX_LISTENS 0x10000 /* flag: connections are accepted */

/* What a path has of its own: the folder of the session and the name. A program outside of our sandbox may know the
 * folders above by another path than we do. */
static const char *
get_tail (const char *path)
{
  const char *tail = path + strlen (path);

  for (int slashes = 0; tail > path && slashes < 2; tail--)
    slashes += tail[-1] == '/';
  return tail;
}

static gboolean
is_unix_line (const char *line, const char *path)
{
  guint flags = 0;
  int at = 0;

  return sscanf (line, "%*x: %*x %*x %x %*x %*x %*u %n", &flags, &at) == 1 && at > 0 && (flags & UNIX_LISTENS) != 0
         && g_str_has_suffix (line + at, get_tail (path));
}

gboolean
bk_sockets_listens_unix (const char *text, const char *path)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (is_unix_line (lines[i], path))
      return TRUE;
  return FALSE;
}

/* ---- whose is it ---- */

static gboolean
is_at (const guint8 *address, guint16 port, const struct sockaddr_in *at)
{
  return port == ntohs (at->sin_port) && memcmp (address, &at->sin_addr, 4) == 0;
}

static gboolean
is_any (const BkSocketRow *row)
{
  static const guint8 any[16];

  return memcmp (row->address, any, sizeof any) == 0;
}

gboolean
bk_sockets_is_own_tcp (const struct sockaddr_in *peer, const struct sockaddr_in *local)
{
  g_autoptr (GArray) rows = bk_sockets_read (FALSE);

  for (guint i = 0; i < rows->len; i++)
    {
      const BkSocketRow *row = &g_array_index (rows, BkSocketRow, i);
      if (!row->v6 && is_at (row->address, row->port, peer) && is_at (row->remote, row->remote_port, local))
        return row->uid == geteuid ();
    }
  return FALSE;
}

/* Several sockets may have one port; who of them has sent is not to be seen. */
gboolean
bk_sockets_is_own_udp (const struct sockaddr_in *peer)
{
  g_autoptr (GArray) rows = bk_sockets_read (TRUE);
  gboolean found = FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      const BkSocketRow *row = &g_array_index (rows, BkSocketRow, i);
      if (row->port != ntohs (peer->sin_port) || (!is_any (row) && (row->v6 || !is_at (row->address, row->port, peer))))
        continue;
      if (row->uid != geteuid ())
        return FALSE;
      found = TRUE;
    }
  return found;
}

static void
add_inodes (GHashTable *inodes, const char *pid)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%s/fd", pid);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);
      guint64 inode;

      if (target == NULL || sscanf (target, "socket:[%" G_GUINT64_FORMAT "]", &inode) != 1)
        continue;
      g_hash_table_add (inodes, g_memdup2 (&inode, sizeof inode));
    }
}

GHashTable *
bk_sockets_of_program (BkProgram *program)
{
  GHashTable *told = bk_program_dup_sockets (program);

  if (told != NULL)
    return told;
  GHashTable *inodes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, NULL);
      struct stat info;

      if (g_ascii_isdigit (*name) && stat (path, &info) == 0 && info.st_uid == geteuid ()
          && bk_program_owns_process (program, (guint) g_ascii_strtoull (name, NULL, 10)))
        add_inodes (inodes, name);
    }
  return inodes;
}

/* ---- who listens ---- */

/* Waits for whoever comes: a socket of UDP with another end does not. */
static gboolean
is_open (const BkSocketRow *row, const BkListenWish *wish)
{
  return row->uid == wish->uid && (row->udp ? row->remote_port == 0 : row->state == BK_SOCKET_LISTENS)
         && (wish->inodes == NULL || g_hash_table_contains (wish->inodes, &row->inode));
}

static gboolean
is_wished (const BkSocketRow *row, const BkListenWish *wish)
{
  struct in_addr own = { 0 };
  struct in_addr local = { htonl (INADDR_LOOPBACK) };

  return (wish->endpoint->carries & (row->udp ? BK_CARRY_UDP : BK_CARRY_TCP)) != 0 && row->port == wish->endpoint->port
         && (is_any (row)
             || (!row->v6 && inet_pton (AF_INET, wish->endpoint->address, &own) == 1
                 && (memcmp (row->address, &own, 4) == 0 || memcmp (row->address, &local, 4) == 0)));
}

const char *
bk_sockets_find_listener (GArray *rows, const BkListenWish *wish, gboolean udp, char address[INET_ADDRSTRLEN])
{
  for (guint i = 0; i < rows->len; i++)
    {
      const BkSocketRow *row = &g_array_index (rows, BkSocketRow, i);

      if (row->udp != udp || !is_open (row, wish) || !is_wished (row, wish))
        continue;
      /* Who listens for packets everywhere answers from the machine's first address, wherever they came to: nothing
       * from there would reach a socket that is connected to another one. */
      if (is_any (row))
        g_strlcpy (address, udp ? "127.0.0.1" : wish->endpoint->address, INET_ADDRSTRLEN);
      else
        inet_ntop (AF_INET, row->address, address, INET_ADDRSTRLEN);
      return address;
    }
  return NULL;
}

static gboolean
is_ignored (const BkSocketRow *row, const BkListenWish *wish)
{
  g_autofree char *name = g_strdup_printf ("%u/%s", row->port, row->udp ? "udp" : "tcp");

  return wish->ignored != NULL && g_strv_contains (wish->ignored, name);
}

const BkSocketRow *
bk_sockets_find_other (GArray *rows, const BkListenWish *wish)
{
  for (guint i = 0; i < rows->len && wish->inodes != NULL; i++)
    {
      const BkSocketRow *row = &g_array_index (rows, BkSocketRow, i);

      if (is_open (row, wish) && !is_wished (row, wish) && !is_ignored (row, wish)
          && (!row->udp || row->port < wish->first_ephemeral))
        return row;
    }
  return NULL;
}

guint
bk_sockets_get_first_ephemeral (void)
{
  g_autofree char *text = NULL;
  guint first;

  if (g_file_get_contents ("/proc/sys/net/ipv4/ip_local_port_range", &text, NULL, NULL)
      && sscanf (text, "%u", &first) == 1)
    return first;
  return DEFAULT_EPHEMERAL;
}
