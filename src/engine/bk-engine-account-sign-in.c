/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way in and out of the network. */
#include "bk-engine-account-internal.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bk-limits.h"

#define FAREWELL_MS 2000
#define LEAVE_MS 2000
#define STUCK_MS 30000

/* ---- those who wait ---- */

typedef struct
{
  GTask *task;
  GSource *cancelled; /* nullable */
  GPtrArray *list;    /* borrowed: where it is */
} Waiter;

void
_bk_account_waiter_free (gpointer data)
{
  Waiter *waiter = data;

  if (waiter->cancelled != NULL)
    {
      g_source_destroy (waiter->cancelled);
      g_source_unref (waiter->cancelled);
    }
  g_clear_object (&waiter->task);
  g_free (waiter);
}

static gboolean
on_waiter_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Waiter *waiter = user_data;
  g_autoptr (GTask) task = g_object_ref (waiter->task);

  g_ptr_array_remove (waiter->list, waiter);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
add_waiter (GPtrArray *list, GTask *task)
{
  Waiter *waiter = g_new0 (Waiter, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  waiter->task = g_object_ref (task);
  waiter->list = list;
  g_ptr_array_add (list, waiter);
  if (cancellable == NULL)
    return;
  waiter->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (waiter->cancelled, G_SOURCE_FUNC (on_waiter_cancelled), waiter, NULL);
  g_source_attach (waiter->cancelled, g_task_get_context (task));
}

/* Whoever is answered may ask again at once: that is a new question. */
void
_bk_account_answer (BkEngineAccount *self, GPtrArray *waiters, const GError *error)
{
  gsize n_waiters;
  gpointer *all = g_ptr_array_steal (waiters, &n_waiters);

  for (gsize i = 0; i < n_waiters; i++)
    {
      Waiter *waiter = all[i];
      if (error != NULL)
        g_task_return_error (waiter->task, g_error_copy (error));
      else
        g_task_return_boolean (waiter->task, TRUE);
      _bk_account_waiter_free (waiter);
    }
  g_free (all);
}

static void
answer_cancelled (BkEngineAccount *self, GPtrArray *waiters)
{
  g_autoptr (GError) error =
    g_error_new_literal (BECKON_ERROR, BECKON_ERROR_CANCELLED, "Something else was asked for meanwhile");

  _bk_account_answer (self, waiters, error);
}

/* ---- in ---- */

void
_bk_account_clear_password (BkEngineAccount *self)
{
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_clear_pointer (&self->password, g_free);
}

typedef struct
{
  BkEngineAccount *self; /* owned */
  guint attempt;
} Attempt;

static Attempt *
attempt_new (BkEngineAccount *self)
{
  Attempt *attempt = g_new (Attempt, 1);

  attempt->self = g_object_ref (self);
  attempt->attempt = self->attempt;
  return attempt;
}

static void
attempt_free (Attempt *attempt)
{
  g_object_unref (attempt->self);
  g_free (attempt);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

static void
give_up (BkEngineAccount *self, const GError *error)
{
  self->phase = BK_ACCOUNT_OUT;
  _bk_account_clear_password (self);
  _bk_account_enter_state (self, BK_BACKEND_OFFLINE, error);
}

static void
ask_backend (BkEngineAccount *self, const char *token)
{
  BkSignIn sign_in = {
    .sign_in_name = self->stored->sign_in_name,
    .server = self->stored->server,
    .password = self->password,
    .token = token,
    .device = self->stored->device,
    .cursor = self->stored->cursor,
    .status = _bk_account_published_status (self),
    .personal_message = self->stored->personal_message,
  };

  self->phase = BK_ACCOUNT_IN;
  bk_backend_sign_in (self->backend, &sign_in);
  _bk_account_clear_password (self);
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  BkEngineAccount *self = attempt->self;
  g_autoptr (GError) error = NULL;
  char *token = bk_secrets_lookup_finish (BK_SECRETS (source), result, &error);

  if (attempt->attempt == self->attempt)
    {
      if (token == NULL && error == NULL)
        error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD,
                                     _("Sign in to this account with its password."));
      if (token != NULL)
        ask_backend (self, token);
      else
        give_up (self, error);
    }
  if (token != NULL)
    explicit_bzero (token, strlen (token));
  g_free (token);
}

static void
look_for_token (BkEngineAccount *self)
{
  if (self->password != NULL)
    {
      ask_backend (self, NULL);
      return;
    }
  g_autofree char *key = bk_engine_account_dup_secret_key (self);
  bk_secrets_lookup_async (self->secrets, key, NULL, on_token, attempt_new (self));
}

/* Who cannot read the key signs in without: contacts that know it will be warned. A new one would do no better, and
 * would be the wrong one for good. */
static void
on_identity (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  BkEngineAccount *self = attempt->self;
  g_autoptr (GError) error = NULL;
  char *secret = bk_secrets_lookup_finish (BK_SECRETS (source), result, &error);

  if (error != NULL)
    g_warning ("Account %u: the key of this device could not be read: %s", self->stored->id, error->message);
  else if (self->identity == NULL)
    _bk_account_set_identity (self, secret);
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
  if (attempt->attempt == self->attempt)
    look_for_token (self);
}

/* Everything that was handed in is in the file or has failed by now: this is the place to go on from. */
static void
on_cursor (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  BkEngineAccount *self = attempt->self;
  g_autoptr (GError) error = NULL;
  g_autofree char *cursor = bk_engine_history_read_cursor_finish (self->history, result, &error);

  if (attempt->attempt != self->attempt)
    return;
  if (error != NULL)
    {
      give_up (self, error);
      return;
    }
  g_free (self->stored->cursor);
  self->stored->cursor = g_steal_pointer (&cursor);
  if (self->identity != NULL)
    {
      look_for_token (self);
      return;
    }
  g_autofree char *key = bk_engine_account_dup_identity_key (self);
  bk_secrets_lookup_async (self->secrets, key, NULL, on_identity, g_steal_pointer (&attempt));
}

void
_bk_account_begin (BkEngineAccount *self, const char *password)
{
  g_autofree char *copy = g_strdup (password);

  self->attempt++;
  self->been_online = FALSE;
  self->phase = BK_ACCOUNT_LOOKING;
  bk_clock_clear (self->clock, &self->timer);
  _bk_account_clear_password (self);
  self->password = g_steal_pointer (&copy);
  bk_engine_history_read_cursor_async (self->history, self->stored->id, on_cursor, attempt_new (self));
}

static void
on_stuck_over (gpointer user_data)
{
  BkEngineAccount *self = user_data;

  self->timer = 0;
  _bk_account_begin (self, NULL);
}

/* A fact was not written. Those behind it are refused by the history, so nothing is lost: leave, and ask for all of
 * them again when the disk may have recovered. */
void
_bk_account_storage_failed (BkEngineAccount *self, const GError *error)
{
  g_autoptr (GError) local = g_error_copy (error);

  if (self->phase != BK_ACCOUNT_IN && self->phase != BK_ACCOUNT_FAREWELL)
    return;
  g_warning ("Account %u: what the network said could not be stored, trying again later: %s", self->stored->id,
             error->message);
  if (local->domain != BECKON_ERROR)
    {
      local->domain = BECKON_ERROR;
      local->code = BECKON_ERROR_STORAGE;
    }
  self->attempt++;
  bk_backend_sign_out (self->backend, FALSE);
  if (self->phase == BK_ACCOUNT_FAREWELL)
    {
      _bk_account_left (self);
      return;
    }
  self->phase = BK_ACCOUNT_STUCK;
  self->timer = bk_clock_add (self->clock, STUCK_MS, on_stuck_over, self);
  _bk_account_enter_state (self, BK_BACKEND_WAITING, local);
}

/* Without @password, a sign-in that is under way is joined, and one that waits for its next try tries at once. */
void
bk_engine_account_sign_in_async (BkEngineAccount *self, const char *password, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  gboolean under_way = self->phase == BK_ACCOUNT_IN || self->phase == BK_ACCOUNT_LOOKING;

  g_task_set_source_tag (task, bk_engine_account_sign_in_async);
  if (self->phase == BK_ACCOUNT_CLOSED)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_CANCELLED, "The account is being removed");
      return;
    }
  if (password != NULL && (*password == '\0' || strnlen (password, BK_LIMIT_PASSWORD + 1) > BK_LIMIT_PASSWORD))
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD, _("This is not a password."));
      return;
    }
  if (!self->stored->wants_online)
    {
      self->stored->wants_online = TRUE;
      _bk_account_save (self);
    }
  answer_cancelled (self, self->signing_out);
  if (under_way && password == NULL && self->state == BK_BACKEND_ONLINE)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  add_waiter (self->signing_in, task);
  if (!under_way || password != NULL)
    _bk_account_begin (self, password);
  else if (self->state == BK_BACKEND_WAITING)
    bk_backend_nudge (self->backend);
}

