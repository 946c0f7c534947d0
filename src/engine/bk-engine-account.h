/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-backend.h"
#include "bk-engine-conversation.h"

G_BEGIN_DECLS

#define BK_TYPE_ENGINE_CONTACT (bk_engine_contact_get_type ())
/* Somebody on the contact list, or who asks to be. Properties: sign-in-name, display-name (never empty: falls back to
 * the sign-in name), relation, blocked, status, personal-message (nullable), request-text (nullable), unread. The
 * list tells of changes. */
G_DECLARE_FINAL_TYPE (BkEngineContact, bk_engine_contact, BK, ENGINE_CONTACT, GObject)

const char *bk_engine_contact_get_sign_in_name (BkEngineContact *self);
const char *bk_engine_contact_get_display_name (BkEngineContact *self);
BeckonRelation bk_engine_contact_get_relation (BkEngineContact *self);
gboolean bk_engine_contact_get_blocked (BkEngineContact *self);
BeckonStatus bk_engine_contact_get_status (BkEngineContact *self);
const char *bk_engine_contact_get_personal_message (BkEngineContact *self);
const char *bk_engine_contact_get_request_text (BkEngineContact *self);
guint bk_engine_contact_get_unread (BkEngineContact *self);
const char *bk_engine_contact_get_alias (BkEngineContact *self); /* nullable; it is the display name, too */
gboolean bk_engine_contact_get_pinned (BkEngineContact *self);
gboolean bk_engine_contact_get_muted (BkEngineContact *self);
const char *bk_engine_contact_get_avatar (BkEngineContact *self); /* path of a picture, nullable */
gboolean bk_engine_contact_get_typing (BkEngineContact *self);
const char *bk_engine_contact_get_draft (BkEngineContact *self); /* its beginning, nullable */
BkEngineMessage *bk_engine_contact_get_last (BkEngineContact *self); /* newest entry, text cut; nullable, transfer none */

#define BK_TYPE_ENGINE_ALERT (bk_engine_alert_get_type ())
/* What the operator tells people. Never changes. */
typedef struct
{
  const char *id; /* GUID, the same on all devices */
  guint32 site;   /* what it is about; 0: the service itself */
  const char *text; /* plain */
  const char *url;  /* nullable; http or https */
  gint64 time;      /* microseconds since 1970: when it was sent */
} BkEngineAlert;

GType bk_engine_alert_get_type (void);
BkEngineAlert *bk_engine_alert_new (const BkEngineAlert *fields); /* copies */
BkEngineAlert *bk_engine_alert_ref (BkEngineAlert *self);
void bk_engine_alert_unref (BkEngineAlert *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkEngineAlert, bk_engine_alert_unref)

#define BK_TYPE_ENGINE_GROUP (bk_engine_group_get_type ())
/* A group of contacts. Signal "changed": it has another name. Who is in it: "group-member" of the account. */
G_DECLARE_FINAL_TYPE (BkEngineGroup, bk_engine_group, BK, ENGINE_GROUP, GObject)

const char *bk_engine_group_get_id (BkEngineGroup *self);
const char *bk_engine_group_get_name (BkEngineGroup *self);
const GPtrArray *bk_engine_group_get_members (BkEngineGroup *self); /* element-type utf8: sign-in names, ordered */
gboolean bk_engine_group_has_member (BkEngineGroup *self, const char *who);

#define BK_TYPE_ENGINE_ACCOUNT (bk_engine_account_get_type ())
/* One account and its connection. Signal "changed": state, error, own status, name or personal message moved.
 * Signals "message-added" / "message-changed" (BkEngineMessage *) for every conversation of the account. Signal
 * "group-member" (BkEngineGroup *, const char *who, gboolean): somebody came into a group, or left it. Signal
 * "arrived": the network brought a message that is unread, or a request to become a contact. Signal "alert"
 * (BkEngineAlert *): once for each on this device; one that comes while nobody listens is not kept. */
G_DECLARE_FINAL_TYPE (BkEngineAccount, bk_engine_account, BK, ENGINE_ACCOUNT, GObject)

guint bk_engine_account_get_id (BkEngineAccount *self); /* N of …/Account/N; never used twice */
const char *bk_engine_account_get_sign_in_name (BkEngineAccount *self);
const char *bk_engine_account_get_display_name (BkEngineAccount *self);
const char *bk_engine_account_get_server (BkEngineAccount *self); /* nullable */
BkBackendState bk_engine_account_get_state (BkEngineAccount *self);
gboolean bk_engine_account_is_connected (BkEngineAccount *self);
const GError *bk_engine_account_get_error (BkEngineAccount *self); /* why it is not online; nullable */
BeckonStatus bk_engine_account_get_status (BkEngineAccount *self); /* as shown: LOCAL_… while connecting */
gboolean bk_engine_account_is_signed_out (BkEngineAccount *self); /* nor on its way in or out */
BeckonStatus bk_engine_account_get_wanted_status (BkEngineAccount *self);
const char *bk_engine_account_get_personal_message (BkEngineAccount *self); /* nullable */
/* Element-type BkEngineContact, by sign-in name. Signal "contact-changed" (BkEngineContact *), once per change of
 * anything about one: a handler for each takes twice the memory of ten thousand contacts. */
