/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-secrets.h"

#include "beckon-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <libsecret/secret.h>

#define KEYRING_TIMEOUT_MS 5000 /* a prompt that nobody sees must not keep a user from signing in */
#define GROUP "Secrets"

struct _BkServiceSecrets
{
  GObject parent_instance;

  BkClock *clock;
  char *path;
  GKeyFile *file;
  char *warning; /* nullable */
  gboolean file_only;
};

typedef enum
{
  VERB_LOOKUP,
  VERB_STORE,
  VERB_CLEAR,
} Verb;

/* One request. The keyring and the clock race; the first one to come settles it. */
typedef struct
{
  Verb verb;
  char *key;
  char *secret; /* to be stored, or what was found */
  GCancellable *keyring;
  guint timer;
  gboolean settled;
} Request;

static void bk_service_secrets_iface_init (BkSecretsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceSecrets, bk_service_secrets, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_SECRETS, bk_service_secrets_iface_init))

static const SecretSchema schema = {
  "im.beckon.Beckon", SECRET_SCHEMA_NONE, { { "key", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } }
};

static void
wipe (char *secret)
{
  if (secret != NULL)
    secret_password_wipe (secret);
  g_free (secret);
}

static void
request_free (Request *request)
{
  g_free (request->key);
  wipe (request->secret);
  g_object_unref (request->keyring);
  g_free (request);
}

/* ---- the file ---- */

static void
update_warning (BkServiceSecrets *self)
{
  g_auto (GStrv) keys = g_key_file_get_keys (self->file, GROUP, NULL, NULL);
  gboolean any = keys != NULL && keys[0] != NULL;

  if (any == (self->warning != NULL))
    return;
  g_free (self->warning);
  self->warning = any ? /* Translators: the name of a file */
                        g_strdup_printf (_("No keyring answered: passwords and keys are kept in %s, where every "
                                           "program of yours can read them."),
                                         self->path) :
                        NULL;
  g_signal_emit_by_name (self, "changed");
}

static gboolean
save_file (BkServiceSecrets *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (GError) failure = NULL;
  gsize length;
  char *text = g_key_file_to_data (self->file, &length, NULL);
  gboolean done = g_mkdir_with_parents (folder, 0700) == 0
                  && g_file_set_contents_full (self->path, text, (gssize) length,
                                               G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                               &failure);

  wipe (text);
  if (!done)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "%s cannot be written: %s", self->path,
                 failure != NULL ? failure->message : g_strerror (errno));
  update_warning (self);
  return done;
}

static char *
escape_key (const char *key)
{
  return g_uri_escape_string (key, "/@", FALSE);
}

static gboolean
remove_from_file (BkServiceSecrets *self, const char *key, GError **error)
{
  g_autofree char *name = escape_key (key);

  if (!g_key_file_remove_key (self->file, GROUP, name, NULL))
    return TRUE;
  return save_file (self, error);
}

static void
load_file (BkServiceSecrets *self)
{
  g_autoptr (GError) error = NULL;

  if (g_key_file_load_from_file (self->file, self->path, G_KEY_FILE_NONE, &error))
    {
      if (g_chmod (self->path, 0600) != 0)
        g_message ("%s cannot be closed to others: %s", self->path, g_strerror (errno));
    }
  else if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_message ("%s cannot be read and is passed over: %s", self->path, error->message);
  update_warning (self);
}

/* Settles @task without the keyring. @hung: there is one, it only did not answer. */
static void
use_file (BkServiceSecrets *self, GTask *task, gboolean hung)
{
  Request *request = g_task_get_task_data (task);
  g_autofree char *name = escape_key (request->key);
  GError *error = NULL;
  gboolean done = TRUE;

  switch (request->verb)
    {
    case VERB_LOOKUP:
      request->secret = g_key_file_get_string (self->file, GROUP, name, NULL);
      if (request->secret == NULL && hung)
        {
          g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_STORAGE, "The keyring did not answer.");
          return;
        }
      break;
    case VERB_STORE:
      g_key_file_set_string (self->file, GROUP, name, request->secret);
      done = save_file (self, &error);
      break;
    case VERB_CLEAR:
      done = remove_from_file (self, request->key, &error);
      break;
    }
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ---- the keyring ---- */

static void
on_keyring_late (gpointer user_data)
{
  GTask *task = user_data;
  Request *request = g_task_get_task_data (task);

  request->timer = 0;
  request->settled = TRUE;
  g_message ("The keyring did not answer in time.");
  use_file (g_task_get_source_object (task), task, TRUE);
  g_cancellable_cancel (request->keyring);
}

