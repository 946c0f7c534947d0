/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The truth: accounts, contacts, conversations, sessions and the registry of applications. No D-Bus, no GTK, no
 * sockets: the world outside is reached through the ports alone. */
#pragma once

#include "bk-backend.h"
#include "bk-channel.h"
#include "bk-clock.h"
#include "bk-desktop.h"
#include "bk-engine-account.h"
#include "bk-engine-registry.h"
#include "bk-engine-session.h"
#include "bk-launcher.h"

G_BEGIN_DECLS

/* Makes the backend of a new account. The engine never learns which kind it is. */
typedef BkBackend *(*BkEngineBackendFactory) (gpointer user_data);

typedef struct
{
  BkClock *clock;
  BkSecrets *secrets;
  BkLauncher *launcher;
  BkOpener *opener;
  BkPeers *peers; /* nullable: nobody ever attaches */
  BkSeat *seat;   /* nullable: the user is always there */
  BkChannels *channels; /* nullable: sessions have no channel */
  BkPeerDirectory *directory; /* nullable: only files register applications */
  BkHostFiles *host_files;    /* nullable: we are in no sandbox */
  BkEngineBackendFactory make_backend;
  gpointer make_backend_data;
  const char *data_dir;                /* history and accounts live here; made if missing, 0700 */
  const char *user_peers_dir;          /* the user's registration files, written by bk_engine_registry_register () */
  const char *const *system_peers_dirs; /* read only, first wins */
  guint answer_timeout_ms; /* how long an invitation rings; 0: BK_TIMEOUT_ANSWER_S */
  const char *local_address; /* LocalAddress of new sessions; nullable: 127.0.0.1 */
} BkEngineConfig;

#define BK_TYPE_ENGINE (bk_engine_get_type ())
G_DECLARE_FINAL_TYPE (BkEngine, bk_engine, BK, ENGINE, GObject)

BkEngine *bk_engine_new (const BkEngineConfig *config);

/* Opens the database, ends sessions that a crash left open (SERVICE_RESTARTED, also told to the other side), reads
 * accounts and registrations and signs in the accounts that want to be signed in. */
