/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net-stage.h"

#include "bk-test.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

struct _NetTurn
{
  GSubprocess *process;
  BkTestDir *dir;
};

static gboolean
write_file (const char *path, const char *text)
{
  FILE *file = fopen (path, "we");
  gboolean written = file != NULL && fputs (text, file) >= 0;

  return file != NULL && fclose (file) == 0 && written;
}

void
net_stage_write (const char *path, const char *text)
{
  g_assert_true (write_file (path, text));
}

gboolean
net_stage_enter (void)
{
  g_autofree char *map = g_strdup_printf ("0 %u 1", (unsigned) geteuid ());
  gboolean root = geteuid () == 0;
  gboolean entered = FALSE;

  if (root)
    entered = unshare (CLONE_NEWNET) == 0;
  if (!entered)
    entered = unshare (CLONE_NEWUSER | CLONE_NEWNET) == 0 && write_file ("/proc/self/setgroups", "deny")
              && write_file ("/proc/self/uid_map", map);
  if (!entered)
    {
      g_print ("1..0 # SKIP no network namespaces here: %s\n", g_strerror (errno));
      return FALSE;
    }
  net_stage_run ("ip link set lo up");
  return TRUE;
}

void
net_stage_run (const char *command)
{
  g_auto (GStrv) argv = g_strsplit (command, " ", 0);
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}

void
net_stage_add_lan (guint addresses, gboolean ipv6)
{
  net_stage_run ("ip link add lan0 type veth peer name lan1");
  /* Addresses that are ready at once: none that the kernel still has to look for twins of. */
  net_stage_run ("ip link set lan0 addrgenmode none up");
  net_stage_run ("ip link set lan1 addrgenmode none up");
  for (guint i = 1; i <= addresses; i++)
    {
      g_autofree char *command = g_strdup_printf ("ip addr add 10.77.0.%u/24 dev lan0", i);
      net_stage_run (command);
    }
  if (ipv6)
    net_stage_run ("ip addr add fd77::1/64 dev lan0 nodad");
}

void
net_stage_remove_lan (void)
{
  net_stage_run ("ip link del lan0");
}

/* Where programs send from that bind to no port: not where coturn relays. */
static void
set_local_ports (void)
{
  net_stage_write ("/proc/sys/net/ipv4/ip_local_port_range", "20000 30000");
}

void
net_stage_add_router (const char *ports)
{
  g_autofree char *rule
    = g_strdup_printf ("nft add rule inet router post udp sport 20000-30000 snat ip to 192.0.2.1%s", ports);

  net_stage_add_lan (1, FALSE);
  set_local_ports ();
  net_stage_run ("ip route add local 192.0.2.1 dev lo");
  net_stage_run ("nft add table inet router");
  net_stage_run ("nft add chain inet router post { type nat hook postrouting priority 100 ; }");
  net_stage_run (rule);
}

void
net_stage_remove_router (void)
{
  net_stage_run ("nft delete table inet router");
  net_stage_run ("ip route del local 192.0.2.1 dev lo");
  net_stage_remove_lan ();
}

void
net_stage_block_udp (void)
{
  set_local_ports ();
  net_stage_run ("nft add table inet stage");
  net_stage_run ("nft add chain inet stage out { type filter hook output priority 0 ; }");
  net_stage_run ("nft add rule inet stage out udp sport 20000-30000 drop");
}

void
net_stage_unblock_udp (void)
{
  net_stage_run ("nft delete table inet stage");
}

guint
net_stage_count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

gsize
net_stage_get_memory (void)
{
  g_autofree char *text = NULL;
  gsize pages = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%*u %" G_GSIZE_FORMAT, &pages), ==, 1);
  return pages * (gsize) sysconf (_SC_PAGESIZE);
}

static void
die_with_us (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
is_listening (gpointer data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = g_socket_client_connect (client, data, NULL, NULL);

  return connection != NULL;
}

/* Nothing in this program tells that another one has begun to listen. */
static gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

NetTurn *
net_turn_new (const char *address, guint16 port, const char *more)
{
  NetTurn *self = g_new0 (NetTurn, 1);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                                                        | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSocketAddress) where = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GError) error = NULL;
  guint poll = 0;

  self->dir = bk_test_dir_new ();
  g_autofree char *command = g_strdup_printf (
    "turnserver -n --no-tls --no-dtls --no-cli --listening-ip=%s --listening-port=%u --relay-ip=%s --lt-cred-mech "
    "--user=user:secret --realm=example.org --allow-loopback-peers --log-file=stdout --simple-log --pidfile=%s/pid "
    "--userdb=%s/db %s",
    address, port, address, self->dir, self->dir, more != NULL ? more : "");
  g_auto (GStrv) argv = g_strsplit (g_strchomp (command), " ", 0);
  g_subprocess_launcher_set_child_setup (launcher, die_with_us, NULL, NULL);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  poll = g_timeout_add (5, look_again, NULL);
  bk_test_wait_until (is_listening, where);
  g_source_remove (poll);
  return self;
}

void
net_turn_free (NetTurn *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  bk_test_dir_remove (self->dir);
  g_free (self);
}
