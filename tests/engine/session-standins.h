/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stand-ins for what sessions look up: accounts, contacts, applications, registry and history, just large enough to be
 * asked, with their answers laid open. */
#pragma once

#include "bk-engine-session-private.h"

G_BEGIN_DECLS

struct _BkEngineContact
{
  GObject parent_instance;
  const char *name;
  const char *display_name;
  BeckonRelation relation;
  gboolean blocked;
  BeckonStatus status;
};

struct _BkEngineAccount
{
  GObject parent_instance;
  const char *name;
  BkBackend *backend;
  BkBackendState state;
  gboolean hidden; /* that it is not online */
  BkEngineContact *contact; /* the other one */
  BkEngineHistory *history; /* not owned */
  BkIdentity *identity;     /* nullable */
  GPtrArray *keys;          /* element-type utf8: of the other one */
  gboolean allowed;         /* the other one needs not ask */
  BeckonStatus wanted;
};

struct _BkEngineApplication
{
  GObject parent_instance;
  gboolean present;
  BeckonSessionFlags flags;
  BkChannelNeed channel;
  const char *const *host_argv; /* nullable: knows Beckon */
  const char *const *join_argv;
  BkCarries carries;
  guint16 port;
  gboolean invitee_hosts;
};

struct _BkEngineRegistry
{
  GObject parent_instance;
  BkEngineApplication *application;
  gboolean registered;
};

struct _BkEngineHistory
{
  GObject parent_instance;
  GHashTable *open;
  GHashTable *parts;   /* set of char *: paths of files that are here in part */
  GHashTable *entries; /* SessionID → char *: "text result: result text" */
};

G_END_DECLS
