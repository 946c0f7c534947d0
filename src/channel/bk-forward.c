/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-forward-private.h"

#include "beckon-error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_ADDRESS 0x7F400001u /* 127.64.0.1: nobody else's habit */
#define N_ADDRESSES 0x3FFFFDu
#define ATTEMPTS 32
#define MAX_PATH 100
#define IDLE_US (60 * G_USEC_PER_SEC) /* a source that may make room for another */

BkForward *
bk_forward_new (BkClock *clock, const char *runtime_dir, BkPumpHub *hub, BkForwardAcceptedFunc accepted,
                gpointer user_data)
{
  BkForward *self = g_new0 (BkForward, 1);

  self->clock = g_object_ref (clock);
  self->runtime_dir = g_strdup (runtime_dir);
  self->hub = hub;
  self->accepted = accepted;
  self->user_data = user_data;
  self->tcp = self->udp = self->un = -1;
  self->sources = g_ptr_array_new ();
  return self;
}

static void
source_free (BkForwardSource *source)
{
  bk_flow_free (source->flow);
  g_free (source);
}

void
bk_forward_free (BkForward *self)
{
  bk_forward_host_stop (self);
  g_ptr_array_set_free_func (self->sources, (GDestroyNotify) source_free);
  g_ptr_array_unref (self->sources);
  bk_forward_join_clear (self);
  if (self->path != NULL)
    g_unlink (self->path);
  if (self->folder != NULL)
    g_rmdir (self->folder);
  bk_endpoint_clear (&self->endpoint);
  g_free (self->path);
  g_free (self->folder);
  g_free (self->runtime_dir);
  g_object_unref (self->clock);
  g_free (self);
}

void
bk_forward_stop (BkForward *self)
{
  bk_forward_host_stop (self);
  bk_forward_join_stop (self);
}

/* ---- places ---- */

static int
bind_one (int type, struct sockaddr_in *address)
{
  socklen_t length = sizeof *address;
  int fd = socket (AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int on = 1;

  /* Connections of the session before, which the system remembers for a while, are no obstacle; a listener is. */
  if (fd >= 0 && type == SOCK_STREAM)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd >= 0 && bind (fd, (struct sockaddr *) address, sizeof *address) == 0
      && getsockname (fd, (struct sockaddr *) address, &length) == 0)
    return fd;
  if (fd >= 0)
    {
      int problem = errno;
      close (fd);
      errno = problem;
    }
  return -1;
}

static gboolean
try_bind (BkCarries carries, int *tcp, int *udp, struct sockaddr_in *address)
{
  *tcp = (carries & BK_CARRY_TCP) != 0 ? bind_one (SOCK_STREAM, address) : -1;
  if ((carries & BK_CARRY_TCP) != 0 && *tcp < 0)
    return FALSE;
  *udp = (carries & BK_CARRY_UDP) != 0 ? bind_one (SOCK_DGRAM, address) : -1;
  if ((carries & BK_CARRY_UDP) == 0 || *udp >= 0)
    return TRUE;
  if (*tcp >= 0)
    {
      int problem = errno;
      close (*tcp);
      errno = problem;
    }
  *tcp = -1;
  return FALSE;
}

gboolean
bk_forward_bind (BkForward *self, BkCarries carries, guint16 port, int *tcp, int *udp, struct sockaddr_in *address,
                 GError **error)
{
  for (guint i = 0; i < ATTEMPTS; i++)
    {
      *address = (struct sockaddr_in){ .sin_family = AF_INET,
                                       .sin_port = htons (port),
                                       .sin_addr.s_addr = htonl (FIRST_ADDRESS + g_random_int () % N_ADDRESSES) };
      if (try_bind (carries, tcp, udp, address))
        return TRUE;
    }
  if (port != 0 && errno == EADDRINUSE)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, _("Port %u is in use by another program."), port);
  else
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, _("This computer has no free port: %s"), g_strerror (errno));
  return FALSE;
}

