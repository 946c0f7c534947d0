/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the files of the fake network: -network.c people and messages, -sessions.c envelopes, -lock.c Lock and Key,
 * -groups.c groups, -marks.c how far messages have come, -profile.c pictures and notes, -keeping.c passwords and devices,
 * -alerts.c what the operator says, -relays.c STUN and TURN servers, -backend.c a device, -requests.c what is asked of it,
 * -demo.c who answers in the demonstration, -picture.c how they look. */
#pragma once

#include "bk-fake-backend.h"

G_BEGIN_DECLS

/* An event with everything in it owned, and for whom it is. Counted references: it waits in several queues. */
typedef struct
{
  BkBackendEvent event;
  gint64 seq;       /* 0: not durable */
  char *device;     /* for this device only; nullable */
  char *not_device; /* for all but this one; nullable */
  gint64 expires;   /* 0: never */
  gboolean withdrawn;
} BkFakeFact;

BkFakeFact *bk_fake_fact_new (const BkBackendEvent *event);
BkFakeFact *bk_fake_fact_hold (BkFakeFact *fact);
void bk_fake_fact_release (BkFakeFact *fact);
void bk_fake_fact_shorten (BkFakeFact *fact, gint64 now);

typedef struct
{
  BeckonRelation relation;
  gboolean blocked;
  char *request; /* nullable */
  char **groups; /* nullable: ids */
  char *alias;   /* nullable */
  gboolean pinned;
  gboolean muted;
  gint64 delivered; /* number of the newest own message that the other one has */
  gint64 read;      /* the same: has seen */
  gint64 seen;      /* number, among its own, of the newest message of the other one that was seen here */
} BkFakeContact;

typedef struct
{
  char *name;
  char *password;
  char *display_name;
  char *avatar;   /* nullable */
  GBytes *image;  /* nullable */
  GHashTable *contacts; /* char * name → BkFakeContact */
  GHashTable *groups;   /* char * id → char * name */
  GHashTable *tokens;   /* char * token → char * device */
  GHashTable *seen;     /* char * device → gint64 * time: when it left */
  GHashTable *taken;    /* char * message id → gint64 * time */
  GHashTable *uids;     /* set of char * */
  GPtrArray *facts;     /* element-type BkFakeFact, by seq */
  GPtrArray *backends;  /* element-type BkFakeBackend, borrowed; those that are signed in */
  gint64 last_seq;
  BeckonStatus status;
  char *personal_message; /* nullable */
} BkFakeAccount;

struct _BkFakeNetwork
{
  GObject parent_instance;

  BkClock *clock;
  GHashTable *accounts; /* char * name → BkFakeAccount */
  GHashTable *sessions; /* char * guid → BkFakeSession */
  GPtrArray *members;   /* element-type BkFakeBackend, borrowed; all that exist */
  GHashTable *licenses; /* char * id → char * key */
  GHashTable *refusals; /* char * name → GError */
  BkRelays *relays;     /* nullable */
  gboolean locked;
  gboolean held;
  gboolean welcomes_all; /* the demonstration: whoever signs in has an account */
  GPtrArray *inhabitants; /* element-type BkFakeBackend, owned; of the demonstration */
};

struct _BkFakeBackend
{
  GObject parent_instance;

  BkFakeNetwork *network;
  GQueue deliveries; /* element-type Delivery, owned */
  guint turn_source;
  guint retry_timer;
  guint retry_ms; /* as it was told last */

  /* What is wanted */
  char *sign_in_name; /* NULL: not wanted */
  char *password;
  char *token;
  char *device;
  gint64 cursor;
  BeckonStatus status;
  char *personal_message;

  /* What is */
  BkBackendState state;
  BkFakeAccount *account; /* borrowed from the network; NULL unless signed in */
  GPtrArray *challenges;  /* element-type BkFakeChallenge, owned; the oldest first */
  GHashTable *grants;     /* char * grant → BkFakeGrant, owned */
  GArray *sites;          /* element-type guint32 */

  /* Knobs */
  gboolean unreachable;
  gboolean lose_next_reply;
  guint n_duplicates;
  int fail_next; /* BeckonError, -1: none */
};

