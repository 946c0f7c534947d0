/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways for packets: which descriptor, which id of ours and which id of the other side belong together. */
#include "bk-real-channel-private.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <sys/socket.h>

typedef struct
{
  BkFlow *flow;
  char *name;
} BkRealFlow;

typedef struct
{
  char *name;
  guint32 id;
  gboolean closed; /* whoever opens it finds that the other side has gone */
} BkRealAnnounced;

static void
flow_free (gpointer data)
{
  BkRealFlow *flow = data;

  bk_flow_free (flow->flow);
  g_free (flow->name);
  g_free (flow);
}

static void
announced_free (gpointer data)
{
  BkRealAnnounced *announced = data;

  g_free (announced->name);
  g_free (announced);
}

void
bk_real_flows_init (BkRealChannel *self)
{
  self->flows = g_ptr_array_new_with_free_func (flow_free);
  self->assembly = bk_assembly_new ();
}

void
bk_real_flows_clear (BkRealChannel *self)
{
  g_clear_pointer (&self->flows, g_ptr_array_unref);
  g_queue_clear_full (&self->announced, announced_free);
  g_clear_pointer (&self->assembly, bk_assembly_free);
}

static BkRealFlow *
get_flow (BkRealChannel *self, guint i)
{
  return g_ptr_array_index (self->flows, i);
}

/* The first of that name that the other side has announced; NULL if there is none. */
static BkRealAnnounced *
take_first (BkRealChannel *self, const char *name)
{
  for (GList *link = self->announced.head; link != NULL; link = link->next)
    {
      BkRealAnnounced *announced = link->data;
      if (!g_str_equal (announced->name, name))
        continue;
      g_queue_delete_link (&self->announced, link);
      return announced;
    }
  return NULL;
}

int
bk_real_flows_open (BkRealChannel *self, const char *name, GError **error)
{
  int ours = -1;

  if (self->flows->len >= BK_LIMIT_FLOWS)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED,
                   "%d ways for packets of this session are open already", BK_LIMIT_FLOWS);
      return -1;
    }
  int fd = bk_real_make_pair (SOCK_SEQPACKET, &ours, error);
  if (fd < 0)
    return -1;
  BkRealFlow *flow = g_new0 (BkRealFlow, 1);
  flow->name = g_strdup (name);
  self->last_id = self->last_id % (BK_FORWARD_ID - 1) + 1;
  flow->flow = bk_flow_new (&self->hub, ours, self->last_id, TRUE);
  g_ptr_array_add (self->flows, flow);

  BkWord word = { .kind = BK_WORD_DATAGRAM, .name = flow->name, .id = bk_flow_get_id (flow->flow) };
  bk_real_words_send (self, &word);
  BkRealAnnounced *announced = take_first (self, name);
  if (announced == NULL)
    return fd;
  bk_flow_set_their_id (flow->flow, announced->id);
  if (announced->closed)
    g_ptr_array_remove (self->flows, flow);
  announced_free (announced);
  return fd;
}

gboolean
bk_real_flows_take_announced (BkRealChannel *self, const char *name, guint32 id)
{
  for (guint i = 0; i < self->flows->len; i++)
    {
      BkRealFlow *flow = get_flow (self, i);
      if (bk_flow_has_their_id (flow->flow) || !g_str_equal (flow->name, name))
        continue;
      bk_flow_set_their_id (flow->flow, id);
      bk_real_turn_soon (self);
      return TRUE;
    }
  BkRealAnnounced *announced = g_new0 (BkRealAnnounced, 1);
  *announced = (BkRealAnnounced){ g_strdup (name), id, FALSE };
  g_queue_push_tail (&self->announced, announced);
  bk_real_turn_tell_offered (self, name, TRUE);
  return self->announced.length <= BK_LIMIT_FLOWS;
}

void
bk_real_flows_take_closed (BkRealChannel *self, guint32 id)
{
  for (GList *link = self->announced.head; link != NULL; link = link->next)
    {
      BkRealAnnounced *announced = link->data;
      announced->closed |= announced->id == id;
    }
  for (guint i = 0; i < self->flows->len; i++)
    if (bk_flow_has_their_id (get_flow (self, i)->flow) && bk_flow_get_their_id (get_flow (self, i)->flow) == id)
      {
        g_ptr_array_remove_index (self->flows, i);
        return;
      }
}

void
bk_real_flows_receive (BkRealChannel *self, const guint8 *data, gsize length)
{
  BkFragment fragment;

  if (!bk_fragment_read (data, length, &fragment))
    return;
  g_autoptr (GBytes) datagram = bk_assembly_take (self->assembly, &fragment);
  if (datagram == NULL)
    return;
  if ((fragment.flow & BK_FORWARD_ID) != 0)
    {
      bk_forward_receive (self->forward, fragment.flow, datagram);
      return;
    }
  for (guint i = 0; i < self->flows->len; i++)
    if (bk_flow_get_id (get_flow (self, i)->flow) == fragment.flow)
      bk_flow_receive (get_flow (self, i)->flow, datagram);
}

void
bk_real_flows_writable (BkRealChannel *self)
{
  for (guint i = 0; i < self->flows->len; i++)
    bk_flow_writable (get_flow (self, i)->flow);
  bk_forward_writable (self->forward);
}

/* One that the program has closed is kept until it is known which one of the other side it belongs to. */
void
bk_real_flows_turn (BkRealChannel *self)
{
  for (guint i = 0; i < self->flows->len;)
    {
      BkFlow *flow = get_flow (self, i)->flow;
      BkWord word = { .kind = BK_WORD_CLOSED, .id = bk_flow_get_id (flow) };

      if (bk_flow_is_over (flow) && bk_flow_has_their_id (flow) && bk_real_words_send (self, &word))
        g_ptr_array_remove_index (self->flows, i);
      else
        i++;
    }
}

gboolean
bk_real_flows_are_drained (BkRealChannel *self)
{
  for (guint i = 0; i < self->flows->len; i++)
    if (!bk_flow_is_drained (get_flow (self, i)->flow))
      return FALSE;
  return bk_forward_is_drained (self->forward);
}
