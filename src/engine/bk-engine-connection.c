/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How this machine reaches others: the user's own STUN and TURN servers, and what will work from here. */
#include "bk-engine-private.h"

#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-relay.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PASSWORD_KEY "connection/password"
#define ASK_MS 3000 /* longer than that the test does not wait for the relays of the network */

/* ---- the user's own servers ---- */

const char *const *
bk_engine_get_connection_servers (BkEngine *self)
{
  static const char *const none[] = { NULL };

  return self->relays != NULL ? (const char *const *) self->relays->servers : none;
}

const char *
bk_engine_get_connection_user (BkEngine *self)
{
  return self->relays != NULL && self->relays->user != NULL ? self->relays->user : "";
}

static void
use_relays (BkEngine *self, BkRelays *relays)
{
  g_clear_pointer (&self->relays, bk_relays_free);
  self->relays = relays;
  bk_engine_sessions_set_relays (self->sessions, relays);
}

static void
on_password (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkEngine) self = user_data;
  g_autoptr (GError) error = NULL;
  char *password = bk_secrets_lookup_finish (BK_SECRETS (source), result, &error);

  if (error != NULL)
    g_warning ("The password of the connection servers could not be read: %s", error->message);
  /* What was set meanwhile counts more. */
  if (password != NULL && self->relays != NULL && self->relays->password == NULL)
    {
      BkRelays *relays = bk_relays_copy (self->relays);

      relays->password = g_strdup (password);
      use_relays (self, relays);
    }
  if (password != NULL)
    explicit_bzero (password, strlen (password));
  g_free (password);
}

/* What the history knew when the program started. */
void
_bk_engine_restore_connection (BkEngine *self, const BkHistoryConnection *connection)
{
  if (connection->servers[0] == NULL)
    return;
  use_relays (self, bk_relays_new ((const char *const *) connection->servers, connection->user, NULL, 0));
  bk_secrets_lookup_async (self->secrets, PASSWORD_KEY, NULL, on_password, g_object_ref (self));
}

static gboolean
check_servers (const char *const *servers, const char *user, const char *password, GError **error)
{
  guint n_servers = g_strv_length ((char **) servers);

  if (n_servers > BK_LIMIT_RELAYS)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   g_dngettext (GETTEXT_PACKAGE, "No more than %d server can be set.",
                                "No more than %d servers can be set.", BK_LIMIT_RELAYS),
                   BK_LIMIT_RELAYS);
      return FALSE;
    }
  for (guint i = 0; i < n_servers; i++)
    if (strnlen (servers[i], BK_LIMIT_RELAY + 1) > BK_LIMIT_RELAY || !bk_relay_parse (servers[i], NULL))
      {
        g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                             _("A server looks like stun:host:port or turn:host:port?transport=udp."));
        return FALSE;
      }
  if (bk_text_is_valid (user, BK_LIMIT_RELAY, FALSE) && bk_text_is_valid (password, BK_LIMIT_PASSWORD, FALSE))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                       _("The user name or the password is empty or too long."));
  return FALSE;
}

static void
on_password_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!bk_secrets_store_finish (BK_SECRETS (source), result, &error))
    g_warning ("The password of the connection servers could not be kept: %s", error->message);
}

static void
on_password_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  bk_secrets_clear_finish (BK_SECRETS (source), result, NULL); /* there may have been none */
}

static void
keep_password (BkEngine *self, const char *password)
{
  if (*password != '\0')
    bk_secrets_store_async (self->secrets, PASSWORD_KEY, _("Beckon: password of the connection servers"), password,
                            NULL, on_password_stored, NULL);
  else
    bk_secrets_clear_async (self->secrets, PASSWORD_KEY, NULL, on_password_cleared, NULL);
}

/**
 * bk_engine_set_connection_servers:
 * @self: an open engine
 * @servers: addresses as bk_relay_parse() reads them; empty for none
 * @user: (nullable): for the TURN servers among them
 * @password: (nullable): the same; none at all if that is still the one that goes with the same @user
 * @error: return location for an error
 *
 * Sets the user's own STUN and TURN servers, for channels from now on. They are kept over restarts.
 *
 * Errors: INVALID_ARGUMENT.
 *
 * Returns: whether they were set
 */