/* people */
BkFakeAccount *bk_fake_network_find (BkFakeNetwork *self, const char *name);
BkFakeContact *bk_fake_account_contact (BkFakeAccount *account, const char *who);
gboolean bk_fake_network_is_visible (BkFakeNetwork *self, BkFakeAccount *a, BkFakeAccount *b);
BeckonStatus bk_fake_account_shown_status (BkFakeAccount *account);
void bk_fake_network_announce (BkFakeNetwork *self, BkFakeAccount *account);
void bk_fake_network_show (BkFakeNetwork *self, BkFakeAccount *whom, BkFakeBackend *to);
void bk_fake_network_publish (BkFakeNetwork *self, BkFakeAccount *account, BkFakeFact *fact);
BkFakeAccount *bk_fake_network_sign_in (BkFakeNetwork *self, const char *name, const char *password, char **token,
                                        char **device, GError **error);

/* requests: each changes the network or fails */
gboolean bk_fake_network_change (BkFakeNetwork *self, BkFakeAccount *account, BkContactVerb verb, const char *who,
                                 const char *text, GError **error);
void bk_fake_network_tell_contact (BkFakeNetwork *self, BkFakeAccount *owner, BkFakeAccount *other);
void bk_fake_network_rename (BkFakeNetwork *self, BkFakeAccount *account, const char *display_name);
void bk_fake_network_show_profile (BkFakeNetwork *self, BkFakeAccount *account);
void bk_fake_network_set_avatar (BkFakeNetwork *self, BkFakeAccount *account, GBytes *image);
void bk_fake_network_forget_device (BkFakeAccount *account, const char *device);
void bk_fake_network_remove (BkFakeNetwork *self, BkFakeAccount *account);
void bk_fake_network_end_sessions (BkFakeNetwork *self, BkFakeAccount *account);
GBytes *bk_fake_picture_new (const char *name);
gint64 bk_fake_network_send (BkFakeNetwork *self, BkFakeAccount *account, const char *to, const char *id,
                             const char *text, GError **error);
gboolean bk_fake_network_relay (BkFakeNetwork *self, BkFakeAccount *account, const char *device, const char *to,
                                const char *uid, const BkEnvelope *envelope, gboolean barred, GError **error);

/* the device */
void bk_fake_backend_deliver (BkFakeBackend *self, BkFakeFact *fact);
void bk_fake_backend_run (BkFakeBackend *self);
void bk_fake_backend_push_reply (BkFakeBackend *self, GTask *task, gpointer result, GError *error);
gboolean bk_fake_backend_check_ready (BkFakeBackend *self, GTask *task);
void bk_fake_backend_reply (BkFakeBackend *self, GTask *task, gpointer result, GError *error);
void bk_fake_backend_revoke (BkFakeBackend *self, GTask *task);
void bk_fake_backend_register_init (BkBackendRegisterInterface *iface);
void bk_fake_backend_contacts_init (BkBackendContactsInterface *iface);
void bk_fake_backend_groups_init (BkBackendGroupsInterface *iface);
void bk_fake_backend_aliases_init (BkBackendAliasesInterface *iface);
void bk_fake_backend_avatars_init (BkBackendAvatarsInterface *iface);
void bk_fake_backend_keeping_init (BkBackendKeepingInterface *iface);
void bk_fake_backend_messages_init (BkBackendMessagesInterface *iface);
void bk_fake_backend_marks_init (BkBackendMarksInterface *iface);
void bk_fake_backend_sessions_init (BkBackendSessionsInterface *iface);
void bk_fake_backend_lock_init (BkBackendLockInterface *iface);
void bk_fake_backend_alerts_init (BkBackendAlertsInterface *iface);
void bk_fake_backend_relays_init (BkBackendRelaysInterface *iface);
const char *bk_fake_backend_get_device (BkFakeBackend *self);

/* Lock and Key */
void bk_fake_challenge_free (gpointer challenge);
void bk_fake_grant_free (gpointer grant);
gboolean bk_fake_backend_has_grant (BkFakeBackend *self, const char *grant);
void bk_fake_backend_forget_grants (BkFakeBackend *self);

void bk_fake_session_free (gpointer session);
void bk_fake_demo_welcome (BkFakeNetwork *self, const char *name);

G_END_DECLS
