/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who this account is on this device, and the keys by which its contacts have proved who they are. */
#include "bk-engine-account-internal.h"

#include <string.h>

char *
bk_engine_account_dup_identity_key (BkEngineAccount *self)
{
  return g_strdup_printf ("account/%s/identity", self->stored->sign_in_name);
}

BkIdentity *
bk_engine_account_get_identity (BkEngineAccount *self)
{
  return self->identity;
}

/* @secret: as the secret store has it, nullable. Without one, or with one that is none, there is a new key. */
void
_bk_account_set_identity (BkEngineAccount *self, const char *secret)
{
  if (secret != NULL)
    self->identity = bk_identity_new_from_secret (secret);
  if (self->identity != NULL)
    return;
  self->identity = bk_identity_new ();
  self->identity_is_new = TRUE;
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!bk_secrets_store_finish (BK_SECRETS (source), result, &error))
    g_warning ("The key of this device could not be kept, contacts will see another one next time: %s",
               error->message);
}

/* The account has proved itself: a new key is kept from now on. */
void
_bk_account_keep_identity (BkEngineAccount *self)
{
  if (self->identity == NULL || !self->identity_is_new)
    return;

  g_autofree char *key = bk_engine_account_dup_identity_key (self);
  g_autofree char *label = g_strdup_printf ("Beckon: key of this device for %s", self->stored->sign_in_name);
  char *secret = bk_identity_dup_secret (self->identity);
  self->identity_is_new = FALSE;
  bk_secrets_store_async (self->secrets, key, label, secret, NULL, on_stored, NULL);
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/* ---- keys of contacts ---- */

static GPtrArray *
ensure_keys (BkEngineAccount *self, const char *who)
{
  GPtrArray *keys = g_hash_table_lookup (self->keys, who);

  if (keys == NULL)
    {
      keys = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (self->keys, g_strdup (who), keys);
    }
  return keys;
}

void
bk_engine_account_restore_key (BkEngineAccount *self, const char *who, const char *key)
{
  g_ptr_array_add (ensure_keys (self, who), g_strdup (key));
}

gboolean
bk_engine_account_has_keys (BkEngineAccount *self, const char *who)
{
  return g_hash_table_contains (self->keys, who);
}

gboolean
bk_engine_account_knows_key (BkEngineAccount *self, const char *who, const char *key)
{
  GPtrArray *keys = g_hash_table_lookup (self->keys, who);

  return keys != NULL && g_ptr_array_find_with_equal_func (keys, key, g_str_equal, NULL);
}

void
bk_engine_account_remember_key (BkEngineAccount *self, const char *who, const char *key)
{
  if (bk_engine_account_knows_key (self, who, key))
    return;
  bk_engine_account_restore_key (self, who, key);
  bk_engine_history_add_identity (self->history, self->stored->id, who, key);
}

/**
 * bk_engine_account_dup_safety_numbers:
 * @self: an account
 * @who: sign-in name of somebody
 *
 * Makes a number to compare for each key that @who is known by: one for each of their devices.
 *
 * Returns: (transfer full) (array zero-terminated=1): the numbers; none before the first session with @who
 */
char **
bk_engine_account_dup_safety_numbers (BkEngineAccount *self, const char *who)
{
  GPtrArray *keys = self->identity != NULL ? g_hash_table_lookup (self->keys, who) : NULL;
  guint n_keys = keys != NULL ? keys->len : 0;
  char **numbers = g_new0 (char *, n_keys + 1);

  for (guint i = 0; i < n_keys; i++)
    numbers[i] = bk_identity_safety_number (self->stored->sign_in_name, bk_identity_get_key (self->identity), who,
                                            g_ptr_array_index (keys, i));
  return numbers;
}
