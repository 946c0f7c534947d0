/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the projection share: one file an interface. */
#pragma once

#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-service-alerts.h"
#include "bk-service-call.h"
#include "bk-service-locks.h"
#include "bk-service-quota.h"
#include "bk-service-values.h"
#include "bk-service.h"

G_BEGIN_DECLS

extern const BkServiceInterface bk_service_messenger_interface;
extern const BkServiceInterface bk_service_account_interface;
extern const BkServiceInterface bk_service_conversation_interface;
extern const BkServiceInterface bk_service_registry_interface;
extern const BkServiceInterface bk_service_session_manager_interface;
extern const BkServiceInterface bk_service_session_interface;
extern const BkServiceInterface bk_service_lock_interface;
extern const BkServiceInterface bk_service_messenger_private_interface;

/* An object whose properties are compared with what clients were told last: only what moved is sent. */
typedef struct
{
  BkService *service; /* borrowed */
  BkServiceDoor *door; /* borrowed */
  const BkServiceInterface *interface;
  char *path;
  GObject *object;     /* owned; NULL at the root */
  BkEngineAccount *account; /* owned; of a conversation */
  GPtrArray *groups;   /* element-type BkEngineGroup, owned, in the engine's order; of an account */
  GVariant *told;      /* a{sv} */
} BkServiceView;

struct _BkService
{
  GObject parent_instance;

  BkEngine *engine;
  BkSecrets *secrets;
  BkServicePeers *peers;
  BkServiceLocks *locks;
  BkServiceHost *host; /* nullable */
  BkServiceAlerts *alerts;
  BkServiceQuota *adds; /* contact requests by programs */
  BkServiceDoor *service;
  BkServiceDoor *sessions;
  GCancellable *cancellable; /* of every call that waits for the engine */
  gboolean ready;
  gboolean waking; /* the bus has been asked to start the window */

  BkServiceView *messenger;
  BkServiceView *registry;
  BkServiceView *manager;
  GPtrArray *accounts;       /* element-type BkServiceView, owned, in the engine's order */
  GPtrArray *watched;        /* element-type BkEngineSession, owned, in the engine's order */
  GPtrArray *tests;          /* of connections, that are running */
  GPtrArray *reads;          /* of the history, that are running */
  GHashTable *conversations; /* number → BkServiceView, owned: those that somebody asked for */
};

BkServiceView *bk_service_view_new (BkService *self, BkServiceDoor *door, const BkServiceInterface *interface,
                                    const char *path, GObject *object);
void bk_service_view_free (BkServiceView *view);
void bk_service_view_refresh (BkServiceView *view);

/* Signals of one object of the Service door, to everybody attached. */
void bk_service_tell (BkService *self, const char *path, const BkServiceInterface *interface, const char *signal,
                      GVariant *parameters);
/* Signals of one session: to everybody on the Service door, to the one who holds it on the Sessions door. */
void bk_service_tell_session (BkService *self, BkEngineSession *session, const char *interface, const char *signal,
                              GVariant *parameters);

/* Keeps @items like @list, which has changed so; each that is in it calls back @changed (item, @user_data). */
void bk_service_items_splice (GPtrArray *items, GListModel *list, guint position, guint removed, guint added,
                              GCallback changed, gpointer user_data);
void bk_service_items_clear (GPtrArray *items, gpointer user_data);

void bk_service_accounts_track (BkService *self);
void bk_service_accounts_untrack (BkService *self);
void bk_service_registry_track (BkService *self);
void bk_service_sessions_track (BkService *self);
void bk_service_sessions_untrack (BkService *self);
void bk_service_messenger_track (BkService *self);
void bk_service_locks_track (BkService *self);
void bk_service_alerts_track (BkService *self);

void bk_service_groups_track (BkServiceView *view);
void bk_service_groups_untrack (BkServiceView *view);

BkEngineAccount *bk_service_find_account (BkService *self, const char *path);
/* The same by sign-in name; @name: as it was written by somebody. */
BkEngineAccount *bk_service_find_account_by_name (BkService *self, const char *name);
/* The account that the option `account` names, else the primary one; NULL if there is none. Another name than that of
 * an account is an error, @code. */
gboolean bk_service_option_account (BkService *self, GVariant *options, int code, BkEngineAccount **account,
                                    GError **error);
BkEngineSession *bk_service_find_session (BkService *self, guint number);
gboolean bk_service_holds_session (BkServiceDoor *door, const char *sender, BkEngineSession *session);
/* The object of the conversation with @who, exported from now on. */
BkServiceView *bk_service_conversation_export (BkService *self, BkEngineAccount *account,
                                               BkEngineConversation *conversation);
GVariant *bk_service_session_path (BkEngineSession *session);
/* Tells that a property has another value. */
void bk_service_session_changed (BkService *self, BkEngineSession *session, const char *property);
GVariant *bk_service_account_path (BkEngineAccount *account);

/* im.beckon.Session1: streams and packets. */
void bk_service_channel_watch (BkService *self, BkEngineSession *session);
/* What the other side has opened and this side has not. */
GVariant *bk_service_channel_offered (BkEngineSession *session, gboolean datagram);
void bk_service_handle_open_channel (BkServiceCall *call);
void bk_service_handle_get_channel (BkServiceCall *call);
void bk_service_handle_trust_identity (BkServiceCall *call);

