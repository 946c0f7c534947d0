/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The side whose program hosts: waits until it listens, then connects to it. */
#include "bk-forward-private.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_WAIT_MS 50
#define LAST_WAIT_MS 250
#define SECOND_LOOK_MS 200

typedef struct
{
  BkForward *forward;
  BkProgram *program; /* nullable */
  GStrv ignored;      /* nullable */
  gboolean listens; /* at the last look */
  guint wait;
  guint timer;
  gint64 deadline;
} Hosting;

static void look (GTask *task);

static void
hosting_free (gpointer data)
{
  Hosting *hosting = data;

  g_clear_object (&hosting->program);
  g_strfreev (hosting->ignored);
  g_free (hosting);
}

/* Takes the task away from where it waits. */
static GTask *
end_waiting (BkForward *self)
{
  Hosting *hosting = g_task_get_task_data (self->hosting);

  bk_clock_clear (self->clock, &hosting->timer);
  return g_steal_pointer (&self->hosting);
}

static void
fail (BkForward *self, BeckonError code, char *text)
{
  g_autoptr (GTask) task = end_waiting (self);

  g_task_return_new_error (task, BECKON_ERROR, (int) code, "%s", text);
  g_free (text);
}

void
bk_forward_host_stop (BkForward *self)
{
  if (self->hosting != NULL)
    fail (self, BECKON_ERROR_CANCELLED, g_strdup ("The session is over"));
}

static void
succeed (BkForward *self)
{
  g_autoptr (GTask) task = end_waiting (self);

  self->hosts = TRUE;
  g_task_return_boolean (task, TRUE);
}

/* ---- is it there? ---- */

static BkListenWish
make_wish (BkForward *self, GHashTable *inodes, const char *const *ignored)
{
  return (BkListenWish){ &self->endpoint, geteuid (), inodes, ignored, bk_sockets_get_first_ephemeral () };
}

/* What answers first is TCP, where both are carried: with many programs UDP comes with the first player. */
static gboolean
find_listener (BkForward *self, GArray *const rows[2], const BkListenWish *wish)
{
  gboolean udp = (self->endpoint.carries & BK_CARRY_TCP) == 0;

  return bk_sockets_find_listener (rows[udp], wish, udp, self->address) != NULL;
}

static char *
describe_other (const BkSocketRow *other)
{
  /* Translators: %u is the number of a port, %s is TCP or UDP. */
  return g_strdup_printf (_("The program opens port %u (%s), which is not in its registration."), other->port,
                          other->udp ? "UDP" : "TCP");
}

/* TRUE: the wait is over, one way or the other. */
static gboolean
look_at_ports (BkForward *self, Hosting *hosting)
{
  g_autoptr (GArray) tcp = bk_sockets_read (FALSE);
  g_autoptr (GArray) udp = bk_sockets_read (TRUE);
  g_autoptr (GHashTable) inodes = hosting->program != NULL ? bk_sockets_of_program (hosting->program) : NULL;
  GArray *const rows[2] = { tcp, udp };
  BkListenWish wish = make_wish (self, inodes, (const char *const *) hosting->ignored);

  for (int i = 0; i < 2; i++)
    {
      const BkSocketRow *other = bk_sockets_find_other (rows[i], &wish);

      if (other == NULL)
        continue;
      fail (self, BECKON_ERROR_FAILED, describe_other (other));
      return TRUE;
    }
  if (!find_listener (self, rows, &wish))
    return FALSE;
  if (!hosting->listens)
    {
      /* What else it opens comes at the same time, but not always first. */
      hosting->listens = TRUE;
      hosting->wait = SECOND_LOOK_MS;
      return FALSE;
    }
  succeed (self);
  return TRUE;
}

static gboolean
look_at_path (BkForward *self)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents ("/proc/net/unix", &text, NULL, NULL)
      || !bk_sockets_listens_unix (text, self->endpoint.path))
    return FALSE;
  succeed (self);
  return TRUE;
}

static void
on_timer (gpointer user_data)
{
  Hosting *hosting = g_task_get_task_data (user_data);

  hosting->timer = 0;
  look (user_data);
}

