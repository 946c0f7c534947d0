/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-desktop.h"

G_DEFINE_INTERFACE (BkSecrets, bk_secrets, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkOpener, bk_opener, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkPeers, bk_peers, G_TYPE_OBJECT)

static void
bk_secrets_default_init (BkSecretsInterface *iface)
{
}

static void
bk_opener_default_init (BkOpenerInterface *iface)
{
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
