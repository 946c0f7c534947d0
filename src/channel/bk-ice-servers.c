/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STUN and TURN servers, and where they are. libnice would look their names up too, but of a name with two addresses
 * it asks the second one at port 0, and if there is none it never says that it has gathered all. */
#include "bk-ice-private.h"

#include "bk-limits.h"

#include <arpa/inet.h>

/* What is on the same network as this machine is to be found without a name server too: nobody waits longer for one
 * that does not answer. */
#define FIND_MS 2000

typedef struct
{
  GPtrArray *servers;
  BkClock *clock;
  guint timer;
  guint waiting;
  gboolean over; /* what is found from now on comes too late */
} Resolution;

typedef struct
{
  GTask *task;
  BkIceServer *server;
} Lookup;

static void
server_free (BkIceServer *server)
{
  g_free (server->user);
  g_free (server->password);
  g_free (server->ipv4);
  g_free (server->ipv6);
  g_free (server);
}

static BkIceServer *
server_new (const BkRelay *relay, const BkRelays *from)
{
  BkIceServer *server = g_new0 (BkIceServer, 1);
  guint8 address[sizeof (struct in6_addr)];

  server->relay = *relay;
  server->user = g_strdup (from->user);
  server->password = g_strdup (from->password);
  if (inet_pton (AF_INET, relay->host, address) == 1)
    server->ipv4 = g_strdup (relay->host);
  else if (inet_pton (AF_INET6, relay->host, address) == 1)
    server->ipv6 = g_strdup (relay->host);
  return server;
}

GPtrArray *
bk_ice_servers_new (const BkRelays *relays)
{
  GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) server_free);

  for (; relays != NULL; relays = relays->more)
    for (guint i = 0; relays->servers != NULL && relays->servers[i] != NULL; i++)
      {
        BkRelay relay;
        gboolean opens = relays->user != NULL && relays->password != NULL;

        if (servers->len < BK_LIMIT_RELAYS && bk_relay_parse (relays->servers[i], &relay)
            && (opens || relay.kind == BK_RELAY_STUN))
          g_ptr_array_add (servers, server_new (&relay, relays));
      }
  return servers;
}

static gboolean
is_found (const BkIceServer *server)
{
  return server->ipv4 != NULL || server->ipv6 != NULL;
}

gboolean
bk_ice_servers_are_found (GPtrArray *servers)
{
  for (guint i = 0; i < servers->len; i++)
    if (!is_found (servers->pdata[i]))
      return FALSE;
  return TRUE;
}

gboolean
bk_ice_servers_have (GPtrArray *servers, BkRelayKind kind)
{
  for (guint i = 0; i < servers->len; i++)
    if (((BkIceServer *) servers->pdata[i])->relay.kind == kind)
      return TRUE;
  return FALSE;
}

const char *
bk_ice_servers_name (GPtrArray *servers, const char *address, guint16 port)
{
  for (guint i = 0; i < servers->len; i++)
    {
      BkIceServer *server = servers->pdata[i];

      if (server->relay.port == port
          && (g_strcmp0 (server->ipv4, address) == 0 || g_strcmp0 (server->ipv6, address) == 0))
        return server->relay.host;
    }
  return address;
}

static void
resolution_free (Resolution *self)
{
  bk_clock_clear (self->clock, &self->timer);
  g_object_unref (self->clock);
  g_ptr_array_unref (self->servers);
  g_free (self);
}

/* One address of each family: more of them would be the same server again. */
static void
take_addresses (BkIceServer *server, GList *addresses)
{
  for (GList *l = addresses; l != NULL; l = l->next)
    {
      GSocketFamily family = g_inet_address_get_family (l->data);
      char **place = family == G_SOCKET_FAMILY_IPV4 ? &server->ipv4 : &server->ipv6;

      if (*place == NULL)
        *place = g_inet_address_to_string (l->data);
    }
}

static void
end (GTask *task)
{
  Resolution *self = g_task_get_task_data (task);

  if (self->over)
    return;
  self->over = TRUE;
  bk_clock_clear (self->clock, &self->timer);
  g_task_return_boolean (task, TRUE);
}

static void
on_lookup (GObject *resolver, GAsyncResult *result, gpointer user_data)
{
  Lookup *lookup = user_data;
  g_autoptr (GTask) task = lookup->task;
  Resolution *self = g_task_get_task_data (task);
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (resolver), result, NULL);

  if (!self->over)
    take_addresses (lookup->server, addresses);
  g_list_free_full (addresses, g_object_unref);
  g_free (lookup);
  if (--self->waiting == 0)
    end (task);
}

static void
on_late (gpointer task)
{
  Resolution *self = g_task_get_task_data (task);

  self->timer = 0;
  end (task);
}

static void
look_up (GTask *task, BkIceServer *server)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Resolution *self = g_task_get_task_data (task);
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->task = g_object_ref (task);
  lookup->server = server;
  self->waiting++;
  g_resolver_lookup_by_name_async (resolver, server->relay.host, g_task_get_cancellable (task), on_lookup, lookup);
}

void
bk_ice_servers_find_async (GPtrArray *servers, BkClock *clock, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Resolution *self = g_new0 (Resolution, 1);

  self->servers = g_ptr_array_ref (servers);
  self->clock = g_object_ref (clock);
  g_task_set_task_data (task, self, (GDestroyNotify) resolution_free);
  for (guint i = 0; i < servers->len; i++)
    if (!is_found (servers->pdata[i]))
      look_up (task, servers->pdata[i]);
  if (self->waiting == 0)
    end (task);
  else
    self->timer = bk_clock_add (clock, FIND_MS, on_late, task);
}

gboolean
bk_ice_servers_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
