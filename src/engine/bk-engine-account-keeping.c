/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user settles about contacts, the own picture, the password and the devices. */
#include "bk-engine-account-internal.h"

#include <string.h>

#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-picture.h"

#define MIN_PASSWORD 6

/* ---- contacts ---- */

/* All of it travels at once, so what was asked for last counts, and not what the network has said last. */
typedef struct
{
  char *alias; /* nullable */
  gboolean pinned;
  gboolean muted;
  guint n_asked;
} Notes;

void
_bk_account_notes_free (gpointer data)
{
  Notes *notes = data;

  g_free (notes->alias);
  g_free (notes);
}

static Notes *
ensure_notes (BkEngineAccount *self, const char *who, BkEngineContact *contact)
{
  Notes *notes = g_hash_table_lookup (self->notes, who);

  if (notes != NULL)
    return notes;
  notes = g_new0 (Notes, 1);
  notes->alias = g_strdup (bk_engine_contact_get_alias (contact));
  notes->pinned = bk_engine_contact_get_pinned (contact);
  notes->muted = bk_engine_contact_get_muted (contact);
  g_hash_table_insert (self->notes, g_strdup (who), notes);
  return notes;
}

/* Returns whether anything is to be another way. */
static gboolean
change_notes (Notes *notes, const char *alias, int pinned, int muted)
{
  const char *wanted = alias != NULL ? alias : notes->alias;
  g_autofree char *before = g_steal_pointer (&notes->alias);
  gboolean pinned_before = notes->pinned, muted_before = notes->muted;

  notes->alias = wanted != NULL && *wanted != '\0' ? g_strdup (wanted) : NULL;
  notes->pinned = pinned >= 0 ? pinned : notes->pinned;
  notes->muted = muted >= 0 ? muted : notes->muted;
  return notes->n_asked > 0 || g_strcmp0 (before, notes->alias) != 0 || pinned_before != notes->pinned
         || muted_before != notes->muted;
}

/* The fact comes later, and says the same. */
static void
on_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineAccount *self = g_task_get_source_object (task);
  BkBackendAliases *aliases = BK_BACKEND_ALIASES (source);
  const char *who = g_task_get_task_data (task);
  Notes *notes = g_hash_table_lookup (self->notes, who);
  GError *error = NULL;
  gboolean done = BK_BACKEND_ALIASES_GET_IFACE (aliases)->set_finish (aliases, result, &error);

  if (--notes->n_asked == 0)
    {
      if (done)
        bk_engine_contacts_set_notes (self->contacts, who, notes->alias, notes->pinned, notes->muted);
      g_hash_table_remove (self->notes, who);
    }
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_USER_NOT_FOUND))
    error->code = BECKON_ERROR_NOT_FOUND;
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
check_notes (BkEngineAccount *self, BkEngineContact *contact, const char *alias, GError **error)
{
  if (alias != NULL && !bk_text_is_valid (alias, BK_LIMIT_DISPLAY_NAME, FALSE))
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A name is one line of at most %d bytes",
                 BK_LIMIT_DISPLAY_NAME);
  else if (contact == NULL || bk_engine_contact_get_relation (contact) == BECKON_RELATION_NONE)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "Nobody of this name is on the contact list");
  else if (!BK_IS_BACKEND_ALIASES (self->backend))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "This network keeps nothing about contacts");
  else
    return TRUE;
  return FALSE;
}

void
bk_engine_account_set_contact_async (BkEngineAccount *self, const char *who, const char *alias, int pinned, int muted,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BkEngineContact *contact = bk_engine_account_find_contact (self, who);
  g_autofree char *name = alias != NULL ? g_strstrip (g_strdup (alias)) : NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, bk_engine_account_set_contact_async);
  if (!check_notes (self, contact, name, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (!_bk_account_check_online (self, task))
    return;
  const char *normal = bk_engine_contact_get_sign_in_name (contact);
  Notes *notes = ensure_notes (self, normal, contact);
  if (!change_notes (notes, name, pinned, muted))
    {
      g_hash_table_remove (self->notes, normal);
      g_task_return_boolean (task, TRUE);
      return;
    }
  BkBackendAliases *aliases = BK_BACKEND_ALIASES (self->backend);
  notes->n_asked++;
  g_task_set_task_data (task, g_strdup (normal), g_free);
  BK_BACKEND_ALIASES_GET_IFACE (aliases)->set_async (aliases, normal, notes->alias, notes->pinned, notes->muted,
                                                    cancellable, on_noted, g_steal_pointer (&task));
}

gboolean
bk_engine_account_set_contact_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- the own picture ---- */

typedef struct
{
  GBytes *image; /* nullable */
  char *id;      /* nullable */
} OwnAvatar;

static void
own_avatar_free (gpointer data)
{
  OwnAvatar *own = data;

  g_clear_pointer (&own->image, g_bytes_unref);
  g_free (own->id);
  g_free (own);
}

/* As if the network had said so: only other devices are told. */
static void
show_own (BkEngineAccount *self, const char *id)
{
  BkBackendEvent profile = {
    .type = BK_BACKEND_EVENT_PROFILE,
    .display_name = self->stored->display_name,
    .avatar = id,
  };

  bk_engine_account_apply (self, &profile);
}

static void
on_own_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineAccount *self = g_task_get_source_object (task);
  OwnAvatar *own = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  /* If it is not here it is fetched, like any other. */
  if (!bk_engine_pictures_store_finish (BK_ENGINE_PICTURES (source), result, &error))
    g_warning ("Account %u: the own picture could not be stored: %s", self->stored->id, error->message);
  show_own (self, own->id);
  bk_engine_pictures_drop (BK_ENGINE_PICTURES (source), own->id);
  g_task_return_boolean (task, TRUE);
}