static void
give_up (BkForward *self)
{
  if ((self->endpoint.carries & BK_CARRY_UNIX) != 0)
    fail (self, BECKON_ERROR_EXPIRED, g_strdup (_("The program does not listen on the socket that it was given.")));
  else
    fail (self, BECKON_ERROR_EXPIRED,
          /* Translators: %u is the number of a port. */
          g_strdup_printf (_("The program does not listen on port %u."), self->endpoint.port));
}

static void
look (GTask *task)
{
  Hosting *hosting = g_task_get_task_data (task);
  BkForward *self = hosting->forward;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      fail (self, BECKON_ERROR_CANCELLED, g_strdup ("The program is not waited for any more"));
      return;
    }
  if ((self->endpoint.carries & BK_CARRY_UNIX) != 0 ? look_at_path (self) : look_at_ports (self, hosting))
    return;
  if (bk_clock_now (self->clock) >= hosting->deadline)
    {
      give_up (self);
      return;
    }
  hosting->timer = bk_clock_add (self->clock, hosting->wait, on_timer, task);
  hosting->wait = MIN (hosting->wait * 2, LAST_WAIT_MS);
}

static void
copy_endpoint (BkForward *self, const BkEndpoint *endpoint)
{
  BkEndpoint copy = { endpoint->carries, g_strdup (endpoint->address), endpoint->port, g_strdup (endpoint->path) };

  bk_endpoint_clear (&self->endpoint);
  self->endpoint = copy;
}

void
bk_forward_host_async (BkForward *self, GObject *source, const BkEndpoint *endpoint, BkProgram *program,
                       const char *const *ignored, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);
  Hosting *hosting = g_new0 (Hosting, 1);

  hosting->forward = self;
  hosting->program = program != NULL ? g_object_ref (program) : NULL;
  hosting->ignored = g_strdupv ((char **) ignored);
  hosting->wait = FIRST_WAIT_MS;
  hosting->deadline = bk_clock_now (self->clock) + BK_TIMEOUT_HOST_S * G_USEC_PER_SEC;
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, hosting, hosting_free);
  if (self->hosting != NULL || self->hosts)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_FAILED, "The session has a program that hosts already");
      return;
    }
  copy_endpoint (self, endpoint);
  self->hosting = g_steal_pointer (&task);
  look (self->hosting);
}

/* ---- connecting to it ---- */

static int
connect_unix (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  if (fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static struct sockaddr_in
get_address (BkForward *self, const char *text)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (self->endpoint.port) };

  inet_pton (AF_INET, text, &address.sin_addr);
  return address;
}

static int
connect_to (int type, const struct sockaddr_in *address)
{
  int fd = socket (AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd >= 0 && (connect (fd, (const struct sockaddr *) address, sizeof *address) == 0 || errno == EINPROGRESS))
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

int
bk_forward_connect (BkForward *self)
{
  if (!self->hosts)
    return -1;
  if ((self->endpoint.carries & BK_CARRY_UNIX) != 0)
    return connect_unix (self->endpoint.path);
  if ((self->endpoint.carries & BK_CARRY_TCP) == 0)
    return -1;
  struct sockaddr_in address = get_address (self, self->address);
  return connect_to (SOCK_STREAM, &address);
}

static BkForwardSource *
add_host_source (BkForward *self, guint32 id)
{
  g_autoptr (GArray) rows = bk_sockets_read (TRUE);
  BkListenWish wish = make_wish (self, NULL, NULL);
  char text[INET_ADDRSTRLEN];

  if (bk_sockets_find_listener (rows, &wish, TRUE, text) == NULL)
    return NULL;
  struct sockaddr_in address = get_address (self, text);
  int fd = connect_to (SOCK_DGRAM, &address);
  if (fd < 0)
    return NULL;
  BkFlow *flow = bk_flow_new (self->hub, fd, id, FALSE);
  bk_flow_set_their_id (flow, id);
  return bk_forward_add_source (self, flow);
}

void
bk_forward_host_receive (BkForward *self, guint32 id, GBytes *datagram)
{
  BkForwardSource *source = bk_forward_find_source (self, id);

  if (source == NULL && (self->endpoint.carries & BK_CARRY_UDP) != 0)
    source = add_host_source (self, id);
  if (source == NULL)
    return;
  source->used = bk_clock_now (self->clock);
  bk_flow_receive (source->flow, datagram);
}
