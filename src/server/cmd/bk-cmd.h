/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the operator does to the file, also while a server runs on it: one file per family of commands, one table. */
#pragma once

#include "bk-server-config.h"
#include "bk-store.h"

G_BEGIN_DECLS

#define BK_CMD_CONFIG "/etc/beckon-server/beckon-server.conf"
#define BK_CMD_NO_DAYS -1000000

/* What stands on the command line beside the words. */
typedef struct
{
  char *config;
  char *database;
  char **listen;
  char *domain;
  char *registration;
  char *lock;
  char *cloud;
  char *certificate;
  char *key;
  char *port_file;
  char *name;
  char *to;
  char *url;
  gint64 site;
  gboolean all;
  gboolean subscribers;
  int uses;
  int days; /* BK_CMD_NO_DAYS: not given */
  gboolean password_stdin;
  gboolean replace;
  gboolean check_config;
} BkCmdOptions;

extern BkCmdOptions bk_cmd_options;
extern const GOptionEntry bk_cmd_entries[];

/* @words: what follows the verb, ended by NULL. */
typedef gboolean (*BkCmdRun) (BkServerConfig *config, char **words, GError **error);

typedef struct
{
  const char *family;
  const char *verb; /* nullable: the family is the command */
  guint least; /* words after the verb */
  guint most;
  const char *words;
  const char *help; /* lines */
  BkCmdRun run;
} BkCmd;

gboolean bk_cmd_run (BkServerConfig *config, char **words, GError **error);
char *bk_cmd_summary (void);

/* One function for each row of the table */
gboolean bk_cmd_backup (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_restore (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_token_create (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_token_list (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_account_add (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_account_list (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_account_password (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_account_show (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_account_disable (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_account_enable (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_account_remove (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_device_list (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_device_remove (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_license_issue (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_license_list (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_license_revoke (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_license_challenge (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_alert_send (BkServerConfig *config, char **words, GError **error);
gboolean bk_cmd_audit_list (BkServerConfig *config, char **words, GError **error);

/* check.c */
gboolean bk_cmd_check_config (const char *file, GError **error);

/* bk-cmd-job.c: what the commands share */
void bk_cmd_begin (const char *family, const char *verb);
void bk_cmd_note (const char *about, const char *detail);
gboolean bk_cmd_misused (const char *text, GError **error);
gboolean bk_cmd_check_running (BkServerConfig *config, GError **error);
char *bk_cmd_complete_name (BkServerConfig *config, const char *name, GError **error);
gpointer bk_cmd_job (BkServerConfig *config, BkSqliteKind kind, BkSqliteJob job, gpointer data,
                     GDestroyNotify free_data, GError **error);
BkStoreAdmin *bk_cmd_admin_new (void);
gboolean bk_cmd_admin (BkServerConfig *config, BkSqliteKind kind, BkSqliteJob job, BkStoreAdmin *data,
                       GError **error);
gboolean bk_cmd_admin_new_file (BkServerConfig *config, BkSqliteJob job, BkStoreAdmin *data, GError **error);
gboolean bk_cmd_operate (BkServerConfig *config, BkSqliteJob job, BkStoreAdmin *data, GError **error);

G_END_DECLS
