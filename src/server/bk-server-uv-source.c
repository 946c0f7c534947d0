/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-uv-source.h"

typedef struct
{
  GSource source;
  uv_loop_t *loop;
  gpointer tag;
  gboolean running;
  gboolean wake; /* something was changed from outside: libuv tells epoll only when it runs */
} UvSource;

/* Returns after how many milliseconds the loop wants to run: 0 at once, -1 only when a descriptor is ready. */
static int
uv_source_timeout (UvSource *self)
{
  if (self->running)
    return -1;
  if (self->wake)
    return 0;
  /* libuv answers 0 for a loop without handles: there is nothing to run, and that would never end. */
  if (!uv_loop_alive (self->loop))
    return -1;
  uv_update_time (self->loop);
  return uv_backend_timeout (self->loop);
}

static gboolean
uv_source_prepare (GSource *source, int *timeout)
{
  *timeout = uv_source_timeout ((UvSource *) source);
  return *timeout == 0;
}

static gboolean
uv_source_check (GSource *source)
{
  UvSource *self = (UvSource *) source;

  return !self->running && (g_source_query_unix_fd (source, self->tag) != 0 || uv_source_timeout (self) == 0);
}

static gboolean
uv_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  UvSource *self = (UvSource *) source;

  self->wake = FALSE;
  self->running = TRUE;
  /* libwebsockets wants to be asked once more after something has come: not by way of another poll. */
  uv_run (self->loop, UV_RUN_NOWAIT);
  if (uv_loop_alive (self->loop) && uv_backend_timeout (self->loop) == 0)
    uv_run (self->loop, UV_RUN_NOWAIT);
  self->running = FALSE;
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs uv_source_funcs = {
  .prepare = uv_source_prepare,
  .check = uv_source_check,
  .dispatch = uv_source_dispatch,
};

/* Returns a source that runs @loop, not attached yet. It does not own @loop, which must outlive it. */
GSource *
bk_server_uv_source_new (uv_loop_t *loop)
{
  GSource *source = g_source_new (&uv_source_funcs, sizeof (UvSource));
  UvSource *self = (UvSource *) source;

  self->loop = loop;
  self->tag = g_source_add_unix_fd (source, uv_backend_fd (loop), G_IO_IN);
  g_source_set_static_name (source, "beckon-server libuv");
  /* It does not; but else GLib takes its descriptor out of the poll for as long as it runs, and wakes itself up each
   * time to do so: five system calls. */
  g_source_set_can_recurse (source, TRUE);
  return source;
}

/* Call this after handles of the loop were changed from outside its callbacks. */
void
bk_server_uv_source_wake (GSource *source)
{
  ((UvSource *) source)->wake = TRUE;
}