/* FALSE with @error when the first try failed. Unless the state is OFFLINE then, the account goes on trying. */
gboolean
bk_engine_account_sign_in_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- out ---- */

void
_bk_account_left (BkEngineAccount *self)
{
  g_autoptr (BkEngineAccount) alive = g_object_ref (self);

  bk_clock_clear (self->clock, &self->timer);
  self->phase = BK_ACCOUNT_OUT;
  _bk_account_enter_state (self, BK_BACKEND_OFFLINE, NULL);
  _bk_account_answer (self, self->signing_out, NULL);
}

static void
on_leave_timeout (gpointer user_data)
{
  BkEngineAccount *self = user_data;

  self->timer = 0;
  _bk_account_left (self);
}

static void
leave_network (BkEngineAccount *self)
{
  bk_clock_clear (self->clock, &self->timer);
  self->attempt++;
  self->phase = BK_ACCOUNT_LEAVING;
  self->timer = bk_clock_add (self->clock, LEAVE_MS, on_leave_timeout, self);
  bk_backend_sign_out (self->backend, self->leave == BK_LEAVE_FORGET);
  _bk_account_changed (self);
}

static void
on_farewell_timeout (gpointer user_data)
{
  BkEngineAccount *self = user_data;

  self->timer = 0;
  leave_network (self);
}