void bk_engine_open_async (BkEngine *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_open_finish (BkEngine *self, GAsyncResult *result, GError **error);
/* Ends what is open, gives the network a moment to say so, writes everything to disk. */
void bk_engine_close_async (BkEngine *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_close_finish (BkEngine *self, GAsyncResult *result, GError **error);

GListModel *bk_engine_get_accounts (BkEngine *self); /* element-type BkEngineAccount */
GListModel *bk_engine_get_sessions (BkEngine *self); /* element-type BkEngineSession; ended ones leave after a while */
BkEngineRegistry *bk_engine_get_registry (BkEngine *self);
BkEngineAccount *bk_engine_get_primary_account (BkEngine *self); /* nullable, transfer none */
/* It stays so over restarts. Signal "primary-changed". */
void bk_engine_set_primary_account (BkEngine *self, BkEngineAccount *account);
BkEngineSession *bk_engine_find_session (BkEngine *self, const char *session_id); /* nullable, transfer none */

/* Makes the account known here, and on the service when @register_account. Signs in; finishes when that succeeded or
 * failed for good. A failed one is not kept. */
typedef struct
{
  const char *sign_in_name;
  const char *password;
  const char *server;       /* nullable */
  gboolean register_account;
  const char *display_name; /* nullable */
  const char *invitation_token; /* nullable */
} BkEngineNewAccount;
void bk_engine_add_account_async (BkEngine *self, const BkEngineNewAccount *account, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
BkEngineAccount *bk_engine_add_account_finish (BkEngine *self, GAsyncResult *result, GError **error);
/* Signs out, forgets the secret and the local history of the account. The account on the service stays. */
void bk_engine_remove_account_async (BkEngine *self, BkEngineAccount *account, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_remove_account_finish (BkEngine *self, GAsyncResult *result, GError **error);

/* A new session in state READY, this side being the inviter. @owner: bus name of the program that made it, NULL for
 * the user's own invitation from a menu (whose program is launched on both sides). */
BkEngineSession *bk_engine_create_session (BkEngine *self, BkEngineAccount *account, const char *owner, GError **error);
/* Starts both sides of a session of @guid here, joined to each other without any network or account, so that whoever
 * registered the application sees whether it works. Both are in the list of sessions, neither in a conversation.
 * @inviter, @invitee: transfer none. */
gboolean bk_engine_try_application (BkEngine *self, const char *guid, BkEngineSession **inviter,
                                    BkEngineSession **invitee, GError **error);
/* Takes a cookie out of circulation and hands out its session: transfer none. A cookie opens once. */
BkEngineSession *bk_engine_redeem_cookie (BkEngine *self, const char *cookie, GError **error);
/* The session whose program, started by us, owns process @pid; NULL if none. Redeems like the cookie does. */
BkEngineSession *bk_engine_redeem_process (BkEngine *self, guint pid, GError **error);

/* The account is deleted at its service, and removed here. NOT_SUPPORTED where the service cannot. */
void bk_engine_delete_account_async (BkEngine *self, BkEngineAccount *account, const char *password,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_delete_account_finish (BkEngine *self, GAsyncResult *result, GError **error);

/* What the user has settled for all accounts. Signal "settings-changed". */
typedef struct
{
  gboolean read_marks;
  gboolean typing;
  guint idle_minutes;          /* 0: never */
  const char *download_folder; /* absolute; NULL or empty when set: the one of the desktop */
} BkEngineSettings;

const BkEngineSettings *bk_engine_get_settings (BkEngine *self);
gboolean bk_engine_set_settings (BkEngine *self, const BkEngineSettings *settings, GError **error);

/* See Messenger1.SearchMessages. @account, @who: NULL for all. Finishes with an array of BkEngineFound. */
void bk_engine_search_async (BkEngine *self, const char *text, BkEngineAccount *account, const char *who,
                             gint64 before_id, guint limit, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
GPtrArray *bk_engine_search_finish (BkEngine *self, GAsyncResult *result, GError **error);

/* A session that sends a file; see Messenger1.SendFile. @fd is taken, whatever comes of it. */
void bk_engine_send_file_async (BkEngine *self, BkEngineAccount *account, const char *who, int fd, const char *name,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
BkEngineSession *bk_engine_send_file_finish (BkEngine *self, GAsyncResult *result, GError **error);

/* STUN and TURN servers of the user's own, besides those of the networks. NULL-terminated; signal "servers-changed". */
const char *const *bk_engine_get_connection_servers (BkEngine *self);
const char *bk_engine_get_connection_user (BkEngine *self); /* never NULL */
gboolean bk_engine_set_connection_servers (BkEngine *self, const char *const *servers, const char *user,
                                           const char *password, GError **error);
/* What will work from here, for sessions of @account: a{sv}, see Account1.TestConnection. One at a time. */
void bk_engine_test_connection_async (BkEngine *self, BkEngineAccount *account, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
GVariant *bk_engine_test_connection_finish (BkEngine *self, GAsyncResult *result, GError **error);
/* The network changed or the machine woke up: channels look for a new way. */
void bk_engine_nudge (BkEngine *self);

/* Signals:
 * "invitation" (BkEngineSession *): one arrived and no attached program took it over: it is for the user to see.
 * "invitation-over" (BkEngineSession *): it needs no answer any more: withdraw dialog and notification.
 * "servers-changed" (): the user's own STUN and TURN servers, or their user, are others.
 * "settings-changed" (): what the user has settled for all accounts is something else.
 * "primary-changed" (): another account was made the primary one.
 * "notice" (const char *kind, const char *text, BkEngineSession *): something the user should read (nullable session).
 */

G_END_DECLS
