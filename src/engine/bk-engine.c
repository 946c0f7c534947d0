/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

enum
{
  SIGNAL_INVITATION,
  SIGNAL_INVITATION_OVER,
  SIGNAL_NOTICE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkEngine, bk_engine, G_TYPE_OBJECT)

/* ---- what accounts tell ---- */

/* An invitation that came before a crash, and comes again because the place behind it was not written down any more. */
static gboolean
is_over (BkEngine *self, BkEngineAccount *account, const BkBackendEvent *event)
{
  const char *id = event->envelope != NULL ? event->envelope->session : NULL;

  for (guint i = 0; i < self->crashed->len; i++)
    {
      BkHistorySession *session = g_ptr_array_index (self->crashed, i);
      if (session->account == bk_engine_account_get_id (account) && g_strcmp0 (session->session, id) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
on_session_event (BkEngineAccount *account, const BkBackendEvent *event, BkEngine *self)
{
  if (!is_over (self, account, event))
    bk_engine_sessions_apply (self->sessions, account, event);
}

/* Sessions that a crash left open: now their other sides can be told. */
static void
recover (BkEngine *self, BkEngineAccount *account)
{
  for (guint i = 0; i < self->crashed->len;)
    {
      BkHistorySession *session = g_ptr_array_index (self->crashed, i);
      if (session->account != bk_engine_account_get_id (account))
        {
          i++;
          continue;
        }
      bk_engine_sessions_recover (self->sessions, account, session->session, session->who);
      g_ptr_array_remove_index (self->crashed, i);
    }
}

static void
on_account_online (BkEngineAccount *account, BkEngine *self)
{
  recover (self, account);
  bk_engine_sessions_account_online (self->sessions, account);
}

static void
on_account_away (BkEngineAccount *account, BkEngine *self)
{
  bk_engine_sessions_account_away (self->sessions, account);
}

static gboolean
on_signing_out (BkEngineAccount *account, guint leave, BkEngine *self)
{
  if (leave != BK_LEAVE_REST)
    bk_engine_sessions_account_signed_out (self->sessions, account);
  return bk_engine_sessions_is_sending (self->sessions);
}

static void
on_sessions_settled (BkEngineSessions *sessions, BkEngine *self)
{
  guint n_accounts = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));

  if (bk_engine_sessions_is_sending (sessions))
    return;
  for (guint i = 0; i < n_accounts; i++)
    {
      g_autoptr (BkEngineAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
      if (account != NULL)
        bk_engine_account_farewell_over (account);
    }
}

static void
on_settings_changed (BkEngine *self, BkEngineAccount *account)
{
  bk_engine_account_set_telling (account, self->settings.read_marks, self->settings.typing);
}

BkEngineAccount *
_bk_engine_make_account (BkEngine *self, BkBackend *backend, const BkHistoryAccount *stored)
{
  BkEngineAccountConfig config = {
    .clock = self->clock,
    .secrets = self->secrets,
    .history = self->history,
    .backend = backend,
    .pictures = self->pictures,
  };
  BkEngineAccount *account = bk_engine_account_new (&config, stored);

  _bk_engine_seat_account (self, account);
  on_settings_changed (self, account);
  g_signal_connect_object (self, "settings-changed", G_CALLBACK (on_settings_changed), account, 0);
  g_signal_connect_object (account, "session-event", G_CALLBACK (on_session_event), self, 0);
  g_signal_connect_object (account, "online", G_CALLBACK (on_account_online), self, 0);
  g_signal_connect_object (account, "away", G_CALLBACK (on_account_away), self, 0);
  g_signal_connect_object (account, "signing-out", G_CALLBACK (on_signing_out), self, 0);
  return account;
}

void
_bk_engine_take_account (BkEngine *self, BkEngineAccount *account)
{
  g_list_store_append (self->accounts, account);
}

static gboolean
is_open (BkEngine *self, GError **error)
{
  if (self->state == BK_ENGINE_OPEN)
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_FAILED, _("The session service is not running."));
  return FALSE;
}

gboolean
_bk_engine_check_open (BkEngine *self, GTask *task)
{
  GError *error = NULL;

  if (is_open (self, &error))
    return TRUE;
  g_task_return_error (task, error);
  return FALSE;
}

/* ---- what sessions tell ---- */

static void
on_invitation (BkEngineSessions *sessions, BkEngineSession *session, BkEngine *self)
{
  g_signal_emit (self, signals[SIGNAL_INVITATION], 0, session);
}

static void
on_invitation_over (BkEngineSessions *sessions, BkEngineSession *session, BkEngine *self)
{
  g_signal_emit (self, signals[SIGNAL_INVITATION_OVER], 0, session);
}

static void
on_notice (BkEngineSessions *sessions, const char *kind, const char *text, BkEngineSession *session, BkEngine *self)
{
  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, kind, text, session);
}

/* ---- object ---- */

