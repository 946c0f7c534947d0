/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pictures of contacts, and the own one: fetched when somebody shows one that is not here, a few at a time. */
#include "bk-engine-account-internal.h"

#include "bk-limits.h"
#include "bk-picture.h"

#define MAX_ASKED 2
#define BUSY_MS 5000

typedef enum
{
  AVATAR_WANTED,  /* not here; to be asked for when there is a connection */
  AVATAR_ASKED,   /* or being written */
  AVATAR_HERE,
  AVATAR_REFUSED, /* nobody has it, or what came is none: it is not asked for again */
} AvatarState;

/* What somebody shows. */
typedef struct
{
  char *id;
  AvatarState state;
  char *path;      /* HERE */
  gboolean queued; /* its place is in the queue */
} Avatar;

static void
avatar_free (gpointer data)
{
  Avatar *avatar = data;

  g_free (avatar->id);
  g_free (avatar->path);
  g_free (avatar);
}

/* Whoever is in the list shows it; the own picture is shown by the account itself. */
static void
show (BkEngineAccount *self, const char *who, const char *path)
{
  if (g_str_equal (who, self->stored->sign_in_name))
    _bk_account_changed (self);
  else
    bk_engine_contacts_set_avatar (self->contacts, who, path);
}

static void
enter_state (BkEngineAccount *self, const char *who, Avatar *avatar, AvatarState state)
{
  avatar->state = state;
  g_clear_pointer (&avatar->path, g_free);
  if (state == AVATAR_HERE)
    avatar->path = bk_engine_pictures_dup_path (self->pictures, avatar->id);
  show (self, who, avatar->path);
}

/* ---- asking ---- */

typedef struct
{
  BkEngineAccount *self; /* owned */
  char *who;
  char *id;
} Fetch;

static Fetch *
fetch_new (BkEngineAccount *self, const char *who, const char *id)
{
  Fetch *fetch = g_new (Fetch, 1);

  fetch->self = g_object_ref (self);
  fetch->who = g_strdup (who);
  fetch->id = g_strdup (id);
  return fetch;
}

static void
fetch_free (Fetch *fetch)
{
  g_object_unref (fetch->self);
  g_free (fetch->who);
  g_free (fetch->id);
  g_free (fetch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetch, fetch_free)

/* What was fetched, if it is shown still; NULL: somebody has another picture by now. */
static Avatar *
find_asked (const Fetch *fetch)
{
  Avatar *avatar = g_hash_table_lookup (fetch->self->avatars, fetch->who);

  return avatar != NULL && avatar->state == AVATAR_ASKED && g_str_equal (avatar->id, fetch->id) ? avatar : NULL;
}

static void
enqueue (BkEngineAccount *self, const char *who, Avatar *avatar)
{
  if (avatar->queued)
    return;
  avatar->queued = TRUE;
  g_queue_push_tail (&self->avatar_queue, g_strdup (who));
}

static void fetch_next (BkEngineAccount *self);

static void
on_pause_over (gpointer user_data)
{
  BkEngineAccount *self = user_data;

  self->avatar_timer = 0;
  fetch_next (self);
}

/* It is not the picture's fault: it is asked for again, with the next connection or after a pause. */
static void
put_off (const Fetch *fetch, Avatar *avatar, gboolean pause)
{
  BkEngineAccount *self = fetch->self;

  enter_state (self, fetch->who, avatar, AVATAR_WANTED);
  if (!pause || self->phase == BK_ACCOUNT_CLOSED)
    return;
  enqueue (self, fetch->who, avatar);
  if (self->avatar_timer == 0)
    self->avatar_timer = bk_clock_add (self->clock, BUSY_MS, on_pause_over, self);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fetch) fetch = user_data;
  g_autoptr (GError) error = NULL;
  gboolean stored = bk_engine_pictures_store_finish (BK_ENGINE_PICTURES (source), result, &error);
  Avatar *avatar = find_asked (fetch);

  if (!stored)
    g_warning ("Account %u: a picture could not be stored: %s", fetch->self->stored->id, error->message);
  if (avatar != NULL && stored)
    enter_state (fetch->self, fetch->who, avatar, AVATAR_HERE);
  else if (avatar != NULL)
    put_off (fetch, avatar, FALSE);
}

static void
take (Fetch *fetch_in, Avatar *avatar, GBytes *image)
{
  g_autoptr (Fetch) fetch = fetch_in;
  BkEngineAccount *self = fetch->self;
  g_autofree char *id = bk_picture_dup_id (image);
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (id, fetch->id) || !bk_picture_check (image, &error))
    {
      g_debug ("Account %u: what came as a picture is none", self->stored->id);
      enter_state (self, fetch->who, avatar, AVATAR_REFUSED);
      return;
    }
  bk_engine_pictures_store_async (self->pictures, id, image, on_stored, g_steal_pointer (&fetch));
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fetch) fetch = user_data;
  g_autoptr (BkEngineAccount) self = g_object_ref (fetch->self);
  g_autoptr (GError) error = NULL;
  BkBackendAvatars *backend = BK_BACKEND_AVATARS (source);
  g_autoptr (GBytes) image = BK_BACKEND_AVATARS_GET_IFACE (backend)->get_finish (backend, result, &error);
  Avatar *avatar = find_asked (fetch);
  gboolean busy = g_error_matches (error, BECKON_ERROR, BECKON_ERROR_SERVER_TOO_BUSY);

  self->n_avatars_asked--;
  if (avatar != NULL && image != NULL)
    take (g_steal_pointer (&fetch), avatar, image);
  else if (avatar != NULL
           && (busy || g_error_matches (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED)
               || g_error_matches (error, BECKON_ERROR, BECKON_ERROR_NOT_LOGGED_ON)))
    put_off (fetch, avatar, busy);
  else if (avatar != NULL)
    enter_state (self, fetch->who, avatar, AVATAR_REFUSED);
  fetch_next (self);
}

