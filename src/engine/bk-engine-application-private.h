/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-engine-registry.h"

G_BEGIN_DECLS

#define BK_REGISTRATION_MAX 65536
#define BK_REGISTRATION_SUFFIX ".peer"

struct _BkEngineApplication
{
  GObject parent_instance;

  char *guid;
  char *name;
  char *url;
  char *icon;
  char *comment;
  char *path;
  char **argv;
  char *bus_name;
  char *try_exec; /* one more program that must be there */
  char **host_argv; /* programs that do not know Beckon: both or none, field codes not expanded */
  char **join_argv;
  BkCarries carries;
  guint16 port; /* 0: any */
  gboolean invitee_hosts;
  char **ignored_ports; /* "PORT/tcp" or "PORT/udp" */
  BkChannelNeed channel;
  BkApplicationSource source;
  char *reason; /* why it is not present, as last asked */
  GBytes *content; /* HOST: what its file says; else NULL */
  char *missing;   /* HOST: a program that is not there, as its side said last; nullable */
};

gboolean _bk_engine_application_is_program (const char *path);
/* The programs that must be there; transfer container. */
GPtrArray *_bk_engine_application_list_programs (BkEngineApplication *self);
/* The first of them that is not there; nullable. */
const char *_bk_engine_application_find_missing (BkEngineApplication *self);
int _bk_engine_application_compare (gconstpointer a, gconstpointer b);
gboolean bk_engine_application_is_same (BkEngineApplication *self, BkEngineApplication *other);

/* ---- one folder of registration files ---- */

#define BK_TYPE_PEERS_FOLDER (bk_peers_folder_get_type ())
/* Reads the registration files of one folder and keeps watching it, also while it does not exist yet. Signal "changed"
 * (): files or warnings are others than before. */
G_DECLARE_FINAL_TYPE (BkPeersFolder, bk_peers_folder, BK, PEERS_FOLDER, GObject)

BkPeersFolder *bk_peers_folder_new (const char *path, gboolean user);
const char *bk_peers_folder_get_path (BkPeersFolder *self);
/* In the order of the file names. An unchanged file keeps its object. */
GPtrArray *bk_peers_folder_get_applications (BkPeersFolder *self); /* element-type BkEngineApplication; transfer full */
void bk_peers_folder_add_warnings (BkPeersFolder *self, GPtrArray *warnings); /* element-type utf8 */
/* The file @name was written or removed by ourselves: no need to wait until that is noticed. */
void bk_peers_folder_reload (BkPeersFolder *self, const char *name);
/* All names that were read, in their order; element-type utf8, owned by the folder. */
GList *bk_peers_folder_list_names (BkPeersFolder *self); /* transfer container */
/* The file @name as it was read last. */
GBytes *bk_peers_folder_dup_content (BkPeersFolder *self, const char *name); /* nullable */

/* bk-engine-registry-host.c: what @files are. Who is the same as in @old keeps its object. */
GPtrArray *_bk_host_applications_read (BkHostFiles *files, GPtrArray *old, GPtrArray *warnings);

/* bk-engine-registry.c */
BkPeersFolder *_bk_engine_registry_get_user_folder (BkEngineRegistry *self);

G_END_DECLS