static void
bk_engine_dispose (GObject *object)
{
  BkEngine *self = BK_ENGINE (object);

  if (self->clock != NULL)
    {
      bk_clock_clear (self->clock, &self->timer);
      _bk_engine_close_accounts (self);
    }
  g_clear_object (&self->sessions);
  g_list_store_remove_all (self->accounts);
  g_clear_object (&self->registry);
  g_clear_object (&self->history);
  g_clear_object (&self->pictures);
  g_clear_object (&self->channels);
  g_clear_object (&self->seat);
  g_clear_object (&self->secrets);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (bk_engine_parent_class)->dispose (object);
}

static void
bk_engine_finalize (GObject *object)
{
  BkEngine *self = BK_ENGINE (object);

  g_object_unref (self->accounts);
  g_ptr_array_unref (self->adding);
  g_hash_table_unref (self->names);
  g_ptr_array_unref (self->crashed);
  g_clear_pointer (&self->relays, bk_relays_free);
  g_free (self->download_folder);
  g_free (self->data_dir);
  G_OBJECT_CLASS (bk_engine_parent_class)->finalize (object);
}

static void
bk_engine_class_init (BkEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = BK_TYPE_ENGINE;

  object_class->dispose = bk_engine_dispose;
  object_class->finalize = bk_engine_finalize;

  signals[SIGNAL_INVITATION] = g_signal_new ("invitation", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                             1, BK_TYPE_ENGINE_SESSION);
  signals[SIGNAL_INVITATION_OVER] = g_signal_new ("invitation-over", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                  G_TYPE_NONE, 1, BK_TYPE_ENGINE_SESSION);
  signals[SIGNAL_NOTICE] = g_signal_new ("notice", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                         G_TYPE_STRING, G_TYPE_STRING, BK_TYPE_ENGINE_SESSION);
  g_signal_new ("servers-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("settings-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("primary-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bk_engine_init (BkEngine *self)
{
  self->accounts = g_list_store_new (BK_TYPE_ENGINE_ACCOUNT);
  self->adding = g_ptr_array_new_with_free_func (g_object_unref);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->crashed = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_history_session_free);
  _bk_engine_settings_init (self);
}

static void
make_sessions (BkEngine *self, const BkEngineConfig *config)
{
  BkEngineSessionsConfig sessions = {
    .clock = config->clock,
    .launcher = config->launcher,
    .opener = config->opener,
    .peers = config->peers,
    .seat = config->seat,
    .channels = config->channels,
    .registry = self->registry,
    .history = self->history,
    .answer_timeout_ms = config->answer_timeout_ms,
    .local_address = config->local_address,
  };

  self->sessions = bk_engine_sessions_new (&sessions);
  bk_engine_sessions_set_download_folder (self->sessions, self->download_folder);
  g_signal_connect_object (self->sessions, "invitation", G_CALLBACK (on_invitation), self, 0);
  g_signal_connect_object (self->sessions, "invitation-over", G_CALLBACK (on_invitation_over), self, 0);
  g_signal_connect_object (self->sessions, "notice", G_CALLBACK (on_notice), self, 0);
  g_signal_connect_object (self->sessions, "settled", G_CALLBACK (on_sessions_settled), self, 0);
}

/* Registrations are read here, so that the registry can be asked from the start; accounts come with opening. */
BkEngine *
bk_engine_new (const BkEngineConfig *config)
{
  BkEngine *self = g_object_new (BK_TYPE_ENGINE, NULL);
  g_autofree char *path = g_build_filename (config->data_dir, "history.sqlite", NULL);
  g_autofree char *pictures = g_build_filename (config->data_dir, "pictures", NULL);

  self->clock = g_object_ref (config->clock);
  self->secrets = g_object_ref (config->secrets);
  g_set_object (&self->seat, config->seat);
  g_set_object (&self->channels, config->channels);
  self->make_backend = config->make_backend;
  self->make_backend_data = config->make_backend_data;
  self->data_dir = g_strdup (config->data_dir);
  self->history = bk_engine_history_new (path);
  self->pictures = bk_engine_pictures_new (pictures);
  self->registry = bk_engine_registry_new (config->user_peers_dir, config->system_peers_dirs, config->directory);
  if (config->host_files != NULL)
    bk_engine_registry_set_host_files (self->registry, config->host_files);
  make_sessions (self, config);
  return self;
}

/* ---- opening ---- */

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* Its state says the same to whoever wants to know. */
  if (!bk_engine_account_sign_in_finish (BK_ENGINE_ACCOUNT (source), result, &error))
    g_debug ("Account %u is not online: %s", bk_engine_account_get_id (BK_ENGINE_ACCOUNT (source)), error->message);
}

static void
restore_account (BkEngine *self, const BkHistoryAccount *stored, const BkHistoryContent *content)
{
  g_autoptr (BkBackend) backend = self->make_backend (self->make_backend_data);
  g_autoptr (BkEngineAccount) account = _bk_engine_make_account (self, backend, stored);

  if (stored->primary)
    self->primary = stored->id;
  for (guint i = 0; i < content->groups->len; i++)
    {
      BkHistoryGroup *group = g_ptr_array_index (content->groups, i);
      if (group->account == stored->id)
        bk_engine_account_restore_group (account, group);
    }
  for (guint i = 0; i < content->contacts->len; i++)
    {
      BkHistoryContact *contact = g_ptr_array_index (content->contacts, i);
      if (contact->account == stored->id)
        bk_engine_account_restore_contact (account, contact);
    }
  for (guint i = 0; i < content->identities->len; i++)
    {
      BkHistoryIdentity *identity = g_ptr_array_index (content->identities, i);
      if (identity->account == stored->id)
        bk_engine_account_restore_key (account, identity->who, identity->key);
    }
  for (guint i = 0; i < content->allowed->len; i++)
    {
      BkHistoryAllowed *allowed = g_ptr_array_index (content->allowed, i);
      if (allowed->account == stored->id)
        bk_engine_account_restore_allowed (account, allowed->who, allowed->guid);
    }
  for (guint i = 0; i < content->conversations->len; i++)
    {
      BkHistoryConversation *conversation = g_ptr_array_index (content->conversations, i);
      if (conversation->account == stored->id)
        bk_engine_account_restore_conversation (account, conversation);
    }
  g_hash_table_add (self->names, g_strdup (stored->sign_in_name));
  _bk_engine_take_account (self, account);
}

static void
restore (BkEngine *self, BkHistoryContent *content)
{
  gsize n_sessions;
  g_autofree gpointer *sessions = g_ptr_array_steal (content->sessions, &n_sessions);

  for (gsize i = 0; i < n_sessions; i++)
    g_ptr_array_add (self->crashed, sessions[i]);
  _bk_engine_watch_seat (self);
  _bk_engine_restore_settings (self, content->settings);
  for (guint i = 0; i < content->parts->len; i++)
    bk_engine_sessions_restore_part (self->sessions, g_ptr_array_index (content->parts, i));
  _bk_engine_restore_connection (self, &content->connection);
  for (guint i = 0; i < content->accounts->len; i++)
    restore_account (self, g_ptr_array_index (content->accounts, i), content);
  bk_engine_pictures_tidy (self->pictures);
  for (guint i = 0; i < content->accounts->len; i++)
    {
      BkHistoryAccount *stored = g_ptr_array_index (content->accounts, i);
      g_autoptr (BkEngineAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
      if (stored->wants_online)
        bk_engine_account_sign_in_async (account, NULL, NULL, on_signed_in, NULL);
    }
}

static void
on_history_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngine *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (BkHistoryContent) content =
    bk_engine_history_open_finish (BK_ENGINE_HISTORY (source), result, &error);

  if (content == NULL)
    {
      self->state = BK_ENGINE_CLOSED;
      g_task_return_error (task, error);
      return;
    }
  self->state = BK_ENGINE_OPEN;
  restore (self, content);
  g_task_return_boolean (task, TRUE);
}

/* Once per engine. */
void
bk_engine_open_async (BkEngine *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_engine_open_async);
  if (self->state != BK_ENGINE_NEW)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_FAILED, "The engine was opened before");
      return;
    }
  if (g_mkdir_with_parents (self->data_dir, 0700) != 0)
    {
      int saved = errno;
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_STORAGE, _("The folder %s could not be created: %s"),
                               self->data_dir, g_strerror (saved));
      return;
    }
  self->state = BK_ENGINE_OPENING;
  bk_engine_history_open_async (self->history, cancellable, on_history_open, g_steal_pointer (&task));
}