static void
fetch (BkEngineAccount *self, const char *who, Avatar *avatar)
{
  BkBackendAvatars *backend = BK_BACKEND_AVATARS (self->backend);
  g_autofree char *path = bk_engine_pictures_dup_path (self->pictures, avatar->id);

  if (path != NULL) /* somebody else shows it, too, and it came meanwhile */
    {
      enter_state (self, who, avatar, AVATAR_HERE);
      return;
    }
  avatar->state = AVATAR_ASKED;
  self->n_avatars_asked++;
  BK_BACKEND_AVATARS_GET_IFACE (backend)->get_async (backend, who, avatar->id, NULL, on_fetched,
                                                     fetch_new (self, who, avatar->id));
}

static gboolean
can_fetch (BkEngineAccount *self)
{
  return self->state == BK_BACKEND_ONLINE && self->phase == BK_ACCOUNT_IN && self->avatar_timer == 0
         && self->n_avatars_asked < MAX_ASKED && BK_IS_BACKEND_AVATARS (self->backend);
}

static void
fetch_next (BkEngineAccount *self)
{
  while (can_fetch (self) && !g_queue_is_empty (&self->avatar_queue))
    {
      g_autofree char *who = g_queue_pop_head (&self->avatar_queue);
      Avatar *avatar = g_hash_table_lookup (self->avatars, who);

      if (avatar == NULL)
        continue;
      avatar->queued = FALSE;
      if (avatar->state == AVATAR_WANTED)
        fetch (self, who, avatar);
    }
}

/* There is a connection. */
void
_bk_account_fetch_avatars (BkEngineAccount *self)
{
  GHashTableIter iter;
  gpointer who, avatar;

  g_hash_table_iter_init (&iter, self->avatars);
  while (g_hash_table_iter_next (&iter, &who, &avatar))
    if (((Avatar *) avatar)->state == AVATAR_WANTED)
      enqueue (self, who, avatar);
  fetch_next (self);
}

/* ---- what they show ---- */

static void
forget (BkEngineAccount *self, const char *who)
{
  Avatar *avatar = g_hash_table_lookup (self->avatars, who);
  GList *place = NULL;

  if (avatar == NULL)
    return;
  if (avatar->queued)
    place = g_queue_find_custom (&self->avatar_queue, who, (GCompareFunc) g_strcmp0);
  if (place != NULL)
    {
      g_free (place->data);
      g_queue_delete_link (&self->avatar_queue, place);
    }
  bk_engine_pictures_drop (self->pictures, avatar->id);
  g_hash_table_remove (self->avatars, who);
}

/* From now on @who shows @id; NULL: none. @who is a normal sign-in name. */
void
_bk_account_set_avatar_id (BkEngineAccount *self, const char *who, const char *id)
{
  Avatar *avatar = g_hash_table_lookup (self->avatars, who);
  gboolean wanted = self->pictures != NULL && bk_engine_pictures_is_id (id);

  if (avatar != NULL && wanted && g_str_equal (avatar->id, id))
    {
      show (self, who, avatar->path); /* it may be new in the list */
      return;
    }
  if (wanted)
    bk_engine_pictures_use (self->pictures, id);
  if (avatar != NULL)
    forget (self, who);
  if (!wanted)
    {
      show (self, who, NULL);
      return;
    }
  avatar = g_new0 (Avatar, 1);
  avatar->id = g_strdup (id);
  g_hash_table_insert (self->avatars, g_strdup (who), avatar);
  g_autofree char *path = bk_engine_pictures_dup_path (self->pictures, id);
  enter_state (self, who, avatar, path != NULL ? AVATAR_HERE : AVATAR_WANTED);
  if (path == NULL)
    enqueue (self, who, avatar);
  fetch_next (self);
}

/* Path of the own picture. */
const char *
bk_engine_account_get_avatar (BkEngineAccount *self)
{
  Avatar *avatar = g_hash_table_lookup (self->avatars, self->stored->sign_in_name);

  return avatar != NULL ? avatar->path : NULL;
}

void
bk_engine_account_forget_avatars (BkEngineAccount *self)
{
  GHashTableIter iter;
  gpointer avatar;

  g_hash_table_iter_init (&iter, self->avatars);
  while (g_hash_table_iter_next (&iter, NULL, &avatar))
    bk_engine_pictures_drop (self->pictures, ((Avatar *) avatar)->id);
  g_hash_table_remove_all (self->avatars);
  g_queue_clear_full (&self->avatar_queue, g_free);
}

void
_bk_account_avatars_init (BkEngineAccount *self)
{
  self->avatars = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, avatar_free);
  g_queue_init (&self->avatar_queue);
}

void
_bk_account_avatars_clear (BkEngineAccount *self)
{
  g_queue_clear_full (&self->avatar_queue, g_free);
  g_clear_pointer (&self->avatars, g_hash_table_unref);
}