gboolean
bk_forward_make_path (BkForward *self, GError **error)
{
  if (self->path != NULL)
    return TRUE;
  g_autofree char *folder = g_build_filename (self->runtime_dir, "s-XXXXXX", NULL);
  g_autofree char *path = NULL;

  if (g_mkdir_with_parents (self->runtime_dir, 0700) < 0 || g_mkdtemp_full (folder, 0700) == NULL)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, _("Could not create a folder for the session: %s"),
                   g_strerror (errno));
      return FALSE;
    }
  path = g_build_filename (folder, "socket", NULL);
  if (strlen (path) > MAX_PATH)
    {
      g_rmdir (folder);
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, _("The path of the runtime folder is too long: %s"),
                   self->runtime_dir);
      return FALSE;
    }
  self->folder = g_steal_pointer (&folder);
  self->path = g_steal_pointer (&path);
  return TRUE;
}

void
bk_forward_fill_endpoint (BkForward *self, BkCarries carries, const struct sockaddr_in *address, BkEndpoint *endpoint)
{
  char text[INET_ADDRSTRLEN];

  *endpoint = (BkEndpoint){ .carries = carries };
  if (address == NULL)
    {
      endpoint->path = g_strdup (self->path);
      return;
    }
  inet_ntop (AF_INET, &address->sin_addr, text, sizeof text);
  endpoint->address = g_strdup (text);
  endpoint->port = ntohs (address->sin_port);
}

gboolean
bk_forward_reserve (BkForward *self, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error)
{
  struct sockaddr_in address;
  int tcp = -1;
  int udp = -1;

  if ((carries & BK_CARRY_UNIX) != 0)
    {
      if (!bk_forward_make_path (self, error))
        return FALSE;
      bk_forward_fill_endpoint (self, carries, NULL, endpoint);
      return TRUE;
    }
  if (!bk_forward_bind (self, carries, port, &tcp, &udp, &address, error))
    return FALSE;
  /* The program is to have it. */
  if (tcp >= 0)
    close (tcp);
  if (udp >= 0)
    close (udp);
  bk_forward_fill_endpoint (self, carries, &address, endpoint);
  return TRUE;
}

/* ---- packets ---- */

BkForwardSource *
bk_forward_find_source (BkForward *self, guint32 id)
{
  for (guint i = 0; i < self->sources->len; i++)
    {
      BkForwardSource *source = g_ptr_array_index (self->sources, i);
      if (bk_flow_get_id (source->flow) == id)
        return source;
    }
  return NULL;
}

static gboolean
make_room (BkForward *self, gint64 now)
{
  guint oldest = 0;

  if (self->sources->len < BK_FORWARD_SOURCES)
    return TRUE;
  for (guint i = 1; i < self->sources->len; i++)
    if (((BkForwardSource *) g_ptr_array_index (self->sources, i))->used
        < ((BkForwardSource *) g_ptr_array_index (self->sources, oldest))->used)
      oldest = i;
  BkForwardSource *source = g_ptr_array_index (self->sources, oldest);
  if (now - source->used < IDLE_US)
    return FALSE;
  g_ptr_array_remove_index_fast (self->sources, oldest);
  source_free (source);
  return TRUE;
}

/* Takes @flow over. NULL: there are too many. */
BkForwardSource *
bk_forward_add_source (BkForward *self, BkFlow *flow)
{
  gint64 now = bk_clock_now (self->clock);

  if (!make_room (self, now))
    {
      bk_flow_free (flow);
      return NULL;
    }
  BkForwardSource *source = g_new0 (BkForwardSource, 1);
  source->flow = flow;
  source->used = now;
  g_ptr_array_add (self->sources, source);
  return source;
}

void
bk_forward_receive (BkForward *self, guint32 id, GBytes *datagram)
{
  if (self->hosts)
    bk_forward_host_receive (self, id, datagram);
  else if (self->udp >= 0)
    bk_forward_join_receive (self, id, datagram);
}

void
bk_forward_writable (BkForward *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    bk_flow_writable (((BkForwardSource *) g_ptr_array_index (self->sources, i))->flow);
}

gboolean
bk_forward_is_drained (BkForward *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    if (!bk_flow_is_drained (((BkForwardSource *) g_ptr_array_index (self->sources, i))->flow))
      return FALSE;
  return TRUE;
}