static gboolean
finish_keyring (Request *request, GAsyncResult *result, GError **error)
{
  GError *local = NULL;
  char *found;

  switch (request->verb)
    {
    case VERB_LOOKUP:
      found = secret_password_lookup_finish (result, &local);
      if (request->settled)
        wipe (found);
      else
        request->secret = found;
      break;
    case VERB_STORE:
      secret_password_store_finish (result, &local);
      break;
    case VERB_CLEAR:
      secret_password_clear_finish (result, &local); /* FALSE without error: there was none */
      break;
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

static void
on_moved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServiceSecrets *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean moved = secret_password_store_finish (result, &error);

  if (request->settled)
    return;
  request->settled = TRUE;
  bk_clock_clear (self->clock, &request->timer);
  use_file (self, task, FALSE);
  if (!moved)
    g_message ("A secret stays in %s: %s", self->path, error->message);
  else if (!remove_from_file (self, request->key, &error))
    g_message ("%s", error->message);
}

/* What went to the file while there was no keyring. FALSE: there is no such thing. */
static gboolean
move_to_keyring (BkServiceSecrets *self, GTask *task)
{
  Request *request = g_task_get_task_data (task);
  g_autofree char *name = escape_key (request->key);
  char *secret = g_key_file_get_string (self->file, GROUP, name, NULL);

  if (secret == NULL)
    return FALSE;
  request->settled = FALSE;
  request->timer = bk_clock_add (self->clock, KEYRING_TIMEOUT_MS, on_keyring_late, task);
  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, "Beckon", secret, request->keyring, on_moved,
                         g_object_ref (task), "key", request->key, NULL);
  wipe (secret);
  return TRUE;
}

static void
on_keyring (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServiceSecrets *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean done = finish_keyring (request, result, &error);

  if (request->settled)
    return;
  request->settled = TRUE;
  bk_clock_clear (self->clock, &request->timer);
  if (!done)
    {
      g_message ("No keyring: %s", error->message);
      use_file (self, task, FALSE);
    }
  else if (request->verb == VERB_LOOKUP && request->secret == NULL)
    {
      if (!move_to_keyring (self, task))
        use_file (self, task, FALSE);
    }
  else
    {
      /* What is in the keyring now must not stay in the file. */
      if (request->verb != VERB_LOOKUP && !remove_from_file (self, request->key, &error))
        g_message ("%s", error->message);
      g_task_return_boolean (task, TRUE);
    }
}

static void
begin (BkSecrets *secrets, Verb verb, const char *key, const char *label, const char *secret,
       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkServiceSecrets *self = BK_SERVICE_SECRETS (secrets);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->verb = verb;
  request->key = g_strdup (key);
  request->secret = g_strdup (secret);
  request->keyring = g_cancellable_new ();
  g_task_set_source_tag (task, begin);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  if (self->file_only)
    {
      use_file (self, task, FALSE);
      return;
    }
  request->timer = bk_clock_add (self->clock, KEYRING_TIMEOUT_MS, on_keyring_late, task);
  switch (verb)
    {
    case VERB_LOOKUP:
      secret_password_lookup (&schema, request->keyring, on_keyring, g_steal_pointer (&task), "key", key, NULL);
      break;
    case VERB_STORE:
      secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, secret, request->keyring, on_keyring,
                             g_steal_pointer (&task), "key", key, NULL);
      break;
    case VERB_CLEAR:
      secret_password_clear (&schema, request->keyring, on_keyring, g_steal_pointer (&task), "key", key, NULL);
      break;
    }
}

/* ---- the port ---- */

static void
bk_service_secrets_lookup_async (BkSecrets *secrets, const char *key, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  begin (secrets, VERB_LOOKUP, key, NULL, NULL, cancellable, callback, user_data);
}

static char *
bk_service_secrets_lookup_finish (BkSecrets *secrets, GAsyncResult *result, GError **error)
{
  Request *request = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_strdup (request->secret);
}

static void
bk_service_secrets_store_async (BkSecrets *secrets, const char *key, const char *label, const char *secret,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  begin (secrets, VERB_STORE, key, label, secret, cancellable, callback, user_data);
}

static void
bk_service_secrets_clear_async (BkSecrets *secrets, const char *key, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  begin (secrets, VERB_CLEAR, key, NULL, NULL, cancellable, callback, user_data);
}

static gboolean
bk_service_secrets_finish (BkSecrets *secrets, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static const char *
bk_service_secrets_get_warning (BkSecrets *secrets)
{
  return BK_SERVICE_SECRETS (secrets)->warning;
}

static void
bk_service_secrets_iface_init (BkSecretsInterface *iface)
{
  iface->lookup_async = bk_service_secrets_lookup_async;
  iface->lookup_finish = bk_service_secrets_lookup_finish;
  iface->store_async = bk_service_secrets_store_async;
  iface->store_finish = bk_service_secrets_finish;
  iface->clear_async = bk_service_secrets_clear_async;
  iface->clear_finish = bk_service_secrets_finish;
  iface->get_warning = bk_service_secrets_get_warning;
}

static void
bk_service_secrets_finalize (GObject *object)
{
  BkServiceSecrets *self = BK_SERVICE_SECRETS (object);

  g_object_unref (self->clock);
  g_key_file_unref (self->file);
  g_free (self->path);
  g_free (self->warning);
  G_OBJECT_CLASS (bk_service_secrets_parent_class)->finalize (object);
}

static void
bk_service_secrets_class_init (BkServiceSecretsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_service_secrets_finalize;
  g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bk_service_secrets_init (BkServiceSecrets *self)
{
  self->file = g_key_file_new ();
}

BkSecrets *
bk_service_secrets_new (BkClock *clock, const char *file, gboolean file_only)
{
  BkServiceSecrets *self = g_object_new (BK_TYPE_SERVICE_SECRETS, NULL);

  self->clock = g_object_ref (clock);
  self->path = g_strdup (file);
  self->file_only = file_only;
  load_file (self);
  return BK_SECRETS (self);
}
