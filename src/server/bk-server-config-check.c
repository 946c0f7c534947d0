/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be said about a configuration without running it: the machine it is for has to have what it names. */
#include "bk-server-config-private.h"

#include "beckon-error.h"
#include "bk-server-metrics.h"
#include "bk-server-net.h"
#include "bk-server-operator.h"
#include "bk-server-relays.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  BkServerConfig *config;
  GPtrArray *problems;
} Check;

static guint
line_of (const Check *check, const char *group, const char *key)
{
  int index = _bk_server_config_find (group, key);

  return index >= 0 ? check->config->lines[index] : 0;
}

/* Takes @text. */
static void
add (const Check *check, const char *key, char *text)
{
  bk_server_problems_add (check->problems, line_of (check, "server", key), FALSE, text);
}

/* Takes @error. */
static void
add_error (const Check *check, const char *key, GError *error)
{
  add (check, key, g_strdup (error->message));
  g_error_free (error);
}

/* ---- addresses ---- */

/* Takes the port for a moment. Nobody is refused by that: it does not listen. */
static void
try_port (const Check *check, const char *text, GInetAddress *inet, guint16 port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (inet, port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (g_inet_address_get_family (inet), G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, &error);
  gboolean is_ipv6 = g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6;

  if (socket != NULL && (!is_ipv6 || g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, TRUE, NULL))
      && g_socket_bind (socket, address, TRUE, &error))
    return;
  gboolean in_use = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  if (in_use && check->config->database != NULL && bk_server_operator_is_heard (check->config->database))
    return; /* by the server itself */
  bk_server_problems_add (check->problems, line_of (check, "server", "listen"), in_use,
                          g_strdup_printf ("%s cannot be had now: %s", text,
                                           error != NULL ? error->message : "no such address family"));
}

static void
check_address (const Check *check, const char *text)
{
  g_autofree char *host = NULL;
  GError *error = NULL;
  guint16 port;

  if (!bk_server_split_address (text, &host, &port, &error))
    {
      add_error (check, "listen", error);
      return;
    }
  g_autoptr (GInetAddress) inet
    = g_inet_address_new_from_string (g_str_equal (host, "localhost") ? "127.0.0.1" : host);
  if (inet == NULL)
    {
      add (check, "listen", g_strdup_printf ("“%s” is not an IP address to listen on", host));
      return;
    }
  try_port (check, text, inet, port);
}

static void
check_listen (const Check *check)
{
  gboolean only_loopback = TRUE;
  GError *error = NULL;

  if (!_bk_server_config_complete_listen (check->config, &only_loopback, NULL))
    only_loopback = TRUE; /* what is wrong with them is said address by address */
  for (char **address = check->config->listen; address != NULL && *address != NULL; address++)
    check_address (check, *address);
  if (!_bk_server_config_complete_domain (check->config, only_loopback, &error))
    add_error (check, check->config->domain != NULL ? "domain" : "listen", error);
  if (!only_loopback && check->config->certificate == NULL)
    add (check, "listen", g_strdup ("Others can reach the server here: it needs “tls-certificate” and “tls-key”"));
}

/* ---- files ---- */

static void
check_certificate (const Check *check)
{
  const char *certificate = check->config->certificate;
  const char *key = check->config->key;
  GError *error = NULL;

  if ((certificate != NULL) != (key != NULL))
    add (check, certificate != NULL ? "tls-certificate" : "tls-key",
         g_strdup ("“tls-certificate” and “tls-key” belong together: only one is given"));
  if (certificate != NULL && access (certificate, R_OK) != 0)
    add (check, "tls-certificate", g_strdup_printf ("%s cannot be read: %s", certificate, g_strerror (errno)));
  else if (key != NULL && access (key, R_OK) != 0)
    add (check, "tls-key", g_strdup_printf ("%s cannot be read: %s", key, g_strerror (errno)));
  else if (certificate != NULL && key != NULL)
    {
      char *remark;

      if (!bk_server_net_check_certificate (certificate, key, g_get_real_time (), &remark, &error))
        add_error (check, "tls-certificate", error);
      else if (remark != NULL)
        bk_server_problems_add (check->problems, line_of (check, "server", "tls-certificate"), TRUE, remark);
    }
}

static void
check_database (const Check *check)
{
  const char *database = check->config->database;

  if (database == NULL)
    return;
  g_autofree char *folder = g_path_get_dirname (database);
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    add (check, "database", g_strdup_printf ("The folder %s is not there", folder));
  else if (access (folder, W_OK | X_OK) != 0)
    add (check, "database", g_strdup_printf ("In the folder %s nothing may be written", folder));
  else if (g_file_test (database, G_FILE_TEST_IS_DIR))
    add (check, "database", g_strdup_printf ("%s is a folder", database));
  else if (access (database, F_OK) == 0 && access (database, R_OK | W_OK) != 0)
    add (check, "database", g_strdup_printf ("%s may not be written", database));
}

static void
check_relays (const Check *check)
{
  static const char *const keys[] = { "turn-secret-file", "turn-secret", "turn-servers", "stun-servers" };
  g_autoptr (GError) error = NULL;
  guint line = 0;

  if (bk_server_relays_complete (check->config, &error))
    return;
  /* The sentence names the setting that it is about. */
  for (gsize i = 0; i < G_N_ELEMENTS (keys) && line == 0; i++)
    {
      g_autofree char *quoted = g_strdup_printf ("“%s”", keys[i]);
      if (strstr (error->message, quoted) != NULL)
        line = line_of (check, "relays", keys[i]);
    }
  bk_server_problems_add (check->problems, line, FALSE, g_strdup (error->message));
}

static void
check_metrics (const Check *check)
{
  GError *error = NULL;

  if (check->config->metrics != NULL && !bk_server_metrics_check (check->config->metrics, &error))
    add_error (check, "metrics", error);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const BkServerProblem *first = *(BkServerProblem *const *) a;
  const BkServerProblem *second = *(BkServerProblem *const *) b;

  return (first->line > second->line) - (first->line < second->line);
}

/* Adds what is wrong with @self, which was read, to @problems; sorts them by their lines. */
void
bk_server_config_check (BkServerConfig *self, GPtrArray *problems)
{
  const Check check = { self, problems };

  check_listen (&check);
  check_certificate (&check);
  check_database (&check);
  check_relays (&check);
  check_metrics (&check);
  g_ptr_array_sort (problems, compare_lines);
}
