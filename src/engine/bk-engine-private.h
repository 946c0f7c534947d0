/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the engine itself share: bk-engine.c its life, bk-engine-accounts.c accounts that come and go. */
#pragma once

#include "bk-engine.h"

#include "bk-engine-account-private.h"
#include "bk-engine-history.h"
#include "bk-engine-sessions.h"

G_BEGIN_DECLS

typedef enum
{
  BK_ENGINE_NEW,
  BK_ENGINE_OPENING,
  BK_ENGINE_OPEN,
  BK_ENGINE_CLOSING,
  BK_ENGINE_CLOSED,
} BkEngineState;

struct _BkEngine
{
  GObject parent_instance;

  BkClock *clock;
  BkSecrets *secrets;
  BkSeat *seat; /* nullable */
  BkEngineBackendFactory make_backend;
  gpointer make_backend_data;
  char *data_dir;

  BkEngineHistory *history;
  BkEnginePictures *pictures;
  BkEngineRegistry *registry;
  BkEngineSessions *sessions;
  BkChannels *channels; /* nullable */
  BkRelays *relays;     /* of the user's own, nullable */
  gboolean testing;     /* the connection */
  BkEngineSettings settings;
  char *download_folder; /* of the settings */
  GListStore *accounts;
  guint primary; /* id of an account, 0: the oldest */
  GPtrArray *adding;  /* element-type BkEngineAccount, owned: being tried, not yet in the list */
  GHashTable *names;  /* set of char *: sign-in names that are here or on their way in */
  GPtrArray *crashed; /* element-type BkHistorySession, owned: whose other side is still to be told */
  BkEngineState state;
  guint timer;   /* CLOSING */
  guint leaving; /* CLOSING: accounts that have not left yet */
};

/* An account that reports to the engine. */
BkEngineAccount *_bk_engine_make_account (BkEngine *self, BkBackend *backend, const BkHistoryAccount *stored);
void _bk_engine_take_account (BkEngine *self, BkEngineAccount *account);
void _bk_engine_watch_seat (BkEngine *self);
void _bk_engine_seat_settled (BkEngine *self);
void _bk_engine_seat_account (BkEngine *self, BkEngineAccount *account);
void _bk_engine_settings_init (BkEngine *self);
void _bk_engine_restore_settings (BkEngine *self, GHashTable *stored);
void _bk_engine_restore_connection (BkEngine *self, const BkHistoryConnection *connection);
/* Accounts that there are, and those that are being tried. */
void _bk_engine_close_accounts (BkEngine *self);
gboolean _bk_engine_check_open (BkEngine *self, GTask *task);

G_END_DECLS
