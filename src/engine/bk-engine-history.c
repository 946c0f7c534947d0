/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file, and what is read at the start. The schema is in bk-engine-history-schema.c, accounts and contacts are in
 * bk-engine-history-accounts.c, conversations in bk-engine-history-conversations.c, messages in
 * bk-engine-history-messages.c, sessions in bk-engine-history-sessions.c. */
#include "bk-engine-history-private.h"

#include "bk-search-text.h"

G_DEFINE_FINAL_TYPE (BkEngineHistory, bk_engine_history, G_TYPE_OBJECT)

/* ---- rows ---- */

void
bk_history_account_free (BkHistoryAccount *account)
{
  g_free (account->sign_in_name);
  g_free (account->server);
  g_free (account->display_name);
  g_free (account->device);
  g_free (account->cursor);
  g_free (account->personal_message);
  g_free (account->avatar);
  g_free (account);
}

BkHistoryAccount *
bk_history_account_copy (const BkHistoryAccount *account)
{
  BkHistoryAccount *copy = g_memdup2 (account, sizeof *account);

  copy->sign_in_name = g_strdup (account->sign_in_name);
  copy->server = g_strdup (account->server);
  copy->display_name = g_strdup (account->display_name);
  copy->device = g_strdup (account->device);
  copy->cursor = g_strdup (account->cursor);
  copy->personal_message = g_strdup (account->personal_message);
  copy->avatar = g_strdup (account->avatar);
  return copy;
}

void
bk_history_contact_free (BkHistoryContact *contact)
{
  g_free (contact->who);
  g_free (contact->display_name);
  g_free (contact->request_text);
  g_strfreev (contact->groups);
  g_free (contact->alias);
  g_free (contact->avatar);
  g_free (contact);
}

void
bk_history_group_free (BkHistoryGroup *group)
{
  g_free (group->id);
  g_free (group->name);
  g_free (group);
}

void
bk_history_session_free (BkHistorySession *session)
{
  g_free (session->session);
  g_free (session->who);
  g_free (session);
}

void
bk_history_content_free (BkHistoryContent *content)
{
  g_ptr_array_unref (content->accounts);
  g_ptr_array_unref (content->contacts);
  g_ptr_array_unref (content->groups);
  g_ptr_array_unref (content->conversations);
  g_ptr_array_unref (content->sessions);
  g_ptr_array_unref (content->identities);
  g_ptr_array_unref (content->allowed);
  g_ptr_array_unref (content->parts);
  g_hash_table_unref (content->settings);
  g_strfreev (content->connection.servers);
  g_free (content->connection.user);
  g_free (content);
}

static BkHistoryContent *
history_content_new (void)
{
  BkHistoryContent *content = g_new0 (BkHistoryContent, 1);

  content->accounts = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_history_account_free);
  content->contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_history_contact_free);
  content->groups = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_history_group_free);
  content->conversations = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_history_conversation_free);
  content->sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_history_session_free);
  content->identities = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_history_identity_free);
  content->allowed = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_history_allowed_free);
  content->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_history_part_free);
  content->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return content;
}

/* ---- jobs ---- */

/* Like bk_sqlite_run_async (). */
void
_bk_engine_history_run (BkEngineHistory *self, BkSqliteKind kind, BkSqliteJob job, gpointer data,
                        GDestroyNotify free_data, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  bk_sqlite_run_async (self->sqlite, kind, job, data, free_data, cancellable, callback, user_data);
}

gpointer
_bk_engine_history_take (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  return bk_sqlite_run_finish (self->sqlite, result, error);
}

/* Calls @row with each row of @sql. */
gboolean
_bk_history_read_rows (BkSqlite *sqlite, const char *sql, BkHistoryRowFunc row, gpointer data, GError **error)
{
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, sql, error);
  gboolean more = statement != NULL;

  while (more)
    {
      if (!bk_sqlite_step (sqlite, statement, &more, error))
        return FALSE;
      if (more)
        row (statement, data);
    }
  return statement != NULL;
}

