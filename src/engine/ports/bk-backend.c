/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-backend.h"

enum
{
  SIGNAL_EVENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (BkBackend, bk_backend, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkBackendRegister, bk_backend_register, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkBackendContacts, bk_backend_contacts, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkBackendGroups, bk_backend_groups, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkBackendMessages, bk_backend_messages, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkBackendSessions, bk_backend_sessions, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkBackendLock, bk_backend_lock, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkBackendAlerts, bk_backend_alerts, G_TYPE_OBJECT)

static void
bk_backend_default_init (BkBackendInterface *iface)
{
  signals[SIGNAL_EVENT] = g_signal_new ("event", BK_TYPE_BACKEND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                        1, G_TYPE_POINTER);
}

static void
bk_backend_register_default_init (BkBackendRegisterInterface *iface)
{
}

static void
bk_backend_contacts_default_init (BkBackendContactsInterface *iface)
{
}

static void
bk_backend_groups_default_init (BkBackendGroupsInterface *iface)
{
}

static void
bk_backend_messages_default_init (BkBackendMessagesInterface *iface)
{
}

static void
bk_backend_sessions_default_init (BkBackendSessionsInterface *iface)
{
}

static void
bk_backend_lock_default_init (BkBackendLockInterface *iface)
{
}

static void
bk_backend_alerts_default_init (BkBackendAlertsInterface *iface)
{
}

void
bk_backend_sign_in (BkBackend *self, const BkSignIn *sign_in)
{
  BK_BACKEND_GET_IFACE (self)->sign_in (self, sign_in);
}

/* Leaves the network and goes OFFLINE. @forget also gives the token back: it will not open anything any more. */
void
bk_backend_sign_out (BkBackend *self, gboolean forget)
{
  BK_BACKEND_GET_IFACE (self)->sign_out (self, forget);
}

void
bk_backend_nudge (BkBackend *self)
{
  BK_BACKEND_GET_IFACE (self)->nudge (self);
}

void
bk_backend_set_presence (BkBackend *self, BeckonStatus status, const char *personal_message)
{
  BK_BACKEND_GET_IFACE (self)->set_presence (self, status, personal_message);
}

/* For backends: reports a fact. */
void
bk_backend_emit (BkBackend *self, const BkBackendEvent *event)
{
  g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
}

const char *
bk_backend_state_to_nick (BkBackendState state)
{
  switch (state)
    {
    case BK_BACKEND_OFFLINE:
      return "offline";
    case BK_BACKEND_FINDING:
      return "finding";
    case BK_BACKEND_CONNECTING:
      return "connecting";
    case BK_BACKEND_SIGNING_IN:
      return "signing-in";
    case BK_BACKEND_SYNCHRONIZING:
      return "synchronizing";
    case BK_BACKEND_ONLINE:
      return "online";
    case BK_BACKEND_WAITING:
      return "waiting";
    }
  return "unknown";
}

G_DEFINE_INTERFACE (BkBackendRelays, bk_backend_relays, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkBackendMarks, bk_backend_marks, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkBackendAliases, bk_backend_aliases, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkBackendAvatars, bk_backend_avatars, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkBackendKeeping, bk_backend_keeping, G_TYPE_OBJECT)

static void
bk_backend_relays_default_init (BkBackendRelaysInterface *iface)
{
}

static void
bk_backend_marks_default_init (BkBackendMarksInterface *iface)
{
}

static void
bk_backend_aliases_default_init (BkBackendAliasesInterface *iface)
{
}

static void
bk_backend_avatars_default_init (BkBackendAvatarsInterface *iface)
{
}

static void
bk_backend_keeping_default_init (BkBackendKeepingInterface *iface)
{
}

void
bk_backend_device_free (BkBackendDevice *device)
{
  g_free (device->id);
  g_free (device->name);
  g_free (device);
}

BkRelays *
bk_relays_new (const char *const *servers, const char *user, const char *password, guint ttl)
{
  BkRelays *self = g_new0 (BkRelays, 1);

  self->servers = g_strdupv ((char **) servers);
  self->user = g_strdup (user);
  self->password = g_strdup (password);
  self->ttl = ttl;
  return self;
}

/* NULL for NULL. */
BkRelays *
bk_relays_copy (const BkRelays *relays)
{
  if (relays == NULL)
    return NULL;

  BkRelays *copy
    = bk_relays_new ((const char *const *) relays->servers, relays->user, relays->password, relays->ttl);
  copy->more = bk_relays_copy (relays->more);
  return copy;
}

void
bk_relays_free (BkRelays *relays)
{
  g_clear_pointer (&relays->more, bk_relays_free);
  g_strfreev (relays->servers);
  g_free (relays->user);
  g_free (relays->password);
  g_free (relays);
}
