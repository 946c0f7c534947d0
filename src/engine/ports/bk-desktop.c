/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-desktop.h"

G_DEFINE_INTERFACE (BkSecrets, bk_secrets, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkSeat, bk_seat, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkOpener, bk_opener, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkPeerDirectory, bk_peer_directory, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkHostFiles, bk_host_files, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkPeers, bk_peers, G_TYPE_OBJECT)

static guint directory_changed_signal;
static guint host_files_changed_signal;
static guint seat_changed_signal;

static void
bk_secrets_default_init (BkSecretsInterface *iface)
{
}

static void
bk_seat_default_init (BkSeatInterface *iface)
{
  seat_changed_signal
    = g_signal_new ("changed", BK_TYPE_SEAT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

gboolean
bk_seat_get_locked (BkSeat *self)
{
  return BK_SEAT_GET_IFACE (self)->get_locked (self);
}

gboolean
bk_seat_get_idle (BkSeat *self)
{
  return BK_SEAT_GET_IFACE (self)->get_idle (self);
}

void
bk_seat_set_idle_after (BkSeat *self, guint ms)
{
  BK_SEAT_GET_IFACE (self)->set_idle_after (self, ms);
}

void
bk_seat_emit_changed (BkSeat *self)
{
  g_signal_emit (self, seat_changed_signal, 0);
}

static void
bk_opener_default_init (BkOpenerInterface *iface)
{
}

static void
bk_peer_directory_default_init (BkPeerDirectoryInterface *iface)
{
  directory_changed_signal = g_signal_new ("changed", BK_TYPE_PEER_DIRECTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 0);
}

static void
bk_host_files_default_init (BkHostFilesInterface *iface)
{
  host_files_changed_signal
    = g_signal_new ("changed", BK_TYPE_HOST_FILES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bk_peers_default_init (BkPeersInterface *iface)
{
}

void
bk_secrets_lookup_async (BkSecrets *self, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  BK_SECRETS_GET_IFACE (self)->lookup_async (self, key, cancellable, callback, user_data);
}

char *
bk_secrets_lookup_finish (BkSecrets *self, GAsyncResult *result, GError **error)
{
  return BK_SECRETS_GET_IFACE (self)->lookup_finish (self, result, error);
}

void
bk_secrets_store_async (BkSecrets *self, const char *key, const char *label, const char *secret,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BK_SECRETS_GET_IFACE (self)->store_async (self, key, label, secret, cancellable, callback, user_data);
}

gboolean
bk_secrets_store_finish (BkSecrets *self, GAsyncResult *result, GError **error)
{
  return BK_SECRETS_GET_IFACE (self)->store_finish (self, result, error);
}

void
bk_secrets_clear_async (BkSecrets *self, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  BK_SECRETS_GET_IFACE (self)->clear_async (self, key, cancellable, callback, user_data);
}

gboolean
bk_secrets_clear_finish (BkSecrets *self, GAsyncResult *result, GError **error)
{
  return BK_SECRETS_GET_IFACE (self)->clear_finish (self, result, error);
}

const char *
bk_secrets_get_warning (BkSecrets *self)
{
  return BK_SECRETS_GET_IFACE (self)->get_warning (self);
}

void
bk_opener_open (BkOpener *self, const char *url)
{
  BK_OPENER_GET_IFACE (self)->open (self, url);
}

void
bk_peer_description_free (BkPeerDescription *description)
{
  g_free (description->bus_name);
  g_free (description->guid);
  g_free (description->name);
  g_free (description->url);
  g_free (description->icon);
  g_free (description->comment);
  g_free (description->problem);
  g_free (description);
}

GPtrArray *
bk_peer_directory_list (BkPeerDirectory *self)
{
  return BK_PEER_DIRECTORY_GET_IFACE (self)->list (self);
}

void
bk_peer_directory_refresh (BkPeerDirectory *self)
{
  BK_PEER_DIRECTORY_GET_IFACE (self)->refresh (self);
}

char *
bk_peer_directory_get_warning (BkPeerDirectory *self)
{
  return BK_PEER_DIRECTORY_GET_IFACE (self)->get_warning (self);
}

/* For directories. */
void
bk_peer_directory_emit_changed (BkPeerDirectory *self)
{
  g_signal_emit (self, directory_changed_signal, 0);
}

GPtrArray *
bk_host_files_list (BkHostFiles *self, gboolean *more)
{
  return BK_HOST_FILES_GET_IFACE (self)->list (self, more);
}

void
bk_host_files_emit_changed (BkHostFiles *self)
{
  g_signal_emit (self, host_files_changed_signal, 0);
}

void
bk_peers_offer_invitation_async (BkPeers *self, const char *guid, guint session, const char *app_data,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BK_PEERS_GET_IFACE (self)->offer_invitation_async (self, guid, session, app_data, cancellable, callback, user_data);
}

void
bk_peers_before_launch_async (BkPeers *self, const char *guid, guint session, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  BK_PEERS_GET_IFACE (self)->before_launch_async (self, guid, session, cancellable, callback, user_data);
}

void
bk_peers_launch_session_async (BkPeers *self, const char *guid, guint session, const char *cookie,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BK_PEERS_GET_IFACE (self)->launch_session_async (self, guid, session, cookie, cancellable, callback, user_data);
}

gboolean
bk_peers_finish (BkPeers *self, GAsyncResult *result)
{
  return BK_PEERS_GET_IFACE (self)->finish (self, result);
}