static void
read_account (sqlite3_stmt *statement, gpointer accounts)
{
  BkHistoryAccount account = {
    .id = (guint) sqlite3_column_int64 (statement, 0),
    .sign_in_name = (char *) bk_sqlite_column_text (statement, 1),
    .server = (char *) bk_sqlite_column_text (statement, 2),
    .display_name = (char *) bk_sqlite_column_text (statement, 3),
    .device = (char *) bk_sqlite_column_text (statement, 4),
    .cursor = (char *) bk_sqlite_column_text (statement, 5),
    .kept = TRUE,
    .wants_online = sqlite3_column_int (statement, 6) != 0,
    .wanted_status = (BeckonStatus) sqlite3_column_int (statement, 7),
    .personal_message = (char *) bk_sqlite_column_text (statement, 8),
    .primary = sqlite3_column_int (statement, 9) != 0,
    .avatar = (char *) bk_sqlite_column_text (statement, 10),
  };

  if (account.sign_in_name != NULL)
    g_ptr_array_add (accounts, bk_history_account_copy (&account));
}

static void
read_contact (sqlite3_stmt *statement, gpointer contacts)
{
  BkHistoryContact *contact = g_new0 (BkHistoryContact, 1);

  contact->account = (guint) sqlite3_column_int64 (statement, 0);
  contact->who = g_strdup (bk_sqlite_column_text (statement, 1));
  contact->display_name = g_strdup (bk_sqlite_column_text (statement, 2));
  contact->relation = (BeckonRelation) sqlite3_column_int (statement, 3);
  contact->blocked = sqlite3_column_int (statement, 4) != 0;
  contact->request_text = g_strdup (bk_sqlite_column_text (statement, 5));
  if (bk_sqlite_column_text (statement, 6) != NULL)
    contact->groups = g_strsplit (bk_sqlite_column_text (statement, 6), "\n", -1);
  contact->alias = g_strdup (bk_sqlite_column_text (statement, 7));
  contact->avatar = g_strdup (bk_sqlite_column_text (statement, 8));
  contact->pinned = sqlite3_column_int (statement, 9) != 0;
  contact->muted = sqlite3_column_int (statement, 10) != 0;
  g_ptr_array_add (contacts, contact);
}

static void
read_group (sqlite3_stmt *statement, gpointer groups)
{
  BkHistoryGroup *group = g_new0 (BkHistoryGroup, 1);

  group->account = (guint) sqlite3_column_int64 (statement, 0);
  group->id = g_strdup (bk_sqlite_column_text (statement, 1));
  group->name = g_strdup (bk_sqlite_column_text (statement, 2));
  g_ptr_array_add (groups, group);
}

static void
read_session (sqlite3_stmt *statement, gpointer sessions)
{
  BkHistorySession *session = g_new0 (BkHistorySession, 1);

  session->account = (guint) sqlite3_column_int64 (statement, 0);
  session->session = g_strdup (bk_sqlite_column_text (statement, 1));
  session->who = g_strdup (bk_sqlite_column_text (statement, 2));
  g_ptr_array_add (sessions, session);
}

typedef struct
{
  BkHistoryContent *content;
  guint next_conversation;
} LoadJob;

static void
load_job_free (gpointer data)
{
  LoadJob *job = data;

  g_clear_pointer (&job->content, bk_history_content_free);
  g_free (job);
}

static void
read_last_conversation (sqlite3_stmt *statement, gpointer next)
{
  *(guint *) next = (guint) sqlite3_column_int64 (statement, 0) + 1;
}

/* No session outlives the program. */
static gboolean
close_sessions (BkSqlite *sqlite, GError **error)
{
  BeckonSessionResult result = BECKON_SESSION_RESULT_SERVICE_RESTARTED;
  sqlite3_stmt *statement = bk_sqlite_prepare (
    sqlite, "UPDATE messages SET result = ?, result_text = ? WHERE open = 1 AND result = 0", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "is", (gint64) result, beckon_session_result_to_text (result));
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

static gboolean
load_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  LoadJob *job = data;
  BkHistoryContent *content = job->content;

  return bk_sqlite_exec (sqlite, "UPDATE accounts SET sign_in_name = " BK_HISTORY_REMOVED " WHERE kept = 0", error)
         && close_sessions (sqlite, error)
         && _bk_history_read_rows (sqlite,
                                   "SELECT id, sign_in_name, server, display_name, device, cursor, wants_online,"
                                   " wanted_status, personal_message, is_primary, avatar FROM accounts"
                                   " WHERE kept = 1 ORDER BY id",
                                   read_account, content->accounts, error)
         && _bk_history_read_rows (sqlite,
                                   "SELECT account, who, display_name, relation, blocked, request_text, groups,"
                                   " alias, avatar, pinned, muted FROM contacts ORDER BY account, who",
                                   read_contact, content->contacts, error)
         && _bk_history_read_rows (sqlite, "SELECT account, id, name FROM groups ORDER BY number", read_group,
                                   content->groups, error)
         && _bk_history_load_conversations (sqlite, content, error)
         && _bk_history_read_rows (sqlite,
                                   "SELECT c.account, m.message_id, c.who FROM messages m JOIN conversations c"
                                   " ON c.id = m.conversation WHERE m.open = 1 ORDER BY m.id",
                                   read_session, content->sessions, error)
         && _bk_history_read_rows (sqlite, "SELECT seq FROM sqlite_sequence WHERE name = 'conversations'",
                                   read_last_conversation, &job->next_conversation, error)
         && _bk_history_load_allowed (sqlite, content, error)
         && _bk_history_load_parts (sqlite, content, error)
         && _bk_history_load_settings (sqlite, content, error)
         && _bk_history_load_channels (sqlite, content, error);
}

