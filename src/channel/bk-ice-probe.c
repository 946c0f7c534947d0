/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-ice-probe.h"

#include <nice/interfaces.h>
#include <string.h>
#include <stun/usages/bind.h>
#include <stun/usages/ice.h>

#define UFRAG "test"
#define PRIORITY 0x6E0001FF /* of a host's own address as seen from outside; nobody looks at it */

typedef struct
{
  guint place;
  GSocketAddress *to;
  StunAgent stun;
  gboolean check;
  guint8 request[STUN_MAX_MESSAGE_SIZE_IPV6];
  gsize length;
  char *pwd; /* libnice checks the answer with it */
  GInetSocketAddress *mapped;
} Probe;

struct _BkIceProbes
{
  void (*answered) (gpointer user_data);
  gpointer user_data;
  GSocket *sockets[2]; /* IPv4, IPv6; NULL: there is none on this machine, or it has not been needed */
  GSource *sources[2];
  GPtrArray *probes;
};

static void
probe_free (Probe *probe)
{
  g_object_unref (probe->to);
  g_clear_object (&probe->mapped);
  g_free (probe->pwd);
  g_free (probe);
}

BkIceProbes *
bk_ice_probes_new (void (*answered) (gpointer user_data), gpointer user_data)
{
  BkIceProbes *self = g_new0 (BkIceProbes, 1);

  self->answered = answered;
  self->user_data = user_data;
  self->probes = g_ptr_array_new_with_free_func ((GDestroyNotify) probe_free);
  return self;
}

void
bk_ice_probes_free (BkIceProbes *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->sockets); i++)
    {
      if (self->sources[i] != NULL)
        g_source_destroy (self->sources[i]);
      g_clear_pointer (&self->sources[i], g_source_unref);
      g_clear_object (&self->sockets[i]);
    }
  g_ptr_array_unref (self->probes);
  g_free (self);
}

static GInetSocketAddress *
read_mapped (Probe *probe, StunMessage *message)
{
  struct sockaddr_storage mapped = { 0 };
  struct sockaddr_storage other = { 0 };
  socklen_t size = sizeof mapped;
  socklen_t other_size = sizeof other;
  gboolean good = probe->check
                    ? stun_usage_ice_conncheck_process (message, &mapped, &size, STUN_USAGE_ICE_COMPATIBILITY_RFC5245)
                        == STUN_USAGE_ICE_RETURN_SUCCESS
                    : stun_usage_bind_process (message, (struct sockaddr *) &mapped, &size,
                                               (struct sockaddr *) &other, &other_size)
                        == STUN_USAGE_BIND_RETURN_SUCCESS;
  GSocketAddress *address = good ? g_socket_address_new_from_native (&mapped, size) : NULL;

  if (address != NULL && G_IS_INET_SOCKET_ADDRESS (address))
    return G_INET_SOCKET_ADDRESS (address);
  g_clear_object (&address);
  return NULL;
}

/* Each question has an agent of its own, which knows its number and nobody else's. */
static gboolean
take_answer (BkIceProbes *self, const guint8 *data, gsize length)
{
  for (guint i = 0; i < self->probes->len; i++)
    {
      Probe *probe = self->probes->pdata[i];
      StunMessage message;

      if (probe->mapped != NULL
          || stun_agent_validate (&probe->stun, &message, data, length, NULL, NULL) != STUN_VALIDATION_SUCCESS
          || stun_message_get_class (&message) != STUN_RESPONSE)
        continue;
      probe->mapped = read_mapped (probe, &message);
      return probe->mapped != NULL;
    }
  return FALSE;
}

static gboolean
on_input (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  BkIceProbes *self = user_data;
  guint8 data[STUN_MAX_MESSAGE_SIZE_IPV6];
  gssize length = g_socket_receive (socket, (char *) data, sizeof data, NULL, NULL);

  if (length > 0 && take_answer (self, data, (gsize) length))
    self->answered (self->user_data);
  return G_SOURCE_CONTINUE;
}

static GSocket *
get_socket (BkIceProbes *self, GSocketFamily family)
{
  guint i = family == G_SOCKET_FAMILY_IPV4 ? 0 : 1;
  g_autoptr (GInetAddress) any = g_inet_address_new_any (family);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (any, 0);

  if (self->sockets[i] != NULL)
    return self->sockets[i];
  self->sockets[i] = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  if (self->sockets[i] == NULL || !g_socket_bind (self->sockets[i], address, FALSE, NULL))
    {
      g_clear_object (&self->sockets[i]);
      return NULL;
    }
  g_socket_set_blocking (self->sockets[i], FALSE);
  self->sources[i] = g_socket_create_source (self->sockets[i], G_IO_IN, NULL);
  g_source_set_callback (self->sources[i], G_SOURCE_FUNC (on_input), self, NULL);
  g_source_attach (self->sources[i], NULL);
  return self->sockets[i];
}

