/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the files of BkNativeBackend: -wishes.c is what the engine wants of the connection, -backend.c the state
 * machine, -events.c turns frames into facts, -requests.c is what the engine asks the server for, -profile.c what it asks
 * for pictures and notes about contacts, -patience.c makes what people ask for outlast a short cut, -keeping.c is for the
 * account itself, -lock.c and -alerts.c are what it asks for programs, -relays.c what it asks for channels. */
#pragma once

#include "bk-native-backend.h"
#include "bk-native-link.h"

G_BEGIN_DECLS

/* What was asked for last and has not been looked at yet. Calls only leave a wish: the port allows no event from
 * inside a call. */
typedef enum
{
  BK_NATIVE_WISH_NONE,
  BK_NATIVE_WISH_SIGN_IN,
  BK_NATIVE_WISH_SIGN_OUT,
  BK_NATIVE_WISH_RETRY,
} BkNativeWish;

struct _BkNativeBackend
{
  GObject parent_instance;

  BkClock *clock;
  GTlsDatabase *tls_database; /* nullable */
  guint ping_seconds;

  /* What is wanted */
  char *sign_in_name; /* NULL: never asked to sign in */
  char *server;       /* nullable */
  char *password;     /* nullable, secret */
  char *token;        /* nullable, secret */
  char *device;       /* nullable */
  gint64 cursor; /* the last number that was told */
  char *epoch;   /* what it belongs to; nullable */
  BeckonStatus status;
  char *personal_message; /* nullable */
  guint presence_serial;
  BkNativeWish wish;
  guint wish_source;
  gboolean forget; /* with WISH_SIGN_OUT */

  GArray *sites;      /* element-type gint64: whose alerts are wanted */
  gboolean sites_due; /* the server is to be told */

  /* What is */
  BkBackendState state;
  BkNativeLink *link; /* nullable */
  GCancellable *cancellable; /* of the attempt; nullable */
  char *next_epoch; /* with again: takes the place of the other at its end */
  gboolean passing; /* while it is told that the server will be back in a moment */
  gboolean again; /* the server tells from the beginning: no place to go on at until that is done */
  guint presence_sent; /* the serial that the server knows */
  gboolean telling_sites;
  guint sites_timer; /* the server was too busy for them */
  GQueue lock_waiting; /* questions of programs that the server has not been asked yet */
  guint lock_asked;    /* how many it has been asked and not answered */
  guint lock_timer;    /* the server was too busy for them */
  GQueue patient_waiting; /* what people asked for and is to be sent when the connection is back, in that order */
  GQueue patient_asked;   /* such that have been sent and not answered */
  guint64 n_patient;      /* that there were */
  guint patience_timer;   /* a connection that was good is away, for a moment so far */
  guint retry_timer;
  guint attempts; /* that failed since it was last online for a while */
  gint64 signing_in_since;
  gint64 online_since;
  gint64 started_at; /* the attempt */
  gint64 probed_at;
  gboolean probing; /* the connection is suspected to be dead, and has not answered yet */
};

#define BK_NATIVE_SIGN_IN_SECONDS 15
#define BK_NATIVE_REQUEST_SECONDS 30
/* How long what people ask for waits for a connection that was cut. */
#define BK_NATIVE_PATIENCE_SECONDS 20
/* How long a server that is too busy is left alone, whatever it says. */
#define BK_NATIVE_LEAST_RETRY_MS 1000
#define BK_NATIVE_MOST_RETRY_MS 300000

/* Answers @task with what @reply, an `ok`, says. */
typedef void (*BkNativeReadFunc) (GTask *task, const BkFrame *reply);

void bk_native_backend_start (BkNativeBackend *self);
void bk_native_backend_hang_up (BkNativeBackend *self, gboolean sign_out);
void bk_native_backend_enter_state (BkNativeBackend *self, BkBackendState state, const GError *error, guint retry_ms);
void bk_native_backend_send_presence (BkNativeBackend *self, guint seconds, GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean bk_native_backend_is_trying (BkNativeBackend *self);
void bk_native_backend_take_frame (BkNativeBackend *self, const BkFrame *frame);
void bk_native_backend_caught_up (BkNativeBackend *self);
void bk_native_backend_bye (BkNativeBackend *self, const BkFrame *frame);
gboolean bk_native_backend_is_signed_in (BkNativeBackend *self);
gboolean bk_native_backend_is_ready (BkNativeBackend *self);
gboolean bk_native_backend_check_ready (BkNativeBackend *self, GTask *task);
void bk_native_backend_ask (BkNativeBackend *self, const BkFrame *frame, GTask *task);
gboolean bk_native_finish_boolean (GAsyncResult *result, GError **error);
gboolean bk_native_check_name (GTask *task, const char *who);
gboolean bk_native_check_text (GTask *task, const char *text, gsize max, gboolean multi_line, BeckonError too_long);
gboolean bk_native_backend_check_patient (BkNativeBackend *self, GTask *task);
void bk_native_backend_ask_patiently (BkNativeBackend *self, BkFrame *frame, BkNativeReadFunc read, GTask *task);
void bk_native_backend_heard_relation (BkNativeBackend *self, const char *who, BeckonRelation relation);
void bk_native_backend_begin_patience (BkNativeBackend *self);
void bk_native_backend_resume_patient (BkNativeBackend *self);
void bk_native_backend_stop_patient (BkNativeBackend *self);
void bk_native_return_done (GTask *task, const BkFrame *reply);
void bk_native_backend_begin_sites (BkNativeBackend *self);
void bk_native_backend_stop_sites (BkNativeBackend *self);
void bk_native_backend_stop_lock (BkNativeBackend *self);

const char *bk_native_status_to_word (BeckonStatus status);
void bk_native_free_secret (char *secret);
void bk_native_set_secret (char **place, const char *secret);
void bk_native_set_text (char **place, const char *text);

void bk_native_backend_backend_init (BkBackendInterface *iface);
void bk_native_backend_register_init (BkBackendRegisterInterface *iface);
void bk_native_backend_contacts_init (BkBackendContactsInterface *iface);
void bk_native_backend_groups_init (BkBackendGroupsInterface *iface);
void bk_native_backend_messages_init (BkBackendMessagesInterface *iface);
void bk_native_backend_marks_init (BkBackendMarksInterface *iface);
void bk_native_backend_sessions_init (BkBackendSessionsInterface *iface);
void bk_native_backend_lock_init (BkBackendLockInterface *iface);
void bk_native_backend_alerts_init (BkBackendAlertsInterface *iface);
void bk_native_backend_aliases_init (BkBackendAliasesInterface *iface);
void bk_native_backend_avatars_init (BkBackendAvatarsInterface *iface);
void bk_native_backend_keeping_init (BkBackendKeepingInterface *iface);
void bk_native_backend_relays_init (BkBackendRelaysInterface *iface);

G_END_DECLS