/* ---- object ---- */

static void
bk_engine_history_dispose (GObject *object)
{
  BkEngineHistory *self = BK_ENGINE_HISTORY (object);

  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reader);
  g_clear_object (&self->sqlite);
  G_OBJECT_CLASS (bk_engine_history_parent_class)->dispose (object);
}

static void
bk_engine_history_finalize (GObject *object)
{
  BkEngineHistory *self = BK_ENGINE_HISTORY (object);

  g_object_unref (self->reading);
  g_free (self->path);
  G_OBJECT_CLASS (bk_engine_history_parent_class)->finalize (object);
}

static void
bk_engine_history_class_init (BkEngineHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_engine_history_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_engine_history_finalize;
}

static void
bk_engine_history_init (BkEngineHistory *self)
{
  self->next_conversation = 1;
  self->reading = g_cancellable_new ();
}

BkEngineHistory *
bk_engine_history_new (const char *path)
{
  BkEngineHistory *self = g_object_new (BK_TYPE_ENGINE_HISTORY, NULL);

  self->path = g_strdup (path);
  self->sqlite = bk_sqlite_new (path, _bk_history_migrations, _bk_history_n_migrations);
  bk_sqlite_add_text_function (self->sqlite, "bk_search_text", bk_search_text);
  return self;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  /* The job behind it hears the same error. */
  bk_sqlite_open_finish (BK_SQLITE (source), result, NULL);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineHistory *self = g_task_get_source_object (task);
  GError *error = NULL;
  LoadJob *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  if (job == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->next_conversation = MAX (self->next_conversation, job->next_conversation);
  _bk_engine_history_keep_up (self);
  g_task_return_pointer (task, g_steal_pointer (&job->content), (GDestroyNotify) bk_history_content_free);
  load_job_free (job);
}

void
bk_engine_history_open_async (BkEngineHistory *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  LoadJob *job = g_new0 (LoadJob, 1);

  g_task_set_source_tag (task, bk_engine_history_open_async);
  job->content = history_content_new ();
  bk_sqlite_open_async (self->sqlite, cancellable, on_opened, NULL);
  bk_sqlite_run_async (self->sqlite, BK_SQLITE_WRITE, load_job, job, load_job_free, cancellable, on_loaded,
                       g_steal_pointer (&task));
}

BkHistoryContent *
bk_engine_history_open_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bk_sqlite_close_finish (BK_SQLITE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_reader_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineHistory *self = g_task_get_source_object (task);

  bk_sqlite_close_finish (BK_SQLITE (source), result, NULL); /* nothing of it was to be written */
  bk_sqlite_close_async (self->sqlite, on_closed, g_steal_pointer (&task));
}

/* The last one to close the file tidies it up: that is the one that writes. */
void
bk_engine_history_close_async (BkEngineHistory *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, bk_engine_history_close_async);
  self->closing = TRUE;
  g_cancellable_cancel (self->reading);
  if (self->reader != NULL)
    bk_sqlite_close_async (self->reader, on_reader_closed, g_steal_pointer (&task));
  else
    bk_sqlite_close_async (self->sqlite, on_closed, g_steal_pointer (&task));
}

gboolean
_bk_engine_history_is_closing (BkEngineHistory *self)
{
  return self->closing;
}

gboolean
bk_engine_history_close_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
bk_engine_history_reserve_conversation (BkEngineHistory *self)
{
  return self->next_conversation++;
}
