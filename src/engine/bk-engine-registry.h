/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "beckon-enums.h"
#include "beckon-error.h"
#include "bk-channel.h"
#include "bk-desktop.h"

G_BEGIN_DECLS

typedef enum
{
  BK_CHANNEL_OPTIONAL,
  BK_CHANNEL_REQUIRED,
  BK_CHANNEL_NONE,
} BkChannelNeed;

/* Where a registration is from; of two the one that comes first here wins. */
typedef enum
{
  BK_APPLICATION_USER,   /* a file in the user's own folder */
  BK_APPLICATION_SYSTEM, /* a file that was installed for everybody */
  BK_APPLICATION_HOST,   /* a file outside of our sandbox */
  BK_APPLICATION_BUS,    /* a program that the session bus can start, and that describes itself */
} BkApplicationSource;

#define BK_TYPE_ENGINE_APPLICATION (bk_engine_application_get_type ())
/* One registered application. Immutable: a changed file makes a new one. */
G_DECLARE_FINAL_TYPE (BkEngineApplication, bk_engine_application, BK, ENGINE_APPLICATION, GObject)

const char *bk_engine_application_get_guid (BkEngineApplication *self);
const char *bk_engine_application_get_name (BkEngineApplication *self);    /* in the user's language */
const char *bk_engine_application_get_url (BkEngineApplication *self);     /* nullable, http or https */
const char *bk_engine_application_get_icon (BkEngineApplication *self);    /* nullable, icon name */
const char *bk_engine_application_get_comment (BkEngineApplication *self); /* nullable */
const char *bk_engine_application_get_path (BkEngineApplication *self);    /* registration file; NULL: of the bus */
const char *const *bk_engine_application_get_argv (BkEngineApplication *self); /* nullable: launched over the bus */
const char *bk_engine_application_get_bus_name (BkEngineApplication *self);    /* nullable */
/* Programs that do not know Beckon: nullable, both or none; field codes are for bk_engine_application_expand (). */
const char *const *bk_engine_application_get_host_argv (BkEngineApplication *self);
const char *const *bk_engine_application_get_join_argv (BkEngineApplication *self);
BkCarries bk_engine_application_get_carries (BkEngineApplication *self); /* 0 without host_argv */
guint16 bk_engine_application_get_port (BkEngineApplication *self);      /* where the host always listens; 0: anywhere */
gboolean bk_engine_application_get_inviter_hosts (BkEngineApplication *self);
const char *const *bk_engine_application_get_ignored_ports (BkEngineApplication *self); /* nullable; "5556/udp" */
BeckonSessionFlags bk_engine_application_get_flags (BkEngineApplication *self);
BkChannelNeed bk_engine_application_get_channel (BkEngineApplication *self);
char *bk_engine_application_dup_command (BkEngineApplication *self); /* program and arguments; "" without argv */
BkApplicationSource bk_engine_application_get_source (BkEngineApplication *self);
gboolean bk_engine_application_is_user (BkEngineApplication *self); /* from the user's own folder */
/* Whether its programs are outside of our sandbox, where we cannot start them ourselves. */
gboolean bk_engine_application_is_on_host (BkEngineApplication *self);
/* Whether its program can be found and started on this machine; if not, @reason is a sentence. */
gboolean bk_engine_application_is_present (BkEngineApplication *self, const char **reason);

/* Pure and fuzzed: reads one registration file. @path names it in errors and makes relative programs absolute. */
BkEngineApplication *bk_engine_application_parse (const char *path, const char *text, gsize length, gboolean user,
                                                  GError **error);
/* Pure and fuzzed: the command line for a program that listens at, or joins, @endpoint. The names are display names as
 * they are, nullable: what they have that might mean something to a program is left out. */
char **bk_engine_application_expand (const char *const *argv, const BkEndpoint *endpoint, const char *own_name,
                                     const char *other_name);
/* The same as parse () for a program that described itself. */
BkEngineApplication *bk_engine_application_new_described (const BkPeerDescription *description, GError **error);

#define BK_TYPE_ENGINE_REGISTRY (bk_engine_registry_get_type ())
/* The registered applications, a GListModel of BkEngineApplication ordered by name, watched live. One entry per GUID:
 * the user's file wins over the system's, that over one outside of our sandbox, and that over what the session bus can
 * start. A broken file is skipped with a warning that names it.
 * Signals "registered" / "unregistered" (const char *guid); a changed one emits both. Signal "program-changed"
 * (const char *guid): its program came or went. Signal "warnings-changed". */
G_DECLARE_FINAL_TYPE (BkEngineRegistry, bk_engine_registry, BK, ENGINE_REGISTRY, GObject)

/* @directory nullable: files alone. */
BkEngineRegistry *bk_engine_registry_new (const char *user_dir, const char *const *system_dirs,
                                          BkPeerDirectory *directory);
/* Of a service in a sandbox: what is outside of it counts, too. */
void bk_engine_registry_set_host_files (BkEngineRegistry *self, BkHostFiles *files);
BkEngineApplication *bk_engine_registry_find (BkEngineRegistry *self, const char *guid); /* nullable, transfer none */
/* The program of an application is not what it was when it was last listed: it is listed anew. */
void bk_engine_registry_refresh (BkEngineRegistry *self, const char *guid);
const char *const *bk_engine_registry_get_warnings (BkEngineRegistry *self);
/* RegisterApplication: @path is an absolute program path that may be followed by arguments. Writes the user's file. */
gboolean bk_engine_registry_register (BkEngineRegistry *self, const char *guid, const char *name, const char *url,
                                      const char *path, GError **error);
/* Changes what the user's file says of @guid; what is not among the arguments stays. @path is empty where the program
 * is not started by a command. */
gboolean bk_engine_registry_update (BkEngineRegistry *self, const char *guid, const char *name, const char *url,
                                    const char *path, GError **error);
/* UnRegisterApplication: removes the user's file; a system one cannot be removed (ACCESS_DENIED). */
gboolean bk_engine_registry_unregister (BkEngineRegistry *self, const char *guid, GError **error);

G_END_DECLS