gboolean
bk_engine_set_connection_servers (BkEngine *self, const char *const *servers, const char *user, const char *password,
                                  GError **error)
{
  user = user != NULL ? user : "";
  password = password != NULL ? password : "";
  if (!check_servers (servers, user, password, error))
    return FALSE;

  gboolean none = servers[0] == NULL;
  gboolean same = !none && *password == '\0' && *user != '\0' && self->relays != NULL
                  && g_strcmp0 (self->relays->user, user) == 0;
  BkHistoryConnection connection = { .servers = (char **) servers, .user = (char *) user };
  g_autofree char *old = same ? g_strdup (self->relays->password) : NULL;
  use_relays (self, none ? NULL : bk_relays_new (servers, user, same ? old : password, 0));
  bk_engine_history_set_connection (self->history, &connection);
  if (!same)
    keep_password (self, none ? "" : password);
  g_signal_emit_by_name (self, "servers-changed");
  return TRUE;
}

/* ---- what will work from here ---- */

typedef struct
{
  guint timer;
  gboolean testing; /* the network's relays are not waited for any more */
} Test;

/* Takes @task: the test is over. */
static void
return_test (GTask *task, GVariant *outcome, GError *error)
{
  BkEngine *self = g_task_get_source_object (task);

  self->testing = FALSE;
  if (outcome != NULL)
    g_task_return_pointer (task, g_variant_take_ref (outcome), (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  GVariant *outcome = bk_channels_test_finish (BK_CHANNELS (source), result, &error);

  return_test (user_data, outcome, error);
}

static void
run_test (GTask *task, const BkRelays *of_network)
{
  BkEngine *self = g_task_get_source_object (task);
  Test *test = g_task_get_task_data (task);
  g_autoptr (BkRelays) relays = bk_relays_copy (self->relays != NULL ? self->relays : of_network);

  if (self->relays != NULL)
    relays->more = bk_relays_copy (of_network);
  test->testing = TRUE;
  bk_clock_clear (self->clock, &test->timer);
  bk_channels_test_async (self->channels, relays, g_task_get_cancellable (task), on_tested, g_object_ref (task));
}

static void
on_relays (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Test *test = g_task_get_task_data (task);
  BkBackendRelays *backend = BK_BACKEND_RELAYS (source);
  g_autoptr (BkRelays) relays = BK_BACKEND_RELAYS_GET_IFACE (backend)->get_finish (backend, result, NULL);

  if (!test->testing)
    run_test (task, relays);
}

static void
on_no_relays (gpointer user_data)
{
  GTask *task = user_data;
  Test *test = g_task_get_task_data (task);

  test->timer = 0;
  run_test (task, NULL);
}

void
bk_engine_test_connection_async (BkEngine *self, BkEngineAccount *account, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BkBackend *backend = account != NULL ? bk_engine_account_get_backend (account) : NULL;
  Test *test = g_new0 (Test, 1);

  g_task_set_source_tag (task, bk_engine_test_connection_async);
  g_task_set_task_data (task, test, g_free);
  if (self->testing || self->channels == NULL)
    {
      g_task_return_new_error (task, BECKON_ERROR,
                               self->testing ? BECKON_ERROR_LIMIT_EXCEEDED : BECKON_ERROR_NOT_SUPPORTED, "%s",
                               self->testing ? _("The connection is already being tested.")
                                             : _("Channels are not supported here."));
      return;
    }
  self->testing = TRUE;
  if (!BK_IS_BACKEND_RELAYS (backend))
    {
      run_test (task, NULL);
      return;
    }
  test->timer = bk_clock_add (self->clock, ASK_MS, on_no_relays, task);
  BK_BACKEND_RELAYS_GET_IFACE (BK_BACKEND_RELAYS (backend))
    ->get_async (BK_BACKEND_RELAYS (backend), cancellable, on_relays, g_object_ref (task));
}

GVariant *
bk_engine_test_connection_finish (BkEngine *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
bk_engine_nudge (BkEngine *self)
{
  bk_engine_sessions_nudge (self->sessions);
}
