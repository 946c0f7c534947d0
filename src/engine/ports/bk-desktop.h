/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small ports towards the desktop: secrets, web pages, and the programs that are attached over the bus. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* ---- secrets ---- */

#define BK_TYPE_SECRETS (bk_secrets_get_type ())
/* Keeps one secret per key (`account/<sign-in name>/token`, …). */
G_DECLARE_INTERFACE (BkSecrets, bk_secrets, BK, SECRETS, GObject)
struct _BkSecretsInterface
{
  GTypeInterface parent_iface;
  void (*lookup_async) (BkSecrets *self, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data);
  char *(*lookup_finish) (BkSecrets *self, GAsyncResult *result, GError **error); /* NULL without error: none */
  void (*store_async) (BkSecrets *self, const char *key, const char *label, const char *secret,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*store_finish) (BkSecrets *self, GAsyncResult *result, GError **error);
  void (*clear_async) (BkSecrets *self, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*clear_finish) (BkSecrets *self, GAsyncResult *result, GError **error);
  const char *(*get_warning) (BkSecrets *self); /* a sentence when secrets are kept less safely than they should be */
};

void bk_secrets_lookup_async (BkSecrets *self, const char *key, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
char *bk_secrets_lookup_finish (BkSecrets *self, GAsyncResult *result, GError **error);
void bk_secrets_store_async (BkSecrets *self, const char *key, const char *label, const char *secret,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_secrets_store_finish (BkSecrets *self, GAsyncResult *result, GError **error);
void bk_secrets_clear_async (BkSecrets *self, const char *key, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_secrets_clear_finish (BkSecrets *self, GAsyncResult *result, GError **error);
const char *bk_secrets_get_warning (BkSecrets *self);

/* ---- the seat ---- */

#define BK_TYPE_SEAT (bk_seat_get_type ())
/* Whether the user is there. Signal "changed" (): locked or idle is another. */
G_DECLARE_INTERFACE (BkSeat, bk_seat, BK, SEAT, GObject)
struct _BkSeatInterface
{
  GTypeInterface parent_iface;
  gboolean (*get_locked) (BkSeat *self); /* the screen is */
  /* Nobody has touched anything for as long as set_idle_after () says. FALSE where that cannot be known. */
  gboolean (*get_idle) (BkSeat *self);
  void (*set_idle_after) (BkSeat *self, guint ms); /* 0: never */
};

gboolean bk_seat_get_locked (BkSeat *self);
gboolean bk_seat_get_idle (BkSeat *self);
void bk_seat_set_idle_after (BkSeat *self, guint ms);
void bk_seat_emit_changed (BkSeat *self);

/* ---- web pages ---- */

#define BK_TYPE_OPENER (bk_opener_get_type ())
G_DECLARE_INTERFACE (BkOpener, bk_opener, BK, OPENER, GObject)
struct _BkOpenerInterface
{
  GTypeInterface parent_iface;
  /* @url has passed bk_url_is_web (). Failure is logged, there is nobody to tell. */
  void (*open) (BkOpener *self, const char *url);
};

void bk_opener_open (BkOpener *self, const char *url);

/* ---- programs that describe themselves ---- */

typedef struct
{
  char *bus_name;
  char *guid;    /* what it says of itself, not checked yet; each nullable */
  char *name;
  char *url;
  char *icon;
  char *comment;
  char *problem; /* nullable: why it could not be asked, a sentence without its beginning */
} BkPeerDescription;

void bk_peer_description_free (BkPeerDescription *description);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkPeerDescription, bk_peer_description_free)

#define BK_TYPE_PEER_DIRECTORY (bk_peer_directory_get_type ())
/* The programs that can be started without a registration file, each asked once what it is. Signal "changed" (): there
 * are others, or they say something else. */
G_DECLARE_INTERFACE (BkPeerDirectory, bk_peer_directory, BK, PEER_DIRECTORY, GObject)
struct _BkPeerDirectoryInterface
{
  GTypeInterface parent_iface;
  /* Those that have answered or never will, in an order that does not change. Bounded. */
  GPtrArray *(*list) (BkPeerDirectory *self); /* transfer container, element-type BkPeerDescription */
  void (*refresh) (BkPeerDirectory *self);    /* something was found to be other than expected: look again */
  char *(*get_warning) (BkPeerDirectory *self); /* transfer full, nullable: about all of them */
};

GPtrArray *bk_peer_directory_list (BkPeerDirectory *self);
void bk_peer_directory_refresh (BkPeerDirectory *self);
char *bk_peer_directory_get_warning (BkPeerDirectory *self);
void bk_peer_directory_emit_changed (BkPeerDirectory *self);

/* ---- registration files outside of our sandbox ---- */

typedef struct
{
  char *path; /* there; not to be opened here */
  GBytes *content;
  char *missing; /* nullable: a program of it that is not there */
} BkHostFile;

#define BK_TYPE_HOST_FILES (bk_host_files_get_type ())
/* The registration files of the computer that our sandbox is on. Signal "changed" (): there are others, they say
 * something else, or their programs came or went. */
G_DECLARE_INTERFACE (BkHostFiles, bk_host_files, BK, HOST_FILES, GObject)
struct _BkHostFilesInterface
{
  GTypeInterface parent_iface;
  /* Those that count more come first. Bounded. @more, out: there are others, which were left out. */
  GPtrArray *(*list) (BkHostFiles *self, gboolean *more); /* transfer container, element-type BkHostFile */
};

GPtrArray *bk_host_files_list (BkHostFiles *self, gboolean *more);
void bk_host_files_emit_changed (BkHostFiles *self);

/* ---- attached programs ---- */

#define BK_TYPE_PEERS (bk_peers_get_type ())
/* What the engine asks of programs that attached themselves over the bus (Peer1). Each question has 3 s; a program
 * that hangs or vanishes counts as the default. @session: bk_engine_session_get_number (), since the SessionID stands
 * for both sides. */
G_DECLARE_INTERFACE (BkPeers, bk_peers, BK, PEERS, GObject)
struct _BkPeersInterface
{
  GTypeInterface parent_iface;
  /* Does an attached program of @guid take this invitation over? Default: no. */
  void (*offer_invitation_async) (BkPeers *self, const char *guid, guint session, const char *app_data,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  /* Shall Beckon launch the program? Default: yes. */
  void (*before_launch_async) (BkPeers *self, const char *guid, guint session, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
  /* Hands a connected session to an attached program of @guid that is running already. Default: nobody took it. */
  void (*launch_session_async) (BkPeers *self, const char *guid, guint session, const char *cookie,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*finish) (BkPeers *self, GAsyncResult *result); /* the answer to any of the three */
};

void bk_peers_offer_invitation_async (BkPeers *self, const char *guid, guint session, const char *app_data,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void bk_peers_before_launch_async (BkPeers *self, const char *guid, guint session, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
void bk_peers_launch_session_async (BkPeers *self, const char *guid, guint session, const char *cookie,
                                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_peers_finish (BkPeers *self, GAsyncResult *result);

G_END_DECLS
