/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose alerts are wanted: the server is told again on each connection, and only the newest while it is asked. */
#include "bk-native-backend-private.h"

#include "bk-limits.h"

static void tell_sites (BkNativeBackend *self);

static void
on_retry (gpointer user_data)
{
  BkNativeBackend *self = user_data;

  self->sites_timer = 0;
  tell_sites (self);
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  guint retry_ms = 0;
  g_autoptr (BkFrame) reply = bk_native_link_request_finish (BK_NATIVE_LINK (source), result, &retry_ms, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* of an earlier connection */

  BkNativeBackend *self = user_data;
  self->telling_sites = FALSE;
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_SERVER_TOO_BUSY))
    {
      self->sites_due = TRUE;
      self->sites_timer = bk_clock_add (
        self->clock, CLAMP (retry_ms, BK_NATIVE_LEAST_RETRY_MS, BK_NATIVE_MOST_RETRY_MS), on_retry, self);
      return;
    }
  if (error != NULL)
    g_debug ("alerts were not enabled: %s", error->message);
  tell_sites (self);
}

static void
tell_sites (BkNativeBackend *self)
{
  if (!self->sites_due || self->telling_sites || self->sites_timer != 0 || !bk_native_backend_is_ready (self))
    return;

  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_ALERTS_ENABLE);
  bk_frame_set_ints (frame, "sites", (const gint64 *) (gpointer) self->sites->data, self->sites->len);
  self->sites_due = FALSE;
  self->telling_sites = TRUE;
  bk_native_link_request_async (self->link, frame, BK_NATIVE_REQUEST_SECONDS, self->cancellable, on_told, self);
}

/* A new connection knows of none. */
void
bk_native_backend_begin_sites (BkNativeBackend *self)
{
  self->sites_due = self->sites->len > 0;
  tell_sites (self);
}

void
bk_native_backend_stop_sites (BkNativeBackend *self)
{
  bk_clock_clear (self->clock, &self->sites_timer);
  self->telling_sites = FALSE;
}

static void
native_set_sites (BkBackendAlerts *backend, const guint32 *sites, gsize n_sites)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);

  g_array_set_size (self->sites, 0);
  for (gsize i = 0; i < MIN (n_sites, BK_LIMIT_ALERT_SITES); i++)
    {
      gint64 site = sites[i];
      g_array_append_val (self->sites, site);
    }
  self->sites_due = TRUE;
  tell_sites (self);
}

void
bk_native_backend_alerts_init (BkBackendAlertsInterface *iface)
{
  iface->set_sites = native_set_sites;
}