gboolean
bk_engine_open_finish (BkEngine *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- reading ---- */

GListModel *
bk_engine_get_accounts (BkEngine *self)
{
  return G_LIST_MODEL (self->accounts);
}

GListModel *
bk_engine_get_sessions (BkEngine *self)
{
  return G_LIST_MODEL (self->sessions);
}

BkEngineRegistry *
bk_engine_get_registry (BkEngine *self)
{
  return self->registry;
}

/* ---- sessions ---- */

BkEngineSession *
bk_engine_find_session (BkEngine *self, const char *session_id)
{
  return bk_engine_sessions_find (self->sessions, session_id);
}

BkEngineSession *
bk_engine_create_session (BkEngine *self, BkEngineAccount *account, const char *owner, GError **error)
{
  if (!is_open (self, error))
    return NULL;
  /* It may have been removed since it was asked for. */
  if (account == NULL || !g_list_store_find (self->accounts, account, NULL))
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_LOGGED_ON, _("There is no account to invite from."));
      return NULL;
    }
  return bk_engine_sessions_create (self->sessions, account, owner, error);
}

gboolean
bk_engine_try_application (BkEngine *self, const char *guid, BkEngineSession **inviter, BkEngineSession **invitee,
                           GError **error)
{
  return bk_engine_sessions_try (self->sessions, guid, inviter, invitee, error);
}

BkEngineSession *
bk_engine_redeem_cookie (BkEngine *self, const char *cookie, GError **error)
{
  return bk_engine_sessions_redeem_cookie (self->sessions, cookie, error);
}

BkEngineSession *
bk_engine_redeem_process (BkEngine *self, guint pid, GError **error)
{
  return bk_engine_sessions_redeem_process (self->sessions, pid, error);
}