/* bk-service-files.c */
void bk_service_handle_send_file (BkServiceCall *call);
void bk_service_handle_accept_file (BkServiceCall *call);
gboolean bk_service_sends_file (BkEngineSession *session);
void bk_service_accept_file (BkServiceCall *call, const char *folder);

/* What the user has settled for all accounts, a{sv}. */
GVariant *bk_service_settings (BkService *self);
void bk_service_handle_set_settings (BkServiceCall *call);

/* The user's own servers, and tests of what they are good for. */
GVariant *bk_service_connection_servers (BkService *self);
void bk_service_handle_set_connection_servers (BkServiceCall *call);
void bk_service_handle_test_connection (BkServiceCall *call);
GPtrArray *bk_service_tests_new (void);
void bk_service_tests_cancel (BkService *self, const char *name);

/* The history as a whole. */
void bk_service_handle_search_messages (BkServiceCall *call);
void bk_service_handle_clear_history (BkServiceCall *call);
void bk_service_handle_export_history (BkServiceCall *call);
GPtrArray *bk_service_reads_new (void);
void bk_service_reads_cancel (BkService *self, const char *name);

/* The option `message` of an invitation, which goes along with it. */
gboolean bk_service_take_message (BkEngineSession *session, GVariant *options, GError **error);

/* InviteWithPicker. */
void bk_service_handle_invite_with_picker (BkServiceCall *call);
void bk_service_handle_answer_pick (BkServiceCall *call);
void bk_service_pick_changed (BkService *self, BkEngineSession *session);
void bk_service_picks_caller_vanished (BkService *self, const char *caller);

/* Whether the caller may make a locked call for @account; nullable: nothing is locked then. All that is locked is asked
 * about here. */
gboolean bk_service_check_lock (BkServiceCall *call, BkEngineAccount *account, BkServiceLockObject object,
                                GError **error);
/* The same for inviting with @session. @grant: what goes along; nullable, borrowed. */
gboolean bk_service_check_invite (BkServiceCall *call, BkEngineSession *session, const char **grant, GError **error);

/* An operator told something: programs are asked, then the user is told. */
void bk_service_alert_arrived (BkService *self, BkEngineAccount *account, const BkEngineAlert *alert);
void bk_service_handle_list_alerts (BkServiceCall *call);
void bk_service_handle_dismiss_alert (BkServiceCall *call);

/* Starts the window if it does not run. */
void bk_service_start_window (BkService *self);

/* im.beckon.Messenger1, beyond bk-service-messenger.c */
BkEngineAccount *bk_service_call_account (BkServiceCall *call, const char *path);
void bk_service_handle_set_primary_account (BkServiceCall *call);
void bk_service_handle_sign_in (BkServiceCall *call);
void bk_service_handle_auto_sign_in (BkServiceCall *call);
void bk_service_handle_sign_out (BkServiceCall *call);
void bk_service_handle_set_status (BkServiceCall *call);
void bk_service_handle_get_contact (BkServiceCall *call);
void bk_service_handle_open_conversation (BkServiceCall *call);
void bk_service_handle_open_add_contact (BkServiceCall *call);
void bk_service_handle_open_preferences (BkServiceCall *call);

/* Starts the window if nobody is attached to the Service door and it is not being started already. */
void bk_service_wake_window (BkService *self);

/* im.beckon.Account1, beyond bk-service-account.c */
void bk_service_handle_set_contact (BkServiceCall *call);
void bk_service_handle_set_avatar (BkServiceCall *call);
void bk_service_handle_change_password (BkServiceCall *call);
void bk_service_handle_list_devices (BkServiceCall *call);
void bk_service_handle_remove_device (BkServiceCall *call);
void bk_service_handle_delete_account (BkServiceCall *call);
void bk_service_handle_list_groups (BkServiceCall *call);
void bk_service_handle_create_group (BkServiceCall *call);
void bk_service_handle_rename_group (BkServiceCall *call);
void bk_service_handle_remove_group (BkServiceCall *call);
void bk_service_handle_add_to_group (BkServiceCall *call);
void bk_service_handle_remove_from_group (BkServiceCall *call);

/* im.beckon.Account1: what is always allowed. */
void bk_service_handle_list_allowed (BkServiceCall *call);
void bk_service_handle_list_safety_numbers (BkServiceCall *call);
void bk_service_handle_set_allowed (BkServiceCall *call);
void bk_service_allowed_changed (BkEngineAccount *account, BkServiceView *view);

/* Methods that both doors have. */
void bk_service_handle_attach (BkServiceCall *call);
void bk_service_handle_list_applications (BkServiceCall *call);
void bk_service_handle_change_registry (BkServiceCall *call);

#define BK_SERVICE_REGISTER_ARGS \
  { \
    { BK_SERVICE_ARG_GUID }, { BK_SERVICE_ARG_LINE, BK_LIMIT_APP_NAME }, { BK_SERVICE_ARG_LINE, BK_LIMIT_APP_URL }, \
    { \
      BK_SERVICE_ARG_LINE, BK_LIMIT_PATH \
    } \
  }

/* The service that a call came to. */
#define BK_CALL_SERVICE(call) ((BkService *) (call)->house)

G_END_DECLS
