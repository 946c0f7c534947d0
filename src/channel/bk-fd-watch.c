/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-fd-watch.h"

struct _BkFdWatch
{
  GSource source;

  int fd;
  gpointer tag; /* NULL: not looked at */
  GIOCondition wanted;
  BkFdWatchFunc func;
  gpointer user_data;
};

static gboolean
on_dispatch (GSource *source, GSourceFunc unused, gpointer user_data)
{
  BkFdWatch *self = (BkFdWatch *) source;
  GIOCondition condition = self->tag != NULL ? g_source_query_unix_fd (source, self->tag) : 0;

  if (condition != 0)
    self->func (condition, self->user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs funcs = { .dispatch = on_dispatch };

BkFdWatch *
bk_fd_watch_new (int fd, BkFdWatchFunc func, gpointer user_data)
{
  BkFdWatch *self = (BkFdWatch *) g_source_new (&funcs, sizeof (BkFdWatch));

  self->fd = fd;
  self->func = func;
  self->user_data = user_data;
  g_source_set_static_name (&self->source, "channel descriptor");
  g_source_attach (&self->source, NULL);
  return self;
}

void
bk_fd_watch_free (BkFdWatch *self)
{
  g_source_destroy (&self->source);
  g_source_unref (&self->source);
}

void
bk_fd_watch_want (BkFdWatch *self, GIOCondition condition)
{
  if (condition == self->wanted)
    return;
  self->wanted = condition;
  if (condition == 0)
    g_source_remove_unix_fd (&self->source, g_steal_pointer (&self->tag));
  else if (self->tag != NULL)
    g_source_modify_unix_fd (&self->source, self->tag, condition);
  else
    self->tag = g_source_add_unix_fd (&self->source, self->fd, condition);
}