GListModel *bk_engine_account_get_contacts (BkEngineAccount *self);
BkEngineContact *bk_engine_account_find_contact (BkEngineAccount *self, const char *who); /* nullable, transfer none */

GListModel *bk_engine_account_get_groups (BkEngineAccount *self); /* element-type BkEngineGroup */

/* @password nullable: the stored token is used. Finishes when online, or with the error that the first try met. The
 * state then says what goes on: WAITING: it is tried again until it works; OFFLINE: given up (a wrong password, …). */
void bk_engine_account_sign_in_async (BkEngineAccount *self, const char *password, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_account_sign_in_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);
/* Ends the account's sessions (SIGNED_OUT) and leaves. It stays signed out over restarts. */
void bk_engine_account_sign_out_async (BkEngineAccount *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean bk_engine_account_sign_out_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);
gboolean bk_engine_account_set_status (BkEngineAccount *self, BeckonStatus status, const char *personal_message,
                                       GError **error);
void bk_engine_account_set_display_name_async (BkEngineAccount *self, const char *display_name,
                                               GCancellable *cancellable, GAsyncReadyCallback callback,
                                               gpointer user_data);
gboolean bk_engine_account_set_display_name_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);
void bk_engine_account_change_contact_async (BkEngineAccount *self, BkContactVerb verb, const char *who,
                                             const char *text, GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer user_data);
gboolean bk_engine_account_change_contact_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);

/* ---- what else can be settled ---- */

/* See Account1.SetContact. @alias NULL, @pinned and @muted -1: stays as it is. Empty @alias: none. */
void bk_engine_account_set_contact_async (BkEngineAccount *self, const char *who, const char *alias, int pinned,
                                          int muted, GCancellable *cancellable, GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean bk_engine_account_set_contact_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);
const char *bk_engine_account_get_avatar (BkEngineAccount *self); /* path of the own picture, nullable */
/* @image: empty or NULL: none. */
void bk_engine_account_set_avatar_async (BkEngineAccount *self, GBytes *image, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_account_set_avatar_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);
/* The account at its service: NOT_SUPPORTED where that cannot be done. */
void bk_engine_account_change_password_async (BkEngineAccount *self, const char *password, const char *new_password,
                                              GCancellable *cancellable, GAsyncReadyCallback callback,
                                              gpointer user_data);
gboolean bk_engine_account_change_password_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);
void bk_engine_account_list_devices_async (BkEngineAccount *self, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *bk_engine_account_list_devices_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);
void bk_engine_account_remove_device_async (BkEngineAccount *self, const char *id, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_account_remove_device_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);

/* What is accepted without a question. Signal "allowed-changed". */
typedef struct
{
  char *who;
  char *guid;
} BkEngineAllowed;

char **bk_engine_account_dup_safety_numbers (BkEngineAccount *self, const char *who);
const GPtrArray *bk_engine_account_get_allowed (BkEngineAccount *self); /* element-type BkEngineAllowed, ordered */
gboolean bk_engine_account_is_allowed (BkEngineAccount *self, const char *who, const char *guid);
/* It counts at once, and is written down when this finishes. */
void bk_engine_account_set_allowed_async (BkEngineAccount *self, const char *who, const char *guid, gboolean allowed,
                                          GCancellable *cancellable, GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean bk_engine_account_set_allowed_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);

/* @who: NULL for everybody. */
void bk_engine_account_clear_history_async (BkEngineAccount *self, const char *who, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_account_clear_history_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);
/* @stream stays open. */
void bk_engine_account_export_history_async (BkEngineAccount *self, const char *who, GOutputStream *stream,
                                             GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer user_data);
gboolean bk_engine_account_export_history_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);

/* From now on alerts for the subscribers of these sites come too; replaces what was asked for before. Those to the
 * account come without it. At most BK_LIMIT_ALERT_SITES; a network without alerts has none. */
void bk_engine_account_set_alert_sites (BkEngineAccount *self, const guint32 *sites, gsize n_sites);
/* Returns the id of the group, which is in the list by then. */
void bk_engine_account_create_group_async (BkEngineAccount *self, const char *name, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
char *bk_engine_account_create_group_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);
/* @argument: a name for RENAME, a sign-in name for PUT and DROP, else NULL. */
void bk_engine_account_change_group_async (BkEngineAccount *self, BkGroupVerb verb, const char *id,
                                           const char *argument, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_engine_account_change_group_finish (BkEngineAccount *self, GAsyncResult *result, GError **error);

/* The conversation with @who, made when first asked for; transfer none. NULL with @error for a malformed name. */
BkEngineConversation *bk_engine_account_get_conversation (BkEngineAccount *self, const char *who, GError **error);

G_END_DECLS