void
bk_engine_account_farewell_over (BkEngineAccount *self)
{
  if (self->phase == BK_ACCOUNT_FAREWELL)
    leave_network (self);
}

/* From online: first the other sides of sessions are told. */
static void
begin_farewell (BkEngineAccount *self)
{
  self->phase = BK_ACCOUNT_FAREWELL;
  self->timer = bk_clock_add (self->clock, FAREWELL_MS, on_farewell_timeout, self);
  _bk_account_changed (self);
  if (self->phase == BK_ACCOUNT_FAREWELL && !_bk_account_say_goodbye (self))
    bk_engine_account_farewell_over (self);
}

static void
leave (BkEngineAccount *self)
{
  switch (self->phase)
    {
    case BK_ACCOUNT_IN:
      if (self->state == BK_BACKEND_ONLINE)
        {
          begin_farewell (self);
          break;
        }
      _bk_account_say_goodbye (self);
      leave_network (self);
      break;
    case BK_ACCOUNT_OUT:
    case BK_ACCOUNT_LOOKING:
    case BK_ACCOUNT_STUCK:
      self->attempt++;
      _bk_account_clear_password (self);
      _bk_account_say_goodbye (self);
      if (self->phase == BK_ACCOUNT_LOOKING || self->leave == BK_LEAVE_FORGET)
        bk_backend_sign_out (self->backend, self->leave == BK_LEAVE_FORGET);
      _bk_account_left (self);
      break;
    case BK_ACCOUNT_FAREWELL:
    case BK_ACCOUNT_LEAVING:
    case BK_ACCOUNT_CLOSED:
      break;
    }
}

void
bk_engine_account_leave_async (BkEngineAccount *self, BkLeave kind, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (BkEngineAccount) alive = g_object_ref (self);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_engine_account_leave_async);
  if (self->phase == BK_ACCOUNT_CLOSED)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (kind != BK_LEAVE_REST && self->stored->wants_online)
    {
      self->stored->wants_online = FALSE;
      _bk_account_save (self);
    }
  self->leave = kind;
  add_waiter (self->signing_out, task);
  answer_cancelled (self, self->signing_in);
  leave (self);
}

gboolean
bk_engine_account_leave_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
bk_engine_account_sign_out_async (BkEngineAccount *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  bk_engine_account_leave_async (self, BK_LEAVE_SIGN_OUT, cancellable, callback, user_data);
}

gboolean
bk_engine_account_sign_out_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return bk_engine_account_leave_finish (self, result, error);
}

/* Drafts of an account that is removed go with it. */
static void
close_conversations (BkEngineAccount *self)
{
  GHashTableIter iter;
  gpointer conversation;

  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &conversation))
    bk_engine_conversation_close (conversation, self->leave != BK_LEAVE_FORGET);
}

void
bk_engine_account_close (BkEngineAccount *self)
{
  g_autoptr (BkEngineAccount) alive = g_object_ref (self);

  if (self->phase == BK_ACCOUNT_CLOSED)
    return;
  close_conversations (self);
  if (self->phase == BK_ACCOUNT_IN || self->phase == BK_ACCOUNT_FAREWELL)
    bk_backend_sign_out (self->backend, FALSE);
  self->phase = BK_ACCOUNT_CLOSED;
  self->state = BK_BACKEND_OFFLINE;
  bk_clock_clear (self->clock, &self->quiet_timer);
  if (BK_IS_BACKEND_LOCK (self->backend))
    _bk_account_tell_locks (self, BK_LOCK_FACT_GONE, NULL);
  self->attempt++;
  bk_clock_clear (self->clock, &self->timer);
  bk_clock_clear (self->clock, &self->avatar_timer);
  g_clear_signal_handler (&self->backend_handler, self->backend);
  if (self->outbox != NULL)
    bk_engine_outbox_close (self->outbox);
  if (self->marker != NULL)
    bk_engine_marker_close (self->marker);
  _bk_account_cut (self);
  _bk_account_clear_password (self);
  _bk_account_groups_lost (self);
  answer_cancelled (self, self->signing_in);
  answer_cancelled (self, self->signing_out);
}