static void
on_own_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineAccount *self = g_task_get_source_object (task);
  BkBackendAvatars *avatars = BK_BACKEND_AVATARS (source);
  OwnAvatar *own = g_task_get_task_data (task);
  GError *error = NULL;

  if (!BK_BACKEND_AVATARS_GET_IFACE (avatars)->set_finish (avatars, result, &error))
    g_task_return_error (task, error);
  else if (own->image == NULL || self->pictures == NULL)
    {
      show_own (self, own->id);
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      bk_engine_pictures_use (self->pictures, own->id);
      bk_engine_pictures_store_async (self->pictures, own->id, own->image, on_own_stored, g_object_ref (task));
    }
}

void
bk_engine_account_set_avatar_async (BkEngineAccount *self, GBytes *image, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GBytes *wanted = image != NULL && g_bytes_get_size (image) > 0 ? image : NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, bk_engine_account_set_avatar_async);
  g_task_set_check_cancellable (task, FALSE); /* what is set there is shown here */
  if (wanted != NULL && !bk_picture_check (wanted, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (!BK_IS_BACKEND_AVATARS (self->backend))
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "This network has no pictures");
      return;
    }
  if (!_bk_account_check_online (self, task))
    return;
  OwnAvatar *own = g_new0 (OwnAvatar, 1);
  own->image = wanted != NULL ? g_bytes_ref (wanted) : NULL;
  own->id = wanted != NULL ? bk_picture_dup_id (wanted) : NULL;
  g_task_set_task_data (task, own, own_avatar_free);
  BkBackendAvatars *avatars = BK_BACKEND_AVATARS (self->backend);
  BK_BACKEND_AVATARS_GET_IFACE (avatars)->set_async (avatars, wanted, cancellable, on_own_set, g_steal_pointer (&task));
}

gboolean
bk_engine_account_set_avatar_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- password and devices ---- */

/* Else answers @task. */
static gboolean
check_keeping (BkEngineAccount *self, GTask *task)
{
  if (BK_IS_BACKEND_KEEPING (self->backend))
    return _bk_account_check_online (self, task);
  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "This network keeps its accounts elsewhere");
  return FALSE;
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (source);
  GError *error = NULL;

  if (BK_BACKEND_KEEPING_GET_IFACE (keeping)->finish (keeping, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The token that is kept stays good: only those of other devices are void. */
void
bk_engine_account_change_password_async (BkEngineAccount *self, const char *password, const char *new_password,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_engine_account_change_password_async);
  if (!bk_text_is_valid (new_password, BK_LIMIT_PASSWORD, FALSE) || strlen (new_password) < MIN_PASSWORD)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A password has %d to %d bytes",
                               MIN_PASSWORD, BK_LIMIT_PASSWORD);
      return;
    }
  if (!bk_text_is_valid (password, BK_LIMIT_PASSWORD, FALSE))
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD, "The password is wrong");
      return;
    }
  if (!check_keeping (self, task))
    return;
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (self->backend);
  BK_BACKEND_KEEPING_GET_IFACE (keeping)->change_password_async (keeping, password, new_password, cancellable, on_kept,
                                                                g_steal_pointer (&task));
}

gboolean
bk_engine_account_change_password_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_devices (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (source);
  GError *error = NULL;
  GPtrArray *devices = BK_BACKEND_KEEPING_GET_IFACE (keeping)->list_devices_finish (keeping, result, &error);

  if (devices != NULL)
    g_task_return_pointer (task, devices, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
bk_engine_account_list_devices_async (BkEngineAccount *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_engine_account_list_devices_async);
  if (!check_keeping (self, task))
    return;
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (self->backend);
  BK_BACKEND_KEEPING_GET_IFACE (keeping)->list_devices_async (keeping, cancellable, on_devices,
                                                             g_steal_pointer (&task));
}

/* Returns (transfer full) (element-type BkBackendDevice) the devices that need no password. */
GPtrArray *
bk_engine_account_list_devices_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
bk_engine_account_remove_device_async (BkEngineAccount *self, const char *id, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_engine_account_remove_device_async);
  if (!check_keeping (self, task))
    return;
  BkBackendKeeping *keeping = BK_BACKEND_KEEPING (self->backend);
  BK_BACKEND_KEEPING_GET_IFACE (keeping)->remove_device_async (keeping, id, cancellable, on_kept,
                                                              g_steal_pointer (&task));
}

gboolean
bk_engine_account_remove_device_finish (BkEngineAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
