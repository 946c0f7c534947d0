/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-server-rate.h"
#include "bk-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  BK_SERVER_REGISTRATION_DEFAULT, /* open if only this machine can reach the server, token otherwise */
  BK_SERVER_REGISTRATION_OPEN,
  BK_SERVER_REGISTRATION_TOKEN,
  BK_SERVER_REGISTRATION_CLOSED,
} BkServerRegistration;

typedef enum
{
  BK_SERVER_CLOUD_PRODUCTION,
  BK_SERVER_CLOUD_TEST,
} BkServerCloud;

#define BK_SERVER_MAX_SETTINGS 128

/* What an operator decides: from the configuration file, then from the command line. */
typedef struct
{
  char *domain;
  char *database;
  char *certificate; /* nullable: no TLS, loopback only */
  char *key;
  char *metrics; /* HOST:PORT, loopback; nullable: not told */
  GStrv listen; /* HOST:PORT */
  GArray *sockets; /* element-type int: that listen there already, one for each; nullable */
  BkServerRegistration registration;
  GLogLevelFlags log_level; /* 0: what is worth knowing */
  gboolean lock;       /* programs must unlock the restricted part of the API */
  BkServerCloud cloud; /* whose licenses are good here */

  GStrv stun_servers;     /* as bk_relay_parse () reads them; nullable */
  GStrv turn_servers;     /* nullable */
  char *turn_secret;      /* shared with the TURN servers; nullable without them */
  char *turn_secret_file; /* nullable */
  guint turn_ttl;         /* seconds */

  guint audit_days;
  BkStoreQuota quota;
  guint requests_per_day; /* to become a contact, of one account */
  guint message_days; /* 0: for ever */
  guint connections;
  guint connections_per_address;
  guint outgoing_bytes;
  BkServerRate frames;        /* per connection */
  BkServerRate contact_adds;  /* per account */
  BkServerRate registrations; /* per address */
  BkServerRate failures;      /* of passwords, per name and address */
  BkServerRate unlocks;       /* that fail, per account */
  BkServerRate relays;        /* per account */
  guint64 password_ops;       /* cost of argon2id; only tests make it cheaper */
  gsize password_memory;
  guint commit_rest_ms; /* between two commits; only tests make it shorter */

  guint lines[BK_SERVER_MAX_SETTINGS]; /* where each setting stands in the file; 0: nowhere */
} BkServerConfig;

/* Something about a configuration that an operator should know. */
typedef struct
{
  guint line; /* 0: of no line */
  gboolean harmless; /* it works all the same */
  char *text;
} BkServerProblem;

BkServerConfig *bk_server_config_new (void);
void bk_server_config_free (BkServerConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServerConfig, bk_server_config_free)
GPtrArray *bk_server_problems_new (void);
void bk_server_problems_add (GPtrArray *problems, guint line, gboolean harmless, char *text);
gboolean bk_server_config_read (BkServerConfig *self, const char *path, GPtrArray *problems, GError **error);
void bk_server_config_check (BkServerConfig *self, GPtrArray *problems);
gboolean bk_server_config_load (BkServerConfig *self, const char *path, GError **error);
gboolean bk_server_config_complete (BkServerConfig *self, GError **error);
gboolean bk_server_registration_from_string (const char *text, BkServerRegistration *registration);
const char *bk_server_registration_to_string (BkServerRegistration registration);
gboolean bk_server_lock_from_string (const char *text, gboolean *lock);
gboolean bk_server_cloud_from_string (const char *text, BkServerCloud *cloud);
const char *bk_server_cloud_to_string (BkServerCloud cloud);
gboolean bk_server_split_address (const char *text, char **host, guint16 *port, GError **error);

G_END_DECLS