static void
send_request (BkIceProbes *self, Probe *probe)
{
  GSocket *socket = get_socket (self, g_socket_address_get_family (probe->to));

  if (socket != NULL)
    g_socket_send_to (socket, probe->to, (const char *) probe->request, probe->length, NULL, NULL);
}

static Probe *
add_probe (BkIceProbes *self, guint place, const char *address, guint16 port)
{
  GSocketAddress *to = g_inet_socket_address_new_from_string (address, port);
  Probe *probe = NULL;

  if (to == NULL)
    return NULL;
  probe = g_new0 (Probe, 1);
  probe->place = place;
  probe->to = to;
  g_ptr_array_add (self->probes, probe);
  return probe;
}

void
bk_ice_probes_ask (BkIceProbes *self, guint place, const char *address, guint16 port)
{
  Probe *probe = add_probe (self, place, address, port);
  StunMessage message;

  if (probe == NULL)
    return;
  stun_agent_init (&probe->stun, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_IGNORE_CREDENTIALS);
  probe->length = stun_usage_bind_create (&probe->stun, &message, probe->request, sizeof probe->request);
  send_request (self, probe);
}

void
bk_ice_probes_check (BkIceProbes *self, guint place, const char *address, guint16 port, const char *ufrag,
                     const char *pwd)
{
  Probe *probe = add_probe (self, place, address, port);
  g_autofree char *user = g_strconcat (ufrag, ":" UFRAG, NULL);
  StunMessage message;

  if (probe == NULL)
    return;
  probe->check = TRUE;
  probe->pwd = g_strdup (pwd);
  stun_agent_init (&probe->stun, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  probe->length = stun_usage_ice_conncheck_create (
    &probe->stun, &message, probe->request, sizeof probe->request, (const guint8 *) user, strlen (user),
    (const guint8 *) probe->pwd, strlen (probe->pwd), FALSE, FALSE, PRIORITY, 0, NULL,
    STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  send_request (self, probe);
}

void
bk_ice_probes_repeat (BkIceProbes *self)
{
  for (guint i = 0; i < self->probes->len; i++)
    if (((Probe *) self->probes->pdata[i])->mapped == NULL)
      send_request (self, self->probes->pdata[i]);
}

gboolean
bk_ice_probes_is_answered (BkIceProbes *self, guint place)
{
  for (guint i = 0; i < self->probes->len; i++)
    {
      Probe *probe = self->probes->pdata[i];

      if (probe->place == place && probe->mapped != NULL)
        return TRUE;
    }
  return FALSE;
}

gboolean
bk_ice_probes_are_answered (BkIceProbes *self)
{
  for (guint i = 0; i < self->probes->len; i++)
    if (((Probe *) self->probes->pdata[i])->mapped == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
is_ipv4 (Probe *probe)
{
  return g_socket_address_get_family (probe->to) == G_SOCKET_FAMILY_IPV4;
}

static Probe *
find_answered (BkIceProbes *self)
{
  Probe *found = NULL;

  for (guint i = 0; i < self->probes->len; i++)
    {
      Probe *probe = self->probes->pdata[i];

      if (probe->mapped != NULL && (found == NULL || (is_ipv4 (probe) && !is_ipv4 (found))))
        found = probe;
    }
  return found;
}

GInetSocketAddress *
bk_ice_probes_get_mapped (BkIceProbes *self)
{
  Probe *probe = find_answered (self);

  return probe != NULL ? probe->mapped : NULL;
}

static gboolean
is_own (GInetSocketAddress *mapped)
{
  g_autofree char *text = g_inet_address_to_string (g_inet_socket_address_get_address (mapped));
  GList *addresses = nice_interfaces_get_local_ips (TRUE);
  gboolean own = g_list_find_custom (addresses, text, (GCompareFunc) g_strcmp0) != NULL;

  g_list_free_full (addresses, g_free);
  return own;
}

static gboolean
is_same (GInetSocketAddress *a, GInetSocketAddress *b)
{
  return g_inet_socket_address_get_port (a) == g_inet_socket_address_get_port (b)
         && g_inet_address_equal (g_inet_socket_address_get_address (a), g_inet_socket_address_get_address (b));
}

const char *
bk_ice_probes_get_nat (BkIceProbes *self)
{
  Probe *first = find_answered (self);
  const char *nat = "unknown";

  if (first == NULL)
    return "unknown";
  if (is_own (first->mapped))
    return "none";
  for (guint i = 0; i < self->probes->len; i++)
    {
      Probe *probe = self->probes->pdata[i];

      if (probe->mapped == NULL || is_ipv4 (probe) != is_ipv4 (first))
        continue;
      if (!is_same (probe->mapped, first->mapped))
        return "symmetric";
      if (!is_same (G_INET_SOCKET_ADDRESS (probe->to), G_INET_SOCKET_ADDRESS (first->to)))
        nat = "cone";
    }
  return nat;
}
